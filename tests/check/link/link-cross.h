/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* link-cross.h - other people's traffic on the same link: a steady stream, or a TCP connection.
 *
 * TCP is modelled with its ACK clock: slow start, congestion avoidance as Reno (RFC 5681) or Cubic
 * (RFC 9438), one reduction per round trip, loss found by three later segments acknowledged (RFC
 * 6675) or by a time-out (RFC 6298, 200 ms at least), delayed acknowledgements (each second
 * segment, 40 ms). Its receiver is part of the model: what the segments and acknowledgements carry
 * besides their lengths stays in here. No handshake; a window of 4 MiB. The link must have a delay.
 *
 * Sans-I/O; single thread. link_net_add_cross() puts one on a link and looks after it. */
#pragma once

#include "gst/rtc/base/rtc-random.h"
#include "tools/link/link-config.h"

G_BEGIN_DECLS

typedef struct _LinkCross LinkCross;

typedef enum {
  LINK_CROSS_CUBIC,
  LINK_CROSS_RENO,
  LINK_CROSS_STEADY, /* rate_bps of packets of 1200 bytes, heedless of loss */
} LinkCrossKind;

typedef struct {
  LinkCrossKind kind;
  LinkDir dir;                   /* of the data */
  GstClockTime from, to;         /* nothing is begun before from and after to; to 0: no end */
  guint64 rate_bps;              /* of STEADY */
  guint64 min_bytes, max_bytes;  /* each transfer is so long, evenly distributed; 0: one endless */
  GstClockTime idle;             /* mean pause between transfers, exponentially distributed */
  GstClockTime delay;            /* its own path's, added each way */
} LinkCrossConfig;

typedef struct {
  guint64 segments, bytes;       /* sent, on the wire */
  guint64 delivered_bytes;       /* that arrived and were acknowledged, on the wire */
  guint64 lost, timeouts;
  guint64 transfers;             /* finished */
} LinkCrossStats;

/* Called when it sends: len bytes in direction dir; number is to come back with the packet. */
typedef void (*LinkCrossSend) (gpointer user_data, GstClockTime now, LinkDir dir, gsize len,
    guint64 number);

LinkCross *link_cross_new (const LinkCrossConfig *config, guint64 seed, LinkCrossSend send,
    gpointer user_data);
void link_cross_free (LinkCross *self); /* (nullable) */

/* One of its packets has arrived. */
void link_cross_handle_packet (LinkCross *self, GstClockTime now, LinkDir dir, guint64 number,
    gsize len);

/* (when next_deadline() is due) */
void link_cross_handle_timeout (LinkCross *self, GstClockTime now);
GstClockTime link_cross_next_deadline (const LinkCross *self);

void link_cross_get_stats (const LinkCross *self, LinkCrossStats *out);

G_END_DECLS
