/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "ext/dtls/rtc-dtls-context.h"

#include <openssl/err.h>
#include <openssl/srtp.h>

#include "ext/dtls/rtc-dtls-certificate.h"
#include "gst/rtc/base/rtc-result.h"

/* RFC 8827 6.5: "All implementations MUST support ... the
 * TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256 cipher suite", "MUST favor cipher suites that support
 * Perfect Forward Secrecy (PFS) over non-PFS cipher suites and SHOULD favor AEAD". We take
 * nothing else. */
#define CIPHERS                                                                                    \
  "ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-RSA-AES128-GCM-SHA256:"                                     \
  "ECDHE-ECDSA-CHACHA20-POLY1305:ECDHE-RSA-CHACHA20-POLY1305:"                                     \
  "ECDHE-ECDSA-AES256-GCM-SHA384:ECDHE-RSA-AES256-GCM-SHA384"
#define GROUPS "X25519:P-256:P-384"
#define SIGNATURES                                                                                 \
  "ECDSA+SHA256:ECDSA+SHA384:RSA-PSS+SHA256:RSA-PSS+SHA384:RSA-PSS+SHA512:"                        \
  "RSA+SHA256:RSA+SHA384:RSA+SHA512"

/* In our order: GCM costs a fifth of CM and SHA-1 on machines with AES instructions. */
#define PROFILES "SRTP_AEAD_AES_128_GCM:SRTP_AES128_CM_SHA1_80:SRTP_AEAD_AES_256_GCM"

/* MAX_CERTIFICATE_MESSAGE: bytes; a certificate at the cap and its two length fields. */
#define MAX_CERTIFICATE_MESSAGE (RTC_DTLS_MAX_CERTIFICATE + 16)

#define OPTIONS                                                                                    \
  (SSL_OP_NO_QUERY_MTU | SSL_OP_NO_TICKET | SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION        \
      | SSL_OP_CIPHER_SERVER_PREFERENCE | SSL_OP_NO_SESSION_RESUMPTION_ON_RENEGOTIATION)

struct _RtcDtlsContext {
  SSL_CTX *ssl_ctx;
};

static gboolean
context_set_up (SSL_CTX *ctx, RtcDtlsIdentity *identity)
{
  SSL_CTX_set_options (ctx, OPTIONS);
  SSL_CTX_set_mode (ctx, SSL_MODE_RELEASE_BUFFERS);
  SSL_CTX_set_session_cache_mode (ctx, SSL_SESS_CACHE_OFF);
  SSL_CTX_set_max_cert_list (ctx, MAX_CERTIFICATE_MESSAGE);
  SSL_CTX_set_read_ahead (ctx, 1);
  /* Whatever openssl.cnf says. Level 2: no SHA-1, no RSA under 2048 bits. */
  SSL_CTX_set_security_level (ctx, 2);
  return SSL_CTX_set_min_proto_version (ctx, DTLS1_2_VERSION) == 1
         && SSL_CTX_set_max_proto_version (ctx, DTLS1_2_VERSION) == 1
         && SSL_CTX_set_cipher_list (ctx, CIPHERS) == 1
         && SSL_CTX_set1_groups_list (ctx, GROUPS) == 1
         && SSL_CTX_set1_sigalgs_list (ctx, SIGNATURES) == 1
         && rtc_dtls_identity_use (identity, ctx);
}

RtcDtlsContext *
rtc_dtls_context_new (
    RtcDtlsIdentity *identity, int (*verify) (X509_STORE_CTX *store, void *unused), GError **error)
{
  RtcDtlsContext *self;
  SSL_CTX *ctx;

  ERR_clear_error ();
  ctx = SSL_CTX_new (DTLS_method ());
  if (ctx == NULL || !context_set_up (ctx, identity)) {
    const gchar *reason = ERR_reason_error_string (ERR_peek_last_error ());

    rtc_error (error, RTC_ERR_BACKEND, "this OpenSSL cannot do the DTLS we need: %s",
        reason != NULL ? reason : "unknown error");
    ERR_clear_error ();
    SSL_CTX_free (ctx);
    return NULL;
  }
  SSL_CTX_set_verify (ctx, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, NULL);
  SSL_CTX_set_cert_verify_callback (ctx, verify, NULL);
  self = g_new0 (RtcDtlsContext, 1);
  self->ssl_ctx = ctx;
  return self;
}

void
rtc_dtls_context_free (RtcDtlsContext *self)
{
  if (self == NULL)
    return;
  SSL_CTX_free (self->ssl_ctx);
  g_free (self);
}

SSL *
rtc_dtls_context_open (const RtcDtlsContext *self, gboolean offer_srtp)
{
  SSL *ssl = SSL_new (self->ssl_ctx);

  /* Unlike its neighbours SSL_set_tlsext_use_srtp() returns 0 for success. */
  if (ssl != NULL && offer_srtp && SSL_set_tlsext_use_srtp (ssl, PROFILES) != 0)
    g_clear_pointer (&ssl, SSL_free);
  return ssl;
}
