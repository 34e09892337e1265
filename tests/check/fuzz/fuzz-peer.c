/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* fuzz-peer.c - a whole connected peer, and a stranger who holds its keys (T15 to T18).
 *
 * Two peers on the simulator's fakes connect; then the input says what reaches the first one: any
 * bytes as RTP, RTCP or DTLS, as if they had been decrypted (SRTP here lets everything pass), mixed
 * with what its own side does. Whatever comes, it stays connected, its queues stay within its
 * limits, it never sends one sequence number twice (SRTP would lose its secrecy), never answers
 * with more than it may, and what it sends is well-formed.
 *
 * Input: one byte of FLAG_*, then steps: one byte of Step, and its arguments. Datagrams with
 * STEP_HOLD wait for the next one, so that several come in one turn. */
#include "tests/check/fuzz/fuzz.h"

#include <string.h>

#include "gst/rtc/base/rtc-bytes.h"
#include "gst/rtc/base/rtc-time.h"
#include "gst/rtc/peer/rtc-peer-stats.h"
#include "gst/rtc/rtcp/rtc-rtcp.h"
#include "gst/rtc/rtp/rtc-demux.h"
#include "gst/rtc/rtp/rtc-rtp-header.h"
#include "tests/check/sim/fake-dtls.h"
#include "tests/check/sim/fake-ice.h"

#define MAX_STEPS 96
#define MAX_RENEGOTIATIONS 2
#define SMALL_SSRCS 5
#define SMALL_EVENTS 4

/* REPLY_MAX: what the datagrams of one turn may make the peer send: the retransmission burst of
 * its one sending video stream (RTC_NACK_RESPONDER_BURST_BYTES) with headers, one RTCP packet and
 * four of transport-wide feedback. REPLY_EACH: and an answer of DTLS or ICE to each. */
#define REPLY_MAX (72 * 1024 + 5 * RTC_MTU)
#define REPLY_EACH 512

#define STEP_HOLD 0x80

#define SSRC_OURS 0x11111111u
#define SSRC_THEIRS 0x33333333u

enum {
  FLAG_ANSWERS = 1 << 0,      /* the peer answers, else it offers */
  FLAG_SMALL_LIMITS = 1 << 1, /* of SSRCs, queued packets and RTCP blocks */
  FLAG_TRANSPORT_CC = 1 << 2,
  FLAG_ONE_WAY = 1 << 3, /* the peer only receives */
  FLAG_REMB = 1 << 4,    /* with TRANSPORT_CC: only REMB is agreed */
  FLAG_FLEXFEC = 1 << 5,
  FLAG_ULPFEC = 1 << 6, /* and RED of sound */
};

typedef enum {
  STEP_DATAGRAM, /* u16 length, bytes: whatever RFC 7983 makes of it */
  STEP_RTP,      /* u16 length, bytes: the first byte is made RTP's */
  STEP_RTCP,     /* u8 type, u16 length, bytes: first byte and packet type are made RTCP's */
  STEP_WAIT,     /* u16 ms */
  STEP_SEND,     /* u8: bit 0 key frame, the rest how many packets of our source */
  STEP_SOURCE,   /* u8: 0 none, 1 the first, 2 the second source */
  STEP_KEY_FRAME,
  STEP_CANDIDATE, /* u8 length, text */
  STEP_RENEGOTIATE,
  STEP_NACK, /* u8 messages, u16 how far back they go */
  N_STEPS,
} Step;

typedef struct {
  GstClockTime now;
  RtcRandom *random;
  SimNet *net;
  FakeIceFactory ice[2]; /* [0] is the peer under test */
  FakeDtlsFactory dtls[2];
  RtcPeer *peers[2];
  RtcFanout *sources[2];
  guint16 source_seq;
  guint video;
  gboolean small;
  gboolean secured; /* connected: what leaves is looked at */
  guint renegotiations;
  guint held;       /* datagrams that wait for the next one */
  guint16 last_seq; /* sent on SSRC_OURS */
  GHashTable *sent; /* SSRC << 16 | sequence number */
  gsize sent_bytes;
} World;

/* --- SRTP without protection: data is what the holder of the keys can make it ---------------- */

static RtcResult
plain_protect (RtcSrtp *self, guint8 *data, gsize *len, gsize cap)
{
  FUZZ_CHECK (*len + RTC_SRTP_MAX_OVERHEAD <= cap);
  return RTC_OK;
}

static RtcResult
plain_unprotect (RtcSrtp *self, guint8 *data, gsize *len)
{
  return RTC_OK;
}

static void
plain_free (RtcSrtp *self)
{
}

