/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "ext/dtls/rtc-dtls-record.h"

#include <openssl/core_names.h>
#include <openssl/kdf.h>

#include "gst/rtc/base/rtc-bytes.h"

#define VERSION_1_2 0xfefd
#define EPOCH 1
#define MAX_SEQ ((G_GUINT64_CONSTANT (1) << 48) - 1)
#define SALT_BYTES 4
#define NONCE_BYTES 12
#define TAG_BYTES 16
#define MASTER_BYTES 48
#define RANDOM_BYTES SSL3_RANDOM_SIZE

/* RFC 5246 6.2.3.3: number of the record, type, version, length of what it says. */
#define ASSOCIATED_BYTES 13

#define LABEL "key expansion"

/* -- Keys -------------------------------------------------------------------- */

/* RFC 5246 5: the PRF; seed is label and both randoms. */
static gboolean
records_expand (
    const EVP_MD *digest, guint8 *master, guint8 *seed, gsize seed_len, guint8 *out, gsize out_len)
{
  EVP_KDF *kdf = EVP_KDF_fetch (NULL, OSSL_KDF_NAME_TLS1_PRF, NULL);
  EVP_KDF_CTX *ctx = kdf != NULL ? EVP_KDF_CTX_new (kdf) : NULL;
  OSSL_PARAM params[] = {
    OSSL_PARAM_construct_utf8_string (
        OSSL_KDF_PARAM_DIGEST, (char *) (guintptr) EVP_MD_get0_name (digest), 0),
    OSSL_PARAM_construct_octet_string (OSSL_KDF_PARAM_SECRET, master, MASTER_BYTES),
    OSSL_PARAM_construct_octet_string (OSSL_KDF_PARAM_SEED, seed, seed_len),
    OSSL_PARAM_construct_end (),
  };
  gboolean ok = ctx != NULL && EVP_KDF_derive (ctx, out, out_len, params) == 1;

  EVP_KDF_CTX_free (ctx);
  EVP_KDF_free (kdf);
  return ok;
}

/* RFC 5246 6.3: client's key, server's, client's salt, server's; AEAD needs no more. */
static void
records_split (RtcDtlsRecords *self, gboolean is_client, const guint8 *block)
{
  RtcDtlsRecordKey *client = is_client ? &self->local : &self->remote;
  RtcDtlsRecordKey *server = is_client ? &self->remote : &self->local;

  memcpy (client->key, block, self->key_len);
  memcpy (server->key, block + self->key_len, self->key_len);
  memcpy (client->salt, block + 2 * self->key_len, SALT_BYTES);
  memcpy (server->salt, block + 2 * self->key_len + SALT_BYTES, SALT_BYTES);
}

static gsize
suite_get_key_len (const SSL_CIPHER *suite)
{
  switch (suite != NULL ? SSL_CIPHER_get_cipher_nid (suite) : NID_undef) {
    case NID_aes_128_gcm:
      return 16;
    case NID_aes_256_gcm:
      return 32;
    default:
      return 0;
  }
}

gboolean
rtc_dtls_records_can (const SSL *ssl)
{
  return suite_get_key_len (SSL_get_current_cipher (ssl)) > 0;
}

static gboolean
records_derive (RtcDtlsRecords *self, SSL *ssl, gboolean is_client)
{
  const EVP_MD *digest = SSL_CIPHER_get_handshake_digest (SSL_get_current_cipher (ssl));
  guint8 seed[sizeof LABEL - 1 + 2 * RANDOM_BYTES];
  guint8 block[2 * (RTC_DTLS_RECORD_MAX_KEY + SALT_BYTES)];
  guint8 master[MASTER_BYTES];
  gboolean ok;

  memcpy (seed, LABEL, sizeof LABEL - 1);
  ok =
      digest != NULL
      && SSL_SESSION_get_master_key (SSL_get0_session (ssl), master, sizeof master) == sizeof master
      && SSL_get_server_random (ssl, seed + sizeof LABEL - 1, RANDOM_BYTES) == RANDOM_BYTES
      && SSL_get_client_random (ssl, seed + sizeof LABEL - 1 + RANDOM_BYTES, RANDOM_BYTES)
             == RANDOM_BYTES
      && records_expand (
          digest, master, seed, sizeof seed, block, 2 * (self->key_len + SALT_BYTES));
  if (ok)
    records_split (self, is_client, block);
  OPENSSL_cleanse (master, sizeof master);
  OPENSSL_cleanse (block, sizeof block);
  return ok;
}

/* -- Sealing and opening ----------------------------------------------------- */

