/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* test-rate-feedback.c - whole calls: what a receiving peer tells the sender of the rate, as
 * negotiated, and that its reports measure the round trip both ways. */
#include "sim-world.h"

#include <string.h>

#include "gst/rtc/base/rtc-time.h"
#include "gst/rtc/rtcp/rtc-rtcp-remb.h"
#include "gst/rtc/rtcp/rtc-rtcp-twcc.h"
#include "gst/rtc/rtp/rtc-demux.h"

enum { SENDER, VIEWER };

/* RTCP as the viewer sends it. */
typedef struct {
  GstClockTime now;
  guint n_twcc, n_remb, n_packets;
  gsize twcc_bytes;
  guint n_spoken_of, n_received; /* statuses in TWCC messages */
  gint next_count;
  guint64 remb_bps;
  guint remb_ssrcs;
  GstClockTime last_twcc, longest_pause;
} Wire;

static void
wire_see_twcc (Wire *self, GstClockTime now, const RtcRtcpPacket *packet)
{
  RtcTwccFeedback feedback;
  RtcTwccItem item;

  if (rtc_rtcp_twcc_parse (packet, &feedback) != RTC_OK)
    return;
  g_assert_true (self->next_count < 0 || feedback.feedback_count == (guint8) self->next_count);
  self->next_count = feedback.feedback_count + 1;
  self->n_twcc++;
  if (self->last_twcc != 0)
    self->longest_pause = MAX (self->longest_pause, now - self->last_twcc);
  self->last_twcc = now;
  while (rtc_rtcp_twcc_next (&feedback, &item)) {
    self->n_spoken_of += item.n_packets;
    self->n_received += item.received ? 1 : 0;
  }
}

static gboolean
wire_tap (gpointer user_data, GstClockTime now, SimDir dir, const guint8 *data, gsize len)
{
  Wire *self = user_data;
  RtcRtcpPacket packet;
  RtcRtcpRemb remb;
  RtcRtcpWalk walk;
  guint n_before = self->n_twcc;

  if (dir != SIM_B_TO_A || rtc_demux_classify (data, len) != RTC_DEMUX_RTCP)
    return FALSE;
  self->n_packets++;
  /* The fake SRTCP's trailer: index, tag. */
  rtc_rtcp_walk_init (&walk, data, len - 4 - 16, 64);
  while (rtc_rtcp_walk_next (&walk, &packet)) {
    wire_see_twcc (self, now, &packet);
    if (rtc_rtcp_remb_parse (&packet, &remb) == RTC_OK) {
      self->n_remb++;
      self->remb_bps = remb.bitrate_bps;
      self->remb_ssrcs = remb.n_ssrcs;
    }
  }
  g_assert_cmpint (walk.result, ==, RTC_OK);
  if (self->n_twcc > n_before)
    self->twcc_bytes += len + 28;
  return FALSE;
}

static gchar *
munge_no_rsize (gchar *sdp, gboolean from_sender)
{
  return sim_munge_replace (sdp, "a=rtcp-rsize\r\n", "");
}

static SimWorld *
run_call (Wire *wire, const SimLink *link, SimMunge munge, guint seconds, SimCall **call)
{
  /* What comes back is tested here, not what is made of it. */
  SimWorldConfig config = { .seed = 9,
    .transport_cc = TRUE,
    .congestion_control = "fixed",
    .bitrate = { 100000, 5000000, 10000000 } };
  SimWorld *world = sim_world_new (&config);
  GError *error = NULL;

  *wire = (Wire){ .next_count = -1 };
  *call = sim_world_add_call (world, link);
  sim_net_set_tap ((*call)->net, wire_tap, wire);
  sim_call_negotiate (*call, TRUE, munge, &error);
  g_assert_no_error (error);
  sim_world_run (world, seconds * GST_SECOND);
  return world;
}

