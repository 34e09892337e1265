/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "gst/rtc/loop/rtc-loop.h"

#include <pthread.h>
#include <stdatomic.h>
#include <time.h>
#include "gst/rtc/base/rtc-log.h"
#include "gst/rtc/base/rtc-time.h"

#define GST_CAT_DEFAULT rtc_log_loop

/* Longest that an output function may take before it is warned of. */
#define OUTPUT_SLOW (5 * GST_MSECOND)
/* How long the end of the loop waits for backends, and how often it looks. */
#define BACKENDS_TIMEOUT (5 * GST_SECOND)
#define BACKENDS_TICK_MS 5
/* Room for a datagram, the headers that a view adds and what SRTP appends. */
#define POOL_PACKET_BYTES (RTC_MAX_DATAGRAM + RTC_RTP_EXTENSION_BUDGET + RTC_SRTP_MAX_OVERHEAD)
#define POOL_MAX_FREE 1024

static const GstClockTime lag_bounds[RTC_LOOP_LAG_BUCKETS] = { 1 * GST_MSECOND, 2 * GST_MSECOND,
  5 * GST_MSECOND, 10 * GST_MSECOND, 20 * GST_MSECOND, 50 * GST_MSECOND, 100 * GST_MSECOND,
  GST_CLOCK_TIME_NONE };

/* LoopThread: one of the two threads with its context and closures. */
typedef struct {
  GMainContext *context;
  RtcInvoke *invoke;
  GThread *thread;
  atomic_bool quit;
} LoopThread;

typedef struct {
  gchar *name;
  gpointer backend;
  gboolean (*is_idle) (gpointer backend);
  GDestroyNotify destroy;
} LoopBackend;

/* LoopPeer: a registry entry, from reserve on; also wake_data of the peer's ICE agent. */
typedef struct {
  RtcLoop *loop;
  RtcPeerId id;
  RtcPeer *peer; /* NULL while only reserved */
  RtcLoopOutputFunc func;
  gpointer data;
  GDestroyNotify destroy;
  RtcLoopTimer timer;
  GList link; /* in loop->marked while is_marked */
  gboolean is_marked, in_turn, removed;
} LoopPeer;

struct _RtcLoop {
  guint refs; /* guarded by default_lock */
  LoopThread network, control;
  guint64 ntp64_at_zero;

  /* [N] */
  GSource *source;
  RtcHeap heap;
  RtcRandom *random;
  RtcPacketPool *pool;
  GHashTable *peers;   /* &LoopPeer.id -> LoopPeer *; removed ones are not in it */
  GQueue marked;       /* LoopPeer.link */
  GPtrArray *dead;     /* LoopPeer * to free at the end of the round */
  GPtrArray *hooks;    /* RtcLoopHook * */
  GPtrArray *backends; /* LoopBackend * */
  RtcLoopStats stats;
  RtcLogLimit slow_limit;

  atomic_bool round; /* a round is wanted */

  pthread_mutex_t stats_lock; /* guards published */
  RtcLoopStats published;
};

typedef struct {
  GSource source;
  RtcLoop *loop;
} LoopSource;

static pthread_mutex_t default_lock = PTHREAD_MUTEX_INITIALIZER;
static RtcLoop *default_loop;

GstClockTime
rtc_loop_now (void)
{
  struct timespec ts;

  clock_gettime (CLOCK_MONOTONIC, &ts);
  return GST_TIMESPEC_TO_TIME (ts);
}

/* --- turns --- */

static void
loop_mark (LoopPeer *entry)
{
  if (entry->is_marked || entry->removed || entry->peer == NULL)
    return;
  entry->is_marked = TRUE;
  g_queue_push_tail_link (&entry->loop->marked, &entry->link);
}

static void
loop_unmark (LoopPeer *entry)
{
  if (!entry->is_marked)
    return;
  entry->is_marked = FALSE;
  g_queue_unlink (&entry->loop->marked, &entry->link);
}

static void
loop_deliver (LoopPeer *entry, RtcOutput *output)
{
  RtcLoop *self = entry->loop;
  GstClockTime before = rtc_loop_now (), after, took;

  entry->func (entry->peer, output, entry->data);
  rtc_packet_unref (output->packet);
  after = rtc_loop_now ();
  took = rtc_time_elapsed (before, after);
  self->stats.max_output = MAX (self->stats.max_output, took);
  if (took > OUTPUT_SLOW && rtc_log_limit (&self->slow_limit, after, NULL))
    GST_WARNING ("p%" G_GUINT64_FORMAT ": output function took %" GST_TIME_FORMAT, entry->id,
        GST_TIME_ARGS (took));
}

