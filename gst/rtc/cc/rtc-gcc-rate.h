/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* rtc-gcc-rate.h - the rate that the delay allows: up while queues are short, down when they grow.
 *
 * draft-ietf-rmcat-gcc-02 5.5 (AIMD), with these differences, each for a figure that we want to
 * reach (docs/design/congestion-control.md says how each was found):
 *   - on over-use the measure is what arrived in the last moments, and the fall is deeper when a
 *     queue stands, so that it drains within about a second;
 *   - once it has drained the rate goes back to near what the link was seen to carry;
 *   - near the link's capacity the rate grows by an amount that depends on the rate's square root,
 *     so that flows of different rates approach each other;
 *   - past the capacity, growth doubles each second: a link that became faster is found soon;
 *   - a queue of more than RTC_GCC_QUEUE_ENDLESS is nobody's company: over-use at least halves the
 *     rate, once in 300 ms, and its end does not raise it.
 * Pure, flat. Network thread only. */
#pragma once

#include "gst/rtc/cc/rtc-cc-bounds.h"
#include "gst/rtc/cc/rtc-gcc-acked.h"
#include "gst/rtc/cc/rtc-gcc-capacity.h"
#include "gst/rtc/cc/rtc-gcc-queue.h"

G_BEGIN_DECLS

/* What a message told; rates in bit/s. */
typedef struct {
  RtcCcState state;
  RtcGccAckedRate acked, fast; /* of the window, and of the last moments */
  gint64 queue;                /* ns, rtc-gcc-queue.h */
  GstClockTime rtt;            /* NONE unknown */
  gdouble inherent_loss;       /* 0..1: the path loses that, however little is sent */
  gdouble loss;                /* 0..1, of late */
  gboolean is_app_limited;
} RtcGccRateInput;

/* Fields are private. */
typedef struct {
  RtcCcBounds bounds;
  gdouble bps;
  RtcGccCapacity capacity;
  gdouble full_bps;         /* what arrived at the last over-use; 0: made use of */
  gboolean is_competing;    /* the queue is somebody else's */
  gboolean is_holding;      /* after over-use, until the queue has drained */
  GstClockTime updated_at, decreased_at;
  GstClockTime halved_at;   /* in a queue of RTC_GCC_QUEUE_ENDLESS */
  GstClockTime free_since;  /* when the rate left the known capacity behind, or none was known */
  GstClockTime calm_since;  /* the end of the last over-use */
  GstClockTime empty_at;    /* when the queue was last as good as empty */
  guint64 overuses;
} RtcGccRate;

void rtc_gcc_rate_init (RtcGccRate *self, const RtcCcBounds *bounds);

void rtc_gcc_rate_set_bounds (RtcGccRate *self, const RtcCcBounds *bounds);

/* Begins anew at bps: another path, or a probe's answer. */
void rtc_gcc_rate_set (RtcGccRate *self, GstClockTime now, gdouble bps);

/* One message came. */
void rtc_gcc_rate_update (RtcGccRate *self, GstClockTime now, const RtcGccRateInput *input);

/* bit/s, within the bounds. */
static inline guint64
rtc_gcc_rate_get (const RtcGccRate *self)
{
  return rtc_cc_bounds_clamp (&self->bounds, self->bps);
}

G_END_DECLS
