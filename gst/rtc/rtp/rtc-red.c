/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "gst/rtc/rtp/rtc-red.h"

/* RFC 2198 3: a header for each redundant block, then the primary one's, then their data in the
 * same order.
 *
 *  0                   1                   2                   3
 *  0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * |1|   block PT  |      timestamp offset     |   block length    |
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * |0|   block PT  |
 * +-+-+-+-+-+-+-+-+
 */
#define BIT_FOLLOWS 0x80

RtcResult
rtc_red_parse (
    const guint8 *payload, gsize len, RtcRedBlock blocks[RTC_RED_MAX_BLOCKS], guint *n_blocks)
{
  RtcReader reader = rtc_reader (payload, len);
  guint n = 0;

  for (;;) {
    guint8 first = rtc_reader_u8 (&reader);
    RtcRedBlock *block = &blocks[n];
    guint32 rest;

    if (!reader.ok)
      return RTC_ERR_PARSE;
    if (n == RTC_RED_MAX_BLOCKS)
      return RTC_ERR_LIMIT;
    n++;
    block->payload_type = first & 0x7f;
    block->ts_offset = 0;
    if ((first & BIT_FOLLOWS) == 0)
      break;
    rest = rtc_reader_u24 (&reader);
    block->ts_offset = (guint16) (rest >> 10);
    block->len = rest & RTC_RED_MAX_LEN;
  }
  for (guint i = 0; i + 1 < n; i++)
    blocks[i].data = rtc_reader_bytes (&reader, blocks[i].len);
  blocks[n - 1].len = rtc_reader_left (&reader);
  blocks[n - 1].data = rtc_reader_bytes (&reader, blocks[n - 1].len);
  *n_blocks = n;
  return reader.ok ? RTC_OK : RTC_ERR_PARSE;
}

RtcResult
rtc_red_write (const RtcRedBlock *blocks, guint n_blocks, RtcWriter *writer)
{
  for (guint i = 0; i + 1 < n_blocks; i++) {
    if (blocks[i].ts_offset > RTC_RED_MAX_TS_OFFSET || blocks[i].len > RTC_RED_MAX_LEN)
      return RTC_ERR_LIMIT;
    rtc_writer_u8 (writer, BIT_FOLLOWS | blocks[i].payload_type);
    rtc_writer_u24 (writer, (guint32) blocks[i].ts_offset << 10 | (guint32) blocks[i].len);
  }
  rtc_writer_u8 (writer, blocks[n_blocks - 1].payload_type & 0x7f);
  for (guint i = 0; i < n_blocks; i++)
    rtc_writer_bytes (writer, blocks[i].data, blocks[i].len);
  return writer->ok ? RTC_OK : RTC_ERR_LIMIT;
}
