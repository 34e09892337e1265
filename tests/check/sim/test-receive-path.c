/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* test-receive-path.c - what arrives at a receiving peer over bad links: A26 to A28 and A33 of the
 * reliability goals, wraps, pauses and a change of SSRC. */
#include "sim-seeds.h"
#include "sim-world.h"

#include <string.h>

#include "gst/rtc/base/rtc-time.h"
#include "gst/rtc/peer/rtc-peer-private.h"

enum { SENDER, VIEWER };

#define MS GST_MSECOND
#define N_SEEDS 20 /* of A26 to A28 and A33 */
#define N_OTHER_SEEDS 5

typedef struct {
  SimWorld *world;
  SimCall *call;
  gint64 began;
} Rig;

static void
rig_init (Rig *self, const SimWorldConfig *config, const SimLink *link)
{
  GError *error = NULL;

  self->began = g_get_monotonic_time ();
  self->world = sim_world_new (config);
  self->call = sim_world_add_call (self->world, link);
  sim_call_negotiate (self->call, TRUE, NULL, &error);
  g_assert_no_error (error);
}

static void
rig_run (Rig *self, GstClockTime duration)
{
  sim_world_run (self->world, sim_world_now (self->world) + duration);
}

/* Nothing is captured any more, and what is under way has time to be repaired. */
static void
rig_drain (Rig *self)
{
  sim_world_set_paused (self->world, TRUE);
  rig_run (self, 3 * GST_SECOND);
}

static void
rig_clear (Rig *self)
{
  gdouble minutes = (gdouble) sim_world_now (self->world) / (60.0 * GST_SECOND);
  gdouble took = (gdouble) (g_get_monotonic_time () - self->began) / 1e6;

  g_test_message ("%.3f s for each simulated minute", took / minutes);
  sim_world_free (self->world);
}

static void
rig_video_stats (Rig *self, RtcInboundStats *out)
{
  RtcPeerStats stats;

  memset (out, 0, sizeof *out);
  rtc_peer_get_stats (self->call->peers[VIEWER], sim_world_now (self->world), &stats);
  for (guint i = 0; i < stats.inbound->len; i++)
    if (g_array_index (stats.inbound, RtcInboundStats, i).kind == RTC_MEDIA_VIDEO)
      *out = g_array_index (stats.inbound, RtcInboundStats, i);
  rtc_peer_stats_clear (&stats);
}

/* Pictures from the first one that was complete, without the last few: their loss is seen by
 * nobody when nothing follows. */
static guint64
rig_missing (Rig *self)
{
  guint64 from = self->call->viewer.first_frame, to = sim_world_get_frames (self->world) - 3;

  g_assert_cmpuint (to, >, from);
  return to - from - sim_call_count_complete (self->call, from, to);
}

/* --- A26: 20 % lost both ways, 50 ms, half a second of patience: 98 % of the pictures ------------
 */

static void
test_random_loss (gconstpointer data)
{
  SimWorldConfig config = { .seed = GPOINTER_TO_UINT (data), .latency = 500 * MS };
  SimLink link = { .delay = 25 * MS, .loss = 0.2 };
  guint64 total;
  gdouble share;
  Rig rig;

  rig_init (&rig, &config, &link);
  rig_run (&rig, 60 * GST_SECOND);
  rig_drain (&rig);
  total = sim_world_get_frames (rig.world) - rig.call->viewer.first_frame;
  share = (gdouble) rig.call->viewer.frames_in_time / (gdouble) total;
  g_test_message ("%.2f %% of %u pictures in time, %u never", share * 100, (guint) total,
      (guint) rig_missing (&rig));
  g_assert_cmpfloat (share, >=, 0.98);
  g_assert_cmpuint (rig.call->viewer.repeats, ==, 0);
  g_assert_cmpint (rtc_peer_get_state (rig.call->peers[VIEWER]), ==, RTC_PEER_STATE_CONNECTED);
  rig_clear (&rig);
}

/* --- A27: Gilbert-Elliott, bursts of 5, mean 1, 5 and 10 %, 2 s of patience: every packet --------
 */

