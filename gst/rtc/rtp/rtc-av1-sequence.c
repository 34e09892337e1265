/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "gst/rtc/rtp/rtc-av1-sequence.h"

/* Reads bits, the highest first; sticky as RtcReader is. */
typedef struct {
  const guint8 *data;
  gsize n_bits;
  gsize pos;
  gboolean ok;
} Bits;

static guint32
read_bits (Bits *bits, guint n)
{
  guint32 value = 0;

  if (!bits->ok || bits->n_bits - bits->pos < n) {
    bits->ok = FALSE;
    return 0;
  }
  for (guint i = 0; i < n; i++, bits->pos++)
    value = (value << 1) | ((bits->data[bits->pos / 8] >> (7 - bits->pos % 8)) & 1);
  return value;
}

#define read_flag(bits) (read_bits ((bits), 1) != 0)

/* 4.10.3 uvlc(). */
static guint32
read_uvlc (Bits *bits)
{
  guint zeros = 0;

  while (bits->ok && !read_flag (bits))
    zeros++;
  if (!bits->ok || zeros >= 32)
    return G_MAXUINT32;
  return read_bits (bits, zeros) + ((1u << zeros) - 1);
}

typedef struct {
  gboolean decoder_model_info;
  guint delay_bits; /* buffer_delay_length_minus_1 + 1 */
} TimingInfo;

/* 5.5.3 timing_info(), 5.5.4 decoder_model_info(). */
static void
read_timing_info (Bits *bits, TimingInfo *timing)
{
  if (!read_flag (bits))
    return;
  read_bits (bits, 32); /* num_units_in_display_tick */
  read_bits (bits, 32); /* time_scale */
  if (read_flag (bits))
    read_uvlc (bits); /* num_ticks_per_picture_minus_1 */
  timing->decoder_model_info = read_flag (bits);
  if (!timing->decoder_model_info)
    return;
  timing->delay_bits = read_bits (bits, 5) + 1;
  read_bits (bits, 32); /* num_units_in_decoding_tick */
  read_bits (bits, 10); /* two lengths */
}

static void
read_operating_points (Bits *bits, RtcAv1Sequence *out, const TimingInfo *timing)
{
  gboolean delays = read_flag (bits);
  guint n = read_bits (bits, 5) + 1;

  for (guint i = 0; i < n && bits->ok; i++) {
    guint8 level, tier = 0;

    read_bits (bits, 12); /* operating_point_idc */
    level = (guint8) read_bits (bits, 5);
    if (level > 7)
      tier = (guint8) read_bits (bits, 1);
    if (timing->decoder_model_info && read_flag (bits)) { /* 5.5.5 */
      read_bits (bits, timing->delay_bits);
      read_bits (bits, timing->delay_bits);
      read_bits (bits, 1); /* low_delay_mode_flag */
    }
    if (delays && read_flag (bits))
      read_bits (bits, 4);
    if (i == 0) {
      out->level_idx = level;
      out->tier = tier;
    }
  }
}

static void
read_size (Bits *bits, RtcAv1Sequence *out)
{
  guint width_bits = read_bits (bits, 4) + 1;
  guint height_bits = read_bits (bits, 4) + 1;

  out->width = read_bits (bits, width_bits) + 1;
  out->height = read_bits (bits, height_bits) + 1;
}

/* The flags of 5.5.1 between the size and color_config(). */
static void
read_tools (Bits *bits, const RtcAv1Sequence *out)
{
  gboolean order_hint;
  guint screen_content = 2;

  if (!out->reduced_still_picture_header && read_flag (bits))
    read_bits (bits, 4 + 3); /* the two lengths of frame ids */
  read_bits (bits, 3);       /* 128x128 superblocks, filter intra, intra edge filter */
  if (!out->reduced_still_picture_header) {
    read_bits (bits, 4); /* interintra, masked compound, warped motion, dual filter */
    order_hint = read_flag (bits);
    if (order_hint)
      read_bits (bits, 2);
    if (!read_flag (bits)) /* seq_choose_screen_content_tools */
      screen_content = read_bits (bits, 1);
    if (screen_content > 0 && !read_flag (bits)) /* seq_choose_integer_mv */
      read_bits (bits, 1);
    if (order_hint)
      read_bits (bits, 3);
  }
  read_bits (bits, 3); /* superres, cdef, restoration */
}

#define CP_BT_709 1
#define TC_SRGB 13
#define MC_IDENTITY 0

/* 5.5.2 color_config(). */
static void
read_color_config (Bits *bits, RtcAv1Sequence *out)
{
  guint primaries = 2, transfer = 2, matrix = 2;

  out->high_bitdepth = read_flag (bits);
  if (out->profile == 2 && out->high_bitdepth)
    out->twelve_bit = read_flag (bits);
  if (out->profile != 1)
    out->monochrome = read_flag (bits);
  if (read_flag (bits)) {
    primaries = read_bits (bits, 8);
    transfer = read_bits (bits, 8);
    matrix = read_bits (bits, 8);
  }
  out->subsampling_x = out->subsampling_y = 1;
  if (out->monochrome) {
    read_bits (bits, 1); /* color_range */
    return;
  }
  if (primaries == CP_BT_709 && transfer == TC_SRGB && matrix == MC_IDENTITY) {
    out->subsampling_x = out->subsampling_y = 0;
    return;
  }
  read_bits (bits, 1); /* color_range */
  if (out->profile == 1) {
    out->subsampling_x = out->subsampling_y = 0;
  } else if (out->profile == 2) {
    out->subsampling_y = 0;
    if (out->twelve_bit) {
      out->subsampling_x = (guint8) read_bits (bits, 1);
      if (out->subsampling_x != 0)
        out->subsampling_y = (guint8) read_bits (bits, 1);
    }
  }
  if (out->subsampling_x != 0 && out->subsampling_y != 0)
    out->chroma_sample_position = (guint8) read_bits (bits, 2);
}

RtcResult
rtc_av1_sequence_parse (RtcAv1Sequence *out, const guint8 *data, gsize len)
{
  Bits bits = { data, MIN (len, G_MAXSIZE / 8) * 8, 0, TRUE };
  TimingInfo timing = { FALSE, 0 };

  *out = (RtcAv1Sequence){ 0 };
  out->profile = (guint8) read_bits (&bits, 3);
  read_bits (&bits, 1); /* still_picture */
  out->reduced_still_picture_header = read_flag (&bits);
  if (out->reduced_still_picture_header) {
    out->level_idx = (guint8) read_bits (&bits, 5);
  } else {
    read_timing_info (&bits, &timing);
    read_operating_points (&bits, out, &timing);
  }
  read_size (&bits, out);
  read_tools (&bits, out);
  read_color_config (&bits, out);
  return bits.ok && out->profile <= 2 ? RTC_OK : RTC_ERR_PARSE;
}

void
rtc_av1_sequence_write_config (const RtcAv1Sequence *self, guint8 out[RTC_AV1_CONFIG_LEN])
{
  out[0] = 0x81; /* marker, version 1 */
  out[1] = (guint8) (self->profile << 5 | self->level_idx);
  out[2] =
      (guint8) (self->tier << 7 | (self->high_bitdepth ? 0x40 : 0) | (self->twelve_bit ? 0x20 : 0)
                | (self->monochrome ? 0x10 : 0) | self->subsampling_x << 3
                | self->subsampling_y << 2 | self->chroma_sample_position);
  out[3] = 0; /* no initial_presentation_delay */
}
