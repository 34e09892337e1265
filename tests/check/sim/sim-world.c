/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "sim-world.h"

#include <string.h>

#include "gst/rtc/base/rtc-bytes.h"
#include "gst/rtc/base/rtc-time.h"
#include "gst/rtc/rtp/rtc-rtp-header.h"

#define AUDIO_INTERVAL (20 * GST_MSECOND)
#define PAYLOAD_BYTES 200 /* of video, if nothing else is asked for */
/* ntp64 of the simulations' clock zero: 2026-01-01. */
#define SIM_NTP64 (G_GUINT64_CONSTANT (3976214400) << 32)

struct _SimWorld {
  SimWorldConfig config;
  GstClockTime now;
  RtcFanout *audio;
  SimEncoding video[1 + SIM_WORLD_MAX_RUNGS]; /* the first one, and n_rungs */
  GPtrArray *calls;                           /* SimCall * */
  guint64 frames, key_frames, audio_frames;
  guint64 frame_ticks, audio_ticks; /* as frames, but pauses count */
  gboolean is_paused;
  GArray *capture_times; /* GstClockTime, by frame number */
  GArray *capture_keys;  /* gboolean, likewise */
  gdouble credit;        /* packets that the target allows and the source has not used */
  GstClockTime next_frame, next_audio;
  guint16 audio_seq;
  guint64 next_id;
};

SimWorld *
sim_world_new (const SimWorldConfig *config)
{
  SimWorld *self = g_new0 (SimWorld, 1);

  self->config = *config;
  if (self->config.fps == 0)
    self->config.fps = 30;
  if (self->config.packets_per_frame == 0)
    self->config.packets_per_frame = 10;
  if (self->config.payload_bytes == 0)
    self->config.payload_bytes = PAYLOAD_BYTES;
  if (self->config.key_frame_interval == 0)
    self->config.key_frame_interval = GST_SECOND;
  self->audio = sim_encoding_new_fanout (RTC_MEDIA_AUDIO, self->config.key_frame_interval, FALSE);
  for (guint i = 0; i <= config->n_rungs; i++) {
    guint n = i == 0 ? self->config.packets_per_frame : config->rung_packets[i - 1];

    sim_encoding_init (&self->video[i], i, i == 0 ? config->first_seq : 0,
        self->config.payload_bytes, self->config.key_frame_interval, config->replay_pictures);
    self->video[i].packets = n;
    self->video[i].key_packets = i == 0 ? n : 2 * n;
  }
  self->calls = g_ptr_array_new ();
  self->capture_times = g_array_new (FALSE, FALSE, sizeof (GstClockTime));
  self->capture_keys = g_array_new (FALSE, FALSE, sizeof (gboolean));
  self->audio_seq = config->first_seq;
  self->next_id = 1;
  return self;
}

static void
sim_call_free (SimCall *call)
{
  for (guint i = 0; i < 2; i++) {
    rtc_peer_free (call->peers[i]);
    g_free (call->failure[i]);
    g_string_free (call->channel_log[i], TRUE);
  }
  sim_net_free (call->net);
  rtc_random_free (call->random);
  sim_viewer_clear (&call->viewer);
  if (call->trace != NULL)
    g_string_free (call->trace, TRUE);
  g_free (call);
}

void
sim_world_free (SimWorld *self)
{
  for (guint i = 0; i < self->calls->len; i++)
    sim_call_free (g_ptr_array_index (self->calls, i));
  g_ptr_array_unref (self->calls);
  rtc_fanout_unref (self->audio);
  for (guint i = 0; i <= self->config.n_rungs; i++)
    sim_encoding_clear (&self->video[i]);
  g_array_unref (self->capture_times);
  g_array_unref (self->capture_keys);
  g_free (self);
}

GstClockTime
sim_world_now (const SimWorld *self)
{
  return self->now;
}

void
sim_world_set_frame (SimWorld *self, guint packets, guint key_packets)
{
  self->video[0].packets = CLAMP (packets, 1, 64);
  self->video[0].key_packets = CLAMP (key_packets, 1, 64);
}

