/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "gst/rtc/peer/rtc-peer-private.h"

#define GST_CAT_DEFAULT rtc_log_rtp

static void
peer_count_unprotect (RtcPeer *self, GstClockTime now, RtcResult result)
{
  guint64 suppressed;

  if (result == RTC_ERR_REPLAY) {
    self->counters.dropped_replay++;
  } else if (result == RTC_ERR_AUTH) {
    self->counters.dropped_auth++;
    if (rtc_log_limit (&self->warn_auth, now, &suppressed))
      GST_WARNING_ID (self->id,
          "SRTP authentication failed, packet dropped (and %" G_GUINT64_FORMAT " before)",
          suppressed);
  } else {
    self->counters.dropped_malformed++;
  }
}

RtcReceiveStream *
rtc_peer_find_inbound (RtcPeer *self, guint32 ssrc)
{
  for (guint i = 0; i < self->inbound->len; i++) {
    if (rtc_peer_inbound (self, i)->ssrc == ssrc)
      return rtc_peer_inbound (self, i);
  }
  return NULL;
}

void
rtc_peer_remove_inbound (RtcPeer *self, guint32 ssrc)
{
  RtcReceiveStream *stream = rtc_peer_find_inbound (self, ssrc);

  if (stream != NULL)
    g_ptr_array_remove (self->inbound, stream);
}

void
rtc_peer_end_inbound (RtcPeer *self, guint32 ssrc)
{
  const RtcReceiveStream *stream = rtc_peer_find_inbound (self, ssrc);
  RtcOutput output = { .type = RTC_OUTPUT_STREAM_END, .ssrc = ssrc };

  if (stream == NULL)
    return;
  output.mline = stream->section;
  rtc_bundle_remove_ssrc (self->bundle, ssrc);
  rtc_peer_remove_inbound (self, ssrc);
  rtc_output_queue_push (&self->out, &output);
}

void
rtc_peer_end_section (RtcPeer *self, guint section)
{
  guint i = 0;

  while (i < self->inbound->len) {
    if (rtc_peer_inbound (self, i)->section == section)
      rtc_peer_end_inbound (self, rtc_peer_inbound (self, i)->ssrc);
    else
      i++;
  }
  rtc_bundle_remove_section (self->bundle, section);
}

void
rtc_peer_end_all (RtcPeer *self)
{
  while (self->inbound->len > 0)
    rtc_peer_end_inbound (self, rtc_peer_inbound (self, 0)->ssrc);
}

static const RtcCodec *
peer_receive_codec (RtcPeer *self, guint section, guint8 pt)
{
  const RtcNegotiated *negotiated =
      rtc_transceiver_get_negotiated (rtc_jsep_get_transceiver (self->jsep, section));

  return rtc_codec_find_pt (negotiated->receive_codecs, negotiated->n_receive_codecs, pt);
}

static gboolean
peer_section_has_rtx (RtcPeer *self, guint section, guint8 pt)
{
  const RtcNegotiated *negotiated =
      rtc_transceiver_get_negotiated (rtc_jsep_get_transceiver (self->jsep, section));

  return rtc_codec_find_rtx (negotiated->receive_codecs, negotiated->n_receive_codecs, pt) != NULL;
}

/* Of a stream that begins with a parity: what it will be of in all likelihood. */
static const RtcCodec *
peer_media_codec (RtcPeer *self, guint section, const RtcCodec *codec)
{
  const RtcNegotiated *negotiated =
      rtc_transceiver_get_negotiated (rtc_jsep_get_transceiver (self->jsep, section));

  return codec->id == RTC_CODEC_ULPFEC ? &negotiated->receive_codecs[0] : codec;
}

static RtcReceiveStream *
peer_get_inbound (RtcPeer *self, const RtcBundleMatch *match, guint32 ssrc, const RtcCodec *codec)
{
  RtcReceiveStreamConfig config = { .ssrc = ssrc,
    .section = match->section,
    .is_repair = match->is_repair,
    .codec = *peer_media_codec (self, match->section, codec),
    .max_age = self->config.receive_latency };
  RtcReceiveStream *stream;

  if (match->has_evicted)
    rtc_peer_remove_inbound (self, match->evicted_ssrc);
  stream = rtc_peer_find_inbound (self, ssrc);
  /* Its MID says that it belongs elsewhere now: another stream under the same number. */
  if (stream != NULL && stream->section != match->section) {
    rtc_peer_remove_inbound (self, ssrc);
    stream = NULL;
  }
  if (stream != NULL)
    return stream;
  config.has_rtx = peer_section_has_rtx (self, match->section, config.codec.pt);
  stream = rtc_receive_stream_new (&config);
  g_ptr_array_add (self->inbound, stream);
  return stream;
}

