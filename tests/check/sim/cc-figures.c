/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "cc-figures.h"

#define SETTLED (2 * GST_SECOND)
#define WINDOW (500 * GST_MSECOND)

static const CcSlot *
get_slot (const CcBench *bench, guint flow, guint i)
{
  static const CcSlot none = { 0 };
  const GArray *slots = cc_bench_get_slots (bench, flow);

  return i < slots->len ? &g_array_index (slots, CcSlot, i) : &none;
}

typedef struct {
  guint64 sent, received;
  guint64 packets, lost;
  GstClockTime max_queue;
} Sum;

static void
sum_slots (const CcBench *bench, guint flow, guint from, guint to, Sum *sum)
{
  for (guint i = from; i < to; i++) {
    const CcSlot *slot = get_slot (bench, flow, i);

    sum->sent += slot->sent;
    sum->received += slot->received;
    sum->packets += slot->packets;
    sum->lost += slot->lost;
    sum->max_queue = MAX (sum->max_queue, slot->max_queue);
  }
}

static Sum
sum_flows (const CcBench *bench, guint flow, GstClockTime from, GstClockTime to)
{
  guint first = (guint) (from / CC_SLOT), last = (guint) (to / CC_SLOT);
  Sum sum = { 0 };

  if (flow != CC_ALL)
    sum_slots (bench, flow, first, last, &sum);
  for (guint i = 0; flow == CC_ALL && i < cc_bench_get_n_flows (bench); i++)
    sum_slots (bench, i, first, last, &sum);
  return sum;
}

static gdouble
rate_of (guint64 bytes, GstClockTime duration)
{
  return (gdouble) bytes * 8 * GST_SECOND / (gdouble) MAX (duration, 1);
}

gdouble
cc_received_bps (const CcBench *bench, guint flow, GstClockTime from, GstClockTime to)
{
  return rate_of (sum_flows (bench, flow, from, to).received, to - from);
}

gdouble
cc_sent_bps (const CcBench *bench, guint flow, GstClockTime from, GstClockTime to)
{
  return rate_of (sum_flows (bench, flow, from, to).sent, to - from);
}

/* --- targets ---------------------------------------------------------------------------------- */

/* In a slot without news it is what it was. */
static guint64
target_at (const CcBench *bench, guint flow, guint i)
{
  for (;; i--) {
    guint64 target = get_slot (bench, flow, i)->target_bps;

    if (target != 0 || i == 0)
      return target;
  }
}

guint64
cc_min_target (const CcBench *bench, guint flow, GstClockTime from, GstClockTime to)
{
  guint64 least = G_MAXUINT64;

  for (guint i = (guint) (from / CC_SLOT); i < to / CC_SLOT; i++)
    least = MIN (least, target_at (bench, flow, i));
  return least;
}

guint64
cc_max_target (const CcBench *bench, guint flow, GstClockTime from, GstClockTime to)
{
  guint64 highest = 0;

  for (guint i = (guint) (from / CC_SLOT); i < to / CC_SLOT; i++)
    highest = MAX (highest, target_at (bench, flow, i));
  return highest;
}

gdouble
cc_mean_target (const CcBench *bench, guint flow, GstClockTime from, GstClockTime to)
{
  gdouble sum = 0;
  guint n = 0;

  for (guint i = (guint) (from / CC_SLOT); i < to / CC_SLOT; i++, n++)
    sum += (gdouble) target_at (bench, flow, i);
  return n > 0 ? sum / n : 0;
}

guint64
cc_deepest_toggle (const CcBench *bench, guint flow, GstClockTime from, GstClockTime to)
{
  guint64 deepest = 0;

  for (guint i = (guint) (from / CC_SLOT); i < to / CC_SLOT; i++) {
    guint64 first = target_at (bench, flow, i), least = first;

    for (guint j = i + 1; j <= i + WINDOW / CC_SLOT && j < to / CC_SLOT; j++) {
      guint64 target = target_at (bench, flow, j);

      least = MIN (least, target);
      if (target >= first)
        deepest = MAX (deepest, first - least);
    }
  }
  return deepest;
}

