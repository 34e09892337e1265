/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "gst/webrtc/gstrtcstats.h"

#include <gst/webrtc/webrtc.h>
#include "gst/rtc/base/rtc-log.h"
#include "gst/rtc/base/rtc-time.h"
#include "gst/webrtc/gstrtcenums.h"

/* Ids of the objects that exist once. */
#define TRANSPORT_ID "transport"
#define PAIR_ID "candidate-pair"
#define SCTP_ID "sctp-transport"

static gdouble
to_seconds (GstClockTime time)
{
  return (gdouble) time / GST_SECOND;
}

/* A structure with what every object has. (transfer full) */
static GstStructure *
object_new (const RtcPeerStats *stats, const gchar *name, GstWebRTCStatsType type, const gchar *id)
{
  return gst_structure_new (name, "type", GST_TYPE_WEBRTC_STATS_TYPE, type, "id", G_TYPE_STRING, id,
      "timestamp", G_TYPE_DOUBLE, (gdouble) stats->now / GST_MSECOND, NULL);
}

/* Puts object (transfer full) under its id. */
static void
add_object (GstStructure *report, GstStructure *object)
{
  const gchar *id = gst_structure_get_string (object, "id");

  gst_structure_set (report, id, GST_TYPE_STRUCTURE, object, NULL);
  gst_structure_free (object);
}

static const gchar *
kind_name (RtcMediaKind kind)
{
  return kind == RTC_MEDIA_AUDIO ? "audio" : "video";
}

/* Returns the codec object's id, NULL when there is no codec. (transfer full) */
static gchar *
add_codec (GstStructure *report, const RtcPeerStats *stats, const RtcCodec *codec)
{
  GstStructure *object;
  gchar *id, *mime;

  if (codec->id == RTC_CODEC_UNKNOWN)
    return NULL;
  id = g_strdup_printf ("codec-%u", codec->pt);
  mime = g_strdup_printf ("%s/%s", kind_name (codec->kind), codec->name);
  object = object_new (stats, "codec", GST_WEBRTC_STATS_CODEC, id);
  gst_structure_set (object, "payload-type", G_TYPE_UINT, (guint) codec->pt, "clock-rate",
      G_TYPE_UINT, codec->clock_rate, "mime-type", G_TYPE_STRING, mime, "transport-id",
      G_TYPE_STRING, TRANSPORT_ID, NULL);
  if (codec->kind == RTC_MEDIA_AUDIO)
    gst_structure_set (object, "channels", G_TYPE_UINT, (guint) codec->channels, NULL);
  g_free (mime);
  add_object (report, object);
  return id;
}

/* Not in the W3C dictionary: what was left out, refused and sent for measuring only. */
static void
add_outbound_extras (GstStructure *object, const RtcOutboundStats *out)
{
  gst_structure_set (object, "pacer-drops", G_TYPE_UINT64, out->pacer_drops, "padding-packets-sent",
      G_TYPE_UINT64, out->padding_packets_sent, "padding-bytes-sent", G_TYPE_UINT64,
      out->padding_bytes_sent, "retransmissions-over-budget", G_TYPE_UINT64, out->rtx_over_budget,
      "repairs-failed", G_TYPE_UINT64, out->nack_stuck, "gop-replays", G_TYPE_UINT64, out->replays,
      "gop-replay-fallbacks", G_TYPE_UINT64, out->replay_fallbacks, NULL);
}

