/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* test-net.c - the simulated link itself: each impairment, and that a seed repeats it. */
#include "sim-net.h"

#define N_PACKETS 20000
#define STEP GST_MSECOND

/* Sends N_PACKETS, one a step, and drains; the order of arrival is checked unless reordered. */
static void
run_link (
    const SimLink *link, guint64 seed, GString *trace, SimNetStats *stats, GstClockTime *longest)
{
  SimNet *net = sim_net_new (seed, trace);
  guint8 data[100] = { 0 };
  guint32 last = 0;

  sim_net_set_link (net, SIM_A_TO_B, link);
  *longest = 0;
  for (guint32 i = 1; i <= N_PACKETS; i++) {
    GstClockTime now = i * STEP;
    RtcPacket *packet;
    SimDir dir;

    memcpy (data, &i, sizeof (i));
    sim_net_push (net, now, SIM_A_TO_B, data, sizeof (data));
    while ((packet = sim_net_pop_due (net, i == N_PACKETS ? GST_CLOCK_TIME_NONE - 1 : now, &dir))) {
      guint32 number;

      memcpy (&number, packet->data, sizeof (number));
      g_assert_cmpint (dir, ==, SIM_A_TO_B);
      g_assert_cmpuint (packet->time, >=, number * STEP + link->delay);
      *longest = MAX (*longest, packet->time - number * STEP);
      if (!link->reorder)
        g_assert_cmpuint (number, >=, last);
      last = number;
      rtc_packet_unref (packet);
    }
  }
  g_assert_cmpuint (sim_net_next_deadline (net), ==, GST_CLOCK_TIME_NONE);
  sim_net_get_stats (net, SIM_A_TO_B, stats);
  sim_net_free (net);
}

