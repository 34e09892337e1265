/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "gst/record/rtc-mux-private.h"

#include <string.h>

#include "gst/record/rtc-fmp4.h"
#include "gst/record/rtc-webm.h"

/* MUX_MAX_FRAMES: in one fragment, so that tiny frames cannot make it grow without bound. */
#define MUX_MAX_FRAMES 4096

/* MUX_MAX_CONFIG: longest codec configuration, bytes. */
#define MUX_MAX_CONFIG 65535

/* MUX_MAX_TYPICAL: longer steps are gaps and say nothing of how long a frame lasts. */
#define MUX_MAX_TYPICAL_SECONDS 1

static const RtcMuxFormat *
mux_format (RtcMuxContainer container)
{
  return container == RTC_MUX_FMP4 ? &rtc_fmp4_format : &rtc_webm_format;
}

gboolean
rtc_mux_supports (RtcMuxContainer container, RtcCodecId codec)
{
  return mux_format (container)->supports (codec);
}

RtcMuxContainer
rtc_mux_choose (const RtcCodecId *codecs, guint n_codecs)
{
  gboolean wants_mp4 = FALSE;

  for (guint i = 0; i < n_codecs; i++) {
    if (!rtc_mux_supports (RTC_MUX_FMP4, codecs[i]))
      return RTC_MUX_WEBM;
    wants_mp4 |= codecs[i] == RTC_CODEC_H264 || codecs[i] == RTC_CODEC_H265;
  }
  return wants_mp4 ? RTC_MUX_FMP4 : RTC_MUX_WEBM;
}

guint64
rtc_mux_to_ticks (guint64 ns, guint32 timescale)
{
  guint64 seconds = ns / GST_SECOND, rest = ns % GST_SECOND;

  return seconds * timescale + (rest * timescale + GST_SECOND / 2) / GST_SECOND;
}

guint64
rtc_mux_to_ns (guint64 ticks, guint32 timescale)
{
  return ticks / timescale * GST_SECOND
         + (ticks % timescale * GST_SECOND + timescale / 2) / timescale;
}

gsize
rtc_mux_skip_delimiter (RtcCodecId codec, const guint8 *data, gsize len)
{
  gboolean is_delimiter = codec == RTC_CODEC_AV1 && len > 2 && (data[0] & 0xF8) == 0x10
                          && (data[0] & 0x06) == 0x02 && data[1] == 0;

  return is_delimiter ? 2 : 0;
}

void
rtc_mux_get_opus_head (const RtcMuxTrack *track, guint8 head[RTC_MUX_OPUS_HEAD_LEN])
{
  /* Version 1, pre-skip 0, input at 48 kHz, gain 0, mapping family 0. */
  const guint8 plain[RTC_MUX_OPUS_HEAD_LEN] = { 'O', 'p', 'u', 's', 'H', 'e', 'a', 'd', 1,
    (guint8) track->channels, 0, 0, 0x80, 0xBB, 0, 0, 0, 0, 0 };

  memcpy (head, track->config_len > 0 ? track->config : plain, RTC_MUX_OPUS_HEAD_LEN);
}

/* -- Tracks ------------------------------------------------------------------------------------ */

static gboolean
mux_config_is_plausible (const RtcMuxTrack *track)
{
  const guint8 *c = track->config;
  gsize len = c != NULL ? track->config_len : 0;

  if (track->codec == RTC_CODEC_H264)
    return len >= 7 && c[0] == 1;
  if (track->codec == RTC_CODEC_H265)
    return len >= 23 && c[0] == 1;
  if (track->codec == RTC_CODEC_AV1)
    return len >= 4 && c[0] == 0x81;
  if (track->codec == RTC_CODEC_OPUS && len > 0)
    return len == RTC_MUX_OPUS_HEAD_LEN && memcmp (c, "OpusHead", 8) == 0 && c[9] >= 1 && c[9] <= 2
           && c[18] == 0;
  return TRUE;
}

static RtcResult
mux_check_track (RtcMuxContainer container, const RtcMuxTrack *track, GError **error)
{
  const RtcCodecInfo *info = rtc_codec_info (track->codec);

  if (info == NULL || !rtc_mux_supports (container, track->codec))
    return rtc_error (error, RTC_ERR_UNSUPPORTED, "%s cannot be recorded to %s",
        info != NULL ? info->name : "this codec", container == RTC_MUX_FMP4 ? "MP4" : "Matroska");
  if (info->kind == RTC_MEDIA_VIDEO && track->width - 1 >= 65535)
    return rtc_error (
        error, RTC_ERR_LIMIT, "a width of %u pixels cannot be recorded", track->width);
  if (info->kind == RTC_MEDIA_VIDEO && track->height - 1 >= 65535)
    return rtc_error (
        error, RTC_ERR_LIMIT, "a height of %u pixels cannot be recorded", track->height);
  if (info->kind == RTC_MEDIA_AUDIO && track->channels - 1 >= 2)
    return rtc_error (error, RTC_ERR_LIMIT, "%u channels cannot be recorded", track->channels);
  if (track->config_len > MUX_MAX_CONFIG || !mux_config_is_plausible (track))
    return rtc_error (
        error, RTC_ERR_PARSE, "the configuration of %s is missing or damaged", info->name);
  return RTC_OK;
}

