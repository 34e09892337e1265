/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "gst/rtc/cc/rtc-rate-brake.h"

#include "gst/rtc/base/rtc-time.h"

/* SHARE: of what comes; the rest drains the queue. */
#define SHARE 0.9

/* AGAIN: losses that soon after a cap was told are still of before it. */
#define AGAIN (500 * GST_MSECOND)

/* ON_TIME: what is less late than that has met no queue. */
#define ON_TIME (50 * GST_MSECOND)

/* The end is told so often, so far apart. */
#define N_OFF 4
#define OFF_INTERVAL (500 * GST_MSECOND)

void
rtc_rate_brake_handle_packet (RtcRateBrake *self, GstClockTime now, gsize len)
{
  guint i = self->n++ % RTC_RATE_BRAKE_PACKETS;

  self->times[i] = now;
  self->bytes[i] = (guint) MIN (len, G_MAXUINT16);
}

/* Bit/s; 0: not known. The oldest packet only tells when the others began to come. */
static guint64
brake_rate (const RtcRateBrake *self, GstClockTime now)
{
  guint oldest = self->n % RTC_RATE_BRAKE_PACKETS;
  GstClockTime span = rtc_time_elapsed (self->times[oldest], now);
  guint64 bytes = 0;

  if (self->n < RTC_RATE_BRAKE_PACKETS || span == 0)
    return 0;
  for (guint i = 0; i < RTC_RATE_BRAKE_PACKETS; i++)
    bytes += i == oldest ? 0 : self->bytes[i];
  return gst_util_uint64_scale (bytes * 8, GST_SECOND, span);
}

void
rtc_rate_brake_handle_congestion (RtcRateBrake *self, GstClockTime now)
{
  guint64 rate = brake_rate (self, now);

  if (rate == 0)
    return;
  self->lost = now;
  if (self->is_on && now < self->told + AGAIN)
    return;
  self->bps = MAX ((guint64) (SHARE * (gdouble) rate), RTC_RATE_BRAKE_MIN);
  self->is_on = self->is_due = TRUE;
  self->n_off = 0;
}

static void
brake_release (RtcRateBrake *self, GstClockTime now)
{
  self->is_on = FALSE;
  self->is_due = TRUE;
  self->bps = RTC_RATE_BRAKE_OFF;
  self->n_off = N_OFF;
}

void
rtc_rate_brake_handle_late (RtcRateBrake *self, GstClockTime now, GstClockTime late)
{
  if (self->is_on && !self->is_due && late < ON_TIME)
    brake_release (self, now);
}

GstClockTime
rtc_rate_brake_next_deadline (const RtcRateBrake *self)
{
  if (self->is_due)
    return self->told;
  if (self->is_on)
    return self->lost + RTC_RATE_BRAKE_HOLD;
  return self->n_off > 0 ? self->told + OFF_INTERVAL : GST_CLOCK_TIME_NONE;
}

gboolean
rtc_rate_brake_poll (RtcRateBrake *self, GstClockTime now, guint64 *bps)
{
  if (!rtc_time_is_due (rtc_rate_brake_next_deadline (self), now))
    return FALSE;
  if (self->is_on && !self->is_due)
    brake_release (self, now);
  if (self->is_on)
    self->n_caps++;
  else
    self->n_off--;
  self->is_due = FALSE;
  self->told = now;
  *bps = self->bps;
  return TRUE;
}
