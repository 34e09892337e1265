/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* mux-floods.c - strangers flood the one port of a webrtcsink that has viewers: who watches loses
 * nothing, who comes gets in, and no stranger gets more than it sent (T1, T3, T3a, T6 of
 * docs/security.md; call-hostile.c has the same against a single call).
 *
 * Scaled down; RTC_TEST_FULL=1 in the environment runs each kind alone, for a minute. */
#include <string.h>
#include <sys/resource.h>

#include "net-viewer.h"
#include "port-flood.h"
#include "sink-pipeline.h"
#include "tests/check/run-tests.h"

#define N_VIEWERS 10
#define N_JOINS 5
#define N_ATTEMPTS 3

/* Of joins, the median, over what they take without a flood (T1). */
#define MAX_ADDED_MS 100

typedef struct {
  SinkPipeline sink;
  NetViewers *viewers;
  guint port;
  NetViewer *watching[N_VIEWERS];
  gchar *ufrag;     /* of the first one's session */
  gdouble quiet_ms; /* of a join without a flood, median */
} Fixture;

static gboolean
is_full_size (void)
{
  return g_getenv ("RTC_TEST_FULL") != NULL;
}

/* --- viewers --- */

/* *ufrag (nullable): of the session. */
static NetViewer *
join (Fixture *f, gchar **ufrag)
{
  NetViewer *viewer = net_viewer_new (f->viewers, NULL);
  gchar *offer = net_viewer_create_offer (viewer), *answer, *location;
  GError *error = NULL;
  const gchar *at;

  g_assert_cmpuint (net_whep_post (f->sink.whep_url, offer, &answer, &location), ==, 201);
  net_viewer_set_answer (viewer, answer, &error);
  g_assert_no_error (error);
  at = strstr (answer, "a=ice-ufrag:");
  g_assert_nonnull (at);
  if (ufrag != NULL)
    *ufrag = g_strndup (at + 12, strcspn (at + 12, "\r\n"));
  g_free (offer);
  g_free (answer);
  g_free (location);
  return viewer;
}

static gint
compare_doubles (gconstpointer a, gconstpointer b)
{
  const gdouble *x = a, *y = b;

  return *x < *y ? -1 : *x > *y;
}

/* Some joins: from the offer's leaving to the first packet, ms; gdouble, added to all. */
static void
measure_joins (Fixture *f, GArray *all)
{
  for (guint i = 0; i < N_JOINS; i++) {
    GstClockTime began = rtc_loop_now ();
    NetViewer *viewer = join (f, NULL);
    NetViewerCounts counts;
    gdouble ms;

    g_assert_true (net_viewer_wait_packets (viewer, 1, 1, 20000));
    net_viewer_get_counts (viewer, &counts);
    ms = (gdouble) (counts.first_media - began) / GST_MSECOND;
    g_array_append_val (all, ms);
    net_viewer_free (viewer, TRUE);
  }
}

static gdouble
get_median (GArray *all)
{
  g_array_sort (all, compare_doubles);
  return g_array_index (all, gdouble, all->len / 2);
}

/* --- the world --- */

static void
fixture_init (Fixture *f)
{
  GArray *joins = g_array_new (FALSE, FALSE, sizeof (gdouble));

  f->viewers = net_viewers_new ();
  f->port = sink_find_port (NULL);
  sink_pipeline_make (&f->sink, FALSE);
  g_object_set (f->sink.sink, "udp-mux-port", f->port, NULL);
  sink_pipeline_play (&f->sink);
  for (guint i = 0; i < N_VIEWERS; i++)
    f->watching[i] = join (f, i == 0 ? &f->ufrag : NULL);
  for (guint i = 0; i < N_VIEWERS; i++)
    g_assert_true (net_viewer_wait_packets (f->watching[i], 10, 10, 20000));
  measure_joins (f, joins);
  f->quiet_ms = get_median (joins);
  g_array_unref (joins);
}

static void
fixture_clear (Fixture *f)
{
  for (guint i = 0; i < N_VIEWERS; i++)
    net_viewer_free (f->watching[i], TRUE);
  sink_pipeline_stop (&f->sink);
  net_viewers_free (f->viewers);
  g_free (f->ufrag);
}

/* Processor time of the network threads so far, ns: the port's, and the viewers', which no flood
 * reaches. By the scheduler's clock. */
static guint64
get_network_time (void)
{
  GDir *tasks = g_dir_open ("/proc/self/task", 0, NULL);
  guint64 sum = 0;
  const gchar *name;

  while ((name = g_dir_read_name (tasks)) != NULL) {
    gchar *comm = g_build_filename ("/proc/self/task", name, "comm", NULL), *text = NULL;
    gchar *schedstat = g_build_filename ("/proc/self/task", name, "schedstat", NULL);

    if (g_file_get_contents (comm, &text, NULL, NULL) && g_str_has_prefix (text, "rtc-network")) {
      g_free (text);
      text = NULL;
      if (g_file_get_contents (schedstat, &text, NULL, NULL))
        sum += g_ascii_strtoull (text, NULL, 10);
    }
    g_free (text);
    g_free (comm);
    g_free (schedstat);
  }
  g_dir_close (tasks);
  return sum;
}

