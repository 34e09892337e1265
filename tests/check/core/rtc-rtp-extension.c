/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "gst/rtc/rtp/rtc-rtp-extension.h"

#define BIT(extension) (1u << RTC_RTP_EXTENSION_##extension)

/* Every extension, ids 1.. in the order of the enum. */
static RtcRtpExtensionMap
full_map (gboolean allow_mixed)
{
  RtcRtpExtensionMap map = { .allow_mixed = allow_mixed };

  for (guint i = 0; i < RTC_RTP_N_EXTENSIONS; i++)
    g_assert_cmpint (rtc_rtp_extension_map_set (&map, i, i + 1), ==, RTC_OK);
  return map;
}

/* A packet of a header, the given block and one byte of payload. */
static gsize
make_packet (guint8 *packet, gsize cap, guint16 profile, const guint8 *block, gsize words)
{
  RtcRtpHeader header = { .payload_type = 96, .ssrc = 7, .has_extension = TRUE };
  RtcWriter writer = rtc_writer (packet, cap);

  rtc_rtp_header_write (&header, &writer);
  rtc_writer_u16 (&writer, profile);
  rtc_writer_u16 (&writer, words);
  rtc_writer_bytes (&writer, block, words * 4);
  rtc_writer_u8 (&writer, 0xaa);
  g_assert_true (writer.ok);
  return writer.pos;
}

static void
test_registry (void)
{
  RtcRtpExtension found;

  for (guint i = 0; i < RTC_RTP_N_EXTENSIONS; i++) {
    g_assert_true (rtc_rtp_extension_find (rtc_rtp_extension_get_uri (i), &found));
    g_assert_cmpuint (found, ==, i);
  }
  g_assert_cmpstr (
      rtc_rtp_extension_get_uri (RTC_RTP_EXTENSION_MID), ==, "urn:ietf:params:rtp-hdrext:sdes:mid");
  g_assert_false (rtc_rtp_extension_find ("urn:ietf:params:rtp-hdrext:sdes:mi", &found));
  g_assert_false (rtc_rtp_extension_find ("", &found));
}

static void
test_map (void)
{
  RtcRtpExtensionMap map = { 0 };
  RtcRtpExtension found;

  g_assert_cmpint (rtc_rtp_extension_map_set (&map, RTC_RTP_EXTENSION_MID, 4), ==, RTC_OK);
  g_assert_cmpint (rtc_rtp_extension_map_set (&map, RTC_RTP_EXTENSION_MID, 4), ==, RTC_OK);
  g_assert_cmpint (rtc_rtp_extension_map_set (&map, RTC_RTP_EXTENSION_RID, 4), ==, RTC_ERR_STATE);
  g_assert_cmpint (rtc_rtp_extension_map_set (&map, RTC_RTP_EXTENSION_RID, 15), ==, RTC_ERR_LIMIT);
  g_assert_cmpint (rtc_rtp_extension_map_set (&map, RTC_RTP_EXTENSION_RID, 256), ==, RTC_ERR_LIMIT);
  g_assert_cmpint (rtc_rtp_extension_map_set (&map, RTC_RTP_EXTENSION_RID, 255), ==, RTC_OK);
  g_assert_true (rtc_rtp_extension_map_find (&map, 255, &found));
  g_assert_cmpint (found, ==, RTC_RTP_EXTENSION_RID);
  g_assert_false (rtc_rtp_extension_map_find (&map, 0, &found));
  g_assert_cmpint (rtc_rtp_extension_map_set (&map, RTC_RTP_EXTENSION_RID, 0), ==, RTC_OK);
  g_assert_false (rtc_rtp_extension_map_find (&map, 255, &found));
}