SimEncoding *
sim_world_get_encoding (SimWorld *self, guint rung)
{
  g_assert_cmpuint (rung, <=, self->config.n_rungs);
  return &self->video[rung];
}

void
sim_world_set_paused (SimWorld *self, gboolean is_paused)
{
  self->is_paused = is_paused;
}

RtcFanout *
sim_world_get_video (SimWorld *self)
{
  return self->video[0].fanout;
}

RtcFanout *
sim_world_get_rung (SimWorld *self, guint rung)
{
  return sim_world_get_encoding (self, rung)->fanout;
}

guint64
sim_world_get_frames (const SimWorld *self)
{
  return self->frames;
}

guint64
sim_world_get_key_frames (const SimWorld *self)
{
  return self->key_frames;
}

GstClockTime
sim_world_get_capture (const SimWorld *self, guint64 frame, gboolean *is_key)
{
  if (is_key != NULL)
    *is_key = g_array_index (self->capture_keys, gboolean, frame);
  return g_array_index (self->capture_times, GstClockTime, frame);
}

/* --- what the source makes --------------------------------------------------------------------
 */

/* A packet of video on the wire, about: RTP with extensions, SRTP's tag, UDP, IP. */
#define PACKET_OVERHEAD 76
#define KEY_FRAME_SHARE 4

/* What the target leaves to a frame beside the sound, in packets. */
static guint
world_follow (SimWorld *self, gboolean is_key)
{
  const SimCall *call = self->calls->len > 0 ? g_ptr_array_index (self->calls, 0) : NULL;
  gdouble bps = call != NULL ? (gdouble) call->target_bps : 0, share;
  gdouble audio = (SIM_AUDIO_BYTES + PACKET_OVERHEAD) * 8 * 50;
  guint n;

  /* As webrtcsink: what is resent comes out of the same target. */
  share = MAX (bps - audio, bps / 4) / (1 + (call != NULL ? call->repair : 0)) / 8
          / self->config.fps / (gdouble) (self->config.payload_bytes + PACKET_OVERHEAD);
  self->credit = CLAMP (self->credit + share, -10 * share, 2 * share + 1);
  n = (guint) CLAMP (is_key ? KEY_FRAME_SHARE * share : self->credit, 1, 64);
  self->credit -= n;
  return n;
}

static void
world_capture_frame (SimWorld *self)
{
  guint32 ts = self->config.first_rtp_ts
               + (guint32) gst_util_uint64_scale (self->frame_ticks, 90000, self->config.fps);
  gboolean is_key = sim_encoding_is_key_next (&self->video[0]);
  guint n = self->config.follows ? world_follow (self, is_key) : 0;

  for (guint i = 0; i <= self->config.n_rungs; i++) {
    gboolean is_rung_key =
        sim_encoding_capture (&self->video[i], self->now, self->frames, ts, i == 0 ? n : 0);

    if (i == 0)
      self->key_frames += is_rung_key ? 1 : 0;
  }
  g_array_append_val (self->capture_times, self->now);
  g_array_append_val (self->capture_keys, is_key);
  self->frames++;
}

static void
world_capture_audio (SimWorld *self)
{
  guint32 ts = self->config.first_rtp_ts + (guint32) (self->audio_ticks * 960);
  const GPtrArray *sound = self->config.sound;
  GBytes *frame = sound != NULL ? sound->pdata[self->audio_frames % sound->len] : NULL;
  gsize len = frame != NULL ? g_bytes_get_size (frame) : SIM_AUDIO_BYTES;
  RtcPacket *packet = sim_encoding_new_packet (97, self->audio_seq++, ts, FALSE, len);

  g_assert_cmpuint (len, <=, SIM_AUDIO_MOST_BYTES);
  if (frame != NULL)
    memcpy (packet->data + RTC_RTP_HEADER_LEN, g_bytes_get_data (frame, NULL), len);
  packet->time = self->now;
  rtc_fanout_push (self->audio, self->now, packet);
  self->audio_frames++;
}

/* --- one call -------------------------------------------------------------------------------- */

