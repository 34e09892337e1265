/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* rtc-jitterbuffer-application.c - the hooks as an application has them: by the names of their
 * types, nothing of ours linked or included. Holds the C lines of
 * docs/elements/jitterbuffer-hooks.md. */
#include <gst/gst.h>

#define PATIENCE (20 * GST_SECOND)

typedef struct {
  guint n_nacks, n_plis; /* atomic */
} Socket;

static void
send_nack (GObject *hooks, guint ssrc, guint seqnum, Socket *socket)
{
  g_atomic_int_inc (&socket->n_nacks);
}

static void
send_pli (GObject *hooks, Socket *socket)
{
  g_atomic_int_inc (&socket->n_plis);
}

static void
test_by_name (void)
{
  GError *error = NULL;
  GstElement *pipeline = gst_parse_launch (
      "videotestsrc num-buffers=90 ! video/x-raw,framerate=30/1 ! vp8enc deadline=1 ! rtpvp8pay ! "
      "identity sync=true drop-probability=0.1 ! rtpjitterbuffer name=jb ! rtpvp8depay ! fakesink",
      &error);
  GstElement *jitterbuffer;
  GObject *group, *hooks;
  GstStructure *stats;
  Socket sink = { 0 }, *socket = &sink;
  GstBuffer *rtcp = gst_buffer_new_allocate (NULL, 28, NULL);
  GstMessage *message;
  guint64 lost = 0;
  GstBus *bus;

  g_assert_no_error (error);
  jitterbuffer = gst_bin_get_by_name (GST_BIN (pipeline), "jb");
  gst_plugin_load_by_name ("rtc");
  group = g_object_new (g_type_from_name ("GstRtcSyncGroup"), NULL);
  hooks = g_object_new (g_type_from_name ("GstRtcJitterBuffer"), "jitterbuffer", jitterbuffer,
      "sync-group", group, "max-latency", 300, NULL);
  g_signal_connect (hooks, "request-retransmission", G_CALLBACK (send_nack), socket);
  g_signal_connect (hooks, "request-key-frame", G_CALLBACK (send_pli), socket);

  gst_element_set_state (pipeline, GST_STATE_PLAYING);
  gst_buffer_memset (rtcp, 0, 0xff, 28); /* whatever it is */
  g_signal_emit_by_name (hooks, "push-rtcp", rtcp);
  gst_buffer_unref (rtcp);
  bus = gst_element_get_bus (pipeline);
  message = gst_bus_timed_pop_filtered (bus, PATIENCE, GST_MESSAGE_EOS | GST_MESSAGE_ERROR);
  g_assert_nonnull (message);
  g_assert_cmpint (GST_MESSAGE_TYPE (message), ==, GST_MESSAGE_EOS);
  gst_message_unref (message);
  gst_object_unref (bus);
  g_object_get (hooks, "stats", &stats, NULL);
  g_assert_true (gst_structure_get_uint64 (stats, "packets-lost", &lost));
  g_assert_cmpuint (lost, >, 0);
  g_assert_cmpuint (g_atomic_int_get (&sink.n_nacks), >, 0);
  g_assert_cmpuint (g_atomic_int_get (&sink.n_plis), >, 0);
  gst_structure_free (stats);
  gst_element_set_state (pipeline, GST_STATE_NULL);
  g_object_unref (hooks);
  g_object_unref (group);
  gst_object_unref (jitterbuffer);
  gst_object_unref (pipeline);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  gst_init (&argc, &argv);
  g_test_add_func ("/jitterbuffer-application/by-name", test_by_name);
  return g_test_run ();
}
