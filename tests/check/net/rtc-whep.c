/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* rtc-whep.c - WHEP conformance (draft-ietf-wish-whep, RFC 9725): every status and field, against
 * the signaller with an element that answers canned SDP. */
#include "ext/http/gstrtcwhepserversignaller.h"

#include <string.h>
#include "ext/http/rtc-wish.h"
#include "gst/rtc/base/rtc-result.h"
#include "tests/check/net/http-client.h"

#define SDP_HEAD "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\na=group:BUNDLE 0\r\n"
#define FINGERPRINT                                                                                \
  "a=fingerprint:sha-256 00:11:22:33:44:55:66:77:88:99:AA:BB:CC:DD:EE:FF:00:11:22:33:44:55:66:"    \
  "77:88:99:AA:BB:CC:DD:EE:FF\r\n"
#define SDP_BODY(ufrag, setup, direction)                                                          \
  "m=video 9 UDP/TLS/RTP/SAVPF 96\r\nc=IN IP4 "                                                    \
  "0.0.0.0\r\na=mid:0\r\na=rtcp-mux\r\na=ice-ufrag:" ufrag                                         \
  "\r\na=ice-pwd:passwordpasswordpassword\r\n" FINGERPRINT "a=setup:" setup "\r\na=" direction     \
  "\r\na=rtpmap:96 VP8/90000\r\n"
#define OFFER SDP_HEAD SDP_BODY ("clie", "actpass", "recvonly")
#define ANSWER SDP_HEAD SDP_BODY ("serv", "passive", "sendonly")
#define CANDIDATE "candidate:1 1 udp 2130706431 127.0.0.1 40000 typ host"
#define CREDENTIALS(ufrag) "a=ice-ufrag:" ufrag "\r\na=ice-pwd:passwordpasswordpassword\r\n"
#define TRICKLE                                                                                    \
  CREDENTIALS ("clie")                                                                             \
  "m=video 9 UDP/TLS/RTP/SAVPF 0\r\na=mid:0\r\na=" CANDIDATE "\r\n"                                \
  "a=end-of-candidates\r\n"
#define RESTART                                                                                    \
  CREDENTIALS ("newu") "m=video 9 UDP/TLS/RTP/SAVPF 0\r\na=mid:0\r\na=" CANDIDATE "\r\n"

#define SDP "Content-Type: application/sdp\r\n"
#define FRAGMENT "Content-Type: application/trickle-ice-sdpfrag\r\n"
#define TOKEN "s3cret-token"
#define BEARER "Authorization: Bearer " TOKEN "\r\n"
#define PAGE_ORIGIN "https://page.example"

typedef enum { ANSWER_NOW, ANSWER_LATER, SILENT, REFUSE } Behaviour;

typedef struct {
  GMainContext *context;
  GstRtcSignaller *signaller;
  guint16 port;
  Behaviour behaviour;
  RtcResult refusal;
  gchar *waiting; /* ANSWER_LATER: the session */
  GString *story;
  gchar *session, *etag; /* of the session made by open_session() */
} Fixture;

/* -- The element --------------------------------------------------------------------------------
 */

static void
answer (Fixture *f, const gchar *id)
{
  GstWebRTCSessionDescription *description;
  GstSDPMessage *sdp;

  g_assert_cmpint (gst_sdp_message_new_from_text (ANSWER, &sdp), ==, GST_SDP_OK);
  description = gst_webrtc_session_description_new (GST_WEBRTC_SDP_TYPE_ANSWER, sdp);
  g_assert_true (gst_rtc_signaller_send_candidate (f->signaller, id, 0, "0", CANDIDATE, NULL));
  g_assert_true (gst_rtc_signaller_send_session_description (f->signaller, id, description, NULL));
  gst_webrtc_session_description_free (description);
}

static gboolean
answer_later (gpointer data)
{
  Fixture *f = data;

  answer (f, f->waiting);
  g_clear_pointer (&f->waiting, g_free);
  return G_SOURCE_REMOVE;
}

static void
react (Fixture *f, const gchar *id, gboolean first)
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
    GstWebRTCSessionDescription *offer, Fixture *f)
{
  g_assert_cmpint (offer->type, ==, GST_WEBRTC_SDP_TYPE_OFFER);
  g_string_append_printf (f->story, "requested(%s) ", peer);
  react (f, id, TRUE);
}

static void
on_description (GstRtcSignaller *signaller, const gchar *id,
    GstWebRTCSessionDescription *description, Fixture *f)
{
  const GstSDPMedia *media = gst_sdp_message_get_media (description->sdp, 0);

  g_string_append_printf (f->story, "restart(%s,%s) ",
      gst_sdp_media_get_attribute_val (media, "ice-ufrag"),
      gst_sdp_media_get_attribute_val (media, "candidate"));
  react (f, id, FALSE);
}

