/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "ext/http/rtc-http-listener.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <string.h>
#include <sys/resource.h>
#include "ext/http/rtc-http-guard.h"
#include "gst/rtc/base/rtc-log.h"
#include "gst/rtc/base/rtc-result.h"

#define GST_CAT_DEFAULT rtc_log_sig

#define BACKLOG 256
/* After accept failed, for want of descriptors mostly: long enough not to spin, short enough to be
 * back when some were given back. */
#define RETRY_MS 250

/* Descriptors that connections leave to others. */
#define RESERVED_DESCRIPTORS 64

struct _RtcHttpListener {
  GSocketListener *listener;
  GCancellable *cancellable;
  GMainContext *context;
  GTlsCertificate *certificate;
  RtcHttpLimits limits;
  RtcHttpLimiter *limiter;
  RtcHttpAcceptFunc accept;
  gpointer user_data;
  guint16 port;
  GSource *retry;
  GPtrArray *connections; /* Connection */
  gpointer accepting;     /* AcceptLoop */
  RtcLogLimit full_limit;
};

/* The one accept under way; outlives the listener if it was freed meanwhile. */
typedef struct {
  RtcHttpListener *listener;
} AcceptLoop;

/* One accepted connection, from accept to close. */
typedef struct {
  RtcHttpListener *listener; /* NULL: freed meanwhile */
  GInetAddress *address;
  GSocketConnection *base;
  GIOStream *tls;      /* during the handshake */
  RtcHttpGuard *guard; /* after it; not owned */
  GCancellable *cancellable;
  GSource *handshake_timer;
} Connection;

static void accept_next (RtcHttpListener *self);

/* -- Connections --------------------------------------------------------------------------------
 */

static void
connection_free (Connection *connection)
{
  RtcHttpListener *listener = connection->listener;

  if (listener) {
    rtc_http_limiter_close (listener->limiter, connection->address);
    g_ptr_array_remove_fast (listener->connections, connection);
  }
  if (connection->handshake_timer) {
    g_source_destroy (connection->handshake_timer);
    g_source_unref (connection->handshake_timer);
  }
  g_clear_object (&connection->cancellable);
  g_clear_object (&connection->tls);
  g_clear_object (&connection->address);
  g_clear_object (&connection->base);
  g_free (connection);
}

static void
on_guard_closed (RtcHttpGuard *guard, gpointer data)
{
  Connection *connection = data;

  connection->guard = NULL;
  connection_free (connection);
}

/* Puts the guard around stream and gives it to the server. */
static void
connection_ready (Connection *connection, GIOStream *stream)
{
  RtcHttpListener *self = connection->listener;
  const RtcHttpGuardLimits limits = {
    .max_head_bytes = self->limits.max_head_bytes,
    .max_body_bytes = self->limits.max_body_bytes,
    .header_ms = self->limits.header_ms,
    .body_ms = self->limits.body_ms,
    .idle_ms = self->limits.idle_ms,
    .write_ms = self->limits.write_ms,
  };
  GSocketAddress *local = g_socket_connection_get_local_address (connection->base, NULL);
  GSocketAddress *remote = g_socket_connection_get_remote_address (connection->base, NULL);
  GIOStream *guard;

  if (!local || !remote) {
    connection_free (connection); /* reset already */
  } else {
    guard = rtc_http_guard_new (stream, g_socket_connection_get_socket (connection->base), &limits,
        on_guard_closed, connection);
    connection->guard = RTC_HTTP_GUARD (guard);
    self->accept (guard, local, remote, self->user_data);
    g_object_unref (guard);
  }
  g_clear_object (&local);
  g_clear_object (&remote);
}

/* -- TLS ----------------------------------------------------------------------------------------
 */

static void
on_handshake (GObject *source, GAsyncResult *result, gpointer data)
{
  Connection *connection = data;
  GTlsConnection *tls = G_TLS_CONNECTION (source);
  GError *error = NULL;
  gboolean ok = g_tls_connection_handshake_finish (tls, result, &error);

  if (connection->handshake_timer) {
    g_source_destroy (connection->handshake_timer);
    g_clear_pointer (&connection->handshake_timer, g_source_unref);
  }
  /* SSL 3.0 < TLS 1.0 < 1.1 < 1.2 in this enum, DTLS beyond 200. */
  if (ok && g_tls_connection_get_protocol_version (tls) < G_TLS_PROTOCOL_VERSION_TLS_1_2)
    ok = FALSE;
  if (!ok || !connection->listener) {
    GST_DEBUG ("a TLS handshake failed: %s", error ? error->message : "version too old or closed");
    g_io_stream_close (G_IO_STREAM (connection->base), NULL, NULL);
    connection_free (connection);
  } else {
    connection_ready (connection, connection->tls);
  }
  g_clear_error (&error);
}

