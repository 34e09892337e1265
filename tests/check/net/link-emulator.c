/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#define _GNU_SOURCE
#include "link-emulator.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <poll.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "link-sdp.h"

/* Datagrams read from one socket before the others are looked at. */
#define READ_BATCH 64

/* Sockets' buffers, so that a burst waits for this thread and is not lost before it counts. */
#define SOCKET_BYTES (1 << 20)

#define LATE (1 * GST_MSECOND)

typedef struct {
  gboolean is_known;          /* has an address */
  struct sockaddr_in address; /* the client's */
  int fd;                     /* towards the server */
  struct sockaddr_in bound;
} LinkClient;

struct _LinkEmulator {
  GMutex lock; /* guards what follows, but for the socket descriptors being read */
  SimNet *net;
  LinkTrace *trace; /* (nullable) */
  LinkClient clients[LINK_MAX_CLIENTS];
  guint n_clients;
  int client_fd; /* towards the client */
  struct sockaddr_in client_bound;
  gboolean has_server;
  struct sockaddr_in server;
  LinkEmulatorStats stats;
  gboolean is_ending;

  int wake_fd;
  GThread *thread;
};

static GstClockTime
link_now (void)
{
  struct timespec ts;

  clock_gettime (CLOCK_MONOTONIC, &ts);
  return GST_TIMESPEC_TO_TIME (ts);
}

/* --- sockets ---------------------------------------------------------------------------------- */