static RtcSrtp *
plain_create (RtcSrtpFactory *factory, const RtcSrtpKeys *keys, GError **error)
{
  static const RtcSrtpVTable vtable = { .name = "plain",
    .free = plain_free,
    .protect_rtp = plain_protect,
    .protect_rtcp = plain_protect,
    .unprotect_rtp = plain_unprotect,
    .unprotect_rtcp = plain_unprotect };
  static RtcSrtp plain = { &vtable };

  return &plain;
}

static RtcSrtpFactory plain_factory = { "plain", plain_create };

/* --- the two peers --------------------------------------------------------------------------- */

static RtcPeer *
new_peer (World *world, guint end, guint8 flags)
{
  RtcDirection direction = RTC_DIRECTION_SENDRECV;
  RtcPeerConfig config = { .id = end + 1,
    .random = world->random,
    .ice = &world->ice[end].parent,
    .dtls = &world->dtls[end].parent,
    .srtp = &plain_factory,
    .limits = RTC_LIMITS_DEFAULT,
    .transport_cc = (flags & FLAG_TRANSPORT_CC) != 0 };
  RtcTransceiverConfig video = { .kind = RTC_MEDIA_VIDEO, .n_codecs = 2, .rtx = TRUE };
  RtcTransceiverConfig audio = { .kind = RTC_MEDIA_AUDIO, .n_codecs = 1 };
  RtcPeer *peer;

  fake_ice_factory_init (&world->ice[end], world->net, end == 0 ? SIM_A_TO_B : SIM_B_TO_A);
  fake_dtls_factory_init (&world->dtls[end], world->random);
  config.ice_config.random = world->random;
  config.ice_config.max_remote_candidates = 10;
  if (world->small && end == 0) {
    config.limits.max_ssrcs = SMALL_SSRCS;
    config.limits.max_events = SMALL_EVENTS;
    config.limits.max_rtcp_blocks = 4;
    config.limits.max_early_rtp = SMALL_EVENTS;
  }
  if ((flags & FLAG_ONE_WAY) != 0)
    direction = end == 0 ? RTC_DIRECTION_RECVONLY : RTC_DIRECTION_SENDONLY;
  video.direction = audio.direction = direction;
  rtc_codec_init (&video.codecs[0], RTC_CODEC_VP8, 96);
  rtc_codec_init_h264 (&video.codecs[1], 98, 0x42e01f, 1);
  rtc_codec_init (&audio.codecs[0], RTC_CODEC_OPUS, 111);
  if ((flags & FLAG_REMB) != 0) {
    video.codecs[0].rtcp_fb &= ~RTC_RTCP_FB_TRANSPORT_CC;
    video.codecs[1].rtcp_fb &= ~RTC_RTCP_FB_TRANSPORT_CC;
    audio.codecs[0].rtcp_fb &= ~RTC_RTCP_FB_TRANSPORT_CC;
  }
  video.ssrc = end == 0 ? SSRC_OURS : SSRC_THEIRS;
  video.rtx_ssrc = video.ssrc + 1;
  audio.ssrc = video.ssrc + 2;
  video.fec_ssrc = video.ssrc + 3;
  if ((flags & FLAG_FLEXFEC) != 0)
    video.fec = RTC_FEC_FLEXFEC;
  if ((flags & FLAG_ULPFEC) != 0) {
    video.fec |= RTC_FEC_ULPFEC;
    audio.fec = RTC_FEC_RED;
  }
  peer = rtc_peer_new (&config, world->now, NULL);
  FUZZ_CHECK (peer != NULL);
  world->video = rtc_peer_add_transceiver (peer, &video);
  rtc_peer_add_transceiver (peer, &audio);
  return peer;
}

static RtcFanout *
new_source (void)
{
  RtcFanoutConfig config = { .name = "source",
    .kind = RTC_MEDIA_VIDEO,
    .clock_rate = 90000,
    .history_packets = 256,
    .history_age = 5 * GST_SECOND,
    .key_frame_interval = GST_SECOND,
    .wait_for_key_frame = TRUE };

  return rtc_fanout_new (&config);
}

static void
check_output (const World *world, const RtcOutput *out)
{
  RtcRtpHeader header;

  FUZZ_CHECK (out->type != RTC_OUTPUT_FAILED);
  FUZZ_CHECK (
      (out->packet != NULL) == (out->type == RTC_OUTPUT_RTP || out->type == RTC_OUTPUT_RTCP));
  if (out->type != RTC_OUTPUT_RTP)
    return;
  FUZZ_CHECK (rtc_rtp_header_parse (&header, out->packet->data, out->packet->len) == RTC_OK);
  FUZZ_CHECK (header.ssrc == out->ssrc);
  FUZZ_CHECK (out->mline < rtc_jsep_get_n_transceivers (rtc_peer_get_jsep (world->peers[0])));
}

