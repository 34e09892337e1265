/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* The network loop: turns of its peers, deadlines and rest. rtc_peer_* are counters of
 * loop-counters.h, so that nothing but the loop is tested. */
#include "tests/check/core/loop-counters.h"
#include "tests/check/stall/stall-attempts.h"
#include "tests/check/stall/stall-watch.h"

/* --- peers --- */

typedef struct {
  RtcLoop *loop;
  RtcPeer *peers[200];
  guint n_peers, n_outputs;
  gboolean remove_in_output, keep_packets;
  GQueue kept;
} Peers;

static void
peers_output (RtcPeer *peer, RtcOutput *output, gpointer data)
{
  Peers *self = data;

  self->n_outputs++;
  /* Inside of its own turn that only marks. */
  rtc_loop_turn_peer (self->loop, peer);
  if (self->keep_packets)
    g_queue_push_tail (&self->kept, g_steal_pointer (&output->packet));
  if (self->remove_in_output)
    rtc_loop_remove_peer (self->loop, peer->id);
}

static void
peers_add (gpointer data)
{
  Peers *self = data;

  for (guint i = 0; i < self->n_peers; i++) {
    self->peers[i] = peer_new (self->loop);
    self->peers[i]->n_outputs = 3;
    rtc_loop_add_peer (self->loop, self->peers[i], peers_output, self, NULL);
    g_assert_true (rtc_loop_find_peer (self->loop, self->peers[i]->id) == self->peers[i]);
  }
}

static void
peers_check_turned (gpointer data)
{
  Peers *self = data;

  for (guint i = 0; i < self->n_peers; i++) {
    g_assert_cmpuint (self->peers[i]->n_backends, >=, 2);
    g_assert_cmpuint (self->peers[i]->n_flushes, ==, self->peers[i]->n_backends);
  }
}

/* More peers than one round takes: all are turned, and those marked inside a turn once more. */
static void
test_turns (void)
{
  Peers peers = { .loop = rtc_loop_new (), .n_peers = 200, .keep_packets = TRUE };
  RtcLoopStats stats;

  rtc_loop_call (peers.loop, peers_add, &peers);
  for (guint i = 0; i < 20; i++)
    sync_loop (peers.loop);
  rtc_loop_call (peers.loop, peers_check_turned, &peers);
  rtc_loop_get_stats (peers.loop, &stats);
  g_assert_cmpuint (stats.n_peers, ==, 200);
  g_assert_cmpuint (stats.rounds_cut, >, 0);
  rtc_loop_unref (peers.loop);
  g_assert_cmpuint (peers.n_outputs, ==, 600);
  g_assert_cmpuint (g_queue_get_length (&peers.kept), ==, 600);
  g_queue_clear_full (&peers.kept, (GDestroyNotify) rtc_packet_unref);
  g_assert_cmpint (g_atomic_int_get (&n_peers_alive), ==, 0);
}

static void
test_remove_in_turn (void)
{
  Peers peers = { .loop = rtc_loop_new (), .n_peers = 10, .remove_in_output = TRUE };

  rtc_loop_call (peers.loop, peers_add, &peers);
  for (guint i = 0; i < 5; i++)
    sync_loop (peers.loop);
  g_assert_cmpint (g_atomic_int_get (&n_peers_alive), ==, 0);
  rtc_loop_unref (peers.loop);
  g_assert_cmpuint (peers.n_outputs, ==, 10);
}

static void
remove_and_free (gpointer data)
{
  Peers *self = data;

  for (guint i = 0; i < self->n_peers; i++)
    rtc_loop_remove_peer (self->loop, rtc_peer_get_id (self->peers[i]));
  g_assert_cmpint (g_atomic_int_get (&n_peers_alive), ==, (gint) self->n_peers);
  rtc_loop_free_removed (self->loop);
  g_assert_cmpint (g_atomic_int_get (&n_peers_alive), ==, 0);
}

/* Who needs what removed peers hold does not wait for a round. */
static void
test_free_removed (void)
{
  Peers peers = { .loop = rtc_loop_new (), .n_peers = 10 };

  rtc_loop_call (peers.loop, peers_add, &peers);
  rtc_loop_call (peers.loop, remove_and_free, &peers);
  rtc_loop_unref (peers.loop);
}

static void
reserve_and_drop (gpointer loop)
{
  RtcPeerConfig config = { 0 };

  rtc_loop_reserve_peer (loop, &config);
  g_assert_cmpuint (config.id, >, 0);
  g_assert_true (config.random == rtc_loop_get_random (loop));
  /* A backend may wake before there is a peer; and no peer may come of it. */
  config.ice_config.wake (config.ice_config.wake_data);
  g_assert_null (rtc_loop_find_peer (loop, config.id));
  rtc_loop_remove_peer (loop, config.id);
  rtc_loop_remove_peer (loop, config.id);
  rtc_loop_wake_peer (loop, config.id);
}

