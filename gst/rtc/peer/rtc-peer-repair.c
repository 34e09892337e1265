/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "gst/rtc/peer/rtc-peer-private.h"

#include <string.h>

#include "gst/rtc/rtp/rtc-flexfec.h"
#include "gst/rtc/rtp/rtc-red.h"
#include "gst/rtc/rtp/rtc-rtx.h"
#include "gst/rtc/rtp/rtc-ulpfec.h"

#define GST_CAT_DEFAULT rtc_log_rtp

/* rtc-peer-repair.c: what is received to repair something else: RTX, RED, ULPFEC, FlexFEC. */

static const RtcCodec *
repair_find_codec (RtcPeer *self, guint section, guint8 pt)
{
  const RtcNegotiated *negotiated =
      rtc_transceiver_get_negotiated (rtc_jsep_get_transceiver (self->jsep, section));

  return rtc_codec_find_pt (negotiated->receive_codecs, negotiated->n_receive_codecs, pt);
}

/* --- RTX ------------------------------------------------------------------------------------- */

gboolean
rtc_peer_unwrap_rtx (RtcPeer *self, GstClockTime now, const RtcBundleMatch *match,
    const RtcCodec *codec, RtcRtpHeader *header, RtcPacket *packet)
{
  RtcReceiveStream *primary =
      match->primary_ssrc != 0 ? rtc_peer_find_inbound (self, match->primary_ssrc) : NULL;
  const RtcCodec *original = repair_find_codec (self, match->section, (guint8) codec->fmtp.rtx.apt);
  RtcResult result;
  gsize cut = 0;

  if (primary == NULL || original == NULL) {
    self->counters.dropped_unknown++;
    return FALSE;
  }
  result = rtc_rtx_unwrap (header, &packet->data, &packet->len, original->pt, primary->ssrc);
  if (result == RTC_OK && original->id == RTC_CODEC_RED)
    result = rtc_peer_open_red (self, match->section, header, packet, &original, &cut);
  if (result != RTC_OK) {
    self->counters.dropped_malformed += result == RTC_ERR_PARSE;
    return FALSE;
  }
  rtc_peer_close_red (header, packet, cut);
  packet->flags |= RTC_PACKET_RETRANSMISSION;
  if (rtc_receive_stream_handle_repair (primary, now, header, packet->data, original) != RTC_OK)
    return FALSE;
  if (primary->fec != NULL)
    rtc_fec_decoder_handle_media (primary->fec, &self->extensions, header, packet, FALSE);
  return TRUE;
}

/* --- RED ------------------------------------------------------------------------------------- */

RtcResult
rtc_peer_open_red (RtcPeer *self, guint section, RtcRtpHeader *header, const RtcPacket *packet,
    const RtcCodec **codec, gsize *cut)
{
  RtcRedBlock blocks[RTC_RED_MAX_BLOCKS];
  const RtcCodec *inner;
  guint n_blocks;
  gsize len;

  if (rtc_red_parse (packet->data + header->payload_offset, header->payload_len, blocks, &n_blocks)
      != RTC_OK)
    return RTC_ERR_PARSE;
  inner = repair_find_codec (self, section, blocks[n_blocks - 1].payload_type);
  /* Neither RED in RED, nor another stream's repair. */
  if (inner == NULL || inner->id == RTC_CODEC_RED || inner->id == RTC_CODEC_RTX
      || inner->id == RTC_CODEC_FLEXFEC)
    return RTC_ERR_PARSE;
  len = blocks[n_blocks - 1].len;
  *cut = header->payload_len - len;
  header->payload_offset += *cut;
  header->payload_len = len;
  header->payload_type = inner->pt;
  *codec = inner;
  return RTC_OK;
}

void
rtc_peer_close_red (RtcRtpHeader *header, RtcPacket *packet, gsize cut)
{
  header->payload_offset -= cut;
  memmove (packet->data + cut, packet->data, header->payload_offset);
  packet->data += cut;
  packet->len -= cut;
  packet->data[1] = (guint8) ((packet->data[1] & 0x80) | header->payload_type);
}

/* One earlier frame of sound as the packet that it was in. FALSE: it came before. */
static gboolean
repair_make_earlier (RtcPeer *self, GstClockTime now, RtcReceiveStream *stream,
    const RtcRtpHeader *red, const RtcRedBlock *block, guint age)
{
  const RtcCodec *codec = repair_find_codec (self, stream->section, block->payload_type);
  RtcRtpHeader header = { .payload_type = block->payload_type,
    .seq = (guint16) (red->seq - age),
    .rtp_ts = red->rtp_ts - block->ts_offset,
    .ssrc = red->ssrc,
    .payload_offset = RTC_RTP_HEADER_LEN,
    .payload_len = block->len };
  RtcPacket *packet;
  RtcWriter writer;

  if (codec == NULL || codec->id != RTC_CODEC_OPUS || block->len == 0)
    return FALSE;
  if (rtc_receive_stream_handle_recovered (stream, now, &header, NULL, codec) != RTC_OK)
    return FALSE;
  packet = rtc_packet_new (
      self->config.pool, 0, RTC_RTP_HEADER_LEN + block->len + RTC_SRTP_MAX_OVERHEAD);
  writer = rtc_writer (packet->data, RTC_RTP_HEADER_LEN + block->len);
  rtc_rtp_header_write (&header, &writer);
  rtc_writer_bytes (&writer, block->data, block->len);
  packet->len = writer.pos;
  packet->time = now;
  packet->flags |= RTC_PACKET_RECOVERED;
  rtc_peer_output_rtp (self, stream->section, red->ssrc, packet);
  return TRUE;
}

