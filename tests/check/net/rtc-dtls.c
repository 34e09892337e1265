/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* rtc-dtls.c - handshakes between two of ours over bad networks, profiles, keys, fingerprints. */
#include "ext/dtls/rtc-dtls.h"

#include <string.h>

#include <openssl/ssl.h>

#include "tests/check/net/dtls-pair.h"
#include "ext/dtls/rtc-dtls-exporter.h"

static void
assert_connected (DtlsPair *pair)
{
  g_assert_cmpint (pair->a.state, ==, RTC_DTLS_STATE_CONNECTED);
  g_assert_cmpint (pair->b.state, ==, RTC_DTLS_STATE_CONNECTED);
}

static void
assert_same_keys (DtlsPair *pair, RtcSrtpProfile profile, gsize key_len)
{
  RtcSrtpKeys a, b;
  guint8 zero[RTC_SRTP_MAX_KEY] = { 0 };

  g_assert_cmpint (pair->a.dtls->vtable->export_keys (pair->a.dtls, &a), ==, RTC_OK);
  g_assert_cmpint (pair->b.dtls->vtable->export_keys (pair->b.dtls, &b), ==, RTC_OK);
  g_assert_cmpint (a.profile, ==, profile);
  g_assert_cmpint (b.profile, ==, profile);
  g_assert_cmpuint (a.key_len, ==, key_len);
  g_assert_cmpmem (a.local_key, key_len, b.remote_key, key_len);
  g_assert_cmpmem (b.local_key, key_len, a.remote_key, key_len);
  g_assert_true (memcmp (a.local_key, zero, key_len) != 0);
  g_assert_true (memcmp (a.local_key, a.remote_key, key_len) != 0);
}

static void
send_text (DtlsPair *pair, DtlsEnd *from, DtlsEnd *to, const gchar *text)
{
  guint before = to->data->len;
  GBytes *got;

  g_assert_cmpint (
      from->dtls->vtable->write (from->dtls, pair->now, (const guint8 *) text, strlen (text)), ==,
      RTC_OK);
  dtls_pair_settle (pair);
  g_assert_cmpuint (to->data->len, ==, before + 1);
  got = g_ptr_array_index (to->data, before);
  g_assert_cmpmem (g_bytes_get_data (got, NULL), g_bytes_get_size (got), text, strlen (text));
}

static void
test_handshake (gconstpointer data)
{
  gboolean a_is_client = GPOINTER_TO_INT (data);
  RtcDtlsConfig config = dtls_config (1);
  RtcDtlsFingerprint local;
  RtcDtlsStats stats;
  DtlsPair pair;

  dtls_pair_init (&pair, &config, &config, 1);
  dtls_pair_exchange_fingerprints (&pair);
  dtls_pair_start (&pair, a_is_client);
  dtls_pair_run (&pair, GST_SECOND);
  assert_connected (&pair);
  g_assert_cmpuint (pair.now, ==, GST_SECOND); /* no retransmission was needed */
  g_assert_cmpuint (pair.a.max_sent, <=, 1200);
  assert_same_keys (&pair, RTC_SRTP_PROFILE_AEAD_AES_128_GCM, 28);
  g_assert_cmpuint (pair.a.dtls->vtable->next_deadline (pair.a.dtls), ==, GST_CLOCK_TIME_NONE);

  pair.a.dtls->vtable->get_stats (pair.a.dtls, &stats);
  pair.b.factory->get_local_fingerprint (pair.b.factory, &local);
  g_assert_cmpstr (stats.version, ==, "DTLSv1.2");
  g_assert_cmpstr (stats.cipher, ==, "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256");
  g_assert_cmpstr (stats.remote.value, ==, local.value);
  g_assert_cmpstr (stats.remote.algorithm, ==, "sha-256");

  send_text (&pair, &pair.a, &pair.b, "to b");
  send_text (&pair, &pair.b, &pair.a, "to a");
  pair.a.dtls->vtable->close (pair.a.dtls, pair.now);
  dtls_pair_settle (&pair);
  g_assert_cmpint (pair.a.state, ==, RTC_DTLS_STATE_CLOSED);
  g_assert_cmpint (pair.b.state, ==, RTC_DTLS_STATE_CLOSED);
  g_assert_cmpint (
      pair.b.dtls->vtable->write (pair.b.dtls, pair.now, (guint8 *) "x", 1), ==, RTC_ERR_STATE);
  dtls_pair_clear (&pair);
}

