/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* test-link.c - the emulated link: rates by time, queues, cross traffic, and its texts.
 *
 * Delay, jitter, loss, duplication and order are tested through the simulator (sim/test-net.c), the
 * relay of real packets by net/link-calibration.c. */
#include <string.h>

#include "link-net.h"

#define MBIT G_GUINT64_CONSTANT (1000000)

/* Offers packets of 1250 bytes at a steady rate until end. */
static void
offer (LinkNet *net, guint64 bps, GstClockTime end, GArray *waits)
{
  GstClockTime period = gst_util_uint64_scale (1250 * 8, GST_SECOND, bps);
  LinkPacket packet;
  LinkDir dir;

  for (GstClockTime now = 0; now <= end; now += period) {
    link_net_push (net, now, LINK_A_TO_B, 0, 1250, 0, NULL);
    while (link_net_pop (net, now, &dir, &packet)) {
      GstClockTime wait = packet.left - packet.pushed;

      g_assert_cmpint (dir, ==, LINK_A_TO_B);
      if (waits != NULL)
        g_array_append_val (waits, wait);
    }
  }
}

/* What has come out, in bit/s, of the seconds from .. to. */
static guint64
carried (const LinkStats *before, const LinkStats *after, guint seconds)
{
  return (after->bytes_delivered - before->bytes_delivered) * 8 / seconds;
}

static void
test_schedule (void)
{
  const LinkRateStep steps[] = { { 0, MBIT }, { 10 * GST_SECOND, 4 * MBIT },
    { 20 * GST_SECOND, MBIT / 2 } };
  const guint64 rates[] = { MBIT, 4 * MBIT, MBIT / 2 };
  LinkConfig config = { .queue = 100 * GST_MSECOND };
  LinkNet *net = link_net_new (1, NULL, NULL, NULL);
  LinkWay *way = link_net_get_way (net, LINK_A_TO_B);
  LinkStats before = { 0 }, after;
  LinkPacket packet;
  LinkDir dir;

  link_way_set_config (way, 0, &config);
  link_way_set_schedule (way, 0, steps, G_N_ELEMENTS (steps));
  for (GstClockTime now = 0; now < 30 * GST_SECOND; now += 2 * GST_MSECOND) {
    if (now > 0 && now % (10 * GST_SECOND) == 0) {
      link_way_get_stats (way, &after);
      g_assert_cmpuint (
          carried (&before, &after, 10), >, rates[now / (10 * GST_SECOND) - 1] * 98 / 100);
      g_assert_cmpuint (
          carried (&before, &after, 10), <, rates[now / (10 * GST_SECOND) - 1] * 102 / 100);
      before = after;
    }
    link_net_push (net, now, LINK_A_TO_B, 0, 1250, 0, NULL);
    while (link_net_pop (net, now, &dir, &packet))
      continue;
  }
  /* A packet that is being served when the rate steps up leaves with what is left of it. */
  link_net_free (net);
  net = link_net_new (1, NULL, NULL, NULL);
  way = link_net_get_way (net, LINK_A_TO_B);
  link_way_set_schedule (way, 0, (LinkRateStep[]){ { 0, 10000 }, { GST_SECOND / 2, 10000000 } }, 2);
  link_net_push (net, 0, LINK_A_TO_B, 0, 1250, 0, NULL);
  g_assert_cmpuint (link_net_next_deadline (net), ==, GST_SECOND / 2 + GST_MSECOND / 2);
  g_assert_true (link_net_pop (net, GST_SECOND, &dir, &packet));
  g_assert_cmpuint (packet.arrival, ==, GST_SECOND / 2 + GST_MSECOND / 2);
  link_net_free (net);
}

static GstClockTime
median (GArray *waits)
{
  guint n = 0;

  /* Small numbers of distinct values are not to be relied on: count those below the candidate. */
  for (GstClockTime t = 0;; t += GST_MSECOND, n = 0) {
    for (guint i = 0; i < waits->len; i++)
      n += g_array_index (waits, GstClockTime, i) <= t;
    if (n * 2 >= waits->len)
      return t;
  }
}

