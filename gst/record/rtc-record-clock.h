/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* rtc-record-clock.h - from each track's RTP time to one line on which sound and picture agree.
 *
 * Before a sender report has come, a stream's time is that of its least delayed packets. Sender
 * reports (RFC 3550 6.4.1) put the streams of one sender onto its clock: the first report of a
 * sound track ties that clock to the time line without moving the sound, and the pictures slide
 * over, by a quarter of their pace at most, so nothing jumps. From then on all follow the sender's
 * clock and do not drift apart. A report that contradicts the one before by more than 100 ms has to
 * come twice, and the streams that tie the clock must either say so too (it was set) or have said
 * the same as ever since (the stream had been wrong).
 *
 * A stream whose RTP time stops or jumps (a pause that its sender did not count, a restarted
 * encoder) is seen by arrival: packets that keep coming more than RTC_RECORD_CLOCK_JUMP off for
 * RTC_RECORD_CLOCK_DOUBT are a new beginning and are placed where they arrived; a network that
 * stood still and caught up is not. An SSRC that changes begins where the one before is by arrival.
 *
 * Pure: no clock, no I/O; all times ns on the scale of arrival. One thread at a time. */
#pragma once

#include <gst/gst.h>

G_BEGIN_DECLS

typedef struct _RtcRecordClock RtcRecordClock;

/* RTC_RECORD_CLOCK_JUMP: how far off arrival a packet must be to be doubted, ns. */
#define RTC_RECORD_CLOCK_JUMP GST_SECOND

/* RTC_RECORD_CLOCK_DOUBT: how long before a doubt becomes a fact, ns. */
#define RTC_RECORD_CLOCK_DOUBT GST_SECOND

/* RTC_RECORD_CLOCK_MAX_SKEW: a sender report that would move a track further from where its packets
 * arrive is not believed, ns. */
#define RTC_RECORD_CLOCK_MAX_SKEW (3 * GST_SECOND)

/* RTC_RECORD_CLOCK_TRACKS: at most. */
#define RTC_RECORD_CLOCK_TRACKS 16

RtcRecordClock *rtc_record_clock_new (void);
void rtc_record_clock_free (RtcRecordClock *self); /* (nullable) */

/* A packet came: each one but retransmissions, in the order of arrival. track <
 * RTC_RECORD_CLOCK_TRACKS, clock_rate > 0 (Hz); is_audio: the sender's clock is tied by its
 * reports. */
void rtc_record_clock_arrive (RtcRecordClock *self, guint track, gboolean is_audio,
    guint clock_rate, guint32 ssrc, guint16 seq, guint32 rtp_ts, GstClockTime arrival);

/* A sender report came. Of an SSRC that never arrived: ignored. */
void rtc_record_clock_report (RtcRecordClock *self, guint32 ssrc, guint64 ntp64, guint32 rtp_ts);

typedef enum {
  RTC_RECORD_CLOCK_TIME,    /* *time is set */
  RTC_RECORD_CLOCK_WAIT,    /* in doubt: ask again later, or with now in the far future */
  RTC_RECORD_CLOCK_UNKNOWN, /* that SSRC never arrived: drop the frame */
} RtcRecordClockAnswer;

/* When a frame is, on the time line (may be negative in theory). Frames of a track are asked for in
 * decoding order, each once (until it is not WAIT). */
RtcRecordClockAnswer rtc_record_clock_get_time (RtcRecordClock *self, guint track, guint32 ssrc,
    guint16 seq, guint32 rtp_ts, GstClockTime now, gint64 *time);

typedef struct {
  guint64 reports;         /* used */
  guint64 refused_reports; /* not believed */
  guint64 jumps;           /* new beginnings within a stream */
} RtcRecordClockStats;

void rtc_record_clock_get_stats (const RtcRecordClock *self, RtcRecordClockStats *out);

G_END_DECLS
