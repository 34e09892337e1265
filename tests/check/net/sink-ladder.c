/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* sink-ladder.c - webrtcsink's ladder: a viewer whose link gets narrow and wide again gets another
 * encoding and hardly a pause; one with a narrow link among many takes nothing from the others
 * (beside a hundred: load-ladder.c); pads that are sub streams take the place of rungs; temporal
 * layers are a step in between.
 *
 * Waits end with what they wait for. When the machine stalls, all viewers stall, and encoders make
 * less than a narrow link carries: what misses its limits while a viewer whose link is never narrow
 * had a pause says nothing, and a stall looks like a narrow link to those whose link is wide: that
 * is excused by a thread that only waits (stall-attempts.h). */
#include <string.h>

#include "gst/rtc/cc/rtc-rung-choice.h"
#include "sink-watch.h"
#include "tests/check/stall/stall-attempts.h"
#include "tests/check/stall/stall-watch.h"
#include "tests/check/run-tests.h"

#define SINK                                                                                       \
  "webrtcsink name=sink web-server-host-addr=http://127.0.0.1:0/ video-caps=video/x-vp8 "          \
  "start-bitrate=1000000 min-bitrate=50000 max-bitrate=5000000 "

/* Noise, a little smoothed: no rate is too much for it. */
#define NOISE                                                                                      \
  "videotestsrc is-live=true pattern=snow ! video/x-raw,width=80,height=48,framerate=30/1 ! "      \
  "videoscale ! video/x-raw,width=320,height=192 ! "

#define LADDER "ladder=\"full:1200k, 1/2:500k, 1/4@15:150k\" "
#define N_RUNGS 3
static const guint widths[N_RUNGS] = { 320, 160, 80 };

/* How long a viewer is without a new picture at most when it goes down. */
#define LONGEST_PAUSE (500 * GST_MSECOND)
/* What everybody sees now and then, at 30 pictures a second. */
#define USUAL_PAUSE (100 * GST_MSECOND)
/* And how long it may take to get what its link carries. */
#define SWITCH_TIME 3.0

typedef struct {
  SinkPipeline sink;
  NetViewers *viewers;
  StallWatch *machine;
} World;

static void
world_start (World *self, const gchar *pipeline)
{
  self->viewers = net_viewers_new ();
  sink_watch_play (&self->sink, pipeline);
  self->machine = stall_watch_start (10 * GST_MSECOND);
}

/* Fails when what nothing but the machine excuses did not hold, and the machine does not; *stall is
 * what it has cost at least. */
static void
world_stop (World *self, gboolean held, GstClockTime *stall)
{
  StallFigures machine;

  stall_watch_stop (self->machine, &machine);
  if (!held)
    g_assert_cmpuint (machine.worst, >, USUAL_PAUSE);
  *stall = MAX (*stall, machine.worst);
  sink_pipeline_stop (&self->sink);
  net_viewers_free (self->viewers);
}

/* Until pictures of that width are seen, or for that long. */
static gboolean
wait_width (World *self, SinkWatch *watch, guint width, gdouble seconds)
{
  gint64 begin = g_get_monotonic_time ();
  LoadPicturesFigures figures;
  gdouble took;

  do {
    sink_watch_pass_time (&self->sink, 20 * GST_MSECOND);
    net_viewer_get_pictures (watch->viewer, &figures);
    took = (gdouble) (g_get_monotonic_time () - begin) / G_TIME_SPAN_SECOND;
  } while (figures.width != width && took < seconds);
  g_test_message ("%u pixels wide after %.2f s", figures.width, took);
  return figures.width == width && took <= seconds;
}

/* Until something smaller than the best is seen. FALSE: that was not soon. */
static gboolean
wait_smaller (World *self, SinkWatch *watch)
{
  gint64 begin = g_get_monotonic_time ();
  LoadPicturesFigures figures;
  gdouble took;

  do {
    sink_watch_pass_time (&self->sink, 20 * GST_MSECOND);
    net_viewer_get_pictures (watch->viewer, &figures);
    took = (gdouble) (g_get_monotonic_time () - begin) / G_TIME_SPAN_SECOND;
  } while (figures.width == widths[0] && took < 2 * SWITCH_TIME);
  g_test_message ("%u pixels wide after %.2f s", figures.width, took);
  return took <= SWITCH_TIME;
}

