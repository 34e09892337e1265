/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* test-rate-changes.c - whole calls in which the ground of the rate changes: ICE takes another
 * path, or feedback that was agreed on does not come. */
#include "gst/rtc/rtp/rtc-demux.h"
#include "sim-seeds.h"
#include "sim-show.h"

#include "gst/rtc/rtcp/rtc-rtcp-twcc.h"

enum { SENDER, VIEWER };

#define MS GST_MSECOND
#define S GST_SECOND
#define SEEDS 5
#define SRTCP_TRAILER 20
#define MINIMUM 50000
#define START 1000000
#define MAXIMUM 4000000

typedef struct {
  SimWorld *world;
  SimCall *call;
} Rig;

static void
rig_init (Rig *self, guint64 seed, const SimLink *link)
{
  SimWorldConfig config = { .seed = seed,
    .transport_cc = TRUE,
    .follows = TRUE,
    .payload_bytes = 1000,
    .bitrate = { MINIMUM, START, MAXIMUM },
    .latency = 300 * MS };
  GError *error = NULL;

  self->world = sim_world_new (&config);
  self->call = sim_world_add_call (self->world, link);
  sim_call_negotiate (self->call, TRUE, NULL, &error);
  g_assert_no_error (error);
}

static guint64
rig_target (Rig *self, GstClockTime at)
{
  sim_world_run (self->world, at);
  return self->call->target_bps;
}

/* Of each 100 ms. */
static guint64
rig_mean_target (Rig *self, GstClockTime from, GstClockTime to)
{
  guint64 sum = 0;
  guint n = 0;

  for (GstClockTime at = from; at < to; at += 100 * MS, n++)
    sum += rig_target (self, at);
  return sum / n;
}

static void
rig_stats (Rig *self, RtcPeerStats *out)
{
  rtc_peer_get_stats (self->call->peers[SENDER], sim_world_now (self->world), out);
}

/* --- another path ------------------------------------------------------------------------------
 */

typedef struct {
  const gchar *name;
  SimLink before, after;
  guint64 least, most; /* of the target from 4 to 10 s later, on average */
} PathCase;

static const PathCase path_cases[] = {
  /* Ten times the way is no queue. */
  { "farther", { .delay = 10 * MS, .rate_bps = 2500000, .queue = 300 * MS },
      { .delay = 110 * MS, .rate_bps = 2500000, .queue = 300 * MS }, 1800000, 2700000 },
  { "narrower", { .delay = 25 * MS, .rate_bps = 3500000, .queue = 300 * MS },
      { .delay = 25 * MS, .rate_bps = 600000, .queue = 300 * MS }, 400000, 680000 },
  { "wider", { .delay = 25 * MS, .rate_bps = 500000, .queue = 300 * MS },
      { .delay = 25 * MS, .rate_bps = 3500000, .queue = 300 * MS }, 2500000, 3700000 },
};

/* Not by a restart: the agent finds a better pair, or a peer moves. */
static void
test_path (gconstpointer data)
{
  const PathCase *one = data;

  for (guint seed = 1; seed <= sim_get_n_seeds (SEEDS); seed++) {
    guint64 before, at_once, after;
    RtcPeerStats stats;
    SimShow show;
    Rig rig;

    rig_init (&rig, seed, &one->before);
    before = rig_target (&rig, 15 * S);
    rig_stats (&rig, &stats);
    g_assert_cmpuint (stats.pair_changes, ==, 1);
    rtc_peer_stats_clear (&stats);
    sim_net_set_both (rig.call->net, &one->after);
    rig.call->delay = one->after.delay;
    fake_ice_set_net (rig.call->ice[SENDER].last, rig.call->net, SIM_A_TO_B);
    rtc_peer_handle_backends (rig.call->peers[SENDER], sim_world_now (rig.world));
    at_once = rig_target (&rig, 15 * S + 60 * MS);
    after = rig_mean_target (&rig, 19 * S, 25 * S);
    sim_world_run (rig.world, 28 * S);
    sim_show_judge (rig.call, 16 * S, 25 * S, 300 * MS, &show);
    g_test_message ("seed %u: %u, then %u, after some seconds %u kbit/s; longest freeze %u ms",
        seed, (guint) (before / 1000), (guint) (at_once / 1000), (guint) (after / 1000),
        (guint) (show.longest_freeze / MS));
    rig_stats (&rig, &stats);
    g_assert_cmpuint (stats.pair_changes, ==, 2);
    rtc_peer_stats_clear (&stats);
    g_assert_cmpuint (at_once, <=, START);
    g_assert_cmpuint (at_once, <=, before * 11 / 10);
    g_assert_cmpuint (after, >=, one->least);
    g_assert_cmpuint (after, <=, one->most);
    g_assert_cmpuint (show.longest_freeze, <=, 500 * MS);
    sim_world_free (rig.world);
  }
}

/* --- feedback that does not come -----------------------------------------------------------------
 */

typedef struct {
  GstClockTime from, to; /* when no TWCC message arrives */
  gboolean is_all;       /* nor any other RTCP */
} Gap;

