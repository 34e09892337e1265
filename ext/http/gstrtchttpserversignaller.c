/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "ext/http/gstrtchttpserversignaller.h"

#include <string.h>
#include "ext/http/rtc-http-policy.h"
#include "ext/http/rtc-wish-server.h"
#include "ext/http/rtc-wish.h"
#include "gst/rtc/base/rtc-log.h"
#include "gst/rtc/base/rtc-result.h"
#include "gst/webrtc/gstrtcservers.h"

#define GST_CAT_DEFAULT rtc_log_sig

#define DEFAULT_ANSWER_TIMEOUT_MS 10000

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
  PROP_DATA_CHANNELS,
  N_PROPS
};

typedef struct {
  GMutex lock; /* of the settings and the URLs */
  gchar *host_addr, *stream_name, *auth_token, *allowed_origins, *allowed_hosts;
  gchar *certificate_file, *key_file, *stun_server, *title;
  GPtrArray *turn_servers; /* strings */
  guint max_sessions, answer_timeout_ms, data_channels;
  gchar *page_url, *endpoint_url; /* NULL unless started */
  gint n_sessions;                /* atomic copy for readers on other threads */

  /* [C] only, NULL unless started */
  RtcHttpServer *http;
  RtcWishServer *wish; /* set and cleared under the lock, for max-sessions */
  gchar *listed_name;  /* what it is called in http's list of streams */
} GstRtcHttpServerSignallerPrivate;

static GParamSpec *properties[N_PROPS];

static void gst_rtc_http_server_signaller_iface_init (GstRtcSignallerInterface *iface);

G_DEFINE_ABSTRACT_TYPE_WITH_CODE (GstRtcHttpServerSignaller, gst_rtc_http_server_signaller,
    G_TYPE_OBJECT,
    G_ADD_PRIVATE (GstRtcHttpServerSignaller)
        G_IMPLEMENT_INTERFACE (GST_TYPE_RTC_SIGNALLER, gst_rtc_http_server_signaller_iface_init))

static GstRtcHttpServerSignallerPrivate *
priv_of (gpointer object)
{
  return gst_rtc_http_server_signaller_get_instance_private (object);
}

static const GstRtcHttpServerSignallerClass *
class_of (gpointer object)
{
  return GST_RTC_HTTP_SERVER_SIGNALLER_GET_CLASS (object);
}

/* -- From the endpoint to signals ---------------------------------------------------------------
 */

static void
update_n_sessions (GstRtcHttpServerSignallerPrivate *priv)
{
  g_atomic_int_set (
      &priv->n_sessions, priv->wish ? (gint) rtc_wish_server_get_n_sessions (priv->wish) : 0);
}

