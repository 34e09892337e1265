/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* test-call.c - whole calls on the virtual clock: connect, repair, key frames, wraps, ends. */
#include "sim-world.h"

#include <string.h>

static const SimLink link_clean = { .delay = 20 * GST_MSECOND };
static const SimLink link_lossy = {
  .delay = 25 * GST_MSECOND, .jitter = 5 * GST_MSECOND, .loss = 0.05
};

static SimWorld *
world_new (guint64 seed, gboolean trace)
{
  SimWorldConfig config = { .seed = seed, .trace = trace };

  return sim_world_new (&config);
}

static void
negotiate (SimCall *call, gboolean viewer_offers)
{
  GError *error = NULL;

  sim_call_negotiate (call, viewer_offers, NULL, &error);
  g_assert_no_error (error);
}

static void
test_connect (gconstpointer data)
{
  gboolean viewer_offers = GPOINTER_TO_INT (data);
  SimWorld *world = world_new (1, FALSE);
  SimCall *call = sim_world_add_call (world, &link_clean);
  RtcPeerStats stats;

  g_assert_cmpint (rtc_peer_get_state (call->peers[0]), ==, RTC_PEER_STATE_NEW);
  negotiate (call, viewer_offers);
  g_assert_cmpint (rtc_peer_get_signaling_state (call->peers[0]), ==, RTC_JSEP_STATE_STABLE);
  g_assert_true (sim_call_run_connected (call, 5 * GST_SECOND));
  /* Five round trips of 40 ms at most: check, and two DTLS flights. */
  g_assert_cmpuint (sim_world_now (world), <=, 200 * GST_MSECOND);
  sim_world_run (world, 3 * GST_SECOND);
  rtc_peer_get_stats (call->peers[0], sim_world_now (world), &stats);
  /* RFC 8842: the answerer is passive here, so the offerer is the DTLS client. */
  g_assert_cmpint (stats.dtls_is_client, ==, !viewer_offers);
  g_assert_cmpuint (stats.outbound->len, ==, 2);
  rtc_peer_stats_clear (&stats);
  g_assert_true (call->viewer.first_is_key);
  g_assert_cmpuint (call->viewer.frames_complete, >, 80);
  g_assert_cmpuint (call->viewer.audio_packets, >, 130);
  g_assert_cmpuint (call->viewer.repaired, ==, 0);
  g_assert_cmpuint (call->viewer.sender_reports, >=, 2);
  sim_world_free (world);
}

static void
test_loss (void)
{
  SimWorld *world = world_new (42, FALSE);
  SimCall *call = sim_world_add_call (world, &link_lossy);
  const SimViewer *viewer = &call->viewer;
  gint64 began = g_get_monotonic_time (), took;
  RtcPeerStats stats;
  const RtcOutboundStats *video;
  const RtcInboundStats *inbound;

  negotiate (call, TRUE);
  sim_world_run (world, 60 * GST_SECOND);
  took = g_get_monotonic_time () - began;
  g_test_message ("60 s took %.3f s", (gdouble) took / 1e6);
  g_test_minimized_result ((gdouble) took / 1e6, "60 simulated seconds at 5 %% loss");
#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
  g_assert_cmpint (took, <, 300000);
#endif
  /* All but those still being repaired at the end. */
  g_assert_cmpuint (
      viewer->frames_complete + 15, >=, sim_world_get_frames (world) - viewer->first_frame);
  g_assert_cmpuint (viewer->last_frame + 15, >=, sim_world_get_frames (world));
  rtc_peer_get_stats (call->peers[0], sim_world_now (world), &stats);
  video = &g_array_index (stats.outbound, RtcOutboundStats, 0);
  g_assert_cmpint (video->kind, ==, RTC_MEDIA_VIDEO);
  /* 5 % of 18 000 packets, and repairs lost once more. */
  g_assert_cmpuint (viewer->repaired, >, 600);
  g_assert_cmpuint (video->retransmitted_packets_sent, >=, viewer->repaired);
  g_assert_cmpuint (video->retransmitted_packets_sent, <, 2000);
  g_assert_cmpuint (video->nack_count, >, 300);
  g_assert_true (video->has_remote);
  g_assert_cmpint (video->remote_packets_lost, >, 500);
  g_assert_true (video->has_rtt);
  g_assert_cmpuint (video->rtt, >=, 48 * GST_MSECOND);
  g_assert_cmpuint (video->rtt, <=, 70 * GST_MSECOND);
  rtc_peer_stats_clear (&stats);
  rtc_peer_get_stats (call->peers[1], sim_world_now (world), &stats);
  g_assert_cmpuint (stats.inbound->len, ==, 2);
  inbound = &g_array_index (stats.inbound, RtcInboundStats, 0);
  if (inbound->kind != RTC_MEDIA_VIDEO)
    inbound = &g_array_index (stats.inbound, RtcInboundStats, 1);
  g_assert_cmpuint (inbound->nack_count, >, 300);
  rtc_peer_stats_clear (&stats);
  g_assert_cmpuint (viewer->sender_reports, >, 30);
  sim_world_free (world);
}

