/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "gst/rtc/sdp/rtc-codecs.h"

#include <string.h>

static const RtcCodecInfo infos[] = {
  /* id, kind, name, clock rate, channels, static pt, is media */
  { RTC_CODEC_OPUS, RTC_MEDIA_AUDIO, "opus", 48000, 2, -1, TRUE }, /* RFC 7587 7 */
  { RTC_CODEC_PCMU, RTC_MEDIA_AUDIO, "PCMU", 8000, 1, 0, TRUE },
  { RTC_CODEC_PCMA, RTC_MEDIA_AUDIO, "PCMA", 8000, 1, 8, TRUE },
  /* "Even though the actual sampling rate for G.722 audio is 16,000 Hz, the RTP clock rate ... is
   * 8,000 Hz" (RFC 3551 4.5.2) */
  { RTC_CODEC_G722, RTC_MEDIA_AUDIO, "G722", 8000, 1, 9, TRUE },
  { RTC_CODEC_VP8, RTC_MEDIA_VIDEO, "VP8", 90000, 0, -1, TRUE },
  { RTC_CODEC_VP9, RTC_MEDIA_VIDEO, "VP9", 90000, 0, -1, TRUE },
  { RTC_CODEC_H264, RTC_MEDIA_VIDEO, "H264", 90000, 0, -1, TRUE },
  { RTC_CODEC_H265, RTC_MEDIA_VIDEO, "H265", 90000, 0, -1, TRUE },
  { RTC_CODEC_AV1, RTC_MEDIA_VIDEO, "AV1", 90000, 0, -1, TRUE },
  { RTC_CODEC_RTX, RTC_MEDIA_VIDEO, "rtx", 0, 0, -1, FALSE },
  { RTC_CODEC_RED, RTC_MEDIA_VIDEO, "red", 0, 0, -1, FALSE },
  { RTC_CODEC_ULPFEC, RTC_MEDIA_VIDEO, "ulpfec", 0, 0, -1, FALSE },
  { RTC_CODEC_FLEXFEC, RTC_MEDIA_VIDEO, "flexfec-03", 0, 0, -1, FALSE },
  { RTC_CODEC_TELEPHONE_EVENT, RTC_MEDIA_AUDIO, "telephone-event", 0, 1, -1, FALSE },
  { RTC_CODEC_CN, RTC_MEDIA_AUDIO, "CN", 0, 1, 13, FALSE },
};

const RtcCodecInfo *
rtc_codec_info (RtcCodecId id)
{
  for (guint i = 0; i < G_N_ELEMENTS (infos); i++)
    if (infos[i].id == id)
      return &infos[i];
  return NULL;
}

const RtcCodecInfo *
rtc_codec_info_find (const gchar *name, gsize len)
{
  for (guint i = 0; i < G_N_ELEMENTS (infos); i++)
    if (strlen (infos[i].name) == len && g_ascii_strncasecmp (infos[i].name, name, len) == 0)
      return &infos[i];
  /* The RFC's name beside the draft's, which libwebrtc still writes. */
  if (len == 7 && g_ascii_strncasecmp ("flexfec", name, len) == 0)
    return rtc_codec_info (RTC_CODEC_FLEXFEC);
  return NULL;
}

const RtcCodecInfo *
rtc_codec_info_find_static (guint8 pt)
{
  for (guint i = 0; i < G_N_ELEMENTS (infos); i++)
    if (infos[i].static_pt == pt)
      return &infos[i];
  return NULL;
}

