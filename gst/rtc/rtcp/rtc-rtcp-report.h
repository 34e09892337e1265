/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* rtc-rtcp-report.h - sender and receiver reports (RFC 3550 6.4) and the round trip in them.
 *
 * Pure, re-entrant. Who fills the numbers: gst/rtc/media/rtc-send-stats.h and
 * rtc-receive-stats.h. */
#pragma once

#include "gst/rtc/base/rtc-time.h"
#include "gst/rtc/rtcp/rtc-rtcp.h"

G_BEGIN_DECLS

/* One report block (RFC 3550 6.4.1): what somebody received of one SSRC. */
typedef struct {
  guint32 ssrc;          /* whose reception this is about */
  guint8 fraction_lost;  /* since the last report, 1/256 */
  gint32 total_lost;     /* cumulative, may be negative (duplicates); 24 bits on the wire */
  guint32 highest_seq;   /* extended highest sequence number: cycles << 16 | seq */
  guint32 jitter;        /* interarrival jitter, RTP timestamp units */
  guint32 last_sr;       /* LSR: compact NTP of the last SR received, 0 if none */
  guint32 delay_last_sr; /* DLSR: since it came, 1/65536 s */
} RtcReportBlock;

typedef struct {
  guint64 ntp64;   /* wall clock when the report was made */
  guint32 rtp_ts;  /* the same instant in media time */
  guint32 packets; /* sent since the start, wraps */
  guint32 octets;  /* payload bytes sent, without header and padding, wraps */
} RtcSenderInfo;

typedef struct {
  guint32 ssrc;            /* who reports */
  gboolean is_sender;      /* SR, and so sender is set */
  RtcSenderInfo sender;
  guint n_blocks;          /* 0..RTC_RTCP_MAX_COUNT */
  RtcReportBlock blocks[RTC_RTCP_MAX_COUNT];
} RtcRtcpReport;

/* Reads an SR or RR; profile extensions behind the blocks are ignored. RTC_ERR_PARSE when
 * shorter than its count says, RTC_ERR_UNSUPPORTED for another type; out is then undefined. */
RtcResult rtc_rtcp_report_parse (const RtcRtcpPacket *packet, RtcRtcpReport *out);

/* Appends an SR (is_sender) or RR. total_lost is clamped to 24 bits as RFC 3550 A.3 does.
 * RTC_ERR_LIMIT: did not fit, nothing appended; send fewer blocks. */
RtcResult rtc_rtcp_report_write (RtcRtcpBuilder *builder, const RtcRtcpReport *report);

/* RTC_RTCP_MAX_RTT: a longer round trip is not believed (a lying or long suspended peer). */
#define RTC_RTCP_MAX_RTT (60 * GST_SECOND)

/* Round trip from a time stamp of ours that came back (RFC 3550 6.4.1: A - LSR - DLSR; the same
 * in RFC 3611 4.5): all compact NTP. FALSE, *rtt untouched, when last is 0 (nothing to measure)
 * or the result is not believable. A result negative by less than 16 ms counts as 0: the peer's
 * clock is rounded too. */
gboolean rtc_rtcp_compute_rtt (guint32 now_compact_ntp, guint32 last, guint32 delay,
    GstClockTime *rtt);

G_END_DECLS