static RtcPeer *
call_new_peer (SimCall *call, guint end)
{
  RtcPeerConfig config = { 0 };
  RtcPeer *peer;

  fake_ice_factory_init (&call->ice[end], call->net, end == 0 ? SIM_A_TO_B : SIM_B_TO_A);
  fake_dtls_factory_init (&call->dtls[end], call->random);
  fake_srtp_factory_init (&call->srtp[end]);
  config.id = call->world->next_id++;
  config.ice = &call->ice[end].parent;
  config.dtls = &call->dtls[end].parent;
  config.srtp = &call->srtp[end].parent;
  call->channel_log[end] = g_string_new (NULL);
  if ((call->world->config.data_ends & (1u << end)) != 0) {
    fake_sctp_factory_init (&call->sctp[end]);
    config.sctp = &call->sctp[end].parent;
  }
  config.random = call->random;
  config.ice_config.peer_id = config.id;
  config.ice_config.random = call->random;
  config.ice_config.max_remote_candidates = 10;
  config.limits = (RtcLimits) RTC_LIMITS_DEFAULT;
  config.ntp64_at_zero = SIM_NTP64;
  config.transport_cc = call->world->config.transport_cc;
  if (end == 0 && call->world->config.congestion_control != NULL)
    g_strlcpy (config.congestion_control, call->world->config.congestion_control,
        sizeof config.congestion_control);
  config.bitrate = call->world->config.bitrate;
  config.receive_latency = call->world->config.latency;
  peer = rtc_peer_new (&config, call->world->now, NULL);
  g_assert_nonnull (peer);
  return peer;
}

static guint
call_add_transceiver (SimCall *call, RtcPeer *peer, RtcMediaKind kind, RtcDirection direction)
{
  const SimWorldConfig *world = &call->world->config;
  RtcTransceiverConfig config = { .kind = kind,
    .direction = direction,
    .n_codecs = 1,
    .rtx = TRUE,
    .fec = world->fec,
    .has_playout_delay = world->has_playout_delay,
    .playout_min = world->playout_min,
    .playout_max = world->playout_max };

  rtc_codec_init (&config.codecs[0], kind == RTC_MEDIA_VIDEO ? RTC_CODEC_VP8 : RTC_CODEC_OPUS,
      kind == RTC_MEDIA_VIDEO ? 96 : 111);
  return rtc_peer_add_transceiver (peer, &config);
}

SimCall *
sim_world_add_call (SimWorld *self, const SimLink *link)
{
  SimCall *call = g_new0 (SimCall, 1);
  guint64 seed = self->config.seed * 1000003 + self->next_id;

  call->world = self;
  call->trickle = TRUE;
  call->random = rtc_random_new_seeded (seed);
  if (self->config.trace)
    call->trace = g_string_new (NULL);
  call->net = sim_net_new (seed, call->trace);
  sim_net_set_both (call->net, link);
  call->delay = link->delay;
  sim_viewer_init (&call->viewer, link->delay + self->config.latency);
  if (self->config.sound != NULL)
    call->viewer.sound = g_hash_table_new_full (NULL, NULL, NULL, (GDestroyNotify) g_bytes_unref);
  for (guint end = 0; end < 2; end++) {
    RtcDirection direction = end == 0 ? RTC_DIRECTION_SENDONLY : RTC_DIRECTION_RECVONLY;
    guint video, audio;

    call->peers[end] = call_new_peer (call, end);
    if (self->config.no_media)
      continue;
    video = call_add_transceiver (call, call->peers[end], RTC_MEDIA_VIDEO, direction);
    audio = call_add_transceiver (call, call->peers[end], RTC_MEDIA_AUDIO, direction);
    if (end == 0) {
      call->video = video;
      call->audio = audio;
    }
  }
  g_ptr_array_add (self->calls, call);
  return call;
}

static void
call_note_channel (SimCall *call, guint end, const RtcOutput *out)
{
  static const gchar *const words[] = { "new", "open", "text", "binary", NULL, "closing",
    "closed" };
  const gchar *word = words[out->type - RTC_OUTPUT_CHANNEL_NEW];

  if (word == NULL)
    return;
  g_string_append_printf (call->channel_log[end], "%s ", word);
  call->channel[end] = out->channel;
  if (out->packet != NULL)
    call->data_bytes[end] += out->packet->len;
}

