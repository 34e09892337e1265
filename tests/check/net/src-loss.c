/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* src-loss.c - webrtcsrc live behind bad links: five callers at once, 10 % random loss both ways
 * and 50 ms of round-trip time, with 300 ms of latency. At least 99 % of the frames are decoded in
 * time, and no picture stands for more than half a second. RTC_TEST_SECONDS in the environment: how
 * long, 60 by default. */
#include <string.h>

#include "call-pipeline.h"
#include "picture-counter.h"
#include "stall.h"
#include "tests/check/run-tests.h"

#define N_SEEDS 5

/* What is later than that at the sink is not shown. */
#define VIDEO_SINK                                                                                 \
  "video/x-raw ! videoconvert ! video/x-raw,format=I420 ! "                                        \
  "fakesink name=out sync=true max-lateness=40000000 signal-handoffs=true"
#define AUDIO_SINK "audio/x-raw ! fakesink sync=true"

#define FREEZE (500 * GST_MSECOND)

/* What one pad showed. */
typedef struct {
  guint loop; /* of the numbers */
  guint n_shown, n_unreadable, n_missing, n_backward;
  gint last; /* number; -1: none yet */
  GstClockTime first_time, last_time, longest_gap;
  gint is_over; /* atomic: what comes now does not count */
} Screen;

typedef struct {
  GMutex lock; /* guards screens; each is its sink's */
  GPtrArray *screens;
  guint loop;
} Wall;

static void
show (GstElement *sink, GstBuffer *buffer, GstPad *pad, gpointer data)
{
  GstClockTime now = gst_util_get_timestamp ();
  Screen *self = data;
  GstMapInfo map;
  gint number;

  if (g_atomic_int_get (&self->is_over) || !gst_buffer_map (buffer, &map, GST_MAP_READ))
    return;
  number = picture_counter_read (map.data, NET_TRACE_WIDTH, NET_TRACE_WIDTH, NET_TRACE_HEIGHT);
  gst_buffer_unmap (buffer, &map);
  if (self->n_shown == 0)
    self->first_time = now;
  else
    self->longest_gap = MAX (self->longest_gap, now - self->last_time);
  self->last_time = now;
  self->n_shown++;
  if (number < 0) {
    self->n_unreadable++;
    return;
  }
  if (self->last >= 0) {
    guint step = ((guint) number + self->loop - (guint) self->last) % self->loop;

    if (step == 0 || step > self->loop / 2)
      self->n_backward++;
    else
      self->n_missing += step - 1;
  }
  self->last = number;
}

static void
on_sink_added (GstPad *pad, GstElement *bin, gpointer data)
{
  GstElement *out = gst_bin_get_by_name (GST_BIN (bin), "out");
  Wall *self = data;
  Screen *screen;

  if (out == NULL)
    return;
  screen = g_new0 (Screen, 1);
  screen->loop = self->loop;
  screen->last = -1;
  g_mutex_lock (&self->lock);
  g_ptr_array_add (self->screens, screen);
  g_mutex_unlock (&self->lock);
  g_signal_connect (out, "handoff", G_CALLBACK (show), screen);
  gst_object_unref (out);
}

static gboolean
is_good_picture (const Screen *screen, guint i)
{
  guint sent = screen->n_shown - screen->n_unreadable + screen->n_missing;
  guint good = screen->n_shown - screen->n_unreadable - screen->n_backward;

  g_test_message ("picture %u: %u of %u frames in time, %u unreadable, longest gap %.0f ms", i,
      good, sent, screen->n_unreadable, (gdouble) screen->longest_gap / 1e6);
  return good * 100 >= sent * 99 && screen->longest_gap <= FREEZE;
}

static guint
get_seconds (void)
{
  const gchar *text = g_getenv ("RTC_TEST_SECONDS");
  guint64 seconds = 60;

  if (text != NULL)
    g_assert_true (g_ascii_string_to_unsigned (text, 10, 1, 600, &seconds, NULL));
  return (guint) seconds;
}

static gboolean
try_ten_percent (GstClockTime *stall)
{
  SimLink bad = { .loss = 0.1, .delay = 25 * GST_MSECOND };
  guint n = get_seconds () * NET_TRACE_FPS;
  /* A trace answers no request for a key frame: it has one every 200 ms, which is later than an
   * encoder would answer with this round trip. */
  NetTraceConfig media = { .seconds = 20, .key_frame_frames = 6 };
  NetCallers *callers;
  LinkEmulator *links[N_SEEDS];
  NetCaller *all[N_SEEDS];
  CallPipeline pipeline;
  LinkEmulatorStats stats;
  gboolean is_good = TRUE;
  NetTrace *trace = net_trace_new (&media);
  Wall wall = { .screens = g_ptr_array_new_with_free_func (g_free),
    .loop = net_trace_get_n_frames (trace) };

  g_mutex_init (&wall.lock);
  callers = net_callers_new_with_trace (trace);
  call_pipeline_start_src (
      &pipeline, "min-latency=300 max-latency=300", VIDEO_SINK, AUDIO_SINK, on_sink_added, &wall);
  for (guint i = 0; i < N_SEEDS; i++) {
    LinkEmulatorConfig config = { .seed = i + 1, .to_server = bad, .to_client = bad };
    NetCallerConfig with_link = { .link = links[i] = link_emulator_new (&config) };

    all[i] = call_pipeline_call (&pipeline, callers, &with_link, NULL);
  }
  for (guint i = 0; i < N_SEEDS; i++)
    g_assert_true (net_caller_wait_state (all[i], RTC_PEER_STATE_CONNECTED, 20000));
  for (guint end = NET_TRACE_FPS; end <= n + 3 * NET_TRACE_FPS; end += NET_TRACE_FPS) {
    g_assert_true (net_caller_wait_frames (all[0], end, 20000));
    call_pipeline_poll (&pipeline);
  }
  g_assert_cmpuint (wall.screens->len, ==, N_SEEDS);
  for (guint i = 0; i < N_SEEDS; i++)
    g_atomic_int_set (&((Screen *) g_ptr_array_index (wall.screens, i))->is_over, 1);
  for (guint i = 0; i < N_SEEDS; i++)
    net_caller_free (all[i], TRUE);
  g_assert_true (call_pipeline_wait_sessions (&pipeline, 0, 40000));
  call_pipeline_stop (&pipeline);
  for (guint i = 0; i < N_SEEDS; i++) {
    const Screen *screen = g_ptr_array_index (wall.screens, i);

    g_assert_cmpuint (screen->n_shown + screen->n_missing, >=, n - NET_TRACE_FPS);
    is_good &= is_good_picture (screen, i);
    *stall = MAX (*stall, stall_get (callers, links[i]));
    link_emulator_get_stats (links[i], &stats);
    g_assert_cmpuint (stats.ways[SIM_A_TO_B].lost * 20, >, stats.ways[SIM_A_TO_B].pushed);
    link_emulator_free (links[i]);
  }
  net_callers_free (callers);
  net_trace_free (trace);
  g_ptr_array_unref (wall.screens);
  g_mutex_clear (&wall.lock);
  return is_good;
}

static void
test_ten_percent (void)
{
  stall_try (try_ten_percent);
}

int
main (int argc, char **argv)
{
  gst_init (&argc, &argv);
  g_test_init (&argc, &argv, NULL);
  if (!call_pipeline_can_test ("webrtcsrc"))
    return CALL_PIPELINE_SKIPPED;
  g_test_add_func ("/src/loss/ten-percent", test_ten_percent);
  return run_tests ();
}
