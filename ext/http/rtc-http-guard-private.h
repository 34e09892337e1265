/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* rtc-http-guard-private.h - what a guard and its two streams share. */
#pragma once

#include "ext/http/rtc-http-framer.h"
#include "ext/http/rtc-http-guard.h"

G_BEGIN_DECLS

/* What libsoup reads and writes. guard is NULL once that is disposed: then a read is at its end and
 * a write fails. */
#define RTC_TYPE_HTTP_GUARD_INPUT (rtc_http_guard_input_get_type ())
G_DECLARE_FINAL_TYPE (RtcHttpGuardInput, rtc_http_guard_input, RTC, HTTP_GUARD_INPUT, GInputStream)
#define RTC_TYPE_HTTP_GUARD_OUTPUT (rtc_http_guard_output_get_type ())
G_DECLARE_FINAL_TYPE (
    RtcHttpGuardOutput, rtc_http_guard_output, RTC, HTTP_GUARD_OUTPUT, GOutputStream)

struct _RtcHttpGuardInput {
  GInputStream parent;
  RtcHttpGuard *guard; /* not owned */
};

struct _RtcHttpGuardOutput {
  GOutputStream parent;
  RtcHttpGuard *guard; /* not owned */
};

struct _RtcHttpGuard {
  GIOStream parent;

  GIOStream *base;
  GSocket *socket;
  RtcHttpGuardInput *input;
  RtcHttpGuardOutput *output;
  RtcHttpGuardLimits limits;
  RtcHttpGuardClosedFunc closed;
  gpointer user_data;

  RtcHttpFramer framer;
  GByteArray *pending; /* read, not yet framed: of the next request */
  GByteArray *ready;   /* framed, for the reader */
  gsize ready_offset;
  gboolean raw;
  gboolean served; /* at least one request was complete: from now on idle_ms between two */
  gboolean write_blocked;

  GSource *timer;
  GSource *linger; /* after a refusal, until linger_until; holds a reference */
  gint64 linger_until;
  gsize linger_bytes;
  gboolean disposing;
};

/* The streams of the connection behind it. */
GPollableInputStream *rtc_http_guard_get_base_input (RtcHttpGuard *self);
GPollableOutputStream *rtc_http_guard_get_base_output (RtcHttpGuard *self);

/* Framed bytes of requests; as g_pollable_stream_read(). */
gssize rtc_http_guard_read (RtcHttpGuard *self, void *buffer, gsize count, gboolean blocking,
    GCancellable *cancellable, GError **error);

/* Whether that returns at once, without asking the connection. */
gboolean rtc_http_guard_can_read (RtcHttpGuard *self);

/* The reader is about to wait: when a request was complete, the idle deadline begins. */
void rtc_http_guard_expect_next (RtcHttpGuard *self);

/* As g_pollable_stream_write(). After a refusal everything is taken and thrown away. */
gssize rtc_http_guard_write (RtcHttpGuard *self, const void *buffer, gsize count,
    gboolean blocking, GCancellable *cancellable, GError **error);

G_END_DECLS
