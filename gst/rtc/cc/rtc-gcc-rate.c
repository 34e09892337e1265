/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "gst/rtc/cc/rtc-gcc-rate.h"

#include "gst/rtc/base/rtc-time.h"

#include <math.h>

/* BETA: draft-ietf-rmcat-gcc-02 5.5, "recommended value is 0.85". */
#define BETA 0.85

/* A queue of q seconds more than DRAIN_QUEUE takes q / DRAIN_TIME off, down to DRAIN_MIN. */
#define DRAIN_QUEUE 0.05
#define DRAIN_TIME 1.0
#define DRAIN_MIN 0.5

/* EMPTY_QUEUE: as good as none. When it was never that short for COMPETING, somebody else keeps it
 * long, and draining it would only make room for him. */
#define EMPTY_QUEUE ((gint64) (30 * GST_MSECOND))
#define COMPETING (3 * GST_SECOND)

/* SHORT_QUEUE: with a longer one, that is ours, the rate does not grow. */
#define SHORT_QUEUE ((gint64) (60 * GST_MSECOND))

/* RETURN: of what the link was seen to carry, once the queue has drained. */
#define RETURN 0.93
#define HOLD_MAX (2 * GST_SECOND)

/* Growth near the capacity: SLOPE bit/s per second at SLOPE_AT bit/s. */
#define SLOPE 60000.0
#define SLOPE_AT 600000.0
#define SLOPE_RTT (200 * GST_MSECOND) /* paths slower than that grow slower */

/* Growth away from it: GROWTH_START per second (5.5: "1.08"), doubled each second to GROWTH_MAX. */
#define GROWTH_START 0.08
#define GROWTH_MAX 0.5

/* The rate outruns what arrives by no more than this (5.5: "1.5 * R_hat"; 10 kbit/s as libwebrtc,
 * to get off the ground). */
#define AHEAD 1.5
#define AHEAD_MIN 10000.0

/* BLIND_INTERVAL: between falls that have no measure: nothing is known to arrive yet, or what
 * arrives is all that the application sends. */
#define BLIND_INTERVAL (300 * GST_MSECOND)

/* ARRIVES: this share of what was sent arrives: the link is not full of us. */
#define ARRIVES 0.9

void
rtc_gcc_rate_init (RtcGccRate *self, const RtcCcBounds *bounds)
{
  *self = (RtcGccRate){ .bounds = *bounds, .bps = (gdouble) bounds->start_bps };
  self->updated_at = self->decreased_at = self->free_since = self->empty_at = GST_CLOCK_TIME_NONE;
}

void
rtc_gcc_rate_set_bounds (RtcGccRate *self, const RtcCcBounds *bounds)
{
  self->bounds = *bounds;
  self->bps = (gdouble) rtc_cc_bounds_clamp (bounds, self->bps);
}

void
rtc_gcc_rate_set (RtcGccRate *self, GstClockTime now, gdouble bps)
{
  self->bps = (gdouble) rtc_cc_bounds_clamp (&self->bounds, bps);
  self->updated_at = now;
  self->free_since = now;
  self->full_bps = 0;
  self->is_holding = FALSE;
  if (self->bps > rtc_gcc_capacity_get_upper (&self->capacity)
      || self->bps < rtc_gcc_capacity_get_lower (&self->capacity))
    rtc_gcc_capacity_reset (&self->capacity);
}

static gdouble
rate_drained (gdouble link, gint64 queue)
{
  gdouble excess = (gdouble) queue / GST_SECOND - DRAIN_QUEUE;

  return link * MAX (DRAIN_MIN, BETA - MAX (excess, 0) / DRAIN_TIME);
}

