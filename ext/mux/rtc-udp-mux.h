/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* rtc-udp-mux.h - the RtcIce vtable for many peers on one UDP port, and on one TCP port for those
 * whom firewalls allow nothing else: ICE-lite, no socket, timer or thread per peer, but a
 * connection for each that uses TCP.
 *
 * rtc-ice-mux-port.h decides, rtc-udp-socket.h and rtc-tcp-mux.h read and write; this ties them to
 * the network thread's GMainContext. Candidates are told once, when the port is opened: each of the
 * host's addresses (rtc-interfaces.h), or the given ones in their place, which is what a host
 * behind a 1:1 NAT or in a container needs (its own are of no use to anybody).
 *
 * Thread: network thread only, but for new(). */
#pragma once

#include <gio/gio.h>
#include "ext/mux/rtc-tcp-mux.h"

G_BEGIN_DECLS

typedef struct _RtcUdpMux RtcUdpMux;

/* RTC_UDP_MUX_MAX_PEERS: at the same time. */
#define RTC_UDP_MUX_MAX_PEERS 10000

/* RTC_UDP_MUX_TCP_SAME: the number of the UDP port, if it is free; else without TCP, with a
 * warning. */
#define RTC_UDP_MUX_TCP_SAME (-1)

typedef struct {
  guint16 port;                 /* 0: any */
  gint tcp_port;                /* 0: no TCP; RTC_UDP_MUX_TCP_SAME */
  gboolean allow_loopback;      /* tell of loopback addresses even if there are others */
  const gchar *const *addresses; /* (nullable) literals to tell of instead of the host's own */
  void (*idle) (gpointer data); /* (nullable) no agent is alive any more; may free the mux [N] */
  gpointer data;                /* of idle() */
} RtcUdpMuxConfig;

typedef struct {
  RtcIceMuxStats mux;
  guint64 datagrams_sent, datagrams_dropped; /* out; dropped: no room in the socket, or refused */
  guint64 datagrams_received;
  guint64 calls; /* system calls for what was sent */
  RtcTcpMuxStats tcp; /* all 0 without TCP */
} RtcUdpMuxStats;

/* Opens the ports; datagrams are read when context (reference kept) is iterated. NULL with *error:
 * a port is taken, there is no address to tell of, or one of those given is no literal. (transfer
 * full) */
RtcUdpMux *rtc_udp_mux_new (GMainContext *context, const RtcUdpMuxConfig *config, GError **error);

/* No agent is alive any more. (nullable) */
void rtc_udp_mux_free (RtcUdpMux *self);

/* Valid with self. */
RtcIceFactory *rtc_udp_mux_get_factory (RtcUdpMux *self);
guint16 rtc_udp_mux_get_port (const RtcUdpMux *self);
guint16 rtc_udp_mux_get_tcp_port (const RtcUdpMux *self); /* 0: no TCP */
void rtc_udp_mux_get_stats (const RtcUdpMux *self, RtcUdpMuxStats *out);

G_END_DECLS
