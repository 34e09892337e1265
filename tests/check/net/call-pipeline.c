/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "call-pipeline.h"

#include <glib/gstdio.h>
#include <string.h>

static void
free_structure (gpointer structure)
{
  gst_structure_free (structure);
}

/* --- messages --------------------------------------------------------------------------------- */

static void
handle_element_message (CallPipeline *self, const GstStructure *structure)
{
  const gchar *name = gst_structure_get_name (structure);

  if (!g_str_has_prefix (name, self->message))
    return;
  name += strlen (self->message);
  if (strcmp (name, "-server") == 0) {
    g_free (self->url);
    g_free (self->whip_url);
    self->url = g_strdup (gst_structure_get_string (structure, "url"));
    self->whip_url = g_strdup (gst_structure_get_string (structure, "endpoint-url"));
  } else if (strcmp (name, "-started") == 0) {
    g_ptr_array_add (self->started, gst_structure_copy (structure));
  } else if (strcmp (name, "-finished") == 0) {
    g_ptr_array_add (self->finished, gst_structure_copy (structure));
  }
}

static void
handle_message (CallPipeline *self, GstMessage *message)
{
  GError *error = NULL;
  gchar *debug = NULL;

  if (GST_MESSAGE_TYPE (message) == GST_MESSAGE_ERROR) {
    gst_message_parse_error (message, &error, &debug);
    g_error ("%s: %s (%s)", GST_OBJECT_NAME (message->src), error->message, debug);
  } else if (GST_MESSAGE_TYPE (message) == GST_MESSAGE_WARNING) {
    gst_message_parse_warning (message, &error, &debug);
    g_ptr_array_add (self->warnings, g_strdup (error->message));
    g_error_free (error);
    g_free (debug);
  } else if (GST_MESSAGE_TYPE (message) == GST_MESSAGE_EOS) {
    self->eos = TRUE;
  } else if (GST_MESSAGE_TYPE (message) == GST_MESSAGE_LATENCY) {
    gst_bin_recalculate_latency (GST_BIN (self->pipeline));
  } else if (GST_MESSAGE_TYPE (message) == GST_MESSAGE_ELEMENT) {
    handle_element_message (self, gst_message_get_structure (message));
  }
}

/* What is there now, or the next one until the deadline (monotonic, us). */
static void
wait_message (CallPipeline *self, gint64 deadline)
{
  GstBus *bus = gst_element_get_bus (self->pipeline);
  gint64 left = deadline - g_get_monotonic_time ();
  GstMessage *message = gst_bus_timed_pop (bus, (GstClockTime) MAX (left, 0) * 1000);

  while (message != NULL) {
    handle_message (self, message);
    gst_message_unref (message);
    message = gst_bus_pop (bus);
  }
  gst_object_unref (bus);
}

void
call_pipeline_poll (CallPipeline *self)
{
  wait_message (self, 0);
}

gboolean
call_pipeline_is_possible (const gchar *element)
{
  GstElementFactory *factory = gst_element_factory_find (element);
  gboolean is_there = factory != NULL;

  gst_clear_object (&factory);
  return is_there;
}

gboolean
call_pipeline_can_test (const gchar *element)
{
  if (call_pipeline_is_possible (element) && net_trace_is_possible (RTC_CODEC_VP8))
    return TRUE;
  g_print ("1..0 # SKIP %s, or an encoder for VP8 or Opus, is not there\n", element);
  return FALSE;
}

/* --- life ------------------------------------------------------------------------------------- */

static void
session_gone (gpointer data, GObject *where_it_was)
{
  CallPipeline *self = data;

  g_atomic_int_add (&self->sessions_alive, -1);
}

static void
on_session_added (GstElement *element, const gchar *id, GObject *session, gpointer data)
{
  CallPipeline *self = data;

  g_atomic_int_inc (&self->sessions_alive);
  g_atomic_int_inc (&self->sessions_seen);
  g_object_weak_ref (session, session_gone, self);
}

static void
pipeline_play (CallPipeline *self)
{
  gint64 end = g_get_monotonic_time () + 10 * G_TIME_SPAN_SECOND;

  self->started = g_ptr_array_new_with_free_func (free_structure);
  self->finished = g_ptr_array_new_with_free_func (free_structure);
  self->warnings = g_ptr_array_new_with_free_func (g_free);
  g_signal_connect (self->element, "session-added", G_CALLBACK (on_session_added), self);
  g_assert_cmpint (
      gst_element_set_state (self->pipeline, GST_STATE_PLAYING), !=, GST_STATE_CHANGE_FAILURE);
  while (self->whip_url == NULL && g_get_monotonic_time () < end)
    wait_message (self, end);
  g_assert_nonnull (self->whip_url);
}