static void
test_bursts (gconstpointer data)
{
  static const gdouble means[] = { 0.01, 0.05, 0.10 };

  for (guint i = 0; i < G_N_ELEMENTS (means); i++) {
    SimWorldConfig config = { .seed = GPOINTER_TO_UINT (data), .latency = 2 * GST_SECOND };
    SimLink link = { .delay = 25 * MS, .burst_stop = 0.2, .burst_loss = 1 };
    RtcInboundStats stats;
    Rig rig;

    link.burst_start = link.burst_stop * means[i] / (1 - means[i]);
    rig_init (&rig, &config, &link);
    rig_run (&rig, 60 * GST_SECOND);
    rig_drain (&rig);
    rig_video_stats (&rig, &stats);
    g_test_message ("mean %.0f %%: %u packets repaired, %u pictures missing", means[i] * 100,
        (guint) stats.retransmitted_packets_received, (guint) rig_missing (&rig));
    g_assert_cmpuint (stats.retransmitted_packets_received, >, 18000 * means[i] / 2);
    g_assert_cmpuint (rig_missing (&rig), ==, 0);
    g_assert_cmpuint (rig.call->viewer.repeats, ==, 0);
    rig_clear (&rig);
  }
}

/* --- A28: jitter 30 ms, 5 % reordered by 10, 10 % duplicated: nothing lost, nothing twice,
 * at most 1 % of the packets asked for needlessly ------------------------------------------------
 */

