/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* link-net.h - an emulated link with both directions and the cross traffic on it.
 *
 * Two LinkWays and any number of LinkCrosses, driven in order of time. Packets of the user's are
 * lengths and a pointer; sim-net.h puts bytes on top. Sans-I/O; single thread. */
#pragma once

#include "link-cross.h"
#include "tools/link/link-way.h"

G_BEGIN_DECLS

/* LINK_CROSS_FLOW: cross traffic has numbers from here; the user's flows are below. */
#define LINK_CROSS_FLOW 32
#define LINK_MAX_CROSS 32

typedef struct _LinkNet LinkNet;

/* trace, funcs, user_data: as of link_way_new(). */
LinkNet *link_net_new (guint64 seed, LinkTrace *trace, const LinkWayFuncs *funcs,
    gpointer user_data);
void link_net_free (LinkNet *self); /* (nullable) */

/* For its settings; packets go through the functions here. (transfer none) */
LinkWay *link_net_get_way (LinkNet *self, LinkDir dir);

/* Adds traffic; returns its number (of link_net_get_cross_stats()), its flow is LINK_CROSS_FLOW
 * plus that. At most LINK_MAX_CROSS. */
guint link_net_add_cross (LinkNet *self, const LinkCrossConfig *config);
void link_net_get_cross_stats (const LinkNet *self, guint number, LinkCrossStats *out);

/* now never goes back between two calls. What is due by now is to be popped first, where the order
 * of events matters. Takes data over. flow below LINK_CROSS_FLOW. */
void link_net_push (LinkNet *self, GstClockTime now, LinkDir dir, guint flow, gsize len,
    guint64 number, gpointer data);

/* A packet of the user's that has arrived by now, earliest first; FALSE when none. */
gboolean link_net_pop (LinkNet *self, GstClockTime now, LinkDir *dir, LinkPacket *out);

/* When link_net_pop() is to be called next, even if only cross traffic moves then; NONE: never. */
GstClockTime link_net_next_deadline (const LinkNet *self);

G_END_DECLS
