/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* rtc-rate-brake.h - what a receiver tells a sender that estimates for itself, when its path has
 * become narrow: the rate at which packets still come.
 *
 * By transport-wide feedback a sender finds that out within half a second, in several steps,
 * while a queue overflows. The receiver sees it at once: packets are lost, and those that come are
 * late. Then a REMB caps the sender at what comes, and when the queue is gone, or two seconds
 * after the last loss, another one takes the cap off, several times in case one is lost. In between
 * the sender does as it would without it.
 *
 * Pure, flat, bounded. Network thread only. Zero-initialised: nothing came. */
#pragma once

#include <gst/gst.h>

G_BEGIN_DECLS

/* RTC_RATE_BRAKE_PACKETS: the rate is that of the last so many packets. */
#define RTC_RATE_BRAKE_PACKETS 16

/* RTC_RATE_BRAKE_OFF: what takes the cap off, bit/s. */
#define RTC_RATE_BRAKE_OFF G_GUINT64_CONSTANT (1000000000)

/* RTC_RATE_BRAKE_MIN: no cap is lower, bit/s. */
#define RTC_RATE_BRAKE_MIN 50000

/* RTC_RATE_BRAKE_HOLD: a cap ends so long after the last loss. */
#define RTC_RATE_BRAKE_HOLD (2 * GST_SECOND)

/* Fields but n_caps are private. */
typedef struct {
  GstClockTime times[RTC_RATE_BRAKE_PACKETS];
  guint bytes[RTC_RATE_BRAKE_PACKETS];
  guint n;                 /* packets so far; where the next one goes */
  gboolean is_on, is_due;
  guint64 bps;             /* the cap */
  GstClockTime lost, told; /* the last time; of meaning while is_on or n_off > 0 */
  guint n_off;             /* times that its end is still to be told */
  guint64 n_caps;
} RtcRateBrake;

/* A packet of len bytes came. */
void rtc_rate_brake_handle_packet (RtcRateBrake *self, GstClockTime now, gsize len);

/* Packets were lost while those that come are late. */
void rtc_rate_brake_handle_congestion (RtcRateBrake *self, GstClockTime now);

/* How late what came last is, ns: when it is on time again the cap ends. */
void rtc_rate_brake_handle_late (RtcRateBrake *self, GstClockTime now, GstClockTime late);

/* TRUE: tell the sender *bps now. */
gboolean rtc_rate_brake_poll (RtcRateBrake *self, GstClockTime now, guint64 *bps);

/* When poll() is next worth calling; NONE: never. */
GstClockTime rtc_rate_brake_next_deadline (const RtcRateBrake *self);

G_END_DECLS
