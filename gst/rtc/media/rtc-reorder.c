/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "gst/rtc/media/rtc-reorder.h"

/* REORDER_FIRST_SLOTS: enough for audio, so that most streams never allocate again. */
#define REORDER_FIRST_SLOTS 64

/* REORDER_AGREE: how near the second packet must be to one in doubt to confirm it. */
#define REORDER_AGREE 100

/* REORDER_LATE_RUN: so many late packets in a row, rising one by one for longer than the latency
 * while nothing else came, are a sender that went back within its numbers. */
#define REORDER_LATE_RUN 64

typedef enum {
  SLOT_UNUSED,
  SLOT_HOLE,
  SLOT_HELD,
  SLOT_RELEASED,
  SLOT_LOST,
} SlotState;

typedef struct {
  gpointer packet;
  gsize size;
  GstClockTime time; /* HELD: arrival; HOLE: when it was seen to be one */
  guint64 seq;
  SlotState state;
} ReorderSlot;

typedef struct {
  gpointer packet;
  gsize size;
  GstClockTime arrival;
  guint16 seq;
} ReorderAside;

struct _RtcReorder {
  RtcReorderConfig config;
  RtcReorderStats stats;
  ReorderSlot *slots; /* ring, index seq & mask; keeps what became of the numbers behind next */
  guint64 mask;
  gboolean used;
  guint32 ssrc;
  guint64 next;        /* the number to be released next */
  guint64 end;         /* one after the highest; next == end: nothing is held */
  guint64 flush_until; /* holes below are not waited for */
  GstClockTime last_arrival;

  ReorderAside doubt; /* far from all others; packet NULL: none */
  guint late_run;
  guint16 late_next;
  GstClockTime late_since;

  gboolean restarting; /* what is held goes out first, then RESTART, then fresh[] come in */
  guint32 restart_ssrc;
  ReorderAside fresh[2];
  guint n_fresh;
  guint32 old_ssrc; /* the one before the last change, late until old_until */
  GstClockTime old_until;
};

RtcReorder *
rtc_reorder_new (const RtcReorderConfig *config)
{
  RtcReorder *self = g_new0 (RtcReorder, 1);

  self->config = *config;
  self->config.max_packets = CLAMP (config->max_packets, 16, 16384);
  self->mask = REORDER_FIRST_SLOTS - 1;
  self->slots = g_new0 (ReorderSlot, REORDER_FIRST_SLOTS);
  return self;
}

static void
reorder_drop (RtcReorder *self, gpointer packet, guint64 *counter)
{
  if (packet != NULL && self->config.free_packet != NULL)
    self->config.free_packet (packet);
  (*counter)++;
}

static ReorderSlot *
reorder_slot (const RtcReorder *self, guint64 seq)
{
  return &self->slots[seq & self->mask];
}

void
rtc_reorder_free (RtcReorder *self)
{
  guint64 unused = 0;

  if (self == NULL)
    return;
  for (guint64 seq = self->next; seq < self->end; seq++)
    if (reorder_slot (self, seq)->state == SLOT_HELD)
      reorder_drop (self, reorder_slot (self, seq)->packet, &unused);
  reorder_drop (self, self->doubt.packet, &unused);
  for (guint i = 0; i < self->n_fresh; i++)
    reorder_drop (self, self->fresh[i].packet, &unused);
  g_free (self->slots);
  g_free (self);
}

void
rtc_reorder_set_latency (RtcReorder *self, GstClockTime latency)
{
  self->config.latency = latency;
}

static GstClockTime
reorder_after_latency (const RtcReorder *self, GstClockTime time)
{
  return time > G_MAXUINT64 - 1 - self->config.latency ? G_MAXUINT64 - 1
                                                       : time + self->config.latency;
}

/* Makes the ring hold span numbers; what is known of older ones moves along. */
static void
reorder_reserve (RtcReorder *self, guint64 span)
{
  guint64 n_old = self->mask + 1, n_new = n_old;
  ReorderSlot *old = self->slots;

  while (n_new < span)
    n_new *= 2;
  if (n_new == n_old)
    return;
  self->slots = g_new0 (ReorderSlot, n_new);
  self->mask = n_new - 1;
  for (guint64 i = 0; i < n_old; i++)
    if (old[i].state != SLOT_UNUSED)
      *reorder_slot (self, old[i].seq) = old[i];
  g_free (old);
}

static gboolean
reorder_is_over_limits (const RtcReorder *self)
{
  return self->end - self->next > self->config.max_packets
         || (self->stats.n_bytes > self->config.max_bytes && self->stats.n_held > 1);
}

