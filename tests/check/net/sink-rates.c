/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* sink-rates.c - webrtcsink's encoder follows a viewer whose link gets narrow and wide again; one
 * of several whose link is narrow does not take the others along.
 *
 * Bounds are wide and waits end with what they wait for: the machine may be busy, and a late
 * emulator looks like a bad network. */
#include <gst/video/video.h>
#include <string.h>

#include "gst/rtc/cc/rtc-bitrate-policy.h"
#include "sink-watch.h"
#include "tests/check/stall/stall-attempts.h"
#include "tests/check/run-tests.h"

#define PIPELINE                                                                                   \
  "webrtcsink name=sink web-server-host-addr=http://127.0.0.1:0/ video-caps=video/x-vp8 "          \
  "start-bitrate=600000 min-bitrate=100000 max-bitrate=2500000 " /* Noise, a little smoothed: no   \
                                                                    rate is too much for it. */    \
  "videotestsrc is-live=true pattern=snow ! video/x-raw,width=80,height=48,framerate=30/1 ! "      \
  "videoscale ! video/x-raw,width=160,height=96 ! sink.video_0"

/* The one video encoder, as the first session's consumer-stats have it, bit/s. */
static guint
get_rate (SinkPipeline *sink)
{
  GstStructure *stats = NULL, *session = NULL, *consumer = NULL;
  const GstStructure *encoder;
  const GValue *encoders;
  gint rate = 0;

  g_object_get (sink->sink, "stats", &stats, NULL);
  if (gst_structure_n_fields (stats) > 0
      && gst_structure_get (
          stats, gst_structure_nth_field_name (stats, 0), GST_TYPE_STRUCTURE, &session, NULL)
      && gst_structure_get (session, "consumer-stats", GST_TYPE_STRUCTURE, &consumer, NULL)) {
    encoders = gst_structure_get_value (consumer, "video-encoders");
    g_assert_cmpuint (gst_value_array_get_size (encoders), ==, 1);
    encoder = gst_value_get_structure (gst_value_array_get_value (encoders, 0));
    g_assert_cmpstr (gst_structure_get_string (encoder, "codec-name"), ==, "VP8");
    gst_structure_get_int (encoder, "bitrate", &rate);
  }
  g_clear_pointer (&consumer, gst_structure_free);
  g_clear_pointer (&session, gst_structure_free);
  gst_structure_free (stats);
  return (guint) rate;
}

/* Until the encoder's rate is within the bounds, bit/s; FALSE: it never was. */
static gboolean
reach_rate (SinkPipeline *sink, guint least, guint most, guint seconds)
{
  gint64 begin = g_get_monotonic_time ();
  guint rate = get_rate (sink);

  while ((rate < least || rate > most)
         && g_get_monotonic_time () < begin + seconds * G_TIME_SPAN_SECOND) {
    sink_watch_pass_time (sink, 100 * GST_MSECOND);
    rate = get_rate (sink);
  }
  g_test_message ("%u kbit/s after %.1f s", rate / 1000,
      (gdouble) (g_get_monotonic_time () - begin) / G_TIME_SPAN_SECOND);
  return rate >= least && rate <= most;
}

static void
wait_rate (SinkPipeline *sink, guint least, guint most, guint seconds)
{
  g_assert_true (reach_rate (sink, least, most, seconds));
}

static void
test_steps (void)
{
  NetViewers *viewers = net_viewers_new ();
  SinkPipeline sink;
  SinkWatch watch;

  sink_watch_play (&sink, PIPELINE);
  watch = sink_watch_start (&sink, viewers, 2000, LYING_SRTP_NOT, FALSE);
  wait_rate (&sink, 1000000, 2000000, 12);
  sink_watch_set_rate (&watch, 500);
  wait_rate (&sink, 90000, 480000, 6);
  sink_watch_set_rate (&watch, 2000);
  wait_rate (&sink, 1000000, 2000000, 15);
  sink_watch_stop (&watch);
  sink_pipeline_stop (&sink);
  net_viewers_free (viewers);
}

