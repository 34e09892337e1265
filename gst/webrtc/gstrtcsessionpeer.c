/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "gst/webrtc/gstrtcsessionpeerprivate.h"

#include <string.h>
#include "gst/rtc/base/rtc-log.h"
#include "gst/rtc/base/rtc-result.h"
#include "gst/webrtc/gstrtcsharedtext.h"

#define GST_CAT_DEFAULT rtc_log_sig

typedef enum {
  OP_START,
  OP_SET_REMOTE,
  OP_ADD_CANDIDATE,
  OP_ATTACH,
  OP_ATTACH_NEXT,
  OP_LEAVE,
  OP_SET_TEMPORAL,
  OP_REQUEST_KEY_FRAME,
  OP_REQUEST_RETRANSMISSION,
  OP_SET_BITRATE,
  OP_FAIL,
  OP_CLOSE,
} OpType;

/* One posted operation; the fields that its type uses. */
typedef struct {
  OpType type;
  GstRtcSessionPeer *peer;
  GArray *servers;
  RtcSdpType sdp_type;
  gchar *text, *mid;
  guint index;
  RtcSource *source;
  gboolean hurry;
  guint8 temporal;
  guint16 *seqs; /* index of them, of the SSRC ssrc */
  guint32 ssrc;
  RtcCcBounds bitrate;
} Op;

/* The cap of waiting for candidates has come: send what there is. */
static void
on_gather_timer (gpointer data, GstClockTime now)
{
  GstRtcSessionPeer *self = data;
  RtcPeer *peer = rtc_loop_find_peer (gst_rtc_session_peer_get_loop (self), self->id);

  if (peer != NULL && self->is_describing)
    gst_rtc_session_peer_report_description (self, peer);
}

/* Makes a local description and sets it; candidates decide when it is reported. */
static RtcResult
describe (GstRtcSessionPeer *self, RtcPeer *peer, RtcSdpType type, GstClockTime now, GError **error)
{
  gchar *text = NULL;
  RtcResult result = type == RTC_SDP_TYPE_OFFER ? rtc_peer_create_offer (peer, now, &text, error)
                                                : rtc_peer_create_answer (peer, now, &text, error);

  if (result != RTC_OK)
    return result;
  self->is_describing = TRUE;
  self->describing_type = type;
  result = rtc_peer_set_local_description (peer, now, type, text, error);
  g_free (text);
  if (result != RTC_OK)
    self->is_describing = FALSE;
  return result;
}

/* After describe() and a turn of the peer. */
static void
describe_or_wait (GstRtcSessionPeer *self, GstClockTime now)
{
  RtcPeer *peer = rtc_loop_find_peer (gst_rtc_session_peer_get_loop (self), self->id);

  if (peer == NULL || !self->is_describing)
    return;
  if (self->can_trickle || rtc_peer_get_gathering_state (peer) == RTC_ICE_GATHERING_COMPLETE)
    gst_rtc_session_peer_report_description (self, peer);
  else
    rtc_loop_schedule (gst_rtc_session_peer_get_loop (self), &self->gather_timer,
        now + GST_RTC_SESSION_GATHER_CAP);
}

static void
forget_config (GstRtcSessionPeer *self)
{
  g_clear_pointer (&self->transceivers, g_array_unref);
  g_clear_pointer (&self->receive_codecs, g_array_unref);
}

