/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* rtc-dtls-session.h - one association's state, and driving OpenSSL with it.
 *
 * Private to ext/dtls: rtc-dtls.c is the vtable over this. Network thread only. */
#pragma once

#include "ext/dtls/rtc-dtls-bio.h"
#include "ext/dtls/rtc-dtls-certificate.h"
#include "ext/dtls/rtc-dtls-context.h"
#include "ext/dtls/rtc-dtls-filter.h"

G_BEGIN_DECLS

typedef struct _RtcDtlsRemnant RtcDtlsRemnant; /* rtc-dtls-remnant.h */

typedef struct {
  RtcDtls iface;
  const RtcDtlsContext *context; /* of the factory */
  RtcDtlsConfig config;
  gchar id[24]; /* for logs */
  RtcDtlsState state;
  gboolean is_client;
  SSL *ssl;                /* NULL before start(), and from release() on: */
  RtcDtlsRemnant *remnant; /* what is left of it then */
  GBytes *flight;          /* a server's last, NULL: none yet, or client */
  RtcDtlsBio bio;
  RtcDtlsFilter filter;
  GQueue events;     /* of RtcDtlsEvent */
  GQueue unverified; /* of RtcDtlsEvent: data that waits for the fingerprint */
  GQueue early;      /* of GBytes: datagrams before start() */
  RtcDtlsDigest *digests; /* n_digests, at most RTC_DTLS_MAX_FINGERPRINTS; one as a rule */
  guint n_digests;
  gboolean received;         /* anything that passed the filter */
  gboolean certificate_seen; /* the verify callback ran */
  gboolean handshake_done;   /* OpenSSL says so; the fingerprint may be open */
  gboolean has_written;      /* data: more is to come */
  gboolean has_read;         /* the same */
  gint peer_alert;           /* authenticated fatal alert, -1: none */
  guint restarts;
  gchar problem[100];      /* last problem in the handshake, for the reason; else empty */
  GstClockTime retransmit; /* OpenSSL's timer in terms of now, NONE: not running */
  GstClockTime give_up;    /* end of the handshake timeout, NONE: never or connected */
  RtcDtlsStats stats; /* packets_dropped: less those of bio */
} RtcDtlsSession;

/* CLOSED or FAILED: nothing goes in or out any more. */
gboolean rtc_dtls_session_is_over (const RtcDtlsSession *self);

/* Moves to state, logs it and queues the event; reason is for the log, and for FAILED's event.
 * Programmer error when the state may not follow. */
void rtc_dtls_session_set_state (RtcDtlsSession *self, RtcDtlsState state, const gchar *reason);

/* FAILED with a sentence a user can act on; nothing when it is over already. */
void rtc_dtls_session_fail (RtcDtlsSession *self, const gchar *reason);

/* (transfer full) */
void rtc_dtls_session_event_free (RtcDtlsEvent *event);

/* Queues application data, or holds it until the fingerprint has matched. */
void rtc_dtls_session_push_data (RtcDtlsSession *self, const guint8 *data, gsize len);

/* Forgets the data that waits for a fingerprint. */
void rtc_dtls_session_drop_unverified (RtcDtlsSession *self);

/* For rtc_dtls_context_new(): judges the certificate in the midst of the handshake. */
int rtc_dtls_session_verify (X509_STORE_CTX *store, void *unused);

/* When the handshake is done and fingerprints are known: CONNECTED if one matches, else FAILED. */
void rtc_dtls_session_try_connect (RtcDtlsSession *self);

/* Longest datagram to make, bytes. */
gsize rtc_dtls_session_get_mtu (const RtcDtlsSession *self);

/* A fresh SSL for the role in is_client. FALSE when OpenSSL has no memory: fail. */
gboolean rtc_dtls_session_open (RtcDtlsSession *self);

/* Gives OpenSSL its buffers back, before anything is asked of it. */
void rtc_dtls_session_wake (RtcDtlsSession *self);

/* Takes them away after the handshake of a peer that has written no data: they are 33 KiB, and
 * will not be needed before the goodbye. */
void rtc_dtls_session_rest (RtcDtlsSession *self);

/* Says goodbye (close_notify) if there was a handshake. */
void rtc_dtls_session_shut_down (RtcDtlsSession *self);

/* The peer said goodbye: answers (RFC 5246 7.2.1), CLOSED. */
void rtc_dtls_session_end (RtcDtlsSession *self);

/* FAILED in mid-call, by the peer's alert if it sent one, else for why. */
void rtc_dtls_session_break (RtcDtlsSession *self, const gchar *why);

/* Gives OpenSSL one filtered datagram; data may be NULL: only go on. */
void rtc_dtls_session_step (RtcDtlsSession *self, const guint8 *data, gsize len);

/* One datagram (at most RTC_MAX_DATAGRAM) through the filter into OpenSSL. RTC_ERR_PARSE when
 * none of it passed: counted, drop it. */
RtcResult rtc_dtls_session_receive (RtcDtlsSession *self, const guint8 *data, gsize len);

/* Notes when OpenSSL wants to be called again, in terms of now. */
void rtc_dtls_session_arm (RtcDtlsSession *self, GstClockTime now);

/* OpenSSL's last error on this thread as words. Never NULL. */
const gchar *rtc_dtls_session_error_text (void);

/* Empties OpenSSL's queue of errors of this thread, before a call whose result is looked into. */
void rtc_dtls_session_forget_errors (void);

G_END_DECLS
