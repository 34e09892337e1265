/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "stun-message.h"

#include <string.h>

#define HEADER_BYTES 20
#define COOKIE 0x2112a442u
#define ATTR_MESSAGE_INTEGRITY 0x0008
#define ATTR_FINGERPRINT 0x8028
/* RFC 8489 14.7: the CRC is "XORed with the 32-bit value 0x5354554e". */
#define FINGERPRINT_XOR 0x5354554eu

/*  0                   1                   2                   3
 *  0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * |0 0|     STUN Message Type     |         Message Length        |
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * |                         Magic Cookie                          |
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * |                     Transaction ID (96 bits)                  |
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+ */
RtcWriter
stun_begin (guint8 *data, gsize size, guint16 type, const guint8 *transaction)
{
  RtcWriter w = rtc_writer (data, size);

  rtc_writer_u16 (&w, type);
  rtc_writer_u16 (&w, 0);
  rtc_writer_u32 (&w, COOKIE);
  rtc_writer_bytes (&w, transaction, 12);
  return w;
}

void
stun_attribute (RtcWriter *w, guint16 type, const void *value, gsize len)
{
  static const guint8 padding[3] = { 0 };

  rtc_writer_u16 (w, type);
  rtc_writer_u16 (w, (guint16) len);
  if (len > 0)
    rtc_writer_bytes (w, value, len);
  rtc_writer_bytes (w, padding, (4 - len % 4) % 4);
}

/* The length as it will be with so many more bytes (RFC 8489 14.5, 14.7). */
static void
stun_set_length (RtcWriter *w, gsize more)
{
  rtc_writer_patch_u16 (w, 2, (guint16) (w->pos + more - HEADER_BYTES));
}

static guint32
stun_crc32 (const guint8 *data, gsize len)
{
  guint32 crc = 0xffffffffu;

  for (gsize i = 0; i < len; i++) {
    crc ^= data[i];
    for (guint bit = 0; bit < 8; bit++)
      crc = crc & 1 ? crc >> 1 ^ 0xedb88320u : crc >> 1;
  }
  return ~crc;
}

gsize
stun_end (RtcWriter *w, const gchar *password)
{
  if (password != NULL) {
    GHmac *hmac = g_hmac_new (G_CHECKSUM_SHA1, (const guint8 *) password, strlen (password));
    guint8 digest[20];
    gsize len = sizeof digest;

    stun_set_length (w, 4 + sizeof digest);
    g_hmac_update (hmac, w->data, (gssize) w->pos);
    g_hmac_get_digest (hmac, digest, &len);
    g_hmac_unref (hmac);
    stun_attribute (w, ATTR_MESSAGE_INTEGRITY, digest, len);
  }
  stun_set_length (w, 8);
  rtc_writer_u16 (w, ATTR_FINGERPRINT);
  rtc_writer_u16 (w, 4);
  rtc_writer_u32 (w, stun_crc32 (w->data, w->pos - 4) ^ FINGERPRINT_XOR);
  g_assert_true (w->ok);
  return w->pos;
}
