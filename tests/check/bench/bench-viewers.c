/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* bench-viewers.c - what a viewer costs the sender: CPU, threads, memory, descriptors; set-up time.
 *
 *   bench-viewers [--mux] [--viewers 1,10,50] [--seconds 5] [--setups 50]
 *
 * --mux: all viewers on one port of the sender's (udp-mux-port).
 * The sender is a process of its own (this program with "--sink"), so that only it is charged;
 * the viewers are net-viewer.h's in this one. Numbers are kept in docs/benchmarks.md. */
#include <glib-unix.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "net-viewer.h"
#include "sink-pipeline.h"
#include "tools/load/process-usage.h"

typedef struct {
  GPid pid;
  gint input; /* closing it ends the sender */
  gchar *url;
} Sender;

/* The child: prints the WHEP URL, plays until standard input ends. */
static int
run_sink (gboolean is_mux)
{
  SinkPipeline sink;
  gchar byte;

  sink_pipeline_make (&sink, FALSE);
  if (is_mux)
    g_object_set (sink.sink, "udp-mux-port", sink_find_port (NULL), NULL);
  sink_pipeline_play (&sink);
  printf ("%s\n", sink.whep_url);
  fflush (stdout);
  while (read (STDIN_FILENO, &byte, 1) > 0)
    ;
  sink_pipeline_stop (&sink);
  return 0;
}

static Sender
sender_start (const gchar *program, gboolean is_mux)
{
  const gchar *argv[] = { program, "--sink", is_mux ? "--mux" : NULL, NULL };
  GError *error = NULL;
  gchar line[256] = "";
  Sender sender = { 0 };
  gint output;
  FILE *stream;

  g_spawn_async_with_pipes (NULL, (gchar **) argv, NULL, G_SPAWN_DO_NOT_REAP_CHILD, NULL, NULL,
      &sender.pid, &sender.input, &output, NULL, &error);
  g_assert_no_error (error);
  stream = fdopen (output, "r");
  /* What the element itself prints on the console comes first. */
  while (fgets (line, sizeof line, stream) != NULL && !g_str_has_prefix (line, "http"))
    ;
  sender.url = g_strdup (g_strchomp (line));
  g_assert_true (g_str_has_prefix (sender.url, "http"));
  return sender;
}

static void
sender_stop (Sender *sender)
{
  gint status;

  close (sender->input);
  waitpid (sender->pid, &status, 0);
  g_free (sender->url);
}

static NetViewer *
join (const Sender *sender, NetViewers *viewers, GstClockTime *took)
{
  NetViewer *viewer = net_viewer_new (viewers, NULL);
  gchar *offer = net_viewer_create_offer (viewer), *answer, *location;
  GstClockTime posted = rtc_loop_now ();
  NetViewerCounts counts;
  GError *error = NULL;

  g_assert_cmpuint (net_whep_post (sender->url, offer, &answer, &location), ==, 201);
  net_viewer_set_answer (viewer, answer, &error);
  g_assert_no_error (error);
  g_assert_true (net_viewer_wait_packets (viewer, 0, 1, 10000));
  net_viewer_get_counts (viewer, &counts);
  if (took != NULL)
    *took = counts.first_media - posted;
  g_free (offer);
  g_free (answer);
  g_free (location);
  return viewer;
}

static int
compare_times (gconstpointer a, gconstpointer b)
{
  GstClockTime x = *(const GstClockTime *) a, y = *(const GstClockTime *) b;

  return x < y ? -1 : x > y;
}

static void
bench_setup (const Sender *sender, NetViewers *viewers, guint n)
{
  GstClockTime *times = g_new (GstClockTime, n);

  for (guint i = 0; i < n; i++)
    net_viewer_free (join (sender, viewers, &times[i]), TRUE);
  qsort (times, n, sizeof *times, compare_times);
  printf (
      "set-up, offer posted to first media, %u runs: median %.1f ms, p95 %.1f ms, max %.1f ms\n", n,
      (gdouble) times[n / 2] / 1e6, (gdouble) times[n * 95 / 100] / 1e6,
      (gdouble) times[n - 1] / 1e6);
  g_free (times);
}

static void
bench_viewers (const Sender *sender, NetViewers *viewers, guint n, guint seconds)
{
  NetViewer **all = g_new (NetViewer *, n);
  GMainLoop *wait = g_main_loop_new (NULL, FALSE);
  ProcessUsage idle, before, after;

  process_usage_read (sender->pid, &idle);
  for (guint i = 0; i < n; i++)
    all[i] = join (sender, viewers, NULL);
  g_timeout_add_seconds (seconds, (GSourceFunc) (void (*) (void)) g_main_loop_quit, wait);
  process_usage_read (sender->pid, &before);
  g_main_loop_run (wait);
  process_usage_read (sender->pid, &after);
  printf ("%4u viewers: %6.2f ms CPU per viewer-second, %u threads, %u descriptors, "
          "%.2f MiB per viewer\n",
      n, (after.cpu_seconds - before.cpu_seconds) * 1000 / (n * seconds), after.threads, after.fds,
      (after.rss_kib - idle.rss_kib) / 1024 / n);
  for (guint i = 0; i < n; i++)
    net_viewer_free (all[i], TRUE);
  g_main_loop_unref (wait);
  g_free (all);
}

int
main (int argc, char **argv)
{
  gboolean is_sink = FALSE, is_mux = FALSE;
  gchar *counts = g_strdup ("1,10,50");
  gint seconds = 5, setups = 50;
  const GOptionEntry entries[] = {
    { "sink", 0, 0, G_OPTION_ARG_NONE, &is_sink, "be the sender", NULL },
    { "mux", 0, 0, G_OPTION_ARG_NONE, &is_mux, "all viewers on one port", NULL },
    { "viewers", 0, 0, G_OPTION_ARG_STRING, &counts, "numbers of viewers", "N,N" },
    { "seconds", 0, 0, G_OPTION_ARG_INT, &seconds, "length of each measurement", "S" },
    { "setups", 0, 0, G_OPTION_ARG_INT, &setups, "set-ups measured", "N" },
    { NULL },
  };
  GOptionContext *context = g_option_context_new (NULL);
  GError *error = NULL;
  struct rlimit limit;
  NetViewers *viewers;
  Sender sender;
  gchar **list;

  getrlimit (RLIMIT_NOFILE, &limit);
  limit.rlim_cur = limit.rlim_max;
  setrlimit (RLIMIT_NOFILE, &limit);
  g_option_context_add_main_entries (context, entries, NULL);
  g_option_context_add_group (context, gst_init_get_option_group ());
  if (!g_option_context_parse (context, &argc, &argv, &error)) {
    fprintf (stderr, "%s\n", error->message);
    return 2;
  }
  g_option_context_free (context);
  if (is_sink)
    return run_sink (is_mux);
  sender = sender_start (argv[0], is_mux);
  viewers = net_viewers_new ();
  bench_setup (&sender, viewers, (guint) setups);
  list = g_strsplit (counts, ",", -1);
  for (guint i = 0; list[i] != NULL; i++)
    bench_viewers (&sender, viewers, (guint) atoi (list[i]), (guint) seconds);
  g_strfreev (list);
  g_free (counts);
  sender_stop (&sender);
  net_viewers_free (viewers);
  return 0;
}
