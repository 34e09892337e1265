/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* rtc-srtp-differential.c - the backend on OpenSSL and libsrtp2 do the same with the same packets:
 * random ones, lost, late, repeated, damaged, over many wraps. */
#include "ext/srtp/rtc-srtp-openssl.h"

#include <string.h>

#include "gst/rtc/base/rtc-bytes.h"
#include "gst/rtc/base/rtc-random.h"

#define CAP 2048
#define N_SSRCS 5
#define N_HELD 64
#define MAX_BODY 1400

static const RtcSrtpKeys key_table[] = {
  { RTC_SRTP_PROFILE_AES128_CM_SHA1_80, 30 },
  { RTC_SRTP_PROFILE_AEAD_AES_128_GCM, 28 },
  { RTC_SRTP_PROFILE_AEAD_AES_256_GCM, 44 },
};

typedef struct {
  gsize len;
  gboolean is_rtcp;
  guint8 data[CAP];
} Held;

typedef struct {
  RtcRandom *random;
  RtcSrtpFactory *factories[2]; /* libsrtp2, OpenSSL */
  RtcSrtp *tx[2], *rx[2];
  guint32 seqs[N_SSRCS]; /* of who sends, unwrapped */
  Held held[N_HELD];     /* on their way */
  guint64 results[2];    /* accepted, refused */
} World;

static void
world_init (World *self, guint profile, guint64 seed)
{
  RtcSrtpKeys a = key_table[profile], b = a;

  memset (self, 0, sizeof *self);
  self->random = rtc_random_new_seeded (seed);
  rtc_random_fill (self->random, a.local_key, sizeof a.local_key);
  rtc_random_fill (self->random, a.remote_key, sizeof a.remote_key);
  memcpy (b.local_key, a.remote_key, sizeof b.local_key);
  memcpy (b.remote_key, a.local_key, sizeof b.remote_key);
  self->factories[0] = rtc_srtp_factory_new (NULL);
  self->factories[1] = rtc_srtp_openssl_factory_new ();
  for (guint i = 0; i < 2; i++) {
    self->tx[i] = self->factories[i]->create (self->factories[i], &a, NULL);
    self->rx[i] = self->factories[i]->create (self->factories[i], &b, NULL);
    g_assert_nonnull (self->tx[i]);
    g_assert_nonnull (self->rx[i]);
  }
  for (guint i = 0; i < N_SSRCS; i++)
    self->seqs[i] = (guint32) rtc_random_range (self->random, 0, 65536);
}

static void
world_clear (World *self)
{
  for (guint i = 0; i < 2; i++) {
    self->tx[i]->vtable->free (self->tx[i]);
    self->rx[i]->vtable->free (self->rx[i]);
    rtc_srtp_factory_free (self->factories[i]);
  }
  rtc_random_free (self->random);
}

static guint
pick (World *self, guint n)
{
  return (guint) rtc_random_range (self->random, 0, n);
}

/* Any header: CSRCs, extension, padding flag, marker; any length of body. */
static gsize
make_rtp (World *self, guint8 *data)
{
  RtcWriter w = rtc_writer (data, CAP);
  guint ssrc = pick (self, N_SSRCS), n_csrcs = pick (self, 4) == 0 ? pick (self, 16) : 0;
  guint n_words = pick (self, 2) == 0 ? pick (self, 20) : 0;
  gsize n_body = pick (self, 8) == 0 ? 0 : pick (self, MAX_BODY);
  guint first = 0x80 | n_csrcs | (n_words > 0 ? 0x10 : 0) | (pick (self, 8) == 0 ? 0x20 : 0);
  gsize n_head;

  /* Mostly the next, sometimes far ahead (a wrap is then near), sometimes one that has been. */
  if (pick (self, 200) == 0)
    self->seqs[ssrc] += pick (self, 30000);
  else
    self->seqs[ssrc]++;
  rtc_writer_u8 (&w, (guint8) first);
  rtc_writer_u8 (&w, (guint8) pick (self, 256));
  rtc_writer_u16 (&w, (guint16) (self->seqs[ssrc] - (pick (self, 50) == 0 ? pick (self, 40) : 0)));
  rtc_writer_u32 (&w, pick (self, 1u << 30));
  rtc_writer_u32 (&w, 0x10000000u + ssrc);
  for (guint i = 0; i < n_csrcs; i++)
    rtc_writer_u32 (&w, i);
  if (n_words > 0) {
    rtc_writer_u16 (&w, 0xbede);
    rtc_writer_u16 (&w, (guint16) n_words);
  }
  n_head = w.pos + n_words * 4;
  rtc_random_fill (self->random, data + w.pos, n_words * 4 + n_body);
  return n_head + n_body;
}

