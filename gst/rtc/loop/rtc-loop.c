/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* The loop's threads, their beginning and their end. */
#include "gst/rtc/loop/rtc-loop.h"

#include <time.h>
#include "gst/rtc/base/rtc-time.h"
#include "gst/rtc/loop/rtc-loop-private.h"

#define GST_CAT_DEFAULT rtc_log_loop

/* How long the end of the loop waits for backends, and how often it looks. */
#define BACKENDS_TIMEOUT (5 * GST_SECOND)
#define BACKENDS_TICK_MS 5
/* Room for a datagram, the headers that a view adds and what SRTP appends. */
#define POOL_PACKET_BYTES (RTC_MAX_DATAGRAM + RTC_RTP_EXTENSION_BUDGET + RTC_SRTP_MAX_OVERHEAD)
#define POOL_MAX_FREE 1024

typedef struct {
  gchar *name;
  gpointer backend;
  gboolean (*is_idle) (gpointer backend);
  GDestroyNotify destroy;
} LoopBackend;

static pthread_mutex_t default_lock = PTHREAD_MUTEX_INITIALIZER;
static RtcLoop *default_loop;

GstClockTime
rtc_loop_now (void)
{
  struct timespec ts;

  clock_gettime (CLOCK_MONOTONIC, &ts);
  return GST_TIMESPEC_TO_TIME (ts);
}

/* --- threads --- */

/* self (nullable): of [N]. */
static void
loop_thread_enter (RtcLoopThread *thread, RtcLoop *self)
{
  g_main_context_acquire (thread->context);
  g_main_context_push_thread_default (thread->context);
  while (!atomic_load (&thread->quit)) {
    g_main_context_iteration (thread->context, TRUE);
    if (self == NULL)
      continue;
    rtc_loop_serve_ready (self);
    rtc_loop_rest (self);
  }
  rtc_invoke_close (thread->invoke);
}

static void
loop_thread_leave (RtcLoopThread *thread)
{
  g_main_context_pop_thread_default (thread->context);
  g_main_context_release (thread->context);
}

static gpointer
loop_control_main (gpointer data)
{
  RtcLoop *self = data;

  loop_thread_enter (&self->control, NULL);
  loop_thread_leave (&self->control);
  return NULL;
}

static gboolean
loop_backends_are_idle (RtcLoop *self)
{
  for (guint i = 0; i < self->backends->len; i++) {
    LoopBackend *b = g_ptr_array_index (self->backends, i);

    if (b->is_idle != NULL && !b->is_idle (b->backend))
      return FALSE;
  }
  return TRUE;
}

static gboolean
loop_tick (gpointer data)
{
  return G_SOURCE_CONTINUE;
}

static void
loop_wait_backends (RtcLoop *self)
{
  GstClockTime deadline = rtc_loop_now () + BACKENDS_TIMEOUT;
  GSource *tick = g_timeout_source_new (BACKENDS_TICK_MS);

  g_source_set_callback (tick, loop_tick, NULL, NULL);
  g_source_attach (tick, self->network.context);
  while (!loop_backends_are_idle (self) && rtc_loop_now () < deadline)
    g_main_context_iteration (self->network.context, TRUE);
  if (!loop_backends_are_idle (self))
    GST_ERROR ("a backend did not become idle in time: something leaks");
  g_source_destroy (tick);
  g_source_unref (tick);
}

static void
loop_backend_free (gpointer data)
{
  LoopBackend *b = data;

  if (b->destroy != NULL)
    b->destroy (b->backend);
  g_free (b->name);
  g_free (b);
}

static gpointer
loop_network_main (gpointer data)
{
  RtcLoop *self = data;

  loop_thread_enter (&self->network, self);
  rtc_loop_remove_all_peers (self);
  loop_wait_backends (self);
  g_ptr_array_set_size (self->backends, 0);
  loop_thread_leave (&self->network);
  return NULL;
}

/* That of a context that has no other descriptor yet. */
static int
context_get_wakeup (GMainContext *context)
{
  gint priority, timeout;
  GPollFD fd = { .fd = -1 };

  g_main_context_acquire (context);
  g_main_context_prepare (context, &priority);
  g_main_context_query (context, G_MAXINT, &timeout, &fd, 1);
  g_main_context_release (context);
  return fd.fd;
}

static void
loop_thread_init (RtcLoopThread *thread)
{
  thread->context = g_main_context_new ();
  thread->wakeup = context_get_wakeup (thread->context);
  thread->invoke = rtc_invoke_new (thread->context);
  atomic_init (&thread->quit, FALSE);
}

static void
loop_thread_join (RtcLoopThread *thread)
{
  atomic_store (&thread->quit, TRUE);
  g_main_context_wakeup (thread->context);
  g_thread_join (thread->thread);
}

static void
loop_thread_clear (RtcLoopThread *thread)
{
  rtc_invoke_free (thread->invoke);
  g_main_context_unref (thread->context);
}

/* --- life --- */

