/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* sink-viewers.c - webrtcsink and many viewers: threads, descriptors, memory, strangers' keys. */
#include <string.h>
#include <sys/resource.h>

#include "net-viewer.h"
#include "sink-pipeline.h"
#include "tests/check/count-heap.h"
#include "tests/check/count-proc.h"
#include "tests/check/main-turn.h"
#include "tests/check/run-tests.h"

#define N_VIEWERS 50
#define N_WARM_UP 100
#define N_CYCLES 500
#define N_ROUNDS 3 /* of those, at most */

typedef struct {
  NetViewer *viewer;
  gchar *location;
} Watch;

static Watch
watch_start (SinkPipeline *sink, NetViewers *viewers, const NetViewerConfig *config)
{
  Watch watch = { net_viewer_new (viewers, config), NULL };
  gchar *offer = net_viewer_create_offer (watch.viewer), *answer = NULL;
  GError *error = NULL;

  g_assert_cmpuint (net_whep_post (sink->whep_url, offer, &answer, &watch.location), ==, 201);
  net_viewer_set_answer (watch.viewer, answer, &error);
  g_assert_no_error (error);
  g_free (offer);
  g_free (answer);
  return watch;
}

static void
watch_stop (Watch *watch, gboolean deletes, gboolean goodbye)
{
  if (deletes)
    g_assert_cmpuint (net_whep_delete (watch->location), ==, 200);
  net_viewer_free (watch->viewer, goodbye);
  g_free (watch->location);
}

static guint
sink_count_sessions (SinkPipeline *sink)
{
  gchar **sessions = NULL;
  guint n;

  g_signal_emit_by_name (sink->sink, "get-sessions", &sessions);
  n = g_strv_length (sessions);
  g_strfreev (sessions);
  return n;
}

static void
sink_wait_sessions (SinkPipeline *sink, guint n, guint seconds)
{
  gint64 end = g_get_monotonic_time () + seconds * G_TIME_SPAN_SECOND;

  while (sink_count_sessions (sink) != n && g_get_monotonic_time () < end)
    main_turn ();
  g_assert_cmpuint (sink_count_sessions (sink), ==, n);
}

/* Whether each line of now is one of names; both sorted. */
static gboolean
are_among (const gchar *now, const gchar *names)
{
  gchar **ours = g_strsplit (now, "\n", -1), **theirs = g_strsplit (names, "\n", -1);
  gboolean are_all;
  guint i = 0;

  for (guint k = 0; ours[i] != NULL && theirs[k] != NULL; k++)
    i += strcmp (ours[i], theirs[k]) == 0;
  are_all = ours[i] == NULL;
  g_strfreev (theirs);
  g_strfreev (ours);
  return are_all;
}

/* Until there are none but those: what the test before left, and somebody else's (GLib's, for
 * names), may come and go, while one of a viewer's would stay. */
static void
wait_threads (const gchar *names, guint seconds)
{
  gint64 end = g_get_monotonic_time () + seconds * G_TIME_SPAN_SECOND;
  gchar *now = list_proc_threads ();

  while (!are_among (now, names) && g_get_monotonic_time () < end) {
    main_turn ();
    g_free (now);
    now = list_proc_threads ();
  }
  if (!are_among (now, names))
    g_assert_cmpstr (now, ==, names);
  g_free (now);
}

static void
test_threads (void)
{
  NetViewers *viewers = net_viewers_new ();
  Watch watches[N_VIEWERS];
  SinkPipeline sink;
  gchar *threads_one;

  sink_pipeline_start (&sink, FALSE);
  watches[0] = watch_start (&sink, viewers, NULL);
  g_assert_true (net_viewer_wait_packets (watches[0].viewer, 10, 10, 10000));
  threads_one = list_proc_threads ();
  for (guint i = 1; i < N_VIEWERS; i++)
    watches[i] = watch_start (&sink, viewers, NULL);
  for (guint i = 1; i < N_VIEWERS; i++)
    g_assert_true (net_viewer_wait_packets (watches[i].viewer, 10, 10, 20000));
  wait_threads (threads_one, 30);
  g_free (threads_one);
  g_assert_cmpuint (sink_count_sessions (&sink), ==, N_VIEWERS);
  for (guint i = 0; i < N_VIEWERS; i++)
    watch_stop (&watches[i], TRUE, TRUE);
  sink_wait_sessions (&sink, 0, 10);
  sink_pipeline_stop (&sink);
  net_viewers_free (viewers);
}