static void
test_impairments (void)
{
  static const struct {
    SimLink link;
    guint min_delivered, max_delivered; /* of N_PACKETS */
    GstClockTime longest;
  } cases[] = {
    { { 0 }, N_PACKETS, N_PACKETS, 0 },
    { { .delay = 50 * GST_MSECOND }, N_PACKETS, N_PACKETS, 50 * GST_MSECOND },
    { { .delay = GST_MSECOND, .jitter = 20 * GST_MSECOND }, N_PACKETS, N_PACKETS,
        21 * GST_MSECOND },
    { { .jitter = 20 * GST_MSECOND, .reorder = TRUE }, N_PACKETS, N_PACKETS, 20 * GST_MSECOND },
    { { .loss = 0.1 }, 17700, 18300, 0 },
    { { .loss = 1.0 }, 0, 0, 0 },
    /* Bad a fifth of the time, half lost there: a tenth. */
    { { .burst_start = 0.05, .burst_stop = 0.2, .burst_loss = 0.5 }, 17500, 18500, 0 },
    { { .duplicate = 0.5 }, 29500, 30500, 0 },
    /* 800 kbit/s offered, half of it carried, never later than the queue and one packet. */
    { { .rate_bps = 400000, .queue = 100 * GST_MSECOND }, 9900, 10200, 102 * GST_MSECOND },
    { { .mtu = 99 }, 0, 0, 0 },
    { { .mtu = 100 }, N_PACKETS, N_PACKETS, 0 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    GstClockTime longest;
    SimNetStats stats;

    run_link (&cases[i].link, 3, NULL, &stats, &longest);
    g_assert_cmpuint (stats.delivered, >=, cases[i].min_delivered);
    g_assert_cmpuint (stats.delivered, <=, cases[i].max_delivered);
    g_assert_cmpuint (longest, <=, cases[i].longest);
    g_assert_cmpuint (stats.pushed + stats.duplicated, ==,
        stats.delivered + stats.lost + stats.queue_dropped + stats.too_long + stats.blackholed
            + stats.tapped);
  }
}

static void
test_reorders (void)
{
  SimLink link = { .jitter = 50 * GST_MSECOND, .reorder = TRUE };
  GString *trace = g_string_new (NULL);
  SimNet *net = sim_net_new (1, trace);
  guint n_swapped = 0;
  guint8 last = 0;
  RtcPacket *packet;
  SimDir dir;

  sim_net_set_both (net, &link);
  for (guint8 i = 1; i < 200; i++)
    sim_net_push (net, i * GST_MSECOND, SIM_B_TO_A, &i, 1);
  while ((packet = sim_net_pop_due (net, GST_SECOND, &dir)) != NULL) {
    n_swapped += packet->data[0] < last;
    last = packet->data[0];
    rtc_packet_unref (packet);
  }
  g_assert_cmpuint (n_swapped, >, 20);
  g_assert_true (g_str_has_prefix (trace->str, "1000000,B>A,0,ok,1,"));
  g_string_free (trace, TRUE);
  sim_net_free (net);
}

static gboolean
tap_every_fourth (gpointer user_data, GstClockTime now, SimDir dir, const guint8 *data, gsize len)
{
  return ++*(guint *) user_data % 4 == 0;
}

/* Packets that wait for ten others come just behind the tenth, and nobody else changes places. */
static void
test_hold (void)
{
  SimLink link = { .delay = 5 * GST_MSECOND, .hold = 0.05, .hold_depth = 10 };
  SimNet *net = sim_net_new (3, NULL);
  guint32 highest = 0, number;
  guint n_late = 0, n = 0, tapped = 0;
  SimNetStats stats;
  RtcPacket *packet;
  SimDir dir;

  sim_net_set_both (net, &link);
  for (guint32 i = 1; i <= 10000; i++)
    sim_net_push (net, i * GST_MSECOND, SIM_A_TO_B, (guint8 *) &i, sizeof i);
  while ((packet = sim_net_pop_due (net, 20 * GST_SECOND, &dir)) != NULL) {
    memcpy (&number, packet->data, sizeof number);
    /* Others that wait do not count, so the distance is a little more; at the end nobody is left to
     * wait for. */
    if (number < highest && number < 9950) {
      n_late++;
      g_assert_cmpuint (highest - number, >=, 10);
      g_assert_cmpuint (highest - number, <=, 16);
    }
    highest = MAX (highest, number);
    n++;
    rtc_packet_unref (packet);
  }
  g_assert_cmpuint (n, ==, 10000);
  g_assert_cmpuint (n_late, >, 400);
  g_assert_cmpuint (n_late, <, 600);
  sim_net_get_stats (net, SIM_A_TO_B, &stats);
  g_assert_cmpuint (stats.held, >=, n_late);
  sim_net_set_tap (net, tap_every_fourth, &tapped);
  for (guint8 i = 0; i < 100; i++)
    sim_net_push (net, 20 * GST_SECOND, SIM_B_TO_A, &i, 1);
  sim_net_get_stats (net, SIM_B_TO_A, &stats);
  g_assert_cmpuint (stats.tapped, ==, 25);
  sim_net_free (net);
}

static void
test_same_seed (void)
{
  SimLink link = { .delay = 5 * GST_MSECOND,
    .jitter = 9 * GST_MSECOND,
    .loss = 0.05,
    .duplicate = 0.02,
    .burst_start = 0.01,
    .burst_stop = 0.3,
    .burst_loss = 0.9,
    .rate_bps = 900000,
    .queue = 20 * GST_MSECOND };
  GString *traces[3];
  GstClockTime longest;
  SimNetStats stats;

  for (guint i = 0; i < 3; i++) {
    traces[i] = g_string_new (NULL);
    run_link (&link, i == 2 ? 8 : 7, traces[i], &stats, &longest);
  }
  g_assert_true (g_string_equal (traces[0], traces[1]));
  g_assert_false (g_string_equal (traces[0], traces[2]));
  for (guint i = 0; i < 3; i++)
    g_string_free (traces[i], TRUE);
}

static void
test_blackhole (void)
{
  SimNet *net = sim_net_new (1, NULL);
  guint8 byte = 1;
  SimNetStats stats;

  sim_net_add_blackhole (net, SIM_A_TO_B, 10, 20);
  sim_net_add_blackhole (net, SIM_A_TO_B, 30, 31);
  for (GstClockTime now = 0; now < 40; now++) {
    sim_net_push (net, now, SIM_A_TO_B, &byte, 1);
    sim_net_push (net, now, SIM_B_TO_A, &byte, 1);
  }
  sim_net_get_stats (net, SIM_A_TO_B, &stats);
  g_assert_cmpuint (stats.blackholed, ==, 11);
  sim_net_get_stats (net, SIM_B_TO_A, &stats);
  g_assert_cmpuint (stats.blackholed, ==, 0);
  sim_net_free (net);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/sim/net/impairments", test_impairments);
  g_test_add_func ("/sim/net/reorders", test_reorders);
  g_test_add_func ("/sim/net/hold", test_hold);
  g_test_add_func ("/sim/net/same-seed", test_same_seed);
  g_test_add_func ("/sim/net/blackhole", test_blackhole);
  return g_test_run ();
}
