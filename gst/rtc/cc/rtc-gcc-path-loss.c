/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "gst/rtc/cc/rtc-gcc-path-loss.h"

void
rtc_gcc_path_loss_handle_lost (RtcGccPathLoss *self)
{
  self->unplaced++;
}

void
rtc_gcc_path_loss_handle_arrival (RtcGccPathLoss *self, gint64 waited)
{
  gboolean has_waited = waited > RTC_GCC_PATH_LOSS_WAITED;

  /* Those between two that met no queue met none. */
  if (!has_waited && !self->has_waited) {
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
  if (self->unplaced > 0)
    self->unplaced--;
  else if (self->lost > 0)
    self->lost--;
}

void
rtc_gcc_path_loss_end_message (RtcGccPathLoss *self, gboolean is_congested)
{
  if (is_congested) {
    self->has_waited = TRUE;
  } else {
    self->packets += self->message_packets;
    self->lost += self->message_lost;
  }
  self->message_packets = self->message_lost = 0;
}
