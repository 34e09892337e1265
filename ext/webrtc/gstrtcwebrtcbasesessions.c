/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "ext/webrtc/gstrtcwebrtcbaseprivate.h"

#include <string.h>

#include "ext/webrtc/gstrtcbackends.h"
#include "ext/webrtc/gstrtccontrol.h"
#include "gst/rtc/base/rtc-log.h"
#include "gst/rtc/base/rtc-result.h"
#include "gst/webrtc/gstrtcenums.h"

#define GST_CAT_DEFAULT rtc_log_sig

/* --- sessions, [C] ---------------------------------------------------------------------------- */

GstRtcSession *
gst_rtc_webrtc_base_find_session (GstRtcWebRTCBase *self, const gchar *id)
{
  GstRtcWebRTCBasePrivate *priv = gst_rtc_webrtc_base_get_private (self);
  GstRtcSession *session;

  g_mutex_lock (&priv->lock);
  session = g_hash_table_lookup (priv->sessions, id);
  if (session != NULL)
    g_object_ref (session);
  g_mutex_unlock (&priv->lock);
  return session;
}

GList *
gst_rtc_webrtc_base_list_sessions (GstRtcWebRTCBase *self)
{
  GstRtcWebRTCBasePrivate *priv = gst_rtc_webrtc_base_get_private (self);
  GList *list;

  g_mutex_lock (&priv->lock);
  list = g_hash_table_get_values (priv->sessions);
  for (GList *l = list; l != NULL; l = l->next)
    g_object_ref (l->data);
  g_mutex_unlock (&priv->lock);
  return list;
}

/* Reasons may be the peer's words, and a structure's strings are UTF-8. */
static void
post_session_ended (GstRtcWebRTCBase *self, GstRtcSession *session, const GError *reason)
{
  gchar *text = reason != NULL ? g_utf8_make_valid (reason->message, -1) : NULL;
  GstStructure *structure = gst_structure_new ("webrtc-session-ended", "session-id", G_TYPE_STRING,
      gst_rtc_session_get_id (session), "peer-id", G_TYPE_STRING,
      gst_rtc_session_get_peer_id (session), "reason", G_TYPE_STRING, text, NULL);

  gst_element_post_message (
      GST_ELEMENT (self), gst_message_new_element (GST_OBJECT (self), structure));
  g_free (text);
}

/* Out of the table, closed, and everybody told; who tells the peer is the caller. */
static void
remove_session (GstRtcWebRTCBase *self, GstRtcSession *session, const GError *reason)
{
  GstRtcWebRTCBasePrivate *priv = gst_rtc_webrtc_base_get_private (self);
  const gchar *id = gst_rtc_session_get_id (session);
  gboolean removed;

  g_object_ref (session);
  g_mutex_lock (&priv->lock);
  removed = g_hash_table_remove (priv->sessions, id);
  g_mutex_unlock (&priv->lock);
  if (removed) {
    gst_rtc_session_close (session);
    GST_RTC_WEBRTC_BASE_GET_CLASS (self)->session_removed (self, session, reason);
    g_signal_emit (self,
        gst_rtc_webrtc_base_get_signal (GST_RTC_WEBRTC_BASE_SIGNAL_SESSION_REMOVED), 0, id,
        session);
    gst_child_proxy_child_removed (GST_CHILD_PROXY (self), G_OBJECT (session), id);
    post_session_ended (self, session, reason);
  }
  g_object_unref (session);
}

void
gst_rtc_webrtc_base_end_session (
    GstRtcWebRTCBase *self, GstRtcSession *session, const GError *reason)
{
  GstRtcSignaller *signaller = gst_rtc_webrtc_base_get_signaller (self);

  g_object_ref (session);
  remove_session (self, session, reason);
  gst_rtc_signaller_end_session (signaller, gst_rtc_session_get_id (session), reason);
  g_object_unref (session);
  g_object_unref (signaller);
}

static void
on_description (GstRtcSession *session, GstWebRTCSDPType type, const gchar *text, gpointer data)
{
  GstRtcWebRTCBase *self = data;
  GstRtcSignaller *signaller = gst_rtc_webrtc_base_get_signaller (self);
  GstWebRTCSessionDescription *description;
  GError *error = NULL;
  GstSDPMessage *sdp;

  if (gst_sdp_message_new_from_text (text, &sdp) == GST_SDP_OK) {
    description = gst_webrtc_session_description_new (type, sdp);
    if (!gst_rtc_signaller_send_session_description (
            signaller, gst_rtc_session_get_id (session), description, &error))
      remove_session (self, session, error);
    gst_webrtc_session_description_free (description);
  }
  g_clear_error (&error);
  g_object_unref (signaller);
}

