/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* record-loss.c - webrtcrecorder behind bad links: five callers at once for a minute, each with 10
 * % random loss both ways and 100 ms of round-trip time, and seeds of their own. At least 99.9 % of
 * the frames are in each file. RTC_TEST_SECONDS in the environment changes the minute. */
#include <string.h>

#include "call-pipeline.h"
#include "stall.h"
#include "tests/check/run-tests.h"

#define N_SEEDS 5

static guint
get_seconds (void)
{
  const gchar *text = g_getenv ("RTC_TEST_SECONDS");
  guint64 seconds = 60;

  if (text != NULL)
    g_assert_true (g_ascii_string_to_unsigned (text, 10, 1, 600, &seconds, NULL));
  return (guint) seconds;
}

/* A fifth of what a hole is waited for. */
#define MAX_STALL (300 * GST_MSECOND)

#define MAX_ATTEMPTS 2

/* A lost one of DTLS' last messages costs what is sent until it is repeated, before recording can
 * begin: what counts is from the file's first frame on. The last frames have no successors that
 * would show a loss, so that the call goes on a bit longer than it is looked at. */
static gboolean
is_complete (CallPipeline *pipeline, const gchar *name, guint loop, guint n_looked_at)
{
  RecordingAnalysis *analysis = call_pipeline_analyse (pipeline, name, "webm", loop);
  gchar *json = recording_analysis_to_json (analysis);
  guint lost = analysis->n_missing + analysis->n_unreadable;
  guint all = analysis->n_frames + analysis->n_missing;

  g_test_message ("%s: %s", name, json);
  call_pipeline_show_sidecar (pipeline, name);
  g_assert_cmpstr (analysis->error, ==, NULL);
  g_assert_cmpuint (analysis->n_backward + analysis->n_repeated, ==, 0);
  g_assert_cmpuint (analysis->n_frames, >=, n_looked_at - lost);
  g_test_message ("%s: %u of %u frames lost", name, lost, all);
  g_free (json);
  recording_analysis_free (analysis);
  return lost * 1000 <= all;
}

static void
report (NetCaller *caller, LinkEmulator *link, guint seed)
{
  NetCallerCounts counts;
  LinkEmulatorStats stats;
  const SimNetStats *way = &stats.ways[SIM_A_TO_B];

  net_caller_get_counts (caller, &counts);
  link_emulator_get_stats (link, &stats);
  g_test_message ("seed %u: %u frames sent, %u packets again, %u NACKs, %u PLIs, RTT %.1f ms; link "
                  "lost %u of %u, late by %.0f ms at most",
      seed, (guint) counts.frames, (guint) counts.retransmitted, (guint) counts.nacks,
      (guint) counts.plis, (gdouble) counts.rtt / 1e6, (guint) way->lost, (guint) way->pushed,
      (gdouble) stats.max_late / GST_MSECOND);
  /* The link did what it should. */
  g_assert_cmpfloat (ABS ((gdouble) way->lost / (gdouble) way->pushed - 0.1), <, 0.03);
}

/* Whether every file is complete; *stall: how long threads did not get the processor. */
static gboolean
run_calls (GstClockTime *stall)
{
  SimLink bad = { .loss = 0.1, .delay = 50 * GST_MSECOND };
  guint seconds = get_seconds (), n = seconds * NET_TRACE_FPS;
  NetTraceConfig media = { .seconds = seconds + 8 };
  NetTrace *trace = net_trace_new (&media);
  NetCallers *callers = net_callers_new_with_trace (trace);
  LinkEmulator *links[N_SEEDS];
  NetCaller *all[N_SEEDS];
  gboolean is_good = TRUE;
  CallPipeline pipeline;
  gchar name[16];

  call_pipeline_start_recorder (&pipeline, "");
  for (guint i = 0; i < N_SEEDS; i++) {
    LinkEmulatorConfig config = { .seed = i + 1, .to_server = bad, .to_client = bad };
    NetCallerConfig with_link = { .link = links[i] = link_emulator_new (&config) };

    g_snprintf (name, sizeof name, "seed%u", i + 1);
    all[i] = call_pipeline_call (&pipeline, callers, &with_link, name);
  }
  for (guint i = 0; i < N_SEEDS; i++)
    g_assert_true (net_caller_wait_state (all[i], RTC_PEER_STATE_CONNECTED, 20000));
  /* And 3 s for what is lost at the beginning and still on its way at the end. */
  for (guint i = 0; i < N_SEEDS; i++)
    g_assert_true (net_caller_wait_frames (all[i], n + 3 * NET_TRACE_FPS, (seconds + 40) * 1000));
  for (guint i = 0; i < N_SEEDS; i++) {
    report (all[i], links[i], i + 1);
    *stall = MAX (*stall, stall_get (callers, links[i]));
    net_caller_delete (all[i]);
  }
  g_assert_true (call_pipeline_wait_finished (&pipeline, N_SEEDS, 10000));
  for (guint i = 0; i < N_SEEDS; i++) {
    g_snprintf (name, sizeof name, "seed%u", i + 1);
    is_good &= is_complete (&pipeline, name, net_trace_get_n_frames (trace), n);
    net_caller_free (all[i], FALSE);
  }
  call_pipeline_stop (&pipeline);
  net_callers_free (callers);
  for (guint i = 0; i < N_SEEDS; i++)
    link_emulator_free (links[i]);
  net_trace_free (trace);
  return is_good;
}

static void
test_ten_percent (void)
{
  stall_try_within (run_calls, MAX_ATTEMPTS, MAX_STALL);
}

int
main (int argc, char **argv)
{
  gst_init (&argc, &argv);
  g_test_init (&argc, &argv, NULL);
  if (!call_pipeline_can_test ("webrtcrecorder"))
    return CALL_PIPELINE_SKIPPED;
  g_test_add_func ("/record/loss/ten-percent", test_ten_percent);
  return run_tests ();
}
