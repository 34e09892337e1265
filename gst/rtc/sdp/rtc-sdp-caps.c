/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "gst/rtc/sdp/rtc-sdp-caps.h"

#include "gst/rtc/sdp/rtc-sdp-span.h"

static void
field_clear (gpointer data)
{
  g_free (((RtcCapsField *) data)->text);
}

static void
add_text (GArray *fields, const gchar *name, gchar *text)
{
  RtcCapsField field = { name, text, 0 };

  g_array_append_val (fields, field);
}

static void
add_number (GArray *fields, const gchar *name, guint32 number)
{
  RtcCapsField field = { name, NULL, (gint) MIN (number, G_MAXINT32) };

  g_array_append_val (fields, field);
}

static void
add_text_number (GArray *fields, const gchar *name, guint number)
{
  add_text (fields, name, g_strdup_printf ("%u", number));
}

static void
add_opus (GArray *fields, const RtcFmtpOpus *f)
{
  /* rtpopusdepay decides by sprop-stereo, rtpopuspay by what a peer's stereo and the like say. */
  if (f->sprop_stereo)
    add_text (fields, "sprop-stereo", g_strdup ("1"));
  if (f->stereo)
    add_text (fields, "stereo", g_strdup ("1"));
  if (f->use_inband_fec)
    add_text (fields, "useinbandfec", g_strdup ("1"));
  if (f->use_dtx)
    add_text (fields, "usedtx", g_strdup ("1"));
  if (f->max_average_bitrate != 0)
    add_text_number (fields, "maxaveragebitrate", f->max_average_bitrate);
  if (f->min_ptime_ms != 0)
    add_text_number (fields, "minptime", f->min_ptime_ms);
}

static void
add_fmtp (GArray *fields, const RtcCodec *codec)
{
  const RtcFmtp *f = &codec->fmtp;

  if (codec->id == RTC_CODEC_H264) {
    add_text_number (fields, "packetization-mode", f->h264.packetization_mode);
    add_text (
        fields, "profile-level-id", g_strdup_printf ("%06x", f->h264.profile_level_id & 0xffffff));
    if (f->h264.level_asymmetry_allowed)
      add_text (fields, "level-asymmetry-allowed", g_strdup ("1"));
    if (f->h264.sprop_parameter_sets[0] != '\0')
      add_text (fields, "sprop-parameter-sets", g_strdup (f->h264.sprop_parameter_sets));
  } else if (codec->id == RTC_CODEC_H265) {
    add_text_number (fields, "profile-id", f->h265.profile_id);
    add_text_number (fields, "tier-flag", f->h265.tier_flag);
    add_text_number (fields, "level-id", f->h265.level_id);
    add_text (fields, "tx-mode", g_strdup (f->h265.tx_mode));
  } else if (codec->id == RTC_CODEC_VP9) {
    add_text_number (fields, "profile-id", f->vpx.profile_id);
  } else if (codec->id == RTC_CODEC_AV1) {
    add_text_number (fields, "profile", f->av1.profile);
    add_text_number (fields, "level-idx", f->av1.level_idx);
    add_text_number (fields, "tier", f->av1.tier);
  } else if (codec->id == RTC_CODEC_OPUS) {
    add_opus (fields, &f->opus);
  } else if (codec->id == RTC_CODEC_RTX) {
    add_text_number (fields, "apt", f->rtx.apt);
  }
}

GArray *
rtc_codec_to_caps_fields (const RtcCodec *codec)
{
  const RtcCodecInfo *info = rtc_codec_info (codec->id);
  GArray *fields;

  if (info == NULL)
    return NULL;
  fields = g_array_new (FALSE, FALSE, sizeof (RtcCapsField));
  g_array_set_clear_func (fields, field_clear);
  add_text (fields, "media", g_strdup (codec->kind == RTC_MEDIA_AUDIO ? "audio" : "video"));
  add_number (fields, "payload", codec->pt);
  add_number (fields, "clock-rate", codec->clock_rate);
  /* From the table, never from the peer's text. */
  add_text (fields, "encoding-name", g_ascii_strup (info->name, -1));
  if (codec->channels > 1)
    add_text_number (fields, "encoding-params", codec->channels);
  add_fmtp (fields, codec);
  return fields;
}

RtcResult
rtc_codec_from_caps_fields (RtcCodec *out, RtcCapsFieldGetter get, gpointer user_data)
{
  static const gchar *const parameters[] = { "packetization-mode", "profile-level-id",
    "level-asymmetry-allowed", "sprop-parameter-sets", "profile-id", "tier-flag", "level-id",
    "tx-mode", "profile", "level-idx", "tier", "sprop-stereo", "stereo", "useinbandfec", "usedtx",
    "maxaveragebitrate", "minptime", "apt" };
  const gchar *name = get (user_data, "encoding-name"), *text;
  const RtcCodecInfo *info = name != NULL ? rtc_codec_info_find (name, strlen (name)) : NULL;
  RtcCodec codec;
  guint64 number;

  if (info == NULL)
    return RTC_ERR_UNSUPPORTED;
  rtc_codec_init (&codec, info->id, 0);
  rtc_fmtp_init (&codec.fmtp, info->id);
  text = get (user_data, "payload");
  if (text != NULL) {
    if (!rtc_span_uint (rtc_span (text, strlen (text)), 0, 127, &number))
      return RTC_ERR_PARSE;
    codec.pt = (guint8) number;
  }
  text = get (user_data, "clock-rate");
  if (text != NULL
      && (!rtc_span_uint (rtc_span (text, strlen (text)), 1, 10000000, &number)
          || (info->clock_rate != 0 && number != info->clock_rate)))
    return RTC_ERR_PARSE;
  for (guint i = 0; i < G_N_ELEMENTS (parameters); i++) {
    gchar *pair;
    RtcResult result;

    text = get (user_data, parameters[i]);
    if (text == NULL)
      continue;
    pair = g_strdup_printf ("%s=%s", parameters[i], text);
    result = rtc_fmtp_parse (&codec.fmtp, info->id, pair, strlen (pair));
    g_free (pair);
    if (result != RTC_OK)
      return result;
  }
  *out = codec;
  return RTC_OK;
}
