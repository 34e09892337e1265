/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* src-hostile.c - webrtcsrc and callers that mean harm or just go: pads and memory stay within
 * bounds, the picture of an honest caller beside them goes on, every session ends (T17, T21).
 *
 * RTC_TEST_FULL=1 in the environment runs the documented sizes. */
#include <string.h>
#include <sys/resource.h>

#include "call-attacks.h"
#include "call-pipeline.h"
#include "sink-pipeline.h"
#include "tests/check/count-proc.h"
#include "tests/check/main-turn.h"
#include "tests/check/run-tests.h"

#define VIDEO_SINK "video/x-raw ! fakesink name=out sync=false async=false signal-handoffs=true"
#define AUDIO_SINK "audio/x-raw ! fakesink sync=false async=false"

/* GST_RTC pads of one session: the documented limit of live SSRCs bounds them. */
#define MAX_PADS 32

static NetTrace *trace;

static gboolean
is_full_size (void)
{
  return g_getenv ("RTC_TEST_FULL") != NULL;
}

typedef struct {
  NetCallers *callers;
  CallPipeline pipeline;
  NetCaller *honest, *hostile;
  gint n_shown[2]; /* atomic; decoded pictures of the first video pad and of all others */
  gint n_video_pads;
  guint most_pads; /* seen by step_on() */
  gsize rss;
} Scene;

static void
count_shown (GstElement *sink, GstBuffer *buffer, GstPad *pad, gpointer data)
{
  gint *n = data;

  g_atomic_int_inc (n);
}

static void
on_sink_added (GstPad *pad, GstElement *bin, gpointer data)
{
  GstElement *out = gst_bin_get_by_name (GST_BIN (bin), "out");
  Scene *self = data;
  gint i;

  if (out == NULL)
    return;
  i = g_atomic_int_add (&self->n_video_pads, 1);
  g_signal_connect (out, "handoff", G_CALLBACK (count_shown), &self->n_shown[MIN (i, 1)]);
  gst_object_unref (out);
}

/* Waits until the honest caller's picture has gone on by so many frames. */
static void
scene_go_on (Scene *self, guint frames)
{
  gint64 end = g_get_monotonic_time () + (20 + frames / 10) * G_TIME_SPAN_SECOND;
  gint until = g_atomic_int_get (&self->n_shown[0]) + (gint) frames;
  NetCallerCounts counts;

  while (g_atomic_int_get (&self->n_shown[0]) < until && g_get_monotonic_time () < end) {
    net_caller_get_counts (self->honest, &counts);
    net_caller_wait_frames (self->honest, counts.frames + 1, 1000);
    call_pipeline_poll (&self->pipeline);
  }
  g_assert_cmpint (g_atomic_int_get (&self->n_shown[0]), >=, until);
}

static void
scene_begin (Scene *self)
{
  memset (self, 0, sizeof *self);
  self->callers = net_callers_new_with_trace (trace);
  call_pipeline_start_src (&self->pipeline, "", VIDEO_SINK, AUDIO_SINK, on_sink_added, self);
  self->honest = call_pipeline_call (&self->pipeline, self->callers, NULL, "honest");
  scene_go_on (self, 10);
  self->hostile = call_pipeline_call (&self->pipeline, self->callers, NULL, "hostile");
  g_assert_true (net_caller_wait_frames (self->hostile, 60, 20000));
  scene_go_on (self, 30);
  self->rss = count_resident_bytes ();
}

static void
scene_end (Scene *self, gsize rss_allowed)
{
  gsize rss = count_resident_bytes ();

  g_test_message ("RSS %+.2f MiB, %u pads", ((gdouble) rss - (gdouble) self->rss) / 1048576,
      self->pipeline.element->numsrcpads);
#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
  g_assert_cmpuint (rss, <=, self->rss + rss_allowed);
#endif
  net_caller_free (self->hostile, TRUE);
  scene_go_on (self, 10);
  net_caller_free (self->honest, TRUE);
  g_assert_true (call_pipeline_wait_sessions (&self->pipeline, 0, 10000));
  call_pipeline_stop (&self->pipeline);
  net_callers_free (self->callers);
}

static void
step_on (gpointer data)
{
  Scene *self = data;

  scene_go_on (self, 1);
  self->most_pads = MAX (self->most_pads, self->pipeline.element->numsrcpads);
}

