/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* rtc-wish-requests.c - what POST, PATCH and DELETE do to the sessions of a WHIP or WHEP endpoint.
 * Section numbers are RFC 9725's. */
#include "ext/http/rtc-wish-server-private.h"

#include <string.h>
#include "ext/http/rtc-http-policy.h"
#include "ext/http/rtc-wish-name.h"
#include "ext/http/rtc-wish.h"
#include "gst/rtc/base/rtc-log.h"
#include "gst/rtc/base/rtc-result.h"

#define GST_CAT_DEFAULT rtc_log_sig

#define RETRY_AFTER_SECONDS "5"
/* Candidates that one PATCH may bring; browsers gather fewer than 20. */
#define MAX_CANDIDATES_PER_PATCH 100
/* And a whole session, between two ICE restarts. */
#define MAX_CANDIDATES_PER_SESSION 200

/* -- POST ---------------------------------------------------------------------------------------
 */

static gboolean
check_body_type (RtcHttpRequest *request, const gchar *media_type)
{
  if (rtc_http_request_has_type (request, media_type))
    return TRUE;
  if (strcmp (media_type, RTC_WISH_SDP_TYPE) == 0)
    rtc_http_request_add_header (request, "Accept-Post", RTC_WISH_SDP_TYPE);
  else
    rtc_http_request_add_header (request, "Accept-Patch", RTC_WISH_FRAGMENT_TYPE);
  rtc_http_request_reply_text (request, 415, "the body must be of type %s", media_type);
  return FALSE;
}

void
rtc_wish_reply_busy (RtcHttpRequest *request, const gchar *text)
{
  rtc_http_request_add_header (request, "Retry-After", RETRY_AFTER_SECONDS);
  rtc_http_request_reply_text (request, 503, "%s", text);
}

static void
handle_post (RtcWishServer *self, RtcHttpRequest *request)
{
  const gchar *body;
  GError *error = NULL;
  GstSDPMessage *offer;
  RtcWishSession *session;
  const gchar *peer;
  gchar *name;
  gsize len;

  if (!check_body_type (request, RTC_WISH_SDP_TYPE))
    return;
  if (!rtc_http_policy_accepts (
          rtc_http_request_find_header (request, "Accept"), RTC_WISH_SDP_TYPE)) {
    rtc_http_request_reply_text (request, 406, "the answer is of type " RTC_WISH_SDP_TYPE);
    return;
  }
  if (g_hash_table_size (self->sessions) >= self->max_sessions) {
    rtc_wish_reply_busy (
        request, self->protocol == RTC_WISH_WHIP
                     ? "this stream has as many callers as it takes; try again later"
                     : "this stream has as many viewers as it takes; try again later");
    return;
  }
  body = rtc_http_request_get_body (request, &len);
  offer = rtc_wish_parse_offer (body, len, self->protocol == RTC_WISH_WHIP, &error);
  if (!offer) {
    rtc_http_request_reply_text (request, 400, "%s", error->message);
    g_error_free (error);
    return;
  }
  session = rtc_wish_session_new (self, body, len, request);
  name = rtc_wish_name_of_query (rtc_http_request_get_query (request));
  peer = name ? name : rtc_http_request_get_address (request);
  GST_INFO ("session %.6s... requested by %s from %s", session->id, peer,
      rtc_http_request_get_address (request));
  self->callbacks.requested (session->id, peer, offer, self->user_data);
  g_free (name);
}

/* -- PATCH --------------------------------------------------------------------------------------
 */

/* Hands one section's candidates to the element. */
static void
trickle_section (
    RtcWishSession *session, const GstSDPMessage *offer, const RtcSdpFragmentSection *section)
{
  RtcWishServer *self = session->server;
  gchar *id = g_strdup (session->id); /* the element may end the session meanwhile */
  gint mline = rtc_wish_find_section (offer, section->mid);

  for (guint i = 0; mline >= 0 && i < section->candidates->len; i++) {
    gchar *text = rtc_candidate_write (&g_array_index (section->candidates, RtcCandidate, i));

    self->callbacks.candidate (id, (guint) mline, section->mid, text, self->user_data);
    g_free (text);
  }
  if (mline >= 0 && section->end_of_candidates)
    self->callbacks.candidate (id, (guint) mline, section->mid, "", self->user_data);
  g_free (id);
}

static guint
count_candidates (const RtcSdpFragment *fragment)
{
  guint n = 0;

  for (guint i = 0; i < fragment->sections->len; i++)
    n += g_array_index (fragment->sections, RtcSdpFragmentSection, i).candidates->len;
  return n;
}

/* RFC 9725 4.3.2: "the WHIP session ... 204 No Content without body" and without a new ETag. */
static void
handle_trickle (RtcWishSession *session, RtcHttpRequest *request, const GstSDPMessage *offer,
    const RtcSdpFragment *fragment)
{
  RtcWishServer *self = session->server;
  guint n = count_candidates (fragment);
  gchar *id;

  if (n > MAX_CANDIDATES_PER_PATCH || session->n_candidates + n > MAX_CANDIDATES_PER_SESSION) {
    rtc_http_request_reply_text (request, 422, "too many candidates");
    return;
  }
  session->n_candidates += n;
  id = g_strdup (session->id);
  for (guint i = 0; i < fragment->sections->len; i++) {
    session = g_hash_table_lookup (self->sessions, id);
    if (!session)
      break;
    trickle_section (session, offer, &g_array_index (fragment->sections, RtcSdpFragmentSection, i));
  }
  g_free (id);
  rtc_http_request_reply (request, 204, NULL, NULL, 0);
}

