/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* The STUN and TURN servers of one agent, and the bridges to those that want TLS. */
#include "ext/nice/rtc-nice-private.h"

#include <string.h>
#include "gst/rtc/base/rtc-log.h"

#define GST_CAT_DEFAULT rtc_log_ice

static void
server_clear (RtcIceServer *server)
{
  if (server->username != NULL)
    explicit_bzero (server->username, strlen (server->username));
  if (server->password != NULL)
    explicit_bzero (server->password, strlen (server->password));
  g_free (server->username);
  g_free (server->password);
  g_free (server->address);
  g_free (server->host);
}

void
rtc_nice_free_servers (RtcNice *self)
{
  for (guint i = 0; i < self->config.n_servers; i++)
    server_clear (&self->servers[i]);
  g_free (self->servers);
}

void
rtc_nice_copy_servers (RtcNice *self)
{
  const RtcIceServer *from = self->config.servers;

  self->servers = g_new0 (RtcIceServer, self->config.n_servers);
  for (guint i = 0; i < self->config.n_servers; i++) {
    self->servers[i] = from[i];
    self->servers[i].host = g_strdup (from[i].host);
    self->servers[i].address = g_strdup (from[i].address);
    self->servers[i].username = g_strdup (from[i].username);
    self->servers[i].password = g_strdup (from[i].password);
  }
  self->config.servers = self->servers;
}

/* libnice makes one connection for each address of the family that the server is of, and with
 * ICE-TCP another for its active TCP candidate. */
static RtcNiceTls *
make_bridge (RtcNice *self, const RtcIceServer *server)
{
  gboolean is_ipv6 = self->n_ipv4 == 0;
  RtcNiceTlsConfig config = { .context = self->factory->context,
    .trust = self->factory->trust,
    .peer_id = self->config.peer_id,
    .server = server,
    .is_ipv6 = is_ipv6,
    .max_connections =
        (is_ipv6 ? self->n_addresses : self->n_ipv4) * (self->config.ice_tcp ? 2 : 1),
    .n_alive = &self->factory->n_alive };
  GError *error = NULL;
  RtcNiceTls *bridge;

  if (config.max_connections == 0)
    return NULL;
  bridge = rtc_nice_tls_new (&config, &error);
  if (bridge == NULL) {
    GST_WARNING (RTC_NICE_LOG_ID "%s", self->config.peer_id, error->message);
    g_error_free (error);
    return NULL;
  }
  g_ptr_array_add (self->bridges, bridge);
  return bridge;
}

static void
add_relay (RtcNice *self, const RtcIceServer *server)
{
  const gchar *address = server->address;
  guint port = server->port;

  if (server->is_tls) {
    /* libnice 0.1.21 has no TLS: what it calls TURN over TLS is TCP in clear text. */
    RtcNiceTls *bridge = make_bridge (self, server);

    if (bridge == NULL)
      return;
    address = rtc_nice_tls_get_address (bridge);
    port = rtc_nice_tls_get_port (bridge);
  }
  nice_agent_set_relay_info (self->agent, self->stream, 1, address, port,
      server->username != NULL ? server->username : "",
      server->password != NULL ? server->password : "",
      server->is_tcp || server->is_tls ? NICE_RELAY_TYPE_TURN_TCP : NICE_RELAY_TYPE_TURN_UDP);
}

void
rtc_nice_add_servers (RtcNice *self)
{
  for (guint i = 0; i < self->config.n_servers; i++) {
    const RtcIceServer *server = &self->servers[i];

    if (server->is_turn)
      add_relay (self, server);
    else
      g_object_set (self->agent, "stun-server", server->address, "stun-server-port",
          (guint) server->port, NULL);
  }
}

guint64
rtc_nice_count_failed_relays (RtcNice *self)
{
  guint64 n = 0;

  for (guint i = 0; i < self->bridges->len; i++)
    n += rtc_nice_tls_get_n_failed (g_ptr_array_index (self->bridges, i));
  return n;
}
