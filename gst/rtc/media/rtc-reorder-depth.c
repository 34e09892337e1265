/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "gst/rtc/media/rtc-reorder-depth.h"

#define SPAN 2000
#define SHARE 200
#define MIN_REORDERED 3
#define MAX_DEPTH 200

static gboolean
reorder_depth_weigh (RtcReorderDepth *self)
{
  guint packets = self->spans[0].packets + self->spans[1].packets;
  guint reordered = self->spans[0].reordered + self->spans[1].reordered;
  guint depth = 0, before = self->depth;

  if (reordered >= MIN_REORDERED && reordered * SHARE > packets)
    depth = MAX (self->spans[0].depth, self->spans[1].depth) + 1;
  self->depth = depth;
  return depth != before;
}

gboolean
rtc_reorder_depth_handle_packet (RtcReorderDepth *self, guint64 behind_by)
{
  RtcReorderSpan *span = &self->spans[0];
  gboolean is_other = FALSE;

  span->packets++;
  if (behind_by > 0) {
    span->reordered++;
    span->depth = MAX (span->depth, (guint) MIN (behind_by, MAX_DEPTH));
    is_other = reorder_depth_weigh (self);
  }
  if (span->packets < SPAN)
    return is_other;
  self->spans[1] = *span;
  *span = (RtcReorderSpan){ 0 };
  return reorder_depth_weigh (self) || is_other;
}
