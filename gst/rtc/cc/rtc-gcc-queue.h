/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* rtc-gcc-queue.h - how long packets wait in queues on the way, as far as one can see, and how fast
 * those empty.
 *
 * The least one-way delay of the last half minute to minute is taken for the empty path; what a
 * message's luckiest packet took more is queue. The clocks' offset cancels out; drift (50 ppm)
 * makes three milliseconds in that time. A queue that never empties for a minute is not seen:
 * it is then not ours alone, and the trend still tells when it grows.
 *
 * Packets that have waited come out of the queue one right behind the other, whatever was sent: the
 * time between two of them is what the link takes for one. So a few tell what a link carries that
 * has just become slower, while any rate over a window still has what it carried before in it. The
 * longest silence among them counts as the second longest: others' bursts come out in between.
 * Pure, flat. */
#pragma once

#include "gst/rtc/base/rtc-types.h"

G_BEGIN_DECLS

#define RTC_GCC_QUEUE_WINDOW (30 * GST_SECOND)

/* RTC_GCC_QUEUE_WAITED: who waited longer than this was in a queue. RTC_GCC_QUEUE_SPAN: what comes
 * out of it in this time and longer tells its rate; RTC_GCC_QUEUE_MEMORY: what came before counts
 * half. */
#define RTC_GCC_QUEUE_WAITED (25 * GST_MSECOND)
#define RTC_GCC_QUEUE_SPAN (30 * GST_MSECOND)
#define RTC_GCC_QUEUE_MEMORY (150 * GST_MSECOND)

/* RTC_GCC_QUEUE_ENDLESS: nothing that is seen or heard at once passes a longer one. A clock that is
 * set by as much is noticed (RTC_GCC_GROUP_JUMP): the path is as good as gone, or the peer tells
 * tales. */
#define RTC_GCC_QUEUE_ENDLESS ((gint64) (3 * GST_SECOND))

/* Fields are private. */
typedef struct {
  gint64 floor[2];      /* least delay of the running window and of the one before, ns */
  GstClockTime floor_at; /* send time at which the running window began */
  gint64 least;         /* of the running message */
  gint64 queue;         /* of the last message */
  gint64 newest;        /* of the newest packet */
  gboolean is_full;     /* the newest packet has waited */
  GstClockTime full_arrival, full_time; /* of the newest such; since the first of them */
  guint64 full_bytes;   /* that came in that time */
  GstClockTime longest, second; /* silences in it */
} RtcGccQueue;

void rtc_gcc_queue_init (RtcGccQueue *self);

/* A packet of len bytes has arrived, in the order in which they were sent. */
void rtc_gcc_queue_handle_packet (
    RtcGccQueue *self, GstClockTime send_time, GstClockTime arrival, guint32 len);

/* End of a message: how long its luckiest packet waited, ns >= 0; that of the message before when
 * none of its packets arrived. */
gint64 rtc_gcc_queue_end_message (RtcGccQueue *self);

/* How long the newest packet waited, ns >= 0. */
gint64 rtc_gcc_queue_get_newest (const RtcGccQueue *self);

/* What comes out of the queue, bit/s; 0: the newest packet met none, or that is too new. */
gdouble rtc_gcc_queue_get_rate (const RtcGccQueue *self);

G_END_DECLS
