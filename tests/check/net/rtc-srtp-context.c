/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* rtc-srtp-context.c - contexts over wraps, loss and late packets; forgeries, repeats, keys that
 * change or end, MKIs, roll-over counters from outside. */
#include "ext/srtp/rtc-srtp-context.h"

#include <string.h>

#include "gst/rtc/base/rtc-bytes.h"
#include "gst/rtc/base/rtc-random.h"

#define SSRC 0xcafebabe
#define CAP 256
#define WINDOW 128

static const RtcSrtpSecurity security_table[] = {
  { { RTC_SRTP_CIPHER_AES_128_ICM, RTC_SRTP_CIPHER_AES_128_ICM },
      { RTC_SRTP_AUTH_HMAC_SHA1_80, RTC_SRTP_AUTH_HMAC_SHA1_80 } },
  { { RTC_SRTP_CIPHER_AES_256_ICM, RTC_SRTP_CIPHER_AES_256_ICM },
      { RTC_SRTP_AUTH_HMAC_SHA1_32, RTC_SRTP_AUTH_HMAC_SHA1_80 } },
  { { RTC_SRTP_CIPHER_NULL, RTC_SRTP_CIPHER_NULL },
      { RTC_SRTP_AUTH_HMAC_SHA1_80, RTC_SRTP_AUTH_HMAC_SHA1_80 } },
  { { RTC_SRTP_CIPHER_AES_128_GCM, RTC_SRTP_CIPHER_AES_128_GCM } },
  { { RTC_SRTP_CIPHER_AES_256_GCM, RTC_SRTP_CIPHER_AES_128_ICM },
      { RTC_SRTP_AUTH_NULL, RTC_SRTP_AUTH_HMAC_SHA1_80 } },
};

/* A key of the right length made of one byte; mki 0: none. */
static RtcSrtpKeyring *
make_ring (guint security, const guint8 *fills, const guint8 *mkis, guint n, gboolean is_sealing)
{
  guint8 bytes[RTC_SRTP_MAX_MASTER_KEYS][RTC_SRTP_MAX_MASTER_KEY];
  RtcSrtpMasterKey keys[RTC_SRTP_MAX_MASTER_KEYS];
  GError *error = NULL;
  RtcSrtpKeyring *ring;

  for (guint i = 0; i < n; i++) {
    memset (bytes[i], fills[i], sizeof bytes[i]);
    keys[i] = (RtcSrtpMasterKey){ bytes[i], rtc_srtp_security_key_len (&security_table[security]),
      mkis == NULL ? NULL : &mkis[i], mkis == NULL ? 0 : 1 };
  }
  ring = rtc_srtp_keyring_new (&security_table[security], keys, n, is_sealing, &error);
  g_assert_no_error (error);
  return ring;
}

static void
set_sender_key (RtcSrtpContext *tx, guint security, guint8 fill)
{
  RtcSrtpKeyring *ring = make_ring (security, &fill, NULL, 1, TRUE);

  rtc_srtp_context_set_default (tx, ring);
  rtc_srtp_keyring_unref (ring);
}

static void
set_receiver_key (RtcSrtpContext *rx, guint32 ssrc, guint security, guint8 fill, const guint32 *roc)
{
  RtcSrtpKeyring *ring = make_ring (security, &fill, NULL, 1, FALSE);

  g_assert_cmpint (rtc_srtp_context_set_key (rx, ssrc, ring, roc), ==, RTC_OK);
  rtc_srtp_keyring_unref (ring);
}

typedef struct {
  RtcSrtpContext *tx, *rx;
} Pair;

static Pair
make_pair (guint security)
{
  Pair pair = { rtc_srtp_context_new (WINDOW, FALSE), rtc_srtp_context_new (WINDOW, FALSE) };

  set_sender_key (pair.tx, security, 7);
  set_receiver_key (pair.rx, SSRC, security, 7, NULL);
  return pair;
}

static void
pair_clear (Pair *self)
{
  rtc_srtp_context_free (self->tx);
  rtc_srtp_context_free (self->rx);
}

static gsize
make_rtp (guint8 *data, guint32 ssrc, guint16 seq)
{
  RtcWriter w = rtc_writer (data, CAP);

  rtc_writer_u16 (&w, 0x8060);
  rtc_writer_u16 (&w, seq);
  rtc_writer_u32 (&w, seq * 3000u);
  rtc_writer_u32 (&w, ssrc);
  for (guint i = 0; i < 20; i++)
    rtc_writer_u8 (&w, (guint8) (i + seq));
  return w.pos;
}