/* Everything goes on without a gap. */
static void
assert_continuous (SinkWatch *watch)
{
  LoadPicturesFigures figures;
  GstClockTime gap = net_viewer_get_pictures (watch->viewer, &figures);

  g_test_message ("%u pictures, %u of them key frames, %u sizes more, longest pause %u ms, %u "
                  "packets given up",
      (guint) figures.shown, (guint) figures.key_frames, (guint) figures.sizes,
      (guint) (gap / GST_MSECOND), (guint) figures.skipped);
  g_assert_cmpuint (figures.wrong_times, ==, 0);
  /* What was given up has taken its picture's number along; a picture cut off, its own only. */
  if (figures.skipped == 0) {
    g_assert_cmpuint (figures.wrong_ids, <=, figures.cut_off);
    g_assert_cmpuint (figures.wrong_tl0, <=, figures.cut_off);
  }
}

/* No longer than that without a new picture? *stall: what the machine has cost a viewer whose link
 * is wide. */
static gboolean
check_pause (SinkWatch *watch, SinkWatch *wide, GstClockTime most, GstClockTime *stall)
{
  LoadPicturesFigures figures;
  GstClockTime usual = net_viewer_get_pictures (wide->viewer, &figures);
  GstClockTime gap = net_viewer_get_pictures (watch->viewer, &figures);

  g_test_message ("longest pause %u ms, with a wide link %u ms", (guint) (gap / GST_MSECOND),
      (guint) (usual / GST_MSECOND));
  *stall = MAX (*stall, usual);
  return gap <= most;
}

/* The number in each session's outbound-rtp-0, the largest; or the sum. */
static guint
sum_stats (World *self, const gchar *name, guint *largest)
{
  gchar **ids = sink_watch_list_sessions (&self->sink);
  guint sum = 0;

  *largest = 0;
  for (guint i = 0; ids[i] != NULL; i++) {
    GstStructure *outbound = sink_watch_get_outbound (&self->sink, ids[i]);
    const GValue *value = outbound == NULL ? NULL : gst_structure_get_value (outbound, name);
    GValue wide = G_VALUE_INIT;

    g_value_init (&wide, G_TYPE_UINT);
    if (value != NULL && g_value_transform (value, &wide)) {
      sum += g_value_get_uint (&wide);
      *largest = MAX (*largest, g_value_get_uint (&wide));
    }
    g_clear_pointer (&outbound, gst_structure_free);
  }
  g_strfreev (ids);
  return sum;
}

/* Encoders that run. */
static guint
count_encoders (World *self)
{
  GstIterator *iterator = gst_bin_iterate_recurse (GST_BIN (self->sink.sink));
  GValue item = G_VALUE_INIT;
  guint n = 0;

  while (gst_iterator_next (iterator, &item) == GST_ITERATOR_OK) {
    GstElementFactory *factory = gst_element_get_factory (g_value_get_object (&item));

    n += factory != NULL && strcmp (GST_OBJECT_NAME (factory), "vp8enc") == 0;
    g_value_reset (&item);
  }
  gst_iterator_free (iterator);
  return n;
}

/* Narrow, and wide again; *is_up: it got the best again. */
static gboolean
step_down_and_up (
    World *world, SinkWatch *watch, SinkWatch *wide, GstClockTime *stall, gboolean *is_up)
{
  guint index, changes;
  gboolean held;

  sum_stats (world, "encoding-changes", &changes);
  net_viewer_forget_gaps (watch->viewer);
  net_viewer_forget_gaps (wide->viewer);
  sink_watch_set_rate (watch, 700);
  held = wait_smaller (world, watch);
  sink_watch_pass_time (&world->sink, 3 * GST_SECOND);
  held = check_pause (watch, wide, LONGEST_PAUSE, stall) && held;
  if (!held)
    return FALSE;
  sum_stats (world, "encoding-index", &index);
  g_assert_cmpuint (index, >=, 1);
  g_assert_cmpuint (count_encoders (world), >=, 2);
  net_viewer_forget_gaps (watch->viewer);
  net_viewer_forget_gaps (wide->viewer);
  sink_watch_set_rate (watch, 3000);
  *is_up = wait_width (world, watch, widths[0], 40);
  sink_watch_pass_time (&world->sink, 1 * GST_SECOND);
  held = check_pause (watch, wide, LONGEST_PAUSE, stall);
  sum_stats (world, "encoding-changes", &index);
  *is_up = *is_up && index >= changes + 2;
  return held;
}

/* Down at once, up after a while; only what somebody gets is encoded. */
static gboolean
try_steps (GstClockTime *stall)
{
  gboolean held = TRUE, is_up;
  SinkWatch watch, wide;
  World world;

  world_start (&world, SINK LADDER NOISE "sink.video_0");
  g_assert_cmpuint (count_encoders (&world), ==, 0);
  wide = sink_watch_start (&world.sink, world.viewers, 0, LYING_SRTP_NOT, TRUE);
  watch = sink_watch_start (&world.sink, world.viewers, 3000, LYING_SRTP_NOT, TRUE);
  is_up = wait_width (&world, &watch, widths[0], 20) && wait_width (&world, &wide, widths[0], 20);
  if (is_up)
    held = step_down_and_up (&world, &watch, &wide, stall, &is_up);
  assert_continuous (&watch);
  assert_continuous (&wide);
  sink_watch_stop (&watch);
  sink_watch_stop (&wide);
  world_stop (&world, is_up, stall);
  return held && is_up;
}

