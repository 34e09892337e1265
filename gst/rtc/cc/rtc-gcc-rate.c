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

/* EMPTY_QUEUE: as good as none. One that stood for STANDING is drained as if it grew. When even so
 * it was never empty for COMPETING, somebody else keeps it long, and draining it would only make
 * room for him: falls are shallower then and growth is steeper, until it is empty, or the link
 * gives less than COMPETING_LOST of the rate: it is the link that changed, not the company. */
#define EMPTY_QUEUE ((gint64) (30 * GST_MSECOND))
#define STANDING (2 * GST_SECOND)
#define COMPETING (3 * GST_SECOND)
#define COMPETING_LOST 0.5
#define COMPETING_BETA 0.95
#define COMPETING_RETURN 0.97
#define COMPETING_SLOPE 2.5

/* SHORT_QUEUE: with a longer one, that is ours, the rate does not grow. */
#define SHORT_QUEUE ((gint64) (60 * GST_MSECOND))

/* RETURN: of what the link was seen to carry, once the queue has drained. */
#define RETURN 0.87
#define HOLD_MAX (2 * GST_SECOND)

/* Growth near the capacity: SLOPE bit/s per second at SLOPE_AT, less by the root where more is
 * sent, so that who has more gets less of what is free; but not more than SLOPE_SHARE of the rate.
 * Paths slower than SLOPE_RTT grow slower. */
#define SLOPE 60000.0
#define SLOPE_AT 1000000.0
#define SLOPE_SHARE 0.1
#define SLOPE_RTT (200 * GST_MSECOND)

/* CALM: without over-use for so long and past the capacity, it is not the capacity any more. Flows
 * that share a link disturb each other more often than that, and so keep adding. */
#define CALM (2 * GST_SECOND)

/* Growth away from it: GROWTH_START per second (5.5: "1.08"), doubled each second to GROWTH_MAX. */
#define GROWTH_START 0.08
#define GROWTH_MAX 0.5

/* LOSSY: at this loss, whatever its cause, the rate does not grow past LOSSY_BPS: each further bit
 * needs another for its repair, and measures of the link are too rough to go near its limit. */
#define LOSSY 0.15
#define LOSSY_BPS 1000000.0

/* The rate outruns what arrives by no more than this (5.5: "1.5 * R_hat"; 10 kbit/s as libwebrtc,
 * to get off the ground). */
#define AHEAD 1.5
#define AHEAD_MIN 10000.0

/* BLIND_INTERVAL: between falls that have no measure: nothing is known to arrive yet, or what
 * arrives is all that the application sends. */
#define BLIND_INTERVAL (300 * GST_MSECOND)

/* ENDLESS: of the rate, at most, after an over-use with a queue of RTC_GCC_QUEUE_ENDLESS; but once
 * in a BLIND_INTERVAL. */
#define ENDLESS 0.5

/* ARRIVES: this share of what was sent arrives: the link is not full of us. */
#define ARRIVES 0.9