static void
add_outbound (GstStructure *report, const RtcPeerStats *stats, const RtcOutboundStats *out)
{
  gchar *id = g_strdup_printf ("outbound-rtp-%u", out->transceiver);
  gchar *remote_id = g_strdup_printf ("remote-inbound-rtp-%u", out->transceiver);
  gchar *codec_id = add_codec (report, stats, &out->codec);
  GstStructure *object = object_new (stats, "outbound-rtp", GST_WEBRTC_STATS_OUTBOUND_RTP, id);

  gst_structure_set (object, "ssrc", G_TYPE_UINT, out->ssrc, "kind", G_TYPE_STRING,
      kind_name (out->kind), "mid", G_TYPE_STRING, out->mid, "transport-id", G_TYPE_STRING,
      TRANSPORT_ID, "packets-sent", G_TYPE_UINT64, out->packets_sent, "bytes-sent", G_TYPE_UINT64,
      out->bytes_sent, "header-bytes-sent", G_TYPE_UINT64, out->header_bytes_sent,
      "retransmitted-packets-sent", G_TYPE_UINT64, out->retransmitted_packets_sent,
      "retransmitted-bytes-sent", G_TYPE_UINT64, out->retransmitted_bytes_sent, "nack-count",
      G_TYPE_UINT64, out->nack_count, "active", G_TYPE_BOOLEAN, out->active, "packets-dropped",
      G_TYPE_UINT64, out->packets_dropped, NULL);
  if (out->rtx_ssrc != 0)
    gst_structure_set (object, "rtx-ssrc", G_TYPE_UINT, out->rtx_ssrc, NULL);
  if (out->fec_ssrc != 0)
    gst_structure_set (object, "fec-ssrc", G_TYPE_UINT, out->fec_ssrc, NULL);
  gst_structure_set (object, "fec-packets-sent", G_TYPE_UINT64,
      out->fec_packets_sent + out->red_frames_sent, "fec-bytes-sent", G_TYPE_UINT64,
      out->fec_bytes_sent + out->red_bytes_sent, "fec-protection", G_TYPE_DOUBLE,
      out->fec_protection, NULL);
  gst_structure_set (
      object, "total-packet-send-delay", G_TYPE_DOUBLE, to_seconds (out->total_send_delay), NULL);
  add_outbound_extras (object, out);
  if (out->kind == RTC_MEDIA_VIDEO)
    gst_structure_set (object, "pli-count", G_TYPE_UINT64, out->pli_count, "fir-count",
        G_TYPE_UINT64, out->fir_count, "frames-sent", G_TYPE_UINT64, out->frames_sent,
        "key-frames-sent", G_TYPE_UINT64, out->key_frames_sent, NULL);
  if (codec_id != NULL)
    gst_structure_set (object, "codec-id", G_TYPE_STRING, codec_id, NULL);
  if (out->has_remote)
    gst_structure_set (object, "remote-id", G_TYPE_STRING, remote_id, NULL);
  add_object (report, object);

  if (out->has_remote) {
    object =
        object_new (stats, "remote-inbound-rtp", GST_WEBRTC_STATS_REMOTE_INBOUND_RTP, remote_id);
    gst_structure_set (object, "local-id", G_TYPE_STRING, id, "ssrc", G_TYPE_UINT, out->ssrc,
        "kind", G_TYPE_STRING, kind_name (out->kind), "packets-lost", G_TYPE_INT64,
        out->remote_packets_lost, "fraction-lost", G_TYPE_DOUBLE, out->remote_fraction_lost,
        "jitter", G_TYPE_DOUBLE, to_seconds (out->remote_jitter), "round-trip-time-measurements",
        G_TYPE_UINT64, out->rtt_measurements, NULL);
    if (out->has_rtt)
      gst_structure_set (object, "round-trip-time", G_TYPE_DOUBLE, to_seconds (out->rtt),
          "total-round-trip-time", G_TYPE_DOUBLE, to_seconds (out->total_rtt), NULL);
    add_object (report, object);
  }
  g_free (codec_id);
  g_free (remote_id);
  g_free (id);
}