static void
loop_turn (LoopPeer *entry, GstClockTime now, gboolean is_due)
{
  RtcLoop *self = entry->loop;
  RtcOutput output;

  if (entry->removed)
    return;
  if (entry->in_turn) {
    loop_mark (entry);
    return;
  }
  loop_unmark (entry);
  entry->in_turn = TRUE;
  self->stats.turns++;
  if (is_due)
    rtc_peer_handle_timeout (entry->peer, now);
  else
    rtc_peer_handle_backends (entry->peer, now);
  while (rtc_peer_poll (entry->peer, &output)) {
    if (entry->removed)
      rtc_packet_unref (output.packet);
    else
      loop_deliver (entry, &output);
  }
  rtc_peer_flush (entry->peer);
  if (!entry->removed)
    rtc_loop_schedule (self, &entry->timer, rtc_peer_next_deadline (entry->peer));
  entry->in_turn = FALSE;
}

static void
loop_peer_due (gpointer data, GstClockTime now)
{
  loop_turn (data, now, TRUE);
}

static void
loop_peer_wake (gpointer data)
{
  loop_mark (data);
}

static void
loop_peer_free (gpointer data)
{
  LoopPeer *entry = data;

  loop_unmark (entry);
  rtc_loop_schedule (entry->loop, &entry->timer, GST_CLOCK_TIME_NONE);
  rtc_peer_free (entry->peer);
  if (entry->destroy != NULL)
    entry->destroy (entry->data);
  g_free (entry);
}

/* --- rounds --- */

static void
loop_record_lag (RtcLoop *self, GstClockTime lag)
{
  guint i = 0;

  while (i < RTC_LOOP_LAG_BUCKETS - 1 && lag >= lag_bounds[i])
    i++;
  self->stats.lag[i]++;
  self->stats.max_lag = MAX (self->stats.max_lag, lag);
  self->stats.deadlines++;
}

/* TRUE when there may be more. */
static gboolean
loop_serve_deadlines (RtcLoop *self, GstClockTime now)
{
  for (guint i = 0; i < RTC_LOOP_ROUND_PEERS; i++) {
    RtcHeapItem *item = rtc_heap_pop_due (&self->heap, now);
    RtcLoopTimer *timer;

    if (item == NULL)
      return FALSE;
    timer = item->owner;
    loop_record_lag (self, now - item->deadline);
    timer->func (timer->data, now);
  }
  return rtc_time_is_due (rtc_heap_next_deadline (&self->heap), now);
}

static gboolean
loop_serve_marked (RtcLoop *self, GstClockTime now)
{
  guint n = MIN (self->marked.length, RTC_LOOP_ROUND_PEERS);
  gboolean more = self->marked.length > RTC_LOOP_ROUND_PEERS;

  while (n-- > 0 && self->marked.length > 0)
    loop_turn (self->marked.head->data, now, FALSE);
  return more;
}

static void
loop_free_dead (RtcLoop *self)
{
  while (self->dead->len > 0)
    loop_peer_free (g_ptr_array_steal_index_fast (self->dead, self->dead->len - 1));
}

static void
loop_publish_stats (RtcLoop *self)
{
  self->stats.n_peers = g_hash_table_size (self->peers);
  pthread_mutex_lock (&self->stats_lock);
  self->published = self->stats;
  pthread_mutex_unlock (&self->stats_lock);
}

static void
loop_round (RtcLoop *self)
{
  GstClockTime now = rtc_loop_now ();
  gboolean more;

  /* Before the work is looked for: who adds some after this wakes us again. */
  atomic_store (&self->round, FALSE);
  self->stats.rounds++;
  more = loop_serve_deadlines (self, now);
  more = loop_serve_marked (self, now) || more;
  if (more)
    self->stats.rounds_cut++;
  for (guint i = 0; i < self->hooks->len; i++) {
    RtcLoopHook *hook = g_ptr_array_index (self->hooks, i);

    if (hook->func (hook->data, rtc_loop_now ()))
      atomic_store (&self->round, TRUE);
  }
  loop_free_dead (self);
  loop_publish_stats (self);
}

