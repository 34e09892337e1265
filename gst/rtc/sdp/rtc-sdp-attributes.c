/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* The a= lines, each by its function: of session and transport, flags, data channels. */
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

/* --- the tables ------------------------------------------------------------------------------ */

static const RtcSdpAttribute transport_attributes[] = {
  { "candidate", RTC_SDP_LEVEL_MEDIA, read_candidate },
  { "mid", RTC_SDP_LEVEL_MEDIA, read_mid },
  { "sendrecv", RTC_SDP_LEVEL_BOTH, read_sendrecv },
  { "sendonly", RTC_SDP_LEVEL_BOTH, read_sendonly },
  { "recvonly", RTC_SDP_LEVEL_BOTH, read_recvonly },
  { "inactive", RTC_SDP_LEVEL_BOTH, read_inactive },
  { "ice-ufrag", RTC_SDP_LEVEL_BOTH, read_ufrag },
  { "ice-pwd", RTC_SDP_LEVEL_BOTH, read_pwd },
  { "ice-options", RTC_SDP_LEVEL_BOTH, read_ice_options },
  { "ice-lite", RTC_SDP_LEVEL_SESSION, read_ice_lite },
  { "fingerprint", RTC_SDP_LEVEL_BOTH, read_fingerprint },
  { "setup", RTC_SDP_LEVEL_BOTH, read_setup },
  { "tls-id", RTC_SDP_LEVEL_BOTH, read_tls_id },
  { "end-of-candidates", RTC_SDP_LEVEL_BOTH, read_end_of_candidates },
  { "rtcp-mux", RTC_SDP_LEVEL_MEDIA, read_rtcp_mux },
  { "rtcp-mux-only", RTC_SDP_LEVEL_MEDIA, read_rtcp_mux_only },
  { "rtcp-rsize", RTC_SDP_LEVEL_MEDIA, read_rtcp_rsize },
  { "rtcp-xr", RTC_SDP_LEVEL_BOTH, read_rtcp_xr },
  { "bundle-only", RTC_SDP_LEVEL_MEDIA, read_bundle_only },
  { "extmap-allow-mixed", RTC_SDP_LEVEL_BOTH, read_allow_mixed },
  { "group", RTC_SDP_LEVEL_SESSION, read_group },
  { "msid-semantic", RTC_SDP_LEVEL_SESSION, read_msid_semantic },
  { "sctp-port", RTC_SDP_LEVEL_MEDIA, read_sctp_port },
  { "sctpmap", RTC_SDP_LEVEL_MEDIA, read_sctpmap },
  { "max-message-size", RTC_SDP_LEVEL_MEDIA, read_max_message_size },
  { NULL },
};

/* Busy ones first: candidates and sources are most of a long description. */
static const RtcSdpAttribute *const tables[] = { rtc_sdp_media_attributes, transport_attributes };

gboolean
rtc_sdp_reader_attribute (RtcSdpReader *r, RtcSpan line)
{
  RtcSpan value = line, name = rtc_span_cut (&value, ':');
  RtcSdpLevel level = r->section == r->defaults ? RTC_SDP_LEVEL_SESSION : RTC_SDP_LEVEL_MEDIA;

  /* A section that we refuse anyway is only echoed: its mid counts, nothing else. */
  if (r->section->protocol == RTC_SDP_PROTOCOL_FOREIGN && !rtc_span_is (name, "mid"))
    return TRUE;
  for (guint i = 0; i < G_N_ELEMENTS (tables); i++)
    for (const RtcSdpAttribute *a = tables[i]; a->name != NULL; a++)
      if (rtc_span_is (name, a->name))
        return (a->level & level) == 0 || a->read (r, value);
  return TRUE;
}
