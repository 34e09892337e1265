/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* gstrtcsyncgroup.h - lip sync: the streams of one sender, each delayed until it agrees with the
 * one that is latest.
 *
 * A stream tells how its sender's NTP clock maps to local running time (what a sender report and a
 * jitter buffer know together, RFC 3550 6.4.1); the group answers with the offset that its jitter
 * buffer is to add to time stamps. Offsets are never negative: the latest stream has 0. One reading
 * that contradicts those before is not believed until a second one says the same, and spreads
 * above GST_RTC_SYNC_GROUP_MAX_OFFSET change nothing, so that absurd reports cannot hold a stream
 * back for long.
 *
 * Thread: any; the funcs run on the thread that calls update() or remove(), one at a time. */
#pragma once

#include <gst/gst.h>

G_BEGIN_DECLS

#define GST_TYPE_RTC_SYNC_GROUP (gst_rtc_sync_group_get_type ())
G_DECLARE_FINAL_TYPE (GstRtcSyncGroup, gst_rtc_sync_group, GST, RTC_SYNC_GROUP, GObject)

/* GST_RTC_SYNC_GROUP_MAX_OFFSET: no stream is delayed by more. As rtpbin's max-ts-offset. */
#define GST_RTC_SYNC_GROUP_MAX_OFFSET (3 * GST_SECOND)

/* GST_RTC_SYNC_GROUP_STEP: changes below it are not worth telling: less than what one frame of
 * sound or the eye can show, more than what network jitter adds to a reading. */
#define GST_RTC_SYNC_GROUP_STEP (4 * GST_MSECOND)

/* offset is to be added to the stream's time stamps, ns, 0..MAX_OFFSET. is_first: the stream had
 * none so far, so it may jump there; later ones are to be reached gradually. */
typedef void (*GstRtcSyncFunc) (gpointer data, GstClockTimeDiff offset, gboolean is_first);

/* (transfer full) */
GstRtcSyncGroup *gst_rtc_sync_group_new (void);

/* A stream joins; data must stay until gst_rtc_sync_group_remove() has returned. Returns its id,
 * not 0. */
guint gst_rtc_sync_group_add (GstRtcSyncGroup *self, GstRtcSyncFunc func, gpointer data);

/* A sender report came: what the sender calls NTP time ntp is running time ntp + delta here (both
 * ns). Unknown ids are ignored. */
void gst_rtc_sync_group_update (GstRtcSyncGroup *self, guint stream, GstClockTimeDiff delta);

/* The stream leaves; those that stay keep their offsets. Its func is not called after it. */
void gst_rtc_sync_group_remove (GstRtcSyncGroup *self, guint stream);

G_END_DECLS
