/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* sink-mux.c - webrtcsink with all viewers on one port: what they are told, what they cost, what is
 * refused. */
#include <string.h>
#include <sys/resource.h>

#include "net-viewer.h"
#include "sink-pipeline.h"
#include "tests/check/count-proc.h"
#include "tests/check/run-tests.h"

#define N_VIEWERS 50
#define N_CYCLES 100

static void
sink_start (SinkPipeline *sink, guint port, const gchar *addresses)
{
  sink_pipeline_make (sink, FALSE);
  g_object_set (sink->sink, "udp-mux-port", port, "udp-mux-addresses", addresses, NULL);
  sink_pipeline_play (sink);
}

/* --- viewers --- */

typedef struct {
  NetViewer *viewer;
  gchar *offer, *answer, *location;
} Watch;

static void
watch_prepare (Watch *self, NetViewers *viewers)
{
  memset (self, 0, sizeof *self);
  self->viewer = net_viewer_new (viewers, NULL);
  self->offer = net_viewer_create_offer (self->viewer);
}

static void
watch_start (Watch *self, SinkPipeline *sink)
{
  GError *error = NULL;

  g_assert_cmpuint (
      net_whep_post (sink->whep_url, self->offer, &self->answer, &self->location), ==, 201);
  net_viewer_set_answer (self->viewer, self->answer, &error);
  g_assert_no_error (error);
}

static void
watch_stop (Watch *self, gboolean deletes, gboolean goodbye)
{
  if (deletes)
    g_assert_cmpuint (net_whep_delete (self->location), ==, 200);
  net_viewer_free (self->viewer, goodbye);
  g_free (self->offer);
  g_free (self->answer);
  g_free (self->location);
}

static guint
count_sessions (SinkPipeline *sink)
{
  gchar **sessions = NULL;
  guint n;

  g_signal_emit_by_name (sink->sink, "get-sessions", &sessions);
  n = g_strv_length (sessions);
  g_strfreev (sessions);
  return n;
}

static void
wait_no_sessions (SinkPipeline *sink)
{
  gint64 end = g_get_monotonic_time () + 20 * G_TIME_SPAN_SECOND;

  while (count_sessions (sink) > 0 && g_get_monotonic_time () < end)
    g_main_context_iteration (NULL, FALSE);
  g_assert_cmpuint (count_sessions (sink), ==, 0);
}

/* Every candidate of the answer is of that port; returns how many there are. */
static guint
check_candidates (const gchar *answer, guint port, const gchar *address)
{
  gchar **lines = g_strsplit (answer, "\r\n", -1);
  guint n = 0;

  for (guint i = 0; lines[i] != NULL; i++) {
    gchar **words;

    if (!g_str_has_prefix (lines[i], "a=candidate:"))
      continue;
    words = g_strsplit (lines[i], " ", -1);
    g_assert_cmpuint (g_ascii_strtoull (words[5], NULL, 10), ==, port);
    if (address != NULL)
      g_assert_cmpstr (words[4], ==, address);
    g_strfreev (words);
    n++;
  }
  g_strfreev (lines);
  return n;
}

/* --- tests --- */

/* Fifty viewers: the element has one socket more than without any, and no thread. */
static void
test_many (void)
{
  NetViewers *viewers = net_viewers_new ();
  guint port = sink_find_udp_port (NULL), threads, fds;
  Watch watches[N_VIEWERS];
  SinkPipeline sink;

  sink_start (&sink, port, NULL);
  for (guint i = 0; i < N_VIEWERS; i++)
    watch_prepare (&watches[i], viewers);
  watch_start (&watches[0], &sink);
  g_assert_nonnull (strstr (watches[0].answer, "a=ice-lite\r\n"));
  g_assert_cmpuint (check_candidates (watches[0].answer, port, NULL), >=, 1);
  g_assert_true (net_viewer_wait_packets (watches[0].viewer, 10, 10, 10000));
  threads = count_proc ("task");
  fds = count_proc ("fd");
  for (guint i = 1; i < N_VIEWERS; i++)
    watch_start (&watches[i], &sink);
  for (guint i = 1; i < N_VIEWERS; i++)
    g_assert_true (net_viewer_wait_packets (watches[i].viewer, 10, 10, 20000));
  g_test_message ("threads %u -> %u, descriptors %u -> %u with %u viewers", threads,
      count_proc ("task"), fds, count_proc ("fd"), N_VIEWERS);
  g_assert_cmpuint (count_proc ("task"), ==, threads);
  /* HTTP may keep a connection more, two descriptors in this process. */
  g_assert_cmpuint (count_proc ("fd"), <=, fds + 2);
  g_assert_cmpuint (count_sessions (&sink), ==, N_VIEWERS);
  for (guint i = 0; i < N_VIEWERS; i++)
    watch_stop (&watches[i], TRUE, TRUE);
  wait_no_sessions (&sink);
  sink_pipeline_stop (&sink);
  net_viewers_free (viewers);
}

/* Coming and going in every way leaves nothing. */
static void
test_cycles (void)
{
  NetViewers *viewers = net_viewers_new ();
  SinkPipeline sink;

  sink_start (&sink, sink_find_udp_port (NULL), NULL);
  for (guint i = 0; i < N_CYCLES; i++) {
    Watch watch;

    watch_prepare (&watch, viewers);
    watch_start (&watch, &sink);
    g_assert_true (net_viewer_wait_packets (watch.viewer, i % 10 == 0, 1, 10000));
    watch_stop (&watch, i % 3 != 2, i % 3 != 1);
  }
  wait_no_sessions (&sink);
  sink_pipeline_stop (&sink);
  net_viewers_free (viewers);
}

