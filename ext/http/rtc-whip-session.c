/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "ext/http/rtc-whip-session.h"

#include <string.h>
#include "ext/http/rtc-wish.h"
#include "gst/rtc/base/rtc-log.h"
#include "gst/rtc/base/rtc-result.h"

#define GST_CAT_DEFAULT rtc_log_sig

#define MAX_RETRY_AFTER_SECONDS 300
/* Of a server's words in our messages. */
#define MAX_WORDS 160

typedef struct {
  gchar *mid, *candidate;
} Waiting;

struct _RtcWhipSession {
  RtcHttpClient *client;
  GstSDPMessage *offer;
  gchar *url;        /* of the session; NULL until 201, or when the server gave none that we use */
  gchar *etag;       /* NULL: no PATCH */
  RtcHttpCall *call; /* POST, PATCH or DELETE, one at a time */
  gboolean is_answered, is_ending;
  GArray *waiting; /* Waiting */
  RtcWhipSessionCallbacks callbacks;
  gpointer user_data;
};

/* -- What went wrong ----------------------------------------------------------------------------
 */

guint
rtc_whip_session_parse_retry_after (const gchar *field)
{
  guint64 seconds;

  if (!field || !g_ascii_isdigit (field[0]) || field[strspn (field, "0123456789")] != '\0')
    return 0;
  seconds = g_ascii_strtoull (field, NULL, 10);
  return (guint) MIN (seconds, MAX_RETRY_AFTER_SECONDS);
}

/* What a status means to whoever set the properties; passing: worth another try. */
static const struct {
  guint status;
  gboolean passing;
  RtcResult code;
  const gchar *sentence;
} meanings[] = {
  { 301, FALSE, RTC_ERR_UNSUPPORTED, "it moved; whip-endpoint must be the new address" },
  { 302, FALSE, RTC_ERR_UNSUPPORTED, "it moved; whip-endpoint must be the new address" },
  { 400, FALSE, RTC_ERR_PARSE, "it does not understand the offer" },
  { 401, FALSE, RTC_ERR_AUTH, "it asks for a token, or refuses this one; set auth-token" },
  { 403, FALSE, RTC_ERR_AUTH, "it does not let us in" },
  { 404, FALSE, RTC_ERR_STATE, "there is no such endpoint; check whip-endpoint" },
  { 405, FALSE, RTC_ERR_STATE, "that address is no WHIP endpoint; check whip-endpoint" },
  { 406, FALSE, RTC_ERR_UNSUPPORTED,
      "it can do nothing with what is offered; other codecs (video-caps, audio-caps) may help" },
  { 408, TRUE, RTC_AGAIN, "it waited too long for the offer" },
  { 409, TRUE, RTC_AGAIN, "somebody else sends there" },
  { 410, FALSE, RTC_ERR_STATE, "the endpoint is gone; check whip-endpoint" },
  { 413, FALSE, RTC_ERR_LIMIT, "the offer is too long for it" },
  { 415, FALSE, RTC_ERR_UNSUPPORTED, "it takes no SDP; check whip-endpoint" },
  { 429, TRUE, RTC_AGAIN, "it had too many requests" },
  { 502, TRUE, RTC_AGAIN, "what is behind it does not work" },
  { 503, TRUE, RTC_AGAIN, "it is busy" },
  { 504, TRUE, RTC_AGAIN, "what is behind it did not answer in time" },
};

/* Whether the body may be shown: one line of plain text. */
static gchar *
words_of (const RtcHttpReply *reply)
{
  gchar *line, *safe;

  if (!reply->content_type || strcmp (reply->content_type, "text/plain") != 0 || reply->len == 0)
    return g_strdup ("");
  line = g_strndup (reply->body, strcspn (reply->body, "\r\n"));
  safe = rtc_log_safe (line, MAX_WORDS);
  g_free (line);
  line = safe[0] ? g_strdup_printf (" (\"%s\")", safe) : g_strdup ("");
  g_free (safe);
  return line;
}

static void
fail_status (RtcWhipSession *self, const RtcHttpReply *reply)
{
  RtcResult code = reply->status >= 500 ? RTC_AGAIN : RTC_ERR_BACKEND;
  const gchar *sentence = "it does not take the offer";
  gchar *words = words_of (reply);
  GError *error = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (meanings); i++) {
    if (meanings[i].status != reply->status)
      continue;
    code = meanings[i].code;
    sentence = meanings[i].sentence;
  }
  rtc_error (&error, code, "the WHIP server said %u: %s%s", reply->status, sentence, words);
  g_free (words);
  self->callbacks.failed (
      self, error, rtc_whip_session_parse_retry_after (reply->retry_after), self->user_data);
  g_error_free (error);
}

