/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* fuzz-srtp-in.c - packets of a stranger into a keyed SRTP session, of each backend.
 *
 * Input: one byte of profile, kind and backend, then a packet. As it is, it must be refused and
 * change no length; as plain text, it must come back from protect and unprotect as it was; damaged
 * on the way, it must be refused. */
#include "tests/check/fuzz/fuzz.h"

#include <string.h>

#include "ext/srtp/rtc-srtp-openssl.h"

#define CAP 4096

static const RtcSrtpKeys keys_table[] = {
  { RTC_SRTP_PROFILE_AES128_CM_SHA1_80, 30, { 1, 2, 3 }, { 1, 2, 3 } },
  { RTC_SRTP_PROFILE_AEAD_AES_128_GCM, 28, { 4, 5, 6 }, { 4, 5, 6 } },
  { RTC_SRTP_PROFILE_AEAD_AES_256_GCM, 44, { 7, 8, 9 }, { 7, 8, 9 } },
};

static void
check_round_trip (RtcSrtp *srtp, gboolean is_rtcp, const guint8 *data, gsize size)
{
  RtcResult (*protect) (RtcSrtp *, guint8 *, gsize *, gsize) =
      is_rtcp ? srtp->vtable->protect_rtcp : srtp->vtable->protect_rtp;
  RtcResult (*unprotect) (RtcSrtp *, guint8 *, gsize *) =
      is_rtcp ? srtp->vtable->unprotect_rtcp : srtp->vtable->unprotect_rtp;
  guint8 *packet = g_malloc (CAP), *damaged;
  gsize len = size, damaged_len;

  memcpy (packet, data, size);
  if (protect (srtp, packet, &len, CAP) == RTC_OK) {
    FUZZ_CHECK (len > size && len <= size + RTC_SRTP_MAX_OVERHEAD);
    damaged = g_memdup2 (packet, len);
    damaged[len - 1] ^= 0x55;
    damaged_len = len;
    FUZZ_CHECK (unprotect (srtp, damaged, &damaged_len) != RTC_OK);
    g_free (damaged);
    FUZZ_CHECK (unprotect (srtp, packet, &len) == RTC_OK);
    FUZZ_CHECK (len == size && memcmp (packet, data, size) == 0);
  }
  g_free (packet);
}

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  RtcSrtpFactory *factory;
  RtcSrtp *srtp;
  gboolean is_rtcp;
  guint8 *copy;
  gsize len;

  if (size < 1 || size > 2000)
    return 0;
  is_rtcp = (data[0] & 0x80) != 0;
  factory = (data[0] & 0x40) != 0 ? rtc_srtp_factory_new (NULL) : rtc_srtp_openssl_factory_new ();
  srtp = factory->create (factory, &keys_table[data[0] % G_N_ELEMENTS (keys_table)], NULL);
  FUZZ_CHECK (srtp != NULL);
  data++;
  len = --size;
  copy = g_memdup2 (data, size);
  FUZZ_CHECK (
      (is_rtcp ? srtp->vtable->unprotect_rtcp : srtp->vtable->unprotect_rtp) (srtp, copy, &len)
      != RTC_OK);
  FUZZ_CHECK (len == size);
  g_free (copy);
  check_round_trip (srtp, is_rtcp, data, size);
  srtp->vtable->free (srtp);
  rtc_srtp_factory_free (factory);
  return 0;
}
