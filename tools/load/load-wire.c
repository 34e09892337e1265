/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#define _GNU_SOURCE /* recvmmsg(), struct in6_pktinfo */
#include "tools/load/load-wire.h"

#include <errno.h>
#include <glib-unix.h>
#include <netinet/udp.h>
#include <sys/epoll.h>
#include <unistd.h>

#include "ext/net/rtc-udp-batch.h"
#include "ext/net/rtc-interfaces.h"
#include "ext/net/rtc-sockaddr.h"
#include "gst/rtc/base/rtc-result.h"

#ifndef UDP_GRO
#define UDP_GRO 104
#endif
#ifndef SOL_UDP
#define SOL_UDP 17
#endif

/* Messages of one recvmmsg(), and bytes of one: as much as an IP datagram can hold. */
#define BATCH 16
#define MESSAGE_BYTES 65536

/* Messages read of one socket before the loop has its turn. */
#define READ_BUDGET 64

#define SOCKET_EVENTS 32

/* Times that all readable sockets are read before the rest is left to the loop. */
#define MAX_READS 16
#define BUFFER_BYTES (16 * 1024 * 1024)

/* Addresses are 127.16.0.1 to 127.254.255.254. */
#define FIRST_ADDRESS 0x7f100001u
#define LAST_ADDRESS 0x7ffefffeu

typedef union {
  struct cmsghdr align;
  guint8 bytes[CMSG_SPACE (sizeof (struct in6_pktinfo)) + CMSG_SPACE (sizeof (struct in_pktinfo))
               + CMSG_SPACE (sizeof (struct timespec)) + 2 * CMSG_SPACE (sizeof (int))];
} WireControl;

struct _LoadSocket {
  LoadWire *wire;
  int fd;
  guint16 udp_port;
  gboolean is_ipv6;
  GHashTable *ports; /* &LoadPort.address -> LoadPort; local only */
  LoadPort *only;    /* else */
  guint n_ports;
  guint32 overflows; /* as the kernel counts them */
};

struct _LoadWire {
  RtcLoop *loop;
  LoadWireConfig config;
  int epoll;
  GSource *source;
  RtcLoopHook hook;
  GPtrArray *sockets; /* LoadSocket */
  RtcUdpBatch *batch;
  RtcAddress host; /* one of this host's; port 0 */
  guint32 next_address;
  LoadWireStats stats;
  struct mmsghdr headers[BATCH];
  struct iovec vectors[BATCH];
  struct sockaddr_storage addresses[BATCH];
  WireControl controls[BATCH];
  guint8 bytes[BATCH][MESSAGE_BYTES];
};

/* --- sockets --- */

static int
socket_bind (gboolean is_ipv6)
{
  struct sockaddr_in6 any6 = { .sin6_family = AF_INET6 };
  struct sockaddr_in any4 = { .sin_family = AF_INET };
  int fd =
      socket (is_ipv6 ? AF_INET6 : AF_INET, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, IPPROTO_UDP);
  gboolean ok;

  if (fd < 0)
    return -1;
  if (is_ipv6)
    ok = setsockopt (fd, IPPROTO_IPV6, IPV6_V6ONLY, &(int){ 0 }, sizeof (int)) == 0
         && bind (fd, (struct sockaddr *) &any6, sizeof any6) == 0;
  else
    ok = setsockopt (fd, IPPROTO_IP, IP_PKTINFO, &(int){ 1 }, sizeof (int)) == 0
         && bind (fd, (struct sockaddr *) &any4, sizeof any4) == 0;
  if (ok)
    return fd;
  close (fd);
  return -1;
}

/* Whatever of it is refused: the figures get worse, not wrong. */
static void
socket_set_options (int fd, gboolean has_gro)
{
  if (has_gro)
    setsockopt (fd, SOL_UDP, UDP_GRO, &(int){ 1 }, sizeof (int));
  setsockopt (fd, SOL_SOCKET, SO_RXQ_OVFL, &(int){ 1 }, sizeof (int));
  setsockopt (fd, SOL_SOCKET, SO_TIMESTAMPNS, &(int){ 1 }, sizeof (int));
  setsockopt (fd, SOL_SOCKET, SO_RCVBUF, &(int){ BUFFER_BYTES }, sizeof (int));
  setsockopt (fd, SOL_SOCKET, SO_RCVBUFFORCE, &(int){ BUFFER_BYTES }, sizeof (int));
}

static void
socket_free (gpointer data)
{
  LoadSocket *self = data;

  close (self->fd);
  g_clear_pointer (&self->ports, g_hash_table_unref);
  g_free (self);
}

