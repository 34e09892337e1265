/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* gstrtcladder.h - the encodings that one raw picture is offered in, as a user writes them.
 *
 *   ladder = rung *("," rung)           best first, each of fewer bits than the one before
 *   rung   = size ["@" fps] ":" bits [":" layers]
 *                                       "1280x720:2500k", "1/2@15:600k", "full:2M:L1T2"
 *   size   = "full" / "1/" N / WxH      WxH: within that, the shape is kept, nothing is enlarged
 *   bits   = number ["k" / "M"]         bit/s of media; decimal
 *   layers = "L1T1" / "L1T2"            as scalabilityMode of W3C webrtc-svc; L1T2: two temporal
 *                                       layers, where the encoder can make them
 *
 * Blanks count nowhere. Pure. Thread: any. */
#pragma once

#include <glib.h>
#include "gst/rtc/cc/rtc-rung-choice.h"

G_BEGIN_DECLS

typedef struct {
  guint divisor;       /* of each side, 1: as it comes in; 0: width and height say it */
  guint width, height; /* at most */
  gdouble fps;         /* at most; 0: as it comes in */
  guint bitrate;       /* bit/s */
  gboolean layers;     /* two temporal ones */
} GstRtcRung;

/* GstRtcLadder: zero-initialised: none. */
typedef struct {
  guint n; /* RTC_RUNG_MAX at most */
  GstRtcRung rungs[RTC_RUNG_MAX];
} GstRtcLadder;

/* FALSE with RTC_ERR_PARSE, whose message says what is wrong with which rung; *out is as it was.
 * The empty text is a ladder without rungs. */
gboolean gst_rtc_ladder_parse (const gchar *text, GstRtcLadder *out, GError **error);

/* What a rung makes of a picture: its size (0,0: as it comes in) and which part of the frames, keep
 * of so many. */
typedef struct {
  guint width, height;
  guint keep, of;
} GstRtcRungFit;

/* in_fps 0: not known, taken for 30. in_width 0: not known, nothing is scaled. */
GstRtcRungFit gst_rtc_rung_fit (const GstRtcRung *rung, guint in_width, guint in_height,
    gdouble in_fps);

G_END_DECLS
