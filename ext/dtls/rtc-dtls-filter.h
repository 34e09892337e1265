/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* rtc-dtls-filter.h - which records of a datagram OpenSSL may see (RFC 6347 4.1, 4.2).
 *
 * Until a handshake is over anybody who can send us a datagram can write plaintext records.
 * OpenSSL ends the session on some of them (a fatal alert) and keeps memory for others (epochs
 * to come, messages out of order). This filter drops or bounds them first:
 *
 *   epoch 0 alerts                          dropped always; a fatal one is remembered for the log
 *   epoch 0 after the handshake             dropped: retransmitted final flights answer epoch 1
 *   handshake of the wrong direction        dropped (a ClientHello for a client, HelloRequest)
 *   message over 16 KiB, sum over 64 KiB    dropped
 *   empty or overlong fragments             dropped
 *   epoch 1 too short for its cipher        dropped: OpenSSL 3.0.19 ends the session on them
 *   epoch 1 before its keys                 held, the newest four
 *   application data before the end         held as well
 *
 * Pure but for the memory of the held records. Network thread only. */
#pragma once

#include "gst/rtc/base/rtc-types.h"

G_BEGIN_DECLS

/* RTC_DTLS_RECORD_HEADER: type 1, version 2, epoch 2, sequence number 6, length 2. */
#define RTC_DTLS_RECORD_HEADER 13

/* Content types (RFC 5246 6.2.1). */
typedef enum {
  RTC_DTLS_CONTENT_CHANGE_CIPHER_SPEC = 20,
  RTC_DTLS_CONTENT_ALERT = 21,
  RTC_DTLS_CONTENT_HANDSHAKE = 22,
  RTC_DTLS_CONTENT_DATA = 23,
} RtcDtlsContent;

/* RTC_DTLS_MAX_MESSAGE: longest handshake message, bytes. A hello with a post-quantum key share
 * has 1.5 KiB, a certificate is capped at 8 KiB. */
#define RTC_DTLS_MAX_MESSAGE (16 * 1024)

/* RTC_DTLS_MAX_HANDSHAKE: declared lengths of all messages of one handshake together, bytes. */
#define RTC_DTLS_MAX_HANDSHAKE (64 * 1024)

/* RTC_DTLS_MAX_MESSAGES: messages of one side's handshake; a full one has seven at most. */
#define RTC_DTLS_MAX_MESSAGES 12

/* RTC_DTLS_MAX_HELD: records held until they can be opened. */
#define RTC_DTLS_MAX_HELD 4

/* RTC_DTLS_MIN_ENCRYPTED: every cipher that we take is AEAD with a tag of 16 bytes and hides at
 * least one byte; GCM says 8 bytes of nonce besides (RFC 5288 3), ChaCha20-Poly1305 none (RFC 7905
 * 2). */
#define RTC_DTLS_MIN_ENCRYPTED (1 + 16)
#define RTC_DTLS_GCM_NONCE 8

/* How far the handshake has come, which decides what may pass. */
typedef enum {
  RTC_DTLS_PHASE_PLAIN,    /* the peer's ChangeCipherSpec has not come */
  RTC_DTLS_PHASE_KEYS,     /* epoch 1 can be opened, Finished has not come */
  RTC_DTLS_PHASE_FINISHED, /* the handshake is over */
} RtcDtlsPhase;

typedef struct {
  gboolean is_client;
  gsize min_encrypted; /* shortest body that epoch 1 can have, bytes; the session sets it, see
                        * RTC_DTLS_MIN_ENCRYPTED */
  guint32 declared[RTC_DTLS_MAX_MESSAGES]; /* length + 1 by message_seq, 0: not seen */
  gsize declared_total;                    /* bytes */
  GBytes *held[RTC_DTLS_MAX_HELD];         /* whole records, oldest first */
  guint n_held;
  guint64 n_holds; /* of records ever; those before the newest have made room */
  gint plain_alert; /* description of the last fatal alert dropped, -1: none */
} RtcDtlsFilter;

void rtc_dtls_filter_init (RtcDtlsFilter *self, gboolean is_client);
void rtc_dtls_filter_clear (RtcDtlsFilter *self);

/* TRUE when the datagram can be DTLS at all: content type 20 to 23 and version 1.x. */
gboolean rtc_dtls_filter_looks_like_dtls (const guint8 *data, gsize len);

/* Copies the records of one datagram that may pass into out, which holds len bytes, and returns
 * how many bytes those are. *n_dropped grows by the records dropped, held ones that make room for
 * newer ones among them; what follows a malformed record header counts as one. */
gsize rtc_dtls_filter_datagram (RtcDtlsFilter *self, RtcDtlsPhase phase, const guint8 *data,
    gsize len, guint8 *out, guint64 *n_dropped);

/* The oldest held record that may pass in this phase, NULL when none may. (transfer full) */
GBytes *rtc_dtls_filter_steal_held (RtcDtlsFilter *self, RtcDtlsPhase phase);

G_END_DECLS
