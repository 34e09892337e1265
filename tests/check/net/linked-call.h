/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* linked-call.h - one caller who plays a short trace in a loop, behind an emulated link, to a
 * webrtcsrc that plays; for tests of what a link does to a call.
 *
 * Thread: the test's main thread. */
#pragma once

#include "call-pipeline.h"

G_BEGIN_DECLS

typedef struct {
  CallPipeline pipeline;
  NetTrace *trace;
  NetCallers *callers;
  NetCaller *caller;
  LinkEmulator *link;
} LinkedCall;

typedef struct {
  SimLink link;             /* what both ways begin as */
  guint key_frame_frames;   /* as in NetTraceConfig */
  const gchar *properties;  /* these and what follows as call_pipeline_start_src() has them */
  const gchar *video_sink, *audio_sink;
  void (*sink_added) (GstPad *pad, GstElement *bin, gpointer data);
  gpointer sink_data;
} LinkedCallConfig;

/* Calls; what is not as it should be fails the test. */
void linked_call_start (LinkedCall *self, const LinkedCallConfig *config);

/* The caller leaves; waits until nothing is left of the call. */
void linked_call_stop (LinkedCall *self);

G_END_DECLS
