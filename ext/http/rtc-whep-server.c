/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "ext/http/rtc-whep-server.h"

#include <string.h>
#include "ext/http/rtc-http-policy.h"
#include "ext/http/rtc-whep.h"
#include "gst/rtc/base/rtc-log.h"
#include "gst/rtc/base/rtc-random.h"
#include "gst/rtc/base/rtc-result.h"
#include "gst/webrtc/gstrtcsignaller.h"

#define GST_CAT_DEFAULT rtc_log_sig

#define RETRY_AFTER_SECONDS "5"
/* Candidates that one PATCH may bring; browsers gather fewer than 20. */
#define MAX_CANDIDATES_PER_PATCH 100
/* And a whole session, between two ICE restarts. */
#define MAX_CANDIDATES_PER_SESSION 200
#define MAX_EARLY_CANDIDATES 64

typedef enum {
  SESSION_OFFERED,    /* POST waits for the answer */
  SESSION_OPEN,       /* answered */
  SESSION_RESTARTING, /* PATCH waits for the answer */
} SessionState;

typedef struct {
  RtcWhepServer *server;
  gchar *id;
  gchar etag[20];
  SessionState state;
  GstSDPMessage *offer;    /* what the client last offered and we accepted */
  GstSDPMessage *restart;  /* RESTARTING: what it offers now */
  RtcHttpRequest *request; /* waiting; NULL in OPEN */
  GSource *deadline;       /* of request */
  GPtrArray *early;        /* OFFERED, RESTARTING: local candidates before the answer */
  guint n_candidates;
} Session;

typedef struct {
  guint mline;
  gchar *candidate;
} EarlyCandidate;

struct _RtcWhepServer {
  RtcHttpServer *http;
  RtcHttpRoute *route;
  gchar *path;
  gchar **links;
  guint max_sessions;
  guint answer_ms;
  GMainContext *context;
  GHashTable *sessions; /* id -> Session */
  RtcWhepServerCallbacks callbacks;
  gpointer user_data;
};

/* -- Sessions -----------------------------------------------------------------------------------
 */

static void
early_free (gpointer data)
{
  EarlyCandidate *early = data;

  g_free (early->candidate);
  g_free (early);
}

static void
set_etag (Session *session)
{
  RtcRandom *random = rtc_random_new_secure ();

  g_snprintf (session->etag, sizeof (session->etag), "\"%016" G_GINT64_MODIFIER "x\"",
      rtc_random_u64 (random));
  rtc_random_free (random);
}

static Session *
session_new (RtcWhepServer *server, GstSDPMessage *offer)
{
  Session *session = g_new0 (Session, 1);

  session->server = server;
  session->id = gst_rtc_signaller_new_session_id ();
  session->offer = offer;
  session->early = g_ptr_array_new_with_free_func (early_free);
  set_etag (session);
  return session;
}

static void
session_free (gpointer data)
{
  Session *session = data;

  g_warn_if_fail (session->request == NULL);
  if (session->deadline) {
    g_source_destroy (session->deadline);
    g_source_unref (session->deadline);
  }
  gst_sdp_message_free (session->offer);
  if (session->restart)
    gst_sdp_message_free (session->restart);
  g_ptr_array_unref (session->early);
  g_free (session->id);
  g_free (session);
}

/* The request that waits, which the caller now answers. */
static RtcHttpRequest *
session_steal_request (Session *session)
{
  if (session->deadline) {
    g_source_destroy (session->deadline);
    g_clear_pointer (&session->deadline, g_source_unref);
  }
  return g_steal_pointer (&session->request);
}

/* A restart is over, one way or the other. */
static void
session_end_restart (Session *session)
{
  session->state = SESSION_OPEN;
  g_clear_pointer (&session->restart, gst_sdp_message_free);
  g_ptr_array_set_size (session->early, 0);
}

/* Forgets the session and tells the element. */
static void
session_lost (Session *session, const gchar *reason)
{
  RtcWhepServer *self = session->server;
  gchar *id = g_strdup (session->id);

  GST_INFO ("session %.6s... ended: %s", id, reason ? reason : "the client left");
  g_hash_table_remove (self->sessions, id);
  self->callbacks.ended (id, reason, self->user_data);
  g_free (id);
}

static gboolean
on_answer_timeout (gpointer data)
{
  Session *session = data;
  gboolean restarting = session->state == SESSION_RESTARTING;
  RtcHttpRequest *request = session_steal_request (session);

  if (restarting) {
    session_end_restart (session);
    rtc_http_request_reply_text (request, 504, "the stream did not answer in time");
    return G_SOURCE_REMOVE;
  }
  session_lost (session, "no answer in time");
  rtc_http_request_reply_text (request, 504, "the stream did not answer in time");
  return G_SOURCE_REMOVE;
}

