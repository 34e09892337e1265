/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* gstrtclatency.h - how long a jitter buffer should wait: enough for the jitter there is and for
 * the retransmissions that the losses there are need; raised at once, lowered slowly.
 *
 *   target = 10 ms + 4 * jitter + (with losses) 20 ms + rounds * (RTT + 10 ms)
 *
 * where rounds is how many requests it takes until hardly any packet is still missing, and all is
 * kept between min_ms and max_ms. Besides, no packet may be later than the latency as long as that
 * can be raised: a jitter buffer takes such a one for a step of the sender's clock, and sound and
 * picture, of which one has it first, come apart.
 *
 * Pure: no clock, no I/O. Thread: the owner's lock. */
#pragma once

#include <gst/gst.h>

G_BEGIN_DECLS

/* GST_RTC_LATENCY_INTERVAL: readings closer together than this are put together. */
#define GST_RTC_LATENCY_INTERVAL (200 * GST_MSECOND)

/* GST_RTC_LATENCY_HOLD: how long a latency stays before it is lowered by one step. */
#define GST_RTC_LATENCY_HOLD (5 * GST_SECOND)

/* GST_RTC_LATENCY_STEP_MS: latencies are multiples of it above min_ms. */
#define GST_RTC_LATENCY_STEP_MS 10

/* Counters that only grow, and what is measured. */
typedef struct {
  guint64 packets;     /* received, retransmissions not counted */
  guint64 missing;     /* asked for again, each once */
  guint64 late;        /* arrived after their time had passed */
  GstClockTime jitter; /* ns; RFC 3550 6.4.1 */
  GstClockTime rtt;    /* ns; NONE: not known, 100 ms is assumed */
} GstRtcLatencyReading;

/* GST_RTC_LATENCY_WINDOW: a packet is late by the fastest one of the last one or two of these. */
#define GST_RTC_LATENCY_WINDOW (2 * GST_SECOND)

/* How long packets are on their way, but for a constant. Zero-initialised: nothing known. */
typedef struct {
  gboolean has_last;
  guint32 last_ts;
  GstClockTimeDiff media;         /* of last_ts, since the first, ns */
  GstClockTime window_began;
  GstClockTimeDiff fastest, fastest_before; /* in this window and the one before */
} GstRtcTransit;

/* A packet of rtp_ts came at arrival: how much longer than the fastest one it took, ns. 0 for one
 * that cannot be compared, and for further ones of the same time stamp, which leave the sender
 * later. clock_rate: Hz, > 0. */
GstClockTime gst_rtc_transit_handle_packet (GstRtcTransit *self, GstClockTime arrival,
    guint32 rtp_ts, guint clock_rate);

typedef struct {
  guint min_ms, max_ms; /* min_ms <= max_ms; set by the owner */
  guint latency_ms;     /* the answer */
  gdouble loss;         /* share of packets that is missing at first, smoothed; 0..1 */
  GstClockTime last_reading, last_change;
  guint64 packets, missing, late; /* at last_reading */
} GstRtcLatency;

/* latency_ms is min_ms then. */
void gst_rtc_latency_init (GstRtcLatency *self, guint min_ms, guint max_ms);

/* Other limits; TRUE when latency_ms has changed because of them. */
gboolean gst_rtc_latency_set_limits (GstRtcLatency *self, guint min_ms, guint max_ms);

/* TRUE when latency_ms has changed. now in ns; a step back of it only
 * delays. */
gboolean gst_rtc_latency_update (GstRtcLatency *self, GstClockTime now,
    const GstRtcLatencyReading *reading);

/* A packet is late by that much: TRUE when latency_ms has been raised to have it in time. */
gboolean gst_rtc_latency_raise (GstRtcLatency *self, GstClockTime now, GstClockTime late);

G_END_DECLS
