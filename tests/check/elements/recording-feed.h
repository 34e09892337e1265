/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* recording-feed.h - a caller without a network: media of stock encoders as RTP packets, a virtual
 * clock and a link that loses, delays and repeats, into a GstRtcRecording. What its files hold is
 * read by recorded-file.h.
 *
 * Pictures have their number burned in (two rows of 16 blocks, as tests/check/browser does), sound
 * ticks once a second, so what was decoded tells its own time. */
#pragma once

#include <gst/gst.h>

#include "gst/record/gstrtcrecording.h"
#include "gst/rtc/base/rtc-random.h"
#include "tests/check/elements/recorded-file.h"

G_BEGIN_DECLS

#define FEED_FPS 30
#define FEED_VIDEO 0 /* transceivers */
#define FEED_AUDIO 1

/* One packet as it leaves the sender. */
typedef struct {
  guint transceiver;
  GstClockTime time; /* when it is sent, from the start of the call */
  gsize len;
  guint8 data[1500];
} FeedPacket;

/* Pictures number first .. first + n - 1, sent from start on. NULL when an encoder is missing. The
 * array owns FeedPackets. */
GPtrArray *feed_video (RtcCodecId codec, guint width, guint height, guint first, guint n,
    GstClockTime start, guint key_interval);

/* videotestsrc's pattern from now on: "ball" to begin with; "snow" fills any bit rate. */
void feed_set_pattern (const gchar *pattern);

/* n seconds of ticking Opus. */
GPtrArray *feed_audio (guint seconds, GstClockTime start);

/* Rewrites SSRC, and the first sequence number and RTP time; pt as given. */
void feed_number (GPtrArray *packets, guint8 pt, guint32 ssrc, guint16 seq, guint32 rtp_ts);

/* Adds the packets of more, which is freed. */
void feed_append (GPtrArray *packets, GPtrArray *more);

/* By the time they are sent. */
void feed_sort (GPtrArray *packets);

/* n pictures of 320x240, pt 96, and, if audio, as long a sound, pt 111, from time 0, numbered
 * near the wrap of everything. NULL when an encoder is missing. */
GPtrArray *feed_make_call (RtcCodecId codec, guint n, gboolean audio);

/* What is between the sender and the recording. */
typedef struct {
  gdouble loss;              /* 0..1 */
  gdouble duplicates;
  GstClockTime delay;        /* one way */
  GstClockTime jitter;       /* up to this much more, packets overtake each other */
  GstClockTime repair;       /* lost packets come as retransmissions after this; NONE: never */
  GstClockTime report_video; /* first sender report, then each second; NONE: none */
  GstClockTime report_audio; /* first one, then each five seconds */
  GstClockTime audio_delay;  /* what the sender's sound path adds: sent later than captured */
  guint seed;
  gboolean real_time;        /* packets get times of the real clock; the pool has threads */
} FeedLink;

#define FEED_LINK_CLEAN                                                                            \
  {                                                                                                \
    0, 0, 20 * GST_MSECOND, 0, GST_CLOCK_TIME_NONE, 200 * GST_MSECOND, 2500 * GST_MSECOND, 0, 1,   \
        FALSE                                                                                      \
  }

/* A recording in a folder of its own, with what its funcs told. */
typedef struct {
  gchar *folder;
  GstRtcRecordingPool *pool;
  GstRtcRecording *recording;
  guint opened, failed, finished, key_requests; /* atomic */
  gchar *error;
  GstStructure *summary;
  void (*opened_hook) (gpointer call, const gchar *path); /* set before the first packet */
} FeedCall;

/* config: what differs from the default; location, funcs and data are set here. */
void feed_call_init (FeedCall *self, GstRtcRecordingPool *pool, GstRtcRecordingConfig *config);
void feed_call_clear (FeedCall *self); /* removes the folder */

/* Both kinds, or one: codecs of the video track in order, pt 96 and up; Opus 111 when audio. */
void feed_call_set_tracks (FeedCall *self, const RtcCodecId *video, guint n_video, gboolean audio);

/* Sends all packets over the link, stepping the pool, and then finishes. Returns the end. */
void feed_call_run (FeedCall *self, GPtrArray *packets, const FeedLink *link);

/* Pushes packets from..to - 1 without a link; base: when the call began. */
void feed_call_push (FeedCall *self, GPtrArray *packets, guint from, guint to, GstClockTime base);

/* Paths of the recording's files, from the summary. (transfer none) */
const gchar *const *feed_call_get_files (const FeedCall *self);

/* The sidecar's text. (transfer full) */
gchar *feed_call_read_sidecar (const FeedCall *self);

guint64 feed_call_get (const FeedCall *self, const gchar *field);

G_END_DECLS
