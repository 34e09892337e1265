/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* rtc-rtcp-xr.c - RRTR and DLRR bytes, unknown blocks skipped, lengths that lie. */
#include "gst/rtc/rtcp/rtc-rtcp-xr.h"
#include "rtcp-message.h"

static void
test_round_trip (void)
{
  static const guint8 expected[] = { 0x80, 207, 0, 8, 0, 0, 0, 1, 4, 0, 0, 2, 1, 2, 3, 4, 5, 6, 7,
    8, 5, 0, 0, 3, 0, 0, 0, 9, 0, 0, 0, 10, 0, 0, 0, 11 };
  RtcRtcpXr out, xr = { .sender_ssrc = 1,
    .has_rrtr = TRUE,
    .rrtr_ntp64 = G_GUINT64_CONSTANT (0x0102030405060708),
    .n_dlrr = 1,
    .dlrr = { { 9, 10, 11 } } };
  RtcRtcpBuilder builder;
  RtcRtcpPacket packet;
  guint8 data[64];

  rtc_rtcp_builder_init (&builder, data, sizeof (data), RTC_RTCP_REDUCED_SIZE);
  g_assert_cmpint (rtc_rtcp_xr_write (&builder, &xr), ==, RTC_OK);
  g_assert_cmpmem (data, builder.writer.pos, expected, sizeof (expected));
  packet = rtcp_message_walk (&builder);
  g_assert_cmpint (rtc_rtcp_xr_parse (&packet, &out), ==, RTC_OK);
  g_assert_true (out.has_rrtr);
  g_assert_cmpuint (out.rrtr_ntp64, ==, xr.rrtr_ntp64);
  g_assert_cmpuint (out.n_dlrr, ==, 1);
  g_assert_cmpuint (out.dlrr[0].delay_last_rr, ==, 11);
  xr.has_rrtr = FALSE;
  xr.n_dlrr = 0;
  g_assert_cmpint (rtc_rtcp_xr_write (&builder, &xr), ==, RTC_ERR_STATE);
}

static void
test_blocks (void)
{
  static const struct {
    guint8 body[20];
    gsize len;
    RtcResult result;
    guint n_dlrr;
  } cases[] = {
    { { 0 }, 0, RTC_ERR_PARSE, 0 },
    { { 0, 0, 0, 1 }, 4, RTC_OK, 0 },
    { { 0, 0, 0, 1, 4, 0, 0, 2, 1, 2, 3, 4 }, 12, RTC_ERR_PARSE, 0 },
    { { 0, 0, 0, 1, 4, 0, 0, 1, 1, 2, 3, 4 }, 12, RTC_ERR_PARSE, 0 },
    { { 0, 0, 0, 1, 5, 0, 0, 1, 1, 2, 3, 4 }, 12, RTC_ERR_PARSE, 0 },
    { { 0, 0, 0, 1, 5, 0, 0, 0, 7, 0, 0, 0 }, 12, RTC_OK, 0 },
    { { 0, 0, 0, 1, 42, 0, 0, 1, 1, 2, 3, 4 }, 12, RTC_OK, 0 },
    { { 0, 0, 0, 1, 42, 0, 0xff, 0xff, 1, 2, 3, 4 }, 12, RTC_ERR_PARSE, 0 },
    { { 0, 0, 0, 1, 5, 0, 0, 3, 1, 2, 3, 4, 1, 2, 3, 4, 1, 2, 3, 4 }, 20, RTC_OK, 1 },
    { { 0, 0, 0, 1, 5 }, 5, RTC_ERR_PARSE, 0 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    guint8 *exact = g_memdup2 (cases[i].body, MAX (cases[i].len, 1));
    RtcRtcpPacket packet = { RTC_RTCP_XR, 0, exact, cases[i].len };
    RtcRtcpXr out;

    g_assert_cmpint (rtc_rtcp_xr_parse (&packet, &out), ==, cases[i].result);
    if (cases[i].result == RTC_OK)
      g_assert_cmpuint (out.n_dlrr, ==, cases[i].n_dlrr);
    g_free (exact);
  }
}

/* More sub-blocks than are kept, in one block and in many. */
static void
test_many (void)
{
  guint8 body[4 + 4 + 12 * 100] = { 0, 0, 0, 1, 5, 0, 300 >> 8, 300 & 0xff };
  RtcRtcpPacket packet = { RTC_RTCP_XR, 0, body, sizeof (body) };
  RtcRtcpXr out;

  g_assert_cmpint (rtc_rtcp_xr_parse (&packet, &out), ==, RTC_OK);
  g_assert_cmpuint (out.n_dlrr, ==, RTC_XR_MAX_DLRR);
  for (gsize i = 4; i + 16 <= sizeof (body); i += 16) {
    body[i] = 5;
    body[i + 2] = 0;
    body[i + 3] = 3;
  }
  packet.len = 4 + (sizeof (body) - 4) / 16 * 16;
  g_assert_cmpint (rtc_rtcp_xr_parse (&packet, &out), ==, RTC_OK);
  g_assert_cmpuint (out.n_dlrr, ==, RTC_XR_MAX_DLRR);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/rtcp/xr/round-trip", test_round_trip);
  g_test_add_func ("/rtcp/xr/blocks", test_blocks);
  g_test_add_func ("/rtcp/xr/many", test_many);
  return g_test_run ();
}
