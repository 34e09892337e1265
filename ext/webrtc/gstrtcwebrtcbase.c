/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "ext/webrtc/gstrtcwebrtcbaseprivate.h"

#include "gst/rtc/base/rtc-log.h"
#include "gst/webrtc/gstrtcservers.h"

#define GST_CAT_DEFAULT rtc_log_sig

enum {
  PROP_0,
  PROP_SIGNALLER,
  PROP_STUN_SERVER,
  PROP_TURN_SERVERS,
  PROP_ICE_TRANSPORT_POLICY,
  PROP_MIN_RTP_PORT,
  PROP_MAX_RTP_PORT,
  PROP_UDP_MUX_PORT,
  PROP_TCP_MUX_PORT,
  PROP_UDP_MUX_ADDRESSES,
  PROP_DTLS_CERTIFICATE,
  PROP_DTLS_KEY,
  PROP_DO_RETRANSMISSION,
  PROP_META,
  PROP_STATS,
};

static guint signals[GST_RTC_WEBRTC_BASE_N_SIGNALS];

static void gst_rtc_webrtc_base_child_proxy_init (gpointer iface, gpointer data);

G_DEFINE_ABSTRACT_TYPE_WITH_CODE (GstRtcWebRTCBase, gst_rtc_webrtc_base, GST_TYPE_BIN,
    G_ADD_PRIVATE (GstRtcWebRTCBase)
        G_IMPLEMENT_INTERFACE (GST_TYPE_CHILD_PROXY, gst_rtc_webrtc_base_child_proxy_init))

GstRtcWebRTCBasePrivate *
gst_rtc_webrtc_base_get_private (GstRtcWebRTCBase *self)
{
  return gst_rtc_webrtc_base_get_instance_private (self);
}

guint
gst_rtc_webrtc_base_get_signal (GstRtcWebRTCBaseSignal signal)
{
  return signals[signal];
}

/* Handlers run on [C] in the middle of what they are told of: stopping there would take away what
 * the caller still works with. */
static gboolean
is_called_by_handler (GstRtcWebRTCBase *self)
{
  RtcLoop *loop = gst_rtc_webrtc_base_get_loop (self);
  gboolean on_control =
      loop != NULL && g_main_context_is_owner (rtc_loop_get_control_context (loop));

  rtc_loop_unref (loop);
  return on_control;
}

static GstStateChangeReturn
gst_rtc_webrtc_base_change_state (GstElement *element, GstStateChange transition)
{
  GstRtcWebRTCBase *self = GST_RTC_WEBRTC_BASE (element);
  GstStateChangeReturn result;

  if (transition == GST_STATE_CHANGE_PAUSED_TO_READY && is_called_by_handler (self)) {
    g_warning ("%s: signal handlers and sync bus handlers must not stop the element; let "
               "gst_element_call_async() or the application's main loop do it",
        GST_ELEMENT_NAME (self));
    return GST_STATE_CHANGE_FAILURE;
  }
  if (transition == GST_STATE_CHANGE_READY_TO_PAUSED && !gst_rtc_webrtc_base_start (self)) {
    gst_rtc_webrtc_base_drop_transport (self);
    return GST_STATE_CHANGE_FAILURE;
  }
  if (transition == GST_STATE_CHANGE_PAUSED_TO_READY)
    gst_rtc_webrtc_base_stop (self);
  result = GST_ELEMENT_CLASS (gst_rtc_webrtc_base_parent_class)->change_state (element, transition);
  if (transition == GST_STATE_CHANGE_READY_TO_PAUSED && result == GST_STATE_CHANGE_FAILURE) {
    gst_rtc_webrtc_base_stop (self);
    gst_rtc_webrtc_base_drop_transport (self);
  }
  if (transition == GST_STATE_CHANGE_PAUSED_TO_READY)
    gst_rtc_webrtc_base_drop_transport (self);
  return result;
}

/* --- properties ---------------------------------------------------------------------------------
 */

