/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* gstrtcwaiting.h - viewers who came before every stream has its format: they wait, not long.
 *
 * A description cannot be answered before it is known what can be sent, and a viewer answered
 * with the sound alone would never get the picture. Thread: [C], all functions. */
#pragma once

#include <gst/gst.h>

G_BEGIN_DECLS

typedef struct _GstRtcWaiting GstRtcWaiting;

/* GST_RTC_WAITING_MS: how long a viewer is held at most; then it gets what there is. Shorter than
 * any signaller's patience with an answer. */
#define GST_RTC_WAITING_MS 3000

/* GST_RTC_WAITING_MAX_CANDIDATES: kept for each; more are dropped. */
#define GST_RTC_WAITING_MAX_CANDIDATES 64

/* What was kept, given back in the order in which it came; all strings (nullable) but id. */
typedef struct {
  void (*start) (gpointer data, const gchar *id, const gchar *peer_id, const gchar *offer);
  void (*candidate) (gpointer data, const gchar *id, guint mline, const gchar *mid,
      const gchar *candidate);
  gpointer data;
} GstRtcWaitingFuncs;

/* Timeouts run on context (reference kept). */
GstRtcWaiting *gst_rtc_waiting_new (GMainContext *context, const GstRtcWaitingFuncs *funcs);

/* Forgets everybody. (nullable) */
void gst_rtc_waiting_free (GstRtcWaiting *self);

void gst_rtc_waiting_add (GstRtcWaiting *self, const gchar *id, const gchar *peer_id,
    const gchar *offer);

/* TRUE when id is waiting and so the candidate was kept (or dropped). */
gboolean gst_rtc_waiting_add_candidate (GstRtcWaiting *self, const gchar *id, guint mline,
    const gchar *mid, const gchar *candidate);

/* TRUE when id was waiting and is forgotten. */
gboolean gst_rtc_waiting_remove (GstRtcWaiting *self, const gchar *id);

/* Everybody's wait is over: start and candidate are called for each. */
void gst_rtc_waiting_release (GstRtcWaiting *self);

guint gst_rtc_waiting_get_n (const GstRtcWaiting *self);

G_END_DECLS
