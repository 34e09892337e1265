/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* test-ladder-joins.c - a viewer behind 300 kbit/s joins another one, where the encodings were made
 * beforehand: none follows its viewers, and key frames are as long as they are, ten times as long
 * as others and more, so that the last rung's takes up to half a second of what the path carries.
 * How long it takes to the first picture, and how long a picture then stands still. */
#include "sim-seeds.h"
#include "sim-world.h"

#include "gst/rtc/cc/rtc-rung-choice.h"

#define MS GST_MSECOND
#define S GST_SECOND
#define SEEDS 20
#define N_RUNGS 3
#define N_LOOP 60
#define FPS 30
#define PAYLOAD 600
#define OVERHEAD 76
#define MOST_PACKETS 64
#define TICK (20 * MS) /* how often the share is looked at */
#define WATCHED (12 * S)

#define FIRST_PICTURE (1500 * MS)

static const SimLink wide = { .delay = 20 * MS, .rate_bps = 5000000, .queue = 300 * MS };
static const SimLink narrow = { .delay = 20 * MS, .rate_bps = 300000, .queue = 300 * MS };

/* Packets of a frame. */
static const guint8 packets[N_RUNGS] = { 11, 3, 1 };

typedef struct {
  guint64 start_bps;
  guint key_frame;      /* as long as so many frames */
  GstClockTime longest; /* no longer than that without a new picture */
} Case;

typedef struct {
  SimWorld *world;
  guint8 loops[N_RUNGS][N_LOOP];
  RtcRung rungs[N_RUNGS];
  RtcRungChoice choice;
} Rig;

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
rig_init (Rig *self, const Case *what, guint64 seed)
{
  SimWorldConfig config = { .seed = seed,
    .transport_cc = TRUE,
    .fps = FPS,
    .payload_bytes = PAYLOAD,
    .n_rungs = N_RUNGS - 1,
    .rung_packets = { 1, 1 },
    .bitrate = { 50000, what->start_bps, 5000000 },
    .key_frame_interval = 300 * MS };

  *self = (Rig){ .world = sim_world_new (&config) };
  rtc_rung_choice_init (&self->choice);
  for (guint i = 0; i < N_RUNGS; i++) {
    SimEncoding *encoding = sim_world_get_encoding (self->world, i);
    guint8 key_frame = (guint8) MIN (what->key_frame * packets[i], MOST_PACKETS);
    guint n = key_frame + (N_LOOP - 1) * packets[i];

    memset (self->loops[i], packets[i], N_LOOP);
    self->loops[i][0] = key_frame;
    encoding->loop = self->loops[i];
    encoding->n_loop = N_LOOP;
    self->rungs[i] = (RtcRung){ n * PAYLOAD * 8 * FPS / N_LOOP, TRUE, 0 };
  }
}

/* Headers and sound off, as webrtcsink divides it. */
static guint64
share_of (const SimCall *call)
{
  gdouble sound = (SIM_AUDIO_BYTES + OVERHEAD) * 8 * 50;

  return (guint64) (MAX ((gdouble) call->target_bps - sound, 1) * PAYLOAD / (PAYLOAD + OVERHEAD)
                    / (1 + call->repair));
}

static void
choose (Rig *self, SimCall *call)
{
  GstClockTime now = sim_world_now (self->world);
  RtcRungPlace place;

  if (call->target_bps > 0
      && rtc_rung_choice_update (&self->choice, now, self->rungs, N_RUNGS, share_of (call), &place))
    rtc_peer_attach_next (call->peers[0], now, call->video,
        sim_world_get_rung (self->world, place.rung), place.hurry);
}

static void
run_join (const Case *what, guint64 seed, GstClockTime *first, SimViewerPause *pause)
{
  /* Anywhere in a loop. */
  GstClockTime came = 4 * S + seed * 137 * MS;
  SimCall *joiner;
  Rig rig;

  rig_init (&rig, what, seed);
  add_call (&rig, &wide);
  sim_world_run (rig.world, came);
  joiner = add_call (&rig, &narrow);
  *first = GST_CLOCK_TIME_NONE;
  for (GstClockTime at = came + TICK; at <= came + WATCHED; at += TICK) {
    sim_world_run (rig.world, at);
    choose (&rig, joiner);
    if (*first == GST_CLOCK_TIME_NONE && joiner->viewer.key_frames_complete > 0)
      *first = joiner->viewer.last_key_complete - came;
  }
  sim_viewer_find_pause (&joiner->viewer, 0, G_MAXUINT64, GST_CLOCK_TIME_NONE, pause);
  /* Nor in the end. */
  pause->longest = MAX (pause->longest, came + WATCHED - pause->last);
  g_test_message ("seed %u: first picture after %u ms, then %u pictures, %u ms without one from %d "
                  "ms on; rung %u, %u changes",
      (guint) seed, (guint) (*first / MS), (guint) pause->n_shown, (guint) (pause->longest / MS),
      (gint) (((gint64) pause->begin - (gint64) came) / (gint64) MS), rig.choice.rung,
      (guint) rig.choice.n_changes);
  g_assert_cmpuint (rig.choice.rung, ==, N_RUNGS - 1);
  sim_world_free (rig.world);
}

static void
test_join (gconstpointer data)
{
  const Case *what = data;
  GstClockTime latest = 0, longest = 0;
  guint n_bad = 0;

  for (guint64 seed = 1; seed <= sim_get_n_seeds (SEEDS); seed++) {
    SimViewerPause pause;
    GstClockTime first;

    run_join (what, seed, &first, &pause);
    latest = MAX (latest, first);
    longest = MAX (longest, pause.longest);
    n_bad += pause.longest > what->longest;
  }
  g_test_message ("worst: first picture after %u ms, %u ms without one; %u too long",
      (guint) (latest / MS), (guint) (longest / MS), n_bad);
  g_assert_cmpuint (latest, <=, FIRST_PICTURE);
  g_assert_cmpuint (longest, <=, what->longest);
}

int
main (int argc, char **argv)
{
  /* What is behind the longest ones is dropped for their sake, and a further one asked for. */
  static const Case cases[] = { { 1000000, 10, 400 * MS }, { 1000000, 14, 750 * MS },
    { 1000000, 18, 750 * MS }, { 2500000, 10, 400 * MS }, { 2500000, 18, 750 * MS } };

  g_test_init (&argc, &argv, NULL);
  gst_init (NULL, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autofree gchar *path = g_strdup_printf ("/sim/ladder-joins/start-%u/key-frame-of-%u",
        (guint) (cases[i].start_bps / 1000), cases[i].key_frame);

    g_test_add_data_func (path, &cases[i], test_join);
  }
  return g_test_run ();
}
