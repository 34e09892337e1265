/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* rtc-mux-private.h - between rtc-mux.c, which collects frames, and the writers of the formats.
 *
 * rtc-mux.c decides when a fragment ends and keeps times rising; a format turns what was collected
 * into bytes. Not for users of rtc-mux.h. */
#pragma once

#include "gst/record/rtc-mux.h"

G_BEGIN_DECLS

typedef struct _RtcMuxFormat RtcMuxFormat;

/* RtcMuxFrame: a frame that waits for its fragment. */
typedef struct {
  guint track;
  guint64 ts;       /* ticks of the track's timescale, rising within the track */
  guint64 duration; /* ticks, RTC_MUX_UNKNOWN while not known */
  gboolean is_key;
  gsize offset;     /* in RtcMux.data */
  gsize len;
} RtcMuxFrame;

#define RTC_MUX_UNKNOWN G_MAXUINT64

typedef struct {
  RtcMuxTrack info;   /* config and name are ours */
  guint32 timescale;  /* ticks a second */
  gboolean is_video;
  gboolean used;      /* had a frame */
  guint64 last_ts;    /* of the last frame added */
  guint64 typical;    /* ticks: the last duration that was known, to estimate by */
  guint64 end;        /* ticks: end of what has been put out */
} RtcMuxTrackState;

/* RtcMuxCue: a place to seek to. */
typedef struct {
  guint64 ts;     /* ticks of the cue track */
  guint64 offset; /* of the fragment in the file */
  guint traf;     /* which part of the fragment, from 1; MP4 only */
  guint sample;   /* which frame of that part, from 1; MP4 only */
} RtcMuxCue;

struct _RtcMux {
  const RtcMuxFormat *format;
  RtcMuxConfig config; /* application is ours */
  RtcMuxTrackState tracks[RTC_MUX_MAX_TRACKS];
  guint n_tracks;
  guint cue_track; /* whose frames the index lists: the first video track, else the first */

  GArray *frames;   /* RtcMuxFrame, in order of arrival */
  GByteArray *data; /* of frames */
  guint64 begin;    /* ns: the earliest of frames, G_MAXUINT64 without any */
  GQueue units;     /* GByteArray, to be taken */
  GArray *cues;     /* RtcMuxCue */
  guint64 cue_spacing; /* ticks between two entries, at least */
  GArray *patches;  /* RtcMuxPatch, data ours */
  RtcMuxStats stats;
  gboolean finished;

  /* Places in the header that finish overwrites; the format's. */
  guint64 at_duration;
  guint64 at_seek_head;
  guint64 at_segment;
  guint64 at_tracks;
  guint64 at_info;
  guint64 at_track_durations[RTC_MUX_MAX_TRACKS][2];
  guint32 sequence; /* of the fragment, from 1 */
};

struct _RtcMuxFormat {
  gboolean needs_durations; /* the last frame of a track waits for the next one */
  gboolean (*supports) (RtcCodecId codec);
  guint32 (*get_timescale) (const RtcMuxTrack *track);
  void (*write_header) (RtcMux *mux, GByteArray *out);
  /* frames: what goes into this fragment, > 0, sorted by time, all durations known if
   * needs_durations. stats.bytes is where it begins. */
  void (*write_fragment) (RtcMux *mux, const RtcMuxFrame *frames, guint n_frames, GByteArray *out);
  /* The index, and rtc_mux_add_patch() for what goes elsewhere. */
  void (*write_index) (RtcMux *mux, GByteArray *out);
};

/* Notes that a player may start at a key frame of the cue track; keeps the density bounded. */
void rtc_mux_add_cue (RtcMux *mux, const RtcMuxCue *cue);

/* Notes bytes to be overwritten; data is copied. */
void rtc_mux_add_patch (RtcMux *mux, guint64 offset, const guint8 *data, gsize len);

/* ns to ticks and back, rounded to the nearest; ns < RTC_MUX_MAX_PTS. */
guint64 rtc_mux_to_ticks (guint64 ns, guint32 timescale);
guint64 rtc_mux_to_ns (guint64 ticks, guint32 timescale);

/* Bytes to leave out at the start of a frame: an AV1 temporal delimiter (AV1 in ISOBMFF 2.4, in
 * Matroska 4.4: samples have none). */
gsize rtc_mux_skip_delimiter (RtcCodecId codec, const guint8 *data, gsize len);

/* OpusHead of a track (RFC 7845 5.1): its config or, without one, one with pre-skip 0, in head. */
#define RTC_MUX_OPUS_HEAD_LEN 19
void rtc_mux_get_opus_head (const RtcMuxTrack *track, guint8 head[RTC_MUX_OPUS_HEAD_LEN]);

G_END_DECLS
