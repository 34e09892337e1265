/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "src-calling.h"

#include "wait-gone.h"

#include <string.h>

void
call_wait_count (const guint *counter, guint wanted)
{
  GstClockTime end = gst_util_get_timestamp () + CALL_PATIENCE;

  while ((guint) g_atomic_int_get (counter) < wanted) {
    g_assert_cmpuint (gst_util_get_timestamp (), <, end);
    g_thread_yield ();
  }
}

GstElement *
call_launch (const gchar *line)
{
  GError *error = NULL;
  GstElement *element = gst_parse_launch (line, &error), *pipeline;

  g_assert_no_error (error);
  if (GST_IS_PIPELINE (element))
    return element;
  pipeline = gst_pipeline_new (NULL); /* one element alone comes as it is */
  gst_bin_add (GST_BIN (pipeline), element);
  return pipeline;
}

static GstElement *
get_element (GstElement *pipeline, const gchar *name, GObject **signaller)
{
  GstElement *element = gst_bin_get_by_name (GST_BIN (pipeline), name);

  g_assert_nonnull (element);
  g_object_set (element, "run-web-server", FALSE, NULL);
  g_object_get (element, "signaller", signaller, NULL);
  g_assert_cmpstr (G_OBJECT_TYPE_NAME (*signaller), ==, "GstRtcDirectSignaller");
  gst_object_unref (element); /* the pipeline holds it */
  return element;
}

/* --- the answering end ------------------------------------------------------------------------ */

/* When it was captured, if it says so. */
static void
note_capture_time (AnsweredPad *p, GstBuffer *buffer)
{
  GstCaps *caps = gst_caps_new_empty_simple ("timestamp/x-ntp");
  GstReferenceTimestampMeta *meta = gst_buffer_get_reference_timestamp_meta (buffer, caps);

  gst_caps_unref (caps);
  if (meta == NULL)
    return;
  g_mutex_lock (&p->lock);
  p->pts = GST_BUFFER_PTS (buffer);
  p->ntp = meta->timestamp;
  g_mutex_unlock (&p->lock);
  g_atomic_int_inc (&p->n_timed);
}

static GstPadProbeReturn
watch (GstPad *pad, GstPadProbeInfo *info, gpointer data)
{
  AnsweredPad *p = data;

  if (GST_PAD_PROBE_INFO_TYPE (info) & GST_PAD_PROBE_TYPE_BUFFER) {
    if (!GST_BUFFER_FLAG_IS_SET (GST_PAD_PROBE_INFO_BUFFER (info), GST_BUFFER_FLAG_DELTA_UNIT))
      g_atomic_int_inc (&p->n_key_frames);
    note_capture_time (p, GST_PAD_PROBE_INFO_BUFFER (info));
    g_atomic_int_inc (&p->n_buffers);
  } else if (GST_EVENT_TYPE (GST_PAD_PROBE_INFO_EVENT (info)) == GST_EVENT_EOS) {
    g_atomic_int_set (&p->eos, TRUE);
  }
  return GST_PAD_PROBE_OK;
}

/* Links what the test wants linked, as an application does from this signal. */
static void
link_output (Answering *a, GstPad *pad)
{
  gchar **parts = g_strsplit (a->output, "|", 2);
  gboolean is_video = g_str_has_prefix (GST_OBJECT_NAME (pad), "video");
  const gchar *part = is_video || parts[1] == NULL ? parts[0] : parts[1];
  GError *error = NULL;
  GstElement *bin = gst_parse_bin_from_description (part, TRUE, &error);
  GstPad *sink;

  g_assert_no_error (error);
  gst_bin_add (GST_BIN (a->pipeline), bin);
  g_assert_true (gst_element_sync_state_with_parent (bin));
  sink = gst_element_get_static_pad (bin, "sink");
  g_assert_cmpint (gst_pad_link (pad, sink), ==, GST_PAD_LINK_OK);
  gst_object_unref (sink);
  g_strfreev (parts);
}

