/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* The libnice backend: two agents of ours over the host's own addresses. */
#include <arpa/inet.h>
#include <dirent.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>
#include <nice/agent.h>
#include "ext/nice/rtc-nice-private.h"
#include "tests/check/net/nice-pair.h"
#include "tests/check/run-tests.h"

static void
create_both (NicePair *pair)
{
  RtcIceConfig config = nice_pair_config (pair, &pair->a);

  nice_pair_create (pair, &pair->a, &config);
  config = nice_pair_config (pair, &pair->b);
  nice_pair_create (pair, &pair->b, &config);
}

static void
connect_both (NicePair *pair)
{
  create_both (pair);
  nice_pair_exchange_parameters (pair, TRUE);
  nice_pair_gather (pair);
  g_assert_true (nice_pair_run (pair, TRUE, nice_pair_is_connected, NULL, 5000));
}

/* --- connecting --- */

typedef struct {
  const gchar *name;
  gboolean a_controls;
  gboolean gather_first; /* before the credentials are known */
  gboolean b_late;       /* b learns a's credentials only after a has sent checks */
} ConnectCase;

static gboolean
are_gathered (NicePair *pair, gpointer unused)
{
  return pair->a.gathered && pair->b.gathered;
}

static void
test_connect (gconstpointer data)
{
  const ConnectCase *c = data;
  NicePair pair;
  const gchar *ufrag, *pwd;
  RtcIceStats stats;

  nice_pair_init (&pair);
  create_both (&pair);
  if (c->gather_first) {
    nice_pair_gather (&pair);
    g_assert_true (nice_pair_run (&pair, FALSE, are_gathered, NULL, 2000));
  }
  if (c->b_late) {
    pair.b.ice->vtable->get_local_parameters (pair.b.ice, &ufrag, &pwd);
    pair.a.ice->vtable->set_remote (pair.a.ice, nice_pair_now (), ufrag, pwd, c->a_controls, FALSE);
    if (!c->gather_first)
      nice_pair_gather (&pair);
    nice_pair_pump (&pair.b);
    nice_pair_trickle (&pair.b, &pair.a);
    /* b answers a's checks though it does not know a yet (RFC 8445 7.3). */
    nice_pair_run (&pair, FALSE, nice_pair_is_connected, NULL, 60);
    g_assert_false (nice_end_is_connected (&pair.b));
    pair.a.ice->vtable->get_local_parameters (pair.a.ice, &ufrag, &pwd);
    pair.b.ice->vtable->set_remote (
        pair.b.ice, nice_pair_now (), ufrag, pwd, !c->a_controls, FALSE);
  } else {
    nice_pair_exchange_parameters (&pair, c->a_controls);
    if (!c->gather_first)
      nice_pair_gather (&pair);
  }
  g_assert_true (nice_pair_run (&pair, TRUE, nice_pair_is_connected, NULL, 5000));
  nice_pair_assert_data_flows (&pair, TRUE, &pair.a, &pair.b);
  nice_pair_assert_data_flows (&pair, TRUE, &pair.b, &pair.a);
  pair.a.ice->vtable->get_stats (pair.a.ice, &stats);
  g_assert_true (stats.has_pair);
  g_assert_cmpuint (stats.packets_sent, ==, 1);
  g_assert_cmpuint (stats.bytes_received, ==, NICE_PAIR_DATA_BYTES);
  nice_pair_clear (&pair);
}

static gint
compare_times (gconstpointer a, gconstpointer b)
{
  gint64 x = *(const gint64 *) a, y = *(const gint64 *) b;

  return x < y ? -1 : x > y;
}

/* Of both ends, from the first call to the last CONNECTED. The bound is loose for busy machines;
 * the measured figure is printed. */
static void
test_connect_time (void)
{
  gint64 times[15];

  for (guint i = 0; i < G_N_ELEMENTS (times); i++) {
    NicePair pair;

    nice_pair_init (&pair);
    times[i] = g_get_monotonic_time ();
    connect_both (&pair);
    times[i] = g_get_monotonic_time () - times[i];
    nice_pair_clear (&pair);
  }
  qsort (times, G_N_ELEMENTS (times), sizeof times[0], compare_times);
  g_test_message ("connect time: min %" G_GINT64_FORMAT " median %" G_GINT64_FORMAT
                  " max %" G_GINT64_FORMAT " us",
      times[0], times[G_N_ELEMENTS (times) / 2], times[G_N_ELEMENTS (times) - 1]);
  g_assert_cmpint (times[G_N_ELEMENTS (times) / 2], <, 200000);
}

