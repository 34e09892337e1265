/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "ext/http/gstrtcwhipclientsignaller.h"

#include <string.h>
#include "ext/http/rtc-http-client.h"
#include "ext/http/rtc-whip-session.h"
#include "gst/rtc/base/rtc-log.h"
#include "gst/rtc/base/rtc-result.h"

#define GST_CAT_DEFAULT rtc_log_sig

#define FIRST_RETRY_MS 1000
#define LAST_RETRY_MS 15000
#define STABLE_US (30 * G_USEC_PER_SEC)

enum {
  PROP_0,
  PROP_WHIP_ENDPOINT,
  PROP_AUTH_TOKEN,
  PROP_NAME,
  PROP_TIMEOUT,
  PROP_TLS_CA_FILE,
  PROP_RETRIES,
  PROP_TRICKLE,
  N_PROPS
};

struct _GstRtcWhipClientSignaller {
  GObject parent;

  GMutex lock; /* of the settings */
  gchar *endpoint, *auth_token, *name, *ca_file;
  guint timeout, retries;
  gboolean trickle;

  /* [C] only, NULL unless started */
  GMainContext *control;
  RtcHttpClient *client;
  gchar *url;              /* of the endpoint, with the name */
  gchar *session_id;       /* requested, until it ended */
  RtcWhipSession *session; /* once there is an offer */
  gint64 answered_at;      /* monotonic, us; 0: no answer yet */
  GPtrArray *ending;       /* RtcWhipSession whose DELETE is under way */
  GSource *next;           /* the next try */
  guint n_failures;        /* in a row */
};

static GParamSpec *properties[N_PROPS];

static void gst_rtc_whip_client_signaller_iface_init (GstRtcSignallerInterface *iface);

G_DEFINE_TYPE_WITH_CODE (GstRtcWhipClientSignaller, gst_rtc_whip_client_signaller, G_TYPE_OBJECT,
    G_IMPLEMENT_INTERFACE (GST_TYPE_RTC_SIGNALLER, gst_rtc_whip_client_signaller_iface_init))

/* -- Tries --------------------------------------------------------------------------------------
 */

static gboolean
on_next (gpointer data)
{
  GstRtcWhipClientSignaller *self = data;
  GUri *uri = g_uri_parse (self->url, G_URI_FLAGS_ENCODED, NULL);
  gchar *id;

  g_clear_pointer (&self->next, g_source_unref);
  g_free (self->session_id);
  self->session_id = gst_rtc_signaller_new_session_id ();
  self->answered_at = 0;
  id = g_strdup (self->session_id); /* the element may end it meanwhile */
  gst_rtc_signaller_emit_session_requested (
      GST_RTC_SIGNALLER (self), id, g_uri_get_host (uri), NULL);
  g_free (id);
  g_uri_unref (uri);
  return G_SOURCE_REMOVE;
}

static void
schedule (GstRtcWhipClientSignaller *self, guint ms)
{
  if (self->next)
    return;
  self->next = g_timeout_source_new (ms);
  g_source_set_callback (self->next, on_next, self, NULL);
  g_source_attach (self->next, self->control);
}

/* After a failure that may pass. FALSE: that was the last try. */
static gboolean
retry (GstRtcWhipClientSignaller *self, guint retry_after)
{
  guint ms = FIRST_RETRY_MS, retries;

  if (self->answered_at != 0 && g_get_monotonic_time () - self->answered_at >= STABLE_US)
    self->n_failures = 0;
  g_mutex_lock (&self->lock);
  retries = self->retries;
  g_mutex_unlock (&self->lock);
  if (retries != G_MAXUINT && self->n_failures >= retries)
    return FALSE;
  for (guint i = 0; i < self->n_failures && ms < LAST_RETRY_MS; i++)
    ms *= 2;
  ms = MAX (MIN (ms, LAST_RETRY_MS), retry_after * 1000);
  self->n_failures++;
  GST_INFO ("try %u follows in %u ms", self->n_failures + 1, ms);
  schedule (self, ms);
  return TRUE;
}

