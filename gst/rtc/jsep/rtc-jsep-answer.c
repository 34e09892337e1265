/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "gst/rtc/jsep/rtc-jsep-private.h"

#include <string.h>

#include "gst/rtc/base/rtc-log.h"

/* rtc-jsep-answer.c: making an answer (RFC 9429 5.3), and saying why a section is refused. */

gboolean
rtc_jsep_has_same_fingerprints (const RtcJsep *self, const RtcSdpSection *remote)
{
  const RtcJsepTransport *t = &self->transport;

  if (t->n_fingerprints != remote->fingerprints->len)
    return FALSE;
  for (guint i = 0; i < t->n_fingerprints; i++) {
    const RtcDtlsFingerprint *f = &g_array_index (remote->fingerprints, RtcDtlsFingerprint, i);

    if (strcmp (f->algorithm, t->fingerprints[i].algorithm) != 0
        || strcmp (f->value, t->fingerprints[i].value) != 0)
      return FALSE;
  }
  return TRUE;
}

gboolean
rtc_jsep_is_new_dtls (const RtcJsep *self, const RtcSdpSection *remote)
{
  const RtcSdpSection *before = NULL;

  if (!self->transport.roles_known || !rtc_jsep_has_same_fingerprints (self, remote))
    return TRUE;
  /* "a change of the tls-id ... indicates that a new DTLS association" (RFC 8842 4) */
  if (self->current_remote != NULL)
    before = rtc_sdp_find_section (self->current_remote, remote->mid);
  return before != NULL && before->tls_id[0] != '\0' && remote->tls_id[0] != '\0'
         && strcmp (before->tls_id, remote->tls_id) != 0;
}

RtcSdpSetup
rtc_jsep_answer_setup (const RtcJsep *self, const RtcSdpSection *offered)
{
  if (offered->setup == RTC_SDP_SETUP_PASSIVE)
    return RTC_SDP_SETUP_ACTIVE;
  if (offered->setup == RTC_SDP_SETUP_ACTIVE)
    return RTC_SDP_SETUP_PASSIVE;
  /* actpass: an association that lives keeps its roles (RFC 8842 5.5); a new one has us as the
   * server, since the server chooses the SRTP profile. */
  if (!rtc_jsep_is_new_dtls (self, offered) && self->transport.we_are_dtls_client)
    return RTC_SDP_SETUP_ACTIVE;
  return RTC_SDP_SETUP_PASSIVE;
}

/* --- codecs ---------------------------------------------------------------------------------- */

static const RtcCodec *
find_match (const RtcCodec *ours, const RtcSdpSection *remote)
{
  for (guint i = 0; i < remote->codecs->len; i++)
    if (rtc_codec_matches (ours, &g_array_index (remote->codecs, RtcCodec, i)))
      return &g_array_index (remote->codecs, RtcCodec, i);
  return NULL;
}

static gboolean
has_common_codec (const RtcTransceiver *t, const RtcSdpSection *remote)
{
  for (guint i = 0; i < t->config->n_codecs; i++)
    if (find_match (&t->config->codecs[i], remote) != NULL)
      return TRUE;
  return FALSE;
}

static void
append_codec (GString *s, const RtcCodec *codec)
{
  gchar *text = rtc_codec_to_string (codec), *safe = rtc_log_safe (text, 90);

  g_string_append_printf (s, "%s%s", s->len > 0 ? ", " : "", safe);
  g_free (safe);
  g_free (text);
}

