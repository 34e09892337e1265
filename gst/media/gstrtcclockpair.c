/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "gst/media/gstrtcclockpair.h"

GstClockTime
gst_rtc_clock_pair_read (GstClock *clock, GstClockTime *monotonic)
{
  GstClockTime before = gst_util_get_timestamp (), shortest = GST_CLOCK_TIME_NONE;
  GstClockTime best = GST_CLOCK_TIME_NONE;

  for (guint i = 0; i < GST_RTC_CLOCK_PAIR_TRIES && shortest > GST_RTC_CLOCK_PAIR_PRECISION; i++) {
    GstClockTime time = gst_clock_get_time (clock);
    GstClockTime after = gst_util_get_timestamp ();

    if (after - before < shortest) {
      shortest = after - before;
      *monotonic = before + shortest / 2;
      best = time;
    }
    before = after;
  }
  return best;
}
