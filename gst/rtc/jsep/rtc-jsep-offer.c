/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "gst/rtc/jsep/rtc-jsep-private.h"

#include <string.h>

/* rtc-jsep-offer.c: making an offer (RFC 9429 5.2).
 *
 * Deviation: RFC 9429 5.2.1 writes bundle-only sections with port 0 under max-bundle. Peers that
 * do not know bundle-only take port 0 for a refusal, so all sections are written with port 9 and
 * the same ICE credentials; an answer that does not bundle a section is treated as refusing it. */

gboolean
rtc_jsep_extension_fits (RtcRtpExtension extension, RtcMediaKind kind)
{
  switch (extension) {
    case RTC_RTP_EXTENSION_AUDIO_LEVEL:
      return kind == RTC_MEDIA_AUDIO;
    case RTC_RTP_EXTENSION_RID:
    case RTC_RTP_EXTENSION_REPAIRED_RID:
    case RTC_RTP_EXTENSION_PLAYOUT_DELAY:
    case RTC_RTP_EXTENSION_TOFFSET:
    case RTC_RTP_EXTENSION_VIDEO_ORIENTATION:
      return kind == RTC_MEDIA_VIDEO;
    case RTC_RTP_EXTENSION_MID:
    case RTC_RTP_EXTENSION_TWCC:
    case RTC_RTP_EXTENSION_ABS_SEND_TIME:
    case RTC_RTP_EXTENSION_ABS_CAPTURE_TIME:
      return kind != RTC_MEDIA_APPLICATION;
  }
  return FALSE;
}

void
rtc_jsep_fill_transport (const RtcJsep *self, RtcSdpSection *section, RtcSdpSetup setup)
{
  g_strlcpy (section->ice_ufrag, self->ice_ufrag, sizeof section->ice_ufrag);
  g_strlcpy (section->ice_pwd, self->ice_pwd, sizeof section->ice_pwd);
  section->ice_trickle = TRUE;
  g_array_append_val (section->fingerprints, self->config.fingerprint);
  g_strlcpy (section->tls_id, self->tls_id, sizeof section->tls_id);
  section->setup = setup;
}

void
rtc_jsep_fill_sources (const RtcJsep *self, const RtcTransceiver *t, RtcSdpSection *section)
{
  const RtcTransceiverConfig *c = t->config;
  const gchar *stream = c->msid_stream[0] != '\0' ? c->msid_stream : "-";
  RtcSdpSsrc ssrc = { c->ssrc };
  RtcSdpMsid msid = { "", "" };
  gboolean has_rtx = FALSE, has_flexfec = FALSE;

  if ((section->direction & RTC_DIRECTION_SENDONLY) == 0)
    return;
  for (guint i = 0; i < section->codecs->len; i++) {
    has_rtx |= g_array_index (section->codecs, RtcCodec, i).id == RTC_CODEC_RTX;
    has_flexfec |= g_array_index (section->codecs, RtcCodec, i).id == RTC_CODEC_FLEXFEC;
  }
  g_strlcpy (msid.stream, stream, sizeof msid.stream);
  g_strlcpy (msid.track, c->msid_track, sizeof msid.track);
  g_array_append_val (section->msids, msid);
  if (c->ssrc == 0)
    return;
  g_strlcpy (ssrc.cname, self->config.cname, sizeof ssrc.cname);
  g_strlcpy (ssrc.msid_stream, stream, sizeof ssrc.msid_stream);
  g_strlcpy (ssrc.msid_track, c->msid_track, sizeof ssrc.msid_track);
  g_array_append_val (section->ssrcs, ssrc);
  if (has_rtx && c->rtx_ssrc != 0) {
    RtcSdpSsrcGroup group = { RTC_SDP_SSRC_GROUP_FID, 2, { c->ssrc, c->rtx_ssrc } };

    ssrc.ssrc = c->rtx_ssrc;
    g_array_append_val (section->ssrcs, ssrc);
    g_array_append_val (section->ssrc_groups, group);
  }
  if (has_flexfec && c->fec_ssrc != 0) {
    RtcSdpSsrcGroup group = { RTC_SDP_SSRC_GROUP_FEC_FR, 2, { c->ssrc, c->fec_ssrc } };

    ssrc.ssrc = c->fec_ssrc;
    g_array_append_val (section->ssrcs, ssrc);
    g_array_append_val (section->ssrc_groups, group);
  }
}

