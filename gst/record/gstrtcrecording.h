/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* gstrtcrecording.h - one caller's packets, as the network thread sees them, into files.
 *
 * What happens on which thread: push_* copies bytes into an inbox [N]; everything else (order,
 * whole frames, time, container, disk) and all funcs are on one thread of the pool. Nothing is
 * decoded.
 *
 * Files: H264 and H265 with Opus become fragmented MP4, VP8, VP9 and AV1 with Opus (or Opus alone)
 * WebM. The first picture is a key frame and the file begins at 0. A change that a container cannot
 * hold (another codec, a video track that comes late, another size or profile of H264 and H265)
 * starts a further file "NAME-2.EXT" at a key frame; sound goes on without a hole. A call without
 * media leaves no file. Pictures that lost packets, and those after them up to the next key frame,
 * are left out (a gap in time) and a key frame is asked for; holes of Opus are filled with silence.
 *
 * Time: each track's RTP time is mapped onto the sender's clock by its sender reports, before the
 * first one by arrival; docs/design/recording.md tells how, and what fails how.
 *
 * A recording ends once: by finish(), by a limit, or by an error. Then its files are finalised and
 * `finished` is called, exactly once and after all other funcs; pushing afterwards does nothing.
 *
 * Thread: any, unless it says otherwise. Text from callers is only ever data: it goes into file
 * names through rtc_record_safe_name() and into the sidecar as JSON strings. */
#pragma once

#include <gst/gst.h>

#include "gst/record/gstrtcrecordingpool.h"
#include "gst/rtc/base/rtc-packet.h"
#include "gst/rtc/sdp/rtc-codecs.h"

G_BEGIN_DECLS

typedef struct _GstRtcRecording GstRtcRecording;

/* GST_RTC_RECORDING_MAX_TRACKS: further ones are ignored with a warning. The first of each kind
 * is recorded. */
#define GST_RTC_RECORDING_MAX_TRACKS 16

/* GST_RTC_RECORDING_MAX_CODECS: negotiated payload types of a track that are looked at. */
#define GST_RTC_RECORDING_MAX_CODECS 32

/* GST_RTC_RECORDING_MAX_SEGMENTS: files of one recording; a caller who makes for more ends it with
 * the reason "segments". */
#define GST_RTC_RECORDING_MAX_SEGMENTS 100

/* Called on the recording's pool thread, one at a time, never with a lock held; they may call
 * anything but pool_wait_idle() and wait_finished(). Any may be NULL. */
typedef struct {
  /* A file was created: when the first fragment of each segment is about to be written. */
  void (*opened) (gpointer data, const gchar *path);
  /* A key frame would help now. Asked again about once a second while one is lacking; the caller
   * merges this with other requests (gst_rtc_session_request_key_frame()). */
  void (*key_frame_needed) (gpointer data, guint transceiver);
  /* Recording cannot go on (RTC_ERROR): disk full, I/O, no file could be made. At most once. The
   * files are valid up to the last fragment written; `finished` follows. The call stays as it is */
  void (*failed) (gpointer data, const GError *error);
  /* The end, see gst_rtc_recording_finish() for what is in summary (transfer none). */
  void (*finished) (gpointer data, const GstStructure *summary);
} GstRtcRecordingFuncs;

/* Everything is copied by new(). */
typedef struct {
  const gchar *location;   /* template, see gst/record/rtc-record-file.h; NULL: this folder */
  const gchar *session_id; /* ours (nullable) */
  const gchar *caller;     /* name as the caller sent it, any bytes (nullable) */
  GstClockTime latency;    /* how long a lost packet is waited for, 0..10 s */
  GstClockTime fragment;   /* what a kill may cost, 10 ms..5 s */
  GstClockTime start_wait; /* how long the first frame waits for the other negotiated track */
  GstClockTime max_duration; /* of all segments together; NONE: no limit */
  guint64 max_size;        /* bytes of all segments together; 0: no limit */
  guint64 min_free_disk;   /* bytes that stay free on the disk; 0: no limit */
  guint max_dimension;     /* wider or higher pictures are refused, 1..16384 */
  gboolean sidecar;        /* write FILE.json */
  GstRtcRecordingFuncs funcs;
  gpointer data;
  GDestroyNotify destroy;  /* for data, after the last func, on any thread (nullable) */
} GstRtcRecordingConfig;

