/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* talker.c - webrtcsink with data channels: says "hello" on one of its own and echoes what comes.
 *
 *   talker [NAME=VALUE]...     properties of webrtcsink, as in gst-launch-1.0
 *
 * Each session gets a channel "from-us" that says "hello" when it opens. On every channel of the
 * peer's each message is sent back as it came, but the text "close" closes it, and the text
 * "options" is answered with "ORDERED RETRANSMITS LIFETIME PROTOCOL ID".
 *
 * Prints {"page": "http://...", "endpoint": "http://..."} once it serves, answers each line on
 * stdin with {"sessions": N, "opened": N, "closed": N, "errors": N, "messages": N}, and ends when
 * stdin does. */
#include <string.h>
#include <gst/gst.h>

#include "tests/check/browser/program-output.h"

typedef struct {
  GMainLoop *loop;
  GstElement *pipeline, *sink;
  guint opened, closed, errors, messages; /* atomic: signals come on another thread */
  int status;
} Talker;

static void
on_error (GObject *channel, GError *error, Talker *self)
{
  g_printerr ("data channel: %s\n", error->message);
  g_atomic_int_inc (&self->errors);
}

static void
on_open (GObject *channel, Talker *self)
{
  gboolean is_ours = g_object_get_data (channel, "is-ours") != NULL;

  g_atomic_int_inc (&self->opened);
  if (is_ours)
    g_signal_emit_by_name (channel, "send-string", "hello");
}

static void
on_close (GObject *channel, Talker *self)
{
  g_atomic_int_inc (&self->closed);
}

static void
on_string (GObject *channel, const gchar *text, Talker *self)
{
  g_autofree gchar *answer = NULL, *protocol = NULL;
  gboolean ordered;
  gint retransmits, lifetime, id;

  g_atomic_int_inc (&self->messages);
  if (strcmp (text, "close") == 0) {
    g_signal_emit_by_name (channel, "close");
  } else if (strcmp (text, "options") == 0) {
    g_object_get (channel, "ordered", &ordered, "max-retransmits", &retransmits,
        "max-packet-lifetime", &lifetime, "protocol", &protocol, "id", &id, NULL);
    answer = g_strdup_printf ("%d %d %d %s %d", ordered, retransmits, lifetime, protocol, id);
    g_signal_emit_by_name (channel, "send-string", answer);
  } else {
    g_signal_emit_by_name (channel, "send-string", text);
  }
}

static void
on_data (GObject *channel, GBytes *bytes, Talker *self)
{
  g_atomic_int_inc (&self->messages);
  g_signal_emit_by_name (channel, "send-data", bytes);
}

static void
watch (Talker *self, GObject *channel)
{
  g_signal_connect (channel, "on-open", G_CALLBACK (on_open), self);
  g_signal_connect (channel, "on-close", G_CALLBACK (on_close), self);
  g_signal_connect (channel, "on-error", G_CALLBACK (on_error), self);
  g_signal_connect (channel, "on-message-string", G_CALLBACK (on_string), self);
  g_signal_connect (channel, "on-message-data", G_CALLBACK (on_data), self);
}

static void
on_channel (GObject *session, GObject *channel, Talker *self)
{
  watch (self, channel);
}

static void
on_session (GstElement *sink, const gchar *id, GObject *session, Talker *self)
{
  GObject *channel = NULL;

  g_signal_connect (session, "on-data-channel", G_CALLBACK (on_channel), self);
  g_signal_emit_by_name (session, "create-data-channel", "from-us", NULL, &channel);
  g_object_set_data (channel, "is-ours", self);
  watch (self, channel);
  g_object_unref (channel);
}

static gboolean
answer_line (GIOChannel *input, GIOCondition condition, gpointer user_data)
{
  Talker *self = user_data;
  g_autofree gchar *line = NULL;
  g_auto (GStrv) sessions = NULL;

  if (g_io_channel_read_line (input, &line, NULL, NULL, NULL) != G_IO_STATUS_NORMAL) {
    g_main_loop_quit (self->loop);
    return G_SOURCE_REMOVE;
  }
  g_signal_emit_by_name (self->sink, "get-sessions", &sessions);
  g_print ("{\"sessions\": %u, \"opened\": %u, \"closed\": %u, \"errors\": %u, \"messages\": %u}\n",
      sessions ? g_strv_length (sessions) : 0, (guint) g_atomic_int_get (&self->opened),
      (guint) g_atomic_int_get (&self->closed), (guint) g_atomic_int_get (&self->errors),
      (guint) g_atomic_int_get (&self->messages));
  return G_SOURCE_CONTINUE;
}

static gboolean
handle_message (GstBus *bus, GstMessage *message, gpointer user_data)
{
  Talker *self = user_data;

  if (print_error (message)) {
    self->status = 1;
    g_main_loop_quit (self->loop);
  } else if (gst_message_has_name (message, "webrtcsink-server")) {
    print_server (gst_message_get_structure (message));
  }
  return G_SOURCE_CONTINUE;
}

int
main (int argc, char **argv)
{
  Talker self = { .loop = NULL };
  g_autoptr (GString) text = g_string_new ("webrtcsink name=sink video-caps=video/x-vp8 "
                                           "web-server-host-addr=http://127.0.0.1:0/ ");
  g_autoptr (GError) error = NULL;
  g_autoptr (GstBus) bus = NULL;
  g_autoptr (GIOChannel) input = g_io_channel_unix_new (0);

  gst_init (&argc, &argv);
  for (int i = 1; i < argc; i++)
    g_string_append_printf (text, "%s ", argv[i]);
  g_string_append (text, "videotestsrc is-live=true ! "
                         "video/x-raw,width=160,height=120,framerate=10/1 ! queue ! sink.video_0");
  self.pipeline = gst_parse_launch (text->str, &error);
  if (self.pipeline == NULL || error != NULL) {
    g_printerr ("%s\n", error->message);
    return 1;
  }
  self.loop = g_main_loop_new (NULL, FALSE);
  self.sink = gst_bin_get_by_name (GST_BIN (self.pipeline), "sink");
  g_signal_connect (self.sink, "consumer-added", G_CALLBACK (on_session), &self);
  bus = gst_element_get_bus (self.pipeline);
  gst_bus_add_watch (bus, handle_message, &self);
  g_io_add_watch (input, G_IO_IN | G_IO_HUP | G_IO_ERR, answer_line, &self);
  if (gst_element_set_state (self.pipeline, GST_STATE_PLAYING) == GST_STATE_CHANGE_FAILURE)
    self.status = 1;
  else
    g_main_loop_run (self.loop);
  gst_element_set_state (self.pipeline, GST_STATE_NULL);
  gst_bus_remove_watch (bus);
  gst_object_unref (self.sink);
  gst_object_unref (self.pipeline);
  g_main_loop_unref (self.loop);
  return self.status;
}
