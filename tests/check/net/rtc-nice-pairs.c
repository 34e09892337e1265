/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* The libnice backend says when it takes another pair of addresses. */
#include <gio/gio.h>
#include <string.h>

#include "tests/check/net/nice-pair.h"
#include "tests/check/run-tests.h"

/* A way round from a to b, as through a router: a knows near, b sees far. */
typedef struct {
  NicePair *pair;
  GSocket *near, *far;
  GSource *near_source, *far_source;
  GSocketAddress *a, *b; /* a: who spoke to near last */
  guint n_carried;
} Detour;

static gboolean
on_near (GSocket *socket, GIOCondition condition, gpointer data)
{
  Detour *self = data;
  GSocketAddress *from = NULL;
  gchar buffer[1500];
  gssize len = g_socket_receive_from (socket, &from, buffer, sizeof buffer, NULL, NULL);

  if (len >= 0) {
    g_set_object (&self->a, from);
    g_socket_send_to (self->far, self->b, buffer, (gsize) len, NULL, NULL);
    self->n_carried++;
  }
  g_clear_object (&from);
  return G_SOURCE_CONTINUE;
}

static gboolean
on_far (GSocket *socket, GIOCondition condition, gpointer data)
{
  Detour *self = data;
  gchar buffer[1500];
  gssize len = g_socket_receive (socket, buffer, sizeof buffer, NULL, NULL);

  if (len >= 0 && self->a != NULL)
    g_socket_send_to (self->near, self->a, buffer, (gsize) len, NULL, NULL);
  return G_SOURCE_CONTINUE;
}

static GSocket *
open_socket (Detour *self, GSocketSourceFunc func, GSource **source)
{
  GSocketAddress *address = g_inet_socket_address_new_from_string ("127.0.0.1", 0);
  GSocket *socket =
      g_socket_new (G_SOCKET_FAMILY_IPV4, G_SOCKET_TYPE_DATAGRAM, G_SOCKET_PROTOCOL_UDP, NULL);

  g_assert_true (g_socket_bind (socket, address, FALSE, NULL));
  g_object_unref (address);
  *source = g_socket_create_source (socket, G_IO_IN, NULL);
  g_source_set_callback (*source, G_SOURCE_FUNC (func), self, NULL);
  g_source_attach (*source, self->pair->context);
  return socket;
}

static void
close_socket (GSocket **socket, GSource **source)
{
  g_source_destroy (*source);
  g_clear_pointer (source, g_source_unref);
  g_clear_object (socket);
}

static void
detour_init (Detour *self, NicePair *pair, guint16 b_port)
{
  *self =
      (Detour){ .pair = pair, .b = g_inet_socket_address_new_from_string ("127.0.0.1", b_port) };
  self->near = open_socket (self, on_near, &self->near_source);
  self->far = open_socket (self, on_far, &self->far_source);
}

/* b sees another port from now on; what it sends to the former one is lost. */
static void
detour_rebind (Detour *self)
{
  GSocket *former = self->far;
  GSource *source = self->far_source;

  self->far = open_socket (self, on_far, &self->far_source);
  close_socket (&former, &source);
}

static void
detour_clear (Detour *self)
{
  close_socket (&self->near, &self->near_source);
  close_socket (&self->far, &self->far_source);
  g_clear_object (&self->a);
  g_object_unref (self->b);
}

static guint16
get_port (GSocket *socket)
{
  GSocketAddress *address = g_socket_get_local_address (socket, NULL);
  guint16 port = g_inet_socket_address_get_port (G_INET_SOCKET_ADDRESS (address));

  g_object_unref (address);
  return port;
}

static gboolean
both_are_gathered (NicePair *pair, gpointer unused)
{
  return pair->a.gathered && pair->b.gathered;
}

