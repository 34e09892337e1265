/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* fuzz-fec.c - what is received as forward error correction: RED, ULPFEC and FlexFEC payloads, and
 * the decoder that makes packets of them, in any order with media (T15).
 *
 * Whatever comes: what is read can be written again; nothing reaches outside of its packet; the
 * decoder holds a bounded number of packets, and each parity makes one packet at most, which is
 * RTP. What an encoder of ours protected and one loss left out comes back byte by byte.
 *
 * Input: steps: one byte of Step, its arguments. */
#include "tests/check/fuzz/fuzz.h"

#include <string.h>

#include "gst/rtc/base/rtc-types.h"
#include "gst/rtc/media/rtc-fec-decoder.h"
#include "gst/rtc/media/rtc-fec-encoder.h"
#include "gst/rtc/rtp/rtc-flexfec.h"
#include "gst/rtc/rtp/rtc-red.h"
#include "gst/rtc/rtp/rtc-ulpfec.h"

#define MAX_STEPS 256
#define SSRC 0x11223344 /* even */

typedef enum {
  STEP_MEDIA,  /* u16 number, u8 length: a packet comes */
  STEP_RTX,    /* u16 number: it came as RTX */
  STEP_ULPFEC, /* u8 length, bytes */
  STEP_FLEXFEC,
  STEP_RED,
  STEP_GROUP, /* u8 packets, u8 lost, u8 protection: of our own encoder */
  N_STEPS,
} Step;

typedef struct {
  RtcFecDecoder *decoder;
  RtcRtpExtensionMap map;
  guint16 seq;
  guint64 n_parities, n_recovered;
  guint64 n_media;
} World;

static RtcPacket *
make_media (guint16 seq, gsize payload_len, gboolean marker)
{
  RtcPacket *packet = rtc_packet_new (NULL, 0, RTC_MAX_DATAGRAM);
  RtcWriter writer = rtc_writer (packet->data, RTC_MAX_DATAGRAM);
  RtcRtpHeader header = { .payload_type = 96,
    .marker = marker,
    .seq = seq,
    .rtp_ts = seq * 3000u,
    .ssrc = SSRC,
    .has_extension = TRUE };
  RtcRtpExtensionValues values = { .present = 1u << RTC_RTP_EXTENSION_TWCC };

  rtc_rtp_header_write (&header, &writer);
  values.twcc_seq = 0;
  rtc_rtp_extension_write (
      &(RtcRtpExtensionMap){ .ids = { [RTC_RTP_EXTENSION_TWCC] = 3 } }, &values, &writer, NULL);
  for (gsize i = 0; i < payload_len; i++)
    rtc_writer_u8 (&writer, (guint8) (seq * 7 + i));
  FUZZ_CHECK (writer.ok);
  packet->len = writer.pos;
  return packet;
}

/* wanted (nullable): one of what comes out has to be this. */
static gboolean
take_recovered (World *world, const RtcPacket *wanted)
{
  gboolean found = FALSE;
  RtcPacket *packet;

  while ((packet = rtc_fec_decoder_poll (world->decoder)) != NULL) {
    RtcRtpHeader header;

    world->n_recovered++;
    FUZZ_CHECK (world->n_recovered <= world->n_parities);
    FUZZ_CHECK (rtc_rtp_header_parse (&header, packet->data, packet->len) == RTC_OK);
    FUZZ_CHECK (header.ssrc == SSRC && (packet->flags & RTC_PACKET_RECOVERED) != 0);
    found |= wanted != NULL && packet->len == wanted->len
             && memcmp (packet->data, wanted->data, wanted->len) == 0;
    FUZZ_CHECK (packet->refs <= 2);
    rtc_packet_unref (packet);
  }
  return found;
}

static void
give_media (World *world, RtcPacket *packet, gboolean is_exact)
{
  RtcRtpHeader header;

  FUZZ_CHECK (rtc_rtp_header_parse (&header, packet->data, packet->len) == RTC_OK);
  rtc_fec_decoder_handle_media (world->decoder, &world->map, &header, packet, is_exact);
  world->seq = header.seq;
  world->n_media++;
}

static void
check_again (const RtcFecHeader *header, gboolean is_flexfec, gsize len)
{
  guint8 again[RTC_FLEXFEC_HEADER_MAX];
  RtcWriter writer = rtc_writer (again, sizeof again);
  RtcFecHeader read;

  FUZZ_CHECK (header->body_offset + header->body_len <= len);
  FUZZ_CHECK (rtc_fec_mask_len (&header->mask) > 0);
  (is_flexfec ? rtc_flexfec_write : rtc_ulpfec_write) (header, &writer);
  FUZZ_CHECK (writer.ok && writer.pos <= header->body_offset);
  if (!is_flexfec)
    return; /* the protection length speaks of a body that is not there */
  FUZZ_CHECK (rtc_flexfec_parse (&read, again, writer.pos) == RTC_OK);
  FUZZ_CHECK (memcmp (&read.mask, &header->mask, sizeof read.mask) == 0);
  FUZZ_CHECK (read.ssrc == header->ssrc && read.seq_base == header->seq_base);
}

