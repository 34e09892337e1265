/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* rtc-gcc-acked.c - the rate that arrives: steady, in frames, after pauses, with loss, of little.
 */
#include "gst/rtc/cc/rtc-gcc-acked.h"

typedef struct {
  RtcGccAcked acked;
  GstClockTime send, arrival;
} Rig;

static void
rig_init (Rig *rig)
{
  *rig = (Rig){ .send = GST_SECOND, .arrival = 77 * GST_SECOND };
  rtc_gcc_acked_init (&rig->acked);
}

/* n packets of len bytes, sent and arriving so far apart. */
static void
rig_run (Rig *rig, guint n, guint32 len, GstClockTime send_step, GstClockTime arrival_step)
{
  for (guint i = 0; i < n; i++) {
    rig->send += send_step;
    rig->arrival += arrival_step;
    rtc_gcc_acked_handle_packet (&rig->acked, rig->send, rig->send, rig->arrival, len);
  }
}

static RtcGccAckedRate
rig_rate (const Rig *rig, GstClockTime window)
{
  return rtc_gcc_acked_get_rate (&rig->acked, rig->send, window);
}

#define assert_about(value, expected, share)                                                       \
  do {                                                                                             \
    g_assert_cmpfloat ((value), >, (expected) * (1 - (share)));                                    \
    g_assert_cmpfloat ((value), <, (expected) * (1 + (share)));                                    \
  } while (0)

static void
test_steady (void)
{
  Rig rig;

  rig_init (&rig);
  rig_run (&rig, 5, 1000, 8 * GST_MSECOND, 8 * GST_MSECOND);
  g_assert_cmpfloat (rig_rate (&rig, RTC_GCC_ACKED_WINDOW).received, ==, 0); /* too few */
  rig_run (&rig, 200, 1000, 8 * GST_MSECOND, 8 * GST_MSECOND);
  assert_about (rig_rate (&rig, RTC_GCC_ACKED_WINDOW).received, 1e6, 0.02);
  assert_about (rig_rate (&rig, RTC_GCC_ACKED_WINDOW).sent, 1e6, 0.02);
  /* Nothing for three seconds: not known any more. */
  rig.send += 3 * GST_SECOND;
  g_assert_cmpfloat (rig_rate (&rig, RTC_GCC_ACKED_WINDOW).received, ==, 0);
  rtc_gcc_acked_clear (&rig.acked);
}

static void
test_frames (void)
{
  Rig rig;

  rig_init (&rig);
  for (guint frame = 0; frame < 60; frame++) {
    rig_run (&rig, 4, 1000, 0, 0);
    rig_run (&rig, 1, 167, 33 * GST_MSECOND, 33 * GST_MSECOND);
  }
  assert_about (rig_rate (&rig, RTC_GCC_ACKED_WINDOW).received, 1.01e6, 0.08);
  rtc_gcc_acked_clear (&rig.acked);
}

static void
test_slow_link (void)
{
  Rig rig;

  rig_init (&rig);
  rig_run (&rig, 200, 1000, 4 * GST_MSECOND, 4 * GST_MSECOND);
  /* 2 Mbit/s are still sent, 0.5 arrive: the short window shows it at once. */
  rig_run (&rig, 12, 1000, 4 * GST_MSECOND, 16 * GST_MSECOND);
  assert_about (rig_rate (&rig, RTC_GCC_ACKED_FAST).received, 0.5e6, 0.1);
  assert_about (rig_rate (&rig, RTC_GCC_ACKED_FAST).sent, 2e6, 0.1);
  g_assert_cmpfloat (rig_rate (&rig, RTC_GCC_ACKED_WINDOW).received, >, 0.9e6);
  rtc_gcc_acked_clear (&rig.acked);
}

/* A pause of 300 ms in half a second is not taken for a link of half the rate. */
static void
test_pause (void)
{
  Rig rig;

  rig_init (&rig);
  rig_run (&rig, 100, 1000, 8 * GST_MSECOND, 8 * GST_MSECOND);
  rig.send += 300 * GST_MSECOND;
  rig.arrival += 300 * GST_MSECOND;
  rig_run (&rig, 12, 1000, 8 * GST_MSECOND, 8 * GST_MSECOND);
  assert_about (rig_rate (&rig, RTC_GCC_ACKED_WINDOW).received, 1e6, 0.05);
  assert_about (rig_rate (&rig, RTC_GCC_ACKED_WINDOW).sent, 1e6, 0.05);
  rtc_gcc_acked_clear (&rig.acked);
}

static void
test_loss (void)
{
  Rig rig;
  RtcGccAckedRate rate;

  rig_init (&rig);
  for (guint i = 0; i < 100; i++) {
    rig_run (&rig, 3, 1000, 8 * GST_MSECOND, 8 * GST_MSECOND);
    rig.send += 8 * GST_MSECOND;
    rig.arrival += 8 * GST_MSECOND;
    rtc_gcc_acked_handle_lost (&rig.acked, 1000);
  }
  rate = rig_rate (&rig, RTC_GCC_ACKED_WINDOW);
  assert_about (rate.received, 0.75e6, 0.05);
  assert_about (rate.sent, 1e6, 0.05);
  rtc_gcc_acked_clear (&rig.acked);
}

