/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "gst/rtc/peer/rtc-peer-private.h"

#include "gst/rtc/rtp/rtc-key-frame.h"
#include "gst/rtc/rtp/rtc-rtx.h"

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

static RtcPeerInbound *
peer_find_inbound (RtcPeer *self, guint32 ssrc)
{
  for (guint i = 0; i < self->inbound->len; i++) {
    RtcPeerInbound *inbound = &g_array_index (self->inbound, RtcPeerInbound, i);

    if (inbound->ssrc == ssrc)
      return inbound;
  }
  return NULL;
}

void
rtc_peer_remove_inbound (RtcPeer *self, guint32 ssrc)
{
  for (guint i = 0; i < self->inbound->len; i++) {
    if (g_array_index (self->inbound, RtcPeerInbound, i).ssrc == ssrc) {
      rtc_nack_generator_free (g_array_index (self->inbound, RtcPeerInbound, i).nack);
      g_array_remove_index (self->inbound, i);
      return;
    }
  }
}

void
rtc_peer_end_inbound (RtcPeer *self, guint32 ssrc)
{
  const RtcPeerInbound *inbound = peer_find_inbound (self, ssrc);
  RtcOutput output = { .type = RTC_OUTPUT_STREAM_END, .ssrc = ssrc };

  if (inbound == NULL)
    return;
  output.mline = inbound->section;
  rtc_bundle_remove_ssrc (self->bundle, ssrc);
  rtc_peer_remove_inbound (self, ssrc);
  rtc_output_queue_push (&self->out, &output);
}

void
rtc_peer_end_section (RtcPeer *self, guint section)
{
  guint i = 0;

  while (i < self->inbound->len) {
    const RtcPeerInbound *inbound = &g_array_index (self->inbound, RtcPeerInbound, i);

    if (inbound->section == section)
      rtc_peer_end_inbound (self, inbound->ssrc);
    else
      i++;
  }
  rtc_bundle_remove_section (self->bundle, section);
}

static const RtcCodec *
peer_receive_codec (RtcPeer *self, guint section, guint8 pt)
{
  const RtcNegotiated *negotiated =
      rtc_transceiver_get_negotiated (rtc_jsep_get_transceiver (self->jsep, section));

  return rtc_codec_find_pt (negotiated->receive_codecs, negotiated->n_receive_codecs, pt);
}

static RtcPeerInbound *
peer_get_inbound (RtcPeer *self, const RtcBundleMatch *match, guint32 ssrc, const RtcCodec *codec)
{
  RtcPeerInbound *inbound;
  RtcNackGeneratorConfig nack = RTC_NACK_GENERATOR_CONFIG_DEFAULT;
  RtcPeerInbound fresh = { .ssrc = ssrc, .section = match->section };

  if (match->has_evicted)
    rtc_peer_remove_inbound (self, match->evicted_ssrc);
  inbound = peer_find_inbound (self, ssrc);
  /* Its MID says that it belongs elsewhere now: another stream under the same number. */
  if (inbound != NULL && inbound->section != match->section) {
    rtc_peer_remove_inbound (self, ssrc);
    inbound = NULL;
  }
  if (inbound != NULL)
    return inbound;
  if (self->config.receive_latency > 0)
    nack.max_age = self->config.receive_latency;
  fresh.is_repair = match->is_repair;
  fresh.rtcp_fb = codec->rtcp_fb;
  /* Authenticated by SRTP, so no probation (RFC 3550 A.1 is about strangers). */
  rtc_receive_stats_init (&fresh.stats, ssrc, codec->clock_rate, 0);
  if (!match->is_repair && (codec->rtcp_fb & RTC_RTCP_FB_NACK) != 0)
    fresh.nack = rtc_nack_generator_new (&nack);
  g_array_append_val (self->inbound, fresh);
  return &g_array_index (self->inbound, RtcPeerInbound, self->inbound->len - 1);
}

static gboolean
peer_is_key_frame (const RtcCodec *codec, const RtcRtpHeader *header, const RtcPacket *packet)
{
  return codec != NULL
         && rtc_key_frame_is_start (rtc_key_frame_format_from_name (codec->name),
             packet->data + header->payload_offset, header->payload_len);
}

