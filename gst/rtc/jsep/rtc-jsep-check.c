/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "gst/rtc/jsep/rtc-jsep-private.h"

#include <string.h>

/* rtc-jsep-check.c: whether a description may be applied (RFC 9429 5.7 to 5.11). Nothing is changed
 * here, so that a refusal leaves the session as it was. Indices in messages count from 0, as
 * sdpMLineIndex does. */

gint
rtc_jsep_answer_transport (const RtcSdp *answer)
{
  for (guint i = 0; i < rtc_sdp_n_sections (answer); i++) {
    const RtcSdpSection *s = rtc_sdp_section (answer, i);

    if (!rtc_sdp_section_is_rejected (s) && s->protocol != RTC_SDP_PROTOCOL_FOREIGN
        && (answer->bundle->len == 0 || rtc_sdp_is_bundled (answer, s->mid)))
      return (gint) i;
  }
  return -1;
}

static gboolean
has_transport (const RtcSdpSection *s)
{
  return s->ice_ufrag[0] != '\0' && s->ice_pwd[0] != '\0' && s->fingerprints->len > 0;
}

const RtcSdpSection *
rtc_jsep_transport_source (const RtcSdp *sdp, guint index)
{
  if (has_transport (rtc_sdp_section (sdp, index)))
    return rtc_sdp_section (sdp, index);
  for (guint i = 0; i < rtc_sdp_n_sections (sdp); i++)
    if (has_transport (rtc_sdp_section (sdp, i)))
      return rtc_sdp_section (sdp, i);
  return NULL;
}

/* --- local ----------------------------------------------------------------------------------- */

static gboolean
same_transport (const RtcSdpSection *a, const RtcSdpSection *b)
{
  if (strcmp (a->ice_ufrag, b->ice_ufrag) != 0 || strcmp (a->ice_pwd, b->ice_pwd) != 0
      || a->setup != b->setup || a->fingerprints->len != b->fingerprints->len)
    return FALSE;
  for (guint i = 0; i < a->fingerprints->len; i++)
    if (strcmp (g_array_index (a->fingerprints, RtcDtlsFingerprint, i).value,
            g_array_index (b->fingerprints, RtcDtlsFingerprint, i).value)
        != 0)
      return FALSE;
  return TRUE;
}

static gboolean
codecs_are_subset (const RtcSdpSection *section, const RtcSdpSection *of)
{
  for (guint i = 0; i < section->codecs->len; i++) {
    const RtcCodec *codec = &g_array_index (section->codecs, RtcCodec, i);
    const RtcCodec *made = rtc_codec_find_pt (
        (const RtcCodec *) (gpointer) of->codecs->data, of->codecs->len, codec->pt);

    if (made == NULL || !rtc_codec_equal (codec, made))
      return FALSE;
  }
  return section->codecs->len > 0 || of->codecs->len == 0;
}

static const gchar *
find_local_fault (const RtcSdpSection *section, const RtcSdpSection *made)
{
  if (section->kind != made->kind || section->protocol != made->protocol)
    return "has another kind or protocol";
  if (strcmp (section->mid, made->mid) != 0)
    return "has another mid";
  if (rtc_sdp_section_is_rejected (section) != rtc_sdp_section_is_rejected (made))
    return "has another port";
  if (!same_transport (section, made))
    return "has other ICE or DTLS attributes";
  if ((section->direction & ~made->direction) != 0)
    return "has a wider direction";
  if (!codecs_are_subset (section, made))
    return "has a codec that was not there";
  return NULL;
}

RtcResult
rtc_jsep_check_local (const RtcJsep *self, RtcSdpType type, const RtcSdp *sdp, GError **error)
{
  gboolean is_offer = type == RTC_SDP_TYPE_OFFER;

  if (self->created == NULL || (self->created_type == RTC_SDP_TYPE_OFFER) != is_offer)
    return rtc_error (error, RTC_ERR_STATE, "no %s has been made that could be set",
        is_offer ? "offer" : "answer");
  if (sdp->session_id != self->session_id
      || rtc_sdp_n_sections (sdp) != rtc_sdp_n_sections (self->created))
    return rtc_error (
        error, RTC_ERR_UNSUPPORTED, "the local description is not the one that was made last");
  for (guint i = 0; i < rtc_sdp_n_sections (sdp); i++) {
    const gchar *fault =
        find_local_fault (rtc_sdp_section (sdp, i), rtc_sdp_section (self->created, i));

    if (fault != NULL)
      return rtc_error (error, RTC_ERR_UNSUPPORTED,
          "m-line %u of the local description %s than was made", i, fault);
  }
  return RTC_OK;
}

