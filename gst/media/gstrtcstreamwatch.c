/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "gst/media/gstrtcstreamwatch.h"

/* How far back in time a PTS is reordering and not a new start, ns. */
#define MAX_REORDER (2 * GST_SECOND)

/* Bytes of an access unit that are searched for its first slice. */
#define SEARCH_BYTES 4096

/* H.264 Table 7-1: slices of non-IDR pictures. Slices of IDR pictures are never B. */
#define H264_NAL_SLICE 1
#define H264_NAL_IDR 5

/* H.265 Table 7-1: leading pictures (RADL_N .. RASL_R) precede their IRAP in output order, so
 * they only exist where pictures are reordered. */
#define H265_NAL_RADL_N 6
#define H265_NAL_RASL_R 9
#define H265_NAL_LAST_VCL 31

/* Reads one ue(v) (H.264 9.1) of a slice header. FALSE when it does not end within len bytes or is
 * longer than any that we look for. */
static gboolean
read_ue (const guint8 *data, gsize len, gsize *bit, guint *value)
{
  guint zeros = 0, rest = 0;

#define NEXT_BIT(pos) ((data[(pos) >> 3] >> (7 - ((pos) &7))) & 1)
  while (*bit < len * 8 && NEXT_BIT (*bit) == 0) {
    zeros++;
    (*bit)++;
  }
  if (zeros > 16 || *bit + zeros + 1 > len * 8)
    return FALSE;
  (*bit)++;
  for (guint i = 0; i < zeros; i++, (*bit)++)
    rest = rest << 1 | NEXT_BIT (*bit);
#undef NEXT_BIT
  *value = (1u << zeros) - 1 + rest;
  return TRUE;
}

/* H.264 7.3.3: slice_header() begins first_mb_in_slice ue(v), slice_type ue(v); types 1 and 6 are B
 * (Table 7-6). nal points behind the NAL header. */
static gboolean
h264_slice_is_b (const guint8 *nal, gsize len)
{
  gsize bit = 0;
  guint first_mb, slice_type;

  if (!read_ue (nal, len, &bit, &first_mb) || !read_ue (nal, len, &bit, &slice_type))
    return FALSE;
  return slice_type % 5 == 1;
}

/* Looks at the first slice of a byte-stream access unit. */
static gboolean
access_unit_is_b (RtcCodecId codec, const guint8 *data, gsize len)
{
  gsize end = MIN (len, SEARCH_BYTES);

  for (gsize i = 0; i + 5 < end; i++) {
    const guint8 *nal = data + i + 3;
    guint type;

    if (data[i] != 0 || data[i + 1] != 0 || data[i + 2] != 1)
      continue;
    if (codec == RTC_CODEC_H264) {
      type = nal[0] & 0x1f;
      if (type == H264_NAL_SLICE)
        return h264_slice_is_b (nal + 1, end - i - 4);
      if (type == H264_NAL_IDR)
        return FALSE;
    } else {
      type = (nal[0] >> 1) & 0x3f;
      if (type <= H265_NAL_LAST_VCL)
        return type >= H265_NAL_RADL_N && type <= H265_NAL_RASL_R;
    }
  }
  return FALSE;
}

/* finding, the first time; NONE after that. */
static GstRtcStreamFinding
report_once (GstRtcStreamWatch *self, GstRtcStreamFinding finding)
{
  if ((self->reported & (1u << finding)) != 0)
    return GST_RTC_STREAM_FINDING_NONE;
  self->reported |= 1u << finding;
  return finding;
}

static GstClockTime
buffer_time (GstBuffer *buffer)
{
  if (GST_BUFFER_DTS_IS_VALID (buffer))
    return GST_BUFFER_DTS (buffer);
  return GST_BUFFER_PTS (buffer);
}

void
gst_rtc_stream_watch_init (GstRtcStreamWatch *self, RtcCodecId codec)
{
  *self = (GstRtcStreamWatch){ .codec = codec,
    .max_pts = GST_CLOCK_TIME_NONE,
    .waiting_since = GST_CLOCK_TIME_NONE,
    .request_pts = GST_CLOCK_TIME_NONE };
}

GstRtcStreamFinding
gst_rtc_stream_watch_handle_input (GstRtcStreamWatch *self, GstBuffer *buffer)
{
  GstClockTime time = buffer_time (buffer);

  if (self->has_output || !GST_CLOCK_TIME_IS_VALID (time))
    return GST_RTC_STREAM_FINDING_NONE;
  if (!GST_CLOCK_TIME_IS_VALID (self->waiting_since) || time < self->waiting_since)
    self->waiting_since = time;
  if (time - self->waiting_since < GST_RTC_STREAM_WATCH_PATIENCE)
    return GST_RTC_STREAM_FINDING_NONE;
  return report_once (self, GST_RTC_STREAM_FINDING_NO_PARAMETER_SETS);
}