static void
on_candidate (
    GstRtcSession *session, guint mline, const gchar *mid, const gchar *candidate, gpointer data)
{
  GstRtcSignaller *signaller = gst_rtc_webrtc_base_get_signaller (data);

  gst_rtc_signaller_send_candidate (
      signaller, gst_rtc_session_get_id (session), mline, mid, candidate, NULL);
  g_object_unref (signaller);
}

static void
on_negotiated (
    GstRtcSession *session, const GstRtcSessionTrack *tracks, guint n_tracks, gpointer data)
{
  GstRtcWebRTCBase *self = data;
  GError *error = NULL;

  if (GST_RTC_WEBRTC_BASE_GET_CLASS (self)->negotiated (self, session, tracks, n_tracks, &error))
    return;
  gst_rtc_webrtc_base_end_session (self, session, error);
  g_clear_error (&error);
}

static void
on_refused (GstRtcSession *session, const GError *reason, gpointer data)
{
  GstRtcSignaller *signaller = gst_rtc_webrtc_base_get_signaller (data);

  gst_rtc_signaller_reject_session_description (
      signaller, gst_rtc_session_get_id (session), reason);
  g_object_unref (signaller);
}

static void
on_ended (GstRtcSession *session, const GError *reason, gpointer data)
{
  gst_rtc_webrtc_base_end_session (data, session, reason);
}

/* The lowest port that needs no privilege, for a range without a lower end. */
#define FIRST_PORT 1024

/* Under the lock. 0,0 is any; one 0 is an open end. */
static void
get_ports (const GstRtcWebRTCBasePrivate *priv, guint16 *min, guint16 *max)
{
  *min = (guint16) priv->min_port;
  *max = (guint16) priv->max_port;
  if (*min == 0 && *max != 0)
    *min = FIRST_PORT;
  if (*max == 0 && *min != 0)
    *max = G_MAXUINT16;
}

static GstRtcSession *
make_session (GstRtcWebRTCBase *self, const gchar *id, const gchar *peer_id, GError **error)
{
  GstRtcWebRTCBasePrivate *priv = gst_rtc_webrtc_base_get_private (self);
  GArray *transceivers = g_array_new (FALSE, TRUE, sizeof (RtcTransceiverConfig));
  GstRtcSessionConfig config = { .id = id,
    .peer_id = peer_id,
    .transport = priv->transport,
    .servers = priv->servers,
    .funcs = { on_description, on_candidate, on_negotiated, on_refused, on_ended, self } };
  GstRtcSignaller *signaller = gst_rtc_webrtc_base_get_signaller (self);
  GstRtcSession *session = NULL;

  if (GST_RTC_WEBRTC_BASE_GET_CLASS (self)->make_transceivers (self, id, transceivers, error)) {
    config.transceivers = (const RtcTransceiverConfig *) transceivers->data;
    config.n_transceivers = transceivers->len;
    config.can_trickle = gst_rtc_signaller_can_trickle (signaller);
    g_mutex_lock (&priv->lock);
    config.ice_transport_policy = gst_rtc_enums_transport_policy (priv->ice_transport_policy);
    get_ports (priv, &config.min_port, &config.max_port);
    g_mutex_unlock (&priv->lock);
    if (GST_RTC_WEBRTC_BASE_GET_CLASS (self)->configure_session != NULL)
      GST_RTC_WEBRTC_BASE_GET_CLASS (self)->configure_session (self, id, &config);
    session = gst_rtc_session_new (&config);
  }
  g_object_unref (signaller);
  g_array_unref (transceivers);
  return session;
}

/* --- the signaller's signals, [C] --------------------------------------------------------------
 */

