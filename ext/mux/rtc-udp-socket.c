/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#define _GNU_SOURCE /* recvmmsg(), struct in6_pktinfo */
#include "ext/mux/rtc-udp-socket.h"

#include <errno.h>
#include <unistd.h>

#include "ext/net/rtc-sockaddr.h"
#include "gst/rtc/base/rtc-log.h"

#define GST_CAT_DEFAULT rtc_log_ice

/* Datagrams of one recvmmsg(). */
#define BATCH 32

/* What the kernel may hold while we are busy: a key frame's worth for many viewers, and their
 * feedback. The kernel gives what it allows (net.core.wmem_max, rmem_max). */
#define BUFFER_BYTES (4 * 1024 * 1024)

typedef union {
  struct cmsghdr align;
  guint8 bytes[CMSG_SPACE (sizeof (struct in6_pktinfo)) + CMSG_SPACE (sizeof (struct in_pktinfo))
               + CMSG_SPACE (sizeof (struct timespec))];
} SocketControl;

struct _RtcUdpSocket {
  int fd;
  gboolean is_ipv6, has_recvmmsg;
  guint16 port;
  RtcUdpBatch *batch;
  RtcUdpSocketStats stats;
  struct mmsghdr headers[BATCH];
  struct iovec vectors[BATCH];
  struct sockaddr_storage addresses[BATCH];
  SocketControl controls[BATCH];
  guint8 bytes[BATCH][RTC_MAX_DATAGRAM + 1];
};

/* --- life --- */

static int
socket_bind (gboolean is_ipv6, guint16 port)
{
  struct sockaddr_in6 any6 = { .sin6_family = AF_INET6, .sin6_port = htons (port) };
  struct sockaddr_in any4 = { .sin_family = AF_INET, .sin_port = htons (port) };
  int fd =
      socket (is_ipv6 ? AF_INET6 : AF_INET, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, IPPROTO_UDP);
  gboolean ok;

  if (fd < 0)
    return -1;
  if (is_ipv6)
    ok = setsockopt (fd, IPPROTO_IPV6, IPV6_V6ONLY, &(int){ 0 }, sizeof (int)) == 0
         && setsockopt (fd, IPPROTO_IPV6, IPV6_RECVPKTINFO, &(int){ 1 }, sizeof (int)) == 0
         && bind (fd, (struct sockaddr *) &any6, sizeof any6) == 0;
  else
    ok = setsockopt (fd, IPPROTO_IP, IP_PKTINFO, &(int){ 1 }, sizeof (int)) == 0
         && bind (fd, (struct sockaddr *) &any4, sizeof any4) == 0;
  if (!ok) {
    int error = errno;

    close (fd);
    errno = error;
    return -1;
  }
  /* Without: the time of reading counts; the kernel's buffers are smaller. */
  setsockopt (fd, SOL_SOCKET, SO_TIMESTAMPNS, &(int){ 1 }, sizeof (int));
  setsockopt (fd, SOL_SOCKET, SO_SNDBUF, &(int){ BUFFER_BYTES }, sizeof (int));
  setsockopt (fd, SOL_SOCKET, SO_RCVBUF, &(int){ BUFFER_BYTES }, sizeof (int));
  return fd;
}

static guint16
socket_find_port (int fd)
{
  struct sockaddr_storage own = { 0 };
  socklen_t len = sizeof own;
  RtcAddress address = { 0 };

  getsockname (fd, (struct sockaddr *) &own, &len);
  rtc_address_from_sockaddr ((struct sockaddr *) &own, &address);
  return address.port;
}

static void
socket_prepare (RtcUdpSocket *self, guint i)
{
  struct msghdr *header = &self->headers[i].msg_hdr;

  self->vectors[i] = (struct iovec){ self->bytes[i], sizeof self->bytes[i] };
  *header = (struct msghdr){ .msg_name = &self->addresses[i],
    .msg_namelen = sizeof self->addresses[i],
    .msg_iov = &self->vectors[i],
    .msg_iovlen = 1,
    .msg_control = &self->controls[i],
    .msg_controllen = sizeof self->controls[i] };
}

