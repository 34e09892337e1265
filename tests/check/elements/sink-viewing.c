/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "sink-viewing.h"

#include "wait-gone.h"

#include <string.h>

#define PATIENCE (20 * GST_SECOND)

/* --- pipelines ----------------------------------------------------------------------------------
 */

GstElement *
sink_launch (const gchar *line)
{
  GError *error = NULL;
  GstElement *pipeline = gst_parse_launch (line, &error);

  g_assert_no_error (error);
  return pipeline;
}

GstElement *
sink_get (GstElement *pipeline, const gchar *name)
{
  GstElement *sink = gst_bin_get_by_name (GST_BIN (pipeline), name);

  g_assert_nonnull (sink);
  gst_object_unref (sink); /* the pipeline holds it */
  return sink;
}

void
sink_stop (GstElement *pipeline)
{
  gst_element_set_state (pipeline, GST_STATE_NULL);
  gst_object_unref (pipeline);
}

GstMessage *
sink_wait_message (GstElement *pipeline, GstMessageType types, const gchar *name)
{
  GstBus *bus = gst_element_get_bus (pipeline);
  GstMessage *message = NULL;

  while (message == NULL) {
    message = gst_bus_timed_pop_filtered (bus, PATIENCE, types | GST_MESSAGE_ERROR);
    g_assert_nonnull (message);
    if (GST_MESSAGE_TYPE (message) == GST_MESSAGE_ERROR && !(types & GST_MESSAGE_ERROR)) {
      GError *error = NULL;

      gst_message_parse_error (message, &error, NULL);
      g_assert_no_error (error);
    }
    if (name != NULL && !gst_message_has_name (message, name))
      g_clear_pointer (&message, gst_message_unref);
  }
  gst_object_unref (bus);
  return message;
}

gchar *
sink_wait_url (GstElement *pipeline)
{
  GstMessage *message = sink_wait_message (pipeline, GST_MESSAGE_ELEMENT, "webrtcsink-server");
  gchar *url = g_strdup (gst_structure_get_string (gst_message_get_structure (message), "url"));

  gst_message_unref (message);
  g_assert_nonnull (url);
  return url;
}

void
sink_wait_caps (GstElement *sink, const gchar *pad_name)
{
  GstPad *pad = gst_element_get_static_pad (sink, pad_name);
  GstClockTime end = gst_util_get_timestamp () + PATIENCE;
  GstCaps *caps;

  g_assert_nonnull (pad);
  while ((caps = gst_pad_get_current_caps (pad)) == NULL) {
    g_assert_cmpuint (gst_util_get_timestamp (), <, end);
    g_thread_yield ();
  }
  gst_caps_unref (caps);
  gst_object_unref (pad);
}

void
sink_expect_failure (const gchar *line, const gchar *part)
{
  GstElement *pipeline = sink_launch (line);
  GstMessage *message;
  GError *error = NULL;

  g_assert_cmpint (
      gst_element_set_state (pipeline, GST_STATE_PLAYING), ==, GST_STATE_CHANGE_FAILURE);
  message = sink_wait_message (pipeline, GST_MESSAGE_ERROR, NULL);
  gst_message_parse_error (message, &error, NULL);
  g_assert_true (error->domain == GST_RESOURCE_ERROR);
  g_test_message ("%s", error->message);
  g_assert_nonnull (strstr (error->message, part));
  g_error_free (error);
  gst_message_unref (message);
  sink_stop (pipeline);
}

void
sink_wait_count (const guint *counter, guint wanted)
{
  GstClockTime end = gst_util_get_timestamp () + PATIENCE;

  while ((guint) g_atomic_int_get (counter) < wanted) {
    g_assert_cmpuint (gst_util_get_timestamp (), <, end);
    g_thread_yield ();
  }
}

static GstPadProbeReturn
count_buffer (GstPad *pad, GstPadProbeInfo *info, gpointer data)
{
  g_atomic_int_inc ((guint *) data);
  return GST_PAD_PROBE_OK;
}

/* --- viewers by the direct signaller -----------------------------------------------------------
 */

static void
on_added (GstElement *sink, const gchar *id, GObject *session, Viewing *v)
{
  g_atomic_int_inc (&v->n_added);
  if (v->last_session != NULL)
    g_object_remove_weak_pointer (v->last_session, &v->last_session);
  v->last_session = session;
  g_object_add_weak_pointer (session, &v->last_session);
}

static void
on_removed (GstElement *sink, const gchar *id, GObject *session, Viewing *v)
{
  g_atomic_int_inc (&v->n_removed);
}

