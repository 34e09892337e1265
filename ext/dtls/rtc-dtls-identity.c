/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "ext/dtls/rtc-dtls-identity.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>

#include "ext/dtls/rtc-dtls-certificate.h"
#include "ext/openssl/rtc-openssl.h"

/* MAX_PEM_FILE: bytes; a chain with its key fits, a device file does not. */
#define MAX_PEM_FILE (64 * 1024)

/* A self-made certificate is valid from a day before (peers' clocks differ) for ten years: peers
 * judge it by its fingerprint, and a process may run for long. */
#define VALID_BEFORE_SECONDS (-24 * 3600)
#define VALID_AFTER_SECONDS (3650L * 24 * 3600)

struct _RtcDtlsIdentity {
  gint refs; /* atomic */
  X509 *certificate;
  EVP_PKEY *key;
  RtcDtlsFingerprint fingerprint;
};

static const gchar *
openssl_reason (void)
{
  const gchar *reason = ERR_reason_error_string (ERR_peek_last_error ());

  return reason != NULL ? reason : "unknown error";
}

/* Takes certificate and key, also on failure. */
static RtcDtlsIdentity *
identity_new_take (X509 *certificate, EVP_PKEY *key, GError **error)
{
  RtcDtlsIdentity *self;
  RtcDtlsDigest digest;

  if (!rtc_dtls_digest_certificate ("sha-256", certificate, &digest)) {
    rtc_error (error, RTC_ERR_BACKEND, "cannot hash the DTLS certificate: %s", openssl_reason ());
    X509_free (certificate);
    EVP_PKEY_free (key);
    return NULL;
  }
  self = g_new0 (RtcDtlsIdentity, 1);
  self->refs = 1;
  self->certificate = certificate;
  self->key = key;
  rtc_dtls_digest_write (&digest, &self->fingerprint);
  return self;
}

/* Fills in a version 3 certificate, signed with its own key. */
static gboolean
certificate_make (X509 *certificate, EVP_PKEY *key)
{
  guint8 random[16];
  gchar common_name[2 * 8 + 1];
  X509_NAME *name = X509_get_subject_name (certificate);
  BIGNUM *serial;
  gboolean ok;

  if (RAND_bytes (random, sizeof random) != 1)
    return FALSE;
  for (guint i = 0; i < 8; i++)
    g_snprintf (common_name + 2 * i, 3, "%02x", random[i]);
  random[8] &= 0x7f; /* RFC 5280 4.1.2.2: "a positive integer" */
  random[8] |= 0x40;
  serial = BN_bin2bn (random + 8, 8, NULL);
  ok = serial != NULL && BN_to_ASN1_INTEGER (serial, X509_get_serialNumber (certificate)) != NULL;
  BN_free (serial);
  return ok && X509_set_version (certificate, X509_VERSION_3) == 1
         && X509_NAME_add_entry_by_txt (
                name, "CN", MBSTRING_ASC, (const guchar *) common_name, -1, -1, 0)
                == 1
         && X509_set_issuer_name (certificate, name) == 1
         && X509_gmtime_adj (X509_getm_notBefore (certificate), VALID_BEFORE_SECONDS) != NULL
         && X509_gmtime_adj (X509_getm_notAfter (certificate), VALID_AFTER_SECONDS) != NULL
         && X509_set_pubkey (certificate, key) == 1
         && X509_sign (certificate, key, EVP_sha256 ()) != 0;
}

RtcDtlsIdentity *
rtc_dtls_identity_new (GError **error)
{
  EVP_PKEY *key;
  X509 *certificate;

  rtc_openssl_init ();
  ERR_clear_error ();
  certificate = X509_new ();
  /* RFC 8827 6.5: "All implementations MUST support ... the P-256 curve". */
  key = EVP_EC_gen ("P-256");
  if (key == NULL || certificate == NULL || !certificate_make (certificate, key)) {
    rtc_error (error, RTC_ERR_BACKEND, "cannot make a DTLS certificate: %s", openssl_reason ());
    ERR_clear_error ();
    EVP_PKEY_free (key);
    X509_free (certificate);
    return NULL;
  }
  return identity_new_take (certificate, key, error);
}

RtcDtlsIdentity *
rtc_dtls_identity_get_default (GError **error)
{
  static GMutex lock;
  static RtcDtlsIdentity *identity = NULL;
  RtcDtlsIdentity *result;

  g_mutex_lock (&lock);
  if (identity == NULL)
    identity = rtc_dtls_identity_new (error);
  result = identity != NULL ? rtc_dtls_identity_ref (identity) : NULL;
  g_mutex_unlock (&lock);
  return result;
}

