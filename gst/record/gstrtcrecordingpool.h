/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* gstrtcrecordingpool.h - the few threads that write every recording of the process.
 *
 * Each recording belongs to one of the pool's threads for its life, so nothing of it is locked but
 * its inbox, and a file on a slow disk holds up the recordings of its own thread only. A thread
 * looks at its recordings every GST_RTC_RECORDING_TICK while it has any and sleeps without a
 * time-out when it has none: no packet wakes anybody. Memory of all inboxes together is bounded.
 *
 * Thread: any, for all functions but step(). */
#pragma once

#include <gst/gst.h>

G_BEGIN_DECLS

typedef struct _GstRtcRecordingPool GstRtcRecordingPool;

/* GST_RTC_RECORDING_TICK: how often a thread looks at its recordings, ns. */
#define GST_RTC_RECORDING_TICK (40 * GST_MSECOND)

/* GST_RTC_RECORDING_POOL_THREADS: of the process-wide pool. Two: one may wait for a disk. */
#define GST_RTC_RECORDING_POOL_THREADS 2

/* GST_RTC_RECORDING_POOL_MAX_THREADS: more are not made. */
#define GST_RTC_RECORDING_POOL_MAX_THREADS 16

/* GST_RTC_RECORDING_INBOX_TOTAL: most bytes waiting in the inboxes of all recordings of a pool. */
#define GST_RTC_RECORDING_INBOX_TOTAL (64 * 1024 * 1024)

/* GST_RTC_RECORDING_INBOX_MAX: most bytes waiting in the inbox of one recording. */
#define GST_RTC_RECORDING_INBOX_MAX (8 * 1024 * 1024)

/* The process-wide pool, made by its first user; its threads start with its first recording and
 * end with the last reference. (transfer full) */
GstRtcRecordingPool *gst_rtc_recording_pool_get (void);

/* A pool of its own with n_threads (1..MAX_THREADS), for applications that separate disks; 0: none,
 * and then step() does the work (tests with a clock of their own). (transfer full) */
GstRtcRecordingPool *gst_rtc_recording_pool_new (guint n_threads);

GstRtcRecordingPool *gst_rtc_recording_pool_ref (GstRtcRecordingPool *self);

/* (nullable). Each recording holds a reference too, so with the last one nothing is left to do:
 * the threads are joined, unless one of them drops it, then it ends by itself. */
void gst_rtc_recording_pool_unref (GstRtcRecordingPool *self);

/* Waits until every recording of the pool that was told to finish has called its finished func, or
 * for timeout (ns; NONE: for ever). FALSE when some had not. For an element that stops, EOS,
 * SIGINT; not from a recording's func, and not for a pool without threads. */
gboolean gst_rtc_recording_pool_wait_idle (GstRtcRecordingPool *self, GstClockTime timeout);

/* For a pool without threads: does what its threads would do at now, on the calling thread; now
 * never falls and is on the scale of the packets' arrival times. */
void gst_rtc_recording_pool_step (GstRtcRecordingPool *self, GstClockTime now);

typedef struct {
  guint n_threads;     /* running */
  guint n_recordings;  /* not finished yet */
  gsize inbox_bytes;   /* waiting, of all */
  guint64 ticks;       /* rounds of all threads */
  GstClockTime longest_round; /* of all rounds so far, ns: what a slow disk did to its neighbours */
} GstRtcRecordingPoolStats;

void gst_rtc_recording_pool_get_stats (GstRtcRecordingPool *self, GstRtcRecordingPoolStats *out);

G_END_DECLS