static void
on_request_gone (RtcHttpRequest *request, gpointer data)
{
  Session *session = data;

  session_steal_request (session);
  if (session->state == SESSION_RESTARTING)
    session_end_restart (session);
  else
    session_lost (session, "the client left before the answer");
}

/* Makes the request wait for the element. */
static void
session_wait (Session *session, RtcHttpRequest *request)
{
  session->request = request;
  rtc_http_request_set_gone_func (request, on_request_gone, session);
  session->deadline = g_timeout_source_new (session->server->answer_ms);
  g_source_set_callback (session->deadline, on_answer_timeout, session, NULL);
  g_source_attach (session->deadline, session->server->context);
}

/* -- POST ---------------------------------------------------------------------------------------
 */

static gboolean
check_body_type (RtcHttpRequest *request, const gchar *media_type)
{
  if (rtc_http_request_has_type (request, media_type))
    return TRUE;
  if (strcmp (media_type, RTC_WHEP_SDP_TYPE) == 0)
    rtc_http_request_add_header (request, "Accept-Post", RTC_WHEP_SDP_TYPE);
  else
    rtc_http_request_add_header (request, "Accept-Patch", RTC_WHEP_FRAGMENT_TYPE);
  rtc_http_request_reply_text (request, 415, "the body must be of type %s", media_type);
  return FALSE;
}

static void
reply_busy (RtcHttpRequest *request, const gchar *text)
{
  rtc_http_request_add_header (request, "Retry-After", RETRY_AFTER_SECONDS);
  rtc_http_request_reply_text (request, 503, "%s", text);
}

static void
handle_post (RtcWhepServer *self, RtcHttpRequest *request)
{
  const gchar *body;
  GError *error = NULL;
  GstSDPMessage *offer, *copy = NULL;
  Session *session;
  gsize len;

  if (!check_body_type (request, RTC_WHEP_SDP_TYPE))
    return;
  if (!rtc_http_policy_accepts (
          rtc_http_request_find_header (request, "Accept"), RTC_WHEP_SDP_TYPE)) {
    rtc_http_request_reply_text (request, 406, "the answer is of type " RTC_WHEP_SDP_TYPE);
    return;
  }
  if (g_hash_table_size (self->sessions) >= self->max_sessions) {
    reply_busy (request, "this stream has as many viewers as it takes; try again later");
    return;
  }
  body = rtc_http_request_get_body (request, &len);
  offer = rtc_whep_parse_offer (body, len, &error);
  if (!offer) {
    rtc_http_request_reply_text (request, 400, "%s", error->message);
    g_error_free (error);
    return;
  }
  gst_sdp_message_copy (offer, &copy);
  session = session_new (self, offer);
  g_hash_table_insert (self->sessions, session->id, session);
  session_wait (session, request);
  GST_INFO (
      "session %.6s... requested from %s", session->id, rtc_http_request_get_address (request));
  self->callbacks.requested (
      session->id, rtc_http_request_get_address (request), copy, self->user_data);
}

/* -- PATCH --------------------------------------------------------------------------------------
 */

/* Hands one section's candidates to the element. */
static void
trickle_section (Session *session, const RtcSdpFragmentSection *section)
{
  RtcWhepServer *self = session->server;
  gchar *id = g_strdup (session->id); /* the element may end the session meanwhile */
  gint mline = rtc_whep_find_section (session->offer, section->mid);

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
handle_trickle (Session *session, RtcHttpRequest *request, const RtcSdpFragment *fragment)
{
  RtcWhepServer *self = session->server;
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
    trickle_section (session, &g_array_index (fragment->sections, RtcSdpFragmentSection, i));
  }
  g_free (id);
  rtc_http_request_reply (request, 204, NULL, NULL, 0);
}

static void
handle_restart (Session *session, RtcHttpRequest *request, const RtcSdpFragment *fragment)
{
  RtcWhepServer *self = session->server;
  GstSDPMessage *copy = NULL;
  GError *error = NULL;

  if (count_candidates (fragment) > MAX_CANDIDATES_PER_PATCH) {
    rtc_http_request_reply_text (request, 422, "too many candidates");
    return;
  }
  session->restart = rtc_whep_restart_offer (session->offer, fragment, &error);
  if (!session->restart) {
    rtc_http_request_reply_text (request, 400, "%s", error->message);
    g_error_free (error);
    return;
  }
  session->state = SESSION_RESTARTING;
  session_wait (session, request);
  gst_sdp_message_copy (session->restart, &copy);
  self->callbacks.restarted (session->id, copy, self->user_data);
}

