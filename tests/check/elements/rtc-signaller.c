/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* rtc-signaller.c - the signaller interface as an element sees it, on the direct signaller. */
#include "gst/webrtc/gstrtcdirectsignaller.h"

#include <string.h>
#include "gst/rtc/base/rtc-result.h"

#define OFFER "v=0\r\no=- 1 1 IN IP4 0.0.0.0\r\ns=offer\r\nt=0 0\r\n"
#define ANSWER "v=0\r\no=- 2 1 IN IP4 0.0.0.0\r\ns=answer\r\nt=0 0\r\n"

typedef struct {
  GMainContext *control;
  GstRtcSignaller *signaller;
  GThread *control_thread;
  GString *story; /* one word per thing that happened, in order */
  const gchar *behaviour;
} Fixture;

static GstWebRTCSessionDescription *
description_new (GstWebRTCSDPType type, const gchar *text)
{
  GstSDPMessage *sdp;

  g_assert_cmpint (gst_sdp_message_new_from_text (text, &sdp), ==, GST_SDP_OK);
  return gst_webrtc_session_description_new (type, sdp);
}

static void
on_session_requested (GstRtcSignaller *signaller, const gchar *id, const gchar *peer,
    GstWebRTCSessionDescription *offer, Fixture *f)
{
  GError *reason = NULL;

  g_assert_true (g_thread_self () == f->control_thread);
  g_string_append_printf (f->story, "requested(%s,%s,%s) ", id, peer,
      offer ? gst_sdp_message_get_session_name (offer->sdp) : "none");
  if (g_strcmp0 (f->behaviour, "answer") == 0) {
    GstWebRTCSessionDescription *answer = description_new (GST_WEBRTC_SDP_TYPE_ANSWER, ANSWER);

    g_assert_true (gst_rtc_signaller_send_session_description (signaller, id, answer, NULL));
    gst_webrtc_session_description_free (answer);
  } else if (g_strcmp0 (f->behaviour, "refuse") == 0) {
    rtc_error (&reason, RTC_ERR_UNSUPPORTED, "no codec in common");
    gst_rtc_signaller_end_session (signaller, id, reason);
    g_error_free (reason);
  }
}

static void
on_session_description (GstRtcSignaller *signaller, const gchar *id,
    GstWebRTCSessionDescription *description, Fixture *f)
{
  GError *reason = NULL;

  g_string_append_printf (
      f->story, "description(%s,%s) ", id, gst_webrtc_sdp_type_to_string (description->type));
  if (description->type == GST_WEBRTC_SDP_TYPE_OFFER) {
    rtc_error (&reason, RTC_ERR_UNSUPPORTED, "not now");
    g_assert_true (gst_rtc_signaller_reject_session_description (signaller, id, reason));
    g_error_free (reason);
  }
}

static void
on_handle_ice (GstRtcSignaller *signaller, const gchar *id, guint mline, const gchar *mid,
    const gchar *candidate, Fixture *f)
{
  g_string_append_printf (f->story, "ice(%s,%u,%s,%s) ", id, mline, mid ? mid : "-", candidate);
}

static gboolean
on_session_ended (GstRtcSignaller *signaller, const gchar *id, const gchar *reason, Fixture *f)
{
  g_string_append_printf (f->story, "ended(%s,%s) ", id, reason ? reason : "-");
  return TRUE;
}

static void
on_description (GstRtcSignaller *signaller, const gchar *id,
    GstWebRTCSessionDescription *description, Fixture *f)
{
  g_string_append_printf (
      f->story, "out(%s,%s) ", id, gst_sdp_message_get_session_name (description->sdp));
}

static void
on_candidate (GstRtcSignaller *signaller, const gchar *id, guint mline, const gchar *mid,
    const gchar *candidate, Fixture *f)
{
  g_string_append_printf (f->story, "outice(%s,%u,%s,%s) ", id, mline, mid ? mid : "-", candidate);
}

static void
on_text (GstRtcSignaller *signaller, const gchar *id, const gchar *message, Fixture *f)
{
  g_string_append_printf (f->story, "text(%s,%s) ", id, message ? message : "-");
}

static void
set_up (Fixture *f, gconstpointer data)
{
  f->control = g_main_context_new ();
  f->control_thread = g_thread_self ();
  g_main_context_push_thread_default (f->control);
  f->story = g_string_new (NULL);
  f->signaller = gst_rtc_direct_signaller_new ();
  f->behaviour = data;
  g_signal_connect (f->signaller, "session-requested", G_CALLBACK (on_session_requested), f);
  g_signal_connect (f->signaller, "session-description", G_CALLBACK (on_session_description), f);
  g_signal_connect (f->signaller, "handle-ice", G_CALLBACK (on_handle_ice), f);
  g_signal_connect (f->signaller, "session-ended", G_CALLBACK (on_session_ended), f);
  g_signal_connect (f->signaller, "description", G_CALLBACK (on_description), f);
  g_signal_connect (f->signaller, "candidate", G_CALLBACK (on_candidate), f);
  g_signal_connect (f->signaller, "rejected", G_CALLBACK (on_text), f);
  g_signal_connect (f->signaller, "session-closed", G_CALLBACK (on_text), f);
}

