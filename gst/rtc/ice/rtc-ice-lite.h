/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* rtc-ice-lite.h - one session's ICE-lite side: answers the peer's checks and knows where it is
 * (RFC 8445 2.5, 7.3, 8.2; RFC 7675).
 *
 * A lite agent looks for no way by itself. The peer, which has to be a full one, controls: a place
 * from where an authentic check came is a *flow*, packets of the session count from its flows only,
 * and one of them is selected for sending.
 *
 *   NEW -> CHECKING       set_remote()
 *       -> CONNECTED      first authentic check: its flow is selected, for now
 *       -> COMPLETED      a check with USE-CANDIDATE: its flow is selected
 *       -> DISCONNECTED   no check on the selected flow for 10 s and nothing else for 5 s
 *       -> FAILED         no check on the selected flow for 30 s; the end, but for restart()
 *
 * The peer's checks are its consent: RFC 7675 lets a full agent check every 4 to 6 s, and what it
 * asks for itself it grants. Media does not renew it. Before nomination the selected flow is the
 * one that a packet came from last. Afterwards USE-CANDIDATE moves it, or, when nothing has come
 * over it for RTC_ICE_LITE_QUIET, any authentic check (a NAT gave the peer another port, a phone
 * changed its network, and the peer does not nominate again).
 *
 * It asks back, though: a flow's first check is answered and followed by one of ours (a triggered
 * check, RFC 8445 7.3.1.4), RTC_ICE_LITE_ASK_RATE a second at most. Whichever flow is not the
 * first is selected only when it has answered: else a peer could have its stream sent to whose
 * address it forges. And agents that nominate when they are asked (pion) need not wait.
 *
 * And it asks a peer for its consent that sends no checks once it is connected (webrtcbin): when
 * none has come for RTC_ICE_LITE_ASK_AFTER, each RTC_ICE_LITE_ASK_INTERVAL; an answer renews it.
 *
 * Pure: no clock, no I/O; network thread only. rtc-ice-mux.h finds the session of a datagram. */
#pragma once

#include "gst/rtc/base/rtc-random.h"
#include "gst/rtc/ice/rtc-stun.h"
#include "gst/rtc/iface/rtc-ice-iface.h"

G_BEGIN_DECLS

/* RTC_ICE_LITE_CONSENT_TIMEOUT: RFC 7675 5.1: consent "expires after 30 seconds". */
#define RTC_ICE_LITE_CONSENT_TIMEOUT (30 * GST_SECOND)

/* RTC_ICE_LITE_QUIET: the selected flow is silent when nothing has come over it for so long. Peers
 * send checks or RTCP reports more often. */
#define RTC_ICE_LITE_QUIET (3 * GST_SECOND)

/* RTC_ICE_LITE_MAX_FLOWS: kept of one session. The one that was checked longest ago makes room. */
#define RTC_ICE_LITE_MAX_FLOWS 8

/* Our own checks of one session: at once, and a second. */
#define RTC_ICE_LITE_ASK_BURST RTC_ICE_LITE_MAX_FLOWS
#define RTC_ICE_LITE_ASK_RATE 5

/* RFC 7675 5.1: who checks does so every 6 s at least, and not more often than every 4 s. */
#define RTC_ICE_LITE_ASK_AFTER (7 * GST_SECOND)
#define RTC_ICE_LITE_ASK_INTERVAL (5 * GST_SECOND)

/* Of our fragments and passwords: 48 and 144 random bits (RFC 8445 5.3: at least 24 and 128). */
#define RTC_ICE_LITE_UFRAG_CHARS 8
#define RTC_ICE_LITE_PWD_CHARS 24

/* RtcIceFlow: the peer's address as we see it, and ours that it sends to. */
typedef struct {
  RtcAddress remote, local;
  guint64 connection; /* 0: UDP; else of that TCP connection (rtc-ice-connections.h) */
} RtcIceFlow;

/* "new", "checking", ...; never NULL. */
const gchar *rtc_ice_state_to_string (RtcIceState state);

gboolean rtc_ice_flow_equal (const RtcIceFlow *a, const RtcIceFlow *b);
guint rtc_ice_flow_hash (const RtcIceFlow *self);

typedef struct {
  gchar ufrag[RTC_ICE_LITE_UFRAG_CHARS + 1], pwd[RTC_ICE_LITE_PWD_CHARS + 1];
} RtcIceLiteCredentials;

typedef struct {
  RtcIceFlow flow;
  guint32 priority;     /* of the peer's candidate, as its last check said */
  GstClockTime checked; /* last authentic check */
  GstClockTime heard;   /* last datagram of any kind */
  gboolean has_answered; /* a check of ours */
  gboolean is_wanted;    /* to be selected when it has */
  GstClockTime asked;    /* when our last check left; NONE: none is open */
  guint8 id[RTC_STUN_ID_BYTES]; /* its transaction */
} RtcIceLiteFlow;