/* "the peer has only H264/90000 ...; we have VP8/90000" */
static void
explain_codecs (
    const RtcTransceiver *t, const RtcSdpSection *remote, gchar *reason, gsize reason_size)
{
  GString *theirs = g_string_new (NULL), *ours = g_string_new (NULL);

  for (guint i = 0; i < remote->codecs->len && theirs->len < 110; i++) {
    const RtcCodec *codec = &g_array_index (remote->codecs, RtcCodec, i);
    const RtcCodecInfo *info = rtc_codec_info (codec->id);

    if (info == NULL || info->is_media)
      append_codec (theirs, codec);
  }
  for (guint i = 0; i < t->config->n_codecs && ours->len < 70; i++)
    append_codec (ours, &t->config->codecs[i]);
  g_snprintf (reason, reason_size, "no codec in common: the peer has only %s; we have %s",
      theirs->len > 0 ? theirs->str : "none", ours->str);
  g_string_free (theirs, TRUE);
  g_string_free (ours, TRUE);
}

static void
answer_codecs (const RtcJsep *self, const RtcTransceiver *t, const RtcSdpSection *remote,
    RtcSdpSection *section)
{
  for (guint i = 0; i < t->config->n_codecs; i++) {
    const RtcCodec *ours = &t->config->codecs[i], *theirs = find_match (ours, remote), *rtx;
    const RtcCodec *answered = (const RtcCodec *) (gpointer) section->codecs->data;
    RtcCodec codec;

    if (theirs == NULL || rtc_codec_find_pt (answered, section->codecs->len, theirs->pt) != NULL)
      continue;
    rtc_codec_answer (ours, theirs, &codec);
    g_array_append_val (section->codecs, codec);
    rtx = rtc_codec_find_rtx (
        (const RtcCodec *) (gpointer) remote->codecs->data, remote->codecs->len, theirs->pt);
    if (t->config->rtx && rtx != NULL && rtx->pt != theirs->pt) {
      rtc_codec_init (&codec, RTC_CODEC_RTX, rtx->pt);
      codec.kind = section->kind;
      codec.clock_rate = theirs->clock_rate;
      codec.fmtp.rtx.has_apt = TRUE;
      codec.fmtp.rtx.apt = theirs->pt;
      g_array_append_val (section->codecs, codec);
    }
    if (!self->config.multi_codec_answer)
      return;
  }
}

/* --- which sections -------------------------------------------------------------------------- */

static gboolean
check_media (const RtcJsep *self, const RtcSdpSection *s, guint index, gchar *reason, gsize size)
{
  const RtcTransceiver *t = rtc_jsep_find_mline (self, (gint) index);

  if (!s->rtcp_mux)
    g_snprintf (reason, size, "the peer does not multiplex RTCP (a=rtcp-mux), which we need");
  else if (t == NULL)
    g_snprintf (reason, size, "we have no %s to send or wish to receive",
        s->kind == RTC_MEDIA_AUDIO ? "sound" : "picture");
  else if (t->is_stopping || t->is_stopped)
    g_snprintf (reason, size, "we have stopped it");
  else if (!has_common_codec (t, s))
    explain_codecs (t, s, reason, size);
  else
    return TRUE;
  return FALSE;
}

static gboolean
is_data_before (const RtcSdp *remote, guint index)
{
  for (guint i = 0; i < index; i++) {
    const RtcSdpSection *s = rtc_sdp_section (remote, i);

    if (s->kind == RTC_MEDIA_APPLICATION && s->protocol != RTC_SDP_PROTOCOL_FOREIGN
        && !rtc_sdp_section_is_rejected (s))
      return TRUE;
  }
  return FALSE;
}

/* All but the question whether it shares the transport. */
static gboolean
check_alone (const RtcJsep *self, const RtcSdp *remote, guint index, gchar *reason, gsize size)
{
  const RtcSdpSection *s = rtc_sdp_section (remote, index);

  if (rtc_sdp_section_is_rejected (s)) {
    g_snprintf (reason, size, "the peer has stopped it (port 0)");
    return FALSE;
  }
  if (s->protocol == RTC_SDP_PROTOCOL_FOREIGN) {
    gchar *media = rtc_log_safe (s->foreign_media, 20);
    gchar *protocol = rtc_log_safe (s->foreign_protocol, 40);

    g_snprintf (reason, size, "%s over %s is not something we do", media, protocol);
    g_free (media);
    g_free (protocol);
    return FALSE;
  }
  if (s->kind != RTC_MEDIA_APPLICATION)
    return check_media (self, s, index, reason, size);
  if (!self->config.data_channels)
    g_snprintf (reason, size, "data channels are switched off here");
  else if (s->sctp_port == 0)
    g_snprintf (reason, size, "the peer names no a=sctp-port");
  else if (is_data_before (remote, index))
    g_snprintf (reason, size, "there is a section for data channels already");
  else
    return TRUE;
  return FALSE;
}

