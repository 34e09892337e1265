/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "gst/rtc/media/rtc-thinning.h"

static RtcThinningHole *
hole_at (RtcThinning *self, guint64 index)
{
  return &self->holes[index % RTC_THINNING_HOLES];
}

void
rtc_thinning_note (RtcThinning *self, const RtcPacketHistoryEntry *entry)
{
  RtcThinningHole *last = self->n_noted > self->n_closed ? hole_at (self, self->n_noted - 1) : NULL;

  if (last == NULL || last->first + last->n.packets != entry->ext_seq) {
    /* So many can only wait when nothing leaves; the oldest becomes a gap that the peer sees. */
    if (self->n_noted - self->n_closed == RTC_THINNING_HOLES)
      self->n_closed++;
    last = hole_at (self, self->n_noted++);
    *last = (RtcThinningHole){ .first = entry->ext_seq, .rtp_ts = entry->rtp_ts, .n = { 0, 1 } };
  }
  if (last->rtp_ts != entry->rtp_ts)
    last->n.pictures++;
  last->rtp_ts = entry->rtp_ts;
  last->n.packets++;
}

RtcThinningCount
rtc_thinning_close (RtcThinning *self, guint64 ext_seq, guint64 at)
{
  RtcThinningCount sum = { 0, 0 };
  guint64 from = self->n_closed;

  while (self->n_closed < self->n_noted && hole_at (self, self->n_closed)->first < ext_seq) {
    const RtcThinningHole *hole = hole_at (self, self->n_closed++);

    sum.packets += hole->n.packets;
    sum.pictures += hole->n.pictures;
  }
  for (; from < self->n_closed; from++)
    hole_at (self, from)->at = at - sum.packets;
  return sum;
}

void
rtc_thinning_forget (RtcThinning *self, guint64 ext_seq)
{
  while (self->n_closed < self->n_noted && hole_at (self, self->n_closed)->first < ext_seq) {
    RtcThinningHole *hole = hole_at (self, self->n_closed++);

    hole->n = (RtcThinningCount){ 0, 0 };
    hole->at = 0;
  }
}

gboolean
rtc_thinning_count_before (const RtcThinning *self, guint64 seq, guint64 end,
    const RtcThinningCount *n, RtcThinningCount *before)
{
  /* What is noted and not closed has taken the places of the oldest ones. */
  guint64 n_kept = MIN (self->n_closed, RTC_THINNING_HOLES - (self->n_noted - self->n_closed));
  guint64 i = 1;

  *before = *n;
  for (; before->packets > 0 && i <= n_kept; i++) {
    const RtcThinningHole *hole = &self->holes[(self->n_closed - i) % RTC_THINNING_HOLES];

    if (hole->n.packets == 0)
      continue;
    if (hole->at <= seq)
      return TRUE;
    if (hole->at >= end)
      continue;
    before->packets -= MIN (before->packets, hole->n.packets);
    before->pictures -= MIN (before->pictures, hole->n.pictures);
  }
  return before->packets == 0 || i <= n_kept;
}