static void
test_ssrc_flood (void)
{
  guint n = is_full_size () ? 100000 : 20000, threads;
  Scene scene;

  scene_begin (&scene);
  threads = count_proc ("task");
  call_attack_run_streams (scene.hostile, n, step_on, &scene);
  g_test_message ("%u streams: %u pads at most; threads %u -> %u", n, scene.most_pads, threads,
      count_proc ("task"));
  /* Two callers, audio and video each, and the strangers. */
  g_assert_cmpuint (scene.most_pads, <=, 2 + MAX_PADS);
  scene_go_on (&scene, 30);
  scene_end (&scene, 8 << 20);
}

static void
test_endless_frame (void)
{
  Scene scene;

  scene_begin (&scene);
  net_caller_set_video (scene.hostile, FALSE);
  call_attack_run_endless_frame (scene.hostile, is_full_size () ? 61000 : 12000, step_on, &scene);
  scene_go_on (&scene, 60);
  scene_end (&scene, 32 << 20);
}

static void
test_garbage (void)
{
  Scene scene;

  scene_begin (&scene);
  call_attack_run_garbage (scene.hostile, is_full_size () ? 1200 : 80, 4, 4, step_on, &scene);
  scene_go_on (&scene, 30);
  scene_end (&scene, 32 << 20);
}

/* Pads go when what is downstream lets them, soon after their session. */
static void
wait_pads (Scene *self, guint n)
{
  gint64 end = g_get_monotonic_time () + 5 * G_TIME_SPAN_SECOND;

  while (self->pipeline.element->numsrcpads != n && g_get_monotonic_time () < end) {
    call_pipeline_poll (&self->pipeline);
    main_turn ();
  }
  g_assert_cmpuint (self->pipeline.element->numsrcpads, ==, n);
}

/* Whoever lies about its certificate never gets in, whoever goes is let go: without a word, half,
 * by DELETE, in order. */
static void
test_endings (void)
{
  NetCallerConfig liar = { .wrong_fingerprint = TRUE };
  NetCaller *vanishing, *half, *deleting, *leaving, *lying;
  Scene scene = { 0 };

  scene.callers = net_callers_new_with_trace (trace);
  call_pipeline_start_src (&scene.pipeline, "", VIDEO_SINK, AUDIO_SINK, on_sink_added, &scene);
  vanishing = call_pipeline_call (&scene.pipeline, scene.callers, NULL, NULL);
  half = call_pipeline_call (&scene.pipeline, scene.callers, NULL, NULL);
  deleting = call_pipeline_call (&scene.pipeline, scene.callers, NULL, NULL);
  leaving = call_pipeline_call (&scene.pipeline, scene.callers, NULL, NULL);
  lying = call_pipeline_call (&scene.pipeline, scene.callers, &liar, NULL);
  g_assert_true (net_caller_wait_frames (vanishing, 30, 20000));
  g_assert_true (net_caller_wait_frames (leaving, 30, 20000));
  g_assert_true (call_pipeline_wait_sessions (&scene.pipeline, 4, 10000));
  net_caller_free (vanishing, FALSE);
  net_caller_close_dtls (half);
  g_assert_true (call_pipeline_wait_sessions (&scene.pipeline, 3, 5000));
  g_assert_cmpuint (net_caller_delete (deleting), ==, 200);
  g_assert_true (call_pipeline_wait_sessions (&scene.pipeline, 2, 5000));
  net_caller_free (leaving, TRUE);
  g_assert_true (call_pipeline_wait_sessions (&scene.pipeline, 1, 5000));
  /* Consent runs out (RFC 7675 5.1: 30 s). */
  g_assert_true (call_pipeline_wait_sessions (&scene.pipeline, 0, 40000));
  wait_pads (&scene, 0);
  net_caller_free (half, FALSE);
  net_caller_free (deleting, FALSE);
  net_caller_free (lying, FALSE);
  call_pipeline_stop (&scene.pipeline);
  g_assert_cmpint (g_atomic_int_get (&scene.pipeline.sessions_alive), ==, 0);
  net_callers_free (scene.callers);
}

int
main (int argc, char **argv)
{
  NetTraceConfig media = { .seconds = 6, .key_frame_frames = 15 };
  int result;

  gst_init (&argc, &argv);
  g_test_init (&argc, &argv, NULL);
  if (!call_pipeline_can_test ("webrtcsrc"))
    return CALL_PIPELINE_SKIPPED;
  trace = net_trace_new (&media);
  g_test_add_func ("/src/hostile/ssrc-flood", test_ssrc_flood);
  g_test_add_func ("/src/hostile/endless-frame", test_endless_frame);
  g_test_add_func ("/src/hostile/garbage", test_garbage);
  g_test_add_func ("/src/endings", test_endings);
  result = run_tests ();
  net_trace_free (trace);
  return result;
}
