/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "ext/http/gstrtcwhepserversignaller.h"

#include <string.h>
#include "ext/http/rtc-http-policy.h"
#include "ext/http/rtc-whep-server.h"
#include "ext/http/rtc-whep.h"
#include "gst/rtc/base/rtc-log.h"
#include "gst/rtc/base/rtc-result.h"
#include "gst/webrtc/gstrtcservers.h"

#define GST_CAT_DEFAULT rtc_log_sig

#define DEFAULT_ANSWER_TIMEOUT_MS 10000
#define ENDPOINT_PATH "/whep"

enum {
  PROP_0,
  PROP_HOST_ADDR,
  PROP_STREAM_NAME,
  PROP_AUTH_TOKEN,
  PROP_MAX_SESSIONS,
  PROP_ALLOWED_ORIGINS,
  PROP_ALLOWED_HOSTS,
  PROP_TLS_CERTIFICATE_FILE,
  PROP_TLS_KEY_FILE,
  PROP_STUN_SERVER,
  PROP_TURN_SERVERS,
  PROP_ANSWER_TIMEOUT,
  PROP_TITLE,
  PROP_PAGE_URL,
  PROP_ENDPOINT_URL,
  PROP_N_SESSIONS,
  N_PROPS
};

struct _GstRtcWhepServerSignaller {
  GObject parent;

  GMutex lock; /* of the settings and the URLs */
  gchar *host_addr, *stream_name, *auth_token, *allowed_origins, *allowed_hosts;
  gchar *certificate_file, *key_file, *stun_server, *title;
  GPtrArray *turn_servers; /* strings */
  guint max_sessions, answer_timeout_ms;
  gchar *page_url, *endpoint_url; /* NULL unless started */
  gint n_sessions;                /* atomic copy for readers on other threads */

  /* [C] only, NULL unless started */
  RtcHttpServer *http;
  RtcWhepServer *whep; /* set and cleared under the lock, for max-sessions */
  gchar *listed_name;  /* what it is called in http's list of streams */
};

static GParamSpec *properties[N_PROPS];

static void gst_rtc_whep_server_signaller_iface_init (GstRtcSignallerInterface *iface);

G_DEFINE_TYPE_WITH_CODE (GstRtcWhepServerSignaller, gst_rtc_whep_server_signaller, G_TYPE_OBJECT,
    G_IMPLEMENT_INTERFACE (GST_TYPE_RTC_SIGNALLER, gst_rtc_whep_server_signaller_iface_init))

/* -- From the endpoint to signals ---------------------------------------------------------------
 */

static void
update_n_sessions (GstRtcWhepServerSignaller *self)
{
  g_atomic_int_set (
      &self->n_sessions, self->whep ? (gint) rtc_whep_server_get_n_sessions (self->whep) : 0);
}

static void
on_requested (const gchar *session_id, const gchar *address, GstSDPMessage *offer, gpointer data)
{
  GstWebRTCSessionDescription *description =
      gst_webrtc_session_description_new (GST_WEBRTC_SDP_TYPE_OFFER, offer);

  update_n_sessions (data);
  gst_rtc_signaller_emit_session_requested (data, session_id, address, description);
  gst_webrtc_session_description_free (description);
}

static void
on_restarted (const gchar *session_id, GstSDPMessage *offer, gpointer data)
{
  GstWebRTCSessionDescription *description =
      gst_webrtc_session_description_new (GST_WEBRTC_SDP_TYPE_OFFER, offer);

  gst_rtc_signaller_emit_session_description (data, session_id, description);
  gst_webrtc_session_description_free (description);
}

static void
on_candidate (
    const gchar *session_id, guint mline, const gchar *mid, const gchar *candidate, gpointer data)
{
  gst_rtc_signaller_emit_handle_ice (data, session_id, mline, mid, candidate);
}

static void
on_ended (const gchar *session_id, const gchar *reason, gpointer data)
{
  update_n_sessions (data);
  gst_rtc_signaller_emit_session_ended (data, session_id, reason);
}

/* -- Starting -----------------------------------------------------------------------------------
 */

/* A comma-separated list without blanks and empty elements; NULL for none. */
static gchar **
split_list (const gchar *text)
{
  GPtrArray *list;
  gchar **parts;

  if (!text || text[0] == '\0')
    return NULL;
  list = g_ptr_array_new ();
  parts = g_strsplit (text, ",", -1);
  for (guint i = 0; parts[i]; i++) {
    const gchar *part = g_strstrip (parts[i]);

    if (part[0] != '\0')
      g_ptr_array_add (list, g_strdup (part));
  }
  g_strfreev (parts);
  g_ptr_array_add (list, NULL);
  return (gchar **) g_ptr_array_free (list, FALSE);
}

