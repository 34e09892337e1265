/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* sim-encoding.h - one encoding of the simulated world's picture: how long its frames are, when its
 * encoder runs, and the RTP that they become.
 *
 * Payloads are those of sim-viewer.h. For sim-world.c and, through it, tests. */
#pragma once

#include "gst/rtc/peer/rtc-fanout.h"

G_BEGIN_DECLS

/* Fields are private but for reading. */
typedef struct {
  RtcFanout *fanout;
  guint rung;
  guint16 seq;
  guint32 ts_offset;          /* time stamps of its own */
  gsize payload_bytes;        /* of a packet */
  gdouble packets;            /* of a frame, on average; not below 1 */
  guint key_packets;          /* of a key frame */
  gdouble wake;               /* a frame behind its first key frame is this much of the one before
                               * it, until that is a frame as others are; 0: it is at once */
  gdouble credit, last;       /* packets not used yet; of the frame before, while in the wake */
  GstClockTime from;          /* its encoder runs from then on; NONE: it does not */
  gboolean wants_key;
  guint group;                /* a key frame each so many frames, asked for or not; 0: when asked */
  const guint8 *loop;         /* packets of n_loop frames, over and over, whatever packets says; */
  guint n_loop, loop_at;      /* the first is a key frame; it begins anew when asked for one */
  guint64 made;               /* frames so far, since it runs */
} SimEncoding;

/* key_frame_interval, replay_pictures: as in RtcFanoutConfig. */
void sim_encoding_init (SimEncoding *self, guint rung, guint16 first_seq, gsize payload_bytes,
    GstClockTime key_frame_interval, gboolean replay_pictures);
void sim_encoding_clear (SimEncoding *self);

/* The frame with that number, captured at now with RTP time ts; packets 0: as many as it has by
 * its own rate. Nothing while it does not run; the first one is a key frame. TRUE: a key frame. */
gboolean sim_encoding_capture (
    SimEncoding *self, GstClockTime now, guint64 frame, guint32 ts, guint packets);

/* Whether what is captured next is a key frame. */
gboolean sim_encoding_is_key_next (const SimEncoding *self);

/* Hears the fan-out's requests. */
void sim_encoding_poll (SimEncoding *self, GstClockTime now);

/* A fan-out and an RTP packet with an empty payload, as the world makes them. */
RtcFanout *sim_encoding_new_fanout (RtcMediaKind kind, GstClockTime key_frame_interval,
    gboolean replay_pictures);
RtcPacket *sim_encoding_new_packet (
    guint8 pt, guint16 seq, guint32 rtp_ts, gboolean marker, gsize payload_bytes);

G_END_DECLS
