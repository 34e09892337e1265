/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* What the network thread does when it wakes up: deadlines, marked peers, hooks. */
#include "gst/rtc/loop/rtc-loop-private.h"

#include "gst/rtc/base/rtc-time.h"

static const GstClockTime lag_bounds[RTC_LOOP_LAG_BUCKETS] = { 1 * GST_MSECOND, 2 * GST_MSECOND,
  5 * GST_MSECOND, 10 * GST_MSECOND, 20 * GST_MSECOND, 50 * GST_MSECOND, 100 * GST_MSECOND,
  GST_CLOCK_TIME_NONE };

typedef struct {
  GSource source;
  RtcLoop *loop;
} LoopSource;

/* --- rounds --- */

static void
loop_record_lag (RtcLoop *self, GstClockTime lag)
{
  guint i = 0;

  while (i < RTC_LOOP_LAG_BUCKETS - 1 && lag >= lag_bounds[i])
    i++;
  self->stats.lag[i]++;
  self->stats.max_lag = MAX (self->stats.max_lag, lag);
  self->stats.deadlines++;
}

/* TRUE when there may be more. */
static gboolean
loop_serve_deadlines (RtcLoop *self, GstClockTime now)
{
  for (guint i = 0; i < RTC_LOOP_ROUND_PEERS; i++) {
    RtcHeapItem *item = rtc_heap_pop_due (&self->heap, now);
    RtcLoopTimer *timer;

    if (item == NULL)
      return FALSE;
    timer = item->owner;
    loop_record_lag (self, now - item->deadline);
    timer->func (timer->data, now);
  }
  return rtc_time_is_due (rtc_heap_next_deadline (&self->heap), now);
}

static void
loop_publish_stats (RtcLoop *self)
{
  self->stats.n_peers = g_hash_table_size (self->peers);
  pthread_mutex_lock (&self->stats_lock);
  self->published = self->stats;
  pthread_mutex_unlock (&self->stats_lock);
}

static void
loop_round (RtcLoop *self)
{
  GstClockTime now = rtc_loop_now ();
  gboolean more;

  /* Before the work is looked for: who adds some after this wakes us again. */
  atomic_store (&self->round, FALSE);
  self->stats.rounds++;
  more = loop_serve_deadlines (self, now);
  more = rtc_loop_serve_marked (self, now) || more;
  if (more)
    self->stats.rounds_cut++;
  for (guint i = 0; i < self->hooks->len; i++) {
    RtcLoopHook *hook = g_ptr_array_index (self->hooks, i);

    if (hook->func (hook->data, rtc_loop_now ()))
      atomic_store (&self->round, TRUE);
  }
  rtc_loop_free_removed (self);
  loop_publish_stats (self);
}

static gboolean
loop_source_is_ready (RtcLoop *self, GstClockTime now)
{
  return atomic_load (&self->round) || self->marked.length > 0 || self->dead->len > 0
         || rtc_time_is_due (rtc_heap_next_deadline (&self->heap), now);
}

static gboolean
loop_source_prepare (GSource *source, gint *timeout)
{
  RtcLoop *self = ((LoopSource *) source)->loop;
  GstClockTime deadline = rtc_heap_next_deadline (&self->heap);
  GstClockTime now = rtc_loop_now ();

  *timeout = -1;
  if (loop_source_is_ready (self, now))
    return TRUE;
  /* Rounded up: an early wake-up would find nothing due and poll again. */
  if (deadline != GST_CLOCK_TIME_NONE)
    *timeout = (gint) MIN ((deadline - now + GST_MSECOND - 1) / GST_MSECOND, G_MAXINT);
  return FALSE;
}

static gboolean
loop_source_check (GSource *source)
{
  return loop_source_is_ready (((LoopSource *) source)->loop, rtc_loop_now ());
}

static gboolean
loop_source_dispatch (GSource *source, GSourceFunc callback, gpointer data)
{
  loop_round (((LoopSource *) source)->loop);
  return G_SOURCE_CONTINUE;
}

static GSourceFuncs loop_source_funcs = {
  .prepare = loop_source_prepare,
  .check = loop_source_check,
  .dispatch = loop_source_dispatch,
};

GSource *
rtc_loop_make_source (RtcLoop *self)
{
  GSource *source = g_source_new (&loop_source_funcs, sizeof (LoopSource));

  ((LoopSource *) source)->loop = self;
  g_source_set_name (source, "rtc-loop");
  g_source_attach (source, self->network.context);
  return source;
}

void
rtc_loop_serve_ready (RtcLoop *self)
{
  if (loop_source_is_ready (self, rtc_loop_now ()))
    loop_round (self);
}

void
rtc_loop_rest (RtcLoop *self)
{
  GstClockTime now = rtc_loop_now (), end = self->rested + RTC_LOOP_REST;
  GPollFD wakeup = { .fd = self->network.wakeup, .events = G_IO_IN };

  if (self->n_patient > 0 && self->n_patient == g_hash_table_size (self->peers) && now < end
      && !loop_source_is_ready (self, now)) {
    self->stats.rests++;
    g_poll (&wakeup, 1, (gint) ((end - now + GST_MSECOND - 1) / GST_MSECOND));
    now = rtc_loop_now ();
  }
  self->rested = now;
}

/* --- public --- */

void
rtc_loop_timer_init (
    RtcLoopTimer *timer, void (*func) (gpointer data, GstClockTime now), gpointer data)
{
  rtc_heap_item_init (&timer->item, timer);
  timer->func = func;
  timer->data = data;
}

void
rtc_loop_schedule (RtcLoop *self, RtcLoopTimer *timer, GstClockTime deadline)
{
  rtc_heap_schedule (&self->heap, &timer->item, deadline);
}

void
rtc_loop_add_hook (RtcLoop *self, RtcLoopHook *hook)
{
  g_ptr_array_add (self->hooks, hook);
}

void
rtc_loop_remove_hook (RtcLoop *self, RtcLoopHook *hook)
{
  g_ptr_array_remove (self->hooks, hook);
}

void
rtc_loop_wakeup (RtcLoop *self)
{
  if (!atomic_exchange (&self->round, TRUE))
    g_main_context_wakeup (self->network.context);
}

void
rtc_loop_get_stats (RtcLoop *self, RtcLoopStats *out)
{
  pthread_mutex_lock (&self->stats_lock);
  *out = self->published;
  pthread_mutex_unlock (&self->stats_lock);
}
