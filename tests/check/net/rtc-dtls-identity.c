/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* rtc-dtls-identity.c - certificates made and loaded from PEM, and every way a file can be wrong.
 */
#include "ext/dtls/rtc-dtls-identity.h"

#include <string.h>
#include <sys/stat.h>

#include <glib/gstdio.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>

#include "ext/dtls/rtc-dtls-certificate.h"

static gchar *folder;

static gchar *
in_folder (const gchar *name)
{
  return g_build_filename (folder, name, NULL);
}

/* Writes key (mode 0600, encrypted when passphrase is given) and its certificate. */
static void
write_pair (const gchar *name, EVP_PKEY *key, const gchar *passphrase)
{
  gchar *key_path = g_strdup_printf ("%s/%s.key", folder, name);
  gchar *certificate_path = g_strdup_printf ("%s/%s.crt", folder, name);
  X509 *certificate = X509_new ();
  FILE *file;

  ASN1_INTEGER_set (X509_get_serialNumber (certificate), 7);
  X509_gmtime_adj (X509_getm_notBefore (certificate), 0);
  X509_gmtime_adj (X509_getm_notAfter (certificate), 3600);
  X509_set_pubkey (certificate, key);
  X509_sign (certificate, key, EVP_sha256 ());
  file = fopen (certificate_path, "w");
  PEM_write_X509 (file, certificate);
  fclose (file);
  file = fopen (key_path, "w");
  PEM_write_PrivateKey (file, key, passphrase != NULL ? EVP_aes_128_cbc () : NULL, NULL, 0, NULL,
      (gpointer) passphrase);
  fclose (file);
  g_chmod (key_path, 0600);
  X509_free (certificate);
  EVP_PKEY_free (key);
  g_free (key_path);
  g_free (certificate_path);
}

static void
test_generated (void)
{
  RtcDtlsFingerprint a, b;
  RtcDtlsIdentity *one = rtc_dtls_identity_new (NULL), *two = rtc_dtls_identity_new (NULL);
  SSL_CTX *ctx = SSL_CTX_new (DTLS_method ());
  X509 *certificate;
  const gchar *why = NULL;

  rtc_dtls_identity_get_fingerprint (one, &a);
  rtc_dtls_identity_get_fingerprint (two, &b);
  g_assert_cmpstr (a.algorithm, ==, "sha-256");
  g_assert_cmpuint (strlen (a.value), ==, 95);
  g_assert_cmpstr (a.value, !=, b.value);
  g_assert_true (rtc_dtls_identity_use (one, ctx));
  certificate = SSL_CTX_get0_certificate (ctx);
  g_assert_cmpint (rtc_dtls_certificate_check (certificate, &why), ==, RTC_OK);
  g_assert_cmpint (X509_verify (certificate, X509_get0_pubkey (certificate)), ==, 1);
  g_assert_cmpint (X509_cmp_current_time (X509_get0_notBefore (certificate)), <, 0);
  g_assert_cmpint (X509_cmp_current_time (X509_get0_notAfter (certificate)), >, 0);
  SSL_CTX_free (ctx);
  rtc_dtls_identity_unref (one);
  rtc_dtls_identity_unref (two);
  rtc_dtls_identity_unref (NULL);
}

static void
test_default (void)
{
  RtcDtlsIdentity *one = rtc_dtls_identity_get_default (NULL);
  RtcDtlsIdentity *two = rtc_dtls_identity_get_default (NULL);

  g_assert_true (one == two);
  rtc_dtls_identity_unref (one);
  rtc_dtls_identity_unref (two);
}

static const struct {
  const gchar *certificate, *key;
  gint result; /* RTC_OK: loads */
} file_table[] = {
  { "ec.crt", "ec.key", RTC_OK },
  { "rsa.crt", "rsa.key", RTC_OK },
  { "both.pem", "both.pem", RTC_OK },
  { "none.crt", "ec.key", RTC_ERR_PARSE },
  { "ec.crt", "none.key", RTC_ERR_PARSE },
  { "ec.key", "ec.key", RTC_ERR_PARSE },
  { "ec.crt", "certificate.key", RTC_ERR_PARSE },
  { "junk", "ec.key", RTC_ERR_PARSE },
  { "ec.crt", "junk", RTC_ERR_PARSE },
  { "empty", "ec.key", RTC_ERR_PARSE },
  { "ec.crt", "empty", RTC_ERR_PARSE },
  { "big", "ec.key", RTC_ERR_PARSE },
  { ".", "ec.key", RTC_ERR_PARSE },
  { "ec.crt", ".", RTC_ERR_PARSE },
  { "ec.crt", "encrypted.key", RTC_ERR_PARSE },
  { "ec.crt", "rsa.key", RTC_ERR_STATE },
  { "ec.crt", "open.key", RTC_ERR_AUTH },
  { "ec.crt", "writable.key", RTC_ERR_AUTH },
  { "p521.crt", "p521.key", RTC_ERR_UNSUPPORTED },
  { "rsa1024.crt", "rsa1024.key", RTC_ERR_UNSUPPORTED },
};

