/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "gst/webrtc/gstrtcsessionpeer.h"

#include <string.h>
#include "gst/rtc/base/rtc-log.h"
#include "gst/rtc/base/rtc-result.h"

#define GST_CAT_DEFAULT rtc_log_sig

struct _GstRtcSessionPeer {
  gint refs;
  GstRtcTransport *transport;
  GWeakRef session;
  GstRtcSessionReportFunc func;

  /* Set at creation. */
  RtcIceTransportPolicy ice_transport_policy;
  guint16 min_port, max_port;
  gboolean can_trickle, transport_cc;
  GArray *transceivers; /* RtcTransceiverConfig */

  /* [N] only. */
  RtcPeerId id; /* 0 before start and after the end */
  gboolean has_ended;
  gboolean is_describing; /* a local description waits for its candidates */
  RtcSdpType describing_type;
  RtcLoopTimer gather_timer;
  RtcSource **sources; /* attached, by transceiver */

  GMutex lock; /* guards the rest */
  GstRtcSessionStates states;
  gboolean states_posted; /* a STATES report is on its way and will read states */
};

typedef enum {
  OP_START,
  OP_SET_REMOTE,
  OP_ADD_CANDIDATE,
  OP_ATTACH,
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
} Op;

static RtcLoop *
get_loop (GstRtcSessionPeer *self)
{
  return gst_rtc_transport_get_loop (self->transport);
}

/* --- reports: [N] -> [C] --------------------------------------------------------------------- */

typedef struct {
  GstRtcSessionPeer *peer;
  GstRtcSessionReport report;
} Posted;

static void
posted_free (gpointer data)
{
  Posted *posted = data;

  g_free (posted->report.text);
  g_free (posted->report.mid);
  if (posted->report.tracks != NULL)
    g_array_unref (posted->report.tracks);
  g_clear_error (&posted->report.error);
  gst_rtc_session_peer_unref (posted->peer);
  g_free (posted);
}

static void
run_report (gpointer data)
{
  Posted *posted = data;
  GstRtcSessionPeer *self = posted->peer;
  GObject *session = g_weak_ref_get (&self->session);

  g_mutex_lock (&self->lock);
  if (posted->report.type == GST_RTC_SESSION_REPORT_STATES)
    self->states_posted = FALSE;
  posted->report.states = self->states;
  g_mutex_unlock (&self->lock);
  if (session == NULL)
    return;
  self->func (session, &posted->report);
  g_object_unref (session);
}

/* Posts *report, taking over what it points to. */
static void
post_report (GstRtcSessionPeer *self, const GstRtcSessionReport *report)
{
  Posted *posted = g_new0 (Posted, 1);

  posted->peer = gst_rtc_session_peer_ref (self);
  posted->report = *report;
  rtc_loop_post_control (get_loop (self), run_report, posted, posted_free);
}

static void
report_states (GstRtcSessionPeer *self, RtcPeer *peer)
{
  gboolean is_posted;

  g_mutex_lock (&self->lock);
  self->states.peer = rtc_peer_get_state (peer);
  self->states.ice = rtc_peer_get_ice_state (peer);
  self->states.gathering = rtc_peer_get_gathering_state (peer);
  self->states.signaling = rtc_peer_get_signaling_state (peer);
  is_posted = self->states_posted;
  self->states_posted = TRUE;
  g_mutex_unlock (&self->lock);
  if (!is_posted)
    post_report (self, &(GstRtcSessionReport){ .type = GST_RTC_SESSION_REPORT_STATES });
}

/* Takes error (nullable). */
static void
report_ended (GstRtcSessionPeer *self, GError *error)
{
  if (self->has_ended) {
    g_clear_error (&error);
    return;
  }
  self->has_ended = TRUE;
  post_report (
      self, &(GstRtcSessionReport){ .type = GST_RTC_SESSION_REPORT_ENDED, .error = error });
}

static void
report_description (GstRtcSessionPeer *self, RtcPeer *peer)
{
  gchar *text = rtc_peer_get_local_description (peer);

  self->is_describing = FALSE;
  rtc_loop_schedule (get_loop (self), &self->gather_timer, GST_CLOCK_TIME_NONE);
  if (text == NULL)
    return;
  post_report (self, &(GstRtcSessionReport){ .type = GST_RTC_SESSION_REPORT_DESCRIPTION,
                         .sdp_type = self->describing_type,
                         .text = text });
}

