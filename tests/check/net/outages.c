/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* outages.c - calls whose network goes away and comes back, over real sockets: from webrtcsink to a
 * viewer and from a caller to webrtcsrc. After half a second without a packet either way there is a
 * picture within one second, after 5 s within 2 s, without a new negotiation; and calls come about
 * where a round trip takes a second.
 *
 * RTC_TEST_FULL=1 in the environment: also 20 s (back within 3 s), and 35 s, after which both ends
 * report that the call has failed. */
#include <string.h>

#include "linked-call.h"
#include "net-viewer.h"
#include "sink-pipeline.h"
#include "tests/check/main-turn.h"
#include "tests/check/run-tests.h"

#define VIDEO_SINK "video/x-raw ! fakesink name=out sync=true signal-handoffs=true"
#define AUDIO_SINK "audio/x-raw ! fakesink sync=true"

/* How much later than allowed a loaded machine may be: threads that did not get the processor. */
#define TOLERANCE (200 * GST_MSECOND)

typedef struct {
  guint outage_ms, back_ms;
  gboolean is_long; /* with RTC_TEST_FULL only */
} Outage;

static const Outage outages[] = {
  { 500, 1000, FALSE },
  { 5000, 2000, FALSE },
  { 20000, 3000, TRUE },
};

#define FAIL_MS 35000

static gboolean
is_full (void)
{
  return g_getenv ("RTC_TEST_FULL") != NULL;
}

static GstClockTime
now (void)
{
  return gst_util_get_timestamp ();
}

/* Consent that was not answered is asked for every 4.5 s at most (RFC 7675 5.1), and until it is
 * answered a call is disconnected, whatever comes through. A long outage is preceded by an answer
 * less than 6 s old. */
#define CONSENT_MS 6500

/* Nothing gets through either way for ms from now on. Returns when that ends. */
static GstClockTime
cut (LinkEmulator *link, guint ms)
{
  link_emulator_add_blackhole (link, SIM_A_TO_B, 0, ms);
  link_emulator_add_blackhole (link, SIM_B_TO_A, 0, ms);
  return now () + ms * GST_MSECOND;
}

static void
assert_back (const gchar *what, const Outage *outage, GstClockTime end, GstClockTime back)
{
  GstClockTime took = back > end ? back - end : 0;

  g_test_message ("%s: back %.0f ms after an outage of %u ms", what, (gdouble) took / GST_MSECOND,
      outage->outage_ms);
  g_assert_cmpuint (took, <=, outage->back_ms * GST_MSECOND + TOLERANCE);
}

/* --- webrtcsink to a viewer ------------------------------------------------------------------- */

typedef struct {
  SinkPipeline sink;
  NetViewers *viewers;
  NetViewer *viewer;
  LinkEmulator *link;
} View;

static void
view_start (View *self, const SimLink *both)
{
  LinkEmulatorConfig config = { .seed = 1, .to_server = *both, .to_client = *both };
  NetViewerConfig viewer = { .video = RTC_CODEC_VP8 };
  gchar *offer, *far_offer, *answer = NULL, *far_answer, *location = NULL;
  GError *error = NULL;

  sink_pipeline_start (&self->sink, FALSE);
  self->viewers = net_viewers_new ();
  self->link = link_emulator_new (&config);
  self->viewer = net_viewer_new (self->viewers, &viewer);
  offer = net_viewer_create_offer (self->viewer);
  far_offer = link_emulator_rewrite_offer (self->link, offer);
  g_assert_cmpuint (net_whep_post (self->sink.whep_url, far_offer, &answer, &location), ==, 201);
  far_answer = link_emulator_rewrite_answer (self->link, answer);
  net_viewer_set_answer (self->viewer, far_answer, &error);
  g_assert_no_error (error);
  g_free (offer);
  g_free (far_offer);
  g_free (answer);
  g_free (far_answer);
  g_free (location);
}

static void
view_stop (View *self)
{
  net_viewer_free (self->viewer, TRUE);
  net_viewers_free (self->viewers);
  sink_pipeline_stop (&self->sink);
  link_emulator_free (self->link);
}

