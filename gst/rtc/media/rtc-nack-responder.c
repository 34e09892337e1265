/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "gst/rtc/media/rtc-nack-responder.h"

#include "gst/rtc/base/rtc-time.h"

/* When each number was last resent: sets of WAYS, found by the low bits of the number, so that
 * N_SETS * WAYS consecutive numbers never meet. A full set of fresh entries refuses further
 * numbers rather than forgetting one. */
#define N_SETS 64
#define WAYS 4

typedef struct {
  GstClockTime time; /* NONE: free */
  guint16 seq;
} TableEntry;

struct _RtcNackResponderTable {
  TableEntry entries[N_SETS][WAYS];
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

static RtcNackResponderTable *
table_new (void)
{
  RtcNackResponderTable *table = g_new (RtcNackResponderTable, 1);

  for (guint i = 0; i < N_SETS; i++) {
    for (guint j = 0; j < WAYS; j++)
      table->entries[i][j] = (TableEntry){ GST_CLOCK_TIME_NONE, 0 };
  }
  return table;
}

static gboolean
is_fresh (const TableEntry *entry, GstClockTime now, GstClockTime rtt)
{
  return entry->time != GST_CLOCK_TIME_NONE && rtc_time_elapsed (entry->time, now) < rtt;
}

/* Where to note that seq is resent at now; NULL when it was within a round-trip time. */
static TableEntry *
table_find_place (RtcNackResponderTable *table, guint16 seq, GstClockTime now, GstClockTime rtt)
{
  TableEntry *set = table->entries[seq % N_SETS], *place = NULL;

  for (guint i = 0; i < WAYS; i++) {
    if (set[i].time != GST_CLOCK_TIME_NONE && set[i].seq == seq)
      return is_fresh (&set[i], now, rtt) ? NULL : &set[i];
    if (place == NULL && !is_fresh (&set[i], now, rtt))
      place = &set[i];
  }
  return place;
}

static const RtcPacketHistoryEntry *
find_entry (const RtcRewrite *rewrite, RtcPacketHistory *const *histories, guint n_histories,
    GstClockTime now, guint16 seq)
{
  guint32 source;
  guint64 ext_seq;

  if (!rtc_rewrite_find_source (rewrite, seq, &source, &ext_seq))
    return NULL;
  if (source >= n_histories || histories[source] == NULL)
    return NULL;
  return rtc_packet_history_find (histories[source], now, ext_seq);
}

static GstClockTime
usable_rtt (GstClockTime rtt)
{
  if (rtt == GST_CLOCK_TIME_NONE)
    return RTC_NACK_RESPONDER_DEFAULT_RTT;
  return MAX (rtt, RTC_NACK_RESPONDER_MIN_RTT);
}

/* Bytes that may be resent now. */
static gint64
responder_budget (RtcNackResponder *self, GstClockTime now, guint64 sent_bytes)
{
  guint64 budget = sent_bytes / RTC_NACK_RESPONDER_SHARE_DIV;

  rtc_rate_meter_advance (&self->resent, now);
  if (self->limit_bps > 0)
    budget = MIN (budget, self->limit_bps / 8);
  budget = MAX (budget, RTC_NACK_RESPONDER_FLOOR_BYTES);
  return (gint64) budget - (gint64) self->resent.sum;
}

gboolean
rtc_nack_responder_note_padding (
    RtcNackResponder *self, GstClockTime now, GstClockTime rtt, guint16 seq)
{
  TableEntry *place;

  if (self->table == NULL)
    self->table = table_new ();
  place = table_find_place (self->table, seq, now, usable_rtt (rtt));
  if (place == NULL)
    return FALSE;
  *place = (TableEntry){ now, seq };
  return TRUE;
}

guint
rtc_nack_responder_handle_nack (RtcNackResponder *self, GstClockTime now, GstClockTime rtt,
    guint64 sent_bytes, const RtcRewrite *rewrite, RtcPacketHistory *const *histories,
    guint n_histories, const guint16 *seqs, guint n_seqs, RtcNackResend *out, guint n_out)
{
  gsize overhead = rtc_rewrite_get_overhead (rewrite);
  gint64 budget = responder_budget (self, now, sent_bytes);
  guint n = 0;

  if (self->table == NULL && n_seqs > 0)
    self->table = table_new ();
  rtt = usable_rtt (rtt);
  self->stats.requested += n_seqs;
  for (guint i = 0; i < n_seqs; i++) {
    const RtcPacketHistoryEntry *entry = find_entry (rewrite, histories, n_histories, now, seqs[i]);
    TableEntry *place;
    gint64 cost;

    if (entry == NULL) {
      self->stats.not_found++;
      continue;
    }
    place = table_find_place (self->table, seqs[i], now, rtt);
    if (place == NULL) {
      self->stats.throttled++;
      continue;
    }
    cost = (gint64) (overhead + entry->payload_len);
    if (n == n_out || cost > budget) {
      self->stats.over_budget++;
      continue;
    }
    *place = (TableEntry){ now, seqs[i] };
    budget -= cost;
    rtc_rate_meter_add (&self->resent, now, (gsize) cost);
    self->stats.resent++;
    self->stats.resent_bytes += (guint64) cost;
    out[n++] = (RtcNackResend){ seqs[i], entry };
  }
  return n;
}
