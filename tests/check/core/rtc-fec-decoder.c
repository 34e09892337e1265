/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "gst/rtc/media/rtc-fec-decoder.h"

#include <string.h>

#include "gst/rtc/base/rtc-random.h"
#include "gst/rtc/media/rtc-fec-encoder.h"
#include "gst/rtc/rtp/rtc-flexfec.h"
#include "gst/rtc/rtp/rtc-ulpfec.h"

#define SSRC 7
#define TWCC_ID 3
#define ABS_ID 4

static const RtcRtpExtensionMap map = {
  .ids = { [RTC_RTP_EXTENSION_TWCC] = TWCC_ID, [RTC_RTP_EXTENSION_ABS_SEND_TIME] = ABS_ID },
};

/* A packet whose stamps are zero, as the encoder gets it. */
static RtcPacket *
make_packet (guint16 seq, gboolean marker, gsize payload_len, RtcRtpExtensionSlots *slots)
{
  RtcRtpHeader header = { .payload_type = 96,
    .marker = marker,
    .seq = seq,
    .rtp_ts = seq * 3000u,
    .ssrc = SSRC,
    .has_extension = TRUE };
  RtcRtpExtensionValues values = { .present = 1u << RTC_RTP_EXTENSION_TWCC
                                              | 1u << RTC_RTP_EXTENSION_ABS_SEND_TIME };
  RtcPacket *packet = rtc_packet_new (NULL, 0, RTC_MAX_DATAGRAM);
  RtcWriter writer = rtc_writer (packet->data, RTC_MAX_DATAGRAM);

  rtc_rtp_header_write (&header, &writer);
  rtc_rtp_extension_write (&map, &values, &writer, slots);
  for (gsize i = 0; i < payload_len; i++)
    rtc_writer_u8 (&writer, (guint8) (seq + i * 3));
  g_assert_true (writer.ok);
  packet->len = writer.pos;
  return packet;
}

typedef struct {
  RtcFecEncoder *encoder;
  RtcFecDecoder *decoder;
  gboolean flex;
  GPtrArray *sent; /* RtcPacket *, as the encoder got it */
  gboolean *came;  /* one per sent packet */
  guint n_lost, n_recovered, n_fec;
} Pair;

static void
take_recovered (Pair *self)
{
  RtcPacket *packet;

  while ((packet = rtc_fec_decoder_poll (self->decoder)) != NULL) {
    guint16 seq = (guint16) (packet->data[2] << 8 | packet->data[3]);
    const RtcPacket *original = NULL;

    for (guint i = 0; i < self->sent->len; i++) {
      const RtcPacket *sent = g_ptr_array_index (self->sent, i);

      if ((guint16) (sent->data[2] << 8 | sent->data[3]) == seq) {
        original = sent;
        g_assert_false (self->came[i]);
        self->came[i] = TRUE;
      }
    }
    g_assert_nonnull (original);
    g_assert_cmpmem (packet->data, packet->len, original->data, original->len);
    g_assert_true ((packet->flags & RTC_PACKET_RECOVERED) != 0);
    self->n_recovered++;
    rtc_packet_unref (packet);
  }
}

/* The parities that are due go over the wire. */
static void
take_parities (Pair *self, gboolean lost)
{
  RtcFecHeader header, read;
  const guint8 *body;

  while (rtc_fec_encoder_next (self->encoder, &header, &body)) {
    RtcPacket *packet = rtc_packet_new (NULL, 0, RTC_MAX_DATAGRAM);
    RtcWriter writer = rtc_writer (packet->data, RTC_MAX_DATAGRAM);
    gsize offset = 12;

    rtc_writer_reserve (&writer, offset);
    (self->flex ? rtc_flexfec_write : rtc_ulpfec_write) (&header, &writer);
    rtc_writer_bytes (&writer, body, header.body_len);
    packet->len = writer.pos;
    g_assert_cmpint ((self->flex ? rtc_flexfec_parse : rtc_ulpfec_parse) (
                         &read, packet->data + offset, packet->len - offset),
        ==, RTC_OK);
    self->n_fec++;
    if (!lost)
      rtc_fec_decoder_handle_fec (self->decoder, &read, packet, offset);
    rtc_packet_unref (packet);
    take_recovered (self);
  }
}

