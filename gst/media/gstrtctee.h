/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* gstrtctee.h - pads of a tee that may be requested while events pass through it.
 *
 * A tee gives a new pad what sticks to its sink pad, but there an event sticks only after it has
 * been sent to all pads: one that is requested just then would never get it, and data would come to
 * it without a segment or with the wrong caps. So whatever comes next first gives each pad what
 * it has missed. Behind an end nothing comes next: who has linked a pad has the end sent to it.
 *
 * Threads: [S] the tee's streaming thread, [C] one that requests, which waits for nothing. */
#pragma once

#include <gst/gst.h>

G_BEGIN_DECLS

typedef struct {
  GstElement *element; /* not owned */
  gint n_steps;        /* atomic: of requests, two each; odd while one is being made */
  gint n_seen;         /* [S] of them */
  gint has_ended;      /* atomic: EOS came, and nothing after it */
} GstRtcTee;

/* element is a tee, which uses self for as long as something streams. [C] */
void gst_rtc_tee_init (GstRtcTee *self, GstElement *element);

/* A new source pad; release it as any other one. (transfer full) [C] */
GstPad *gst_rtc_tee_request_pad (GstRtcTee *self);

/* pad is new and linked: if the stream has ended it gets EOS, soon, from another thread. Else what
 * is behind it never would, and who waits for all sinks waited for as long as it is there. [C] */
void gst_rtc_tee_end_pad (GstRtcTee *self, GstPad *pad);

G_END_DECLS