/* 50 kbit/s of full packets are five a second: the window reaches back until it knows enough. */
static void
test_low_rate (void)
{
  Rig rig;

  rig_init (&rig);
  rig_run (&rig, 20, 1200, 192 * GST_MSECOND, 192 * GST_MSECOND);
  assert_about (rig_rate (&rig, RTC_GCC_ACKED_WINDOW).received, 50e3, 0.02);
  assert_about (rig_rate (&rig, RTC_GCC_ACKED_FAST).received, 50e3, 0.02);
  rtc_gcc_acked_clear (&rig.acked);
}

static void
test_disorder (void)
{
  Rig rig;

  rig_init (&rig);
  for (guint i = 0; i < 100; i++) {
    /* Every second packet overtakes the one before. */
    rig_run (&rig, 1, 1000, 8 * GST_MSECOND, 16 * GST_MSECOND);
    rtc_gcc_acked_handle_packet (
        &rig.acked, rig.send, rig.send + GST_MSECOND, rig.arrival - 7 * GST_MSECOND, 1000);
    rig.send += 8 * GST_MSECOND;
  }
  assert_about (rig_rate (&rig, RTC_GCC_ACKED_WINDOW).received, 1e6, 0.05);
  /* The receiver's clock goes back by an hour: what was is forgotten, nothing else happens. */
  rig.arrival -= 60 * GST_SECOND;
  rig_run (&rig, 1, 1000, 8 * GST_MSECOND, 8 * GST_MSECOND);
  g_assert_cmpfloat (rig_rate (&rig, RTC_GCC_ACKED_WINDOW).received, ==, 0);
  rig_run (&rig, 100, 1000, 8 * GST_MSECOND, 8 * GST_MSECOND);
  assert_about (rig_rate (&rig, RTC_GCC_ACKED_WINDOW).received, 1e6, 0.02);
  rtc_gcc_acked_clear (&rig.acked);
}

/* Room is made for what the window has, no more, and at most for so much; what comes while it grows
 * is all there. */
static void
test_room (void)
{
  Rig rig;

  rig_init (&rig);
  rig_run (&rig, RTC_GCC_ACKED_STEP, 1000, 100 * GST_MSECOND, 100 * GST_MSECOND);
  rig_run (&rig, 100, 1000, 100 * GST_MSECOND, 100 * GST_MSECOND);
  g_assert_cmpuint (rig.acked.size, ==, RTC_GCC_ACKED_STEP);
  rig_run (&rig, 400, 1000, 12 * GST_MSECOND, 12 * GST_MSECOND);
  g_assert_cmpuint (rig.acked.size, ==, 3 * RTC_GCC_ACKED_STEP);
  assert_about (rig_rate (&rig, RTC_GCC_ACKED_WINDOW).received, 8e6 / 12, 0.01);
  for (guint i = 0; i < 400; i++) {
    rig_run (&rig, 1, 1000, GST_MSECOND, GST_MSECOND);
    /* Between the two rates. */
    g_assert_cmpfloat (rig_rate (&rig, RTC_GCC_ACKED_WINDOW).received, >, 0.9 * 8e6 / 12);
    g_assert_cmpfloat (rig_rate (&rig, RTC_GCC_ACKED_WINDOW).received, <, 1.1 * 8e6);
  }
  rig_run (&rig, 2000, 1000, GST_MSECOND, GST_MSECOND);
  g_assert_cmpuint (rig.acked.size, <=, RTC_GCC_ACKED_MAX);
  assert_about (rig_rate (&rig, RTC_GCC_ACKED_WINDOW).received, 8e6, 0.01);
  rtc_gcc_acked_clear (&rig.acked);
  g_assert_null (rig.acked.spans);
  g_assert_cmpfloat (rig_rate (&rig, RTC_GCC_ACKED_WINDOW).received, ==, 0);
  rig_run (&rig, 50, 1000, 12 * GST_MSECOND, 12 * GST_MSECOND);
  assert_about (rig_rate (&rig, RTC_GCC_ACKED_WINDOW).received, 8e6 / 12, 0.01);
  rtc_gcc_acked_clear (&rig.acked);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/gcc-acked/steady", test_steady);
  g_test_add_func ("/gcc-acked/frames", test_frames);
  g_test_add_func ("/gcc-acked/slow-link", test_slow_link);
  g_test_add_func ("/gcc-acked/pause", test_pause);
  g_test_add_func ("/gcc-acked/loss", test_loss);
  g_test_add_func ("/gcc-acked/low-rate", test_low_rate);
  g_test_add_func ("/gcc-acked/disorder", test_disorder);
  g_test_add_func ("/gcc-acked/room", test_room);
  return g_test_run ();
}
