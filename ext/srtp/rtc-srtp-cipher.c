/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#define OPENSSL_SUPPRESS_DEPRECATED /* SHA1_Update(): a state that can be copied without malloc()  \
                                     */
#include "ext/srtp/rtc-srtp-cipher.h"

#include <string.h>

#include <openssl/crypto.h>
#include <openssl/sha.h>

#include "gst/rtc/base/rtc-bytes.h"
#include "gst/rtc/base/rtc-prefetch.h"

#define BLOCK 16
#define SHA1_LEN SHA_DIGEST_LENGTH

/* RFC 2104 2: bytes that the key is mixed with. */
#define INNER_PAD 0x36
#define OUTER_PAD 0x5c

/* SHA-1 behind the padded key, which is the same for each packet (RFC 2104 4). EVP's HMAC would
 * copy such states as well, but into memory that it takes and gives back for each packet. */
struct _RtcSrtpHmac {
  SHA_CTX inner, outer;
};

/* RFC 3711 4.3.2: labels of encryption, authentication and salting; of SRTCP they are higher. */
#define LABEL_ENCRYPTION 0
#define LABEL_AUTHENTICATION 1
#define LABEL_SALT 2
#define LABEL_RTCP 3

/* RFC 3711 4.3.1: the label is above 48 bits of index / rate, at the low end of 112 bits. */
#define LABEL_AT 7

/* -- Keys -------------------------------------------------------------------- */

/* RFC 3711 4.3.1, 4.3.3: the key stream of AES in counter mode from (label XOR salt) * 2^16 on; a
 * salt of 96 bits has 16 zero bits behind it (RFC 7714 11). */
static gboolean
derive_one (RtcSrtpAes *aes, const RtcSrtpSuite *suite, const guint8 *master, guint8 label,
    guint8 *out, gsize len)
{
  guint8 iv[BLOCK] = { 0 };

  memcpy (iv, master + suite->key_len, suite->salt_len);
  iv[LABEL_AT] ^= label;
  memset (out, 0, len);
  return rtc_srtp_aes_begin (aes, iv) && rtc_srtp_aes_crypt (aes, out, len, out);
}

gboolean
rtc_srtp_derive (
    const RtcSrtpSuite *suite, const guint8 *master, gboolean is_rtcp, RtcSrtpSessionKeys *out)
{
  guint8 first = is_rtcp ? LABEL_RTCP : 0;
  RtcSrtpAes aes;
  gboolean ok;

  memset (out, 0, sizeof *out);
  if (!rtc_srtp_aes_init (&aes, FALSE, TRUE, master, suite->key_len))
    return FALSE;
  ok =
      derive_one (&aes, suite, master, first + LABEL_ENCRYPTION, out->key, sizeof out->key)
      && derive_one (&aes, suite, master, first + LABEL_AUTHENTICATION, out->auth, sizeof out->auth)
      && derive_one (&aes, suite, master, first + LABEL_SALT, out->salt, sizeof out->salt);
  rtc_srtp_aes_clear (&aes);
  return ok;
}

static gboolean
hmac_begin (SHA_CTX *out, const guint8 *key, guint8 pad)
{
  guint8 block[SHA_CBLOCK];
  gboolean ok;

  memset (block, pad, sizeof block);
  for (gsize i = 0; i < RTC_SRTP_AUTH_KEY_LEN; i++)
    block[i] ^= key[i];
  ok = SHA1_Init (out) == 1 && SHA1_Update (out, block, sizeof block) == 1;
  OPENSSL_cleanse (block, sizeof block);
  return ok;
}

static gboolean
cipher_init_hmac (RtcSrtpCipher *self, const guint8 *key)
{
  self->hmac = g_new (RtcSrtpHmac, 1);
  return hmac_begin (&self->hmac->inner, key, INNER_PAD)
         && hmac_begin (&self->hmac->outer, key, OUTER_PAD);
}

