/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* rtc-webrtcrecorder.c - webrtcrecorder as an application has it: properties, and what the bus is
 * told of calls that never connect. Calls with media are in tests/check/net/record-calls.c.
 *
 * GLib's warnings are fatal here: text that is not UTF-8 must not get into a structure. */
#include <gst/gst.h>
#include <gst/sdp/sdp.h>
#include <string.h>
#include <gst/webrtc/webrtc.h>

#include "tests/check/run-tests.h"

#define OFFER                                                                                      \
  "v=0\r\no=- 1 2 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\na=group:BUNDLE 0\r\n"                        \
  "m=video 9 UDP/TLS/RTP/SAVPF 96\r\nc=IN IP4 0.0.0.0\r\na=mid:0\r\na=ice-ufrag:abcd\r\n"          \
  "a=ice-pwd:abcdefghijklmnopqrstuvwx\r\na=setup:actpass\r\na=sendonly\r\na=rtcp-mux\r\n"          \
  "a=fingerprint:sha-256 "                                                                         \
  "00:01:02:03:04:05:06:07:08:09:0A:0B:0C:0D:0E:0F:10:11:12:13:14:15:16:17:18:19:1A:1B:1C:1D:1E:"  \
  "1F\r\na=rtpmap:96 %s/90000\r\n"

typedef struct {
  GstElement *pipeline;
  GObject *signaller;
  GstBus *bus;
  GAsyncQueue *answers; /* something for each */
} Fixture;

static void
on_description (
    GObject *signaller, const gchar *id, GstWebRTCSessionDescription *description, gpointer data)
{
  g_async_queue_push (data, GINT_TO_POINTER (1));
}

static void
start (Fixture *f)
{
  GstElement *recorder = gst_element_factory_make ("webrtcrecorder", NULL);

  g_object_set (recorder, "run-web-server", FALSE, "location", "/nowhere/at/all", NULL);
  g_object_get (recorder, "signaller", &f->signaller, NULL);
  f->answers = g_async_queue_new ();
  g_signal_connect (f->signaller, "description", G_CALLBACK (on_description), f->answers);
  f->pipeline = gst_pipeline_new (NULL);
  gst_bin_add (GST_BIN (f->pipeline), recorder);
  f->bus = gst_element_get_bus (f->pipeline);
  g_assert_cmpint (
      gst_element_set_state (f->pipeline, GST_STATE_PAUSED), ==, GST_STATE_CHANGE_NO_PREROLL);
  g_assert_cmpint (
      gst_element_set_state (f->pipeline, GST_STATE_PLAYING), ==, GST_STATE_CHANGE_SUCCESS);
}

static void
stop (Fixture *f)
{
  gst_element_set_state (f->pipeline, GST_STATE_NULL);
  gst_object_unref (f->bus);
  g_object_unref (f->signaller);
  g_async_queue_unref (f->answers);
  gst_object_unref (f->pipeline);
}

static void
call (Fixture *f, const gchar *peer, const gchar *codec)
{
  gchar *text = g_strdup_printf (OFFER, codec), *id = NULL;
  GstWebRTCSessionDescription *offer;
  GstSDPMessage *sdp;

  g_assert_cmpint (gst_sdp_message_new_from_text (text, &sdp), ==, GST_SDP_OK);
  offer = gst_webrtc_session_description_new (GST_WEBRTC_SDP_TYPE_OFFER, sdp);
  g_signal_emit_by_name (f->signaller, "request-session", NULL, peer, offer, &id);
  g_assert_nonnull (id);
  gst_webrtc_session_description_free (offer);
  g_free (id);
  g_free (text);
}

/* The next message of that type and name (nullable). (transfer full) */
static GstMessage *
wait_for (Fixture *f, GstMessageType type, const gchar *name)
{
  for (;;) {
    GstMessage *message = gst_bus_timed_pop_filtered (f->bus, 20 * GST_SECOND, type);

    g_assert_nonnull (message);
    if (name == NULL || gst_message_has_name (message, name))
      return message;
    gst_message_unref (message);
  }
}

static void
assert_finished (Fixture *f, const gchar *reason, const gchar *peer)
{
  GstMessage *message = wait_for (f, GST_MESSAGE_ELEMENT, "webrtcrecorder-finished");
  const GstStructure *s = gst_message_get_structure (message);

  if (reason != NULL)
    g_assert_cmpstr (gst_structure_get_string (s, "reason"), ==, reason);
  g_assert_nonnull (gst_structure_get_string (s, "reason"));
  g_assert_cmpstr (gst_structure_get_string (s, "peer-id"), ==, peer);
  g_assert_false (gst_structure_has_field (s, "location"));
  gst_message_unref (message);
}

