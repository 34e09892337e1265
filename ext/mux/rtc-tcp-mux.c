/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#define _GNU_SOURCE /* accept4() */
#include "ext/mux/rtc-tcp-mux.h"

#include <errno.h>
#include <glib-unix.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <unistd.h>

#include "ext/net/rtc-sockaddr.h"
#include "gst/rtc/base/rtc-log.h"
#include "gst/rtc/ice/rtc-ice-framing.h"
#include "gst/rtc/rtp/rtc-demux.h"

#define GST_CAT_DEFAULT rtc_log_ice

/* At one wake-up: descriptors that are served, bytes read from each, connections accepted. What is
 * left makes the descriptor ready again at once, after others had their turn. */
#define MAX_EVENTS 64
#define READ_BYTES (32 * 1024)
#define MAX_ACCEPTED 64

/* Not yet accepted: half a second of a flood. Who finds no place tries again after a second. */
#define BACKLOG 1024

/* How often connections are looked at whose session may have gone. */
#define CHECK_SECONDS 1

/* Of the listening socket; connections count from 1. */
#define LISTENER 0

typedef struct {
  RtcIceConnection *entry;
  int fd;
  gboolean waits;    /* for the kernel to take more */
  gboolean is_dirty; /* in RtcTcpMux.dirty */
  RtcIceDeframer in;
  RtcIceOutbox out;
} TcpConnection;

struct _RtcTcpMux {
  int fd, epoll;
  guint16 port;
  gboolean is_paused; /* no descriptors left: nobody is accepted until the next check */
  RtcIceMuxPort *ice;
  GMainContext *context;
  GSource *source, *timer;
  RtcIceConnections *connections;
  GPtrArray *dirty; /* TcpConnection: have something to be written */
  RtcLogLimit limit;
  RtcTcpMuxStats stats;
  guint8 bytes[READ_BYTES];
};

/* --- listening --- */

static GstClockTime
get_now (void)
{
  RtcArrivalClock clock;

  rtc_arrival_clock_read (&clock);
  return clock.monotonic;
}

static int
listen_at (gboolean is_ipv6, guint16 port)
{
  struct sockaddr_in6 any6 = { .sin6_family = AF_INET6, .sin6_port = htons (port) };
  struct sockaddr_in any4 = { .sin_family = AF_INET, .sin_port = htons (port) };
  int fd = socket (
      is_ipv6 ? AF_INET6 : AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, IPPROTO_TCP);
  gboolean ok;

  if (fd < 0)
    return -1;
  /* The last run's connections may linger. */
  setsockopt (fd, SOL_SOCKET, SO_REUSEADDR, &(int){ 1 }, sizeof (int));
  /* Inherited by what is accepted. */
  setsockopt (fd, SOL_SOCKET, SO_SNDBUF, &(int){ RTC_TCP_MUX_SEND_BUFFER }, sizeof (int));
  if (is_ipv6)
    ok = setsockopt (fd, IPPROTO_IPV6, IPV6_V6ONLY, &(int){ 0 }, sizeof (int)) == 0
         && bind (fd, (struct sockaddr *) &any6, sizeof any6) == 0;
  else
    ok = bind (fd, (struct sockaddr *) &any4, sizeof any4) == 0;
  if (!ok || listen (fd, BACKLOG) != 0) {
    int error = errno;

    close (fd);
    errno = error;
    return -1;
  }
  return fd;
}

static RtcAddress
get_local_address (int fd)
{
  struct sockaddr_storage own = { 0 };
  socklen_t len = sizeof own;
  RtcAddress address = { 0 };

  getsockname (fd, (struct sockaddr *) &own, &len);
  rtc_address_from_sockaddr ((struct sockaddr *) &own, &address);
  return address;
}