static void
test_steps (void)
{
  stall_try_within (try_steps, STALL_ATTEMPTS, USUAL_PAUSE);
}

/* It has the last rung, and all the others the first as ever. */
static gboolean
check_rungs (World *self, SinkWatch *watches, guint n)
{
  guint largest, sum = sum_stats (self, "encoding-index", &largest);
  gboolean held = sum == 2 && largest == 2;

  for (guint i = 0; i < n; i++) {
    LoadPicturesFigures figures;

    net_viewer_get_pictures (watches[i].viewer, &figures);
    held = held && figures.skipped == 0 && figures.sizes == 0;
    assert_continuous (&watches[i]);
  }
  g_test_message ("rungs of all: %u, the last of them %u; as ever: %d", sum, largest, held);
  return held;
}

/* One with 300 kbit/s among many with 5 Mbit/s, as it comes and stays. */
static gboolean
try_crowd (GstClockTime *stall)
{
  const guint n = g_getenv ("RTC_TEST_FULL") != NULL ? 100 : 8;
  SinkWatch *watches = g_new (SinkWatch, n), slow;
  gboolean held, are_right = TRUE;
  World world;
  guint most;

  world_start (&world, SINK LADDER NOISE "sink.video_0");
  for (guint i = 0; i < n; i++)
    watches[i] = sink_watch_start (&world.sink, world.viewers, 5000, LYING_SRTP_NOT, TRUE);
  for (guint i = 0; i < n; i++)
    are_right = wait_width (&world, &watches[i], widths[0], 20) && are_right;
  are_right = sum_stats (&world, "encoding-changes", &most) == 0 && are_right;
  for (guint i = 0; i < n; i++)
    net_viewer_forget_gaps (watches[i].viewer);
  slow = sink_watch_start (&world.sink, world.viewers, 300, LYING_SRTP_NOT, TRUE);
  held = wait_width (&world, &slow, widths[2], SWITCH_TIME);
  sink_watch_pass_time (&world.sink, 10 * GST_SECOND);
  held = check_pause (&slow, &watches[0], LONGEST_PAUSE, stall) && held;
  are_right = check_rungs (&world, watches, n) && are_right;
  assert_continuous (&slow);
  for (guint i = 0; i < n; i++)
    sink_watch_stop (&watches[i]);
  sink_watch_stop (&slow);
  g_free (watches);
  world_stop (&world, are_right, stall);
  return held && are_right;
}

static void
test_crowd (void)
{
  stall_try_within (try_crowd, STALL_ATTEMPTS, USUAL_PAUSE);
}

/* Until all get the best rung, and so many of them its base layer only. */
static void
wait_thin (World *self, guint n)
{
  gint64 begin = g_get_monotonic_time ();
  guint index, most;

  while ((sum_stats (self, "temporal-layers-left-out", &most) != n
             || sum_stats (self, "encoding-index", &index) != 0)
         && g_get_monotonic_time () < begin + 40 * G_TIME_SPAN_SECOND)
    sink_watch_pass_time (&self->sink, 20 * GST_MSECOND);
  g_test_message ("%u viewers get the base layer after %.2f s", n,
      (gdouble) (g_get_monotonic_time () - begin) / G_TIME_SPAN_SECOND);
  g_assert_cmpuint (sum_stats (self, "temporal-layers-left-out", &most), ==, n);
}

/* So many pictures more; of these, of the upper layer. */
static guint
count_upper (World *self, SinkWatch *watch, guint n)
{
  gint64 deadline = g_get_monotonic_time () + 20 * G_TIME_SPAN_SECOND;
  LoadPicturesFigures before, figures;

  net_viewer_get_pictures (watch->viewer, &before);
  do {
    sink_watch_pass_time (&self->sink, 20 * GST_MSECOND);
    net_viewer_get_pictures (watch->viewer, &figures);
  } while (figures.shown < before.shown + n && g_get_monotonic_time () < deadline);
  g_assert_cmpuint (figures.shown, >=, before.shown + n);
  return (guint) (figures.upper - before.upper);
}

/* The application's say: what one viewer's video may have. */
typedef struct {
  gchar *id;
  gint bps; /* atomic; 0: nothing to say */
} Say;