static void
test_write_limits (void)
{
  RtcDtlsConfig config = dtls_config (1);
  guint8 data[1300] = { 0 };
  DtlsPair pair;

  dtls_pair_init (&pair, &config, &config, 1);
  g_assert_cmpint (pair.a.dtls->vtable->write (pair.a.dtls, pair.now, data, 10), ==, RTC_ERR_STATE);
  dtls_pair_exchange_fingerprints (&pair);
  dtls_pair_start (&pair, TRUE);
  g_assert_cmpint (pair.a.dtls->vtable->start (pair.a.dtls, pair.now, TRUE), ==, RTC_ERR_STATE);
  g_assert_cmpint (pair.a.dtls->vtable->write (pair.a.dtls, pair.now, data, 10), ==, RTC_ERR_STATE);
  dtls_pair_run (&pair, GST_SECOND);
  pair.a.max_sent = 0;
  g_assert_cmpint (pair.a.dtls->vtable->write (pair.a.dtls, pair.now, data, 0), ==, RTC_ERR_PARSE);
  g_assert_cmpint (pair.a.dtls->vtable->write (pair.a.dtls, pair.now, data, 1163), ==, RTC_OK);
  g_assert_cmpint (
      pair.a.dtls->vtable->write (pair.a.dtls, pair.now, data, 1164), ==, RTC_ERR_LIMIT);
  dtls_pair_settle (&pair);
  g_assert_cmpuint (pair.a.max_sent, ==, 1200);
  g_assert_cmpuint (pair.b.data->len, ==, 1);
  dtls_pair_clear (&pair);
}

/* Flights over networks that lose, repeat and reorder, cut into small datagrams; both roles. */
static const struct {
  guint loss, duplicate, reorder;
  gsize mtu;
} network_table[] = {
  { 0, 0, 0, 256 },
  { 0, 100, 0, 1200 },
  { 0, 0, 50, 256 },
  { 10, 10, 20, 1200 },
  { 20, 20, 30, 400 },
  { 30, 0, 0, 1200 },
};

static void
test_bad_network (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (network_table); i++) {
    for (guint64 seed = 1; seed <= 12; seed++) {
      RtcDtlsConfig config = dtls_config (1);
      DtlsPair pair;

      config.mtu = network_table[i].mtu;
      dtls_pair_init (&pair, &config, &config, seed);
      pair.loss = network_table[i].loss;
      pair.duplicate = network_table[i].duplicate;
      pair.reorder = network_table[i].reorder;
      dtls_pair_exchange_fingerprints (&pair);
      dtls_pair_start (&pair, seed % 2 == 0);
      dtls_pair_run (&pair, 30 * GST_SECOND);
      if (pair.a.state != RTC_DTLS_STATE_CONNECTED || pair.b.state != RTC_DTLS_STATE_CONNECTED)
        g_test_message (
            "network %u seed %u: %s / %s", (guint) i, (guint) seed, pair.a.reason, pair.b.reason);
      assert_connected (&pair);
      g_assert_cmpuint (pair.a.max_sent, <=, config.mtu);
      assert_same_keys (&pair, RTC_SRTP_PROFILE_AEAD_AES_128_GCM, 28);
      dtls_pair_clear (&pair);
    }
  }
}

/* The server's last flight is lost n times: the client's Finished must bring it again. */
static void
test_last_flight_lost (void)
{
  RtcDtlsConfig config = dtls_config (1);
  DtlsPair pair;

  dtls_pair_init (&pair, &config, &config, 3);
  dtls_pair_exchange_fingerprints (&pair);
  dtls_pair_start (&pair, TRUE);
  dtls_pair_drain (&pair, &pair.a, &pair.b);
  for (guint i = 0; i < 50 && pair.b.state != RTC_DTLS_STATE_CONNECTED; i++) {
    GBytes *bytes;

    while ((bytes = g_queue_pop_head (&pair.b.inbox)) != NULL) {
      dtls_pair_inject (&pair, &pair.b, g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes));
      g_bytes_unref (bytes);
    }
    dtls_pair_drain (&pair, &pair.b, &pair.a);
    if (pair.b.state == RTC_DTLS_STATE_CONNECTED)
      g_queue_clear_full (&pair.a.inbox, (GDestroyNotify) g_bytes_unref);
    while ((bytes = g_queue_pop_head (&pair.a.inbox)) != NULL) {
      dtls_pair_inject (&pair, &pair.a, g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes));
      g_bytes_unref (bytes);
    }
    dtls_pair_drain (&pair, &pair.a, &pair.b);
  }
  g_assert_cmpint (pair.b.state, ==, RTC_DTLS_STATE_CONNECTED);
  g_assert_cmpint (pair.a.state, ==, RTC_DTLS_STATE_CONNECTING);
  dtls_pair_run (&pair, 2 * GST_SECOND);
  assert_connected (&pair);
  g_assert_cmpuint (pair.now, >, GST_SECOND);
  dtls_pair_clear (&pair);
}

