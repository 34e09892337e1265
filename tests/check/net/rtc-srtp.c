/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* rtc-srtp.c - known answers, roll-over, replay, forgeries and runts against a backend: libsrtp2,
 * or with the argument "openssl" OpenSSL itself. */
#include "ext/srtp/rtc-srtp-openssl.h"

#include <srtp2/srtp.h>

#include <string.h>

#include "gst/rtc/base/rtc-bytes.h"
#include "gst/rtc/base/rtc-random.h"

#define SSRC 0xcafebabe
#define CAP 2048

static const struct {
  RtcSrtpProfile profile;
  gsize key_len;
  gsize tag;
} profile_table[] = {
  { RTC_SRTP_PROFILE_AES128_CM_SHA1_80, 30, 10 },
  { RTC_SRTP_PROFILE_AEAD_AES_128_GCM, 28, 16 },
  { RTC_SRTP_PROFILE_AEAD_AES_256_GCM, 44, 16 },
};

typedef struct {
  RtcSrtpFactory *factory;
  RtcSrtp *tx, *rx; /* what tx protects rx opens */
  gsize tag;
} Fixture;

static gboolean is_openssl;

static RtcSrtpFactory *
make_factory (void)
{
  GError *error = NULL;
  RtcSrtpFactory *factory =
      is_openssl ? rtc_srtp_openssl_factory_new () : rtc_srtp_factory_new (&error);

  g_assert_no_error (error);
  return factory;
}

static void
fixture_init (Fixture *self, guint profile)
{
  GError *error = NULL;
  RtcSrtpKeys a = { profile_table[profile].profile, profile_table[profile].key_len }, b = a;

  for (guint i = 0; i < RTC_SRTP_MAX_KEY; i++) {
    a.local_key[i] = b.remote_key[i] = (guint8) (i + 1);
    a.remote_key[i] = b.local_key[i] = (guint8) (200 - i);
  }
  self->factory = make_factory ();
  self->tx = self->factory->create (self->factory, &a, &error);
  g_assert_no_error (error);
  self->rx = self->factory->create (self->factory, &b, &error);
  g_assert_no_error (error);
  self->tag = profile_table[profile].tag;
}

static void
fixture_clear (Fixture *self)
{
  self->tx->vtable->free (self->tx);
  self->rx->vtable->free (self->rx);
  rtc_srtp_factory_free (self->factory);
}

static gsize
make_rtp (guint8 *data, guint16 seq, guint32 ssrc, gsize payload)
{
  RtcWriter w = rtc_writer (data, CAP);

  rtc_writer_u8 (&w, 0x80);
  rtc_writer_u8 (&w, 96);
  rtc_writer_u16 (&w, seq);
  rtc_writer_u32 (&w, seq * 3000u);
  rtc_writer_u32 (&w, ssrc);
  for (gsize i = 0; i < payload; i++)
    rtc_writer_u8 (&w, (guint8) (i + seq));
  return w.pos;
}

static gsize
make_rtcp (guint8 *data, guint32 ssrc)
{
  RtcWriter w = rtc_writer (data, CAP);

  rtc_writer_u32 (&w, 0x80c80006);
  rtc_writer_u32 (&w, ssrc);
  for (guint i = 0; i < 5; i++)
    rtc_writer_u32 (&w, i);
  return w.pos;
}

static gsize
protect (Fixture *self, guint8 *data, gsize len)
{
  g_assert_cmpint (self->tx->vtable->protect_rtp (self->tx, data, &len, CAP), ==, RTC_OK);
  return len;
}

static RtcResult
unprotect_copy (Fixture *self, const guint8 *data, gsize len)
{
  guint8 *copy = g_memdup2 (data, len); /* an own allocation, for AddressSanitizer */
  RtcResult result = self->rx->vtable->unprotect_rtp (self->rx, copy, &len);

  g_free (copy);
  return result;
}