static void
deliver (Pair *self, guint index)
{
  const RtcPacket *sent = g_ptr_array_index (self->sent, index);
  RtcPacket *packet = rtc_packet_new_copy (NULL, sent->data, sent->len);
  RtcRtpExtensionSlots slots;
  RtcRtpHeader header;

  /* Stamped on the way out. */
  g_assert_cmpint (rtc_rtp_header_parse (&header, packet->data, packet->len), ==, RTC_OK);
  rtc_rtp_extension_find_slots (&map, &header, packet->data, &slots);
  rtc_rtp_extension_patch_twcc (&slots, packet->data, packet->len, (guint16) (0xabc0 + index));
  rtc_rtp_extension_patch_abs_send_time (&slots, packet->data, packet->len, 0x123456 + index);
  self->came[index] = TRUE;
  rtc_fec_decoder_handle_media (self->decoder, &map, &header, packet, TRUE);
  g_assert_cmpuint (packet->data[slots.twcc], !=, 0);
  rtc_packet_unref (packet);
  take_recovered (self);
}

static Pair
pair_new (gboolean flex, gdouble protection, guint n_packets)
{
  Pair self = { .flex = flex,
    .encoder = rtc_fec_encoder_new (!flex),
    .decoder = rtc_fec_decoder_new (SSRC, NULL),
    .sent = g_ptr_array_new_with_free_func ((GDestroyNotify) rtc_packet_unref),
    .came = g_new0 (gboolean, n_packets) };

  rtc_fec_encoder_set_protection (self.encoder, protection, protection);
  return self;
}

static void
pair_clear (Pair *self)
{
  rtc_fec_encoder_free (self->encoder);
  rtc_fec_decoder_free (self->decoder);
  g_ptr_array_unref (self->sent);
  g_free (self->came);
}

static void
send (Pair *self, GstClockTime now, guint16 seq, gboolean marker, gboolean lost)
{
  RtcRtpExtensionSlots slots;
  RtcPacket *packet = make_packet (seq, marker, 100 + (seq * 37) % 900, &slots);

  g_ptr_array_add (self->sent, packet);
  if (lost)
    self->n_lost++;
  else
    deliver (self, self->sent->len - 1);
  rtc_fec_encoder_add (self->encoder, now, packet->data, packet->len, self->sent->len == 1);
}

/* n packets lost in a row, of a block with n parities: all are made again, bytes and all. */
static void
test_burst (gconstpointer data)
{
  for (guint first = 1; first + 4 <= 20; first++) {
    Pair pair = pair_new (GPOINTER_TO_INT (data), 0.2, 20);

    for (guint i = 0; i < 20; i++) {
      send (&pair, GST_SECOND, (guint16) (65530 + i), i == 19, i >= first && i < first + 4);
      take_parities (&pair, FALSE);
    }
    g_assert_cmpuint (pair.n_fec, ==, 4);
    g_assert_cmpuint (pair.n_recovered, ==, 4);
    pair_clear (&pair);
  }
}

/* Random loss, of parities too: what is recovered is right; and how much is. */
static void
test_random_loss (gconstpointer data)
{
  RtcRandom *random = rtc_random_new_seeded (8627);
  guint n = 6000;
  Pair pair = pair_new (GPOINTER_TO_INT (data), 0.25, n);
  RtcFecDecoderStats stats;

  for (guint i = 0; i < n; i++) {
    GstClockTime now = i / 6 * 33 * GST_MSECOND;

    send (&pair, now, (guint16) (60000 + i), i % 6 == 5,
        i > 0 && rtc_random_range (random, 0, 100) < 5);
    take_parities (&pair, rtc_random_range (random, 0, 100) < 5);
  }
  rtc_fec_decoder_get_stats (pair.decoder, &stats);
  g_test_message (
      "%u lost, %u recovered by %u parities", pair.n_lost, pair.n_recovered, pair.n_fec);
  g_assert_cmpuint (stats.recovered, ==, pair.n_recovered);
  g_assert_cmpuint (pair.n_recovered, >=, pair.n_lost * 75 / 100);
  g_assert_cmpuint (pair.n_fec, <=, n * 26 / 100);
  g_assert_cmpuint (stats.discarded + stats.recovered, <=, stats.received);
  g_assert_cmpuint (
      stats.discarded + stats.recovered + RTC_FEC_DECODER_PARITIES, >=, stats.received);
  rtc_random_free (random);
  pair_clear (&pair);
}