RtcLoop *
gst_rtc_webrtc_base_get_loop (GstRtcWebRTCBase *self)
{
  GstRtcWebRTCBasePrivate *priv = gst_rtc_webrtc_base_get_private (self);
  RtcLoop *loop = NULL;

  g_mutex_lock (&priv->lock);
  if (priv->transport != NULL)
    loop = rtc_loop_ref (gst_rtc_transport_get_loop (priv->transport));
  g_mutex_unlock (&priv->lock);
  return loop;
}

GstRtcSignaller *
gst_rtc_webrtc_base_get_signaller (GstRtcWebRTCBase *self)
{
  GstRtcWebRTCBasePrivate *priv = gst_rtc_webrtc_base_get_private (self);
  GstRtcSignaller *signaller;

  g_mutex_lock (&priv->lock);
  signaller = g_object_ref (priv->signaller);
  g_mutex_unlock (&priv->lock);
  return signaller;
}

gboolean
gst_rtc_webrtc_base_has_default_signaller (GstRtcWebRTCBase *self)
{
  GstRtcWebRTCBasePrivate *priv = gst_rtc_webrtc_base_get_private (self);
  gboolean is_default;

  g_mutex_lock (&priv->lock);
  is_default = priv->is_default_signaller;
  g_mutex_unlock (&priv->lock);
  return is_default;
}

static void
set_signaller (GstRtcWebRTCBase *self, GstRtcSignaller *signaller, gboolean is_default)
{
  GstRtcWebRTCBasePrivate *priv = gst_rtc_webrtc_base_get_private (self);
  GstRtcSignaller *old;

  g_mutex_lock (&priv->lock);
  if (priv->transport != NULL || signaller == NULL) {
    g_mutex_unlock (&priv->lock);
    GST_WARNING_OBJECT (self, "the signaller can be changed in state READY and below only");
    g_clear_object (&signaller);
    return;
  }
  old = priv->signaller;
  priv->signaller = signaller;
  priv->is_default_signaller = is_default;
  g_mutex_unlock (&priv->lock);
  g_clear_object (&old);
}

void
gst_rtc_webrtc_base_take_default_signaller (GstRtcWebRTCBase *self, GstRtcSignaller *signaller)
{
  set_signaller (self, signaller, TRUE);
}

gboolean
gst_rtc_webrtc_base_get_do_retransmission (GstRtcWebRTCBase *self)
{
  GstRtcWebRTCBasePrivate *priv = gst_rtc_webrtc_base_get_private (self);
  gboolean value;

  g_mutex_lock (&priv->lock);
  value = priv->do_retransmission;
  g_mutex_unlock (&priv->lock);
  return value;
}

gchar *
gst_rtc_webrtc_base_get_stun_server (GstRtcWebRTCBase *self)
{
  GstRtcWebRTCBasePrivate *priv = gst_rtc_webrtc_base_get_private (self);
  gchar *uri;

  g_mutex_lock (&priv->lock);
  uri = g_strdup (priv->stun_server);
  g_mutex_unlock (&priv->lock);
  return uri;
}

GValue *
gst_rtc_webrtc_base_get_turn_servers (GstRtcWebRTCBase *self)
{
  GstRtcWebRTCBasePrivate *priv = gst_rtc_webrtc_base_get_private (self);
  GValue *value = g_new0 (GValue, 1);

  g_value_init (value, GST_TYPE_ARRAY);
  g_mutex_lock (&priv->lock);
  g_value_copy (&priv->turn_servers, value);
  g_mutex_unlock (&priv->lock);
  return value;
}

/* Unless it is a URI that cannot be used. */
static void
set_stun_server (GstRtcWebRTCBase *self, const GValue *value)
{
  GstRtcWebRTCBasePrivate *priv = gst_rtc_webrtc_base_get_private (self);
  const gchar *uri = g_value_get_string (value);
  GError *error = NULL;

  if (uri != NULL && *uri == '\0')
    uri = NULL;
  if (uri != NULL && !gst_rtc_servers_check (uri, &error)) {
    g_warning ("stun-server: %s", error->message);
    g_error_free (error);
    return;
  }
  g_mutex_lock (&priv->lock);
  g_free (priv->stun_server);
  priv->stun_server = g_strdup (uri);
  g_mutex_unlock (&priv->lock);
}