static void
pipeline_make (CallPipeline *self, const gchar *element, const gchar *properties)
{
  gchar *launch = g_strdup_printf (
      "%s name=calls web-server-host-addr=http://127.0.0.1:0/ %s", element, properties);
  GError *error = NULL;

  memset (self, 0, sizeof *self);
  self->message = element;
  /* One element alone would come without a pipeline around it. */
  self->pipeline = gst_pipeline_new (NULL);
  self->element = gst_parse_launch (launch, &error);
  g_assert_no_error (error);
  gst_bin_add (GST_BIN (self->pipeline), gst_object_ref (self->element));
  g_free (launch);
}

void
call_pipeline_start_recorder (CallPipeline *self, const gchar *properties)
{
  GError *error = NULL;
  gchar *folder = g_dir_make_tmp ("gst-rtc-calls-XXXXXX", &error), *location;

  g_assert_no_error (error);
  pipeline_make (self, "webrtcrecorder", properties);
  self->folder = folder;
  location = g_build_filename (folder, "{name}", NULL);
  g_object_set (self->element, "location", location, NULL);
  g_free (location);
  pipeline_play (self);
}

static void
on_pad_added (GstElement *element, GstPad *pad, gpointer data)
{
  CallPipeline *self = data;
  gboolean is_video = g_str_has_prefix (GST_PAD_NAME (pad), "video");
  GstElement *sink =
      gst_parse_bin_from_description (is_video ? self->video_sink : self->audio_sink, TRUE, NULL);
  GstPad *to = gst_element_get_static_pad (sink, "sink");

  if (self->sink_added != NULL)
    self->sink_added (pad, sink, self->sink_data);
  gst_bin_add (GST_BIN (self->pipeline), sink);
  g_object_set_data_full (G_OBJECT (pad), "net-sink", gst_object_ref (sink), gst_object_unref);
  gst_element_sync_state_with_parent (sink);
  g_assert_cmpint (gst_pad_link (pad, to), ==, GST_PAD_LINK_OK);
  gst_object_unref (to);
}

static void
on_pad_removed (GstElement *element, GstPad *pad, gpointer data)
{
  CallPipeline *self = data;
  GstElement *sink = g_object_get_data (G_OBJECT (pad), "net-sink");

  if (sink == NULL)
    return;
  /* Or the pipeline, which may still be starting it, takes it up again. */
  gst_element_set_locked_state (sink, TRUE);
  gst_element_set_state (sink, GST_STATE_NULL);
  gst_bin_remove (GST_BIN (self->pipeline), sink);
  g_object_set_data (G_OBJECT (pad), "net-sink", NULL);
}

void
call_pipeline_start_src (CallPipeline *self, const gchar *properties, const gchar *video_sink,
    const gchar *audio_sink, void (*sink_added) (GstPad *pad, GstElement *bin, gpointer data),
    gpointer data)
{
  pipeline_make (self, "webrtcsrc", properties);
  self->video_sink = video_sink;
  self->audio_sink = audio_sink;
  self->sink_added = sink_added;
  self->sink_data = data;
  g_signal_connect (self->element, "pad-added", G_CALLBACK (on_pad_added), self);
  g_signal_connect (self->element, "pad-removed", G_CALLBACK (on_pad_removed), self);
  pipeline_play (self);
}

gboolean
call_pipeline_end (CallPipeline *self, guint timeout_ms)
{
  gint64 end = g_get_monotonic_time () + (gint64) timeout_ms * 1000;

  gst_element_send_event (self->pipeline, gst_event_new_eos ());
  while (!self->eos && g_get_monotonic_time () < end)
    wait_message (self, end);
  return self->eos;
}

void
call_pipeline_delete_folder (const gchar *path)
{
  GDir *dir = g_dir_open (path, 0, NULL);
  const gchar *name;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL) {
    gchar *child = g_build_filename (path, name, NULL);

    if (g_file_test (child, G_FILE_TEST_IS_DIR))
      call_pipeline_delete_folder (child);
    else
      g_remove (child);
    g_free (child);
  }
  if (dir != NULL)
    g_dir_close (dir);
  g_rmdir (path);
}

void
call_pipeline_stop (CallPipeline *self)
{
  call_pipeline_poll (self);
  gst_element_set_state (self->pipeline, GST_STATE_NULL);
  gst_object_unref (self->element);
  gst_object_unref (self->pipeline);
  g_ptr_array_unref (self->started);
  g_ptr_array_unref (self->finished);
  g_ptr_array_unref (self->warnings);
  if (self->folder != NULL)
    call_pipeline_delete_folder (self->folder);
  g_free (self->folder);
  g_free (self->url);
  g_free (self->whip_url);
}

/* --- waiting ---------------------------------------------------------------------------------- */