/* -- Known answers ----------------------------------------------------------- */

/* cisco/libsrtp test/srtp_driver.c, srtp_validate() and srtp_validate_gcm() (BSD-3-Clause). */
static const struct {
  RtcSrtpProfile profile;
  const gchar *key, *rtp, *srtp, *rtcp, *srtcp;
} kav_table[] = {
  { RTC_SRTP_PROFILE_AES128_CM_SHA1_80,
      "e1f97a0d3e018be0d64fa32c06de41390ec675ad498afeebb6960b3aabe6",
      "800f1234decafbadcafebabeabababababababababababababababab",
      "800f1234decafbadcafebabe4e55dc4ce79978d88ca4d215949d2402b78d6acc99ea179b8dbb",
      "81c8000bcafebabeabababababababababababababababab",
      "81c8000bcafebabe7128035be487b9bdbef89041f977a5a880000001993e08cd54d6c1230798" },
  { RTC_SRTP_PROFILE_AEAD_AES_128_GCM, "000102030405060708090a0b0c0d0e0fa0a1a2a3a4a5a6a7a8a9aaab",
      "800f1234decafbadcafebabeabababababababababababababababab",
      "800f1234decafbadcafebabec5002ede04cfdd2eb91159e0880aa06ed2976826f796b201df3131a127e8a392",
      "81c8000bcafebabeabababababababababababababababab",
      "81c8000bcafebabec98b8b5df0392a55852b6c21ac8e7025c52c6fbea2b3b446ea31123ba88ce61e80000001" },
};

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
check_answer (RtcSrtp *srtp, const gchar *plain_hex, const gchar *wire_hex, gboolean is_rtcp)
{
  guint8 data[CAP], plain[CAP], wire[CAP];
  gsize plain_len = from_hex (plain_hex, plain), wire_len = from_hex (wire_hex, wire);
  gsize len = plain_len;

  memcpy (data, plain, len);
  g_assert_cmpint ((is_rtcp ? srtp->vtable->protect_rtcp : srtp->vtable->protect_rtp) (
                       srtp, data, &len, wire_len),
      ==, RTC_OK);
  g_assert_cmpmem (data, len, wire, wire_len);
  g_assert_cmpint (
      (is_rtcp ? srtp->vtable->unprotect_rtcp : srtp->vtable->unprotect_rtp) (srtp, data, &len), ==,
      RTC_OK);
  g_assert_cmpmem (data, len, plain, plain_len);
}

static void
test_known_answers (void)
{
  RtcSrtpFactory *factory = make_factory ();

  for (gsize i = 0; i < G_N_ELEMENTS (kav_table); i++) {
    RtcSrtpKeys keys = { kav_table[i].profile };
    RtcSrtp *srtp;

    keys.key_len = from_hex (kav_table[i].key, keys.local_key);
    from_hex (kav_table[i].key, keys.remote_key);
    srtp = factory->create (factory, &keys, NULL);
    check_answer (srtp, kav_table[i].rtp, kav_table[i].srtp, FALSE);
    check_answer (srtp, kav_table[i].rtcp, kav_table[i].srtcp, TRUE);
    srtp->vtable->free (srtp);
  }
  rtc_srtp_factory_free (factory);
}

static void
test_creation_errors (void)
{
  static const RtcSrtpKeys table[] = {
    { RTC_SRTP_PROFILE_NONE, 30 },
    { (RtcSrtpProfile) 2, 30 },
    { RTC_SRTP_PROFILE_AES128_CM_SHA1_80, 28 },
    { RTC_SRTP_PROFILE_AEAD_AES_128_GCM, 30 },
    { RTC_SRTP_PROFILE_AEAD_AES_256_GCM, 0 },
  };
  RtcSrtpFactory *factory = make_factory ();

  for (gsize i = 0; i < G_N_ELEMENTS (table); i++) {
    GError *error = NULL;

    g_assert_null (factory->create (factory, &table[i], &error));
    g_assert_cmpint (rtc_error_get_result (error), ==, RTC_ERR_UNSUPPORTED);
    g_clear_error (&error);
  }
  rtc_srtp_factory_free (factory);
}