/* Nine tenths of that for so long, bit/s; FALSE: less at some time. */
static gboolean
keep_rate (SinkPipeline *sink, guint rate, GstClockTime time)
{
  for (GstClockTime passed = 0; passed < time; passed += 100 * GST_MSECOND) {
    guint now;

    sink_watch_pass_time (sink, 100 * GST_MSECOND);
    now = get_rate (sink);
    if (now < rate * 9 / 10) {
      g_test_message ("%u instead of %u kbit/s", now / 1000, rate / 1000);
      return FALSE;
    }
  }
  return TRUE;
}

static GstClockTime
get_stall (const SinkWatch *watch)
{
  LinkEmulatorStats stats;

  link_emulator_get_stats (watch->link, &stats);
  return stats.max_late;
}

static gboolean
try_slow_viewer (GstClockTime *stall)
{
  NetViewers *viewers = net_viewers_new ();
  SinkPipeline sink;
  SinkWatch fast, slow;
  gboolean good;

  sink_watch_play (&sink, PIPELINE);
  fast = sink_watch_start (&sink, viewers, 0, LYING_SRTP_NOT, FALSE);
  good = reach_rate (&sink, 1500000, 2500000, 12);
  if (good) {
    guint rate = get_rate (&sink);

    slow = sink_watch_start (&sink, viewers, 300, LYING_SRTP_NOT, FALSE);
    good = keep_rate (&sink, rate, 4 * GST_SECOND);
    *stall = MAX (get_stall (&fast), get_stall (&slow));
    sink_watch_stop (&fast);
    good = good && reach_rate (&sink, 90000, 400000, 10); /* alone, it is followed */
    *stall = MAX (*stall, get_stall (&slow));
    sink_watch_stop (&slow);
  } else {
    *stall = get_stall (&fast);
    sink_watch_stop (&fast);
  }
  sink_pipeline_stop (&sink);
  net_viewers_free (viewers);
  return good;
}

/* A39 and T19, small: one behind 300 kbit/s beside one who takes everything. A link that its thread
 * served late was not the one that this is about. */
static void
test_slow_viewer (void)
{
  stall_try (try_slow_viewer);
}

/* How many sessions have a target below that, bit/s. */
static guint
count_targets_below (SinkPipeline *sink, guint bps)
{
  gchar **ids = sink_watch_list_sessions (sink);
  guint n = 0;

  for (guint i = 0; ids[i] != NULL; i++) {
    GObject *session = gst_child_proxy_get_child_by_name (GST_CHILD_PROXY (sink->sink), ids[i]);
    guint target;

    g_assert_nonnull (session);
    g_object_get (session, "target-bitrate", &target, NULL);
    n += target < bps;
    g_object_unref (session);
  }
  g_strfreev (ids);
  return n;
}

/* Until what the viewers take is known and no guess any more, beside which other guesses would have
 * a say; what the encoder then has, bit/s. */
static guint
settle (SinkPipeline *sink)
{
  gint64 end = g_get_monotonic_time () + 12 * G_TIME_SPAN_SECOND;

  sink_watch_pass_time (sink, RTC_BITRATE_POLICY_GRACE);
  while (count_targets_below (sink, 1500000) > 0) {
    g_assert_cmpint (g_get_monotonic_time (), <, end);
    sink_watch_pass_time (sink, 100 * GST_MSECOND);
  }
  wait_rate (sink, 1500000, 2500000, 12);
  return get_rate (sink);
}

/* T19: two who lie, each in another way, are believed about themselves; the two others lose
 * nothing by it, then or later. */
static void
test_liars (void)
{
  static const LyingSrtpKind kinds[] = { LYING_SRTP_NOT, LYING_SRTP_NOT, LYING_SRTP_REMB,
    LYING_SRTP_TWCC };
  NetViewers *viewers = net_viewers_new ();
  SinkWatch watches[G_N_ELEMENTS (kinds)];
  gint64 begin = 0;
  SinkPipeline sink;
  guint rate = 0;

  sink_watch_play (&sink, PIPELINE);
  for (guint i = 0; i < G_N_ELEMENTS (kinds); i++) {
    watches[i] = sink_watch_start (&sink, viewers, 0, kinds[i], FALSE);
    if (i == 1) {
      rate = settle (&sink);
      begin = g_get_monotonic_time ();
    }
  }
  while (count_targets_below (&sink, 300000) < 2) {
    g_assert_cmpint (g_get_monotonic_time (), <, begin + 20 * G_TIME_SPAN_SECOND);
    g_assert_cmpuint (get_rate (&sink), >=, rate * 9 / 10);
    sink_watch_pass_time (&sink, 100 * GST_MSECOND);
  }
  /* Longer than a viewer is new. */
  for (guint i = 0; i < 30; i++) {
    sink_watch_pass_time (&sink, 100 * GST_MSECOND);
    g_assert_cmpuint (get_rate (&sink), >=, rate * 9 / 10);
  }
  g_assert_cmpuint (count_targets_below (&sink, 300000), ==, 2);
  for (guint i = 0; i < G_N_ELEMENTS (kinds); i++)
    sink_watch_stop (&watches[i]);
  sink_pipeline_stop (&sink);
  net_viewers_free (viewers);
}

