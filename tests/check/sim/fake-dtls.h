/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* fake-dtls.h - a DTLS association for simulations: rtc-dtls-iface.h without cryptography.
 *
 * Two flights: the client's hello, the server's hello answered, the client's finished, the
 * server's finished; lost ones are sent again from 50 ms on, doubling to 1 s. Hellos carry the
 * sender's fingerprint and random bytes; keys are a keyed hash of both randoms, so that the two
 * ends agree and two associations never do. As rtc-dtls-iface.h demands: CONNECTED, keys and
 * data only once a remote fingerprint matched; a mismatch is FAILED. The first byte is 22
 * (handshake), 23 (data) or 21 (close_notify), as on the wire (RFC 7983: 20..63).
 *
 * Single thread. Randomness from the factory. */
#pragma once

#include "gst/rtc/iface/rtc-dtls-iface.h"

G_BEGIN_DECLS

typedef struct {
  RtcDtlsFactory parent;
  RtcRandom *random;              /* not owned */
  RtcDtlsFingerprint fingerprint; /* made by init from random; a test may change it */
  RtcSrtpProfile profile;         /* which this end takes as server */
  guint n_released;               /* times that an association was */
} FakeDtlsFactory;

void fake_dtls_factory_init (FakeDtlsFactory *self, RtcRandom *random);

G_END_DECLS