static gboolean
is_passing (const GError *reason)
{
  RtcResult code = reason ? rtc_error_get_result (reason) : RTC_AGAIN;

  return code == RTC_AGAIN || code == RTC_ERR_BACKEND || code == RTC_ERR_LIMIT
         || code == RTC_ERR_PEER_CLOSED;
}

/* Lets go of the session; its DELETE goes its own way. */
static void
drop_session (GstRtcWhipClientSignaller *self)
{
  RtcWhipSession *session = g_steal_pointer (&self->session);

  g_clear_pointer (&self->session_id, g_free);
  if (!session)
    return;
  g_ptr_array_add (self->ending, session);
  rtc_whip_session_end (session);
}

/* -- What the server says -----------------------------------------------------------------------
 */

static void
on_answered (RtcWhipSession *session, const gchar *text, gpointer data)
{
  GstRtcWhipClientSignaller *self = data;
  GstWebRTCSessionDescription *answer;
  GstSDPMessage *sdp;

  if (gst_sdp_message_new_from_text (text, &sdp) != GST_SDP_OK)
    return; /* it was parsed before */
  self->answered_at = g_get_monotonic_time ();
  answer = gst_webrtc_session_description_new (GST_WEBRTC_SDP_TYPE_ANSWER, sdp);
  gst_rtc_signaller_emit_session_description (GST_RTC_SIGNALLER (self), self->session_id, answer);
  gst_webrtc_session_description_free (answer);
}

static void
on_failed (RtcWhipSession *session, const GError *error, guint retry_after, gpointer data)
{
  GstRtcWhipClientSignaller *self = data;
  gchar *id = g_strdup (self->session_id);
  gchar *message = g_strdup (error->message); /* the session's, which goes */
  gboolean again = rtc_error_get_result (error) == RTC_AGAIN && retry (self, retry_after);

  GST_WARNING ("%s", message);
  drop_session (self);
  gst_rtc_signaller_emit_session_ended (GST_RTC_SIGNALLER (self), id, message);
  if (!again && self->client)
    gst_rtc_signaller_emit_error (GST_RTC_SIGNALLER (self), message);
  g_free (message);
  g_free (id);
}

static void
on_gone (RtcWhipSession *session, gpointer data)
{
  GstRtcWhipClientSignaller *self = data;

  g_ptr_array_remove_fast (self->ending, session);
}

/* -- Starting and stopping ----------------------------------------------------------------------
 */

/* RFC 6750 2.1: what a Bearer token is made of; anything else would break the header. */
static gboolean
is_token (const gchar *token)
{
  for (const gchar *p = token; *p; p++)
    if (!g_ascii_isgraph (*p))
      return FALSE;
  return TRUE;
}

/* The endpoint with ?name=. NULL when it is none. Under the lock. */
static gchar *
make_url (GstRtcWhipClientSignaller *self)
{
  gchar *url = self->endpoint ? rtc_http_client_resolve (NULL, self->endpoint) : NULL;
  gchar *escaped, *named;

  if (!url || !self->name)
    return url;
  escaped = g_uri_escape_string (self->name, NULL, FALSE);
  named = g_strconcat (url, strchr (url, '?') ? "&name=" : "?name=", escaped, NULL);
  g_free (escaped);
  g_free (url);
  return named;
}