static RtcPeer *
make_peer (GstRtcSessionPeer *self, GArray *servers, GstClockTime now, GError **error)
{
  const GstRtcTransportConfig *transport = gst_rtc_transport_get (self->transport);
  RtcPeerConfig config = { 0 };
  RtcPeer *peer;

  config.ice = transport->get_ice (transport, error);
  if (config.ice == NULL)
    return NULL;
  config.dtls = transport->dtls;
  config.srtp = transport->srtp;
  config.sctp = transport->sctp;
  config.limits = (RtcLimits) RTC_LIMITS_DEFAULT;
  config.limits.connect_timeout = GST_RTC_SESSION_CONNECT_TIMEOUT_MS * GST_MSECOND;
  config.transport_cc = self->transport_cc;
  g_strlcpy (config.congestion_control, self->congestion_control, sizeof config.congestion_control);
  config.bitrate = self->bitrate;
  config.texts = &gst_rtc_shared_text_keeper;
  config.offer_data = self->offer_data;
  config.accept_unknown_media = self->accept_unknown_media;
  config.multi_codec_answer = self->multi_codec_answer;
  config.receive_latency = self->receive_latency;
  config.receive_fec = self->receive_fec;
  config.n_receive_codecs = MIN (self->receive_codecs->len, RTC_TRANSCEIVER_MAX_CODECS);
  config.receive_codecs = (const RtcCodec *) (gpointer) self->receive_codecs->data;
  config.ice_config.policy = self->ice_transport_policy;
  config.ice_config.min_port = self->min_port;
  config.ice_config.max_port = self->max_port;
  config.ice_config.servers = (const RtcIceServer *) servers->data;
  config.ice_config.n_servers = servers->len;
  config.ice_config.max_remote_candidates = config.limits.max_remote_candidates;
  rtc_loop_reserve_peer (transport->loop, &config);
  peer = rtc_peer_new (&config, now, error);
  if (peer == NULL) {
    rtc_loop_remove_peer (transport->loop, config.id);
    return NULL;
  }
  for (guint i = 0; i < self->transceivers->len; i++)
    rtc_peer_add_transceiver (peer, &g_array_index (self->transceivers, RtcTransceiverConfig, i));
  self->id = config.id;
  rtc_loop_add_peer (transport->loop, peer, gst_rtc_session_peer_handle_output,
      gst_rtc_session_peer_ref (self), (GDestroyNotify) gst_rtc_session_peer_unref);
  return peer;
}

static void
op_start (GstRtcSessionPeer *self, const Op *op, GstClockTime now)
{
  GError *error = NULL;
  RtcPeer *peer;
  RtcResult result = RTC_OK;

  if (self->has_ended || self->id != 0)
    return;
  peer = make_peer (self, op->servers, now, &error);
  forget_config (self);
  if (peer == NULL) {
    gst_rtc_session_peer_end_channels (self);
    gst_rtc_session_peer_report_ended (self, error);
    return;
  }
  gst_rtc_session_peer_start_channels (self, peer);
  if (op->text != NULL)
    result = rtc_peer_set_remote_description (peer, now, RTC_SDP_TYPE_OFFER, op->text, &error);
  if (result == RTC_OK)
    result = describe (
        self, peer, op->text != NULL ? RTC_SDP_TYPE_ANSWER : RTC_SDP_TYPE_OFFER, now, &error);
  if (result != RTC_OK) {
    gst_rtc_session_peer_report_ended (self, error);
    gst_rtc_session_peer_forget (self);
    return;
  }
  rtc_loop_turn_peer (gst_rtc_session_peer_get_loop (self), peer);
  describe_or_wait (self, now);
}

/* A refusal leaves the peer as it was (rtc-peer.h), so the session goes on. */
static void
op_set_remote (GstRtcSessionPeer *self, RtcPeer *peer, const Op *op, GstClockTime now)
{
  GError *error = NULL;
  RtcResult result = rtc_peer_set_remote_description (peer, now, op->sdp_type, op->text, &error);

  if (result == RTC_OK && op->sdp_type == RTC_SDP_TYPE_OFFER)
    result = describe (self, peer, RTC_SDP_TYPE_ANSWER, now, &error);
  if (result != RTC_OK)
    gst_rtc_session_peer_post_report (
        self, &(GstRtcSessionReport){ .type = GST_RTC_SESSION_REPORT_REFUSED, .error = error });
  rtc_loop_turn_peer (gst_rtc_session_peer_get_loop (self), peer);
  describe_or_wait (self, now);
}

