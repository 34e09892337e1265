/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* gstrtchttpserversignaller.h - what the signallers share that are web servers: an endpoint of the
 * WISH protocols (WHIP, RFC 9725; WHEP, draft-ietf-wish-whep) and its page on a small web server.
 *
 * Each POST of an offer becomes "session-requested"; send_session_description() answers it. The
 * answer must hold all candidates: can_trickle() is FALSE. The peer_id is the client's name, when
 * its POST has one (?name=, rtc-wish-name.h), else its address.
 *
 * Signallers with the same address share one server, whatever their protocol, and differ by name:
 * the endpoint of one without a name is <address>/whep (whip), of one called "door"
 * <address>/whep/door. All must run on the same control context.
 *
 * Properties, to be set before start() unless noted; "signaller::NAME" in gst-launch:
 *   "host-addr"            string  http://127.0.0.1:8080/; https:// needs the two files below,
 *                                  port 0 takes any free port
 *   "stream-name"          string  name of this stream, [A-Za-z0-9._-]{1,64}; NULL: the default
 *   "auth-token"           string  write only. Bearer token asked of every client; NULL: none
 *   "max-sessions"         uint    1..10000, default 100: one more is refused with 503. Any time
 *   "allowed-origins"      string  comma-separated web origins (scheme://host[:port]) whose pages
 *                                  may call; NULL: only this server's own page. "*" allows all
 *                                  and is refused together with auth-token
 *   "allowed-hosts"        string  comma-separated names this server may be addressed by, beside
 *                                  its address, IP literals and localhost (DNS rebinding, T31)
 *   "tls-certificate-file" string  PEM chain
 *   "tls-key-file"         string  PEM key, must not be readable by others
 *   "stun-server", "turn-servers" (string; GstValueArray of strings turn(s)://user:pw@host:port)
 *                                  told to clients in the Link headers of their 201; turn-servers
 *                                  only when there is an auth-token
 *   "answer-timeout"       uint    ms that the element has for an answer, default 10000
 *   "title"                string  shown by the page; NULL: the name
 *   "data-channels"        boolean the page offers data channels and shows what comes on them;
 *                                  default FALSE
 *   "page-url", "endpoint-url"     string, read only: where it listens, with the real port;
 *                                  NULL unless started
 *   "n-sessions"           uint    read only
 *
 * Thread: as GstRtcSignaller; properties any. */
#pragma once

#include "ext/http/rtc-wish-server.h"
#include "gst/webrtc/gstrtcsignaller.h"

G_BEGIN_DECLS

#define GST_TYPE_RTC_HTTP_SERVER_SIGNALLER (gst_rtc_http_server_signaller_get_type ())
G_DECLARE_DERIVABLE_TYPE (GstRtcHttpServerSignaller, gst_rtc_http_server_signaller, GST,
    RTC_HTTP_SERVER_SIGNALLER, GObject)

#define GST_RTC_HTTP_SERVER_DEFAULT_HOST_ADDR "http://127.0.0.1:8080/"
#define GST_RTC_HTTP_SERVER_DEFAULT_MAX_SESSIONS 100

/* Abstract. start() fails with RTC_ERROR: RTC_ERR_STATE when the port is in use by another program
 * or the name is taken on this server (the message names which), RTC_ERR_UNSUPPORTED for settings
 * that contradict each other, RTC_ERR_BACKEND for the rest. */
struct _GstRtcHttpServerSignallerClass {
  GObjectClass parent_class;
  RtcWishProtocol protocol; /* set by the subclass */
};

G_END_DECLS
