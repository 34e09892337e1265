/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* rtc-openssl.h - how OpenSSL is begun, by all that use it.
 *
 * Peers end on the network thread after the pipeline has: a program that returns from main() then
 * has that thread in OpenSSL while the C library calls what was registered with atexit(), OpenSSL's
 * own cleanup among it, and crashes. So none is registered; the memory goes with the process.
 * Somebody else in the process who began OpenSSL before us has registered it: nothing changes then.
 *
 * Thread: any. */
#pragma once

#include <openssl/crypto.h>

/* Before anything else of OpenSSL is called; again is nothing. */
static inline void
rtc_openssl_init (void)
{
  OPENSSL_init_crypto (OPENSSL_INIT_NO_ATEXIT, NULL);
}
