/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "gst/rtc/peer/rtc-peer-private.h"

#include <string.h>

#define GST_CAT_DEFAULT rtc_log_jsep

/* RFC 3550 8.1: SSRCs are unique within the session, which BUNDLE makes of all m-lines. */
static gboolean
peer_uses_ssrc (const RtcPeer *self, guint32 ssrc)
{
  RtcBundleMatch match;

  if (ssrc == self->rtcp_ssrc || rtc_bundle_find (self->bundle, ssrc, &match))
    return TRUE;
  for (guint i = 0; i < rtc_jsep_get_n_transceivers (self->jsep); i++) {
    const RtcTransceiverConfig *config =
        rtc_transceiver_get_config (rtc_jsep_get_transceiver (self->jsep, i));

    if (config->ssrc == ssrc || config->rtx_ssrc == ssrc || config->fec_ssrc == ssrc)
      return TRUE;
  }
  return FALSE;
}

static guint32
peer_new_ssrc (RtcPeer *self, guint32 other, guint32 another)
{
  guint32 ssrc;

  do
    ssrc = rtc_random_u32 (self->config.random);
  while (ssrc == 0 || ssrc == other || ssrc == another || peer_uses_ssrc (self, ssrc));
  return ssrc;
}

RtcCodec
rtc_peer_limit_feedback (const RtcPeer *self, const RtcCodec *codec)
{
  RtcCodec limited = *codec;

  if (!self->config.transport_cc)
    limited.rtcp_fb &= ~(RTC_RTCP_FB_TRANSPORT_CC | RTC_RTCP_FB_REMB);
  return limited;
}

guint
rtc_peer_add_transceiver (RtcPeer *self, const RtcTransceiverConfig *config)
{
  RtcTransceiverConfig own = *config;

  for (guint i = 0; i < own.n_codecs; i++)
    own.codecs[i] = rtc_peer_limit_feedback (self, &own.codecs[i]);
  if ((own.direction & RTC_DIRECTION_SENDONLY) != 0) {
    if (own.ssrc == 0)
      own.ssrc = peer_new_ssrc (self, own.rtx_ssrc, own.fec_ssrc);
    if (own.rtx && own.rtx_ssrc == 0)
      own.rtx_ssrc = peer_new_ssrc (self, own.ssrc, own.fec_ssrc);
    if (own.kind == RTC_MEDIA_VIDEO && (own.fec & RTC_FEC_FLEXFEC) != 0 && own.fec_ssrc == 0)
      own.fec_ssrc = peer_new_ssrc (self, own.ssrc, own.rtx_ssrc);
  }
  return rtc_jsep_add_transceiver (self->jsep, &own);
}

static RtcResult
peer_check_open (RtcPeer *self, GError **error)
{
  if (self->is_closed)
    return rtc_error (error, RTC_ERR_STATE, "the peer is closed");
  if (self->failure != NULL)
    return rtc_error (error, RTC_ERR_STATE, "the peer has failed: %s", self->failure);
  return RTC_OK;
}

static RtcResult
peer_create (RtcPeer *self, RtcSdp *(*create) (RtcJsep *, GError **), gchar **text, GError **error)
{
  GError *inner = NULL;
  RtcResult result = peer_check_open (self, error);
  RtcSdp *sdp;

  *text = NULL;
  if (result != RTC_OK)
    return result;
  sdp = create (self->jsep, &inner);
  if (sdp == NULL) {
    result = rtc_error_get_result (inner);
    g_propagate_error (error, inner);
    return result;
  }
  *text = rtc_sdp_write (sdp);
  rtc_sdp_free (sdp);
  return RTC_OK;
}

RtcResult
rtc_peer_create_offer (RtcPeer *self, GstClockTime now, gchar **sdp, GError **error)
{
  return peer_create (self, rtc_jsep_create_offer, sdp, error);
}

RtcResult
rtc_peer_create_answer (RtcPeer *self, GstClockTime now, gchar **sdp, GError **error)
{
  return peer_create (self, rtc_jsep_create_answer, sdp, error);
}

