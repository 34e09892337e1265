/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* cc-bench.h - senders with a congestion controller, their receivers, and one bottleneck for all.
 *
 * Each flow is what a peer has: a controller (rtc-cc.h), RtcTwccSender, RtcPacer and a source of
 * video that follows the target; opposite it an RtcTwccReceiver, whose messages come back over the
 * same link, and a report of loss each second. There are no packets but their lengths, and no
 * retransmission. Sans-I/O: two minutes take a fraction of a second, and equal seeds give equal
 * runs.
 *
 * What happened is kept in slots of CC_SLOT, of which the figures are made, and in a trace for
 * link-plot if wanted (events "target", bit/s). */
#pragma once

#include "cc-source.h"
#include "gst/rtc/cc/rtc-cc.h"
#include "gst/rtc/cc/rtc-pacer.h"
#include "tests/check/link/link-net.h"

G_BEGIN_DECLS

#define CC_SLOT (50 * GST_MSECOND)
#define CC_MAX_FLOWS 16

typedef struct _CcBench CcBench;

typedef struct {
  const gchar *controller;   /* default "gcc" */
  LinkDir dir;               /* of its media */
  RtcCcBounds bounds;        /* default 50 kbit/s, 300 kbit/s, 5 Mbit/s */
  CcSourceConfig source;
  gboolean has_audio;        /* 50 packets a second of 100 bytes, not counted by the target */
  gboolean no_twcc;          /* only reports of loss come back */
  gboolean no_padding;
  GstClockTime from, to;     /* captures from .. to; to 0: always */
  GstClockTime pause, resume; /* captures nothing in between */
  GstClockTime delay;        /* of its own path, each way, on top of the link's */
} CcFlowConfig;

/* Bytes are those of the link: with all headers. Of one slot. */
typedef struct {
  guint64 sent, received;
  guint packets, lost;        /* lost: of those sent then */
  guint64 target_bps;         /* last */
  GstClockTime max_queue;     /* longest wait for the rate, of those that were sent then */
} CcSlot;

CcBench *cc_bench_new (guint64 seed, LinkTrace *trace);
void cc_bench_free (CcBench *self);

/* For the link's settings and cross traffic. (transfer none) */
LinkNet *cc_bench_get_net (CcBench *self);

/* Both directions the same, and a schedule for A>B. (element-type LinkRateStep) */
void cc_bench_set_link (CcBench *self, const LinkConfig *both);
void cc_bench_set_schedule (CcBench *self, LinkDir dir, const LinkRateStep *steps, guint n);

guint cc_bench_add_flow (CcBench *self, const CcFlowConfig *config);

GstClockTime cc_bench_now (const CcBench *self);
void cc_bench_run (CcBench *self, GstClockTime until);

/* The peer of that flow asks for at most bps, once a second from now on; 0: no more. */
void cc_bench_set_remb (CcBench *self, guint flow, guint64 bps);

/* From now on what comes back for that flow is kept for so long. */
void cc_bench_delay_feedback (CcBench *self, guint flow, GstClockTime delay);

/* --- figures --------------------------------------------------------------------------------- */

guint64 cc_bench_get_target (CcBench *self, guint flow);

/* Of a packet in the pacer: of key frames, which are never refused, or of all others. */
GstClockTime cc_bench_get_longest_wait (const CcBench *self, guint flow, gboolean of_key_frames);

/* How long a packet that was sent then waited for the rate. */
typedef struct {
  GstClockTime sent, wait;
} CcWait;

guint cc_bench_get_n_flows (const CcBench *self);

/* All slots since the beginning, and the waits of all packets that arrived. (element-type CcSlot,
 * CcWait) (transfer none) */
const GArray *cc_bench_get_slots (const CcBench *self, guint flow);
const GArray *cc_bench_get_waits (const CcBench *self, guint flow);

G_END_DECLS
