/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* sim-net.h - a seeded link between two ends, A and B: the simulator's network.
 *
 * Sans-I/O: time is an argument and the same seed and calls give the same packets at the same
 * instants, byte for byte in the trace. Each direction has delay, jitter, loss (Bernoulli or
 * Gilbert-Elliott), duplication, reordering by time (jitter) or by a number of packets, a rate with
 * a drop-tail queue, an MTU and blackholes. */
#pragma once

#include "gst/rtc/base/rtc-packet.h"

G_BEGIN_DECLS

typedef struct _SimNet SimNet;

typedef enum {
  SIM_A_TO_B,
  SIM_B_TO_A,
} SimDir;

#define SIM_N_DIRS 2

/* One direction. Zero-initialised: immediate, lossless, unlimited. */
typedef struct {
  GstClockTime delay;     /* one way */
  GstClockTime jitter;    /* uniform in 0..jitter is added */
  GstClockTime sigma;     /* normally distributed, cut off at 3 sigma and at no delay, is added */
  gboolean reorder;       /* jitter may reorder; else a packet never passes an earlier one */
  gdouble overtake;       /* probability that a packet passes those still on their way */
  guint overtake_depth;   /* at most so many of them */
  gdouble hold;           /* probability that a packet waits until hold_depth later ones have
                           * arrived, 500 ms at most */
  guint hold_depth;
  gdouble loss;           /* probability, 0..1; in the good state when bursts are on */
  gdouble burst_start;    /* Gilbert-Elliott: per packet good -> bad; 0: no bursts */
  gdouble burst_stop;     /* per packet bad -> good */
  gdouble burst_loss;     /* loss in the bad state */
  gdouble duplicate;      /* probability that a packet arrives twice */
  gdouble flip;           /* probability that one bit of it is turned */
  guint64 rate_bps;       /* 0: unlimited */
  GstClockTime queue;     /* longest wait for the rate before drop-tail; used with rate_bps */
  gsize mtu;              /* longest datagram, 0: RTC_MAX_DATAGRAM */
} SimLink;

typedef struct {
  guint64 pushed, delivered; /* delivered counts duplicates too */
  guint64 lost, queue_dropped, too_long, blackholed, duplicated;
  guint64 overtaken, held, flipped, tapped;
  guint64 bytes_pushed, bytes_delivered;
} SimNetStats;

/* trace (nullable, not owned): one line per packet, "time_ns dir len verdict\n" with dir A>B or
 * B>A and verdict ok, dup, loss, queue, mtu, tap or hole; when ok or dup also the arrival time. */
SimNet *sim_net_new (guint64 seed, GString *trace);
void sim_net_free (SimNet *self); /* (nullable) */

/* May be called at any time; packets on their way are not touched. */
void sim_net_set_link (SimNet *self, SimDir dir, const SimLink *link);
void sim_net_set_both (SimNet *self, const SimLink *link);

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

/* A packet that has arrived by now, earliest first (ties: as pushed); NULL when none. packet->time
 * is when it arrived. (transfer full) */
RtcPacket *sim_net_pop_due (SimNet *self, GstClockTime now, SimDir *dir);
RtcPacket *sim_net_pop_due_tagged (SimNet *self, GstClockTime now, SimDir *dir, guint *tag);

/* Next arrival, GST_CLOCK_TIME_NONE when nothing is on its way. */
GstClockTime sim_net_next_deadline (const SimNet *self);

void sim_net_get_stats (const SimNet *self, SimDir dir, SimNetStats *out);

G_END_DECLS
