/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* mux-world.h - a sender of one video whose viewers are behind one port, on the virtual clock.
 *
 * The sender's peers are on one RtcIceMuxPort, each viewer's on a full ICE agent; the network
 * delays every datagram by MUX_WORLD_DELAY and loses none. What cannot be set up fails the test. */
#pragma once

#include "fake-dtls.h"
#include "fake-srtp.h"
#include "gst/rtc/base/rtc-heap.h"
#include "gst/rtc/ice/rtc-ice-mux-port.h"
#include "gst/rtc/peer/rtc-peer.h"
#include "tools/load/full-ice.h"

G_BEGIN_DECLS

#define MUX_WORLD_DELAY (10 * GST_MSECOND)
#define MUX_WORLD_FRAME_INTERVAL (100 * GST_MSECOND)
#define MUX_WORLD_PACKETS_PER_FRAME 2

typedef struct _MuxWorld MuxWorld;

enum { SENDER, VIEWER, N_ENDS };

typedef struct {
  MuxWorld *world;
  RtcPeer *peers[N_ENDS];
  FullIceFactory ice;
  FakeDtlsFactory dtls[N_ENDS];
  FakeSrtpFactory srtp[N_ENDS];
  RtcAddress address; /* the viewer's, present */
  guint transceiver;
  gboolean is_woken;
  RtcHeapItem item;
  guint64 packets; /* RTP that came out at the viewer */
  GstClockTime first_packet;
  RtcPeerState states[N_ENDS];
} MuxViewer;

struct _MuxWorld {
  RtcRandom *random;
  RtcIceMuxPort *port;
  RtcFanout *fanout;
  RtcHeap heap;
  GQueue wire;         /* in order of arrival */
  GHashTable *viewers; /* &MuxViewer.address -> MuxViewer; owns */
  GPtrArray *order;    /* MuxViewer *, not owned */
  GstClockTime now, next_frame;
  guint16 seq;
  guint64 frames;
  gboolean want_key_frame;
  guint64 next_id;
  RtcAddress last_to; /* of the port's datagrams */
  guint n_turns;      /* times that one went elsewhere than the one before */
};

/* max_sessions: of the port. */
void mux_world_init (MuxWorld *self, guint max_sessions);

/* Frees the viewers, too; the port must be left without a session. */
void mux_world_clear (MuxWorld *self);

/* Lets duration, ns, pass: frames are captured each MUX_WORLD_FRAME_INTERVAL, what is due is
 * done. */
void mux_world_run (MuxWorld *self, GstClockTime duration);

/* A viewer and the sender's peer for it, without descriptions yet. The world owns it. */
MuxViewer *mux_world_add_viewer (MuxWorld *self);

/* One more peer for an end (SENDER, VIEWER); NULL with *error when it is refused. (transfer
 * full) */
RtcPeer *mux_viewer_new_peer (MuxViewer *self, guint end, GError **error);

/* Makes a description at one end, which must succeed, and sets it at the other; add (nullable):
 * lines put into the session part of what is carried. Returns what the other end said of it, with
 * *error. */
RtcResult mux_viewer_carry (MuxViewer *self, guint from, RtcSdpType type, const gchar *add,
    GError **error);

/* Offer and answer, and the first turn. */
void mux_viewer_join (MuxViewer *self, gboolean viewer_offers);

/* The viewer is at another address, number n, from now on. nominates: its first check there
 * does. */
void mux_viewer_move (MuxViewer *self, guint n, gboolean nominates);

/* Pairs that the sender was told of. */
guint64 mux_viewer_count_pairs (MuxViewer *self);

G_END_DECLS