static gboolean
on_handshake_timeout (gpointer data)
{
  Connection *connection = data;

  g_cancellable_cancel (connection->cancellable);
  return G_SOURCE_REMOVE;
}

static void
start_handshake (Connection *connection)
{
  RtcHttpListener *self = connection->listener;
  GError *error = NULL;

  connection->tls =
      g_tls_server_connection_new (G_IO_STREAM (connection->base), self->certificate, &error);
  if (!connection->tls) {
    GST_WARNING ("cannot start TLS: %s", error->message);
    g_error_free (error);
    connection_free (connection);
    return;
  }
  /* A cut connection is an ordinary end here: HTTP tells by itself whether a message is whole. */
  g_tls_connection_set_require_close_notify (G_TLS_CONNECTION (connection->tls), FALSE);
  connection->cancellable = g_cancellable_new ();
  connection->handshake_timer = g_timeout_source_new (self->limits.handshake_ms);
  g_source_set_callback (connection->handshake_timer, on_handshake_timeout, connection, NULL);
  g_source_attach (connection->handshake_timer, self->context);
  g_tls_connection_handshake_async (G_TLS_CONNECTION (connection->tls), G_PRIORITY_DEFAULT,
      connection->cancellable, on_handshake, connection);
}

/* -- Accepting ----------------------------------------------------------------------------------
 */

static void
refuse_full (RtcHttpListener *self, GSocketConnection *base)
{
  static const gchar response[] = "HTTP/1.1 503 Service Unavailable\r\nRetry-After: 5\r\n"
                                  "Connection: close\r\nContent-Length: 0\r\n\r\n";

  if (rtc_log_limit (&self->full_limit, gst_util_get_timestamp (), NULL))
    GST_WARNING ("refused a connection: too many are open, in all or from one address, or no "
                 "descriptors are left");
  if (!self->certificate)
    g_socket_send_with_blocking (
        g_socket_connection_get_socket (base), response, sizeof (response) - 1, FALSE, NULL, NULL);
  g_io_stream_close (G_IO_STREAM (base), NULL, NULL);
}

/* Whether the process is about to run out of descriptors. Parts of GLib that TLS needs abort the
 * process when they get none, and the viewers who are there need some, too. The kernel gives the
 * lowest free number, so those above this socket's are free while all stop here. */
static gboolean
is_last_descriptor (GSocketConnection *base)
{
  int fd = g_socket_get_fd (g_socket_connection_get_socket (base));
  struct rlimit limit;

  return getrlimit (RLIMIT_NOFILE, &limit) == 0 && limit.rlim_cur != RLIM_INFINITY
         && (rlim_t) fd + RESERVED_DESCRIPTORS >= limit.rlim_cur;
}

static void
handle_connection (RtcHttpListener *self, GSocketConnection *base)
{
  GSocketAddress *remote = g_socket_connection_get_remote_address (base, NULL);
  GInetAddress *address = G_IS_INET_SOCKET_ADDRESS (remote)
                              ? g_inet_socket_address_get_address (G_INET_SOCKET_ADDRESS (remote))
                              : NULL;
  Connection *connection;

  if (!address || is_last_descriptor (base)
      || self->connections->len >= self->limits.max_connections
      || !rtc_http_limiter_open (self->limiter, address, g_get_monotonic_time ())) {
    refuse_full (self, base);
    g_clear_object (&remote);
    return;
  }
  connection = g_new0 (Connection, 1);
  connection->listener = self;
  connection->address = g_object_ref (address);
  connection->base = g_object_ref (base);
  g_ptr_array_add (self->connections, connection);
  g_object_unref (remote);
  g_socket_set_option (g_socket_connection_get_socket (base), IPPROTO_TCP, TCP_NODELAY, 1, NULL);
  if (self->certificate)
    start_handshake (connection);
  else
    connection_ready (connection, G_IO_STREAM (base));
}

static gboolean
on_retry (gpointer data)
{
  RtcHttpListener *self = data;

  g_clear_pointer (&self->retry, g_source_unref);
  accept_next (self);
  return G_SOURCE_REMOVE;
}

