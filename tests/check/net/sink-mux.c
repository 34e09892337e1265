/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* sink-mux.c - webrtcsink with all viewers on one port: what they are told, what they cost, what is
 * refused. */
#include <string.h>
#include <sys/resource.h>

#include "net-viewer.h"
#include "sink-pipeline.h"
#include "tests/check/count-proc.h"
#include "tests/check/main-turn.h"
#include "tests/check/run-tests.h"

#define N_VIEWERS 50
#define N_CYCLES 100

static void
sink_start (SinkPipeline *sink, guint port, const gchar *addresses)
{
  sink_pipeline_make (sink, FALSE);
  g_object_set (sink->sink, "udp-mux-port", port, "udp-mux-addresses", addresses, NULL);
  sink_pipeline_play (sink);
}

/* --- viewers --- */

typedef struct {
  NetViewer *viewer;
  gchar *offer, *answer, *location;
} Watch;

static void
watch_prepare_with (Watch *self, NetViewers *viewers, const NetViewerConfig *config)
{
  memset (self, 0, sizeof *self);
  self->viewer = net_viewer_new (viewers, config);
  self->offer = net_viewer_create_offer (self->viewer);
}

static void
watch_prepare (Watch *self, NetViewers *viewers)
{
  watch_prepare_with (self, viewers, NULL);
}

static void
watch_start (Watch *self, SinkPipeline *sink)
{
  GError *error = NULL;

  g_assert_cmpuint (
      net_whep_post (sink->whep_url, self->offer, &self->answer, &self->location), ==, 201);
  net_viewer_set_answer (self->viewer, self->answer, &error);
  g_assert_no_error (error);
}

static void
watch_stop (Watch *self, gboolean deletes, gboolean goodbye)
{
  if (deletes)
    g_assert_cmpuint (net_whep_delete (self->location), ==, 200);
  net_viewer_free (self->viewer, goodbye);
  g_free (self->offer);
  g_free (self->answer);
  g_free (self->location);
}

static guint
count_sessions (SinkPipeline *sink)
{
  gchar **sessions = NULL;
  guint n;

  g_signal_emit_by_name (sink->sink, "get-sessions", &sessions);
  n = g_strv_length (sessions);
  g_strfreev (sessions);
  return n;
}

static void
wait_no_sessions (SinkPipeline *sink)
{
  gint64 end = g_get_monotonic_time () + 20 * G_TIME_SPAN_SECOND;

  while (count_sessions (sink) > 0 && g_get_monotonic_time () < end)
    main_turn ();
  g_assert_cmpuint (count_sessions (sink), ==, 0);
}

/* Every candidate of the answer is of that port, every second one of TCP; returns how many there
 * are. */
static guint
check_candidates (const gchar *answer, guint port, const gchar *address)
{
  gchar **lines = g_strsplit (answer, "\r\n", -1);
  guint n = 0, n_tcp = 0;

  for (guint i = 0; lines[i] != NULL; i++) {
    gchar **words;

    if (!g_str_has_prefix (lines[i], "a=candidate:"))
      continue;
    words = g_strsplit (lines[i], " ", -1);
    g_assert_cmpuint (g_ascii_strtoull (words[5], NULL, 10), ==, port);
    if (address != NULL)
      g_assert_cmpstr (words[4], ==, address);
    n_tcp += strcmp (words[2], "tcp") == 0;
    g_strfreev (words);
    n++;
  }
  g_strfreev (lines);
  g_assert_cmpuint (n_tcp * 2, ==, n);
  return n;
}

/* --- tests --- */

/* Fifty viewers: the element has one socket more than without any, and no thread. */
static void
test_many (void)
{
  NetViewers *viewers = net_viewers_new ();
  guint port = sink_find_port (NULL), threads, fds;
  Watch watches[N_VIEWERS];
  SinkPipeline sink;

  sink_start (&sink, port, NULL);
  for (guint i = 0; i < N_VIEWERS; i++)
    watch_prepare (&watches[i], viewers);
  watch_start (&watches[0], &sink);
  g_assert_nonnull (strstr (watches[0].answer, "a=ice-lite\r\n"));
  g_assert_cmpuint (check_candidates (watches[0].answer, port, NULL), >=, 1);
  g_assert_true (net_viewer_wait_packets (watches[0].viewer, 10, 10, 10000));
  threads = count_proc ("task");
  fds = count_proc ("fd");
  for (guint i = 1; i < N_VIEWERS; i++)
    watch_start (&watches[i], &sink);
  for (guint i = 1; i < N_VIEWERS; i++)
    g_assert_true (net_viewer_wait_packets (watches[i].viewer, 10, 10, 20000));
  g_test_message ("threads %u -> %u, descriptors %u -> %u with %u viewers", threads,
      count_proc ("task"), fds, count_proc ("fd"), N_VIEWERS);
  g_assert_cmpuint (count_proc ("task"), ==, threads);
  /* HTTP may keep a connection more, two descriptors in this process. */
  g_assert_cmpuint (count_proc ("fd"), <=, fds + 2);
  g_assert_cmpuint (count_sessions (&sink), ==, N_VIEWERS);
  for (guint i = 0; i < N_VIEWERS; i++)
    watch_stop (&watches[i], TRUE, TRUE);
  wait_no_sessions (&sink);
  sink_pipeline_stop (&sink);
  net_viewers_free (viewers);
}