/* Datagrams of the client that come before the server's start() are not lost. */
static void
test_early_hello (void)
{
  RtcDtlsConfig config = dtls_config (1);
  DtlsPair pair;

  dtls_pair_init (&pair, &config, &config, 1);
  dtls_pair_exchange_fingerprints (&pair);
  pair.a.dtls->vtable->start (pair.a.dtls, pair.now, TRUE);
  dtls_pair_settle (&pair);
  g_assert_cmpuint (pair.a.n_sent, ==, 1);
  g_assert_cmpint (pair.b.state, ==, RTC_DTLS_STATE_NEW);
  g_assert_cmpint (pair.b.dtls->vtable->start (pair.b.dtls, pair.now, FALSE), ==, RTC_OK);
  dtls_pair_run (&pair, GST_SECOND);
  assert_connected (&pair);
  g_assert_cmpuint (pair.now, ==, GST_SECOND);
  dtls_pair_clear (&pair);
}

static void
test_data_only (void)
{
  RtcDtlsConfig a = dtls_config (1), b = dtls_config (2);
  RtcSrtpKeys keys;
  DtlsPair pair;

  a.offer_srtp = FALSE;
  for (gint a_is_client = 0; a_is_client < 2; a_is_client++) {
    dtls_pair_init (&pair, &a, &b, 1);
    dtls_pair_exchange_fingerprints (&pair);
    dtls_pair_start (&pair, a_is_client);
    dtls_pair_run (&pair, GST_SECOND);
    assert_connected (&pair);
    g_assert_cmpint (
        pair.a.dtls->vtable->export_keys (pair.a.dtls, &keys), ==, RTC_ERR_UNSUPPORTED);
    g_assert_cmpint (
        pair.b.dtls->vtable->export_keys (pair.b.dtls, &keys), ==, RTC_ERR_UNSUPPORTED);
    dtls_pair_clear (&pair);
  }
}

static void
test_timeout (void)
{
  RtcDtlsConfig config = dtls_config (1);
  DtlsPair pair;

  dtls_pair_init (&pair, &config, &config, 1);
  pair.loss = 100;
  dtls_pair_exchange_fingerprints (&pair);
  dtls_pair_start (&pair, TRUE);
  dtls_pair_run (&pair, 60 * GST_SECOND);
  g_assert_cmpint (pair.a.state, ==, RTC_DTLS_STATE_FAILED);
  g_assert_cmpint (pair.b.state, ==, RTC_DTLS_STATE_FAILED);
  g_assert_cmpuint (pair.now, ==, 31 * GST_SECOND);
  g_assert_nonnull (strstr (pair.a.reason, "nothing was received"));
  g_assert_cmpuint (pair.a.n_sent, >, 8);
  g_assert_cmpuint (pair.a.n_sent, <, 16);
  dtls_pair_clear (&pair);
}

/* -- Fingerprints ------------------------------------------------------------ */

static void
assert_nothing_leaves (DtlsEnd *end)
{
  RtcSrtpKeys keys;
  guint8 zero[sizeof keys] = { 0 };

  memset (&keys, 0xff, sizeof keys);
  g_assert_cmpint (end->dtls->vtable->export_keys (end->dtls, &keys), ==, RTC_ERR_STATE);
  g_assert_cmpmem (&keys, sizeof keys, zero, sizeof zero);
  g_assert_cmpint (end->dtls->vtable->write (end->dtls, 0, (guint8 *) "x", 1), ==, RTC_ERR_STATE);
  g_assert_cmpuint (end->data->len, ==, 0);
}

