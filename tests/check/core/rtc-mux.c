/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* rtc-mux.c - both writers, read back: structure, times, gaps, files cut at every byte. */
#include "gst/record/rtc-mux.h"

#include <string.h>

#include "tests/check/core/mux-parse.h"

#define MS GST_MSECOND

static const guint8 avcc[] = { 1, 0x42, 0xC0, 0x1F, 0xFF, 0xE1, 0, 4, 0x67, 0x42, 0xC0, 0x1F, 1, 0,
  4, 0x68, 0xCE, 0x3C, 0x80 };
static const guint8 av1c[] = { 0x81, 0x05, 0x0C, 0x00 };

/* A file in memory, with the ends of its units and how many frames were in it by then. */
typedef struct {
  RtcMux *mux;
  GByteArray *bytes;
  GArray *ends; /* gsize */
} Recorded;

static void
take_all (Recorded *r)
{
  GByteArray *unit;

  while ((unit = rtc_mux_take (r->mux)) != NULL) {
    gsize end;

    g_byte_array_append (r->bytes, unit->data, unit->len);
    end = r->bytes->len;
    g_array_append_val (r->ends, end);
    g_byte_array_unref (unit);
  }
}

static void
record (Recorded *r, RtcMuxContainer container, const RtcMuxTrack *tracks, guint n_tracks)
{
  RtcMuxConfig config = RTC_MUX_CONFIG_DEFAULT (container);
  GError *error = NULL;

  config.creation_time = 1795267200;
  r->mux = rtc_mux_new (&config, tracks, n_tracks, &error);
  g_assert_no_error (error);
  r->bytes = g_byte_array_new ();
  r->ends = g_array_new (FALSE, FALSE, sizeof (gsize));
  take_all (r);
}

/* Frames are of any length and filled with a number, so that a mix-up is seen. */
static void
add (
    Recorded *r, guint track, GstClockTime pts, GstClockTime duration, gboolean is_key, guint8 fill)
{
  guint8 data[300];
  gsize len = 20 + (pts / MS * 7 + track * 31) % 270;

  memset (data, fill, len);
  g_assert_cmpint (rtc_mux_add_frame (r->mux, track, pts, duration, is_key, data, len), ==, RTC_OK);
  take_all (r);
}

static void
finish (Recorded *r)
{
  const RtcMuxPatch *patches;
  guint n_patches;

  rtc_mux_finish (r->mux);
  rtc_mux_finish (r->mux);
  take_all (r);
  patches = rtc_mux_get_patches (r->mux, &n_patches);
  g_assert_cmpuint (n_patches, >, 0);
  for (guint i = 0; i < n_patches; i++) {
    g_assert_cmpuint (patches[i].offset + patches[i].len, <=, r->bytes->len);
    memcpy (r->bytes->data + patches[i].offset, patches[i].data, patches[i].len);
  }
}

static void
recorded_clear (Recorded *r)
{
  rtc_mux_free (r->mux);
  g_byte_array_unref (r->bytes);
  g_array_unref (r->ends);
}

static ParsedFile *
parse (RtcMuxContainer container, const guint8 *data, gsize len)
{
  ParsedFile *file = (container == RTC_MUX_FMP4 ? parse_mp4 : parse_webm) (data, len);

  g_assert_cmpstr (file->error, ==, NULL);
  return file;
}

static const ParsedFrame *
nth (const ParsedFile *file, guint track, guint n)
{
  for (guint i = 0; i < file->frames->len; i++) {
    const ParsedFrame *frame = &g_array_index (file->frames, ParsedFrame, i);

    if (frame->track == track && n-- == 0)
      return frame;
  }
  return NULL;
}

static guint
count (const ParsedFile *file, guint track)
{
  guint n = 0;

  while (nth (file, track, n) != NULL)
    n++;
  return n;
}

