/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* rtc-dtls-hostile.c - strangers, forged records, refused peers and the memory they may cost;
 * peers are OpenSSL driven by the test, set up as browsers are, or wrongly. */
#include "ext/dtls/rtc-dtls.h"

#include <malloc.h>
#include <string.h>

#include <openssl/core_names.h>
#include <openssl/param_build.h>
#include <openssl/rsa.h>

#include "tests/check/net/dtls-pair.h"
#include "tests/check/net/dtls-raw.h"
#include "ext/dtls/rtc-dtls-filter.h"
#include "gst/rtc/base/rtc-bytes.h"

static void
pair_init (DtlsPair *pair)
{
  RtcDtlsConfig config = dtls_config (1);

  dtls_pair_init (pair, &config, &config, 1);
}

static void
start_a (DtlsPair *pair, gboolean is_client)
{
  pair->a.dtls->vtable->start (pair->a.dtls, pair->now, is_client);
}

/* -- Browser-like clients ---------------------------------------------------- */

#define CHROMIUM "SRTP_AES128_CM_SHA1_80:SRTP_AEAD_AES_256_GCM:SRTP_AEAD_AES_128_GCM"
#define FIREFOX "SRTP_AEAD_AES_128_GCM:SRTP_AEAD_AES_256_GCM:SRTP_AES128_CM_SHA1_80"

/* A ClientHello of 1.4 KiB in two datagrams, in both orders, once and twice; ALPN names are the
 * ballast that the ML-KEM share is in a browser. */
static void
test_big_hello (void)
{
  static const struct {
    const gchar *profiles;
    gboolean backwards;
    guint copies;
  } table[] = {
    { CHROMIUM, FALSE, 1 },
    { CHROMIUM, TRUE, 1 },
    { CHROMIUM, FALSE, 2 },
    { FIREFOX, TRUE, 2 },
  };
  guint8 alpn[1200];

  memset (alpn, 'a', sizeof alpn);
  for (gsize i = 0; i < sizeof alpn; i += 200)
    alpn[i] = 199;
  for (gsize i = 0; i < G_N_ELEMENTS (table); i++) {
    RtcDtlsStats stats;
    RtcSrtpKeys keys;
    DtlsPair pair;
    DtlsRaw raw;

    pair_init (&pair);
    dtls_raw_init (&raw, TRUE, EVP_EC_gen ("P-256"), 0, table[i].profiles);
    SSL_set_alpn_protos (raw.ssl, alpn, sizeof alpn);
    dtls_raw_trust (&raw, &pair.a);
    start_a (&pair, FALSE);
    SSL_do_handshake (raw.ssl);
    g_assert_cmpuint (g_queue_get_length (&raw.bio.out), ==, 2);
    dtls_raw_run (&raw, &pair, table[i].backwards, table[i].copies);
    g_assert_cmpint (pair.a.state, ==, RTC_DTLS_STATE_CONNECTED);
    g_assert_true (SSL_is_init_finished (raw.ssl));
    /* We choose, not the client's order. */
    g_assert_cmpint (pair.a.dtls->vtable->export_keys (pair.a.dtls, &keys), ==, RTC_OK);
    g_assert_cmpint (keys.profile, ==, RTC_SRTP_PROFILE_AEAD_AES_128_GCM);
    pair.a.dtls->vtable->get_stats (pair.a.dtls, &stats);
    g_assert_cmpstr (stats.version, ==, "DTLSv1.2");
    dtls_raw_clear (&raw);
    dtls_pair_clear (&pair);
  }
}

/* Which profile comes of what the peer knows; as server and as client of ours. */
static const struct {
  const gchar *peer;
  RtcSrtpProfile as_server, as_client;
} profile_table[] = {
  { "SRTP_AES128_CM_SHA1_80", RTC_SRTP_PROFILE_AES128_CM_SHA1_80,
      RTC_SRTP_PROFILE_AES128_CM_SHA1_80 },
  { "SRTP_AES128_CM_SHA1_80:SRTP_AEAD_AES_128_GCM", RTC_SRTP_PROFILE_AEAD_AES_128_GCM,
      RTC_SRTP_PROFILE_AES128_CM_SHA1_80 },
  { "SRTP_AEAD_AES_256_GCM:SRTP_AES128_CM_SHA1_80", RTC_SRTP_PROFILE_AES128_CM_SHA1_80,
      RTC_SRTP_PROFILE_AEAD_AES_256_GCM },
  { "SRTP_AEAD_AES_256_GCM", RTC_SRTP_PROFILE_AEAD_AES_256_GCM, RTC_SRTP_PROFILE_AEAD_AES_256_GCM },
  { "SRTP_AES128_CM_SHA1_32", RTC_SRTP_PROFILE_NONE, RTC_SRTP_PROFILE_NONE },
  { NULL, RTC_SRTP_PROFILE_NONE, RTC_SRTP_PROFILE_NONE },
};