static void
on_ice (GstRtcSignaller *signaller, const gchar *id, guint mline, const gchar *mid,
    const gchar *candidate, Fixture *f)
{
  g_string_append_printf (f->story, "ice(%u,%s,%s) ", mline, mid, candidate);
}

static gboolean
on_ended (GstRtcSignaller *signaller, const gchar *id, const gchar *reason, Fixture *f)
{
  g_string_append_printf (f->story, "ended(%s) ", reason ? reason : "-");
  return TRUE;
}

/* -- Fixture ------------------------------------------------------------------------------------
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

static void
set_up (Fixture *f, gconstpointer data)
{
  f->context = g_main_context_new ();
  g_main_context_push_thread_default (f->context);
  f->story = g_string_new (NULL);
  f->signaller = gst_rtc_whep_server_signaller_new ();
  g_object_set (f->signaller, "host-addr", "http://127.0.0.1:0/", "allowed-origins",
      PAGE_ORIGIN ", https://other.example", "stun-server", "stun://stun.example:3478", NULL);
  g_signal_connect (f->signaller, "session-requested", G_CALLBACK (on_requested), f);
  g_signal_connect (f->signaller, "session-description", G_CALLBACK (on_description), f);
  g_signal_connect (f->signaller, "handle-ice", G_CALLBACK (on_ice), f);
  g_signal_connect (f->signaller, "session-ended", G_CALLBACK (on_ended), f);
}

static void
start (Fixture *f)
{
  GError *error = NULL;

  gst_rtc_signaller_start (f->signaller, f->context, &error);
  g_assert_no_error (error);
  f->port = port_of (f->signaller);
}

static void
tear_down (Fixture *f, gconstpointer data)
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
  g_free (f->session);
  g_free (f->etag);
  g_free (f->waiting);
}

/* Replaces {S} by the session's path and {E} by its entity tag. */
static gchar *
fill_in (Fixture *f, const gchar *text)
{
  GString *filled = g_string_new (text);

  g_string_replace (filled, "{S}", f->session ? f->session : "/whep/none", 0);
  g_string_replace (filled, "{E}", f->etag ? f->etag : "\"none\"", 0);
  return g_string_free (filled, FALSE);
}

static HttpResponse *
call (Fixture *f, const gchar *method, const gchar *path, const gchar *fields, const gchar *body)
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

static void
open_session (Fixture *f, const gchar *fields)
{
  g_autoptr (HttpResponse) response = call (f, "POST", "/whep", fields, OFFER);

  g_assert_cmpuint (response->status, ==, 201);
  g_free (f->session);
  g_free (f->etag);
  f->session = http_response_dup_header (response, "Location");
  f->etag = http_response_dup_header (response, "ETag");
  g_assert_true (g_str_has_prefix (f->session, "/whep/"));
  g_assert_cmpuint (strlen (f->session), ==, strlen ("/whep/") + 27);
  g_assert_true (f->etag[0] == '"' && f->etag[strlen (f->etag) - 1] == '"');
}

/* -- The table ----------------------------------------------------------------------------------
 */

typedef struct {
  const gchar *name, *method, *path, *fields, *body;
  guint status;
  const gchar *field, *value; /* value: part of the field; NULL: the field must be absent */
} Row;

