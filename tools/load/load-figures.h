/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* load-figures.h - what viewers have seen, added up; and how times are spread. Pure. */
#pragma once

#include <gst/gst.h>

G_BEGIN_DECLS

/* LoadSpread: a histogram of times in steps of LOAD_SPREAD_STEP; what is longer than all steps
 * counts as LOAD_SPREAD_STEPS of them. Zero-initialised. */
#define LOAD_SPREAD_STEP (20 * GST_USECOND)
#define LOAD_SPREAD_STEPS 100000

typedef struct {
  guint64 n;
  GstClockTime max; /* exact */
  guint32 steps[LOAD_SPREAD_STEPS + 1];
} LoadSpread;

void load_spread_add (LoadSpread *self, GstClockTime time);

/* The time that a share of all, 0..1, is not longer than, in ms; 0 when there are none. */
gdouble load_spread_get_ms (const LoadSpread *self, gdouble share);

typedef struct {
  guint64 packets;             /* RTP, each once */
  guint64 lost;                /* numbers that were left out, after repair */
  guint64 gaps;                /* times that numbers were left out, before repair */
  guint64 frames;              /* pictures whose last packet came */
} LoadCounts;

/* LoadFigures: of a stretch of time. Viewers that came within it are late ones. */
typedef struct {
  LoadCounts counts;
  LoadSpread first_packet;     /* from the offer posted to the first packet; of late viewers, or of
                                * all when there are none */
  LoadSpread first_picture;    /* the same to the end of the first picture, all of which came */
  LoadSpread interval;         /* between the ends of two pictures at one viewer; late viewers
                                * left out */
  LoadSpread picture_latency;  /* from given to the sender to here, of the ends of pictures */
  LoadSpread sound_latency;    /* the same of packets of sound; both need stamps (load-stamp.h) */
} LoadFigures;

/* A stream of one viewer; zero-initialised. */
typedef struct {
  gboolean is_begun;
  guint64 first, highest; /* unwrapped sequence numbers */
  guint64 packets, gaps, frames;
  GstClockTime last_frame; /* with frames > 0 */
} LoadTrack;

/* A packet of the stream came; time: when. *interval is since the end of the last picture, or
 * NONE. Returns whether it is the first one. */
gboolean load_track_add (LoadTrack *self, GstClockTime time, guint16 seq, gboolean is_frame_end,
    GstClockTime *interval);

/* Adds to sum what has come since before (nullable: ever). */
void load_track_sum (const LoadTrack *self, const LoadTrack *before, LoadCounts *sum);

G_END_DECLS
