/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* gstrtcrecordingprivate.h - what the files of a recording share: gstrtcrecording.c (its door),
 * gstrtcrecordingtrack.c (packets to timed frames), gstrtcrecordingwrite.c (frames to files),
 * gstrtcrecordingsidecar.c, and the pool that turns it all.
 *
 * Everything but what is marked [L] belongs to the recording's pool thread. */
#pragma once

#include "gst/record/gstrtcframes.h"
#include "gst/record/gstrtcrecording.h"
#include "gst/record/rtc-mux.h"
#include "gst/record/rtc-record-clock.h"
#include "gst/record/rtc-record-file.h"
#include "gst/rtc/base/rtc-log.h"
#include "gst/rtc/media/rtc-reorder.h"

G_BEGIN_DECLS

/* Bounds of what the sidecar lists. */
#define GST_RTC_RECORDING_MAX_GAPS 256
#define GST_RTC_RECORDING_MAX_SIZES 64

/* GST_RTC_RECORDING_TURN: how long a frame waits for an earlier one of the other track when nothing
 * says that one is under way, ns. */
#define GST_RTC_RECORDING_TURN (120 * GST_MSECOND)

/* GST_RTC_RECORDING_KEY_WAIT: how long sound waits for the first key frame of pictures, ns. */
#define GST_RTC_RECORDING_KEY_WAIT (3 * GST_SECOND)

/* GST_RTC_RECORDING_FOREVER: added to now, nothing is worth waiting for any longer. */
#define GST_RTC_RECORDING_FOREVER (3600 * GST_SECOND)

/* GST_RTC_RECORDING_QUEUE_MAX: most bytes of frames of a track that wait for their turn. */
#define GST_RTC_RECORDING_QUEUE_MAX (16 * 1024 * 1024)

typedef enum {
  GST_RTC_RECORDING_AUDIO,
  GST_RTC_RECORDING_VIDEO,
  GST_RTC_RECORDING_KINDS,
} GstRtcRecordingKind;

/* A frame that waits for its turn: a copy. */
typedef struct {
  GList link;
  RtcCodecId codec;
  guint32 ssrc, rtp_ts;
  guint16 seq;
  GstClockTime arrival;
  gboolean is_key;
  gboolean timed;    /* time is set */
  gint64 time;       /* on the clock's line */
  GstClockTime duration; /* Opus; else NONE */
  guint width, height, profile, channels;
  GBytes *config;    /* key frames: shared with others of the same (nullable) */
  guint64 lost;      /* packets that lacked before it */
  gsize len;
  guint8 data[];
} GstRtcRecordingFrame;

typedef struct {
  GstClockTime at;       /* from the start of the recording */
  GstClockTime duration;
  guint64 packets;       /* 0: nothing was lost, it was a pause, or a repair too late */
} GstRtcRecordingGap;

typedef struct {
  guint width, height;
} GstRtcRecordingSize;

/* For the sidecar and the summary. */
typedef struct {
  guint64 packets, bytes;    /* taken out of the inbox */
  guint64 retransmissions;   /* of these, came as such */
  guint64 unknown_codec;     /* payload type that is not ours to record */
  guint64 malformed;
  guint64 frames, key_frames; /* written */
  guint64 unplaced;          /* frames before the start, or too late for their place */
  guint64 silence;           /* packets inserted */
  guint64 n_gaps;            /* all, also those not listed */
  GArray *gaps;              /* GstRtcRecordingGap */
  GArray *sizes;             /* GstRtcRecordingSize */
  guint codecs;              /* bits 1 << RtcCodecId of those written */
} GstRtcRecordingTrackStats;

typedef struct {
  GstRtcRecording *recording;
  GstRtcRecordingKind kind;
  gboolean negotiated;
  guint transceiver;
  guint n_codecs;
  RtcCodec codecs[GST_RTC_RECORDING_MAX_CODECS];

  RtcReorder *reorder;
  GstRtcFrames *frames[RTC_CODEC_N_IDS]; /* made when first needed */
  RtcCodecId codec;          /* of the packets that come; UNKNOWN before the first */
  RtcCodecId frame_codec;    /* of what is being unpacked */
  GBytes *config;            /* of the last key frame (nullable) */
  guint64 lost;              /* since the last frame */
  GQueue queue;              /* GstRtcRecordingFrame, by link */
  gsize queue_bytes;
  GstClockTime first_arrival; /* NONE: nothing came yet */
  GstClockTime last_request; /* of a key frame; NONE: never */
  gboolean wants_key_frame;

  /* What the segment has of it. */
  gint mux_track;            /* -1: not in this segment */
  gint64 end;                /* end of what was written, on the clock's line */
  gint64 last_time;          /* of the frame written last */
  GstRtcRecordingTrackStats stats;
} GstRtcRecordingTrackState;

/* One file of the recording, for the sidecar. */
typedef struct {
  gchar *path;
  guint64 bytes;
  GstClockTime start; /* in the recording */
  GstClockTime duration;
} GstRtcRecordingSegment;

typedef enum {
  GST_RTC_RECORDING_WAITING,  /* nothing written yet */
  GST_RTC_RECORDING_RUNNING,
  GST_RTC_RECORDING_ENDING,   /* by finish or a limit: what is there is still written */
  GST_RTC_RECORDING_FINISHED, /* finished() was called */
} GstRtcRecordingState;

/* The inbox's buffer: records one after the other, see gstrtcrecording.c. */
typedef struct {
  guint8 *data;
  gsize len, size;
} GstRtcRecordingBytes;

