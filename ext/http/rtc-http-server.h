/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* rtc-http-server.h - one small web server per address and process, shared by those who ask.
 *
 * Listens, terminates TLS, guards every connection (rtc-http-guard.h), applies the policies that
 * hold for every path (Host, rate limits) and hands requests to the routes. Who shares a server
 * differs by path. HTTP parsing is libsoup's, behind the guard.
 *
 * Thread: the control context [C] given at acquire, and only there; handlers are called there. */
#pragma once

#include <gio/gio.h>
#include "ext/http/rtc-http-pages.h"
#include "ext/http/rtc-http-request.h"

G_BEGIN_DECLS

typedef struct _RtcHttpServer RtcHttpServer;
typedef struct _RtcHttpRoute RtcHttpRoute;

/* Limits of one server. The defaults are docs/design/security.md's; a test may set any to 1. */
typedef struct {
  guint max_connections;             /* open at once, all addresses; 512 */
  guint max_connections_per_address; /* open at once from one address (IPv6: one /64); 128 */
  guint header_ms;                   /* first byte of a request to its empty line; 10000. Also from
                                      * the connection to the first byte */
  guint body_ms;                     /* from there to the body's last byte; 10000 */
  guint idle_ms;                     /* between requests; 60000 */
  guint write_ms;                    /* longest pause in taking a response; 10000 */
  guint handshake_ms;                /* TLS; 5000 */
  gsize max_head_bytes;              /* request line and fields; 32768 */
  gsize max_body_bytes;              /* 262144; more is answered 413 while it comes */
  guint requests_per_second;         /* POST, PATCH and DELETE from one address; 100 */
  guint requests_burst;              /* how many may come at once; 400 */
  guint failures_per_second;         /* refused tokens and unknown session URLs from one address; 5.
                                      * Twice as many at once; more is 429 */
} RtcHttpLimits;

#define RTC_HTTP_LIMITS_DEFAULT \
  { 512, 128, 10000, 10000, 60000, 10000, 5000, 32768, 262144, 100, 400, 5 }

typedef struct {
  const gchar *address;          /* "http://127.0.0.1:8080/", "https://[::]:8443"; an IP literal or
                                  * localhost, no name is looked up; port 0 = any */
  const gchar *certificate_file; /* PEM chain; https only */
  const gchar *key_file;         /* PEM key, not readable by others; https only */
  const gchar *const *allowed_hosts; /* names beside address, IP literals and localhost; nullable */
  const RtcHttpLimits *limits;   /* nullable: the defaults */
} RtcHttpServerConfig;

/* A reference to the server on that address, made and bound if it is not there yet. Addresses are
 * compared by scheme, host and port after normalising; port 0 never matches another server.
 * The first caller's limits hold; allowed_hosts are added. control must be the thread default.
 *
 * NULL with RTC_ERROR: RTC_ERR_PARSE for an address that is none, RTC_ERR_STATE when the port is
 * in use by another program or the server runs on another context or with another certificate,
 * RTC_ERR_AUTH for a key file that others can read, RTC_ERR_BACKEND when it cannot be bound or
 * the files cannot be loaded. The message names address and port, or the file. */
RtcHttpServer *rtc_http_server_acquire (const RtcHttpServerConfig *config, GMainContext *control,
    GError **error);

/* Gives the reference back (nullable). The last one closes the socket and all connections; routes
 * must have been removed. */
void rtc_http_server_release (RtcHttpServer *self);

/* Where it listens, with the real port and a final slash; a wildcard address is shown as the
 * loopback one, which a user can open. */
const gchar *rtc_http_server_get_url (RtcHttpServer *self);
guint16 rtc_http_server_get_port (RtcHttpServer *self);
guint rtc_http_server_get_n_connections (RtcHttpServer *self);

/* Who may use a route. Copied at add. */
typedef struct {
  const gchar *auth_token;              /* Bearer token; NULL: none asked */
  const gchar *const *allowed_origins;  /* beside the server's own; "*" for all; nullable */
  const gchar *methods;                 /* of path itself, as Allow says it: "POST, OPTIONS" */
  const gchar *methods_below;           /* of what is below it: "PATCH, DELETE, OPTIONS" */
  const gchar *accept_post;             /* what Accept-Post says on OPTIONS and 415; nullable */
} RtcHttpRoutePolicy;

/* Calls handler for each allowed request to path itself or below path + "/" (longest path wins).
 * When it is called the request has passed: Host, Origin, rate limits, Bearer token, and its
 * body is complete. OPTIONS and methods not in the policy are answered by the server. The
 * handler must reply, at once or later.
 *
 * NULL with RTC_ERR_STATE when the path is taken. */
RtcHttpRoute *rtc_http_server_add_route (RtcHttpServer *self, const gchar *path,
    const RtcHttpRoutePolicy *policy, RtcHttpHandler handler, gpointer user_data, GError **error);

/* Removes it (nullable). Requests of it that wait for a reply are answered 503. */
void rtc_http_server_remove_route (RtcHttpServer *self, RtcHttpRoute *route);

/* Puts a stream into the list of its kind, which the pages show: those to view at /streams, those
 * to publish at /publish/streams, both as JSON (rtc-http-pages.h). Strings are copied; title and
 * auth_token may be NULL; with a token only those who present it see the entry. */
void rtc_http_server_add_stream (RtcHttpServer *self, RtcHttpStreamKind kind, const gchar *name,
    const gchar *title, const gchar *endpoint_path, const gchar *auth_token, gboolean has_data);
void rtc_http_server_remove_stream (RtcHttpServer *self, RtcHttpStreamKind kind,
    const gchar *name);

/* Whether there is a stream to view, so that the page at / is the viewer's. */
gboolean rtc_http_server_has_viewers (RtcHttpServer *self);

G_END_DECLS
