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
 * picture, of which one has it first, come apart. One that is later than max_ms raises nothing: all
 * would wait for what is late in any case. It is to be shown as it comes; see get_excess().
 *
 * The latency is at once what the last 2 to 4 s needed when that is more; when it is less, 20 ms
 * are taken off each half second, which sound can follow without a gap to be heard.
 *
 * Pure: no clock, no I/O. Thread: the owner's lock. */
#pragma once

#include <gst/gst.h>

G_BEGIN_DECLS

/* GST_RTC_LATENCY_INTERVAL: readings closer together than this are put together. */
#define GST_RTC_LATENCY_INTERVAL (200 * GST_MSECOND)

/* GST_RTC_LATENCY_HOLD: what was needed counts for so long at least, and twice as long at most. */
#define GST_RTC_LATENCY_HOLD (2 * GST_SECOND)

/* GST_RTC_LATENCY_FALL_MS: by how much the latency falls at most each _FALL_INTERVAL. */
#define GST_RTC_LATENCY_FALL_MS 20
#define GST_RTC_LATENCY_FALL_INTERVAL (500 * GST_MSECOND)

/* GST_RTC_LATENCY_MARGIN_MS: what a packet needs beyond being in time: several raises would follow
 * each other, and decoders take their time. */
#define GST_RTC_LATENCY_MARGIN_MS 10

/* GST_RTC_LATENCY_STEP_MS: latencies are multiples of it above min_ms. */
#define GST_RTC_LATENCY_STEP_MS 10

/* Counters that only grow, and what is measured. */
typedef struct {
  guint64 packets;     /* received, retransmissions not counted */
  guint64 missing;     /* asked for again, each once */
  guint64 late;        /* arrived after their time had passed */
  GstClockTime jitter; /* ns; RFC 3550 6.4.1 */
  GstClockTime rtt;    /* ns; NONE: not known, 100 ms is assumed */
  gboolean is_idle;    /* what comes now will not be shown: nothing is late */
} GstRtcLatencyReading;

typedef struct {
  guint min_ms, max_ms; /* min_ms <= max_ms; set by the owner */
  guint latency_ms;     /* the answer */
  gdouble loss;         /* share of packets that is missing at first, smoothed; 0..1 */
  guint64 clean_packets; /* since the last that was missing */
  GstClockTime last_reading, last_change;
  GstClockTime hold_began;         /* of need_ms; before it, need_before_ms */
  guint need_ms, need_before_ms;
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

/* By how much what is so late must be shown later than its time stamp says to be shown at all, ns;
 * 0 for what is in time. */
GstClockTime gst_rtc_latency_get_excess (const GstRtcLatency *self, GstClockTime late);

G_END_DECLS
