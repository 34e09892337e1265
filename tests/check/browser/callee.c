/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* callee.c - takes calls: shows what comes in decoded (webrtcsrc), or records it (webrtcrecorder).
 *
 *   callee live [NAME=VALUE]...               properties of webrtcsrc, as in gst-launch-1.0
 *   callee record FOLDER [NAME=VALUE]...      of webrtcrecorder
 *
 * Prints {"page": "http://...", "endpoint": "http://..."} once it serves, answers each line on
 * stdin, and ends when stdin does; recordings are then finished by EOS first. Answers:
 *
 *   live: {"added", "removed": sessions so far, "threads", "calls": [...]}; a call is what
 *     ../record/recording-analysis.h reads from its pads; the newest is the last.
 *   record: {"added", "removed", "threads", "started": [...], "finished": [...]}; an entry is an
 *     element message's fields as text. */
#include <string.h>
#include <gst/gst.h>
#include "media-reading.h"
#include "tests/check/browser/program-output.h"
#include "tests/check/count-proc.h"

#define EOS_SECONDS 10

/* The pads of one caller, in the order in which they came. */
typedef struct {
  MediaReading *reading;
  GstPad *pads[2]; /* picture, sound; as long as they are there, borrowed */
  gboolean had[2];
} Call;

typedef struct {
  GMainLoop *loop;
  GstElement *pipeline;
  GstElement *element;
  GMutex lock; /* guards the rest */
  GPtrArray *calls;
  guint n_added, n_removed;
  GString *started, *finished; /* of JSON objects */
  int status;
} Callee;

static void
call_free (gpointer data)
{
  Call *call = data;

  media_reading_free (call->reading);
  g_free (call);
}

/* -- Pads of webrtcsrc [streaming threads] ------------------------------------------------------
 */

/* The newest call that has no such pad yet, or a new one. */
static Call *
find_call (Callee *self, guint kind)
{
  Call *call = self->calls->len > 0 ? g_ptr_array_index (self->calls, self->calls->len - 1) : NULL;

  if (!call || call->had[kind]) {
    call = g_new0 (Call, 1);
    call->reading = media_reading_new (0);
    g_ptr_array_add (self->calls, call);
  }
  return call;
}

static void
on_pad_added (GstElement *element, GstPad *pad, gpointer user_data)
{
  Callee *self = user_data;
  guint kind = g_str_has_prefix (GST_PAD_NAME (pad), "video") ? 0 : 1;
  GstElement *branch;
  Call *call;

  if (!GST_PAD_IS_SRC (pad))
    return;
  g_mutex_lock (&self->lock);
  call = find_call (self, kind);
  call->pads[kind] = pad;
  call->had[kind] = TRUE;
  g_mutex_unlock (&self->lock);
  branch = media_reading_attach (call->reading, GST_BIN (self->pipeline), pad, kind == 0);
  g_object_set_data (G_OBJECT (pad), "branch", branch);
}

static void
on_pad_removed (GstElement *element, GstPad *pad, gpointer user_data)
{
  Callee *self = user_data;
  GstElement *branch = g_object_steal_data (G_OBJECT (pad), "branch");

  g_mutex_lock (&self->lock);
  for (guint i = 0; i < self->calls->len; i++) {
    Call *call = g_ptr_array_index (self->calls, i);

    for (guint kind = 0; kind < 2; kind++)
      if (call->pads[kind] == pad)
        call->pads[kind] = NULL;
  }
  g_mutex_unlock (&self->lock);
  if (!branch)
    return;
  /* Or the pipeline, which may still be starting it, takes it up again. */
  gst_element_set_locked_state (branch, TRUE);
  gst_element_set_state (branch, GST_STATE_NULL);
  gst_bin_remove (GST_BIN (self->pipeline), branch);
}

static void
on_session_added (GstElement *element, const gchar *id, GObject *session, gpointer user_data)
{
  g_atomic_int_inc (&((Callee *) user_data)->n_added);
}