static LoadSocket *
socket_new (LoadWire *wire, GError **error)
{
  gboolean is_ipv6 = !wire->config.is_local;
  int fd = socket_bind (is_ipv6);
  struct epoll_event event = { .events = EPOLLIN };
  struct sockaddr_storage own;
  socklen_t len = sizeof own;
  LoadSocket *self;
  RtcAddress address = { 0 };

  if (fd < 0 && is_ipv6) {
    is_ipv6 = FALSE;
    fd = socket_bind (FALSE);
  }
  if (fd < 0) {
    rtc_error (error, RTC_ERR_BACKEND, "no socket for one more viewer: %s", g_strerror (errno));
    return NULL;
  }
  socket_set_options (fd, wire->config.has_gro);
  getsockname (fd, (struct sockaddr *) &own, &len);
  rtc_address_from_sockaddr ((struct sockaddr *) &own, &address);
  self = g_new0 (LoadSocket, 1);
  self->wire = wire;
  self->fd = fd;
  self->is_ipv6 = is_ipv6;
  self->udp_port = address.port;
  if (wire->config.is_local)
    self->ports = g_hash_table_new ((GHashFunc) rtc_address_hash, (GEqualFunc) rtc_address_equal);
  event.data.ptr = self;
  epoll_ctl (wire->epoll, EPOLL_CTL_ADD, fd, &event);
  g_ptr_array_add (wire->sockets, self);
  return self;
}

/* --- receiving --- */

typedef struct {
  RtcAddress from, local;
  gsize segment; /* bytes of each datagram but the last; 0: there is one */
} WireMessage;

static void
message_read (LoadSocket *self, struct msghdr *header, WireMessage *out)
{
  out->segment = 0;
  out->local.family = RTC_ADDRESS_NONE;
  for (struct cmsghdr *c = CMSG_FIRSTHDR (header); c != NULL; c = CMSG_NXTHDR (header, c)) {
    struct in_pktinfo info;
    guint32 overflows;
    int segment;

    if (c->cmsg_level == IPPROTO_IP && c->cmsg_type == IP_PKTINFO) {
      memcpy (&info, CMSG_DATA (c), sizeof info);
      out->local = rtc_address_make ((const guint8 *) &info.ipi_addr, 4, self->udp_port);
    } else if (c->cmsg_level == SOL_UDP && c->cmsg_type == UDP_GRO) {
      memcpy (&segment, CMSG_DATA (c), sizeof segment);
      out->segment = (gsize) MAX (segment, 0);
    } else if (c->cmsg_level == SOL_SOCKET && c->cmsg_type == SO_RXQ_OVFL) {
      memcpy (&overflows, CMSG_DATA (c), sizeof overflows);
      self->wire->stats.overflows += overflows - self->overflows;
      self->overflows = overflows;
    }
  }
}

static void
socket_hand_over (LoadSocket *self, guint i, const RtcArrivalClock *clock)
{
  LoadWire *wire = self->wire;
  struct msghdr *header = &wire->headers[i].msg_hdr;
  GstClockTime time = rtc_arrival_clock_get (clock, header);
  gsize len = wire->headers[i].msg_len, step;
  WireMessage message;
  LoadPort *port;

  if (!rtc_address_from_sockaddr (header->msg_name, &message.from))
    return;
  message_read (self, header, &message);
  port = self->ports != NULL ? g_hash_table_lookup (self->ports, &message.local) : self->only;
  step = message.segment > 0 ? message.segment : MAX (len, 1);
  wire->stats.reads++;
  wire->stats.bytes += len;
  for (gsize at = 0; at < len; at += step) {
    wire->stats.datagrams++;
    if (port == NULL)
      wire->stats.strange++;
    else
      port->func (port->data, time, &message.from, wire->bytes[i] + at, MIN (step, len - at));
  }
}

static void
wire_prepare (LoadWire *self, guint i)
{
  self->vectors[i] = (struct iovec){ self->bytes[i], MESSAGE_BYTES };
  self->headers[i].msg_hdr = (struct msghdr){ .msg_name = &self->addresses[i],
    .msg_namelen = sizeof self->addresses[i],
    .msg_iov = &self->vectors[i],
    .msg_iovlen = 1,
    .msg_control = &self->controls[i],
    .msg_controllen = sizeof self->controls[i] };
}

static void
socket_receive (LoadSocket *self)
{
  LoadWire *wire = self->wire;

  for (guint total = 0; total < READ_BUDGET; total += BATCH) {
    RtcArrivalClock clock;
    int n;

    for (guint i = 0; i < BATCH; i++)
      wire_prepare (wire, i);
    n = recvmmsg (self->fd, wire->headers, BATCH, MSG_DONTWAIT, NULL);
    rtc_arrival_clock_read (&clock);
    for (int i = 0; i < n; i++)
      socket_hand_over (self, (guint) i, &clock);
    if (n < BATCH)
      return;
  }
}

/* FALSE: there was nothing. */
static gboolean
wire_read_once (LoadWire *self)
{
  struct epoll_event events[SOCKET_EVENTS];
  int n = epoll_wait (self->epoll, events, SOCKET_EVENTS, 0);

  for (int i = 0; i < n; i++)
    socket_receive (events[i].data.ptr);
  return n > 0;
}

