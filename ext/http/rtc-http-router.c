/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "ext/http/rtc-http-router.h"

#include <string.h>
#include "ext/http/rtc-http-policy.h"
#include "ext/http/rtc-http-request-private.h"
#include "gst/rtc/base/rtc-log.h"
#include "gst/rtc/base/rtc-result.h"

#define GST_CAT_DEFAULT rtc_log_sig

#define STREAMS_PATH "/streams"
#define PUBLISH_STREAMS_PATH "/publish/streams"
#define PREFLIGHT_MAX_AGE_SECONDS "600"
#define EXPOSED_FIELDS "Location, ETag, Link, Retry-After, WWW-Authenticate, Accept-Post"

struct _RtcHttpRoute {
  RtcHttpRouter *router;
  gchar *path;
  gchar *auth_token;
  gchar **allowed_origins;
  gchar *methods, *methods_below, *accept_post;
  RtcHttpHandler handler;
  gpointer user_data;
  GPtrArray *waiting; /* RtcHttpRequest, not yet replied */
};

struct _RtcHttpRouter {
  gchar *scheme;
  gchar *own_host;
  GPtrArray *allowed_hosts; /* NULL-terminated */
  GPtrArray *routes;
  GPtrArray *streams;
  RtcHttpLimiter *limiter;
};

/* One request on its way through the checks. */
typedef struct {
  RtcHttpRouter *router;
  SoupServerMessage *message;
  SoupMessageHeaders *request, *response;
  const gchar *method;
  gchar *path;         /* decoded */
  RtcHttpRoute *route; /* NULL: pages */
  const gchar *tail;   /* of path, below the route */
  const gchar *host;
} Check;

/* -- Routes -------------------------------------------------------------------------------------
 */

static void
route_free (gpointer data)
{
  RtcHttpRoute *route = data;

  while (route->waiting->len > 0)
    rtc_http_request_reply_text (
        g_ptr_array_index (route->waiting, 0), 503, "the stream was stopped");
  g_ptr_array_unref (route->waiting);
  if (route->auth_token)
    explicit_bzero (route->auth_token, strlen (route->auth_token));
  g_free (route->auth_token);
  g_strfreev (route->allowed_origins);
  g_free (route->path);
  g_free (route->methods);
  g_free (route->methods_below);
  g_free (route->accept_post);
  g_free (route);
}

/* The route with the longest path that is path or a parent of it. */
static RtcHttpRoute *
find_route (RtcHttpRouter *self, const gchar *path, const gchar **tail)
{
  RtcHttpRoute *best = NULL;

  for (guint i = 0; i < self->routes->len; i++) {
    RtcHttpRoute *route = g_ptr_array_index (self->routes, i);
    gsize len = strlen (route->path);

    if (strncmp (path, route->path, len) == 0 && (path[len] == '\0' || path[len] == '/')
        && (!best || len > strlen (best->path))) {
      best = route;
      *tail = path + len;
    }
  }
  return best;
}

RtcHttpRoute *
rtc_http_router_add_route (RtcHttpRouter *self, const gchar *path, const RtcHttpRoutePolicy *policy,
    RtcHttpHandler handler, gpointer user_data, GError **error)
{
  RtcHttpRoute *route;

  for (guint i = 0; i < self->routes->len; i++) {
    route = g_ptr_array_index (self->routes, i);
    if (strcmp (route->path, path) == 0) {
      rtc_error (error, RTC_ERR_STATE, "another stream has the path %s on this server", path);
      return NULL;
    }
  }
  route = g_new0 (RtcHttpRoute, 1);
  route->router = self;
  route->path = g_strdup (path);
  route->auth_token = g_strdup (policy->auth_token);
  route->allowed_origins = g_strdupv ((gchar **) policy->allowed_origins);
  route->methods = g_strdup (policy->methods);
  route->methods_below = g_strdup (policy->methods_below);
  route->accept_post = g_strdup (policy->accept_post);
  route->handler = handler;
  route->user_data = user_data;
  route->waiting = g_ptr_array_new ();
  g_ptr_array_add (self->routes, route);
  return route;
}

void
rtc_http_router_remove_route (RtcHttpRouter *self, RtcHttpRoute *route)
{
  g_ptr_array_remove (self->routes, route);
}