static const RtcMuxTrack webm_tracks[] = {
  { RTC_CODEC_VP8, 0, 640, 360, FALSE, NULL, 0, "camera" },
  { RTC_CODEC_OPUS, 2, 0, 0, FALSE, NULL, 0, NULL },
};
static const RtcMuxTrack mp4_tracks[] = {
  { RTC_CODEC_H264, 0, 640, 360, FALSE, avcc, sizeof avcc, "camera" },
  { RTC_CODEC_OPUS, 2, 0, 0, FALSE, NULL, 0, NULL },
};

static const RtcMuxTrack *
tracks_of (RtcMuxContainer container)
{
  return container == RTC_MUX_FMP4 ? mp4_tracks : webm_tracks;
}

/* Two seconds of 30 frames a second, a key frame each second, and Opus. */
static void
two_seconds (Recorded *r)
{
  guint v = 0, a = 0;

  while (v < 60 || a < 100) {
    if (a * 20 <= v * 1000 / 30 && a < 100) {
      add (r, 1, a * 20 * MS, 20 * MS, FALSE, (guint8) a);
      a++;
    } else {
      add (r, 0, v * GST_SECOND / 30, GST_CLOCK_TIME_NONE, v % 30 == 0, (guint8) (100 + v));
      v++;
    }
  }
}

static guint64
distance (guint64 a, guint64 b)
{
  return a > b ? a - b : b - a;
}

static void
check_two_seconds (const ParsedFile *file, const guint8 *bytes, gboolean has_durations)
{
  g_assert_cmpuint (file->n_tracks, ==, 2);
  g_assert_cmpuint (file->tracks[0].width, ==, 640);
  g_assert_cmpuint (file->tracks[0].height, ==, 360);
  g_assert_cmpuint (file->tracks[1].channels, ==, 2);
  g_assert_cmpuint (count (file, 0), ==, 60);
  g_assert_cmpuint (count (file, 1), ==, 100);
  for (guint i = 0; i < 60; i++) {
    const ParsedFrame *frame = nth (file, 0, i);

    g_assert_cmpuint (distance (frame->ts, i * GST_SECOND / 30), <=, MS / 2);
    g_assert_cmpint (frame->is_key, ==, i % 30 == 0);
    g_assert_cmpuint (bytes[frame->offset], ==, 100 + i);
    g_assert_cmpuint (bytes[frame->offset + frame->len - 1], ==, 100 + i);
    g_assert_cmpuint (frame->len, ==, 20 + i * GST_SECOND / 30 / MS * 7 % 270);
    if (has_durations)
      g_assert_cmpuint (distance (frame->duration, GST_SECOND / 30), <=, 20000);
  }
  for (guint i = 0; i < 100; i++) {
    const ParsedFrame *frame = nth (file, 1, i);

    g_assert_cmpuint (frame->ts, ==, i * 20 * MS);
    g_assert_true (frame->is_key);
    g_assert_cmpuint (bytes[frame->offset + 5], ==, i);
    if (has_durations)
      g_assert_cmpuint (frame->duration, ==, 20 * MS);
  }
}

