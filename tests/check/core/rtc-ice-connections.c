/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* rtc-ice-connections.c - connections of strangers, of peers, and of those that have left. */
#include "gst/rtc/ice/rtc-ice-connections.h"

typedef struct {
  RtcIceConnections *table;
  GstClockTime now;
  guint n_expired;
} Fixture;

static void
fixture_init (Fixture *f, guint max)
{
  *f = (Fixture){ .table = rtc_ice_connections_new (max), .now = 100 * GST_SECOND };
}

static guint
count (Fixture *f, gboolean strangers)
{
  RtcIceConnectionsStats stats;

  rtc_ice_connections_get_stats (f->table, &stats);
  return strangers ? stats.n_strangers : stats.n_connections;
}

/* Closes who is due; the number of the first of them, 0: none. */
static guint64
expire (Fixture *f)
{
  RtcIceConnection *connection;
  guint64 first = 0;

  while ((connection = rtc_ice_connections_get_expired (f->table, f->now)) != NULL) {
    if (first == 0)
      first = connection->flow.connection;
    f->n_expired++;
    rtc_ice_connections_remove (f->table, connection);
  }
  return first;
}

static void
fixture_clear (Fixture *f)
{
  RtcIceConnection *connection;

  while ((connection = rtc_ice_connections_get_any (f->table)) != NULL)
    rtc_ice_connections_remove (f->table, connection);
  g_assert_cmpuint (count (f, TRUE), ==, 0);
  rtc_ice_connections_free (f->table);
}

static RtcIceConnection *
add (Fixture *f, const gchar *address, guint port)
{
  RtcAddress remote, local;

  g_assert_true (rtc_address_parse (address, (guint16) port, &remote));
  g_assert_true (rtc_address_parse ("192.0.2.1", 1, &local));
  return rtc_ice_connections_add (f->table, f->now, &remote, &local, f);
}

/* From an address of its own. */
static RtcIceConnection *
add_number (Fixture *f, guint n)
{
  gchar *address = g_strdup_printf ("10.%u.%u.%u", n >> 16, n >> 8 & 255, n & 255);
  RtcIceConnection *connection = add (f, address, 1000);

  g_free (address);
  return connection;
}

/* Who passes no check goes, who does stays. */
static void
test_strangers (void)
{
  RtcIceConnection *a, *b;
  guint64 number;
  Fixture f;

  fixture_init (&f, 100);
  a = add_number (&f, 1);
  b = add_number (&f, 2);
  g_assert_cmpuint (a->flow.connection, !=, b->flow.connection);
  g_assert_true (rtc_ice_connections_find (f.table, a->flow.connection) == a);
  g_assert_true (rtc_ice_connections_note_frame (f.table, a, FALSE));
  g_assert_true (rtc_ice_connections_note_frame (f.table, a, TRUE));
  f.now += RTC_ICE_CONNECTIONS_STRANGER_TIME - 1;
  g_assert_cmpuint (expire (&f), ==, 0);
  f.now++;
  number = b->flow.connection;
  g_assert_cmpuint (expire (&f), ==, number);
  g_assert_cmpuint (count (&f, FALSE), ==, 1);
  g_assert_cmpuint (count (&f, TRUE), ==, 0);
  f.now += 3600 * GST_SECOND;
  for (guint i = 0; i < 1000; i++)
    g_assert_true (rtc_ice_connections_note_frame (f.table, a, TRUE));
  g_assert_cmpuint (expire (&f), ==, 0);
  fixture_clear (&f);
}

static void
test_talkers (void)
{
  RtcIceConnection *a;
  Fixture f;

  fixture_init (&f, 100);
  a = add_number (&f, 1);
  for (guint i = 1; i < RTC_ICE_CONNECTIONS_STRANGER_FRAMES; i++)
    g_assert_true (rtc_ice_connections_note_frame (f.table, a, FALSE));
  g_assert_false (rtc_ice_connections_note_frame (f.table, a, FALSE));
  fixture_clear (&f);
}

/* A number is not used again. */
static void
test_numbers (void)
{
  Fixture f;

  fixture_init (&f, 2);
  for (guint64 i = 1; i < 1000; i++) {
    RtcIceConnection *a = add_number (&f, 1);

    g_assert_cmpuint (a->flow.connection, ==, i);
    rtc_ice_connections_remove (f.table, a);
    g_assert_null (rtc_ice_connections_find (f.table, i));
  }
  fixture_clear (&f);
}

