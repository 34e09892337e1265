/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* sink-hostile.c - what webrtcsink as a whole promises against the threats of docs/security.md:
 * secrets nowhere to be read (T14), a cap on viewers (T36), no plain HTTP beyond loopback by
 * accident (T38). */
#include <stdlib.h>
#include <string.h>

#include "log-tap.h"
#include "net-viewer.h"
#include "sink-pipeline.h"

#define TOKEN "token-5d1f0a7be3"
#define TURN_USER "user-3fa1c7d2"
#define TURN_PASSWORD "password-9b04e6aa"
#define TURN_URI "turn://" TURN_USER ":" TURN_PASSWORD "@127.0.0.1:9"

#define SOURCE                                                                                     \
  "videotestsrc is-live=true ! video/x-raw,width=160,height=120,framerate=30/1 "                   \
  "! vp8enc deadline=1 cpu-used=8 ! sink. webrtcsink name=sink "                                   \
  "web-server-host-addr=http://127.0.0.1:0/ "

/* sink_pipeline_start() with a pipeline of our own, before PLAYING. */
static void
sink_make (SinkPipeline *self)
{
  GError *error = NULL;

  self->pipeline = gst_parse_launch (SOURCE, &error);
  g_assert_no_error (error);
  self->sink = gst_bin_get_by_name (GST_BIN (self->pipeline), "sink");
}

typedef struct {
  NetViewer *viewer;
  gchar *location, *answer;
  guint status;
} Watch;

static Watch
watch_start (SinkPipeline *sink, NetViewers *viewers)
{
  NetViewerConfig config = { .video = RTC_CODEC_VP8, .no_audio = TRUE };
  Watch watch = { .viewer = net_viewer_new (viewers, &config) };
  gchar *offer = net_viewer_create_offer (watch.viewer);
  GError *error = NULL;

  watch.status = net_whep_post (sink->whep_url, offer, &watch.answer, &watch.location);
  if (watch.status == 201)
    net_viewer_set_answer (watch.viewer, watch.answer, &error);
  g_assert_no_error (error);
  g_free (offer);
  return watch;
}

static void
watch_stop (Watch *watch)
{
  if (watch->location != NULL)
    g_assert_cmpuint (net_whep_delete (watch->location), ==, 200);
  net_viewer_free (watch->viewer, FALSE);
  g_free (watch->location);
  g_free (watch->answer);
}

/* --- T14 -------------------------------------------------------------------------------------- */

static void
set_turn_server (GstElement *sink)
{
  GValue array = G_VALUE_INIT, item = G_VALUE_INIT;

  g_value_init (&array, GST_TYPE_ARRAY);
  g_value_init (&item, G_TYPE_STRING);
  g_value_set_string (&item, TURN_URI);
  gst_value_array_append_and_take_value (&array, &item);
  g_object_set_property (G_OBJECT (sink), "turn-servers", &array);
  g_value_unset (&array);
}

/* Every readable property of an object, as a debugger or gst-inspect would print it. */
static void
add_properties (GObject *object)
{
  guint n;
  GParamSpec **specs = g_object_class_list_properties (G_OBJECT_GET_CLASS (object), &n);

  for (guint i = 0; i < n; i++) {
    GValue value = G_VALUE_INIT;
    gchar *text;

    if ((specs[i]->flags & G_PARAM_READABLE) == 0)
      continue;
    g_value_init (&value, specs[i]->value_type);
    g_object_get_property (object, specs[i]->name, &value);
    if (G_VALUE_HOLDS_STRING (&value))
      text = g_value_dup_string (&value);
    else if (G_VALUE_HOLDS_BOXED (&value) && g_value_get_boxed (&value) == NULL)
      text = NULL;
    else
      text = gst_value_serialize (&value);
    log_tap_add (specs[i]->name);
    if (text != NULL)
      log_tap_add (text);
    g_free (text);
    g_value_unset (&value);
  }
  g_free (specs);
}

static void
add_dumps (SinkPipeline *sink)
{
  gchar *dot = gst_debug_bin_to_dot_data (GST_BIN (sink->pipeline), GST_DEBUG_GRAPH_SHOW_VERBOSE);
  gchar **sessions = NULL;
  GObject *signaller, *session;
  GstStructure *stats;
  gchar *text;

  log_tap_add (dot);
  add_properties (G_OBJECT (sink->sink));
  g_object_get (sink->sink, "signaller", &signaller, "stats", &stats, NULL);
  add_properties (signaller);
  text = gst_structure_to_string (stats);
  log_tap_add (text);
  g_signal_emit_by_name (sink->sink, "get-sessions", &sessions);
  g_assert_nonnull (sessions[0]);
  session = gst_child_proxy_get_child_by_name (GST_CHILD_PROXY (sink->sink), sessions[0]);
  add_properties (session);
  g_object_unref (session);
  g_object_unref (signaller);
  gst_structure_free (stats);
  g_strfreev (sessions);
  g_free (text);
  g_free (dot);
}

