/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* rtc-gcc-path-loss.h - what the path loses where no queue is.
 *
 * A queue that is full loses packets, and so does a bad radio link; the first passes with the
 * queue, and only the second is there to stay. Packets beside which others waited for long, and
 * those of messages that tell of over-use or of the time until its queue has drained, are counted
 * neither as sent nor as lost. So where both kinds of loss happen, the path's is seen before,
 * after and between the queues. Nor do losses of an outage count, in which nothing at all gets
 * through for RTC_GCC_PATH_LOSS_OUTAGE or longer: that is no share of what is sent, and nothing
 * that is sent along with it mends it. Pure, flat. Network thread only. */
#pragma once

#include "gst/rtc/base/rtc-types.h"

G_BEGIN_DECLS

/* RTC_GCC_PATH_LOSS_WAITED: who waited longer than this was in a queue that may overflow. Jitter
 * without a queue is less. */
#define RTC_GCC_PATH_LOSS_WAITED ((gint64) (50 * GST_MSECOND))

/* RTC_GCC_PATH_LOSS_OUTAGE: of sending, from the first packet that was lost in a row to the last;
 * RTC_GCC_PATH_LOSS_OUTAGE_PACKETS: at least so many of them. At 10 % at random one in 10^8 packets
 * begins such a row. RTC_GCC_PATH_LOSS_SMOOTH: loss follows over so many packets, and is their mean
 * before. */
#define RTC_GCC_PATH_LOSS_OUTAGE (200 * GST_MSECOND)
#define RTC_GCC_PATH_LOSS_OUTAGE_PACKETS 8
#define RTC_GCC_PATH_LOSS_SMOOTH 250

/* Zero-initialised. packets, lost and loss are for reading: totals, lost among packets; the share
 * of late, 0..1. */
typedef struct {
  guint64 packets, lost;
  gdouble loss;
  guint message_packets, message_lost; /* of the running message */
  guint unplaced;                      /* lost since the last arrival */
  GstClockTime unplaced_from, unplaced_to; /* send times of the first and the last of them */
  gboolean has_waited;                 /* the last one to arrive, or its message */
} RtcGccPathLoss;

/* Packets were reported, in the order of sending. waited: in queues, ns. */
void rtc_gcc_path_loss_handle_lost (RtcGccPathLoss *self, GstClockTime send_time);
void rtc_gcc_path_loss_handle_arrival (RtcGccPathLoss *self, gint64 waited);

/* One came that had been reported lost. Which one is not known: one that is not placed yet is taken
 * back, as the newest, and is then counted neither as sent nor as lost, else one of the path's,
 * even when it was a queue's. So the counts are approximate where much comes late. */
void rtc_gcc_path_loss_handle_late (RtcGccPathLoss *self);

/* End of a message. is_congested: it tells of more than the path takes, as the controller sees. */
void rtc_gcc_path_loss_end_message (RtcGccPathLoss *self, gboolean is_congested);

G_END_DECLS
