/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* rtc-dtls-release.c - an association whose OpenSSL session was let go, against a peer that is
 * OpenSSL as it comes: goodbyes, data, repeated flights, forgeries, fingerprints, memory. */
#include <malloc.h>
#include <stdlib.h>
#include <string.h>

#include "ext/dtls/rtc-dtls-remnant.h"
#include "tests/check/net/dtls-raw.h"

#define PROFILES "SRTP_AES128_CM_SHA1_80:SRTP_AEAD_AES_256_GCM:SRTP_AEAD_AES_128_GCM"

/* All that we offer (rtc-dtls-context.c). */
static const struct {
  const gchar *suite;
  gboolean is_rsa, is_released;
} suite_table[] = {
  { "ECDHE-ECDSA-AES128-GCM-SHA256", FALSE, TRUE },
  { "ECDHE-RSA-AES128-GCM-SHA256", TRUE, TRUE },
  { "ECDHE-ECDSA-CHACHA20-POLY1305", FALSE, FALSE },
  { "ECDHE-RSA-CHACHA20-POLY1305", TRUE, FALSE },
  { "ECDHE-ECDSA-AES256-GCM-SHA384", FALSE, TRUE },
  { "ECDHE-RSA-AES256-GCM-SHA384", TRUE, TRUE },
};

/* What OpenSSL allocates. */
static guint64 n_allocations;

static void *
count_malloc (gsize len, const char *file, int line)
{
  n_allocations++;
  return malloc (len);
}

static void *
count_realloc (void *memory, gsize len, const char *file, int line)
{
  n_allocations++;
  return realloc (memory, len);
}

static void
count_free (void *memory, const char *file, int line)
{
  free (memory);
}

static gsize
heap_used (void)
{
  struct mallinfo2 info = mallinfo2 ();

  return info.uordblks + info.hblkhd;
}

static RtcDtlsSession *
session (DtlsEnd *end)
{
  return (RtcDtlsSession *) end->dtls;
}

static gboolean
is_released (DtlsEnd *end)
{
  g_assert_true ((session (end)->ssl == NULL) == (session (end)->remnant != NULL));
  return session (end)->ssl == NULL;
}

static void
release (DtlsEnd *end)
{
  guint64 dropped = session (end)->stats.packets_dropped;

  g_assert_true (g_queue_is_empty (&session (end)->bio.out));
  end->dtls->vtable->release (end->dtls);
  /* Nothing left that nobody asked for. */
  g_assert_true (g_queue_is_empty (&session (end)->bio.out));
  g_assert_cmpuint (session (end)->stats.packets_dropped, ==, dropped);
}

/* One for all: it takes a while to find. */
static EVP_PKEY *
get_rsa_key (void)
{
  static EVP_PKEY *key;

  if (key == NULL)
    key = EVP_RSA_gen (2048);
  EVP_PKEY_up_ref (key);
  return key;
}

/* A connected pair: end a is ours, raw the peer. We are never the RSA end: our certificate is EC.
 */
static void
connect_raw (DtlsPair *pair, DtlsRaw *raw, gsize suite, gboolean we_are_client)
{
  RtcDtlsConfig config = dtls_config (1);
  EVP_PKEY *key = suite_table[suite].is_rsa ? get_rsa_key () : EVP_EC_gen ("P-256");

  dtls_pair_init (pair, &config, &config, 1);
  dtls_raw_init (raw, !we_are_client, key, 0, PROFILES);
  g_assert_cmpint (SSL_set_cipher_list (raw->ssl, suite_table[suite].suite), ==, 1);
  dtls_raw_trust (raw, &pair->a);
  pair->a.dtls->vtable->start (pair->a.dtls, pair->now, we_are_client);
  dtls_raw_run (raw, pair, FALSE, 1);
  g_assert_cmpint (pair->a.state, ==, RTC_DTLS_STATE_CONNECTED);
}

/* By the first suite, and ours released. */
static void
connect_released (DtlsPair *pair, DtlsRaw *raw, gboolean we_are_client)
{
  connect_raw (pair, raw, 0, we_are_client);
  release (&pair->a);
}

static void
clear (DtlsPair *pair, DtlsRaw *raw)
{
  dtls_raw_clear (raw);
  dtls_pair_clear (pair);
}

