/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "gst/record/rtc-record-clock.h"

#include "gst/rtc/base/rtc-seq.h"
#include "gst/rtc/base/rtc-time.h"

/* LINES: SSRCs of a track that are remembered: the one being written and those that replace it. */
#define LINES 4

/* WINDOW: over which the least delay is taken; two of them, so that clocks may drift. */
#define WINDOW (10 * GST_SECOND)

/* SLIDE: how fast a track may be moved, as a part of its own pace: pictures by a quarter, sound by
 * one in 200, which nobody hears. */
#define SLIDE_VIDEO 4
#define SLIDE_AUDIO 200

/* SAME_CLOCK: two reports that differ by more do not speak of the same clock. What a sender's
 * scheduling adds to a report is below it; webrtcbin of GStreamer 1.22, whose reports can run at
 * twice the pace of its pictures, is above it from the second report on. */
#define SAME_CLOCK (100 * (gint64) GST_MSECOND)

/* A stream: its time is offset + media time since base. */
typedef struct {
  gboolean used;
  guint32 ssrc;
  guint clock_rate;
  RtcSeqUnwrap unwrap;
  guint64 base;
  gint64 least, least_before; /* arrival - media time, least of this window and the one before */
  GstClockTime window_end;
  guint16 newest_seq;

  gboolean placed; /* offset is in use */
  gint64 offset;
  gint64 last_media; /* of the frame placed last */

  gboolean has_report;
  gint64 report_offset; /* what the last report says offset is, on the sender's clock */
  gboolean doubted_report;
  gint64 doubted_offset;
  guint64 doubted_ties; /* tie_reports when the doubt began */

  gboolean in_doubt; /* packets from doubt_seq on do not fit */
  guint16 doubt_seq;
  GstClockTime doubt_since;
  gint64 doubt_least;
} Line;

typedef struct {
  gboolean is_audio;
  Line lines[LINES];
  gint64 shift; /* the last placed line's offset beyond where arrival alone would put it */
} Track;

struct _RtcRecordClock {
  Track tracks[RTC_RECORD_CLOCK_TRACKS];
  gboolean tied; /* sender_to_line holds */
  gboolean tied_by_audio;
  gint64 sender_to_line; /* time line - sender's clock */
  guint64 tie_reports;   /* believed, of the kind of track that ties */
  RtcRecordClockStats stats;
};

RtcRecordClock *
rtc_record_clock_new (void)
{
  return g_new0 (RtcRecordClock, 1);
}

void
rtc_record_clock_free (RtcRecordClock *self)
{
  g_free (self);
}

static gint64
to_ns (guint64 ticks, guint clock_rate)
{
  return (gint64) (ticks / clock_rate * GST_SECOND + ticks % clock_rate * GST_SECOND / clock_rate);
}

/* Media time of an RTP time stamp, ns since the line's base. */
static gint64
media_time (const Line *line, guint64 ticks)
{
  return ticks >= line->base ? to_ns (ticks - line->base, line->clock_rate)
                             : -to_ns (line->base - ticks, line->clock_rate);
}

static Line *
find_line (Track *track, guint32 ssrc)
{
  for (guint i = 0; i < LINES; i++) {
    if (track->lines[i].used && track->lines[i].ssrc == ssrc)
      return &track->lines[i];
  }
  return NULL;
}

/* The line that has been quiet for longest makes room. */
static Line *
add_line (Track *track, guint32 ssrc, guint clock_rate, guint16 seq)
{
  Line *line = &track->lines[0];

  for (guint i = 0; i < LINES && line->used; i++) {
    Line *other = &track->lines[i];

    if (!other->used || other->window_end < line->window_end)
      line = other;
  }
  *line = (Line){ .used = TRUE, .ssrc = ssrc, .clock_rate = clock_rate, .newest_seq = seq };
  return line;
}

static gint64
least_delay (const Line *line)
{
  return MIN (line->least, line->least_before);
}

static void
start_window (Line *line, gint64 delay, GstClockTime arrival)
{
  line->least_before = line->window_end == 0 ? delay : line->least;
  line->least = delay;
  line->window_end = arrival + WINDOW;
}

