/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* gstrtcsrtpdec.h - srtpdec: SRTP and SRTCP into RTP and RTCP; its page is
 * docs/elements/srtpdec.md.
 *
 * Each SSRC has keys of its own: from caps, or asked for by the signal "request-key". Thread: any;
 * signals come on the thread that pushes, without a lock. */
#pragma once

#include "ext/srtp/gstrtcsrtp.h"

G_BEGIN_DECLS

#define GST_TYPE_RTC_SRTP_DEC (gst_rtc_srtp_dec_get_type ())
G_DECLARE_FINAL_TYPE (GstRtcSrtpDec, gst_rtc_srtp_dec, GST, RTC_SRTP_DEC, GstElement)

/* For tests: as after that many packets with the keys of ssrc. */
void gst_rtc_srtp_dec_set_key_usage (
    GstRtcSrtpDec *self, guint ssrc, guint64 rtp_packets, guint64 rtcp_packets);

G_END_DECLS