static void
start_session (gpointer data, const gchar *id, const gchar *peer_id, const gchar *offer)
{
  GstRtcWebRTCBase *self = data;
  GstRtcWebRTCBasePrivate *priv = gst_rtc_webrtc_base_get_private (self);
  GError *error = NULL;
  GstRtcSession *session = make_session (self, id, peer_id, &error);

  if (session == NULL) {
    GstRtcSignaller *signaller = gst_rtc_webrtc_base_get_signaller (self);

    GST_INFO_OBJECT (self, "peer %s refused: %s", peer_id, error->message);
    gst_rtc_signaller_end_session (signaller, id, error);
    g_object_unref (signaller);
    g_error_free (error);
    return;
  }
  g_mutex_lock (&priv->lock);
  g_hash_table_insert (priv->sessions, g_strdup (id), g_object_ref (session));
  g_mutex_unlock (&priv->lock);
  gst_child_proxy_child_added (GST_CHILD_PROXY (self), G_OBJECT (session), id);
  if (GST_RTC_WEBRTC_BASE_GET_CLASS (self)->session_added != NULL)
    GST_RTC_WEBRTC_BASE_GET_CLASS (self)->session_added (self, session);
  g_signal_emit (self, gst_rtc_webrtc_base_get_signal (GST_RTC_WEBRTC_BASE_SIGNAL_SESSION_ADDED), 0,
      id, session);
  gst_rtc_session_start (session, offer);
  g_object_unref (session);
}

static void
on_session_requested (GstRtcSignaller *signaller, const gchar *id, const gchar *peer_id,
    GstWebRTCSessionDescription *offer, GstRtcWebRTCBase *self)
{
  GstRtcWebRTCBasePrivate *priv = gst_rtc_webrtc_base_get_private (self);
  gchar *text = offer == NULL ? NULL : gst_sdp_message_as_text (offer->sdp);

  if (GST_RTC_WEBRTC_BASE_GET_CLASS (self)->is_ready (self)) {
    start_session (self, id, peer_id, text);
  } else {
    GST_INFO_OBJECT (self, "peer %s waits for the streams to start", peer_id);
    gst_rtc_waiting_add (priv->waiting, id, peer_id, text);
  }
  g_free (text);
}

void
gst_rtc_webrtc_base_check_ready (GstRtcWebRTCBase *self)
{
  GstRtcWebRTCBasePrivate *priv = gst_rtc_webrtc_base_get_private (self);

  if (priv->waiting != NULL && GST_RTC_WEBRTC_BASE_GET_CLASS (self)->is_ready (self))
    gst_rtc_waiting_release (priv->waiting);
}

static void
on_session_description (GstRtcSignaller *signaller, const gchar *id,
    GstWebRTCSessionDescription *description, GstRtcWebRTCBase *self)
{
  GstRtcSession *session = gst_rtc_webrtc_base_find_session (self, id);
  gchar *text;

  if (session == NULL)
    return;
  text = gst_sdp_message_as_text (description->sdp);
  gst_rtc_session_set_remote_description (session, description->type, text);
  g_free (text);
  g_object_unref (session);
}

static void
add_candidate (
    gpointer data, const gchar *id, guint mline, const gchar *mid, const gchar *candidate)
{
  GstRtcSession *session = gst_rtc_webrtc_base_find_session (data, id);

  if (session == NULL)
    return;
  gst_rtc_session_add_candidate (session, mline, mid, candidate);
  g_object_unref (session);
}

static void
on_handle_ice (GstRtcSignaller *signaller, const gchar *id, guint mline, const gchar *mid,
    const gchar *candidate, GstRtcWebRTCBase *self)
{
  GstRtcWebRTCBasePrivate *priv = gst_rtc_webrtc_base_get_private (self);

  if (!gst_rtc_waiting_add_candidate (priv->waiting, id, mline, mid, candidate))
    add_candidate (self, id, mline, mid, candidate);
}

static gboolean
on_session_ended (
    GstRtcSignaller *signaller, const gchar *id, const gchar *reason, GstRtcWebRTCBase *self)
{
  GstRtcSession *session = gst_rtc_webrtc_base_find_session (self, id);
  GError *error = NULL;

  if (session == NULL)
    return gst_rtc_waiting_remove (gst_rtc_webrtc_base_get_private (self)->waiting, id);
  if (reason != NULL)
    rtc_error (&error, RTC_ERR_PEER_CLOSED, "%s", reason);
  remove_session (self, session, error);
  g_clear_error (&error);
  g_object_unref (session);
  return TRUE;
}

static void
on_signaller_error (GstRtcSignaller *signaller, const gchar *message, GstRtcWebRTCBase *self)
{
  GST_ELEMENT_ERROR (self, RESOURCE, FAILED, ("%s", message), (NULL));
}

