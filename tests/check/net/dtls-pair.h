/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* dtls-pair.h - two DTLS associations, a network between them and a clock that tests own.
 *
 * The clock is OpenSSL's too: this file defines gettimeofday(), which libssl then uses, so that
 * its retransmissions happen in simulated time, without sleeping. */
#pragma once

#include "ext/dtls/rtc-dtls.h"

G_BEGIN_DECLS

typedef struct {
  RtcDtlsFactory *factory;
  RtcDtls *dtls;
  RtcDtlsState state;   /* last STATE event */
  gchar reason[160];    /* with it */
  GQueue inbox;         /* of GBytes: datagrams on their way to this end */
  GPtrArray *data;      /* of GBytes: application data received */
  guint n_sent;         /* datagrams made */
  gsize max_sent;       /* longest of them, bytes */
} DtlsEnd;

typedef struct {
  DtlsEnd a, b;
  GstClockTime now;
  RtcRandom *random;
  guint loss, duplicate, reorder; /* per cent of datagrams */
} DtlsPair;

/* A pair with its own identities, created, nothing started, fingerprints not set. */
void dtls_pair_init (DtlsPair *self, const RtcDtlsConfig *a, const RtcDtlsConfig *b, guint64 seed);
void dtls_pair_clear (DtlsPair *self);

/* Gives each end the other's fingerprint. */
void dtls_pair_exchange_fingerprints (DtlsPair *self);
void dtls_pair_set_fingerprint (DtlsEnd *end, const DtlsEnd *of);

/* Starts both: a as client, or b. */
void dtls_pair_start (DtlsPair *self, gboolean a_is_client);

/* Moves an end's output into the other's inbox (or nowhere when to is NULL), notes its events. */
void dtls_pair_drain (DtlsPair *self, DtlsEnd *from, DtlsEnd *to);

/* Delivers, and moves the clock to the next deadline when nothing is on its way, until both
 * ends have left NEW and CONNECTING and nothing is on its way, or for at most duration. */
void dtls_pair_run (DtlsPair *self, GstClockTime duration);

/* Delivers what is on its way; the clock stands still. */
void dtls_pair_settle (DtlsPair *self);

RtcResult dtls_pair_inject (DtlsPair *self, DtlsEnd *to, const guint8 *data, gsize len);

/* What gettimeofday() says is a fixed second plus this. */
void dtls_clock_set (GstClockTime now);

/* A configuration as a peer would use: MTU 1200, SRTP offered, 30 s. */
RtcDtlsConfig dtls_config (guint64 peer_id);

G_END_DECLS
