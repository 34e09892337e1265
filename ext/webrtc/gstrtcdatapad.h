/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* gstrtcdatapad.h - a request pad data_%u: each buffer is a message on a data channel to each
 * viewer.
 *
 * Caps and the pad's properties say what the channel is (gstrtcdatacaps.h). Messages leave at their
 * running time; live ones and those without a time at once. Nothing waits for viewers: what one has
 * no room for is dropped for that one, and counted. */
#pragma once

#include "gst/webrtc/gstrtcsession.h"

G_BEGIN_DECLS

#define GST_RTC_DATA_PAD_DEFAULT_MAX_BUFFERED (1024 * 1024)

#define GST_TYPE_RTC_DATA_PAD (gst_rtc_data_pad_get_type ())
G_DECLARE_FINAL_TYPE (GstRtcDataPad, gst_rtc_data_pad, GST, RTC_DATA_PAD, GstGhostPad)

/* A viewer has said something on the pad's channel. [C] */
typedef void (*GstRtcDataPadFunc) (GstRtcDataPad *self, GstRtcSession *session, GBytes *bytes,
    gboolean is_text, gpointer data);

/* Its sink goes into bin; func's data is borrowed until detach(). Floating. [A] */
GstRtcDataPad *gst_rtc_data_pad_new (GstPadTemplate *templ, const gchar *name, GstBin *bin,
    GstRtcDataPadFunc func, gpointer data);

/* A channel for session, unless it has one; and no longer. [C] */
void gst_rtc_data_pad_add_session (GstRtcDataPad *self, GstRtcSession *session);
void gst_rtc_data_pad_remove_session (GstRtcDataPad *self, const gchar *session_id);

/* The end: channels close, func is called no more. [C] */
void gst_rtc_data_pad_detach (GstRtcDataPad *self);

/* After that: takes its sink out of the bin. [A] */
void gst_rtc_data_pad_drop_sink (GstRtcDataPad *self, GstBin *bin);

/* What became of the messages to one viewer; (nullable) (transfer full) [any] */
GstStructure *gst_rtc_data_pad_get_stats (GstRtcDataPad *self, const gchar *session_id);

G_END_DECLS
