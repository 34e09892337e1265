/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* bench-dtls-srtp.c - CPU time of a handshake (both ends), ns per SRTP packet by profile. */
#include <string.h>
#include <time.h>

#include "ext/srtp/rtc-srtp-openssl.h"
#include "tests/check/net/dtls-pair.h"

#define PACKET 1200
#define N_PACKETS 200000
#define BATCH 50
#define N_HANDSHAKES 200

static gint64
cpu_ns (void)
{
  struct timespec ts;

  clock_gettime (CLOCK_PROCESS_CPUTIME_ID, &ts);
  return ts.tv_sec * G_GINT64_CONSTANT (1000000000) + ts.tv_nsec;
}

static void
bench_handshake (void)
{
  gint64 total = 0;

  for (guint i = 0; i < N_HANDSHAKES; i++) {
    RtcDtlsConfig config = dtls_config (1);
    DtlsPair pair;
    gint64 begin;

    dtls_pair_init (&pair, &config, &config, i);
    dtls_pair_exchange_fingerprints (&pair);
    begin = cpu_ns ();
    dtls_pair_start (&pair, FALSE);
    dtls_pair_run (&pair, GST_SECOND);
    total += cpu_ns () - begin;
    g_assert_cmpint (pair.a.state, ==, RTC_DTLS_STATE_CONNECTED);
    dtls_pair_clear (&pair);
  }
  g_print ("dtls handshake, both ends: %" G_GINT64_FORMAT " us\n", total / N_HANDSHAKES / 1000);
}

static void
bench_srtp (RtcSrtpFactory *factory, const gchar *name, RtcSrtpProfile profile, gsize key_len)
{
  RtcSrtpKeys keys = { profile, key_len, { 1 }, { 1 } };
  RtcSrtp *srtp = factory->create (factory, &keys, NULL);
  static guint8 packets[BATCH][PACKET + RTC_SRTP_MAX_OVERHEAD];
  gint64 protect = 0, unprotect = 0, begin;
  gsize lens[BATCH];

  for (guint i = 0; i < N_PACKETS; i += BATCH) {
    for (guint j = 0; j < BATCH; j++) {
      memset (packets[j], 0x5a, PACKET);
      packets[j][0] = 0x80;
      packets[j][1] = 96;
      packets[j][2] = (guint8) ((i + j) >> 8);
      packets[j][3] = (guint8) (i + j);
      lens[j] = PACKET;
    }
    begin = cpu_ns ();
    for (guint j = 0; j < BATCH; j++)
      g_assert_cmpint (
          srtp->vtable->protect_rtp (srtp, packets[j], &lens[j], sizeof packets[j]), ==, RTC_OK);
    protect += cpu_ns () - begin;
    begin = cpu_ns ();
    for (guint j = 0; j < BATCH; j++)
      g_assert_cmpint (srtp->vtable->unprotect_rtp (srtp, packets[j], &lens[j]), ==, RTC_OK);
    unprotect += cpu_ns () - begin;
  }
  g_print ("%s: %s, %u bytes: protect %" G_GINT64_FORMAT " ns, unprotect %" G_GINT64_FORMAT " ns\n",
      factory->name, name, PACKET, protect / N_PACKETS, unprotect / N_PACKETS);
  srtp->vtable->free (srtp);
}

static void
bench_backend (RtcSrtpFactory *factory)
{
  bench_srtp (factory, "AES128_CM_SHA1_80", RTC_SRTP_PROFILE_AES128_CM_SHA1_80, 30);
  bench_srtp (factory, "AEAD_AES_128_GCM", RTC_SRTP_PROFILE_AEAD_AES_128_GCM, 28);
  bench_srtp (factory, "AEAD_AES_256_GCM", RTC_SRTP_PROFILE_AEAD_AES_256_GCM, 44);
  rtc_srtp_factory_free (factory);
}

int
main (int argc, char **argv)
{
  gst_init (NULL, NULL);
  bench_handshake ();
  bench_backend (rtc_srtp_factory_new (NULL));
  bench_backend (rtc_srtp_openssl_factory_new ());
  return 0;
}
