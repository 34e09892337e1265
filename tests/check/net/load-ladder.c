/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* load-ladder.c - webrtcsink's ladder at its size: a hundred viewers of the load generator
 * (tools/load, whose path is the first argument) with 5 Mbit/s each and one with 300 kbit/s, all on
 * one port. The one gets the rung that its link carries, and nobody else another; the others notice
 * nothing.
 *
 * What links do goes by the time at which packets came, so that a generator that had no processor
 * measures no worse. Where the sender had none its pictures are late, and rates are taken for lower
 * than they are. That is said by a thread that has nothing to do with the sender, whose own freezes
 * excuse nothing (stall-watch.h, stall-attempts.h). RTC_TEST_FULL=1: for a minute. */
#include "load-run.h"
#include "sink-watch.h"
#include "tests/check/stall/stall-attempts.h"
#include "tests/check/stall/stall-watch.h"
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
#define LAST_RUNG 2

/* Until the slow one has its rung; and for how long anybody is without a new picture, also
 * where load beside leaves nothing of the processors that who only waits would notice. ms. */
#define MOST_SETTLING 3000
#define MOST_FREEZE 500
/* The time of a picture: where who only waits suffers that, who works suffers many times as much,
 * and rates that are told by arrival times are no more what links carry. */
#define USUAL_PAUSE (30 * GST_MSECOND)
/* What everybody sees now and then, at 30 pictures a second. */
#define EVERYBODYS_PAUSE (100 * GST_MSECOND)

/* Of which somebody independent wants one, and so often the rungs are looked at. */
#define WAIT (10 * GST_MSECOND)
#define LOOK_MS 250

/* --- which rung each viewer gets ------------------------------------------------------------- */

typedef struct {
  SinkPipeline *sink;
  StallWatch *watch; /* from when on the hundred are there, a second before they count */
  guint looks;       /* when all were there */
  guint most_lower;  /* viewers below the first rung, ever */
  guint lower, last; /* of them in the end; and of these on the last rung */
} Rungs;

static gboolean
read_rung (const GstStructure *stats, guint field, guint *rung)
{
  const GValue *value =
      gst_structure_get_value (stats, gst_structure_nth_field_name (stats, field));
  const GstStructure *session =
      GST_VALUE_HOLDS_STRUCTURE (value) ? gst_value_get_structure (value) : NULL;
  const GValue *outbound =
      session != NULL ? gst_structure_get_value (session, "outbound-rtp-0") : NULL;

  return outbound != NULL && GST_VALUE_HOLDS_STRUCTURE (outbound)
         && gst_structure_get_uint (gst_value_get_structure (outbound), "encoding-index", rung);
}

static gboolean
look_at_rungs (gpointer data)
{
  Rungs *self = data;
  GstStructure *stats = NULL;
  guint viewers = 0, lower = 0, last = 0;

  g_object_get (self->sink->sink, "stats", &stats, NULL);
  for (gint i = 0; i < gst_structure_n_fields (stats); i++) {
    guint rung;

    if (!read_rung (stats, (guint) i, &rung))
      continue;
    viewers++;
    lower += rung > 0;
    last += rung == LAST_RUNG;
  }
  gst_structure_free (stats);
  self->most_lower = MAX (self->most_lower, lower);
  if (viewers >= VIEWERS && self->watch == NULL)
    self->watch = stall_watch_start (WAIT);
  if (viewers < VIEWERS + 1)
    return G_SOURCE_CONTINUE;
  self->looks++;
  self->lower = lower;
  self->last = last;
  return G_SOURCE_CONTINUE;
}

/* --- what the viewers saw --------------------------------------------------------------------- */

/* The others notice nothing. */
static gboolean
is_undisturbed (JsonObject *group)
{
  return load_run_get_int (group, "lost") == 0 && load_run_get_int (group, "dropped") == 0
         && load_run_get_int (group, "skipped") == 0
         && load_run_get_int (group, "size_switches") == 0
         && load_run_get_int (group, "least_width") == FIRST_WIDTH
         && load_run_get_int (group, "most_width") == FIRST_WIDTH
         && load_run_get_double (group, "freeze_ms") <= MOST_FREEZE;
}

static gboolean
is_served (JsonObject *group)
{
  return load_run_get_int (group, "most_width") == LAST_WIDTH
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

/* One on the last rung in the end, and nobody else below the first, ever. */
static gboolean
is_alone (const Rungs *rungs)
{
  g_test_message ("%u looks, %u of the viewers below the first rung at most, %u in the end, %u on "
                  "the last",
      rungs->looks, rungs->most_lower, rungs->lower, rungs->last);
  return rungs->most_lower == 1 && rungs->lower == 1 && rungs->last == 1;
}

static gboolean
try_crowd (GstClockTime *stall)
{
  gchar *launch = g_strdup_printf (LAUNCH, sink_find_port (NULL));
  gchar *options = g_strdup_printf ("--viewers %u --rate 200 --warm 1 --seconds %u --codec VP8 "
                                    "--link rate=5000,delay=20 --also 1:rate=300,delay=20",
      VIEWERS, g_getenv ("RTC_TEST_FULL") != NULL ? 60 : 4);
  JsonObject *figures, *wide, *slow;
  SinkPipeline sink;
  Rungs rungs = { .sink = &sink };
  StallFigures pause;
  gboolean held;
  guint looks;

  sink_watch_play (&sink, launch);
  looks = g_timeout_add (LOOK_MS, look_at_rungs, &rungs);
  figures = load_run (sink.whep_url, options, 0);
  g_source_remove (looks);
  g_assert_cmpuint (rungs.looks, >, 0);
  stall_watch_stop (rungs.watch, &pause);
  wide = json_array_get_object_element (json_object_get_array_member (figures, "groups"), 0);
  slow = json_array_get_object_element (json_object_get_array_member (figures, "groups"), 1);
  g_test_message ("who only waits is late by %.1f ms at most", (gdouble) pause.worst / GST_MSECOND);
  assert_whole (wide, VIEWERS);
  assert_whole (slow, 1);
  g_assert_cmpint (load_run_get_int (figures, "failed"), ==, 0);
  held = is_undisturbed (wide) && is_served (slow);
  /* What they saw is excused only if all of them had a pause besides. */
  if (held || load_run_get_double (wide, "freeze_ms") * GST_MSECOND > EVERYBODYS_PAUSE)
    *stall = pause.worst;
  held = is_alone (&rungs) && held;
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