/* Counts an access unit that is a B-frame. TRUE when it shows that pictures are reordered. */
static gboolean
count_b_frame (GstRtcStreamWatch *self, GstBuffer *buffer)
{
  GstClockTime pts = GST_BUFFER_PTS (buffer);
  GstMapInfo map;
  gboolean is_b = FALSE, is_late = FALSE;

  if (GST_CLOCK_TIME_IS_VALID (pts)) {
    if (GST_BUFFER_IS_DISCONT (buffer) || !GST_CLOCK_TIME_IS_VALID (self->max_pts)
        || pts + MAX_REORDER < self->max_pts)
      self->max_pts = pts;
    else if (pts < self->max_pts)
      is_late = TRUE;
    else
      self->max_pts = pts;
  }
  if (gst_buffer_map (buffer, &map, GST_MAP_READ)) {
    is_b = access_unit_is_b (self->codec, map.data, map.size);
    gst_buffer_unmap (buffer, &map);
  }
  if (is_late && self->reordered < G_MAXUINT)
    self->reordered++;
  if (is_late || is_b)
    g_atomic_int_inc (&self->b_frames);
  /* Out of order once may be a sloppy clock; twice is a pattern. */
  return is_b || self->reordered >= 2;
}

/* What is asked for has come (is_key), is waited for, or was waited for too long. */
static GstRtcStreamFinding
follow_request (GstRtcStreamWatch *self, GstClockTime time, gboolean is_key)
{
  if (is_key) {
    g_atomic_int_set (&self->key_frame_requested, 0);
    self->request_pts = GST_CLOCK_TIME_NONE;
  } else if (!GST_CLOCK_TIME_IS_VALID (self->request_pts)) {
    self->request_pts = time;
  } else if (GST_CLOCK_TIME_IS_VALID (time)
             && time > self->request_pts + GST_RTC_STREAM_WATCH_PATIENCE) {
    return report_once (self, GST_RTC_STREAM_FINDING_NO_KEY_FRAME);
  }
  return GST_RTC_STREAM_FINDING_NONE;
}

gboolean
gst_rtc_stream_watch_waits (GstRtcStreamWatch *self)
{
  return g_atomic_int_get (&self->key_frame_requested) != 0;
}

GstRtcStreamFinding
gst_rtc_stream_watch_handle_packet (GstRtcStreamWatch *self, GstBuffer *buffer, guint64 key_frames)
{
  gboolean is_key;

  if (!gst_rtc_stream_watch_waits (self))
    return GST_RTC_STREAM_FINDING_NONE;
  if (!self->has_request)
    self->request_key_frames = key_frames;
  is_key = key_frames != self->request_key_frames;
  self->has_request = !is_key;
  return follow_request (self, buffer_time (buffer), is_key);
}

GstRtcStreamFinding
gst_rtc_stream_watch_handle_output (GstRtcStreamWatch *self, GstBuffer *buffer)
{
  GstClockTime time = buffer_time (buffer);
  GstRtcStreamFinding finding = GST_RTC_STREAM_FINDING_NONE;

  self->has_output = TRUE;
  if ((self->codec == RTC_CODEC_H264 || self->codec == RTC_CODEC_H265)
      && count_b_frame (self, buffer))
    finding = report_once (self, GST_RTC_STREAM_FINDING_B_FRAMES);
  if (finding != GST_RTC_STREAM_FINDING_NONE || !gst_rtc_stream_watch_waits (self))
    return finding;
  return follow_request (self, time, !GST_BUFFER_FLAG_IS_SET (buffer, GST_BUFFER_FLAG_DELTA_UNIT));
}

void
gst_rtc_stream_watch_request_key_frame (GstRtcStreamWatch *self)
{
  g_atomic_int_set (&self->key_frame_requested, 1);
}

guint
gst_rtc_stream_watch_count_b_frames (GstRtcStreamWatch *self)
{
  return (guint) g_atomic_int_get (&self->b_frames);
}

const gchar *
gst_rtc_stream_finding_describe (GstRtcStreamFinding finding)
{
  switch (finding) {
    case GST_RTC_STREAM_FINDING_B_FRAMES:
      return "The stream contains B-frames, which browsers play back jerkily or not at all. Switch "
             "them off where it is encoded: in a camera set the H.264 profile to Baseline or "
             "'B-frames' to 0; for x264enc set tune=zerolatency or bframes=0.";
    case GST_RTC_STREAM_FINDING_NO_PARAMETER_SETS:
      return "No picture can be made of this stream: its parameter sets (SPS, PPS) have not come "
             "for "
             "5 s. Let the sender repeat them in the stream (rtph264pay, h264parse: "
             "config-interval=-1; cameras: 'SPS/PPS in band'), or pass on its "
             "sprop-parameter-sets in the caps.";
    case GST_RTC_STREAM_FINDING_NO_KEY_FRAME:
      return "A viewer waits for a key frame and none has come for 5 s; the sender does not make "
             "them on request. Set its key frame (I-frame, GOP) interval to 1 or 2 s.";
    case GST_RTC_STREAM_FINDING_NONE:
    default:
      return NULL;
  }
}
