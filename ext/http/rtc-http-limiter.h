/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* rtc-http-limiter.h - how much one address may ask for: connections, requests, failures.
 *
 * A table of token buckets keyed by address (an IPv6 /64 counts as one). Its size is bounded; when
 * it is full of busy addresses, new ones get no connection. Pure: now is passed in, in
 * microseconds of any monotonic clock. Not thread-safe: [C]. */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

#define RTC_HTTP_LIMITER_MAX_ADDRESSES 4096

typedef struct _RtcHttpLimiter RtcHttpLimiter;

typedef struct {
  guint max_connections; /* at once, from one address */
  guint requests_per_second, requests_burst;
  guint failures_per_second, failures_burst;
} RtcHttpLimiterConfig;

RtcHttpLimiter *rtc_http_limiter_new (const RtcHttpLimiterConfig *config);
/* (nullable). No connection may be open any more. */
void rtc_http_limiter_free (RtcHttpLimiter *self);

/* Counts a connection. FALSE: the address has its share; close the connection. */
gboolean rtc_http_limiter_open (RtcHttpLimiter *self, GInetAddress *address, gint64 now);
void rtc_http_limiter_close (RtcHttpLimiter *self, GInetAddress *address);

/* Takes a token for a request that changes something. FALSE: answer 429. */
gboolean rtc_http_limiter_request (RtcHttpLimiter *self, GInetAddress *address, gint64 now);

/* Whether the address still has failures to spend. FALSE: answer 429 without looking at the token,
 * or a guess would be confirmed. */
gboolean rtc_http_limiter_may_fail (RtcHttpLimiter *self, GInetAddress *address, gint64 now);
/* Notes a refused token or a session URL that does not exist. */
void rtc_http_limiter_fail (RtcHttpLimiter *self, GInetAddress *address, gint64 now);

guint rtc_http_limiter_get_n_addresses (RtcHttpLimiter *self);

G_END_DECLS