/* The newest thing that raw has to say, instead of sending it. (transfer full) */
static RtcPacket *
steal_said (DtlsRaw *raw)
{
  RtcPacket *packet = g_queue_pop_tail (&raw->bio.out);

  g_assert_nonnull (packet);
  return packet;
}

/* raw's goodbye, instead of sending it. (transfer full) */
static RtcPacket *
steal_goodbye (DtlsRaw *raw)
{
  SSL_shutdown (raw->ssl);
  return steal_said (raw);
}

/* What we say of a packet of raw's. */
static RtcResult
inject (DtlsPair *pair, const RtcPacket *packet)
{
  return dtls_pair_inject (pair, &pair->a, packet->data, packet->len);
}

static guint64
count_dropped (DtlsPair *pair)
{
  RtcDtlsStats stats;

  pair->a.dtls->vtable->get_stats (pair->a.dtls, &stats);
  return stats.packets_dropped;
}

/* What raw reads of the next datagram of ours. */
static gint
read_next (DtlsPair *pair, DtlsRaw *raw, guint8 *data, gsize cap)
{
  GBytes *bytes;
  gint n;

  dtls_pair_drain (pair, &pair->a, &pair->b);
  bytes = g_queue_pop_head (&pair->b.inbox);
  g_assert_nonnull (bytes);
  raw->bio.in = g_bytes_get_data (bytes, &raw->bio.in_len);
  n = SSL_read (raw->ssl, data, (int) cap);
  raw->bio.in = NULL;
  g_bytes_unref (bytes);
  return n;
}

/* -- Goodbyes ---------------------------------------------------------------- */

/* Each suite, both roles; with ours as client only those of our certificate's kind can be had. */
static void
test_suites (void)
{
  for (gsize i = 0; i < 4 * G_N_ELEMENTS (suite_table); i++) {
    gsize suite = i / 4;
    gboolean we_are_client = i % 2 != 0, peer_ends = i % 4 < 2;
    DtlsPair pair;
    DtlsRaw raw;

    if (suite_table[suite].is_rsa && !we_are_client)
      continue;
    connect_raw (&pair, &raw, suite, we_are_client);
    release (&pair.a);
    g_assert_cmpint (is_released (&pair.a), ==, suite_table[suite].is_released);
    g_assert_cmpuint (pair.a.dtls->vtable->next_deadline (pair.a.dtls), ==, GST_CLOCK_TIME_NONE);
    if (peer_ends)
      SSL_shutdown (raw.ssl);
    else
      pair.a.dtls->vtable->close (pair.a.dtls, pair.now);
    dtls_raw_run (&raw, &pair, FALSE, 1);
    g_assert_cmpint (pair.a.state, ==, RTC_DTLS_STATE_CLOSED);
    g_assert_cmpint (SSL_get_shutdown (raw.ssl) & SSL_RECEIVED_SHUTDOWN, !=, 0);
    clear (&pair, &raw);
  }
}

/* One of ours to the other, both released; and the fatal alert that OpenSSL cannot be made to send
 * in mid-call. */
static void
test_between_ours (void)
{
  static const guint8 fatal[] = { 2, 40 }, warning[] = { 1, 100 };
  RtcDtlsConfig config = dtls_config (1);
  RtcSrtpKeys before, after, other;
  DtlsPair pair;

  dtls_pair_init (&pair, &config, &config, 1);
  dtls_pair_exchange_fingerprints (&pair);
  dtls_pair_start (&pair, TRUE);
  dtls_pair_run (&pair, GST_SECOND);
  g_assert_cmpint (pair.a.dtls->vtable->export_keys (pair.a.dtls, &before), ==, RTC_OK);
  release (&pair.a);
  release (&pair.b);
  release (&pair.b);
  g_assert_true (is_released (&pair.a) && is_released (&pair.b));
  g_assert_cmpint (pair.a.dtls->vtable->export_keys (pair.a.dtls, &after), ==, RTC_OK);
  g_assert_cmpint (pair.b.dtls->vtable->export_keys (pair.b.dtls, &other), ==, RTC_OK);
  g_assert_cmpmem (&before, sizeof before, &after, sizeof after);
  g_assert_cmpmem (after.local_key, after.key_len, other.remote_key, other.key_len);
  g_assert_true (
      rtc_dtls_remnant_send (session (&pair.a), RTC_DTLS_CONTENT_ALERT, warning, sizeof warning));
  dtls_pair_settle (&pair);
  g_assert_cmpint (pair.b.state, ==, RTC_DTLS_STATE_CONNECTED);
  g_assert_true (
      rtc_dtls_remnant_send (session (&pair.a), RTC_DTLS_CONTENT_ALERT, fatal, sizeof fatal));
  dtls_pair_settle (&pair);
  g_assert_cmpint (pair.b.state, ==, RTC_DTLS_STATE_FAILED);
  g_assert_nonnull (strstr (pair.b.reason, "the peer ended the DTLS session with alert 40"));
  dtls_pair_clear (&pair);
}

