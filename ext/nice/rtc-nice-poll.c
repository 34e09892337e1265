/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "ext/nice/rtc-nice-poll.h"

#include <errno.h>
#include <glib-unix.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/epoll.h>
#include <unistd.h>
#include <gst/gst.h>
#include "ext/net/rtc-sockaddr.h"
#include "gst/rtc/base/rtc-log.h"
#include "gst/rtc/base/rtc-types.h"

#define GST_CAT_DEFAULT rtc_log_ice

/* Descriptors served in one go, and datagrams read from one: others have their turn too. What is
 * left makes the descriptor ready again at once. */
#define MAX_EVENTS 256
#define MAX_DATAGRAMS 64
/* What the kernel may hold of a peer's while we are busy, as it counts: some 2 KiB for a datagram
 * of 1,200 bytes. A data channel's window of 1 MiB fits; the usual 208 KiB lose a tenth of that.
 * The kernel may allow less (net.core.rmem_max). */
#define RECEIVE_BYTES (4 * 1024 * 1024)
/* Descriptors of one agent: two sockets per local address and server at most, see
 * rtc-nice-candidate.h, and the wake-up of the context. */
#define MAX_DESCRIPTORS 256

/* RFC 7983 7: 20..63 is DTLS, 128..191 is SRTP and SRTCP. The rest is libnice's. */
#define IS_MEDIA(byte) (((byte) >= 20 && (byte) <= 63) || ((byte) >= 128 && (byte) <= 191))

struct _RtcNicePoll {
  GSource *source;
  int epoll;
  GHashTable *watches; /* RtcNiceWatch.id -> RtcNiceWatch * */
  GHashTable *owners;  /* descriptor -> id of the watch that epoll has it for */
  guint32 last_id;
};

struct _RtcNiceWatch {
  RtcNicePoll *poll;
  guint32 id;
  GMainContext *context;
  int wakeup;        /* of context: ready when its descriptors changed */
  guint last_source; /* id of the last source of context that was looked at */
  GArray *fds;       /* GPollFD, as epoll knows them */

  int direct; /* -1: none */
  struct sockaddr_storage from;
  RtcNiceDatagramFunc func;
  gpointer user_data;

  RtcNicePeekFunc peek; /* (nullable) */
  gpointer peek_data;
};

typedef struct {
  GSource source;
  RtcNicePoll *poll;
} PollSource;

/* --- the descriptors of a context --- */

static guint64
watch_key (const RtcNiceWatch *self, int fd)
{
  return (guint64) self->id << 32 | (guint32) fd;
}

static guint32
poll_to_epoll (gushort events)
{
  return ((events & G_IO_IN) != 0 ? (guint32) EPOLLIN : 0)
         | ((events & G_IO_OUT) != 0 ? (guint32) EPOLLOUT : 0)
         | ((events & G_IO_PRI) != 0 ? (guint32) EPOLLPRI : 0);
}

static void
watch_add_fd (RtcNiceWatch *self, const GPollFD *fd)
{
  struct epoll_event event = { .events = poll_to_epoll (fd->events),
    .data.u64 = watch_key (self, fd->fd) };

  /* A number that we know may be another socket's by now. */
  if (epoll_ctl (self->poll->epoll, EPOLL_CTL_ADD, fd->fd, &event) != 0
      && (errno != EEXIST || epoll_ctl (self->poll->epoll, EPOLL_CTL_MOD, fd->fd, &event) != 0))
    GST_ERROR ("descriptor %d cannot be watched: %s", fd->fd, g_strerror (errno));
  g_hash_table_insert (self->poll->owners, GINT_TO_POINTER (fd->fd), GUINT_TO_POINTER (self->id));
}

/* Fails for a closed one, which is gone already; its number may be another watch's by now. */
static void
watch_remove_fd (RtcNiceWatch *self, int fd)
{
  GHashTable *owners = self->poll->owners;

  if (GPOINTER_TO_UINT (g_hash_table_lookup (owners, GINT_TO_POINTER (fd))) != self->id)
    return;
  g_hash_table_remove (owners, GINT_TO_POINTER (fd));
  epoll_ctl (self->poll->epoll, EPOLL_CTL_DEL, fd, NULL);
}

static gboolean
has_fd (const GPollFD *fds, guint n, int fd)
{
  for (guint i = 0; i < n; i++) {
    if (fds[i].fd == fd)
      return TRUE;
  }
  return FALSE;
}

/* GLib takes the descriptors of a source that must not recurse out of the poll set while it is
 * dispatched, which costs two wake-ups of the context each time. Nobody recurses here. */
static void
watch_spare_wakeups (RtcNiceWatch *self)
{
  GSource *probe = g_idle_source_new ();
  guint next = g_source_attach (probe, self->context);

  g_source_destroy (probe);
  g_source_unref (probe);
  for (guint id = self->last_source + 1; id < next; id++) {
    GSource *source = g_main_context_find_source_by_id (self->context, id);

    if (source != NULL)
      g_source_set_can_recurse (source, TRUE);
  }
  self->last_source = next;
}

