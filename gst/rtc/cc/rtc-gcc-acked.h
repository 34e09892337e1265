/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* rtc-gcc-acked.h - what rate arrives at the peer, over the last half second and the last moments.
 *
 * Measured between arrivals, on the receiver's clock, so neither the way back nor the spacing of
 * the messages matter. Robust where too little is sent: the longest silence in the window counts as
 * the second longest, so that one pause (nothing to send, a path that was away) does not look like
 * a slow link; and beside what arrived stands what was sent in the same time, so that who asks can
 * tell a slow link from a slow sender. Pure, bounded. Network thread only. */
#pragma once

#include "gst/rtc/base/rtc-types.h"

G_BEGIN_DECLS

/* RTC_GCC_ACKED_WINDOW: shorter, and frames of video (33 ms) show; longer, and a link that became
 * slower shows late. RTC_GCC_ACKED_FAST: when the link is full, as packets then arrive evenly.
 * RTC_GCC_ACKED_PACKETS: a window reaches back to this many packets, when fewer came. */
#define RTC_GCC_ACKED_WINDOW (500 * GST_MSECOND)
#define RTC_GCC_ACKED_FAST (150 * GST_MSECOND)
#define RTC_GCC_ACKED_PACKETS 10

/* RTC_GCC_ACKED_SPAN: packets that arrived within this time are kept as one;
 * RTC_GCC_ACKED_MAX of them cover the window. There is room for no more than the window has had,
 * RTC_GCC_ACKED_STEP more at a time: 30 pictures and 50 packets of sound a second are 40 in it. */
#define RTC_GCC_ACKED_SPAN (5 * GST_MSECOND)
#define RTC_GCC_ACKED_MAX 112
#define RTC_GCC_ACKED_STEP 16

/* RTC_GCC_ACKED_STALE: a rate that nothing was added to for this long is unknown again. */
#define RTC_GCC_ACKED_STALE (2 * GST_SECOND)

typedef struct {
  GstClockTime first_arrival; /* receiver's clock */
  GstClockTime send_time;     /* of the newest */
  guint32 lasted;             /* first arrival to last, ns: RTC_GCC_ACKED_SPAN at most */
  guint32 bytes, packets;
  guint32 lost_bytes;         /* sent in between and lost */
} RtcGccAckedSpan;

/* Zero-initialised: nothing arrived. Fields are private. */
typedef struct {
  RtcGccAckedSpan *spans; /* a ring of size; NULL: none yet */
  guint size, n, next;
  GstClockTime at; /* now of the newest addition */
} RtcGccAcked;

typedef struct {
  gdouble received; /* bit/s; 0 too little is known */
  gdouble sent;     /* bit/s, of the same packets and those lost between them; 0 likewise */
} RtcGccAckedRate;

void rtc_gcc_acked_init (RtcGccAcked *self);

/* Gives the memory back; then as after init(). */
void rtc_gcc_acked_clear (RtcGccAcked *self);

/* Packets in the order they were sent; what arrived before its predecessors counts with them. */
void rtc_gcc_acked_handle_packet (RtcGccAcked *self, GstClockTime now, GstClockTime send_time,
    GstClockTime arrival, guint32 len);
void rtc_gcc_acked_handle_lost (RtcGccAcked *self, guint32 len);

/* The rate of the last window (RTC_GCC_ACKED_WINDOW or _FAST) of arrivals, or of the last
 * RTC_GCC_ACKED_PACKETS. Unknown until that many came, over a quarter of the window at least. */
RtcGccAckedRate rtc_gcc_acked_get_rate (const RtcGccAcked *self, GstClockTime now,
    GstClockTime window);

G_END_DECLS
