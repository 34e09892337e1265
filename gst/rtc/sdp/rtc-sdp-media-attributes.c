/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* What a section says about its media: codecs, header extensions, sources, simulcast. */
#include "gst/rtc/sdp/rtc-sdp-reader.h"

#define FAIL(r, ...) rtc_sdp_reader_fail ((r), RTC_ERR_PARSE, __VA_ARGS__)

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
  else if (rtc_span_is (type, "FEC-FR"))
    group.type = RTC_SDP_SSRC_GROUP_FEC_FR;
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

const RtcSdpAttribute rtc_sdp_media_attributes[] = {
  { "rtpmap", RTC_SDP_LEVEL_MEDIA, read_rtpmap },
  { "rtcp-fb", RTC_SDP_LEVEL_MEDIA, read_rtcp_fb },
  { "fmtp", RTC_SDP_LEVEL_MEDIA, read_fmtp },
  { "ssrc", RTC_SDP_LEVEL_MEDIA, read_ssrc },
  { "extmap", RTC_SDP_LEVEL_BOTH, read_extmap },
  { "ssrc-group", RTC_SDP_LEVEL_MEDIA, read_ssrc_group },
  { "msid", RTC_SDP_LEVEL_MEDIA, read_msid },
  { "rid", RTC_SDP_LEVEL_MEDIA, read_rid },
  { "simulcast", RTC_SDP_LEVEL_MEDIA, read_simulcast },
  { NULL },
};