static gsize
make_rtcp (guint8 *data)
{
  RtcWriter w = rtc_writer (data, CAP);

  rtc_writer_u32 (&w, 0x80c80006);
  rtc_writer_u32 (&w, SSRC);
  for (guint i = 0; i < 5; i++)
    rtc_writer_u32 (&w, i);
  return w.pos;
}

static gsize
protect (RtcSrtpContext *tx, guint32 ssrc, guint16 seq, guint8 *out)
{
  guint8 plain[CAP];
  gsize len = 0;

  g_assert_cmpint (
      rtc_srtp_context_protect (tx, FALSE, plain, make_rtp (plain, ssrc, seq), out, CAP, &len), ==,
      RTC_OK);
  return len;
}

/* An own allocation, for AddressSanitizer; what is accepted is what was sent. */
static RtcResult
unprotect (RtcSrtpContext *rx, const guint8 *data, gsize len)
{
  guint8 *copy = g_memdup2 (data, len), plain[CAP];
  RtcResult result = rtc_srtp_context_unprotect (rx, FALSE, copy, &len);

  if (result == RTC_OK) {
    gsize plain_len =
        make_rtp (plain, GST_READ_UINT32_BE (data + 8), GST_READ_UINT16_BE (data + 2));

    g_assert_cmpmem (copy, len, plain, plain_len);
  }
  g_free (copy);
  return result;
}

/* -- Roll-over --------------------------------------------------------------- */

/* Ten wraps, a fifth lost, the rest shuffled within 60 packets, also over each wrap: all that
 * arrives is accepted, and nothing twice. */
static void
test_wraps (gconstpointer data)
{
  Pair pair = make_pair (GPOINTER_TO_UINT (data));
  RtcRandom *random = rtc_random_new_seeded (5);
  static guint8 held[60][CAP];
  gsize lens[60] = { 0 };
  RtcSrtpContextStats stats;
  guint32 roc, n_sent = 0;

  for (guint32 i = 65000; i < 65000 + 10 * 65536; i++) {
    guint at = (guint) rtc_random_range (random, 0, G_N_ELEMENTS (held));

    if (lens[at] > 0 && rtc_random_range (random, 0, 100) >= 20) {
      g_assert_cmpint (
          rtc_srtp_context_unprotect (pair.rx, FALSE, held[at], &lens[at]), ==, RTC_OK);
      n_sent++;
    }
    lens[at] = protect (pair.tx, SSRC, (guint16) i, held[at]);
    /* Nothing may stay behind for longer than the window. */
    if (i % 60 == 0)
      for (guint k = 0; k < G_N_ELEMENTS (held); k++)
        if (lens[k] > 0) {
          g_assert_cmpint (unprotect (pair.rx, held[k], lens[k]), ==, RTC_OK);
          g_assert_cmpint (unprotect (pair.rx, held[k], lens[k]), ==, RTC_ERR_REPLAY);
          lens[k] = 0;
          n_sent++;
        }
  }
  rtc_srtp_context_get_stats (pair.rx, &stats);
  g_assert_cmpuint (stats.done, ==, n_sent);
  g_assert_cmpuint (n_sent, >, 400000);
  g_assert_cmpuint (stats.auth_failures, ==, 0);
  g_assert_true (rtc_srtp_context_get_roc (pair.tx, SSRC, &roc));
  g_assert_cmpuint (roc, ==, 10);
  g_assert_true (rtc_srtp_context_get_roc (pair.rx, SSRC, &roc));
  g_assert_cmpuint (roc, ==, 10);
  rtc_random_free (random);
  pair_clear (&pair);
}

/* Makes tx send n packets from 65000 on, so that it is at any roll-over counter. */
static gsize
send_many (RtcSrtpContext *tx, guint32 n, guint8 *out)
{
  gsize len = 0;

  for (guint32 i = 0; i < n; i += 1000)
    len = protect (tx, SSRC, (guint16) (65000 + i), out);
  return len;
}

