/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "ext/dtls/rtc-dtls-certificate.h"

#include <string.h>

#include <openssl/crypto.h>
#include <openssl/evp.h>

/* RFC 8122 5 names more; md2, md5 and sha-1 are broken, sha-224 nobody sends. */
static const struct {
  const gchar *name;
  const gchar *openssl_name;
  gsize len;
} hash_table[] = {
  { "sha-256", "SHA256", 32 },
  { "sha-384", "SHA384", 48 },
  { "sha-512", "SHA512", 64 },
};

gboolean
rtc_dtls_digest_parse (const RtcDtlsFingerprint *fingerprint, RtcDtlsDigest *out)
{
  const gchar *s = fingerprint->value;

  memset (out, 0, sizeof *out);
  if (memchr (fingerprint->algorithm, '\0', sizeof fingerprint->algorithm) == NULL
      || memchr (fingerprint->value, '\0', sizeof fingerprint->value) == NULL)
    return FALSE;
  for (gsize i = 0; i < G_N_ELEMENTS (hash_table); i++) {
    if (g_ascii_strcasecmp (fingerprint->algorithm, hash_table[i].name) != 0)
      continue;
    g_strlcpy (out->algorithm, hash_table[i].name, sizeof out->algorithm);
    out->len = hash_table[i].len;
  }
  if (out->len == 0 || strlen (s) != out->len * 3 - 1)
    return FALSE;
  for (gsize i = 0; i < out->len; i++, s += 3) {
    gint high = g_ascii_xdigit_value (s[0]), low = g_ascii_xdigit_value (s[1]);

    if (high < 0 || low < 0 || (i + 1 < out->len && s[2] != ':'))
      return FALSE;
    out->value[i] = (guint8) (high * 16 + low);
  }
  return TRUE;
}

void
rtc_dtls_digest_write (const RtcDtlsDigest *self, RtcDtlsFingerprint *out)
{
  static const gchar hex[] = "0123456789ABCDEF";
  gchar *p = out->value;

  memset (out, 0, sizeof *out);
  g_strlcpy (out->algorithm, self->algorithm, sizeof out->algorithm);
  for (gsize i = 0; i < self->len; i++) {
    if (i > 0)
      *p++ = ':';
    *p++ = hex[self->value[i] >> 4];
    *p++ = hex[self->value[i] & 15];
  }
}

gboolean
rtc_dtls_digest_certificate (const gchar *algorithm, X509 *certificate, RtcDtlsDigest *out)
{
  unsigned char digest[EVP_MAX_MD_SIZE];
  unsigned int len = 0;

  memset (out, 0, sizeof *out);
  for (gsize i = 0; i < G_N_ELEMENTS (hash_table); i++) {
    const EVP_MD *md;

    if (strcmp (algorithm, hash_table[i].name) != 0)
      continue;
    md = EVP_get_digestbyname (hash_table[i].openssl_name);
    if (md == NULL || X509_digest (certificate, md, digest, &len) != 1 || len != hash_table[i].len)
      return FALSE;
    g_strlcpy (out->algorithm, algorithm, sizeof out->algorithm);
    memcpy (out->value, digest, len);
    out->len = len;
    return TRUE;
  }
  return FALSE;
}

gboolean
rtc_dtls_digest_match (const RtcDtlsDigest *digests, guint n_digests, X509 *certificate)
{
  gboolean found = FALSE;

  for (guint i = 0; i < n_digests; i++) {
    RtcDtlsDigest own;

    if (rtc_dtls_digest_certificate (digests[i].algorithm, certificate, &own)
        && own.len == digests[i].len && CRYPTO_memcmp (own.value, digests[i].value, own.len) == 0)
      found = TRUE;
  }
  return found;
}

static gboolean
certificate_key_is_accepted (EVP_PKEY *key)
{
  gchar group[32] = "";

  switch (EVP_PKEY_get_base_id (key)) {
    case EVP_PKEY_RSA:
    case EVP_PKEY_RSA_PSS:
      return EVP_PKEY_get_bits (key) >= 2048 && EVP_PKEY_get_bits (key) <= 4096;
    case EVP_PKEY_EC:
      if (EVP_PKEY_get_group_name (key, group, sizeof group, NULL) != 1)
        return FALSE;
      return strcmp (group, "prime256v1") == 0 || strcmp (group, "P-256") == 0
             || strcmp (group, "secp384r1") == 0 || strcmp (group, "P-384") == 0;
    default:
      return FALSE;
  }
}

RtcResult
rtc_dtls_certificate_check (X509 *certificate, const gchar **why)
{
  EVP_PKEY *key = X509_get0_pubkey (certificate);
  gint len = i2d_X509 (certificate, NULL);

  if (len <= 0 || len > RTC_DTLS_MAX_CERTIFICATE) {
    *why = "is larger than 8 KiB";
    return RTC_ERR_UNSUPPORTED;
  }
  if (key == NULL || !certificate_key_is_accepted (key)) {
    *why = "has a key that is neither RSA 2048 to 4096 nor ECDSA P-256 or P-384";
    return RTC_ERR_UNSUPPORTED;
  }
  return RTC_OK;
}