/* One block of each kind of trouble; which extensions survive, and whether it is to be counted. */
static void
test_read (void)
{
  static const struct {
    const gchar *name;
    guint16 profile;
    guint8 block[40];
    gsize words;
    guint32 present;
    gboolean is_clean;
  } rows[] = {
    { "one byte", 0xbede, { 0x11, 'v', '0', 0x41, 0x12, 0x34, 0, 0 }, 2, BIT (MID) | BIT (TWCC),
        TRUE },
    { "padding between", 0xbede, { 0, 0, 0x10, 'a', 0, 0, 0x41, 1, 2, 0, 0, 0 }, 3,
        BIT (MID) | BIT (TWCC), TRUE },
    { "id 15 ends it", 0xbede, { 0x10, 'a', 0xf0, 9, 0x41, 1, 2, 0 }, 2, BIT (MID), TRUE },
    { "id 0 with a length ends it", 0xbede, { 0x10, 'a', 0x02, 9, 0x41, 1, 2, 0 }, 2, BIT (MID),
        TRUE },
    { "past the block", 0xbede, { 0x10, 'a', 0x4f, 1 }, 1, BIT (MID), FALSE },
    { "unknown id", 0xbede, { 0xe1, 1, 2, 0x10, 'a', 0, 0, 0 }, 2, BIT (MID), TRUE },
    { "twcc of one byte", 0xbede, { 0x40, 1, 0x10, 'a' }, 1, BIT (MID), FALSE },
    { "twcc of three bytes", 0xbede, { 0x42, 1, 2, 3, 0x10, 'a', 0, 0 }, 2, BIT (MID), FALSE },
    { "first of two wins", 0xbede, { 0x10, 'a', 0x10, 'b' }, 1, BIT (MID), TRUE },
    { "mid with NUL", 0xbede, { 0x11, 'a', 0, 0 }, 1, 0, FALSE },
    { "mid with newline", 0xbede, { 0x11, 'a', '\n', 0 }, 1, 0, FALSE },
    { "playout min over max", 0xbede, { 0x72, 0x00, 0x20, 0x01 }, 1, 0, FALSE },
    { "two byte", 0x1000, { 1, 2, 'v', '0', 4, 2, 0x12, 0x34 }, 2, BIT (MID) | BIT (TWCC), TRUE },
    { "two byte, appbits", 0x100f, { 4, 2, 0x12, 0x34 }, 1, BIT (TWCC), TRUE },
    { "two byte, empty mid", 0x1000, { 1, 0, 4, 2, 1, 2, 0, 0 }, 2, BIT (TWCC), FALSE },
    { "two byte, length cut off", 0x1000, { 4, 2, 1, 2, 0, 0, 0, 1 }, 2, BIT (TWCC), FALSE },
    { "two byte, mid of 17", 0x1000,
        { 1, 17, 'a', 'a', 'a', 'a', 'a', 'a', 'a', 'a', 'a', 'a', 'a', 'a', 'a', 'a', 'a', 'a',
            'a', 0 },
        5, 0, FALSE },
    { "another profile", 0xabac, { 0x10, 'a', 0, 0 }, 1, 0, TRUE },
    { "empty block", 0xbede, { 0 }, 0, 0, TRUE },
  };
  RtcRtpExtensionMap map = full_map (TRUE);

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    RtcRtpExtensionValues values;
    RtcRtpHeader header;
    guint8 packet[80];
    gsize len = make_packet (packet, sizeof packet, rows[i].profile, rows[i].block, rows[i].words);

    g_test_message ("%s", rows[i].name);
    g_assert_cmpint (rtc_rtp_header_parse (&header, packet, len), ==, RTC_OK);
    g_assert_cmpint (rtc_rtp_extension_read (&map, &header, packet, &values), ==, rows[i].is_clean);
    g_assert_cmphex (values.present, ==, rows[i].present);
    if (rows[i].present & BIT (MID))
      g_assert_true (values.mid[0] == 'a' || strcmp (values.mid, "v0") == 0);
  }
}

static RtcRtpExtensionValues
full_values (void)
{
  static const RtcRtpExtensionValues base = { .twcc_seq = 0xfffe,
    .abs_send_time = 0xabcdef,
    .voice = TRUE,
    .audio_level = 127,
    .playout_min = 1,
    .playout_max = 0xfff,
    .toffset = -2,
    .video_orientation = 0x0b,
    .abs_capture_ntp64 = G_GUINT64_CONSTANT (0x0123456789abcdef),
    .has_capture_offset = TRUE,
    .capture_clock_offset = -5 };
  RtcRtpExtensionValues values;

  memcpy (&values, &base, sizeof values);
  g_assert_cmpint (
      rtc_rtp_extension_values_set_text (&values, RTC_RTP_EXTENSION_MID, "video0"), ==, RTC_OK);
  g_assert_cmpint (
      rtc_rtp_extension_values_set_text (&values, RTC_RTP_EXTENSION_RID, "0123456789abcdef"), ==,
      RTC_OK);
  g_assert_cmpint (
      rtc_rtp_extension_values_set_text (&values, RTC_RTP_EXTENSION_REPAIRED_RID, "q"), ==, RTC_OK);
  values.present = (1u << RTC_RTP_N_EXTENSIONS) - 1;
  return values;
}

/* write, parse, read gives the same values, in the form that the ids demand. */
static void
check_round_trip (const RtcRtpExtensionMap *map, guint16 profile)
{
  RtcRtpExtensionValues in = full_values (), out;
  RtcRtpHeader header = { .has_extension = TRUE };
  RtcRtpExtensionSlots slots, found;
  guint8 packet[256];
  RtcWriter writer = rtc_writer (packet, sizeof packet);
  gsize len;

  rtc_rtp_header_write (&header, &writer);
  len = rtc_rtp_extension_write (map, &in, &writer, &slots);
  g_assert_cmpuint (len, ==, writer.pos - RTC_RTP_HEADER_LEN);
  g_assert_cmpuint (len % 4, ==, 0);
  g_assert_cmpuint (len, <=, RTC_RTP_EXTENSION_BLOCK_MAX);
  g_assert_cmpint (rtc_rtp_header_parse (&header, packet, writer.pos), ==, RTC_OK);
  g_assert_cmphex (header.extension_profile, ==, profile);
  g_assert_cmpuint (header.payload_len, ==, 0);
  g_assert_true (rtc_rtp_extension_read (map, &header, packet, &out));
  g_assert_cmpmem (&in, sizeof in, &out, sizeof out);

  rtc_rtp_extension_find_slots (map, &header, packet, &found);
  g_assert_cmpmem (&slots, sizeof slots, &found, sizeof found);
  rtc_rtp_extension_patch_twcc (&slots, packet, writer.pos, 0x1122);
  rtc_rtp_extension_patch_abs_send_time (&slots, packet, writer.pos, 0x334455);
  g_assert_true (rtc_rtp_extension_read (map, &header, packet, &out));
  in.twcc_seq = 0x1122;
  in.abs_send_time = 0x334455;
  g_assert_cmpmem (&in, sizeof in, &out, sizeof out);
}