void
rtc_jsep_finish_local (const RtcJsep *self, RtcSdp *sdp, gboolean with_bundle)
{
  const RtcSdp *last = rtc_jsep_get_last_local (self);

  sdp->session_id = self->session_id;
  sdp->ice_lite = self->config.ice_lite;
  sdp->msid_semantic = TRUE;
  for (guint i = 0; i < rtc_sdp_n_sections (sdp); i++) {
    const RtcSdpSection *s = rtc_sdp_section (sdp, i);

    if (with_bundle && !rtc_sdp_section_is_rejected (s) && s->mid[0] != '\0')
      g_ptr_array_add (sdp->bundle, g_strdup (s->mid));
  }
  /* "the <sess-version> ... MUST increment by one when a modification is made" (RFC 9429 5.2.2),
   * and only then. */
  sdp->version = last != NULL ? last->version : 1;
  if (last != NULL && !rtc_sdp_equal (last, sdp))
    sdp->version++;
}

/* --- payload types and extension ids: one space for the whole BUNDLE (RFC 9143 9.1) ---------- */

typedef struct {
  RtcCodec codecs[128];
  gboolean used[128];
  gboolean reserved[128]; /* in use now, by whatever section: not for what is new */
} PtTable;

/* RFC 9429 5.2.2 keeps payload types as they are: what a later section has is not given to an
 * earlier. */
static void
reserve_pts (PtTable *table, const RtcSdp *current)
{
  for (guint i = 0; current != NULL && i < rtc_sdp_n_sections (current); i++) {
    const GArray *codecs = rtc_sdp_section (current, i)->codecs;

    for (guint k = 0; k < codecs->len; k++)
      table->reserved[g_array_index (codecs, RtcCodec, k).pt & 0x7f] = TRUE;
  }
}

static gboolean
pt_fits (const PtTable *table, guint pt, const RtcCodec *codec)
{
  return !table->used[pt]
         || (table->codecs[pt].id == codec->id && table->codecs[pt].kind == codec->kind
             && rtc_fmtp_equal (&table->codecs[pt].fmtp, &codec->fmtp, codec->id));
}

/* The payload type of codec: the wished one, else a free one of 96..127, then of 35..63 (RFC 5761 4
 * keeps 64..95 free for RTCP). FALSE when none is left. */
static gboolean
assign_pt (PtTable *table, RtcCodec *codec, gint wished)
{
  static const guint8 ranges[][2] = { { 96, 127 }, { 35, 63 } };

  if (wished >= 0 && wished <= 127 && pt_fits (table, (guint) wished, codec)) {
    codec->pt = (guint8) wished;
  } else {
    gboolean found = FALSE;

    for (guint i = 0; i < G_N_ELEMENTS (ranges) && !found; i++) {
      for (guint pt = ranges[i][0]; pt <= ranges[i][1] && !found; pt++) {
        if (!table->used[pt] && !table->reserved[pt]) {
          codec->pt = (guint8) pt;
          found = TRUE;
        }
      }
    }
    if (!found)
      return FALSE;
  }
  table->used[codec->pt] = TRUE;
  table->codecs[codec->pt] = *codec;
  return TRUE;
}

/* "payload type values in the range 64-95 MUST NOT be used" (RFC 5761 4): with the marker bit they
 * look like RTCP. One that an earlier negotiation has brought stays nevertheless. */
static gint
avoid_rtcp (guint pt)
{
  return pt > 127 || (pt >= 64 && pt <= 95) ? -1 : (gint) pt;
}

/* What the section had last time, so that payload types stay (RFC 9429 5.2.2). */
static gint
wished_pt (const RtcCodec *codec, const RtcSdpSection *before)
{
  const RtcCodecInfo *info = rtc_codec_info (codec->id);

  if (info->static_pt >= 0)
    return info->static_pt;
  for (guint i = 0; before != NULL && i < before->codecs->len; i++) {
    const RtcCodec *old = &g_array_index (before->codecs, RtcCodec, i);

    if (rtc_codec_matches (codec, old))
      return old->pt;
  }
  return codec->pt != 0 ? avoid_rtcp (codec->pt) : -1;
}