#define GST_RTC_RECORDING_CONFIG_DEFAULT                                                           \
  {                                                                                                \
    NULL, NULL, NULL, 1500 * GST_MSECOND, 250 * GST_MSECOND, 500 * GST_MSECOND,                    \
        GST_CLOCK_TIME_NONE, 0, 0, 8192, TRUE, { NULL, NULL, NULL, NULL }, NULL, NULL              \
  }

/* One negotiated track that may send to us. */
typedef struct {
  guint transceiver;       /* names it in push_rtp() */
  RtcMediaKind kind;
  guint n_codecs;
  const RtcCodec *codecs;  /* with their payload types; RTX and the like are passed over */
} GstRtcRecordingTrack;

/* The codecs that a recording can take, in order of preference; ended by UNKNOWN: VP8, H264, VP9,
 * H265 (where their depayloaders are installed), AV1; OPUS. What an answer should be limited to.
 * (transfer full): g_free(). */
RtcCodecId *gst_rtc_recording_list_codecs (RtcMediaKind kind);

/* A recording that waits for tracks and packets; pool (nullable: the process-wide one) gets it at
 * once. No file is made before the first fragment. (transfer full) */
GstRtcRecording *gst_rtc_recording_new (GstRtcRecordingPool *pool,
    const GstRtcRecordingConfig *config);

GstRtcRecording *gst_rtc_recording_ref (GstRtcRecording *self);

/* (nullable). The last reference of an unfinished recording ends it with the reason "dropped": the
 * pool still writes what it has. */
void gst_rtc_recording_unref (GstRtcRecording *self);

/* What has been negotiated, instead of what was told before; copied. Call it before the first
 * packet and again after each renegotiation. A payload type that is not in a track's list is not
 * recorded but counted. */
void gst_rtc_recording_set_tracks (GstRtcRecording *self, const GstRtcRecordingTrack *tracks,
    guint n_tracks);

/* A packet of transceiver, decrypted, RTX unwrapped (RTC_PACKET_RETRANSMISSION set), in the order
 * of arrival; packet->time is its arrival, NONE: now. Copies at most RTC_MAX_DATAGRAM bytes under a
 * mutex held for no longer than that; no wake-up, no I/O: for [N]. When the inbox is full (see
 * pool's limits) the packet is dropped and counted, and a key frame is asked for. */
void gst_rtc_recording_push_rtp (GstRtcRecording *self, guint transceiver, guint32 ssrc,
    const RtcPacket *packet);

/* A compound with the peer's sender reports; as push_rtp(). */
void gst_rtc_recording_push_rtcp (GstRtcRecording *self, const RtcPacket *packet);

/* The SSRC said BYE or is gone: what lacks of it is not waited for. As push_rtp(). */
void gst_rtc_recording_end_stream (GstRtcRecording *self, guint transceiver, guint32 ssrc);

/* Ends: takes what was pushed before, gives up what lacks, finalises the files, writes the sidecar,
 * calls `finished`; within 5 s unless the disk itself blocks for longer. reason: a word for the
 * summary ("hang-up", "eos", "stopped", ...), copied. Idempotent; the first reason counts. Returns
 * at once.
 *
 * summary is a GstStructure "webrtc-recording": session-id, peer-id, reason (strings; limits end
 * with "max-duration", "max-size", "min-free-disk", "segments"; an error with "error" and then
 * `error` is its message), location (of the first file, absent when there is none), locations
 * (G_TYPE_STRV, all), sidecar (string, absent when there is none), duration (uint64, ns of media),
 * bytes (uint64), video-frames, audio-frames, key-frames, packets-received, packets-lost,
 * packets-recovered, packets-dropped, gaps, silence (uint64, packets inserted). */
void gst_rtc_recording_finish (GstRtcRecording *self, const gchar *reason);

/* Waits until `finished` has been called, at most for timeout (ns; NONE: for ever); FALSE when it
 * has not been. Not from a func. */
gboolean gst_rtc_recording_wait_finished (GstRtcRecording *self, GstClockTime timeout);

G_END_DECLS