static void
rate_decrease (
    RtcGccRate *self, GstClockTime now, const RtcGccRateInput *input, gboolean is_competing)
{
  gdouble full = input->acked.received, next;

  self->free_since = GST_CLOCK_TIME_NONE;
  if (input->fast.received > 0 && (full == 0 || input->fast.received < full))
    full = input->fast.received;
  full /= 1 - input->inherent_loss;
  if (full == 0 || (input->is_app_limited && input->fast.received >= ARRIVES * input->fast.sent)) {
    if (self->decreased_at != GST_CLOCK_TIME_NONE
        && rtc_time_elapsed (self->decreased_at, now) < BLIND_INTERVAL)
      return;
    next = BETA * self->bps;
  } else {
    next = BETA * full;
    if (!is_competing)
      next = rate_drained (full, input->queue);
    if (full < rtc_gcc_capacity_get_lower (&self->capacity)
        || full > rtc_gcc_capacity_get_upper (&self->capacity))
      rtc_gcc_capacity_reset (&self->capacity);
    if (!self->is_holding)
      rtc_gcc_capacity_handle_overuse (&self->capacity, full);
    self->full_bps = full;
  }
  if (!self->is_holding)
    self->overuses++;
  self->is_holding = TRUE;
  self->bps = MIN (self->bps, next);
  self->decreased_at = now;
}

/* The queue has drained: back to near what the link carries. */
static void
rate_return (RtcGccRate *self, GstClockTime now)
{
  self->is_holding = FALSE;
  self->bps = MAX (self->bps, RETURN * self->full_bps);
  self->full_bps = 0;
  self->free_since = GST_CLOCK_TIME_NONE;
  (void) now;
}

static void
rate_increase (RtcGccRate *self, GstClockTime now, const RtcGccRateInput *input)
{
  gdouble dt = (gdouble) MIN (rtc_time_elapsed (self->updated_at, now), GST_SECOND) / GST_SECOND;
  gdouble upper = rtc_gcc_capacity_get_upper (&self->capacity), next, limit;

  if (input->acked.received > upper) {
    rtc_gcc_capacity_reset (&self->capacity);
    upper = INFINITY;
  }
  if (!isinf (upper) && self->bps < upper) {
    GstClockTime rtt = input->rtt == GST_CLOCK_TIME_NONE ? SLOPE_RTT : input->rtt;

    next = self->bps
           + dt * SLOPE * sqrt (self->bps / SLOPE_AT)
                 * MIN (1.0, (gdouble) SLOPE_RTT / (gdouble) MAX (rtt, 1));
    self->free_since = GST_CLOCK_TIME_NONE;
  } else {
    gdouble seconds, growth;

    if (self->free_since == GST_CLOCK_TIME_NONE)
      self->free_since = now;
    seconds = (gdouble) rtc_time_elapsed (self->free_since, now) / GST_SECOND;
    growth = MIN (GROWTH_START * exp2 (MIN (seconds, 8.0)), GROWTH_MAX);
    next = self->bps * (1 + growth * dt);
  }
  if (input->acked.received == 0)
    return;
  limit = AHEAD * input->acked.received / (1 - input->inherent_loss) + AHEAD_MIN;
  self->bps = MAX (self->bps, MIN (next, limit));
}

void
rtc_gcc_rate_update (RtcGccRate *self, GstClockTime now, const RtcGccRateInput *input)
{
  gboolean is_competing;

  if (input->queue < EMPTY_QUEUE || self->empty_at == GST_CLOCK_TIME_NONE)
    self->empty_at = now;
  is_competing = rtc_time_elapsed (self->empty_at, now) >= COMPETING;
  if (input->state == RTC_CC_STATE_OVERUSE) {
    rate_decrease (self, now, input, is_competing);
  } else if (self->is_holding) {
    GstClockTime held = rtc_time_elapsed (self->decreased_at, now);

    if (input->queue < EMPTY_QUEUE || (is_competing && input->state == RTC_CC_STATE_NORMAL)
        || held > HOLD_MAX)
      rate_return (self, now);
  } else if (input->state == RTC_CC_STATE_NORMAL && !input->is_app_limited
             && (is_competing || input->queue < SHORT_QUEUE)) {
    rate_increase (self, now, input);
  }
  self->bps = (gdouble) rtc_cc_bounds_clamp (&self->bounds, self->bps);
  self->updated_at = now;
}
