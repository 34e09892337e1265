/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "gst/rtc/sdp/rtc-sdp.h"

/* Attributes in the order in which browsers write them, so that two texts compare by eye. What
 * sections share (fingerprint, ICE) is repeated in each: RFC 9429 5.2.1 asks for it in every
 * section that is not bundle-only, and peers that look at one section only then find it. */

static const gchar *const protocol_names[] = {
  [RTC_SDP_PROTOCOL_UDP_TLS_RTP_SAVPF] = "UDP/TLS/RTP/SAVPF",
  [RTC_SDP_PROTOCOL_TCP_TLS_RTP_SAVPF] = "TCP/TLS/RTP/SAVPF",
  [RTC_SDP_PROTOCOL_RTP_SAVPF] = "RTP/SAVPF",
  [RTC_SDP_PROTOCOL_UDP_DTLS_SCTP] = "UDP/DTLS/SCTP",
  [RTC_SDP_PROTOCOL_TCP_DTLS_SCTP] = "TCP/DTLS/SCTP",
  [RTC_SDP_PROTOCOL_DTLS_SCTP] = "DTLS/SCTP",
};

static void
write_media_line (GString *s, const RtcSdpSection *m)
{
  static const gchar *const kinds[] = { "audio", "video", "application" };

  if (m->protocol == RTC_SDP_PROTOCOL_FOREIGN) {
    g_string_append_printf (
        s, "m=%s %u %s %s\r\n", m->foreign_media, m->port, m->foreign_protocol, m->foreign_formats);
    return;
  }
  g_string_append_printf (s, "m=%s %u %s", kinds[m->kind], m->port, protocol_names[m->protocol]);
  if (m->protocol == RTC_SDP_PROTOCOL_DTLS_SCTP)
    g_string_append_printf (s, " %u", m->sctp_port);
  else if (m->kind == RTC_MEDIA_APPLICATION)
    g_string_append (s, " webrtc-datachannel");
  for (guint i = 0; i < m->codecs->len; i++)
    g_string_append_printf (s, " %u", g_array_index (m->codecs, RtcCodec, i).pt);
  g_string_append (s, "\r\n");
}

static void
write_transport (GString *s, const RtcSdpSection *m)
{
  static const gchar *const setups[] = { NULL, "actpass", "active", "passive", "holdconn" };

  for (guint i = 0; i < m->candidates->len; i++) {
    gchar *text = rtc_candidate_write (&g_array_index (m->candidates, RtcCandidate, i));

    g_string_append_printf (s, "a=%s\r\n", text);
    g_free (text);
  }
  if (m->end_of_candidates)
    g_string_append (s, "a=end-of-candidates\r\n");
  if (m->ice_ufrag[0] != '\0')
    g_string_append_printf (s, "a=ice-ufrag:%s\r\n", m->ice_ufrag);
  if (m->ice_pwd[0] != '\0')
    g_string_append_printf (s, "a=ice-pwd:%s\r\n", m->ice_pwd);
  if (m->ice_trickle || m->ice_renomination || m->ice2)
    g_string_append_printf (s, "a=ice-options:%s\r\n",
        m->ice_trickle ? m->ice2
                             ? m->ice_renomination ? "trickle ice2 renomination" : "trickle ice2"
                         : m->ice_renomination ? "trickle renomination"
                                               : "trickle"
        : m->ice2      ? m->ice_renomination ? "ice2 renomination" : "ice2"
                       : "renomination");
  for (guint i = 0; i < m->fingerprints->len; i++) {
    const RtcDtlsFingerprint *f = &g_array_index (m->fingerprints, RtcDtlsFingerprint, i);

    g_string_append_printf (s, "a=fingerprint:%s %s\r\n", f->algorithm, f->value);
  }
  if (m->setup != RTC_SDP_SETUP_NONE)
    g_string_append_printf (s, "a=setup:%s\r\n", setups[m->setup]);
  if (m->tls_id[0] != '\0')
    g_string_append_printf (s, "a=tls-id:%s\r\n", m->tls_id);
}

