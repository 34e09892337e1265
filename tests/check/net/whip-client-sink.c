/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* whip-client-sink.c - whipclientsink calls WHIP servers: media arrives, offers are whole, calls
 * that break off are made again, and errors say what to do. */
#include <gst/gst.h>
#include <string.h>

#include "tests/check/net/fake-whip-server.h"
#include "tests/check/net/net-viewer.h"
#include "tests/check/run-tests.h"

#define TIMEOUT (30 * GST_SECOND)
#define VIDEO                                                                                      \
  "videotestsrc is-live=true ! video/x-raw,width=160,height=120,framerate=30/1 ! s.video_0 "
#define AUDIO "audiotestsrc is-live=true ! s.audio_0 "
#define MAX_CALLS 4

typedef struct {
  NetViewers *viewers;
  FakeWhipServer *server;
  GstElement *pipeline;
  GMutex lock;
  NetViewer *calls[MAX_CALLS]; /* under the lock, in the order of the POSTs */
  guint n_calls;
} Fixture;

static gchar *
on_offer (const gchar *offer, gpointer data)
{
  Fixture *f = data;
  const NetViewerConfig config = { .answers = TRUE };
  NetViewer *viewer = net_viewer_new (f->viewers, &config);
  GError *error = NULL;
  gchar *answer = net_viewer_answer (viewer, offer, &error);

  g_assert_no_error (error);
  g_mutex_lock (&f->lock);
  g_assert_cmpuint (f->n_calls, <, MAX_CALLS);
  f->calls[f->n_calls++] = viewer;
  g_mutex_unlock (&f->lock);
  return answer;
}

static void
set_up (Fixture *f, gconstpointer data)
{
  static const FakeWhipReply none = { 503 };

  f->viewers = net_viewers_new ();
  f->server = fake_whip_server_new (&none, 1);
  fake_whip_server_set_answerer (f->server, on_offer, f);
  g_mutex_init (&f->lock);
}

static void
tear_down (Fixture *f, gconstpointer data)
{
  if (f->pipeline) {
    gst_element_set_state (f->pipeline, GST_STATE_NULL);
    gst_object_unref (f->pipeline);
  }
  fake_whip_server_free (f->server);
  for (guint i = 0; i < f->n_calls; i++)
    if (f->calls[i])
      net_viewer_free (f->calls[i], FALSE);
  net_viewers_free (f->viewers);
  g_mutex_clear (&f->lock);
}

/* A playing pipeline of description with the sink "s" that calls path of the server. */
static void
play (Fixture *f, const gchar *path, const gchar *settings, const gchar *description)
{
  gchar *origin = fake_whip_server_dup_origin (f->server);
  gchar *text = g_strdup_printf (
      "whipclientsink name=s whip-endpoint=%s%s %s %s", origin, path, settings, description);
  GError *error = NULL;

  f->pipeline = gst_parse_launch (text, &error);
  g_assert_no_error (error);
  g_assert_cmpint (
      gst_element_set_state (f->pipeline, GST_STATE_PLAYING), !=, GST_STATE_CHANGE_FAILURE);
  g_free (text);
  g_free (origin);
}

/* The n-th call's viewer; waits for the message that says so. An error on the bus fails. */
static NetViewer *
wait_for_call (Fixture *f, guint n)
{
  GstBus *bus = gst_element_get_bus (f->pipeline);
  gint64 deadline = g_get_monotonic_time () + TIMEOUT / GST_USECOND;
  NetViewer *viewer = NULL;

  while (!viewer && g_get_monotonic_time () < deadline) {
    GstMessage *message = gst_bus_timed_pop_filtered (bus, 50 * GST_MSECOND, GST_MESSAGE_ERROR);

    if (message)
      g_error ("%s", gst_structure_to_string (gst_message_get_structure (message)));
    g_mutex_lock (&f->lock);
    viewer = f->n_calls >= n ? f->calls[n - 1] : NULL;
    g_mutex_unlock (&f->lock);
  }
  g_assert_nonnull (viewer);
  gst_object_unref (bus);
  return viewer;
}

static void
assert_story (Fixture *f, const gchar *expected)
{
  gchar *story = fake_whip_server_dup_story (f->server);

  g_assert_cmpstr (story, ==, expected);
  g_free (story);
}

/* -- Tests --------------------------------------------------------------------------------------
 */

static void
test_media (Fixture *f, gconstpointer data)
{
  NetViewerCounts counts;
  NetViewer *viewer;

  play (f, "/whip?room=a", "auth-token=s3cret-token signaller::name=cam", VIDEO AUDIO);
  viewer = wait_for_call (f, 1);
  g_assert_true (net_viewer_wait_packets (viewer, 60, 50, 30000));
  net_viewer_get_counts (viewer, &counts);
  g_assert_cmpuint (counts.key_frames, >=, 1);
  g_assert_cmpint (counts.video_codec, ==, RTC_CODEC_VP8);
  /* Who only receives gets to know the round trip. */
  g_assert_cmpuint (net_viewer_wait_round_trip (viewer, 20000), <, 10 * GST_SECOND);
  gst_element_set_state (f->pipeline, GST_STATE_NULL);
  g_assert_true (net_viewer_wait_state (viewer, RTC_PEER_STATE_CLOSED, 10000));
  assert_story (f, "POST /whip?room=a&name=cam t;DELETE /session/1 t;");
}