static gboolean
check_settings (GstRtcWhepServerSignaller *self, gchar **origins, GError **error)
{
  if (self->http) {
    rtc_error (error, RTC_ERR_STATE, "the signaller is already started");
    return FALSE;
  }
  if (self->stream_name && !rtc_http_policy_is_name (self->stream_name)) {
    rtc_error (error, RTC_ERR_UNSUPPORTED,
        "stream-name \"%s\" must be 1 to 64 of A-Z a-z 0-9 . _ -", self->stream_name);
    return FALSE;
  }
  if (self->auth_token && origins && g_strv_contains ((const gchar *const *) origins, "*")) {
    rtc_error (error, RTC_ERR_UNSUPPORTED,
        "allowed-origins \"*\" together with auth-token is refused: name the origins");
    return FALSE;
  }
  return TRUE;
}

/* Link fields for the servers that a client should use, too. */
static gchar **
make_links (GstRtcWhepServerSignaller *self)
{
  GPtrArray *links = g_ptr_array_new ();

  for (guint i = 0; i <= self->turn_servers->len; i++) {
    const gchar *uri = i == 0 ? self->stun_server : g_ptr_array_index (self->turn_servers, i - 1);
    gchar *link = uri && uri[0] ? rtc_whep_link_header (uri) : NULL;

    if (link)
      g_ptr_array_add (links, link);
    else if (uri && uri[0])
      GST_WARNING ("an ICE server's address is not understood and not told to viewers");
  }
  g_ptr_array_add (links, NULL);
  return (gchar **) g_ptr_array_free (links, FALSE);
}

static gboolean
start_endpoint (GstRtcWhepServerSignaller *self, gchar **origins, GError **error)
{
  static const RtcWhepServerCallbacks callbacks = {
    .requested = on_requested,
    .restarted = on_restarted,
    .candidate = on_candidate,
    .ended = on_ended,
  };
  gchar *path = self->stream_name ? g_strconcat (ENDPOINT_PATH "/", self->stream_name, NULL)
                                  : g_strdup (ENDPOINT_PATH);
  gchar **links = make_links (self);
  const RtcWhepServerConfig config = {
    .path = path,
    .auth_token = self->auth_token,
    .allowed_origins = (const gchar *const *) origins,
    .links = links,
    .max_sessions = self->max_sessions,
    .answer_ms = self->answer_timeout_ms,
  };

  self->whep = rtc_whep_server_new (self->http, &config, &callbacks, self, error);
  if (self->whep) {
    const gchar *name = self->stream_name ? self->stream_name : "";

    self->listed_name = g_strdup (name);
    rtc_http_server_add_stream (self->http, name, self->title, path, self->auth_token);
    self->page_url = self->stream_name ? g_strconcat (
                         rtc_http_server_get_url (self->http), "?stream=", name, NULL)
                                       : g_strdup (rtc_http_server_get_url (self->http));
    self->endpoint_url = g_strconcat (rtc_http_server_get_url (self->http), path + 1, NULL);
  }
  g_strfreev (links);
  g_free (path);
  return self->whep != NULL;
}

static gboolean
whep_start (GstRtcSignaller *signaller, GMainContext *control, GError **error)
{
  GstRtcWhepServerSignaller *self = GST_RTC_WHEP_SERVER_SIGNALLER (signaller);
  gchar **origins, **hosts;
  gboolean ok;

  rtc_log_init ();
  g_mutex_lock (&self->lock);
  origins = split_list (self->allowed_origins);
  hosts = split_list (self->allowed_hosts);
  ok = check_settings (self, origins, error);
  if (ok) {
    const RtcHttpServerConfig config = {
      .address = self->host_addr,
      .certificate_file = self->certificate_file,
      .key_file = self->key_file,
      .allowed_hosts = (const gchar *const *) hosts,
    };

    self->http = rtc_http_server_acquire (&config, control, error);
    ok = self->http && start_endpoint (self, origins, error);
    if (!ok)
      g_clear_pointer (&self->http, rtc_http_server_release);
  }
  g_mutex_unlock (&self->lock);
  g_strfreev (origins);
  g_strfreev (hosts);
  return ok;
}

