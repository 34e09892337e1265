/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* gstrtccapturetime.h - when received media was captured, as GstReferenceTimestampMeta of caps
 * timestamp/x-ntp: ns since 1900 by the clock of the capturing system.
 *
 * Packets get the meta as they come in (what the sender says in the header extension
 * abs-capture-time, see gst/rtc/media/rtc-capture-time.h). Depayloaders and decoders need not carry
 * it on: what a packet's PTS means is kept here when the packet leaves its jitter buffer, and found
 * again by the PTS of what leaves the branch.
 *
 * Thread: the owner's lock, but for the functions on buffers. */
#pragma once

#include <gst/gst.h>

G_BEGIN_DECLS

/* GST_RTC_CAPTURE_TIME_KEPT: pictures or sounds between jitter buffer and branch's end that are
 * remembered; decoders hold far fewer. */
#define GST_RTC_CAPTURE_TIME_KEPT 128

/* GST_RTC_CAPTURE_TIME_NEAR: a buffer whose PTS no packet had takes the time of the nearest one
 * that is no further away. */
#define GST_RTC_CAPTURE_TIME_NEAR GST_SECOND

typedef struct {
  GstClockTime pts, ntp; /* ns */
} GstRtcCaptureTime;

/* Zero-initialised: nothing known. */
typedef struct {
  guint n; /* ever noted; the newest is (n - 1) % KEPT */
  GstRtcCaptureTime kept[GST_RTC_CAPTURE_TIME_KEPT];
} GstRtcCaptureTimes;

/* Puts ntp64 (32.32, RFC 3550 4) onto buffer, which must be writable. [any] */
void gst_rtc_capture_time_add (GstBuffer *buffer, guint64 ntp64);

/* In ns; NONE when buffer has no such meta. [any] */
GstClockTime gst_rtc_capture_time_get (GstBuffer *buffer);

/* What buffer's meta and PTS say, if it has both. */
void gst_rtc_capture_times_note (GstRtcCaptureTimes *self, GstBuffer *buffer);

/* The capture time of what has that PTS; NONE when it is not known. */
GstClockTime gst_rtc_capture_times_find (const GstRtcCaptureTimes *self, GstClockTime pts);

/* Puts that time onto a copy of *buffer, or itself if it is writable; nothing when it has one
 * already. Takes *buffer and gives it back. [any] */
void gst_rtc_capture_time_put (GstBuffer **buffer, GstClockTime ntp);

G_END_DECLS
