/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* rtc-pacer.h - when each packet of one peer may leave: bursts smoothed, a short queue, probes.
 *
 * The pacer holds no packets, only their names: who owns it builds a packet when it leaves. As long
 * as nothing waits and the budget allows, a packet passes at once (rtc_pacer_may_pass()), so that
 * frames at or below the target rate cost two comparisons and no timer. What exceeds the budget
 * waits, by class: retransmissions, video, FEC. Audio never waits; it takes from the budget only.
 *
 * Two budgets, each kept as the instant at which what was sent will have played out:
 * - the burst: RTC_PACER_BURST of the pacing rate at once, then the pacing rate (2.5 times the
 *   target with GoogCC, so that a key frame does not wait its own length);
 * - the average: RTC_PACER_CREDIT of the target rate above it, then RTC_PACER_EXCESS_PERCENT of the
 *   target rate. A source that does not follow the target, as one encode for many viewers, is held
 *   to it by this.
 *
 * A frame that would wait for RTC_PACER_MAX_WAIT (RTC_PACER_HELD_WAIT after a hold) is refused as a
 * whole, and one that has not begun to leave expires after it, when the rates fell meanwhile; the
 * owner then drops up to the next key frame. A key frame is never refused, however long it is, and
 * what it takes is added to the wait of the frames behind it, which would else be dropped for its
 * sake.
 *
 * Pure, bounded: rings of RTC_PACER_MAX_ENTRIES at most, allocated when the first packet waits and
 * kept. Network thread only. */
#pragma once

#include "gst/rtc/base/rtc-result.h"
#include "gst/rtc/iface/rtc-cc-iface.h"

G_BEGIN_DECLS

/* RTC_PACER_MAX_WAIT: longest wait of a frame (P: queue <= 150 ms). */
#define RTC_PACER_MAX_WAIT (150 * GST_MSECOND)

/* RTC_PACER_HELD_TIME, RTC_PACER_HELD_WAIT: see rtc_pacer_hold(). */
#define RTC_PACER_HELD_TIME (1 * GST_SECOND)
#define RTC_PACER_HELD_WAIT (400 * GST_MSECOND)

/* RTC_PACER_BURST: what may leave at once, in time at the pacing rate; libwebrtc's pacer sends in
 * bursts of 40 ms too. With a pacing rate of 2.5 times the target that is three frames at 30 Hz. */
#define RTC_PACER_BURST (40 * GST_MSECOND)

/* RTC_PACER_URGENT: when the last one in the queue would wait for longer than this, the backlog
 * leaves at twice the pacing rate; the average still holds. */
#define RTC_PACER_URGENT (RTC_PACER_MAX_WAIT / 2)

/* RTC_PACER_BATCH: a backlog leaves in steps of at least this, in time at the pacing rate, so that
 * a timer serves several packets. */
#define RTC_PACER_BATCH (5 * GST_MSECOND)

/* RTC_PACER_CREDIT: what may leave above the average, in time at the target rate: a key frame of
 * 15 frames' size. */
#define RTC_PACER_CREDIT (500 * GST_MSECOND)

/* RTC_PACER_EXCESS_PERCENT: of the target, the most on average: encoders hit theirs roughly. */
#define RTC_PACER_EXCESS_PERCENT 110

/* RTC_PACER_MAX_ENTRIES: packets that wait in a class at most. A power of two. */
#define RTC_PACER_MAX_ENTRIES 2048

/* RTC_PACER_PROBE_LIFE: a probe that takes longer (nothing to pad with) is given up. */
#define RTC_PACER_PROBE_LIFE (500 * GST_MSECOND)

typedef enum {
  RTC_PACER_AUDIO,
  RTC_PACER_RETRANSMISSION,
  RTC_PACER_VIDEO,
  RTC_PACER_FEC,
  RTC_PACER_PADDING, /* never waits: it is made when there is room (rtc_pacer_get_padding()) */
  RTC_PACER_N_CLASSES,
} RtcPacerClass;

