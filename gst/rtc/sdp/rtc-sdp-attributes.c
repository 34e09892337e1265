/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "gst/rtc/sdp/rtc-sdp-reader.h"

#define FAIL(r, ...) rtc_sdp_reader_fail ((r), RTC_ERR_PARSE, __VA_ARGS__)

const gchar *
rtc_sdp_reader_quote (RtcSpan text)
{
  static GPrivate last = G_PRIVATE_INIT (g_free);
  gchar *copy = g_strndup (text.p, MIN (text.len, 40));

  for (gchar *c = copy; *c != '\0'; c++)
    if (*c < 0x20 || *c > 0x7e)
      *c = '?';
  g_private_replace (&last, copy);
  return copy;
}

static gboolean
copy_token (RtcSdpReader *r, RtcSpan value, gchar *out, gsize size, const gchar *what)
{
  value = rtc_span_strip (value);
  if (!rtc_span_is_visible (value))
    return FAIL (r, "%s is empty or has characters outside of visible ASCII", what);
  if (!rtc_span_copy (value, out, size))
    return FAIL (r, "%s is longer than %" G_GSIZE_FORMAT " characters", what, size - 1);
  return TRUE;
}

/* --- session and transport ------------------------------------------------------------------- */

static gboolean
read_group (RtcSdpReader *r, RtcSpan value)
{
  if (!rtc_span_is (rtc_span_word (&value), "BUNDLE") || r->has_bundle)
    return TRUE;
  r->has_bundle = TRUE;
  for (RtcSpan mid = rtc_span_word (&value); mid.len > 0; mid = rtc_span_word (&value)) {
    gchar text[RTC_SDP_TOKEN_BYTES];

    if (!copy_token (r, mid, text, sizeof text, "mid of a=group"))
      return FALSE;
    if (r->sdp->bundle->len >= RTC_SDP_MAX_SECTIONS)
      return rtc_sdp_reader_fail (
          r, RTC_ERR_LIMIT, "more than %u mids in a=group:BUNDLE", RTC_SDP_MAX_SECTIONS);
    g_ptr_array_add (r->sdp->bundle, g_strdup (text));
  }
  return TRUE;
}

static gboolean
read_mid (RtcSdpReader *r, RtcSpan value)
{
  if (r->section->mid[0] != '\0')
    return FAIL (r, "a second a=mid in one section");
  return copy_token (r, value, r->section->mid, sizeof r->section->mid, "a=mid");
}

/* RFC 8839 5.4: ufrag 4..256, password 22..256 ice-chars. Other visible characters are let pass
 * (servers use "-" and "_"), but not ":", which ends the fragment in a STUN user name. */
static gboolean
read_credential (RtcSdpReader *r, RtcSpan value, gchar *out, gsize min, const gchar *what)
{
  value = rtc_span_strip (value);
  if (value.len < min || value.len > 256)
    return FAIL (r, "%s is not of %" G_GSIZE_FORMAT " to 256 characters", what, min);
  if (!rtc_span_is_visible (value) || memchr (value.p, ':', value.len) != NULL)
    return FAIL (r, "%s has a character that is not allowed in it", what);
  rtc_span_copy (value, out, 257);
  return TRUE;
}

static gboolean
read_ufrag (RtcSdpReader *r, RtcSpan value)
{
  return read_credential (r, value, r->section->ice_ufrag, 4, "a=ice-ufrag");
}

static gboolean
read_pwd (RtcSdpReader *r, RtcSpan value)
{
  return read_credential (r, value, r->section->ice_pwd, 22, "a=ice-pwd");
}

static gboolean
read_ice_options (RtcSdpReader *r, RtcSpan value)
{
  for (RtcSpan word = rtc_span_word (&value); word.len > 0; word = rtc_span_word (&value)) {
    if (rtc_span_is (word, "trickle"))
      r->section->ice_trickle = TRUE;
    else if (rtc_span_is (word, "renomination"))
      r->section->ice_renomination = TRUE;
    else if (rtc_span_is (word, "ice2"))
      r->section->ice2 = TRUE;
  }
  return TRUE;
}