/* A turn's packets to both ends leave with their flush or when the other socket has its turn, in
 * order, those of one end in one message. */
static void
test_turn (void)
{
  guint8 data[2][10][100];
  NicePair pair;
  NiceEnd *ends[2] = { &pair.a, &pair.b };
  RtcUdpBatchStats before, after;

  nice_pair_init (&pair);
  connect_both (&pair);
  rtc_udp_batch_get_stats (((RtcNice *) pair.a.ice)->factory->batch, &before);
  for (guint e = 0; e < 2; e++)
    for (guint i = 0; i < 10; i++) {
      memset (data[e][i], 0x80 + (int) i, sizeof data[e][i]);
      g_assert_cmpint (ends[e]->ice->vtable->send (
                           ends[e]->ice, nice_pair_now (), data[e][i], sizeof data[e][i]),
          ==, RTC_OK);
    }
  for (guint e = 0; e < 2; e++)
    ends[e]->ice->vtable->flush (ends[e]->ice);
  for (guint e = 0; e < 2; e++)
    for (guint i = 0; i < 10; i++)
      nice_pair_assert_arrives (&pair, FALSE, ends[1 - e], data[e][i], sizeof data[e][i]);
  rtc_udp_batch_get_stats (((RtcNice *) pair.a.ice)->factory->batch, &after);
  g_assert_cmpuint (after.datagrams - before.datagrams, ==, 20);
  g_assert_cmpuint (after.dropped, ==, 0);
  if (after.messages - before.messages != 2)
    g_test_message ("this kernel has no UDP_SEGMENT");
  nice_pair_clear (&pair);
}

/* --- not connecting --- */

/* Wrong password: never a connection, never a packet. */
static void
test_wrong_credentials (void)
{
  NicePair pair;
  const gchar *ufrag, *pwd;
  static const gchar wrong[] = "wrongwrongwrongwrongwrong";

  nice_pair_init (&pair);
  create_both (&pair);
  pair.b.ice->vtable->get_local_parameters (pair.b.ice, &ufrag, &pwd);
  g_assert_cmpint (
      pair.a.ice->vtable->set_remote (pair.a.ice, nice_pair_now (), ufrag, wrong, TRUE, FALSE), ==,
      RTC_OK);
  pair.a.ice->vtable->get_local_parameters (pair.a.ice, &ufrag, &pwd);
  pair.b.ice->vtable->set_remote (pair.b.ice, nice_pair_now (), ufrag, wrong, FALSE, FALSE);
  nice_pair_gather (&pair);
  g_assert_false (nice_pair_run (&pair, TRUE, nice_pair_is_connected, NULL, 400));
  g_assert_false (nice_end_is_connected (&pair.a));
  g_assert_false (nice_end_is_connected (&pair.b));
  g_assert_false (pair.a.seen_failed);
  g_assert_cmpint (pair.a.ice->vtable->send (pair.a.ice, nice_pair_now (), (const guint8 *) "x", 1),
      ==, RTC_AGAIN);
  nice_pair_clear (&pair);
}

/* Connected becomes completed when the peer has nothing more to offer; only at who was told. */
static void
test_end_of_candidates (void)
{
  NicePair pair;

  nice_pair_init (&pair);
  connect_both (&pair);
  pair.a.ice->vtable->end_of_remote_candidates (pair.a.ice, nice_pair_now ());
  nice_pair_pump (&pair.a);
  g_assert_cmpint (pair.a.state, ==, RTC_ICE_STATE_COMPLETED);
  g_assert_cmpint (pair.b.state, ==, RTC_ICE_STATE_CONNECTED);
  g_assert_false (pair.a.seen_failed);
  nice_pair_clear (&pair);
}

static void
test_bad_parameters (void)
{
  static const struct {
    const gchar *ufrag, *pwd;
  } cases[] = {
    { "abc", "0123456789012345678901" },
    { "abcd", "012345678901234567890" },
    { "", "" },
  };
  NicePair pair;
  gchar *longer = g_strnfill (257, 'a');

  nice_pair_init (&pair);
  create_both (&pair);
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    g_assert_cmpint (pair.a.ice->vtable->set_remote (
                         pair.a.ice, nice_pair_now (), cases[i].ufrag, cases[i].pwd, TRUE, FALSE),
        ==, RTC_ERR_PARSE);
  g_assert_cmpint (
      pair.a.ice->vtable->set_remote (pair.a.ice, nice_pair_now (), longer, longer, TRUE, FALSE),
      ==, RTC_ERR_PARSE);
  g_free (longer);
  nice_pair_clear (&pair);
}

