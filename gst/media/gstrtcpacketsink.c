/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "gst/media/gstrtcpacketsink.h"

#include "gst/rtc/base/rtc-log.h"
#include "gst/media/gstrtcclockpair.h"
#include "gst/media/gstrtcstreamwatch.h"

#define GST_CAT_DEFAULT rtc_log_media

/* Packets of one picture after which whoever takes them is told anyhow. */
#define MAX_OPEN 32

struct _GstRtcPacketSink {
  GstBaseSink parent;
  GstRtcPacketOutput output;
  RtcKeyFrameFormat key_frame_format;
  gboolean is_video;
  guint n_open;    /* packets since the last push_end */
  guint32 open_ts; /* of their picture */
  gboolean is_whole;
  gboolean is_input;
  GstRtcRtpInput input;
  gboolean has_told_sets, has_told_length, has_told_order;
  GstRtcPacketSinkStats stats; /* object lock */
};

G_DEFINE_TYPE (GstRtcPacketSink, gst_rtc_packet_sink, GST_TYPE_BASE_SINK)

static GstStaticPadTemplate sink_template = GST_STATIC_PAD_TEMPLATE (
    "sink", GST_PAD_SINK, GST_PAD_ALWAYS, GST_STATIC_CAPS ("application/x-rtp"));

GstClockTime
gst_rtc_packet_sink_get_capture_time (GstElement *element, GstClockTime running_time)
{
  GstClock *clock = gst_element_get_clock (element);
  GstClockTime now, clock_now, captured; /* now: CLOCK_MONOTONIC, as rtc_loop_now () */

  if (clock == NULL)
    return gst_util_get_timestamp ();
  clock_now = gst_rtc_clock_pair_read (clock, &now);
  gst_object_unref (clock);
  if (!GST_CLOCK_TIME_IS_VALID (running_time) || !GST_CLOCK_TIME_IS_VALID (clock_now))
    return now;
  captured = gst_element_get_base_time (element) + running_time;
  if (captured >= clock_now)
    return now;
  return now > clock_now - captured ? now - (clock_now - captured) : 0;
}

/* Counts and hands over one packet; returns whether it was kept. */
static gboolean
hand_over (GstRtcPacketSink *self, RtcPacket *packet)
{
  gsize len = packet->len;
  gboolean is_key = (packet->flags & RTC_PACKET_KEY_FRAME_START) != 0;
  gboolean kept = self->output.push (self->output.data, packet);

  GST_OBJECT_LOCK (self);
  if (kept) {
    self->stats.packets++;
    self->stats.bytes += len;
  } else {
    self->stats.dropped++;
  }
  if (is_key) {
    self->stats.key_frames++;
    self->stats.last_key_frame_time = g_get_monotonic_time ();
  }
  GST_OBJECT_UNLOCK (self);
  return kept;
}

static void
push_end (GstRtcPacketSink *self)
{
  self->n_open = 0;
  self->output.push_end (self->output.data);
}

/* One more packet of the picture of rtp_ts, after which that before it has nothing to wait for. */
static void
count_open (GstRtcPacketSink *self, guint32 rtp_ts)
{
  if (self->n_open > 0 && rtp_ts != self->open_ts)
    push_end (self);
  self->n_open++;
  self->open_ts = rtp_ts;
}

/* Payloaders push each unit of a picture on its own: parameter sets, delimiters, slices. */
static void
push_end_when_whole (GstRtcPacketSink *self)
{
  if (!self->is_video || self->is_whole || self->n_open >= MAX_OPEN)
    push_end (self);
}

/* One element warning each for what only the sender's user can change. */
static void
tell_once (GstRtcPacketSink *self, gboolean *has_told, const gchar *text)
{
  if (!*has_told)
    GST_ELEMENT_WARNING (self, STREAM, FORMAT, ("%s", text), (NULL));
  *has_told = TRUE;
}

