/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "ext/http/rtc-http-server.h"

#include <libsoup/soup.h>
#include <string.h>
#include "ext/http/rtc-http-listener.h"
#include "ext/http/rtc-http-router.h"
#include "gst/rtc/base/rtc-log.h"
#include "gst/rtc/base/rtc-result.h"

#define GST_CAT_DEFAULT rtc_log_sig

struct _RtcHttpServer {
  guint refs; /* under registry_lock */
  gchar *key; /* in the registry; NULL for port 0 */
  gchar *certificate_file;
  GMainContext *control;
  gchar *url;
  RtcHttpLimiter *limiter;
  RtcHttpListener *listener;
  RtcHttpRouter *router;
  SoupServer *soup;
};

static GMutex registry_lock;
static GHashTable *registry; /* key -> RtcHttpServer, not owned; NULL while empty */

static void
on_message (SoupServer *soup, SoupServerMessage *message, const char *path, GHashTable *query,
    gpointer data)
{
  RtcHttpServer *self = data;

  rtc_http_router_handle (self->router, message, path);
}

static void
on_connection (GIOStream *stream, GSocketAddress *local, GSocketAddress *remote, gpointer data)
{
  RtcHttpServer *self = data;
  GError *error = NULL;

  if (!soup_server_accept_iostream (self->soup, stream, local, remote, &error)) {
    GST_WARNING ("libsoup refused a connection: %s", error->message);
    g_error_free (error);
    g_io_stream_close (stream, NULL, NULL);
  }
}

static void
server_free (RtcHttpServer *self)
{
  /* Routes first: who waits gets an answer while there is a connection. */
  rtc_http_router_free (g_steal_pointer (&self->router));
  if (self->soup)
    soup_server_disconnect (self->soup);
  rtc_http_listener_free (self->listener);
  g_clear_object (&self->soup);
  rtc_http_limiter_free (self->limiter);
  g_clear_pointer (&self->control, g_main_context_unref);
  g_free (self->key);
  g_free (self->certificate_file);
  g_free (self->url);
  g_free (self);
}

static RtcHttpServer *
server_new (const RtcHttpServerConfig *config, const RtcHttpAddress *address, GMainContext *control,
    GError **error)
{
  const RtcHttpLimits defaults = RTC_HTTP_LIMITS_DEFAULT;
  const RtcHttpLimits *limits = config->limits ? config->limits : &defaults;
  const RtcHttpLimiterConfig limiter = {
    .max_connections = limits->max_connections_per_address,
    .requests_per_second = limits->requests_per_second,
    .requests_burst = limits->requests_burst,
    .failures_per_second = limits->failures_per_second,
    .failures_burst = limits->failures_per_second * 2,
  };
  GTlsCertificate *certificate = NULL;
  RtcHttpServer *self;

  if (address->tls) {
    certificate = rtc_http_load_certificate (config->certificate_file, config->key_file, error);
    if (!certificate)
      return NULL;
  }
  self = g_new0 (RtcHttpServer, 1);
  self->refs = 1;
  self->control = g_main_context_ref (control);
  self->certificate_file = g_strdup (config->certificate_file);
  self->limiter = rtc_http_limiter_new (&limiter);
  self->router =
      rtc_http_router_new (address->tls ? "https" : "http", address->host, self->limiter);
  self->soup = soup_server_new ("raw-paths", TRUE, NULL);
  soup_server_add_handler (self->soup, NULL, on_message, self, NULL);
  self->listener = rtc_http_listener_new (
      address, certificate, limits, self->limiter, on_connection, self, error);
  g_clear_object (&certificate);
  if (!self->listener) {
    server_free (self);
    return NULL;
  }
  self->url = rtc_http_address_to_url (address, rtc_http_listener_get_port (self->listener), TRUE);
  GST_INFO ("listening on %s", self->url);
  return self;
}