static gboolean
client_start (GstRtcSignaller *signaller, GMainContext *control, GError **error)
{
  GstRtcWhipClientSignaller *self = GST_RTC_WHIP_CLIENT_SIGNALLER (signaller);
  RtcHttpClientConfig config;

  rtc_log_init ();
  if (self->client) {
    rtc_error (error, RTC_ERR_STATE, "the signaller is already started");
    return FALSE;
  }
  g_mutex_lock (&self->lock);
  config = (RtcHttpClientConfig){ .home = self->endpoint,
    .token = self->auth_token,
    .tls_ca_file = self->ca_file,
    .timeout_ms = self->timeout * 1000 };
  if (!self->endpoint)
    rtc_error (error, RTC_ERR_PARSE,
        "there is nowhere to send to: set whip-endpoint to http(s)://HOST[:PORT]/PATH");
  else if (self->auth_token && !is_token (self->auth_token))
    rtc_error (error, RTC_ERR_UNSUPPORTED,
        "auth-token has a blank or another character in it "
        "that no token has");
  else
    self->client = rtc_http_client_new (&config, error);
  if (self->client)
    self->url = make_url (self);
  if (self->client && self->auth_token && g_str_has_prefix (self->url, "http:"))
    GST_WARNING ("the token goes over the network in the clear: https:// is safer");
  g_mutex_unlock (&self->lock);
  if (!self->client)
    return FALSE;
  self->control = g_main_context_ref (control);
  self->ending = g_ptr_array_new ();
  self->n_failures = 0;
  schedule (self, 0);
  return TRUE;
}

/* Ends what the server still has, in little time. */
static void
say_goodbye (GstRtcWhipClientSignaller *self)
{
  gint64 deadline = g_get_monotonic_time () + GST_RTC_WHIP_CLIENT_STOP_MS * 1000;

  for (guint i = 0; i < self->ending->len; i++) {
    RtcWhipSession *session = g_ptr_array_index (self->ending, i);
    const RtcHttpClientRequest request = { .method = "DELETE",
      .url = rtc_whip_session_get_url (session) };
    gint64 left = (deadline - g_get_monotonic_time ()) / 1000;

    if (request.url && left > 0)
      rtc_http_client_send_now (self->client, &request, (guint) left);
    rtc_whip_session_free (session);
  }
  g_ptr_array_set_size (self->ending, 0);
}

static void
client_stop (GstRtcSignaller *signaller)
{
  GstRtcWhipClientSignaller *self = GST_RTC_WHIP_CLIENT_SIGNALLER (signaller);

  if (!self->client)
    return;
  if (self->next) {
    g_source_destroy (self->next);
    g_clear_pointer (&self->next, g_source_unref);
  }
  if (self->session)
    g_ptr_array_add (self->ending, g_steal_pointer (&self->session));
  say_goodbye (self);
  g_clear_pointer (&self->ending, g_ptr_array_unref);
  g_clear_pointer (&self->client, rtc_http_client_free);
  g_clear_pointer (&self->session_id, g_free);
  g_clear_pointer (&self->url, g_free);
  g_clear_pointer (&self->control, g_main_context_unref);
}

/* -- The rest of GstRtcSignaller ----------------------------------------------------------------
 */

static gboolean
client_can_trickle (GstRtcSignaller *signaller)
{
  GstRtcWhipClientSignaller *self = GST_RTC_WHIP_CLIENT_SIGNALLER (signaller);
  gboolean trickle;

  g_mutex_lock (&self->lock);
  trickle = self->trickle;
  g_mutex_unlock (&self->lock);
  return trickle;
}

static gboolean
is_session (GstRtcWhipClientSignaller *self, const gchar *id, GError **error)
{
  if (g_strcmp0 (self->session_id, id) == 0)
    return TRUE;
  rtc_error (error, RTC_ERR_STATE, "no such session");
  return FALSE;
}

static gboolean
client_send_session_description (GstRtcSignaller *signaller, const gchar *session_id,
    const GstWebRTCSessionDescription *description, GError **error)
{
  static const RtcWhipSessionCallbacks callbacks = { on_answered, on_failed, on_gone };
  GstRtcWhipClientSignaller *self = GST_RTC_WHIP_CLIENT_SIGNALLER (signaller);
  gchar *text;

  if (!is_session (self, session_id, error))
    return FALSE;
  if (description->type != GST_WEBRTC_SDP_TYPE_OFFER || self->session) {
    rtc_error (error, RTC_ERR_STATE, "a WHIP session has one offer");
    return FALSE;
  }
  text = gst_sdp_message_as_text (description->sdp);
  self->session = rtc_whip_session_new (self->client, self->url, text, &callbacks, self);
  g_free (text);
  return TRUE;
}