/* Agents and sockets close asynchronously; waits until n descriptors are left. */
static void
wait_descriptors (guint n, guint seconds)
{
  gint64 end = g_get_monotonic_time () + seconds * G_TIME_SPAN_SECOND;

  while (count_proc ("fd") > n && g_get_monotonic_time () < end)
    main_turn ();
}

static gint sessions_alive;

static void
session_gone (gpointer data, GObject *where_it_was)
{
  g_atomic_int_add (&sessions_alive, -1);
}

static void
on_consumer_added (GstElement *sink, const gchar *id, GObject *session, gpointer data)
{
  g_atomic_int_inc (&sessions_alive);
  g_object_weak_ref (session, session_gone, NULL);
}

static void
run_cycles (SinkPipeline *sink, NetViewers *viewers, guint n)
{
  for (guint i = 0; i < n; i++) {
    Watch watch = watch_start (sink, viewers, NULL);

    /* A picture waits for a key frame, of which there are few a second. */
    g_assert_true (net_viewer_wait_packets (watch.viewer, i % 10 == 0, 1, 10000));
    /* Leave in order, by DELETE alone, or by close_notify alone. */
    watch_stop (&watch, i % 3 != 2, i % 3 != 1);
  }
  sink_wait_sessions (sink, 0, 20);
}

/* Runs N_CYCLES of them; returns by how much the heap grew, bytes. */
static gsize
measure_cycles (SinkPipeline *sink, NetViewers *viewers, guint threads, guint fds)
{
  gsize heap = count_heap (sink_pipeline_poll, sink), grown;

  run_cycles (sink, viewers, N_CYCLES);
  wait_descriptors (fds, 10);
  grown = count_heap_grown (heap, sink_pipeline_poll, sink);
  g_test_message ("threads %u -> %u, descriptors %u -> %u, heap grew by %" G_GSIZE_FORMAT
                  " bytes in %u cycles",
      threads, count_proc ("task"), fds, count_proc ("fd"), grown, N_CYCLES);
  return grown;
}

static void
test_cycles (void)
{
  NetViewers *viewers = net_viewers_new ();
  guint threads, fds, rounds = 0;
  SinkPipeline sink;
  gsize grown;

  sink_pipeline_start (&sink, FALSE);
  g_signal_connect (sink.sink, "consumer-added", G_CALLBACK (on_consumer_added), NULL);
  run_cycles (&sink, viewers, N_WARM_UP);
  wait_descriptors (0, 2);
  threads = count_proc ("task");
  fds = count_proc ("fd");
  /* A leak of a small object per cycle would be seen in every round; what pools keep, up to some
   * 110 KiB here, in the first only. */
  do
    grown = measure_cycles (&sink, viewers, threads, fds);
  while (COUNT_HEAP_WORKS && grown >= N_CYCLES * 256 && ++rounds < N_ROUNDS);
  /* GLib's pool (names, files) may have a thread more or less, HTTP a kept connection less. */
  g_assert_cmpuint (count_proc ("task"), <=, threads + 1);
  g_assert_cmpuint (count_proc ("fd"), <=, fds);
  g_assert_cmpint (g_atomic_int_get (&sessions_alive), ==, 0);
  if (COUNT_HEAP_WORKS)
    g_assert_cmpuint (grown, <, N_CYCLES * 256);
  sink_pipeline_stop (&sink);
  net_viewers_free (viewers);
}