/* A tail-drop queue fills up with what does not go away; bytes limit it as well as time. */
static void
test_queue_limits (void)
{
  static const struct {
    LinkConfig config;
    GstClockTime longest;
  } cases[] = {
    { { .rate_bps = MBIT, .queue = 300 * GST_MSECOND }, 300 * GST_MSECOND },
    { { .rate_bps = MBIT, .queue_bytes = 12500 }, 90 * GST_MSECOND },
    { { .rate_bps = MBIT, .queue = 300 * GST_MSECOND, .queue_bytes = 12500 }, 90 * GST_MSECOND },
    { { .rate_bps = MBIT, .queue = 50 * GST_MSECOND, .queue_bytes = 1 << 20 }, 50 * GST_MSECOND },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    LinkNet *net = link_net_new (1, NULL, NULL, NULL);
    LinkStats stats;

    link_way_set_config (link_net_get_way (net, LINK_A_TO_B), 0, &cases[i].config);
    offer (net, 2 * MBIT, 20 * GST_SECOND, NULL);
    link_way_get_stats (link_net_get_way (net, LINK_A_TO_B), &stats);
    /* Served as well: 10 ms. */
    g_assert_cmpuint (stats.max_queue, >, cases[i].longest - 10 * GST_MSECOND);
    g_assert_cmpuint (stats.max_queue, <=, cases[i].longest + 11 * GST_MSECOND);
    g_assert_cmpuint (stats.queue_dropped, >, stats.pushed * 4 / 10);
    g_assert_cmpuint (stats.codel_dropped, ==, 0);
    link_net_free (net);
  }
}

/* CoDel leaves a queue that is short alone, and keeps a TCP connection's near its target. */
static void
test_codel (void)
{
  LinkConfig codel = { .rate_bps = 5 * MBIT,
    .delay = 25 * GST_MSECOND,
    .queue = GST_SECOND,
    .discipline = LINK_QUEUE_CODEL };
  LinkConfig back = { .delay = 25 * GST_MSECOND };
  GArray *waits = g_array_new (FALSE, FALSE, sizeof (GstClockTime));
  LinkNet *net = link_net_new (1, NULL, NULL, NULL);
  LinkCrossConfig tcp = { .kind = LINK_CROSS_RENO };
  LinkStats stats;

  link_way_set_config (link_net_get_way (net, LINK_A_TO_B), 0, &codel);
  link_way_set_config (link_net_get_way (net, LINK_B_TO_A), 0, &back);
  offer (net, 4 * MBIT, 10 * GST_SECOND, NULL);
  link_way_get_stats (link_net_get_way (net, LINK_A_TO_B), &stats);
  g_assert_cmpuint (stats.codel_dropped, ==, 0);
  link_net_free (net);

  net = link_net_new (1, NULL, NULL, NULL);
  link_way_set_config (link_net_get_way (net, LINK_A_TO_B), 0, &codel);
  link_way_set_config (link_net_get_way (net, LINK_B_TO_A), 0, &back);
  link_net_add_cross (net, &tcp);
  offer (net, MBIT / 5, 60 * GST_SECOND, waits);
  link_way_get_stats (link_net_get_way (net, LINK_A_TO_B), &stats);
  g_test_message ("codel: median wait %.1f ms, %u dropped, %.2f Mbit/s",
      (gdouble) median (waits) / 1e6, (guint) stats.codel_dropped,
      (gdouble) stats.bytes_delivered * 8 / 60e6);
  g_assert_cmpuint (stats.codel_dropped, >, 10);
  g_assert_cmpuint (median (waits), <, 20 * GST_MSECOND);
  g_assert_cmpuint (stats.bytes_delivered * 8 / 60, >, 4 * MBIT);
  g_array_unref (waits);
  link_net_free (net);
}

/* --- cross traffic ---------------------------------------------------------------------------- */

static void
run_cross (LinkNet *net, GstClockTime until)
{
  LinkPacket packet;
  LinkDir dir;

  g_assert_false (link_net_pop (net, until, &dir, &packet));
}

