/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* rtc-webrtcsink.c - the element from outside, as an application has it: states, pads, properties,
 * negotiation with recorded offers through the direct signaller. Media over the network is tested
 * in the suite net. */
#include <gio/gio.h>
#include <string.h>

#include "sink-viewing.h"
#include "wait-gone.h"
#include "tests/check/run-tests.h"

#define PATIENCE (20 * GST_SECOND)

/* --- tests -------------------------------------------------------------------------------------
 */

/* No viewer: every kind of input reaches PLAYING and its end. */
static void
test_no_viewer (void)
{
  static const gchar *const lines[] = {
    "videotestsrc num-buffers=5 ! webrtcsink name=s " ANY_PORT,
    "videotestsrc is-live=true num-buffers=5 ! webrtcsink name=s " ANY_PORT,
    "audiotestsrc num-buffers=5 ! webrtcsink name=s " ANY_PORT,
    "videotestsrc num-buffers=5 ! vp8enc deadline=1 ! webrtcsink name=s " ANY_PORT,
    "webrtcsink name=s " ANY_PORT " videotestsrc num-buffers=5 ! s.video_0 "
    "audiotestsrc num-buffers=10 ! opusenc ! s.audio_0",
  };

  for (guint i = 0; i < G_N_ELEMENTS (lines); i++) {
    GstElement *pipeline = sink_launch (lines[i]);
    gchar *url;

    g_assert_cmpint (
        gst_element_set_state (pipeline, GST_STATE_PLAYING), !=, GST_STATE_CHANGE_FAILURE);
    g_assert_cmpint (
        gst_element_get_state (pipeline, NULL, NULL, PATIENCE), !=, GST_STATE_CHANGE_FAILURE);
    url = sink_wait_url (pipeline);
    g_assert_true (g_str_has_prefix (url, "http://127.0.0.1:"));
    g_assert_null (strstr (url, ":0/"));
    gst_message_unref (sink_wait_message (pipeline, GST_MESSAGE_EOS, NULL));
    sink_stop (pipeline);
    g_free (url);
  }
}

/* What is not live is paced: 15 frames of 30/s take half a second, not an instant. */
static void
test_pacing (void)
{
  GstElement *pipeline = sink_launch ("videotestsrc num-buffers=15 ! video/x-raw,framerate=30/1 ! "
                                      "webrtcsink " ANY_PORT);
  GstClockTime begin = gst_util_get_timestamp ();

  gst_element_set_state (pipeline, GST_STATE_PLAYING);
  gst_message_unref (sink_wait_message (pipeline, GST_MESSAGE_EOS, NULL));
  g_assert_cmpuint (gst_util_get_timestamp () - begin, >, 400 * GST_MSECOND);
  sink_stop (pipeline);
}

/* Sources that may choose take what encoders take. */
static void
test_preferred_caps (void)
{
  GstElement *pipeline = sink_launch ("webrtcsink name=s " ANY_PORT " videotestsrc is-live=true ! "
                                      "s.video_0 audiotestsrc is-live=true ! s.audio_0");
  GstElement *sink = sink_get (pipeline, "s");
  GstPad *pad;
  GstCaps *caps;

  gst_element_set_state (pipeline, GST_STATE_PLAYING);
  sink_wait_caps (sink, "video_0");
  sink_wait_caps (sink, "audio_0");
  pad = gst_element_get_static_pad (sink, "video_0");
  caps = gst_pad_get_current_caps (pad);
  g_assert_cmpstr (
      gst_structure_get_string (gst_caps_get_structure (caps, 0), "format"), ==, "I420");
  gst_caps_unref (caps);
  gst_object_unref (pad);
  pad = gst_element_get_static_pad (sink, "audio_0");
  caps = gst_pad_get_current_caps (pad);
  g_assert_true (
      gst_structure_has_field_typed (gst_caps_get_structure (caps, 0), "rate", G_TYPE_INT));
  gst_caps_unref (caps);
  gst_object_unref (pad);
  sink_stop (pipeline);
}

