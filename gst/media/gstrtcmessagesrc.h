/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* gstrtcmessagesrc.h - a live source of messages that come one by one, each as a buffer.
 *
 * Whoever hands messages over never waits: what downstream has no room for is dropped and counted,
 * as is what comes while nothing is linked or nothing plays. A message's PTS is the running time at
 * which it was handed over. An element that cannot take a message's caps loses that one; the
 * source goes on. Thread: any. */
#pragma once

#include <gst/gst.h>

G_BEGIN_DECLS

/* GST_RTC_MESSAGE_SRC_MAX_BYTES: what waits for downstream, each message counted as 128 more than
 * it has; one always may. */
#define GST_RTC_MESSAGE_SRC_MAX_BYTES (4 * 1024 * 1024)

#define GST_TYPE_RTC_MESSAGE_SRC (gst_rtc_message_src_get_type ())
G_DECLARE_FINAL_TYPE (GstRtcMessageSrc, gst_rtc_message_src, GST, RTC_MESSAGE_SRC, GstElement)

typedef struct {
  guint64 messages, bytes;  /* taken downstream */
  guint64 dropped_full;     /* too much waited */
  guint64 dropped_unlinked; /* nobody was linked, or nothing played */
  guint64 dropped_refused;  /* downstream did not take its caps, or has had enough */
} GstRtcMessageSrcStats;

/* Floating. */
GstElement *gst_rtc_message_src_new (const gchar *name, const gchar *stream_id, guint group_id);

/* A message of caps. */
void gst_rtc_message_src_push (GstRtcMessageSrc *self, GBytes *bytes, GstCaps *caps);

/* EOS follows what waits; nothing is taken after it. */
void gst_rtc_message_src_push_eos (GstRtcMessageSrc *self);

void gst_rtc_message_src_get_stats (GstRtcMessageSrc *self, GstRtcMessageSrcStats *out);

G_END_DECLS