/* Both ends on the way round. */
static void
connect_round (NicePair *pair, Detour *detour)
{
  RtcCandidate candidate = { .component = 1 };
  RtcIceConfig config;

  nice_pair_init (pair);
  config = nice_pair_config (pair, &pair->a);
  nice_pair_create (pair, &pair->a, &config);
  config = nice_pair_config (pair, &pair->b);
  nice_pair_create (pair, &pair->b, &config);
  nice_pair_exchange_parameters (pair, TRUE);
  nice_pair_gather (pair);
  g_assert_true (nice_pair_run (pair, FALSE, both_are_gathered, NULL, 2000));
  for (GList *l = pair->b.candidates.head; l != NULL; l = l->next)
    if (g_str_equal (((RtcCandidate *) l->data)->address, "127.0.0.1"))
      candidate = *(RtcCandidate *) l->data;
  g_assert_cmpuint (candidate.port, !=, 0);
  detour_init (detour, pair, candidate.port);
  candidate.port = get_port (detour->near);
  candidate.priority = 1;
  pair->a.ice->vtable->add_remote_candidate (pair->a.ice, nice_pair_now (), &candidate);
  g_assert_true (nice_pair_run (pair, FALSE, nice_pair_is_connected, NULL, 5000));
  nice_pair_assert_data_flows (pair, FALSE, &pair->a, &pair->b);
  nice_pair_assert_data_flows (pair, FALSE, &pair->b, &pair->a);
  g_assert_cmpuint (detour->n_carried, >, 0);
  g_assert_cmpuint (pair->a.n_pairs, ==, 1);
  g_assert_cmpuint (pair->b.n_pairs, ==, 1);
}

static gboolean
has_other_pair (NicePair *pair, gpointer unused)
{
  return pair->a.n_pairs == 2 && pair->b.n_pairs >= 2;
}

/* A call that began on a way round finds the direct one, without a restart: both ends say that it
 * is another pair, once. */
static void
test_other_pair (void)
{
  RtcIceStats stats;
  NicePair pair;
  Detour detour;

  connect_round (&pair, &detour);
  nice_pair_trickle (&pair.b, &pair.a);
  g_assert_true (nice_pair_run (&pair, FALSE, has_other_pair, NULL, 5000));
  pair.a.ice->vtable->get_stats (pair.a.ice, &stats);
  g_assert_cmpuint (stats.remote.port, !=, get_port (detour.near));
  nice_pair_assert_data_flows (&pair, FALSE, &pair.a, &pair.b);
  nice_pair_assert_data_flows (&pair, FALSE, &pair.b, &pair.a);
  nice_pair_clear (&pair);
  detour_clear (&detour);
}

typedef struct {
  guint n_pairs;
  GstClockTime next;
} Talk;

/* a says something each 50 ms until b has followed it. */
static gboolean
b_has_followed (NicePair *pair, gpointer data)
{
  static const guint8 word[] = { 0x80, 200, 0, 0 };
  GstClockTime now = nice_pair_now ();
  Talk *talk = data;

  if (now >= talk->next) {
    pair->a.ice->vtable->send (pair->a.ice, now, word, sizeof word);
    pair->a.ice->vtable->flush (pair->a.ice);
    talk->next = now + 50 * GST_MSECOND;
  }
  return pair->b.n_pairs == talk->n_pairs;
}

/* The router forgets, twice. A check of the peer's from the new port is followed there, as soon as
 * what the peer says comes from there. */
static void
test_moved (void)
{
  Talk talk = { .n_pairs = 2 };
  RtcIceStats stats;
  NicePair pair;
  Detour detour;

  connect_round (&pair, &detour);
  for (; talk.n_pairs <= 3; talk.n_pairs++) {
    detour_rebind (&detour);
    nice_pair_send_check (&pair.a);
    g_assert_true (nice_pair_run (&pair, FALSE, b_has_followed, &talk, 5000));
    pair.b.ice->vtable->get_stats (pair.b.ice, &stats);
    g_assert_cmpuint (stats.remote.port, ==, get_port (detour.far));
    g_queue_clear_full (&pair.b.packets, (GDestroyNotify) rtc_packet_unref);
    nice_pair_assert_data_flows (&pair, FALSE, &pair.b, &pair.a);
    nice_pair_assert_consent (&pair);
  }
  nice_pair_clear (&pair);
  detour_clear (&detour);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/nice/other-pair", test_other_pair);
  g_test_add_func ("/nice/moved", test_moved);
  return run_tests ();
}