static EVP_CIPHER_CTX *
key_get_cipher (const RtcDtlsRecordKey *self, gsize key_len, gboolean seals)
{
  EVP_CIPHER_CTX *ctx = self->cipher != NULL ? self->cipher : EVP_CIPHER_CTX_new ();
  const EVP_CIPHER *cipher = key_len == 32 ? EVP_aes_256_gcm () : EVP_aes_128_gcm ();

  if (ctx == NULL || ctx == self->cipher)
    return ctx;
  if (EVP_CipherInit_ex (ctx, cipher, NULL, self->key, NULL, seals) != 1)
    g_clear_pointer (&ctx, EVP_CIPHER_CTX_free);
  return ctx;
}

/* Keeps what is needed again and again. */
static void
key_put_cipher (RtcDtlsRecordKey *self, EVP_CIPHER_CTX *ctx, gboolean keep)
{
  if (keep && self->cipher == NULL)
    self->cipher = ctx;
  else if (ctx != self->cipher)
    EVP_CIPHER_CTX_free (ctx);
}

/* What is authenticated but not encrypted is the header with another length. */
static void
make_associated (guint8 *out, const guint8 *header, gsize len)
{
  RtcWriter w = rtc_writer (out, ASSOCIATED_BYTES);

  rtc_writer_bytes (&w, header + 3, 8);
  rtc_writer_bytes (&w, header, 3);
  rtc_writer_u16 (&w, (guint16) len);
}

static void
make_nonce (guint8 *out, const RtcDtlsRecordKey *key, const guint8 *explicit_part)
{
  memcpy (out, key->salt, SALT_BYTES);
  memcpy (out + SALT_BYTES, explicit_part, RTC_DTLS_GCM_NONCE);
}

static gboolean
cipher_run (EVP_CIPHER_CTX *ctx, guint8 *nonce, const guint8 *associated, const guint8 *in,
    gsize len, guint8 *out)
{
  int n;

  return EVP_CipherInit_ex (ctx, NULL, NULL, NULL, nonce, -1) == 1
         && EVP_CipherUpdate (ctx, NULL, &n, associated, ASSOCIATED_BYTES) == 1
         && EVP_CipherUpdate (ctx, out, &n, in, (int) len) == 1 && n == (int) len;
}

RtcResult
rtc_dtls_records_seal (
    RtcDtlsRecords *self, RtcDtlsContent type, const guint8 *data, gsize len, guint8 *out)
{
  guint8 *body = out + RTC_DTLS_RECORD_HEADER, nonce[NONCE_BYTES], associated[ASSOCIATED_BYTES];
  RtcWriter w = rtc_writer (out, len + RTC_DTLS_RECORD_OVERHEAD);
  EVP_CIPHER_CTX *ctx;
  gboolean ok;
  int n;

  if (self->seq > MAX_SEQ)
    return RTC_ERR_LIMIT;
  ctx = key_get_cipher (&self->local, self->key_len, TRUE);
  if (ctx == NULL)
    return RTC_ERR_BACKEND;
  rtc_writer_u8 (&w, type);
  rtc_writer_u16 (&w, VERSION_1_2);
  rtc_writer_u16 (&w, EPOCH);
  rtc_writer_uint (&w, self->seq++, 6);
  rtc_writer_u16 (&w, (guint16) (RTC_DTLS_GCM_NONCE + len + TAG_BYTES));
  rtc_writer_uint (&w, self->nonce++, RTC_DTLS_GCM_NONCE);
  make_nonce (nonce, &self->local, body);
  make_associated (associated, out, len);
  body += RTC_DTLS_GCM_NONCE;
  ok = cipher_run (ctx, nonce, associated, data, len, body)
       && EVP_CipherFinal_ex (ctx, body + len, &n) == 1
       && EVP_CIPHER_CTX_ctrl (ctx, EVP_CTRL_AEAD_GET_TAG, TAG_BYTES, body + len) == 1;
  key_put_cipher (&self->local, ctx, type == RTC_DTLS_CONTENT_DATA);
  return ok ? RTC_OK : RTC_ERR_BACKEND;
}

static gboolean
records_seen (const RtcDtlsRecords *self, guint64 seq)
{
  if (self->window == 0 || seq > self->highest)
    return FALSE;
  return self->highest - seq >= 64 || (self->window >> (self->highest - seq) & 1) != 0;
}

static void
records_note (RtcDtlsRecords *self, guint64 seq)
{
  if (self->window == 0) {
    self->highest = seq;
  } else if (seq > self->highest) {
    self->window = seq - self->highest < 64 ? self->window << (seq - self->highest) : 0;
    self->highest = seq;
  }
  self->window |= G_GUINT64_CONSTANT (1) << (self->highest - seq);
}

