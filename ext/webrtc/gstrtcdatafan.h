/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* gstrtcdatafan.h - one channel to each viewer, and every message to all of them.
 *
 * Nothing here waits: what a viewer's channel has no room for is dropped for that viewer and
 * counted. While a channel opens, the last GST_RTC_DATA_FAN_HELD messages are kept for it, so that
 * the first thing said is not lost. What viewers say on their channels is handed up. */
#pragma once

#include "gst/webrtc/gstrtcsession.h"

G_BEGIN_DECLS

/* GST_RTC_DATA_FAN_HELD: messages, and bytes of them, that wait for a channel to open; one always
 * may. */
#define GST_RTC_DATA_FAN_HELD 32
#define GST_RTC_DATA_FAN_HELD_BYTES (64 * 1024)

typedef struct _GstRtcDataFan GstRtcDataFan;

/* A viewer has said something on its channel. [C] */
typedef void (*GstRtcDataFanFunc) (gpointer owner, GstRtcSession *session, GBytes *bytes,
    gboolean is_text);

/* options as of gst_rtc_data_caps_read(). owner is borrowed until free(). */
GstRtcDataFan *gst_rtc_data_fan_new (const GstStructure *options, GstRtcDataFanFunc func,
    gpointer owner);

/* Without viewers: each has been removed. */
void gst_rtc_data_fan_free (GstRtcDataFan *self);

/* What channels are from now on. TRUE: it differs, and renew() is to follow; messages wait until
 * then as for channels that open. [any] */
gboolean gst_rtc_data_fan_set_options (GstRtcDataFan *self, const GstStructure *options);

/* Viewers whose channel is of other options get a new one. [C] */
void gst_rtc_data_fan_renew (GstRtcDataFan *self);

/* A channel for session, unless it has one. [C] */
void gst_rtc_data_fan_add (GstRtcDataFan *self, GstRtcSession *session);

/* Closes it; also for sessions that have ended. [C] */
void gst_rtc_data_fan_remove (GstRtcDataFan *self, const gchar *session_id);
void gst_rtc_data_fan_remove_all (GstRtcDataFan *self);

/* To every viewer but except (nullable) whose channel has less than max_buffered bytes waiting with
 * this message, or nothing. Never blocks. [any] */
void gst_rtc_data_fan_send (GstRtcDataFan *self, GstRtcSession *except, gboolean is_text,
    GBytes *bytes, guint64 max_buffered);

/* What became of the messages to one viewer, named "send"; NULL: it has no channel.
 * (transfer full) [any] */
GstStructure *gst_rtc_data_fan_get_stats (GstRtcDataFan *self, const gchar *session_id);

G_END_DECLS
