/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* sim-show.h - what a person would have seen of a simulated call: pictures shown, and freezes.
 *
 * As a browser shows them: a picture is shown when it and those it depends on are complete, not
 * before the one ahead of it, and not before it is latency old; after one that never comes nothing
 * is shown up to the next key frame, and what is not complete when a later key frame is due is not
 * waited for. A freeze is the time from one picture shown to the next. */
#pragma once

#include "sim-world.h"

G_BEGIN_DECLS

typedef struct {
  guint64 frames;              /* captured in the span */
  guint64 shown;
  guint64 complete_in_time;    /* complete within latency */
  guint64 in_time;             /* of them, with all they depend on */
  GstClockTime longest_freeze; /* from one shown to the next */
  guint freezes_200, freezes_500; /* longer than so many ms */
  GstClockTime delay_p95;      /* from capture to show, less the way */
} SimShow;

/* Frames captured in from .. to; call it some seconds after to. */
void sim_show_judge (const SimCall *call, GstClockTime from, GstClockTime to, GstClockTime latency,
    SimShow *out);

G_END_DECLS