static void
test_roc_given (void)
{
  static const guint32 rocs[] = { 3, 4, 2 };

  for (guint security = 0; security < G_N_ELEMENTS (security_table); security++) {
    guint8 out[CAP];

    /* Sent with 3 and a high number; who is told 3 or 4 takes it, who is told 2 must not. */
    for (guint i = 0; i < G_N_ELEMENTS (rocs); i++) {
      Pair pair = make_pair (security);
      gsize len = send_many (pair.tx, 3 * 65536, out);

      rtc_srtp_context_remove (pair.rx, SSRC);
      set_receiver_key (pair.rx, SSRC, security, 7, &rocs[i]);
      g_assert_cmpuint (GST_READ_UINT16_BE (out + 2), >=, 0x8000);
      g_assert_cmpint (unprotect (pair.rx, out, len), ==, i == 0 ? RTC_OK : RTC_ERR_AUTH);
      len = protect (pair.tx, SSRC, 65530, out);
      g_assert_cmpint (unprotect (pair.rx, out, len), ==, i == 2 ? RTC_ERR_AUTH : RTC_OK);
      pair_clear (&pair);
    }
  }
}

/* -- What must not pass ------------------------------------------------------ */

static void
test_forgeries (void)
{
  for (guint security = 0; security < G_N_ELEMENTS (security_table); security++) {
    Pair pair = make_pair (security);
    RtcSrtpContextStats stats;
    guint8 out[CAP], plain[CAP];
    gsize len = protect (pair.tx, SSRC, 100, out);

    /* Any one bit from the second byte to the timestamp, and from the body on. */
    for (gsize bit = 8; bit < len * 8; bit++) {
      if (bit / 8 >= 8 && bit / 8 < 12)
        continue; /* another SSRC: no key */
      out[bit / 8] ^= (guint8) (1 << bit % 8);
      g_assert_cmpint (unprotect (pair.rx, out, len), ==, RTC_ERR_AUTH);
      out[bit / 8] ^= (guint8) (1 << bit % 8);
    }
    g_assert_cmpint (unprotect (pair.rx, plain, make_rtp (plain, SSRC, 101)), !=, RTC_OK);
    for (gsize n = 0; n < len; n++)
      g_assert_cmpint (unprotect (pair.rx, out, n), !=, RTC_OK);
    g_assert_cmpint (unprotect (pair.rx, out, len), ==, RTC_OK);
    g_assert_cmpint (unprotect (pair.rx, out, len), ==, RTC_ERR_REPLAY);
    rtc_srtp_context_get_stats (pair.rx, &stats);
    g_assert_cmpuint (stats.done, ==, 1);
    g_assert_cmpuint (stats.replays, ==, 1);
    pair_clear (&pair);
  }
}

static void
test_rtcp (void)
{
  for (guint security = 0; security < G_N_ELEMENTS (security_table); security++) {
    Pair pair = make_pair (security);
    guint8 plain[CAP], out[CAP], copy[CAP];
    gsize plain_len = make_rtcp (plain), len = 0, n;

    for (guint i = 0; i < 5; i++) {
      g_assert_cmpint (
          rtc_srtp_context_protect (pair.tx, TRUE, plain, plain_len, out, CAP, &len), ==, RTC_OK);
      for (gsize bit = 64; bit < len * 8; bit++) {
        memcpy (copy, out, len);
        copy[bit / 8] ^= (guint8) (1 << bit % 8);
        n = len;
        g_assert_cmpint (rtc_srtp_context_unprotect (pair.rx, TRUE, copy, &n), !=, RTC_OK);
      }
      memcpy (copy, out, len);
      n = len;
      g_assert_cmpint (rtc_srtp_context_unprotect (pair.rx, TRUE, copy, &n), ==, RTC_OK);
      g_assert_cmpmem (copy, n, plain, plain_len);
      memcpy (copy, out, len);
      n = len;
      g_assert_cmpint (rtc_srtp_context_unprotect (pair.rx, TRUE, copy, &n), ==, RTC_ERR_REPLAY);
    }
    pair_clear (&pair);
  }
}

