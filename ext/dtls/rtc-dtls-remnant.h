/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* rtc-dtls-remnant.h - what is left of an association whose OpenSSL session was let go.
 *
 * A session of OpenSSL 3.0 is 42 KB from the handshake to the end of the call, although a viewer
 * needs it once more at most: for a goodbye. In its place stay the keys of the records and what
 * follows, half a KB together:
 *
 *   SRTP's keying material          exported beforehand; export_keys() goes on working
 *   digests of the certificate      a later description's fingerprints are held against them
 *   a server's last flight          as it left, both records: RFC 6347 4.2.4 wants it said again
 *                                   for every authentic Finished, since the client repeats its own
 *                                   until ours has come. The same bytes: one that has them takes
 *                                   them for a replay. A client repeats nothing: that the server's
 *                                   Finished came proves that its own did.
 *
 * Nothing is taken from whoever does not have the keys: a record that does not open, or was opened
 * before, is counted and dropped, as OpenSSL would, and is answered with nothing. The first that
 * does not open leaves the expanded key behind, 1 KB; those that follow allocate nothing. The one
 * thing that was said before this began and can be repeated by a stranger is the client's Finished,
 * which then draws the last flight once, a hundred bytes.
 *
 * An authentic one: close_notify is answered and ends in CLOSED, a fatal alert in FAILED,
 * application data is handed on, Finished as above; what else there may be (a warning, a wish to
 * negotiate again, RFC 5246 7.4.1.1: may be ignored) is counted and dropped. Data channels that are
 * agreed on later run on this, too.
 *
 * Private to ext/dtls. Network thread only. */
#pragma once

#include "ext/dtls/rtc-dtls-record.h"
#include "ext/dtls/rtc-dtls-session.h"

G_BEGIN_DECLS

/* Copies the last flight of a server out of what waits to be sent, as its handshake ends. NULL when
 * there is none such, or it may not have found place there. (transfer full) */
GBytes *rtc_dtls_remnant_copy_flight (const GQueue *out);

/* Lets OpenSSL go, in mid-call. FALSE and nothing has changed when it is needed: the suite is none
 * of AES-GCM, or data has passed. */
gboolean rtc_dtls_remnant_begin (RtcDtlsSession *self);

/* (nullable). */
void rtc_dtls_remnant_free (RtcDtlsRemnant *self);

/* The following need self->remnant. */

/* Filtered records of one datagram (at most RTC_MAX_DATAGRAM); n_dropped: so many the filter has
 * dropped of it. RTC_ERR_PARSE when there was nothing in it for us: drop it. Counted once, however
 * much of it is dropped and by whom. */
RtcResult rtc_dtls_remnant_receive (RtcDtlsSession *self, const guint8 *data, gsize len,
    guint64 n_dropped);

/* Queues one record that says data (len bytes); FALSE when it could not be made. One that finds no
 * place is dropped and counted. */
gboolean rtc_dtls_remnant_send (RtcDtlsSession *self, RtcDtlsContent type, const guint8 *data,
    gsize len);

/* close_notify. */
void rtc_dtls_remnant_say_goodbye (RtcDtlsSession *self);

/* TRUE when one of the fingerprints is that of the certificate seen. */
gboolean rtc_dtls_remnant_matches (const RtcDtlsSession *self);

/* As export_keys() of the interface, in CONNECTED. */
RtcResult rtc_dtls_remnant_export (const RtcDtlsSession *self, RtcSrtpKeys *out);

G_END_DECLS
