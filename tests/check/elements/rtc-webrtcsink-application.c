/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* rtc-webrtcsink-application.c - what applications do to the element: command lines, handlers,
 * settings of the encoder, and what they are told when something cannot be. */
#include <string.h>

#include "sink-viewing.h"
#include "tests/check/run-tests.h"

/* gst-launch's signaller::NAME. */
static void
test_child_proxy (void)
{
  GstElement *pipeline =
      sink_launch ("videotestsrc is-live=true ! webrtcsink signaller::stream-name=door "
                   "signaller::title=Door signaller::host-addr=http://127.0.0.1:0/");
  gchar *url;

  g_assert_cmpint (
      gst_element_set_state (pipeline, GST_STATE_PLAYING), !=, GST_STATE_CHANGE_FAILURE);
  url = sink_wait_url (pipeline);
  g_assert_true (g_str_has_suffix (url, "/?stream=door"));
  g_free (url);
  sink_stop (pipeline);
}

typedef struct {
  const gchar *name, *line;
  const gchar *property; /* of the encoder */
  gint64 value;
} Rate;

/* bit/s or kbit/s, as the encoder has it; within min-bitrate and max-bitrate. */
static const Rate rates[] = {
  { "vp8", "video-caps=video/x-vp8 start-bitrate=700000", "target-bitrate", 700000 },
  { "vp9", "video-caps=video/x-vp9 start-bitrate=800000", "target-bitrate", 800000 },
  { "h264", "video-caps=video/x-h264 start-bitrate=900000", "bitrate", 900 },
  { "default", "video-caps=video/x-vp8", "target-bitrate", 2048000 },
  { "low", "video-caps=video/x-vp8 start-bitrate=1000 min-bitrate=300000", "target-bitrate",
      300000 },
  { "high", "video-caps=video/x-vp8 start-bitrate=9000000 max-bitrate=4000000", "target-bitrate",
      4000000 },
};

typedef struct {
  const Rate *rate;
  guint n_checked;
} RateCheck;

static gboolean
check_rate (GstElement *sink, const gchar *id, const gchar *pad, GstElement *encoder, gpointer data)
{
  RateCheck *check = data;
  const Rate *rate = check->rate;
  GValue value = G_VALUE_INIT;
  gint64 found;

  g_value_init (&value, G_TYPE_INT64);
  g_object_get_property (G_OBJECT (encoder), rate->property, &value);
  found = g_value_get_int64 (&value);
  /* openh264enc counts bits, x264enc thousands of them. */
  if (g_str_equal (rate->name, "h264") && found >= 100000)
    found /= 1000;
  g_assert_cmpint (found, ==, rate->value);
  g_atomic_int_inc (&check->n_checked);
  return FALSE;
}

static void
test_start_bitrate (gconstpointer data)
{
  RateCheck check = { data, 0 };
  gchar *offer = sink_read_offer ("chromium-offer-recvonly.sdp");
  gchar *line = g_strdup_printf (
      "webrtcsink name=s %s videotestsrc is-live=true ! s.video_0", ((const Rate *) data)->line);
  Viewing v;

  viewing_start (&v, line);
  /* The viewing's own handler says that it is done, which ends the emission. */
  g_signal_handlers_disconnect_by_data (v.sink, &v);
  g_signal_connect (v.sink, "encoder-setup", G_CALLBACK (check_rate), &check);
  sink_wait_caps (v.sink, "video_0");
  g_free (viewing_negotiate_answer (&v, offer));
  sink_wait_count (&check.n_checked, 1);
  viewing_stop (&v);
  g_free (line);
  g_free (offer);
}

/* Not "come back later": coming back does not help. */
static void
test_no_codec (void)
{
  gchar *offer = sink_read_offer ("chromium-offer-recvonly.sdp");
  GstStructure *reply;
  GError *error = NULL;
  Viewing v;

  viewing_start (
      &v, "webrtcsink name=s video-caps=video/x-unheard-of videotestsrc is-live=true ! s.video_0");
  sink_wait_caps (v.sink, "video_0");
  reply = viewing_negotiate (&v, offer);
  g_assert_true (gst_structure_get (reply, "error", G_TYPE_ERROR, &error, NULL));
  g_test_message ("%s", error->message);
  g_assert_nonnull (strstr (error->message, "video-caps"));
  g_assert_null (strstr (error->message, "try again"));
  g_error_free (error);
  gst_structure_free (reply);
  viewing_stop (&v);
  g_free (offer);
}

/* The reason names the stream that was refused, also when it is not the first one. */
static void
test_refused_second (void)
{
  gchar *offer = sink_read_offer ("chromium-offer-recvonly.sdp");
  GString *text = g_string_new (offer);
  GstStructure *reply;
  GError *error = NULL;
  Viewing v;

  /* Sound is not asked for; the picture cannot be played. */
  g_string_replace (text, "VP8/90000", "XYZ/90000", 0);
  g_string_replace (text, "a=recvonly", "a=inactive", 1);
  viewing_start (&v, "webrtcsink name=s video-caps=video/x-vp8 "
                     "audiotestsrc is-live=true ! s.audio_0 videotestsrc is-live=true ! s.video_0");
  sink_wait_caps (v.sink, "video_0");
  sink_wait_caps (v.sink, "audio_0");
  reply = viewing_negotiate (&v, text->str);
  g_assert_true (gst_structure_get (reply, "error", G_TYPE_ERROR, &error, NULL));
  g_test_message ("%s", error->message);
  g_assert_false (g_str_has_suffix (error->message, ": "));
  g_error_free (error);
  gst_structure_free (reply);
  viewing_stop (&v);
  g_string_free (text, TRUE);
  g_free (offer);
}

