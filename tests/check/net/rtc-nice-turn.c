/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* The libnice backend through a TURN server: coturn on loopback, a process of this test's own. */
#include <string.h>
#include "tests/check/net/nice-pair.h"
#include "tests/check/net/turn-server.h"

static TurnServer *turn;

typedef struct {
  const gchar *name;
  gboolean is_tcp;
  const gchar *password;
  gboolean connects;
  gboolean untold; /* b is never told of the relay, as by an answer that could not wait for it */
} TurnCase;

/* a may only use its relay; b is an ordinary peer. */
static void
test_relay (gconstpointer data)
{
  const TurnCase *c = data;
  RtcIceServer server = { .is_turn = TRUE,
    .is_tcp = c->is_tcp,
    .address = (gchar *) "127.0.0.1",
    .port = turn_server_get_port (turn),
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
    g_assert_false (nice_pair_run (&pair, FALSE, nice_pair_has_candidate, &pair.a, 500));
    nice_pair_clear (&pair);
    return;
  }
  /* Not for the end of gathering: that waits for interfaces that cannot reach the server. */
  g_assert_true (nice_pair_run (&pair, FALSE, nice_pair_has_candidate, &pair.a, 10000));
  for (GList *l = pair.a.candidates.head; l != NULL; l = l->next) {
    RtcCandidate *candidate = l->data;

    g_assert_cmpint (candidate->type, ==, RTC_CANDIDATE_RELAYED);
    g_assert_cmpstr (candidate->related_address, ==, "0.0.0.0");
  }
  nice_end_keep_loopback (&pair.b);
  if (c->untold)
    g_queue_clear_full (&pair.a.candidates, g_free);
  g_assert_true (nice_pair_run (&pair, TRUE, nice_pair_is_connected, NULL, 10000));
  pair.a.ice->vtable->get_stats (pair.a.ice, &stats);
  g_assert_true (stats.has_pair);
  g_assert_cmpint (stats.local.type, ==, RTC_CANDIDATE_RELAYED);
  nice_pair_assert_data_flows (&pair, TRUE, &pair.a, &pair.b);
  nice_pair_assert_data_flows (&pair, TRUE, &pair.b, &pair.a);
  /* Through the relay, whatever it is wrapped into. */
  nice_pair_assert_consent (&pair);
  nice_pair_clear (&pair);
}

int
main (int argc, char **argv)
{
  static const TurnCase cases[] = {
    { "udp", FALSE, "secret", TRUE },
    { "tcp", TRUE, "secret", TRUE },
    { "untold", FALSE, "secret", TRUE, TRUE },
    { "wrong-password", FALSE, "wrong", FALSE },
  };
  int result;

  g_test_init (&argc, &argv, NULL);
  turn = turn_server_start (NULL, NULL);
  if (turn == NULL) {
    g_print ("1..0 # SKIP turnserver (package coturn) is not installed\n");
    return 0;
  }
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    gchar *path = g_strdup_printf ("/nice/turn/%s", cases[i].name);

    g_test_add_data_func (path, &cases[i], test_relay);
    g_free (path);
  }
  result = g_test_run ();
  turn_server_stop (turn);
  return result;
}