/* -- Roll-over, loss, order (T10, A12) --------------------------------------- */

/* Ten wraps with 20 % loss and no genuine packet refused. */
static void
test_roll_over (gconstpointer data)
{
  RtcRandom *random = rtc_random_new_seeded (11);
  RtcSrtpStats stats;
  Fixture f;

  fixture_init (&f, GPOINTER_TO_UINT (data));
  for (guint32 i = 65000; i < 65000 + 10 * 65536; i++) {
    guint8 packet[CAP];
    gsize len = protect (&f, packet, make_rtp (packet, (guint16) i, SSRC, 4));

    if (rtc_random_range (random, 0, 100) < 20)
      continue;
    g_assert_cmpint (f.rx->vtable->unprotect_rtp (f.rx, packet, &len), ==, RTC_OK);
  }
  rtc_srtp_get_stats (f.rx, &stats);
  g_assert_cmpuint (stats.auth_failures + stats.replays + stats.malformed, ==, 0);
  g_assert_cmpuint (stats.unprotected_packets, >, 500000);
  fixture_clear (&f);
  rtc_random_free (random);
}

/* A sender that starts at 65530 and whose first 20 packets are lost: the receiver meets it after
 * the wrap and takes its counter for 0, where the sender's is 1. */
static void
test_first_lost_at_wrap (void)
{
  for (guint profile = 0; profile < G_N_ELEMENTS (profile_table); profile++) {
    guint lost_table[] = { 0, 1, 5, 6, 20, 150 };

    for (guint t = 0; t < G_N_ELEMENTS (lost_table); t++) {
      Fixture f;

      fixture_init (&f, profile);
      for (guint32 i = 0; i < 200; i++) {
        guint8 packet[CAP];
        gsize len = protect (&f, packet, make_rtp (packet, (guint16) (65530 + i), SSRC, 4));

        if (i >= lost_table[t])
          g_assert_cmpint (f.rx->vtable->unprotect_rtp (f.rx, packet, &len), ==, RTC_OK);
      }
      fixture_clear (&f);
    }
  }
}

/* Every block of 64 packets arrives backwards, over the wrap; then everything again. */
static void
test_reorder_and_replay (void)
{
  for (guint profile = 0; profile < G_N_ELEMENTS (profile_table); profile++) {
    guint8 (*packets)[64] = g_malloc0 (1024 * 64);
    gsize lens[1024];
    RtcSrtpStats stats;
    Fixture f;

    fixture_init (&f, profile);
    for (guint32 i = 0; i < 1024; i++)
      lens[i] =
          protect (&f, packets[i], make_rtp (packets[i], (guint16) (65536 - 512 + i), SSRC, 4));
    for (guint32 i = 0; i < 1024; i++)
      g_assert_cmpint (unprotect_copy (&f, packets[i ^ 63], lens[i ^ 63]), ==, RTC_OK);
    for (guint32 i = 0; i < 1024; i++)
      g_assert_cmpint (unprotect_copy (&f, packets[i], lens[i]), ==, RTC_ERR_REPLAY);
    rtc_srtp_get_stats (f.rx, &stats);
    g_assert_cmpuint (stats.replays, ==, 1024);
    g_assert_cmpuint (stats.auth_failures, ==, 0);
    fixture_clear (&f);
    g_free (packets);
  }
}

