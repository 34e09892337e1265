/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* webrtcbin-answer.h - a webrtcbin that answers the offer in an HTTP request (WHIP or WHEP), for
 * what ours is compared with. Thread: the one of the default GMainContext. */
#pragma once

#include <gst/gst.h>
#include <libsoup/soup.h>

G_BEGIN_DECLS

/* Prints the errors of pipeline, and turns the UPnP search of its webrtcbin off: it takes seconds
 * and finds nothing here. Before it plays. */
void webrtcbin_prepare (GstElement *pipeline, GstElement *rtc);

/* The body of a request. (transfer full) */
gchar *webrtcbin_read_offer (SoupServerMessage *message);

/* Pauses message and answers it with the description that rtc makes for offer, once all its
 * candidates are in it: 201 and location. FALSE: there is none, and message was answered with
 * 400. */
gboolean webrtcbin_answer (GstElement *rtc, SoupServerMessage *message, const gchar *offer,
    const gchar *location);

G_END_DECLS