gboolean
rtc_srtp_cipher_init (RtcSrtpCipher *self, const RtcSrtpSuite *suite,
    const RtcSrtpSessionKeys *keys, gboolean is_rtcp, gboolean is_sealing)
{
  memset (self, 0, sizeof *self);
  self->suite = suite;
  self->is_rtcp = is_rtcp;
  memcpy (self->salt, keys->salt, sizeof self->salt);
  if ((suite->is_clear
          || rtc_srtp_aes_init (&self->aes, suite->is_aead, is_sealing, keys->key, suite->key_len))
      && (suite->is_aead || suite->tag_len == 0 || cipher_init_hmac (self, keys->auth)))
    return TRUE;
  rtc_srtp_cipher_clear (self);
  return FALSE;
}

void
rtc_srtp_cipher_clear (RtcSrtpCipher *self)
{
  rtc_srtp_aes_clear (&self->aes);
  if (self->hmac != NULL)
    OPENSSL_cleanse (self->hmac, sizeof *self->hmac);
  g_free (self->hmac);
  OPENSSL_cleanse (self, sizeof *self);
}

void
rtc_srtp_cipher_prefetch (const RtcSrtpCipher *self)
{
  if (!self->suite->is_clear)
    rtc_srtp_aes_prefetch (&self->aes);
  if (self->hmac != NULL)
    rtc_prefetch (self->hmac, sizeof *self->hmac);
}

/* -- One packet -------------------------------------------------------------- */

static void
put (guint8 *at, guint64 value, guint n_bytes)
{
  for (guint i = n_bytes; i > 0; i--, value >>= 8)
    at[i - 1] = (guint8) value;
}

static void
mix (guint8 *at, guint64 value, guint n_bytes)
{
  for (guint i = n_bytes; i > 0; i--, value >>= 8)
    at[i - 1] ^= (guint8) value;
}

/* RFC 3711 4.1.1: IV = (salt * 2^16) XOR (SSRC * 2^64) XOR (index * 2^16).
 * RFC 7714 8.1: 00 00 SSRC ROC SEQ; 9.1: 00 00 SSRC 00 00 and the index; each XOR the salt. */
static void
cipher_make_iv (const RtcSrtpCipher *self, guint32 ssrc, guint64 index, guint8 iv[BLOCK])
{
  gsize at = self->suite->is_aead ? 2 : 4;

  memset (iv, 0, BLOCK);
  memcpy (iv, self->salt, self->suite->salt_len);
  mix (iv + at, ssrc, 4);
  mix (iv + at + 4, index, 6);
}

/* RFC 3711 4.2: over the packet and, for RTP, the roll-over counter. RFC 2104 2: "H(K XOR opad,
 * H(K XOR ipad, text))". */
static gboolean
cipher_authenticate (
    RtcSrtpCipher *self, guint64 index, const guint8 *data, gsize len, guint8 tag[SHA1_LEN])
{
  guint8 roc[4];
  SHA_CTX sha;

  if (self->suite->tag_len == 0)
    return TRUE;
  put (roc, index >> 16, sizeof roc);
  sha = self->hmac->inner;
  if (SHA1_Update (&sha, data, len) != 1
      || (!self->is_rtcp && SHA1_Update (&sha, roc, sizeof roc) != 1)
      || SHA1_Final (tag, &sha) != 1)
    return FALSE;
  sha = self->hmac->outer;
  return SHA1_Update (&sha, tag, SHA1_LEN) == 1 && SHA1_Final (tag, &sha) == 1;
}

static gboolean
cipher_crypt (
    RtcSrtpCipher *self, const guint8 iv[BLOCK], const guint8 *body, gsize body_len, guint8 *out)
{
  if (self->suite->is_clear) {
    memmove (out, body, body_len);
    return TRUE;
  }
  return rtc_srtp_aes_begin (&self->aes, iv)
         && rtc_srtp_aes_crypt (&self->aes, body, body_len, out);
}

