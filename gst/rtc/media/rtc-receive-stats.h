/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* rtc-receive-stats.h - what arrived of one SSRC: validation, loss, jitter, report blocks.
 *
 * RFC 3550 A.1 (sequence validation), A.3 (loss), A.8 (jitter), 6.4.1 (report block). Pure: no
 * clock. Network thread only. */
#pragma once

#include "gst/rtc/base/rtc-seq.h"
#include "gst/rtc/rtcp/rtc-rtcp-report.h"

G_BEGIN_DECLS

/* RFC 3550 A.1: larger steps than MAX_DROPOUT forward or MAX_MISORDER back are a restart of the
 * source if two packets in a row say so, and are dropped otherwise. */
#define RTC_RECEIVE_MAX_DROPOUT 3000
#define RTC_RECEIVE_MAX_MISORDER 100

/* RTC_RECEIVE_MAX_MISORDER_NACK: instead of MAX_MISORDER where lost packets are sent again as they
 * were: what the replay window of SRTP lets through. */
#define RTC_RECEIVE_MAX_MISORDER_NACK 1024

typedef struct {
  guint32 ssrc;
  guint32 clock_rate;         /* Hz, > 0 */
  guint min_sequential;       /* as given to init() */
  guint max_misorder;         /* RTC_RECEIVE_MAX_MISORDER after init(); may be changed */
  guint probation;            /* packets in order still needed before the source counts */

  guint64 packets, octets;    /* octets: payload */
  guint64 header_octets;
  guint64 late_packets;       /* behind the highest one when they came: reordered or repeated */
  guint64 invalid_packets;    /* dropped by A.1 */
  guint64 restarts;           /* of the sequence, after a jump */
  GstClockTime last_received; /* NONE: nothing yet */

  guint64 base_ext_seq;       /* first valid one; the unwrapped space starts at 65536 */
  guint64 max_ext_seq;
  guint32 bad_seq;            /* what would prove a restart; 65537: nothing */
  guint64 received_prior, expected_prior; /* at the last report */
  guint64 received_base;      /* valid packets since base */

  gboolean has_transit;
  guint32 transit;            /* of the last packet, RTP units */
  guint32 jitter_q4;          /* jitter * 16, RTP units */

  guint32 last_sr;            /* compact NTP of the last SR, 0 if none */
  GstClockTime last_sr_time;
  RtcSenderInfo sender;       /* of the last SR */
  gboolean has_sender;
} RtcReceiveStats;

/* min_sequential: packets in order before the source is believed (RFC 3550 A.1 says 2). 0 for
 * a source that was signalled or authenticated. */
void rtc_receive_stats_init (RtcReceiveStats *self, guint32 ssrc, guint32 clock_rate,
    guint min_sequential);

/* One authenticated packet. *ext_seq (nullable) gets the unwrapped number on RTC_OK.
 * RTC_AGAIN: source on probation, hold or drop the packet. RTC_ERR_PARSE: a jump that nothing
 * proves yet; drop it. After a restart was proven ext_seq goes on above all earlier ones. */
RtcResult rtc_receive_stats_handle_packet (RtcReceiveStats *self, GstClockTime now, guint16 seq,
    guint32 rtp_ts, gsize payload_bytes, gsize header_bytes, guint64 *ext_seq);

/* A sender report of this SSRC. */
void rtc_receive_stats_handle_sender_report (RtcReceiveStats *self, GstClockTime now,
    const RtcSenderInfo *sender);

/* Makes the block for the next SR or RR and begins the next interval. FALSE, *out untouched,
 * when nothing has come yet or not since the last block was made over 5 s ago. */
gboolean rtc_receive_stats_make_report_block (RtcReceiveStats *self, GstClockTime now,
    RtcReportBlock *out);

/* Cumulative loss as it would be reported now; negative with duplicates. */
gint64 rtc_receive_stats_get_lost (const RtcReceiveStats *self);

/* Jitter in ns. */
GstClockTime rtc_receive_stats_get_jitter (const RtcReceiveStats *self);

G_END_DECLS
