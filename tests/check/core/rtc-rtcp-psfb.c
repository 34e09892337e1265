/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* rtc-rtcp-psfb.c - PLI and FIR bytes, repetition of a FIR, cuts, other feedback refused. */
#include "gst/rtc/rtcp/rtc-rtcp-psfb.h"
#include "rtcp-message.h"

static void
test_pli (void)
{
  static const guint8 expected[] = { 0x81, 206, 0, 2, 0, 0, 0, 1, 0, 0, 0, 2 };
  guint32 sender = 0, media = 0;
  RtcRtcpBuilder builder;
  RtcRtcpPacket packet;
  RtcFirIter iter;
  guint8 data[32];

  rtc_rtcp_builder_init (&builder, data, sizeof (data), RTC_RTCP_REDUCED_SIZE);
  g_assert_cmpint (rtc_rtcp_pli_write (&builder, 1, 2), ==, RTC_OK);
  g_assert_cmpmem (data, builder.writer.pos, expected, sizeof (expected));
  packet = rtcp_message_walk (&builder);
  g_assert_cmpint (rtc_rtcp_pli_parse (&packet, &sender, &media), ==, RTC_OK);
  g_assert_cmpuint (sender, ==, 1);
  g_assert_cmpuint (media, ==, 2);
  g_assert_cmpint (rtc_rtcp_fir_parse (&packet, &iter), ==, RTC_ERR_UNSUPPORTED);
  RTCP_MESSAGE_FOR_EACH_CUT (packet, cut)
  g_assert_cmpint (rtc_rtcp_pli_parse (&cut, &sender, &media), ==, RTC_ERR_PARSE);
}

static void
test_fir (void)
{
  static const guint8 expected[] = { 0x84, 206, 0, 6, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 7, 255, 0, 0,
    0, 0, 0, 0, 8, 3, 0, 0, 0 };
  static const RtcFirEntry entries[] = { { 7, 255 }, { 8, 3 } };
  RtcRtcpBuilder builder;
  RtcRtcpPacket packet;
  RtcFirEntry entry;
  RtcFirIter iter;
  guint8 data[32];

  rtc_rtcp_builder_init (&builder, data, sizeof (data), RTC_RTCP_REDUCED_SIZE);
  g_assert_cmpint (rtc_rtcp_fir_write (&builder, 1, entries, 0), ==, RTC_ERR_STATE);
  g_assert_cmpint (rtc_rtcp_fir_write (&builder, 1, entries, 2), ==, RTC_OK);
  g_assert_cmpmem (data, builder.writer.pos, expected, sizeof (expected));
  packet = rtcp_message_walk (&builder);
  g_assert_cmpint (rtc_rtcp_fir_parse (&packet, &iter), ==, RTC_OK);
  for (guint i = 0; i < 2; i++) {
    g_assert_true (rtc_rtcp_fir_next (&iter, &entry));
    g_assert_cmpuint (entry.ssrc, ==, entries[i].ssrc);
    g_assert_cmpuint (entry.seq_nr, ==, entries[i].seq_nr);
  }
  g_assert_false (rtc_rtcp_fir_next (&iter, &entry));
  RTCP_MESSAGE_FOR_EACH_CUT (packet, cut)
  g_assert_cmpint (rtc_rtcp_fir_parse (&cut, &iter), ==, cut.len == 16 ? RTC_OK : RTC_ERR_PARSE);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/rtcp/psfb/pli", test_pli);
  g_test_add_func ("/rtcp/psfb/fir", test_fir);
  return g_test_run ();
}
