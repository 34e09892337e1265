/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* rtc-receive-stats.c - RFC 3550 A.1, A.3, A.8: wraps, restarts, probation, loss, jitter. */
#include "gst/rtc/media/rtc-receive-stats.h"

static RtcResult
feed (RtcReceiveStats *stats, guint16 seq, guint64 *ext)
{
  return rtc_receive_stats_handle_packet (stats, GST_SECOND, seq, 0, 100, 12, ext);
}

static void
test_sequence (void)
{
  static const struct {
    guint16 seq;
    RtcResult result;
    guint64 ext; /* less 65536 */
  } steps[] = {
    { 65534, RTC_OK, 65534 },
    { 65535, RTC_OK, 65535 },
    { 0, RTC_OK, 65536 },
    { 65535, RTC_OK, 65535 }, /* late or repeated */
    { 2999, RTC_OK, 65536 + 2999 },
    { 2999 + 3000, RTC_ERR_PARSE, 0 }, /* jump */
    { 3000, RTC_OK, 65536 + 3000 },    /* forgets it */
    { 10000, RTC_ERR_PARSE, 0 },
    { 10002, RTC_ERR_PARSE, 0 },
    { 10003, RTC_OK, 65536 + 10003 }, /* proven restart */
    { 5000, RTC_ERR_PARSE, 0 },
    { 5001, RTC_OK, 2 * 65536 + 5001 }, /* restart below goes on above */
    { 4902, RTC_OK, 2 * 65536 + 4902 },
    { 4901, RTC_ERR_PARSE, 0 },
  };
  RtcReceiveStats stats;

  rtc_receive_stats_init (&stats, 1, 90000, 0);
  for (guint i = 0; i < G_N_ELEMENTS (steps); i++) {
    guint64 ext = 0;

    g_assert_cmpint (feed (&stats, steps[i].seq, &ext), ==, steps[i].result);
    if (steps[i].result == RTC_OK)
      g_assert_cmpuint (ext, ==, steps[i].ext + 65536);
  }
  g_assert_cmpuint (stats.restarts, ==, 2);
  g_assert_cmpuint (stats.invalid_packets, ==, 5);
}

static void
test_probation (void)
{
  static const struct {
    guint16 seq;
    RtcResult result;
  } steps[] = { { 65530, RTC_AGAIN }, { 9, RTC_AGAIN }, { 65534, RTC_AGAIN }, { 65535, RTC_AGAIN },
    { 0, RTC_OK }, { 1, RTC_OK } };
  RtcReceiveStats stats;

  rtc_receive_stats_init (&stats, 1, 90000, 3);
  for (guint i = 0; i < G_N_ELEMENTS (steps); i++)
    g_assert_cmpint (feed (&stats, steps[i].seq, NULL), ==, steps[i].result);
  g_assert_cmpuint (stats.packets, ==, 2);
  g_assert_cmpint (rtc_receive_stats_get_lost (&stats), ==, 0);
}

static void
test_loss (void)
{
  RtcReportBlock block;
  RtcReceiveStats stats;

  rtc_receive_stats_init (&stats, 9, 90000, 0);
  g_assert_false (rtc_receive_stats_make_report_block (&stats, 0, &block));
  for (guint i = 0; i < 100; i++) {
    if (i % 4 != 1)
      feed (&stats, (guint16) (65500 + i), NULL);
  }
  g_assert_true (rtc_receive_stats_make_report_block (&stats, GST_SECOND, &block));
  g_assert_cmpuint (block.ssrc, ==, 9);
  g_assert_cmpuint (block.fraction_lost, ==, 64);
  g_assert_cmpint (block.total_lost, ==, 25);
  g_assert_cmpuint (block.highest_seq, ==, 65536 + 63);
  g_assert_cmpuint (block.last_sr, ==, 0);
  for (guint i = 0; i < 10; i++)
    feed (&stats, 63, NULL);
  g_assert_true (rtc_receive_stats_make_report_block (&stats, GST_SECOND, &block));
  g_assert_cmpuint (block.fraction_lost, ==, 0);
  g_assert_cmpint (block.total_lost, ==, 15);
  for (guint i = 0; i < 20; i++)
    feed (&stats, 63, NULL);
  g_assert_true (rtc_receive_stats_make_report_block (&stats, GST_SECOND, &block));
  g_assert_cmpint (block.total_lost, ==, -5);
  g_assert_false (rtc_receive_stats_make_report_block (&stats, 7 * GST_SECOND, &block));
}

/* RFC 3550 A.8: with transit alternating by d, J tends to d; without, to 0. */
static void
test_jitter (void)
{
  RtcReceiveStats stats;
  guint16 seq = 0;

  rtc_receive_stats_init (&stats, 1, 90000, 0);
  for (; seq < 500; seq++)
    rtc_receive_stats_handle_packet (
        &stats, (10 + 20 * seq + (seq % 2) * 8) * GST_MSECOND, seq, seq * 1800u, 1, 1, NULL);
  g_assert_cmpuint (rtc_receive_stats_get_jitter (&stats), >, 7900 * GST_USECOND);
  g_assert_cmpuint (rtc_receive_stats_get_jitter (&stats), <, 8100 * GST_USECOND);
  /* A new time base is no jitter; a late packet is not measured. */
  rtc_receive_stats_handle_packet (
      &stats, (10 + 20 * seq) * GST_MSECOND, seq, 0x80000000u, 1, 1, NULL);
  rtc_receive_stats_handle_packet (
      &stats, (10 + 20 * seq) * GST_MSECOND, (guint16) (seq - 5), 0x80000000u - 90000, 1, 1, NULL);
  g_assert_cmpuint (rtc_receive_stats_get_jitter (&stats), <, 8100 * GST_USECOND);
  for (guint i = 1; i < 500; i++)
    rtc_receive_stats_handle_packet (&stats, (10 + 20 * (seq + i)) * GST_MSECOND,
        (guint16) (seq + i), 0x80000000u + i * 1800u, 1, 1, NULL);
  g_assert_cmpuint (rtc_receive_stats_get_jitter (&stats), <, 10 * GST_USECOND);
}

static void
test_sender_report (void)
{
  RtcSenderInfo sender = { .ntp64 = G_GUINT64_CONSTANT (0x1111222233334444) };
  RtcReportBlock block;
  RtcReceiveStats stats;

  rtc_receive_stats_init (&stats, 1, 90000, 0);
  feed (&stats, 1, NULL);
  rtc_receive_stats_handle_sender_report (&stats, GST_SECOND, &sender);
  g_assert_true (rtc_receive_stats_make_report_block (&stats, 1500 * GST_MSECOND, &block));
  g_assert_cmpuint (block.last_sr, ==, 0x22223333);
  g_assert_cmpuint (block.delay_last_sr, ==, 0x8000);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/media/receive-stats/sequence", test_sequence);
  g_test_add_func ("/media/receive-stats/probation", test_probation);
  g_test_add_func ("/media/receive-stats/loss", test_loss);
  g_test_add_func ("/media/receive-stats/jitter", test_jitter);
  g_test_add_func ("/media/receive-stats/sender-report", test_sender_report);
  return g_test_run ();
}
