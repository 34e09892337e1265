/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "gst/rtc/media/rtc-nack-responder.h"

#include "gst/rtc/base/rtc-time.h"

/* What became of each number: sets of WAYS, found by the low bits of the number, so that
 * N_SETS * WAYS consecutive numbers never meet. A full set of entries that wait or are fresh
 * refuses further numbers rather than forgetting one. */
#define N_SETS 64
#define WAYS 4

/* An entry not touched for so long is of an earlier turn of the numbers, or of a peer that had
 * given up. */
#define ENTRY_LIFE (10 * GST_SECOND)

/* What is resent unasked takes 1 / this of what the budget has left at most. */
#define UNASKED_DIV 2

/* Up to so much loss the first STUCK_TRIES - 1 repairs, and one more, are all lost once in 1000. */
#define LOSS_FIRST 0.1
#define LOSS_SECOND 0.178

typedef enum {
  ENTRY_FREE,
  ENTRY_WAITS,   /* handed out */
  ENTRY_LEFT,    /* resent at time */
  ENTRY_REFUSED, /* asked for at time, and not resent */
} EntryState;

typedef struct {
  GstClockTime time;
  guint16 seq;
  guint16 cost;   /* bytes of the packet that waits */
  guint16 age_ms; /* from the first time that it was asked for to the last */
  guint8 tries;   /* times that it was asked for, a round trip apart */
  guint8 state;   /* EntryState */
} TableEntry;

struct _RtcNackResponderTable {
  TableEntry entries[N_SETS][WAYS];
};

/* Numbers that were sent as padding last, which is done with the last PADDINGS of all numbers. */
#define PADDINGS 32

struct _RtcNackResponderPaddings {
  GstClockTime times[PADDINGS]; /* by place */
  guint16 seqs[PADDINGS];
  guint n; /* ever; the next goes to place n % PADDINGS */
};

void
rtc_nack_responder_init (RtcNackResponder *self)
{
  memset (self, 0, sizeof *self);
}

void
rtc_nack_responder_clear (RtcNackResponder *self)
{
  g_clear_pointer (&self->table, g_free);
  g_clear_pointer (&self->paddings, g_free);
  self->waiting_bytes = 0;
}

void
rtc_nack_responder_forgive (RtcNackResponder *self)
{
  memset (&self->resent, 0, sizeof self->resent);
}

void
rtc_nack_responder_set_limit (RtcNackResponder *self, guint64 bps)
{
  self->limit_bps = bps;
}

static gboolean
is_fresh (const TableEntry *entry, GstClockTime now, GstClockTime rtt)
{
  return entry->state == ENTRY_WAITS
         || (entry->state == ENTRY_LEFT && rtc_time_elapsed (entry->time, now) < rtt);
}

static TableEntry *
table_find (RtcNackResponderTable *table, guint16 seq)
{
  TableEntry *set = table->entries[seq % N_SETS];

  for (guint i = 0; i < WAYS; i++) {
    if (set[i].state != ENTRY_FREE && set[i].seq == seq)
      return &set[i];
  }
  return NULL;
}

/* Where to note what becomes of seq now: its entry, or in place of the oldest of its set; NULL when
 * it waits or was resent within a round-trip time, or when all of the set were. */
static TableEntry *
table_find_place (RtcNackResponderTable *table, guint16 seq, GstClockTime now, GstClockTime rtt)
{
  TableEntry *set = table->entries[seq % N_SETS], *place = table_find (table, seq);

  if (place != NULL) {
    if (is_fresh (place, now, rtt))
      return NULL;
    if (rtc_time_elapsed (place->time, now) < ENTRY_LIFE)
      return place;
  }
  for (guint i = 0; i < WAYS && place == NULL; i++) {
    if (set[i].state == ENTRY_FREE)
      place = &set[i];
  }
  if (place == NULL) {
    for (guint i = 0; i < WAYS; i++) {
      if (!is_fresh (&set[i], now, rtt) && (place == NULL || set[i].time < place->time))
        place = &set[i];
    }
  }
  if (place != NULL)
    *place = (TableEntry){ .seq = seq };
  return place;
}

