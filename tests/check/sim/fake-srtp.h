/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* fake-srtp.h - SRTP for simulations: rtc-srtp-iface.h with a keyed checksum and no cipher.
 *
 * Appends a tag of 10 (SHA1_80) or 16 bytes (GCM) over the packet, the key and the roll-over
 * counter, and for SRTCP the index before it, so that sizes are those of the wire and a wrong key,
 * a wrong ROC or a flipped bit is RTC_ERR_AUTH. Payload stays readable for tests. The replay
 * window (1024) and the ROC guess (RFC 3711 3.3.1, 3.3.2) are real, per SSRC. Single thread. */
#pragma once

#include "gst/rtc/iface/rtc-srtp-iface.h"

G_BEGIN_DECLS

typedef struct {
  RtcSrtpFactory parent;
} FakeSrtpFactory;

void fake_srtp_factory_init (FakeSrtpFactory *self);

G_END_DECLS