static void
tear_down (Fixture *f, gconstpointer data)
{
  gst_rtc_signaller_stop (f->signaller);
  g_object_add_weak_pointer (G_OBJECT (f->signaller), (gpointer *) &f->signaller);
  g_object_unref (f->signaller);
  g_assert_null (f->signaller);
  g_string_free (f->story, TRUE);
  g_main_context_pop_thread_default (f->control);
  g_main_context_unref (f->control);
}

static void
drain (Fixture *f)
{
  while (g_main_context_iteration (f->control, FALSE)) {
  }
}

static gchar *
request (Fixture *f, const gchar *id, GstPromise *promise)
{
  GstWebRTCSessionDescription *offer = description_new (GST_WEBRTC_SDP_TYPE_OFFER, OFFER);
  gchar *result = NULL;

  g_signal_emit_by_name (f->signaller, "request-session-full", id, "peer", offer, promise, &result);
  gst_webrtc_session_description_free (offer);
  return result;
}

static void
test_order (Fixture *f, gconstpointer data)
{
  GstWebRTCSessionDescription *offer = description_new (GST_WEBRTC_SDP_TYPE_OFFER, OFFER);
  gchar *id;

  g_assert_true (gst_rtc_signaller_start (f->signaller, f->control, NULL));
  g_assert_false (gst_rtc_signaller_start (f->signaller, f->control, NULL));
  g_assert_true (gst_rtc_signaller_can_trickle (f->signaller));

  id = request (f, "a", NULL);
  g_assert_cmpstr (id, ==, "a");
  g_free (id);
  g_assert_null (request (f, "a", NULL)); /* the id is in use */
  g_signal_emit_by_name (f->signaller, "add-candidate", "a", 1, NULL, "candidate:1");
  g_signal_emit_by_name (f->signaller, "set-description", "a", offer);
  g_signal_emit_by_name (f->signaller, "add-candidate", "unknown", 0, NULL, "candidate:2");
  g_assert_cmpstr (f->story->str, ==, ""); /* nothing happens outside the control context */
  drain (f);
  g_assert_true (
      gst_rtc_signaller_send_candidate (f->signaller, "a", 0, "mid0", "candidate:3", NULL));
  g_signal_emit_by_name (f->signaller, "close-session", "a");
  g_signal_emit_by_name (f->signaller, "close-session", "a");
  drain (f);
  g_assert_cmpstr (f->story->str, ==,
      "requested(a,peer,offer) out(a,answer) ice(a,1,-,candidate:1) description(a,offer) "
      "text(a,not now) outice(a,0,mid0,candidate:3) ended(a,-) ");
  gst_webrtc_session_description_free (offer);
}

static void
test_unknown_session (Fixture *f, gconstpointer data)
{
  GstWebRTCSessionDescription *answer = description_new (GST_WEBRTC_SDP_TYPE_ANSWER, ANSWER);
  GError *error = NULL;

  g_assert_true (gst_rtc_signaller_start (f->signaller, f->control, NULL));
  g_assert_false (gst_rtc_signaller_send_session_description (f->signaller, "x", answer, &error));
  g_assert_error (error, RTC_ERROR, -RTC_ERR_STATE);
  g_clear_error (&error);
  g_assert_false (gst_rtc_signaller_send_candidate (f->signaller, "x", 0, NULL, "", &error));
  g_assert_error (error, RTC_ERROR, -RTC_ERR_STATE);
  g_clear_error (&error);
  g_assert_false (gst_rtc_signaller_reject_session_description (f->signaller, "x", NULL));
  gst_rtc_signaller_end_session (f->signaller, "x", NULL);
  g_assert_cmpstr (f->story->str, ==, "");
  gst_webrtc_session_description_free (answer);
}

/* What the promise of a request is replied with: the description's name or the error's code. */
static gchar *
reply_of (GstPromise *promise)
{
  GstWebRTCSessionDescription *description = NULL;
  const GstStructure *reply;
  GError *error = NULL;
  gchar *text;

  if (gst_promise_wait (promise) != GST_PROMISE_RESULT_REPLIED)
    return g_strdup ("not replied");
  reply = gst_promise_get_reply (promise);
  if (gst_structure_get (reply, "error", G_TYPE_ERROR, &error, NULL)) {
    text = g_strdup_printf ("error %s", rtc_result_to_string (rtc_error_get_result (error)));
    g_error_free (error);
    return text;
  }
  g_assert_true (gst_structure_get (
      reply, "description", GST_TYPE_WEBRTC_SESSION_DESCRIPTION, &description, NULL));
  text = g_strdup (gst_sdp_message_get_session_name (description->sdp));
  gst_webrtc_session_description_free (description);
  return text;
}

