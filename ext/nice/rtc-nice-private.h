/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* rtc-nice-private.h - one libnice agent as rtc-nice*.c share it.
 *
 * Network thread only. libnice's signals come from two places: from inside of a call that the
 * core made (in_call > 0: the core polls afterwards anyhow) and from the context's sources (then
 * the core has to be woken). */
#pragma once

#include <nice/agent.h>
#include "ext/nice/rtc-nice-consent.h"
#include "ext/nice/rtc-nice-poll.h"
#include "ext/nice/rtc-nice-tls.h"
#include "ext/nice/rtc-nice.h"
#include "ext/net/rtc-udp-batch.h"

G_BEGIN_DECLS

/* RTC_NICE_MAX_PACKETS: received datagrams held until the core polls; more are dropped. */
#define RTC_NICE_MAX_PACKETS 512

/* RTC_NICE_PACKET_BYTES: of a pooled packet; RTC_NICE_MAX_POOLED: unused ones kept. */
#define RTC_NICE_PACKET_BYTES (RTC_MAX_DATAGRAM + RTC_SRTP_MAX_OVERHEAD)
#define RTC_NICE_MAX_POOLED 32

/* RTC_NICE_FEED_BURST: remote candidates handed to libnice at once. */
#define RTC_NICE_FEED_BURST 12

typedef struct {
  RtcIceFactory parent;
  GMainContext *context;
  RtcNicePoll *poll;   /* NULL: descriptors ran out */
  GTlsDatabase *trust; /* for turns:; NULL: the system's */
  RtcPacketPool *pool; /* of received datagrams */
  RtcUdpBatch *batch;  /* of what goes out past libnice, one agent's at a time */
  guint n_alive;       /* agents and bridges, alive or still closing */
} RtcNiceFactory;

/* RtcNiceEvent: one of the two. Packets are many and an RtcIceEvent is large. */
typedef struct {
  RtcPacket *packet;
  RtcIceEvent *event;
} RtcNiceEvent;

/* The peer's datagrams as they come from another address than the one that it is sent to. */
typedef struct {
  NiceCandidate *to;        /* the address found last by a check of the peer's; NULL: none */
  GstClockTime found;       /* when */
  gboolean is_direct;       /* what comes from the old address is told apart */
  guint n_elsewhere;        /* datagrams since one came from the old address */
  GstClockTime last_direct; /* when that was */
  gboolean is_due;
} RtcNiceMove;

typedef struct {
  RtcIce parent;
  RtcNiceFactory *factory;
  RtcIceConfig config; /* servers: own copy */
  RtcIceServer *servers;
  GPtrArray *bridges; /* RtcNiceTls *, one per turns: server */
  NiceAgent *agent;
  RtcNiceWatch *watch; /* its sockets */
  guint stream;
  gchar ufrag[16], pwd[32];
  gchar remote_ufrag[257], remote_pwd[257];
  gboolean is_controlling; /* as libnice is, which does not tell; see rtc_nice_set_controlling() */

  GArray *events;     /* RtcNiceEvent, in order */
  guint first_event;  /* of events, the ones before were taken */
  guint n_packets;
  guint in_call;

  RtcIceState state;
  gboolean gathering, gathered_once, has_remote, end_of_candidates, remote_done, was_connected;
  GstClockTime gather_deadline; /* while gathering: when it counts as complete */
  gboolean discovering; /* libnice still talks to STUN and TURN servers */
  gboolean loopback_ok; /* we gather on loopback, so its addresses are fit for the peer too */
  guint n_addresses, n_ipv4; /* gathered on; IPv4 ones of them */

  /* Remote candidates on their way into libnice; see rtc_nice_feed(). */
  GQueue waiting; /* RtcCandidate * */
  guint n_remote; /* ever accepted */
  guint tokens;
  GstClockTime next_token;

  RtcNiceConsent consent;
  NiceAddress pair_from, pair_to; /* of the pair chosen last; pair_from: of our socket or relay */
  gboolean has_pair, pair_is_relayed;
  RtcNiceMove move;
  guint n_moves;
  GstClockTime last_heard; /* when a datagram came that was not STUN; NONE: never */
  GSocket *direct;         /* of the chosen pair, if it is one of ours (reference); else NULL */
  RtcIceFlow direct_flow;  /* where it sends to */
  RtcIceStats stats;
} RtcNice;

#define RTC_NICE_LOG_ID "p%" G_GUINT64_FORMAT ": "