gboolean
rtc_peer_read_extensions (
    const RtcPeer *self, const RtcPacket *packet, guint32 wanted, RtcRtpExtensionValues *out)
{
  gboolean is_agreed = FALSE;
  RtcRtpHeader header;

  for (guint i = 0; i < RTC_RTP_N_EXTENSIONS; i++)
    is_agreed |= (wanted & (1u << i)) != 0 && self->extensions.ids[i] != 0;
  if (!is_agreed || rtc_rtp_header_parse (&header, packet->data, packet->len) != RTC_OK
      || !header.has_extension)
    return FALSE;
  rtc_rtp_extension_read (&self->extensions, &header, packet->data, out);
  return (out->present & wanted) != 0;
}

void
rtc_peer_output_rtp (RtcPeer *self, guint section, guint32 ssrc, RtcPacket *packet)
{
  RtcOutput output; /* its other fields are for other types */
  guint64 dropped = self->out.dropped;
  RtcReceiveStream *stream;

  output.type = RTC_OUTPUT_RTP;
  output.mline = section;
  output.ssrc = ssrc;
  output.packet = packet;
  rtc_output_queue_push (&self->out, &output);
  if (self->out.dropped == dropped)
    return;
  self->counters.dropped_limit++;
  stream = rtc_peer_find_inbound (self, ssrc);
  if (stream != NULL)
    stream->discarded++;
}

/* RFC 3550 8.2: a packet under one of our numbers is a collision, or our own that comes back. Ours
 * are signalled, so the other side has to change; what it sends is never taken for ours. */
gboolean
rtc_peer_is_own_ssrc (const RtcPeer *self, guint32 ssrc)
{
  if (ssrc == self->rtcp_ssrc)
    return TRUE;
  for (guint i = 0; i < self->sections->len; i++) {
    const RtcSendStreamConfig *send = &rtc_peer_section (self, i)->send.config;
    const RtcRewriteConfig *rewrite = &send->rewrite;

    if (rtc_peer_section (self, i)->can_send
        && (rewrite->ssrc == ssrc || (rewrite->rtx_payload_type != 0 && rewrite->rtx_ssrc == ssrc)
            || (send->fec.flexfec_payload_type != 0 && send->fec.ssrc == ssrc)))
      return TRUE;
  }
  return FALSE;
}

/* A packet on its way to its stream. */
typedef struct {
  RtcRtpHeader header; /* as if it were out of its RED */
  RtcRtpHeader outer;  /* as it came */
  gsize cut;           /* bytes of RED before its payload */
  RtcBundleMatch match;
  const RtcCodec *codec; /* of the payload */
} PeerArrival;

/* Which stream it belongs to; NULL: none, or not yet, and the packet is taken over. */
static RtcReceiveStream *
peer_choose_stream (RtcPeer *self, GstClockTime now, PeerArrival *arrival, RtcPacket *packet)
{
  RtcBundleMatch *match = &arrival->match;
  RtcRtpExtensionValues values;
  RtcResult result;

  memset (&values, 0, sizeof values);
  rtc_rtp_extension_read (&self->extensions, &arrival->header, packet->data, &values);
  result = rtc_bundle_handle_packet (self->bundle, now, &arrival->header, &values, match);
  if (result == RTC_AGAIN) {
    rtc_peer_hold_strange (self, now, packet);
    return NULL;
  }
  if (result == RTC_OK) {
    arrival->codec = peer_receive_codec (self, match->section, arrival->header.payload_type);
    if (arrival->codec == NULL || arrival->codec->clock_rate == 0)
      result = RTC_ERR_UNSUPPORTED;
    else if (arrival->codec->id == RTC_CODEC_RED && !match->is_repair)
      result = rtc_peer_open_red (
          self, match->section, &arrival->header, packet, &arrival->codec, &arrival->cut);
    if (result != RTC_OK && match->has_evicted)
      rtc_peer_remove_inbound (self, match->evicted_ssrc);
  }
  if (result == RTC_OK)
    return peer_get_inbound (self, match, arrival->header.ssrc, arrival->codec);
  if (result == RTC_ERR_LIMIT)
    self->counters.dropped_limit++;
  else if (result == RTC_ERR_PARSE)
    self->counters.dropped_malformed++;
  else
    self->counters.dropped_unknown++;
  rtc_packet_unref (packet);
  return NULL;
}

/* What was accepted goes to whom it is for; takes over packet. */
static void
peer_dispatch (RtcPeer *self, GstClockTime now, PeerArrival *arrival, RtcReceiveStream *stream,
    RtcPacket *packet)
{
  RtcRtpHeader *header = &arrival->header;

  if (arrival->cut > 0) {
    if (arrival->codec->kind == RTC_MEDIA_AUDIO)
      rtc_peer_take_earlier (self, now, stream, &arrival->outer, packet);
    rtc_peer_close_red (header, packet, arrival->cut);
  }
  if (arrival->codec->id == RTC_CODEC_FLEXFEC) {
    rtc_peer_handle_flexfec (self, now, &arrival->match, header, packet);
    return;
  }
  if (arrival->codec->id == RTC_CODEC_ULPFEC) {
    rtc_peer_handle_ulpfec (self, now, stream, header, packet);
    return;
  }
  if (arrival->codec->id == RTC_CODEC_RTX) {
    if (rtc_peer_unwrap_rtx (self, now, &arrival->match, arrival->codec, header, packet))
      rtc_peer_output_rtp (self, arrival->match.section, header->ssrc, packet);
    else
      rtc_packet_unref (packet);
    return;
  }
  rtc_packet_ref (packet);
  rtc_peer_output_rtp (self, arrival->match.section, header->ssrc, packet);
  rtc_peer_note_media (self, now, stream, header, packet);
  rtc_packet_unref (packet);
}

