/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "gst/rtc/cc/rtc-gcc-trend.h"

#include "gst/rtc/base/rtc-time.h"

/* libwebrtc's figures. SMOOTHING: weight of the past. GAIN and DELTAS_MAX turn the slope into
 * something of the size that the Kalman filter's offset had: the threshold's unit. */
#define SMOOTHING 0.9
#define GAIN 4.0
#define DELTAS_MAX 60

/* draft-ietf-rmcat-gcc-02 5.4: del_var_th(0) = 12.5 ms, within [6, 600] ms; K_u = 0.01 and
 * K_d = 0.00018 there. libwebrtc took faster ones, found by measuring against TCP. */
#define THRESHOLD_START 12.5
#define THRESHOLD_MIN 6.0
#define THRESHOLD_MAX 600.0
#define THRESHOLD_UP 0.0087
#define THRESHOLD_DOWN 0.039

/* A trend further than this above the threshold is a change of the path (5.4: "15 ms"), to which
 * the threshold must not get used. */
#define THRESHOLD_AHEAD 15.0
#define ADAPT_STEP_MAX 100.0 /* ms */

/* OVERUSE_TIME: over the threshold for this long before it counts (5.4: overuse_time_th, 10 ms). */
#define OVERUSE_TIME 10.0

void
rtc_gcc_trend_init (RtcGccTrend *self)
{
  *self = (RtcGccTrend){ .threshold = THRESHOLD_START };
  rtc_gcc_trend_restart (self);
}

void
rtc_gcc_trend_restart (RtcGccTrend *self)
{
  self->n_points = self->next = self->n_deltas = 0;
  self->sum = self->smooth = self->trend = self->slope = self->last_slope = 0;
  self->begin = self->threshold_at = GST_CLOCK_TIME_NONE;
  self->overuse_time = -1;
  self->overuse_count = 0;
  self->state = RTC_CC_STATE_NORMAL;
}

/* Least squares; the old slope while all points lie above each other. */
static gdouble
trend_fit (const RtcGccTrend *self)
{
  gdouble n = self->n_points, x_mean = 0, y_mean = 0, above = 0, below = 0;

  for (guint i = 0; i < self->n_points; i++) {
    x_mean += self->x[i];
    y_mean += self->y[i];
  }
  x_mean /= n;
  y_mean /= n;
  for (guint i = 0; i < self->n_points; i++) {
    gdouble dx = self->x[i] - x_mean;

    above += dx * (self->y[i] - y_mean);
    below += dx * dx;
  }
  return below > 0 ? above / below : self->slope;
}

static void
trend_adapt (RtcGccTrend *self, GstClockTime arrival)
{
  gdouble trend = ABS (self->trend), k, elapsed;

  elapsed = (gdouble) rtc_time_elapsed (self->threshold_at, arrival) / GST_MSECOND;
  self->threshold_at = arrival;
  if (trend > self->threshold + THRESHOLD_AHEAD)
    return;
  k = trend < self->threshold ? THRESHOLD_DOWN : THRESHOLD_UP;
  self->threshold += k * (trend - self->threshold) * MIN (elapsed, ADAPT_STEP_MAX);
  self->threshold = CLAMP (self->threshold, THRESHOLD_MIN, THRESHOLD_MAX);
}

static void
trend_judge (RtcGccTrend *self, gdouble send_delta)
{
  if (self->trend > self->threshold) {
    /* The moment of crossing is unknown: half way since the last group. */
    self->overuse_time += self->overuse_time < 0 ? 1 + send_delta / 2 : send_delta;
    self->overuse_count++;
    if (self->overuse_time > OVERUSE_TIME && self->overuse_count > 1
        && self->slope >= self->last_slope) {
      self->overuse_time = 0;
      self->overuse_count = 0;
      self->state = RTC_CC_STATE_OVERUSE;
    }
    return;
  }
  self->overuse_time = -1;
  self->overuse_count = 0;
  self->state = self->trend < -self->threshold ? RTC_CC_STATE_UNDERUSE : RTC_CC_STATE_NORMAL;
}

RtcCcState
rtc_gcc_trend_handle_delta (RtcGccTrend *self, const RtcGccDelta *delta)
{
  gdouble change = (gdouble) (delta->arrival_delta - delta->send_delta) / GST_MSECOND;

  if (self->begin == GST_CLOCK_TIME_NONE)
    self->begin = self->threshold_at = delta->arrival;
  self->n_deltas = MIN (self->n_deltas + 1, DELTAS_MAX);
  self->sum += change;
  self->smooth = SMOOTHING * self->smooth + (1 - SMOOTHING) * self->sum;
  self->x[self->next] = (gdouble) GST_CLOCK_DIFF (self->begin, delta->arrival) / GST_MSECOND;
  self->y[self->next] = self->smooth;
  self->next = (self->next + 1) % RTC_GCC_TREND_POINTS;
  self->n_points = MIN (self->n_points + 1, RTC_GCC_TREND_POINTS);
  self->last_slope = self->slope;
  if (self->n_points == RTC_GCC_TREND_POINTS)
    self->slope = trend_fit (self);
  self->trend = self->slope * self->n_deltas * GAIN;
  trend_judge (self, (gdouble) delta->send_delta / GST_MSECOND);
  trend_adapt (self, delta->arrival);
  return self->state;
}
