/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "gst/rtc/media/rtc-capture-time.h"

#define MS GST_MSECOND
#define RATE 90000
#define NTP G_GUINT64_CONSTANT (0xe5e1234580000000)

/* Of media that begins at rtp_ts 1000 at NTP. */
static guint64
ntp_at (GstClockTime time)
{
  return NTP + rtc_time_duration_to_ntp64 (time);
}

static guint32
ts_at (guint32 first, GstClockTime time)
{
  return first + (guint32) gst_util_uint64_scale (time, RATE, GST_SECOND);
}

/* A steady stream of 25 pictures a second, each of 3 packets: once a second, on a first packet. */
static void
test_steady (void)
{
  RtcCaptureTimeTeller teller = { 0 };
  guint n_told = 0;

  for (guint i = 0; i < 250; i++) {
    GstClockTime time = i * 40 * MS;

    for (guint k = 0; k < 3; k++) {
      gboolean told = rtc_capture_time_teller_poll (
          &teller, time + k * MS, ts_at (0xfffffff0, time), RATE, ntp_at (time));

      g_assert_cmpint (told, ==, k == 0 && i % 25 == 0);
      n_told += told;
    }
  }
  g_assert_cmpuint (n_told, ==, 10);
}

/* What cannot be worked out any more is told at once: the capture clock was set, or a picture's
 * time stamp is not when it was captured. Less than a millisecond is noise. */
static void
test_change (void)
{
  RtcCaptureTimeTeller teller = { 0 };

  g_assert_true (rtc_capture_time_teller_poll (&teller, 0, 0, RATE, NTP));
  g_assert_false (rtc_capture_time_teller_poll (
      &teller, 40 * MS, ts_at (0, 40 * MS), RATE, ntp_at (40 * MS + MS * 9 / 10)));
  g_assert_false (rtc_capture_time_teller_poll (
      &teller, 80 * MS, ts_at (0, 80 * MS), RATE, ntp_at (80 * MS - MS * 9 / 10)));
  g_assert_true (rtc_capture_time_teller_poll (
      &teller, 120 * MS, ts_at (0, 120 * MS), RATE, ntp_at (120 * MS + 2 * MS)));
  /* From now on by that one. */
  g_assert_false (rtc_capture_time_teller_poll (
      &teller, 160 * MS, ts_at (0, 160 * MS), RATE, ntp_at (160 * MS + 2 * MS)));
  g_assert_true (rtc_capture_time_teller_poll (
      &teller, 200 * MS, ts_at (0, 200 * MS), RATE, ntp_at (200 * MS) - ((guint64) 3600 << 32)));
  /* Another source's time stamps. */
  g_assert_true (
      rtc_capture_time_teller_poll (&teller, 240 * MS, 0x80000000, RATE, ntp_at (240 * MS)));
}

static void
assert_found (const RtcCaptureTimeReader *reader, guint32 rtp_ts, guint64 expected)
{
  guint64 ntp64;

  g_assert_true (rtc_capture_time_reader_find (reader, rtp_ts, RATE, &ntp64));
  g_assert_cmpint (ABS ((gint64) (ntp64 - expected)), <=, 1 << 16); /* 15 us: a tick */
}

static void
test_reader (void)
{
  RtcCaptureTimeReader reader = { 0 };
  const guint32 first = 0xfffffff0; /* and over the wrap */
  guint64 ntp64;

  g_assert_false (rtc_capture_time_reader_find (&reader, first, RATE, &ntp64));
  rtc_capture_time_reader_take (&reader, first, NTP);
  assert_found (&reader, first, NTP);
  assert_found (&reader, ts_at (first, 40 * MS), ntp_at (40 * MS));
  assert_found (&reader, ts_at (first, 4990 * MS), ntp_at (4990 * MS));
  /* One that was late: captured before. */
  assert_found (&reader, first - 3600, NTP - rtc_time_duration_to_ntp64 (40 * MS));
  assert_found (&reader, first - 4 * RATE, NTP - rtc_time_duration_to_ntp64 (4 * GST_SECOND));
  /* Out of reach, or of no clock. */
  g_assert_false (rtc_capture_time_reader_find (&reader, ts_at (first, 5010 * MS), RATE, &ntp64));
  g_assert_false (rtc_capture_time_reader_find (&reader, first - 6 * RATE, RATE, &ntp64));
  g_assert_false (rtc_capture_time_reader_find (&reader, first, 0, &ntp64));
  g_assert_false (rtc_capture_time_reader_find (&reader, first, G_MAXUINT, &ntp64));
  /* A new one replaces it. */
  rtc_capture_time_reader_take (&reader, ts_at (first, GST_SECOND), NTP);
  assert_found (&reader, ts_at (first, GST_SECOND + 40 * MS), ntp_at (40 * MS));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/rtc-capture-time/steady", test_steady);
  g_test_add_func ("/rtc-capture-time/change", test_change);
  g_test_add_func ("/rtc-capture-time/reader", test_reader);
  return g_test_run ();
}
