/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* rtc-http-guard.h - a stream between a connection and libsoup that keeps what libsoup does not:
 * strict framing, limits on size, and deadlines (T27, T28, T29).
 *
 *     socket or TLS  <->  RtcHttpGuard (RtcHttpFramer, one timer)  <->  SoupServer
 *
 * What is refused is answered here, on the wire, and libsoup sees the end of the stream; the
 * connection then lingers for a moment so that the answer is not lost in a reset.
 *
 * Thread: [C], where its timer lives (the thread default context at creation). */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

#define RTC_TYPE_HTTP_GUARD (rtc_http_guard_get_type ())
G_DECLARE_FINAL_TYPE (RtcHttpGuard, rtc_http_guard, RTC, HTTP_GUARD, GIOStream)

typedef struct {
  gsize max_head_bytes, max_body_bytes;
  guint header_ms; /* first byte of a request to the end of its head; also accept to first byte */
  guint body_ms;   /* end of the head to the end of the body */
  guint idle_ms;   /* between two requests */
  guint write_ms;  /* longest pause in taking a response */
} RtcHttpGuardLimits;

/* Called once, when the connection is closed, lingering included. */
typedef void (*RtcHttpGuardClosedFunc) (RtcHttpGuard *self, gpointer user_data);

/* Wraps base, whose streams must be pollable. socket is base's own, to be shut down when a
 * deadline passes. Both are referenced. (transfer full) */
GIOStream *rtc_http_guard_new (GIOStream *base, GSocket *socket, const RtcHttpGuardLimits *limits,
    RtcHttpGuardClosedFunc closed, gpointer user_data);

/* The connection changed its protocol (WebSocket): from now on bytes pass unchecked and without
 * deadlines; the new protocol keeps its own. */
void rtc_http_guard_set_raw (RtcHttpGuard *self);

/* Shuts the connection down at once, both ways; whoever waits on the stream sees its end. */
void rtc_http_guard_abort (RtcHttpGuard *self);

G_END_DECLS
