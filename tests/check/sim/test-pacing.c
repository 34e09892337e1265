/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* test-pacing.c - whole calls: what a sender that paces puts on the wire, and what the viewer sees.
 *
 * With the controller "fixed", so that rates are the test's; what controllers do with feedback is
 * tested elsewhere. */
#include "sim-world.h"

#include <string.h>

#include "gst/rtc/base/rtc-time.h"
#include "gst/rtc/peer/rtc-peer-private.h"

enum { SENDER, VIEWER };

#define MS GST_MSECOND
#define PAYLOAD 1000
#define FPS 30
/* A video packet on the wire: header, extensions, tag, UDP, IP. */
#define PACKET (PAYLOAD + 12 + 20 + 16 + 28)

/* What the sender puts on the wire, by 50 ms. */
typedef struct {
  SimWorld *world;
  SimCall *call;
  guint32 ssrc, rtx_ssrc;
  guint64 bytes[20 * 200];
  guint64 rtx_bytes[20 * 200];
  guint n_rtx, n_padding;
  guint64 highest;
  RtcSeqUnwrap seqs;
  guint n_holes;    /* numbers that never left */
  gint64 last_twcc; /* -1: none yet */
  guint n_twcc, n_twcc_holes;
  RtcRtpExtensionMap extensions;
  gboolean no_rtcp;  /* none of the viewer's gets through */
  gboolean no_media; /* none of the sender's RTP gets through */
  guint n_media;     /* packets of RTP pushed since it was last zeroed */
} Wire;

static void
wire_see_number (Wire *self, const RtcRtpHeader *header, const guint8 *data)
{
  RtcRtpExtensionValues values;

  rtc_rtp_extension_read (&self->extensions, header, data, &values);
  g_assert_true (rtc_rtp_extension_values_has (&values, RTC_RTP_EXTENSION_TWCC));
  /* Numbers are given as packets leave: no holes, no two of a kind. */
  if (self->last_twcc >= 0)
    g_assert_cmpuint (values.twcc_seq, ==, (guint16) (self->last_twcc + 1));
  self->last_twcc = values.twcc_seq;
  self->n_twcc++;
}

static gboolean
wire_tap (gpointer user_data, GstClockTime now, SimDir dir, const guint8 *data, gsize len)
{
  guint slot = (guint) (now / (50 * MS));
  Wire *self = user_data;
  RtcRtpHeader header;

  if (dir == SIM_B_TO_A)
    return self->no_rtcp && rtc_demux_classify (data, len) == RTC_DEMUX_RTCP;
  if (rtc_demux_classify (data, len) != RTC_DEMUX_RTP
      || rtc_rtp_header_parse (&header, data, len - 16) != RTC_OK)
    return FALSE;
  self->n_media++;
  g_assert_cmpuint (slot, <, G_N_ELEMENTS (self->bytes));
  self->bytes[slot] += len + 28;
  if (self->extensions.ids[RTC_RTP_EXTENSION_TWCC] != 0)
    wire_see_number (self, &header, data);
  if (header.ssrc == self->rtx_ssrc) {
    self->rtx_bytes[slot] += len + 28;
    self->n_rtx++;
  } else if (header.ssrc == self->ssrc) {
    gboolean is_first = !self->seqs.used;
    guint64 ext = rtc_seq_unwrap (&self->seqs, header.seq);

    if (!is_first)
      self->n_holes += ext - self->highest - 1;
    self->highest = ext;
  }
  return self->no_media;
}

static guint64
wire_sum (const guint64 *bytes, GstClockTime from, GstClockTime to)
{
  guint64 sum = 0;

  for (guint i = (guint) (from / (50 * MS)); i < (guint) (to / (50 * MS)); i++)
    sum += bytes[i];
  return sum;
}

static void
wire_init (Wire *self, const SimLink *link, guint64 target_bps, guint packets, guint key_packets,
    SimMunge munge)
{
  SimWorldConfig config = { .seed = 4,
    .fps = FPS,
    .packets_per_frame = packets,
    .payload_bytes = PAYLOAD,
    .transport_cc = TRUE,
    .congestion_control = "fixed",
    .bitrate = { 30000, target_bps, 10000000 } };
  const RtcSendStreamConfig *send;
  GError *error = NULL;

  memset (self, 0, sizeof *self);
  self->last_twcc = -1;
  self->world = sim_world_new (&config);
  sim_world_set_frame (self->world, packets, key_packets);
  self->call = sim_world_add_call (self->world, link);
  sim_call_negotiate (self->call, TRUE, munge, &error);
  g_assert_no_error (error);
  send = &rtc_peer_section (self->call->peers[SENDER], self->call->video)->send.config;
  self->ssrc = send->rewrite.ssrc;
  self->rtx_ssrc = send->rewrite.rtx_ssrc;
  self->extensions = send->rewrite.extensions;
  sim_net_set_tap (self->call->net, wire_tap, self);
}

