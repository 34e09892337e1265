/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* rtc-rtcp-report.c - SR and RR against bytes and round trip, every cut, RTT computation. */
#include "gst/rtc/rtcp/rtc-rtcp-report.h"
#include "rtcp-message.h"

static void
test_bytes (void)
{
  static const guint8 expected[] = { 0x81, 200, 0, 12, 0, 0, 0, 9, 0x83, 0xaa, 0x7e, 0x80, 0x80, 0,
    0, 0, 0, 1, 0, 0, 0, 0, 0, 100, 0, 0, 0x27, 0x10, 0, 0, 0, 5, 64, 0xff, 0xff, 0xfe, 0, 1, 0, 2,
    0, 0, 0, 30, 1, 2, 3, 4, 0, 1, 0, 0 };
  RtcRtcpReport out, report = { .ssrc = 9,
    .is_sender = TRUE,
    .sender = { G_GUINT64_CONSTANT (0x83aa7e8080000000), 0x10000, 100, 10000 },
    .n_blocks = 1,
    .blocks = { { 5, 64, -2, 0x10002, 30, 0x01020304, 0x10000 } } };
  RtcRtcpBuilder builder;
  RtcRtcpPacket packet;
  guint8 data[128];

  rtc_rtcp_builder_init (&builder, data, sizeof (data), RTC_RTCP_REDUCED_SIZE);
  g_assert_cmpint (rtc_rtcp_report_write (&builder, &report), ==, RTC_OK);
  g_assert_cmpmem (data, builder.writer.pos, expected, sizeof (expected));
  packet = rtcp_message_walk (&builder);
  g_assert_cmpint (rtc_rtcp_report_parse (&packet, &out), ==, RTC_OK);
  g_assert_cmpuint (out.sender.ntp64, ==, report.sender.ntp64);
  g_assert_cmpuint (out.sender.octets, ==, 10000);
  g_assert_cmpint (out.blocks[0].total_lost, ==, -2);
  g_assert_cmpuint (out.blocks[0].delay_last_sr, ==, 0x10000);
  RTCP_MESSAGE_FOR_EACH_CUT (packet, cut)
  g_assert_cmpint (rtc_rtcp_report_parse (&cut, &out), ==, RTC_ERR_PARSE);
  packet.type = RTC_RTCP_BYE;
  g_assert_cmpint (rtc_rtcp_report_parse (&packet, &out), ==, RTC_ERR_UNSUPPORTED);
}

static void
test_lost_clamps (void)
{
  static const gint32 cases[][2] = { { 0x7fffffff, 0x7fffff }, { -0x7fffffff, -0x800000 },
    { 0x7fffff, 0x7fffff }, { -0x800000, -0x800000 }, { -1, -1 }, { 0, 0 } };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    RtcRtcpReport out, report = { .n_blocks = RTC_RTCP_MAX_COUNT };
    RtcRtcpBuilder builder;
    RtcRtcpPacket packet;
    guint8 data[1200];

    report.blocks[30].total_lost = cases[i][0];
    rtc_rtcp_builder_init (&builder, data, sizeof (data), RTC_RTCP_REDUCED_SIZE);
    g_assert_cmpint (rtc_rtcp_report_write (&builder, &report), ==, RTC_OK);
    packet = rtcp_message_walk (&builder);
    g_assert_cmpint (rtc_rtcp_report_parse (&packet, &out), ==, RTC_OK);
    g_assert_cmpuint (out.n_blocks, ==, RTC_RTCP_MAX_COUNT);
    g_assert_cmpint (out.blocks[30].total_lost, ==, cases[i][1]);
  }
}

static void
test_rtt (void)
{
  static const struct {
    guint32 now, last, delay;
    gboolean ok;
    GstClockTime rtt;
  } cases[] = {
    /* RFC 3550 figure 2: A = 0xb710:8000, LSR = 0xb705:2000, DLSR = 0x0005:4000 -> 6.125 s. */
    { 0xb7108000, 0xb7052000, 0x00054000, TRUE, 6125 * GST_MSECOND },
    { 0x00000100, 0xffffff00, 0, TRUE, (512 * GST_SECOND) >> 16 },
    { 1000, 0, 0, FALSE, 0 },
    { 1000, 999, 2, TRUE, 0 },
    { 10000, 9000, 65536, FALSE, 0 },
    { 100 << 16, 1, 0, FALSE, 0 },
    { 60 << 16, 1, 0, TRUE, (((60ull << 16) - 1) * GST_SECOND) >> 16 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    GstClockTime rtt = 77;

    g_assert_cmpint (
        rtc_rtcp_compute_rtt (cases[i].now, cases[i].last, cases[i].delay, &rtt), ==, cases[i].ok);
    g_assert_cmpuint (rtt, ==, cases[i].ok ? cases[i].rtt : 77);
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/rtcp/report/bytes", test_bytes);
  g_test_add_func ("/rtcp/report/lost-clamps", test_lost_clamps);
  g_test_add_func ("/rtcp/report/rtt", test_rtt);
  return g_test_run ();
}
