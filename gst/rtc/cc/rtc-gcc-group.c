/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "gst/rtc/cc/rtc-gcc-group.h"

static void
group_begin (RtcGccGroupTimes *group, GstClockTime send_time, GstClockTime arrival)
{
  *group = (RtcGccGroupTimes){ .first_send = send_time,
    .last_send = send_time,
    .first_arrival = arrival,
    .last_arrival = arrival,
    .used = TRUE };
}

/* A packet that came in the running group's clump: it waited for the packets before it, so its own
 * delay is theirs. */
static gboolean
group_is_burst (const RtcGccGroupTimes *group, GstClockTime send_time, GstClockTime arrival)
{
  gint64 arrival_delta = GST_CLOCK_DIFF (group->last_arrival, arrival);
  gint64 send_delta = GST_CLOCK_DIFF (group->last_send, send_time);

  return arrival_delta < send_delta && arrival_delta <= (gint64) RTC_GCC_GROUP_LENGTH
         && GST_CLOCK_DIFF (group->first_arrival, arrival) < (gint64) RTC_GCC_GROUP_BURST_MAX;
}

RtcGccGroupEvent
rtc_gcc_group_handle_packet (
    RtcGccGroup *self, GstClockTime send_time, GstClockTime arrival, RtcGccDelta *out)
{
  RtcGccGroupTimes *current = &self->current;
  RtcGccGroupEvent event = RTC_GCC_GROUP_NOTHING;

  if (!current->used) {
    group_begin (current, send_time, arrival);
    return event;
  }
  if (send_time < current->first_send)
    return event;
  if (send_time - current->first_send <= RTC_GCC_GROUP_LENGTH
      || group_is_burst (current, send_time, arrival)) {
    current->last_send = MAX (current->last_send, send_time);
    current->last_arrival = MAX (current->last_arrival, arrival);
    return event;
  }
  if (self->previous.used) {
    gint64 change;

    out->arrival = current->last_arrival;
    out->send_delta = GST_CLOCK_DIFF (self->previous.last_send, current->last_send);
    out->arrival_delta = GST_CLOCK_DIFF (self->previous.last_arrival, current->last_arrival);
    change = out->arrival_delta - out->send_delta;
    event = ABS (change) < (gint64) RTC_GCC_GROUP_JUMP ? RTC_GCC_GROUP_DELTA : RTC_GCC_GROUP_RESET;
  }
  self->previous = *current;
  if (event == RTC_GCC_GROUP_RESET)
    self->previous.used = FALSE;
  group_begin (current, send_time, arrival);
  return event;
}
