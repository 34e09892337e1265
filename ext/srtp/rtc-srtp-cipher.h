/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* rtc-srtp-cipher.h - SRTP's transforms on OpenSSL: AES in counter mode with HMAC-SHA1
 * (RFC 3711 4.1.1, 4.2.1), AES-GCM (RFC 7714), and the derivation of their keys (RFC 3711 4.3).
 *
 * Knows nothing of streams, replays or lengths: who calls has checked them. A cipher's contexts are
 * made once and keyed once; a packet costs one pass over its body (GCM) or two (CM). Thread: one
 * cipher, one thread. */
#pragma once

#include "ext/srtp/rtc-srtp-aes.h"
#include "ext/srtp/rtc-srtp-base.h"

G_BEGIN_DECLS

#define RTC_SRTP_AUTH_KEY_LEN 20
#define RTC_SRTP_MAX_SALT 14

/* RtcSrtpSessionKeys: of one direction, of RTP or of RTCP. Secret: cleared by who has it. */
typedef struct {
  guint8 key[32];
  guint8 salt[RTC_SRTP_MAX_SALT];
  guint8 auth[RTC_SRTP_AUTH_KEY_LEN]; /* not AEAD */
} RtcSrtpSessionKeys;

typedef struct _RtcSrtpHmac RtcSrtpHmac;

typedef struct {
  const RtcSrtpSuite *suite;
  gboolean is_rtcp;
  guint8 salt[RTC_SRTP_MAX_SALT];
  RtcSrtpAes aes;    /* unless is_clear */
  RtcSrtpHmac *hmac; /* NULL: AEAD, or no tag */
} RtcSrtpCipher;

/* RFC 3711 4.3.1 with a key derivation rate of 0; master: key, then salt, of the suite's lengths.
 * out is filled whole: what a cipher does not need it does not look at. FALSE: OpenSSL has no such
 * cipher. */
gboolean rtc_srtp_derive (const RtcSrtpSuite *suite, const guint8 *master, gboolean is_rtcp,
    RtcSrtpSessionKeys *out);

/* is_sealing: for seal(), else for open(). FALSE: OpenSSL lacks the cipher; then as after
 * clear(). */
gboolean rtc_srtp_cipher_init (RtcSrtpCipher *self, const RtcSrtpSuite *suite,
    const RtcSrtpSessionKeys *keys, gboolean is_rtcp, gboolean is_sealing);

/* Forgets the keys. May be zero-initialised. */
void rtc_srtp_cipher_clear (RtcSrtpCipher *self);

/* Begins to fetch into the caches what seal() will need. */
void rtc_srtp_cipher_prefetch (const RtcSrtpCipher *self);

/* Makes a packet: data holds header_len bytes of header, body (at data + header_len, or apart from
 * data) goes behind it encrypted, then the tag and for RTCP the index with its flag. index: ROC <<
 * 16 | sequence number, or the SRTCP index. Bytes made, 0: OpenSSL failed. */
gsize rtc_srtp_cipher_seal (RtcSrtpCipher *self, guint32 ssrc, guint64 index, guint8 *data,
    gsize header_len, const guint8 *body, gsize body_len);

/* Checks a packet of len bytes and decrypts it in place. Bytes without what SRTP added, 0: it is
 * not authentic; then the body may be spoilt, header and trailer are not. */
gsize rtc_srtp_cipher_open (RtcSrtpCipher *self, guint32 ssrc, guint64 index, guint8 *data,
    gsize header_len, gsize len);

G_END_DECLS
