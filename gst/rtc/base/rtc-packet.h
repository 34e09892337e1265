/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* rtc-packet.h - a reference-counted packet with room before and after its bytes.
 *
 * Reference counts are plain integers: a packet belongs to one thread at a time, and crossing a
 * thread means handing over every reference. A pool keeps freed packets for reuse; it is not
 * thread-safe either, and packets made without a pool may be made on any thread. */
#pragma once

#include "gst/rtc/base/rtc-types.h"

G_BEGIN_DECLS

typedef struct _RtcPacketPool RtcPacketPool;

typedef enum {
  RTC_PACKET_KEY_FRAME_START = 1 << 0, /* first packet of a key frame */
  RTC_PACKET_FRAME_END = 1 << 1,       /* RTP marker of a picture */
  RTC_PACKET_RETRANSMISSION = 1 << 2,  /* received as RTX, or to be sent as RTX */
  RTC_PACKET_DISCONT = 1 << 3,         /* packets of this stream were dropped before this one */
  RTC_PACKET_RECOVERED = 1 << 4,       /* made again from forward error correction */
} RtcPacketFlags;

typedef struct {
  guint8 *data;         /* first byte */
  gsize len;            /* bytes in use */
  guint8 *head;         /* start of the allocation; data - head is the headroom */
  gsize size;           /* bytes allocated from head */
  guint refs;
  RtcPacketFlags flags;
  GstClockTime time;    /* when it arrived, or was captured; ns, NONE if unknown */
  RtcPacketPool *pool;  /* where it returns to; NULL: freed */
} RtcPacket;

/* A pool of packets of size bytes each that keeps at most max_free unused ones. */
RtcPacketPool *rtc_packet_pool_new (gsize size, guint max_free);

/* (nullable). Packets still alive keep working and are freed, not pooled, when dropped. */
void rtc_packet_pool_unref (RtcPacketPool *pool);

/* An empty packet (len 0) with headroom bytes before data and room for capacity bytes from
 * data on. pool may be NULL; a request that does not fit the pool's size is allocated apart. */
RtcPacket *rtc_packet_new (RtcPacketPool *pool, gsize headroom, gsize capacity);

/* A packet holding a copy of len bytes, with RTC_SRTP_MAX_OVERHEAD of tailroom. */
RtcPacket *rtc_packet_new_copy (RtcPacketPool *pool, const guint8 *data, gsize len);

RtcPacket *rtc_packet_ref (RtcPacket *self);

/* (nullable) */
void rtc_packet_unref (RtcPacket *self);

/* Bytes that can be appended after data + len. */
static inline gsize
rtc_packet_tailroom (const RtcPacket *self)
{
  return self->size - (gsize) (self->data - self->head) - self->len;
}

static inline gsize
rtc_packet_headroom (const RtcPacket *self)
{
  return (gsize) (self->data - self->head);
}

G_END_DECLS