gint
rtc_jsep_find_transport_section (const RtcJsep *self, const RtcSdp *remote)
{
  gchar reason[256];

  for (guint i = 0; i < rtc_sdp_n_sections (remote); i++) {
    if (remote->bundle->len > 0 && !rtc_sdp_is_bundled (remote, rtc_sdp_section (remote, i)->mid))
      continue;
    if (check_alone (self, remote, i, reason, sizeof reason))
      return (gint) i;
  }
  return -1;
}

gboolean
rtc_jsep_is_acceptable (
    const RtcJsep *self, const RtcSdp *remote, guint index, gchar *reason, gsize reason_size)
{
  const RtcSdpSection *s = rtc_sdp_section (remote, index);

  if (!check_alone (self, remote, index, reason, reason_size))
    return FALSE;
  if (rtc_sdp_is_bundled (remote, s->mid)
      || (remote->bundle->len == 0
          && rtc_jsep_find_transport_section (self, remote) == (gint) index))
    return TRUE;
  g_snprintf (reason, reason_size, "it is not in the peer's BUNDLE group and we use one transport");
  return FALSE;
}

/* --- sections -------------------------------------------------------------------------------- */

static void
answer_extensions (const RtcJsep *self, const RtcSdpSection *remote, RtcSdpSection *section)
{
  RtcRtpExtensionMap map = { { 0 } };

  for (guint i = 0; i < remote->extmaps->len; i++) {
    const RtcSdpExtmap *offered = &g_array_index (remote->extmaps, RtcSdpExtmap, i);
    RtcRtpExtension extension;

    if (!rtc_rtp_extension_find (offered->uri, &extension)
        || !rtc_jsep_extension_fits (extension, section->kind) || map.ids[extension] != 0)
      continue;
    for (guint k = 0; k < self->config.n_extensions; k++) {
      if (self->config.extensions[k] == extension
          && rtc_rtp_extension_map_set (&map, extension, offered->id) == RTC_OK)
        rtc_sdp_section_add_extmap (
            section, offered->id, rtc_direction_reverse (offered->direction), offered->uri);
    }
  }
}

/* A refused section repeats the offered formats with port 0 (RFC 9429 5.3.1, RFC 3264 6). It needs
 * no more, but webrtcbin and aiortc take no answer in which a section has no credentials, and
 * aiortc none in which sound or picture is without a=rtcp-mux. */
static void
add_rejected (const RtcJsep *self, RtcSdp *sdp, const RtcSdpSection *remote, RtcSdpSetup setup)
{
  RtcSdpSection *s = rtc_sdp_add_section (sdp, remote->kind, remote->mid);

  s->protocol = remote->protocol;
  s->foreign_media = g_strdup (remote->foreign_media);
  s->foreign_protocol = g_strdup (remote->foreign_protocol);
  s->foreign_formats = g_strdup (remote->foreign_formats);
  s->sctp_port = remote->protocol == RTC_SDP_PROTOCOL_DTLS_SCTP ? remote->sctp_port : 0;
  if (remote->protocol != RTC_SDP_PROTOCOL_FOREIGN) {
    rtc_jsep_fill_transport (self, s, setup);
    s->tls_id[0] = '\0';
    s->rtcp_mux = remote->rtcp_mux;
  }
  s->port = 0;
  s->direction = RTC_DIRECTION_INACTIVE;
  if (remote->codecs->len > 0)
    g_array_append_vals (s->codecs, remote->codecs->data, 1);
}

