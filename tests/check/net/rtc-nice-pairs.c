/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* The libnice backend says when it takes another pair of addresses. */
#include <gio/gio.h>
#include <string.h>

#include "tests/check/net/nice-pair.h"
#include "tests/check/run-tests.h"

/* A way round to b: what comes from b's port goes to a, all else to b. */
typedef struct {
  GSocket *socket;
  GSource *source;
  GSocketAddress *a, *b; /* a: whoever else spoke last */
  guint16 port;
  guint n_carried;
} Detour;

static gboolean
on_detour (GSocket *socket, GIOCondition condition, gpointer data)
{
  Detour *self = data;
  GSocketAddress *from = NULL;
  gchar buffer[1500];
  gssize len = g_socket_receive_from (socket, &from, buffer, sizeof buffer, NULL, NULL);
  gboolean is_from_b;

  if (len < 0 || from == NULL)
    return G_SOURCE_CONTINUE;
  is_from_b = g_inet_socket_address_get_port (G_INET_SOCKET_ADDRESS (from))
              == g_inet_socket_address_get_port (G_INET_SOCKET_ADDRESS (self->b));
  if (!is_from_b)
    g_set_object (&self->a, from);
  if (!is_from_b || self->a != NULL)
    g_socket_send_to (socket, is_from_b ? self->a : self->b, buffer, (gsize) len, NULL, NULL);
  self->n_carried++;
  g_object_unref (from);
  return G_SOURCE_CONTINUE;
}

static void
detour_init (Detour *self, NicePair *pair, guint16 b_port)
{
  GSocketAddress *address = g_inet_socket_address_new_from_string ("127.0.0.1", 0);

  *self = (Detour){ .b = g_inet_socket_address_new_from_string ("127.0.0.1", b_port) };
  self->socket =
      g_socket_new (G_SOCKET_FAMILY_IPV4, G_SOCKET_TYPE_DATAGRAM, G_SOCKET_PROTOCOL_UDP, NULL);
  g_assert_true (g_socket_bind (self->socket, address, FALSE, NULL));
  g_object_unref (address);
  address = g_socket_get_local_address (self->socket, NULL);
  self->port = g_inet_socket_address_get_port (G_INET_SOCKET_ADDRESS (address));
  g_object_unref (address);
  self->source = g_socket_create_source (self->socket, G_IO_IN, NULL);
  g_source_set_callback (self->source, G_SOURCE_FUNC (on_detour), self, NULL);
  g_source_attach (self->source, pair->context);
}

static void
detour_clear (Detour *self)
{
  g_source_destroy (self->source);
  g_source_unref (self->source);
  g_object_unref (self->socket);
  g_clear_object (&self->a);
  g_object_unref (self->b);
}

static gboolean
both_are_gathered (NicePair *pair, gpointer unused)
{
  return pair->a.gathered && pair->b.gathered;
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
  RtcCandidate candidate = { .component = 1 };
  NicePair pair;
  RtcIceConfig config;
  RtcIceStats stats;
  Detour detour;

  nice_pair_init (&pair);
  config = nice_pair_config (&pair, &pair.a);
  nice_pair_create (&pair, &pair.a, &config);
  config = nice_pair_config (&pair, &pair.b);
  nice_pair_create (&pair, &pair.b, &config);
  nice_pair_exchange_parameters (&pair, TRUE);
  nice_pair_gather (&pair);
  g_assert_true (nice_pair_run (&pair, FALSE, both_are_gathered, NULL, 2000));
  for (GList *l = pair.b.candidates.head; l != NULL; l = l->next)
    if (g_str_equal (((RtcCandidate *) l->data)->address, "127.0.0.1"))
      candidate = *(RtcCandidate *) l->data;
  g_assert_cmpuint (candidate.port, !=, 0);
  detour_init (&detour, &pair, candidate.port);
  candidate.port = detour.port;
  candidate.priority = 1;
  pair.a.ice->vtable->add_remote_candidate (pair.a.ice, nice_pair_now (), &candidate);
  g_assert_true (nice_pair_run (&pair, FALSE, nice_pair_is_connected, NULL, 5000));
  nice_pair_assert_data_flows (&pair, FALSE, &pair.a, &pair.b);
  nice_pair_assert_data_flows (&pair, FALSE, &pair.b, &pair.a);
  g_assert_cmpuint (detour.n_carried, >, 0);
  g_assert_cmpuint (pair.a.n_pairs, ==, 1);
  g_assert_cmpuint (pair.b.n_pairs, ==, 1);
  nice_pair_trickle (&pair.b, &pair.a);
  g_assert_true (nice_pair_run (&pair, FALSE, has_other_pair, NULL, 5000));
  pair.a.ice->vtable->get_stats (pair.a.ice, &stats);
  g_assert_cmpuint (stats.remote.port, !=, detour.port);
  nice_pair_assert_data_flows (&pair, FALSE, &pair.a, &pair.b);
  nice_pair_assert_data_flows (&pair, FALSE, &pair.b, &pair.a);
  nice_pair_clear (&pair);
  detour_clear (&detour);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/nice/other-pair", test_other_pair);
  return run_tests ();
}
