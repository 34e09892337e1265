/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* rtc-whep.c - WHEP conformance (draft-ietf-wish-whep, RFC 9725): every status and field, against
 * the signaller with an element that answers canned SDP. */
#include "ext/http/gstrtcwhepserversignaller.h"

#include <string.h>
#include "ext/http/rtc-wish.h"
#include "tests/check/net/wish-fixture.h"
#include "tests/check/run-tests.h"

#define OFFER SDP_HEAD SDP_BODY ("clie", "actpass", "recvonly")
#define ANSWER SDP_HEAD SDP_BODY ("serv", "passive", "sendonly")

static void
set_up (WishFixture *f, gconstpointer data)
{
  wish_fixture_set_up (f, gst_rtc_whep_server_signaller_new (), "/whep", OFFER);
  f->answer = ANSWER;
}

static void
tear_down (WishFixture *f, gconstpointer data)
{
  wish_fixture_tear_down (f);
}

/* -- The table ----------------------------------------------------------------------------------
 */

static const WishRow open_rows[] = {
  { "offer", "POST", "/whep", SDP, OFFER, 201, "Content-Type", "application/sdp" },
  { "answer-has-location", "POST", "/whep", SDP, OFFER, 201, "Location", "/whep/" },
  { "answer-has-etag", "POST", "/whep", SDP, OFFER, 201, "ETag", "\"" },
  { "answer-has-link", "POST", "/whep", SDP, OFFER, 201, "Link", "<stun:stun.example:3478>" },
  { "answer-is-not-stored", "POST", "/whep", SDP, OFFER, 201, "Cache-Control", "no-store" },
  { "type-with-parameter", "POST", "/whep", "Content-Type: application/sdp; charset=utf-8\r\n",
      OFFER, 201, "Content-Type", "application/sdp" },
  { "type-in-capitals", "POST", "/whep", "Content-Type: Application/SDP\r\n", OFFER, 201, NULL,
      NULL },
  { "accept-anything", "POST", "/whep", SDP "Accept: */*\r\n", OFFER, 201, NULL, NULL },
  { "accept-application", "POST", "/whep", SDP "Accept: text/html, application/*\r\n", OFFER, 201,
      NULL, NULL },
  { "accept-other", "POST", "/whep", SDP "Accept: text/html\r\n", OFFER, 406, NULL, NULL },
  { "accept-refused", "POST", "/whep", SDP "Accept: application/sdp;q=0\r\n", OFFER, 406, NULL,
      NULL },
  { "no-type", "POST", "/whep", "", OFFER, 415, "Accept-Post", "application/sdp" },
  { "wrong-type", "POST", "/whep", "Content-Type: text/plain\r\n", OFFER, 415, "Accept-Post",
      "application/sdp" },
  { "gzip", "POST", "/whep", SDP "Content-Encoding: gzip\r\n", OFFER, 415, NULL, NULL },
  { "empty-body", "POST", "/whep", SDP, "", 400, NULL, NULL },
  { "not-sdp", "POST", "/whep", SDP, "hello", 400, NULL, NULL },
  { "no-section", "POST", "/whep", SDP, "v=0\r\no=- 1 1 IN IP4 0.0.0.0\r\ns=-\r\nt=0 0\r\n", 400,
      "Location", NULL },
  { "get", "GET", "/whep", "", "", 405, "Allow", "POST" },
  { "head", "HEAD", "/whep", "", "", 405, "Allow", "POST" },
  { "put", "PUT", "/whep", SDP, OFFER, 405, "Allow", "POST" },
  { "delete-endpoint", "DELETE", "/whep", "", "", 405, "Allow", "POST" },
  { "patch-endpoint", "PATCH", "/whep", FRAGMENT, TRICKLE, 405, "Allow", "POST" },
  { "unknown-method", "BREW", "/whep", "", "", 405, "Allow", "POST" },
  { "unknown-path", "POST", "/whop", SDP, OFFER, 405, "Allow", "GET" },
  { "nothing-there", "GET", "/whop", "", "", 404, NULL, NULL },
  { "options", "OPTIONS", "/whep", "", "", 204, "Accept-Post", "application/sdp" },
  { "options-allow", "OPTIONS", "/whep", "", "", 204, "Allow", "POST, OPTIONS" },
  { "options-no-link", "OPTIONS", "/whep", "", "", 204, "Link", NULL },
};

