/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "gst/webrtc/gstrtcsessionprivate.h"

#include "gst/rtc/base/rtc-log.h"
#include "gst/rtc/base/rtc-result.h"
#include "gst/webrtc/gstrtcenums.h"
#include "gst/webrtc/gstrtcstats.h"

#define GST_CAT_DEFAULT rtc_log_sig

enum {
  PROP_0,
  PROP_ID,
  PROP_PEER_ID,
  PROP_CONNECTION_STATE,
  PROP_ICE_CONNECTION_STATE,
  PROP_ICE_GATHERING_STATE,
  PROP_SIGNALING_STATE,
  PROP_LOCAL_DESCRIPTION,
  PROP_REMOTE_DESCRIPTION,
  PROP_TARGET_BITRATE,
  N_PROPS
};

static GParamSpec *props[N_PROPS];
static guint signals[GST_RTC_SESSION_N_SIGNALS];

G_DEFINE_TYPE (GstRtcSession, gst_rtc_session, G_TYPE_OBJECT)

guint
gst_rtc_session_get_signal (GstRtcSessionSignal signal)
{
  return signals[signal];
}

/* --- what properties show --------------------------------------------------------------------- */

static void
set_description (
    GstRtcSession *self, GstRtcSessionDescription *place, GstWebRTCSDPType type, const gchar *text)
{
  GstRtcSessionDescription description = { type, gst_rtc_shared_text_new (text) };
  GstRtcSharedText *before;

  g_mutex_lock (&self->lock);
  before = place->text;
  *place = description;
  g_mutex_unlock (&self->lock);
  gst_rtc_shared_text_release (before);
}

void
gst_rtc_session_set_local (GstRtcSession *self, GstWebRTCSDPType type, const gchar *text)
{
  if (text == NULL)
    return;
  set_description (self, &self->local, type, text);
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_LOCAL_DESCRIPTION]);
}

void
gst_rtc_session_set_remote (GstRtcSession *self, GstWebRTCSDPType type, const gchar *text)
{
  if (text == NULL)
    return;
  set_description (self, &self->remote, type, text);
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_REMOTE_DESCRIPTION]);
}

/* NULL when it is none, or no SDP. (transfer full) */
static GstWebRTCSessionDescription *
parse_description (const GstRtcSessionDescription *self)
{
  GstSDPMessage *sdp = NULL;
  GstSDPResult result;
  gchar *text;

  if (self->text == NULL)
    return NULL;
  text = gst_rtc_shared_text_dup (self->text);
  result = gst_sdp_message_new_from_text (text, &sdp);
  g_free (text);
  return result == GST_SDP_OK ? gst_webrtc_session_description_new (self->type, sdp) : NULL;
}

void
gst_rtc_session_set_states (GstRtcSession *self, const GstRtcSessionStates *states)
{
  GstWebRTCPeerConnectionState connection = gst_rtc_enums_peer_state (states->peer);
  GstWebRTCICEConnectionState ice = gst_rtc_enums_ice_state (states->ice);
  GstWebRTCICEGatheringState gathering = gst_rtc_enums_gathering_state (states->gathering);
  GstWebRTCSignalingState signaling = gst_rtc_enums_signaling_state (states->signaling);
  gboolean changed[4];

  g_mutex_lock (&self->lock);
  changed[0] = self->connection_state != connection;
  changed[1] = self->ice_state != ice;
  changed[2] = self->gathering_state != gathering;
  changed[3] = self->signaling_state != signaling;
  self->connection_state = connection;
  self->ice_state = ice;
  self->gathering_state = gathering;
  self->signaling_state = signaling;
  g_mutex_unlock (&self->lock);
  for (guint i = 0; i < G_N_ELEMENTS (changed); i++) {
    if (changed[i])
      g_object_notify_by_pspec (G_OBJECT (self), props[PROP_CONNECTION_STATE + i]);
  }
}

void
gst_rtc_session_set_target (GstRtcSession *self, const GstRtcSessionTarget *target)
{
  gboolean changed;

  g_mutex_lock (&self->lock);
  changed = self->target.bps != target->bps;
  self->target = *target;
  g_mutex_unlock (&self->lock);
  if (changed)
    g_object_notify_by_pspec (G_OBJECT (self), props[PROP_TARGET_BITRATE]);
}

