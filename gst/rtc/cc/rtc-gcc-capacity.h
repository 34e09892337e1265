/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* rtc-gcc-capacity.h - what the link carries, as shown by the moments at which it was full.
 *
 * Mean and spread of the rates that arrived whenever over-use began (libwebrtc's link capacity
 * estimate): inside mean +- 3 deviations (a tenth at least) a sender is close to the limit, and
 * careful; a rate outside says that the link changed, and the estimate is dropped. Pure, flat. */
#pragma once

#include "gst/rtc/base/rtc-types.h"

G_BEGIN_DECLS

/* Zero-initialised: unknown. Fields are private. */
typedef struct {
  gdouble mean;      /* kbit/s, 0 unknown */
  gdouble deviation; /* variance over mean, kbit/s */
} RtcGccCapacity;

/* The link was full while bps arrived. */
void rtc_gcc_capacity_handle_overuse (RtcGccCapacity *self, gdouble bps);

void rtc_gcc_capacity_reset (RtcGccCapacity *self);

/* bit/s; 0 unknown. */
gdouble rtc_gcc_capacity_get (const RtcGccCapacity *self);

/* Bounds of what is still the same link: 0 and infinity when unknown. */
gdouble rtc_gcc_capacity_get_lower (const RtcGccCapacity *self);
gdouble rtc_gcc_capacity_get_upper (const RtcGccCapacity *self);

G_END_DECLS
