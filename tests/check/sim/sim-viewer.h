/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* sim-viewer.h - what a viewer of the simulated world has seen, counted by what is in the packets.
 *
 * Video payloads are a VP8 descriptor and header, the rung, then the frame's number, the packet's
 * index in it and how many there are; what is no longer than SIM_AUDIO_MOST_BYTES is sound. */
#pragma once

#include "gst/rtc/base/rtc-packet.h"

G_BEGIN_DECLS

#define SIM_AUDIO_BYTES 80      /* of a frame of sound that is not given */
#define SIM_AUDIO_MOST_BYTES 199

typedef struct {
  guint8 rung;
  guint8 is_key;
} SimViewerKind;

/* What one viewer has seen. */
typedef struct {
  guint64 video_packets, audio_packets; /* first arrivals, repairs included */
  guint64 repaired;                     /* of those: came by RTX */
  guint64 recovered;                    /* of those: made again from parities, or within RED */
  guint64 empty;                        /* packets without payload, in place of parities */
  guint64 frames_complete;              /* pictures of which every packet came */
  guint64 key_frames_complete;
  guint64 first_frame;                  /* number of the first complete picture */
  gboolean first_is_key;
  guint64 last_frame;                   /* highest complete one */
  GstClockTime first_media;             /* when the first packet came */
  guint64 sender_reports;
  guint64 stream_ends;
  guint64 repeats;                      /* packets that came out twice */
  guint64 frames_in_time;               /* complete within allowance */
  GstClockTime last_complete;           /* when a picture was last complete */
  GstClockTime last_key_complete;       /* and a key frame */
  GHashTable *frames;                   /* by number and rung: bit mask of the packets seen */
  GArray *completed;                    /* GstClockTime by frame number: when complete; 0: never */
  GArray *times;                        /* guint32 by frame number: its time stamp */
  guint64 torn;                         /* packets with another time stamp than their picture's */
  GArray *kinds;                        /* SimViewerKind by frame number, of those */
  GHashTable *sound;                    /* (nullable) RTP time -> GBytes, of all sound that came;
                                         * NULL: it is not kept */
  GstClockTime allowance;               /* a picture is in time within so long after its capture */
} SimViewer;

void sim_viewer_init (SimViewer *self, GstClockTime allowance);
void sim_viewer_clear (SimViewer *self);

/* A packet that the viewer's peer has put out; captures: GstClockTime by frame number. */
void sim_viewer_see_rtp (
    SimViewer *self, GstClockTime now, const RtcPacket *packet, const GArray *captures);

/* Pictures from..to-1 of which all so many packets came. */
guint64 sim_viewer_count_complete (
    const SimViewer *self, guint packets, guint64 from, guint64 to);

/* Times without a new picture that can be decoded. */
typedef struct {
  GstClockTime longest, begin; /* begin: of the longest */
  GstClockTime last;           /* when the last picture came; 0: none did */
  guint64 n_shown, n_keys;     /* pictures; key frames of these */
} SimViewerPause;

/* Of pictures from..to-1, of which the first can be decoded if it came. since: from when on the
 * first one is waited for; NONE: it is not. */
void sim_viewer_find_pause (const SimViewer *self, guint64 from, guint64 to, GstClockTime since,
    SimViewerPause *out);

G_END_DECLS
