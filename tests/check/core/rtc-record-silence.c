/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* rtc-record-silence.c - how long Opus packets last (RFC 6716 Table 2), and filling gaps. */
#include "gst/record/rtc-record-silence.h"

#define MS GST_MSECOND

static void
test_durations (void)
{
  static const struct {
    guint8 packet[2];
    guint len;
    guint us;
  } rows[] = {
    { { 0 << 3 }, 1, 10000 }, /* SILK */
    { { 3 << 3 }, 1, 60000 },
    { { 3 << 3 | 1 }, 1, 120000 }, /* two frames of one size */
    { { 9 << 3 | 2 }, 1, 40000 },  /* and of two */
    { { 12 << 3 }, 1, 10000 },     /* hybrid */
    { { 15 << 3 }, 1, 20000 },
    { { 16 << 3 }, 1, 2500 }, /* CELT */
    { { 31 << 3 }, 1, 20000 },
    { { 31 << 3 | 3, 6 }, 2, 120000 }, /* a counted number of frames; padding and VBR bits aside */
    { { 31 << 3 | 3, 0xC3 }, 2, 60000 },
    { { 31 << 3 | 3, 7 }, 2, 0 }, /* over 120 ms */
    { { 31 << 3 | 3, 0 }, 2, 0 },
    { { 31 << 3 | 3 }, 1, 0 },
    { { 0 }, 0, 0 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    g_assert_cmpuint (rtc_opus_get_duration (rows[i].packet, rows[i].len), ==,
        rows[i].us == 0 ? GST_CLOCK_TIME_NONE : rows[i].us * GST_USECOND);
}

static void
test_silence (void)
{
  for (guint channels = 1; channels <= 2; channels++) {
    gsize len = 0;
    const guint8 *packet = rtc_opus_get_silence (channels, &len);

    g_assert_cmpuint (len, ==, 3);
    g_assert_cmpuint (rtc_opus_get_duration (packet, len), ==, RTC_OPUS_SILENCE_DURATION);
    g_assert_cmpuint (rtc_opus_get_channels (packet, len), ==, channels);
  }
  g_assert_cmpuint (rtc_opus_get_channels (NULL, 0), ==, 0);
}

static void
test_fill (void)
{
  static const struct {
    GstClockTime begin, end;
    guint64 count;
  } rows[] = {
    { 0, 0, 0 },
    { 100 * MS, 50 * MS, 0 },
    { 0, 9 * MS, 0 },
    { 0, 10 * MS, 1 },
    { 0, 20 * MS, 1 },
    { 5 * MS, 34 * MS, 1 },
    { 5 * MS, 35 * MS, 2 },
    { 0, 60 * GST_SECOND, 3000 },
    { 0, G_MAXUINT64, G_MAXUINT64 / (20 * MS) },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    RtcOpusFill fill;
    GstClockTime pts = 0, expected = rows[i].begin;

    rtc_opus_fill_init (&fill, rows[i].begin, rows[i].end);
    g_assert_cmpuint (rtc_opus_fill_get_count (&fill), ==, rows[i].count);
    for (guint64 n = 0; n < MIN (rows[i].count, 5000); n++) {
      g_assert_true (rtc_opus_fill_next (&fill, &pts));
      g_assert_cmpuint (pts, ==, expected);
      g_assert_cmpuint (rtc_opus_fill_get_count (&fill), ==, rows[i].count - n - 1);
      expected += RTC_OPUS_SILENCE_DURATION;
    }
    if (rows[i].count > 5000)
      continue;
    g_assert_false (rtc_opus_fill_next (&fill, &pts));
    if (rows[i].count > 0)
      g_assert_cmpuint (expected, <=, rows[i].end + RTC_OPUS_SILENCE_DURATION / 2);
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/record-silence/durations", test_durations);
  g_test_add_func ("/record-silence/silence", test_silence);
  g_test_add_func ("/record-silence/fill", test_fill);
  return g_test_run ();
}