static void
on_pad_added (GstElement *src, GstPad *pad, Answering *a)
{
  AnsweredPad *p = g_new0 (AnsweredPad, 1);

  g_mutex_init (&p->lock);
  p->pad = gst_object_ref (pad);
  p->name = gst_pad_get_name (pad);
  gst_pad_add_probe (
      pad, GST_PAD_PROBE_TYPE_BUFFER | GST_PAD_PROBE_TYPE_EVENT_DOWNSTREAM, watch, p, NULL);
  if (a->output != NULL)
    link_output (a, pad);
  g_mutex_lock (&a->lock);
  g_ptr_array_add (a->pads, p);
  g_mutex_unlock (&a->lock);
  g_atomic_int_inc (&a->n_pads);
}

static void
on_pad_removed (GstElement *src, GstPad *pad, Answering *a)
{
  g_mutex_lock (&a->lock);
  for (guint i = 0; i < a->pads->len; i++) {
    AnsweredPad *p = g_ptr_array_index (a->pads, i);

    if (p->pad == pad)
      g_atomic_int_set (&p->gone, TRUE);
  }
  g_mutex_unlock (&a->lock);
  g_atomic_int_inc (&a->n_gone);
}

static void
answered_pad_free (gpointer data)
{
  AnsweredPad *p = data;

  g_mutex_clear (&p->lock);
  gst_object_unref (p->pad);
  g_free (p->name);
  g_free (p);
}

void
answering_start (Answering *a, const gchar *line, const gchar *output)
{
  memset (a, 0, sizeof *a);
  g_mutex_init (&a->lock);
  a->pads = g_ptr_array_new_with_free_func (answered_pad_free);
  a->output = output;
  a->pipeline = call_launch (line);
  a->src = get_element (a->pipeline, "r", &a->signaller);
  g_object_connect (
      a->src, "signal::pad-added", on_pad_added, a, "signal::pad-removed", on_pad_removed, a, NULL);
  g_assert_cmpint (
      gst_element_set_state (a->pipeline, GST_STATE_PLAYING), !=, GST_STATE_CHANGE_FAILURE);
}

void
answering_stop (Answering *a)
{
  gpointer src = a->src;

  g_object_add_weak_pointer (src, &src);
  g_assert_cmpint (
      gst_element_set_state (a->pipeline, GST_STATE_NULL), ==, GST_STATE_CHANGE_SUCCESS);
  g_assert_cmpuint (a->n_pads, ==, a->n_gone);
  g_object_unref (a->signaller);
  gst_object_unref (a->pipeline);
  wait_gone (&src);
  g_ptr_array_unref (a->pads);
  g_mutex_clear (&a->lock);
}

AnsweredPad *
answering_wait_pad (Answering *a, guint index)
{
  AnsweredPad *p;

  call_wait_count (&a->n_pads, index + 1);
  g_mutex_lock (&a->lock);
  p = g_ptr_array_index (a->pads, index);
  g_mutex_unlock (&a->lock);
  return p;
}

AnsweredPad *
answering_wait_name (Answering *a, const gchar *name)
{
  GstClockTime end = gst_util_get_timestamp () + CALL_PATIENCE;
  AnsweredPad *found = NULL;

  while (found == NULL) {
    g_assert_cmpuint (gst_util_get_timestamp (), <, end);
    g_mutex_lock (&a->lock);
    for (guint i = 0; i < a->pads->len; i++) {
      AnsweredPad *p = g_ptr_array_index (a->pads, i);

      if (g_str_equal (p->name, name))
        found = p;
    }
    g_mutex_unlock (&a->lock);
    g_thread_yield ();
  }
  return found;
}

void
answering_check (Answering *a)
{
  GstBus *bus = gst_element_get_bus (a->pipeline);
  GstMessage *message = gst_bus_pop_filtered (bus, GST_MESSAGE_ERROR | GST_MESSAGE_WARNING);

  if (message != NULL) {
    GError *error = NULL;

    if (GST_MESSAGE_TYPE (message) == GST_MESSAGE_ERROR)
      gst_message_parse_error (message, &error, NULL);
    else
      gst_message_parse_warning (message, &error, NULL);
    g_assert_no_error (error);
  }
  gst_object_unref (bus);
}

