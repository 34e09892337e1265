/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* gstrtcreceiver.h - where the network thread leaves what one session receives: its tracks, each
 * with the branch that takes its packets.
 *
 * A track is a transceiver that the peer sends on. Its packets are held, up to a limit, until the
 * control thread has made a branch for their codec, or has said that nobody wants them; then they
 * go on or are dropped and counted. One SSRC of a track is followed at a time: another one takes
 * over when that one has ended or been silent for a while.
 *
 * Thread: said at each function. One lock, held for moments only, never while pushing. */
#pragma once

#include "gst/media/gstrtcreceivebranch.h"
#include "gst/webrtc/gstrtcsession.h"

G_BEGIN_DECLS

typedef struct _GstRtcReceiver GstRtcReceiver;

/* GST_RTC_RECEIVER_MAX_HELD: packets of a track that wait for its branch; more are dropped. */
#define GST_RTC_RECEIVER_MAX_HELD 1024

/* GST_RTC_RECEIVER_MAX_TRACKS: of a session; a session has no more sections than that. */
#define GST_RTC_RECEIVER_MAX_TRACKS 64

/* GST_RTC_RECEIVER_SILENCE: after it another SSRC takes the track over. */
#define GST_RTC_RECEIVER_SILENCE (500 * GST_MSECOND)

typedef struct {
  guint64 packets;         /* received */
  guint64 dropped_unlinked; /* nobody wanted them */
  guint64 dropped_limit;   /* too many while the branch was made, or downstream blocked */
  guint64 dropped_foreign; /* of another SSRC, or a payload type that was not agreed */
  guint32 ssrc;            /* followed now; 0: none yet */
} GstRtcReceiverStats;

/* Packets of a track wait for a branch for codec; answered by set_branch() or set_unwanted(). Not
 * asked again before that. [N], [C] */
typedef void (*GstRtcReceiverFunc) (GstRtcReceiver *self, guint track, gpointer data);

/* For GstRtcSessionConfig; its receiver is a GstRtcReceiver. */
extern const GstRtcSessionReceiverFuncs gst_rtc_receiver_funcs;

/* data stays until destroy, which runs on any thread. (transfer full) [C] */
GstRtcReceiver *gst_rtc_receiver_new (GstRtcReceiverFunc wanted, gpointer data,
    GDestroyNotify destroy);
GstRtcReceiver *gst_rtc_receiver_ref (GstRtcReceiver *self); /* [any] */
void gst_rtc_receiver_unref (gpointer self);                 /* (nullable) [any] */

/* What was negotiated for the track; n may be 0, then nothing is taken. [C] */
void gst_rtc_receiver_set_codecs (GstRtcReceiver *self, guint track, const RtcCodec *codecs,
    guint n_codecs);

/* The codec of what comes now; FALSE when nothing has come. [any] */
gboolean gst_rtc_receiver_get_codec (GstRtcReceiver *self, guint track, RtcCodec *codec);

/* Packets go to branch from now on, those held first. Takes its own reference. [C] */
void gst_rtc_receiver_set_branch (GstRtcReceiver *self, guint track, GstRtcReceiveBranch *branch);

/* They are dropped from now on. [C] */
void gst_rtc_receiver_set_unwanted (GstRtcReceiver *self, guint track);

/* They are held from now on: a branch is about to be made. [C] */
void gst_rtc_receiver_hold (GstRtcReceiver *self, guint track);

/* Nothing is taken any more. [C] */
void gst_rtc_receiver_end (GstRtcReceiver *self, guint track);

/* Nothing of any track is taken any more. [C] */
void gst_rtc_receiver_close (GstRtcReceiver *self);

void gst_rtc_receiver_get_stats (GstRtcReceiver *self, guint track, GstRtcReceiverStats *out);

G_END_DECLS
