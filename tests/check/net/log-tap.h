/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* log-tap.h - keeps all that is logged at the highest level, to look for what must not be there.
 *
 * GStreamer's log in every category at level 9 (MEMDUMP), and GLib's. Any thread. */
#pragma once

#include <gst/gst.h>

G_BEGIN_DECLS

/* Begins to keep; nothing goes to stderr until log_tap_stop(). After gst_init(). */
void log_tap_start (void);

/* Adds text that came otherwise (a dump, a property), to be searched with the rest. */
void log_tap_add (const gchar *text);

/* Fails the test when what was kept holds the secret: as it is, in hex or in base64. */
void log_tap_assert_absent (const gchar *what, gconstpointer secret, gsize len);

/* Fails the test when text is not there: the tap works. */
void log_tap_assert_present (const gchar *text);

void log_tap_stop (void);

G_END_DECLS