/* A packet 1000 behind the newest still passes, one 1100 behind does not. */
static void
test_window (void)
{
  guint8 late[CAP], too_late[CAP], packet[CAP];
  gsize late_len = 0, too_late_len, len;
  Fixture f;

  fixture_init (&f, 0);
  len = protect (&f, packet, make_rtp (packet, 1, SSRC, 4));
  g_assert_cmpint (unprotect_copy (&f, packet, len), ==, RTC_OK);
  too_late_len = protect (&f, too_late, make_rtp (too_late, 2, SSRC, 4));
  for (guint16 seq = 3; seq <= 1102; seq++) {
    guint8 *to = seq == 102 ? late : packet;

    len = protect (&f, to, make_rtp (to, seq, SSRC, 4));
    if (seq == 102)
      late_len = len;
    else
      g_assert_cmpint (unprotect_copy (&f, packet, len), ==, RTC_OK);
  }
  g_assert_cmpint (unprotect_copy (&f, late, late_len), ==, RTC_OK);
  g_assert_cmpint (unprotect_copy (&f, late, late_len), ==, RTC_ERR_REPLAY);
  g_assert_cmpint (unprotect_copy (&f, too_late, too_late_len), ==, RTC_ERR_REPLAY);
  /* And sending the same number twice is refused: it would reuse a key stream. */
  len = make_rtp (packet, 1102, SSRC, 4);
  g_assert_cmpint (f.tx->vtable->protect_rtp (f.tx, packet, &len, CAP), ==, RTC_ERR_REPLAY);
  fixture_clear (&f);
}

/* -- Forgeries (T11) --------------------------------------------------------- */

static void
test_forgeries (void)
{
  for (guint profile = 0; profile < G_N_ELEMENTS (profile_table); profile++) {
    guint8 packet[CAP], plain[CAP];
    gsize len, plain_len = make_rtp (plain, 8, SSRC, 40);
    RtcSrtpStats stats;
    guint n = 0;
    Fixture f;

    fixture_init (&f, profile);
    len = protect (&f, packet, make_rtp (packet, 7, SSRC, 40));
    /* Any one bit changed; a bit of the first byte may make it malformed instead. */
    for (gsize bit = 8; bit < len * 8; bit++, n++) {
      packet[bit / 8] ^= (guint8) (1 << bit % 8);
      g_assert_cmpint (unprotect_copy (&f, packet, len), ==, RTC_ERR_AUTH);
      packet[bit / 8] ^= (guint8) (1 << bit % 8);
    }
    /* Plain RTP with the right SSRC. */
    g_assert_cmpint (unprotect_copy (&f, plain, plain_len), ==, RTC_ERR_AUTH);
    rtc_srtp_get_stats (f.rx, &stats);
    g_assert_cmpuint (stats.auth_failures, ==, n + 1);
    g_assert_cmpuint (stats.unprotected_packets, ==, 0);
    g_assert_cmpint (unprotect_copy (&f, packet, len), ==, RTC_OK);
    fixture_clear (&f);
  }
}

static void
test_srtcp (void)
{
  for (guint profile = 0; profile < G_N_ELEMENTS (profile_table); profile++) {
    guint8 packet[CAP], good[CAP], plain[CAP];
    gsize plain_len = make_rtcp (plain, SSRC), len = plain_len, e;
    RtcSrtpStats stats;
    Fixture f;

    fixture_init (&f, profile);
    memcpy (packet, plain, len);
    g_assert_cmpint (f.tx->vtable->protect_rtcp (f.tx, packet, &len, CAP), ==, RTC_OK);
    g_assert_cmpuint (len, ==, plain_len + 4 + f.tag);
    memcpy (good, packet, len);
    e = profile == 0 ? len - f.tag - 4 : len - 4;
    g_assert_cmpuint (packet[e] & 0x80, ==, 0x80);
    packet[e] &= 0x7f;
    g_assert_cmpint (f.rx->vtable->unprotect_rtcp (f.rx, packet, &len), ==, RTC_ERR_AUTH);
    memcpy (packet, good, len);
    packet[len - 6] ^= 1;
    g_assert_cmpint (f.rx->vtable->unprotect_rtcp (f.rx, packet, &len), ==, RTC_ERR_AUTH);
    memcpy (packet, good, len);
    g_assert_cmpint (f.rx->vtable->unprotect_rtcp (f.rx, packet, &len), ==, RTC_OK);
    g_assert_cmpmem (packet, len, plain, plain_len);
    len = plain_len + 4 + f.tag;
    g_assert_cmpint (f.rx->vtable->unprotect_rtcp (f.rx, good, &len), ==, RTC_ERR_REPLAY);
    rtc_srtp_get_stats (f.rx, &stats);
    g_assert_cmpuint (stats.auth_failures, ==, 2);
    g_assert_cmpuint (stats.replays, ==, 1);
    fixture_clear (&f);
  }
}

