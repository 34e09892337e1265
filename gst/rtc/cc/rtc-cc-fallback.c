/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "gst/rtc/cc/rtc-cc-fallback.h"

#include "gst/rtc/base/rtc-time.h"
#include "gst/rtc/cc/rtc-cc-gcc.h"
#include "gst/rtc/cc/rtc-cc-remb.h"
#include "gst/rtc/cc/rtc-cc.h"

typedef struct {
  RtcCc base;
  RtcCc *gcc, *remb;
  gboolean is_fallen;
  gboolean is_heard;            /* some message came once */
  guint64 heard_bps;            /* gcc's target then, or at first */
  GstClockTime waiting_since;   /* of the last message, or the first packet after it; NONE */
  GstClockTime reported_at;     /* of the last report since then; NONE */
  guint n_reports;              /* since then, at different times, by which something arrived */
  GstClockTime returning_since; /* first message after it fell; NONE */
  guint n_messages;             /* from there on */
  guint64 fallbacks;
} CcFallback;

static void
fallback_note_rate (CcFallback *self)
{
  RtcCcTarget target;

  rtc_cc_get_target (self->gcc, &target);
  self->heard_bps = target.target_bps;
}

static void
fallback_free (RtcCc *base)
{
  CcFallback *self = (CcFallback *) base;

  rtc_cc_free (self->gcc);
  rtc_cc_free (self->remb);
  g_free (self);
}

static void
fallback_set_bounds (RtcCc *base, GstClockTime now, const RtcCcBounds *bounds)
{
  CcFallback *self = (CcFallback *) base;

  rtc_cc_set_bounds (self->gcc, now, bounds);
  rtc_cc_set_bounds (self->remb, now, bounds);
}

static void
fallback_handle_sent (RtcCc *base, GstClockTime now, guint len, guint64 in_flight)
{
  CcFallback *self = (CcFallback *) base;

  rtc_cc_handle_sent (self->gcc, now, len, in_flight);
  if (self->is_fallen)
    rtc_cc_handle_sent (self->remb, now, len, in_flight);
  if (self->waiting_since == GST_CLOCK_TIME_NONE && in_flight > 0)
    self->waiting_since = now;
}

/* --- falling, and coming back ------------------------------------------------------------------
 */

static void
fallback_fall (CcFallback *self, GstClockTime now)
{
  self->is_fallen = TRUE;
  self->fallbacks++;
  self->returning_since = GST_CLOCK_TIME_NONE;
  self->n_messages = 0;
  rtc_cc_remb_restart (self->remb, now, self->heard_bps);
}

static void
fallback_handle_message (CcFallback *self, GstClockTime now)
{
  self->is_heard = TRUE;
  self->waiting_since = self->reported_at = GST_CLOCK_TIME_NONE;
  self->n_reports = 0;
  if (!self->is_fallen) {
    fallback_note_rate (self);
    return;
  }
  if (self->returning_since == GST_CLOCK_TIME_NONE
      || rtc_time_elapsed (self->returning_since, now) > RTC_CC_FALLBACK_SPAN) {
    self->returning_since = now;
    self->n_messages = 0;
  }
  if (++self->n_messages < RTC_CC_FALLBACK_MESSAGES)
    return;
  self->is_fallen = FALSE;
  fallback_note_rate (self);
}

static void
fallback_handle_feedback (
    RtcCc *base, GstClockTime now, const RtcCcResult *results, guint n, guint64 in_flight)
{
  CcFallback *self = (CcFallback *) base;

  rtc_cc_handle_feedback (self->gcc, now, results, n, in_flight);
  if (n > 0)
    fallback_handle_message (self, now);
}