/* --- what the application says, and is told ----------------------------------------------------
 */

/* Too little for 640x360 at 30 a second. */
#define OWN_RATE 60000

static GstStructure *
on_define (GstElement *sink, const gchar *id, gint overall, const GstStructure *ours, guint *n)
{
  gint rate = 0;

  g_assert_nonnull (id);
  g_assert_cmpstr (gst_structure_get_name (ours), ==, "webrtcsink/encoder-bitrates");
  g_assert_true (gst_structure_get_int (ours, "video_0", &rate));
  g_assert_cmpint (rate, >, 0);
  g_assert_cmpint (rate, <, overall);
  g_atomic_int_inc (n);
  return gst_structure_new ("webrtcsink/encoder-bitrates", "video_0", G_TYPE_INT, OWN_RATE, NULL);
}

static GstCaps *
on_mitigation (
    GstElement *sink, const gchar *pad, GstVideoInfo *info, gint rate, guint modes, guint *n)
{
  g_assert_cmpstr (pad, ==, "video_0");
  g_assert_cmpint (rate, ==, OWN_RATE);
  g_assert_cmpuint (modes, !=, 0);
  g_atomic_int_inc (n);
  return gst_caps_from_string ("video/x-raw,width=161,height=90,framerate=10/1");
}

/* What it is about goes. */
static GstCaps *
on_mitigation_release (
    GstElement *sink, const gchar *name, GstVideoInfo *info, gint rate, guint modes, guint *n)
{
  GstPad *pad = gst_element_get_static_pad (sink, name), *peer = gst_pad_get_peer (pad);

  gst_pad_unlink (peer, pad);
  gst_element_release_request_pad (sink, pad);
  gst_object_unref (peer);
  gst_object_unref (pad);
  g_atomic_int_inc (n);
  return NULL;
}

/* The one session's. (transfer full) */
static GstStructure *
get_outbound (SinkPipeline *sink)
{
  gchar **ids = sink_watch_list_sessions (sink);
  GstStructure *outbound = sink_watch_get_outbound (sink, ids[0]);

  g_assert_nonnull (outbound);
  g_strfreev (ids);
  return outbound;
}

/* Half of a second of limitation, at least, and no more than it has lasted in all. */
static void
assert_limited (const GstStructure *outbound, GstClockTime since)
{
  gdouble none = -1, bandwidth = -1, cpu = -1, other = -1, target = -1;
  guint changes = 0;
  GstStructure *durations = NULL;

  g_assert_cmpstr (
      gst_structure_get_string (outbound, "quality-limitation-reason"), ==, "bandwidth");
  g_assert_true (gst_structure_get (outbound, "quality-limitation-durations", GST_TYPE_STRUCTURE,
      &durations, "quality-limitation-resolution-changes", G_TYPE_UINT, &changes, "target-bitrate",
      G_TYPE_DOUBLE, &target, NULL));
  g_assert_true (gst_structure_get (durations, "none", G_TYPE_DOUBLE, &none, "bandwidth",
      G_TYPE_DOUBLE, &bandwidth, "cpu", G_TYPE_DOUBLE, &cpu, "other", G_TYPE_DOUBLE, &other, NULL));
  g_assert_cmpfloat (none, >=, 0);
  g_assert_cmpfloat (bandwidth, >, 0.5);
  g_assert_cmpfloat (
      none + bandwidth, <=, (gdouble) (gst_util_get_timestamp () - since) / GST_SECOND);
  g_assert_cmpfloat (cpu + other, ==, 0);
  /* None, if it was so small from the first look on. */
  g_assert_cmpuint (changes, <=, 1);
  g_assert_cmpfloat (target, ==, OWN_RATE);
  gst_structure_free (durations);
}