/* -- Lengths (T12) ----------------------------------------------------------- */

static void
test_runts (void)
{
  for (guint profile = 0; profile < G_N_ELEMENTS (profile_table); profile++) {
    RtcSrtpStats stats;
    guint64 n = 0;
    Fixture f;

    fixture_init (&f, profile);
    for (gsize len = 0; len <= 200; len++) {
      for (guint first = 0; first < 256; first++, n += 2) {
        guint8 *data = g_malloc0 (MAX (len, 1));
        gsize out = len;

        memset (data, 0xa5, len);
        if (len > 0)
          data[0] = (guint8) first;
        g_assert_cmpint (f.rx->vtable->unprotect_rtp (f.rx, data, &out), !=, RTC_OK);
        g_assert_cmpuint (out, ==, len);
        memset (data, 0xa5, len);
        if (len > 0)
          data[0] = (guint8) first;
        g_assert_cmpint (f.rx->vtable->unprotect_rtcp (f.rx, data, &out), !=, RTC_OK);
        g_assert_cmpuint (out, ==, len);
        g_free (data);
      }
    }
    rtc_srtp_get_stats (f.rx, &stats);
    g_assert_cmpuint (stats.unprotected_packets, ==, 0);
    g_assert_cmpuint (stats.malformed + stats.auth_failures, ==, n);
    fixture_clear (&f);
  }
}

/* protect_*() with every capacity up to what is needed, and with what is not RTP. */
static void
test_protect_room (void)
{
  for (guint profile = 0; profile < G_N_ELEMENTS (profile_table); profile++) {
    Fixture f;

    fixture_init (&f, profile);
    for (gsize cap = 0; cap <= 32 + f.tag; cap++) {
      guint8 packet[CAP], *tight = g_malloc (MAX (cap, 32));
      gsize len = make_rtp (packet, 9, SSRC, 20);
      RtcResult result;

      g_assert_cmpuint (len, ==, 32);
      memcpy (tight, packet, len);
      result = f.tx->vtable->protect_rtp (f.tx, tight, &len, cap);
      g_assert_cmpint (result, ==, cap < 32 + f.tag ? RTC_ERR_LIMIT : RTC_OK);
      g_free (tight);
    }
    for (gsize len = 0; len < 40; len++) {
      guint8 packet[CAP] = { 0x4f };
      gsize n = len;

      g_assert_cmpint (f.tx->vtable->protect_rtp (f.tx, packet, &n, CAP), ==, RTC_ERR_PARSE);
      g_assert_cmpint (f.tx->vtable->protect_rtcp (f.tx, packet, &n, CAP), ==, RTC_ERR_PARSE);
    }
    fixture_clear (&f);
  }
}

/* -- Limits (T13, T17) ------------------------------------------------------- */