/* -- Data -------------------------------------------------------------------- */

/* A renegotiation adds data channels after all: both ways, out of order, repeated, too old. */
static void
test_data_later (void)
{
  enum { N = 100 };
  RtcPacket *said[N];
  guint8 data[1200] = { 0 };
  DtlsPair pair;
  DtlsRaw raw;

  connect_released (&pair, &raw, FALSE);
  for (guint i = 0; i < N; i++) {
    data[0] = (guint8) i;
    g_assert_cmpint (SSL_write (raw.ssl, data, 1000), ==, 1000);
    said[i] = steal_said (&raw);
  }
  for (guint i = 10; i < N; i++)
    g_assert_cmpint (inject (&pair, said[i ^ 1]), ==, RTC_OK);
  for (guint i = 0; i < N; i++) /* seen, or 64 and more behind */
    g_assert_cmpint (inject (&pair, said[i]), ==, RTC_ERR_PARSE);
  dtls_pair_drain (&pair, &pair.a, NULL);
  g_assert_cmpuint (pair.a.data->len, ==, N - 10);
  for (guint i = 0; i < N - 10; i++) {
    gsize len;
    const guint8 *got = g_bytes_get_data (g_ptr_array_index (pair.a.data, i), &len);

    g_assert_cmpuint (len, ==, 1000);
    g_assert_cmpuint (got[0], ==, (i + 10) ^ 1);
  }
  for (guint i = 0; i < N; i++) {
    data[0] = (guint8) i;
    g_assert_cmpint (pair.a.dtls->vtable->write (pair.a.dtls, pair.now, data, 1163), ==, RTC_OK);
    memset (data, 0, sizeof data);
    g_assert_cmpint (read_next (&pair, &raw, data, sizeof data), ==, 1163);
    g_assert_cmpuint (data[0], ==, i);
    rtc_packet_unref (said[i]);
  }
  g_assert_cmpuint (pair.a.max_sent, <=, 1200);
  g_assert_cmpint (
      pair.a.dtls->vtable->write (pair.a.dtls, pair.now, data, 1164), ==, RTC_ERR_LIMIT);
  g_assert_cmpint (pair.a.dtls->vtable->write (pair.a.dtls, pair.now, data, 0), ==, RTC_ERR_PARSE);
  SSL_shutdown (raw.ssl);
  dtls_raw_run (&raw, &pair, FALSE, 1);
  g_assert_cmpint (pair.a.state, ==, RTC_DTLS_STATE_CLOSED);
  clear (&pair, &raw);
}

/* What has passed data stays with OpenSSL, which knows what can be a replay. */
static void
test_data_before (void)
{
  for (guint i = 0; i < 2; i++) {
    guint8 data[10] = { 0 };
    DtlsPair pair;
    DtlsRaw raw;

    connect_raw (&pair, &raw, 0, i == 0);
    if (i == 0)
      pair.a.dtls->vtable->write (pair.a.dtls, pair.now, data, sizeof data);
    else
      SSL_write (raw.ssl, data, sizeof data);
    dtls_raw_run (&raw, &pair, FALSE, 1);
    release (&pair.a);
    g_assert_false (is_released (&pair.a));
    g_assert_cmpint (
        pair.a.dtls->vtable->write (pair.a.dtls, pair.now, data, sizeof data), ==, RTC_OK);
    g_assert_cmpint (read_next (&pair, &raw, data, sizeof data), ==, sizeof data);
    clear (&pair, &raw);
  }
}

