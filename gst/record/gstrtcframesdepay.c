/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "gst/record/gstrtcframesdepay.h"

#include "gst/media/gstrtcdepayloader.h"

/* DEPAY_PT, DEPAY_SSRC: what the depayloader sees. */
#define DEPAY_PT 96
#define DEPAY_SSRC 0x52454331

struct _GstRtcFramesDepay {
  RtcCodecId codec;
  GstElement *depayloader;
  GstPad *source, *sink; /* ours, at both sides of it */
  GstBuffer *output;     /* of the frame being pushed */
  guint16 seq;           /* what the depayloader sees */
  guint64 n_pushed;
};

static GstFlowReturn
take_output (GstPad *pad, GstObject *parent, GstBuffer *buffer)
{
  GstRtcFramesDepay *self = gst_pad_get_element_private (pad);

  /* One frame goes in at a time, so more than one buffer belongs together. */
  self->output = self->output == NULL ? buffer : gst_buffer_append (self->output, buffer);
  return GST_FLOW_OK;
}

static gboolean
take_event (GstPad *pad, GstObject *parent, GstEvent *event)
{
  gst_event_unref (event);
  return TRUE;
}

/* What our sink pad asks of the depayloader: start codes, one picture a buffer. */
static GstPad *
make_sink (GstRtcFramesDepay *self)
{
  GstCaps *caps = gst_rtc_depayloader_get_media_caps (self->codec);
  GstPadTemplate *template;
  GstPad *pad;

  if (self->codec == RTC_CODEC_H264 || self->codec == RTC_CODEC_H265) {
    caps = gst_caps_make_writable (caps);
    gst_caps_set_simple (caps, "stream-format", G_TYPE_STRING, "byte-stream", "alignment",
        G_TYPE_STRING, "au", NULL);
  }
  template =
      gst_object_ref_sink (gst_pad_template_new ("frames", GST_PAD_SINK, GST_PAD_ALWAYS, caps));
  pad = gst_object_ref_sink (gst_pad_new_from_template (template, "frames"));
  gst_object_unref (template);
  gst_caps_unref (caps);
  gst_pad_set_element_private (pad, self);
  gst_pad_set_chain_function (pad, take_output);
  gst_pad_set_event_function (pad, take_event);
  return pad;
}

static void
push_start_events (GstRtcFramesDepay *self)
{
  GstSegment segment;
  RtcCodec codec;
  GstCaps *caps;

  rtc_codec_init (&codec, self->codec, DEPAY_PT);
  caps = gst_rtc_depayloader_make_caps (&codec);
  gst_segment_init (&segment, GST_FORMAT_TIME);
  gst_pad_push_event (self->source, gst_event_new_stream_start ("recording"));
  gst_pad_push_event (self->source, gst_event_new_caps (caps));
  gst_pad_push_event (self->source, gst_event_new_segment (&segment));
  gst_caps_unref (caps);
}

static gboolean
start_depayloader (GstRtcFramesDepay *self, GError **error)
{
  GstPad *in, *out;
  gboolean linked;

  self->depayloader = gst_rtc_depayloader_new (self->codec, error);
  if (self->depayloader == NULL)
    return FALSE;
  gst_object_ref_sink (self->depayloader);
  self->source = gst_object_ref_sink (gst_pad_new ("packets", GST_PAD_SRC));
  self->sink = make_sink (self);
  in = gst_element_get_static_pad (self->depayloader, "sink");
  out = gst_element_get_static_pad (self->depayloader, "src");
  linked = gst_pad_link (self->source, in) == GST_PAD_LINK_OK
           && gst_pad_link (out, self->sink) == GST_PAD_LINK_OK;
  gst_object_unref (in);
  gst_object_unref (out);
  if (!linked
      || gst_element_set_state (self->depayloader, GST_STATE_PAUSED) == GST_STATE_CHANGE_FAILURE) {
    rtc_error (error, RTC_ERR_BACKEND, "the depayloader cannot be started");
    return FALSE;
  }
  gst_pad_set_active (self->sink, TRUE);
  gst_pad_set_active (self->source, TRUE);
  push_start_events (self);
  return TRUE;
}

GstRtcFramesDepay *
gst_rtc_frames_depay_new (RtcCodecId codec, GError **error)
{
  GstRtcFramesDepay *self = g_new0 (GstRtcFramesDepay, 1);

  self->codec = codec;
  if (!start_depayloader (self, error))
    g_clear_pointer (&self, gst_rtc_frames_depay_free);
  return self;
}

void
gst_rtc_frames_depay_free (GstRtcFramesDepay *self)
{
  if (self == NULL)
    return;
  if (self->depayloader != NULL) {
    gst_pad_set_active (self->source, FALSE);
    gst_pad_set_active (self->sink, FALSE);
    gst_element_set_state (self->depayloader, GST_STATE_NULL);
  }
  gst_clear_object (&self->source);
  gst_clear_object (&self->sink);
  gst_clear_object (&self->depayloader);
  gst_clear_buffer (&self->output);
  g_free (self);
}

/* RFC 3550 5.1. */
static void
write_header (GstRtcFramesDepay *self, GstRtcFramesPacket *packet, gboolean is_last)
{
  guint8 *h = packet->header;

  h[0] = 0x80;
  h[1] = (guint8) (DEPAY_PT | (is_last ? 0x80 : 0));
  GST_WRITE_UINT16_BE (h + 2, self->seq++);
  GST_WRITE_UINT32_BE (h + 4, (guint32) self->n_pushed);
  GST_WRITE_UINT32_BE (h + 8, DEPAY_SSRC);
}

GstBuffer *
gst_rtc_frames_depay_run (GstRtcFramesDepay *self, GPtrArray *packets)
{
  GstClockTime pts = self->n_pushed++ * GST_MSECOND;
  GstBuffer *frame;

  for (guint i = 0; i < packets->len; i++) {
    GstRtcFramesPacket *packet = g_ptr_array_index (packets, i);
    gsize len = GST_RTC_FRAMES_HEADER_LEN + packet->len;
    GstBuffer *buffer;

    write_header (self, packet, i + 1 == packets->len);
    buffer = gst_buffer_new_wrapped_full (
        GST_MEMORY_FLAG_READONLY, packet->header, len, 0, len, packet, gst_rtc_frames_packet_free);
    GST_BUFFER_PTS (buffer) = pts;
    gst_pad_push (self->source, buffer);
  }
  g_ptr_array_set_free_func (packets, NULL);
  g_ptr_array_set_size (packets, 0);
  g_ptr_array_set_free_func (packets, gst_rtc_frames_packet_free);
  frame = g_steal_pointer (&self->output);
  return frame != NULL ? gst_buffer_make_writable (frame) : NULL;
}
