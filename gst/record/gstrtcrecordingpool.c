/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "gst/record/gstrtcrecordingprivate.h"

typedef struct {
  GstRtcRecordingPool *pool;
  GThread *thread;
  GMutex lock;
  GCond cond;
  GPtrArray *incoming;   /* [L] recordings that begin */
  guint n_recordings;    /* [L] */
  gboolean stop;         /* [L] */
  GPtrArray *recordings; /* the thread's */
  guint64 ticks;         /* [L] */
  GstClockTime longest;  /* [L] */
} Worker;

struct _GstRtcRecordingPool {
  gint refs;   /* users; under global_lock for the process-wide one */
  gint owners; /* of the structure: the users together, and each running thread */
  guint n_workers;
  gboolean stepped; /* no threads: step() */
  Worker *workers;
  gsize inbox_bytes; /* atomic */
  GMutex lock;
  GCond idle;         /* a recording finished */
  guint n_recordings; /* under lock */
  gint n_finishing;   /* under lock; of these, told to finish */
};

static GMutex global_lock;
static GstRtcRecordingPool *global_pool;

GstRtcRecordingPool *
gst_rtc_recording_pool_new (guint n_threads)
{
  GstRtcRecordingPool *self = g_new0 (GstRtcRecordingPool, 1);

  self->refs = self->owners = 1;
  self->stepped = n_threads == 0;
  self->n_workers = CLAMP (n_threads, 1, GST_RTC_RECORDING_POOL_MAX_THREADS);
  self->workers = g_new0 (Worker, self->n_workers);
  g_mutex_init (&self->lock);
  g_cond_init (&self->idle);
  for (guint i = 0; i < self->n_workers; i++) {
    Worker *worker = &self->workers[i];

    worker->pool = self;
    worker->incoming = g_ptr_array_new ();
    worker->recordings = g_ptr_array_new ();
    g_mutex_init (&worker->lock);
    g_cond_init (&worker->cond);
  }
  return self;
}

GstRtcRecordingPool *
gst_rtc_recording_pool_get (void)
{
  GstRtcRecordingPool *pool;

  g_mutex_lock (&global_lock);
  if (global_pool == NULL)
    global_pool = gst_rtc_recording_pool_new (GST_RTC_RECORDING_POOL_THREADS);
  else
    g_atomic_int_inc (&global_pool->refs);
  pool = global_pool;
  g_mutex_unlock (&global_lock);
  return pool;
}

GstRtcRecordingPool *
gst_rtc_recording_pool_ref (GstRtcRecordingPool *self)
{
  g_atomic_int_inc (&self->refs);
  return self;
}

/* Drops one owner of the structure; the last one frees it. */
static void
disown (GstRtcRecordingPool *self)
{
  if (!g_atomic_int_dec_and_test (&self->owners))
    return;
  for (guint i = 0; i < self->n_workers; i++) {
    g_ptr_array_unref (self->workers[i].incoming);
    g_ptr_array_unref (self->workers[i].recordings);
    g_mutex_clear (&self->workers[i].lock);
    g_cond_clear (&self->workers[i].cond);
  }
  g_free (self->workers);
  g_mutex_clear (&self->lock);
  g_cond_clear (&self->idle);
  g_free (self);
}

static void
stop_workers (GstRtcRecordingPool *self)
{
  for (guint i = 0; i < self->n_workers; i++) {
    Worker *worker = &self->workers[i];

    g_mutex_lock (&worker->lock);
    worker->stop = TRUE;
    g_cond_signal (&worker->cond);
    g_mutex_unlock (&worker->lock);
    if (worker->thread == NULL)
      continue;
    if (worker->thread == g_thread_self ())
      g_thread_unref (worker->thread);
    else
      g_thread_join (worker->thread);
  }
}

void
gst_rtc_recording_pool_unref (GstRtcRecordingPool *self)
{
  gboolean is_last;

  if (self == NULL)
    return;
  g_mutex_lock (&global_lock);
  is_last = g_atomic_int_dec_and_test (&self->refs);
  if (is_last && self == global_pool)
    global_pool = NULL;
  g_mutex_unlock (&global_lock);
  if (!is_last)
    return;
  stop_workers (self);
  disown (self);
}

gboolean
gst_rtc_recording_pool_reserve (GstRtcRecordingPool *self, gsize bytes)
{
  if (g_atomic_pointer_add (&self->inbox_bytes, (gssize) bytes) + bytes
      <= GST_RTC_RECORDING_INBOX_TOTAL)
    return TRUE;
  gst_rtc_recording_pool_release (self, bytes);
  return FALSE;
}

void
gst_rtc_recording_pool_release (GstRtcRecordingPool *self, gsize bytes)
{
  g_atomic_pointer_add (&self->inbox_bytes, -(gssize) bytes);
}

/* --- one thread ----------------------------------------------------------------------------- */

/* A recording has finished: drops it, and whoever waits for that looks again. */
static void
forget (Worker *worker, GstRtcRecording *recording)
{
  GstRtcRecordingPool *pool = worker->pool;

  g_mutex_lock (&worker->lock);
  worker->n_recordings--;
  g_mutex_unlock (&worker->lock);
  g_mutex_lock (&pool->lock);
  pool->n_recordings--;
  pool->n_finishing--;
  g_cond_broadcast (&pool->idle);
  g_mutex_unlock (&pool->lock);
  gst_rtc_recording_unref_internal (recording);
}

