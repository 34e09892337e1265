/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* link-way.h - one direction of an emulated link: the model itself.
 *
 * Sans-I/O: time is an argument, and equal seeds and calls give equal packets at equal instants.
 * Packets are only lengths and a pointer of the user's. What is lost, duplicated, held or damaged
 * is drawn from one generator when packets come, and jitter from another when they go, so that the
 * same seed does the same to the n-th packet whatever the clock did.
 *
 * A packet's life: link_way_push() judges it and puts it into the queue; the rate (schedule) serves
 * one packet after the other; then it is on its way until its arrival, when link_way_pop() gives it
 * out. Single thread. No allocation per packet in the long run. */
#pragma once

#include "tools/link/link-trace.h"

G_BEGIN_DECLS

/* LINK_MAX_FLOWS: flows kept in order each for itself; numbers above share places with others. */
#define LINK_MAX_FLOWS 64

typedef struct _LinkWay LinkWay;

typedef struct {
  guint flow;       /* the user's number: who sent it */
  gsize len;        /* bytes, of which the rate counts all */
  guint64 number;   /* the user's */
  gpointer data;    /* the user's; copied and dropped by LinkWayFuncs only */
  /* What the link did, when it arrives: */
  gboolean is_duplicate;
  gint flip;        /* this bit is to be turned; -1: none */
  GstClockTime pushed, left, arrival; /* came to the link, went from the queue, arrived */
} LinkPacket;

/* Both may be NULL: then data is nobody's. drop: a packet has ended in the link. copy: data of a
 * second packet just like it. */
typedef struct {
  void (*drop) (gpointer user_data, gpointer data);
  gpointer (*copy) (gpointer user_data, gpointer data);
} LinkWayFuncs;

typedef struct {
  guint64 pushed, delivered; /* delivered counts duplicates too */
  guint64 lost, queue_dropped, too_long, blackholed, duplicated;
  guint64 overtaken, held, flipped, tapped;
  guint64 bytes_pushed, bytes_delivered;
  guint64 codel_dropped;     /* queue_dropped counts them too */
  GstClockTime max_queue;    /* longest wait for the rate of those that were served */
} LinkStats;

/* trace (nullable, not owned): lines of this way go there, under the name of dir. */
LinkWay *link_way_new (guint64 seed, LinkDir dir, LinkTrace *trace, const LinkWayFuncs *funcs,
    gpointer user_data);
void link_way_free (LinkWay *self); /* (nullable) */

/* From now on; packets on their way, and the one being served, are not touched. The rate of the
 * config is in force unless there is a schedule. */
void link_way_set_config (LinkWay *self, GstClockTime now, const LinkConfig *config);
const LinkConfig *link_way_get_config (const LinkWay *self);

/* Rates by time, copied; before the first step the config's. n 0: no schedule any more. */
void link_way_set_schedule (LinkWay *self, GstClockTime now, const LinkRateStep *steps, guint n);

/* The rate in force at a time; 0: unlimited. */
guint64 link_way_get_rate (const LinkWay *self, GstClockTime time);

/* Packets of that flow are under way this much longer: its own part of the path. */
void link_way_set_flow_delay (LinkWay *self, guint flow, GstClockTime delay);

/* Everything pushed in from <= now < to is lost. Any number of windows. */
void link_way_add_blackhole (LinkWay *self, GstClockTime from, GstClockTime to);

/* now never goes back between two calls (else it counts as that of the last). Takes data over. */
void link_way_push (LinkWay *self, GstClockTime now, guint flow, gsize len, guint64 number,
    gpointer data);

/* Counts and traces a packet that the user drops before the link sees it. */
void link_way_note_tapped (LinkWay *self, GstClockTime now, guint flow, gsize len);

/* The earliest packet that has arrived by now; FALSE when none. data is the caller's. */
gboolean link_way_pop (LinkWay *self, GstClockTime now, LinkPacket *out);

/* When something happens next: pop() is to be called then. NONE: nothing is in it. */
GstClockTime link_way_next_deadline (const LinkWay *self);

/* How long a packet that came now would wait for the rate. */
GstClockTime link_way_get_wait (const LinkWay *self, GstClockTime now);

void link_way_get_stats (const LinkWay *self, LinkStats *out);

G_END_DECLS
