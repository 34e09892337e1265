/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "gst/rtc/rtp/rtc-rtp-header.h"

/* RFC 3550 5.1, 5.3.1:
 *
 *  0                   1                   2                   3
 *  0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * |V=2|P|X|  CC   |M|     PT      |       sequence number         |
 * |                           timestamp                           |
 * |           synchronization source (SSRC) identifier            |
 * |            contributing source (CSRC) identifiers, CC times   |
 * |      defined by profile       |           length              | if X
 * |                        header extension, length words         |
 * |                         payload ...                           |
 * |                   ... padding, its last byte counts it        | if P
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 */
#define VERSION 2
#define BIT_PADDING 0x20
#define BIT_EXTENSION 0x10
#define MASK_CSRC_COUNT 0x0f
#define BIT_MARKER 0x80

static void
parse_extension_block (RtcRtpHeader *self, RtcReader *reader)
{
  self->extension_profile = rtc_reader_u16 (reader);
  self->extension_len = (gsize) rtc_reader_u16 (reader) * 4;
  self->extension_offset = reader->pos;
  rtc_reader_bytes (reader, self->extension_len);
}

/* "The last octet of the padding contains a count of how many padding octets should be ignored,
 * including itself" (RFC 3550 5.1): so it is never 0, and never more than what follows the
 * header. A packet of nothing but padding is fine: senders probe with them. */
static RtcResult
parse_padding (RtcRtpHeader *self, const RtcReader *reader)
{
  gsize left = rtc_reader_left (reader);
  guint8 count = left > 0 ? reader->data[reader->len - 1] : 0;

  if (count == 0 || count > left)
    return RTC_ERR_PARSE;
  self->padding_len = count;
  self->payload_len = left - count;
  return RTC_OK;
}

RtcResult
rtc_rtp_header_parse (RtcRtpHeader *self, const guint8 *data, gsize len)
{
  RtcReader reader = rtc_reader (data, len);
  guint8 b0 = rtc_reader_u8 (&reader);
  guint8 b1 = rtc_reader_u8 (&reader);

  memset (self, 0, sizeof *self);
  self->marker = (b1 & BIT_MARKER) != 0;
  self->payload_type = b1 & 0x7f;
  self->seq = rtc_reader_u16 (&reader);
  self->rtp_ts = rtc_reader_u32 (&reader);
  self->ssrc = rtc_reader_u32 (&reader);
  self->n_csrcs = b0 & MASK_CSRC_COUNT;
  rtc_reader_bytes (&reader, self->n_csrcs * 4);
  self->has_extension = (b0 & BIT_EXTENSION) != 0;
  if (self->has_extension)
    parse_extension_block (self, &reader);
  if (!reader.ok || b0 >> 6 != VERSION)
    return RTC_ERR_PARSE;
  self->payload_offset = reader.pos;
  self->payload_len = rtc_reader_left (&reader);
  return (b0 & BIT_PADDING) != 0 ? parse_padding (self, &reader) : RTC_OK;
}

guint32
rtc_rtp_header_get_csrc (const RtcRtpHeader *self, const guint8 *data, guint i)
{
  RtcReader reader = rtc_reader (data, self->payload_offset);

  if (i >= self->n_csrcs)
    return 0;
  rtc_reader_bytes (&reader, RTC_RTP_HEADER_LEN + i * 4);
  return rtc_reader_u32 (&reader);
}

void
rtc_rtp_header_write (const RtcRtpHeader *self, RtcWriter *writer)
{
  guint b0 = (VERSION << 6) | (self->n_csrcs & MASK_CSRC_COUNT);
  guint b1 = (self->marker ? BIT_MARKER : 0) | (self->payload_type & 0x7fu);

  if (self->padding_len > 0)
    b0 |= BIT_PADDING;
  if (self->has_extension)
    b0 |= BIT_EXTENSION;
  rtc_writer_u8 (writer, b0);
  rtc_writer_u8 (writer, b1);
  rtc_writer_u16 (writer, self->seq);
  rtc_writer_u32 (writer, self->rtp_ts);
  rtc_writer_u32 (writer, self->ssrc);
}
