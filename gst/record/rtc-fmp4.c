/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "gst/record/rtc-fmp4.h"

#include <string.h>

#include "gst/record/rtc-mp4-box.h"

/* FMP4_MOVIE_TIMESCALE: ticks a second of what is said of the whole file. */
#define FMP4_MOVIE_TIMESCALE 1000

/* Seconds from 1904, where MP4 begins to count, to 1970. */
#define FMP4_EPOCH G_GINT64_CONSTANT (2082844800)

/* FMP4_MEHD_LEN: of a mehd box of version 1, and of the free box in its place. */
#define FMP4_MEHD_LEN 20

/* Sample flags (ISO/IEC 14496-12 8.8.3.1): depends on no other; depends on others and is no sync
 * sample. */
#define FMP4_FLAGS_KEY 0x02000000
#define FMP4_FLAGS_DELTA 0x01010000

static gboolean
fmp4_supports (RtcCodecId codec)
{
  return codec == RTC_CODEC_H264 || codec == RTC_CODEC_H265 || codec == RTC_CODEC_AV1
         || codec == RTC_CODEC_OPUS;
}

static guint32
fmp4_get_timescale (const RtcMuxTrack *track)
{
  return track->codec == RTC_CODEC_OPUS ? 48000 : 90000;
}

/* -- moov -------------------------------------------------------------------------------------- */

static void
fmp4_write_matrix (GByteArray *out)
{
  static const guint32 unity[9] = { 0x10000, 0, 0, 0, 0x10000, 0, 0, 0, 0x40000000 };

  for (guint i = 0; i < G_N_ELEMENTS (unity); i++)
    rtc_mp4_u32 (out, unity[i]);
}

static void
fmp4_write_times (const RtcMux *mux, GByteArray *out)
{
  guint64 created = (guint64) CLAMP (mux->config.creation_time + FMP4_EPOCH, 0, G_MAXUINT32);

  rtc_mp4_u64 (out, created);
  rtc_mp4_u64 (out, created);
}

static void
fmp4_write_mvhd (RtcMux *mux, GByteArray *out)
{
  gsize mvhd = rtc_mp4_begin_full (out, "mvhd", 1, 0);

  fmp4_write_times (mux, out);
  rtc_mp4_u32 (out, FMP4_MOVIE_TIMESCALE);
  mux->at_duration = out->len;
  rtc_mp4_u64 (out, 0);
  rtc_mp4_u32 (out, 0x00010000); /* rate 1 */
  rtc_mp4_u16 (out, 0x0100);     /* volume 1 */
  rtc_mp4_zeros (out, 10);
  fmp4_write_matrix (out);
  rtc_mp4_zeros (out, 24);
  rtc_mp4_u32 (out, mux->n_tracks + 1);
  rtc_mp4_end (out, mvhd);
}

static void
fmp4_write_tkhd (RtcMux *mux, guint i, GByteArray *out)
{
  const RtcMuxTrackState *state = &mux->tracks[i];
  gsize tkhd = rtc_mp4_begin_full (out, "tkhd", 1, 3); /* enabled, in the movie */

  fmp4_write_times (mux, out);
  rtc_mp4_u32 (out, i + 1);
  rtc_mp4_u32 (out, 0);
  mux->at_track_durations[i][0] = out->len;
  rtc_mp4_u64 (out, 0);
  rtc_mp4_zeros (out, 8);
  rtc_mp4_u16 (out, 0);                            /* layer */
  rtc_mp4_u16 (out, state->is_video ? 0 : 1);      /* alternate group */
  rtc_mp4_u16 (out, state->is_video ? 0 : 0x0100); /* volume */
  rtc_mp4_u16 (out, 0);
  fmp4_write_matrix (out);
  rtc_mp4_u32 (out, state->is_video ? state->info.width << 16 : 0);
  rtc_mp4_u32 (out, state->is_video ? state->info.height << 16 : 0);
  rtc_mp4_end (out, tkhd);
}

static void
fmp4_write_mdhd (RtcMux *mux, guint i, GByteArray *out)
{
  gsize mdhd = rtc_mp4_begin_full (out, "mdhd", 1, 0);

  fmp4_write_times (mux, out);
  rtc_mp4_u32 (out, mux->tracks[i].timescale);
  mux->at_track_durations[i][1] = out->len;
  rtc_mp4_u64 (out, 0);
  rtc_mp4_u16 (out, 0x55C4); /* "und" */
  rtc_mp4_u16 (out, 0);
  rtc_mp4_end (out, mdhd);
}

