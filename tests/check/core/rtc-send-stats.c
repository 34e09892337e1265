/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* rtc-send-stats.c - counts, extrapolated SR time, loss, jitter and RTT of report blocks. */
#include "gst/rtc/media/rtc-send-stats.h"

static void
test_sender_info (void)
{
  RtcSenderInfo info = { 0 };
  RtcSendStats stats;

  rtc_send_stats_init (&stats, 5, 90000);
  g_assert_false (rtc_send_stats_get_sender_info (&stats, 0, 1, &info));
  rtc_send_stats_handle_sent (&stats, GST_SECOND, GST_SECOND, 0xffffff00, 1000, 20, FALSE);
  rtc_send_stats_handle_sent (&stats, GST_SECOND, GST_SECOND, 7, 500, 22, TRUE);
  g_assert_true (rtc_send_stats_get_sender_info (&stats, 3 * GST_SECOND, 77, &info));
  g_assert_cmpuint (info.ntp64, ==, 77);
  g_assert_cmpuint (info.rtp_ts, ==, 180000 - 0x100);
  g_assert_cmpuint (info.packets, ==, 2);
  g_assert_cmpuint (info.octets, ==, 1500);
  g_assert_cmpuint (stats.retransmitted_packets, ==, 1);
  g_assert_cmpuint (stats.retransmitted_octets, ==, 500);
  g_assert_cmpuint (stats.header_octets, ==, 42);
}

static void
test_report_blocks (void)
{
  static const guint64 sr_ntp = G_GUINT64_CONSTANT (0xb705200000000000);
  RtcReportBlock block = { .ssrc = 5,
    .fraction_lost = 64,
    .total_lost = -3,
    .highest_seq = 0xffffffff,
    .jitter = 900,
    .last_sr = rtc_time_compact_ntp (sr_ntp),
    .delay_last_sr = 0x8000 };
  guint64 later = sr_ntp + rtc_time_duration_to_ntp64 (580 * GST_MSECOND);
  RtcSendStats stats;

  rtc_send_stats_init (&stats, 5, 90000);
  g_assert_cmpint (rtc_send_stats_handle_report_block (&stats, later, &block), ==, RTC_ERR_STATE);
  rtc_send_stats_handle_sent (&stats, 0, 0, 0, 1, 1, FALSE);
  g_assert_cmpint (rtc_send_stats_handle_report_block (&stats, later, &block), ==, RTC_OK);
  g_assert_cmpfloat (stats.fraction_lost, ==, 0.25);
  g_assert_cmpint (stats.packets_lost, ==, -3);
  g_assert_cmpuint (stats.jitter, ==, 10 * GST_MSECOND);
  g_assert_true (stats.has_rtt);
  g_assert_cmpuint (stats.rtt, >, 79 * GST_MSECOND);
  g_assert_cmpuint (stats.rtt, <, 81 * GST_MSECOND);
  block.highest_seq = 1;
  block.last_sr = 0;
  g_assert_cmpint (rtc_send_stats_handle_report_block (&stats, later, &block), ==, RTC_OK);
  g_assert_cmpuint (stats.highest_seq & 0xffffffff, ==, 1);
  g_assert_cmpuint (stats.highest_seq, >, (G_GUINT64_CONSTANT (1) << 32) + 0xffffffff);
  g_assert_cmpuint (stats.rtt_measurements, ==, 1);
  block.ssrc = 6;
  g_assert_cmpint (rtc_send_stats_handle_report_block (&stats, later, &block), ==, RTC_ERR_STATE);
  g_assert_cmpuint (stats.reports, ==, 2);
}

static void
test_smoothed_rtt (void)
{
  RtcSendStats stats;

  rtc_send_stats_init (&stats, 5, 90000);
  rtc_send_stats_handle_rtt (&stats, 80);
  g_assert_cmpuint (stats.smoothed_rtt, ==, 80);
  rtc_send_stats_handle_rtt (&stats, 160);
  g_assert_cmpuint (stats.smoothed_rtt, ==, 90);
  g_assert_cmpuint (stats.total_rtt, ==, 240);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/media/send-stats/sender-info", test_sender_info);
  g_test_add_func ("/media/send-stats/report-blocks", test_report_blocks);
  g_test_add_func ("/media/send-stats/smoothed-rtt", test_smoothed_rtt);
  return g_test_run ();
}