RtcLoop *
rtc_loop_new (void)
{
  RtcLoop *self = g_new0 (RtcLoop, 1);
  guint64 wall_ns = (guint64) g_get_real_time () * 1000;

  rtc_log_init ();
  self->refs = 1;
  self->ntp64_at_zero =
      rtc_time_unix_to_ntp64 (wall_ns) - rtc_time_duration_to_ntp64 (rtc_loop_now ());
  rtc_heap_init (&self->heap);
  self->random = rtc_random_new_secure ();
  self->pool = rtc_packet_pool_new (POOL_PACKET_BYTES, POOL_MAX_FREE);
  self->results = g_array_new (FALSE, FALSE, sizeof (RtcCcResult));
  self->peers = g_hash_table_new (g_int64_hash, g_int64_equal);
  g_queue_init (&self->marked);
  self->dead = g_ptr_array_new ();
  self->hooks = g_ptr_array_new ();
  self->backends = g_ptr_array_new_with_free_func (loop_backend_free);
  atomic_init (&self->round, FALSE);
  pthread_mutex_init (&self->stats_lock, NULL);
  loop_thread_init (&self->network);
  loop_thread_init (&self->control);
  self->source = rtc_loop_make_source (self);
  self->control.thread = g_thread_new ("rtc-control", loop_control_main, self);
  self->network.thread = g_thread_new ("rtc-network", loop_network_main, self);
  GST_INFO ("network loop %p started", self);
  return self;
}

/* [N] first: what ends there may still post to [C]. */
static gpointer
loop_destroy (gpointer data)
{
  RtcLoop *self = data;

  loop_thread_join (&self->network);
  loop_thread_join (&self->control);
  g_source_destroy (self->source);
  g_source_unref (self->source);
  loop_thread_clear (&self->network);
  loop_thread_clear (&self->control);
  g_ptr_array_unref (self->backends);
  g_ptr_array_unref (self->hooks);
  g_ptr_array_unref (self->dead);
  g_hash_table_unref (self->peers);
  rtc_heap_clear (&self->heap);
  rtc_packet_pool_unref (self->pool);
  g_array_unref (self->results);
  rtc_random_free (self->random);
  pthread_mutex_destroy (&self->stats_lock);
  GST_INFO ("network loop %p ended", self);
  g_free (self);
  return NULL;
}

RtcLoop *
rtc_loop_get_default (void)
{
  RtcLoop *self;

  pthread_mutex_lock (&default_lock);
  if (default_loop == NULL)
    default_loop = rtc_loop_new ();
  else
    default_loop->refs++;
  self = default_loop;
  pthread_mutex_unlock (&default_lock);
  return self;
}

RtcLoop *
rtc_loop_ref (RtcLoop *self)
{
  pthread_mutex_lock (&default_lock);
  self->refs++;
  pthread_mutex_unlock (&default_lock);
  return self;
}

void
rtc_loop_unref (RtcLoop *self)
{
  gboolean last;

  if (self == NULL)
    return;
  pthread_mutex_lock (&default_lock);
  last = --self->refs == 0;
  if (last && default_loop == self)
    default_loop = NULL;
  pthread_mutex_unlock (&default_lock);
  if (!last)
    return;
  /* A thread cannot join itself. */
  if (g_thread_self () == self->network.thread || g_thread_self () == self->control.thread)
    g_thread_unref (g_thread_new ("rtc-loop-end", loop_destroy, self));
  else
    loop_destroy (self);
}

GMainContext *
rtc_loop_get_context (RtcLoop *self)
{
  return self->network.context;
}

GMainContext *
rtc_loop_get_control_context (RtcLoop *self)
{
  return self->control.context;
}

gboolean
rtc_loop_is_network_thread (RtcLoop *self)
{
  return g_main_context_is_owner (self->network.context);
}

gboolean
rtc_loop_post (RtcLoop *self, RtcInvokeFunc func, gpointer data, GDestroyNotify destroy)
{
  return rtc_invoke_post (self->network.invoke, func, data, destroy);
}

gboolean
rtc_loop_post_weak (
    RtcLoop *self, GObject *target, RtcInvokeWeakFunc func, gpointer data, GDestroyNotify destroy)
{
  return rtc_invoke_post_weak (self->network.invoke, target, func, data, destroy);
}

gboolean
rtc_loop_call (RtcLoop *self, RtcInvokeFunc func, gpointer data)
{
  return rtc_invoke_call (self->network.invoke, func, data);
}

gboolean
rtc_loop_post_control (RtcLoop *self, RtcInvokeFunc func, gpointer data, GDestroyNotify destroy)
{
  return rtc_invoke_post (self->control.invoke, func, data, destroy);
}

gboolean
rtc_loop_post_control_weak (
    RtcLoop *self, GObject *target, RtcInvokeWeakFunc func, gpointer data, GDestroyNotify destroy)
{
  return rtc_invoke_post_weak (self->control.invoke, target, func, data, destroy);
}

guint64
rtc_loop_get_ntp64_at_zero (RtcLoop *self)
{
  return self->ntp64_at_zero;
}

RtcRandom *
rtc_loop_get_random (RtcLoop *self)
{
  return self->random;
}

RtcPacketPool *
rtc_loop_get_pool (RtcLoop *self)
{
  return self->pool;
}

/* --- backends --- */

void
rtc_loop_add_backend (RtcLoop *self, const gchar *name, gpointer backend,
    gboolean (*is_idle) (gpointer backend), GDestroyNotify destroy)
{
  LoopBackend *b = g_new0 (LoopBackend, 1);

  b->name = g_strdup (name);
  b->backend = backend;
  b->is_idle = is_idle;
  b->destroy = destroy;
  g_ptr_array_add (self->backends, b);
}

gpointer
rtc_loop_find_backend (RtcLoop *self, const gchar *name)
{
  for (guint i = 0; i < self->backends->len; i++) {
    LoopBackend *b = g_ptr_array_index (self->backends, i);

    if (g_str_equal (b->name, name))
      return b->backend;
  }
  return NULL;
}
