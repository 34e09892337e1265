/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* dtls-raw.h - a peer that is plain OpenSSL, driven by the test: set up as browsers are, or
 * wrongly.
 *
 * It talks to one end of a DtlsPair, in whose other end's inbox that one's datagrams land. */
#pragma once

#include <openssl/ssl.h>

#include "ext/dtls/rtc-dtls-bio.h"
#include "tests/check/net/dtls-pair.h"

G_BEGIN_DECLS

typedef struct {
  SSL_CTX *ctx;
  SSL *ssl;
  RtcDtlsBio bio;
  X509 *certificate;
} DtlsRaw;

/* key (transfer full; nullable: no certificate). padding: bytes that the certificate is longer by.
 * profiles: of SRTP, as OpenSSL writes them (nullable: none). */
void dtls_raw_init (DtlsRaw *self, gboolean is_client, EVP_PKEY *key, gsize padding,
    const gchar *profiles);
void dtls_raw_clear (DtlsRaw *self);

/* Tells end of our certificate's fingerprint. */
void dtls_raw_trust (DtlsRaw *self, DtlsEnd *end);

/* Both say all that they have to say to each other, this peer and pair's end a. backwards: our
 * datagrams arrive last first; copies: so often. */
void dtls_raw_run (DtlsRaw *self, DtlsPair *pair, gboolean backwards, guint copies);

G_END_DECLS