static void
whep_stop (GstRtcSignaller *signaller)
{
  GstRtcWhepServerSignaller *self = GST_RTC_WHEP_SERVER_SIGNALLER (signaller);
  RtcWhepServer *whep;

  if (!self->http)
    return;
  g_mutex_lock (&self->lock);
  whep = g_steal_pointer (&self->whep);
  g_mutex_unlock (&self->lock);
  rtc_whep_server_free (whep);
  update_n_sessions (self);
  /* Not stream_name: that may have been set since, for the next start. */
  rtc_http_server_remove_stream (self->http, self->listed_name);
  g_clear_pointer (&self->listed_name, g_free);
  g_mutex_lock (&self->lock);
  g_clear_pointer (&self->page_url, g_free);
  g_clear_pointer (&self->endpoint_url, g_free);
  g_mutex_unlock (&self->lock);
  g_clear_pointer (&self->http, rtc_http_server_release);
}

/* -- The rest of GstRtcSignaller ----------------------------------------------------------------
 */

static gboolean
whep_can_trickle (GstRtcSignaller *signaller)
{
  return FALSE;
}

static gboolean
is_started (GstRtcWhepServerSignaller *self, GError **error)
{
  if (!self->whep)
    rtc_error (error, RTC_ERR_STATE, "the signaller is not started");
  return self->whep != NULL;
}

static gboolean
whep_send_session_description (GstRtcSignaller *signaller, const gchar *session_id,
    const GstWebRTCSessionDescription *description, GError **error)
{
  GstRtcWhepServerSignaller *self = GST_RTC_WHEP_SERVER_SIGNALLER (signaller);

  if (description->type != GST_WEBRTC_SDP_TYPE_ANSWER) {
    rtc_error (error, RTC_ERR_UNSUPPORTED, "in WHEP only the viewer offers");
    return FALSE;
  }
  return is_started (self, error)
         && rtc_whep_server_answer (self->whep, session_id, description->sdp, error);
}

static gboolean
whep_reject_session_description (
    GstRtcSignaller *signaller, const gchar *session_id, const GError *reason)
{
  GstRtcWhepServerSignaller *self = GST_RTC_WHEP_SERVER_SIGNALLER (signaller);

  return self->whep && rtc_whep_server_reject_restart (self->whep, session_id, reason);
}

static gboolean
whep_send_candidate (GstRtcSignaller *signaller, const gchar *session_id, guint mline,
    const gchar *mid, const gchar *candidate, GError **error)
{
  GstRtcWhepServerSignaller *self = GST_RTC_WHEP_SERVER_SIGNALLER (signaller);

  return is_started (self, error)
         && rtc_whep_server_add_candidate (self->whep, session_id, mline, candidate, error);
}

static void
whep_end_session (GstRtcSignaller *signaller, const gchar *session_id, const GError *reason)
{
  GstRtcWhepServerSignaller *self = GST_RTC_WHEP_SERVER_SIGNALLER (signaller);

  if (!self->whep)
    return;
  rtc_whep_server_end (self->whep, session_id, reason);
  update_n_sessions (self);
}

static void
gst_rtc_whep_server_signaller_iface_init (GstRtcSignallerInterface *iface)
{
  iface->start = whep_start;
  iface->stop = whep_stop;
  iface->can_trickle = whep_can_trickle;
  iface->send_session_description = whep_send_session_description;
  iface->reject_session_description = whep_reject_session_description;
  iface->send_candidate = whep_send_candidate;
  iface->end_session = whep_end_session;
}

/* -- Properties ---------------------------------------------------------------------------------
 */

/* The string behind a property; NULL for others. */
static gchar **
string_of (GstRtcWhepServerSignaller *self, guint id)
{
  switch (id) {
    case PROP_HOST_ADDR:
      return &self->host_addr;
    case PROP_STREAM_NAME:
      return &self->stream_name;
    case PROP_AUTH_TOKEN:
      return &self->auth_token;
    case PROP_ALLOWED_ORIGINS:
      return &self->allowed_origins;
    case PROP_ALLOWED_HOSTS:
      return &self->allowed_hosts;
    case PROP_TLS_CERTIFICATE_FILE:
      return &self->certificate_file;
    case PROP_TLS_KEY_FILE:
      return &self->key_file;
    case PROP_STUN_SERVER:
      return &self->stun_server;
    case PROP_TITLE:
      return &self->title;
    case PROP_PAGE_URL:
      return &self->page_url;
    case PROP_ENDPOINT_URL:
      return &self->endpoint_url;
    default:
      return NULL;
  }
}