static gboolean
read_ice_lite (RtcSdpReader *r, RtcSpan value)
{
  r->sdp->ice_lite = TRUE;
  return TRUE;
}

/* Bytes of a hash by its SDP name, 0 when unknown. */
static gsize
hash_size (const gchar *name)
{
  static const struct {
    const gchar *name;
    gsize size;
  } hashes[] = { { "md5", 16 }, { "sha-1", 20 }, { "sha-224", 28 }, { "sha-256", 32 },
    { "sha-384", 48 }, { "sha-512", 64 } };

  for (guint i = 0; i < G_N_ELEMENTS (hashes); i++)
    if (strcmp (hashes[i].name, name) == 0)
      return hashes[i].size;
  return 0;
}

/* a=fingerprint:sha-256 AB:CD:...   (RFC 8122 5) */
static gboolean
read_fingerprint (RtcSdpReader *r, RtcSpan value)
{
  RtcSpan name = rtc_span_word (&value), digits = rtc_span_word (&value);
  RtcDtlsFingerprint f = { 0 };
  gsize size;

  if (name.len == 0 || digits.len == 0)
    return FAIL (r, "a=fingerprint needs a hash name and a value");
  if (!rtc_span_copy (name, f.algorithm, sizeof f.algorithm))
    return TRUE;
  for (gchar *c = f.algorithm; *c != '\0'; c++)
    *c = g_ascii_tolower (*c);
  size = hash_size (f.algorithm);
  if (size == 0)
    return TRUE;
  if (digits.len != size * 3 - 1)
    return FAIL (r, "the %s fingerprint is not of %" G_GSIZE_FORMAT " bytes", f.algorithm, size);
  for (gsize i = 0; i < digits.len; i++) {
    if (i % 3 == 2 ? digits.p[i] != ':' : !g_ascii_isxdigit (digits.p[i]))
      return FAIL (r, "the fingerprint is not of the form AB:CD:...");
    f.value[i] = g_ascii_toupper (digits.p[i]);
  }
  if (r->section != r->defaults && !r->own_fingerprints) {
    g_array_set_size (r->section->fingerprints, 0);
    r->own_fingerprints = TRUE;
  }
  if (r->section->fingerprints->len >= RTC_SDP_MAX_FINGERPRINTS)
    return rtc_sdp_reader_fail (
        r, RTC_ERR_LIMIT, "more than %u fingerprints", RTC_SDP_MAX_FINGERPRINTS);
  g_array_append_val (r->section->fingerprints, f);
  return TRUE;
}

static gboolean
read_setup (RtcSdpReader *r, RtcSpan value)
{
  static const gchar *const names[] = { "", "actpass", "active", "passive", "holdconn" };

  value = rtc_span_strip (value);
  for (guint i = 1; i < G_N_ELEMENTS (names); i++) {
    if (rtc_span_is (value, names[i])) {
      r->section->setup = (RtcSdpSetup) i;
      return TRUE;
    }
  }
  return FAIL (r, "a=setup:%s is not a role", rtc_sdp_reader_quote (value));
}

static gboolean
read_tls_id (RtcSdpReader *r, RtcSpan value)
{
  return copy_token (r, value, r->section->tls_id, sizeof r->section->tls_id, "a=tls-id");
}

/* Malformed and unknown candidates are dropped and counted (T8, RFC 8839 5.1), never an error:
 * one bad candidate must not cost the call. */
static gboolean
read_candidate (RtcSdpReader *r, RtcSpan value)
{
  gchar text[768] = "candidate:";
  RtcCandidate candidate;

  if (r->section == r->defaults)
    return TRUE;
  if (r->section->candidates->len >= RTC_SDP_MAX_CANDIDATES
      || !rtc_span_copy (value, text + 10, sizeof text - 10)
      || rtc_candidate_parse (text, &candidate) != RTC_OK)
    r->sdp->n_dropped++;
  else
    g_array_append_val (r->section->candidates, candidate);
  return TRUE;
}

