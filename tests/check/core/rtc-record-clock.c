/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "gst/record/rtc-record-clock.h"

#include "gst/rtc/base/rtc-time.h"

#define AUDIO 0
#define VIDEO 1
#define MS GST_MSECOND
#define START (100 * GST_SECOND)
/* The sender's wall clock when our clock is 0. */
#define SENDER (G_GUINT64_CONSTANT (1700000000) * GST_SECOND)

/* One stream of a sender: a packet every interval, its RTP time counted from base. */
typedef struct {
  guint track;
  guint rate;
  guint32 ssrc;
  guint16 seq;
  guint32 base;
  GstClockTime delay; /* from capture to arrival */
} Stream;

static guint32
rtp_time (const Stream *stream, GstClockTime captured)
{
  return stream->base
         + (guint32) gst_util_uint64_scale (captured - START, stream->rate, GST_SECOND);
}

static void
send_packet (RtcRecordClock *clock, Stream *stream, GstClockTime captured, GstClockTime arrival)
{
  rtc_record_clock_arrive (clock, stream->track, stream->track == AUDIO, stream->rate, stream->ssrc,
      ++stream->seq, rtp_time (stream, captured), arrival);
}

static RtcRecordClockAnswer
ask (RtcRecordClock *clock, const Stream *stream, GstClockTime captured, GstClockTime now,
    gint64 *time)
{
  return rtc_record_clock_get_time (
      clock, stream->track, stream->ssrc, stream->seq, rtp_time (stream, captured), now, time);
}

/* A packet that arrives after its usual delay, and its time. */
static gint64
send_and_ask (RtcRecordClock *clock, Stream *stream, GstClockTime captured)
{
  GstClockTime arrival = captured + stream->delay;
  gint64 time = 0;

  send_packet (clock, stream, captured, arrival);
  g_assert_cmpint (ask (clock, stream, captured, arrival, &time), ==, RTC_RECORD_CLOCK_TIME);
  return time;
}

static void
report (RtcRecordClock *clock, const Stream *stream, GstClockTime captured, GstClockTime step)
{
  rtc_record_clock_report (clock, stream->ssrc, rtc_time_unix_to_ntp64 (SENDER + captured + step),
      rtp_time (stream, captured));
}

static Stream
make_audio (void)
{
  return (Stream){ AUDIO, 48000, 0xa, 65000, G_MAXUINT32 - 48000, 20 * MS };
}

static Stream
make_video (void)
{
  return (Stream){ VIDEO, 90000, 0xb, 65000, G_MAXUINT32 - 90000, 20 * MS };
}

/* Without reports: time is arrival, jitter does not move it, numbers may wrap. */
static void
test_arrival (void)
{
  RtcRecordClock *clock = rtc_record_clock_new ();
  Stream video = make_video ();

  g_assert_cmpint (send_and_ask (clock, &video, START), ==, START + 20 * MS);
  for (guint i = 1; i < 1000; i++) {
    GstClockTime captured = START + i * 20 * MS;
    gint64 time;

    send_packet (clock, &video, captured, captured + 20 * MS + (i % 7) * 5 * MS);
    g_assert_cmpint (
        ask (clock, &video, captured, captured + GST_SECOND, &time), ==, RTC_RECORD_CLOCK_TIME);
    g_assert_cmpint (ABS (time - (gint64) (captured + 20 * MS)), <=, MS);
  }
  rtc_record_clock_free (clock);
}

/* Sound comes 80 ms later than pictures: reports say so; the sound is not moved, the pictures slide
 * to it by a quarter of their pace, always onwards. */
static void
test_reports (void)
{
  RtcRecordClock *clock = rtc_record_clock_new ();
  Stream audio = make_audio (), video = make_video ();
  gint64 last = 0, a = 0, v = 0;

  audio.delay = 100 * MS;
  for (guint i = 0; i < 100; i++) {
    GstClockTime captured = START + i * 20 * MS;

    a = send_and_ask (clock, &audio, captured);
    v = send_and_ask (clock, &video, captured);
    g_assert_cmpint (a, ==, captured + 100 * MS);
    if (i == 20)
      report (clock, &video, captured, 0);
    if (i == 40)
      report (clock, &audio, captured, 0);
    if (i > 0) {
      g_assert_cmpint (v - last, >=, 15 * MS);
      g_assert_cmpint (v - last, <=, 25 * MS + 1000);
    }
    if (i <= 40)
      g_assert_cmpint (ABS (a - v - (gint64) (80 * MS)), <=, MS);
    last = v;
  }
  g_assert_cmpint (ABS (a - v), <=, MS);
  rtc_record_clock_free (clock);
}

