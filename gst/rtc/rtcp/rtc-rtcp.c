/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "gst/rtc/rtcp/rtc-rtcp.h"

/* RFC 3550 6.4.1, the first 32 bits of every packet:
 *
 *  0                   1                   2                   3
 *  0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * |V=2|P|  count  |      PT       |             length            |
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *
 * length: in 32-bit words, this one not counted. */
#define RTCP_VERSION 2
#define RTCP_MAX_BYTES ((0xffff + 1) * 4)

void
rtc_rtcp_walk_init (RtcRtcpWalk *walk, const guint8 *data, gsize len, guint max_blocks)
{
  walk->reader = rtc_reader (data, len);
  walk->left = max_blocks;
  walk->result = RTC_OK;
}

/* RFC 3550 6.4.1: "The last octet of the padding is a count of how many padding octets should be
 * ignored, including itself (it will be a multiple of four)." It is none in libwebrtc's
 * transport-wide feedback, whose content ends anywhere: so any count that fits is taken. */
static gboolean
walk_strip_padding (RtcRtcpPacket *packet)
{
  guint8 padding;

  if (packet->len == 0)
    return FALSE;
  padding = packet->data[packet->len - 1];
  if (padding == 0 || padding > packet->len)
    return FALSE;
  packet->len -= padding;
  return TRUE;
}

gboolean
rtc_rtcp_walk_next (RtcRtcpWalk *walk, RtcRtcpPacket *out)
{
  guint8 first;
  gsize len;

  if (walk->result != RTC_OK || rtc_reader_left (&walk->reader) == 0)
    return FALSE;
  if (walk->left == 0) {
    walk->result = RTC_ERR_LIMIT;
    return FALSE;
  }
  first = rtc_reader_u8 (&walk->reader);
  out->type = rtc_reader_u8 (&walk->reader);
  len = (gsize) rtc_reader_u16 (&walk->reader) * 4;
  out->count = first & 0x1f;
  out->data = rtc_reader_bytes (&walk->reader, len);
  out->len = len;
  if (!walk->reader.ok || first >> 6 != RTCP_VERSION
      || ((first & 0x20) != 0 && !walk_strip_padding (out))) {
    walk->result = RTC_ERR_PARSE;
    return FALSE;
  }
  walk->left--;
  return TRUE;
}

RtcResult
rtc_rtcp_feedback_parse (
    const RtcRtcpPacket *packet, guint32 *sender_ssrc, guint32 *media_ssrc, RtcReader *fci)
{
  RtcReader r = rtc_reader (packet->data, packet->len);

  *sender_ssrc = rtc_reader_u32 (&r);
  *media_ssrc = rtc_reader_u32 (&r);
  if (!r.ok)
    return RTC_ERR_PARSE;
  *fci = rtc_reader_sub (&r, rtc_reader_left (&r));
  return RTC_OK;
}

void
rtc_rtcp_builder_init (RtcRtcpBuilder *builder, guint8 *data, gsize budget, RtcRtcpFormat format)
{
  builder->writer = rtc_writer (data, budget);
  builder->format = format;
  builder->start = 0;
  builder->n_packets = 0;
  builder->has_sdes = FALSE;
}

gsize
rtc_rtcp_builder_left (const RtcRtcpBuilder *builder)
{
  return rtc_writer_left (&builder->writer);
}

RtcWriter *
rtc_rtcp_builder_begin (RtcRtcpBuilder *builder)
{
  builder->start = builder->writer.pos;
  rtc_writer_u32 (&builder->writer, 0);
  return &builder->writer;
}

RtcWriter *
rtc_rtcp_builder_begin_feedback (RtcRtcpBuilder *builder, guint32 sender_ssrc, guint32 media_ssrc)
{
  RtcWriter *w = rtc_rtcp_builder_begin (builder);

  rtc_writer_u32 (w, sender_ssrc);
  rtc_writer_u32 (w, media_ssrc);
  return w;
}

static RtcResult
builder_roll_back (RtcRtcpBuilder *builder, RtcResult result)
{
  builder->writer.pos = builder->start;
  builder->writer.ok = TRUE;
  return result;
}

RtcResult
rtc_rtcp_builder_end (RtcRtcpBuilder *builder, guint8 type, guint8 count)
{
  RtcWriter *w = &builder->writer;
  gsize len;

  while (w->ok && (w->pos - builder->start) % 4 != 0)
    rtc_writer_u8 (w, 0);
  len = w->pos - builder->start;
  if (!w->ok || len > RTCP_MAX_BYTES || count > RTC_RTCP_MAX_COUNT)
    return builder_roll_back (builder, RTC_ERR_LIMIT);
  /* RFC 3550 6.1: "The first RTCP packet in the compound packet MUST always be a report
   * packet". */
  if (builder->format == RTC_RTCP_COMPOUND && builder->n_packets == 0 && type != RTC_RTCP_SR
      && type != RTC_RTCP_RR)
    return builder_roll_back (builder, RTC_ERR_STATE);
  rtc_writer_patch_u16 (w, builder->start, (guint16) ((RTCP_VERSION << 6 | count) << 8 | type));
  rtc_writer_patch_u16 (w, builder->start + 2, (guint16) (len / 4 - 1));
  builder->n_packets++;
  builder->has_sdes |= type == RTC_RTCP_SDES;
  return RTC_OK;
}

RtcResult
rtc_rtcp_builder_finish (const RtcRtcpBuilder *builder, gsize *len)
{
  if (builder->n_packets == 0)
    return RTC_ERR_STATE;
  /* RFC 3550 6.1: "An SDES packet containing a CNAME item MUST be included in each compound RTCP
   * packet". */
  if (builder->format == RTC_RTCP_COMPOUND && !builder->has_sdes)
    return RTC_ERR_STATE;
  *len = builder->writer.pos;
  return RTC_OK;
}
