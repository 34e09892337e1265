/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "gst/record/rtc-ebml.h"

#include <string.h>

static void
ebml_be (GByteArray *out, guint64 value, guint n_bytes)
{
  guint8 bytes[8];

  for (guint i = 0; i < n_bytes; i++)
    bytes[i] = (guint8) (value >> (8 * (n_bytes - 1 - i)));
  g_byte_array_append (out, bytes, n_bytes);
}

static guint
ebml_uint_bytes (guint64 value)
{
  guint n = 1;

  while (n < 8 && value >> (8 * n) != 0)
    n++;
  return n;
}

void
rtc_ebml_id (GByteArray *out, guint32 id)
{
  ebml_be (out, id, ebml_uint_bytes (id));
}

void
rtc_ebml_size (GByteArray *out, guint64 size)
{
  guint n = 1;

  /* All ones are kept for "unknown". */
  while (n < 8 && size >= (G_GUINT64_CONSTANT (1) << (7 * n)) - 1)
    n++;
  ebml_be (out, size | G_GUINT64_CONSTANT (1) << (7 * n), n);
}

void
rtc_ebml_size8 (GByteArray *out, guint64 size)
{
  ebml_be (out, size | G_GUINT64_CONSTANT (1) << 56, 8);
}

void
rtc_ebml_uint (GByteArray *out, guint32 id, guint64 value)
{
  guint n = ebml_uint_bytes (value);

  rtc_ebml_id (out, id);
  rtc_ebml_size (out, n);
  ebml_be (out, value, n);
}

void
rtc_ebml_float (GByteArray *out, guint32 id, gdouble value)
{
  guint64 bits;

  memcpy (&bits, &value, sizeof bits);
  rtc_ebml_id (out, id);
  rtc_ebml_size (out, 8);
  ebml_be (out, bits, 8);
}

void
rtc_ebml_date (GByteArray *out, guint32 id, gint64 ns_since_2001)
{
  rtc_ebml_id (out, id);
  rtc_ebml_size (out, 8);
  ebml_be (out, (guint64) ns_since_2001, 8);
}

void
rtc_ebml_string (GByteArray *out, guint32 id, const gchar *value)
{
  rtc_ebml_binary (out, id, (const guint8 *) value, strlen (value));
}

void
rtc_ebml_binary (GByteArray *out, guint32 id, const guint8 *data, gsize len)
{
  rtc_ebml_id (out, id);
  rtc_ebml_size (out, len);
  g_byte_array_append (out, data, (guint) len);
}

void
rtc_ebml_void (GByteArray *out, gsize total)
{
  gsize begin = out->len;

  rtc_ebml_id (out, 0xEC);
  rtc_ebml_size (out, total - 2);
  g_byte_array_set_size (out, (guint) (begin + total));
  memset (out->data + begin + 2, 0, total - 2);
}

gsize
rtc_ebml_begin (GByteArray *out, guint32 id)
{
  rtc_ebml_id (out, id);
  rtc_ebml_size8 (out, 0);
  return out->len;
}

void
rtc_ebml_end (GByteArray *out, gsize begun)
{
  guint64 size = out->len - begun;

  for (guint i = 0; i < 7; i++)
    out->data[begun - 1 - i] = (guint8) (size >> (8 * i));
}
