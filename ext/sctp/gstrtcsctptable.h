/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* gstrtcsctptable.h - the associations of the process: who belongs together, and the one thread
 * that runs their timers. The thread is there while there are associations. Thread: any. */
#pragma once

#include <gst/gst.h>

G_BEGIN_DECLS

typedef struct _GstRtcSctpEntry GstRtcSctpEntry;

/* Begins an association, which is reference counted by g_atomic_rc_box. */
struct _GstRtcSctpEntry {
  guint number;
  void (*handle_timeout) (GstRtcSctpEntry *self); /* on the thread of timers, no lock held */
  void (*unref) (GstRtcSctpEntry *self);

  GstClockTime deadline;     /* the table's */
  GstElement *elements[2];   /* the table's, of each role; NULL: wanted. Not owned */
  gboolean is_over;          /* the table's: somebody has left */
};

/* Finds the entry of that number that wants role, or makes one, and puts element there. Of several,
 * the one whose other element is nearest to this one in the tree of bins, then the oldest.
 * (transfer full) */
GstRtcSctpEntry *gst_rtc_sctp_table_join (guint number, guint role, GstElement *element,
    GstRtcSctpEntry *(*make) (guint number));

/* Takes the element of role out. Nobody joins the entry any more. */
void gst_rtc_sctp_table_leave (GstRtcSctpEntry *entry, guint role);

/* When handle_timeout() is to be called; monotonic time, NONE: never. */
void gst_rtc_sctp_table_set_deadline (GstRtcSctpEntry *entry, GstClockTime deadline);

G_END_DECLS
