/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* The lines of a description are read here, over the text itself and not over GstSDPMessage:
 * gst_sdp_message_parse_buffer() refuses nothing, knows no line numbers and no limits. */
#include "gst/rtc/sdp/rtc-sdp-reader.h"

#define FAIL(r, ...) rtc_sdp_reader_fail ((r), RTC_ERR_PARSE, __VA_ARGS__)

gboolean
rtc_sdp_reader_fail (RtcSdpReader *r, RtcResult code, const gchar *format, ...)
{
  va_list args;

  va_start (args, format);
  rtc_error_at_line (r->error, code, r->line, format, args);
  va_end (args);
  return FALSE;
}

/* o=<username> <sess-id> <sess-version> <nettype> <addrtype> <address>   (RFC 8866 5.2) */
static gboolean
read_origin (RtcSdpReader *r, RtcSpan value)
{
  RtcSpan user = rtc_span_word (&value);

  if (!rtc_span_is_visible (user)
      || !rtc_span_copy (user, r->sdp->user_name, sizeof r->sdp->user_name))
    return FAIL (r, "the user name of o= is empty, too long or not visible ASCII");
  if (!rtc_span_uint (rtc_span_word (&value), 0, G_MAXUINT64, &r->sdp->session_id))
    return FAIL (r, "the session id of o= is not a number of 64 bits");
  if (!rtc_span_uint (rtc_span_word (&value), 0, G_MAXUINT64, &r->sdp->version))
    return FAIL (r, "the session version of o= is not a number of 64 bits");
  return TRUE;
}

/* What the session said holds for each section that does not say otherwise. */
static void
inherit (RtcSdpReader *r, RtcSdpSection *s)
{
  const RtcSdpSection *d = r->defaults;

  s->direction = d->direction;
  memcpy (s->ice_ufrag, d->ice_ufrag, sizeof s->ice_ufrag);
  memcpy (s->ice_pwd, d->ice_pwd, sizeof s->ice_pwd);
  s->ice_trickle = d->ice_trickle;
  s->ice_renomination = d->ice_renomination;
  s->ice2 = d->ice2;
  g_array_append_vals (s->fingerprints, d->fingerprints->data, d->fingerprints->len);
  s->setup = d->setup;
  memcpy (s->tls_id, d->tls_id, sizeof s->tls_id);
  s->end_of_candidates = d->end_of_candidates;
  s->extmap_allow_mixed = d->extmap_allow_mixed;
  if (s->kind == RTC_MEDIA_APPLICATION)
    return;
  s->rcvr_rtt = d->rcvr_rtt;
  for (guint i = 0; i < d->extmaps->len; i++) {
    const RtcSdpExtmap *map = &g_array_index (d->extmaps, RtcSdpExtmap, i);

    rtc_sdp_section_add_extmap (s, map->id, map->direction, map->uri);
  }
}

static gboolean
add_pt (RtcSdpReader *r, RtcSpan word)
{
  const RtcCodecInfo *info;
  RtcCodec codec = { 0 };
  guint64 pt;

  if (!rtc_span_uint (word, 0, 127, &pt))
    return FAIL (r, "payload type \"%s\" is not within 0..127", rtc_sdp_reader_quote (word));
  if (r->pt_index[pt] >= 0)
    return FAIL (r, "payload type %u is listed twice", (guint) pt);
  codec.kind = r->section->kind;
  codec.pt = (guint8) pt;
  /* "static payload types ... need no rtpmap" (RFC 8866 6.6) */
  info = rtc_codec_info_find_static ((guint8) pt);
  if (info != NULL && info->kind == codec.kind) {
    rtc_codec_init (&codec, info->id, codec.pt);
    codec.rtcp_fb = 0;
  }
  r->pt_index[pt] = (gint8) r->section->codecs->len;
  g_array_append_val (r->section->codecs, codec);
  return TRUE;
}

static RtcSdpProtocol
find_protocol (RtcSpan text, gboolean is_data)
{
  if (is_data)
    return rtc_span_is (text, "UDP/DTLS/SCTP")   ? RTC_SDP_PROTOCOL_UDP_DTLS_SCTP
           : rtc_span_is (text, "TCP/DTLS/SCTP") ? RTC_SDP_PROTOCOL_TCP_DTLS_SCTP
           : rtc_span_is (text, "DTLS/SCTP")     ? RTC_SDP_PROTOCOL_DTLS_SCTP
                                                 : RTC_SDP_PROTOCOL_FOREIGN;
  return rtc_span_is (text, "UDP/TLS/RTP/SAVPF")   ? RTC_SDP_PROTOCOL_UDP_TLS_RTP_SAVPF
         : rtc_span_is (text, "TCP/TLS/RTP/SAVPF") ? RTC_SDP_PROTOCOL_TCP_TLS_RTP_SAVPF
         : rtc_span_is (text, "RTP/SAVPF")         ? RTC_SDP_PROTOCOL_RTP_SAVPF
                                                   : RTC_SDP_PROTOCOL_FOREIGN;
}

