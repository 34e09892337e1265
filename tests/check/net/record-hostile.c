/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* record-hostile.c - callers that mean harm, with keys and without, and a full disk: the recording
 * of an honest caller beside them loses nothing, memory and streams stay within bounds (T17, T21,
 * A55).
 *
 * RTC_TEST_FULL=1 in the environment runs the documented sizes. */
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/timerfd.h>
#include <time.h>
#include <unistd.h>

#include "call-attacks.h"
#include "call-pipeline.h"
#include "link-sdp.h"
#include "sink-pipeline.h"
#include "tests/check/count-proc.h"
#include "tests/check/run-tests.h"

/* What an attack may leave behind in memory, but for what is said at each. */
#define RSS_ALLOWED (2 << 20)

static NetTrace *trace;

static gboolean
is_full_size (void)
{
  return g_getenv ("RTC_TEST_FULL") != NULL;
}

/* --- an honest and a hostile caller ----------------------------------------------------------- */

typedef struct {
  NetCallers *callers;
  CallPipeline pipeline;
  NetCaller *honest, *hostile;
  gsize rss;
} Scene;

static void
scene_begin (Scene *self)
{
  self->callers = net_callers_new_with_trace (trace);
  call_pipeline_start_recorder (&self->pipeline, "");
  self->honest = call_pipeline_call (&self->pipeline, self->callers, NULL, "honest");
  self->hostile = call_pipeline_call (&self->pipeline, self->callers, NULL, "hostile");
  g_assert_true (net_caller_wait_frames (self->honest, 45, 20000));
  g_assert_true (net_caller_wait_frames (self->hostile, 45, 20000));
  self->rss = count_resident_bytes ();
}

/* Lets so many more of the honest caller's frames pass. */
static void
scene_go_on (Scene *self, guint frames)
{
  NetCallerCounts counts;

  net_caller_get_counts (self->honest, &counts);
  g_assert_true (
      net_caller_wait_frames (self->honest, counts.frames + frames, frames * 100 + 20000));
}

static void
scene_end (Scene *self, gsize rss_allowed)
{
  gsize rss = count_resident_bytes ();
  NetCallerCounts counts;

  g_test_message ("RSS %+.2f MiB", ((gdouble) rss - (gdouble) self->rss) / 1048576);
#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
  g_assert_cmpuint (rss, <=, self->rss + rss_allowed);
#endif
  net_caller_set_video (self->honest, FALSE);
  net_caller_get_counts (self->honest, &counts);
  g_assert_cmpint (counts.state, ==, RTC_PEER_STATE_CONNECTED);
  net_caller_free (self->honest, TRUE);
  net_caller_free (self->hostile, TRUE);
  g_assert_true (call_pipeline_wait_finished (&self->pipeline, 2, 10000));
  call_pipeline_assert_recorded (
      &self->pipeline, "honest", "webm", net_trace_get_n_frames (trace), counts.frames);
  g_assert_true (call_pipeline_wait_sessions (&self->pipeline, 0, 10000));
  call_pipeline_stop (&self->pipeline);
  net_callers_free (self->callers);
}

/* --- T17: streams without end ----------------------------------------------------------------- */

static void
step_on (gpointer scene)
{
  scene_go_on (scene, 1);
}

static void
test_ssrc_flood (void)
{
  Scene scene;

  scene_begin (&scene);
  call_attack_run_streams (scene.hostile, is_full_size () ? 100000 : 20000, step_on, &scene);
  scene_go_on (&scene, 30);
  scene_end (&scene, RSS_ALLOWED);
}

/* --- T21: frames without end ------------------------------------------------------------------ */

static void
test_endless_frame (void)
{
  guint n = is_full_size () ? 61000 : 12000; /* 64 MiB, 13 MiB */
  Scene scene;

  scene_begin (&scene);
  net_caller_set_video (scene.hostile, FALSE);
  call_attack_run_endless_frame (scene.hostile, n, step_on, &scene);
  scene_go_on (&scene, 90);
  /* One frame of 8 MiB may be collected, and the packets that wait for their turn. */
  scene_end (&scene, 24 << 20);
}

static void
test_garbage (void)
{
  Scene scene;

  scene_begin (&scene);
  call_attack_run_garbage (scene.hostile, is_full_size () ? 200 : 30, 2, 1, step_on, &scene);
  scene_go_on (&scene, 30);
  /* What is recorded of it is not looked at; its inbox and its file's fragment may be large. */
  scene_end (&scene, 16 << 20);
}

/* --- A55: a flood from outside ---------------------------------------------------------------- */

typedef struct {
  struct sockaddr_in to;
  guint8 payload_type;
  guint32 ssrc;
  gint is_ending; /* atomic */
  guint64 sent;
} Flood;

