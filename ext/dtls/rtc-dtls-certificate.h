/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* rtc-dtls-certificate.h - which certificates we accept, and their fingerprints (RFC 8122 5).
 *
 * There is no chain of trust: a certificate is good when its hash is one that signalling
 * promised. Nothing of its text (subject, names) is read, logged or kept. Pure; thread: any. */
#pragma once

#include "gst/rtc/base/rtc-result.h"
#include "gst/rtc/iface/rtc-dtls-iface.h"

#include <openssl/x509.h>

G_BEGIN_DECLS

/* RTC_DTLS_MAX_CERTIFICATE: bytes of DER. Browsers' have 300 to 800. */
#define RTC_DTLS_MAX_CERTIFICATE 8192

/* RTC_DTLS_MAX_FINGERPRINTS: kept of one description; the rest is ignored. */
#define RTC_DTLS_MAX_FINGERPRINTS 16

/* RtcDtlsDigest: a fingerprint in binary. */
typedef struct {
  gchar algorithm[12]; /* "sha-256", "sha-384" or "sha-512" */
  guint8 value[64];
  gsize len; /* bytes of value */
} RtcDtlsDigest;

/* Reads one a=fingerprint. FALSE when the hash is none of the three accepted (md5 and sha-1 are
 * not) or the value is not exactly that many bytes of hex in either case: ignore it. */
gboolean rtc_dtls_digest_parse (const RtcDtlsFingerprint *fingerprint, RtcDtlsDigest *out);

/* Writes it as in SDP, upper case. */
void rtc_dtls_digest_write (const RtcDtlsDigest *self, RtcDtlsFingerprint *out);

/* The hash of a certificate's DER; FALSE when OpenSSL cannot. */
gboolean rtc_dtls_digest_certificate (const gchar *algorithm, X509 *certificate,
    RtcDtlsDigest *out);

/* TRUE when one of digests is the certificate's; compared in constant time. */
gboolean rtc_dtls_digest_match (const RtcDtlsDigest *digests, guint n_digests, X509 *certificate);

/* RTC_OK, or RTC_ERR_UNSUPPORTED and a sentence part in *why (static) when the certificate is
 * over RTC_DTLS_MAX_CERTIFICATE or its key is neither RSA 2048 to 4096 nor EC P-256 or P-384. */
RtcResult rtc_dtls_certificate_check (X509 *certificate, const gchar **why);

G_END_DECLS