static gsize
cipher_seal_cm (RtcSrtpCipher *self, const guint8 iv[BLOCK], guint64 index, guint8 *data,
    gsize header_len, const guint8 *body, gsize body_len)
{
  gsize len = header_len + body_len;
  guint8 tag[SHA1_LEN];

  if (!cipher_crypt (self, iv, body, body_len, data + header_len))
    return 0;
  if (self->is_rtcp) {
    /* RFC 3711 3.4: the E flag "is set to one if the current SRTCP packet is encrypted". */
    put (data + len, index | (self->suite->is_clear ? 0 : RTC_SRTP_E_FLAG), RTC_SRTP_INDEX_LEN);
    len += RTC_SRTP_INDEX_LEN;
  }
  if (!cipher_authenticate (self, index, data, len, tag))
    return 0;
  memcpy (data + len, tag, self->suite->tag_len);
  return len + self->suite->tag_len;
}

static gsize
cipher_open_cm (RtcSrtpCipher *self, const guint8 iv[BLOCK], guint64 index, guint8 *data,
    gsize header_len, gsize len)
{
  gsize covered = len - self->suite->tag_len;
  gsize plain = covered - (self->is_rtcp ? RTC_SRTP_INDEX_LEN : 0);
  guint8 tag[SHA1_LEN];

  if (!cipher_authenticate (self, index, data, covered, tag)
      || CRYPTO_memcmp (tag, data + covered, self->suite->tag_len) != 0
      || !cipher_crypt (self, iv, data + header_len, plain - header_len, data + header_len))
    return 0;
  return plain;
}

/* RFC 7714 8.2: the header is associated data; 9.2, 9.3: so is the word with flag and index. */
static gboolean
cipher_associate (
    RtcSrtpCipher *self, const guint8 iv[BLOCK], guint64 index, const guint8 *header, gsize len)
{
  guint8 word[RTC_SRTP_INDEX_LEN];

  put (word, index | RTC_SRTP_E_FLAG, sizeof word);
  return rtc_srtp_aes_begin (&self->aes, iv) && rtc_srtp_aes_associate (&self->aes, header, len)
         && (!self->is_rtcp || rtc_srtp_aes_associate (&self->aes, word, sizeof word));
}

static gsize
cipher_seal_gcm (RtcSrtpCipher *self, const guint8 iv[BLOCK], guint64 index, guint8 *data,
    gsize header_len, const guint8 *body, gsize body_len)
{
  gsize len = header_len + body_len;

  if (!cipher_associate (self, iv, index, data, header_len)
      || !rtc_srtp_aes_crypt (&self->aes, body, body_len, data + header_len)
      || !rtc_srtp_aes_finish (&self->aes, data + len, self->suite->tag_len))
    return 0;
  len += self->suite->tag_len;
  if (!self->is_rtcp)
    return len;
  put (data + len, index | RTC_SRTP_E_FLAG, RTC_SRTP_INDEX_LEN);
  return len + RTC_SRTP_INDEX_LEN;
}

static gsize
cipher_open_gcm (RtcSrtpCipher *self, const guint8 iv[BLOCK], guint64 index, guint8 *data,
    gsize header_len, gsize len)
{
  gsize plain = len - self->suite->tag_len - (self->is_rtcp ? RTC_SRTP_INDEX_LEN : 0);
  guint8 *body = data + header_len;

  if (!cipher_associate (self, iv, index, data, header_len)
      || !rtc_srtp_aes_crypt (&self->aes, body, plain - header_len, body)
      || !rtc_srtp_aes_finish (&self->aes, data + plain, self->suite->tag_len))
    return 0;
  return plain;
}

gsize
rtc_srtp_cipher_seal (RtcSrtpCipher *self, guint32 ssrc, guint64 index, guint8 *data,
    gsize header_len, const guint8 *body, gsize body_len)
{
  guint8 iv[BLOCK];

  cipher_make_iv (self, ssrc, index, iv);
  return (self->suite->is_aead ? cipher_seal_gcm : cipher_seal_cm) (
      self, iv, index, data, header_len, body, body_len);
}

gsize
rtc_srtp_cipher_open (
    RtcSrtpCipher *self, guint32 ssrc, guint64 index, guint8 *data, gsize header_len, gsize len)
{
  guint8 iv[BLOCK];

  cipher_make_iv (self, ssrc, index, iv);
  return (self->suite->is_aead ? cipher_open_gcm : cipher_open_cm) (
      self, iv, index, data, header_len, len);
}