static void
gst_rtc_webrtc_base_set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  GstRtcWebRTCBase *self = GST_RTC_WEBRTC_BASE (object);
  GstRtcWebRTCBasePrivate *priv = gst_rtc_webrtc_base_get_private (self);

  if (id == PROP_SIGNALLER) {
    set_signaller (self, g_value_dup_object (value), FALSE);
    return;
  }
  if (id == PROP_STUN_SERVER) {
    set_stun_server (self, value);
    return;
  }
  g_mutex_lock (&priv->lock);
  switch (id) {
    case PROP_TURN_SERVERS:
      gst_rtc_servers_clear_array (&priv->turn_servers);
      g_value_init (&priv->turn_servers, GST_TYPE_ARRAY);
      g_value_copy (value, &priv->turn_servers);
      break;
    case PROP_ICE_TRANSPORT_POLICY:
      priv->ice_transport_policy = g_value_get_enum (value);
      break;
    case PROP_MIN_RTP_PORT:
      priv->min_port = g_value_get_uint (value);
      break;
    case PROP_MAX_RTP_PORT:
      priv->max_port = g_value_get_uint (value);
      break;
    case PROP_UDP_MUX_PORT:
      priv->udp_mux_port = g_value_get_uint (value);
      break;
    case PROP_TCP_MUX_PORT:
      priv->tcp_mux_port = g_value_get_int (value);
      break;
    case PROP_UDP_MUX_ADDRESSES:
      g_free (priv->udp_mux_addresses);
      priv->udp_mux_addresses = g_value_dup_string (value);
      break;
    case PROP_DTLS_CERTIFICATE:
      g_free (priv->certificate);
      priv->certificate = g_value_dup_string (value);
      break;
    case PROP_DTLS_KEY:
      g_free (priv->key);
      priv->key = g_value_dup_string (value);
      break;
    case PROP_DO_RETRANSMISSION:
      priv->do_retransmission = g_value_get_boolean (value);
      break;
    case PROP_META:
      g_clear_pointer (&priv->meta, gst_structure_free);
      priv->meta = g_value_dup_boxed (value);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
      break;
  }
  g_mutex_unlock (&priv->lock);
}

static GstStructure *
make_stats (GstRtcWebRTCBase *self)
{
  GstStructure *report = gst_structure_new_empty ("application/x-webrtc-stats");
  GList *sessions = gst_rtc_webrtc_base_list_sessions (self);

  for (GList *l = sessions; l != NULL; l = l->next) {
    GstStructure *stats = gst_rtc_session_get_stats (l->data);

    if (stats == NULL)
      continue;
    if (GST_RTC_WEBRTC_BASE_GET_CLASS (self)->fill_stats != NULL)
      GST_RTC_WEBRTC_BASE_GET_CLASS (self)->fill_stats (self, l->data, stats);
    gst_structure_set (report, gst_rtc_session_get_id (l->data), GST_TYPE_STRUCTURE, stats, NULL);
    gst_structure_free (stats);
  }
  g_list_free_full (sessions, g_object_unref);
  return report;
}

static void
gst_rtc_webrtc_base_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  GstRtcWebRTCBase *self = GST_RTC_WEBRTC_BASE (object);
  GstRtcWebRTCBasePrivate *priv = gst_rtc_webrtc_base_get_private (self);

  if (id == PROP_STATS) {
    g_value_take_boxed (value, make_stats (self));
    return;
  }
  g_mutex_lock (&priv->lock);
  switch (id) {
    case PROP_SIGNALLER:
      g_value_set_object (value, priv->signaller);
      break;
    case PROP_STUN_SERVER:
      g_value_set_string (value, priv->stun_server);
      break;
    case PROP_TURN_SERVERS:
      /* Whatever prints properties (pipeline graphs do) must not print credentials. */
      gst_rtc_servers_redact_array (&priv->turn_servers, value);
      break;
    case PROP_ICE_TRANSPORT_POLICY:
      g_value_set_enum (value, priv->ice_transport_policy);
      break;
    case PROP_MIN_RTP_PORT:
      g_value_set_uint (value, priv->min_port);
      break;
    case PROP_MAX_RTP_PORT:
      g_value_set_uint (value, priv->max_port);
      break;
    case PROP_UDP_MUX_PORT:
      g_value_set_uint (value, priv->udp_mux_port);
      break;
    case PROP_TCP_MUX_PORT:
      g_value_set_int (value, priv->tcp_mux_port);
      break;
    case PROP_UDP_MUX_ADDRESSES:
      g_value_set_string (value, priv->udp_mux_addresses);
      break;
    case PROP_DTLS_CERTIFICATE:
      g_value_set_string (value, priv->certificate);
      break;
    case PROP_DTLS_KEY:
      g_value_set_string (value, priv->key);
      break;
    case PROP_DO_RETRANSMISSION:
      g_value_set_boolean (value, priv->do_retransmission);
      break;
    case PROP_META:
      g_value_set_boxed (value, priv->meta);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
      break;
  }
  g_mutex_unlock (&priv->lock);
}

