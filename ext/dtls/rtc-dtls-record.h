/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* rtc-dtls-record.h - records of a finished DTLS 1.2 handshake, sealed and opened without the
 * library's session (RFC 6347 4.1, RFC 5288 3, RFC 5246 6.3).
 *
 * AES-GCM only. The body of a record of epoch 1:
 *
 *    0                   1                   2                   3
 *    0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 *   +---------------------------------------------------------------+
 *   |         explicit part of the nonce (64 bits, RFC 5288 3)      |
 *   |                                                               |
 *   +---------------------------------------------------------------+
 *   :         what was said, encrypted, then a tag of 16 bytes      :
 *   +---------------------------------------------------------------+
 *
 * A nonce must never be used twice with a key. OpenSSL counts up from a random number; who goes on
 * in its place starts with the number that it would have used next, which a record shows that
 * OpenSSL made and nobody sent: see rtc_dtls_records_init().
 *
 * Of replays: 64 records back are remembered (RFC 6347 4.1.2.6), from when this began. What the
 * peer said before can be repeated to us once.
 *
 * Pure but for the memory of the ciphers. Network thread only. */
#pragma once

#include <openssl/ssl.h>

#include "ext/dtls/rtc-dtls-filter.h"
#include "gst/rtc/base/rtc-result.h"

G_BEGIN_DECLS

/* RTC_DTLS_RECORD_OVERHEAD: bytes that a sealed record has more than what it says: header 13, nonce
 * 8, tag 16. */
#define RTC_DTLS_RECORD_OVERHEAD (13 + 8 + 16)

/* RTC_DTLS_RECORD_MAX_KEY: of AES-256, bytes. */
#define RTC_DTLS_RECORD_MAX_KEY 32

/* One direction; cipher is NULL until application data has gone that way, or a record has come that
 * does not open: a stranger may send more of them. An alert does not need one for long. */
typedef struct {
  guint8 key[RTC_DTLS_RECORD_MAX_KEY];
  guint8 salt[4];
  EVP_CIPHER_CTX *cipher;
} RtcDtlsRecordKey;

typedef struct {
  gsize key_len;           /* bytes */
  RtcDtlsRecordKey local, remote;
  guint64 seq;             /* of the next record, 48 bits */
  guint64 nonce;           /* its explicit part */
  guint64 highest, window; /* received: bit n of window is highest - n; 0, 0: none */
} RtcDtlsRecords;

/* TRUE when ssl's suite is one of AES-GCM: it can be done without ssl. */
gboolean rtc_dtls_records_can (const SSL *ssl);

/* Takes the keys out of ssl, whose handshake is over. last is the newest record that ssl made, an
 * alert, which must not have left and never will: it shows where the counters are, and opening it
 * proves the keys. RTC_ERR_UNSUPPORTED when the suite is not AES-GCM, RTC_ERR_BACKEND when last
 * does not open: self holds no keys, go on with ssl. */
RtcResult rtc_dtls_records_init (RtcDtlsRecords *self, SSL *ssl, gboolean is_client,
    const guint8 *last, gsize len);

/* Forgets the keys; zeroed memory is fine. */
void rtc_dtls_records_clear (RtcDtlsRecords *self);

/* Writes a record that says data (len bytes, at least 1) to out, which holds len +
 * RTC_DTLS_RECORD_OVERHEAD. RTC_ERR_LIMIT when the numbers are used up, RTC_ERR_BACKEND when
 * OpenSSL refuses: nothing to send. */
RtcResult rtc_dtls_records_seal (RtcDtlsRecords *self, RtcDtlsContent type, const guint8 *data,
    gsize len, guint8 *out);

/* Opens one whole record (header included) into out, which holds len, with *out_len and *type.
 * Count and drop it when the result is not RTC_OK: RTC_ERR_PARSE (not of epoch 1, or too short),
 * RTC_ERR_REPLAY, RTC_ERR_AUTH; what can be opened has not changed then. */
RtcResult rtc_dtls_records_open (RtcDtlsRecords *self, const guint8 *record, gsize len,
    RtcDtlsContent *type, guint8 *out, gsize *out_len);

G_END_DECLS
