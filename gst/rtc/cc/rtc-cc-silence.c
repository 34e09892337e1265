/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "gst/rtc/cc/rtc-cc-silence.h"

#include "gst/rtc/base/rtc-time.h"

void
rtc_cc_silence_init (RtcCcSilence *self)
{
  *self = (RtcCcSilence){ .waiting_since = GST_CLOCK_TIME_NONE,
    .silent_since = GST_CLOCK_TIME_NONE,
    .halved_at = GST_CLOCK_TIME_NONE };
}

GstClockTime
rtc_cc_silence_handle_heard (RtcCcSilence *self, GstClockTime now, gboolean is_more_out)
{
  GstClockTime since = self->silent_since;

  self->waiting_since = is_more_out ? now : GST_CLOCK_TIME_NONE;
  self->silent_since = GST_CLOCK_TIME_NONE;
  return since == GST_CLOCK_TIME_NONE ? 0 : MAX (1, rtc_time_elapsed (since, now));
}

GstClockTime
rtc_cc_silence_next_deadline (const RtcCcSilence *self, GstClockTime limit, guint64 min_bps)
{
  if (self->silent_since != GST_CLOCK_TIME_NONE)
    return self->bps > min_bps ? self->halved_at + RTC_CC_SILENCE_HALVING : GST_CLOCK_TIME_NONE;
  return self->waiting_since == GST_CLOCK_TIME_NONE ? GST_CLOCK_TIME_NONE
                                                    : self->waiting_since + limit;
}

gboolean
rtc_cc_silence_handle_timeout (
    RtcCcSilence *self, GstClockTime now, GstClockTime limit, guint64 target_bps, guint64 min_bps)
{
  if (!rtc_time_is_due (rtc_cc_silence_next_deadline (self, limit, min_bps), now))
    return FALSE;
  if (self->silent_since == GST_CLOCK_TIME_NONE) {
    self->silent_since = now;
    self->bps = self->before = target_bps;
  }
  self->bps = MAX (self->bps / 2, min_bps);
  self->halved_at = now;
  return TRUE;
}
