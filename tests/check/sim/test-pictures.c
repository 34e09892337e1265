/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* test-pictures.c - what the viewers of tests and of rtc-load count as shown. */
#include "tools/load/load-pictures.h"

#define FRAME (20 * GST_MSECOND)
#define TICKS 1800

/* Picture n of VP8, in one packet, at its time. */
static void
add (LoadPictures *pictures, guint n, gboolean is_key)
{
  const guint8 data[RTC_RTP_HEADER_LEN + 11] = { [RTC_RTP_HEADER_LEN] = 0x10, is_key ? 0 : 1 };
  RtcRtpHeader header = { .marker = TRUE,
    .seq = (guint16) n,
    .rtp_ts = n * TICKS,
    .payload_offset = RTC_RTP_HEADER_LEN,
    .payload_len = sizeof data - RTC_RTP_HEADER_LEN };

  load_pictures_add (pictures, n * FRAME, RTC_KEY_FRAME_FORMAT_VP8, &header, data);
}

/* What is lost stands in the way until a key frame comes, be it long after the ring is full. */
static void
test_no_key_frame (gconstpointer data)
{
  guint n_after = GPOINTER_TO_UINT (data), n;
  LoadPictures pictures;

  load_pictures_init (&pictures);
  for (n = 0; n < 10; n++)
    add (&pictures, n, n == 0);
  for (n++; n < 11 + n_after; n++)
    add (&pictures, n, FALSE);
  g_assert_cmpuint (pictures.figures.shown, ==, 10);
  g_assert_cmpuint (load_pictures_longest_gap (&pictures, n * FRAME), ==, (n - 9) * FRAME);
  add (&pictures, n, TRUE);
  add (&pictures, n + 1, FALSE);
  g_assert_cmpuint (pictures.figures.shown, ==, 12);
  g_assert_cmpuint (pictures.figures.longest_gap, ==, (n - 9) * FRAME);
  g_assert_cmpuint (pictures.figures.skipped, ==, 1);
  g_assert_cmpuint (pictures.figures.cut_off, ==, 0);
  g_assert_cmpuint (pictures.figures.wrong_times, ==, 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_data_func ("/pictures/no-key-frame", GUINT_TO_POINTER (20), test_no_key_frame);
  g_test_add_data_func (
      "/pictures/no-key-frame-long", GUINT_TO_POINTER (3 * LOAD_PICTURES_RING), test_no_key_frame);
  return g_test_run ();
}
