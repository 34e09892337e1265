/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "gst/rtc/rtp/rtc-demux.h"

/* RFC 7983 7, RFC 9443 3: every first byte, with a second one that makes it RTP. */
static void
test_first_byte (void)
{
  for (guint b = 0; b < 256; b++) {
    guint8 packet[20] = { (guint8) b, 96 };
    RtcDemuxKind expected = b <= 3                 ? RTC_DEMUX_STUN
                            : b >= 20 && b <= 63   ? RTC_DEMUX_DTLS
                            : b >= 64 && b <= 79   ? RTC_DEMUX_TURN_CHANNEL
                            : b >= 128 && b <= 191 ? RTC_DEMUX_RTP
                                                   : RTC_DEMUX_UNKNOWN;

    g_assert_cmpint (rtc_demux_classify (packet, sizeof packet), ==, expected);
  }
}

/* RFC 5761 4: packet types 192..223 are RTCP, with any version-2 first byte. */
static void
test_second_byte (void)
{
  for (guint b = 0; b < 256; b++) {
    guint8 packet[12] = { 0x81, (guint8) b };
    RtcDemuxKind expected = b >= 192 && b <= 223 ? RTC_DEMUX_RTCP : RTC_DEMUX_RTP;

    g_assert_cmpint (rtc_demux_classify (packet, sizeof packet), ==, expected);
  }
}

static void
test_lengths (void)
{
  static const struct {
    guint8 b0, b1;
    gsize min_len;
    RtcDemuxKind kind;
  } rows[] = {
    { 0, 1, 20, RTC_DEMUX_STUN },
    { 22, 254, 13, RTC_DEMUX_DTLS },
    { 64, 0, 4, RTC_DEMUX_TURN_CHANNEL },
    { 128, 96, 12, RTC_DEMUX_RTP },
    { 128, 201, 8, RTC_DEMUX_RTCP },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    guint8 packet[20] = { rows[i].b0, rows[i].b1 };

    for (gsize len = 0; len <= sizeof packet; len++)
      g_assert_cmpint (rtc_demux_classify (packet, len), ==,
          len >= rows[i].min_len ? rows[i].kind : RTC_DEMUX_UNKNOWN);
  }
  g_assert_cmpint (rtc_demux_classify (NULL, 0), ==, RTC_DEMUX_UNKNOWN);
}

static void
test_names (void)
{
  g_assert_cmpstr (rtc_demux_kind_to_string (RTC_DEMUX_UNKNOWN), ==, "unknown");
  g_assert_cmpstr (rtc_demux_kind_to_string (RTC_DEMUX_RTCP), ==, "rtcp");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/rtc-demux/first-byte", test_first_byte);
  g_test_add_func ("/rtc-demux/second-byte", test_second_byte);
  g_test_add_func ("/rtc-demux/lengths", test_lengths);
  g_test_add_func ("/rtc-demux/names", test_names);
  return g_test_run ();
}
