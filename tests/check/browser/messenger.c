/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* messenger.c - the pages' messages and events: webrtcsink with a ticking text on data_0, which is
 * a chat too, numbers on data_1, and remote control; and webrtcsrc whose data pad is read.
 *
 * Prints {"page": "http://...", "endpoint": "http://..."} once both serve, the viewer's page and
 * the publisher's, answers each line on stdin, and ends when stdin does. Answers:
 *
 *   {"answered": what viewers said on data_0's channel, "called": what came out of webrtcsrc's data
 *    pad, "events": what came upstream to the picture's source, each as text} */
#include <string.h>
#include <gst/gst.h>
#include <gst/video/navigation.h>

typedef struct {
  GMainLoop *loop;
  GstElement *pipeline;
  gchar *pages[2];                     /* viewer's, publisher's */
  GMutex lock;                         /* guards the rest */
  GString *answered, *called, *events; /* JSON strings, separated by commas */
  guint n_ticks;
  int status;
} Messenger;

/* As a JSON string in ASCII, whatever the console's character set is. */
static void
append (Messenger *self, GString *list, const gchar *text, gsize len)
{
  g_autofree gchar *valid = g_utf8_make_valid (text, (gssize) len);

  g_mutex_lock (&self->lock);
  g_string_append (list, list->len > 0 ? ", \"" : "\"");
  for (const gchar *c = valid; *c != '\0'; c = g_utf8_next_char (c)) {
    if (g_ascii_isalnum (*c) || *c == ' ')
      g_string_append_c (list, *c);
    else
      g_string_append_printf (list, "\\u%04x", g_utf8_get_char (c) & 0xffff);
  }
  g_string_append_c (list, '"');
  g_mutex_unlock (&self->lock);
}

static void
on_received (GstElement *sink, const gchar *id, const gchar *pad, GBytes *bytes, gboolean is_text,
    Messenger *self)
{
  append (self, self->answered, g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes));
}

static void
on_message (GstElement *sink, GstBuffer *buffer, GstPad *pad, Messenger *self)
{
  GstMapInfo map;

  if (!gst_buffer_map (buffer, &map, GST_MAP_READ))
    return;
  append (self, self->called, (const gchar *) map.data, map.size);
  gst_buffer_unmap (buffer, &map);
}

/* As the events of the page come to a source. */
static GstPadProbeReturn
on_event (GstPad *pad, GstPadProbeInfo *info, gpointer data)
{
  GstEvent *event = GST_PAD_PROBE_INFO_EVENT (info);
  Messenger *self = data;
  g_autofree gchar *text = NULL;
  const gchar *key = NULL;
  gdouble x = 0, y = 0;
  gint button = 0;

  if (GST_EVENT_TYPE (event) != GST_EVENT_NAVIGATION)
    return GST_PAD_PROBE_OK;
  switch ((int) gst_navigation_event_get_type (event)) {
    case GST_NAVIGATION_EVENT_MOUSE_MOVE:
      gst_navigation_event_parse_mouse_move_event (event, &x, &y);
      text = g_strdup_printf ("move %.0f %.0f", x, y);
      break;
    case GST_NAVIGATION_EVENT_MOUSE_BUTTON_PRESS:
      gst_navigation_event_parse_mouse_button_event (event, &button, &x, &y);
      text = g_strdup_printf ("button %d %.0f %.0f", button, x, y);
      break;
    case GST_NAVIGATION_EVENT_KEY_PRESS:
    case GST_NAVIGATION_EVENT_KEY_RELEASE:
      gst_navigation_event_parse_key_event (event, &key);
      text = g_strdup_printf ("key %s", key);
      break;
    default:
      text = g_strdup (gst_structure_get_string (gst_event_get_structure (event), "event"));
      break;
  }
  append (self, self->events, text, strlen (text));
  return GST_PAD_PROBE_HANDLED;
}

/* Takes text. */
static void
push (Messenger *self, const gchar *name, gchar *text)
{
  g_autoptr (GstElement) source = gst_bin_get_by_name (GST_BIN (self->pipeline), name);
  GstBuffer *buffer = gst_buffer_new_wrapped (text, strlen (text));
  GstFlowReturn flow;

  g_signal_emit_by_name (source, "push-buffer", buffer, &flow);
  gst_buffer_unref (buffer);
}

static gboolean
tick (gpointer data)
{
  Messenger *self = data;

  push (self, "clock", g_strdup_printf ("tick %u", self->n_ticks));
  push (
      self, "sensor", g_strdup_printf ("{\"load\": %u.5, \"unit\": \"%%\"}", self->n_ticks % 100));
  self->n_ticks++;
  return G_SOURCE_CONTINUE;
}

