/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* gstrtcwebrtcsrc.h - element webrtcsrc: callers' audio and video come out of pads. */
#pragma once

#include "ext/webrtc/gstrtcwebrtcbase.h"

G_BEGIN_DECLS

#define GST_TYPE_RTC_WEBRTC_SRC (gst_rtc_webrtc_src_get_type ())
G_DECLARE_FINAL_TYPE (GstRtcWebRTCSrc, gst_rtc_webrtc_src, GST, RTC_WEBRTC_SRC, GstRtcWebRTCBase)

GST_ELEMENT_REGISTER_DECLARE (webrtcsrc);

G_END_DECLS
