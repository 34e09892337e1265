/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* gstrtcwebrtcsrcpad.h - a source pad of webrtcsrc: one track of one caller.
 *
 * Properties, read only: session-id, peer-id, mid (of its SDP section), msid (the MediaStream that
 * the caller says it belongs to; NULL when it did not say). Thread: any. */
#pragma once

#include <gst/gst.h>

G_BEGIN_DECLS

#define GST_TYPE_RTC_WEBRTC_SRC_PAD (gst_rtc_webrtc_src_pad_get_type ())
G_DECLARE_FINAL_TYPE (GstRtcWebRTCSrcPad, gst_rtc_webrtc_src_pad, GST, RTC_WEBRTC_SRC_PAD,
    GstGhostPad)

/* Without a target. Floating. */
GstPad *gst_rtc_webrtc_src_pad_new (GstPadTemplate *templ, const gchar *name,
    const gchar *session_id, const gchar *peer_id);

/* What SDP says of it; msid may be NULL. */
void gst_rtc_webrtc_src_pad_set_ids (GstRtcWebRTCSrcPad *self, const gchar *mid,
    const gchar *msid);

G_END_DECLS
