/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* rtc-srtp-vectors.c - packets, derivations and key streams of tests/check/vectors/srtp-kav.json:
 * RFC 3711 B.2 and B.3, RFC 6188 7, RFC 7714 16 and 17, libsrtp2's own. */
#include <json-glib/json-glib.h>
#include <string.h>

#include "ext/srtp/rtc-srtp-cipher.h"
#include "ext/srtp/rtc-srtp-context.h"

#define CAP 256

typedef struct {
  guint8 data[CAP];
  gsize len;
} Bytes;

static const gchar *const ciphers[] = { "null", "aes-128-icm", "aes-256-icm", "aes-128-gcm",
  "aes-256-gcm" };
static const gchar *const auths[] = { "null", "hmac-sha1-32", "hmac-sha1-80" };

/* Hex of a member; empty when it is null or not there. */
static Bytes
get_bytes (JsonObject *vector, const gchar *name)
{
  const gchar *hex = json_object_get_string_member_with_default (vector, name, "");
  Bytes bytes = { .len = hex != NULL ? strlen (hex) / 2 : 0 };

  g_assert_cmpuint (bytes.len, <=, CAP);
  for (gsize i = 0; i < bytes.len; i++)
    bytes.data[i] =
        (guint8) (g_ascii_xdigit_value (hex[2 * i]) * 16 + g_ascii_xdigit_value (hex[2 * i + 1]));
  return bytes;
}

static gint
find_name (const gchar *const *names, guint n, const gchar *name)
{
  for (guint i = 0; i < n; i++)
    if (g_str_equal (names[i], name))
      return (gint) i;
  return -1;
}

static RtcSrtpContext *
make_context (JsonObject *vector, const RtcSrtpSecurity *security, gboolean is_sealing)
{
  RtcSrtpContext *context = rtc_srtp_context_new (128, FALSE);
  Bytes key = get_bytes (vector, "master_key_and_salt"), mki = get_bytes (vector, "mki");
  RtcSrtpMasterKey master = { key.data, key.len, mki.data, mki.len };
  gboolean needs_key = rtc_srtp_security_key_len (security) > 0;
  GError *error = NULL;
  RtcSrtpKeyring *keyring =
      rtc_srtp_keyring_new (security, &master, needs_key ? 1 : 0, is_sealing, &error);

  g_assert_no_error (error);
  rtc_srtp_context_set_default (context, keyring);
  rtc_srtp_keyring_unref (keyring);
  return context;
}

static void
check_side (RtcSrtpContext *tx, RtcSrtpContext *rx, gboolean is_rtcp, Bytes plain, Bytes wire)
{
  guint8 out[CAP], in_place[CAP];
  gsize len = 0;

  g_assert_cmpint (
      rtc_srtp_context_protect (tx, is_rtcp, plain.data, plain.len, out, wire.len, &len), ==,
      RTC_OK);
  g_assert_cmpmem (out, len, wire.data, wire.len);
  memcpy (in_place, wire.data, wire.len);
  g_assert_cmpint (rtc_srtp_context_unprotect (rx, is_rtcp, in_place, &len), ==, RTC_OK);
  g_assert_cmpmem (in_place, len, plain.data, plain.len);
}

/* FALSE: a cipher that the elements do not offer. */
static gboolean
check_packets (JsonObject *vector)
{
  gint cipher =
      find_name (ciphers, G_N_ELEMENTS (ciphers), json_object_get_string_member (vector, "cipher"));
  gint auth =
      find_name (auths, G_N_ELEMENTS (auths), json_object_get_string_member (vector, "auth"));
  RtcSrtpSecurity security;
  RtcSrtpContext *tx, *rx;

  if (cipher < 0)
    return FALSE;
  security.cipher[0] = security.cipher[1] = (RtcSrtpCipherName) cipher;
  security.auth[0] = security.auth[1] = (RtcSrtpAuthName) auth;
  tx = make_context (vector, &security, TRUE);
  rx = make_context (vector, &security, FALSE);
  check_side (tx, rx, FALSE, get_bytes (vector, "rtp"), get_bytes (vector, "srtp"));
  if (get_bytes (vector, "rtcp").len > 0)
    check_side (tx, rx, TRUE, get_bytes (vector, "rtcp"), get_bytes (vector, "srtcp"));
  rtc_srtp_context_free (tx);
  rtc_srtp_context_free (rx);
  return TRUE;
}

static void
check_derivation (JsonObject *vector)
{
  Bytes master = get_bytes (vector, "master_key"), salt = get_bytes (vector, "master_salt");
  Bytes key = get_bytes (vector, "srtp_key"), session_salt = get_bytes (vector, "srtp_salt");
  Bytes auth = get_bytes (vector, "srtp_auth");
  RtcSrtpSuite suite = { .key_len = master.len, .salt_len = salt.len };
  RtcSrtpSessionKeys keys;

  memcpy (master.data + master.len, salt.data, salt.len);
  g_assert_true (rtc_srtp_derive (&suite, master.data, FALSE, &keys));
  g_assert_cmpmem (keys.key, key.len, key.data, key.len);
  g_assert_cmpmem (keys.salt, session_salt.len, session_salt.data, session_salt.len);
  g_assert_cmpmem (keys.auth, sizeof keys.auth, auth.data, auth.len);
}

