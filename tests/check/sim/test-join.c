/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* test-join.c - what a viewer that comes in the middle of a group of pictures sees, and when; and
 * that others see nothing of it. */
#include "gst/rtc/peer/rtc-peer-private.h"
#include "sim-seeds.h"
#include "sim-world.h"

#define MS GST_MSECOND
#define S GST_SECOND
#define FPS 30
#define GROUP (2 * FPS)
#define SEEDS 5
#define CLOCK_RATE 90000

static const SimLink wide = { .delay = 10 * MS, .rate_bps = 20000000, .queue = 200 * MS };

/* 2.4 Mbit/s; group: pictures from key frame to key frame, asked for or not; 0: when asked. */
static SimWorld *
world_new (guint64 seed, guint group, gboolean replay_pictures, gboolean has_feedback)
{
  SimWorldConfig config = { .seed = seed,
    .transport_cc = has_feedback,
    .fps = FPS,
    .payload_bytes = 1000,
    .packets_per_frame = 10,
    .replay_pictures = replay_pictures,
    .key_frame_interval = 300 * MS,
    .bitrate = { 50000, 2500000, 20000000 },
    .latency = 300 * MS };
  SimWorld *world = sim_world_new (&config);

  sim_world_set_frame (world, 10, 40);
  sim_world_get_encoding (world, 0)->group = group;
  return world;
}

static SimCall *
join (SimWorld *world, const SimLink *link)
{
  SimCall *call = sim_world_add_call (world, link);
  GError *error = NULL;

  sim_call_negotiate (call, TRUE, NULL, &error);
  g_assert_no_error (error);
  return call;
}

static RtcOutboundStats
get_sent (const SimCall *call)
{
  RtcPeerStats stats;
  RtcOutboundStats sent;

  rtc_peer_get_stats (call->peers[0], sim_world_now (call->world), &stats);
  sent = g_array_index (stats.outbound, RtcOutboundStats, call->video);
  rtc_peer_stats_clear (&stats);
  return sent;
}

static guint32
time_of (const SimCall *call, guint64 frame)
{
  return g_array_index (call->viewer.times, guint32, frame);
}

static GstClockTime
completed (const SimCall *call, guint64 frame)
{
  return frame < call->viewer.completed->len
             ? g_array_index (call->viewer.completed, GstClockTime, frame)
             : 0;
}

/* All pictures from..to-1 came, their time stamps are in their order, and after *caught_up
 * (out), the first one that came within 60 ms of its capture, they come within late. Returns how
 * far an arrival is off what the time stamps say, at most. */
static GstClockTimeDiff
check_pictures (
    const SimCall *call, guint64 from, guint64 to, GstClockTime late, guint64 *caught_up)
{
  GstClockTimeDiff least = G_MAXINT64, most = G_MININT64;

  *caught_up = G_MAXUINT64;
  g_assert_cmpuint (call->viewer.torn + call->viewer.repeats, ==, 0);
  for (guint64 f = from; f < to; f++) {
    GstClockTime at = completed (call, f), captured = sim_world_get_capture (call->world, f, NULL);
    GstClockTimeDiff off;

    g_assert_cmpuint (at, !=, 0);
    if (f > from)
      g_assert_cmpint ((gint32) (time_of (call, f) - time_of (call, f - 1)), >, 0);
    off = GST_CLOCK_DIFF (
        gst_util_uint64_scale (time_of (call, f) - time_of (call, from), S, CLOCK_RATE), at);
    least = MIN (least, off);
    most = MAX (most, off);
    if (*caught_up == G_MAXUINT64 && at - captured <= 60 * MS)
      *caught_up = f;
    if (*caught_up < f)
      g_assert_cmpuint (at - captured, <=, late);
  }
  return most - least;
}

/* Nothing shows in the others' pictures that a viewer has come. */
static void
check_other (const SimCall *call, guint64 from, guint64 to)
{
  for (guint64 f = from + 1; f < to; f++) {
    g_assert_cmpuint (completed (call, f), !=, 0);
    g_assert_cmpuint (completed (call, f) - completed (call, f - 1), <=, S / FPS * 3 / 2);
    g_assert_cmpuint (time_of (call, f) - time_of (call, f - 1), ==, CLOCK_RATE / FPS);
  }
}

typedef struct {
  gboolean has_feedback;
  GstClockTime age; /* of the group when the viewer comes */
  gdouble loss;
} ReplayCase;

