/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* net-loop.h - a loop with the real backends, for peers that tests make: libnice, OpenSSL, libsrtp.
 *
 * Embedded in what owns the peers. Thread: the test's main thread. */
#pragma once

#include "ext/dtls/rtc-dtls.h"
#include "gst/rtc/loop/rtc-loop.h"

G_BEGIN_DECLS

typedef struct {
  RtcLoop *loop;
  RtcIceFactory *ice;
  RtcDtlsIdentity *identity; /* one for all peers */
  RtcDtlsFactory *dtls;
  RtcSrtpFactory *srtp;
} NetLoop;

void net_loop_init (NetLoop *self);

/* The peers are gone, or go with it. */
void net_loop_clear (NetLoop *self);

/* What a new peer of this loop is to have: the backends, a number of its own. [N] */
void net_loop_configure (NetLoop *self, RtcPeerConfig *config);

/* A new peer's own offer. [N] */
void net_loop_make_offer (RtcPeer *peer, GstClockTime now);

/* Every fingerprint of a description is another one from now on. */
void net_loop_spoil_fingerprints (gchar *sdp);

/* Removes that peer; goodbye: it says so to the other end before. */
void net_loop_remove (NetLoop *self, RtcPeerId id, gboolean goodbye);

G_END_DECLS
