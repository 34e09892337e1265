/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "gst/rtc/cc/rtc-pacer.h"

#include <string.h>

#include "gst/rtc/base/rtc-time.h"

/* Entries to begin with; a ring doubles up to RTC_PACER_MAX_ENTRIES. */
#define MIN_ENTRIES 64

/* A cost is ns per byte with this many bits of fraction: 2^20 / 1 Gbit/s is still 8 million. */
#define COST_BITS 20

/* A padding packet at the padding rate, bytes: a timer of 2 ms at 1 Mbit/s. */
#define PADDING_BYTES 250

/* What a probe's packets are cut to, bytes. */
#define PROBE_PACKET_BYTES 1200

static guint64
cost_of_rate (guint64 bps)
{
  return ((8 * GST_SECOND) << COST_BITS) / MAX (bps, 1);
}

static GstClockTime
time_of_bytes (guint64 cost, guint64 bytes)
{
  return (cost * bytes) >> COST_BITS;
}

/* a - b, but not below 0. */
static GstClockTime
excess (GstClockTime a, GstClockTime b)
{
  return a > b ? a - b : 0;
}

void
rtc_pacer_init (RtcPacer *self)
{
  memset (self, 0, sizeof *self);
}

void
rtc_pacer_clear (RtcPacer *self)
{
  for (guint i = 0; i < RTC_PACER_N_CLASSES; i++)
    g_free (self->rings[i].entries);
  memset (self->rings, 0, sizeof self->rings);
  self->n_waiting = 0;
  self->waiting_bytes = self->key_bytes = 0;
}

/* The same bytes at another rate. */
static GstClockTime
rescale (GstClockTime clear, GstClockTime now, guint64 new_cost, guint64 old_cost)
{
  if (clear <= now || old_cost == 0)
    return clear;
  return now + gst_util_uint64_scale (clear - now, new_cost, old_cost);
}

/* How long bytes that wait take. */
static GstClockTime
wait_of_bytes (const RtcPacer *self, GstClockTime now, guint64 bytes, guint64 burst_cost)
{
  GstClockTime burst =
      excess (self->burst_clear, now + RTC_PACER_BURST) + time_of_bytes (burst_cost, bytes);
  GstClockTime average = excess (
      self->average_clear + time_of_bytes (self->average_cost, bytes), now + RTC_PACER_CREDIT);

  return MAX (burst, average);
}

void
rtc_pacer_set_rates (
    RtcPacer *self, GstClockTime now, guint64 target_bps, guint64 pacing_bps, guint64 padding_bps)
{
  guint64 burst_cost, average_cost;

  self->padding_bps = padding_bps;
  if (target_bps == self->target_bps && pacing_bps == self->pacing_bps)
    return;
  self->target_bps = target_bps;
  self->pacing_bps = MAX (pacing_bps, target_bps);
  burst_cost = cost_of_rate (self->pacing_bps);
  average_cost = cost_of_rate (target_bps * RTC_PACER_EXCESS_PERCENT / 100);
  self->burst_clear = rescale (self->burst_clear, now, burst_cost, self->burst_cost);
  /* What has left before a fall was within the average. */
  if (average_cost < self->average_cost)
    self->average_clear = rescale (self->average_clear, now, average_cost, self->average_cost);
  self->average_clear = MIN (self->average_clear, now + RTC_PACER_CREDIT);
  self->burst_cost = burst_cost;
  self->average_cost = average_cost;
}

void
rtc_pacer_forgive (RtcPacer *self, GstClockTime now)
{
  self->burst_clear = MIN (self->burst_clear, now);
  self->average_clear = MIN (self->average_clear, now);
}

void
rtc_pacer_hold (RtcPacer *self, GstClockTime until)
{
  self->has_probe = self->probe_runs = FALSE;
  self->held_until = until + RTC_PACER_HELD_TIME;
  self->burst_clear = MAX (self->burst_clear, until + RTC_PACER_BURST);
  self->average_clear = MAX (self->average_clear, until + RTC_PACER_CREDIT);
}

