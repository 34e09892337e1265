/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "gst/rtc/media/rtc-nack-generator.h"

#include "gst/rtc/base/rtc-time.h"

/* NACK_DEFAULT_RTT: while nothing has measured one. */
#define NACK_DEFAULT_RTT (100 * GST_MSECOND)

typedef struct {
  guint64 ext_seq;
  GstClockTime since; /* when the gap was seen */
  GstClockTime next;  /* when to ask */
  guint tries;
} NackMissing;

struct _RtcNackGenerator {
  RtcNackGeneratorConfig config;
  RtcNackGeneratorStats stats;
  GstClockTime rtt;
  GArray *missing; /* NackMissing, by rising ext_seq */
  guint64 highest;
  gboolean used;
  guint given_up;
};

RtcNackGenerator *
rtc_nack_generator_new (const RtcNackGeneratorConfig *config)
{
  RtcNackGenerator *self = g_new0 (RtcNackGenerator, 1);

  self->config = *config;
  self->rtt = NACK_DEFAULT_RTT;
  self->missing = g_array_sized_new (FALSE, FALSE, sizeof (NackMissing), 64);
  return self;
}

void
rtc_nack_generator_free (RtcNackGenerator *self)
{
  if (self == NULL)
    return;
  g_array_unref (self->missing);
  g_free (self);
}

void
rtc_nack_generator_set_rtt (RtcNackGenerator *self, GstClockTime rtt)
{
  self->rtt = rtt == GST_CLOCK_TIME_NONE ? NACK_DEFAULT_RTT : rtt;
}

static NackMissing *
nack_at (const RtcNackGenerator *self, guint i)
{
  return &g_array_index (self->missing, NackMissing, i);
}

static void
nack_handle_late (RtcNackGenerator *self, guint64 ext_seq)
{
  guint low = 0, high = self->missing->len;

  while (low < high) {
    guint middle = low + (high - low) / 2;

    if (nack_at (self, middle)->ext_seq < ext_seq)
      low = middle + 1;
    else
      high = middle;
  }
  if (low == self->missing->len || nack_at (self, low)->ext_seq != ext_seq)
    return;
  if (nack_at (self, low)->tries > 0)
    self->stats.recovered++;
  else
    self->stats.reordered++;
  g_array_remove_index (self->missing, low);
}

RtcResult
rtc_nack_generator_handle_packet (RtcNackGenerator *self, guint64 ext_seq, GstClockTime now)
{
  guint64 gap;

  if (!self->used) {
    self->used = TRUE;
    self->highest = ext_seq;
    return RTC_OK;
  }
  if (ext_seq <= self->highest) {
    nack_handle_late (self, ext_seq);
    return RTC_OK;
  }
  gap = ext_seq - self->highest - 1;
  if (gap + self->missing->len > self->config.max_missing) {
    self->stats.given_up += self->missing->len + gap;
    g_array_set_size (self->missing, 0);
    self->highest = ext_seq;
    return RTC_ERR_LIMIT;
  }
  for (guint64 seq = self->highest + 1; seq < ext_seq; seq++) {
    NackMissing missing = {
      .ext_seq = seq, .since = now, .next = now + self->config.reorder_delay
    };

    g_array_append_val (self->missing, missing);
  }
  self->highest = ext_seq;
  return RTC_OK;
}

static gboolean
nack_is_hopeless (const RtcNackGenerator *self, const NackMissing *missing, GstClockTime now)
{
  return (missing->tries >= self->config.max_tries && rtc_time_is_due (missing->next, now))
         || rtc_time_elapsed (missing->since, now) >= self->config.max_age;
}

guint
rtc_nack_generator_poll (RtcNackGenerator *self, GstClockTime now, guint16 *seqs, guint n_seqs)
{
  GstClockTime spacing = MAX (self->rtt, self->config.retry_min);
  guint n = 0, kept = 0;

  /* One pass that also closes the holes of what is given up. */
  for (guint i = 0; i < self->missing->len; i++) {
    NackMissing missing = *nack_at (self, i);

    if (nack_is_hopeless (self, &missing, now)) {
      self->stats.given_up++;
      self->given_up++;
      continue;
    }
    if (n < n_seqs && rtc_time_is_due (missing.next, now)) {
      missing.tries++;
      missing.next = now + spacing;
      seqs[n++] = (guint16) missing.ext_seq;
    }
    *nack_at (self, kept++) = missing;
  }
  g_array_set_size (self->missing, kept);
  self->stats.requested += n;
  return n;
}

guint
rtc_nack_generator_steal_given_up (RtcNackGenerator *self)
{
  guint n = self->given_up;

  self->given_up = 0;
  return n;
}

GstClockTime
rtc_nack_generator_next_deadline (const RtcNackGenerator *self)
{
  GstClockTime deadline = GST_CLOCK_TIME_NONE;

  for (guint i = 0; i < self->missing->len; i++) {
    deadline = rtc_time_min (deadline, nack_at (self, i)->next);
    deadline = rtc_time_min (deadline, nack_at (self, i)->since + self->config.max_age);
  }
  return deadline;
}

guint
rtc_nack_generator_get_n_missing (const RtcNackGenerator *self)
{
  return self->missing->len;
}

void
rtc_nack_generator_get_stats (const RtcNackGenerator *self, RtcNackGeneratorStats *out)
{
  *out = self->stats;
}
