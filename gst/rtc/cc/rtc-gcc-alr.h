/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* rtc-gcc-alr.h - whether the application sends less than it might (application-limited region).
 *
 * A leaky account, filled at 65 % of the target and emptied by what is sent: an encoder that uses
 * three quarters of its rate keeps it empty, a still picture or a muted camera fills it. While it
 * is full, nothing that arrives proves the target, and nothing that does not speaks against it.
 * Figures but the share as libwebrtc's. Pure, flat. Network thread only. */
#pragma once

#include "gst/rtc/base/rtc-types.h"

G_BEGIN_DECLS

/* RTC_GCC_ALR_SHARE: of the target, that must be sent to count as using it. More than 1 / 1.5 of
 * it, beyond which the target does not outrun what arrives (rtc-gcc-rate.c): who sends that little,
 * such as the lower rung of a ladder at its best, must be probed, or would stay there for good.
 * RTC_GCC_ALR_SPAN: what the account holds, as time at that rate. It is entered when the account is
 * fuller than _BEGIN, left when emptier than _END. */
#define RTC_GCC_ALR_SHARE 0.72
#define RTC_GCC_ALR_SPAN (500 * GST_MSECOND)
#define RTC_GCC_ALR_BEGIN 0.8
#define RTC_GCC_ALR_END 0.5

/* Fields are private. */
typedef struct {
  gdouble level;       /* bytes, -full .. full */
  GstClockTime at;     /* when level held */
  GstClockTime since;  /* limited since, NONE: not limited */
} RtcGccAlr;

void rtc_gcc_alr_init (RtcGccAlr *self);

/* len bytes leave now, or 0: time passes. target_bps: what might be sent. */
void rtc_gcc_alr_handle_sent (RtcGccAlr *self, GstClockTime now, guint len, guint64 target_bps);

/* Since when the application limits the rate; NONE: it does not. */
static inline GstClockTime
rtc_gcc_alr_since (const RtcGccAlr *self)
{
  return self->since;
}

G_END_DECLS