static gboolean
on_readable (gint fd, GIOCondition condition, gpointer data)
{
  wire_read_once (data);
  return G_SOURCE_CONTINUE;
}

void
load_wire_read (LoadWire *self)
{
  for (guint i = 0; i < MAX_READS && wire_read_once (self); i++)
    ;
}

/* --- sending --- */

void
load_wire_send (
    LoadWire *self, const LoadPort *port, const RtcAddress *to, const guint8 *bytes, gsize len)
{
  RtcIceFlow flow = { .remote = *to };

  /* Which of its addresses a socket of its own sends from is the kernel's choice. */
  if (self->config.is_local)
    flow.local = port->address;
  rtc_udp_batch_set_socket (self->batch, port->socket->fd, port->socket->is_ipv6, NULL);
  if (rtc_udp_batch_add (self->batch, &flow, bytes, len) != RTC_OK)
    self->stats.unsent++;
}

void
load_wire_flush (LoadWire *self)
{
  rtc_udp_batch_flush (self->batch);
}

static gboolean
on_round (gpointer data, GstClockTime now)
{
  load_wire_flush (data);
  return FALSE;
}

/* --- ports --- */

static LoadSocket *
wire_find_socket (LoadWire *self, GError **error)
{
  for (guint i = 0; self->config.is_local && i < self->sockets->len; i++) {
    LoadSocket *socket = g_ptr_array_index (self->sockets, i);

    if (socket->n_ports < LOAD_WIRE_PORTS_PER_SOCKET)
      return socket;
  }
  return socket_new (self, error);
}

/* An address that was in use lately is not used again for as long as possible. */
static void
port_choose_address (LoadWire *self, LoadPort *port)
{
  guint32 network;

  do {
    network = g_htonl (self->next_address);
    self->next_address = self->next_address < LAST_ADDRESS ? self->next_address + 1 : FIRST_ADDRESS;
    port->address = rtc_address_make ((const guint8 *) &network, 4, port->socket->udp_port);
  } while (g_hash_table_contains (port->socket->ports, &port->address));
  g_hash_table_insert (port->socket->ports, &port->address, port);
}

gboolean
load_wire_open (LoadWire *self, LoadPort *port, GError **error)
{
  port->socket = wire_find_socket (self, error);
  if (port->socket == NULL)
    return FALSE;
  port->socket->n_ports++;
  if (self->config.is_local) {
    port_choose_address (self, port);
  } else {
    port->socket->only = port;
    port->address = self->host;
    port->address.port = port->socket->udp_port;
  }
  return TRUE;
}

void
load_wire_close (LoadWire *self, LoadPort *port)
{
  LoadSocket *socket = port->socket;

  if (socket == NULL)
    return;
  load_wire_flush (self);
  rtc_udp_batch_set_socket (self->batch, -1, FALSE, NULL);
  socket->n_ports--;
  port->socket = NULL;
  if (socket->ports != NULL)
    g_hash_table_remove (socket->ports, &port->address);
  else
    g_ptr_array_remove_fast (self->sockets, socket);
}

/* --- life --- */

LoadWire *
load_wire_new (RtcLoop *loop, const LoadWireConfig *config)
{
  LoadWire *self = g_new0 (LoadWire, 1);
  gboolean has_loopback;
  GArray *addresses = rtc_interfaces_list (FALSE, &has_loopback);

  if (addresses->len > 0)
    self->host = g_array_index (addresses, RtcAddress, 0);
  g_array_unref (addresses);
  self->loop = loop;
  self->config = *config;
  self->next_address = FIRST_ADDRESS;
  self->sockets = g_ptr_array_new_with_free_func (socket_free);
  self->batch = rtc_udp_batch_new ();
  self->epoll = epoll_create1 (EPOLL_CLOEXEC);
  self->source = g_unix_fd_source_new (self->epoll, G_IO_IN);
  g_source_set_callback (self->source, G_SOURCE_FUNC (on_readable), self, NULL);
  g_source_set_can_recurse (
      self->source, TRUE); /* it does not, and GLib wakes up less (rtc-udp-mux.c) */
  g_source_attach (self->source, rtc_loop_get_context (loop));
  self->hook = (RtcLoopHook){ on_round, self };
  rtc_loop_add_hook (loop, &self->hook);
  return self;
}

void
load_wire_free (LoadWire *self)
{
  if (self == NULL)
    return;
  rtc_loop_remove_hook (self->loop, &self->hook);
  g_source_destroy (self->source);
  g_source_unref (self->source);
  rtc_udp_batch_free (self->batch);
  g_ptr_array_unref (self->sockets);
  close (self->epoll);
  g_free (self);
}

void
load_wire_get_stats (const LoadWire *self, LoadWireStats *out)
{
  RtcUdpBatchStats batch;

  rtc_udp_batch_get_stats (self->batch, &batch);
  *out = self->stats;
  out->n_sockets = self->sockets->len;
  out->sent = batch.datagrams;
  out->unsent += batch.dropped;
}