static void
call_handle_output (SimCall *call, guint end, const RtcOutput *out)
{
  RtcPeer *other = call->peers[1 - end];
  gchar *text;

  switch (out->type) {
    case RTC_OUTPUT_CANDIDATE:
      if (!call->trickle)
        break;
      text = rtc_candidate_write (&out->candidate);
      rtc_peer_add_ice_candidate (other, call->world->now, out->mid, out->mline, text, NULL);
      g_free (text);
      break;
    case RTC_OUTPUT_NEGOTIATED:
      if (end == 0 && !call->world->config.no_media) {
        rtc_peer_attach (
            call->peers[0], call->world->now, call->video, call->world->video[0].fanout);
        rtc_peer_attach (call->peers[0], call->world->now, call->audio, call->world->audio);
        call->attached = TRUE;
      }
      break;
    case RTC_OUTPUT_FAILED:
      g_free (call->failure[end]);
      call->failure[end] = g_strdup (out->reason);
      break;
    case RTC_OUTPUT_CLOSED:
      call->closed[end]++;
      break;
    case RTC_OUTPUT_RTP:
      g_assert_cmpuint (end, ==, 1);
      sim_viewer_see_rtp (&call->viewer, call->world->now, out->packet, call->world->capture_times);
      break;
    case RTC_OUTPUT_RTCP:
      call->viewer.sender_reports += end == 1 ? 1 : 0;
      break;
    case RTC_OUTPUT_STREAM_END:
      call->viewer.stream_ends += end == 1 ? 1 : 0;
      break;
    case RTC_OUTPUT_TARGET_RATE:
      if (end != 0)
        break;
      call->target_bps = out->target_bps;
      call->repair = out->repair;
      call->n_targets++;
      break;
    case RTC_OUTPUT_CHANNEL_NEW:
    case RTC_OUTPUT_CHANNEL_OPEN:
    case RTC_OUTPUT_CHANNEL_TEXT:
    case RTC_OUTPUT_CHANNEL_BINARY:
    case RTC_OUTPUT_CHANNEL_SENT:
    case RTC_OUTPUT_CHANNEL_CLOSING:
    case RTC_OUTPUT_CHANNEL_CLOSED:
      call_note_channel (call, end, out);
      break;
    case RTC_OUTPUT_STATE:
    case RTC_OUTPUT_CANDIDATES_DONE:
    case RTC_OUTPUT_NEGOTIATION_NEEDED:
      break;
  }
}

/* The loop's invariant: after any input, drain. Candidates cross over, so both ends, until quiet.
 */
static void
call_turn (SimCall *call)
{
  gboolean busy;

  do {
    busy = FALSE;
    for (guint end = 0; end < 2; end++) {
      RtcOutput out;

      while (rtc_peer_poll (call->peers[end], &out)) {
        busy = TRUE;
        call_handle_output (call, end, &out);
        rtc_packet_unref (out.packet);
      }
      rtc_peer_flush (call->peers[end]);
    }
  } while (busy);
}

static gboolean
call_carry (SimCall *call, guint from, RtcSdpType type, SimMunge munge, GError **error)
{
  GstClockTime now = call->world->now;
  RtcPeer *peer = call->peers[from];
  gboolean ok;
  gchar *sdp;

  if ((type == RTC_SDP_TYPE_OFFER ? rtc_peer_create_offer (peer, now, &sdp, error)
                                  : rtc_peer_create_answer (peer, now, &sdp, error))
      != RTC_OK)
    return FALSE;
  ok = rtc_peer_set_local_description (peer, now, type, sdp, error) == RTC_OK;
  if (ok && munge != NULL)
    sdp = munge (sdp, from == 0);
  ok = ok
       && rtc_peer_set_remote_description (call->peers[1 - from], now, type, sdp, error) == RTC_OK;
  g_free (sdp);
  return ok;
}

gboolean
sim_call_negotiate (SimCall *call, gboolean viewer_offers, SimMunge munge, GError **error)
{
  guint offerer = viewer_offers ? 1 : 0;
  gboolean ok = call_carry (call, offerer, RTC_SDP_TYPE_OFFER, munge, error)
                && call_carry (call, 1 - offerer, RTC_SDP_TYPE_ANSWER, munge, error);

  call_turn (call);
  return ok;
}