/* Coming and going in every way leaves nothing. */
static void
test_cycles (void)
{
  NetViewers *viewers = net_viewers_new ();
  SinkPipeline sink;

  sink_start (&sink, sink_find_port (NULL), NULL);
  for (guint i = 0; i < N_CYCLES; i++) {
    Watch watch;

    watch_prepare (&watch, viewers);
    watch_start (&watch, &sink);
    g_assert_true (net_viewer_wait_packets (watch.viewer, i % 10 == 0, 1, 10000));
    watch_stop (&watch, i % 3 != 2, i % 3 != 1);
  }
  wait_no_sessions (&sink);
  sink_pipeline_stop (&sink);
  net_viewers_free (viewers);
}

/* What is told instead of the host's own addresses. */
static void
test_addresses (void)
{
  guint port = sink_find_port (NULL);
  NetViewers *viewers = net_viewers_new ();
  SinkPipeline sink;
  Watch watch;

  for (guint i = 0; i < 2; i++) {
    const gchar *address = i == 0 ? "203.0.113.7" : "2001:db8::7";

    sink_start (&sink, port, address);
    watch_prepare (&watch, viewers);
    watch_start (&watch, &sink);
    g_assert_cmpuint (check_candidates (watch.answer, port, address), >=, 2);
    watch_stop (&watch, TRUE, FALSE);
    wait_no_sessions (&sink);
    sink_pipeline_stop (&sink);
  }
  net_viewers_free (viewers);
}

/* TCP can be left out, and can have another number. */
static void
test_tcp_port (void)
{
  NetViewers *viewers = net_viewers_new ();

  for (guint i = 0; i < 2; i++) {
    guint port = sink_find_port (NULL), tcp = i == 0 ? 0 : sink_find_port (NULL);
    gchar *line = g_strdup_printf (" 192.0.2.1 %u typ host tcptype passive\r\n", tcp);
    SinkPipeline sink;
    Watch watch;

    sink_pipeline_make (&sink, FALSE);
    g_object_set (sink.sink, "udp-mux-port", port, "tcp-mux-port", tcp, "udp-mux-addresses",
        "192.0.2.1", NULL);
    sink_pipeline_play (&sink);
    watch_prepare (&watch, viewers);
    watch_start (&watch, &sink);
    g_assert_cmpint (strstr (watch.answer, line) != NULL, ==, tcp != 0);
    g_assert_cmpint (strstr (watch.answer, " tcp ") != NULL, ==, tcp != 0);
    watch_stop (&watch, TRUE, FALSE);
    sink_pipeline_stop (&sink);
    g_free (line);
  }
  net_viewers_free (viewers);
}

/* What a viewer hears that no UDP reaches: no candidates of UDP. */
static gchar *
strip_udp (const gchar *answer)
{
  GRegex *udp = g_regex_new ("a=candidate:\\S+ 1 udp [^\r]*\r\n", 0, 0, NULL);
  gchar *text = g_regex_replace_literal (udp, answer, -1, 0, "", 0, NULL);

  g_regex_unref (udp);
  return text;
}