static const RtcPacketHistoryEntry *
find_entry (const RtcNackSituation *situation, GstClockTime now, guint16 seq)
{
  guint32 source;
  guint64 ext_seq;

  if (!rtc_rewrite_find_source (situation->rewrite, seq, &source, &ext_seq)
      || source >= situation->n_histories || situation->histories[source] == NULL)
    return NULL;
  return rtc_packet_history_find (situation->histories[source], now, ext_seq);
}

/* *ext_seq: 0 if it was never sent. */
static gboolean
situation_needs (const RtcNackSituation *situation, guint16 seq, guint64 *ext_seq)
{
  if (!rtc_rewrite_was_sent (situation->rewrite, seq, ext_seq)) {
    *ext_seq = 0;
    return FALSE;
  }
  return situation->has_needs && *ext_seq >= situation->needed_from;
}

static GstClockTime
usable_rtt (GstClockTime rtt)
{
  if (rtt == GST_CLOCK_TIME_NONE)
    return RTC_NACK_RESPONDER_DEFAULT_RTT;
  return MAX (rtt, RTC_NACK_RESPONDER_MIN_RTT);
}

/* Bytes that may be resent in a second. */
static gint64
responder_allowance (const RtcNackResponder *self, guint64 sent_bytes)
{
  guint64 bytes = sent_bytes / RTC_NACK_RESPONDER_SHARE_DIV;

  if (self->limit_bps > 0)
    bytes = MIN (bytes, self->limit_bps / 8);
  return (gint64) MAX (bytes, RTC_NACK_RESPONDER_FLOOR_BYTES);
}

/* Within a round trip. */
static gboolean
responder_has_padded (const RtcNackResponder *self, GstClockTime now, GstClockTime rtt, guint16 seq)
{
  const RtcNackResponderPaddings *paddings = self->paddings;

  for (guint i = 0; paddings != NULL && i < MIN (paddings->n, PADDINGS); i++)
    if (paddings->seqs[i] == seq && rtc_time_elapsed (paddings->times[i], now) < rtt)
      return TRUE;
  return FALSE;
}

/* seq waits, or was resent within a round trip. */
static gboolean
responder_is_fresh (const RtcNackResponder *self, GstClockTime now, GstClockTime rtt, guint16 seq)
{
  const TableEntry *entry = self->table != NULL ? table_find (self->table, seq) : NULL;

  return (entry != NULL && is_fresh (entry, now, rtt))
         || responder_has_padded (self, now, rtt, seq);
}

gboolean
rtc_nack_responder_note_padding (
    RtcNackResponder *self, GstClockTime now, GstClockTime rtt, guint16 seq)
{
  RtcNackResponderPaddings *paddings;
  guint place;

  if (responder_is_fresh (self, now, usable_rtt (rtt), seq))
    return FALSE;
  if (self->paddings == NULL)
    self->paddings = g_new0 (RtcNackResponderPaddings, 1);
  paddings = self->paddings;
  place = paddings->n % PADDINGS;
  paddings->seqs[place] = seq;
  paddings->times[place] = now;
  paddings->n = paddings->n + 1 == 2 * PADDINGS ? PADDINGS : paddings->n + 1;
  return TRUE;
}

/* It is asked for once more. One that was refused may be asked for again at once, which is no
 * further try. */
static void
entry_note_try (TableEntry *entry, GstClockTime now, GstClockTime rtt)
{
  GstClockTime since = rtc_time_elapsed (entry->time, now);

  if (entry->tries == 0) {
    entry->tries = 1;
    entry->time = now;
  } else if (since >= rtt) {
    entry->tries = (guint8) MIN (entry->tries + 1, G_MAXUINT8);
    entry->age_ms = (guint16) MIN (entry->age_ms + since / GST_MSECOND, G_MAXUINT16);
    entry->time = now;
  }
  entry->state = ENTRY_REFUSED;
}

static gboolean
entry_is_stuck (const TableEntry *entry, const RtcNackSituation *situation)
{
  guint tries = RTC_NACK_RESPONDER_STUCK_TRIES;

  if (entry->state == ENTRY_REFUSED)
    return entry->tries >= RTC_NACK_RESPONDER_STUCK_TRIES_REFUSED;
  if (situation->loss > LOSS_FIRST)
    tries += situation->loss > LOSS_SECOND ? 2 : 1;
  return entry->tries >= tries && entry->age_ms * GST_MSECOND >= RTC_NACK_RESPONDER_STUCK_TIME;
}

