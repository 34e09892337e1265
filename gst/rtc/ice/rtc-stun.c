/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "gst/rtc/ice/rtc-stun.h"

#include <string.h>

#define COOKIE 0x2112a442u

/* RFC 8489 18.3, RFC 8445 20.2 */
#define ATTR_USERNAME 0x0006
#define ATTR_MESSAGE_INTEGRITY 0x0008
#define ATTR_ERROR_CODE 0x0009
#define ATTR_UNKNOWN_ATTRIBUTES 0x000a
#define ATTR_XOR_MAPPED_ADDRESS 0x0020
#define ATTR_PRIORITY 0x0024
#define ATTR_USE_CANDIDATE 0x0025
#define ATTR_FINGERPRINT 0x8028
#define ATTR_ICE_CONTROLLED 0x8029
#define ATTR_ICE_CONTROLLING 0x802a

/* RFC 8489 14: "Attributes with type values between 0x0000 and 0x7FFF are
 * comprehension-required". */
#define ATTR_OPTIONAL 0x8000

#define DIGEST_BYTES 20
#define INTEGRITY_BYTES (4 + DIGEST_BYTES)
#define FINGERPRINT_BYTES 8
/* RFC 8489 14.7: the CRC is "XORed with the 32-bit value 0x5354554e". */
#define FINGERPRINT_XOR 0x5354554eu

/* RFC 8489 14.8: "a reason phrase ... MUST be a UTF-8-encoded sequence of fewer than 128
 * characters". */
#define MAX_REASON 127

#define PADDING(len) ((4 - (len) % 4) % 4)

/* --- checksums --- */

/* header: RTC_STUN_HEADER_BYTES with the length up to and with the integrity; body: len bytes after
 * it. */
static void
stun_digest (const gchar *pwd, const guint8 *header, const guint8 *body, gsize len,
    guint8 digest[DIGEST_BYTES])
{
  GHmac *hmac = g_hmac_new (G_CHECKSUM_SHA1, (const guint8 *) pwd, strlen (pwd));
  gsize digest_len = DIGEST_BYTES;

  g_hmac_update (hmac, header, RTC_STUN_HEADER_BYTES);
  g_hmac_update (hmac, body, (gssize) len);
  g_hmac_get_digest (hmac, digest, &digest_len);
  g_hmac_unref (hmac);
}