static void
on_session_removed (GstElement *element, const gchar *id, GObject *session, gpointer user_data)
{
  g_atomic_int_inc (&((Callee *) user_data)->n_removed);
}

/* -- Answers ------------------------------------------------------------------------------------
 */

static void
append_calls (Callee *self, GString *json)
{
  g_string_append (json, ", \"calls\": [");
  for (guint i = 0; i < self->calls->len; i++) {
    Call *call = g_ptr_array_index (self->calls, i);
    RecordingAnalysis report = { .eos = !call->pads[0] && !call->pads[1] };
    gchar *text;

    report.duration = GST_CLOCK_TIME_NONE;
    media_reading_report (call->reading, &report);
    text = recording_analysis_to_json (&report);
    g_string_append_printf (json, "%s%s", i > 0 ? ", " : "", text);
    g_free (text);
  }
  g_string_append_c (json, ']');
}

static gboolean
answer_line (GIOChannel *channel, GIOCondition condition, gpointer user_data)
{
  Callee *self = user_data;
  g_autofree gchar *line = NULL;
  GString *json;

  if (g_io_channel_read_line (channel, &line, NULL, NULL, NULL) != G_IO_STATUS_NORMAL) {
    g_main_loop_quit (self->loop);
    return G_SOURCE_REMOVE;
  }
  json = g_string_new (NULL);
  g_mutex_lock (&self->lock);
  g_string_append_printf (json, "{\"added\": %d, \"removed\": %d, \"threads\": %u",
      g_atomic_int_get (&self->n_added), g_atomic_int_get (&self->n_removed), count_proc ("task"));
  append_calls (self, json);
  g_string_append_printf (
      json, ", \"started\": [%s], \"finished\": [%s]}", self->started->str, self->finished->str);
  g_mutex_unlock (&self->lock);
  g_print ("%s\n", json->str);
  g_string_free (json, TRUE);
  return G_SOURCE_CONTINUE;
}

/* -- Messages -----------------------------------------------------------------------------------
 */

static gboolean
append_field (GQuark field, const GValue *value, gpointer user_data)
{
  GString *json = user_data;
  g_autofree gchar *text =
      G_VALUE_HOLDS_STRING (value) ? g_value_dup_string (value) : gst_value_serialize (value);
  g_autofree gchar *escaped = g_strescape (text ? text : "", NULL);
  gboolean first = json->str[json->len - 1] == '{';

  /* g_strescape() writes bytes above 0x7f in octal, which JSON has not; names are checked as text.
   */
  for (gchar *p = escaped; *p; p++)
    if (p[0] == '\\' && g_ascii_isdigit (p[1]))
      *p = '?';
  g_string_append_printf (
      json, "%s\"%s\": \"%s\"", first ? "" : ", ", g_quark_to_string (field), escaped);
  return TRUE;
}

static void
append_message (Callee *self, GString *list, const GstStructure *fields)
{
  g_mutex_lock (&self->lock);
  g_string_append (list, list->len > 0 ? ", {" : "{");
  gst_structure_foreach (fields, append_field, list);
  g_string_append_c (list, '}');
  g_mutex_unlock (&self->lock);
}

static void
handle_element_message (Callee *self, const GstStructure *fields)
{
  const gchar *name = gst_structure_get_name (fields);

  if (g_str_has_suffix (name, "-server"))
    print_server (fields);
  else if (strcmp (name, "webrtcrecorder-started") == 0)
    append_message (self, self->started, fields);
  else if (strcmp (name, "webrtcrecorder-finished") == 0)
    append_message (self, self->finished, fields);
}

static gboolean
handle_message (GstBus *bus, GstMessage *message, gpointer user_data)
{
  Callee *self = user_data;

  if (print_error (message)) {
    self->status = 1;
    g_main_loop_quit (self->loop);
  } else if (GST_MESSAGE_TYPE (message) == GST_MESSAGE_WARNING) {
    g_autoptr (GError) error = NULL;

    gst_message_parse_warning (message, &error, NULL);
    g_printerr ("%s: %s\n", GST_MESSAGE_SRC_NAME (message), error->message);
  } else if (GST_MESSAGE_TYPE (message) == GST_MESSAGE_ELEMENT) {
    handle_element_message (self, gst_message_get_structure (message));
  }
  return G_SOURCE_CONTINUE;
}