static gboolean
on_encoder_setup (
    GstElement *sink, const gchar *id, const gchar *pad, GstElement *encoder, Viewing *v)
{
  g_free (v->encoder);
  v->encoder = g_strdup (GST_OBJECT_NAME (gst_element_get_factory (encoder)));
  g_atomic_int_inc (&v->n_encoders);
  return TRUE;
}

void
viewing_start (Viewing *v, const gchar *line)
{
  memset (v, 0, sizeof *v);
  v->pipeline = sink_launch (line);
  v->sink = sink_get (v->pipeline, "s");
  g_object_set (v->sink, "run-web-server", FALSE, NULL);
  g_object_get (v->sink, "signaller", &v->signaller, NULL);
  g_assert_cmpstr (G_OBJECT_TYPE_NAME (v->signaller), ==, "GstRtcDirectSignaller");
  g_object_connect (v->sink, "signal::consumer-added", on_added, v, "signal::consumer-removed",
      on_removed, v, "signal::encoder-setup", on_encoder_setup, v, NULL);
  g_assert_cmpint (
      gst_element_set_state (v->pipeline, GST_STATE_PLAYING), !=, GST_STATE_CHANGE_FAILURE);
}

void
viewing_check_flow (Viewing *v, const gchar *pad_name)
{
  GstPad *pad = gst_element_get_static_pad (v->sink, pad_name);
  GstBus *bus = gst_element_get_bus (v->pipeline);
  guint n_buffers = 0;
  gulong probe = gst_pad_add_probe (pad, GST_PAD_PROBE_TYPE_BUFFER | GST_PAD_PROBE_TYPE_BUFFER_LIST,
      count_buffer, &n_buffers, NULL);
  GstMessage *message;

  sink_wait_count (&n_buffers, 5);
  gst_pad_remove_probe (pad, probe);
  message = gst_bus_pop_filtered (bus, GST_MESSAGE_ERROR);
  if (message != NULL) {
    GError *error = NULL;

    gst_message_parse_error (message, &error, NULL);
    g_assert_no_error (error);
  }
  gst_object_unref (bus);
  gst_object_unref (pad);
}

void
viewing_stop (Viewing *v)
{
  gst_element_set_state (v->pipeline, GST_STATE_NULL);
  g_object_unref (v->signaller);
  gst_object_unref (v->pipeline);
  g_assert_cmpuint (v->n_added, ==, v->n_removed);
  wait_gone (&v->last_session);
  g_free (v->encoder);
}

gchar *
sink_read_offer (const gchar *name)
{
  const gchar *folder = g_getenv ("RTC_TEST_SDP");
  gchar *path, *text = NULL;
  GError *error = NULL;

  g_assert_nonnull (folder);
  path = g_build_filename (folder, name, NULL);
  g_file_get_contents (path, &text, NULL, &error);
  g_assert_no_error (error);
  g_free (path);
  return text;
}

GstStructure *
viewing_negotiate (Viewing *v, const gchar *offer)
{
  GstWebRTCSessionDescription *description;
  GstPromise *promise = gst_promise_new ();
  GstStructure *reply;
  GstSDPMessage *sdp;
  gchar *id = NULL;

  g_assert_cmpint (gst_sdp_message_new_from_text (offer, &sdp), ==, GST_SDP_OK);
  description = gst_webrtc_session_description_new (GST_WEBRTC_SDP_TYPE_OFFER, sdp);
  g_signal_emit_by_name (v->signaller, "request-session-full", NULL, "test", description,
      gst_promise_ref (promise), &id);
  g_assert_nonnull (id);
  g_assert_cmpint (gst_promise_wait (promise), ==, GST_PROMISE_RESULT_REPLIED);
  reply = gst_structure_copy (gst_promise_get_reply (promise));
  gst_promise_unref (promise);
  gst_webrtc_session_description_free (description);
  g_free (id);
  return reply;
}

gchar *
viewing_negotiate_answer (Viewing *v, const gchar *offer)
{
  GstWebRTCSessionDescription *description = NULL;
  GstStructure *reply = viewing_negotiate (v, offer);
  gchar *text;

  if (!gst_structure_get (
          reply, "description", GST_TYPE_WEBRTC_SESSION_DESCRIPTION, &description, NULL))
    g_error ("%s", gst_structure_to_string (reply));
  g_assert_cmpint (description->type, ==, GST_WEBRTC_SDP_TYPE_ANSWER);
  text = gst_sdp_message_as_text (description->sdp);
  gst_webrtc_session_description_free (description);
  gst_structure_free (reply);
  return text;
}
