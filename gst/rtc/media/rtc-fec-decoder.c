/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "gst/rtc/media/rtc-fec-decoder.h"

#include <string.h>

#include "gst/rtc/base/rtc-seq.h"

#define N_PACKETS RTC_FEC_DECODER_PACKETS
#define N_PARITIES RTC_FEC_DECODER_PARITIES

G_STATIC_ASSERT (RTC_FEC_DECODER_PACKETS > 2 * RTC_FEC_MASK_BITS);
G_STATIC_ASSERT ((RTC_FEC_DECODER_PACKETS & (RTC_FEC_DECODER_PACKETS - 1)) == 0);

typedef struct {
  guint64 ext_seq;            /* 0: never used */
  RtcPacket *packet;          /* a reference; NULL: came, but cannot be used */
  RtcRtpExtensionSlots slots; /* to be taken as zero */
} Media;

typedef struct {
  RtcFecHeader header;
  guint64 ext_base;  /* of header.seq_base */
  RtcPacket *packet; /* a reference */
  gsize body_offset; /* in packet->data */
} Parity;

struct _RtcFecDecoder {
  guint32 ssrc;
  RtcPacketPool *pool;
  RtcSeqUnwrap seq;            /* of media */
  Media media[N_PACKETS];      /* slot = ext_seq mod N_PACKETS */
  Parity parities[N_PARITIES]; /* oldest first */
  guint n_parities;
  gboolean is_stale; /* something came that may complete a parity */
  RtcFecDecoderStats stats;
};

RtcFecDecoder *
rtc_fec_decoder_new (guint32 ssrc, RtcPacketPool *pool)
{
  RtcFecDecoder *self = g_new0 (RtcFecDecoder, 1);

  self->ssrc = ssrc;
  self->pool = pool;
  return self;
}

void
rtc_fec_decoder_free (RtcFecDecoder *self)
{
  if (self == NULL)
    return;
  for (guint i = 0; i < N_PACKETS; i++)
    rtc_packet_unref (self->media[i].packet);
  for (guint i = 0; i < self->n_parities; i++)
    rtc_packet_unref (self->parities[i].packet);
  g_free (self);
}

static Media *
decoder_slot (RtcFecDecoder *self, guint64 ext_seq)
{
  return &self->media[ext_seq & (N_PACKETS - 1)];
}

static void
decoder_keep (RtcFecDecoder *self, guint64 ext_seq, RtcPacket *packet, RtcRtpExtensionSlots slots)
{
  Media *media = decoder_slot (self, ext_seq);

  /* Older than what is kept, or known already. */
  if (media->ext_seq >= ext_seq)
    return;
  rtc_packet_unref (media->packet);
  media->ext_seq = ext_seq;
  media->packet = packet != NULL ? rtc_packet_ref (packet) : NULL;
  media->slots = slots;
  for (guint i = 0; i < self->n_parities && !self->is_stale; i++)
    self->is_stale = ext_seq >= self->parities[i].ext_base;
}

void
rtc_fec_decoder_handle_media (RtcFecDecoder *self, const RtcRtpExtensionMap *map,
    const RtcRtpHeader *header, RtcPacket *packet, gboolean is_exact)
{
  RtcRtpExtensionSlots slots = { 0 };
  guint64 ext_seq = rtc_seq_unwrap (&self->seq, header->seq);

  if (is_exact)
    rtc_rtp_extension_find_slots (map, header, packet->data, &slots);
  decoder_keep (self, ext_seq, is_exact ? packet : NULL, slots);
}

static void
decoder_remove_parity (RtcFecDecoder *self, guint i)
{
  rtc_packet_unref (self->parities[i].packet);
  self->n_parities--;
  memmove (&self->parities[i], &self->parities[i + 1],
      (self->n_parities - i) * sizeof self->parities[0]);
}

void
rtc_fec_decoder_handle_fec (
    RtcFecDecoder *self, const RtcFecHeader *header, RtcPacket *packet, gsize payload_offset)
{
  guint64 ext_base = rtc_seq_unwrap_peek (&self->seq, header->seq_base, 16);
  Parity *parity;

  self->stats.received++;
  if ((header->ssrc != 0 && header->ssrc != self->ssrc) || !self->seq.used
      || ext_base > self->seq.last + N_PACKETS) {
    self->stats.discarded++;
    return;
  }
  if (self->n_parities == N_PARITIES) {
    decoder_remove_parity (self, 0);
    self->stats.discarded++;
  }
  parity = &self->parities[self->n_parities++];
  parity->header = *header;
  parity->ext_base = ext_base;
  parity->packet = rtc_packet_ref (packet);
  parity->body_offset = payload_offset + header->body_offset;
  self->is_stale = TRUE;
}

/* Of the packets that a parity covers: how many are missing, which one, and whether all others can
 * be used. */
