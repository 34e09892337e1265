/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "gst/record/rtc-webm.h"

#include <string.h>

#include "gst/record/rtc-ebml.h"

/* Element IDs, RFC 8794 11.2 and RFC 9559 5.1. */
#define ID_EBML 0x1A45DFA3
#define ID_EBML_VERSION 0x4286
#define ID_EBML_READ_VERSION 0x42F7
#define ID_EBML_MAX_ID_LENGTH 0x42F2
#define ID_EBML_MAX_SIZE_LENGTH 0x42F3
#define ID_DOC_TYPE 0x4282
#define ID_DOC_TYPE_VERSION 0x4287
#define ID_DOC_TYPE_READ_VERSION 0x4285
#define ID_SEGMENT 0x18538067
#define ID_SEEK_HEAD 0x114D9B74
#define ID_SEEK 0x4DBB
#define ID_SEEK_ID 0x53AB
#define ID_SEEK_POSITION 0x53AC
#define ID_INFO 0x1549A966
#define ID_TIMESTAMP_SCALE 0x2AD7B1
#define ID_DURATION 0x4489
#define ID_DATE_UTC 0x4461
#define ID_MUXING_APP 0x4D80
#define ID_WRITING_APP 0x5741
#define ID_TRACKS 0x1654AE6B
#define ID_TRACK_ENTRY 0xAE
#define ID_TRACK_NUMBER 0xD7
#define ID_TRACK_UID 0x73C5
#define ID_TRACK_TYPE 0x83
#define ID_FLAG_LACING 0x9C
#define ID_NAME 0x536E
#define ID_LANGUAGE 0x22B59C
#define ID_CODEC_ID 0x86
#define ID_CODEC_PRIVATE 0x63A2
#define ID_CODEC_DELAY 0x56AA
#define ID_SEEK_PRE_ROLL 0x56BB
#define ID_VIDEO 0xE0
#define ID_PIXEL_WIDTH 0xB0
#define ID_PIXEL_HEIGHT 0xBA
#define ID_AUDIO 0xE1
#define ID_SAMPLING_FREQUENCY 0xB5
#define ID_CHANNELS 0x9F
#define ID_CLUSTER 0x1F43B675
#define ID_TIMESTAMP 0xE7
#define ID_SIMPLE_BLOCK 0xA3
#define ID_CUES 0x1C53BB6B
#define ID_CUE_POINT 0xBB
#define ID_CUE_TIME 0xB3
#define ID_CUE_TRACK_POSITIONS 0xB7
#define ID_CUE_TRACK 0xF7
#define ID_CUE_CLUSTER_POSITION 0xF1

/* WEBM_SEEK_HEAD_ROOM: bytes kept for a SeekHead with three entries. */
#define WEBM_SEEK_HEAD_ROOM 100

/* WEBM_DURATION_LEN: ID, size and eight bytes of float. */
#define WEBM_DURATION_LEN 11

/* Seconds from 1970 to 2001, where DateUTC begins. */
#define WEBM_EPOCH G_GINT64_CONSTANT (978307200)

static const struct {
  RtcCodecId codec;
  const gchar *id;
  gboolean is_webm;
} webm_codecs[] = {
  { RTC_CODEC_VP8, "V_VP8", TRUE },
  { RTC_CODEC_VP9, "V_VP9", TRUE },
  { RTC_CODEC_AV1, "V_AV1", TRUE },
  { RTC_CODEC_OPUS, "A_OPUS", TRUE },
  { RTC_CODEC_H264, "V_MPEG4/ISO/AVC", FALSE },
  { RTC_CODEC_H265, "V_MPEGH/ISO/HEVC", FALSE },
};

static gint
webm_find_codec (RtcCodecId codec)
{
  for (guint i = 0; i < G_N_ELEMENTS (webm_codecs); i++)
    if (webm_codecs[i].codec == codec)
      return (gint) i;
  return -1;
}

static gboolean
webm_supports (RtcCodecId codec)
{
  return webm_find_codec (codec) >= 0;
}

static guint32
webm_get_timescale (const RtcMuxTrack *track)
{
  return 1000;
}

gboolean
rtc_webm_is_webm (const RtcMux *mux)
{
  for (guint i = 0; i < mux->n_tracks; i++)
    if (!webm_codecs[webm_find_codec (mux->tracks[i].info.codec)].is_webm)
      return FALSE;
  return TRUE;
}

/* -- Header ------------------------------------------------------------------------------------ */

