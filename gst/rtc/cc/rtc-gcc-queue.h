/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* rtc-gcc-queue.h - how long packets wait in queues on the way, as far as one can see.
 *
 * The least one-way delay of the last half minute to minute is taken for the empty path; what a
 * message's luckiest packet took more is queue. The clocks' offset cancels out; drift (50 ppm)
 * makes three milliseconds in that time. A queue that never empties for a minute is not seen:
 * it is then not ours alone, and the trend still tells when it grows. Pure, flat. */
#pragma once

#include "gst/rtc/base/rtc-types.h"

G_BEGIN_DECLS

#define RTC_GCC_QUEUE_WINDOW (30 * GST_SECOND)

/* Fields are private. */
typedef struct {
  gint64 floor[2];      /* least delay of the running window and of the one before, ns */
  GstClockTime floor_at; /* send time at which the running window began */
  gint64 least;         /* of the running message */
  gint64 queue;         /* of the last message */
} RtcGccQueue;

void rtc_gcc_queue_init (RtcGccQueue *self);

void rtc_gcc_queue_handle_packet (RtcGccQueue *self, GstClockTime send_time, GstClockTime arrival);

/* End of a message: how long its luckiest packet waited, ns >= 0; that of the message before when
 * none of its packets arrived. */
gint64 rtc_gcc_queue_end_message (RtcGccQueue *self);

G_END_DECLS
