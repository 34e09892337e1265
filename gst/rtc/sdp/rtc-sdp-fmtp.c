/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "gst/rtc/sdp/rtc-sdp-fmtp.h"

#include "gst/rtc/sdp/rtc-sdp-span.h"

/* "If no profile-level-id is present, the Baseline profile, without additional constraints at
 * Level 1, MUST be inferred" (RFC 6184 8.1): 0x42, 0x00, 10. */
#define H264_DEFAULT_PROFILE 0x42000a
/* "level-id ... a value of 93 (i.e., Level 3.1)" (RFC 7798 7.1). */
#define H265_DEFAULT_LEVEL 93
/* "level-idx ... If the parameter is not present, it MUST be inferred to be 5 (level 3.1)"
 * (AV1 RTP payload format 7.2.1). */
#define AV1_DEFAULT_LEVEL 5

void
rtc_fmtp_init (RtcFmtp *out, RtcCodecId id)
{
  memset (out, 0, sizeof *out);
  if (id == RTC_CODEC_H264) {
    out->h264.profile_level_id = H264_DEFAULT_PROFILE;
  } else if (id == RTC_CODEC_H265) {
    out->h265.profile_id = 1;
    out->h265.level_id = H265_DEFAULT_LEVEL;
    g_strlcpy (out->h265.tx_mode, "SRST", sizeof out->h265.tx_mode);
  } else if (id == RTC_CODEC_AV1) {
    out->av1.level_idx = AV1_DEFAULT_LEVEL;
  }
}

static gboolean
read_u8 (RtcSpan value, guint max, guint8 *out)
{
  guint64 v;

  if (!rtc_span_uint (value, 0, max, &v))
    return FALSE;
  *out = (guint8) v;
  return TRUE;
}

static gboolean
read_u32 (RtcSpan value, guint32 *out)
{
  guint64 v;

  if (!rtc_span_uint (value, 0, G_MAXUINT32, &v))
    return FALSE;
  *out = (guint32) v;
  return TRUE;
}

static gboolean
read_flag (RtcSpan value, gboolean *out)
{
  guint8 v;

  if (!read_u8 (value, 1, &v))
    return FALSE;
  *out = v == 1;
  return TRUE;
}

/* profile-level-id: "a base16 (hexadecimal) representation of ... three bytes" (RFC 6184 8.1). */
static gboolean
read_profile_level_id (RtcSpan value, guint32 *out)
{
  guint32 v = 0;

  if (value.len != 6)
    return FALSE;
  for (gsize i = 0; i < 6; i++) {
    gint digit = g_ascii_xdigit_value (value.p[i]);

    if (digit < 0)
      return FALSE;
    v = v << 4 | (guint32) digit;
  }
  *out = v;
  return TRUE;
}

static gboolean
is_sprop_text (RtcSpan value)
{
  for (gsize i = 0; i < value.len; i++)
    if (!g_ascii_isalnum (value.p[i]) && strchr ("+/=,", value.p[i]) == NULL)
      return FALSE;
  return value.len <= RTC_FMTP_MAX_SPROP;
}

static gboolean
parse_h264 (RtcFmtp *f, RtcSpan name, RtcSpan value)
{
  if (rtc_span_is_nocase (name, "profile-level-id")) {
    f->h264.has_profile_level_id = TRUE;
    return read_profile_level_id (value, &f->h264.profile_level_id);
  }
  if (rtc_span_is_nocase (name, "packetization-mode"))
    return read_u8 (value, 2, &f->h264.packetization_mode);
  if (rtc_span_is_nocase (name, "level-asymmetry-allowed"))
    return read_flag (value, &f->h264.level_asymmetry_allowed);
  if (rtc_span_is_nocase (name, "sprop-parameter-sets") && is_sprop_text (value))
    rtc_span_copy (value, f->h264.sprop_parameter_sets, sizeof f->h264.sprop_parameter_sets);
  return TRUE;
}