void
rtc_gcc_rate_init (RtcGccRate *self, const RtcCcBounds *bounds)
{
  *self = (RtcGccRate){ .bounds = *bounds, .bps = (gdouble) bounds->start_bps };
  self->updated_at = self->decreased_at = self->halved_at = GST_CLOCK_TIME_NONE;
  self->free_since = self->calm_since = self->empty_at = GST_CLOCK_TIME_NONE;
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
  self->updated_at = self->free_since = self->calm_since = now;
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

/* What comes out of a queue without an end tells of no capacity: nothing is to be returned to, and
 * should the queue go, the way up is that of a path of which nothing is known. */
static void
rate_fall_endless (RtcGccRate *self, GstClockTime now)
{
  self->full_bps = 0;
  self->free_since = now;
  rtc_gcc_capacity_reset (&self->capacity);
  if (self->halved_at != GST_CLOCK_TIME_NONE
      && rtc_time_elapsed (self->halved_at, now) < BLIND_INTERVAL)
    return;
  self->halved_at = now;
  self->bps *= ENDLESS;
}

static void
rate_decrease (RtcGccRate *self, GstClockTime now, const RtcGccRateInput *input)
{
  gdouble full = input->acked.received, next;

  if (input->fast.received > 0 && (full == 0 || input->fast.received < full))
    full = input->fast.received;
  full /= 1 - input->inherent_loss;
  if (full == 0 || (input->is_app_limited && input->fast.received >= ARRIVES * input->fast.sent)) {
    if (self->decreased_at != GST_CLOCK_TIME_NONE
        && rtc_time_elapsed (self->decreased_at, now) < BLIND_INTERVAL)
      return;
    next = BETA * self->bps;
  } else {
    if (self->is_competing && full < COMPETING_LOST * self->bps) {
      self->is_competing = FALSE;
      self->empty_at = now;
    }
    next = self->is_competing ? COMPETING_BETA * full : rate_drained (full, input->queue);
    if (full < rtc_gcc_capacity_get_lower (&self->capacity)
        || full > rtc_gcc_capacity_get_upper (&self->capacity))
      rtc_gcc_capacity_reset (&self->capacity);
    if (!self->is_holding || rtc_gcc_capacity_get (&self->capacity) == 0)
      rtc_gcc_capacity_handle_overuse (&self->capacity, full);
    self->full_bps = full;
  }
  if (!self->is_holding)
    self->overuses++;
  self->is_holding = TRUE;
  if (input->queue > RTC_GCC_QUEUE_ENDLESS)
    rate_fall_endless (self, now);
  self->bps = MIN (self->bps, next);
  self->decreased_at = now;
}

/* The queue has drained: back to near what the link carries. */
static void
rate_return (RtcGccRate *self, GstClockTime now)
{
  self->is_holding = FALSE;
  self->bps = MAX (self->bps, (self->is_competing ? COMPETING_RETURN : RETURN) * self->full_bps);
  self->full_bps = 0;
  self->calm_since = now;
}

/* Near the limit: step by step. */
static gdouble
rate_add (const RtcGccRate *self, gdouble dt, GstClockTime rtt)
{
  gdouble slow = rtt == GST_CLOCK_TIME_NONE ? 1 : (gdouble) SLOPE_RTT / (gdouble) MAX (rtt, 1);
  gdouble slope =
      MIN (SLOPE * sqrt (SLOPE_AT / self->bps), SLOPE_SHARE * self->bps) * MIN (1, slow);

  return self->bps + dt * slope * (self->is_competing ? COMPETING_SLOPE : 1);
}

/* Away from it: ever faster. */
static gdouble
rate_multiply (const RtcGccRate *self, GstClockTime now, gdouble dt)
{
  gdouble seconds = (gdouble) rtc_time_elapsed (self->free_since, now) / GST_SECOND;

  return self->bps * (1 + dt * MIN (GROWTH_START * exp2 (MIN (seconds, 8.0)), GROWTH_MAX));
}

static void
rate_increase (RtcGccRate *self, GstClockTime now, const RtcGccRateInput *input)
{
  gdouble dt = (gdouble) MIN (rtc_time_elapsed (self->updated_at, now), GST_SECOND) / GST_SECOND;
  gdouble next, limit;

  if (input->acked.received == 0
      || (input->loss > LOSSY && self->bps > LOSSY_BPS && !self->is_competing))
    return;
  if (self->bps > rtc_gcc_capacity_get_upper (&self->capacity)
      && rtc_time_elapsed (self->calm_since, now) > CALM) {
    rtc_gcc_capacity_reset (&self->capacity);
    self->free_since = now;
  }
  next = rtc_gcc_capacity_get (&self->capacity) > 0 ? rate_add (self, dt, input->rtt)
                                                    : rate_multiply (self, now, dt);
  limit = AHEAD * input->acked.received / (1 - input->inherent_loss) + AHEAD_MIN;
  self->bps = MAX (self->bps, MIN (next, limit));
}

static void
rate_note_queue (RtcGccRate *self, GstClockTime now, gint64 queue)
{
  if (queue < EMPTY_QUEUE || self->empty_at == GST_CLOCK_TIME_NONE) {
    self->empty_at = now;
    self->is_competing = FALSE;
  } else if (queue > RTC_GCC_QUEUE_ENDLESS) {
    self->is_competing = FALSE;
    self->full_bps = 0;
  } else if (rtc_time_elapsed (self->empty_at, now) >= COMPETING) {
    self->is_competing = TRUE;
  }
}

/* A queue that neither grows nor empties: the trend does not see it. */
static gboolean
rate_queue_stands (const RtcGccRate *self, GstClockTime now)
{
  return !self->is_competing && !self->is_holding
         && rtc_time_elapsed (self->empty_at, now) >= STANDING;
}

/* The trend line still points up when what it saw has long drained: after a fall by much, twenty
 * groups take long. */
static gboolean
rate_is_over (const RtcGccRate *self, GstClockTime now, const RtcGccRateInput *input)
{
  if (input->state == RTC_CC_STATE_OVERUSE)
    return !self->is_holding || input->queue >= EMPTY_QUEUE;
  return rate_queue_stands (self, now);
}

void
rtc_gcc_rate_update (RtcGccRate *self, GstClockTime now, const RtcGccRateInput *input)
{
  rate_note_queue (self, now, input->queue);
  if (self->free_since == GST_CLOCK_TIME_NONE)
    self->free_since = self->calm_since = now;
  if (rate_is_over (self, now, input)) {
    rate_decrease (self, now, input);
  } else if (self->is_holding) {
    GstClockTime held = rtc_time_elapsed (self->decreased_at, now);

    if (input->queue < EMPTY_QUEUE || (self->is_competing && input->state == RTC_CC_STATE_NORMAL)
        || held > HOLD_MAX)
      rate_return (self, now);
  } else if (input->state == RTC_CC_STATE_NORMAL && !input->is_app_limited
             && (self->is_competing || input->queue < SHORT_QUEUE)) {
    rate_increase (self, now, input);
  }
  self->bps = (gdouble) rtc_cc_bounds_clamp (&self->bounds, self->bps);
  self->updated_at = now;
}