static GstStructure *
define_bitrates (GstElement *sink, const gchar *id, gint total, GstStructure *ours, const Say *say)
{
  GstStructure *theirs = gst_structure_copy (ours);
  gint bps = g_atomic_int_get (&say->bps);

  if (bps > 0 && g_strcmp0 (id, say->id) == 0)
    gst_structure_set (theirs, "video_0", G_TYPE_INT, bps, NULL);
  return theirs;
}

/* A viewer who may have a little less than the best rung takes gets every other picture of it, at
 * full size; the others get all. */
static void
test_layers (void)
{
  SinkWatch watch, wide;
  gchar **ids;
  GstClockTime stall = 0;
  World world;
  Say say = { 0 };

  world_start (&world, SINK "ladder=\"full:1200k:L1T2, 1/4:100k\" " NOISE "sink.video_0");
  watch = sink_watch_start (&world.sink, world.viewers, 0, LYING_SRTP_NOT, TRUE);
  ids = sink_watch_list_sessions (&world.sink);
  say.id = g_strdup (ids[0]);
  g_strfreev (ids);
  wide = sink_watch_start (&world.sink, world.viewers, 0, LYING_SRTP_NOT, TRUE);
  wait_thin (&world, 0);
  /* In steps: a plunge would be answered by the lower rung. */
  g_atomic_int_set (&say.bps, 1000000);
  g_signal_connect (world.sink.sink, "define-encoder-bitrates", G_CALLBACK (define_bitrates), &say);
  sink_watch_pass_time (&world.sink, RTC_RUNG_PLUNGE_TIME + GST_SECOND / 2);
  g_atomic_int_set (&say.bps, 700000);
  wait_thin (&world, 1);
  /* What is on its way still. */
  count_upper (&world, &watch, 5);
  g_assert_cmpuint (count_upper (&world, &watch, 10), ==, 0);
  g_assert_cmpuint (count_upper (&world, &wide, 20), >=, 9);
  g_atomic_int_set (&say.bps, 0);
  wait_thin (&world, 0);
  count_upper (&world, &watch, 5);
  g_assert_cmpuint (count_upper (&world, &watch, 20), >=, 9);
  assert_continuous (&watch);
  assert_continuous (&wide);
  g_signal_handlers_disconnect_by_func (world.sink.sink, define_bitrates, &say);
  g_free (say.id);
  sink_watch_stop (&watch);
  sink_watch_stop (&wide);
  world_stop (&world, TRUE, &stall);
}

/* Two encoded pads that are one stream: as a camera's. */
#define CAMERA                                                                                     \
  "videotestsrc is-live=true pattern=snow ! video/x-raw,width=320,height=192,framerate=30/1 ! "    \
  "tee name=t t. ! queue ! vp8enc deadline=1 cpu-used=8 end-usage=cbr target-bitrate=1200000 "     \
  "min-quantizer=0 max-quantizer=63 keyframe-max-dist=60 ! sink.video_0 "                          \
  "t. ! queue ! videoscale ! video/x-raw,width=80,height=48 ! vp8enc deadline=1 cpu-used=8 "       \
  "end-usage=cbr target-bitrate=100000 keyframe-max-dist=60 ! sink.video_1 "                       \
  ""

/* Down and up between the two, which are one track. */
static gboolean
try_camera (GstClockTime *stall)
{
  SinkWatch watch;
  gboolean held;
  World world;

  world_start (&world, SINK "video_1::substream-of=video_0 " CAMERA);
  watch = sink_watch_start (&world.sink, world.viewers, 5000, LYING_SRTP_NOT, TRUE);
  held = wait_width (&world, &watch, 320, 20);
  sink_watch_pass_time (&world.sink, 3 * GST_SECOND);
  sink_watch_set_rate (&watch, 300);
  held = wait_width (&world, &watch, 80, 20) && held;
  sink_watch_pass_time (&world.sink, 2 * GST_SECOND);
  sink_watch_set_rate (&watch, 5000);
  held = held && wait_width (&world, &watch, 320, 40);
  assert_continuous (&watch);
  sink_watch_stop (&watch);
  world_stop (&world, held, stall);
  return held;
}

static void
test_camera (void)
{
  stall_try_within (try_camera, STALL_ATTEMPTS, USUAL_PAUSE);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  gst_init (NULL, NULL);
  g_test_add_func ("/sink-ladder/steps", test_steps);
  g_test_add_func ("/sink-ladder/crowd", test_crowd);
  g_test_add_func ("/sink-ladder/layers", test_layers);
  g_test_add_func ("/sink-ladder/camera", test_camera);
  return run_tests ();
}
