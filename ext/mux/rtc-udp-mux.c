/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "ext/mux/rtc-udp-mux.h"

#include <glib-unix.h>

#include "ext/mux/rtc-udp-socket.h"
#include "ext/net/rtc-interfaces.h"
#include "gst/rtc/base/rtc-log.h"

#define GST_CAT_DEFAULT rtc_log_ice

/* Datagrams read at one wake-up, so that a flood leaves time for the rest (design, B6). */
#define READ_BUDGET 256

struct _RtcUdpMux {
  RtcRandom *random;
  RtcUdpSocket *socket;
  RtcTcpMux *tcp; /* NULL: none */
  RtcIceMuxPort *port;
  GSource *source;
  void (*idle) (gpointer data);
  gpointer idle_data;
};

/* --- ways in and out --- */

static void
on_datagram (
    gpointer data, GstClockTime time, const RtcIceFlow *flow, const guint8 *bytes, gsize len)
{
  rtc_ice_mux_port_handle_datagram (((RtcUdpMux *) data)->port, time, flow, bytes, len);
}

static gboolean
on_readable (gint fd, GIOCondition condition, gpointer data)
{
  RtcUdpMux *self = data;

  rtc_udp_socket_receive (self->socket, READ_BUDGET, on_datagram, self);
  return G_SOURCE_CONTINUE;
}

static RtcResult
mux_send (gpointer data, const RtcIceFlow *flow, const guint8 *bytes, gsize len)
{
  RtcUdpMux *self = data;

  if (flow->connection != 0)
    return rtc_tcp_mux_send (self->tcp, flow, bytes, len);
  return rtc_udp_batch_add (rtc_udp_socket_get_batch (self->socket), flow, bytes, len);
}

static guint8 *
mux_reserve (gpointer data, const RtcIceFlow *flow, gsize len)
{
  RtcUdpMux *self = data;

  if (flow->connection != 0)
    return NULL;
  return rtc_udp_batch_reserve (rtc_udp_socket_get_batch (self->socket), flow, len);
}

static void
mux_commit (gpointer data, const RtcIceFlow *flow, gsize len)
{
  rtc_udp_batch_commit (rtc_udp_socket_get_batch (((RtcUdpMux *) data)->socket), flow, len);
}

static void
mux_flush (gpointer data)
{
  RtcUdpMux *self = data;

  rtc_udp_batch_flush (rtc_udp_socket_get_batch (self->socket));
  if (self->tcp != NULL)
    rtc_tcp_mux_flush (self->tcp);
}

static void
mux_receive (gpointer data)
{
  RtcUdpMux *self = data;

  rtc_udp_socket_receive (self->socket, READ_BUDGET, on_datagram, self);
  if (self->tcp != NULL)
    rtc_tcp_mux_receive (self->tcp);
}

static void
mux_idle (gpointer data)
{
  RtcUdpMux *self = data;

  if (self->idle != NULL)
    self->idle (self->idle_data);
}

/* --- candidates --- */

static GArray *
parse_addresses (const gchar *const *literals, guint16 port, GError **error)
{
  GArray *addresses = g_array_new (FALSE, FALSE, sizeof (RtcAddress));

  for (guint i = 0; literals[i] != NULL; i++) {
    RtcAddress address;

    if (!rtc_address_parse (literals[i], port, &address)) {
      gchar *safe = rtc_log_safe (literals[i], 60);

      rtc_error (error, RTC_ERR_PARSE, "\"%s\" is no IPv4 or IPv6 address", safe);
      g_free (safe);
      g_array_unref (addresses);
      return NULL;
    }
    g_array_append_val (addresses, address);
  }
  return addresses;
}

/* Those of families that the socket has, with its port. */
static GArray *
list_addresses (const RtcUdpMux *self, gboolean allow_loopback)
{
  gboolean has_loopback;
  GArray *addresses = rtc_interfaces_list (allow_loopback, &has_loopback);

  for (guint i = addresses->len; i > 0; i--) {
    RtcAddress *address = &g_array_index (addresses, RtcAddress, i - 1);

    address->port = rtc_udp_socket_get_port (self->socket);
    if (address->family == RTC_ADDRESS_IPV6 && !rtc_udp_socket_has_ipv6 (self->socket))
      g_array_remove_index (addresses, i - 1);
  }
  return addresses;
}

static GArray *
find_addresses (RtcUdpMux *self, const RtcUdpMuxConfig *config, GError **error)
{
  GArray *addresses;

  if (config->addresses != NULL && config->addresses[0] != NULL)
    return parse_addresses (config->addresses, rtc_udp_socket_get_port (self->socket), error);
  addresses = list_addresses (self, config->allow_loopback);
  if (addresses->len > 0)
    return addresses;
  rtc_error (error, RTC_ERR_BACKEND, "this host has no address that peers could send to");
  g_array_unref (addresses);
  return NULL;
}

