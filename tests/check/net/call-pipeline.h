/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* call-pipeline.h - a playing pipeline that takes calls, for tests: webrtcrecorder or webrtcsrc on
 * a free port, its messages collected, its files in a folder that goes with it.
 *
 * Everything that waits has a deadline. Thread: the test's main thread. */
#pragma once

#include <gst/gst.h>

#include "net-caller.h"
#include "recording-analysis.h"

G_BEGIN_DECLS

typedef struct {
  GstElement *pipeline;
  GstElement *element;    /* that takes the calls */
  const gchar *message;   /* prefix of its messages' names */
  gchar *url, *whip_url;  /* of the built-in server */
  gchar *folder;          /* recordings are in here, each under its caller's name */
  GPtrArray *started;     /* GstStructure: webrtcrecorder-started */
  GPtrArray *finished;    /* GstStructure: webrtcrecorder-finished */
  GPtrArray *warnings;    /* gchar *: of the pipeline's warning messages */
  gboolean eos;
  const gchar *video_sink, *audio_sink;
  void (*sink_added) (GstPad *pad, GstElement *bin, gpointer data);
  gpointer sink_data;
  gint sessions_alive;    /* GstRtcSession objects; atomic */
  gint sessions_seen;     /* all so far; atomic */
} CallPipeline;

/* FALSE when that element is not there; the test is then to be skipped. */
gboolean call_pipeline_is_possible (const gchar *element);

/* The same for what a whole program tests, with traces of VP8: it has said why in TAP, and main()
 * is to return CALL_PIPELINE_SKIPPED. */
#define CALL_PIPELINE_SKIPPED 77
gboolean call_pipeline_can_test (const gchar *element);

/* Plays webrtcrecorder with these properties (gst-launch syntax, "": none). */
void call_pipeline_start_recorder (CallPipeline *self, const gchar *properties);

/* Plays webrtcsrc with these properties; what comes out of its pads ends in sinks like these
 * (gst-launch syntax, such as "fakesink sync=false"), one per pad. sink_added (nullable) is called
 * for each, with the bin made of the description, on a streaming thread. */
void call_pipeline_start_src (CallPipeline *self, const gchar *properties, const gchar *video_sink,
    const gchar *audio_sink, void (*sink_added) (GstPad *pad, GstElement *bin, gpointer data),
    gpointer data);

/* Sends EOS and waits for it. FALSE after timeout_ms. */
gboolean call_pipeline_end (CallPipeline *self, guint timeout_ms);

/* To NULL; deletes the folder. An error on the bus fails the test. */
void call_pipeline_stop (CallPipeline *self);

/* Handles what is on the bus. Errors fail the test. */
void call_pipeline_poll (CallPipeline *self);

/* TRUE once so many recordings have been finished, or sessions are there; FALSE after
 * timeout_ms. */
gboolean call_pipeline_wait_finished (CallPipeline *self, guint n, guint timeout_ms);
gboolean call_pipeline_wait_sessions (CallPipeline *self, guint n, guint timeout_ms);

/* TRUE once all that came has been played and webrtcsrc has no pad left; FALSE after timeout_ms.
 * Pads that are still going must not meet call_pipeline_stop(). */
gboolean call_pipeline_wait_pads_gone (CallPipeline *self, guint timeout_ms);
guint call_pipeline_count_sessions (CallPipeline *self);

/* Calls in under a name (nullable: none), which must be one of letters and digits. Fails the test
 * unless it is answered. */
NetCaller *call_pipeline_call (CallPipeline *self, NetCallers *callers,
    const NetCallerConfig *config, const gchar *name);

/* The finished message of the caller of that name; NULL when there is none. */
const GstStructure *call_pipeline_find_finished (CallPipeline *self, const gchar *name);

/* The path of the file of that name. (transfer full) */
gchar *call_pipeline_get_path (CallPipeline *self, const gchar *name, const gchar *extension);

/* That the file of that name plays to its end and has exactly so many frames with numbers one after
 * the other, as the index of the file says too; loop: the numbers' period. */
void call_pipeline_assert_recorded (CallPipeline *self, const gchar *name, const gchar *extension,
    guint loop, guint64 frames);

/* Reads that file to its end. Never NULL; a missing one is an error inside. (transfer full) */
RecordingAnalysis *call_pipeline_analyse (CallPipeline *self, const gchar *name,
    const gchar *extension, guint loop);

/* What the recorder says about that recording, with its losses, as a message of the test. */
void call_pipeline_show_sidecar (CallPipeline *self, const gchar *name);

/* Deletes a folder and all that is in it. */
void call_pipeline_delete_folder (const gchar *path);

G_END_DECLS
