/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* test-ladder.c - three encodings of one picture, many viewers with wide links and one with a
 * narrow one: it gets what its link carries, and hardly a pause; the others lose nothing. As
 * webrtcsink does it: each viewer's share is its target without sound and headers, and goes through
 * rtc-rung-choice. */
#include "sim-seeds.h"
#include "sim-world.h"

#include "gst/rtc/cc/rtc-rung-choice.h"

#define MS GST_MSECOND
#define S GST_SECOND
#define SEEDS 2
#define CROWD_SEEDS 1
#define N_FAST 100
#define N_RUNGS 3
#define TICK (50 * MS) /* how often shares are looked at */

#define PAYLOAD 700
#define FPS 30
/* Packets of a frame. */
static const guint packets[N_RUNGS] = { 11, 3, 1 };

typedef struct {
  SimWorld *world;
  SimCall *calls[N_FAST + 1]; /* the last one is slow */
  RtcRungChoice choices[N_FAST + 1];
} Rig;

static const SimLink wide = { .delay = 20 * MS, .rate_bps = 5000000, .queue = 200 * MS };
static const SimLink narrow = { .delay = 20 * MS, .rate_bps = 300000, .queue = 200 * MS };

static SimCall *
add_call (Rig *self, const SimLink *link)
{
  SimCall *call = sim_world_add_call (self->world, link);
  GError *error = NULL;

  sim_call_negotiate (call, TRUE, NULL, &error);
  g_assert_no_error (error);
  return call;
}

static void
rig_init (Rig *self, guint64 seed)
{
  SimWorldConfig config = { .seed = seed,
    .transport_cc = TRUE,
    .fps = FPS,
    .payload_bytes = PAYLOAD,
    .packets_per_frame = packets[0],
    .n_rungs = N_RUNGS - 1,
    .rung_packets = { packets[1], packets[2] },
    .bitrate = { 50000, 2500000, 6000000 },
    .latency = 300 * MS };

  *self = (Rig){ .world = sim_world_new (&config) };
  for (guint i = 0; i <= N_FAST; i++)
    rtc_rung_choice_init (&self->choices[i]);
}

/* Headers and sound off. */
static guint64
share_of (const SimCall *call)
{
  gdouble sound = (SIM_AUDIO_BYTES + 76) * 8 * 50;

  return (guint64) (MAX ((gdouble) call->target_bps - sound, 1) * PAYLOAD / (PAYLOAD + 76));
}

static void
choose (Rig *self, guint i)
{
  /* What it makes is what it makes: the source of the simulation follows nobody. */
  static const RtcRung rungs[N_RUNGS] = { { 11 * PAYLOAD * 8 * FPS, TRUE, 0 },
    { 3 * PAYLOAD * 8 * FPS, TRUE, 0 }, { PAYLOAD * 8 * FPS, TRUE, 0 } };
  SimCall *call = self->calls[i];
  RtcRungPlace place;

  if (call == NULL || call->target_bps == 0)
    return;
  if (rtc_rung_choice_update (
          &self->choices[i], sim_world_now (self->world), rungs, N_RUNGS, share_of (call), &place))
    rtc_peer_attach_next (call->peers[0], sim_world_now (self->world), call->video,
        sim_world_get_rung (self->world, place.rung), place.hurry);
}

static void
rig_run (Rig *self, GstClockTime until)
{
  for (GstClockTime at = sim_world_now (self->world) + TICK; at <= until; at += TICK) {
    sim_world_run (self->world, at);
    for (guint i = 0; i <= N_FAST; i++)
      choose (self, i);
  }
}

/* Of frames from..to-1. */
static GstClockTime
longest_pause (const SimCall *call, guint64 from, guint64 to, guint64 *n_shown)
{
  SimViewerPause pause;

  sim_viewer_find_pause (&call->viewer, from, to, GST_CLOCK_TIME_NONE, &pause);
  *n_shown = pause.n_shown;
  return pause.longest;
}

static void
check_fast (Rig *self, guint64 from, guint64 to)
{
  for (guint i = 0; i < N_FAST; i++) {
    g_assert_cmpuint (self->choices[i].n_changes, ==, 0);
    g_assert_cmpuint (self->choices[i].rung, ==, 0);
    for (guint64 f = from; f < to; f++)
      g_assert_cmpuint (g_array_index (self->calls[i]->viewer.completed, GstClockTime, f), !=, 0);
  }
}