static void
write_codec (GString *s, const RtcCodec *codec)
{
  static const struct {
    RtcRtcpFbFlags flag;
    const gchar *text;
  } feedback[] = {
    { RTC_RTCP_FB_REMB, "goog-remb" },
    { RTC_RTCP_FB_TRANSPORT_CC, "transport-cc" },
    { RTC_RTCP_FB_FIR, "ccm fir" },
    { RTC_RTCP_FB_NACK, "nack" },
    { RTC_RTCP_FB_PLI, "nack pli" },
  };
  gchar *fmtp;

  if (codec->name[0] != '\0') {
    g_string_append_printf (s, "a=rtpmap:%u %s/%u", codec->pt, codec->name, codec->clock_rate);
    if (codec->channels > 1)
      g_string_append_printf (s, "/%u", codec->channels);
    g_string_append (s, "\r\n");
  }
  for (guint i = 0; i < G_N_ELEMENTS (feedback); i++)
    if ((codec->rtcp_fb & feedback[i].flag) != 0)
      g_string_append_printf (s, "a=rtcp-fb:%u %s\r\n", codec->pt, feedback[i].text);
  fmtp = rtc_fmtp_write (&codec->fmtp, codec->id);
  if (fmtp != NULL)
    g_string_append_printf (s, "a=fmtp:%u %s\r\n", codec->pt, fmtp);
  g_free (fmtp);
}

static void
write_ssrcs (GString *s, const RtcSdpSection *m)
{
  static const gchar *const groups[] = { [RTC_SDP_SSRC_GROUP_FID] = "FID",
    [RTC_SDP_SSRC_GROUP_SIM] = "SIM",
    [RTC_SDP_SSRC_GROUP_FEC_FR] = "FEC-FR" };

  for (guint i = 0; i < m->ssrc_groups->len; i++) {
    const RtcSdpSsrcGroup *g = &g_array_index (m->ssrc_groups, RtcSdpSsrcGroup, i);

    g_string_append_printf (s, "a=ssrc-group:%s", groups[g->type]);
    for (guint k = 0; k < g->n_ssrcs; k++)
      g_string_append_printf (s, " %u", g->ssrcs[k]);
    g_string_append (s, "\r\n");
  }
  for (guint i = 0; i < m->ssrcs->len; i++) {
    const RtcSdpSsrc *ssrc = &g_array_index (m->ssrcs, RtcSdpSsrc, i);

    if (ssrc->cname[0] != '\0')
      g_string_append_printf (s, "a=ssrc:%u cname:%s\r\n", ssrc->ssrc, ssrc->cname);
    if (ssrc->msid_stream[0] != '\0')
      g_string_append_printf (s, "a=ssrc:%u msid:%s%s%s\r\n", ssrc->ssrc, ssrc->msid_stream,
          ssrc->msid_track[0] != '\0' ? " " : "", ssrc->msid_track);
    if (ssrc->cname[0] == '\0' && ssrc->msid_stream[0] == '\0')
      g_string_append_printf (s, "a=ssrc:%u label:-\r\n", ssrc->ssrc);
  }
}

static void
add_restriction (GString *s, gboolean *any, const gchar *name, guint32 value)
{
  if (value == 0)
    return;
  g_string_append_printf (s, "%c%s=%u", *any ? ';' : ' ', name, value);
  *any = TRUE;
}

static void
write_rid (GString *s, const RtcSdpRid *rid)
{
  gboolean any = FALSE;

  g_string_append_printf (s, "a=rid:%s %s", rid->id, rid->is_send ? "send" : "recv");
  for (guint i = 0; i < rid->n_pts; i++)
    g_string_append_printf (s, "%s%u", i == 0 ? " pt=" : ",", rid->pts[i]);
  any = rid->n_pts > 0;
  add_restriction (s, &any, "max-width", rid->max_width);
  add_restriction (s, &any, "max-height", rid->max_height);
  add_restriction (s, &any, "max-fps", rid->max_fps);
  add_restriction (s, &any, "max-br", rid->max_bitrate);
  g_string_append (s, "\r\n");
}

static void
write_simulcast (GString *s, const RtcSdpSection *m)
{
  const RtcSdpSimulcast *last = NULL;

  for (guint i = 0; i < m->simulcast->len; i++) {
    const RtcSdpSimulcast *e = &g_array_index (m->simulcast, RtcSdpSimulcast, i);

    if (last == NULL || last->is_send != e->is_send)
      g_string_append_printf (
          s, "%s%s ", last == NULL ? "a=simulcast:" : " ", e->is_send ? "send" : "recv");
    else
      g_string_append_c (s, e->is_alternative ? ',' : ';');
    g_string_append_printf (s, "%s%s", e->is_paused ? "~" : "", e->rid);
    last = e;
  }
  if (last != NULL)
    g_string_append (s, "\r\n");
}

static void
write_extmap (GString *s, const RtcSdpExtmap *map)
{
  g_string_append_printf (s, "a=extmap:%u", map->id);
  if (map->direction != RTC_DIRECTION_SENDRECV)
    g_string_append_printf (s, "/%s", rtc_direction_to_string (map->direction));
  g_string_append_printf (s, " %s\r\n", map->uri);
}