guint64
sim_call_count_complete (const SimCall *call, guint64 from, guint64 to)
{
  return sim_viewer_count_complete (&call->viewer, call->world->config.packets_per_frame, from, to);
}

void
sim_call_close (SimCall *call, guint end)
{
  rtc_peer_close (call->peers[end], call->world->now);
  call_turn (call);
}

void
sim_world_remove_call (SimWorld *self, SimCall *call)
{
  g_ptr_array_remove (self->calls, call);
  sim_call_free (call);
}

static GstClockTime
call_deadline (const SimCall *call)
{
  return rtc_time_min (
      sim_net_next_deadline (call->net), rtc_time_min (rtc_peer_next_deadline (call->peers[0]),
                                             rtc_peer_next_deadline (call->peers[1])));
}

static void
call_step (SimCall *call)
{
  GstClockTime now = call->world->now;
  RtcPacket *packet;
  SimDir dir;

  while ((packet = sim_net_pop_due (call->net, now, &dir)) != NULL) {
    guint to = dir == SIM_A_TO_B ? 1 : 0;

    if (call->ice[to].last != NULL)
      fake_ice_handle_datagram (call->ice[to].last, now, packet->data, packet->len);
    rtc_packet_unref (packet);
    rtc_peer_handle_backends (call->peers[to], now);
    call_turn (call);
  }
  for (guint end = 0; end < 2; end++) {
    if (rtc_time_is_due (rtc_peer_next_deadline (call->peers[end]), now)) {
      rtc_peer_handle_timeout (call->peers[end], now);
      call_turn (call);
    }
  }
}

static void
world_step_source (SimWorld *self)
{
  if (rtc_time_is_due (self->next_frame, self->now)) {
    if (!self->is_paused)
      world_capture_frame (self);
    self->next_frame = gst_util_uint64_scale (++self->frame_ticks, GST_SECOND, self->config.fps);
  }
  if (rtc_time_is_due (self->next_audio, self->now)) {
    if (!self->is_paused)
      world_capture_audio (self);
    self->next_audio = ++self->audio_ticks * AUDIO_INTERVAL;
  }
  for (guint i = 0; i < self->calls->len; i++)
    call_turn (g_ptr_array_index (self->calls, i));
  for (guint i = 0; i <= self->config.n_rungs; i++)
    sim_encoding_poll (&self->video[i], self->now);
}

static void
world_step (SimWorld *self, GstClockTime until)
{
  GstClockTime next = rtc_time_min (self->next_frame, self->next_audio);

  for (guint i = 0; i <= self->config.n_rungs; i++)
    next = rtc_time_min (next, rtc_fanout_next_deadline (self->video[i].fanout));
  for (guint i = 0; i < self->calls->len; i++)
    next = rtc_time_min (next, call_deadline (g_ptr_array_index (self->calls, i)));
  /* A deadline may lie in the past by a rule of its part; time does not go back. */
  self->now = MAX (self->now, MIN (next, until));
  for (guint i = 0; i < self->calls->len; i++) {
    SimCall *call = g_ptr_array_index (self->calls, i);

    if (rtc_time_is_due (call_deadline (call), self->now))
      call_step (call);
  }
  world_step_source (self);
}

void
sim_world_run (SimWorld *self, GstClockTime until)
{
  while (self->now < until)
    world_step (self, until);
}

gboolean
sim_call_run_connected (SimCall *call, GstClockTime limit)
{
  SimWorld *self = call->world;
  GstClockTime end = self->now + limit;

  while (self->now < end
         && (rtc_peer_get_state (call->peers[0]) != RTC_PEER_STATE_CONNECTED
             || rtc_peer_get_state (call->peers[1]) != RTC_PEER_STATE_CONNECTED))
    world_step (self, end);
  return rtc_peer_get_state (call->peers[0]) == RTC_PEER_STATE_CONNECTED
         && rtc_peer_get_state (call->peers[1]) == RTC_PEER_STATE_CONNECTED;
}
