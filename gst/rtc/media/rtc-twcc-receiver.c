/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "gst/rtc/media/rtc-twcc-receiver.h"

#include "gst/rtc/base/rtc-time.h"

/* TWCC_SHARE: feedback may take 1 / this of what is received. */
#define TWCC_SHARE 20

struct _RtcTwccReceiver {
  RtcTwccReceiverStats stats;
  RtcSeqUnwrap unwrap;
  RtcRateMeter rate;
  GArray *arrivals; /* RtcTwccArrival by rising ext_seq, reported ones among them */
  guint64 next_seq; /* the next message begins with it */
  guint n_news;     /* arrivals not reported */
  guint8 feedback_count;
  guint32 ssrc;
  GstClockTime due; /* of the next message while there are any */
  GstClockTime interval, shortest;
  gsize round_bytes; /* sent since the last interval was chosen, headers included */
};

RtcTwccReceiver *
rtc_twcc_receiver_new (void)
{
  RtcTwccReceiver *self = g_new0 (RtcTwccReceiver, 1);

  self->arrivals = g_array_new (FALSE, FALSE, sizeof (RtcTwccArrival));
  self->interval = self->shortest = RTC_TWCC_INTERVAL_MIN;
  return self;
}

void
rtc_twcc_receiver_free (RtcTwccReceiver *self)
{
  if (self == NULL)
    return;
  g_array_unref (self->arrivals);
  g_free (self);
}

static RtcTwccArrival *
twcc_at (const RtcTwccReceiver *self, guint i)
{
  return &g_array_index (self->arrivals, RtcTwccArrival, i);
}

/* The first arrival not below ext_seq. Nearly all packets come last. */
static guint
twcc_find (const RtcTwccReceiver *self, guint64 ext_seq)
{
  guint i = self->arrivals->len;

  while (i > 0 && twcc_at (self, i - 1)->ext_seq >= ext_seq)
    i--;
  return i;
}

/* Drops what is reported and old, and the oldest of too many. */
static void
twcc_forget (RtcTwccReceiver *self, GstClockTime now)
{
  guint n = 0, len = self->arrivals->len;

  while (n < len && twcc_at (self, n)->ext_seq < self->next_seq
         && rtc_time_elapsed (twcc_at (self, n)->arrival, now) > RTC_TWCC_MEMORY)
    n++;
  if (len - n >= RTC_TWCC_MAX_ARRIVALS) {
    self->stats.forgotten += len - n - RTC_TWCC_MAX_ARRIVALS + 1;
    n = len - RTC_TWCC_MAX_ARRIVALS + 1;
  }
  if (n > 0)
    g_array_remove_range (self->arrivals, 0, n);
}

void
rtc_twcc_receiver_handle_packet (
    RtcTwccReceiver *self, GstClockTime now, guint16 seq, guint32 ssrc, gsize len)
{
  RtcTwccArrival arrival = { .arrival = now };
  gboolean is_first = !self->unwrap.used;
  guint i;

  rtc_rate_meter_add (&self->rate, now, len);
  self->ssrc = ssrc;
  arrival.ext_seq = rtc_seq_unwrap (&self->unwrap, seq);
  if (is_first)
    self->next_seq = arrival.ext_seq;
  twcc_forget (self, now);
  i = twcc_find (self, arrival.ext_seq);
  if ((i < self->arrivals->len && twcc_at (self, i)->ext_seq == arrival.ext_seq)
      || (i == 0 && arrival.ext_seq < self->next_seq)) {
    self->stats.forgotten++;
    return;
  }
  if (self->n_news == 0)
    self->due = MAX (self->due, now + (is_first ? self->interval : 0));
  g_array_insert_val (self->arrivals, i, arrival);
  self->stats.packets++;
  self->n_news++;
  if (arrival.ext_seq >= self->next_seq)
    return;
  self->next_seq = arrival.ext_seq;
  self->stats.late++;
}

void
rtc_twcc_receiver_set_patient (RtcTwccReceiver *self)
{
  self->shortest = RTC_TWCC_INTERVAL_PATIENT;
}

GstClockTime
rtc_twcc_receiver_next_deadline (const RtcTwccReceiver *self)
{
  if (self->n_news == 0)
    return GST_CLOCK_TIME_NONE;
  return self->n_news < RTC_TWCC_MAX_ARRIVALS / 2 ? self->due : 0;
}

/* The time that makes this round's bytes a TWCC_SHARE of what comes meanwhile. */
static void
twcc_choose_interval (RtcTwccReceiver *self, GstClockTime now)
{
  guint64 bps = rtc_rate_meter_get_bps (&self->rate, now);
  GstClockTime interval = RTC_TWCC_INTERVAL_SLOW;

  if (bps > 0)
    interval = gst_util_uint64_scale (self->round_bytes * 8 * TWCC_SHARE, GST_SECOND, bps);
  self->interval = CLAMP (interval, self->shortest, RTC_TWCC_INTERVAL_SLOW);
  self->due = now + self->interval;
  self->round_bytes = 0;
}

gboolean
rtc_twcc_receiver_write (RtcTwccReceiver *self, GstClockTime now, guint32 sender_ssrc,
    gsize overhead_bytes, RtcRtcpBuilder *builder)
{
  gsize before = rtc_rtcp_builder_left (builder);
  guint from, n, n_reported = 0;
  RtcResult result;

  if (!rtc_time_is_due (rtc_twcc_receiver_next_deadline (self), now))
    return FALSE;
  from = twcc_find (self, self->next_seq);
  n = self->arrivals->len - from;
  /* More have been lost than one message can speak of: they were long ago. */
  if (n > 0 && twcc_at (self, from)->ext_seq - self->next_seq >= G_MAXUINT16)
    self->next_seq = twcc_at (self, from)->ext_seq;
  result = rtc_rtcp_twcc_write (builder, sender_ssrc, self->ssrc, self->feedback_count,
      self->next_seq, twcc_at (self, from), n, &n_reported);
  if (result != RTC_OK) {
    self->n_news = 0;
    return FALSE;
  }
  self->feedback_count++;
  self->next_seq = twcc_at (self, from + n_reported - 1)->ext_seq + 1;
  self->stats.messages++;
  self->stats.bytes += before - rtc_rtcp_builder_left (builder);
  self->round_bytes += before - rtc_rtcp_builder_left (builder) + overhead_bytes;
  if (n_reported < n)
    return TRUE;
  self->n_news = 0;
  twcc_choose_interval (self, now);
  return TRUE;
}

void
rtc_twcc_receiver_get_stats (const RtcTwccReceiver *self, RtcTwccReceiverStats *out)
{
  *out = self->stats;
}