static void
test_state_changes (void)
{
  GstElement *pipeline = sink_launch ("webrtcsink name=s " ANY_PORT " videotestsrc is-live=true ! "
                                      "s.video_0 audiotestsrc is-live=true ! s.audio_0");
  gpointer sink = sink_get (pipeline, "s");

  g_object_add_weak_pointer (sink, &sink);
  for (guint i = 0; i < 100; i++) {
    g_assert_cmpint (
        gst_element_set_state (pipeline, GST_STATE_PLAYING), !=, GST_STATE_CHANGE_FAILURE);
    if (i % 3 == 0)
      g_assert_cmpint (
          gst_element_set_state (pipeline, GST_STATE_PAUSED), !=, GST_STATE_CHANGE_FAILURE);
    g_assert_cmpint (gst_element_set_state (pipeline, i % 2 ? GST_STATE_READY : GST_STATE_NULL), ==,
        GST_STATE_CHANGE_SUCCESS);
  }
  sink_stop (pipeline);
  wait_gone (&sink);
}

/* A tail of sources is plugged in and out while another pad streams. */
static void
test_pads (void)
{
  Viewing v;
  gchar *offer = sink_read_offer ("chromium-offer-recvonly.sdp");

  viewing_start (&v, "webrtcsink name=s audiotestsrc is-live=true ! s.audio_0");
  sink_wait_caps (v.sink, "audio_0");
  for (guint i = 0; i < 30; i++) {
    GstElement *source = gst_element_factory_make ("videotestsrc", NULL);
    GstPad *pad = gst_element_request_pad_simple (v.sink, "video_%u");
    GstPad *src = gst_element_get_static_pad (source, "src");
    gchar *name = g_strdup_printf ("video_%u", i);

    g_assert_cmpstr (GST_OBJECT_NAME (pad), ==, name);
    g_object_set (source, "is-live", TRUE, NULL);
    gst_bin_add (GST_BIN (v.pipeline), source);
    g_assert_cmpint (gst_pad_link (src, pad), ==, GST_PAD_LINK_OK);
    gst_element_sync_state_with_parent (source);
    if (i % 5 == 0) {
      sink_wait_caps (v.sink, name);
      g_free (viewing_negotiate_answer (&v, offer)); /* a viewer with a branch on this pad */
    }
    if (i % 2 == 0) {
      gst_element_set_locked_state (source, TRUE);
      gst_element_set_state (source, GST_STATE_NULL);
      gst_pad_unlink (src, pad);
      gst_element_release_request_pad (v.sink, pad);
    } else {
      /* Rudely, while it streams. */
      gst_element_release_request_pad (v.sink, pad);
      gst_element_set_locked_state (source, TRUE);
      gst_element_set_state (source, GST_STATE_NULL);
    }
    gst_bin_remove (GST_BIN (v.pipeline), source);
    gst_object_unref (src);
    gst_object_unref (pad);
    g_free (name);
  }
  g_assert_cmpuint (v.n_added, ==, 6);
  viewing_stop (&v);
  g_free (offer);
}

typedef struct {
  const gchar *name;
  const gchar *offer;
  const gchar *settings; /* of webrtcsink */
  const gchar *source;
  const gchar *expected; /* in the answer */
  const gchar *encoder;  /* prefix of the factory, NULL: none is made */
} Choice;