/* --- flags ----------------------------------------------------------------------------------- */

#define FLAG(name, statement)                                                                      \
  static gboolean name (RtcSdpReader *r, RtcSpan value)                                            \
  {                                                                                                \
    statement;                                                                                     \
    return TRUE;                                                                                   \
  }

FLAG (read_end_of_candidates, r->section->end_of_candidates = TRUE)
FLAG (read_rtcp_mux, r->section->rtcp_mux = TRUE)
FLAG (read_rtcp_mux_only, r->section->rtcp_mux_only = TRUE)
FLAG (read_rtcp_rsize, r->section->rtcp_rsize = TRUE)
FLAG (read_bundle_only, r->section->bundle_only = TRUE)
FLAG (read_msid_semantic, r->sdp->msid_semantic = TRUE)
FLAG (read_sendrecv, r->section->direction = RTC_DIRECTION_SENDRECV)
FLAG (read_sendonly, r->section->direction = RTC_DIRECTION_SENDONLY)
FLAG (read_recvonly, r->section->direction = RTC_DIRECTION_RECVONLY)
FLAG (read_inactive, r->section->direction = RTC_DIRECTION_INACTIVE)

static gboolean
read_allow_mixed (RtcSdpReader *r, RtcSpan value)
{
  r->section->extmap_allow_mixed = TRUE;
  if (r->section == r->defaults)
    r->sdp->extmap_allow_mixed = TRUE;
  return TRUE;
}

/* a=rtcp-xr:rcvr-rtt=all  (RFC 3611 5.1); other reports are ignored. */
static gboolean
read_rtcp_xr (RtcSdpReader *r, RtcSpan value)
{
  for (RtcSpan word = rtc_span_word (&value); word.len > 0; word = rtc_span_word (&value)) {
    RtcSpan mode = word, name = rtc_span_cut (&mode, '=');

    mode = rtc_span_cut (&mode, ':');
    if (!rtc_span_is (name, "rcvr-rtt"))
      continue;
    if (rtc_span_is (mode, "all"))
      r->section->rcvr_rtt = RTC_SDP_RCVR_RTT_ALL;
    else if (rtc_span_is (mode, "sender"))
      r->section->rcvr_rtt = RTC_SDP_RCVR_RTT_SENDER;
  }
  return TRUE;
}

/* --- codecs ---------------------------------------------------------------------------------- */

/* The payload type before a space. *codec is NULL when the m-line does not list it. */
static gboolean
read_pt (RtcSdpReader *r, RtcSpan word, const gchar *what, guint8 *pt, RtcCodec **codec)
{
  guint64 v;

  if (!rtc_span_uint (word, 0, 127, &v))
    return FAIL (
        r, "payload type \"%s\" of %s is not within 0..127", rtc_sdp_reader_quote (word), what);
  *pt = (guint8) v;
  *codec = NULL;
  if (r->section != r->defaults && r->pt_index[v] >= 0)
    *codec = &g_array_index (r->section->codecs, RtcCodec, r->pt_index[v]);
  return TRUE;
}

/* Whether the table's row describes this: the same name in another m-line, at another rate or
 * with other channels is a codec that we do not know. */
static gboolean
info_fits (const RtcCodecInfo *info, RtcMediaKind kind, guint32 rate, guint channels)
{
  if (info->is_media)
    return info->kind == kind && info->clock_rate == rate && MAX (info->channels, 1) == channels;
  return info->kind == RTC_MEDIA_VIDEO || info->kind == kind;
}

