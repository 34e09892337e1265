/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* process-usage.h - what a process has used so far, by /proc: processor time, memory, threads,
 * descriptors. Linux. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef struct {
  gdouble cpu_seconds; /* of all its threads, by the scheduler's nanoseconds */
  gdouble rss_kib;
  guint threads, fds;
} ProcessUsage;

/* FALSE: there is no such process, or it may not be read; *out is zero then. */
gboolean process_usage_read (gint64 pid, ProcessUsage *out);

/* Seconds that all processors together have been idle since the machine started. */
gdouble process_usage_read_idle (void);

G_END_DECLS
