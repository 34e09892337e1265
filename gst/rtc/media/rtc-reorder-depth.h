/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* rtc-reorder-depth.h - how many packets overtake another one on a path, as far as it matters.
 *
 * Remembered for one to two spans of 2000 packets, and believed when it was seen thrice and in more
 * than one packet of 200. Pure, flat. */
#pragma once

#include <gst/gst.h>

G_BEGIN_DECLS

typedef struct {
  guint packets, reordered;
  guint depth; /* packets that came before the one that they overtook, most */
} RtcReorderSpan;

/* Zero-initialised: the path keeps order. Fields are private, but for depth: so many newer packets
 * may come before one that is not lost; 0: order is kept. */
typedef struct {
  RtcReorderSpan spans[2]; /* the running one and the one before */
  guint depth;
} RtcReorderDepth;

/* A packet came by itself, behind_by packets after its turn (0: in its turn). TRUE: depth is
 * another one now. */
gboolean rtc_reorder_depth_handle_packet (RtcReorderDepth *self, guint64 behind_by);

G_END_DECLS
