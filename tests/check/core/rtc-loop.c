/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* The network loop: life and closures. rtc_peer_* are counters of
 * loop-counters.h, so that nothing but the loop is tested. */
#include "tests/check/core/loop-counters.h"
#include "tests/check/count-proc.h"

#define PATIENCE (20 * G_TIME_SPAN_SECOND)

/* --- life --- */

/* A thread that was joined is in /proc until the kernel has done with it. */
static void
wait_threads (guint most)
{
  gint64 end = g_get_monotonic_time () + PATIENCE;

  while (count_proc ("task") > most) {
    g_assert_cmpint (g_get_monotonic_time (), <, end);
    g_thread_yield ();
  }
}

static void
test_start_stop (void)
{
  guint fds = 0, threads = 0;

  for (guint i = 0; i < 1000; i++) {
    RtcLoop *loop;

    if (i == 10) {
      fds = count_proc ("fd");
      threads = count_proc ("task");
    }
    loop = rtc_loop_new ();
    if (i % 3 == 0)
      rtc_loop_post (loop, nothing, NULL, NULL);
    rtc_loop_unref (loop);
  }
  g_assert_cmpuint (count_proc ("fd"), ==, fds);
  wait_threads (threads);
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
  return g_test_run ();
}