static void
test_profiles (void)
{
  for (gsize i = 0; i < 2 * G_N_ELEMENTS (profile_table); i++) {
    gboolean we_are_client = i % 2 == 0;
    RtcDtlsStats stats;
    RtcSrtpKeys keys;
    DtlsPair pair;
    DtlsRaw raw;

    pair_init (&pair);
    dtls_raw_init (&raw, !we_are_client, EVP_EC_gen ("P-256"), 0, profile_table[i / 2].peer);
    dtls_raw_trust (&raw, &pair.a);
    start_a (&pair, we_are_client);
    dtls_raw_run (&raw, &pair, FALSE, 1);
    g_assert_cmpint (pair.a.state, ==, RTC_DTLS_STATE_CONNECTED);
    pair.a.dtls->vtable->get_stats (pair.a.dtls, &stats);
    g_assert_cmpint (stats.srtp_profile, ==,
        we_are_client ? profile_table[i / 2].as_client : profile_table[i / 2].as_server);
    g_assert_cmpint (pair.a.dtls->vtable->export_keys (pair.a.dtls, &keys), ==,
        stats.srtp_profile != RTC_SRTP_PROFILE_NONE ? RTC_OK : RTC_ERR_UNSUPPORTED);
    dtls_raw_clear (&raw);
    dtls_pair_clear (&pair);
  }
}

/* A key that would take minutes to find: no two primes are behind it, but what it signs with looks
 * like any RSA key (n odd, d as it comes), and its certificate is refused before that matters. */
static EVP_PKEY *
make_big_rsa (guint bits)
{
  RtcRandom *random = rtc_random_new_seeded (bits);
  guint8 *bytes = g_malloc (bits / 8);
  BIGNUM *n, *e = BN_new (), *d = BN_new ();
  EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_name (NULL, "RSA", NULL);
  OSSL_PARAM_BLD *build = OSSL_PARAM_BLD_new ();
  OSSL_PARAM *params;
  EVP_PKEY *key = NULL;

  rtc_random_fill (random, bytes, bits / 8);
  bytes[0] |= 0x80;
  bytes[bits / 8 - 1] |= 1;
  n = BN_bin2bn (bytes, (int) (bits / 8), NULL);
  BN_set_word (e, 65537);
  BN_set_word (d, 257);
  OSSL_PARAM_BLD_push_BN (build, OSSL_PKEY_PARAM_RSA_N, n);
  OSSL_PARAM_BLD_push_BN (build, OSSL_PKEY_PARAM_RSA_E, e);
  OSSL_PARAM_BLD_push_BN (build, OSSL_PKEY_PARAM_RSA_D, d);
  params = OSSL_PARAM_BLD_to_param (build);
  g_assert_cmpint (EVP_PKEY_fromdata_init (ctx), ==, 1);
  g_assert_cmpint (EVP_PKEY_fromdata (ctx, &key, EVP_PKEY_KEYPAIR, params), ==, 1);
  OSSL_PARAM_free (params);
  OSSL_PARAM_BLD_free (build);
  EVP_PKEY_CTX_free (ctx);
  BN_free (n);
  BN_free (e);
  BN_free (d);
  g_free (bytes);
  rtc_random_free (random);
  return key;
}

/* -- Peers that we refuse ---------------------------------------------------- */

typedef enum { KEY_EC, KEY_RSA } KeyKind;

