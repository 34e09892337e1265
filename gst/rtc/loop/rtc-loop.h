/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* rtc-loop.h - the network thread [N], which owns every peer, and the control thread [C].
 *
 * [N] iterates a GMainContext of its own: backends' sockets, one source for all deadlines, one
 * wake-up for closures, media rings and peers that a backend marked. Nothing on it may block: no
 * application code, no DNS, no locks held elsewhere. [C] iterates another context; signals,
 * promises and signalling run there and may block. One process has one loop by default; the
 * loop lives as long as anybody holds a reference.
 *
 * A turn of a peer: rtc_peer_handle_backends(), outputs to its output function, one
 * rtc_peer_flush(), one heap entry rescheduled. A turn is bounded by what backends may queue; a
 * round turns at most RTC_LOOP_ROUND_PEERS peers before sockets and closures get their chance
 * again, so that no peer can starve the others. Deadlines are served up to 1 ms late (poll's
 * resolution), never early.
 *
 * While every peer of the loop is patient (rtc_peer_is_patient(): recordings), [N] looks after its
 * sockets at most once in RTC_LOOP_REST, since most of what a packet costs is waking up for it;
 * deadlines then are up to that much later, closures are not. Arrival times are the kernel's.
 *
 * Thread: said at each function; [N] = network thread only, [any] = every thread. */
#pragma once

#include <gio/gio.h>
#include "gst/rtc/base/rtc-heap.h"
#include "gst/rtc/base/rtc-random.h"
#include "gst/rtc/loop/rtc-invoke.h"
#include "gst/rtc/peer/rtc-peer.h"

G_BEGIN_DECLS

typedef struct _RtcLoop RtcLoop;

/* RTC_LOOP_ROUND_PEERS: marked peers turned, and deadlines served, in one round. */
#define RTC_LOOP_ROUND_PEERS 64

/* RTC_LOOP_REST: shortest time between two wake-ups while all peers are patient. */
#define RTC_LOOP_REST (20 * GST_MSECOND)

/* RTC_LOOP_LAG_BUCKETS: of the lag histogram; upper bounds 1, 2, 5, 10, 20, 50, 100 ms, none. */
#define RTC_LOOP_LAG_BUCKETS 8

typedef struct {
  guint n_peers;
  guint64 turns;       /* peer turns run */
  guint64 rounds_cut;  /* rounds that hit RTC_LOOP_ROUND_PEERS */
  guint64 rests;       /* times slept for RTC_LOOP_REST */
  guint64 rounds;      /* wake-ups of [N] that found work of ours */
  guint64 deadlines;   /* deadlines that came */
  guint64 lag[RTC_LOOP_LAG_BUCKETS]; /* how late they were served */
  GstClockTime max_lag;              /* ns */
  GstClockTime max_output;           /* longest output function so far, ns; > 5 ms is warned of */
} RtcLoopStats;

/* --- life ------------------------------------------------------------------------------------ */

/* The loop that all elements of the process share; made when nobody holds it, even if the one
 * before is still ending: never waits. What is to be free again for who begins anew at once, as a
 * port, is let go by its owner, not with the loop. (transfer full) [any] */
RtcLoop *rtc_loop_get_default (void);

/* A loop of one's own, for tests and for sharding. (transfer full) [any] */
RtcLoop *rtc_loop_new (void);

RtcLoop *rtc_loop_ref (RtcLoop *self); /* [any] */

/* The last one ends both threads: closures posted before still run, peers are freed without a
 * word to the other side, backends are waited for (see add_backend), then [C] ends. Returns
 * when all that is done; on [N] or [C] themselves at once, and a helper thread does it.
 * (nullable) [any but streaming threads] */
void rtc_loop_unref (RtcLoop *self);

/* --- threads --------------------------------------------------------------------------------- */

GMainContext *rtc_loop_get_context (RtcLoop *self);         /* [N]'s; valid with self [any] */
GMainContext *rtc_loop_get_control_context (RtcLoop *self); /* [C]'s; valid with self [any] */
gboolean rtc_loop_is_network_thread (RtcLoop *self);        /* [any] */

/* On [N], in order; see rtc_invoke_post() and rtc_invoke_call(). */
gboolean rtc_loop_post (RtcLoop *self, RtcInvokeFunc func, gpointer data, GDestroyNotify destroy);
gboolean rtc_loop_post_weak (RtcLoop *self, GObject *target, RtcInvokeWeakFunc func, gpointer data,
    GDestroyNotify destroy);
gboolean rtc_loop_call (RtcLoop *self, RtcInvokeFunc func, gpointer data); /* [A], [C], [N] */

/* On [C], in order. The queue is not bounded here: who posts at packet rate merges first. */
gboolean rtc_loop_post_control (RtcLoop *self, RtcInvokeFunc func, gpointer data,
    GDestroyNotify destroy);
gboolean rtc_loop_post_control_weak (RtcLoop *self, GObject *target, RtcInvokeWeakFunc func,
    gpointer data, GDestroyNotify destroy);