/* Without looking at its number. */
static RtcResult
records_decrypt (RtcDtlsRecords *self, RtcDtlsRecordKey *key, const guint8 *record, gsize len,
    guint8 *out, gsize *out_len)
{
  const guint8 *body = record + RTC_DTLS_RECORD_HEADER;
  guint8 nonce[NONCE_BYTES], associated[ASSOCIATED_BYTES], tag[TAG_BYTES];
  gsize n_said = len - RTC_DTLS_RECORD_OVERHEAD;
  EVP_CIPHER_CTX *ctx = key_get_cipher (key, self->key_len, FALSE);
  gboolean ok;
  int n;

  if (ctx == NULL)
    return RTC_ERR_AUTH;
  make_nonce (nonce, key, body);
  make_associated (associated, record, n_said);
  body += RTC_DTLS_GCM_NONCE;
  memcpy (tag, body + n_said, TAG_BYTES);
  ok = cipher_run (ctx, nonce, associated, body, n_said, out)
       && EVP_CIPHER_CTX_ctrl (ctx, EVP_CTRL_AEAD_SET_TAG, TAG_BYTES, tag) == 1
       && EVP_CipherFinal_ex (ctx, out + n_said, &n) == 1;
  /* One that does not open may be the first of a flood. */
  key_put_cipher (key, ctx, !ok || record[0] == RTC_DTLS_CONTENT_DATA);
  *out_len = n_said;
  return ok ? RTC_OK : RTC_ERR_AUTH;
}

RtcResult
rtc_dtls_records_open (RtcDtlsRecords *self, const guint8 *record, gsize len, RtcDtlsContent *type,
    guint8 *out, gsize *out_len)
{
  RtcReader r = rtc_reader (record, len);
  RtcResult result;
  guint16 epoch;
  guint64 seq;

  *type = (RtcDtlsContent) rtc_reader_u8 (&r);
  rtc_reader_bytes (&r, 2);
  epoch = rtc_reader_u16 (&r);
  seq = rtc_reader_uint (&r, 6);
  if (len <= RTC_DTLS_RECORD_OVERHEAD || epoch != EPOCH
      || rtc_reader_u16 (&r) != rtc_reader_left (&r))
    return RTC_ERR_PARSE;
  if (records_seen (self, seq))
    return RTC_ERR_REPLAY;
  result = records_decrypt (self, &self->remote, record, len, out, out_len);
  if (result == RTC_OK)
    records_note (self, seq);
  return result;
}

/* -- Beginning and end ------------------------------------------------------- */

static RtcResult
records_begin (RtcDtlsRecords *self, SSL *ssl, gboolean is_client, const guint8 *last, gsize len)
{
  RtcDtlsRecordKey key;
  guint8 said[2];
  gsize n_said = 0;
  RtcReader r = rtc_reader (last, len);
  RtcResult result;

  if (len != sizeof said + RTC_DTLS_RECORD_OVERHEAD || last[0] != RTC_DTLS_CONTENT_ALERT
      || !records_derive (self, ssl, is_client))
    return RTC_ERR_BACKEND;
  rtc_reader_bytes (&r, 5);
  self->seq = rtc_reader_uint (&r, 6);
  rtc_reader_bytes (&r, 2);
  self->nonce = rtc_reader_uint (&r, RTC_DTLS_GCM_NONCE);
  key = self->local;
  result = records_decrypt (self, &key, last, len, said, &n_said);
  EVP_CIPHER_CTX_free (key.cipher);
  OPENSSL_cleanse (&key, sizeof key);
  return result == RTC_OK ? RTC_OK : RTC_ERR_BACKEND;
}

RtcResult
rtc_dtls_records_init (
    RtcDtlsRecords *self, SSL *ssl, gboolean is_client, const guint8 *last, gsize len)
{
  RtcResult result;

  memset (self, 0, sizeof *self);
  self->key_len = suite_get_key_len (SSL_get_current_cipher (ssl));
  if (self->key_len == 0)
    return RTC_ERR_UNSUPPORTED;
  result = records_begin (self, ssl, is_client, last, len);
  if (result != RTC_OK)
    rtc_dtls_records_clear (self);
  return result;
}

void
rtc_dtls_records_clear (RtcDtlsRecords *self)
{
  EVP_CIPHER_CTX_free (self->local.cipher);
  EVP_CIPHER_CTX_free (self->remote.cipher);
  OPENSSL_cleanse (self, sizeof *self);
}