static void
add_remote_outbound (GstStructure *report, const RtcPeerStats *stats, const RtcInboundStats *in,
    const gchar *id, const gchar *local_id)
{
  GstStructure *object =
      object_new (stats, "remote-outbound-rtp", GST_WEBRTC_STATS_REMOTE_OUTBOUND_RTP, id);
  guint64 since_1970 = in->remote_ntp64 - (RTC_NTP_UNIX_OFFSET << 32);

  gst_structure_set (object, "local-id", G_TYPE_STRING, local_id, "ssrc", G_TYPE_UINT, in->ssrc,
      "kind", G_TYPE_STRING, kind_name (in->kind), "packets-sent", G_TYPE_UINT64,
      in->remote_packets_sent, "bytes-sent", G_TYPE_UINT64, in->remote_bytes_sent,
      "remote-timestamp", G_TYPE_DOUBLE, (gdouble) since_1970 / 4294967296.0 * 1000.0,
      "reports-sent", G_TYPE_UINT64, in->reports_sent, "round-trip-time-measurements",
      G_TYPE_UINT64, stats->dlrr_measurements, NULL);
  if (stats->dlrr_measurements > 0)
    gst_structure_set (object, "round-trip-time", G_TYPE_DOUBLE, to_seconds (stats->dlrr_rtt),
        "total-round-trip-time", G_TYPE_DOUBLE, to_seconds (stats->dlrr_total), NULL);
  add_object (report, object);
}

/* Not in the W3C dictionary: how the NACKs fared, and who the sender says it is. */
static void
add_inbound_extras (GstStructure *object, const RtcInboundStats *in)
{
  gchar *cname = rtc_log_safe (in->cname, sizeof in->cname);

  gst_structure_set (object, "packets-reordered", G_TYPE_UINT64, in->packets_reordered,
      "nack-requested", G_TYPE_UINT64, in->nack_requested, "nack-needless", G_TYPE_UINT64,
      in->nack_needless, "nack-given-up", G_TYPE_UINT64, in->nack_given_up, "nack-too-costly",
      G_TYPE_UINT64, in->nack_too_costly, "nack-merged", G_TYPE_UINT64, in->nack_merged,
      "nack-added", G_TYPE_UINT64, in->nack_added, "nack-refused", G_TYPE_UINT64, in->nack_refused,
      NULL);
  if (*cname != '\0')
    gst_structure_set (object, "cname", G_TYPE_STRING, cname, NULL);
  g_free (cname);
}

static void
add_inbound (GstStructure *report, const RtcPeerStats *stats, const RtcInboundStats *in)
{
  gchar *id = g_strdup_printf ("inbound-rtp-%u", in->ssrc);
  gchar *remote_id = g_strdup_printf ("remote-outbound-rtp-%u", in->ssrc);
  gchar *codec_id = add_codec (report, stats, &in->codec);
  GstStructure *object = object_new (stats, "inbound-rtp", GST_WEBRTC_STATS_INBOUND_RTP, id);

  gst_structure_set (object, "ssrc", G_TYPE_UINT, in->ssrc, "kind", G_TYPE_STRING,
      kind_name (in->kind), "mid", G_TYPE_STRING, in->mid, "transport-id", G_TYPE_STRING,
      TRANSPORT_ID, "packets-received", G_TYPE_UINT64, in->packets_received, "bytes-received",
      G_TYPE_UINT64, in->bytes_received, "header-bytes-received", G_TYPE_UINT64,
      in->header_bytes_received, "packets-lost", G_TYPE_INT64, in->packets_lost, "jitter",
      G_TYPE_DOUBLE, to_seconds (in->jitter), "nack-count", G_TYPE_UINT64, in->nack_count,
      "pli-count", G_TYPE_UINT64, in->pli_count, "fir-count", G_TYPE_UINT64, in->fir_count,
      "packets-discarded", G_TYPE_UINT64, in->packets_discarded, "packets-duplicated",
      G_TYPE_UINT64, in->packets_duplicated, "retransmitted-packets-received", G_TYPE_UINT64,
      in->retransmitted_packets_received, "retransmitted-bytes-received", G_TYPE_UINT64,
      in->retransmitted_bytes_received, "fec-packets-received", G_TYPE_UINT64,
      in->fec_packets_received, "fec-bytes-received", G_TYPE_UINT64, in->fec_bytes_received,
      "fec-packets-discarded", G_TYPE_UINT64, in->fec_packets_discarded, "packets-recovered",
      G_TYPE_UINT64, in->packets_recovered, NULL);
  if (in->last_packet != GST_CLOCK_TIME_NONE)
    gst_structure_set (object, "last-packet-received-timestamp", G_TYPE_DOUBLE,
        (gdouble) in->last_packet / GST_MSECOND, NULL);
  if (in->kind == RTC_MEDIA_VIDEO)
    gst_structure_set (object, "frames-received", G_TYPE_UINT64, in->frames_received,
        "key-frames-received", G_TYPE_UINT64, in->key_frames_received, NULL);
  if (codec_id != NULL)
    gst_structure_set (object, "codec-id", G_TYPE_STRING, codec_id, NULL);
  if (in->has_remote) {
    gst_structure_set (object, "remote-id", G_TYPE_STRING, remote_id, NULL);
    add_remote_outbound (report, stats, in, remote_id, id);
  }
  add_inbound_extras (object, in);
  add_object (report, object);
  g_free (codec_id);
  g_free (remote_id);
  g_free (id);
}

