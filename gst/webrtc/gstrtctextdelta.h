/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* gstrtctextdelta.h - a text as what differs from another one, line by line.
 *
 * The session descriptions of two viewers have most lines in common: a delta of one against the
 * other is an eighth of it. Pure, any thread. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* GST_RTC_TEXT_DELTA_MAX: of longer texts there are no deltas. */
#define GST_RTC_TEXT_DELTA_MAX 65535

/* Fills out with what makes text of base. FALSE: that would be more than max bytes or take too
 * long, or one of the two is longer than GST_RTC_TEXT_DELTA_MAX; then out holds anything. Takes
 * some 100 us at most, whatever the texts are. */
gboolean gst_rtc_text_delta_make (const gchar *base, const gchar *text, gsize max, GByteArray *out);

/* The text of which delta (n bytes, by make() with the same base) was made; len bytes, and NUL
 * behind them. (transfer full) */
gchar *gst_rtc_text_delta_apply (const gchar *base, const guint8 *delta, gsize n, gsize len);

G_END_DECLS
