/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* rtc-nack-generator.h - which packets to ask for again (RFC 4585 6.2.1), per received SSRC.
 *
 * Pure: no clock, no I/O. Network thread only. Never calls back. Asks first after reorder_delay,
 * then once per round trip until max_tries or max_age, then gives up and says so.
 * Out of scope: whether the peer answers by RTX or by resending (rtc-rtx.h). */
#pragma once

#include <gst/gst.h>

#include "gst/rtc/base/rtc-result.h"

G_BEGIN_DECLS

typedef struct _RtcNackGenerator RtcNackGenerator;

typedef struct {
  GstClockTime reorder_delay; /* from the gap to the first request, ns; <= 20 ms */
  GstClockTime retry_min;     /* shortest gap between two requests for one packet, ns; > 0 */
  GstClockTime max_age;       /* older gaps are given up: too late to be played, ns */
  guint max_tries;            /* requests per packet before giving up; 1..16 */
  guint max_missing;          /* packets tracked at once; more means ask for a key frame */
} RtcNackGeneratorConfig;

/* What libwebrtc uses, but for the delay before the first request. */
#define RTC_NACK_GENERATOR_CONFIG_DEFAULT                                                          \
  {                                                                                                \
    10 * GST_MSECOND, 20 * GST_MSECOND, 2 * GST_SECOND, 10, 1000                                   \
  }

typedef struct {
  guint64 requested; /* sequence numbers written by poll(), repetitions included */
  guint64 recovered; /* missing packets that came after a request */
  guint64 reordered; /* missing packets that came before one */
  guint64 given_up;  /* missing packets no longer asked for */
} RtcNackGeneratorStats;

RtcNackGenerator *rtc_nack_generator_new (const RtcNackGeneratorConfig *config);
void rtc_nack_generator_free (RtcNackGenerator *self); /* (nullable) */

/* The round trip by which requests are spaced, from now on; NONE: unknown, 100 ms are assumed. */
void rtc_nack_generator_set_rtt (RtcNackGenerator *self, GstClockTime rtt);

/* Notes the arrival of ext_seq (unwrapped) at now. A gap makes the packets between
 * missing; a late packet is removed from the list.
 *
 * Returns RTC_OK, or RTC_ERR_LIMIT when the gap exceeds max_missing: the list has been
 * cleared and the caller should request a key frame. */
RtcResult rtc_nack_generator_handle_packet (RtcNackGenerator *self, guint64 ext_seq,
    GstClockTime now);

/* Writes the sequence numbers due at now into seqs, in rising order, and marks them asked.
 * Returns how many were written (0..n_seqs); call again while it returns n_seqs. */
guint rtc_nack_generator_poll (RtcNackGenerator *self, GstClockTime now, guint16 *seqs,
    guint n_seqs);

/* Packets given up since the last call; when not 0 the caller should request a key frame. */
guint rtc_nack_generator_steal_given_up (RtcNackGenerator *self);

/* Next time poll() would do something, GST_CLOCK_TIME_NONE if never. */
GstClockTime rtc_nack_generator_next_deadline (const RtcNackGenerator *self);

/* Packets tracked now. */
guint rtc_nack_generator_get_n_missing (const RtcNackGenerator *self);

void rtc_nack_generator_get_stats (const RtcNackGenerator *self, RtcNackGeneratorStats *out);

G_END_DECLS