void
rtc_codec_init (RtcCodec *out, RtcCodecId id, guint8 pt)
{
  const RtcCodecInfo *info = rtc_codec_info (id);

  memset (out, 0, sizeof *out);
  g_return_if_fail (info != NULL);
  out->id = id;
  out->kind = info->kind;
  g_strlcpy (out->name, info->name, sizeof out->name);
  out->clock_rate = info->clock_rate != 0           ? info->clock_rate
                    : info->kind == RTC_MEDIA_VIDEO ? 90000
                                                    : 8000;
  out->channels = info->channels;
  out->pt = info->static_pt >= 0 ? (guint8) info->static_pt : pt;
  rtc_fmtp_init (&out->fmtp, id);
  if (!info->is_media)
    return;
  if (info->kind == RTC_MEDIA_VIDEO)
    out->rtcp_fb = RTC_RTCP_FB_VIDEO_DEFAULT;
  if (id == RTC_CODEC_OPUS) {
    out->rtcp_fb = RTC_RTCP_FB_TRANSPORT_CC;
    out->fmtp.opus.use_inband_fec = TRUE;
    out->fmtp.opus.min_ptime_ms = 10;
  } else if (id == RTC_CODEC_H264) {
    out->fmtp.h264.has_profile_level_id = TRUE;
    out->fmtp.h264.profile_level_id = 0x42e01f;
    out->fmtp.h264.packetization_mode = 1;
    out->fmtp.h264.level_asymmetry_allowed = TRUE;
  }
}

void
rtc_codec_init_h264 (RtcCodec *out, guint8 pt, guint32 profile_level_id, guint8 packetization_mode)
{
  rtc_codec_init (out, RTC_CODEC_H264, pt);
  out->fmtp.h264.profile_level_id = profile_level_id & 0xffffff;
  out->fmtp.h264.packetization_mode = packetization_mode;
}

gboolean
rtc_codec_equal (const RtcCodec *a, const RtcCodec *b)
{
  return a->id == b->id && a->kind == b->kind && strcmp (a->name, b->name) == 0
         && a->clock_rate == b->clock_rate && a->channels == b->channels && a->pt == b->pt
         && a->rtcp_fb == b->rtcp_fb && rtc_fmtp_equal (&a->fmtp, &b->fmtp, a->id);
}

gchar *
rtc_codec_to_string (const RtcCodec *codec)
{
  gchar *fmtp = rtc_fmtp_write (&codec->fmtp, codec->id);
  gchar *text;

  if (codec->name[0] == '\0')
    text = g_strdup_printf ("payload type %u", codec->pt);
  else
    text = g_strdup_printf ("%s/%u%s%s", codec->name, codec->clock_rate, fmtp != NULL ? " " : "",
        fmtp != NULL ? fmtp : "");
  g_free (fmtp);
  return text;
}

/* --- H264: RFC 6184 8.1, Table 5 -------------------------------------------------------------
 *
 *   profile       profile_idc   profile-iop (binary, x = any)
 *   CB            42 (B)        x1xx0000
 *                 4D (M)        1xxx0000
 *                 58 (E)        11xx0000
 *   B             42 (B)        x0xx0000
 *                 58 (E)        10xx0000
 *   M             4D (M)        0x0x0000
 *   E             58            00xx0000
 *   H             64            00000000
 *   CH            64            00001100   (in H.264, not in the table; browsers use it)
 *   H10 H42 H44   6E 7A F4      00000000 */
static const struct {
  guint8 idc, mask, value;
  RtcH264Profile profile;
} h264_profiles[] = {
  { 0x42, 0x4f, 0x40, RTC_H264_PROFILE_CONSTRAINED_BASELINE },
  { 0x4d, 0x8f, 0x80, RTC_H264_PROFILE_CONSTRAINED_BASELINE },
  { 0x58, 0xcf, 0xc0, RTC_H264_PROFILE_CONSTRAINED_BASELINE },
  { 0x42, 0x4f, 0x00, RTC_H264_PROFILE_BASELINE },
  { 0x58, 0xcf, 0x80, RTC_H264_PROFILE_BASELINE },
  { 0x4d, 0xaf, 0x00, RTC_H264_PROFILE_MAIN },
  { 0x58, 0xcf, 0x00, RTC_H264_PROFILE_EXTENDED },
  { 0x64, 0xff, 0x00, RTC_H264_PROFILE_HIGH },
  { 0x64, 0xff, 0x0c, RTC_H264_PROFILE_CONSTRAINED_HIGH },
  { 0x6e, 0xff, 0x00, RTC_H264_PROFILE_HIGH_10 },
  { 0x7a, 0xff, 0x00, RTC_H264_PROFILE_HIGH_422 },
  { 0xf4, 0xff, 0x00, RTC_H264_PROFILE_HIGH_444 },
};

