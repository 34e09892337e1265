/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* sink-servers.c - webrtcsink with STUN and TURN servers that do not answer: answers come in time
 * and viewers connect all the same. */
#include <gio/gio.h>

#include "gst/webrtc/gstrtcsession.h"
#include "net-viewer.h"
#include "sink-pipeline.h"
#include "tests/check/run-tests.h"

/* Encoders, HTTP and a busy machine, on top of what gathering may take. */
#define SLACK (1 * GST_SECOND)

typedef struct {
  const gchar *name;
  const gchar *prefix; /* of its URI: all but the port */
  GSocketType type;
  gboolean is_closed; /* nobody there, else there and silent */
} ServerCase;

/* A socket that takes everything and says nothing. */
static GSocket *
silent_new (const ServerCase *c, guint16 *port)
{
  GSocketAddress *address = g_inet_socket_address_new_from_string ("127.0.0.1", 0);
  GSocket *socket = g_socket_new (G_SOCKET_FAMILY_IPV4, c->type, G_SOCKET_PROTOCOL_DEFAULT, NULL);

  g_assert_true (g_socket_bind (socket, address, FALSE, NULL));
  if (c->type == G_SOCKET_TYPE_STREAM)
    g_assert_true (g_socket_listen (socket, NULL));
  g_object_unref (address);
  address = g_socket_get_local_address (socket, NULL);
  *port = g_inet_socket_address_get_port (G_INET_SOCKET_ADDRESS (address));
  g_object_unref (address);
  if (c->is_closed)
    g_socket_close (socket, NULL);
  return socket;
}

static void
set_server (GstElement *sink, const gchar *uri)
{
  GValue list = G_VALUE_INIT, value = G_VALUE_INIT;

  if (g_str_has_prefix (uri, "stun")) {
    g_object_set (sink, "stun-server", uri, NULL);
    return;
  }
  g_value_init (&list, GST_TYPE_ARRAY);
  g_value_init (&value, G_TYPE_STRING);
  g_value_set_string (&value, uri);
  gst_value_array_append_and_take_value (&list, &value);
  g_object_set_property (G_OBJECT (sink), "turn-servers", &list);
  g_value_unset (&list);
}

/* Until the sink knows its media it says 503. Returns how long the answer took. */
static GstClockTime
post (SinkPipeline *sink, const gchar *offer, gchar **answer, gchar **location)
{
  GstClockTime deadline = rtc_loop_now () + 5 * GST_SECOND, start;
  guint status;

  do {
    start = rtc_loop_now ();
    status = net_whep_post (sink->whep_url, offer, answer, location);
  } while (status == 503 && start < deadline);
  g_assert_cmpuint (status, ==, 201);
  return rtc_loop_now () - start;
}

static void
test_server (gconstpointer data)
{
  const ServerCase *c = data;
  guint16 port;
  GSocket *silent = silent_new (c, &port);
  gchar *uri = g_strdup_printf ("%s%u", c->prefix, port);
  NetViewers *viewers = net_viewers_new ();
  SinkPipeline sink;
  NetViewer *viewer;
  gchar *offer, *answer = NULL, *location = NULL;
  GstClockTime took;
  GError *error = NULL;

  sink_pipeline_make (&sink, FALSE);
  set_server (sink.sink, uri);
  sink_pipeline_play (&sink);
  viewer = net_viewer_new (viewers, NULL);
  offer = net_viewer_create_offer (viewer);
  took = post (&sink, offer, &answer, &location);
  g_test_message ("%s: answered after %" G_GUINT64_FORMAT " ms", c->name, took / GST_MSECOND);
  g_assert_cmpuint (took, <, GST_RTC_SESSION_GATHER_CAP + SLACK);
  net_viewer_set_answer (viewer, answer, &error);
  g_assert_no_error (error);
  g_assert_true (net_viewer_wait_state (viewer, RTC_PEER_STATE_CONNECTED, 5000));
  g_assert_cmpuint (net_whep_delete (location), ==, 200);
  net_viewer_free (viewer, TRUE);
  g_free (offer);
  g_free (answer);
  g_free (location);
  sink_pipeline_stop (&sink);
  net_viewers_free (viewers);
  g_object_unref (silent);
  g_free (uri);
}

int
main (int argc, char **argv)
{

  static const ServerCase cases[] = {
    { "stun-silent", "stun://127.0.0.1:", G_SOCKET_TYPE_DATAGRAM, FALSE },
    { "turn-silent", "turn://u:p@127.0.0.1:", G_SOCKET_TYPE_DATAGRAM, FALSE },
    { "turns-silent", "turns://u:p@127.0.0.1:", G_SOCKET_TYPE_STREAM, FALSE },
    { "stun-closed", "stun://127.0.0.1:", G_SOCKET_TYPE_DATAGRAM, TRUE },
    { "turns-closed", "turns://u:p@127.0.0.1:", G_SOCKET_TYPE_STREAM, TRUE },
  };

  gst_init (&argc, &argv);
  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    gchar *path = g_strdup_printf ("/sink/servers/%s", cases[i].name);

    g_test_add_data_func (path, &cases[i], test_server);
    g_free (path);
  }
  return run_tests ();
}
