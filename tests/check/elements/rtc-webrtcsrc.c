/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* rtc-webrtcsrc.c - the element from outside, called by webrtcsink over loopback. */
#include <gst/video/video.h>

#include "src-calling.h"
#include "wait-gone.h"
#include "tests/check/run-tests.h"

#define VIDEO                                                                                      \
  "videotestsrc is-live=true ! video/x-raw,width=160,height=120,framerate=15/1 ! "                 \
  "webrtcsink name=s video-caps=video/x-vp8"
#define AUDIO "audiotestsrc is-live=true ! webrtcsink name=s"
#define BOTH VIDEO " audiotestsrc is-live=true ! s.audio_0"

/* Whether media comes out of the pad, n buffers of it. */
static void
check_flow (AnsweredPad *p, guint n)
{
  guint before = (guint) g_atomic_int_get (&p->n_buffers);

  call_wait_count (&p->n_buffers, before + n);
}

static void
check_caps (AnsweredPad *p, const gchar *name)
{
  GstCaps *caps = gst_pad_get_current_caps (p->pad);

  g_assert_nonnull (caps);
  g_assert_cmpstr (gst_structure_get_name (gst_caps_get_structure (caps, 0)), ==, name);
  gst_caps_unref (caps);
}

static gchar *
get_string (AnsweredPad *p, const gchar *property)
{
  gchar *value = NULL;

  g_object_get (p->pad, property, &value, NULL);
  return value;
}

/* --- tests ------------------------------------------------------------------------------------ */

static void
test_state_changes (void)
{
  GstElement *pipeline = call_launch ("webrtcsrc name=r run-web-server=false");
  GstElement *src = gst_bin_get_by_name (GST_BIN (pipeline), "r");
  gpointer weak = src;

  g_object_add_weak_pointer (G_OBJECT (src), &weak);
  gst_object_unref (src);
  for (guint i = 0; i < 100; i++) {
    g_assert_cmpint (
        gst_element_set_state (pipeline, GST_STATE_PAUSED), ==, GST_STATE_CHANGE_NO_PREROLL);
    g_assert_cmpint (
        gst_element_set_state (pipeline, GST_STATE_PLAYING), !=, GST_STATE_CHANGE_FAILURE);
    if (i % 3 == 0)
      g_assert_cmpint (
          gst_element_set_state (pipeline, GST_STATE_PAUSED), ==, GST_STATE_CHANGE_NO_PREROLL);
    g_assert_cmpint (gst_element_set_state (pipeline, i % 2 ? GST_STATE_READY : GST_STATE_NULL), ==,
        GST_STATE_CHANGE_SUCCESS);
  }
  gst_element_set_state (pipeline, GST_STATE_NULL);
  gst_object_unref (pipeline);
  wait_gone (&weak);
}

typedef struct {
  const gchar *name, *output, *video, *audio;
  gboolean src_offers;
} Output;

static const Output outputs[] = {
  { "raw", "videoconvert ! fakesink|audioconvert ! fakesink", "video/x-raw", "audio/x-raw", FALSE },
  { "encoded", "capsfilter caps=video/x-vp8 ! fakesink|capsfilter caps=audio/x-opus ! fakesink",
      "video/x-vp8", "audio/x-opus", FALSE },
  { "rtp",
      "capsfilter caps=application/x-rtp ! fakesink|capsfilter caps=application/x-rtp ! fakesink",
      "application/x-rtp", "application/x-rtp", FALSE },
  { "any", "fakesink|fakesink", "video/x-raw", "audio/x-raw", TRUE },
};

/* Each buffer says when it was captured, which was a moment ago by the wall clock. */
static void
check_capture_time (AnsweredPad *p)
{
  GstClockTimeDiff age;

  call_wait_count (&p->n_timed, (guint) g_atomic_int_get (&p->n_timed) + 5);
  g_mutex_lock (&p->lock);
  age = GST_CLOCK_DIFF (p->ntp, (GstClockTime) g_get_real_time () * GST_USECOND
                                    + G_GUINT64_CONSTANT (2208988800) * GST_SECOND);
  g_mutex_unlock (&p->lock);
  g_test_message ("%s: captured %.1f ms ago", p->name, (gdouble) age / GST_MSECOND);
  g_assert_cmpint (age, >=, 0);
  g_assert_cmpint (age, <=, 5 * GST_SECOND);
}