void
rtc_peer_route_rtp (RtcPeer *self, GstClockTime now, RtcPacket *packet)
{
  PeerArrival arrival;
  RtcReceiveStream *stream;
  guint64 late_losses;
  RtcResult result;

  if (rtc_rtp_header_parse (&arrival.header, packet->data, packet->len) != RTC_OK) {
    self->counters.dropped_malformed++;
    goto drop;
  }
  if (rtc_peer_is_own_ssrc (self, arrival.header.ssrc)) {
    self->counters.ssrc_collisions++;
    goto drop;
  }
  arrival.outer = arrival.header;
  arrival.cut = 0;
  stream = peer_choose_stream (self, now, &arrival, packet);
  if (stream == NULL)
    return;
  /* Those that came before it and could not be named. */
  if (arrival.match.is_new && !g_queue_is_empty (&self->strange.packets)) {
    rtc_peer_replay (self, now, arrival.header.ssrc);
    stream = rtc_peer_find_inbound (self, arrival.header.ssrc);
    if (stream == NULL)
      goto drop;
  }
  late_losses = stream->late_losses;
  result =
      rtc_receive_stream_handle_packet (stream, now, &arrival.header, packet->data, arrival.codec);
  rtc_peer_note_queue (self, now, stream, stream->late_losses != late_losses);
  if (result != RTC_OK) {
    self->counters.dropped_malformed += result == RTC_ERR_PARSE;
    goto drop;
  }
  peer_dispatch (self, now, &arrival, stream, packet);
  return;

drop:
  rtc_packet_unref (packet);
}

/* SRTP refuses a repeated packet before it looks at its tag. */
static void
peer_count_repeated (RtcPeer *self, const RtcPacket *packet)
{
  RtcRtpHeader header;
  RtcReceiveStream *stream;

  if (rtc_rtp_header_parse (&header, packet->data, packet->len) != RTC_OK)
    return;
  stream = rtc_peer_find_inbound (self, header.ssrc);
  if (stream != NULL)
    stream->repeated++;
}

static void
peer_handle_rtp (RtcPeer *self, GstClockTime now, RtcPacket *packet)
{
  RtcRtpExtensionValues values;
  RtcRtpHeader header;
  RtcResult result;

  result = self->srtp->vtable->unprotect_rtp (self->srtp, packet->data, &packet->len);
  if (result != RTC_OK) {
    peer_count_unprotect (self, now, result);
    if (result == RTC_ERR_REPLAY)
      peer_count_repeated (self, packet);
    rtc_packet_unref (packet);
    return;
  }
  self->counters.rtp_received++;
  if (rtc_rtp_header_parse (&header, packet->data, packet->len) == RTC_OK) {
    memset (&values, 0, sizeof values);
    rtc_rtp_extension_read (&self->extensions, &header, packet->data, &values);
    rtc_peer_note_arrival (self, now, &header, &values, packet);
  }
  rtc_peer_route_rtp (self, now, packet);
}

static void
peer_handle_srtcp (RtcPeer *self, GstClockTime now, RtcPacket *packet)
{
  RtcResult result = self->srtp->vtable->unprotect_rtcp (self->srtp, packet->data, &packet->len);

  if (result == RTC_OK) {
    self->counters.rtcp_received++;
    rtc_peer_handle_rtcp (self, now, packet->data, packet->len);
  } else {
    peer_count_unprotect (self, now, result);
  }
  rtc_packet_unref (packet);
}

void
rtc_peer_handle_packet (RtcPeer *self, GstClockTime now, RtcPacket *packet)
{
  switch (rtc_demux_classify (packet->data, packet->len)) {
    case RTC_DEMUX_DTLS:
      rtc_peer_handle_dtls_packet (self, now, packet);
      return;
    case RTC_DEMUX_RTP:
      if (self->srtp != NULL)
        peer_handle_rtp (self, now, packet);
      else
        rtc_peer_hold_locked (self, now, packet);
      return;
    case RTC_DEMUX_RTCP:
      if (self->srtp != NULL)
        peer_handle_srtcp (self, now, packet);
      else
        rtc_peer_hold_locked (self, now, packet);
      return;
    case RTC_DEMUX_UNKNOWN:
    case RTC_DEMUX_STUN:
    case RTC_DEMUX_TURN_CHANNEL:
      break;
  }
  self->counters.dropped_unknown++;
  rtc_packet_unref (packet);
}