static void
add_candidate (GstStructure *report, const RtcPeerStats *stats, const RtcCandidate *candidate,
    gboolean is_local)
{
  const gchar *id = is_local ? "local-candidate" : "remote-candidate";
  GstStructure *object = object_new (stats, id,
      is_local ? GST_WEBRTC_STATS_LOCAL_CANDIDATE : GST_WEBRTC_STATS_REMOTE_CANDIDATE, id);
  gchar *text = rtc_candidate_write (candidate);

  gst_structure_set (object, "candidate", G_TYPE_STRING, text, "address", G_TYPE_STRING,
      candidate->address, "port", G_TYPE_UINT, (guint) candidate->port, "transport-id",
      G_TYPE_STRING, TRANSPORT_ID, NULL);
  g_free (text);
  add_object (report, object);
}

/* Not in the W3C dictionary: what the congestion controller sees and wants. */
static void
add_rate (GstStructure *object, const RtcPeerStats *stats)
{
  static const gchar *const states[] = { "normal", "underuse", "overuse" };
  const RtcRateStats *rate = &stats->rate;

  if (!rate->is_active)
    return;
  gst_structure_set (object, "congestion-controller", G_TYPE_STRING, rate->controller,
      "congestion-state", G_TYPE_STRING, states[rate->target.state], "target-bitrate",
      G_TYPE_UINT64, rate->target.target_bps, "pacing-bitrate", G_TYPE_UINT64,
      rate->target.pacing_bps, "padding-bitrate", G_TYPE_UINT64, rate->target.padding_bps,
      "acknowledged-bitrate", G_TYPE_UINT64, rate->cc.acked_bps, "loss", G_TYPE_DOUBLE,
      rate->target.loss, "app-limited", G_TYPE_BOOLEAN, rate->target.is_app_limited,
      "bytes-in-flight", G_TYPE_UINT64, rate->in_flight, "pacer-packets", G_TYPE_UINT,
      rate->waiting, "pacer-wait", G_TYPE_DOUBLE, to_seconds (rate->wait), "pacer-max-wait",
      G_TYPE_DOUBLE, to_seconds (rate->pacer.max_wait), "probes", G_TYPE_UINT64, rate->pacer.probes,
      "twcc-feedback-received", G_TYPE_UINT64, rate->twcc.messages, "twcc-packets-lost",
      G_TYPE_UINT64, rate->twcc.lost, "remb-received", G_TYPE_UINT64, stats->remb_received,
      "sending-paused", G_TYPE_BOOLEAN, rate->is_paused, NULL);
}