typedef struct {
  GstElement *pipeline;
  guint n_refused;
} Stopper;

static void
stop_in_handler (GstElement *sink, const gchar *id, GObject *session, gpointer data)
{
  Stopper *stopper = data;

  if (gst_element_set_state (stopper->pipeline, GST_STATE_NULL) == GST_STATE_CHANGE_FAILURE)
    g_atomic_int_inc (&stopper->n_refused);
}

/* A handler that stops the pipeline would free what its caller works with: it is refused. */
static void
test_stop_in_handler (void)
{
  gchar *offer = sink_read_offer ("chromium-offer-recvonly.sdp");
  Stopper stopper = { NULL, 0 };
  GstStructure *reply;
  Viewing v;

  viewing_start (&v, "webrtcsink name=s video-caps=video/x-vp8 videotestsrc is-live=true ! "
                     "s.video_0");
  stopper.pipeline = v.pipeline;
  g_signal_connect (v.sink, "consumer-added", G_CALLBACK (stop_in_handler), &stopper);
  sink_wait_caps (v.sink, "video_0");
  g_test_expect_message ("GstRtc", G_LOG_LEVEL_WARNING, "*must not stop the element*");
  reply = viewing_negotiate (&v, offer);
  gst_structure_free (reply);
  sink_wait_count (&stopper.n_refused, 1);
  g_test_assert_expected_messages ();
  viewing_stop (&v); /* and now it can */
  g_free (offer);
}

static void
use_properties (GstElement *sink, const gchar *id, GObject *session, gpointer data)
{
  gboolean trickle = TRUE;
  GstStructure *stats = NULL;
  guint rate = 0;

  /* Nothing is locked while handlers run. */
  g_object_set (sink, "stun-server", "stun://192.0.2.1:3478", "start-bitrate", 500000, NULL);
  g_object_get (sink, "stats", &stats, "start-bitrate", &rate, NULL);
  gst_child_proxy_get (GST_CHILD_PROXY (sink), "signaller::trickle", &trickle, NULL);
  g_assert_cmpuint (rate, ==, 500000);
  g_clear_pointer (&stats, gst_structure_free);
  g_atomic_int_inc ((guint *) data);
}

static void
test_properties_in_handler (void)
{
  gchar *offer = sink_read_offer ("chromium-offer-recvonly.sdp");
  guint n = 0;
  Viewing v;

  viewing_start (&v, "webrtcsink name=s video-caps=video/x-vp8 videotestsrc is-live=true ! "
                     "s.video_0");
  g_signal_connect (v.sink, "consumer-added", G_CALLBACK (use_properties), &n);
  g_signal_connect (v.sink, "consumer-removed", G_CALLBACK (use_properties), &n);
  sink_wait_caps (v.sink, "video_0");
  g_free (viewing_negotiate_answer (&v, offer));
  viewing_stop (&v);
  g_assert_cmpuint (n, ==, 2);
  g_free (offer);
}

/* What is not a token would break the line that it is written into, or all of the description. */
static void
test_msid (void)
{
  static const gchar *const bad[] = { "", "two words", "line\r\na=x", "\xc3\xa4",
    "0123456789012345678901234567890123456789012345678901234567890123X" };
  gchar *offer = sink_read_offer ("chromium-offer-recvonly.sdp");
  gchar *text = NULL;
  GstPad *pad;
  Viewing v;

  viewing_start (&v, "webrtcsink name=s video-caps=video/x-vp8 video_0::msid=yard videotestsrc "
                     "is-live=true ! s.video_0");
  pad = gst_element_get_static_pad (v.sink, "video_0");
  for (guint i = 0; i < G_N_ELEMENTS (bad); i++) {
    g_test_expect_message ("GstRtc", G_LOG_LEVEL_WARNING, "msid of s:video_0*");
    g_object_set (pad, "msid", bad[i], NULL);
    g_test_assert_expected_messages ();
  }
  g_object_get (pad, "msid", &text, NULL);
  g_assert_cmpstr (text, ==, "yard");
  g_free (text);
  gst_object_unref (pad);
  sink_wait_caps (v.sink, "video_0");
  text = viewing_negotiate_answer (&v, offer);
  g_assert_nonnull (strstr (text, "a=msid:yard video_0\r\n"));
  viewing_stop (&v);
  g_free (text);
  g_free (offer);
}

/* B-frames that an encoder of the application's makes: a warning says what to change, and the
 * statistics count them. */