/* What nobody fetches is dropped and counted, with OpenSSL and without. */
static void
test_full_queue (void)
{
  enum { N_TOO_MANY = 5 };

  for (guint i = 0; i < 2; i++) {
    guint8 data[10] = { 0 };
    guint64 before;
    DtlsPair pair;
    DtlsRaw raw;

    connect_raw (&pair, &raw, 0, FALSE);
    if (i == 0)
      release (&pair.a);
    before = count_dropped (&pair);
    for (guint k = 0; k < RTC_DTLS_BIO_MAX_OUT + N_TOO_MANY; k++)
      g_assert_cmpint (
          pair.a.dtls->vtable->write (pair.a.dtls, pair.now, data, sizeof data), ==, RTC_OK);
    g_assert_cmpuint (count_dropped (&pair) - before, ==, N_TOO_MANY);
    g_assert_cmpint (read_next (&pair, &raw, data, sizeof data), ==, sizeof data);
    clear (&pair, &raw);
  }
}

/* -- The handshake's rest ---------------------------------------------------- */

/* Our last flight is lost and OpenSSL gone before the client repeats its own, which it does as long
 * as it has nothing; then the same again comes of each Finished, and of a replayed one nothing. */
static void
test_last_flight_lost (void)
{
  RtcDtlsConfig config = dtls_config (1);
  RtcPacket *flight;
  DtlsPair pair;
  DtlsRaw raw;

  dtls_pair_init (&pair, &config, &config, 1);
  dtls_raw_init (&raw, TRUE, EVP_EC_gen ("P-256"), 0, PROFILES);
  dtls_raw_trust (&raw, &pair.a);
  pair.a.dtls->vtable->start (pair.a.dtls, pair.now, FALSE);
  for (guint i = 0; i < 10 && pair.a.state != RTC_DTLS_STATE_CONNECTED; i++) {
    SSL_do_handshake (raw.ssl);
    while ((flight = g_queue_pop_head (&raw.bio.out)) != NULL) {
      inject (&pair, flight);
      rtc_packet_unref (flight);
    }
    dtls_pair_drain (&pair, &pair.a, &pair.b);
    while (pair.a.state != RTC_DTLS_STATE_CONNECTED && !g_queue_is_empty (&pair.b.inbox)) {
      GBytes *bytes = g_queue_pop_head (&pair.b.inbox);

      raw.bio.in = g_bytes_get_data (bytes, &raw.bio.in_len);
      SSL_do_handshake (raw.ssl);
      raw.bio.in = NULL;
      g_bytes_unref (bytes);
    }
  }
  g_assert_cmpint (pair.a.state, ==, RTC_DTLS_STATE_CONNECTED);
  g_assert_false (SSL_is_init_finished (raw.ssl));
  release (&pair.a);
  g_assert_true (is_released (&pair.a));
  for (guint i = 0; i < 3; i++) {
    g_queue_clear_full (&pair.b.inbox, (GDestroyNotify) g_bytes_unref);
    pair.now += 10 * GST_SECOND;
    dtls_clock_set (pair.now);
    g_assert_cmpint (DTLSv1_handle_timeout (raw.ssl), ==, 1);
    g_assert_false (g_queue_is_empty (&raw.bio.out));
    for (GList *l = raw.bio.out.head; l != NULL; l = l->next)
      dtls_pair_inject (
          &pair, &pair.a, ((RtcPacket *) l->data)->data, ((RtcPacket *) l->data)->len);
    dtls_pair_drain (&pair, &pair.a, &pair.b);
    g_assert_cmpuint (g_queue_get_length (&pair.b.inbox), ==, 1);
    while ((flight = g_queue_pop_head (&raw.bio.out)) != NULL) {
      g_assert_cmpint (inject (&pair, flight), ==, RTC_ERR_PARSE);
      rtc_packet_unref (flight);
    }
    dtls_pair_drain (&pair, &pair.a, &pair.b);
    g_assert_cmpuint (g_queue_get_length (&pair.b.inbox), ==, 1);
  }
  dtls_raw_run (&raw, &pair, FALSE, 1);
  g_assert_true (SSL_is_init_finished (raw.ssl));
  SSL_shutdown (raw.ssl);
  dtls_raw_run (&raw, &pair, FALSE, 1);
  g_assert_cmpint (pair.a.state, ==, RTC_DTLS_STATE_CLOSED);
  clear (&pair, &raw);
}

