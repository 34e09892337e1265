/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "gst/rtc/cc/rtc-rate-brake.h"

#define MS GST_MSECOND

/* n packets of 1000 bytes, spacing apart; returns the time of the last one. */
static GstClockTime
feed (RtcRateBrake *self, GstClockTime now, guint n, GstClockTime spacing)
{
  for (guint i = 0; i < n; i++) {
    now += spacing;
    rtc_rate_brake_handle_packet (self, now, 1000);
  }
  return now;
}

static void
assert_told (RtcRateBrake *self, GstClockTime now, guint64 bps)
{
  guint64 told = 0;

  g_assert_cmpuint (rtc_rate_brake_next_deadline (self), <=, now);
  g_assert_true (rtc_rate_brake_poll (self, now, &told));
  g_assert_cmpuint (told, ==, bps);
  g_assert_false (rtc_rate_brake_poll (self, now, &told));
}

/* The link narrows from 1.6 Mbit/s to 400 kbit/s; the cap is nine tenths of what comes, told once,
 * and again when losses go on. */
static void
test_cap (void)
{
  RtcRateBrake self = { 0 };
  GstClockTime now = feed (&self, 0, 200, 5 * MS);
  guint64 bps;

  g_assert_cmpuint (rtc_rate_brake_next_deadline (&self), ==, GST_CLOCK_TIME_NONE);
  rtc_rate_brake_handle_late (&self, now, 300 * MS); /* late, but nothing is lost */
  g_assert_false (rtc_rate_brake_poll (&self, now, &bps));
  now = feed (&self, now, 20, 20 * MS);
  rtc_rate_brake_handle_congestion (&self, now);
  rtc_rate_brake_handle_late (&self, now, 300 * MS);
  assert_told (&self, now, 360000);
  for (guint i = 0; i < 20; i++) {
    now = feed (&self, now, 1, 20 * MS);
    rtc_rate_brake_handle_congestion (&self, now); /* of before the cap */
    g_assert_false (rtc_rate_brake_poll (&self, now, &bps));
  }
  now = feed (&self, now, 20, 40 * MS);
  rtc_rate_brake_handle_congestion (&self, now);
  assert_told (&self, now, 180000);
  g_assert_cmpuint (self.n_caps, ==, 2);
  /* Never down to nothing. */
  now = feed (&self, now, 20, 2 * GST_SECOND);
  rtc_rate_brake_handle_congestion (&self, now);
  assert_told (&self, now, RTC_RATE_BRAKE_MIN);
}

/* The cap ends when what comes is on time, or two seconds after the last loss, and that is told
 * four times. */
static void
test_release (gconstpointer data)
{
  gboolean is_on_time = GPOINTER_TO_UINT (data);
  RtcRateBrake self = { 0 };
  GstClockTime now = feed (&self, 0, 20, 10 * MS), end;
  guint64 bps;
  guint n;

  rtc_rate_brake_handle_congestion (&self, now);
  assert_told (&self, now, 720000);
  rtc_rate_brake_handle_late (&self, now + 100 * MS, 60 * MS);
  g_assert_false (rtc_rate_brake_poll (&self, now + 100 * MS, &bps));
  end = now + RTC_RATE_BRAKE_HOLD;
  if (is_on_time) {
    end = now + 300 * MS;
    rtc_rate_brake_handle_late (&self, end, 40 * MS);
  } else {
    g_assert_cmpuint (rtc_rate_brake_next_deadline (&self), ==, end);
    g_assert_false (rtc_rate_brake_poll (&self, end - 1, &bps));
  }
  assert_told (&self, end, RTC_RATE_BRAKE_OFF);
  for (n = 1; (now = rtc_rate_brake_next_deadline (&self)) != GST_CLOCK_TIME_NONE; n++) {
    g_assert_cmpuint (now, ==, end + n * 500 * MS);
    assert_told (&self, now, RTC_RATE_BRAKE_OFF);
  }
  g_assert_cmpuint (n, ==, 4);
  g_assert_cmpuint (self.n_caps, ==, 1);
  /* On time as ever. */
  rtc_rate_brake_handle_late (&self, end + 60 * GST_SECOND, 0);
  g_assert_cmpuint (rtc_rate_brake_next_deadline (&self), ==, GST_CLOCK_TIME_NONE);
}

/* Losses among the first packets say nothing of a rate; a loss while the end is being told is a new
 * cap. */
static void
test_edges (void)
{
  RtcRateBrake self = { 0 };
  GstClockTime now = feed (&self, 0, RTC_RATE_BRAKE_PACKETS - 1, 10 * MS);
  guint64 bps;

  rtc_rate_brake_handle_congestion (&self, now);
  g_assert_false (rtc_rate_brake_poll (&self, now, &bps));
  now = feed (&self, now, 20, 10 * MS);
  rtc_rate_brake_handle_congestion (&self, now);
  assert_told (&self, now, 720000);
  rtc_rate_brake_handle_late (&self, now, 0);
  assert_told (&self, now, RTC_RATE_BRAKE_OFF);
  now = feed (&self, now, 20, 10 * MS);
  rtc_rate_brake_handle_congestion (&self, now);
  assert_told (&self, now, 720000);
  g_assert_cmpuint (rtc_rate_brake_next_deadline (&self), ==, now + RTC_RATE_BRAKE_HOLD);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/rate-brake/cap", test_cap);
  g_test_add_data_func ("/rate-brake/on-time", GUINT_TO_POINTER (TRUE), test_release);
  g_test_add_data_func ("/rate-brake/time-out", GUINT_TO_POINTER (FALSE), test_release);
  g_test_add_func ("/rate-brake/edges", test_edges);
  return g_test_run ();
}
