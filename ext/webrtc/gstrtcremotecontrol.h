/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* gstrtcremotecontrol.h - the channels "control" of viewers: requests in, events out.
 *
 * A channel is opened to each viewer; one that a viewer opens under that name, or the older
 * "input", is as good. What comes is gstrtcnavigation.h's, each request is answered. A viewer may
 * make GST_RTC_REMOTE_CONTROL_RATE requests a second; what is more, or longer than that header
 * allows, is dropped and counted. */
#pragma once

#include "gst/webrtc/gstrtcsession.h"

G_BEGIN_DECLS

#define GST_RTC_REMOTE_CONTROL_RATE 500

typedef struct _GstRtcRemoteControl GstRtcRemoteControl;

/* Does what a viewer wants, to the stream of that mid (nullable: to every picture); takes event.
 * FALSE: nobody took it. [C] */
typedef gboolean (*GstRtcRemoteControlFunc) (gpointer owner, GstRtcSession *session,
    const gchar *mid, GstEvent *event);

/* owner is borrowed. */
GstRtcRemoteControl *gst_rtc_remote_control_new (GstRtcRemoteControlFunc func, gpointer owner);
void gst_rtc_remote_control_free (GstRtcRemoteControl *self); /* each viewer has been removed */

void gst_rtc_remote_control_add (GstRtcRemoteControl *self, GstRtcSession *session); /* [C] */
void gst_rtc_remote_control_remove (GstRtcRemoteControl *self, const gchar *session_id); /* [C] */

/* "control": requests, done, malformed, refused, dropped-rate, dropped-size; NULL: no such viewer.
 * (transfer full) [any] */
GstStructure *gst_rtc_remote_control_get_stats (GstRtcRemoteControl *self,
    const gchar *session_id);

G_END_DECLS