/* The name of a packet that waits. */
typedef struct {
  guint64 number;        /* the owner's: a number in the source's history, a sequence number */
  GstClockTime queued;   /* set by push */
  GstClockTime expires;  /* set by push on the first packet of a frame; NONE: never */
  guint32 frame;         /* packets of one frame have the same: its time stamp */
  guint16 len;           /* bytes, as the budgets count them (with RTC_CC_OVERHEAD) */
  guint16 stream;        /* the owner's: which stream */
  guint8 slot;           /* the owner's: which of the stream's sources */
  gboolean is_key_frame; /* any packet of a key frame */
} RtcPacerEntry;

typedef struct {
  struct {
    guint64 packets, bytes;
  } sent[RTC_PACER_N_CLASSES];
  GstClockTime total_wait; /* of all that left; those that passed did not wait */
  GstClockTime max_wait;
  guint64 queued;          /* packets that waited */
  guint64 refused;         /* packets refused: would have waited too long */
  guint64 dropped;         /* packets that waited and were dropped */
  guint64 probes, probes_given_up; /* begun */
} RtcPacerStats;

/* Private. */
typedef struct {
  RtcPacerEntry *entries; /* mask + 1; NULL before the first */
  guint mask;
  guint head, n;
} RtcPacerRing;

/* RtcPacer: to be embedded; fields are private, use the functions. What is needed for a packet that
 * passes comes first, so that it is in a cache line or two: there is one per viewer. */
typedef struct {
  GstClockTime burst_clear, average_clear; /* when what was sent will have played out */
  guint64 burst_cost, average_cost; /* ns per byte, 20 bits of fraction */
  guint64 pacing_bps, padding_bps;
  guint n_waiting;
  guint16 has_probe, probe_runs;    /* has_probe: one runs, or is to begin */
  guint8 is_paused, nothing_to_pad, is_catching_up;

  RtcPacerStats stats;
  GstClockTime held_until; /* frames may wait for longer until then */
  guint64 target_bps;
  GstClockTime padding_clear;
  RtcPacerRing rings[RTC_PACER_N_CLASSES];
  guint64 waiting_bytes, key_bytes; /* key_bytes: of waiting_bytes, of key frames */
  guint32 last_frame;     /* of the video packet pushed last */
  guint16 last_stream;
  gboolean has_last;
  RtcCcProbe probe;
  GstClockTime probe_began;
  guint64 probe_bytes;
  guint probe_packets;
} RtcPacer;

/* No rates are set: everything passes. */
void rtc_pacer_init (RtcPacer *self);
void rtc_pacer_clear (RtcPacer *self);

/* From now on. target_bps and pacing_bps > 0; padding_bps 0: none. */
void rtc_pacer_set_rates (RtcPacer *self, GstClockTime now, guint64 target_bps, guint64 pacing_bps,
    guint64 padding_bps);

/* What has left is lost, and the target already makes up for it: the credit is there again, for a
 * key frame and for an encoder that takes a moment to follow. */
void rtc_pacer_forgive (RtcPacer *self, GstClockTime now);

/* The path is full of what has left, and what comes next must not be lost in it: nothing but sound
 * leaves before until, and then no more than the average allows, without its credit. Probes end.
 * For RTC_PACER_HELD_TIME after until frames may wait for RTC_PACER_HELD_WAIT: encoders that have
 * just begun make more than they are told. */
void rtc_pacer_hold (RtcPacer *self, GstClockTime until);

/* What leaves from now on is not counted in the average, nor held by it: pictures from before a
 * viewer came, which it is to have faster than they were made. FALSE: as usual again. */
void rtc_pacer_set_catching_up (RtcPacer *self, gboolean is_catching_up);

/* When rtc_pacer_may_pass() becomes TRUE for video if nothing waits. */
GstClockTime rtc_pacer_get_due (const RtcPacer *self);

