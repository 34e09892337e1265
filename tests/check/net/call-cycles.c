/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* call-cycles.c - call after call into webrtcsrc and webrtcrecorder leaves threads, descriptors,
 * session objects and the heap as they were. RTC_TEST_FULL=1 in the environment: 500 calls. */
#include <sys/resource.h>

#include "call-pipeline.h"
#include "sink-pipeline.h"
#include "tests/check/count-heap.h"
#include "tests/check/count-proc.h"
#include "tests/check/main-turn.h"
#include "tests/check/run-tests.h"

/* Of n calls, at most, see check_cycles(). */
#define N_ROUNDS 3

#define N_WARM_UP 60

static NetTrace *trace;

static guint
get_n_cycles (void)
{
  return g_getenv ("RTC_TEST_FULL") != NULL ? 500 : 150;
}

/* Leaves in order, by DELETE alone, by close_notify alone, or half. Vanishing takes consent's time
 * to be seen and is in record-calls.c. */
static void
leave (NetCaller *caller, guint how)
{
  switch (how % 4) {
    case 0:
      g_assert_cmpuint (net_caller_delete (caller), ==, 200);
      net_caller_free (caller, TRUE);
      break;
    case 1:
      g_assert_cmpuint (net_caller_delete (caller), ==, 200);
      net_caller_free (caller, FALSE);
      break;
    case 2:
      net_caller_free (caller, TRUE);
      break;
    default:
      net_caller_close_dtls (caller);
      net_caller_free (caller, FALSE);
      break;
  }
}

/* With callers of its own, whose history of packets would be most of the heap. */
static void
run_cycles (CallPipeline *pipeline, guint n)
{
  NetCallers *callers = net_callers_new_with_trace (trace);

  for (guint i = 0; i < n; i++) {
    NetCaller *caller = call_pipeline_call (pipeline, callers, NULL, NULL);

    g_assert_true (net_caller_wait_frames (caller, i % 10 == 0 ? 20 : 2, 10000));
    leave (caller, i);
    call_pipeline_poll (pipeline);
    g_ptr_array_set_size (pipeline->started, 0);
    g_ptr_array_set_size (pipeline->warnings, 0);
  }
  g_assert_true (call_pipeline_wait_sessions (pipeline, 0, 20000));
  net_callers_free (callers);
}

/* Agents and sockets close asynchronously, recordings are written out, threads of pools rest: waits
 * until there are no more than that of each. */
static void
wait_rest (CallPipeline *pipeline, guint threads, guint fds, guint seconds)
{
  gint64 end = g_get_monotonic_time () + seconds * G_TIME_SPAN_SECOND;

  while ((count_proc ("fd") > fds || count_proc ("task") > threads
             || g_atomic_int_get (&pipeline->sessions_alive) > 0)
         && g_get_monotonic_time () < end) {
    call_pipeline_poll (pipeline);
    main_turn ();
  }
}

static void
poll_pipeline (gpointer pipeline)
{
  call_pipeline_poll (pipeline);
}

/* Runs n calls; returns by how much the heap grew, bytes. */
static gsize
measure_cycles (CallPipeline *pipeline, guint n, guint threads, guint fds)
{
  gsize heap = count_heap (poll_pipeline, pipeline), grown;

  run_cycles (pipeline, n);
  wait_rest (pipeline, threads + 1, fds, 10);
  g_ptr_array_set_size (pipeline->finished, 0);
  grown = count_heap_grown (heap, poll_pipeline, pipeline);
  g_test_message ("%u calls: threads %u -> %u, descriptors %u -> %u, heap grew by %" G_GSIZE_FORMAT
                  " bytes",
      n, threads, count_proc ("task"), fds, count_proc ("fd"), grown);
  return grown;
}

static void
check_cycles (CallPipeline *pipeline)
{
  guint threads, fds, n = get_n_cycles (), rounds = 0;
  gsize grown;

  run_cycles (pipeline, N_WARM_UP);
  wait_rest (pipeline, 0, 0, 3);
  g_ptr_array_set_size (pipeline->finished, 0);
  threads = count_proc ("task");
  fds = count_proc ("fd");
  /* A leak of a small object per call would be seen in every round; what pools keep, up to some
   * 70 KiB here, in the first only. */
  do {
    grown = measure_cycles (pipeline, n, threads, fds);
    rounds++;
  } while (COUNT_HEAP_WORKS && grown >= n * 256 && rounds < N_ROUNDS);
  g_assert_cmpint (pipeline->sessions_seen, ==, N_WARM_UP + rounds * n);
  g_assert_cmpint (g_atomic_int_get (&pipeline->sessions_alive), ==, 0);
  /* GLib's pool (names, files) may have a thread more or less, HTTP a kept connection less. */
  g_assert_cmpuint (count_proc ("task"), <=, threads + 1);
  g_assert_cmpuint (count_proc ("fd"), <=, fds);
  if (COUNT_HEAP_WORKS)
    g_assert_cmpuint (grown, <, n * 256);
}

static void
test_src (void)
{
  CallPipeline pipeline;

  if (!call_pipeline_is_possible ("webrtcsrc")) {
    g_test_skip ("there is no webrtcsrc");
    return;
  }
  call_pipeline_start_src (&pipeline, "", "fakesink sync=false async=false",
      "fakesink sync=false async=false", NULL, NULL);
  check_cycles (&pipeline);
  call_pipeline_stop (&pipeline);
}

static void
test_recorder (void)
{
  CallPipeline pipeline;

  if (!call_pipeline_is_possible ("webrtcrecorder")) {
    g_test_skip ("there is no webrtcrecorder");
    return;
  }
  call_pipeline_start_recorder (&pipeline, "");
  check_cycles (&pipeline);
  call_pipeline_stop (&pipeline);
}

int
main (int argc, char **argv)
{
  NetTraceConfig media = { .seconds = 4, .key_frame_frames = 5 };
  struct rlimit limit;
  int result;

  count_heap_prepare (argv);
  getrlimit (RLIMIT_NOFILE, &limit);
  limit.rlim_cur = limit.rlim_max;
  setrlimit (RLIMIT_NOFILE, &limit);
  gst_init (&argc, &argv);
  g_test_init (&argc, &argv, NULL);
  if (!net_trace_is_possible (RTC_CODEC_VP8)) {
    g_print ("1..0 # SKIP no VP8 or Opus encoder is installed\n");
    return 77;
  }
  trace = net_trace_new (&media);
  g_test_add_func ("/calls/cycles/recorder", test_recorder);
  g_test_add_func ("/calls/cycles/src", test_src);
  result = run_tests ();
  net_trace_free (trace);
  return result;
}
