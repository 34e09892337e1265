/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "gst/rtc/media/rtc-key-frame-request.h"

#include <string.h>

#define MS GST_MSECOND

static void
test_first_at_once (void)
{
  RtcKeyFrameRequest request;

  rtc_key_frame_request_init (&request, RTC_KEY_FRAME_INTERVAL);
  g_assert_false (rtc_key_frame_request_poll (&request, 5));
  g_assert_cmpuint (rtc_key_frame_request_next_deadline (&request), ==, GST_CLOCK_TIME_NONE);
  rtc_key_frame_request_ask (&request, 5);
  g_assert_cmpuint (rtc_key_frame_request_next_deadline (&request), <=, 5);
  g_assert_true (rtc_key_frame_request_poll (&request, 5));
  g_assert_false (rtc_key_frame_request_poll (&request, 5));
  /* Until a key frame comes it would be repeated after the interval. */
  g_assert_cmpuint (rtc_key_frame_request_next_deadline (&request), ==, 5 + RTC_KEY_FRAME_INTERVAL);
  rtc_key_frame_request_handle_key_frame (&request, 6);
  g_assert_cmpuint (rtc_key_frame_request_next_deadline (&request), ==, GST_CLOCK_TIME_NONE);
}

/* T18: a hundred viewers, a hundred PLIs a second each, for ten seconds: at most one per second. */
static void
test_storm (void)
{
  RtcKeyFrameRequest request;
  RtcKeyFrameRequestStats stats;
  GstClockTime last = GST_CLOCK_TIME_NONE;
  guint made = 0;

  rtc_key_frame_request_init (&request, GST_SECOND);
  for (GstClockTime now = 0; now < 10 * GST_SECOND; now += 10 * MS) {
    for (guint viewer = 0; viewer < 100; viewer++)
      rtc_key_frame_request_ask (&request, now);
    if (!rtc_key_frame_request_poll (&request, now))
      continue;
    made++;
    if (last != GST_CLOCK_TIME_NONE)
      g_assert_cmpuint (now - last, >=, GST_SECOND);
    last = now;
  }
  g_assert_cmpuint (made, ==, 10);
  rtc_key_frame_request_get_stats (&request, &stats);
  g_assert_cmpuint (stats.asked, ==, 100000);
  g_assert_cmpuint (stats.made, ==, 10);
  g_assert_cmpuint (stats.merged + stats.made + request.n_wanted, ==, stats.asked);
}

/* Asks that wait while a request is under way are served by its key frame. */
static void
test_key_frame_serves_all (void)
{
  RtcKeyFrameRequest request;
  RtcKeyFrameRequestStats stats;

  rtc_key_frame_request_init (&request, GST_SECOND);
  rtc_key_frame_request_ask (&request, 0);
  g_assert_true (rtc_key_frame_request_poll (&request, 0));
  rtc_key_frame_request_ask (&request, 20 * MS);
  g_assert_cmpuint (rtc_key_frame_request_next_deadline (&request), ==, GST_SECOND);
  rtc_key_frame_request_handle_key_frame (&request, 30 * MS);
  g_assert_false (rtc_key_frame_request_poll (&request, 5 * GST_SECOND));

  /* One who asks after it waits for the interval since the request. */
  rtc_key_frame_request_ask (&request, 40 * MS);
  g_assert_false (rtc_key_frame_request_poll (&request, GST_SECOND - 1));
  g_assert_true (rtc_key_frame_request_poll (&request, GST_SECOND));

  /* The encoder does not answer: the next ask is passed on after the interval. */
  rtc_key_frame_request_ask (&request, GST_SECOND + 1);
  g_assert_true (rtc_key_frame_request_poll (&request, 2 * GST_SECOND));
  rtc_key_frame_request_get_stats (&request, &stats);
  g_assert_cmpuint (stats.asked, ==, 4);
  g_assert_cmpuint (stats.made, ==, 3);
  g_assert_cmpuint (stats.merged, ==, 1);
}