/* --- loss and waits --------------------------------------------------------------------------- */

gdouble
cc_loss (const CcBench *bench, guint flow, GstClockTime from, GstClockTime to)
{
  /* What was sent last is still on its way. */
  GstClockTime known = cc_bench_now (bench) - MIN (cc_bench_now (bench), GST_SECOND);
  Sum sum = sum_flows (bench, flow, from, MIN (to, known));

  return sum.packets > 0 ? (gdouble) sum.lost / (gdouble) sum.packets : 0;
}

static gboolean
is_excepted (GstClockTime time, const CcSpan *except, guint n)
{
  for (guint i = 0; i < n; i++)
    if (time >= except[i].from && time < except[i].to)
      return TRUE;
  return FALSE;
}

static int
compare_times (gconstpointer a, gconstpointer b)
{
  GstClockTime x = *(const GstClockTime *) a, y = *(const GstClockTime *) b;

  return x < y ? -1 : x > y;
}

static void
take_waits (const GArray *waits, GstClockTime from, GstClockTime to, const CcSpan *except, guint n,
    GArray *out)
{
  for (guint i = 0; i < waits->len; i++) {
    const CcWait *wait = &g_array_index (waits, CcWait, i);

    if (wait->sent >= from && wait->sent < to && !is_excepted (wait->sent, except, n))
      g_array_append_val (out, wait->wait);
  }
}

GstClockTime
cc_wait_percentile (const CcBench *bench, guint flow, gdouble share, GstClockTime from,
    GstClockTime to, const CcSpan *except, guint n)
{
  GArray *all = g_array_new (FALSE, FALSE, sizeof (GstClockTime));
  GstClockTime result = GST_CLOCK_TIME_NONE;

  for (guint i = 0; i < cc_bench_get_n_flows (bench); i++)
    if (flow == CC_ALL || flow == i)
      take_waits (cc_bench_get_waits (bench, i), from, to, except, n, all);
  g_array_sort (all, compare_times);
  if (all->len > 0)
    result = g_array_index (all, GstClockTime, (guint) (share * (all->len - 1)));
  g_array_unref (all);
  return result;
}

/* --- how long it takes ------------------------------------------------------------------------ */

GstClockTime
cc_wait_settles (const CcBench *bench, guint flow, GstClockTime from, GstClockTime limit)
{
  GstClockTime since = from;

  for (GstClockTime t = from; t + CC_SLOT <= cc_bench_now (bench); t += CC_SLOT) {
    if (sum_flows (bench, flow, t, t + CC_SLOT).max_queue > limit)
      since = t + CC_SLOT;
    else if (t + CC_SLOT >= since + SETTLED)
      return since - from;
  }
  return GST_CLOCK_TIME_NONE;
}

GstClockTime
cc_sent_settles (const CcBench *bench, guint flow, GstClockTime from, gdouble bps)
{
  GstClockTime since = from;

  for (GstClockTime t = from; t + WINDOW <= cc_bench_now (bench); t += CC_SLOT) {
    if (cc_sent_bps (bench, flow, t, t + WINDOW) > bps)
      since = t + CC_SLOT;
    else if (t >= since + SETTLED)
      return since - from;
  }
  return GST_CLOCK_TIME_NONE;
}

GstClockTime
cc_received_reaches (const CcBench *bench, guint flow, GstClockTime from, gdouble bps)
{
  for (GstClockTime t = from; t + GST_SECOND <= cc_bench_now (bench); t += CC_SLOT) {
    if (cc_received_bps (bench, flow, t, t + GST_SECOND) >= bps)
      return t + GST_SECOND - from;
  }
  return GST_CLOCK_TIME_NONE;
}

gdouble
cc_jain (const CcBench *bench, guint first, guint n, GstClockTime from, GstClockTime to)
{
  gdouble sum = 0, squares = 0;

  for (guint i = first; i < first + n; i++) {
    gdouble rate = cc_received_bps (bench, i, from, to);

    sum += rate;
    squares += rate * rate;
  }
  return squares > 0 ? sum * sum / (n * squares) : 0;
}
