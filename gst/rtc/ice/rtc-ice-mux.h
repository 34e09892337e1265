/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* rtc-ice-mux.h - one port for many ICE-lite sessions: whose is a datagram?
 *
 *   STUN request    USERNAME's first fragment -> session; answered by rtc-ice-lite.h if authentic,
 *                   and its flow is the session's from then on
 *   anything else   flow -> session; from a flow that is nobody's: dropped
 *
 * What a stranger can make us do is bounded: one table look-up for a datagram that is no STUN or
 * names no session; one HMAC for a request that does, and of these RTC_ICE_MUX_STRANGER_RATE a
 * second from one address; and RTC_ICE_MUX_REFUSAL_RATE answers a second to all of them, none
 * longer than its request. A refusal says the same whether a session has that fragment or not.
 * Memory grows with sessions only, RTC_ICE_LITE_MAX_FLOWS flows each.
 *
 * A flow belongs to one session. Who is authentic for another session takes it over only when its
 * owner has been silent for RTC_ICE_MUX_TAKE_OVER: else a viewer with a forged source address could
 * cut off another.
 *
 * Pure: no clock, no I/O; network thread only. */
#pragma once

#include "gst/rtc/ice/rtc-ice-lite.h"

G_BEGIN_DECLS

typedef struct _RtcIceMux RtcIceMux;
typedef struct _RtcIceMuxSession RtcIceMuxSession;

/* RTC_ICE_MUX_STRANGER_RATE: checks a second, and RTC_ICE_MUX_STRANGER_BURST at once, that are
 * looked at from one address that is no flow of the session. Browsers begin with 20 a second. */
#define RTC_ICE_MUX_STRANGER_RATE 50
#define RTC_ICE_MUX_STRANGER_BURST 100

/* RTC_ICE_MUX_REFUSAL_RATE: answers 400 and 401 a second, in all. */
#define RTC_ICE_MUX_REFUSAL_RATE 50

#define RTC_ICE_MUX_TAKE_OVER (5 * GST_SECOND)

typedef enum {
  RTC_ICE_MUX_DROPPED,
  RTC_ICE_MUX_STUN,   /* a session's check: its state, selected flow or credentials may be others */
  RTC_ICE_MUX_PACKET, /* a session's, to be handed up */
} RtcIceMuxKind;

typedef struct {
  RtcIceMuxKind kind;
  RtcIceMuxSession *session;        /* NULL with DROPPED */
  gsize reply_len;                  /* send that back over the flow; 0: nothing. DROPPED too: */
  guint8 reply[RTC_STUN_MAX_BYTES]; /* a refusal */
  gsize ask_len;                    /* then that; 0: nothing */
  guint8 ask[RTC_STUN_MAX_BYTES];
} RtcIceMuxResult;

typedef struct {
  guint n_sessions, n_flows;
  guint64 checks;           /* authentic */
  guint64 packets;          /* handed up */
  guint64 strange_packets;  /* dropped: no STUN, from a flow that is nobody's */
  guint64 bad_messages;     /* dropped: malformed STUN, answers that we did not ask for */
  guint64 strange_checks;   /* for no session we have, or with a wrong or no integrity */
  guint64 limited_checks;   /* dropped: the address is over RTC_ICE_MUX_STRANGER_RATE */
  guint64 contested_checks; /* dropped: authentic, but over a flow of another session that lives */
  guint64 refusals;         /* of the strange checks, answered 400 or 401 */
} RtcIceMuxStats;

/* random outlives it. max_sessions > 0. (transfer full) */
RtcIceMux *rtc_ice_mux_new (RtcRandom *random, guint max_sessions);

/* Sessions are removed before. (nullable) */
void rtc_ice_mux_free (RtcIceMux *self);

/* A session with new credentials; user_data is its owner's. NULL: max_sessions are there. Valid
 * until it is removed. */
RtcIceMuxSession *rtc_ice_mux_add (RtcIceMux *self, gpointer user_data);
void rtc_ice_mux_remove (RtcIceMux *self, RtcIceMuxSession *session); /* (nullable) */

/* The session that the flow is of; NULL: nobody's. */
RtcIceMuxSession *rtc_ice_mux_find_flow (const RtcIceMux *self, const RtcIceFlow *flow);

/* Nothing comes over that flow any more, or goes: its connection is closed. Returns the session it
 * was of, whose selected flow and state may be others, or NULL. */
RtcIceMuxSession *rtc_ice_mux_remove_flow (RtcIceMux *self, const RtcIceFlow *flow);

/* As rtc_ice_lite_restart(). */
void rtc_ice_mux_restart (RtcIceMux *self, RtcIceMuxSession *session);

gpointer rtc_ice_mux_session_get_user_data (const RtcIceMuxSession *session);

/* For all that needs no table: state, credentials, time-outs, where to send. */
RtcIceLite *rtc_ice_mux_session_get_lite (RtcIceMuxSession *session);

/* One datagram. */
void rtc_ice_mux_handle_datagram (RtcIceMux *self, GstClockTime now, const RtcIceFlow *flow,
    const guint8 *data, gsize len, RtcIceMuxResult *out);

void rtc_ice_mux_get_stats (const RtcIceMux *self, RtcIceMuxStats *out);

G_END_DECLS
