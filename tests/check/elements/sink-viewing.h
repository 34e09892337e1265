/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* sink-viewing.h - webrtcsink as an application has it, and viewers of it by the direct signaller.
 *
 * What waits fails the test after 20 s. Thread: the test's. */
#pragma once

#include <gst/gst.h>
#include <gst/webrtc/webrtc.h>

G_BEGIN_DECLS

#define ANY_PORT "web-server-host-addr=http://127.0.0.1:0/"

GstElement *sink_launch (const gchar *line); /* (transfer full) */
void sink_stop (GstElement *pipeline);       /* to NULL; takes it */

/* The element called name; the pipeline holds it. */
GstElement *sink_get (GstElement *pipeline, const gchar *name);

/* The next message of types, or with name the next element message of it; an error that was not
 * asked for fails. (transfer full) */
GstMessage *sink_wait_message (GstElement *pipeline, GstMessageType types, const gchar *name);

/* Where the web server says it is. (transfer full) */
gchar *sink_wait_url (GstElement *pipeline);

/* Until the caps of the sink's pad are known. */
void sink_wait_caps (GstElement *sink, const gchar *pad_name);

/* Until *counter, atomic, is at least wanted. */
void sink_wait_count (const guint *counter, guint wanted);

/* The line does not start; the resource error says part. */
void sink_expect_failure (const gchar *line, const gchar *part);

gchar *sink_read_offer (const gchar *name); /* of tests/check/sdp. (transfer full) */

typedef struct {
  GstElement *pipeline, *sink;
  GObject *signaller;
  guint n_added, n_removed; /* consumers; atomic */
  guint n_encoders;         /* encoder-setup; atomic */
  gpointer last_session;    /* weak */
  gchar *encoder;           /* of the last encoder-setup */
} Viewing;

/* Plays line, whose webrtcsink is called s. */
void viewing_start (Viewing *v, const gchar *line);

/* Everything that was added has been removed and freed. */
void viewing_stop (Viewing *v);

/* Media goes on at the pad, and nothing has gone wrong in the element. */
void viewing_check_flow (Viewing *v, const gchar *pad_name);

/* Posts the offer and returns the reply: a structure with "description" or "error". */
GstStructure *viewing_negotiate (Viewing *v, const gchar *offer);

/* The answer's text; fails when there is none. (transfer full) */
gchar *viewing_negotiate_answer (Viewing *v, const gchar *offer);

G_END_DECLS