static GString *
traced_run (guint64 seed)
{
  SimWorld *world = world_new (seed, TRUE);
  SimCall *call = sim_world_add_call (world, &link_lossy);
  GString *trace;

  negotiate (call, TRUE);
  sim_world_run (world, 5 * GST_SECOND);
  trace = g_string_new (call->trace->str);
  sim_world_free (world);
  return trace;
}

static void
test_repeatable (void)
{
  GString *a = traced_run (7), *b = traced_run (7), *c = traced_run (8);

  g_assert_cmpuint (a->len, >, 50000);
  g_assert_cmpuint (a->len, ==, b->len);
  g_assert_true (strcmp (a->str, b->str) == 0);
  g_assert_true (strcmp (a->str, c->str) != 0);
  g_string_free (a, TRUE);
  g_string_free (b, TRUE);
  g_string_free (c, TRUE);
}

static void
test_key_frames (void)
{
  SimWorld *world = world_new (3, FALSE);
  SimCall *calls[10];
  RtcFanoutStats stats;
  guint64 before;

  for (guint i = 0; i < G_N_ELEMENTS (calls); i++) {
    calls[i] = sim_world_add_call (world, &link_clean);
    negotiate (calls[i], TRUE);
  }
  sim_world_run (world, 3 * GST_SECOND);
  for (guint i = 0; i < G_N_ELEMENTS (calls); i++)
    g_assert_true (calls[i]->viewer.first_is_key);
  before = sim_world_get_key_frames (world);
  for (guint i = 0; i < G_N_ELEMENTS (calls); i++)
    g_assert_cmpint (
        rtc_peer_request_key_frame (calls[i]->peers[1], sim_world_now (world), 0), ==, RTC_OK);
  sim_world_run (world, 4 * GST_SECOND);
  /* Ten PLIs, one key frame; and nobody asks again once it has come. */
  g_assert_cmpuint (sim_world_get_key_frames (world), ==, before + 1);
  sim_world_run (world, 8 * GST_SECOND);
  g_assert_cmpuint (sim_world_get_key_frames (world), ==, before + 1);
  rtc_fanout_get_stats (sim_world_get_video (world), &stats);
  g_assert_cmpuint (stats.key_frame_merged, >=, 9);
  g_assert_cmpuint (stats.n_peers, ==, 10);
  sim_world_free (world);
}

