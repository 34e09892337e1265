/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* rtc-cc-bounds.h - makes bounds that hold together out of whatever was configured. Pure. */
#pragma once

#include "gst/rtc/iface/rtc-cc-iface.h"

G_BEGIN_DECLS

/* RTC_CC_MIN_BPS <= min <= start <= max <= RTC_CC_RATE_MAX: min wins over max, start is clamped. */
static inline RtcCcBounds
rtc_cc_bounds_sane (const RtcCcBounds *bounds)
{
  RtcCcBounds sane;

  sane.min_bps = CLAMP (bounds->min_bps, RTC_CC_MIN_BPS, RTC_CC_RATE_MAX);
  sane.max_bps = CLAMP (bounds->max_bps, sane.min_bps, RTC_CC_RATE_MAX);
  sane.start_bps = CLAMP (bounds->start_bps, sane.min_bps, sane.max_bps);
  return sane;
}

static inline guint64
rtc_cc_bounds_clamp (const RtcCcBounds *bounds, gdouble bps)
{
  return (guint64) CLAMP (bps, (gdouble) bounds->min_bps, (gdouble) bounds->max_bps);
}

G_END_DECLS
