/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* rtc-whip-client.c - the WHIP client signaller against our own server and against servers that
 * refuse, redirect, hang and answer nonsense. */
#include "ext/http/gstrtcwhipclientsignaller.h"

#include <string.h>
#include "ext/http/gstrtcwhipserversignaller.h"
#include "ext/http/rtc-http-client.h"
#include "ext/http/rtc-whip-session.h"
#include "tests/check/net/log-tap.h"
#include "tests/check/net/whip-client-fixture.h"
#include "tests/check/run-tests.h"

#define ANSWER SDP_HEAD SDP_BODY ("serv", "passive", "recvonly")
#define ANSWERED 201, "application/sdp", ANSWER

typedef WhipClientFixture Fixture;

/* -- Against our own server ---------------------------------------------------------------------
 */

static void
test_own_server (Fixture *f, gconstpointer data)
{
  WishFixture wish = { 0 };
  gchar *endpoint;
  guint n;

  wish_fixture_set_up (&wish, gst_rtc_whip_server_signaller_new (), "/whip", WHIP_CLIENT_OFFER);
  g_main_context_pop_thread_default (wish.context);
  g_main_context_unref (wish.context);
  wish.context = g_main_context_ref (f->context);
  wish.answer = ANSWER;
  wish.behaviour = ANSWER_LATER;
  g_object_set (wish.signaller, "auth-token", TOKEN, NULL);
  wish_fixture_start (&wish);
  f->trickles = TRUE;
  g_object_get (wish.signaller, "endpoint-url", &endpoint, NULL);
  g_object_set (f->signaller, "auth-token", TOKEN, "name", "Front d\xc3\xb6\xc3\xb6r&x=1",
      "trickle", TRUE, NULL);
  log_tap_start ();
  whip_client_start (f, endpoint, "");
  whip_client_wait_for (f, "answer(serv)");
  while (!strstr (wish.story->str, "ice(0,0,) "))
    g_main_context_iteration (f->context, TRUE);
  g_assert_cmpstr (wish.story->str, ==,
      "requested(Front d\xc3\xb6\xc3\xb6r&x=1) ice(0,0," CANDIDATE ") ice(0,0,) ");
  g_object_get (wish.signaller, "n-sessions", &n, NULL);
  g_assert_cmpuint (n, ==, 1);

  gst_rtc_signaller_end_session (f->signaller, f->id, NULL);
  while (!strstr (wish.story->str, "ended(-)"))
    g_main_context_iteration (f->context, TRUE);
  log_tap_assert_absent ("the token", TOKEN, strlen (TOKEN));
  log_tap_stop ();
  g_assert_cmpstr (f->story->str, ==, "requested(127.0.0.1) answer(serv) ");
  /* The fixture pops the context that the other one pushed; its own is the same. */
  g_main_context_push_thread_default (f->context);
  wish_fixture_tear_down (&wish);
  g_free (endpoint);
}

/* -- Refusals -----------------------------------------------------------------------------------
 */

static const struct {
  FakeWhipReply reply;
  const gchar *sentence; /* part of the error */
} refusals[] = {
  { { 301, NULL, NULL, "/new" }, "301: it moved" },
  { { 302, NULL, NULL, "/new" }, "302: it moved" },
  { { 400, NULL, "no such codec\r\nX" },
      "400: it does not understand the offer (\"no such codec\")" },
  { { 400, NULL, "\x1b[2Jhi" }, "(\"?[2Jhi\")" },
  { { 400, "text/html", "<html>" }, "400: it does not understand the offer) " },
  { { 401 }, "set auth-token" },
  { { 403 }, "does not let us in" },
  { { 404 }, "check whip-endpoint" },
  { { 405 }, "no WHIP endpoint" },
  { { 406 }, "other codecs" },
  { { 408 }, "408" },
  { { 410 }, "gone" },
  { { 413 }, "too long for it" },
  { { 415 }, "takes no SDP" },
  { { 418 }, "418" },
  { { 429 }, "too many requests" },
  { { 500 }, "500" },
  { { 503, NULL, "full" }, "it is busy (\"full\")" },
  { { 504 }, "504" },
  { { 204 }, "204" },
  { { 307, NULL, NULL, "/again" }, "redirects without end" },
  { { 308, NULL, NULL, "{O}/again" }, "redirects without end" },
  { { 307 }, "redirects to nowhere" },
  { { 307, NULL, NULL, "ftp://x/" }, "redirects to nowhere" },
  { { 307, NULL, NULL, "javascript:x" }, "redirects to nowhere" },
  { { 201, "text/html", "<html>" }, "not of type application/sdp" },
  { { 201 }, "not of type application/sdp" },
  { { 201, "application/sdp", "hello" }, "no session description" },
  { { 201, "application/sdp", "v=0\r\n" }, "no session description" },
  { { 201, "application/sdp", NULL, NULL, NULL, NULL, 1 << 20 }, "the answer is too long" },
};

