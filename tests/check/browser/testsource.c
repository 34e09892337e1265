/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* testsource.c - a live picture with its frame number burned in, and a tone, into webrtcsink.
 *
 *   testsource [NAME=VALUE]...     properties of webrtcsink, as in gst-launch-1.0
 *
 * The top 64 lines of the picture are two rows of 16 blocks: the frame number's bits (the highest
 * first, white is 1) and below them their complement, so that a reader knows a torn picture.
 *
 * Prints {"page": "http://...", "endpoint": "http://..."} once it serves, answers each line on
 * stdin with {"frames": N, "sessions": N, "threads": N}, and ends when stdin does. */
#include <string.h>
#include <gst/gst.h>

#include "tests/check/browser/program-output.h"
#include "tests/check/count-proc.h"

#define WIDTH 320
#define HEIGHT 240
#define BITS 16
#define BLOCK (WIDTH / BITS)
#define ROW_LINES 32

typedef struct {
  GMainLoop *loop;
  GstElement *pipeline;
  GstElement *sink;
  guint frames; /* stamped so far; atomic */
  int status;
} Source;

static GstPadProbeReturn
stamp_frame (GstPad *pad, GstPadProbeInfo *info, gpointer user_data)
{
  Source *self = user_data;
  guint number = (guint) g_atomic_int_add (&self->frames, 1);
  GstBuffer *buffer = gst_buffer_make_writable (GST_PAD_PROBE_INFO_BUFFER (info));
  GstMapInfo map;

  GST_PAD_PROBE_INFO_DATA (info) = buffer;
  if (!gst_buffer_map (buffer, &map, GST_MAP_WRITE))
    return GST_PAD_PROBE_DROP;
  for (guint line = 0; line < 2 * ROW_LINES; line++) {
    guint bits = line < ROW_LINES ? number : ~number;
    for (guint i = 0; i < BITS; i++) {
      gboolean set = (bits >> (BITS - 1 - i)) & 1;
      memset (map.data + line * WIDTH + i * BLOCK, set ? 235 : 16, BLOCK);
    }
  }
  gst_buffer_unmap (buffer, &map);
  return GST_PAD_PROBE_OK;
}

static gboolean
answer_line (GIOChannel *channel, GIOCondition condition, gpointer user_data)
{
  Source *self = user_data;
  g_autofree gchar *line = NULL;
  g_auto (GStrv) sessions = NULL;

  if (g_io_channel_read_line (channel, &line, NULL, NULL, NULL) != G_IO_STATUS_NORMAL) {
    g_main_loop_quit (self->loop);
    return G_SOURCE_REMOVE;
  }
  g_signal_emit_by_name (self->sink, "get-sessions", &sessions);
  g_print ("{\"frames\": %u, \"sessions\": %u, \"threads\": %u}\n",
      (guint) g_atomic_int_get (&self->frames), sessions ? g_strv_length (sessions) : 0,
      count_proc ("task"));
  return G_SOURCE_CONTINUE;
}

static gboolean
handle_message (GstBus *bus, GstMessage *message, gpointer user_data)
{
  Source *self = user_data;

  if (print_error (message)) {
    self->status = 1;
    g_main_loop_quit (self->loop);
  } else if (gst_message_has_name (message, "webrtcsink-server")) {
    print_server (gst_message_get_structure (message));
  }
  return G_SOURCE_CONTINUE;
}

static GstElement *
build_pipeline (int n_args, char **args, GError **error)
{
  g_autoptr (GString) text = g_string_new ("webrtcsink name=sink "
                                           "web-server-host-addr=http://127.0.0.1:0/ ");

  for (int i = 0; i < n_args; i++)
    g_string_append_printf (text, "%s ", args[i]);
  g_string_append_printf (text,
      "videotestsrc is-live=true pattern=ball ! "
      "video/x-raw,format=I420,width=%d,height=%d,framerate=30/1 ! identity name=stamp ! queue ! "
      "sink.video_0 audiotestsrc is-live=true volume=0.3 ! "
      "audio/x-raw,rate=48000,channels=2 ! queue ! sink.audio_0",
      WIDTH, HEIGHT);
  return gst_parse_launch (text->str, error);
}

int
main (int argc, char **argv)
{
  Source self = { .loop = NULL };
  g_autoptr (GError) error = NULL;
  g_autoptr (GstElement) stamp = NULL;
  g_autoptr (GstPad) pad = NULL;
  g_autoptr (GstBus) bus = NULL;
  g_autoptr (GIOChannel) input = g_io_channel_unix_new (0);

  gst_init (&argc, &argv);
  self.pipeline = build_pipeline (argc - 1, argv + 1, &error);
  if (self.pipeline == NULL || error != NULL) {
    g_printerr ("%s\n", error->message);
    return 1;
  }
  self.loop = g_main_loop_new (NULL, FALSE);
  self.sink = gst_bin_get_by_name (GST_BIN (self.pipeline), "sink");
  stamp = gst_bin_get_by_name (GST_BIN (self.pipeline), "stamp");
  pad = gst_element_get_static_pad (stamp, "src");
  gst_pad_add_probe (pad, GST_PAD_PROBE_TYPE_BUFFER, stamp_frame, &self, NULL);
  bus = gst_element_get_bus (self.pipeline);
  gst_bus_add_watch (bus, handle_message, &self);
  g_io_add_watch (input, G_IO_IN | G_IO_HUP | G_IO_ERR, answer_line, &self);

  if (gst_element_set_state (self.pipeline, GST_STATE_PLAYING) == GST_STATE_CHANGE_FAILURE) {
    g_autoptr (GstMessage) message = gst_bus_pop_filtered (bus, GST_MESSAGE_ERROR);
    if (message != NULL)
      handle_message (bus, message, &self);
    self.status = 1;
  } else {
    g_main_loop_run (self.loop);
  }

  gst_element_set_state (self.pipeline, GST_STATE_NULL);
  gst_bus_remove_watch (bus);
  gst_object_unref (self.sink);
  gst_object_unref (self.pipeline);
  g_main_loop_unref (self.loop);
  return self.status;
}
