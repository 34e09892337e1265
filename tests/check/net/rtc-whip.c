/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* rtc-whip.c - WHIP conformance (RFC 9725): every status and field, and what callers send that no
 * caller should, against the signaller with an element that answers canned SDP. */
#include "ext/http/gstrtcwhipserversignaller.h"

#include <glib/gstdio.h>
#include <string.h>
#include "ext/http/gstrtcwhepserversignaller.h"
#include "tests/check/net/wish-fixture.h"
#include "tests/check/run-tests.h"

#define OFFER SDP_HEAD SDP_BODY ("clie", "actpass", "sendonly")
#define ANSWER SDP_HEAD SDP_BODY ("serv", "passive", "recvonly")
#define SECTION "m=video 9 UDP/TLS/RTP/SAVPF 96\r\nc=IN IP4 0.0.0.0\r\na=mid:0\r\na=rtcp-mux\r\n"
#define VP8 "a=setup:actpass\r\na=sendonly\r\na=rtpmap:96 VP8/90000\r\n"
#define NO_FINGERPRINT SDP_HEAD SECTION CREDENTIALS ("clie") VP8
#define NO_ICE SDP_HEAD SECTION FINGERPRINT VP8
#define NO_PASSWORD SDP_HEAD SECTION FINGERPRINT "a=ice-ufrag:clie\r\n" VP8
#define NO_SECTION "v=0\r\no=- 1 1 IN IP4 0.0.0.0\r\ns=-\r\nt=0 0\r\n"
#define SESSION_LEVEL                                                                              \
  NO_SECTION CREDENTIALS ("clie") FINGERPRINT "a=sendonly\r\n" SECTION                             \
                                              "a=setup:actpass\r\na=rtpmap:96 VP8/90000\r\n"
#define ONLY_DATA                                                                                  \
  SDP_HEAD "m=application 9 UDP/DTLS/SCTP webrtc-datachannel\r\nc=IN IP4 0.0.0.0\r\na=mid:0\r\n"   \
           "a=sctp-port:5000\r\n" CREDENTIALS ("clie") FINGERPRINT "a=setup:actpass\r\n"

/* -- Fixture: WHIP, in an empty working directory that must stay empty --------------------------
 */

typedef struct {
  WishFixture wish;
  gchar *folder, *before;
} Fixture;

static void
set_up (Fixture *f, gconstpointer data)
{
  f->before = g_get_current_dir ();
  f->folder = g_dir_make_tmp ("rtc-whip-XXXXXX", NULL);
  g_assert_cmpint (g_chdir (f->folder), ==, 0);
  wish_fixture_set_up (&f->wish, gst_rtc_whip_server_signaller_new (), "/whip", OFFER);
  f->wish.answer = ANSWER;
}

static void
tear_down (Fixture *f, gconstpointer data)
{
  wish_fixture_tear_down (&f->wish);
  g_assert_cmpint (g_chdir (f->before), ==, 0);
  g_assert_cmpint (g_rmdir (f->folder), ==, 0); /* fails when anything is in it */
  g_free (f->folder);
  g_free (f->before);
}

/* -- The table ----------------------------------------------------------------------------------
 */

