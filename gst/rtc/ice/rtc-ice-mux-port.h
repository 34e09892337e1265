/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* rtc-ice-mux-port.h - RtcIce agents that all live on one port: rtc-ice-iface.h over RtcIceMux.
 *
 * A factory of ICE-lite agents. Who owns the socket, or a simulated network, hands each datagram in
 * by handle_datagram() and gets what is to be sent by its functions. An agent has no socket, no
 * timer and no thread: some hundred bytes beside its session.
 *
 * Candidates are the same for all agents, told at creation. Remote candidates are of no use to a
 * lite agent, servers neither; a peer that is lite itself is refused by the description
 * (rtc-jsep.h), and a policy of relays only when the agent is made.
 *
 * Sans-I/O; network thread only. */
#pragma once

#include "gst/rtc/ice/rtc-ice-mux.h"

G_BEGIN_DECLS

typedef struct _RtcIceMuxPort RtcIceMuxPort;

/* RTC_ICE_MUX_PORT_MAX_CANDIDATES: told to each peer; more are left out. */
#define RTC_ICE_MUX_PORT_MAX_CANDIDATES 32

/* RTC_ICE_MUX_PORT_MAX_PACKETS: of one agent, held until the core polls; more are dropped. */
#define RTC_ICE_MUX_PORT_MAX_PACKETS 512

typedef struct {
  RtcRandom *random;           /* not owned, outlives the port */
  guint max_sessions;          /* > 0 */
  const RtcAddress *addresses; /* to tell to peers, best first; copied */
  guint n_addresses;
  guint16 tcp_port;            /* of TCP at the same addresses, framed by who owns the sockets
                                * (rtc-ice-framing.h); 0: no TCP */
  gpointer data;               /* of the functions: */

  /* Sends one datagram, or holds it back until flush(). RTC_AGAIN: no room, it is dropped. Must not
   * call the port. */
  RtcResult (*send) (gpointer data, const RtcIceFlow *flow, const guint8 *bytes, gsize len);
  void (*flush) (gpointer data);

  /* (nullable) send() in two steps, as RtcIceVTable.reserve() and commit(). */
  guint8 *(*reserve) (gpointer data, const RtcIceFlow *flow, gsize len);
  void (*commit) (gpointer data, const RtcIceFlow *flow, gsize len);

  /* (nullable) Hands in what has come and waits in the socket. */
  void (*receive) (gpointer data);

  /* (nullable) The last agent has been freed. May free the port. */
  void (*idle) (gpointer data);
} RtcIceMuxPortConfig;

/* (transfer full) */
RtcIceMuxPort *rtc_ice_mux_port_new (const RtcIceMuxPortConfig *config);

/* No agent is alive any more. (nullable) */
void rtc_ice_mux_port_free (RtcIceMuxPort *self);

/* Valid with self. */
RtcIceFactory *rtc_ice_mux_port_get_factory (RtcIceMuxPort *self);

/* One datagram that arrived at now. An answer goes through config.send and .flush at once. */
void rtc_ice_mux_port_handle_datagram (RtcIceMuxPort *self, GstClockTime now,
    const RtcIceFlow *flow, const guint8 *data, gsize len);

/* Whether that flow is an agent's. */
gboolean rtc_ice_mux_port_has_flow (const RtcIceMuxPort *self, const RtcIceFlow *flow);

/* The flow's connection is closed. */
void rtc_ice_mux_port_remove_flow (RtcIceMuxPort *self, const RtcIceFlow *flow);

void rtc_ice_mux_port_get_stats (const RtcIceMuxPort *self, RtcIceMuxStats *out);

G_END_DECLS
