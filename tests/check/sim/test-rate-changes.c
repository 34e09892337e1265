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
    .bitrate = { 50000, START, MAXIMUM },
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
  return g_test_run ();
}
