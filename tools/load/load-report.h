/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* load-report.h - what came of a load, as a table and as JSON. */
#pragma once

#include "tools/load/load-viewer.h"
#include "tools/load/process-usage.h"

G_BEGIN_DECLS

/* What is measured at both ends of the stretch that counts. */
typedef struct {
  GstClockTime time;
  gdouble idle;        /* process_usage_read_idle() */
  ProcessUsage sender; /* zero: not asked for */
  ProcessUsage self;
} LoadMark;

void load_mark_read (LoadMark *self, gint64 sender_pid);

/* The sender in the midst of it. */
typedef struct {
  gdouble seconds; /* since counting began */
  guint playing;
  ProcessUsage sender;
} LoadSample;

typedef struct {
  guint wanted;             /* viewers that were to be there before counting began */
  guint late;               /* joined while it counted */
  LoadMark start;           /* before the first viewer */
  LoadMark begin, end;      /* of the stretch that counts */
  LoadCrowdState state;     /* at its end */
  LoadWireStats wire;
  LoadFigures figures;
  GArray *samples;          /* LoadSample, oldest first; (nullable) */
  LoadGroups groups;
  LoadGroupFigures group_figures[LOAD_MAX_GROUPS]; /* told of if there are links */
} LoadReport;

/* Adds one, which is told on standard error as well. playing: viewers of now. */
void load_report_sample (LoadReport *self, guint playing, gint64 sender_pid);

void load_report_print (const LoadReport *self, gboolean has_sender);

/* FALSE with *error: the file cannot be written. path "-": standard output. */
gboolean load_report_write_json (const LoadReport *self, gboolean has_sender, const gchar *path,
    GError **error);

G_END_DECLS
