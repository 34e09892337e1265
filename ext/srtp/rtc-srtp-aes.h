/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* rtc-srtp-aes.h - AES in counter mode and AES-GCM as OpenSSL's provider has them, called without
 * the layer of EVP between.
 *
 * EVP finds the cipher; what it would call is then called directly (provider-cipher(7), whose
 * functions are OpenSSL's public interface to providers). For each new IV, OpenSSL 3.0's EVP asks
 * for the IV's length by name, which is compared with all names that the cipher knows, and its
 * contexts hide the provider's, which so cannot be fetched into the caches ahead: 900 of 5300
 * instructions for a packet of 1100 bytes. Thread: one RtcSrtpAes, one thread. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef struct _RtcSrtpAesMethod RtcSrtpAesMethod;

/* Private; zero-initialised: none. */
typedef struct {
  const RtcSrtpAesMethod *method;
  gpointer context; /* the provider's */
  gboolean is_sealing;
} RtcSrtpAes;

/* Bytes of an IV: of GCM's (RFC 7714 8.1), and of the first counter (RFC 3711 4.1.1). */
#define RTC_SRTP_AES_GCM_IV 12
#define RTC_SRTP_AES_CTR_IV 16

/* key: 16 bytes, or 32. is_sealing: of GCM, which of the two it is for; counter mode is the same
 * either way. FALSE: OpenSSL lacks the cipher; then as after clear(). */
gboolean rtc_srtp_aes_init (RtcSrtpAes *self, gboolean is_gcm, gboolean is_sealing,
    const guint8 *key, gsize key_len);

/* Forgets the key. */
void rtc_srtp_aes_clear (RtcSrtpAes *self);

/* Begins to fetch into the caches what the next calls need. */
void rtc_srtp_aes_prefetch (const RtcSrtpAes *self);

/* Begins a packet. This and all that follow: FALSE when OpenSSL fails. */
gboolean rtc_srtp_aes_begin (RtcSrtpAes *self, const guint8 *iv);

/* GCM: more associated data, before crypt(). */
gboolean rtc_srtp_aes_associate (RtcSrtpAes *self, const guint8 *data, gsize len);

/* All of the text; out: in, or apart from it. len may be 0. */
gboolean rtc_srtp_aes_crypt (RtcSrtpAes *self, const guint8 *in, gsize len, guint8 *out);

/* GCM, at the end: gives the tag of what was sealed, or looks whether it is that of what was
 * opened, which is to be forgotten if FALSE. */
gboolean rtc_srtp_aes_finish (RtcSrtpAes *self, guint8 *tag, gsize tag_len);

G_END_DECLS
