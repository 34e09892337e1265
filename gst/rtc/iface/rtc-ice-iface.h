/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* rtc-ice-iface.h - what the core needs of an ICE agent (RFC 8445), one component, rtcp-mux.
 *
 * One RtcIce serves one peer's whole BUNDLE. Thread: network thread only, for every function.
 * No upcalls: whatever happens is queued and leaves through poll(). When something is queued
 * outside of a call from the core, the backend calls config.wake once, on the network thread;
 * wake only marks the peer for the loop's next turn. */
#pragma once

#include "gst/rtc/base/rtc-packet.h"
#include "gst/rtc/base/rtc-random.h"
#include "gst/rtc/base/rtc-result.h"
#include "gst/rtc/sdp/rtc-sdp-candidate.h"

G_BEGIN_DECLS

typedef struct _RtcIce RtcIce;
typedef struct _RtcIceVTable RtcIceVTable;
typedef struct _RtcIceFactory RtcIceFactory;

/* As RTCIceTransportState (webrtc-pc 5.6.4). */
typedef enum {
  RTC_ICE_STATE_NEW,
  RTC_ICE_STATE_CHECKING,
  RTC_ICE_STATE_CONNECTED,
  RTC_ICE_STATE_COMPLETED,
  RTC_ICE_STATE_DISCONNECTED,
  RTC_ICE_STATE_FAILED,
  RTC_ICE_STATE_CLOSED,
} RtcIceState;

/* As RTCIceGatheringState (webrtc-pc 4.4.2). */
typedef enum {
  RTC_ICE_GATHERING_NEW,
  RTC_ICE_GATHERING_GATHERING,
  RTC_ICE_GATHERING_COMPLETE,
} RtcIceGatheringState;

typedef enum {
  RTC_ICE_TRANSPORT_POLICY_ALL,
  RTC_ICE_TRANSPORT_POLICY_RELAY,
} RtcIceTransportPolicy;

/* One STUN or TURN server, host already resolved to an address literal. */
typedef struct {
  gboolean is_turn;
  gboolean is_tcp; /* TURN over TCP */
  gboolean is_tls; /* turns: */
  gchar *host;     /* (nullable) as configured: the certificate's name; else address */
  gchar *address;
  guint16 port;
  gchar *username; /* secret with password: never logged */
  gchar *password;
} RtcIceServer;

typedef struct {
  RtcPeerId peer_id;               /* for logs */
  RtcIceTransportPolicy policy;
  const RtcIceServer *servers;     /* copied at creation */
  guint n_servers;
  guint16 min_port, max_port;      /* local UDP ports; 0,0 = any */
  gboolean allow_loopback;         /* use loopback addresses even if there are others */
  gboolean upnp;                   /* ask a gateway for mappings; costs 400 ms of set-up */
  gboolean ice_tcp;                /* gather TCP candidates */
  guint max_remote_candidates;
  RtcRandom *random;               /* not owned, outlives the agent */
  void (*wake) (gpointer data);    /* see above; network thread */
  gpointer wake_data;
} RtcIceConfig;

typedef enum {
  RTC_ICE_EVENT_STATE,
  RTC_ICE_EVENT_GATHERING,
  RTC_ICE_EVENT_CANDIDATE, /* a local candidate to signal */
  RTC_ICE_EVENT_PACKET,    /* a non-STUN datagram from a validated pair */
  RTC_ICE_EVENT_PAIR,      /* what is sent takes another pair of addresses from now on: the first,
                            * and each other one that was chosen after it, by a restart or not */
} RtcIceEventType;

typedef struct {
  RtcIceEventType type;
  RtcIceState state;
  RtcIceGatheringState gathering;
  RtcPacket *packet; /* (transfer full) to who polls; packet->time is its arrival; else NULL */
  RtcCandidate candidate; /* large: set with RTC_ICE_EVENT_CANDIDATE only */
} RtcIceEvent;

