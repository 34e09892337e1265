/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* rtc-rtcp-remb.c - mantissa and exponent over the whole range, SSRC counts that lie. */
#include "gst/rtc/rtcp/rtc-rtcp-remb.h"
#include "rtcp-message.h"

static void
test_rates (void)
{
  for (guint bit = 0; bit < 64; bit++) {
    for (gint step = -1; step <= 1; step++) {
      guint64 rate = (G_GUINT64_CONSTANT (1) << bit) + (guint64) step;
      RtcRtcpRemb out, remb = { .sender_ssrc = 1, .bitrate_bps = rate, .n_ssrcs = 2, { 5, 6 } };
      RtcRtcpBuilder builder;
      RtcRtcpPacket packet;
      guint8 data[64];

      rtc_rtcp_builder_init (&builder, data, sizeof (data), RTC_RTCP_REDUCED_SIZE);
      g_assert_cmpint (rtc_rtcp_remb_write (&builder, &remb), ==, RTC_OK);
      packet = rtcp_message_walk (&builder);
      g_assert_cmpint (rtc_rtcp_remb_parse (&packet, &out), ==, RTC_OK);
      g_assert_cmpuint (out.bitrate_bps, <=, rate);
      g_assert_cmpuint (rate - out.bitrate_bps, <=, rate >> 17);
      g_assert_cmpuint (out.n_ssrcs, ==, 2);
      g_assert_cmpuint (out.ssrcs[1], ==, 6);
    }
  }
}

static void
test_counts (void)
{
  for (guint count = 0; count < 256; count += 5) {
    guint8 body[16 + 4 * 40] = { 0, 0, 0, 1, 0, 0, 0, 0, 'R', 'E', 'M', 'B', (guint8) count, 0xff,
      0xff, 0xff };
    RtcRtcpPacket packet = { RTC_RTCP_PSFB, RTC_PSFB_AFB, body, sizeof (body) };
    RtcRtcpRemb out;

    g_assert_cmpint (rtc_rtcp_remb_parse (&packet, &out), ==, count <= 40 ? RTC_OK : RTC_ERR_PARSE);
    if (count <= 40) {
      g_assert_cmpuint (out.n_ssrcs, ==, MIN (count, RTC_REMB_MAX_SSRCS));
      g_assert_cmpuint (out.bitrate_bps, ==, G_MAXUINT64);
    }
    body[8] = 'X';
    g_assert_cmpint (rtc_rtcp_remb_parse (&packet, &out), ==, RTC_ERR_UNSUPPORTED);
    body[8] = 'R';
    body[12] = 0;
    packet.len = 16;
    RTCP_MESSAGE_FOR_EACH_CUT (packet, cut)
    g_assert_cmpint (rtc_rtcp_remb_parse (&cut, &out), !=, RTC_OK);
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/rtcp/remb/rates", test_rates);
  g_test_add_func ("/rtcp/remb/counts", test_counts);
  return g_test_run ();
}