static gboolean
client_send_candidate (GstRtcSignaller *signaller, const gchar *session_id, guint mline,
    const gchar *mid, const gchar *candidate, GError **error)
{
  GstRtcWhipClientSignaller *self = GST_RTC_WHIP_CLIENT_SIGNALLER (signaller);

  if (!is_session (self, session_id, error))
    return FALSE;
  if (client_can_trickle (signaller) && self->session && mid
      && rtc_whip_session_add_candidate (self->session, mid, candidate))
    return TRUE;
  rtc_error (error, RTC_ERR_UNSUPPORTED, "the WHIP server takes no candidates after the offer");
  return FALSE;
}

/* Whatever ends a session here, but what would end the next one, too, is a reason for another. What
 * ends before there was an offer (the element has no media yet) does not count as a try. */
static void
client_end_session (GstRtcSignaller *signaller, const gchar *session_id, const GError *reason)
{
  GstRtcWhipClientSignaller *self = GST_RTC_WHIP_CLIENT_SIGNALLER (signaller);
  gboolean offered = self->session != NULL;

  if (!is_session (self, session_id, NULL))
    return;
  drop_session (self);
  if (!offered && reason && rtc_error_get_result (reason) == RTC_AGAIN) {
    schedule (self, FIRST_RETRY_MS);
    return;
  }
  if (is_passing (reason) && retry (self, 0))
    return;
  gst_rtc_signaller_emit_error (
      signaller, reason ? reason->message : "the WHIP server has hung up, again and again");
}

/* The element cannot do with the server's answer, and will not with the next one. */
static gboolean
client_reject_session_description (
    GstRtcSignaller *signaller, const gchar *session_id, const GError *reason)
{
  GstRtcWhipClientSignaller *self = GST_RTC_WHIP_CLIENT_SIGNALLER (signaller);
  gchar *message;

  if (!is_session (self, session_id, NULL) || !self->session)
    return FALSE;
  message = g_strdup_printf (
      "the WHIP server's answer is of no use: %s", reason ? reason->message : "it was refused");
  drop_session (self);
  gst_rtc_signaller_emit_session_ended (signaller, session_id, message);
  gst_rtc_signaller_emit_error (signaller, message);
  g_free (message);
  return TRUE;
}

static void
gst_rtc_whip_client_signaller_iface_init (GstRtcSignallerInterface *iface)
{
  iface->start = client_start;
  iface->stop = client_stop;
  iface->can_trickle = client_can_trickle;
  iface->send_session_description = client_send_session_description;
  iface->reject_session_description = client_reject_session_description;
  iface->send_candidate = client_send_candidate;
  iface->end_session = client_end_session;
}

/* -- Properties ---------------------------------------------------------------------------------
 */

/* The string behind a property; NULL for others. */
static gchar **
string_of (GstRtcWhipClientSignaller *self, guint id)
{
  return id == PROP_WHIP_ENDPOINT ? &self->endpoint
         : id == PROP_AUTH_TOKEN  ? &self->auth_token
         : id == PROP_NAME        ? &self->name
         : id == PROP_TLS_CA_FILE ? &self->ca_file
                                  : NULL;
}

/* gst-launch cannot write NULL: an empty text means it. */
static void
set_string (gchar **place, const gchar *value)
{
  if (*place)
    explicit_bzero (*place, strlen (*place));
  g_free (*place);
  *place = value && value[0] ? g_strdup (value) : NULL;
}

static void
gst_rtc_whip_client_signaller_set_property (
    GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  GstRtcWhipClientSignaller *self = GST_RTC_WHIP_CLIENT_SIGNALLER (object);

  g_mutex_lock (&self->lock);
  if (string_of (self, id))
    set_string (string_of (self, id), g_value_get_string (value));
  else if (id == PROP_TIMEOUT)
    self->timeout = g_value_get_uint (value);
  else if (id == PROP_RETRIES)
    self->retries = g_value_get_uint (value);
  else if (id == PROP_TRICKLE)
    self->trickle = g_value_get_boolean (value);
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
  g_mutex_unlock (&self->lock);
}