/* Candidates go over to the other side; the rest is looked at and dropped. */
static void
drain (World *world, guint end)
{
  RtcOutput out;
  guint n = 0;

  while (rtc_peer_poll (world->peers[end], &out)) {
    if (out.type == RTC_OUTPUT_CANDIDATE) {
      gchar *text = rtc_candidate_write (&out.candidate);

      rtc_peer_add_ice_candidate (
          world->peers[1 - end], world->now, out.mid, out.mline, text, NULL);
      g_free (text);
    }
    if (end == 0) {
      n += out.type == RTC_OUTPUT_RTP;
      check_output (world, &out);
    }
    rtc_packet_unref (out.packet);
  }
  FUZZ_CHECK (!world->small || n <= SMALL_EVENTS);
  rtc_peer_flush (world->peers[end]);
}

/* RFC 3711 9.1: one key must never protect two packets of one SSRC and index. */
static void
check_sent_rtp (World *world, const guint8 *data, gsize len)
{
  RtcRtpHeader header;

  FUZZ_CHECK (len + RTC_SRTP_MAX_OVERHEAD <= RTC_MAX_DATAGRAM);
  FUZZ_CHECK (rtc_rtp_header_parse (&header, data, len) == RTC_OK);
  FUZZ_CHECK (
      g_hash_table_add (world->sent, GSIZE_TO_POINTER ((gsize) header.ssrc << 16 | header.seq)));
  if (header.ssrc == SSRC_OURS)
    world->last_seq = header.seq;
}

static void
check_sent_rtcp (const guint8 *data, gsize len)
{
  RtcRtcpPacket packet;
  RtcRtcpWalk walk;
  gsize seen = 0;

  FUZZ_CHECK (len + RTC_SRTP_MAX_OVERHEAD <= RTC_MTU);
  rtc_rtcp_walk_init (&walk, data, len, G_MAXUINT);
  while (rtc_rtcp_walk_next (&walk, &packet))
    seen += 4 + packet.len;
  FUZZ_CHECK (walk.result == RTC_OK && seen <= len);
}

static void
handle_sent (World *world, const RtcPacket *packet)
{
  switch (rtc_demux_classify (packet->data, packet->len)) {
    case RTC_DEMUX_RTP:
      check_sent_rtp (world, packet->data, packet->len);
      break;
    case RTC_DEMUX_RTCP:
      check_sent_rtcp (packet->data, packet->len);
      break;
    case RTC_DEMUX_STUN:
    case RTC_DEMUX_DTLS:
    case RTC_DEMUX_TURN_CHANNEL:
    case RTC_DEMUX_UNKNOWN:
      break;
  }
  world->sent_bytes += packet->len;
}

/* Carries what is on its way until nothing is. Once secured, the other side gets only what keeps
 * the connection alive. */
static void
settle (World *world)
{
  RtcPacket *packet;
  SimDir dir;

  drain (world, 0);
  drain (world, 1);
  while ((packet = sim_net_pop_due (world->net, world->now, &dir)) != NULL) {
    guint to = dir == SIM_A_TO_B ? 1 : 0;
    RtcDemuxKind kind = rtc_demux_classify (packet->data, packet->len);

    if (world->secured && to == 1)
      handle_sent (world, packet);
    if (!world->secured || kind == RTC_DEMUX_STUN || kind == RTC_DEMUX_DTLS) {
      fake_ice_handle_datagram (world->ice[to].last, world->now, packet->data, packet->len);
      rtc_peer_handle_backends (world->peers[to], world->now);
      drain (world, to);
    }
    rtc_packet_unref (packet);
  }
}

static void
run (World *world, GstClockTime until)
{
  for (;;) {
    GstClockTime next = rtc_time_min (
        rtc_peer_next_deadline (world->peers[0]), rtc_peer_next_deadline (world->peers[1]));

    if (next > until)
      break;
    world->now = MAX (world->now, next);
    for (guint end = 0; end < 2; end++)
      if (rtc_time_is_due (rtc_peer_next_deadline (world->peers[end]), world->now))
        rtc_peer_handle_timeout (world->peers[end], world->now);
    settle (world);
  }
  world->now = until;
}