void
rtc_http_router_add_stream (RtcHttpRouter *self, RtcHttpStream *stream)
{
  g_ptr_array_add (self->streams, stream);
}

void
rtc_http_router_remove_stream (RtcHttpRouter *self, RtcHttpStreamKind kind, const gchar *name)
{
  for (guint i = 0; i < self->streams->len; i++) {
    RtcHttpStream *stream = g_ptr_array_index (self->streams, i);

    if (stream->kind == kind && strcmp (stream->name, name) == 0) {
      g_ptr_array_remove_index (self->streams, i);
      return;
    }
  }
}

gboolean
rtc_http_router_has_streams (RtcHttpRouter *self, RtcHttpStreamKind kind)
{
  for (guint i = 0; i < self->streams->len; i++)
    if (((RtcHttpStream *) g_ptr_array_index (self->streams, i))->kind == kind)
      return TRUE;
  return FALSE;
}

/* -- The checks; each returns FALSE when it has answered ----------------------------------------
 */

static void
respond (Check *check, guint status, const gchar *text)
{
  GST_DEBUG ("%s: %u, %s", check->method, status, text);
  rtc_http_message_respond (check->message, status, text);
}

static void
respond_too_many (Check *check)
{
  soup_message_headers_replace (check->response, "Retry-After", "1");
  respond (check, 429, "too many requests from this address; try again in a second");
}

static gboolean
check_host (Check *check)
{
  RtcHttpRouter *router = check->router;

  check->host = soup_message_headers_get_one (check->request, "Host");
  if (check->host
      && rtc_http_policy_check_host (
          check->host, router->own_host, (const gchar *const *) router->allowed_hosts->pdata))
    return TRUE;
  respond (check, 403,
      "this server does not go by that name; add the name to allowed-hosts if it should");
  return FALSE;
}

static gboolean
check_origin (Check *check)
{
  const gchar *origin = soup_message_headers_get_list (check->request, "Origin");
  RtcHttpRoute *route = check->route;
  RtcHttpOrigin verdict;

  soup_message_headers_append (check->response, "Vary", "Origin");
  verdict = rtc_http_policy_check_origin (origin, check->router->scheme, check->host,
      route ? (const gchar *const *) route->allowed_origins : NULL, route && route->auth_token);
  switch (verdict) {
    case RTC_HTTP_ORIGIN_NONE:
    case RTC_HTTP_ORIGIN_SAME:
      return TRUE;
    case RTC_HTTP_ORIGIN_ALLOWED:
    case RTC_HTTP_ORIGIN_ANY:
      soup_message_headers_replace (check->response, "Access-Control-Allow-Origin",
          verdict == RTC_HTTP_ORIGIN_ANY ? "*" : origin);
      soup_message_headers_replace (
          check->response, "Access-Control-Expose-Headers", EXPOSED_FIELDS);
      return TRUE;
    case RTC_HTTP_ORIGIN_REFUSED:
      break;
  }
  respond (check, 403,
      "pages of that origin may not use this server; add it to allowed-origins if they should");
  return FALSE;
}

static const gchar *
methods_of (Check *check)
{
  if (!check->route)
    return "GET, HEAD, OPTIONS";
  return check->tail[0] == '\0' ? check->route->methods : check->route->methods_below;
}

/* RFC 9725 4.1 and the Fetch standard: a preflight carries no Authorization, and its answer tells
 * what may be sent, never the ICE servers. */
static gboolean
check_options (Check *check)
{
  if (strcmp (check->method, "OPTIONS") != 0)
    return TRUE;
  soup_message_headers_replace (check->response, "Allow", methods_of (check));
  if (check->route && check->route->accept_post)
    soup_message_headers_replace (check->response, "Accept-Post", check->route->accept_post);
  if (soup_message_headers_get_one (check->response, "Access-Control-Allow-Origin")
      && soup_message_headers_get_one (check->request, "Access-Control-Request-Method")) {
    soup_message_headers_replace (
        check->response, "Access-Control-Allow-Methods", methods_of (check));
    soup_message_headers_replace (
        check->response, "Access-Control-Allow-Headers", "Authorization, Content-Type, If-Match");
    soup_message_headers_replace (
        check->response, "Access-Control-Max-Age", PREFLIGHT_MAX_AGE_SECONDS);
  }
  soup_server_message_set_status (check->message, 204, NULL);
  return FALSE;
}