static void
test_reserve (void)
{
  RtcLoop *loop = rtc_loop_new ();

  rtc_loop_call (loop, reserve_and_drop, loop);
  sync_loop (loop);
  rtc_loop_unref (loop);
}

/* --- deadlines --- */

#define N_TIMERS 20

typedef struct {
  RtcLoop *loop;
  RtcLoopTimer timers[N_TIMERS];
  GstClockTime deadlines[N_TIMERS];
  GstClockTime told[N_TIMERS], fired[N_TIMERS]; /* the loop's time then, and the time */
  guint n_fired;
  Latch latch;
} Timers;

/* So far apart that a pause of the machine's makes few of them late. */
#define SPACING (16 * GST_MSECOND)
#define LATE (5 * GST_MSECOND)

static void
timers_fire (gpointer data, GstClockTime now)
{
  Timers *self = data;

  self->fired[self->n_fired] = rtc_loop_now ();
  self->told[self->n_fired++] = now;
  if (self->n_fired == N_TIMERS)
    latch_open (&self->latch);
}

static void
timers_start (gpointer data)
{
  Timers *self = data;
  GstClockTime now = rtc_loop_now ();

  for (guint i = 0; i < N_TIMERS; i++) {
    rtc_loop_timer_init (&self->timers[i], timers_fire, self);
    /* Later ones first. */
    self->deadlines[i] = now + (N_TIMERS - i) * SPACING;
    rtc_loop_schedule (self->loop, &self->timers[i], self->deadlines[i]);
  }
}

/* Each is counted where it belongs: the loop counts by the time that it tells, which is not before
 * the deadline and not after the time at which it tells it. */
static void
timers_check_counts (const Timers *self, const RtcLoopStats *stats)
{
  static const guint bounds[RTC_LOOP_LAG_BUCKETS - 1] = { 1, 2, 5, 10, 20, 50, 100 };
  guint64 lag[RTC_LOOP_LAG_BUCKETS] = { 0 };
  GstClockTime max_lag = 0;

  for (guint i = 0; i < N_TIMERS; i++) {
    GstClockTime deadline = self->deadlines[N_TIMERS - 1 - i], late = self->told[i] - deadline;
    guint bucket = 0;

    g_assert_cmpuint (self->told[i], >=, deadline);
    g_assert_cmpuint (self->told[i], <=, self->fired[i]);
    while (bucket < G_N_ELEMENTS (bounds) && late >= bounds[bucket] * GST_MSECOND)
      bucket++;
    lag[bucket]++;
    max_lag = MAX (max_lag, late);
  }
  g_assert_cmpuint (stats->deadlines, ==, N_TIMERS);
  g_assert_cmpuint (stats->max_lag, ==, max_lag);
  for (guint i = 0; i < RTC_LOOP_LAG_BUCKETS; i++)
    g_assert_cmpuint (stats->lag[i], ==, lag[i]);
}

/* All are served, none early; TRUE: most of them in time. */
static gboolean
try_deadlines (GstClockTime *stall)
{
  StallWatch *control = stall_watch_start (SPACING);
  Timers timers = { .loop = rtc_loop_new (), .latch = LATCH_INIT };
  StallFigures figures;
  RtcLoopStats stats;
  guint n_late = 0;

  rtc_loop_call (timers.loop, timers_start, &timers);
  latch_wait (&timers.latch);
  stall_watch_stop (control, &figures);
  sync_loop (timers.loop);
  rtc_loop_get_stats (timers.loop, &stats);
  rtc_loop_unref (timers.loop);
  timers_check_counts (&timers, &stats);
  for (guint i = 0; i < N_TIMERS; i++)
    n_late += timers.fired[i] > timers.deadlines[N_TIMERS - 1 - i] + LATE;
  g_test_message ("%u late, %" G_GUINT64_FORMAT
                  " us at most; who only waits is it by %" G_GUINT64_FORMAT " us, half of %u times",
      n_late, stats.max_lag / GST_USECOND, figures.median / GST_USECOND, figures.waits);
  *stall = figures.median;
  return n_late <= N_TIMERS / 2;
}

/* Served in order, never early, and late by the poll's millisecond and what the machine adds. Only
 * when that makes somebody who does nothing but wait late in half of all cases, too, does it excuse
 * that the loop is. */
static void
test_deadlines (void)
{
  stall_try_within (try_deadlines, 10, LATE);
}