/* Puts a packet into its place in the window; seq >= next. */
static void
reorder_hold (RtcReorder *self, guint64 seq, const ReorderAside *in)
{
  ReorderSlot *slot;

  if (seq >= self->end) {
    reorder_reserve (self, seq + 1 - self->next);
    for (guint64 hole = self->end; hole < seq; hole++) {
      ReorderSlot empty = { NULL, 0, in->arrival, hole, SLOT_HOLE };

      *reorder_slot (self, hole) = empty;
    }
    self->end = seq + 1;
  } else
    self->stats.recovered++;
  slot = reorder_slot (self, seq);
  slot->packet = in->packet;
  slot->size = in->size;
  slot->time = in->arrival;
  slot->seq = seq;
  slot->state = SLOT_HELD;
  self->stats.n_held++;
  self->stats.n_bytes += in->size;
  self->late_run = 0;
}

/* The sequence begins at seq, above all numbers there were. */
static void
reorder_begin (RtcReorder *self, guint16 seq)
{
  guint64 turn = (self->end >> 16) + 1;

  self->next = self->end = (turn << 16) | seq;
  self->flush_until = 0;
  self->late_run = 0;
  self->used = TRUE;
}

/* What is held goes out without waiting, then the n packets of fresh begin anew. */
static void
reorder_restart (RtcReorder *self, guint32 ssrc, const ReorderAside *fresh, guint n)
{
  self->restarting = TRUE;
  self->restart_ssrc = ssrc;
  self->flush_until = self->end;
  for (guint i = 0; i < n; i++)
    self->fresh[i] = fresh[i];
  self->n_fresh = n;
}

/* A packet that fits nowhere: kept until a second one is near it. */
static RtcResult
reorder_doubt (RtcReorder *self, const ReorderAside *in)
{
  ReorderAside both[2];
  gint distance = (gint16) (in->seq - self->doubt.seq);

  if (self->doubt.packet != NULL && distance == 0) {
    reorder_drop (self, in->packet, &self->stats.duplicates);
    return RTC_ERR_REPLAY;
  }
  if (self->doubt.packet == NULL || ABS (distance) > REORDER_AGREE) {
    if (self->doubt.packet != NULL)
      reorder_drop (self, self->doubt.packet, &self->stats.dropped);
    self->doubt = *in;
    return RTC_AGAIN;
  }
  both[distance < 0] = self->doubt;
  both[distance > 0] = *in;
  self->doubt.packet = NULL;
  reorder_restart (self, self->ssrc, both, 2);
  return RTC_OK;
}

/* A packet whose number has been passed by. */
static RtcResult
reorder_late (RtcReorder *self, guint64 seq, const ReorderAside *in)
{
  const ReorderSlot *slot = reorder_slot (self, seq);
  gboolean is_known = slot->seq == seq && slot->state == SLOT_RELEASED;

  if (self->late_run == 0 || in->seq != self->late_next) {
    self->late_run = 0;
    self->late_since = in->arrival;
  }
  self->late_run++;
  self->late_next = (guint16) (in->seq + 1);
  if (self->late_run >= REORDER_LATE_RUN
      && in->arrival > reorder_after_latency (self, self->late_since)) {
    reorder_restart (self, self->ssrc, in, 1);
    return RTC_OK;
  }
  reorder_drop (self, in->packet, is_known ? &self->stats.duplicates : &self->stats.late);
  return RTC_ERR_REPLAY;
}

static RtcResult
reorder_push_same_ssrc (RtcReorder *self, const ReorderAside *in)
{
  gint ahead = (gint16) (in->seq - (guint16) (self->end - 1));
  guint64 seq = self->end - 1 + (guint64) (gint64) ahead;

  if (ahead > RTC_REORDER_MAX_JUMP)
    return reorder_doubt (self, in);
  if (seq < self->next) {
    if (self->next - seq > RTC_REORDER_MAX_JUMP)
      return reorder_doubt (self, in);
    return reorder_late (self, seq, in);
  }
  if (seq < self->end && reorder_slot (self, seq)->state == SLOT_HELD) {
    reorder_drop (self, in->packet, &self->stats.duplicates);
    return RTC_ERR_REPLAY;
  }
  reorder_hold (self, seq, in);
  return RTC_OK;
}