static void
test_key_lifetime (void)
{
  guint8 packet[CAP], received[CAP];
  gsize len, rtcp_len, received_len;
  Fixture f;

  fixture_init (&f, 0);
  rtc_srtp_set_key_usage (f.tx, (G_GUINT64_CONSTANT (1) << 48) - 1, (1u << 31) - 1);
  received_len = protect (&f, received, make_rtp (received, 1, SSRC, 4));
  len = make_rtp (packet, 2, SSRC, 4);
  g_assert_cmpint (f.tx->vtable->protect_rtp (f.tx, packet, &len, CAP), ==, RTC_ERR_LIMIT);
  rtcp_len = make_rtcp (packet, SSRC);
  g_assert_cmpint (f.tx->vtable->protect_rtcp (f.tx, packet, &rtcp_len, CAP), ==, RTC_OK);
  rtcp_len = make_rtcp (packet, SSRC);
  g_assert_cmpint (f.tx->vtable->protect_rtcp (f.tx, packet, &rtcp_len, CAP), ==, RTC_ERR_LIMIT);
  rtc_srtp_set_key_usage (f.rx, G_GUINT64_CONSTANT (1) << 48, 0);
  g_assert_cmpint (unprotect_copy (&f, received, received_len), ==, RTC_ERR_LIMIT);
  fixture_clear (&f);
}

static void
test_too_many_streams (void)
{
  guint8 packet[CAP];
  RtcSrtpStats stats;
  gsize len;
  Fixture f;

  fixture_init (&f, 1);
  for (guint32 ssrc = 1; ssrc <= RTC_SRTP_MAX_STREAMS; ssrc++) {
    len = protect (&f, packet, make_rtp (packet, 1, ssrc, 4));
    g_assert_cmpint (unprotect_copy (&f, packet, len), ==, RTC_OK);
  }
  len = make_rtp (packet, 1, 9999, 4);
  g_assert_cmpint (f.tx->vtable->protect_rtp (f.tx, packet, &len, CAP), ==, RTC_ERR_LIMIT);
  g_assert_cmpint (unprotect_copy (&f, packet, 60), ==, RTC_ERR_LIMIT);
  len = protect (&f, packet, make_rtp (packet, 2, 5, 4));
  g_assert_cmpint (unprotect_copy (&f, packet, len), ==, RTC_OK);
  rtc_srtp_get_stats (f.rx, &stats);
  g_assert_cmpuint (stats.over_limit, ==, 1);
  fixture_clear (&f);
}

/* Another user of libsrtp2 came first, as GStreamer's srtp plugin may. */
static void
test_library_in_use (void)
{
  RtcSrtpFactory *factory;
  GError *error = NULL;

  if (!g_test_subprocess ()) {
    g_test_trap_subprocess (NULL, 0, 0);
    g_test_trap_assert_passed ();
    return;
  }
  g_assert_cmpint (srtp_init (), ==, srtp_err_status_ok);
  factory = rtc_srtp_factory_new (&error);
  g_assert_no_error (error);
  rtc_srtp_factory_free (factory);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  gst_init (NULL, NULL);
  is_openssl = argc > 1 && g_str_equal (argv[1], "openssl");
  if (!is_openssl)
    g_test_add_func ("/srtp/library-in-use", test_library_in_use);
  g_test_add_func ("/srtp/known-answers", test_known_answers);
  g_test_add_func ("/srtp/creation-errors", test_creation_errors);
  g_test_add_data_func ("/srtp/roll-over/cm", GUINT_TO_POINTER (0), test_roll_over);
  g_test_add_data_func ("/srtp/roll-over/gcm", GUINT_TO_POINTER (1), test_roll_over);
  g_test_add_func ("/srtp/first-lost-at-wrap", test_first_lost_at_wrap);
  g_test_add_func ("/srtp/reorder-and-replay", test_reorder_and_replay);
  g_test_add_func ("/srtp/window", test_window);
  g_test_add_func ("/srtp/forgeries", test_forgeries);
  g_test_add_func ("/srtp/srtcp", test_srtcp);
  g_test_add_func ("/srtp/runts", test_runts);
  g_test_add_func ("/srtp/protect-room", test_protect_room);
  g_test_add_func ("/srtp/key-lifetime", test_key_lifetime);
  g_test_add_func ("/srtp/too-many-streams", test_too_many_streams);
  return g_test_run ();
}