static gboolean
already_offered (const RtcSdpSection *section, const RtcCodec *codec)
{
  for (guint i = 0; i < section->codecs->len; i++)
    if (rtc_codec_matches (&g_array_index (section->codecs, RtcCodec, i), codec))
      return TRUE;
  return FALSE;
}

/* RTX for what is offered under pt, where it was before or next to it. */
static void
offer_rtx (PtTable *table, RtcSdpSection *section, const RtcSdpSection *before, guint8 pt)
{
  const RtcCodec *old_rtx = NULL;
  RtcCodec rtx;

  rtc_codec_init (&rtx, RTC_CODEC_RTX, 0);
  rtx.fmtp.rtx.has_apt = TRUE;
  rtx.fmtp.rtx.apt = pt;
  if (before != NULL)
    old_rtx = rtc_codec_find_rtx (
        (const RtcCodec *) (gpointer) before->codecs->data, before->codecs->len, pt);
  if (assign_pt (table, &rtx, old_rtx != NULL ? old_rtx->pt : avoid_rtcp (pt + 1u)))
    g_array_append_val (section->codecs, rtx);
}

static void
fill_codecs (
    const RtcTransceiver *t, PtTable *table, RtcSdpSection *section, const RtcSdpSection *before)
{
  for (guint i = 0; i < t->config->n_codecs; i++) {
    RtcCodec codec = t->config->codecs[i];

    if (already_offered (section, &codec) || !assign_pt (table, &codec, wished_pt (&codec, before)))
      continue;
    g_array_append_val (section->codecs, codec);
    if (t->config->rtx && codec.kind == RTC_MEDIA_VIDEO)
      offer_rtx (table, section, before, codec.pt);
  }
}

static void
fill_fec (
    const RtcTransceiver *t, PtTable *table, RtcSdpSection *section, const RtcSdpSection *before)
{
  RtcCodec fec[RTC_JSEP_MAX_FEC_CODECS];
  guint n = rtc_jsep_list_fec (t, section, fec);

  for (guint i = 0; i < n; i++) {
    if (!assign_pt (table, &fec[i], wished_pt (&fec[i], before)))
      continue;
    g_array_append_val (section->codecs, fec[i]);
    if (fec[i].id == RTC_CODEC_RED && t->config->rtx && section->kind == RTC_MEDIA_VIDEO)
      offer_rtx (table, section, before, fec[i].pt);
  }
}

/* Ids in use stay what they are; the others get free ones in the order of the config. */
static void
fill_extensions (const RtcJsep *self, RtcSdpSection *section)
{
  guint8 ids[RTC_RTP_N_EXTENSIONS] = { 0 };
  gboolean used[256] = { FALSE };
  guint next = 1;

  for (guint i = 0; i < self->transceivers->len; i++) {
    const RtcNegotiated *n = &rtc_jsep_transceiver (self, i)->negotiated;

    for (guint e = 0; e < RTC_RTP_N_EXTENSIONS; e++) {
      guint8 id = MAX (n->send_extensions.ids[e], n->receive_extensions.ids[e]);

      if (id != 0 && ids[e] == 0 && !used[id]) {
        ids[e] = id;
        used[id] = TRUE;
      }
    }
  }
  for (guint i = 0; i < self->config.n_extensions; i++) {
    RtcRtpExtension extension = self->config.extensions[i];

    if (ids[extension] == 0) {
      while (next < 14 && used[next])
        next++;
      if (used[next])
        continue;
      ids[extension] = (guint8) next;
      used[next] = TRUE;
    }
    if (rtc_jsep_extension_fits (extension, section->kind))
      rtc_sdp_section_add_extmap (
          section, ids[extension], RTC_DIRECTION_SENDRECV, rtc_rtp_extension_get_uri (extension));
  }
}

/* --- sections -------------------------------------------------------------------------------- */

