/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* rtc-fec-policy.h - how much forward error correction is worth its bits, by loss and round trip.
 *
 * Retransmission costs what was lost and no more, but a round trip of time. So there is parity only
 * where that comes too late: none below RTC_FEC_POLICY_LOW_RTT, all of it from
 * RTC_FEC_POLICY_HIGH_RTT on, and always where nothing can be sent again. Full protection is
 * RTC_FEC_POLICY_GAIN parities for each packet expected to be lost, which leaves about a fifth of
 * the losses to retransmission. docs/design/fec.md has the figures. Pure. */
#pragma once

#include <gst/gst.h>

G_BEGIN_DECLS

#define RTC_FEC_POLICY_LOW_RTT (70 * GST_MSECOND)
#define RTC_FEC_POLICY_HIGH_RTT (150 * GST_MSECOND)
#define RTC_FEC_POLICY_GAIN 5.0

/* RTC_FEC_POLICY_MAX: parities per packet at most; RTC_FEC_POLICY_MAX_KEY in key frames, whose loss
 * costs most, and which get RTC_FEC_POLICY_KEY_GAIN times as many as others. */
#define RTC_FEC_POLICY_MAX 0.4
#define RTC_FEC_POLICY_MAX_KEY 0.5
#define RTC_FEC_POLICY_KEY_GAIN 1.5

/* RTC_FEC_POLICY_ON, _OFF: loss from which on there is protection, and below which it ends. */
#define RTC_FEC_POLICY_ON 0.01
#define RTC_FEC_POLICY_OFF 0.005

/* RTC_FEC_POLICY_RED_1, _RED_2: loss of sound from which on one, or two, earlier frames go with
 * each; a tenth less ends it. */
#define RTC_FEC_POLICY_RED_1 0.05
#define RTC_FEC_POLICY_RED_2 0.15

/* Zero-initialised: nothing was reported. */
typedef struct {
  gdouble loss;        /* smoothed, 0..1: rises by a third of a jump, falls slowly */
  gboolean is_on;
  guint n_red;         /* earlier frames of sound to send again with each: 0..2 */
  gdouble key, delta;  /* parities per packet of pictures */
} RtcFecPolicy;

/* The peer reports that this part of what it was sent did not come, 0..1. rtt: NONE unknown, which
 * counts as none. can_resend: lost packets are asked for and sent again. */
void rtc_fec_policy_handle_report (RtcFecPolicy *self, gdouble fraction_lost, GstClockTime rtt,
    gboolean can_resend);

G_END_DECLS