static void
fmp4_write_hdlr (const RtcMuxTrackState *state, GByteArray *out)
{
  gsize hdlr = rtc_mp4_begin_full (out, "hdlr", 0, 0);
  const gchar *plain = state->is_video ? "VideoHandler" : "SoundHandler";

  rtc_mp4_u32 (out, 0);
  g_byte_array_append (out, (const guint8 *) (state->is_video ? "vide" : "soun"), 4);
  rtc_mp4_zeros (out, 12);
  rtc_mp4_text (out, state->info.name != NULL ? state->info.name : plain);
  rtc_mp4_end (out, hdlr);
}

static void
fmp4_write_config (const gchar *type, const RtcMuxTrack *track, GByteArray *out)
{
  gsize box = rtc_mp4_begin (out, type);

  g_byte_array_append (out, track->config, (guint) track->config_len);
  rtc_mp4_end (out, box);
}

/* VisualSampleEntry, ISO/IEC 14496-12 12.1.3. */
static void
fmp4_write_video_entry (const RtcMuxTrack *track, GByteArray *out)
{
  gboolean in_band = track->in_band_config;
  const gchar *type = "av01", *config = "av1C";
  gsize entry;

  if (track->codec == RTC_CODEC_H264) {
    type = in_band ? "avc3" : "avc1";
    config = "avcC";
  } else if (track->codec == RTC_CODEC_H265) {
    type = in_band ? "hev1" : "hvc1";
    config = "hvcC";
  }
  entry = rtc_mp4_begin (out, type);
  rtc_mp4_zeros (out, 6);
  rtc_mp4_u16 (out, 1); /* data reference */
  rtc_mp4_zeros (out, 16);
  rtc_mp4_u16 (out, track->width);
  rtc_mp4_u16 (out, track->height);
  rtc_mp4_u32 (out, 0x00480000); /* 72 dpi */
  rtc_mp4_u32 (out, 0x00480000);
  rtc_mp4_u32 (out, 0);
  rtc_mp4_u16 (out, 1); /* frames per sample */
  rtc_mp4_zeros (out, 32);
  rtc_mp4_u16 (out, 24); /* depth */
  rtc_mp4_u16 (out, 0xFFFF);
  fmp4_write_config (config, track, out);
  rtc_mp4_end (out, entry);
}

/* AudioSampleEntry and dOps; the latter is OpusHead without its magic, big-endian and version 0. */
static void
fmp4_write_opus_entry (const RtcMuxTrack *track, GByteArray *out)
{
  guint8 head[RTC_MUX_OPUS_HEAD_LEN];
  gsize entry = rtc_mp4_begin (out, "Opus"), dops;

  rtc_mux_get_opus_head (track, head);
  rtc_mp4_zeros (out, 6);
  rtc_mp4_u16 (out, 1); /* data reference */
  rtc_mp4_zeros (out, 8);
  rtc_mp4_u16 (out, track->channels);
  rtc_mp4_u16 (out, 16); /* sample size */
  rtc_mp4_u32 (out, 0);
  rtc_mp4_u32 (out, 48000u << 16);
  dops = rtc_mp4_begin (out, "dOps");
  rtc_mp4_u8 (out, 0);
  rtc_mp4_u8 (out, head[9]);
  rtc_mp4_u16 (out, head[10] | head[11] << 8);
  rtc_mp4_u32 (out,
      head[12] | (guint32) head[13] << 8 | (guint32) head[14] << 16 | (guint32) head[15] << 24);
  rtc_mp4_u16 (out, head[16] | head[17] << 8);
  rtc_mp4_u8 (out, 0);
  rtc_mp4_end (out, dops);
  rtc_mp4_end (out, entry);
}

/* The tables have no entries: all samples are in fragments. */
static void
fmp4_write_stbl (const RtcMuxTrackState *state, GByteArray *out)
{
  static const gchar *const tables[] = { "stts", "stsc", "stco" };
  gsize stbl = rtc_mp4_begin (out, "stbl"), box;

  box = rtc_mp4_begin_full (out, "stsd", 0, 0);
  rtc_mp4_u32 (out, 1);
  if (state->is_video)
    fmp4_write_video_entry (&state->info, out);
  else
    fmp4_write_opus_entry (&state->info, out);
  rtc_mp4_end (out, box);
  for (guint i = 0; i < G_N_ELEMENTS (tables); i++) {
    box = rtc_mp4_begin_full (out, tables[i], 0, 0);
    rtc_mp4_u32 (out, 0);
    rtc_mp4_end (out, box);
  }
  box = rtc_mp4_begin_full (out, "stsz", 0, 0);
  rtc_mp4_u32 (out, 0);
  rtc_mp4_u32 (out, 0);
  rtc_mp4_end (out, box);
  rtc_mp4_end (out, stbl);
}