static const Choice choices[] = {
  { "chromium-default", "chromium-offer-recvonly.sdp", "", "videotestsrc is-live=true ! s.video_0",
      " VP8/90000", "vp8enc" },
  { "firefox-default", "firefox-offer-recvonly.sdp", "", "videotestsrc is-live=true ! s.video_0",
      " VP8/90000", "vp8enc" },
  { "wish", "chromium-offer-recvonly.sdp", "video-caps=\"video/x-vp9;video/x-vp8\"",
      "videotestsrc is-live=true ! s.video_0", " VP9/90000", "vp9enc" },
  { "wish-h264", "chromium-offer-recvonly.sdp", "video-caps=video/x-h264",
      "videotestsrc is-live=true ! s.video_0", " H264/90000", "" },
  { "encoded-vp8", "chromium-offer-recvonly.sdp", "video-caps=video/x-h264",
      "videotestsrc is-live=true ! vp8enc deadline=1 ! s.video_0", " VP8/90000", NULL },
  { "encoded-high", "chromium-offer-recvonly.sdp", "",
      "videotestsrc is-live=true ! x264enc tune=zerolatency ! video/x-h264,profile=high ! "
      "s.video_0",
      " H264/90000", NULL },
  { "rtp-vp8", "chromium-offer-recvonly.sdp", "video-caps=video/x-h264",
      "videotestsrc is-live=true ! vp8enc deadline=1 ! rtpvp8pay ! s.video_0", " VP8/90000", NULL },
  { "rtp-opus", "firefox-offer-recvonly.sdp", "",
      "audiotestsrc is-live=true ! opusenc ! rtpopuspay ! s.audio_0", " opus/48000/2", NULL },
  { "opus", "firefox-offer-recvonly.sdp", "", "audiotestsrc is-live=true ! s.audio_0",
      " opus/48000/2", "opusenc" },
  { "pcmu", "chromium-offer-recvonly.sdp", "audio-caps=audio/x-mulaw",
      "audiotestsrc is-live=true ! s.audio_0", " PCMU/8000", "mulawenc" },
};

static void
test_codec_choice (gconstpointer data)
{
  const Choice *c = data;
  gchar *line = g_strdup_printf ("webrtcsink name=s %s %s", c->settings, c->source);
  gchar *offer = sink_read_offer (c->offer);
  gboolean is_video = strstr (c->source, "video_0") != NULL;
  gchar *answer;
  Viewing v;

  if (strstr (c->source, "x264enc") != NULL && gst_element_factory_find ("x264enc") == NULL) {
    g_test_skip ("x264enc is not installed");
    return;
  }
  viewing_start (&v, line);
  sink_wait_caps (v.sink, is_video ? "video_0" : "audio_0");
  answer = viewing_negotiate_answer (&v, offer);
  g_test_message ("%s", answer);
  g_assert_nonnull (strstr (answer, c->expected));
  g_assert_nonnull (strstr (answer, "a=setup:passive"));
  g_assert_nonnull (strstr (answer, "a=sendonly"));
  g_free (answer);
  if (c->encoder != NULL) {
    sink_wait_count (&v.n_encoders, 1);
    g_assert_true (g_str_has_prefix (v.encoder, c->encoder));
    /* A second viewer shares it. */
    g_free (viewing_negotiate_answer (&v, offer));
    g_assert_cmpuint (v.n_encoders, ==, 1);
  }
  viewing_check_flow (&v, is_video ? "video_0" : "audio_0");
  viewing_stop (&v);
  if (c->encoder == NULL)
    g_assert_cmpuint (v.n_encoders, ==, 0);
  g_free (offer);
  g_free (line);
}