/* rtc-nice-event.c --------------------------------------------------------------------------- */

GstClockTime rtc_nice_now (void);

/* Queues *event, which is none with a packet; wakes the core if libnice and not the core caused
 * it. */
void rtc_nice_push_event (RtcNice *self, const RtcIceEvent *event);
gboolean rtc_nice_pop_event (RtcNice *self, RtcIceEvent *out);

/* Queue their event; set_state only when it changes. */
void rtc_nice_set_state (RtcNice *self, RtcIceState state);
void rtc_nice_set_gathering (RtcNice *self, RtcIceGatheringState gathering);
void rtc_nice_push_candidate (RtcNice *self, const NiceCandidate *candidate);

/* CONNECTED, or COMPLETED when nothing better is to be found any more. */
void rtc_nice_set_connected (RtcNice *self);

/* Gathering, if it was under way, is complete. */
void rtc_nice_handle_gathering_done (RtcNice *self);

/* From here on libnice's signals and datagrams become events. FALSE: refused. */
void rtc_nice_connect_signals (RtcNice *self);
gboolean rtc_nice_attach_receive (RtcNice *self);

/* Where libnice's sockets are watched. */
GMainContext *rtc_nice_get_socket_context (RtcNice *self);

/* Reads and writes the selected pair's socket past libnice while connected, if it is one of ours;
 * to be called after each change of state or pair. */
void rtc_nice_choose_direct (RtcNice *self);

/* Nothing is held for that socket, which may be closed. */
void rtc_nice_forget_direct (RtcNice *self);

/* rtc-nice-remote.c: of RtcIceVTable, and ------------------------------------------------------ */

RtcResult rtc_nice_set_remote (RtcIce *ice, GstClockTime now, const gchar *ufrag, const gchar *pwd,
    gboolean controlling, gboolean remote_is_lite);
RtcResult rtc_nice_add_remote_candidate (RtcIce *ice, GstClockTime now,
    const RtcCandidate *candidate);
void rtc_nice_end_of_remote_candidates (RtcIce *ice, GstClockTime now);

/* Hands waiting remote candidates over to libnice, as many as there are tokens. */
void rtc_nice_feed (RtcNice *self, GstClockTime now);

/* rtc-nice-server.c -------------------------------------------------------------------------- */

void rtc_nice_copy_servers (RtcNice *self); /* config.servers becomes our own */
void rtc_nice_free_servers (RtcNice *self); /* clears the passwords */

/* Gives them to libnice, after the local addresses. A server that cannot be used is left out. */
void rtc_nice_add_servers (RtcNice *self);

guint64 rtc_nice_count_failed_relays (RtcNice *self);

/* rtc-nice-descriptors.c -------------------------------------------------------------------- */

/* FALSE when the process is about to run out of file descriptors: then no agent may be made,
 * since GLib aborts the process when a GMainContext, of which libnice makes one per agent, gets
 * no eventfd. */
gboolean rtc_nice_has_descriptors (void);

/* rtc-nice-move.c: a peer whose address changes without a restart, as behind a router that forgets
 * (RFC 8445 has the controlling side nominate again, which libnice follows only to a better
 * priority). The peer's authentic checks from the new address name it; when its datagrams come from
 * there and none any more from the old one, we send there, too. */

/* libnice has learned an address from a check. */
void rtc_nice_move_note_candidate (RtcNice *self, const NiceCandidate *remote);

/* From now on what comes from the address that we send to is told to note_direct(), or is not. */
void rtc_nice_move_set_direct (RtcNice *self, gboolean is_direct);

/* A datagram came from the address that we send to, or from another one that libnice knows. */
void rtc_nice_move_note_direct (RtcNice *self, GstClockTime now);
void rtc_nice_move_note_elsewhere (RtcNice *self, GstClockTime now);

/* Sends there from now on, if that is due. */
void rtc_nice_move_follow (RtcNice *self);

/* The address is not of use any more; also at the end. */
void rtc_nice_move_forget (RtcNice *self);

/* rtc-nice-check.c --------------------------------------------------------------------------- */

/* Tells libnice the role, which it takes until it has begun to gather, and no longer. */
void rtc_nice_set_controlling (RtcNice *self, gboolean controlling);

/* ICE has chosen a pair: consent begins anew. */
void rtc_nice_begin_consent (RtcNice *self);

/* Sends a check, doubts or gives up when it is time. */
void rtc_nice_handle_consent_timeout (RtcNice *self, GstClockTime now);

G_END_DECLS