/* One address has so many strangers, of IPv6 one network; who has passed a check is not counted. */
static void
test_addresses (void)
{
  RtcIceConnection *first = NULL;
  RtcIceConnectionsStats stats;
  Fixture f;

  fixture_init (&f, 1000);
  for (guint i = 0; i < RTC_ICE_CONNECTIONS_MAX_AT; i++) {
    gchar *address = g_strdup_printf ("2001:db8::%x", i + 1);
    RtcIceConnection *a = add (&f, address, 1000);

    first = first == NULL ? a : first;
    g_assert_nonnull (a);
    g_assert_nonnull (add (&f, "192.0.2.9", 1000 + i));
    g_free (address);
  }
  g_assert_null (add (&f, "2001:db8::ffff", 1));
  g_assert_null (add (&f, "192.0.2.9", 1));
  g_assert_nonnull (add (&f, "2001:db8:0:1::1", 1));
  g_assert_nonnull (add (&f, "192.0.2.8", 1));
  rtc_ice_connections_note_frame (f.table, first, TRUE);
  g_assert_nonnull (add (&f, "2001:db8::ffff", 1));
  g_assert_null (add (&f, "2001:db8::ffff", 1));
  rtc_ice_connections_get_stats (f.table, &stats);
  g_assert_cmpuint (stats.refused, ==, 3);
  fixture_clear (&f);
}

/* Those that wait longest make room for others, and never a peer. */
static void
test_crowd (void)
{
  RtcIceConnectionsStats stats;
  RtcIceConnection *peer;
  guint n = 10000;
  Fixture f;

  fixture_init (&f, 1000);
  peer = add_number (&f, 1);
  rtc_ice_connections_note_frame (f.table, peer, TRUE);
  for (guint i = 2; i < n; i++) {
    f.now += GST_MSECOND;
    g_assert_nonnull (add_number (&f, i));
    expire (&f);
    g_assert_cmpuint (count (&f, TRUE), <=, RTC_ICE_CONNECTIONS_MAX_STRANGERS);
  }
  rtc_ice_connections_get_stats (f.table, &stats);
  g_assert_cmpuint (stats.made_room, ==, n - 2 - RTC_ICE_CONNECTIONS_MAX_STRANGERS);
  g_assert_cmpuint (stats.refused, ==, 0);
  g_assert_true (rtc_ice_connections_find (f.table, peer->flow.connection) == peer);
  /* The newest are there. */
  for (guint i = 0; i < RTC_ICE_CONNECTIONS_MAX_STRANGERS; i++)
    g_assert_nonnull (rtc_ice_connections_find (f.table, n - 1 - i));
  fixture_clear (&f);
}

/* All of max are peers: no more; a stranger among them makes room. */
static void
test_full (void)
{
  Fixture f;

  fixture_init (&f, 10);
  for (guint i = 0; i < 9; i++)
    rtc_ice_connections_note_frame (f.table, add_number (&f, i), TRUE);
  g_assert_nonnull (add_number (&f, 100));
  g_assert_nonnull (add_number (&f, 101));
  g_assert_cmpuint (expire (&f), ==, 10);
  rtc_ice_connections_note_frame (f.table, rtc_ice_connections_find (f.table, 11), TRUE);
  g_assert_null (add_number (&f, 102));
  g_assert_cmpuint (count (&f, FALSE), ==, 10);
  fixture_clear (&f);
}

static gboolean
is_odd (gpointer data, const RtcIceFlow *flow)
{
  return flow->connection % 2 != 0;
}

/* Whose session has gone may say goodbye, and goes before strangers do. */
static void
test_left (void)
{
  Fixture f;

  fixture_init (&f, 1000);
  for (guint i = 1; i <= 100; i++)
    rtc_ice_connections_note_frame (f.table, add_number (&f, i), i <= 50);
  rtc_ice_connections_check (f.table, f.now, is_odd, NULL);
  g_assert_cmpuint (count (&f, TRUE), ==, 75);
  g_assert_cmpuint (expire (&f), ==, 0);
  f.now += RTC_ICE_CONNECTIONS_LEFT_TIME;
  g_assert_cmpuint (expire (&f) % 2, ==, 0);
  g_assert_cmpuint (f.n_expired, ==, 25);
  rtc_ice_connections_check (f.table, f.now, is_odd, NULL);
  f.now += RTC_ICE_CONNECTIONS_STRANGER_TIME;
  g_assert_cmpuint (expire (&f), ==, 51);
  g_assert_cmpuint (f.n_expired, ==, 75);
  g_assert_cmpuint (count (&f, FALSE), ==, 25);
  fixture_clear (&f);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/ice-connections/strangers", test_strangers);
  g_test_add_func ("/ice-connections/talkers", test_talkers);
  g_test_add_func ("/ice-connections/numbers", test_numbers);
  g_test_add_func ("/ice-connections/addresses", test_addresses);
  g_test_add_func ("/ice-connections/crowd", test_crowd);
  g_test_add_func ("/ice-connections/full", test_full);
  g_test_add_func ("/ice-connections/left", test_left);
  return g_test_run ();
}
