/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* The network loop: life, closures, turns and deadlines. rtc_peer_* are counters of
 * loop-counters.h, so that nothing but the loop is tested. */
#include <dirent.h>
#include "tests/check/core/loop-counters.h"

static guint
count_entries (const gchar *path)
{
  DIR *dir = opendir (path);
  guint n = 0;

  while (readdir (dir) != NULL)
    n++;
  closedir (dir);
  return n;
}

/* --- life --- */

static void
test_start_stop (void)
{
  guint fds = 0, threads = 0;

  for (guint i = 0; i < 1000; i++) {
    RtcLoop *loop;

    if (i == 10) {
      fds = count_entries ("/proc/self/fd");
      threads = count_entries ("/proc/self/task");
    }
    loop = rtc_loop_new ();
    if (i % 3 == 0)
      rtc_loop_post (loop, nothing, NULL, NULL);
    rtc_loop_unref (loop);
  }
  g_assert_cmpuint (count_entries ("/proc/self/fd"), ==, fds);
  g_assert_cmpuint (count_entries ("/proc/self/task"), <=, threads);
}

static void
test_default (void)
{
  RtcLoop *a = rtc_loop_get_default (), *b = rtc_loop_get_default ();

  g_assert_true (a == b);
  rtc_loop_unref (a);
  g_assert_true (rtc_loop_call (b, nothing, NULL));
  rtc_loop_unref (b);
}

static void
drop_loop (gpointer loop)
{
  rtc_loop_unref (loop);
}

/* The last reference may go on [N] or [C]; what was added to the loop goes with it. */
static void
test_end_on_own_thread (void)
{
  for (guint i = 0; i < 20; i++) {
    RtcLoop *loop = rtc_loop_new ();
    Latch latch = LATCH_INIT;

    rtc_loop_add_backend (loop, "latch", &latch, NULL, latch_open);
    if (i % 2 == 0)
      rtc_loop_post (loop, drop_loop, loop, NULL);
    else
      rtc_loop_post_control (loop, drop_loop, loop, NULL);
    latch_wait (&latch);
  }
}

static gboolean
tick_down (gpointer data)
{
  return --*(gint *) data <= 0;
}

static void
test_backends_are_waited_for (void)
{
  RtcLoop *loop = rtc_loop_new ();
  gint left = 4;

  rtc_loop_add_backend (loop, "slow", &left, tick_down, NULL);
  g_assert_true (rtc_loop_find_backend (loop, "slow") == &left);
  g_assert_null (rtc_loop_find_backend (loop, "other"));
  rtc_loop_unref (loop);
  g_assert_cmpint (left, <=, 0);
}

typedef struct {
  RtcLoop *loop;
  Latch dropped, ended;
  gint may_end; /* atomic */
} Ending;

static void
ending_drop (gpointer data)
{
  Ending *ending = data;

  rtc_loop_unref (ending->loop);
  latch_open (&ending->dropped);
}

static gboolean
ending_is_idle (gpointer data)
{
  return g_atomic_int_get (&((Ending *) data)->may_end);
}

static void
ending_free (gpointer data)
{
  latch_open (&((Ending *) data)->ended);
}

/* Whoever begins anew gets another loop at once, while the one before cannot end yet: on [N], on
 * [C] or here, its last reference having gone on any of them. */
static void
test_default_never_waits (void)
{
  for (guint i = 0; i < 10; i++) {
    Ending ending = { rtc_loop_get_default (), LATCH_INIT, LATCH_INIT, FALSE };
    RtcLoop *next;

    rtc_loop_add_backend (ending.loop, "port", &ending, ending_is_idle, ending_free);
    if (i % 2 == 0)
      rtc_loop_post (ending.loop, ending_drop, &ending, NULL);
    else
      rtc_loop_post_control (ending.loop, ending_drop, &ending, NULL);
    latch_wait (&ending.dropped);
    next = rtc_loop_get_default ();
    g_assert_false (ending.ended.done);
    g_assert_true (rtc_loop_call (next, nothing, NULL));
    g_atomic_int_set (&ending.may_end, TRUE);
    latch_wait (&ending.ended);
    rtc_loop_unref (next);
  }
}