static void
wire_stats (Wire *self, guint end, RtcPeerStats *out)
{
  rtc_peer_get_stats (self->call->peers[end], sim_world_now (self->world), out);
}

/* Below the target: every frame leaves as it is captured, and nothing waits. */
static void
test_below_target (void)
{
  SimLink link = { .delay = 25 * MS };
  RtcPeerStats stats;
  guint64 queued;
  Wire wire;

  wire_init (&wire, &link, 2000000, 5, 10, NULL);
  /* Who joins gets what came since the last key frame, which is a small backlog. */
  sim_world_run (wire.world, GST_SECOND);
  wire_stats (&wire, SENDER, &stats);
  queued = stats.rate.pacer.queued;
  g_assert_cmpuint (stats.rate.pacer.max_wait, <, 20 * MS);
  rtc_peer_stats_clear (&stats);
  sim_world_run (wire.world, 20 * GST_SECOND);
  wire_stats (&wire, SENDER, &stats);
  g_assert_true (stats.rate.is_active);
  g_assert_cmpstr (stats.rate.controller, ==, "fixed");
  g_assert_cmpuint (stats.rate.pacer.queued, ==, queued);
  g_assert_cmpuint (stats.rate.target.target_bps, ==, 2000000);
  g_assert_cmpuint (wire.call->target_bps, ==, 2000000);
  g_assert_cmpuint (wire.call->n_targets, ==, 1);
  g_assert_cmpuint (wire.n_twcc, ==, stats.rtp_sent);
  g_assert_cmpuint (stats.rate.twcc.packets, ==, stats.rtp_sent);
  g_assert_cmpuint (stats.rate.twcc.received + 60, >, stats.rtp_sent);
  g_assert_cmpuint (stats.rate.twcc.lost, ==, 0);
  g_assert_cmpuint (wire.call->viewer.frames_complete, >, 20 * FPS - 5);
  rtc_peer_stats_clear (&stats);
  sim_world_free (wire.world);
}

/* Key frames of a second's worth each two seconds, at three quarters of the target: smoothed to the
 * pacing rate, all of it arrives, and what is behind them is not dropped. */
static void
test_key_frames (void)
{
  SimLink link = { .delay = 25 * MS };
  RtcPeerStats stats;
  Wire wire;

  wire_init (&wire, &link, 1000000, 2, 30, NULL);
  for (guint second = 2; second < 20; second += 2) {
    sim_world_run (wire.world, second * GST_SECOND);
    rtc_fanout_request_key_frame (sim_world_get_video (wire.world), second * GST_SECOND, FALSE);
  }
  sim_world_run (wire.world, 20 * GST_SECOND);
  wire_stats (&wire, SENDER, &stats);
  g_test_message ("%u packets waited, %.1f ms at most", (guint) stats.rate.pacer.queued,
      (gdouble) stats.rate.pacer.max_wait / MS);
  g_assert_cmpuint (stats.rate.pacer.queued, >, 100);
  g_assert_cmpuint (stats.rate.pacer.max_wait, <, RTC_PACER_MAX_WAIT);
  g_assert_cmpuint (stats.rate.pacer.dropped + stats.rate.pacer.refused, ==, 0);
  /* Twice the pacing rate at most while much waits, after what leaves at once. */
  for (guint i = 40; i < 20 * 20; i++)
    g_assert_cmpuint (wire.bytes[i], <=, 2500000 / 8 * (0.04 + 2 * 0.05) + 2 * PACKET);
  g_assert_cmpuint (wire.n_holes, ==, 0);
  g_assert_cmpuint (wire.call->viewer.frames_complete, >, 20 * FPS - 10);
  g_assert_cmpuint (wire.call->viewer.key_frames_complete, >=, 9);
  rtc_peer_stats_clear (&stats);
  sim_world_free (wire.world);
}

/* A source at twice the target that never changes (A38): the wire stays near the target, frames are
 * left out up to key frames, the viewer asks for none of them, audio is whole. The encoder is asked
 * for key frames, and where there are other viewers ever more rarely. */
