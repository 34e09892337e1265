/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "ext/http/rtc-wish-server-private.h"

#include "ext/http/rtc-wish.h"
#include "gst/rtc/base/rtc-log.h"
#include "gst/rtc/base/rtc-random.h"
#include "gst/rtc/base/rtc-result.h"
#include "gst/webrtc/gstrtcsignaller.h"

#define GST_CAT_DEFAULT rtc_log_sig

#define MAX_EARLY_CANDIDATES 64

typedef struct {
  guint mline;
  gchar *candidate;
} RtcWishCandidate;

const gchar *
rtc_wish_protocol_get_path (RtcWishProtocol protocol)
{
  return protocol == RTC_WISH_WHIP ? "whip" : "whep";
}

/* -- Sessions -----------------------------------------------------------------------------------
 */

static void
early_free (gpointer data)
{
  RtcWishCandidate *early = data;

  g_free (early->candidate);
  g_free (early);
}

static void
set_etag (RtcWishSession *session)
{
  RtcRandom *random = rtc_random_new_secure ();

  g_snprintf (session->etag, sizeof (session->etag), "\"%016" G_GINT64_MODIFIER "x\"",
      rtc_random_u64 (random));
  rtc_random_free (random);
}

static void
session_free (gpointer data)
{
  RtcWishSession *session = data;

  g_warn_if_fail (session->request == NULL);
  if (session->deadline) {
    g_source_destroy (session->deadline);
    g_source_unref (session->deadline);
  }
  gst_rtc_shared_text_release (session->offer);
  if (session->restart)
    gst_sdp_message_free (session->restart);
  g_ptr_array_unref (session->early);
  g_free (session->id);
  g_free (session);
}

RtcHttpRequest *
rtc_wish_session_steal_request (RtcWishSession *session)
{
  if (session->deadline) {
    g_source_destroy (session->deadline);
    g_clear_pointer (&session->deadline, g_source_unref);
  }
  return g_steal_pointer (&session->request);
}

void
rtc_wish_session_end_restart (RtcWishSession *session)
{
  session->state = RTC_WISH_SESSION_OPEN;
  g_clear_pointer (&session->restart, gst_sdp_message_free);
  g_ptr_array_set_size (session->early, 0);
}

void
rtc_wish_session_lost (RtcWishSession *session, const gchar *reason)
{
  RtcWishServer *self = session->server;
  gchar *id = g_strdup (session->id);

  GST_INFO ("session %.6s... ended: %s", id, reason ? reason : "the client left");
  g_hash_table_remove (self->sessions, id);
  self->callbacks.ended (id, reason, self->user_data);
  g_free (id);
}

static gboolean
on_answer_timeout (gpointer data)
{
  RtcWishSession *session = data;
  gboolean restarting = session->state == RTC_WISH_SESSION_RESTARTING;
  RtcHttpRequest *request = rtc_wish_session_steal_request (session);

  if (restarting) {
    rtc_wish_session_end_restart (session);
    rtc_http_request_reply_text (request, 504, "the stream did not answer in time");
    return G_SOURCE_REMOVE;
  }
  rtc_wish_session_lost (session, "no answer in time");
  rtc_http_request_reply_text (request, 504, "the stream did not answer in time");
  return G_SOURCE_REMOVE;
}

static void
on_request_gone (RtcHttpRequest *request, gpointer data)
{
  RtcWishSession *session = data;

  rtc_wish_session_steal_request (session);
  if (session->state == RTC_WISH_SESSION_RESTARTING)
    rtc_wish_session_end_restart (session);
  else
    rtc_wish_session_lost (session, "the client left before the answer");
}

void
rtc_wish_session_wait (RtcWishSession *session, RtcHttpRequest *request)
{
  session->request = request;
  rtc_http_request_set_gone_func (request, on_request_gone, session);
  session->deadline = g_timeout_source_new (session->server->answer_ms);
  g_source_set_callback (session->deadline, on_answer_timeout, session, NULL);
  g_source_attach (session->deadline, session->server->context);
}