/* a=rtpmap:<pt> <name>/<rate>[/<channels>]   (RFC 8866 6.6) */
static gboolean
read_rtpmap (RtcSdpReader *r, RtcSpan value)
{
  RtcSpan word = rtc_span_word (&value), name, rate_text;
  guint64 rate, channels = 1;
  const RtcCodecInfo *info;
  RtcCodec *codec;
  guint8 pt;

  if (!read_pt (r, word, "a=rtpmap", &pt, &codec))
    return FALSE;
  value = rtc_span_word (&value);
  name = rtc_span_cut (&value, '/');
  rate_text = rtc_span_cut (&value, '/');
  if (!rtc_span_is_visible (name) || !rtc_span_uint (rate_text, 1, 10000000, &rate))
    return FAIL (r, "a=rtpmap:%u is not of the form name/rate", pt);
  if (value.len > 0 && !rtc_span_uint (value, 1, 255, &channels))
    return FAIL (r, "a=rtpmap:%u has an impossible number of channels", pt);
  if (codec == NULL)
    return TRUE;
  if (r->pt_mapped[pt])
    return FAIL (r, "payload type %u has two a=rtpmap lines", pt);
  r->pt_mapped[pt] = TRUE;

  info = rtc_codec_info_find (name.p, name.len);
  if (info != NULL && !info_fits (info, r->section->kind, (guint32) rate, (guint) channels))
    info = NULL;
  codec->id = info != NULL ? info->id : RTC_CODEC_UNKNOWN;
  codec->clock_rate = (guint32) rate;
  codec->channels = r->section->kind == RTC_MEDIA_VIDEO ? 0 : (guint8) channels;
  name.len = MIN (name.len, sizeof codec->name - 1);
  rtc_span_copy (name, codec->name, sizeof codec->name);
  if (info != NULL && info->id != RTC_CODEC_FLEXFEC)
    g_strlcpy (codec->name, info->name, sizeof codec->name);
  rtc_fmtp_init (&codec->fmtp, codec->id);
  return TRUE;
}

static gboolean
read_fmtp (RtcSdpReader *r, RtcSpan value)
{
  RtcSdpPendingFmtp pending = { 0 };
  RtcCodec *codec;

  if (!read_pt (r, rtc_span_word (&value), "a=fmtp", &pending.pt, &codec))
    return FALSE;
  pending.line = r->line;
  pending.text = value;
  if (codec != NULL)
    g_array_append_val (r->pending_fmtp, pending);
  return TRUE;
}

/* a=rtcp-fb:<pt or *> <what>; pion writes a space at the end. */
static gboolean
read_rtcp_fb (RtcSdpReader *r, RtcSpan value)
{
  RtcSpan word = rtc_span_word (&value), what, parameter;
  RtcRtcpFbFlags flag = 0;
  RtcCodec *codec;
  guint8 pt;

  what = rtc_span_word (&value);
  parameter = rtc_span_word (&value);
  if (rtc_span_is (what, "nack"))
    flag = parameter.len == 0               ? RTC_RTCP_FB_NACK
           : rtc_span_is (parameter, "pli") ? RTC_RTCP_FB_PLI
                                            : 0;
  else if (rtc_span_is (what, "ccm") && rtc_span_is (parameter, "fir"))
    flag = RTC_RTCP_FB_FIR;
  else if (rtc_span_is (what, "transport-cc"))
    flag = RTC_RTCP_FB_TRANSPORT_CC;
  else if (rtc_span_is (what, "goog-remb"))
    flag = RTC_RTCP_FB_REMB;

  if (rtc_span_is (word, "*")) {
    r->any_rtcp_fb |= flag;
    return TRUE;
  }
  if (!read_pt (r, word, "a=rtcp-fb", &pt, &codec))
    return FALSE;
  if (codec != NULL)
    codec->rtcp_fb |= flag;
  return TRUE;
}

