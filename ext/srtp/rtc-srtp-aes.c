/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "ext/srtp/rtc-srtp-aes.h"

#include <string.h>

#include <openssl/core_dispatch.h>
#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/params.h>
#include <openssl/provider.h>

#include "gst/rtc/base/rtc-prefetch.h"

/* What a context of AES-GCM holds, about: the expanded key and what is multiplied with, all of
 * which is looked at for each packet. */
#define CONTEXT_BYTES 960

/* Bytes that one call may be given. */
#define MAX_BYTES G_MAXINT

/* Looked up once per process, since that costs more than a packet, and kept. */
struct _RtcSrtpAesMethod {
  EVP_CIPHER *cipher; /* which keeps its provider; NULL: there is none */
  gpointer provider_context;
  gsize iv_len;
  OSSL_FUNC_cipher_newctx_fn *newctx;
  OSSL_FUNC_cipher_freectx_fn *freectx;
  OSSL_FUNC_cipher_encrypt_init_fn *encrypt_init;
  OSSL_FUNC_cipher_decrypt_init_fn *decrypt_init;
  OSSL_FUNC_cipher_update_fn *update;
  OSSL_FUNC_cipher_final_fn *final;
  OSSL_FUNC_cipher_get_ctx_params_fn *get_params;
  OSSL_FUNC_cipher_set_ctx_params_fn *set_params;
};

typedef struct {
  RtcSrtpAesMethod ctr128, ctr256, gcm128, gcm256;
} Methods;

/* -- What OpenSSL has -------------------------------------------------------- */

/* names: "AES-128-GCM:id-aes128-GCM:2.16.840.1.101.3.4.1.6" */
static gboolean
has_name (const gchar *names, const gchar *name)
{
  gsize len = strlen (name);

  for (const gchar *at = names; at != NULL; at = strchr (at, ':')) {
    at += *at == ':' ? 1 : 0;
    if (g_ascii_strncasecmp (at, name, len) == 0 && (at[len] == ':' || at[len] == '\0'))
      return TRUE;
  }
  return FALSE;
}

static void
method_take (RtcSrtpAesMethod *self, const OSSL_DISPATCH *function)
{
  switch (function->function_id) {
    case OSSL_FUNC_CIPHER_NEWCTX:
      self->newctx = OSSL_FUNC_cipher_newctx (function);
      break;
    case OSSL_FUNC_CIPHER_FREECTX:
      self->freectx = OSSL_FUNC_cipher_freectx (function);
      break;
    case OSSL_FUNC_CIPHER_ENCRYPT_INIT:
      self->encrypt_init = OSSL_FUNC_cipher_encrypt_init (function);
      break;
    case OSSL_FUNC_CIPHER_DECRYPT_INIT:
      self->decrypt_init = OSSL_FUNC_cipher_decrypt_init (function);
      break;
    case OSSL_FUNC_CIPHER_UPDATE:
      self->update = OSSL_FUNC_cipher_update (function);
      break;
    case OSSL_FUNC_CIPHER_FINAL:
      self->final = OSSL_FUNC_cipher_final (function);
      break;
    case OSSL_FUNC_CIPHER_GET_CTX_PARAMS:
      self->get_params = OSSL_FUNC_cipher_get_ctx_params (function);
      break;
    case OSSL_FUNC_CIPHER_SET_CTX_PARAMS:
      self->set_params = OSSL_FUNC_cipher_set_ctx_params (function);
      break;
    default:
      break;
  }
}

static gboolean
method_is_whole (const RtcSrtpAesMethod *self)
{
  return self->newctx != NULL && self->freectx != NULL && self->encrypt_init != NULL
         && self->decrypt_init != NULL && self->update != NULL && self->final != NULL
         && self->get_params != NULL && self->set_params != NULL;
}

static void
method_fetch (RtcSrtpAesMethod *self, const gchar *name, gsize iv_len)
{
  EVP_CIPHER *cipher = EVP_CIPHER_fetch (NULL, name, NULL);
  const OSSL_PROVIDER *provider = cipher == NULL ? NULL : EVP_CIPHER_get0_provider (cipher);
  const OSSL_ALGORITHM *algorithms;
  int no_store = 0;

  if (provider == NULL)
    return;
  algorithms = OSSL_PROVIDER_query_operation (provider, OSSL_OP_CIPHER, &no_store);
  for (const OSSL_ALGORITHM *a = algorithms; a != NULL && a->algorithm_names != NULL; a++) {
    if (!has_name (a->algorithm_names, name))
      continue;
    for (const OSSL_DISPATCH *d = a->implementation; d->function_id != 0; d++)
      method_take (self, d);
    break;
  }
  OSSL_PROVIDER_unquery_operation (provider, OSSL_OP_CIPHER, algorithms);
  self->provider_context = OSSL_PROVIDER_get0_provider_ctx (provider);
  self->iv_len = iv_len;
  if (method_is_whole (self))
    self->cipher = cipher;
  else
    EVP_CIPHER_free (cipher);
}