static void
report_negotiated (GstRtcSessionPeer *self, RtcPeer *peer)
{
  RtcJsep *jsep = rtc_peer_get_jsep (peer);
  GArray *tracks = g_array_new (FALSE, TRUE, sizeof (GstRtcSessionTrack));

  for (guint i = 0; i < self->transceivers->len; i++) {
    const RtcNegotiated *agreed =
        rtc_transceiver_get_negotiated (rtc_jsep_get_transceiver (jsep, i));
    GstRtcSessionTrack track = { .transceiver = i };

    track.sends = agreed->has_send_codec && (agreed->direction & RTC_DIRECTION_SENDONLY) != 0;
    track.codec = agreed->send_codec;
    if (agreed->is_rejected)
      g_strlcpy (track.reason, agreed->reason, sizeof track.reason);
    g_array_append_val (tracks, track);
  }
  post_report (self, &(GstRtcSessionReport){ .type = GST_RTC_SESSION_REPORT_NEGOTIATED,
                         .tracks = tracks,
                         .text = rtc_peer_get_remote_description (peer) });
}

/* --- the peer on [N] ------------------------------------------------------------------------- */

static void
forget_peer (GstRtcSessionPeer *self)
{
  RtcPeerId id = self->id;

  self->id = 0;
  rtc_loop_schedule (get_loop (self), &self->gather_timer, GST_CLOCK_TIME_NONE);
  if (id != 0)
    rtc_loop_remove_peer (get_loop (self), id);
}

static void
handle_output (RtcPeer *peer, RtcOutput *output, gpointer data)
{
  GstRtcSessionPeer *self = data;
  GError *error = NULL;

  switch (output->type) {
    case RTC_OUTPUT_STATE:
      report_states (self, peer);
      break;
    case RTC_OUTPUT_CANDIDATE:
      if (!self->can_trickle)
        break;
      post_report (self, &(GstRtcSessionReport){ .type = GST_RTC_SESSION_REPORT_CANDIDATE,
                             .text = rtc_candidate_write (&output->candidate),
                             .mid = g_strdup (output->mid),
                             .mline = output->mline });
      break;
    case RTC_OUTPUT_CANDIDATES_DONE:
      if (self->is_describing)
        report_description (self, peer);
      else if (self->can_trickle)
        post_report (self, &(GstRtcSessionReport){ .type = GST_RTC_SESSION_REPORT_CANDIDATE,
                               .text = g_strdup (""),
                               .mid = g_strdup (output->mid),
                               .mline = output->mline });
      break;
    case RTC_OUTPUT_NEGOTIATED:
      report_negotiated (self, peer);
      break;
    case RTC_OUTPUT_FAILED:
      report_states (self, peer);
      rtc_error (&error, RTC_ERR_BACKEND, "%s", output->reason);
      report_ended (self, error);
      forget_peer (self);
      break;
    case RTC_OUTPUT_CLOSED:
      report_states (self, peer);
      report_ended (self, NULL);
      forget_peer (self);
      break;
    case RTC_OUTPUT_NEGOTIATION_NEEDED:
    case RTC_OUTPUT_RTP:
    case RTC_OUTPUT_RTCP:
    case RTC_OUTPUT_STREAM_END:
    default:
      break;
  }
}

/* The cap of waiting for candidates has come: send what there is. */
static void
on_gather_timer (gpointer data, GstClockTime now)
{
  GstRtcSessionPeer *self = data;
  RtcPeer *peer = rtc_loop_find_peer (get_loop (self), self->id);

  if (peer != NULL && self->is_describing)
    report_description (self, peer);
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
  RtcPeer *peer = rtc_loop_find_peer (get_loop (self), self->id);

  if (peer == NULL || !self->is_describing)
    return;
  if (self->can_trickle || rtc_peer_get_gathering_state (peer) == RTC_ICE_GATHERING_COMPLETE)
    report_description (self, peer);
  else
    rtc_loop_schedule (get_loop (self), &self->gather_timer, now + GST_RTC_SESSION_GATHER_CAP);
}

