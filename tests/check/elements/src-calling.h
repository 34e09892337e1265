/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* src-calling.h - webrtcsrc as an application has it, called by webrtcsinks of the same process:
 * two pipelines, their direct signallers joined.
 *
 * What waits fails the test after 20 s. Thread: the test's. */
#pragma once

#include <gst/gst.h>
#include <gst/webrtc/webrtc.h>

G_BEGIN_DECLS

#define CALL_PATIENCE (20 * GST_SECOND)

typedef struct _Answering Answering;

/* A pipeline of line. (transfer full) */
GstElement *call_launch (const gchar *line);

/* One pad that has come. */
typedef struct {
  GstPad *pad;
  gchar *name;
  guint n_buffers;    /* that came out; atomic */
  guint n_key_frames; /* without GST_BUFFER_FLAG_DELTA_UNIT; atomic */
  guint n_timed;      /* with a reference time stamp of caps timestamp/x-ntp; atomic */
  GMutex lock;        /* guards the next two, of the last one of these */
  GstClockTime pts, ntp;
  gint eos;           /* atomic */
  gint gone;          /* atomic: the pad was removed */
} AnsweredPad;

/* A pipeline with a webrtcsrc called r. */
struct _Answering {
  GstElement *pipeline, *src;
  GObject *signaller;
  const gchar *output; /* what is linked to each new pad, as for gst-launch; NULL: nothing */
  GMutex lock;         /* guards pads */
  GPtrArray *pads;     /* AnsweredPad, in the order they came */
  guint n_pads, n_gone; /* atomic */
};

/* Plays line. output: "video description|audio description"; each ends in a sink. */
void answering_start (Answering *a, const gchar *line, const gchar *output);
void answering_stop (Answering *a);

/* The index-th pad that came; waits for it. */
AnsweredPad *answering_wait_pad (Answering *a, guint index);

/* The last pad of that name that came; waits for it. */
AnsweredPad *answering_wait_name (Answering *a, const gchar *name);

/* Nothing went wrong in the pipeline. */
void answering_check (Answering *a);

/* The statistics of the pad; fails when there are none. (transfer full) */
GstStructure *answering_get_stats (Answering *a, const gchar *pad_name);

/* A pipeline with a webrtcsink called s, and its call. */
typedef struct {
  GstElement *pipeline, *sink;
  GObject *signaller;
  Answering *answering;
  gchar *id;
  gint is_known; /* atomic: the other end has the session */
  GstWebRTCSessionDescription *offer; /* the first */
  guint n_answers;                    /* atomic */
  gulong handlers[3];
} Caller;

/* Plays line and calls. offers: the caller makes the offer, else webrtcsrc. */
void caller_start (Caller *c, Answering *a, const gchar *line, gboolean offers);

/* Its first offer once more, as a renegotiation. */
void caller_offer_again (Caller *c);

/* Says goodbye and ends. */
void caller_stop (Caller *c);

/* Until *counter, atomic, is at least wanted. */
void call_wait_count (const guint *counter, guint wanted);

G_END_DECLS
