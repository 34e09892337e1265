/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* link-trace.h - what happened on a link, line by line: the one trace format of the project.
 *
 * CSV with the header LINK_TRACE_HEADER and one event a line:
 *
 *   time_ns     when; of packets: when they came to the link
 *   way         "A>B" or "B>A", or empty
 *   flow        number of the flow (who sent it); 0 when nobody counts
 *   event       of packets: ok, dup (arrived, a second time), loss, queue (full), codel, mtu, hole
 *               (blackhole), tap (a test took it). Of values: capacity (bit/s, 0 unlimited), target
 *               (bit/s) and whatever else somebody notes, in small letters, digits and '-'
 *   value       bytes of the packet, or the value
 *   arrival_ns  of ok and dup: when it arrived; else empty
 *   queue_ns    of ok, dup and codel: how long it waited for the rate; else empty
 *
 * Packets are written when their fate is known, so times may step back a little. link-plot draws
 * pictures of traces. */
#pragma once

#include <stdio.h>

#include "tools/link/link-config.h"

G_BEGIN_DECLS

#define LINK_TRACE_HEADER "time_ns,way,flow,event,value,arrival_ns,queue_ns"

typedef enum {
  LINK_OK,
  LINK_DUP,
  LINK_LOSS,
  LINK_QUEUE,
  LINK_CODEL,
  LINK_MTU,
  LINK_HOLE,
  LINK_TAP,
} LinkVerdict;

typedef struct _LinkTrace LinkTrace;

/* Lines are appended to text, without a header. (text is not owned) */
LinkTrace *link_trace_new_text (GString *text);

/* Writes the header and lines to a file; NULL when it cannot be opened (errno says why). */
LinkTrace *link_trace_new_file (const gchar *path);

/* Closes the file. (nullable) */
void link_trace_free (LinkTrace *self);

/* All take NULL for self, and do nothing then. arrival and queue: NONE leaves the field empty. */
void link_trace_packet (LinkTrace *self, GstClockTime time, LinkDir dir, guint flow,
    LinkVerdict verdict, gsize bytes, GstClockTime arrival, GstClockTime queue);
void link_trace_value (LinkTrace *self, GstClockTime time, LinkDir dir, guint flow,
    const gchar *name, gdouble value);

/* One line read back; event points into line, which is changed. FALSE: not a line of a trace (or
 * its header). */
typedef struct {
  GstClockTime time, arrival, queue; /* NONE where empty */
  gint dir;                          /* LinkDir, -1: none */
  guint flow;
  const gchar *event;
  gdouble value;
} LinkTraceLine;

gboolean link_trace_read (gchar *line, LinkTraceLine *out);

G_END_DECLS