/* A viewer that lost pictures asks for a key frame as soon as something comes again. */
static void
view_wait_picture (View *self, guint timeout_ms)
{
  NetViewerCounts before, counts;
  gint64 end = g_get_monotonic_time () + timeout_ms * G_TIME_SPAN_MILLISECOND;

  net_viewer_get_counts (self->viewer, &before);
  g_assert_true (
      net_viewer_wait_packets (self->viewer, (guint) before.video_packets + 1, 0, timeout_ms));
  net_viewer_request_key_frame (self->viewer);
  do {
    net_viewer_get_counts (self->viewer, &counts);
    g_assert_cmpint (g_get_monotonic_time (), <, end);
    g_assert_true (
        net_viewer_wait_packets (self->viewer, (guint) counts.video_packets + 1, 0, timeout_ms));
  } while (counts.key_frames == before.key_frames);
}

static void
test_viewer (void)
{
  SimLink link = { .delay = 25 * GST_MSECOND };
  GstClockTime end;
  View view;

  view_start (&view, &link);
  g_assert_true (net_viewer_wait_packets (view.viewer, 60, 20, 20000));
  for (guint i = 0; i < G_N_ELEMENTS (outages); i++) {
    if (outages[i].is_long && !is_full ())
      continue;
    if (outages[i].is_long)
      net_viewer_wait_packets (view.viewer, G_MAXUINT, 0, CONSENT_MS);
    end = cut (view.link, outages[i].outage_ms);
    /* So many never come: it is time that passes. */
    net_viewer_wait_packets (view.viewer, G_MAXUINT, 0, outages[i].outage_ms);
    view_wait_picture (&view, 20000);
    assert_back ("viewer", &outages[i], end, now ());
    g_assert_true (net_viewer_wait_state (view.viewer, RTC_PEER_STATE_CONNECTED, CONSENT_MS));
  }
  view_stop (&view);
}

/* Nobody may send for longer than 30 s without consent (RFC 7675 5.1). */
static void
test_viewer_fails (void)
{
  SimLink link = { .delay = 25 * GST_MSECOND };
  gchar **sessions = NULL;
  gint64 end;
  View view;

  if (!is_full ()) {
    g_test_skip ("takes 40 s: set RTC_TEST_FULL");
    return;
  }
  view_start (&view, &link);
  g_assert_true (net_viewer_wait_packets (view.viewer, 60, 20, 20000));
  cut (view.link, FAIL_MS);
  end = g_get_monotonic_time () + FAIL_MS * G_TIME_SPAN_MILLISECOND;
  g_assert_true (net_viewer_wait_state (view.viewer, RTC_PEER_STATE_FAILED, FAIL_MS));
  do {
    g_strfreev (sessions);
    g_signal_emit_by_name (view.sink.sink, "get-sessions", &sessions);
    main_turn ();
  } while (g_strv_length (sessions) > 0 && g_get_monotonic_time () < end);
  g_assert_cmpuint (g_strv_length (sessions), ==, 0);
  g_strfreev (sessions);
  view_stop (&view);
}

/* As far away as a satellite, twice. */
static void
test_viewer_far (void)
{
  SimLink link = { .delay = 500 * GST_MSECOND };
  GstClockTime began = now (), rtt;
  View view;

  view_start (&view, &link);
  g_assert_true (net_viewer_wait_state (view.viewer, RTC_PEER_STATE_CONNECTED, 10000));
  g_test_message ("viewer: connected after %.1f s", (gdouble) (now () - began) / GST_SECOND);
  g_assert_true (net_viewer_wait_packets (view.viewer, 30, 30, 10000));
  /* Its NACKs would come too early by any guess; webrtcsink tells it. */
  rtt = net_viewer_wait_round_trip (view.viewer, 20000);
  g_assert_cmpuint (rtt, >=, 990 * GST_MSECOND);
  g_assert_cmpuint (rtt, <=, 2 * GST_SECOND);
  view_stop (&view);
}