static void
webm_write_ebml_header (const RtcMux *mux, GByteArray *out)
{
  gsize ebml = rtc_ebml_begin (out, ID_EBML);

  rtc_ebml_uint (out, ID_EBML_VERSION, 1);
  rtc_ebml_uint (out, ID_EBML_READ_VERSION, 1);
  rtc_ebml_uint (out, ID_EBML_MAX_ID_LENGTH, 4);
  rtc_ebml_uint (out, ID_EBML_MAX_SIZE_LENGTH, 8);
  rtc_ebml_string (out, ID_DOC_TYPE, rtc_webm_is_webm (mux) ? "webm" : "matroska");
  rtc_ebml_uint (out, ID_DOC_TYPE_VERSION, 4);
  rtc_ebml_uint (out, ID_DOC_TYPE_READ_VERSION, 2);
  rtc_ebml_end (out, ebml);
}

static void
webm_write_info (RtcMux *mux, GByteArray *out)
{
  gsize info = rtc_ebml_begin (out, ID_INFO);
  gint64 date = CLAMP (mux->config.creation_time - WEBM_EPOCH, 0, G_MAXINT32);

  rtc_ebml_uint (out, ID_TIMESTAMP_SCALE, GST_MSECOND);
  rtc_ebml_string (out, ID_MUXING_APP, "gst-plugins-rtc");
  rtc_ebml_string (out, ID_WRITING_APP, mux->config.application);
  rtc_ebml_date (out, ID_DATE_UTC, date * (gint64) GST_SECOND);
  mux->at_duration = out->len;
  rtc_ebml_void (out, WEBM_DURATION_LEN);
  rtc_ebml_end (out, info);
}

static void
webm_write_codec_private (const RtcMuxTrack *track, GByteArray *out)
{
  guint8 head[RTC_MUX_OPUS_HEAD_LEN];

  if (track->codec == RTC_CODEC_OPUS) {
    guint pre_skip;

    rtc_mux_get_opus_head (track, head);
    pre_skip = head[10] | head[11] << 8;
    rtc_ebml_binary (out, ID_CODEC_PRIVATE, head, sizeof head);
    rtc_ebml_uint (out, ID_CODEC_DELAY, rtc_mux_to_ns (pre_skip, 48000));
    rtc_ebml_uint (out, ID_SEEK_PRE_ROLL, 80 * GST_MSECOND);
  } else if (track->config_len > 0)
    rtc_ebml_binary (out, ID_CODEC_PRIVATE, track->config, track->config_len);
}

static void
webm_write_track (const RtcMux *mux, guint i, GByteArray *out)
{
  const RtcMuxTrackState *state = &mux->tracks[i];
  gsize entry = rtc_ebml_begin (out, ID_TRACK_ENTRY), kind;

  rtc_ebml_uint (out, ID_TRACK_NUMBER, i + 1);
  rtc_ebml_uint (out, ID_TRACK_UID, i + 1);
  rtc_ebml_uint (out, ID_TRACK_TYPE, state->is_video ? 1 : 2);
  rtc_ebml_uint (out, ID_FLAG_LACING, 0);
  rtc_ebml_string (out, ID_LANGUAGE, "und");
  if (state->info.name != NULL)
    rtc_ebml_string (out, ID_NAME, state->info.name);
  rtc_ebml_string (out, ID_CODEC_ID, webm_codecs[webm_find_codec (state->info.codec)].id);
  webm_write_codec_private (&state->info, out);
  if (state->is_video) {
    kind = rtc_ebml_begin (out, ID_VIDEO);
    rtc_ebml_uint (out, ID_PIXEL_WIDTH, state->info.width);
    rtc_ebml_uint (out, ID_PIXEL_HEIGHT, state->info.height);
  } else {
    kind = rtc_ebml_begin (out, ID_AUDIO);
    rtc_ebml_float (out, ID_SAMPLING_FREQUENCY, 48000);
    rtc_ebml_uint (out, ID_CHANNELS, state->info.channels);
  }
  rtc_ebml_end (out, kind);
  rtc_ebml_end (out, entry);
}

static void
webm_write_header (RtcMux *mux, GByteArray *out)
{
  gsize tracks;

  webm_write_ebml_header (mux, out);
  rtc_ebml_id (out, ID_SEGMENT);
  rtc_ebml_size8 (out, RTC_EBML_UNKNOWN_SIZE);
  mux->at_segment = out->len;
  mux->at_seek_head = out->len;
  rtc_ebml_void (out, WEBM_SEEK_HEAD_ROOM);
  mux->at_info = out->len;
  webm_write_info (mux, out);
  mux->at_tracks = out->len;
  tracks = rtc_ebml_begin (out, ID_TRACKS);
  for (guint i = 0; i < mux->n_tracks; i++)
    webm_write_track (mux, i, out);
  rtc_ebml_end (out, tracks);
}

/* -- Clusters ---------------------------------------------------------------------------------- */

static void
webm_write_block (const RtcMux *mux, const RtcMuxFrame *frame, guint64 base, GByteArray *out)
{
  gint16 relative = (gint16) (frame->ts - base);
  guint8 header[4] = { (guint8) (0x80 | (frame->track + 1)), (guint8) (relative >> 8),
    (guint8) relative, (guint8) (frame->is_key ? 0x80 : 0) };

  rtc_ebml_id (out, ID_SIMPLE_BLOCK);
  rtc_ebml_size (out, sizeof header + frame->len);
  g_byte_array_append (out, header, sizeof header);
  g_byte_array_append (out, mux->data->data + frame->offset, (guint) frame->len);
}