/* Longer than what goes on: it is as good as lost. */
static void
tell_too_long (GstRtcPacketSink *self, gsize size)
{
  gchar *text;

  if (self->has_told_length)
    return;
  text = g_strdup_printf (
      "The sender's RTP packets are too long for WebRTC (%" G_GSIZE_FORMAT " bytes, %d may be): "
      "set its packet size (payloaders: mtu=1200), or put the depayloader of the codec before "
      "webrtcsink.",
      size, GST_RTC_RTP_INPUT_MTU);
  tell_once (self, &self->has_told_length, text);
  g_free (text);
}

static void
tell_findings (GstRtcPacketSink *self)
{
  if (gst_rtc_rtp_input_take_lack_of_sets (&self->input))
    tell_once (self, &self->has_told_sets,
        gst_rtc_stream_finding_describe (GST_RTC_STREAM_FINDING_NO_PARAMETER_SETS));
  if (gst_rtc_rtp_input_take_reordering (&self->input))
    tell_once (self, &self->has_told_order,
        gst_rtc_stream_finding_describe (GST_RTC_STREAM_FINDING_B_FRAMES));
}

/* Of RTP from elsewhere: what goes on, and what goes before it. FALSE: packet is not to go on. */
static gboolean
handle_input (GstRtcPacketSink *self, RtcPacket *packet, RtcRtpHeader *header, GstClockTime time)
{
  GstRtcRtpInputVerdict verdict = gst_rtc_rtp_input_handle (
      &self->input, gst_util_get_timestamp (), packet->data, packet->len, header);
  RtcPacket *sets;

  if (verdict == GST_RTC_RTP_INPUT_DROP_TOO_LONG)
    tell_too_long (self, packet->len);
  if (gst_rtc_rtp_input_take_hole (&self->input))
    self->output.push_loss (self->output.data);
  tell_findings (self);
  if (verdict == GST_RTC_RTP_INPUT_PASS_AFTER_SETS) {
    sets = gst_rtc_rtp_input_make_sets (&self->input, header);
    sets->time = time;
    sets->flags |= RTC_PACKET_KEY_FRAME_START;
    count_open (self, header->rtp_ts);
    hand_over (self, sets);
  }
  GST_OBJECT_LOCK (self);
  self->stats.rtp_input = self->input.stats;
  GST_OBJECT_UNLOCK (self);
  return verdict == GST_RTC_RTP_INPUT_PASS || verdict == GST_RTC_RTP_INPUT_PASS_AFTER_SETS;
}

static GstClockTime
get_time (GstRtcPacketSink *self, GstBuffer *buffer)
{
  GstClockTime running_time =
      gst_segment_to_running_time (&GST_BASE_SINK (self)->segment, GST_FORMAT_TIME,
          GST_BUFFER_PTS_IS_VALID (buffer) ? GST_BUFFER_PTS (buffer) : GST_BUFFER_DTS (buffer));

  return gst_rtc_packet_sink_get_capture_time (GST_ELEMENT (self), running_time);
}

/* Whether packet is one that goes on; fills header and its time. */
static gboolean
check_packet (GstRtcPacketSink *self, RtcPacket *packet, RtcRtpHeader *header)
{
  if (self->is_input)
    return handle_input (self, packet, header, packet->time);
  if (rtc_rtp_header_parse (header, packet->data, packet->len) == RTC_OK)
    return TRUE;
  GST_WARNING_OBJECT (self, "payloader made something that is not RTP");
  return FALSE;
}

static void
push_buffer (GstRtcPacketSink *self, GstBuffer *buffer)
{
  gsize size = gst_buffer_get_size (buffer);
  RtcRtpHeader header;
  RtcPacket *packet;

  packet = rtc_packet_new (NULL, 0, size + RTC_SRTP_MAX_OVERHEAD);
  packet->len = gst_buffer_extract (buffer, 0, packet->data, size);
  packet->time = get_time (self, buffer);
  if (!check_packet (self, packet, &header)) {
    rtc_packet_unref (packet);
    return;
  }
  count_open (self, header.rtp_ts);
  self->is_whole = header.marker;
  if (header.marker && self->is_video)
    packet->flags |= RTC_PACKET_FRAME_END;
  if (self->is_video
      && rtc_key_frame_is_start (
          self->key_frame_format, packet->data + header.payload_offset, header.payload_len))
    packet->flags |= RTC_PACKET_KEY_FRAME_START;
  hand_over (self, packet);
}

