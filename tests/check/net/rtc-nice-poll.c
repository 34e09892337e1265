/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* Contexts behind an epoll descriptor: who gets which datagram. */
#include "ext/nice/rtc-nice-poll.h"

#include <arpa/inet.h>
#include <string.h>
#include <unistd.h>

/* An agent's socket, watched as libnice does, and two that send to it. */
typedef struct {
  GMainContext *context;
  RtcNicePoll *poll;
  RtcNiceWatch *watch;
  GSocket *own;
  GSource *source;
  int peer, stranger;
  GString *seen; /* "d" and the first byte for direct ones, "s" for the source's */
} Setup;

static void
on_direct (const guint8 *data, gsize len, guint64 time, gpointer user_data)
{
  guint64 now = (guint64) g_get_monotonic_time () * 1000;

  g_assert_cmpuint (time, <=, now + 1000);
  g_assert_cmpuint (time, >, now - 10 * (guint64) 1000000000);
  g_string_append_printf (((Setup *) user_data)->seen, "d%02x%u ", data[0], (guint) len);
}

/* As libnice does, reads until the socket is empty. */
static gboolean
on_readable (GSocket *socket, GIOCondition condition, gpointer user_data)
{
  gchar data[64];
  gssize len;

  while ((len = g_socket_receive_with_blocking (socket, data, sizeof data, FALSE, NULL, NULL)) > 0)
    g_string_append_printf (((Setup *) user_data)->seen, "s%02x%u ", (guint8) data[0], (guint) len);
  return G_SOURCE_CONTINUE;
}

static void
bind_any (int fd, struct sockaddr_in *address)
{
  socklen_t len = sizeof *address;

  *address = (struct sockaddr_in){ .sin_family = AF_INET };
  address->sin_addr.s_addr = htonl (INADDR_LOOPBACK);
  g_assert_cmpint (bind (fd, (struct sockaddr *) address, len), ==, 0);
  g_assert_cmpint (getsockname (fd, (struct sockaddr *) address, &len), ==, 0);
}

