/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "gst/rtc/cc/rtc-gcc-acked.h"

#include "gst/rtc/base/rtc-time.h"

#include <string.h>

/* CLOCK_JUMP: the receiver's clock was set; nothing before compares with what comes. */
#define CLOCK_JUMP (3 * GST_SECOND)

void
rtc_gcc_acked_init (RtcGccAcked *self)
{
  memset (self, 0, sizeof *self);
  self->at = GST_CLOCK_TIME_NONE;
}

static RtcGccAckedSpan *
acked_newest (RtcGccAcked *self)
{
  return self->n == 0 ? NULL
                      : &self->spans[(self->next + RTC_GCC_ACKED_MAX - 1) % RTC_GCC_ACKED_MAX];
}

void
rtc_gcc_acked_handle_packet (
    RtcGccAcked *self, GstClockTime now, GstClockTime send_time, GstClockTime arrival, guint32 len)
{
  RtcGccAckedSpan *span = acked_newest (self);

  self->at = now;
  if (span != NULL && ABS (GST_CLOCK_DIFF (span->last_arrival, arrival)) > (gint64) CLOCK_JUMP) {
    self->n = 0;
    span = NULL;
  }
  if (span == NULL || arrival > span->first_arrival + RTC_GCC_ACKED_SPAN) {
    span = &self->spans[self->next];
    *span = (RtcGccAckedSpan){ .first_arrival = arrival, .last_arrival = arrival };
    self->next = (self->next + 1) % RTC_GCC_ACKED_MAX;
    self->n = MIN (self->n + 1, RTC_GCC_ACKED_MAX);
  }
  span->last_arrival = MAX (span->last_arrival, arrival);
  span->send_time = MAX (span->send_time, send_time);
  span->bytes += len;
  span->packets++;
}

void
rtc_gcc_acked_handle_lost (RtcGccAcked *self, guint32 len)
{
  RtcGccAckedSpan *span = acked_newest (self);

  if (span != NULL)
    span->lost_bytes += len;
}

/* Sums over a walk from the newest span back. */
typedef struct {
  guint64 bytes, lost_bytes;
  guint packets;
  GstClockTime arrival, send_time; /* of the oldest span reached */
  GstClockTime longest, second;    /* silences on arrival */
  GstClockTime longest_sent, second_sent;
} AckedSums;

static void
acked_note_gap (GstClockTime gap, GstClockTime *longest, GstClockTime *second)
{
  if (gap > *longest) {
    *second = *longest;
    *longest = gap;
  } else if (gap > *second) {
    *second = gap;
  }
}

/* Takes the span before what was summed up; the bytes of the oldest one are not counted, as the
 * time that they took lies before it. */
static void
acked_sum (AckedSums *sums, const RtcGccAckedSpan *older, const RtcGccAckedSpan *newer)
{
  sums->bytes += newer->bytes;
  sums->lost_bytes += newer->lost_bytes;
  sums->packets += newer->packets;
  acked_note_gap (
      rtc_time_elapsed (older->last_arrival, newer->first_arrival), &sums->longest, &sums->second);
  acked_note_gap (rtc_time_elapsed (older->send_time, newer->send_time), &sums->longest_sent,
      &sums->second_sent);
  sums->arrival = older->last_arrival;
  sums->send_time = older->send_time;
}

static gdouble
acked_per_second (guint64 bytes, GstClockTime span, GstClockTime longest, GstClockTime second)
{
  span -= MIN (span, longest - second);
  return span == 0 ? 0 : (gdouble) bytes * 8 * GST_SECOND / (gdouble) span;
}

RtcGccAckedRate
rtc_gcc_acked_get_rate (const RtcGccAcked *self, GstClockTime now, GstClockTime window)
{
  RtcGccAckedRate rate = { 0, 0 };
  AckedSums sums = { 0 };
  const RtcGccAckedSpan *newest, *newer;
  GstClockTime arrival_span;

  if (self->n < 2 || rtc_time_elapsed (self->at, now) > RTC_GCC_ACKED_STALE)
    return rate;
  newest = newer = &self->spans[(self->next + RTC_GCC_ACKED_MAX - 1) % RTC_GCC_ACKED_MAX];
  for (guint i = 1; i < self->n; i++) {
    const RtcGccAckedSpan *older =
        &self->spans[(self->next + RTC_GCC_ACKED_MAX - 1 - i) % RTC_GCC_ACKED_MAX];

    if (older->last_arrival + window < newest->last_arrival
        && sums.packets >= RTC_GCC_ACKED_PACKETS)
      break;
    acked_sum (&sums, older, newer);
    newer = older;
  }
  arrival_span = rtc_time_elapsed (sums.arrival, newest->last_arrival);
  if (sums.packets < RTC_GCC_ACKED_PACKETS || arrival_span < window / 4)
    return rate;
  rate.received = acked_per_second (sums.bytes, arrival_span, sums.longest, sums.second);
  rate.sent = acked_per_second (sums.bytes + sums.lost_bytes,
      rtc_time_elapsed (sums.send_time, newest->send_time), sums.longest_sent, sums.second_sent);
  return rate;
}
