/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* rtc-reorder.h - puts the RTP packets of one stream into order and waits for those that lack.
 *
 * For those who need no clock and no thread of a jitter buffer, such as a recorder: what is in
 * order goes through at once, a gap is waited for until latency has passed since it was seen
 * (its first packet behind the gap arrived), then it is given up and told of. Packets are
 * opaque, so that any thread may use it, one at a time. Pure: no clock, no I/O; all times on one
 * clock. Memory: what the packets take, at most max_bytes and one more, and 40 bytes for each
 * number between the oldest and the newest held, at most max_packets + RTC_REORDER_MAX_JUMP
 * rounded up to a power of two.
 *
 * Use: push, then pop until NONE; at the time of next_deadline pop until NONE again. */
#pragma once

#include <gst/gst.h>

#include "gst/rtc/base/rtc-result.h"

G_BEGIN_DECLS

typedef struct _RtcReorder RtcReorder;

/* RTC_REORDER_MAX_JUMP: RFC 3550 A.1's MAX_DROPOUT. A packet further ahead or behind than this many
 * numbers is doubted until a second one agrees; then the sequence has started anew. */
#define RTC_REORDER_MAX_JUMP 3000

typedef struct {
  GstClockTime latency; /* how long a gap is waited for, ns; 0: not at all */
  guint max_packets;    /* widest span of sequence numbers held, holes included; 16..16384 */
  gsize max_bytes;      /* most bytes held; one packet is always accepted */
  GDestroyNotify free_packet; /* for packets that are dropped or left at free (nullable) */
} RtcReorderConfig;

/* 1.5 s at up to 2700 packets a second. */
#define RTC_REORDER_CONFIG_DEFAULT(free_func)                                                      \
  {                                                                                                \
    1500 * GST_MSECOND, 4096, 8 * 1024 * 1024, (free_func)                                         \
  }

typedef enum {
  RTC_REORDER_NONE,    /* nothing now */
  RTC_REORDER_PACKET,  /* the next packet in order */
  RTC_REORDER_GAP,     /* count packets will not come; the next item follows on them */
  RTC_REORDER_RESTART, /* packets from here on belong to another sequence: depayloaders and
                          time stamps start anew when ssrc_changed; without it the sender jumped
                          within its numbers (or after a long outage), its time stamps may go on */
} RtcReorderKind;

typedef struct {
  RtcReorderKind kind;
  gpointer packet;      /* PACKET: as pushed, now the caller's (transfer full) */
  gsize size;           /* PACKET: as pushed */
  GstClockTime arrival; /* PACKET: as pushed */
  guint64 ext_seq;      /* PACKET: unwrapped number, rising; GAP: the first that lacks */
  guint32 ssrc;         /* PACKET, RESTART */
  guint count;          /* GAP: how many lack, > 0 */
  gboolean ssrc_changed; /* RESTART */
} RtcReorderItem;

/* Packets, but for restarts. pushed = released + duplicates + late + dropped + what is held. */
typedef struct {
  guint64 pushed;
  guint64 released;
  guint64 recovered;  /* released packets that filled a hole: came late, but in time */
  guint64 lost;       /* given up: the sum of all gaps' counts */
  guint64 duplicates; /* seen before, dropped */
  guint64 late;       /* for a hole already given up, or of the SSRC before, dropped */
  guint64 dropped;    /* in doubt and never confirmed, or pushed without popping */
  guint64 early_gaps; /* packets among lost for which there was no room to wait longer */
  guint64 restarts;
  guint n_held;       /* now */
  gsize n_bytes;      /* now */
} RtcReorderStats;

RtcReorder *rtc_reorder_new (const RtcReorderConfig *config);
void rtc_reorder_free (RtcReorder *self); /* (nullable) */

/* From now on, for the gaps there are too. */
void rtc_reorder_set_latency (RtcReorder *self, GstClockTime latency);

/* Takes a packet, not NULL (transfer full: also when it is refused, then it has been freed and
 * counted) that arrived at arrival with these values of its header; size is counted against
 * max_bytes. Arrival times do not fall; one that does counts as the time before.
 *
 * Another SSRC gives up everything that lacks of the old one, then RESTART; what still comes of
 * the old one within latency is late.
 *
 * Returns RTC_OK; RTC_ERR_REPLAY: duplicate or too late; RTC_AGAIN: in doubt, kept aside until
 * the next; RTC_ERR_STATE: refused, pop until NONE first. The caller pops after each of them. */
RtcResult rtc_reorder_push (RtcReorder *self, GstClockTime arrival, guint32 ssrc, guint16 seq,
    gpointer packet, gsize size);

/* Writes what is next at now into *out and returns its kind. */
RtcReorderKind rtc_reorder_pop (RtcReorder *self, GstClockTime now, RtcReorderItem *out);

/* The stream ends, or a decision is wanted: everything held is released by the next pops, with its
 * gaps, without waiting. Pushing afterwards goes on as before. */
void rtc_reorder_flush (RtcReorder *self);

/* When pop would give up a gap, GST_CLOCK_TIME_NONE when nothing is waited for; 0 when there is
 * something to pop now. */
GstClockTime rtc_reorder_next_deadline (const RtcReorder *self);

/* Writes the numbers that are waited for now, lowest first, at most n; returns how many. For who
 * asks for retransmissions on its own. */
guint rtc_reorder_get_missing (const RtcReorder *self, guint16 *seqs, guint n);

void rtc_reorder_get_stats (const RtcReorder *self, RtcReorderStats *out);

G_END_DECLS
