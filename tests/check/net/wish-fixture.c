/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "tests/check/net/wish-fixture.h"

#include <string.h>

/* -- The element --------------------------------------------------------------------------------
 */

static void
answer (WishFixture *f, const gchar *id)
{
  GstWebRTCSessionDescription *description;
  GstSDPMessage *sdp;

  g_assert_cmpint (gst_sdp_message_new_from_text (f->answer, &sdp), ==, GST_SDP_OK);
  description = gst_webrtc_session_description_new (GST_WEBRTC_SDP_TYPE_ANSWER, sdp);
  g_assert_true (gst_rtc_signaller_send_candidate (f->signaller, id, 0, "0", CANDIDATE, NULL));
  g_assert_true (gst_rtc_signaller_send_session_description (f->signaller, id, description, NULL));
  gst_webrtc_session_description_free (description);
}

static gboolean
answer_later (gpointer data)
{
  WishFixture *f = data;

  answer (f, f->waiting);
  g_clear_pointer (&f->waiting, g_free);
  return G_SOURCE_REMOVE;
}

static void
react (WishFixture *f, const gchar *id, gboolean first)
{
  GError *reason = NULL;
  GSource *source;

  switch (f->behaviour) {
    case ANSWER_NOW:
      answer (f, id);
      break;
    case ANSWER_LATER:
      g_free (f->waiting);
      f->waiting = g_strdup (id);
      source = g_timeout_source_new (20);
      g_source_set_callback (source, answer_later, f, NULL);
      g_source_attach (source, f->context);
      g_source_unref (source);
      break;
    case SILENT:
      break;
    case REFUSE:
      rtc_error (&reason, f->refusal, "refused by the test");
      if (first)
        gst_rtc_signaller_end_session (f->signaller, id, reason);
      else
        g_assert_true (gst_rtc_signaller_reject_session_description (f->signaller, id, reason));
      g_error_free (reason);
      break;
  }
}

static void
on_requested (GstRtcSignaller *signaller, const gchar *id, const gchar *peer,
    GstWebRTCSessionDescription *offer, WishFixture *f)
{
  g_assert_cmpint (offer->type, ==, GST_WEBRTC_SDP_TYPE_OFFER);
  g_string_append_printf (f->story, "requested(%s) ", peer);
  react (f, id, TRUE);
}

static void
on_description (GstRtcSignaller *signaller, const gchar *id,
    GstWebRTCSessionDescription *description, WishFixture *f)
{
  const GstSDPMedia *media = gst_sdp_message_get_media (description->sdp, 0);

  g_string_append_printf (f->story, "restart(%s,%s) ",
      gst_sdp_media_get_attribute_val (media, "ice-ufrag"),
      gst_sdp_media_get_attribute_val (media, "candidate"));
  react (f, id, FALSE);
}

static void
on_ice (GstRtcSignaller *signaller, const gchar *id, guint mline, const gchar *mid,
    const gchar *candidate, WishFixture *f)
{
  g_string_append_printf (f->story, "ice(%u,%s,%s) ", mline, mid, candidate);
}

static gboolean
on_ended (GstRtcSignaller *signaller, const gchar *id, const gchar *reason, WishFixture *f)
{
  g_string_append_printf (f->story, "ended(%s) ", reason ? reason : "-");
  return TRUE;
}

/* -- WishFixture
 * ------------------------------------------------------------------------------------
 */

static guint16
port_of (GstRtcSignaller *signaller)
{
  gchar *url;
  GUri *uri;
  guint16 port;

  g_object_get (signaller, "page-url", &url, NULL);
  uri = g_uri_parse (url, G_URI_FLAGS_NONE, NULL);
  port = (guint16) g_uri_get_port (uri);
  g_uri_unref (uri);
  g_free (url);
  return port;
}

void
wish_fixture_set_up (
    WishFixture *f, GstRtcSignaller *signaller, const gchar *endpoint, const gchar *offer)
{
  f->context = g_main_context_new ();
  g_main_context_push_thread_default (f->context);
  f->story = g_string_new (NULL);
  f->signaller = signaller;
  f->endpoint = g_strdup (endpoint);
  f->offer = offer;
  g_object_set (f->signaller, "host-addr", "http://127.0.0.1:0/", "allowed-origins",
      PAGE_ORIGIN ", https://other.example", "stun-server", "stun://stun.example:3478", NULL);
  g_signal_connect (f->signaller, "session-requested", G_CALLBACK (on_requested), f);
  g_signal_connect (f->signaller, "session-description", G_CALLBACK (on_description), f);
  g_signal_connect (f->signaller, "handle-ice", G_CALLBACK (on_ice), f);
  g_signal_connect (f->signaller, "session-ended", G_CALLBACK (on_ended), f);
}