static void
op_attach (GstRtcSessionPeer *self, RtcPeer *peer, const Op *op)
{
  RtcSource **slot;

  if (op->index >= self->n_transceivers)
    return;
  slot = &self->sources[op->index];
  if (*slot == op->source)
    return;
  if (*slot != NULL && op->source == NULL) {
    rtc_source_detach (*slot, peer, op->index);
    /* Or what it was still leaving for that one. */
    rtc_peer_attach (peer, rtc_loop_now (), op->index, NULL);
  }
  if (op->source != NULL
      && (op->type == OP_ATTACH_NEXT
                 ? rtc_source_attach_next (op->source, peer, op->index, op->hurry)
                 : rtc_source_attach (op->source, peer, op->index))
             != RTC_OK)
    GST_INFO ("transceiver %u of %" G_GUINT64_FORMAT " does not send", op->index, self->id);
  g_clear_pointer (slot, rtc_source_unref);
  if (op->source != NULL)
    *slot = rtc_source_ref (op->source);
  rtc_loop_turn_peer (gst_rtc_session_peer_get_loop (self), peer);
}

static void
op_request (GstRtcSessionPeer *self, RtcPeer *peer, const Op *op, GstClockTime now)
{
  RtcResult result =
      op->type == OP_REQUEST_KEY_FRAME
          ? rtc_peer_request_key_frame (peer, now, op->index)
          : rtc_peer_request_retransmission (peer, now, op->ssrc, op->seqs, op->index);

  if (result != RTC_OK)
    GST_DEBUG (
        "not asked of peer %" G_GUINT64_FORMAT ": %s", self->id, rtc_result_to_string (result));
  rtc_loop_turn_peer (gst_rtc_session_peer_get_loop (self), peer);
}

static void
op_close (GstRtcSessionPeer *self, RtcPeer *peer, GstClockTime now)
{
  self->has_ended = TRUE; /* nobody is to hear of it */
  rtc_peer_receive (peer);
  rtc_loop_turn_peer (gst_rtc_session_peer_get_loop (self), peer);
  rtc_peer_close (peer, rtc_loop_now ());
  rtc_loop_turn_peer (gst_rtc_session_peer_get_loop (self), peer);
  gst_rtc_session_peer_forget (self);
}

static void
run_op (gpointer data)
{
  Op *op = data;
  GstRtcSessionPeer *self = op->peer;
  GstClockTime now = rtc_loop_now ();
  GError *error = NULL;
  RtcPeer *peer;

  if (op->type == OP_START) {
    op_start (self, op, now);
    return;
  }
  if (op->type == OP_CLOSE)
    self->has_ended = TRUE;
  if (op->type == OP_CLOSE && self->id == 0)
    gst_rtc_session_peer_end_channels (self);
  peer = self->id == 0 ? NULL : rtc_loop_find_peer (gst_rtc_session_peer_get_loop (self), self->id);
  if (peer == NULL)
    return;
  switch (op->type) {
    case OP_SET_REMOTE:
      op_set_remote (self, peer, op, now);
      break;
    case OP_ADD_CANDIDATE:
      if (rtc_peer_add_ice_candidate (peer, now, op->mid, op->index, op->text, &error) != RTC_OK) {
        GST_INFO ("candidate dropped: %s", error->message);
        g_clear_error (&error);
      }
      rtc_loop_turn_peer (gst_rtc_session_peer_get_loop (self), peer);
      break;
    case OP_ATTACH:
    case OP_ATTACH_NEXT:
      op_attach (self, peer, op);
      break;
    case OP_LEAVE:
      (op->hurry ? rtc_peer_leave : rtc_peer_stay) (peer, now, op->index);
      rtc_loop_turn_peer (gst_rtc_session_peer_get_loop (self), peer);
      break;
    case OP_SET_TEMPORAL:
      rtc_peer_set_temporal (peer, op->index, op->temporal);
      break;
    case OP_REQUEST_KEY_FRAME:
    case OP_REQUEST_RETRANSMISSION:
      op_request (self, peer, op, now);
      break;
    case OP_SET_BITRATE:
      rtc_peer_set_bitrate (peer, now, &op->bitrate);
      rtc_loop_turn_peer (gst_rtc_session_peer_get_loop (self), peer);
      break;
    case OP_FAIL:
      rtc_peer_fail (peer, now, op->text);
      rtc_loop_turn_peer (gst_rtc_session_peer_get_loop (self), peer);
      break;
    case OP_CLOSE:
      op_close (self, peer, now);
      break;
    case OP_START:
    default:
      break;
  }
}

