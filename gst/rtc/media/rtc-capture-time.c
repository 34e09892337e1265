/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "gst/rtc/media/rtc-capture-time.h"

/* The time of rtp_ts by one that is known; FALSE when it is out of reach. */
static gboolean
interpolate (
    guint32 known_ts, guint64 known_ntp64, guint32 rtp_ts, guint clock_rate, guint64 *ntp64)
{
  gint64 ticks = (gint32) (rtp_ts - known_ts);
  gint64 reach = (gint64) RTC_CAPTURE_TIME_REACH_S * clock_rate;

  if (clock_rate == 0 || clock_rate > RTC_CAPTURE_TIME_MAX_CLOCK_RATE || ticks > reach
      || ticks < -reach)
    return FALSE;
  /* Whole seconds apart: the product would overflow. */
  *ntp64 = known_ntp64 + (((guint64) (ticks / clock_rate)) << 32)
           + (guint64) ((ticks % clock_rate) * ((gint64) 1 << 32) / clock_rate);
  return TRUE;
}

gboolean
rtc_capture_time_teller_poll (
    RtcCaptureTimeTeller *self, GstClockTime now, guint32 rtp_ts, guint clock_rate, guint64 ntp64)
{
  const guint64 error = rtc_time_duration_to_ntp64 (RTC_CAPTURE_TIME_ERROR);
  guint64 expected;

  if (self->has_last && rtp_ts == self->rtp_ts)
    return FALSE;
  if (self->has_last && rtc_time_elapsed (self->time, now) < RTC_CAPTURE_TIME_INTERVAL
      && interpolate (self->rtp_ts, self->ntp64, rtp_ts, clock_rate, &expected)
      && ntp64 - expected + error <= 2 * error)
    return FALSE;
  self->has_last = TRUE;
  self->rtp_ts = rtp_ts;
  self->ntp64 = ntp64;
  self->time = now;
  return TRUE;
}

void
rtc_capture_time_reader_take (RtcCaptureTimeReader *self, guint32 rtp_ts, guint64 ntp64)
{
  self->has_last = TRUE;
  self->rtp_ts = rtp_ts;
  self->ntp64 = ntp64;
}

gboolean
rtc_capture_time_reader_find (
    const RtcCaptureTimeReader *self, guint32 rtp_ts, guint clock_rate, guint64 *ntp64)
{
  return self->has_last && interpolate (self->rtp_ts, self->ntp64, rtp_ts, clock_rate, ntp64);
}