static const WishRow session_rows[] = {
  { "options", "OPTIONS", "{S}", "", "", 204, "Allow", "PATCH, DELETE" },
  { "get", "GET", "{S}", "", "", 405, "Allow", "PATCH, DELETE" },
  { "head", "HEAD", "{S}", "", "", 405, "Allow", "DELETE" },
  { "post", "POST", "{S}", SDP, OFFER, 405, "Allow", "DELETE" },
  { "put", "PUT", "{S}", SDP, OFFER, 405, "Allow", "DELETE" },
  { "trickle", "PATCH", "{S}", FRAGMENT "If-Match: {E}\r\n", TRICKLE, 204, "ETag", NULL },
  { "trickle-in-list", "PATCH", "{S}", FRAGMENT "If-Match: \"x\", {E}\r\n", TRICKLE, 204, NULL,
      NULL },
  { "trickle-any", "PATCH", "{S}", FRAGMENT "If-Match: *\r\n", TRICKLE, 204, "ETag", NULL },
  { "trickle-weak-tag", "PATCH", "{S}", FRAGMENT "If-Match: W/{E}\r\n", TRICKLE, 412, NULL, NULL },
  { "no-if-match", "PATCH", "{S}", FRAGMENT, TRICKLE, 428, NULL, NULL },
  { "stale", "PATCH", "{S}", FRAGMENT "If-Match: \"stale\"\r\n", TRICKLE, 412, NULL, NULL },
  { "patch-type", "PATCH", "{S}", SDP "If-Match: {E}\r\n", OFFER, 415, "Accept-Patch",
      "application/trickle-ice-sdpfrag" },
  { "patch-empty", "PATCH", "{S}", FRAGMENT "If-Match: {E}\r\n", "", 400, NULL, NULL },
  { "patch-malformed", "PATCH", "{S}", FRAGMENT "If-Match: {E}\r\n", "nonsense", 400, NULL, NULL },
  { "other-credentials-old-tag", "PATCH", "{S}", FRAGMENT "If-Match: {E}\r\n", RESTART, 412, NULL,
      NULL },
  { "restart", "PATCH", "{S}", FRAGMENT "If-Match: *\r\n", RESTART, 200, "Content-Type",
      "application/trickle-ice-sdpfrag" },
  { "delete", "DELETE", "{S}", "", "", 200, NULL, NULL },
  { "delete-stale-tag", "DELETE", "{S}", "If-Match: \"stale\"\r\n", "", 200, NULL, NULL },
  { "unknown-session", "DELETE", "{S}x", "", "", 404, NULL, NULL },
  { "unknown-patch", "PATCH", "{S}x", FRAGMENT "If-Match: {E}\r\n", TRICKLE, 404, NULL, NULL },
  { "other-case", "DELETE", "/WHEP/abc", "", "", 405, NULL, NULL },
  { "encoded-dots-lead-nowhere", "DELETE", "/whep/%2e%2e/x", "", "", 405, NULL, NULL },
  { "encoded-nul", "DELETE", "/whep/%00", "", "", 400, NULL, NULL },
  { "encoded-slash", "DELETE", "/whep%2fx", "", "", 400, NULL, NULL },
};

static void
test_endpoint (WishFixture *f, gconstpointer data)
{
  wish_fixture_start (f);
  for (guint i = 0; i < G_N_ELEMENTS (open_rows); i++)
    wish_check_row (f, &open_rows[i]);
}

static void
test_session (WishFixture *f, gconstpointer data)
{
  wish_fixture_start (f);
  for (guint i = 0; i < G_N_ELEMENTS (session_rows); i++) {
    wish_open_session (f, SDP);
    wish_check_row (f, &session_rows[i]);
  }
}

/* -- What happens to sessions -------------------------------------------------------------------
 */