static void
test_b_frames (void)
{
  gchar *offer = sink_read_offer ("chromium-offer-recvonly.sdp");
  GstClockTime end = gst_util_get_timestamp () + 20 * GST_SECOND;
  gchar **ids = NULL;
  GError *warning = NULL;
  GstMessage *message;
  guint counted = 0;
  Viewing v;

  viewing_start (&v,
      "webrtcsink name=s videotestsrc is-live=true ! x264enc bframes=2 b-adapt=false "
      "key-int-max=30 speed-preset=ultrafast ! video/x-h264,profile=high ! s.video_0");
  sink_wait_caps (v.sink, "video_0");
  g_free (viewing_negotiate_answer (&v, offer));
  message = sink_wait_message (v.pipeline, GST_MESSAGE_WARNING, NULL);
  gst_message_parse_warning (message, &warning, NULL);
  g_assert_nonnull (strstr (warning->message, "B-frames"));
  g_error_free (warning);
  gst_message_unref (message);
  g_signal_emit_by_name (v.sink, "get-sessions", &ids);
  while (counted == 0) {
    GstStructure *stats = NULL, *session = NULL, *outbound = NULL;

    g_assert_cmpuint (gst_util_get_timestamp (), <, end);
    viewing_check_flow (&v, "video_0");
    g_object_get (v.sink, "stats", &stats, NULL);
    if (gst_structure_get (stats, ids[0], GST_TYPE_STRUCTURE, &session, NULL)
        && gst_structure_get (session, "outbound-rtp-0", GST_TYPE_STRUCTURE, &outbound, NULL))
      gst_structure_get_uint (outbound, "b-frames", &counted);
    g_clear_pointer (&session, gst_structure_free);
    g_clear_pointer (&outbound, gst_structure_free);
    gst_structure_free (stats);
  }
  viewing_stop (&v);
  g_strfreev (ids);
  g_free (offer);
}

/* A viewer comes when one of two streams has ended, and is the first: what is made for it takes
 * part in the end of the other. data: what makes the pictures' stream of them, "": raw. */
static void
test_joins_after_an_end (gconstpointer data)
{
  const gchar *encoder = data;
  gchar *line = g_strdup_printf ("webrtcsink name=s videotestsrc is-live=true num-buffers=3 ! "
                                 "video/x-raw,width=160,height=120,framerate=30/1 %s ! s.video_0 "
                                 "audiotestsrc name=sound is-live=true ! s.audio_0",
      encoder);
  gchar *offer = sink_read_offer ("chromium-offer-recvonly.sdp");
  GstClockTime end = gst_util_get_timestamp () + 20 * GST_SECOND;
  GstEvent *eos;
  GstPad *pad;
  Viewing v;

  if (strstr (encoder, "x264enc") != NULL && gst_element_factory_find ("x264enc") == NULL) {
    g_test_skip ("x264enc is not installed");
    g_free (offer);
    g_free (line);
    return;
  }
  viewing_start (&v, line);
  sink_wait_caps (v.sink, "video_0");
  sink_wait_caps (v.sink, "audio_0");
  pad = gst_element_get_static_pad (v.sink, "video_0");
  while ((eos = gst_pad_get_sticky_event (pad, GST_EVENT_EOS, 0)) == NULL) {
    g_assert_cmpuint (gst_util_get_timestamp (), <, end);
    g_thread_yield ();
  }
  gst_event_unref (eos);
  gst_object_unref (pad);
  g_free (viewing_negotiate_answer (&v, offer));
  sink_wait_count (&v.n_encoders, *encoder == '\0' ? 2 : 1);
  gst_element_send_event (sink_get (v.pipeline, "sound"), gst_event_new_eos ());
  gst_message_unref (sink_wait_message (v.pipeline, GST_MESSAGE_EOS, NULL));
  g_assert_cmpuint (v.n_removed, ==, 0); /* else it may have waited for that */
  viewing_stop (&v);
  g_free (offer);
  g_free (line);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  gst_init (&argc, &argv);
  g_test_add_func ("/application/child-proxy", test_child_proxy);
  for (guint i = 0; i < G_N_ELEMENTS (rates); i++) {
    gchar *path = g_strdup_printf ("/application/start-bitrate/%s", rates[i].name);

    g_test_add_data_func (path, &rates[i], test_start_bitrate);
    g_free (path);
  }
  g_test_add_func ("/application/msid", test_msid);
  g_test_add_func ("/application/b-frames", test_b_frames);
  g_test_add_func ("/application/no-codec", test_no_codec);
  g_test_add_func ("/application/refused-second", test_refused_second);
  g_test_add_func ("/application/stop-in-handler", test_stop_in_handler);
  g_test_add_func ("/application/properties-in-handler", test_properties_in_handler);
  g_test_add_data_func ("/application/joins-after-an-end/raw", "", test_joins_after_an_end);
  g_test_add_data_func (
      "/application/joins-after-an-end/vp8", "! vp8enc deadline=1", test_joins_after_an_end);
  g_test_add_data_func ("/application/joins-after-an-end/h264",
      "! x264enc tune=zerolatency speed-preset=1", test_joins_after_an_end);
  return run_tests ();
}
