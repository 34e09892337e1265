/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "tests/check/elements/srtp-line.h"

#include <string.h>

#include "ext/srtp/gstrtcsrtpdec.h"
#include "ext/srtp/gstrtcsrtpenc.h"

static GstStaticPadTemplate any_caps =
    GST_STATIC_PAD_TEMPLATE ("sink", GST_PAD_SINK, GST_PAD_ALWAYS, GST_STATIC_CAPS_ANY);

static guint
side_of (SrtpLine *self, GstPad *pad)
{
  return pad == self->sinks[1];
}

static void
note_buffer (SrtpLine *self, guint side, GstBuffer *buffer)
{
  g_ptr_array_add (self->out[side], gst_buffer_ref (buffer));
  g_string_append (self->events[side], "buffer ");
}

static GstFlowReturn
take_buffer (GstPad *pad, GstObject *parent, GstBuffer *buffer)
{
  SrtpLine *self = gst_pad_get_element_private (pad);

  note_buffer (self, side_of (self, pad), buffer);
  gst_buffer_unref (buffer);
  return GST_FLOW_OK;
}

static GstFlowReturn
take_list (GstPad *pad, GstObject *parent, GstBufferList *list)
{
  SrtpLine *self = gst_pad_get_element_private (pad);
  guint side = side_of (self, pad);

  for (guint i = 0; i < gst_buffer_list_length (list); i++)
    note_buffer (self, side, gst_buffer_list_get (list, i));
  g_ptr_array_add (self->lists[side], list);
  return GST_FLOW_OK;
}

static gboolean
take_event (GstPad *pad, GstObject *parent, GstEvent *event)
{
  SrtpLine *self = gst_pad_get_element_private (pad);

  g_string_append_printf (self->events[side_of (self, pad)], "%s ", GST_EVENT_TYPE_NAME (event));
  gst_event_unref (event);
  return TRUE;
}

static GstPadProbeReturn
note_wire (GstPad *pad, GstPadProbeInfo *info, gpointer data)
{
  SrtpLine *self = data;

  if (info->type & GST_PAD_PROBE_TYPE_BUFFER)
    g_ptr_array_add (self->wire, gst_buffer_copy_deep (info->data));
  else
    for (guint i = 0; i < gst_buffer_list_length (info->data); i++)
      g_ptr_array_add (self->wire, gst_buffer_copy_deep (gst_buffer_list_get (info->data, i)));
  return self->holds ? GST_PAD_PROBE_DROP : GST_PAD_PROBE_OK;
}

static void
link_pads (GstPad *src, GstPad *sink)
{
  g_assert_cmpint (gst_pad_link_full (src, sink, GST_PAD_LINK_CHECK_NOTHING), ==, GST_PAD_LINK_OK);
  gst_object_unref (src);
  gst_object_unref (sink);
}

/* RTP or RTCP from a pad of ours through enc and dec to a pad of ours. */
static void
add_side (SrtpLine *self, guint side)
{
  static const gchar *const names[2][4] = { { "rtp_sink_0", "rtp_src_0", "rtp_sink", "rtp_src" },
    { "rtcp_sink_0", "rtcp_src_0", "rtcp_sink", "rtcp_src" } };
  GstPad *wire;

  self->srcs[side] = gst_object_ref_sink (gst_pad_new (NULL, GST_PAD_SRC));
  self->sinks[side] = gst_object_ref_sink (gst_pad_new_from_static_template (&any_caps, NULL));
  self->out[side] = g_ptr_array_new_with_free_func ((GDestroyNotify) gst_buffer_unref);
  self->lists[side] = g_ptr_array_new_with_free_func ((GDestroyNotify) gst_buffer_list_unref);
  self->events[side] = g_string_new (NULL);
  gst_pad_set_element_private (self->sinks[side], self);
  gst_pad_set_chain_function (self->sinks[side], take_buffer);
  gst_pad_set_chain_list_function (self->sinks[side], take_list);
  gst_pad_set_event_function (self->sinks[side], take_event);
  link_pads (gst_object_ref (self->srcs[side]),
      gst_element_request_pad_simple (self->enc, names[side][0]));
  wire = gst_element_get_static_pad (self->enc, names[side][1]);
  gst_pad_add_probe (
      wire, GST_PAD_PROBE_TYPE_BUFFER | GST_PAD_PROBE_TYPE_BUFFER_LIST, note_wire, self, NULL);
  link_pads (wire, gst_element_get_static_pad (self->dec, names[side][2]));
  link_pads (
      gst_element_get_static_pad (self->dec, names[side][3]), gst_object_ref (self->sinks[side]));
  gst_pad_set_active (self->sinks[side], TRUE);
  gst_pad_set_active (self->srcs[side], TRUE);
}