void
rtc_pacer_set_catching_up (RtcPacer *self, gboolean is_catching_up)
{
  self->is_catching_up = (guint8) (is_catching_up ? TRUE : FALSE);
}

void
rtc_pacer_set_paused (RtcPacer *self, gboolean is_paused)
{
  self->is_paused = (guint8) (is_paused ? TRUE : FALSE);
  if (!is_paused)
    return;
  self->stats.dropped += self->n_waiting;
  for (guint i = 0; i < RTC_PACER_N_CLASSES; i++)
    self->rings[i].n = 0;
  self->n_waiting = 0;
  self->waiting_bytes = self->key_bytes = 0;
  self->has_last = FALSE;
  self->has_probe = self->probe_runs = FALSE;
}

/* --- budgets --------------------------------------------------------------------------------- */

static GstClockTime
probe_due (const RtcPacer *self)
{
  return self->probe_began
         + gst_util_uint64_scale (self->probe_bytes * 8, GST_SECOND, MAX (self->probe.bps, 1));
}

static gboolean
budget_allows (const RtcPacer *self, GstClockTime now)
{
  if (self->probe_runs)
    return now >= probe_due (self);
  return self->burst_clear <= now + RTC_PACER_BURST
         && (self->is_catching_up || self->average_clear <= now + RTC_PACER_CREDIT);
}

/* When budget_allows() becomes TRUE, a batch later for the burst. */
static GstClockTime
budget_due (const RtcPacer *self)
{
  if (self->probe_runs)
    return probe_due (self);
  if (self->is_catching_up)
    return excess (self->burst_clear, RTC_PACER_BURST - RTC_PACER_BATCH);
  return MAX (excess (self->burst_clear, RTC_PACER_BURST - RTC_PACER_BATCH),
      excess (self->average_clear, RTC_PACER_CREDIT));
}

gboolean
rtc_pacer_may_pass (const RtcPacer *self, GstClockTime now, RtcPacerClass klass)
{
  if (self->is_paused)
    return FALSE;
  if (klass == RTC_PACER_AUDIO || self->pacing_bps == 0)
    return TRUE;
  if (klass == RTC_PACER_RETRANSMISSION ? self->rings[klass].n > 0 : self->n_waiting > 0)
    return FALSE;
  return budget_allows (self, now);
}

static gboolean
is_urgent (const RtcPacer *self, GstClockTime now)
{
  return wait_of_bytes (self, now, self->waiting_bytes, self->burst_cost) > RTC_PACER_URGENT;
}

GstClockTime
rtc_pacer_get_wait (const RtcPacer *self, GstClockTime now)
{
  guint64 cost = is_urgent (self, now) ? self->burst_cost / 2 : self->burst_cost;

  return wait_of_bytes (self, now, self->waiting_bytes, cost);
}

static void
probe_note_sent (RtcPacer *self, GstClockTime now, RtcPacerClass klass, guint len)
{
  if (!self->probe_runs) {
    if (klass != RTC_PACER_VIDEO && klass != RTC_PACER_RETRANSMISSION)
      return;
    self->probe_runs = TRUE;
    self->probe_began = now;
    self->probe_bytes = 0;
    self->probe_packets = 0;
    self->stats.probes++;
  }
  self->probe_bytes += len;
  self->probe_packets++;
  if (self->probe_bytes >= self->probe.min_bytes
      && self->probe_packets >= self->probe.min_packets) {
    self->has_probe = self->probe_runs = FALSE;
  }
}