/* A key frame that has just been is sent from the history: nobody asks the encoder. */
static void
test_late_joiner (void)
{
  SimWorld *world = world_new (13, FALSE);
  SimCall *first = sim_world_add_call (world, &link_clean), *second;
  SimLink quick = { .delay = GST_MSECOND };
  GstClockTime asked;
  guint64 key_frames;

  negotiate (first, TRUE);
  sim_world_run (world, 5 * GST_SECOND);
  rtc_peer_request_key_frame (first->peers[1], sim_world_now (world), 0);
  key_frames = sim_world_get_key_frames (world);
  while (sim_world_get_key_frames (world) == key_frames)
    sim_world_run (world, sim_world_now (world) + 10 * GST_MSECOND);
  asked = sim_world_now (world);
  sim_world_run (world, asked + 150 * GST_MSECOND);
  second = sim_world_add_call (world, &quick);
  negotiate (second, TRUE);
  sim_world_run (world, asked + 220 * GST_MSECOND);
  g_assert_cmpuint (second->viewer.frames_complete, >=, 5);
  g_assert_true (second->viewer.first_is_key);
  sim_world_run (world, asked + 3 * GST_SECOND);
  g_assert_cmpuint (sim_world_get_key_frames (world), ==, key_frames + 1);
  g_assert_cmpuint (second->viewer.repaired, ==, 0);
  g_assert_cmpuint (second->viewer.frames_complete + 2, >=,
      sim_world_get_frames (world) - second->viewer.first_frame);
  sim_world_free (world);
}

static void
test_wraps (void)
{
  /* 40 packets a frame: 65536 numbers in 55 s; the time stamp wraps after 10 s. */
  SimWorldConfig config = {
    .seed = 11, .packets_per_frame = 40, .first_seq = 65500, .first_rtp_ts = 0u - 900000u
  };
  SimWorld *world = sim_world_new (&config);
  SimLink lossy = { .delay = 10 * GST_MSECOND, .loss = 0.02 };
  SimCall *call = sim_world_add_call (world, &lossy);

  negotiate (call, TRUE);
  sim_world_run (world, 125 * GST_SECOND);
  g_assert_cmpuint (call->viewer.frames_complete + 15, >=,
      sim_world_get_frames (world) - call->viewer.first_frame);
  g_assert_cmpuint (call->viewer.repaired, >, 2000);
  sim_world_free (world);
}

static gchar *
munge_fingerprint (gchar *sdp, gboolean of_sender)
{
  gchar *at = strstr (sdp, "a=fingerprint:sha-256 ");

  g_assert_nonnull (at);
  for (; at != NULL; at = strstr (at + 1, "a=fingerprint:sha-256 "))
    at[22] = at[22] == 'A' ? 'B' : 'A';
  return sdp;
}

static gchar *
munge_sender (gchar *sdp, gboolean from_sender)
{
  return from_sender ? munge_fingerprint (sdp, TRUE) : sdp;
}

static gchar *
munge_viewer (gchar *sdp, gboolean from_sender)
{
  return from_sender ? sdp : munge_fingerprint (sdp, FALSE);
}

static void
test_wrong_fingerprint (gconstpointer data)
{
  guint variant = GPOINTER_TO_UINT (data); /* bit 0: who offers, bit 1: whose is wrong */
  SimWorld *world = world_new (5, FALSE);
  SimCall *call = sim_world_add_call (world, &link_clean);
  guint victim = (variant & 2) != 0 ? 1 : 0; /* the end that was told a wrong one */
  RtcPeerStats stats;

  g_assert_true (sim_call_negotiate (
      call, (variant & 1) != 0, victim == 1 ? munge_sender : munge_viewer, NULL));
  sim_world_run (world, 5 * GST_SECOND);
  g_assert_cmpint (rtc_peer_get_state (call->peers[victim]), ==, RTC_PEER_STATE_FAILED);
  g_assert_nonnull (call->failure[victim]);
  g_assert_nonnull (strstr (call->failure[victim], "fingerprint"));
  g_assert_cmpuint (call->viewer.video_packets + call->viewer.audio_packets, ==, 0);
  rtc_peer_get_stats (call->peers[victim], sim_world_now (world), &stats);
  g_assert_cmpuint (stats.rtp_sent + stats.rtcp_sent, ==, 0);
  rtc_peer_stats_clear (&stats);
  sim_world_free (world);
}