/* NULL: it was resent within a round trip, or waits, or there is no room to note it. */
static TableEntry *
responder_note_number (RtcNackResponder *self, GstClockTime now, GstClockTime rtt, guint16 seq)
{
  TableEntry *place = NULL;

  if (!responder_has_padded (self, now, rtt, seq))
    place = table_find_place (self->table, seq, now, rtt);
  if (place != NULL)
    entry_note_try (place, now, rtt);
  if (place == NULL || place->tries > RTC_NACK_RESPONDER_MAX_TRIES)
    self->stats.throttled++;
  return place;
}

/* Whether place is to be resent, at cost bytes; else why not has been counted. */
static gboolean
responder_take (RtcNackResponder *self, TableEntry *place, const RtcNackSituation *situation,
    gint64 cost, gint64 budget)
{
  if (place->tries > RTC_NACK_RESPONDER_MAX_TRIES)
    return FALSE;
  if (!situation->has_rtx) {
    self->stats.without_rtx++;
    return FALSE;
  }
  if (cost > budget) {
    self->stats.over_budget++;
    return FALSE;
  }
  place->state = ENTRY_WAITS;
  place->cost = (guint16) cost;
  self->waiting_bytes += place->cost;
  return TRUE;
}

/* So much is needed that a key frame is there before the repairs were. */
static gboolean
responder_is_too_much (RtcNackResponder *self, GstClockTime now, GstClockTime rtt,
    const RtcNackSituation *situation, const guint16 *seqs, guint n_seqs, gint64 budget)
{
  gsize overhead = rtc_rewrite_get_overhead (situation->rewrite);
  guint64 ext_seq, highest = 0;
  gint64 needed = 0;

  for (guint i = 0; i < n_seqs; i++) {
    const RtcPacketHistoryEntry *entry = find_entry (situation, now, seqs[i]);

    if (entry == NULL || responder_is_fresh (self, now, rtt, seqs[i])
        || !situation_needs (situation, seqs[i], &ext_seq))
      continue;
    needed += (gint64) (overhead + entry->payload_len);
    highest = MAX (highest, ext_seq);
  }
  if (needed <= budget || needed <= (gint64) situation->sent_bytes / RTC_NACK_RESPONDER_MUCH_DIV)
    return FALSE;
  self->too_much = MAX (self->too_much, highest);
  return TRUE;
}

guint
rtc_nack_responder_handle_nack (RtcNackResponder *self, GstClockTime now,
    const RtcNackSituation *situation, const guint16 *seqs, guint n_seqs, RtcNackResend *out,
    guint n_out, gboolean *is_stuck)
{
  gint64 allowance = responder_allowance (self, situation->sent_bytes), budget;
  GstClockTime rtt = usable_rtt (situation->rtt);
  guint64 stuck = self->stats.stuck;
  gboolean is_too_much;
  guint n = 0;

  if (self->table == NULL && n_seqs > 0)
    self->table = g_new0 (RtcNackResponderTable, 1);
  rtc_rate_meter_advance (&self->resent, now);
  budget = allowance - (gint64) (self->resent.sum + self->waiting_bytes);
  is_too_much = responder_is_too_much (self, now, rtt, situation, seqs, n_seqs, budget);
  self->stats.requested += n_seqs;
  for (guint i = 0; i < n_seqs; i++) {
    const RtcPacketHistoryEntry *entry = find_entry (situation, now, seqs[i]);
    guint64 ext_seq;
    gboolean is_needed = situation_needs (situation, seqs[i], &ext_seq);
    gint64 cost, share = budget;
    TableEntry *place;

    if (entry == NULL) {
      self->stats.not_found++;
      self->stats.stuck += is_needed ? 1 : 0;
      continue;
    }
    place = responder_note_number (self, now, rtt, seqs[i]);
    if (place == NULL)
      continue;
    if (n == n_out || (is_needed && is_too_much))
      share = 0;
    else if (!is_needed && ext_seq <= self->too_much)
      share -= allowance / RTC_NACK_RESPONDER_RESERVE_DIV;
    cost = (gint64) (rtc_rewrite_get_overhead (situation->rewrite) + entry->payload_len);
    if (responder_take (self, place, situation, cost, share)) {
      budget -= cost;
      out[n++] = (RtcNackResend){ seqs[i], entry };
    }
    if (is_needed && (is_too_much || entry_is_stuck (place, situation)))
      self->stats.stuck++;
  }
  *is_stuck = self->stats.stuck > stuck;
  return n;
}