/* --- remote ---------------------------------------------------------------------------------- */

static gboolean
same_media (const RtcSdpSection *a, const RtcSdpSection *b)
{
  if ((a->protocol == RTC_SDP_PROTOCOL_FOREIGN) != (b->protocol == RTC_SDP_PROTOCOL_FOREIGN))
    return FALSE;
  if (a->protocol == RTC_SDP_PROTOCOL_FOREIGN)
    return strcmp (a->foreign_media, b->foreign_media) == 0;
  return a->kind == b->kind;
}

/* m-lines keep their place and kind; a refused one may be reused (RFC 3264 8, RFC 9429 5.2.2). */
static RtcResult
check_order (const RtcJsep *self, const RtcSdp *sdp, GError **error)
{
  guint n = self->current_remote != NULL ? rtc_sdp_n_sections (self->current_remote) : 0;

  if (rtc_sdp_n_sections (sdp) < n)
    return rtc_error (error, RTC_ERR_STATE,
        "the offer has %u m-lines where %u were negotiated: they can be stopped, not removed",
        rtc_sdp_n_sections (sdp), n);
  for (guint i = 0; i < n; i++) {
    const RtcSdpSection *before = rtc_sdp_section (self->current_remote, i);
    const RtcSdpSection *ours = rtc_sdp_section (self->current_local, i);
    const RtcSdpSection *now = rtc_sdp_section (sdp, i);

    if (rtc_sdp_section_is_rejected (before) || rtc_sdp_section_is_rejected (ours)
        || rtc_sdp_section_is_rejected (now))
      continue;
    if (!same_media (before, now) || strcmp (before->mid, now->mid) != 0)
      return rtc_error (
          error, RTC_ERR_STATE, "m-line %u is not the one that was negotiated there", i);
    if (before->rtcp_mux && !now->rtcp_mux)
      return rtc_error (error, RTC_ERR_STATE, "m-line %u takes back a=rtcp-mux", i);
  }
  return RTC_OK;
}

static RtcResult
check_transport (const RtcJsep *self, const RtcSdp *sdp, gint index, GError **error)
{
  const RtcSdpSection *s;

  if (index < 0)
    return RTC_OK;
  s = rtc_jsep_transport_source (sdp, (guint) index);
  if (s == NULL) {
    s = rtc_sdp_section (sdp, (guint) index);
    if (s->fingerprints->len == 0)
      return rtc_error (error, RTC_ERR_UNSUPPORTED,
          "the remote description has no fingerprint in m-line %d or its session part", index);
    return rtc_error (error, RTC_ERR_UNSUPPORTED,
        "the remote description has no %s in m-line %d or its session part",
        s->ice_ufrag[0] == '\0' ? "ice-ufrag" : "ice-pwd", index);
  }
  if (s->setup == RTC_SDP_SETUP_HOLDCONN)
    return rtc_error (
        error, RTC_ERR_UNSUPPORTED, "a=setup:holdconn in m-line %d is not supported", index);
  /* "setup flip": the association lives on, so its roles do (RFC 8842 5.5). */
  if (!rtc_jsep_is_new_dtls (self, s)
      && s->setup
             == (self->transport.we_are_dtls_client ? RTC_SDP_SETUP_ACTIVE : RTC_SDP_SETUP_PASSIVE))
    return rtc_error (
        error, RTC_ERR_STATE, "m-line %d changes the DTLS role without a new association", index);
  return RTC_OK;
}

/* RFC 8839 4.4.1.1.1: a restart changes both, and nothing else changes either. */
static RtcResult
check_ice (const RtcJsep *self, const RtcSdp *sdp, gint index, gboolean may_restart, GError **error)
{
  const RtcJsepTransport *t = &self->transport;
  const RtcSdpSection *s;
  gboolean new_ufrag, new_pwd;

  if (index < 0 || t->generation == 0 || t->remote_ufrag[0] == '\0' || self->current_remote == NULL)
    return RTC_OK;
  s = rtc_jsep_transport_source (sdp, (guint) index);
  new_ufrag = strcmp (s->ice_ufrag, t->remote_ufrag) != 0;
  new_pwd = strcmp (s->ice_pwd, t->remote_pwd) != 0;
  if (new_ufrag != new_pwd)
    return rtc_error (error, RTC_ERR_STATE,
        "m-line %d changes only one of ice-ufrag and ice-pwd: an ICE restart changes both", index);
  if (new_ufrag && !may_restart)
    return rtc_error (error, RTC_ERR_STATE,
        "m-line %d changes its ICE credentials in answer to an offer without ICE restart", index);
  return RTC_OK;
}