struct _GstRtcRecording {
  gint refs;                 /* of the structure: users' one and the pool's */
  gint users;                /* references given out */
  GstRtcRecordingPool *pool;
  GstRtcRecordingConfig config;
  GstClockTime created;      /* first tick, pool's clock; NONE before */
  gint64 created_wall;       /* us since 1970 */

  GMutex lock;
  GCond cond;
  GstRtcRecordingBytes inbox; /* [L] */
  guint64 inbox_drops;       /* [L] packets */
  gboolean inbox_overflow;   /* [L] since the last tick */
  GArray *new_tracks;        /* [L] NewTrack; NULL: none */
  gboolean finish_asked;     /* [L] */
  gchar *reason;             /* [L]; the first one */
  gboolean finished;         /* [L] cond tells */

  GstRtcRecordingBytes outbox; /* what the tick works on */
  GstRtcRecordingState state;
  GError *error;             /* what ended it */
  RtcRecordClock *clock;
  GstRtcRecordingTrackState tracks[GST_RTC_RECORDING_KINDS];
  RtcLogLimit warnings;

  RtcMux *mux;               /* of the segment; NULL: none open */
  RtcRecordFile *file;       /* of the segment; NULL before its first fragment */
  GByteArray *head;          /* of the segment, until then */
  RtcRecordFile *first_file; /* of the first one, the others are beside it; may be file */
  gboolean broken;           /* the file took no more: no index, no patches */
  RtcCodecId segment_codec;  /* video's; UNKNOWN: none */
  guint segment_width, segment_height, segment_profile;
  gint64 segment_start;      /* on the clock's line */
  gint64 origin;             /* of the first segment */
  gint64 end;                /* of all that was written */
  GstClockTime pending_since; /* frames wait in the mux since; NONE */
  GstClockTime next_disk_check;
  guint64 bytes;             /* in finished segments and this one */
  gsize largest_unit;
  guint64 n_units;
  GArray *segments;          /* GstRtcRecordingSegment */
  gchar *sidecar_path;       /* NULL: none was made */
};

/* gstrtcrecording.c: for the pool. One tick at now; FALSE when the recording has finished and
 * is to be forgotten. */
gboolean gst_rtc_recording_tick (GstRtcRecording *self, GstClockTime now);
void gst_rtc_recording_unref_internal (GstRtcRecording *self);

/* gstrtcrecordingpool.c: for the door. Room of bytes more in the inboxes' total, FALSE when it
 * would be too much; give back what was reserved. */
gboolean gst_rtc_recording_pool_reserve (GstRtcRecordingPool *pool, gsize bytes);
void gst_rtc_recording_pool_release (GstRtcRecordingPool *pool, gsize bytes);
void gst_rtc_recording_pool_add (GstRtcRecordingPool *pool, GstRtcRecording *recording);
/* One of the pool's recordings was told to finish, or ends by itself: once for each. */
void gst_rtc_recording_pool_note_finishing (GstRtcRecordingPool *pool);

/* gstrtcrecordingtrack.c */
void gst_rtc_recording_track_init (GstRtcRecordingTrackState *track, GstRtcRecording *recording,
    GstRtcRecordingKind kind);
void gst_rtc_recording_track_clear (GstRtcRecordingTrackState *track);
/* A packet out of the inbox, bytes as received. */
void gst_rtc_recording_track_take (GstRtcRecordingTrackState *track, const guint8 *data, gsize len,
    GstClockTime arrival, gboolean is_retransmission);
/* Gaps that are given up by now, then times for the frames that have none. */
void gst_rtc_recording_track_advance (GstRtcRecordingTrackState *track, GstClockTime now);
/* What lacks is given up now. */
void gst_rtc_recording_track_flush (GstRtcRecordingTrackState *track, GstClockTime now);
/* The next frame in order if its time is known; NULL otherwise. pop: it is the caller's, free it
 * with frame_free(). */
GstRtcRecordingFrame *gst_rtc_recording_track_peek (GstRtcRecordingTrackState *track);
GstRtcRecordingFrame *gst_rtc_recording_track_pop (GstRtcRecordingTrackState *track);
void gst_rtc_recording_frame_free (GstRtcRecordingFrame *frame);
/* Whether something earlier than what is queued may still come out: a hole that is waited for, a
 * frame that is not whole, a time in doubt. */
gboolean gst_rtc_recording_track_is_busy (const GstRtcRecordingTrackState *track);
/* Frames that came and are not in a file: incomplete, held back, refused, without a place. */
guint64 gst_rtc_recording_track_count_left_out (const GstRtcRecordingTrackState *track);
/* Whether sound that can be recorded is negotiated. */
gboolean gst_rtc_recording_track_has_opus (const GstRtcRecordingTrackState *track);
/* Asks for a key frame, at most once a second. */
void gst_rtc_recording_track_request_key_frame (GstRtcRecordingTrackState *track,
    GstClockTime now);

/* gstrtcrecordingwrite.c */
/* Writes what is due at now; all: everything. */
void gst_rtc_recording_write (GstRtcRecording *self, GstClockTime now, gboolean all);
/* Finalises the open segment. */
void gst_rtc_recording_close_segment (GstRtcRecording *self);
/* Ends by a limit or an error (takes error, nullable). */
void gst_rtc_recording_end (GstRtcRecording *self, const gchar *reason, GError *error);

/* gstrtcrecordingsidecar.c */
void gst_rtc_recording_write_sidecar (GstRtcRecording *self, gboolean is_end);
/* (transfer full) */
GstStructure *gst_rtc_recording_make_summary (GstRtcRecording *self);

G_END_DECLS
