/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "gst/rtc/cc/rtc-cc-remb.h"

#include "gst/rtc/base/rtc-time.h"
#include "gst/rtc/cc/rtc-cc-bounds.h"
#include "gst/rtc/cc/rtc-cc-cap.h"
#include "gst/rtc/cc/rtc-cc-silence.h"

#include <math.h>

/* The loss law: draft-ietf-rmcat-gcc-02 6, growth as libwebrtc has it (8 %, and 1 kbit/s to leave
 * the ground). LOSS_INTERVAL: how often it is taken; libwebrtc: 300 ms and an RTT. */
#define LOSS_HIGH 0.10
#define LOSS_INTERVAL (600 * GST_MSECOND)
#define LOSS_LOW 0.02
#define GROWTH 1.08
#define GROWTH_MIN 1000.0
#define GROWTH_TO_REMB 1.5

/* JUDGE_INTERVAL: between moves; of JUDGE_PACKETS at least: one lost of five says little. */
#define JUDGE_INTERVAL (1 * GST_SECOND)
#define JUDGE_PACKETS 20

/* SILENCE: reports of a video receiver are about a second apart, of an audio receiver up to five
 * (RFC 3550 6.2); what is sent is little then. */
#define SILENCE (5 * GST_SECOND)
#define SILENCE_FIRST (10 * GST_SECOND)

#define RESUME 0.5

typedef struct {
  RtcCc base;
  RtcCcBounds bounds;
  gdouble bps; /* what the loss allows */
  guint64 target;
  RtcCcCap remb;
  guint64 expected, lost; /* since last judged */
  GstClockTime judged_at; /* NONE: no report yet */
  gdouble loss;           /* when last judged */
  GstClockTime rtt;
  RtcCcSilence silence;
  RtcCcStats stats;
} CcRemb;

static void
remb_set_target (CcRemb *self, GstClockTime now)
{
  gdouble target;

  self->bps = (gdouble) rtc_cc_bounds_clamp (&self->bounds, self->bps);
  target = rtc_cc_cap_apply (&self->remb, now, self->bps);
  if (rtc_cc_silence_is_on (&self->silence))
    target = MIN (target, (gdouble) self->silence.bps);
  self->target = rtc_cc_bounds_clamp (&self->bounds, target);
}

static void
remb_begin (CcRemb *self, GstClockTime now)
{
  self->remb = (RtcCcCap){ 0 };
  self->expected = self->lost = 0;
  self->judged_at = self->rtt = GST_CLOCK_TIME_NONE;
  self->loss = 0;
  rtc_cc_silence_init (&self->silence);
  remb_set_target (self, now);
}

static void
remb_free (RtcCc *base)
{
  g_free (base);
}

static void
remb_set_bounds (RtcCc *base, GstClockTime now, const RtcCcBounds *bounds)
{
  CcRemb *self = (CcRemb *) base;

  self->bounds = rtc_cc_bounds_sane (bounds);
  remb_set_target (self, now);
}

static void
remb_handle_sent (RtcCc *base, GstClockTime now, guint len, guint64 in_flight)
{
  (void) len, (void) in_flight;
  rtc_cc_silence_handle_sent (&((CcRemb *) base)->silence, now);
}

static void
remb_handle_feedback (
    RtcCc *base, GstClockTime now, const RtcCcResult *results, guint n, guint64 in_flight)
{
  (void) now, (void) results, (void) n, (void) in_flight;
  ((CcRemb *) base)->stats.feedbacks++;
}

static void
remb_heard (CcRemb *self, GstClockTime now)
{
  if (rtc_cc_silence_handle_heard (&self->silence, now, FALSE) > 0)
    self->bps = RESUME * (gdouble) self->silence.before;
}

static void
remb_judge (CcRemb *self, GstClockTime now)
{
  GstClockTime elapsed = MIN (rtc_time_elapsed (self->judged_at, now), 2 * JUDGE_INTERVAL);

  self->loss = (gdouble) self->lost / (gdouble) self->expected;
  self->expected = self->lost = 0;
  self->judged_at = now;
  if (self->loss > LOSS_HIGH) {
    self->bps *= pow (1 - 0.5 * self->loss, (gdouble) elapsed / LOSS_INTERVAL);
    self->stats.overuses++;
  } else if (self->loss < LOSS_LOW) {
    gdouble grown = self->bps * GROWTH + GROWTH_MIN;

    self->bps = MAX (grown, MIN ((gdouble) self->remb.bps, self->bps * GROWTH_TO_REMB));
  }
}

