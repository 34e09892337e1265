/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "gst/rtc/jsep/rtc-jsep-private.h"

#include <string.h>

#include "gst/rtc/base/rtc-log.h"

/* rtc-jsep-apply.c: a checked description becomes state (RFC 9429 5.8 to 5.11). Nothing here
 * fails. */

#define GST_CAT_DEFAULT rtc_log_jsep

/* --- m-lines and transceivers ---------------------------------------------------------------- */

/* The m-line index is reused by another mid: who had it has none now. */
static void
leave_mline (RtcJsep *self, gint mline, const gchar *mid)
{
  for (guint i = 0; i < self->transceivers->len; i++) {
    RtcTransceiver *t = rtc_jsep_transceiver (self, i);

    if (t->mline == mline && strcmp (t->mid, mid) != 0) {
      t->mline = -1;
      t->mid[0] = '\0';
    }
  }
}

static void
associate (RtcTransceiver *t, const RtcSdpSection *section, guint index)
{
  g_strlcpy (t->mid, section->mid, sizeof t->mid);
  t->mline = (gint) index;
}

/* A transceiver without m-line for a section: with fits, one whose direction has a use for it. */
static RtcTransceiver *
find_free (RtcJsep *self, const RtcSdpSection *section, gboolean fits)
{
  RtcDirection offered = rtc_direction_reverse (section->direction);

  for (guint i = 0; i < self->transceivers->len; i++) {
    RtcTransceiver *t = rtc_jsep_transceiver (self, i);

    if (t->mline < 0 && !t->is_stopping && !t->is_stopped && t->config->kind == section->kind
        && (!fits || (t->config->direction & offered) != 0))
      return t;
  }
  return NULL;
}

static gboolean
is_media (const RtcSdpSection *s)
{
  return s->kind != RTC_MEDIA_APPLICATION && s->protocol != RTC_SDP_PROTOCOL_FOREIGN;
}

void
rtc_jsep_associate_local (RtcJsep *self, const RtcSdp *offer)
{
  for (guint i = 0; i < rtc_sdp_n_sections (offer); i++) {
    const RtcSdpSection *s = rtc_sdp_section (offer, i);
    RtcTransceiver *t;

    if (!is_media (s) || rtc_sdp_section_is_rejected (s))
      continue;
    leave_mline (self, (gint) i, s->mid);
    t = rtc_jsep_find_transceiver (self, s->mid);
    if (t == NULL)
      t = find_free (self, s, FALSE);
    if (t != NULL)
      associate (t, s, i);
  }
}

/* A transceiver that receives what nobody asked for. */
static RtcTransceiver *
add_for_remote (RtcJsep *self, const RtcSdpSection *section)
{
  RtcTransceiverConfig *config = g_new0 (RtcTransceiverConfig, 1);
  RtcTransceiver *t = NULL;

  config->kind = section->kind;
  config->direction = RTC_DIRECTION_RECVONLY;
  config->rtx = TRUE;
  config->fec = self->config.receive_fec;
  for (guint i = 0; i < self->config.n_receive_codecs; i++)
    if (self->config.receive_codecs[i].kind == section->kind)
      config->codecs[config->n_codecs++] = self->config.receive_codecs[i];
  if (config->n_codecs > 0) {
    t = rtc_transceiver_new (config);
    t->is_from_remote = TRUE;
    g_ptr_array_add (self->transceivers, t);
  }
  g_free (config);
  return t;
}

void
rtc_jsep_associate_remote (RtcJsep *self, const RtcSdp *offer)
{
  for (guint i = 0; i < rtc_sdp_n_sections (offer); i++) {
    const RtcSdpSection *s = rtc_sdp_section (offer, i);
    RtcTransceiver *t;

    if (!is_media (s) || rtc_sdp_section_is_rejected (s))
      continue;
    t = rtc_jsep_find_mline (self, (gint) i);
    if (t != NULL && strcmp (t->mid, s->mid) == 0 && !t->is_stopped)
      continue;
    leave_mline (self, (gint) i, s->mid);
    t = find_free (self, s, TRUE);
    if (t == NULL)
      t = find_free (self, s, FALSE);
    if (t == NULL && self->config.accept_unknown_media)
      t = add_for_remote (self, s);
    if (t != NULL)
      associate (t, s, i);
  }
}

/* --- what was agreed for one m-line ---------------------------------------------------------- */

