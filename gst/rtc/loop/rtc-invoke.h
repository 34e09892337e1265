/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* rtc-invoke.h - closures of any thread, run in order on the one thread that owns a GMainContext.
 *
 * Many producers, one consumer. The one mutex of the loop lives here and is never held while a
 * closure runs. Posting never blocks; calling does, so it is for the application's and the
 * control thread only: a streaming thread may hold locks that the network thread's work needs
 * (rule by documentation: [S] and [J] post, they never call). */
#pragma once

#include <glib-object.h>

G_BEGIN_DECLS

typedef struct _RtcInvoke RtcInvoke;

typedef void (*RtcInvokeFunc) (gpointer data);
typedef void (*RtcInvokeWeakFunc) (GObject *target, gpointer data);

/* A queue that is drained by whoever iterates context (reference kept). Thread: any. */
RtcInvoke *rtc_invoke_new (GMainContext *context);

/* Closes if that has not been done, and frees. No other thread may use self any more.
 * (nullable) */
void rtc_invoke_free (RtcInvoke *self);

/* Runs func (data) and then destroy (data) (nullable) on the context's thread, after everything
 * posted before. FALSE after rtc_invoke_close(): func never runs, destroy has run here.
 * Thread: any; never blocks. */
gboolean rtc_invoke_post (RtcInvoke *self, RtcInvokeFunc func, gpointer data,
    GDestroyNotify destroy);

/* As post, but func runs only if target is still alive then; it is held alive while func runs.
 * That reference may turn out to be the last one: target must bear being finalized there. */
gboolean rtc_invoke_post_weak (RtcInvoke *self, GObject *target, RtcInvokeWeakFunc func,
    gpointer data, GDestroyNotify destroy);

/* Runs func (data) on the context's thread and returns when it has run; at once and inline when
 * the caller is that thread. FALSE after close: func has not run.
 * Thread: any but streaming threads, and only where nothing that the other thread waits for is
 * held (no locks, no call in the other direction). */
gboolean rtc_invoke_call (RtcInvoke *self, RtcInvokeFunc func, gpointer data);

/* Runs what is queued now; what is queued meanwhile waits for the next round, so that closures
 * that post cannot starve the rest. Returns how many ran. Thread: the context's. */
guint rtc_invoke_drain (RtcInvoke *self);

/* Runs what is queued and what that queues in turn, then refuses everything. Idempotent.
 * Thread: the context's, or any once nobody iterates the context. */
void rtc_invoke_close (RtcInvoke *self);

G_END_DECLS