static RtcResult
check_answer_section (
    const RtcSdpSection *offer, const RtcSdpSection *answer, guint i, GError **error)
{
  if (!same_media (offer, answer))
    return rtc_error (
        error, RTC_ERR_STATE, "m-line %u of the answer is of another kind than offered", i);
  if (answer->mid[0] != '\0' && strcmp (offer->mid, answer->mid) != 0)
    return rtc_error (error, RTC_ERR_STATE,
        "m-line %u of the answer has the mid \"%s\" where \"%s\" was offered", i, answer->mid,
        offer->mid);
  if (rtc_sdp_section_is_rejected (answer))
    return RTC_OK;
  if (rtc_sdp_section_is_rejected (offer))
    return rtc_error (
        error, RTC_ERR_STATE, "m-line %u of the answer accepts what was offered at port 0", i);
  if (offer->kind != RTC_MEDIA_APPLICATION && !answer->rtcp_mux)
    return rtc_error (error, RTC_ERR_UNSUPPORTED,
        "m-line %u of the answer does not multiplex RTCP (a=rtcp-mux), which we need", i);
  /* "the answerer ... MUST use either a setup attribute value of 'active' or 'passive'"
   * (RFC 8842 5.3) */
  if (answer->setup == RTC_SDP_SETUP_ACTPASS)
    return rtc_error (error, RTC_ERR_UNSUPPORTED, "a=setup:actpass in m-line %u of an answer", i);
  return RTC_OK;
}

static RtcResult
check_answer (const RtcJsep *self, const RtcSdp *sdp, GError **error)
{
  const RtcSdp *offer = self->pending_local;
  gint ours = rtc_jsep_answer_transport (offer), index;
  gboolean restarted = TRUE;
  RtcResult result;

  if (rtc_sdp_n_sections (sdp) != rtc_sdp_n_sections (offer))
    return rtc_error (error, RTC_ERR_STATE, "the answer has %u m-lines where %u were offered",
        rtc_sdp_n_sections (sdp), rtc_sdp_n_sections (offer));
  for (guint i = 0; i < rtc_sdp_n_sections (sdp); i++) {
    result = check_answer_section (rtc_sdp_section (offer, i), rtc_sdp_section (sdp, i), i, error);
    if (result != RTC_OK)
      return result;
  }
  index = rtc_jsep_answer_transport (sdp);
  result = check_transport (self, sdp, index, error);
  if (result != RTC_OK)
    return result;
  if (self->current_local != NULL && ours >= 0) {
    gint before = rtc_jsep_answer_transport (self->current_local);

    restarted = before < 0
                || strcmp (rtc_sdp_section (self->current_local, (guint) before)->ice_ufrag,
                       rtc_sdp_section (offer, (guint) ours)->ice_ufrag)
                       != 0;
  }
  return check_ice (self, sdp, index, restarted, error);
}

RtcResult
rtc_jsep_check_remote (const RtcJsep *self, RtcSdpType type, const RtcSdp *sdp, GError **error)
{
  gint index = rtc_jsep_answer_transport (sdp);
  RtcResult result;

  if (rtc_sdp_n_sections (sdp) == 0)
    return rtc_error (error, RTC_ERR_UNSUPPORTED, "the remote description has no m-line");
  if (rtc_sdp_n_sections (sdp) > self->config.max_sections)
    return rtc_error (error, RTC_ERR_LIMIT, "the remote description has %u m-lines; %u are allowed",
        rtc_sdp_n_sections (sdp), self->config.max_sections);
  if (self->config.ice_lite && sdp->ice_lite)
    return rtc_error (error, RTC_ERR_UNSUPPORTED,
        "both sides are ICE-lite, so neither would look for a way to the other; one has to be a "
        "full "
        "ICE agent");
  if (type != RTC_SDP_TYPE_OFFER)
    return check_answer (self, sdp, error);
  result = check_order (self, sdp, error);
  if (result == RTC_OK)
    result = check_transport (self, sdp, index, error);
  if (result == RTC_OK)
    result = check_ice (self, sdp, index, TRUE, error);
  return result;
}