static gboolean
check_method (Check *check)
{
  gchar **methods = g_strsplit (methods_of (check), ", ", -1);
  gboolean ok = g_strv_contains ((const gchar *const *) methods, check->method);

  g_strfreev (methods);
  if (!ok) {
    soup_message_headers_replace (check->response, "Allow", methods_of (check));
    respond (check, 405, "that method is not for this resource");
  }
  return ok;
}

static gboolean
check_rate (Check *check)
{
  GInetAddress *address = rtc_http_message_find_address (check->message);
  gint64 now = g_get_monotonic_time ();
  gboolean guessable = check->route->auth_token != NULL || check->tail[0] != '\0';

  if (!address)
    return TRUE;
  if (rtc_http_limiter_request (check->router->limiter, address, now)
      && (!guessable || rtc_http_limiter_may_fail (check->router->limiter, address, now)))
    return TRUE;
  respond_too_many (check);
  return FALSE;
}

static void
note_failure (RtcHttpRouter *self, SoupServerMessage *message)
{
  GInetAddress *address = rtc_http_message_find_address (message);

  if (address)
    rtc_http_limiter_fail (self->limiter, address, g_get_monotonic_time ());
}

static void
respond_unauthorized (Check *check, gboolean presented)
{
  /* RFC 6750 3: without credentials no error code is told. */
  soup_message_headers_replace (check->response, "WWW-Authenticate",
      presented ? "Bearer realm=\"webrtc\", error=\"invalid_token\"" : "Bearer realm=\"webrtc\"");
  respond (check, 401, "this stream asks for a bearer token");
  note_failure (check->router, check->message);
}

static gboolean
check_token (Check *check)
{
  const gchar *authorization;

  if (!check->route->auth_token)
    return TRUE;
  authorization = soup_message_headers_get_one (check->request, "Authorization");
  if (rtc_http_policy_check_bearer (authorization, check->route->auth_token))
    return TRUE;
  respond_unauthorized (check, authorization != NULL);
  return FALSE;
}

/* -- Answers ------------------------------------------------------------------------------------
 */

static void
answer_streams (Check *check, RtcHttpStreamKind kind)
{
  GInetAddress *address = rtc_http_message_find_address (check->message);
  const gchar *authorization = soup_message_headers_get_one (check->request, "Authorization");
  gboolean is_refused;
  gchar *json;

  if (authorization && address
      && !rtc_http_limiter_may_fail (check->router->limiter, address, g_get_monotonic_time ())) {
    respond_too_many (check);
    return;
  }
  json = rtc_http_pages_list_streams (check->router->streams, kind, authorization, &is_refused);
  if (is_refused) {
    respond_unauthorized (check, authorization != NULL);
  } else {
    soup_server_message_set_status (check->message, 200, NULL);
    soup_server_message_set_response (
        check->message, "application/json", SOUP_MEMORY_COPY, json, strlen (json));
  }
  soup_message_headers_replace (check->response, "Cache-Control", "no-store");
  g_free (json);
}

/* The page at / is the viewer's unless this server only takes callers. */
static RtcHttpStreamKind
choose_root (RtcHttpRouter *router)
{
  return !rtc_http_router_has_streams (router, RTC_HTTP_STREAM_VIEW)
                 && rtc_http_router_has_streams (router, RTC_HTTP_STREAM_PUBLISH)
             ? RTC_HTTP_STREAM_PUBLISH
             : RTC_HTTP_STREAM_VIEW;
}

static void
answer_page (Check *check)
{
  RtcHttpPage page;
  gconstpointer data;
  gsize len;

  if (strcmp (check->path, STREAMS_PATH) == 0) {
    answer_streams (check, RTC_HTTP_STREAM_VIEW);
    return;
  }
  if (strcmp (check->path, PUBLISH_STREAMS_PATH) == 0) {
    answer_streams (check, RTC_HTTP_STREAM_PUBLISH);
    return;
  }
  if (!rtc_http_pages_find (check->path, choose_root (check->router), &page)) {
    respond (check, 404, "there is nothing here");
    return;
  }
  data = g_bytes_get_data (page.bytes, &len);
  soup_server_message_set_status (check->message, 200, NULL);
  soup_server_message_set_response (check->message, page.content_type, SOUP_MEMORY_COPY, data, len);
  soup_message_headers_replace (check->response, "Content-Security-Policy", RTC_HTTP_PAGES_CSP);
  if (page.permissions)
    soup_message_headers_replace (check->response, "Permissions-Policy", page.permissions);
  soup_message_headers_replace (check->response, "Cache-Control", "no-cache");
  g_bytes_unref (page.bytes);
}