/* Where arrival alone, kept where the track is, would have the line. */
static gint64
offset_by_arrival (const Track *track, const Line *line)
{
  return least_delay (line) + track->shift;
}

/* A packet that does not fit begins a doubt, one that fits again ends it. */
static void
doubt (Line *line, guint16 seq, gint64 delay, GstClockTime arrival)
{
  gint64 off = delay - least_delay (line);
  gboolean fits = ABS (off) < (gint64) RTC_RECORD_CLOCK_JUMP / 2;

  if (!line->in_doubt && ABS (off) > (gint64) RTC_RECORD_CLOCK_JUMP) {
    line->in_doubt = TRUE;
    line->doubt_seq = seq;
    line->doubt_since = arrival;
    line->doubt_least = delay;
  } else if (line->in_doubt && fits) {
    line->in_doubt = FALSE;
  } else if (line->in_doubt) {
    line->doubt_least = MIN (line->doubt_least, delay);
  }
}

void
rtc_record_clock_arrive (RtcRecordClock *self, guint track_index, gboolean is_audio,
    guint clock_rate, guint32 ssrc, guint16 seq, guint32 rtp_ts, GstClockTime arrival)
{
  Track *track = &self->tracks[track_index];
  Line *line = find_line (track, ssrc);
  guint64 ticks;
  gint64 delay;

  track->is_audio = is_audio;
  if (line == NULL || line->clock_rate != clock_rate) {
    if (line != NULL)
      line->used = FALSE;
    line = add_line (track, ssrc, clock_rate, seq);
    line->base = rtc_ts_unwrap (&line->unwrap, rtp_ts);
    start_window (line, (gint64) arrival, arrival);
    return;
  }
  ticks = rtc_ts_unwrap (&line->unwrap, rtp_ts);
  delay = (gint64) arrival - media_time (line, ticks);
  if (!rtc_seq_is_newer (seq, line->newest_seq))
    return; /* late: it says nothing about delay */
  line->newest_seq = seq;
  doubt (line, seq, delay, arrival);
  if (line->in_doubt)
    return;
  if (arrival >= line->window_end)
    start_window (line, delay, arrival);
  line->least = MIN (line->least, delay);
}

/* The doubted packets are a new beginning, where they arrived. */
static void
begin_anew (RtcRecordClock *self, Track *track, Line *line)
{
  gint64 by = line->doubt_least - least_delay (line);

  line->least = line->least_before = line->doubt_least;
  line->offset += by;
  line->in_doubt = FALSE;
  line->has_report = FALSE;
  line->doubted_report = FALSE;
  self->stats.jumps++;
}

static gint64
ntp_to_ns (guint64 ntp64)
{
  return (gint64) ((ntp64 >> 32) * GST_SECOND + (((ntp64 & 0xffffffff) * GST_SECOND) >> 32));
}

static gint64
current_offset (const Track *track, const Line *line)
{
  return line->placed ? line->offset : offset_by_arrival (track, line);
}

/* When the sender's clock was set, what other streams' reports said of it is no longer true. */
static void
forget_reports (RtcRecordClock *self, const Line *but)
{
  for (guint i = 0; i < RTC_RECORD_CLOCK_TRACKS; i++) {
    for (guint k = 0; k < LINES; k++) {
      if (&self->tracks[i].lines[k] != but)
        self->tracks[i].lines[k].has_report = FALSE;
    }
  }
}

static void
tie (RtcRecordClock *self, const Track *track, const Line *line)
{
  gint64 before = self->sender_to_line;

  self->sender_to_line = current_offset (track, line) - line->report_offset;
  if (ABS (self->sender_to_line - before) > SAME_CLOCK)
    forget_reports (self, line);
  self->tied = TRUE;
  self->tied_by_audio = track->is_audio;
}

static gboolean
is_tying (const RtcRecordClock *self, const Track *track)
{
  return self->tied && track->is_audio == self->tied_by_audio;
}

/* Whether a report that does not fit the one before is the truth now: it has to come twice. Either
 * the sender's clock was set, then who is tied to it says so and stays where it is; or this stream
 * had lied before, then who is tied to the clock has meanwhile said the same as ever. */
