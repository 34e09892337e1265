/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#define _GNU_SOURCE /* memmem() */
#include "ext/nice/rtc-nice-stun.h"

#include <string.h>
#include "gst/rtc/base/rtc-bytes.h"

#define HEADER_BYTES 20
#define COOKIE 0x2112a442u

/* RFC 8489 5, 18.1 */
#define BINDING_REQUEST 0x0001
#define BINDING_SUCCESS 0x0101
#define BINDING_ERROR 0x0111

/* RFC 8489 18.3, RFC 8445 20.2 */
#define ATTR_USERNAME 0x0006
#define ATTR_MESSAGE_INTEGRITY 0x0008
#define ATTR_ERROR_CODE 0x0009
#define ATTR_PRIORITY 0x0024
#define ATTR_USE_CANDIDATE 0x0025
#define ATTR_FINGERPRINT 0x8028
#define ATTR_ICE_CONTROLLED 0x8029
#define ATTR_ICE_CONTROLLING 0x802a

#define DIGEST_BYTES 20
#define INTEGRITY_BYTES (4 + DIGEST_BYTES)
#define FINGERPRINT_BYTES 8
/* RFC 8489 14.7: the CRC is "XORed with the 32-bit value 0x5354554e". */
#define FINGERPRINT_XOR 0x5354554eu

#define PADDING(len) ((4 - (len) % 4) % 4)

/* --- writing --- */

/* The length as it will be with so many more bytes, which both checksums cover. */
static void
stun_set_length (RtcWriter *w, gsize more)
{
  rtc_writer_patch_u16 (w, 2, (guint16) (w->pos + more - HEADER_BYTES));
}

static void
stun_write_username (RtcWriter *w, const RtcNiceStunCheck *check)
{
  gsize remote = strlen (check->remote_ufrag), local = strlen (check->local_ufrag);
  gsize len = remote + 1 + local;

  rtc_writer_u16 (w, ATTR_USERNAME);
  rtc_writer_u16 (w, (guint16) len);
  rtc_writer_bytes (w, (const guint8 *) check->remote_ufrag, remote);
  rtc_writer_u8 (w, ':');
  rtc_writer_bytes (w, (const guint8 *) check->local_ufrag, local);
  rtc_writer_uint (w, 0, PADDING (len));
}

static void
stun_write_role (RtcWriter *w, gboolean is_controlling)
{
  rtc_writer_u16 (w, is_controlling ? ATTR_ICE_CONTROLLING : ATTR_ICE_CONTROLLED);
  rtc_writer_u16 (w, 8);
  rtc_writer_u64 (w, is_controlling ? 0 : G_MAXUINT64);
  if (is_controlling) {
    rtc_writer_u16 (w, ATTR_USE_CANDIDATE);
    rtc_writer_u16 (w, 0);
  }
}

/* header: HEADER_BYTES with the length up to and with the integrity; body: len bytes after it. */
static void
stun_digest (const gchar *pwd, const guint8 *header, const guint8 *body, gsize len,
    guint8 digest[DIGEST_BYTES])
{
  GHmac *hmac = g_hmac_new (G_CHECKSUM_SHA1, (const guint8 *) pwd, strlen (pwd));
  gsize digest_len = DIGEST_BYTES;

  g_hmac_update (hmac, header, HEADER_BYTES);
  g_hmac_update (hmac, body, (gssize) len);
  g_hmac_get_digest (hmac, digest, &digest_len);
  g_hmac_unref (hmac);
}

/* ISO 3309, as Ethernet has it. */
static guint32
stun_crc32 (const guint8 *data, gsize len)
{
  guint32 crc = 0xffffffffu;

  for (gsize i = 0; i < len; i++) {
    crc ^= data[i];
    for (guint bit = 0; bit < 8; bit++)
      crc = (crc & 1) != 0 ? crc >> 1 ^ 0xedb88320u : crc >> 1;
  }
  return ~crc;
}