typedef struct {
  const RtcSdpSection *local, *remote, *offer, *answer;
  gboolean local_is_offerer;
} Pair;

/* While it is being agreed on, with room for all there may be. */
typedef struct {
  RtcNegotiated negotiated;
  RtcCodec send_codecs[RTC_NEGOTIATED_MAX_CODECS], receive_codecs[RTC_NEGOTIATED_MAX_CODECS];
  RtcSdpSsrc ssrcs[RTC_NEGOTIATED_MAX_SSRCS];
  RtcSdpSsrcGroup groups[RTC_NEGOTIATED_MAX_SSRCS];
  RtcSdpRid rids[RTC_NEGOTIATED_MAX_RIDS];
} Draft;

/* (transfer full), by g_free(). */
static Draft *
draft_new (void)
{
  Draft *self = g_new0 (Draft, 1);
  RtcNegotiated *n = &self->negotiated;

  n->send_codecs = self->send_codecs;
  n->receive_codecs = self->receive_codecs;
  n->remote_ssrcs = self->ssrcs;
  n->remote_groups = self->groups;
  n->remote_rids = self->rids;
  return self;
}

static const RtcCodec *
codecs_of (const RtcSdpSection *s)
{
  return (const RtcCodec *) (gpointer) s->codecs->data;
}

/* The codec that the other description has for codec: the same payload type if it matches, else any
 * that does (an answerer may renumber, RFC 3264 6.1). */
static const RtcCodec *
find_counterpart (const RtcSdpSection *section, const RtcCodec *codec)
{
  const RtcCodec *same = rtc_codec_find_pt (codecs_of (section), section->codecs->len, codec->pt);

  if (same != NULL && rtc_codec_matches (same, codec))
    return same;
  for (guint i = 0; i < section->codecs->len; i++)
    if (rtc_codec_matches (&codecs_of (section)[i], codec))
      return &codecs_of (section)[i];
  return NULL;
}

static void
add_receive_codec (RtcNegotiated *n, const RtcCodec *codec, RtcRtcpFbFlags rtcp_fb)
{
  if (n->n_receive_codecs >= RTC_NEGOTIATED_MAX_CODECS)
    return;
  n->receive_codecs[n->n_receive_codecs] = *codec;
  n->receive_codecs[n->n_receive_codecs++].rtcp_fb = rtcp_fb;
}

static void
agree_codecs (const Pair *p, RtcNegotiated *n)
{
  n->send_rtx_pt = -1;
  for (guint i = 0; i < p->answer->codecs->len; i++) {
    const RtcCodec *answered = &codecs_of (p->answer)[i], *offered, *ours, *theirs, *rtx, *our_rtx;
    const RtcCodecInfo *info = rtc_codec_info (answered->id);
    RtcRtcpFbFlags rtcp_fb;

    if (info == NULL || !info->is_media || n->n_send_codecs >= RTC_NEGOTIATED_MAX_CODECS)
      continue;
    offered = find_counterpart (p->offer, answered);
    if (offered == NULL)
      continue;
    ours = p->local_is_offerer ? offered : answered;
    theirs = p->local_is_offerer ? answered : offered;
    rtcp_fb = ours->rtcp_fb & theirs->rtcp_fb;
    n->send_codecs[n->n_send_codecs] = *theirs;
    n->send_codecs[n->n_send_codecs].rtcp_fb = rtcp_fb;
    if (theirs->id == RTC_CODEC_H264) {
      RtcFmtpH264 *h264 = &n->send_codecs[n->n_send_codecs].fmtp.h264;
      guint level = rtc_codec_h264_send_level (ours, theirs);

      if (level != 0)
        h264->profile_level_id = rtc_h264_with_level (h264->profile_level_id, level);
    }
    rtx = rtc_codec_find_rtx (codecs_of (p->remote), p->remote->codecs->len, theirs->pt);
    our_rtx = rtc_codec_find_rtx (codecs_of (p->local), p->local->codecs->len, ours->pt);
    if (n->n_send_codecs == 0 && rtx != NULL && our_rtx != NULL)
      n->send_rtx_pt = rtx->pt;
    n->n_send_codecs++;
    add_receive_codec (n, ours, rtcp_fb);
    if (rtx != NULL && our_rtx != NULL)
      add_receive_codec (n, our_rtx, 0);
  }
  n->has_send_codec = n->n_send_codecs > 0;
  if (n->has_send_codec) {
    n->send_codec = n->send_codecs[0];
    n->rtcp_fb = n->send_codec.rtcp_fb;
  }
}

