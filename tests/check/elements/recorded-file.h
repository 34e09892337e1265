/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* recorded-file.h - what a file holds that was recorded of a feed (recording-feed.h). */
#pragma once

#include <gst/gst.h>

G_BEGIN_DECLS

/* FEED_BITS: of a picture's number, each a block as wide as a part of the picture. FEED_ROW_LINES:
 * height of a row of them. FEED_TICK_LEAD: audiotestsrc ticks this long before the second. */
#define FEED_BITS 16
#define FEED_ROW_LINES 32
#define FEED_TICK_LEAD (20 * GST_MSECOND)

/* What a file holds. */
typedef struct {
  GArray *numbers;  /* guint: pictures' numbers in order */
  GArray *times;    /* GstClockTime: their pts */
  GArray *ticks;    /* GstClockTime: when the sound ticks */
  GstClockTime audio_end;
  guint audio_buffers;
  guint torn;       /* pictures that cannot be read */
  guint width, height; /* of the last picture */
  gboolean monotonic;
  gboolean ok;      /* played to its end */
} FeedFile;

void feed_file_read (FeedFile *self, const gchar *path);
void feed_file_clear (FeedFile *self);

/* Played to its end, pictures first .. first + n - 1 all there, in order and whole. */
void feed_file_assert_complete (const FeedFile *self, guint first, guint n);

G_END_DECLS
