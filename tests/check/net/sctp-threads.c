/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* sctp-threads.c - associations of several threads at once: usrsctp's state is one per process, and
 * a thread's call may run the timers of another thread's association. */
#include <string.h>

#include "sctp-pair.h"

#define N_THREADS 4
#define MAX_MESSAGE (256 * 1024)

static const RtcSctpReliability reliable = { TRUE, -1, -1, 0 };

typedef struct {
  guint seed;
  guint n_rounds, n_messages; /* in each round */
  gdouble loss;
} Work;

typedef struct {
  guint seed, n;
  guint sent, received;
} Transfer;

/* A message of a length and contents that its number tells. */
static gsize
fill_message (const Transfer *t, guint number, guint8 *data)
{
  static const gsize lengths[] = { 1, 1000, 1160, 4, 16384, 3, 65536, 100 };
  gsize len = lengths[number % G_N_ELEMENTS (lengths)];

  for (gsize i = 0; i < len; i++)
    data[i] = (guint8) (t->seed * 13 + number * 31 + i * 7 + (i >> 8));
  return len;
}

static gboolean
transfer_is_done (SctpPair *pair, gpointer data)
{
  guint8 message[65536];
  Transfer *t = data;
  RtcSctp *from = pair->ends[0];
  RtcSctpEvent *event;

  while (t->sent < t->n) {
    gsize len = fill_message (t, t->sent, message);
    RtcResult result = from->vtable->send (
        from, sctp_pair_now (), (guint16) (t->seed % 7), t->sent, &reliable, message, len);

    if (result == RTC_AGAIN)
      break;
    g_assert_cmpint (result, ==, RTC_OK);
    t->sent++;
  }
  while ((event = sctp_pair_take (pair, 1)) != NULL) {
    gsize len = fill_message (t, t->received, message);

    g_assert_cmpuint (event->stream, ==, t->seed % 7);
    g_assert_cmpuint (event->ppid, ==, t->received);
    g_assert_cmpmem (event->packet->data, event->packet->len, message, len);
    sctp_pair_free_event (event);
    t->received++;
  }
  return t->received == t->n;
}

static gboolean
is_reset (SctpPair *pair, gpointer data)
{
  return pair->n_resets[1] > 0 && pair->n_resets_done[0] > 0;
}

static gboolean
other_is_closed (SctpPair *pair, gpointer data)
{
  return pair->state[1] == RTC_SCTP_STATE_CLOSED;
}

/* From its beginning to its end, which one end tells the other, unless its packet is lost. */
static void
use_association (const Work *work, guint round)
{
  Transfer t = { .seed = work->seed + round, .n = work->n_messages };
  RtcSctp *one;
  SctpPair pair;

  sctp_pair_init (&pair, work->seed * 1000 + round, MAX_MESSAGE);
  pair.loss = work->loss;
  pair.delay = work->loss > 0 ? 2 * GST_MSECOND : 0;
  sctp_pair_connect (&pair);
  one = pair.ends[0];
  g_assert_true (sctp_pair_run (&pair, 60, transfer_is_done, &t));
  g_assert_cmpint (
      one->vtable->reset_stream (one, sctp_pair_now (), (guint16) (t.seed % 7)), ==, RTC_OK);
  g_assert_true (sctp_pair_run (&pair, 30, is_reset, NULL));
  one->vtable->close (one, sctp_pair_now ());
  if (work->loss <= 0)
    g_assert_true (sctp_pair_run (&pair, 30, other_is_closed, NULL));
  sctp_pair_clear (&pair);
}

static gpointer
run_work (gpointer data)
{
  const Work *work = data;

  for (guint round = 0; round < work->n_rounds; round++)
    use_association (work, round);
  return NULL;
}

static void
run_threads (Work work)
{
  Work works[N_THREADS];
  GThread *threads[N_THREADS];

  for (guint i = 0; i < N_THREADS; i++) {
    works[i] = work;
    works[i].seed = i + 1;
    threads[i] = g_thread_new ("association", run_work, &works[i]);
  }
  for (guint i = 0; i < N_THREADS; i++)
    g_thread_join (threads[i]);
}

/* Associations that come and go while others begin, and while others speak. */
static void
test_cycles (void)
{
  run_threads ((Work){ .n_rounds = 50, .n_messages = 8 });
}

/* With timers that are set, expire and are stopped all the time. */
static void
test_losses (void)
{
  run_threads ((Work){ .n_rounds = 2, .n_messages = 40, .loss = 0.02 });
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/sctp-threads/cycles", test_cycles);
  g_test_add_func ("/sctp-threads/losses", test_losses);
  return g_test_run ();
}
