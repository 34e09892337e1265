/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "ext/webrtc/gstrtccontrol.h"

typedef struct {
  RtcInvokeFunc func;
  gpointer data;
  GMutex lock;
  GCond cond;
  gboolean is_done;
} Call;

static void
run (gpointer data)
{
  Call *call = data;

  call->func (call->data);
}

/* Runs also when the loop refused the closure. */
static void
done (gpointer data)
{
  Call *call = data;

  g_mutex_lock (&call->lock);
  call->is_done = TRUE;
  g_cond_signal (&call->cond);
  g_mutex_unlock (&call->lock);
}

void
gst_rtc_control_call (RtcLoop *loop, RtcInvokeFunc func, gpointer data)
{
  Call call = { .func = func, .data = data };

  if (g_main_context_is_owner (rtc_loop_get_control_context (loop))) {
    func (data);
    return;
  }
  g_mutex_init (&call.lock);
  g_cond_init (&call.cond);
  rtc_loop_post_control (loop, run, &call, done);
  g_mutex_lock (&call.lock);
  while (!call.is_done)
    g_cond_wait (&call.cond, &call.lock);
  g_mutex_unlock (&call.lock);
  g_mutex_clear (&call.lock);
  g_cond_clear (&call.cond);
}