static void
test_windows (void)
{
  static const guint sizes[] = { 64, 100, 128, 1000, 32768 };

  for (guint i = 0; i < G_N_ELEMENTS (sizes); i++) {
    RtcSrtpContext *tx = rtc_srtp_context_new (sizes[i], TRUE);
    RtcSrtpContext *rx = rtc_srtp_context_new (sizes[i], FALSE);
    guint8 first[CAP], second[CAP], out[CAP], plain[CAP];
    gsize first_len, second_len, len = 0;

    set_sender_key (tx, 3, 9);
    set_receiver_key (rx, SSRC, 3, 9, NULL);
    first_len = protect (tx, SSRC, 1, first);
    second_len = protect (tx, SSRC, 2, second);
    for (guint seq = 3; seq <= sizes[i] + 1; seq++) {
      len = protect (tx, SSRC, (guint16) seq, out);
      g_assert_cmpint (unprotect (rx, out, len), ==, RTC_OK);
    }
    /* The newest is size + 1: 1 is as far behind it as the window is wide, 2 is within. */
    g_assert_cmpint (unprotect (rx, first, first_len), ==, RTC_ERR_REPLAY);
    g_assert_cmpint (unprotect (rx, second, second_len), ==, RTC_OK);
    g_assert_cmpint (unprotect (rx, second, second_len), ==, RTC_ERR_REPLAY);
    /* The sender may repeat what is within the window, and makes the same again. */
    g_assert_cmpuint (protect (tx, SSRC, 2, out), ==, second_len);
    g_assert_cmpmem (out, second_len, second, second_len);
    g_assert_cmpint (
        rtc_srtp_context_protect (tx, FALSE, plain, make_rtp (plain, SSRC, 1), out, CAP, &len), ==,
        RTC_ERR_REPLAY);
    rtc_srtp_context_free (tx);
    rtc_srtp_context_free (rx);
  }
}

/* Without leave to repeat, the sender refuses an index that it has used. */
static void
test_no_repeats (void)
{
  Pair pair = make_pair (0);
  guint8 plain[CAP], out[CAP];
  gsize len = 0, plain_len;

  protect (pair.tx, SSRC, 5, out);
  plain_len = make_rtp (plain, SSRC, 5);
  g_assert_cmpint (rtc_srtp_context_protect (pair.tx, FALSE, plain, plain_len, out, CAP, &len), ==,
      RTC_ERR_REPLAY);
  /* Nor after the same key was set again, which is no new key. */
  set_sender_key (pair.tx, 0, 7);
  g_assert_cmpint (rtc_srtp_context_protect (pair.tx, FALSE, plain, plain_len, out, CAP, &len), ==,
      RTC_ERR_REPLAY);
  set_sender_key (pair.tx, 0, 8);
  g_assert_cmpint (
      rtc_srtp_context_protect (pair.tx, FALSE, plain, plain_len, out, CAP, &len), ==, RTC_OK);
  pair_clear (&pair);
}

/* -- Keys -------------------------------------------------------------------- */

/* After two wraps both get a new key: the counter goes on; the old key is worth nothing. */
static void
test_new_key (void)
{
  for (guint security = 0; security < G_N_ELEMENTS (security_table); security++) {
    Pair pair = make_pair (security);
    guint8 out[CAP], old[CAP];
    gsize len = 0, old_len;
    guint32 roc = 0;

    for (guint32 i = 0; i < 140000; i += 500) {
      len = protect (pair.tx, SSRC, (guint16) i, out);
      g_assert_cmpint (unprotect (pair.rx, out, len), ==, RTC_OK);
    }
    old_len = protect (pair.tx, SSRC, (guint16) 140001, old);
    set_sender_key (pair.tx, security, 8);
    set_receiver_key (pair.rx, SSRC, security, 8, NULL);
    g_assert_cmpint (unprotect (pair.rx, old, old_len), ==, RTC_ERR_AUTH);
    len = protect (pair.tx, SSRC, (guint16) 140002, out);
    g_assert_cmpint (unprotect (pair.rx, out, len), ==, RTC_OK);
    g_assert_cmpint (unprotect (pair.rx, out, len), ==, RTC_ERR_REPLAY);
    g_assert_true (rtc_srtp_context_get_roc (pair.tx, SSRC, &roc));
    g_assert_cmpuint (roc, ==, 2);
    /* The same key given again opens no door to repeats, also not with another counter. */
    roc = 0;
    set_receiver_key (pair.rx, SSRC, security, 8, &roc);
    g_assert_cmpint (unprotect (pair.rx, out, len), ==, RTC_ERR_REPLAY);
    /* A sender that began anew with its key is still understood. */
    rtc_srtp_context_remove (pair.tx, SSRC);
    set_sender_key (pair.tx, security, 9);
    set_receiver_key (pair.rx, SSRC, security, 9, NULL);
    len = protect (pair.tx, SSRC, 9000, out);
    g_assert_cmpint (unprotect (pair.rx, out, len), ==, RTC_OK);
    pair_clear (&pair);
  }
}