void
gst_rtc_session_get_target (GstRtcSession *self, GstRtcSessionTarget *out)
{
  g_mutex_lock (&self->lock);
  *out = self->target;
  g_mutex_unlock (&self->lock);
}

guint
gst_rtc_session_get_target_bitrate (GstRtcSession *self)
{
  GstRtcSessionTarget target;

  gst_rtc_session_get_target (self, &target);
  return (guint) MIN (target.bps, G_MAXUINT);
}

const gchar *
gst_rtc_session_get_id (GstRtcSession *self)
{
  return self->id;
}

const gchar *
gst_rtc_session_get_peer_id (GstRtcSession *self)
{
  return self->peer_id;
}

GstWebRTCPeerConnectionState
gst_rtc_session_get_connection_state (GstRtcSession *self)
{
  GstWebRTCPeerConnectionState state;

  g_mutex_lock (&self->lock);
  state = self->connection_state;
  g_mutex_unlock (&self->lock);
  return state;
}

/* --- actions ---------------------------------------------------------------------------------- */

GstStructure *
gst_rtc_session_get_stats (GstRtcSession *self)
{
  RtcPeerStats *stats = gst_rtc_session_peer_get_stats (self->peer);
  GstStructure *structure;

  if (stats == NULL)
    return NULL;
  structure = gst_rtc_stats_to_structure (stats);
  rtc_peer_stats_clear (stats);
  g_free (stats);
  return structure;
}

GstRtcDataChannel *
gst_rtc_session_create_data_channel (
    GstRtcSession *self, const gchar *label, const GstStructure *options)
{
  RtcDataChannelInit init;

  gst_rtc_data_channel_read_options (options, &init);
  init.label = label;
  return gst_rtc_session_peer_create_channel (self->peer, &init);
}

/* The "get-stats" action. Always replies. */
static void
on_get_stats (GstRtcSession *self, GstPad *pad, GstPromise *promise)
{
  GstStructure *reply = gst_rtc_session_get_stats (self);

  if (reply == NULL) {
    GError *error = NULL;

    rtc_error (&error, RTC_ERR_PEER_CLOSED, "the session has ended");
    reply = gst_structure_new ("application/x-gst-promise", "error", G_TYPE_ERROR, error, NULL);
    g_error_free (error);
  }
  if (promise != NULL)
    gst_promise_reply (promise, reply);
  else
    gst_structure_free (reply);
}

/* The "close" action. */
static void
run_close (GObject *object, gpointer data)
{
  gst_rtc_session_end_here (GST_RTC_SESSION (object));
}

static void
on_close (GstRtcSession *self)
{
  rtc_loop_post_control_weak (
      gst_rtc_transport_get_loop (self->transport), G_OBJECT (self), run_close, NULL, NULL);
}

/* --- GObject ---------------------------------------------------------------------------------- */

static void
gst_rtc_session_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  GstRtcSession *self = GST_RTC_SESSION (object);

  g_mutex_lock (&self->lock);
  switch (id) {
    case PROP_ID:
      g_value_set_string (value, self->id);
      break;
    case PROP_PEER_ID:
      g_value_set_string (value, self->peer_id);
      break;
    case PROP_CONNECTION_STATE:
      g_value_set_enum (value, self->connection_state);
      break;
    case PROP_ICE_CONNECTION_STATE:
      g_value_set_enum (value, self->ice_state);
      break;
    case PROP_ICE_GATHERING_STATE:
      g_value_set_enum (value, self->gathering_state);
      break;
    case PROP_SIGNALING_STATE:
      g_value_set_enum (value, self->signaling_state);
      break;
    case PROP_LOCAL_DESCRIPTION:
      g_value_take_boxed (value, parse_description (&self->local));
      break;
    case PROP_REMOTE_DESCRIPTION:
      g_value_take_boxed (value, parse_description (&self->remote));
      break;
    case PROP_TARGET_BITRATE:
      g_value_set_uint (value, (guint) MIN (self->target.bps, G_MAXUINT));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
      break;
  }
  g_mutex_unlock (&self->lock);
}