RtcWishSession *
rtc_wish_session_new (RtcWishServer *server, const gchar *offer, gsize len, RtcHttpRequest *request)
{
  RtcWishSession *session = g_new0 (RtcWishSession, 1);
  gchar *text = g_strndup (offer, len);

  session->server = server;
  session->id = gst_rtc_signaller_new_session_id ();
  session->offer = gst_rtc_shared_text_new (text);
  g_free (text);
  session->early = g_ptr_array_new_with_free_func (early_free);
  set_etag (session);
  g_hash_table_insert (server->sessions, session->id, session);
  rtc_wish_session_wait (session, request);
  return session;
}

/* -- The element's side -------------------------------------------------------------------------
 */

static void
reply_created (RtcWishSession *session, RtcHttpRequest *request, const gchar *text)
{
  RtcWishServer *self = session->server;
  gchar *location = g_strconcat (self->path, "/", session->id, NULL);

  rtc_http_request_add_header (request, "Location", location);
  rtc_http_request_add_header (request, "ETag", session->etag);
  rtc_http_request_add_header (request, "Accept-Patch", RTC_WISH_FRAGMENT_TYPE);
  for (guint i = 0; self->links && self->links[i]; i++)
    rtc_http_request_add_header (request, "Link", self->links[i]);
  rtc_http_request_reply (request, 201, RTC_WISH_SDP_TYPE, text, -1);
  g_free (location);
}

gboolean
rtc_wish_server_answer (
    RtcWishServer *self, const gchar *session_id, const GstSDPMessage *answer, GError **error)
{
  RtcWishSession *session = g_hash_table_lookup (self->sessions, session_id);
  GstSDPMessage *complete = NULL;
  RtcHttpRequest *request;
  gchar *text;

  if (!session || !session->request) {
    rtc_error (error, RTC_ERR_STATE, "the session is gone or waits for no answer");
    return FALSE;
  }
  gst_sdp_message_copy (answer, &complete);
  for (guint i = 0; i < session->early->len; i++) {
    const RtcWishCandidate *early = g_ptr_array_index (session->early, i);

    rtc_wish_add_candidate (complete, early->mline, early->candidate);
  }
  request = rtc_wish_session_steal_request (session);
  if (session->state == RTC_WISH_SESSION_OFFERED) {
    session->state = RTC_WISH_SESSION_OPEN;
    g_ptr_array_set_size (session->early, 0);
    text = gst_sdp_message_as_text (complete);
    reply_created (session, request, text);
  } else {
    /* RFC 9725 4.3.3: 200 with the new credentials and candidates, and a new tag. */
    gchar *offer = gst_sdp_message_as_text (session->restart);

    gst_rtc_shared_text_release (session->offer);
    session->offer = gst_rtc_shared_text_new (offer);
    g_free (offer);
    session->n_candidates = 0;
    rtc_wish_session_end_restart (session);
    set_etag (session);
    text = rtc_wish_answer_fragment (complete);
    rtc_http_request_add_header (request, "ETag", session->etag);
    rtc_http_request_reply (request, 200, RTC_WISH_FRAGMENT_TYPE, text, -1);
  }
  g_free (text);
  gst_sdp_message_free (complete);
  return TRUE;
}

/* The status for an error of the element's (gstrtcsignaller.h). */
static void
reply_error (RtcHttpRequest *request, const GError *reason)
{
  const gchar *text = reason ? reason->message : "the stream has ended the session";
  RtcResult code = reason ? rtc_error_get_result (reason) : RTC_AGAIN;

  if (code == RTC_ERR_LIMIT || code == RTC_AGAIN)
    rtc_wish_reply_busy (request, text);
  else
    rtc_http_request_reply_text (request,
        code == RTC_ERR_PARSE         ? 400
        : code == RTC_ERR_UNSUPPORTED ? 406
                                      : 500,
        "%s", text);
}

