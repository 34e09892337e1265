/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "tests/check/elements/recorded-file.h"

#include <string.h>

static gboolean
read_bit (const guint8 *line, guint block, guint i)
{
  return line[i * block + block / 2] > 125;
}

static void
read_picture (GstElement *sink, GstBuffer *buffer, GstPad *pad, gpointer data)
{
  FeedFile *self = data;
  g_autoptr (GstCaps) caps = gst_pad_get_current_caps (pad);
  GstStructure *structure = gst_caps_get_structure (caps, 0);
  gint width = 0, height = 0;
  guint number = 0, inverse = 0;
  GstClockTime time = GST_BUFFER_PTS (buffer);
  GstMapInfo map;

  gst_structure_get_int (structure, "width", &width);
  gst_structure_get_int (structure, "height", &height);
  self->width = (guint) width;
  self->height = (guint) height;
  g_assert_true (gst_buffer_map (buffer, &map, GST_MAP_READ));
  for (guint i = 0; i < FEED_BITS; i++) {
    gsize stride = GST_ROUND_UP_4 ((guint) width);

    number = number << 1
             | read_bit (map.data + stride * (FEED_ROW_LINES / 2), (guint) width / FEED_BITS, i);
    inverse =
        inverse << 1
        | read_bit (map.data + stride * (FEED_ROW_LINES * 3 / 2), (guint) width / FEED_BITS, i);
  }
  gst_buffer_unmap (buffer, &map);
  if ((number ^ inverse) != 0xffff)
    self->torn++;
  if (self->times->len > 0
      && time <= g_array_index (self->times, GstClockTime, self->times->len - 1))
    self->monotonic = FALSE;
  g_array_append_val (self->numbers, number);
  g_array_append_val (self->times, time);
}

/* A tick is the first loud sample after half a second without one. */
static void
read_sound (GstElement *sink, GstBuffer *buffer, GstPad *pad, gpointer data)
{
  FeedFile *self = data;
  GstMapInfo map;

  g_assert_true (gst_buffer_map (buffer, &map, GST_MAP_READ));
  for (gsize i = 0; i + 1 < map.size; i += 2) {
    gint16 sample = (gint16) GST_READ_UINT16_LE (map.data + i);
    GstClockTime time = GST_BUFFER_PTS (buffer) + i / 2 * GST_SECOND / 48000 + FEED_TICK_LEAD;
    GstClockTime last = self->ticks->len > 0
                            ? g_array_index (self->ticks, GstClockTime, self->ticks->len - 1)
                            : GST_CLOCK_TIME_NONE;

    if (ABS (sample) > 6000 && (!GST_CLOCK_TIME_IS_VALID (last) || time > last + GST_SECOND / 2))
      g_array_append_val (self->ticks, time);
  }
  self->audio_end = GST_BUFFER_PTS (buffer) + map.size / 2 * GST_SECOND / 48000;
  self->audio_buffers++;
  gst_buffer_unmap (buffer, &map);
}

static void
link_decoded (GstElement *decodebin, GstPad *pad, gpointer data)
{
  GstElement *pipeline = data;
  g_autoptr (GstCaps) caps = gst_pad_get_current_caps (pad);
  /* A track without a single frame has no caps. */
  gboolean is_video =
      caps != NULL && gst_structure_has_name (gst_caps_get_structure (caps, 0), "video/x-raw");
  g_autoptr (GError) error = NULL;
  GstElement *bin = gst_parse_bin_from_description (
      is_video ? "queue max-size-time=0 max-size-buffers=0 max-size-bytes=0 ! videoconvert ! "
                 "video/x-raw,format=I420 ! "
                 "fakesink name=v signal-handoffs=true sync=false async=false"
               : "queue max-size-time=0 max-size-buffers=0 max-size-bytes=0 ! audioconvert ! "
                 "audioresample ! audio/x-raw,format=S16LE,channels=1,rate=48000 ! "
                 "fakesink name=a signal-handoffs=true sync=false async=false",
      TRUE, &error);
  g_autoptr (GstElement) sink = NULL;
  g_autoptr (GstPad) target = NULL;

  g_assert_no_error (error);
  sink = gst_bin_get_by_name (GST_BIN (bin), is_video ? "v" : "a");
  g_signal_connect (sink, "handoff", is_video ? G_CALLBACK (read_picture) : G_CALLBACK (read_sound),
      g_object_get_data (G_OBJECT (pipeline), "file"));
  gst_bin_add (GST_BIN (pipeline), bin);
  target = gst_element_get_static_pad (bin, "sink");
  g_assert_cmpint (gst_pad_link (pad, target), ==, GST_PAD_LINK_OK);
  gst_element_sync_state_with_parent (bin);
}

void
feed_file_read (FeedFile *self, const gchar *path)
{
  g_autoptr (GstElement) pipeline = gst_pipeline_new (NULL);
  GstElement *source = gst_element_factory_make ("filesrc", NULL);
  GstElement *decodebin = gst_element_factory_make ("decodebin", NULL);
  g_autoptr (GstBus) bus = gst_element_get_bus (pipeline);
  g_autoptr (GstMessage) message = NULL;

  memset (self, 0, sizeof *self);
  self->numbers = g_array_new (FALSE, FALSE, sizeof (guint));
  self->times = g_array_new (FALSE, FALSE, sizeof (GstClockTime));
  self->ticks = g_array_new (FALSE, FALSE, sizeof (GstClockTime));
  self->monotonic = TRUE;
  g_object_set (source, "location", path, NULL);
  gst_bin_add_many (GST_BIN (pipeline), source, decodebin, NULL);
  gst_element_link (source, decodebin);
  g_object_set_data (G_OBJECT (pipeline), "file", self);
  g_signal_connect (decodebin, "pad-added", G_CALLBACK (link_decoded), pipeline);
  gst_element_set_state (pipeline, GST_STATE_PLAYING);
  message = gst_bus_timed_pop_filtered (bus, 60 * GST_SECOND, GST_MESSAGE_EOS | GST_MESSAGE_ERROR);
  self->ok = message != NULL && GST_MESSAGE_TYPE (message) == GST_MESSAGE_EOS;
  gst_element_set_state (pipeline, GST_STATE_NULL);
}

void
feed_file_clear (FeedFile *self)
{
  g_array_unref (self->numbers);
  g_array_unref (self->times);
  g_array_unref (self->ticks);
}

void
feed_file_assert_complete (const FeedFile *file, guint first, guint n)
{
  g_assert_true (file->ok);
  g_assert_true (file->monotonic);
  g_assert_cmpuint (file->torn, ==, 0);
  g_assert_cmpuint (file->numbers->len, ==, n);
  for (guint i = 0; i < n; i++)
    g_assert_cmpuint (g_array_index (file->numbers, guint, i), ==, first + i);
}