/* Parses text (NULL only for a rollback) and hands it to set. */
static RtcResult
peer_set (RtcPeer *self, RtcResult (*set) (RtcJsep *, RtcSdpType, const RtcSdp *, GError **),
    RtcSdpType type, const gchar *text, GError **error)
{
  RtcResult result = peer_check_open (self, error);
  GError *inner = NULL;
  RtcSdp *sdp = NULL;

  if (result != RTC_OK)
    return result;
  if (type != RTC_SDP_TYPE_ROLLBACK) {
    sdp = rtc_sdp_parse (text != NULL ? text : "", text != NULL ? strlen (text) : 0, &inner);
    if (sdp == NULL) {
      result = rtc_error_get_result (inner);
      g_propagate_error (error, inner);
      return result;
    }
  }
  result = set (self->jsep, type, sdp, error);
  rtc_sdp_free (sdp);
  /* What waited for the ICE session of the offer that is taken back. */
  if (result == RTC_OK && type == RTC_SDP_TYPE_ROLLBACK && self->transport_known)
    g_array_set_size (self->candidates, 0);
  return result;
}

RtcResult
rtc_peer_set_local_description (
    RtcPeer *self, GstClockTime now, RtcSdpType type, const gchar *sdp, GError **error)
{
  RtcResult result = peer_set (self, rtc_jsep_set_local, type, sdp, error);

  if (result != RTC_OK)
    return result;
  if (self->gathering_state == RTC_ICE_GATHERING_NEW && type != RTC_SDP_TYPE_ROLLBACK) {
    const RtcJsepTransport *transport = rtc_jsep_get_transport (self->jsep);

    /* RFC 8445 6.1.1: "the initiating agent which started the ICE processing MUST take the
     * controlling role", but for a lite peer, which an answerer knows already. */
    self->ice->vtable->set_role (self->ice,
        transport->roles_known ? transport->we_are_ice_controlling : type == RTC_SDP_TYPE_OFFER);
    self->gathering_state = RTC_ICE_GATHERING_GATHERING;
    if (self->ice->vtable->gather (self->ice, now) != RTC_OK) {
      self->gathering_state = RTC_ICE_GATHERING_NEW;
      rtc_peer_fail (self, now, "ICE has no local address or port to gather candidates on");
    }
  }
  rtc_peer_announce_state (self);
  rtc_peer_apply_negotiation (self, now);
  rtc_peer_handle_backends (self, now);
  return RTC_OK;
}

static RtcResult
peer_renew_ice (RtcPeer *self, GstClockTime now)
{
  const gchar *ufrag, *pwd;
  RtcResult result = self->ice->vtable->restart (self->ice, now);

  if (result != RTC_OK)
    return result;
  self->ice->vtable->get_local_parameters (self->ice, &ufrag, &pwd);
  self->gathering_state = RTC_ICE_GATHERING_NEW;
  return rtc_jsep_set_local_ice (self->jsep, ufrag, pwd);
}

RtcResult
rtc_peer_set_remote_description (
    RtcPeer *self, GstClockTime now, RtcSdpType type, const gchar *sdp, GError **error)
{
  RtcResult result = peer_set (self, rtc_jsep_set_remote, type, sdp, error);

  if (result != RTC_OK)
    return result;
  /* RFC 8839 4.4.1.1.1: an offer with other credentials restarts ICE, and so must our answer. */
  if (rtc_jsep_get_transport (self->jsep)->remote_restarts)
    peer_renew_ice (self, now);
  rtc_peer_announce_state (self);
  rtc_peer_apply_negotiation (self, now);
  rtc_peer_handle_backends (self, now);
  rtc_jsep_rest (self->jsep);
  return RTC_OK;
}

RtcResult
rtc_peer_restart_ice (RtcPeer *self, GstClockTime now)
{
  RtcResult result = peer_check_open (self, NULL);

  if (result == RTC_OK)
    result = peer_renew_ice (self, now);
  if (result == RTC_OK)
    rtc_peer_push_output (self, RTC_OUTPUT_NEGOTIATION_NEEDED);
  return result;
}

gchar *
rtc_peer_get_local_description (RtcPeer *self)
{
  return rtc_jsep_write_local_description (self->jsep);
}