static void
test_refusal (Fixture *f, gconstpointer data)
{
  guint i = GPOINTER_TO_UINT (data);
  FakeWhipServer *server;

  g_object_set (f->signaller, "retries", 0, NULL);
  server = whip_client_start_fake (f, &refusals[i].reply, 1);
  whip_client_wait_for (f, "error(");
  g_assert_nonnull (strstr (f->story->str, "requested(127.0.0.1) ended("));
  g_assert_nonnull (strstr (f->story->str, refusals[i].sentence));
  g_assert_null (strstr (f->story->str, "answer("));
  gst_rtc_signaller_stop (f->signaller);
  fake_whip_server_free (server);
}

/* A later DELETE goes where a 201 with a useless answer said. */
static void
test_useless_answer_is_deleted (Fixture *f, gconstpointer data)
{
  static const FakeWhipReply reply = { 201, "application/sdp", "hello", "/whip/1" };
  FakeWhipServer *server = whip_client_start_fake (f, &reply, 1);

  whip_client_wait_for (f, "error(");
  whip_client_wait_for_request (f, server, "DELETE /whip/1;");
  fake_whip_server_free (server);
}

/* -- Tries --------------------------------------------------------------------------------------
 */

static void
test_retry_after (Fixture *f, gconstpointer data)
{
  static const FakeWhipReply replies[] = { { 503, .retry_after = "2" }, { ANSWERED, "/whip/1" } };
  gint64 begin = g_get_monotonic_time ();
  FakeWhipServer *server = whip_client_start_fake (f, replies, 2);

  whip_client_wait_for (f, "answer(serv)");
  g_assert_cmpint (g_get_monotonic_time () - begin, >=, 2 * G_USEC_PER_SEC);
  g_assert_null (strstr (f->story->str, "error("));
  whip_client_assert_story (server, "POST /whip;POST /whip;");
  fake_whip_server_free (server);
}

/* Nobody there: tried again until somebody is, or the tries are used up. */
static void
test_nobody_there (Fixture *f, gconstpointer data)
{
  static const FakeWhipReply reply = { ANSWERED, "/whip/1" };
  FakeWhipServer *server = fake_whip_server_new (&reply, 1);
  gchar *origin = fake_whip_server_dup_origin (server);

  fake_whip_server_free (server); /* its port is nobody's now */
  g_object_set (f->signaller, "retries", 1, NULL);
  whip_client_start (f, origin, "/whip");
  whip_client_wait_for (f, "error(");
  g_assert_nonnull (strstr (f->story->str, "no way to the server"));
  g_assert_nonnull (strstr (f->story->str, "ended("));
  g_assert_nonnull (strstr (strstr (f->story->str, "requested") + 1, "requested")); /* twice */
  g_free (origin);
}

/* The element ends a session: for a reason that passes it is tried again, with another id. */
static void
test_element_ends (Fixture *f, gconstpointer data)
{
  static const FakeWhipReply reply = { ANSWERED, "/whip/1" };
  FakeWhipServer *server = whip_client_start_fake (f, &reply, 1);
  gchar *first;
  GError *reason = NULL;

  whip_client_wait_for (f, "answer(serv)");
  first = g_strdup (f->id);
  g_string_truncate (f->story, 0);
  rtc_error (&reason, RTC_ERR_BACKEND, "ICE failed");
  gst_rtc_signaller_end_session (f->signaller, "unknown", reason);
  gst_rtc_signaller_end_session (f->signaller, first, reason);
  g_clear_error (&reason);
  whip_client_wait_for (f, "answer(serv)");
  whip_client_wait_for_request (f, server, "DELETE /whip/1;");
  g_assert_cmpstr (f->id, !=, first);

  rtc_error (&reason, RTC_ERR_UNSUPPORTED, "no encoder");
  gst_rtc_signaller_end_session (f->signaller, f->id, reason);
  g_clear_error (&reason);
  whip_client_wait_for (f, "error(no encoder)");
  g_free (first);
  fake_whip_server_free (server);
}

