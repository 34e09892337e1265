/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* Keys as they stand in a description (SDES, RFC 4568). No message has any of a line's text. */
#include "gst/rtc/sdp/rtc-announcement-reader.h"

#define FAIL(r, ...) rtc_announcement_fail ((r), RTC_ERR_PARSE, __VA_ARGS__)

static const struct {
  const gchar *name;
  RtcSuite suite;
  gsize key_len;
} suites[] = {
  { "AES_CM_128_HMAC_SHA1_80", RTC_SUITE_AES_CM_128_HMAC_SHA1_80, 30 },
  { "AES_CM_128_HMAC_SHA1_32", RTC_SUITE_AES_CM_128_HMAC_SHA1_32, 30 },
  { "AES_256_CM_HMAC_SHA1_80", RTC_SUITE_AES_256_CM_HMAC_SHA1_80, 46 },
  { "AES_256_CM_HMAC_SHA1_32", RTC_SUITE_AES_256_CM_HMAC_SHA1_32, 46 },
  /* As drafts before RFC 6188 had it, and libsrtp2 still has. */
  { "AES_CM_256_HMAC_SHA1_80", RTC_SUITE_AES_256_CM_HMAC_SHA1_80, 46 },
  { "AES_CM_256_HMAC_SHA1_32", RTC_SUITE_AES_256_CM_HMAC_SHA1_32, 46 },
  { "AEAD_AES_128_GCM", RTC_SUITE_AEAD_AES_128_GCM, 28 },
  { "AEAD_AES_256_GCM", RTC_SUITE_AEAD_AES_256_GCM, 44 },
};

gsize
rtc_suite_key_len (RtcSuite suite)
{
  for (guint i = 0; i < G_N_ELEMENTS (suites); i++)
    if (suites[i].suite == suite)
      return suites[i].key_len;
  return 0;
}

static RtcSuite
find_suite (RtcSpan name)
{
  for (guint i = 0; i < G_N_ELEMENTS (suites); i++)
    if (rtc_span_is (name, suites[i].name))
      return suites[i].suite;
  return RTC_SUITE_NONE;
}

static gint
base64_digit (gchar c)
{
  return c >= 'A' && c <= 'Z'   ? c - 'A'
         : c >= 'a' && c <= 'z' ? c - 'a' + 26
         : c >= '0' && c <= '9' ? c - '0' + 52
         : c == '+'             ? 62
         : c == '/'             ? 63
                                : -1;
}

/* Exactly len bytes, with the padding or without it. */
static gboolean
read_base64 (RtcSpan text, guint8 *out, gsize len)
{
  guint32 bits = 0;
  guint n_bits = 0;
  gsize n = 0;

  while (text.len > 0 && text.p[text.len - 1] == '=')
    text.len--;
  if (text.len != (len * 4 + 2) / 3)
    return FALSE;
  for (gsize i = 0; i < text.len; i++) {
    gint digit = base64_digit (text.p[i]);

    if (digit < 0)
      return FALSE;
    bits = bits << 6 | (guint32) digit;
    n_bits += 6;
    if (n_bits >= 8 && n < len) {
      n_bits -= 8;
      out[n++] = (guint8) (bits >> n_bits);
    }
  }
  return n == len;
}

/* "value:length" of an MKI. */
static gboolean
read_mki (RtcAnnouncementReader *r, RtcSpan text, RtcAnnouncedKey *key)
{
  RtcSpan value = rtc_span_cut (&text, ':');
  guint64 number, len;

  if (!rtc_span_uint (value, 0, G_MAXUINT64, &number)
      || !rtc_span_uint (text, 1, RTC_ANNOUNCEMENT_MAX_MKI, &len)
      || (len < 8 && number >> (8 * len) != 0))
    return FAIL (r, "an MKI of a=crypto is not of the form value:length");
  key->mki_len = len;
  for (gsize i = 0; i < len && i < 8; i++)
    key->mki[len - 1 - i] = (guint8) (number >> (8 * i));
  return TRUE;
}

/* inline:<key||salt>["|" lifetime]["|" MKI ":" length]   (RFC 4568 6.1) */
static gboolean
read_key (RtcAnnouncementReader *r, RtcSuite suite, RtcSpan text)
{
  static const gchar method[] = "inline:";
  RtcAnnouncedKey key = { .key_len = rtc_suite_key_len (suite) };
  GArray *keys = r->medium->keys;
  RtcSpan part;

  if (text.len < strlen (method) || memcmp (text.p, method, strlen (method)) != 0)
    return FAIL (r, "the key of a=crypto is not of the method inline");
  text = rtc_span (text.p + strlen (method), text.len - strlen (method));
  if (!read_base64 (rtc_span_cut (&text, '|'), key.key, key.key_len))
    return FAIL (r, "the key of a=crypto is not %" G_GSIZE_FORMAT " bytes of base64", key.key_len);
  while (text.len > 0) {
    part = rtc_span_cut (&text, '|');
    /* The other one is a lifetime: ours are those of the suite at most anyway. */
    if (part.len > 0 && memchr (part.p, ':', part.len) != NULL && !read_mki (r, part, &key))
      return FALSE;
  }
  if (keys->len > 0
      && (key.mki_len == 0 || key.mki_len != g_array_index (keys, RtcAnnouncedKey, 0).mki_len))
    return FAIL (r, "several keys of a=crypto need MKIs of one length");
  if (keys->len >= RTC_ANNOUNCEMENT_MAX_KEYS)
    return rtc_announcement_fail (
        r, RTC_ERR_LIMIT, "more than %u keys in a=crypto", RTC_ANNOUNCEMENT_MAX_KEYS);
  g_array_append_val (keys, key);
  return TRUE;
}

/* TRUE: no parameter asks for what we do not do. Those with a "-" may be ignored (RFC 4568 6.3.7),
 * and a window's size is ours to choose. */
static gboolean
has_only_known_parameters (RtcSpan rest)
{
  for (RtcSpan word = rtc_span_word (&rest); word.len > 0; word = rtc_span_word (&rest))
    if (word.p[0] != '-' && (word.len < 4 || memcmp (word.p, "WSH=", 4) != 0))
      return FALSE;
  return TRUE;
}

/* a=crypto:<tag> <suite> <key>[;<key>] [<parameter> ...] */
gboolean
rtc_announcement_read_crypto (RtcAnnouncementReader *r, RtcSpan value)
{
  RtcSpan tag = rtc_span_word (&value), name = rtc_span_word (&value);
  RtcSpan keys = rtc_span_word (&value);
  RtcSuite suite = find_suite (name);
  guint64 number;

  r->n_crypto++;
  if (!rtc_span_uint (tag, 0, 999999999, &number) || name.len == 0 || keys.len == 0)
    return FAIL (r, "a=crypto is not of the form tag suite key");
  if (suite == RTC_SUITE_NONE || r->medium->keys->len > 0 || !has_only_known_parameters (value))
    return TRUE;
  r->medium->suite = suite;
  while (keys.len > 0)
    if (!read_key (r, suite, rtc_span_cut (&keys, ';')))
      return FALSE;
  return TRUE;
}
