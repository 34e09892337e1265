/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "gst/rtc/peer/rtc-peer-stats.h"

#include "gst/rtc/cc/rtc-cc.h"
#include "gst/rtc/peer/rtc-peer-private.h"

static void
peer_fill_outbound_fec (const RtcSendFec *fec, RtcOutboundStats *out)
{
  out->fec_ssrc = fec->config.flexfec_payload_type != 0 ? fec->config.ssrc : 0;
  out->fec_packets_sent = fec->counters.packets;
  out->fec_bytes_sent = fec->counters.octets;
  out->red_frames_sent = fec->counters.red_frames;
  out->red_bytes_sent = fec->counters.red_octets;
  if (fec->encoder != NULL)
    out->fec_protection = fec->policy.delta;
  else if (rtc_send_fec_is_active (fec))
    out->fec_protection = fec->policy.n_red;
}

static void
peer_fill_outbound (RtcPeer *self, guint index, RtcOutboundStats *out)
{
  const RtcPeerSection *section = rtc_peer_section (self, index);
  const RtcSendStream *send = &section->send;
  const RtcSendStats *stats = &send->stats, *rtx = &send->rtx_stats;

  out->transceiver = index;
  out->kind = send->config.kind;
  g_strlcpy (out->mid, send->config.mid, sizeof out->mid);
  out->ssrc = send->config.rewrite.ssrc;
  out->rtx_ssrc = send->config.rewrite.rtx_payload_type != 0 ? send->config.rewrite.rtx_ssrc : 0;
  out->codec = section->send_codec;
  /* webrtc-stats: packetsSent and bytesSent include retransmissions. */
  out->packets_sent = stats->packets + rtx->packets;
  out->bytes_sent = stats->octets + rtx->octets;
  out->header_bytes_sent = stats->header_octets + rtx->header_octets;
  /* The rest of the RTX stream is padding. */
  out->retransmitted_packets_sent = rtx->retransmitted_packets;
  out->retransmitted_bytes_sent = rtx->retransmitted_octets;
  out->padding_packets_sent = send->counters.padding_packets;
  out->padding_bytes_sent = send->counters.padding_bytes;
  out->total_send_delay = send->counters.total_delay;
  out->pacer_drops = section->pacer_drops;
  out->replays = section->replays;
  out->replay_fallbacks = section->replay_fallbacks;
  peer_fill_outbound_fec (&send->fec, out);
  out->nack_count = send->counters.nack_messages;
  out->nack_requested = send->nack.stats.requested;
  out->nack_not_found = send->nack.stats.not_found;
  out->nack_throttled = send->nack.stats.throttled + send->nack.stats.over_budget;
  out->rtx_over_budget = send->nack.stats.over_budget;
  out->nack_stuck = send->nack.stats.stuck;
  out->pli_count = send->counters.plis;
  out->fir_count = send->counters.firs;
  out->frames_sent = send->counters.frames;
  out->key_frames_sent = send->counters.key_frames;
  out->packets_dropped = send->counters.packets_dropped + section->early_drops;
  out->active = section->fanout != NULL;
  out->has_remote = stats->has_report;
  out->remote_packets_lost = stats->packets_lost;
  out->remote_fraction_lost = stats->fraction_lost;
  out->remote_jitter = stats->jitter;
  out->has_rtt = stats->has_rtt;
  out->rtt = stats->rtt;
  out->rtt_measurements = stats->rtt_measurements;
  out->total_rtt = stats->total_rtt;
}

static void
peer_fill_nacks (const RtcNackGenerator *generator, RtcInboundStats *out)
{
  RtcNackGeneratorStats nack;

  rtc_nack_generator_get_stats (generator, &nack);
  out->packets_reordered = nack.reordered;
  out->nack_requested = nack.requested;
  out->nack_needless = nack.needless;
  out->nack_given_up = nack.given_up;
  out->nack_too_costly = nack.too_costly;
  out->nack_merged = nack.merged;
  out->nack_added = nack.added;
  out->nack_refused = nack.refused;
}

static void
peer_fill_inbound_fec (const RtcReceiveStream *stream, RtcInboundStats *out)
{
  RtcFecDecoderStats fec = { 0 };

  if (stream->fec != NULL)
    rtc_fec_decoder_get_stats (stream->fec, &fec);
  out->fec_packets_received = stream->fec_packets + fec.received;
  out->fec_packets_discarded = stream->fec_discarded + fec.discarded;
  out->fec_bytes_received = stream->fec_octets;
  out->packets_recovered = stream->recovered;
}

static void
peer_fill_inbound (RtcPeer *self, const RtcReceiveStream *stream, RtcInboundStats *out)
{
  const RtcNegotiated *negotiated =
      rtc_transceiver_get_negotiated (rtc_jsep_get_transceiver (self->jsep, stream->section));

  out->transceiver = stream->section;
  out->kind = negotiated->kind;
  g_strlcpy (out->mid, negotiated->mid, sizeof out->mid);
  out->ssrc = stream->ssrc;
  out->codec = stream->codec;
  g_strlcpy (out->cname, stream->cname, sizeof out->cname);
  out->packets_received = stream->stats.packets + stream->retransmitted;
  out->bytes_received = stream->stats.octets + stream->retransmitted_octets;
  out->header_bytes_received = stream->stats.header_octets;
  out->packets_lost = rtc_receive_stats_get_lost (&stream->stats);
  out->retransmitted_packets_received = stream->retransmitted;
  out->retransmitted_bytes_received = stream->retransmitted_octets;
  peer_fill_inbound_fec (stream, out);
  out->packets_duplicated = stream->repeated;
  out->packets_discarded = stream->discarded;
  out->last_packet = stream->stats.last_received;
  out->jitter = rtc_receive_stats_get_jitter (&stream->stats);
  out->frames_received = stream->frames;
  out->key_frames_received = stream->key_frames;
  out->nack_count = stream->nacks;
  out->pli_count = stream->plis;
  out->fir_count = stream->firs;
  if (stream->nack != NULL)
    peer_fill_nacks (stream->nack, out);
  if (stream->stats.has_sender) {
    out->has_remote = TRUE;
    out->remote_packets_sent = stream->stats.sender.packets;
    out->remote_bytes_sent = stream->stats.sender.octets;
    out->remote_ntp64 = stream->stats.sender.ntp64;
    out->reports_sent = stream->sender_reports;
  }
}

