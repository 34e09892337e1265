/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* rtc-gcc-probe-result.h - what rate a probe measured.
 *
 * A line is laid through the arrival times of the probe's packets over the bytes sent so far, and
 * another through their send times: two rates in which one late packet counts little, and a lost
 * one not at all (a plain last-minus-first would take jitter for capacity). Pure, flat, bounded. */
#pragma once

#include "gst/rtc/iface/rtc-cc-iface.h"

G_BEGIN_DECLS

/* RTC_GCC_PROBES: clusters on the way at once; older ones are forgotten. */
#define RTC_GCC_PROBES 4

/* Sums for a straight line y(x); times relative to the first packet. */
typedef struct {
  gdouble n, x, xx;
  gdouble sent, x_sent, arrived, x_arrived;
} RtcGccProbeSums;

typedef struct {
  RtcCcProbe asked;
  GstClockTime asked_at;
  GstClockTime first_send, first_arrival; /* NONE: none came */
  guint packets;                          /* reported, the lost ones too */
  guint64 bytes;
  RtcGccProbeSums sums;
} RtcGccProbeCluster;

/* Zero-initialised: none. Fields are private. */
typedef struct {
  RtcGccProbeCluster clusters[RTC_GCC_PROBES]; /* cluster number modulo their number */
} RtcGccProbeResults;

typedef struct {
  guint16 cluster;
  guint64 asked_bps;
  gdouble bps;           /* what the path carried */
  gboolean is_saturated; /* less than was sent: this is the limit, in the company of whatever else
                          * went over the path in those milliseconds */
} RtcGccProbeResult;

void rtc_gcc_probe_results_handle_asked (RtcGccProbeResults *self, GstClockTime now,
    const RtcCcProbe *probe);

/* A packet with a probe_cluster. TRUE: it completed its cluster and *out is the measurement. */
gboolean rtc_gcc_probe_results_handle_packet (RtcGccProbeResults *self, const RtcCcResult *packet,
    RtcGccProbeResult *out);

G_END_DECLS