static gpointer
methods_fetch (gpointer unused)
{
  Methods *self = g_new0 (Methods, 1);

  method_fetch (&self->ctr128, "AES-128-CTR", RTC_SRTP_AES_CTR_IV);
  method_fetch (&self->ctr256, "AES-256-CTR", RTC_SRTP_AES_CTR_IV);
  method_fetch (&self->gcm128, "AES-128-GCM", RTC_SRTP_AES_GCM_IV);
  method_fetch (&self->gcm256, "AES-256-GCM", RTC_SRTP_AES_GCM_IV);
  return self;
}

/* NULL: OpenSSL has no such cipher. */
static const RtcSrtpAesMethod *
find_method (gboolean is_gcm, gsize key_len)
{
  static GOnce once = G_ONCE_INIT;
  const Methods *methods = g_once (&once, methods_fetch, NULL);
  const RtcSrtpAesMethod *method;

  if (is_gcm)
    method = key_len == 32 ? &methods->gcm256 : &methods->gcm128;
  else
    method = key_len == 32 ? &methods->ctr256 : &methods->ctr128;
  return method->cipher != NULL ? method : NULL;
}

/* -- Life -------------------------------------------------------------------- */

gboolean
rtc_srtp_aes_init (
    RtcSrtpAes *self, gboolean is_gcm, gboolean is_sealing, const guint8 *key, gsize key_len)
{
  const RtcSrtpAesMethod *method = find_method (is_gcm, key_len);

  memset (self, 0, sizeof *self);
  if (method == NULL)
    return FALSE;
  self->method = method;
  self->is_sealing = is_sealing || !is_gcm;
  self->context = method->newctx (method->provider_context);
  if (self->context != NULL
      && (self->is_sealing ? method->encrypt_init : method->decrypt_init) (
             self->context, key, key_len, NULL, 0, NULL)
             == 1)
    return TRUE;
  rtc_srtp_aes_clear (self);
  return FALSE;
}

void
rtc_srtp_aes_clear (RtcSrtpAes *self)
{
  if (self->context != NULL)
    self->method->freectx (self->context);
  memset (self, 0, sizeof *self);
}

void
rtc_srtp_aes_prefetch (const RtcSrtpAes *self)
{
  rtc_prefetch (self->context, CONTEXT_BYTES);
}

/* -- One packet -------------------------------------------------------------- */

gboolean
rtc_srtp_aes_begin (RtcSrtpAes *self, const guint8 *iv)
{
  const RtcSrtpAesMethod *method = self->method;

  return (self->is_sealing ? method->encrypt_init : method->decrypt_init) (
             self->context, NULL, 0, iv, method->iv_len, NULL)
         == 1;
}

gboolean
rtc_srtp_aes_associate (RtcSrtpAes *self, const guint8 *data, gsize len)
{
  gsize n = 0;

  return len <= MAX_BYTES && self->method->update (self->context, NULL, &n, len, data, len) == 1;
}

gboolean
rtc_srtp_aes_crypt (RtcSrtpAes *self, const guint8 *in, gsize len, guint8 *out)
{
  gsize n = 0;

  return len <= MAX_BYTES && self->method->update (self->context, out, &n, len, in, len) == 1;
}

gboolean
rtc_srtp_aes_finish (RtcSrtpAes *self, guint8 *tag, gsize tag_len)
{
  OSSL_PARAM params[] = { OSSL_PARAM_construct_octet_string (
                              OSSL_CIPHER_PARAM_AEAD_TAG, tag, tag_len),
    OSSL_PARAM_construct_end () };
  const RtcSrtpAesMethod *method = self->method;
  gsize n = 0;

  if (self->is_sealing)
    return method->final (self->context, tag, &n, tag_len) == 1
           && method->get_params (self->context, params) == 1;
  return method->set_params (self->context, params) == 1
         && method->final (self->context, tag, &n, 0) == 1;
}