/* One TCP connection fills a link, two share it, and the queue is theirs. */
static void
test_tcp (void)
{
  LinkConfig link = { .rate_bps = 2 * MBIT, .delay = 50 * GST_MSECOND, .queue = 300 * GST_MSECOND };
  const LinkCrossKind kinds[] = { LINK_CROSS_CUBIC, LINK_CROSS_RENO };

  for (guint i = 0; i < G_N_ELEMENTS (kinds); i++) {
    LinkNet *net = link_net_new (i, NULL, NULL, NULL);
    LinkCrossConfig tcp = { .kind = kinds[i] },
                    late = { .kind = kinds[i], .from = 60 * GST_SECOND };
    LinkCrossStats at_60, a, b;
    LinkStats stats;
    gdouble share;

    link_way_set_config (link_net_get_way (net, LINK_A_TO_B), 0, &link);
    link_way_set_config (link_net_get_way (net, LINK_B_TO_A), 0, &link);
    link_net_add_cross (net, &tcp);
    link_net_add_cross (net, &late);
    run_cross (net, 60 * GST_SECOND);
    link_net_get_cross_stats (net, 0, &at_60);
    run_cross (net, 240 * GST_SECOND);
    link_net_get_cross_stats (net, 0, &a);
    link_net_get_cross_stats (net, 1, &b);
    link_way_get_stats (link_net_get_way (net, LINK_A_TO_B), &stats);
    share = (gdouble) b.delivered_bytes / (gdouble) (a.delivered_bytes - at_60.delivered_bytes);
    g_test_message ("%s: alone %.2f Mbit/s, %u lost, %u timeouts; a second one gets %.2f of the "
                    "first's; longest wait %.0f ms",
        kinds[i] == LINK_CROSS_RENO ? "reno" : "cubic", (gdouble) at_60.delivered_bytes * 8 / 60e6,
        (guint) a.lost, (guint) (a.timeouts + b.timeouts), share, (gdouble) stats.max_queue / 1e6);
    g_assert_cmpuint (at_60.delivered_bytes * 8 / 60, >, 2 * MBIT * 95 / 100);
    g_assert_cmpfloat (share, >, 0.6);
    g_assert_cmpfloat (share, <, 1.6);
    g_assert_cmpuint (stats.max_queue, >, 290 * GST_MSECOND);
    g_assert_cmpuint (a.lost, <, a.segments / 50);
    link_net_free (net);
  }
}

/* Without loss it is exactly as fast as its window: a known figure for the ACK clock. */
static void
test_tcp_slow_start (void)
{
  LinkConfig link = { .delay = 50 * GST_MSECOND };
  LinkCrossConfig tcp = { .min_bytes = 150000, .max_bytes = 150000, .idle = 1000 * GST_SECOND };
  LinkNet *net = link_net_new (1, NULL, NULL, NULL);
  LinkCrossStats stats;

  for (guint i = 0; i < LINK_N_DIRS; i++)
    link_way_set_config (link_net_get_way (net, (LinkDir) i), 0, &link);
  link_net_add_cross (net, &tcp);
  /* 10, 20, 40 and the 30 that are left of 100 segments, 100 ms each. */
  run_cross (net, 399 * GST_MSECOND);
  link_net_get_cross_stats (net, 0, &stats);
  g_assert_cmpuint (stats.segments, ==, 100);
  g_assert_cmpuint (stats.delivered_bytes, ==, 70 * 1500);
  g_assert_cmpuint (stats.transfers, ==, 0);
  run_cross (net, 400 * GST_MSECOND);
  link_net_get_cross_stats (net, 0, &stats);
  g_assert_cmpuint (stats.delivered_bytes, ==, 100 * 1500);
  g_assert_cmpuint (stats.transfers, ==, 1);
  g_assert_cmpuint (stats.lost, ==, 0);
  link_net_free (net);
}

