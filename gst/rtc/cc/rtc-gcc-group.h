/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* rtc-gcc-group.h - by how much the delay between two groups of packets changed on the way.
 *
 * draft-ietf-rmcat-gcc-02 5.2: packets sent in one burst arrive as a burst and say little about the
 * path one by one; a group is what was sent within 5 ms, and what arrived in one clump behind it.
 * The inter-group delay variation is the groups' distance on arrival less that when sent: the sum
 * of all of them is how much longer the queue is now. Pure, flat. Network thread only. */
#pragma once

#include "gst/rtc/base/rtc-types.h"

G_BEGIN_DECLS

/* RTC_GCC_GROUP_LENGTH: of one group, from its first packet's send time (5.2: "5 ms"). */
#define RTC_GCC_GROUP_LENGTH (5 * GST_MSECOND)

/* RTC_GCC_GROUP_BURST_MAX: longest clump on arrival that still counts as one group. */
#define RTC_GCC_GROUP_BURST_MAX (100 * GST_MSECOND)

/* RTC_GCC_GROUP_JUMP: a delay that changes by this much between two groups is the receiver's clock
 * that was set, not a queue; everything begins anew. */
#define RTC_GCC_GROUP_JUMP (3 * GST_SECOND)

/* Times of one group; internal to RtcGccGroup. */
typedef struct {
  GstClockTime first_send, last_send;
  GstClockTime first_arrival, last_arrival;
  gboolean used;
} RtcGccGroupTimes;

/* Zero-initialised: nothing seen. Fields are private. */
typedef struct {
  RtcGccGroupTimes current, previous;
} RtcGccGroup;

typedef struct {
  GstClockTime arrival; /* of the newer group's last packet, receiver's clock */
  gint64 send_delta;    /* ns, last packet to last packet; > 0 */
  gint64 arrival_delta; /* ns; < 0 when the groups overtook each other */
} RtcGccDelta;

typedef enum {
  RTC_GCC_GROUP_NOTHING, /* the packet joined the running group */
  RTC_GCC_GROUP_DELTA,   /* a group is complete, *out is set */
  RTC_GCC_GROUP_RESET,   /* the clock jumped: forget what earlier deltas summed up to */
} RtcGccGroupEvent;

/* A packet that was received; packets come in the order they were sent, those from before the
 * running group are ignored. */
RtcGccGroupEvent rtc_gcc_group_handle_packet (RtcGccGroup *self, GstClockTime send_time,
    GstClockTime arrival, RtcGccDelta *out);

G_END_DECLS