/* Whether somebody who asks for the same address may share the server. */
static gboolean
may_share (
    RtcHttpServer *self, const RtcHttpServerConfig *config, GMainContext *control, GError **error)
{
  if (self->control != control) {
    rtc_error (
        error, RTC_ERR_STATE, "%s is served on another main context of this program", self->url);
    return FALSE;
  }
  if (g_strcmp0 (self->certificate_file, config->certificate_file) != 0) {
    rtc_error (error, RTC_ERR_STATE, "%s is served with another certificate already", self->url);
    return FALSE;
  }
  return TRUE;
}

RtcHttpServer *
rtc_http_server_acquire (const RtcHttpServerConfig *config, GMainContext *control, GError **error)
{
  RtcHttpAddress address;
  RtcHttpServer *self;
  gchar *key;

  g_return_val_if_fail (config != NULL && control != NULL, NULL);

  rtc_log_init ();
  if (!rtc_http_address_parse (&address, config->address, error))
    return NULL;
  key = address.port != 0 ? rtc_http_address_to_url (&address, address.port, FALSE) : NULL;

  g_mutex_lock (&registry_lock);
  if (!registry)
    registry = g_hash_table_new (g_str_hash, g_str_equal);
  self = key ? g_hash_table_lookup (registry, key) : NULL;
  if (self) {
    if (may_share (self, config, control, error))
      self->refs++;
    else
      self = NULL;
  } else {
    self = server_new (config, &address, control, error);
    if (self && key) {
      self->key = g_strdup (key);
      g_hash_table_insert (registry, self->key, self);
    }
  }
  if (g_hash_table_size (registry) == 0)
    g_clear_pointer (&registry, g_hash_table_unref);
  g_mutex_unlock (&registry_lock);

  if (self)
    rtc_http_router_allow_hosts (self->router, config->allowed_hosts);
  g_free (key);
  rtc_http_address_clear (&address);
  return self;
}

void
rtc_http_server_release (RtcHttpServer *self)
{
  gboolean last;

  if (!self)
    return;
  g_mutex_lock (&registry_lock);
  last = --self->refs == 0;
  if (last && self->key) {
    g_hash_table_remove (registry, self->key);
    if (g_hash_table_size (registry) == 0)
      g_clear_pointer (&registry, g_hash_table_unref);
  }
  g_mutex_unlock (&registry_lock);
  if (last)
    server_free (self);
}

const gchar *
rtc_http_server_get_url (RtcHttpServer *self)
{
  return self->url;
}

guint16
rtc_http_server_get_port (RtcHttpServer *self)
{
  return rtc_http_listener_get_port (self->listener);
}

guint
rtc_http_server_get_n_connections (RtcHttpServer *self)
{
  return rtc_http_listener_get_n_connections (self->listener);
}

RtcHttpRoute *
rtc_http_server_add_route (RtcHttpServer *self, const gchar *path, const RtcHttpRoutePolicy *policy,
    RtcHttpHandler handler, gpointer user_data, GError **error)
{
  return rtc_http_router_add_route (self->router, path, policy, handler, user_data, error);
}

void
rtc_http_server_remove_route (RtcHttpServer *self, RtcHttpRoute *route)
{
  if (route)
    rtc_http_router_remove_route (self->router, route);
}

void
rtc_http_server_add_stream (RtcHttpServer *self, RtcHttpStreamKind kind, const gchar *name,
    const gchar *title, const gchar *endpoint_path, const gchar *auth_token, gboolean has_data)
{
  rtc_http_router_add_stream (
      self->router, rtc_http_stream_new (kind, name, title, endpoint_path, auth_token, has_data));
}

void
rtc_http_server_remove_stream (RtcHttpServer *self, RtcHttpStreamKind kind, const gchar *name)
{
  rtc_http_router_remove_stream (self->router, kind, name);
}

gboolean
rtc_http_server_has_viewers (RtcHttpServer *self)
{
  return rtc_http_router_has_streams (self->router, RTC_HTTP_STREAM_VIEW);
}