static void
write_data (GString *s, const RtcSdpSection *m)
{
  if (m->protocol == RTC_SDP_PROTOCOL_DTLS_SCTP)
    g_string_append_printf (
        s, "a=sctpmap:%u webrtc-datachannel %u\r\n", m->sctp_port, m->sctp_streams);
  else if (m->sctp_port != 0)
    g_string_append_printf (s, "a=sctp-port:%u\r\n", m->sctp_port);
  if (m->has_max_message_size)
    g_string_append_printf (s, "a=max-message-size:%" G_GUINT64_FORMAT "\r\n", m->max_message_size);
}

static void
write_section (GString *s, const RtcSdp *sdp, const RtcSdpSection *m)
{
  write_media_line (s, m);
  g_string_append (s, "c=IN IP4 0.0.0.0\r\n");
  if (m->kind != RTC_MEDIA_APPLICATION && m->protocol != RTC_SDP_PROTOCOL_FOREIGN)
    g_string_append (s, "a=rtcp:9 IN IP4 0.0.0.0\r\n");
  write_transport (s, m);
  if (m->mid[0] != '\0')
    g_string_append_printf (s, "a=mid:%s\r\n", m->mid);
  if (m->bundle_only)
    g_string_append (s, "a=bundle-only\r\n");
  if (m->extmap_allow_mixed && !sdp->extmap_allow_mixed)
    g_string_append (s, "a=extmap-allow-mixed\r\n");
  for (guint i = 0; i < m->extmaps->len; i++)
    write_extmap (s, &g_array_index (m->extmaps, RtcSdpExtmap, i));
  if (m->kind != RTC_MEDIA_APPLICATION || m->direction != RTC_DIRECTION_SENDRECV)
    g_string_append_printf (s, "a=%s\r\n", rtc_direction_to_string (m->direction));
  for (guint i = 0; i < m->msids->len; i++) {
    const RtcSdpMsid *msid = &g_array_index (m->msids, RtcSdpMsid, i);

    g_string_append_printf (
        s, "a=msid:%s%s%s\r\n", msid->stream, msid->track[0] != '\0' ? " " : "", msid->track);
  }
  if (m->rtcp_mux)
    g_string_append (s, "a=rtcp-mux\r\n");
  if (m->rtcp_mux_only)
    g_string_append (s, "a=rtcp-mux-only\r\n");
  if (m->rtcp_rsize)
    g_string_append (s, "a=rtcp-rsize\r\n");
  if (m->rcvr_rtt != RTC_SDP_RCVR_RTT_NONE)
    g_string_append_printf (
        s, "a=rtcp-xr:rcvr-rtt=%s\r\n", m->rcvr_rtt == RTC_SDP_RCVR_RTT_ALL ? "all" : "sender");
  for (guint i = 0; i < m->codecs->len; i++)
    write_codec (s, &g_array_index (m->codecs, RtcCodec, i));
  write_data (s, m);
  write_ssrcs (s, m);
  for (guint i = 0; i < m->rids->len; i++)
    write_rid (s, &g_array_index (m->rids, RtcSdpRid, i));
  write_simulcast (s, m);
}

gchar *
rtc_sdp_write (const RtcSdp *self)
{
  GString *s = g_string_sized_new (4096);
  gsize len;

  g_string_append_printf (s,
      "v=0\r\no=%s %" G_GUINT64_FORMAT " %" G_GUINT64_FORMAT " IN IP4 127.0.0.1\r\n"
      "s=-\r\nt=0 0\r\n",
      self->user_name, self->session_id, self->version);
  if (self->ice_lite)
    g_string_append (s, "a=ice-lite\r\n");
  if (self->bundle->len > 0) {
    g_string_append (s, "a=group:BUNDLE");
    for (guint i = 0; i < self->bundle->len; i++)
      g_string_append_printf (s, " %s", (const gchar *) g_ptr_array_index (self->bundle, i));
    g_string_append (s, "\r\n");
  }
  if (self->extmap_allow_mixed)
    g_string_append (s, "a=extmap-allow-mixed\r\n");
  if (self->msid_semantic)
    g_string_append (s, "a=msid-semantic:WMS *\r\n");
  for (guint i = 0; i < self->sections->len; i++)
    write_section (s, self, rtc_sdp_section (self, i));
  /* As long as it is: kept with a peer, it would else have up to twice of that. */
  len = s->len;
  return g_realloc (g_string_free (s, FALSE), len + 1);
}
