/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* sim-world.h - a sender with one picture and one tone, and viewers of it, on a virtual clock.
 *
 * Each call is two real RtcPeers on fake backends (fake-ice.h, ...) joined by a SimNet of its
 * own. sim_world_run() always does the earliest of: a packet arrives, a deadline comes, a frame is
 * captured. Nothing waits, nothing reads a clock: equal seeds give equal traces. */
#pragma once

#include "fake-dtls.h"
#include "fake-ice.h"
#include "fake-sctp.h"
#include "fake-srtp.h"
#include "gst/rtc/peer/rtc-peer-stats.h"
#include "gst/rtc/peer/rtc-peer.h"
#include "sim-encoding.h"
#include "sim-munge.h"
#include "sim-net.h"
#include "sim-viewer.h"

G_BEGIN_DECLS

typedef struct _SimWorld SimWorld;
typedef struct _SimCall SimCall;

struct _SimCall {
  SimWorld *world;
  SimNet *net;
  GString *trace;              /* (nullable) */
  RtcRandom *random;
  FakeIceFactory ice[2];       /* [0] is the sender's end, A */
  FakeDtlsFactory dtls[2];
  FakeSrtpFactory srtp[2];
  FakeSctpFactory sctp[2];
  RtcPeer *peers[2];
  guint video, audio;          /* the sender's transceivers */
  GstClockTime delay;          /* of the link, one way */
  SimViewer viewer;
  gboolean attached;
  gboolean trickle;            /* carry candidates over (default) */
  gchar *failure[2];           /* reason of RTC_OUTPUT_FAILED */
  guint closed[2];             /* RTC_OUTPUT_CLOSED came so often */
  guint64 target_bps;          /* the sender's last RTC_OUTPUT_TARGET_RATE; 0: none came */
  gdouble repair;              /* likewise: what repair takes, as a share of video */
  guint n_targets;
  GString *channel_log[2];     /* a word for each RTC_OUTPUT_CHANNEL_* but SENT */
  guint32 channel[2];          /* the last one that something happened to */
  gsize data_bytes[2];         /* of messages */
};

#define SIM_WORLD_MAX_RUNGS 3

typedef struct {
  guint64 seed;
  guint fps;                   /* default 30 */
  guint packets_per_frame;     /* default 10, at most 64 */
  guint16 first_seq;           /* of the source's RTP */
  guint32 first_rtp_ts;
  gboolean trace;
  gsize payload_bytes;         /* of a video packet, default 200 */
  gboolean follows;            /* frames are as long as the first call's target allows, key frames
                                * four times so; the next ones pay for that */
  gboolean transport_cc;       /* of both ends */
  const gchar *congestion_control; /* of the sender; NULL: its default */
  RtcCcBounds bitrate;         /* likewise; 0: its default */
  guint n_rungs;               /* encodings beside the first, SIM_WORLD_MAX_RUNGS at most ... */
  guint rung_packets[SIM_WORLD_MAX_RUNGS];       /* ... and the packets of a frame of each */
  GstClockTime key_frame_interval; /* as in RtcFanoutConfig; 0: 1 s */
  gboolean replay_pictures;    /* likewise */
  GstClockTime latency;        /* the viewer's receive_latency; 0: the peer's default */
  guint data_ends;             /* who takes data channels: 1 the sender, 2 the viewer */
  gboolean no_media;           /* calls have no transceivers */
  RtcFecKinds fec;             /* of both ends */
  gboolean has_playout_delay;  /* the sender asks for one, see RtcTransceiverConfig */
  guint16 playout_min, playout_max;
  const GPtrArray *sound;      /* GBytes, 20 ms of sound each, over and over, which viewers keep;
                                * NULL: SIM_AUDIO_BYTES of nothing. Not owned */
} SimWorldConfig;

SimWorld *sim_world_new (const SimWorldConfig *config);
void sim_world_free (SimWorld *self);

GstClockTime sim_world_now (const SimWorld *self);
RtcFanout *sim_world_get_video (SimWorld *self);
/* One of the other encodings, from 1 on; 0 is the first. */
RtcFanout *sim_world_get_rung (SimWorld *self, guint rung);
guint64 sim_world_get_frames (const SimWorld *self);   /* captured so far */
guint64 sim_world_get_key_frames (const SimWorld *self);

/* When a frame was captured; *is_key (nullable): a key frame. */
GstClockTime sim_world_get_capture (const SimWorld *self, guint64 frame, gboolean *is_key);

/* Packets of each frame, and of each key frame, from now on; 1..64. */
void sim_world_set_frame (SimWorld *self, guint packets, guint key_packets);

/* An encoding, to be changed: 0 is the first, then those of n_rungs. */
SimEncoding *sim_world_get_encoding (SimWorld *self, guint rung);

/* Nothing is captured meanwhile; media time goes on. */
void sim_world_set_paused (SimWorld *self, gboolean is_paused);

/* A new pair of peers; the viewer receives VP8 and Opus. */
SimCall *sim_world_add_call (SimWorld *self, const SimLink *link);

/* Offer and answer, applied on both sides at once. viewer_offers: as WHEP; else the sender
 * offers. munge (nullable): sim-munge.h. */
gboolean sim_call_negotiate (SimCall *call, gboolean viewer_offers, SimMunge munge,
    GError **error);

/* Pictures from..to-1 of which every packet came. */
guint64 sim_call_count_complete (const SimCall *call, guint64 from, guint64 to);

/* Hangs up from that end (0 sender, 1 viewer). */
void sim_call_close (SimCall *call, guint end);
/* Drops both ends at once. */
void sim_world_remove_call (SimWorld *self, SimCall *call);

void sim_world_run (SimWorld *self, GstClockTime until);

/* Runs until the viewer's peer is connected; FALSE after limit of virtual time. */
gboolean sim_call_run_connected (SimCall *call, GstClockTime limit);

G_END_DECLS
