/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "tests/check/stall/stall-watch.h"

struct _StallWatch {
  GThread *thread;
  GMutex lock;
  GCond stopped;
  gboolean is_over;
  gint64 interval, next; /* us */
  GArray *late;          /* gint64, us */
};

static gpointer
watch_wait (gpointer data)
{
  StallWatch *self = data;

  g_mutex_lock (&self->lock);
  while (!self->is_over) {
    gint64 late;

    if (g_cond_wait_until (&self->stopped, &self->lock, self->next) || self->is_over)
      continue;
    late = g_get_monotonic_time () - self->next;
    g_array_append_val (self->late, late);
    self->next += self->interval;
  }
  g_mutex_unlock (&self->lock);
  return NULL;
}

StallWatch *
stall_watch_start (GstClockTime interval)
{
  StallWatch *self = g_new0 (StallWatch, 1);

  g_mutex_init (&self->lock);
  g_cond_init (&self->stopped);
  self->late = g_array_new (FALSE, FALSE, sizeof (gint64));
  self->interval = (gint64) (interval / GST_USECOND);
  self->next = g_get_monotonic_time () + self->interval;
  self->thread = g_thread_new ("stall-watch", watch_wait, self);
  return self;
}

static gint
compare (gconstpointer a, gconstpointer b)
{
  gint64 one = *(const gint64 *) a, other = *(const gint64 *) b;

  return (one > other) - (one < other);
}

void
stall_watch_stop (StallWatch *self, StallFigures *figures)
{
  gint64 late;

  g_mutex_lock (&self->lock);
  self->is_over = TRUE;
  /* What it misses right now. */
  late = g_get_monotonic_time () - self->next;
  if (late > 0)
    g_array_append_val (self->late, late);
  g_cond_signal (&self->stopped);
  g_mutex_unlock (&self->lock);
  g_thread_join (self->thread);
  g_array_sort (self->late, compare);
  *figures = (StallFigures){ .waits = self->late->len };
  if (self->late->len > 0) {
    figures->median =
        (GstClockTime) g_array_index (self->late, gint64, self->late->len / 2) * GST_USECOND;
    figures->worst =
        (GstClockTime) g_array_index (self->late, gint64, self->late->len - 1) * GST_USECOND;
  }
  g_array_unref (self->late);
  g_cond_clear (&self->stopped);
  g_mutex_clear (&self->lock);
  g_free (self);
}