static void
test_deaf_source (gconstpointer data)
{
  gboolean has_others = GPOINTER_TO_UINT (data);
  SimLink link = { .delay = 25 * MS };
  RtcPeerStats sender, viewer;
  const RtcOutboundStats *out;
  guint64 keys[4];
  Wire wire;

  wire_init (&wire, &link, 1000000, 8, 12, NULL);
  if (has_others)
    sim_call_negotiate (
        sim_world_add_call (wire.world, &link), TRUE, sim_munge_no_rate_feedback, NULL);
  for (guint i = 0; i < 4; i++) {
    sim_world_run (wire.world, (i + 1) * 10 * GST_SECOND);
    keys[i] = sim_world_get_key_frames (wire.world);
  }
  wire_stats (&wire, SENDER, &sender);
  wire_stats (&wire, VIEWER, &viewer);
  out = &g_array_index (sender.outbound, RtcOutboundStats, 0);
  g_test_message ("%u times dropped, %.1f ms waited at most, %u key frames, %u of %u frames seen",
      (guint) out->pacer_drops, (gdouble) sender.rate.pacer.max_wait / MS, (guint) keys[3],
      (guint) wire.call->viewer.frames_complete, (guint) sim_world_get_frames (wire.world));
  for (guint i = 2; i + 1 < 40; i++)
    g_assert_cmpuint (
        wire_sum (wire.bytes, i * GST_SECOND, (i + 1) * GST_SECOND), <=, 1000000 / 8 * 1.65);
  g_assert_cmpuint (wire_sum (wire.bytes, 0, 40 * GST_SECOND), <=, 1000000 / 8 * 40 * 1.1 + 80000);
  g_assert_cmpuint (sender.rate.pacer.max_wait, <, RTC_PACER_MAX_WAIT);
  g_assert_cmpuint (out->pacer_drops, >, 4);
  g_assert_cmpuint (out->packets_dropped, >, 1000);
  g_assert_cmpuint (wire.n_holes, ==, 0);
  g_assert_cmpuint (viewer.dropped_malformed, ==, 0);
  g_assert_cmpuint (out->nack_requested, ==, 0);
  g_assert_cmpuint (wire.call->viewer.audio_packets, >=, 40 * 50 - 20);
  g_assert_cmpuint (keys[3] - keys[2], <=, has_others ? 3 : 10);
  g_assert_cmpuint (keys[3] - keys[2], >=, has_others ? 2 : 8);
  g_assert_cmpuint (wire.call->viewer.key_frames_complete, >=, keys[3] - 1);
  rtc_peer_stats_clear (&sender);
  rtc_peer_stats_clear (&viewer);
  sim_world_free (wire.world);
}

/* A10 of a hundred packets lost: what is resent is at most half of what is sent, in any second, and
 * goes before video. */
static void
test_repair (void)
{
  SimLink link = { .delay = 25 * MS, .loss = 0.1 };
  RtcPeerStats stats;
  const RtcOutboundStats *out;
  Wire wire;

  wire_init (&wire, &link, 2500000, 5, 20, NULL);
  sim_world_run (wire.world, 30 * GST_SECOND);
  wire_stats (&wire, SENDER, &stats);
  out = &g_array_index (stats.outbound, RtcOutboundStats, 0);
  g_test_message ("%u resent, %u over budget; %u of %u frames seen",
      (guint) out->retransmitted_packets_sent, (guint) out->rtx_over_budget,
      (guint) wire.call->viewer.frames_complete, (guint) sim_world_get_frames (wire.world));
  g_assert_cmpuint (out->retransmitted_packets_sent, ==, wire.n_rtx);
  for (guint i = 1; i < 29; i++)
    g_assert_cmpuint (2 * wire_sum (wire.rtx_bytes, i * GST_SECOND, (i + 1) * GST_SECOND), <=,
        wire_sum (wire.bytes, i * GST_SECOND, (i + 1) * GST_SECOND));
  g_assert_cmpuint (stats.rate.twcc.lost, >, 300);
  g_assert_cmpuint (wire.call->viewer.frames_complete, >=, 30 * FPS * 99 / 100);
  rtc_peer_stats_clear (&stats);
  sim_world_free (wire.world);
}