static void
peer_fill_rate (const RtcPeerRate *rate, GstClockTime now, RtcRateStats *out)
{
  out->is_active = TRUE;
  out->target = rate->target;
  rtc_cc_get_stats (rate->cc, &out->cc);
  g_strlcpy (out->controller, out->cc.has_no_feedback ? "remb" : rate->cc->vtable->name,
      sizeof out->controller);
  if (rate->twcc != NULL) {
    rtc_twcc_sender_get_stats (rate->twcc, &out->twcc);
    out->in_flight = rtc_twcc_sender_get_in_flight (rate->twcc);
  }
  rtc_pacer_get_stats (&rate->pacer, &out->pacer);
  for (guint klass = 0; klass < RTC_PACER_N_CLASSES; klass++)
    out->waiting += rtc_pacer_get_n_waiting (&rate->pacer, (RtcPacerClass) klass);
  out->wait = rtc_pacer_get_wait (&rate->pacer, now);
  out->is_paused = rate->is_paused;
}

static void
peer_fill_counters (const RtcPeerCounters *counters, RtcPeerStats *out)
{
  out->rtp_sent = counters->rtp_sent;
  out->rtcp_sent = counters->rtcp_sent;
  out->rtp_received = counters->rtp_received;
  out->rtcp_received = counters->rtcp_received;
  out->pair_changes = counters->pair_changes;
  out->dlrr_measurements = counters->dlrr_measurements;
  out->dlrr_rtt = counters->dlrr_rtt;
  out->dlrr_total = counters->dlrr_total;
  out->dropped_unknown = counters->dropped_unknown;
  out->dropped_malformed = counters->dropped_malformed;
  out->dropped_auth = counters->dropped_auth;
  out->dropped_replay = counters->dropped_replay;
  out->dropped_limit = counters->dropped_limit;
  out->dropped_send = counters->dropped_send;
  out->early_held = counters->early_held;
  out->early_dropped = counters->early_dropped;
  out->ssrc_collisions = counters->ssrc_collisions;
  out->remb_sent = counters->remb_sent;
  out->remb_bps = counters->remb_bps;
  out->remb_received = counters->remb_received;
  out->remb_received_bps = counters->remb_received_bps;
  out->breaker_pauses = counters->breaker_pauses;
  out->feedback_unknown = counters->feedback_unknown;
  out->candidates_refused = counters->candidates_refused;
  out->sctp_failures = counters->sctp_failures;
}

void
rtc_peer_get_stats (RtcPeer *self, GstClockTime now, RtcPeerStats *out)
{
  *out = (RtcPeerStats){ .now = now };
  peer_fill_counters (&self->counters, out);
  out->state = rtc_peer_get_state (self);
  out->ice_state = rtc_peer_get_ice_state (self);
  out->dtls_state = rtc_peer_get_dtls_state (self);
  out->dtls_is_client = self->dtls_is_client;
  out->rtt = rtc_peer_get_rtt (self);
  out->has_rtt = out->rtt != GST_CLOCK_TIME_NONE;
  self->ice->vtable->get_stats (self->ice, &out->ice);
  self->dtls->vtable->get_stats (self->dtls, &out->dtls);
  if (self->twcc != NULL) {
    RtcTwccReceiverStats twcc;

    rtc_twcc_receiver_get_stats (self->twcc, &twcc);
    out->twcc_packets = twcc.packets;
    out->twcc_sent = twcc.messages;
  }
  if (self->rate != NULL)
    peer_fill_rate (self->rate, now, &out->rate);
  rtc_peer_fill_data_stats (self, out);
  out->outbound = g_array_new (FALSE, TRUE, sizeof (RtcOutboundStats));
  out->inbound = g_array_new (FALSE, TRUE, sizeof (RtcInboundStats));
  for (guint i = 0; i < self->sections->len; i++) {
    RtcOutboundStats outbound = { 0 };

    if (rtc_peer_section (self, i)->send.config.rewrite.ssrc == 0)
      continue;
    peer_fill_outbound (self, i, &outbound);
    g_array_append_val (out->outbound, outbound);
  }
  for (guint i = 0; i < self->inbound->len; i++) {
    const RtcReceiveStream *stream = rtc_peer_inbound (self, i);
    RtcInboundStats inbound = { 0 };

    if (stream->is_repair)
      continue;
    peer_fill_inbound (self, stream, &inbound);
    g_array_append_val (out->inbound, inbound);
  }
}

void
rtc_peer_stats_clear (RtcPeerStats *stats)
{
  g_clear_pointer (&stats->channels, g_array_unref);
  g_clear_pointer (&stats->outbound, g_array_unref);
  g_clear_pointer (&stats->inbound, g_array_unref);
}