static const struct {
  const gchar *name;
  KeyKind kind;
  const gchar *group;
  guint bits;
  gsize padding;        /* extra bytes in the certificate */
  const gchar *ciphers; /* (nullable) */
  gint version;         /* highest, 0: default */
  gboolean connects;
} peer_table[] = {
  { "P-256", KEY_EC, "P-256", 0, 0, NULL, 0, TRUE },
  { "P-384", KEY_EC, "P-384", 0, 0, NULL, 0, TRUE },
  { "P-521", KEY_EC, "P-521", 0, 0, NULL, 0, FALSE },
  { "RSA 2048", KEY_RSA, NULL, 2048, 0, NULL, 0, TRUE },
  { "RSA 8192", KEY_RSA, NULL, 8192, 0, NULL, 0, FALSE },
  { "RSA 1024", KEY_RSA, NULL, 1024, 0, NULL, 0, FALSE },
  { "7 KiB certificate", KEY_EC, "P-256", 0, 7000, NULL, 0, TRUE },
  { "9 KiB certificate", KEY_EC, "P-256", 0, 9000, NULL, 0, FALSE },
  { "DTLS 1.0", KEY_EC, "P-256", 0, 0, NULL, DTLS1_VERSION, FALSE },
  { "NULL cipher", KEY_EC, "P-256", 0, 0, "ECDHE-ECDSA-NULL-SHA", 0, FALSE },
  { "CBC", KEY_EC, "P-256", 0, 0, "ECDHE-ECDSA-AES128-SHA", 0, FALSE },
  { "anonymous", KEY_EC, "P-256", 0, 0, "AECDH-AES128-SHA", 0, FALSE },
  { "ChaCha20", KEY_EC, "P-256", 0, 0, "ECDHE-ECDSA-CHACHA20-POLY1305", 0, TRUE },
};

static void
run_peer_case (gsize i, gboolean we_are_client)
{
  EVP_PKEY *key = peer_table[i].kind == KEY_EC ? EVP_EC_gen (peer_table[i].group)
                  : peer_table[i].bits > 4096  ? make_big_rsa (peer_table[i].bits)
                                               : EVP_RSA_gen (peer_table[i].bits);
  RtcSrtpKeys keys;
  DtlsPair pair;
  DtlsRaw raw;

  g_test_message ("%s, we are the %s", peer_table[i].name, we_are_client ? "client" : "server");
  pair_init (&pair);
  dtls_raw_init (&raw, !we_are_client, key, peer_table[i].padding, CHROMIUM);
  if (peer_table[i].ciphers != NULL)
    SSL_set_cipher_list (raw.ssl, peer_table[i].ciphers);
  if (peer_table[i].version != 0)
    SSL_set_max_proto_version (raw.ssl, peer_table[i].version);
  dtls_raw_trust (&raw, &pair.a);
  start_a (&pair, we_are_client);
  dtls_raw_run (&raw, &pair, FALSE, 1);
  if (peer_table[i].connects) {
    g_assert_cmpint (pair.a.state, ==, RTC_DTLS_STATE_CONNECTED);
  } else {
    g_assert_cmpint (pair.a.state, !=, RTC_DTLS_STATE_CONNECTED);
    g_assert_cmpint (pair.a.dtls->vtable->export_keys (pair.a.dtls, &keys), ==, RTC_ERR_STATE);
    g_assert_null (strstr (pair.a.reason, "SECRET-NAME"));
    pair.now += 31 * GST_SECOND;
    pair.a.dtls->vtable->handle_timeout (pair.a.dtls, pair.now);
    dtls_pair_drain (&pair, &pair.a, NULL);
    g_assert_cmpint (pair.a.state, ==, RTC_DTLS_STATE_FAILED);
    g_test_message ("  %s", pair.a.reason);
  }
  dtls_raw_clear (&raw);
  dtls_pair_clear (&pair);
}

static void
test_refused_peers (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (peer_table); i++) {
    run_peer_case (i, FALSE);
    run_peer_case (i, TRUE);
  }
}

/* A client without a certificate (RFC 8827 6.5: both sides show one). */
static void
test_no_certificate (void)
{
  DtlsPair pair;
  DtlsRaw raw;

  pair_init (&pair);
  dtls_pair_set_fingerprint (&pair.a, &pair.b);
  dtls_raw_init (&raw, TRUE, NULL, 0, CHROMIUM);
  start_a (&pair, FALSE);
  dtls_raw_run (&raw, &pair, FALSE, 1);
  g_assert_cmpint (pair.a.state, !=, RTC_DTLS_STATE_CONNECTED);
  dtls_raw_clear (&raw);
  dtls_pair_clear (&pair);
}