static gboolean
confirm_report (RtcRecordClock *self, const Track *track, Line *line, gint64 offset)
{
  if (!line->doubted_report || ABS (offset - line->doubted_offset) > SAME_CLOCK) {
    line->doubted_report = TRUE;
    line->doubted_offset = offset;
    line->doubted_ties = self->tie_reports;
    return FALSE;
  }
  if (is_tying (self, track)) {
    self->tied = FALSE;
    return TRUE;
  }
  return !self->tied || self->tie_reports != line->doubted_ties;
}

static gboolean
believe_report (RtcRecordClock *self, const Track *track, Line *line, gint64 offset)
{
  gint64 step = line->has_report ? offset - line->report_offset : 0;

  if (ABS (step) > SAME_CLOCK && !confirm_report (self, track, line, offset))
    return FALSE;
  line->doubted_report = FALSE;
  if (self->tied && (self->tied_by_audio || !track->is_audio)) {
    gint64 skew = offset + self->sender_to_line - offset_by_arrival (track, line);

    return ABS (skew) <= (gint64) RTC_RECORD_CLOCK_MAX_SKEW;
  }
  return TRUE;
}

void
rtc_record_clock_report (RtcRecordClock *self, guint32 ssrc, guint64 ntp64, guint32 rtp_ts)
{
  for (guint i = 0; i < RTC_RECORD_CLOCK_TRACKS; i++) {
    Track *track = &self->tracks[i];
    Line *line = find_line (track, ssrc);
    gint64 offset;

    if (line == NULL)
      continue;
    if (line->in_doubt || ntp64 == 0) {
      self->stats.refused_reports++;
      return;
    }
    offset = ntp_to_ns (ntp64) - media_time (line, rtc_seq_unwrap_peek (&line->unwrap, rtp_ts, 32));
    if (!believe_report (self, track, line, offset)) {
      self->stats.refused_reports++;
      return;
    }
    line->report_offset = offset;
    line->has_report = TRUE;
    self->stats.reports++;
    if (!self->tied || (track->is_audio && !self->tied_by_audio))
      tie (self, track, line);
    self->tie_reports += is_tying (self, track);
    return;
  }
}

/* Where the line should be by all that is known. */
static gint64
wanted_offset (const RtcRecordClock *self, const Track *track, const Line *line)
{
  if (line->has_report && self->tied)
    return line->report_offset + self->sender_to_line;
  return line->placed ? line->offset : offset_by_arrival (track, line);
}

static void
slide (const RtcRecordClock *self, Track *track, Line *line, gint64 media)
{
  gint64 wanted = wanted_offset (self, track, line);
  gint64 most = MAX (media - line->last_media, 0) / (track->is_audio ? SLIDE_AUDIO : SLIDE_VIDEO);

  if (!line->placed) {
    line->offset = wanted;
    line->placed = TRUE;
  } else {
    line->offset += CLAMP (wanted - line->offset, -most, most);
  }
  line->last_media = media;
  track->shift = line->offset - least_delay (line);
}

RtcRecordClockAnswer
rtc_record_clock_get_time (RtcRecordClock *self, guint track_index, guint32 ssrc, guint16 seq,
    guint32 rtp_ts, GstClockTime now, gint64 *time)
{
  Track *track = &self->tracks[track_index];
  Line *line = find_line (track, ssrc);
  gint64 media;

  if (line == NULL)
    return RTC_RECORD_CLOCK_UNKNOWN;
  if (line->in_doubt && !rtc_seq_is_newer (line->doubt_seq, seq)) {
    if (rtc_time_elapsed (line->doubt_since, now) < RTC_RECORD_CLOCK_DOUBT)
      return RTC_RECORD_CLOCK_WAIT;
    begin_anew (self, track, line);
  }
  media = media_time (line, rtc_seq_unwrap_peek (&line->unwrap, rtp_ts, 32));
  slide (self, track, line, media);
  *time = line->offset + media;
  return RTC_RECORD_CLOCK_TIME;
}

void
rtc_record_clock_get_stats (const RtcRecordClock *self, RtcRecordClockStats *out)
{
  *out = self->stats;
}
