/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* gstrtcclockpair.h - what a pipeline's clock and the monotonic clock say at the same instant.
 *
 * The core counts by the monotonic clock, a pipeline by any other. A thread that is taken off its
 * processor between reading the two would stamp a packet with what it waited: the sender report
 * made from that packet puts lip sync out by as much until the next one. So the monotonic clock is
 * read before and after the other one, and all again when that took long.
 *
 * Thread: any. */
#pragma once

#include <gst/gst.h>

G_BEGIN_DECLS

/* GST_RTC_CLOCK_PAIR_PRECISION: two readings of the monotonic clock this close together are taken
 * for one. */
#define GST_RTC_CLOCK_PAIR_PRECISION (100 * GST_USECOND)

/* GST_RTC_CLOCK_PAIR_TRIES: how often they are read at most; then those closest together count. */
#define GST_RTC_CLOCK_PAIR_TRIES 4

/* The time of clock, ns (NONE when it has none), and in monotonic that of gst_util_get_timestamp()
 * at the same instant. */
GstClockTime gst_rtc_clock_pair_read (GstClock *clock, GstClockTime *monotonic);

G_END_DECLS