static const Row open_rows[] = {
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

static const Row session_rows[] = {
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
check_row (Fixture *f, const Row *row)
{
  g_autoptr (HttpResponse) response = call (f, row->method, row->path, row->fields, row->body);
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

static void
test_endpoint (Fixture *f, gconstpointer data)
{
  start (f);
  for (guint i = 0; i < G_N_ELEMENTS (open_rows); i++)
    check_row (f, &open_rows[i]);
}

static void
test_session (Fixture *f, gconstpointer data)
{
  start (f);
  for (guint i = 0; i < G_N_ELEMENTS (session_rows); i++) {
    open_session (f, SDP);
    check_row (f, &session_rows[i]);
  }
}

/* -- What happens to sessions -------------------------------------------------------------------
 */

static void
test_story (Fixture *f, gconstpointer data)
{
  guint n;

  f->behaviour = ANSWER_LATER;
  start (f);
  open_session (f, SDP);
  http_response_free (call (f, "PATCH", "{S}", FRAGMENT "If-Match: {E}\r\n", TRICKLE));
  g_object_get (f->signaller, "n-sessions", &n, NULL);
  g_assert_cmpuint (n, ==, 1);
  http_response_free (call (f, "DELETE", "{S}", "", ""));
  g_object_get (f->signaller, "n-sessions", &n, NULL);
  g_assert_cmpuint (n, ==, 0);
  g_assert_cmpstr (
      f->story->str, ==, "requested(127.0.0.1) ice(0,0," CANDIDATE ") ice(0,0,) ended(-) ");
}

static void
test_answer_is_complete (Fixture *f, gconstpointer data)
{
  g_autoptr (HttpResponse) response = NULL;

  start (f);
  response = call (f, "POST", "/whep", SDP, OFFER);
  g_assert_cmpuint (response->status, ==, 201);
  g_assert_nonnull (strstr (response->body, "a=setup:passive\r\n"));
  g_assert_nonnull (strstr (response->body, "a=" CANDIDATE "\r\n"));
  g_assert_false (gst_rtc_signaller_can_trickle (f->signaller));
}

static void
test_refusals (Fixture *f, gconstpointer data)
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
  start (f);
  for (guint i = 0; i < G_N_ELEMENTS (table); i++) {
    g_autoptr (HttpResponse) response = NULL;
    g_autofree gchar *retry = NULL;
    guint n;

    f->refusal = table[i].code;
    response = call (f, "POST", "/whep", SDP, OFFER);
    retry = http_response_dup_header (response, "Retry-After");
    g_assert_cmpuint (response->status, ==, table[i].status);
    g_assert_cmpstr (response->body, ==, "refused by the test\n");
    g_assert_true ((retry != NULL) == (table[i].status == 503));
    g_object_get (f->signaller, "n-sessions", &n, NULL);
    g_assert_cmpuint (n, ==, 0);
  }
}

static void
test_no_answer (Fixture *f, gconstpointer data)
{
  g_autoptr (HttpResponse) response = NULL;

  f->behaviour = SILENT;
  g_object_set (f->signaller, "answer-timeout", 100, NULL);
  start (f);
  response = call (f, "POST", "/whep", SDP, OFFER);
  g_assert_cmpuint (response->status, ==, 504);
  g_assert_cmpstr (f->story->str, ==, "requested(127.0.0.1) ended(no answer in time) ");
}

/* RFC 9725 4.3.3: a restart brings new credentials under a new tag; a failed one changes nothing.
 */
static void
test_restart (Fixture *f, gconstpointer data)
{
  g_autoptr (HttpResponse) refused = NULL, late = NULL, restarted = NULL;
  g_autofree gchar *etag = NULL;

  g_object_set (f->signaller, "answer-timeout", 100, NULL);
  start (f);
  open_session (f, SDP);

  f->behaviour = REFUSE;
  f->refusal = RTC_ERR_UNSUPPORTED;
  refused = call (f, "PATCH", "{S}", FRAGMENT "If-Match: *\r\n", RESTART);
  g_assert_cmpuint (refused->status, ==, 422);
  f->behaviour = SILENT;
  late = call (f, "PATCH", "{S}", FRAGMENT "If-Match: *\r\n", RESTART);
  g_assert_cmpuint (late->status, ==, 504);
  check_row (f, &session_rows[5]); /* trickling under the old tag still works */

  g_string_truncate (f->story, 0);
  f->behaviour = ANSWER_LATER;
  restarted = call (f, "PATCH", "{S}", FRAGMENT "If-Match: *\r\n", RESTART);
  g_assert_cmpuint (restarted->status, ==, 200);
  g_assert_cmpstr (f->story->str, ==, "restart(newu,1 1 udp 2130706431 127.0.0.1 40000 typ host) ");
  etag = http_response_dup_header (restarted, "ETag");
  g_assert_cmpstr (etag, !=, f->etag);
  g_assert_nonnull (strstr (restarted->body, "a=ice-ufrag:serv\r\n"));
  g_assert_nonnull (strstr (restarted->body, "a=" CANDIDATE "\r\n"));
  check_row (f, &(Row){ "old-tag", "PATCH", "{S}", FRAGMENT "If-Match: {E}\r\n", TRICKLE, 412 });
}

static void
test_cap (Fixture *f, gconstpointer data)
{
  g_autoptr (HttpResponse) over = NULL;
  g_autofree gchar *retry = NULL;

  g_object_set (f->signaller, "max-sessions", 2, NULL);
  start (f);
  open_session (f, SDP);
  open_session (f, SDP);
  over = call (f, "POST", "/whep", SDP, OFFER);
  g_assert_cmpuint (over->status, ==, 503);
  retry = http_response_dup_header (over, "Retry-After");
  g_assert_nonnull (retry);
  http_response_free (call (f, "DELETE", "{S}", "", ""));
  open_session (f, SDP);
  g_object_set (f->signaller, "max-sessions", 3, NULL);
  open_session (f, SDP);
}

/* -- Who may
 * --------------------------------------------------------------------------------------*/

static void
test_auth (Fixture *f, gconstpointer data)
{
  static const Row rows[] = {
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
  start (f);
  open_session (f, SDP BEARER);
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    check_row (f, &rows[i]);
}

static void
test_brute_force (Fixture *f, gconstpointer data)
{
  guint refused = 0, limited = 0;

  g_object_set (f->signaller, "auth-token", TOKEN, NULL);
  start (f);
  for (guint i = 0; i < 40; i++) {
    g_autoptr (HttpResponse) response =
        call (f, "POST", "/whep", SDP "Authorization: Bearer guess\r\n", OFFER);

    refused += response->status == 401;
    limited += response->status == 429;
  }
  g_assert_cmpuint (refused + limited, ==, 40);
  g_assert_cmpuint (refused, <=, 15); /* a burst of 10, and 5 a second */
  check_row (
      f, &(Row){ "right-but-late", "POST", "/whep", SDP BEARER, OFFER, 429, "Retry-After", "1" });
  g_assert_cmpstr (f->story->str, ==, "");
}

static void
test_origin (Fixture *f, gconstpointer data)
{
#define PREFLIGHT "Access-Control-Request-Method: POST\r\n"
  static const Row rows[] = {
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

  start (f);
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    check_row (f, &rows[i]);
  own = g_strdup_printf (SDP "Origin: http://127.0.0.1:%u\r\n", f->port);
  check_row (f, &(Row){ "own", "POST", "/whep", own, OFFER, 201, NULL, NULL });
}

/* -- Streams ------------------------------------------------------------------------------------
 */

static void
test_two_streams (Fixture *f, gconstpointer data)
{
  GstRtcSignaller *door = gst_rtc_whep_server_signaller_new ();
  GstRtcSignaller *twin = gst_rtc_whep_server_signaller_new ();
  g_autoptr (HttpResponse) list = NULL;
  g_autoptr (HttpResponse) rest = NULL;
  g_autofree gchar *address = NULL, *endpoint = NULL;
  GError *error = NULL;

  /* Port 0 is nobody's: free it and take the same one by number. */
  start (f);
  gst_rtc_signaller_stop (f->signaller);
  address = g_strdup_printf ("http://127.0.0.1:%u", f->port);
  g_object_set (f->signaller, "host-addr", address, "title", "Front <b>\"yard\"</b>", NULL);
  start (f);
  g_object_set (door, "host-addr", address, "stream-name", "door", NULL);
  g_object_set (twin, "host-addr", address, "stream-name", "door", NULL);
  g_assert_true (gst_rtc_signaller_start (door, f->context, NULL));
  g_assert_false (gst_rtc_signaller_start (twin, f->context, &error));
  g_assert_error (error, RTC_ERROR, -RTC_ERR_STATE);
  g_clear_error (&error);
  g_object_get (door, "endpoint-url", &endpoint, NULL);
  g_assert_true (g_str_has_suffix (endpoint, "/whep/door"));

  list = call (f, "GET", "/streams", "", "");
  g_assert_cmpstr (list->body, ==,
      "{\"streams\":[{\"name\":\"\",\"title\":\"Front \\u003cb\\u003e\\u0022yard\\u0022\\u003c/b"
      "\\u003e\",\"endpoint\":\"/whep\"},{\"name\":\"door\",\"title\":\"door\",\"endpoint\":"
      "\"/whep/door\"}]}\n");
  open_session (f, SDP);
  check_row (f, &(Row){ "delete", "DELETE", "{S}", "", "", 200, NULL, NULL });

  /* The one that leaves does not take the server away from the other, and leaves the list also when
   * it was given another name meanwhile. */
  g_object_set (f->signaller, "stream-name", "later", NULL);
  gst_rtc_signaller_stop (f->signaller);
  rest = call (f, "GET", "/streams", "", "");
  g_assert_cmpstr (rest->body, ==,
      "{\"streams\":[{\"name\":\"door\",\"title\":\"door\",\"endpoint\":\"/whep/door\"}]}\n");
  check_row (f, &(Row){ "default-gone", "POST", "/whep", SDP, OFFER, 405, NULL, NULL });
  check_row (f, &(Row){ "door-stays", "GET", "/whep/door", "", "", 405, "Allow", "POST" });
  gst_rtc_signaller_stop (door);
  g_object_unref (door);
  g_object_unref (twin);
}

static void
test_stop_answers (Fixture *f, gconstpointer data)
{
  guint16 port;

  f->behaviour = ANSWER_NOW;
  start (f);
  open_session (f, SDP);
  port = f->port;
  gst_rtc_signaller_stop (f->signaller);
  {
    g_autoptr (HttpResponse) response = http_request (
        f->context, port, "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n", -1, FALSE, 500);

    g_assert_cmpuint (response->status, ==, 0);
  }
  start (f);
  open_session (f, SDP);
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

#define ADD(name, function) g_test_add ("/whep/" name, Fixture, NULL, set_up, function, tear_down)
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
  return g_test_run ();
}
