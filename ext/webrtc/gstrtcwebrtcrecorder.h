/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* gstrtcwebrtcrecorder.h - element webrtcrecorder: every call that comes in becomes a file. */
#pragma once

#include "ext/webrtc/gstrtcwebrtcbase.h"

G_BEGIN_DECLS

#define GST_RTC_WEBRTC_RECORDER_DEFAULT_LOCATION "."
#define GST_RTC_WEBRTC_RECORDER_DEFAULT_LATENCY_MS 1500
#define GST_RTC_WEBRTC_RECORDER_DEFAULT_FRAGMENT_MS 250
#define GST_RTC_WEBRTC_RECORDER_DEFAULT_MAX_DURATION_S 0
#define GST_RTC_WEBRTC_RECORDER_DEFAULT_MAX_SIZE 0
#define GST_RTC_WEBRTC_RECORDER_DEFAULT_MIN_FREE_DISK (64 * 1024 * 1024)
#define GST_RTC_WEBRTC_RECORDER_DEFAULT_SIDECAR TRUE

#define GST_TYPE_RTC_WEBRTC_RECORDER (gst_rtc_webrtc_recorder_get_type ())
G_DECLARE_FINAL_TYPE (GstRtcWebRTCRecorder, gst_rtc_webrtc_recorder, GST, RTC_WEBRTC_RECORDER,
    GstRtcWebRTCBase)

GST_ELEMENT_REGISTER_DECLARE (webrtcrecorder);

G_END_DECLS
