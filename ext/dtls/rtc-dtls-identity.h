/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* rtc-dtls-identity.h - who we are in DTLS: a certificate, its private key and its fingerprint.
 *
 * The private key never leaves this file and is never logged. Nothing a peer controls enters
 * the certificate: its subject is random (RFC 8827 6.5 leaves it free). Reference counts are
 * atomic; an identity is immutable after creation. Thread: any. */
#pragma once

#include "gst/rtc/iface/rtc-dtls-iface.h"

#include <openssl/ossl_typ.h>

G_BEGIN_DECLS

typedef struct _RtcDtlsIdentity RtcDtlsIdentity;

/* A fresh ECDSA P-256 key (RFC 8827 6.5) with a self-signed certificate. NULL and *error
 * (RTC_ERR_BACKEND) when OpenSSL cannot make one; there is no point in trying again. */
RtcDtlsIdentity *rtc_dtls_identity_new (GError **error);

/* The identity of this process: made at the first call, the same ever after, so that every
 * peer sees one fingerprint. (transfer full). NULL and *error as above. */
RtcDtlsIdentity *rtc_dtls_identity_get_default (GError **error);

/* Loads the first certificate and the unencrypted key of two PEM files (they may be one file).
 * NULL and *error, a sentence that names the file:
 * RTC_ERR_AUTH         the key file can be read or written by everybody: chmod it;
 * RTC_ERR_PARSE        no such file, no PEM in it, or the key is encrypted;
 * RTC_ERR_STATE        key and certificate do not belong together;
 * RTC_ERR_UNSUPPORTED  neither RSA 2048 to 4096 nor ECDSA P-256 or P-384, or over 8 KiB. */
RtcDtlsIdentity *rtc_dtls_identity_new_from_pem (const gchar *certificate_path,
    const gchar *key_path, GError **error);

RtcDtlsIdentity *rtc_dtls_identity_ref (RtcDtlsIdentity *self);

/* (nullable). The last one clears the key. */
void rtc_dtls_identity_unref (RtcDtlsIdentity *self);

/* The sha-256 fingerprint for a=fingerprint (RFC 8122 5). */
void rtc_dtls_identity_get_fingerprint (const RtcDtlsIdentity *self, RtcDtlsFingerprint *out);

/* Gives ctx the certificate and key. FALSE when OpenSSL refuses: programmer error. */
gboolean rtc_dtls_identity_use (const RtcDtlsIdentity *self, SSL_CTX *ctx);

G_END_DECLS