static const WishRow open_rows[] = {
  /* RFC 9725 4.2: the session's birth */
  { "offer", "POST", "/whip", SDP, OFFER, 201, "Content-Type", "application/sdp" },
  { "answer-has-location", "POST", "/whip", SDP, OFFER, 201, "Location", "/whip/" },
  { "answer-has-etag", "POST", "/whip", SDP, OFFER, 201, "ETag", "\"" },
  { "answer-has-link", "POST", "/whip", SDP, OFFER, 201, "Link",
      "<stun:stun.example:3478>; rel=\"ice-server\"" },
  { "answer-takes-patches", "POST", "/whip", SDP, OFFER, 201, "Accept-Patch",
      "application/trickle-ice-sdpfrag" },
  { "answer-is-not-stored", "POST", "/whip", SDP, OFFER, 201, "Cache-Control", "no-store" },
  { "no-redirect", "POST", "/whip?name=x&next=http://127.0.0.1/", SDP, OFFER, 201, "Location",
      "/whip/" },
  { "session-level-attributes", "POST", "/whip", SDP, SESSION_LEVEL, 201, NULL, NULL },
  { "sendrecv", "POST", "/whip", SDP, SDP_HEAD SDP_BODY ("clie", "actpass", "sendrecv"), 201, NULL,
      NULL },
  { "type-with-parameter", "POST", "/whip", "Content-Type: application/sdp; charset=utf-8\r\n",
      OFFER, 201, NULL, NULL },
  { "accept-anything", "POST", "/whip", SDP "Accept: */*\r\n", OFFER, 201, NULL, NULL },
  { "accept-other", "POST", "/whip", SDP "Accept: text/html\r\n", OFFER, 406, "Location", NULL },
  /* malformed */
  { "no-type", "POST", "/whip", "", OFFER, 415, "Accept-Post", "application/sdp" },
  { "wrong-type", "POST", "/whip", "Content-Type: text/plain\r\n", OFFER, 415, "Accept-Post",
      "application/sdp" },
  { "fragment", "POST", "/whip", FRAGMENT, TRICKLE, 415, "Accept-Post", "application/sdp" },
  { "gzip", "POST", "/whip", SDP "Content-Encoding: gzip\r\n", OFFER, 415, NULL, NULL },
  { "empty-body", "POST", "/whip", SDP, "", 400, "Location", NULL },
  { "not-sdp", "POST", "/whip", SDP, "hello", 400, NULL, NULL },
  { "no-section", "POST", "/whip", SDP, NO_SECTION, 400, "Location", NULL },
  { "no-fingerprint", "POST", "/whip", SDP, NO_FINGERPRINT, 400, "Location", NULL },
  { "no-ice", "POST", "/whip", SDP, NO_ICE, 400, "Location", NULL },
  { "no-ice-password", "POST", "/whip", SDP, NO_PASSWORD, 400, "Location", NULL },
  { "recvonly", "POST", "/whip", SDP, SDP_HEAD SDP_BODY ("clie", "actpass", "recvonly"), 400,
      "Location", NULL },
  { "inactive", "POST", "/whip", SDP, SDP_HEAD SDP_BODY ("clie", "actpass", "inactive"), 400, NULL,
      NULL },
  { "only-data", "POST", "/whip", SDP, ONLY_DATA, 400, NULL, NULL },
  /* methods: 4.1 keeps GET, HEAD and PUT for later */
  { "get", "GET", "/whip", "", "", 405, "Allow", "POST, OPTIONS" },
  { "head", "HEAD", "/whip", "", "", 405, "Allow", "POST" },
  { "put", "PUT", "/whip", SDP, OFFER, 405, "Allow", "POST" },
  { "delete-endpoint", "DELETE", "/whip", "", "", 405, "Allow", "POST" },
  { "patch-endpoint", "PATCH", "/whip", FRAGMENT, TRICKLE, 405, "Allow", "POST" },
  { "unknown-method", "BREW", "/whip", "", "", 405, "Allow", "POST" },
  { "options", "OPTIONS", "/whip", "", "", 204, "Accept-Post", "application/sdp" },
  { "options-allow", "OPTIONS", "/whip", "", "", 204, "Allow", "POST, OPTIONS" },
  { "options-no-link", "OPTIONS", "/whip", "", "", 204, "Link", NULL },
  /* paths that lead nowhere */
  { "dots", "POST", "/whip/../../etc/passwd", SDP, OFFER, 405, "Location", NULL },
  { "encoded-dots", "POST", "/whip/%2e%2e/etc/passwd", SDP, OFFER, 405, NULL, NULL },
  { "encoded-slash", "POST", "/whip%2fx", SDP, OFFER, 400, NULL, NULL },
  { "encoded-nul", "DELETE", "/whip/%00", "", "", 400, NULL, NULL },
  { "escape-in-path", "DELETE", "/whip/%1b%5b2J", "", "", 400, NULL, NULL },
  { "other-case", "POST", "/WHIP", SDP, OFFER, 405, "Allow", "GET" },
  { "no-whep-here", "POST", "/whep", SDP, OFFER, 405, "Allow", "GET" },
  /* names are never paths */
  { "traversal-as-name", "POST", "/whip?name=../../x", SDP, OFFER, 201, "Location", "/whip/" },
  { "encoded-traversal-as-name", "POST", "/whip?name=%2e%2e%2f%2e%2e%2fx", SDP, OFFER, 201, NULL,
      NULL },
  { "malformed-name", "POST", "/whip?name=%zz", SDP, OFFER, 400, "Location", NULL },
  { "name-of-a-stream", "POST", "/whip/..%2f?name=x", SDP, OFFER, 400, NULL, NULL },
};