static void
test_disorder (gconstpointer data)
{
  static const SimLink links[] = {
    { .delay = 25 * MS, .jitter = 30 * MS, .hold = 0.05, .hold_depth = 10, .duplicate = 0.1 },
    { .delay = 25 * MS,
        .jitter = 30 * MS,
        .overtake = 0.05,
        .overtake_depth = 10,
        .duplicate = 0.1 },
    { .delay = 25 * MS, .jitter = 30 * MS, .reorder = TRUE, .duplicate = 0.1 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (links); i++) {
    SimWorldConfig config = { .seed = GPOINTER_TO_UINT (data), .latency = 500 * MS };
    RtcInboundStats stats;
    SimNetStats net;
    Rig rig;

    rig_init (&rig, &config, &links[i]);
    rig_run (&rig, 60 * GST_SECOND);
    rig_drain (&rig);
    rig_video_stats (&rig, &stats);
    sim_net_get_stats (rig.call->net, SIM_A_TO_B, &net);
    g_test_message ("link %u: %u reordered, %u duplicated, %u of %u asked for needlessly", i,
        (guint) (stats.packets_reordered + stats.nack_needless), (guint) stats.packets_duplicated,
        (guint) stats.nack_needless, (guint) stats.packets_received);
    g_assert_cmpuint (net.duplicated, >, 1500);
    g_assert_cmpuint (stats.packets_duplicated, >, 1500);
    g_assert_cmpuint (stats.packets_reordered, >, 300);
    g_assert_cmpuint (rig_missing (&rig), ==, 0);
    g_assert_cmpuint (rig.call->viewer.repeats, ==, 0);
    /* Nothing was lost, so every request was needless. */
    g_assert_cmpuint (stats.nack_requested, <=, stats.packets_received / 100);
    g_assert_cmpuint (stats.pli_count, ==, 0);
    rig_clear (&rig);
  }
}

/* --- A33: nothing passes either way for a while --------------------------------------------------
 */

static void
test_outages (gconstpointer data)
{
  static const struct {
    GstClockTime outage, back;
  } cases[] = {
    { 500 * MS, 1 * GST_SECOND },
    { 5 * GST_SECOND, 2 * GST_SECOND },
    { 20 * GST_SECOND, 3 * GST_SECOND },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    SimWorldConfig config = { .seed = GPOINTER_TO_UINT (data), .latency = 500 * MS };
    SimLink link = { .delay = 25 * MS, .loss = 0.01 };
    GstClockTime from = 10 * GST_SECOND, to = from + cases[i].outage, back;
    guint64 frame;
    Rig rig;

    rig_init (&rig, &config, &link);
    sim_net_add_blackhole (rig.call->net, SIM_A_TO_B, from, to);
    sim_net_add_blackhole (rig.call->net, SIM_B_TO_A, from, to);
    sim_world_run (rig.world, to);
    frame = sim_world_get_frames (rig.world);
    /* Video is back when a decoder can go on: by a key frame, or as nothing is missing. */
    do
      rig_run (&rig, 10 * MS);
    while (rig.call->viewer.last_key_complete < to
           && (rig.call->viewer.last_frame < frame
               || sim_call_count_complete (
                      rig.call, rig.call->viewer.first_frame, rig.call->viewer.last_frame)
                      < rig.call->viewer.last_frame - rig.call->viewer.first_frame)
           && sim_world_now (rig.world) < to + 30 * GST_SECOND);
    back = sim_world_now (rig.world) - to;
    g_test_message ("outage of %.1f s: video back after %.2f s",
        (gdouble) cases[i].outage / GST_SECOND, (gdouble) back / GST_SECOND);
    g_assert_cmpuint (back, <=, cases[i].back);
    rig_run (&rig, 5 * GST_SECOND);
    g_assert_cmpint (rtc_peer_get_state (rig.call->peers[VIEWER]), ==, RTC_PEER_STATE_CONNECTED);
    g_assert_cmpuint (rig.call->viewer.last_frame + 15, >=, sim_world_get_frames (rig.world));
    g_assert_cmpuint (rig.call->viewer.repeats, ==, 0);
    rig_clear (&rig);
  }
}

/* --- wraps, pauses, SSRCs ------------------------------------------------------------------------
 */

/* Ten turns of the sequence numbers, a fifth of all packets lost on the way. */
static void
test_wraps (gconstpointer data)
{
  SimWorldConfig config = { .seed = GPOINTER_TO_UINT (data),
    .packets_per_frame = 60,
    .fps = 60,
    .first_seq = 65000,
    .latency = 2 * GST_SECOND };
  SimLink link = { .delay = 20 * MS, .loss = 0.2 };
  RtcInboundStats stats;
  Rig rig;

  rig_init (&rig, &config, &link);
  rig_run (&rig, 185 * GST_SECOND);
  rig_drain (&rig);
  rig_video_stats (&rig, &stats);
  g_assert_cmpuint (sim_world_get_frames (rig.world) * config.packets_per_frame, >, 655360);
  g_test_message ("%u packets, %u repaired, %u given up, %u of %u pictures missing, %u key frames",
      (guint) stats.packets_received, (guint) stats.retransmitted_packets_received,
      (guint) stats.nack_given_up, (guint) rig_missing (&rig),
      (guint) sim_world_get_frames (rig.world), (guint) sim_world_get_key_frames (rig.world));
  /* Ten requests fail together once in 30 000 losses: 0.36^10. */
  g_assert_cmpuint (rig_missing (&rig), <=, sim_world_get_frames (rig.world) / 500);
  g_assert_cmpuint (stats.nack_given_up, <=, 30);
  g_assert_cmpuint (stats.nack_needless, ==, 0);
  g_assert_cmpuint (rig.call->viewer.repeats, ==, 0);
  rig_clear (&rig);
}

static void
test_pause (gconstpointer data)
{
  SimWorldConfig config = { .seed = GPOINTER_TO_UINT (data) };
  SimLink link = { .delay = 25 * MS, .loss = 0.05 };
  RtcInboundStats before, after;
  guint64 frames;
  Rig rig;

  rig_init (&rig, &config, &link);
  rig_run (&rig, 10 * GST_SECOND);
  rig_drain (&rig);
  rig_video_stats (&rig, &before);
  rig_run (&rig, 57 * GST_SECOND);
  rig_video_stats (&rig, &after);
  /* Silence is no loss. */
  g_assert_cmpuint (after.nack_requested, ==, before.nack_requested);
  g_assert_cmpuint (after.pli_count, ==, before.pli_count);
  frames = sim_world_get_frames (rig.world);
  sim_world_set_paused (rig.world, FALSE);
  rig_run (&rig, 500 * MS);
  g_assert_cmpuint (sim_call_count_complete (rig.call, frames, frames + 8), ==, 8);
  rig_run (&rig, 10 * GST_SECOND);
  rig_drain (&rig);
  g_assert_cmpuint (rig_missing (&rig), ==, 0);
  g_assert_cmpuint (rig.call->viewer.repeats, ==, 0);
  g_assert_cmpuint (rig.call->viewer.stream_ends, ==, 0);
  rig_video_stats (&rig, &after);
  g_assert_cmpuint (after.pli_count, ==, 0);
  rig_clear (&rig);
}

/* The sender goes on under other numbers, as after a restart, and says nothing of it. */
static void
change_ssrcs (Rig *self)
{
  RtcSendStream *send = &rtc_peer_section (self->call->peers[SENDER], self->call->video)->send;

  send->config.rewrite.ssrc += 1000;
  send->config.rewrite.rtx_ssrc += 1000;
  send->rewrite.config.ssrc = send->config.rewrite.ssrc;
  send->rewrite.config.rtx_ssrc = send->config.rewrite.rtx_ssrc;
  send->peer_knows_mid = FALSE;
}

static void
test_ssrc_change (gconstpointer data)
{
  SimWorldConfig config = { .seed = GPOINTER_TO_UINT (data) };
  SimLink link = { .delay = 25 * MS, .loss = 0.05 };
  guint64 changed, lost_around;
  Rig rig;

  rig_init (&rig, &config, &link);
  rig_run (&rig, 10 * GST_SECOND);
  changed = sim_world_get_frames (rig.world);
  change_ssrcs (&rig);
  rig_run (&rig, 20 * GST_SECOND);
  rig_drain (&rig);
  lost_around = 60 - sim_call_count_complete (rig.call, changed - 30, changed + 30);
  g_test_message ("%u pictures missing around the change, %u in all", (guint) lost_around,
      (guint) rig_missing (&rig));
  /* What was under way under the old number cannot be asked for any more; and repairs under the
   * new one are not believed until the old one is silent. */
  g_assert_cmpuint (lost_around, <=, 10);
  g_assert_cmpuint (rig_missing (&rig), ==, lost_around);
  g_assert_cmpuint (rig.call->viewer.repeats, ==, 0);
  rig_clear (&rig);
}

/* A sender that does not follow meets a link that is a third of its rate for three seconds. What is
 * lost then is too much to be asked for: hardly any request, and few for key frames, which would be
 * lost as well; and once there is room again all is well within a second. */
static void
test_narrow_link (gconstpointer data)
{
  SimWorldConfig config = { .seed = GPOINTER_TO_UINT (data),
    .packets_per_frame = 5,
    .payload_bytes = 1000,
    .latency = 500 * MS };
  SimLink wide = { .delay = 25 * MS, .queue = 300 * MS, .rate_bps = 4000000 };
  SimLink narrow = { .delay = 25 * MS, .queue = 300 * MS, .rate_bps = 400000 };
  RtcInboundStats before, after;
  guint64 frames;
  Rig rig;

  rig_init (&rig, &config, &wide);
  rig_run (&rig, 10 * GST_SECOND);
  rig_video_stats (&rig, &before);
  g_assert_cmpuint (before.nack_requested, ==, 0);
  sim_net_set_link (rig.call->net, SIM_A_TO_B, &narrow);
  rig_run (&rig, 3 * GST_SECOND);
  sim_net_set_link (rig.call->net, SIM_A_TO_B, &wide);
  frames = sim_world_get_frames (rig.world);
  rig_run (&rig, 10 * GST_SECOND);
  rig_drain (&rig);
  rig_video_stats (&rig, &after);
  g_test_message (
      "%u requests, %u times too costly, %u given up, %u PLIs, %u pictures missing later",
      (guint) after.nack_requested, (guint) after.nack_too_costly, (guint) after.nack_given_up,
      (guint) after.pli_count,
      (guint) (300 - sim_call_count_complete (rig.call, frames, frames + 300)));
  g_assert_cmpuint (after.nack_too_costly, >=, 1);
  g_assert_cmpuint (after.nack_requested, <=, 150);
  g_assert_cmpuint (after.pli_count, >=, 1);
  g_assert_cmpuint (after.pli_count, <=, 10);
  g_assert_cmpuint (sim_call_count_complete (rig.call, frames + 30, frames + 290), ==, 260);
  g_assert_cmpuint (rig.call->viewer.last_key_complete, !=, 0);
  rig_clear (&rig);
}

int
main (int argc, char **argv)
{
  static const struct {
    const gchar *name;
    void (*run) (gconstpointer data);
    guint n_seeds;
  } tests[] = {
    { "random-loss", test_random_loss, N_SEEDS },
    { "bursts", test_bursts, N_SEEDS },
    { "disorder", test_disorder, N_SEEDS },
    { "outages", test_outages, N_SEEDS },
    { "wraps", test_wraps, N_OTHER_SEEDS },
    { "pause", test_pause, N_OTHER_SEEDS },
    { "ssrc-change", test_ssrc_change, N_OTHER_SEEDS },
    { "narrow-link", test_narrow_link, N_OTHER_SEEDS },
  };

  g_test_init (&argc, &argv, NULL);
  gst_init (NULL, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (tests); i++) {
    for (guint seed = 1; seed <= sim_get_n_seeds (tests[i].n_seeds); seed++) {
      gchar *path = g_strdup_printf ("/sim/receive-path/%s/%u", tests[i].name, seed);

      g_test_add_data_func (path, GUINT_TO_POINTER (seed), tests[i].run);
      g_free (path);
    }
  }
  return g_test_run ();
}