static void
test_story (WishFixture *f, gconstpointer data)
{
  guint n;

  f->behaviour = ANSWER_LATER;
  wish_fixture_start (f);
  wish_open_session (f, SDP);
  http_response_free (wish_call (f, "PATCH", "{S}", FRAGMENT "If-Match: {E}\r\n", TRICKLE));
  g_object_get (f->signaller, "n-sessions", &n, NULL);
  g_assert_cmpuint (n, ==, 1);
  http_response_free (wish_call (f, "DELETE", "{S}", "", ""));
  g_object_get (f->signaller, "n-sessions", &n, NULL);
  g_assert_cmpuint (n, ==, 0);
  g_assert_cmpstr (
      f->story->str, ==, "requested(127.0.0.1) ice(0,0," CANDIDATE ") ice(0,0,) ended(-) ");
}

static void
test_answer_is_complete (WishFixture *f, gconstpointer data)
{
  g_autoptr (HttpResponse) response = NULL;

  wish_fixture_start (f);
  response = wish_call (f, "POST", "/whep", SDP, OFFER);
  g_assert_cmpuint (response->status, ==, 201);
  g_assert_nonnull (strstr (response->body, "a=setup:passive\r\n"));
  g_assert_nonnull (strstr (response->body, "a=" CANDIDATE "\r\n"));
  g_assert_false (gst_rtc_signaller_can_trickle (f->signaller));
}

static void
test_refusals (WishFixture *f, gconstpointer data)
{
  wish_fixture_start (f);
  wish_check_refusals (f);
}

static void
test_no_answer (WishFixture *f, gconstpointer data)
{
  g_autoptr (HttpResponse) response = NULL;

  f->behaviour = SILENT;
  g_object_set (f->signaller, "answer-timeout", 100, NULL);
  wish_fixture_start (f);
  response = wish_call (f, "POST", "/whep", SDP, OFFER);
  g_assert_cmpuint (response->status, ==, 504);
  g_assert_cmpstr (f->story->str, ==, "requested(127.0.0.1) ended(no answer in time) ");
}

/* RFC 9725 4.3.3: a restart brings new credentials under a new tag; a failed one changes nothing.
 */
static void
test_restart (WishFixture *f, gconstpointer data)
{
  g_autoptr (HttpResponse) refused = NULL, late = NULL, restarted = NULL;
  g_autofree gchar *etag = NULL;

  g_object_set (f->signaller, "answer-timeout", 100, NULL);
  wish_fixture_start (f);
  wish_open_session (f, SDP);

  f->behaviour = REFUSE;
  f->refusal = RTC_ERR_UNSUPPORTED;
  refused = wish_call (f, "PATCH", "{S}", FRAGMENT "If-Match: *\r\n", RESTART);
  g_assert_cmpuint (refused->status, ==, 422);
  f->behaviour = SILENT;
  late = wish_call (f, "PATCH", "{S}", FRAGMENT "If-Match: *\r\n", RESTART);
  g_assert_cmpuint (late->status, ==, 504);
  wish_check_row (f, &session_rows[5]); /* trickling under the old tag still works */

  g_string_truncate (f->story, 0);
  f->behaviour = ANSWER_LATER;
  restarted = wish_call (f, "PATCH", "{S}", FRAGMENT "If-Match: *\r\n", RESTART);
  g_assert_cmpuint (restarted->status, ==, 200);
  g_assert_cmpstr (f->story->str, ==, "restart(newu,1 1 udp 2130706431 127.0.0.1 40000 typ host) ");
  etag = http_response_dup_header (restarted, "ETag");
  g_assert_cmpstr (etag, !=, f->etag);
  g_assert_nonnull (strstr (restarted->body, "a=ice-ufrag:serv\r\n"));
  g_assert_nonnull (strstr (restarted->body, "a=" CANDIDATE "\r\n"));
  wish_check_row (
      f, &(WishRow){ "old-tag", "PATCH", "{S}", FRAGMENT "If-Match: {E}\r\n", TRICKLE, 412 });
}

