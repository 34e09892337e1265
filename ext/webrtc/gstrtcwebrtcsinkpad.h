/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* gstrtcwebrtcsinkpad.h - a request pad of webrtcsink: a ghost pad with a stream's properties. */
#pragma once

#include "ext/webrtc/gstrtcstream.h"

G_BEGIN_DECLS

#define GST_TYPE_RTC_WEBRTC_SINK_PAD (gst_rtc_webrtc_sink_pad_get_type ())
G_DECLARE_FINAL_TYPE (GstRtcWebRTCSinkPad, gst_rtc_webrtc_sink_pad, GST, RTC_WEBRTC_SINK_PAD,
    GstGhostPad)

/* Takes over stream. Floating. Thread: any. */
GstPad *gst_rtc_webrtc_sink_pad_new (GstPadTemplate *templ, GstRtcStream *stream);

/* Valid with self. Thread: any. */
GstRtcStream *gst_rtc_webrtc_sink_pad_get_stream (GstRtcWebRTCSinkPad *self);

/* The "msid" property, NULL unless set. (transfer full) Thread: any. */
gchar *gst_rtc_webrtc_sink_pad_get_msid (GstRtcWebRTCSinkPad *self);

G_END_DECLS