static void
add_overdue (gpointer data)
{
  gpointer *args = data;
  RtcPeer *peer = peer_new (args[0]);

  peer->deadline = 1;
  rtc_loop_add_peer (args[0], peer, peers_output, NULL, NULL);
  args[1] = peer;
}

/* "At once" is a deadline in the past; that nobody served it then is no lag. */
static void
test_overdue (void)
{
  RtcLoop *loop = rtc_loop_new ();
  gpointer args[2] = { loop, NULL };
  RtcLoopStats stats;

  rtc_loop_call (loop, add_overdue, args);
  do {
    sync_loop (loop);
    rtc_loop_get_stats (loop, &stats);
  } while (stats.deadlines == 0);
  sync_loop (loop);
  g_assert_cmpuint (((RtcPeer *) args[1])->n_timeouts, ==, 1);
  g_assert_cmpuint (stats.max_lag, <, 20 * GST_SECOND);
  rtc_loop_unref (loop);
}

typedef struct {
  RtcLoop *loop;
  RtcPeer *peers[2];
} Patients;

static void
patients_add (gpointer data)
{
  Patients *self = data;

  for (guint i = 0; i < G_N_ELEMENTS (self->peers); i++) {
    self->peers[i] = peer_new (self->loop);
    self->peers[i]->is_patient = TRUE;
    rtc_loop_add_peer (self->loop, self->peers[i], peers_output, NULL, NULL);
  }
}

static void
patients_lose_one (gpointer data)
{
  Patients *self = data;

  self->peers[1]->is_patient = FALSE;
  rtc_loop_turn_peer (self->loop, self->peers[1]);
}

static void
patients_remove_one (gpointer data)
{
  Patients *self = data;

  rtc_loop_remove_peer (self->loop, rtc_peer_get_id (self->peers[1]));
}

/* A source of the loop's context that is always ready, as a socket in a flood. */
typedef struct {
  RtcLoop *loop;
  GSource *source;
  guint left;
  Latch latch;
} Flood;

static gboolean
flood_dispatch (gpointer data)
{
  Flood *self = data;

  if (--self->left > 0)
    return G_SOURCE_CONTINUE;
  latch_open (&self->latch);
  return G_SOURCE_REMOVE;
}

static void
flood_start (gpointer data)
{
  Flood *self = data;

  self->source = g_idle_source_new ();
  g_source_set_callback (self->source, flood_dispatch, self, NULL);
  g_source_attach (self->source, rtc_loop_get_context (self->loop));
  g_source_unref (self->source);
}

/* How long that many iterations take, and how often it rested in between. */
static GstClockTime
time_iterations (RtcLoop *loop, guint n, guint64 *rests)
{
  Flood flood = { .loop = loop, .left = n, .latch = LATCH_INIT };
  GstClockTime began = rtc_loop_now (), took;
  RtcLoopStats before, after;

  rtc_loop_wakeup (loop);
  sync_loop (loop);
  rtc_loop_get_stats (loop, &before);
  rtc_loop_call (loop, flood_start, &flood);
  latch_wait (&flood.latch);
  took = rtc_loop_now () - began;
  /* For a round that publishes them. */
  rtc_loop_wakeup (loop);
  sync_loop (loop);
  rtc_loop_get_stats (loop, &after);
  *rests = after.rests - before.rests;
  return took;
}

/* Iterations keep their distance while all peers are patient, and only then. */
static void
test_rest (void)
{
  Patients patients = { .loop = rtc_loop_new () };
  guint64 rests;

  time_iterations (patients.loop, 10, &rests);
  g_assert_cmpuint (rests, ==, 0);
  rtc_loop_call (patients.loop, patients_add, &patients);
  sync_loop (patients.loop);
  g_assert_cmpuint (time_iterations (patients.loop, 20, &rests), >=, 18 * RTC_LOOP_REST);
  g_assert_cmpuint (rests, >, 0);
  rtc_loop_call (patients.loop, patients_lose_one, &patients);
  time_iterations (patients.loop, 20, &rests);
  g_assert_cmpuint (rests, <=, 1);
  rtc_loop_call (patients.loop, patients_remove_one, &patients);
  sync_loop (patients.loop);
  g_assert_cmpuint (time_iterations (patients.loop, 20, &rests), >=, 18 * RTC_LOOP_REST);
  rtc_loop_unref (patients.loop);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/loop/turns", test_turns);
  g_test_add_func ("/loop/remove-in-turn", test_remove_in_turn);
  g_test_add_func ("/loop/free-removed", test_free_removed);
  g_test_add_func ("/loop/reserve", test_reserve);
  g_test_add_func ("/loop/deadlines", test_deadlines);
  g_test_add_func ("/loop/overdue", test_overdue);
  g_test_add_func ("/loop/rest", test_rest);
  return g_test_run ();
}