static void
add_transport (GstStructure *report, const RtcPeerStats *stats)
{
  const RtcIceStats *ice = &stats->ice;
  GstStructure *object = object_new (stats, "transport", GST_WEBRTC_STATS_TRANSPORT, TRANSPORT_ID);

  gst_structure_set (object, "bytes-sent", G_TYPE_UINT64, ice->bytes_sent, "bytes-received",
      G_TYPE_UINT64, ice->bytes_received, "packets-sent", G_TYPE_UINT64, ice->packets_sent,
      "packets-received", G_TYPE_UINT64, ice->packets_received, "ice-state", G_TYPE_STRING,
      gst_rtc_enums_nick (
          GST_TYPE_WEBRTC_ICE_CONNECTION_STATE, gst_rtc_enums_ice_state (stats->ice_state)),
      "dtls-role", G_TYPE_STRING, stats->dtls_is_client ? "client" : "server",
      "selected-candidate-pair-changes", G_TYPE_UINT64, stats->pair_changes, NULL);
  if (*stats->dtls.cipher != '\0')
    gst_structure_set (object, "tls-version", G_TYPE_STRING, stats->dtls.version, "dtls-cipher",
        G_TYPE_STRING, stats->dtls.cipher, NULL);
  /* Not in the W3C dictionary: where packets were lost on our side, and why. */
  gst_structure_set (object, "dropped-unknown", G_TYPE_UINT64, stats->dropped_unknown,
      "dropped-malformed", G_TYPE_UINT64, stats->dropped_malformed, "dropped-auth", G_TYPE_UINT64,
      stats->dropped_auth, "dropped-replay", G_TYPE_UINT64, stats->dropped_replay, "dropped-limit",
      G_TYPE_UINT64, stats->dropped_limit, "dropped-send", G_TYPE_UINT64, stats->dropped_send,
      "candidates-refused", G_TYPE_UINT64, stats->candidates_refused, "early-packets-held",
      G_TYPE_UINT64, stats->early_held, "early-packets-dropped", G_TYPE_UINT64,
      stats->early_dropped, "ssrc-collisions", G_TYPE_UINT64, stats->ssrc_collisions,
      "twcc-feedback-sent", G_TYPE_UINT64, stats->twcc_sent, "remb-sent", G_TYPE_UINT64,
      stats->remb_sent, NULL);
  add_rate (object, stats);
  if (stats->remb_sent > 0)
    gst_structure_set (object, "remb-bitrate", G_TYPE_UINT64, stats->remb_bps, NULL);
  if (ice->has_pair) {
    GstStructure *pair = object_new (stats, PAIR_ID, GST_WEBRTC_STATS_CANDIDATE_PAIR, PAIR_ID);

    gst_structure_set (pair, "local-candidate-id", G_TYPE_STRING, "local-candidate",
        "remote-candidate-id", G_TYPE_STRING, "remote-candidate", "transport-id", G_TYPE_STRING,
        TRANSPORT_ID, "nominated", G_TYPE_BOOLEAN, TRUE, "bytes-sent", G_TYPE_UINT64,
        ice->bytes_sent, "bytes-received", G_TYPE_UINT64, ice->bytes_received,
        "consent-requests-sent", G_TYPE_UINT64, ice->consent_requests_sent,
        "consent-responses-received", G_TYPE_UINT64, ice->consent_responses_received, NULL);
    if (stats->rate.is_active)
      gst_structure_set (pair, "available-outgoing-bitrate", G_TYPE_DOUBLE,
          (gdouble) stats->rate.target.target_bps, NULL);
    if (stats->has_rtt)
      gst_structure_set (
          pair, "current-round-trip-time", G_TYPE_DOUBLE, to_seconds (stats->rtt), NULL);
    add_object (report, pair);
    add_candidate (report, stats, &ice->local, TRUE);
    add_candidate (report, stats, &ice->remote, FALSE);
    gst_structure_set (object, "selected-candidate-pair-id", G_TYPE_STRING, PAIR_ID, NULL);
  }
  add_object (report, object);
}