static void
fmp4_write_minf (const RtcMuxTrackState *state, GByteArray *out)
{
  gsize minf = rtc_mp4_begin (out, "minf"), dinf, dref, box;

  if (state->is_video) {
    box = rtc_mp4_begin_full (out, "vmhd", 0, 1);
    rtc_mp4_zeros (out, 8);
  } else {
    box = rtc_mp4_begin_full (out, "smhd", 0, 0);
    rtc_mp4_zeros (out, 4);
  }
  rtc_mp4_end (out, box);
  dinf = rtc_mp4_begin (out, "dinf");
  dref = rtc_mp4_begin_full (out, "dref", 0, 0);
  rtc_mp4_u32 (out, 1);
  box = rtc_mp4_begin_full (out, "url ", 0, 1); /* in this file */
  rtc_mp4_end (out, box);
  rtc_mp4_end (out, dref);
  rtc_mp4_end (out, dinf);
  fmp4_write_stbl (state, out);
  rtc_mp4_end (out, minf);
}

static void
fmp4_write_trak (RtcMux *mux, guint i, GByteArray *out)
{
  gsize trak = rtc_mp4_begin (out, "trak"), mdia;

  fmp4_write_tkhd (mux, i, out);
  mdia = rtc_mp4_begin (out, "mdia");
  fmp4_write_mdhd (mux, i, out);
  fmp4_write_hdlr (&mux->tracks[i], out);
  fmp4_write_minf (&mux->tracks[i], out);
  rtc_mp4_end (out, mdia);
  rtc_mp4_end (out, trak);
}

static void
fmp4_write_mvex (RtcMux *mux, GByteArray *out)
{
  gsize mvex = rtc_mp4_begin (out, "mvex"), box;

  /* mehd says how long the fragments are: known at the end only. */
  mux->at_info = out->len;
  box = rtc_mp4_begin (out, "free");
  rtc_mp4_zeros (out, FMP4_MEHD_LEN - 8);
  rtc_mp4_end (out, box);
  for (guint i = 0; i < mux->n_tracks; i++) {
    box = rtc_mp4_begin_full (out, "trex", 0, 0);
    rtc_mp4_u32 (out, i + 1);
    rtc_mp4_u32 (out, 1); /* sample description */
    rtc_mp4_zeros (out, 12);
    rtc_mp4_end (out, box);
  }
  rtc_mp4_end (out, mvex);
}

static void
fmp4_write_header (RtcMux *mux, GByteArray *out)
{
  gsize box = rtc_mp4_begin (out, "ftyp");

  g_byte_array_append (out, (const guint8 *) "iso6\0\0\2\0iso6iso5mp41", 20);
  rtc_mp4_end (out, box);
  box = rtc_mp4_begin (out, "moov");
  fmp4_write_mvhd (mux, out);
  for (guint i = 0; i < mux->n_tracks; i++)
    fmp4_write_trak (mux, i, out);
  fmp4_write_mvex (mux, out);
  rtc_mp4_end (out, box);
}

/* -- Fragments --------------------------------------------------------------------------------- */

/* Writes the part of the moof for one track and returns where its data offset goes. */
static gsize
fmp4_write_traf (RtcMux *mux, guint track, const RtcMuxFrame *frames, guint n_frames, guint traf,
    GByteArray *out)
{
  gsize box = rtc_mp4_begin (out, "traf"), inner, at_offset;
  guint n = 0;
  gboolean has_cue = FALSE;

  inner = rtc_mp4_begin_full (out, "tfhd", 0, 0x020000); /* default-base-is-moof */
  rtc_mp4_u32 (out, track + 1);
  rtc_mp4_end (out, inner);
  inner = rtc_mp4_begin_full (out, "tfdt", 1, 0);
  for (guint i = 0; i < n_frames && n == 0; i++)
    if (frames[i].track == track) {
      rtc_mp4_u64 (out, frames[i].ts);
      n = 1;
    }
  rtc_mp4_end (out, inner);
  /* Per sample: duration, size, flags. */
  inner = rtc_mp4_begin_full (out, "trun", 0, 0x000701);
  at_offset = out->len + 4;
  rtc_mp4_zeros (out, 8);
  n = 0;
  for (guint i = 0; i < n_frames; i++) {
    if (frames[i].track != track)
      continue;
    n++;
    rtc_mp4_u32 (out, (guint32) MIN (frames[i].duration, G_MAXUINT32));
    rtc_mp4_u32 (out, (guint32) frames[i].len);
    rtc_mp4_u32 (out, frames[i].is_key ? FMP4_FLAGS_KEY : FMP4_FLAGS_DELTA);
    if (track == mux->cue_track && frames[i].is_key && !has_cue) {
      RtcMuxCue cue = { frames[i].ts, mux->stats.bytes, traf, n };

      rtc_mux_add_cue (mux, &cue);
      has_cue = TRUE;
    }
  }
  rtc_mp4_patch_u32 (out, at_offset - 4, n);
  rtc_mp4_end (out, inner);
  rtc_mp4_end (out, box);
  return at_offset;
}