static void
fallback_handle_loss_report (
    RtcCc *base, GstClockTime now, guint expected, guint lost, GstClockTime rtt)
{
  CcFallback *self = (CcFallback *) base;
  gboolean has_waited = self->waiting_since != GST_CLOCK_TIME_NONE
                        && rtc_time_elapsed (self->waiting_since, now) >= RTC_CC_FALLBACK_AFTER;

  rtc_cc_handle_loss_report (self->gcc, now, expected, lost, rtt);
  if (self->is_fallen) {
    rtc_cc_handle_loss_report (self->remb, now, expected, lost, rtt);
    return;
  }
  /* The reports of two streams in one packet are one. */
  if (expected <= lost || self->waiting_since == GST_CLOCK_TIME_NONE || self->reported_at == now)
    return;
  self->reported_at = now;
  self->n_reports++;
  if (has_waited && self->n_reports >= (self->is_heard ? RTC_CC_FALLBACK_REPORTS : 1))
    fallback_fall (self, now);
}

static void
fallback_handle_remb (RtcCc *base, GstClockTime now, guint64 bps)
{
  CcFallback *self = (CcFallback *) base;

  rtc_cc_handle_remb (self->gcc, now, bps);
  rtc_cc_handle_remb (self->remb, now, bps);
}

static void
fallback_handle_path_change (RtcCc *base, GstClockTime now)
{
  CcFallback *self = (CcFallback *) base;

  rtc_cc_handle_path_change (self->gcc, now);
  rtc_cc_handle_path_change (self->remb, now);
  fallback_note_rate (self);
  self->waiting_since = self->reported_at = GST_CLOCK_TIME_NONE;
  self->n_reports = 0;
}

/* --- time --------------------------------------------------------------------------------------
 */

static GstClockTime
fallback_next_deadline (const RtcCc *base)
{
  const CcFallback *self = (const CcFallback *) base;
  GstClockTime deadline = rtc_cc_next_deadline (self->gcc);

  return self->is_fallen ? rtc_time_min (deadline, rtc_cc_next_deadline (self->remb)) : deadline;
}

static void
fallback_handle_timeout (RtcCc *base, GstClockTime now)
{
  CcFallback *self = (CcFallback *) base;

  rtc_cc_handle_timeout (self->gcc, now);
  if (self->is_fallen)
    rtc_cc_handle_timeout (self->remb, now);
}

/* --- what comes out ----------------------------------------------------------------------------
 */

static void
fallback_get_target (const RtcCc *base, RtcCcTarget *out)
{
  const CcFallback *self = (const CcFallback *) base;

  rtc_cc_get_target (self->is_fallen ? self->remb : self->gcc, out);
}

/* A probe that nobody tells of is only a burden. */
static gboolean
fallback_poll_probe (RtcCc *base, GstClockTime now, RtcCcProbe *out)
{
  CcFallback *self = (CcFallback *) base;

  return !self->is_fallen && rtc_cc_poll_probe (self->gcc, now, out);
}

static void
fallback_get_stats (const RtcCc *base, RtcCcStats *out)
{
  const CcFallback *self = (const CcFallback *) base;

  rtc_cc_get_stats (self->is_fallen ? self->remb : self->gcc, out);
  out->has_no_feedback = self->is_fallen;
  out->fallbacks = self->fallbacks;
}

static const RtcCcVTable fallback_vtable = {
  .name = "gcc",
  .free = fallback_free,
  .set_bounds = fallback_set_bounds,
  .handle_sent = fallback_handle_sent,
  .handle_feedback = fallback_handle_feedback,
  .handle_loss_report = fallback_handle_loss_report,
  .handle_remb = fallback_handle_remb,
  .handle_path_change = fallback_handle_path_change,
  .next_deadline = fallback_next_deadline,
  .handle_timeout = fallback_handle_timeout,
  .get_target = fallback_get_target,
  .poll_probe = fallback_poll_probe,
  .get_stats = fallback_get_stats,
};

RtcCc *
rtc_cc_fallback_new (const RtcCcConfig *config)
{
  CcFallback *self = g_new0 (CcFallback, 1);

  self->base.vtable = &fallback_vtable;
  self->gcc = rtc_cc_gcc_new (config);
  self->remb = rtc_cc_remb_new (config);
  self->waiting_since = self->reported_at = self->returning_since = GST_CLOCK_TIME_NONE;
  fallback_note_rate (self);
  return &self->base;
}
