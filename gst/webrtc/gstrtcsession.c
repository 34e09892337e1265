/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "gst/webrtc/gstrtcsession.h"

#include "gst/rtc/base/rtc-log.h"
#include "gst/rtc/base/rtc-result.h"
#include "gst/webrtc/gstrtcenums.h"
#include "gst/webrtc/gstrtcsessionpeer.h"
#include "gst/webrtc/gstrtcstats.h"

#define GST_CAT_DEFAULT rtc_log_sig

/* How long names of STUN and TURN servers may take. */
#define RESOLVE_TIMEOUT_MS 1000

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

enum {
  SIGNAL_ON_ICE_CANDIDATE,
  SIGNAL_ON_DATA_CHANNEL,
  SIGNAL_ENDED,
  SIGNAL_GET_STATS,
  SIGNAL_CREATE_DATA_CHANNEL,
  SIGNAL_CLOSE,
  N_SIGNALS
};

static GParamSpec *props[N_PROPS];
static guint signals[N_SIGNALS];

/* As text: parsed it takes several times as much, and hardly anybody asks. */
typedef struct {
  GstWebRTCSDPType type;
  gchar *text; /* NULL: none */
} SessionDescription;

struct _GstRtcSession {
  GObject parent;
  gchar *id, *peer_id;
  GstRtcTransport *transport;
  GstRtcServers *servers;
  GstRtcSessionPeer *peer;

  /* [C] only. */
  GstRtcSessionFuncs funcs;
  gboolean is_started, is_closed;
  gboolean is_negotiated;
  gchar *offer; /* while names are resolved */
  GSource *watchdog;

  GMutex lock; /* guards the rest, which properties read */
  GstWebRTCPeerConnectionState connection_state;
  GstWebRTCICEConnectionState ice_state;
  GstWebRTCICEGatheringState gathering_state;
  GstWebRTCSignalingState signaling_state;
  SessionDescription local, remote;
  GstRtcSessionTarget target;
};

G_DEFINE_TYPE (GstRtcSession, gst_rtc_session, G_TYPE_OBJECT)

static void
stop_watchdog (GstRtcSession *self)
{
  if (self->watchdog == NULL)
    return;
  g_source_destroy (self->watchdog);
  g_clear_pointer (&self->watchdog, g_source_unref);
}

/* Ends the session towards its owner, once. */
static void
end (GstRtcSession *self, const GError *reason)
{
  if (self->is_closed)
    return;
  self->is_closed = TRUE;
  stop_watchdog (self);
  g_object_ref (self);
  GST_INFO ("session %s of %s ended: %s", self->id, self->peer_id,
      reason != NULL ? reason->message : "the peer left");
  if (self->funcs.ended != NULL)
    self->funcs.ended (self, reason, self->funcs.data);
  g_signal_emit (self, signals[SIGNAL_ENDED], 0, reason != NULL ? reason->message : NULL);
  g_object_unref (self);
}

/* Sets *place from SDP text; FALSE when unchanged or no SDP. */
static void
store_description (GstRtcSession *self, SessionDescription *place, GstWebRTCSDPType type,
    const gchar *text, GParamSpec *pspec)
{
  if (text == NULL)
    return;
  g_mutex_lock (&self->lock);
  g_free (place->text);
  place->type = type;
  place->text = g_strdup (text);
  g_mutex_unlock (&self->lock);
  g_object_notify_by_pspec (G_OBJECT (self), pspec);
}

/* NULL when it is none, or no SDP. (transfer full) */
static GstWebRTCSessionDescription *
parse_description (const SessionDescription *self)
{
  GstSDPMessage *sdp = NULL;

  if (self->text == NULL || gst_sdp_message_new_from_text (self->text, &sdp) != GST_SDP_OK)
    return NULL;
  return gst_webrtc_session_description_new (self->type, sdp);
}

static void
apply_states (GstRtcSession *self, const GstRtcSessionStates *states)
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

