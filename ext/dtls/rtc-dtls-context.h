/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* rtc-dtls-context.h - what every association of a factory has in common: versions, suites,
 * groups, profiles (RFC 8827 6.5, RFC 9325 4.2). Immutable after creation; thread: any. */
#pragma once

#include "ext/dtls/rtc-dtls-identity.h"

#include <openssl/ssl.h>

G_BEGIN_DECLS

typedef struct _RtcDtlsContext RtcDtlsContext;

/* A context that shows identity; verify judges the peer's certificate instead of OpenSSL. NULL
 * and *error (RTC_ERR_BACKEND) when this OpenSSL lacks a setting. */
RtcDtlsContext *rtc_dtls_context_new (RtcDtlsIdentity *identity,
    int (*verify) (X509_STORE_CTX *store, void *unused), GError **error);

/* (nullable) */
void rtc_dtls_context_free (RtcDtlsContext *self);

/* A session; offer_srtp adds use_srtp with our profiles. NULL when OpenSSL has no memory. */
SSL *rtc_dtls_context_open (const RtcDtlsContext *self, gboolean offer_srtp);

G_END_DECLS
