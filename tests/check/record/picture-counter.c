/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "picture-counter.h"

#include <string.h>

#define BLACK 16
#define WHITE 235
#define MIN_WIDTH 32
/* Between a bit and its complement; what is left after a coarse quantiser is still over 100. */
#define MIN_CONTRAST 40

void
picture_counter_write (guint8 *luma, gsize stride, guint width, guint number)
{
  guint row = width / 10;

  for (guint line = 0; line < 2 * row; line++) {
    guint bits = line < row ? number : ~number;

    for (guint i = 0; i < PICTURE_COUNTER_BITS; i++) {
      guint begin = i * width / PICTURE_COUNTER_BITS;
      guint end = (i + 1) * width / PICTURE_COUNTER_BITS;
      gboolean set = (bits >> (PICTURE_COUNTER_BITS - 1 - i)) & 1;

      memset (luma + line * stride + begin, set ? WHITE : BLACK, end - begin);
    }
  }
}

/* Mean of a rectangle; every second pixel and line is enough for a large one. */
static guint
mean_of (const guint8 *luma, gsize stride, guint x0, guint x1, guint y0, guint y1, guint step)
{
  guint64 sum = 0;
  guint n = 0;

  for (guint y = y0; y < y1; y += step)
    for (guint x = x0; x < x1; x += step) {
      sum += luma[y * stride + x];
      n++;
    }
  return n > 0 ? (guint) (sum / n) : 0;
}

gint
picture_counter_read (const guint8 *luma, gsize stride, guint width, guint height)
{
  guint row = width / 10, number = 0;

  if (width < MIN_WIDTH || height < 2 * row)
    return -1;
  for (guint i = 0; i < PICTURE_COUNTER_BITS; i++) {
    guint begin = i * width / PICTURE_COUNTER_BITS;
    guint end = (i + 1) * width / PICTURE_COUNTER_BITS;
    guint margin = (end - begin) / 4; /* codecs and scalers smear the edges */
    gint bit =
        (gint) mean_of (luma, stride, begin + margin, end - margin, row / 4, row - row / 4, 1);
    gint complement = (gint) mean_of (
        luma, stride, begin + margin, end - margin, row + row / 4, 2 * row - row / 4, 1);

    if (ABS (bit - complement) < MIN_CONTRAST)
      return -1;
    number = number * 2 + (bit > complement ? 1 : 0);
  }
  return (gint) number;
}

guint
picture_counter_read_rest (const guint8 *luma, gsize stride, guint width, guint height)
{
  guint from = width / 5 + 2; /* the lines next to the rows are smeared */

  return from < height ? mean_of (luma, stride, 0, width, from, height, 4) : 0;
}