static const WishRow session_rows[] = {
  { "options", "OPTIONS", "{S}", "", "", 204, "Allow", "PATCH, DELETE, OPTIONS" },
  { "get", "GET", "{S}", "", "", 405, "Allow", "PATCH, DELETE" },
  { "head", "HEAD", "{S}", "", "", 405, "Allow", "PATCH, DELETE" },
  { "put", "PUT", "{S}", SDP, OFFER, 405, "Allow", "PATCH, DELETE" },
  { "another-offer", "POST", "{S}", SDP, OFFER, 405, "Allow", "PATCH, DELETE" },
  /* 4.3.1: candidates */
  { "trickle", "PATCH", "{S}", FRAGMENT "If-Match: {E}\r\n", TRICKLE, 204, "ETag", NULL },
  { "trickle-in-list", "PATCH", "{S}", FRAGMENT "If-Match: \"x\", {E}\r\n", TRICKLE, 204, NULL,
      NULL },
  { "trickle-with-query", "PATCH", "{S}?name=later", FRAGMENT "If-Match: {E}\r\n", TRICKLE, 204,
      NULL, NULL },
  { "trickle-weak-tag", "PATCH", "{S}", FRAGMENT "If-Match: W/{E}\r\n", TRICKLE, 412, NULL, NULL },
  { "no-if-match", "PATCH", "{S}", FRAGMENT, TRICKLE, 428, "ETag", NULL },
  { "stale", "PATCH", "{S}", FRAGMENT "If-Match: \"stale\"\r\n", TRICKLE, 412, "ETag", NULL },
  { "empty-if-match", "PATCH", "{S}", FRAGMENT "If-Match: \r\n", TRICKLE, 412, NULL, NULL },
  { "absurd-if-match", "PATCH", "{S}", FRAGMENT "If-Match: ,,,\"\",\",*\",W/*,''\r\n", TRICKLE, 412,
      NULL, NULL },
  { "patch-type", "PATCH", "{S}", SDP "If-Match: {E}\r\n", OFFER, 415, "Accept-Patch",
      "application/trickle-ice-sdpfrag" },
  { "patch-empty", "PATCH", "{S}", FRAGMENT "If-Match: {E}\r\n", "", 400, NULL, NULL },
  { "patch-malformed", "PATCH", "{S}", FRAGMENT "If-Match: {E}\r\n", "nonsense", 400, NULL, NULL },
  /* 4.3.2: ICE restarts */
  { "other-credentials-old-tag", "PATCH", "{S}", FRAGMENT "If-Match: {E}\r\n", RESTART, 412, NULL,
      NULL },
  { "restart", "PATCH", "{S}", FRAGMENT "If-Match: *\r\n", RESTART, 200, "Content-Type",
      "application/trickle-ice-sdpfrag" },
  { "restart-has-a-tag", "PATCH", "{S}", FRAGMENT "If-Match: *\r\n", RESTART, 200, "ETag", "\"" },
  /* 4.2: entity tags do not matter for DELETE */
  { "delete", "DELETE", "{S}", "", "", 200, NULL, NULL },
  { "delete-stale-tag", "DELETE", "{S}", "If-Match: \"stale\"\r\n", "", 200, NULL, NULL },
  { "delete-none-match", "DELETE", "{S}", "If-None-Match: *\r\n", "", 200, NULL, NULL },
  { "unknown-session", "DELETE", "{S}x", "", "", 404, NULL, NULL },
  { "unknown-patch", "PATCH", "{S}x", FRAGMENT "If-Match: {E}\r\n", TRICKLE, 404, NULL, NULL },
  { "below-a-session", "DELETE", "{S}/x", "", "", 404, NULL, NULL },
};

