/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "gst/media/gstrtclatency.h"

#include <math.h>

#define UNKNOWN_RTT (100 * GST_MSECOND)

/* The share of packets that may still be missing after the rounds that are waited for: a picture
 * has some ten packets, and each lost picture costs a key frame. */
#define REMAINING 0.0005
#define MAX_ROUNDS 5

/* Loss below this is repaired if it can be, but not worth waiting longer for. */
#define NEGLIGIBLE_LOSS 0.0005

/* How fast loss is forgotten. A queue that overflowed once loses many at once and then none: of a
 * path that lost this part at random, so many packets without a loss would come once in 50 times.
 */
#define FORGET_NS (3.0 * GST_SECOND)
#define CLEAN_LOSSES 4.0

static guint
to_ms (GstClockTime time)
{
  return (guint) MIN (time / GST_MSECOND, 60000);
}

/* Rises by a third of what a reading says, falls with FORGET_NS, and to what the packets since the
 * last loss allow. */
static void
update_loss (GstRtcLatency *self, GstClockTime elapsed, guint64 packets, guint64 missing)
{
  gdouble now = packets + missing == 0 ? 0 : (gdouble) missing / (gdouble) (packets + missing);

  self->clean_packets = missing > 0 ? 0 : self->clean_packets + packets;
  if (now > self->loss)
    self->loss += (now - self->loss) / 3;
  else
    self->loss *= exp (-(gdouble) elapsed / FORGET_NS);
  self->loss = MIN (self->loss, CLEAN_LOSSES / (gdouble) MAX (self->clean_packets, 1));
}

static guint
get_rounds (gdouble loss)
{
  if (loss < NEGLIGIBLE_LOSS)
    return 0;
  return (guint) CLAMP (ceil (log (REMAINING) / log (MIN (loss, 0.9))), 1, MAX_ROUNDS);
}

static guint
get_target (const GstRtcLatency *self, const GstRtcLatencyReading *reading)
{
  GstClockTime rtt = GST_CLOCK_TIME_IS_VALID (reading->rtt) ? reading->rtt : UNKNOWN_RTT;
  guint rounds = get_rounds (self->loss);
  guint target = 10 + 4 * to_ms (reading->jitter);

  if (rounds > 0)
    target += 20 + rounds * (to_ms (rtt) + 10);
  return target;
}

/* The latency for a target: in steps above min_ms. */
static guint
limit (const GstRtcLatency *self, guint target_ms)
{
  guint above;

  if (target_ms <= self->min_ms)
    return self->min_ms;
  above = (target_ms - self->min_ms + GST_RTC_LATENCY_STEP_MS - 1) / GST_RTC_LATENCY_STEP_MS;
  return MIN (self->min_ms + above * GST_RTC_LATENCY_STEP_MS, self->max_ms);
}

void
gst_rtc_latency_init (GstRtcLatency *self, guint min_ms, guint max_ms)
{
  *self = (GstRtcLatency){ .min_ms = min_ms,
    .max_ms = MAX (min_ms, max_ms),
    .latency_ms = min_ms,
    .last_reading = GST_CLOCK_TIME_NONE };
}

gboolean
gst_rtc_latency_set_limits (GstRtcLatency *self, guint min_ms, guint max_ms)
{
  guint latency_ms;

  self->min_ms = min_ms;
  self->max_ms = MAX (min_ms, max_ms);
  latency_ms = CLAMP (self->latency_ms, self->min_ms, self->max_ms);
  if (!GST_CLOCK_TIME_IS_VALID (self->last_reading))
    latency_ms = self->min_ms; /* nothing speaks for more so far */
  if (latency_ms == self->latency_ms)
    return FALSE;
  self->latency_ms = latency_ms;
  return TRUE;
}

/* What was needed now is remembered for one to two times HOLD. */
static void
note_need (GstRtcLatency *self, GstClockTime now, guint need_ms)
{
  if (now < self->hold_began || now >= self->hold_began + GST_RTC_LATENCY_HOLD) {
    self->need_before_ms = now < self->hold_began + 2 * GST_RTC_LATENCY_HOLD ? self->need_ms : 0;
    self->need_ms = 0;
    self->hold_began = now;
  }
  self->need_ms = MAX (self->need_ms, need_ms);
}

/* Moves towards what was needed of late: up at once, down by little. */
static gboolean
move (GstRtcLatency *self, GstClockTime now)
{
  guint wanted_ms = limit (self, MAX (self->need_ms, self->need_before_ms));

  if (wanted_ms == self->latency_ms)
    return FALSE;
  if (wanted_ms < self->latency_ms) {
    if (now < self->last_change + GST_RTC_LATENCY_FALL_INTERVAL)
      return FALSE;
    wanted_ms = MAX (wanted_ms, self->latency_ms - MIN (self->latency_ms, GST_RTC_LATENCY_FALL_MS));
  }
  self->latency_ms = wanted_ms;
  self->last_change = now;
  return TRUE;
}

gboolean
gst_rtc_latency_update (GstRtcLatency *self, GstClockTime now, const GstRtcLatencyReading *reading)
{
  GstClockTime elapsed;
  guint wanted;

  if (!GST_CLOCK_TIME_IS_VALID (self->last_reading) || now < self->last_reading) {
    self->last_reading = self->last_change = now; /* the first, or by another clock */
    return FALSE;
  }
  if (now < self->last_reading + GST_RTC_LATENCY_INTERVAL)
    return FALSE;
  elapsed = now - self->last_reading;
  update_loss (self, elapsed, reading->packets - self->packets, reading->missing - self->missing);
  wanted = get_target (self, reading);
  if (reading->late > self->late && !reading->is_idle)
    wanted = MAX (wanted, self->latency_ms + self->latency_ms / 4 + GST_RTC_LATENCY_STEP_MS);
  self->last_reading = now;
  self->packets = reading->packets;
  self->missing = reading->missing;
  self->late = reading->late;
  note_need (self, now, wanted);
  return move (self, now);
}

gboolean
gst_rtc_latency_raise (GstRtcLatency *self, GstClockTime now, GstClockTime late)
{
  guint late_ms = to_ms (late);

  if (late_ms > self->max_ms)
    return FALSE; /* no latency that is allowed would have it in time */
  note_need (self, now, late_ms + GST_RTC_LATENCY_MARGIN_MS);
  if (late_ms + GST_RTC_LATENCY_MARGIN_MS / 2 <= self->latency_ms
      || self->latency_ms >= self->max_ms)
    return FALSE;
  note_need (self, now, self->latency_ms + self->latency_ms / 4);
  return move (self, now);
}

GstClockTime
gst_rtc_latency_get_excess (const GstRtcLatency *self, GstClockTime late)
{
  GstClockTime in_time = self->latency_ms * GST_MSECOND;
  guint margin_ms = MIN (GST_RTC_LATENCY_MARGIN_MS, self->latency_ms / 4);

  return late > in_time ? late - in_time + margin_ms * GST_MSECOND : 0;
}
