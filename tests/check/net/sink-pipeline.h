/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* sink-pipeline.h - a playing pipeline with webrtcsink on a free port, for tests. */
#pragma once

#include <gio/gio.h>
#include <gst/gst.h>

G_BEGIN_DECLS

typedef struct {
  GstElement *pipeline, *sink;
  gchar *url;      /* of the built-in server, with the final slash */
  gchar *whep_url;
} SinkPipeline;

/* Encoded VP8 and Opus of a test source into webrtcsink: encoders run outside of the element, so
 * what is measured is the element. raw: raw media instead. Fails the test on an error. */
void sink_pipeline_start (SinkPipeline *self, gboolean raw);

/* The two halves of it, to set properties in between; play also for a pipeline and sink made by
 * the caller. */
void sink_pipeline_make (SinkPipeline *self, gboolean raw);
void sink_pipeline_play (SinkPipeline *self);

void sink_pipeline_stop (SinkPipeline *self);

/* Reads what is on the bus; errors fail the test. */
void sink_pipeline_check (SinkPipeline *self);

/* sink_pipeline_check() for count_heap(). */
void sink_pipeline_poll (gpointer self);

/* A port that nobody has, neither of UDP nor of TCP; *socket_out (nullable, transfer full) has it
 * for UDP as long as it is open. */
guint sink_find_port (GSocket **socket_out);

/* Whether nobody has that port, neither of UDP nor of TCP. */
gboolean sink_is_port_free (guint port);

G_END_DECLS
