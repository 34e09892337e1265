/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "ext/webrtc/gstrtccodecchoice.h"

#include "gst/media/gstrtcencoder.h"
#include "gst/media/gstrtcpayloader.h"

/* profile_idc and constraint flags (RFC 6184 8.1) of the profiles that caps name. Level 3.1 is what
 * RFC 7742 6.2 asks of everybody; levels do not take part in matching. */
static const struct {
  const gchar *profile; /* in caps; NULL: only as a way to say the same */
  guint32 profile_level_id;
} h264_forms[] = {
  { "constrained-baseline", 0x42e01f },
  { "baseline", 0x42001f },
  { "main", 0x4d001f },
  { "high", 0x64001f },
  { "constrained-high", 0x640c1f },
};

static guint
add_h264_form (RtcCodec *out, guint n, guint32 profile_level_id)
{
  for (guint i = 0; i < n; i++) {
    if (out[i].fmtp.h264.profile_level_id == profile_level_id)
      return n;
  }
  rtc_codec_init_h264 (&out[n], 0, profile_level_id, 1);
  return n + 1;
}

/* The stream's own profile first. The others are offered as well: every decoder in a browser plays
 * all of them, but a peer may name only some. */
static guint
list_encoded_h264 (const GstCaps *input, RtcCodec *out)
{
  const GstStructure *structure = gst_caps_get_structure (input, 0);
  const gchar *profile = gst_structure_get_string (structure, "profile");
  const gchar *id = gst_structure_get_string (structure, "profile-level-id");
  guint64 value;
  guint n = 0;

  /* RTP's caps have what SDP has (RFC 6184 8.1). */
  if (id != NULL && g_ascii_string_to_unsigned (id, 16, 0, 0xffffff, &value, NULL))
    n = add_h264_form (out, n, (guint32) value);

  for (guint i = 0; i < G_N_ELEMENTS (h264_forms); i++) {
    if (g_strcmp0 (profile, h264_forms[i].profile) == 0)
      n = add_h264_form (out, n, h264_forms[i].profile_level_id);
  }
  for (guint i = 0; i < G_N_ELEMENTS (h264_forms); i++)
    n = add_h264_form (out, n, h264_forms[i].profile_level_id);
  return n;
}

/* What our encoders make is constrained baseline, which is baseline too (RFC 6184 8.1). */
static guint
add_codec (RtcCodec *out, guint n, RtcCodecId codec)
{
  for (guint i = 0; i < n; i++) {
    if (out[i].id == codec)
      return n;
  }
  if (codec == RTC_CODEC_H264) {
    rtc_codec_init_h264 (&out[n], 0, 0x42e01f, 1);
    rtc_codec_init_h264 (&out[n + 1], 0, 0x42001f, 1);
    return n + 2;
  }
  rtc_codec_init (&out[n], codec, 0);
  return n + 1;
}

static guint
list_raw (RtcMediaKind kind, const GstCaps *preferred, RtcCodec *out)
{
  guint n = 0, n_structures = gst_caps_get_size (preferred);

  for (guint i = 0; i < n_structures && n + 2 <= RTC_TRANSCEIVER_MAX_CODECS; i++) {
    GstCaps *one = gst_caps_copy_nth (preferred, i);
    RtcCodecId codec = gst_rtc_payloader_find_codec (one);

    gst_caps_unref (one);
    if (codec == RTC_CODEC_UNKNOWN || rtc_codec_info (codec)->kind != kind)
      continue;
    if (gst_rtc_encoder_is_available (codec) && gst_rtc_payloader_is_available (codec))
      n = add_codec (out, n, codec);
  }
  return n;
}

guint
gst_rtc_codec_choice_list (
    RtcMediaKind kind, const GstCaps *input, const GstCaps *preferred, RtcCodec *out)
{
  RtcCodecId codec = gst_rtc_payloader_find_codec (input);

  if (codec == RTC_CODEC_UNKNOWN)
    return list_raw (kind, preferred, out);
  if (!gst_rtc_payloader_is_rtp (input) && !gst_rtc_payloader_is_available (codec))
    return 0;
  if (codec == RTC_CODEC_H264)
    return list_encoded_h264 (input, out);
  return add_codec (out, 0, codec);
}
