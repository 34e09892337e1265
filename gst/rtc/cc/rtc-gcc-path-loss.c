/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "gst/rtc/cc/rtc-gcc-path-loss.h"

void
rtc_gcc_path_loss_handle_lost (RtcGccPathLoss *self, GstClockTime send_time)
{
  if (self->unplaced == 0)
    self->unplaced_from = send_time;
  self->unplaced_to = send_time;
  self->unplaced++;
}

static gboolean
path_loss_was_out (const RtcGccPathLoss *self)
{
  return self->unplaced >= RTC_GCC_PATH_LOSS_OUTAGE_PACKETS
         && self->unplaced_to >= self->unplaced_from + RTC_GCC_PATH_LOSS_OUTAGE;
}

/* The mean of all, and later of the last ones. */
static void
path_loss_follow (RtcGccPathLoss *self, guint n, guint lost)
{
  guint64 seen = MIN (self->packets, RTC_GCC_PATH_LOSS_SMOOTH);

  if (n > 0)
    self->loss += ((gdouble) lost / n - self->loss) * n / (gdouble) MAX (seen, n);
}

void
rtc_gcc_path_loss_handle_arrival (RtcGccPathLoss *self, gint64 waited)
{
  gboolean has_waited = waited > RTC_GCC_PATH_LOSS_WAITED;

  /* Those between two that met no queue met none. */
  if (!has_waited && !self->has_waited && !path_loss_was_out (self)) {
    self->message_packets += self->unplaced;
    self->message_lost += self->unplaced;
  }
  if (!has_waited)
    self->message_packets++;
  self->unplaced = 0;
  self->has_waited = has_waited;
}

void
rtc_gcc_path_loss_handle_late (RtcGccPathLoss *self)
{
  if (self->unplaced > 0) {
    self->unplaced--;
  } else if (self->lost > 0) {
    self->lost--;
    self->loss =
        MAX (0, self->loss - 1.0 / (gdouble) MIN (self->packets, RTC_GCC_PATH_LOSS_SMOOTH));
  }
}

void
rtc_gcc_path_loss_end_message (RtcGccPathLoss *self, gboolean is_congested)
{
  if (is_congested) {
    self->has_waited = TRUE;
  } else {
    self->packets += self->message_packets;
    self->lost += self->message_lost;
    path_loss_follow (self, self->message_packets, self->message_lost);
  }
  self->message_packets = self->message_lost = 0;
}