/* The viewer takes REMB only: paced all the same. Neither: everything at once, as ever. */
static void
test_negotiated (void)
{
  SimLink link = { .delay = 25 * MS };
  RtcPeerStats stats;
  Wire wire;

  wire_init (&wire, &link, 1000000, 8, 8, sim_munge_no_twcc);
  wire.extensions.ids[RTC_RTP_EXTENSION_TWCC] = 0;
  sim_world_run (wire.world, 10 * GST_SECOND);
  wire_stats (&wire, SENDER, &stats);
  g_assert_true (stats.rate.is_active);
  g_assert_cmpuint (stats.remb_received, >=, 7);
  g_assert_cmpuint (stats.remb_received_bps, >, 0);
  g_assert_cmpuint (stats.rate.twcc.packets, ==, 0);
  g_assert_cmpuint (wire_sum (wire.bytes, GST_SECOND, 10 * GST_SECOND), <, 1000000 / 8 * 11);
  rtc_peer_stats_clear (&stats);
  sim_world_free (wire.world);

  wire_init (&wire, &link, 1000000, 8, 8, sim_munge_no_rate_feedback);
  wire.extensions.ids[RTC_RTP_EXTENSION_TWCC] = 0;
  sim_world_run (wire.world, 10 * GST_SECOND);
  wire_stats (&wire, SENDER, &stats);
  g_assert_false (stats.rate.is_active);
  g_assert_cmpuint (wire.call->n_targets, ==, 0);
  g_assert_cmpuint (wire_sum (wire.bytes, GST_SECOND, 10 * GST_SECOND), >, 2000000 / 8 * 9);
  g_assert_cmpuint (wire.call->viewer.frames_complete, >, 10 * FPS - 5);
  rtc_peer_stats_clear (&stats);
  sim_world_free (wire.world);
}

/* The bounds move: what is announced follows, and what is sent. */
static void
test_set_bitrate (void)
{
  SimLink link = { .delay = 25 * MS };
  RtcCcBounds bounds = { 100000, 300000, 300000 };
  Wire wire;

  wire_init (&wire, &link, 2000000, 6, 6, NULL);
  sim_world_run (wire.world, 5 * GST_SECOND);
  rtc_peer_set_bitrate (wire.call->peers[SENDER], sim_world_now (wire.world), &bounds);
  sim_world_run (wire.world, 10 * GST_SECOND);
  g_assert_cmpuint (wire.call->target_bps, ==, 300000);
  g_assert_cmpuint (wire.call->n_targets, ==, 2);
  g_assert_cmpuint (
      wire_sum (wire.bytes, 6 * GST_SECOND, 10 * GST_SECOND), <, 300000 / 8 * 4 * 1.25);
  sim_world_free (wire.world);
}

/* Probes of the test's own: padding fills them up, the viewer counts nothing twice, and each packet
 * of one is told of with its cluster. */
static void
test_probe (void)
{
  SimLink link = { .delay = 25 * MS };
  RtcCcProbe probe = { .cluster = 9, .bps = 5000000, .min_packets = 5, .min_bytes = 15000 };
  RtcPeerStats sender, viewer;
  const RtcOutboundStats *out;
  guint64 before, during;
  Wire wire;

  wire_init (&wire, &link, 1000000, 3, 3, NULL);
  sim_world_run (wire.world, 3 * GST_SECOND);
  rtc_pacer_set_probe (&wire.call->peers[SENDER]->rate->pacer, &probe);
  sim_world_run (wire.world, 3100 * MS);
  before = wire_sum (wire.bytes, 2900 * MS, 3000 * MS);
  during = wire_sum (wire.bytes, 3000 * MS, 3100 * MS);
  g_assert_cmpuint (during, >=, before + 15000 - 4 * PACKET);
  sim_world_run (wire.world, 6 * GST_SECOND);
  wire_stats (&wire, SENDER, &sender);
  wire_stats (&wire, VIEWER, &viewer);
  out = &g_array_index (sender.outbound, RtcOutboundStats, 0);
  g_test_message ("%u packets of padding, %u bytes", (guint) out->padding_packets_sent,
      (guint) out->padding_bytes_sent);
  g_assert_cmpuint (sender.rate.pacer.probes, ==, 1);
  g_assert_cmpuint (sender.rate.pacer.probes_given_up, ==, 0);
  g_assert_cmpuint (out->padding_packets_sent, >=, 9);
  g_assert_cmpuint (out->padding_packets_sent, ==, wire.n_rtx);
  g_assert_cmpuint (out->retransmitted_packets_sent, ==, 0);
  g_assert_cmpuint (wire.call->viewer.repeats, ==, 0);
  g_assert_cmpuint (viewer.dropped_malformed + viewer.dropped_auth, ==, 0);
  rtc_peer_stats_clear (&sender);
  rtc_peer_stats_clear (&viewer);
  sim_world_free (wire.world);
}

