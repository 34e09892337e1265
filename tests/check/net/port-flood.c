/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#define _GNU_SOURCE /* struct in_pktinfo */
#include "port-flood.h"

#include <errno.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "gst/rtc/ice/rtc-stun.h"

/* 127.1.0.0 and so on. */
#define N_ADDRESSES 65536

/* Open at the same time. */
#define N_CONNECTIONS 200

/* RFC 6347 4.2.1, 4.3.2: as a ClientHello begins, and as much of it as browsers send at once. */
#define HELLO_BYTES 1200

struct _PortFlood {
  PortFloodKind kind;
  guint rate;
  gchar *ufrag;
  struct sockaddr_in to;
  int fd;
  int connections[N_CONNECTIONS];
  GThread *thread;
  gint is_over; /* atomic */
  guint n;
  PortFloodStats stats;
  guint32 sent[N_ADDRESSES], received[N_ADDRESSES]; /* bytes of each address */
};

/* --- datagrams --- */

static gsize
make_hello (PortFlood *self, guint8 *data)
{
  static const guint8 hello[] = { 22, 254, 255, 0, 0, 0, 0, 0, 0, 0, 0, 4, 163, 1, 0, 4, 151, 0, 0,
    0, 0, 0, 0, 4, 151, 254, 253 };
  static const guint8 alert[] = { 21, 254, 253, 0, 0, 0, 0, 0, 0, 0, 9, 0, 2, 2, 40 };

  switch (self->n / 8 % 8) {
    case 0:
      memcpy (data, alert, sizeof alert);
      return sizeof alert;
    case 1:
      memset (data, 0x80, 200);
      data[1] = self->n % 2 ? 96 : 200;
      return 200;
    case 2:
      memset (data, 0x16, 100);
      return 100;
    default:
      memset (data, (int) self->n, HELLO_BYTES);
      memcpy (data, hello, sizeof hello);
      return HELLO_BYTES;
  }
}

static gsize
make_check (PortFlood *self, const gchar *ufrag, const gchar *pwd, guint8 *data)
{
  guint8 id[RTC_STUN_ID_BYTES] = { 0 };
  RtcWriter w;

  memcpy (id, &self->n, sizeof self->n);
  w = rtc_stun_begin (data, RTC_STUN_MAX_BYTES, RTC_STUN_REQUEST, id);
  if (ufrag != NULL)
    rtc_stun_write_username (&w, ufrag, "flood");
  rtc_stun_write_priority (&w, 1);
  rtc_stun_write_role (&w, RTC_STUN_ROLE_CONTROLLING, self->n);
  rtc_stun_write_use_candidate (&w);
  return rtc_stun_end (&w, pwd);
}

static gsize
make_bare (PortFlood *self, guint8 *data)
{
  static const RtcStunClass classes[] = { RTC_STUN_REQUEST, RTC_STUN_SUCCESS, RTC_STUN_ERROR,
    RTC_STUN_INDICATION };
  guint8 id[RTC_STUN_ID_BYTES] = { 0 };
  RtcWriter w;

  memcpy (id, &self->n, sizeof self->n);
  w = rtc_stun_begin (data, RTC_STUN_MAX_BYTES, classes[self->n / 8 % 4], id);
  if (self->n / 32 % 2 == 0)
    rtc_stun_write_error (&w, 403, "Forbidden");
  return rtc_stun_end (&w, NULL);
}

static gsize
make_datagram (PortFlood *self, guint8 *data)
{
  gchar ufrag[16];

  switch (self->kind == PORT_FLOOD_ALL ? self->n % PORT_FLOOD_ALL : self->kind) {
    case PORT_FLOOD_UNKNOWN:
      g_snprintf (ufrag, sizeof ufrag, "%08x", self->n);
      return make_check (self, ufrag, "0123456789012345678901", data);
    case PORT_FLOOD_INTEGRITY:
      return make_check (self, self->ufrag, "0123456789012345678901", data);
    case PORT_FLOOD_BARE:
      return make_bare (self, data);
    default:
      return make_hello (self, data);
  }
}

/* From one of all addresses. */
static void
flood_send (PortFlood *self)
{
  guint address = self->n * 40503u % N_ADDRESSES;
  union {
    struct cmsghdr align;
    guint8 bytes[CMSG_SPACE (sizeof (struct in_pktinfo))];
  } control = { 0 };
  guint8 data[2048];
  struct iovec vector = { data, make_datagram (self, data) };
  struct msghdr message = { .msg_name = &self->to,
    .msg_namelen = sizeof self->to,
    .msg_iov = &vector,
    .msg_iovlen = 1,
    .msg_control = &control,
    .msg_controllen = sizeof control };
  struct in_pktinfo info = { .ipi_spec_dst.s_addr = htonl (0x7f010000u + address) };
  struct cmsghdr *c = CMSG_FIRSTHDR (&message);

  c->cmsg_level = IPPROTO_IP;
  c->cmsg_type = IP_PKTINFO;
  c->cmsg_len = CMSG_LEN (sizeof info);
  memcpy (CMSG_DATA (c), &info, sizeof info);
  self->n++;
  if (sendmsg (self->fd, &message, 0) < 0)
    return;
  self->sent[address] += (guint32) vector.iov_len;
  self->stats.sent++;
  self->stats.sent_bytes += vector.iov_len;
}