static gboolean
loop_source_is_ready (RtcLoop *self, GstClockTime now)
{
  return atomic_load (&self->round) || self->marked.length > 0 || self->dead->len > 0
         || rtc_time_is_due (rtc_heap_next_deadline (&self->heap), now);
}

static gboolean
loop_source_prepare (GSource *source, gint *timeout)
{
  RtcLoop *self = ((LoopSource *) source)->loop;
  GstClockTime deadline = rtc_heap_next_deadline (&self->heap);
  GstClockTime now = rtc_loop_now ();

  *timeout = -1;
  if (loop_source_is_ready (self, now))
    return TRUE;
  /* Rounded up: an early wake-up would find nothing due and poll again. */
  if (deadline != GST_CLOCK_TIME_NONE)
    *timeout = (gint) MIN ((deadline - now + GST_MSECOND - 1) / GST_MSECOND, G_MAXINT);
  return FALSE;
}

static gboolean
loop_source_check (GSource *source)
{
  return loop_source_is_ready (((LoopSource *) source)->loop, rtc_loop_now ());
}

static gboolean
loop_source_dispatch (GSource *source, GSourceFunc callback, gpointer data)
{
  loop_round (((LoopSource *) source)->loop);
  return G_SOURCE_CONTINUE;
}

static GSourceFuncs loop_source_funcs = {
  .prepare = loop_source_prepare,
  .check = loop_source_check,
  .dispatch = loop_source_dispatch,
};

/* --- threads --- */

static void
loop_thread_enter (LoopThread *thread)
{
  g_main_context_acquire (thread->context);
  g_main_context_push_thread_default (thread->context);
  while (!atomic_load (&thread->quit))
    g_main_context_iteration (thread->context, TRUE);
  rtc_invoke_close (thread->invoke);
}

static void
loop_thread_leave (LoopThread *thread)
{
  g_main_context_pop_thread_default (thread->context);
  g_main_context_release (thread->context);
}

