/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* rtc-ice-framing.h - datagrams over a TCP connection, each behind its length in two bytes (RFC
 * 4571 2; RFC 6544 10.1): cut out of what came, and queued on their way out.
 *
 * Both directions are bounded for each connection. What goes out is never waited for: a reader that
 * is slower than what is sent loses pictures, whole ones where that can be told, and nothing else.
 *
 * Pure: no clock, no I/O; network thread only. */
#pragma once

#include "gst/rtc/base/rtc-bytes.h"
#include "gst/rtc/base/rtc-result.h"
#include "gst/rtc/base/rtc-types.h"

G_BEGIN_DECLS

/* RTC_ICE_FRAMING_HEADER_BYTES: the length before each datagram. */
#define RTC_ICE_FRAMING_HEADER_BYTES 2

/* --- what came -------------------------------------------------------------------------------- */

/* RtcIceDeframer: all zero at first. Holds the beginning of one datagram at most, and no memory
 * between datagrams. */
typedef struct {
  guint8 *held; /* its bytes, length included; NULL: none */
  gsize n_held;
  gboolean is_done; /* held is complete and was given out */
} RtcIceDeframer;

/* The next datagram out of what was read from the connection; call until it gives none. Empty ones,
 * which RFC 4571 allows, are passed over.
 *
 * RTC_OK: *data, *len; valid until the next call, and not longer than input.
 * RTC_AGAIN: input is used up, and what is incomplete is kept.
 * RTC_ERR_PARSE: longer than RTC_MAX_DATAGRAM, so no peer of ours: close the connection. */
RtcResult rtc_ice_deframer_next (RtcIceDeframer *self, RtcReader *input, const guint8 **data,
    gsize *len);

void rtc_ice_deframer_clear (RtcIceDeframer *self);

/* --- what goes out ---------------------------------------------------------------------------- */

/* RTC_ICE_OUTBOX_BYTES: waiting for one connection at most, beside what the kernel holds. */
#define RTC_ICE_OUTBOX_BYTES (256 * 1024)

/* RTC_ICE_OUTBOX_RESERVE: of these, kept for STUN, DTLS and RTCP. */
#define RTC_ICE_OUTBOX_RESERVE (16 * 1024)

/* RTC_ICE_OUTBOX_NEW_FRAME: while more than that waits, no frame of media (packets of one SSRC with
 * one time stamp) is begun: it is dropped whole. One that was begun may fill the rest, so only one
 * of more than 176 KiB is ever cut off. At 2.5 Mbit/s that is 0.2 s of delay. */
#define RTC_ICE_OUTBOX_NEW_FRAME (64 * 1024)

/* RTC_ICE_OUTBOX_STREAMS: whose frames are told apart; more share a place, and may be cut. */
#define RTC_ICE_OUTBOX_STREAMS 4

typedef struct {
  guint32 ssrc, rtp_ts; /* of the last packet */
  gboolean is_known, is_dropped;
} RtcIceOutboxStream;

/* RtcIceOutbox: all zero at first. For reading; written by the functions below. */
typedef struct {
  guint8 *ring; /* NULL: nothing waits */
  gsize size;   /* of ring, a power of two */
  gsize start;  /* of what waits, in ring */
  gsize len;    /* bytes that wait */
  RtcIceOutboxStream streams[RTC_ICE_OUTBOX_STREAMS];
  guint next_stream; /* whose place the next unknown one takes */
  guint64 packets, dropped;
} RtcIceOutbox;

/* Adds one datagram with its length before it. RTC_AGAIN: no room, it is dropped;
 * RTC_ERR_LIMIT: longer than RTC_MAX_DATAGRAM. */
RtcResult rtc_ice_outbox_add (RtcIceOutbox *self, const guint8 *data, gsize len);

/* The first bytes that wait, or as many of them as lie together, *len; NULL: none. Valid until the
 * next call. */
const guint8 *rtc_ice_outbox_peek (const RtcIceOutbox *self, gsize *len);

/* The first len bytes have been sent. */
void rtc_ice_outbox_take (RtcIceOutbox *self, gsize len);

void rtc_ice_outbox_clear (RtcIceOutbox *self);

G_END_DECLS
