/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "ext/srtp/rtc-srtp-keyring.h"

#include <string.h>

#include <openssl/crypto.h>

#include "ext/openssl/rtc-openssl.h"
#include "ext/srtp/rtc-srtp-cipher.h"

#define AUTH_ONLY_KEY_LEN 30
#define AES_128_MAX_KEY_LEN 30 /* with salt; what is longer holds a key of AES-256 */

typedef struct {
  guint8 master[RTC_SRTP_MAX_MASTER_KEY]; /* secret, to know the key again */
  guint8 mki[RTC_SRTP_MAX_MKI];
  RtcSrtpCipher ciphers[2];
  guint64 n_used[2];
} KeyringKey;

struct _RtcSrtpKeyring {
  guint n_refs;
  RtcSrtpSecurity security;
  RtcSrtpSuite suites[2];
  gsize master_len;
  gsize mki_len;
  guint n_keys;
  gboolean has_told_soft_limit;
  KeyringKey keys[];
};

/* In figures: master key with salt, key, salt; bytes (RFC 3711 8.2, RFC 6188 2, RFC 7714 12). */
static const struct {
  gsize master_len, key_len, salt_len;
  gboolean is_aead;
} cipher_table[] = {
  [RTC_SRTP_CIPHER_NULL] = { 0, 16, 14, FALSE },
  [RTC_SRTP_CIPHER_AES_128_ICM] = { 30, 16, 14, FALSE },
  [RTC_SRTP_CIPHER_AES_256_ICM] = { 46, 32, 14, FALSE },
  [RTC_SRTP_CIPHER_AES_128_GCM] = { 28, 16, 12, TRUE },
  [RTC_SRTP_CIPHER_AES_256_GCM] = { 44, 32, 12, TRUE },
};

static const gsize tag_table[] = {
  [RTC_SRTP_AUTH_NULL] = 0,
  [RTC_SRTP_AUTH_HMAC_SHA1_32] = 4,
  [RTC_SRTP_AUTH_HMAC_SHA1_80] = 10,
};

#define GCM_TAG_LEN 16

/* -- Security ---------------------------------------------------------------- */

gboolean
rtc_srtp_cipher_is_gcm (RtcSrtpCipherName cipher)
{
  return cipher_table[cipher].is_aead;
}

gboolean
rtc_srtp_security_authenticates (const RtcSrtpSecurity *self, gboolean is_rtcp)
{
  return cipher_table[self->cipher[is_rtcp]].is_aead || self->auth[is_rtcp] != RTC_SRTP_AUTH_NULL;
}

gsize
rtc_srtp_security_key_len (const RtcSrtpSecurity *self)
{
  gsize len =
      MAX (cipher_table[self->cipher[0]].master_len, cipher_table[self->cipher[1]].master_len);

  if (len == 0
      && (rtc_srtp_security_authenticates (self, FALSE)
          || rtc_srtp_security_authenticates (self, TRUE)))
    return AUTH_ONLY_KEY_LEN;
  return len;
}

static RtcSrtpSuite
make_suite (const RtcSrtpSecurity *security, guint is_rtcp)
{
  RtcSrtpCipherName cipher = security->cipher[is_rtcp];
  RtcSrtpSuite suite = { RTC_SRTP_PROFILE_NONE, cipher_table[cipher].key_len,
    cipher_table[cipher].salt_len, tag_table[security->auth[is_rtcp]], cipher_table[cipher].is_aead,
    cipher == RTC_SRTP_CIPHER_NULL };

  if (suite.is_aead)
    suite.tag_len = GCM_TAG_LEN;
  return suite;
}

/* -- Life -------------------------------------------------------------------- */

/* One master key serves both ciphers, so its length says how it is cut, and the AES that derives is
 * that of the longer key. */
static gboolean
key_init (KeyringKey *self, const RtcSrtpKeyring *ring, const RtcSrtpMasterKey *from, gboolean seal)
{
  RtcSrtpSuite source = { 0 };
  gboolean ok = TRUE;

  source.key_len = ring->master_len > AES_128_MAX_KEY_LEN ? 32 : 16;
  source.salt_len = ring->master_len > 0 ? ring->master_len - source.key_len : 14;
  if (ring->master_len > 0)
    memcpy (self->master, from->key, ring->master_len);
  if (ring->mki_len > 0)
    memcpy (self->mki, from->mki, ring->mki_len);
  for (guint i = 0; i < 2 && ok; i++) {
    RtcSrtpSessionKeys keys;

    ok = rtc_srtp_derive (&source, self->master, i == 1, &keys)
         && rtc_srtp_cipher_init (&self->ciphers[i], &ring->suites[i], &keys, i == 1, seal);
    OPENSSL_cleanse (&keys, sizeof keys);
  }
  return ok;
}