/* Everything arrives in the end, through heavy loss and an outage, and then there is silence. */
static void
test_tcp_short (void)
{
  LinkConfig link = {
    .rate_bps = 2 * MBIT, .delay = 50 * GST_MSECOND, .queue = 100 * GST_MSECOND, .loss = 0.05
  };
  LinkCrossConfig tcp = {
    .min_bytes = 100000, .max_bytes = 1000000, .idle = 10 * GST_SECOND, .to = 280 * GST_SECOND
  };
  LinkNet *net = link_net_new (3, NULL, NULL, NULL);
  guint64 transfers = 0, timeouts = 0;

  for (guint i = 0; i < LINK_N_DIRS; i++) {
    link_way_set_config (link_net_get_way (net, (LinkDir) i), 0, &link);
    link_way_add_blackhole (
        link_net_get_way (net, (LinkDir) i), 100 * GST_SECOND, 103 * GST_SECOND);
  }
  for (guint i = 0; i < 3; i++)
    link_net_add_cross (net, &tcp);
  run_cross (net, 2000 * GST_SECOND);
  g_assert_cmpuint (link_net_next_deadline (net), ==, GST_CLOCK_TIME_NONE);
  for (guint i = 0; i < 3; i++) {
    LinkCrossStats stats;

    link_net_get_cross_stats (net, i, &stats);
    transfers += stats.transfers;
    timeouts += stats.timeouts;
  }
  g_test_message ("%u transfers, %u timeouts", (guint) transfers, (guint) timeouts);
  g_assert_cmpuint (transfers, >, 20);
  g_assert_cmpuint (timeouts, >, 0);
  link_net_free (net);
}

static void
test_steady (void)
{
  LinkCrossConfig steady = { .kind = LINK_CROSS_STEADY,
    .dir = LINK_B_TO_A,
    .rate_bps = 500000,
    .from = GST_SECOND,
    .to = 11 * GST_SECOND };
  LinkNet *net = link_net_new (1, NULL, NULL, NULL);
  LinkCrossStats stats;

  link_net_add_cross (net, &steady);
  run_cross (net, 60 * GST_SECOND);
  link_net_get_cross_stats (net, 0, &stats);
  g_assert_cmpuint (stats.delivered_bytes * 8 / 10, >=, 499000);
  g_assert_cmpuint (stats.delivered_bytes * 8 / 10, <=, 501000);
  link_net_free (net);
}

/* Each flow has a path of its own behind the bottleneck, and is in order for itself. */
static void
test_flow_delay (void)
{
  LinkNet *net = link_net_new (1, NULL, NULL, NULL);
  LinkWay *way = link_net_get_way (net, LINK_A_TO_B);
  LinkPacket packet;
  LinkDir dir;

  link_way_set_flow_delay (way, 1, 100 * GST_MSECOND);
  link_net_push (net, 0, LINK_A_TO_B, 1, 100, 7, NULL);
  link_net_push (net, GST_MSECOND, LINK_A_TO_B, 2, 100, 8, NULL);
  g_assert_true (link_net_pop (net, GST_SECOND, &dir, &packet));
  g_assert_cmpuint (packet.number, ==, 8);
  g_assert_cmpuint (packet.arrival, ==, GST_MSECOND);
  g_assert_true (link_net_pop (net, GST_SECOND, &dir, &packet));
  g_assert_cmpuint (packet.number, ==, 7);
  g_assert_cmpuint (packet.arrival, ==, 100 * GST_MSECOND);
  link_net_free (net);
}

/* --- texts ------------------------------------------------------------------------------------ */

