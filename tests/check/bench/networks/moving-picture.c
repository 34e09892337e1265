/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "moving-picture.h"

#include <string.h>

#include "picture-counter.h"

/* The texture repeats itself; it is stored twice side by side, so that a line is one copy. */
#define TEXTURE_WIDTH 1024
#define TEXTURE_HEIGHT 512

struct _MovingPicture {
  guint8 texture[TEXTURE_HEIGHT][2 * TEXTURE_WIDTH];
};

/* 0..255, the same for the same place. */
static guint32
noise (guint32 x, guint32 y, guint32 octave)
{
  guint32 h = x * 374761393u + y * 668265263u + octave * 2246822519u;

  h = (h ^ (h >> 13)) * 1274126177u;
  return (h ^ (h >> 16)) & 255;
}

/* Noise at the corners of cells, and in between what is in between. */
static guint32
smooth_noise (guint32 x, guint32 y, guint32 cell, guint32 octave)
{
  guint32 left = x / cell, right = (left + 1) % (TEXTURE_WIDTH / cell), fx = x % cell;
  guint32 top = y / cell, bottom = (top + 1) % (TEXTURE_HEIGHT / cell), fy = y % cell;
  guint32 above = noise (left, top, octave) * (cell - fx) + noise (right, top, octave) * fx;
  guint32 below = noise (left, bottom, octave) * (cell - fx) + noise (right, bottom, octave) * fx;

  return (above * (cell - fy) + below * fy) / (cell * cell);
}

MovingPicture *
moving_picture_new (void)
{
  MovingPicture *self = g_new (MovingPicture, 1);

  for (guint32 y = 0; y < TEXTURE_HEIGHT; y++)
    for (guint32 x = 0; x < TEXTURE_WIDTH; x++) {
      guint32 level =
          2 * smooth_noise (x, y, 64, 0) + smooth_noise (x, y, 16, 1) + smooth_noise (x, y, 4, 2);

      self->texture[y][x] = self->texture[y][x + TEXTURE_WIDTH] = (guint8) (32 + level * 3 / 16);
    }
  return self;
}

void
moving_picture_free (MovingPicture *self)
{
  g_free (self);
}

/* 0..high up and down again. */
static guint
swing (guint at, guint high)
{
  guint phase = at % (2 * high);

  return phase < high ? phase : 2 * high - phase;
}

void
moving_picture_draw (
    const MovingPicture *self, guint8 *luma, gsize stride, guint width, guint height, guint number)
{
  picture_counter_write (luma, stride, width, number);
  for (guint y = width / 10 * 2; y < height; y++) {
    guint shift = number * 3 + swing (y + number * 5, 48) / 3;

    memcpy (luma + y * stride, self->texture[(y + number) % TEXTURE_HEIGHT] + shift % TEXTURE_WIDTH,
        width);
  }
}