static void
on_requested (const gchar *session_id, const gchar *peer, GstSDPMessage *offer, gpointer data)
{
  GstWebRTCSessionDescription *description =
      gst_webrtc_session_description_new (GST_WEBRTC_SDP_TYPE_OFFER, offer);

  update_n_sessions (priv_of (data));
  gst_rtc_signaller_emit_session_requested (data, session_id, peer, description);
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
  update_n_sessions (priv_of (data));
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
check_settings (GstRtcHttpServerSignallerPrivate *priv, gchar **origins, GError **error)
{
  if (priv->http) {
    rtc_error (error, RTC_ERR_STATE, "the signaller is already started");
    return FALSE;
  }
  if (priv->stream_name && !rtc_http_policy_is_name (priv->stream_name)) {
    rtc_error (error, RTC_ERR_UNSUPPORTED,
        "stream-name \"%s\" must be 1 to 64 of A-Z a-z 0-9 . _ -", priv->stream_name);
    return FALSE;
  }
  if (priv->auth_token && origins && g_strv_contains ((const gchar *const *) origins, "*")) {
    rtc_error (error, RTC_ERR_UNSUPPORTED,
        "allowed-origins \"*\" together with auth-token is refused: name the origins");
    return FALSE;
  }
  return TRUE;
}

/* Link fields for the servers that a client should use, too. Credentials of TURN servers are for
 * those who had to show a token only (RFC 9725 4.6). */
static gchar **
make_links (GstRtcHttpServerSignallerPrivate *priv)
{
  GPtrArray *links = g_ptr_array_new ();
  guint n_turn = priv->auth_token ? priv->turn_servers->len : 0;

  if (n_turn < priv->turn_servers->len)
    GST_WARNING ("turn-servers are told to clients only when there is an auth-token");

  for (guint i = 0; i <= n_turn; i++) {
    const gchar *uri = i == 0 ? priv->stun_server : g_ptr_array_index (priv->turn_servers, i - 1);
    gchar *link = uri && uri[0] ? rtc_wish_link_header (uri) : NULL;

    if (link)
      g_ptr_array_add (links, link);
    else if (uri && uri[0])
      GST_WARNING ("an ICE server's address is not understood and not told to clients");
  }
  g_ptr_array_add (links, NULL);
  return (gchar **) g_ptr_array_free (links, FALSE);
}

/* The address of the page with this stream; NULL names stand for the default one. */
static gchar *
make_page_url (RtcHttpServer *http, RtcHttpStreamKind kind, const gchar *name)
{
  const gchar *page = kind == RTC_HTTP_STREAM_VIEW || (!name && !rtc_http_server_has_viewers (http))
                          ? ""
                          : "publish";

  return g_strconcat (rtc_http_server_get_url (http), page, name ? "?stream=" : NULL, name, NULL);
}

/* Under the lock. */
static gboolean
start_endpoint (GstRtcHttpServerSignaller *self, gchar **origins, GError **error)
{
  static const RtcWishServerCallbacks callbacks = {
    .requested = on_requested,
    .restarted = on_restarted,
    .candidate = on_candidate,
    .ended = on_ended,
  };
  GstRtcHttpServerSignallerPrivate *priv = priv_of (self);
  RtcWishProtocol protocol = class_of (self)->protocol;
  RtcHttpStreamKind kind =
      protocol == RTC_WISH_WHIP ? RTC_HTTP_STREAM_PUBLISH : RTC_HTTP_STREAM_VIEW;
  gchar *path = g_strconcat ("/", rtc_wish_protocol_get_path (protocol),
      priv->stream_name ? "/" : NULL, priv->stream_name, NULL);
  gchar **links = make_links (priv);
  const RtcWishServerConfig config = {
    .protocol = protocol,
    .path = path,
    .auth_token = priv->auth_token,
    .allowed_origins = (const gchar *const *) origins,
    .links = links,
    .max_sessions = priv->max_sessions,
    .answer_ms = priv->answer_timeout_ms,
  };

  priv->wish = rtc_wish_server_new (priv->http, &config, &callbacks, self, error);
  if (priv->wish) {
    priv->listed_name = g_strdup (priv->stream_name ? priv->stream_name : "");
    rtc_http_server_add_stream (priv->http, kind, priv->listed_name, priv->title, path,
        priv->auth_token, priv->data_channels);
    priv->page_url = make_page_url (priv->http, kind, priv->stream_name);
    priv->endpoint_url = g_strconcat (rtc_http_server_get_url (priv->http), path + 1, NULL);
  }
  g_strfreev (links);
  g_free (path);
  return priv->wish != NULL;
}

static gboolean
server_start (GstRtcSignaller *signaller, GMainContext *control, GError **error)
{
  GstRtcHttpServerSignallerPrivate *priv = priv_of (signaller);
  gchar **origins, **hosts;
  gboolean ok;

  rtc_log_init ();
  g_mutex_lock (&priv->lock);
  origins = split_list (priv->allowed_origins);
  hosts = split_list (priv->allowed_hosts);
  ok = check_settings (priv, origins, error);
  if (ok) {
    const RtcHttpServerConfig config = {
      .address = priv->host_addr,
      .certificate_file = priv->certificate_file,
      .key_file = priv->key_file,
      .allowed_hosts = (const gchar *const *) hosts,
    };

    priv->http = rtc_http_server_acquire (&config, control, error);
    ok = priv->http && start_endpoint (GST_RTC_HTTP_SERVER_SIGNALLER (signaller), origins, error);
    if (!ok)
      g_clear_pointer (&priv->http, rtc_http_server_release);
  }
  g_mutex_unlock (&priv->lock);
  g_strfreev (origins);
  g_strfreev (hosts);
  return ok;
}

static void
server_stop (GstRtcSignaller *signaller)
{
  GstRtcHttpServerSignallerPrivate *priv = priv_of (signaller);
  RtcWishServer *wish;

  if (!priv->http)
    return;
  g_mutex_lock (&priv->lock);
  wish = g_steal_pointer (&priv->wish);
  g_mutex_unlock (&priv->lock);
  rtc_wish_server_free (wish);
  update_n_sessions (priv);
  /* Not stream_name: that may have been set since, for the next start. */
  rtc_http_server_remove_stream (priv->http,
      class_of (signaller)->protocol == RTC_WISH_WHIP ? RTC_HTTP_STREAM_PUBLISH
                                                      : RTC_HTTP_STREAM_VIEW,
      priv->listed_name);
  g_clear_pointer (&priv->listed_name, g_free);
  g_mutex_lock (&priv->lock);
  g_clear_pointer (&priv->page_url, g_free);
  g_clear_pointer (&priv->endpoint_url, g_free);
  g_mutex_unlock (&priv->lock);
  g_clear_pointer (&priv->http, rtc_http_server_release);
}

/* -- The rest of GstRtcSignaller ----------------------------------------------------------------
 */

static gboolean
server_can_trickle (GstRtcSignaller *signaller)
{
  return FALSE;
}

static gboolean
is_started (GstRtcHttpServerSignallerPrivate *priv, GError **error)
{
  if (!priv->wish)
    rtc_error (error, RTC_ERR_STATE, "the signaller is not started");
  return priv->wish != NULL;
}

static gboolean
server_send_session_description (GstRtcSignaller *signaller, const gchar *session_id,
    const GstWebRTCSessionDescription *description, GError **error)
{
  GstRtcHttpServerSignallerPrivate *priv = priv_of (signaller);

  if (description->type != GST_WEBRTC_SDP_TYPE_ANSWER) {
    rtc_error (error, RTC_ERR_UNSUPPORTED, "in WHEP and WHIP only the client offers");
    return FALSE;
  }
  return is_started (priv, error)
         && rtc_wish_server_answer (priv->wish, session_id, description->sdp, error);
}

static gboolean
server_reject_session_description (
    GstRtcSignaller *signaller, const gchar *session_id, const GError *reason)
{
  GstRtcHttpServerSignallerPrivate *priv = priv_of (signaller);

  return priv->wish && rtc_wish_server_reject_restart (priv->wish, session_id, reason);
}

static gboolean
server_send_candidate (GstRtcSignaller *signaller, const gchar *session_id, guint mline,
    const gchar *mid, const gchar *candidate, GError **error)
{
  GstRtcHttpServerSignallerPrivate *priv = priv_of (signaller);

  return is_started (priv, error)
         && rtc_wish_server_add_candidate (priv->wish, session_id, mline, candidate, error);
}

static void
server_end_session (GstRtcSignaller *signaller, const gchar *session_id, const GError *reason)
{
  GstRtcHttpServerSignallerPrivate *priv = priv_of (signaller);

  if (!priv->wish)
    return;
  rtc_wish_server_end (priv->wish, session_id, reason);
  update_n_sessions (priv);
}

static void
gst_rtc_http_server_signaller_iface_init (GstRtcSignallerInterface *iface)
{
  iface->start = server_start;
  iface->stop = server_stop;
  iface->can_trickle = server_can_trickle;
  iface->send_session_description = server_send_session_description;
  iface->reject_session_description = server_reject_session_description;
  iface->send_candidate = server_send_candidate;
  iface->end_session = server_end_session;
}

/* -- Properties ---------------------------------------------------------------------------------
 */

/* The string behind a property; NULL for others. */
static gchar **
string_of (GstRtcHttpServerSignallerPrivate *priv, guint id)
{
  switch (id) {
    case PROP_HOST_ADDR:
      return &priv->host_addr;
    case PROP_STREAM_NAME:
      return &priv->stream_name;
    case PROP_AUTH_TOKEN:
      return &priv->auth_token;
    case PROP_ALLOWED_ORIGINS:
      return &priv->allowed_origins;
    case PROP_ALLOWED_HOSTS:
      return &priv->allowed_hosts;
    case PROP_TLS_CERTIFICATE_FILE:
      return &priv->certificate_file;
    case PROP_TLS_KEY_FILE:
      return &priv->key_file;
    case PROP_STUN_SERVER:
      return &priv->stun_server;
    case PROP_TITLE:
      return &priv->title;
    case PROP_PAGE_URL:
      return &priv->page_url;
    case PROP_ENDPOINT_URL:
      return &priv->endpoint_url;
    default:
      return NULL;
  }
}

static void
clear_token (GstRtcHttpServerSignallerPrivate *priv)
{
  if (priv->auth_token)
    explicit_bzero (priv->auth_token, strlen (priv->auth_token));
  g_clear_pointer (&priv->auth_token, g_free);
}

static void
set_string (GstRtcHttpServerSignallerPrivate *priv, guint id, gchar *value)
{
  gchar **string = string_of (priv, id);

  if (id == PROP_AUTH_TOKEN)
    clear_token (priv);
  g_free (*string);
  /* gst-launch cannot write NULL: an empty text means it. */
  if (value && value[0] == '\0')
    g_clear_pointer (&value, g_free);
  *string = value                  ? value
            : id == PROP_HOST_ADDR ? g_strdup (GST_RTC_HTTP_SERVER_DEFAULT_HOST_ADDR)
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
set_turn_servers (GstRtcHttpServerSignallerPrivate *priv, const GValue *value)
{
  g_ptr_array_set_size (priv->turn_servers, 0);
  for (guint i = 0; i < gst_value_array_get_size (value); i++)
    if (g_value_get_string (gst_value_array_get_value (value, i)) != NULL)
      g_ptr_array_add (
          priv->turn_servers, g_value_dup_string (gst_value_array_get_value (value, i)));
}

static void
get_turn_servers (GstRtcHttpServerSignallerPrivate *priv, GValue *value)
{
  for (guint i = 0; i < priv->turn_servers->len; i++) {
    GValue item = G_VALUE_INIT;

    g_value_init (&item, G_TYPE_STRING);
    g_value_take_string (&item, gst_rtc_servers_redact (g_ptr_array_index (priv->turn_servers, i)));
    gst_value_array_append_and_take_value (value, &item);
  }
}

static void
gst_rtc_http_server_signaller_set_property (
    GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  GstRtcHttpServerSignallerPrivate *priv = priv_of (object);

  g_mutex_lock (&priv->lock);
  if (string_of (priv, id)) {
    set_string (priv, id, g_value_dup_string (value));
  } else if (id == PROP_MAX_SESSIONS) {
    priv->max_sessions = g_value_get_uint (value);
    if (priv->wish)
      rtc_wish_server_set_max_sessions (priv->wish, priv->max_sessions);
  } else if (id == PROP_TURN_SERVERS) {
    set_turn_servers (priv, value);
  } else if (id == PROP_ANSWER_TIMEOUT) {
    priv->answer_timeout_ms = g_value_get_uint (value);
  } else if (id == PROP_DATA_CHANNELS) {
    priv->data_channels = g_value_get_boolean (value);
  } else {
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
  }
  g_mutex_unlock (&priv->lock);
}

static void
gst_rtc_http_server_signaller_get_property (
    GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  GstRtcHttpServerSignallerPrivate *priv = priv_of (object);

  g_mutex_lock (&priv->lock);
  if (string_of (priv, id))
    g_value_set_string (value, *string_of (priv, id));
  else if (id == PROP_MAX_SESSIONS)
    g_value_set_uint (value, priv->max_sessions);
  else if (id == PROP_TURN_SERVERS)
    get_turn_servers (priv, value);
  else if (id == PROP_ANSWER_TIMEOUT)
    g_value_set_uint (value, priv->answer_timeout_ms);
  else if (id == PROP_DATA_CHANNELS)
    g_value_set_boolean (value, priv->data_channels);
  else if (id == PROP_N_SESSIONS)
    g_value_set_uint (value, (guint) g_atomic_int_get (&priv->n_sessions));
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
  g_mutex_unlock (&priv->lock);
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
        GST_RTC_HTTP_SERVER_DEFAULT_HOST_ADDR, G_PARAM_READWRITE },
    { PROP_STREAM_NAME, "stream-name",
        "Name of this stream on a shared server: its endpoint is whep/NAME or whip/NAME", NULL,
        G_PARAM_READWRITE },
    { PROP_AUTH_TOKEN, "auth-token", "Bearer token asked of every client", NULL, G_PARAM_WRITABLE },
    { PROP_ALLOWED_ORIGINS, "allowed-origins",
        "Comma-separated origins whose pages may call, beside this server's own", NULL,
        G_PARAM_READWRITE },
    { PROP_ALLOWED_HOSTS, "allowed-hosts",
        "Comma-separated names this server may be addressed by, beside IP addresses", NULL,
        G_PARAM_READWRITE },
    { PROP_TLS_CERTIFICATE_FILE, "tls-certificate-file", "PEM file of the certificate chain", NULL,
        G_PARAM_READWRITE },
    { PROP_TLS_KEY_FILE, "tls-key-file", "PEM file of the key; must not be readable by others",
        NULL, G_PARAM_READWRITE },
    { PROP_STUN_SERVER, "stun-server", "stun://host:port, told to clients", NULL,
        G_PARAM_READWRITE },
    { PROP_TITLE, "title", "What the page calls this stream", NULL, G_PARAM_READWRITE },
    { PROP_PAGE_URL, "page-url", "Where the page is, once started", NULL, G_PARAM_READABLE },
    { PROP_ENDPOINT_URL, "endpoint-url", "Where the endpoint is, once started", NULL,
        G_PARAM_READABLE },
  };

  for (guint i = 0; i < G_N_ELEMENTS (strings); i++)
    properties[strings[i].id] = g_param_spec_string (strings[i].name, strings[i].name,
        strings[i].blurb, strings[i].initial, strings[i].flags | G_PARAM_STATIC_STRINGS);
}