static void
apply_target (GstRtcSession *self, const GstRtcSessionTarget *target)
{
  gboolean changed;

  g_mutex_lock (&self->lock);
  changed = self->target.bps != target->bps;
  self->target = *target;
  g_mutex_unlock (&self->lock);
  if (changed)
    g_object_notify_by_pspec (G_OBJECT (self), props[PROP_TARGET_BITRATE]);
}

static GstWebRTCSDPType
to_webrtc_type (RtcSdpType type)
{
  switch (type) {
    case RTC_SDP_TYPE_OFFER:
      return GST_WEBRTC_SDP_TYPE_OFFER;
    case RTC_SDP_TYPE_PRANSWER:
      return GST_WEBRTC_SDP_TYPE_PRANSWER;
    case RTC_SDP_TYPE_ROLLBACK:
      return GST_WEBRTC_SDP_TYPE_ROLLBACK;
    case RTC_SDP_TYPE_ANSWER:
    default:
      return GST_WEBRTC_SDP_TYPE_ANSWER;
  }
}

static RtcSdpType
from_webrtc_type (GstWebRTCSDPType type)
{
  switch (type) {
    case GST_WEBRTC_SDP_TYPE_OFFER:
      return RTC_SDP_TYPE_OFFER;
    case GST_WEBRTC_SDP_TYPE_PRANSWER:
      return RTC_SDP_TYPE_PRANSWER;
    case GST_WEBRTC_SDP_TYPE_ROLLBACK:
      return RTC_SDP_TYPE_ROLLBACK;
    case GST_WEBRTC_SDP_TYPE_ANSWER:
    default:
      return RTC_SDP_TYPE_ANSWER;
  }
}

static void
handle_report (GObject *object, GstRtcSessionReport *report)
{
  GstRtcSession *self = GST_RTC_SESSION (object);
  GstRtcSessionFuncs *funcs = &self->funcs;
  GstWebRTCSDPType type = to_webrtc_type (report->sdp_type);

  if (report->type == GST_RTC_SESSION_REPORT_CHANNEL)
    g_signal_emit (self, signals[SIGNAL_ON_DATA_CHANNEL], 0, report->channel);
  if (report->type == GST_RTC_SESSION_REPORT_STATES)
    apply_states (self, &report->states);
  if (self->is_closed)
    return;
  switch (report->type) {
    case GST_RTC_SESSION_REPORT_DESCRIPTION:
      store_description (self, &self->local, type, report->text, props[PROP_LOCAL_DESCRIPTION]);
      if (funcs->description != NULL)
        funcs->description (self, type, report->text, funcs->data);
      break;
    case GST_RTC_SESSION_REPORT_CANDIDATE:
      if (funcs->candidate != NULL)
        funcs->candidate (self, report->mline, report->mid, report->text, funcs->data);
      g_signal_emit (self, signals[SIGNAL_ON_ICE_CANDIDATE], 0, report->mline, report->text);
      break;
    case GST_RTC_SESSION_REPORT_NEGOTIATED:
      self->is_negotiated = TRUE;
      if (funcs->negotiated != NULL)
        funcs->negotiated (self, (const GstRtcSessionTrack *) report->tracks->data,
            report->tracks->len, funcs->data);
      break;
    case GST_RTC_SESSION_REPORT_REFUSED:
      if (funcs->refused != NULL)
        funcs->refused (self, report->error, funcs->data);
      break;
    case GST_RTC_SESSION_REPORT_ENDED:
      end (self, report->error);
      break;
    case GST_RTC_SESSION_REPORT_TARGET_RATE:
      apply_target (self, &report->target);
      break;
    case GST_RTC_SESSION_REPORT_CHANNEL:
    case GST_RTC_SESSION_REPORT_STATES:
    default:
      break;
  }
}

