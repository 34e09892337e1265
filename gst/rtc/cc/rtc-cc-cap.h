/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* rtc-cc-cap.h - the most that a peer asks for by REMB, as long as it holds.
 *
 * A REMB not repeated for RTC_CC_REMB_LIFE holds no more. Zero-initialised: none. Pure, flat. */
#pragma once

#include "gst/rtc/base/rtc-time.h"
#include "gst/rtc/iface/rtc-cc-iface.h"

G_BEGIN_DECLS

typedef struct {
  guint64 bps;     /* 0: none */
  GstClockTime at; /* when it came */
} RtcCcCap;

/* The peer asks for bps at most; 0 counts as 1. */
static inline void
rtc_cc_cap_handle_remb (RtcCcCap *self, GstClockTime now, guint64 bps)
{
  self->bps = MAX (bps, 1);
  self->at = now;
}

/* bps, or less when the cap holds at now and is lower; one that is over age is forgotten. */
static inline gdouble
rtc_cc_cap_apply (RtcCcCap *self, GstClockTime now, gdouble bps)
{
  if (self->bps != 0 && rtc_time_elapsed (self->at, now) > RTC_CC_REMB_LIFE)
    self->bps = 0;
  return self->bps != 0 ? MIN (bps, (gdouble) self->bps) : bps;
}

/* For RtcCcStats: RTC_CC_RATE_MAX when there is none. */
static inline guint64
rtc_cc_cap_get (const RtcCcCap *self)
{
  return self->bps != 0 ? self->bps : RTC_CC_RATE_MAX;
}

G_END_DECLS