/*  0                   1                   2                   3
 *  0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * |0 0|     STUN Message Type     |         Message Length        |
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * |                         Magic Cookie                          |
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * |                     Transaction ID (96 bits)                  |
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+ */
gsize
rtc_nice_stun_write_check (const RtcNiceStunCheck *check, const guint8 *id, guint8 *out, gsize size)
{
  RtcWriter w = rtc_writer (out, size);
  guint8 digest[DIGEST_BYTES];

  rtc_writer_u16 (&w, BINDING_REQUEST);
  rtc_writer_u16 (&w, 0);
  rtc_writer_u32 (&w, COOKIE);
  rtc_writer_bytes (&w, id, RTC_NICE_STUN_ID_BYTES);
  stun_write_username (&w, check);
  rtc_writer_u16 (&w, ATTR_PRIORITY);
  rtc_writer_u16 (&w, 4);
  rtc_writer_u32 (&w, check->priority);
  stun_write_role (&w, check->is_controlling);
  if (rtc_writer_left (&w) < INTEGRITY_BYTES + FINGERPRINT_BYTES)
    return 0;
  stun_set_length (&w, INTEGRITY_BYTES);
  stun_digest (check->remote_pwd, out, out + HEADER_BYTES, w.pos - HEADER_BYTES, digest);
  rtc_writer_u16 (&w, ATTR_MESSAGE_INTEGRITY);
  rtc_writer_u16 (&w, DIGEST_BYTES);
  rtc_writer_bytes (&w, digest, sizeof digest);
  stun_set_length (&w, FINGERPRINT_BYTES);
  rtc_writer_u16 (&w, ATTR_FINGERPRINT);
  rtc_writer_u16 (&w, 4);
  rtc_writer_u32 (&w, stun_crc32 (out, w.pos - 4) ^ FINGERPRINT_XOR);
  return w.pos;
}

/* --- reading --- */

gboolean
rtc_nice_stun_find (
    const guint8 *data, gsize len, gsize *pos, const guint8 **message, const guint8 **id)
{
  static const guint8 cookie[] = { 0x21, 0x12, 0xa4, 0x42 };

  while (*pos < len) {
    const guint8 *at = memmem (data + *pos, len - *pos, cookie, sizeof cookie);
    gsize offset;

    if (at == NULL)
      break;
    offset = (gsize) (at - data);
    *pos = offset + 1;
    if (offset < 4 || len - (offset - 4) < HEADER_BYTES)
      continue;
    *message = at - 4;
    *id = at + sizeof cookie;
    return TRUE;
  }
  return FALSE;
}

/* Neither where they differ nor how far they agree shows in the time it takes. */
static gboolean
digest_is_equal (const guint8 *a, const guint8 *b)
{
  guint8 difference = 0;

  for (guint i = 0; i < DIGEST_BYTES; i++)
    difference |= a[i] ^ b[i];
  return difference == 0;
}

/* offset: where MESSAGE-INTEGRITY begins. What comes after it is not covered (RFC 8489 14.5). */
static gboolean
stun_is_authentic (const guint8 *data, gsize offset, const guint8 *given, const gchar *pwd)
{
  guint8 header[HEADER_BYTES], digest[DIGEST_BYTES];
  gsize len = offset + INTEGRITY_BYTES - HEADER_BYTES;

  memcpy (header, data, HEADER_BYTES);
  header[2] = (guint8) (len >> 8);
  header[3] = (guint8) len;
  stun_digest (pwd, header, data + HEADER_BYTES, offset - HEADER_BYTES, digest);
  return digest_is_equal (given, digest);
}

static RtcNiceStunAnswer
stun_get_answer (guint16 type, guint code)
{
  if (type == BINDING_SUCCESS)
    return RTC_NICE_STUN_SUCCESS;
  switch (code) {
    case 403:
      return RTC_NICE_STUN_FORBIDDEN;
    case 487:
      return RTC_NICE_STUN_CONFLICT;
    default:
      return RTC_NICE_STUN_ERROR;
  }
}

RtcNiceStunAnswer
rtc_nice_stun_read_answer (const guint8 *data, gsize len, const gchar *pwd)
{
  RtcReader header = rtc_reader (data, len), r;
  guint16 type = rtc_reader_u16 (&header), length = rtc_reader_u16 (&header);
  guint code = 0;

  if (!header.ok || (type != BINDING_SUCCESS && type != BINDING_ERROR)
      || (gsize) length + HEADER_BYTES > len)
    return RTC_NICE_STUN_NONE;
  r = rtc_reader (data, (gsize) length + HEADER_BYTES);
  rtc_reader_bytes (&r, HEADER_BYTES);
  while (rtc_reader_left (&r) > 0) {
    gsize offset = r.pos;
    guint16 attribute = rtc_reader_u16 (&r), value_len = rtc_reader_u16 (&r);
    const guint8 *value = rtc_reader_bytes (&r, value_len);

    rtc_reader_bytes (&r, PADDING (value_len));
    if (!r.ok)
      break;
    if (attribute == ATTR_MESSAGE_INTEGRITY)
      return value_len == DIGEST_BYTES && stun_is_authentic (data, offset, value, pwd)
                 ? stun_get_answer (type, code)
                 : RTC_NICE_STUN_NONE;
    /* RFC 8489 14.8: the hundreds are three bits of the third byte. */
    if (attribute == ATTR_ERROR_CODE && value_len >= 4)
      code = (value[2] & 7u) * 100 + value[3];
  }
  return RTC_NICE_STUN_NONE;
}
