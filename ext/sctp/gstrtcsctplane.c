/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "ext/sctp/gstrtcsctplane.h"

struct _GstRtcSctpLane {
  GstRtcSctpLaneFunc func;
  gpointer data;
  GDestroyNotify destroy; /* (nullable) */

  GMutex lock; /* all below */
  GCond idle;
  gboolean is_stopped;
  gboolean is_busy; /* given to the pool */
  gboolean is_due;  /* something came since func was called */
  GThread *runner;  /* while func runs */
};

static void
clear (gpointer data)
{
  GstRtcSctpLane *self = data;

  if (self->destroy != NULL)
    self->destroy (self->data);
  g_mutex_clear (&self->lock);
  g_cond_clear (&self->idle);
}

static void
run (gpointer data, gpointer unused)
{
  GstRtcSctpLane *self = data;

  g_mutex_lock (&self->lock);
  self->runner = g_thread_self ();
  while (self->is_due && !self->is_stopped) {
    self->is_due = FALSE;
    g_mutex_unlock (&self->lock);
    self->func (self->data);
    g_mutex_lock (&self->lock);
  }
  self->runner = NULL;
  self->is_busy = FALSE;
  g_cond_broadcast (&self->idle);
  g_mutex_unlock (&self->lock);
  g_atomic_rc_box_release_full (self, clear);
}

static GThreadPool *
get_pool (void)
{
  static GThreadPool *pool;
  static gsize is_made = 0;

  if (g_once_init_enter (&is_made)) {
    pool = g_thread_pool_new (run, NULL, -1, FALSE, NULL);
    g_once_init_leave (&is_made, 1);
  }
  return pool;
}

GstRtcSctpLane *
gst_rtc_sctp_lane_new (GstRtcSctpLaneFunc func, gpointer data, GDestroyNotify destroy)
{
  GstRtcSctpLane *self = g_atomic_rc_box_new0 (GstRtcSctpLane);

  self->func = func;
  self->data = data;
  self->destroy = destroy;
  g_mutex_init (&self->lock);
  g_cond_init (&self->idle);
  return self;
}

void
gst_rtc_sctp_lane_wake (GstRtcSctpLane *self)
{
  gboolean starts;

  g_mutex_lock (&self->lock);
  starts = !self->is_busy && !self->is_stopped;
  self->is_due = TRUE;
  self->is_busy |= starts;
  g_mutex_unlock (&self->lock);
  if (starts)
    g_thread_pool_push (get_pool (), g_atomic_rc_box_acquire (self), NULL);
}

void
gst_rtc_sctp_lane_stop (GstRtcSctpLane *self)
{
  g_mutex_lock (&self->lock);
  self->is_stopped = TRUE;
  while (self->is_busy && self->runner != g_thread_self ())
    g_cond_wait (&self->idle, &self->lock);
  g_mutex_unlock (&self->lock);
}

void
gst_rtc_sctp_lane_free (GstRtcSctpLane *self)
{
  if (self != NULL)
    g_atomic_rc_box_release_full (self, clear);
}
