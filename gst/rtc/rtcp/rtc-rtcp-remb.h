/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* rtc-rtcp-remb.h - receiver estimated maximum bitrate (draft-alvestrand-rmcat-remb-03).
 *
 * Pure, re-entrant. */
#pragma once

#include "gst/rtc/rtcp/rtc-rtcp.h"

G_BEGIN_DECLS

/* RTC_REMB_MAX_SSRCS: SSRCs kept of one message; the rest (up to 255) is passed over. */
#define RTC_REMB_MAX_SSRCS 32

typedef struct {
  guint32 sender_ssrc;
  guint64 bitrate_bps; /* total of all SSRCs listed; clamped to G_MAXUINT64 */
  guint n_ssrcs;       /* 0..RTC_REMB_MAX_SSRCS */
  guint32 ssrcs[RTC_REMB_MAX_SSRCS];
} RtcRtcpRemb;

/* RTC_ERR_UNSUPPORTED when packet is another message or another AFB than REMB; RTC_ERR_PARSE
 * when shorter than its SSRC count says; out is then undefined. */
RtcResult rtc_rtcp_remb_parse (const RtcRtcpPacket *packet, RtcRtcpRemb *out);

/* The rate is rounded down to what 18 bits of mantissa hold. */
RtcResult rtc_rtcp_remb_write (RtcRtcpBuilder *builder, const RtcRtcpRemb *remb);

G_END_DECLS