static GstStructure *
on_request_meta (GstRtcSignaller *signaller, GstRtcWebRTCBase *self)
{
  GstRtcWebRTCBasePrivate *priv = gst_rtc_webrtc_base_get_private (self);
  GstStructure *meta;

  g_mutex_lock (&priv->lock);
  meta = priv->meta == NULL ? NULL : gst_structure_copy (priv->meta);
  g_mutex_unlock (&priv->lock);
  return meta;
}

static void
connect_signaller (GstRtcWebRTCBase *self, GstRtcSignaller *signaller)
{
  g_object_connect (signaller, "signal::session-requested", on_session_requested, self,
      "signal::session-description", on_session_description, self, "signal::handle-ice",
      on_handle_ice, self, "signal::session-ended", on_session_ended, self, "signal::error",
      on_signaller_error, self, "signal::request-meta", on_request_meta, self, NULL);
}

static void
disconnect_signaller (GstRtcWebRTCBase *self, GstRtcSignaller *signaller)
{
  g_signal_handlers_disconnect_by_data (signaller, self);
  g_clear_pointer (&gst_rtc_webrtc_base_get_private (self)->waiting, gst_rtc_waiting_free);
}

/* --- starting and stopping ----------------------------------------------------------------------
 */

typedef struct {
  GstRtcWebRTCBase *self;
  RtcLoop *loop;
  GError *error;
} Start;

static void
start_on_control (gpointer data)
{
  Start *start = data;
  GstRtcWebRTCBasePrivate *priv = gst_rtc_webrtc_base_get_private (start->self);
  GstRtcSignaller *signaller = gst_rtc_webrtc_base_get_signaller (start->self);
  GstRtcWaitingFuncs waiting = { start_session, add_candidate, start->self };

  priv->waiting = gst_rtc_waiting_new (rtc_loop_get_control_context (start->loop), &waiting);
  connect_signaller (start->self, signaller);
  if (gst_rtc_signaller_start (
          signaller, rtc_loop_get_control_context (start->loop), &start->error))
    priv->is_listening = TRUE;
  else
    disconnect_signaller (start->self, signaller);
  g_object_unref (signaller);
}

static void
stop_on_control (gpointer data)
{
  GstRtcWebRTCBase *self = data;
  GstRtcWebRTCBasePrivate *priv = gst_rtc_webrtc_base_get_private (self);
  GstRtcSignaller *signaller = gst_rtc_webrtc_base_get_signaller (self);
  GList *sessions;

  if (priv->is_listening) {
    gst_rtc_signaller_stop (signaller);
    disconnect_signaller (self, signaller);
    priv->is_listening = FALSE;
  }
  sessions = gst_rtc_webrtc_base_list_sessions (self);
  for (GList *l = sessions; l != NULL; l = l->next)
    remove_session (self, l->data, NULL);
  g_list_free_full (sessions, g_object_unref);
  g_object_unref (signaller);
}

/* What setters cannot judge alone. Under the lock. */
static gboolean
check_settings (const GstRtcWebRTCBasePrivate *priv, GError **error)
{
  GError *inner = NULL;
  guint16 min, max;

  get_ports (priv, &min, &max);
  if (min > max) {
    rtc_error (error, RTC_ERR_PARSE, "min-rtp-port %u is above max-rtp-port %u", min, max);
    return FALSE;
  }
  if (priv->udp_mux_port == 0 && priv->tcp_mux_port > 0) {
    rtc_error (error, RTC_ERR_PARSE, "tcp-mux-port needs udp-mux-port, which peers try first");
    return FALSE;
  }
  if (priv->udp_mux_port != 0
      && priv->ice_transport_policy == GST_WEBRTC_ICE_TRANSPORT_POLICY_RELAY) {
    rtc_error (error, RTC_ERR_PARSE,
        "udp-mux-port and ice-transport-policy=relay exclude each other: that port uses no relays");
    return FALSE;
  }
  for (guint i = 0; i < gst_value_array_get_size (&priv->turn_servers); i++) {
    const gchar *uri = g_value_get_string (gst_value_array_get_value (&priv->turn_servers, i));

    if (!gst_rtc_servers_check (uri != NULL ? uri : "", &inner)) {
      rtc_error (error, RTC_ERR_PARSE, "turn-servers: %s", inner->message);
      g_error_free (inner);
      return FALSE;
    }
  }
  return TRUE;
}