static void
test_endpoint (Fixture *f, gconstpointer data)
{
  wish_fixture_start (&f->wish);
  for (guint i = 0; i < G_N_ELEMENTS (open_rows); i++)
    wish_check_row (&f->wish, &open_rows[i]);
  /* Who was refused by HTTP, the element never heard of. */
  g_assert_null (strstr (f->wish.story->str, "ended"));
}

static void
test_session (Fixture *f, gconstpointer data)
{
  wish_fixture_start (&f->wish);
  for (guint i = 0; i < G_N_ELEMENTS (session_rows); i++) {
    wish_open_session (&f->wish, SDP);
    wish_check_row (&f->wish, &session_rows[i]);
  }
}

/* A session is gone for everything once it is. */
static void
test_gone (Fixture *f, gconstpointer data)
{
  static const WishRow rows[] = {
    { "delete", "DELETE", "{S}", "", "", 200, NULL, NULL },
    { "again", "DELETE", "{S}", "", "", 404, NULL, NULL },
    { "trickle", "PATCH", "{S}", FRAGMENT "If-Match: {E}\r\n", TRICKLE, 404, NULL, NULL },
    { "restart", "PATCH", "{S}", FRAGMENT "If-Match: *\r\n", RESTART, 404, NULL, NULL },
  };

  wish_fixture_start (&f->wish);
  wish_open_session (&f->wish, SDP);
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    wish_check_row (&f->wish, &rows[i]);
  g_assert_cmpstr (f->wish.story->str, ==, "requested(127.0.0.1) ended(-) ");
}

/* 4.3.2: a failed restart keeps the session, its tag and its candidates. */
static void
test_restart (Fixture *f, gconstpointer data)
{
  static const WishRow restart = { "restart", "PATCH", "{S}", FRAGMENT "If-Match: *\r\n", RESTART,
    422, "ETag", NULL };
  static const WishRow late = { "late", "PATCH", "{S}", FRAGMENT "If-Match: *\r\n", RESTART, 504,
    "ETag", NULL };
  static const WishRow trickle = { "trickle", "PATCH", "{S}", FRAGMENT "If-Match: {E}\r\n", TRICKLE,
    204, "ETag", NULL };
  static const WishRow old = { "old-tag", "PATCH", "{S}", FRAGMENT "If-Match: {E}\r\n", TRICKLE,
    412 };
  g_autoptr (HttpResponse) restarted = NULL;
  g_autofree gchar *etag = NULL;
  WishFixture *wish = &f->wish;

  g_object_set (wish->signaller, "answer-timeout", 100, NULL);
  wish_fixture_start (wish);
  wish_open_session (wish, SDP);
  wish->behaviour = REFUSE;
  wish->refusal = RTC_ERR_UNSUPPORTED;
  wish_check_row (wish, &restart);
  wish->behaviour = SILENT;
  wish_check_row (wish, &late);
  wish_check_row (wish, &trickle);

  wish->behaviour = ANSWER_LATER;
  restarted = wish_call (wish, "PATCH", "{S}", FRAGMENT "If-Match: *\r\n", RESTART);
  g_assert_cmpuint (restarted->status, ==, 200);
  etag = http_response_dup_header (restarted, "ETag");
  g_assert_cmpstr (etag, !=, wish->etag);
  g_assert_nonnull (strstr (restarted->body, "a=ice-ufrag:serv\r\n"));
  wish_check_row (wish, &old);
}

