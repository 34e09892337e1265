/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* rtc-source.h - a media source's way from its streaming thread [S] to all peers on [N].
 *
 * [S] pushes RTP packets into a bounded ring and says when a batch is complete; [N] takes at
 * most RTC_SOURCE_BUDGET of them a round into the source's fan-out and then turns every attached
 * peer once. [S] never waits: when the ring is full, video is dropped up to the next key frame
 * (which is asked for) and audio packet by packet.
 *
 * Thread: said at each function. The object is reference-counted, references from any thread. */
#pragma once

#include "gst/rtc/loop/rtc-loop.h"
#include "gst/rtc/peer/rtc-fanout.h"

G_BEGIN_DECLS

typedef struct _RtcSource RtcSource;

/* RTC_SOURCE_BUDGET: packets taken from one ring in one round. */
#define RTC_SOURCE_BUDGET 64

/* RTC_SOURCE_RING: packets a ring holds unless told otherwise: two key frames of a megabyte at
 * RTC_PAYLOADER_MTU would be twice as much, half a second at 20 Mbit/s is it. */
#define RTC_SOURCE_RING 1024

typedef struct {
  RtcFanoutConfig fanout; /* copied */
  guint ring_packets;     /* 0: RTC_SOURCE_RING; rounded up to a power of two */
} RtcSourceConfig;

typedef struct {
  guint64 pushed;         /* packets that got into the ring */
  guint64 dropped;        /* refused: full, or waiting for a key frame; packets */
  guint64 overruns;       /* times that dropping began as the ring was full */
  guint64 batches;        /* rounds in which [N] took something */
  guint64 key_frame_requests; /* key-frame callbacks posted */
  guint ring_length;      /* now */
} RtcSourceStats;

/* The encoder is to make a key frame: on [C], never twice at once. */
typedef void (*RtcSourceKeyFrameFunc) (gpointer data);

/* Holds a reference to loop. destroy (nullable) runs on data, on [C], after the last callback.
 * (transfer full) [any] */
RtcSource *rtc_source_new (RtcLoop *loop, const RtcSourceConfig *config,
    RtcSourceKeyFrameFunc key_frame, gpointer data, GDestroyNotify destroy);

RtcSource *rtc_source_ref (RtcSource *self); /* [any] */

/* (nullable) [any]; the last one lets [N] take everything down. */
void rtc_source_unref (RtcSource *self);

/* Takes over packet: one RTP packet made without a pool, time and KEY_FRAME_START flag set as
 * rtc_fanout_push_many() wants them. FALSE when it was dropped. Never blocks, makes no system call.
 * [S], one thread at a time */
gboolean rtc_source_push (RtcSource *self, RtcPacket *packet);

/* What was to be pushed next is lost for good: of video nothing more is taken up to the next key
 * frame, which is asked for. [S] */
void rtc_source_push_loss (RtcSource *self);

/* The batch (a buffer list, a frame) is complete: wakes [N]. [S] */
void rtc_source_push_end (RtcSource *self);

/* Valid with self. [N] */
RtcFanout *rtc_source_get_fanout (RtcSource *self);

/* rtc_peer_attach() of peer's transceiver to this source's fan-out, and a turn of that peer
 * after every batch for as long as it stays attached: to go over to another source just attach
 * that. Result as rtc_peer_attach(); turn the peer afterwards. [N] */
RtcResult rtc_source_attach (RtcSource *self, RtcPeer *peer, guint transceiver);

/* The same with rtc_peer_attach_next(): it goes over to this source at its next key frame. What it
 * is attached to now must not be detached meanwhile. [N] */
RtcResult rtc_source_attach_next (RtcSource *self, RtcPeer *peer, guint transceiver,
    gboolean hurry);

/* Stops sending this source's packets on the transceiver; another source's go on. Not needed
 * before the peer is removed. [N] */
void rtc_source_detach (RtcSource *self, RtcPeer *peer, guint transceiver);

void rtc_source_get_stats (RtcSource *self, RtcSourceStats *out); /* [any] */

G_END_DECLS