static void
test_key_frame (void)
{
  NetViewers *viewers = net_viewers_new ();
  NetViewerCounts before, after;
  SinkPipeline sink;
  Watch watch;
  gint64 end;

  sink_pipeline_start (&sink, FALSE);
  watch = watch_start (&sink, viewers, NULL);
  g_assert_true (net_viewer_wait_packets (watch.viewer, 30, 30, 10000));
  net_viewer_get_counts (watch.viewer, &before);
  g_assert_cmpuint (before.key_frames, >=, 1);
  net_viewer_request_key_frame (watch.viewer);
  end = g_get_monotonic_time () + 5 * G_TIME_SPAN_SECOND;
  do {
    net_viewer_get_counts (watch.viewer, &after);
    net_viewer_wait_packets (watch.viewer, after.video_packets + 1, 0, 1000);
  } while (after.key_frames == before.key_frames && g_get_monotonic_time () < end);
  g_assert_cmpuint (after.key_frames, >, before.key_frames);
  watch_stop (&watch, TRUE, TRUE);
  sink_pipeline_stop (&sink);
  net_viewers_free (viewers);
}

static void
test_wrong_fingerprint (void)
{
  NetViewerConfig liar = { .wrong_fingerprint = TRUE };
  NetViewers *viewers = net_viewers_new ();
  NetViewerCounts counts;
  SinkPipeline sink;
  Watch honest, lying;

  sink_pipeline_start (&sink, FALSE);
  honest = watch_start (&sink, viewers, NULL);
  lying = watch_start (&sink, viewers, &liar);
  g_assert_true (net_viewer_wait_packets (honest.viewer, 20, 20, 10000));
  /* Its session ends; the other one's does not. */
  sink_wait_sessions (&sink, 1, 10);
  net_viewer_get_counts (lying.viewer, &counts);
  g_assert_cmpuint (counts.video_packets + counts.audio_packets, ==, 0);
  net_viewer_get_counts (honest.viewer, &counts);
  g_assert_true (net_viewer_wait_packets (honest.viewer, counts.video_packets + 20, 0, 5000));
  watch_stop (&honest, TRUE, TRUE);
  watch_stop (&lying, FALSE, FALSE);
  sink_pipeline_stop (&sink);
  net_viewers_free (viewers);
}

static void
test_codecs (void)
{
  static const RtcCodecId codecs[] = { RTC_CODEC_VP8, RTC_CODEC_H264, RTC_CODEC_VP9 };
  NetViewers *viewers = net_viewers_new ();
  Watch watches[G_N_ELEMENTS (codecs)];
  SinkPipeline sink;

  sink_pipeline_start (&sink, TRUE);
  for (guint i = 0; i < G_N_ELEMENTS (codecs); i++) {
    NetViewerConfig config = { .video = codecs[i] };

    watches[i] = watch_start (&sink, viewers, &config);
  }
  for (guint i = 0; i < G_N_ELEMENTS (codecs); i++) {
    NetViewerCounts counts;

    g_assert_true (net_viewer_wait_packets (watches[i].viewer, 30, 30, 20000));
    net_viewer_get_counts (watches[i].viewer, &counts);
    g_assert_cmpint (counts.video_codec, ==, codecs[i]);
    g_assert_cmpuint (counts.key_frames, >=, 1);
  }
  for (guint i = 0; i < G_N_ELEMENTS (codecs); i++)
    watch_stop (&watches[i], TRUE, TRUE);
  sink_pipeline_stop (&sink);
  net_viewers_free (viewers);
}

int
main (int argc, char **argv)
{
  struct rlimit limit;

  count_heap_prepare (argv);
  /* A viewer is a socket on either side; the soft limit is 1024. */
  getrlimit (RLIMIT_NOFILE, &limit);
  limit.rlim_cur = limit.rlim_max;
  setrlimit (RLIMIT_NOFILE, &limit);
  g_test_init (&argc, &argv, NULL);
  gst_init (NULL, NULL);
  g_test_add_func ("/sink/key-frame", test_key_frame);
  g_test_add_func ("/sink/codecs", test_codecs);
  g_test_add_func ("/sink/wrong-fingerprint", test_wrong_fingerprint);
  g_test_add_func ("/sink/threads", test_threads);
  g_test_add_func ("/sink/cycles", test_cycles);
  return run_tests ();
}