static const RtcSdpExtmap *
find_extmap (const RtcSdpSection *s, const gchar *uri)
{
  for (guint i = 0; i < s->extmaps->len; i++)
    if (strcmp (g_array_index (s->extmaps, RtcSdpExtmap, i).uri, uri) == 0)
      return &g_array_index (s->extmaps, RtcSdpExtmap, i);
  return NULL;
}

static void
agree_extensions (const Pair *p, RtcNegotiated *n)
{
  gboolean mixed = p->offer->extmap_allow_mixed && p->answer->extmap_allow_mixed;

  n->send_extensions.allow_mixed = n->receive_extensions.allow_mixed = mixed;
  for (guint i = 0; i < p->answer->extmaps->len; i++) {
    const RtcSdpExtmap *answered = &g_array_index (p->answer->extmaps, RtcSdpExtmap, i);
    const RtcSdpExtmap *offered = find_extmap (p->offer, answered->uri);
    RtcRtpExtension extension;
    RtcDirection ours;

    if (offered == NULL || !rtc_rtp_extension_find (answered->uri, &extension)
        || !rtc_jsep_extension_fits (extension, n->kind))
      continue;
    ours = p->local_is_offerer ? offered->direction & rtc_direction_reverse (answered->direction)
                               : answered->direction & rtc_direction_reverse (offered->direction);
    /* The offer's id holds: "the answerer MUST use the same value" (RFC 8285 6). One that is taken
     * (aiortc gives one id to two URIs) is refused by the map, and so not used. */
    if ((ours & RTC_DIRECTION_SENDONLY) != 0)
      rtc_rtp_extension_map_set (&n->send_extensions, extension, offered->id);
    if ((ours & RTC_DIRECTION_RECVONLY) != 0)
      rtc_rtp_extension_map_set (&n->receive_extensions, extension, offered->id);
  }
}

static void
agree_remote_sources (const Pair *p, RtcNegotiated *n)
{
  const RtcSdpSection *s = p->remote;

  if ((n->direction & RTC_DIRECTION_RECVONLY) == 0)
    return;
  for (guint i = 0; i < MIN (s->ssrcs->len, RTC_NEGOTIATED_MAX_SSRCS); i++)
    n->remote_ssrcs[n->n_remote_ssrcs++] = g_array_index (s->ssrcs, RtcSdpSsrc, i);
  for (guint i = 0; i < MIN (s->ssrc_groups->len, RTC_NEGOTIATED_MAX_SSRCS); i++)
    n->remote_groups[n->n_remote_groups++] = g_array_index (s->ssrc_groups, RtcSdpSsrcGroup, i);
  for (guint i = 0; i < MIN (s->rids->len, RTC_NEGOTIATED_MAX_RIDS); i++)
    if (g_array_index (s->rids, RtcSdpRid, i).is_send)
      n->remote_rids[n->n_remote_rids++] = g_array_index (s->rids, RtcSdpRid, i);
  if (s->msids->len > 0)
    n->remote_msid = g_array_index (s->msids, RtcSdpMsid, 0);
}

/* Why there is no media, or nothing. */
static void
explain (const RtcJsep *self, const Pair *p, guint index, RtcNegotiated *n)
{
  const RtcSdp *answer = p->local_is_offerer ? self->pending_remote : self->pending_local;

  if (rtc_sdp_section_is_rejected (p->answer)) {
    if (p->local_is_offerer)
      g_strlcpy (n->reason,
          rtc_sdp_section_is_rejected (p->offer) ? "it was stopped here"
                                                 : "the peer refused it (port 0)",
          sizeof n->reason);
    else if (rtc_jsep_is_acceptable (
                 self, self->pending_remote, index, n->reason, sizeof n->reason))
      g_strlcpy (n->reason, "we refused it (port 0)", sizeof n->reason);
  } else if (answer->bundle->len > 0 ? !rtc_sdp_is_bundled (answer, p->offer->mid)
                                     : rtc_jsep_answer_transport (answer) != (gint) index) {
    g_strlcpy (
        n->reason, "the answer does not bundle it, and we use one transport", sizeof n->reason);
  } else if (!n->has_send_codec) {
    g_strlcpy (n->reason, "the answer has none of the codecs that were offered", sizeof n->reason);
  } else {
    return;
  }
  n->is_rejected = TRUE;
  n->direction = RTC_DIRECTION_INACTIVE;
}