/* Renegotiation is refused with a warning (RFC 8827 6.5). OpenSSL as the peer takes that badly
 * and ends the session with a fatal alert, which, being authenticated, counts. */
static void
test_renegotiation (void)
{
  for (gint we_are_client = 0; we_are_client < 2; we_are_client++) {
    DtlsPair pair;
    DtlsRaw raw;

    pair_init (&pair);
    dtls_raw_init (&raw, !we_are_client, EVP_EC_gen ("P-256"), 0, CHROMIUM);
    dtls_raw_trust (&raw, &pair.a);
    start_a (&pair, we_are_client);
    dtls_raw_run (&raw, &pair, FALSE, 1);
    g_assert_cmpint (pair.a.state, ==, RTC_DTLS_STATE_CONNECTED);
    SSL_renegotiate (raw.ssl);
    dtls_raw_run (&raw, &pair, FALSE, 1);
    g_test_message ("%s", pair.a.reason);
    g_assert_cmpint (pair.a.state, ==, RTC_DTLS_STATE_FAILED);
    g_assert_nonnull (strstr (pair.a.reason, "the peer ended the DTLS session with alert"));
    dtls_raw_clear (&raw);
    dtls_pair_clear (&pair);
  }
}

static void
test_peer_closes (void)
{
  DtlsPair pair;
  DtlsRaw raw;

  pair_init (&pair);
  dtls_raw_init (&raw, TRUE, EVP_EC_gen ("P-256"), 0, CHROMIUM);
  dtls_raw_trust (&raw, &pair.a);
  start_a (&pair, FALSE);
  dtls_raw_run (&raw, &pair, FALSE, 1);
  g_assert_cmpint (pair.a.state, ==, RTC_DTLS_STATE_CONNECTED);
  SSL_shutdown (raw.ssl);
  dtls_raw_run (&raw, &pair, FALSE, 1);
  g_assert_cmpint (pair.a.state, ==, RTC_DTLS_STATE_CLOSED);
  dtls_raw_clear (&raw);
  dtls_pair_clear (&pair);
}

/* -- Strangers --------------------------------------------------------------- */

/* Records as anybody can write them. */
static gsize
make_record (guint8 *out, guint8 type, guint16 epoch, guint64 seq, const guint8 *body, gsize len)
{
  RtcWriter w = rtc_writer (out, 2048);

  rtc_writer_u8 (&w, type);
  rtc_writer_u16 (&w, 0xfefd);
  rtc_writer_u16 (&w, epoch);
  rtc_writer_uint (&w, seq, 6);
  rtc_writer_u16 (&w, (guint16) len);
  rtc_writer_bytes (&w, body, len);
  return w.pos;
}

static gsize
make_fragment (guint8 *out, guint8 type, guint32 length, guint16 seq, guint32 offset, gsize len)
{
  guint8 body[1024] = { 0 };
  RtcWriter w = rtc_writer (body, sizeof body);

  rtc_writer_u8 (&w, type);
  rtc_writer_u24 (&w, length);
  rtc_writer_u16 (&w, seq);
  rtc_writer_u24 (&w, offset);
  rtc_writer_u24 (&w, (guint32) len);
  g_assert_nonnull (rtc_writer_reserve (&w, len));
  return make_record (out, 22, 0, 1000 + seq, body, w.pos);
}