/* The key stream is what zeros become, with SSRC and index 0. */
static void
check_key_stream (JsonObject *vector)
{
  Bytes key = get_bytes (vector, "key"), salt = get_bytes (vector, "salt");
  Bytes stream = get_bytes (vector, "keystream");
  RtcSrtpSuite suite = { .key_len = key.len, .salt_len = salt.len };
  static const guint8 zeros[CAP];
  RtcSrtpSessionKeys keys = { 0 };
  guint8 out[CAP] = { 0x80 };
  RtcSrtpCipher cipher;

  memcpy (keys.key, key.data, key.len);
  memcpy (keys.salt, salt.data, salt.len);
  g_assert_true (rtc_srtp_cipher_init (&cipher, &suite, &keys, FALSE, TRUE));
  g_assert_cmpuint (
      rtc_srtp_cipher_seal (&cipher, 0, 0, out, 12, zeros, stream.len), ==, 12 + stream.len);
  g_assert_cmpmem (out + 12, stream.len, stream.data, stream.len);
  rtc_srtp_cipher_clear (&cipher);
}

static void
check_aead_side (JsonObject *vector, gboolean is_rtcp, Bytes plain, Bytes wire)
{
  Bytes key = get_bytes (vector, "session_key"), salt = get_bytes (vector, "session_salt");
  RtcSrtpSuite suite = { .key_len = key.len, .salt_len = salt.len, .tag_len = 16, .is_aead = TRUE };
  gsize header_len = is_rtcp ? 8 : 12;
  guint32 ssrc = is_rtcp ? 0x4d617273 : 0x5501a0b2;
  guint64 index = is_rtcp ? (guint64) json_object_get_int_member (vector, "srtcp_index") : 0xf17b;
  RtcSrtpSessionKeys keys = { 0 };
  RtcSrtpCipher seal, open;
  guint8 out[CAP];

  memcpy (keys.key, key.data, key.len);
  memcpy (keys.salt, salt.data, salt.len);
  g_assert_true (rtc_srtp_cipher_init (&seal, &suite, &keys, is_rtcp, TRUE));
  g_assert_true (rtc_srtp_cipher_init (&open, &suite, &keys, is_rtcp, FALSE));
  memcpy (out, plain.data, header_len);
  g_assert_cmpuint (rtc_srtp_cipher_seal (&seal, ssrc, index, out, header_len,
                        plain.data + header_len, plain.len - header_len),
      ==, wire.len);
  g_assert_cmpmem (out, wire.len, wire.data, wire.len);
  g_assert_cmpuint (
      rtc_srtp_cipher_open (&open, ssrc, index, out, header_len, wire.len), ==, plain.len);
  g_assert_cmpmem (out, plain.len, plain.data, plain.len);
  rtc_srtp_cipher_clear (&seal);
  rtc_srtp_cipher_clear (&open);
}

static gboolean
check_vector (JsonObject *vector)
{
  const gchar *kind = json_object_get_string_member (vector, "kind");

  g_test_message ("%s", json_object_get_string_member (vector, "id"));
  if (g_str_equal (kind, "srtp-packet"))
    return check_packets (vector);
  if (g_str_equal (kind, "kdf"))
    check_derivation (vector);
  else if (g_str_equal (kind, "aes-cm-keystream"))
    check_key_stream (vector);
  else if (g_str_equal (kind, "aead-session-key-packet")) {
    check_aead_side (vector, FALSE, get_bytes (vector, "rtp"), get_bytes (vector, "srtp"));
    check_aead_side (vector, TRUE, get_bytes (vector, "rtcp"), get_bytes (vector, "srtcp"));
  } else
    return FALSE;
  return TRUE;
}

static void
test_vectors (void)
{
  JsonParser *parser = json_parser_new ();
  GError *error = NULL;
  JsonArray *vectors;
  guint n_done = 0;

  json_parser_load_from_file (parser, g_getenv ("RTC_TEST_SRTP_VECTORS"), &error);
  g_assert_no_error (error);
  vectors = json_node_get_array (json_parser_get_root (parser));
  for (guint i = 0; i < json_array_get_length (vectors); i++)
    n_done += check_vector (json_array_get_object_element (vectors, i)) ? 1 : 0;
  /* All but AES-192 and encrypted header extensions, which the elements do not offer. */
  g_assert_cmpuint (n_done, ==, json_array_get_length (vectors) - 2);
  g_assert_cmpuint (n_done, ==, 12);
  g_object_unref (parser);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/srtp-vectors/all", test_vectors);
  return g_test_run ();
}
