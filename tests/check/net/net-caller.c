/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "net-caller.h"

#include <string.h>

#include "gst/rtc/peer/rtc-peer-private.h"
#include "net-loop.h"
#include "net-viewer.h"

/* TRACE_BPS: more than any trace takes. */
#define TRACE_BPS 4000000

/* Packets of the caller's own making that are handed over in one turn. */
#define OWN_BATCH 64

struct _NetCallers {
  NetLoop net;
  NetTrace *own_trace; /* NULL: the caller's */
  RtcCodecId codec;
  NetPlayer *player;

  GMutex lock; /* guards nothing; for cond */
  GCond frame; /* another one was played */
};

struct _NetCaller {
  gint refs; /* the test's and the loop's */
  NetCallers *callers;
  NetCallerConfig config;
  RtcPeerId id;
  gint video, audio; /* transceivers, -1: none */
  gchar *location;   /* of the WHIP resource */
  gchar *original;   /* the answer */

  GMutex lock; /* guards what follows; [N] writes, the test reads */
  GCond cond;
  RtcPeerState state;
  gboolean gathered;
  gchar failure[256];

  /* Arguments and results of calls to [N]. */
  gchar *offer;
  const gchar *answer;
  gboolean answer_ok;
  GError *error;
};

/* --- what all share --------------------------------------------------------------------------- */

static void
callers_after_frame (gpointer data)
{
  NetCallers *self = data;

  g_mutex_lock (&self->lock);
  g_cond_broadcast (&self->frame);
  g_mutex_unlock (&self->lock);
}

NetCallers *
net_callers_new_with_trace (const NetTrace *trace)
{
  NetCallers *self = g_new0 (NetCallers, 1);

  g_mutex_init (&self->lock);
  g_cond_init (&self->frame);
  net_loop_init (&self->net);
  self->codec = net_trace_get_video_codec (trace);
  self->player = net_player_new (self->net.loop, trace, callers_after_frame, self);
  return self;
}

NetCallers *
net_callers_new (const NetTraceConfig *media)
{
  NetTrace *trace = net_trace_new (media);
  NetCallers *self = net_callers_new_with_trace (trace);

  self->own_trace = trace;
  return self;
}

void
net_callers_free (NetCallers *self)
{
  net_player_free (self->player);
  net_loop_clear (&self->net);
  if (self->own_trace != NULL)
    net_trace_free (self->own_trace);
  g_mutex_clear (&self->lock);
  g_cond_clear (&self->frame);
  g_free (self);
}

NetPlayer *
net_callers_get_player (NetCallers *self)
{
  return self->player;
}

/* --- one -------------------------------------------------------------------------------------- */

static void
caller_unref (gpointer data)
{
  NetCaller *self = data;

  if (!g_atomic_int_dec_and_test (&self->refs))
    return;
  g_mutex_clear (&self->lock);
  g_cond_clear (&self->cond);
  g_free (self->location);
  g_free (self->original);
  g_free (self->offer);
  g_clear_error (&self->error);
  g_free (self);
}

static void
caller_handle_output (RtcPeer *peer, RtcOutput *output, gpointer data)
{
  NetCaller *self = data;

  g_mutex_lock (&self->lock);
  self->state = rtc_peer_get_state (peer);
  if (output->type == RTC_OUTPUT_CANDIDATES_DONE)
    self->gathered = TRUE;
  else if (output->type == RTC_OUTPUT_FAILED)
    g_strlcpy (self->failure, output->reason, sizeof self->failure);
  g_cond_broadcast (&self->cond);
  g_mutex_unlock (&self->lock);
}

static void
caller_add_transceiver (NetCaller *self, RtcPeer *peer, RtcMediaKind kind)
{
  RtcRandom *random = rtc_loop_get_random (self->callers->net.loop);
  gboolean is_video = kind == RTC_MEDIA_VIDEO;
  RtcTransceiverConfig config = { .kind = kind,
    .direction = RTC_DIRECTION_SENDONLY,
    .n_codecs = 1,
    .rtx = is_video && !self->config.no_rtx };
  guint index;

  rtc_codec_init (
      &config.codecs[0], is_video ? self->callers->codec : RTC_CODEC_OPUS, is_video ? 96 : 111);
  config.ssrc = rtc_random_u32 (random) | 1;
  if (config.rtx)
    config.rtx_ssrc = rtc_random_u32 (random) | 1;
  g_strlcpy (config.msid_stream, "caller", sizeof config.msid_stream);
  g_strlcpy (config.msid_track, is_video ? "video" : "audio", sizeof config.msid_track);
  index = rtc_peer_add_transceiver (peer, &config);
  if (is_video)
    self->video = (gint) index;
  else
    self->audio = (gint) index;
}