/* Fifteen keys, each named by its MKI; a packet of a sixteenth, or without MKI, is refused. */
static void
test_mki (void)
{
  for (guint security = 0; security < G_N_ELEMENTS (security_table); security++) {
    guint8 fills[RTC_SRTP_MAX_MASTER_KEYS], mkis[RTC_SRTP_MAX_MASTER_KEYS];
    RtcSrtpContext *rx = rtc_srtp_context_new (WINDOW, FALSE);
    RtcSrtpKeyring *ring;

    for (guint8 i = 0; i < RTC_SRTP_MAX_MASTER_KEYS; i++) {
      fills[i] = i + 1;
      mkis[i] = 0x80 + i;
    }
    ring = make_ring (security, fills, mkis, RTC_SRTP_MAX_MASTER_KEYS, FALSE);
    g_assert_cmpint (rtc_srtp_context_set_key (rx, SSRC, ring, NULL), ==, RTC_OK);
    rtc_srtp_keyring_unref (ring);
    for (guint8 i = 0; i <= RTC_SRTP_MAX_MASTER_KEYS; i++) {
      RtcSrtpContext *tx = rtc_srtp_context_new (WINDOW, FALSE);
      guint8 fill = i + 1, mki = 0x80 + i, out[CAP];
      RtcSrtpKeyring *one = make_ring (security, &fill, &mki, 1, TRUE);
      gsize len;

      rtc_srtp_context_set_default (tx, one);
      rtc_srtp_keyring_unref (one);
      len = protect (tx, SSRC, 100 + i, out);
      g_assert_cmpint (
          unprotect (rx, out, len), ==, i < RTC_SRTP_MAX_MASTER_KEYS ? RTC_OK : RTC_ERR_AUTH);
      set_sender_key (tx, security, fill);
      len = protect (tx, SSRC, 200 + i, out);
      g_assert_cmpint (unprotect (rx, out, len), ==, RTC_ERR_AUTH);
      rtc_srtp_context_free (tx);
    }
    rtc_srtp_context_free (rx);
  }
}

static void
test_bad_keys (void)
{
  guint8 key[RTC_SRTP_MAX_MASTER_KEY] = { 1 }, mkis[2][RTC_SRTP_MAX_MKI + 1] = { { 1 }, { 2 } };
  const RtcSrtpMasterKey table[][2] = {
    { { key, 29 }, { NULL } },
    { { key, 46 }, { NULL } },
    { { key, 0 }, { NULL } },
    { { key, 30, mkis[0], RTC_SRTP_MAX_MKI + 1 }, { NULL } },
    { { key, 30 }, { key, 30 } },
    { { key, 30, mkis[0], 1 }, { key, 30, mkis[0], 1 } },
    { { key, 30, mkis[0], 1 }, { key, 30, mkis[1], 2 } },
    { { key, 30, mkis[0], 1 }, { key, 31, mkis[1], 1 } },
  };

  for (guint i = 0; i < G_N_ELEMENTS (table); i++) {
    guint n = table[i][1].key == NULL ? 1 : 2;
    GError *error = NULL;

    g_assert_null (rtc_srtp_keyring_new (&security_table[0], table[i], n, TRUE, &error));
    g_assert_cmpint (rtc_error_get_result (error), ==, RTC_ERR_UNSUPPORTED);
    g_clear_error (&error);
  }
  g_assert_null (rtc_srtp_keyring_new (&security_table[0], NULL, 0, TRUE, NULL));
}