/* The element has no media yet: that is no failure, however often. */
static void
test_not_yet (Fixture *f, gconstpointer data)
{
  static const FakeWhipReply reply = { ANSWERED, "/whip/1" };
  FakeWhipServer *server;
  GError *reason = NULL;

  g_object_set (f->signaller, "retries", 0, NULL);
  f->offers_not = TRUE;
  server = whip_client_start_fake (f, &reply, 1);
  whip_client_wait_for (f, "requested");
  rtc_error (&reason, RTC_AGAIN, "no stream yet");
  gst_rtc_signaller_end_session (f->signaller, f->id, reason);
  g_error_free (reason);
  f->offers_not = FALSE;
  whip_client_wait_for (f, "answer(serv)");
  g_assert_null (strstr (f->story->str, "error("));
  fake_whip_server_free (server);
}

/* An answer that the element refuses ends it. */
static void
test_rejected_answer (Fixture *f, gconstpointer data)
{
  static const FakeWhipReply reply = { ANSWERED, "/whip/1" };
  FakeWhipServer *server = whip_client_start_fake (f, &reply, 1);
  GError *reason = NULL;
  gchar *id;

  whip_client_wait_for (f, "answer(serv)");
  id = g_strdup (f->id);
  rtc_error (&reason, RTC_ERR_PARSE, "no such section");
  g_assert_true (gst_rtc_signaller_reject_session_description (f->signaller, id, reason));
  g_assert_false (gst_rtc_signaller_reject_session_description (f->signaller, id, reason));
  g_error_free (reason);
  whip_client_wait_for (f, "error(the WHIP server's answer is of no use: no such section)");
  whip_client_wait_for_request (f, server, "DELETE /whip/1;");
  g_free (id);
  fake_whip_server_free (server);
}

/* -- Where requests go --------------------------------------------------------------------------
 */

static const struct {
  const gchar *endpoint, *location;
  const gchar *deleted; /* the request; NULL: none is sent */
} locations[] = {
  { "/whip", "/s/1", "DELETE /s/1 t;" },
  { "/live/whip", "s/1", "DELETE /live/s/1 t;" },
  { "/live/whip/", "s/1?k=v", "DELETE /live/whip/s/1?k=v t;" },
  { "/whip?room=a", "{O}/s/1#x", "DELETE /s/1 t;" },
  { "/whip", "../../../s", "DELETE /s t;" },
  { "/whip", NULL, NULL },
  { "/whip", "file:///etc/passwd", NULL },
  { "/whip", "//", NULL },
  { "/whip", "http://", NULL },
};

static void
test_location (Fixture *f, gconstpointer data)
{
  guint i = GPOINTER_TO_UINT (data);
  FakeWhipReply reply = { ANSWERED, locations[i].location };
  FakeWhipServer *server = fake_whip_server_new (&reply, 1);
  gchar *origin = fake_whip_server_dup_origin (server);
  gchar *story;

  g_object_set (f->signaller, "auth-token", TOKEN, NULL);
  whip_client_start (f, origin, locations[i].endpoint);
  whip_client_wait_for (f, "answer(serv)");
  gst_rtc_signaller_stop (f->signaller);
  story = fake_whip_server_dup_story (server);
  g_test_message ("%s", story);
  if (locations[i].deleted)
    g_assert_true (g_str_has_suffix (story, locations[i].deleted));
  else
    g_assert_null (strstr (story, "DELETE"));
  g_free (story);
  g_free (origin);
  fake_whip_server_free (server);
}

/* 307 to another server: the offer goes there, the token does not; nor does it with DELETE. */
static void
test_other_origin (Fixture *f, gconstpointer data)
{
  static const FakeWhipReply there = { ANSWERED, "/s/1" };
  FakeWhipServer *other = fake_whip_server_new (&there, 1);
  gchar *origin = fake_whip_server_dup_origin (other);
  gchar *target = g_strconcat (origin, "/other", NULL);
  const FakeWhipReply here[] = { { 308, .location = "/moved" }, { 307, .location = target } };
  FakeWhipServer *server;
  gchar *body;

  g_object_set (f->signaller, "auth-token", TOKEN, NULL);
  server = whip_client_start_fake (f, here, 2);
  whip_client_wait_for (f, "answer(serv)");
  body = fake_whip_server_dup_body (other);
  g_assert_nonnull (strstr (body, "a=sendonly"));
  gst_rtc_signaller_stop (f->signaller);
  whip_client_assert_story (server, "POST /whip t;POST /moved t;");
  whip_client_assert_story (other, "POST /other;DELETE /s/1;");
  g_free (body);
  g_free (target);
  g_free (origin);
  fake_whip_server_free (server);
  fake_whip_server_free (other);
}