/* Everything a stranger could say that must change nothing. */
static void
disturb (DtlsPair *pair, DtlsEnd *end, RtcRandom *random)
{
  static const guint8 fatal[2] = { 2, 40 }, close_notify[2] = { 1, 0 }, warning[2] = { 1, 90 };
  static const guint8 ccs[1] = { 1 }, bad_ccs[1] = { 2 }, junk[40] = { 0x17 };
  guint8 datagram[2048];
  gsize len;

  for (guint16 epoch = 0; epoch < 4; epoch++) {
    for (guint64 seq = 0; seq < 3; seq++) {
      guint64 number = seq == 2 ? G_GUINT64_CONSTANT (0xfffffffffff0) : seq * 1000 + 900;

      len = make_record (datagram, 21, epoch, number, fatal, 2);
      dtls_pair_inject (pair, end, datagram, len);
      len = make_record (datagram, 21, epoch, number, close_notify, 2);
      dtls_pair_inject (pair, end, datagram, len);
      len = make_record (datagram, 21, epoch, number, warning, 2);
      dtls_pair_inject (pair, end, datagram, len);
      len = make_record (datagram, 20, epoch, number, bad_ccs, 1);
      dtls_pair_inject (pair, end, datagram, len);
      if (epoch > 0) {
        len = make_record (datagram, 20, epoch, number, ccs, 1);
        dtls_pair_inject (pair, end, datagram, len);
      }
      for (guint8 type = 19; type < 26; type++) {
        len = make_record (datagram, type, epoch, number, junk, epoch == 0 ? 0 : sizeof junk);
        dtls_pair_inject (pair, end, datagram, len);
      }
    }
  }
  /* Zero-length fragments, 16 MB declared, HelloRequest, wrong direction. */
  dtls_pair_inject (pair, end, datagram, make_fragment (datagram, 1, 100, 0, 0, 0));
  dtls_pair_inject (pair, end, datagram, make_fragment (datagram, 11, 0xffffff, 1, 0, 500));
  dtls_pair_inject (pair, end, datagram, make_fragment (datagram, 0, 0, 0, 0, 0));
  dtls_pair_inject (pair, end, datagram, make_fragment (datagram, 20, 12, 0, 0, 12));
  dtls_pair_inject (pair, end, datagram, make_fragment (datagram, 1, 10, 0, 5, 10));
  for (guint i = 0; i < 50; i++) {
    len = rtc_random_range (random, 0, sizeof datagram);
    rtc_random_fill (random, datagram, len);
    dtls_pair_inject (pair, end, datagram, len);
    if (len > 3) {
      datagram[0] = (guint8) rtc_random_range (random, 20, 24);
      datagram[1] = 0xfe;
      datagram[2] = 0xfd;
      dtls_pair_inject (pair, end, datagram, len);
    }
  }
}

/* The hello of somebody else. */
static void
stranger_hello (DtlsPair *pair, DtlsEnd *end)
{
  RtcPacket *packet;
  DtlsRaw raw;

  dtls_raw_init (&raw, TRUE, NULL, 0, FIREFOX);
  SSL_do_handshake (raw.ssl);
  while ((packet = g_queue_pop_head (&raw.bio.out)) != NULL) {
    dtls_pair_inject (pair, end, packet->data, packet->len);
    rtc_packet_unref (packet);
  }
  dtls_raw_clear (&raw);
}

/* Disturbs before every single datagram of the handshake but the very first hello (whoever comes
 * first is the peer for us; ICE decides who can), and in mid-call. */
static void
test_strangers (gconstpointer data)
{
  RtcRandom *random = rtc_random_new_seeded (5);
  DtlsPair pair;

  pair_init (&pair);
  dtls_pair_exchange_fingerprints (&pair);
  dtls_pair_start (&pair, GPOINTER_TO_INT (data));
  disturb (&pair, &pair.a, random);
  disturb (&pair, &pair.b, random);
  dtls_pair_drain (&pair, &pair.a, &pair.b);
  dtls_pair_drain (&pair, &pair.b, &pair.a);
  for (guint i = 0; i < 200; i++) {
    DtlsEnd *to = i % 2 ? &pair.a : &pair.b;
    GBytes *bytes = g_queue_pop_head (&to->inbox);

    if (bytes == NULL)
      continue;
    dtls_pair_inject (&pair, to, g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes));
    g_bytes_unref (bytes);
    stranger_hello (&pair, to);
    disturb (&pair, to, random);
    dtls_pair_drain (&pair, to, to == &pair.a ? &pair.b : &pair.a);
  }
  dtls_pair_run (&pair, 10 * GST_SECOND);
  g_assert_cmpint (pair.a.state, ==, RTC_DTLS_STATE_CONNECTED);
  g_assert_cmpint (pair.b.state, ==, RTC_DTLS_STATE_CONNECTED);
  for (guint i = 0; i < 20; i++) {
    disturb (&pair, &pair.a, random);
    stranger_hello (&pair, &pair.a);
    g_assert_cmpint (
        pair.b.dtls->vtable->write (pair.b.dtls, pair.now, (guint8 *) "alive", 5), ==, RTC_OK);
    dtls_pair_settle (&pair);
    g_assert_cmpuint (pair.a.data->len, ==, i + 1);
  }
  g_assert_cmpint (pair.a.state, ==, RTC_DTLS_STATE_CONNECTED);
  rtc_random_free (random);
  dtls_pair_clear (&pair);
}