static void
test_cap (WishFixture *f, gconstpointer data)
{
  g_autoptr (HttpResponse) over = NULL;
  g_autofree gchar *retry = NULL;

  g_object_set (f->signaller, "max-sessions", 2, NULL);
  wish_fixture_start (f);
  wish_open_session (f, SDP);
  wish_open_session (f, SDP);
  over = wish_call (f, "POST", "/whep", SDP, OFFER);
  g_assert_cmpuint (over->status, ==, 503);
  retry = http_response_dup_header (over, "Retry-After");
  g_assert_nonnull (retry);
  http_response_free (wish_call (f, "DELETE", "{S}", "", ""));
  wish_open_session (f, SDP);
  g_object_set (f->signaller, "max-sessions", 3, NULL);
  wish_open_session (f, SDP);
}

/* -- Who may
 * --------------------------------------------------------------------------------------*/

static void
test_auth (WishFixture *f, gconstpointer data)
{
  static const WishRow rows[] = {
    { "none", "POST", "/whep", SDP, OFFER, 401, "WWW-Authenticate", "Bearer realm=" },
    { "no-link", "POST", "/whep", SDP, OFFER, 401, "Link", NULL },
    { "wrong", "POST", "/whep", SDP "Authorization: Bearer wrong\r\n", OFFER, 401,
        "WWW-Authenticate", "invalid_token" },
    { "longer", "POST", "/whep", SDP "Authorization: Bearer " TOKEN "x\r\n", OFFER, 401, NULL,
        NULL },
    { "other-case", "POST", "/whep", SDP "Authorization: Bearer S3CRET-TOKEN\r\n", OFFER, 401, NULL,
        NULL },
    { "basic", "POST", "/whep", SDP "Authorization: Basic " TOKEN "\r\n", OFFER, 401, NULL, NULL },
    { "right", "POST", "/whep", SDP BEARER, OFFER, 201, "Link", "stun:" },
    { "scheme-in-capitals", "POST", "/whep", SDP "Authorization: BEARER " TOKEN "\r\n", OFFER, 201,
        NULL, NULL },
    { "options-without", "OPTIONS", "/whep", "", "", 204, "Link", NULL },
    { "patch-without", "PATCH", "{S}", FRAGMENT "If-Match: {E}\r\n", TRICKLE, 401, NULL, NULL },
    { "delete-without", "DELETE", "{S}", "", "", 401, NULL, NULL },
    { "list-without", "GET", "/streams", "", "", 401, "WWW-Authenticate", "Bearer" },
    { "list", "GET", "/streams", BEARER, "", 200, "Content-Type", "application/json" },
    { "page", "GET", "/", "", "", 200, "Content-Security-Policy", "default-src 'self'" },
    { "patch", "PATCH", "{S}", FRAGMENT BEARER "If-Match: {E}\r\n", TRICKLE, 204, NULL, NULL },
    { "delete", "DELETE", "{S}", BEARER, "", 200, NULL, NULL },
  };
  GError *error = NULL;

  g_object_set (f->signaller, "auth-token", TOKEN, "allowed-origins", "*", NULL);
  g_assert_false (gst_rtc_signaller_start (f->signaller, f->context, &error));
  g_assert_error (error, RTC_ERROR, -RTC_ERR_UNSUPPORTED);
  g_clear_error (&error);

  g_object_set (f->signaller, "allowed-origins", NULL, NULL);
  wish_fixture_start (f);
  wish_open_session (f, SDP BEARER);
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    wish_check_row (f, &rows[i]);
}

static void
test_brute_force (WishFixture *f, gconstpointer data)
{
  guint refused = 0, limited = 0;

  g_object_set (f->signaller, "auth-token", TOKEN, NULL);
  wish_fixture_start (f);
  for (guint i = 0; i < 40; i++) {
    g_autoptr (HttpResponse) response =
        wish_call (f, "POST", "/whep", SDP "Authorization: Bearer guess\r\n", OFFER);

    refused += response->status == 401;
    limited += response->status == 429;
  }
  g_assert_cmpuint (refused + limited, ==, 40);
  g_assert_cmpuint (refused, <=, 15); /* a burst of 10, and 5 a second */
  wish_check_row (f,
      &(WishRow){ "right-but-late", "POST", "/whep", SDP BEARER, OFFER, 429, "Retry-After", "1" });
  g_assert_cmpstr (f->story->str, ==, "");
}

