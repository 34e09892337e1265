/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* rtc-rtcp-twcc.h - transport-wide congestion control feedback, encode and decode.
 *
 * draft-holmer-rmcat-transport-wide-cc-extensions-01 3.1. A message says of each packet from
 * base_seq on whether and when it arrived. Decoding costs O(bytes), whatever the counts in the
 * message claim (threat T16): a run of lost packets is one item. Pure, re-entrant. */
#pragma once

#include <gst/gst.h>
#include "gst/rtc/rtcp/rtc-rtcp.h"

G_BEGIN_DECLS

/* Reference time: multiples of 64 ms in 24 bits (wraps every 12.4 days); deltas: 250 us. */
#define RTC_TWCC_REFERENCE_UNIT (64 * GST_MSECOND)
#define RTC_TWCC_DELTA_UNIT (250 * GST_USECOND)

/* A message that was found whole. */
typedef struct {
  guint32 sender_ssrc, media_ssrc;
  guint16 base_seq;
  guint16 n_statuses;      /* packets spoken of: base_seq .. base_seq + n_statuses - 1 */
  guint32 reference_time;  /* 24 bits; unwrap with rtc_seq_unwrap_bits (.., 24) */
  guint8 feedback_count;   /* 8 bits, one more in each message: gaps are lost feedback */
  RtcReader chunks;        /* from here on private to next() */
  RtcReader deltas;
  guint16 next_seq;
  guint statuses_left;
  guint symbols_left;      /* in the chunk being read */
  guint chunk_bits;        /* 0 run length, 1 or 2 status vector */
  guint symbol_index;      /* next one of a vector */
  guint chunk;
  gint64 offset;
} RtcTwccFeedback;

/* A run of lost packets, or one packet that arrived. */
typedef struct {
  guint16 seq;     /* of the (first) packet; wraps */
  guint n_packets; /* 1 when received; else the length of the run of lost ones, 1..65535: what
                    * the caller does per lost packet it must bound by what it sent */
  gboolean received;
  gint64 offset;   /* arrival after reference_time in the receiver's clock, ns; may be < 0 */
} RtcTwccItem;

/* Checks the whole message and prepares out for next(). RTC_ERR_UNSUPPORTED when packet is no
 * TWCC feedback; RTC_ERR_PARSE when n_statuses is 0, chunks or deltas are missing, or a reserved
 * status is used: drop the message whole. */
RtcResult rtc_rtcp_twcc_parse (const RtcRtcpPacket *packet, RtcTwccFeedback *out);

/* The next item in order of seq; FALSE at the end. */
gboolean rtc_rtcp_twcc_next (RtcTwccFeedback *feedback, RtcTwccItem *out);

/* One arrival to be reported. */
typedef struct {
  guint64 ext_seq; /* unwrapped transport-wide sequence number */
  GstClockTime arrival;
} RtcTwccArrival;

/* Appends one message that reports arrivals (strictly rising ext_seq, none before base_ext_seq)
 * and everything missing from base_ext_seq up to the last one reported.
 *
 * Takes as many as fit the builder's budget, 65535 statuses, and 16 bits of delta between two;
 * *n_reported gets how many. When that is less than n_arrivals call again (in the next packet
 * if the budget is spent) with base_ext_seq = the last one reported + 1 and feedback_count + 1.
 * RTC_ERR_LIMIT: not even the first one fits or it is 65535 or more after base_ext_seq (then
 * move base_ext_seq up to it); RTC_ERR_STATE: no arrivals, or not in order. Nothing is appended
 * then. */
RtcResult rtc_rtcp_twcc_write (RtcRtcpBuilder *builder, guint32 sender_ssrc, guint32 media_ssrc,
    guint8 feedback_count, guint64 base_ext_seq, const RtcTwccArrival *arrivals, guint n_arrivals,
    guint *n_reported);

G_END_DECLS
