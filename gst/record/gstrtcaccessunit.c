/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "gst/record/gstrtcaccessunit.h"

#include <string.h>
#include <gst/codecparsers/gsth264parser.h>
#include <gst/codecparsers/gsth265parser.h>

#define START_CODE_LEN 4

/* Kinds of parameter sets; H264 has no VPS. */
typedef enum { SET_VPS, SET_SPS, SET_PPS, N_SETS } SetKind;

typedef struct {
  const guint8 *data; /* in the access unit */
  gsize len;
} Nal;

struct _GstRtcAccessUnits {
  gboolean is_h265;
  GByteArray *config; /* avcC or hvcC; empty: none yet */
  gboolean varied;    /* there were others since the size or profile changed */
  guint width, height, profile;
};

/* What one access unit holds. */
typedef struct {
  Nal sets[N_SETS][GST_RTC_MAX_PARAMETER_SETS];
  guint n[N_SETS];
  gboolean is_key;
  gboolean has_slice;
} Contents;

GstRtcAccessUnits *
gst_rtc_access_units_new (RtcCodecId codec)
{
  GstRtcAccessUnits *self = g_new0 (GstRtcAccessUnits, 1);

  self->is_h265 = codec == RTC_CODEC_H265;
  self->config = g_byte_array_new ();
  return self;
}

void
gst_rtc_access_units_free (GstRtcAccessUnits *self)
{
  if (self == NULL)
    return;
  g_byte_array_unref (self->config);
  g_free (self);
}

/* The kind of a parameter set, N_SETS for any other unit. */
static SetKind
set_kind (const GstRtcAccessUnits *self, const guint8 *nal)
{
  guint type = self->is_h265 ? (nal[0] >> 1) & 0x3f : nal[0] & 0x1f;

  if (self->is_h265)
    return type == 32 ? SET_VPS : type == 33 ? SET_SPS : type == 34 ? SET_PPS : N_SETS;
  return type == 7 ? SET_SPS : type == 8 ? SET_PPS : N_SETS;
}

/* H.264 table 7-1: 1 to 5 are slices, 5 an IDR one. H.265 table 7-1: below 32 are slices, 16 to 21
 * of pictures to begin at. */
static void
note_slice (const GstRtcAccessUnits *self, const guint8 *nal, Contents *out)
{
  guint type = self->is_h265 ? (nal[0] >> 1) & 0x3f : nal[0] & 0x1f;

  if (self->is_h265) {
    out->has_slice |= type < 32;
    out->is_key |= type >= 16 && type <= 21;
  } else {
    out->has_slice |= type >= 1 && type <= 5;
    out->is_key |= type == 5;
  }
}

/* The next start code from data + pos on, len when there is none. */
static gsize
find_start_code (const guint8 *data, gsize len, gsize pos)
{
  const guint8 *end = data + len, *one = data + pos + START_CODE_LEN - 1;

  for (; one < end; one++) {
    one = memchr (one, 1, (gsize) (end - one));
    if (one == NULL)
      break;
    if (one[-1] == 0 && one[-2] == 0 && one[-3] == 0)
      return (gsize) (one - data) - (START_CODE_LEN - 1);
  }
  return len;
}

static void
write_length (guint8 *data, gsize length)
{
  for (guint i = 0; i < START_CODE_LEN; i++)
    data[i] = (guint8) (length >> (8 * (START_CODE_LEN - 1 - i)));
}

static gsize
read_length (const guint8 *data)
{
  gsize length = 0;

  for (guint i = 0; i < START_CODE_LEN; i++)
    length = length << 8 | data[i];
  return length;
}

