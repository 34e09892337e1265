/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "sound-onsets.h"

#include <math.h>

#define BLOCK (SOUND_RATE / 500) /* 2 ms */
#define QUIET_BLOCKS 75
#define SILENCE 0.005f   /* a maximum below is no sound at all */
#define LOUD_SHARE 0.35f /* of the maximum */
#define EDGE_BLOCKS 5    /* of a loud part, not used for the pitch: attack and decay */

struct _SoundOnsets {
  GArray *samples; /* gfloat; whole blocks but for the tail */
  GArray *times;   /* GstClockTime, one per block */
  GArray *peaks;   /* gfloat, one per block */
  GstClockTime next;
};

SoundOnsets *
sound_onsets_new (void)
{
  SoundOnsets *self = g_new0 (SoundOnsets, 1);

  self->samples = g_array_new (FALSE, FALSE, sizeof (gfloat));
  self->times = g_array_new (FALSE, FALSE, sizeof (GstClockTime));
  self->peaks = g_array_new (FALSE, FALSE, sizeof (gfloat));
  self->next = 0;
  return self;
}

void
sound_onsets_free (SoundOnsets *self)
{
  g_array_unref (self->samples);
  g_array_unref (self->times);
  g_array_unref (self->peaks);
  g_free (self);
}

/* Fills the begun block with silence: what comes next is elsewhere in time. */
static void
finish_block (SoundOnsets *self)
{
  const gfloat zero = 0.0f;

  while (self->samples->len % BLOCK != 0)
    g_array_append_val (self->samples, zero);
}

void
sound_onsets_push (SoundOnsets *self, GstClockTime time, const gfloat *samples, gsize n)
{
  if (!GST_CLOCK_TIME_IS_VALID (time))
    time = self->next;
  if (ABS (GST_CLOCK_DIFF (self->next, time)) > 5 * GST_MSECOND)
    finish_block (self);
  for (gsize i = 0; i < n && self->samples->len < SOUND_MAX_SECONDS * SOUND_RATE; i++) {
    gfloat level = fabsf (samples[i]);

    if (self->samples->len % BLOCK == 0) {
      GstClockTime at = time + gst_util_uint64_scale (i, GST_SECOND, SOUND_RATE);

      g_array_append_val (self->times, at);
      g_array_append_val (self->peaks, level);
    }
    g_array_append_val (self->samples, samples[i]);
    if (level > g_array_index (self->peaks, gfloat, self->peaks->len - 1))
      g_array_index (self->peaks, gfloat, self->peaks->len - 1) = level;
  }
  self->next = time + gst_util_uint64_scale (n, GST_SECOND, SOUND_RATE);
}

/* The level from which a block is loud; 0 when all is silence. */
static gfloat
find_threshold (SoundOnsets *self)
{
  gfloat max = 0.0f;

  for (guint i = 0; i < self->peaks->len; i++)
    max = MAX (max, g_array_index (self->peaks, gfloat, i));
  return max < SILENCE ? 0.0f : max * LOUD_SHARE;
}

GArray *
sound_onsets_find (SoundOnsets *self)
{
  GArray *onsets = g_array_new (FALSE, FALSE, sizeof (GstClockTime));
  gfloat threshold = find_threshold (self);
  guint quiet = QUIET_BLOCKS;

  for (guint i = 0; threshold > 0.0f && i < self->peaks->len; i++) {
    if (g_array_index (self->peaks, gfloat, i) < threshold) {
      quiet++;
      continue;
    }
    if (quiet >= QUIET_BLOCKS)
      g_array_append_val (onsets, g_array_index (self->times, GstClockTime, i));
    quiet = 0;
  }
  return onsets;
}

/* Adds the periods and their seconds between the first and the last rising zero crossing. */
static void
count_periods (const gfloat *samples, gsize n, guint *periods, gdouble *seconds)
{
  gdouble first = -1.0, last = -1.0;
  guint crossings = 0;

  for (gsize i = 1; i < n; i++)
    if (samples[i - 1] < 0.0f && samples[i] >= 0.0f) {
      last = (gdouble) i - samples[i] / (gdouble) (samples[i] - samples[i - 1]);
      if (crossings++ == 0)
        first = last;
    }
  if (crossings < 2)
    return;
  *periods += crossings - 1;
  *seconds += (last - first) / SOUND_RATE;
}

gdouble
sound_onsets_get_pitch (SoundOnsets *self)
{
  gfloat threshold = find_threshold (self);
  gdouble seconds = 0.0;
  guint periods = 0;

  for (guint i = 0; threshold > 0.0f && i < self->peaks->len;) {
    guint begin = i;

    while (i < self->peaks->len && g_array_index (self->peaks, gfloat, i) >= threshold)
      i++;
    if (i > begin + 2 * EDGE_BLOCKS + 10)
      count_periods (&g_array_index (self->samples, gfloat, (begin + EDGE_BLOCKS) * BLOCK),
          (i - begin - 2 * EDGE_BLOCKS) * BLOCK, &periods, &seconds);
    if (i == begin)
      i++;
  }
  return periods > 0 ? periods / seconds : 0.0;
}

gdouble
sound_onsets_get_loud_share (SoundOnsets *self)
{
  gfloat threshold = find_threshold (self);
  guint loud = 0;

  for (guint i = 0; threshold > 0.0f && i < self->peaks->len; i++)
    loud += g_array_index (self->peaks, gfloat, i) >= threshold;
  return loud > 0 ? (gdouble) loud / self->peaks->len : 0.0;
}
