/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "gst/rtc/rtp/rtc-red.h"

/* Opus twice: 20 ms earlier (960 units), 3 bytes, payload type 111. */
static const guint8 two[] = { 0x80 | 111, 0x0f, 0x00, 0x03, 111, 'o', 'l', 'd', 'n', 'e', 'w',
  '!' };

static void
test_two_blocks (void)
{
  RtcRedBlock blocks[RTC_RED_MAX_BLOCKS];
  guint8 again[sizeof two];
  RtcWriter writer = rtc_writer (again, sizeof again);
  guint n;

  g_assert_cmpint (rtc_red_parse (two, sizeof two, blocks, &n), ==, RTC_OK);
  g_assert_cmpuint (n, ==, 2);
  g_assert_cmpuint (blocks[0].payload_type, ==, 111);
  g_assert_cmpuint (blocks[0].ts_offset, ==, 960);
  g_assert_cmpmem (blocks[0].data, blocks[0].len, "old", 3);
  g_assert_cmpuint (blocks[1].payload_type, ==, 111);
  g_assert_cmpuint (blocks[1].ts_offset, ==, 0);
  g_assert_cmpmem (blocks[1].data, blocks[1].len, "new!", 4);
  g_assert_cmpint (rtc_red_write (blocks, n, &writer), ==, RTC_OK);
  g_assert_cmpmem (again, writer.pos, two, sizeof two);
  /* Without the primary's data it is still RED, with an empty frame; without its header it is not.
   */
  for (gsize len = 0; len <= sizeof two; len++)
    g_assert_cmpint (rtc_red_parse (two, len, blocks, &n), ==, len >= 8 ? RTC_OK : RTC_ERR_PARSE);
}

static void
test_one_block (void)
{
  static const guint8 one[] = { 96, 'v', 'p', '8' };
  RtcRedBlock blocks[RTC_RED_MAX_BLOCKS];
  guint n;

  g_assert_cmpint (rtc_red_parse (one, sizeof one, blocks, &n), ==, RTC_OK);
  g_assert_cmpuint (n, ==, 1);
  g_assert_cmpuint (blocks[0].payload_type, ==, 96);
  g_assert_cmpmem (blocks[0].data, blocks[0].len, "vp8", 3);
}

static void
test_limits (void)
{
  guint8 payload[RTC_RED_MAX_BLOCKS * RTC_RED_HEADER_LEN + 8] = { 0 }, data[2000] = { 0 };
  RtcRedBlock blocks[RTC_RED_MAX_BLOCKS], read[RTC_RED_MAX_BLOCKS];
  guint8 room[8192];
  RtcWriter writer;
  guint n;

  for (guint i = 0; i < RTC_RED_MAX_BLOCKS; i++)
    payload[i * RTC_RED_HEADER_LEN] = 0x80;
  g_assert_cmpint (rtc_red_parse (payload, sizeof payload, read, &n), ==, RTC_ERR_LIMIT);
  payload[(RTC_RED_MAX_BLOCKS - 1) * RTC_RED_HEADER_LEN] = 0;
  g_assert_cmpint (rtc_red_parse (payload, sizeof payload, read, &n), ==, RTC_OK);
  g_assert_cmpuint (n, ==, RTC_RED_MAX_BLOCKS);

  blocks[0] = (RtcRedBlock){ 111, RTC_RED_MAX_TS_OFFSET, data, RTC_RED_MAX_LEN };
  blocks[1] = (RtcRedBlock){ 111, 0, data, sizeof data };
  writer = rtc_writer (room, sizeof room);
  g_assert_cmpint (rtc_red_write (blocks, 2, &writer), ==, RTC_OK);
  g_assert_cmpint (rtc_red_parse (room, writer.pos, read, &n), ==, RTC_OK);
  g_assert_cmpuint (read[0].ts_offset, ==, RTC_RED_MAX_TS_OFFSET);
  g_assert_cmpuint (read[0].len, ==, RTC_RED_MAX_LEN);
  g_assert_cmpuint (read[1].len, ==, sizeof data);
  blocks[0].ts_offset++;
  writer = rtc_writer (room, sizeof room);
  g_assert_cmpint (rtc_red_write (blocks, 2, &writer), ==, RTC_ERR_LIMIT);
  blocks[0].ts_offset = 0;
  blocks[0].len++;
  g_assert_cmpint (rtc_red_write (blocks, 2, &writer), ==, RTC_ERR_LIMIT);
  blocks[0].len = 8;
  writer = rtc_writer (room, 100);
  g_assert_cmpint (rtc_red_write (blocks, 2, &writer), ==, RTC_ERR_LIMIT);
}

static void
test_random (void)
{
  GRand *rand = g_rand_new_with_seed (2198);

  for (guint i = 0; i < 100000; i++) {
    guint8 payload[64], again[64];
    gsize len = (gsize) g_rand_int_range (rand, 0, sizeof payload + 1);
    RtcRedBlock blocks[RTC_RED_MAX_BLOCKS];
    RtcWriter writer = rtc_writer (again, sizeof again);
    guint n;

    for (gsize k = 0; k < sizeof payload; k++)
      payload[k] = (guint8) (g_rand_int (rand) & (k % 4 == 2 ? 0x03 : 0xff));
    if (rtc_red_parse (payload, len, blocks, &n) != RTC_OK)
      continue;
    g_assert_cmpint (rtc_red_write (blocks, n, &writer), ==, RTC_OK);
    g_assert_cmpmem (again, writer.pos, payload, len);
  }
  g_rand_free (rand);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/rtc-red/two-blocks", test_two_blocks);
  g_test_add_func ("/rtc-red/one-block", test_one_block);
  g_test_add_func ("/rtc-red/limits", test_limits);
  g_test_add_func ("/rtc-red/random", test_random);
  return g_test_run ();
}