static void
agree_section (RtcJsep *self, RtcTransceiver *t, gboolean local_is_offerer, gboolean is_final)
{
  guint index = (guint) t->mline;
  Pair p = { .local_is_offerer = local_is_offerer };
  Draft *draft = draft_new ();
  RtcNegotiated *n = &draft->negotiated;

  p.local = rtc_sdp_section (self->pending_local, index);
  p.remote = rtc_sdp_section (self->pending_remote, index);
  p.offer = local_is_offerer ? p.local : p.remote;
  p.answer = local_is_offerer ? p.remote : p.local;
  g_strlcpy (n->mid, t->mid, sizeof n->mid);
  n->mline = t->mline;
  n->kind = t->config->kind;
  n->direction = p.local->direction & rtc_direction_reverse (p.remote->direction);
  agree_codecs (&p, n);
  rtc_jsep_agree_fec (p.local, p.remote, n);
  explain (self, &p, index, n);
  if (!n->is_rejected) {
    agree_extensions (&p, n);
    agree_remote_sources (&p, n);
    n->ssrc = t->config->ssrc;
    n->rtx_ssrc = n->send_rtx_pt >= 0 ? t->config->rtx_ssrc : 0;
    n->fec_ssrc = n->send_flexfec_pt >= 0 ? t->config->fec_ssrc : 0;
    n->rtcp_rsize = p.offer->rtcp_rsize && p.answer->rtcp_rsize;
    n->rcvr_rtt =
        p.offer->rcvr_rtt != RTC_SDP_RCVR_RTT_NONE && p.answer->rcvr_rtt != RTC_SDP_RCVR_RTT_NONE;
  }
  if (rtc_transceiver_agree (t, n))
    GST_INFO_ID (t->mid, "m-line %u: %s%s%s", index, rtc_direction_to_string (n->direction),
        n->is_rejected ? ", refused: " : "", n->reason);
  if (is_final) {
    t->codecs_changed = FALSE;
    /* "If the media description is rejected ... stop the transceiver" (webrtc-pc 4.4.1.5). */
    if (rtc_sdp_section_is_rejected (p.answer))
      t->is_stopped = TRUE;
  }
  g_free (draft);
}

/* --- the transport --------------------------------------------------------------------------- */

static void
agree_data (const RtcJsep *self, RtcJsepTransport *t)
{
  t->has_data = t->data_refused = FALSE;
  t->data_mid[0] = '\0';
  t->data_mline = -1;
  t->local_sctp_port = t->remote_sctp_port = 0;
  t->remote_max_message_size = 0;
  for (guint i = 0; i < rtc_sdp_n_sections (self->pending_remote); i++) {
    const RtcSdpSection *remote = rtc_sdp_section (self->pending_remote, i);
    const RtcSdpSection *local = rtc_sdp_section (self->pending_local, i);

    if (local->kind != RTC_MEDIA_APPLICATION || local->protocol == RTC_SDP_PROTOCOL_FOREIGN)
      continue;
    if (rtc_sdp_section_is_rejected (local) || rtc_sdp_section_is_rejected (remote)) {
      t->data_refused = TRUE;
      continue;
    }
    t->has_data = TRUE;
    t->data_refused = FALSE;
    g_strlcpy (t->data_mid, local->mid, sizeof t->data_mid);
    t->data_mline = (gint) i;
    t->local_sctp_port = local->sctp_port != 0 ? local->sctp_port : 5000;
    t->remote_sctp_port = remote->sctp_port != 0 ? remote->sctp_port : 5000;
    /* "If the SDP 'max-message-size' attribute is not present, the default value is 64K"
     * (RFC 8841 6.1); 0 means any. */
    t->remote_max_message_size = !remote->has_max_message_size   ? 65536
                                 : remote->max_message_size == 0 ? G_MAXUINT64
                                                                 : remote->max_message_size;
    return;
  }
}

