/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* rtc-http-router.h - from a complete request to the handler that may answer it.
 *
 * Judges each request in this order: path, Host, route or page, Origin, OPTIONS, method, rate
 * limits, Bearer token; the first that fails answers. Owned by RtcHttpServer. Thread: [C]. */
#pragma once

#include <libsoup/soup.h>
#include "ext/http/rtc-http-limiter.h"
#include "ext/http/rtc-http-pages.h"
#include "ext/http/rtc-http-server.h"

G_BEGIN_DECLS

typedef struct _RtcHttpRouter RtcHttpRouter;

/* scheme "http" or "https"; own_host: the host of the address. limiter is borrowed. */
RtcHttpRouter *rtc_http_router_new (const gchar *scheme, const gchar *own_host,
    RtcHttpLimiter *limiter);
void rtc_http_router_free (RtcHttpRouter *self); /* (nullable) */

void rtc_http_router_allow_hosts (RtcHttpRouter *self, const gchar *const *hosts);

/* As rtc_http_server_add_route() and so on. */
RtcHttpRoute *rtc_http_router_add_route (RtcHttpRouter *self, const gchar *path,
    const RtcHttpRoutePolicy *policy, RtcHttpHandler handler, gpointer user_data, GError **error);
void rtc_http_router_remove_route (RtcHttpRouter *self, RtcHttpRoute *route);
void rtc_http_router_add_stream (RtcHttpRouter *self, RtcHttpStream *stream); /* takes it */
void rtc_http_router_remove_stream (RtcHttpRouter *self, RtcHttpStreamKind kind,
    const gchar *name);
gboolean rtc_http_router_has_streams (RtcHttpRouter *self, RtcHttpStreamKind kind);

/* Answers message, now or later. path is as the client sent it, without the query. */
void rtc_http_router_handle (RtcHttpRouter *self, SoupServerMessage *message, const gchar *path);

G_END_DECLS