static void
fail_answer (RtcWhipSession *self, const gchar *why)
{
  GError *error = NULL;

  rtc_error (&error, RTC_ERR_PARSE, "the WHIP server's answer is of no use: %s", why);
  self->callbacks.failed (self, error, 0, self->user_data);
  g_error_free (error);
}

/* -- PATCH --------------------------------------------------------------------------------------
 */

static void flush_candidates (RtcWhipSession *self);

static void
waiting_clear (gpointer data)
{
  Waiting *waiting = data;

  g_free (waiting->mid);
  g_free (waiting->candidate);
}

/* No more PATCHes; what is connected stays, and checks from addresses that the server was not told
 * of teach it those (RFC 8445 7.3.1.3). */
static void
give_up_trickling (RtcWhipSession *self, const gchar *why)
{
  GST_INFO ("candidates are no longer sent: %s", why);
  g_clear_pointer (&self->etag, g_free);
  g_array_set_size (self->waiting, 0);
}

static void
on_patched (const RtcHttpReply *reply, const GError *error, gpointer data)
{
  RtcWhipSession *self = data;
  gchar *why;

  self->call = NULL;
  if (reply && (reply->status == 204 || reply->status == 200)) {
    if (reply->etag) {
      g_free (self->etag);
      self->etag = g_strdup (reply->etag);
    }
    flush_candidates (self);
    return;
  }
  why = reply ? g_strdup_printf ("the WHIP server said %u to PATCH", reply->status)
              : g_strdup (error->message);
  give_up_trickling (self, why);
  g_free (why);
}

static RtcSdpFragmentSection *
find_section (RtcSdpFragment *fragment, const gchar *mid)
{
  for (guint i = 0; i < fragment->sections->len; i++) {
    RtcSdpFragmentSection *section = &g_array_index (fragment->sections, RtcSdpFragmentSection, i);

    if (strcmp (section->mid, mid) == 0)
      return section;
  }
  return rtc_sdp_fragment_add_section (fragment, mid);
}

/* All that waits, as one fragment under the offer's credentials. */
static gchar *
write_fragment (RtcWhipSession *self)
{
  RtcSdpFragment *fragment = rtc_sdp_fragment_new ();
  const gchar *ufrag, *pwd;
  gchar *text;

  rtc_wish_get_credentials (self->offer, &ufrag, &pwd);
  g_strlcpy (fragment->ice_ufrag, ufrag, sizeof (fragment->ice_ufrag));
  g_strlcpy (fragment->ice_pwd, pwd, sizeof (fragment->ice_pwd));
  for (guint i = 0; i < self->waiting->len; i++) {
    const Waiting *waiting = &g_array_index (self->waiting, Waiting, i);
    RtcSdpFragmentSection *section = find_section (fragment, waiting->mid);
    RtcCandidate candidate;

    if (waiting->candidate[0] == '\0')
      section->end_of_candidates = TRUE;
    else if (rtc_candidate_parse (waiting->candidate, &candidate) == RTC_OK)
      g_array_append_val (section->candidates, candidate);
  }
  text = rtc_sdp_fragment_write (fragment);
  rtc_sdp_fragment_free (fragment);
  return text;
}

/* RFC 9725 4.3.1: candidates wait for the ETag; one PATCH at a time keeps their order. */
static void
flush_candidates (RtcWhipSession *self)
{
  RtcHttpClientRequest request = { .method = "PATCH",
    .url = self->url,
    .content_type = RTC_WISH_FRAGMENT_TYPE,
    .if_match = self->etag };
  gchar *body;

  if (!self->is_answered || self->is_ending || self->call || self->waiting->len == 0)
    return;
  if (!self->url || !self->etag) {
    give_up_trickling (self, "the WHIP server gave no ETag");
    return;
  }
  body = write_fragment (self);
  g_array_set_size (self->waiting, 0);
  request.body = body;
  self->call = rtc_http_client_send (self->client, &request, on_patched, self);
  g_free (body);
}

gboolean
rtc_whip_session_add_candidate (RtcWhipSession *self, const gchar *mid, const gchar *candidate)
{
  Waiting waiting;

  if (self->is_ending || (self->is_answered && !self->etag)
      || self->waiting->len >= RTC_WHIP_SESSION_MAX_WAITING)
    return FALSE;
  waiting.mid = g_strdup (mid);
  waiting.candidate = g_strdup (candidate);
  g_array_append_val (self->waiting, waiting);
  flush_candidates (self);
  return TRUE;
}

/* -- DELETE -------------------------------------------------------------------------------------
 */

static void
finish (RtcWhipSession *self)
{
  self->callbacks.gone (self, self->user_data);
  rtc_whip_session_free (self);
}