/* Whether the fragment speaks of the session's present ICE credentials; without any it does. */
static gboolean
has_current_credentials (Session *session, const RtcSdpFragment *fragment)
{
  const gchar *ufrag, *pwd, *new_ufrag, *new_pwd;

  rtc_whep_get_credentials (session->offer, &ufrag, &pwd);
  rtc_whep_get_fragment_credentials (fragment, &new_ufrag, &new_pwd);
  return new_ufrag[0] == '\0' || (strcmp (ufrag, new_ufrag) == 0 && strcmp (pwd, new_pwd) == 0);
}

static void
handle_fragment (
    Session *session, RtcHttpRequest *request, const RtcSdpFragment *fragment, RtcWhepMatch match)
{
  if (session->state != SESSION_OPEN)
    rtc_http_request_reply_text (request, 409, "another request of this session is not done yet");
  else if (has_current_credentials (session, fragment))
    /* Also with "*": some clients never look at the ETag, and nothing is lost by it. */
    handle_trickle (session, request, fragment);
  else if (match == RTC_WHEP_MATCH_ANY)
    handle_restart (session, request, fragment);
  else
    /* New credentials under the old tag: the candidates belong to another ICE session. */
    rtc_http_request_reply_text (request, 412,
        "the fragment's ICE credentials are not this session's; an ICE restart needs If-Match: *");
}