static RtcResult
check_keys (gsize wanted, const RtcSrtpMasterKey *keys, guint n_keys, GError **error)
{
  if (n_keys > RTC_SRTP_MAX_MASTER_KEYS)
    return rtc_error (error, RTC_ERR_UNSUPPORTED, "%u master keys, at most %u are possible", n_keys,
        RTC_SRTP_MAX_MASTER_KEYS);
  for (guint i = 0; i < n_keys; i++) {
    if (keys[i].key_len != wanted)
      return rtc_error (error, RTC_ERR_UNSUPPORTED,
          "Expected master key of %" G_GSIZE_FORMAT " bytes, but received %" G_GSIZE_FORMAT
          " bytes",
          wanted, keys[i].key_len);
    if (keys[i].mki_len != keys[0].mki_len || keys[i].mki_len > RTC_SRTP_MAX_MKI
        || (n_keys > 1 && keys[i].mki_len == 0))
      return rtc_error (error, RTC_ERR_UNSUPPORTED,
          "Each of several master keys needs an MKI, all of one length of at most %u bytes",
          RTC_SRTP_MAX_MKI);
    for (guint j = 0; j < i; j++)
      if (memcmp (keys[i].mki, keys[j].mki, keys[i].mki_len) == 0)
        return rtc_error (error, RTC_ERR_UNSUPPORTED, "Two master keys have the same MKI");
  }
  return RTC_OK;
}

RtcSrtpKeyring *
rtc_srtp_keyring_new (const RtcSrtpSecurity *security, const RtcSrtpMasterKey *keys, guint n_keys,
    gboolean is_sealing, GError **error)
{
  static const RtcSrtpMasterKey no_key;
  gsize wanted = rtc_srtp_security_key_len (security);
  RtcSrtpKeyring *self;

  rtc_openssl_init ();
  if (n_keys == 0 && wanted == 0) {
    keys = &no_key;
    n_keys = 1;
  } else if (n_keys == 0) {
    rtc_error (error, RTC_ERR_UNSUPPORTED, "There is no master key");
    return NULL;
  }
  if (check_keys (wanted, keys, n_keys, error) != RTC_OK)
    return NULL;
  self = g_malloc0 (sizeof *self + n_keys * sizeof self->keys[0]);
  self->n_refs = 1;
  self->security = *security;
  self->suites[0] = make_suite (security, 0);
  self->suites[1] = make_suite (security, 1);
  self->master_len = wanted;
  self->mki_len = keys[0].mki_len;
  for (guint i = 0; i < n_keys; i++) {
    self->n_keys++;
    if (key_init (&self->keys[i], self, &keys[i], is_sealing))
      continue;
    rtc_srtp_keyring_unref (self);
    rtc_error (error, RTC_ERR_BACKEND, "OpenSSL lacks an SRTP cipher");
    return NULL;
  }
  return self;
}

RtcSrtpKeyring *
rtc_srtp_keyring_ref (RtcSrtpKeyring *self)
{
  self->n_refs++;
  return self;
}

void
rtc_srtp_keyring_unref (RtcSrtpKeyring *self)
{
  if (self == NULL || --self->n_refs > 0)
    return;
  for (guint i = 0; i < self->n_keys; i++) {
    rtc_srtp_cipher_clear (&self->keys[i].ciphers[0]);
    rtc_srtp_cipher_clear (&self->keys[i].ciphers[1]);
  }
  OPENSSL_cleanse (self, sizeof *self + self->n_keys * sizeof self->keys[0]);
  g_free (self);
}

/* -- Comparing --------------------------------------------------------------- */

static gboolean
is_same_key (const RtcSrtpKeyring *self, guint i, const RtcSrtpKeyring *other, guint j)
{
  return self->master_len == other->master_len
         && CRYPTO_memcmp (self->keys[i].master, other->keys[j].master, self->master_len) == 0;
}

const RtcSrtpSecurity *
rtc_srtp_keyring_get_security (const RtcSrtpKeyring *self)
{
  return &self->security;
}

gboolean
rtc_srtp_keyring_is_equal (const RtcSrtpKeyring *self, const RtcSrtpKeyring *other)
{
  if (self->n_keys != other->n_keys || self->mki_len != other->mki_len
      || memcmp (&self->security, &other->security, sizeof self->security) != 0)
    return FALSE;
  for (guint i = 0; i < self->n_keys; i++)
    if (!is_same_key (self, i, other, i)
        || memcmp (self->keys[i].mki, other->keys[i].mki, self->mki_len) != 0)
      return FALSE;
  return TRUE;
}

gboolean
rtc_srtp_keyring_inherit (RtcSrtpKeyring *self, const RtcSrtpKeyring *old)
{
  gboolean any = FALSE;

  for (guint i = 0; i < self->n_keys; i++)
    for (guint j = 0; j < old->n_keys; j++)
      if (is_same_key (self, i, old, j)) {
        memcpy (self->keys[i].n_used, old->keys[j].n_used, sizeof self->keys[i].n_used);
        any = TRUE;
      }
  return any;
}