static void
add_media (const RtcJsep *self, RtcSdp *sdp, PtTable *table, const RtcTransceiver *t,
    const gchar *mid, const RtcSdpSection *before)
{
  RtcSdpSection *s = rtc_sdp_add_section (sdp, t->config->kind, mid);

  rtc_jsep_fill_transport (self, s, RTC_SDP_SETUP_ACTPASS);
  s->direction = t->config->direction;
  s->rtcp_mux = s->rtcp_rsize = TRUE;
  s->rcvr_rtt = RTC_SDP_RCVR_RTT_ALL;
  s->extmap_allow_mixed = TRUE;
  fill_extensions (self, s);
  fill_codecs (t, table, s, before);
  fill_fec (t, table, s, before);
  rtc_jsep_fill_sources (self, t, s);
}

static void
add_data (const RtcJsep *self, RtcSdp *sdp, const gchar *mid)
{
  RtcSdpSection *s = rtc_sdp_add_section (sdp, RTC_MEDIA_APPLICATION, mid);

  rtc_jsep_fill_transport (self, s, RTC_SDP_SETUP_ACTPASS);
  s->extmap_allow_mixed = TRUE;
  s->sctp_port = 5000;
  s->has_max_message_size = TRUE;
  s->max_message_size = self->config.max_message_size;
}

/* A section that stays at port 0: its kind, mid and formats, nothing else. */
static void
add_stopped (RtcSdp *sdp, const RtcSdpSection *before)
{
  RtcSdpSection *s = rtc_sdp_add_section (sdp, before->kind, before->mid);

  s->protocol = before->protocol;
  s->foreign_media = g_strdup (before->foreign_media);
  s->foreign_protocol = g_strdup (before->foreign_protocol);
  s->foreign_formats = g_strdup (before->foreign_formats);
  s->sctp_port = before->protocol == RTC_SDP_PROTOCOL_DTLS_SCTP ? before->sctp_port : 0;
  s->port = 0;
  s->direction = RTC_DIRECTION_INACTIVE;
  s->extmap_allow_mixed = before->protocol != RTC_SDP_PROTOCOL_FOREIGN;
  for (guint i = 0; i < before->codecs->len; i++) {
    RtcCodec codec = g_array_index (before->codecs, RtcCodec, i);

    g_array_append_val (s->codecs, codec);
  }
}

static gboolean
mid_is_used (const RtcJsep *self, const RtcSdp *sdp, const gchar *mid)
{
  for (guint i = 0; i < self->transceivers->len; i++)
    if (strcmp (rtc_jsep_transceiver (self, i)->mid, mid) == 0)
      return TRUE;
  return rtc_sdp_find_section (sdp, mid) != NULL
         || (self->current_local != NULL && rtc_sdp_find_section (self->current_local, mid) != NULL)
         || (self->current_remote != NULL
             && rtc_sdp_find_section (self->current_remote, mid) != NULL);
}

/* "0", "1", ...: short, so that the MID extension is (RFC 9429 5.2.1: at most 3 bytes). */
static void
make_mid (const RtcJsep *self, const RtcSdp *sdp, gchar out[RTC_SDP_TOKEN_BYTES])
{
  guint n = rtc_sdp_n_sections (sdp);

  do
    g_snprintf (out, RTC_SDP_TOKEN_BYTES, "%u", n++);
  while (mid_is_used (self, sdp, out));
}

/* The next transceiver from *index on that has no m-line yet. With an offer pending (it is being
 * made anew), those that got theirs by it count as without one. */
static RtcTransceiver *
next_new (const RtcJsep *self, guint n_before, guint *index)
{
  while (*index < self->transceivers->len) {
    RtcTransceiver *t = rtc_jsep_transceiver (self, (*index)++);
    gint mline = t->mline;

    if (self->state == RTC_JSEP_STATE_HAVE_LOCAL_OFFER && self->saved != NULL)
      mline = *index <= self->saved->len
                  ? g_array_index (self->saved, RtcJsepSaved, *index - 1).mline
                  : -1;
    if (mline < 0 && !t->is_stopping && !t->is_stopped)
      return t;
  }
  return NULL;
}

/* The mid for a transceiver's new section: the one it got by the pending offer, else a new one. */
static void
mid_for_new (
    const RtcJsep *self, const RtcSdp *sdp, const RtcTransceiver *t, gchar mid[RTC_SDP_TOKEN_BYTES])
{
  if (t->mid[0] != '\0')
    g_strlcpy (mid, t->mid, RTC_SDP_TOKEN_BYTES);
  else
    make_mid (self, sdp, mid);
}