void
rtc_pacer_handle_sent (
    RtcPacer *self, GstClockTime now, RtcPacerClass klass, guint len, GstClockTime queued)
{
  GstClockTime wait = rtc_time_elapsed (queued, now);
  guint64 cost = self->burst_cost;

  self->stats.sent[klass].packets++;
  self->stats.sent[klass].bytes += len;
  if (wait > 0) {
    self->stats.total_wait += wait;
    self->stats.max_wait = MAX (self->stats.max_wait, wait);
  }
  if (self->n_waiting > 0 && is_urgent (self, now))
    cost /= 2;
  self->burst_clear = MAX (self->burst_clear, now) + time_of_bytes (cost, len);
  if (klass != RTC_PACER_PADDING) {
    if (!self->is_catching_up)
      self->average_clear =
          MAX (self->average_clear, now) + time_of_bytes (self->average_cost, len);
    self->nothing_to_pad = FALSE;
  }
  if (self->padding_bps > 0)
    self->padding_clear = MAX (self->padding_clear, now)
                          + gst_util_uint64_scale (len * 8, GST_SECOND, self->padding_bps);
  if (self->has_probe)
    probe_note_sent (self, now, klass, len);
}

/* --- queues ---------------------------------------------------------------------------------- */

static RtcPacerEntry *
ring_at (const RtcPacerRing *ring, guint i)
{
  return &ring->entries[(ring->head + i) & ring->mask];
}

/* Room for one more; FALSE when it is full for good. */
static gboolean
ring_make_room (RtcPacerRing *ring)
{
  guint size = ring->entries == NULL ? 0 : ring->mask + 1;
  RtcPacerEntry *entries;

  if (ring->n < size)
    return TRUE;
  if (size >= RTC_PACER_MAX_ENTRIES)
    return FALSE;
  size = MAX (2 * size, MIN_ENTRIES);
  entries = g_new (RtcPacerEntry, size);
  for (guint i = 0; i < ring->n; i++)
    entries[i] = *ring_at (ring, i);
  g_free (ring->entries);
  ring->entries = entries;
  ring->mask = size - 1;
  ring->head = 0;
  return TRUE;
}

static void
note_waiting (RtcPacer *self, const RtcPacerEntry *entry, gint sign)
{
  guint64 bytes = (guint64) ((gint64) entry->len * sign);

  self->n_waiting += (guint) sign;
  self->waiting_bytes += bytes;
  if (entry->is_key_frame)
    self->key_bytes += bytes;
}

static GstClockTime
most_wait (const RtcPacer *self, GstClockTime now)
{
  return now < self->held_until ? RTC_PACER_HELD_WAIT : RTC_PACER_MAX_WAIT;
}

/* Whether a frame that begins now would wait too long, its key frames ahead not counted. While one
 * waits and little else does, what has left of it is not counted either. */
static gboolean
is_over_wait (const RtcPacer *self, GstClockTime now)
{
  guint64 behind = self->waiting_bytes - self->key_bytes;
  guint64 counted = self->key_bytes > 0 ? self->waiting_bytes : behind;

  if (self->key_bytes > 0 && time_of_bytes (self->average_cost, behind) <= RTC_PACER_URGENT)
    return FALSE;
  return wait_of_bytes (self, now, counted, self->burst_cost / 2)
         > most_wait (self, now) - RTC_PACER_BURST;
}

static GstClockTime
expiry (const RtcPacer *self, GstClockTime now)
{
  GstClockTime all = wait_of_bytes (self, now, self->waiting_bytes, self->burst_cost);
  GstClockTime ours =
      wait_of_bytes (self, now, self->waiting_bytes - self->key_bytes, self->burst_cost);

  return now + most_wait (self, now) + (all - ours);
}

/* A frame may begin with packets that do not show that it is a key frame (a delimiter before the
 * parameter sets); these belong to it all the same. */
static void
mark_key_frame (RtcPacer *self, const RtcPacerEntry *entry)
{
  RtcPacerRing *ring = &self->rings[RTC_PACER_VIDEO];

  for (guint i = ring->n; i > 0; i--) {
    RtcPacerEntry *before = ring_at (ring, i - 1);

    if (before->stream != entry->stream)
      continue;
    if (before->frame != entry->frame || before->is_key_frame)
      return;
    before->is_key_frame = TRUE;
    before->expires = GST_CLOCK_TIME_NONE;
    self->key_bytes += before->len;
  }
}

