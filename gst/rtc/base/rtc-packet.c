/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "gst/rtc/base/rtc-packet.h"

#include <string.h>

struct _RtcPacketPool {
  gsize size; /* bytes of every pooled packet */
  guint max_free;
  guint refs;      /* the owner's, and one for each packet that is out */
  gboolean closed; /* the owner has let go */
  GPtrArray *free; /* RtcPacket *, refs 0 */
};

static RtcPacket *
packet_allocate (gsize size)
{
  RtcPacket *self = g_malloc (sizeof (RtcPacket) + size);

  self->head = (guint8 *) (self + 1);
  self->size = size;
  return self;
}

RtcPacketPool *
rtc_packet_pool_new (gsize size, guint max_free)
{
  RtcPacketPool *pool = g_new0 (RtcPacketPool, 1);

  pool->size = size;
  pool->max_free = max_free;
  pool->refs = 1;
  pool->free = g_ptr_array_new_with_free_func (g_free);
  return pool;
}

static void
packet_pool_drop (RtcPacketPool *pool)
{
  if (--pool->refs > 0)
    return;
  g_ptr_array_unref (pool->free);
  g_free (pool);
}

void
rtc_packet_pool_unref (RtcPacketPool *pool)
{
  if (pool == NULL)
    return;
  pool->closed = TRUE;
  g_ptr_array_set_size (pool->free, 0);
  packet_pool_drop (pool);
}

RtcPacket *
rtc_packet_new (RtcPacketPool *pool, gsize headroom, gsize capacity)
{
  RtcPacket *self = NULL;

  if (pool != NULL && headroom + capacity <= pool->size) {
    if (pool->free->len > 0) {
      self = g_ptr_array_index (pool->free, pool->free->len - 1);
      /* Removed without calling the free function. */
      g_ptr_array_steal_index_fast (pool->free, pool->free->len - 1);
    } else {
      self = packet_allocate (pool->size);
    }
    pool->refs++;
    self->pool = pool;
  } else {
    self = packet_allocate (headroom + capacity);
    self->pool = NULL;
  }
  self->data = self->head + headroom;
  self->len = 0;
  self->refs = 1;
  self->flags = 0;
  self->time = GST_CLOCK_TIME_NONE;
  return self;
}

RtcPacket *
rtc_packet_new_copy (RtcPacketPool *pool, const guint8 *data, gsize len)
{
  RtcPacket *self = rtc_packet_new (pool, 0, len + RTC_SRTP_MAX_OVERHEAD);

  if (len > 0)
    memcpy (self->data, data, len);
  self->len = len;
  return self;
}

RtcPacket *
rtc_packet_ref (RtcPacket *self)
{
  self->refs++;
  return self;
}

void
rtc_packet_unref (RtcPacket *self)
{
  RtcPacketPool *pool;

  if (self == NULL)
    return;
  g_return_if_fail (self->refs > 0);
  if (--self->refs > 0)
    return;
  pool = self->pool;
  if (pool == NULL) {
    g_free (self);
    return;
  }
  if (!pool->closed && pool->free->len < pool->max_free)
    g_ptr_array_add (pool->free, self);
  else
    g_free (self);
  packet_pool_drop (pool);
}