static void
test_unasked_key_frame (void)
{
  RtcKeyFrameRequest request;

  rtc_key_frame_request_init (&request, GST_SECOND);
  rtc_key_frame_request_handle_key_frame (&request, 3 * GST_SECOND);
  rtc_key_frame_request_ask (&request, 3 * GST_SECOND + 1);
  g_assert_cmpuint (rtc_key_frame_request_next_deadline (&request), ==, 4 * GST_SECOND);
  g_assert_false (rtc_key_frame_request_poll (&request, 4 * GST_SECOND - 1));
  g_assert_true (rtc_key_frame_request_poll (&request, 4 * GST_SECOND));
}

/* RFC 5104 4.3.1.1: the same number from the same sender is a repetition. */
static void
test_fir (void)
{
  static const struct {
    guint32 sender_ssrc;
    guint8 seq_nr;
    gboolean is_new;
  } rows[] = {
    { 1, 0, TRUE },
    { 1, 0, FALSE },
    { 1, 1, TRUE },
    { 1, 1, FALSE },
    { 1, 255, TRUE },
    { 1, 0, TRUE },
    { 2, 0, TRUE },
    { 2, 0, FALSE },
  };
  RtcFirState state = { 0 };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    g_assert_cmpint (
        rtc_fir_state_handle (&state, rows[i].sender_ssrc, rows[i].seq_nr), ==, rows[i].is_new);
}

static void
test_wait (void)
{
  static const guint64 expected_ms[] = { 0, 200, 600, 1400, 3000, 6200, 11200, 16200 };
  static const guint64 pauses_ms[] = { 300, 600, 1200, 1200 };
  RtcKeyFrameWait wait = { 0 };

  g_assert_false (rtc_key_frame_wait_poll (&wait, 0, 50 * MS));
  g_assert_cmpuint (rtc_key_frame_wait_next_deadline (&wait), ==, GST_CLOCK_TIME_NONE);
  rtc_key_frame_wait_start (&wait, 0, 0);
  for (guint i = 0; i < G_N_ELEMENTS (expected_ms); i++) {
    GstClockTime now = rtc_key_frame_wait_next_deadline (&wait);

    g_assert_cmpuint (now, ==, expected_ms[i] * MS);
    rtc_key_frame_wait_start (&wait, now, 0); /* already waiting: changes nothing */
    if (now > 0)
      g_assert_false (rtc_key_frame_wait_poll (&wait, now - 1, 50 * MS));
    g_assert_true (rtc_key_frame_wait_poll (&wait, now, 50 * MS));
  }
  rtc_key_frame_wait_stop (&wait);
  g_assert_false (rtc_key_frame_wait_poll (&wait, GST_CLOCK_TIME_NONE - 1, 50 * MS));

  /* The key frame has begun to come, and a part of it is lost. */
  rtc_key_frame_wait_start (&wait, 16300 * MS, 0);
  g_assert_cmpuint (wait.next, ==, 16300 * MS);
  g_assert_true (rtc_key_frame_wait_poll (&wait, 16300 * MS, 300 * MS));
  g_assert_cmpuint (wait.next, ==, 16900 * MS);
  for (guint i = 0; i < G_N_ELEMENTS (pauses_ms); i++) {
    GstClockTime asked = wait.next, expected = 16300 * MS;

    rtc_key_frame_wait_stop (&wait);
    rtc_key_frame_wait_start (&wait, 16500 * MS, 0);
    for (guint k = 0; k <= i; k++)
      expected += pauses_ms[k] * MS;
    g_assert_cmpuint (wait.next, ==, expected);
    g_assert_true (rtc_key_frame_wait_poll (&wait, expected, 300 * MS));
    g_assert_cmpuint (wait.next, >, asked);
  }
  /* Long after that a new one is asked for at once; or later, when who wants it says so. */
  rtc_key_frame_wait_stop (&wait);
  rtc_key_frame_wait_start (&wait, 60 * GST_SECOND, 150 * MS);
  g_assert_cmpuint (wait.next, ==, 60150 * MS);
  g_assert_false (rtc_key_frame_wait_poll (&wait, 60149 * MS, 300 * MS));
  g_assert_true (rtc_key_frame_wait_poll (&wait, 60150 * MS, 300 * MS));
  rtc_key_frame_wait_stop (&wait);
  rtc_key_frame_wait_start (&wait, 60200 * MS, 0);
  g_assert_cmpuint (wait.next, ==, 60450 * MS);

  memset (&wait, 0, sizeof wait);
  rtc_key_frame_wait_start (&wait, 0, 0);
  g_assert_true (rtc_key_frame_wait_poll (&wait, 0, GST_CLOCK_TIME_NONE));
  g_assert_cmpuint (wait.next, ==, 200 * MS);
  g_assert_true (rtc_key_frame_wait_poll (&wait, GST_SECOND, GST_CLOCK_TIME_NONE - 1));
  g_assert_cmpuint (wait.next, ==, 6 * GST_SECOND);
  /* Something comes again: at once, and the next one soon. */
  rtc_key_frame_wait_hurry (&wait, 2 * GST_SECOND);
  g_assert_true (rtc_key_frame_wait_poll (&wait, 2 * GST_SECOND, 50 * MS));
  g_assert_cmpuint (wait.next, ==, 2 * GST_SECOND + 200 * MS);
  rtc_key_frame_wait_stop (&wait);
  rtc_key_frame_wait_hurry (&wait, 3 * GST_SECOND);
  g_assert_false (rtc_key_frame_wait_poll (&wait, 3 * GST_SECOND, 50 * MS));
}