/* For reading; written by the functions below. */
typedef struct {
  RtcIceLiteCredentials local;
  RtcIceLiteCredentials previous; /* before a restart; empty: none, or not answered any more */
  gboolean has_remote;
  gchar remote_ufrag[257], remote_pwd[257]; /* with has_remote */
  RtcIceState state;
  RtcIceLiteFlow flows[RTC_ICE_LITE_MAX_FLOWS];
  guint n_flows;
  gint selected;         /* of flows; -1: none */
  gboolean is_nominated; /* since the last restart */
  gboolean was_selected; /* a flow, ever */
  gdouble ask_tokens;    /* as of ask_time */
  GstClockTime ask_time;
  GstClockTime consent;  /* last check that renewed it; NONE: none yet */
  guint64 checks;        /* authentic ones */
  guint64 conflicts;     /* of them: the peer claimed to be controlled, answered 487 */
  guint64 moves;         /* of the selected flow, after nomination */
  guint64 asked, answered; /* checks of our own, and authentic answers to them */
  GstClockTime round_trip; /* of the last one; 0: none yet */
} RtcIceLite;

/* What a check did. */
typedef struct {
  gsize reply_len;         /* bytes to send back over the check's flow; 0: none */
  gboolean is_authentic;
  gboolean has_lost;       /* a flow made room for this one: */
  RtcIceFlow lost;
  gboolean is_restarted;   /* the previous credentials are not answered from now on */
} RtcIceLiteOutcome;

void rtc_ice_lite_init (RtcIceLite *self, RtcRandom *random);

/* Forgets the secrets. */
void rtc_ice_lite_clear (RtcIceLite *self);

/* The peer's description is known. Checks are answered before, too, but the state stays NEW.
 * Fragment and password of 256 characters at most. */
void rtc_ice_lite_set_remote (RtcIceLite *self, const gchar *ufrag, const gchar *pwd);

/* New credentials. Those that the peer knows are answered, and the selected flow carries on, until
 * it nominates with the new ones, also when there is another restart before; after FAILED nothing
 * is left of the old. */
void rtc_ice_lite_restart (RtcIceLite *self, RtcRandom *random);

/* The credentials that a request with that USERNAME is for; NULL: not of this session. */
const RtcIceLiteCredentials *rtc_ice_lite_find_credentials (const RtcIceLite *self,
    const RtcStunMessage *check);

/* A Binding request over flow, whose answer goes into reply, of RTC_STUN_MAX_BYTES. What is not
 * authentic changes nothing and has no answer here. Nor has anything after FAILED. */
void rtc_ice_lite_handle_check (RtcIceLite *self, GstClockTime now, const RtcIceFlow *flow,
    const RtcStunMessage *check, guint8 *reply, RtcIceLiteOutcome *out);

/* The check to send over flow after an authentic one came over it, into data, of
 * RTC_STUN_MAX_BYTES. Returns its length; 0: none is due, since it has answered or others were just
 * asked. */
gsize rtc_ice_lite_ask (RtcIceLite *self, GstClockTime now, const RtcIceFlow *flow,
    RtcRandom *random, guint8 *data);

/* The check to send over the selected flow, for consent, as above; after each handle_timeout(). */
gsize rtc_ice_lite_ask_consent (RtcIceLite *self, GstClockTime now, RtcRandom *random,
    guint8 *data);

/* An answer over flow. FALSE: to no check of ours or not authentic; drop it. The selected flow may
 * be another afterwards. */
gboolean rtc_ice_lite_handle_answer (RtcIceLite *self, GstClockTime now, const RtcIceFlow *flow,
    const RtcStunMessage *answer);

/* Another datagram over flow. FALSE: it is not of this session or the session is over; drop it. */
gboolean rtc_ice_lite_handle_packet (RtcIceLite *self, GstClockTime now, const RtcIceFlow *flow);

/* When a datagram came over flow last; NONE: it is none of this session. */
GstClockTime rtc_ice_lite_get_heard (const RtcIceLite *self, const RtcIceFlow *flow);

/* The flow is somebody else's now, or its connection is closed. If it was the selected one, another
 * takes its place that has answered and gave consent last; without one: DISCONNECTED. */
void rtc_ice_lite_remove_flow (RtcIceLite *self, const RtcIceFlow *flow);

/* Where to send to; NULL: nowhere yet, or any more. Valid until the next call that changes self. */
const RtcIceLiteFlow *rtc_ice_lite_get_selected (const RtcIceLite *self);

/* When to call handle_timeout() next; NONE: never. */
GstClockTime rtc_ice_lite_next_deadline (const RtcIceLite *self);
void rtc_ice_lite_handle_timeout (RtcIceLite *self, GstClockTime now);

G_END_DECLS