/* --- closures --- */

#define N_PRODUCERS 4
#define N_POSTS 2000

typedef struct {
  RtcLoop *loop;
  guint producer, next; /* next: what shall come, [N] only */
  gint destroyed;
} Producer;

typedef struct {
  Producer *producer;
  guint n;
} Post;

static void
post_run (gpointer data)
{
  Post *post = data;

  g_assert_cmpuint (post->n, ==, post->producer->next);
  post->producer->next++;
}

static void
post_destroy (gpointer data)
{
  g_atomic_int_inc (&((Post *) data)->producer->destroyed);
  g_free (data);
}

static gpointer
producer_main (gpointer data)
{
  Producer *self = data;

  for (guint i = 0; i < N_POSTS; i++) {
    Post *post = g_new0 (Post, 1);

    post->producer = self;
    post->n = i;
    rtc_loop_post (self->loop, post_run, post, post_destroy);
    if (i % 256 == 0)
      rtc_loop_call (self->loop, nothing, NULL);
  }
  return NULL;
}

/* In order for each producer, none lost, destroyed once each. */
static void
test_post_order (void)
{
  RtcLoop *loop = rtc_loop_new ();
  Producer producers[N_PRODUCERS] = { 0 };
  GThread *threads[N_PRODUCERS];

  for (guint i = 0; i < N_PRODUCERS; i++) {
    producers[i].loop = loop;
    threads[i] = g_thread_new ("producer", producer_main, &producers[i]);
  }
  for (guint i = 0; i < N_PRODUCERS; i++)
    g_thread_join (threads[i]);
  rtc_loop_unref (loop);
  for (guint i = 0; i < N_PRODUCERS; i++) {
    g_assert_cmpuint (producers[i].next, ==, N_POSTS);
    g_assert_cmpint (g_atomic_int_get (&producers[i].destroyed), ==, N_POSTS);
  }
}

static void
weak_run (GObject *target, gpointer data)
{
  g_assert_nonnull (target);
  ++*(guint *) data;
}

static void
drop_object (gpointer object)
{
  g_object_unref (object);
}

static void
test_weak_target (void)
{
  RtcLoop *loop = rtc_loop_new ();
  GObject *object = g_object_new (G_TYPE_OBJECT, NULL);
  Gate gate = GATE_INIT;
  guint n = 0;

  rtc_loop_post_weak (loop, object, weak_run, &n, NULL);
  rtc_loop_post (loop, drop_object, object, NULL);
  rtc_loop_call (loop, nothing, NULL);
  g_assert_cmpuint (n, ==, 1);
  /* Dropped before its turn comes: not run. */
  object = g_object_new (G_TYPE_OBJECT, NULL);
  gate_close (loop, &gate);
  rtc_loop_post (loop, drop_object, object, NULL);
  rtc_loop_post_weak (loop, object, weak_run, &n, NULL);
  gate_open (&gate);
  rtc_loop_unref (loop);
  g_assert_cmpuint (n, ==, 1);
}

static void
call_again (gpointer loop)
{
  g_assert_true (rtc_loop_is_network_thread (loop));
  g_assert_true (rtc_loop_call (loop, nothing, NULL));
}

static void
test_call_inline (void)
{
  RtcLoop *loop = rtc_loop_new ();

  g_assert_false (rtc_loop_is_network_thread (loop));
  g_assert_true (rtc_loop_call (loop, call_again, loop));
  rtc_loop_unref (loop);
}

static void
count_up (gpointer data)
{
  ++*(guint *) data;
}

