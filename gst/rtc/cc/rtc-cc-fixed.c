/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "gst/rtc/cc/rtc-cc-fixed.h"

#include "gst/rtc/base/rtc-time.h"
#include "gst/rtc/cc/rtc-cc-bounds.h"

/* LOSS_PACKETS: the smoothed loss follows over this many packets, whether a report speaks of ten or
 * of a hundred. */
#define LOSS_PACKETS 200.0

typedef struct {
  RtcCc base;
  RtcCcBounds bounds;
  gboolean has_twcc;
  gdouble loss;
  GstClockTime rtt;
  RtcCcStats stats;
} CcFixed;

static void
fixed_free (RtcCc *base)
{
  g_free (base);
}

static void
fixed_set_bounds (RtcCc *base, GstClockTime now, const RtcCcBounds *bounds)
{
  CcFixed *self = (CcFixed *) base;

  (void) now;
  self->bounds = rtc_cc_bounds_sane (bounds);
}

static void
fixed_note_loss (CcFixed *self, guint expected, guint lost)
{
  gdouble share = MIN ((gdouble) expected / LOSS_PACKETS, 1.0);

  if (expected == 0)
    return;
  self->loss += share * ((gdouble) MIN (lost, expected) / (gdouble) expected - self->loss);
}

static void
fixed_handle_sent (RtcCc *base, GstClockTime now, guint len, guint64 in_flight)
{
  (void) base, (void) now, (void) len, (void) in_flight;
}

static void
fixed_handle_feedback (
    RtcCc *base, GstClockTime now, const RtcCcResult *results, guint n, guint64 in_flight)
{
  CcFixed *self = (CcFixed *) base;
  guint lost = 0;
  GstClockTime newest = GST_CLOCK_TIME_NONE;

  (void) in_flight;
  for (guint i = 0; i < n; i++) {
    if (results[i].arrival == GST_CLOCK_TIME_NONE)
      lost++;
    else
      newest = results[i].send_time;
  }
  self->stats.feedbacks++;
  self->stats.results_lost += lost;
  self->stats.results_received += n - lost;
  fixed_note_loss (self, n, lost);
  if (newest != GST_CLOCK_TIME_NONE && newest <= now)
    rtc_time_smooth (&self->rtt, now - newest, RTC_CC_RTT_WEIGHT);
}

static void
fixed_handle_loss_report (
    RtcCc *base, GstClockTime now, guint expected, guint lost, GstClockTime rtt)
{
  CcFixed *self = (CcFixed *) base;

  (void) now;
  if (self->has_twcc)
    return;
  fixed_note_loss (self, expected, lost);
  if (rtt != GST_CLOCK_TIME_NONE)
    rtc_time_smooth (&self->rtt, rtt, RTC_CC_RTT_WEIGHT);
}

static void
fixed_handle_remb (RtcCc *base, GstClockTime now, guint64 bps)
{
  (void) base, (void) now, (void) bps;
}

static void
fixed_handle_path_change (RtcCc *base, GstClockTime now)
{
  (void) now;
  ((CcFixed *) base)->rtt = GST_CLOCK_TIME_NONE;
}

static GstClockTime
fixed_next_deadline (const RtcCc *base)
{
  (void) base;
  return GST_CLOCK_TIME_NONE;
}

static void
fixed_handle_timeout (RtcCc *base, GstClockTime now)
{
  (void) base, (void) now;
}

static void
fixed_get_target (const RtcCc *base, RtcCcTarget *out)
{
  const CcFixed *self = (const CcFixed *) base;

  *out = (RtcCcTarget){ .target_bps = self->bounds.start_bps,
    .pacing_bps = (guint64) (RTC_CC_PACING_FACTOR * (gdouble) self->bounds.start_bps),
    .loss = self->loss,
    .path_loss = self->loss,
    .rtt = self->rtt };
}

static gboolean
fixed_poll_probe (RtcCc *base, GstClockTime now, RtcCcProbe *out)
{
  (void) base, (void) now, (void) out;
  return FALSE;
}

static void
fixed_get_stats (const RtcCc *base, RtcCcStats *out)
{
  *out = ((const CcFixed *) base)->stats;
  out->delay_bps = out->loss_bps = out->remb_bps = RTC_CC_RATE_MAX;
}

static const RtcCcVTable fixed_vtable = {
  .name = "fixed",
  .free = fixed_free,
  .set_bounds = fixed_set_bounds,
  .handle_sent = fixed_handle_sent,
  .handle_feedback = fixed_handle_feedback,
  .handle_loss_report = fixed_handle_loss_report,
  .handle_remb = fixed_handle_remb,
  .handle_path_change = fixed_handle_path_change,
  .next_deadline = fixed_next_deadline,
  .handle_timeout = fixed_handle_timeout,
  .get_target = fixed_get_target,
  .poll_probe = fixed_poll_probe,
  .get_stats = fixed_get_stats,
};

RtcCc *
rtc_cc_fixed_new (const RtcCcConfig *config)
{
  CcFixed *self = g_new0 (CcFixed, 1);

  self->base.vtable = &fixed_vtable;
  self->bounds = rtc_cc_bounds_sane (&config->bounds);
  self->has_twcc = config->has_twcc;
  self->rtt = GST_CLOCK_TIME_NONE;
  return &self->base;
}