/* -- Main ---------------------------------------------------------------------------------------
 */

static GstElement *
build_pipeline (int argc, char **argv, GError **error)
{
  gboolean record = argc > 2 && strcmp (argv[1], "record") == 0;
  g_autoptr (GString) text = g_string_new (NULL);

  if (!record && (argc < 2 || strcmp (argv[1], "live") != 0)) {
    g_set_error (
        error, GST_CORE_ERROR, GST_CORE_ERROR_FAILED, "callee live|record FOLDER [NAME=VALUE]...");
    return NULL;
  }
  g_string_printf (text, "%s name=element web-server-host-addr=http://127.0.0.1:0/ ",
      record ? "webrtcrecorder" : "webrtcsrc");
  if (record)
    g_string_append_printf (text, "location=\"%s\" ", argv[2]);
  for (int i = record ? 3 : 2; i < argc; i++)
    g_string_append_printf (text, "%s ", argv[i]);
  return gst_parse_launch (text->str, error);
}

/* gst_parse_launch() gives a lone element without a pipeline around it. */
static void
set_pipeline (Callee *self, GstElement *made)
{
  if (GST_IS_PIPELINE (made)) {
    self->pipeline = made;
    self->element = gst_bin_get_by_name (GST_BIN (made), "element");
  } else {
    self->pipeline = gst_pipeline_new (NULL);
    self->element = gst_object_ref (made);
    gst_bin_add (GST_BIN (self->pipeline), made);
  }
  g_signal_connect (self->element, "pad-added", G_CALLBACK (on_pad_added), self);
  g_signal_connect (self->element, "pad-removed", G_CALLBACK (on_pad_removed), self);
  g_signal_connect (self->element, "session-added", G_CALLBACK (on_session_added), self);
  g_signal_connect (self->element, "session-removed", G_CALLBACK (on_session_removed), self);
}

/* What is still being recorded is finished, as with gst-launch-1.0 -e. */
static void
end_recordings (Callee *self, GstBus *bus)
{
  GstMessage *message;

  gst_element_send_event (self->pipeline, gst_event_new_eos ());
  message = gst_bus_timed_pop_filtered (
      bus, EOS_SECONDS * GST_SECOND, GST_MESSAGE_EOS | GST_MESSAGE_ERROR);
  if (!message || GST_MESSAGE_TYPE (message) == GST_MESSAGE_ERROR) {
    g_printerr ("callee: EOS came to no end\n");
    self->status = 1;
  }
  if (message)
    gst_message_unref (message);
}

int
main (int argc, char **argv)
{
  Callee self = { .loop = g_main_loop_new (NULL, FALSE) };
  g_autoptr (GError) error = NULL;
  g_autoptr (GstBus) bus = NULL;
  g_autoptr (GIOChannel) input = g_io_channel_unix_new (0);
  GstElement *made;

  gst_init (&argc, &argv);
  made = build_pipeline (argc, argv, &error);
  if (made == NULL || error != NULL) {
    g_printerr ("%s\n", error->message);
    return 1;
  }
  g_mutex_init (&self.lock);
  self.calls = g_ptr_array_new_with_free_func (call_free);
  self.started = g_string_new (NULL);
  self.finished = g_string_new (NULL);
  set_pipeline (&self, made);
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
  gst_bus_remove_watch (bus);
  if (argc > 1 && strcmp (argv[1], "record") == 0 && self.status == 0)
    end_recordings (&self, bus);
  gst_element_set_state (self.pipeline, GST_STATE_NULL);
  gst_object_unref (self.element);
  gst_object_unref (self.pipeline);
  g_ptr_array_unref (self.calls);
  g_string_free (self.started, TRUE);
  g_string_free (self.finished, TRUE);
  g_mutex_clear (&self.lock);
  g_main_loop_unref (self.loop);
  return self.status;
}
