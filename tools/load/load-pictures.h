/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* load-pictures.h - what a viewer would show of a stream, packet by packet: which pictures are
 * whole and decodable, when, and whether numbers and time go on as they should; of VP8 also of
 * which size they are, and whether ids go on.
 *
 * Packets may come late and in any order. A picture is shown when it is whole and so is all from
 * its key frame on; what is missing is skipped when a later key frame is whole, and nothing is
 * shown before that, however much comes meanwhile. Thread: one at a time. */
#pragma once

#include "gst/rtc/base/rtc-packet.h"
#include "gst/rtc/rtp/rtc-key-frame.h"
#include "gst/rtc/rtp/rtc-rtp-header.h"

G_BEGIN_DECLS

/* LOAD_PICTURES_RING: packets looked back, a power of two. What is missing further back has been
 * skipped. */
#define LOAD_PICTURES_RING 4096

typedef struct {
  guint64 shown;
  guint64 key_frames;
  guint64 upper;              /* of a temporal layer above the base */
  guint64 skipped;            /* packets that never came and were given up */
  guint64 cut_off;            /* times that a picture was given up that nothing is missing of: the
                               * sender went on with a key frame before its end */
  guint64 wrong_ids;          /* pictures whose PictureID is not the next */
  guint64 wrong_tl0;          /* likewise TL0PICIDX */
  guint64 wrong_times;        /* pictures whose RTP time stamp is not later */
  guint64 sizes;              /* times that the size changed, the first not counted */
  guint width, height;        /* of the last key frame */
  GstClockTime first, last;   /* shown; NONE: none yet */
  GstClockTime sized;         /* when the first one of that size was shown */
  GstClockTime longest_gap;   /* between two that were shown */
  GstClockTime gap_at;        /* when it ended */
} LoadPicturesFigures;

typedef struct {
  gboolean is_there, starts, marker, is_key, has_id, has_tl0;
  guint16 id;
  guint8 tl0, temporal;
  guint32 rtp_ts;
  guint width, height;
} LoadPicturesPacket;

typedef struct {
  LoadPicturesPacket ring[LOAD_PICTURES_RING];
  gboolean has_any, has_shown;
  gboolean needs_key;         /* what was shown last is not what the next picture is made from */
  guint64 next, newest;       /* extended numbers: the first not yet looked at, and the highest */
  LoadPicturesPacket last;     /* first packet of the picture shown last */
  LoadPicturesFigures figures;
} LoadPictures;

void load_pictures_init (LoadPictures *self);

/* One packet of the stream, as it came out of the peer at now. */
void load_pictures_add (LoadPictures *self, GstClockTime now, RtcKeyFrameFormat format,
    const RtcRtpHeader *header, const guint8 *data);

/* The gap that is open at now counts, too. */
GstClockTime load_pictures_longest_gap (const LoadPictures *self, GstClockTime now);

/* From here on gaps are counted anew. */
void load_pictures_forget_gaps (LoadPictures *self);

G_END_DECLS
