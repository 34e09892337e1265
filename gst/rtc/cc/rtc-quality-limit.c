/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "gst/rtc/cc/rtc-quality-limit.h"

#include "gst/rtc/base/rtc-time.h"

void
rtc_quality_limit_get (
    const RtcQualityLimit *self, GstClockTime now, GstClockTime *none, GstClockTime *bandwidth)
{
  GstClockTime running = self->is_used ? rtc_time_elapsed (self->since, now) : 0;

  *none = self->none + (self->is_limited ? 0 : running);
  *bandwidth = self->bandwidth + (self->is_limited ? running : 0);
}

void
rtc_quality_limit_note (
    RtcQualityLimit *self, GstClockTime now, gboolean is_limited, guint width, guint height)
{
  rtc_quality_limit_get (self, now, &self->none, &self->bandwidth);
  if (self->is_used && (width != self->width || height != self->height))
    self->resolution_changes++;
  self->is_used = TRUE;
  self->is_limited = is_limited;
  self->since = now;
  self->width = width;
  self->height = height;
}
