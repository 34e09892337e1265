/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "sim-show.h"

static int
compare_times (gconstpointer a, gconstpointer b)
{
  GstClockTime x = *(const GstClockTime *) a, y = *(const GstClockTime *) b;

  return x < y ? -1 : x > y;
}

typedef struct {
  const SimCall *call;
  GstClockTime latency;
  SimShow *out;
  GArray *delays;     /* GstClockTime */
  GstClockTime last;  /* shown last; NONE: nothing yet */
  gboolean is_broken; /* one that the next depends on never came */
  GArray *gates;      /* GstClockTime by frame: when a later key frame is shown; NONE: never */
} Show;

static GstClockTime
show_get_ready (const Show *self, GstClockTime captured)
{
  return captured + self->call->delay + self->latency;
}

static GstClockTime
show_get_complete (const Show *self, guint64 frame)
{
  const GArray *completed = self->call->viewer.completed;

  return frame < completed->len ? g_array_index (completed, GstClockTime, frame) : 0;
}

static void
show_find_gates (Show *self, guint64 n)
{
  GstClockTime gate = GST_CLOCK_TIME_NONE;

  g_array_set_size (self->gates, (guint) n);
  for (guint64 frame = n; frame-- > 0;) {
    GstClockTime complete = show_get_complete (self, frame), captured;
    gboolean is_key;

    g_array_index (self->gates, GstClockTime, frame) = gate;
    captured = sim_world_get_capture (self->call->world, frame, &is_key);
    if (is_key && complete != 0)
      gate = MIN (gate, MAX (complete, show_get_ready (self, captured)));
  }
}

static void
show_picture (Show *self, GstClockTime captured, GstClockTime complete, GstClockTime gate)
{
  GstClockTime ready = show_get_ready (self, captured), shown, gap;
  GstClockTime late;

  shown = MAX (complete, ready);
  if (self->last != GST_CLOCK_TIME_NONE)
    shown = MAX (shown, self->last);
  if (shown > gate)
    return;
  self->out->shown++;
  self->out->in_time += shown == ready;
  if (self->last != GST_CLOCK_TIME_NONE) {
    gap = shown - self->last;
    self->out->longest_freeze = MAX (self->out->longest_freeze, gap);
    self->out->freezes_200 += gap > 200 * GST_MSECOND;
    self->out->freezes_500 += gap > 500 * GST_MSECOND;
  }
  self->last = shown;
  late = shown - captured - self->call->delay;
  g_array_append_val (self->delays, late);
}

static void
show_frame (Show *self, guint64 frame, gboolean counts)
{
  GstClockTime complete = show_get_complete (self, frame);
  gboolean is_key;
  GstClockTime captured = sim_world_get_capture (self->call->world, frame, &is_key);

  if (counts) {
    self->out->frames++;
    self->out->complete_in_time +=
        complete != 0 && complete <= captured + self->call->delay + self->latency;
  }
  self->is_broken = complete == 0 || (self->is_broken && !is_key);
  if (counts && !self->is_broken)
    show_picture (self, captured, complete, g_array_index (self->gates, GstClockTime, frame));
}

void
sim_show_judge (
    const SimCall *call, GstClockTime from, GstClockTime to, GstClockTime latency, SimShow *out)
{
  Show self = { .call = call, .latency = latency, .out = out, .last = GST_CLOCK_TIME_NONE };
  guint64 n = sim_world_get_frames (call->world);

  *out = (SimShow){ 0 };
  self.delays = g_array_new (FALSE, FALSE, sizeof (GstClockTime));
  self.gates = g_array_new (FALSE, FALSE, sizeof (GstClockTime));
  show_find_gates (&self, n);
  for (guint64 frame = 0; frame < n; frame++) {
    GstClockTime captured = sim_world_get_capture (call->world, frame, NULL);

    show_frame (&self, frame, captured >= from && captured < to);
  }
  g_array_sort (self.delays, compare_times);
  if (self.delays->len > 0)
    out->delay_p95 = g_array_index (self.delays, GstClockTime, (self.delays->len - 1) * 95 / 100);
  g_array_unref (self.delays);
  g_array_unref (self.gates);
}
