/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* test-repair-wait.c - whole calls: how long a viewer is asked to hold pictures for repair where
 * the path loses packets, where a queue does that overflows, and where both do. */
#include "sim-munge.h"
#include "sim-seeds.h"
#include "sim-steps.h"

#include "gst/rtc/peer/rtc-peer-private.h"

enum { SENDER, VIEWER };

#define MS GST_MSECOND
#define S GST_SECOND
#define SEEDS 20
#define WAY (25 * MS)

static const SimSteps wide = { "wide", 20 * S, { { 0, 0 } } };

typedef struct {
  const SimSteps *path;
  gdouble loss;
  gboolean times_repair; /* as Chromium; else as Firefox */
} Case;

/* What was asked for: for the first time, the most, the least since; NONE: never. The same if only
 * reports were gone by, which count what queues lose, too. */
typedef struct {
  gboolean times_repair;
  RtcRepairWait by_reports;
  GstClockTime first, longest, shortest;
  GstClockTime reports_first, reports_longest;
} Seen;

static gchar *
munge_no_times (gchar *sdp, gboolean from_sender)
{
  return sim_munge_replace (sdp, "a=rtcp-xr:", "a=unknown:");
}

static void
look (gpointer data, const SimCall *call, GstClockTime now)
{
  const RtcSendStream *send = &rtc_peer_section (call->peers[SENDER], call->video)->send;
  GstClockTime wait = send->wait.wait;
  Seen *self = data;

  rtc_repair_wait_handle_report (&self->by_reports, now, send->stats.highest_seq,
      send->stats.packets_lost, rtc_send_fec_get_path_rtt (&send->fec), self->times_repair);
  if (wait > 0 && self->first == GST_CLOCK_TIME_NONE)
    self->first = now;
  if (self->first != GST_CLOCK_TIME_NONE)
    self->shortest = MIN (self->shortest, wait);
  if (self->by_reports.wait > 0 && self->reports_first == GST_CLOCK_TIME_NONE)
    self->reports_first = now;
  self->longest = MAX (self->longest, wait);
  self->reports_longest = MAX (self->reports_longest, self->by_reports.wait);
}

static void
watch (const Case *what, guint64 seed, Seen *seen)
{
  SimWorldConfig config = { .seed = seed,
    .transport_cc = TRUE,
    .follows = TRUE,
    .payload_bytes = 1000,
    .bitrate = { 50000, 1000000, what->path == &wide ? 1500000 : 3000000 },
    .latency = 300 * MS };
  SimLink link = { .delay = WAY, .loss = what->loss, .queue = 300 * MS };
  SimWorld *world = sim_world_new (&config);
  SimCall *call = sim_world_add_call (world, &link);
  GError *error = NULL;

  *seen = (Seen){ .times_repair = what->times_repair,
    .first = GST_CLOCK_TIME_NONE,
    .shortest = GST_CLOCK_TIME_NONE,
    .reports_first = GST_CLOCK_TIME_NONE };
  sim_net_set_both (call->net, &link);
  sim_call_negotiate (call, TRUE, what->times_repair ? NULL : munge_no_times, &error);
  g_assert_no_error (error);
  sim_steps_run (what->path, call, &link, seed, look, seen);
  g_assert_cmpint (call->peers[SENDER]->peer_times_repair, ==, what->times_repair);
  sim_world_free (world);
}

/* Nothing is asked for because of a queue, however often it overflows. */
static void
test_queues (gconstpointer data)
{
  guint n = sim_get_n_seeds (SEEDS), n_bad = 0, n_by_reports = 0;

  for (SimStepsKind kind = 0; kind < SIM_STEPS_N; kind++) {
    for (guint seed = 1; seed <= n; seed++) {
      Case what = { sim_steps_get (kind), 0, GPOINTER_TO_UINT (data) };
      Seen seen;

      watch (&what, seed, &seen);
      n_by_reports += seen.reports_longest > 0;
      if (seen.longest == 0)
        continue;
      n_bad++;
      g_test_message (
          "FAILED, %s, seed %u: %u ms", what.path->name, seed, (guint) (seen.longest / MS));
    }
  }
  g_test_message ("by reports it would be in %u of %u calls", n_by_reports, SIM_STEPS_N * n);
  /* Else the calls show nothing. */
  g_assert_cmpuint (n_by_reports, >, 0);
  g_assert_cmpuint (n_bad, ==, 0);
}

/* What the path loses is found in no more time than by reports. */
static void
test_loss (gconstpointer data)
{
  Case what = { &wide, 0.1, GPOINTER_TO_UINT (data) };
  guint n = sim_get_n_seeds (SEEDS);
  GstClockTime sum = 0, sum_by_reports = 0;

  for (guint seed = 1; seed <= n; seed++) {
    Seen seen;

    watch (&what, seed, &seen);
    g_test_message ("seed %u: after %u ms, by reports %u", seed, (guint) (seen.first / MS),
        (guint) (seen.reports_first / MS));
    g_assert_cmpuint (seen.first, <=, 10 * S);
    g_assert_cmpuint (seen.shortest, >=, what.times_repair ? 250 * MS : 200 * MS);
    sum += seen.first;
    sum_by_reports += seen.reports_first;
  }
  /* A report, or half of one, more or less: other packets are counted. */
  g_assert_cmpuint (sum, <=, sum_by_reports + n * 500 * MS);
}

/* The path loses packets before, in and after the time in which a queue does. */
static void
test_both (gconstpointer data)
{
  gboolean times_repair = GPOINTER_TO_UINT (data);
  Case what = { sim_steps_get (SIM_STEPS_ONE), times_repair ? 0.12 : 0.1, times_repair };
  guint n = sim_get_n_seeds (SEEDS);

  for (guint seed = 1; seed <= n; seed++) {
    Seen seen;

    watch (&what, seed, &seen);
    g_test_message ("seed %u: after %u ms, from then on %u to %u ms", seed,
        (guint) (seen.first / MS), (guint) (seen.shortest / MS), (guint) (seen.longest / MS));
    g_assert_cmpuint (seen.first, <=, 10 * S);
    g_assert_cmpuint (seen.shortest, >=, times_repair ? 250 * MS : 200 * MS);
  }
}

int
main (int argc, char **argv)
{
  static const struct {
    const gchar *name;
    GTestDataFunc func;
  } tests[] = { { "queues", test_queues }, { "loss", test_loss }, { "both", test_both } };

  g_test_init (&argc, &argv, NULL);
  gst_init (NULL, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (tests); i++) {
    for (guint times_repair = 0; times_repair <= 1; times_repair++) {
      g_autofree gchar *path = g_strdup_printf (
          "/sim/repair-wait/%s/%s", tests[i].name, times_repair ? "times-repair" : "does-not");

      g_test_add_data_func (path, GUINT_TO_POINTER (times_repair), tests[i].func);
    }
  }
  return g_test_run ();
}