static void
op_free (gpointer data)
{
  Op *op = data;

  if (op->servers != NULL)
    g_array_unref (op->servers);
  g_free (op->text);
  g_free (op->mid);
  rtc_source_unref (op->source);
  g_free (op->seqs);
  gst_rtc_session_peer_unref (op->peer);
  g_free (op);
}

/* Posts *model, taking over what it points to. */
static void
post_op (GstRtcSessionPeer *self, const Op *model)
{
  Op *op = g_new (Op, 1);

  *op = *model;
  op->peer = gst_rtc_session_peer_ref (self);
  rtc_loop_post (gst_rtc_session_peer_get_loop (self), run_op, op, op_free);
}

/* --- public ---------------------------------------------------------------------------------- */

GstRtcSessionPeer *
gst_rtc_session_peer_new (
    GObject *session, const GstRtcSessionConfig *config, GstRtcSessionReportFunc func)
{
  GstRtcSessionPeer *self = g_new0 (GstRtcSessionPeer, 1);

  self->refs = 1;
  self->transport = gst_rtc_transport_ref (config->transport);
  g_weak_ref_init (&self->session, session);
  self->func = func;
  self->ice_transport_policy = config->ice_transport_policy;
  self->min_port = config->min_port;
  self->max_port = config->max_port;
  self->can_trickle = config->can_trickle;
  self->transport_cc = config->transport_cc;
  if (config->congestion_control != NULL)
    g_strlcpy (
        self->congestion_control, config->congestion_control, sizeof self->congestion_control);
  self->bitrate = config->bitrate;
  self->n_transceivers = config->n_transceivers;
  self->transceivers = g_array_new (FALSE, FALSE, sizeof (RtcTransceiverConfig));
  g_array_append_vals (self->transceivers, config->transceivers, config->n_transceivers);
  self->sources = g_new0 (RtcSource *, config->n_transceivers + 1);
  self->receive_codecs = g_array_new (FALSE, FALSE, sizeof (RtcCodec));
  g_array_append_vals (self->receive_codecs, config->receive_codecs, config->n_receive_codecs);
  self->offer_data = config->offer_data;
  self->accept_unknown_media = config->accept_unknown_media;
  self->multi_codec_answer = config->multi_codec_answer;
  self->receive_latency = config->receive_latency;
  self->receive_fec = config->receive_fec;
  self->receiver_funcs = config->receiver_funcs;
  self->receiver = config->receiver;
  self->receiver_unref = config->receiver_unref;
  rtc_loop_timer_init (&self->gather_timer, on_gather_timer, self);
  gst_rtc_session_peer_init_channels (self);
  g_mutex_init (&self->lock);
  return self;
}

GstRtcSessionPeer *
gst_rtc_session_peer_ref (GstRtcSessionPeer *self)
{
  g_atomic_int_inc (&self->refs);
  return self;
}

/* The loop holds a reference while the peer lives, so the timer is not armed here. */
void
gst_rtc_session_peer_unref (GstRtcSessionPeer *self)
{
  if (self == NULL || !g_atomic_int_dec_and_test (&self->refs))
    return;
  for (guint i = 0; i < self->n_transceivers; i++)
    rtc_source_unref (self->sources[i]);
  g_free (self->sources);
  forget_config (self);
  if (self->receiver_unref != NULL)
    self->receiver_unref (self->receiver);
  gst_rtc_session_peer_free_channels (self);
  g_weak_ref_clear (&self->session);
  g_mutex_clear (&self->lock);
  gst_rtc_transport_unref (self->transport);
  g_free (self);
}