static void
clear_token (GstRtcWhepServerSignaller *self)
{
  if (self->auth_token)
    explicit_bzero (self->auth_token, strlen (self->auth_token));
  g_clear_pointer (&self->auth_token, g_free);
}

static void
set_string (GstRtcWhepServerSignaller *self, guint id, gchar *value)
{
  gchar **string = string_of (self, id);

  if (id == PROP_AUTH_TOKEN)
    clear_token (self);
  g_free (*string);
  /* gst-launch cannot write NULL: an empty text means it. */
  if (value && value[0] == '\0')
    g_clear_pointer (&value, g_free);
  *string = value                  ? value
            : id == PROP_HOST_ADDR ? g_strdup (GST_RTC_WHEP_SERVER_DEFAULT_HOST_ADDR)
                                   : NULL;
}

/* Frees a string that holds credentials. */
static void
free_secret (gpointer data)
{
  explicit_bzero (data, strlen (data));
  g_free (data);
}

static void
set_turn_servers (GstRtcWhepServerSignaller *self, const GValue *value)
{
  g_ptr_array_set_size (self->turn_servers, 0);
  for (guint i = 0; i < gst_value_array_get_size (value); i++)
    if (g_value_get_string (gst_value_array_get_value (value, i)) != NULL)
      g_ptr_array_add (
          self->turn_servers, g_value_dup_string (gst_value_array_get_value (value, i)));
}

static void
get_turn_servers (GstRtcWhepServerSignaller *self, GValue *value)
{
  for (guint i = 0; i < self->turn_servers->len; i++) {
    GValue item = G_VALUE_INIT;

    g_value_init (&item, G_TYPE_STRING);
    g_value_take_string (&item, gst_rtc_servers_redact (g_ptr_array_index (self->turn_servers, i)));
    gst_value_array_append_and_take_value (value, &item);
  }
}

static void
gst_rtc_whep_server_signaller_set_property (
    GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  GstRtcWhepServerSignaller *self = GST_RTC_WHEP_SERVER_SIGNALLER (object);

  g_mutex_lock (&self->lock);
  if (string_of (self, id)) {
    set_string (self, id, g_value_dup_string (value));
  } else if (id == PROP_MAX_SESSIONS) {
    self->max_sessions = g_value_get_uint (value);
    if (self->whep)
      rtc_whep_server_set_max_sessions (self->whep, self->max_sessions);
  } else if (id == PROP_TURN_SERVERS) {
    set_turn_servers (self, value);
  } else if (id == PROP_ANSWER_TIMEOUT) {
    self->answer_timeout_ms = g_value_get_uint (value);
  } else {
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
  }
  g_mutex_unlock (&self->lock);
}

static void
gst_rtc_whep_server_signaller_get_property (
    GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  GstRtcWhepServerSignaller *self = GST_RTC_WHEP_SERVER_SIGNALLER (object);

  g_mutex_lock (&self->lock);
  if (string_of (self, id))
    g_value_set_string (value, *string_of (self, id));
  else if (id == PROP_MAX_SESSIONS)
    g_value_set_uint (value, self->max_sessions);
  else if (id == PROP_TURN_SERVERS)
    get_turn_servers (self, value);
  else if (id == PROP_ANSWER_TIMEOUT)
    g_value_set_uint (value, self->answer_timeout_ms);
  else if (id == PROP_N_SESSIONS)
    g_value_set_uint (value, (guint) g_atomic_int_get (&self->n_sessions));
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
  g_mutex_unlock (&self->lock);
}