/* Frames are sorted. Times that are too far apart for the 16 bits of a block get a Cluster of their
 * own; that only happens when tracks disagree by more than half a minute. */
static void
webm_write_fragment (RtcMux *mux, const RtcMuxFrame *frames, guint n_frames, GByteArray *out)
{
  guint i = 0;
  gboolean has_cue = FALSE;

  while (i < n_frames) {
    guint64 base = frames[i].ts;
    guint64 offset = mux->stats.bytes + out->len;
    gsize cluster = rtc_ebml_begin (out, ID_CLUSTER);

    rtc_ebml_uint (out, ID_TIMESTAMP, base);
    for (; i < n_frames && frames[i].ts - base <= G_MAXINT16; i++) {
      if (frames[i].track == mux->cue_track && frames[i].is_key && !has_cue) {
        RtcMuxCue cue = { frames[i].ts, offset, 0, 0 };

        rtc_mux_add_cue (mux, &cue);
        has_cue = TRUE;
      }
      webm_write_block (mux, &frames[i], base, out);
    }
    rtc_ebml_end (out, cluster);
  }
}

/* -- Index ------------------------------------------------------------------------------------- */

static void
webm_write_seek (GByteArray *out, guint32 id, guint64 position)
{
  gsize seek = rtc_ebml_begin (out, ID_SEEK);
  guint8 bytes[4] = { (guint8) (id >> 24), (guint8) (id >> 16), (guint8) (id >> 8), (guint8) id };

  rtc_ebml_binary (out, ID_SEEK_ID, bytes, sizeof bytes);
  rtc_ebml_uint (out, ID_SEEK_POSITION, position);
  rtc_ebml_end (out, seek);
}

static void
webm_patch_seek_head (RtcMux *mux, guint64 cues_at)
{
  GByteArray *bytes = g_byte_array_new ();
  gsize head = rtc_ebml_begin (bytes, ID_SEEK_HEAD);

  webm_write_seek (bytes, ID_INFO, mux->at_info - mux->at_segment);
  webm_write_seek (bytes, ID_TRACKS, mux->at_tracks - mux->at_segment);
  if (mux->cues->len > 0)
    webm_write_seek (bytes, ID_CUES, cues_at - mux->at_segment);
  rtc_ebml_end (bytes, head);
  rtc_ebml_void (bytes, WEBM_SEEK_HEAD_ROOM - bytes->len);
  rtc_mux_add_patch (mux, mux->at_seek_head, bytes->data, bytes->len);
  g_byte_array_unref (bytes);
}

static void
webm_write_cues (const RtcMux *mux, GByteArray *out)
{
  gsize cues = rtc_ebml_begin (out, ID_CUES);

  for (guint i = 0; i < mux->cues->len; i++) {
    const RtcMuxCue *cue = &g_array_index (mux->cues, RtcMuxCue, i);
    gsize point = rtc_ebml_begin (out, ID_CUE_POINT), positions;

    rtc_ebml_uint (out, ID_CUE_TIME, cue->ts);
    positions = rtc_ebml_begin (out, ID_CUE_TRACK_POSITIONS);
    rtc_ebml_uint (out, ID_CUE_TRACK, mux->cue_track + 1);
    rtc_ebml_uint (out, ID_CUE_CLUSTER_POSITION, cue->offset - mux->at_segment);
    rtc_ebml_end (out, positions);
    rtc_ebml_end (out, point);
  }
  rtc_ebml_end (out, cues);
}

static void
webm_write_index (RtcMux *mux, GByteArray *out)
{
  GByteArray *bytes = g_byte_array_new ();
  guint64 cues_at = mux->stats.bytes;
  RtcMuxStats stats;

  if (mux->cues->len > 0)
    webm_write_cues (mux, out);
  webm_patch_seek_head (mux, cues_at);
  rtc_mux_get_stats (mux, &stats);
  rtc_ebml_float (bytes, ID_DURATION, (gdouble) stats.duration / GST_MSECOND);
  rtc_mux_add_patch (mux, mux->at_duration, bytes->data, bytes->len);
  g_byte_array_set_size (bytes, 0);
  rtc_ebml_size8 (bytes, mux->stats.bytes + out->len - mux->at_segment);
  rtc_mux_add_patch (mux, mux->at_segment - 8, bytes->data, bytes->len);
  g_byte_array_unref (bytes);
}

const RtcMuxFormat rtc_webm_format = {
  FALSE,
  webm_supports,
  webm_get_timescale,
  webm_write_header,
  webm_write_fragment,
  webm_write_index,
};