static void
test_structure (gconstpointer data)
{
  RtcMuxContainer container = GPOINTER_TO_INT (data);
  Recorded r;
  ParsedFile *file;
  RtcMuxStats stats;

  record (&r, container, tracks_of (container), 2);
  two_seconds (&r);
  finish (&r);
  file = parse (container, r.bytes->data, r.bytes->len);
  check_two_seconds (file, r.bytes->data, container == RTC_MUX_FMP4);
  g_assert_cmpuint (file->whole_end, ==, r.bytes->len);
  g_assert_cmpuint (file->header_end, ==, g_array_index (r.ends, gsize, 0));
  g_assert_cmpuint (distance (file->duration, 2 * GST_SECOND), <=, 1 * MS);
  g_assert_cmpuint (file->cues->len, ==, 2);
  g_assert_cmpuint (file->n_fragments, >=, 8);
  g_assert_cmpuint (file->n_fragments, <=, 11);
  if (container == RTC_MUX_WEBM) {
    g_assert_true (file->size_known);
    g_assert_cmpstr (file->doc_type, ==, "webm");
    g_assert_cmpstr (file->tracks[0].codec, ==, "V_VP8");
    g_assert_cmpstr (file->tracks[1].codec, ==, "A_OPUS");
    g_assert_cmpuint (file->tracks[1].config_len, ==, 19);
    g_assert_cmpstr (rtc_mux_get_extension (r.mux), ==, "webm");
  } else {
    g_assert_cmpstr (file->tracks[0].codec, ==, "avc1");
    g_assert_cmpmem (file->tracks[0].config, file->tracks[0].config_len, avcc, sizeof avcc);
    g_assert_cmpuint (file->tracks[0].timescale, ==, 90000);
    g_assert_cmpstr (file->tracks[1].codec, ==, "Opus");
    g_assert_cmpmem (
        file->tracks[1].config, file->tracks[1].config_len, "\0\2\0\0\0\0\xBB\x80\0\0\0", 11);
    g_assert_cmpuint (distance (file->tracks[1].duration, 2 * GST_SECOND), <=, 1 * MS);
    g_assert_cmpstr (rtc_mux_get_extension (r.mux), ==, "mp4");
  }
  rtc_mux_get_stats (r.mux, &stats);
  g_assert_cmpuint (stats.frames, ==, 160);
  g_assert_cmpuint (stats.bytes, ==, r.bytes->len);
  g_assert_cmpuint (stats.fragments, ==, file->n_fragments);
  g_assert_cmpuint (stats.adjusted + stats.refused, ==, 0);
  g_assert_cmpint (
      rtc_mux_add_frame (r.mux, 0, 3 * GST_SECOND, 0, TRUE, avcc, 4), ==, RTC_ERR_STATE);
  parsed_file_free (file);
  recorded_clear (&r);
}

/* Cut after every byte: all units that are whole are read, with all their frames. */
static void
test_cut_anywhere (gconstpointer data)
{
  RtcMuxContainer container = GPOINTER_TO_INT (data);
  Recorded r;
  ParsedFile *file;
  GArray *frames_at = g_array_new (FALSE, FALSE, sizeof (guint));
  guint unit = 0, n = 0;

  record (&r, container, tracks_of (container), 2);
  two_seconds (&r);
  rtc_mux_finish (r.mux);
  take_all (&r);
  for (guint i = 0; i < r.ends->len; i++) {
    file = parse (container, r.bytes->data, g_array_index (r.ends, gsize, i));
    g_assert_cmpuint (file->whole_end, ==, g_array_index (r.ends, gsize, i));
    n = file->frames->len;
    g_array_append_val (frames_at, n);
    parsed_file_free (file);
  }
  g_assert_cmpuint (n, ==, 160);
  for (gsize cut = 0; cut < r.bytes->len; cut++) {
    guint8 *copy = g_memdup2 (r.bytes->data, cut); /* so that a sanitizer sees reads behind it */

    while (unit < r.ends->len && g_array_index (r.ends, gsize, unit) <= cut)
      unit++;
    file = parse (container, copy, cut);
    if (unit == 0)
      g_assert_cmpuint (file->frames->len, ==, 0);
    else
      g_assert_cmpuint (file->frames->len, ==, g_array_index (frames_at, guint, unit - 1));
    parsed_file_free (file);
    g_free (copy);
  }
  g_array_unref (frames_at);
  recorded_clear (&r);
}

/* A flush writes the frame whose duration nobody knows; the next one's time is right all the same.
 */
