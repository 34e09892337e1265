/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* gstrtcjitterbufferprivate.h - what the files of GstRtcJitterBuffer share. */
#pragma once

#include "gst/media/gstrtccapturetime.h"
#include "gst/media/gstrtcjitterbuffer.h"
#include "gst/media/gstrtclatency.h"
#include "gst/rtc/media/rtc-transit.h"
#include "gst/rtc/rtp/rtc-key-frame.h"

G_BEGIN_DECLS

/* Sequence numbers asked for that are remembered, so that each counts as missing once. */
#define MISSING_RING 512

/* Key frames that are waited for; more are asked for at once. */
#define MAX_WANTED_KEY_FRAMES 8

typedef struct {
  guint64 in, retransmitted; /* packets at the sink pad; retransmissions are not in `in` */
  guint64 out, held, lost;
  guint64 requests, missing, key_frame_requests;
  guint64 excess; /* packets later than the latency */
} Counters;

/* What a sender report says: at ntp the sender's clock of the stream read rtp_ts. */
typedef struct {
  guint clock_rate; /* Hz; 0: none */
  guint32 rtp_ts;
  GstClockTime ntp; /* ns */
} GstRtcReport;

struct _GstRtcJitterBuffer {
  GObject parent;
  GWeakRef element; /* the rtpjitterbuffer, which owns us */
  gulong sync_handler;
  gulong sink_probe, src_probe;

  GMutex lock; /* guards the rest */
  gboolean is_attached;
  GstRtcSyncGroup *sync_group;
  guint sync_id;
  GstRtcReport report, suspect; /* the one that is believed, and one that contradicts it */
  GstClockTime last_sync;       /* when the group was last told */
  GstRtcLatency latency;
  RtcTransit transit;
  GstClockTime excess_in;       /* of what came last: gst_rtc_latency_get_excess() */
  gboolean has_excess;          /* what came out last was not at its own time */
  GstClockTime last_pts;        /* of that */
  guint clock_rate;             /* Hz; 0: not known yet */
  guint min_ms, max_ms;         /* as the application wants it */
  gboolean has_playout_delay;   /* and the sender, within that */
  guint playout_min_ms, playout_max_ms;
  gboolean limits_changed;      /* latency does not know of them yet */
  GstClockTime rtt, jitter;
  GstRtcCaptureTimes capture_times;
  gboolean hold_picture;
  RtcKeyFrameFormat format, format_in; /* of what comes out, and of what goes in */
  gboolean is_video;
  gboolean is_holding, mark_discont;
  gboolean has_key_frame;       /* one has gone in, and nothing is lost of it or behind it */
  guint16 key_frame_seq;        /* where it starts, or long after when that is long ago */
  gboolean has_key_frame_ts;    /* one has gone in, and be it lost by now, ... */
  guint32 key_frame_ts;         /* ... of which the last was of that time */
  gboolean has_start_out;       /* one has begun to come out, ... */
  guint32 start_out_ts;         /* ... the last of that time, ... */
  gboolean is_damaged_out;      /* ... and something is lost since */
  guint16 last_seq_out;         /* once something has come out */
  gboolean has_ssrc;
  guint32 ssrc;
  GstClockTime last_key_frame_request, last_out;
  gboolean owes_request;        /* of a key frame: it was too early for it, and none came since */
  GstSegment segment;           /* of what goes in */
  GstClockTime running_in;      /* running time of what came last; NONE: unknown */
  GstClockTime wanted[MAX_WANTED_KEY_FRAMES]; /* running times from which downstream wants one */
  guint n_wanted;
  GstClockTime key_frame_in;    /* running time at which one went in, or was first missed */
  GstClockTime key_frame_interval; /* 0: any */
  guint64 in_since_out;
  guint16 missing_ring[MISSING_RING];
  guint n_missing;
  Counters counters;
};

/* Emits "request-key-frame"; if it was emitted a moment ago, with a packet that comes later, unless
 * a key frame has come by then. */
void gst_rtc_jitter_buffer_request_key_frame (GstRtcJitterBuffer *self);

/* Emits it; time and counting are the caller's. */
void gst_rtc_jitter_buffer_emit_key_frame (GstRtcJitterBuffer *self);

/* Under the lock: whether it is time for that; if so, it counts as done. */
gboolean gst_rtc_jitter_buffer_want_key_frame (GstRtcJitterBuffer *self, GstClockTime now);

/* Emits "request-retransmission". */
void gst_rtc_jitter_buffer_request_retransmission (GstRtcJitterBuffer *self, guint ssrc,
    guint seqnum);

/* Under the lock: the application's and the sender's limits to the latency. TRUE when that has
 * changed and is to be applied. */
gboolean gst_rtc_jitter_buffer_take_limits (GstRtcJitterBuffer *self);

/* The jitter buffer's own latency; that also posts the latency message. Nothing locked. */
void gst_rtc_jitter_buffer_apply_latency (GstRtcJitterBuffer *self, GstElement *element);

/* Counters of the jitter buffer, which count from its start. */
void gst_rtc_jitter_buffer_read_element (GstElement *element, guint64 *late, guint64 *duplicates,
    guint64 *jitter);

/* Probes of its two pads; data is the GstRtcJitterBuffer. */
GstPadProbeReturn gst_rtc_jitter_buffer_on_sink_data (GstPad *pad, GstPadProbeInfo *info,
    gpointer data);
GstPadProbeReturn gst_rtc_jitter_buffer_on_src_data (GstPad *pad, GstPadProbeInfo *info,
    gpointer data);

/* Its signal "handle-sync". */
void gst_rtc_jitter_buffer_on_handle_sync (GstElement *element, GstStructure *sync,
    GstRtcJitterBuffer *self);

/* Tells the group when what comes out was captured, every now and then. Nothing locked. */
void gst_rtc_jitter_buffer_follow_sync (GstRtcJitterBuffer *self, GstElement *element,
    GstBuffer *buffer, GstClockTime now);

/* Takes group (nullable); leaves the one before. */
void gst_rtc_jitter_buffer_take_sync_group (GstRtcJitterBuffer *self, GstRtcSyncGroup *group);

G_END_DECLS
