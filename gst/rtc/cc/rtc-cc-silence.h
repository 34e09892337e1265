/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* rtc-cc-silence.h - packets leave and nothing is heard of them: less and less is sent.
 *
 * A path that is gone takes what is sent into its queues or into nothing (RFC 8083 is the last
 * resort, half a minute later). After a limit of silence the rate is halved every 100 ms, which
 * takes 8 Mbit/s to 5 kbit/s in 1.1 s. Not sending is no silence. Pure, flat. */
#pragma once

#include "gst/rtc/base/rtc-types.h"

G_BEGIN_DECLS

#define RTC_CC_SILENCE_HALVING (100 * GST_MSECOND)

/* Fields are private. */
typedef struct {
  GstClockTime waiting_since; /* packets are out and nothing was heard since; NONE */
  GstClockTime silent_since;  /* ... for longer than the limit; NONE */
  GstClockTime halved_at;
  guint64 bps;                /* what is left of the rate */
  guint64 before;             /* the rate when silence began */
} RtcCcSilence;

void rtc_cc_silence_init (RtcCcSilence *self);

/* A packet leaves that the peer will tell of. */
static inline void
rtc_cc_silence_handle_sent (RtcCcSilence *self, GstClockTime now)
{
  if (self->waiting_since == GST_CLOCK_TIME_NONE)
    self->waiting_since = now;
}

/* The peer was heard. is_more_out: of some packets it did not speak yet. Returns how long the
 * silence lasted if this ended one, else 0; `before` says what the rate was. */
GstClockTime rtc_cc_silence_handle_heard (RtcCcSilence *self, GstClockTime now,
    gboolean is_more_out);

static inline gboolean
rtc_cc_silence_is_on (const RtcCcSilence *self)
{
  return self->silent_since != GST_CLOCK_TIME_NONE;
}

/* When handle_timeout() has something to do. limit: how long nothing may be heard. */
GstClockTime rtc_cc_silence_next_deadline (const RtcCcSilence *self, GstClockTime limit,
    guint64 min_bps);

/* TRUE: silence began or went on, and `bps` is what may be sent. target_bps: the rate now. */
gboolean rtc_cc_silence_handle_timeout (RtcCcSilence *self, GstClockTime now, GstClockTime limit,
    guint64 target_bps, guint64 min_bps);

G_END_DECLS
