/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* test-hostile-feedback.c - feedback of a hostile but connected peer: storms of NACKs and key frame
 * requests, BYEs of others (T18 of docs/security.md), on the virtual clock.
 *
 * RTC_TEST_FULL=1 in the environment runs the storms at their full size. */
#include "hostile-rig.h"
#include "sim-seeds.h"

#include "gst/rtc/rtcp/rtc-rtcp-nack.h"
#include "gst/rtc/rtcp/rtc-rtcp-psfb.h"
#include "gst/rtc/rtcp/rtc-rtcp-sdes-bye.h"

#define N_STORMS 20

static const RtcOutboundStats *
video_out (const RtcPeerStats *stats)
{
  return &g_array_index (stats->outbound, RtcOutboundStats, 0);
}

/* A thousand NACKs a second for 17 numbers each: what is resent is bounded by half of what is
 * sent, and a burst that was saved up. */
static void
test_nack_storm (gconstpointer seed)
{
  guint seconds = rig_is_full_size () ? 60 : 5;
  RtcPeerStats before, after;
  guint64 media, resent;
  Rig rig;

  rig_init (&rig, 180 + GPOINTER_TO_UINT (seed));
  rig_call_stats (&rig, rig.bad, SENDER, &before);
  for (guint ms = 0; ms < seconds * 1000; ms++) {
    guint8 data[512];
    guint16 seqs[17];
    RtcRtcpBuilder builder;
    const RtcReceiveStream *inbound = rig_find_video (&rig);

    for (guint16 i = 0; i < G_N_ELEMENTS (seqs); i++)
      seqs[i] = (guint16) (inbound->stats.max_ext_seq - ms % 500 - i);
    rtc_rtcp_builder_init (&builder, data, sizeof data, RTC_RTCP_REDUCED_SIZE);
    g_assert_cmpuint (
        rtc_rtcp_nack_write (&builder, 1, inbound->ssrc, seqs, G_N_ELEMENTS (seqs)), >, 0);
    rig_inject_rtcp (&rig, VIEWER, &builder, sizeof data);
    rig_run (&rig, GST_MSECOND);
  }
  rig_call_stats (&rig, rig.bad, SENDER, &after);
  resent =
      video_out (&after)->retransmitted_bytes_sent - video_out (&before)->retransmitted_bytes_sent;
  media = video_out (&after)->bytes_sent - video_out (&before)->bytes_sent - resent;
  g_test_message ("%u s: %u numbers asked for, %u packets resent, %.1f %% of the media's bytes",
      seconds, (guint) (video_out (&after)->nack_requested - video_out (&before)->nack_requested),
      (guint) (video_out (&after)->retransmitted_packets_sent),
      100.0 * (gdouble) resent / (gdouble) media);
  g_assert_cmpuint (video_out (&after)->nack_requested, >=, seconds * 1000 * 16);
  g_assert_cmpuint (resent, >, 0);
  g_assert_cmpuint (resent, <=, media / 2 + 64 * 1024);
  rtc_peer_stats_clear (&before);
  rtc_peer_stats_clear (&after);
  rig_assert_unharmed (&rig, rig.bad);
  rig_clear (&rig);
}

static void
inject_nack (Rig *rig, guint32 ssrc, const guint16 *seqs, guint n_seqs)
{
  guint8 data[1500];
  RtcRtcpBuilder builder;

  rtc_rtcp_builder_init (&builder, data, sizeof data, RTC_RTCP_REDUCED_SIZE);
  g_assert_cmpuint (rtc_rtcp_nack_write (&builder, 1, ssrc, seqs, n_seqs), ==, n_seqs);
  rig_inject_rtcp (rig, VIEWER, &builder, sizeof data);
  rig_run (rig, 100 * GST_MSECOND);
}