static gboolean
answer_line (GIOChannel *input, GIOCondition condition, gpointer data)
{
  Messenger *self = data;
  g_autofree gchar *line = NULL;

  if (g_io_channel_read_line (input, &line, NULL, NULL, NULL) != G_IO_STATUS_NORMAL) {
    g_main_loop_quit (self->loop);
    return G_SOURCE_REMOVE;
  }
  g_mutex_lock (&self->lock);
  g_print ("{\"answered\": [%s], \"called\": [%s], \"events\": [%s]}\n", self->answered->str,
      self->called->str, self->events->str);
  g_mutex_unlock (&self->lock);
  return G_SOURCE_CONTINUE;
}

static gboolean
handle_message (GstBus *bus, GstMessage *message, gpointer data)
{
  Messenger *self = data;
  const GstStructure *where = gst_message_get_structure (message);
  gboolean is_viewers = gst_message_has_name (message, "webrtcsink-server");

  if (GST_MESSAGE_TYPE (message) == GST_MESSAGE_ERROR) {
    g_autoptr (GError) error = NULL;

    gst_message_parse_error (message, &error, NULL);
    g_printerr ("%s: %s\n", GST_MESSAGE_SRC_NAME (message), error->message);
    self->status = 1;
    g_main_loop_quit (self->loop);
  } else if (is_viewers || gst_message_has_name (message, "webrtcsrc-server")) {
    g_free (self->pages[!is_viewers]);
    self->pages[!is_viewers] = g_strdup (gst_structure_get_string (where, "url"));
    if (self->pages[0] != NULL && self->pages[1] != NULL)
      g_print ("{\"page\": \"%s\", \"endpoint\": \"%s\"}\n", self->pages[0], self->pages[1]);
  }
  return G_SOURCE_CONTINUE;
}

static gboolean
build (Messenger *self, GError **error)
{
  g_autoptr (GstElement) sink = NULL, source = NULL, reader = NULL;
  g_autoptr (GstPad) pad = NULL;

  self->pipeline = gst_parse_launch (
      "webrtcsink name=sink video-caps=video/x-vp8 enable-control-data-channel=true "
      "web-server-host-addr=http://127.0.0.1:0/ data_0::relay=true "
      "videotestsrc name=picture is-live=true ! video/x-raw,width=160,height=120,framerate=10/1 ! "
      "queue ! sink.video_0 "
      "appsrc name=clock is-live=true format=time caps=\"text/x-raw,format=utf8,label=clock\" ! "
      "sink.data_0 "
      "appsrc name=sensor is-live=true format=time caps=\"application/x-json,label=sensor\" ! "
      "sink.data_1 "
      "webrtcsrc name=src web-server-host-addr=http://127.0.0.1:0/ signaller::data-channels=true "
      "src.data_0 ! text/x-raw ! fakesink name=reader signal-handoffs=true",
      error);
  if (self->pipeline == NULL)
    return FALSE;
  sink = gst_bin_get_by_name (GST_BIN (self->pipeline), "sink");
  source = gst_bin_get_by_name (GST_BIN (self->pipeline), "picture");
  reader = gst_bin_get_by_name (GST_BIN (self->pipeline), "reader");
  pad = gst_element_get_static_pad (source, "src");
  g_signal_connect (sink, "data-received", G_CALLBACK (on_received), self);
  g_signal_connect (reader, "handoff", G_CALLBACK (on_message), self);
  gst_pad_add_probe (pad, GST_PAD_PROBE_TYPE_EVENT_UPSTREAM, on_event, self, NULL);
  return TRUE;
}

int
main (int argc, char **argv)
{
  Messenger self = { .loop = NULL };
  g_autoptr (GError) error = NULL;
  g_autoptr (GstBus) bus = NULL;
  g_autoptr (GIOChannel) input = g_io_channel_unix_new (0);

  gst_init (&argc, &argv);
  g_mutex_init (&self.lock);
  self.answered = g_string_new (NULL);
  self.called = g_string_new (NULL);
  self.events = g_string_new (NULL);
  if (!build (&self, &error)) {
    g_printerr ("%s\n", error->message);
    return 1;
  }
  self.loop = g_main_loop_new (NULL, FALSE);
  bus = gst_element_get_bus (self.pipeline);
  gst_bus_add_watch (bus, handle_message, &self);
  g_io_add_watch (input, G_IO_IN | G_IO_HUP | G_IO_ERR, answer_line, &self);
  g_timeout_add (100, tick, &self);
  if (gst_element_set_state (self.pipeline, GST_STATE_PLAYING) == GST_STATE_CHANGE_FAILURE)
    self.status = 1;
  else
    g_main_loop_run (self.loop);
  gst_element_set_state (self.pipeline, GST_STATE_NULL);
  gst_bus_remove_watch (bus);
  gst_object_unref (self.pipeline);
  g_main_loop_unref (self.loop);
  g_string_free (self.answered, TRUE);
  g_string_free (self.called, TRUE);
  g_string_free (self.events, TRUE);
  g_free (self.pages[0]);
  g_free (self.pages[1]);
  g_mutex_clear (&self.lock);
  return self.status;
}