static gboolean
read_formats (RtcSdpReader *r, RtcSpan formats)
{
  RtcSdpSection *s = r->section;
  guint n = 0;

  if (s->protocol == RTC_SDP_PROTOCOL_DTLS_SCTP) {
    guint64 port;

    if (!rtc_span_uint (rtc_span_word (&formats), 1, 65535, &port))
      return FAIL (r, "the SCTP port of the m-line is not within 1..65535");
    s->sctp_port = (guint16) port;
    return TRUE;
  }
  if (s->kind == RTC_MEDIA_APPLICATION)
    return TRUE;
  for (RtcSpan word = rtc_span_word (&formats); word.len > 0; word = rtc_span_word (&formats)) {
    if (++n > RTC_SDP_MAX_PTS)
      return rtc_sdp_reader_fail (
          r, RTC_ERR_LIMIT, "more than %u payload types in one section", RTC_SDP_MAX_PTS);
    if (!add_pt (r, word))
      return FALSE;
  }
  return n > 0 || FAIL (r, "the m-line has no payload type");
}

/* m=<media> <port> <proto> <fmt> ...   (RFC 8866 5.14) */
static gboolean
read_media (RtcSdpReader *r, RtcSpan value)
{
  RtcSpan line = value, media = rtc_span_word (&value), port_text = rtc_span_word (&value);
  RtcSpan protocol = rtc_span_word (&value), formats = rtc_span_strip (value);
  gboolean is_audio = rtc_span_is (media, "audio"), is_data = rtc_span_is (media, "application");
  gboolean is_known = is_audio || is_data || rtc_span_is (media, "video");
  RtcSdpSection *s;
  guint64 port;

  if (r->sdp->sections->len >= RTC_SDP_MAX_SECTIONS)
    return rtc_sdp_reader_fail (r, RTC_ERR_LIMIT, "more than %u m-lines", RTC_SDP_MAX_SECTIONS);
  if (!rtc_span_is_visible (media) || !rtc_span_is_visible (protocol) || formats.len == 0)
    return FAIL (
        r, "m=%s is not of the form media port protocol formats", rtc_sdp_reader_quote (line));
  if (!rtc_span_uint (port_text, 0, 65535, &port))
    return FAIL (r, "port \"%s\" is not within 0..65535", rtc_sdp_reader_quote (port_text));

  s = rtc_sdp_add_section (r->sdp,
      is_audio  ? RTC_MEDIA_AUDIO
      : is_data ? RTC_MEDIA_APPLICATION
                : RTC_MEDIA_VIDEO,
      NULL);
  r->section = s;
  r->section_line = r->line;
  r->connection = r->own_fingerprints = FALSE;
  r->any_rtcp_fb = 0;
  memset (r->pt_index, -1, sizeof r->pt_index);
  memset (r->pt_mapped, 0, sizeof r->pt_mapped);
  s->port = (guint16) port;
  s->protocol = is_known ? find_protocol (protocol, is_data) : RTC_SDP_PROTOCOL_FOREIGN;
  if (s->protocol == RTC_SDP_PROTOCOL_FOREIGN) {
    for (gsize i = 0; i < formats.len; i++)
      if (formats.p[i] != ' ' && (formats.p[i] < 0x21 || formats.p[i] > 0x7e))
        return FAIL (r, "the formats of the m-line are not visible ASCII");
    s->foreign_media = g_strndup (media.p, media.len);
    s->foreign_protocol = g_strndup (protocol.p, protocol.len);
    s->foreign_formats = g_strndup (formats.p, formats.len);
    return TRUE;
  }
  inherit (r, s);
  return read_formats (r, formats);
}

/* Called when a section's last line was read: what needs all of them. */
static gboolean
finish_section (RtcSdpReader *r)
{
  RtcSdpSection *s = r->section;
  guint line = r->line;

  if (s == r->defaults)
    return TRUE;
  for (guint i = 0; i < r->pending_fmtp->len; i++) {
    RtcSdpPendingFmtp *pending = &g_array_index (r->pending_fmtp, RtcSdpPendingFmtp, i);
    RtcCodec *codec = &g_array_index (s->codecs, RtcCodec, r->pt_index[pending->pt]);

    r->line = pending->line;
    if (rtc_fmtp_parse (&codec->fmtp, codec->id, pending->text.p, pending->text.len) != RTC_OK)
      return FAIL (r, "a=fmtp:%u has an impossible value for %s", pending->pt, codec->name);
  }
  g_array_set_size (r->pending_fmtp, 0);
  for (guint i = 0; i < s->codecs->len && r->any_rtcp_fb != 0; i++) {
    RtcCodec *codec = &g_array_index (s->codecs, RtcCodec, i);
    const RtcCodecInfo *info = rtc_codec_info (codec->id);

    if (info != NULL && info->is_media)
      codec->rtcp_fb |= r->any_rtcp_fb;
  }
  r->line = r->section_line;
  /* "A session description MUST contain either at least one "c=" line in each media description
   * or a single "c=" line at the session level" (RFC 8866 5.7) */
  if (!r->connection && !r->session_connection)
    return FAIL (r, "the m-line has no c= line");
  r->line = line;
  return TRUE;
}