/* A wish to negotiate again changes nothing. */
static void
test_renegotiation (void)
{
  for (gint we_are_client = 0; we_are_client < 2; we_are_client++) {
    DtlsPair pair;
    DtlsRaw raw;

    connect_released (&pair, &raw, we_are_client);
    SSL_renegotiate (raw.ssl);
    dtls_raw_run (&raw, &pair, FALSE, 1);
    g_assert_cmpint (pair.a.state, ==, RTC_DTLS_STATE_CONNECTED);
    g_assert_cmpuint (count_dropped (&pair), >, 0);
    clear (&pair, &raw);
  }
}

/* A later description repeats the fingerprint, by another hash, or has another one. */
static void
test_fingerprints (void)
{
  static const gchar *const names[] = { "sha-256", "sha-384", "sha-512" };

  for (guint i = 0; i < 2 * G_N_ELEMENTS (names); i++) {
    RtcDtlsFingerprint fingerprint;
    RtcDtlsDigest digest;
    DtlsPair pair;
    DtlsRaw raw;

    connect_released (&pair, &raw, FALSE);
    g_assert_true (rtc_dtls_digest_certificate (names[i / 2], raw.certificate, &digest));
    digest.value[digest.len - 1] ^= i % 2;
    rtc_dtls_digest_write (&digest, &fingerprint);
    g_assert_cmpint (
        pair.a.dtls->vtable->set_remote_fingerprints (pair.a.dtls, &fingerprint, 1), ==, RTC_OK);
    dtls_raw_run (&raw, &pair, FALSE, 1);
    g_assert_cmpint (pair.a.state, ==, i % 2 ? RTC_DTLS_STATE_FAILED : RTC_DTLS_STATE_CONNECTED);
    if (i % 2) {
      g_assert_nonnull (strstr (pair.a.reason, "does not match the fingerprint in its SDP"));
      g_assert_cmpint (SSL_get_shutdown (raw.ssl) & SSL_RECEIVED_SHUTDOWN, !=, 0);
    }
    clear (&pair, &raw);
  }
}

/* -- Strangers --------------------------------------------------------------- */

/* Each bit of the peer's goodbye wrong, each length short; then the true one, which still counts.
 */
static void
test_forged (void)
{
  RtcPacket *goodbye;
  guint64 n = 0;
  DtlsPair pair;
  DtlsRaw raw;

  connect_released (&pair, &raw, FALSE);
  goodbye = steal_goodbye (&raw);
  for (gsize i = 0; i < goodbye->len * 8; i++, n++) {
    goodbye->data[i / 8] ^= (guint8) (1 << i % 8);
    g_assert_cmpint (inject (&pair, goodbye), !=, RTC_OK);
    goodbye->data[i / 8] ^= (guint8) (1 << i % 8);
  }
  for (gsize len = 0; len < goodbye->len; len++, n++)
    g_assert_cmpint (dtls_pair_inject (&pair, &pair.a, goodbye->data, len), !=, RTC_OK);
  dtls_pair_drain (&pair, &pair.a, &pair.b);
  g_assert_cmpint (pair.a.state, ==, RTC_DTLS_STATE_CONNECTED);
  g_assert_true (g_queue_is_empty (&pair.b.inbox));
  g_assert_cmpuint (count_dropped (&pair), ==, n);
  g_assert_cmpint (inject (&pair, goodbye), ==, RTC_OK);
  dtls_pair_drain (&pair, &pair.a, &pair.b);
  g_assert_cmpint (pair.a.state, ==, RTC_DTLS_STATE_CLOSED);
  g_assert_cmpuint (g_queue_get_length (&pair.b.inbox), ==, 1);
  g_assert_cmpint (inject (&pair, goodbye), ==, RTC_ERR_STATE);
  rtc_packet_unref (goodbye);
  clear (&pair, &raw);
}

/* Of the first record that does not open the expanded key stays; the others cost no memory, not
 * even for a moment. */