static void
assert_secrets_absent (const gchar *answer)
{
  const gchar *pwd = strstr (answer, "a=ice-pwd:");

  g_assert_nonnull (pwd);
  pwd += strlen ("a=ice-pwd:");
  log_tap_assert_absent ("the ICE password", pwd, strcspn (pwd, "\r\n"));
  log_tap_assert_absent ("the bearer token", TOKEN, strlen (TOKEN));
  log_tap_assert_absent ("the TURN user", TURN_USER, strlen (TURN_USER));
  log_tap_assert_absent ("the TURN password", TURN_PASSWORD, strlen (TURN_PASSWORD));
}

static void
test_secrets (void)
{
  NetViewers *viewers = net_viewers_new ();
  SinkPipeline sink;
  Watch watch, refused;

  sink_make (&sink);
  log_tap_start ();
  g_object_set (sink.sink, "auth-token", TOKEN, NULL);
  set_turn_server (sink.sink);
  sink_pipeline_play (&sink);
  net_whep_set_token (TOKEN "x");
  refused = watch_start (&sink, viewers);
  g_assert_cmpuint (refused.status, ==, 401);
  net_whep_set_token (TOKEN);
  watch = watch_start (&sink, viewers);
  g_assert_cmpuint (watch.status, ==, 201);
  g_assert_true (net_viewer_wait_packets (watch.viewer, 10, 0, 10000));
  add_dumps (&sink);
  log_tap_assert_present ("secured after");
  log_tap_assert_present ("digraph pipeline");
  log_tap_assert_present ("turn-servers");
  assert_secrets_absent (watch.answer);
  watch_stop (&watch);
  watch_stop (&refused);
  sink_pipeline_stop (&sink);
  log_tap_stop ();
  net_whep_set_token (NULL);
  net_viewers_free (viewers);
}

/* --- T36 -------------------------------------------------------------------------------------- */

/* One viewer too many is refused at once, those who are there do not notice, and a place that
 * is left can be taken. */
static void
test_cap (void)
{
  enum { CAP = 4 };
  NetViewers *viewers = net_viewers_new ();
  Watch watches[CAP], late;
  SinkPipeline sink;
  NetViewerCounts counts;
  gint64 began, took;

  sink_make (&sink);
  g_object_set (sink.sink, "max-sessions", CAP, NULL);
  sink_pipeline_play (&sink);
  for (guint i = 0; i < CAP; i++) {
    watches[i] = watch_start (&sink, viewers);
    g_assert_cmpuint (watches[i].status, ==, 201);
  }
  for (guint i = 0; i < CAP; i++)
    g_assert_true (net_viewer_wait_packets (watches[i].viewer, 5, 0, 10000));
  for (guint i = 0; i < 5; i++) {
    began = g_get_monotonic_time ();
    late = watch_start (&sink, viewers);
    took = g_get_monotonic_time () - began;
    g_assert_cmpuint (late.status, ==, 503);
    watch_stop (&late);
  }
  g_test_message ("refused after %.1f ms, gathering of the viewer included", (gdouble) took / 1e3);
  net_viewer_get_counts (watches[0].viewer, &counts);
  g_assert_true (net_viewer_wait_packets (watches[0].viewer, counts.video_packets + 30, 0, 5000));
  watch_stop (&watches[0]);
  watches[0] = watch_start (&sink, viewers);
  g_assert_cmpuint (watches[0].status, ==, 201);
  g_assert_true (net_viewer_wait_packets (watches[0].viewer, 5, 0, 10000));
  for (guint i = 0; i < CAP; i++)
    watch_stop (&watches[i]);
  sink_pipeline_stop (&sink);
  net_viewers_free (viewers);
}

/* --- T38 -------------------------------------------------------------------------------------- */

/* Out of the box the server is on loopback. */
static void
test_loopback_by_default (void)
{
  GstElement *sink = gst_element_factory_make ("webrtcsink", NULL);
  gchar *address;

  g_object_get (sink, "web-server-host-addr", &address, NULL);
  g_assert_true (g_str_has_prefix (address, "http://127.0.0.1:"));
  g_free (address);
  gst_object_unref (sink);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  gst_init (NULL, NULL);
  g_test_add_func ("/sink-hostile/secrets", test_secrets);
  g_test_add_func ("/sink-hostile/cap", test_cap);
  g_test_add_func ("/sink-hostile/loopback-by-default", test_loopback_by_default);
  return g_test_run ();
}
