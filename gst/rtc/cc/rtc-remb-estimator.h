/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* rtc-remb-estimator.h - what rate the path from the peer carries, for peers that take REMB only.
 *
 * The received rate, judged once a second by the loss law of draft-ietf-rmcat-gcc-02 6 (over 10 %
 * lost: less by half the loss; under 2 %: 8 % more; never over 1.5 times what is received), and a
 * brake: when the one-way delay (abs-send-time) is 75 ms over its least of late and grows, 85 % of
 * what is received.
 *
 * What it does not do: no trendline or Kalman filter, no adaptive threshold, no probing, no
 * fairness to other flows; without abs-send-time there is no brake at all, and a link that queues
 * instead of dropping is filled. Peers that know transport-cc estimate for themselves and get that.
 * Pure, flat, bounded. Network thread only. */
#pragma once

#include "gst/rtc/base/rtc-rate-meter.h"

G_BEGIN_DECLS

/* bit/s */
#define RTC_REMB_MIN 30000
#define RTC_REMB_START 300000
#define RTC_REMB_MAX G_GUINT64_CONSTANT (1000000000)

#define RTC_REMB_INTERVAL GST_SECOND

/* Fields are private. */
typedef struct {
  RtcRateMeter rate;
  guint64 estimate;           /* bit/s; 0: nothing came yet */
  guint64 told;               /* of the last report, 0 none */
  GstClockTime told_at, judged_at, last_packet;
  guint64 expected, received; /* totals when last judged */

  gboolean has_send_time;
  guint32 last_send_time;     /* 24 bits */
  gint64 send_ns;             /* unwrapped */
  gint64 floor[2];            /* least one-way delay of the running 10 s and those before */
  GstClockTime floor_at;
  gint64 step_least;          /* least of the running quarter second */
  GstClockTime step_at;
  gint64 last_queue;          /* of the quarter before */
  gboolean has_delay;
  GstClockTime braked_at;
} RtcRembEstimator;

void rtc_remb_estimator_init (RtcRembEstimator *self);

/* A packet of len bytes came. abs_send_time: 24 bits of 6.18 seconds, when has_send_time. */
void rtc_remb_estimator_handle_packet (RtcRembEstimator *self, GstClockTime now, gsize len,
    gboolean has_send_time, guint32 abs_send_time);

/* TRUE: tell the peer *bps now; once a second, and at once when the estimate fell by more than 3 %.
 * expected, received: packets so far, of all streams of media together; they may go back when
 * streams end. */
gboolean rtc_remb_estimator_poll (RtcRembEstimator *self, GstClockTime now, guint64 expected,
    guint64 received, guint64 *bps);

/* When poll() is next worth calling; NONE two seconds after the last packet. */
GstClockTime rtc_remb_estimator_next_deadline (const RtcRembEstimator *self);

G_END_DECLS