RtcUdpSocket *
rtc_udp_socket_new (guint16 port, GError **error)
{
  gboolean is_ipv6 = TRUE;
  int fd = socket_bind (TRUE, port);
  RtcUdpSocket *self;

  /* No IPv6 in this kernel or container. */
  if (fd < 0 && (errno == EAFNOSUPPORT || errno == EADDRNOTAVAIL || errno == EPROTONOSUPPORT)) {
    is_ipv6 = FALSE;
    fd = socket_bind (FALSE, port);
  }
  if (fd < 0) {
    rtc_error (error, RTC_ERR_BACKEND, "UDP port %u cannot be used for media: %s", port,
        g_strerror (errno));
    return NULL;
  }
  self = g_new0 (RtcUdpSocket, 1);
  self->fd = fd;
  self->is_ipv6 = is_ipv6;
  self->has_recvmmsg = TRUE;
  self->port = socket_find_port (fd);
  self->batch = rtc_udp_batch_new ();
  rtc_udp_batch_set_socket (self->batch, fd, is_ipv6, NULL);
  for (guint i = 0; i < BATCH; i++)
    socket_prepare (self, i);
  return self;
}

void
rtc_udp_socket_free (RtcUdpSocket *self)
{
  if (self == NULL)
    return;
  rtc_udp_batch_free (self->batch);
  close (self->fd);
  g_free (self);
}

int
rtc_udp_socket_get_fd (const RtcUdpSocket *self)
{
  return self->fd;
}

guint16
rtc_udp_socket_get_port (const RtcUdpSocket *self)
{
  return self->port;
}

gboolean
rtc_udp_socket_has_ipv6 (const RtcUdpSocket *self)
{
  return self->is_ipv6;
}

RtcUdpBatch *
rtc_udp_socket_get_batch (RtcUdpSocket *self)
{
  return self->batch;
}

void
rtc_udp_socket_get_stats (const RtcUdpSocket *self, RtcUdpSocketStats *out)
{
  *out = self->stats;
}

/* --- receiving --- */

/* Which of our addresses a datagram was sent to. */
static void
read_local (struct msghdr *header, guint16 port, RtcAddress *out)
{
  for (struct cmsghdr *c = CMSG_FIRSTHDR (header); c != NULL; c = CMSG_NXTHDR (header, c)) {
    struct in6_pktinfo info6;
    struct in_pktinfo info4;

    if (c->cmsg_level == IPPROTO_IPV6 && c->cmsg_type == IPV6_PKTINFO) {
      memcpy (&info6, CMSG_DATA (c), sizeof info6);
      *out = rtc_address_make ((const guint8 *) &info6.ipi6_addr, 16, port);
    } else if (c->cmsg_level == IPPROTO_IP && c->cmsg_type == IP_PKTINFO) {
      memcpy (&info4, CMSG_DATA (c), sizeof info4);
      *out = rtc_address_make ((const guint8 *) &info4.ipi_addr, 4, port);
    }
  }
}

static void
socket_hand_over (
    RtcUdpSocket *self, guint i, const RtcArrivalClock *clock, RtcUdpSocketFunc func, gpointer data)
{
  struct msghdr *header = &self->headers[i].msg_hdr;
  gsize len = self->headers[i].msg_len;
  RtcIceFlow flow = { 0 };

  if (len > RTC_MAX_DATAGRAM) {
    self->stats.truncated++;
  } else if (rtc_address_from_sockaddr (header->msg_name, &flow.remote)) {
    read_local (header, self->port, &flow.local);
    self->stats.datagrams++;
    self->stats.bytes += len;
    func (data, rtc_arrival_clock_get (clock, header), &flow, self->bytes[i], len);
  }
  socket_prepare (self, i);
}

/* How many came; 0: none, or an error that another try does not mend. */
static guint
socket_read (RtcUdpSocket *self)
{
  gssize len;
  int n;

  if (self->has_recvmmsg) {
    do
      n = recvmmsg (self->fd, self->headers, BATCH, MSG_DONTWAIT, NULL);
    while (n < 0 && errno == EINTR);
    if (n >= 0 || errno != ENOSYS)
      return (guint) MAX (n, 0);
    self->has_recvmmsg = FALSE;
  }
  len = recvmsg (self->fd, &self->headers[0].msg_hdr, MSG_DONTWAIT);
  self->headers[0].msg_len = (guint) MAX (len, 0);
  return len >= 0 ? 1 : 0;
}

gboolean
rtc_udp_socket_receive (RtcUdpSocket *self, guint max, RtcUdpSocketFunc func, gpointer data)
{
  for (guint total = 0; total < max;) {
    guint n = socket_read (self);
    RtcArrivalClock clock;

    rtc_arrival_clock_read (&clock);
    for (guint i = 0; i < n; i++)
      socket_hand_over (self, i, &clock, func, data);
    total += n;
    if (n < (self->has_recvmmsg ? BATCH : 1))
      return FALSE;
  }
  return TRUE;
}