/* RTP that does not say what is in it is refused where it comes in, and nothing is offered. */
static void
test_rtp_caps (void)
{
  static const struct {
    const gchar *pad, *caps;
    gboolean is_taken;
  } table[] = {
    { "video_0", "application/x-rtp,encoding-name=H264,clock-rate=90000", TRUE },
    { "video_0", "application/x-rtp,media=video,encoding-name=H264,clock-rate=90000,payload=96",
        TRUE },
    { "video_0", "application/x-rtp", FALSE },
    { "video_0", "application/x-rtp,media=video,clock-rate=90000", FALSE },
    { "video_0", "application/x-rtp,media=video,encoding-name=H264", FALSE },
    { "video_0", "application/x-rtp,encoding-name=JPEG,clock-rate=90000", FALSE },
    { "video_0", "application/x-rtp,encoding-name=OPUS,clock-rate=48000", FALSE },
    { "audio_0", "application/x-rtp,encoding-name=OPUS,clock-rate=48000", TRUE },
    { "audio_0", "application/x-rtp,encoding-name=PCMU,clock-rate=8000,payload=0", TRUE },
    { "audio_0", "application/x-rtp,encoding-name=MPEG4-GENERIC,clock-rate=48000", FALSE },
  };
  GstElement *sink = gst_object_ref_sink (gst_element_factory_make ("webrtcsink", NULL));
  GstPad *pads[] = { gst_element_request_pad_simple (sink, "video_0"),
    gst_element_request_pad_simple (sink, "audio_0") };

  for (guint i = 0; i < G_N_ELEMENTS (table); i++) {
    GstCaps *caps = gst_caps_from_string (table[i].caps);
    GstPad *pad = pads[g_strcmp0 (table[i].pad, "audio_0") == 0];

    g_assert_cmpint (gst_pad_query_accept_caps (pad, caps), ==, table[i].is_taken);
    gst_caps_unref (caps);
  }
  gst_object_unref (pads[0]);
  gst_object_unref (pads[1]);
  gst_object_unref (sink);
}

/* Two viewers that cannot play the same get a branch each. */
static void
test_two_codecs (void)
{
  gchar *both = sink_read_offer ("chromium-offer-recvonly.sdp");
  gchar *no_h264 = sink_read_offer ("firefox-offer-recvonly.sdp");
  gchar *answer;
  Viewing v;

  viewing_start (&v, "webrtcsink name=s video-caps=\"video/x-h264;video/x-vp8\" "
                     "videotestsrc is-live=true ! s.video_0");
  sink_wait_caps (v.sink, "video_0");
  answer = viewing_negotiate_answer (&v, both);
  g_assert_nonnull (strstr (answer, " H264/90000"));
  g_free (answer);
  answer = viewing_negotiate_answer (&v, no_h264);
  g_assert_nonnull (strstr (answer, " VP8/90000"));
  g_assert_null (strstr (answer, " H264/90000"));
  g_free (answer);
  sink_wait_count (&v.n_encoders, 2);
  viewing_stop (&v);
  g_free (both);
  g_free (no_h264);
}

/* What is wrong with an offer is told to who made it, and to nobody else. */
static void
test_refusals (void)
{
  gchar *offer = sink_read_offer ("chromium-offer-recvonly.sdp");
  GString *text = g_string_new (offer);
  GstStructure *reply;
  GError *error = NULL;
  GstMessage *message;
  GstBus *bus;
  Viewing v;

  viewing_start (&v, "webrtcsink name=s video-caps=video/x-vp8 videotestsrc is-live=true ! "
                     "s.video_0");
  sink_wait_caps (v.sink, "video_0");
  g_string_replace (text, "a=fingerprint", "a=x-print", 0);
  reply = viewing_negotiate (&v, text->str);
  g_assert_true (gst_structure_get (reply, "error", G_TYPE_ERROR, &error, NULL));
  g_assert_nonnull (strstr (error->message, "fingerprint"));
  g_clear_error (&error);
  gst_structure_free (reply);

  g_string_assign (text, offer);
  g_string_replace (text, "VP8/90000", "XYZ/90000", 0);
  reply = viewing_negotiate (&v, text->str);
  g_assert_true (gst_structure_get (reply, "error", G_TYPE_ERROR, &error, NULL));
  g_test_message ("%s", error->message);
  g_clear_error (&error);
  gst_structure_free (reply);

  g_free (viewing_negotiate_answer (&v, offer)); /* and the element is as well as before */
  bus = gst_element_get_bus (v.pipeline);
  message = gst_bus_pop_filtered (bus, GST_MESSAGE_ERROR);
  g_assert_null (message);
  gst_object_unref (bus);
  viewing_stop (&v);
  g_string_free (text, TRUE);
  g_free (offer);
}