static gsize
make_rtcp (World *self, guint8 *data)
{
  RtcWriter w = rtc_writer (data, CAP);
  gsize n_body = 4 * (gsize) pick (self, 40);

  rtc_writer_u16 (&w, 0x80c8);
  rtc_writer_u16 (&w, (guint16) (n_body / 4 + 1));
  rtc_writer_u32 (&w, 0x10000000u + pick (self, N_SSRCS));
  rtc_random_fill (self->random, data + w.pos, n_body);
  return w.pos + n_body;
}

/* What both make of the same plain text; FALSE when both refuse. */
static gboolean
protect_both (World *self, gboolean is_rtcp, const guint8 *plain, gsize plain_len, Held *out)
{
  guint8 data[2][CAP];
  gsize lens[2] = { plain_len, plain_len };
  RtcResult results[2];

  for (guint i = 0; i < 2; i++) {
    const RtcSrtpVTable *vtable = self->tx[i]->vtable;

    memcpy (data[i], plain, plain_len);
    results[i] = (is_rtcp ? vtable->protect_rtcp : vtable->protect_rtp) (
        self->tx[i], data[i], &lens[i], CAP);
  }
  g_assert_cmpint (results[0], ==, results[1]);
  g_assert_cmpmem (data[0], lens[0], data[1], lens[1]);
  if (results[0] != RTC_OK)
    return FALSE;
  out->len = lens[0];
  out->is_rtcp = is_rtcp;
  memcpy (out->data, data[0], lens[0]);
  return TRUE;
}

static void
unprotect_both (World *self, const Held *held)
{
  guint8 *data[2];
  gsize lens[2] = { held->len, held->len };
  RtcResult results[2];

  for (guint i = 0; i < 2; i++) {
    const RtcSrtpVTable *vtable = self->rx[i]->vtable;

    data[i] = g_memdup2 (held->data, held->len); /* exactly as long, for AddressSanitizer */
    results[i] = (held->is_rtcp ? vtable->unprotect_rtcp : vtable->unprotect_rtp) (
        self->rx[i], data[i], &lens[i]);
  }
  g_assert_cmpint (results[0], ==, results[1]);
  g_assert_cmpuint (lens[0], ==, lens[1]);
  if (results[0] == RTC_OK)
    g_assert_cmpmem (data[0], lens[0], data[1], lens[1]);
  self->results[results[0] == RTC_OK ? 0 : 1]++;
  g_free (data[0]);
  g_free (data[1]);
}

/* One packet comes, or not, or damaged, or cut, or twice. */
static void
deliver (World *self, Held *held)
{
  guint fate = pick (self, 40);
  Held damaged;

  if (held->len == 0)
    return;
  if (fate == 0) {
    damaged = *held;
    damaged.data[pick (self, (guint) held->len)] ^= (guint8) (1u << pick (self, 8));
    unprotect_both (self, &damaged);
  } else if (fate == 1) {
    damaged = *held;
    damaged.len = pick (self, (guint) held->len);
    unprotect_both (self, &damaged);
  }
  if (fate > 4)
    unprotect_both (self, held);
  if (fate == 39)
    unprotect_both (self, held);
}

static void
test_random (gconstpointer data)
{
  World *world = g_new (World, 1);
  RtcSrtpStats stats[2];

  world_init (world, GPOINTER_TO_UINT (data), 77 + GPOINTER_TO_UINT (data));
  for (guint i = 0; i < 60000; i++) {
    guint8 plain[CAP];
    gboolean is_rtcp = pick (world, 10) == 0;
    gsize len = is_rtcp ? make_rtcp (world, plain) : make_rtp (world, plain);
    Held *place = &world->held[pick (world, N_HELD)], made;

    if (!protect_both (world, is_rtcp, plain, len, &made))
      continue;
    /* What was there leaves now: up to some hundred packets late. */
    deliver (world, place);
    *place = made;
  }
  for (guint i = 0; i < 2; i++)
    rtc_srtp_get_stats (world->rx[i], &stats[i]);
  g_assert_cmpuint (world->results[0], >, 40000);
  g_assert_cmpuint (world->results[1], >, 2000);
  g_assert_cmpuint (stats[0].auth_failures, ==, stats[1].auth_failures);
  g_assert_cmpuint (stats[0].replays, ==, stats[1].replays);
  g_assert_cmpuint (stats[0].malformed, ==, stats[1].malformed);
  g_assert_cmpuint (stats[0].unprotected_packets, ==, stats[1].unprotected_packets);
  /* Each SSRC wrapped many times. */
  for (guint i = 0; i < N_SSRCS; i++)
    g_assert_cmpuint (world->seqs[i], >, 5 * 65536);
  world_clear (world);
  g_free (world);
}

