/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* gstrtcwebrtcsink.h - webrtcsink: streams to any number of browsers, each media encoded once.
 *
 * Adds to the base: request pads, codecs per viewer, bit rates, the built-in web server. */
#pragma once

#include "ext/webrtc/gstrtcwebrtcbase.h"

G_BEGIN_DECLS

#define GST_RTC_WEBRTC_SINK_DEFAULT_VIDEO_CAPS                                                     \
  "video/x-vp8; video/x-h264; video/x-vp9; video/x-h265; video/x-av1"
#define GST_RTC_WEBRTC_SINK_DEFAULT_AUDIO_CAPS                                                     \
  "audio/x-opus; audio/G722; audio/x-mulaw; audio/x-alaw"
#define GST_RTC_WEBRTC_SINK_DEFAULT_START_BITRATE 2048000 /* bit/s */
#define GST_RTC_WEBRTC_SINK_DEFAULT_MIN_BITRATE 1000
#define GST_RTC_WEBRTC_SINK_DEFAULT_MAX_BITRATE 8192000

#define GST_TYPE_RTC_WEBRTC_SINK (gst_rtc_webrtc_sink_get_type ())
G_DECLARE_FINAL_TYPE (GstRtcWebRTCSink, gst_rtc_webrtc_sink, GST, RTC_WEBRTC_SINK, GstRtcWebRTCBase)

GST_ELEMENT_REGISTER_DECLARE (webrtcsink);

G_END_DECLS