/* Every number asked for is accounted for; those of the RTX stream's SSRC are not the media's. */
static void
test_nack_account (void)
{
  RtcPeerStats before, after;
  const RtcSendStream *send;
  guint64 handled, nacks;
  guint16 seqs[2000];
  guint32 rtx_ssrc;
  Rig rig;

  rig_init (&rig, 185);
  send = &rtc_peer_section (rig.bad->peers[SENDER], 0)->send;
  for (guint i = 0; i < G_N_ELEMENTS (seqs); i++)
    seqs[i] =
        (guint16) (rig_find_video (&rig)->stats.max_ext_seq + 200 - (G_N_ELEMENTS (seqs) - 1) + i);
  rig_call_stats (&rig, rig.bad, SENDER, &before);
  rtx_ssrc = video_out (&before)->rtx_ssrc;
  g_assert_cmpuint (rtx_ssrc, !=, 0);
  inject_nack (&rig, rig_find_video (&rig)->ssrc, seqs, G_N_ELEMENTS (seqs));
  handled = send->nack.stats.resent + send->nack.stats.not_found + send->nack.stats.throttled
            + send->nack.stats.over_budget;
  g_assert_cmpuint (send->nack.stats.requested, ==, G_N_ELEMENTS (seqs));
  g_assert_cmpuint (handled, ==, G_N_ELEMENTS (seqs));
  /* So much that a key frame is made instead. */
  g_assert_cmpuint (send->nack.stats.over_budget, >, 512);
  g_assert_cmpuint (send->nack.stats.stuck, >, 0);
  g_assert_cmpuint (send->nack.stats.not_found, >=, 200);
  rtc_peer_stats_clear (&before);

  rig_call_stats (&rig, rig.bad, SENDER, &before);
  nacks = video_out (&before)->nack_requested;
  for (guint i = 0; i < 100; i++)
    seqs[i] = (guint16) (rig_find_video (&rig)->stats.max_ext_seq - 99 + i);
  inject_nack (&rig, rtx_ssrc, seqs, 100);
  rig_call_stats (&rig, rig.bad, SENDER, &after);
  g_assert_cmpuint (video_out (&after)->nack_requested, ==, nacks);
  g_assert_cmpuint (after.feedback_unknown, ==, before.feedback_unknown + 1);
  rtc_peer_stats_clear (&before);
  rtc_peer_stats_clear (&after);
  rig_clear (&rig);
}

/* A key frame that came by RTX is a key frame: nobody asks for another. */
static void
test_key_frame_repaired (void)
{
  RtcReceiveStream *inbound;
  guint16 seq;
  Rig rig;

  rig_init (&rig, 186);
  inbound = rig_find_video (&rig);
  inbound->key_frame.is_waiting = TRUE;
  inbound->key_frame.next = GST_CLOCK_TIME_NONE;
  seq = (guint16) inbound->stats.base_ext_seq;
  memset (&inbound->window, 0, sizeof inbound->window); /* as if it had never come */
  inject_nack (&rig, inbound->ssrc, &seq, 1);
  inbound = rig_find_video (&rig);
  g_assert_cmpuint (inbound->retransmitted, ==, 1);
  g_assert_false (inbound->key_frame.is_waiting);
  rig_clear (&rig);
}

/* More datagrams than a turn takes: the rest is taken at once, not with the next report. */
static void
test_burst (void)
{
  guint8 data[100] = { 0x80, 96 };
  RtcPeerStats before, after;
  RtcPeer *viewer;
  GstClockTime now;
  Rig rig;

  rig_init (&rig, 187);
  viewer = rig.bad->peers[VIEWER];
  now = sim_world_now (rig.world);
  rig_call_stats (&rig, rig.bad, VIEWER, &before);
  for (guint i = 0; i < 700; i++)
    fake_ice_handle_datagram (viewer->ice, now, data, sizeof data);
  rtc_peer_handle_backends (viewer, now);
  g_assert_cmpuint (rtc_peer_next_deadline (viewer), <=, now);
  rtc_peer_handle_timeout (viewer, now);
  g_assert_cmpuint (rtc_peer_next_deadline (viewer), >, now);
  rig_call_stats (&rig, rig.bad, VIEWER, &after);
  g_assert_cmpuint (after.dropped_auth, ==, before.dropped_auth + 700);
  rtc_peer_stats_clear (&before);
  rtc_peer_stats_clear (&after);
  rig_clear (&rig);
}