/* Makes epoll know what the context wants to poll. */
static void
watch_refresh (RtcNiceWatch *self)
{
  GPollFD fds[MAX_DESCRIPTORS];
  gint priority, timeout, n;

  watch_spare_wakeups (self);
  g_main_context_acquire (self->context);
  g_main_context_prepare (self->context, &priority);
  n = g_main_context_query (self->context, G_MAXINT, &timeout, fds, MAX_DESCRIPTORS);
  g_main_context_release (self->context);
  if (n > MAX_DESCRIPTORS) {
    GST_ERROR ("an ICE agent has %d descriptors, of which %d are watched", n, MAX_DESCRIPTORS);
    n = MAX_DESCRIPTORS;
  }
  for (guint i = 0; i < self->fds->len; i++) {
    int old = g_array_index (self->fds, GPollFD, i).fd;

    if (!has_fd (fds, (guint) n, old))
      watch_remove_fd (self, old);
  }
  for (gint i = 0; i < n; i++)
    watch_add_fd (self, &fds[i]);
  g_array_set_size (self->fds, 0);
  g_array_append_vals (self->fds, fds, (guint) n);
}

/* --- reading past libnice --- */

static gboolean
is_same_address (const struct sockaddr_storage *a, const struct sockaddr_storage *b)
{
  const struct sockaddr_in *a4 = (const struct sockaddr_in *) a, *b4 = (const void *) b;
  const struct sockaddr_in6 *a6 = (const struct sockaddr_in6 *) a, *b6 = (const void *) b;

  if (a->ss_family != b->ss_family)
    return FALSE;
  if (a->ss_family == AF_INET)
    return a4->sin_port == b4->sin_port && a4->sin_addr.s_addr == b4->sin_addr.s_addr;
  return a->ss_family == AF_INET6 && a6->sin6_port == b6->sin6_port
         && memcmp (&a6->sin6_addr, &b6->sin6_addr, sizeof a6->sin6_addr) == 0;
}

/* Takes the next datagram out of the socket. FALSE: there was none. */
static gboolean
watch_take (RtcNiceWatch *self, const RtcArrivalClock *now)
{
  guint8 data[RTC_MAX_DATAGRAM + 1];
  guint8 control[CMSG_SPACE (sizeof (struct timespec)) + 64];
  struct iovec vector = { data, sizeof data };
  struct msghdr message = {
    .msg_iov = &vector, .msg_iovlen = 1, .msg_control = control, .msg_controllen = sizeof control
  };
  gssize len = recvmsg (self->direct, &message, MSG_DONTWAIT);

  if (len <= 0)
    return FALSE;
  self->func (data, (gsize) len, rtc_arrival_clock_get (now, &message), self->user_data);
  return TRUE;
}

/* What the next datagram or so much of the stream is, without taking it. 0: nothing. */
static gsize
peek_at (int fd, guint8 *data, gsize size)
{
  gssize len = recv (fd, data, size, MSG_PEEK | MSG_DONTWAIT);

  return len > 0 ? (gsize) len : 0;
}

/* TRUE: the next datagram of the direct socket was for whoever peeks, and is gone. */
static gboolean
watch_offer (RtcNiceWatch *self)
{
  guint8 data[RTC_MAX_DATAGRAM];
  int fd = self->direct; /* who peeks may end it */
  gsize len;

  if (self->peek == NULL)
    return FALSE;
  len = peek_at (fd, data, sizeof data);
  if (len == 0 || !self->peek (data, len, self->peek_data))
    return FALSE;
  recv (fd, data, 1, MSG_DONTWAIT);
  return TRUE;
}

/* Shows what libnice is about to read. Fails for what is no socket: the context's wake-up. */
static void
watch_show (RtcNiceWatch *self, int fd)
{
  guint8 data[RTC_MAX_DATAGRAM];
  gsize len = peek_at (fd, data, sizeof data);

  if (len > 0)
    self->peek (data, len, self->peek_data);
}

/* FALSE: the socket is empty, or may hold more of the same; TRUE: what is next is libnice's. */
static gboolean
watch_read_direct (RtcNiceWatch *self)
{
  RtcArrivalClock now;

  rtc_arrival_clock_read (&now);
  for (guint i = 0; i < MAX_DATAGRAMS && self->direct >= 0; i++) {
    struct sockaddr_storage from;
    socklen_t from_len = sizeof from;
    guint8 first;
    gssize len;

    from.ss_family = AF_UNSPEC;
    len = recvfrom (self->direct, &first, 1, MSG_PEEK | MSG_DONTWAIT, (void *) &from, &from_len);
    if (len < 0 && (errno == EAGAIN || errno == EWOULDBLOCK))
      return FALSE;
    if (len <= 0 || !is_same_address (&from, &self->from))
      return TRUE;
    if (!IS_MEDIA (first)) {
      if (!watch_offer (self))
        return TRUE;
    } else if (!watch_take (self, &now)) {
      break;
    }
    /* What comes while we read must not seem to come from the future. */
    if (i % 8 == 7)
      rtc_arrival_clock_read (&now);
  }
  return FALSE;
}

/* --- the source --- */

