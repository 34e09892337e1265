/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* fuzz-mux.c - frames of any size at any time into both writers; what comes out is read back.
 *
 * The input: a byte of settings, then one operation for each 12 bytes. */
#include "tests/check/fuzz/fuzz.h"

#include <string.h>

#include "gst/record/rtc-mux.h"
#include "tests/check/core/mux-parse.h"

#define MAX_OPERATIONS 2000

static const guint8 avcc[] = { 1, 0x42, 0xC0, 0x1F, 0xFF, 0xE1, 0, 0, 0 };
static const guint8 zeros[65536];

static void
take_all (RtcMux *mux, GByteArray *bytes)
{
  GByteArray *unit;

  while ((unit = rtc_mux_take (mux)) != NULL) {
    FUZZ_CHECK (unit->len > 0);
    g_byte_array_append (bytes, unit->data, unit->len);
    g_byte_array_unref (unit);
  }
}

/* Times from all over the range, most of them near the last one. */
static guint64
make_time (guint64 *last, guint8 how, guint32 value)
{
  switch (how % 6) {
    case 0:
    case 1:
      *last += value % (100 * GST_MSECOND);
      break;
    case 2:
      *last -= MIN (*last, value);
      break;
    case 3:
      *last += (guint64) value * 1000;
      break;
    case 4:
      return (guint64) value << (value % 33);
    default:
      return G_MAXUINT64 - value % 3;
  }
  return *last;
}

static void
check_output (
    RtcMuxContainer container, const GByteArray *bytes, const RtcMuxStats *stats, guint n_cut)
{
  ParsedFile *(*parse) (const guint8 *, gsize) = container == RTC_MUX_FMP4 ? parse_mp4 : parse_webm;
  ParsedFile *file = parse (bytes->data, bytes->len);
  guint64 last[2] = { 0 };

  if (file->error != NULL)
    g_printerr ("%s\n", file->error);
  FUZZ_CHECK (file->error == NULL);
  FUZZ_CHECK (file->whole_end == bytes->len);
  FUZZ_CHECK (file->frames->len == stats->frames);
  for (guint i = 0; i < file->frames->len; i++) {
    const ParsedFrame *frame = &g_array_index (file->frames, ParsedFrame, i);

    FUZZ_CHECK (frame->ts >= last[frame->track]);
    last[frame->track] = frame->ts + 1;
  }
  parsed_file_free (file);
  file = parse (bytes->data, n_cut % (bytes->len + 1));
  FUZZ_CHECK (file->error == NULL);
  parsed_file_free (file);
}

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  RtcMuxContainer container;
  RtcMuxTrack tracks[2] = { { RTC_CODEC_H264, 0, 16, 16, FALSE, avcc, sizeof avcc, "x" },
    { RTC_CODEC_OPUS, 1 } };
  RtcMuxConfig config;
  RtcMuxStats stats = { 0 };
  RtcMux *mux;
  GByteArray *bytes;
  guint64 last = 0, refused = 0;
  const RtcMuxPatch *patches;
  guint n_patches, cut = 0;

  if (size < 1)
    return 0;
  container = data[0] & 1 ? RTC_MUX_FMP4 : RTC_MUX_WEBM;
  config = (RtcMuxConfig) RTC_MUX_CONFIG_DEFAULT (container);
  config.max_cues = data[0] & 2 ? 4 : 0;
  config.max_fragment_bytes = data[0] & 4 ? 3000 : config.max_fragment_bytes;
  mux = rtc_mux_new (&config, tracks, 1 + (data[0] >> 3) % 2, NULL);
  FUZZ_CHECK (mux != NULL);
  bytes = g_byte_array_new ();
  take_all (mux, bytes);
  for (gsize at = 1, n = 0; at + 12 <= size && n < MAX_OPERATIONS; at += 12, n++) {
    const guint8 *op = data + at;
    guint32 value = op[4] | op[5] << 8 | op[6] << 16 | (guint32) op[7] << 24;
    guint64 pts = make_time (&last, op[1], value);
    guint64 duration = op[8] % 3 == 0 ? GST_CLOCK_TIME_NONE : (guint64) op[9] << op[10] % 64;
    gsize len = op[2] % 4 == 0 ? (gsize) op[11] * 256 : op[11];

    if (op[0] % 16 == 0)
      rtc_mux_flush (mux);
    else if (rtc_mux_add_frame (mux, op[0] % 3, pts, duration, op[3] & 1, zeros, len) != RTC_OK)
      refused++;
    take_all (mux, bytes);
    cut = cut * 31 + value;
  }
  rtc_mux_finish (mux);
  take_all (mux, bytes);
  rtc_mux_get_stats (mux, &stats);
  FUZZ_CHECK (stats.bytes == bytes->len);
  FUZZ_CHECK (stats.refused == refused);
  patches = rtc_mux_get_patches (mux, &n_patches);
  for (guint i = 0; i < n_patches; i++) {
    FUZZ_CHECK (patches[i].offset + patches[i].len <= bytes->len);
    memcpy (bytes->data + patches[i].offset, patches[i].data, patches[i].len);
  }
  check_output (container, bytes, &stats, cut);
  g_byte_array_unref (bytes);
  rtc_mux_free (mux);
  return 0;
}
