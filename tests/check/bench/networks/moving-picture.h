/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* moving-picture.h - pictures that are worth a few Mbit/s to an encoder, with their number on top.
 *
 * The upper rows are the number as picture-counter.h writes it; below them a cloudy texture moves
 * and shakes, each line a little differently, so that no encoder gets away with copying blocks. The
 * same pictures, to the pixel, are drawn by ends.js for senders in browsers: all integers. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef struct _MovingPicture MovingPicture;

MovingPicture *moving_picture_new (void);
void moving_picture_free (MovingPicture *self);

/* Draws the luma of picture number; width is 1024 at most. Grey: the chroma is the caller's. */
void moving_picture_draw (
    const MovingPicture *self, guint8 *luma, gsize stride, guint width, guint height, guint number);

G_END_DECLS
