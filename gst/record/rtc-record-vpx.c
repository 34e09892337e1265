/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "gst/record/rtc-record-vpx.h"

#include "gst/rtc/base/rtc-bytes.h"

/* |M| PictureID | and eight more bits if M: the same in both formats. */
static void
read_picture_id (RtcReader *reader, RtcVpxDescriptor *out)
{
  guint8 b = rtc_reader_u8 (reader);

  out->picture_id = b & 0x7f;
  out->picture_id_bits = 7;
  if ((b & 0x80) != 0) {
    out->picture_id = out->picture_id << 8 | rtc_reader_u8 (reader);
    out->picture_id_bits = 15;
  }
}

gboolean
rtc_vp8_descriptor_parse (RtcVpxDescriptor *out, const guint8 *payload, gsize len)
{
  RtcReader reader = rtc_reader (payload, len);
  guint8 b = rtc_reader_u8 (&reader), x = (b & 0x80) != 0 ? rtc_reader_u8 (&reader) : 0;

  out->picture_id = -1;
  out->begins_picture = (b & 0x17) == 0x10; /* S = 1 and PID = 0 */
  if ((x & 0x80) != 0)
    read_picture_id (&reader, out);
  return reader.ok;
}

gboolean
rtc_vp9_descriptor_parse (RtcVpxDescriptor *out, const guint8 *payload, gsize len)
{
  RtcReader reader = rtc_reader (payload, len);
  guint8 b = rtc_reader_u8 (&reader), layers = 0;

  out->picture_id = -1;
  if ((b & 0x80) != 0)
    read_picture_id (&reader, out);
  if ((b & 0x20) != 0)
    layers = rtc_reader_u8 (&reader);
  out->begins_picture = (b & 0x08) != 0 && ((layers >> 1) & 0x07) == 0; /* B = 1 and SID = 0 */
  return reader.ok;
}

gboolean
rtc_vpx_descriptor_follows (const RtcVpxDescriptor *a, const RtcVpxDescriptor *b)
{
  if (a->picture_id < 0 || b->picture_id < 0 || a->picture_id_bits != b->picture_id_bits)
    return FALSE;
  return ((a->picture_id + 1) & ((1 << a->picture_id_bits) - 1)) == b->picture_id;
}

/* RFC 6386 9.1: frame tag of 3 bytes; a key frame has a start code and its size behind it. */
gboolean
rtc_vp8_frame_parse (RtcVpxFrame *out, const guint8 *data, gsize len)
{
  *out = (RtcVpxFrame){ FALSE };
  if (len < 3)
    return FALSE;
  out->is_key = (data[0] & 0x01) == 0;
  out->profile = (data[0] >> 1) & 0x03;
  if (!out->is_key)
    return TRUE;
  if (len < 10 || data[3] != 0x9d || data[4] != 0x01 || data[5] != 0x2a)
    return FALSE;
  out->width = (data[6] | data[7] << 8) & 0x3fff;
  out->height = (data[8] | data[9] << 8) & 0x3fff;
  return out->width > 0 && out->height > 0;
}

static guint
take_bits (guint64 *bits, guint n)
{
  guint value = (guint) (*bits >> (64 - n));

  *bits <<= n;
  return value;
}

/* VP9 6.2: up to 21 bits, then the sync code, color_config() and the size: 112 bits at most, read
 * in two windows. */
gboolean
rtc_vp9_frame_parse (RtcVpxFrame *out, const guint8 *data, gsize len)
{
  guint8 head[18] = { 0 };
  RtcReader reader;
  guint64 bits;
  guint used = 0;

  *out = (RtcVpxFrame){ FALSE };
  if (len < 1 || (data[0] & 0xc0) != 0x80)
    return FALSE;
  memcpy (head, data, MIN (len, sizeof head));
  reader = rtc_reader (head, 8);
  bits = rtc_reader_u64 (&reader);
  take_bits (&bits, 2);
  out->profile = take_bits (&bits, 1);
  out->profile |= take_bits (&bits, 1) << 1;
  used = 4;
  if (out->profile == 3) {
    take_bits (&bits, 1);
    used++;
  }
  if (take_bits (&bits, 1) == 1) /* show_existing_frame */
    return TRUE;
  out->is_key = take_bits (&bits, 1) == 0;
  take_bits (&bits, 2); /* show_frame, error_resilient_mode */
  used += 4;
  if (!out->is_key)
    return TRUE;
  if (len < 10 || take_bits (&bits, 24) != 0x498342)
    return FALSE;
  used += 24;
  if (out->profile >= 2) {
    take_bits (&bits, 1);
    used++;
  }
  if (take_bits (&bits, 3) != 7) { /* color_space; 7 is CS_RGB */
    used += out->profile & 1 ? 3 + 1 + 3 : 3 + 1;
  } else {
    used += out->profile & 1 ? 3 + 1 : 3;
  }
  reader = rtc_reader (head + used / 8, 8);
  bits = rtc_reader_u64 (&reader) << (used % 8);
  out->width = take_bits (&bits, 16) + 1;
  out->height = take_bits (&bits, 16) + 1;
  return TRUE;
}
