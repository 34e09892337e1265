/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* recording-analysis.h - plays a recorded file to its end, as fast as it goes, and says what is in
 * it.
 *
 * Decodes with GStreamer's stock demuxers and decoders, so it knows nothing of how the file was
 * written. Reads the numbers burned into the picture (picture-counter.h), flashes below them, and
 * the sound (sound-onsets.h). Blocks the caller; gst_init() must have been called. */
#pragma once

#include <gst/gst.h>

G_BEGIN_DECLS

#define RECORDING_MAX_GAPS 32
#define RECORDING_MIN_PAIRS 3 /* of flashes and beeps, for a median */

typedef struct {
  guint frame; /* index of the decoded frame */
  guint before, after; /* the numbers around the gap or step back */
  GstClockTime time;
} RecordingGap;

typedef struct {
  gchar *error;       /* NULL: read to the end without an error */
  gboolean eos;       /* the end was reached, also after an error that was no more than a warning */
  GstClockTime duration; /* as the container says; GST_CLOCK_TIME_NONE: it does not */

  gchar *container;   /* media type, "video/webm"; NULL: not recognised */
  gchar *video_codec; /* "VP8", "H264", ... or the media type; NULL: no picture */
  gchar *audio_codec; /* "OPUS", ...; NULL: no sound */
  guint width, height;           /* of the first frame */
  guint n_resolutions;           /* how often it changed, plus 1 */
  guint last_width, last_height;

  guint n_samples;    /* video buffers that the demuxer gave */
  guint n_frames;     /* decoded */
  guint n_unreadable; /* frames without a readable number: torn, smeared or not ours */
  gint first_counter, last_counter; /* -1: none was readable */
  guint n_missing;    /* numbers skipped between readable frames */
  guint n_repeated;   /* frames with the number of the one before */
  guint n_backward;   /* frames with an earlier number */
  guint n_key_first;  /* 1 when the first video buffer is a key frame */
  GstClockTime first_video, last_video; /* NONE: no frame */
  GstClockTime longest_video_gap;       /* between two frames */
  guint n_video_backward;               /* frames timed before the one before */

  GstClockTime first_audio, last_audio; /* the latter is the end of the last sample */
  GstClockTime longest_audio_gap;       /* between the end of a buffer and the next one's start */
  gdouble pitch_hz, loud_share;         /* 0: silence */
  guint n_flashes, n_beeps, n_pairs;    /* a pair is a flash with a beep within 500 ms */
  gdouble skew_ms;     /* median of beep minus flash over the pairs; 0 without pairs */
  gdouble skew_max_ms; /* of the pair furthest apart, without its sign */

  RecordingGap gaps[RECORDING_MAX_GAPS]; /* of numbers, the first ones */
  guint n_gaps;                          /* all of them; may be more than the array holds */
} RecordingAnalysis;

/* Analyses the file at path. loop: the numbers run from 0 to loop-1 and begin anew (0: 65536).
 * timeout: gives up, with error set. Never NULL. (transfer full) */
RecordingAnalysis *recording_analysis_new (const gchar *path, guint loop, GstClockTime timeout);
void recording_analysis_free (RecordingAnalysis *self);

/* One JSON object in one line. (transfer full) */
gchar *recording_analysis_to_json (const RecordingAnalysis *self);

G_END_DECLS