/* One end is told the fingerprint of somebody else; before, or after the handshake. */
static void
test_wrong_fingerprint (void)
{
  for (guint i = 0; i < 8; i++) {
    gboolean wrong_is_client = (i & 1) != 0, late = (i & 2) != 0;
    RtcDtlsConfig config = dtls_config (1);
    DtlsPair pair;

    dtls_pair_init (&pair, &config, &config, i);
    if (i & 4)
      dtls_pair_set_fingerprint (&pair.b, &pair.a);
    if (!late)
      dtls_pair_set_fingerprint (&pair.a, &pair.a);
    dtls_pair_start (&pair, wrong_is_client);
    dtls_pair_run (&pair, GST_SECOND);
    if (late) {
      g_assert_cmpint (pair.a.state, ==, RTC_DTLS_STATE_CONNECTING);
      assert_nothing_leaves (&pair.a);
      if (pair.b.state == RTC_DTLS_STATE_CONNECTED)
        g_assert_cmpint (
            pair.b.dtls->vtable->write (pair.b.dtls, pair.now, (guint8 *) "secret", 6), ==, RTC_OK);
      dtls_pair_settle (&pair);
      dtls_pair_set_fingerprint (&pair.a, &pair.a);
      dtls_pair_settle (&pair);
    }
    g_assert_cmpint (pair.a.state, ==, RTC_DTLS_STATE_FAILED);
    g_assert_nonnull (strstr (
        pair.a.reason, "certificate of the peer does not match the fingerprint in its SDP"));
    assert_nothing_leaves (&pair.a);
    dtls_pair_clear (&pair);
  }
}

/* Fingerprints that come after the handshake; data sent in between waits. */
static void
test_late_fingerprint (void)
{
  for (gint a_is_client = 0; a_is_client < 2; a_is_client++) {
    RtcDtlsConfig config = dtls_config (1);
    DtlsPair pair;

    dtls_pair_init (&pair, &config, &config, 5);
    dtls_pair_set_fingerprint (&pair.b, &pair.a);
    dtls_pair_start (&pair, a_is_client);
    dtls_pair_run (&pair, GST_SECOND);
    g_assert_cmpint (pair.a.state, ==, RTC_DTLS_STATE_CONNECTING);
    g_assert_cmpint (pair.b.state, ==, RTC_DTLS_STATE_CONNECTED);
    assert_nothing_leaves (&pair.a);
    for (guint i = 0; i < 100; i++)
      g_assert_cmpint (
          pair.b.dtls->vtable->write (pair.b.dtls, pair.now, (guint8 *) "early", 5), ==, RTC_OK);
    dtls_pair_settle (&pair);
    g_assert_cmpuint (pair.a.data->len, ==, 0);
    dtls_pair_set_fingerprint (&pair.a, &pair.b);
    dtls_pair_settle (&pair);
    assert_connected (&pair);
    g_assert_cmpuint (pair.a.data->len, ==, 16); /* held, the rest was dropped */
    send_text (&pair, &pair.b, &pair.a, "later");
    dtls_pair_clear (&pair);
  }
}

static void
test_no_fingerprint (void)
{
  RtcDtlsConfig config = dtls_config (1);
  DtlsPair pair;

  dtls_pair_init (&pair, &config, &config, 5);
  dtls_pair_start (&pair, TRUE);
  dtls_pair_run (&pair, 60 * GST_SECOND);
  g_assert_cmpint (pair.a.state, ==, RTC_DTLS_STATE_FAILED);
  g_assert_nonnull (strstr (pair.a.reason, "no fingerprint"));
  assert_nothing_leaves (&pair.a);
  dtls_pair_clear (&pair);
}

/* The matrix of A8. Values: R the right one of that hash, r the same in lower case, W a wrong
 * one, S too short, L too long, X not hex, E empty. */