static void
test_flush (gconstpointer data)
{
  RtcMuxContainer container = GPOINTER_TO_INT (data);
  Recorded r;
  ParsedFile *file;
  RtcMuxStats stats;

  record (&r, container, tracks_of (container), 2);
  g_assert_false (rtc_mux_has_pending (r.mux));
  rtc_mux_flush (r.mux);
  g_assert_null (rtc_mux_take (r.mux));
  add (&r, 0, 0, GST_CLOCK_TIME_NONE, TRUE, 1);
  add (&r, 0, 40 * MS, GST_CLOCK_TIME_NONE, FALSE, 2);
  g_assert_true (rtc_mux_has_pending (r.mux));
  rtc_mux_flush (r.mux);
  g_assert_false (rtc_mux_has_pending (r.mux));
  take_all (&r);
  file = parse (container, r.bytes->data, r.bytes->len);
  g_assert_cmpuint (count (file, 0), ==, 2);
  if (container == RTC_MUX_FMP4)
    g_assert_cmpuint (nth (file, 0, 1)->duration, ==, 40 * MS);
  parsed_file_free (file);
  add (&r, 0, 10 * GST_SECOND, GST_CLOCK_TIME_NONE, FALSE, 3);
  add (&r, 0, 10 * GST_SECOND + 70 * MS, GST_CLOCK_TIME_NONE, FALSE, 4);
  finish (&r);
  file = parse (container, r.bytes->data, r.bytes->len);
  g_assert_cmpuint (nth (file, 0, 2)->ts, ==, 10 * GST_SECOND);
  g_assert_cmpuint (nth (file, 0, 3)->ts, ==, 10 * GST_SECOND + 70 * MS);
  g_assert_cmpuint (file->duration, ==, 10 * GST_SECOND + 140 * MS);
  g_assert_cmpuint (count (file, 1), ==, 0);
  parsed_file_free (file);
  rtc_mux_get_stats (r.mux, &stats);
  g_assert_cmpuint (stats.estimated, ==, container == RTC_MUX_FMP4 ? 2 : 0);
  recorded_clear (&r);
}

/* The last frame of a track waits for the next one, but not for ever. */
static void
test_held_frame (void)
{
  Recorded r;
  ParsedFile *file;

  record (&r, RTC_MUX_FMP4, mp4_tracks, 2);
  add (&r, 0, 0, GST_CLOCK_TIME_NONE, TRUE, 1);
  add (&r, 0, 200 * MS, GST_CLOCK_TIME_NONE, FALSE, 2);
  for (guint i = 0; i < 14; i++)
    add (&r, 1, i * 20 * MS, 20 * MS, TRUE, 3);
  file = parse (RTC_MUX_FMP4, r.bytes->data, r.bytes->len);
  g_assert_cmpuint (file->n_fragments, ==, 1);
  g_assert_cmpuint (count (file, 0), ==, 1);
  g_assert_cmpuint (nth (file, 0, 0)->duration, ==, 200 * MS);
  parsed_file_free (file);
  for (guint i = 14; i < 60; i++)
    add (&r, 1, i * 20 * MS, 20 * MS, TRUE, 3);
  file = parse (RTC_MUX_FMP4, r.bytes->data, r.bytes->len);
  g_assert_cmpuint (count (file, 0), ==, 2);
  g_assert_cmpuint (nth (file, 0, 1)->duration, ==, 200 * MS);
  parsed_file_free (file);
  recorded_clear (&r);
}

/* In MP4 the frame before a gap lasts until the gap's end. */
static void
test_gap (void)
{
  Recorded r;
  ParsedFile *file;

  record (&r, RTC_MUX_FMP4, mp4_tracks, 1);
  add (&r, 0, 0, GST_CLOCK_TIME_NONE, TRUE, 1);
  add (&r, 0, 40 * MS, GST_CLOCK_TIME_NONE, FALSE, 2);
  add (&r, 0, 3040 * MS, GST_CLOCK_TIME_NONE, FALSE, 3);
  finish (&r);
  file = parse (RTC_MUX_FMP4, r.bytes->data, r.bytes->len);
  g_assert_cmpuint (nth (file, 0, 0)->duration, ==, 40 * MS);
  g_assert_cmpuint (nth (file, 0, 1)->duration, ==, 3000 * MS);
  g_assert_cmpuint (nth (file, 0, 2)->ts, ==, 3040 * MS);
  g_assert_cmpuint (nth (file, 0, 2)->duration, ==, 40 * MS);
  parsed_file_free (file);
  recorded_clear (&r);
}

