/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "gst/rtc/media/rtc-fec-encoder.h"

#include <string.h>

#define FRAME (33 * GST_MSECOND)

/* A source of pictures, and what came out of the encoder for the last block. */
typedef struct {
  RtcFecEncoder *encoder;
  GstClockTime now;
  guint16 seq;
  guint32 ts;
  guint n_parities; /* in all */
  guint n_media;
  RtcFecHeader headers[RTC_FEC_ENCODER_MAX_PARITIES]; /* of the last block */
  guint n_headers;
} Source;

static void
source_init (Source *self, gdouble key, gdouble delta)
{
  memset (self, 0, sizeof *self);
  self->encoder = rtc_fec_encoder_new (FALSE);
  self->now = GST_SECOND;
  self->seq = 65500;
  rtc_fec_encoder_set_protection (self->encoder, key, delta);
}

static void
send_packet (Source *self, gboolean is_key, gboolean marker, gsize len)
{
  RtcRtpHeader header = {
    .payload_type = 96, .marker = marker, .seq = self->seq++, .rtp_ts = self->ts, .ssrc = 7
  };
  guint8 packet[RTC_MAX_DATAGRAM] = { 0 };
  RtcWriter writer = rtc_writer (packet, sizeof packet);
  RtcFecHeader fec;
  const guint8 *body;
  guint n = 0;

  rtc_rtp_header_write (&header, &writer);
  rtc_fec_encoder_add (self->encoder, self->now, packet, len, is_key);
  self->n_media++;
  while (rtc_fec_encoder_next (self->encoder, &fec, &body)) {
    g_assert_cmpuint (fec.ssrc, ==, 7);
    g_assert_cmpuint (fec.body_len, ==, len - RTC_RTP_HEADER_LEN);
    self->headers[n++] = fec;
  }
  if (n > 0)
    self->n_headers = n;
  self->n_parities += n;
}

static void
send_picture (Source *self, gboolean is_key, guint n_packets)
{
  for (guint i = 0; i < n_packets; i++)
    send_packet (self, is_key && i == 0, i + 1 == n_packets, 1000);
  self->now += FRAME;
  self->ts += 3000;
}

/* Every packet of a block is in one mask, and any n_headers in a row are in different ones. */
static void
check_interleaved (const Source *self, guint n_packets)
{
  guint last = G_MAXUINT, where = 0;

  for (guint i = 0; i < n_packets; i++) {
    guint n_found = 0;

    for (guint k = 0; k < self->n_headers; k++) {
      if (rtc_fec_mask_has (&self->headers[k].mask, i)) {
        n_found++;
        where = k;
      }
    }
    g_assert_cmpuint (n_found, ==, 1);
    if (last != G_MAXUINT)
      g_assert_cmpuint (where, ==, (last + 1) % self->n_headers);
    last = where;
  }
}

