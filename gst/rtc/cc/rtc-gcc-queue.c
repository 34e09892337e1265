/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "gst/rtc/cc/rtc-gcc-queue.h"

#include "gst/rtc/base/rtc-time.h"

void
rtc_gcc_queue_init (RtcGccQueue *self)
{
  *self = (RtcGccQueue){
    .floor = { G_MAXINT64, G_MAXINT64 }, .floor_at = GST_CLOCK_TIME_NONE, .least = G_MAXINT64
  };
}

void
rtc_gcc_queue_handle_packet (RtcGccQueue *self, GstClockTime send_time, GstClockTime arrival)
{
  gint64 delay = GST_CLOCK_DIFF (send_time, arrival);

  if (self->floor_at == GST_CLOCK_TIME_NONE)
    self->floor_at = send_time;
  if (rtc_time_elapsed (self->floor_at, send_time) >= RTC_GCC_QUEUE_WINDOW) {
    self->floor[1] = self->floor[0];
    self->floor[0] = G_MAXINT64;
    self->floor_at = send_time;
  }
  self->floor[0] = MIN (self->floor[0], delay);
  self->least = MIN (self->least, delay);
}

gint64
rtc_gcc_queue_end_message (RtcGccQueue *self)
{
  if (self->least != G_MAXINT64)
    self->queue = self->least - MIN (self->floor[0], self->floor[1]);
  self->least = G_MAXINT64;
  return self->queue;
}