static RtcPeer *
make_peer (GstRtcSessionPeer *self, GArray *servers, GstClockTime now, GError **error)
{
  const GstRtcTransportConfig *transport = gst_rtc_transport_get (self->transport);
  RtcPeerConfig config = { 0 };
  RtcPeer *peer;

  config.ice = transport->get_ice (transport->loop, error);
  if (config.ice == NULL)
    return NULL;
  config.dtls = transport->dtls;
  config.srtp = transport->srtp;
  config.limits = (RtcLimits) RTC_LIMITS_DEFAULT;
  config.limits.connect_timeout = GST_RTC_SESSION_CONNECT_TIMEOUT_MS * GST_MSECOND;
  config.transport_cc = self->transport_cc;
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
  rtc_loop_add_peer (transport->loop, peer, handle_output, gst_rtc_session_peer_ref (self),
      (GDestroyNotify) gst_rtc_session_peer_unref);
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
  if (peer == NULL) {
    report_ended (self, error);
    return;
  }
  if (op->text != NULL)
    result = rtc_peer_set_remote_description (peer, now, RTC_SDP_TYPE_OFFER, op->text, &error);
  if (result == RTC_OK)
    result = describe (
        self, peer, op->text != NULL ? RTC_SDP_TYPE_ANSWER : RTC_SDP_TYPE_OFFER, now, &error);
  if (result != RTC_OK) {
    report_ended (self, error);
    forget_peer (self);
    return;
  }
  rtc_loop_turn_peer (get_loop (self), peer);
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
    post_report (
        self, &(GstRtcSessionReport){ .type = GST_RTC_SESSION_REPORT_REFUSED, .error = error });
  rtc_loop_turn_peer (get_loop (self), peer);
  describe_or_wait (self, now);
}

static void
op_attach (GstRtcSessionPeer *self, RtcPeer *peer, const Op *op)
{
  RtcSource **slot;

  if (op->index >= self->transceivers->len)
    return;
  slot = &self->sources[op->index];
  if (*slot == op->source)
    return;
  if (*slot != NULL && op->source == NULL)
    rtc_source_detach (*slot, peer, op->index);
  if (op->source != NULL && rtc_source_attach (op->source, peer, op->index) != RTC_OK)
    GST_INFO ("transceiver %u of %" G_GUINT64_FORMAT " does not send", op->index, self->id);
  g_clear_pointer (slot, rtc_source_unref);
  if (op->source != NULL)
    *slot = rtc_source_ref (op->source);
  rtc_loop_turn_peer (get_loop (self), peer);
}

static void
op_close (GstRtcSessionPeer *self, RtcPeer *peer, GstClockTime now)
{
  self->has_ended = TRUE; /* nobody is to hear of it */
  rtc_peer_close (peer, now);
  rtc_loop_turn_peer (get_loop (self), peer);
  forget_peer (self);
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
  peer = self->id == 0 ? NULL : rtc_loop_find_peer (get_loop (self), self->id);
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
      rtc_loop_turn_peer (get_loop (self), peer);
      break;
    case OP_ATTACH:
      op_attach (self, peer, op);
      break;
    case OP_FAIL:
      rtc_peer_fail (peer, now, op->text);
      rtc_loop_turn_peer (get_loop (self), peer);
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
  rtc_loop_post (get_loop (self), run_op, op, op_free);
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
  self->transceivers = g_array_new (FALSE, FALSE, sizeof (RtcTransceiverConfig));
  g_array_append_vals (self->transceivers, config->transceivers, config->n_transceivers);
  self->sources = g_new0 (RtcSource *, config->n_transceivers + 1);
  rtc_loop_timer_init (&self->gather_timer, on_gather_timer, self);
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
  for (guint i = 0; i < self->transceivers->len; i++)
    rtc_source_unref (self->sources[i]);
  g_free (self->sources);
  g_array_unref (self->transceivers);
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
      call->peer->id == 0 ? NULL : rtc_loop_find_peer (get_loop (call->peer), call->peer->id);

  if (peer == NULL)
    return;
  call->stats = g_new0 (RtcPeerStats, 1);
  rtc_peer_get_stats (peer, rtc_loop_now (), call->stats);
}

RtcPeerStats *
gst_rtc_session_peer_get_stats (GstRtcSessionPeer *self)
{
  StatsCall call = { self, NULL };

  rtc_loop_call (get_loop (self), run_get_stats, &call);
  return call.stats;
}