/* Other media on the same pad ends the sessions, so that viewers connect again: raw, or the same
 * in packets. */
static void
test_caps_change (gconstpointer data)
{
  const gchar *other = data;
  gboolean is_rtp = *other != '\0';
  gchar *line = g_strconcat ("input-selector name=i ! webrtcsink name=s "
                             "videotestsrc is-live=true ! vp8enc deadline=1 ! i.sink_0 "
                             "videotestsrc is-live=true ",
      other, " ! i.sink_1", NULL);
  gchar *offer = sink_read_offer ("chromium-offer-recvonly.sdp");
  GstElement *selector;
  GstPad *pad;
  Viewing v;

  viewing_start (&v, line);
  sink_wait_caps (v.sink, "video_0");
  g_free (viewing_negotiate_answer (&v, offer));
  g_assert_cmpuint (v.n_removed, ==, 0);
  selector = sink_get (v.pipeline, "i");
  pad = gst_element_get_static_pad (selector, "sink_1");
  g_object_set (selector, "active-pad", pad, NULL);
  gst_object_unref (pad);
  sink_wait_count (&v.n_removed, 1);
  g_free (viewing_negotiate_answer (&v, offer));
  if (!is_rtp)
    sink_wait_count (&v.n_encoders, 1);
  viewing_check_flow (&v, "video_0");
  g_assert_cmpuint (v.n_encoders, ==, is_rtp ? 0 : 1);
  viewing_stop (&v);
  g_free (offer);
  g_free (line);
}

/* Sessions are children, have webrtcbin's properties, and answer get-stats. */
static void
test_session_object (void)
{
  gchar *offer = sink_read_offer ("chromium-offer-recvonly.sdp");
  GstWebRTCSessionDescription *remote = NULL;
  GstPromise *promise = gst_promise_new ();
  const GstStructure *reply;
  GstStructure *stats = NULL;
  gint signaling = -1;
  GObject *session;
  gchar **ids = NULL;
  gchar *id = NULL;
  Viewing v;

  viewing_start (&v, "webrtcsink name=s videotestsrc is-live=true ! s.video_0");
  sink_wait_caps (v.sink, "video_0");
  g_free (viewing_negotiate_answer (&v, offer));
  g_signal_emit_by_name (v.sink, "get-sessions", &ids);
  g_assert_cmpuint (g_strv_length (ids), ==, 1);
  g_assert_cmpint (gst_child_proxy_get_children_count (GST_CHILD_PROXY (v.sink)), ==, 2);
  session = gst_child_proxy_get_child_by_name (GST_CHILD_PROXY (v.sink), ids[0]);
  g_assert_nonnull (session);
  g_object_get (
      session, "id", &id, "signaling-state", &signaling, "remote-description", &remote, NULL);
  g_assert_cmpstr (id, ==, ids[0]);
  g_assert_cmpint (signaling, ==, GST_WEBRTC_SIGNALING_STATE_STABLE);
  g_assert_nonnull (remote);
  gst_webrtc_session_description_free (remote);

  g_signal_emit_by_name (session, "get-stats", NULL, promise);
  g_assert_cmpint (gst_promise_wait (promise), ==, GST_PROMISE_RESULT_REPLIED);
  reply = gst_promise_get_reply (promise);
  g_assert_true (gst_structure_has_field (reply, "transport"));
  g_assert_true (gst_structure_has_field (reply, "outbound-rtp-0"));
  gst_promise_unref (promise);
  g_object_get (v.sink, "stats", &stats, NULL);
  g_assert_true (gst_structure_has_field (stats, ids[0]));
  gst_structure_free (stats);

  /* The application may end it. */
  g_signal_emit_by_name (session, "close");
  sink_wait_count (&v.n_removed, 1);
  promise = gst_promise_new ();
  g_signal_emit_by_name (session, "get-stats", NULL, promise);
  g_assert_cmpint (gst_promise_wait (promise), ==, GST_PROMISE_RESULT_REPLIED);
  g_assert_true (gst_structure_has_field (gst_promise_get_reply (promise), "error"));
  gst_promise_unref (promise);
  g_object_unref (session);
  g_strfreev (ids);
  g_free (id);
  viewing_stop (&v);
  g_free (offer);
}

