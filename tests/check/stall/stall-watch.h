/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* stall-watch.h - a thread that only waits for one time after the other: how late it wakes up is
 * the machine's doing and nobody else's, and excuses who is late in the same way
 * (stall-attempts.h). */
#pragma once

#include <gst/gst.h>

G_BEGIN_DECLS

typedef struct {
  guint waits;
  GstClockTime median, worst; /* how late */
} StallFigures;

typedef struct _StallWatch StallWatch;

/* Waits for each multiple of interval from now on. */
StallWatch *stall_watch_start (GstClockTime interval);

/* Of the waits until now, the one that is not over too if it is late already. Frees it. */
void stall_watch_stop (StallWatch *self, StallFigures *figures);

G_END_DECLS
