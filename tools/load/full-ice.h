/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* full-ice.h - a full, controlling ICE agent of one address, with real STUN, sans-I/O: the other
 * end of rtc-ice-lite.h, for loads and tests.
 *
 * As a browser does it: a plain check every 50 ms until one is answered, then one that nominates,
 * and from then on one every 2.5 s, nominating too, as consent (RFC 7675). One host candidate, and
 * one remote candidate, the first of UDP and its family that it is told. Checks of the other end
 * are answered. What is not authentic is dropped and counted.
 *
 * Single thread. Randomness from RtcIceConfig.random. */
#pragma once

#include "gst/rtc/ice/rtc-stun.h"
#include "gst/rtc/iface/rtc-ice-iface.h"

G_BEGIN_DECLS

typedef struct {
  RtcIceFactory parent;
  RtcAddress address; /* of the agents' host candidate */
  void (*send) (gpointer data, const RtcAddress *from, const RtcAddress *to, const guint8 *bytes,
      gsize len);
  gpointer data;
  RtcPacketPool *pool; /* (nullable) of what comes in */
  guint64 n_mapped;    /* answers that see us elsewhere than we are: there is a NAT */
  guint64 n_bad;       /* messages that a right peer does not send, roles that we cannot have */
  RtcIce *last; /* made last, NULL when it was freed; not owned */
} FullIceFactory;

/* send and data are to be set. */
void full_ice_factory_init (FullIceFactory *self, const RtcAddress *address);

/* FULL_ICE_MAX_PACKETS: held until the core polls; more are dropped. */
#define FULL_ICE_MAX_PACKETS 512

/* A datagram to the agent's present address; now: when it arrived. */
void full_ice_handle_datagram (RtcIce *ice, GstClockTime now, const RtcAddress *from,
    const guint8 *data, gsize len);

/* The agent is somewhere else from now on and says so at once; nominating or with a plain check. */
void full_ice_move (RtcIce *ice, GstClockTime now, const RtcAddress *address, gboolean nominates);

/* Sends no checks any more, nor anything else. */
void full_ice_stop (RtcIce *ice);

/* The role that its checks claim; wrong by FALSE, until a conflict (487) makes it right. */
void full_ice_set_controlling (RtcIce *ice, gboolean is_controlling);

G_END_DECLS