/* a=extmap:<id>[/<direction>] <uri> [<attributes>]   (RFC 8285 8) */
static gboolean
read_extmap (RtcSdpReader *r, RtcSpan value)
{
  RtcSpan way = rtc_span_word (&value), uri = rtc_span_word (&value);
  RtcSpan id_text = rtc_span_cut (&way, '/');
  RtcDirection direction = RTC_DIRECTION_SENDRECV;
  gchar *copy;
  guint64 id;

  if (!rtc_span_uint (id_text, 1, 4351, &id) || (id > 255 && id < 4096))
    return FAIL (r, "a=extmap id \"%s\" is not within 1..255", rtc_sdp_reader_quote (id_text));
  if (!rtc_span_is_visible (uri))
    return FAIL (r, "a=extmap:%u has no URI", (guint) id);
  if (way.len > 0) {
    guint d = 0;

    while (d <= RTC_DIRECTION_SENDRECV
           && !rtc_span_is (way, rtc_direction_to_string ((RtcDirection) d)))
      d++;
    if (d > RTC_DIRECTION_SENDRECV)
      return FAIL (r, "a=extmap:%u has an unknown direction", (guint) id);
    direction = (RtcDirection) d;
  }
  /* 4096..4351 say "only if you have a real id left" (RFC 8285 6): we do not. */
  if (id > 255)
    return TRUE;
  if (r->section->extmaps->len >= RTC_SDP_MAX_EXTMAPS)
    return rtc_sdp_reader_fail (
        r, RTC_ERR_LIMIT, "more than %u a=extmap in one section", RTC_SDP_MAX_EXTMAPS);
  copy = g_strndup (uri.p, uri.len);
  rtc_sdp_section_add_extmap (r->section, (guint8) id, direction, copy);
  g_free (copy);
  return TRUE;
}

/* --- sources --------------------------------------------------------------------------------- */

/* Cut rather than refused: only told to users and compared. */
static void
copy_cut (RtcSpan s, gchar *out, gsize size)
{
  s.len = rtc_span_is_visible (s) ? MIN (s.len, size - 1) : 0;
  rtc_span_copy (s, out, size);
}

static gboolean
read_msid (RtcSdpReader *r, RtcSpan value)
{
  RtcSpan stream = rtc_span_word (&value), track = rtc_span_word (&value);
  RtcSdpMsid msid = { 0 };

  if (r->section->msids->len >= RTC_SDP_MAX_SSRCS)
    return rtc_sdp_reader_fail (r, RTC_ERR_LIMIT, "more than %u a=msid", RTC_SDP_MAX_SSRCS);
  copy_cut (stream, msid.stream, sizeof msid.stream);
  copy_cut (track, msid.track, sizeof msid.track);
  if (msid.stream[0] != '\0')
    g_array_append_val (r->section->msids, msid);
  return TRUE;
}

static RtcSdpSsrc *
get_ssrc (RtcSdpReader *r, guint32 ssrc)
{
  GArray *ssrcs = r->section->ssrcs;
  RtcSdpSsrc entry = { ssrc };

  for (guint i = ssrcs->len; i-- > 0;)
    if (g_array_index (ssrcs, RtcSdpSsrc, i).ssrc == ssrc)
      return &g_array_index (ssrcs, RtcSdpSsrc, i);
  if (ssrcs->len >= RTC_SDP_MAX_SSRCS) {
    rtc_sdp_reader_fail (r, RTC_ERR_LIMIT, "more than %u SSRCs in one section", RTC_SDP_MAX_SSRCS);
    return NULL;
  }
  g_array_append_val (ssrcs, entry);
  return &g_array_index (ssrcs, RtcSdpSsrc, ssrcs->len - 1);
}

/* a=ssrc:<id> <attribute>[:<value>]   (RFC 5576 4.1) */
static gboolean
read_ssrc (RtcSdpReader *r, RtcSpan value)
{
  RtcSpan id_text = rtc_span_word (&value), name;
  RtcSdpSsrc *entry;
  guint64 ssrc;

  if (!rtc_span_uint (id_text, 0, G_MAXUINT32, &ssrc))
    return FAIL (r, "a=ssrc \"%s\" is not a 32-bit number", rtc_sdp_reader_quote (id_text));
  entry = get_ssrc (r, (guint32) ssrc);
  if (entry == NULL)
    return FALSE;
  name = rtc_span_cut (&value, ':');
  if (rtc_span_is (name, "cname")) {
    copy_cut (rtc_span_strip (value), entry->cname, sizeof entry->cname);
  } else if (rtc_span_is (name, "msid")) {
    copy_cut (rtc_span_word (&value), entry->msid_stream, sizeof entry->msid_stream);
    copy_cut (rtc_span_word (&value), entry->msid_track, sizeof entry->msid_track);
    if (entry->msid_stream[0] == '\0')
      entry->msid_track[0] = '\0';
  }
  return TRUE;
}

