/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* fake-ice.h - an ICE agent for simulations: rtc-ice-iface.h over a SimNet.
 *
 * One host candidate each. Checks are small requests and responses with the real protocol's
 * credentials (a request names "remote:local" fragments and is keyed by the remote password),
 * sent every 50 ms, backing off to 500 ms, until answered; failed after 10 s. The controlling
 * side goes checking -> connected -> completed with its first answered check (nomination is in the
 * check), the controlled side with the first nominated check it answers and its own answered one.
 * Consent (RFC 7675): a check every 5 s; disconnected after 6 s, failed after 30 s without an
 * answer. Datagrams of others start with neither 0 nor 1 (RFC 7983) and are dropped until the
 * remote credentials have proven themselves. After restart() the pair carries on until the new
 * one is found.
 *
 * Single thread. Randomness from RtcIceConfig.random. */
#pragma once

#include "gst/rtc/iface/rtc-ice-iface.h"
#include "sim-net.h"

G_BEGIN_DECLS

/* Makes agents which all send in direction dir of one net: one agent at a time is alive on an
 * end of a SimNet, or each gets its own by fake_ice_set_net(). */
typedef struct {
  RtcIceFactory parent;
  SimNet *net; /* not owned; may be NULL until fake_ice_set_net() */
  SimDir dir;
  RtcIce *last; /* made last, NULL when it was freed; not owned */
} FakeIceFactory;

void fake_ice_factory_init (FakeIceFactory *self, SimNet *net, SimDir dir);

/* Moves an agent to another link (a mobile that changes its network), or to the same under another
 * address. */
void fake_ice_set_net (RtcIce *ice, SimNet *net, SimDir dir);

/* A datagram from the net. Bad ones are counted and dropped. */
void fake_ice_handle_datagram (RtcIce *ice, GstClockTime now, const guint8 *data, gsize len);

G_END_DECLS
