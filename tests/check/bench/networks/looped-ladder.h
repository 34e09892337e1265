/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* looped-ladder.h - a picture in three encodings, made before anybody watches and repeated: what
 * comes of them depends on no encoder's getting its turn on a busy machine.
 *
 * VP8 at 30 pictures a second: 640x360 of 1500 kbit/s, 320x180 of 450 and 160x90 of 150. A key
 * frame is where the loop begins, so that one who asks for a key frame has the loop begin anew. */
#pragma once

#include <gst/gst.h>

G_BEGIN_DECLS

typedef struct _LoopedLadder LoopedLadder;

/* The three as one stream, for gst_parse_launch(), behind "webrtcsink name=element": properties of
 * its pads, and what is linked to them. */
#define LOOPED_LADDER_PROPERTIES "video_1::substream-of=video_0 video_2::substream-of=video_0 "
#define LOOPED_LADDER_SOURCES                                                                      \
  "appsrc name=rung0 is-live=true format=time ! element.video_0 "                                  \
  "appsrc name=rung1 is-live=true format=time ! element.video_1 "                                  \
  "appsrc name=rung2 is-live=true format=time ! element.video_2 "

/* Encodes, and feeds the sources in bin from then on, by the clock of pipeline. (transfer full) */
LoopedLadder *looped_ladder_new (GstElement *pipeline, GstBin *bin);

/* The pipeline has ended. */
void looped_ladder_free (LoopedLadder *self);

G_END_DECLS