/* The offer is whole: sent once the last pad has its format, however long that takes. */
static void
test_late_format (Fixture *f, gconstpointer data)
{
  gint64 deadline = g_get_monotonic_time () + 5 * G_USEC_PER_SEC;
  GstElement *valve;
  GstBus *bus;
  gchar *body;

  play (f, "/whip", "", VIDEO "audiotestsrc is-live=true ! valve name=v drop=true ! s.audio_0");
  bus = gst_element_get_bus (f->pipeline);
  /* Longer than viewers of webrtcsink are held, 3 s: nothing may happen, so nothing is waited for.
   */
  while (g_get_monotonic_time () < deadline)
    g_assert_null (gst_bus_timed_pop_filtered (bus, 500 * GST_MSECOND, GST_MESSAGE_ERROR));
  assert_story (f, "");
  valve = gst_bin_get_by_name (GST_BIN (f->pipeline), "v");
  g_object_set (valve, "drop", FALSE, NULL);
  gst_object_unref (valve);
  g_assert_true (net_viewer_wait_packets (wait_for_call (f, 1), 10, 10, 30000));
  body = fake_whip_server_dup_body (f->server);
  g_assert_nonnull (strstr (body, "m=video"));
  g_assert_nonnull (strstr (body, "m=audio"));
  g_assert_nonnull (strstr (body, "a=candidate:"));
  g_assert_null (strstr (body, "a=recvonly"));
  g_free (body);
  gst_object_unref (bus);
}

/* The server hangs up, or is gone: the element calls again, the pipeline never stops. */
static void
test_calls_again (Fixture *f, gconstpointer data)
{
  NetViewer *viewer;

  play (f, "/whip", "", VIDEO);
  viewer = wait_for_call (f, 1);
  g_assert_true (net_viewer_wait_packets (viewer, 20, 0, 30000));
  g_mutex_lock (&f->lock);
  f->calls[0] = NULL;
  g_mutex_unlock (&f->lock);
  net_viewer_free (viewer, TRUE);
  viewer = wait_for_call (f, 2);
  g_assert_true (net_viewer_wait_packets (viewer, 20, 0, 30000));
}

/* What no retry can change is an error of the element, in words for its user. */
static void
test_errors (Fixture *f, gconstpointer data)
{
  static const struct {
    FakeWhipReply reply;
    const gchar *text;
  } table[] = {
    { { 401 }, "set auth-token" },
    { { 404 }, "check whip-endpoint" },
    { { 406 }, "other codecs" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (table); i++) {
    GstMessage *message;
    GError *error = NULL;
    GstBus *bus;

    fake_whip_server_free (f->server);
    f->server = fake_whip_server_new (&table[i].reply, 1);
    play (f, "/whip", "", VIDEO);
    bus = gst_element_get_bus (f->pipeline);
    message = gst_bus_timed_pop_filtered (bus, TIMEOUT, GST_MESSAGE_ERROR);
    g_assert_nonnull (message);
    gst_message_parse_error (message, &error, NULL);
    g_assert_nonnull (strstr (error->message, table[i].text));
    g_error_free (error);
    gst_message_unref (message);
    gst_object_unref (bus);
    gst_element_set_state (f->pipeline, GST_STATE_NULL);
    g_clear_object (&f->pipeline);
  }
}

/* Media that is encoded already goes out as it is. */
static void
test_encoded (Fixture *f, gconstpointer data)
{
  NetViewerCounts counts;
  NetViewer *viewer;

  play (f, "/whip", "signaller::trickle=true",
      "videotestsrc is-live=true ! video/x-raw,width=160,height=120,framerate=30/1 ! vp9enc "
      "deadline=1 cpu-used=8 keyframe-max-dist=30 ! s.");
  viewer = wait_for_call (f, 1);
  g_assert_true (net_viewer_wait_packets (viewer, 20, 0, 30000));
  net_viewer_get_counts (viewer, &counts);
  g_assert_cmpint (counts.video_codec, ==, RTC_CODEC_VP9);
}

int
main (int argc, char **argv)
{
  gst_init (&argc, &argv);
  g_test_init (&argc, &argv, NULL);

#define ADD(name, function)                                                                        \
  g_test_add ("/whip-client-sink/" name, Fixture, NULL, set_up, function, tear_down)
  ADD ("media", test_media);
  ADD ("late-format", test_late_format);
  ADD ("calls-again", test_calls_again);
  ADD ("errors", test_errors);
  ADD ("encoded", test_encoded);
  return run_tests ();
}