/* A route's request ended. Session URLs that do not exist count as guesses (T33). */
static void
on_request_done (RtcHttpRequest *request, guint status, gpointer data)
{
  RtcHttpRoute *route = data;

  if (status == 404)
    note_failure (route->router, rtc_http_request_get_message (request));
  g_ptr_array_remove_fast (route->waiting, request);
}

static void
answer_route (Check *check)
{
  RtcHttpRoute *route = check->route;
  RtcHttpRequest *request;
  const gchar *path = check->path;
  gsize tail_offset = (gsize) (check->tail - path);

  soup_message_headers_replace (check->response, "Cache-Control", "no-store");
  request =
      rtc_http_request_new (check->message, g_steal_pointer (&check->path), on_request_done, route);
  g_ptr_array_add (route->waiting, request);
  rtc_http_request_dispatch (request, route->handler, path + tail_offset, route->user_data);
}

static gboolean
run_checks (Check *check)
{
  if (!check->path) {
    respond (check, 400, "the path is not well formed");
    return FALSE;
  }
  if (!check_host (check))
    return FALSE;
  check->route = find_route (check->router, check->path, &check->tail);
  if (!check_origin (check) || !check_options (check) || !check_method (check))
    return FALSE;
  return !check->route || (check_rate (check) && check_token (check));
}

void
rtc_http_router_handle (RtcHttpRouter *self, SoupServerMessage *message, const gchar *path)
{
  Check check = {
    .router = self,
    .message = message,
    .request = soup_server_message_get_request_headers (message),
    .response = soup_server_message_get_response_headers (message),
    .method = soup_server_message_get_method (message),
    .path = strcmp (path, "*") == 0 ? g_strdup ("*") : rtc_http_policy_decode_path (path),
  };

  /* libsoup ends a connection that it did not accept itself after one request; say so, or a client
   * sends its next one into the closing socket. */
  soup_message_headers_replace (check.response, "Connection", "close");
  soup_message_headers_replace (check.response, "X-Content-Type-Options", "nosniff");
  soup_message_headers_replace (check.response, "Referrer-Policy", "no-referrer");
  if (run_checks (&check)) {
    if (check.route)
      answer_route (&check);
    else
      answer_page (&check);
  }
  g_free (check.path);
}

/* -- The router ---------------------------------------------------------------------------------
 */

RtcHttpRouter *
rtc_http_router_new (const gchar *scheme, const gchar *own_host, RtcHttpLimiter *limiter)
{
  RtcHttpRouter *self = g_new0 (RtcHttpRouter, 1);

  self->scheme = g_strdup (scheme);
  self->own_host = g_strdup (own_host);
  self->allowed_hosts = g_ptr_array_new_with_free_func (g_free);
  g_ptr_array_add (self->allowed_hosts, NULL);
  self->routes = g_ptr_array_new_with_free_func (route_free);
  self->streams = g_ptr_array_new_with_free_func (rtc_http_stream_free);
  self->limiter = limiter;
  return self;
}

void
rtc_http_router_free (RtcHttpRouter *self)
{
  if (!self)
    return;
  g_ptr_array_unref (self->routes);
  g_ptr_array_unref (self->streams);
  g_ptr_array_unref (self->allowed_hosts);
  g_free (self->scheme);
  g_free (self->own_host);
  g_free (self);
}

void
rtc_http_router_allow_hosts (RtcHttpRouter *self, const gchar *const *hosts)
{
  g_ptr_array_set_size (self->allowed_hosts, (gint) self->allowed_hosts->len - 1);
  for (guint i = 0; hosts && hosts[i]; i++)
    g_ptr_array_add (self->allowed_hosts, g_strdup (hosts[i]));
  g_ptr_array_add (self->allowed_hosts, NULL);
}