static void
test_interleaved (void)
{
  static const struct {
    guint n_packets;
    gdouble protection;
    guint n_parities;
  } rows[] = {
    { 1, 1, 1 },
    { 10, 0.2, 2 },
    { 12, 0.25, 3 },
    { 16, 0.25, 4 },
    { 20, 0.25, 4 },
    { 24, 0.25, 6 },
    { 48, 0.2, 6 },
    { 48, 0.24, 12 },
    { 40, 0.29, 12 },
    { 6, 1, 6 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    Source source;

    source_init (&source, rows[i].protection, rows[i].protection);
    send_picture (&source, TRUE, rows[i].n_packets);
    g_test_message ("%u packets at %.2f", rows[i].n_packets, rows[i].protection);
    g_assert_cmpuint (source.n_parities, ==, rows[i].n_parities);
    g_assert_cmpuint (source.headers[0].seq_base, ==, 65500);
    check_interleaved (&source, rows[i].n_packets);
    rtc_fec_encoder_free (source.encoder);
  }
}

/* Over time the share of parities is what was asked for, whatever the size of pictures. */
static void
test_share (void)
{
  static const guint sizes[] = { 1, 2, 3, 5, 8, 13, 30, 90 };
  static const gdouble shares[] = { 0.05, 0.1, 0.15, 0.25, 0.4 };

  for (guint i = 0; i < G_N_ELEMENTS (sizes); i++) {
    for (guint k = 0; k < G_N_ELEMENTS (shares); k++) {
      Source source;
      gdouble share;

      source_init (&source, shares[k], shares[k]);
      for (guint n = 0; n < 600; n++)
        send_picture (&source, FALSE, sizes[i]);
      share = (gdouble) source.n_parities / source.n_media;
      g_assert_cmpfloat (share, <=, shares[k] * 1.05 + 0.005);
      g_assert_cmpfloat (share, >=, shares[k] * 0.8 - 0.005);
      rtc_fec_encoder_free (source.encoder);
    }
  }
}

/* Small pictures share their parities, but do not wait for them. */
static void
test_wait (void)
{
  Source source;

  source_init (&source, 0.25, 0.25);
  send_picture (&source, FALSE, 4);
  g_assert_cmpuint (source.n_parities, ==, 0);
  send_picture (&source, FALSE, 4);
  g_assert_cmpuint (source.n_parities, ==, 2);
  check_interleaved (&source, 8);
  /* Pictures that come seldom have theirs at once. */
  for (guint i = 0; i < 2; i++) {
    source.now += GST_SECOND;
    send_picture (&source, FALSE, 4);
  }
  g_assert_cmpuint (source.n_parities, ==, 4);
  rtc_fec_encoder_free (source.encoder);
}

static void
test_key_frames (void)
{
  Source source;

  /* A key frame is closed with its last packet and has its own protection, to its end. */
  source_init (&source, 0.5, 0);
  send_picture (&source, FALSE, 10);
  g_assert_cmpuint (source.n_parities, ==, 0);
  send_picture (&source, TRUE, 100);
  g_assert_cmpuint (source.n_parities, >=, 46);
  g_assert_cmpuint (source.n_parities, <=, 54);
  rtc_fec_encoder_free (source.encoder);
}

/* Parities that must not come within a picture wait for its end; what is beyond a block goes
 * without. */
static void
test_at_ends (void)
{
  static const guint sizes[] = { 12, 47, 48, 49, 60, 200 };

  for (guint i = 0; i < G_N_ELEMENTS (sizes); i++) {
    RtcFecEncoderStats stats;
    Source source;

    source_init (&source, 0.25, 0.25);
    rtc_fec_encoder_free (source.encoder);
    source.encoder = rtc_fec_encoder_new (TRUE);
    rtc_fec_encoder_set_protection (source.encoder, 0.25, 0.25);
    for (guint n = 0; n < 10; n++) {
      for (guint k = 0; k < sizes[i]; k++) {
        guint before = source.n_parities;

        send_packet (&source, n == 0 && k == 0, k + 1 == sizes[i], 1000);
        g_assert_true (k + 1 == sizes[i] || source.n_parities == before);
      }
      source.now += FRAME;
    }
    rtc_fec_encoder_get_stats (source.encoder, &stats);
    g_assert_cmpuint (stats.packets_unprotected, ==,
        sizes[i] > RTC_FEC_ENCODER_MAX_PACKETS ? 10 * (sizes[i] - RTC_FEC_ENCODER_MAX_PACKETS) : 0);
    g_assert_cmpuint (source.n_parities, >=, MIN (sizes[i], RTC_FEC_ENCODER_MAX_PACKETS) * 10 / 6);
    rtc_fec_encoder_free (source.encoder);
  }
}

static void
test_off (void)
{
  RtcFecEncoderStats stats;
  Source source;

  source_init (&source, 0, 0);
  for (guint i = 0; i < 100; i++)
    send_picture (&source, i == 0, 10);
  rtc_fec_encoder_get_stats (source.encoder, &stats);
  g_assert_cmpuint (stats.packets_protected, ==, 0);
  /* Switched off within a block: it is dropped. */
  rtc_fec_encoder_set_protection (source.encoder, 0.3, 0.3);
  send_packet (&source, FALSE, FALSE, 1000);
  rtc_fec_encoder_set_protection (source.encoder, 0, 0);
  send_picture (&source, FALSE, 10);
  g_assert_cmpuint (source.n_parities, ==, 0);
  rtc_fec_encoder_free (source.encoder);
}

/* Too long, no RTP, another SSRC, a gap: nothing is protected that was not there. */
static void
test_odd_packets (void)
{
  RtcFecEncoderStats stats;
  Source source;
  guint8 rubbish[20] = { 0 };

  source_init (&source, 0.5, 0.5);
  rtc_fec_encoder_add (source.encoder, source.now, rubbish, sizeof rubbish, FALSE);
  send_packet (&source, FALSE, FALSE, RTC_FEC_ENCODER_MAX_BODY + RTC_RTP_HEADER_LEN + 1);
  for (guint i = 0; i < 3; i++)
    send_packet (&source, FALSE, FALSE, RTC_FEC_ENCODER_MAX_BODY + RTC_RTP_HEADER_LEN);
  source.seq += 5;
  send_packet (&source, FALSE, TRUE, RTC_FEC_ENCODER_MAX_BODY + RTC_RTP_HEADER_LEN);
  g_assert_cmpuint (source.n_parities, ==, 2);
  g_assert_cmpuint (source.headers[0].seq_base, ==, 65501);
  g_assert_true (rtc_fec_mask_has (&source.headers[0].mask, 0));
  g_assert_true (rtc_fec_mask_has (&source.headers[1].mask, 1));
  g_assert_true (rtc_fec_mask_has (&source.headers[0].mask, 2));
  g_assert_false (rtc_fec_mask_has (&source.headers[0].mask, 3));
  g_assert_true (rtc_fec_mask_has (&source.headers[1].mask, 8));
  rtc_fec_encoder_get_stats (source.encoder, &stats);
  g_assert_cmpuint (stats.packets_unprotected, ==, 1);
  g_assert_cmpuint (stats.packets_protected, ==, 4);
  /* Further than a mask reaches: a block of its own. */
  source.seq += 100;
  send_picture (&source, TRUE, 4);
  g_assert_cmpuint (source.headers[0].seq_base, ==, (guint16) (source.seq - 4));
  rtc_fec_encoder_free (source.encoder);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/rtc-fec-encoder/interleaved", test_interleaved);
  g_test_add_func ("/rtc-fec-encoder/share", test_share);
  g_test_add_func ("/rtc-fec-encoder/wait", test_wait);
  g_test_add_func ("/rtc-fec-encoder/key-frames", test_key_frames);
  g_test_add_func ("/rtc-fec-encoder/at-ends", test_at_ends);
  g_test_add_func ("/rtc-fec-encoder/off", test_off);
  g_test_add_func ("/rtc-fec-encoder/odd-packets", test_odd_packets);
  return g_test_run ();
}