static void
test_origin (WishFixture *f, gconstpointer data)
{
#define PREFLIGHT "Access-Control-Request-Method: POST\r\n"
  static const WishRow rows[] = {
    { "none", "POST", "/whep", SDP, OFFER, 201, "Access-Control-Allow-Origin", NULL },
    { "listed", "POST", "/whep", SDP "Origin: " PAGE_ORIGIN "\r\n", OFFER, 201,
        "Access-Control-Allow-Origin", PAGE_ORIGIN },
    { "listed-exposes", "POST", "/whep", SDP "Origin: " PAGE_ORIGIN "\r\n", OFFER, 201,
        "Access-Control-Expose-Headers", "Location" },
    { "listed-varies", "POST", "/whep", SDP "Origin: " PAGE_ORIGIN "\r\n", OFFER, 201, "Vary",
        "Origin" },
    { "foreign", "POST", "/whep", SDP "Origin: https://evil.example\r\n", OFFER, 403,
        "Access-Control-Allow-Origin", NULL },
    { "null", "POST", "/whep", SDP "Origin: null\r\n", OFFER, 403, NULL, NULL },
    { "prefix", "POST", "/whep", SDP "Origin: " PAGE_ORIGIN ".evil.example\r\n", OFFER, 403, NULL,
        NULL },
    { "other-scheme", "POST", "/whep", SDP "Origin: http://page.example\r\n", OFFER, 403, NULL,
        NULL },
    { "other-port", "POST", "/whep", SDP "Origin: http://127.0.0.1:1\r\n", OFFER, 403, NULL, NULL },
    { "preflight", "OPTIONS", "/whep", PREFLIGHT "Origin: " PAGE_ORIGIN "\r\n", "", 204,
        "Access-Control-Allow-Headers", "Authorization" },
    { "preflight-methods", "OPTIONS", "/whep/x", PREFLIGHT "Origin: " PAGE_ORIGIN "\r\n", "", 204,
        "Access-Control-Allow-Methods", "PATCH" },
    { "preflight-no-link", "OPTIONS", "/whep", PREFLIGHT "Origin: " PAGE_ORIGIN "\r\n", "", 204,
        "Link", NULL },
    { "preflight-foreign", "OPTIONS", "/whep", PREFLIGHT "Origin: https://evil.example\r\n", "",
        403, "Access-Control-Allow-Methods", NULL },
  };
  g_autofree gchar *own = NULL;

  wish_fixture_start (f);
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    wish_check_row (f, &rows[i]);
  own = g_strdup_printf (SDP "Origin: http://127.0.0.1:%u\r\n", f->port);
  wish_check_row (f, &(WishRow){ "own", "POST", "/whep", own, OFFER, 201, NULL, NULL });
}

/* -- Streams ------------------------------------------------------------------------------------
 */

static void
test_two_streams (WishFixture *f, gconstpointer data)
{
  GstRtcSignaller *door = gst_rtc_whep_server_signaller_new ();
  GstRtcSignaller *twin = gst_rtc_whep_server_signaller_new ();
  g_autoptr (HttpResponse) list = NULL;
  g_autoptr (HttpResponse) rest = NULL;
  g_autofree gchar *address = NULL, *endpoint = NULL;
  GError *error = NULL;

  /* Port 0 is nobody's: free it and take the same one by number. */
  wish_fixture_start (f);
  gst_rtc_signaller_stop (f->signaller);
  address = g_strdup_printf ("http://127.0.0.1:%u", f->port);
  g_object_set (f->signaller, "host-addr", address, "title", "Front <b>\"yard\"</b>", NULL);
  wish_fixture_start (f);
  g_object_set (door, "host-addr", address, "stream-name", "door", NULL);
  g_object_set (twin, "host-addr", address, "stream-name", "door", NULL);
  g_assert_true (gst_rtc_signaller_start (door, f->context, NULL));
  g_assert_false (gst_rtc_signaller_start (twin, f->context, &error));
  g_assert_error (error, RTC_ERROR, -RTC_ERR_STATE);
  g_clear_error (&error);
  g_object_get (door, "endpoint-url", &endpoint, NULL);
  g_assert_true (g_str_has_suffix (endpoint, "/whep/door"));

  list = wish_call (f, "GET", "/streams", "", "");
  g_assert_cmpstr (list->body, ==,
      "{\"streams\":[{\"name\":\"\",\"title\":\"Front \\u003cb\\u003e\\u0022yard\\u0022\\u003c/b"
      "\\u003e\",\"endpoint\":\"/whep\"},{\"name\":\"door\",\"title\":\"door\",\"endpoint\":"
      "\"/whep/door\"}]}\n");
  wish_open_session (f, SDP);
  wish_check_row (f, &(WishRow){ "delete", "DELETE", "{S}", "", "", 200, NULL, NULL });

  /* The one that leaves does not take the server away from the other, and leaves the list also when
   * it was given another name meanwhile. */
  g_object_set (f->signaller, "stream-name", "later", NULL);
  gst_rtc_signaller_stop (f->signaller);
  rest = wish_call (f, "GET", "/streams", "", "");
  g_assert_cmpstr (rest->body, ==,
      "{\"streams\":[{\"name\":\"door\",\"title\":\"door\",\"endpoint\":\"/whep/door\"}]}\n");
  wish_check_row (f, &(WishRow){ "default-gone", "POST", "/whep", SDP, OFFER, 405, NULL, NULL });
  wish_check_row (f, &(WishRow){ "door-stays", "GET", "/whep/door", "", "", 405, "Allow", "POST" });
  gst_rtc_signaller_stop (door);
  g_object_unref (door);
  g_object_unref (twin);
}