static void
caller_start (gpointer data)
{
  NetCaller *self = data;
  NetCallers *callers = self->callers;
  GstClockTime now = rtc_loop_now ();
  RtcPeerConfig config = { 0 };
  RtcPeer *peer;

  net_loop_configure (&callers->net, &config);
  config.transport_cc = TRUE;
  /* A trace has the rate it has: held to less, its frames would be dropped before they are sent. */
  g_strlcpy (config.congestion_control, "fixed", sizeof config.congestion_control);
  config.bitrate =
      (RtcCcBounds){ .min_bps = TRACE_BPS, .start_bps = TRACE_BPS, .max_bps = TRACE_BPS };
  peer = rtc_peer_new (&config, now, &self->error);
  g_assert_no_error (self->error);
  self->id = config.id;
  if (!self->config.no_audio)
    caller_add_transceiver (self, peer, RTC_MEDIA_AUDIO);
  if (!self->config.no_video)
    caller_add_transceiver (self, peer, RTC_MEDIA_VIDEO);
  net_loop_make_offer (peer, now);
  g_atomic_int_inc (&self->refs);
  rtc_loop_add_peer (callers->net.loop, peer, caller_handle_output, self, caller_unref);
}

NetCaller *
net_caller_new (NetCallers *callers, const NetCallerConfig *config)
{
  NetCaller *self = g_new0 (NetCaller, 1);

  self->refs = 1;
  self->callers = callers;
  if (config != NULL)
    self->config = *config;
  self->video = self->audio = -1;
  g_mutex_init (&self->lock);
  g_cond_init (&self->cond);
  rtc_loop_call (callers->net.loop, caller_start, self);
  return self;
}

static RtcPeer *
caller_find_peer (NetCaller *self)
{
  return rtc_loop_find_peer (self->callers->net.loop, self->id);
}

static void
caller_get_offer (gpointer data)
{
  NetCaller *self = data;

  self->offer = rtc_peer_get_local_description (caller_find_peer (self));
}

gchar *
net_caller_create_offer (NetCaller *self)
{
  gint64 deadline = g_get_monotonic_time () + 10 * G_TIME_SPAN_SECOND;

  g_mutex_lock (&self->lock);
  while (!self->gathered && g_cond_wait_until (&self->cond, &self->lock, deadline))
    ;
  g_assert_true (self->gathered);
  g_mutex_unlock (&self->lock);
  rtc_loop_call (self->callers->net.loop, caller_get_offer, self);
  if (self->config.wrong_fingerprint)
    net_loop_spoil_fingerprints (self->offer);
  if (self->config.link != NULL) {
    gchar *rewritten = link_emulator_rewrite_offer (self->config.link, self->offer);

    g_free (self->offer);
    self->offer = rewritten;
  }
  return g_steal_pointer (&self->offer);
}

static void
caller_set_answer (gpointer data)
{
  NetCaller *self = data;
  RtcPeer *peer = caller_find_peer (self);

  self->answer_ok = rtc_peer_set_remote_description (
                        peer, rtc_loop_now (), RTC_SDP_TYPE_ANSWER, self->answer, &self->error)
                    == RTC_OK;
  if (self->answer_ok && self->audio >= 0)
    rtc_source_attach (net_player_get_audio (self->callers->player), peer, (guint) self->audio);
  if (self->answer_ok && self->video >= 0)
    rtc_source_attach (net_player_get_video (self->callers->player), peer, (guint) self->video);
  rtc_loop_turn_peer (self->callers->net.loop, peer);
}

gboolean
net_caller_set_answer (NetCaller *self, const gchar *sdp, GError **error)
{
  gchar *rewritten =
      self->config.link != NULL ? link_emulator_rewrite_answer (self->config.link, sdp) : NULL;

  g_free (self->original);
  self->original = g_strdup (sdp);
  self->answer = rewritten != NULL ? rewritten : sdp;
  rtc_loop_call (self->callers->net.loop, caller_set_answer, self);
  self->answer = NULL;
  g_free (rewritten);
  if (!self->answer_ok && self->error != NULL)
    g_propagate_error (error, g_steal_pointer (&self->error));
  return self->answer_ok;
}

const gchar *
net_caller_get_answer (NetCaller *self)
{
  return self->original;
}

guint
net_caller_call (NetCaller *self, const gchar *whip_url)
{
  gchar *offer = net_caller_create_offer (self), *answer = NULL;
  GError *error = NULL;
  guint status;

  g_free (self->location);
  /* On the wire WHIP's POST is WHEP's. */
  status = net_whep_post (whip_url, offer, &answer, &self->location);
  if (status == 201) {
    net_caller_set_answer (self, answer, &error);
    g_assert_no_error (error);
  }
  g_free (offer);
  g_free (answer);
  return status;
}

