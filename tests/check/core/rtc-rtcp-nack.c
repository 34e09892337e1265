/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* rtc-rtcp-nack.c - PID/BLP of sorted lists, wrap, budget, malformed FCI. */
#include "gst/rtc/base/rtc-random.h"
#include "gst/rtc/rtcp/rtc-rtcp-nack.h"
#include "rtcp-message.h"

static void
test_entries (void)
{
  static const struct {
    guint16 seqs[6];
    guint n_seqs;
    guint n_entries;
    guint16 pid, blp; /* of the first entry */
  } cases[] = {
    { { 5 }, 1, 1, 5, 0 },
    { { 5, 6, 21 }, 3, 1, 5, 0x8001 },
    { { 5, 22 }, 2, 2, 5, 0 },
    { { 65535, 0, 15 }, 3, 1, 65535, 0x8001 },
    { { 65530, 65531, 10, 11, 12, 13 }, 6, 2, 65530, 0x8001 },
    { { 7, 7, 8 }, 3, 1, 7, 1 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    RtcRtcpBuilder builder;
    RtcNackIter iter;
    RtcRtcpPacket packet;
    guint8 data[64];
    guint n;

    rtc_rtcp_builder_init (&builder, data, sizeof (data), RTC_RTCP_REDUCED_SIZE);
    n = rtc_rtcp_nack_write (&builder, 1, 2, cases[i].seqs, cases[i].n_seqs);
    g_assert_cmpuint (n, ==, cases[i].n_seqs);
    g_assert_cmpuint (data[12] << 8 | data[13], ==, cases[i].pid);
    g_assert_cmpuint (data[14] << 8 | data[15], ==, cases[i].blp);
    packet = rtcp_message_walk (&builder);
    g_assert_cmpuint (packet.len, ==, 8 + 4 * cases[i].n_entries);
    g_assert_cmpint (rtc_rtcp_nack_parse (&packet, &iter), ==, RTC_OK);
    g_assert_cmpuint (iter.media_ssrc, ==, 2);
  }
}

static void
test_round_trip (void)
{
  RtcRandom *random = rtc_random_new_seeded (3);

  for (guint round = 0; round < 500; round++) {
    guint16 seqs[200], seq = (guint16) rtc_random_u32 (random), got;
    gsize budget = rtc_random_range (random, 0, 500);
    RtcRtcpBuilder builder;
    RtcRtcpPacket packet;
    RtcNackIter iter;
    guint8 data[500];
    guint n;

    for (guint i = 0; i < G_N_ELEMENTS (seqs); i++)
      seqs[i] = seq = (guint16) (seq + rtc_random_range (random, 1, 12));
    rtc_rtcp_builder_init (&builder, data, budget, RTC_RTCP_REDUCED_SIZE);
    n = rtc_rtcp_nack_write (&builder, 1, 2, seqs, G_N_ELEMENTS (seqs));
    if (budget < 16) {
      g_assert_cmpuint (n, ==, 0);
      continue;
    }
    g_assert_cmpuint (n, >, 0);
    packet = rtcp_message_walk (&builder);
    g_assert_cmpint (rtc_rtcp_nack_parse (&packet, &iter), ==, RTC_OK);
    for (guint i = 0; i < n; i++) {
      g_assert_true (rtc_rtcp_nack_next (&iter, &got));
      g_assert_cmpuint (got, ==, seqs[i]);
    }
    g_assert_false (rtc_rtcp_nack_next (&iter, &got));
  }
  rtc_random_free (random);
}

static void
test_malformed (void)
{
  static const guint8 body[16] = { 0, 0, 0, 1, 0, 0, 0, 2, 0, 5, 0, 0, 0, 0 };

  for (gsize len = 0; len <= 16; len++) {
    guint8 *exact = g_memdup2 (body, MAX (len, 1));
    RtcRtcpPacket packet = { RTC_RTCP_RTPFB, RTC_RTPFB_NACK, exact, len };
    RtcNackIter iter;

    g_assert_cmpint (
        rtc_rtcp_nack_parse (&packet, &iter), ==, len == 12 || len == 16 ? RTC_OK : RTC_ERR_PARSE);
    packet.count = 2;
    g_assert_cmpint (rtc_rtcp_nack_parse (&packet, &iter), ==, RTC_ERR_UNSUPPORTED);
    g_free (exact);
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/rtcp/nack/entries", test_entries);
  g_test_add_func ("/rtcp/nack/round-trip", test_round_trip);
  g_test_add_func ("/rtcp/nack/malformed", test_malformed);
  return g_test_run ();
}
