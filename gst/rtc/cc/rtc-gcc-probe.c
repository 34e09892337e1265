/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "gst/rtc/cc/rtc-gcc-probe.h"

#include "gst/rtc/base/rtc-time.h"

#include <string.h>

/* libwebrtc's figures: the first two probes, the factor of those that follow, and the share of what
 * was asked that must have been measured for another one to pay. */
#define FIRST_FACTOR 3
#define SECOND_FACTOR 6
#define FURTHER_FACTOR 2.0
#define PAYS 0.7

#define ALR_FACTOR 2.0
#define RESUME_FACTOR 2.0

/* PROBE_MIN: a probe of less than this over the target is not worth its bytes: growth gets there.
 * BYTES_MAX: a longer burst measures nothing better. */
#define PROBE_MIN 1.2
#define BYTES_MAX 100000.0

/* After a fall, what is asked for of the rate before; and when the target is that near to it the
 * fall is made good. */
#define RECOVERY_FACTOR 0.85
#define RECOVERY_STEP 2.0
#define RECOVERED 0.8

void
rtc_gcc_probe_init (RtcGccProbe *self, gboolean can_pad)
{
  memset (self, 0, sizeof *self);
  self->can_pad = can_pad;
  self->asked_at = self->fell_at = GST_CLOCK_TIME_NONE;
}

static void
probe_ask (RtcGccProbe *self, gdouble bps, guint64 max_bps, gdouble min_bytes)
{
  RtcCcProbe *probe;

  bps = MIN (bps, (gdouble) max_bps);
  if (self->n_pending > 0 && (gdouble) self->pending[self->n_pending - 1].bps >= bps)
    return;
  if (self->n_pending == G_N_ELEMENTS (self->pending))
    self->n_pending--;
  probe = &self->pending[self->n_pending++];
  self->last_cluster = (guint16) MAX (1, (guint16) (self->last_cluster + 1));
  probe->cluster = self->last_cluster;
  probe->bps = (guint64) bps;
  probe->min_packets = RTC_GCC_PROBE_PACKETS;
  probe->min_bytes = (guint) MIN (min_bytes, BYTES_MAX);
}

static void
probe_ask_first (RtcGccProbe *self, gdouble bps, guint64 max_bps)
{
  gdouble length = bps / 8 * RTC_GCC_PROBE_LENGTH / GST_SECOND;

  probe_ask (self, bps, max_bps, MAX (length, RTC_GCC_PROBE_PACKETS * RTC_MTU));
}

/* What it sends beyond target in its time shall not be more than a queue of RTC_GCC_PROBE_QUEUE. */
static void
probe_ask_later (RtcGccProbe *self, gdouble bps, gdouble target, guint64 max_bps)
{
  gdouble queue = target / 8 * RTC_GCC_PROBE_QUEUE / GST_SECOND;

  bps = MIN (bps, (gdouble) max_bps);
  if (bps > PROBE_MIN * target)
    probe_ask (self, bps, max_bps, queue * bps / (bps - target));
}

void
rtc_gcc_probe_begin (RtcGccProbe *self, guint64 start_bps, guint64 max_bps)
{
  self->n_pending = 0;
  self->before_fall = 0;
  self->fell_at = GST_CLOCK_TIME_NONE;
  self->is_searching = self->is_starting = TRUE;
  if (start_bps >= max_bps)
    return;
  probe_ask_first (self, FIRST_FACTOR * (gdouble) start_bps, max_bps);
  probe_ask_first (self, SECOND_FACTOR * (gdouble) start_bps, max_bps);
}

void
rtc_gcc_probe_handle_result (
    RtcGccProbe *self, GstClockTime now, guint64 max_bps, const RtcGccProbeResult *result)
{
  if (!self->is_searching || self->n_pending > 0)
    return;
  if (rtc_time_elapsed (self->asked_at, now) > RTC_GCC_PROBE_ANSWER) {
    self->is_searching = FALSE;
    return;
  }
  /* The second of the first two answers for both. */
  if (result->cluster != self->last_cluster)
    return;
  if (result->bps < PAYS * (gdouble) result->asked_bps || result->asked_bps >= max_bps) {
    self->is_searching = FALSE;
    return;
  }
  probe_ask_later (self, FURTHER_FACTOR * result->bps, result->bps, max_bps);
}

void
rtc_gcc_probe_handle_resume (RtcGccProbe *self, guint64 target_bps, guint64 max_bps)
{
  gdouble target = (gdouble) target_bps;

  if (!self->can_pad)
    return;
  self->is_searching = TRUE;
  self->is_starting = FALSE;
  probe_ask_later (self, RESUME_FACTOR * target, target, max_bps);
}

void
rtc_gcc_probe_handle_fall (RtcGccProbe *self, GstClockTime now, guint64 from_bps)
{
  self->before_fall = MAX (self->before_fall, from_bps);
  self->fell_at = now;
}

/* When the next probe for a reason other than the search may leave. */
static GstClockTime
probe_due (const RtcGccProbe *self, const RtcGccProbeSituation *situation)
{
  GstClockTime due = GST_CLOCK_TIME_NONE;
  GstClockTime asked_at = self->asked_at == GST_CLOCK_TIME_NONE ? 0 : self->asked_at;

  if (!self->can_pad || situation->target_bps >= situation->max_bps)
    return due;
  if (situation->alr_since != GST_CLOCK_TIME_NONE)
    due = MAX (asked_at, situation->alr_since) + RTC_GCC_PROBE_ALR_INTERVAL;
  if (self->before_fall != 0)
    due = rtc_time_min (due, MAX (self->fell_at, asked_at) + RTC_GCC_PROBE_RECOVERY);
  return due;
}

void
rtc_gcc_probe_process (RtcGccProbe *self, GstClockTime now, const RtcGccProbeSituation *situation)
{
  gdouble target = (gdouble) situation->target_bps;

  if (self->before_fall != 0
      && (target >= RECOVERED * (gdouble) self->before_fall
          || rtc_time_elapsed (self->fell_at, now) > RTC_GCC_PROBE_RECOVERY_END))
    self->before_fall = 0;
  if (!situation->is_calm || self->n_pending > 0
      || !rtc_time_is_due (probe_due (self, situation), now))
    return;
  self->is_searching = TRUE;
  self->is_starting = FALSE;
  if (self->before_fall != 0)
    probe_ask_later (self,
        MIN (RECOVERY_FACTOR * (gdouble) self->before_fall, RECOVERY_STEP * target), target,
        situation->max_bps);
  else
    probe_ask_later (self, ALR_FACTOR * target, target, situation->max_bps);
}

GstClockTime
rtc_gcc_probe_next_deadline (const RtcGccProbe *self, const RtcGccProbeSituation *situation)
{
  return situation->is_calm && self->n_pending == 0 ? probe_due (self, situation)
                                                    : GST_CLOCK_TIME_NONE;
}

gboolean
rtc_gcc_probe_poll (RtcGccProbe *self, GstClockTime now, RtcCcProbe *out)
{
  if (self->n_pending == 0)
    return FALSE;
  *out = self->pending[0];
  self->pending[0] = self->pending[1];
  self->n_pending--;
  self->asked_at = now;
  return TRUE;
}