/* --- children: the signaller, the sessions by id, the pads, then whatever the bin holds ----------
 */

static GObject *
child_proxy_get_child_by_name (GstChildProxy *proxy, const gchar *name)
{
  GstRtcWebRTCBase *self = GST_RTC_WEBRTC_BASE (proxy);
  GstChildProxyInterface *parent =
      g_type_interface_peek (gst_rtc_webrtc_base_parent_class, GST_TYPE_CHILD_PROXY);
  GObject *child;

  if (g_str_equal (name, "signaller"))
    return G_OBJECT (gst_rtc_webrtc_base_get_signaller (self));
  child = (GObject *) gst_rtc_webrtc_base_find_session (self, name);
  if (child == NULL)
    child = (GObject *) gst_element_get_static_pad (GST_ELEMENT (self), name);
  return child != NULL ? child : parent->get_child_by_name (proxy, name);
}

static guint
child_proxy_get_children_count (GstChildProxy *proxy)
{
  GstRtcWebRTCBasePrivate *priv = gst_rtc_webrtc_base_get_private (GST_RTC_WEBRTC_BASE (proxy));
  guint n;

  g_mutex_lock (&priv->lock);
  n = 1 + g_hash_table_size (priv->sessions);
  g_mutex_unlock (&priv->lock);
  return n;
}

static GObject *
child_proxy_get_child_by_index (GstChildProxy *proxy, guint index)
{
  GstRtcWebRTCBase *self = GST_RTC_WEBRTC_BASE (proxy);
  GList *sessions;
  GObject *child;

  if (index == 0)
    return G_OBJECT (gst_rtc_webrtc_base_get_signaller (self));
  sessions = gst_rtc_webrtc_base_list_sessions (self);
  child = g_list_nth_data (sessions, index - 1);
  if (child != NULL)
    g_object_ref (child);
  g_list_free_full (sessions, g_object_unref);
  return child;
}

static void
gst_rtc_webrtc_base_child_proxy_init (gpointer iface, gpointer data)
{
  GstChildProxyInterface *proxy = iface;

  proxy->get_child_by_name = child_proxy_get_child_by_name;
  proxy->get_child_by_index = child_proxy_get_child_by_index;
  proxy->get_children_count = child_proxy_get_children_count;
}

/* --- class --------------------------------------------------------------------------------------
 */

/* The "get-sessions" action. */
static gchar **
on_get_sessions (GstRtcWebRTCBase *self)
{
  GList *sessions = gst_rtc_webrtc_base_list_sessions (self);
  gchar **ids = g_new0 (gchar *, g_list_length (sessions) + 1);
  guint n = 0;

  for (GList *l = sessions; l != NULL; l = l->next)
    ids[n++] = g_strdup (gst_rtc_session_get_id (l->data));
  g_list_free_full (sessions, g_object_unref);
  return ids;
}