static void
test_refusals (Fixture *f, gconstpointer data)
{
  wish_fixture_start (&f->wish);
  wish_check_refusals (&f->wish);
}

static void
test_cap (Fixture *f, gconstpointer data)
{
  static const WishRow over = { "over", "POST", "/whip", SDP, OFFER, 503, "Retry-After", "5" };
  static const WishRow leave = { "leave", "DELETE", "{S}", "", "", 200 };
  guint n;

  g_object_set (f->wish.signaller, "max-sessions", 2, NULL);
  wish_fixture_start (&f->wish);
  wish_open_session (&f->wish, SDP);
  wish_open_session (&f->wish, SDP);
  wish_check_row (&f->wish, &over);
  g_object_get (f->wish.signaller, "n-sessions", &n, NULL);
  g_assert_cmpuint (n, ==, 2);
  wish_check_row (&f->wish, &leave);
  wish_open_session (&f->wish, SDP);
}

/* -- Who may, and who learns what ---------------------------------------------------------------
 */

static void
set_turn (Fixture *f)
{
  GValue list = G_VALUE_INIT, uri = G_VALUE_INIT;

  g_value_init (&list, GST_TYPE_ARRAY);
  g_value_init (&uri, G_TYPE_STRING);
  g_value_set_string (&uri, "turn://user:pw-of-turn@turn.example:3478");
  gst_value_array_append_and_take_value (&list, &uri);
  g_object_set_property (G_OBJECT (f->wish.signaller), "turn-servers", &list);
  g_value_unset (&list);
}

static void
test_auth (Fixture *f, gconstpointer data)
{
  static const WishRow rows[] = {
    { "none", "POST", "/whip", SDP, OFFER, 401, "WWW-Authenticate", "Bearer realm=" },
    { "no-link", "POST", "/whip", SDP, OFFER, 401, "Link", NULL },
    { "wrong", "POST", "/whip", SDP "Authorization: Bearer wrong\r\n", OFFER, 401,
        "WWW-Authenticate", "invalid_token" },
    { "in-the-query", "POST", "/whip?token=" TOKEN "&access_token=" TOKEN, SDP, OFFER, 401, NULL,
        NULL },
    { "right", "POST", "/whip", SDP BEARER, OFFER, 201, "Link", "turn:turn.example:3478" },
    { "with-credentials", "POST", "/whip", SDP BEARER, OFFER, 201, "Link",
        "credential=\"pw-of-turn\"" },
    { "options-without", "OPTIONS", "/whip", "", "", 204, "Link", NULL },
    { "options-with", "OPTIONS", "/whip", BEARER, "", 204, "Link", NULL },
    { "patch-without", "PATCH", "{S}", FRAGMENT "If-Match: {E}\r\n", TRICKLE, 401,
        "WWW-Authenticate", "Bearer" },
    { "restart-without", "PATCH", "{S}", FRAGMENT "If-Match: *\r\n", RESTART, 401, NULL, NULL },
    { "delete-without", "DELETE", "{S}", "", "", 401, "WWW-Authenticate", "Bearer" },
    { "list-without", "GET", "/publish/streams", "", "", 401, "WWW-Authenticate", "Bearer" },
    { "list", "GET", "/publish/streams", BEARER, "", 200, "Content-Type", "application/json" },
    { "patch", "PATCH", "{S}", FRAGMENT BEARER "If-Match: {E}\r\n", TRICKLE, 204, NULL, NULL },
    { "delete", "DELETE", "{S}", BEARER, "", 200, NULL, NULL },
  };

  g_object_set (f->wish.signaller, "auth-token", TOKEN, "stun-server", NULL, NULL);
  set_turn (f);
  wish_fixture_start (&f->wish);
  wish_open_session (&f->wish, SDP BEARER);
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    wish_check_row (&f->wish, &rows[i]);
}