static const struct {
  const gchar *given; /* "hash=value hash=value ..." */
  RtcResult result;   /* of set_remote_fingerprints() */
  gboolean connects;
} fingerprint_table[] = {
  { "sha-256=R", RTC_OK, TRUE },
  { "sha-384=R", RTC_OK, TRUE },
  { "sha-512=R", RTC_OK, TRUE },
  { "SHA-256=R", RTC_OK, TRUE },
  { "sha-256=r", RTC_OK, TRUE },
  { "sha-256=W sha-256=R", RTC_OK, TRUE },
  { "md5=W sha-512=R", RTC_OK, TRUE },
  { "sha-256=W sha-512=R", RTC_OK, TRUE },
  { "sha-256=S sha-256=R", RTC_OK, TRUE },
  { "sha-256=W", RTC_OK, FALSE },
  { "sha-384=W", RTC_OK, FALSE },
  { "sha-512=W", RTC_OK, FALSE },
  { "sha-256=W sha-384=W", RTC_OK, FALSE },
  { "", RTC_ERR_UNSUPPORTED, FALSE },
  { "sha-1=W", RTC_ERR_UNSUPPORTED, FALSE },
  { "md5=W", RTC_ERR_UNSUPPORTED, FALSE },
  { "sha-256=S", RTC_ERR_UNSUPPORTED, FALSE },
  { "sha-256=L", RTC_ERR_UNSUPPORTED, FALSE },
  { "sha-256=X", RTC_ERR_UNSUPPORTED, FALSE },
  { "sha-256=E", RTC_ERR_UNSUPPORTED, FALSE },
};

static void
make_fingerprint (const gchar *spec, const gchar *right, RtcDtlsFingerprint *out)
{
  gchar **parts = g_strsplit (spec, "=", 2);

  memset (out, 0, sizeof *out);
  g_strlcpy (out->algorithm, parts[0], sizeof out->algorithm);
  g_strlcpy (out->value, right, sizeof out->value);
  switch (parts[1][0]) {
    case 'r':
      for (gchar *p = out->value; *p != '\0'; p++)
        *p = g_ascii_tolower (*p);
      break;
    case 'W':
      out->value[0] = out->value[0] == '0' ? '1' : '0';
      break;
    case 'S':
      out->value[strlen (out->value) - 3] = '\0';
      break;
    case 'L':
      g_strlcat (out->value, ":00", sizeof out->value);
      break;
    case 'X':
      out->value[4] = 'G';
      break;
    case 'E':
      out->value[0] = '\0';
      break;
    default:
      break;
  }
  g_strfreev (parts);
}

/* Any hash of the identity's certificate, with OpenSSL alone. */
static void
hash_identity (RtcDtlsIdentity *identity, const gchar *algorithm, gchar *out, gsize cap)
{
  SSL_CTX *ctx = SSL_CTX_new (DTLS_method ());
  unsigned char digest[EVP_MAX_MD_SIZE];
  gchar *name = g_ascii_strup (algorithm, -1);
  unsigned int len = 0;

  if (g_str_has_prefix (name, "SHA-")) /* "SHA-256" is "SHA256" to OpenSSL */
    memmove (name + 3, name + 4, strlen (name + 4) + 1);
  g_assert_true (rtc_dtls_identity_use (identity, ctx));
  g_assert_cmpint (
      X509_digest (SSL_CTX_get0_certificate (ctx), EVP_get_digestbyname (name), digest, &len), ==,
      1);
  out[0] = '\0';
  for (guint i = 0; i < len; i++) {
    gchar byte[4];

    g_snprintf (byte, sizeof byte, "%s%02X", i > 0 ? ":" : "", digest[i]);
    g_strlcat (out, byte, cap);
  }
  g_free (name);
  SSL_CTX_free (ctx);
}

static void
run_fingerprint_case (gsize i, gboolean is_client)
{
  RtcDtlsConfig config = dtls_config (1);
  RtcDtlsIdentity *identity = rtc_dtls_identity_new (NULL);
  RtcDtlsFingerprint given[4];
  gchar **specs = g_strsplit (fingerprint_table[i].given, " ", -1);
  guint n = 0;
  DtlsPair pair;

  dtls_pair_init (&pair, &config, &config, 1);
  /* b shows an identity whose every hash the test can compute. */
  pair.b.dtls->vtable->free (pair.b.dtls);
  rtc_dtls_factory_free (pair.b.factory);
  pair.b.factory = rtc_dtls_factory_new (identity, NULL);
  pair.b.dtls = pair.b.factory->create (pair.b.factory, &config, NULL);
  dtls_pair_set_fingerprint (&pair.b, &pair.a);
  for (gchar **spec = specs; *spec != NULL && (*spec)[0] != '\0'; spec++) {
    gchar right[64 * 3], *algorithm = g_strndup (*spec, strcspn (*spec, "="));

    hash_identity (identity, algorithm, right, sizeof right);
    make_fingerprint (*spec, right, &given[n++]);
    g_free (algorithm);
  }
  g_test_message ("case %u: %s", (guint) i, fingerprint_table[i].given);
  g_assert_cmpint (pair.a.dtls->vtable->set_remote_fingerprints (pair.a.dtls, given, n), ==,
      fingerprint_table[i].result);
  dtls_pair_start (&pair, is_client);
  dtls_pair_run (&pair, 60 * GST_SECOND);
  if (fingerprint_table[i].connects) {
    assert_connected (&pair);
  } else {
    g_assert_cmpint (pair.a.state, ==, RTC_DTLS_STATE_FAILED);
    assert_nothing_leaves (&pair.a);
    if (fingerprint_table[i].result == RTC_OK) /* a mismatch is known at once */
      g_assert_cmpuint (pair.now, <=, 31 * GST_SECOND);
  }
  g_strfreev (specs);
  rtc_dtls_identity_unref (identity);
  dtls_pair_clear (&pair);
}