/* Turns an RTX packet into what it repeats; FALSE: nothing in it for us. */
static gboolean
peer_unwrap_rtx (RtcPeer *self, GstClockTime now, const RtcBundleMatch *match,
    const RtcCodec *codec, RtcRtpHeader *header, RtcPacket *packet)
{
  RtcSeqUnwrap unwrap = { .used = TRUE };
  RtcPeerInbound *primary =
      match->primary_ssrc != 0 ? peer_find_inbound (self, match->primary_ssrc) : NULL;
  guint8 apt = (guint8) codec->fmtp.rtx.apt;
  RtcResult result;

  if (primary == NULL) {
    self->counters.dropped_unknown++;
    return FALSE;
  }
  result = rtc_rtx_unwrap (header, &packet->data, &packet->len, apt, primary->ssrc);
  if (result != RTC_OK) {
    self->counters.dropped_malformed += result == RTC_ERR_PARSE;
    return FALSE;
  }
  packet->flags |= RTC_PACKET_RETRANSMISSION;
  header->ssrc = primary->ssrc;
  primary->retransmitted++;
  unwrap.last = primary->stats.max_ext_seq;
  rtc_peer_handle_arrival (self, now, primary, rtc_seq_unwrap_peek (&unwrap, header->seq, 16),
      peer_is_key_frame (peer_receive_codec (self, match->section, apt), header, packet));
  return TRUE;
}

static void
peer_output_rtp (RtcPeer *self, guint section, guint32 ssrc, RtcPacket *packet)
{
  RtcOutput output = { .type = RTC_OUTPUT_RTP, .ssrc = ssrc, .mline = section, .packet = packet };
  guint64 dropped = self->out.dropped;

  rtc_output_queue_push (&self->out, &output);
  self->counters.dropped_limit += self->out.dropped - dropped;
}

static void
peer_handle_rtp (RtcPeer *self, GstClockTime now, RtcPacket *packet)
{
  RtcRtpExtensionValues values;
  RtcRtpHeader header;
  RtcBundleMatch match;
  RtcPeerInbound *inbound;
  const RtcCodec *codec;
  guint64 ext_seq = 0;
  RtcResult result;

  result = self->srtp->vtable->unprotect_rtp (self->srtp, packet->data, &packet->len);
  if (result != RTC_OK) {
    peer_count_unprotect (self, now, result);
    goto drop;
  }
  self->counters.rtp_received++;
  if (rtc_rtp_header_parse (&header, packet->data, packet->len) != RTC_OK) {
    self->counters.dropped_malformed++;
    goto drop;
  }
  memset (&values, 0, sizeof values);
  rtc_rtp_extension_read (&self->extensions, &header, packet->data, &values);
  result = rtc_bundle_handle_packet (self->bundle, now, &header, &values, &match);
  if (result != RTC_OK) {
    if (result == RTC_ERR_LIMIT)
      self->counters.dropped_limit++;
    else
      self->counters.dropped_unknown++;
    goto drop;
  }
  codec = peer_receive_codec (self, match.section, header.payload_type);
  if (codec == NULL || codec->clock_rate == 0) {
    self->counters.dropped_unknown++;
    goto drop;
  }
  inbound = peer_get_inbound (self, &match, header.ssrc, codec);
  result = rtc_receive_stats_handle_packet (&inbound->stats, now, header.seq, header.rtp_ts,
      header.payload_len, header.payload_offset + header.padding_len, &ext_seq);
  if (result != RTC_OK) {
    self->counters.dropped_malformed++;
    goto drop;
  }
  if (codec->id == RTC_CODEC_RTX && !peer_unwrap_rtx (self, now, &match, codec, &header, packet))
    goto drop;
  if (codec->id != RTC_CODEC_RTX)
    rtc_peer_handle_arrival (
        self, now, inbound, ext_seq, peer_is_key_frame (codec, &header, packet));
  peer_output_rtp (self, match.section, header.ssrc, packet);
  return;

drop:
  rtc_packet_unref (packet);
}

void
rtc_peer_handle_packet (RtcPeer *self, GstClockTime now, RtcPacket *packet)
{
  RtcResult result;

  switch (rtc_demux_classify (packet->data, packet->len)) {
    case RTC_DEMUX_DTLS:
      rtc_peer_handle_dtls_packet (self, now, packet);
      return;
    case RTC_DEMUX_RTP:
      if (self->srtp == NULL)
        break;
      peer_handle_rtp (self, now, packet);
      return;
    case RTC_DEMUX_RTCP:
      if (self->srtp == NULL)
        break;
      result = self->srtp->vtable->unprotect_rtcp (self->srtp, packet->data, &packet->len);
      if (result == RTC_OK) {
        self->counters.rtcp_received++;
        rtc_peer_handle_rtcp (self, now, packet->data, packet->len);
      } else {
        peer_count_unprotect (self, now, result);
      }
      rtc_packet_unref (packet);
      return;
    case RTC_DEMUX_UNKNOWN:
    case RTC_DEMUX_STUN:
    case RTC_DEMUX_TURN_CHANNEL:
      break;
  }
  self->counters.dropped_unknown++;
  rtc_packet_unref (packet);
}