/* Gaps, times that stand still, go back or jump far ahead. */
static void
test_times (gconstpointer data)
{
  RtcMuxContainer container = GPOINTER_TO_INT (data);
  Recorded r;
  ParsedFile *file;
  RtcMuxStats stats;
  const GstClockTime day = 24 * 3600 * GST_SECOND;
  guint64 last = 0;

  record (&r, container, tracks_of (container), 2);
  add (&r, 0, 100 * MS, GST_CLOCK_TIME_NONE, TRUE, 0);
  add (&r, 0, 100 * MS, GST_CLOCK_TIME_NONE, FALSE, 1);
  add (&r, 0, 50 * MS, GST_CLOCK_TIME_NONE, FALSE, 2);
  add (&r, 1, 170 * GST_SECOND, 20 * MS, TRUE, 0);
  add (&r, 0, 60 * GST_SECOND, GST_CLOCK_TIME_NONE, FALSE, 3);
  add (&r, 0, 40 * day, GST_CLOCK_TIME_NONE, FALSE, 4);
  add (&r, 1, 171 * GST_SECOND, 20 * MS, TRUE, 1);
  add (&r, 0, 41 * day, GST_CLOCK_TIME_NONE, TRUE, 5);
  add (&r, 0, RTC_MUX_MAX_PTS - 1, GST_CLOCK_TIME_NONE, FALSE, 6);
  g_assert_cmpint (
      rtc_mux_add_frame (r.mux, 0, RTC_MUX_MAX_PTS, 0, TRUE, avcc, 4), ==, RTC_ERR_LIMIT);
  g_assert_cmpint (
      rtc_mux_add_frame (r.mux, 0, GST_CLOCK_TIME_NONE, 0, TRUE, avcc, 4), ==, RTC_ERR_LIMIT);
  g_assert_cmpint (rtc_mux_add_frame (r.mux, 2, 0, 0, TRUE, avcc, 4), ==, RTC_ERR_LIMIT);
  g_assert_cmpint (rtc_mux_add_frame (r.mux, 0, 0, 0, TRUE, avcc, 0), ==, RTC_ERR_LIMIT);
  g_assert_cmpint (
      rtc_mux_add_frame (r.mux, 0, 0, 0, TRUE, avcc, RTC_MUX_MAX_FRAME + 1), ==, RTC_ERR_LIMIT);
  finish (&r);
  file = parse (container, r.bytes->data, r.bytes->len);
  g_assert_cmpuint (count (file, 0), ==, 7);
  g_assert_cmpuint (count (file, 1), ==, 2);
  for (guint i = 0; i < 7; i++) {
    g_assert_cmpuint (nth (file, 0, i)->ts, >, last);
    last = nth (file, 0, i)->ts;
    g_assert_cmpuint (r.bytes->data[nth (file, 0, i)->offset], ==, i);
  }
  g_assert_cmpuint (nth (file, 0, 3)->ts, ==, 60 * GST_SECOND);
  g_assert_cmpuint (nth (file, 0, 4)->ts, ==, 40 * day);
  g_assert_cmpuint (nth (file, 1, 0)->ts, ==, 170 * GST_SECOND);
  g_assert_cmpuint (nth (file, 1, 1)->ts, ==, 171 * GST_SECOND);
  rtc_mux_get_stats (r.mux, &stats);
  g_assert_cmpuint (stats.adjusted, ==, 2);
  g_assert_cmpuint (stats.refused, ==, 5);
  parsed_file_free (file);
  recorded_clear (&r);
}