RtcH264Profile
rtc_h264_profile (guint32 profile_level_id)
{
  guint8 idc = (guint8) (profile_level_id >> 16), iop = (guint8) (profile_level_id >> 8);

  for (guint i = 0; i < G_N_ELEMENTS (h264_profiles); i++)
    if (h264_profiles[i].idc == idc && (iop & h264_profiles[i].mask) == h264_profiles[i].value)
      return h264_profiles[i].profile;
  return RTC_H264_PROFILE_UNKNOWN;
}

/* Profiles in which level 1b is level_idc 11 with constraint_set3_flag; level_idc 9 elsewhere
 * (H.264 A.3.1, A.3.2). */
static gboolean
h264_has_1b_flag (guint32 profile_level_id)
{
  guint8 idc = (guint8) (profile_level_id >> 16);

  return idc == 0x42 || idc == 0x4d || idc == 0x58;
}

#define H264_LEVEL_1B 21
#define H264_CONSTRAINT_SET3 0x1000

guint
rtc_h264_level (guint32 profile_level_id)
{
  static const guint8 levels[] = { 10, 11, 12, 13, 20, 21, 22, 30, 31, 32, 40, 41, 42, 50, 51, 52,
    60, 61, 62 };
  guint8 idc = (guint8) profile_level_id;

  if (h264_has_1b_flag (profile_level_id)) {
    if (idc == 11 && (profile_level_id & H264_CONSTRAINT_SET3) != 0)
      return H264_LEVEL_1B;
  } else if (idc == 9) {
    return H264_LEVEL_1B;
  }
  for (guint i = 0; i < G_N_ELEMENTS (levels); i++)
    if (levels[i] == idc)
      return 2u * idc;
  return 0;
}

guint32
rtc_h264_with_level (guint32 profile_level_id, guint level)
{
  gboolean flag = h264_has_1b_flag (profile_level_id);
  guint32 id = profile_level_id & 0xffff00;

  if (level == H264_LEVEL_1B)
    return flag ? id | H264_CONSTRAINT_SET3 | 11 : id | 9;
  if (flag && rtc_h264_level (profile_level_id) == H264_LEVEL_1B)
    id &= ~(guint32) H264_CONSTRAINT_SET3;
  return id | (level / 2);
}

static gboolean
h264_matches (const RtcFmtpH264 *ours, const RtcFmtpH264 *remote)
{
  RtcH264Profile profile = rtc_h264_profile (ours->profile_level_id);

  /* "The parameters identifying a media format configuration for H.264 are profile-level-id and
   * packetization-mode" (RFC 6184 8.2.2); of the former only the profile counts. */
  return profile != RTC_H264_PROFILE_UNKNOWN
         && profile == rtc_h264_profile (remote->profile_level_id)
         && ours->packetization_mode == remote->packetization_mode;
}