static void
gst_rtc_webrtc_base_finalize (GObject *object)
{
  GstRtcWebRTCBasePrivate *priv = gst_rtc_webrtc_base_get_private (GST_RTC_WEBRTC_BASE (object));

  g_clear_object (&priv->signaller);
  g_hash_table_unref (priv->sessions);
  gst_rtc_servers_clear_array (&priv->turn_servers);
  g_clear_pointer (&priv->meta, gst_structure_free);
  g_free (priv->stun_server);
  g_free (priv->certificate);
  g_free (priv->udp_mux_addresses);
  g_free (priv->key);
  g_mutex_clear (&priv->lock);
  G_OBJECT_CLASS (gst_rtc_webrtc_base_parent_class)->finalize (object);
}

static void
install_port_properties (GObjectClass *klass)
{
  const GParamFlags flags = G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS | GST_PARAM_MUTABLE_READY;

  g_object_class_install_property (klass, PROP_ICE_TRANSPORT_POLICY,
      g_param_spec_enum ("ice-transport-policy", "ICE transport policy",
          "Which local candidates may be used: all, or relayed ones only",
          GST_TYPE_WEBRTC_ICE_TRANSPORT_POLICY, GST_RTC_WEBRTC_DEFAULT_ICE_TRANSPORT_POLICY,
          flags));
  g_object_class_install_property (klass, PROP_MIN_RTP_PORT,
      g_param_spec_uint ("min-rtp-port", "Lowest media port",
          "Lowest local UDP port for media; 0: 1024, or any when max-rtp-port is 0, too", 0, 65535,
          0, flags));
  g_object_class_install_property (klass, PROP_MAX_RTP_PORT,
      g_param_spec_uint ("max-rtp-port", "Highest media port",
          "Highest local UDP port for media; 0: 65535, or any when min-rtp-port is 0, too", 0,
          65535, 0, flags));
  g_object_class_install_property (klass, PROP_UDP_MUX_PORT,
      g_param_spec_uint ("udp-mux-port", "One media port",
          "One UDP port for all peers, as ICE-lite: cheap for many, easy for firewalls; no STUN, "
          "no TURN, and peers have to be full ICE agents, as browsers are. 0: ports of its own for "
          "each peer",
          0, 65535, GST_RTC_WEBRTC_DEFAULT_UDP_MUX_PORT, flags));
  g_object_class_install_property (klass, PROP_TCP_MUX_PORT,
      g_param_spec_int ("tcp-mux-port", "One media port of TCP",
          "With udp-mux-port: one TCP port for all peers whose networks let no UDP through, which "
          "they take last. -1: the same number, if it is free; 0: no TCP",
          -1, 65535, GST_RTC_WEBRTC_DEFAULT_TCP_MUX_PORT, flags));
  g_object_class_install_property (klass, PROP_UDP_MUX_ADDRESSES,
      g_param_spec_string ("udp-mux-addresses", "Addresses of the one media port",
          "What peers are told instead of this host's own addresses, separated by commas: the "
          "public "
          "ones behind a 1:1 NAT or of a container. NULL: this host's own",
          NULL, flags));
}