static gpointer
loop_control_main (gpointer data)
{
  RtcLoop *self = data;

  loop_thread_enter (&self->control);
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

static void
loop_remove_all_peers (RtcLoop *self)
{
  GHashTableIter iter;
  gpointer entry;

  g_hash_table_iter_init (&iter, self->peers);
  while (g_hash_table_iter_next (&iter, NULL, &entry)) {
    ((LoopPeer *) entry)->removed = TRUE;
    g_ptr_array_add (self->dead, entry);
    g_hash_table_iter_remove (&iter);
  }
  loop_free_dead (self);
}

static gpointer
loop_network_main (gpointer data)
{
  RtcLoop *self = data;

  loop_thread_enter (&self->network);
  loop_remove_all_peers (self);
  loop_wait_backends (self);
  g_ptr_array_set_size (self->backends, 0);
  loop_thread_leave (&self->network);
  return NULL;
}

static void
loop_thread_init (LoopThread *thread)
{
  thread->context = g_main_context_new ();
  thread->invoke = rtc_invoke_new (thread->context);
  atomic_init (&thread->quit, FALSE);
}

static void
loop_thread_join (LoopThread *thread)
{
  atomic_store (&thread->quit, TRUE);
  g_main_context_wakeup (thread->context);
  g_thread_join (thread->thread);
}

static void
loop_thread_clear (LoopThread *thread)
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
  self->peers = g_hash_table_new (g_int64_hash, g_int64_equal);
  g_queue_init (&self->marked);
  self->dead = g_ptr_array_new ();
  self->hooks = g_ptr_array_new ();
  self->backends = g_ptr_array_new_with_free_func (loop_backend_free);
  atomic_init (&self->round, FALSE);
  pthread_mutex_init (&self->stats_lock, NULL);
  loop_thread_init (&self->network);
  loop_thread_init (&self->control);
  self->source = g_source_new (&loop_source_funcs, sizeof (LoopSource));
  ((LoopSource *) self->source)->loop = self;
  g_source_set_name (self->source, "rtc-loop");
  g_source_attach (self->source, self->network.context);
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

/* --- peers --- */

RtcPeerId
rtc_loop_new_peer_id (RtcLoop *self)
{
  static atomic_uint_least64_t last_id;

  return atomic_fetch_add (&last_id, 1) + 1;
}

static LoopPeer *
loop_peer_new (RtcLoop *self, RtcPeerId id)
{
  LoopPeer *entry = g_new0 (LoopPeer, 1);

  entry->loop = self;
  entry->id = id;
  entry->link.data = entry;
  rtc_loop_timer_init (&entry->timer, loop_peer_due, entry);
  g_hash_table_insert (self->peers, &entry->id, entry);
  return entry;
}

void
rtc_loop_reserve_peer (RtcLoop *self, RtcPeerConfig *config)
{
  LoopPeer *entry = loop_peer_new (self, rtc_loop_new_peer_id (self));

  config->id = entry->id;
  config->random = self->random;
  config->pool = self->pool;
  config->ntp64_at_zero = self->ntp64_at_zero;
  config->ice_config.peer_id = entry->id;
  config->ice_config.random = self->random;
  config->ice_config.wake = loop_peer_wake;
  config->ice_config.wake_data = entry;
}

void
rtc_loop_add_peer (
    RtcLoop *self, RtcPeer *peer, RtcLoopOutputFunc func, gpointer data, GDestroyNotify destroy)
{
  RtcPeerId id = rtc_peer_get_id (peer);
  LoopPeer *entry = g_hash_table_lookup (self->peers, &id);

  if (entry == NULL)
    entry = loop_peer_new (self, id);
  g_return_if_fail (entry->peer == NULL);
  entry->peer = peer;
  entry->func = func;
  entry->data = data;
  entry->destroy = destroy;
  loop_mark (entry);
}

RtcPeer *
rtc_loop_find_peer (RtcLoop *self, RtcPeerId id)
{
  LoopPeer *entry = g_hash_table_lookup (self->peers, &id);

  return entry != NULL ? entry->peer : NULL;
}

void
rtc_loop_remove_peer (RtcLoop *self, RtcPeerId id)
{
  LoopPeer *entry = g_hash_table_lookup (self->peers, &id);

  if (entry == NULL)
    return;
  g_hash_table_remove (self->peers, &id);
  loop_unmark (entry);
  rtc_loop_schedule (self, &entry->timer, GST_CLOCK_TIME_NONE);
  entry->removed = TRUE;
  g_ptr_array_add (self->dead, entry);
}

void
rtc_loop_wake_peer (RtcLoop *self, RtcPeerId id)
{
  LoopPeer *entry = g_hash_table_lookup (self->peers, &id);

  if (entry != NULL)
    loop_mark (entry);
}

void
rtc_loop_turn_peer (RtcLoop *self, RtcPeer *peer)
{
  RtcPeerId id = rtc_peer_get_id (peer);
  LoopPeer *entry = g_hash_table_lookup (self->peers, &id);

  if (entry == NULL || entry->peer != peer)
    return;
  loop_turn (entry, rtc_loop_now (), FALSE);
  /* The turn may have made work for hooks: a key frame to ask for. */
  atomic_store (&self->round, TRUE);
}

void
rtc_loop_foreach_peer (RtcLoop *self, void (*func) (RtcPeer *peer, gpointer data), gpointer data)
{
  GHashTableIter iter;
  gpointer entry;

  g_hash_table_iter_init (&iter, self->peers);
  while (g_hash_table_iter_next (&iter, NULL, &entry))
    if (((LoopPeer *) entry)->peer != NULL)
      func (((LoopPeer *) entry)->peer, data);
}

/* --- deadlines, hooks, backends --- */

void
rtc_loop_timer_init (
    RtcLoopTimer *timer, void (*func) (gpointer data, GstClockTime now), gpointer data)
{
  rtc_heap_item_init (&timer->item, timer);
  timer->func = func;
  timer->data = data;
}

void
rtc_loop_schedule (RtcLoop *self, RtcLoopTimer *timer, GstClockTime deadline)
{
  rtc_heap_schedule (&self->heap, &timer->item, deadline);
}

void
rtc_loop_add_hook (RtcLoop *self, RtcLoopHook *hook)
{
  g_ptr_array_add (self->hooks, hook);
}

void
rtc_loop_remove_hook (RtcLoop *self, RtcLoopHook *hook)
{
  g_ptr_array_remove (self->hooks, hook);
}

void
rtc_loop_wakeup (RtcLoop *self)
{
  if (!atomic_exchange (&self->round, TRUE))
    g_main_context_wakeup (self->network.context);
}

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

void
rtc_loop_get_stats (RtcLoop *self, RtcLoopStats *out)
{
  pthread_mutex_lock (&self->stats_lock);
  *out = self->published;
  pthread_mutex_unlock (&self->stats_lock);
}