/* A pipeline whose encoder is told OWN_RATE; mitigation: the handler of
 * "configure-mitigation-caps". */
static void
start_application (SinkPipeline *sink, GCallback mitigation, guint *n_defined, guint *n_mitigated)
{
  GError *error = NULL;

  sink->pipeline = gst_parse_launch (
      "webrtcsink name=sink web-server-host-addr=http://127.0.0.1:0/ video-caps=video/x-vp8 "
      "videotestsrc is-live=true pattern=ball ! video/x-raw,width=640,height=360,framerate=30/1 ! "
      "tee allow-not-linked=true ! sink.video_0",
      &error);
  g_assert_no_error (error);
  sink->sink = gst_bin_get_by_name (GST_BIN (sink->pipeline), "sink");
  g_signal_connect (sink->sink, "define-encoder-bitrates", G_CALLBACK (on_define), n_defined);
  g_signal_connect (sink->sink, "configure-mitigation-caps", mitigation, n_mitigated);
  sink_pipeline_play (sink);
}

static void
test_application (void)
{
  GstClockTime began = gst_util_get_timestamp ();
  NetViewers *viewers = net_viewers_new ();
  guint n_defined = 0, n_mitigated = 0, width = 0;
  GstStructure *outbound;
  SinkPipeline sink = { 0 };
  SinkWatch watch;

  start_application (&sink, G_CALLBACK (on_mitigation), &n_defined, &n_mitigated);
  watch = sink_watch_start (&sink, viewers, 0, LYING_SRTP_NOT, FALSE);
  wait_rate (&sink, OWN_RATE, OWN_RATE, 10);
  for (guint i = 0; i < 50 && width != 160; i++) {
    sink_watch_pass_time (&sink, 100 * GST_MSECOND);
    outbound = get_outbound (&sink);
    gst_structure_get_uint (outbound, "frame-width", &width);
    gst_structure_free (outbound);
  }
  g_assert_cmpuint (width, ==, 160); /* even */
  sink_watch_pass_time (&sink, 600 * GST_MSECOND);
  outbound = get_outbound (&sink);
  assert_limited (outbound, began);
  gst_structure_free (outbound);
  g_assert_cmpuint (g_atomic_int_get (&n_defined), >, 0);
  g_assert_cmpuint (g_atomic_int_get (&n_mitigated), >, 0);
  sink_watch_stop (&watch);
  sink_pipeline_stop (&sink);
  net_viewers_free (viewers);
}

/* A handler that takes away the pad that it is asked about. */
static void
test_pad_released (void)
{
  NetViewers *viewers = net_viewers_new ();
  gint64 end = g_get_monotonic_time () + 20 * G_TIME_SPAN_SECOND;
  guint n_defined = 0, n_mitigated = 0;
  SinkPipeline sink = { 0 };
  SinkWatch watch;

  start_application (&sink, G_CALLBACK (on_mitigation_release), &n_defined, &n_mitigated);
  watch = sink_watch_call (&sink, viewers, 0, LYING_SRTP_NOT, FALSE);
  while (g_atomic_int_get (&n_mitigated) == 0 && g_get_monotonic_time () < end)
    sink_watch_pass_time (&sink, 100 * GST_MSECOND);
  g_assert_cmpuint (g_atomic_int_get (&n_mitigated), ==, 1);
  g_assert_cmpuint (sink.sink->numsinkpads, ==, 0);
  sink_watch_pass_time (&sink, 500 * GST_MSECOND);
  sink_watch_stop (&watch);
  sink_pipeline_stop (&sink);
  net_viewers_free (viewers);
}

int
main (int argc, char **argv)
{

  g_test_init (&argc, &argv, NULL);
  gst_init (NULL, NULL);
  g_test_add_func ("/sink-rates/steps", test_steps);
  g_test_add_func ("/sink-rates/slow-viewer", test_slow_viewer);
  g_test_add_func ("/sink-rates/liars", test_liars);
  g_test_add_func ("/sink-rates/application", test_application);
  g_test_add_func ("/sink-rates/pad-released", test_pad_released);
  return run_tests ();
}