/* Nobody answered our offer. What comes after the answer has its own deadline in the core. */
static gboolean
on_watchdog (gpointer data)
{
  GstRtcSession *self = data;

  if (!self->is_negotiated)
    gst_rtc_session_peer_fail (self->peer, "the offer was not answered in time");
  stop_watchdog (self);
  return G_SOURCE_REMOVE;
}

static void
on_resolved (GstRtcServers *servers, gpointer data)
{
  GstRtcSession *self = data;

  if (!self->is_closed)
    gst_rtc_session_peer_start (self->peer, gst_rtc_servers_get_resolved (servers), self->offer);
  g_clear_pointer (&self->offer, g_free);
}

void
gst_rtc_session_start (GstRtcSession *self, const gchar *offer)
{
  if (self->is_started || self->is_closed)
    return;
  self->is_started = TRUE;
  self->offer = g_strdup (offer);
  store_description (
      self, &self->remote, GST_WEBRTC_SDP_TYPE_OFFER, offer, props[PROP_REMOTE_DESCRIPTION]);
  self->watchdog = g_timeout_source_new (GST_RTC_SESSION_CONNECT_TIMEOUT_MS);
  g_source_set_callback (self->watchdog, on_watchdog, self, NULL);
  g_source_attach (
      self->watchdog, rtc_loop_get_control_context (gst_rtc_transport_get_loop (self->transport)));
  gst_rtc_servers_resolve (
      self->servers, RESOLVE_TIMEOUT_MS, on_resolved, g_object_ref (self), g_object_unref);
}

void
gst_rtc_session_set_remote_description (
    GstRtcSession *self, GstWebRTCSDPType type, const gchar *sdp)
{
  if (self->is_closed)
    return;
  store_description (self, &self->remote, type, sdp, props[PROP_REMOTE_DESCRIPTION]);
  gst_rtc_session_peer_set_remote (self->peer, from_webrtc_type (type), sdp);
}

void
gst_rtc_session_add_candidate (
    GstRtcSession *self, guint mline, const gchar *mid, const gchar *candidate)
{
  if (!self->is_closed)
    gst_rtc_session_peer_add_candidate (self->peer, mline, mid, candidate);
}

void
gst_rtc_session_attach_next (
    GstRtcSession *self, guint transceiver, RtcSource *source, gboolean hurry)
{
  if (!self->is_closed)
    gst_rtc_session_peer_attach_next (self->peer, transceiver, source, hurry);
}

void
gst_rtc_session_set_temporal (GstRtcSession *self, guint transceiver, guint8 highest)
{
  if (!self->is_closed)
    gst_rtc_session_peer_set_temporal (self->peer, transceiver, highest);
}

void
gst_rtc_session_attach (GstRtcSession *self, guint transceiver, RtcSource *source)
{
  if (!self->is_closed)
    gst_rtc_session_peer_attach (self->peer, transceiver, source);
}

void
gst_rtc_session_request_key_frame (GstRtcSession *self, guint transceiver)
{
  gst_rtc_session_peer_request_key_frame (self->peer, transceiver);
}

void
gst_rtc_session_request_retransmission (
    GstRtcSession *self, guint32 ssrc, const guint16 *seqs, guint n_seqs)
{
  gst_rtc_session_peer_request_retransmission (self->peer, ssrc, seqs, n_seqs);
}