/* A parity that lacks two is kept, and used when one of them comes late. */
static void
test_late (void)
{
  Pair pair = pair_new (TRUE, 0.1, 10);

  for (guint i = 0; i < 10; i++)
    send (&pair, GST_SECOND, (guint16) i, i == 9, i == 3 || i == 5);
  take_parities (&pair, FALSE);
  g_assert_cmpuint (pair.n_fec, ==, 1);
  g_assert_cmpuint (pair.n_recovered, ==, 0);
  deliver (&pair, 3);
  g_assert_cmpuint (pair.n_recovered, ==, 1);
  g_assert_true (pair.came[5]);
  pair_clear (&pair);
}

/* What came as RTX is not missing, and nothing is made from it. */
static void
test_rtx (void)
{
  Pair pair = pair_new (TRUE, 0.1, 10);
  RtcFecDecoderStats stats;
  RtcRtpHeader header;
  RtcPacket *packet;

  for (guint i = 0; i < 10; i++)
    send (&pair, GST_SECOND, (guint16) i, i == 9, i == 3 || i == 5);
  take_parities (&pair, FALSE);
  packet = g_ptr_array_index (pair.sent, 3);
  g_assert_cmpint (rtc_rtp_header_parse (&header, packet->data, packet->len), ==, RTC_OK);
  rtc_fec_decoder_handle_media (pair.decoder, &map, &header, packet, FALSE);
  take_recovered (&pair);
  g_assert_cmpuint (pair.n_recovered, ==, 0);
  rtc_fec_decoder_get_stats (pair.decoder, &stats);
  g_assert_cmpuint (stats.discarded, ==, 1);
  pair_clear (&pair);
}

/* A flood of parities about packets that never come: as many as fit are held. */
static void
test_bounds (void)
{
  RtcFecDecoder *decoder = rtc_fec_decoder_new (SSRC, NULL);
  RtcPacket *fec = rtc_packet_new_copy (NULL, (const guint8 *) "01234567890123456789", 20);
  RtcRtpExtensionSlots slots;
  RtcFecDecoderStats stats;
  RtcRtpHeader header;

  for (guint i = 0; i < 3000; i++) {
    RtcPacket *packet = make_packet ((guint16) i, FALSE, 20, &slots);
    RtcFecHeader parity = { .ssrc = i % 10 == 0  ? SSRC + 1
                                    : i % 2 == 0 ? 0
                                                 : SSRC,
      .seq_base = (guint16) (i + (i % 3) * 100),
      .body_len = 20 };

    rtc_fec_mask_add (&parity.mask, 50);
    rtc_fec_mask_add (&parity.mask, 60);
    g_assert_cmpint (rtc_rtp_header_parse (&header, packet->data, packet->len), ==, RTC_OK);
    rtc_fec_decoder_handle_media (decoder, &map, &header, packet, TRUE);
    rtc_packet_unref (packet);
    rtc_fec_decoder_handle_fec (decoder, &parity, fec, 0);
    while ((packet = rtc_fec_decoder_poll (decoder)) != NULL)
      rtc_packet_unref (packet);
    g_assert_cmpuint (fec->refs, <=, 1 + RTC_FEC_DECODER_PARITIES);
  }
  rtc_fec_decoder_get_stats (decoder, &stats);
  g_assert_cmpuint (stats.received, ==, 3000);
  g_assert_cmpuint (stats.recovered, ==, 0);
  rtc_fec_decoder_free (decoder);
  g_assert_cmpuint (fec->refs, ==, 1);
  rtc_packet_unref (fec);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_data_func ("/rtc-fec-decoder/burst/flexfec", GINT_TO_POINTER (TRUE), test_burst);
  g_test_add_data_func ("/rtc-fec-decoder/burst/ulpfec", GINT_TO_POINTER (FALSE), test_burst);
  g_test_add_data_func (
      "/rtc-fec-decoder/random-loss/flexfec", GINT_TO_POINTER (TRUE), test_random_loss);
  g_test_add_data_func (
      "/rtc-fec-decoder/random-loss/ulpfec", GINT_TO_POINTER (FALSE), test_random_loss);
  g_test_add_func ("/rtc-fec-decoder/late", test_late);
  g_test_add_func ("/rtc-fec-decoder/rtx", test_rtx);
  g_test_add_func ("/rtc-fec-decoder/bounds", test_bounds);
  return g_test_run ();
}
