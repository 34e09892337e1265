/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* pacer-rig.h - a pacer with an owner as peers are one: what passes leaves at once, what waits when
 * it may, and after a loss nothing more before the next key frame. */
#pragma once

#include "gst/rtc/cc/rtc-pacer.h"

#define MS GST_MSECOND
#define LEN 1250 /* 10 kbit */
#define TARGET 1000000
#define PACING 2500000

/* For reading, and now for setting. */
typedef struct {
  RtcPacer pacer;
  GstClockTime now;
  guint64 sent; /* bytes */
  guint n_sent[RTC_PACER_N_CLASSES];
  guint n_lost; /* frames' packets dropped or refused */
  guint32 frame;
  gboolean is_waiting; /* for a key frame */
  GstClockTime longest_wait;
} Rig;

/* At TARGET and PACING, at one second. */
void rig_init (Rig *self);

/* What is given to the pacer as sent. */
void rig_sent (Rig *self, RtcPacerClass klass, guint len, GstClockTime queued);

/* A packet of LEN bytes of the running frame. FALSE: refused. */
gboolean rig_send (Rig *self, RtcPacerClass klass, guint number, gboolean is_key);

/* The next frame, of n packets, as an owner handles it: refused or expired, up to the next key
 * frame. */
void rig_frame (Rig *self, guint n, gboolean is_key);

/* What may leave now leaves. */
void rig_release (Rig *self);

/* The same whenever something is due, until then. */
void rig_run (Rig *self, GstClockTime until);