static gboolean
gst_rtc_packet_sink_set_caps (GstBaseSink *base, GstCaps *caps)
{
  GstRtcPacketSink *self = GST_RTC_PACKET_SINK (base);

  if (self->is_input)
    gst_rtc_rtp_input_set_caps (&self->input, caps);
  return TRUE;
}

static GstFlowReturn
gst_rtc_packet_sink_render (GstBaseSink *base, GstBuffer *buffer)
{
  GstRtcPacketSink *self = GST_RTC_PACKET_SINK (base);

  push_buffer (self, buffer);
  push_end_when_whole (self);
  return GST_FLOW_OK;
}

static GstFlowReturn
gst_rtc_packet_sink_render_list (GstBaseSink *base, GstBufferList *list)
{
  GstRtcPacketSink *self = GST_RTC_PACKET_SINK (base);
  guint n = gst_buffer_list_length (list);

  for (guint i = 0; i < n; i++)
    push_buffer (self, gst_buffer_list_get (list, i));
  push_end_when_whole (self);
  return GST_FLOW_OK;
}

static void
gst_rtc_packet_sink_finalize (GObject *object)
{
  GstRtcPacketSink *self = GST_RTC_PACKET_SINK (object);

  gst_rtc_rtp_input_clear (&self->input);
  if (self->output.destroy != NULL)
    self->output.destroy (self->output.data);
  G_OBJECT_CLASS (gst_rtc_packet_sink_parent_class)->finalize (object);
}

static void
gst_rtc_packet_sink_class_init (GstRtcPacketSinkClass *klass)
{
  GstElementClass *element_class = GST_ELEMENT_CLASS (klass);
  GstBaseSinkClass *base_class = GST_BASE_SINK_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = gst_rtc_packet_sink_finalize;
  base_class->set_caps = gst_rtc_packet_sink_set_caps;
  base_class->render = gst_rtc_packet_sink_render;
  base_class->render_list = gst_rtc_packet_sink_render_list;
  gst_element_class_add_static_pad_template (element_class, &sink_template);
  gst_element_class_set_static_metadata (element_class, "RTP packet sink", "Sink/Network",
      "Hands RTP packets to the WebRTC core", "the gst-plugins-rtc authors");
}

static void
gst_rtc_packet_sink_init (GstRtcPacketSink *self)
{
  rtc_log_init ();
  gst_base_sink_set_sync (GST_BASE_SINK (self), FALSE);
  gst_base_sink_set_async_enabled (GST_BASE_SINK (self), FALSE);
  gst_base_sink_set_last_sample_enabled (GST_BASE_SINK (self), FALSE);
}

GstElement *
gst_rtc_packet_sink_new (RtcCodecId codec, gboolean is_input, const GstRtcPacketOutput *output)
{
  GstRtcPacketSink *self = g_object_new (GST_TYPE_RTC_PACKET_SINK, NULL);
  const RtcCodecInfo *info = rtc_codec_info (codec);

  self->output = *output;
  self->is_input = is_input;
  gst_rtc_rtp_input_init (&self->input, codec);
  if (info != NULL) {
    self->is_video = info->kind == RTC_MEDIA_VIDEO;
    self->key_frame_format = rtc_key_frame_format_from_name (info->name);
  }
  return GST_ELEMENT (self);
}

void
gst_rtc_packet_sink_get_stats (GstRtcPacketSink *self, GstRtcPacketSinkStats *out)
{
  GST_OBJECT_LOCK (self);
  *out = self->stats;
  GST_OBJECT_UNLOCK (self);
}
