/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* rtc-loop-private.h - the loop as rtc-loop*.c share it.
 *
 * rtc-loop.c is the threads and their life, rtc-loop-round.c what [N] does when it wakes up,
 * rtc-loop-peer.c the peers and their turns. */
#pragma once

#include <pthread.h>
#include <stdatomic.h>
#include "gst/rtc/base/rtc-log.h"
#include "gst/rtc/loop/rtc-loop.h"

G_BEGIN_DECLS

/* RtcLoopThread: one of the two threads with its context and closures. */
typedef struct {
  GMainContext *context;
  int wakeup; /* context's descriptor: ready when somebody wakes it up */
  RtcInvoke *invoke;
  GThread *thread;
  atomic_bool quit;
} RtcLoopThread;

/* RtcLoopPeer: a registry entry, from reserve on; also wake_data of the peer's ICE agent. */
typedef struct {
  RtcLoop *loop;
  RtcPeerId id;
  RtcPeer *peer; /* NULL while only reserved */
  RtcLoopOutputFunc func;
  gpointer data;
  GDestroyNotify destroy;
  RtcLoopTimer timer;
  GList link; /* in loop->marked while is_marked */
  gboolean is_marked, in_turn, removed;
  gboolean is_patient; /* as of its last turn; counted in loop->n_patient */
} RtcLoopPeer;

struct _RtcLoop {
  guint refs; /* guarded by default_lock */
  RtcLoopThread network, control;
  guint64 ntp64_at_zero;

  /* [N] */
  GSource *source;
  RtcHeap heap;
  RtcRandom *random;
  RtcPacketPool *pool;
  GArray *results; /* RtcPeerConfig.results */
  GHashTable *peers;   /* &RtcLoopPeer.id -> RtcLoopPeer *; removed ones are not in it */
  GQueue marked;       /* RtcLoopPeer.link */
  guint n_patient;     /* of peers */
  GstClockTime rested; /* end of the last rest, or when none was needed */
  GPtrArray *dead;     /* RtcLoopPeer * to free at the end of the round */
  GPtrArray *hooks;    /* RtcLoopHook * */
  GPtrArray *backends; /* LoopBackend * */
  RtcLoopStats stats;
  RtcLogLimit slow_limit;

  atomic_bool round; /* a round is wanted */

  pthread_mutex_t stats_lock; /* guards published */
  RtcLoopStats published;
};

/* rtc-loop-round.c: the source of [N]'s rounds, attached to its context. (transfer full) */
GSource *rtc_loop_make_source (RtcLoop *self);

/* A round if one is due [N]. After each iteration of the context, since what its sources left to do
 * would else wait for the next one, with another poll of all descriptors. */
void rtc_loop_serve_ready (RtcLoop *self);

/* Sleeps until RTC_LOOP_REST after the last wake-up, or somebody else's, if all peers are patient
 * and nothing is left to do [N]. */
void rtc_loop_rest (RtcLoop *self);

/* rtc-loop-peer.c, all [N] ------------------------------------------------------------------- */

/* Turns marked peers, RTC_LOOP_ROUND_PEERS at most; TRUE when there were more. */
gboolean rtc_loop_serve_marked (RtcLoop *self, GstClockTime now);

/* At the end of [N]. */
void rtc_loop_remove_all_peers (RtcLoop *self);

G_END_DECLS
