/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* rtc-rtcp-xr.h - extended reports that give receivers a round trip: RRTR and DLRR.
 *
 * RFC 3611 4.4 and 4.5; other block types are skipped. The round trip itself is
 * rtc_rtcp_compute_rtt(now, last_rr, delay_last_rr). Pure, re-entrant. */
#pragma once

#include "gst/rtc/rtcp/rtc-rtcp.h"

G_BEGIN_DECLS

/* RTC_XR_MAX_DLRR: sub-blocks kept of one packet; the rest is passed over. */
#define RTC_XR_MAX_DLRR 32

typedef struct {
  guint32 ssrc;          /* the receiver whose RRTR is answered */
  guint32 last_rr;       /* compact NTP of that RRTR, 0 if none */
  guint32 delay_last_rr; /* since it came, 1/65536 s */
} RtcXrDlrr;

typedef struct {
  guint32 sender_ssrc;
  gboolean has_rrtr;
  guint64 rrtr_ntp64; /* wall clock of the sender of this packet; when has_rrtr */
  guint n_dlrr;       /* 0..RTC_XR_MAX_DLRR */
  RtcXrDlrr dlrr[RTC_XR_MAX_DLRR];
} RtcRtcpXr;

/* RTC_ERR_UNSUPPORTED when packet is no XR; RTC_ERR_PARSE when a block is longer than the
 * packet or an RRTR or DLRR has a wrong length; out is then undefined. */
RtcResult rtc_rtcp_xr_parse (const RtcRtcpPacket *packet, RtcRtcpXr *out);

/* Appends an XR with the blocks that are set. RTC_ERR_STATE when none is. */
RtcResult rtc_rtcp_xr_write (RtcRtcpBuilder *builder, const RtcRtcpXr *xr);

G_END_DECLS
