/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* link-emulator.h - a bad network between one client and one server, in user space, over UDP.
 *
 * It stands between the two as a router with address translation: rewritten descriptions name its
 * own sockets instead of the peers', so that all packets of a call cross it, both ways. What the
 * link does to them is the simulator's model (link-config.h, sim-net.h), each direction with its
 * own SimLink and a seeded generator: the same seed loses the same packets by number. Rates may
 * follow a schedule, and other people's traffic may be on it. A: the client (who offers), B: the
 * server.
 *
 * The kernel's work is one socket towards the server for each address of the client's (as a
 * full-cone translation would have) and one towards the client. A thread of its own per emulator
 * moves the packets. IPv4 host candidates over UDP; all others are taken out of the descriptions.
 * Thread: any, but one at a time. */
#pragma once

#include <glib.h>

#include "tests/check/sim/sim-net.h"

G_BEGIN_DECLS

/* LINK_MAX_CLIENTS: addresses of the client's that are told apart; what comes from more is
 * dropped. */
#define LINK_MAX_CLIENTS 16

typedef struct _LinkEmulator LinkEmulator;

typedef struct {
  guint64 seed;
  SimLink to_server, to_client;
  const gchar *trace_path; /* (nullable) CSV of link-trace.h, its time CLOCK_MONOTONIC */
} LinkEmulatorConfig;

LinkEmulator *link_emulator_new (const LinkEmulatorConfig *config);

/* Ends the thread; packets on their way are lost. */
void link_emulator_free (LinkEmulator *self);

/* The client's description as the server is to see it, and the server's as the client is to see it:
 * each section has one candidate, the emulator's. Texts without a candidate of use (mDNS names) are
 * taken too: the client is known by its first packet. A server without one cannot be reached.
 * May be called again after an ICE restart. (transfer full) */
gchar *link_emulator_rewrite_offer (LinkEmulator *self, const gchar *sdp);
gchar *link_emulator_rewrite_answer (LinkEmulator *self, const gchar *sdp);

/* Where the sockets are: for tests without descriptions. The target is where what comes in on the
 * other side goes. */
guint16 link_emulator_get_client_port (LinkEmulator *self); /* to be told to the client */
guint16 link_emulator_get_server_port (LinkEmulator *self); /* to be told to the server */
void link_emulator_set_server (LinkEmulator *self, const gchar *address, guint16 port);

/* From the next packet on. */
void link_emulator_set_link (LinkEmulator *self, SimDir dir, const SimLink *link);

/* Rates by time, counted from now; n 0: the link's own again. */
void link_emulator_set_schedule (LinkEmulator *self, SimDir dir, const LinkRateStep *steps,
    guint n);

/* Other people's traffic on the link; its times count from now. */
void link_emulator_add_cross (LinkEmulator *self, const LinkCrossConfig *config);

/* A value for the trace, such as a sender's target (link-trace.h says what names are like). */
void link_emulator_note (LinkEmulator *self, SimDir dir, const gchar *name, gdouble value);

/* Everything that comes in from from_ms to to_ms from now is lost, in that direction. */
void link_emulator_add_blackhole (LinkEmulator *self, SimDir dir, guint from_ms, guint to_ms);

/* The router forgets: the server sees the client at other ports from now on, and what it still
 * sends to the former ones is lost. */
void link_emulator_rebind (LinkEmulator *self);

typedef struct {
  SimNetStats ways[SIM_N_DIRS];
  guint64 strangers;       /* from who is neither, or too many clients; dropped */
  guint64 no_target;       /* nobody known to send to; dropped */
  guint64 socket_full;     /* the kernel refused to send; dropped */
  guint64 sent;            /* handed to the kernel */
  guint64 late;            /* of these, more than 1 ms after their time */
  GstClockTime max_late;
} LinkEmulatorStats;

void link_emulator_get_stats (LinkEmulator *self, LinkEmulatorStats *out);

G_END_DECLS