static void
test_output (gconstpointer data)
{
  const Output *output = data;
  Answering a;
  Caller c;

  answering_start (&a, "webrtcsrc name=r", output->output);
  caller_start (&c, &a, BOTH, !output->src_offers);
  for (guint i = 0; i < 2; i++) {
    AnsweredPad *p = answering_wait_pad (&a, i);
    gchar *session = get_string (p, "session-id"), *peer = get_string (p, "peer-id");
    gchar *mid = get_string (p, "mid"), *msid = get_string (p, "msid");
    GstStructure *stats;
    guint64 pushed = 0;

    check_flow (p, 10);
    check_capture_time (p);
    check_caps (p, g_str_has_prefix (p->name, "video") ? output->video : output->audio);
    g_assert_true (g_str_equal (p->name, "video_0") || g_str_equal (p->name, "audio_0"));
    g_assert_cmpstr (session, ==, c.id);
    g_assert_cmpstr (peer, ==, "caller");
    g_assert_nonnull (mid);
    g_assert_cmpstr (msid, ==, "webrtcsink");
    stats = answering_get_stats (&a, p->name);
    g_assert_true (gst_structure_get_uint64 (stats, "packets-pushed", &pushed));
    g_assert_cmpuint (pushed, >, 0);
    gst_structure_free (stats);
    g_free (session);
    g_free (peer);
    g_free (mid);
    g_free (msid);
  }
  answering_check (&a);
  caller_stop (&c);
  answering_stop (&a);
}

/* Each caller has pads of its own; names are taken again when they are free. */
static void
test_callers (void)
{
  Answering a;
  Caller first, second, third;

  answering_start (&a, "webrtcsrc name=r", "videoconvert ! fakesink");
  caller_start (&first, &a, VIDEO, TRUE);
  check_flow (answering_wait_pad (&a, 0), 3);
  caller_start (&second, &a, VIDEO, FALSE);
  check_flow (answering_wait_pad (&a, 1), 3);
  g_assert_cmpstr (answering_wait_pad (&a, 0)->name, ==, "video_0");
  g_assert_cmpstr (answering_wait_pad (&a, 1)->name, ==, "video_1");

  caller_stop (&first);
  call_wait_count (&a.n_gone, 1);
  g_assert_true (g_atomic_int_get (&answering_wait_pad (&a, 0)->gone));
  g_assert_true (g_atomic_int_get (&answering_wait_pad (&a, 0)->eos));
  check_flow (answering_wait_pad (&a, 1), 3); /* the other one goes on */

  caller_start (&third, &a, VIDEO, TRUE); /* comes back */
  check_flow (answering_wait_pad (&a, 2), 3);
  g_assert_cmpstr (answering_wait_pad (&a, 2)->name, ==, "video_0");
  answering_check (&a);
  caller_stop (&second);
  caller_stop (&third);
  call_wait_count (&a.n_gone, 3);
  answering_stop (&a);
}

/* As gst-launch does it: the second caller has nobody to go to, and harms nobody. */
static void
test_unlinked (void)
{
  Answering a;
  Caller first, second;
  GstStructure *stats;
  guint64 dropped = 0;

  answering_start (&a, "webrtcsrc name=r ! videoconvert ! fakesink", NULL);
  caller_start (&first, &a, BOTH, TRUE);
  check_flow (answering_wait_name (&a, "video_0"), 1);
  caller_start (&second, &a, VIDEO, TRUE);
  answering_wait_pad (&a, 2);
  while (dropped < 20) {
    stats = answering_get_stats (&a, "video_1");
    gst_structure_get_uint64 (stats, "packets-dropped-unlinked", &dropped);
    gst_structure_free (stats);
    g_thread_yield ();
  }
  answering_check (&a);
  caller_stop (&second);
  caller_stop (&first);
  call_wait_count (&a.n_gone, 3);
  answering_check (&a);
  answering_stop (&a);
}

/* A pad that is linked late, unlinked and linked to something else. */
static void
test_relink (void)
{
  static const gchar *const wanted[] = { "video/x-raw", "application/x-rtp", "video/x-vp8" };
  Answering a;
  AnsweredPad *p;
  Caller c;

  answering_start (&a, "webrtcsrc name=r", NULL);
  caller_start (&c, &a, VIDEO, TRUE);
  p = answering_wait_pad (&a, 0);
  for (guint i = 0; i < G_N_ELEMENTS (wanted); i++) {
    gchar *line = g_strdup_printf ("capsfilter caps=%s ! fakesink", wanted[i]);
    GstElement *bin = gst_parse_bin_from_description (line, TRUE, NULL);
    GstPad *sink = gst_element_get_static_pad (bin, "sink");

    gst_bin_add (GST_BIN (a.pipeline), bin);
    gst_element_sync_state_with_parent (bin);
    g_assert_cmpint (gst_pad_link (p->pad, sink), ==, GST_PAD_LINK_OK);
    check_flow (p, 3);
    check_caps (p, wanted[i]);
    gst_pad_unlink (p->pad, sink);
    /* Or the pipeline, which may still be starting it, takes it up again. */
    gst_element_set_locked_state (bin, TRUE);
    gst_element_set_state (bin, GST_STATE_NULL);
    gst_bin_remove (GST_BIN (a.pipeline), bin);
    gst_object_unref (sink);
    g_free (line);
  }
  answering_check (&a);
  caller_stop (&c);
  answering_stop (&a);
}