static gboolean
check_mids (RtcSdpReader *r)
{
  GHashTable *mids = g_hash_table_new (g_str_hash, g_str_equal);
  gboolean good = TRUE;

  for (guint i = 0; good && i < r->sdp->sections->len; i++) {
    RtcSdpSection *s = rtc_sdp_section (r->sdp, i);

    if (s->mid[0] != '\0' && !g_hash_table_add (mids, s->mid))
      good = FAIL (r, "two sections have the mid \"%s\"", s->mid);
  }
  for (guint i = 0; good && i < r->sdp->bundle->len; i++) {
    const gchar *mid = g_ptr_array_index (r->sdp->bundle, i);

    if (!g_hash_table_contains (mids, mid))
      good = FAIL (r, "a=group:BUNDLE names \"%s\", which is no section's mid", mid);
  }
  g_hash_table_unref (mids);
  return good;
}

static gboolean
read_line (RtcSdpReader *r, RtcSpan line)
{
  gchar type = line.p[0];
  RtcSpan value = rtc_span (line.p + 2, line.len - 2);

  switch (type) {
    case 'v':
      return rtc_span_is (rtc_span_strip (value), "0") || FAIL (r, "the version is not 0");
    case 'o':
      return r->section != r->defaults || read_origin (r, value);
    case 'm':
      return finish_section (r) && read_media (r, value);
    case 'c':
      if (r->section == r->defaults)
        r->session_connection = TRUE;
      else
        r->connection = TRUE;
      return TRUE;
    case 'a':
      return rtc_sdp_reader_attribute (r, value);
    default:
      return TRUE;
  }
}

static RtcResult
check_line (RtcSpan line, guint number, GError **error)
{
  if (line.len > RTC_SDP_MAX_LINE_BYTES)
    return rtc_error (
        error, RTC_ERR_LIMIT, "line %u: longer than %u bytes", number, RTC_SDP_MAX_LINE_BYTES);
  for (gsize i = 0; i < line.len; i++)
    if ((guchar) line.p[i] < 0x20 && line.p[i] != '\t')
      return rtc_error (error, RTC_ERR_PARSE, "line %u: control character 0x%02x", number,
          (guint) (guchar) line.p[i]);
  if (line.len < 2 || line.p[1] != '=' || !g_ascii_islower (line.p[0]))
    return rtc_error (error, RTC_ERR_PARSE, "line %u: not of the form x=value", number);
  return RTC_OK;
}

RtcResult
rtc_sdp_next_line (RtcSpan *rest, guint *number, RtcSpan *line, GError **error)
{
  if (rest->len > RTC_SDP_MAX_BYTES)
    return rtc_error (error, RTC_ERR_LIMIT, "line %u: the description is longer than %u bytes",
        *number, RTC_SDP_MAX_BYTES);
  while (rest->len > 0) {
    *line = rtc_span_cut (rest, '\n');
    if (++*number > RTC_SDP_MAX_LINES)
      return rtc_error (
          error, RTC_ERR_LIMIT, "line %u: more than %u lines", *number, RTC_SDP_MAX_LINES);
    if (line->len > 0 && line->p[line->len - 1] == '\r')
      line->len--;
    if (line->len > 0)
      return check_line (*line, *number, error);
  }
  return RTC_AGAIN;
}

static gboolean
read_all (RtcSdpReader *r, RtcSpan rest)
{
  gboolean has_version = FALSE, has_origin = FALSE;
  RtcResult result;
  RtcSpan line;

  while ((result = rtc_sdp_next_line (&rest, &r->line, &line, r->error)) == RTC_OK) {
    if (!has_version && line.p[0] != 'v')
      return FAIL (r, "a description begins with v=0");
    has_version = TRUE;
    has_origin |= line.p[0] == 'o';
    if (!read_line (r, line))
      return FALSE;
  }
  if (result != RTC_AGAIN)
    return FALSE;
  if (!has_version || !has_origin)
    return FAIL (r, "the description has no %s line", has_version ? "o=" : "v=");
  return finish_section (r) && check_mids (r);
}

RtcSdp *
rtc_sdp_parse (const gchar *text, gsize len, GError **error)
{
  RtcSdp *session = rtc_sdp_new ();
  RtcSdpReader r = { .sdp = rtc_sdp_new (), .error = error };
  gboolean good;

  r.defaults = r.section = rtc_sdp_add_section (session, RTC_MEDIA_VIDEO, NULL);
  r.pending_fmtp = g_array_new (FALSE, FALSE, sizeof (RtcSdpPendingFmtp));
  good = read_all (&r, rtc_span (text, len));
  g_array_unref (r.pending_fmtp);
  rtc_sdp_free (session);
  if (good)
    return r.sdp;
  rtc_sdp_free (r.sdp);
  return NULL;
}