static gboolean
read_ssrc_group (RtcSdpReader *r, RtcSpan value)
{
  RtcSpan type = rtc_span_word (&value);
  RtcSdpSsrcGroup group = { 0 };

  if (rtc_span_is (type, "SIM"))
    group.type = RTC_SDP_SSRC_GROUP_SIM;
  else if (!rtc_span_is (type, "FID"))
    return TRUE;
  for (RtcSpan word = rtc_span_word (&value); word.len > 0; word = rtc_span_word (&value)) {
    guint64 ssrc;

    if (!rtc_span_uint (word, 0, G_MAXUINT32, &ssrc))
      return FAIL (r, "a=ssrc-group \"%s\" is not a 32-bit number", rtc_sdp_reader_quote (word));
    if (group.n_ssrcs >= G_N_ELEMENTS (group.ssrcs))
      return rtc_sdp_reader_fail (r, RTC_ERR_LIMIT, "more than %u SSRCs in one a=ssrc-group",
          (guint) G_N_ELEMENTS (group.ssrcs));
    group.ssrcs[group.n_ssrcs++] = (guint32) ssrc;
  }
  if (r->section->ssrc_groups->len >= RTC_SDP_MAX_SSRCS)
    return rtc_sdp_reader_fail (
        r, RTC_ERR_LIMIT, "more than %u a=ssrc-group in one section", RTC_SDP_MAX_SSRCS);
  if (group.n_ssrcs > 0)
    g_array_append_val (r->section->ssrc_groups, group);
  return TRUE;
}

/* --- simulcast ------------------------------------------------------------------------------- */

static gboolean
copy_rid (RtcSdpReader *r, RtcSpan text, gchar out[17])
{
  for (gsize i = 0; i < text.len; i++)
    if (!g_ascii_isalnum (text.p[i]) && text.p[i] != '-' && text.p[i] != '_')
      return FAIL (
          r, "RID \"%s\" has a character that is not allowed", rtc_sdp_reader_quote (text));
  if (text.len == 0 || !rtc_span_copy (text, out, 17))
    return FAIL (r, "RID \"%s\" is not of 1 to 16 characters", rtc_sdp_reader_quote (text));
  return TRUE;
}

static gboolean
read_rid_pts (RtcSdpReader *r, RtcSpan value, RtcSdpRid *rid)
{
  while (value.len > 0) {
    guint64 pt;

    if (!rtc_span_uint (rtc_span_strip (rtc_span_cut (&value, ',')), 0, 127, &pt))
      return FAIL (r, "a=rid:%s names an impossible payload type", rid->id);
    if (rid->n_pts >= G_N_ELEMENTS (rid->pts))
      return rtc_sdp_reader_fail (r, RTC_ERR_LIMIT, "a=rid:%s has too many payload types", rid->id);
    rid->pts[rid->n_pts++] = (guint8) pt;
  }
  return TRUE;
}

