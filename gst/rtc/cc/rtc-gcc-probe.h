/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* rtc-gcc-probe.h - when to send a short burst above the target, to see if the path carries it.
 *
 * At start, and on a new path: at 3 and 6 times the start rate, then at twice what was measured for
 * as long as that pays. After a pause: at twice the target. While the application sends less than
 * it might: at twice the target, each 5 s, since what it sends proves nothing. After a fall: at up
 * to twice the target, while the path is calm, to be back soon when it was a short one. Never above
 * the maximum; and but for the first ones never longer than a queue of RTC_GCC_PROBE_QUEUE makes,
 * should the target be all there is.
 * Pure, flat, bounded. Network thread only. */
#pragma once

#include "gst/rtc/cc/rtc-gcc-probe-result.h"

G_BEGIN_DECLS

/* RTC_GCC_PROBE_LENGTH: of a first burst; but at least RTC_GCC_PROBE_PACKETS full packets. */
#define RTC_GCC_PROBE_LENGTH (15 * GST_MSECOND)
#define RTC_GCC_PROBE_PACKETS 5

/* RTC_GCC_PROBE_QUEUE: what a later burst may add to the queue of a link that is full already. Long
 * enough to span the frames of other senders: in the gaps between them every link is empty. */
#define RTC_GCC_PROBE_QUEUE (50 * GST_MSECOND)

/* RTC_GCC_PROBE_ALR_INTERVAL: between probes while limited by the application. */
#define RTC_GCC_PROBE_ALR_INTERVAL (5 * GST_SECOND)

/* RTC_GCC_PROBE_ANSWER: an answer later than this leads to no further probe. */
#define RTC_GCC_PROBE_ANSWER (1 * GST_SECOND)

/* RTC_GCC_PROBE_RECOVERY: after a fall, from when on a calm path is probed, and until when. */
#define RTC_GCC_PROBE_RECOVERY (4 * GST_SECOND)
#define RTC_GCC_PROBE_RECOVERY_END (30 * GST_SECOND)

/* How things stand, told with process(). */
typedef struct {
  guint64 target_bps, max_bps;
  GstClockTime alr_since; /* NONE: the application uses the target */
  gboolean is_calm;       /* queues neither grow nor are long */
} RtcGccProbeSituation;

/* Fields are private. */
typedef struct {
  RtcCcProbe pending[2];
  guint n_pending;
  guint16 last_cluster;
  gboolean can_pad;
  gboolean is_searching;     /* the answer may lead to a further probe */
  gboolean is_starting;      /* the search is that for the first rate */
  GstClockTime asked_at;     /* newest probe; NONE never */
  guint64 before_fall;       /* bit/s, 0: no fall to make good */
  GstClockTime fell_at;
} RtcGccProbe;

void rtc_gcc_probe_init (RtcGccProbe *self, gboolean can_pad);

/* A path of which nothing is known: forgets everything and asks for the first probes. */
void rtc_gcc_probe_begin (RtcGccProbe *self, guint64 start_bps, guint64 max_bps);

/* The first search is on. */
static inline gboolean
rtc_gcc_probe_is_starting (const RtcGccProbe *self)
{
  return self->is_searching && self->is_starting;
}

/* A measurement came. */
void rtc_gcc_probe_handle_result (RtcGccProbe *self, GstClockTime now, guint64 max_bps,
    const RtcGccProbeResult *result);

/* Packets leave again after a pause: what the path carries now is asked. */
void rtc_gcc_probe_handle_resume (RtcGccProbe *self, guint64 target_bps, guint64 max_bps);

/* The target was taken back from that rate, by a third or more. */
void rtc_gcc_probe_handle_fall (RtcGccProbe *self, GstClockTime now, guint64 from_bps);

/* Time passed, or the situation changed. */
void rtc_gcc_probe_process (RtcGccProbe *self, GstClockTime now,
    const RtcGccProbeSituation *situation);

/* When process() may have something to do although nothing else happens; NONE never. */
GstClockTime rtc_gcc_probe_next_deadline (const RtcGccProbe *self,
    const RtcGccProbeSituation *situation);

/* TRUE: send *out now. */
gboolean rtc_gcc_probe_poll (RtcGccProbe *self, GstClockTime now, RtcCcProbe *out);

G_END_DECLS
