/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* gstrtcsrtpenc.h - srtpenc: RTP and RTCP into SRTP and SRTCP; its page is
 * docs/elements/srtpenc.md.
 *
 * Each requested rtp_sink_N (rtcp_sink_N) has its rtp_src_N (rtcp_src_N), which is there at once.
 * All share one key. Thread: any; signals come on the thread that pushes. */
#pragma once

#include "ext/srtp/gstrtcsrtp.h"

G_BEGIN_DECLS

#define GST_TYPE_RTC_SRTP_ENC (gst_rtc_srtp_enc_get_type ())
G_DECLARE_FINAL_TYPE (GstRtcSrtpEnc, gst_rtc_srtp_enc, GST, RTC_SRTP_ENC, GstElement)

/* For tests: as after that many packets with the key in use. */
void gst_rtc_srtp_enc_set_key_usage (
    GstRtcSrtpEnc *self, guint64 rtp_packets, guint64 rtcp_packets);

G_END_DECLS