/* --- candidates --- */

static RtcCandidate
remote_candidate (const gchar *address, guint16 port)
{
  RtcCandidate c = { .foundation = "1",
    .component = 1,
    .transport = RTC_CANDIDATE_UDP,
    .priority = 2130706431,
    .port = port,
    .type = RTC_CANDIDATE_HOST };

  g_strlcpy (c.address, address, sizeof c.address);
  return c;
}

static void
test_refused_candidates (void)
{
  static const struct {
    const gchar *address;
    guint16 port;
    guint component;
    gboolean is_mdns;
  } cases[] = {
    { "0.0.0.0", 5000, 1, FALSE },
    { "255.255.255.255", 5000, 1, FALSE },
    { "224.0.0.1", 5000, 1, FALSE },
    { "ff02::1", 5000, 1, FALSE },
    { "::", 5000, 1, FALSE },
    { "192.0.2.9", 0, 1, FALSE },
    { "192.0.2.9", 5000, 2, FALSE },
    { "3f1e2a5c-0000-4000-8000-123456789abc.local", 5000, 1, TRUE },
  };
  NicePair pair;
  RtcIceStats stats;

  nice_pair_init (&pair);
  create_both (&pair);
  nice_pair_exchange_parameters (&pair, TRUE);
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    RtcCandidate c = remote_candidate (cases[i].address, cases[i].port);

    c.component = cases[i].component;
    c.is_mdns = cases[i].is_mdns;
    g_assert_cmpint (pair.a.ice->vtable->add_remote_candidate (pair.a.ice, nice_pair_now (), &c),
        ==, RTC_ERR_UNSUPPORTED);
  }
  pair.a.ice->vtable->get_stats (pair.a.ice, &stats);
  g_assert_cmpuint (stats.remote_candidates_dropped, ==, G_N_ELEMENTS (cases));
  nice_pair_clear (&pair);
}

static int
victim_socket (guint16 *port)
{
  struct sockaddr_in address = { .sin_family = AF_INET, .sin_addr = { htonl (INADDR_LOOPBACK) } };
  socklen_t len = sizeof address;
  int fd = socket (AF_INET, SOCK_DGRAM | SOCK_NONBLOCK, 0);

  g_assert_cmpint (bind (fd, (struct sockaddr *) &address, sizeof address), ==, 0);
  g_assert_cmpint (getsockname (fd, (struct sockaddr *) &address, &len), ==, 0);
  *port = ntohs (address.sin_port);
  return fd;
}

/* Ten thousand candidates: a hundred are taken, and those are checked a few at a time. */
static void
test_candidate_flood (void)
{
  enum { N_VICTIMS = 100 };
  int fds[N_VICTIMS];
  guint16 ports[N_VICTIMS];
  guint accepted = 0, datagrams = 0;
  gchar buffer[600];
  NicePair pair;

  nice_pair_init (&pair);
  create_both (&pair);
  nice_pair_exchange_parameters (&pair, TRUE);
  nice_pair_gather (&pair);
  for (guint i = 0; i < N_VICTIMS; i++)
    fds[i] = victim_socket (&ports[i]);
  for (guint i = 0; i < 10000; i++) {
    RtcCandidate c = remote_candidate ("127.0.0.1", ports[i % N_VICTIMS]);
    RtcResult result = pair.a.ice->vtable->add_remote_candidate (pair.a.ice, nice_pair_now (), &c);

    g_assert_true (result == RTC_OK || result == RTC_ERR_LIMIT);
    accepted += result == RTC_OK;
  }
  g_assert_cmpuint (accepted, ==, 100);
  nice_pair_run (&pair, FALSE, nice_pair_is_connected, NULL, 600);
  for (guint i = 0; i < N_VICTIMS; i++) {
    while (recv (fds[i], buffer, sizeof buffer, 0) > 0)
      datagrams++;
    close (fds[i]);
  }
  g_test_message ("%u datagrams in 600 ms", datagrams);
  /* The burst of 12, each sent twice within 600 ms, over at most the two IPv4 addresses of a
   * usual host; unbounded it would be hundreds. */
  g_assert_cmpuint (datagrams, >, 0);
  g_assert_cmpuint (datagrams, <=, 64);
  nice_pair_clear (&pair);
}

/* --- strangers --- */

