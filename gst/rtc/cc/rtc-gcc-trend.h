/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* rtc-gcc-trend.h - whether queues on the path grow, from the delay variations of the groups.
 *
 * draft-ietf-rmcat-gcc-02 5.3 and 5.4, with libwebrtc's least-squares line in place of the Kalman
 * filter: the line through the last 20 smoothed delays over their arrival times has a slope, in ms
 * of queue per ms. The slope, multiplied, is compared with a threshold that itself follows it
 * slowly (5.4: "adaptive threshold"), so that the queue of a competing TCP flow does not starve us
 * and noise is not taken for a queue. Pure, flat. Network thread only. */
#pragma once

#include "gst/rtc/cc/rtc-gcc-group.h"
#include "gst/rtc/iface/rtc-cc-iface.h"

G_BEGIN_DECLS

#define RTC_GCC_TREND_POINTS 20

/* Fields are private. */
typedef struct {
  gdouble x[RTC_GCC_TREND_POINTS]; /* arrival since begin, ms */
  gdouble y[RTC_GCC_TREND_POINTS]; /* smoothed sum of the variations, ms */
  guint n_points, next;
  guint n_deltas;                  /* up to DELTAS_MAX */
  GstClockTime begin;              /* arrival of the first delta */
  gdouble sum, smooth;             /* ms */

  gdouble trend;                   /* slope, multiplied: comparable with threshold, ms */
  gdouble slope, last_slope;
  gdouble threshold;               /* ms */
  gdouble overuse_time;            /* over the threshold for so long, ms; < 0 not */
  guint overuse_count;
  GstClockTime threshold_at;       /* arrival when last adapted */
  RtcCcState state;
} RtcGccTrend;

void rtc_gcc_trend_init (RtcGccTrend *self);

/* The state after this delta. */
RtcCcState rtc_gcc_trend_handle_delta (RtcGccTrend *self, const RtcGccDelta *delta);

/* Forgets the line, keeps the threshold: after a pause or a jump of the receiver's clock. */
void rtc_gcc_trend_restart (RtcGccTrend *self);

G_END_DECLS