guint
net_caller_delete (NetCaller *self)
{
  g_assert_nonnull (self->location);
  return net_whep_delete (self->location);
}

/* --- looking at it ---------------------------------------------------------------------------- */

gboolean
net_caller_wait_state (NetCaller *self, RtcPeerState state, guint timeout_ms)
{
  gint64 deadline = g_get_monotonic_time () + (gint64) timeout_ms * 1000;
  gboolean ok;

  g_mutex_lock (&self->lock);
  while (self->state != state && g_cond_wait_until (&self->cond, &self->lock, deadline))
    ;
  ok = self->state == state;
  g_mutex_unlock (&self->lock);
  return ok;
}

typedef struct {
  NetCaller *caller;
  NetCallerCounts *out;
} CountsCall;

static void
counts_add_outbound (NetCallerCounts *out, const RtcOutboundStats *stats)
{
  if (stats->kind == RTC_MEDIA_AUDIO) {
    out->audio_packets += stats->packets_sent - stats->retransmitted_packets_sent;
    out->audio_lost += stats->remote_packets_lost;
    return;
  }
  out->frames += stats->frames_sent;
  out->key_frames += stats->key_frames_sent;
  out->video_packets +=
      stats->packets_sent - stats->retransmitted_packets_sent - stats->padding_packets_sent;
  out->padding += stats->padding_packets_sent;
  out->retransmitted += stats->retransmitted_packets_sent;
  out->nacks += stats->nack_count;
  out->plis += stats->pli_count;
  out->firs += stats->fir_count;
  out->video_lost += stats->remote_packets_lost;
  if (stats->has_rtt)
    out->rtt = stats->rtt;
}

static void
caller_read_counts (gpointer data)
{
  CountsCall *call = data;
  RtcPeer *peer = caller_find_peer (call->caller);
  RtcPeerStats stats;

  memset (call->out, 0, sizeof *call->out);
  if (peer == NULL)
    return;
  rtc_peer_get_stats (peer, rtc_loop_now (), &stats);
  call->out->state = stats.state;
  for (guint i = 0; i < stats.outbound->len; i++)
    counts_add_outbound (call->out, &g_array_index (stats.outbound, RtcOutboundStats, i));
  rtc_peer_stats_clear (&stats);
}

void
net_caller_get_counts (NetCaller *self, NetCallerCounts *out)
{
  CountsCall call = { self, out };

  rtc_loop_call (self->callers->net.loop, caller_read_counts, &call);
  g_mutex_lock (&self->lock);
  g_strlcpy (out->failure, self->failure, sizeof out->failure);
  g_mutex_unlock (&self->lock);
}

gboolean
net_caller_wait_frames (NetCaller *self, guint64 frames, guint timeout_ms)
{
  gint64 deadline = g_get_monotonic_time () + (gint64) timeout_ms * 1000;
  NetCallers *callers = self->callers;
  gboolean in_time = TRUE;
  NetCallerCounts counts;

  for (;;) {
    net_caller_get_counts (self, &counts);
    if ((self->config.no_video ? counts.audio_packets : counts.frames) >= frames)
      return TRUE;
    if (!in_time || counts.failure[0] != '\0')
      return FALSE;
    g_mutex_lock (&callers->lock);
    in_time = g_cond_wait_until (&callers->frame, &callers->lock, deadline);
    g_mutex_unlock (&callers->lock);
  }
}

/* --- what it may do --------------------------------------------------------------------------- */

typedef struct {
  NetCaller *caller;
  RtcMediaKind kind;
  gboolean active;
  guint32 ssrc;
} MediaCall;

static void
caller_set_media (gpointer data)
{
  MediaCall *call = data;
  NetCaller *self = call->caller;
  gboolean is_video = call->kind == RTC_MEDIA_VIDEO;
  NetPlayer *player = self->callers->player;
  RtcSource *source = is_video ? net_player_get_video (player) : net_player_get_audio (player);
  gint transceiver = is_video ? self->video : self->audio;
  RtcPeer *peer = caller_find_peer (self);

  if (peer == NULL || transceiver < 0)
    return;
  if (call->active)
    rtc_source_attach (source, peer, (guint) transceiver);
  else
    rtc_source_detach (source, peer, (guint) transceiver);
  rtc_loop_turn_peer (self->callers->net.loop, peer);
}

void
net_caller_set_video (NetCaller *self, gboolean active)
{
  MediaCall call = { self, RTC_MEDIA_VIDEO, active, 0 };

  rtc_loop_call (self->callers->net.loop, caller_set_media, &call);
}