static void
test_twcc (gconstpointer data)
{
  SimLink link = { .delay = 25 * GST_MSECOND, .loss = 0.05 };
  RtcPeerStats stats;
  SimWorld *world;
  SimCall *call;
  Wire wire;
  SimNetStats net;

  world = run_call (&wire, &link, (SimMunge) data, 60, &call);
  rtc_peer_get_stats (call->peers[VIEWER], sim_world_now (world), &stats);
  sim_net_get_stats (call->net, SIM_A_TO_B, &net);
  g_test_message ("60 s: %u messages, %.2f %% of the bytes received, %u of %u packets received",
      wire.n_twcc, 100.0 * (gdouble) wire.twcc_bytes / (gdouble) net.bytes_delivered,
      wire.n_received, wire.n_spoken_of);
  g_assert_cmpuint (wire.n_twcc, ==, stats.twcc_sent);
  g_assert_cmpuint (wire.n_remb, ==, 0);
  g_assert_cmpuint (wire.n_twcc, >, 500);
  g_assert_cmpuint (wire.n_twcc, <, 1250);
  g_assert_cmpuint (wire.longest_pause, <=, 150 * GST_MSECOND);
  g_assert_cmpuint (wire.twcc_bytes, <=, net.bytes_delivered / 20);
  /* All packets are spoken of, but for the last ones; every one that came is said to have. */
  g_assert_cmpuint (wire.n_received + 50, >=, stats.rtp_received);
  g_assert_cmpuint (wire.n_received, <=, stats.rtp_received);
  g_assert_cmpuint (wire.n_spoken_of, >, wire.n_received * 103 / 100);
  rtc_peer_stats_clear (&stats);
  rtc_peer_get_stats (call->peers[SENDER], sim_world_now (world), &stats);
  g_assert_cmpuint (stats.dropped_malformed, ==, 0);
  rtc_peer_stats_clear (&stats);
  /* Silence: nothing to tell. */
  sim_world_set_paused (world, TRUE);
  sim_world_run (world, 62 * GST_SECOND);
  wire.n_twcc = 0;
  sim_world_run (world, 70 * GST_SECOND);
  g_assert_cmpuint (wire.n_twcc, ==, 0);
  sim_world_free (world);
}

static void
test_remb (void)
{
  SimLink link = { .delay = 25 * GST_MSECOND };
  RtcPeerStats stats;
  guint64 before;
  SimWorld *world;
  SimCall *call;
  Wire wire;

  world = run_call (&wire, &link, sim_munge_no_twcc, 30, &call);
  g_assert_cmpuint (wire.n_twcc, ==, 0);
  g_assert_cmpuint (wire.n_remb, >=, 27);
  g_assert_cmpuint (wire.n_remb, <=, 31);
  g_assert_cmpuint (wire.remb_ssrcs, ==, 2);
  /* 300 packets of 230 bytes, and audio. */
  g_assert_cmpuint (wire.remb_bps, >, 600000);
  g_assert_cmpuint (wire.remb_bps, <, 1100000);
  rtc_peer_get_stats (call->peers[VIEWER], sim_world_now (world), &stats);
  g_assert_cmpuint (stats.remb_sent, ==, wire.n_remb);
  /* 18 bits of mantissa. */
  g_assert_cmpuint (stats.remb_bps / 100, ==, wire.remb_bps / 100);
  rtc_peer_stats_clear (&stats);
  before = wire.remb_bps;
  link.loss = 0.3;
  sim_net_set_link (call->net, SIM_A_TO_B, &link);
  sim_world_run (world, 36 * GST_SECOND);
  g_assert_cmpuint (wire.remb_bps, <, before / 2);
  sim_world_free (world);
}

static void
test_none (void)
{
  SimLink link = { .delay = 25 * GST_MSECOND };
  SimWorld *world;
  SimCall *call;
  Wire wire;

  world = run_call (&wire, &link, sim_munge_no_rate_feedback, 10, &call);
  g_assert_cmpuint (wire.n_twcc + wire.n_remb, ==, 0);
  g_assert_cmpuint (wire.n_packets, >, 5);
  sim_world_free (world);
}

static const RtcInboundStats *
video_in (const RtcPeerStats *stats)
{
  for (guint i = 0; i < stats->inbound->len; i++) {
    const RtcInboundStats *in = &g_array_index (stats->inbound, RtcInboundStats, i);

    if (in->kind == RTC_MEDIA_VIDEO)
      return in;
  }
  g_assert_not_reached ();
}

/* RFC 3611 4.4, 4.5: who only receives measures the round trip, and who sends answers; RFC 3550
 * 6.4.1: who sends measures, and who receives answers. And what the reports say is passed on. */