RtcResult
rtc_reorder_push (
    RtcReorder *self, GstClockTime arrival, guint32 ssrc, guint16 seq, gpointer packet, gsize size)
{
  ReorderAside in = { packet, size, MAX (arrival, self->last_arrival), seq };

  self->last_arrival = in.arrival;
  self->stats.pushed++;
  if (self->restarting || reorder_is_over_limits (self)) {
    reorder_drop (self, packet, &self->stats.dropped);
    return RTC_ERR_STATE;
  }
  if (!self->used) {
    self->ssrc = ssrc;
    reorder_begin (self, seq);
    reorder_hold (self, self->next, &in);
    return RTC_OK;
  }
  if (ssrc == self->ssrc)
    return reorder_push_same_ssrc (self, &in);
  if (ssrc == self->old_ssrc && in.arrival < self->old_until) {
    reorder_drop (self, packet, &self->stats.late);
    return RTC_ERR_REPLAY;
  }
  self->old_ssrc = self->ssrc;
  self->old_until = reorder_after_latency (self, in.arrival);
  reorder_restart (self, ssrc, &in, 1);
  return RTC_OK;
}

static RtcReorderKind
reorder_pop_packet (RtcReorder *self, RtcReorderItem *out)
{
  ReorderSlot *slot = reorder_slot (self, self->next);

  out->kind = RTC_REORDER_PACKET;
  out->packet = slot->packet;
  out->size = slot->size;
  out->arrival = slot->time;
  out->ext_seq = slot->seq;
  out->ssrc = self->ssrc;
  slot->packet = NULL;
  slot->state = SLOT_RELEASED;
  self->stats.n_held--;
  self->stats.n_bytes -= slot->size;
  self->stats.released++;
  self->next++;
  return out->kind;
}

/* All holes up to the next packet: they were seen at the same time. */
static RtcReorderKind
reorder_pop_gap (RtcReorder *self, gboolean is_early, RtcReorderItem *out)
{
  out->kind = RTC_REORDER_GAP;
  out->ext_seq = self->next;
  out->ssrc = self->ssrc;
  while (self->next < self->end && reorder_slot (self, self->next)->state == SLOT_HOLE) {
    reorder_slot (self, self->next)->state = SLOT_LOST;
    self->next++;
    out->count++;
  }
  self->stats.lost += out->count;
  if (is_early)
    self->stats.early_gaps += out->count;
  return out->kind;
}

static RtcReorderKind
reorder_pop_restart (RtcReorder *self, RtcReorderItem *out)
{
  guint16 first = self->fresh[0].seq;

  out->kind = RTC_REORDER_RESTART;
  out->ssrc = self->restart_ssrc;
  out->ssrc_changed = self->restart_ssrc != self->ssrc;
  self->stats.restarts++;
  self->restarting = FALSE;
  self->ssrc = self->restart_ssrc;
  if (self->doubt.packet != NULL)
    reorder_drop (self, self->doubt.packet, &self->stats.dropped);
  self->doubt.packet = NULL;
  reorder_begin (self, first);
  for (guint i = 0; i < self->n_fresh; i++)
    reorder_hold (self, self->next + (guint16) (self->fresh[i].seq - first), &self->fresh[i]);
  self->n_fresh = 0;
  return out->kind;
}

RtcReorderKind
rtc_reorder_pop (RtcReorder *self, GstClockTime now, RtcReorderItem *out)
{
  RtcReorderItem nothing = { RTC_REORDER_NONE };
  const ReorderSlot *slot;
  gboolean is_due, is_over;

  *out = nothing;
  if (self->next == self->end)
    return self->restarting ? reorder_pop_restart (self, out) : RTC_REORDER_NONE;
  slot = reorder_slot (self, self->next);
  if (slot->state == SLOT_HELD)
    return reorder_pop_packet (self, out);
  is_due = self->next < self->flush_until || now >= reorder_after_latency (self, slot->time);
  is_over = reorder_is_over_limits (self);
  if (is_due || is_over)
    return reorder_pop_gap (self, !is_due, out);
  return RTC_REORDER_NONE;
}

void
rtc_reorder_flush (RtcReorder *self)
{
  self->flush_until = self->end;
}

GstClockTime
rtc_reorder_next_deadline (const RtcReorder *self)
{
  const ReorderSlot *slot;

  if (self->next == self->end)
    return self->restarting ? 0 : GST_CLOCK_TIME_NONE;
  slot = reorder_slot (self, self->next);
  if (slot->state == SLOT_HELD || self->next < self->flush_until || reorder_is_over_limits (self))
    return 0;
  return reorder_after_latency (self, slot->time);
}

guint
rtc_reorder_get_missing (const RtcReorder *self, guint16 *seqs, guint n)
{
  guint n_missing = 0;

  for (guint64 seq = self->next; seq < self->end && n_missing < n; seq++)
    if (reorder_slot (self, seq)->state == SLOT_HOLE)
      seqs[n_missing++] = (guint16) seq;
  return n_missing;
}

void
rtc_reorder_get_stats (const RtcReorder *self, RtcReorderStats *out)
{
  *out = self->stats;
}
