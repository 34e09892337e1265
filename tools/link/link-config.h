/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* link-config.h - what one direction of an emulated link does to packets, as plain values and text.
 *
 * The one description of a link in this project: the simulator (link-net.h, sim-net.h), the relay
 * of real packets (net/link-emulator.h) and its command line all take it. */
#pragma once

#include "gst/rtc/base/rtc-types.h"

G_BEGIN_DECLS

typedef enum {
  LINK_A_TO_B,
  LINK_B_TO_A,
} LinkDir;

#define LINK_N_DIRS 2

/* Who is dropped when more comes than goes. */
typedef enum {
  LINK_QUEUE_TAIL,  /* who finds the queue full */
  LINK_QUEUE_CODEL, /* also at the head, when the wait stays long (RFC 8289) */
} LinkQueueKind;

/* One direction. Zero-initialised: immediate, lossless, unlimited. The order in which a packet
 * meets it: MTU, blackholes, loss, queue and rate, delay and jitter, duplication. */
typedef struct {
  GstClockTime delay;     /* one way */
  GstClockTime jitter;    /* uniform in 0..jitter is added */
  GstClockTime sigma;     /* normally distributed, cut off at 3 sigma and at no delay, is added */
  gboolean reorder;       /* jitter may reorder; else a packet never passes an earlier one of its
                           * flow */
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
  GstClockTime queue;     /* longest wait for the rate (as it is then) before drop-tail; with
                           * rate_bps only */
  gsize queue_bytes;      /* the same in bytes that wait; 0: not limited so. Whichever is less */
  LinkQueueKind discipline;
  GstClockTime codel_target;   /* 0: 5 ms */
  GstClockTime codel_interval; /* 0: 100 ms */
  gsize mtu;              /* longest datagram, 0: RTC_MAX_DATAGRAM */
} LinkConfig;

/* From at on the rate is rate_bps (0: unlimited). */
typedef struct {
  GstClockTime at;
  guint64 rate_bps;
} LinkRateStep;

/* Sets what the text names; the rest stays. "NAME=VALUE,NAME=VALUE": loss, burst-start, burst-stop,
 * overtake, dup, flip, hold (percent), delay, sigma, jitter, queue, codel-target, codel-interval
 * (ms), depth, hold-depth (packets), rate (kbit/s), queue-bytes, mtu (bytes), codel, reorder (0 or
 * 1). A burst loses all, and a rate without a queue gets one of 200 ms. FALSE and *error (transfer
 * full) on what it does not know; then the link may be half changed. */
gboolean link_config_parse (LinkConfig *self, const gchar *text, gchar **error);

/* "SECONDS:KBIT/SECONDS:KBIT/...", in order of time, as "0:2000/10:500/20:2000"; times count from
 * start. (transfer full) (element-type LinkRateStep); NULL when it is none. */
GArray *link_schedule_parse (const gchar *text, GstClockTime start);

G_END_DECLS
