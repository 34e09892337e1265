/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* rtc-ring.h - bounded ring of pointers between one producer and one consumer thread.
 *
 * The only lock-free code of the project. Exactly one thread pushes and exactly one pops; the
 * pointers' ownership passes with them. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef struct _RtcRing RtcRing;

/* capacity is rounded up to a power of two; 2..65536. free_func (nullable) disposes of what is
 * left in the ring when it is freed. */
RtcRing *rtc_ring_new (guint capacity, GDestroyNotify free_func);

/* (nullable). Neither side may use the ring any more. */
void rtc_ring_free (RtcRing *self);

/* Producer. FALSE when full: the caller keeps item. item is not NULL. */
gboolean rtc_ring_push (RtcRing *self, gpointer item);

/* Consumer. NULL when empty. */
gpointer rtc_ring_pop (RtcRing *self);

/* Items in the ring; exact for either side's own next operation, else a snapshot. */
guint rtc_ring_length (const RtcRing *self);

G_END_DECLS