/* TCP that nobody asked for is no reason not to begin. */
static gboolean
mux_open_tcp (RtcUdpMux *self, const RtcUdpMuxConfig *config, GError **error)
{
  gboolean is_same = config->tcp_port == RTC_UDP_MUX_TCP_SAME;
  guint16 port = is_same ? rtc_udp_socket_get_port (self->socket) : (guint16) config->tcp_port;
  GError *inner = NULL;

  if (config->tcp_port == 0)
    return TRUE;
  self->tcp = rtc_tcp_mux_new (port, &inner);
  if (self->tcp != NULL)
    return TRUE;
  if (!is_same) {
    g_propagate_error (error, inner);
    return FALSE;
  }
  GST_WARNING ("%s: peers have to use UDP", inner->message);
  g_error_free (inner);
  return TRUE;
}

static gboolean
mux_open (RtcUdpMux *self, const RtcUdpMuxConfig *config, GError **error)
{
  RtcIceMuxPortConfig port = { .random = self->random,
    .max_sessions = RTC_UDP_MUX_MAX_PEERS,
    .data = self,
    .send = mux_send,
    .reserve = mux_reserve,
    .commit = mux_commit,
    .flush = mux_flush,
    .receive = mux_receive,
    .idle = mux_idle };
  GArray *addresses;

  self->socket = rtc_udp_socket_new (config->port, error);
  if (self->socket == NULL || !mux_open_tcp (self, config, error))
    return FALSE;
  addresses = find_addresses (self, config, error);
  if (addresses == NULL)
    return FALSE;
  port.addresses = (const RtcAddress *) (void *) addresses->data;
  port.n_addresses = addresses->len;
  port.tcp_port = rtc_udp_mux_get_tcp_port (self);
  self->port = rtc_ice_mux_port_new (&port);
  g_array_unref (addresses);
  return TRUE;
}

/* --- life --- */

RtcUdpMux *
rtc_udp_mux_new (GMainContext *context, const RtcUdpMuxConfig *config, GError **error)
{
  RtcUdpMux *self = g_new0 (RtcUdpMux, 1);

  rtc_log_init ();
  self->random = rtc_random_new_secure ();
  self->idle = config->idle;
  self->idle_data = config->data;
  if (!mux_open (self, config, error)) {
    rtc_udp_mux_free (self);
    return NULL;
  }
  self->source = g_unix_fd_source_new (rtc_udp_socket_get_fd (self->socket), G_IO_IN);
  g_source_set_callback (self->source, G_SOURCE_FUNC (on_readable), self, NULL);
  g_source_set_name (self->source, "rtc-udp-mux");
  /* GLib takes the descriptors of a source that must not recurse out of the poll set while it is
   * dispatched, which wakes the context up twice. Nobody recurses here. */
  g_source_set_can_recurse (self->source, TRUE);
  g_source_attach (self->source, context);
  if (self->tcp != NULL)
    rtc_tcp_mux_start (self->tcp, context, self->port);
  GST_INFO ("media of all peers on UDP port %u", rtc_udp_socket_get_port (self->socket));
  return self;
}

void
rtc_udp_mux_free (RtcUdpMux *self)
{
  if (self == NULL)
    return;
  if (self->source != NULL) {
    g_source_destroy (self->source);
    g_source_unref (self->source);
  }
  rtc_tcp_mux_free (self->tcp);
  rtc_ice_mux_port_free (self->port);
  rtc_udp_socket_free (self->socket);
  rtc_random_free (self->random);
  g_free (self);
}

RtcIceFactory *
rtc_udp_mux_get_factory (RtcUdpMux *self)
{
  return rtc_ice_mux_port_get_factory (self->port);
}

guint16
rtc_udp_mux_get_port (const RtcUdpMux *self)
{
  return rtc_udp_socket_get_port (self->socket);
}

guint16
rtc_udp_mux_get_tcp_port (const RtcUdpMux *self)
{
  return self->tcp != NULL ? rtc_tcp_mux_get_port (self->tcp) : 0;
}

void
rtc_udp_mux_get_stats (const RtcUdpMux *self, RtcUdpMuxStats *out)
{
  RtcUdpBatchStats batch;
  RtcUdpSocketStats socket;

  rtc_udp_batch_get_stats (rtc_udp_socket_get_batch (self->socket), &batch);
  rtc_udp_socket_get_stats (self->socket, &socket);
  rtc_ice_mux_port_get_stats (self->port, &out->mux);
  out->datagrams_sent = batch.datagrams;
  out->datagrams_dropped = batch.dropped;
  out->datagrams_received = socket.datagrams;
  out->calls = batch.calls;
  memset (&out->tcp, 0, sizeof out->tcp);
  if (self->tcp != NULL)
    rtc_tcp_mux_get_stats (self->tcp, &out->tcp);
}
