/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* rtc-send-stats.h - what we sent of one SSRC, and what the peer says arrived.
 *
 * Counts for SR (RFC 3550 6.4.1) and for the W3C outbound-rtp and remote-inbound-rtp
 * dictionaries. Pure: no clock. Network thread only. */
#pragma once

#include "gst/rtc/base/rtc-seq.h"
#include "gst/rtc/rtcp/rtc-rtcp-report.h"

G_BEGIN_DECLS

typedef struct {
  guint32 ssrc;
  guint32 clock_rate;          /* Hz, > 0 */

  guint64 packets, octets;     /* octets: payload without header and padding */
  guint64 header_octets;       /* RTP headers, extensions, padding */
  guint64 retransmitted_packets, retransmitted_octets; /* contained in the above */
  GstClockTime last_sent;      /* NONE: nothing yet */
  guint32 last_rtp_ts;         /* of the newest packet that was no retransmission */
  GstClockTime last_rtp_time;  /* when that was captured or sent; NONE: none */

  gboolean has_report;         /* the peer has reported; the following are from its last block */
  guint64 reports;
  gdouble fraction_lost;       /* 0..1 */
  gint64 packets_lost;         /* cumulative */
  GstClockTime jitter;
  guint64 highest_seq;         /* unwrapped from the block's 32 bits */
  RtcSeqUnwrap highest_seq_unwrap; /* private */

  gboolean has_rtt;
  GstClockTime rtt;            /* last one measured */
  GstClockTime smoothed_rtt;   /* RFC 6298 2: 7/8 old + 1/8 new */
  GstClockTime total_rtt;      /* sum of all, for averages */
  guint64 rtt_measurements;
} RtcSendStats;

void rtc_send_stats_init (RtcSendStats *self, guint32 ssrc, guint32 clock_rate);

/* Another codec's clock from here on (RFC 7160 4.1): no SR until a packet has its time stamp. */
void rtc_send_stats_set_clock_rate (RtcSendStats *self, guint32 clock_rate);

/* One packet has left. media_time is the instant rtp_ts stands for (its capture, else now). A
 * retransmission passes the original's rtp_ts, which is not used for SR. */
void rtc_send_stats_handle_sent (RtcSendStats *self, GstClockTime now, GstClockTime media_time,
    guint32 rtp_ts, gsize payload_bytes, gsize header_bytes, gboolean is_retransmission);

/* Fills an SR's sender info for the instant now = ntp64: the RTP time is extrapolated from the
 * last packet. FALSE before anything was sent (then an RR is due instead). */
gboolean rtc_send_stats_get_sender_info (const RtcSendStats *self, GstClockTime now,
    guint64 ntp64, RtcSenderInfo *out);

/* A report block about our SSRC has come at wall clock ntp64. RTC_ERR_STATE: about another SSRC
 * or before anything was sent; counted by the caller, nothing changed. */
RtcResult rtc_send_stats_handle_report_block (RtcSendStats *self, guint64 ntp64,
    const RtcReportBlock *block);

/* A round trip measured otherwise (DLRR, or ICE). */
void rtc_send_stats_handle_rtt (RtcSendStats *self, GstClockTime rtt);

G_END_DECLS
