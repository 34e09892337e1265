/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* test-ladder-falls.c - how long a viewer's picture stands still when its link becomes narrow all
 * at once: every fall, distance, encoder and phase of these.
 *
 * Encoders are as webrtcsink's: what nobody gets is not encoded, one that is needed takes a while
 * to begin, key frames are five times as long as others, and each follows the share of its viewer
 * within its rung's range. */
#include "sim-seeds.h"
#include "sim-world.h"

#include "gst/rtc/cc/rtc-rung-choice.h"

#define MS GST_MSECOND
#define S GST_SECOND
#define SEEDS 4
#define N_RUNGS 3
#define FPS 30
#define PAYLOAD 550
#define OVERHEAD 76
#define KEY_FRAME 4.5
#define WAKE 0.7

/* As in gstrtcbasesinkrates.c: what changes is looked at so long after, and so often besides. */
#define GATHER (20 * MS)
#define TICK (250 * MS)
#define STEP (5 * MS)

/* No longer than that without a new picture. */
#define LONGEST_PAUSE (500 * MS)

static const guint64 nominal[N_RUNGS] = { 1200000, 500000, 150000 };

typedef struct {
  guint64 from_bps, to_bps;
  GstClockTime queue;
} Fall;

static const Fall falls[] = {
  { 3000000, 700000, 200 * MS },
  { 5000000, 300000, 200 * MS },
  { 3000000, 300000, 200 * MS },
  { 2500000, 1000000, 200 * MS },
  { 2500000, 500000, 100 * MS },
};

typedef struct {
  SimWorld *world;
  SimCall *call;
  RtcRungChoice choice;
  GstClockTime startup; /* of an encoder */
  guint64 seen_bps;     /* target that was looked at */
  GstClockTime due;     /* when the target is looked at */
} Rig;

static void
set_rate (Rig *self, guint rung, guint64 bps)
{
  SimEncoding *encoding = sim_world_get_encoding (self->world, rung);

  encoding->packets = (gdouble) bps / (8 * PAYLOAD * FPS);
  encoding->key_packets = (guint) (KEY_FRAME * encoding->packets) + 1;
}

static void
rig_init (Rig *self, guint64 seed, const SimLink *link, GstClockTime startup)
{
  SimWorldConfig config = { .seed = seed,
    .transport_cc = TRUE,
    .fps = FPS,
    .payload_bytes = PAYLOAD,
    .n_rungs = N_RUNGS - 1,
    .rung_packets = { 1, 1 },
    .bitrate = { 50000, 1000000, 5000000 },
    .key_frame_interval = 300 * MS };
  GError *error = NULL;

  *self = (Rig){ .world = sim_world_new (&config), .startup = startup };
  self->call = sim_world_add_call (self->world, link);
  sim_call_negotiate (self->call, TRUE, NULL, &error);
  g_assert_no_error (error);
  rtc_rung_choice_init (&self->choice);
  set_rate (self, 0, nominal[0]);
  for (guint i = 1; i < N_RUNGS; i++)
    sim_world_get_encoding (self->world, i)->from = GST_CLOCK_TIME_NONE;
}

/* Headers and sound off, as webrtcsink divides it. */
static guint64
get_share (const Rig *self)
{
  gdouble sound = (SIM_AUDIO_BYTES + OVERHEAD) * 8 * 50;

  return (guint64) (MAX ((gdouble) self->call->target_bps - sound, 1) * PAYLOAD
                    / (PAYLOAD + OVERHEAD) / (1 + self->call->repair));
}

/* The others' encoders end when nobody has had them for long: here, at once. */
static void
move_to (Rig *self, const RtcRungPlace *place, guint64 share)
{
  GstClockTime now = sim_world_now (self->world);
  SimEncoding *encoding = sim_world_get_encoding (self->world, place->rung);

  if (encoding->from == GST_CLOCK_TIME_NONE) {
    encoding->from = now + self->startup;
    encoding->made = 0;
    encoding->wake = WAKE;
    set_rate (self, place->rung, MIN (share, nominal[place->rung]));
  }
  rtc_peer_attach_next (
      self->call->peers[0], now, self->call->video, encoding->fanout, place->hurry);
}

