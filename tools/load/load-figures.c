/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "tools/load/load-figures.h"

#include "gst/rtc/base/rtc-seq.h"

void
load_spread_add (LoadSpread *self, GstClockTime time)
{
  GstClockTime step = time / LOAD_SPREAD_STEP;

  self->steps[MIN (step, LOAD_SPREAD_STEPS)]++;
  self->max = MAX (self->max, time);
  self->n++;
}

gdouble
load_spread_get_ms (const LoadSpread *self, gdouble share)
{
  guint64 wanted = (guint64) (share * (gdouble) self->n + 0.5), seen = 0;

  if (self->n == 0)
    return 0;
  wanted = CLAMP (wanted, 1, self->n);
  for (guint i = 0; i < LOAD_SPREAD_STEPS; i++) {
    seen += self->steps[i];
    /* The end of its step, but no more than there was. */
    if (seen >= wanted)
      return (gdouble) MIN ((i + 1) * LOAD_SPREAD_STEP, self->max) / GST_MSECOND;
  }
  return (gdouble) self->max / GST_MSECOND;
}

gboolean
load_track_add (
    LoadTrack *self, GstClockTime time, guint16 seq, gboolean is_frame_end, GstClockTime *interval)
{
  RtcSeqUnwrap unwrap = { self->highest, self->is_begun };
  gboolean is_first = !self->is_begun;
  guint64 number = rtc_seq_unwrap (&unwrap, seq);

  *interval = GST_CLOCK_TIME_NONE;
  if (is_first)
    self->first = self->highest = number;
  self->is_begun = TRUE;
  self->packets++;
  self->gaps += number > self->highest + 1;
  self->first = MIN (self->first, number);
  self->highest = MAX (self->highest, number);
  /* A repaired packet may be the end of an older picture: it shows nothing new. */
  if (!is_frame_end || number < self->highest)
    return is_first;
  if (self->frames++ > 0 && time >= self->last_frame)
    *interval = time - self->last_frame;
  self->last_frame = time;
  return is_first;
}

void
load_track_sum (const LoadTrack *self, const LoadTrack *before, LoadCounts *sum)
{
  static const LoadTrack nothing;
  guint64 expected;

  if (!self->is_begun)
    return;
  if (before == NULL || !before->is_begun)
    before = &nothing;
  expected = before->is_begun ? self->highest - before->highest : self->highest - self->first + 1;
  /* What was missing before and came after makes it negative. */
  sum->lost += expected - (self->packets - before->packets);
  sum->packets += self->packets - before->packets;
  sum->gaps += self->gaps - before->gaps;
  sum->frames += self->frames - before->frames;
}
