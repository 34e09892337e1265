/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* gstrtcsdpdemux.h - sdpdemux: a session description in, what it announces out; its page is
 * docs/elements/sdpdemux.md. sdpsrc has one inside. */
#pragma once

#include <gst/gst.h>

G_BEGIN_DECLS

#define GST_TYPE_RTC_SDP_DEMUX (gst_rtc_sdp_demux_get_type ())
G_DECLARE_FINAL_TYPE (GstRtcSdpDemux, gst_rtc_sdp_demux, GST, RTC_SDP_DEMUX, GstBin)

/* Receives what the description of len bytes announces, in PAUSED or PLAYING; FALSE: an error was
 * posted. Once until the element has been in READY. Thread: any but those of its pads. */
gboolean gst_rtc_sdp_demux_start (GstRtcSdpDemux *self, const gchar *text, gsize len);

GST_ELEMENT_REGISTER_DECLARE (sdpdemux)
GST_ELEMENT_REGISTER_DECLARE (sdpsrc)

G_END_DECLS