RtcResult
rtc_pacer_push (RtcPacer *self, GstClockTime now, RtcPacerClass klass, const RtcPacerEntry *entry)
{
  RtcPacerRing *ring = &self->rings[klass];
  gboolean goes_on = klass == RTC_PACER_VIDEO && self->has_last && self->last_frame == entry->frame
                     && self->last_stream == entry->stream;
  RtcPacerEntry *place;

  if (self->is_paused || !ring_make_room (ring)
      || (klass == RTC_PACER_VIDEO && !goes_on && !entry->is_key_frame
          && is_over_wait (self, now))) {
    self->stats.refused++;
    self->has_last = FALSE;
    return RTC_ERR_LIMIT;
  }
  if (klass == RTC_PACER_VIDEO && entry->is_key_frame)
    mark_key_frame (self, entry);
  place = ring_at (ring, ring->n++);
  *place = *entry;
  place->queued = now;
  place->expires = GST_CLOCK_TIME_NONE;
  if (klass == RTC_PACER_VIDEO) {
    if (!goes_on && !entry->is_key_frame)
      place->expires = expiry (self, now);
    self->has_last = TRUE;
    self->last_frame = entry->frame;
    self->last_stream = entry->stream;
  }
  note_waiting (self, entry, 1);
  self->stats.queued++;
  return RTC_OK;
}

gboolean
rtc_pacer_pop (RtcPacer *self, GstClockTime now, RtcPacerClass *klass, RtcPacerEntry *out)
{
  if (self->n_waiting == 0 || !budget_allows (self, now))
    return FALSE;
  for (guint i = RTC_PACER_RETRANSMISSION; i <= RTC_PACER_FEC; i++) {
    RtcPacerRing *ring = &self->rings[i];

    if (ring->n == 0)
      continue;
    *out = *ring_at (ring, 0);
    *klass = (RtcPacerClass) i;
    ring->head = (ring->head + 1) & ring->mask;
    ring->n--;
    note_waiting (self, out, -1);
    return TRUE;
  }
  return FALSE;
}

static GstClockTime
video_expires (const RtcPacer *self)
{
  const RtcPacerRing *ring = &self->rings[RTC_PACER_VIDEO];

  return ring->n > 0 ? ring_at (ring, 0)->expires : GST_CLOCK_TIME_NONE;
}

void
rtc_pacer_handle_late (RtcPacer *self, GstClockTime now)
{
  RtcPacerRing *ring = &self->rings[RTC_PACER_VIDEO];
  GstClockTime late;

  if (self->n_waiting == 0 || self->is_paused)
    return;
  late = excess (now, budget_due (self));
  if (late <= RTC_PACER_BURST)
    return;
  for (guint i = 0; i < ring->n; i++) {
    RtcPacerEntry *entry = ring_at (ring, i);

    if (entry->expires != GST_CLOCK_TIME_NONE)
      entry->expires += MIN (late, rtc_time_elapsed (entry->queued, now));
  }
}

gboolean
rtc_pacer_has_expired (const RtcPacer *self, GstClockTime now, guint *stream)
{
  if (!rtc_time_is_due (video_expires (self), now) || budget_allows (self, now))
    return FALSE;
  *stream = ring_at (&self->rings[RTC_PACER_VIDEO], 0)->stream;
  return TRUE;
}

/* Drops what waits of the stream before the index end. Returns how many packets. */
static guint
ring_drop (RtcPacer *self, RtcPacerRing *ring, guint stream, guint end)
{
  guint n = ring->n, n_kept = 0;

  for (guint i = 0; i < n; i++) {
    const RtcPacerEntry *entry = ring_at (ring, i);

    if (i < end && entry->stream == stream)
      note_waiting (self, entry, -1);
    else
      *ring_at (ring, n_kept++) = *entry;
  }
  ring->n = n_kept;
  self->stats.dropped += n - n_kept;
  return n - n_kept;
}

