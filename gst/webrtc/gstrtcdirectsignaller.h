/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* gstrtcdirectsignaller.h - a signaller for applications and tests that carry SDP themselves.
 *
 * What a peer sent goes in by action signals, what is meant for a peer comes out by signals.
 * Never trickles unless the application says it can (property "trickle", default TRUE).
 *
 * Action signals, from any thread; the work is done on the control context, in call order:
 *   "request-session"  (gchararray session_id (nullable), gchararray peer_id (nullable),
 *                       GstWebRTCSessionDescription *offer (nullable)) -> gchararray session_id
 *        a peer wants media. NULL session_id makes one. NULL when the signaller is not started
 *        or the id is in use.
 *   "request-session-full" (gchararray session_id (nullable), gchararray peer_id (nullable),
 *                       GstWebRTCSessionDescription *offer (nullable), GstPromise *promise
 *                       (nullable)) -> gchararray session_id
 *        the same; the promise is replied with the element's first description:
 *        "application/x-rtc-description" { session-id: string, description:
 *        GstWebRTCSessionDescription } or { error: GError }. Always replied, stop() included.
 *   "set-description"  (gchararray session_id, GstWebRTCSessionDescription *description)
 *   "add-candidate"    (gchararray session_id, guint mline, gchararray mid (nullable),
 *                       gchararray candidate)
 *   "close-session"    (gchararray session_id)
 *        what the peer sent. Unknown sessions are ignored.
 *
 * Signals, on the control context:
 *   "description"      (gchararray session_id, GstWebRTCSessionDescription *description)
 *   "candidate"        (gchararray session_id, guint mline, gchararray mid (nullable),
 *                       gchararray candidate)
 *   "rejected"         (gchararray session_id, gchararray message)
 *   "session-closed"   (gchararray session_id, gchararray message (nullable))
 *        what to carry to the peer. */
#pragma once

#include "gst/webrtc/gstrtcsignaller.h"

G_BEGIN_DECLS

#define GST_TYPE_RTC_DIRECT_SIGNALLER (gst_rtc_direct_signaller_get_type ())
G_DECLARE_FINAL_TYPE (GstRtcDirectSignaller, gst_rtc_direct_signaller, GST, RTC_DIRECT_SIGNALLER,
    GObject)

/* (transfer full) */
GstRtcSignaller *gst_rtc_direct_signaller_new (void);

G_END_DECLS