static gboolean
never (NicePair *pair, gpointer unused)
{
  return FALSE;
}

/* Datagrams from somebody who never passed a check do not come out. */
static void
test_drop_unvalidated (void)
{
  NicePair pair;
  RtcCandidate *local;
  guint16 port;
  int fd;
  guint8 data[50];

  nice_pair_init (&pair);
  create_both (&pair);
  nice_pair_exchange_parameters (&pair, TRUE);
  nice_pair_gather (&pair);
  nice_pair_pump (&pair.a);
  fd = victim_socket (&port);
  memset (data, 0x16, sizeof data);
  for (GList *l = pair.a.candidates.head; l != NULL; l = l->next) {
    struct sockaddr_in to = { .sin_family = AF_INET };

    local = l->data;
    to.sin_port = htons (local->port);
    if (inet_pton (AF_INET, local->address, &to.sin_addr) != 1)
      continue;
    for (guint i = 0; i < 10; i++)
      sendto (fd, data, sizeof data, 0, (struct sockaddr *) &to, sizeof to);
  }
  nice_pair_run (&pair, FALSE, never, NULL, 60);
  g_assert_true (nice_pair_run (&pair, TRUE, nice_pair_is_connected, NULL, 5000));
  g_assert_cmpuint (g_queue_get_length (&pair.a.packets), ==, 0);
  nice_pair_assert_data_flows (&pair, TRUE, &pair.b, &pair.a);
  close (fd);
  nice_pair_clear (&pair);
}

/* --- restart --- */

static void
test_restart (void)
{
  NicePair pair;
  const gchar *ufrag, *pwd;
  gchar *old;

  nice_pair_init (&pair);
  connect_both (&pair);
  pair.a.ice->vtable->get_local_parameters (pair.a.ice, &ufrag, &pwd);
  old = g_strdup (ufrag);
  g_assert_cmpint (pair.a.ice->vtable->restart (pair.a.ice, nice_pair_now ()), ==, RTC_OK);
  g_assert_cmpint (pair.b.ice->vtable->restart (pair.b.ice, nice_pair_now ()), ==, RTC_OK);
  pair.a.ice->vtable->get_local_parameters (pair.a.ice, &ufrag, &pwd);
  g_assert_cmpstr (ufrag, !=, old);
  /* The old pair carries on meanwhile. */
  nice_pair_assert_data_flows (&pair, TRUE, &pair.a, &pair.b);
  pair.a.gathered = FALSE;
  nice_pair_gather (&pair);
  nice_pair_exchange_parameters (&pair, FALSE);
  g_assert_true (nice_pair_run (&pair, TRUE, are_gathered, NULL, 2000));
  nice_pair_run (&pair, TRUE, never, NULL, 200);
  g_assert_true (nice_pair_is_connected (&pair, NULL));
  nice_pair_assert_data_flows (&pair, TRUE, &pair.a, &pair.b);
  nice_pair_assert_data_flows (&pair, TRUE, &pair.b, &pair.a);
  g_free (old);
  nice_pair_clear (&pair);
}

/* --- life --- */

static guint
count_entries (const gchar *path)
{
  DIR *dir = opendir (path);
  guint n = 0;

  while (readdir (dir) != NULL)
    n++;
  closedir (dir);
  return n;
}

/* Freed at every stage, hundreds of times: descriptors and threads stay what they were. */
static void
test_cycles (void)
{
  NicePair pair;
  guint fds = 0, threads = 0;

  nice_pair_init (&pair);
  for (guint i = 0; i < 500; i++) {
    RtcIceConfig config;

    /* The first cycles bring up what stays (GLib's worker and its descriptors). */
    if (i == 5) {
      fds = count_entries ("/proc/self/fd");
      threads = count_entries ("/proc/self/task");
    }
    config = nice_pair_config (&pair, &pair.a);
    nice_pair_create (&pair, &pair.a, &config);
    config = nice_pair_config (&pair, &pair.b);
    nice_pair_create (&pair, &pair.b, &config);
    if (i % 5 > 0)
      nice_pair_exchange_parameters (&pair, i % 2 == 0);
    if (i % 5 > 1)
      nice_pair_gather (&pair);
    if (i % 5 > 2)
      nice_pair_run (&pair, TRUE, nice_pair_is_connected, NULL, i % 5 == 3 ? 1 : 5000);
    if (i % 5 == 4)
      g_assert_true (nice_pair_is_connected (&pair, NULL));
    pair.a.ice->vtable->free (pair.a.ice);
    pair.b.ice->vtable->free (pair.b.ice);
    g_queue_clear_full (&pair.a.candidates, g_free);
    g_queue_clear_full (&pair.b.candidates, g_free);
    pair.a.ice = pair.b.ice = NULL;
    while (!rtc_nice_factory_is_idle (pair.factory))
      g_main_context_iteration (pair.context, TRUE);
  }
  while (g_main_context_iteration (pair.context, FALSE))
    continue;
  g_assert_cmpuint (count_entries ("/proc/self/fd"), <=, fds);
  g_assert_cmpuint (count_entries ("/proc/self/task"), <=, threads);
  nice_pair_clear (&pair);
}