static gboolean
parse_h265 (RtcFmtp *f, RtcSpan name, RtcSpan value)
{
  if (rtc_span_is_nocase (name, "profile-id"))
    return read_u8 (value, 31, &f->h265.profile_id);
  if (rtc_span_is_nocase (name, "tier-flag"))
    return read_u8 (value, 1, &f->h265.tier_flag);
  if (rtc_span_is_nocase (name, "level-id"))
    return read_u8 (value, 255, &f->h265.level_id);
  if (rtc_span_is_nocase (name, "tx-mode")) {
    static const gchar *const modes[] = { "SRST", "MRST", "MRMT" };

    for (guint i = 0; i < G_N_ELEMENTS (modes); i++)
      if (rtc_span_is_nocase (value, modes[i]))
        return g_strlcpy (f->h265.tx_mode, modes[i], sizeof f->h265.tx_mode) == 4;
    return FALSE;
  }
  return TRUE;
}

static gboolean
parse_vpx (RtcFmtp *f, RtcSpan name, RtcSpan value)
{
  if (rtc_span_is_nocase (name, "profile-id"))
    return read_u8 (value, 3, &f->vpx.profile_id);
  if (rtc_span_is_nocase (name, "max-fs"))
    return read_u32 (value, &f->vpx.max_fs);
  if (rtc_span_is_nocase (name, "max-fr"))
    return read_u32 (value, &f->vpx.max_fr);
  return TRUE;
}

static gboolean
parse_av1 (RtcFmtp *f, RtcSpan name, RtcSpan value)
{
  if (rtc_span_is_nocase (name, "profile"))
    return read_u8 (value, 2, &f->av1.profile);
  if (rtc_span_is_nocase (name, "level-idx"))
    return read_u8 (value, 31, &f->av1.level_idx);
  if (rtc_span_is_nocase (name, "tier"))
    return read_u8 (value, 1, &f->av1.tier);
  return TRUE;
}

static gboolean
parse_opus (RtcFmtp *f, RtcSpan name, RtcSpan value)
{
  if (rtc_span_is_nocase (name, "stereo"))
    return read_flag (value, &f->opus.stereo);
  if (rtc_span_is_nocase (name, "sprop-stereo"))
    return read_flag (value, &f->opus.sprop_stereo);
  if (rtc_span_is_nocase (name, "useinbandfec"))
    return read_flag (value, &f->opus.use_inband_fec);
  if (rtc_span_is_nocase (name, "usedtx"))
    return read_flag (value, &f->opus.use_dtx);
  if (rtc_span_is_nocase (name, "cbr"))
    return read_flag (value, &f->opus.cbr);
  if (rtc_span_is_nocase (name, "maxaveragebitrate"))
    return read_u32 (value, &f->opus.max_average_bitrate);
  if (rtc_span_is_nocase (name, "maxplaybackrate"))
    return read_u32 (value, &f->opus.max_playback_rate);
  if (rtc_span_is_nocase (name, "minptime"))
    return read_u8 (value, 255, &f->opus.min_ptime_ms);
  return TRUE;
}

static gboolean
parse_rtx (RtcFmtp *f, RtcSpan name, RtcSpan value)
{
  if (rtc_span_is_nocase (name, "apt")) {
    f->rtx.has_apt = TRUE;
    return read_u8 (value, 127, &f->rtx.apt);
  }
  if (rtc_span_is_nocase (name, "rtx-time"))
    return read_u32 (value, &f->rtx.rtx_time_ms);
  return TRUE;
}

static gboolean
parse_flexfec (RtcFmtp *f, RtcSpan name, RtcSpan value)
{
  if (rtc_span_is_nocase (name, "repair-window"))
    return read_u32 (value, &f->flexfec.repair_window_us);
  return TRUE;
}