static void
mux_add_track (RtcMux *self, const RtcMuxTrack *track)
{
  RtcMuxTrackState *state = &self->tracks[self->n_tracks++];

  state->info = *track;
  state->info.config_len = track->config != NULL ? track->config_len : 0;
  state->info.config = g_memdup2 (track->config, state->info.config_len);
  state->info.name = track->name != NULL ? g_utf8_make_valid (track->name, -1) : NULL;
  state->timescale = self->format->get_timescale (track);
  state->is_video = rtc_codec_info (track->codec)->kind == RTC_MEDIA_VIDEO;
  state->typical = state->timescale / (state->is_video ? 30 : 50);
}

static void
mux_patch_clear (gpointer patch)
{
  g_free ((gpointer) ((RtcMuxPatch *) patch)->data);
}

static void
mux_put_out (RtcMux *self, GByteArray *unit)
{
  self->stats.bytes += unit->len;
  g_queue_push_tail (&self->units, unit);
}

RtcMux *
rtc_mux_new (const RtcMuxConfig *config, const RtcMuxTrack *tracks, guint n_tracks, GError **error)
{
  RtcMux *self;
  GByteArray *header;

  if (n_tracks == 0 || n_tracks > RTC_MUX_MAX_TRACKS) {
    rtc_error (error, RTC_ERR_LIMIT, "%u tracks cannot be recorded to one file", n_tracks);
    return NULL;
  }
  for (guint i = 0; i < n_tracks; i++)
    if (mux_check_track (config->container, &tracks[i], error) != RTC_OK)
      return NULL;
  self = g_new0 (RtcMux, 1);
  self->format = mux_format (config->container);
  self->config = *config;
  self->config.application =
      g_utf8_make_valid (config->application != NULL ? config->application : "", -1);
  self->config.fragment_duration =
      CLAMP (config->fragment_duration, 10 * GST_MSECOND, 5 * GST_SECOND);
  self->config.max_fragment_bytes = CLAMP (config->max_fragment_bytes, 1, 256 * 1024 * 1024);
  self->config.max_cues = config->max_cues == 0 ? 8192 : MAX (config->max_cues, 2);
  for (guint i = 0; i < n_tracks; i++)
    mux_add_track (self, &tracks[i]);
  while (self->cue_track < n_tracks && !self->tracks[self->cue_track].is_video)
    self->cue_track++;
  self->cue_track %= n_tracks;
  self->cue_spacing = self->tracks[self->cue_track].timescale / 2;
  self->begin = G_MAXUINT64;
  self->frames = g_array_new (FALSE, FALSE, sizeof (RtcMuxFrame));
  self->data = g_byte_array_new ();
  self->cues = g_array_new (FALSE, FALSE, sizeof (RtcMuxCue));
  self->patches = g_array_new (FALSE, FALSE, sizeof (RtcMuxPatch));
  g_array_set_clear_func (self->patches, mux_patch_clear);
  g_queue_init (&self->units);
  header = g_byte_array_new ();
  self->format->write_header (self, header);
  mux_put_out (self, header);
  return self;
}

void
rtc_mux_free (RtcMux *self)
{
  if (self == NULL)
    return;
  for (guint i = 0; i < self->n_tracks; i++) {
    g_free ((gpointer) self->tracks[i].info.config);
    g_free ((gpointer) self->tracks[i].info.name);
  }
  g_free ((gpointer) self->config.application);
  g_queue_clear_full (&self->units, (GDestroyNotify) g_byte_array_unref);
  g_array_unref (self->frames);
  g_byte_array_unref (self->data);
  g_array_unref (self->cues);
  g_array_unref (self->patches);
  g_free (self);
}

const gchar *
rtc_mux_get_extension (const RtcMux *self)
{
  if (self->config.container == RTC_MUX_FMP4)
    return "mp4";
  return rtc_webm_is_webm (self) ? "webm" : "mkv";
}

/* -- Fragments --------------------------------------------------------------------------------- */

static RtcMuxFrame *
mux_frame (const RtcMux *self, guint i)
{
  return &g_array_index (self->frames, RtcMuxFrame, i);
}