static void
gst_rtc_http_server_signaller_finalize (GObject *object)
{
  GstRtcHttpServerSignallerPrivate *priv = priv_of (object);

  server_stop (GST_RTC_SIGNALLER (object));
  clear_token (priv);
  for (guint id = 1; id < N_PROPS; id++)
    if (string_of (priv, id))
      g_free (*string_of (priv, id));
  g_ptr_array_unref (priv->turn_servers);
  g_mutex_clear (&priv->lock);
  G_OBJECT_CLASS (gst_rtc_http_server_signaller_parent_class)->finalize (object);
}

static void
gst_rtc_http_server_signaller_class_init (GstRtcHttpServerSignallerClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  const GParamFlags readwrite = G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS;

  object_class->set_property = gst_rtc_http_server_signaller_set_property;
  object_class->get_property = gst_rtc_http_server_signaller_get_property;
  object_class->finalize = gst_rtc_http_server_signaller_finalize;

  install_strings ();
  properties[PROP_MAX_SESSIONS] = g_param_spec_uint ("max-sessions", "max-sessions",
      "Clients at once; one more is refused with 503", 1, 10000,
      GST_RTC_HTTP_SERVER_DEFAULT_MAX_SESSIONS, readwrite);
  properties[PROP_TURN_SERVERS] = gst_param_spec_array ("turn-servers", "turn-servers",
      "turn(s)://user:password@host:port, told to authorised clients; reads back without "
      "credentials",
      g_param_spec_string ("turn-server", "turn-server", "One server", NULL, readwrite), readwrite);
  properties[PROP_ANSWER_TIMEOUT] = g_param_spec_uint ("answer-timeout", "answer-timeout",
      "How long the element has for an answer, ms", 100, 60000, DEFAULT_ANSWER_TIMEOUT_MS,
      readwrite);
  properties[PROP_DATA_CHANNELS] = g_param_spec_boolean ("data-channels", "data-channels",
      "The page offers data channels, and shows what comes on them", FALSE, readwrite);
  properties[PROP_N_SESSIONS] = g_param_spec_uint ("n-sessions", "n-sessions", "Clients now", 0,
      G_MAXUINT, 0, G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, properties);
}

static void
gst_rtc_http_server_signaller_init (GstRtcHttpServerSignaller *self)
{
  GstRtcHttpServerSignallerPrivate *priv = priv_of (self);

  g_mutex_init (&priv->lock);
  priv->host_addr = g_strdup (GST_RTC_HTTP_SERVER_DEFAULT_HOST_ADDR);
  priv->max_sessions = GST_RTC_HTTP_SERVER_DEFAULT_MAX_SESSIONS;
  priv->answer_timeout_ms = DEFAULT_ANSWER_TIMEOUT_MS;
  priv->turn_servers = g_ptr_array_new_with_free_func (free_secret);
}