static void
give_parity (World *world, const guint8 *data, gsize len, gboolean is_flexfec)
{
  RtcPacket *packet = rtc_packet_new_copy (NULL, data, len);
  RtcFecHeader header;

  if ((is_flexfec ? rtc_flexfec_parse : rtc_ulpfec_parse) (&header, packet->data, packet->len)
      == RTC_OK) {
    check_again (&header, is_flexfec, len);
    /* Or none would ever be used. */
    if (is_flexfec && (header.ssrc & 1) != 0)
      header.ssrc = SSRC;
    world->n_parities++;
    rtc_fec_decoder_handle_fec (world->decoder, &header, packet, 0);
  }
  rtc_packet_unref (packet);
}

static void
check_red (const guint8 *data, gsize len)
{
  RtcRedBlock blocks[RTC_RED_MAX_BLOCKS];
  guint8 again[256 + RTC_RED_MAX_BLOCKS * RTC_RED_HEADER_LEN];
  RtcWriter writer = rtc_writer (again, sizeof again);
  guint n;

  if (rtc_red_parse (data, len, blocks, &n) != RTC_OK)
    return;
  FUZZ_CHECK (n >= 1 && n <= RTC_RED_MAX_BLOCKS);
  for (guint i = 0; i < n; i++)
    FUZZ_CHECK (blocks[i].len == 0
                || (blocks[i].data >= data && blocks[i].data + blocks[i].len <= data + len));
  FUZZ_CHECK (rtc_red_write (blocks, n, &writer) == RTC_OK);
  FUZZ_CHECK (writer.pos == len && memcmp (again, data, len) == 0);
}

/* Our own parities over a key frame of n packets, of which one is lost, to a decoder of its own:
 * what any of them covers comes back. */
static void
run_group (guint16 base, guint n, guint lost, gdouble protection)
{
  World world = { .decoder = rtc_fec_decoder_new (SSRC, NULL) };
  RtcFecEncoder *encoder = rtc_fec_encoder_new (FALSE);
  gboolean is_covered = FALSE, is_recovered = FALSE;
  RtcPacket *missing = NULL;

  rtc_fec_encoder_set_protection (encoder, protection, protection);
  for (guint i = 0; i < n; i++) {
    RtcPacket *packet = make_media ((guint16) (base + i), 10 + (i * 37) % 900, i + 1 == n);
    RtcFecHeader header;
    const guint8 *body;

    rtc_fec_encoder_add (encoder, GST_SECOND, packet->data, packet->len, i == 0);
    if (i == lost)
      missing = rtc_packet_ref (packet);
    else
      give_media (&world, packet, TRUE);
    rtc_packet_unref (packet);
    while (rtc_fec_encoder_next (encoder, &header, &body)) {
      guint8 payload[RTC_MAX_DATAGRAM];
      RtcWriter writer = rtc_writer (payload, sizeof payload);

      is_covered |= rtc_fec_mask_has (&header.mask, (guint16) (base + lost - header.seq_base));
      rtc_flexfec_write (&header, &writer);
      rtc_writer_bytes (&writer, body, header.body_len);
      FUZZ_CHECK (writer.ok);
      give_parity (&world, payload, writer.pos, TRUE);
      is_recovered |= take_recovered (&world, missing);
    }
  }
  FUZZ_CHECK (is_recovered == (is_covered && n > 1));
  rtc_packet_unref (missing);
  rtc_fec_encoder_free (encoder);
  rtc_fec_decoder_free (world.decoder);
}

static void
run_step (World *world, RtcReader *r)
{
  Step step = (Step) (rtc_reader_u8 (r) % N_STEPS);
  RtcPacket *packet;
  const guint8 *data;
  guint16 seq;
  gsize len;

  switch (step) {
    case STEP_MEDIA:
    case STEP_RTX:
      seq = rtc_reader_u16 (r);
      packet = make_media (seq, step == STEP_MEDIA ? rtc_reader_u8 (r) : 10, seq % 8 == 0);
      give_media (world, packet, step == STEP_MEDIA);
      rtc_packet_unref (packet);
      break;
    case STEP_ULPFEC:
    case STEP_FLEXFEC:
    case STEP_RED:
      len = rtc_reader_u8 (r);
      len = MIN (len, rtc_reader_left (r));
      data = rtc_reader_bytes (r, len);
      if (data == NULL)
        break;
      if (step == STEP_RED)
        check_red (data, len);
      else
        give_parity (world, data, len, step == STEP_FLEXFEC);
      break;
    case STEP_GROUP: {
      guint n = rtc_reader_u8 (r) % 60 + 1, lost = rtc_reader_u8 (r) % n;

      run_group (world->seq, n, lost, rtc_reader_u8 (r) / 255.0);
      break;
    }
    case N_STEPS:
    default:
      break;
  }
  take_recovered (world, NULL);
}

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  RtcReader r = rtc_reader (data, size);
  World world = { .map = { .ids = { [RTC_RTP_EXTENSION_TWCC] = 3 } } };
  RtcFecDecoderStats stats;

  world.decoder = rtc_fec_decoder_new (SSRC, NULL);
  for (guint i = 0; i < MAX_STEPS && rtc_reader_left (&r) > 0 && r.ok; i++)
    run_step (&world, &r);
  rtc_fec_decoder_get_stats (world.decoder, &stats);
  FUZZ_CHECK (stats.received == world.n_parities && stats.recovered == world.n_recovered);
  FUZZ_CHECK (stats.discarded + stats.recovered <= stats.received);
  FUZZ_CHECK (stats.received - stats.discarded - stats.recovered <= RTC_FEC_DECODER_PARITIES);
  rtc_fec_decoder_free (world.decoder);
  return 0;
}