static void
carry (World *world, guint from, RtcSdpType type)
{
  RtcPeer *peer = world->peers[from];
  GError *error = NULL;
  gchar *sdp = NULL;
  RtcResult result = type == RTC_SDP_TYPE_OFFER
                         ? rtc_peer_create_offer (peer, world->now, &sdp, &error)
                         : rtc_peer_create_answer (peer, world->now, &sdp, &error);

  if (result == RTC_OK)
    result = rtc_peer_set_local_description (peer, world->now, type, sdp, &error);
  if (result == RTC_OK)
    result =
        rtc_peer_set_remote_description (world->peers[1 - from], world->now, type, sdp, &error);
  if (result != RTC_OK)
    g_printerr ("%s\n", error->message);
  FUZZ_CHECK (result == RTC_OK);
  g_free (sdp);
  settle (world);
}

static void
negotiate (World *world, guint offerer)
{
  carry (world, offerer, RTC_SDP_TYPE_OFFER);
  carry (world, 1 - offerer, RTC_SDP_TYPE_ANSWER);
}

static void
world_init (World *world, guint8 flags)
{
  *world = (World){ .now = GST_SECOND, .small = (flags & FLAG_SMALL_LIMITS) != 0 };
  world->random = rtc_random_new_seeded (1);
  world->net = sim_net_new (1, NULL);
  world->sent = g_hash_table_new (NULL, NULL);
  for (guint i = 0; i < 2; i++) {
    world->peers[i] = new_peer (world, i, flags);
    world->sources[i] = new_source ();
  }
  negotiate (world, (flags & FLAG_ANSWERS) != 0 ? 1 : 0);
  while (rtc_peer_get_state (world->peers[0]) != RTC_PEER_STATE_CONNECTED
         || rtc_peer_get_state (world->peers[1]) != RTC_PEER_STATE_CONNECTED) {
    run (world, world->now + 10 * GST_MSECOND);
    FUZZ_CHECK (world->now < 10 * GST_SECOND);
  }
  world->secured = TRUE;
}

static void
world_clear (World *world)
{
  for (guint i = 0; i < 2; i++) {
    rtc_peer_free (world->peers[i]);
    rtc_fanout_unref (world->sources[i]);
  }
  sim_net_free (world->net);
  g_hash_table_unref (world->sent);
  rtc_random_free (world->random);
}

/* --- the steps ------------------------------------------------------------------------------- */

static void
receive (World *world, const guint8 *data, gsize len, gboolean hold)
{
  fake_ice_handle_datagram (world->ice[0].last, world->now, data, len);
  world->held++;
  if (hold)
    return;
  world->sent_bytes = 0;
  rtc_peer_handle_backends (world->peers[0], world->now);
  settle (world);
  FUZZ_CHECK (world->sent_bytes <= REPLY_MAX + world->held * REPLY_EACH);
  world->held = 0;
}

static void
step_receive (World *world, Step step, RtcReader *reader, gboolean hold)
{
  guint8 type = step == STEP_RTCP ? rtc_reader_u8 (reader) : 0;
  gsize wanted = rtc_reader_u16 (reader), len;
  guint8 *datagram;

  len = MIN (MIN (wanted, rtc_reader_left (reader)), RTC_MAX_DATAGRAM);
  /* A block of its own, so that reading past it is seen. */
  datagram = g_memdup2 (rtc_reader_bytes (reader, len), len);
  if (step != STEP_DATAGRAM && len >= 2) {
    datagram[0] = 0x80 | (datagram[0] & 0x3f);
    if (step == STEP_RTCP)
      datagram[1] = 200 + type % 8;
  }
  receive (world, datagram, len, hold);
  g_free (datagram);
}

/* NACKs of the last numbers that were sent: 17 each (RFC 4585 6.2.1), again and again. */
static void
step_nack (World *world, guint8 n, guint16 back, gboolean hold)
{
  guint8 data[RTC_MAX_DATAGRAM];
  RtcWriter writer = rtc_writer (data, sizeof data);

  for (guint i = 0; i <= n % 64; i++) {
    rtc_writer_u8 (&writer, 0x80 | RTC_RTPFB_NACK);
    rtc_writer_u8 (&writer, RTC_RTCP_RTPFB);
    rtc_writer_u16 (&writer, 3);
    rtc_writer_u32 (&writer, SSRC_THEIRS);
    rtc_writer_u32 (&writer, SSRC_OURS);
    rtc_writer_u16 (&writer, (guint16) (world->last_seq - back + i * 17 % (back + 1)));
    rtc_writer_u16 (&writer, 0xffff);
  }
  receive (world, data, writer.pos, hold);
}

