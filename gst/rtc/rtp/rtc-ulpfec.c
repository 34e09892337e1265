/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "gst/rtc/rtp/rtc-ulpfec.h"

#include <string.h>

/* RFC 5109 7.3, 7.4:
 *
 *  0                   1                   2                   3
 *  0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * |E|L|P|X|  CC   |M| PT recovery |            SN base            |
 * |                          TS recovery                          |
 * |        length recovery        |       Protection Length       | level 0 begins
 * |             mask              |  mask cont. (only when L is set)
 * |                               |
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 */
#define BIT_EXTENSION 0x80
#define BIT_LONG_MASK 0x40
#define SHORT_MASK_BITS 16

static void
read_mask (RtcFecMask *mask, RtcReader *reader, guint n_bits)
{
  guint64 bits = rtc_reader_uint (reader, n_bits / 8);

  for (guint i = 0; i < n_bits; i++)
    if ((bits >> (n_bits - 1 - i) & 1) != 0)
      rtc_fec_mask_add (mask, i);
}

RtcResult
rtc_ulpfec_parse (RtcFecHeader *self, const guint8 *payload, gsize len)
{
  RtcReader reader = rtc_reader (payload, len);

  memset (self, 0, sizeof *self);
  self->parity.head[0] = rtc_reader_u8 (&reader);
  self->parity.head[1] = rtc_reader_u8 (&reader);
  self->seq_base = rtc_reader_u16 (&reader);
  self->parity.rtp_ts = rtc_reader_u32 (&reader);
  self->parity.len = rtc_reader_u16 (&reader);
  self->body_len = rtc_reader_u16 (&reader);
  read_mask (&self->mask, &reader,
      (self->parity.head[0] & BIT_LONG_MASK) != 0 ? RTC_ULPFEC_MASK_BITS : SHORT_MASK_BITS);
  self->body_offset = reader.pos;
  rtc_reader_bytes (&reader, self->body_len);
  if (!reader.ok || rtc_fec_mask_len (&self->mask) == 0)
    return RTC_ERR_PARSE;
  /* "The extension flag (E) ... is reserved for future use. It SHALL be set to 0 by senders"
   * (RFC 5109 7.3). */
  return (self->parity.head[0] & BIT_EXTENSION) != 0 ? RTC_ERR_UNSUPPORTED : RTC_OK;
}

void
rtc_ulpfec_write (const RtcFecHeader *self, RtcWriter *writer)
{
  gboolean is_long = rtc_fec_mask_len (&self->mask) > SHORT_MASK_BITS;
  guint n_bits = is_long ? RTC_ULPFEC_MASK_BITS : SHORT_MASK_BITS;
  guint64 bits = 0;

  for (guint i = 0; i < n_bits; i++)
    bits = bits << 1 | (rtc_fec_mask_has (&self->mask, i) ? 1 : 0);
  rtc_writer_u8 (writer, (guint8) ((self->parity.head[0] & ~(BIT_EXTENSION | BIT_LONG_MASK))
                                   | (is_long ? BIT_LONG_MASK : 0)));
  rtc_writer_u8 (writer, self->parity.head[1]);
  rtc_writer_u16 (writer, self->seq_base);
  rtc_writer_u32 (writer, self->parity.rtp_ts);
  rtc_writer_u16 (writer, self->parity.len);
  rtc_writer_u16 (writer, self->body_len);
  rtc_writer_uint (writer, bits, n_bits / 8);
}