void
net_caller_set_audio (NetCaller *self, gboolean active)
{
  MediaCall call = { self, RTC_MEDIA_AUDIO, active, 0 };

  rtc_loop_call (self->callers->net.loop, caller_set_media, &call);
}

/* Behind the peer's back: there is no operation for what no honest peer of ours does. */
static void
caller_change_ssrc (gpointer data)
{
  MediaCall *call = data;
  NetCaller *self = call->caller;
  gint transceiver = call->kind == RTC_MEDIA_VIDEO ? self->video : self->audio;
  RtcPeer *peer = caller_find_peer (self);
  RtcSendStream *stream;

  if (peer == NULL || transceiver < 0)
    return;
  stream = &rtc_peer_section (peer, (guint) transceiver)->send;
  if (call->active) {
    guint32 ssrc = rtc_random_u32 (rtc_loop_get_random (self->callers->net.loop)) | 1;

    stream->config.rewrite.ssrc = ssrc;
    stream->rewrite.config.ssrc = ssrc;
    stream->stats.ssrc = ssrc;
  }
  call->ssrc = stream->stats.ssrc;
}

void
net_caller_change_ssrc (NetCaller *self, RtcMediaKind kind)
{
  MediaCall call = { self, kind, TRUE, 0 };

  rtc_loop_call (self->callers->net.loop, caller_change_ssrc, &call);
}

guint32
net_caller_get_ssrc (NetCaller *self, RtcMediaKind kind)
{
  MediaCall call = { self, kind, FALSE, 0 };

  rtc_loop_call (self->callers->net.loop, caller_change_ssrc, &call);
  return call.ssrc;
}

typedef struct {
  NetCaller *caller;
  gboolean is_protected, is_rtcp;
  guint first, n;
  NetCallerMake make;
  gpointer user_data;
  gboolean ok;
} OwnCall;

static void
caller_send_batch (gpointer data)
{
  OwnCall *call = data;
  RtcPeer *peer = caller_find_peer (call->caller);
  GstClockTime now = rtc_loop_now ();
  RtcRtpExtensionSlots no_slots = { 0 };

  call->ok = peer != NULL && (peer->srtp != NULL || !call->is_protected);
  for (guint i = 0; call->ok && i < call->n; i++) {
    guint8 bytes[RTC_MAX_DATAGRAM];
    gsize len =
        call->make (call->first + i, bytes, sizeof bytes - RTC_SRTP_MAX_OVERHEAD, call->user_data);

    if (!call->is_protected)
      peer->ice->vtable->send (peer->ice, now, bytes, len);
    else if (call->is_rtcp)
      rtc_peer_protect_and_send_rtcp (peer, now, bytes, len, sizeof bytes);
    else
      rtc_peer_protect_and_send_rtp (
          peer, now, bytes, len, sizeof bytes, &no_slots, RTC_PACER_VIDEO, now);
  }
  if (peer != NULL) {
    peer->is_dirty = TRUE;
    rtc_loop_turn_peer (call->caller->callers->net.loop, peer);
  }
}

static gboolean
caller_send_all (OwnCall *call, guint n)
{
  call->ok = TRUE;
  for (; call->ok && call->first < n; call->first += call->n) {
    call->n = MIN (OWN_BATCH, n - call->first);
    rtc_loop_call (call->caller->callers->net.loop, caller_send_batch, call);
  }
  return call->ok;
}

gboolean
net_caller_send_own (
    NetCaller *self, gboolean is_rtcp, guint n, NetCallerMake make, gpointer user_data)
{
  OwnCall call = { self, TRUE, is_rtcp, 0, 0, make, user_data, TRUE };

  return caller_send_all (&call, n);
}

gboolean
net_caller_send_raw (NetCaller *self, guint n, NetCallerMake make, gpointer user_data)
{
  OwnCall call = { self, FALSE, FALSE, 0, 0, make, user_data, TRUE };

  return caller_send_all (&call, n);
}

static void
caller_close_dtls (gpointer data)
{
  NetCaller *self = data;
  RtcPeer *peer = caller_find_peer (self);
  GstClockTime now = rtc_loop_now ();

  if (peer == NULL)
    return;
  peer->dtls->vtable->close (peer->dtls, now);
  rtc_peer_drain_dtls (peer, now);
  rtc_loop_turn_peer (self->callers->net.loop, peer);
}

void
net_caller_close_dtls (NetCaller *self)
{
  rtc_loop_call (self->callers->net.loop, caller_close_dtls, self);
}

/* --- its end ---------------------------------------------------------------------------------- */

void
net_caller_free (NetCaller *self, gboolean goodbye)
{
  net_loop_remove (&self->callers->net, self->id, goodbye);
  caller_unref (self);
}