/* What nobody can make of what is sent: said once, and nobody is the worse for it. */
static void
test_misfit (void)
{
  GstMessage *message;
  GError *error = NULL;
  Answering a;
  GstBus *bus;
  Caller c;

  answering_start (&a, "webrtcsrc name=r", "capsfilter caps=video/x-h264 ! fakesink");
  caller_start (&c, &a, VIDEO, TRUE);
  bus = gst_element_get_bus (a.pipeline);
  message =
      gst_bus_timed_pop_filtered (bus, CALL_PATIENCE, GST_MESSAGE_WARNING | GST_MESSAGE_ERROR);
  g_assert_nonnull (message);
  g_assert_cmpint (GST_MESSAGE_TYPE (message), ==, GST_MESSAGE_WARNING);
  gst_message_parse_warning (message, &error, NULL);
  g_test_message ("%s", error->message);
  g_assert_nonnull (strstr (error->message, "VP8"));
  g_error_free (error);
  gst_message_unref (message);
  gst_object_unref (bus);
  answering_check (&a);
  caller_stop (&c);
  answering_stop (&a);
}

static void
test_renegotiation (void)
{
  Answering a;
  Caller c;

  answering_start (&a, "webrtcsrc name=r", "videoconvert ! fakesink|audioconvert ! fakesink");
  caller_start (&c, &a, BOTH, TRUE);
  check_flow (answering_wait_pad (&a, 0), 3);
  check_flow (answering_wait_pad (&a, 1), 3);
  for (guint i = 0; i < 3; i++) {
    guint n = (guint) g_atomic_int_get (&c.n_answers);

    caller_offer_again (&c);
    call_wait_count (&c.n_answers, n + 1);
    check_flow (answering_wait_pad (&a, 0), 3);
    check_flow (answering_wait_pad (&a, 1), 3);
  }
  g_assert_cmpuint (a.n_pads, ==, 2);
  g_assert_cmpuint (a.n_gone, ==, 0);
  answering_check (&a);
  caller_stop (&c);
  answering_stop (&a);
}

/* By the event from downstream, and by the action signal. */
static void
test_key_frames (void)
{
  Answering a;
  AnsweredPad *p;
  GstPad *peer;
  Caller c;
  guint n;

  answering_start (&a, "webrtcsrc name=r", "capsfilter caps=video/x-vp8 ! fakesink");
  caller_start (&c, &a, VIDEO, TRUE);
  p = answering_wait_pad (&a, 0);
  check_flow (p, 30);
  n = (guint) g_atomic_int_get (&p->n_key_frames);
  peer = gst_pad_get_peer (p->pad);
  gst_pad_push_event (
      peer, gst_video_event_new_upstream_force_key_unit (GST_CLOCK_TIME_NONE, TRUE, 0));
  call_wait_count (&p->n_key_frames, n + 1);
  gst_object_unref (peer);
  check_flow (p, 30); /* two seconds: whoever merges requests has forgotten the first */
  n = (guint) g_atomic_int_get (&p->n_key_frames);
  g_signal_emit_by_name (a.src, "request-key-frame", c.id, "video_0");
  call_wait_count (&p->n_key_frames, n + 1);
  caller_stop (&c);
  answering_stop (&a);
}

static void
test_stop_while_streaming (void)
{
  Caller c;

  for (guint i = 0; i < 10; i++) {
    Answering a;

    answering_start (&a, "webrtcsrc name=r",
        i % 2 ? "videoconvert ! fakesink sync=true|audioconvert ! fakesink sync=true"
              : "fakesink|fakesink");
    caller_start (&c, &a, BOTH, i % 2);
    if (i > 1)
      check_flow (answering_wait_pad (&a, 0), i);
    g_assert_cmpint (
        gst_element_set_state (a.pipeline, GST_STATE_NULL), ==, GST_STATE_CHANGE_SUCCESS);
    caller_stop (&c);
    answering_stop (&a);
  }
}

/* Without EOS the pads just go. */
static void
test_no_eos (void)
{
  Answering a;
  Caller c;

  answering_start (&a, "webrtcsrc name=r eos-on-hangup=false", "fakesink");
  caller_start (&c, &a, AUDIO, TRUE);
  check_flow (answering_wait_pad (&a, 0), 3);
  caller_stop (&c);
  call_wait_count (&a.n_gone, 1);
  g_assert_false (g_atomic_int_get (&answering_wait_pad (&a, 0)->eos));
  answering_stop (&a);
}