static void
install_properties (GObjectClass *klass)
{
  const GParamFlags flags = G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS | GST_PARAM_MUTABLE_READY;
  const GParamFlags read_only = G_PARAM_READABLE | G_PARAM_STATIC_STRINGS;

  g_object_class_install_property (klass, PROP_SIGNALLER,
      g_param_spec_object ("signaller", "Signaller",
          "Carries descriptions between the element and its peers; its properties are reachable "
          "as signaller::NAME",
          GST_TYPE_RTC_SIGNALLER, flags));
  g_object_class_install_property (klass, PROP_STUN_SERVER,
      g_param_spec_string ("stun-server", "STUN server",
          "stun://host:port, to learn the public address behind a NAT. NULL (the default): none, "
          "so that no outside host is contacted unless it was asked for",
          GST_RTC_WEBRTC_DEFAULT_STUN_SERVER, flags));
  g_object_class_install_property (klass, PROP_TURN_SERVERS,
      gst_param_spec_array ("turn-servers", "TURN servers",
          "Relays for peers that cannot be reached directly: "
          "turn(s)://user:password@host:port[?transport=tcp]; reads back without credentials",
          g_param_spec_string ("turn-server", "TURN server", "One server", NULL, flags), flags));
  install_port_properties (klass);
  g_object_class_install_property (klass, PROP_DTLS_CERTIFICATE,
      g_param_spec_string ("dtls-certificate", "DTLS certificate",
          "PEM file with the certificate to show to peers; NULL: one made for this process", NULL,
          flags));
  g_object_class_install_property (klass, PROP_DTLS_KEY,
      g_param_spec_string ("dtls-key", "DTLS key",
          "PEM file with the private key of dtls-certificate, readable by its owner only", NULL,
          flags));
  g_object_class_install_property (klass, PROP_DO_RETRANSMISSION,
      g_param_spec_boolean ("do-retransmission", "Do retransmission",
          "Repeat video packets that a peer has lost, if it can (RFC 4588)",
          GST_RTC_WEBRTC_DEFAULT_DO_RETRANSMISSION, flags));
  g_object_class_install_property (klass, PROP_META,
      g_param_spec_boxed ("meta", "Meta",
          "Free-form information for peers, told by signallers "
          "that can carry it",
          GST_TYPE_STRUCTURE, flags));
  g_object_class_install_property (klass, PROP_STATS,
      g_param_spec_boxed ("stats", "Statistics",
          "Statistics of every session: one field per session id (W3C webrtc-stats). Not to be "
          "read from streaming threads",
          GST_TYPE_STRUCTURE, read_only));
}

static void
gst_rtc_webrtc_base_class_init (GstRtcWebRTCBaseClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GType type = G_TYPE_FROM_CLASS (klass);

  rtc_log_init ();
  object_class->set_property = gst_rtc_webrtc_base_set_property;
  object_class->get_property = gst_rtc_webrtc_base_get_property;
  object_class->finalize = gst_rtc_webrtc_base_finalize;
  GST_ELEMENT_CLASS (klass)->change_state = gst_rtc_webrtc_base_change_state;
  install_properties (object_class);

  /**
   * GstRtcWebRTCBase::session-added:
   * @session_id: the session
   * @session: the #GstRtcSession
   *
   * A peer has come; negotiation begins after the handlers. Control thread: the handler must not
   * stop the element.
   */
  signals[GST_RTC_WEBRTC_BASE_SIGNAL_SESSION_ADDED] = g_signal_new ("session-added", type,
      G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 2, G_TYPE_STRING, GST_TYPE_RTC_SESSION);
  /**
   * GstRtcWebRTCBase::session-removed:
   * @session_id: the session
   * @session: the #GstRtcSession
   *
   * A peer has gone. Control thread: the handler must not stop the element.
   */
  signals[GST_RTC_WEBRTC_BASE_SIGNAL_SESSION_REMOVED] = g_signal_new ("session-removed", type,
      G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 2, G_TYPE_STRING, GST_TYPE_RTC_SESSION);
  /**
   * GstRtcWebRTCBase::get-sessions:
   *
   * Returns: the ids of all sessions. Any thread.
   */
  signals[GST_RTC_WEBRTC_BASE_SIGNAL_GET_SESSIONS] =
      g_signal_new_class_handler ("get-sessions", type, G_SIGNAL_RUN_LAST | G_SIGNAL_ACTION,
          G_CALLBACK (on_get_sessions), NULL, NULL, NULL, G_TYPE_STRV, 0);
}

static void
gst_rtc_webrtc_base_init (GstRtcWebRTCBase *self)
{
  GstRtcWebRTCBasePrivate *priv = gst_rtc_webrtc_base_get_private (self);

  rtc_log_init ();
  g_mutex_init (&priv->lock);
  priv->sessions = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_object_unref);
  g_value_init (&priv->turn_servers, GST_TYPE_ARRAY);
  priv->ice_transport_policy = GST_RTC_WEBRTC_DEFAULT_ICE_TRANSPORT_POLICY;
  priv->udp_mux_port = GST_RTC_WEBRTC_DEFAULT_UDP_MUX_PORT;
  priv->tcp_mux_port = GST_RTC_WEBRTC_DEFAULT_TCP_MUX_PORT;
  priv->do_retransmission = GST_RTC_WEBRTC_DEFAULT_DO_RETRANSMISSION;
}
