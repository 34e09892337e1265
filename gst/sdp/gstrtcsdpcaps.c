/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "gst/sdp/gstrtcsdpcaps.h"

#include <string.h>

#include "gst/rtc/sdp/rtc-sdp-span.h"

#define MAX_NAME 64

/* Parameters and attributes that elements behind the demuxer read, which are taken however many
 * other names have come: RFC 6184, 7798, 7741, 9628, 7587, 3640, 6416, 5574, 4175, 2435, 3551. */
static gboolean
is_well_known (const gchar *name)
{
  static const gchar *const names[] = { "packetization-mode", "profile-level-id",
    "sprop-parameter-sets", "level-asymmetry-allowed", "sprop-vps", "sprop-sps", "sprop-pps",
    "profile-id", "tier-flag", "level-id", "max-fr", "max-fs", "minptime", "useinbandfec", "usedtx",
    "stereo", "sprop-stereo", "maxplaybackrate", "sprop-maxcapturerate", "maxaveragebitrate",
    "streamtype", "mode", "config", "sizelength", "indexlength", "indexdeltalength",
    "constantduration", "bitrate", "object", "cpresent", "apt", "rtx-time", "sampling", "width",
    "height", "depth", "colorimetry", "vbr", "octet-align", "crc", "annexb", "configuration",
    "a-ptime", "a-maxptime", "a-framerate", "a-framesize", "a-mid", "a-tool", "a-ts-refclk",
    "a-mediaclk", "a-sendonly", "a-sendrecv", "a-rtcp-mux", "a-label", "a-lang", "x-dimensions",
    "x-framerate", NULL };

  return g_strv_contains (names, name);
}

/* What RTP elements take for the application's own word, not for the sender's. */
static gboolean
is_reserved (const gchar *name)
{
  static const gchar *const prefixes[] = { "rtcp-", "srtp", "srtcp", "ssrc", "extmap-", "mki",
    "roc", "clock-base", "seqnum-", "timestamp-offset", "npt-", "onvif-", NULL };

  for (guint i = 0; prefixes[i] != NULL; i++)
    if (g_str_has_prefix (name, prefixes[i]))
      return TRUE;
  return FALSE;
}

/* TRUE: a field may have this name. Others than well-known ones that GLib has not met are counted.
 */
static gboolean
take_name (const gchar *name)
{
  static gint n_new = 0;

  if (is_well_known (name))
    return TRUE;
  if (!g_ascii_isalpha (name[0]) || is_reserved (name))
    return FALSE;
  for (const gchar *c = name; *c != '\0'; c++)
    if (!g_ascii_isalnum (*c) && strchr ("-_.+", *c) == NULL)
      return FALSE;
  if (g_quark_try_string (name) != 0)
    return TRUE;
  if (g_atomic_int_get (&n_new) >= GST_RTC_SDP_MAX_NAMES)
    return FALSE;
  g_atomic_int_inc (&n_new);
  return TRUE;
}

static void
set_text (GstStructure *s, const gchar *name, const gchar *value)
{
  if (take_name (name) && !gst_structure_has_field (s, name) && g_utf8_validate (value, -1, NULL))
    gst_structure_set (s, name, G_TYPE_STRING, value, NULL);
}

/* "name=value; name; ..." */
static void
add_parameters (GstStructure *s, const gchar *text)
{
  RtcSpan list = rtc_span (text, strlen (text));

  while (list.len > 0) {
    RtcSpan value = rtc_span_strip (rtc_span_cut (&list, ';'));
    RtcSpan name = rtc_span_strip (rtc_span_cut (&value, '='));
    gchar field[MAX_NAME + 1], *copy;

    if (name.len == 0 || !rtc_span_copy (name, field, sizeof field))
      continue;
    for (gchar *c = field; *c != '\0'; c++)
      *c = g_ascii_tolower (*c);
    value = rtc_span_strip (value);
    /* One without a value is a switch that is on. */
    copy = value.len > 0 ? g_strndup (value.p, value.len) : g_strdup ("1");
    set_text (s, field, copy);
    g_free (copy);
  }
}

/* What is in other fields already, or means nothing behind the demuxer. */
static gboolean
is_consumed (const gchar *name)
{
  static const gchar *const names[] = { "rtpmap", "fmtp", "rtcp-fb", "control", NULL };

  return g_strv_contains (names, name);
}

