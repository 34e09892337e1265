/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* gstrtcwebrtcsink.h - webrtcsink: streams to any number of browsers, from a web server of its own.
 *
 * GstRtcBaseSink with GstRtcServerSettings and the WHEP server as its signaller. */
#pragma once

#include "ext/webrtc/gstrtcbasesink.h"

G_BEGIN_DECLS

#define GST_TYPE_RTC_WEBRTC_SINK (gst_rtc_webrtc_sink_get_type ())
G_DECLARE_FINAL_TYPE (GstRtcWebRTCSink, gst_rtc_webrtc_sink, GST, RTC_WEBRTC_SINK, GstRtcBaseSink)

GST_ELEMENT_REGISTER_DECLARE (webrtcsink);

G_END_DECLS