/* --- a viewer whose address changes ------------------------------------------------------------
 */

/* Of the only viewer; 0 when there is none. */
static guint64
view_count_pairs (View *self)
{
  GstStructure *stats = NULL, *session = NULL, *transport = NULL;
  guint64 n = 0;

  g_object_get (self->sink.sink, "stats", &stats, NULL);
  if (gst_structure_n_fields (stats) > 0
      && gst_structure_get (
          stats, gst_structure_nth_field_name (stats, 0), GST_TYPE_STRUCTURE, &session, NULL)
      && gst_structure_get (session, "transport", GST_TYPE_STRUCTURE, &transport, NULL))
    gst_structure_get_uint64 (transport, "selected-candidate-pair-changes", &n);
  g_clear_pointer (&transport, gst_structure_free);
  g_clear_pointer (&session, gst_structure_free);
  gst_structure_free (stats);
  return n;
}

/* The router in between gives it another port, twice, and nothing is negotiated: its next check is
 * from there. The sink sends there and says that it is another path. */
static void
test_viewer_moves (void)
{
  SimLink link = { .delay = 25 * GST_MSECOND };
  View view;

  view_start (&view, &link);
  g_assert_true (net_viewer_wait_packets (view.viewer, 60, 20, 20000));
  g_assert_cmpuint (view_count_pairs (&view), ==, 1);
  for (guint i = 2; i <= 3; i++) {
    gint64 end = g_get_monotonic_time () + 3 * CONSENT_MS * G_TIME_SPAN_MILLISECOND;
    GstClockTime moved = now ();

    link_emulator_rebind (view.link);
    while (view_count_pairs (&view) < i && g_get_monotonic_time () < end)
      net_viewer_wait_packets (view.viewer, G_MAXUINT, 0, 100);
    g_assert_cmpuint (view_count_pairs (&view), ==, i);
    view_wait_picture (&view, 20000);
    g_test_message (
        "viewer: back %.1f s after it has moved", (gdouble) (now () - moved) / GST_SECOND);
  }
  view_stop (&view);
}

/* --- a caller to webrtcsrc -------------------------------------------------------------------- */

/* What is shown. */
typedef struct {
  GMutex lock;
  GCond cond;
  guint n;
  GstClockTime last;
} Screen;

static void
show (GstElement *sink, GstBuffer *buffer, GstPad *pad, gpointer data)
{
  Screen *self = data;

  g_mutex_lock (&self->lock);
  self->n++;
  self->last = now ();
  g_cond_broadcast (&self->cond);
  g_mutex_unlock (&self->lock);
}

static void
on_sink_added (GstPad *pad, GstElement *bin, gpointer data)
{
  GstElement *out = gst_bin_get_by_name (GST_BIN (bin), "out");

  if (out == NULL)
    return;
  g_signal_connect (out, "handoff", G_CALLBACK (show), data);
  gst_object_unref (out);
}

/* When the first picture was shown after time; NONE when none was by the deadline. */
static GstClockTime
screen_wait (Screen *self, GstClockTime time, gint64 deadline)
{
  GstClockTime shown = GST_CLOCK_TIME_NONE;
  gboolean in_time = TRUE;

  g_mutex_lock (&self->lock);
  while (self->last <= time && in_time)
    in_time = g_cond_wait_until (&self->cond, &self->lock, deadline);
  if (self->last > time)
    shown = self->last;
  g_mutex_unlock (&self->lock);
  return shown;
}

typedef struct {
  LinkedCall base;
  Screen screen;
} Call;

/* A key frame that is asked for takes 200 ms at most. */
static void
call_start (Call *self, const SimLink *both)
{
  LinkedCallConfig config = { .link = *both,
    .key_frame_frames = 6,
    .properties = "",
    .video_sink = VIDEO_SINK,
    .audio_sink = AUDIO_SINK,
    .sink_added = on_sink_added,
    .sink_data = &self->screen };

  g_mutex_init (&self->screen.lock);
  g_cond_init (&self->screen.cond);
  linked_call_start (&self->base, &config);
}