/* RFC 2198 has no sequence numbers in its blocks: who sends RED of sound repeats the frames of the
 * packets right before, oldest first. */
void
rtc_peer_take_earlier (RtcPeer *self, GstClockTime now, RtcReceiveStream *stream,
    const RtcRtpHeader *header, const RtcPacket *packet)
{
  RtcRedBlock blocks[RTC_RED_MAX_BLOCKS];
  guint n_blocks;

  if (stream->stats.last_received == GST_CLOCK_TIME_NONE
      || rtc_red_parse (
             packet->data + header->payload_offset, header->payload_len, blocks, &n_blocks)
             != RTC_OK)
    return;
  for (guint i = 0; i + 1 < n_blocks; i++) {
    stream->fec_octets += blocks[i].len;
    stream->fec_packets++;
    if (!repair_make_earlier (self, now, stream, header, &blocks[i], n_blocks - 1 - i))
      stream->fec_discarded++;
  }
}

/* --- ULPFEC, FlexFEC ------------------------------------------------------------------------- */

static void
repair_output_recovered (RtcPeer *self, GstClockTime now, RtcReceiveStream *stream)
{
  RtcPacket *packet;

  while ((packet = rtc_fec_decoder_poll (stream->fec)) != NULL) {
    RtcRtpHeader header;
    const RtcCodec *codec = NULL;

    if (rtc_rtp_header_parse (&header, packet->data, packet->len) == RTC_OK)
      codec = repair_find_codec (self, stream->section, header.payload_type);
    if (codec == NULL
        || rtc_receive_stream_handle_recovered (stream, now, &header, packet->data, codec)
               != RTC_OK) {
      rtc_packet_unref (packet);
      continue;
    }
    packet->time = now;
    rtc_peer_output_rtp (self, stream->section, stream->ssrc, packet);
  }
}

void
rtc_peer_note_media (RtcPeer *self, GstClockTime now, RtcReceiveStream *stream,
    const RtcRtpHeader *header, RtcPacket *packet)
{
  if (stream->fec == NULL)
    return;
  rtc_fec_decoder_handle_media (stream->fec, &self->extensions, header, packet, TRUE);
  repair_output_recovered (self, now, stream);
}

static void
repair_handle_parity (RtcPeer *self, GstClockTime now, RtcReceiveStream *stream,
    const RtcRtpHeader *header, RtcPacket *packet, gboolean is_flexfec)
{
  const guint8 *payload = packet->data + header->payload_offset;
  RtcFecHeader parity;
  RtcResult result;

  stream->fec_octets += header->payload_len;
  result = is_flexfec ? rtc_flexfec_parse (&parity, payload, header->payload_len)
                      : rtc_ulpfec_parse (&parity, payload, header->payload_len);
  if (result != RTC_OK) {
    stream->fec_packets++;
    stream->fec_discarded++;
    return;
  }
  if (stream->fec == NULL)
    stream->fec = rtc_fec_decoder_new (stream->ssrc, self->config.pool);
  rtc_fec_decoder_handle_fec (stream->fec, &parity, packet, header->payload_offset);
  repair_output_recovered (self, now, stream);
}

void
rtc_peer_handle_flexfec (RtcPeer *self, GstClockTime now, const RtcBundleMatch *match,
    const RtcRtpHeader *header, RtcPacket *packet)
{
  RtcReceiveStream *primary =
      match->primary_ssrc != 0 ? rtc_peer_find_inbound (self, match->primary_ssrc) : NULL;

  if (primary != NULL)
    repair_handle_parity (self, now, primary, header, packet, TRUE);
  else
    self->counters.dropped_unknown++;
  rtc_packet_unref (packet);
}

/* It has a number of the media's: what is handed on in its place is an empty packet, or somebody
 * would wait for the number. */
void
rtc_peer_handle_ulpfec (RtcPeer *self, GstClockTime now, RtcReceiveStream *stream,
    RtcRtpHeader *header, RtcPacket *packet)
{
  RtcRtpHeader empty = *header;
  RtcPacket *filler;
  RtcWriter writer;

  repair_handle_parity (self, now, stream, header, packet, FALSE);
  filler = rtc_packet_new (self->config.pool, 0, RTC_RTP_HEADER_LEN + RTC_SRTP_MAX_OVERHEAD);
  writer = rtc_writer (filler->data, RTC_RTP_HEADER_LEN);
  empty.payload_type = stream->codec.pt;
  empty.n_csrcs = 0;
  empty.has_extension = FALSE;
  empty.padding_len = 0;
  rtc_rtp_header_write (&empty, &writer);
  filler->len = writer.pos;
  filler->time = packet->time;
  rtc_packet_unref (packet);
  rtc_peer_output_rtp (self, stream->section, stream->ssrc, filler);
}
