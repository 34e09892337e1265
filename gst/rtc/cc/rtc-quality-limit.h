/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* rtc-quality-limit.h - for how long a sent video was less than it could be, as webrtc-stats
 * counts.
 *
 * qualityLimitationDurations and qualityLimitationResolutionChanges of RTCOutboundRtpStreamStats,
 * of one viewer. Limited is who gets fewer or smaller pictures than the source makes; the only
 * reason known here is the bandwidth. Pure, flat; zero-initialised. Any one thread. */
#pragma once

#include "gst/rtc/base/rtc-types.h"

G_BEGIN_DECLS

/* Fields are private, but for resolution_changes. */
typedef struct {
  gboolean is_used, is_limited;
  GstClockTime since;       /* of what was noted last */
  GstClockTime none, bandwidth; /* up to since */
  guint width, height;
  guint resolution_changes; /* up or down, because of a limit */
} RtcQualityLimit;

/* So it is from now on. width, height: that pictures are scaled to, 0,0: they are not. The first
 * call begins the count. */
void rtc_quality_limit_note (RtcQualityLimit *self, GstClockTime now, gboolean is_limited,
    guint width, guint height);

/* Up to now; 0 before the first note. */
void rtc_quality_limit_get (const RtcQualityLimit *self, GstClockTime now, GstClockTime *none,
    GstClockTime *bandwidth);

G_END_DECLS
