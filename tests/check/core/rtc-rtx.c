/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "gst/rtc/rtp/rtc-rtx.h"

/* A packet with CSRC, extension, payload "media" and padding. */
static const guint8 original[] = { 0xb1, 0x80 | 96, 0xff, 0xff, 0, 0, 0, 9, 0, 0, 0, 1, 0, 0, 0, 5,
  0xbe, 0xde, 0, 1, 0x10, 'a', 0, 0, 'm', 'e', 'd', 'i', 'a', 0, 0, 3 };

static void
test_round_trip (void)
{
  RtcRtpHeader header, rtx, back;
  guint8 packet[64], *data = packet;
  RtcWriter writer = rtc_writer (packet, sizeof packet);
  gsize len;

  g_assert_cmpint (rtc_rtp_header_parse (&header, original, sizeof original), ==, RTC_OK);
  g_assert_cmpint (rtc_rtx_wrap (&header, original, 97, 2, 1000, &writer), ==, RTC_OK);
  len = writer.pos;
  /* RFC 4588 4: time stamp and marker as before; padding gone; the OSN leads the payload. */
  g_assert_cmpint (rtc_rtp_header_parse (&rtx, packet, len), ==, RTC_OK);
  g_assert_cmpuint (rtx.payload_type, ==, 97);
  g_assert_cmpuint (rtx.ssrc, ==, 2);
  g_assert_cmpuint (rtx.seq, ==, 1000);
  g_assert_cmpuint (rtx.rtp_ts, ==, 9);
  g_assert_true (rtx.marker);
  g_assert_cmpuint (rtx.padding_len, ==, 0);
  g_assert_cmpmem (packet + rtx.payload_offset, rtx.payload_len, "\xff\xffmedia", 7);

  g_assert_cmpint (rtc_rtx_unwrap (&rtx, &data, &len, 96, 1), ==, RTC_OK);
  g_assert_true (data == packet + RTC_RTX_OSN_LEN);
  g_assert_cmpuint (len, ==, sizeof original - 3);
  g_assert_cmpmem (data + 1, len - 1, original + 1, sizeof original - 4);
  g_assert_cmphex (data[0], ==, original[0] & ~0x20);
  g_assert_cmpint (rtc_rtp_header_parse (&back, data, len), ==, RTC_OK);
  g_assert_cmpmem (&back, sizeof back, &rtx, sizeof rtx);
}

static void
test_unwrap_bounds (void)
{
  static const struct {
    gsize payload_len;
    guint8 padding;
    RtcResult result;
  } rows[] = {
    { 0, 0, RTC_ERR_UNSUPPORTED },
    { 0, 100, RTC_ERR_UNSUPPORTED },
    { 1, 0, RTC_ERR_PARSE },
    { 1, 4, RTC_ERR_PARSE },
    { 2, 0, RTC_OK },
    { 2, 1, RTC_OK },
    { 3, 255, RTC_OK },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    guint8 packet[300] = { rows[i].padding > 0 ? 0xa0 : 0x80, 97, 0, 1 }, copy[300];
    gsize len = RTC_RTP_HEADER_LEN + rows[i].payload_len + rows[i].padding, full = len;
    guint8 *data = packet;
    RtcRtpHeader header;

    if (rows[i].padding > 0)
      packet[len - 1] = rows[i].padding;
    memcpy (copy, packet, sizeof copy);
    g_assert_cmpint (rtc_rtp_header_parse (&header, packet, len), ==, RTC_OK);
    g_assert_cmpint (rtc_rtx_unwrap (&header, &data, &len, 96, 1), ==, rows[i].result);
    if (rows[i].result == RTC_OK) {
      g_assert_cmpuint (len, ==, RTC_RTP_HEADER_LEN + rows[i].payload_len - RTC_RTX_OSN_LEN);
    } else {
      g_assert_true (data == packet && len == full);
      g_assert_cmpmem (packet, sizeof packet, copy, sizeof copy);
    }
  }
}

static void
test_wrap_needs_room (void)
{
  RtcRtpHeader header;
  guint8 packet[64];

  g_assert_cmpint (rtc_rtp_header_parse (&header, original, sizeof original), ==, RTC_OK);
  for (gsize cap = 0; cap <= sizeof original - 1; cap++) {
    RtcWriter writer = rtc_writer (packet, cap);

    g_assert_cmpint (rtc_rtx_wrap (&header, original, 97, 2, 1000, &writer), ==,
        cap == sizeof original - 1 ? RTC_OK : RTC_ERR_LIMIT);
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/rtc-rtx/round-trip", test_round_trip);
  g_test_add_func ("/rtc-rtx/unwrap-bounds", test_unwrap_bounds);
  g_test_add_func ("/rtc-rtx/wrap-needs-room", test_wrap_needs_room);
  return g_test_run ();
}
