/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* gstrtcwhipclientsignaller.h - the signaller of whipclientsink: calls a WHIP server (RFC 9725).
 *
 * start() emits "session-requested" with a NULL offer as soon as the context runs; the element's
 * offer is POSTed, the server's answer comes back as "session-description". Then HTTP is of no more
 * use to the media: only end_session() and stop() need it, for the DELETE.
 *
 * What passes (no way to the server, 408, 409, 429, 5xx, a connection lost later, the server hung
 * up) ends the session with "session-ended" and brings another "session-requested", with a new id,
 * after 1, 2, 4, 8, 15, 15, ... seconds or what Retry-After says, "retries" times; a session that
 * lived for 30 s sets the count back. What does not pass (401, 403, 404, 406, ...) and the last
 * retry's failure is an "error" with a sentence that says what to do.
 *
 * Properties, to be set before start(); "signaller::NAME" in gst-launch:
 *   "whip-endpoint"  string   http(s)://HOST[:PORT]/PATH
 *   "auth-token"     string   write only. Bearer token; goes to the endpoint's origin only
 *   "name"           string   who calls, told as ?name=; NULL: nothing
 *   "timeout"        uint     s for each request, 1..300, default 15
 *   "tls-ca-file"    string   PEM certificates to trust instead of the system's
 *   "retries"        uint     default 10; G_MAXUINT: without end
 *   "trickle"        boolean  FALSE: the offer holds all candidates (up to 0.5 s later when there
 *                             is a STUN or TURN server). TRUE: it leaves at once, they follow in
 *                             PATCHes
 *
 * Link headers with ICE servers are logged, not used: the element's stun-server and turn-servers
 * are what counts. Thread: as GstRtcSignaller; properties any. */
#pragma once

#include "gst/webrtc/gstrtcsignaller.h"

G_BEGIN_DECLS

#define GST_TYPE_RTC_WHIP_CLIENT_SIGNALLER (gst_rtc_whip_client_signaller_get_type ())
G_DECLARE_FINAL_TYPE (GstRtcWhipClientSignaller, gst_rtc_whip_client_signaller, GST,
    RTC_WHIP_CLIENT_SIGNALLER, GObject)

#define GST_RTC_WHIP_CLIENT_DEFAULT_TIMEOUT 15 /* s */
#define GST_RTC_WHIP_CLIENT_DEFAULT_RETRIES 10

/* GST_RTC_WHIP_CLIENT_STOP_MS: how long stop() may wait for the answer to a DELETE. */
#define GST_RTC_WHIP_CLIENT_STOP_MS 1000

/* (transfer full). Its start() fails with RTC_ERROR: RTC_ERR_PARSE for an endpoint that is none,
 * RTC_ERR_UNSUPPORTED for a token that no header can carry, RTC_ERR_BACKEND for a tls-ca-file that
 * cannot be loaded, RTC_ERR_STATE when it is started. */
GstRtcSignaller *gst_rtc_whip_client_signaller_new (void);

G_END_DECLS