/* Writes lengths over the start codes and lists what is there. */
static gboolean
split (const GstRtcAccessUnits *self, guint8 *data, gsize len, Contents *out)
{
  gsize pos = find_start_code (data, len, 0), next;

  if (pos != 0)
    return FALSE;
  for (; pos < len; pos = next) {
    guint8 *nal = data + pos + START_CODE_LEN;
    gsize size;
    SetKind kind;

    next = find_start_code (data, len, pos + START_CODE_LEN);
    size = next - pos - START_CODE_LEN;
    write_length (data + pos, size);
    if (size < 2)
      continue;
    kind = set_kind (self, nal);
    if (kind == N_SETS)
      note_slice (self, nal, out);
    else if (out->n[kind] < GST_RTC_MAX_PARAMETER_SETS && size <= G_MAXUINT16)
      out->sets[kind][out->n[kind]++] = (Nal){ nal, size };
  }
  return TRUE;
}

static void
append_sets (GByteArray *config, const Contents *contents, SetKind kind)
{
  for (guint i = 0; i < contents->n[kind]; i++) {
    const Nal *nal = &contents->sets[kind][i];
    guint8 size[2] = { (guint8) (nal->len >> 8), (guint8) nal->len };

    g_byte_array_append (config, size, sizeof size);
    g_byte_array_append (config, nal->data, (guint) nal->len);
  }
}

/* ISO/IEC 14496-15 5.3.3.1.2 AVCDecoderConfigurationRecord. */
static GByteArray *
make_avcc (const Contents *contents, GstRtcAccessUnits *size)
{
  const Nal *first = &contents->sets[SET_SPS][0];
  GByteArray *config;
  GstH264NalUnit nal = { .type = GST_H264_NAL_SPS,
    .data = (guint8 *) first->data,
    .size = (guint) first->len,
    .header_bytes = 1,
    .valid = TRUE };
  GstH264SPS sps;
  guint8 head[6];
  guint8 n_pps = (guint8) contents->n[SET_PPS];

  if (first->len < 4 || gst_h264_parse_sps (&nal, &sps) != GST_H264_PARSER_OK)
    return NULL;
  size->width = (guint) (sps.frame_cropping_flag ? sps.crop_rect_width : sps.width);
  size->height = (guint) (sps.frame_cropping_flag ? sps.crop_rect_height : sps.height);
  size->profile = sps.profile_idc;
  head[0] = 1;
  memcpy (head + 1, first->data + 1, 3);
  head[4] = 0xff; /* lengths of 4 bytes */
  head[5] = (guint8) (0xe0 | contents->n[SET_SPS]);
  config = g_byte_array_new ();
  g_byte_array_append (config, head, sizeof head);
  append_sets (config, contents, SET_SPS);
  g_byte_array_append (config, &n_pps, 1);
  append_sets (config, contents, SET_PPS);
  if (sps.profile_idc == 100 || sps.profile_idc == 110 || sps.profile_idc == 122
      || sps.profile_idc == 144) {
    guint8 tail[4] = { (guint8) (0xfc | sps.chroma_format_idc),
      (guint8) (0xf8 | sps.bit_depth_luma_minus8), (guint8) (0xf8 | sps.bit_depth_chroma_minus8),
      0 };

    g_byte_array_append (config, tail, sizeof tail);
  }
  gst_h264_sps_clear (&sps);
  return config;
}

/* The first n bytes of a NAL unit without its emulation prevention (H.265 7.4.2). */
static gboolean
unescape (const Nal *nal, guint8 *out, guint n)
{
  guint zeros = 0, written = 0;

  for (gsize i = 0; i < nal->len && written < n; i++) {
    if (zeros >= 2 && nal->data[i] == 3) {
      zeros = 0;
      continue;
    }
    zeros = nal->data[i] == 0 ? zeros + 1 : 0;
    out[written++] = nal->data[i];
  }
  return written == n;
}

static void
append_array (GByteArray *config, const Contents *contents, SetKind kind, guint8 type)
{
  guint8 head[3] = { (guint8) (0x80 | type), 0, (guint8) contents->n[kind] };

  g_byte_array_append (config, head, sizeof head);
  append_sets (config, contents, kind);
}

/* ISO/IEC 14496-15 8.3.3.1.2 HEVCDecoderConfigurationRecord. The profile, tier and level are bytes
 * 3 to 14 of the SPS as they are (H.265 7.3.2.2). */