static void
peer_use_candidate (RtcPeer *self, GstClockTime now, const RtcPeerCandidate *c)
{
  if (c->is_end) {
    self->ice->vtable->end_of_remote_candidates (self->ice, now);
    return;
  }
  /* A straggler of the ICE session before the last restart. */
  if (c->candidate.ufrag[0] != '\0' && self->remote_ufrag != NULL
      && strcmp (c->candidate.ufrag, self->remote_ufrag) != 0) {
    self->counters.candidates_refused++;
    return;
  }
  if (self->ice->vtable->add_remote_candidate (self->ice, now, &c->candidate) != RTC_OK)
    self->counters.candidates_refused++;
}

/* An ICE restart is under way, and this belongs to the session that it begins: its description
 * is known to us or not, but not yet in force. */
static gboolean
peer_is_early_candidate (const RtcPeer *self, const RtcPeerCandidate *c)
{
  gboolean is_other = strcmp (c->candidate.ufrag, self->remote_ufrag) != 0;

  /* Without a fragment: of the newest description. */
  if (rtc_jsep_get_transport (self->jsep)->remote_restarts)
    return is_other;
  return is_other && c->candidate.ufrag[0] != '\0'
         && rtc_jsep_get_state (self->jsep) != RTC_JSEP_STATE_STABLE;
}

RtcResult
rtc_peer_add_ice_candidate (RtcPeer *self, GstClockTime now, const gchar *mid, guint mline,
    const gchar *candidate, GError **error)
{
  RtcPeerCandidate c = { .mline = mline };
  RtcResult result = peer_check_open (self, error);

  if (result != RTC_OK)
    return result;
  if (candidate != NULL && g_str_has_prefix (candidate, "a="))
    candidate += 2;
  c.is_end =
      candidate == NULL || candidate[0] == '\0' || strcmp (candidate, "end-of-candidates") == 0;
  g_strlcpy (c.mid, mid != NULL ? mid : "", sizeof c.mid);
  if (!c.is_end) {
    result = rtc_candidate_parse (candidate, &c.candidate);
    if (result == RTC_ERR_UNSUPPORTED) {
      self->counters.candidates_refused++;
      return RTC_OK;
    }
    if (result != RTC_OK) {
      gchar *safe = rtc_log_safe (candidate, 120);

      rtc_error (error, result, "malformed ICE candidate \"%s\"", safe);
      g_free (safe);
      return result;
    }
    /* With rtcp-mux there is one component; Firefox still lists the second. */
    if (c.candidate.component != 1)
      return RTC_OK;
  }
  if (self->transport_known && !peer_is_early_candidate (self, &c)) {
    peer_use_candidate (self, now, &c);
    rtc_peer_handle_backends (self, now);
  } else if (self->candidates->len < self->config.limits.max_remote_candidates) {
    g_array_append_val (self->candidates, c);
  } else {
    self->counters.candidates_refused++;
  }
  return RTC_OK;
}

static void
peer_apply_ice (RtcPeer *self, GstClockTime now, const RtcJsepTransport *transport)
{
  g_free (self->remote_ufrag);
  self->remote_ufrag = g_strdup (transport->remote_ufrag);
  self->ice->vtable->set_remote (self->ice, now, transport->remote_ufrag, transport->remote_pwd,
      transport->we_are_ice_controlling, transport->remote_is_lite);
  if (!self->transport_known) {
    self->connect_began = now;
    self->connect_deadline = now + self->config.limits.connect_timeout;
  }
}

static void
peer_apply_candidates (RtcPeer *self, GstClockTime now, const RtcJsepTransport *transport)
{
  for (guint i = 0; i < transport->remote_candidates->len; i++) {
    RtcPeerCandidate c = { .candidate =
                               g_array_index (transport->remote_candidates, RtcCandidate, i) };

    peer_use_candidate (self, now, &c);
  }
  for (guint i = 0; i < self->candidates->len; i++)
    peer_use_candidate (self, now, &g_array_index (self->candidates, RtcPeerCandidate, i));
  g_array_set_size (self->candidates, 0);
  if (transport->remote_end_of_candidates)
    self->ice->vtable->end_of_remote_candidates (self->ice, now);
}

