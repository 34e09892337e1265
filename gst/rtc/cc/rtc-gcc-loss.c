/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "gst/rtc/cc/rtc-gcc-loss.h"

#include "gst/rtc/base/rtc-time.h"

#include <math.h>

/* F_MIN: how much better than chance a limit must do. Under pure chance a stretch exceeds 15 about
 * once in a thousand; four stretches a second, and neighbours are alike. */
#define F_MIN 15.0
#define STRETCHES_MIN 6

/* EFFECT_MIN: a limit that costs less than this at the rate of now is not worth a bound. */
#define EFFECT_MIN 0.02

/* QUIET: with less than this lost on average nothing is looked for: queues do that now and then. */
#define QUIET 0.01

/* A bound holds while packets are lost to the limit; then it grows by so much a second, and is none
 * after so long. */
#define BOUND_GROWTH 0.1
#define BOUND_LIFE (3 * GST_SECOND)

/* The try: at this loss, each so often, for so long, down to what arrives. */
#define TRY_LOSS 0.33
#define TRY_INTERVAL (15 * GST_SECOND)
#define TRY_LENGTH (1 * GST_SECOND)

/* SMOOTH_PACKETS: the loss told follows over so many packets, and is their mean before. */
#define SMOOTH_PACKETS 250.0

void
rtc_gcc_loss_init (RtcGccLoss *self)
{
  *self = (RtcGccLoss){ .began = GST_CLOCK_TIME_NONE,
    .last = GST_CLOCK_TIME_NONE,
    .bound_until = GST_CLOCK_TIME_NONE,
    .tried_at = GST_CLOCK_TIME_NONE };
}

void
rtc_gcc_loss_skip (RtcGccLoss *self)
{
  self->began = GST_CLOCK_TIME_NONE;
  self->packets = self->lost = 0;
  self->bytes = 0;
}

void
rtc_gcc_loss_handle_packet (RtcGccLoss *self, GstClockTime send_time, guint len, gboolean is_lost)
{
  if (self->began == GST_CLOCK_TIME_NONE)
    self->began = send_time;
  self->last = send_time;
  self->packets++;
  self->bytes += len;
  self->lost += is_lost ? 1 : 0;
  self->seen = MIN (self->seen + 1, SMOOTH_PACKETS);
  self->smooth += ((is_lost ? 1.0 : 0.0) - self->smooth) / self->seen;
}

void
rtc_gcc_loss_handle_late (RtcGccLoss *self)
{
  if (self->lost > 0)
    self->lost--;
  if (self->seen > 0)
    self->smooth = MAX (0, self->smooth - 1 / self->seen);
}

/* The share above B of what was sent at a rate; B 0: no limit. */
static gdouble
loss_excess (gdouble sent, gdouble b)
{
  return b > 0 && sent > b ? 1 - b / sent : 0;
}

/* Sum of squares that remains with limit b and the best p, which goes to *inherent. */
static gdouble
loss_fit (const RtcGccLoss *self, gdouble b, gdouble *inherent)
{
  gdouble above = 0, below = 0, rest = 0, p;

  for (guint i = 0; i < self->n_stretches; i++) {
    const RtcGccLossStretch *s = &self->stretches[i];
    gdouble g = loss_excess (s->sent, b);

    above += s->n * (1 - g) * (s->loss - g);
    below += s->n * (1 - g) * (1 - g);
  }
  p = below > 0 ? CLAMP (above / below, 0, 0.9) : 0;
  for (guint i = 0; i < self->n_stretches; i++) {
    const RtcGccLossStretch *s = &self->stretches[i];
    gdouble g = loss_excess (s->sent, b), error = s->loss - g - p * (1 - g);

    rest += s->n * error * error;
  }
  *inherent = p;
  return rest;
}