static void
watch_serve (RtcNiceWatch *self, int fd, guint32 events)
{
  GPollFD wakeup = { .fd = self->wakeup, .events = G_IO_IN };
  gboolean changed;

  if (fd == self->direct && events == EPOLLIN && !watch_read_direct (self))
    return;
  if (self->direct < 0 && self->peek != NULL && fd != self->wakeup && (events & EPOLLIN) != 0)
    watch_show (self, fd);
  /* Each iteration takes the wake-up, for whichever descriptor it was begun. */
  changed = g_poll (&wakeup, 1, 0) != 0;
  g_main_context_iteration (self->context, FALSE);
  if (changed)
    watch_refresh (self);
}

static gboolean
poll_source_dispatch (GSource *source, GSourceFunc callback, gpointer data)
{
  RtcNicePoll *self = ((PollSource *) source)->poll;
  struct epoll_event events[MAX_EVENTS];
  int n = epoll_wait (self->epoll, events, MAX_EVENTS, 0);

  for (int i = 0; i < n; i++) {
    gpointer id = GUINT_TO_POINTER ((guint) (events[i].data.u64 >> 32));
    RtcNiceWatch *watch = g_hash_table_lookup (self->watches, id);

    if (watch != NULL)
      watch_serve (watch, (int) (guint32) events[i].data.u64, events[i].events);
  }
  return G_SOURCE_CONTINUE;
}

static GSourceFuncs poll_source_funcs = { .dispatch = poll_source_dispatch };

/* --- public --- */

RtcNicePoll *
rtc_nice_poll_new (GMainContext *context)
{
  int epoll = epoll_create1 (EPOLL_CLOEXEC);
  RtcNicePoll *self;

  if (epoll < 0)
    return NULL;
  self = g_new0 (RtcNicePoll, 1);
  self->epoll = epoll;
  self->watches = g_hash_table_new (NULL, NULL);
  self->owners = g_hash_table_new (NULL, NULL);
  self->source = g_source_new (&poll_source_funcs, sizeof (PollSource));
  ((PollSource *) self->source)->poll = self;
  g_source_set_name (self->source, "rtc-nice-poll");
  g_source_set_can_recurse (self->source, TRUE);
  g_source_add_unix_fd (self->source, epoll, G_IO_IN);
  g_source_attach (self->source, context);
  return self;
}

void
rtc_nice_poll_free (RtcNicePoll *self)
{
  if (self == NULL)
    return;
  g_return_if_fail (g_hash_table_size (self->watches) == 0);
  g_source_destroy (self->source);
  g_source_unref (self->source);
  g_hash_table_unref (self->watches);
  g_hash_table_unref (self->owners);
  close (self->epoll);
  g_free (self);
}

RtcNiceWatch *
rtc_nice_watch_new (RtcNicePoll *poll)
{
  RtcNiceWatch *self = g_new0 (RtcNiceWatch, 1);

  self->poll = poll;
  self->id = ++poll->last_id;
  self->context = g_main_context_new ();
  self->fds = g_array_new (FALSE, FALSE, sizeof (GPollFD));
  self->direct = -1;
  g_hash_table_insert (poll->watches, GUINT_TO_POINTER (self->id), self);
  watch_refresh (self);
  /* A context without sources has one descriptor. */
  self->wakeup = g_array_index (self->fds, GPollFD, 0).fd;
  return self;
}

void
rtc_nice_watch_free (RtcNiceWatch *self)
{
  if (self == NULL)
    return;
  for (guint i = 0; i < self->fds->len; i++)
    watch_remove_fd (self, g_array_index (self->fds, GPollFD, i).fd);
  g_hash_table_remove (self->poll->watches, GUINT_TO_POINTER (self->id));
  g_array_unref (self->fds);
  g_main_context_unref (self->context);
  g_free (self);
}

GMainContext *
rtc_nice_watch_get_context (RtcNiceWatch *self)
{
  return self->context;
}

void
rtc_nice_watch_set_direct (RtcNiceWatch *self, int fd, const struct sockaddr *from,
    RtcNiceDatagramFunc func, gpointer user_data)
{
  self->direct = fd;
  self->func = func;
  self->user_data = user_data;
  memset (&self->from, 0, sizeof self->from);
  if (fd >= 0) {
    /* Without, the time of reading counts. */
    setsockopt (fd, SOL_SOCKET, SO_TIMESTAMPNS, &(int){ 1 }, sizeof (int));
    setsockopt (fd, SOL_SOCKET, SO_RCVBUF, &(int){ RECEIVE_BYTES }, sizeof (int));
    memcpy (&self->from, from,
        from->sa_family == AF_INET6 ? sizeof (struct sockaddr_in6) : sizeof (struct sockaddr_in));
  }
}

void
rtc_nice_watch_set_peek (RtcNiceWatch *self, RtcNicePeekFunc func, gpointer user_data)
{
  self->peek = func;
  self->peek_data = user_data;
}

void
rtc_nice_watch_read (RtcNiceWatch *self)
{
  if (self->direct >= 0)
    watch_serve (self, self->direct, EPOLLIN);
}
