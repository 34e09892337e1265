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
 * after and between the queues. Pure, flat. Network thread only. */
#pragma once

#include "gst/rtc/base/rtc-types.h"

G_BEGIN_DECLS

/* RTC_GCC_PATH_LOSS_WAITED: who waited longer than this was in a queue that may overflow. Jitter
 * without a queue is less. */
#define RTC_GCC_PATH_LOSS_WAITED ((gint64) (50 * GST_MSECOND))

/* Zero-initialised. packets and lost are for reading: totals, lost among packets. */
typedef struct {
  guint64 packets, lost;
  guint message_packets, message_lost; /* of the running message */
  guint unplaced;                      /* lost since the last arrival */
  gboolean has_waited;                 /* the last one to arrive, or its message */
} RtcGccPathLoss;

/* Packets were reported, in the order of sending. waited: in queues, ns. */
void rtc_gcc_path_loss_handle_lost (RtcGccPathLoss *self);
void rtc_gcc_path_loss_handle_arrival (RtcGccPathLoss *self, gint64 waited);

/* One came that had been reported lost. Which one is not known: one that is not placed yet is taken
 * back, as the newest, and is then counted neither as sent nor as lost, else one of the path's,
 * even when it was a queue's. So the counts are approximate where much comes late. */
void rtc_gcc_path_loss_handle_late (RtcGccPathLoss *self);

/* End of a message. is_congested: it tells of more than the path takes, as the controller sees. */
void rtc_gcc_path_loss_end_message (RtcGccPathLoss *self, gboolean is_congested);

G_END_DECLS
