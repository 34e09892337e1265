/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* branch-packets.h - a branch behind a source, and what it hands over. */
#pragma once

#include "gst/media/gstrtcbranch.h"

#define BRANCH_PATIENCE_US (20 * G_TIME_SPAN_SECOND)

/* What a branch handed over. */
typedef struct {
  GMutex lock;
  GCond cond;
  guint packets, batches, frames, key_starts;
  guint losses;      /* said to be missing before a packet */
  guint short_video; /* too short for anything of a picture */
  guint sps;         /* if it is H.264 */
  gboolean first_is_key;
  gsize longest;
  GstClockTime first_time, last_time;
  gboolean time_went_back;
  guint destroyed;
} Collector;

void collector_init (Collector *c);
void collector_clear (Collector *c);

/* Hands over to c; its end is counted in destroyed. */
GstRtcPacketOutput collector_output (Collector *c);

/* Waits until *counter, guarded by the collector's lock, is at least wanted. FALSE: in vain. */
gboolean collector_wait (Collector *c, const guint *counter, guint wanted);

/* A branch that hands over to c. */
GstElement *branch_new (Collector *c, RtcCodecId codec, gboolean is_raw);

/* source (a gst-launch line) into branch; the pipeline owns the branch. */
GstElement *branch_pipeline_new (const gchar *source, GstElement *branch);
void branch_pipeline_free (GstElement *pipeline);

/* Runs to the end of the stream; *warning (nullable) gets the first warning's text. */
void branch_run_to_eos (GstElement *pipeline, gchar **warning);
