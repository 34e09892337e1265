/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* rtc-av1-sequence.h - what a file needs out of an AV1 sequence header: size and av1C.
 *
 * AV1 Bitstream & Decoding Process Specification 5.5 and 5.9.1; AV1 Codec ISO Media File Format
 * Binding 2.3.3. Pure, re-entrant. */
#pragma once

#include "gst/rtc/base/rtc-result.h"

G_BEGIN_DECLS

/* OBU types (AV1 6.2.2). */
typedef enum {
  RTC_AV1_OBU_SEQUENCE_HEADER = 1,
  RTC_AV1_OBU_TEMPORAL_DELIMITER = 2,
  RTC_AV1_OBU_FRAME_HEADER = 3,
  RTC_AV1_OBU_TILE_GROUP = 4,
  RTC_AV1_OBU_METADATA = 5,
  RTC_AV1_OBU_FRAME = 6,
  RTC_AV1_OBU_REDUNDANT_FRAME_HEADER = 7,
  RTC_AV1_OBU_TILE_LIST = 8,
  RTC_AV1_OBU_PADDING = 15,
} RtcAv1ObuType;

typedef struct {
  guint width, height;        /* the largest that frames may have, 1..65536 */
  guint8 profile;             /* 0..2 */
  guint8 level_idx;           /* of operating point 0, 0..31 */
  guint8 tier;                /* 0 or 1 */
  gboolean high_bitdepth, twelve_bit, monochrome;
  guint8 subsampling_x, subsampling_y;
  guint8 chroma_sample_position; /* 0..3 */
  gboolean reduced_still_picture_header; /* every frame is a key frame */
} RtcAv1Sequence;

/* RTC_AV1_CONFIG_LEN: bytes of an av1C without its OBUs. */
#define RTC_AV1_CONFIG_LEN 4

/* Reads sequence_header_obu() (after the OBU's header and size) into *out. RTC_ERR_PARSE when it
 * ends too early or has a reserved profile; *out is then undefined: drop what came with it. */
RtcResult rtc_av1_sequence_parse (RtcAv1Sequence *out, const guint8 *data, gsize len);

/* The 4 bytes of av1C that come before configOBUs. */
void rtc_av1_sequence_write_config (const RtcAv1Sequence *self, guint8 out[RTC_AV1_CONFIG_LEN]);

G_END_DECLS