/* RTCSctpTransportStats; GstWebRTCStatsType has no name for it. */
static void
add_sctp (GstStructure *report, const RtcPeerStats *stats)
{
  const RtcSctpStats *sctp = &stats->sctp;
  GstStructure *object = object_new (stats, "sctp-transport", GST_WEBRTC_STATS_TRANSPORT, SCTP_ID);

  gst_structure_set (object, "transport-id", G_TYPE_STRING, TRANSPORT_ID,
      "smoothed-round-trip-time", G_TYPE_DOUBLE, to_seconds (sctp->smoothed_rtt),
      "congestion-window", G_TYPE_UINT, sctp->congestion_window, "receiver-window", G_TYPE_UINT,
      sctp->receiver_window, "mtu", G_TYPE_UINT, sctp->mtu, "unack-data", G_TYPE_UINT,
      sctp->unacked_chunks, NULL);
  /* Not in the W3C dictionary. */
  gst_structure_set (object, "packets-sent", G_TYPE_UINT64, sctp->packets_sent, "packets-received",
      G_TYPE_UINT64, sctp->packets_received, "bytes-sent", G_TYPE_UINT64, sctp->bytes_sent,
      "bytes-received", G_TYPE_UINT64, sctp->bytes_received, "packets-malformed", G_TYPE_UINT64,
      sctp->dropped_malformed, "failures", G_TYPE_UINT64, stats->sctp_failures, "channels-refused",
      G_TYPE_UINT64, stats->data.refused, "messages-unknown", G_TYPE_UINT64,
      stats->data.dropped_unknown, NULL);
  add_object (report, object);
}

static void
add_channel (GstStructure *report, const RtcPeerStats *stats, const RtcChannelStats *channel)
{
  static const gchar *const states[] = { "connecting", "open", "closing", "closed" };
  const RtcDataChannelInfo *info = &channel->info;
  gchar *id = g_strdup_printf ("data-channel-%u", info->handle);
  GstStructure *object = object_new (stats, "data-channel", GST_WEBRTC_STATS_DATA_CHANNEL, id);

  gst_structure_set (object, "label", G_TYPE_STRING, channel->label, "protocol", G_TYPE_STRING,
      channel->protocol, "data-channel-identifier", G_TYPE_INT, info->id, "state", G_TYPE_STRING,
      states[info->state], "messages-sent", G_TYPE_UINT64, info->messages_sent, "bytes-sent",
      G_TYPE_UINT64, info->bytes_sent, "messages-received", G_TYPE_UINT64, info->messages_received,
      "bytes-received", G_TYPE_UINT64, info->bytes_received, NULL);
  add_object (report, object);
  g_free (id);
}

GstStructure *
gst_rtc_stats_to_structure (const RtcPeerStats *stats)
{
  GstStructure *report = gst_structure_new_empty ("application/x-webrtc-stats");
  GstStructure *object =
      object_new (stats, "peer-connection", GST_WEBRTC_STATS_PEER_CONNECTION, "peer-connection");

  gst_structure_set (object, "connection-state", G_TYPE_STRING,
      gst_rtc_enums_nick (
          GST_TYPE_WEBRTC_PEER_CONNECTION_STATE, gst_rtc_enums_peer_state (stats->state)),
      "data-channels-opened", G_TYPE_UINT64, stats->data.opened, "data-channels-closed",
      G_TYPE_UINT64, stats->data.closed, NULL);
  add_object (report, object);
  add_transport (report, stats);
  if (stats->has_data)
    add_sctp (report, stats);
  for (guint i = 0; stats->channels != NULL && i < stats->channels->len; i++)
    add_channel (report, stats, &g_array_index (stats->channels, RtcChannelStats, i));
  for (guint i = 0; i < stats->outbound->len; i++)
    add_outbound (report, stats, &g_array_index (stats->outbound, RtcOutboundStats, i));
  for (guint i = 0; i < stats->inbound->len; i++)
    add_inbound (report, stats, &g_array_index (stats->inbound, RtcInboundStats, i));
  return report;
}