static GByteArray *
make_hvcc (const Contents *contents, GstRtcAccessUnits *size)
{
  const Nal *first = &contents->sets[SET_SPS][0];
  GByteArray *config = NULL;
  GstH265NalUnit nal = { .type = GST_H265_NAL_SPS,
    .data = (guint8 *) first->data,
    .size = (guint) first->len,
    .header_bytes = 2,
    .valid = TRUE };
  GstH265Parser *parser = gst_h265_parser_new ();
  guint8 start[15], head[23] = { 1 };
  GstH265SPS sps;

  if (unescape (first, start, sizeof start)
      && gst_h265_parse_sps (parser, &nal, &sps, FALSE) == GST_H265_PARSER_OK) {
    size->width = (guint) (sps.conformance_window_flag ? sps.crop_rect_width : sps.width);
    size->height = (guint) (sps.conformance_window_flag ? sps.crop_rect_height : sps.height);
    size->profile = sps.profile_tier_level.profile_idc;
    memcpy (head + 1, start + 3, 12);
    head[13] = 0xf0;
    head[15] = 0xfc;
    head[16] = (guint8) (0xfc | sps.chroma_format_idc);
    head[17] = (guint8) (0xf8 | sps.bit_depth_luma_minus8);
    head[18] = (guint8) (0xf8 | sps.bit_depth_chroma_minus8);
    head[21] =
        (guint8) ((sps.max_sub_layers_minus1 + 1) << 3 | sps.temporal_id_nesting_flag << 2 | 3);
    head[22] = 3;
    config = g_byte_array_new ();
    g_byte_array_append (config, head, sizeof head);
    append_array (config, contents, SET_VPS, 32);
    append_array (config, contents, SET_SPS, 33);
    append_array (config, contents, SET_PPS, 34);
  }
  gst_h265_parser_free (parser);
  return config;
}

/* Takes the parameter sets out; returns the length that is left. */
static gsize
strip (const GstRtcAccessUnits *self, guint8 *data, gsize len)
{
  gsize kept = 0;

  for (gsize pos = 0; len - pos > START_CODE_LEN;) {
    gsize size = START_CODE_LEN + read_length (data + pos);

    if (size < START_CODE_LEN + 2 || set_kind (self, data + pos + START_CODE_LEN) == N_SETS) {
      memmove (data + kept, data + pos, size);
      kept += size;
    }
    pos += size;
  }
  return kept;
}

/* Takes note of the sets that came; returns whether they say nothing new, for good. */
static gboolean
take_sets (GstRtcAccessUnits *self, const Contents *contents)
{
  GstRtcAccessUnits before = *self;
  GByteArray *config = self->is_h265 ? make_hvcc (contents, self) : make_avcc (contents, self);
  gboolean is_other;

  if (config == NULL)
    return FALSE;
  is_other = config->len != before.config->len
             || memcmp (config->data, before.config->data, config->len) != 0;
  if (self->width != before.width || self->height != before.height
      || self->profile != before.profile)
    self->varied = FALSE;
  else if (is_other)
    self->varied = TRUE;
  g_byte_array_unref (self->config);
  self->config = config;
  return !self->varied;
}

gboolean
gst_rtc_access_units_convert (
    GstRtcAccessUnits *self, guint8 *data, gsize len, GstRtcAccessUnit *out)
{
  Contents contents = { .is_key = FALSE };

  memset (out, 0, sizeof *out);
  out->len = len;
  if (!split (self, data, len, &contents))
    return FALSE;
  out->has_sets = contents.n[SET_VPS] + contents.n[SET_SPS] + contents.n[SET_PPS] > 0;
  if (contents.n[SET_SPS] > 0 && contents.n[SET_PPS] > 0
      && (!self->is_h265 || contents.n[SET_VPS] > 0) && take_sets (self, &contents)) {
    out->len = strip (self, data, len);
    out->has_sets = FALSE;
  }
  out->is_key = contents.is_key;
  out->width = self->width;
  out->height = self->height;
  out->profile = self->profile;
  out->config = self->config->len > 0 ? self->config->data : NULL;
  out->config_len = self->config->len;
  return contents.has_slice;
}