static void
test_unanswered (void)
{
  RtcKeyFrameRequest request;

  rtc_key_frame_request_init (&request, GST_SECOND);
  rtc_key_frame_request_ask (&request, 0);
  g_assert_true (rtc_key_frame_request_poll (&request, 0));
  /* The encoder did not hear it: again after the interval, until a key frame comes. */
  for (guint i = 1; i < 4; i++) {
    g_assert_cmpuint (rtc_key_frame_request_next_deadline (&request), ==, i * GST_SECOND);
    g_assert_false (rtc_key_frame_request_poll (&request, i * GST_SECOND - 1));
    g_assert_true (rtc_key_frame_request_poll (&request, i * GST_SECOND));
  }
  rtc_key_frame_request_handle_key_frame (&request, 4 * GST_SECOND);
  g_assert_cmpuint (rtc_key_frame_request_next_deadline (&request), ==, GST_CLOCK_TIME_NONE);
  g_assert_false (rtc_key_frame_request_poll (&request, 9 * GST_SECOND));
}

static void
test_join (void)
{
  RtcKeyFrameRequest request;

  rtc_key_frame_request_init (&request, GST_SECOND);
  rtc_key_frame_request_ask_join (&request, 0);
  g_assert_true (rtc_key_frame_request_poll (&request, 0));
  rtc_key_frame_request_handle_key_frame (&request, 30 * GST_MSECOND);
  /* Who joins waits for a quarter of the interval, who lost something for all of it. */
  rtc_key_frame_request_ask (&request, 100 * GST_MSECOND);
  g_assert_cmpuint (rtc_key_frame_request_next_deadline (&request), ==, GST_SECOND);
  rtc_key_frame_request_ask_join (&request, 100 * GST_MSECOND);
  g_assert_cmpuint (rtc_key_frame_request_next_deadline (&request), ==, GST_SECOND / 4);
  g_assert_false (rtc_key_frame_request_poll (&request, GST_SECOND / 4 - 1));
  g_assert_true (rtc_key_frame_request_poll (&request, GST_SECOND / 4));
  rtc_key_frame_request_handle_key_frame (&request, 300 * GST_MSECOND);
  rtc_key_frame_request_ask (&request, 300 * GST_MSECOND);
  g_assert_cmpuint (
      rtc_key_frame_request_next_deadline (&request), ==, GST_SECOND / 4 + GST_SECOND);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/rtc-key-frame-request/join", test_join);
  g_test_add_func ("/rtc-key-frame-request/unanswered", test_unanswered);
  g_test_add_func ("/rtc-key-frame-request/first-at-once", test_first_at_once);
  g_test_add_func ("/rtc-key-frame-request/storm", test_storm);
  g_test_add_func ("/rtc-key-frame-request/key-frame-serves-all", test_key_frame_serves_all);
  g_test_add_func ("/rtc-key-frame-request/unasked-key-frame", test_unasked_key_frame);
  g_test_add_func ("/rtc-key-frame-request/fir", test_fir);
  g_test_add_func ("/rtc-key-frame-request/wait", test_wait);
  return g_test_run ();
}
