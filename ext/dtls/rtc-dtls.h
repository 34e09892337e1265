/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* rtc-dtls.h - DTLS associations on OpenSSL, behind gst/rtc/iface/rtc-dtls-iface.h.
 *
 * DTLS 1.2 only, with certificates on both sides (RFC 8827 6.5), ECDHE with AEAD suites, no
 * renegotiation, no resumption. SRTP profiles in our order (RFC 5764 4.1.2): as server we take
 * AEAD_AES_128_GCM if the peer offers it, AES128_CM_SHA1_80 is always accepted.
 *
 * What OpenSSL would take too seriously never reaches it (rtc-dtls-filter.h): unauthenticated
 * alerts, foreign handshakes, oversized messages. A consequence: a peer that refuses our hello
 * with a plaintext alert is seen as FAILED at the handshake timeout only; the reason names the
 * alert. Datagrams that arrive before start() are held, 16 KiB at most.
 *
 * release() lets OpenSSL's session go, 39 KB, when the suite is AES-GCM and no data has passed;
 * what stays knows the goodbyes, and data (rtc-dtls-remnant.h).
 *
 * Honest limit: OpenSSL times its retransmissions by its own clock. next_deadline() turns what
 * it has left into the caller's `now`; handle_timeout() before OpenSSL agrees does nothing.
 *
 * A handshake_timeout of 0 or GST_CLOCK_TIME_NONE means never. write() takes what fits one
 * datagram of the MTU (RTC_ERR_LIMIT beyond) and no empty message (RTC_ERR_PARSE).
 *
 * Thread: the factory any, after creation immutable; associations the network thread. */
#pragma once

#include "ext/dtls/rtc-dtls-identity.h"

G_BEGIN_DECLS

/* A factory whose associations all show identity (referenced). NULL and *error
 * (RTC_ERR_BACKEND) when OpenSSL lacks what we need. */
RtcDtlsFactory *rtc_dtls_factory_new (RtcDtlsIdentity *identity, GError **error);

/* (nullable). Its associations must be gone. */
void rtc_dtls_factory_free (RtcDtlsFactory *self);

G_END_DECLS
