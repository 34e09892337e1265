/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* sctp-line.h - two associations of sctpenc and sctpdec, each in a pipeline of its own, which talk
 * to each other, and what comes out of them. Waiting is for at most 30 s. */
#pragma once

#include <gst/gst.h>

G_BEGIN_DECLS

/* Something that came out of a sctpdec. */
typedef struct {
  guint stream;
  guint32 ppid;
  GBytes *data; /* NULL: the pad has ended and is gone */
} SctpSeen;

typedef struct {
  GstElement *pipelines[2], *encs[2], *decs[2];
  GstPad *sinks[2];    /* of decs */
  GstPad *links[2];    /* behind encs */
  guint drop_every[2]; /* of that end's packets one of so many is lost; 0: none */
  gint n_packets[2];

  GMutex lock; /* all below */
  GCond changed;
  GQueue seen[2]; /* SctpSeen * */
  gint n_up[2];   /* sctp-association-established: TRUE less FALSE */
} SctpLine;

/* Both given those sctp-association-ids; in READY. */
void sctp_line_init (SctpLine *self, guint number0, guint number1);
void sctp_line_clear (SctpLine *self);

void sctp_line_set_state (SctpLine *self, GstState state);

/* PLAYING, and up at both ends; waits for that. */
void sctp_line_start (SctpLine *self);
void sctp_line_wait_up (SctpLine *self, gint n_up);

/* A sink pad ready for buffers; caps (nullable) as a string. (transfer full): for release() */
GstPad *sctp_line_request (SctpLine *self, guint end, guint stream, const gchar *caps);
void sctp_line_release (SctpLine *self, guint end, GstPad *pad);

/* What precedes buffers on a pad that has become active; request() has done it. */
void sctp_line_begin (GstPad *pad);

/* len bytes that number tells. */
GstFlowReturn sctp_line_send (GstPad *pad, guint number, gsize len);
gboolean sctp_line_is (const SctpSeen *seen, guint number, gsize len);

/* The next that came out at end. (transfer full) */
SctpSeen *sctp_line_take (SctpLine *self, guint end);
void sctp_line_free_seen (SctpSeen *seen);

G_END_DECLS