static void
look (Rig *self)
{
  RtcRung rungs[N_RUNGS];
  RtcRungPlace place;
  guint64 share = get_share (self);
  guint before = self->choice.rung;

  for (guint i = 0; i < N_RUNGS; i++)
    rungs[i] = (RtcRung){ .nominal_bps = nominal[i] };
  if (rtc_rung_choice_update (
          &self->choice, sim_world_now (self->world), rungs, N_RUNGS, share, &place)
      && place.rung != before)
    move_to (self, &place, share);
  set_rate (self, place.rung,
      CLAMP (share, rtc_rung_least (rungs, N_RUNGS, place.rung), nominal[place.rung]));
}

static void
rig_run (Rig *self, GstClockTime until)
{
  for (GstClockTime at = sim_world_now (self->world) + STEP; at <= until; at += STEP) {
    sim_world_run (self->world, at);
    if (self->call->target_bps != self->seen_bps) {
      self->seen_bps = self->call->target_bps;
      self->due = MIN (self->due, at + GATHER);
    }
    if (self->call->target_bps == 0 || at < self->due)
      continue;
    look (self);
    self->due = at + TICK;
  }
}

/* The longest time without a new picture that can be decoded, from the frame on, until now; *begin:
 * when. */
static GstClockTime
find_pause (const Rig *self, guint64 from, GstClockTime *begin)
{
  GstClockTime now = sim_world_now (self->world);
  SimViewerPause pause;

  sim_viewer_find_pause (&self->call->viewer, from, G_MAXUINT64, GST_CLOCK_TIME_NONE, &pause);
  *begin = pause.begin;
  return MAX (pause.longest, now - MIN (now, pause.last));
}

static GstClockTime
run_fall (const Fall *fall, GstClockTime rtt, GstClockTime startup, guint64 seed)
{
  SimLink wide = { .delay = rtt / 2, .rate_bps = fall->from_bps, .queue = fall->queue };
  SimLink narrow = wide;
  GstClockTime fell, begin = 0, pause;
  guint64 first;
  Rig rig;

  narrow.rate_bps = fall->to_bps;
  rig_init (&rig, seed, &wide, startup);
  rig_run (&rig, 4 * S);
  while (rig.choice.rung != 0 && sim_world_now (rig.world) < 20 * S)
    rig_run (&rig, sim_world_now (rig.world) + S);
  g_assert_cmpuint (rig.choice.rung, ==, 0);
  /* Anywhere between two pictures. */
  fell = sim_world_now (rig.world) + 2 * S + seed * 7 * MS;
  rig_run (&rig, fell);
  first = sim_world_get_frames (rig.world) - 15;
  sim_net_set_link (rig.call->net, SIM_A_TO_B, &narrow);
  rig_run (&rig, fell + 4 * S);
  pause = find_pause (&rig, first, &begin);
  g_test_message ("%u to %u kbit/s, RTT %u, encoder %u ms, seed %u: rung %u, %u changes, %u ms "
                  "without a picture from %d ms on",
      (guint) (fall->from_bps / 1000), (guint) (fall->to_bps / 1000), (guint) (rtt / MS),
      (guint) (startup / MS), (guint) seed, rig.choice.rung, (guint) rig.choice.n_changes,
      (guint) (pause / MS), (gint) (((gint64) begin - (gint64) fell) / (gint64) MS));
  g_assert_cmpuint (rig.choice.rung, >, 0);
  sim_world_free (rig.world);
  return pause;
}

static void
test_fall (gconstpointer data)
{
  static const GstClockTime rtts[] = { 20 * MS, 40 * MS, 100 * MS };
  static const GstClockTime startups[] = { 0, 50 * MS, 150 * MS };
  GstClockTime worst = 0;

  for (guint r = 0; r < G_N_ELEMENTS (rtts); r++) {
    for (guint e = 0; e < G_N_ELEMENTS (startups); e++) {
      for (guint64 seed = 1; seed <= sim_get_n_seeds (SEEDS); seed++)
        worst = MAX (worst, run_fall (data, rtts[r], startups[e], seed));
    }
  }
  g_test_message ("worst: %u ms", (guint) (worst / MS));
  g_assert_cmpuint (worst, <=, LONGEST_PAUSE);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  gst_init (NULL, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (falls); i++) {
    gchar *path = g_strdup_printf ("/sim/ladder-falls/%u-to-%u", (guint) (falls[i].from_bps / 1000),
        (guint) (falls[i].to_bps / 1000));

    g_test_add_data_func (path, &falls[i], test_fall);
    g_free (path);
  }
  return g_test_run ();
}