typedef struct {
  guint n_missing;
  guint64 missing;
  gboolean is_usable;
} Coverage;

static void
decoder_examine (RtcFecDecoder *self, const Parity *parity, Coverage *out)
{
  guint n_bits = rtc_fec_mask_len (&parity->header.mask);

  *out = (Coverage){ .is_usable = TRUE };
  /* What it needs has been, or will have been, displaced. */
  if (parity->ext_base + N_PACKETS <= self->seq.last)
    out->is_usable = FALSE;
  for (guint i = 0; i < n_bits && out->is_usable; i++) {
    guint64 ext_seq = parity->ext_base + i;
    const Media *media = decoder_slot (self, ext_seq);

    if (!rtc_fec_mask_has (&parity->header.mask, i))
      continue;
    if (media->ext_seq == ext_seq) {
      out->is_usable = media->packet != NULL;
    } else {
      out->n_missing++;
      out->missing = ext_seq;
    }
  }
}

/* XORs a packet in as if its stamps were zero. */
static RtcResult
decoder_add (const Media *media, RtcFecParity *parity, guint8 *body, gsize *body_len)
{
  RtcPacket *packet = media->packet;
  guint8 stamps[5];
  RtcResult result;

  if (media->slots.twcc != 0) {
    memcpy (stamps, packet->data + media->slots.twcc, 2);
    memset (packet->data + media->slots.twcc, 0, 2);
  }
  if (media->slots.abs_send_time != 0) {
    memcpy (stamps + 2, packet->data + media->slots.abs_send_time, 3);
    memset (packet->data + media->slots.abs_send_time, 0, 3);
  }
  result = rtc_fec_parity_add (parity, body, body_len, *body_len, packet->data, packet->len);
  if (media->slots.abs_send_time != 0)
    memcpy (packet->data + media->slots.abs_send_time, stamps + 2, 3);
  if (media->slots.twcc != 0)
    memcpy (packet->data + media->slots.twcc, stamps, 2);
  return result;
}

/* NULL: what is left is no packet. */
static RtcPacket *
decoder_recover (RtcFecDecoder *self, const Parity *source, guint64 missing)
{
  RtcFecParity parity = source->header.parity;
  gsize body_len = source->header.body_len;
  guint n_bits = rtc_fec_mask_len (&source->header.mask);
  RtcPacket *packet;
  RtcResult result = RTC_OK;
  guint8 *body;

  packet = rtc_packet_new (self->pool, 0, RTC_RTP_HEADER_LEN + body_len + RTC_SRTP_MAX_OVERHEAD);
  body = packet->data + RTC_RTP_HEADER_LEN;
  memcpy (body, source->packet->data + source->body_offset, body_len);
  for (guint i = 0; i < n_bits && result == RTC_OK; i++)
    if (rtc_fec_mask_has (&source->header.mask, i) && source->ext_base + i != missing)
      result = decoder_add (decoder_slot (self, source->ext_base + i), &parity, body, &body_len);
  if (result == RTC_OK)
    result = rtc_fec_parity_finish (
        &parity, body_len, self->ssrc, (guint16) missing, packet->data, &packet->len);
  if (result != RTC_OK) {
    rtc_packet_unref (packet);
    return NULL;
  }
  packet->flags |= RTC_PACKET_RECOVERED;
  return packet;
}

/* Does what can be done with parity i; TRUE when it is done with and gone. */
static gboolean
decoder_use (RtcFecDecoder *self, guint i, RtcPacket **packet)
{
  Coverage coverage;

  decoder_examine (self, &self->parities[i], &coverage);
  if (coverage.is_usable && coverage.n_missing > 1)
    return FALSE;
  if (coverage.is_usable && coverage.n_missing == 1)
    *packet = decoder_recover (self, &self->parities[i], coverage.missing);
  if (*packet != NULL) {
    RtcRtpExtensionSlots none = { 0 };

    self->stats.recovered++;
    if (coverage.missing > self->seq.last)
      self->seq.last = coverage.missing;
    decoder_keep (self, coverage.missing, *packet, none);
  } else {
    self->stats.discarded++;
  }
  decoder_remove_parity (self, i);
  return TRUE;
}

RtcPacket *
rtc_fec_decoder_poll (RtcFecDecoder *self)
{
  RtcPacket *packet = NULL;
  guint i = 0;

  if (!self->is_stale)
    return NULL;
  while (i < self->n_parities) {
    if (!decoder_use (self, i, &packet))
      i++;
    if (packet != NULL)
      return packet;
  }
  self->is_stale = FALSE;
  return NULL;
}

void
rtc_fec_decoder_get_stats (const RtcFecDecoder *self, RtcFecDecoderStats *out)
{
  *out = self->stats;
}
