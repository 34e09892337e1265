/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* gstrtcsharedtext.h - texts that several keep, once in memory: the offer of a viewer is kept by
 * its session and by the server that it came to.
 *
 * As g_ref_string_new_intern(), which GLib 2.74 may hand a text that another thread is about to
 * free: there the count falls to 0 before the table is locked. Any thread. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* The same memory for the same text for as long as somebody has it: not to be changed. (transfer
 * full: gst_rtc_shared_text_release()) */
gchar *gst_rtc_shared_text_new (const gchar *text);

/* (nullable) Gives it back; memory and place are free when nobody has it any more. */
void gst_rtc_shared_text_release (gchar *text);

G_END_DECLS
