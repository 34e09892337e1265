/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "gst/rtc/media/rtc-circuit-breaker.h"

#include <math.h>

#include "gst/rtc/base/rtc-time.h"

guint64
rtc_circuit_breaker_tcp_bps (gdouble bytes_per_packet, GstClockTime rtt, gdouble loss)
{
  gdouble seconds = (gdouble) MAX (rtt, GST_MSECOND) / GST_SECOND;

  if (loss <= 0)
    return 0;
  return (guint64) (bytes_per_packet * 8 / (seconds * sqrt (2 * loss / 3)));
}

static void
breaker_close_window (RtcCircuitBreaker *self, GstClockTime now, const RtcBreakerReport *report)
{
  guint64 expected = report->highest_seq - self->window.highest_seq;
  guint64 packets = report->packets - self->window.packets;
  guint64 bytes = report->bytes - self->window.bytes;
  gint64 lost = report->packets_lost - self->window.packets_lost;

  self->loss = expected == 0 ? 0 : CLAMP ((gdouble) lost / (gdouble) expected, 0, 1);
  self->rate_bps = gst_util_uint64_scale (bytes * 8, GST_SECOND, now - self->window_began);
  self->tcp_bps = 0;
  if (packets > 0 && report->rtt != GST_CLOCK_TIME_NONE)
    self->tcp_bps = rtc_circuit_breaker_tcp_bps (
        MAX ((gdouble) bytes / (gdouble) packets, RTC_BREAKER_SEGMENT), report->rtt, self->loss);
  if (self->loss >= RTC_BREAKER_LOSS && self->tcp_bps > 0
      && self->rate_bps > RTC_BREAKER_TCP_FACTOR * self->tcp_bps)
    self->n_bad++;
  else
    self->n_bad = 0;
  self->window = *report;
  self->window_began = now;
}

RtcBreakerState
rtc_circuit_breaker_handle_rtcp (RtcCircuitBreaker *self, GstClockTime now, guint64 packets)
{
  if (!self->has_report)
    return RTC_BREAKER_CLOSED;
  /* While nothing is sent nothing can arrive. */
  if (packets == self->packets_at_progress
      || rtc_time_elapsed (self->last_rtcp, now) > RTC_BREAKER_SILENCE)
    self->progress = now;
  self->last_rtcp = now;
  return rtc_time_elapsed (self->progress, now) >= RTC_BREAKER_TIMEOUT ? RTC_BREAKER_NOTHING_ARRIVES
                                                                       : RTC_BREAKER_CLOSED;
}

void
rtc_circuit_breaker_note_arrival (RtcCircuitBreaker *self, GstClockTime now)
{
  self->progress = now;
}

RtcBreakerState
rtc_circuit_breaker_handle_report (
    RtcCircuitBreaker *self, GstClockTime now, const RtcBreakerReport *report)
{
  if (!self->has_report) {
    self->has_report = TRUE;
    self->window = *report;
    self->window_began = self->progress = self->last_rtcp = now;
    self->highest_seq = report->highest_seq;
    self->packets_at_progress = report->packets;
    return RTC_BREAKER_CLOSED;
  }
  if (report->highest_seq > self->highest_seq) {
    self->highest_seq = report->highest_seq;
    self->packets_at_progress = report->packets;
    self->progress = now;
  }
  if (rtc_time_elapsed (self->window_began, now) >= RTC_BREAKER_WINDOW)
    breaker_close_window (self, now, report);
  return self->n_bad >= RTC_BREAKER_WINDOWS ? RTC_BREAKER_CONGESTION : RTC_BREAKER_CLOSED;
}