/* 33 hours of a frame a second, with an index that stays small. */
static void
test_long (gconstpointer data)
{
  RtcMuxContainer container = GPOINTER_TO_INT (data);
  RtcMuxConfig config = RTC_MUX_CONFIG_DEFAULT (container);
  const guint n = 33 * 3600;
  Recorded r = { NULL, g_byte_array_new (), g_array_new (FALSE, FALSE, sizeof (gsize)) };
  ParsedFile *file;
  gsize before;

  config.max_cues = 100;
  r.mux = rtc_mux_new (&config, tracks_of (container), 1, NULL);
  for (guint i = 0; i < n; i++) {
    rtc_mux_add_frame (r.mux, 0, i * GST_SECOND, GST_CLOCK_TIME_NONE, TRUE, avcc, 8);
    take_all (&r);
  }
  before = r.bytes->len;
  finish (&r);
  g_assert_cmpuint (r.bytes->len - before, <, 100 * 60);
  file = parse (container, r.bytes->data, r.bytes->len);
  g_assert_cmpuint (file->frames->len, ==, n);
  g_assert_cmpuint (file->duration, ==, n * GST_SECOND);
  g_assert_cmpuint (g_array_index (file->frames, ParsedFrame, n - 1).ts, ==, (n - 1) * GST_SECOND);
  g_assert_cmpuint (file->cues->len, >=, 50);
  g_assert_cmpuint (file->cues->len, <=, 100);
  parsed_file_free (file);
  recorded_clear (&r);
}

static void
test_tracks (void)
{
  RtcMuxTrack track = { RTC_CODEC_AV1, 0, 320, 240, FALSE, av1c, sizeof av1c, "\xFF<name>" };
  RtcMuxTrack many[RTC_MUX_MAX_TRACKS + 1];
  RtcCodecId vp8_opus[] = { RTC_CODEC_OPUS, RTC_CODEC_VP8 },
             h264_opus[] = { RTC_CODEC_OPUS, RTC_CODEC_H264 },
             h264_vp8[] = { RTC_CODEC_H264, RTC_CODEC_VP8 };
  static const guint8 unit[] = { 0x12, 0x00, 0x0A, 0x01, 0x55 };
  const RtcMuxContainer both[] = { RTC_MUX_WEBM, RTC_MUX_FMP4 };
  RtcMuxConfig config = RTC_MUX_CONFIG_DEFAULT (RTC_MUX_FMP4);
  GError *error = NULL;
  Recorded r;
  ParsedFile *file;

  g_assert_cmpint (rtc_mux_choose (vp8_opus, 2), ==, RTC_MUX_WEBM);
  g_assert_cmpint (rtc_mux_choose (h264_opus, 2), ==, RTC_MUX_FMP4);
  g_assert_cmpint (rtc_mux_choose (h264_vp8, 2), ==, RTC_MUX_WEBM);
  g_assert_cmpint (rtc_mux_choose (vp8_opus, 1), ==, RTC_MUX_WEBM);
  /* AV1 in either: the temporal delimiter is left out. */
  for (guint i = 0; i < 2; i++) {
    record (&r, both[i], &track, 1);
    rtc_mux_add_frame (r.mux, 0, 0, GST_CLOCK_TIME_NONE, TRUE, unit, sizeof unit);
    finish (&r);
    file = parse (both[i], r.bytes->data, r.bytes->len);
    g_assert_cmpmem (file->tracks[0].config, file->tracks[0].config_len, av1c, sizeof av1c);
    g_assert_cmpmem (r.bytes->data + nth (file, 0, 0)->offset, nth (file, 0, 0)->len, unit + 2, 3);
    parsed_file_free (file);
    recorded_clear (&r);
  }
  /* H264 makes it Matroska. */
  record (&r, RTC_MUX_WEBM, mp4_tracks, 2);
  g_assert_cmpstr (rtc_mux_get_extension (r.mux), ==, "mkv");
  recorded_clear (&r);
  /* What cannot be. */
  g_assert_null (rtc_mux_new (&config, webm_tracks, 2, &error));
  g_assert_error (error, RTC_ERROR, -RTC_ERR_UNSUPPORTED);
  g_clear_error (&error);
  track.config_len = 0;
  g_assert_null (rtc_mux_new (&config, &track, 1, &error));
  g_assert_error (error, RTC_ERROR, -RTC_ERR_PARSE);
  g_clear_error (&error);
  track.config_len = sizeof av1c;
  track.width = 65536;
  g_assert_null (rtc_mux_new (&config, &track, 1, &error));
  g_assert_error (error, RTC_ERROR, -RTC_ERR_LIMIT);
  g_clear_error (&error);
  for (guint i = 0; i < G_N_ELEMENTS (many); i++)
    many[i] = mp4_tracks[i % 2];
  g_assert_null (rtc_mux_new (&config, many, RTC_MUX_MAX_TRACKS + 1, &error));
  g_assert_error (error, RTC_ERROR, -RTC_ERR_LIMIT);
  g_clear_error (&error);
  g_assert_null (rtc_mux_new (&config, many, 0, NULL));
  record (&r, RTC_MUX_FMP4, many, RTC_MUX_MAX_TRACKS);
  for (guint i = 0; i < RTC_MUX_MAX_TRACKS; i++)
    add (&r, i, i * MS, GST_CLOCK_TIME_NONE, TRUE, (guint8) i);
  finish (&r);
  file = parse (RTC_MUX_FMP4, r.bytes->data, r.bytes->len);
  g_assert_cmpuint (count (file, RTC_MUX_MAX_TRACKS - 1), ==, 1);
  parsed_file_free (file);
  recorded_clear (&r);
}