void
wish_fixture_start (WishFixture *f)
{
  GError *error = NULL;

  gst_rtc_signaller_start (f->signaller, f->context, &error);
  g_assert_no_error (error);
  f->port = port_of (f->signaller);
}

void
wish_fixture_tear_down (WishFixture *f)
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
  g_free (f->endpoint);
  g_free (f->session);
  g_free (f->etag);
  g_free (f->waiting);
}

/* Replaces {P} by the endpoint, {S} by the session's path and {E} by its entity tag. */
static gchar *
fill_in (WishFixture *f, const gchar *text)
{
  GString *filled = g_string_new (text);

  g_string_replace (filled, "{S}", f->session ? f->session : "{P}/none", 0);
  g_string_replace (filled, "{P}", f->endpoint, 0);
  g_string_replace (filled, "{E}", f->etag ? f->etag : "\"none\"", 0);
  return g_string_free (filled, FALSE);
}

HttpResponse *
wish_call (
    WishFixture *f, const gchar *method, const gchar *path, const gchar *fields, const gchar *body)
{
  gchar *text = g_strdup_printf (
      "%s %s HTTP/1.1\r\nHost: 127.0.0.1:%u\r\n%sContent-Length: %" G_GSIZE_FORMAT "\r\n\r\n%s",
      method, path, f->port, fields, strlen (body), body);
  gchar *request = fill_in (f, text);
  HttpResponse *response = http_request (f->context, f->port, request, -1, FALSE, 5000);

  g_free (request);
  g_free (text);
  return response;
}

void
wish_open_session (WishFixture *f, const gchar *fields)
{
  g_autoptr (HttpResponse) response = wish_call (f, "POST", "{P}", fields, f->offer);

  g_assert_cmpuint (response->status, ==, 201);
  g_free (f->session);
  g_free (f->etag);
  f->session = http_response_dup_header (response, "Location");
  f->etag = http_response_dup_header (response, "ETag");
  g_assert_true (g_str_has_prefix (f->session, f->endpoint));
  g_assert_true (f->session[strlen (f->endpoint)] == '/');
  g_assert_cmpuint (strlen (f->session), ==, strlen (f->endpoint) + 1 + 27);
  g_assert_true (f->etag[0] == '"' && f->etag[strlen (f->etag) - 1] == '"');
}

void
wish_check_row (WishFixture *f, const WishRow *row)
{
  g_autoptr (HttpResponse) response = wish_call (f, row->method, row->path, row->fields, row->body);
  g_autofree gchar *value = row->field ? http_response_dup_header (response, row->field) : NULL;

  g_test_message ("%s: %u %s", row->name, response->status, response->body ? response->body : "");
  g_assert_cmpuint (response->status, ==, row->status);
  if (row->field && !row->value)
    g_assert_null (value);
  if (row->value) {
    g_assert_nonnull (value);
    g_assert_nonnull (strstr (value, row->value));
  }
}

void
wish_check_refusals (WishFixture *f)
{
  static const struct {
    RtcResult code;
    guint status;
  } table[] = {
    { RTC_ERR_PARSE, 400 },
    { RTC_ERR_UNSUPPORTED, 406 },
    { RTC_ERR_LIMIT, 503 },
    { RTC_AGAIN, 503 },
    { RTC_ERR_BACKEND, 500 },
  };

  f->behaviour = REFUSE;
  for (guint i = 0; i < G_N_ELEMENTS (table); i++) {
    g_autoptr (HttpResponse) response = NULL;
    g_autofree gchar *retry = NULL;
    guint n;

    f->refusal = table[i].code;
    response = wish_call (f, "POST", "{P}", SDP, f->offer);
    retry = http_response_dup_header (response, "Retry-After");
    g_assert_cmpuint (response->status, ==, table[i].status);
    g_assert_cmpstr (response->body, ==, "refused by the test\n");
    g_assert_cmpstr (retry, ==, table[i].status == 503 ? "5" : NULL);
    g_object_get (f->signaller, "n-sessions", &n, NULL);
    g_assert_cmpuint (n, ==, 0);
  }
}
