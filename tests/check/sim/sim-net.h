/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* sim-net.h - a seeded link between two ends, A and B: the simulator's network.
 *
 * The model of link-net.h with the packets' bytes: what an end pushes in comes out at the other's,
 * late, damaged, twice or not at all. Sans-I/O: time is an argument and the same seed and calls
 * give the same packets at the same instants, byte for byte in the trace. */
#pragma once

#include "gst/rtc/base/rtc-packet.h"
#include "tests/check/link/link-net.h"

G_BEGIN_DECLS

typedef struct _SimNet SimNet;

/* The simulator's names for what the link's model calls so. */
typedef LinkDir SimDir;
typedef LinkConfig SimLink;
typedef LinkStats SimNetStats;

#define SIM_A_TO_B LINK_A_TO_B
#define SIM_B_TO_A LINK_B_TO_A
#define SIM_N_DIRS LINK_N_DIRS

/* trace (nullable, not owned): lines of link-trace.h, without its header. */
SimNet *sim_net_new (guint64 seed, GString *trace);

/* The same with a trace of the caller's (nullable, not owned), such as a file. */
SimNet *sim_net_new_traced (guint64 seed, LinkTrace *trace);
void sim_net_free (SimNet *self); /* (nullable) */

/* Changes are made at the time of the last push or pop, or at a later one told here. */
void sim_net_set_time (SimNet *self, GstClockTime now);

/* May be called at any time; packets on their way are not touched. */
void sim_net_set_link (SimNet *self, SimDir dir, const SimLink *link);
void sim_net_set_both (SimNet *self, const SimLink *link);

/* Rates by time instead of the link's own; n 0: its own again. */
void sim_net_set_schedule (SimNet *self, SimDir dir, const LinkRateStep *steps, guint n);

/* Other people's traffic on the link; returns its number. */
guint sim_net_add_cross (SimNet *self, const LinkCrossConfig *config);
void sim_net_get_cross_stats (const SimNet *self, guint number, LinkCrossStats *out);

/* Everything pushed in from <= now < to is lost. Any number of windows. */
void sim_net_add_blackhole (SimNet *self, SimDir dir, GstClockTime from, GstClockTime to);

/* Sees each packet as it is pushed; TRUE: it is lost (verdict "tap"). */
typedef gboolean (*SimNetTap) (gpointer user_data, GstClockTime now, SimDir dir,
    const guint8 *data, gsize len);
void sim_net_set_tap (SimNet *self, SimNetTap tap, gpointer user_data);

/* now never goes back between two calls. */
void sim_net_push (SimNet *self, GstClockTime now, SimDir dir, const guint8 *data, gsize len);

/* The same with a number of the caller's that travels along, such as who sent it. */
void sim_net_push_tagged (SimNet *self, GstClockTime now, SimDir dir, guint tag,
    const guint8 *data, gsize len);

/* A packet that has arrived by now, earliest first (ties: as it left); NULL when none. packet->time
 * is when it arrived. (transfer full) */
RtcPacket *sim_net_pop_due (SimNet *self, GstClockTime now, SimDir *dir);
RtcPacket *sim_net_pop_due_tagged (SimNet *self, GstClockTime now, SimDir *dir, guint *tag);

/* When sim_net_pop_due() is to be called next: something arrives, leaves the queue, or cross
 * traffic moves. GST_CLOCK_TIME_NONE when nothing is on its way. */
GstClockTime sim_net_next_deadline (const SimNet *self);

void sim_net_get_stats (const SimNet *self, SimDir dir, SimNetStats *out);

G_END_DECLS