static void
add_attributes (GstStructure *s, GPtrArray *attributes)
{
  for (guint i = 0; i < attributes->len; i++) {
    const RtcAttribute *attribute = g_ptr_array_index (attributes, i);
    gchar *field;

    if (is_consumed (attribute->name) || strlen (attribute->name) > MAX_NAME)
      continue;
    field = g_str_has_prefix (attribute->name, "x-") ? g_strdup (attribute->name)
                                                     : g_strdup_printf ("a-%s", attribute->name);
    set_text (s, field, attribute->value != NULL ? attribute->value : "");
    g_free (field);
  }
}

GstCaps *
gst_rtc_sdp_caps_new (const RtcAnnouncement *announcement, const RtcAnnouncedMedium *medium,
    const RtcAnnouncedFormat *format)
{
  gchar *name = g_ascii_strup (format->name, -1);
  GstCaps *caps = gst_caps_new_simple ("application/x-rtp", "media", G_TYPE_STRING, medium->kind,
      "payload", G_TYPE_INT, (gint) format->pt, "clock-rate", G_TYPE_INT, (gint) format->clock_rate,
      "encoding-name", G_TYPE_STRING, name, NULL);
  GstStructure *s = gst_caps_get_structure (caps, 0);

  g_free (name);
  if (format->channels > 0) {
    gchar *channels = g_strdup_printf ("%u", format->channels);

    gst_structure_set (s, "encoding-params", G_TYPE_STRING, channels, NULL);
    g_free (channels);
  }
  if (format->nack)
    gst_structure_set (s, "rtcp-fb-nack", G_TYPE_BOOLEAN, TRUE, NULL);
  if (format->nack_pli)
    gst_structure_set (s, "rtcp-fb-nack-pli", G_TYPE_BOOLEAN, TRUE, NULL);
  if (format->ccm_fir)
    gst_structure_set (s, "rtcp-fb-ccm-fir", G_TYPE_BOOLEAN, TRUE, NULL);
  if (format->fmtp != NULL)
    add_parameters (s, format->fmtp);
  add_attributes (s, medium->attributes);
  add_attributes (s, announcement->attributes);
  return caps;
}

/* -- Keys -------------------------------------------------------------------- */

static const struct {
  const gchar *cipher, *rtp_auth, *rtcp_auth;
} suites[] = {
  [RTC_SUITE_AES_CM_128_HMAC_SHA1_80] = { "aes-128-icm", "hmac-sha1-80", "hmac-sha1-80" },
  /* RFC 4568 6.2.2: SRTCP has the long tag in any case. */
  [RTC_SUITE_AES_CM_128_HMAC_SHA1_32] = { "aes-128-icm", "hmac-sha1-32", "hmac-sha1-80" },
  [RTC_SUITE_AES_256_CM_HMAC_SHA1_80] = { "aes-256-icm", "hmac-sha1-80", "hmac-sha1-80" },
  [RTC_SUITE_AES_256_CM_HMAC_SHA1_32] = { "aes-256-icm", "hmac-sha1-32", "hmac-sha1-80" },
  [RTC_SUITE_AEAD_AES_128_GCM] = { "aes-128-gcm", "null", "null" },
  [RTC_SUITE_AEAD_AES_256_GCM] = { "aes-256-gcm", "null", "null" },
};

static void
set_bytes (GstStructure *s, const gchar *name, guint n, const guint8 *bytes, gsize len)
{
  gchar *field = n == 1 ? g_strdup (name) : g_strdup_printf ("%s%u", name, n);
  GstBuffer *buffer = gst_buffer_new_memdup (bytes, len);

  gst_structure_set (s, field, GST_TYPE_BUFFER, buffer, NULL);
  gst_buffer_unref (buffer);
  g_free (field);
}

GstCaps *
gst_rtc_sdp_caps_new_keys (const RtcAnnouncedMedium *medium, gboolean is_rtcp)
{
  const gchar *cipher = suites[medium->suite].cipher;
  GstCaps *caps = gst_caps_new_simple (is_rtcp ? "application/x-srtcp" : "application/x-srtp",
      "srtp-cipher", G_TYPE_STRING, cipher, "srtcp-cipher", G_TYPE_STRING, cipher, "srtp-auth",
      G_TYPE_STRING, suites[medium->suite].rtp_auth, "srtcp-auth", G_TYPE_STRING,
      suites[medium->suite].rtcp_auth, NULL);
  GstStructure *s = gst_caps_get_structure (caps, 0);

  for (guint i = 0; i < medium->keys->len; i++) {
    const RtcAnnouncedKey *key = &g_array_index (medium->keys, RtcAnnouncedKey, i);

    set_bytes (s, "srtp-key", i + 1, key->key, key->key_len);
    if (key->mki_len > 0)
      set_bytes (s, "mki", i + 1, key->mki, key->mki_len);
  }
  return caps;
}
