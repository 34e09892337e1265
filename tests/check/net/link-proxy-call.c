/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* link-proxy-call.c - the proxy program: a viewer that calls through it has its media over the
 * link.
 *
 *   link-proxy-call PROGRAM      the proxy's path */
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "net-viewer.h"
#include "sink-pipeline.h"
#include "tests/check/run-tests.h"

static const gchar *program;

typedef struct {
  GPid pid;
  gint input;
  FILE *output;
  gchar *url;
} Proxy;

/* What stands between the first '"key": ' and the next delimiter. (transfer full) */
static gchar *
find_value (const gchar *json, const gchar *key)
{
  gchar *name = g_strdup_printf ("\"%s\": ", key);
  const gchar *at = strstr (json, name);

  g_assert_nonnull (at);
  at += strlen (name);
  at += *at == '"';
  g_free (name);
  return g_strndup (at, strcspn (at, "\",}"));
}

static void
proxy_start (Proxy *self, const gchar *upstream)
{
  const gchar *argv[] = { program, "--both", "delay=10,loss=1", upstream, NULL };
  gchar line[512] = "";
  GError *error = NULL;
  gint output;

  g_spawn_async_with_pipes (NULL, (gchar **) argv, NULL, G_SPAWN_DO_NOT_REAP_CHILD, NULL, NULL,
      &self->pid, &self->input, &output, NULL, &error);
  g_assert_no_error (error);
  self->output = fdopen (output, "r");
  g_assert_nonnull (fgets (line, sizeof line, self->output));
  self->url = find_value (line, "url");
}

static void
proxy_stop (Proxy *self)
{
  gint status;

  close (self->input);
  g_assert_cmpint (waitpid (self->pid, &status, 0), ==, self->pid);
  g_assert_cmpint (status, ==, 0);
  fclose (self->output);
  g_free (self->url);
}

static guint64
proxy_count (Proxy *self, const gchar *key)
{
  gchar line[1024] = "", *value;
  guint64 n;

  g_assert_cmpint (write (self->input, "stats\n", 6), ==, 6);
  g_assert_nonnull (fgets (line, sizeof line, self->output));
  value = find_value (strstr (line, "to_client"), key);
  n = g_ascii_strtoull (value, NULL, 10);
  g_free (value);
  return n;
}

static void
test_viewer (void)
{
  NetViewers *viewers = net_viewers_new ();
  NetViewer *viewer = net_viewer_new (viewers, NULL);
  gchar *offer = net_viewer_create_offer (viewer), *answer = NULL, *location = NULL, *url;
  NetViewerCounts counts;
  GError *error = NULL;
  SinkPipeline sink;
  Proxy proxy;

  sink_pipeline_start (&sink, FALSE);
  proxy_start (&proxy, sink.url);
  url = g_strconcat (proxy.url, "whep", NULL);
  g_assert_cmpuint (net_whep_post (url, offer, &answer, &location), ==, 201);
  g_assert_true (g_str_has_prefix (location, proxy.url));
  net_viewer_set_answer (viewer, answer, &error);
  g_assert_no_error (error);
  g_assert_true (net_viewer_wait_packets (viewer, 60, 60, 20000));
  net_viewer_get_counts (viewer, &counts);
  g_assert_cmpuint (
      proxy_count (&proxy, "packets"), >=, counts.video_packets + counts.audio_packets);
  g_assert_cmpuint (net_whep_delete (location), ==, 200);
  net_viewer_free (viewer, TRUE);
  proxy_stop (&proxy);
  sink_pipeline_stop (&sink);
  net_viewers_free (viewers);
  g_free (offer);
  g_free (answer);
  g_free (location);
  g_free (url);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  gst_init (NULL, NULL);
  g_assert_cmpint (argc, ==, 2);
  program = argv[1];
  g_test_add_func ("/link/proxy/viewer", test_viewer);
  return run_tests ();
}
