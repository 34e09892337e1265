/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* rtc-circuit-breaker.c - what a peer's reports must say, and for how long, before a stream stops.
 */
#include "gst/rtc/media/rtc-circuit-breaker.h"

#define PACKET 1000

/* A stream of pps packets a second with this loss, reported once a second. Returns the second in
 * which the breaker opened, 0 never. */
static guint
run (guint pps, gdouble loss, GstClockTime rtt, guint seconds, RtcBreakerState *state)
{
  RtcCircuitBreaker breaker = { 0 };
  RtcBreakerReport report = { .rtt = rtt };

  for (guint i = 1; i <= seconds; i++) {
    report.packets += pps;
    report.bytes += pps * PACKET;
    report.highest_seq += pps;
    report.packets_lost = (gint64) ((gdouble) report.packets * loss);
    *state = rtc_circuit_breaker_handle_report (&breaker, i * GST_SECOND, &report);
    if (*state != RTC_BREAKER_CLOSED)
      return i;
  }
  return 0;
}

static void
test_congestion (void)
{
  RtcBreakerState state;

  /* 4 Mbit/s. */
  g_assert_cmpuint (run (500, 0, 50 * GST_MSECOND, 300, &state), ==, 0);
  g_assert_cmpuint (run (500, 0.1, 200 * GST_MSECOND, 300, &state), ==, 0);
  g_assert_cmpuint (run (500, 0.2, 50 * GST_MSECOND, 300, &state), ==, 0);
  g_assert_cmpuint (run (500, 0.4, GST_CLOCK_TIME_NONE, 300, &state), ==, 0);
  /* Three windows of three seconds after the first report. */
  g_assert_cmpuint (run (500, 0.4, 200 * GST_MSECOND, 300, &state), ==, 10);
  g_assert_cmpint (state, ==, RTC_BREAKER_CONGESTION);
  /* The same loss, and a rate that has followed it. */
  g_assert_cmpuint (run (100, 0.4, 200 * GST_MSECOND, 300, &state), ==, 0);
}

/* RFC 8083 4.3: X = s / (Tr * sqrt (2 * p / 3)). */
static void
test_formula (void)
{
  g_assert_cmpuint (rtc_circuit_breaker_tcp_bps (1200, 100 * GST_MSECOND, 0), ==, 0);
  g_assert_cmpfloat_with_epsilon (
      rtc_circuit_breaker_tcp_bps (1200, 100 * GST_MSECOND, 0.06), 480000, 2);
  g_assert_cmpfloat_with_epsilon (rtc_circuit_breaker_tcp_bps (1200, 0, 0.06), 48000000, 2);
}

/* Reports without the stream, or with the same number for ever; only while packets are sent, and
 * only when there is RTCP at all. */
static void
test_nothing_arrives (void)
{
  RtcCircuitBreaker breaker = { 0 };
  RtcBreakerReport report = { .packets = 10, .highest_seq = 10, .rtt = GST_CLOCK_TIME_NONE };
  GstClockTime now = 0;

  /* It never spoke of the stream. */
  for (guint i = 0; i < 100; i++)
    g_assert_cmpint (
        rtc_circuit_breaker_handle_rtcp (&breaker, i * GST_SECOND, i * 10), ==, RTC_BREAKER_CLOSED);
  rtc_circuit_breaker_handle_report (&breaker, now = 100 * GST_SECOND, &report);
  /* Nothing is sent. */
  for (guint i = 0; i < 100; i++)
    g_assert_cmpint (rtc_circuit_breaker_handle_rtcp (&breaker, now += GST_SECOND, report.packets),
        ==, RTC_BREAKER_CLOSED);
  for (guint i = 1; i < 25; i++)
    g_assert_cmpint (
        rtc_circuit_breaker_handle_rtcp (&breaker, now += GST_SECOND, report.packets += 10), ==,
        RTC_BREAKER_CLOSED);
  /* Other feedback knows of one. */
  rtc_circuit_breaker_note_arrival (&breaker, now);
  for (guint i = 1; i < 25; i++)
    g_assert_cmpint (
        rtc_circuit_breaker_handle_rtcp (&breaker, now += GST_SECOND, report.packets += 10), ==,
        RTC_BREAKER_CLOSED);
  /* Silence proves nothing. */
  now += 20 * GST_SECOND;
  for (guint i = 1; i <= 25; i++)
    g_assert_cmpint (
        rtc_circuit_breaker_handle_rtcp (&breaker, now += GST_SECOND, report.packets += 10), ==,
        RTC_BREAKER_CLOSED);
  g_assert_cmpint (
      rtc_circuit_breaker_handle_rtcp (&breaker, now + GST_SECOND, report.packets += 10), ==,
      RTC_BREAKER_NOTHING_ARRIVES);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/rtc-circuit-breaker/congestion", test_congestion);
  g_test_add_func ("/rtc-circuit-breaker/formula", test_formula);
  g_test_add_func ("/rtc-circuit-breaker/nothing-arrives", test_nothing_arrives);
  return g_test_run ();
}