guint
rtc_pacer_drop (RtcPacer *self, RtcPacerClass klass, guint stream)
{
  RtcPacerRing *ring = &self->rings[klass];

  if (klass == RTC_PACER_VIDEO)
    self->has_last = FALSE;
  return ring_drop (self, ring, stream, ring->n);
}

gboolean
rtc_pacer_drop_to_key_frame (RtcPacer *self, guint stream, guint *n_dropped)
{
  RtcPacerRing *ring = &self->rings[RTC_PACER_VIDEO];
  guint i = ring->n;

  *n_dropped = 0;
  while (i > 0 && (ring_at (ring, i - 1)->stream != stream || !ring_at (ring, i - 1)->is_key_frame))
    i--;
  if (i == 0)
    return FALSE;
  /* Its first packet that waits. */
  for (guint32 frame = ring_at (ring, i - 1)->frame;
       i > 0 && (ring_at (ring, i - 1)->stream != stream || ring_at (ring, i - 1)->frame == frame);)
    i--;
  *n_dropped = ring_drop (self, ring, stream, i);
  return TRUE;
}

guint
rtc_pacer_get_n_waiting (const RtcPacer *self, RtcPacerClass klass)
{
  return self->rings[klass].n;
}

/* --- probes and padding ---------------------------------------------------------------------- */

void
rtc_pacer_set_probe (RtcPacer *self, const RtcCcProbe *probe)
{
  if (self->probe_runs || self->is_paused)
    return;
  self->probe = *probe;
  self->has_probe = TRUE;
}

guint16
rtc_pacer_get_cluster (const RtcPacer *self, RtcPacerClass klass)
{
  if (!self->has_probe)
    return 0;
  if (self->probe_runs || klass == RTC_PACER_VIDEO || klass == RTC_PACER_RETRANSMISSION)
    return self->probe.cluster;
  return 0;
}

guint
rtc_pacer_get_padding (RtcPacer *self, GstClockTime now)
{
  if (self->probe_runs && rtc_time_elapsed (self->probe_began, now) >= RTC_PACER_PROBE_LIFE) {
    self->has_probe = self->probe_runs = FALSE;
    self->stats.probes_given_up++;
  }
  if (self->n_waiting > 0 || self->is_paused || self->nothing_to_pad)
    return 0;
  if (self->probe_runs)
    return now >= probe_due (self) ? PROBE_PACKET_BYTES : 0;
  if (self->padding_bps == 0 || self->padding_clear > now || self->burst_clear > now)
    return 0;
  return PADDING_BYTES;
}

void
rtc_pacer_end_padding (RtcPacer *self, GstClockTime now)
{
  self->nothing_to_pad = TRUE;
}

/* --- time ------------------------------------------------------------------------------------ */

GstClockTime
rtc_pacer_get_due (const RtcPacer *self)
{
  return self->is_paused ? GST_CLOCK_TIME_NONE : budget_due (self);
}

GstClockTime
rtc_pacer_next_deadline (const RtcPacer *self)
{
  GstClockTime deadline = GST_CLOCK_TIME_NONE;

  if (self->is_paused)
    return GST_CLOCK_TIME_NONE;
  if (self->n_waiting > 0)
    deadline = rtc_time_min (budget_due (self), video_expires (self));
  if (self->probe_runs) {
    deadline = rtc_time_min (deadline, self->probe_began + RTC_PACER_PROBE_LIFE);
    if (self->n_waiting == 0 && !self->nothing_to_pad)
      deadline = rtc_time_min (deadline, probe_due (self));
  } else if (self->padding_bps > 0 && self->n_waiting == 0 && !self->nothing_to_pad) {
    deadline = MAX (self->padding_clear, self->burst_clear);
  }
  return deadline;
}

void
rtc_pacer_get_stats (const RtcPacer *self, RtcPacerStats *out)
{
  *out = self->stats;
}