static void
set_properties (GstElement *element, const gchar *properties)
{
  gchar **words = g_strsplit (properties, " ", -1);

  for (guint i = 0; words[i] != NULL; i++) {
    gchar **pair = g_strsplit (words[i], "=", 2);

    gst_util_set_object_arg (G_OBJECT (element), pair[0], pair[1]);
    g_strfreev (pair);
  }
  g_strfreev (words);
}

void
srtp_line_init (SrtpLine *self, const gchar *enc_properties, gboolean is_bare)
{
  memset (self, 0, sizeof *self);
  self->enc = gst_object_ref_sink (g_object_new (GST_TYPE_RTC_SRTP_ENC, NULL));
  self->dec = gst_object_ref_sink (g_object_new (GST_TYPE_RTC_SRTP_DEC, NULL));
  self->wire = g_ptr_array_new_with_free_func ((GDestroyNotify) gst_buffer_unref);
  self->bus = gst_bus_new ();
  gst_element_set_bus (self->enc, self->bus);
  gst_element_set_bus (self->dec, self->bus);
  set_properties (self->enc, enc_properties != NULL ? enc_properties : "key=" LINE_KEY_30);
  add_side (self, 0);
  add_side (self, 1);
  gst_element_set_state (self->dec, GST_STATE_PLAYING);
  gst_element_set_state (self->enc, GST_STATE_PLAYING);
  if (is_bare)
    return;
  srtp_line_start (self, FALSE, "application/x-rtp, ssrc=(uint)4660, payload=96");
  srtp_line_start (self, TRUE, "application/x-rtcp");
}

void
srtp_line_clear (SrtpLine *self)
{
  gst_element_set_state (self->enc, GST_STATE_NULL);
  gst_element_set_state (self->dec, GST_STATE_NULL);
  gst_element_set_bus (self->enc, NULL);
  gst_element_set_bus (self->dec, NULL);
  gst_object_unref (self->enc);
  gst_object_unref (self->dec);
  gst_object_unref (self->bus);
  for (guint i = 0; i < 2; i++) {
    gst_object_unref (self->srcs[i]);
    gst_object_unref (self->sinks[i]);
    g_ptr_array_unref (self->out[i]);
    g_ptr_array_unref (self->lists[i]);
    g_string_free (self->events[i], TRUE);
  }
  g_ptr_array_unref (self->wire);
}

void
srtp_line_start (SrtpLine *self, gboolean is_rtcp, const gchar *text)
{
  GstCaps *caps = gst_caps_from_string (text);
  GstSegment segment;

  gst_segment_init (&segment, GST_FORMAT_TIME);
  gst_pad_push_event (self->srcs[is_rtcp], gst_event_new_stream_start (is_rtcp ? "c" : "p"));
  g_assert_true (gst_pad_push_event (self->srcs[is_rtcp], gst_event_new_caps (caps)));
  gst_pad_push_event (self->srcs[is_rtcp], gst_event_new_segment (&segment));
  gst_caps_unref (caps);
}

