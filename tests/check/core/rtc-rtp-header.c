/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "gst/rtc/rtp/rtc-rtp-header.h"

/* T15: everything that counts or points, at its edges. */
static const struct {
  const gchar *name;
  guint8 bytes[48];
  gsize len;
  gboolean is_good;
  gsize payload_offset, payload_len, padding_len, extension_len;
} rows[] = {
  { "empty", { 0 }, 0, FALSE },
  { "eleven bytes", { 0x80 }, 11, FALSE },
  { "header only", { 0x80 }, 12, TRUE, 12, 0, 0, 0 },
  { "version 1", { 0x40 }, 12, FALSE },
  { "version 3", { 0xc0 }, 12, FALSE },
  { "one byte of payload", { 0x80 }, 13, TRUE, 12, 1, 0, 0 },
  { "two csrcs", { 0x82 }, 21, TRUE, 20, 1, 0, 0 },
  { "two csrcs, one byte short", { 0x82 }, 19, FALSE },
  { "15 csrcs in 12 bytes", { 0x8f }, 12, FALSE },
  { "extension of no words", { 0x90, [12] = 0xbe, 0xde, 0, 0 }, 16, TRUE, 16, 0, 0, 0 },
  { "extension header cut", { 0x90, [12] = 0xbe, 0xde, 0 }, 15, FALSE },
  { "extension of one word", { 0x90, [12] = 0xbe, 0xde, 0, 1 }, 22, TRUE, 20, 2, 0, 4 },
  { "extension past the end", { 0x90, [12] = 0xbe, 0xde, 0, 2 }, 22, FALSE },
  { "extension of 65535 words", { 0x90, [12] = 0xbe, 0xde, 0xff, 0xff }, 48, FALSE },
  { "csrc and extension", { 0x91, [16] = 0x10, 0, 0, 1 }, 25, TRUE, 24, 1, 0, 4 },
  { "padding of one", { 0xa0, [13] = 1 }, 14, TRUE, 12, 1, 1, 0 },
  { "padding of all", { 0xa0, [13] = 2 }, 14, TRUE, 12, 0, 2, 0 },
  { "padding of 0", { 0xa0, [13] = 0 }, 14, FALSE },
  { "padding of more than all", { 0xa0, [13] = 3 }, 14, FALSE },
  { "padding of 255", { 0xa0, [13] = 255 }, 14, FALSE },
  { "padding bit and nothing to count", { 0xa0 }, 12, FALSE },
  { "padding into the extension", { 0xb0, [12] = 0xbe, 0xde, 0, 1, [20] = 2 }, 21, FALSE },
};

static void
test_bounds (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    RtcRtpHeader header;
    RtcResult result = rtc_rtp_header_parse (&header, rows[i].bytes, rows[i].len);

    g_test_message ("%s", rows[i].name);
    g_assert_cmpint (result, ==, rows[i].is_good ? RTC_OK : RTC_ERR_PARSE);
    if (result != RTC_OK)
      continue;
    g_assert_cmpuint (header.payload_offset, ==, rows[i].payload_offset);
    g_assert_cmpuint (header.payload_len, ==, rows[i].payload_len);
    g_assert_cmpuint (header.padding_len, ==, rows[i].padding_len);
    g_assert_cmpuint (header.extension_len, ==, rows[i].extension_len);
  }
}

static void
test_fields (void)
{
  static const guint8 packet[] = { 0x91, 0xe0, 0x12, 0x34, 0xde, 0xad, 0xbe, 0xef, 1, 2, 3, 4, 9, 8,
    7, 6, 0xbe, 0xde, 0, 1, 0x10, 0xff, 0, 0, 'x', 'y' };
  RtcRtpHeader header;

  g_assert_cmpint (rtc_rtp_header_parse (&header, packet, sizeof packet), ==, RTC_OK);
  g_assert_true (header.marker);
  g_assert_cmpuint (header.payload_type, ==, 96);
  g_assert_cmphex (header.seq, ==, 0x1234);
  g_assert_cmphex (header.rtp_ts, ==, 0xdeadbeef);
  g_assert_cmphex (header.ssrc, ==, 0x01020304);
  g_assert_cmpuint (header.n_csrcs, ==, 1);
  g_assert_cmphex (rtc_rtp_header_get_csrc (&header, packet, 0), ==, 0x09080706);
  g_assert_cmphex (rtc_rtp_header_get_csrc (&header, packet, 1), ==, 0);
  g_assert_cmphex (header.extension_profile, ==, RTC_RTP_PROFILE_ONE_BYTE);
  g_assert_cmpuint (header.extension_offset, ==, 20);
  g_assert_cmpuint (header.payload_offset, ==, 24);
  g_assert_cmpuint (header.payload_len, ==, 2);
}

static void
test_write (void)
{
  RtcRtpHeader in = { .payload_type = 111,
    .marker = TRUE,
    .seq = 65535,
    .rtp_ts = 0xfffffffe,
    .ssrc = 0x80000001,
    .n_csrcs = 1 },
               out;
  guint8 packet[17] = { 0 };
  RtcWriter writer = rtc_writer (packet, sizeof packet);

  rtc_rtp_header_write (&in, &writer);
  rtc_writer_u32 (&writer, 0xcafe);
  rtc_writer_u8 (&writer, 'p');
  g_assert_true (writer.ok);
  g_assert_cmpint (rtc_rtp_header_parse (&out, packet, sizeof packet), ==, RTC_OK);
  g_assert_cmpuint (out.payload_type, ==, in.payload_type);
  g_assert_true (out.marker);
  g_assert_cmpuint (out.seq, ==, in.seq);
  g_assert_cmpuint (out.rtp_ts, ==, in.rtp_ts);
  g_assert_cmpuint (out.ssrc, ==, in.ssrc);
  g_assert_cmpuint (rtc_rtp_header_get_csrc (&out, packet, 0), ==, 0xcafe);
  g_assert_cmpuint (out.payload_len, ==, 1);

  writer = rtc_writer (packet, RTC_RTP_HEADER_LEN - 1);
  rtc_rtp_header_write (&in, &writer);
  g_assert_false (writer.ok);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/rtc-rtp-header/bounds", test_bounds);
  g_test_add_func ("/rtc-rtp-header/fields", test_fields);
  g_test_add_func ("/rtc-rtp-header/write", test_write);
  return g_test_run ();
}