/* a=rid:<id> send|recv [pt=..;max-width=..]   (RFC 8851 10) */
static gboolean
read_rid (RtcSdpReader *r, RtcSpan value)
{
  RtcSpan id = rtc_span_word (&value), way = rtc_span_word (&value);
  RtcSdpRid rid = { 0 };

  if (!copy_rid (r, id, rid.id))
    return FALSE;
  rid.is_send = rtc_span_is (way, "send");
  if (!rid.is_send && !rtc_span_is (way, "recv"))
    return FAIL (r, "a=rid:%s is neither send nor recv", rid.id);
  while (value.len > 0) {
    RtcSpan text = rtc_span_cut (&value, ';');
    RtcSpan name = rtc_span_strip (rtc_span_cut (&text, '='));
    guint32 *limit = rtc_span_is (name, "max-width")    ? &rid.max_width
                     : rtc_span_is (name, "max-height") ? &rid.max_height
                     : rtc_span_is (name, "max-fps")    ? &rid.max_fps
                     : rtc_span_is (name, "max-br")     ? &rid.max_bitrate
                                                        : NULL;
    guint64 v;

    text = rtc_span_strip (text);
    if (rtc_span_is (name, "pt")) {
      if (!read_rid_pts (r, text, &rid))
        return FALSE;
    } else if (limit != NULL) {
      if (!rtc_span_uint (text, 0, G_MAXUINT32, &v))
        return FAIL (r, "a=rid:%s has an impossible restriction", rid.id);
      *limit = (guint32) v;
    }
  }
  if (r->section->rids->len >= RTC_SDP_MAX_RIDS)
    return rtc_sdp_reader_fail (
        r, RTC_ERR_LIMIT, "more than %u a=rid in one section", RTC_SDP_MAX_RIDS);
  g_array_append_val (r->section->rids, rid);
  return TRUE;
}

static gboolean
read_simulcast_list (RtcSdpReader *r, RtcSpan list, gboolean is_send)
{
  while (list.len > 0) {
    RtcSpan alternatives = rtc_span_cut (&list, ';');
    gboolean is_alternative = FALSE;

    do {
      RtcSpan id = rtc_span_cut (&alternatives, ',');
      RtcSdpSimulcast entry = { .is_send = is_send, .is_alternative = is_alternative };

      if (id.len > 0 && id.p[0] == '~') {
        entry.is_paused = TRUE;
        id.p++, id.len--;
      }
      if (!copy_rid (r, id, entry.rid))
        return FALSE;
      if (r->section->simulcast->len >= RTC_SDP_MAX_RIDS)
        return rtc_sdp_reader_fail (
            r, RTC_ERR_LIMIT, "more than %u entries in a=simulcast", RTC_SDP_MAX_RIDS);
      g_array_append_val (r->section->simulcast, entry);
      is_alternative = TRUE;
    } while (alternatives.len > 0);
  }
  return TRUE;
}

/* a=simulcast:send 1;2,3 recv 4   (RFC 8853 5.1) */
static gboolean
read_simulcast (RtcSdpReader *r, RtcSpan value)
{
  if (r->section->simulcast->len > 0)
    return FAIL (r, "a second a=simulcast in one section");
  for (RtcSpan way = rtc_span_word (&value); way.len > 0; way = rtc_span_word (&value)) {
    gboolean is_send = rtc_span_is (way, "send");

    if (!is_send && !rtc_span_is (way, "recv"))
      return FAIL (r, "a=simulcast is neither send nor recv");
    if (!read_simulcast_list (r, rtc_span_word (&value), is_send))
      return FALSE;
  }
  return TRUE;
}

/* --- data channels --------------------------------------------------------------------------- */

/* The attributes of SCTP say nothing about other sections (RFC 8841 5.1, 6.1): ignored there. */
static gboolean
is_sctp (const RtcSdpSection *section)
{
  return section->protocol == RTC_SDP_PROTOCOL_UDP_DTLS_SCTP
         || section->protocol == RTC_SDP_PROTOCOL_TCP_DTLS_SCTP
         || section->protocol == RTC_SDP_PROTOCOL_DTLS_SCTP;
}

static gboolean
read_sctp_port (RtcSdpReader *r, RtcSpan value)
{
  guint64 port;

  if (!is_sctp (r->section))
    return TRUE;
  if (!rtc_span_uint (rtc_span_strip (value), 1, 65535, &port))
    return FAIL (r, "a=sctp-port is not within 1..65535");
  r->section->sctp_port = (guint16) port;
  return TRUE;
}

/* a=sctpmap:5000 webrtc-datachannel 65535   (draft-ietf-mmusic-sctp-sdp-05). With the protocols of
 * RFC 8841 it can only stand in for a=sctp-port. */
