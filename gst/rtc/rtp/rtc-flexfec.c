/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "gst/rtc/rtp/rtc-flexfec.h"

#include <string.h>

/* draft-ietf-payload-flexible-fec-scheme-03 4.2:
 *
 *  0                   1                   2                   3
 *  0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * |R|F|P|X|  CC   |M| PT recovery |        length recovery        |
 * |                          TS recovery                          |
 * |   SSRCCount   |                    reserved                   |
 * |                             SSRC_i                            |
 * |           SN base_i           |k|          Mask [0-14]        |
 * |k|                   Mask [15-45] (optional)                   |
 * |k|                                                             |
 * +-+                   Mask [46-108] (optional)                  |
 * |                                                               |
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *
 * k is set in the part of the mask that is the last one. */
#define BIT_RETRANSMISSION 0x80
#define BIT_FIXED 0x40

/* The parts of a mask: bytes on the wire, and the bits that they hold beside k. */
static const struct {
  guint n_bytes, first_bit, n_bits;
} parts[] = { { 2, 0, 15 }, { 4, 15, 31 }, { 8, 46, 63 } };

/* Returns whether it was the last part. */
static gboolean
read_part (RtcFecMask *mask, RtcReader *reader, guint part)
{
  guint n_bits = parts[part].n_bits;
  guint64 bits = rtc_reader_uint (reader, parts[part].n_bytes);

  for (guint i = 0; i < n_bits; i++)
    if ((bits >> (n_bits - 1 - i) & 1) != 0)
      rtc_fec_mask_add (mask, parts[part].first_bit + i);
  return (bits >> n_bits & 1) != 0;
}

RtcResult
rtc_flexfec_parse (RtcFecHeader *self, const guint8 *payload, gsize len)
{
  RtcReader reader = rtc_reader (payload, len);
  gboolean is_last = FALSE;
  guint n_ssrcs;

  memset (self, 0, sizeof *self);
  self->parity.head[0] = rtc_reader_u8 (&reader);
  self->parity.head[1] = rtc_reader_u8 (&reader);
  self->parity.len = rtc_reader_u16 (&reader);
  self->parity.rtp_ts = rtc_reader_u32 (&reader);
  n_ssrcs = rtc_reader_u8 (&reader);
  rtc_reader_bytes (&reader, 3);
  self->ssrc = rtc_reader_u32 (&reader);
  self->seq_base = rtc_reader_u16 (&reader);
  if (!reader.ok)
    return RTC_ERR_PARSE;
  if ((self->parity.head[0] & (BIT_RETRANSMISSION | BIT_FIXED)) != 0 || n_ssrcs != 1)
    return RTC_ERR_UNSUPPORTED;
  for (guint part = 0; part < G_N_ELEMENTS (parts) && !is_last; part++)
    is_last = read_part (&self->mask, &reader, part);
  if (!reader.ok || !is_last || rtc_fec_mask_len (&self->mask) == 0)
    return RTC_ERR_PARSE;
  self->body_offset = reader.pos;
  self->body_len = rtc_reader_left (&reader);
  return RTC_OK;
}

static void
write_part (const RtcFecMask *mask, RtcWriter *writer, guint part, gboolean is_last)
{
  guint64 bits = is_last ? 1 : 0;

  for (guint i = 0; i < parts[part].n_bits; i++)
    bits = bits << 1 | (rtc_fec_mask_has (mask, parts[part].first_bit + i) ? 1 : 0);
  rtc_writer_uint (writer, bits, parts[part].n_bytes);
}

void
rtc_flexfec_write (const RtcFecHeader *self, RtcWriter *writer)
{
  guint mask_len = rtc_fec_mask_len (&self->mask);

  rtc_writer_u8 (writer, (guint8) (self->parity.head[0] & ~(BIT_RETRANSMISSION | BIT_FIXED)));
  rtc_writer_u8 (writer, self->parity.head[1]);
  rtc_writer_u16 (writer, self->parity.len);
  rtc_writer_u32 (writer, self->parity.rtp_ts);
  rtc_writer_u8 (writer, 1);
  rtc_writer_u24 (writer, 0);
  rtc_writer_u32 (writer, self->ssrc);
  rtc_writer_u16 (writer, self->seq_base);
  for (guint part = 0; part < G_N_ELEMENTS (parts); part++) {
    gboolean is_last = mask_len <= parts[part].first_bit + parts[part].n_bits;

    write_part (&self->mask, writer, part, is_last);
    if (is_last)
      return;
  }
}