static void
handle_patch (RtcWhepServer *self, RtcHttpRequest *request, Session *session)
{
  RtcWhepMatch match =
      rtc_whep_check_match (rtc_http_request_find_header (request, "If-Match"), session->etag);
  RtcSdpFragment *fragment;
  GError *error = NULL;
  const gchar *body;
  gsize len;

  if (!check_body_type (request, RTC_WHEP_FRAGMENT_TYPE))
    return;
  if (match == RTC_WHEP_MATCH_ABSENT || match == RTC_WHEP_MATCH_NO) {
    rtc_http_request_reply_text (request, match == RTC_WHEP_MATCH_NO ? 412 : 428, "%s",
        match == RTC_WHEP_MATCH_NO ? "If-Match is not the session's present ETag"
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

static void
on_request (RtcHttpRequest *request, const gchar *tail, gpointer data)
{
  RtcWhepServer *self = data;
  Session *session;

  if (tail[0] == '\0') {
    handle_post (self, request); /* the policy lets nothing else through */
    return;
  }
  session = g_hash_table_lookup (self->sessions, tail + 1);
  if (!session || session->state == SESSION_OFFERED) {
    rtc_http_request_reply_text (request, 404, "there is no such session");
    return;
  }
  if (strcmp (rtc_http_request_get_method (request), "PATCH") == 0) {
    handle_patch (self, request, session);
    return;
  }
  /* DELETE. RFC 9725 4.2: entity tags do not matter for it. */
  if (session->request)
    rtc_http_request_reply_text (session_steal_request (session), 503, "the session was ended");
  session_lost (session, NULL);
  rtc_http_request_reply (request, 200, NULL, NULL, 0);
}

/* -- The element's side -------------------------------------------------------------------------
 */

static void
reply_created (Session *session, RtcHttpRequest *request, const gchar *text)
{
  RtcWhepServer *self = session->server;
  gchar *location = g_strconcat (self->path, "/", session->id, NULL);

  rtc_http_request_add_header (request, "Location", location);
  rtc_http_request_add_header (request, "ETag", session->etag);
  rtc_http_request_add_header (request, "Accept-Patch", RTC_WHEP_FRAGMENT_TYPE);
  for (guint i = 0; self->links && self->links[i]; i++)
    rtc_http_request_add_header (request, "Link", self->links[i]);
  rtc_http_request_reply (request, 201, RTC_WHEP_SDP_TYPE, text, -1);
  g_free (location);
}

gboolean
rtc_whep_server_answer (
    RtcWhepServer *self, const gchar *session_id, const GstSDPMessage *answer, GError **error)
{
  Session *session = g_hash_table_lookup (self->sessions, session_id);
  GstSDPMessage *complete = NULL;
  RtcHttpRequest *request;
  gchar *text;

  if (!session || !session->request) {
    rtc_error (error, RTC_ERR_STATE, "the session is gone or waits for no answer");
    return FALSE;
  }
  gst_sdp_message_copy (answer, &complete);
  for (guint i = 0; i < session->early->len; i++) {
    const EarlyCandidate *early = g_ptr_array_index (session->early, i);

    rtc_whep_add_candidate (complete, early->mline, early->candidate);
  }
  request = session_steal_request (session);
  if (session->state == SESSION_OFFERED) {
    session->state = SESSION_OPEN;
    g_ptr_array_set_size (session->early, 0);
    text = gst_sdp_message_as_text (complete);
    reply_created (session, request, text);
  } else {
    /* RFC 9725 4.3.3: 200 with the new credentials and candidates, and a new tag. */
    gst_sdp_message_free (session->offer);
    session->offer = g_steal_pointer (&session->restart);
    session->n_candidates = 0;
    session_end_restart (session);
    set_etag (session);
    text = rtc_whep_answer_fragment (complete);
    rtc_http_request_add_header (request, "ETag", session->etag);
    rtc_http_request_reply (request, 200, RTC_WHEP_FRAGMENT_TYPE, text, -1);
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
    reply_busy (request, text);
  else
    rtc_http_request_reply_text (request,
        code == RTC_ERR_PARSE         ? 400
        : code == RTC_ERR_UNSUPPORTED ? 406
                                      : 500,
        "%s", text);
}

gboolean
rtc_whep_server_reject_restart (RtcWhepServer *self, const gchar *session_id, const GError *reason)
{
  Session *session = g_hash_table_lookup (self->sessions, session_id);
  RtcHttpRequest *request;

  if (!session || session->state != SESSION_RESTARTING)
    return FALSE;
  request = session_steal_request (session);
  session_end_restart (session);
  rtc_http_request_reply_text (
      request, 422, "%s", reason ? reason->message : "the stream refuses to restart ICE");
  return TRUE;
}

gboolean
rtc_whep_server_add_candidate (RtcWhepServer *self, const gchar *session_id, guint mline,
    const gchar *candidate, GError **error)
{
  Session *session = g_hash_table_lookup (self->sessions, session_id);
  EarlyCandidate *early;

  if (!session) {
    rtc_error (error, RTC_ERR_STATE, "no such session");
    return FALSE;
  }
  if (!session->request || session->early->len >= MAX_EARLY_CANDIDATES) {
    rtc_error (error, RTC_ERR_UNSUPPORTED, "WHEP carries no candidates after the answer");
    return FALSE;
  }
  early = g_new (EarlyCandidate, 1);
  early->mline = mline;
  early->candidate = g_strdup (candidate);
  g_ptr_array_add (session->early, early);
  return TRUE;
}

void
rtc_whep_server_end (RtcWhepServer *self, const gchar *session_id, const GError *reason)
{
  Session *session = g_hash_table_lookup (self->sessions, session_id);
  RtcHttpRequest *request;

  if (!session)
    return;
  request = session_steal_request (session);
  g_hash_table_remove (self->sessions, session_id);
  if (request)
    reply_error (request, reason);
}

/* -- The server ---------------------------------------------------------------------------------
 */

RtcWhepServer *
rtc_whep_server_new (RtcHttpServer *http, const RtcWhepServerConfig *config,
    const RtcWhepServerCallbacks *callbacks, gpointer user_data, GError **error)
{
  const RtcHttpRoutePolicy policy = {
    .auth_token = config->auth_token,
    .allowed_origins = config->allowed_origins,
    .methods = "POST, OPTIONS",
    .methods_below = "PATCH, DELETE, OPTIONS",
    .accept_post = RTC_WHEP_SDP_TYPE,
  };
  RtcWhepServer *self = g_new0 (RtcWhepServer, 1);

  self->route = rtc_http_server_add_route (http, config->path, &policy, on_request, self, error);
  if (!self->route) {
    g_free (self);
    return NULL;
  }
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
rtc_whep_server_free (RtcWhepServer *self)
{
  GHashTableIter iter;
  gpointer value;

  if (!self)
    return;
  g_hash_table_iter_init (&iter, self->sessions);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    session_steal_request (value); /* answered by the removal of the route */
  rtc_http_server_remove_route (self->http, self->route);
  g_hash_table_unref (self->sessions);
  g_main_context_unref (self->context);
  g_strfreev (self->links);
  g_free (self->path);
  g_free (self);
}

void
rtc_whep_server_set_max_sessions (RtcWhepServer *self, guint max_sessions)
{
  self->max_sessions = max_sessions;
}

guint
rtc_whep_server_get_n_sessions (RtcWhepServer *self)
{
  return g_hash_table_size (self->sessions);
}