/* Viewers that come before the media are told to come back. */
static void
test_too_early (void)
{
  gchar *offer = sink_read_offer ("chromium-offer-recvonly.sdp");
  GstStructure *reply;
  GError *error = NULL;
  GstPad *pad;
  Viewing v;

  viewing_start (&v, "webrtcsink name=s identity"); /* two elements: a pipeline */
  pad = gst_element_request_pad_simple (v.sink, "video_%u");
  reply = viewing_negotiate (&v, offer);
  g_assert_true (gst_structure_get (reply, "error", G_TYPE_ERROR, &error, NULL));
  g_assert_nonnull (strstr (error->message, "not started"));
  g_error_free (error);
  gst_structure_free (reply);
  gst_element_release_request_pad (v.sink, pad);
  gst_object_unref (pad);
  viewing_stop (&v);
  g_free (offer);
}

static void
test_properties (void)
{
  GstElement *sink = gst_element_factory_make ("webrtcsink", NULL);
  gchar *text = NULL;
  GstCaps *caps = NULL;
  GObject *signaller = NULL;
  gboolean run = FALSE;

  gst_object_ref_sink (sink);
  g_object_get (sink, "stun-server", &text, "run-web-server", &run, "video-caps", &caps, NULL);
  g_assert_null (text);
  g_assert_true (run);
  g_assert_nonnull (caps);
  gst_caps_unref (caps);

  /* What the element forwards and what the child proxy sets is the same thing. */
  g_object_set (sink, "web-server-host-addr", "http://127.0.0.1:1234/", NULL);
  gst_child_proxy_get (GST_CHILD_PROXY (sink), "signaller::host-addr", &text, NULL);
  g_assert_cmpstr (text, ==, "http://127.0.0.1:1234/");
  g_clear_pointer (&text, g_free);
  gst_child_proxy_set (GST_CHILD_PROXY (sink), "signaller::stream-name", "door", NULL);
  g_object_get (sink, "signaller", &signaller, NULL);
  g_object_get (signaller, "stream-name", &text, NULL);
  g_assert_cmpstr (text, ==, "door");
  g_free (text);
  g_object_unref (signaller);

  g_test_expect_message ("GstRtc", G_LOG_LEVEL_WARNING, "*stun-server*");
  g_object_set (sink, "stun-server", "http://example.com", NULL);
  g_test_assert_expected_messages ();
  g_object_set (sink, "stun-server", "stun://192.0.2.1:3478", NULL);
  g_object_get (sink, "stun-server", &text, NULL);
  g_assert_cmpstr (text, ==, "stun://192.0.2.1:3478");
  g_free (text);
  gst_object_unref (sink);
}

static void
test_failures (void)
{
  GError *error = NULL;
  GSocketListener *listener = g_socket_listener_new ();
  guint16 port = g_socket_listener_add_any_inet_port (listener, NULL, &error);
  gchar *line, *number;

  g_assert_no_error (error);
  number = g_strdup_printf ("%u", port);
  line =
      g_strdup_printf ("videotestsrc ! webrtcsink web-server-host-addr=http://127.0.0.1:%u/", port);
  sink_expect_failure (line, number);
  g_free (line);
  g_free (number);
  g_object_unref (listener);
  sink_expect_failure ("videotestsrc ! webrtcsink web-server-host-addr=nonsense", "nonsense");
  sink_expect_failure (
      "videotestsrc ! webrtcsink dtls-certificate=/nowhere.pem dtls-key=/nowhere.pem " ANY_PORT,
      "/nowhere.pem");
  sink_expect_failure ("videotestsrc ! webrtcsink dtls-key=/nowhere.pem " ANY_PORT, "together");
  sink_expect_failure (
      "videotestsrc ! webrtcsink min-rtp-port=50000 max-rtp-port=40000 " ANY_PORT, "min-rtp-port");
  sink_expect_failure ("videotestsrc ! webrtcsink max-rtp-port=80 " ANY_PORT, "max-rtp-port 80");
  sink_expect_failure (
      "videotestsrc ! webrtcsink turn-servers=<turn://192.0.2.1:3478> " ANY_PORT, "turn-servers");
}

