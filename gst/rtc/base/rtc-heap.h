/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* rtc-heap.h - intrusive min-heap of deadlines.
 *
 * An item is embedded in its owner, so nothing is allocated per deadline and rescheduling is
 * O(log n). Ties leave in the order in which they were scheduled, so that simulations repeat.
 * Network thread only. */
#pragma once

#include <gst/gst.h>

G_BEGIN_DECLS

typedef struct {
  GstClockTime deadline; /* ns; meaningless while index is RTC_HEAP_NONE */
  guint64 order;         /* breaks ties */
  guint index;           /* place in the heap, or RTC_HEAP_NONE */
  gpointer owner;        /* what the item is embedded in */
} RtcHeapItem;

#define RTC_HEAP_NONE G_MAXUINT

typedef struct {
  GPtrArray *items;
  guint64 next_order;
} RtcHeap;

void rtc_heap_init (RtcHeap *self);
void rtc_heap_clear (RtcHeap *self);

/* Prepares an item that is in no heap. */
void rtc_heap_item_init (RtcHeapItem *item, gpointer owner);

/* Puts the item in, or moves it; GST_CLOCK_TIME_NONE takes it out. */
void rtc_heap_schedule (RtcHeap *self, RtcHeapItem *item, GstClockTime deadline);

/* Earliest deadline, GST_CLOCK_TIME_NONE when empty. */
GstClockTime rtc_heap_next_deadline (const RtcHeap *self);

/* Takes out and returns an item due at now, NULL when none is. */
RtcHeapItem *rtc_heap_pop_due (RtcHeap *self, GstClockTime now);

G_END_DECLS