/* One packet of a source, as a payloader makes it. */
static RtcPacket *
new_source_packet (World *world, gboolean is_key, gsize len)
{
  RtcPacket *packet = rtc_packet_new (NULL, 0, len);
  RtcRtpHeader header = { .payload_type = 96,
    .seq = world->source_seq,
    .rtp_ts = (guint32) (world->now / 11111),
    .ssrc = 1 };
  RtcWriter writer = rtc_writer (packet->data, len);

  rtc_rtp_header_write (&header, &writer);
  memset (packet->data + writer.pos, 0, len - writer.pos);
  packet->len = len;
  packet->time = world->now;
  packet->flags = is_key ? RTC_PACKET_KEY_FRAME_START : 0;
  return packet;
}

static void
step_send (World *world, guint8 what)
{
  for (guint i = 0; i <= what >> 1 && i < 16; i++, world->source_seq++) {
    gboolean is_key = i == 0 && (what & 1) != 0;

    for (guint k = 0; k < G_N_ELEMENTS (world->sources); k++)
      rtc_fanout_push (
          world->sources[k], world->now, new_source_packet (world, is_key, 900 + 100 * k));
  }
  settle (world);
}

static void
step_candidate (World *world, RtcReader *reader)
{
  gsize wanted = rtc_reader_u8 (reader), len = MIN (wanted, rtc_reader_left (reader));
  gchar *text = g_strndup ((const gchar *) rtc_reader_bytes (reader, len), len);
  GError *error = NULL;
  RtcResult result =
      rtc_peer_add_ice_candidate (world->peers[0], world->now, NULL, 0, text, &error);

  FUZZ_CHECK ((result == RTC_OK) == (error == NULL));
  g_clear_error (&error);
  g_free (text);
  settle (world);
}

static void
do_step (World *world, RtcReader *reader)
{
  guint8 first = rtc_reader_u8 (reader);
  Step step = (Step) ((first & ~STEP_HOLD) % N_STEPS);
  gboolean hold = (first & STEP_HOLD) != 0;
  guint8 count;

  switch (step) {
    case STEP_DATAGRAM:
    case STEP_RTP:
    case STEP_RTCP:
      step_receive (world, step, reader, hold);
      break;
    case STEP_WAIT:
      run (world, world->now + rtc_reader_u16 (reader) % 3000 * GST_MSECOND);
      break;
    case STEP_SEND:
      step_send (world, rtc_reader_u8 (reader));
      break;
    case STEP_SOURCE:
      switch (rtc_reader_u8 (reader) % 3) {
        case 0:
          rtc_peer_attach (world->peers[0], world->now, world->video, NULL);
          break;
        case 1:
          rtc_peer_attach (world->peers[0], world->now, world->video, world->sources[0]);
          break;
        default:
          rtc_peer_attach (world->peers[0], world->now, world->video, world->sources[1]);
          break;
      }
      settle (world);
      break;
    case STEP_KEY_FRAME:
      rtc_peer_request_key_frame (world->peers[0], world->now, world->video);
      settle (world);
      break;
    case STEP_CANDIDATE:
      step_candidate (world, reader);
      break;
    case STEP_RENEGOTIATE:
      if (world->renegotiations++ < MAX_RENEGOTIATIONS)
        negotiate (world, world->renegotiations % 2);
      break;
    case STEP_NACK:
      count = rtc_reader_u8 (reader);
      step_nack (world, count, rtc_reader_u16 (reader), hold);
      break;
    case N_STEPS:
      break;
  }
}

static void
check_peer (World *world)
{
  RtcPeerStats stats;

  FUZZ_CHECK (rtc_peer_get_state (world->peers[0]) == RTC_PEER_STATE_CONNECTED);
  rtc_peer_get_stats (world->peers[0], world->now, &stats);
  FUZZ_CHECK (stats.inbound->len
              <= (world->small ? SMALL_SSRCS : ((RtcLimits) RTC_LIMITS_DEFAULT).max_ssrcs));
  rtc_peer_stats_clear (&stats);
}

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  RtcReader reader = rtc_reader (data, size);
  World world;

  gst_init (NULL, NULL);
  world_init (&world, rtc_reader_u8 (&reader));
  for (guint i = 0; i < MAX_STEPS && rtc_reader_left (&reader) > 0; i++) {
    do_step (&world, &reader);
    check_peer (&world);
  }
  rtc_peer_close (world.peers[0], world.now);
  settle (&world);
  FUZZ_CHECK (rtc_peer_get_state (world.peers[0]) == RTC_PEER_STATE_CLOSED);
  world_clear (&world);
  return 0;
}