/* What is told instead of the host's own addresses. */
static void
test_addresses (void)
{
  guint port = sink_find_udp_port (NULL);
  NetViewers *viewers = net_viewers_new ();
  SinkPipeline sink;
  Watch watch;

  sink_start (&sink, port, "203.0.113.7");
  watch_prepare (&watch, viewers);
  watch_start (&watch, &sink);
  g_assert_cmpuint (check_candidates (watch.answer, port, "203.0.113.7"), >=, 1);
  watch_stop (&watch, TRUE, FALSE);
  wait_no_sessions (&sink);
  sink_pipeline_stop (&sink);
  net_viewers_free (viewers);
}

/* Two elements of a process may share a port. */
static void
test_shared (void)
{
  guint port = sink_find_udp_port (NULL);
  NetViewers *viewers = net_viewers_new ();
  SinkPipeline sinks[2];
  Watch watches[2];

  for (guint i = 0; i < 2; i++) {
    sink_start (&sinks[i], port, NULL);
    watch_prepare (&watches[i], viewers);
    watch_start (&watches[i], &sinks[i]);
  }
  for (guint i = 0; i < 2; i++)
    g_assert_true (net_viewer_wait_packets (watches[i].viewer, 10, 10, 10000));
  for (guint i = 0; i < 2; i++) {
    watch_stop (&watches[i], TRUE, TRUE);
    sink_pipeline_stop (&sinks[i]);
  }
  net_viewers_free (viewers);
}

/* A client that is ICE-lite itself: both would wait for the other. */
static void
test_both_lite (void)
{
  NetViewers *viewers = net_viewers_new ();
  SinkPipeline sink;
  gchar **parts, *offer;
  Watch watch;

  sink_start (&sink, sink_find_udp_port (NULL), NULL);
  watch_prepare (&watch, viewers);
  parts = g_strsplit (watch.offer, "t=0 0\r\n", 2);
  offer = g_strjoin ("t=0 0\r\na=ice-lite\r\n", parts[0], parts[1], NULL);
  g_assert_cmpuint (net_whep_post (sink.whep_url, offer, &watch.answer, &watch.location), ==, 406);
  wait_no_sessions (&sink);
  watch_stop (&watch, FALSE, FALSE);
  g_strfreev (parts);
  g_free (offer);
  sink_pipeline_stop (&sink);
  net_viewers_free (viewers);
}

/* The element does not start, and says why. */
static void
expect_refusal (guint port, const gchar *addresses, const gchar *policy, const gchar *words)
{
  SinkPipeline sink = { 0 };
  GstMessage *message;
  GError *error = NULL;
  GstBus *bus;

  sink_pipeline_make (&sink, FALSE);
  g_object_set (sink.sink, "udp-mux-port", port, "udp-mux-addresses", addresses, NULL);
  gst_util_set_object_arg (G_OBJECT (sink.sink), "ice-transport-policy", policy);
  g_assert_cmpint (
      gst_element_set_state (sink.pipeline, GST_STATE_PLAYING), ==, GST_STATE_CHANGE_FAILURE);
  bus = gst_element_get_bus (sink.pipeline);
  message = gst_bus_pop_filtered (bus, GST_MESSAGE_ERROR);
  g_assert_nonnull (message);
  gst_message_parse_error (message, &error, NULL);
  g_test_message ("%s", error->message);
  g_assert_nonnull (strstr (error->message, words));
  g_error_free (error);
  gst_message_unref (message);
  gst_object_unref (bus);
  gst_element_set_state (sink.pipeline, GST_STATE_NULL);
  gst_object_unref (sink.sink);
  gst_object_unref (sink.pipeline);
}

static void
test_refused (void)
{
  SinkPipeline first;
  GSocket *taken;
  guint port = sink_find_udp_port (&taken);

  expect_refusal (port, NULL, "all", "cannot be used for media");
  g_object_unref (taken);
  expect_refusal (port, "example.org", "all", "is no IPv4 or IPv6 address");
  expect_refusal (port, NULL, "relay", "exclude each other");
  sink_start (&first, port, "192.0.2.1, 2001:db8::1");
  expect_refusal (port, "192.0.2.2", "all", "with other udp-mux-addresses");
  sink_pipeline_stop (&first);
}

int
main (int argc, char **argv)
{
  struct rlimit limit;

  /* A viewer is a socket for each address. */
  getrlimit (RLIMIT_NOFILE, &limit);
  limit.rlim_cur = limit.rlim_max;
  setrlimit (RLIMIT_NOFILE, &limit);
  g_test_init (&argc, &argv, NULL);
  gst_init (NULL, NULL);
  g_test_add_func ("/sink-mux/many", test_many);
  g_test_add_func ("/sink-mux/cycles", test_cycles);
  g_test_add_func ("/sink-mux/addresses", test_addresses);
  g_test_add_func ("/sink-mux/shared", test_shared);
  g_test_add_func ("/sink-mux/both-lite", test_both_lite);
  g_test_add_func ("/sink-mux/refused", test_refused);
  return run_tests ();
}