/* Paused: what waits is dropped, may_pass() says FALSE and push() refuses. */
void rtc_pacer_set_paused (RtcPacer *self, gboolean is_paused);

/* TRUE: a packet of that class may leave now, at once; do it and tell handle_sent(). FALSE: push()
 * it. Audio always may, unless paused. */
gboolean rtc_pacer_may_pass (const RtcPacer *self, GstClockTime now, RtcPacerClass klass);

/* A packet of len bytes (with RTC_CC_OVERHEAD) has left; queued: when it came, which is now for
 * what passed. */
void rtc_pacer_handle_sent (RtcPacer *self, GstClockTime now, RtcPacerClass klass, guint len,
    GstClockTime queued);

/* Puts a packet in the queue of its class, which must not be audio or padding; entry is copied.
 * RTC_ERR_LIMIT: refused and counted; if it is video, drop_to_key_frame() and what comes up to the
 * next one. Of a frame of video only the first packet is refused, but for a full ring. What of a
 * frame came before its first packet that is known to be a key frame's is one of it, too. */
RtcResult rtc_pacer_push (RtcPacer *self, GstClockTime now, RtcPacerClass klass,
    const RtcPacerEntry *entry);

/* To be called before pop() and has_expired(): when packets could have left RTC_PACER_BURST ago and
 * more, the caller is late, and what waits may wait for so much longer. */
void rtc_pacer_handle_late (RtcPacer *self, GstClockTime now);

/* Takes out the next packet that may leave now. FALSE: none. The owner sends it and tells
 * handle_sent(), with out->queued, or forgets it. */
gboolean rtc_pacer_pop (RtcPacer *self, GstClockTime now, RtcPacerClass *klass, RtcPacerEntry *out);

/* The frame of video that is next to leave has waited for too long, since the rates have fallen,
 * and cannot leave now either: drop() its stream up to the next key frame and ask again. */
gboolean rtc_pacer_has_expired (const RtcPacer *self, GstClockTime now, guint *stream);

/* Drops what waits of a stream in a class. Returns how many packets. */
guint rtc_pacer_drop (RtcPacer *self, RtcPacerClass klass, guint stream);

/* Drops what waits of a stream's video before the last key frame that waits, *n_dropped packets.
 * FALSE: no packet of one waits, and nothing was dropped. */
gboolean rtc_pacer_drop_to_key_frame (RtcPacer *self, guint stream, guint *n_dropped);

guint rtc_pacer_get_n_waiting (const RtcPacer *self, RtcPacerClass klass);

/* How long a packet of video that came now would wait, if nothing more urgent came meanwhile. */
GstClockTime rtc_pacer_get_wait (const RtcPacer *self, GstClockTime now);

/* --- probes and padding ---------------------------------------------------------------------- */

/* Begins with the next video packet or retransmission that leaves; one that runs is left to end,
 * one that has not begun is replaced. */
void rtc_pacer_set_probe (RtcPacer *self, const RtcCcProbe *probe);

/* The cluster that a packet leaving now is part of; 0: none. */
guint16 rtc_pacer_get_cluster (const RtcPacer *self, RtcPacerClass klass);

/* Bytes of padding that are to be sent now, 0: none. Send one packet of about that size, at most
 * one of full size, tell handle_sent() with RTC_PACER_PADDING and ask again. */
guint rtc_pacer_get_padding (RtcPacer *self, GstClockTime now);

/* There is nothing to pad with: padding is not asked for again before a packet of media leaves. */
void rtc_pacer_end_padding (RtcPacer *self, GstClockTime now);

/* --- time ------------------------------------------------------------------------------------ */

/* When pop(), has_expired() or get_padding() may have something; NONE: not by time alone. */
GstClockTime rtc_pacer_next_deadline (const RtcPacer *self);

void rtc_pacer_get_stats (const RtcPacer *self, RtcPacerStats *out);

G_END_DECLS
