/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* sim-munge.h - descriptions changed on their way from one simulated peer to the other. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Takes sdp over and gives back what arrives; from_sender: it is the sender's. */
typedef gchar *(*SimMunge) (gchar *sdp, gboolean from_sender);

/* Each occurrence of what in sdp, which is taken over, becomes by. (transfer full) */
gchar *sim_munge_replace (gchar *sdp, const gchar *what, const gchar *by);

/* The other side knows REMB only. */
gchar *sim_munge_no_twcc (gchar *sdp, gboolean from_sender);

/* Nor that. */
gchar *sim_munge_no_rate_feedback (gchar *sdp, gboolean from_sender);

G_END_DECLS