/* Which of our addresses a datagram came to. */
static guint
find_address (struct msghdr *message)
{
  for (struct cmsghdr *c = CMSG_FIRSTHDR (message); c != NULL; c = CMSG_NXTHDR (message, c)) {
    struct in_pktinfo info;

    if (c->cmsg_level != IPPROTO_IP || c->cmsg_type != IP_PKTINFO)
      continue;
    memcpy (&info, CMSG_DATA (c), sizeof info);
    return ntohl (info.ipi_addr.s_addr) % N_ADDRESSES;
  }
  g_assert_not_reached ();
}

static void
flood_receive (PortFlood *self)
{
  guint8 data[2048], control[256];
  gssize len;

  do {
    struct iovec vector = { data, sizeof data };
    struct msghdr message = {
      .msg_iov = &vector, .msg_iovlen = 1, .msg_control = control, .msg_controllen = sizeof control
    };

    len = recvmsg (self->fd, &message, MSG_DONTWAIT);
    if (len < 0)
      break;
    self->received[find_address (&message)] += (guint32) len;
    self->stats.received++;
    self->stats.received_bytes += (guint64) len;
  } while (TRUE);
}

/* --- connections --- */

static void
flood_connect (PortFlood *self)
{
  struct sockaddr_in from = { .sin_family = AF_INET,
    .sin_addr.s_addr = htonl (0x7f010000u + self->n * 40503u % N_ADDRESSES) };
  int *fd = &self->connections[self->n % N_CONNECTIONS];

  if (*fd >= 0)
    close (*fd);
  *fd = socket (AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (bind (*fd, (struct sockaddr *) &from, sizeof from) == 0
      && connect (*fd, (struct sockaddr *) &self->to, sizeof self->to) == 0) {
    self->stats.sent++;
    if (self->n % 2 == 0)
      send (*fd, "GET / HTTP/1.1\r\n\r\n", 18, MSG_NOSIGNAL | MSG_DONTWAIT);
  }
  self->n++;
}

/* --- life --- */

static gpointer
flood_run (gpointer data)
{
  PortFlood *self = data;
  struct timespec next;

  clock_gettime (CLOCK_MONOTONIC, &next);
  for (guint ms = 1; !g_atomic_int_get (&self->is_over); ms++) {
    guint due = (guint) ((guint64) ms * self->rate / 1000);

    while (self->n < due && !g_atomic_int_get (&self->is_over)) {
      if (self->kind == PORT_FLOOD_CONNECTIONS)
        flood_connect (self);
      else
        flood_send (self);
    }
    flood_receive (self);
    next.tv_nsec += 1000000;
    if (next.tv_nsec >= 1000000000) {
      next.tv_nsec -= 1000000000;
      next.tv_sec++;
    }
    clock_nanosleep (CLOCK_MONOTONIC, TIMER_ABSTIME, &next, NULL);
  }
  return NULL;
}

PortFlood *
port_flood_start (PortFloodKind kind, guint port, guint rate, const gchar *ufrag)
{
  PortFlood *self = g_new0 (PortFlood, 1);
  struct sockaddr_in any = { .sin_family = AF_INET };

  self->kind = kind;
  self->rate = rate;
  self->ufrag = g_strdup (ufrag);
  self->to = (struct sockaddr_in){ .sin_family = AF_INET,
    .sin_port = htons ((guint16) port),
    .sin_addr.s_addr = htonl (INADDR_LOOPBACK) };
  self->fd = socket (AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  g_assert_cmpint (bind (self->fd, (struct sockaddr *) &any, sizeof any), ==, 0);
  setsockopt (self->fd, IPPROTO_IP, IP_PKTINFO, &(int){ 1 }, sizeof (int));
  memset (self->connections, -1, sizeof self->connections);
  self->thread = g_thread_new ("port-flood", flood_run, self);
  return self;
}

void
port_flood_stop (PortFlood *self, PortFloodStats *out)
{
  g_atomic_int_set (&self->is_over, 1);
  g_thread_join (self->thread);
  flood_receive (self);
  for (guint i = 0; i < N_ADDRESSES; i++) {
    g_assert_true (self->received[i] == 0 || self->sent[i] > 0);
    if (self->received[i] > 0)
      self->stats.max_gain =
          MAX (self->stats.max_gain, (guint) (self->received[i] * 1000ull / self->sent[i]));
  }
  *out = self->stats;
  for (guint i = 0; i < N_CONNECTIONS; i++)
    if (self->connections[i] >= 0)
      close (self->connections[i]);
  close (self->fd);
  g_free (self->ufrag);
  g_free (self);
}