/* The pool outlives the round: the caller is one of its owners. */
static void
turn_all (Worker *worker, GstClockTime now)
{
  GstClockTime start = gst_util_get_timestamp (), took;

  for (guint i = 0; i < worker->recordings->len;) {
    GstRtcRecording *recording = g_ptr_array_index (worker->recordings, i);

    if (gst_rtc_recording_tick (recording, now)) {
      i++;
      continue;
    }
    g_ptr_array_remove_index_fast (worker->recordings, i);
    forget (worker, recording);
  }
  took = gst_util_get_timestamp () - start;
  g_mutex_lock (&worker->lock);
  worker->ticks++;
  worker->longest = MAX (worker->longest, took);
  g_mutex_unlock (&worker->lock);
}

/* [L] held. */
static void
take_incoming (Worker *worker)
{
  g_ptr_array_extend (worker->recordings, worker->incoming, NULL, NULL);
  g_ptr_array_set_size (worker->incoming, 0);
}

static gpointer
run_worker (gpointer data)
{
  Worker *worker = data;
  GstRtcRecordingPool *pool = worker->pool;
  gint64 next = g_get_monotonic_time ();

  g_mutex_lock (&worker->lock);
  while (!worker->stop) {
    take_incoming (worker);
    if (worker->recordings->len == 0) {
      g_cond_wait (&worker->cond, &worker->lock);
      next = g_get_monotonic_time ();
      continue;
    }
    if (g_get_monotonic_time () < next) {
      g_cond_wait_until (&worker->cond, &worker->lock, next);
      continue;
    }
    g_mutex_unlock (&worker->lock);
    turn_all (worker, gst_util_get_timestamp ());
    /* A round that took long is not made up for. */
    next = MAX (next + (gint64) (GST_RTC_RECORDING_TICK / GST_USECOND), g_get_monotonic_time ());
    g_mutex_lock (&worker->lock);
  }
  g_mutex_unlock (&worker->lock);
  disown (pool);
  return NULL;
}

/* The one with the fewest recordings. */
static Worker *
choose_worker (GstRtcRecordingPool *self)
{
  Worker *best = NULL;
  guint least = G_MAXUINT;

  for (guint i = 0; i < self->n_workers; i++) {
    Worker *worker = &self->workers[i];
    guint n;

    g_mutex_lock (&worker->lock);
    n = worker->n_recordings;
    g_mutex_unlock (&worker->lock);
    if (n < least) {
      best = worker;
      least = n;
    }
  }
  return best;
}

void
gst_rtc_recording_pool_add (GstRtcRecordingPool *self, GstRtcRecording *recording)
{
  Worker *worker;

  g_mutex_lock (&self->lock);
  self->n_recordings++;
  worker = choose_worker (self);
  g_mutex_lock (&worker->lock);
  worker->n_recordings++;
  g_ptr_array_add (worker->incoming, recording);
  if (worker->thread == NULL && !self->stepped) {
    g_atomic_int_inc (&self->owners);
    worker->thread = g_thread_new ("rtc-recording", run_worker, worker);
  }
  if (worker->n_recordings == 1)
    g_cond_signal (&worker->cond);
  g_mutex_unlock (&worker->lock);
  g_mutex_unlock (&self->lock);
}

void
gst_rtc_recording_pool_step (GstRtcRecordingPool *self, GstClockTime now)
{
  Worker *worker = &self->workers[0];

  g_return_if_fail (self->stepped);

  g_atomic_int_inc (&self->owners);
  g_mutex_lock (&worker->lock);
  take_incoming (worker);
  g_mutex_unlock (&worker->lock);
  turn_all (worker, now);
  disown (self);
}

void
gst_rtc_recording_pool_note_finishing (GstRtcRecordingPool *self)
{
  g_mutex_lock (&self->lock);
  self->n_finishing++;
  g_mutex_unlock (&self->lock);
}

gboolean
gst_rtc_recording_pool_wait_idle (GstRtcRecordingPool *self, GstClockTime timeout)
{
  gint64 until = GST_CLOCK_TIME_IS_VALID (timeout)
                     ? g_get_monotonic_time () + (gint64) (timeout / GST_USECOND)
                     : G_MAXINT64;
  gboolean idle;

  g_mutex_lock (&self->lock);
  while (self->n_finishing > 0 && g_cond_wait_until (&self->idle, &self->lock, until))
    continue;
  idle = self->n_finishing <= 0;
  g_mutex_unlock (&self->lock);
  return idle;
}

void
gst_rtc_recording_pool_get_stats (GstRtcRecordingPool *self, GstRtcRecordingPoolStats *out)
{
  *out = (GstRtcRecordingPoolStats){ 0 };
  out->inbox_bytes = (gsize) g_atomic_pointer_get (&self->inbox_bytes);
  g_mutex_lock (&self->lock);
  out->n_recordings = self->n_recordings;
  g_mutex_unlock (&self->lock);
  for (guint i = 0; i < self->n_workers; i++) {
    Worker *worker = &self->workers[i];

    g_mutex_lock (&worker->lock);
    out->n_threads += worker->thread != NULL;
    out->ticks += worker->ticks;
    out->longest_round = MAX (out->longest_round, worker->longest);
    g_mutex_unlock (&worker->lock);
  }
}