static void
test_files (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (file_table); i++) {
    gchar *certificate = in_folder (file_table[i].certificate),
          *key = in_folder (file_table[i].key);
    GError *error = NULL;
    RtcDtlsIdentity *identity = rtc_dtls_identity_new_from_pem (certificate, key, &error);

    g_test_message ("%s + %s: %s", file_table[i].certificate, file_table[i].key,
        error != NULL ? error->message : "loads");
    if (file_table[i].result == RTC_OK) {
      g_assert_no_error (error);
      g_assert_nonnull (identity);
    } else {
      g_assert_null (identity);
      g_assert_cmpint (rtc_error_get_result (error), ==, file_table[i].result);
      g_assert_nonnull (strstr (error->message, folder));
    }
    g_clear_error (&error);
    rtc_dtls_identity_unref (identity);
    g_free (certificate);
    g_free (key);
  }
}

static void
copy_file (const gchar *from, const gchar *to, gint mode)
{
  gchar *source = in_folder (from), *target = in_folder (to), *text = NULL;
  gsize len = 0;

  g_assert_true (g_file_get_contents (source, &text, &len, NULL));
  g_assert_true (g_file_set_contents (target, text, (gssize) len, NULL));
  g_chmod (target, mode);
  g_free (text);
  g_free (source);
  g_free (target);
}

static void
write_text (const gchar *name, const gchar *text, gsize len)
{
  gchar *path = in_folder (name);

  g_assert_true (g_file_set_contents (path, text, (gssize) len, NULL));
  g_chmod (path, 0600);
  g_free (path);
}

static void
set_up (void)
{
  gchar *certificate = NULL, *key = NULL, *both, *big = g_strnfill (100000, 'x');
  gchar *certificate_path, *key_path;

  folder = g_dir_make_tmp ("rtc-dtls-XXXXXX", NULL);
  write_pair ("ec", EVP_EC_gen ("P-256"), NULL);
  write_pair ("rsa", EVP_RSA_gen (2048), NULL);
  write_pair ("p521", EVP_EC_gen ("P-521"), NULL);
  write_pair ("rsa1024", EVP_RSA_gen (1024), NULL);
  write_pair ("encrypted", EVP_EC_gen ("P-256"), "word");
  copy_file ("ec.key", "open.key", 0644);
  copy_file ("ec.key", "writable.key", 0602);
  copy_file ("ec.crt", "certificate.key", 0600);
  write_text ("junk", "-----BEGIN NOTHING-----\n", 24);
  write_text ("empty", "", 0);
  write_text ("big", big, 100000);
  certificate_path = in_folder ("ec.crt");
  key_path = in_folder ("ec.key");
  g_file_get_contents (certificate_path, &certificate, NULL, NULL);
  g_file_get_contents (key_path, &key, NULL, NULL);
  both = g_strconcat (key, certificate, NULL);
  write_text ("both.pem", both, strlen (both));
  g_free (certificate_path);
  g_free (key_path);
  g_free (certificate);
  g_free (key);
  g_free (both);
  g_free (big);
}

static void
tear_down (void)
{
  GDir *dir = g_dir_open (folder, 0, NULL);
  const gchar *name;

  while ((name = g_dir_read_name (dir)) != NULL) {
    gchar *path = in_folder (name);

    g_remove (path);
    g_free (path);
  }
  g_dir_close (dir);
  g_rmdir (folder);
  g_free (folder);
}

int
main (int argc, char **argv)
{
  int result;

  g_test_init (&argc, &argv, NULL);
  gst_init (NULL, NULL);
  set_up ();
  g_test_add_func ("/dtls-identity/generated", test_generated);
  g_test_add_func ("/dtls-identity/default", test_default);
  g_test_add_func ("/dtls-identity/files", test_files);
  result = g_test_run ();
  tear_down ();
  return result;
}
