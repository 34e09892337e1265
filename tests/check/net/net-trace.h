/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* net-trace.h - media encoded once, kept as RTP packets and played in a circle by a loop's timers.
 *
 * The picture is 640x360 at 30 frames a second with the number of the frame burned in
 * (tests/check/record/picture-counter.h), the sound a tone of 440 Hz, Opus, 20 ms a packet.
 * Encoders run in net_trace_new() only: playing costs a copy of each packet for all who listen.
 * Numbers and time stamps run on when the trace begins again; the burned-in number then is that of
 * the trace's first frame. */
#pragma once

#include "gst/rtc/loop/rtc-source.h"

G_BEGIN_DECLS

#define NET_TRACE_WIDTH 640
#define NET_TRACE_HEIGHT 360
#define NET_TRACE_FPS 30
#define NET_TRACE_AUDIO_MS 20

typedef struct _NetTrace NetTrace;
typedef struct _NetPlayer NetPlayer;

/* Zero-initialised: VP8, 20 s, 500 kbit/s, a key frame each second. */
typedef struct {
  RtcCodecId video;          /* UNKNOWN: VP8; VP8, VP9 or H264 */
  guint seconds;             /* length; 0: 20 */
  guint kbps;                /* of video; 0: 500 */
  guint key_frame_frames;    /* distance of key frames; 0: 30 */
} NetTraceConfig;

/* Encodes. config (nullable): the defaults. Fails the test when an encoder is missing, so look
 * with net_trace_is_possible() first. Thread: the test's main thread, after gst_init(). */
NetTrace *net_trace_new (const NetTraceConfig *config);
void net_trace_free (NetTrace *self);

/* Whether the elements for that are installed. */
gboolean net_trace_is_possible (RtcCodecId video);

RtcCodecId net_trace_get_video_codec (const NetTrace *self);
guint net_trace_get_n_frames (const NetTrace *self);
guint net_trace_get_n_key_frames (const NetTrace *self);
gsize net_trace_get_video_bytes (const NetTrace *self); /* of RTP packets, whole trace */

/* Plays trace, which must outlive it, on loop's network thread from now on. after_frame (nullable)
 * is called there after each pushed frame. [any] */
NetPlayer *net_player_new (RtcLoop *loop, const NetTrace *trace,
    void (*after_frame) (gpointer data), gpointer data);

/* Stops and returns when nothing runs any more. [A] */
void net_player_free (NetPlayer *self);

/* To attach peers to. Owned by self. */
RtcSource *net_player_get_video (NetPlayer *self);
RtcSource *net_player_get_audio (NetPlayer *self);

typedef struct {
  guint64 frames, packets;   /* of video, played so far */
  GstClockTime max_lag;      /* the latest that a frame was played after its time */
} NetPlayerCounts;

void net_player_get_counts (NetPlayer *self, NetPlayerCounts *out); /* [A], [N] */

G_END_DECLS