/* May run on [N], when that dropped the last reference. */
static void
gst_rtc_session_finalize (GObject *object)
{
  GstRtcSession *self = GST_RTC_SESSION (object);

  gst_rtc_session_stop_watchdog (self);
  if (self->peer != NULL && !self->is_closed)
    gst_rtc_session_peer_close (self->peer);
  gst_rtc_session_peer_unref (self->peer);
  gst_rtc_servers_unref (self->servers);
  gst_rtc_transport_unref (self->transport);
  gst_rtc_shared_text_release (self->local.text);
  gst_rtc_shared_text_release (self->remote.text);
  g_free (self->offer);
  g_free (self->id);
  g_free (self->peer_id);
  g_mutex_clear (&self->lock);
  G_OBJECT_CLASS (gst_rtc_session_parent_class)->finalize (object);
}

static void
install_properties (GObjectClass *klass)
{
  const GParamFlags flags = G_PARAM_READABLE | G_PARAM_STATIC_STRINGS;

  props[PROP_ID] = g_param_spec_string (
      "id", "Id", "Unguessable name of the session; as in get-sessions", NULL, flags);
  props[PROP_PEER_ID] = g_param_spec_string (
      "peer-id", "Peer id", "Who the peer is, as the signaller says", NULL, flags);
  props[PROP_CONNECTION_STATE] = g_param_spec_enum ("connection-state", "Connection state",
      "The overall state (W3C RTCPeerConnectionState)", GST_TYPE_WEBRTC_PEER_CONNECTION_STATE,
      GST_WEBRTC_PEER_CONNECTION_STATE_NEW, flags);
  props[PROP_ICE_CONNECTION_STATE] =
      g_param_spec_enum ("ice-connection-state", "ICE connection state", "The state of ICE",
          GST_TYPE_WEBRTC_ICE_CONNECTION_STATE, GST_WEBRTC_ICE_CONNECTION_STATE_NEW, flags);
  props[PROP_ICE_GATHERING_STATE] = g_param_spec_enum ("ice-gathering-state", "ICE gathering state",
      "Whether all local candidates are known", GST_TYPE_WEBRTC_ICE_GATHERING_STATE,
      GST_WEBRTC_ICE_GATHERING_STATE_NEW, flags);
  props[PROP_SIGNALING_STATE] =
      g_param_spec_enum ("signaling-state", "Signaling state", "Where offer and answer stand",
          GST_TYPE_WEBRTC_SIGNALING_STATE, GST_WEBRTC_SIGNALING_STATE_STABLE, flags);
  props[PROP_LOCAL_DESCRIPTION] = g_param_spec_boxed ("local-description", "Local description",
      "Our last description, as it was sent", GST_TYPE_WEBRTC_SESSION_DESCRIPTION, flags);
  props[PROP_REMOTE_DESCRIPTION] = g_param_spec_boxed ("remote-description", "Remote description",
      "The peer's last description", GST_TYPE_WEBRTC_SESSION_DESCRIPTION, flags);
  props[PROP_TARGET_BITRATE] = g_param_spec_uint ("target-bitrate", "Target bitrate",
      "What may be sent to the peer now, all counted (bit/s); 0: unknown, or the peer agreed to no "
      "feedback",
      0, G_MAXUINT, 0, flags);
  g_object_class_install_properties (klass, N_PROPS, props);
}

static void
install_signals (GType type)
{
  /**
   * GstRtcSession::on-ice-candidate:
   * @mline: index of the m-line
   * @candidate: as in SDP, without "a="; "" ends them
   *
   * A local candidate was found and signalled. Not with signallers that send complete descriptions,
   * as the web server's. Control thread.
   */
  signals[GST_RTC_SESSION_SIGNAL_ON_ICE_CANDIDATE] = g_signal_new ("on-ice-candidate", type,
      G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 2, G_TYPE_UINT, G_TYPE_STRING);
  /**
   * GstRtcSession::ended:
   * @reason: (nullable): why, for people; NULL when the peer left in order
   *
   * The session is over. Control thread.
   */
  signals[GST_RTC_SESSION_SIGNAL_ENDED] = g_signal_new (
      "ended", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_STRING);
  /**
   * GstRtcSession::on-data-channel:
   * @channel: a #GstRtcDataChannel
   *
   * The peer has opened a data channel: connect to its signals here, `on-open` is emitted next.
   * Control thread.
   */
  signals[GST_RTC_SESSION_SIGNAL_ON_DATA_CHANNEL] = g_signal_new ("on-data-channel", type,
      G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1, GST_TYPE_RTC_DATA_CHANNEL);
}

