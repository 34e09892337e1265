/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "gst/rtc/media/rtc-transit.h"

/* Late by the fastest of the last seconds; over wraps, pauses and other runs of time stamps. */
static void
test_transit (void)
{
  RtcTransit transit = { 0 };
  const guint32 first = 0xffffff00, ticks = 1800; /* 20 ms of 90 kHz */
  const GstClockTime ms = GST_MSECOND, base = GST_SECOND;

  g_assert_cmpuint (rtc_transit_handle_packet (&transit, base, first, 90000), ==, 0);
  g_assert_cmpuint (
      rtc_transit_handle_packet (&transit, base + 50 * ms, first + ticks, 90000), ==, 30 * ms);
  /* The rest of the picture leaves later than its first packet. */
  g_assert_cmpuint (
      rtc_transit_handle_packet (&transit, base + 90 * ms, first + ticks, 90000), ==, 0);
  /* One that was overtaken, and a faster one, by which all are later. */
  g_assert_cmpuint (
      rtc_transit_handle_packet (&transit, base + 90 * ms, first + 900, 90000), ==, 80 * ms);
  g_assert_cmpuint (
      rtc_transit_handle_packet (&transit, base + 90 * ms, first + 9000, 90000), ==, 0);
  g_assert_cmpuint (
      rtc_transit_handle_packet (&transit, base + 120 * ms, first + 9000 + ticks, 90000), ==,
      10 * ms);
  /* For good further away: late for the rest of this window and all of the next. */
  for (guint i = 1; i <= 300; i++) {
    GstClockTime late = rtc_transit_handle_packet (
        &transit, base + 200 * ms + i * 20 * ms, first + 9000 + ticks + i * ticks, 90000);

    if (i <= 100)
      g_assert_cmpuint (late, ==, 90 * ms);
    else if (i > 200)
      g_assert_cmpuint (late, ==, 0);
  }
  /* Another run. */
  g_assert_cmpuint (
      rtc_transit_handle_packet (&transit, 20 * base, first + 0x40000000, 90000), ==, 0);
  g_assert_cmpuint (
      rtc_transit_handle_packet (&transit, 20 * base + 25 * ms, first + 0x40000000 + ticks, 90000),
      ==, 5 * ms);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/transit/late", test_transit);
  return g_test_run ();
}