/* "111/111" (RFC 2198 5). */
static gboolean
parse_red (RtcFmtp *f, RtcSpan text)
{
  f->red.n_pts = 0;
  while (text.len > 0) {
    RtcSpan word = rtc_span_strip (rtc_span_cut (&text, '/'));
    guint8 pt;

    if (!read_u8 (word, 127, &pt))
      return FALSE;
    if (f->red.n_pts < G_N_ELEMENTS (f->red.pts))
      f->red.pts[f->red.n_pts++] = pt;
  }
  return TRUE;
}

/* "0-15,66" (RFC 4733 2.4.1); events above 63 exist but are not for DTMF. */
static gboolean
parse_events (RtcFmtp *f, RtcSpan text)
{
  guint64 events = 0;

  while (text.len > 0) {
    RtcSpan range = rtc_span_strip (rtc_span_cut (&text, ','));
    RtcSpan low_text = rtc_span_cut (&range, '-');
    guint64 low, high;

    if (!rtc_span_uint (low_text, 0, 255, &low))
      return FALSE;
    high = low;
    if (range.len > 0 && !rtc_span_uint (range, low, 255, &high))
      return FALSE;
    for (guint64 i = low; i <= high && i < 64; i++)
      events |= G_GUINT64_CONSTANT (1) << i;
  }
  f->telephone_event.events = events;
  return TRUE;
}

typedef gboolean (*ParameterFunc) (RtcFmtp *f, RtcSpan name, RtcSpan value);

static ParameterFunc
parameter_func (RtcCodecId id)
{
  static const ParameterFunc funcs[RTC_CODEC_N_IDS] = {
    [RTC_CODEC_OPUS] = parse_opus,
    [RTC_CODEC_VP8] = parse_vpx,
    [RTC_CODEC_VP9] = parse_vpx,
    [RTC_CODEC_H264] = parse_h264,
    [RTC_CODEC_H265] = parse_h265,
    [RTC_CODEC_AV1] = parse_av1,
    [RTC_CODEC_RTX] = parse_rtx,
    [RTC_CODEC_FLEXFEC] = parse_flexfec,
  };

  return funcs[id];
}

RtcResult
rtc_fmtp_parse (RtcFmtp *out, RtcCodecId id, const gchar *text, gsize len)
{
  ParameterFunc func = parameter_func (id);
  RtcSpan rest = rtc_span (text, len);
  RtcFmtp f = *out;

  if (id == RTC_CODEC_RED || id == RTC_CODEC_TELEPHONE_EVENT) {
    rest = rtc_span_strip (rest);
    if (id == RTC_CODEC_RED ? !parse_red (&f, rest) : !parse_events (&f, rest))
      return RTC_ERR_PARSE;
    *out = f;
    return RTC_OK;
  }
  while (func != NULL && rest.len > 0) {
    RtcSpan value = rtc_span_cut (&rest, ';');
    RtcSpan name = rtc_span_strip (rtc_span_cut (&value, '='));

    if (!func (&f, name, rtc_span_strip (value)))
      return RTC_ERR_PARSE;
  }
  *out = f;
  return RTC_OK;
}

/* --- writing --------------------------------------------------------------------------------- */

static void add (GString *s, const gchar *format, ...) G_GNUC_PRINTF (2, 3);

static void
add (GString *s, const gchar *format, ...)
{
  va_list args;

  if (s->len > 0)
    g_string_append_c (s, ';');
  va_start (args, format);
  g_string_append_vprintf (s, format, args);
  va_end (args);
}

static void
write_h264 (GString *s, const RtcFmtpH264 *f)
{
  if (f->level_asymmetry_allowed)
    add (s, "level-asymmetry-allowed=1");
  if (f->packetization_mode != 0 || f->has_profile_level_id)
    add (s, "packetization-mode=%u", f->packetization_mode);
  if (f->has_profile_level_id)
    add (s, "profile-level-id=%06x", f->profile_level_id & 0xffffff);
  if (f->sprop_parameter_sets[0] != '\0')
    add (s, "sprop-parameter-sets=%s", f->sprop_parameter_sets);
}

