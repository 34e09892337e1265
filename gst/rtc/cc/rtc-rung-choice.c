/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "gst/rtc/cc/rtc-rung-choice.h"

#include "gst/rtc/base/rtc-time.h"

/* Steps: rung i as a whole is 2 i, without its upper layers 2 i + 1. */
#define STEP(rung, is_thin) (2 * (rung) + ((is_thin) ? 1 : 0))

/* Of a step that does not exist: nobody reaches it. */
#define NEVER G_MAXUINT64

guint64
rtc_rung_least (const RtcRung *rungs, guint n, guint i)
{
  if (i + 1 >= n)
    return 0;
  if (rungs[i].is_fixed)
    return MAX (rungs[i].nominal_bps, rungs[i + 1].nominal_bps);
  return MAX (
      (guint64) (RTC_RUNG_REACH * (gdouble) rungs[i].nominal_bps), rungs[i + 1].nominal_bps);
}

static guint64
step_least (const RtcRung *rungs, guint n, guint step)
{
  guint i = step / 2;
  guint64 whole = rtc_rung_least (rungs, n, i), thin;

  if (step % 2 == 0)
    return whole;
  if (rungs[i].thin_share <= 0 || rungs[i].thin_share >= 1)
    return NEVER;
  if (i + 1 >= n)
    return NEVER; /* the last one suits everything as a whole */
  thin = MAX ((guint64) (rungs[i].thin_share * (gdouble) whole), rungs[i + 1].nominal_bps);
  return thin < whole ? thin : NEVER;
}

/* The best step for a rate that is to be margin times the least that the step wants. */
static guint
best_step (const RtcRung *rungs, guint n, gdouble rate, gdouble margin)
{
  for (guint step = 0; step < 2 * n; step++) {
    guint64 least = step_least (rungs, n, step);

    if (least != NEVER && margin * (gdouble) least <= rate)
      return step;
  }
  return STEP (n - 1, FALSE);
}

void
rtc_rung_choice_init (RtcRungChoice *self)
{
  *self = (RtcRungChoice){
    .rich_since = GST_CLOCK_TIME_NONE, .went_up = GST_CLOCK_TIME_NONE, .patience = 1
  };
}

static void
go_to (RtcRungChoice *self, guint step)
{
  self->n_changes += self->has_rung && self->rung != step / 2;
  self->has_rung = TRUE;
  self->rung = step / 2;
  self->is_thin = step % 2;
  self->rich_since = GST_CLOCK_TIME_NONE;
}

static void
note_down (RtcRungChoice *self, GstClockTime now)
{
  if (self->went_up != GST_CLOCK_TIME_NONE
      && rtc_time_elapsed (self->went_up, now) < RTC_RUNG_RELAPSE)
    self->patience = MIN (2 * self->patience, RTC_RUNG_MAX_PATIENCE);
  self->patience = MAX (self->patience, RTC_RUNG_CAUTION);
  self->went_up = GST_CLOCK_TIME_NONE;
}

/* TRUE: it has just been much more. */
static gboolean
plunges (RtcRungChoice *self, GstClockTime now, guint64 rate_bps)
{
  if (rate_bps >= self->high_bps || rtc_time_elapsed (self->high_at, now) > RTC_RUNG_PLUNGE_TIME) {
    self->high_bps = rate_bps;
    self->high_at = now;
  }
  return (gdouble) rate_bps < RTC_RUNG_PLUNGE * (gdouble) self->high_bps;
}

/* Going up: TRUE when the rate has been enough for long enough. */
static gboolean
is_sure (RtcRungChoice *self, GstClockTime now)
{
  if (self->rich_since == GST_CLOCK_TIME_NONE)
    self->rich_since = now;
  return rtc_time_elapsed (self->rich_since, now) >= self->patience * RTC_RUNG_HOLD;
}

gboolean
rtc_rung_choice_update (RtcRungChoice *self, GstClockTime now, const RtcRung *rungs, guint n,
    guint64 rate_bps, RtcRungPlace *out)
{
  gboolean is_first = !self->has_rung || self->rung >= n;
  guint step = STEP (MIN (self->rung, n - 1), self->is_thin);
  guint64 least = step_least (rungs, n, step);
  gdouble rate = (gdouble) rate_bps;
  gboolean plunge = rate_bps > 0 && plunges (self, now, rate_bps);
  guint better;

  out->hurry = FALSE;
  if (is_first) {
    go_to (self, rate_bps == 0 ? STEP (0, FALSE) : best_step (rungs, n, rate, 1));
  } else if (rate_bps > 0 && (least == NEVER || rate < (gdouble) least)) {
    out->hurry = least != NEVER && (plunge || rate < RTC_RUNG_HURRY * (gdouble) least);
    note_down (self, now);
    go_to (self, best_step (rungs, n, rate, out->hurry ? RTC_RUNG_FALL : 1));
  } else if (rate_bps > 0) {
    better = best_step (rungs, n, rate, RTC_RUNG_UP);
    if (better >= step) {
      self->rich_since = GST_CLOCK_TIME_NONE;
    } else if (is_sure (self, now)) {
      self->went_up = now;
      go_to (self, better);
    }
  }
  self->n_rungs = n;
  self->least_bps = rtc_rung_least (rungs, n, self->rung);
  out->rung = self->rung;
  out->is_thin = self->is_thin;
  return is_first || step != STEP (self->rung, self->is_thin);
}