static void
test_resolve (void)
{
  static const struct {
    const gchar *base, *reference, *url;
  } table[] = {
    { "http://a/b/c", "d", "http://a/b/d" },
    { "http://a/b/c", "/d?x", "http://a/d?x" },
    { "http://a/b", "https://c/d", "https://c/d" },
    { "https://a/b", "http://a/d", NULL }, /* never down to plain HTTP */
    { "https://a/b", "//c/d", "https://c/d" },
    { NULL, "http://u:p@a:81/b#f", "http://a:81/b" },
    { NULL, "http://[::1]:8080/whip", "http://[::1]:8080/whip" },
    { NULL, "http://a", "http://a/" },
    { NULL, "a/b", NULL },
    { NULL, "whip://a/b", NULL },
    { NULL, "http:///b", NULL },
    { NULL, "", NULL },
  };

  for (guint i = 0; i < G_N_ELEMENTS (table); i++) {
    gchar *url = rtc_http_client_resolve (table[i].base, table[i].reference);

    g_assert_cmpstr (url, ==, table[i].url);
    g_free (url);
  }
  g_assert_true (rtc_http_client_is_same_origin ("http://a/x", "http://A:80/y"));
  g_assert_false (rtc_http_client_is_same_origin ("http://a/x", "https://a/x"));
  g_assert_false (rtc_http_client_is_same_origin ("http://a/x", "http://a:81/x"));
  g_assert_false (rtc_http_client_is_same_origin ("http://a/x", "nonsense"));
}

static void
test_retry_after_field (void)
{
  static const struct {
    const gchar *field;
    guint seconds;
  } table[] = { { NULL, 0 }, { "", 0 }, { "0", 0 }, { "7", 7 }, { "300", 300 }, { "301", 300 },
    { "99999999999999999999999", 300 }, { "-1", 0 }, { "1.5", 0 }, { "x", 0 },
    { "Fri, 31 Dec 1999 23:59:59 GMT", 0 } };

  for (guint i = 0; i < G_N_ELEMENTS (table); i++)
    g_assert_cmpuint (rtc_whip_session_parse_retry_after (table[i].field), ==, table[i].seconds);
}

/* -- Candidates ---------------------------------------------------------------------------------
 */

/* They wait for the ETag; without one, or after a refusal, none is sent and the session goes on. */
static void
test_trickle (Fixture *f, gconstpointer data)
{
  static const FakeWhipReply reply = { ANSWERED, "/whip/1", "\"v1\"" };
  FakeWhipServer *server;
  gchar *body;

  g_object_set (f->signaller, "trickle", TRUE, NULL);
  f->trickles = TRUE;
  server = whip_client_start_fake (f, &reply, 1);
  whip_client_wait_for_request (f, server, "PATCH /whip/1 m=\"v1\";");
  body = fake_whip_server_dup_body (server);
  g_assert_nonnull (strstr (body, "a=ice-ufrag:clie\r\n"));
  g_assert_nonnull (strstr (body, "a=mid:0\r\n"));
  g_assert_nonnull (strstr (body, "a=" CANDIDATE "\r\n"));
  g_assert_nonnull (strstr (body, "a=end-of-candidates\r\n"));
  g_free (body);

  fake_whip_server_set_status (server, 405);
  g_assert_true (gst_rtc_signaller_send_candidate (f->signaller, f->id, 0, "0", CANDIDATE, NULL));
  whip_client_wait_for_request (f, server, "PATCH /whip/1 m=\"v1\";PATCH /whip/1 m=\"v1\";");
  while (gst_rtc_signaller_send_candidate (f->signaller, f->id, 0, "0", CANDIDATE, NULL))
    g_main_context_iteration (f->context, TRUE);
  g_assert_null (strstr (f->story->str, "ended"));
  g_assert_false (gst_rtc_signaller_send_candidate (f->signaller, "x", 0, "0", CANDIDATE, NULL));
  gst_rtc_signaller_stop (f->signaller);
  fake_whip_server_free (server);
}

static void
test_no_etag (Fixture *f, gconstpointer data)
{
  static const FakeWhipReply reply = { ANSWERED, "/whip/1" };
  FakeWhipServer *server;

  g_object_set (f->signaller, "trickle", TRUE, NULL);
  f->trickles = TRUE;
  server = whip_client_start_fake (f, &reply, 1);
  whip_client_wait_for (f, "answer(serv)");
  g_assert_false (gst_rtc_signaller_send_candidate (f->signaller, f->id, 0, "0", CANDIDATE, NULL));
  gst_rtc_signaller_stop (f->signaller);
  whip_client_assert_story (server, "POST /whip;DELETE /whip/1;");
  fake_whip_server_free (server);
}

/* -- The end ------------------------------------------------------------------------------------
 */

