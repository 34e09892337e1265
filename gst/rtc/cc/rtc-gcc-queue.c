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

static void
queue_measure (RtcGccQueue *self, GstClockTime arrival, guint32 len)
{
  GstClockTime gap;

  if (!self->is_full) {
    self->is_full = TRUE;
    self->full_time = self->full_bytes = self->longest = self->second = 0;
    self->full_arrival = arrival;
    return;
  }
  /* One that was overtaken has taken no time of its own. */
  gap = rtc_time_elapsed (self->full_arrival, arrival);
  self->second = MAX (self->second, MIN (self->longest, gap));
  self->longest = MAX (self->longest, gap);
  self->full_time += gap;
  self->full_bytes += len;
  self->full_arrival = MAX (self->full_arrival, arrival);
  if (self->full_time > RTC_GCC_QUEUE_MEMORY) {
    self->full_time /= 2;
    self->full_bytes /= 2;
    self->longest /= 2;
    self->second /= 2;
  }
}

void
rtc_gcc_queue_handle_packet (
    RtcGccQueue *self, GstClockTime send_time, GstClockTime arrival, guint32 len)
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
  self->newest = delay - MIN (self->floor[0], self->floor[1]);
  if (self->newest > (gint64) RTC_GCC_QUEUE_WAITED)
    queue_measure (self, arrival, len);
  else
    self->is_full = FALSE;
}

gint64
rtc_gcc_queue_end_message (RtcGccQueue *self)
{
  if (self->least != G_MAXINT64)
    self->queue = self->least - MIN (self->floor[0], self->floor[1]);
  self->least = G_MAXINT64;
  return self->queue;
}

gint64
rtc_gcc_queue_get_newest (const RtcGccQueue *self)
{
  return self->newest;
}

gdouble
rtc_gcc_queue_get_rate (const RtcGccQueue *self)
{
  GstClockTime time = self->full_time - (self->longest - self->second);

  if (!self->is_full || time < RTC_GCC_QUEUE_SPAN)
    return 0;
  return (gdouble) self->full_bytes * 8 * GST_SECOND / (gdouble) time;
}
