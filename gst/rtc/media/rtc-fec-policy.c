/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "gst/rtc/media/rtc-fec-policy.h"

/* Weight of a report that says more, or less, than known. A report speaks of a second, some hundred
 * packets: one that says nothing was lost says little of a path that loses one in fifty. */
#define WEIGHT_UP 0.3
#define WEIGHT_DOWN 0.15

/* Part of full protection that the round trip calls for. */
static gdouble
policy_part (GstClockTime rtt, gboolean can_resend)
{
  if (!can_resend)
    return 1;
  if (rtt == GST_CLOCK_TIME_NONE || rtt <= RTC_FEC_POLICY_LOW_RTT)
    return 0;
  if (rtt >= RTC_FEC_POLICY_HIGH_RTT)
    return 1;
  return (gdouble) (rtt - RTC_FEC_POLICY_LOW_RTT)
         / (gdouble) (RTC_FEC_POLICY_HIGH_RTT - RTC_FEC_POLICY_LOW_RTT);
}

static guint
policy_red (const RtcFecPolicy *self)
{
  static const gdouble steps[] = { RTC_FEC_POLICY_RED_1, RTC_FEC_POLICY_RED_2 };
  guint n = 0;

  while (n < G_N_ELEMENTS (steps) && self->loss >= steps[n] * (self->n_red > n ? 0.9 : 1))
    n++;
  return n;
}

void
rtc_fec_policy_handle_report (
    RtcFecPolicy *self, gdouble fraction_lost, GstClockTime rtt, gboolean can_resend)
{
  gdouble full;

  self->loss +=
      (fraction_lost - self->loss) * (fraction_lost > self->loss ? WEIGHT_UP : WEIGHT_DOWN);
  self->is_on = self->loss >= (self->is_on ? RTC_FEC_POLICY_OFF : RTC_FEC_POLICY_ON);
  self->n_red = policy_red (self);
  full = self->is_on ? RTC_FEC_POLICY_GAIN * self->loss * policy_part (rtt, can_resend) : 0;
  self->delta = MIN (full, RTC_FEC_POLICY_MAX);
  self->key = MIN (full * RTC_FEC_POLICY_KEY_GAIN, RTC_FEC_POLICY_MAX_KEY);
}
