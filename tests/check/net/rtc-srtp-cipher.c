/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* rtc-srtp-cipher.c - the transforms and the key derivation against the RFCs' own vectors. */
#include "ext/srtp/rtc-srtp-cipher.h"

#include <string.h>

#define CAP 256

/* Figures of suites; their profiles are not looked at. */
static const RtcSrtpSuite cm128 = { RTC_SRTP_PROFILE_AES128_CM_SHA1_80, 16, 14, 10, FALSE };
static const RtcSrtpSuite cm256 = { RTC_SRTP_PROFILE_NONE, 32, 14, 10, FALSE };
static const RtcSrtpSuite gcm128 = { RTC_SRTP_PROFILE_AEAD_AES_128_GCM, 16, 12, 16, TRUE };
static const RtcSrtpSuite gcm256 = { RTC_SRTP_PROFILE_AEAD_AES_256_GCM, 32, 12, 16, TRUE };

static gsize
from_hex (const gchar *hex, guint8 *out)
{
  gsize len = strlen (hex) / 2;

  for (gsize i = 0; i < len; i++)
    out[i] =
        (guint8) (g_ascii_xdigit_value (hex[2 * i]) * 16 + g_ascii_xdigit_value (hex[2 * i + 1]));
  return len;
}

static void
assert_hex (const guint8 *data, gsize len, const gchar *hex)
{
  guint8 wanted[CAP];
  gsize wanted_len = from_hex (hex, wanted);

  g_assert_cmpmem (data, len, wanted, wanted_len);
}

/* -- Derivation -------------------------------------------------------------- */

static const struct {
  const gchar *name;
  const RtcSrtpSuite *suite;
  const gchar *master, *key, *salt, *auth;
} derive_table[] = {
  { "RFC 3711 B.3", &cm128, "e1f97a0d3e018be0d64fa32c06de41390ec675ad498afeebb6960b3aabe6",
      "c61e7a93744f39ee10734afe3ff7a087", "30cbbc08863d8c85d49db34a9ae1",
      "cebe321f6ff7716b6fd4ab49af256a156d38baa4" },
  { "RFC 6188 7.2", &cm256,
      "f0f04914b513f2763a1b1fa130f10e2998f6f6e43e4309d1e622a0e332b9f1b6"
      "3b04803de51ee7c96423ab5b78d2",
      "5ba1064e30ec51613cad926c5a28ef731ec7fb397f70a960653caf06554cd8c4",
      "fa31791685ca444a9e07c6c64e93", "fd9c32d39ed5fbb5a9dc96b30818454d1313dc05" },
};

static void
test_derive (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (derive_table); i++) {
    const RtcSrtpSuite *suite = derive_table[i].suite;
    RtcSrtpSessionKeys keys, rtcp_keys;
    guint8 master[CAP];

    g_test_message ("%s", derive_table[i].name);
    from_hex (derive_table[i].master, master);
    g_assert_true (rtc_srtp_derive (suite, master, FALSE, &keys));
    assert_hex (keys.key, suite->key_len, derive_table[i].key);
    assert_hex (keys.salt, suite->salt_len, derive_table[i].salt);
    assert_hex (keys.auth, sizeof keys.auth, derive_table[i].auth);
    g_assert_true (rtc_srtp_derive (suite, master, TRUE, &rtcp_keys));
    g_assert_cmpint (memcmp (keys.key, rtcp_keys.key, suite->key_len), !=, 0);
    g_assert_cmpint (memcmp (keys.salt, rtcp_keys.salt, suite->salt_len), !=, 0);
    g_assert_cmpint (memcmp (keys.auth, rtcp_keys.auth, sizeof keys.auth), !=, 0);
  }
}

/* -- Counter mode ------------------------------------------------------------ */

static const struct {
  const gchar *name;
  const RtcSrtpSuite *suite;
  const gchar *key, *stream;
} stream_table[] = {
  { "RFC 3711 B.2", &cm128, "2b7e151628aed2a6abf7158809cf4f3c",
      "e03ead0935c95e80e166b16dd92b4eb4d23513162b02d0f72a43a2fe4a5f97ab"
      "41e95b3bb0a2e8dd477901e4fca894c0" },
  { "RFC 6188 7.1", &cm256, "57f82fe3613fd170a85ec93c40b1f0922ec4cb0dc025b58272147cc438944a98",
      "92bdd28a93c3f52511c677d08b5515a49da71b2378a854f67050756ded165bac"
      "63c4868b7096d88421b563b8c94c9a31" },
};

/* The key stream is what zeros become, with SSRC and index 0. */
static void
test_key_stream (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (stream_table); i++) {
    static const guint8 header[12] = { 0x80 }, zeros[48];
    RtcSrtpSessionKeys keys = { 0 };
    guint8 data[CAP];
    RtcSrtpCipher cipher;
    gsize len;

    g_test_message ("%s", stream_table[i].name);
    from_hex (stream_table[i].key, keys.key);
    from_hex ("f0f1f2f3f4f5f6f7f8f9fafbfcfd", keys.salt);
    g_assert_true (rtc_srtp_cipher_init (&cipher, stream_table[i].suite, &keys, FALSE, TRUE));
    memcpy (data, header, sizeof header);
    len = rtc_srtp_cipher_seal (&cipher, 0, 0, data, sizeof header, zeros, sizeof zeros);
    g_assert_cmpuint (len, ==, sizeof header + sizeof zeros + 10);
    assert_hex (data + sizeof header, sizeof zeros, stream_table[i].stream);
    rtc_srtp_cipher_clear (&cipher);
  }
}