static void
test_fingerprint_matrix (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (fingerprint_table); i++) {
    run_fingerprint_case (i, FALSE);
    run_fingerprint_case (i, TRUE);
  }
}

/* RFC 5764 4.2 by hand: which bytes become whose key and salt. */
static void
test_exporter (void)
{
  static const struct {
    RtcSrtpProfile profile;
    gsize len, key, salt;
  } table[] = {
    { RTC_SRTP_PROFILE_AES128_CM_SHA1_80, 60, 16, 14 },
    { RTC_SRTP_PROFILE_AEAD_AES_128_GCM, 56, 16, 12 },
    { RTC_SRTP_PROFILE_AEAD_AES_256_GCM, 88, 32, 12 },
  };
  guint8 material[RTC_DTLS_EXPORTER_MAX];
  RtcSrtpKeys keys;

  for (guint i = 0; i < sizeof material; i++)
    material[i] = (guint8) i;
  for (gsize i = 0; i < G_N_ELEMENTS (table); i++) {
    gsize key = table[i].key, salt = table[i].salt;

    g_assert_cmpuint (rtc_dtls_exporter_len (table[i].profile), ==, table[i].len);
    g_assert_true (rtc_dtls_exporter_split (table[i].profile, TRUE, material, table[i].len, &keys));
    g_assert_cmpuint (keys.key_len, ==, key + salt);
    g_assert_cmpmem (keys.local_key, key, material, key);
    g_assert_cmpmem (keys.remote_key, key, material + key, key);
    g_assert_cmpmem (keys.local_key + key, salt, material + 2 * key, salt);
    g_assert_cmpmem (keys.remote_key + key, salt, material + 2 * key + salt, salt);
    g_assert_true (
        rtc_dtls_exporter_split (table[i].profile, FALSE, material, table[i].len, &keys));
    g_assert_cmpmem (keys.remote_key, key, material, key);
    g_assert_false (
        rtc_dtls_exporter_split (table[i].profile, FALSE, material, table[i].len - 1, &keys));
    g_assert_cmpuint (keys.key_len, ==, 0);
  }
  g_assert_cmpuint (rtc_dtls_exporter_len (RTC_SRTP_PROFILE_NONE), ==, 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  gst_init (NULL, NULL);
  g_test_add_data_func ("/dtls/handshake/server", GINT_TO_POINTER (FALSE), test_handshake);
  g_test_add_data_func ("/dtls/handshake/client", GINT_TO_POINTER (TRUE), test_handshake);
  g_test_add_func ("/dtls/write-limits", test_write_limits);
  g_test_add_func ("/dtls/bad-network", test_bad_network);
  g_test_add_func ("/dtls/last-flight-lost", test_last_flight_lost);
  g_test_add_func ("/dtls/early-hello", test_early_hello);
  g_test_add_func ("/dtls/data-only", test_data_only);
  g_test_add_func ("/dtls/timeout", test_timeout);
  g_test_add_func ("/dtls/fingerprint/wrong", test_wrong_fingerprint);
  g_test_add_func ("/dtls/fingerprint/late", test_late_fingerprint);
  g_test_add_func ("/dtls/fingerprint/none", test_no_fingerprint);
  g_test_add_func ("/dtls/fingerprint/matrix", test_fingerprint_matrix);
  g_test_add_func ("/dtls/exporter", test_exporter);
  return g_test_run ();
}