static gboolean
fmp4_has_track (const RtcMuxFrame *frames, guint n_frames, guint track)
{
  for (guint i = 0; i < n_frames; i++)
    if (frames[i].track == track)
      return TRUE;
  return FALSE;
}

static void
fmp4_write_fragment (RtcMux *mux, const RtcMuxFrame *frames, guint n_frames, GByteArray *out)
{
  gsize at_offset[RTC_MUX_MAX_TRACKS] = { 0 };
  gsize moof = rtc_mp4_begin (out, "moof"), box;
  guint n_trafs = 0;

  box = rtc_mp4_begin_full (out, "mfhd", 0, 0);
  rtc_mp4_u32 (out, mux->sequence);
  rtc_mp4_end (out, box);
  for (guint t = 0; t < mux->n_tracks; t++)
    if (fmp4_has_track (frames, n_frames, t))
      at_offset[t] = fmp4_write_traf (mux, t, frames, n_frames, ++n_trafs, out);
  rtc_mp4_end (out, moof);
  box = rtc_mp4_begin (out, "mdat");
  for (guint t = 0; t < mux->n_tracks; t++) {
    if (at_offset[t] == 0)
      continue;
    rtc_mp4_patch_u32 (out, at_offset[t], (guint32) (out->len - moof));
    for (guint i = 0; i < n_frames; i++)
      if (frames[i].track == t)
        g_byte_array_append (out, mux->data->data + frames[i].offset, (guint) frames[i].len);
  }
  rtc_mp4_end (out, box);
}

/* -- Index ------------------------------------------------------------------------------------- */

static void
fmp4_patch_u64 (RtcMux *mux, guint64 offset, guint64 value)
{
  GByteArray *bytes = g_byte_array_new ();

  rtc_mp4_u64 (bytes, value);
  rtc_mux_add_patch (mux, offset, bytes->data, bytes->len);
  g_byte_array_unref (bytes);
}

static void
fmp4_patch_durations (RtcMux *mux)
{
  GByteArray *bytes = g_byte_array_new ();
  RtcMuxStats stats;
  guint64 movie;
  gsize mehd;

  rtc_mux_get_stats (mux, &stats);
  movie = rtc_mux_to_ticks (stats.duration, FMP4_MOVIE_TIMESCALE);
  fmp4_patch_u64 (mux, mux->at_duration, movie);
  mehd = rtc_mp4_begin_full (bytes, "mehd", 1, 0);
  rtc_mp4_u64 (bytes, movie);
  rtc_mp4_end (bytes, mehd);
  rtc_mux_add_patch (mux, mux->at_info, bytes->data, bytes->len);
  g_byte_array_unref (bytes);
  for (guint i = 0; i < mux->n_tracks; i++) {
    const RtcMuxTrackState *state = &mux->tracks[i];
    guint64 ns = rtc_mux_to_ns (state->end, state->timescale);

    fmp4_patch_u64 (
        mux, mux->at_track_durations[i][0], rtc_mux_to_ticks (ns, FMP4_MOVIE_TIMESCALE));
    fmp4_patch_u64 (mux, mux->at_track_durations[i][1], state->end);
  }
}

static void
fmp4_write_index (RtcMux *mux, GByteArray *out)
{
  gsize mfra = rtc_mp4_begin (out, "mfra"), box;

  box = rtc_mp4_begin_full (out, "tfra", 1, 0);
  rtc_mp4_u32 (out, mux->cue_track + 1);
  rtc_mp4_u32 (out, 3); /* traf and trun numbers take one byte, sample numbers four */
  rtc_mp4_u32 (out, mux->cues->len);
  for (guint i = 0; i < mux->cues->len; i++) {
    const RtcMuxCue *cue = &g_array_index (mux->cues, RtcMuxCue, i);

    rtc_mp4_u64 (out, cue->ts);
    rtc_mp4_u64 (out, cue->offset);
    rtc_mp4_u8 (out, (guint8) cue->traf);
    rtc_mp4_u8 (out, 1);
    rtc_mp4_u32 (out, cue->sample);
  }
  rtc_mp4_end (out, box);
  box = rtc_mp4_begin_full (out, "mfro", 0, 0);
  rtc_mp4_u32 (out, (guint32) (out->len + 4 - mfra)); /* of the whole mfra */
  rtc_mp4_end (out, box);
  rtc_mp4_end (out, mfra);
  fmp4_patch_durations (mux);
}

const RtcMuxFormat rtc_fmp4_format = {
  TRUE,
  fmp4_supports,
  fmp4_get_timescale,
  fmp4_write_header,
  fmp4_write_fragment,
  fmp4_write_index,
};