static void
test_promise (Fixture *f, gconstpointer data)
{
  static const struct {
    const gchar *behaviour, *reply;
    gboolean start, stop, close;
  } table[] = {
    { "answer", "answer", TRUE, FALSE, FALSE },
    { "refuse", "error peer closed", TRUE, FALSE, FALSE },
    { "silent", "error peer closed", TRUE, TRUE, FALSE },
    { "silent", "error peer closed", TRUE, FALSE, TRUE },
    { "answer", "error wrong state", FALSE, FALSE, FALSE },
  };

  for (guint i = 0; i < G_N_ELEMENTS (table); i++) {
    GstPromise *promise = gst_promise_new ();
    gchar *id, *reply;

    f->behaviour = table[i].behaviour;
    if (table[i].start)
      g_assert_true (gst_rtc_signaller_start (f->signaller, f->control, NULL));
    id = request (f, NULL, promise);
    g_assert_true ((id != NULL) == table[i].start);
    drain (f);
    if (table[i].close)
      g_signal_emit_by_name (f->signaller, "close-session", id);
    drain (f);
    if (table[i].stop)
      gst_rtc_signaller_stop (f->signaller);
    reply = reply_of (promise);
    g_assert_cmpstr (reply, ==, table[i].reply);
    gst_rtc_signaller_stop (f->signaller);
    gst_promise_unref (promise);
    g_free (reply);
    g_free (id);
  }
}

static gpointer
request_from_thread (gpointer data)
{
  g_free (request (data, NULL, NULL));
  return NULL;
}

static void
test_threads (Fixture *f, gconstpointer data)
{
  GThread *threads[8];
  guint n = 0;

  g_assert_true (gst_rtc_signaller_start (f->signaller, f->control, NULL));
  for (guint i = 0; i < G_N_ELEMENTS (threads); i++)
    threads[i] = g_thread_new ("request", request_from_thread, f);
  for (guint i = 0; i < G_N_ELEMENTS (threads); i++)
    g_thread_join (threads[i]);
  drain (f);
  for (const gchar *p = f->story->str; (p = strstr (p, "out(")) != NULL; p++)
    n++;
  g_assert_cmpuint (n, ==, G_N_ELEMENTS (threads));
}

static void
test_stop_emits_nothing (Fixture *f, gconstpointer data)
{
  g_assert_true (gst_rtc_signaller_start (f->signaller, f->control, NULL));
  g_free (request (f, "a", NULL));
  gst_rtc_signaller_stop (f->signaller);
  drain (f);
  g_assert_cmpstr (f->story->str, ==, "");
}

static void
test_session_ids (void)
{
  GHashTable *seen = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);

  for (guint i = 0; i < 1000; i++) {
    gchar *id = gst_rtc_signaller_new_session_id ();

    g_assert_cmpuint (strlen (id), ==, 27); /* 160 bits, 6 to the character */
    g_assert_cmpuint (
        strspn (id, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"), ==, 27);
    g_assert_true (g_hash_table_add (seen, id));
  }
  g_hash_table_unref (seen);
}

static GstStructure *
on_request_meta (GstRtcSignaller *signaller, gpointer data)
{
  return gst_structure_new ("meta", "title", G_TYPE_STRING, "Door", NULL);
}

static void
test_meta (Fixture *f, gconstpointer data)
{
  GstStructure *meta = gst_rtc_signaller_emit_request_meta (f->signaller);

  g_assert_null (meta);
  g_signal_connect (f->signaller, "request-meta", G_CALLBACK (on_request_meta), NULL);
  meta = gst_rtc_signaller_emit_request_meta (f->signaller);
  g_assert_cmpstr (gst_structure_get_string (meta, "title"), ==, "Door");
  gst_structure_free (meta);
}

int
main (int argc, char **argv)
{
  gst_init (&argc, &argv);
  g_test_init (&argc, &argv, NULL);

#define ADD(name, function, behaviour)                                                             \
  g_test_add ("/signaller/" name, Fixture, behaviour, set_up, function, tear_down)
  ADD ("order", test_order, "answer");
  ADD ("unknown-session", test_unknown_session, "answer");
  ADD ("promise", test_promise, "answer");
  ADD ("threads", test_threads, "answer");
  ADD ("stop-emits-nothing", test_stop_emits_nothing, "answer");
  ADD ("meta", test_meta, "answer");
  g_test_add_func ("/signaller/session-ids", test_session_ids);
  return g_test_run ();
}
