/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* rtc-rate-meter.h - bytes per second over the last second, in eight steps.
 *
 * Pure; O(1). Zero-initialised: nothing yet, rate 0. */
#pragma once

#include <gst/gst.h>

#include <string.h>

G_BEGIN_DECLS

#define RTC_RATE_METER_STEPS 8
#define RTC_RATE_METER_STEP (GST_SECOND / RTC_RATE_METER_STEPS)

typedef struct {
  guint64 bytes[RTC_RATE_METER_STEPS];
  guint64 sum;
  guint64 step;        /* the running one, counted from time 0 */
  GstClockTime began;  /* of what is in the sum; meaningless while !used */
  gboolean used;
} RtcRateMeter;

/* Forgets what is more than a second old. */
static inline void
rtc_rate_meter_advance (RtcRateMeter *self, GstClockTime now)
{
  guint64 step = now / RTC_RATE_METER_STEP;

  if (step <= self->step)
    return;
  if (step - self->step >= RTC_RATE_METER_STEPS) {
    memset (self, 0, sizeof *self);
    self->step = step;
    return;
  }
  for (; self->step < step;) {
    guint64 *oldest = &self->bytes[++self->step % RTC_RATE_METER_STEPS];

    self->sum -= *oldest;
    *oldest = 0;
  }
}

static inline void
rtc_rate_meter_add (RtcRateMeter *self, GstClockTime now, gsize bytes)
{
  rtc_rate_meter_advance (self, now);
  if (!self->used) {
    self->used = TRUE;
    self->began = now;
  }
  self->bytes[self->step % RTC_RATE_METER_STEPS] += bytes;
  self->sum += bytes;
}

/* Bits per second; over what there is when that is less than a second, but not less than a step. */
static inline guint64
rtc_rate_meter_get_bps (RtcRateMeter *self, GstClockTime now)
{
  GstClockTime span;

  rtc_rate_meter_advance (self, now);
  if (!self->used || self->sum == 0)
    return 0;
  span = now - MIN (now, self->began);
  /* The seven whole steps before the running one, and what has passed of that. */
  span = MIN (span, (RTC_RATE_METER_STEPS - 1) * RTC_RATE_METER_STEP + now % RTC_RATE_METER_STEP);
  return gst_util_uint64_scale (self->sum * 8, GST_SECOND, MAX (span, RTC_RATE_METER_STEP));
}

G_END_DECLS
