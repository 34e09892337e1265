/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* sink-watch.h - a viewer of a webrtcsink behind an emulated link, and what the element says of it.
 *
 * Thread: the test's main thread. */
#pragma once

#include "link-emulator.h"
#include "net-viewer.h"
#include "sink-pipeline.h"

G_BEGIN_DECLS

typedef struct {
  LinkEmulator *link;
  NetViewer *viewer;
  gchar *location;
} SinkWatch;

/* A description for gst_parse_launch() with a webrtcsink named sink; it plays then. */
void sink_watch_play (SinkPipeline *sink, const gchar *pipeline);

/* 20 ms each way, 200 ms of queue; so many kbit/s, 0: no limit. */
SimLink sink_watch_make_link (guint64 kbps);

/* A viewer of VP8 behind a link of so many kbit/s towards it. pictures as in NetViewerConfig. */
SinkWatch sink_watch_call (SinkPipeline *sink, NetViewers *viewers, guint64 kbps,
    LyingSrtpKind lie, gboolean pictures);

/* The same, once it sees something. */
SinkWatch sink_watch_start (SinkPipeline *sink, NetViewers *viewers, guint64 kbps,
    LyingSrtpKind lie, gboolean pictures);

/* So many kbit/s towards it from now on. */
void sink_watch_set_rate (SinkWatch *self, guint64 kbps);
void sink_watch_stop (SinkWatch *self);

/* Lets time pass, in which errors fail the test. */
void sink_watch_pass_time (SinkPipeline *sink, GstClockTime time);

/* What the element says of the session with that id, its outbound-rtp-0; NULL: nothing yet.
 * (transfer full) */
GstStructure *sink_watch_get_outbound (SinkPipeline *sink, const gchar *session_id);

/* The ids of all sessions, in no order. (transfer full) */
gchar **sink_watch_list_sessions (SinkPipeline *sink);

G_END_DECLS
