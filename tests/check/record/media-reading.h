/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* media-reading.h - reads burned-in numbers, flashes and sound from raw pads, live or from a file.
 *
 * Any thread; the pads' streaming threads take the same lock as those who ask. */
#pragma once

#include "recording-analysis.h"

G_BEGIN_DECLS

typedef struct _MediaReading MediaReading;

/* loop: the numbers run from 0 to loop-1 and begin anew (0: 65536). */
MediaReading *media_reading_new (guint loop);
void media_reading_free (MediaReading *self); /* after the branches have stopped */

/* Adds a branch to bin that reads what pad, which gives raw sound or a raw picture, puts out, as
 * fast as it comes and with the times it has. Returns the branch, which belongs to bin. */
GstElement *media_reading_attach (MediaReading *self, GstBin *bin, GstPad *pad, gboolean is_video);

/* Fills in what is known so far of picture and sound; leaves the other fields of report alone. */
void media_reading_report (MediaReading *self, RecordingAnalysis *report);

G_END_DECLS
