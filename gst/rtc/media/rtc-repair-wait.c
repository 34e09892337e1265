/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "gst/rtc/media/rtc-repair-wait.h"

#include "gst/rtc/base/rtc-time.h"

/* In steps of playout-delay's unit. */
#define UNIT (10 * GST_MSECOND)

static GstClockTime
repair_round_up (GstClockTime time)
{
  return (time + UNIT - 1) / UNIT * UNIT;
}

/* What this loss and round trip call for. A try fails when the request or its answer is lost. */
static GstClockTime
repair_wait_for (gdouble loss, GstClockTime rtt, gboolean times_repair)
{
  gdouble fails = 1 - (1 - loss) * (1 - loss), late = loss * RTC_REPAIR_WAIT_PACKETS * fails;
  GstClockTime retry = repair_round_up (
      times_repair ? rtt + RTC_REPAIR_WAIT_RETRY_TIMED : MAX (RTC_REPAIR_WAIT_RETRY, rtt));
  guint tries = 1;
  GstClockTime wait;

  if (loss < RTC_REPAIR_WAIT_LOSS || rtt > RTC_REPAIR_WAIT_MAX)
    return 0;
  wait = repair_round_up (RTC_REPAIR_WAIT_GAP + rtt);
  if (wait > RTC_REPAIR_WAIT_MAX)
    return 0;
  for (; late > RTC_REPAIR_WAIT_LATE && wait + retry <= RTC_REPAIR_WAIT_MAX; late *= fails) {
    wait += retry;
    tries++;
  }
  return times_repair && tries <= RTC_REPAIR_WAIT_OWN ? 0 : wait;
}

/* Whether wait has changed, now that so much is called for; by_mean: by all loss since it was
 * called for last, which a few good samples do not hide. */
static gboolean
repair_wait_follow (
    RtcRepairWait *self, GstClockTime elapsed, GstClockTime wanted, GstClockTime by_mean)
{
  GstClockTime before = self->wait;

  if (wanted >= self->wait) {
    self->wait = wanted;
    self->held = self->held_for = 0;
    return self->wait != before;
  }
  self->held = MAX (self->held, wanted);
  self->held_for += MIN (elapsed, RTC_REPAIR_WAIT_SPAN);
  if (self->held_for < RTC_REPAIR_WAIT_HOLD)
    return FALSE;
  self->wait = MIN (MAX (self->held, by_mean), self->wait);
  self->held = self->held_for = 0;
  return self->wait != before;
}

static gdouble
repair_share (gint64 lost, guint64 packets)
{
  return packets == 0 ? 0 : CLAMP ((gdouble) lost / (gdouble) packets, 0, 1);
}

gboolean
rtc_repair_wait_handle_report (RtcRepairWait *self, GstClockTime now, guint64 packets, gint64 lost,
    GstClockTime path_rtt, gboolean times_repair)
{
  guint64 expected = packets - self->sample_packets;
  gboolean has_before = self->has_sample, changed = FALSE;
  gdouble loss;

  if (has_before && packets >= self->sample_packets && expected < RTC_REPAIR_WAIT_SAMPLE)
    return FALSE;
  if (has_before && packets > self->sample_packets) {
    gdouble mean = repair_share (lost - self->held_lost, packets - self->held_packets);

    loss = repair_share (lost - self->sample_lost, expected);
    changed = repair_wait_follow (self, rtc_time_elapsed (self->sample_time, now),
        repair_wait_for (MIN (loss, self->last_loss), path_rtt, times_repair),
        repair_wait_for (mean, path_rtt, times_repair));
    self->last_loss = loss;
  }
  if (!has_before || packets < self->sample_packets || self->held_for == 0) {
    self->held_packets = packets;
    self->held_lost = lost;
  }
  self->has_sample = TRUE;
  self->sample_time = now;
  self->sample_packets = packets;
  self->sample_lost = lost;
  return changed;
}

void
rtc_repair_wait_restart (RtcRepairWait *self)
{
  self->has_sample = FALSE;
  self->last_loss = 0;
  self->held = self->held_for = 0;
}