/* -- Packets ----------------------------------------------------------------- */

static guint64
key_limit (gboolean is_rtcp)
{
  return is_rtcp ? RTC_SRTP_KEY_LIMIT_RTCP : RTC_SRTP_KEY_LIMIT_RTP;
}

/* Bytes between the end of the MKI and the end of the packet: the tag (RFC 3711 3.1, 3.4). That of
 * AEAD belongs to the body; the MKI is last (RFC 7714 8.2, 9.2). */
static gsize
tag_behind_mki (const RtcSrtpKeyring *self, gboolean is_rtcp)
{
  return self->suites[is_rtcp].is_aead ? 0 : self->suites[is_rtcp].tag_len;
}

gsize
rtc_srtp_keyring_overhead (const RtcSrtpKeyring *self, gboolean is_rtcp)
{
  return self->suites[is_rtcp].tag_len + self->mki_len + (is_rtcp ? RTC_SRTP_INDEX_LEN : 0);
}

RtcResult
rtc_srtp_keyring_seal (RtcSrtpKeyring *self, gboolean is_rtcp, guint32 ssrc, guint64 index,
    guint8 *data, gsize header_len, const guint8 *body, gsize body_len, gsize *len)
{
  gsize behind = tag_behind_mki (self, is_rtcp), made;
  KeyringKey *key = &self->keys[0];

  if (key->n_used[is_rtcp] >= key_limit (is_rtcp))
    return RTC_ERR_LIMIT;
  made =
      rtc_srtp_cipher_seal (&key->ciphers[is_rtcp], ssrc, index, data, header_len, body, body_len);
  if (made == 0)
    return RTC_ERR_BACKEND;
  if (self->mki_len > 0) {
    memmove (data + made - behind + self->mki_len, data + made - behind, behind);
    memcpy (data + made - behind, key->mki, self->mki_len);
  }
  key->n_used[is_rtcp]++;
  *len = made + self->mki_len;
  return RTC_OK;
}

RtcResult
rtc_srtp_keyring_select (
    const RtcSrtpKeyring *self, gboolean is_rtcp, guint8 *data, gsize *len, guint *place)
{
  gsize behind = tag_behind_mki (self, is_rtcp);
  guint8 *mki = data + *len - behind - self->mki_len;

  for (guint i = 0; i < self->n_keys; i++) {
    if (memcmp (mki, self->keys[i].mki, self->mki_len) != 0)
      continue;
    if (self->keys[i].n_used[is_rtcp] >= key_limit (is_rtcp))
      return RTC_ERR_LIMIT;
    memmove (mki, mki + self->mki_len, behind);
    *len -= self->mki_len;
    *place = i;
    return RTC_OK;
  }
  return RTC_ERR_AUTH;
}

guint32
rtc_srtp_keyring_read_index (
    const RtcSrtpKeyring *self, const guint8 *data, gsize len, gboolean *is_expected)
{
  guint32 word = rtc_srtp_read_index (&self->suites[1], data, len);

  *is_expected = ((word & RTC_SRTP_E_FLAG) == 0) == self->suites[1].is_clear;
  return word & ~RTC_SRTP_E_FLAG;
}

RtcResult
rtc_srtp_keyring_open (RtcSrtpKeyring *self, guint place, gboolean is_rtcp, guint32 ssrc,
    guint64 index, guint8 *data, gsize header_len, gsize *len)
{
  KeyringKey *key = &self->keys[place];
  gsize plain = rtc_srtp_cipher_open (&key->ciphers[is_rtcp], ssrc, index, data, header_len, *len);

  if (plain == 0)
    return RTC_ERR_AUTH;
  key->n_used[is_rtcp]++;
  *len = plain;
  return RTC_OK;
}

gboolean
rtc_srtp_keyring_steal_soft_limit (RtcSrtpKeyring *self)
{
  if (self->has_told_soft_limit)
    return FALSE;
  for (guint i = 0; i < self->n_keys && !self->has_told_soft_limit; i++)
    self->has_told_soft_limit =
        self->keys[i].n_used[0] >= RTC_SRTP_KEY_LIMIT_RTP - RTC_SRTP_SOFT_MARGIN
        || self->keys[i].n_used[1] >= RTC_SRTP_KEY_LIMIT_RTCP - RTC_SRTP_SOFT_MARGIN;
  return self->has_told_soft_limit;
}

void
rtc_srtp_keyring_set_usage (RtcSrtpKeyring *self, guint64 rtp_packets, guint64 rtcp_packets)
{
  for (guint i = 0; i < self->n_keys; i++) {
    self->keys[i].n_used[0] = rtp_packets;
    self->keys[i].n_used[1] = rtcp_packets;
  }
}