/* The rate that arrived in stretches that lost more than the average: near the limit, if any. */
static gdouble
loss_likely_limit (const RtcGccLoss *self, gdouble mean)
{
  gdouble sum = 0, n = 0;

  for (guint i = 0; i < self->n_stretches; i++) {
    const RtcGccLossStretch *s = &self->stretches[i];

    if (s->loss > mean) {
      sum += s->sent * (1 - s->loss) * s->n * s->loss;
      n += s->n * s->loss;
    }
  }
  return n > 0 ? sum / n : 0;
}

/* The limit that explains the stretches, 0 when none does. */
static gdouble
loss_find_limit (RtcGccLoss *self, gdouble now_sent)
{
  gdouble mean, without, likely, best = 0, best_rest, best_inherent;

  without = best_rest = loss_fit (self, 0, &mean);
  self->inherent = mean > QUIET ? mean : 0;
  if (mean <= QUIET || self->n_stretches < STRETCHES_MIN)
    return 0;
  likely = loss_likely_limit (self, mean);
  best_inherent = mean;
  for (gint step = -1; step <= 2; step++) {
    gdouble b = likely * (1 + 0.06 * step), p, rest = loss_fit (self, b, &p);

    if (rest < best_rest) {
      best = b;
      best_rest = rest;
      best_inherent = p;
    }
  }
  if (best == 0 || (without - best_rest) * (self->n_stretches - 2) < F_MIN * MAX (best_rest, 1e-9)
      || loss_excess (MAX (now_sent, best * 1.03), best) < EFFECT_MIN)
    return 0;
  self->inherent = best_inherent > QUIET ? best_inherent : 0;
  return best;
}

/* Heavy loss, and no bound: what arrives is what is asked for, for a while. */
static void
loss_try (RtcGccLoss *self, GstClockTime now, const RtcGccLossStretch *latest)
{
  if (latest->loss < TRY_LOSS || self->smooth < TRY_LOSS
      || (self->tried_at != GST_CLOCK_TIME_NONE
          && rtc_time_elapsed (self->tried_at, now) < TRY_INTERVAL))
    return;
  self->tried_at = now;
  self->bound = latest->sent * (1 - self->smooth);
  self->bound_until = now + TRY_LENGTH;
}

static void
loss_judge (RtcGccLoss *self, GstClockTime now, const RtcGccLossStretch *latest)
{
  gdouble limit = loss_find_limit (self, latest->sent);

  if (limit > 0 && latest->loss > self->inherent + EFFECT_MIN) {
    self->bound = MIN (limit, latest->sent * (1 - latest->loss) / (1 - self->inherent));
    self->bound_until = now + BOUND_LIFE;
  } else if (self->bound > 0) {
    self->bound *= 1 + BOUND_GROWTH * RTC_GCC_LOSS_STRETCH / GST_SECOND;
    if (rtc_time_is_due (self->bound_until, now))
      self->bound = 0;
  } else {
    loss_try (self, now, latest);
  }
}

void
rtc_gcc_loss_end_message (RtcGccLoss *self, GstClockTime now)
{
  GstClockTime span = rtc_time_elapsed (self->began, self->last);
  RtcGccLossStretch *stretch = &self->stretches[self->next];

  if (self->packets < RTC_GCC_LOSS_PACKETS || span < RTC_GCC_LOSS_STRETCH)
    return;
  *stretch = (RtcGccLossStretch){ .sent = (gdouble) self->bytes * 8 * GST_SECOND / (gdouble) span,
    .loss = (gdouble) self->lost / self->packets,
    .n = self->packets };
  self->next = (self->next + 1) % RTC_GCC_LOSS_MEMORY;
  self->n_stretches = MIN (self->n_stretches + 1, RTC_GCC_LOSS_MEMORY);
  rtc_gcc_loss_skip (self);
  loss_judge (self, now, stretch);
}

gdouble
rtc_gcc_loss_get_bound (const RtcGccLoss *self)
{
  return self->bound;
}

gdouble
rtc_gcc_loss_get_inherent (const RtcGccLoss *self)
{
  return self->inherent;
}

gdouble
rtc_gcc_loss_get (const RtcGccLoss *self)
{
  return self->smooth;
}