static void
test_key_lifetime (void)
{
  Pair pair = make_pair (3);
  RtcSrtpKeyring *out_ring = rtc_srtp_context_find_key (pair.tx, SSRC);
  RtcSrtpKeyring *in_ring = rtc_srtp_context_find_key (pair.rx, SSRC);
  guint8 plain[CAP], out[CAP], second[CAP];
  gsize len, second_len = 0;

  rtc_srtp_keyring_set_usage (out_ring, RTC_SRTP_KEY_LIMIT_RTP - RTC_SRTP_SOFT_MARGIN - 1, 0);
  g_assert_false (rtc_srtp_keyring_steal_soft_limit (out_ring));
  len = protect (pair.tx, SSRC, 1, out);
  g_assert_true (rtc_srtp_keyring_steal_soft_limit (out_ring));
  g_assert_false (rtc_srtp_keyring_steal_soft_limit (out_ring));
  rtc_srtp_keyring_set_usage (out_ring, RTC_SRTP_KEY_LIMIT_RTP - 1, 0);
  second_len = protect (pair.tx, SSRC, 2, second);
  g_assert_cmpint (rtc_srtp_context_protect (
                       pair.tx, FALSE, plain, make_rtp (plain, SSRC, 3), second, 0, &second_len),
      ==, RTC_ERR_LIMIT);
  g_assert_cmpint (rtc_srtp_context_protect (
                       pair.tx, FALSE, plain, make_rtp (plain, SSRC, 3), plain, CAP, &second_len),
      ==, RTC_ERR_LIMIT);
  rtc_srtp_keyring_set_usage (in_ring, RTC_SRTP_KEY_LIMIT_RTP, 0);
  g_assert_cmpint (unprotect (pair.rx, out, len), ==, RTC_ERR_LIMIT);
  /* The same packet is fine with a ring that has room. */
  rtc_srtp_keyring_set_usage (in_ring, RTC_SRTP_KEY_LIMIT_RTP - 1, 0);
  g_assert_cmpint (unprotect (pair.rx, out, len), ==, RTC_OK);
  pair_clear (&pair);
}

/* -- SSRCs ------------------------------------------------------------------- */

static void
test_streams (void)
{
  Pair pair = make_pair (3);
  guint8 out[CAP];
  gsize len;
  GArray *list;

  /* Each SSRC has its own key. */
  set_receiver_key (pair.rx, SSRC + 1, 3, 70, NULL);
  len = protect (pair.tx, SSRC, 1, out);
  g_assert_cmpint (unprotect (pair.rx, out, len), ==, RTC_OK);
  len = protect (pair.tx, SSRC + 1, 1, out);
  g_assert_cmpint (unprotect (pair.rx, out, len), ==, RTC_ERR_AUTH);
  len = protect (pair.tx, SSRC + 2, 1, out);
  g_assert_cmpint (unprotect (pair.rx, out, len), ==, RTC_ERR_STATE);
  /* A flood of strangers costs no proved stream its place. */
  for (guint32 i = 0; i < 2 * RTC_SRTP_CONTEXT_MAX_STREAMS; i++)
    set_receiver_key (pair.rx, i, 3, 71, NULL);
  list = rtc_srtp_context_list (pair.rx);
  g_assert_cmpuint (list->len, ==, RTC_SRTP_CONTEXT_MAX_STREAMS);
  g_array_unref (list);
  len = protect (pair.tx, SSRC, 2, out);
  g_assert_cmpint (unprotect (pair.rx, out, len), ==, RTC_OK);
  rtc_srtp_context_clear (pair.rx);
  len = protect (pair.tx, SSRC, 3, out);
  g_assert_cmpint (unprotect (pair.rx, out, len), ==, RTC_ERR_STATE);
  pair_clear (&pair);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_data_func ("/srtp-context/wraps/icm", GUINT_TO_POINTER (0), test_wraps);
  g_test_add_data_func ("/srtp-context/wraps/gcm", GUINT_TO_POINTER (3), test_wraps);
  g_test_add_func ("/srtp-context/roc-given", test_roc_given);
  g_test_add_func ("/srtp-context/forgeries", test_forgeries);
  g_test_add_func ("/srtp-context/rtcp", test_rtcp);
  g_test_add_func ("/srtp-context/windows", test_windows);
  g_test_add_func ("/srtp-context/no-repeats", test_no_repeats);
  g_test_add_func ("/srtp-context/new-key", test_new_key);
  g_test_add_func ("/srtp-context/mki", test_mki);
  g_test_add_func ("/srtp-context/bad-keys", test_bad_keys);
  g_test_add_func ("/srtp-context/key-lifetime", test_key_lifetime);
  g_test_add_func ("/srtp-context/streams", test_streams);
  return g_test_run ();
}