static void
install_strings (void)
{
  static const struct {
    guint id;
    const gchar *name, *blurb, *initial;
    GParamFlags flags;
  } strings[] = {
    { PROP_HOST_ADDR, "host-addr",
        "Where to listen: http://ADDRESS:PORT/ or https://ADDRESS:PORT/; port 0 takes any",
        GST_RTC_WHEP_SERVER_DEFAULT_HOST_ADDR, G_PARAM_READWRITE },
    { PROP_STREAM_NAME, "stream-name",
        "Name of this stream on a shared server: its endpoint is whep/NAME", NULL,
        G_PARAM_READWRITE },
    { PROP_AUTH_TOKEN, "auth-token", "Bearer token asked of every viewer", NULL, G_PARAM_WRITABLE },
    { PROP_ALLOWED_ORIGINS, "allowed-origins",
        "Comma-separated origins whose pages may watch, beside this server's own", NULL,
        G_PARAM_READWRITE },
    { PROP_ALLOWED_HOSTS, "allowed-hosts",
        "Comma-separated names this server may be addressed by, beside IP addresses", NULL,
        G_PARAM_READWRITE },
    { PROP_TLS_CERTIFICATE_FILE, "tls-certificate-file", "PEM file of the certificate chain", NULL,
        G_PARAM_READWRITE },
    { PROP_TLS_KEY_FILE, "tls-key-file", "PEM file of the key; must not be readable by others",
        NULL, G_PARAM_READWRITE },
    { PROP_STUN_SERVER, "stun-server", "stun://host:port, told to viewers", NULL,
        G_PARAM_READWRITE },
    { PROP_TITLE, "title", "What the page calls this stream", NULL, G_PARAM_READWRITE },
    { PROP_PAGE_URL, "page-url", "Where the viewer page is, once started", NULL, G_PARAM_READABLE },
    { PROP_ENDPOINT_URL, "endpoint-url", "Where the WHEP endpoint is, once started", NULL,
        G_PARAM_READABLE },
  };

  for (guint i = 0; i < G_N_ELEMENTS (strings); i++)
    properties[strings[i].id] = g_param_spec_string (strings[i].name, strings[i].name,
        strings[i].blurb, strings[i].initial, strings[i].flags | G_PARAM_STATIC_STRINGS);
}

static void
gst_rtc_whep_server_signaller_finalize (GObject *object)
{
  GstRtcWhepServerSignaller *self = GST_RTC_WHEP_SERVER_SIGNALLER (object);

  whep_stop (GST_RTC_SIGNALLER (self));
  clear_token (self);
  for (guint id = 1; id < N_PROPS; id++)
    if (string_of (self, id))
      g_free (*string_of (self, id));
  g_ptr_array_unref (self->turn_servers);
  g_mutex_clear (&self->lock);
  G_OBJECT_CLASS (gst_rtc_whep_server_signaller_parent_class)->finalize (object);
}

static void
gst_rtc_whep_server_signaller_class_init (GstRtcWhepServerSignallerClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  const GParamFlags readwrite = G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS;

  object_class->set_property = gst_rtc_whep_server_signaller_set_property;
  object_class->get_property = gst_rtc_whep_server_signaller_get_property;
  object_class->finalize = gst_rtc_whep_server_signaller_finalize;

  install_strings ();
  properties[PROP_MAX_SESSIONS] = g_param_spec_uint ("max-sessions", "max-sessions",
      "Viewers at once; one more is refused with 503", 1, 10000,
      GST_RTC_WHEP_SERVER_DEFAULT_MAX_SESSIONS, readwrite);
  properties[PROP_TURN_SERVERS] = gst_param_spec_array ("turn-servers", "turn-servers",
      "turn(s)://user:password@host:port, told to authorised viewers; reads back without "
      "credentials",
      g_param_spec_string ("turn-server", "turn-server", "One server", NULL, readwrite), readwrite);
  properties[PROP_ANSWER_TIMEOUT] = g_param_spec_uint ("answer-timeout", "answer-timeout",
      "How long the element has for an answer, ms", 100, 60000, DEFAULT_ANSWER_TIMEOUT_MS,
      readwrite);
  properties[PROP_N_SESSIONS] = g_param_spec_uint ("n-sessions", "n-sessions", "Viewers now", 0,
      G_MAXUINT, 0, G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, properties);
}

static void
gst_rtc_whep_server_signaller_init (GstRtcWhepServerSignaller *self)
{
  g_mutex_init (&self->lock);
  self->host_addr = g_strdup (GST_RTC_WHEP_SERVER_DEFAULT_HOST_ADDR);
  self->max_sessions = GST_RTC_WHEP_SERVER_DEFAULT_MAX_SESSIONS;
  self->answer_timeout_ms = DEFAULT_ANSWER_TIMEOUT_MS;
  self->turn_servers = g_ptr_array_new_with_free_func (free_secret);
}

GstRtcSignaller *
gst_rtc_whep_server_signaller_new (void)
{
  return g_object_new (GST_TYPE_RTC_WHEP_SERVER_SIGNALLER, NULL);
}