/* Datagrams that look like the honest caller's media, from elsewhere: ten each millisecond. */
static gpointer
flood_run (gpointer data)
{
  Flood *self = data;
  CallAttack maker = { .payload_type = self->payload_type, .ssrc = self->ssrc };
  int fd = socket (AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  int timer = timerfd_create (CLOCK_MONOTONIC, TFD_CLOEXEC);
  struct itimerspec period = { { 0, 1000000 }, { 0, 1000000 } };
  guint8 bytes[RTC_MAX_DATAGRAM] = { 0 };
  guint64 expirations;
  gsize len;

  timerfd_settime (timer, 0, &period, NULL);
  while (!g_atomic_int_get (&self->is_ending)) {
    g_assert_cmpint (read (timer, &expirations, sizeof expirations), ==, sizeof expirations);
    for (guint i = 0; i < 10; i++) {
      len = call_attack_write_header (&maker, i, FALSE, maker.ssrc, bytes, sizeof bytes) + 1000;
      self->sent +=
          sendto (fd, bytes, len, 0, (const struct sockaddr *) &self->to, sizeof self->to) > 0;
    }
    maker.seq = (guint16) (maker.seq + 10);
  }
  close (timer);
  close (fd);
  return NULL;
}

static void
test_flood (void)
{
  guint frames = is_full_size () ? 600 : 120;
  Flood flood = { .payload_type = 96 };
  GThread *thread;
  Scene scene;

  scene_begin (&scene);
  g_assert_true (link_sdp_find_candidate (net_caller_get_answer (scene.honest), &flood.to));
  flood.ssrc = net_caller_get_ssrc (scene.honest, RTC_MEDIA_VIDEO);
  thread = g_thread_new ("flood", flood_run, &flood);
  scene_go_on (&scene, frames);
  g_atomic_int_set (&flood.is_ending, 1);
  g_thread_join (thread);
  g_test_message ("%u datagrams in %u frames' time", (guint) flood.sent, frames);
  g_assert_cmpuint (flood.sent, >, frames * 30);
  /* What was lost in a full socket has its time to be sent again. */
  scene_go_on (&scene, 60);
  scene_end (&scene, RSS_ALLOWED);
}

/* --- A55: the disk is full -------------------------------------------------------------------- */

/* No file of this process may grow over so many bytes: writing then fails as on a full disk. */
static void
limit_files (rlim_t bytes)
{
  struct rlimit limit;

  getrlimit (RLIMIT_FSIZE, &limit);
  limit.rlim_cur = bytes == 0 ? limit.rlim_max : bytes;
  g_assert_cmpint (setrlimit (RLIMIT_FSIZE, &limit), ==, 0);
}

static void
test_disk_full (void)
{
  NetCallers *callers = net_callers_new_with_trace (trace);
  RecordingAnalysis *analysis;
  const GstStructure *finished;
  NetCallerCounts before, after;
  CallPipeline pipeline;
  NetCaller *caller;

  signal (SIGXFSZ, SIG_IGN);
  limit_files (200000);
  call_pipeline_start_recorder (&pipeline, "");
  caller = call_pipeline_call (&pipeline, callers, NULL, "full");
  g_assert_true (call_pipeline_wait_finished (&pipeline, 1, 20000));
  net_caller_get_counts (caller, &before);
  finished = call_pipeline_find_finished (&pipeline, "full");
  g_assert_nonnull (finished);
  g_assert_cmpstr (gst_structure_get_string (finished, "reason"), ==, "error");
  g_assert_cmpuint (pipeline.warnings->len, >=, 1);
  g_test_message ("%s", (const gchar *) g_ptr_array_index (pipeline.warnings, 0));
  /* The call goes on and is not even asked to stop sending. */
  g_assert_true (net_caller_wait_frames (caller, before.frames + 60, 10000));
  net_caller_get_counts (caller, &after);
  g_assert_cmpint (after.state, ==, RTC_PEER_STATE_CONNECTED);
  analysis = call_pipeline_analyse (&pipeline, "full", "webm", net_trace_get_n_frames (trace));
  g_assert_cmpstr (analysis->error, ==, NULL);
  g_assert_cmpuint (analysis->n_frames, >=, 30);
  g_assert_cmpuint (analysis->n_missing + analysis->n_unreadable, ==, 0);
  g_assert_cmpuint (analysis->n_frames + 2 * NET_TRACE_FPS, >=, before.frames);
  recording_analysis_free (analysis);
  limit_files (0);
  net_caller_free (caller, TRUE);
  g_assert_true (call_pipeline_wait_sessions (&pipeline, 0, 5000));
  call_pipeline_stop (&pipeline);
  net_callers_free (callers);
}

int
main (int argc, char **argv)
{
  NetTraceConfig media = { .seconds = 10 };
  int result;

  gst_init (&argc, &argv);
  g_test_init (&argc, &argv, NULL);
  if (!call_pipeline_can_test ("webrtcrecorder"))
    return CALL_PIPELINE_SKIPPED;
  trace = net_trace_new (&media);
  g_test_add_func ("/record/hostile/ssrc-flood", test_ssrc_flood);
  g_test_add_func ("/record/hostile/endless-frame", test_endless_frame);
  g_test_add_func ("/record/hostile/garbage", test_garbage);
  g_test_add_func ("/record/hostile/flood", test_flood);
  g_test_add_func ("/record/hostile/disk-full", test_disk_full);
  result = run_tests ();
  net_trace_free (trace);
  return result;
}