/* Takes a second descriptor of each UDP socket, as a process forked from this one has. */
static guint
inherit_sockets (int *fds, guint max)
{
  guint n = 0;

  for (int fd = 3; fd < 1000 && n < max; fd++) {
    int type = 0;
    socklen_t len = sizeof type;

    if (getsockopt (fd, SOL_SOCKET, SO_TYPE, &type, &len) == 0 && type == SOCK_DGRAM)
      fds[n++] = dup (fd);
  }
  return n;
}

/* Sockets of agents that are gone, which somebody else still has open, wake nobody up. */
static void
test_inherited_sockets (void)
{
  NicePair pair;
  int fds[64];
  guint n;

  nice_pair_init (&pair);
  connect_both (&pair);
  n = inherit_sockets (fds, G_N_ELEMENTS (fds) / 2);
  g_assert_cmpuint (n, >=, 2);
  pair.a.ice->vtable->free (pair.a.ice);
  pair.b.ice->vtable->free (pair.b.ice);
  pair.a.ice = pair.b.ice = NULL;
  g_queue_clear_full (&pair.a.candidates, g_free);
  g_queue_clear_full (&pair.b.candidates, g_free);
  while (!rtc_nice_factory_is_idle (pair.factory))
    g_main_context_iteration (pair.context, TRUE);
  for (guint i = 0; i < n; i++) {
    struct sockaddr_storage own;
    socklen_t len = sizeof own;

    g_assert_cmpint (getsockname (fds[i], (struct sockaddr *) &own, &len), ==, 0);
    g_assert_cmpint (sendto (fds[i], "x", 1, 0, (struct sockaddr *) &own, len), ==, 1);
  }
  for (guint i = 0; i < 100 && g_main_context_iteration (pair.context, FALSE); i++)
    ;
  g_assert_false (g_main_context_pending (pair.context));
  while (n > 0)
    close (fds[--n]);
  nice_pair_clear (&pair);
}

/* wake comes when libnice has something of its own, and is not repeated before a poll. */
static void
test_wake (void)
{
  NicePair pair;

  nice_pair_init (&pair);
  connect_both (&pair);
  g_assert_cmpuint (pair.a.n_wakes, >, 0);
  g_assert_cmpuint (pair.a.n_wakes, <=, pair.a.n_events);
  nice_pair_clear (&pair);
}

int
main (int argc, char **argv)
{
  static const ConnectCase cases[] = {
    { "controlling", TRUE, FALSE, FALSE },
    { "controlled", FALSE, FALSE, FALSE },
    { "gathered-first", TRUE, TRUE, FALSE },
    { "late-credentials", TRUE, TRUE, TRUE },
    { "late-credentials-controlled", FALSE, FALSE, TRUE },
  };

  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    gchar *path = g_strdup_printf ("/nice/connect/%s", cases[i].name);

    g_test_add_data_func (path, &cases[i], test_connect);
    g_free (path);
  }
  g_test_add_func ("/nice/connect-time", test_connect_time);
  g_test_add_func ("/nice/turn", test_turn);
  g_test_add_func ("/nice/wrong-credentials", test_wrong_credentials);
  g_test_add_func ("/nice/end-of-candidates", test_end_of_candidates);
  g_test_add_func ("/nice/bad-parameters", test_bad_parameters);
  g_test_add_func ("/nice/refused-candidates", test_refused_candidates);
  g_test_add_func ("/nice/candidate-flood", test_candidate_flood);
  g_test_add_func ("/nice/drop-unvalidated", test_drop_unvalidated);
  g_test_add_func ("/nice/restart", test_restart);
  g_test_add_func ("/nice/cycles", test_cycles);
  g_test_add_func ("/nice/inherited-sockets", test_inherited_sockets);
  g_test_add_func ("/nice/wake", test_wake);
  return run_tests ();
}