static guint64
count_frames (Fixture *f, guint i)
{
  RtcInboundStats stats;

  net_viewer_get_video_stats (f->watching[i], &stats);
  return stats.frames_received;
}

/* All pictures have come to all of them. */
static void
assert_unharmed (Fixture *f, gdouble seconds, const guint64 *before)
{
  gint64 lost = 0, max_frames = 0, min_frames = G_MAXINT64;

  for (guint i = 0; i < N_VIEWERS; i++) {
    RtcInboundStats stats;

    net_viewer_get_video_stats (f->watching[i], &stats);
    g_assert_cmpuint (stats.nack_given_up, ==, 0);
    lost += stats.packets_lost;
    min_frames = MIN (min_frames, (gint64) (stats.frames_received - before[i]));
    max_frames = MAX (max_frames, (gint64) (stats.frames_received - before[i]));
  }
  g_test_message ("%u viewers, %.1f s: %" G_GINT64_FORMAT " to %" G_GINT64_FORMAT
                  " pictures each, %" G_GINT64_FORMAT " packets lost or resent",
      N_VIEWERS, seconds, min_frames, max_frames, lost);
  /* One may be on its way. */
  g_assert_cmpint (min_frames, >=, max_frames - 2);
  g_assert_cmpint (min_frames, >, (gint64) (seconds * 30 * 0.8));
}

/* FALSE: joins took too long. */
static gboolean
run_flood_once (Fixture *f, PortFloodKind kind, guint rate, guint seconds)
{
  static const gchar *const names[] = { "hellos and media", "unknown fragments", "wrong passwords",
    "no credentials", "all of these", "connections" };
  gint64 began = g_get_monotonic_time (), end = began + seconds * G_TIME_SPAN_SECOND;
  guint64 before[N_VIEWERS], cpu;
  GArray *joins = g_array_new (FALSE, FALSE, sizeof (gdouble));
  gdouble median, took;
  PortFloodStats stats;
  PortFlood *flood;

  for (guint i = 0; i < N_VIEWERS; i++)
    before[i] = count_frames (f, i);
  cpu = get_network_time ();
  flood = port_flood_start (kind, f->port, rate, f->ufrag);
  do
    measure_joins (f, joins);
  while (g_get_monotonic_time () < end);
  took = (gdouble) (g_get_monotonic_time () - began) / G_TIME_SPAN_SECOND;
  cpu = get_network_time () - cpu;
  port_flood_stop (flood, &stats);
  median = get_median (joins);
  g_array_unref (joins);
  g_test_message (
      "%s: %" G_GUINT64_FORMAT " in %.1f s, %" G_GUINT64_FORMAT
      " answers; at most %.2f bytes for one; joins %.1f ms, %.1f without; network threads %.1f %%",
      names[kind], stats.sent, took, stats.received, stats.max_gain / 1000., median, f->quiet_ms,
      (gdouble) cpu / took / 1e7);
  assert_unharmed (f, took, before);
  /* A flood it was, on a busy machine, too. */
  g_assert_cmpuint (stats.sent, >, (guint64) (took * rate / 10));
  g_assert_cmpuint (stats.max_gain, <=, 1000);
  if (kind == PORT_FLOOD_HELLOS)
    g_assert_cmpuint (stats.received, ==, 0);
  return median <= f->quiet_ms + MAX_ADDED_MS;
}

/* What else the machine is busy with slows down one attempt, a port that suffers each. */
static void
run_flood (Fixture *f, PortFloodKind kind, guint rate, guint seconds)
{
  guint n = 0;

  while (!run_flood_once (f, kind, rate, seconds))
    g_assert_cmpuint (++n, <, N_ATTEMPTS);
}

static void
test_datagrams (void)
{
  Fixture f;

  fixture_init (&f);
  if (is_full_size ()) {
    for (guint kind = PORT_FLOOD_HELLOS; kind < PORT_FLOOD_ALL; kind++)
      run_flood (&f, (PortFloodKind) kind, kind == PORT_FLOOD_HELLOS ? 10000 : 50000, 60);
  } else {
    run_flood (&f, PORT_FLOOD_ALL, 10000, 2);
  }
  fixture_clear (&f);
}

static void
test_connections (void)
{
  Fixture f;

  fixture_init (&f);
  run_flood (&f, PORT_FLOOD_CONNECTIONS, 2000, is_full_size () ? 60 : 2);
  fixture_clear (&f);
}

int
main (int argc, char **argv)
{
  struct rlimit limit;

  getrlimit (RLIMIT_NOFILE, &limit);
  limit.rlim_cur = limit.rlim_max;
  setrlimit (RLIMIT_NOFILE, &limit);
  g_test_init (&argc, &argv, NULL);
  gst_init (NULL, NULL);
  g_test_add_func ("/mux-floods/datagrams", test_datagrams);
  g_test_add_func ("/mux-floods/connections", test_connections);
  return run_tests ();
}