/* A hundred PLIs and a hundred FIRs a second, half of them for streams that are not there: the
 * encoder is asked once a second. */
static void
test_key_frame_storm (gconstpointer seed)
{
  guint seconds = rig_is_full_size () ? 60 : 10;
  guint64 before;
  Rig rig;

  rig_init (&rig, 180 + GPOINTER_TO_UINT (seed));
  before = sim_world_get_key_frames (rig.world);
  for (guint i = 0; i < seconds * 100; i++) {
    guint8 data[256];
    guint32 ssrc = rig_find_video (&rig)->ssrc;
    RtcFirEntry entries[2] = { { ssrc, (guint8) i }, { i, (guint8) i } };
    RtcRtcpBuilder builder;

    rtc_rtcp_builder_init (&builder, data, sizeof data, RTC_RTCP_REDUCED_SIZE);
    rtc_rtcp_pli_write (&builder, 1, ssrc);
    rtc_rtcp_pli_write (&builder, 1, i);
    rtc_rtcp_fir_write (&builder, i, entries, G_N_ELEMENTS (entries));
    rig_inject_rtcp (&rig, VIEWER, &builder, sizeof data);
    rig_run (&rig, 10 * GST_MSECOND);
  }
  g_test_message ("%u requests in %u s: %u key frames", seconds * 200, seconds,
      (guint) (sim_world_get_key_frames (rig.world) - before));
  g_assert_cmpuint (sim_world_get_key_frames (rig.world) - before, >=, seconds - 1);
  g_assert_cmpuint (sim_world_get_key_frames (rig.world) - before, <=, seconds + 1);
  rig_clear (&rig);
}

/* A viewer says BYE for the sender's streams, for the other viewer's and for its own. */
static void
test_foreign_bye (void)
{
  RtcRtcpBye bye = { 0 };
  RtcRtcpBuilder builder;
  RtcPeerStats stats;
  guint8 data[512];
  Rig rig;

  rig_init (&rig, 182);
  bye.ssrcs[bye.n_ssrcs++] = rig_find_video (&rig)->ssrc;
  rig_call_stats (&rig, rig.good, SENDER, &stats);
  for (guint i = 0; i < stats.outbound->len; i++)
    bye.ssrcs[bye.n_ssrcs++] = g_array_index (stats.outbound, RtcOutboundStats, i).ssrc;
  rtc_peer_stats_clear (&stats);
  for (guint i = 0; i < 100; i++) {
    rtc_rtcp_builder_init (&builder, data, sizeof data, RTC_RTCP_REDUCED_SIZE);
    rtc_rtcp_bye_write (&builder, &bye);
    rig_inject_rtcp (&rig, VIEWER, &builder, sizeof data);
    rig_run (&rig, 10 * GST_MSECOND);
  }
  g_assert_cmpuint (rig.bad->viewer.stream_ends + rig.good->viewer.stream_ends, ==, 0);
  rig_assert_unharmed (&rig, rig.bad);
  rig_clear (&rig);
}

/* N_STORMS seeds of a test that the reliability goals have (A30, A31). */
static void
add_seeds (const gchar *name, GTestDataFunc run)
{
  for (guint seed = 1; seed <= sim_get_n_seeds (N_STORMS); seed++) {
    gchar *path = g_strdup_printf ("/sim/hostile-feedback/%s/%u", name, seed);

    g_test_add_data_func (path, GUINT_TO_POINTER (seed), run);
    g_free (path);
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  gst_init (NULL, NULL);
  gst_debug_remove_log_function (gst_debug_log_default);
  add_seeds ("nack-storm", test_nack_storm);
  g_test_add_func ("/sim/hostile-feedback/nack-account", test_nack_account);
  g_test_add_func ("/sim/hostile-feedback/key-frame-repaired", test_key_frame_repaired);
  g_test_add_func ("/sim/hostile-feedback/burst", test_burst);
  add_seeds ("key-frame-storm", test_key_frame_storm);
  g_test_add_func ("/sim/hostile-feedback/foreign-bye", test_foreign_bye);
  return g_test_run ();
}