/* Half of what the process may open: files, encoders and HTTP need theirs. */
static guint
get_max_connections (void)
{
  struct rlimit limit;

  if (getrlimit (RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur == RLIM_INFINITY)
    return RTC_TCP_MUX_MAX_CONNECTIONS;
  return (guint) CLAMP (limit.rlim_cur / 2, 1, RTC_TCP_MUX_MAX_CONNECTIONS);
}

RtcTcpMux *
rtc_tcp_mux_new (guint16 port, GError **error)
{
  int fd = listen_at (TRUE, port);
  RtcTcpMux *self;

  rtc_log_init ();
  /* No IPv6 in this kernel or container. */
  if (fd < 0 && (errno == EAFNOSUPPORT || errno == EADDRNOTAVAIL || errno == EPROTONOSUPPORT))
    fd = listen_at (FALSE, port);
  if (fd < 0) {
    rtc_error (error, RTC_ERR_BACKEND, "TCP port %u cannot be used for media: %s", port,
        g_strerror (errno));
    return NULL;
  }
  self = g_new0 (RtcTcpMux, 1);
  self->fd = fd;
  self->epoll = epoll_create1 (EPOLL_CLOEXEC);
  self->port = get_local_address (fd).port;
  self->connections = rtc_ice_connections_new (get_max_connections ());
  self->dirty = g_ptr_array_new ();
  return self;
}

guint16
rtc_tcp_mux_get_port (const RtcTcpMux *self)
{
  return self->port;
}

static void
mux_watch (RtcTcpMux *self, int operation, int fd, guint32 events, guint64 number)
{
  struct epoll_event event = { .events = events, .data.u64 = number };

  if (epoll_ctl (self->epoll, operation, fd, &event) != 0)
    GST_ERROR ("descriptor %d cannot be watched: %s", fd, g_strerror (errno));
}

/* --- connections --- */

static TcpConnection *
mux_find (const RtcTcpMux *self, guint64 number)
{
  RtcIceConnection *entry = rtc_ice_connections_find (self->connections, number);

  return entry != NULL ? entry->user_data : NULL;
}

static void
mux_close (RtcTcpMux *self, TcpConnection *connection)
{
  RtcIceFlow flow = connection->entry->flow;

  if (connection->is_dirty)
    g_ptr_array_remove_fast (self->dirty, connection);
  rtc_ice_connections_remove (self->connections, connection->entry);
  close (connection->fd);
  rtc_ice_outbox_clear (&connection->out);
  rtc_ice_deframer_clear (&connection->in);
  g_free (connection);
  rtc_ice_mux_port_remove_flow (self->ice, &flow);
}

static void
mux_close_expired (RtcTcpMux *self, GstClockTime now)
{
  RtcIceConnection *entry;

  while ((entry = rtc_ice_connections_get_expired (self->connections, now)) != NULL) {
    self->stats.expired++;
    mux_close (self, entry->user_data);
  }
}

static gboolean
has_flow (gpointer data, const RtcIceFlow *flow)
{
  return rtc_ice_mux_port_has_flow (((RtcTcpMux *) data)->ice, flow);
}

/* --- from time to time, while there are connections --- */

static void
mux_set_paused (RtcTcpMux *self, gboolean is_paused)
{
  if (self->is_paused == is_paused)
    return;
  self->is_paused = is_paused;
  mux_watch (self, EPOLL_CTL_MOD, self->fd, is_paused ? 0 : (guint32) EPOLLIN, LISTENER);
}

static gboolean
on_timer (gpointer data)
{
  RtcTcpMux *self = data;
  GstClockTime now = get_now ();

  rtc_ice_connections_check (self->connections, now, has_flow, self);
  mux_close_expired (self, now);
  mux_set_paused (self, FALSE);
  if (rtc_ice_connections_get_any (self->connections) != NULL)
    return G_SOURCE_CONTINUE;
  g_clear_pointer (&self->timer, g_source_unref);
  return G_SOURCE_REMOVE;
}

static void
mux_start_timer (RtcTcpMux *self)
{
  if (self->timer != NULL)
    return;
  self->timer = g_timeout_source_new_seconds (CHECK_SECONDS);
  g_source_set_callback (self->timer, on_timer, self, NULL);
  g_source_set_name (self->timer, "rtc-tcp-mux-check");
  g_source_attach (self->timer, self->context);
}

/* --- accepting --- */

static void
mux_add (RtcTcpMux *self, GstClockTime now, int fd, const struct sockaddr *from)
{
  TcpConnection *connection;
  RtcIceConnection *entry;
  RtcAddress remote, local = get_local_address (fd);

  if (!rtc_address_from_sockaddr (from, &remote)) {
    close (fd);
    return;
  }
  connection = g_new0 (TcpConnection, 1);
  entry = rtc_ice_connections_add (self->connections, now, &remote, &local, connection);
  if (entry == NULL) {
    close (fd);
    g_free (connection);
    return;
  }
  connection->entry = entry;
  connection->fd = fd;
  setsockopt (fd, IPPROTO_TCP, TCP_NODELAY, &(int){ 1 }, sizeof (int));
  setsockopt (fd, IPPROTO_TCP, TCP_NOTSENT_LOWAT, &(int){ RTC_TCP_MUX_UNSENT_BYTES }, sizeof (int));
  mux_watch (self, EPOLL_CTL_ADD, fd, EPOLLIN, entry->flow.connection);
  mux_start_timer (self);
  mux_close_expired (self, now);
}

static void
mux_accept (RtcTcpMux *self, GstClockTime now)
{
  for (guint i = 0; i < MAX_ACCEPTED; i++) {
    struct sockaddr_storage from = { 0 };
    socklen_t len = sizeof from;
    int fd = accept4 (self->fd, (struct sockaddr *) &from, &len, SOCK_NONBLOCK | SOCK_CLOEXEC);

    if (fd >= 0) {
      mux_add (self, now, fd, (struct sockaddr *) &from);
      continue;
    }
    if (errno == EAGAIN || errno == EWOULDBLOCK)
      return;
    /* Whoever waits would wake us again and again. */
    if (errno == EMFILE || errno == ENFILE || errno == ENOBUFS || errno == ENOMEM) {
      const gchar *why = g_strerror (errno);

      if (rtc_log_limit (&self->limit, now, NULL))
        GST_WARNING ("no connection can be accepted: %s", why);
      mux_start_timer (self);
      mux_set_paused (self, TRUE);
      return;
    }
  }
}

/* --- reading --- */

/* Hands over one datagram. FALSE: the connection is to be closed. */
static gboolean
mux_take (
    RtcTcpMux *self, TcpConnection *connection, GstClockTime now, const guint8 *data, gsize len)
{
  RtcIceFlow flow = connection->entry->flow;

  self->stats.received++;
  /* Who begins with something else speaks another protocol. */
  if (!connection->entry->is_known && rtc_demux_classify (data, len) != RTC_DEMUX_STUN)
    return FALSE;
  rtc_ice_mux_port_handle_datagram (self->ice, now, &flow, data, len);
  return rtc_ice_connections_note_frame (
      self->connections, connection->entry, connection->entry->is_known || has_flow (self, &flow));
}

/* Hands over what is complete. FALSE: the connection is to be closed. */
static gboolean
mux_take_all (RtcTcpMux *self, TcpConnection *connection, GstClockTime now, gsize n_bytes)
{
  RtcReader input = rtc_reader (self->bytes, n_bytes);
  RtcResult result;
  const guint8 *data;
  gsize len;

  while ((result = rtc_ice_deframer_next (&connection->in, &input, &data, &len)) == RTC_OK) {
    if (!mux_take (self, connection, now, data, len))
      return FALSE;
  }
  return result == RTC_AGAIN;
}

static void
mux_read (RtcTcpMux *self, TcpConnection *connection, GstClockTime now)
{
  gssize n = recv (connection->fd, self->bytes, sizeof self->bytes, MSG_DONTWAIT);

  if (n < 0 && (errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR))
    return;
  if (n <= 0) {
    mux_close (self, connection);
  } else if (!mux_take_all (self, connection, now, (gsize) n)) {
    self->stats.broken++;
    mux_close (self, connection);
  }
}

/* --- writing --- */

static void
mux_set_waits (RtcTcpMux *self, TcpConnection *connection, gboolean waits)
{
  if (connection->waits == waits)
    return;
  connection->waits = waits;
  mux_watch (self, EPOLL_CTL_MOD, connection->fd, EPOLLIN | (waits ? (guint32) EPOLLOUT : 0),
      connection->entry->flow.connection);
}

/* What the kernel takes now. Errors show when it is read from. */
static void
mux_write (RtcTcpMux *self, TcpConnection *connection)
{
  const guint8 *data;
  gsize len;

  while ((data = rtc_ice_outbox_peek (&connection->out, &len)) != NULL) {
    gssize n = send (connection->fd, data, len, MSG_NOSIGNAL | MSG_DONTWAIT);

    if (n < 0 && errno == EINTR)
      continue;
    if (n < 0 && errno != EAGAIN && errno != EWOULDBLOCK)
      rtc_ice_outbox_clear (&connection->out);
    if (n <= 0)
      break;
    rtc_ice_outbox_take (&connection->out, (gsize) n);
  }
  mux_set_waits (self, connection, connection->out.len > 0);
}

RtcResult
rtc_tcp_mux_send (RtcTcpMux *self, const RtcIceFlow *flow, const guint8 *data, gsize len)
{
  TcpConnection *connection = mux_find (self, flow->connection);
  RtcResult result;

  if (connection == NULL)
    return RTC_ERR_PEER_CLOSED;
  result = rtc_ice_outbox_add (&connection->out, data, len);
  if (result != RTC_OK) {
    self->stats.dropped++;
    return result;
  }
  self->stats.sent++;
  if (!connection->is_dirty && !connection->waits) {
    connection->is_dirty = TRUE;
    g_ptr_array_add (self->dirty, connection);
  }
  return RTC_OK;
}

void
rtc_tcp_mux_flush (RtcTcpMux *self)
{
  for (guint i = 0; i < self->dirty->len; i++) {
    TcpConnection *connection = self->dirty->pdata[i];

    connection->is_dirty = FALSE;
    mux_write (self, connection);
  }
  g_ptr_array_set_size (self->dirty, 0);
}

/* --- the source --- */

void
rtc_tcp_mux_receive (RtcTcpMux *self)
{
  struct epoll_event events[MAX_EVENTS];
  int n = epoll_wait (self->epoll, events, MAX_EVENTS, 0);
  GstClockTime now = get_now ();

  for (int i = 0; i < n; i++) {
    TcpConnection *connection;

    if (events[i].data.u64 == LISTENER) {
      mux_accept (self, now);
      continue;
    }
    connection = mux_find (self, events[i].data.u64);
    if (connection != NULL && (events[i].events & EPOLLOUT) != 0)
      mux_write (self, connection);
    if (connection != NULL && (events[i].events & ~(guint32) EPOLLOUT) != 0)
      mux_read (self, connection, now);
  }
}

static gboolean
on_ready (gint fd, GIOCondition condition, gpointer data)
{
  rtc_tcp_mux_receive (data);
  return G_SOURCE_CONTINUE;
}

void
rtc_tcp_mux_start (RtcTcpMux *self, GMainContext *context, RtcIceMuxPort *port)
{
  self->ice = port;
  self->context = g_main_context_ref (context);
  mux_watch (self, EPOLL_CTL_ADD, self->fd, EPOLLIN, LISTENER);
  self->source = g_unix_fd_source_new (self->epoll, G_IO_IN);
  g_source_set_callback (self->source, G_SOURCE_FUNC (on_ready), self, NULL);
  g_source_set_name (self->source, "rtc-tcp-mux");
  g_source_set_can_recurse (self->source, TRUE); /* as rtc-udp-mux.c */
  g_source_attach (self->source, context);
  GST_INFO ("media of peers without UDP on TCP port %u", self->port);
}

void
rtc_tcp_mux_free (RtcTcpMux *self)
{
  RtcIceConnection *entry;

  if (self == NULL)
    return;
  while ((entry = rtc_ice_connections_get_any (self->connections)) != NULL)
    mux_close (self, entry->user_data);
  if (self->timer != NULL)
    g_source_destroy (self->timer);
  g_clear_pointer (&self->timer, g_source_unref);
  if (self->source != NULL)
    g_source_destroy (self->source);
  g_clear_pointer (&self->source, g_source_unref);
  g_clear_pointer (&self->context, g_main_context_unref);
  rtc_ice_connections_free (self->connections);
  g_ptr_array_unref (self->dirty);
  close (self->epoll);
  close (self->fd);
  g_free (self);
}

void
rtc_tcp_mux_get_stats (const RtcTcpMux *self, RtcTcpMuxStats *out)
{
  *out = self->stats;
  rtc_ice_connections_get_stats (self->connections, &out->connections);
}