/* As gst-launch-1.0 -e: EOS to the pipeline comes out of the pads, and ends it. */
static void
test_eos_event (void)
{
  GstMessage *message;
  Answering a;
  GstBus *bus;
  Caller c;

  answering_start (&a, "webrtcsrc name=r", "videoconvert ! fakesink|audioconvert ! fakesink");
  caller_start (&c, &a, BOTH, TRUE);
  check_flow (answering_wait_pad (&a, 0), 3);
  check_flow (answering_wait_pad (&a, 1), 3);
  g_assert_true (gst_element_send_event (a.pipeline, gst_event_new_eos ()));
  bus = gst_element_get_bus (a.pipeline);
  message = gst_bus_timed_pop_filtered (bus, CALL_PATIENCE, GST_MESSAGE_EOS | GST_MESSAGE_ERROR);
  g_assert_nonnull (message);
  g_assert_cmpint (GST_MESSAGE_TYPE (message), ==, GST_MESSAGE_EOS);
  gst_message_unref (message);
  gst_object_unref (bus);
  caller_stop (&c);
  answering_stop (&a);
}

/* A paused pipeline blocks what streams; hanging up and stopping do not wait for it. */
static void
test_hangup_while_paused (void)
{
  Answering a;
  Caller c;

  answering_start (&a, "webrtcsrc name=r", "videoconvert ! fakesink sync=true");
  caller_start (&c, &a, VIDEO, TRUE);
  check_flow (answering_wait_pad (&a, 0), 3);
  gst_element_set_state (a.pipeline, GST_STATE_PAUSED);
  caller_stop (&c);
  call_wait_count (&a.n_gone, 1);
  answering_stop (&a);
}

/* --- what the sender wishes ------------------------------------------------------------------- */

static guint
wait_latency (Answering *a, const gchar *pad_name, guint wanted)
{
  GstClockTime end = gst_util_get_timestamp () + CALL_PATIENCE;
  guint latency = 0;

  do {
    GstStructure *stats = answering_get_stats (a, pad_name);

    g_assert_true (gst_structure_get_uint (stats, "latency", &latency));
    gst_structure_free (stats);
    g_thread_yield ();
  } while (latency != wanted && gst_util_get_timestamp () < end);
  return latency;
}

/* A sender's wish reaches the jitter buffer of the pictures; the application's limits hold. */
static void
test_playout_delay (gconstpointer sink_offers)
{
  Answering a;
  Caller c;

  answering_start (&a, "webrtcsrc name=r min-latency=100 max-latency=700", "fakesink");
  caller_start (&c, &a,
      "videotestsrc is-live=true ! video/x-raw,width=160,height=120,framerate=15/1 ! "
      "webrtcsink name=s video-caps=video/x-vp8 min-playout-delay=505 max-playout-delay=40950",
      sink_offers != NULL);
  check_flow (answering_wait_pad (&a, 0), 3);
  g_assert_cmpuint (wait_latency (&a, "video_0", 500), ==, 500); /* in steps of 10 ms */
  g_object_set (a.src, "max-latency", 300, NULL);
  g_assert_cmpuint (wait_latency (&a, "video_0", 300), ==, 300);
  answering_check (&a);
  caller_stop (&c);
  answering_stop (&a);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  gst_init (&argc, &argv);
  g_test_add_func ("/webrtcsrc/state-changes", test_state_changes);
  for (guint i = 0; i < G_N_ELEMENTS (outputs); i++) {
    gchar *path = g_strdup_printf ("/webrtcsrc/output/%s", outputs[i].name);

    g_test_add_data_func (path, &outputs[i], test_output);
    g_free (path);
  }
  g_test_add_func ("/webrtcsrc/callers", test_callers);
  g_test_add_func ("/webrtcsrc/unlinked", test_unlinked);
  g_test_add_func ("/webrtcsrc/relink", test_relink);
  g_test_add_func ("/webrtcsrc/misfit", test_misfit);
  g_test_add_func ("/webrtcsrc/renegotiation", test_renegotiation);
  g_test_add_func ("/webrtcsrc/key-frames", test_key_frames);
  g_test_add_func ("/webrtcsrc/stop-while-streaming", test_stop_while_streaming);
  g_test_add_func ("/webrtcsrc/no-eos", test_no_eos);
  g_test_add_func ("/webrtcsrc/eos-event", test_eos_event);
  g_test_add_func ("/webrtcsrc/hangup-while-paused", test_hangup_while_paused);
  g_test_add_data_func ("/webrtcsrc/playout-delay-answered", NULL, test_playout_delay);
  g_test_add_data_func ("/webrtcsrc/playout-delay-offered", "offers", test_playout_delay);
  return run_tests ();
}