static void
call_stop (Call *self)
{
  linked_call_stop (&self->base);
  g_mutex_clear (&self->screen.lock);
  g_cond_clear (&self->screen.cond);
}

static gint64
in_ms (guint ms)
{
  return g_get_monotonic_time () + ms * G_TIME_SPAN_MILLISECOND;
}

static void
test_caller (void)
{
  SimLink link = { .delay = 25 * GST_MSECOND };
  GstClockTime end, back;
  Call call = { 0 };

  call_start (&call, &link);
  back = screen_wait (&call.screen, 0, in_ms (20000));
  g_assert_true (GST_CLOCK_TIME_IS_VALID (back));
  g_assert_true (
      GST_CLOCK_TIME_IS_VALID (screen_wait (&call.screen, back + GST_SECOND, in_ms (20000))));
  for (guint i = 0; i < G_N_ELEMENTS (outages); i++) {
    if (outages[i].is_long && !is_full ())
      continue;
    if (outages[i].is_long)
      screen_wait (&call.screen, now () + CONSENT_MS * GST_MSECOND, in_ms (20000));
    end = cut (call.base.link, outages[i].outage_ms);
    back = screen_wait (&call.screen, end, in_ms (outages[i].outage_ms + 20000));
    g_assert_true (GST_CLOCK_TIME_IS_VALID (back));
    assert_back ("webrtcsrc", &outages[i], end, back);
    g_assert_true (net_caller_wait_state (call.base.caller, RTC_PEER_STATE_CONNECTED, CONSENT_MS));
    /* And it goes on. */
    g_assert_true (
        GST_CLOCK_TIME_IS_VALID (screen_wait (&call.screen, back + GST_SECOND, in_ms (20000))));
    call_pipeline_poll (&call.base.pipeline);
    g_assert_cmpint (g_atomic_int_get (&call.base.pipeline.sessions_seen), ==, 1);
  }
  call_stop (&call);
}

static void
test_caller_fails (void)
{
  SimLink link = { .delay = 25 * GST_MSECOND };
  Call call = { 0 };

  if (!is_full ()) {
    g_test_skip ("takes 40 s: set RTC_TEST_FULL");
    return;
  }
  call_start (&call, &link);
  g_assert_true (GST_CLOCK_TIME_IS_VALID (screen_wait (&call.screen, 0, in_ms (20000))));
  cut (call.base.link, FAIL_MS);
  g_assert_true (net_caller_wait_state (call.base.caller, RTC_PEER_STATE_FAILED, FAIL_MS));
  g_assert_true (call_pipeline_wait_sessions (&call.base.pipeline, 0, 5000));
  call_stop (&call);
}

static void
test_caller_far (void)
{
  SimLink link = { .delay = 500 * GST_MSECOND };
  GstClockTime began = now ();
  Call call = { 0 };

  call_start (&call, &link);
  g_assert_true (net_caller_wait_state (call.base.caller, RTC_PEER_STATE_CONNECTED, 10000));
  g_test_message ("caller: connected after %.1f s", (gdouble) (now () - began) / GST_SECOND);
  g_assert_true (GST_CLOCK_TIME_IS_VALID (screen_wait (&call.screen, 0, in_ms (10000))));
  call_stop (&call);
}

int
main (int argc, char **argv)
{
  gst_init (&argc, &argv);
  g_test_init (&argc, &argv, NULL);
  if (!call_pipeline_can_test ("webrtcsrc"))
    return CALL_PIPELINE_SKIPPED;
  g_test_add_func ("/outages/viewer", test_viewer);
  g_test_add_func ("/outages/viewer-fails", test_viewer_fails);
  g_test_add_func ("/outages/viewer-far", test_viewer_far);
  g_test_add_func ("/outages/viewer-moves", test_viewer_moves);
  g_test_add_func ("/outages/caller", test_caller);
  g_test_add_func ("/outages/caller-fails", test_caller_fails);
  g_test_add_func ("/outages/caller-far", test_caller_far);
  return run_tests ();
}
