/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "encoded-pictures.h"

static void
on_encoded (GstElement *sink, GstBuffer *buffer, GstPad *pad, gpointer data)
{
  EncodedPictures *self = data;

  if (self->caps == NULL)
    self->caps = gst_pad_get_current_caps (pad);
  g_ptr_array_add (self->buffers, gst_buffer_ref (buffer));
}

void
encoded_pictures_init (EncodedPictures *self, const gchar *launch)
{
  gchar *whole = g_strdup_printf ("%s ! fakesink name=out signal-handoffs=true sync=false", launch);
  GstElement *pipeline = gst_parse_launch (whole, NULL);
  GstElement *out = gst_bin_get_by_name (GST_BIN (pipeline), "out");
  GstBus *bus = gst_element_get_bus (pipeline);
  GstMessage *message;

  self->caps = NULL;
  self->buffers = g_ptr_array_new_with_free_func ((GDestroyNotify) gst_buffer_unref);
  g_signal_connect (out, "handoff", G_CALLBACK (on_encoded), self);
  gst_element_set_state (pipeline, GST_STATE_PLAYING);
  message =
      gst_bus_timed_pop_filtered (bus, GST_CLOCK_TIME_NONE, GST_MESSAGE_EOS | GST_MESSAGE_ERROR);
  g_assert_cmpint (GST_MESSAGE_TYPE (message), ==, GST_MESSAGE_EOS);
  gst_message_unref (message);
  gst_element_set_state (pipeline, GST_STATE_NULL);
  gst_object_unref (bus);
  gst_object_unref (out);
  gst_object_unref (pipeline);
  g_free (whole);
}

void
encoded_pictures_clear (EncodedPictures *self)
{
  gst_caps_unref (self->caps);
  g_ptr_array_unref (self->buffers);
}