static void
test_peer_vanishes (void)
{
  SimWorld *world = world_new (6, FALSE);
  SimCall *gone = sim_world_add_call (world, &link_clean);
  SimCall *other = sim_world_add_call (world, &link_clean);
  guint64 frames;

  negotiate (gone, TRUE);
  negotiate (other, FALSE);
  sim_world_run (world, 2 * GST_SECOND);
  sim_net_add_blackhole (gone->net, SIM_B_TO_A, 2 * GST_SECOND, 1000 * GST_SECOND);
  sim_world_run (world, 12 * GST_SECOND);
  g_assert_cmpint (rtc_peer_get_state (gone->peers[0]), ==, RTC_PEER_STATE_DISCONNECTED);
  sim_world_run (world, 40 * GST_SECOND);
  g_assert_cmpint (rtc_peer_get_state (gone->peers[0]), ==, RTC_PEER_STATE_FAILED);
  g_assert_nonnull (strstr (gone->failure[0], "consent"));
  frames = other->viewer.frames_complete;
  sim_world_run (world, 41 * GST_SECOND);
  g_assert_cmpuint (other->viewer.frames_complete - frames, >=, 29);
  g_assert_cmpuint (other->viewer.repaired, ==, 0);
  sim_world_free (world);
}

static void
test_no_path (void)
{
  SimWorld *world = world_new (9, FALSE);
  SimCall *call = sim_world_add_call (world, &link_clean);

  sim_net_add_blackhole (call->net, SIM_A_TO_B, 0, 1000 * GST_SECOND);
  negotiate (call, TRUE);
  sim_world_run (world, 40 * GST_SECOND);
  for (guint end = 0; end < 2; end++) {
    g_assert_cmpint (rtc_peer_get_state (call->peers[end]), ==, RTC_PEER_STATE_FAILED);
    g_assert_nonnull (strstr (call->failure[end], "ICE"));
  }
  sim_world_free (world);
}

static void
test_close (gconstpointer data)
{
  guint end = GPOINTER_TO_UINT (data);
  SimWorld *world = world_new (10, FALSE);
  SimCall *call = sim_world_add_call (world, &link_clean);

  negotiate (call, TRUE);
  sim_world_run (world, 2 * GST_SECOND);
  sim_call_close (call, end);
  sim_world_run (world, 3 * GST_SECOND);
  g_assert_cmpuint (call->closed[0], ==, 1);
  g_assert_cmpuint (call->closed[1], ==, 1);
  g_assert_null (call->failure[0]);
  g_assert_null (call->failure[1]);
  /* The other end by the core itself: it was told by close_notify. */
  g_assert_cmpint (rtc_peer_get_state (call->peers[end]), ==, RTC_PEER_STATE_CLOSED);
  g_assert_cmpint (rtc_peer_get_state (call->peers[1 - end]), ==, RTC_PEER_STATE_CLOSED);
  g_assert_cmpint (rtc_peer_get_dtls_state (call->peers[1 - end]), ==, RTC_DTLS_STATE_CLOSED);
  g_assert_cmpuint (call->viewer.stream_ends, ==, 2);
  sim_world_remove_call (world, call);
  sim_world_run (world, 4 * GST_SECOND);
  sim_world_free (world);
}

static void
test_many_viewers (void)
{
  SimWorld *world = world_new (12, FALSE);
  SimCall *calls[50];

  for (guint i = 0; i < G_N_ELEMENTS (calls); i++) {
    calls[i] = sim_world_add_call (world, i % 5 == 0 ? &link_lossy : &link_clean);
    negotiate (calls[i], i % 2 == 0);
    sim_world_run (world, (i + 1) * 50 * GST_MSECOND);
  }
  sim_world_run (world, 5 * GST_SECOND);
  for (guint i = 0; i < G_N_ELEMENTS (calls); i++) {
    /* With loss the key frame may be complete only after its successors. */
    g_assert_true (calls[i]->viewer.first_is_key || i % 5 == 0);
    g_assert_cmpuint (calls[i]->viewer.frames_complete + 15, >=,
        sim_world_get_frames (world) - calls[i]->viewer.first_frame);
  }
  sim_world_free (world);
}