/* Viewers without UDP, beside one with; when they go, all connections do. */
static void
test_tcp (void)
{
  NetViewerConfig config = { .video = RTC_CODEC_VP8, .tcp = TRUE };
  NetViewers *viewers = net_viewers_new ();
  Watch watches[5];
  SinkPipeline sink;
  guint fds;
  gint64 end;

  sink_start (&sink, sink_find_port (NULL), NULL);
  fds = count_proc ("fd");
  for (guint i = 0; i < 5; i++) {
    GError *error = NULL;
    gchar *answer;

    watch_prepare_with (&watches[i], viewers, i == 0 ? NULL : &config);
    g_assert_cmpuint (
        net_whep_post (sink.whep_url, watches[i].offer, &watches[i].answer, &watches[i].location),
        ==, 201);
    answer = i == 0 ? g_strdup (watches[i].answer) : strip_udp (watches[i].answer);
    g_assert_cmpint (strstr (answer, " udp ") != NULL, ==, i == 0);
    net_viewer_set_answer (watches[i].viewer, answer, &error);
    g_assert_no_error (error);
    g_free (answer);
  }
  for (guint i = 0; i < 5; i++)
    g_assert_true (net_viewer_wait_packets (watches[i].viewer, 100, 100, 20000));
  for (guint i = 0; i < 5; i++)
    watch_stop (&watches[i], i % 2 == 0, i % 2 != 0);
  wait_no_sessions (&sink);
  end = g_get_monotonic_time () + 20 * G_TIME_SPAN_SECOND;
  /* HTTP may keep a connection more, two descriptors in this process. */
  while (count_proc ("fd") > fds + 2 && g_get_monotonic_time () < end)
    main_turn ();
  g_assert_cmpuint (count_proc ("fd"), <=, fds + 2);
  sink_pipeline_stop (&sink);
  net_viewers_free (viewers);
}

/* Two elements of a process may share a port. */
static void
test_shared (void)
{
  guint port = sink_find_port (NULL);
  NetViewers *viewers = net_viewers_new ();
  SinkPipeline sinks[2];
  Watch watches[2];

  for (guint i = 0; i < 2; i++) {
    sink_start (&sinks[i], port, NULL);
    watch_prepare (&watches[i], viewers);
    watch_start (&watches[i], &sinks[i]);
  }
  for (guint i = 0; i < 2; i++)
    g_assert_true (net_viewer_wait_packets (watches[i].viewer, 10, 10, 10000));
  for (guint i = 0; i < 2; i++) {
    watch_stop (&watches[i], TRUE, TRUE);
    sink_pipeline_stop (&sinks[i]);
  }
  net_viewers_free (viewers);
}

static void
on_consumer_added (GstElement *sink, const gchar *id, GObject *session, gpointer held)
{
  g_object_ref (session);
  g_assert_true (g_atomic_pointer_compare_and_exchange ((GObject **) held, NULL, session));
}

/* The port is free when the element has stopped, although its viewer never left, somebody holds the
 * session, and another element the loop. */
static void
test_let_go (void)
{
  guint port = sink_find_port (NULL);
  NetViewers *viewers = net_viewers_new ();
  SinkPipeline other;

  sink_start (&other, sink_find_port (NULL), NULL);
  for (guint i = 0; i < 5; i++) {
    const gchar *address = i % 2 == 0 ? "203.0.113.7" : "2001:db8::7";
    GObject *session = NULL;
    SinkPipeline sink;
    Watch watch;

    sink_pipeline_make (&sink, FALSE);
    g_object_set (sink.sink, "udp-mux-port", port, "udp-mux-addresses", address, NULL);
    g_signal_connect (sink.sink, "consumer-added", G_CALLBACK (on_consumer_added), &session);
    sink_pipeline_play (&sink);
    watch_prepare (&watch, viewers);
    watch_start (&watch, &sink);
    g_assert_cmpuint (check_candidates (watch.answer, port, address), >=, 2);
    g_assert_false (sink_is_port_free (port));
    sink_pipeline_stop (&sink);
    g_assert_true (sink_is_port_free (port));
    g_assert_nonnull (session);
    g_object_unref (session);
    watch_stop (&watch, FALSE, FALSE);
  }
  sink_pipeline_stop (&other);
  net_viewers_free (viewers);
}

/* A client that is ICE-lite itself: both would wait for the other. */
static void
test_both_lite (void)
{
  NetViewers *viewers = net_viewers_new ();
  SinkPipeline sink;
  gchar **parts, *offer;
  Watch watch;

  sink_start (&sink, sink_find_port (NULL), NULL);
  watch_prepare (&watch, viewers);
  parts = g_strsplit (watch.offer, "t=0 0\r\n", 2);
  offer = g_strjoin ("t=0 0\r\na=ice-lite\r\n", parts[0], parts[1], NULL);
  g_assert_cmpuint (net_whep_post (sink.whep_url, offer, &watch.answer, &watch.location), ==, 406);
  wait_no_sessions (&sink);
  watch_stop (&watch, FALSE, FALSE);
  g_strfreev (parts);
  g_free (offer);
  sink_pipeline_stop (&sink);
  net_viewers_free (viewers);
}

