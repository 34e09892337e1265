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

/* Whether wait has changed, now that so much is called for. */
static gboolean
repair_wait_follow (RtcRepairWait *self, GstClockTime now, GstClockTime wanted)
{
  GstClockTime before = self->wait;

  if (wanted >= self->wait) {
    self->wait = wanted;
    self->held = 0;
    self->held_since = now;
    return self->wait != before;
  }
  self->held = MAX (self->held, wanted);
  if (rtc_time_elapsed (self->held_since, now) < RTC_REPAIR_WAIT_HOLD)
    return FALSE;
  self->wait = self->held;
  self->held = 0;
  self->held_since = now;
  return self->wait != before;
}

gboolean
rtc_repair_wait_handle_report (RtcRepairWait *self, GstClockTime now, guint64 highest_seq,
    gint64 packets_lost, GstClockTime path_rtt, gboolean times_repair)
{
  guint64 expected = highest_seq - self->sample_seq;
  gboolean has_before = self->has_sample, changed = FALSE;
  gdouble loss;

  if (has_before && highest_seq >= self->sample_seq && expected < RTC_REPAIR_WAIT_SAMPLE)
    return FALSE;
  if (has_before && highest_seq > self->sample_seq) {
    loss = CLAMP ((gdouble) (packets_lost - self->sample_lost) / (gdouble) expected, 0, 1);
    changed = repair_wait_follow (
        self, now, repair_wait_for (MIN (loss, self->last_loss), path_rtt, times_repair));
    self->last_loss = loss;
  }
  self->has_sample = TRUE;
  self->sample_seq = highest_seq;
  self->sample_lost = packets_lost;
  return changed;
}