/* The entry of what is to be resent unasked; NULL: it is not to be. */
static TableEntry *
responder_find_lost (const RtcNackResponder *self, GstClockTime now, GstClockTime rtt, guint16 seq)
{
  TableEntry *place = table_find (self->table, seq);

  if (place == NULL || place->state != ENTRY_LEFT || responder_is_fresh (self, now, rtt, seq)
      || rtc_time_elapsed (place->time, now) >= ENTRY_LIFE
      || place->tries >= RTC_NACK_RESPONDER_MAX_TRIES)
    return NULL;
  return place;
}

guint
rtc_nack_responder_handle_lost (RtcNackResponder *self, GstClockTime now,
    const RtcNackSituation *situation, const guint16 *seqs, guint n_seqs, RtcNackResend *out,
    guint n_out)
{
  GstClockTime rtt = usable_rtt (situation->rtt);
  gint64 budget;
  guint n = 0;

  if (self->table == NULL || !situation->has_rtx)
    return 0;
  rtc_rate_meter_advance (&self->resent, now);
  budget = responder_allowance (self, situation->sent_bytes)
           - (gint64) (self->resent.sum + self->waiting_bytes);
  budget /= UNASKED_DIV;
  for (guint i = 0; i < n_seqs && n < n_out; i++) {
    const RtcPacketHistoryEntry *entry = find_entry (situation, now, seqs[i]);
    TableEntry *place;
    guint64 ext_seq;
    gint64 cost;

    if (entry == NULL || !situation_needs (situation, seqs[i], &ext_seq)
        || ext_seq <= self->too_much)
      continue;
    cost = (gint64) (rtc_rewrite_get_overhead (situation->rewrite) + entry->payload_len);
    place = cost <= budget ? responder_find_lost (self, now, rtt, seqs[i]) : NULL;
    if (place == NULL)
      continue;
    entry_note_try (place, now, rtt);
    if (!responder_take (self, place, situation, cost, budget))
      continue;
    budget -= cost;
    self->stats.requested++;
    self->stats.unasked++;
    out[n++] = (RtcNackResend){ seqs[i], entry };
  }
  return n;
}

/* --- what became of it ------------------------------------------------------------------------
 */

static TableEntry *
responder_end_wait (RtcNackResponder *self, guint16 seq)
{
  TableEntry *entry = self->table != NULL ? table_find (self->table, seq) : NULL;

  if (entry == NULL || entry->state != ENTRY_WAITS)
    return NULL;
  self->waiting_bytes -= entry->cost;
  return entry;
}

void
rtc_nack_responder_note_left (RtcNackResponder *self, GstClockTime now, guint16 seq)
{
  TableEntry *entry = responder_end_wait (self, seq);

  if (entry == NULL)
    return;
  entry->state = ENTRY_LEFT;
  entry->age_ms = (guint16) MIN (
      entry->age_ms + rtc_time_elapsed (entry->time, now) / GST_MSECOND, G_MAXUINT16);
  entry->time = now;
  rtc_rate_meter_add (&self->resent, now, entry->cost);
  self->stats.resent++;
  self->stats.resent_bytes += entry->cost;
}

static void
responder_drop (RtcNackResponder *self, TableEntry *entry)
{
  entry->state = ENTRY_REFUSED;
  self->stats.dropped++;
}

void
rtc_nack_responder_note_dropped (RtcNackResponder *self, guint16 seq)
{
  TableEntry *entry = responder_end_wait (self, seq);

  if (entry != NULL)
    responder_drop (self, entry);
}

void
rtc_nack_responder_note_all_dropped (RtcNackResponder *self)
{
  if (self->waiting_bytes == 0)
    return;
  for (guint i = 0; i < N_SETS; i++) {
    for (guint j = 0; j < WAYS; j++) {
      if (self->table->entries[i][j].state == ENTRY_WAITS)
        responder_drop (self, &self->table->entries[i][j]);
    }
  }
  self->waiting_bytes = 0;
}