/* Settings are copied, so that the backends are not called with the lock held. */
static GstRtcTransport *
make_transport (GstRtcWebRTCBase *self, GError **error)
{
  GstRtcWebRTCBasePrivate *priv = gst_rtc_webrtc_base_get_private (self);
  gchar *certificate, *key, *addresses;
  GstRtcBackendsConfig config = { 0 };
  GstRtcTransport *transport;

  g_mutex_lock (&priv->lock);
  if (!check_settings (priv, error)) {
    g_mutex_unlock (&priv->lock);
    return NULL;
  }
  config.certificate = certificate = g_strdup (priv->certificate);
  config.key = key = g_strdup (priv->key);
  config.udp_mux_port = (guint16) priv->udp_mux_port;
  config.tcp_mux_port = priv->tcp_mux_port;
  config.udp_mux_addresses = addresses = g_strdup (priv->udp_mux_addresses);
  g_mutex_unlock (&priv->lock);
  transport = gst_rtc_backends_new_transport (&config, error);
  g_free (certificate);
  g_free (key);
  g_free (addresses);
  return transport;
}

static gchar **
list_turn_servers (const GValue *array)
{
  guint n = gst_value_array_get_size (array);
  gchar **uris = g_new0 (gchar *, n + 1);

  for (guint i = 0; i < n; i++)
    uris[i] = g_value_dup_string (gst_value_array_get_value (array, i));
  return uris;
}

/* URIs of TURN servers hold passwords. */
static void
free_secrets (gchar **uris)
{
  for (guint i = 0; uris[i] != NULL; i++)
    explicit_bzero (uris[i], strlen (uris[i]));
  g_strfreev (uris);
}

gboolean
gst_rtc_webrtc_base_start (GstRtcWebRTCBase *self)
{
  GstRtcWebRTCBasePrivate *priv = gst_rtc_webrtc_base_get_private (self);
  GstRtcWebRTCBaseClass *klass = GST_RTC_WEBRTC_BASE_GET_CLASS (self);
  GstRtcSignaller *signaller = gst_rtc_webrtc_base_get_signaller (self);
  Start call = { self, NULL, NULL };
  GstRtcTransport *transport = make_transport (self, &call.error);
  gchar **turn;

  if (transport == NULL) {
    GST_ELEMENT_ERROR (self, RESOURCE, SETTINGS, ("%s", call.error->message), (NULL));
  } else {
    g_mutex_lock (&priv->lock);
    turn = list_turn_servers (&priv->turn_servers);
    priv->transport = transport;
    priv->servers = gst_rtc_servers_new (priv->stun_server, (const gchar *const *) turn);
    g_mutex_unlock (&priv->lock);
    free_secrets (turn);
    klass->configure_signaller (self, signaller);
    call.loop = gst_rtc_transport_get_loop (transport);
    gst_rtc_control_call (call.loop, start_on_control, &call);
    if (call.error != NULL)
      GST_ELEMENT_ERROR (self, RESOURCE, OPEN_READ_WRITE, ("%s", call.error->message), (NULL));
    else if (klass->signaller_started != NULL)
      klass->signaller_started (self, signaller);
  }
  g_object_unref (signaller);
  if (call.error == NULL)
    return TRUE;
  g_error_free (call.error);
  return FALSE;
}

/* The viewers go first, while everything is still there; nothing of ours runs on [C] after it. */
void
gst_rtc_webrtc_base_stop (GstRtcWebRTCBase *self)
{
  RtcLoop *loop = gst_rtc_webrtc_base_get_loop (self);

  if (loop != NULL)
    gst_rtc_control_call (loop, stop_on_control, self);
  rtc_loop_unref (loop);
}

static void
run_stopped (gpointer data)
{
  GST_RTC_WEBRTC_BASE_GET_CLASS (data)->stopped (data);
}

void
gst_rtc_webrtc_base_drop_transport (GstRtcWebRTCBase *self)
{
  GstRtcWebRTCBasePrivate *priv = gst_rtc_webrtc_base_get_private (self);
  RtcLoop *loop = gst_rtc_webrtc_base_get_loop (self);
  GstRtcTransport *transport;

  if (loop != NULL)
    gst_rtc_control_call (loop, run_stopped, self);
  rtc_loop_unref (loop);
  g_mutex_lock (&priv->lock);
  transport = g_steal_pointer (&priv->transport);
  g_clear_pointer (&priv->servers, gst_rtc_servers_unref);
  g_mutex_unlock (&priv->lock);
  if (transport != NULL)
    gst_rtc_transport_close (transport);
  gst_rtc_transport_unref (transport);
}