/* --- RFC 8083 ----------------------------------------------------------------------------------
 */

/* A40: no RTCP comes: sending pauses within 30 s, and goes on with a key frame when some does. */
static void
test_no_rtcp (void)
{
  SimLink link = { .delay = 25 * MS };
  guint64 frames, keys;
  RtcPeerStats stats;
  Wire wire;

  wire_init (&wire, &link, 2000000, 3, 6, NULL);
  sim_world_run (wire.world, 10 * GST_SECOND);
  wire.no_rtcp = TRUE;
  sim_world_run (wire.world, 34 * GST_SECOND);
  g_assert_cmpuint (wire.call->viewer.frames_complete, >, 33 * FPS);
  sim_world_run (wire.world, 37 * GST_SECOND);
  wire.n_media = 0;
  sim_world_run (wire.world, 50 * GST_SECOND);
  g_assert_cmpuint (wire.n_media, ==, 0);
  wire_stats (&wire, SENDER, &stats);
  g_assert_true (stats.rate.is_paused);
  g_assert_cmpuint (stats.breaker_pauses, ==, 1);
  g_assert_cmpint (stats.state, ==, RTC_PEER_STATE_CONNECTED);
  rtc_peer_stats_clear (&stats);
  frames = wire.call->viewer.frames_complete;
  keys = wire.call->viewer.key_frames_complete;
  wire.no_rtcp = FALSE;
  sim_world_run (wire.world, 53 * GST_SECOND);
  g_assert_cmpuint (wire.call->viewer.frames_complete, >, frames + FPS);
  g_assert_cmpuint (wire.call->viewer.key_frames_complete, >, keys);
  wire_stats (&wire, SENDER, &stats);
  g_assert_false (stats.rate.is_paused);
  rtc_peer_stats_clear (&stats);
  sim_world_free (wire.world);
}

/* An outage of 20 s is no reason to stop (A33); reports that say for longer that nothing comes are.
 */
static void
test_nothing_arrives (void)
{
  SimLink link = { .delay = 25 * MS };
  Wire wire;

  wire_init (&wire, &link, 2000000, 3, 6, NULL);
  sim_world_run (wire.world, 10 * GST_SECOND);
  wire.no_media = TRUE;
  sim_world_run (wire.world, 30 * GST_SECOND);
  wire.no_media = FALSE;
  sim_world_run (wire.world, 35 * GST_SECOND);
  g_assert_null (wire.call->failure[SENDER]);
  wire.no_media = TRUE;
  sim_world_run (wire.world, 65 * GST_SECOND);
  g_assert_nonnull (wire.call->failure[SENDER]);
  g_test_message ("%s", wire.call->failure[SENDER]);
  g_assert_nonnull (strstr (wire.call->failure[SENDER], "nothing of what is sent has arrived"));
  sim_world_free (wire.world);
}

/* A third of everything lost over a long path, and a controller that does not care. */
static void
test_congestion (void)
{
  SimLink link = { .delay = 150 * MS, .loss = 0.35 };
  Wire wire;

  wire_init (&wire, &link, 4000000, 14, 14, NULL);
  sim_world_run (wire.world, 30 * GST_SECOND);
  g_assert_nonnull (wire.call->failure[SENDER]);
  g_test_message ("%s", wire.call->failure[SENDER]);
  g_assert_nonnull (strstr (wire.call->failure[SENDER], "more than ten times"));
  sim_world_free (wire.world);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  gst_init (NULL, NULL);
  g_test_add_func ("/sim/pacing/below-target", test_below_target);
  g_test_add_func ("/sim/pacing/key-frames", test_key_frames);
  g_test_add_data_func ("/sim/pacing/deaf-source", GUINT_TO_POINTER (FALSE), test_deaf_source);
  g_test_add_data_func (
      "/sim/pacing/deaf-source-of-many", GUINT_TO_POINTER (TRUE), test_deaf_source);
  g_test_add_func ("/sim/pacing/repair", test_repair);
  g_test_add_func ("/sim/pacing/negotiated", test_negotiated);
  g_test_add_func ("/sim/pacing/set-bitrate", test_set_bitrate);
  g_test_add_func ("/sim/pacing/probe", test_probe);
  g_test_add_func ("/sim/pacing/no-rtcp", test_no_rtcp);
  g_test_add_func ("/sim/pacing/nothing-arrives", test_nothing_arrives);
  g_test_add_func ("/sim/pacing/congestion", test_congestion);
  return g_test_run ();
}