/* Nothing came: the file is one all the same. */
static void
test_empty (gconstpointer data)
{
  RtcMuxContainer container = GPOINTER_TO_INT (data);
  Recorded r;
  ParsedFile *file;

  record (&r, container, tracks_of (container), 2);
  finish (&r);
  file = parse (container, r.bytes->data, r.bytes->len);
  g_assert_cmpuint (file->n_tracks, ==, 2);
  g_assert_cmpuint (file->n_fragments, ==, 0);
  parsed_file_free (file);
  recorded_clear (&r);
}

/* A fragment ends by its bytes too. */
static void
test_fragment_bytes (gconstpointer data)
{
  RtcMuxContainer container = GPOINTER_TO_INT (data);
  RtcMuxConfig config = RTC_MUX_CONFIG_DEFAULT (container);
  Recorded r = { NULL, g_byte_array_new (), g_array_new (FALSE, FALSE, sizeof (gsize)) };
  guint8 *frame = g_malloc0 (100000);

  config.max_fragment_bytes = 250000;
  r.mux = rtc_mux_new (&config, tracks_of (container), 1, NULL);
  for (guint i = 0; i < 20; i++) {
    g_assert_cmpint (rtc_mux_add_frame (r.mux, 0, i * MS, MS, i == 0, frame, 100000), ==, RTC_OK);
    take_all (&r);
  }
  finish (&r);
  g_assert_cmpuint (r.ends->len, ==, 1 + 10 + 1);
  g_free (frame);
  recorded_clear (&r);
}

static void
add_both (const gchar *name, GTestDataFunc func)
{
  gchar *webm = g_strdup_printf ("/mux/webm/%s", name),
        *mp4 = g_strdup_printf ("/mux/mp4/%s", name);

  g_test_add_data_func (webm, GINT_TO_POINTER (RTC_MUX_WEBM), func);
  g_test_add_data_func (mp4, GINT_TO_POINTER (RTC_MUX_FMP4), func);
  g_free (webm);
  g_free (mp4);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  add_both ("structure", test_structure);
  add_both ("cut-anywhere", test_cut_anywhere);
  add_both ("flush", test_flush);
  add_both ("times", test_times);
  add_both ("long", test_long);
  add_both ("empty", test_empty);
  add_both ("fragment-bytes", test_fragment_bytes);
  g_test_add_func ("/mux/held-frame", test_held_frame);
  g_test_add_func ("/mux/gap", test_gap);
  g_test_add_func ("/mux/tracks", test_tracks);
  return g_test_run ();
}
