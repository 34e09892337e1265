/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "gst/rtc/cc/rtc-gcc-alr.h"

#include "gst/rtc/base/rtc-time.h"

void
rtc_gcc_alr_init (RtcGccAlr *self)
{
  *self = (RtcGccAlr){ .at = GST_CLOCK_TIME_NONE, .since = GST_CLOCK_TIME_NONE };
}

void
rtc_gcc_alr_handle_sent (RtcGccAlr *self, GstClockTime now, guint len, guint64 target_bps)
{
  gdouble bytes_per_ns = RTC_GCC_ALR_SHARE * (gdouble) target_bps / 8 / GST_SECOND;
  gdouble full = bytes_per_ns * RTC_GCC_ALR_SPAN;

  self->level += bytes_per_ns * (gdouble) rtc_time_elapsed (self->at, now);
  self->level = CLAMP (self->level, -full, full) - (gdouble) len;
  self->at = now;
  if (self->since == GST_CLOCK_TIME_NONE && self->level > RTC_GCC_ALR_BEGIN * full)
    self->since = now;
  else if (self->level < RTC_GCC_ALR_END * full)
    self->since = GST_CLOCK_TIME_NONE;
}