static void
on_deleted (const RtcHttpReply *reply, const GError *error, gpointer data)
{
  RtcWhipSession *self = data;

  self->call = NULL;
  if (error)
    GST_INFO ("DELETE: %s", error->message);
  else if (reply->status / 100 != 2 && reply->status != 404)
    GST_INFO ("the WHIP server said %u to DELETE", reply->status);
  finish (self);
}

static void
send_delete (RtcWhipSession *self)
{
  const RtcHttpClientRequest request = { .method = "DELETE", .url = self->url };

  if (self->url)
    self->call = rtc_http_client_send (self->client, &request, on_deleted, self);
  else
    finish (self);
}

/* -- POST ---------------------------------------------------------------------------------------
 */

/* RFC 9725 4.2: Location names the session. It may be on another server, which gets no token then
 * (rtc-http-client.h); never on plain HTTP after https. */
static void
take_location (RtcWhipSession *self, const RtcHttpReply *reply)
{
  if (reply->location)
    self->url = rtc_http_client_resolve (reply->url, reply->location);
  if (!self->url)
    GST_WARNING ("the WHIP server gave no Location that can be used: it will not be told when the "
                 "session ends");
  else if (!rtc_http_client_is_same_origin (self->url, reply->url))
    GST_INFO ("the session is on another server than the endpoint");
}

static gboolean
is_sdp (const RtcHttpReply *reply)
{
  GstSDPMessage *sdp = NULL;
  gboolean ok =
      gst_sdp_message_new (&sdp) == GST_SDP_OK
      && gst_sdp_message_parse_buffer ((const guint8 *) reply->body, (guint) reply->len, sdp)
             == GST_SDP_OK
      && gst_sdp_message_medias_len (sdp) > 0;

  gst_sdp_message_free (sdp);
  return ok;
}

static void
on_posted (const RtcHttpReply *reply, const GError *error, gpointer data)
{
  RtcWhipSession *self = data;

  self->call = NULL;
  if (reply && (reply->status == 201 || reply->status == 200))
    take_location (self, reply);
  if (self->is_ending) {
    send_delete (self);
    return;
  }
  if (error) {
    self->callbacks.failed (self, error, 0, self->user_data);
  } else if (reply->status != 201
             && reply->status != 200) { /* 200: of drafts, and of some servers */
    fail_status (self, reply);
  } else if (g_strcmp0 (reply->content_type, RTC_WISH_SDP_TYPE) != 0) {
    fail_answer (self, "it is not of type " RTC_WISH_SDP_TYPE "; check whip-endpoint");
  } else if (strlen (reply->body) != reply->len || !is_sdp (reply)) {
    fail_answer (self, "it is no session description");
  } else {
    self->is_answered = TRUE;
    self->etag = g_strdup (reply->etag);
    if (reply->link)
      GST_INFO ("the WHIP server names ICE servers; stun-server and turn-servers decide, though");
    flush_candidates (self);
    self->callbacks.answered (self, reply->body, self->user_data);
  }
}

RtcWhipSession *
rtc_whip_session_new (RtcHttpClient *client, const gchar *url, const gchar *offer,
    const RtcWhipSessionCallbacks *callbacks, gpointer user_data)
{
  const RtcHttpClientRequest request = { .method = "POST",
    .url = url,
    .content_type = RTC_WISH_SDP_TYPE,
    .accept = RTC_WISH_SDP_TYPE,
    .body = offer };
  RtcWhipSession *self = g_new0 (RtcWhipSession, 1);

  self->client = client;
  gst_sdp_message_new_from_text (offer, &self->offer);
  self->waiting = g_array_new (FALSE, FALSE, sizeof (Waiting));
  g_array_set_clear_func (self->waiting, waiting_clear);
  self->callbacks = *callbacks;
  self->user_data = user_data;
  self->call = rtc_http_client_send (client, &request, on_posted, self);
  return self;
}

const gchar *
rtc_whip_session_get_url (RtcWhipSession *self)
{
  return self->url;
}

void
rtc_whip_session_end (RtcWhipSession *self)
{
  if (self->is_ending)
    return;
  self->is_ending = TRUE;
  if (self->call && !self->is_answered)
    return; /* the server may have a session already; its 201 says which to delete */
  rtc_http_call_cancel (g_steal_pointer (&self->call));
  send_delete (self);
}

void
rtc_whip_session_free (RtcWhipSession *self)
{
  if (!self)
    return;
  rtc_http_call_cancel (self->call);
  if (self->offer)
    gst_sdp_message_free (self->offer);
  g_array_unref (self->waiting);
  g_free (self->url);
  g_free (self->etag);
  g_free (self);
}
