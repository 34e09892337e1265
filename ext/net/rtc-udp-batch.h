/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* rtc-udp-batch.h - datagrams on their way out of UDP sockets, one socket at a time: collected,
 * sent with few calls.
 *
 * Datagrams to the same place that follow each other and are equally long, but for the last, which
 * may be shorter, become one message with UDP_SEGMENT (the kernel cuts it up again); all messages
 * go with sendmmsg. Where the kernel has not the one or the other, the batch notices and does
 * without.
 *
 * Nothing waits: what the socket has no room for is dropped and counted. Network thread only. */
#pragma once

#include "gst/rtc/base/rtc-types.h"
#include "gst/rtc/ice/rtc-ice-lite.h"

G_BEGIN_DECLS

typedef struct _RtcUdpBatch RtcUdpBatch;

typedef struct {
  guint64 datagrams, bytes;  /* handed to the kernel */
  guint64 messages;          /* of which one may hold many datagrams */
  guint64 calls;             /* of sendmmsg() and sendmsg() */
  guint64 dropped;           /* datagrams: no room in the socket, or refused by the kernel */
} RtcUdpBatchStats;

/* (transfer full) */
RtcUdpBatch *rtc_udp_batch_new (void);

/* The socket that what is added from now on leaves through; what is held for another one is sent
 * first. fd: not owned, -1: none; is_ipv6: what kind of socket it is; *dropped (nullable) counts
 * like the statistics. Both are used until the next call. */
void rtc_udp_batch_set_socket (RtcUdpBatch *self, int fd, gboolean is_ipv6, guint64 *dropped);
int rtc_udp_batch_get_socket (const RtcUdpBatch *self);

/* What is held is dropped. (nullable) */
void rtc_udp_batch_free (RtcUdpBatch *self);

/* Adds a datagram from flow->local (none: the socket is bound to it) to flow->remote; sends what is
 * held when there is no room.
 * RTC_ERR_UNSUPPORTED: the socket cannot send there; RTC_ERR_LIMIT: longer than
 * RTC_MAX_DATAGRAM. */
RtcResult rtc_udp_batch_add (RtcUdpBatch *self, const RtcIceFlow *flow, const guint8 *data,
    gsize len);

/* The same in two steps without the copy: where a datagram of at most len bytes over flow may be
 * written to, until anything else is called; NULL: add() would refuse it. commit() adds what was
 * written there, len being what it has become, at most what was reserved. */
guint8 *rtc_udp_batch_reserve (RtcUdpBatch *self, const RtcIceFlow *flow, gsize len);
void rtc_udp_batch_commit (RtcUdpBatch *self, const RtcIceFlow *flow, gsize len);

/* Sends what is held. */
void rtc_udp_batch_flush (RtcUdpBatch *self);

/* For tests: as on a kernel without UDP_SEGMENT, or without sendmmsg() as well. */
void rtc_udp_batch_degrade (RtcUdpBatch *self, gboolean has_segments, gboolean has_sendmmsg);

void rtc_udp_batch_get_stats (const RtcUdpBatch *self, RtcUdpBatchStats *out);

G_END_DECLS
