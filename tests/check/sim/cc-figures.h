/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* cc-figures.h - what a run of the bench (cc-bench.h) comes to: rates, waits, loss, fairness.
 *
 * All take a span of time from .. to, of which whole slots (CC_SLOT) count, and a flow, or CC_ALL
 * for all together. Pure. */
#pragma once

#include "cc-bench.h"

G_BEGIN_DECLS

#define CC_ALL G_MAXUINT

/* Averages, bit/s, of bytes with all headers. */
gdouble cc_received_bps (const CcBench *bench, guint flow, GstClockTime from, GstClockTime to);
gdouble cc_sent_bps (const CcBench *bench, guint flow, GstClockTime from, GstClockTime to);

/* The least and the highest target, bit/s, of one flow. */
guint64 cc_min_target (const CcBench *bench, guint flow, GstClockTime from, GstClockTime to);
guint64 cc_max_target (const CcBench *bench, guint flow, GstClockTime from, GstClockTime to);
gdouble cc_mean_target (const CcBench *bench, guint flow, GstClockTime from, GstClockTime to);

/* Toggling: how far the target fell to be where it was again within half a second, at most,
 * bit/s. */
guint64 cc_deepest_toggle (const CcBench *bench, guint flow, GstClockTime from,
    GstClockTime to);

/* Share of the packets sent that did not arrive, 0..1. */
gdouble cc_loss (const CcBench *bench, guint flow, GstClockTime from, GstClockTime to);

/* The wait for the rate that a share (0..1) of the packets did not exceed, but for those sent in
 * one of the n spans at except. NONE when there were none. */
typedef struct {
  GstClockTime from, to;
} CcSpan;

GstClockTime cc_wait_percentile (const CcBench *bench, guint flow, gdouble share, GstClockTime from,
    GstClockTime to, const CcSpan *except, guint n);

/* When, from a time on, the longest wait of each slot stays at or below limit for two seconds;
 * measured from that time. NONE: never. */
GstClockTime cc_wait_settles (const CcBench *bench, guint flow, GstClockTime from,
    GstClockTime limit);

/* When, from a time on, what is sent, over half a second, stays at or below bps for two seconds;
 * measured from that time. NONE: never. */
GstClockTime cc_sent_settles (const CcBench *bench, guint flow, GstClockTime from, gdouble bps);

/* When, from a time on, what is received over a second reaches bps first; measured from that time,
 * to the end of the second. NONE: never. */
GstClockTime cc_received_reaches (const CcBench *bench, guint flow, GstClockTime from, gdouble bps);

/* Jain's index of fairness of what the flows first .. first + n - 1 received: 1 is equal shares. */
gdouble cc_jain (const CcBench *bench, guint first, guint n, GstClockTime from, GstClockTime to);

G_END_DECLS