static guint64
count_rtcp (const SimCall *call)
{
  RtcPeerStats stats;
  guint64 n;

  rtc_peer_get_stats (call->peers[0], sim_world_now (call->world), &stats);
  n = stats.rtcp_sent;
  rtc_peer_stats_clear (&stats);
  return n;
}

/* A sender who is asked every 20 ms has its reports leave with its media, but for those few that
 * reconsideration puts between two such times; there are as many as of a sender who is not asked.
 */
static void
test_reports_along (void)
{
  guint reports[2];

  for (guint is_asked = 0; is_asked < 2; is_asked++) {
    SimWorld *world = world_new (1, FALSE);
    SimCall *call = sim_world_add_call (world, &link_clean);
    guint64 before, along = 0;
    GstClockTime start;

    negotiate (call, TRUE);
    g_assert_true (sim_call_run_connected (call, 5 * GST_SECOND));
    start = sim_world_now (world);
    before = count_rtcp (call);
    for (guint i = 1; i <= 3000; i++) {
      guint64 sent;

      sim_world_run (world, start + i * 20 * GST_MSECOND);
      sent = count_rtcp (call);
      if (is_asked == 0 || !rtc_peer_report_along (call->peers[0], sim_world_now (world)))
        continue;
      rtc_peer_next_deadline (call->peers[0]);
      along += count_rtcp (call) - sent;
    }
    reports[is_asked] = (guint) (count_rtcp (call) - before);
    g_assert_cmpuint (along * 10, >=, is_asked * reports[is_asked] * 9);
    g_assert_cmpuint (call->viewer.sender_reports + 1, >=, reports[is_asked]);
    sim_world_free (world);
  }
  g_assert_cmpuint (reports[0], >, 45);
  g_assert_cmpuint (reports[1] * 10, >, reports[0] * 8);
  g_assert_cmpuint (reports[1] * 10, <, reports[0] * 13);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  gst_init (NULL, NULL);
  g_test_add_data_func ("/sim/connect/viewer-offers", GINT_TO_POINTER (TRUE), test_connect);
  g_test_add_data_func ("/sim/connect/sender-offers", GINT_TO_POINTER (FALSE), test_connect);
  g_test_add_func ("/sim/loss", test_loss);
  g_test_add_func ("/sim/repeatable", test_repeatable);
  g_test_add_func ("/sim/key-frames", test_key_frames);
  g_test_add_func ("/sim/late-joiner", test_late_joiner);
  g_test_add_func ("/sim/wraps", test_wraps);
  g_test_add_data_func ("/sim/fingerprint/0", GUINT_TO_POINTER (0), test_wrong_fingerprint);
  g_test_add_data_func ("/sim/fingerprint/1", GUINT_TO_POINTER (1), test_wrong_fingerprint);
  g_test_add_data_func ("/sim/fingerprint/2", GUINT_TO_POINTER (2), test_wrong_fingerprint);
  g_test_add_data_func ("/sim/fingerprint/3", GUINT_TO_POINTER (3), test_wrong_fingerprint);
  g_test_add_func ("/sim/peer-vanishes", test_peer_vanishes);
  g_test_add_func ("/sim/no-path", test_no_path);
  g_test_add_data_func ("/sim/close/sender", GUINT_TO_POINTER (0), test_close);
  g_test_add_data_func ("/sim/close/viewer", GUINT_TO_POINTER (1), test_close);
  g_test_add_func ("/sim/many-viewers", test_many_viewers);
  g_test_add_func ("/sim/reports-along", test_reports_along);
  return g_test_run ();
}
