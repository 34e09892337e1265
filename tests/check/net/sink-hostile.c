/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* sink-hostile.c - what webrtcsink as a whole promises against the threats of docs/security.md:
 * secrets nowhere to be read (T14), remote text (T35), a cap on viewers and no descriptors left
 * (T36), loopback by default (T38). */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "http-client.h"
#include "log-tap.h"
#include "net-viewer.h"
#include "sink-pipeline.h"
#include "tests/check/run-tests.h"

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

static guint16
sink_port (SinkPipeline *sink)
{
  return (guint16) atoi (strrchr (sink->url, ':') + 1);
}

static gchar *
format_post (const gchar *target, const gchar *offer)
{
  return g_strdup_printf ("POST %s HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n"
                          "Content-Type: application/sdp\r\nContent-Length: %u\r\n\r\n%s",
      target, (guint) strlen (offer), offer);
}

/* Takes all descriptors but so many; returns them. */
static GArray *
take_descriptors (guint leave)
{
  GArray *taken = g_array_new (FALSE, FALSE, sizeof (int));
  int fd;

  while ((fd = dup (0)) >= 0)
    g_array_append_val (taken, fd);
  g_assert_cmpint (errno, ==, EMFILE);
  for (guint i = 0; i < leave; i++)
    close (g_array_index (taken, int, taken->len - 1 - i));
  g_array_set_size (taken, taken->len - leave);
  return taken;
}

static void
release_descriptors (GArray *taken)
{
  for (guint i = 0; i < taken->len; i++)
    close (g_array_index (taken, int, i));
  g_array_unref (taken);
}

/* No descriptor left for a new viewer, or some but not enough: it is refused, the one who is
 * there goes on, and the next is served once there are some again. */
static void
test_descriptors (void)
{
  NetViewers *viewers = net_viewers_new ();
  NetViewer *stranger = net_viewer_new (viewers, NULL);
  gchar *offer = net_viewer_create_offer (stranger);
  gchar *post = format_post ("/whep", offer);
  GMainContext *context = g_main_context_new ();
  struct rlimit before, low;
  guint n_created = 0, n_refused = 0;
  NetViewerCounts counts;
  SinkPipeline sink;
  Watch watch;

  sink_make (&sink);
  sink_pipeline_play (&sink);
  watch = watch_start (&sink, viewers);
  g_assert_true (net_viewer_wait_packets (watch.viewer, 10, 0, 10000));
  /* What is made once and stays. */
  http_response_free (http_request (context, sink_port (&sink), post, -1, FALSE, 3000));
  getrlimit (RLIMIT_NOFILE, &before);
  low = before;
  low.rlim_cur = MIN (before.rlim_max, 300);
  setrlimit (RLIMIT_NOFILE, &low);
  for (guint leave = 1; leave <= 10; leave++) {
    GArray *taken = take_descriptors (leave);
    HttpResponse *response = http_request (context, sink_port (&sink), post, -1, FALSE, 1500);

    n_created += response->status == 201;
    n_refused += response->status >= 500;
    http_response_free (response);
    release_descriptors (taken);
  }
  setrlimit (RLIMIT_NOFILE, &before);
  g_test_message ("of 10 offers %u were served, %u refused", n_created, n_refused);
  net_viewer_get_counts (watch.viewer, &counts);
  g_assert_true (net_viewer_wait_packets (watch.viewer, counts.video_packets + 30, 0, 5000));
  watch_stop (&watch);
  watch = watch_start (&sink, viewers);
  g_assert_cmpuint (watch.status, ==, 201);
  g_assert_true (net_viewer_wait_packets (watch.viewer, 10, 0, 10000));
  watch_stop (&watch);
  sink_pipeline_stop (&sink);
  net_viewer_free (stranger, FALSE);
  net_viewers_free (viewers);
  g_main_context_unref (context);
  g_free (offer);
  g_free (post);
}

/* --- T35 -------------------------------------------------------------------------------------- */

/* Text for terminals and forged lines in all that HTTP brings. */
static void
test_log_injection (void)
{
  static const gchar *const targets[] = { "/whep?x=%1b[2J%0aFORGED", "/whep/%1b%0d%0aFORGED",
    "/%s%s%n%0aFORGED", "/whep" };
  static const gchar *const bodies[] = { "v=0\r\n\x1b[2J\nFORGED", "\x1b]0;FORGED\x07",
    "v=0\r\no=\x1b[2J 1 1 IN IP4 0.0.0.0\r\ns=%s%n\r\nt=0 0\r\n",
    "v=0\r\no=- 1 1 IN IP4 0.0.0.0\r\ns=-\r\nt=0 0\r\nm=video 9 \x1b[2J 96\r\n" };
  GMainContext *context = g_main_context_new ();
  SinkPipeline sink;

  sink_make (&sink);
  sink_pipeline_play (&sink);
  log_tap_start ();
  for (guint i = 0; i < G_N_ELEMENTS (targets) * G_N_ELEMENTS (bodies); i++) {
    gchar *post =
        format_post (targets[i % G_N_ELEMENTS (targets)], bodies[i / G_N_ELEMENTS (targets)]);
    HttpResponse *response = http_request (context, sink_port (&sink), post, -1, FALSE, 3000);

    g_assert_cmpuint (response->status, >=, 400);
    g_assert_cmpuint (response->status, <, 500);
    g_assert_null (strchr (response->head, '\x1b'));
    if (response->body != NULL)
      g_assert_null (strchr (response->body, '\x1b'));
    http_response_free (response);
    g_free (post);
  }
  log_tap_assert_absent ("an escape sequence", "\x1b[2J", 4);
  log_tap_assert_absent ("an escape sequence", "\x1b]0;", 4);
  log_tap_assert_absent ("a forged line", "\nFORGED", 7);
  log_tap_stop ();
  sink_pipeline_stop (&sink);
  g_main_context_unref (context);
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
  g_test_add_func ("/sink-hostile/descriptors", test_descriptors);
  g_test_add_func ("/sink-hostile/log-injection", test_log_injection);
  g_test_add_func ("/sink-hostile/loopback-by-default", test_loopback_by_default);
  return run_tests ();
}
