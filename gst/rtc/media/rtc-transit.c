/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "gst/rtc/media/rtc-transit.h"

/* Time stamps further apart than this are not of the same run. */
#define MAX_TS_STEP (5 * GST_SECOND)

GstClockTime
rtc_transit_handle_packet (RtcTransit *self, GstClockTime arrival, guint32 rtp_ts, guint clock_rate)
{
  gint32 ticks = (gint32) (rtp_ts - self->last_ts);
  GstClockTimeDiff step, transit;

  if (self->has_last && ticks == 0)
    return 0;
  step = (GstClockTimeDiff) ticks * (GstClockTimeDiff) GST_SECOND / clock_rate;
  if (!self->has_last || ABS (step) > (GstClockTimeDiff) MAX_TS_STEP) {
    *self = (RtcTransit){ .has_last = TRUE, .last_ts = rtp_ts, .window_began = arrival };
    self->fastest = self->fastest_before = (GstClockTimeDiff) arrival;
    return 0;
  }
  self->last_ts = rtp_ts;
  self->media += step;
  transit = (GstClockTimeDiff) arrival - self->media;
  if (arrival < self->window_began || arrival >= self->window_began + RTC_TRANSIT_WINDOW) {
    self->window_began = arrival;
    self->fastest_before = self->fastest;
    self->fastest = transit;
  }
  self->fastest = MIN (self->fastest, transit);
  self->late = (GstClockTime) (transit - MIN (self->fastest, self->fastest_before));
  return self->late;
}
