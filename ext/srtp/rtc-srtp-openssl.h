/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* rtc-srtp-openssl.h - SRTP straight on OpenSSL (its ciphers by rtc-srtp-aes.h), behind
 * gst/rtc/iface/rtc-srtp-iface.h.
 *
 * Does what rtc-srtp.h does, packet for packet (net/rtc-srtp-differential compares them), for a
 * fraction of the time: contexts are keyed once per direction, and nothing is allocated per packet.
 * Two differences: SRTCP has the replay window of SRTP, 1024 (libsrtp2: 128), and late starts are
 * not counted, since trying one derives no keys. It also protects packets whose body lies
 * elsewhere.
 *
 * Thread: network thread only; factories any. */
#pragma once

#include "ext/srtp/rtc-srtp.h"

G_BEGIN_DECLS

/* A factory, freed by rtc_srtp_factory_free(). Sessions may outlive it; rtc_srtp_get_stats() and
 * rtc_srtp_set_key_usage() take them. */
RtcSrtpFactory *rtc_srtp_openssl_factory_new (void);

G_END_DECLS