static void
write_opus (GString *s, const RtcFmtpOpus *f)
{
  if (f->min_ptime_ms != 0)
    add (s, "minptime=%u", f->min_ptime_ms);
  if (f->use_inband_fec)
    add (s, "useinbandfec=1");
  if (f->stereo)
    add (s, "stereo=1");
  if (f->sprop_stereo)
    add (s, "sprop-stereo=1");
  if (f->use_dtx)
    add (s, "usedtx=1");
  if (f->cbr)
    add (s, "cbr=1");
  if (f->max_average_bitrate != 0)
    add (s, "maxaveragebitrate=%u", f->max_average_bitrate);
  if (f->max_playback_rate != 0)
    add (s, "maxplaybackrate=%u", f->max_playback_rate);
}

static void
write_events (GString *s, guint64 events)
{
  for (guint low = 0; low < 64; low++) {
    guint high = low;

    if ((events >> low & 1) == 0)
      continue;
    while (high < 63 && (events >> (high + 1) & 1) != 0)
      high++;
    g_string_append_printf (s, high > low ? "%s%u-%u" : "%s%u", s->len > 0 ? "," : "", low, high);
    low = high;
  }
}

gchar *
rtc_fmtp_write (const RtcFmtp *fmtp, RtcCodecId id)
{
  GString *s = g_string_new (NULL);

  switch (id) {
    case RTC_CODEC_H264:
      write_h264 (s, &fmtp->h264);
      break;
    case RTC_CODEC_H265:
      add (s, "level-id=%u;profile-id=%u;tier-flag=%u;tx-mode=%s", fmtp->h265.level_id,
          fmtp->h265.profile_id, fmtp->h265.tier_flag, fmtp->h265.tx_mode);
      break;
    case RTC_CODEC_VP9:
      add (s, "profile-id=%u", fmtp->vpx.profile_id);
      /* fall through */
    case RTC_CODEC_VP8:
      if (fmtp->vpx.max_fs != 0)
        add (s, "max-fs=%u", fmtp->vpx.max_fs);
      if (fmtp->vpx.max_fr != 0)
        add (s, "max-fr=%u", fmtp->vpx.max_fr);
      break;
    case RTC_CODEC_AV1:
      add (s, "level-idx=%u;profile=%u;tier=%u", fmtp->av1.level_idx, fmtp->av1.profile,
          fmtp->av1.tier);
      break;
    case RTC_CODEC_OPUS:
      write_opus (s, &fmtp->opus);
      break;
    case RTC_CODEC_RTX:
      if (fmtp->rtx.has_apt)
        add (s, "apt=%u", fmtp->rtx.apt);
      if (fmtp->rtx.rtx_time_ms != 0)
        add (s, "rtx-time=%u", fmtp->rtx.rtx_time_ms);
      break;
    case RTC_CODEC_RED:
      for (guint i = 0; i < fmtp->red.n_pts; i++)
        g_string_append_printf (s, "%s%u", i > 0 ? "/" : "", fmtp->red.pts[i]);
      break;
    case RTC_CODEC_TELEPHONE_EVENT:
      write_events (s, fmtp->telephone_event.events);
      break;
    case RTC_CODEC_FLEXFEC:
      if (fmtp->flexfec.repair_window_us != 0)
        add (s, "repair-window=%u", fmtp->flexfec.repair_window_us);
      break;
    case RTC_CODEC_UNKNOWN:
    case RTC_CODEC_PCMU:
    case RTC_CODEC_PCMA:
    case RTC_CODEC_G722:
    case RTC_CODEC_ULPFEC:
    case RTC_CODEC_CN:
      break;
  }
  return g_string_free (s, s->len == 0);
}

gboolean
rtc_fmtp_equal (const RtcFmtp *a, const RtcFmtp *b, RtcCodecId id)
{
  gchar *text_a = rtc_fmtp_write (a, id), *text_b = rtc_fmtp_write (b, id);
  gboolean equal = g_strcmp0 (text_a, text_b) == 0;

  g_free (text_a);
  g_free (text_b);
  return equal;
}