static guint64
mux_frame_ns (const RtcMux *self, const RtcMuxFrame *frame)
{
  return rtc_mux_to_ns (frame->ts, self->tracks[frame->track].timescale);
}

static gint
mux_compare_frames (gconstpointer a, gconstpointer b, gpointer mux)
{
  guint64 ta = mux_frame_ns (mux, a), tb = mux_frame_ns (mux, b);

  return ta < tb ? -1 : ta > tb;
}

/* Frames from here on (ns) go into the next fragment: those at until and after it, the last frame
 * of a track whose duration is not known unless it is older than keep_from, and all that is later
 * than that. Fragments are in order of time therefore, and a player that meets the end of a file
 * that has been cut has nothing of a whole fragment left to play. */
static guint64
mux_find_boundary (RtcMux *self, guint64 keep_from, guint64 until)
{
  guint64 boundary = until;

  for (guint i = 0; i < self->frames->len && self->format->needs_durations; i++) {
    RtcMuxFrame *frame = mux_frame (self, i);
    guint64 ns = mux_frame_ns (self, frame);

    if (frame->duration != RTC_MUX_UNKNOWN)
      continue;
    if (ns >= keep_from) {
      boundary = MIN (boundary, ns);
    } else {
      frame->duration = self->tracks[frame->track].typical;
      self->stats.estimated++;
    }
  }
  return boundary;
}

/* Takes out the frames of the next fragment. Of a track that is far ahead nothing is kept, or it
 * would have to be kept for long. */
static void
mux_keep_back (RtcMux *self, guint64 boundary, GArray *kept, GByteArray *kept_data)
{
  guint n_left = 0;

  for (guint i = 0; i < self->frames->len; i++) {
    RtcMuxFrame *frame = mux_frame (self, i);
    guint64 ns = mux_frame_ns (self, frame);

    if (ns >= boundary
        && (ns - boundary < self->config.fragment_duration
            || (self->format->needs_durations && frame->duration == RTC_MUX_UNKNOWN))) {
      const guint8 *bytes = self->data->data + frame->offset;

      frame->offset = kept_data->len;
      g_byte_array_append (kept_data, bytes, (guint) frame->len);
      g_array_append_val (kept, *frame);
    } else
      *mux_frame (self, n_left++) = *frame;
  }
  g_array_set_size (self->frames, n_left);
}

/* Puts out the frames that wait, but for those that belong into the next fragment. */
static void
mux_cut (RtcMux *self, guint64 keep_from, guint64 until)
{
  GArray *kept = g_array_new (FALSE, FALSE, sizeof (RtcMuxFrame));
  GByteArray *kept_data = g_byte_array_new (), *unit;
  guint64 boundary = mux_find_boundary (self, keep_from, until);

  mux_keep_back (self, boundary, kept, kept_data);
  if (self->frames->len > 0) {
    g_array_sort_with_data (self->frames, mux_compare_frames, self);
    unit = g_byte_array_sized_new (self->data->len + 16 * self->frames->len + 256);
    self->sequence++;
    self->format->write_fragment (self, mux_frame (self, 0), self->frames->len, unit);
    self->stats.fragments++;
    mux_put_out (self, unit);
  }
  g_array_unref (self->frames);
  self->frames = kept;
  g_byte_array_set_size (self->data, 0);
  g_byte_array_append (self->data, kept_data->data, kept_data->len);
  g_byte_array_unref (kept_data);
  self->begin = G_MAXUINT64;
  for (guint i = 0; i < kept->len; i++)
    self->begin = MIN (self->begin, mux_frame_ns (self, mux_frame (self, i)));
}

/* The frame before the one at ts now knows its duration. */
static void
mux_settle_duration (RtcMux *self, guint track, guint64 ts)
{
  RtcMuxTrackState *state = &self->tracks[track];
  guint64 step = ts - state->last_ts;

  if (step <= state->timescale * MUX_MAX_TYPICAL_SECONDS)
    state->typical = step;
  for (guint i = self->frames->len; i > 0; i--) {
    RtcMuxFrame *frame = mux_frame (self, i - 1);

    if (frame->track != track)
      continue;
    frame->duration = step;
    return;
  }
}

/* Ends the fragment if this frame shall not be in it. */
static void
mux_cut_before (RtcMux *self, const RtcMuxFrame *frame, guint64 ns)
{
  const RtcMuxTrackState *state = &self->tracks[frame->track];
  guint64 longest = self->config.fragment_duration;
  guint64 span = ns > self->begin ? ns - self->begin : 0;

  if (self->frames->len == 0)
    return;
  /* No room, or a step that one frame's duration cannot hold: everything must go. */
  if (self->frames->len >= MUX_MAX_FRAMES
      || self->data->len + frame->len > self->config.max_fragment_bytes
      || (state->used && frame->ts - state->last_ts > G_MAXINT32))
    mux_cut (self, G_MAXUINT64, G_MAXUINT64);
  /* A fragment that begins with a key frame is a better place to seek to. */
  else if (frame->is_key && frame->track == self->cue_track && state->is_video
           && span >= longest / 4)
    mux_cut (self, G_MAXUINT64, ns);
  else if (span > longest)
    mux_cut (self, ns - longest, ns);
}