/* A server that hangs holds nobody up for long. */
static void
test_hanging_server (Fixture *f, gconstpointer data)
{
  static const FakeWhipReply replies[] = { { 0 }, { ANSWERED, "/whip/1" } };
  FakeWhipServer *server;
  gint64 begin;

  g_object_set (f->signaller, "timeout", 1, NULL);
  server = whip_client_start_fake (f, replies, 2);
  whip_client_wait_for (f, "no answer in time");
  whip_client_wait_for (f, "answer(serv)");
  fake_whip_server_set_status (server, 0);
  begin = g_get_monotonic_time ();
  gst_rtc_signaller_stop (f->signaller);
  g_assert_cmpint (g_get_monotonic_time () - begin, <,
      (GST_RTC_WHIP_CLIENT_STOP_MS + 4000) * G_TIME_SPAN_MILLISECOND);
  whip_client_wait_for_request (f, server, "DELETE /whip/1;");
  fake_whip_server_free (server);
}

/* Ended while the offer is on its way: what the 201 names is deleted, and nobody hears of it. */
static void
test_end_before_answer (Fixture *f, gconstpointer data)
{
  static const FakeWhipReply reply = { ANSWERED, "/whip/1" };
  FakeWhipServer *server = whip_client_start_fake (f, &reply, 1);
  GError *reason = NULL;

  whip_client_wait_for (f, "requested");
  rtc_error (&reason, RTC_ERR_UNSUPPORTED, "changed my mind");
  gst_rtc_signaller_end_session (f->signaller, f->id, reason);
  g_error_free (reason);
  whip_client_wait_for_request (f, server, "DELETE /whip/1;");
  g_assert_null (strstr (f->story->str, "answer("));
  fake_whip_server_free (server);
}

static void
test_bad_settings (Fixture *f, gconstpointer data)
{
  static const struct {
    const gchar *endpoint, *token, *ca_file;
    RtcResult code;
  } table[] = {
    { NULL, NULL, NULL, RTC_ERR_PARSE },
    { "127.0.0.1/whip", NULL, NULL, RTC_ERR_PARSE },
    { "ftp://127.0.0.1/whip", NULL, NULL, RTC_ERR_PARSE },
    { "http://127.0.0.1/whip", "a\r\nX: y", NULL, RTC_ERR_UNSUPPORTED },
    { "https://127.0.0.1/whip", NULL, "/nowhere/at/all.pem", RTC_ERR_BACKEND },
  };

  for (guint i = 0; i < G_N_ELEMENTS (table); i++) {
    GError *error = NULL;

    g_object_set (f->signaller, "whip-endpoint", table[i].endpoint, "auth-token", table[i].token,
        "tls-ca-file", table[i].ca_file, NULL);
    g_assert_false (gst_rtc_signaller_start (f->signaller, f->context, &error));
    g_assert_error (error, RTC_ERROR, -table[i].code);
    g_error_free (error);
  }
}

int
main (int argc, char **argv)
{
  gst_init (&argc, &argv);
  g_test_init (&argc, &argv, NULL);

#define ADD(name, function, data)                                                                  \
  g_test_add (                                                                                     \
      "/whip-client/" name, Fixture, data, whip_client_set_up, function, whip_client_tear_down)
  g_test_add_func ("/whip-client/resolve", test_resolve);
  g_test_add_func ("/whip-client/retry-after-field", test_retry_after_field);
  ADD ("own-server", test_own_server, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (refusals); i++) {
    gchar *name = g_strdup_printf ("/whip-client/refusal/%u", i);

    g_test_add (name, Fixture, GUINT_TO_POINTER (i), whip_client_set_up, test_refusal,
        whip_client_tear_down);
    g_free (name);
  }
  ADD ("useless-answer-is-deleted", test_useless_answer_is_deleted, NULL);
  ADD ("retry-after", test_retry_after, NULL);
  ADD ("nobody-there", test_nobody_there, NULL);
  ADD ("element-ends", test_element_ends, NULL);
  ADD ("not-yet", test_not_yet, NULL);
  ADD ("rejected-answer", test_rejected_answer, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (locations); i++) {
    gchar *name = g_strdup_printf ("/whip-client/location/%u", i);

    g_test_add (name, Fixture, GUINT_TO_POINTER (i), whip_client_set_up, test_location,
        whip_client_tear_down);
    g_free (name);
  }
  ADD ("other-origin", test_other_origin, NULL);
  ADD ("trickle", test_trickle, NULL);
  ADD ("no-etag", test_no_etag, NULL);
  ADD ("hanging-server", test_hanging_server, NULL);
  ADD ("end-before-answer", test_end_before_answer, NULL);
  ADD ("bad-settings", test_bad_settings, NULL);
  return run_tests ();
}