/* A port that was free a moment ago. */
static guint
find_port (void)
{
  GSocketListener *listener = g_socket_listener_new ();
  guint port = g_socket_listener_add_any_inet_port (listener, NULL, NULL);

  g_assert_cmpuint (port, >, 0);
  g_socket_listener_close (listener);
  g_object_unref (listener);
  return port;
}

/* One server for two elements of a process; the same name twice is refused. */
static void
test_shared_server (void)
{
  gchar *url = g_strdup_printf ("http://127.0.0.1:%u/", find_port ());
  gchar *line[2], *found;
  GstElement *pipelines[2];

  for (guint i = 0; i < 2; i++) {
    line[i] = g_strdup_printf ("videotestsrc is-live=true ! webrtcsink stream-name=cam%u "
                               "web-server-host-addr=%s",
        i, url);
    pipelines[i] = sink_launch (line[i]);
    g_assert_cmpint (
        gst_element_set_state (pipelines[i], GST_STATE_PLAYING), !=, GST_STATE_CHANGE_FAILURE);
    found = sink_wait_url (pipelines[i]);
    g_assert_true (g_str_has_prefix (found, url));
    g_free (found);
  }
  sink_expect_failure (line[1], "cam1");
  sink_stop (pipelines[0]); /* the server stays for the other */
  sink_expect_failure (line[1], "cam1");
  sink_stop (pipelines[1]);
  pipelines[1] = sink_launch (line[1]); /* and is gone with it */
  g_assert_cmpint (
      gst_element_set_state (pipelines[1], GST_STATE_PLAYING), !=, GST_STATE_CHANGE_FAILURE);
  sink_stop (pipelines[1]);
  g_free (line[0]);
  g_free (line[1]);
  g_free (url);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  gst_init (&argc, &argv);
  g_test_add_func ("/webrtcsink/no-viewer", test_no_viewer);
  g_test_add_func ("/webrtcsink/pacing", test_pacing);
  g_test_add_func ("/webrtcsink/preferred-caps", test_preferred_caps);
  g_test_add_func ("/webrtcsink/state-changes", test_state_changes);
  g_test_add_func ("/webrtcsink/pads", test_pads);
  for (guint i = 0; i < G_N_ELEMENTS (choices); i++) {
    gchar *path = g_strdup_printf ("/webrtcsink/codec/%s", choices[i].name);

    g_test_add_data_func (path, &choices[i], test_codec_choice);
    g_free (path);
  }
  g_test_add_func ("/webrtcsink/rtp-caps", test_rtp_caps);
  g_test_add_func ("/webrtcsink/two-codecs", test_two_codecs);
  g_test_add_func ("/webrtcsink/refusals", test_refusals);
  g_test_add_data_func ("/webrtcsink/caps-change/raw", "", test_caps_change);
  g_test_add_data_func (
      "/webrtcsink/caps-change/rtp", "! vp8enc deadline=1 ! rtpvp8pay", test_caps_change);
  g_test_add_func ("/webrtcsink/session", test_session_object);
  g_test_add_func ("/webrtcsink/too-early", test_too_early);
  g_test_add_func ("/webrtcsink/properties", test_properties);
  g_test_add_func ("/webrtcsink/failures", test_failures);
  g_test_add_func ("/webrtcsink/shared-server", test_shared_server);
  return run_tests ();
}
