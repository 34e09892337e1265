/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "tests/check/net/whip-client-fixture.h"

#include <string.h>
#include "ext/http/gstrtcwhipclientsignaller.h"

#define TIMEOUT_US (20 * G_USEC_PER_SEC)

/* -- The element --------------------------------------------------------------------------------
 */

static void
on_requested (GstRtcSignaller *signaller, const gchar *id, const gchar *peer,
    GstWebRTCSessionDescription *offer, WhipClientFixture *f)
{
  GstWebRTCSessionDescription *description;
  GstSDPMessage *sdp;

  g_assert_null (offer);
  g_string_append_printf (f->story, "requested(%s) ", peer);
  g_free (f->id);
  f->id = g_strdup (id);
  if (f->offers_not)
    return;
  g_assert_cmpint (gst_sdp_message_new_from_text (WHIP_CLIENT_OFFER, &sdp), ==, GST_SDP_OK);
  description = gst_webrtc_session_description_new (GST_WEBRTC_SDP_TYPE_OFFER, sdp);
  g_assert_true (gst_rtc_signaller_send_session_description (signaller, id, description, NULL));
  g_assert_false (gst_rtc_signaller_send_session_description (signaller, id, description, NULL));
  gst_webrtc_session_description_free (description);
  if (f->trickles) {
    g_assert_true (gst_rtc_signaller_send_candidate (signaller, id, 0, "0", CANDIDATE, NULL));
    g_assert_true (gst_rtc_signaller_send_candidate (signaller, id, 0, "0", "", NULL));
  }
}

static void
on_description (GstRtcSignaller *signaller, const gchar *id,
    GstWebRTCSessionDescription *description, WhipClientFixture *f)
{
  g_assert_cmpint (description->type, ==, GST_WEBRTC_SDP_TYPE_ANSWER);
  g_assert_cmpstr (id, ==, f->id);
  g_string_append_printf (f->story, "answer(%s) ",
      gst_sdp_media_get_attribute_val (
          gst_sdp_message_get_media (description->sdp, 0), "ice-ufrag"));
}

static gboolean
on_ended (GstRtcSignaller *signaller, const gchar *id, const gchar *reason, WhipClientFixture *f)
{
  g_assert_cmpstr (id, ==, f->id);
  g_string_append_printf (f->story, "ended(%s) ", reason);
  return TRUE;
}

static void
on_error (GstRtcSignaller *signaller, const gchar *message, WhipClientFixture *f)
{
  g_string_append_printf (f->story, "error(%s) ", message);
}

/* -- Fixture ------------------------------------------------------------------------------------
 */

void
whip_client_set_up (WhipClientFixture *f, gconstpointer data)
{
  f->context = g_main_context_new ();
  g_main_context_push_thread_default (f->context);
  f->story = g_string_new (NULL);
  f->signaller = gst_rtc_whip_client_signaller_new ();
  g_signal_connect (f->signaller, "session-requested", G_CALLBACK (on_requested), f);
  g_signal_connect (f->signaller, "session-description", G_CALLBACK (on_description), f);
  g_signal_connect (f->signaller, "session-ended", G_CALLBACK (on_ended), f);
  g_signal_connect (f->signaller, "error", G_CALLBACK (on_error), f);
}

void
whip_client_tear_down (WhipClientFixture *f, gconstpointer data)
{
  gst_rtc_signaller_stop (f->signaller);
  g_object_add_weak_pointer (G_OBJECT (f->signaller), (gpointer *) &f->signaller);
  g_object_unref (f->signaller);
  g_assert_null (f->signaller);
  while (g_main_context_iteration (f->context, FALSE)) {
  }
  g_main_context_pop_thread_default (f->context);
  g_main_context_unref (f->context);
  g_string_free (f->story, TRUE);
  g_free (f->id);
}

static gboolean
on_tick (gpointer data)
{
  return G_SOURCE_CONTINUE;
}

void
whip_client_wait_for (WhipClientFixture *f, const gchar *text)
{
  gint64 deadline = g_get_monotonic_time () + TIMEOUT_US;
  GSource *tick = g_timeout_source_new (100); /* so that the deadline is looked at */

  g_source_set_callback (tick, on_tick, NULL, NULL);
  g_source_attach (tick, f->context);
  while (!strstr (f->story->str, text) && g_get_monotonic_time () < deadline)
    g_main_context_iteration (f->context, TRUE);
  g_source_destroy (tick);
  g_source_unref (tick);
  g_test_message ("%s", f->story->str);
  g_assert_nonnull (strstr (f->story->str, text));
}

void
whip_client_wait_for_request (WhipClientFixture *f, FakeWhipServer *server, const gchar *text)
{
  gint64 deadline = g_get_monotonic_time () + TIMEOUT_US;
  GSource *tick = g_timeout_source_new (20);
  gchar *story = fake_whip_server_dup_story (server);

  g_source_set_callback (tick, on_tick, NULL, NULL);
  g_source_attach (tick, f->context);
  while (!strstr (story, text) && g_get_monotonic_time () < deadline) {
    g_main_context_iteration (f->context, TRUE);
    g_free (story);
    story = fake_whip_server_dup_story (server);
  }
  g_source_destroy (tick);
  g_source_unref (tick);
  g_test_message ("%s", story);
  g_assert_nonnull (strstr (story, text));
  g_free (story);
}

void
whip_client_start (WhipClientFixture *f, const gchar *origin, const gchar *path)
{
  gchar *endpoint = g_strconcat (origin, path, NULL);
  GError *error = NULL;

  g_object_set (f->signaller, "whip-endpoint", endpoint, NULL);
  gst_rtc_signaller_start (f->signaller, f->context, &error);
  g_assert_no_error (error);
  g_free (endpoint);
}

FakeWhipServer *
whip_client_start_fake (WhipClientFixture *f, const FakeWhipReply *replies, guint n_replies)
{
  FakeWhipServer *server = fake_whip_server_new (replies, n_replies);
  gchar *origin = fake_whip_server_dup_origin (server);

  whip_client_start (f, origin, "/whip");
  g_free (origin);
  return server;
}

void
whip_client_assert_story (FakeWhipServer *server, const gchar *expected)
{
  gchar *story = fake_whip_server_dup_story (server);

  g_assert_cmpstr (story, ==, expected);
  g_free (story);
}
