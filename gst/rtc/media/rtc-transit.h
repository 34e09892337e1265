/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* rtc-transit.h - how long packets of a stream are on their way, but for a constant: what time
 * stamps say of when they left, against when they came.
 *
 * Pure, flat, O(1). Thread: the owner's. */
#pragma once

#include <gst/gst.h>

G_BEGIN_DECLS

/* RTC_TRANSIT_WINDOW: a packet is late by the fastest one of the last one or two of these. */
#define RTC_TRANSIT_WINDOW (2 * GST_SECOND)

/* Zero-initialised: nothing known. Fields but late are private. */
typedef struct {
  gboolean has_last;
  guint32 last_ts;
  GstClockTimeDiff media; /* of last_ts, since the first, ns */
  GstClockTime window_began;
  GstClockTimeDiff fastest, fastest_before; /* in this window and the one before */
  GstClockTime late;      /* of the last packet that could be compared, ns */
} RtcTransit;

/* A packet of rtp_ts came at arrival: how much longer than the fastest one it took, ns. 0 for one
 * that cannot be compared, and for further ones of the same time stamp, which leave the sender
 * later. clock_rate: Hz, > 0. */
GstClockTime rtc_transit_handle_packet (RtcTransit *self, GstClockTime arrival, guint32 rtp_ts,
    guint clock_rate);

G_END_DECLS