static int
open_sender (const struct sockaddr_in *to)
{
  int fd = socket (AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  struct sockaddr_in unused;

  bind_any (fd, &unused);
  g_assert_cmpint (connect (fd, (const struct sockaddr *) to, sizeof *to), ==, 0);
  return fd;
}

static void
attach_source (Setup *self)
{
  self->source = g_socket_create_source (self->own, G_IO_IN, NULL);
  g_source_set_callback (self->source, G_SOURCE_FUNC (on_readable), self, NULL);
  g_source_attach (self->source, rtc_nice_watch_get_context (self->watch));
}

static void
setup (Setup *self, gconstpointer data)
{
  struct sockaddr_in address;
  int fd = socket (AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);

  self->context = g_main_context_new ();
  self->poll = rtc_nice_poll_new (self->context);
  self->watch = rtc_nice_watch_new (self->poll);
  self->seen = g_string_new (NULL);
  bind_any (fd, &address);
  self->own = g_socket_new_from_fd (fd, NULL);
  self->peer = open_sender (&address);
  self->stranger = open_sender (&address);
  attach_source (self);
  /* That wakes the context up, and who wakes up reads whatever there is. */
  while (g_main_context_iteration (self->context, FALSE))
    ;
}

static void
teardown (Setup *self, gconstpointer data)
{
  g_source_destroy (self->source);
  g_source_unref (self->source);
  rtc_nice_watch_free (self->watch);
  rtc_nice_poll_free (self->poll);
  g_object_unref (self->own);
  close (self->peer);
  close (self->stranger);
  g_string_free (self->seen, TRUE);
  g_main_context_unref (self->context);
}

static void
set_direct (Setup *self)
{
  struct sockaddr_in from;
  socklen_t len = sizeof from;

  getsockname (self->peer, (struct sockaddr *) &from, &len);
  rtc_nice_watch_set_direct (
      self->watch, g_socket_get_fd (self->own), (struct sockaddr *) &from, on_direct, self);
}

static void
send_bytes (int fd, guint8 first, gsize len)
{
  guint8 data[32] = { first };

  g_assert_cmpint (send (fd, data, len, 0), ==, (gssize) len);
}

/* Datagrams on loopback are there when send() returns. */
static void
assert_seen (Setup *self, const gchar *expected)
{
  while (g_main_context_iteration (self->context, FALSE))
    ;
  g_assert_cmpstr (self->seen->str, ==, expected);
  g_string_truncate (self->seen, 0);
}

static void
test_source_only (Setup *self, gconstpointer data)
{
  send_bytes (self->peer, 0x80, 12);
  send_bytes (self->stranger, 0x00, 20);
  assert_seen (self, "s8012 s0020 ");
}

static void
test_direct (Setup *self, gconstpointer data)
{
  set_direct (self);
  send_bytes (self->peer, 0x80, 12);
  send_bytes (self->peer, 0x16, 13);
  assert_seen (self, "d8012 d1613 ");
  send_bytes (self->peer, 0x00, 20); /* STUN */
  assert_seen (self, "s0020 ");
  send_bytes (self->stranger, 0x80, 12);
  assert_seen (self, "s8012 ");
  send_bytes (self->peer, 0x81, 14);
  assert_seen (self, "d8114 ");
}

/* What comes first is handled first, whoever handles it. */
static void
test_order (Setup *self, gconstpointer data)
{
  set_direct (self);
  send_bytes (self->peer, 0x80, 1);
  send_bytes (self->peer, 0x01, 2);
  send_bytes (self->peer, 0x80, 3);
  assert_seen (self, "d801 s012 s803 ");
}

/* Without an iteration; STUN is the source's also then. */
static void
test_read_now (Setup *self, gconstpointer data)
{
  set_direct (self);
  send_bytes (self->peer, 0x80, 1);
  send_bytes (self->peer, 0x01, 2);
  rtc_nice_watch_read (self->watch);
  g_assert_cmpstr (self->seen->str, ==, "d801 s012 ");
  rtc_nice_watch_read (self->watch);
  g_assert_cmpstr (self->seen->str, ==, "d801 s012 ");
}

/* Takes what begins with 0x01. */
static gboolean
on_peek (const guint8 *data, gsize len, gpointer user_data)
{
  g_string_append_printf (((Setup *) user_data)->seen, "p%02x%u ", data[0], (guint) len);
  return data[0] == 1;
}

static void
test_peek_direct (Setup *self, gconstpointer data)
{
  set_direct (self);
  rtc_nice_watch_set_peek (self->watch, on_peek, self);
  send_bytes (self->peer, 0x80, 1);
  send_bytes (self->peer, 0x01, 2);
  send_bytes (self->peer, 0x80, 3);
  assert_seen (self, "d801 p012 d803 ");
  send_bytes (self->peer, 0x00, 4);
  assert_seen (self, "p004 s004 ");
  /* Not from that address. */
  send_bytes (self->stranger, 0x01, 5);
  assert_seen (self, "s015 ");
  rtc_nice_watch_set_peek (self->watch, NULL, NULL);
  send_bytes (self->peer, 0x01, 6);
  assert_seen (self, "s016 ");
}

/* Seen, but not to be kept: what it comes in may be a stream. */
static void
test_peek_all (Setup *self, gconstpointer data)
{
  rtc_nice_watch_set_peek (self->watch, on_peek, self);
  send_bytes (self->peer, 0x01, 2);
  assert_seen (self, "p012 s012 ");
  send_bytes (self->stranger, 0x80, 3);
  assert_seen (self, "p803 s803 ");
}

static void
test_empty_datagram (Setup *self, gconstpointer data)
{
  set_direct (self);
  send_bytes (self->peer, 0x80, 1);
  send_bytes (self->peer, 0x80, 0);
  send_bytes (self->peer, 0x80, 2);
  /* GLib's reader stops at the empty one, as at the end of a stream. */
  assert_seen (self, "d801 d802 ");
}

static void
test_direct_ends (Setup *self, gconstpointer data)
{
  set_direct (self);
  rtc_nice_watch_set_direct (self->watch, -1, NULL, NULL, NULL);
  send_bytes (self->peer, 0x80, 12);
  assert_seen (self, "s8012 ");
}

/* No source, nobody who reads: nothing is dispatched, so nothing spins. */
static void
test_source_goes_and_comes (Setup *self, gconstpointer data)
{
  g_source_destroy (self->source);
  g_source_unref (self->source);
  assert_seen (self, "");
  send_bytes (self->peer, 0x80, 12);
  g_assert_false (g_main_context_iteration (self->context, FALSE));
  attach_source (self);
  assert_seen (self, "s8012 ");
}

static void
test_more_than_one_go (Setup *self, gconstpointer data)
{
  GString *expected = g_string_new (NULL);

  set_direct (self);
  for (guint i = 0; i < 100; i++) {
    send_bytes (self->peer, 0x80, 9);
    g_string_append (expected, "d809 ");
  }
  assert_seen (self, expected->str);
  g_string_free (expected, TRUE);
}

static void
test_many_watches (Setup *self, gconstpointer data)
{
  RtcNiceWatch *others[100];

  for (guint i = 0; i < G_N_ELEMENTS (others); i++)
    others[i] = rtc_nice_watch_new (self->poll);
  send_bytes (self->peer, 0x80, 12);
  assert_seen (self, "s8012 ");
  for (guint i = 0; i < G_N_ELEMENTS (others); i++)
    rtc_nice_watch_free (others[i]);
  send_bytes (self->peer, 0x80, 12);
  assert_seen (self, "s8012 ");
}

/* A second socket of the same agent. */
static GSocket *
open_socket (struct sockaddr_in *address)
{
  int fd = socket (AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);

  bind_any (fd, address);
  return g_socket_new_from_fd (fd, NULL);
}

static GSource *
watch_socket (RtcNiceWatch *watch, GSocket *socket, GSocketSourceFunc func, gpointer data)
{
  GSource *source = g_socket_create_source (socket, G_IO_IN, NULL);

  g_source_set_callback (source, G_SOURCE_FUNC (func), data, NULL);
  g_source_attach (source, rtc_nice_watch_get_context (watch));
  return source;
}

typedef struct {
  Setup *setup;
  GSocket *late;
  GSource *late_source;
} Late;

static gboolean
on_readable_attach (GSocket *socket, GIOCondition condition, gpointer user_data)
{
  Late *self = user_data;

  if (self->late_source == NULL)
    self->late_source = watch_socket (self->setup->watch, self->late, on_readable, self->setup);
  return on_readable (socket, condition, self->setup);
}

/* Two sockets are ready at once, and what the first one brings adds a third: as when a TCP
 * connection is accepted. */
static void
test_source_added_while_serving (Setup *self, gconstpointer data)
{
  struct sockaddr_in address, late_address;
  GSocket *second = open_socket (&address);
  Late late = { .setup = self, .late = open_socket (&late_address) };
  GSource *source = watch_socket (self->watch, second, on_readable_attach, &late);
  int sender = open_sender (&address), late_sender = open_sender (&late_address);

  assert_seen (self, "");
  send_bytes (sender, 0x02, 2);
  send_bytes (self->peer, 0x01, 1);
  while (g_main_context_iteration (self->context, FALSE))
    ;
  g_assert_nonnull (late.late_source);
  g_string_truncate (self->seen, 0);
  send_bytes (late_sender, 0x03, 3);
  assert_seen (self, "s033 ");
  g_source_destroy (source);
  g_source_unref (source);
  g_source_destroy (late.late_source);
  g_source_unref (late.late_source);
  g_object_unref (second);
  g_object_unref (late.late);
  close (sender);
  close (late_sender);
}

/* A socket is closed, and its number is another agent's before anybody has looked. */
static void
check_reused_number (Setup *self, gboolean free_other)
{
  RtcNiceWatch *other = rtc_nice_watch_new (self->poll);
  struct sockaddr_in address;
  GSocket *socket = open_socket (&address), *reused;
  GSource *source = watch_socket (other, socket, on_readable, self);
  int fd = g_socket_get_fd (socket), sender;

  assert_seen (self, "");
  g_main_context_wakeup (rtc_nice_watch_get_context (self->watch)); /* its turn is first */
  g_source_destroy (source);
  g_source_unref (source);
  g_object_unref (socket);
  reused = open_socket (&address);
  g_assert_cmpint (g_socket_get_fd (reused), ==, fd);
  source = watch_socket (self->watch, reused, on_readable, self);
  assert_seen (self, "");
  if (free_other)
    rtc_nice_watch_free (other);
  sender = open_sender (&address);
  send_bytes (sender, 0x01, 1);
  assert_seen (self, "s011 ");
  if (!free_other)
    rtc_nice_watch_free (other);
  g_source_destroy (source);
  g_source_unref (source);
  g_object_unref (reused);
  close (sender);
}

static void
test_number_reused (Setup *self, gconstpointer data)
{
  check_reused_number (self, FALSE);
}

static void
test_number_reused_and_freed (Setup *self, gconstpointer data)
{
  check_reused_number (self, TRUE);
}

int
main (int argc, char **argv)
{
  const struct {
    const gchar *name;
    void (*func) (Setup *self, gconstpointer data);
  } tests[] = { { "source-only", test_source_only }, { "direct", test_direct },
    { "order", test_order }, { "read-now", test_read_now }, { "peek-direct", test_peek_direct },
    { "peek-all", test_peek_all }, { "empty-datagram", test_empty_datagram },
    { "direct-ends", test_direct_ends }, { "source-goes-and-comes", test_source_goes_and_comes },
    { "more-than-one-go", test_more_than_one_go }, { "many-watches", test_many_watches },
    { "source-added-while-serving", test_source_added_while_serving },
    { "number-reused", test_number_reused },
    { "number-reused-and-freed", test_number_reused_and_freed } };

  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (tests); i++) {
    gchar *path = g_strconcat ("/nice-poll/", tests[i].name, NULL);
    g_test_add (path, Setup, NULL, setup, tests[i].func, teardown);
    g_free (path);
  }
  return g_test_run ();
}
