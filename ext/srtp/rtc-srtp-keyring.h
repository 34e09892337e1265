/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* rtc-srtp-keyring.h - what a context protects or accepts packets with: ciphers for RTP and for
 * RTCP, and up to 15 master keys that a packet names by its MKI (RFC 3711 3.1, 8.1).
 *
 * One direction. Knows nothing of streams, sequence numbers and replays: rtc-srtp-context.h does.
 * Keys are derived once, when the ring is made (key derivation rate 0), and cleared with it.
 * Thread: one at a time; the caller locks. */
#pragma once

#include "ext/srtp/rtc-srtp-base.h"

G_BEGIN_DECLS

#define RTC_SRTP_MAX_MASTER_KEYS 15
#define RTC_SRTP_MAX_MASTER_KEY 46 /* bytes: AES-256 in counter mode with its salt */
#define RTC_SRTP_MAX_MKI 128       /* bytes (RFC 3711 8.1 says only that the length is fixed) */

/* RTC_SRTP_SOFT_MARGIN: packets that a key still has when its end is announced. */
#define RTC_SRTP_SOFT_MARGIN 0x10000

/* Values as of GStreamer's GstSrtpCipherType and GstSrtpAuthType. */
typedef enum {
  RTC_SRTP_CIPHER_NULL,
  RTC_SRTP_CIPHER_AES_128_ICM, /* RFC 3711 4.1.1 */
  RTC_SRTP_CIPHER_AES_256_ICM, /* RFC 6188 */
  RTC_SRTP_CIPHER_AES_128_GCM, /* RFC 7714, tag of 16 bytes; the authentication is not looked at */
  RTC_SRTP_CIPHER_AES_256_GCM,
} RtcSrtpCipherName;

typedef enum {
  RTC_SRTP_AUTH_NULL,
  RTC_SRTP_AUTH_HMAC_SHA1_32,
  RTC_SRTP_AUTH_HMAC_SHA1_80,
} RtcSrtpAuthName;

/* RtcSrtpSecurity: [0] of RTP, [1] of RTCP. */
typedef struct {
  RtcSrtpCipherName cipher[2];
  RtcSrtpAuthName auth[2];
} RtcSrtpSecurity;

/* RtcSrtpMasterKey: key, then salt, as key_len says; both borrowed. mki_len 0: no MKI. */
typedef struct {
  const guint8 *key;
  gsize key_len;
  const guint8 *mki;
  gsize mki_len;
} RtcSrtpMasterKey;

typedef struct _RtcSrtpKeyring RtcSrtpKeyring;

gboolean rtc_srtp_cipher_is_gcm (RtcSrtpCipherName cipher);

/* TRUE: packets of this kind are authenticated, so that nobody can change or repeat them. */
gboolean rtc_srtp_security_authenticates (const RtcSrtpSecurity *self, gboolean is_rtcp);

/* Bytes of master key and salt: the longer of what both ciphers take (30, 46, 28, 44), 30 for an
 * authentication alone, 0 when nothing needs a key. */
gsize rtc_srtp_security_key_len (const RtcSrtpSecurity *self);

/* n_keys: 0 only when no key is needed. is_sealing: to protect with, which the first key does; else
 * to accept with. (transfer full), NULL with *error RTC_ERR_UNSUPPORTED: the length of a key is not
 * key_len(), MKIs differ in length, are missing, too long or equal, or there are too many keys;
 * RTC_ERR_BACKEND: OpenSSL lacks the cipher. The caller tells the user. */
RtcSrtpKeyring *rtc_srtp_keyring_new (const RtcSrtpSecurity *security,
    const RtcSrtpMasterKey *keys, guint n_keys, gboolean is_sealing, GError **error);
RtcSrtpKeyring *rtc_srtp_keyring_ref (RtcSrtpKeyring *self);
void rtc_srtp_keyring_unref (RtcSrtpKeyring *self); /* (nullable) */

const RtcSrtpSecurity *rtc_srtp_keyring_get_security (const RtcSrtpKeyring *self);

/* TRUE: both have the same ciphers, keys and MKIs. */
gboolean rtc_srtp_keyring_is_equal (const RtcSrtpKeyring *self, const RtcSrtpKeyring *other);

/* Takes over how often the keys that both have were used. TRUE: there is one. */
gboolean rtc_srtp_keyring_inherit (RtcSrtpKeyring *self, const RtcSrtpKeyring *old);

/* Bytes that a packet grows by. */
gsize rtc_srtp_keyring_overhead (const RtcSrtpKeyring *self, gboolean is_rtcp);

/* Makes a packet, as rtc_srtp_cipher_seal(), with the MKI. RTC_ERR_LIMIT: the key's lifetime is
 * over, another ring is needed; RTC_ERR_BACKEND: OpenSSL failed. */
RtcResult rtc_srtp_keyring_seal (RtcSrtpKeyring *self, gboolean is_rtcp, guint32 ssrc,
    guint64 index, guint8 *data, gsize header_len, const guint8 *body, gsize body_len, gsize *len);

/* Finds the key that a packet names, and takes its MKI out of it: *len shrinks. The packet is
 * overhead() longer than its header. RTC_ERR_AUTH: none of ours; RTC_ERR_LIMIT: the key's lifetime
 * is over; in both cases the packet is as it was. */
RtcResult rtc_srtp_keyring_select (const RtcSrtpKeyring *self, gboolean is_rtcp, guint8 *data,
    gsize *len, guint *place);

/* E flag and SRTCP index of a packet after select(). *is_expected: the flag is what the cipher says
 * (else somebody took the encryption off). */
guint32 rtc_srtp_keyring_read_index (
    const RtcSrtpKeyring *self, const guint8 *data, gsize len, gboolean *is_expected);

/* Opens a packet after select(), in place. RTC_ERR_AUTH: not authentic with this index; of GCM the
 * body is spoilt then, else the packet is as it was. */
RtcResult rtc_srtp_keyring_open (RtcSrtpKeyring *self, guint place, gboolean is_rtcp, guint32 ssrc,
    guint64 index, guint8 *data, gsize header_len, gsize *len);

/* TRUE: a key came within SOFT_MARGIN packets of its end. Once per ring. */
gboolean rtc_srtp_keyring_steal_soft_limit (RtcSrtpKeyring *self);

/* As after that many packets with every key: no test can send 2^48. */
void rtc_srtp_keyring_set_usage (RtcSrtpKeyring *self, guint64 rtp_packets, guint64 rtcp_packets);

G_END_DECLS
