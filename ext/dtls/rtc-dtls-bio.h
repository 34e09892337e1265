/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* rtc-dtls-bio.h - a BIO that keeps datagram edges (RFC 6347 4.1.1: a record never spans two).
 *
 * A memory BIO is a stream: two datagrams written one after the other are read as one, and
 * OpenSSL then packs or splits flights wrongly. Here one BIO_write() is one datagram out and
 * one BIO_read() is at most one datagram in. Network thread only. */
#pragma once

#include "gst/rtc/base/rtc-packet.h"

#include <openssl/bio.h>

G_BEGIN_DECLS

/* RtcDtlsBio: zero-initialised by its owner, which outlives the BIO. */
typedef struct {
  const guint8 *in; /* the one datagram to be read next, NULL: none; not owned */
  gsize in_len;     /* its bytes */
  GQueue out;       /* of RtcPacket, oldest first: datagrams to send */
  guint64 n_dropped; /* for which there was no place in it */
  RtcPacketPool *pool; /* (nullable) of these */
} RtcDtlsBio;

/* RTC_DTLS_BIO_MAX_OUT: datagrams waiting to be sent; more are dropped, as a network would, and
 * counted. */
#define RTC_DTLS_BIO_MAX_OUT 64

/* A BIO over state, to be given to SSL_set_bio() once for each direction or for both. NULL when
 * OpenSSL has no memory. */
BIO *rtc_dtls_bio_new (RtcDtlsBio *state);

/* Drops what waits in either direction; the count stays. */
void rtc_dtls_bio_clear (RtcDtlsBio *state);

G_END_DECLS