/* ISO 3309, as Ethernet has it; four bits a step. */
static guint32
stun_crc32 (const guint8 *data, gsize len)
{
  static const guint32 table[16] = { 0x00000000, 0x1db71064, 0x3b6e20c8, 0x26d930ac, 0x76dc4190,
    0x6b6b51f4, 0x4db26158, 0x5005713c, 0xedb88320, 0xf00f9344, 0xd6d6a3e8, 0xcb61b38c, 0x9b64c2b0,
    0x86d3d2d4, 0xa00ae278, 0xbdbdf21c };
  guint32 crc = 0xffffffffu;

  for (gsize i = 0; i < len; i++) {
    crc ^= data[i];
    crc = crc >> 4 ^ table[crc & 15u];
    crc = crc >> 4 ^ table[crc & 15u];
  }
  return ~crc;
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

gboolean
rtc_stun_is_authentic (const RtcStunMessage *self, const gchar *pwd)
{
  guint8 header[RTC_STUN_HEADER_BYTES], digest[DIGEST_BYTES];
  gsize len = self->integrity_pos + INTEGRITY_BYTES - RTC_STUN_HEADER_BYTES;

  if (self->integrity_pos == 0)
    return FALSE;
  memcpy (header, self->data, sizeof header);
  header[2] = (guint8) (len >> 8);
  header[3] = (guint8) len;
  stun_digest (
      pwd, header, self->data + sizeof header, self->integrity_pos - sizeof header, digest);
  return digest_is_equal (self->data + self->integrity_pos + 4, digest);
}

/* --- reading --- */

/* The class is bits 8 and 4, the method the others (RFC 8489 5). */
static void
stun_read_type (RtcStunMessage *out, guint16 type)
{
  out->class_ = (RtcStunClass) ((type >> 7 & 2) | (type >> 4 & 1));
  out->method = (guint16) ((type & 0x000f) | (type & 0x00e0) >> 1 | (type & 0x3e00) >> 2);
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
rtc_stun_get_size (const guint8 *data, gsize len)
{
  RtcReader r = rtc_reader (data, len);
  guint16 type = rtc_reader_u16 (&r);
  gsize size = (gsize) rtc_reader_u16 (&r) + RTC_STUN_HEADER_BYTES;
  guint32 cookie = rtc_reader_u32 (&r);

  rtc_reader_bytes (&r, RTC_STUN_ID_BYTES);
  /* "the last 2 bits of this field are always zero" (RFC 8489 5). */
  return r.ok && type >> 14 == 0 && cookie == COOKIE && size % 4 == 0 && size <= len ? size : 0;
}

/* Both halves are XORed with the cookie, an IPv6 address with the transaction id too (14.2). */
static gboolean
stun_read_mapped (RtcStunMessage *out, const guint8 *value, gsize len)
{
  RtcReader r = rtc_reader (value, len);
  guint family = (guint) rtc_reader_u16 (&r) & 0xffu;
  guint16 port = rtc_reader_u16 (&r) ^ (COOKIE >> 16);
  guint n = family == 1 ? 4 : 16;
  const guint8 *address = rtc_reader_bytes (&r, n), *key = out->data + 4;
  guint8 plain[16];

  if (!r.ok || rtc_reader_left (&r) > 0 || (family != 1 && family != 2))
    return FALSE;
  for (guint i = 0; i < n; i++)
    plain[i] = address[i] ^ key[i];
  out->mapped = rtc_address_make (plain, n, port);
  return TRUE;
}

static gboolean
stun_read_error (RtcStunMessage *out, const guint8 *value, gsize len)
{
  guint hundreds = len >= 4 ? value[2] & 7u : 0;

  /* "The Class ... MUST be between 3 and 6. ... Number ... MUST be between 0 and 99" (14.8). */
  if (hundreds < 3 || hundreds > 6 || value[3] > 99)
    return FALSE;
  out->error_code = hundreds * 100 + value[3];
  return TRUE;
}

static gboolean
stun_read_role (RtcStunMessage *out, RtcStunRole role, const guint8 *value, gsize len)
{
  RtcReader r = rtc_reader (value, len);

  if (len != 8)
    return FALSE;
  if (out->role == RTC_STUN_ROLE_NONE) {
    out->role = role;
    out->tie_breaker = rtc_reader_u64 (&r);
  }
  return TRUE;
}

static gboolean
stun_read_priority (RtcStunMessage *out, const guint8 *value, gsize len)
{
  RtcReader r = rtc_reader (value, len);

  out->priority = rtc_reader_u32 (&r);
  return len == 4;
}

static void
stun_note_unknown (RtcStunMessage *out, guint16 type)
{
  if (type < ATTR_OPTIONAL && out->n_unknown < RTC_STUN_MAX_UNKNOWN)
    out->unknown[out->n_unknown++] = type;
}

/* One attribute before MESSAGE-INTEGRITY; FALSE when its value cannot be. */
static gboolean
stun_read_attribute (RtcStunMessage *out, guint16 type, const guint8 *value, gsize len)
{
  switch (type) {
    case ATTR_USERNAME:
      /* "less than 509 bytes" (RFC 8489 14.3). */
      if (out->username == NULL) {
        out->username = (const gchar *) value;
        out->username_len = len;
      }
      return len < 509;
    case ATTR_PRIORITY:
      return out->priority != 0 || stun_read_priority (out, value, len);
    case ATTR_USE_CANDIDATE:
      out->use_candidate = TRUE;
      return len == 0;
    case ATTR_ICE_CONTROLLING:
      return stun_read_role (out, RTC_STUN_ROLE_CONTROLLING, value, len);
    case ATTR_ICE_CONTROLLED:
      return stun_read_role (out, RTC_STUN_ROLE_CONTROLLED, value, len);
    case ATTR_XOR_MAPPED_ADDRESS:
      return out->mapped.family != RTC_ADDRESS_NONE || stun_read_mapped (out, value, len);
    case ATTR_ERROR_CODE:
      return out->error_code != 0 || stun_read_error (out, value, len);
    case ATTR_UNKNOWN_ATTRIBUTES:
      return TRUE;
    default:
      stun_note_unknown (out, type);
      return TRUE;
  }
}

/* pos: where the attribute begins. */
static gboolean
stun_read_fingerprint (RtcStunMessage *out, gsize pos, const guint8 *value, gsize len)
{
  RtcReader r = rtc_reader (value, len);

  /* "the FINGERPRINT attribute MUST be the last attribute in the message" (14.7). */
  if (len != 4 || pos + FINGERPRINT_BYTES != out->len
      || rtc_reader_u32 (&r) != (stun_crc32 (out->data, pos) ^ FINGERPRINT_XOR))
    return FALSE;
  out->has_fingerprint = TRUE;
  return TRUE;
}

RtcResult
rtc_stun_parse (const guint8 *data, gsize len, RtcStunMessage *out)
{
  RtcReader r = rtc_reader (data, len);

  memset (out, 0, sizeof *out);
  if (rtc_stun_get_size (data, len) != len || len == 0)
    return RTC_ERR_PARSE;
  out->data = data;
  out->len = len;
  stun_read_type (out, rtc_reader_u16 (&r));
  rtc_reader_bytes (&r, 6);
  out->id = rtc_reader_bytes (&r, RTC_STUN_ID_BYTES);
  while (rtc_reader_left (&r) > 0) {
    gsize pos = r.pos;
    guint16 type = rtc_reader_u16 (&r), value_len = rtc_reader_u16 (&r);
    const guint8 *value = rtc_reader_bytes (&r, value_len);
    gboolean ok = TRUE;

    rtc_reader_bytes (&r, PADDING (value_len));
    if (!r.ok)
      return RTC_ERR_PARSE;
    if (type == ATTR_FINGERPRINT) {
      ok = stun_read_fingerprint (out, pos, value, value_len);
    } else if (out->integrity_pos > 0) {
      continue;
    } else if (type == ATTR_MESSAGE_INTEGRITY) {
      out->integrity_pos = pos;
      ok = value_len == DIGEST_BYTES;
    } else {
      ok = stun_read_attribute (out, type, value, value_len);
    }
    if (!ok)
      return RTC_ERR_PARSE;
  }
  return RTC_OK;
}

/* --- writing --- */

/* The length as it will be with so many more bytes, which both checksums cover. */
static void
stun_set_length (RtcWriter *w, gsize more)
{
  rtc_writer_patch_u16 (w, 2, (guint16) (w->pos + more - RTC_STUN_HEADER_BYTES));
}

static void
stun_begin_attribute (RtcWriter *w, guint16 type, gsize len)
{
  rtc_writer_u16 (w, type);
  rtc_writer_u16 (w, (guint16) len);
}

RtcWriter
rtc_stun_begin (guint8 *data, gsize size, RtcStunClass class_, const guint8 *id)
{
  RtcWriter w = rtc_writer (data, size);

  rtc_writer_u16 (&w, (guint16) (RTC_STUN_BINDING | (class_ & 1) << 4 | (class_ & 2) << 7));
  rtc_writer_u16 (&w, 0);
  rtc_writer_u32 (&w, COOKIE);
  rtc_writer_bytes (&w, id, RTC_STUN_ID_BYTES);
  return w;
}

void
rtc_stun_write_username (RtcWriter *w, const gchar *whom, const gchar *who)
{
  gsize whom_len = strlen (whom), who_len = strlen (who), len = whom_len + 1 + who_len;

  stun_begin_attribute (w, ATTR_USERNAME, len);
  rtc_writer_bytes (w, (const guint8 *) whom, whom_len);
  rtc_writer_u8 (w, ':');
  rtc_writer_bytes (w, (const guint8 *) who, who_len);
  rtc_writer_uint (w, 0, PADDING (len));
}

void
rtc_stun_write_priority (RtcWriter *w, guint32 priority)
{
  stun_begin_attribute (w, ATTR_PRIORITY, 4);
  rtc_writer_u32 (w, priority);
}

void
rtc_stun_write_use_candidate (RtcWriter *w)
{
  stun_begin_attribute (w, ATTR_USE_CANDIDATE, 0);
}

void
rtc_stun_write_role (RtcWriter *w, RtcStunRole role, guint64 tie_breaker)
{
  stun_begin_attribute (
      w, role == RTC_STUN_ROLE_CONTROLLING ? ATTR_ICE_CONTROLLING : ATTR_ICE_CONTROLLED, 8);
  rtc_writer_u64 (w, tie_breaker);
}

void
rtc_stun_write_mapped (RtcWriter *w, const RtcAddress *address)
{
  gboolean is_ipv4 = address->family == RTC_ADDRESS_IPV4;
  guint n = is_ipv4 ? 4 : 16;

  g_return_if_fail (address->family != RTC_ADDRESS_NONE);
  stun_begin_attribute (w, ATTR_XOR_MAPPED_ADDRESS, 4 + n);
  rtc_writer_u16 (w, is_ipv4 ? 1 : 2);
  rtc_writer_u16 (w, address->port ^ (COOKIE >> 16));
  for (guint i = 0; i < n; i++)
    rtc_writer_u8 (w, address->bytes[i] ^ w->data[4 + i]);
}

void
rtc_stun_write_error (RtcWriter *w, guint code, const gchar *reason)
{
  gsize len = MIN (strlen (reason), MAX_REASON);

  g_return_if_fail (code >= 300 && code <= 699);
  stun_begin_attribute (w, ATTR_ERROR_CODE, 4 + len);
  rtc_writer_u16 (w, 0);
  rtc_writer_u8 (w, (guint8) (code / 100));
  rtc_writer_u8 (w, (guint8) (code % 100));
  rtc_writer_bytes (w, (const guint8 *) reason, len);
  rtc_writer_uint (w, 0, PADDING (len));
}

void
rtc_stun_write_unknown (RtcWriter *w, const guint16 *types, guint n)
{
  stun_begin_attribute (w, ATTR_UNKNOWN_ATTRIBUTES, 2 * (gsize) n);
  for (guint i = 0; i < n; i++)
    rtc_writer_u16 (w, types[i]);
  rtc_writer_uint (w, 0, PADDING (2 * (gsize) n));
}

gsize
rtc_stun_end (RtcWriter *w, const gchar *pwd)
{
  gsize more = (pwd != NULL ? INTEGRITY_BYTES : 0) + FINGERPRINT_BYTES;
  guint8 digest[DIGEST_BYTES];

  if (rtc_writer_left (w) < more)
    return 0;
  if (pwd != NULL) {
    stun_set_length (w, INTEGRITY_BYTES);
    stun_digest (
        pwd, w->data, w->data + RTC_STUN_HEADER_BYTES, w->pos - RTC_STUN_HEADER_BYTES, digest);
    stun_begin_attribute (w, ATTR_MESSAGE_INTEGRITY, DIGEST_BYTES);
    rtc_writer_bytes (w, digest, sizeof digest);
  }
  stun_set_length (w, FINGERPRINT_BYTES);
  stun_begin_attribute (w, ATTR_FINGERPRINT, 4);
  rtc_writer_u32 (w, stun_crc32 (w->data, w->pos - 4) ^ FINGERPRINT_XOR);
  return w->pos;
}