static void
on_accepted (GObject *source, GAsyncResult *result, gpointer data)
{
  AcceptLoop *loop = data;
  RtcHttpListener *self = loop->listener;
  GError *error = NULL;
  GSocketConnection *base =
      g_socket_listener_accept_finish (G_SOCKET_LISTENER (source), result, NULL, &error);

  g_free (loop);
  if (self) {
    self->accepting = NULL;
    if (base) {
      handle_connection (self, base);
      accept_next (self);
    } else {
      if (rtc_log_limit (&self->full_limit, gst_util_get_timestamp (), NULL))
        GST_WARNING ("cannot accept a connection: %s", error->message);
      self->retry = g_timeout_source_new (RETRY_MS);
      g_source_set_callback (self->retry, on_retry, self, NULL);
      g_source_attach (self->retry, self->context);
    }
  }
  g_clear_object (&base);
  g_clear_error (&error);
}

static void
accept_next (RtcHttpListener *self)
{
  AcceptLoop *loop = g_new0 (AcceptLoop, 1);

  loop->listener = self;
  self->accepting = loop;
  g_socket_listener_accept_async (self->listener, self->cancellable, on_accepted, loop);
}

/* -- The listener -------------------------------------------------------------------------------
 */

static gboolean
bind_address (RtcHttpListener *self, const RtcHttpAddress *address, GError **error)
{
  GSocketAddress *wanted = g_inet_socket_address_new (address->address, address->port);
  GSocketAddress *effective = NULL;
  GError *local = NULL;
  gchar *text;

  g_socket_listener_set_backlog (self->listener, BACKLOG);
  if (g_socket_listener_add_address (self->listener, wanted, G_SOCKET_TYPE_STREAM,
          G_SOCKET_PROTOCOL_TCP, NULL, &effective, &local)) {
    self->port = g_inet_socket_address_get_port (G_INET_SOCKET_ADDRESS (effective));
    g_object_unref (effective);
    g_object_unref (wanted);
    return TRUE;
  }
  text = g_inet_address_to_string (address->address);
  if (g_error_matches (local, G_IO_ERROR, G_IO_ERROR_ADDRESS_IN_USE))
    rtc_error (error, RTC_ERR_STATE,
        "address %s port %u is in use by another program; choose another port, or 0 for any", text,
        address->port);
  else
    rtc_error (error, RTC_ERR_BACKEND, "cannot listen on address %s port %u: %s", text,
        address->port, local->message);
  g_error_free (local);
  g_free (text);
  g_object_unref (wanted);
  return FALSE;
}

RtcHttpListener *
rtc_http_listener_new (const RtcHttpAddress *address, GTlsCertificate *certificate,
    const RtcHttpLimits *limits, RtcHttpLimiter *limiter, RtcHttpAcceptFunc accept,
    gpointer user_data, GError **error)
{
  RtcHttpListener *self = g_new0 (RtcHttpListener, 1);

  self->listener = g_socket_listener_new ();
  self->cancellable = g_cancellable_new ();
  self->context = g_main_context_ref_thread_default ();
  self->certificate = certificate ? g_object_ref (certificate) : NULL;
  self->limits = *limits;
  self->limiter = limiter;
  self->accept = accept;
  self->user_data = user_data;
  self->connections = g_ptr_array_new ();
  if (!bind_address (self, address, error)) {
    rtc_http_listener_free (self);
    return NULL;
  }
  accept_next (self);
  return self;
}

static void
close_connection (Connection *connection)
{
  RtcHttpGuard *guard = connection->guard;

  if (!guard) {
    connection->listener = NULL; /* freed when its handshake ends, which is now */
    g_cancellable_cancel (connection->cancellable);
    return;
  }
  /* Twice: closing one that was refused only makes it linger. */
  g_object_ref (guard);
  g_io_stream_close (G_IO_STREAM (guard), NULL, NULL);
  rtc_http_guard_abort (guard);
  g_object_unref (guard);
}

void
rtc_http_listener_free (RtcHttpListener *self)
{
  if (!self)
    return;
  if (self->accepting)
    ((AcceptLoop *) self->accepting)->listener = NULL;
  if (self->retry) {
    g_source_destroy (self->retry);
    g_source_unref (self->retry);
  }
  g_cancellable_cancel (self->cancellable);
  g_socket_listener_close (self->listener);
  while (self->connections->len > 0) {
    Connection *connection = g_ptr_array_index (self->connections, self->connections->len - 1);

    if (!connection->guard) {
      rtc_http_limiter_close (self->limiter, connection->address);
      g_ptr_array_set_size (self->connections, (gint) self->connections->len - 1);
    }
    close_connection (connection);
  }
  g_ptr_array_unref (self->connections);
  g_clear_object (&self->certificate);
  g_object_unref (self->listener);
  g_object_unref (self->cancellable);
  g_main_context_unref (self->context);
  g_free (self);
}

guint16
rtc_http_listener_get_port (RtcHttpListener *self)
{
  return self->port;
}

guint
rtc_http_listener_get_n_connections (RtcHttpListener *self)
{
  return self->connections->len;
}
