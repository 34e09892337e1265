/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* load-ladder.c - webrtcsink's ladder at its size: a hundred viewers of the load generator
 * (tools/load, whose path is the first argument) with 5 Mbit/s each and one with 300 kbit/s, all on
 * one port. The one gets the rung that its link carries; the others notice nothing.
 *
 * What links do goes by the time at which packets came, so that a generator that had no processor
 * measures no worse. Where the sender had none, all viewers had a pause: what misses its limits
 * then says nothing (stall-attempts.h). RTC_TEST_FULL=1: for a minute. */
#include "load-run.h"
#include "sink-watch.h"
#include "stall-attempts.h"
#include "tests/check/run-tests.h"

#define VIEWERS 100

#define LAUNCH                                                                                     \
  "webrtcsink name=sink web-server-host-addr=http://127.0.0.1:0/ video-caps=video/x-vp8 "          \
  "start-bitrate=1000000 min-bitrate=50000 max-bitrate=5000000 max-sessions=200 "                  \
  "ladder=\"full:1200k, 1/2:500k, 1/4@15:150k\" udp-mux-port=%u "                                  \
  "videotestsrc is-live=true pattern=snow ! video/x-raw,width=80,height=48,framerate=30/1 ! "      \
  "videoscale ! video/x-raw,width=320,height=192 ! sink.video_0"

#define FIRST_WIDTH 320
#define LAST_WIDTH 80

/* Until the slow one has its rung, and without a new picture (A38), ms. */
#define MOST_SETTLING 3000
#define MOST_FREEZE 500
/* What everybody sees now and then, at 30 pictures a second. */
#define USUAL_PAUSE (100 * GST_MSECOND)

static gboolean
is_complete (JsonObject *group, gint64 width)
{
  return load_run_get_int (group, "lost") == 0 && load_run_get_int (group, "dropped") == 0
         && load_run_get_int (group, "skipped") == 0
         && load_run_get_int (group, "size_switches") == 0
         && load_run_get_int (group, "least_width") == width
         && load_run_get_int (group, "most_width") == width;
}

static gboolean
is_served (JsonObject *group, gint64 width)
{
  return load_run_get_int (group, "most_width") == width
         && load_run_get_double (group, "settled_ms") <= MOST_SETTLING
         && load_run_get_double (group, "freeze_ms") <= MOST_FREEZE;
}

/* What no stall excuses. */
static void
assert_whole (JsonObject *group, gint64 viewers)
{
  g_assert_cmpint (load_run_get_int (group, "viewers"), ==, viewers);
  g_assert_cmpint (load_run_get_int (group, "playing"), ==, viewers);
  g_assert_cmpint (load_run_get_int (group, "blind"), ==, 0);
  g_assert_cmpint (load_run_get_int (group, "wrong"), ==, 0);
}

static gboolean
try_crowd (GstClockTime *stall)
{
  gchar *launch = g_strdup_printf (LAUNCH, sink_find_port (NULL));
  gchar *options = g_strdup_printf ("--viewers %u --rate 200 --seconds %u --codec VP8 "
                                    "--link rate=5000,delay=20 --also 1:rate=300,delay=20",
      VIEWERS, g_getenv ("RTC_TEST_FULL") != NULL ? 60 : 4);
  JsonObject *figures, *wide, *slow;
  SinkPipeline sink;
  gboolean held;

  sink_watch_play (&sink, launch);
  figures = load_run (sink.whep_url, options, 0);
  wide = json_array_get_object_element (json_object_get_array_member (figures, "groups"), 0);
  slow = json_array_get_object_element (json_object_get_array_member (figures, "groups"), 1);
  assert_whole (wide, VIEWERS);
  assert_whole (slow, 1);
  held = is_complete (wide, FIRST_WIDTH) && is_served (slow, LAST_WIDTH);
  *stall = (GstClockTime) (load_run_get_double (wide, "freeze_ms") * GST_MSECOND);
  json_object_unref (figures);
  sink_pipeline_stop (&sink);
  g_free (options);
  g_free (launch);
  return held;
}

static void
test_crowd (void)
{
  stall_try_within (try_crowd, STALL_ATTEMPTS, USUAL_PAUSE);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  gst_init (NULL, NULL);
  g_assert_cmpint (argc, ==, 2);
  load_run_set_program (argv[1]);
  g_test_add_func ("/load-ladder/crowd", test_crowd);
  return run_tests ();
}
