/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* rtc-udp-socket.h - one UDP socket for all peers, of IPv6 and IPv4, which knows its own address in
 * each datagram.
 *
 * Bound to all addresses: of IPv6 for both families, of IPv4 only where there is no IPv6. Network
 * thread only. */
#pragma once

#include "ext/net/rtc-udp-batch.h"

G_BEGIN_DECLS

typedef struct _RtcUdpSocket RtcUdpSocket;

/* A datagram that arrived over flow; time: when the kernel had it, CLOCK_MONOTONIC. Must not free
 * the socket. */
typedef void (*RtcUdpSocketFunc) (gpointer data, GstClockTime time, const RtcIceFlow *flow,
    const guint8 *bytes, gsize len);

typedef struct {
  guint64 datagrams, bytes; /* received */
  guint64 truncated;        /* dropped: longer than RTC_MAX_DATAGRAM */
} RtcUdpSocketStats;

/* port 0: any. NULL with *error, which names the port. (transfer full) */
RtcUdpSocket *rtc_udp_socket_new (guint16 port, GError **error);
void rtc_udp_socket_free (RtcUdpSocket *self); /* (nullable) */

int rtc_udp_socket_get_fd (const RtcUdpSocket *self);
guint16 rtc_udp_socket_get_port (const RtcUdpSocket *self);
gboolean rtc_udp_socket_has_ipv6 (const RtcUdpSocket *self);

/* What goes out. */
RtcUdpBatch *rtc_udp_socket_get_batch (RtcUdpSocket *self);

/* Hands what has come to func, max datagrams or a few more. TRUE: there may be more. */
gboolean rtc_udp_socket_receive (RtcUdpSocket *self, guint max, RtcUdpSocketFunc func,
    gpointer data);

void rtc_udp_socket_get_stats (const RtcUdpSocket *self, RtcUdpSocketStats *out);

G_END_DECLS
