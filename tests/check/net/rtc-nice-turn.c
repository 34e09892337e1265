/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* The libnice backend through a TURN server: coturn on loopback, a process of this test's own. */
#include <gio/gio.h>
#include <glib/gstdio.h>
#include <string.h>
#include "tests/check/net/nice-pair.h"

#define EXIT_SKIP 77

static guint16 turn_port;

static guint16
free_port (void)
{
  GSocket *socket =
      g_socket_new (G_SOCKET_FAMILY_IPV4, G_SOCKET_TYPE_STREAM, G_SOCKET_PROTOCOL_DEFAULT, NULL);
  GSocketAddress *address = g_inet_socket_address_new_from_string ("127.0.0.1", 0);
  GSocketAddress *bound;
  guint16 port;

  g_assert_true (g_socket_bind (socket, address, FALSE, NULL));
  bound = g_socket_get_local_address (socket, NULL);
  port = g_inet_socket_address_get_port (G_INET_SOCKET_ADDRESS (bound));
  g_object_unref (bound);
  g_object_unref (address);
  g_object_unref (socket);
  return port;
}

static gboolean
server_answers (NicePair *pair, gpointer data)
{
  GSocketClient *client = g_socket_client_new ();
  GSocketConnection *connection =
      g_socket_client_connect_to_host (client, "127.0.0.1", turn_port, NULL, NULL);
  gboolean answers = connection != NULL;

  g_clear_object (&connection);
  g_object_unref (client);
  return answers;
}

/* NULL when there is no turnserver. */
static GSubprocess *
start_server (const gchar *folder)
{
  gchar *program = g_find_program_in_path ("turnserver");
  gchar *port, *pidfile, *database;
  GSubprocess *server;
  NicePair pair;
  GError *error = NULL;

  if (program == NULL)
    return NULL;
  turn_port = free_port ();
  port = g_strdup_printf ("%u", turn_port);
  pidfile = g_strdup_printf ("--pidfile=%s/pid", folder);
  database = g_strdup_printf ("--userdb=%s/db", folder);
  server = g_subprocess_new (G_SUBPROCESS_FLAGS_STDOUT_SILENCE | G_SUBPROCESS_FLAGS_STDERR_SILENCE,
      &error, program, "-n", "--listening-ip=127.0.0.1", "--relay-ip=127.0.0.1", "-p", port,
      "--lt-cred-mech", "--user=viewer:secret", "--realm=test", "--allow-loopback-peers",
      "--cli-password=unused", "--no-cli", "--no-tls", "--no-dtls", "--log-file=stdout", pidfile,
      database, NULL);
  g_assert_no_error (error);
  nice_pair_init (&pair);
  g_assert_true (nice_pair_run (&pair, FALSE, server_answers, NULL, 10000));
  nice_pair_clear (&pair);
  g_free (port);
  g_free (pidfile);
  g_free (database);
  g_free (program);
  return server;
}

typedef struct {
  const gchar *name;
  gboolean is_tcp;
  const gchar *password;
  gboolean connects;
} TurnCase;

static gboolean
a_is_gathered (NicePair *pair, gpointer unused)
{
  return pair->a.gathered;
}

/* Leaves only what the server's relay socket, bound to 127.0.0.1, can send to: coturn gives a
 * relay up at the first address that it cannot reach. */
static void
keep_loopback (NiceEnd *end)
{
  for (guint n = g_queue_get_length (&end->candidates); n > 0; n--) {
    RtcCandidate *candidate = g_queue_pop_head (&end->candidates);

    if (g_str_equal (candidate->address, "127.0.0.1"))
      g_queue_push_tail (&end->candidates, candidate);
    else
      g_free (candidate);
  }
}

static gboolean
has_candidate (NicePair *pair, gpointer end)
{
  return !g_queue_is_empty (&((NiceEnd *) end)->candidates);
}

static gboolean
has_packet (NicePair *pair, gpointer end)
{
  return !g_queue_is_empty (&((NiceEnd *) end)->packets);
}

static void
assert_data_flows (NicePair *pair, NiceEnd *from, NiceEnd *to)
{
  guint8 data[1200];

  memset (data, 0x80, sizeof data);
  g_assert_cmpint (
      from->ice->vtable->send (from->ice, nice_pair_now (), data, sizeof data), ==, RTC_OK);
  g_assert_true (nice_pair_run (pair, TRUE, has_packet, to, 5000));
  g_assert_cmpmem (((RtcPacket *) to->packets.head->data)->data,
      ((RtcPacket *) to->packets.head->data)->len, data, sizeof data);
}