gboolean
call_pipeline_wait_finished (CallPipeline *self, guint n, guint timeout_ms)
{
  gint64 end = g_get_monotonic_time () + (gint64) timeout_ms * 1000;

  call_pipeline_poll (self);
  while (self->finished->len < n && g_get_monotonic_time () < end)
    wait_message (self, end);
  return self->finished->len >= n;
}

guint
call_pipeline_count_sessions (CallPipeline *self)
{
  gchar **sessions = NULL;
  guint n;

  g_signal_emit_by_name (self->element, "get-sessions", &sessions);
  n = g_strv_length (sessions);
  g_strfreev (sessions);
  return n;
}

/* Sessions come and go without a message, so this looks again and again. */
gboolean
call_pipeline_wait_sessions (CallPipeline *self, guint n, guint timeout_ms)
{
  gint64 end = g_get_monotonic_time () + (gint64) timeout_ms * 1000;

  while (call_pipeline_count_sessions (self) != n && g_get_monotonic_time () < end)
    wait_message (self, g_get_monotonic_time () + 5000);
  return call_pipeline_count_sessions (self) == n;
}

/* The element, and a sink for each of its pads until that is down. */
static gint
count_children (CallPipeline *self)
{
  gint n;

  GST_OBJECT_LOCK (self->pipeline);
  n = GST_BIN (self->pipeline)->numchildren;
  GST_OBJECT_UNLOCK (self->pipeline);
  return n;
}

gboolean
call_pipeline_wait_pads_gone (CallPipeline *self, guint timeout_ms)
{
  gint64 end = g_get_monotonic_time () + (gint64) timeout_ms * 1000;

  while (count_children (self) > 1 && g_get_monotonic_time () < end)
    wait_message (self, g_get_monotonic_time () + 5000);
  return count_children (self) == 1;
}

/* --- calls ------------------------------------------------------------------------------------ */

NetCaller *
call_pipeline_call (
    CallPipeline *self, NetCallers *callers, const NetCallerConfig *config, const gchar *name)
{
  NetCaller *caller = net_caller_new (callers, config);
  gchar *url = name != NULL ? g_strdup_printf ("%s?name=%s", self->whip_url, name)
                            : g_strdup (self->whip_url);

  g_assert_cmpuint (net_caller_call (caller, url), ==, 201);
  g_free (url);
  return caller;
}

const GstStructure *
call_pipeline_find_finished (CallPipeline *self, const gchar *name)
{
  for (guint i = 0; i < self->finished->len; i++) {
    const GstStructure *structure = g_ptr_array_index (self->finished, i);

    if (g_strcmp0 (gst_structure_get_string (structure, "peer-id"), name) == 0)
      return structure;
  }
  return NULL;
}

gchar *
call_pipeline_get_path (CallPipeline *self, const gchar *name, const gchar *extension)
{
  gchar *file = g_strdup_printf ("%s.%s", name, extension);
  gchar *path = g_build_filename (self->folder, file, NULL);

  g_free (file);
  return path;
}

void
call_pipeline_show_sidecar (CallPipeline *self, const gchar *name)
{
  gchar *path = call_pipeline_get_path (self, name, "json"), *text = NULL;

  g_assert_true (g_file_get_contents (path, &text, NULL, NULL));
  g_test_message ("%s", text);
  g_free (text);
  g_free (path);
}

RecordingAnalysis *
call_pipeline_analyse (CallPipeline *self, const gchar *name, const gchar *extension, guint loop)
{
  gchar *path = call_pipeline_get_path (self, name, extension);
  RecordingAnalysis *analysis = recording_analysis_new (path, loop, 60 * GST_SECOND);

  g_free (path);
  return analysis;
}

void
call_pipeline_assert_recorded (
    CallPipeline *self, const gchar *name, const gchar *extension, guint loop, guint64 frames)
{
  RecordingAnalysis *analysis = call_pipeline_analyse (self, name, extension, loop);
  gchar *json = recording_analysis_to_json (analysis);
  GstClockTime length = gst_util_uint64_scale (frames, GST_SECOND, NET_TRACE_FPS);

  g_test_message ("%s: %s", name, json);
  g_assert_cmpstr (analysis->error, ==, NULL);
  g_assert_true (analysis->eos);
  g_assert_cmpuint (analysis->n_frames, ==, frames);
  g_assert_cmpuint (
      analysis->n_missing + analysis->n_unreadable + analysis->n_repeated + analysis->n_backward,
      ==, 0);
  g_assert_true (GST_CLOCK_TIME_IS_VALID (analysis->duration));
  g_assert_cmpuint (analysis->duration, >=, length - MIN (length, 200 * GST_MSECOND));
  g_assert_cmpuint (analysis->duration, <=, length + GST_SECOND);
  g_free (json);
  recording_analysis_free (analysis);
}
