/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* webrtcbin-sender.h - GStreamer's own webrtcbin behind a WHEP endpoint, for one viewer, to compare
 * with: a VP8 encoder with the settings that webrtcsink chooses, retransmission on. */
#pragma once

#include <gst/gst.h>

G_BEGIN_DECLS

/* Serves on a free port of loopback's; the pipeline of a viewer is made and started when it calls,
 * "PICTURE ! vp8enc ! rtpvp8pay ! webrtcbin". bitrate in bit/s. watch (pipeline, user_data) is
 * called before it starts. Returns the endpoint's URL. It serves until the process ends.
 * (transfer full) */
gchar *webrtcbin_sender_serve (const gchar *picture, guint bitrate,
    void (*watch) (GstElement *, gpointer), gpointer user_data);

G_END_DECLS
