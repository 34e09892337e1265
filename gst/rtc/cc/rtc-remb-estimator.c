/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "gst/rtc/cc/rtc-remb-estimator.h"

#include "gst/rtc/base/rtc-time.h"

/* The loss law: draft-ietf-rmcat-gcc-02 6. */
#define LOSS_HIGH 0.10
#define LOSS_LOW 0.02
#define GROWTH 1.08
#define RATE_FACTOR 1.5

/* The brake. */
#define DELAY_STEP (250 * GST_MSECOND)
#define DELAY_FLOOR_SPAN (10 * GST_SECOND)
#define DELAY_LIMIT ((gint64) (75 * GST_MSECOND))
#define BRAKE 0.85
#define BRAKE_PAUSE (500 * GST_MSECOND)

/* TOLD_DROP: "at once on a decrease of more than 3 %", as libwebrtc does. */
#define TOLD_DROP 0.97

void
rtc_remb_estimator_init (RtcRembEstimator *self)
{
  memset (self, 0, sizeof *self);
  self->told_at = self->judged_at = GST_CLOCK_TIME_NONE;
  self->floor_at = self->step_at = self->braked_at = GST_CLOCK_TIME_NONE;
  self->floor[0] = self->floor[1] = self->step_least = G_MAXINT64;
}

static void
remb_set (RtcRembEstimator *self, gdouble bps)
{
  self->estimate = (guint64) CLAMP (bps, (gdouble) RTC_REMB_MIN, (gdouble) RTC_REMB_MAX);
}

/* --- the brake ---------------------------------------------------------------------------------
 */

/* Nanoseconds since the first send time: 24 bits of 2^-18 s wrap every 64 s. */
static gint64
remb_unwrap_send_time (RtcRembEstimator *self, guint32 abs_send_time)
{
  gint32 step = (gint32) ((abs_send_time - self->last_send_time) << 8) >> 8;

  if (!self->has_send_time)
    step = 0;
  self->has_send_time = TRUE;
  self->last_send_time = abs_send_time;
  self->send_ns += ((gint64) step * (gint64) GST_SECOND) >> 18;
  return self->send_ns;
}

/* A quarter of a second is over: how long its luckiest packet queued, and whether that is more than
 * in the one before. */
static void
remb_judge_delay (RtcRembEstimator *self, GstClockTime now)
{
  gint64 queue = self->step_least - MIN (self->floor[0], self->floor[1]);
  gboolean grows = self->has_delay && queue > self->last_queue;

  self->last_queue = queue;
  self->has_delay = TRUE;
  self->step_least = G_MAXINT64;
  self->step_at = now;
  if (queue < DELAY_LIMIT || !grows || self->estimate == 0)
    return;
  if (self->braked_at != GST_CLOCK_TIME_NONE
      && rtc_time_elapsed (self->braked_at, now) < BRAKE_PAUSE)
    return;
  self->braked_at = now;
  self->judged_at = now;
  remb_set (self,
      MIN ((gdouble) self->estimate, BRAKE * (gdouble) rtc_rate_meter_get_bps (&self->rate, now)));
}

static void
remb_note_delay (RtcRembEstimator *self, GstClockTime now, guint32 abs_send_time)
{
  gint64 delay = (gint64) now - remb_unwrap_send_time (self, abs_send_time);

  if (self->step_at == GST_CLOCK_TIME_NONE)
    self->step_at = self->floor_at = now;
  if (rtc_time_elapsed (self->floor_at, now) >= DELAY_FLOOR_SPAN) {
    self->floor[1] = self->floor[0];
    self->floor[0] = G_MAXINT64;
    self->floor_at = now;
  }
  self->floor[0] = MIN (self->floor[0], delay);
  self->step_least = MIN (self->step_least, delay);
  if (rtc_time_elapsed (self->step_at, now) >= DELAY_STEP)
    remb_judge_delay (self, now);
}

void
rtc_remb_estimator_handle_packet (RtcRembEstimator *self, GstClockTime now, gsize len,
    gboolean has_send_time, guint32 abs_send_time)
{
  if (self->judged_at == GST_CLOCK_TIME_NONE)
    self->judged_at = self->told_at = now;
  self->last_packet = now;
  rtc_rate_meter_add (&self->rate, now, len);
  if (has_send_time)
    remb_note_delay (self, now, abs_send_time & 0xffffff);
}

/* --- the loss law ------------------------------------------------------------------------------
 */

static void
remb_judge_loss (RtcRembEstimator *self, GstClockTime now, guint64 expected, guint64 received)
{
  gdouble bps = (gdouble) rtc_rate_meter_get_bps (&self->rate, now), loss = 0;

  if (expected > self->expected) {
    guint64 came = received > self->received ? received - self->received : 0;

    loss = 1.0 - (gdouble) came / (gdouble) (expected - self->expected);
    loss = MAX (loss, 0);
  }
  self->expected = expected;
  self->received = received;
  self->judged_at = now;
  if (bps == 0) /* silence says nothing about the path */
    return;
  if (self->estimate == 0)
    remb_set (self, MAX (RATE_FACTOR * bps, RTC_REMB_START));
  else if (loss > LOSS_HIGH)
    remb_set (self, (gdouble) self->estimate * (1.0 - 0.5 * loss));
  else if (loss < LOSS_LOW && (gdouble) self->estimate < RATE_FACTOR * bps)
    remb_set (self, MIN ((gdouble) self->estimate * GROWTH, RATE_FACTOR * bps));
}

gboolean
rtc_remb_estimator_poll (
    RtcRembEstimator *self, GstClockTime now, guint64 expected, guint64 received, guint64 *bps)
{
  if (self->judged_at == GST_CLOCK_TIME_NONE)
    return FALSE;
  if (rtc_time_elapsed (self->judged_at, now) >= RTC_REMB_INTERVAL)
    remb_judge_loss (self, now, expected, received);
  if (self->estimate == 0)
    return FALSE;
  if (rtc_time_elapsed (self->told_at, now) < RTC_REMB_INTERVAL
      && (self->told == 0 || (gdouble) self->estimate >= TOLD_DROP * (gdouble) self->told))
    return FALSE;
  self->told = self->estimate;
  self->told_at = now;
  *bps = self->estimate;
  return TRUE;
}

GstClockTime
rtc_remb_estimator_next_deadline (const RtcRembEstimator *self)
{
  GstClockTime deadline;

  if (self->judged_at == GST_CLOCK_TIME_NONE)
    return GST_CLOCK_TIME_NONE;
  if (self->told != 0 && (gdouble) self->estimate < TOLD_DROP * (gdouble) self->told)
    return 0;
  deadline = self->estimate == 0 ? self->judged_at : MIN (self->told_at, self->judged_at);
  deadline += RTC_REMB_INTERVAL;
  return deadline <= self->last_packet + 2 * RTC_REMB_INTERVAL ? deadline : GST_CLOCK_TIME_NONE;
}