static void
peer_apply_transport (RtcPeer *self, GstClockTime now)
{
  const RtcJsepTransport *transport = rtc_jsep_get_transport (self->jsep);
  RtcResult result;

  if (transport->generation == self->transport_generation || !transport->roles_known)
    return;
  self->transport_generation = transport->generation;
  if (self->transport_known && transport->dtls_generation != self->dtls_generation) {
    /* RFC 8842 5.5 would allow a new association; we end the call instead of mixing keys. */
    rtc_peer_fail (self, now, "the peer changed its DTLS identity within a call; start a new call");
    return;
  }
  self->dtls_generation = transport->dtls_generation;
  result = self->dtls->vtable->set_remote_fingerprints (
      self->dtls, transport->fingerprints, transport->n_fingerprints);
  if (result != RTC_OK) {
    rtc_peer_fail (self, now, "no fingerprint of the peer uses sha-256, sha-384 or sha-512");
    return;
  }
  if (!self->transport_known || transport->ice_generation != self->ice_generation)
    peer_apply_ice (self, now, transport);
  self->ice_generation = transport->ice_generation;
  self->dtls_is_client = transport->we_are_dtls_client;
  self->transport_known = TRUE;
  peer_apply_candidates (self, now, transport);
  rtc_peer_start_dtls (self, now);
}

static void
peer_apply_receive (RtcPeer *self, guint index, const RtcNegotiated *negotiated)
{
  guint8 pts[RTC_NEGOTIATED_MAX_CODECS], rtx_pts[RTC_NEGOTIATED_MAX_CODECS];
  /* A longer one cannot be on the wire: found by SSRC and payload type then. */
  const gchar *mid = strlen (negotiated->mid) <= RTC_RTP_SDES_MAX ? negotiated->mid : NULL;
  guint n_pts = 0, n_rtx = 0;

  if ((negotiated->direction & RTC_DIRECTION_RECVONLY) == 0 || negotiated->is_rejected) {
    rtc_peer_end_section (self, index);
    return;
  }
  for (guint i = 0; i < negotiated->n_receive_codecs; i++) {
    pts[n_pts++] = negotiated->receive_codecs[i].pt;
    if (negotiated->receive_codecs[i].id == RTC_CODEC_RTX
        || negotiated->receive_codecs[i].id == RTC_CODEC_FLEXFEC)
      rtx_pts[n_rtx++] = negotiated->receive_codecs[i].pt;
  }
  rtc_bundle_set_section (self->bundle, index, mid, pts, n_pts, rtx_pts, n_rtx);
  for (guint i = 0; i < negotiated->n_remote_ssrcs; i++) {
    guint32 ssrc = negotiated->remote_ssrcs[i].ssrc, primary = 0;

    for (guint g = 0; g < negotiated->n_remote_groups; g++) {
      const RtcSdpSsrcGroup *group = &negotiated->remote_groups[g];

      if (group->type != RTC_SDP_SSRC_GROUP_SIM && group->n_ssrcs == 2 && group->ssrcs[1] == ssrc)
        primary = group->ssrcs[0];
    }
    rtc_bundle_add_ssrc (self->bundle, index, ssrc, NULL, primary);
  }
  for (guint i = 0; i < RTC_RTP_N_EXTENSIONS; i++)
    if (negotiated->receive_extensions.ids[i] != 0)
      rtc_rtp_extension_map_set (
          &self->extensions, (RtcRtpExtension) i, negotiated->receive_extensions.ids[i]);
  self->extensions.allow_mixed |= negotiated->receive_extensions.allow_mixed;
}

/* Which kind of forward error correction is used where several were agreed on. */
static void
peer_choose_fec (const RtcNegotiated *negotiated, RtcSendFecConfig *config)
{
  config->kind = negotiated->kind;
  if (negotiated->send_flexfec_pt >= 0 && negotiated->fec_ssrc != 0) {
    config->flexfec_payload_type = (guint8) negotiated->send_flexfec_pt;
    config->ssrc = negotiated->fec_ssrc;
  } else if (negotiated->send_red_pt >= 0) {
    config->red_payload_type = (guint8) negotiated->send_red_pt;
    if (negotiated->send_ulpfec_pt >= 0)
      config->ulpfec_payload_type = (guint8) negotiated->send_ulpfec_pt;
  }
}