static void
test_parse (void)
{
  LinkConfig config = { .loss = 0.5 };
  gchar *error = NULL;
  GArray *steps;

  g_assert_true (link_config_parse (&config,
      "delay=25, rate=2000,queue=300,dup=1,codel=1,"
      "queue-bytes=30000,codel-target=5",
      &error));
  g_assert_null (error);
  g_assert_cmpuint (config.delay, ==, 25 * GST_MSECOND);
  g_assert_cmpuint (config.rate_bps, ==, 2 * MBIT);
  g_assert_cmpuint (config.queue, ==, 300 * GST_MSECOND);
  g_assert_cmpuint (config.queue_bytes, ==, 30000);
  g_assert_cmpfloat (config.duplicate, ==, 0.01);
  g_assert_cmpfloat (config.loss, ==, 0.5);
  g_assert_cmpint (config.discipline, ==, LINK_QUEUE_CODEL);
  for (const gchar *const *bad = (const gchar *[]){ "speed=1", "rate", "rate=x", "rate=-1",
           "rate=1e99", "rate=nan", NULL };
       *bad != NULL; bad++) {
    g_assert_false (link_config_parse (&config, *bad, &error));
    g_clear_pointer (&error, g_free);
  }
  steps = link_schedule_parse ("0:2000/10:500/20.5:2000", GST_SECOND);
  g_assert_cmpuint (steps->len, ==, 3);
  g_assert_cmpuint (g_array_index (steps, LinkRateStep, 1).at, ==, 11 * GST_SECOND);
  g_assert_cmpuint (g_array_index (steps, LinkRateStep, 1).rate_bps, ==, 500000);
  g_assert_cmpuint (g_array_index (steps, LinkRateStep, 2).at, ==, 21500 * GST_MSECOND);
  g_array_unref (steps);
  for (const gchar *const *bad = (const gchar *[]){ "", "1", "1:", "2:5/1:5", "1:5/", "a:b", NULL };
       *bad != NULL; bad++)
    g_assert_null (link_schedule_parse (*bad, 0));
}

static void
test_trace (void)
{
  const LinkRateStep steps[] = { { 0, MBIT }, { GST_SECOND, 2 * MBIT } };
  GString *text = g_string_new (NULL);
  LinkTrace *trace = link_trace_new_text (text);
  LinkNet *net = link_net_new (1, trace, NULL, NULL);
  LinkTraceLine line;
  gchar **lines;

  link_way_set_config (link_net_get_way (net, LINK_A_TO_B), 0,
      &(LinkConfig){ .queue = 15 * GST_MSECOND, .delay = GST_MSECOND });
  link_way_set_schedule (link_net_get_way (net, LINK_A_TO_B), 0, steps, 2);
  for (guint i = 0; i < 4; i++)
    link_net_push (net, 5, LINK_A_TO_B, 3, 1250, 0, NULL);
  run_cross (net, 5);
  link_trace_value (trace, 7, LINK_B_TO_A, 2, "target", 123456.5);
  link_net_free (net);
  lines = g_strsplit (text->str, "\n", -1);
  g_assert_cmpstr (lines[0], ==, "0,A>B,0,capacity,1000000,,");
  g_assert_cmpstr (lines[1], ==, "5,A>B,3,queue,1250,,");
  g_assert_cmpstr (lines[2], ==, "5,A>B,3,queue,1250,,");
  g_assert_cmpstr (lines[3], ==, "7,B>A,2,target,123456.5,,");
  g_assert_true (link_trace_read (lines[3], &line));
  g_assert_cmpint (line.dir, ==, LINK_B_TO_A);
  g_assert_cmpuint (line.time, ==, 7);
  g_assert_cmpstr (line.event, ==, "target");
  g_assert_cmpfloat (line.value, ==, 123456.5);
  g_assert_cmpuint (line.arrival, ==, GST_CLOCK_TIME_NONE);
  g_strfreev (lines);
  lines = g_strsplit (LINK_TRACE_HEADER "\n5,A>B,3,ok,1250,11000005,10000000\r\n1,2,3\n", "\n", -1);
  g_assert_false (link_trace_read (lines[0], &line));
  g_assert_true (link_trace_read (lines[1], &line));
  g_assert_cmpuint (line.arrival, ==, 11000005);
  g_assert_cmpuint (line.queue, ==, 10000000);
  g_assert_false (link_trace_read (lines[2], &line));
  g_strfreev (lines);
  link_trace_free (trace);
  g_string_free (text, TRUE);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/link/schedule", test_schedule);
  g_test_add_func ("/link/queue-limits", test_queue_limits);
  g_test_add_func ("/link/codel", test_codel);
  g_test_add_func ("/link/tcp", test_tcp);
  g_test_add_func ("/link/tcp-slow-start", test_tcp_slow_start);
  g_test_add_func ("/link/tcp-short", test_tcp_short);
  g_test_add_func ("/link/steady", test_steady);
  g_test_add_func ("/link/flow-delay", test_flow_delay);
  g_test_add_func ("/link/parse", test_parse);
  g_test_add_func ("/link/trace", test_trace);
  return g_test_run ();
}