static void
add_answered (const RtcJsep *self, RtcSdp *sdp, const RtcSdpSection *remote, guint index,
    RtcSdpSetup setup, gboolean has_tls_id)
{
  RtcSdpSection *s = rtc_sdp_add_section (sdp, remote->kind, remote->mid);

  s->protocol = remote->protocol;
  rtc_jsep_fill_transport (self, s, setup);
  if (!has_tls_id)
    s->tls_id[0] = '\0';
  if (remote->kind == RTC_MEDIA_APPLICATION) {
    s->sctp_port = remote->protocol == RTC_SDP_PROTOCOL_DTLS_SCTP ? remote->sctp_port : 5000;
    s->sctp_streams = remote->sctp_streams;
    s->has_max_message_size = TRUE;
    s->max_message_size = self->config.max_message_size;
    return;
  }
  {
    const RtcTransceiver *t = rtc_jsep_find_mline (self, (gint) index);

    s->direction = t->config->direction & rtc_direction_reverse (remote->direction);
    s->rtcp_mux = TRUE;
    s->rtcp_rsize = remote->rtcp_rsize;
    s->rcvr_rtt = remote->rcvr_rtt;
    s->extmap_allow_mixed = remote->extmap_allow_mixed;
    answer_extensions (self, remote, s);
    answer_codecs (self, t, remote, s);
    rtc_jsep_answer_fec (t, remote, s);
    rtc_jsep_fill_sources (self, t, s);
  }
}

RtcSdp *
rtc_jsep_create_answer (RtcJsep *self, GError **error)
{
  const RtcSdp *remote = self->pending_remote;
  RtcSdpSetup setup = RTC_SDP_SETUP_PASSIVE;
  gboolean has_tls_id = FALSE;
  gint transport;
  RtcSdp *sdp;

  if (self->state != RTC_JSEP_STATE_HAVE_REMOTE_OFFER
      && self->state != RTC_JSEP_STATE_HAVE_LOCAL_PRANSWER) {
    rtc_error (error, RTC_ERR_STATE, "cannot make an answer in state %s",
        rtc_jsep_state_to_string (self->state));
    return NULL;
  }
  if (self->ice_ufrag[0] == '\0') {
    rtc_error (error, RTC_ERR_STATE, "cannot make an answer without local ICE credentials");
    return NULL;
  }
  if (self->transport.remote_restarts && self->current_local != NULL) {
    gint i = rtc_jsep_answer_transport (self->current_local);

    if (i >= 0
        && strcmp (rtc_sdp_section (self->current_local, (guint) i)->ice_ufrag, self->ice_ufrag)
               == 0) {
      rtc_error (error, RTC_ERR_STATE,
          "the peer restarts ICE: new local ICE credentials are needed before answering");
      return NULL;
    }
  }
  transport = rtc_jsep_find_transport_section (self, remote);
  if (transport >= 0) {
    const RtcSdpSection *source = rtc_jsep_transport_source (remote, (guint) transport);

    setup = rtc_jsep_answer_setup (self, source);
    has_tls_id = source->tls_id[0] != '\0';
  }
  sdp = rtc_sdp_new ();
  for (guint i = 0; i < rtc_sdp_n_sections (remote); i++) {
    gchar reason[256];

    if (rtc_jsep_is_acceptable (self, remote, i, reason, sizeof reason))
      add_answered (self, sdp, rtc_sdp_section (remote, i), i, setup, has_tls_id);
    else
      add_rejected (self, sdp, rtc_sdp_section (remote, i), setup);
  }
  /* A group is answered only where one was offered (RFC 9143 7.3.2). */
  rtc_jsep_finish_local (self, sdp, remote->bundle->len > 0);
  rtc_jsep_note_created (self, RTC_SDP_TYPE_ANSWER, sdp);
  return sdp;
}