static void
peer_apply_send (RtcPeer *self, guint index, const RtcNegotiated *negotiated)
{
  RtcPeerSection *section = rtc_peer_section (self, index);
  const RtcTransceiverConfig *wish =
      rtc_transceiver_get_config (rtc_jsep_get_transceiver (self->jsep, index));
  RtcSendStreamConfig config = { 0 };
  gboolean had = section->send.config.rewrite.ssrc != 0;

  section->can_send = !negotiated->is_rejected && negotiated->has_send_codec
                      && (negotiated->direction & RTC_DIRECTION_SENDONLY) != 0;
  if (!section->can_send) {
    rtc_peer_detach (self, index);
    return;
  }
  /* The old codec's packets must not go out as the new one's. */
  if (had && section->send_codec.id != negotiated->send_codec.id)
    rtc_peer_detach (self, index);
  section->send_codec = negotiated->send_codec;
  config.kind = negotiated->kind;
  g_strlcpy (config.mid, negotiated->mid, sizeof config.mid);
  if (strlen (negotiated->mid) > RTC_RTP_SDES_MAX)
    config.mid[0] = '\0';
  config.ntp64_at_zero = self->config.ntp64_at_zero;
  config.has_playout_delay = wish->has_playout_delay;
  config.playout_min = wish->playout_min;
  config.playout_max = wish->playout_max;
  config.rewrite.ssrc = negotiated->ssrc;
  config.rewrite.payload_type = negotiated->send_codec.pt;
  config.rewrite.clock_rate = negotiated->send_codec.clock_rate;
  config.rewrite.extensions = negotiated->send_extensions;
  if (negotiated->send_rtx_pt >= 0 && negotiated->rtx_ssrc != 0) {
    config.rewrite.rtx_ssrc = negotiated->rtx_ssrc;
    config.rewrite.rtx_payload_type = (guint8) negotiated->send_rtx_pt;
  }
  peer_choose_fec (negotiated, &config.fec);
  if (had) {
    rtc_send_stream_update (&section->send, &config);
    return;
  }
  config.rewrite.first_seq = (guint16) rtc_random_range (self->config.random, 1, 0x8000);
  config.rewrite.first_rtx_seq = (guint16) rtc_random_range (self->config.random, 1, 0x8000);
  config.rewrite.first_rtp_ts = rtc_random_u32 (self->config.random);
  if (config.fec.flexfec_payload_type != 0)
    config.fec.first_seq = (guint16) rtc_random_range (self->config.random, 1, 0x8000);
  rtc_send_stream_init (&section->send, &config);
}

void
rtc_peer_apply_negotiation (RtcPeer *self, GstClockTime now)
{
  RtcJsepState state = rtc_jsep_get_state (self->jsep);
  guint n = rtc_jsep_get_n_transceivers (self->jsep);
  gboolean changed = FALSE;

  if (state != RTC_JSEP_STATE_STABLE && state != RTC_JSEP_STATE_HAVE_LOCAL_PRANSWER
      && state != RTC_JSEP_STATE_HAVE_REMOTE_PRANSWER)
    return;
  while (self->sections->len < n) {
    RtcPeerSection *section = g_new0 (RtcPeerSection, 1);

    section->key_frame_due = GST_CLOCK_TIME_NONE;
    g_ptr_array_add (self->sections, section);
  }
  for (guint i = 0; i < n; i++) {
    const RtcNegotiated *negotiated =
        rtc_transceiver_get_negotiated (rtc_jsep_get_transceiver (self->jsep, i));
    RtcPeerSection *section = rtc_peer_section (self, i);

    if (negotiated->generation == section->generation)
      continue;
    changed = TRUE;
    section->generation = negotiated->generation;
    if (!negotiated->is_rejected)
      self->reduced_size = negotiated->rtcp_rsize;
    self->rcvr_rtt |= negotiated->rcvr_rtt;
    peer_apply_receive (self, i, negotiated);
    peer_apply_send (self, i, negotiated);
  }
  peer_apply_transport (self, now);
  if (self->failure == NULL)
    rtc_peer_apply_data (self, now);
  /* Where there is nothing but data no section tells. */
  changed |= !self->has_negotiated;
  self->has_negotiated = TRUE;
  if (changed) {
    gchar *report = rtc_jsep_describe (self->jsep);

    rtc_peer_apply_cc (self);
    rtc_peer_apply_rate (self, now);
    rtc_peer_replay (self, now, PEER_EARLY_ALL);
    GST_INFO_ID (self->id, "negotiated:\n%s", report);
    g_free (report);
    rtc_peer_push_output (self, RTC_OUTPUT_NEGOTIATED);
  }
}