/* --- what peers are made from ---------------------------------------------------------------- */

/* Monotonic clock, ns: CLOCK_MONOTONIC, so the same scale as GstSystemClock's default. [any] */
GstClockTime rtc_loop_now (void);

/* Wall clock at now == 0 as 32.32 NTP, taken once when the loop began: a clock step later does
 * not show in sender reports. [any] */
guint64 rtc_loop_get_ntp64_at_zero (RtcLoop *self);

RtcRandom *rtc_loop_get_random (RtcLoop *self);   /* secure; valid with self [N] */
RtcPacketPool *rtc_loop_get_pool (RtcLoop *self); /* datagram-sized; valid with self [N] */

/* A fresh id, never reused in this process. [any] */
RtcPeerId rtc_loop_new_peer_id (RtcLoop *self);

/* Reserves an id and fills config's id, random, pool, results, ntp64_at_zero and ice_config.wake
 * and wake_data. Follow with rtc_peer_new() and rtc_loop_add_peer(), or, when no peer came out of
 * it, rtc_loop_remove_peer(). [N] */
void rtc_loop_reserve_peer (RtcLoop *self, RtcPeerConfig *config);

/* --- peers ----------------------------------------------------------------------------------- */

/* One output of a peer, on [N], inside the peer's turn. Must not block and must not operate on
 * the peer (getters are fine); what follows from an output is posted. To keep output->packet set
 * it to NULL, else it is dropped on return. The peer may be removed here: it is freed later. */
typedef void (*RtcLoopOutputFunc) (RtcPeer *peer, RtcOutput *output, gpointer data);

/* The loop owns peer from here on and gives it its first turn soon. destroy (nullable) runs on
 * data after the peer is freed. [N] */
void rtc_loop_add_peer (RtcLoop *self, RtcPeer *peer, RtcLoopOutputFunc func, gpointer data,
    GDestroyNotify destroy);

/* NULL when there is no such peer (any more): drop what was meant for it. [N] */
RtcPeer *rtc_loop_find_peer (RtcLoop *self, RtcPeerId id);

/* The peer is not found from now on and has no turns; it is freed, outside of any turn, in this
 * round or the next. Close it and turn it first to say goodbye. Unknown ids are ignored. [N] */
void rtc_loop_remove_peer (RtcLoop *self, RtcPeerId id);

/* Frees the peers that were removed now, for who needs what they hold. Not inside a turn. [N] */
void rtc_loop_free_removed (RtcLoop *self);

/* Marks the peer for a turn in the next round; what RtcIceConfig.wake ends in. [N] */
void rtc_loop_wake_peer (RtcLoop *self, RtcPeerId id);

/* Runs peer's turn now; to be called after each operation of the shell on it. Inside of that
 * peer's own turn it only marks. [N] */
void rtc_loop_turn_peer (RtcLoop *self, RtcPeer *peer);

void rtc_loop_foreach_peer (RtcLoop *self, void (*func) (RtcPeer *peer, gpointer data),
    gpointer data); /* func must not add or remove peers [N] */

/* --- deadlines, hooks and backends of the shell ---------------------------------------------- */

/* RtcLoopTimer: embedded in its owner; fires once, at or after its deadline. */
typedef struct {
  RtcHeapItem item;
  void (*func) (gpointer data, GstClockTime now);
  gpointer data;
} RtcLoopTimer;

void rtc_loop_timer_init (RtcLoopTimer *timer, void (*func) (gpointer data, GstClockTime now),
    gpointer data); /* [any] */

/* Sets or moves the deadline; GST_CLOCK_TIME_NONE stops it. Stop before freeing. [N] */
void rtc_loop_schedule (RtcLoop *self, RtcLoopTimer *timer, GstClockTime deadline);

/* RtcLoopHook: run in every round of the loop, after closures and turns. Returns TRUE when it
 * has more to do at once (its budget was used up). */
typedef struct {
  gboolean (*func) (gpointer data, GstClockTime now);
  gpointer data;
} RtcLoopHook;

void rtc_loop_add_hook (RtcLoop *self, RtcLoopHook *hook);    /* kept by the caller [N] */
void rtc_loop_remove_hook (RtcLoop *self, RtcLoopHook *hook); /* not from inside a hook [N] */

/* Makes a round happen soon. At most one eventfd write per round however often called. [any] */
void rtc_loop_wakeup (RtcLoop *self);

/* Ties something to the loop's life, by name (one of each name), such as a factory that needs
 * the context. At the end, after the peers are freed, the loop iterates until is_idle (nullable)
 * says TRUE, 5 s at most, then destroys. [N] */
void rtc_loop_add_backend (RtcLoop *self, const gchar *name, gpointer backend,
    gboolean (*is_idle) (gpointer backend), GDestroyNotify destroy);
gpointer rtc_loop_find_backend (RtcLoop *self, const gchar *name); /* NULL if absent [N] */

void rtc_loop_get_stats (RtcLoop *self, RtcLoopStats *out); /* [any] */

G_END_DECLS