static void
install_actions (GType type)
{
  /**
   * GstRtcSession::get-stats:
   * @pad: ignored, so that calls are written as for webrtcbin
   * @promise: (nullable): replied before the action returns, with a structure of W3C statistics or,
   *     when the session has ended, with the field `error`
   *
   * Any thread but streaming threads.
   */
  signals[GST_RTC_SESSION_SIGNAL_GET_STATS] = g_signal_new_class_handler ("get-stats", type,
      G_SIGNAL_RUN_LAST | G_SIGNAL_ACTION, G_CALLBACK (on_get_stats), NULL, NULL, NULL, G_TYPE_NONE,
      2, GST_TYPE_PAD, GST_TYPE_PROMISE);
  /**
   * GstRtcSession::create-data-channel:
   * @label: what it is called
   * @options: (nullable): as webrtcbin's: `ordered` (boolean), `max-packet-lifetime` and
   *     `max-retransmits` (int, not both), `protocol` (string), `negotiated` (boolean) with `id`
   *     (int), `priority` (#GstWebRTCPriorityType)
   *
   * A data channel to the peer. It opens when the peer takes data channels: its offer has a section
   * for them, or, made before the session starts, ours. `on-error` and `on-close` follow when it
   * cannot be. Any thread.
   *
   * Returns: (transfer full): a #GstRtcDataChannel
   */
  signals[GST_RTC_SESSION_SIGNAL_CREATE_DATA_CHANNEL] =
      g_signal_new_class_handler ("create-data-channel", type, G_SIGNAL_RUN_LAST | G_SIGNAL_ACTION,
          G_CALLBACK (gst_rtc_session_create_data_channel), NULL, NULL, NULL,
          GST_TYPE_RTC_DATA_CHANNEL, 2, G_TYPE_STRING, GST_TYPE_STRUCTURE);
  /**
   * GstRtcSession::close:
   *
   * Ends the session; the peer is told. Returns at once. Any thread.
   */
  signals[GST_RTC_SESSION_SIGNAL_CLOSE] = g_signal_new_class_handler ("close", type,
      G_SIGNAL_RUN_LAST | G_SIGNAL_ACTION, G_CALLBACK (on_close), NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
gst_rtc_session_class_init (GstRtcSessionClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GType type = G_TYPE_FROM_CLASS (klass);

  object_class->get_property = gst_rtc_session_get_property;
  object_class->finalize = gst_rtc_session_finalize;
  install_properties (object_class);
  install_signals (type);
  install_actions (type);
}

static void
gst_rtc_session_init (GstRtcSession *self)
{
  g_mutex_init (&self->lock);
}

GstRtcSession *
gst_rtc_session_new (const GstRtcSessionConfig *config)
{
  GstRtcSession *self = g_object_new (GST_TYPE_RTC_SESSION, NULL);

  self->id = g_strdup (config->id);
  /* Who calls may say anything, but properties and messages are text. */
  self->peer_id = g_utf8_make_valid (config->peer_id != NULL ? config->peer_id : "", -1);
  self->transport = gst_rtc_transport_ref (config->transport);
  self->servers = gst_rtc_servers_ref (config->servers);
  self->funcs = config->funcs;
  self->offer_timeout_ms =
      config->offer_timeout_ms != 0 ? config->offer_timeout_ms : GST_RTC_SESSION_CONNECT_TIMEOUT_MS;
  self->peer = gst_rtc_session_peer_new (G_OBJECT (self), config, gst_rtc_session_handle_report);
  return self;
}