static void
test_replay (gconstpointer data)
{
  const ReplayCase *c = data;

  for (guint seed = 1; seed <= sim_get_n_seeds (SEEDS); seed++) {
    SimWorld *world = world_new (seed, GROUP, TRUE, c->has_feedback);
    SimLink link = wide;
    SimCall *other = join (world, &wide), *call;
    GstClockTime came = 4 * S + c->age;
    guint64 keys, first, caught_up, end;
    GstClockTimeDiff jitter;

    link.loss = c->loss;
    sim_world_run (world, came);
    keys = sim_world_get_key_frames (world);
    first = sim_world_get_frames (world) / GROUP * GROUP;
    call = join (world, &wide);
    g_assert_true (sim_call_run_connected (call, 250 * MS));
    sim_net_set_both (call->net, &link);
    sim_world_run (world, came + 4 * S);
    end = sim_world_get_frames (world) - FPS;
    jitter = check_pictures (call, first, end, (c->loss == 0 ? 150 : 400) * MS, &caught_up);
    g_test_message ("seed %u: first picture after %u ms, of %u ms ago, up to date after %u ms; "
                    "arrivals and time stamps %u ms apart",
        seed, (guint) ((completed (call, first) - came) / MS),
        (guint) ((completed (call, first) - sim_world_get_capture (world, first, NULL)) / MS),
        (guint) ((completed (call, caught_up) - came) / MS), (guint) (jitter / (gint64) MS));
    g_assert_cmpuint (completed (call, first), <=, came + 300 * MS);
    g_assert_cmpuint (completed (call, caught_up), <=, came + c->age + 200 * MS);
    if (c->loss == 0)
      g_assert_cmpint (jitter, <=, 100 * (GstClockTimeDiff) MS);
    /* The source's own time again. */
    g_assert_cmpuint (time_of (call, end - 1) - time_of (call, end - 2), ==, CLOCK_RATE / FPS);
    g_assert_cmpuint (sim_world_get_key_frames (world) - keys, <=, 2); /* 4 s of groups of 2 s */
    g_assert_cmpuint (get_sent (call).replays, ==, 1);
    g_assert_cmpuint (get_sent (call).replay_fallbacks, ==, 0);
    g_assert_cmpuint (get_sent (call).pacer_drops, ==, 0);
    check_other (other, 4 * FPS - FPS / 2, end);
    sim_world_free (world);
  }
}

/* A key frame comes while the viewer catches up: it goes on from there. */
static void
test_next_group (void)
{
  SimWorld *world = world_new (1, GROUP, TRUE, TRUE);
  SimCall *call;
  guint64 keys, last = 3 * GROUP - 1;

  sim_world_run (world, 4 * S + 1700 * MS);
  call = join (world, &wide);
  sim_world_run (world, 9 * S);
  keys = sim_world_get_frames (world) / GROUP;
  g_assert_cmpuint (call->viewer.first_frame, ==, 2 * GROUP);
  g_assert_cmpuint (completed (call, 3 * GROUP), <=, 6 * S + 100 * MS);
  g_assert_cmpuint (completed (call, 3 * GROUP - 1), ==, 0);
  for (guint64 f = 3 * GROUP; f < sim_world_get_frames (world) - FPS; f++)
    g_assert_cmpuint (completed (call, f), !=, 0);
  while (completed (call, last) == 0)
    last--;
  g_assert_cmpuint (last, >, 2 * GROUP);
  g_assert_cmpint ((gint32) (time_of (call, 3 * GROUP) - time_of (call, last)), >, 0);
  g_assert_cmpuint (call->viewer.torn + call->viewer.repeats, ==, 0);
  g_assert_cmpuint (get_sent (call).replay_fallbacks, ==, 0);
  g_assert_cmpuint (keys, ==, 4);
  sim_world_free (world);
}

/* A path that hardly carries the stream: a first picture, no queue, and no more than it carries. */
static void
test_narrow (void)
{
  static const SimLink narrow = { .delay = 20 * MS, .rate_bps = 3000000, .queue = 300 * MS };

  for (guint seed = 1; seed <= sim_get_n_seeds (SEEDS); seed++) {
    SimWorld *world = world_new (seed, GROUP, TRUE, TRUE);
    SimCall *call;
    guint64 n = 0, end;

    sim_world_run (world, 5 * S);
    call = join (world, &narrow);
    sim_world_run (world, 5 * S + 500 * MS);
    g_assert_cmpuint (call->viewer.first_frame, ==, 2 * GROUP);
    sim_world_run (world, 12 * S);
    end = sim_world_get_frames (world) - FPS / 2;
    for (guint64 f = 3 * GROUP; f < end; f++)
      n += completed (call, f) != 0 ? 1 : 0;
    g_test_message ("seed %u: first picture after %u ms, then %u of %u, %u dropped", seed,
        (guint) ((completed (call, 2 * GROUP) - 5 * S) / MS), (guint) n, (guint) (end - 3 * GROUP),
        (guint) get_sent (call).pacer_drops);
    g_assert_cmpuint (n * 100, >=, (end - 3 * GROUP) * 60);
    sim_world_free (world);
  }
}

/* A group that is longer than what is kept: a key frame is asked for. */
static void
test_too_long (void)
{
  SimWorld *world = world_new (1, 0, TRUE, TRUE);
  SimCall *other = join (world, &wide), *call;
  guint64 keys;

  sim_world_run (world, 12 * S);
  keys = sim_world_get_key_frames (world);
  call = join (world, &wide);
  sim_world_run (world, 13 * S);
  g_assert_cmpuint (get_sent (call).replays, ==, 0);
  g_assert_cmpuint (get_sent (call).replay_fallbacks, ==, 1);
  g_assert_cmpuint (sim_world_get_key_frames (world), ==, keys + 1);
  g_assert_true (call->viewer.first_is_key);
  g_assert_cmpuint (completed (call, call->viewer.first_frame), <=, 12 * S + 200 * MS);
  check_other (other, 2 * FPS, sim_world_get_frames (world) - FPS / 2);
  sim_world_free (world);
}

