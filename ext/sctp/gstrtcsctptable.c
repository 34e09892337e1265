/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "ext/sctp/gstrtcsctptable.h"

static GMutex lock; /* all below, and what is the table's in entries */
static GCond changed;
static GList *entries;       /* GstRtcSctpEntry *, oldest first; owned */
static GThread *timers;      /* NULL: not running */
static GstClockTime wake_up; /* when timers looks next */

static GstClockTime
now (void)
{
  return (GstClockTime) g_get_monotonic_time () * GST_USECOND;
}

/* -- Timers ------------------------------------------------------------------ */

/* One that is due (transfer full), or NULL and when the next one is; lock held. */
static GstRtcSctpEntry *
take_due (GstClockTime time, GstClockTime *next)
{
  *next = GST_CLOCK_TIME_NONE;
  for (GList *l = entries; l != NULL; l = l->next) {
    GstRtcSctpEntry *entry = l->data;

    if (entry->deadline <= time) {
      entry->deadline = GST_CLOCK_TIME_NONE;
      return g_atomic_rc_box_acquire (entry);
    }
    *next = MIN (*next, entry->deadline);
  }
  return NULL;
}

static gpointer
run_timers (gpointer unused)
{
  g_mutex_lock (&lock);
  while (entries != NULL) {
    GstRtcSctpEntry *due = take_due (now (), &wake_up);

    if (due != NULL) {
      g_mutex_unlock (&lock);
      due->handle_timeout (due);
      due->unref (due);
      g_mutex_lock (&lock);
    } else if (wake_up == GST_CLOCK_TIME_NONE) {
      g_cond_wait (&changed, &lock);
    } else {
      g_cond_wait_until (&changed, &lock, (gint64) (wake_up / GST_USECOND) + 1);
    }
  }
  g_thread_unref (timers);
  timers = NULL;
  g_mutex_unlock (&lock);
  return NULL;
}

void
gst_rtc_sctp_table_set_deadline (GstRtcSctpEntry *entry, GstClockTime deadline)
{
  g_mutex_lock (&lock);
  entry->deadline = deadline;
  if (deadline < wake_up) {
    wake_up = deadline;
    g_cond_signal (&changed);
  }
  g_mutex_unlock (&lock);
}

/* -- Pairs ------------------------------------------------------------------- */

/* How many parents up from one the first bin is that also holds other; G_MAXUINT: none. */
static guint
distance (GstElement *one, GstElement *other)
{
  GstObject *bin = gst_object_get_parent (GST_OBJECT (one));
  guint steps = 0;

  while (bin != NULL && !gst_object_has_as_ancestor (GST_OBJECT (other), bin)) {
    GstObject *parent = gst_object_get_parent (bin);

    gst_object_unref (bin);
    bin = parent;
    steps++;
  }
  if (bin == NULL)
    return G_MAXUINT;
  gst_object_unref (bin);
  return steps;
}

/* Lock held. */
static GstRtcSctpEntry *
find (guint number, guint role, GstElement *element)
{
  GstRtcSctpEntry *best = NULL;
  guint best_distance = 0;

  for (GList *l = entries; l != NULL; l = l->next) {
    GstRtcSctpEntry *entry = l->data;
    guint steps;

    if (entry->number != number || entry->is_over || entry->elements[role] != NULL)
      continue;
    steps = distance (element, entry->elements[1 - role]);
    if (best == NULL || steps < best_distance) {
      best = entry;
      best_distance = steps;
    }
  }
  return best;
}

GstRtcSctpEntry *
gst_rtc_sctp_table_join (
    guint number, guint role, GstElement *element, GstRtcSctpEntry *(*make) (guint number))
{
  GstRtcSctpEntry *entry;

  g_mutex_lock (&lock);
  entry = find (number, role, element);
  if (entry == NULL) {
    entry = make (number);
    entries = g_list_append (entries, entry);
    if (timers == NULL) {
      wake_up = GST_CLOCK_TIME_NONE;
      timers = g_thread_new ("sctp-timers", run_timers, NULL);
    }
  }
  entry->elements[role] = element;
  g_atomic_rc_box_acquire (entry);
  g_mutex_unlock (&lock);
  return entry;
}

void
gst_rtc_sctp_table_leave (GstRtcSctpEntry *entry, guint role)
{
  gboolean is_listed;

  g_mutex_lock (&lock);
  entry->is_over = TRUE;
  entry->elements[role] = NULL;
  is_listed = entry->elements[1 - role] == NULL;
  if (is_listed) {
    entries = g_list_remove (entries, entry);
    g_cond_signal (&changed);
  }
  g_mutex_unlock (&lock);
  if (is_listed)
    entry->unref (entry);
}