/* Nothing for five seconds, then all of it at once: the network's doing, time goes on as it was. */
static void
test_stall (void)
{
  RtcRecordClock *clock = rtc_record_clock_new ();
  Stream video = make_video ();
  RtcRecordClockStats stats;
  GstClockTime stuck = START + 10 * GST_SECOND;
  gint64 time;

  for (GstClockTime t = START; t < START + 5 * GST_SECOND; t += 20 * MS)
    send_and_ask (clock, &video, t);
  for (GstClockTime t = START + 5 * GST_SECOND; t <= stuck; t += 20 * MS) {
    send_packet (clock, &video, t, stuck + 20 * MS);
    if (t < stuck - 2 * GST_SECOND)
      g_assert_cmpint (ask (clock, &video, t, stuck + 20 * MS, &time), ==, RTC_RECORD_CLOCK_WAIT);
  }
  g_assert_cmpint (send_and_ask (clock, &video, stuck + 20 * MS), ==, stuck + 40 * MS);
  rtc_record_clock_get_stats (clock, &stats);
  g_assert_cmpuint (stats.jumps, ==, 0);
  rtc_record_clock_free (clock);
}

/* RTP time that stood still for a minute, or jumped anywhere: placed by arrival after the doubt. */
static void
test_jump (void)
{
  static const guint32 jumps[] = { 0, 0x7f000000, 0x80000001, G_MAXUINT32 - 90000 * 70 };

  for (guint k = 0; k < G_N_ELEMENTS (jumps); k++) {
    RtcRecordClock *clock = rtc_record_clock_new ();
    Stream video = make_video ();
    const GstClockTime pause = 60 * GST_SECOND;
    GstClockTime t = START, resumed;
    gint64 time;

    for (; t < START + 5 * GST_SECOND; t += 20 * MS)
      send_and_ask (clock, &video, t);
    video.base += jumps[k];
    resumed = t;
    send_packet (clock, &video, t, t + pause);
    g_assert_cmpint (ask (clock, &video, t, t + pause, &time), ==, RTC_RECORD_CLOCK_WAIT);
    for (; t < resumed + RTC_RECORD_CLOCK_DOUBT; t += 20 * MS)
      send_packet (clock, &video, t, t + pause);
    g_assert_cmpint (ask (clock, &video, t, t + pause, &time), ==, RTC_RECORD_CLOCK_TIME);
    g_assert_cmpint (ABS (time - (gint64) (t + pause)), <=, 20 * MS);
    rtc_record_clock_free (clock);
  }
}

/* Another SSRC with other numbers, after reports had moved the pictures: no step. */
static void
test_ssrc (void)
{
  RtcRecordClock *clock = rtc_record_clock_new ();
  Stream audio = make_audio (), video = make_video ();
  gint64 before = 0, time;
  GstClockTime t = START;

  audio.delay = 100 * MS;
  for (; t < START + 5 * GST_SECOND; t += 20 * MS) {
    send_and_ask (clock, &audio, t);
    before = send_and_ask (clock, &video, t);
    if (t == START + GST_SECOND) {
      report (clock, &audio, t, 0);
      report (clock, &video, t, 0);
    }
  }
  video.ssrc = 0xc;
  video.base += 0x12345678;
  video.seq = 9;
  time = send_and_ask (clock, &video, t);
  g_assert_cmpint (ABS (time - before - (gint64) (20 * MS)), <=, MS);
  report (clock, &video, t, 0);
  time = send_and_ask (clock, &video, t + 20 * MS);
  g_assert_cmpint (ABS (time - before - (gint64) (40 * MS)), <=, MS);
  /* And one that nobody has sent. */
  video.ssrc = 0xd;
  g_assert_cmpint (ask (clock, &video, t, t, &time), ==, RTC_RECORD_CLOCK_UNKNOWN);
  rtc_record_clock_free (clock);
}

/* The sender's wall clock is set on in the middle: nobody moves. One lying report: no. */
static void
check_clock_set (GstClockTime set_by, GstClockTime lie)
{
  RtcRecordClock *clock = rtc_record_clock_new ();
  Stream audio = make_audio (), video = make_video ();
  RtcRecordClockStats stats;
  GstClockTime step = 0;

  for (guint i = 0; i < 2000; i++) {
    GstClockTime t = START + i * 20 * MS;

    g_assert_cmpint (ABS (send_and_ask (clock, &audio, t) - (gint64) (t + 20 * MS)), <=, MS);
    g_assert_cmpint (ABS (send_and_ask (clock, &video, t) - (gint64) (t + 20 * MS)), <=, MS);
    if (i == 1000)
      step = set_by;
    if (i % 50 == 10)
      report (clock, &video, t, i == 310 ? lie : step);
    if (i % 250 == 20)
      report (clock, &audio, t, i == 520 ? lie : step);
  }
  rtc_record_clock_get_stats (clock, &stats);
  g_assert_cmpuint (stats.refused_reports, >, 0);
  g_assert_cmpuint (stats.reports, >, 30);
  rtc_record_clock_free (clock);
}