/* The element does not start, and says why. */
static void
expect_refusal_with (
    guint port, const gchar *addresses, const gchar *policy, gint tcp_port, const gchar *words)
{
  SinkPipeline sink = { 0 };
  GstMessage *message;
  GError *error = NULL;
  GstBus *bus;

  sink_pipeline_make (&sink, FALSE);
  g_object_set (sink.sink, "udp-mux-port", port, "udp-mux-addresses", addresses, "tcp-mux-port",
      tcp_port, NULL);
  gst_util_set_object_arg (G_OBJECT (sink.sink), "ice-transport-policy", policy);
  g_assert_cmpint (
      gst_element_set_state (sink.pipeline, GST_STATE_PLAYING), ==, GST_STATE_CHANGE_FAILURE);
  bus = gst_element_get_bus (sink.pipeline);
  message = gst_bus_pop_filtered (bus, GST_MESSAGE_ERROR);
  g_assert_nonnull (message);
  gst_message_parse_error (message, &error, NULL);
  g_test_message ("%s", error->message);
  g_assert_nonnull (strstr (error->message, words));
  g_error_free (error);
  gst_message_unref (message);
  gst_object_unref (bus);
  gst_element_set_state (sink.pipeline, GST_STATE_NULL);
  gst_object_unref (sink.sink);
  gst_object_unref (sink.pipeline);
}

static void
expect_refusal (guint port, const gchar *addresses, const gchar *policy, const gchar *words)
{
  expect_refusal_with (port, addresses, policy, -1, words);
}

/* A TCP port that somebody has. */
static GSocket *
take_tcp_port (guint *port)
{
  GInetAddress *any = g_inet_address_new_any (G_SOCKET_FAMILY_IPV6);
  GSocketAddress *address = g_inet_socket_address_new (any, 0), *own;
  GSocket *socket =
      g_socket_new (G_SOCKET_FAMILY_IPV6, G_SOCKET_TYPE_STREAM, G_SOCKET_PROTOCOL_TCP, NULL);

  g_assert_true (g_socket_bind (socket, address, FALSE, NULL));
  g_assert_true (g_socket_listen (socket, NULL));
  own = g_socket_get_local_address (socket, NULL);
  *port = g_inet_socket_address_get_port (G_INET_SOCKET_ADDRESS (own));
  g_object_unref (own);
  g_object_unref (address);
  g_object_unref (any);
  return socket;
}

static void
test_refused (void)
{
  SinkPipeline first;
  GSocket *taken, *tcp;
  guint port = sink_find_port (&taken), tcp_port;

  expect_refusal (port, NULL, "all", "cannot be used for media");
  g_object_unref (taken);
  tcp = take_tcp_port (&tcp_port);
  expect_refusal_with (port, NULL, "all", (gint) tcp_port, "TCP port");
  g_object_unref (tcp);
  expect_refusal_with (0, NULL, "all", 1234, "tcp-mux-port needs udp-mux-port");
  expect_refusal (port, "example.org", "all", "is no IPv4 or IPv6 address");
  expect_refusal (port, NULL, "relay", "exclude each other");
  sink_start (&first, port, "192.0.2.1, 2001:db8::1");
  expect_refusal (port, "192.0.2.2", "all", "with other udp-mux-addresses");
  expect_refusal_with (port, "192.0.2.1, 2001:db8::1", "all", 0, "with another tcp-mux-port");
  sink_pipeline_stop (&first);
}

int
main (int argc, char **argv)
{
  struct rlimit limit;

  /* A viewer is a socket for each address. */
  getrlimit (RLIMIT_NOFILE, &limit);
  limit.rlim_cur = limit.rlim_max;
  setrlimit (RLIMIT_NOFILE, &limit);
  g_test_init (&argc, &argv, NULL);
  gst_init (NULL, NULL);
  g_test_add_func ("/sink-mux/many", test_many);
  g_test_add_func ("/sink-mux/cycles", test_cycles);
  g_test_add_func ("/sink-mux/addresses", test_addresses);
  g_test_add_func ("/sink-mux/tcp-port", test_tcp_port);
  g_test_add_func ("/sink-mux/tcp", test_tcp);
  g_test_add_func ("/sink-mux/shared", test_shared);
  g_test_add_func ("/sink-mux/let-go", test_let_go);
  g_test_add_func ("/sink-mux/both-lite", test_both_lite);
  g_test_add_func ("/sink-mux/refused", test_refused);
  return run_tests ();
}