/* A UDP socket on that address, any port. */
static int
open_socket (struct in_addr address, struct sockaddr_in *bound)
{
  int fd = socket (AF_INET, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  socklen_t len = sizeof *bound;
  int bytes = SOCKET_BYTES;

  g_assert_cmpint (fd, >=, 0);
  memset (bound, 0, sizeof *bound);
  bound->sin_family = AF_INET;
  bound->sin_addr = address;
  setsockopt (fd, SOL_SOCKET, SO_RCVBUF, &bytes, sizeof bytes);
  setsockopt (fd, SOL_SOCKET, SO_SNDBUF, &bytes, sizeof bytes);
  g_assert_cmpint (bind (fd, (struct sockaddr *) bound, sizeof *bound), ==, 0);
  g_assert_cmpint (getsockname (fd, (struct sockaddr *) bound, &len), ==, 0);
  return fd;
}

/* Moves a socket to another address (another port, too). */
static void
move_socket (int *fd, struct in_addr address, struct sockaddr_in *bound)
{
  close (*fd);
  *fd = open_socket (address, bound);
}

static gboolean
same_address (const struct sockaddr_in *a, const struct sockaddr_in *b)
{
  return a->sin_addr.s_addr == b->sin_addr.s_addr && a->sin_port == b->sin_port;
}

/* The client that has this address, a new one if need be; NULL when there are too many. */
static LinkClient *
link_find_client (LinkEmulator *self, const struct sockaddr_in *address)
{
  LinkClient *client;

  for (guint i = 0; i < self->n_clients; i++) {
    client = &self->clients[i];
    if (!client->is_known) {
      client->is_known = TRUE;
      client->address = *address;
    }
    if (same_address (&client->address, address))
      return client;
  }
  if (self->n_clients == LINK_MAX_CLIENTS)
    return NULL;
  client = &self->clients[self->n_clients++];
  client->is_known = TRUE;
  client->address = *address;
  client->fd = open_socket (self->clients[0].bound.sin_addr, &client->bound);
  return client;
}

/* --- packets ---------------------------------------------------------------------------------- */

static void
link_push (LinkEmulator *self, SimDir dir, const guint8 *data, gsize len, guint client)
{
  sim_net_push_tagged (self->net, link_now (), dir, client, data, len);
}

/* One datagram from a socket; -1: from the client's side, else from the server's of that client.
 * FALSE when there is none. */
static gboolean
link_read_one (LinkEmulator *self, gint client)
{
  int fd = client < 0 ? self->client_fd : self->clients[client].fd;
  guint8 data[RTC_MAX_DATAGRAM];
  struct sockaddr_in from = { 0 };
  socklen_t from_len = sizeof from;
  ssize_t len = recvfrom (fd, data, sizeof data, 0, (struct sockaddr *) &from, &from_len);
  LinkClient *sender;

  if (len < 0)
    return errno == ECONNREFUSED || errno == EINTR;
  if (client >= 0) {
    if (!self->has_server || !same_address (&from, &self->server))
      self->stats.strangers++;
    else
      link_push (self, SIM_B_TO_A, data, (gsize) len, (guint) client);
    return TRUE;
  }
  sender = link_find_client (self, &from);
  if (sender == NULL)
    self->stats.strangers++;
  else
    link_push (self, SIM_A_TO_B, data, (gsize) len, (guint) (sender - self->clients));
  return TRUE;
}

static void
link_deliver (LinkEmulator *self, SimDir dir, guint tag, const RtcPacket *packet, GstClockTime now)
{
  LinkClient *client = &self->clients[tag];
  gboolean to_server = dir == SIM_A_TO_B;
  const struct sockaddr_in *to = to_server ? &self->server : &client->address;

  if (to_server ? !self->has_server : !client->is_known) {
    self->stats.no_target++;
    return;
  }
  if (sendto (to_server ? client->fd : self->client_fd, packet->data, packet->len, 0,
          (const struct sockaddr *) to, sizeof *to)
      < 0) {
    /* ECONNREFUSED tells of an earlier one: somebody has gone. */
    self->stats.socket_full += errno == EAGAIN || errno == ENOBUFS;
    return;
  }
  self->stats.sent++;
  if (now > packet->time) {
    self->stats.late += now - packet->time > LATE;
    self->stats.max_late = MAX (self->stats.max_late, now - packet->time);
  }
}

static void
link_deliver_due (LinkEmulator *self)
{
  RtcPacket *packet;
  SimDir dir;
  guint tag;

  while ((packet = sim_net_pop_due_tagged (self->net, link_now (), &dir, &tag)) != NULL) {
    link_deliver (self, dir, tag, packet, link_now ());
    rtc_packet_unref (packet);
  }
}

/* --- the thread ------------------------------------------------------------------------------- */

static guint
link_fill_polls (LinkEmulator *self, struct pollfd *polls)
{
  guint n = 0;

  polls[n++] = (struct pollfd){ .fd = self->wake_fd, .events = POLLIN };
  polls[n++] = (struct pollfd){ .fd = self->client_fd, .events = POLLIN };
  for (guint i = 0; i < self->n_clients; i++)
    polls[n++] = (struct pollfd){ .fd = self->clients[i].fd, .events = POLLIN };
  return n;
}

static void
link_wait (struct pollfd *polls, guint n, GstClockTime deadline)
{
  GstClockTime now = link_now ();
  struct timespec ts = { 0 };

  if (deadline == GST_CLOCK_TIME_NONE) {
    ppoll (polls, n, NULL, NULL);
    return;
  }
  if (deadline > now)
    GST_TIME_TO_TIMESPEC (deadline - now, ts);
  ppoll (polls, n, &ts, NULL);
}

static void
link_read_all (LinkEmulator *self)
{
  guint64 count;

  if (read (self->wake_fd, &count, sizeof count) < 0)
    g_assert_cmpint (errno, ==, EAGAIN);
  for (gint client = -1; client < (gint) self->n_clients; client++) {
    for (guint i = 0; i < READ_BATCH && link_read_one (self, client); i++)
      link_deliver_due (self);
  }
}

static gpointer
link_run (gpointer data)
{
  LinkEmulator *self = data;
  struct pollfd polls[LINK_MAX_CLIENTS + 2];

  /* Sleep is 50 us longer than asked for by default. */
  prctl (PR_SET_TIMERSLACK, 1UL, 0, 0, 0);
  g_mutex_lock (&self->lock);
  while (!self->is_ending) {
    guint n = link_fill_polls (self, polls);
    GstClockTime deadline = sim_net_next_deadline (self->net);

    g_mutex_unlock (&self->lock);
    link_wait (polls, n, deadline);
    g_mutex_lock (&self->lock);
    link_deliver_due (self);
    link_read_all (self);
    link_deliver_due (self);
  }
  g_mutex_unlock (&self->lock);
  return NULL;
}

static void
link_wake (LinkEmulator *self)
{
  guint64 one = 1;

  if (write (self->wake_fd, &one, sizeof one) < 0)
    g_assert_cmpint (errno, ==, EAGAIN);
}

/* --- for the test ----------------------------------------------------------------------------- */

LinkEmulator *
link_emulator_new (const LinkEmulatorConfig *config)
{
  LinkEmulator *self = g_new0 (LinkEmulator, 1);
  struct in_addr loopback = { htonl (INADDR_LOOPBACK) };

  g_mutex_init (&self->lock);
  if (config->trace_path != NULL) {
    self->trace = link_trace_new_file (config->trace_path);
    g_assert_nonnull (self->trace);
  }
  self->net = sim_net_new_traced (config->seed, self->trace);
  sim_net_set_time (self->net, link_now ());
  sim_net_set_link (self->net, SIM_A_TO_B, &config->to_server);
  sim_net_set_link (self->net, SIM_B_TO_A, &config->to_client);
  self->client_fd = open_socket (loopback, &self->client_bound);
  self->clients[0].fd = open_socket (loopback, &self->clients[0].bound);
  self->n_clients = 1;
  self->wake_fd = eventfd (0, EFD_NONBLOCK | EFD_CLOEXEC);
  self->thread = g_thread_new ("link", link_run, self);
  return self;
}

void
link_emulator_free (LinkEmulator *self)
{
  g_mutex_lock (&self->lock);
  self->is_ending = TRUE;
  g_mutex_unlock (&self->lock);
  link_wake (self);
  g_thread_join (self->thread);
  for (guint i = 0; i < self->n_clients; i++)
    close (self->clients[i].fd);
  close (self->client_fd);
  close (self->wake_fd);
  sim_net_free (self->net);
  link_trace_free (self->trace);
  g_mutex_clear (&self->lock);
  g_free (self);
}

gchar *
link_emulator_rewrite_offer (LinkEmulator *self, const gchar *sdp)
{
  LinkClient *client = &self->clients[0];
  struct sockaddr_in address;
  gchar *rewritten;

  g_mutex_lock (&self->lock);
  if (link_sdp_find_candidate (sdp, &address)) {
    /* On the client's own address, the server surely can reach it. */
    if (!client->is_known)
      move_socket (&client->fd, address.sin_addr, &client->bound);
    link_find_client (self, &address);
  }
  rewritten = link_sdp_replace_candidates (sdp, &client->bound);
  g_mutex_unlock (&self->lock);
  link_wake (self);
  return rewritten;
}

gchar *
link_emulator_rewrite_answer (LinkEmulator *self, const gchar *sdp)
{
  struct sockaddr_in address;
  gchar *rewritten;

  g_mutex_lock (&self->lock);
  if (link_sdp_find_candidate (sdp, &address)) {
    if (!self->has_server)
      move_socket (&self->client_fd, address.sin_addr, &self->client_bound);
    self->server = address;
    self->has_server = TRUE;
  }
  rewritten = link_sdp_replace_candidates (sdp, &self->client_bound);
  g_mutex_unlock (&self->lock);
  link_wake (self);
  return rewritten;
}

guint16
link_emulator_get_client_port (LinkEmulator *self)
{
  return ntohs (self->client_bound.sin_port);
}

guint16
link_emulator_get_server_port (LinkEmulator *self)
{
  return ntohs (self->clients[0].bound.sin_port);
}

void
link_emulator_set_server (LinkEmulator *self, const gchar *address, guint16 port)
{
  g_mutex_lock (&self->lock);
  self->server = (struct sockaddr_in){ .sin_family = AF_INET, .sin_port = htons (port) };
  g_assert_cmpint (inet_pton (AF_INET, address, &self->server.sin_addr), ==, 1);
  self->has_server = TRUE;
  g_mutex_unlock (&self->lock);
}

void
link_emulator_set_link (LinkEmulator *self, SimDir dir, const SimLink *link)
{
  g_mutex_lock (&self->lock);
  sim_net_set_time (self->net, link_now ());
  sim_net_set_link (self->net, dir, link);
  g_mutex_unlock (&self->lock);
}

void
link_emulator_set_schedule (LinkEmulator *self, SimDir dir, const LinkRateStep *steps, guint n)
{
  LinkRateStep *shifted = g_memdup2 (steps, n * sizeof *steps);
  GstClockTime now = link_now ();

  for (guint i = 0; i < n; i++)
    shifted[i].at += now;
  g_mutex_lock (&self->lock);
  sim_net_set_time (self->net, now);
  sim_net_set_schedule (self->net, dir, shifted, n);
  g_mutex_unlock (&self->lock);
  g_free (shifted);
}

void
link_emulator_add_cross (LinkEmulator *self, const LinkCrossConfig *config)
{
  LinkCrossConfig shifted = *config;
  GstClockTime now = link_now ();

  shifted.from += now;
  shifted.to = config->to != 0 ? config->to + now : 0;
  g_mutex_lock (&self->lock);
  sim_net_add_cross (self->net, &shifted);
  g_mutex_unlock (&self->lock);
  link_wake (self);
}

void
link_emulator_note (LinkEmulator *self, SimDir dir, const gchar *name, gdouble value)
{
  g_mutex_lock (&self->lock);
  link_trace_value (self->trace, link_now (), dir, 0, name, value);
  g_mutex_unlock (&self->lock);
}

void
link_emulator_add_blackhole (LinkEmulator *self, SimDir dir, guint from_ms, guint to_ms)
{
  GstClockTime now = link_now ();

  g_mutex_lock (&self->lock);
  sim_net_add_blackhole (self->net, dir, now + from_ms * GST_MSECOND, now + to_ms * GST_MSECOND);
  g_mutex_unlock (&self->lock);
}

void
link_emulator_rebind (LinkEmulator *self)
{
  g_mutex_lock (&self->lock);
  for (guint i = 0; i < self->n_clients; i++) {
    LinkClient *client = &self->clients[i];
    int former = client->fd;

    /* The new one first, or the kernel might give the same port again. */
    client->fd = open_socket (client->bound.sin_addr, &client->bound);
    close (former);
  }
  g_mutex_unlock (&self->lock);
  link_wake (self);
}

void
link_emulator_get_stats (LinkEmulator *self, LinkEmulatorStats *out)
{
  g_mutex_lock (&self->lock);
  *out = self->stats;
  for (guint i = 0; i < SIM_N_DIRS; i++)
    sim_net_get_stats (self->net, (SimDir) i, &out->ways[i]);
  g_mutex_unlock (&self->lock);
}