/* Reads from one descriptor, so that what was checked is what is read. */
static gboolean
pem_read_fd (gint fd, const gchar *path, gboolean is_key, guint8 *data, gsize *len, GError **error)
{
  struct stat st;
  gssize n;

  if (fstat (fd, &st) != 0 || !S_ISREG (st.st_mode)) {
    rtc_error (error, RTC_ERR_PARSE, "%s is not a regular file", path);
    return FALSE;
  }
  if (is_key && (st.st_mode & (S_IROTH | S_IWOTH)) != 0) {
    rtc_error (error, RTC_ERR_AUTH,
        "the private key %s can be read or written by everybody: use \"chmod o-rw\" on it", path);
    return FALSE;
  }
  for (*len = 0; *len < MAX_PEM_FILE; *len += (gsize) n) {
    n = read (fd, data + *len, MAX_PEM_FILE - *len);
    if (n < 0 && errno == EINTR)
      n = 0;
    else if (n <= 0)
      break;
  }
  if (*len == 0 || *len == MAX_PEM_FILE) {
    rtc_error (error, RTC_ERR_PARSE, "%s is empty, unreadable or larger than 64 KiB", path);
    return FALSE;
  }
  return TRUE;
}

/* The file in a memory BIO over data (MAX_PEM_FILE bytes, to be cleared by the caller). */
static BIO *
pem_open (const gchar *path, gboolean is_key, guint8 *data, GError **error)
{
  gint fd = open (path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
  gsize len = 0;
  gboolean ok;

  if (fd < 0) {
    rtc_error (error, RTC_ERR_PARSE, "cannot open %s: %s", path, g_strerror (errno));
    return NULL;
  }
  ok = pem_read_fd (fd, path, is_key, data, &len, error);
  close (fd);
  return ok ? BIO_new_mem_buf (data, (int) len) : NULL;
}

/* Never asks the terminal: an encrypted key is an error. */
static int
pem_no_passphrase (char *buffer, int size, int writing, void *data)
{
  return -1;
}

static X509 *
pem_load_certificate (const gchar *path, guint8 *data, GError **error)
{
  BIO *bio = pem_open (path, FALSE, data, error);
  X509 *certificate;
  const gchar *why = NULL;

  if (bio == NULL)
    return NULL;
  certificate = PEM_read_bio_X509 (bio, NULL, pem_no_passphrase, NULL);
  BIO_free (bio);
  if (certificate == NULL) {
    rtc_error (error, RTC_ERR_PARSE, "%s has no certificate in PEM form", path);
  } else if (rtc_dtls_certificate_check (certificate, &why) != RTC_OK) {
    rtc_error (error, RTC_ERR_UNSUPPORTED, "the certificate in %s %s", path, why);
    g_clear_pointer (&certificate, X509_free);
  }
  return certificate;
}

static EVP_PKEY *
pem_load_key (const gchar *path, guint8 *data, GError **error)
{
  BIO *bio = pem_open (path, TRUE, data, error);
  EVP_PKEY *key;

  if (bio == NULL)
    return NULL;
  key = PEM_read_bio_PrivateKey (bio, NULL, pem_no_passphrase, NULL);
  BIO_free (bio);
  if (key == NULL)
    rtc_error (error, RTC_ERR_PARSE, "%s has no private key in PEM form, or it is encrypted", path);
  return key;
}

RtcDtlsIdentity *
rtc_dtls_identity_new_from_pem (
    const gchar *certificate_path, const gchar *key_path, GError **error)
{
  guint8 *data = g_malloc (MAX_PEM_FILE);
  X509 *certificate;
  EVP_PKEY *key = NULL;
  gboolean ok = FALSE;

  rtc_openssl_init ();
  ERR_clear_error ();
  certificate = pem_load_certificate (certificate_path, data, error);
  if (certificate != NULL)
    key = pem_load_key (key_path, data, error);
  if (key != NULL) {
    ok = X509_check_private_key (certificate, key) == 1;
    if (!ok)
      rtc_error (error, RTC_ERR_STATE,
          "the private key in %s does not belong to the certificate in %s", key_path,
          certificate_path);
  }
  OPENSSL_cleanse (data, MAX_PEM_FILE);
  g_free (data);
  ERR_clear_error ();
  if (!ok) {
    X509_free (certificate);
    EVP_PKEY_free (key);
    return NULL;
  }
  return identity_new_take (certificate, key, error);
}

RtcDtlsIdentity *
rtc_dtls_identity_ref (RtcDtlsIdentity *self)
{
  g_atomic_int_inc (&self->refs);
  return self;
}

void
rtc_dtls_identity_unref (RtcDtlsIdentity *self)
{
  if (self == NULL || !g_atomic_int_dec_and_test (&self->refs))
    return;
  X509_free (self->certificate);
  EVP_PKEY_free (self->key); /* clears the private part */
  g_free (self);
}

void
rtc_dtls_identity_get_fingerprint (const RtcDtlsIdentity *self, RtcDtlsFingerprint *out)
{
  *out = self->fingerprint;
}

gboolean
rtc_dtls_identity_use (const RtcDtlsIdentity *self, SSL_CTX *ctx)
{
  return SSL_CTX_use_certificate (ctx, self->certificate) == 1
         && SSL_CTX_use_PrivateKey (ctx, self->key) == 1;
}