/* -- Packets ----------------------------------------------------------------- */

GstBuffer *
srtp_line_make_rtp (guint32 ssrc, guint16 seq, guint size)
{
  GstBuffer *buffer = gst_buffer_new_allocate (NULL, 12 + size, NULL);
  GstMapInfo map;

  gst_buffer_map (buffer, &map, GST_MAP_WRITE);
  for (guint i = 0; i < map.size; i++)
    map.data[i] = (guint8) (i + seq);
  map.data[0] = 0x80;
  map.data[1] = 96;
  GST_WRITE_UINT16_BE (map.data + 2, seq);
  GST_WRITE_UINT32_BE (map.data + 8, ssrc);
  gst_buffer_unmap (buffer, &map);
  GST_BUFFER_PTS (buffer) = seq * GST_MSECOND;
  return buffer;
}

GstBuffer *
srtp_line_make_rtcp (guint32 ssrc)
{
  GstBuffer *buffer = gst_buffer_new_allocate (NULL, 28, NULL);
  GstMapInfo map;

  gst_buffer_map (buffer, &map, GST_MAP_WRITE);
  memset (map.data, 0x5a, map.size);
  GST_WRITE_UINT32_BE (map.data, 0x80c80006);
  GST_WRITE_UINT32_BE (map.data + 4, ssrc);
  gst_buffer_unmap (buffer, &map);
  return buffer;
}

GstFlowReturn
srtp_line_push (SrtpLine *self, guint16 seq)
{
  return gst_pad_push (self->srcs[0], srtp_line_make_rtp (LINE_SSRC, seq, 100));
}

GstFlowReturn
srtp_line_inject (SrtpLine *self, gboolean is_rtcp, GstBuffer *buffer)
{
  GstPad *pad = gst_element_get_static_pad (self->dec, is_rtcp ? "rtcp_sink" : "rtp_sink");
  GstFlowReturn flow = gst_pad_chain (pad, buffer);

  gst_object_unref (pad);
  return flow;
}

void
srtp_line_assert_last (SrtpLine *self, guint n, guint16 seq)
{
  GstBuffer *wanted = srtp_line_make_rtp (LINE_SSRC, seq, 100), *last;
  GstMapInfo map;

  g_assert_cmpuint (self->out[0]->len, ==, n);
  last = g_ptr_array_index (self->out[0], n - 1);
  gst_buffer_map (wanted, &map, GST_MAP_READ);
  g_assert_cmpuint (gst_buffer_get_size (last), ==, map.size);
  g_assert_cmpint (gst_buffer_memcmp (last, 0, map.data, map.size), ==, 0);
  gst_buffer_unmap (wanted, &map);
  g_assert_cmpuint (GST_BUFFER_PTS (last), ==, GST_BUFFER_PTS (wanted));
  gst_buffer_unref (wanted);
}

guint
srtp_line_stat (SrtpLine *self, const gchar *name)
{
  GstStructure *stats;
  guint value = 0;

  g_object_get (self->dec, "stats", &stats, NULL);
  g_assert_true (gst_structure_get_uint (stats, name, &value));
  gst_structure_free (stats);
  return value;
}

GstCaps *
srtp_line_key_caps (guint8 fill)
{
  GstBuffer *key = gst_buffer_new_allocate (NULL, 30, NULL);
  GstCaps *caps;

  gst_buffer_memset (key, 0, fill, 30);
  caps = gst_caps_new_simple ("application/x-srtp", "srtp-key", GST_TYPE_BUFFER, key, "srtp-cipher",
      G_TYPE_STRING, "aes-128-icm", "srtp-auth", G_TYPE_STRING, "hmac-sha1-80", "srtcp-cipher",
      G_TYPE_STRING, "aes-128-icm", "srtcp-auth", G_TYPE_STRING, "hmac-sha1-80", NULL);
  gst_buffer_unref (key);
  return caps;
}