static void
test_round_trip (void)
{
  RtcRtpExtensionMap map = full_map (TRUE);

  check_round_trip (&map, RTC_RTP_PROFILE_ONE_BYTE);
  g_assert_cmpint (rtc_rtp_extension_map_set (&map, RTC_RTP_EXTENSION_TWCC, 200), ==, RTC_OK);
  check_round_trip (&map, RTC_RTP_PROFILE_TWO_BYTE);
}

/* Without extmap-allow-mixed what needs two bytes is left out; with nothing left, no block. */
static void
test_write_limits (void)
{
  RtcRtpExtensionMap map = { 0 };
  RtcRtpExtensionValues values = full_values ();
  RtcRtpExtensionSlots slots;
  guint8 block[64];
  RtcWriter writer = rtc_writer (block, sizeof block);

  g_assert_cmpuint (rtc_rtp_extension_write (&map, &values, &writer, &slots), ==, 0);
  rtc_rtp_extension_map_set (&map, RTC_RTP_EXTENSION_TWCC, 16);
  g_assert_cmpuint (rtc_rtp_extension_write (&map, &values, &writer, &slots), ==, 0);
  g_assert_cmpuint (writer.pos, ==, 0);
  g_assert_true (writer.ok);
  rtc_rtp_extension_map_set (&map, RTC_RTP_EXTENSION_AUDIO_LEVEL, 14);
  g_assert_cmpuint (rtc_rtp_extension_write (&map, &values, &writer, &slots), ==, 8);
  g_assert_cmpuint (slots.twcc, ==, 0);
  g_assert_cmphex (block[4], ==, 0xe0);
  g_assert_cmphex (block[5], ==, 0xff);

  for (gsize cap = 0; cap < 8; cap++) {
    writer = rtc_writer (block, cap);
    g_assert_cmpuint (rtc_rtp_extension_write (&map, &values, &writer, &slots), ==, 0);
    g_assert_false (writer.ok);
  }
}

static void
test_text_limits (void)
{
  static const struct {
    const gchar *text;
    RtcResult result;
  } rows[] = {
    { "", RTC_ERR_LIMIT },
    { "a", RTC_OK },
    { "0123456789abcdef", RTC_OK },
    { "0123456789abcdefg", RTC_ERR_LIMIT },
    { "a b", RTC_ERR_LIMIT },
    { "\xc3\xa4", RTC_ERR_LIMIT },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    RtcRtpExtensionValues values = full_values ();

    g_assert_cmpint (
        rtc_rtp_extension_values_set_text (&values, RTC_RTP_EXTENSION_MID, rows[i].text), ==,
        rows[i].result);
    g_assert_cmpint (rtc_rtp_extension_values_has (&values, RTC_RTP_EXTENSION_MID), ==,
        rows[i].result == RTC_OK);
  }
}

/* A slot that does not lie inside the packet is never written. */
static void
test_patch_bounds (void)
{
  guint8 data[8] = { 0 };
  static const guint8 zeros[8];
  static const RtcRtpExtensionSlots outside = { .twcc = 7, .abs_send_time = 6 }, none = { 0, 0 };

  rtc_rtp_extension_patch_twcc (&outside, data, sizeof data, 0xffff);
  rtc_rtp_extension_patch_abs_send_time (&outside, data, sizeof data, 0xffffff);
  rtc_rtp_extension_patch_twcc (&none, data, sizeof data, 0xffff);
  rtc_rtp_extension_patch_abs_send_time (&none, data, sizeof data, 0xffffff);
  g_assert_cmpmem (data, sizeof data, zeros, sizeof zeros);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/rtc-rtp-extension/registry", test_registry);
  g_test_add_func ("/rtc-rtp-extension/map", test_map);
  g_test_add_func ("/rtc-rtp-extension/read", test_read);
  g_test_add_func ("/rtc-rtp-extension/round-trip", test_round_trip);
  g_test_add_func ("/rtc-rtp-extension/write-limits", test_write_limits);
  g_test_add_func ("/rtc-rtp-extension/text-limits", test_text_limits);
  g_test_add_func ("/rtc-rtp-extension/patch-bounds", test_patch_bounds);
  return g_test_run ();
}