/* Without a token everybody could collect the credentials. */
static void
test_no_turn_for_strangers (Fixture *f, gconstpointer data)
{
  g_autoptr (HttpResponse) response = NULL;

  set_turn (f);
  wish_fixture_start (&f->wish);
  response = wish_call (&f->wish, "POST", "/whip", SDP, OFFER);
  g_assert_cmpuint (response->status, ==, 201);
  g_assert_nonnull (strstr (response->head, "stun:stun.example"));
  g_assert_null (strstr (response->head, "turn.example"));
}

static void
test_origin (Fixture *f, gconstpointer data)
{
#define PREFLIGHT "Access-Control-Request-Method: POST\r\n"
  static const WishRow rows[] = {
    { "listed", "POST", "/whip", SDP "Origin: " PAGE_ORIGIN "\r\n", OFFER, 201,
        "Access-Control-Allow-Origin", PAGE_ORIGIN },
    { "listed-exposes", "POST", "/whip", SDP "Origin: " PAGE_ORIGIN "\r\n", OFFER, 201,
        "Access-Control-Expose-Headers", "Location, ETag, Link" },
    { "foreign", "POST", "/whip", SDP "Origin: https://evil.example\r\n", OFFER, 403,
        "Access-Control-Allow-Origin", NULL },
    { "foreign-delete", "DELETE", "{S}", "Origin: https://evil.example\r\n", "", 403, NULL, NULL },
    { "preflight", "OPTIONS", "/whip", PREFLIGHT "Origin: " PAGE_ORIGIN "\r\n", "", 204,
        "Access-Control-Allow-Headers", "Authorization, Content-Type, If-Match" },
    { "preflight-methods", "OPTIONS", "{S}", PREFLIGHT "Origin: " PAGE_ORIGIN "\r\n", "", 204,
        "Access-Control-Allow-Methods", "PATCH, DELETE" },
    { "preflight-no-link", "OPTIONS", "/whip", PREFLIGHT "Origin: " PAGE_ORIGIN "\r\n", "", 204,
        "Link", NULL },
    { "preflight-foreign", "OPTIONS", "/whip", PREFLIGHT "Origin: https://evil.example\r\n", "",
        403, "Access-Control-Allow-Methods", NULL },
  };

  wish_fixture_start (&f->wish);
  wish_open_session (&f->wish, SDP);
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    wish_check_row (&f->wish, &rows[i]);
}

/* -- Too much -----------------------------------------------------------------------------------
 */

/* A body of "0" digits, as one or in chunks; left counts the bytes. */
typedef struct {
  gsize left;
  gboolean chunked;
} Flood;

static gsize
produce (guint8 *buffer, gsize size, gpointer data)
{
  Flood *flood = data;
  gsize n = MIN (flood->left, 1024);

  g_assert_cmpuint (size, >=, 1100);
  if (n == 0)
    return 0;
  flood->left -= n;
  if (!flood->chunked) {
    memset (buffer, '0', n);
    return n;
  }
  g_snprintf ((gchar *) buffer, size, "%" G_GSIZE_MODIFIER "x\r\n", n);
  size = strlen ((gchar *) buffer);
  memset (buffer + size, '0', n);
  memcpy (buffer + size + n, "\r\n", 2);
  return size + n + 2;
}