/* a may only use its relay; b is an ordinary peer. */
static void
test_relay (gconstpointer data)
{
  const TurnCase *c = data;
  RtcIceServer server = { .is_turn = TRUE,
    .is_tcp = c->is_tcp,
    .address = (gchar *) "127.0.0.1",
    .port = turn_port,
    .username = (gchar *) "viewer",
    .password = (gchar *) c->password };
  NicePair pair;
  RtcIceConfig config;
  RtcIceStats stats;

  nice_pair_init (&pair);
  config = nice_pair_config (&pair, &pair.a);
  config.policy = RTC_ICE_TRANSPORT_POLICY_RELAY;
  config.servers = &server;
  config.n_servers = 1;
  nice_pair_create (&pair, &pair.a, &config);
  config = nice_pair_config (&pair, &pair.b);
  nice_pair_create (&pair, &pair.b, &config);
  nice_pair_exchange_parameters (&pair, FALSE);
  pair.a.ice->vtable->gather (pair.a.ice, nice_pair_now ());
  pair.b.ice->vtable->gather (pair.b.ice, nice_pair_now ());
  if (!c->connects) {
    /* No relay, and nothing of the host's instead. */
    g_assert_false (nice_pair_run (&pair, FALSE, has_candidate, &pair.a, 500));
    nice_pair_clear (&pair);
    return;
  }
  /* Not for the end of gathering: that waits for interfaces that cannot reach the server. */
  g_assert_true (nice_pair_run (&pair, FALSE, has_candidate, &pair.a, 10000));
  for (GList *l = pair.a.candidates.head; l != NULL; l = l->next) {
    RtcCandidate *candidate = l->data;

    g_assert_cmpint (candidate->type, ==, RTC_CANDIDATE_RELAYED);
    g_assert_cmpstr (candidate->related_address, ==, "0.0.0.0");
  }
  keep_loopback (&pair.b);
  g_assert_true (nice_pair_run (&pair, TRUE, nice_pair_is_connected, NULL, 10000));
  pair.a.ice->vtable->get_stats (pair.a.ice, &stats);
  g_assert_true (stats.has_pair);
  g_assert_cmpint (stats.local.type, ==, RTC_CANDIDATE_RELAYED);
  assert_data_flows (&pair, &pair.a, &pair.b);
  assert_data_flows (&pair, &pair.b, &pair.a);
  nice_pair_clear (&pair);
}

/* turns: is refused, never spoken in clear text. */
static void
test_tls_is_refused (void)
{
  RtcIceServer server = { .is_turn = TRUE,
    .is_tcp = TRUE,
    .is_tls = TRUE,
    .address = (gchar *) "127.0.0.1",
    .port = turn_port,
    .username = (gchar *) "viewer",
    .password = (gchar *) "secret" };
  NicePair pair;
  RtcIceConfig config;

  nice_pair_init (&pair);
  config = nice_pair_config (&pair, &pair.a);
  config.policy = RTC_ICE_TRANSPORT_POLICY_RELAY;
  config.servers = &server;
  config.n_servers = 1;
  nice_pair_create (&pair, &pair.a, &config);
  pair.a.ice->vtable->gather (pair.a.ice, nice_pair_now ());
  g_assert_true (nice_pair_run (&pair, FALSE, a_is_gathered, NULL, 10000));
  g_assert_cmpuint (g_queue_get_length (&pair.a.candidates), ==, 0);
  nice_pair_clear (&pair);
}

int
main (int argc, char **argv)
{
  static const TurnCase cases[] = {
    { "udp", FALSE, "secret", TRUE },
    { "tcp", TRUE, "secret", TRUE },
    { "wrong-password", FALSE, "wrong", FALSE },
  };
  gchar *folder = g_dir_make_tmp ("rtc-turn-XXXXXX", NULL);
  GSubprocess *server;
  int result;

  g_test_init (&argc, &argv, NULL);
  server = start_server (folder);
  if (server == NULL) {
    g_print ("1..0 # SKIP turnserver (package coturn) is not installed\n");
    return EXIT_SKIP;
  }
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    gchar *path = g_strdup_printf ("/nice/turn/%s", cases[i].name);

    g_test_add_data_func (path, &cases[i], test_relay);
    g_free (path);
  }
  g_test_add_func ("/nice/turn/tls", test_tls_is_refused);
  result = g_test_run ();
  g_subprocess_force_exit (server);
  g_subprocess_wait (server, NULL, NULL);
  g_object_unref (server);
  for (guint i = 0; i < 2; i++) {
    gchar *file = g_build_filename (folder, i == 0 ? "pid" : "db", NULL);

    g_unlink (file);
    g_free (file);
  }
  g_rmdir (folder);
  g_free (folder);
  return result;
}