static gboolean
gap_tap (gpointer user_data, GstClockTime now, SimDir dir, const guint8 *data, gsize len)
{
  const Gap *gap = user_data;
  RtcTwccFeedback feedback;
  RtcRtcpPacket packet;
  RtcRtcpWalk walk;
  gboolean has_twcc = FALSE;

  if (dir != SIM_B_TO_A || now < gap->from || now >= gap->to
      || rtc_demux_classify (data, len) != RTC_DEMUX_RTCP)
    return FALSE;
  rtc_rtcp_walk_init (&walk, data, len - SRTCP_TRAILER, 64);
  while (rtc_rtcp_walk_next (&walk, &packet))
    has_twcc |= rtc_rtcp_twcc_parse (&packet, &feedback) == RTC_OK;
  return has_twcc || gap->is_all;
}

static void
gap_init (Gap *self, Rig *rig, guint64 seed)
{
  SimLink link = { .delay = 25 * MS, .rate_bps = 2500000, .queue = 200 * MS };

  rig_init (rig, seed, &link);
  sim_net_set_tap (rig->call->net, gap_tap, self);
}

static void
assert_controller (Rig *rig, const gchar *name, guint fallbacks)
{
  RtcPeerStats stats;

  rig_stats (rig, &stats);
  g_assert_cmpstr (stats.rate.controller, ==, name);
  g_assert_cmpuint (stats.rate.cc.fallbacks, ==, fallbacks);
  rtc_peer_stats_clear (&stats);
}

/* A peer that agreed to transport-cc and never sends any, but reports: its rate is found by loss.
 */
static void
test_never (void)
{
  for (guint seed = 1; seed <= sim_get_n_seeds (SEEDS); seed++) {
    Gap gap = { 0, GST_CLOCK_TIME_NONE, FALSE };
    guint64 after, least = G_MAXUINT64;
    SimShow show;
    Rig rig;

    gap_init (&gap, &rig, seed);
    for (GstClockTime at = 4 * S; at < 20 * S; at += 100 * MS)
      least = MIN (least, rig_target (&rig, at));
    after = rig_mean_target (&rig, 30 * S, 40 * S);
    sim_world_run (rig.world, 43 * S);
    sim_show_judge (rig.call, 5 * S, 40 * S, 300 * MS, &show);
    g_test_message ("seed %u: %u kbit/s at least, then %u; longest freeze %u ms", seed,
        (guint) (least / 1000), (guint) (after / 1000), (guint) (show.longest_freeze / MS));
    assert_controller (&rig, "remb", 1);
    g_assert_cmpuint (least, >=, START);
    g_assert_cmpuint (after, >=, 1500000);
    g_assert_cmpuint (after, <=, 3500000);
    sim_world_free (rig.world);
  }
}

/* It stops, as behind a middle box that has changed its mind, and comes back. */
static void
test_stops (void)
{
  for (guint seed = 1; seed <= sim_get_n_seeds (SEEDS); seed++) {
    Gap gap = { 15 * S, 30 * S, FALSE };
    guint64 before, without, after;
    Rig rig;

    gap_init (&gap, &rig, seed);
    before = rig_mean_target (&rig, 10 * S, 15 * S);
    assert_controller (&rig, "gcc", 0);
    rig_target (&rig, 19 * S);
    assert_controller (&rig, "remb", 1);
    without = rig_mean_target (&rig, 19 * S, 30 * S);
    rig_target (&rig, 31 * S);
    assert_controller (&rig, "gcc", 1);
    after = rig_mean_target (&rig, 33 * S, 40 * S);
    g_test_message ("seed %u: %u, %u, %u kbit/s", seed, (guint) (before / 1000),
        (guint) (without / 1000), (guint) (after / 1000));
    g_assert_cmpuint (without, >=, before / 2);
    g_assert_cmpuint (after, >=, 1800000);
    g_assert_cmpuint (after, <=, 2700000);
    sim_world_free (rig.world);
  }
}

/* A40: no RTCP at all is something else: the path may be gone. */
static void
test_silence (void)
{
  Gap gap = { 15 * S, 25 * S, TRUE };
  Rig rig;

  gap_init (&gap, &rig, 1);
  rig_target (&rig, 18 * S);
  g_assert_cmpuint (rig.call->target_bps, ==, MINIMUM);
  g_assert_cmpuint (rig_target (&rig, 25 * S), ==, MINIMUM);
  assert_controller (&rig, "gcc", 0);
  g_assert_cmpuint (rig_target (&rig, 30 * S), >=, START);
  assert_controller (&rig, "gcc", 0);
  sim_world_free (rig.world);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  gst_init (NULL, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (path_cases); i++) {
    gchar *path = g_strdup_printf ("/sim/rate-changes/path/%s", path_cases[i].name);

    g_test_add_data_func (path, &path_cases[i], test_path);
    g_free (path);
  }
  g_test_add_func ("/sim/rate-changes/feedback/never", test_never);
  g_test_add_func ("/sim/rate-changes/feedback/stops", test_stops);
  g_test_add_func ("/sim/rate-changes/feedback/silence", test_silence);
  return g_test_run ();
}