gboolean
rtc_wish_server_reject_restart (RtcWishServer *self, const gchar *session_id, const GError *reason)
{
  RtcWishSession *session = g_hash_table_lookup (self->sessions, session_id);
  RtcHttpRequest *request;

  if (!session || session->state != RTC_WISH_SESSION_RESTARTING)
    return FALSE;
  request = rtc_wish_session_steal_request (session);
  rtc_wish_session_end_restart (session);
  rtc_http_request_reply_text (
      request, 422, "%s", reason ? reason->message : "the stream refuses to restart ICE");
  return TRUE;
}

gboolean
rtc_wish_server_add_candidate (RtcWishServer *self, const gchar *session_id, guint mline,
    const gchar *candidate, GError **error)
{
  RtcWishSession *session = g_hash_table_lookup (self->sessions, session_id);
  RtcWishCandidate *early;

  if (!session) {
    rtc_error (error, RTC_ERR_STATE, "no such session");
    return FALSE;
  }
  if (!session->request || session->early->len >= MAX_EARLY_CANDIDATES) {
    rtc_error (error, RTC_ERR_UNSUPPORTED,
        "there is no way to the client for candidates after the answer");
    return FALSE;
  }
  early = g_new (RtcWishCandidate, 1);
  early->mline = mline;
  early->candidate = g_strdup (candidate);
  g_ptr_array_add (session->early, early);
  return TRUE;
}

void
rtc_wish_server_end (RtcWishServer *self, const gchar *session_id, const GError *reason)
{
  RtcWishSession *session = g_hash_table_lookup (self->sessions, session_id);
  RtcHttpRequest *request;

  if (!session)
    return;
  request = rtc_wish_session_steal_request (session);
  g_hash_table_remove (self->sessions, session_id);
  if (request)
    reply_error (request, reason);
}

/* -- The server ---------------------------------------------------------------------------------
 */

RtcWishServer *
rtc_wish_server_new (RtcHttpServer *http, const RtcWishServerConfig *config,
    const RtcWishServerCallbacks *callbacks, gpointer user_data, GError **error)
{
  const RtcHttpRoutePolicy policy = {
    .auth_token = config->auth_token,
    .allowed_origins = config->allowed_origins,
    .methods = "POST, OPTIONS",
    .methods_below = "PATCH, DELETE, OPTIONS",
    .accept_post = RTC_WISH_SDP_TYPE,
  };
  RtcWishServer *self = g_new0 (RtcWishServer, 1);

  self->route =
      rtc_http_server_add_route (http, config->path, &policy, rtc_wish_handle_request, self, error);
  if (!self->route) {
    g_free (self);
    return NULL;
  }
  self->protocol = config->protocol;
  self->http = http;
  self->path = g_strdup (config->path);
  self->links = g_strdupv (config->links);
  self->max_sessions = config->max_sessions;
  self->answer_ms = config->answer_ms;
  self->context = g_main_context_ref_thread_default ();
  self->sessions = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, session_free);
  self->callbacks = *callbacks;
  self->user_data = user_data;
  return self;
}

void
rtc_wish_server_free (RtcWishServer *self)
{
  GHashTableIter iter;
  gpointer value;

  if (!self)
    return;
  g_hash_table_iter_init (&iter, self->sessions);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    rtc_wish_session_steal_request (value); /* answered by the removal of the route */
  rtc_http_server_remove_route (self->http, self->route);
  g_hash_table_unref (self->sessions);
  g_main_context_unref (self->context);
  g_strfreev (self->links);
  g_free (self->path);
  g_free (self);
}

void
rtc_wish_server_set_max_sessions (RtcWishServer *self, guint max_sessions)
{
  self->max_sessions = max_sessions;
}

guint
rtc_wish_server_get_n_sessions (RtcWishServer *self)
{
  return g_hash_table_size (self->sessions);
}