/* The call is there: its answer was made. */
static void
wait_answered (Fixture *f)
{
  g_assert_nonnull (g_async_queue_timeout_pop (f->answers, 20 * G_TIME_SPAN_SECOND));
}

/* What says when calls end: EOS comes after the last one, and at once when there is none. */
static void
test_eos (void)
{
  Fixture f;

  start (&f);
  call (&f, "someone", "VP8");
  wait_answered (&f);
  g_assert_true (gst_element_send_event (f.pipeline, gst_event_new_eos ()));
  assert_finished (&f, "eos", "someone");
  gst_message_unref (wait_for (&f, GST_MESSAGE_EOS, NULL));
  call (&f, "late", "VP8"); /* is not taken, and nothing is open for it */
  g_assert_true (gst_element_send_event (f.pipeline, gst_event_new_eos ()));
  gst_message_unref (wait_for (&f, GST_MESSAGE_EOS, NULL));
  stop (&f);
}

/* Nobody hung up: the element was stopped. */
static void
test_stopped (void)
{
  Fixture f;

  start (&f);
  call (&f, "someone", "VP8");
  wait_answered (&f);
  gst_element_set_state (f.pipeline, GST_STATE_READY);
  assert_finished (&f, "stopped", "someone");
  stop (&f);
}

/* A call that is refused has finished, too: EOS does not wait for it. */
static void
test_refused (void)
{
  GstMessage *message;
  Fixture f;

  start (&f);
  call (&f, "someone", "x-\xff-unheard-of");
  message = wait_for (&f, GST_MESSAGE_ELEMENT, "webrtc-session-ended");
  g_assert_nonnull (gst_structure_get_string (gst_message_get_structure (message), "reason"));
  gst_message_unref (message);
  assert_finished (&f, NULL, "someone");
  g_assert_true (gst_element_send_event (f.pipeline, gst_event_new_eos ()));
  gst_message_unref (wait_for (&f, GST_MESSAGE_EOS, NULL));
  stop (&f);
}

/* A peer id may be any bytes; in messages it is text. */
static void
test_peer_id (void)
{
  GstMessage *message;
  Fixture f;

  start (&f);
  call (&f, "Zo\xeb", "VP8");
  wait_answered (&f);
  g_assert_true (gst_element_send_event (f.pipeline, gst_event_new_eos ()));
  message = wait_for (&f, GST_MESSAGE_ELEMENT, "webrtc-session-ended");
  g_assert_cmpstr (gst_structure_get_string (gst_message_get_structure (message), "peer-id"), ==,
      "Zo\xef\xbf\xbd");
  gst_message_unref (message);
  assert_finished (&f, "eos", "Zo\xef\xbf\xbd");
  gst_message_unref (wait_for (&f, GST_MESSAGE_EOS, NULL));
  stop (&f);
}

/* No property promises what a recording does not do. */
static void
test_ranges (void)
{
  GstElement *recorder = gst_element_factory_make ("webrtcrecorder", NULL);
  GObjectClass *klass = G_OBJECT_GET_CLASS (recorder);

  g_assert_cmpuint (
      G_PARAM_SPEC_UINT (g_object_class_find_property (klass, "fragment-duration"))->maximum, ==,
      5000);
  g_assert_cmpuint (
      G_PARAM_SPEC_UINT (g_object_class_find_property (klass, "latency"))->maximum, ==, 10000);
  gst_object_unref (recorder);
}

/* Texts are wiped when they are replaced: copies, never the application's constants. */
static void
test_interned (void)
{
  GstElement *recorder = gst_element_factory_make ("webrtcrecorder", NULL);
  static const gchar *const names[] = { "auth-token", "stream-name" };
  const gchar *text = g_intern_string ("constant");
  GValue value = G_VALUE_INIT;

  g_value_init (&value, G_TYPE_STRING);
  g_value_set_interned_string (&value, text);
  for (guint i = 0; i < G_N_ELEMENTS (names); i++) {
    g_object_set_property (G_OBJECT (recorder), names[i], &value);
    g_object_set (recorder, names[i], "another", NULL);
  }
  g_assert_cmpstr (text, ==, "constant");
  g_value_unset (&value);
  gst_object_unref (recorder);
}

int
main (int argc, char **argv)
{
  gst_init (&argc, &argv);
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/webrtcrecorder/ranges", test_ranges);
  g_test_add_func ("/webrtcrecorder/interned", test_interned);
  g_test_add_func ("/webrtcrecorder/eos", test_eos);
  g_test_add_func ("/webrtcrecorder/stopped", test_stopped);
  g_test_add_func ("/webrtcrecorder/refused", test_refused);
  g_test_add_func ("/webrtcrecorder/peer-id", test_peer_id);
  return run_tests ();
}