static void
copy_candidates (const RtcSdpSection *source, const RtcSdpSection *section, GArray *out)
{
  const GArray *from = section->candidates->len > 0 ? section->candidates : source->candidates;

  g_array_set_size (out, 0);
  for (guint i = 0; i < from->len; i++)
    if (g_array_index (from, RtcCandidate, i).component == 1)
      g_array_append_vals (out, &g_array_index (from, RtcCandidate, i), 1);
}

static gboolean
candidates_differ (const GArray *a, const GArray *b)
{
  for (guint i = 0; a->len == b->len && i < a->len; i++)
    if (!rtc_candidate_equal (
            &g_array_index (a, RtcCandidate, i), &g_array_index (b, RtcCandidate, i)))
      return TRUE;
  return a->len != b->len;
}

static void
agree_roles (const RtcJsep *self, RtcJsepTransport *t, const RtcSdpSection *local,
    const RtcSdpSection *remote, gboolean local_is_offerer)
{
  gboolean is_new = rtc_jsep_is_new_dtls (self, remote);
  gboolean was_client = t->we_are_dtls_client;

  /* An answer without a=setup: "active" is what RFC 4145 4 lets an answerer be by default. */
  t->we_are_dtls_client = local_is_offerer ? remote->setup == RTC_SDP_SETUP_PASSIVE
                                           : local->setup == RTC_SDP_SETUP_ACTIVE;
  if (is_new || was_client != t->we_are_dtls_client)
    t->dtls_generation++;
  /* "the agent that generated the offer which started the ICE processing MUST take the
   * controlling role" (RFC 8445 6.1.1); a lite one never does. Roles outlive renegotiation. */
  if (!t->roles_known)
    t->we_are_ice_controlling =
        !self->config.ice_lite && (local_is_offerer || self->pending_remote->ice_lite);
  t->roles_known = TRUE;
}

/* They stay where they are if they are the same, and do not if not: the caller looks at that. */
static void
agree_fingerprints (RtcJsep *self, const RtcSdpSection *remote)
{
  RtcJsepTransport *t = &self->transport;
  RtcDtlsFingerprint *before = t->fingerprints;

  if (rtc_jsep_has_same_fingerprints (self, remote))
    return;
  t->n_fingerprints = remote->fingerprints->len;
  t->fingerprints = g_memdup2 (remote->fingerprints->data, t->n_fingerprints * sizeof *before);
  g_free (before);
}

static void
agree_transport (RtcJsep *self, gboolean local_is_offerer)
{
  const RtcSdp *answer = local_is_offerer ? self->pending_remote : self->pending_local;
  gint index = rtc_jsep_answer_transport (answer);
  RtcJsepTransport *now = &self->transport, before = *now;
  const RtcSdpSection *local, *remote;
  GArray *candidates;

  now->remote_restarts = FALSE;
  agree_data (self, now);
  if (index >= 0) {
    local = rtc_sdp_section (self->pending_local, (guint) index);
    remote = rtc_jsep_transport_source (self->pending_remote, (guint) index);
    if (strcmp (now->remote_ufrag, remote->ice_ufrag) != 0)
      now->ice_generation++;
    agree_roles (self, now, local, remote, local_is_offerer);
    g_strlcpy (now->remote_ufrag, remote->ice_ufrag, sizeof now->remote_ufrag);
    g_strlcpy (now->remote_pwd, remote->ice_pwd, sizeof now->remote_pwd);
    now->remote_is_lite = self->pending_remote->ice_lite;
    now->remote_trickle = remote->ice_trickle;
    now->remote_end_of_candidates = remote->end_of_candidates;
    agree_fingerprints (self, remote);
    candidates = g_array_copy (now->remote_candidates);
    copy_candidates (
        remote, rtc_sdp_section (self->pending_remote, (guint) index), now->remote_candidates);
    if (candidates_differ (candidates, now->remote_candidates))
      before.generation = G_MAXUINT64;
    g_array_unref (candidates);
  }
  if (memcmp (&before, now, sizeof before) != 0)
    now->generation++;
}

void
rtc_jsep_agree (RtcJsep *self, gboolean local_is_offerer, gboolean is_final)
{
  for (guint i = 0; i < self->transceivers->len; i++) {
    RtcTransceiver *t = rtc_jsep_transceiver (self, i);

    if (t->mline >= 0 && t->mline < (gint) rtc_sdp_n_sections (self->pending_local))
      agree_section (self, t, local_is_offerer, is_final);
  }
  agree_transport (self, local_is_offerer);
}
