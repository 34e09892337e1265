/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "sink-pipeline.h"

/* PORTS: below those that the kernel gives to whoever names none (32768 to 60999), which other
 * tests' sockets and connections take at any moment. */
#define PORTS_FIRST 20000
#define PORTS_END 32000

#define PICTURE                                                                                    \
  "videotestsrc is-live=true pattern=ball ! video/x-raw,width=320,height=180,framerate=30/1 ! "
#define TONE                                                                                       \
  "audiotestsrc is-live=true wave=ticks samplesperbuffer=960 ! audio/x-raw,rate=48000,channels=2 " \
  "! "
#define SINK " webrtcsink name=sink web-server-host-addr=http://127.0.0.1:0/ "

static const gchar encoded_launch[] = SINK PICTURE
    "vp8enc deadline=1 cpu-used=8 keyframe-max-dist=3000 ! sink. " TONE "opusenc ! sink.";
static const gchar raw_launch[] = SINK PICTURE "sink. " TONE "sink.";

void
sink_pipeline_check (SinkPipeline *self)
{
  GstBus *bus = gst_element_get_bus (self->pipeline);
  GstMessage *message = gst_bus_pop_filtered (bus, GST_MESSAGE_ERROR);

  if (message != NULL) {
    GError *error = NULL;
    gchar *debug = NULL;

    gst_message_parse_error (message, &error, &debug);
    g_error ("%s: %s (%s)", GST_OBJECT_NAME (message->src), error->message, debug);
  }
  gst_object_unref (bus);
}

void
sink_pipeline_poll (gpointer self)
{
  sink_pipeline_check (self);
}

static gchar *
sink_wait_url (SinkPipeline *self)
{
  GstBus *bus = gst_element_get_bus (self->pipeline);
  GstClockTime end = gst_util_get_timestamp () + 10 * GST_SECOND;
  gchar *url = NULL;

  while (url == NULL && gst_util_get_timestamp () < end) {
    GstMessage *message =
        gst_bus_timed_pop_filtered (bus, GST_SECOND, GST_MESSAGE_ELEMENT | GST_MESSAGE_ERROR);

    if (message == NULL)
      continue;
    if (GST_MESSAGE_TYPE (message) == GST_MESSAGE_ERROR) {
      GError *error = NULL;

      gst_message_parse_error (message, &error, NULL);
      g_error ("%s", error->message);
    }
    if (gst_message_has_name (message, "webrtcsink-server"))
      url = g_strdup (gst_structure_get_string (gst_message_get_structure (message), "url"));
    gst_message_unref (message);
  }
  gst_object_unref (bus);
  return url;
}

void
sink_pipeline_make (SinkPipeline *self, gboolean raw)
{
  GError *error = NULL;

  self->pipeline = gst_parse_launch (raw ? raw_launch : encoded_launch, &error);
  g_assert_no_error (error);
  self->sink = gst_bin_get_by_name (GST_BIN (self->pipeline), "sink");
}

void
sink_pipeline_start (SinkPipeline *self, gboolean raw)
{
  sink_pipeline_make (self, raw);
  sink_pipeline_play (self);
}

void
sink_pipeline_play (SinkPipeline *self)
{
  g_assert_cmpint (
      gst_element_set_state (self->pipeline, GST_STATE_PLAYING), !=, GST_STATE_CHANGE_FAILURE);
  self->url = sink_wait_url (self);
  g_assert_nonnull (self->url);
  self->whep_url = g_strconcat (self->url, "whep", NULL);
}

void
sink_pipeline_stop (SinkPipeline *self)
{
  sink_pipeline_check (self);
  gst_element_set_state (self->pipeline, GST_STATE_NULL);
  gst_object_unref (self->sink);
  gst_object_unref (self->pipeline);
  g_free (self->url);
  g_free (self->whep_url);
}

/* NULL: somebody has it. */
static GSocket *
bind_port (GSocketType type, guint port)
{
  GInetAddress *any = g_inet_address_new_any (G_SOCKET_FAMILY_IPV6);
  GSocketAddress *address = g_inet_socket_address_new (any, (guint16) port);
  GSocket *socket = g_socket_new (G_SOCKET_FAMILY_IPV6, type, G_SOCKET_PROTOCOL_DEFAULT, NULL);

  if (!g_socket_bind (socket, address, FALSE, NULL))
    g_clear_object (&socket);
  g_object_unref (address);
  g_object_unref (any);
  return socket;
}

gboolean
sink_is_port_free (guint port)
{
  GSocket *udp = bind_port (G_SOCKET_TYPE_DATAGRAM, port);
  GSocket *tcp = bind_port (G_SOCKET_TYPE_STREAM, port);
  gboolean is_free = udp != NULL && tcp != NULL;

  g_clear_object (&udp);
  g_clear_object (&tcp);
  return is_free;
}

guint
sink_find_port (GSocket **socket_out)
{
  for (guint tries = 0; tries < 1000; tries++) {
    guint port = (guint) g_random_int_range (PORTS_FIRST, PORTS_END);
    GSocket *udp = bind_port (G_SOCKET_TYPE_DATAGRAM, port);
    GSocket *tcp = bind_port (G_SOCKET_TYPE_STREAM, port);
    gboolean is_free = udp != NULL && tcp != NULL;

    if (is_free && socket_out != NULL)
      *socket_out = g_steal_pointer (&udp);
    g_clear_object (&udp);
    g_clear_object (&tcp);
    if (is_free)
      return port;
  }
  g_assert_not_reached ();
}