static void
test_stop_answers (WishFixture *f, gconstpointer data)
{
  guint16 port;

  f->behaviour = ANSWER_NOW;
  wish_fixture_start (f);
  wish_open_session (f, SDP);
  port = f->port;
  gst_rtc_signaller_stop (f->signaller);
  {
    g_autoptr (HttpResponse) response = http_request (
        f->context, port, "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n", -1, FALSE, 500);

    g_assert_cmpuint (response->status, ==, 0);
  }
  wish_fixture_start (f);
  wish_open_session (f, SDP);
}

static void
test_link_field (void)
{
  static const struct {
    const gchar *uri, *field; /* NULL: no field */
  } rows[] = {
    { "stun://stun.example:3478", "<stun:stun.example:3478>; rel=\"ice-server\"" },
    { "turn://u:p%22@[2001:db8::1]:5349?transport=tcp",
        "<turn:[2001:db8::1]:5349?transport=tcp>; rel=\"ice-server\"; username=\"u\"; "
        "credential=\"p\\\"\"; credential-type=\"password\"" },
    { "turns://a%3Eb@turn.example",
        "<turns:turn.example>; rel=\"ice-server\"; username=\"a>b\"; credential=\"\"; "
        "credential-type=\"password\"" },
    { "http://stun.example", NULL },
    { "stun://", NULL },
    { "stun://a\r\nSet-Cookie: b", NULL },
    { "stun://a%3E%3B.example", NULL },
    { "turn://u%0d%0aSet-Cookie:p@turn.example", NULL },
    { "turn://u:p%0a@turn.example", NULL },
    { "turn://u:p@turn.example?%0d%0ax", NULL },
    { "turn://u:p@turn.example?a>b", NULL },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    gchar *field = rtc_wish_link_header (rows[i].uri);

    g_assert_cmpstr (field, ==, rows[i].field);
    g_free (field);
  }
}

int
main (int argc, char **argv)
{
  gst_init (&argc, &argv);
  g_test_init (&argc, &argv, NULL);

#define ADD(name, function)                                                                        \
  g_test_add ("/whep/" name, WishFixture, NULL, set_up, function, tear_down)
  g_test_add_func ("/whep/link-field", test_link_field);
  ADD ("endpoint", test_endpoint);
  ADD ("session", test_session);
  ADD ("story", test_story);
  ADD ("answer-is-complete", test_answer_is_complete);
  ADD ("refusals", test_refusals);
  ADD ("no-answer", test_no_answer);
  ADD ("restart", test_restart);
  ADD ("cap", test_cap);
  ADD ("auth", test_auth);
  ADD ("brute-force", test_brute_force);
  ADD ("origin", test_origin);
  ADD ("two-streams", test_two_streams);
  ADD ("stop", test_stop_answers);
  return run_tests ();
}
