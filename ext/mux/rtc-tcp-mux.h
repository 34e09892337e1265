/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* rtc-tcp-mux.h - one TCP port for all peers that cannot use UDP: accepts, reads and writes (RFC
 * 6544, RFC 4571).
 *
 * rtc-ice-connections.h says who may stay, rtc-ice-framing.h cuts datagrams out of the stream and
 * bounds what waits, rtc-ice-mux-port.h says whose they are. All connections are one epoll, so one
 * source of the context, however many they are.
 *
 * Nothing waits for a slow peer: what the kernel does not take stays in the connection's outbox,
 * and what that does not take is dropped. Of one connection RTC_TCP_MUX_UNSENT_BYTES at most wait
 * in the kernel.
 *
 * Thread: network thread only, but for new(). */
#pragma once

#include <gio/gio.h>
#include "gst/rtc/ice/rtc-ice-connections.h"
#include "gst/rtc/ice/rtc-ice-mux-port.h"

G_BEGIN_DECLS

typedef struct _RtcTcpMux RtcTcpMux;

/* RTC_TCP_MUX_MAX_CONNECTIONS: at the same time; fewer where the process may not open so many
 * descriptors: half of those it may. */
#define RTC_TCP_MUX_MAX_CONNECTIONS 4096

/* RTC_TCP_MUX_UNSENT_BYTES: that the kernel takes before it has sent them. */
#define RTC_TCP_MUX_UNSENT_BYTES (32 * 1024)

/* RTC_TCP_MUX_SEND_BUFFER: sent and not acknowledged at most. With a round trip of 100 ms that is
 * 40 Mbit/s. */
#define RTC_TCP_MUX_SEND_BUFFER (512 * 1024)

typedef struct {
  RtcIceConnectionsStats connections;
  guint64 received, sent; /* datagrams */
  guint64 dropped;        /* to be sent: their reader is too slow */
  guint64 expired;        /* closed: strangers, and those whose session has left */
  guint64 broken;         /* closed: no datagrams, or a stranger's that are no STUN or too many */
} RtcTcpMuxStats;

/* Listens. port 0: any. NULL with *error, which names the port. (transfer full) */
RtcTcpMux *rtc_tcp_mux_new (guint16 port, GError **error);

/* From now on who connects is accepted, when context (reference kept) is iterated; once. port
 * outlives it. */
void rtc_tcp_mux_start (RtcTcpMux *self, GMainContext *context, RtcIceMuxPort *port);

/* Closes all connections; before the port is freed. (nullable) */
void rtc_tcp_mux_free (RtcTcpMux *self);

guint16 rtc_tcp_mux_get_port (const RtcTcpMux *self);

/* As RtcIceMuxPortConfig's, for flows of connections. RTC_ERR_PEER_CLOSED: that one is gone. */
RtcResult rtc_tcp_mux_send (RtcTcpMux *self, const RtcIceFlow *flow, const guint8 *data,
    gsize len);
void rtc_tcp_mux_flush (RtcTcpMux *self);
void rtc_tcp_mux_receive (RtcTcpMux *self);

void rtc_tcp_mux_get_stats (const RtcTcpMux *self, RtcTcpMuxStats *out);

G_END_DECLS
