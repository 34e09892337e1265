/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "gst/rtc/base/rtc-heap.h"

#define ITEM(self, i) ((RtcHeapItem *) g_ptr_array_index ((self)->items, (i)))

static gboolean
heap_less (const RtcHeapItem *a, const RtcHeapItem *b)
{
  return a->deadline != b->deadline ? a->deadline < b->deadline : a->order < b->order;
}

static void
heap_put (RtcHeap *self, guint i, RtcHeapItem *item)
{
  g_ptr_array_index (self->items, i) = item;
  item->index = i;
}

static void
heap_sift_up (RtcHeap *self, guint i)
{
  RtcHeapItem *item = ITEM (self, i);

  while (i > 0 && heap_less (item, ITEM (self, (i - 1) / 2))) {
    heap_put (self, i, ITEM (self, (i - 1) / 2));
    i = (i - 1) / 2;
  }
  heap_put (self, i, item);
}

static void
heap_sift_down (RtcHeap *self, guint i)
{
  RtcHeapItem *item = ITEM (self, i);

  for (;;) {
    guint child = 2 * i + 1;

    if (child >= self->items->len)
      break;
    if (child + 1 < self->items->len && heap_less (ITEM (self, child + 1), ITEM (self, child)))
      child++;
    if (!heap_less (ITEM (self, child), item))
      break;
    heap_put (self, i, ITEM (self, child));
    i = child;
  }
  heap_put (self, i, item);
}

static void
heap_remove (RtcHeap *self, RtcHeapItem *item)
{
  guint i = item->index;
  RtcHeapItem *last = ITEM (self, self->items->len - 1);

  g_ptr_array_set_size (self->items, (gint) self->items->len - 1);
  item->index = RTC_HEAP_NONE;
  if (last == item)
    return;
  heap_put (self, i, last);
  heap_sift_up (self, i);
  heap_sift_down (self, last->index);
}

void
rtc_heap_init (RtcHeap *self)
{
  self->items = g_ptr_array_new ();
  self->next_order = 0;
}

void
rtc_heap_clear (RtcHeap *self)
{
  for (guint i = 0; i < self->items->len; i++)
    ITEM (self, i)->index = RTC_HEAP_NONE;
  g_ptr_array_unref (self->items);
  self->items = NULL;
}

void
rtc_heap_item_init (RtcHeapItem *item, gpointer owner)
{
  item->deadline = GST_CLOCK_TIME_NONE;
  item->order = 0;
  item->index = RTC_HEAP_NONE;
  item->owner = owner;
}

void
rtc_heap_schedule (RtcHeap *self, RtcHeapItem *item, GstClockTime deadline)
{
  if (item->index != RTC_HEAP_NONE && item->deadline == deadline)
    return;
  if (item->index != RTC_HEAP_NONE)
    heap_remove (self, item);
  item->deadline = deadline;
  if (deadline == GST_CLOCK_TIME_NONE)
    return;
  item->order = self->next_order++;
  g_ptr_array_add (self->items, item);
  item->index = self->items->len - 1;
  heap_sift_up (self, item->index);
}

GstClockTime
rtc_heap_next_deadline (const RtcHeap *self)
{
  return self->items->len > 0 ? ITEM (self, 0)->deadline : GST_CLOCK_TIME_NONE;
}

RtcHeapItem *
rtc_heap_pop_due (RtcHeap *self, GstClockTime now)
{
  RtcHeapItem *item;

  if (self->items->len == 0 || ITEM (self, 0)->deadline > now)
    return NULL;
  item = ITEM (self, 0);
  heap_remove (self, item);
  return item;
}