/* A39: one behind 300 kbit/s comes to those behind 5 Mbit/s. */
static void
test_crowd (void)
{
  for (guint seed = 1; seed <= sim_get_n_seeds (CROWD_SEEDS); seed++) {
    GstClockTime pause, came = 4 * S;
    guint64 n_shown, keys, first;
    Rig rig;

    rig_init (&rig, seed);
    for (guint i = 0; i < N_FAST; i++)
      rig.calls[i] = add_call (&rig, &wide);
    rig_run (&rig, came);
    keys = sim_world_get_key_frames (rig.world);
    first = sim_world_get_frames (rig.world);
    rig.calls[N_FAST] = add_call (&rig, &narrow);
    rig_run (&rig, came + 3 * S);
    g_assert_cmpuint (rig.choices[N_FAST].rung, ==, 2);
    rig_run (&rig, came + 12 * S);
    g_assert_cmpuint (rig.choices[N_FAST].rung, ==, 2);
    pause =
        longest_pause (rig.calls[N_FAST], first, sim_world_get_frames (rig.world) - FPS, &n_shown);
    g_test_message ("seed %u: %u changes, %u pictures, longest pause %u ms, %u key frames for the "
                    "others",
        seed, (guint) rig.choices[N_FAST].n_changes, (guint) n_shown, (guint) (pause / MS),
        (guint) (sim_world_get_key_frames (rig.world) - keys));
    g_assert_cmpuint (pause, <=, 500 * MS);
    /* One for its arrival, one that it asks for while it is still with them. */
    g_assert_cmpuint (sim_world_get_key_frames (rig.world) - keys, <=, 2);
    check_fast (&rig, FPS, sim_world_get_frames (rig.world) - FPS);
    sim_world_free (rig.world);
  }
}

/* A link that gets narrow, and wide again. */
static void
test_fall (void)
{
  for (guint seed = 1; seed <= sim_get_n_seeds (SEEDS); seed++) {
    GstClockTime pause;
    guint64 n_shown, first;
    Rig rig;

    rig_init (&rig, seed);
    rig.calls[0] = add_call (&rig, &wide);
    rig_run (&rig, 6 * S);
    g_assert_cmpuint (rig.choices[0].rung, ==, 0);
    first = sim_world_get_frames (rig.world);
    sim_net_set_both (rig.calls[0]->net, &narrow);
    rig_run (&rig, 9 * S);
    g_assert_cmpuint (rig.choices[0].rung, ==, 2);
    rig_run (&rig, 14 * S);
    sim_net_set_both (rig.calls[0]->net, &wide);
    rig_run (&rig, 44 * S);
    g_assert_cmpuint (rig.choices[0].rung, ==, 0);
    pause =
        longest_pause (rig.calls[0], first - FPS, sim_world_get_frames (rig.world) - FPS, &n_shown);
    g_test_message ("seed %u: %u changes, %u pictures, longest pause %u ms", seed,
        (guint) rig.choices[0].n_changes, (guint) n_shown, (guint) (pause / MS));
    g_assert_cmpuint (pause, <=, 500 * MS);
    sim_world_free (rig.world);
  }
}

/* A link that becomes wide while the lowest rung is at its best, which is two thirds of the target:
 * what more there is is looked for, and the best rung is there soon. */
static void
test_wider (void)
{
  for (guint seed = 1; seed <= sim_get_n_seeds (SEEDS); seed++) {
    GstClockTime came = 0;
    guint64 n_changes;
    Rig rig;

    rig_init (&rig, seed);
    rig.calls[0] = add_call (&rig, &narrow);
    rig_run (&rig, 8 * S);
    g_assert_cmpuint (rig.choices[0].rung, ==, 2);
    n_changes = rig.choices[0].n_changes;
    sim_net_set_both (rig.calls[0]->net, &wide);
    while (rig.choices[0].rung != 0 && sim_world_now (rig.world) < 28 * S)
      rig_run (&rig, sim_world_now (rig.world) + TICK);
    came = sim_world_now (rig.world) - 8 * S;
    rig_run (&rig, 40 * S);
    g_test_message ("seed %u: the best rung after %u ms, %u changes", seed, (guint) (came / MS),
        (guint) (rig.choices[0].n_changes - n_changes));
    g_assert_cmpuint (came, <, 20 * S);
    g_assert_cmpuint (rig.choices[0].rung, ==, 0);
    g_assert_cmpuint (rig.choices[0].n_changes - n_changes, <=, 2);
    sim_world_free (rig.world);
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  gst_init (NULL, NULL);
  g_test_add_func ("/sim/ladder/crowd", test_crowd);
  g_test_add_func ("/sim/ladder/fall", test_fall);
  g_test_add_func ("/sim/ladder/wider", test_wider);
  return g_test_run ();
}