void
gst_rtc_session_set_bitrate (GstRtcSession *self, const RtcCcBounds *bounds)
{
  gst_rtc_session_peer_set_bitrate (self->peer, bounds);
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

void
gst_rtc_session_close (GstRtcSession *self)
{
  gboolean was_closed = self->is_closed;

  self->is_closed = TRUE;
  stop_watchdog (self);
  if (!was_closed)
    gst_rtc_session_peer_close (self->peer);
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

/* The "close" action: as if the element ended the session, so the owner hears of it. */
static void
run_close (GObject *object, gpointer data)
{
  GstRtcSession *self = GST_RTC_SESSION (object);
  GError *reason = NULL;

  if (self->is_closed)
    return;
  rtc_error (&reason, RTC_ERR_PEER_CLOSED, "closed by the application");
  gst_rtc_session_peer_close (self->peer);
  end (self, reason);
  g_error_free (reason);
}

static void
on_close (GstRtcSession *self)
{
  rtc_loop_post_control_weak (
      gst_rtc_transport_get_loop (self->transport), G_OBJECT (self), run_close, NULL, NULL);
}

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

  stop_watchdog (self);
  if (self->peer != NULL && !self->is_closed)
    gst_rtc_session_peer_close (self->peer);
  gst_rtc_session_peer_unref (self->peer);
  gst_rtc_servers_unref (self->servers);
  gst_rtc_transport_unref (self->transport);
  g_free (self->local.text);
  g_free (self->remote.text);
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
gst_rtc_session_class_init (GstRtcSessionClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GType type = G_TYPE_FROM_CLASS (klass);

  object_class->get_property = gst_rtc_session_get_property;
  object_class->finalize = gst_rtc_session_finalize;
  install_properties (object_class);

  /**
   * GstRtcSession::on-ice-candidate:
   * @mline: index of the m-line
   * @candidate: as in SDP, without "a="; "" ends them
   *
   * A local candidate was found and signalled. Not with signallers that send complete descriptions,
   * as the web server's. Control thread.
   */
  signals[SIGNAL_ON_ICE_CANDIDATE] = g_signal_new ("on-ice-candidate", type, G_SIGNAL_RUN_LAST, 0,
      NULL, NULL, NULL, G_TYPE_NONE, 2, G_TYPE_UINT, G_TYPE_STRING);
  /**
   * GstRtcSession::ended:
   * @reason: (nullable): why, for people; NULL when the peer left in order
   *
   * The session is over. Control thread.
   */
  signals[SIGNAL_ENDED] = g_signal_new (
      "ended", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_STRING);
  /**
   * GstRtcSession::get-stats:
   * @pad: ignored, so that calls are written as for webrtcbin
   * @promise: (nullable): replied before the action returns, with a structure of W3C statistics or,
   *     when the session has ended, with the field `error`
   *
   * Any thread but streaming threads.
   */
  signals[SIGNAL_GET_STATS] = g_signal_new_class_handler ("get-stats", type,
      G_SIGNAL_RUN_LAST | G_SIGNAL_ACTION, G_CALLBACK (on_get_stats), NULL, NULL, NULL, G_TYPE_NONE,
      2, GST_TYPE_PAD, GST_TYPE_PROMISE);
  /**
   * GstRtcSession::on-data-channel:
   * @channel: a #GstRtcDataChannel
   *
   * The peer has opened a data channel: connect to its signals here, `on-open` is emitted next.
   * Control thread.
   */
  signals[SIGNAL_ON_DATA_CHANNEL] = g_signal_new ("on-data-channel", type, G_SIGNAL_RUN_LAST, 0,
      NULL, NULL, NULL, G_TYPE_NONE, 1, GST_TYPE_RTC_DATA_CHANNEL);
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
  signals[SIGNAL_CREATE_DATA_CHANNEL] = g_signal_new_class_handler ("create-data-channel", type,
      G_SIGNAL_RUN_LAST | G_SIGNAL_ACTION, G_CALLBACK (gst_rtc_session_create_data_channel), NULL,
      NULL, NULL, GST_TYPE_RTC_DATA_CHANNEL, 2, G_TYPE_STRING, GST_TYPE_STRUCTURE);
  /**
   * GstRtcSession::close:
   *
   * Ends the session; the peer is told. Returns at once. Any thread.
   */
  signals[SIGNAL_CLOSE] = g_signal_new_class_handler ("close", type,
      G_SIGNAL_RUN_LAST | G_SIGNAL_ACTION, G_CALLBACK (on_close), NULL, NULL, NULL, G_TYPE_NONE, 0);
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
  self->peer = gst_rtc_session_peer_new (G_OBJECT (self), config, handle_report);
  return self;
}