static void
test_reports (void)
{
  SimLink link = { .delay = 25 * GST_MSECOND, .loss = 0.02 };
  const RtcInboundStats *in;
  const RtcOutboundStats *out;
  RtcPeerStats viewer, sender;
  SimWorld *world;
  SimCall *call;
  Wire wire;

  world = run_call (&wire, &link, NULL, 60, &call);
  rtc_peer_get_stats (call->peers[VIEWER], sim_world_now (world), &viewer);
  rtc_peer_get_stats (call->peers[SENDER], sim_world_now (world), &sender);
  g_assert_true (viewer.has_rtt && sender.has_rtt);
  g_assert_cmpuint (viewer.rtt, >=, 50 * GST_MSECOND);
  g_assert_cmpuint (viewer.rtt, <=, 51 * GST_MSECOND);
  g_assert_cmpuint (viewer.rtt, ==, rtc_peer_get_rtt (call->peers[VIEWER]));
  g_assert_cmpuint (viewer.dlrr_measurements, >=, 40);
  g_assert_cmpuint (viewer.dlrr_total / viewer.dlrr_measurements, >=, 49 * GST_MSECOND);
  g_assert_cmpuint (sender.dlrr_measurements, ==, 0);
  g_assert_cmpuint (sender.rtt, >=, 49 * GST_MSECOND);
  g_assert_cmpuint (sender.rtt, <=, 51 * GST_MSECOND);

  in = video_in (&viewer);
  out = &g_array_index (sender.outbound, RtcOutboundStats, 0);
  g_assert_cmpstr (in->codec.name, ==, "VP8");
  g_assert_cmpuint (strlen (in->cname), ==, 16);
  g_assert_true (in->has_remote);
  g_assert_cmpuint (in->reports_sent, >=, 40);
  /* As of the last report: what has been sent since is missing, and so are retransmissions. */
  g_assert_cmpuint (in->remote_packets_sent, >, out->packets_sent * 9 / 10);
  g_assert_cmpuint (in->remote_packets_sent, <=, out->packets_sent);
  g_assert_cmpuint (in->remote_bytes_sent, >, out->bytes_sent * 9 / 10);
  g_assert_cmpuint (in->remote_ntp64, !=, 0);
  g_assert_cmpuint (in->last_packet + 50 * GST_MSECOND, >=, sim_world_now (world));
  g_assert_cmpuint (in->frames_received + 3, >=, out->frames_sent);
  g_assert_cmpuint (in->frames_received, <=, out->frames_sent);
  g_assert_cmpuint (in->key_frames_received, ==, out->key_frames_sent);
  g_assert_cmpuint (in->retransmitted_packets_received, >, 200);
  g_assert_cmpuint (in->packets_received, ==, call->viewer.video_packets);
  g_assert_cmpuint (in->nack_requested, >=, in->retransmitted_packets_received);
  g_assert_cmpuint (in->nack_needless + in->nack_given_up + in->packets_reordered, ==, 0);
  rtc_peer_stats_clear (&viewer);
  rtc_peer_stats_clear (&sender);
  sim_world_free (world);
}

static gchar *
munge_no_xr (gchar *sdp, gboolean from_sender)
{
  return sim_munge_replace (sdp, "rcvr-rtt=", "x-unknown=");
}

/* No reports measure it: the answers to NACKs do. */
static void
test_nack_rtt (void)
{
  SimLink link = { .delay = 40 * GST_MSECOND, .loss = 0.02 };
  RtcPeerStats stats;
  SimWorld *world;
  SimCall *call;
  Wire wire;

  world = run_call (&wire, &link, munge_no_xr, 30, &call);
  rtc_peer_get_stats (call->peers[VIEWER], sim_world_now (world), &stats);
  g_assert_cmpuint (stats.dlrr_measurements, ==, 0);
  g_assert_true (stats.has_rtt);
  g_assert_cmpuint (stats.rtt, >=, 80 * GST_MSECOND);
  g_assert_cmpuint (stats.rtt, <=, 85 * GST_MSECOND);
  rtc_peer_stats_clear (&stats);
  sim_world_free (world);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  gst_init (NULL, NULL);
  g_test_add_data_func ("/sim/rate-feedback/twcc", NULL, test_twcc);
  g_test_add_data_func ("/sim/rate-feedback/twcc-compound", munge_no_rsize, test_twcc);
  g_test_add_func ("/sim/rate-feedback/remb", test_remb);
  g_test_add_func ("/sim/rate-feedback/none", test_none);
  g_test_add_func ("/sim/rate-feedback/reports", test_reports);
  g_test_add_func ("/sim/rate-feedback/nack-rtt", test_nack_rtt);
  return g_test_run ();
}
