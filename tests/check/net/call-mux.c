/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* call-mux.c - webrtcrecorder and webrtcsrc with all callers on one port. */
#include <string.h>

#include "call-pipeline.h"
#include "sink-pipeline.h"
#include "tests/check/run-tests.h"

#define N_CALLERS 5

/* Each caller's answer is of a lite agent on that port. */
static void
assert_on_port (NetCaller *caller, guint port)
{
  const gchar *answer = net_caller_get_answer (caller);
  gchar *candidate = g_strdup_printf (" %u typ host", port);

  g_assert_nonnull (strstr (answer, "a=ice-lite\r\n"));
  g_assert_nonnull (strstr (answer, candidate));
  g_free (candidate);
}

/* Whatever is sent is in the files. */
static void
test_record (void)
{
  NetTraceConfig media = { .video = RTC_CODEC_VP8, .seconds = 5 };
  NetTrace *trace = net_trace_new (&media);
  NetCallers *callers = net_callers_new_with_trace (trace);
  NetCaller *all[N_CALLERS];
  guint64 frames[N_CALLERS];
  guint port = sink_find_port (NULL);
  gchar *properties = g_strdup_printf ("udp-mux-port=%u", port);
  CallPipeline pipeline;

  call_pipeline_start_recorder (&pipeline, properties);
  for (guint i = 0; i < N_CALLERS; i++) {
    gchar *name = g_strdup_printf ("caller%u", i);

    all[i] = call_pipeline_call (&pipeline, callers, NULL, name);
    assert_on_port (all[i], port);
    g_free (name);
  }
  for (guint i = 0; i < N_CALLERS; i++) {
    NetCallerCounts counts;

    g_assert_true (net_caller_wait_frames (all[i], 60, 20000));
    net_caller_set_video (all[i], FALSE);
    net_caller_set_audio (all[i], FALSE);
    net_caller_get_counts (all[i], &counts);
    frames[i] = counts.frames;
    net_caller_free (all[i], TRUE);
  }
  g_assert_true (call_pipeline_wait_finished (&pipeline, N_CALLERS, 10000));
  for (guint i = 0; i < N_CALLERS; i++) {
    gchar *name = g_strdup_printf ("caller%u", i);

    call_pipeline_assert_recorded (
        &pipeline, name, "webm", net_trace_get_n_frames (trace), frames[i]);
    g_free (name);
  }
  call_pipeline_stop (&pipeline);
  net_callers_free (callers);
  net_trace_free (trace);
  g_free (properties);
}

static gint sinks_added;

static void
on_sink_added (GstPad *pad, GstElement *bin, gpointer data)
{
  g_atomic_int_inc (&sinks_added);
}

static void
test_src (void)
{
  NetTraceConfig media = { .video = RTC_CODEC_VP8, .seconds = 5 };
  NetCallers *callers = net_callers_new (&media);
  guint port = sink_find_port (NULL);
  gchar *properties = g_strdup_printf ("udp-mux-port=%u", port);
  CallPipeline pipeline;
  NetCaller *all[2];

  call_pipeline_start_src (
      &pipeline, properties, "fakesink sync=false", "fakesink sync=false", on_sink_added, NULL);
  for (guint i = 0; i < 2; i++) {
    all[i] = call_pipeline_call (&pipeline, callers, NULL, NULL);
    assert_on_port (all[i], port);
  }
  for (guint i = 0; i < 2; i++)
    g_assert_true (net_caller_wait_frames (all[i], 60, 20000));
  g_assert_cmpint (g_atomic_int_get (&sinks_added), ==, 4);
  for (guint i = 0; i < 2; i++)
    net_caller_free (all[i], TRUE);
  g_assert_true (call_pipeline_wait_pads_gone (&pipeline, 10000));
  call_pipeline_stop (&pipeline);
  net_callers_free (callers);
  g_free (properties);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  gst_init (NULL, NULL);
  g_test_add_func ("/call-mux/record", test_record);
  g_test_add_func ("/call-mux/src", test_src);
  return run_tests ();
}
