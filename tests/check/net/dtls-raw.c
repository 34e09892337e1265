/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "tests/check/net/dtls-raw.h"

#include <string.h>
#include <openssl/x509v3.h>

static int
accept_any (int ok, X509_STORE_CTX *store)
{
  return 1;
}

static X509 *
make_certificate (EVP_PKEY *key, gsize padding)
{
  X509 *certificate = X509_new ();
  gchar *text = g_strnfill (padding, 'x');

  X509_set_version (certificate, X509_VERSION_3);
  ASN1_INTEGER_set (X509_get_serialNumber (certificate), 1);
  X509_gmtime_adj (X509_getm_notBefore (certificate), -3600);
  X509_gmtime_adj (X509_getm_notAfter (certificate), 3600);
  X509_NAME_add_entry_by_txt (X509_get_subject_name (certificate), "CN", MBSTRING_ASC,
      (const guchar *) "SECRET-NAME", -1, -1, 0);
  X509_set_issuer_name (certificate, X509_get_subject_name (certificate));
  if (padding > 0) {
    gchar *value = g_strconcat ("ASN1:UTF8:", text, NULL);
    X509_EXTENSION *extension = X509V3_EXT_conf (NULL, NULL, "1.2.3.4.5", value);

    g_assert_nonnull (extension);
    X509_add_ext (certificate, extension, -1);
    X509_EXTENSION_free (extension);
    g_free (value);
  }
  X509_set_pubkey (certificate, key);
  g_assert_cmpint (X509_sign (certificate, key, EVP_sha256 ()), >, 0);
  g_free (text);
  return certificate;
}

void
dtls_raw_init (
    DtlsRaw *self, gboolean is_client, EVP_PKEY *key, gsize padding, const gchar *profiles)
{
  BIO *bio;

  memset (self, 0, sizeof *self);
  g_queue_init (&self->bio.out);
  self->ctx = SSL_CTX_new (DTLS_method ());
  SSL_CTX_set_security_level (self->ctx, 0);
  SSL_CTX_set_verify (self->ctx, SSL_VERIFY_PEER, accept_any);
  if (key != NULL) {
    self->certificate = make_certificate (key, padding);
    SSL_CTX_use_certificate (self->ctx, self->certificate);
    SSL_CTX_use_PrivateKey (self->ctx, key);
    EVP_PKEY_free (key);
  }
  self->ssl = SSL_new (self->ctx);
  bio = rtc_dtls_bio_new (&self->bio);
  SSL_set_bio (self->ssl, bio, bio);
  SSL_set_options (self->ssl, SSL_OP_NO_QUERY_MTU);
  SSL_set_mtu (self->ssl, 1200);
  if (profiles != NULL)
    g_assert_cmpint (SSL_set_tlsext_use_srtp (self->ssl, profiles), ==, 0);
  if (is_client)
    SSL_set_connect_state (self->ssl);
  else
    SSL_set_accept_state (self->ssl);
}

void
dtls_raw_clear (DtlsRaw *self)
{
  SSL_free (self->ssl);
  SSL_CTX_free (self->ctx);
  X509_free (self->certificate);
  rtc_dtls_bio_clear (&self->bio);
}

void
dtls_raw_trust (DtlsRaw *self, DtlsEnd *end)
{
  RtcDtlsFingerprint fingerprint = { "sha-256" };
  unsigned char digest[32];
  unsigned int len = 0;

  X509_digest (self->certificate, EVP_sha256 (), digest, &len);
  for (guint i = 0; i < len; i++) {
    gchar byte[4];

    g_snprintf (byte, sizeof byte, "%s%02x", i > 0 ? ":" : "", digest[i]);
    g_strlcat (fingerprint.value, byte, sizeof fingerprint.value);
  }
  g_assert_cmpint (
      end->dtls->vtable->set_remote_fingerprints (end->dtls, &fingerprint, 1), ==, RTC_OK);
}

/* One exchange of everything both have to say; the raw peer's datagrams in given order. */
static gboolean
exchange (DtlsRaw *self, DtlsPair *pair, DtlsEnd *end, gboolean backwards, guint copies)
{
  gboolean moved = FALSE;
  RtcPacket *packet;
  GBytes *bytes;
  gint n = SSL_do_handshake (self->ssl);

  if (n == 1) {
    guint8 data[100];

    SSL_read (self->ssl, data, sizeof data);
  }
  while (
      (packet = backwards ? g_queue_pop_tail (&self->bio.out) : g_queue_pop_head (&self->bio.out))
      != NULL) {
    for (guint i = 0; i < copies; i++)
      dtls_pair_inject (pair, end, packet->data, packet->len);
    rtc_packet_unref (packet);
    moved = TRUE;
  }
  /* What our end says lands in the other end's inbox, which nobody else uses here. */
  dtls_pair_drain (pair, end, &pair->b);
  while ((bytes = g_queue_pop_head (&pair->b.inbox)) != NULL) {
    self->bio.in = g_bytes_get_data (bytes, &self->bio.in_len);
    SSL_do_handshake (self->ssl);
    if (SSL_is_init_finished (self->ssl)) {
      guint8 data[2048];

      SSL_read (self->ssl, data, sizeof data);
    }
    self->bio.in = NULL;
    g_bytes_unref (bytes);
    moved = TRUE;
  }
  return moved;
}

void
dtls_raw_run (DtlsRaw *self, DtlsPair *pair, gboolean backwards, guint copies)
{
  for (guint i = 0; i < 50 && exchange (self, pair, &pair->a, backwards, copies); i++)
    continue;
}