static void
handle_restart (RtcWishSession *session, RtcHttpRequest *request, const GstSDPMessage *offer,
    const RtcSdpFragment *fragment)
{
  RtcWishServer *self = session->server;
  GstSDPMessage *copy = NULL;
  GError *error = NULL;

  if (count_candidates (fragment) > MAX_CANDIDATES_PER_PATCH) {
    rtc_http_request_reply_text (request, 422, "too many candidates");
    return;
  }
  session->restart = rtc_wish_restart_offer (offer, fragment, &error);
  if (!session->restart) {
    rtc_http_request_reply_text (request, 400, "%s", error->message);
    g_error_free (error);
    return;
  }
  session->state = RTC_WISH_SESSION_RESTARTING;
  rtc_wish_session_wait (session, request);
  gst_sdp_message_copy (session->restart, &copy);
  self->callbacks.restarted (session->id, copy, self->user_data);
}

/* Whether the fragment speaks of the offer's ICE credentials; without any it does. */
static gboolean
has_current_credentials (const GstSDPMessage *offer, const RtcSdpFragment *fragment)
{
  const gchar *ufrag, *pwd, *new_ufrag, *new_pwd;

  rtc_wish_get_credentials (offer, &ufrag, &pwd);
  rtc_wish_get_fragment_credentials (fragment, &new_ufrag, &new_pwd);
  return new_ufrag[0] == '\0' || (strcmp (ufrag, new_ufrag) == 0 && strcmp (pwd, new_pwd) == 0);
}

static void
handle_fragment (RtcWishSession *session, RtcHttpRequest *request, const RtcSdpFragment *fragment,
    RtcWishMatch match)
{
  GstSDPMessage *offer = NULL;
  GstSDPResult result;
  gchar *text;

  if (session->state != RTC_WISH_SESSION_OPEN) {
    rtc_http_request_reply_text (request, 409, "another request of this session is not done yet");
    return;
  }
  text = gst_rtc_shared_text_dup (session->offer);
  result = gst_sdp_message_new_from_text (text, &offer);
  g_free (text);
  /* It did parse when it came. */
  if (result != GST_SDP_OK) {
    rtc_http_request_reply_text (request, 500, "the session's offer cannot be read any more");
    return;
  }
  if (has_current_credentials (offer, fragment))
    /* Also with "*": some clients never look at the ETag, and nothing is lost by it. */
    handle_trickle (session, request, offer, fragment);
  else if (match == RTC_WISH_MATCH_ANY)
    handle_restart (session, request, offer, fragment);
  else
    /* New credentials under the old tag: the candidates belong to another ICE session. */
    rtc_http_request_reply_text (request, 412,
        "the fragment's ICE credentials are not this session's; an ICE restart needs If-Match: *");
  gst_sdp_message_free (offer);
}

static void
handle_patch (RtcWishServer *self, RtcHttpRequest *request, RtcWishSession *session)
{
  RtcWishMatch match =
      rtc_wish_check_match (rtc_http_request_find_header (request, "If-Match"), session->etag);
  RtcSdpFragment *fragment;
  GError *error = NULL;
  const gchar *body;
  gsize len;

  if (!check_body_type (request, RTC_WISH_FRAGMENT_TYPE))
    return;
  if (match == RTC_WISH_MATCH_ABSENT || match == RTC_WISH_MATCH_NO) {
    rtc_http_request_reply_text (request, match == RTC_WISH_MATCH_NO ? 412 : 428, "%s",
        match == RTC_WISH_MATCH_NO ? "If-Match is not the session's present ETag"
                                   : "PATCH needs If-Match with the session's ETag");
    return;
  }
  body = rtc_http_request_get_body (request, &len);
  fragment = len > 0 ? rtc_sdp_fragment_parse (body, len, &error) : NULL;
  if (!fragment) {
    rtc_http_request_reply_text (request, 400, "%s", error ? error->message : "the body is empty");
    g_clear_error (&error);
    return;
  }
  handle_fragment (session, request, fragment, match);
  rtc_sdp_fragment_free (fragment);
}

/* -- Requests -----------------------------------------------------------------------------------
 */

void
rtc_wish_handle_request (RtcHttpRequest *request, const gchar *tail, gpointer data)
{
  RtcWishServer *self = data;
  RtcWishSession *session;

  if (tail[0] == '\0') {
    handle_post (self, request); /* the policy lets nothing else through */
    return;
  }
  session = g_hash_table_lookup (self->sessions, tail + 1);
  if (!session || session->state == RTC_WISH_SESSION_OFFERED) {
    rtc_http_request_reply_text (request, 404, "there is no such session");
    return;
  }
  if (strcmp (rtc_http_request_get_method (request), "PATCH") == 0) {
    handle_patch (self, request, session);
    return;
  }
  /* DELETE. RFC 9725 4.2: entity tags do not matter for it. */
  if (session->request)
    rtc_http_request_reply_text (
        rtc_wish_session_steal_request (session), 503, "the session was ended");
  rtc_wish_session_lost (session, NULL);
  rtc_http_request_reply (request, 200, NULL, NULL, 0);
}
