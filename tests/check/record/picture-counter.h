/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* picture-counter.h - a frame number burned into a picture, and read back after any codec.
 *
 * The layout is that of ../browser/testsource.c, scaled with the picture's width: two rows of 16
 * blocks, each width/16 wide and width/10 high; the number's bits (highest first, white is 1) and
 * below them their complement, so that a torn or smeared picture is known as such. What is below
 * both rows (from line width/5 on) is free: its brightness tells a flash.
 *
 * Luma planes only, 8 bit, limited range. Any thread. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define PICTURE_COUNTER_BITS 16
#define PICTURE_COUNTER_RANGE (1u << PICTURE_COUNTER_BITS)

/* Writes number modulo PICTURE_COUNTER_RANGE. The plane has at least width/5 lines; width >= 32. */
void picture_counter_write (guint8 *luma, gsize stride, guint width, guint number);

/* The number, or -1 when the rows disagree, the contrast is poor or the picture too small. */
gint picture_counter_read (const guint8 *luma, gsize stride, guint width, guint height);

/* Mean luma (0 to 255) of what is below the rows; 0 when nothing is. */
guint picture_counter_read_rest (const guint8 *luma, gsize stride, guint width, guint height);

G_END_DECLS
