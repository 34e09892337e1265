/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "gst/rtc/cc/rtc-gcc-capacity.h"

#include <math.h>

/* libwebrtc's figures: each over-use moves the mean by a twentieth; the variance is kept relative
 * to the mean, between 0.4 (14 kbit/s at 500 kbit/s) and 2.5 (35 kbit/s). */
#define SHARE 0.05
#define DEVIATION_START 0.4
#define DEVIATION_MIN 0.4
#define DEVIATION_MAX 2.5
#define N_DEVIATIONS 3.0

/* SPREAD_MIN: at high rates three deviations are less than what the rate itself is known to. */
#define SPREAD_MIN 0.1

void
rtc_gcc_capacity_handle_overuse (RtcGccCapacity *self, gdouble bps)
{
  gdouble sample = bps / 1000, error;

  if (self->mean == 0) {
    self->mean = sample;
    self->deviation = DEVIATION_START;
    return;
  }
  error = self->mean - sample;
  self->mean += SHARE * (sample - self->mean);
  self->deviation += SHARE * (error * error / MAX (self->mean, 1) - self->deviation);
  self->deviation = CLAMP (self->deviation, DEVIATION_MIN, DEVIATION_MAX);
}

void
rtc_gcc_capacity_reset (RtcGccCapacity *self)
{
  *self = (RtcGccCapacity){ 0 };
}

gdouble
rtc_gcc_capacity_get (const RtcGccCapacity *self)
{
  return self->mean * 1000;
}

static gdouble
capacity_spread (const RtcGccCapacity *self)
{
  gdouble deviations = N_DEVIATIONS * sqrt (self->deviation * self->mean);

  return 1000 * MAX (deviations, SPREAD_MIN * self->mean);
}

gdouble
rtc_gcc_capacity_get_lower (const RtcGccCapacity *self)
{
  return self->mean == 0 ? 0 : MAX (0, self->mean * 1000 - capacity_spread (self));
}

gdouble
rtc_gcc_capacity_get_upper (const RtcGccCapacity *self)
{
  return self->mean == 0 ? INFINITY : self->mean * 1000 + capacity_spread (self);
}