static void
test_floods (Fixture *f, gconstpointer data)
{
  static const gchar *const heads[] = {
    "POST /whip HTTP/1.1\r\nHost: localhost\r\n" SDP "Content-Length: 1048576\r\n\r\n",
    "POST /whip HTTP/1.1\r\nHost: localhost\r\n" SDP "Transfer-Encoding: chunked\r\n\r\n",
  };
  GString *tags = g_string_new (FRAGMENT "If-Match: ");
  WishRow row = { "absurd-if-match", "PATCH", "{S}", NULL, TRICKLE, 412, NULL, NULL };

  wish_fixture_start (&f->wish);
  for (guint i = 0; i < G_N_ELEMENTS (heads); i++) {
    Flood flood = { 1 << 20, i == 1 };
    g_autoptr (HttpResponse) response =
        http_upload (f->wish.context, f->wish.port, heads[i], produce, &flood, 5000);

    if (response->status != 0) /* else the reset was faster than the reader */
      g_assert_cmpuint (response->status, ==, 413);
  }
  g_assert_cmpstr (f->wish.story->str, ==, "");

  /* 5000 tags, the last one right: found or not, it takes no time and harms nobody. */
  wish_open_session (&f->wish, SDP);
  for (guint i = 0; i < 5000; i++)
    g_string_append (tags, "\"\",");
  g_string_append (tags, "{E}\r\n");
  row.fields = tags->str;
  wish_check_row (&f->wish, &row);
  row = (WishRow){ "after", "PATCH", "{S}", FRAGMENT "If-Match: {E}\r\n", TRICKLE, 204 };
  wish_check_row (&f->wish, &row);
  g_string_free (tags, TRUE);
}

/* -- As a GstRtcSignaller ------------------------------------------------------------------------
 */

/* What gstrtcsignaller.h says of every signaller: a second start, unknown sessions, an answer too
 * many, the end, and silence after stop(). */
static void
test_signaller (Fixture *f, gconstpointer data)
{
  WishFixture *wish = &f->wish;
  GstRtcSignaller *signaller = wish->signaller;
  GstWebRTCSessionDescription *answer;
  GError *error = NULL;
  GstSDPMessage *sdp;
  gchar *id;
  guint n;

  gst_rtc_signaller_stop (signaller); /* harmless before a start */
  wish_fixture_start (wish);
  g_assert_false (gst_rtc_signaller_start (signaller, wish->context, &error));
  g_assert_error (error, RTC_ERROR, -RTC_ERR_STATE);
  g_clear_error (&error);
  g_assert_false (gst_rtc_signaller_can_trickle (signaller));

  g_assert_cmpint (gst_sdp_message_new_from_text (ANSWER, &sdp), ==, GST_SDP_OK);
  answer = gst_webrtc_session_description_new (GST_WEBRTC_SDP_TYPE_ANSWER, sdp);
  wish_open_session (wish, SDP);
  id = g_strdup (wish->session + strlen ("/whip/"));
  for (guint i = 0; i < 2; i++) {
    const gchar *session = i == 0 ? "unknown" : id; /* which waits for no answer any more */

    g_assert_false (
        gst_rtc_signaller_send_session_description (signaller, session, answer, &error));
    g_assert_error (error, RTC_ERROR, -RTC_ERR_STATE);
    g_clear_error (&error);
    g_assert_false (gst_rtc_signaller_send_candidate (signaller, session, 0, "0", "", &error));
    g_assert_error (error, RTC_ERROR, (i == 0 ? -RTC_ERR_STATE : -RTC_ERR_UNSUPPORTED));
    g_clear_error (&error);
    g_assert_false (gst_rtc_signaller_reject_session_description (signaller, session, NULL));
  }
  answer->type = GST_WEBRTC_SDP_TYPE_OFFER;
  g_assert_false (gst_rtc_signaller_send_session_description (signaller, id, answer, &error));
  g_assert_error (error, RTC_ERROR, -RTC_ERR_UNSUPPORTED);
  g_clear_error (&error);

  gst_rtc_signaller_end_session (signaller, "unknown", NULL);
  gst_rtc_signaller_end_session (signaller, id, NULL);
  wish_check_row (wish, &(WishRow){ "ended", "DELETE", "{S}", "", "", 404 });
  g_object_get (signaller, "n-sessions", &n, NULL);
  g_assert_cmpuint (n, ==, 0);
  wish_open_session (wish, SDP);
  g_string_truncate (wish->story, 0);
  gst_rtc_signaller_stop (signaller);
  while (g_main_context_iteration (wish->context, FALSE)) {
  }
  g_assert_cmpstr (wish->story->str, ==, "");
  gst_webrtc_session_description_free (answer);
  g_free (id);
}