static gboolean
has_data_section (const RtcSdp *sdp)
{
  for (guint i = 0; i < rtc_sdp_n_sections (sdp); i++) {
    const RtcSdpSection *s = rtc_sdp_section (sdp, i);

    if (s->kind == RTC_MEDIA_APPLICATION && s->protocol != RTC_SDP_PROTOCOL_FOREIGN
        && !rtc_sdp_section_is_rejected (s))
      return TRUE;
  }
  return FALSE;
}

/* Section i again, as it is negotiated now (RFC 9429 5.2.2). */
static void
add_again (const RtcJsep *self, RtcSdp *sdp, PtTable *table, guint i, guint *next)
{
  const RtcSdpSection *before = rtc_sdp_section (self->current_local, i);
  RtcTransceiver *t = rtc_jsep_find_mline (self, (gint) i);
  gchar mid[RTC_SDP_TOKEN_BYTES];

  if (!rtc_sdp_section_is_rejected (before)) {
    if (before->kind == RTC_MEDIA_APPLICATION)
      add_data (self, sdp, before->mid);
    else if (t != NULL && !t->is_stopping)
      add_media (self, sdp, table, t, before->mid, before);
    else
      add_stopped (sdp, before);
    return;
  }
  /* "If the m= section ... is recycled" : port 0 in the current descriptions (5.2.2). */
  t = next_new (self, self->current_local->sections->len, next);
  if (t == NULL) {
    add_stopped (sdp, before);
    return;
  }
  mid_for_new (self, sdp, t, mid);
  add_media (self, sdp, table, t, mid, NULL);
}

RtcSdp *
rtc_jsep_create_offer (RtcJsep *self, GError **error)
{
  gchar mid[RTC_SDP_TOKEN_BYTES];
  guint n_before, next = 0;
  RtcTransceiver *t;
  PtTable *table;
  RtcSdp *sdp;

  if (self->state != RTC_JSEP_STATE_STABLE && self->state != RTC_JSEP_STATE_HAVE_LOCAL_OFFER) {
    rtc_error (error, RTC_ERR_STATE, "cannot make an offer in state %s",
        rtc_jsep_state_to_string (self->state));
    return NULL;
  }
  if (self->ice_ufrag[0] == '\0') {
    rtc_error (error, RTC_ERR_STATE, "cannot make an offer without local ICE credentials");
    return NULL;
  }
  rtc_jsep_wake (self);
  n_before = self->current_local != NULL ? rtc_sdp_n_sections (self->current_local) : 0;
  sdp = rtc_sdp_new ();
  sdp->extmap_allow_mixed = TRUE;
  table = g_new0 (PtTable, 1);
  reserve_pts (table, self->current_local);
  for (guint i = 0; i < n_before; i++)
    add_again (self, sdp, table, i, &next);
  while (rtc_sdp_n_sections (sdp) < self->config.max_sections
         && (t = next_new (self, n_before, &next)) != NULL) {
    mid_for_new (self, sdp, t, mid);
    add_media (self, sdp, table, t, mid, NULL);
  }
  g_free (table);
  if (self->wants_data && !has_data_section (sdp)
      && rtc_sdp_n_sections (sdp) < self->config.max_sections) {
    make_mid (self, sdp, mid);
    add_data (self, sdp, mid);
  }
  for (guint i = 0; i < rtc_sdp_n_sections (sdp); i++)
    if (rtc_sdp_section (sdp, i)->protocol != RTC_SDP_PROTOCOL_FOREIGN)
      rtc_sdp_section (sdp, i)->extmap_allow_mixed = TRUE;
  if (rtc_sdp_n_sections (sdp) == 0) {
    rtc_sdp_free (sdp);
    rtc_error (error, RTC_ERR_STATE,
        "nothing to offer: there is neither a transceiver nor a data channel");
    return NULL;
  }
  rtc_jsep_finish_local (self, sdp, TRUE);
  rtc_jsep_note_created (self, RTC_SDP_TYPE_OFFER, sdp);
  return sdp;
}