/* A body that lies elsewhere gives the same packet, for every length; and is left alone. */
static void
test_body_elsewhere (gconstpointer data)
{
  World *world = g_new (World, 1);

  world_init (world, GPOINTER_TO_UINT (data), 5);
  g_assert_null (world->tx[0]->vtable->protect_rtp_from);
  for (gsize n = 0; n < MAX_BODY; n++) {
    guint8 packet[CAP] = { 0x90, 96, (guint8) (n >> 8), (guint8) n }, header[CAP], *body, *kept;
    gsize len = 12 + 4 + 8 + n, header_len = len - n, made = 0;

    packet[15] = 2;
    rtc_random_fill (world->random, packet + header_len, n);
    memcpy (header, packet, header_len);
    body = g_memdup2 (packet + header_len, n);
    kept = g_memdup2 (packet + header_len, n);
    g_assert_cmpint (world->tx[1]->vtable->protect_rtp_from (
                         world->tx[1], header, header_len, body, n, &made, sizeof header),
        ==, RTC_OK);
    g_assert_cmpint (
        world->tx[0]->vtable->protect_rtp (world->tx[0], packet, &len, CAP), ==, RTC_OK);
    g_assert_cmpmem (header, made, packet, len);
    g_assert_cmpmem (body, n, kept, n);
    g_free (body);
    g_free (kept);
  }
  world_clear (world);
  g_free (world);
}

/* What protect_rtp_from() refuses: half a header, more than the header, no room, an index again. */
static void
test_refused (void)
{
  static const guint8 body[20];
  guint8 data[12 + 20 + 10] = { 0x80, 96, 0, 1 };
  World *world = g_new (World, 1);
  RtcResult (*from) (RtcSrtp *, guint8 *, gsize, const guint8 *, gsize, gsize *, gsize);
  RtcSrtpStats stats;
  gsize len = 99;

  world_init (world, 0, 1);
  from = world->tx[1]->vtable->protect_rtp_from;
  g_assert_cmpint (from (world->tx[1], data, 11, body, 20, &len, 42), ==, RTC_ERR_PARSE);
  g_assert_cmpint (from (world->tx[1], data, 13, body, 20, &len, 42), ==, RTC_ERR_PARSE);
  for (gsize cap = 0; cap < sizeof data; cap++)
    g_assert_cmpint (from (world->tx[1], data, 12, body, 20, &len, cap), ==, RTC_ERR_LIMIT);
  g_assert_cmpint (
      from (world->tx[1], data, 12, body, G_MAXSIZE, &len, sizeof data), ==, RTC_ERR_PARSE);
  g_assert_cmpuint (len, ==, 99);
  g_assert_cmpint (from (world->tx[1], data, 12, body, 20, &len, sizeof data), ==, RTC_OK);
  g_assert_cmpuint (len, ==, sizeof data);
  g_assert_cmpint (from (world->tx[1], data, 12, body, 20, &len, sizeof data), ==, RTC_ERR_REPLAY);
  rtc_srtp_get_stats (world->tx[1], &stats);
  g_assert_cmpuint (stats.malformed, ==, 3);
  g_assert_cmpuint (stats.over_limit, ==, sizeof data);
  g_assert_cmpuint (stats.replays, ==, 1);
  g_assert_cmpuint (stats.protected_packets, ==, 1);
  world_clear (world);
  g_free (world);
}

int
main (int argc, char **argv)
{
  static const gchar *const names[] = { "cm", "gcm", "gcm256" };

  g_test_init (&argc, &argv, NULL);
  gst_init (NULL, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (names); i++) {
    gchar *path = g_strdup_printf ("/srtp-differential/random/%s", names[i]);

    g_test_add_data_func (path, GUINT_TO_POINTER (i), test_random);
    g_free (path);
    path = g_strdup_printf ("/srtp-differential/body-elsewhere/%s", names[i]);
    g_test_add_data_func (path, GUINT_TO_POINTER (i), test_body_elsewhere);
    g_free (path);
  }
  g_test_add_func ("/srtp-differential/refused", test_refused);
  return g_test_run ();
}