static void
test_closed_invoke (void)
{
  GMainContext *context = g_main_context_new ();
  RtcInvoke *invoke = rtc_invoke_new (context);
  guint runs = 0, destroys = 0;

  /* What was posted before still runs, what comes after is only destroyed. */
  g_assert_true (rtc_invoke_post (invoke, count_up, &runs, NULL));
  rtc_invoke_close (invoke);
  g_assert_cmpuint (runs, ==, 1);
  g_assert_false (rtc_invoke_post (invoke, nothing, &destroys, count_up));
  g_assert_false (rtc_invoke_call (invoke, count_up, &runs));
  g_assert_cmpuint (runs, ==, 1);
  g_assert_cmpuint (destroys, ==, 1);
  rtc_invoke_free (invoke);
  g_main_context_unref (context);
}

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

typedef struct {
  RtcLoop *loop;
  RtcLoopTimer timers[20];
  GstClockTime deadlines[20], fired[20];
  guint n_fired;
  Latch latch;
} Timers;

static void
timers_fire (gpointer data, GstClockTime now)
{
  Timers *self = data;

  self->fired[self->n_fired++] = now;
  if (self->n_fired == G_N_ELEMENTS (self->timers))
    latch_open (&self->latch);
}

static void
timers_start (gpointer data)
{
  Timers *self = data;
  GstClockTime now = rtc_loop_now ();

  for (guint i = 0; i < G_N_ELEMENTS (self->timers); i++) {
    rtc_loop_timer_init (&self->timers[i], timers_fire, self);
    /* Later ones first. */
    self->deadlines[i] = now + (25 - i) * 4 * GST_MSECOND;
    rtc_loop_schedule (self->loop, &self->timers[i], self->deadlines[i]);
  }
}

/* Served in order, never early, and late by the poll's millisecond and what the machine adds. */
static void
test_deadlines (void)
{
  Timers timers = { .loop = rtc_loop_new (), .latch = LATCH_INIT };
  RtcLoopStats stats;
  guint n = G_N_ELEMENTS (timers.timers);

  rtc_loop_call (timers.loop, timers_start, &timers);
  latch_wait (&timers.latch);
  sync_loop (timers.loop);
  rtc_loop_get_stats (timers.loop, &stats);
  rtc_loop_unref (timers.loop);
  for (guint i = 0; i < n; i++)
    g_assert_cmpuint (timers.fired[i], >=, timers.deadlines[n - 1 - i]);
  g_test_message ("largest lag %" G_GUINT64_FORMAT " us", stats.max_lag / 1000);
  g_assert_cmpuint (stats.deadlines, ==, n);
  g_assert_cmpuint (stats.lag[0] + stats.lag[1] + stats.lag[2] + stats.lag[3] + stats.lag[4]
                        + stats.lag[5] + stats.lag[6] + stats.lag[7],
      ==, n);
  /* Most within 5 ms, however busy the machine is. */
  g_assert_cmpuint (stats.lag[0] + stats.lag[1] + stats.lag[2], >=, n / 2);
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
  g_test_add_func ("/loop/start-stop", test_start_stop);
  g_test_add_func ("/loop/default", test_default);
  g_test_add_func ("/loop/default-never-waits", test_default_never_waits);
  g_test_add_func ("/loop/end-on-own-thread", test_end_on_own_thread);
  g_test_add_func ("/loop/backends", test_backends_are_waited_for);
  g_test_add_func ("/loop/post-order", test_post_order);
  g_test_add_func ("/loop/weak-target", test_weak_target);
  g_test_add_func ("/loop/call-inline", test_call_inline);
  g_test_add_func ("/loop/closed", test_closed_invoke);
  g_test_add_func ("/loop/turns", test_turns);
  g_test_add_func ("/loop/remove-in-turn", test_remove_in_turn);
  g_test_add_func ("/loop/free-removed", test_free_removed);
  g_test_add_func ("/loop/reserve", test_reserve);
  g_test_add_func ("/loop/deadlines", test_deadlines);
  g_test_add_func ("/loop/overdue", test_overdue);
  g_test_add_func ("/loop/rest", test_rest);
  return g_test_run ();
}