static void
remb_handle_loss_report (
    RtcCc *base, GstClockTime now, guint expected, guint lost, GstClockTime rtt)
{
  CcRemb *self = (CcRemb *) base;

  remb_heard (self, now);
  self->expected += expected;
  self->lost += MIN (lost, expected);
  self->stats.results_lost += MIN (lost, expected);
  self->stats.results_received += expected - MIN (lost, expected);
  if (rtt != GST_CLOCK_TIME_NONE)
    rtc_time_smooth (&self->rtt, rtt, RTC_CC_RTT_WEIGHT);
  if (self->judged_at == GST_CLOCK_TIME_NONE)
    self->judged_at = now;
  if (rtc_time_elapsed (self->judged_at, now) >= JUDGE_INTERVAL && self->expected >= JUDGE_PACKETS)
    remb_judge (self, now);
  remb_set_target (self, now);
}

static void
remb_handle_remb (RtcCc *base, GstClockTime now, guint64 bps)
{
  CcRemb *self = (CcRemb *) base;

  remb_heard (self, now);
  rtc_cc_cap_handle_remb (&self->remb, now, bps);
  remb_set_target (self, now);
}

static void
remb_handle_path_change (RtcCc *base, GstClockTime now)
{
  CcRemb *self = (CcRemb *) base;

  self->bps = (gdouble) MIN (self->target, self->bounds.start_bps);
  remb_begin (self, now);
}

void
rtc_cc_remb_restart (RtcCc *base, GstClockTime now, guint64 bps)
{
  CcRemb *self = (CcRemb *) base;
  RtcCcCap cap = self->remb;

  self->bps = (gdouble) bps;
  remb_begin (self, now);
  self->remb = cap;
  remb_set_target (self, now);
}

static GstClockTime
remb_silence_limit (const CcRemb *self)
{
  return self->judged_at == GST_CLOCK_TIME_NONE ? SILENCE_FIRST : SILENCE;
}

static GstClockTime
remb_next_deadline (const RtcCc *base)
{
  const CcRemb *self = (const CcRemb *) base;

  return rtc_cc_silence_next_deadline (
      &self->silence, remb_silence_limit (self), self->bounds.min_bps);
}

static void
remb_handle_timeout (RtcCc *base, GstClockTime now)
{
  CcRemb *self = (CcRemb *) base;
  gboolean was_silent = rtc_cc_silence_is_on (&self->silence);

  if (!rtc_cc_silence_handle_timeout (
          &self->silence, now, remb_silence_limit (self), self->target, self->bounds.min_bps))
    return;
  self->stats.timeouts += was_silent ? 0 : 1;
  remb_set_target (self, now);
}

static void
remb_get_target (const RtcCc *base, RtcCcTarget *out)
{
  const CcRemb *self = (const CcRemb *) base;

  *out = (RtcCcTarget){ .target_bps = self->target,
    .pacing_bps = (guint64) (RTC_CC_PACING_FACTOR * (gdouble) self->target),
    .loss = self->loss,
    .path_loss = self->loss,
    .rtt = self->rtt,
    .state = self->loss > LOSS_HIGH ? RTC_CC_STATE_OVERUSE : RTC_CC_STATE_NORMAL };
}

static gboolean
remb_poll_probe (RtcCc *base, GstClockTime now, RtcCcProbe *out)
{
  (void) base, (void) now, (void) out;
  return FALSE;
}

static void
remb_get_stats (const RtcCc *base, RtcCcStats *out)
{
  const CcRemb *self = (const CcRemb *) base;

  *out = self->stats;
  out->delay_bps = RTC_CC_RATE_MAX;
  out->loss_bps = (guint64) self->bps;
  out->remb_bps = rtc_cc_cap_get (&self->remb);
}

static const RtcCcVTable remb_vtable = {
  .name = "remb",
  .free = remb_free,
  .set_bounds = remb_set_bounds,
  .handle_sent = remb_handle_sent,
  .handle_feedback = remb_handle_feedback,
  .handle_loss_report = remb_handle_loss_report,
  .handle_remb = remb_handle_remb,
  .handle_path_change = remb_handle_path_change,
  .next_deadline = remb_next_deadline,
  .handle_timeout = remb_handle_timeout,
  .get_target = remb_get_target,
  .poll_probe = remb_poll_probe,
  .get_stats = remb_get_stats,
};

RtcCc *
rtc_cc_remb_new (const RtcCcConfig *config)
{
  CcRemb *self = g_new0 (CcRemb, 1);

  self->base.vtable = &remb_vtable;
  self->bounds = rtc_cc_bounds_sane (&config->bounds);
  self->bps = (gdouble) self->bounds.start_bps;
  remb_begin (self, 0);
  return &self->base;
}