/* Snapshot for get-stats: the selected pair. */
typedef struct {
  gboolean has_pair;
  RtcCandidate local, remote;
  guint64 bytes_sent, bytes_received;
  guint64 packets_sent, packets_received;
  guint64 packets_dropped;            /* sends refused by the socket, overlong arrivals */
  guint64 remote_candidates_dropped;  /* malformed, refused, over the limit */
  guint64 relays_failed;              /* TLS connections to TURN servers that failed */
  guint64 consent_requests_sent;      /* checks of the selected pairs (RFC 7675) */
  guint64 consent_responses_received; /* authentic successful answers to them */
  GstClockTime round_trip_time;       /* of the last one; 0: none yet */
} RtcIceStats;

struct _RtcIceVTable {
  const gchar *name;

  /* Its agents are ICE-lite (RFC 8445 2.5): descriptions say so, and the peer has to be a full
   * one. */
  gboolean is_lite;

  /* Releases everything at once; no event follows. (nullable) */
  void (*free) (RtcIce *self);

  /* Own credentials, valid until the next restart(). >= 24 and >= 128 bits (RFC 8445 5.3). */
  void (*get_local_parameters) (RtcIce *self, const gchar **ufrag, const gchar **pwd);

  /* The role to begin with, before gather(): a library may fix it when gathering begins. Two
   * peers that begin in the same role depend on the repair of RFC 8445 7.3.1.1, which not all
   * have. set_remote() says the role again. */
  void (*set_role) (RtcIce *self, gboolean controlling);

  /* Starts gathering; candidates and GATHERING events follow. RTC_ERR_STATE if already begun. */
  RtcResult (*gather) (RtcIce *self, GstClockTime now);

  /* Sets the peer's credentials and the role; checks may start. May be called again with other
   * credentials after restart(). remote_is_lite: the peer is ICE-lite, so we control. */
  RtcResult (*set_remote) (RtcIce *self, GstClockTime now, const gchar *ufrag, const gchar *pwd,
      gboolean controlling, gboolean remote_is_lite);

  /* Adds one candidate that passed rtc_candidate_parse(). RTC_ERR_UNSUPPORTED (refused address,
   * mDNS name) and RTC_ERR_LIMIT: counted, nothing to do. */
  RtcResult (*add_remote_candidate) (RtcIce *self, GstClockTime now, const RtcCandidate *candidate);

  void (*end_of_remote_candidates) (RtcIce *self, GstClockTime now);

  /* New local credentials; the selected pair carries on until a new one is found. Followed by
   * gather() and set_remote(). */
  RtcResult (*restart) (RtcIce *self, GstClockTime now);

  /* Sends one datagram over the selected pair, or before there is one over any validated pair
   * on which the peer talked to us. RTC_AGAIN: no pair yet or socket full, drop or retry as the
   * protocol above wishes. May batch until flush(). */
  RtcResult (*send) (RtcIce *self, GstClockTime now, const guint8 *data, gsize len);

  /* send() in two steps, without a copy: where a datagram of at most len bytes may be written to,
   * until anything else is called; NULL: it has to be given to send(). commit() sends what was
   * written there, len being what it has become. (both nullable, or neither) */
  guint8 *(*reserve) (RtcIce *self, gsize len);
  RtcResult (*commit) (RtcIce *self, GstClockTime now, gsize len);

  /* Begins to fetch into the caches what send() will need. (nullable) */
  void (*prefetch) (RtcIce *self);

  /* Pushes out what send() batched; once at the end of a peer's turn. */
  void (*flush) (RtcIce *self);

  /* Takes what lies in its sockets now, before somebody ends the call, as events. (nullable) */
  void (*receive) (RtcIce *self);

  /* Next event into *out; FALSE when there is none. */
  gboolean (*poll) (RtcIce *self, RtcIceEvent *out);

  /* GST_CLOCK_TIME_NONE for agents that keep their own timers. */
  GstClockTime (*next_deadline) (RtcIce *self);
  void (*handle_timeout) (RtcIce *self, GstClockTime now);

  void (*get_stats) (RtcIce *self, RtcIceStats *out);
};

struct _RtcIce {
  const RtcIceVTable *vtable;
};

/* Makes agents. Embedded in the backend's own struct. */
struct _RtcIceFactory {
  const gchar *name;
  /* (nullable) with *error set when no agent can be made (no descriptors left, ...). */
  RtcIce *(*create) (RtcIceFactory *self, const RtcIceConfig *config, GError **error);
};

G_END_DECLS
