/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* rtc-rtcp-sdes-bye.c - SDES chunks and BYE: round trips, malformed bodies, views in bounds. */
#include "gst/rtc/rtcp/rtc-rtcp-sdes-bye.h"
#include "rtcp-message.h"

static void
test_sdes_round_trip (void)
{
  gchar text[256];
  guint8 data[2048];

  memset (text, 'x', sizeof (text));
  for (gsize len = 0; len <= 255; len++) {
    RtcSdesChunk out, chunks[2] = { { 1, text, len, "v0", 2 }, { 2, "b", 1, NULL, 0 } };
    RtcRtcpBuilder builder;
    RtcRtcpPacket packet;
    RtcSdesIter iter;

    rtc_rtcp_builder_init (&builder, data, sizeof (data), RTC_RTCP_REDUCED_SIZE);
    g_assert_cmpint (rtc_rtcp_sdes_write (&builder, chunks, 2), ==, RTC_OK);
    packet = rtcp_message_walk (&builder);
    g_assert_cmpint (rtc_rtcp_sdes_parse (&packet, &iter), ==, RTC_OK);
    g_assert_true (rtc_rtcp_sdes_next (&iter, &out));
    g_assert_cmpuint (out.ssrc, ==, 1);
    g_assert_cmpmem (out.cname, out.cname_len, text, len);
    g_assert_cmpmem (out.mid, out.mid_len, "v0", 2);
    g_assert_true (rtc_rtcp_sdes_next (&iter, &out));
    g_assert_cmpuint (out.ssrc, ==, 2);
    g_assert_cmpmem (out.cname, out.cname_len, "b", 1);
    g_assert_null (out.mid);
    g_assert_false (rtc_rtcp_sdes_next (&iter, &out));
    g_assert_cmpint (iter.result, ==, RTC_OK);
  }
}

static void
test_sdes_too_long (void)
{
  gchar text[256] = { 0 };
  RtcSdesChunk chunk = { 1, text, 256, NULL, 0 };
  RtcRtcpBuilder builder;
  guint8 data[512];

  rtc_rtcp_builder_init (&builder, data, sizeof (data), RTC_RTCP_REDUCED_SIZE);
  g_assert_cmpint (rtc_rtcp_sdes_write (&builder, &chunk, 1), ==, RTC_ERR_LIMIT);
  g_assert_cmpint (rtc_rtcp_sdes_write (&builder, &chunk, 32), ==, RTC_ERR_LIMIT);
  g_assert_cmpuint (rtc_rtcp_builder_left (&builder), ==, sizeof (data));
}

static void
test_sdes_malformed (void)
{
  static const struct {
    guint8 body[16];
    gsize len;
    guint8 count;
    guint n_good;
    RtcResult result;
  } cases[] = {
    { { 0 }, 0, 0, 0, RTC_OK }, { { 0 }, 0, 1, 0, RTC_ERR_PARSE },
    { { 0, 0, 0, 1 }, 4, 1, 0, RTC_ERR_PARSE },                    /* no end */
    { { 0, 0, 0, 1, 0, 0, 0, 0 }, 8, 1, 1, RTC_OK },               /* no items */
    { { 0, 0, 0, 1, 1, 9, 'a', 0 }, 8, 1, 0, RTC_ERR_PARSE },      /* item too long */
    { { 0, 0, 0, 1, 1, 2, 'a', 'b' }, 8, 1, 0, RTC_ERR_PARSE },    /* no end byte */
    { { 0, 0, 0, 1, 8, 1, 'p', 0 }, 8, 1, 1, RTC_OK },             /* PRIV skipped */
    { { 0, 0, 0, 1, 0, 0, 0, 0, 0, 0 }, 10, 2, 1, RTC_ERR_PARSE }, /* half an SSRC */
    { { 0, 0, 0, 1, 0, 0, 0, 0, 9, 9, 9, 9 }, 12, 1, 1, RTC_OK },  /* more than SC */
    { { 0, 0, 0, 1, 1 }, 5, 1, 0, RTC_ERR_PARSE },                 /* type alone */
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    guint8 *exact = g_memdup2 (cases[i].body, MAX (cases[i].len, 1));
    RtcRtcpPacket packet = { RTC_RTCP_SDES, cases[i].count, exact, cases[i].len };
    RtcSdesChunk out;
    RtcSdesIter iter;
    guint n = 0;

    g_assert_cmpint (rtc_rtcp_sdes_parse (&packet, &iter), ==, RTC_OK);
    while (rtc_rtcp_sdes_next (&iter, &out))
      n++;
    g_assert_cmpuint (n, ==, cases[i].n_good);
    g_assert_cmpint (iter.result, ==, cases[i].result);
    g_free (exact);
  }
}

static void
test_bye (void)
{
  static const struct {
    guint n_ssrcs;
    const gchar *reason;
  } cases[] = { { 0, NULL }, { 1, NULL }, { 2, "bye" }, { 31, "camera turned off" }, { 1, "" } };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    RtcRtcpBye out, bye = { .n_ssrcs = cases[i].n_ssrcs, .reason = cases[i].reason };
    RtcRtcpBuilder builder;
    RtcRtcpPacket packet;
    guint8 data[512];

    bye.reason_len = bye.reason != NULL ? strlen (bye.reason) : 0;
    for (guint k = 0; k < bye.n_ssrcs; k++)
      bye.ssrcs[k] = 100 + k;
    rtc_rtcp_builder_init (&builder, data, sizeof (data), RTC_RTCP_REDUCED_SIZE);
    g_assert_cmpint (rtc_rtcp_bye_write (&builder, &bye), ==, RTC_OK);
    packet = rtcp_message_walk (&builder);
    g_assert_cmpint (rtc_rtcp_bye_parse (&packet, &out), ==, RTC_OK);
    g_assert_cmpuint (out.n_ssrcs, ==, bye.n_ssrcs);
    g_assert_cmpmem (out.ssrcs, 4 * out.n_ssrcs, bye.ssrcs, 4 * bye.n_ssrcs);
    g_assert_cmpmem (out.reason, out.reason_len, bye.reason, bye.reason_len);
    g_assert_cmpint (out.reason != NULL, ==, bye.reason != NULL);
  }
}

static void
test_bye_malformed (void)
{
  static const guint8 body[] = { 0, 0, 0, 1, 4, 'b', 'y', 'e' };
  RtcRtcpPacket packet = { RTC_RTCP_BYE, 1, body, sizeof (body) };
  RtcRtcpBye out;

  g_assert_cmpint (rtc_rtcp_bye_parse (&packet, &out), ==, RTC_ERR_PARSE);
  packet.len = 4;
  g_assert_cmpint (rtc_rtcp_bye_parse (&packet, &out), ==, RTC_OK);
  packet.count = 2;
  g_assert_cmpint (rtc_rtcp_bye_parse (&packet, &out), ==, RTC_ERR_PARSE);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/rtcp/sdes/round-trip", test_sdes_round_trip);
  g_test_add_func ("/rtcp/sdes/too-long", test_sdes_too_long);
  g_test_add_func ("/rtcp/sdes/malformed", test_sdes_malformed);
  g_test_add_func ("/rtcp/bye/round-trip", test_bye);
  g_test_add_func ("/rtcp/bye/malformed", test_bye_malformed);
  return g_test_run ();
}