gboolean
rtc_codec_matches (const RtcCodec *ours, const RtcCodec *remote)
{
  if (ours->id != remote->id || ours->kind != remote->kind || ours->clock_rate != remote->clock_rate
      || ours->channels != remote->channels)
    return FALSE;
  switch (ours->id) {
    case RTC_CODEC_UNKNOWN:
    case RTC_CODEC_RTX: /* matched by what it repairs */
      return FALSE;
    case RTC_CODEC_H264:
      return h264_matches (&ours->fmtp.h264, &remote->fmtp.h264);
    case RTC_CODEC_H265:
      /* RFC 7798 7.2.2: profile-id and tx-mode identify the configuration; tier and level are
       * the negotiable ceiling. */
      return ours->fmtp.h265.profile_id == remote->fmtp.h265.profile_id
             && strcmp (ours->fmtp.h265.tx_mode, remote->fmtp.h265.tx_mode) == 0;
    case RTC_CODEC_VP9:
      /* "profile-id ... MUST be used symmetrically" (RFC 9628 6.2). */
      return ours->fmtp.vpx.profile_id == remote->fmtp.vpx.profile_id;
    case RTC_CODEC_AV1:
      return ours->fmtp.av1.profile == remote->fmtp.av1.profile;
    case RTC_CODEC_OPUS:
    case RTC_CODEC_PCMU:
    case RTC_CODEC_PCMA:
    case RTC_CODEC_G722:
    case RTC_CODEC_VP8:
    case RTC_CODEC_RED:
    case RTC_CODEC_ULPFEC:
    case RTC_CODEC_FLEXFEC:
    case RTC_CODEC_TELEPHONE_EVENT:
    case RTC_CODEC_CN:
      return TRUE;
  }
  return FALSE;
}

void
rtc_codec_answer (const RtcCodec *ours, const RtcCodec *remote, RtcCodec *out)
{
  RtcCodec answer = *ours;

  answer.pt = remote->pt;
  answer.rtcp_fb = ours->rtcp_fb & remote->rtcp_fb;
  if (ours->id == RTC_CODEC_H264) {
    const RtcFmtpH264 *theirs = &remote->fmtp.h264;
    RtcFmtpH264 *h264 = &answer.fmtp.h264;
    guint level = rtc_h264_level (h264->profile_level_id);
    guint remote_level = rtc_h264_level (theirs->profile_level_id);

    /* "level-asymmetry-allowed ... equal to 1 in both the offer and the answer" (RFC 6184 8.1):
     * else both directions use one level, that of the answer, not above the offer's. The offered
     * profile_idc and iop are repeated so that a peer comparing bytes is content. */
    h264->level_asymmetry_allowed =
        h264->level_asymmetry_allowed && theirs->level_asymmetry_allowed;
    if (!h264->level_asymmetry_allowed && remote_level != 0)
      level = MIN (level, remote_level);
    h264->profile_level_id = rtc_h264_with_level (theirs->profile_level_id, level);
    h264->has_profile_level_id = TRUE;
  } else if (ours->id == RTC_CODEC_H265) {
    answer.fmtp.h265.level_id = MIN (ours->fmtp.h265.level_id, remote->fmtp.h265.level_id);
    answer.fmtp.h265.tier_flag = MIN (ours->fmtp.h265.tier_flag, remote->fmtp.h265.tier_flag);
  }
  *out = answer;
}

guint
rtc_codec_h264_send_level (const RtcCodec *ours, const RtcCodec *remote)
{
  guint level = rtc_h264_level (ours->fmtp.h264.profile_level_id);
  guint remote_level = rtc_h264_level (remote->fmtp.h264.profile_level_id);
  gboolean asymmetry =
      ours->fmtp.h264.level_asymmetry_allowed && remote->fmtp.h264.level_asymmetry_allowed;

  if (asymmetry || level == 0)
    return remote_level;
  return MIN (level, remote_level);
}

const RtcCodec *
rtc_codec_find_rtx (const RtcCodec *codecs, guint n, guint8 pt)
{
  for (guint i = 0; i < n; i++)
    if (codecs[i].id == RTC_CODEC_RTX && codecs[i].fmtp.rtx.has_apt && codecs[i].fmtp.rtx.apt == pt)
      return &codecs[i];
  return NULL;
}

const RtcCodec *
rtc_codec_find_pt (const RtcCodec *codecs, guint n, guint8 pt)
{
  for (guint i = 0; i < n; i++)
    if (codecs[i].pt == pt)
      return &codecs[i];
  return NULL;
}