RtcResult
rtc_mux_add_frame (RtcMux *self, guint track, GstClockTime pts, GstClockTime duration,
    gboolean is_key, const guint8 *data, gsize len)
{
  RtcMuxFrame frame = { track, 0, RTC_MUX_UNKNOWN, is_key, 0, len };
  RtcMuxTrackState *state;
  guint64 ns;
  gsize skip;

  if (self->finished)
    return RTC_ERR_STATE;
  if (track >= self->n_tracks || len == 0 || len > RTC_MUX_MAX_FRAME || pts >= RTC_MUX_MAX_PTS) {
    self->stats.refused++;
    return RTC_ERR_LIMIT;
  }
  state = &self->tracks[track];
  frame.is_key |= !state->is_video;
  skip = rtc_mux_skip_delimiter (state->info.codec, data, len);
  frame.len -= skip;
  frame.ts = rtc_mux_to_ticks (pts, state->timescale);
  if (state->used && frame.ts <= state->last_ts) {
    frame.ts = state->last_ts + 1;
    self->stats.adjusted++;
  }
  if (state->used)
    mux_settle_duration (self, track, frame.ts);
  ns = mux_frame_ns (self, &frame);
  mux_cut_before (self, &frame, ns);
  if (duration < RTC_MUX_MAX_PTS) {
    frame.duration = MAX (rtc_mux_to_ticks (duration, state->timescale), 1);
    if (frame.duration <= state->timescale * MUX_MAX_TYPICAL_SECONDS)
      state->typical = frame.duration;
  }
  frame.offset = self->data->len;
  g_byte_array_append (self->data, data + skip, (guint) frame.len);
  g_array_append_val (self->frames, frame);
  self->begin = MIN (self->begin, ns);
  state->used = TRUE;
  state->last_ts = frame.ts;
  state->end = frame.ts + (frame.duration == RTC_MUX_UNKNOWN ? state->typical : frame.duration);
  self->stats.frames++;
  return RTC_OK;
}

void
rtc_mux_flush (RtcMux *self)
{
  mux_cut (self, G_MAXUINT64, G_MAXUINT64);
}

gboolean
rtc_mux_has_pending (const RtcMux *self)
{
  return self->frames->len > 0;
}

void
rtc_mux_finish (RtcMux *self)
{
  GByteArray *index;

  if (self->finished)
    return;
  rtc_mux_flush (self);
  self->finished = TRUE;
  index = g_byte_array_new ();
  self->format->write_index (self, index);
  if (index->len > 0)
    mux_put_out (self, index);
  else
    g_byte_array_unref (index);
}

GByteArray *
rtc_mux_take (RtcMux *self)
{
  return g_queue_pop_head (&self->units);
}

/* -- What finish needs ------------------------------------------------------------------------- */

void
rtc_mux_add_cue (RtcMux *self, const RtcMuxCue *cue)
{
  if (self->cues->len > 0
      && cue->ts - g_array_index (self->cues, RtcMuxCue, self->cues->len - 1).ts
             < self->cue_spacing)
    return;
  if (self->cues->len >= self->config.max_cues) {
    for (guint i = 0; 2 * i < self->cues->len; i++)
      g_array_index (self->cues, RtcMuxCue, i) = g_array_index (self->cues, RtcMuxCue, 2 * i);
    g_array_set_size (self->cues, (self->cues->len + 1) / 2);
    self->cue_spacing *= 2;
  }
  g_array_append_val (self->cues, *cue);
}

void
rtc_mux_add_patch (RtcMux *self, guint64 offset, const guint8 *data, gsize len)
{
  RtcMuxPatch patch = { offset, g_memdup2 (data, len), len };

  g_array_append_val (self->patches, patch);
}

const RtcMuxPatch *
rtc_mux_get_patches (const RtcMux *self, guint *n_patches)
{
  *n_patches = self->patches->len;
  return (const RtcMuxPatch *) (gconstpointer) self->patches->data;
}

void
rtc_mux_get_stats (const RtcMux *self, RtcMuxStats *out)
{
  *out = self->stats;
  for (guint i = 0; i < self->n_tracks; i++)
    out->duration =
        MAX (out->duration, rtc_mux_to_ns (self->tracks[i].end, self->tracks[i].timescale));
}
