/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "gst/record/rtc-mp4-box.h"

#include <string.h>

static void
mp4_be (GByteArray *out, guint64 value, guint n_bytes)
{
  guint8 bytes[8];

  for (guint i = 0; i < n_bytes; i++)
    bytes[i] = (guint8) (value >> (8 * (n_bytes - 1 - i)));
  g_byte_array_append (out, bytes, n_bytes);
}

gsize
rtc_mp4_begin (GByteArray *out, const gchar *type)
{
  gsize begun = out->len;

  rtc_mp4_u32 (out, 0);
  g_byte_array_append (out, (const guint8 *) type, 4);
  return begun;
}

gsize
rtc_mp4_begin_full (GByteArray *out, const gchar *type, guint8 version, guint32 flags)
{
  gsize begun = rtc_mp4_begin (out, type);

  rtc_mp4_u32 (out, (guint32) version << 24 | flags);
  return begun;
}

void
rtc_mp4_end (GByteArray *out, gsize begun)
{
  rtc_mp4_patch_u32 (out, begun, (guint32) (out->len - begun));
}

void
rtc_mp4_u8 (GByteArray *out, guint8 value)
{
  mp4_be (out, value, 1);
}

void
rtc_mp4_u16 (GByteArray *out, guint value)
{
  mp4_be (out, value, 2);
}

void
rtc_mp4_u32 (GByteArray *out, guint32 value)
{
  mp4_be (out, value, 4);
}

void
rtc_mp4_u64 (GByteArray *out, guint64 value)
{
  mp4_be (out, value, 8);
}

void
rtc_mp4_zeros (GByteArray *out, guint n)
{
  guint begin = out->len;

  g_byte_array_set_size (out, begin + n);
  memset (out->data + begin, 0, n);
}

void
rtc_mp4_text (GByteArray *out, const gchar *text)
{
  g_byte_array_append (out, (const guint8 *) text, (guint) strlen (text) + 1);
}

void
rtc_mp4_patch_u32 (GByteArray *out, gsize pos, guint32 value)
{
  for (guint i = 0; i < 4; i++)
    out->data[pos + i] = (guint8) (value >> (8 * (3 - i)));
}
