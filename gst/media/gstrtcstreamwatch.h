/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* gstrtcstreamwatch.h - looks for what browsers cannot play in video that comes in encoded.
 *
 * Each finding is made once per stream and is a setting of the sender's encoder that somebody
 * can change. Media time is what counts, so a file read at full speed is judged like a camera.
 * Thread: the stream's; request_key_frame() any. */
#pragma once

#include <gst/gst.h>
#include "gst/rtc/sdp/rtc-codecs.h"

G_BEGIN_DECLS

/* GST_RTC_STREAM_WATCH_PATIENCE: media time without parameter sets, or between the request for a
 * key frame and its coming, that is still fine. */
#define GST_RTC_STREAM_WATCH_PATIENCE (5 * GST_SECOND)

typedef enum {
  GST_RTC_STREAM_FINDING_NONE,
  GST_RTC_STREAM_FINDING_B_FRAMES,          /* pictures out of order, or bi-predicted slices */
  GST_RTC_STREAM_FINDING_NO_PARAMETER_SETS, /* nothing comes out of the parser */
  GST_RTC_STREAM_FINDING_NO_KEY_FRAME,      /* requested, and not come within PATIENCE */
} GstRtcStreamFinding;

typedef struct {
  RtcCodecId codec;
  GstClockTime max_pts;      /* highest of what left the parser */
  guint reordered;           /* buffers with a PTS below max_pts */
  gint b_frames;             /* atomic: those, and others with a bi-predicted slice */
  gboolean has_output;
  GstClockTime waiting_since; /* PTS of the first buffer that the parser kept */
  gint key_frame_requested;   /* atomic */
  GstClockTime request_pts;   /* PTS at which the request was first seen, NONE when none */
  guint64 request_key_frames; /* has_request: so many had come then */
  gboolean has_request;
  guint reported;             /* bit per finding */
} GstRtcStreamWatch;

void gst_rtc_stream_watch_init (GstRtcStreamWatch *self, RtcCodecId codec);

/* A buffer on its way into the parser. */
GstRtcStreamFinding gst_rtc_stream_watch_handle_input (GstRtcStreamWatch *self, GstBuffer *buffer);

/* An access unit that left the parser: byte-stream for H264 and H265. */
GstRtcStreamFinding gst_rtc_stream_watch_handle_output (GstRtcStreamWatch *self, GstBuffer *buffer);

/* Whether a key frame was asked for that has not come. */
gboolean gst_rtc_stream_watch_waits (GstRtcStreamWatch *self);

/* The same as handle_output() of what comes in packets: so many key frames have come before it. */
GstRtcStreamFinding gst_rtc_stream_watch_handle_packet (GstRtcStreamWatch *self, GstBuffer *buffer,
    guint64 key_frames);

/* Somebody asked upstream for a key frame. */
void gst_rtc_stream_watch_request_key_frame (GstRtcStreamWatch *self);

/* How many B-frames have left the parser; wraps. Thread: any. */
guint gst_rtc_stream_watch_count_b_frames (GstRtcStreamWatch *self);

/* A sentence for the user, naming what to change. Static; NULL for NONE. */
const gchar *gst_rtc_stream_finding_describe (GstRtcStreamFinding finding);

G_END_DECLS
