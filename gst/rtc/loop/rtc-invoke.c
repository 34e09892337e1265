/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "gst/rtc/loop/rtc-invoke.h"

#include <pthread.h>
#include <stdatomic.h>

/* pthread's mutex, not GLib's: ThreadSanitizer does not see into GLib's futexes. */
struct _RtcInvoke {
  GMainContext *context;
  pthread_mutex_t lock; /* guards items and closed */
  GQueue items;
  gboolean closed;
  /* Set by the producer that finds it clear, which alone wakes the context. */
  atomic_bool wake;
  GSource *source;
};

typedef struct {
  RtcInvokeFunc func;
  RtcInvokeWeakFunc weak_func; /* used with target */
  gpointer data;
  GDestroyNotify destroy;
  GWeakRef target;
} InvokeItem;

typedef struct {
  GSource source;
  RtcInvoke *invoke;
} InvokeSource;

/* One call that a thread waits for; on the caller's stack. */
typedef struct {
  RtcInvokeFunc func;
  gpointer data;
  pthread_mutex_t lock;
  pthread_cond_t cond;
  gboolean ran;
  gboolean done; /* the item is gone, run or not */
} InvokeCall;

static void
invoke_item_free (InvokeItem *item)
{
  if (item->destroy != NULL)
    item->destroy (item->data);
  g_weak_ref_clear (&item->target);
  g_free (item);
}

static void
invoke_item_run (InvokeItem *item)
{
  if (item->weak_func != NULL) {
    GObject *target = g_weak_ref_get (&item->target);

    if (target != NULL) {
      item->weak_func (target, item->data);
      g_object_unref (target);
    }
  } else {
    item->func (item->data);
  }
  invoke_item_free (item);
}

static gboolean
invoke_source_prepare (GSource *source, gint *timeout)
{
  *timeout = -1;
  return atomic_load (&((InvokeSource *) source)->invoke->wake);
}

static gboolean
invoke_source_check (GSource *source)
{
  return atomic_load (&((InvokeSource *) source)->invoke->wake);
}

static gboolean
invoke_source_dispatch (GSource *source, GSourceFunc callback, gpointer data)
{
  rtc_invoke_drain (((InvokeSource *) source)->invoke);
  return G_SOURCE_CONTINUE;
}

static GSourceFuncs invoke_source_funcs = {
  .prepare = invoke_source_prepare,
  .check = invoke_source_check,
  .dispatch = invoke_source_dispatch,
};

RtcInvoke *
rtc_invoke_new (GMainContext *context)
{
  RtcInvoke *self = g_new0 (RtcInvoke, 1);

  self->context = g_main_context_ref (context);
  pthread_mutex_init (&self->lock, NULL);
  g_queue_init (&self->items);
  atomic_init (&self->wake, FALSE);
  self->source = g_source_new (&invoke_source_funcs, sizeof (InvokeSource));
  ((InvokeSource *) self->source)->invoke = self;
  g_source_set_name (self->source, "rtc-invoke");
  g_source_attach (self->source, context);
  return self;
}

void
rtc_invoke_free (RtcInvoke *self)
{
  if (self == NULL)
    return;
  rtc_invoke_close (self);
  g_source_destroy (self->source);
  g_source_unref (self->source);
  g_main_context_unref (self->context);
  pthread_mutex_destroy (&self->lock);
  g_free (self);
}

/* Takes over item. */
static gboolean
invoke_push (RtcInvoke *self, InvokeItem *item)
{
  gboolean closed;

  pthread_mutex_lock (&self->lock);
  closed = self->closed;
  if (!closed)
    g_queue_push_tail (&self->items, item);
  pthread_mutex_unlock (&self->lock);
  if (closed) {
    invoke_item_free (item);
    return FALSE;
  }
  if (!atomic_exchange (&self->wake, TRUE))
    g_main_context_wakeup (self->context);
  return TRUE;
}

gboolean
rtc_invoke_post (RtcInvoke *self, RtcInvokeFunc func, gpointer data, GDestroyNotify destroy)
{
  InvokeItem *item = g_new0 (InvokeItem, 1);

  item->func = func;
  item->data = data;
  item->destroy = destroy;
  g_weak_ref_init (&item->target, NULL);
  return invoke_push (self, item);
}

gboolean
rtc_invoke_post_weak (
    RtcInvoke *self, GObject *target, RtcInvokeWeakFunc func, gpointer data, GDestroyNotify destroy)
{
  InvokeItem *item = g_new0 (InvokeItem, 1);

  item->weak_func = func;
  item->data = data;
  item->destroy = destroy;
  g_weak_ref_init (&item->target, target);
  return invoke_push (self, item);
}

static void
invoke_call_run (gpointer data)
{
  InvokeCall *call = data;

  call->func (call->data);
  call->ran = TRUE;
}

/* The caller may return, and its stack vanish, as soon as the lock is released. */
static void
invoke_call_done (gpointer data)
{
  InvokeCall *call = data;

  pthread_mutex_lock (&call->lock);
  call->done = TRUE;
  pthread_cond_signal (&call->cond);
  pthread_mutex_unlock (&call->lock);
}

gboolean
rtc_invoke_call (RtcInvoke *self, RtcInvokeFunc func, gpointer data)
{
  InvokeCall call = { .func = func, .data = data };

  if (g_main_context_is_owner (self->context)) {
    func (data);
    return TRUE;
  }
  pthread_mutex_init (&call.lock, NULL);
  pthread_cond_init (&call.cond, NULL);
  rtc_invoke_post (self, invoke_call_run, &call, invoke_call_done);
  pthread_mutex_lock (&call.lock);
  while (!call.done)
    pthread_cond_wait (&call.cond, &call.lock);
  pthread_mutex_unlock (&call.lock);
  pthread_cond_destroy (&call.cond);
  pthread_mutex_destroy (&call.lock);
  return call.ran;
}

guint
rtc_invoke_drain (RtcInvoke *self)
{
  GQueue items;
  InvokeItem *item;
  guint n = 0;

  /* Before the queue is emptied: a producer that comes after this wakes us again. */
  atomic_store (&self->wake, FALSE);
  pthread_mutex_lock (&self->lock);
  items = self->items;
  g_queue_init (&self->items);
  pthread_mutex_unlock (&self->lock);
  while ((item = g_queue_pop_head (&items)) != NULL) {
    invoke_item_run (item);
    n++;
  }
  return n;
}

void
rtc_invoke_close (RtcInvoke *self)
{
  gboolean empty;

  do {
    rtc_invoke_drain (self);
    pthread_mutex_lock (&self->lock);
    empty = self->closed || g_queue_is_empty (&self->items);
    if (empty)
      self->closed = TRUE;
    pthread_mutex_unlock (&self->lock);
  } while (!empty);
}