void
gst_rtc_session_peer_start (GstRtcSessionPeer *self, GArray *servers, const gchar *offer)
{
  post_op (self, &(Op){ .type = OP_START, .servers = servers, .text = g_strdup (offer) });
}

void
gst_rtc_session_peer_set_remote (GstRtcSessionPeer *self, RtcSdpType type, const gchar *text)
{
  post_op (self, &(Op){ .type = OP_SET_REMOTE, .sdp_type = type, .text = g_strdup (text) });
}

void
gst_rtc_session_peer_add_candidate (
    GstRtcSessionPeer *self, guint mline, const gchar *mid, const gchar *candidate)
{
  post_op (self, &(Op){ .type = OP_ADD_CANDIDATE,
                     .index = mline,
                     .mid = g_strdup (mid),
                     .text = g_strdup (candidate) });
}

void
gst_rtc_session_peer_attach (GstRtcSessionPeer *self, guint transceiver, RtcSource *source)
{
  post_op (self, &(Op){ .type = OP_ATTACH,
                     .index = transceiver,
                     .source = source == NULL ? NULL : rtc_source_ref (source) });
}

void
gst_rtc_session_peer_attach_next (
    GstRtcSessionPeer *self, guint transceiver, RtcSource *source, gboolean hurry)
{
  post_op (self, &(Op){ .type = OP_ATTACH_NEXT,
                     .index = transceiver,
                     .source = rtc_source_ref (source),
                     .hurry = hurry });
}

void
gst_rtc_session_peer_leave (GstRtcSessionPeer *self, guint transceiver, gboolean leaves)
{
  post_op (self, &(Op){ .type = OP_LEAVE, .index = transceiver, .hurry = leaves });
}

void
gst_rtc_session_peer_set_temporal (GstRtcSessionPeer *self, guint transceiver, guint8 highest)
{
  post_op (self, &(Op){ .type = OP_SET_TEMPORAL, .index = transceiver, .temporal = highest });
}

void
gst_rtc_session_peer_request_key_frame (GstRtcSessionPeer *self, guint transceiver)
{
  post_op (self, &(Op){ .type = OP_REQUEST_KEY_FRAME, .index = transceiver });
}

void
gst_rtc_session_peer_request_retransmission (
    GstRtcSessionPeer *self, guint32 ssrc, const guint16 *seqs, guint n_seqs)
{
  post_op (self, &(Op){ .type = OP_REQUEST_RETRANSMISSION,
                     .ssrc = ssrc,
                     .seqs = g_memdup2 (seqs, n_seqs * sizeof *seqs),
                     .index = n_seqs });
}

void
gst_rtc_session_peer_set_bitrate (GstRtcSessionPeer *self, const RtcCcBounds *bounds)
{
  post_op (self, &(Op){ .type = OP_SET_BITRATE, .bitrate = *bounds });
}

void
gst_rtc_session_peer_fail (GstRtcSessionPeer *self, const gchar *reason)
{
  post_op (self, &(Op){ .type = OP_FAIL, .text = g_strdup (reason) });
}

void
gst_rtc_session_peer_close (GstRtcSessionPeer *self)
{
  post_op (self, &(Op){ .type = OP_CLOSE });
}

typedef struct {
  GstRtcSessionPeer *peer;
  RtcPeerStats *stats;
} StatsCall;

static void
run_get_stats (gpointer data)
{
  StatsCall *call = data;
  RtcPeer *peer =
      call->peer->id == 0
          ? NULL
          : rtc_loop_find_peer (gst_rtc_session_peer_get_loop (call->peer), call->peer->id);

  if (peer == NULL)
    return;
  call->stats = g_new0 (RtcPeerStats, 1);
  rtc_peer_get_stats (peer, rtc_loop_now (), call->stats);
}

RtcPeerStats *
gst_rtc_session_peer_get_stats (GstRtcSessionPeer *self)
{
  StatsCall call = { self, NULL };

  rtc_loop_call (gst_rtc_session_peer_get_loop (self), run_get_stats, &call);
  return call.stats;
}