/* -- RFC 7714, 16 and 17 ----------------------------------------------------- */

#define SALT "517569642070726f2071756f"
#define RTP                                                                                        \
  "8040f17b8041f8d35501a0b247616c6c696120657374206f6d6e69732064697669736120696e207061727465732074" \
  "726573"
#define RTCP                                                                                       \
  "81c8000d4d6172734e5450314e545032525450200000042a0000e9304c756e61deadbeefdeadbeefdeadbeefdeadbe" \
  "efdeadbeef"

static const struct {
  const RtcSrtpSuite *suite;
  const gchar *key;
  gboolean is_rtcp;
  guint32 ssrc;
  guint64 index;
  gsize header_len;
  const gchar *plain, *wire;
} packet_table[] = {
  { &gcm128, "000102030405060708090a0b0c0d0e0f", FALSE, 0x5501a0b2, 0xf17b, 12, RTP,
      "8040f17b8041f8d35501a0b2f24de3a3fb34de6cacba861c9d7e4bcabe633bd50d294e6f42a5f47a51c7d19b36"
      "de3adf8833899d7f27beb16a9152cf765ee4390cce" },
  { &gcm128, "000102030405060708090a0b0c0d0e0f", TRUE, 0x4d617273, 0x5d4, 8, RTCP,
      "81c8000d4d61727363e94885dcdab67ca727d7662f6b7e997ff5c0f76c06f32dc676a5f1730d6fda4ce09b4686"
      "303ded0bb9275bc84aa45896cf4d2fc5abf87245d9eade800005d4" },
  { &gcm256, "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f", FALSE, 0x5501a0b2,
      0xf17b, 12, RTP,
      "8040f17b8041f8d35501a0b232b1de78a822fe12ef9f78fa332e33aab18012389a58e2f3b50b2a0276ffae0f1b"
      "a63799b87b7aa3db36dfffd6b0f9bb7878d7a76c13" },
  { &gcm256, "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f", TRUE, 0x4d617273,
      0x5d4, 8, RTCP,
      "81c8000d4d617273d50ae4d1f5ce5d304ba297e47d470c282c3ece5dbffe0a50a2eaa5c1110555be8415f658c6"
      "1de0476f1b6fad1d1eb30c4446839f57ff6f6cb26ac3be800005d4" },
};

static void
test_packets (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (packet_table); i++) {
    gsize header_len = packet_table[i].header_len, plain_len, len;
    guint8 plain[CAP], data[CAP], apart[CAP];
    RtcSrtpSessionKeys keys = { 0 };
    RtcSrtpCipher seal, open;

    from_hex (packet_table[i].key, keys.key);
    from_hex (SALT, keys.salt);
    plain_len = from_hex (packet_table[i].plain, plain);
    g_assert_true (
        rtc_srtp_cipher_init (&seal, packet_table[i].suite, &keys, packet_table[i].is_rtcp, TRUE));
    g_assert_true (
        rtc_srtp_cipher_init (&open, packet_table[i].suite, &keys, packet_table[i].is_rtcp, FALSE));
    memcpy (data, plain, plain_len);
    len = rtc_srtp_cipher_seal (&seal, packet_table[i].ssrc, packet_table[i].index, data,
        header_len, data + header_len, plain_len - header_len);
    assert_hex (data, len, packet_table[i].wire);
    /* Out of place it is the same. */
    memcpy (apart, plain, header_len);
    g_assert_cmpuint (rtc_srtp_cipher_seal (&seal, packet_table[i].ssrc, packet_table[i].index,
                          apart, header_len, plain + header_len, plain_len - header_len),
        ==, len);
    g_assert_cmpmem (apart, len, data, len);
    g_assert_cmpuint (rtc_srtp_cipher_open (&open, packet_table[i].ssrc, packet_table[i].index,
                          data, header_len, len),
        ==, plain_len);
    g_assert_cmpmem (data, plain_len, plain, plain_len);
    /* With another index it is not authentic. */
    g_assert_cmpuint (rtc_srtp_cipher_open (&open, packet_table[i].ssrc,
                          packet_table[i].index ^ 0x10000, apart, header_len, len),
        ==, 0);
    rtc_srtp_cipher_clear (&seal);
    rtc_srtp_cipher_clear (&open);
  }
}

static void
test_clear (void)
{
  static const RtcSrtpCipher nothing;
  RtcSrtpSessionKeys keys = { { 1 }, { 2 }, { 3 } };
  RtcSrtpCipher cipher;

  g_assert_true (rtc_srtp_cipher_init (&cipher, &cm128, &keys, FALSE, TRUE));
  rtc_srtp_cipher_clear (&cipher);
  g_assert_cmpmem (&cipher, sizeof cipher, &nothing, sizeof nothing);
  rtc_srtp_cipher_clear (&cipher);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/srtp-cipher/derive", test_derive);
  g_test_add_func ("/srtp-cipher/key-stream", test_key_stream);
  g_test_add_func ("/srtp-cipher/packets", test_packets);
  g_test_add_func ("/srtp-cipher/clear", test_clear);
  return g_test_run ();
}