static void
test_flood (void)
{
  enum { N = 1000, MAX_KEPT = 2048 };
  gsize before, first, last;
  RtcPacket *goodbye;
  guint64 n_before;
  DtlsPair pair;
  DtlsRaw raw;

  connect_released (&pair, &raw, FALSE);
  goodbye = steal_goodbye (&raw);
  goodbye->data[goodbye->len - 1] ^= 1;
  before = heap_used ();
  inject (&pair, goodbye);
  first = heap_used ();
  n_before = n_allocations;
  for (guint i = 0; i < N; i++)
    g_assert_cmpint (inject (&pair, goodbye), ==, RTC_ERR_PARSE);
  last = heap_used ();
  g_test_message ("%u bytes kept of the first, %u and %u allocations of the others",
      (guint) (first - before), (guint) (last - first), (guint) (n_allocations - n_before));
  g_assert_cmpuint (n_allocations, ==, n_before);
#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
  g_assert_cmpuint (first, <=, before + MAX_KEPT);
  g_assert_cmpuint (last, ==, first);
#endif
  goodbye->data[goodbye->len - 1] ^= 1;
  g_assert_cmpint (inject (&pair, goodbye), ==, RTC_OK);
  rtc_packet_unref (goodbye);
  clear (&pair, &raw);
}

/* A datagram is counted once, whatever is dropped of it: p: plain, which the filter drops, f:
 * forged, g: the true goodbye. */
static void
test_counted_once (void)
{
  static const struct {
    const gchar *records;
    guint n_dropped;
  } rows[] = { { "p", 1 }, { "f", 1 }, { "pp", 1 }, { "ff", 1 }, { "pf", 1 }, { "fp", 1 },
    { "fpfp", 1 }, { "pfg", 1 }, { "g", 0 } };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    const gchar *records = rows[i].records;
    guint8 datagram[4 * 64];
    RtcPacket *goodbye;
    gsize len = 0;
    DtlsPair pair;
    DtlsRaw raw;

    connect_released (&pair, &raw, FALSE);
    goodbye = steal_goodbye (&raw);
    g_assert_cmpuint (goodbye->len, <=, 64);
    for (const gchar *record = records; *record != '\0'; record++, len += goodbye->len) {
      memcpy (datagram + len, goodbye->data, goodbye->len);
      if (*record == 'p')
        datagram[len + 4] = 0; /* the epoch */
      if (*record == 'f')
        datagram[len + goodbye->len - 1] ^= 1;
    }
    g_test_message ("%s", records);
    g_assert_cmpint (dtls_pair_inject (&pair, &pair.a, datagram, len), ==,
        strchr (records, 'g') != NULL ? RTC_OK : RTC_ERR_PARSE);
    g_assert_cmpuint (count_dropped (&pair), ==, rows[i].n_dropped);
    rtc_packet_unref (goodbye);
    clear (&pair, &raw);
  }
}

/* -- Memory ------------------------------------------------------------------ */

static void
test_memory (void)
{
  enum { N = 20 };
  DtlsPair pairs[N];
  DtlsRaw raws[N];
  gsize before, after;

  for (guint i = 0; i < N; i++)
    connect_raw (&pairs[i], &raws[i], 0, i % 2);
  before = heap_used ();
  for (guint i = 0; i < N; i++)
    release (&pairs[i].a);
  after = heap_used ();
  g_test_message ("%u bytes given back of each", (guint) ((before - after) / N));
#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
  g_assert_cmpuint (before, >, after + N * 30 * 1024);
#endif
  for (guint i = 0; i < N; i++)
    clear (&pairs[i], &raws[i]);
}

int
main (int argc, char **argv)
{
  g_assert_cmpint (CRYPTO_set_mem_functions (count_malloc, count_realloc, count_free), ==, 1);
  g_test_init (&argc, &argv, NULL);
  gst_init (NULL, NULL);
  g_test_add_func ("/dtls-release/suites", test_suites);
  g_test_add_func ("/dtls-release/between-ours", test_between_ours);
  g_test_add_func ("/dtls-release/data-later", test_data_later);
  g_test_add_func ("/dtls-release/data-before", test_data_before);
  g_test_add_func ("/dtls-release/full-queue", test_full_queue);
  g_test_add_func ("/dtls-release/last-flight-lost", test_last_flight_lost);
  g_test_add_func ("/dtls-release/renegotiation", test_renegotiation);
  g_test_add_func ("/dtls-release/fingerprints", test_fingerprints);
  g_test_add_func ("/dtls-release/forged", test_forged);
  g_test_add_func ("/dtls-release/flood", test_flood);
  g_test_add_func ("/dtls-release/counted-once", test_counted_once);
  g_test_add_func ("/dtls-release/memory", test_memory);
  return g_test_run ();
}
