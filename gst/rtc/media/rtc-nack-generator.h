/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* rtc-nack-generator.h - which packets to ask for again (RFC 4585 6.2.1), per received SSRC.
 *
 * Pure: no clock, no I/O. Network thread only. Never calls back. Asks first when a gap is sure,
 * then once per round trip until max_tries or max_age (as often as answers can be in time; what is
 * added for jitter gives way to one more), then gives up and says so. The one authority
 * for that: what a jitter buffer asks for is merged in by request().
 *
 * When a gap is sure: reorder_delay after it was seen, as long as the path keeps the order. Where
 * more than one packet in 200 is overtaken, a gap is sure once as many newer packets have come as
 * have lately overtaken one, or after a round trip (reorder_max at most): waiting longer for a
 * packet than asking for it would take gains nothing (RFC 8985 6.2 caps its window so, too).
 *
 * What costs more than a key frame is not asked for: when so much is missing that at the rate at
 * which packets came last its repair would take longer than max_repair, all of it is given up, and
 * so is whatever is lost until the answer to a request for a key frame can be there: no part of
 * one can be among that, unless the sender has made one by itself: what is lost alone, with many
 * packets behind it, is asked for.
 * Out of scope: whether the peer answers by RTX or by resending (rtc-rtx.h). */
#pragma once

#include <gst/gst.h>

#include "gst/rtc/base/rtc-result.h"

G_BEGIN_DECLS

typedef struct _RtcNackGenerator RtcNackGenerator;

/* RTC_NACK_MAX_AHEAD: how far ahead of the newest packet request() believes in packets that
 * nothing has shown to exist. */
#define RTC_NACK_MAX_AHEAD 64

typedef struct {
  GstClockTime reorder_delay; /* from the gap to the first request, ns; <= 20 ms */
  GstClockTime retry_min;     /* shortest gap between two requests for one packet, ns; > 0 */
  GstClockTime max_age;       /* a packet is of use this long after its gap was seen, ns: it is
                               * asked for only while the answer can come in time */
  guint max_tries;            /* requests per packet before giving up; 1..16 */
  guint max_missing;          /* packets tracked at once; more means ask for a key frame */
  GstClockTime reorder_max;   /* longest wait for a packet that may just be overtaken, ns */
  gboolean has_rtx;           /* answers come as RTX, by handle_repair(); else as themselves */
  guint quick_tries;          /* after so many, those left are spread over what is left of max_age,
                               * or of the time in which 600 newer packets come, so that a burst of
                               * loss does not swallow them all; 0: all once per round trip */
  GstClockTime max_repair;    /* what is missing is worth so much time of what comes, ns; 0: any */
} RtcNackGeneratorConfig;

/* RTC_NACK_CHEAP: so few missing packets are always worth asking for: key frames have more. */
#define RTC_NACK_CHEAP 16

/* What libwebrtc uses, but for the delay before the first request. */
#define RTC_NACK_GENERATOR_CONFIG_DEFAULT                                                          \
  {                                                                                                \
    10 * GST_MSECOND, 20 * GST_MSECOND, 2 * GST_SECOND, 10, 1000, 100 * GST_MSECOND, TRUE, 0, 0    \
  }

typedef struct {
  guint64 requested; /* sequence numbers written by poll(), repetitions included */
  guint64 recovered; /* missing packets that came after a request */
  guint64 reordered; /* missing packets that came before one */
  guint64 given_up;  /* missing packets no longer asked for */
  guint64 too_costly; /* times that all were given up because of what their repair would take */
  guint64 needless;  /* asked for, and came without: overtaken on the way */
  guint64 merged;    /* request(): already listed */
  guint64 added;     /* request(): listed by it */
  guint64 refused;   /* request(): received, given up, or too far ahead */
} RtcNackGeneratorStats;

RtcNackGenerator *rtc_nack_generator_new (const RtcNackGeneratorConfig *config);
void rtc_nack_generator_free (RtcNackGenerator *self); /* (nullable) */

/* The round trip by which requests are spaced, from now on; NONE: unknown, 100 ms are assumed. */
void rtc_nack_generator_set_rtt (RtcNackGenerator *self, GstClockTime rtt);

/* How much longer than a round trip answers take now, as they wait in queues: requests are so much
 * further apart. */
void rtc_nack_generator_set_late (RtcNackGenerator *self, GstClockTime late);

/* Notes the arrival of ext_seq (unwrapped) at now. A gap makes the packets between
 * missing; a late packet is removed from the list. Call it for repeated packets too: one that has
 * been repaired meanwhile tells how much the path reorders.
 *
 * Returns RTC_OK, or RTC_ERR_LIMIT when the gap exceeds max_missing: the list has been
 * cleared and the caller should request a key frame. */
RtcResult rtc_nack_generator_handle_packet (RtcNackGenerator *self, guint64 ext_seq,
    GstClockTime now);

/* The same for a packet that came as a retransmission. */
RtcResult rtc_nack_generator_handle_repair (RtcNackGenerator *self, guint64 ext_seq,
    GstClockTime now);

/* The same for one made again from forward error correction: no answer to anything. */
RtcResult rtc_nack_generator_handle_recovered (RtcNackGenerator *self, guint64 ext_seq,
    GstClockTime now);

/* Somebody else (a jitter buffer) misses ext_seq. Listed already: nothing changes. Ahead of the
 * newest packet by RTC_NACK_MAX_AHEAD at most: it is asked for at once, twice at most, and nothing
 * is given up if it does not exist. Received, given up or too old: counted only. */
void rtc_nack_generator_request (RtcNackGenerator *self, guint64 ext_seq, GstClockTime now);

/* Writes the sequence numbers due at now into seqs, in rising order, and marks them asked.
 * Returns how many were written (0..n_seqs); call again while it returns n_seqs. */
guint rtc_nack_generator_poll (RtcNackGenerator *self, GstClockTime now, guint16 *seqs,
    guint n_seqs);

/* A key frame starts with that packet: a picture needs nothing from before. It is asked for on, but
 * does not count among what steal_given_up() tells. */
void rtc_nack_generator_note_key_frame (RtcNackGenerator *self, guint64 ext_seq);

/* Packets given up since the last call; when not 0 the caller should request a key frame. */
guint rtc_nack_generator_steal_given_up (RtcNackGenerator *self);

/* The time from the last request to its answer, of a packet that was asked for exactly once (any
 * other answer is ambiguous: RFC 6298 3); NONE when there was none since the last call. */
GstClockTime rtc_nack_generator_steal_rtt (RtcNackGenerator *self);

/* Next time poll() would do something, GST_CLOCK_TIME_NONE if never. */
GstClockTime rtc_nack_generator_next_deadline (RtcNackGenerator *self);

/* Packets tracked now. */
guint rtc_nack_generator_get_n_missing (const RtcNackGenerator *self);

/* How many packets overtake another on this path, as far as it matters here; 0: it keeps order. */
guint rtc_nack_generator_get_reorder_depth (const RtcNackGenerator *self);

void rtc_nack_generator_get_stats (const RtcNackGenerator *self, RtcNackGeneratorStats *out);

G_END_DECLS
