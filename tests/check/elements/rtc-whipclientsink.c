/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* rtc-whipclientsink.c - whipclientsink as an application has it: properties, the signaller's ones
 * behind them, and states while there is no server. */
#include <gio/gio.h>
#include <gst/gst.h>
#include <string.h>

#include "tests/check/run-tests.h"

#define SOURCE "videotestsrc is-live=true ! video/x-raw,width=64,height=48 ! whipclientsink name=s "

static GstElement *
launch (const gchar *description)
{
  GError *error = NULL;
  GstElement *pipeline = gst_parse_launch (description, &error);

  g_assert_no_error (error);
  return pipeline;
}

/* A port of 127.0.0.1 that nobody listens at. */
static guint16
find_free_port (void)
{
  GSocketListener *listener = g_socket_listener_new ();
  guint16 port = g_socket_listener_add_any_inet_port (listener, NULL, NULL);

  g_assert_cmpuint (port, !=, 0);
  g_object_unref (listener);
  return port;
}

static void
test_properties (void)
{
  GstElement *sink = gst_element_factory_make ("whipclientsink", NULL);
  gchar *endpoint = NULL, *inner = NULL, *name = NULL;
  GObject *signaller;

  g_assert_nonnull (sink);
  g_object_get (sink, "whip-endpoint", &endpoint, "signaller", &signaller, NULL);
  g_assert_null (endpoint);
  g_object_set (sink, "whip-endpoint", "http://127.0.0.1:1/whip", "auth-token", "secret", NULL);
  gst_child_proxy_set (GST_CHILD_PROXY (sink), "signaller::name", "me", NULL);
  g_object_get (signaller, "whip-endpoint", &inner, "name", &name, NULL);
  g_object_get (sink, "whip-endpoint", &endpoint, NULL);
  g_assert_cmpstr (inner, ==, "http://127.0.0.1:1/whip");
  g_assert_cmpstr (endpoint, ==, inner);
  g_assert_cmpstr (name, ==, "me");
  /* No web server, nothing of it; and a token is not for reading. */
  g_assert_null (g_object_class_find_property (G_OBJECT_GET_CLASS (sink), "web-server-host-addr"));
  g_assert_null (g_object_class_find_property (G_OBJECT_GET_CLASS (sink), "run-web-server"));
  g_assert_false (g_object_class_find_property (G_OBJECT_GET_CLASS (sink), "auth-token")->flags
                  & G_PARAM_READABLE);
  g_object_unref (signaller);
  gst_object_unref (sink);
  g_free (endpoint);
  g_free (inner);
  g_free (name);
}

static gchar *
wait_for_error (GstElement *pipeline)
{
  GstBus *bus = gst_element_get_bus (pipeline);
  GstMessage *message = gst_bus_timed_pop_filtered (bus, 20 * GST_SECOND, GST_MESSAGE_ERROR);
  GError *error = NULL;
  gchar *text;

  g_assert_nonnull (message);
  gst_message_parse_error (message, &error, NULL);
  text = g_strdup (error->message);
  g_error_free (error);
  gst_message_unref (message);
  gst_object_unref (bus);
  return text;
}

/* Settings that cannot work fail the start, with words. */
static void
test_bad_endpoints (void)
{
  static const struct {
    const gchar *settings, *text;
  } table[] = {
    { "", "set whip-endpoint" },
    { "whip-endpoint=ftp://x/", "no address of a web server" },
    { "whip-endpoint=http://127.0.0.1:1/ auth-token=\"a b\"", "auth-token" },
    { "whip-endpoint=https://127.0.0.1:1/ signaller::tls-ca-file=/nowhere", "/nowhere" },
    { "whip-endpoint=https://127.0.0.1:1/ signaller::tls-ca-file=no/such", "no/such" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (table); i++) {
    gchar *description = g_strconcat (SOURCE, table[i].settings, NULL);
    GstElement *pipeline = launch (description);
    gchar *text;

    g_assert_cmpint (
        gst_element_set_state (pipeline, GST_STATE_PLAYING), ==, GST_STATE_CHANGE_FAILURE);
    text = wait_for_error (pipeline);
    g_assert_nonnull (strstr (text, table[i].text));
    gst_element_set_state (pipeline, GST_STATE_NULL);
    gst_object_unref (pipeline);
    g_free (text);
    g_free (description);
  }
}

/* Nobody there: the pipeline plays, the bus hears of the call that ended, the last try is an
 * error. */
static void
test_nobody_there (void)
{
  gchar *description = g_strdup_printf (
      SOURCE "whip-endpoint=http://127.0.0.1:%u/whip signaller::retries=1", find_free_port ());
  GstElement *pipeline = launch (description);
  GstBus *bus = gst_element_get_bus (pipeline);
  gboolean has_ended = FALSE;
  gchar *text;

  gst_element_set_state (pipeline, GST_STATE_PLAYING);
  while (!has_ended) {
    GstMessage *message =
        gst_bus_timed_pop_filtered (bus, 20 * GST_SECOND, GST_MESSAGE_ELEMENT | GST_MESSAGE_ERROR);

    g_assert_nonnull (message);
    g_assert_cmpint (GST_MESSAGE_TYPE (message), ==, GST_MESSAGE_ELEMENT);
    has_ended = gst_message_has_name (message, "webrtc-session-ended");
    gst_message_unref (message);
  }
  text = wait_for_error (pipeline);
  g_assert_nonnull (strstr (text, "no way to the server"));
  gst_object_unref (bus);
  gst_element_set_state (pipeline, GST_STATE_NULL);
  gst_object_unref (pipeline);
  g_free (text);
  g_free (description);
}

/* Up and down again at any moment of a call that never comes about. */
static void
test_cycles (void)
{
  gchar *description =
      g_strdup_printf (SOURCE "whip-endpoint=http://127.0.0.1:%u/whip", find_free_port ());
  GstElement *pipeline = launch (description);

  for (guint i = 0; i < 20; i++) {
    g_assert_cmpint (gst_element_set_state (pipeline, i % 2 ? GST_STATE_PLAYING : GST_STATE_PAUSED),
        !=, GST_STATE_CHANGE_FAILURE);
    if (i % 3 == 0)
      gst_element_get_state (pipeline, NULL, NULL, GST_SECOND);
    g_assert_cmpint (
        gst_element_set_state (pipeline, GST_STATE_NULL), ==, GST_STATE_CHANGE_SUCCESS);
  }
  g_object_add_weak_pointer (G_OBJECT (pipeline), (gpointer *) &pipeline);
  gst_object_unref (pipeline);
  g_assert_null (pipeline);
  g_free (description);
}

int
main (int argc, char **argv)
{
  gst_init (&argc, &argv);
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/whipclientsink/properties", test_properties);
  g_test_add_func ("/whipclientsink/bad-endpoints", test_bad_endpoints);
  g_test_add_func ("/whipclientsink/nobody-there", test_nobody_there);
  g_test_add_func ("/whipclientsink/cycles", test_cycles);
  return run_tests ();
}
