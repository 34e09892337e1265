/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* end.c - one end of a call over a bad network, which writes down when it saw which picture.
 *
 *   end webrtcsink LOG [NAME=VALUE]...     sends; properties as in gst-launch-1.0
 *   end ladder LOG [NAME=VALUE]...         the same, of what looped-ladder.h makes; LOG stays empty
 *   end webrtcbin LOG BITRATE              sends, with upstream's webrtcbin (webrtcbin-sender.h)
 *   end webrtcsrc LOG [NAME=VALUE]...      receives and shows
 *
 * Senders make 640x360 at 30 frames a second (moving-picture.h). A line of LOG is "NUMBER US": the
 * picture's number (-1: not to be read) and CLOCK_MONOTONIC in us when a sender had drawn it or a
 * receiver was to show it. Prints {"endpoint": URL} once it serves, answers each line on stdin with
 * {"target": bit/s that the newest session's congestion control aims at (0: none), "stats": the
 * element's property "stats" as text}, and ends when stdin does. */
#include <stdio.h>
#include <string.h>
#include <gst/gst.h>
#include <gst/video/video.h>

#include "looped-ladder.h"
#include "moving-picture.h"
#include "picture-counter.h"
#include "webrtcbin-sender.h"

#define WIDTH 640
#define HEIGHT 360
#define PICTURE                                                                                    \
  "videotestsrc is-live=true pattern=black ! identity name=stamp ! "                               \
  "video/x-raw,format=I420,width=640,height=360,framerate=30/1 ! queue max-size-buffers=2 "

typedef struct {
  GMainLoop *loop;
  FILE *log;
  MovingPicture *picture;
  LoopedLadder *ladder; /* (nullable) */
  guint number;         /* of the next picture [streaming thread] */
  GstElement *pipeline;
  GstElement *element; /* NULL with webrtcbin */
  int status;
} End;

static void
note (End *self, gint number)
{
  fprintf (self->log, "%d %" G_GINT64_FORMAT "\n", number, g_get_monotonic_time ());
}

/* --- sending ---------------------------------------------------------------------------------- */

static GstPadProbeReturn
draw_picture (GstPad *pad, GstPadProbeInfo *info, gpointer user_data)
{
  End *self = user_data;
  GstBuffer *buffer = gst_buffer_make_writable (GST_PAD_PROBE_INFO_BUFFER (info));
  GstMapInfo map;

  GST_PAD_PROBE_INFO_DATA (info) = buffer;
  if (!gst_buffer_map (buffer, &map, GST_MAP_WRITE))
    return GST_PAD_PROBE_DROP;
  moving_picture_draw (self->picture, map.data, WIDTH, WIDTH, HEIGHT, self->number);
  memset (map.data + WIDTH * HEIGHT, 128, WIDTH * HEIGHT / 2);
  gst_buffer_unmap (buffer, &map);
  note (self, (gint) self->number);
  self->number = (self->number + 1) % PICTURE_COUNTER_RANGE;
  return GST_PAD_PROBE_OK;
}

static void
watch_sender (GstElement *pipeline, gpointer user_data)
{
  GstElement *stamp = gst_bin_get_by_name (GST_BIN (pipeline), "stamp");
  GstPad *pad = gst_element_get_static_pad (stamp, "src");

  gst_pad_add_probe (pad, GST_PAD_PROBE_TYPE_BUFFER, draw_picture, user_data, NULL);
  gst_object_unref (pad);
  gst_object_unref (stamp);
}

/* --- receiving -------------------------------------------------------------------------------- */

static void
show_picture (GstElement *sink, GstBuffer *buffer, GstPad *pad, gpointer user_data)
{
  GstCaps *caps = gst_pad_get_current_caps (pad);
  GstVideoInfo info;
  GstVideoFrame frame;

  if (caps != NULL && gst_video_info_from_caps (&info, caps)
      && gst_video_frame_map (&frame, &info, buffer, GST_MAP_READ)) {
    note (user_data,
        picture_counter_read (GST_VIDEO_FRAME_PLANE_DATA (&frame, 0),
            (gsize) GST_VIDEO_FRAME_PLANE_STRIDE (&frame, 0), (guint) GST_VIDEO_INFO_WIDTH (&info),
            (guint) GST_VIDEO_INFO_HEIGHT (&info)));
    gst_video_frame_unmap (&frame);
  }
  gst_clear_caps (&caps);
}

static void
on_pad_added (GstElement *element, GstPad *pad, gpointer user_data)
{
  gboolean is_video = g_str_has_prefix (GST_PAD_NAME (pad), "video");
  GstElement *branch, *sink;
  GstPad *sinkpad;

  if (!GST_PAD_IS_SRC (pad))
    return;
  branch = gst_parse_bin_from_description (is_video ? "videoconvert ! video/x-raw,format=I420 ! "
                                                      "fakesink name=show sync=true qos=false "
                                                      "signal-handoffs=true"
                                                    : "fakesink name=show",
      TRUE, NULL);
  sink = gst_bin_get_by_name (GST_BIN (branch), "show");
  g_signal_connect (sink, "handoff", G_CALLBACK (show_picture), user_data);
  gst_object_unref (sink);
  gst_bin_add (GST_BIN (GST_OBJECT_PARENT (element)), branch);
  gst_element_sync_state_with_parent (branch);
  sinkpad = gst_element_get_static_pad (branch, "sink");
  gst_pad_link (pad, sinkpad);
  gst_object_unref (sinkpad);
}

/* --- both ------------------------------------------------------------------------------------- */

static guint
get_target (End *self)
{
  GObject *session = NULL;
  gchar **ids = NULL;
  guint target = 0, n;

  if (self->element == NULL)
    return 0;
  g_signal_emit_by_name (self->element, "get-sessions", &ids);
  n = ids != NULL ? g_strv_length (ids) : 0;
  if (n > 0)
    session = gst_child_proxy_get_child_by_name (GST_CHILD_PROXY (self->element), ids[n - 1]);
  if (session != NULL)
    g_object_get (session, "target-bitrate", &target, NULL);
  g_clear_object (&session);
  g_strfreev (ids);
  return target;
}

static gboolean
answer_line (GIOChannel *channel, GIOCondition condition, gpointer user_data)
{
  End *self = user_data;
  GstStructure *stats = NULL;
  gchar *line = NULL, *text = NULL, *escaped;

  if (g_io_channel_read_line (channel, &line, NULL, NULL, NULL) != G_IO_STATUS_NORMAL) {
    g_main_loop_quit (self->loop);
    return G_SOURCE_REMOVE;
  }
  if (self->element != NULL
      && g_object_class_find_property (G_OBJECT_GET_CLASS (self->element), "stats") != NULL)
    g_object_get (self->element, "stats", &stats, NULL);
  if (stats != NULL)
    text = gst_structure_to_string (stats);
  escaped = g_strescape (text != NULL ? text : "", NULL);
  g_print ("{\"target\": %u, \"stats\": \"%s\"}\n", get_target (self), escaped);
  g_clear_pointer (&stats, gst_structure_free);
  g_free (escaped);
  g_free (text);
  g_free (line);
  return G_SOURCE_CONTINUE;
}

static gboolean
handle_message (GstBus *bus, GstMessage *message, gpointer user_data)
{
  End *self = user_data;

  if (GST_MESSAGE_TYPE (message) == GST_MESSAGE_ERROR) {
    GError *error = NULL;
    gchar *debug = NULL;

    gst_message_parse_error (message, &error, &debug);
    g_printerr ("%s: %s (%s)\n", GST_MESSAGE_SRC_NAME (message), error->message, debug);
    g_error_free (error);
    g_free (debug);
    self->status = 1;
    g_main_loop_quit (self->loop);
  } else if (GST_MESSAGE_TYPE (message) == GST_MESSAGE_LATENCY) {
    gst_bin_recalculate_latency (GST_BIN (self->pipeline));
  } else if (gst_message_has_name (message, "webrtcsink-server")
             || gst_message_has_name (message, "webrtcsrc-server")) {
    g_print ("{\"endpoint\": \"%s\"}\n",
        gst_structure_get_string (gst_message_get_structure (message), "endpoint-url"));
  }
  return G_SOURCE_CONTINUE;
}

/* Our elements: "webrtcsink name=element ..." with a picture before it, or a ladder, or
 * "webrtcsrc". */
static void
make_pipeline (End *self, const gchar *kind, int n_properties, char **properties)
{
  gboolean has_ladder = g_str_equal (kind, "ladder");
  gboolean sends = g_str_equal (kind, "webrtcsink");
  GString *text = g_string_new (NULL);
  GstElement *made;
  GError *error = NULL;

  self->pipeline = gst_pipeline_new (NULL);
  g_string_printf (text, "%s name=element web-server-host-addr=http://127.0.0.1:0/ ",
      has_ladder ? "webrtcsink " LOOPED_LADDER_PROPERTIES : kind);
  for (int i = 0; i < n_properties; i++)
    g_string_append_printf (text, "%s ", properties[i]);
  if (sends)
    g_string_append (text, PICTURE "! element.video_0");
  else if (has_ladder)
    g_string_append (text, LOOPED_LADDER_SOURCES);
  made = gst_parse_bin_from_description (text->str, FALSE, &error);
  if (error != NULL)
    g_error ("%s", error->message);
  gst_bin_add (GST_BIN (self->pipeline), made);
  self->element = gst_bin_get_by_name (GST_BIN (made), "element");
  if (sends)
    watch_sender (made, self);
  else if (has_ladder)
    self->ladder = looped_ladder_new (self->pipeline, GST_BIN (made));
  else
    g_signal_connect (self->element, "pad-added", G_CALLBACK (on_pad_added), self);
  g_string_free (text, TRUE);
}

static void
run_element (End *self, int argc, char **argv)
{
  GstBus *bus;

  make_pipeline (self, argv[1], argc - 3, argv + 3);
  bus = gst_element_get_bus (self->pipeline);
  gst_bus_add_watch (bus, handle_message, self);
  if (gst_element_set_state (self->pipeline, GST_STATE_PLAYING) == GST_STATE_CHANGE_FAILURE)
    self->status = 1;
  g_main_loop_run (self->loop);
  gst_element_set_state (self->pipeline, GST_STATE_NULL);
  g_clear_pointer (&self->ladder, looped_ladder_free);
  gst_bus_remove_watch (bus);
  gst_object_unref (bus);
  gst_object_unref (self->element);
  gst_object_unref (self->pipeline);
}

static void
watch_webrtcbin (GstElement *pipeline, gpointer user_data)
{
  End *self = user_data;

  self->pipeline = gst_object_ref (pipeline);
  watch_sender (pipeline, self);
}

static void
run_webrtcbin (End *self, const char *bitrate)
{
  gchar *url = webrtcbin_sender_serve (
      PICTURE, (guint) g_ascii_strtoull (bitrate, NULL, 10), watch_webrtcbin, self);

  g_print ("{\"endpoint\": \"%s\"}\n", url);
  g_free (url);
  g_main_loop_run (self->loop);
  if (self->pipeline == NULL)
    return;
  /* Its threads draw and write up to then. */
  gst_element_set_state (self->pipeline, GST_STATE_NULL);
  gst_object_unref (self->pipeline);
}

int
main (int argc, char **argv)
{
  End self = { .loop = g_main_loop_new (NULL, FALSE), .picture = moving_picture_new () };
  GIOChannel *input = g_io_channel_unix_new (0);

  gst_init (&argc, &argv);
  if (argc < 3 || (self.log = fopen (argv[2], "w")) == NULL) {
    g_printerr ("end webrtcsink|ladder|webrtcbin|webrtcsrc LOG ...\n");
    return 2;
  }
  setvbuf (self.log, NULL, _IOLBF, 0);
  g_io_add_watch (input, G_IO_IN | G_IO_HUP | G_IO_ERR, answer_line, &self);
  if (g_str_equal (argv[1], "webrtcbin"))
    run_webrtcbin (&self, argc > 3 ? argv[3] : "1500000");
  else
    run_element (&self, argc, argv);
  g_io_channel_unref (input);
  g_main_loop_unref (self.loop);
  fclose (self.log);
  moving_picture_free (self.picture);
  return self.status;
}
