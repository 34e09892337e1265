/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* gstrtcbasesink.h - what sinks share whose streams go to WebRTC peers, each media encoded once.
 *
 * An abstract element. Adds to GstRtcWebRTCBase: request pads video_%u and audio_%u, codecs for
 * each peer, bit rates, and the signals about encoders. Subclasses bring the signaller.
 * Thread: as the base. */
#pragma once

#include "ext/webrtc/gstrtcwebrtcbase.h"

G_BEGIN_DECLS

#define GST_RTC_BASE_SINK_DEFAULT_VIDEO_CAPS                                                     \
  "video/x-vp8; video/x-h264; video/x-vp9; video/x-h265; video/x-av1"
#define GST_RTC_BASE_SINK_DEFAULT_AUDIO_CAPS                                                     \
  "audio/x-opus; audio/G722; audio/x-mulaw; audio/x-alaw"
#define GST_RTC_BASE_SINK_DEFAULT_START_BITRATE 2048000 /* bit/s */
#define GST_RTC_BASE_SINK_DEFAULT_MIN_BITRATE 1000 /* as gst-plugins-rs'; taken for ... */
#define GST_RTC_BASE_SINK_LEAST_BITRATE 30000      /* ... this at least, towards viewers */
#define GST_RTC_BASE_SINK_DEFAULT_DO_FEC TRUE
#define GST_RTC_BASE_SINK_DEFAULT_MAX_BITRATE 8192000
#define GST_RTC_BASE_SINK_DEFAULT_CONGESTION_CONTROL GST_RTC_CONGESTION_CONTROL_GCC
#define GST_RTC_BASE_SINK_DEFAULT_MITIGATION_MODES                                                \
  (RTC_MITIGATION_DOWNSCALED | RTC_MITIGATION_DOWNSAMPLED)
#define GST_RTC_BASE_SINK_DEFAULT_DO_DTX FALSE
#define GST_RTC_BASE_SINK_MAX_PLAYOUT_DELAY 40950 /* ms: 12 bits of 10 ms */

/* By hand and not G_DECLARE_DERIVABLE_TYPE, which would want the struct here. */
#define GST_TYPE_RTC_BASE_SINK (gst_rtc_base_sink_get_type ())
#define GST_RTC_BASE_SINK(object) \
  (G_TYPE_CHECK_INSTANCE_CAST ((object), GST_TYPE_RTC_BASE_SINK, GstRtcBaseSink))

typedef struct _GstRtcBaseSink GstRtcBaseSink;

typedef struct {
  GstRtcWebRTCBaseClass parent_class;
} GstRtcBaseSinkClass;

GType gst_rtc_base_sink_get_type (void);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (GstRtcBaseSink, gst_object_unref)

G_END_DECLS
