/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* gstrtcframegate.h - in front of a video encoder: lets a part of the raw frames through, evenly,
 * and sets the size that they are scaled to.
 *
 * Frames are dropped without telling anybody: a new frame rate in the caps would make most encoders
 * start again, with a key frame. A new size does that unavoidably.
 *
 *   pad (probed) -> ... videoscale -> filter (a capsfilter, steered) -> encoder
 *
 * Thread: functions any; probes run on the streaming thread. */
#pragma once

#include <gst/gst.h>

G_BEGIN_DECLS

/* Fields are private. */
typedef struct {
  GMutex lock;
  GstElement *filter; /* owned */
  GstCaps *base;      /* of the filter when nothing is scaled; owned */
  guint keep, of, credit;
  guint width, height;       /* to be scaled to; 0,0: not */
  guint in_width, in_height; /* that come in, in square pixels; 0 before the first caps */
  gint fps_n, fps_d;
  guint64 passed, dropped;   /* frames */
} GstRtcFrameGate;

/* pad: where the frames pass (a src pad in front of the scaler). filter: has its caps already.
 * self must outlive the pad's streaming. */
void gst_rtc_frame_gate_init (GstRtcFrameGate *self, GstPad *pad, GstElement *filter);
void gst_rtc_frame_gate_clear (GstRtcFrameGate *self);

/* From the next frame on, keep of so many are let through; 1 <= keep <= of. */
void gst_rtc_frame_gate_set_part (GstRtcFrameGate *self, guint keep, guint of);

/* From the next frame on; both even, 0,0: as it comes in. When another size comes in later, what is
 * set here is scaled along. */
void gst_rtc_frame_gate_set_size (GstRtcFrameGate *self, guint width, guint height);

/* What comes in, before anything is dropped or scaled: the size in square pixels, the frame rate
 * of the caps (0: variable). FALSE before the first caps. */
gboolean gst_rtc_frame_gate_get_format (GstRtcFrameGate *self, guint *width, guint *height,
    gdouble *fps);

/* Frames so far. */
void gst_rtc_frame_gate_get_counts (GstRtcFrameGate *self, guint64 *passed, guint64 *dropped);

G_END_DECLS