/* A replay that is given up before its first packet has left, because sending was paused: the key
 * frame that comes instead, and what follows, bear their own times. */
static void
test_never_began (void)
{
  SimWorld *world = world_new (1, 0, TRUE, TRUE);
  SimCall *call;
  RtcPeer *peer;
  guint64 first, end;

  sim_world_run (world, 5 * S);
  call = join (world, &wide);
  peer = call->peers[0];
  rtc_peer_attach (peer, sim_world_now (world), call->video, NULL);
  g_assert_true (sim_call_run_connected (call, 250 * MS));
  rtc_pacer_set_paused (&peer->rate->pacer, TRUE);
  rtc_peer_attach (peer, sim_world_now (world), call->video, sim_world_get_video (world));
  g_assert_cmpuint (get_sent (call).replays, ==, 1);
  for (guint i = 0; i < 100 && get_sent (call).replay_fallbacks == 0; i++)
    sim_world_run (world, sim_world_now (world) + 10 * MS);
  g_assert_cmpuint (get_sent (call).replay_fallbacks, ==, 1);
  g_assert_cmpuint (get_sent (call).packets_sent, ==, 0);
  rtc_pacer_set_paused (&peer->rate->pacer, FALSE);
  sim_world_run (world, sim_world_now (world) + 3 * S);
  first = call->viewer.first_frame;
  end = sim_world_get_frames (world) - FPS / 2;
  g_assert_true (call->viewer.first_is_key);
  g_assert_cmpuint (end, >, first + FPS);
  for (guint64 f = first + 1; f < end; f++)
    g_assert_cmpuint (time_of (call, f) - time_of (call, f - 1), ==, CLOCK_RATE / FPS);
  sim_world_free (world);
}

/* Many come within a quarter of a second: one key frame is asked for, for all; or none. */
static void
test_crowd (gconstpointer data)
{
  gboolean replay = GPOINTER_TO_INT (data);
  SimWorld *world = world_new (1, replay ? GROUP : 0, replay, TRUE);
  SimCall *other = join (world, &wide), *calls[50];
  RtcFanoutStats before, after;
  guint64 keys;

  sim_world_run (world, 3 * S);
  keys = sim_world_get_key_frames (world);
  rtc_fanout_get_stats (sim_world_get_video (world), &before);
  for (guint i = 0; i < G_N_ELEMENTS (calls); i++) {
    calls[i] = join (world, &wide);
    sim_world_run (world, 3 * S + (i + 1) * 4 * MS);
  }
  sim_world_run (world, 4 * S + 500 * MS);
  rtc_fanout_get_stats (sim_world_get_video (world), &after);
  for (guint i = 0; i < G_N_ELEMENTS (calls); i++) {
    GstClockTime at = completed (calls[i], calls[i]->viewer.first_frame);

    g_assert_true (calls[i]->viewer.first_is_key);
    g_assert_cmpuint (at - (3 * S + i * 4 * MS), <=, 200 * MS);
    g_assert_cmpuint (
        completed (calls[i], sim_world_get_frames (world) - FPS / 4) - at, <=, 1500 * MS);
  }
  g_assert_cmpuint (
      sim_world_get_key_frames (world) - keys, ==, 1); /* the group's, when replaying */
  g_assert_cmpuint (after.key_frame_requests - before.key_frame_requests, ==, replay ? 0 : 1);
  check_other (other, FPS, sim_world_get_frames (world) - FPS / 4);
  sim_world_free (world);
}

int
main (int argc, char **argv)
{
  static const ReplayCase fresh = { TRUE, 300 * MS, 0 }, old = { TRUE, 800 * MS, 0 },
                          lossy = { TRUE, 500 * MS, 0.05 }, silent = { FALSE, 1200 * MS, 0 };

  g_test_init (&argc, &argv, NULL);
  gst_init (NULL, NULL);
  g_test_add_data_func ("/sim/join/replay/fresh", &fresh, test_replay);
  g_test_add_data_func ("/sim/join/replay/old", &old, test_replay);
  g_test_add_data_func ("/sim/join/replay/lossy", &lossy, test_replay);
  g_test_add_data_func ("/sim/join/replay/no-feedback", &silent, test_replay);
  g_test_add_func ("/sim/join/next-group", test_next_group);
  g_test_add_func ("/sim/join/narrow", test_narrow);
  g_test_add_func ("/sim/join/too-long", test_too_long);
  g_test_add_func ("/sim/join/never-began", test_never_began);
  g_test_add_data_func ("/sim/join/crowd/key-frame", GINT_TO_POINTER (FALSE), test_crowd);
  g_test_add_data_func ("/sim/join/crowd/replay", GINT_TO_POINTER (TRUE), test_crowd);
  return g_test_run ();
}