GstStructure *
answering_get_stats (Answering *a, const gchar *pad_name)
{
  GstStructure *stats = NULL, *found = NULL;
  gchar *field = g_strdup_printf ("receive-%s", pad_name);

  g_object_get (a->src, "stats", &stats, NULL);
  for (gint i = 0; i < gst_structure_n_fields (stats) && found == NULL; i++) {
    const GValue *value = gst_structure_get_value (stats, gst_structure_nth_field_name (stats, i));
    const GstStructure *session = gst_value_get_structure (value);

    gst_structure_get (session, field, GST_TYPE_STRUCTURE, &found, NULL);
  }
  if (found == NULL)
    g_error ("%s", gst_structure_to_string (stats));
  gst_structure_free (stats);
  g_free (field);
  return found;
}

/* --- joining the signallers, on their control thread -------------------------------------------
 */

static void
carry_description (Caller *c, GObject *from, const gchar *id, GstWebRTCSessionDescription *d)
{
  GObject *to = from == c->signaller ? c->answering->signaller : c->signaller;
  gchar *got = NULL;

  if (g_strcmp0 (id, c->id) != 0)
    return;
  if (d->type == GST_WEBRTC_SDP_TYPE_ANSWER)
    g_atomic_int_inc (&c->n_answers);
  else if (c->offer == NULL)
    c->offer = gst_webrtc_session_description_copy (d);
  if (!g_atomic_int_get (&c->is_known)) {
    g_atomic_int_set (&c->is_known, TRUE);
    g_signal_emit_by_name (to, "request-session", id, "caller", d, &got);
    g_free (got); /* NULL: that end has stopped */
  } else {
    g_signal_emit_by_name (to, "set-description", id, d);
  }
}

static void
on_description (GObject *from, const gchar *id, GstWebRTCSessionDescription *d, Caller *c)
{
  carry_description (c, from, id, d);
}

static void
on_candidate (GObject *from, const gchar *id, guint mline, const gchar *mid, const gchar *candidate,
    Caller *c)
{
  GObject *to = from == c->signaller ? c->answering->signaller : c->signaller;

  if (g_strcmp0 (id, c->id) == 0)
    g_signal_emit_by_name (to, "add-candidate", id, mline, mid, candidate);
}

void
caller_start (Caller *c, Answering *a, const gchar *line, gboolean offers)
{
  static gint n_calls;
  gchar *got = NULL;

  memset (c, 0, sizeof *c);
  c->answering = a;
  c->id = g_strdup_printf ("call-%d", g_atomic_int_add (&n_calls, 1));
  c->pipeline = call_launch (line);
  c->sink = get_element (c->pipeline, "s", &c->signaller);
  g_object_connect (c->signaller, "signal::description", on_description, c, "signal::candidate",
      on_candidate, c, NULL);
  c->handlers[0] = g_signal_connect (a->signaller, "description", G_CALLBACK (on_description), c);
  c->handlers[1] = g_signal_connect (a->signaller, "candidate", G_CALLBACK (on_candidate), c);
  g_assert_cmpint (
      gst_element_set_state (c->pipeline, GST_STATE_PLAYING), !=, GST_STATE_CHANGE_FAILURE);
  g_signal_emit_by_name (
      offers ? c->signaller : a->signaller, "request-session", c->id, "caller", NULL, &got);
  g_assert_cmpstr (got, ==, c->id);
  g_free (got);
}

void
caller_offer_again (Caller *c)
{
  g_signal_emit_by_name (c->answering->signaller, "set-description", c->id, c->offer);
}

void
caller_stop (Caller *c)
{
  g_signal_handler_disconnect (c->answering->signaller, c->handlers[0]);
  g_signal_handler_disconnect (c->answering->signaller, c->handlers[1]);
  gst_element_set_state (c->pipeline, GST_STATE_NULL);
  g_object_unref (c->signaller);
  gst_object_unref (c->pipeline);
  g_clear_pointer (&c->offer, gst_webrtc_session_description_free);
  g_free (c->id);
}
