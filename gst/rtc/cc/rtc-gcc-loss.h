/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* rtc-gcc-loss.h - whether sending less would lose less, and what rate would.
 *
 * Two kinds of loss look the same in a report: a radio link loses a share of whatever is sent; a
 * policer or a short queue loses what exceeds its rate. The first must not slow us down, the second
 * must. Over the last seconds a path of inherent loss p and limit B would have lost
 *     p + (1 - p) * max (0, 1 - B / sent)
 * of each stretch. For a few likely limits, and for none, the best p is found by least squares; a
 * limit is believed only when it explains the stretches far better than chance would (F test). That
 * is the model of libwebrtc's loss-based v2 with a simpler fit: there a likelihood is climbed, with
 * a bias towards high rates; here the bias is the test. Under heavy loss at a steady rate, of which
 * nothing can be learned, the rate is taken back for a second to see.
 * Pure, flat, bounded. Network thread only. */
#pragma once

#include "gst/rtc/base/rtc-types.h"

G_BEGIN_DECLS

/* RTC_GCC_LOSS_STRETCH: shortest stretch (send time); of RTC_GCC_LOSS_PACKETS at least.
 * RTC_GCC_LOSS_MEMORY: stretches remembered; 6 s and more. */
#define RTC_GCC_LOSS_STRETCH (250 * GST_MSECOND)
#define RTC_GCC_LOSS_PACKETS 20
#define RTC_GCC_LOSS_MEMORY 24

typedef struct {
  gdouble sent; /* bit/s */
  gdouble loss; /* 0..1 */
  gdouble n;    /* packets */
} RtcGccLossStretch;

/* Fields are private. */
typedef struct {
  RtcGccLossStretch stretches[RTC_GCC_LOSS_MEMORY];
  guint n_stretches, next;
  GstClockTime began, last;  /* send times in the running stretch; NONE: not begun */
  guint packets, lost;
  guint64 bytes;
  gdouble smooth;            /* loss of the last seconds */
  gdouble seen;              /* packets that it is the mean of */
  gdouble inherent;
  gdouble bound;             /* bit/s, 0 none */
  GstClockTime bound_until, tried_at;
} RtcGccLoss;

void rtc_gcc_loss_init (RtcGccLoss *self);

/* A packet was reported, in the order of sending; or one came that had been reported lost. */
void rtc_gcc_loss_handle_packet (RtcGccLoss *self, GstClockTime send_time, guint len,
    gboolean is_lost);
void rtc_gcc_loss_handle_late (RtcGccLoss *self);

/* Everything since the last message was lost in an outage: it says nothing of rates. */
void rtc_gcc_loss_skip (RtcGccLoss *self);

/* End of a message. */
void rtc_gcc_loss_end_message (RtcGccLoss *self, GstClockTime now);

/* What loss allows, bit/s, 0 no bound; what the path loses whatever is sent, 0..1; what was lost of
 * late, 0..1. */
gdouble rtc_gcc_loss_get_bound (const RtcGccLoss *self);
gdouble rtc_gcc_loss_get_inherent (const RtcGccLoss *self);
gdouble rtc_gcc_loss_get (const RtcGccLoss *self);

G_END_DECLS
