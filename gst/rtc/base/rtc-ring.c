/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "gst/rtc/base/rtc-ring.h"

#include <stdatomic.h>

struct _RtcRing {
  guint mask;
  GDestroyNotify free_func;
  /* On cache lines of their own: the two threads would else fight over one. */
  _Alignas(64) atomic_uint tail; /* next slot to write; producer only */
  _Alignas(64) atomic_uint head; /* next slot to read; consumer only */
  _Alignas(64) gpointer slots[];
};

RtcRing *
rtc_ring_new (guint capacity, GDestroyNotify free_func)
{
  guint size = 2;
  RtcRing *self;

  while (size < capacity && size < 65536)
    size *= 2;
  self = g_aligned_alloc0 (1, sizeof (RtcRing) + size * sizeof (gpointer), 64);
  self->mask = size - 1;
  self->free_func = free_func;
  return self;
}

void
rtc_ring_free (RtcRing *self)
{
  gpointer item;

  if (self == NULL)
    return;
  while ((item = rtc_ring_pop (self)) != NULL)
    if (self->free_func != NULL)
      self->free_func (item);
  g_aligned_free (self);
}

gboolean
rtc_ring_push (RtcRing *self, gpointer item)
{
  guint tail = atomic_load_explicit (&self->tail, memory_order_relaxed);
  guint head = atomic_load_explicit (&self->head, memory_order_acquire);

  if (tail - head > self->mask)
    return FALSE;
  self->slots[tail & self->mask] = item;
  atomic_store_explicit (&self->tail, tail + 1, memory_order_release);
  return TRUE;
}

gpointer
rtc_ring_pop (RtcRing *self)
{
  guint head = atomic_load_explicit (&self->head, memory_order_relaxed);
  guint tail = atomic_load_explicit (&self->tail, memory_order_acquire);
  gpointer item;

  if (head == tail)
    return NULL;
  item = self->slots[head & self->mask];
  atomic_store_explicit (&self->head, head + 1, memory_order_release);
  return item;
}

guint
rtc_ring_length (const RtcRing *self)
{
  return atomic_load_explicit (&self->tail, memory_order_acquire)
         - atomic_load_explicit (&self->head, memory_order_acquire);
}