/* A hello that OpenSSL refuses, before the peer's own: the server begins anew. */
static void
test_broken_hello_first (void)
{
  guint8 datagram[2048];
  DtlsPair pair;

  pair_init (&pair);
  dtls_pair_exchange_fingerprints (&pair);
  dtls_pair_start (&pair, FALSE); /* a is the server */
  for (guint i = 0; i < 5; i++)
    dtls_pair_inject (&pair, &pair.a, datagram, make_fragment (datagram, 1, 60, 0, 0, 60));
  dtls_pair_run (&pair, GST_SECOND);
  g_assert_cmpint (pair.a.state, ==, RTC_DTLS_STATE_CONNECTED);
  g_assert_cmpint (pair.b.state, ==, RTC_DTLS_STATE_CONNECTED);
  dtls_pair_clear (&pair);
}

/* What a half-open association may cost (T2: 256 KiB). */
static void
test_memory (void)
{
  enum { N = 20 };
  RtcDtlsConfig config = dtls_config (1);
  RtcDtlsFactory *factory;
  RtcDtlsIdentity *identity = rtc_dtls_identity_new (NULL);
  RtcDtls *dtls[N];
  guint8 datagram[2048], junk[1100] = { 0 };
  RtcDtlsEvent event;
  gsize before, idle, after;

  factory = rtc_dtls_factory_new (identity, NULL);
  before = mallinfo2 ().uordblks + mallinfo2 ().hblkhd;
  for (guint i = 0; i < N; i++) {
    dtls[i] = factory->create (factory, &config, NULL);
    dtls[i]->vtable->start (dtls[i], GST_SECOND, i % 2);
  }
  idle = mallinfo2 ().uordblks + mallinfo2 ().hblkhd;
  for (guint i = 0; i < N; i++) {
    guint8 type = i % 2 ? 11 : 1;

    for (guint round = 0; round < 3; round++) {
      for (guint16 seq = 1; seq < 12; seq++)
        dtls[i]->vtable->handle_packet (dtls[i], GST_SECOND, datagram,
            make_fragment (datagram, type, 16384, seq, round * 2000, 1000));
      for (guint n = 0; n < 100; n++)
        dtls[i]->vtable->handle_packet (dtls[i], GST_SECOND, datagram,
            make_record (datagram, n % 2 ? 22 : 23, 1, n, junk, sizeof junk));
    }
    while (dtls[i]->vtable->poll (dtls[i], &event))
      rtc_packet_unref (event.packet);
  }
  after = mallinfo2 ().uordblks + mallinfo2 ().hblkhd;
  g_test_message ("half-open association: %u bytes, under attack %u bytes",
      (guint) ((idle - before) / N), (guint) ((after - before) / N));
#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
  g_assert_cmpuint ((after - before) / N, >, 20 * 1024); /* the measurement works */
  g_assert_cmpuint ((after - before) / N, <=, 256 * 1024);
#endif
  for (guint i = 0; i < N; i++)
    dtls[i]->vtable->free (dtls[i]);
  rtc_dtls_factory_free (factory);
  rtc_dtls_identity_unref (identity);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  gst_init (NULL, NULL);
  g_test_add_func ("/dtls-hostile/big-hello", test_big_hello);
  g_test_add_func ("/dtls-hostile/profiles", test_profiles);
  g_test_add_func ("/dtls-hostile/refused-peers", test_refused_peers);
  g_test_add_func ("/dtls-hostile/no-certificate", test_no_certificate);
  g_test_add_func ("/dtls-hostile/renegotiation", test_renegotiation);
  g_test_add_func ("/dtls-hostile/peer-closes", test_peer_closes);
  g_test_add_data_func ("/dtls-hostile/strangers/server", GINT_TO_POINTER (0), test_strangers);
  g_test_add_data_func ("/dtls-hostile/strangers/client", GINT_TO_POINTER (1), test_strangers);
  g_test_add_func ("/dtls-hostile/broken-hello-first", test_broken_hello_first);
  g_test_add_func ("/dtls-hostile/memory", test_memory);
  return g_test_run ();
}