static void
test_clock_set (void)
{
  check_clock_set (3600 * GST_SECOND, 10 * GST_SECOND);
  check_clock_set (300 * MS, 450 * MS);
}

/* Reports whose RTP time runs at twice the pace of their NTP time: only the first can be true. */
static void
test_double_pace (void)
{
  RtcRecordClock *clock = rtc_record_clock_new ();
  Stream audio = make_audio (), video = make_video ();
  RtcRecordClockStats stats;

  for (guint i = 0; i < 500; i++) {
    GstClockTime t = START + i * 20 * MS;

    g_assert_cmpint (ABS (send_and_ask (clock, &audio, t) - (gint64) (t + 20 * MS)), <=, MS);
    g_assert_cmpint (ABS (send_and_ask (clock, &video, t) - (gint64) (t + 20 * MS)), <=, MS);
    if (i % 20 == 10) {
      GstClockTime wrong = (t - START) / 2;

      rtc_record_clock_report (
          clock, audio.ssrc, rtc_time_unix_to_ntp64 (SENDER + t - wrong), rtp_time (&audio, t));
      rtc_record_clock_report (clock, video.ssrc,
          rtc_time_unix_to_ntp64 (SENDER + t + 30 * MS - wrong), rtp_time (&video, t + 30 * MS));
    }
  }
  rtc_record_clock_get_stats (clock, &stats);
  g_assert_cmpuint (stats.reports, ==, 2);
  g_assert_cmpuint (stats.refused_reports, ==, 48);
  rtc_record_clock_free (clock);
}

/* The pictures' first report is 200 ms off: later ones, with the sound's as ever, correct it. */
static void
test_first_report_lies (void)
{
  RtcRecordClock *clock = rtc_record_clock_new ();
  Stream audio = make_audio (), video = make_video ();
  gint64 off = 0, most = 0;

  for (guint i = 0; i < 1000; i++) {
    GstClockTime t = START + i * 20 * MS;

    g_assert_cmpint (ABS (send_and_ask (clock, &audio, t) - (gint64) (t + 20 * MS)), <=, MS);
    off = ABS (send_and_ask (clock, &video, t) - (gint64) (t + 20 * MS));
    most = MAX (most, off);
    if (i % 50 == 10) {
      report (clock, &audio, t, 0);
      report (clock, &video, t, i == 10 ? 200 * MS : 0);
    }
  }
  g_assert_cmpint (most, >=, 199 * MS);
  g_assert_cmpint (off, <=, MS);
  rtc_record_clock_free (clock);
}

/* Reports that fit no packets (another clock for each track, zero) are not believed. */
static void
test_nonsense (void)
{
  RtcRecordClock *clock = rtc_record_clock_new ();
  Stream audio = make_audio (), video = make_video ();

  for (guint i = 0; i < 500; i++) {
    GstClockTime t = START + i * 20 * MS;

    g_assert_cmpint (ABS (send_and_ask (clock, &audio, t) - (gint64) (t + 20 * MS)), <=, MS);
    g_assert_cmpint (ABS (send_and_ask (clock, &video, t) - (gint64) (t + 20 * MS)), <=, MS);
    if (i % 50 == 10) {
      report (clock, &audio, t, 0);
      report (clock, &video, t, 77777 * GST_SECOND);
      rtc_record_clock_report (clock, video.ssrc, 0, 0);
      rtc_record_clock_report (clock, 0xdead, 1, 1);
    }
  }
  rtc_record_clock_free (clock);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/record-clock/arrival", test_arrival);
  g_test_add_func ("/record-clock/reports", test_reports);
  g_test_add_func ("/record-clock/stall", test_stall);
  g_test_add_func ("/record-clock/jump", test_jump);
  g_test_add_func ("/record-clock/ssrc", test_ssrc);
  g_test_add_func ("/record-clock/clock-set", test_clock_set);
  g_test_add_func ("/record-clock/double-pace", test_double_pace);
  g_test_add_func ("/record-clock/first-report-lies", test_first_report_lies);
  g_test_add_func ("/record-clock/nonsense", test_nonsense);
  return g_test_run ();
}