/* -- Streams and pages --------------------------------------------------------------------------
 */

static gchar *
dup_url (GstRtcSignaller *signaller, const gchar *property)
{
  gchar *url;

  g_object_get (signaller, property, &url, NULL);
  return url;
}

/* WHEP and WHIP share a server, and names, without getting in each other's way. */
static void
test_shared_server (Fixture *f, gconstpointer data)
{
  GstRtcSignaller *viewers = gst_rtc_whep_server_signaller_new ();
  GstRtcSignaller *door = gst_rtc_whip_server_signaller_new ();
  g_autofree gchar *address = NULL, *alone = NULL, *beside = NULL, *page = NULL, *endpoint = NULL;
  g_autoptr (HttpResponse) view = NULL, publish = NULL, rest = NULL;
  WishFixture *wish = &f->wish;

  /* Port 0 is nobody's: free it and take the same one by number. */
  wish_fixture_start (wish);
  gst_rtc_signaller_stop (wish->signaller);
  address = g_strdup_printf ("http://127.0.0.1:%u/", wish->port);
  g_object_set (wish->signaller, "host-addr", address, NULL);
  wish_fixture_start (wish);
  alone = dup_url (wish->signaller, "page-url");
  g_assert_cmpstr (alone, ==, address);
  gst_rtc_signaller_stop (wish->signaller);

  g_object_set (viewers, "host-addr", address, NULL);
  g_assert_true (gst_rtc_signaller_start (viewers, wish->context, NULL));
  g_assert_true (gst_rtc_signaller_start (wish->signaller, wish->context, NULL));
  beside = dup_url (wish->signaller, "page-url");
  g_assert_true (g_str_has_suffix (beside, "/publish"));
  g_object_set (door, "host-addr", address, "stream-name", "door", "title", "Door", NULL);
  g_assert_true (gst_rtc_signaller_start (door, wish->context, NULL));
  page = dup_url (door, "page-url");
  endpoint = dup_url (door, "endpoint-url");
  g_assert_true (g_str_has_suffix (page, "/publish?stream=door"));
  g_assert_true (g_str_has_suffix (endpoint, "/whip/door"));

  view = wish_call (wish, "GET", "/streams", "", "");
  g_assert_cmpstr (
      view->body, ==, "{\"streams\":[{\"name\":\"\",\"title\":\"\",\"endpoint\":\"/whep\"}]}\n");
  publish = wish_call (wish, "GET", "/publish/streams", "", "");
  g_assert_cmpstr (publish->body, ==,
      "{\"streams\":[{\"name\":\"\",\"title\":\"\",\"endpoint\":\"/whip\"},"
      "{\"name\":\"door\",\"title\":\"Door\",\"endpoint\":\"/whip/door\"}]}\n");
  gst_rtc_signaller_stop (viewers);
  rest = wish_call (wish, "GET", "/publish/streams", "", "");
  g_assert_cmpstr (rest->body, ==, publish->body);
  wish_open_session (wish, SDP);
  gst_rtc_signaller_stop (door);
  g_object_unref (door);
  g_object_unref (viewers);
}

int
main (int argc, char **argv)
{
  gst_init (&argc, &argv);
  g_test_init (&argc, &argv, NULL);

#define ADD(name, function) g_test_add ("/whip/" name, Fixture, NULL, set_up, function, tear_down)
  ADD ("endpoint", test_endpoint);
  ADD ("session", test_session);
  ADD ("gone", test_gone);
  ADD ("restart", test_restart);
  ADD ("refusals", test_refusals);
  ADD ("cap", test_cap);
  ADD ("auth", test_auth);
  ADD ("no-turn-for-strangers", test_no_turn_for_strangers);
  ADD ("origin", test_origin);
  ADD ("floods", test_floods);
  ADD ("signaller", test_signaller);
  ADD ("shared-server", test_shared_server);
  return run_tests ();
}