static gboolean
read_sctpmap (RtcSdpReader *r, RtcSpan value)
{
  guint64 port, streams = 0;

  if (!is_sctp (r->section))
    return TRUE;
  if (!rtc_span_uint (rtc_span_word (&value), 1, 65535, &port))
    return FAIL (r, "the port of a=sctpmap is not within 1..65535");
  rtc_span_word (&value);
  if (rtc_span_uint (rtc_span_word (&value), 0, 65535, &streams)
      && r->section->protocol == RTC_SDP_PROTOCOL_DTLS_SCTP)
    r->section->sctp_streams = (guint16) streams;
  r->section->sctp_port = (guint16) port;
  return TRUE;
}

static gboolean
read_max_message_size (RtcSdpReader *r, RtcSpan value)
{
  if (!is_sctp (r->section))
    return TRUE;
  if (!rtc_span_uint (rtc_span_strip (value), 0, G_MAXUINT64, &r->section->max_message_size))
    return FAIL (r, "a=max-message-size is not a number");
  r->section->has_max_message_size = TRUE;
  return TRUE;
}

/* --- the table ------------------------------------------------------------------------------- */

typedef enum { SESSION = 1 << 0, MEDIA = 1 << 1, BOTH = SESSION | MEDIA } Level;

static const struct {
  const gchar *name;
  Level level; /* where it counts; elsewhere it is ignored */
  gboolean (*read) (RtcSdpReader *r, RtcSpan value);
} attributes[] = {
  { "candidate", MEDIA, read_candidate },
  { "rtpmap", MEDIA, read_rtpmap },
  { "rtcp-fb", MEDIA, read_rtcp_fb },
  { "fmtp", MEDIA, read_fmtp },
  { "ssrc", MEDIA, read_ssrc },
  { "extmap", BOTH, read_extmap },
  { "ssrc-group", MEDIA, read_ssrc_group },
  { "mid", MEDIA, read_mid },
  { "msid", MEDIA, read_msid },
  { "rid", MEDIA, read_rid },
  { "simulcast", MEDIA, read_simulcast },
  { "sendrecv", BOTH, read_sendrecv },
  { "sendonly", BOTH, read_sendonly },
  { "recvonly", BOTH, read_recvonly },
  { "inactive", BOTH, read_inactive },
  { "ice-ufrag", BOTH, read_ufrag },
  { "ice-pwd", BOTH, read_pwd },
  { "ice-options", BOTH, read_ice_options },
  { "ice-lite", SESSION, read_ice_lite },
  { "fingerprint", BOTH, read_fingerprint },
  { "setup", BOTH, read_setup },
  { "tls-id", BOTH, read_tls_id },
  { "end-of-candidates", BOTH, read_end_of_candidates },
  { "rtcp-mux", MEDIA, read_rtcp_mux },
  { "rtcp-mux-only", MEDIA, read_rtcp_mux_only },
  { "rtcp-rsize", MEDIA, read_rtcp_rsize },
  { "rtcp-xr", BOTH, read_rtcp_xr },
  { "bundle-only", MEDIA, read_bundle_only },
  { "extmap-allow-mixed", BOTH, read_allow_mixed },
  { "group", SESSION, read_group },
  { "msid-semantic", SESSION, read_msid_semantic },
  { "sctp-port", MEDIA, read_sctp_port },
  { "sctpmap", MEDIA, read_sctpmap },
  { "max-message-size", MEDIA, read_max_message_size },
};

gboolean
rtc_sdp_reader_attribute (RtcSdpReader *r, RtcSpan line)
{
  RtcSpan value = line, name = rtc_span_cut (&value, ':');
  Level level = r->section == r->defaults ? SESSION : MEDIA;

  /* A section that we refuse anyway is only echoed: its mid counts, nothing else. */
  if (r->section->protocol == RTC_SDP_PROTOCOL_FOREIGN && !rtc_span_is (name, "mid"))
    return TRUE;
  for (guint i = 0; i < G_N_ELEMENTS (attributes); i++)
    if (rtc_span_is (name, attributes[i].name))
      return (attributes[i].level & level) == 0 || attributes[i].read (r, value);
  return TRUE;
}
