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

void
rtc_gcc_acked_clear (RtcGccAcked *self)
{
  g_free (self->spans);
  rtc_gcc_acked_init (self);
}

/* The newest is number 0; the number is less than n. */
static RtcGccAckedSpan *
acked_span (const RtcGccAcked *self, guint number)
{
  return &self->spans[(self->next + self->size - 1 - number) % self->size];
}

static GstClockTime
span_last_arrival (const RtcGccAckedSpan *span)
{
  return span->first_arrival + span->lasted;
}

static void
acked_grow (RtcGccAcked *self)
{
  guint size = self->size + RTC_GCC_ACKED_STEP;
  RtcGccAckedSpan *spans = g_new (RtcGccAckedSpan, size);

  for (guint i = 0; i < self->n; i++)
    spans[i] = *acked_span (self, self->n - 1 - i);
  g_free (self->spans);
  self->spans = spans;
  self->size = size;
  self->next = self->n;
}

/* In place of the oldest, if that is of no use any more. As there are more than
 * RTC_GCC_ACKED_PACKETS, what lies before the window is not looked at. */
static RtcGccAckedSpan *
acked_add (RtcGccAcked *self, GstClockTime arrival)
{
  RtcGccAckedSpan *span;

  if (self->n == self->size && self->size < RTC_GCC_ACKED_MAX
      && (self->n == 0
          || span_last_arrival (acked_span (self, self->n - 1)) + RTC_GCC_ACKED_WINDOW >= arrival))
    acked_grow (self);
  span = &self->spans[self->next];
  *span = (RtcGccAckedSpan){ .first_arrival = arrival };
  self->next = (self->next + 1) % self->size;
  self->n = MIN (self->n + 1, self->size);
  return span;
}

void
rtc_gcc_acked_handle_packet (
    RtcGccAcked *self, GstClockTime now, GstClockTime send_time, GstClockTime arrival, guint32 len)
{
  RtcGccAckedSpan *span = self->n > 0 ? acked_span (self, 0) : NULL;

  self->at = now;
  if (span != NULL
      && ABS (GST_CLOCK_DIFF (span_last_arrival (span), arrival)) > (gint64) CLOCK_JUMP) {
    self->n = 0;
    span = NULL;
  }
  if (span == NULL || arrival > span->first_arrival + RTC_GCC_ACKED_SPAN)
    span = acked_add (self, arrival);
  if (arrival > span_last_arrival (span))
    span->lasted = (guint32) (arrival - span->first_arrival);
  span->send_time = MAX (span->send_time, send_time);
  span->bytes += len;
  span->packets++;
}

void
rtc_gcc_acked_handle_lost (RtcGccAcked *self, guint32 len)
{
  if (self->n > 0)
    acked_span (self, 0)->lost_bytes += len;
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
  acked_note_gap (rtc_time_elapsed (span_last_arrival (older), newer->first_arrival),
      &sums->longest, &sums->second);
  acked_note_gap (rtc_time_elapsed (older->send_time, newer->send_time), &sums->longest_sent,
      &sums->second_sent);
  sums->arrival = span_last_arrival (older);
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
  newest = newer = acked_span (self, 0);
  for (guint i = 1; i < self->n; i++) {
    const RtcGccAckedSpan *older = acked_span (self, i);

    if (span_last_arrival (older) + window < span_last_arrival (newest)
        && sums.packets >= RTC_GCC_ACKED_PACKETS)
      break;
    acked_sum (&sums, older, newer);
    newer = older;
  }
  arrival_span = rtc_time_elapsed (sums.arrival, span_last_arrival (newest));
  if (sums.packets < RTC_GCC_ACKED_PACKETS || arrival_span < window / 4)
    return rate;
  rate.received = acked_per_second (sums.bytes, arrival_span, sums.longest, sums.second);
  rate.sent = acked_per_second (sums.bytes + sums.lost_bytes,
      rtc_time_elapsed (sums.send_time, newest->send_time), sums.longest_sent, sums.second_sent);
  return rate;
}