static void
gst_rtc_whip_client_signaller_get_property (
    GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  GstRtcWhipClientSignaller *self = GST_RTC_WHIP_CLIENT_SIGNALLER (object);

  g_mutex_lock (&self->lock);
  if (string_of (self, id))
    g_value_set_string (value, *string_of (self, id));
  else if (id == PROP_TIMEOUT)
    g_value_set_uint (value, self->timeout);
  else if (id == PROP_RETRIES)
    g_value_set_uint (value, self->retries);
  else if (id == PROP_TRICKLE)
    g_value_set_boolean (value, self->trickle);
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
  g_mutex_unlock (&self->lock);
}

static void
gst_rtc_whip_client_signaller_finalize (GObject *object)
{
  GstRtcWhipClientSignaller *self = GST_RTC_WHIP_CLIENT_SIGNALLER (object);

  client_stop (GST_RTC_SIGNALLER (object));
  for (guint id = 1; id < N_PROPS; id++)
    if (string_of (self, id))
      set_string (string_of (self, id), NULL);
  g_mutex_clear (&self->lock);
  G_OBJECT_CLASS (gst_rtc_whip_client_signaller_parent_class)->finalize (object);
}

static void
gst_rtc_whip_client_signaller_class_init (GstRtcWhipClientSignallerClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  const GParamFlags flags = G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS;

  object_class->set_property = gst_rtc_whip_client_signaller_set_property;
  object_class->get_property = gst_rtc_whip_client_signaller_get_property;
  object_class->finalize = gst_rtc_whip_client_signaller_finalize;
  properties[PROP_WHIP_ENDPOINT] = g_param_spec_string ("whip-endpoint", "WHIP endpoint",
      "Where to send to: http(s)://HOST[:PORT]/PATH", NULL, flags);
  properties[PROP_AUTH_TOKEN] = g_param_spec_string ("auth-token", "Bearer token",
      "Shown to the WHIP server", NULL, G_PARAM_WRITABLE | G_PARAM_STATIC_STRINGS);
  properties[PROP_NAME] = g_param_spec_string (
      "name", "Name", "Who calls, told to the WHIP server as ?name=", NULL, flags);
  properties[PROP_TIMEOUT] =
      g_param_spec_uint ("timeout", "Timeout", "Seconds that the WHIP server has for an answer", 1,
          300, GST_RTC_WHIP_CLIENT_DEFAULT_TIMEOUT, flags);
  properties[PROP_TLS_CA_FILE] = g_param_spec_string ("tls-ca-file", "TLS certificates",
      "PEM file of certificates to trust instead of the system's", NULL, flags);
  properties[PROP_RETRIES] = g_param_spec_uint ("retries", "Retries",
      "How often to try again in a row when the server cannot be reached or the call breaks off", 0,
      G_MAXUINT, GST_RTC_WHIP_CLIENT_DEFAULT_RETRIES, flags);
  properties[PROP_TRICKLE] = g_param_spec_boolean ("trickle", "Trickle",
      "Send the offer at once and candidates after it, which not every server takes", FALSE, flags);
  g_object_class_install_properties (object_class, N_PROPS, properties);
}

static void
gst_rtc_whip_client_signaller_init (GstRtcWhipClientSignaller *self)
{
  g_mutex_init (&self->lock);
  self->timeout = GST_RTC_WHIP_CLIENT_DEFAULT_TIMEOUT;
  self->retries = GST_RTC_WHIP_CLIENT_DEFAULT_RETRIES;
}

GstRtcSignaller *
gst_rtc_whip_client_signaller_new (void)
{
  return g_object_new (GST_TYPE_RTC_WHIP_CLIENT_SIGNALLER, NULL);
}
