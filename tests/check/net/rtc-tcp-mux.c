/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* rtc-tcp-mux.c - the TCP port of the one port: peers that use it and leave it, readers that are
 * slow, and who connects without being a peer. */
#include <errno.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "ext/net/rtc-sockaddr.h"
#include "gst/rtc/ice/rtc-ice-framing.h"
#include "mux-backend.h"
#include "tests/check/core/ice-check.h"

#define WAIT_US (20 * G_TIME_SPAN_SECOND)

/* --- a client --- */

typedef struct {
  MuxBackend *backend;
  int fd;
  RtcAddress own;
  RtcIceDeframer deframer;
  GPtrArray *got; /* GBytes *, datagrams in order */
  gboolean is_closed;
} Client;

static void
client_init (Client *c, MuxBackend *b, const gchar *from)
{
  gboolean is_ipv6 = strchr (from, ':') != NULL;
  struct sockaddr_storage at;
  socklen_t len;
  RtcAddress to;

  memset (c, 0, sizeof *c);
  c->backend = b;
  c->fd = socket (is_ipv6 ? AF_INET6 : AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  c->got = g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);
  g_assert_true (rtc_address_parse (from, 0, &c->own));
  len = rtc_address_to_sockaddr (&c->own, is_ipv6, &at);
  g_assert_cmpint (bind (c->fd, (struct sockaddr *) &at, len), ==, 0);
  rtc_address_parse (is_ipv6 ? "::1" : "127.0.0.1", rtc_udp_mux_get_tcp_port (b->mux), &to);
  len = rtc_address_to_sockaddr (&to, is_ipv6, &at);
  g_assert_cmpint (connect (c->fd, (struct sockaddr *) &at, len), ==, 0);
  getsockname (c->fd, (struct sockaddr *) &at, &len);
  g_assert_true (rtc_address_from_sockaddr ((struct sockaddr *) &at, &c->own));
}

static void
client_clear (Client *c)
{
  close (c->fd);
  rtc_ice_deframer_clear (&c->deframer);
  g_ptr_array_unref (c->got);
}

static void
client_write (Client *c, const void *bytes, gsize len)
{
  g_assert_cmpint (send (c->fd, bytes, len, MSG_NOSIGNAL), ==, (gssize) len);
}

static void
client_send (Client *c, const void *data, gsize len)
{
  guint8 header[2] = { (guint8) (len >> 8), (guint8) len };

  client_write (c, header, 2);
  client_write (c, data, len);
}

/* Takes what is there. */
static void
client_read (Client *c)
{
  guint8 bytes[65536];
  gssize n;

  while ((n = recv (c->fd, bytes, sizeof bytes, MSG_DONTWAIT)) > 0) {
    RtcReader input = rtc_reader (bytes, (gsize) n);
    RtcResult result;
    const guint8 *data;
    gsize len;

    while ((result = rtc_ice_deframer_next (&c->deframer, &input, &data, &len)) == RTC_OK)
      g_ptr_array_add (c->got, g_bytes_new (data, len));
    g_assert_cmpint (result, ==, RTC_AGAIN);
  }
  c->is_closed = n == 0 || (n < 0 && errno == ECONNRESET);
}

/* Until n datagrams have come, or the connection is closed. */
static void
client_wait (Client *c, guint n)
{
  gint64 end = g_get_monotonic_time () + WAIT_US;

  while (c->got->len < n && !c->is_closed && g_get_monotonic_time () < end) {
    g_main_context_iteration (c->backend->context, TRUE);
    client_read (c);
  }
}

static void
client_wait_closed (Client *c)
{
  client_wait (c, G_MAXUINT);
  g_assert_true (c->is_closed);
}

static GBytes *
client_get (const Client *c, guint i)
{
  g_assert_cmpuint (i, <, c->got->len);
  return g_ptr_array_index (c->got, i);
}

/* A check, and what is answered: 200 or the error. */
static guint
client_ask (Client *c, const gchar *ufrag, const gchar *pwd, guint flags)
{
  gboolean is_wrong = strcmp (pwd, "wrong") == 0;
  guint before = c->got->len;
  const guint8 *answer;
  IceCheck check;
  gsize len;

  ice_check_make (&check, ufrag, pwd, flags);
  client_send (c, check.data, check.len);
  client_wait (c, before + 1);
  answer = g_bytes_get_data (client_get (c, before), &len);
  return ice_check_read_answer (&check, answer, len, is_wrong ? NULL : pwd, &c->own);
}

/* Answers the check of the port's that is the i-th datagram. */
static void
client_answer (Client *c, guint i)
{
  guint8 data[RTC_STUN_MAX_BYTES];
  const guint8 *ask;
  gsize len;

  client_wait (c, i + 1);
  ask = g_bytes_get_data (client_get (c, i), &len);
  len = ice_check_answer (ask, len, PEER_PWD, data);
  client_send (c, data, len);
}

/* --- an agent and its client --- */

typedef struct {
  MuxBackend backend;
  GSource *tick; /* so that clients, which are in no context, have their turn */
  RtcIce *ice;
  const gchar *ufrag, *pwd;
} Fixture;

static gboolean
on_tick (gpointer unused)
{
  return G_SOURCE_CONTINUE;
}

static void
fixture_init (Fixture *f)
{
  mux_backend_init (&f->backend, NULL, RTC_UDP_MUX_TCP_SAME);
  f->tick = g_timeout_source_new (2);
  g_source_set_callback (f->tick, on_tick, NULL, NULL);
  g_source_attach (f->tick, f->backend.context);
  f->ice = mux_backend_create (&f->backend);
  f->ice->vtable->get_local_parameters (f->ice, &f->ufrag, &f->pwd);
  f->ice->vtable->set_remote (f->ice, 0, "peer", PEER_PWD, FALSE, FALSE);
}

static void
fixture_clear (Fixture *f)
{
  if (f->ice != NULL)
    f->ice->vtable->free (f->ice);
  g_source_destroy (f->tick);
  g_source_unref (f->tick);
  mux_backend_clear (&f->backend);
}

/* The next event of that type; others are passed over. */
static void
fixture_expect (Fixture *f, RtcIceEventType type, RtcIceEvent *out)
{
  gint64 end = g_get_monotonic_time () + WAIT_US;

  do {
    if (f->ice->vtable->poll (f->ice, out)) {
      if (out->type == type)
        return;
      rtc_packet_unref (out->packet);
    } else {
      g_main_context_iteration (f->backend.context, TRUE);
    }
  } while (g_get_monotonic_time () < end);
  g_assert_not_reached ();
}

static RtcCandidateTransport
fixture_get_path (Fixture *f)
{
  RtcIceStats stats;

  f->ice->vtable->get_stats (f->ice, &stats);
  g_assert_true (stats.has_pair);
  return stats.local.transport;
}

static void
fixture_get_tcp_stats (Fixture *f, RtcTcpMuxStats *out)
{
  RtcUdpMuxStats stats;

  rtc_udp_mux_get_stats (f->backend.mux, &stats);
  *out = stats.tcp;
}

/* A client that the agent sends to. */
static void
fixture_connect (Fixture *f, Client *c)
{
  RtcIceEvent event;

  client_init (c, &f->backend, "127.0.0.1");
  g_assert_cmpuint (client_ask (c, f->ufrag, f->pwd, ICE_CHECK_NOMINATES), ==, 200);
  client_answer (c, 1);
  fixture_expect (f, RTC_ICE_EVENT_PAIR, &event);
  g_ptr_array_set_size (c->got, 0);
}

/* --- tests --- */

/* Behind those of UDP, each address as a passive one. */
static void
test_candidates (void)
{
  static const gchar *const addresses[] = { "203.0.113.1", "2001:db8::1", NULL };
  guint n = 0, last = G_MAXUINT;
  RtcIceEvent event;
  MuxBackend b;
  RtcIce *ice;

  mux_backend_init (&b, addresses, RTC_UDP_MUX_TCP_SAME);
  g_assert_cmpuint (rtc_udp_mux_get_tcp_port (b.mux), ==, rtc_udp_mux_get_port (b.mux));
  ice = mux_backend_create (&b);
  g_assert_cmpint (ice->vtable->gather (ice, 0), ==, RTC_OK);
  while (ice->vtable->poll (ice, &event)) {
    gchar *foundation = g_strdup_printf ("%u", n + 1), *text;

    if (event.type != RTC_ICE_EVENT_CANDIDATE) {
      g_free (foundation);
      continue;
    }
    g_assert_cmpstr (event.candidate.address, ==, addresses[n % 2]);
    g_assert_cmpuint (event.candidate.port, ==, rtc_udp_mux_get_port (b.mux));
    g_assert_cmpint (
        event.candidate.transport, ==, n < 2 ? RTC_CANDIDATE_UDP : RTC_CANDIDATE_TCP_PASSIVE);
    g_assert_cmpstr (event.candidate.foundation, ==, foundation);
    g_assert_cmpuint (event.candidate.priority, <, last);
    g_assert_cmpint (rtc_candidate_check (&event.candidate, FALSE), ==, RTC_OK);
    text = rtc_candidate_write (&event.candidate);
    g_assert_cmpint (strstr (text, " typ host tcptype passive") != NULL, ==, n >= 2);
    last = event.candidate.priority;
    g_free (text);
    g_free (foundation);
    n++;
  }
  g_assert_cmpuint (n, ==, 4);
  ice->vtable->free (ice);
  mux_backend_clear (&b);
}

/* Asked for, a port has to be there; the same as of UDP need not. */
static void
test_taken (void)
{
  RtcTcpMux *first = rtc_tcp_mux_new (0, NULL);
  RtcUdpMuxConfig config = { .port = rtc_tcp_mux_get_port (first) };
  GMainContext *context = g_main_context_new ();
  GError *error = NULL;
  RtcUdpMux *mux;

  config.tcp_port = config.port;
  g_assert_null (rtc_udp_mux_new (context, &config, &error));
  g_assert_error (error, RTC_ERROR, -RTC_ERR_BACKEND);
  g_assert_nonnull (strstr (error->message, "TCP port "));
  g_clear_error (&error);
  config.tcp_port = RTC_UDP_MUX_TCP_SAME;
  mux = rtc_udp_mux_new (context, &config, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (rtc_udp_mux_get_tcp_port (mux), ==, 0);
  rtc_udp_mux_free (mux);
  rtc_tcp_mux_free (first);
  g_main_context_unref (context);
}

static void
test_call (gconstpointer from)
{
  RtcIceEvent event = { 0 };
  RtcTcpMuxStats tcp;
  RtcIceStats stats;
  RtcIce *ice;
  Client c;
  Fixture f;

  fixture_init (&f);
  client_init (&c, &f.backend, from);
  g_assert_cmpuint (client_ask (&c, f.ufrag, "wrong", 0), ==, 401);
  g_assert_false (f.backend.is_woken);
  g_assert_cmpuint (client_ask (&c, f.ufrag, f.pwd, ICE_CHECK_NOMINATES), ==, 200);
  g_assert_true (f.backend.is_woken);
  client_answer (&c, 2);
  fixture_expect (&f, RTC_ICE_EVENT_PAIR, &event);
  f.ice->vtable->get_stats (f.ice, &stats);
  g_assert_cmpint (stats.local.transport, ==, RTC_CANDIDATE_TCP_PASSIVE);
  g_assert_cmpint (stats.remote.transport, ==, RTC_CANDIDATE_TCP_ACTIVE);
  g_assert_cmpuint (stats.local.port, ==, rtc_udp_mux_get_tcp_port (f.backend.mux));
  g_assert_cmpuint (stats.remote.port, ==, c.own.port);
  /* Out; nothing before flush(). */
  g_assert_cmpint (f.ice->vtable->send (f.ice, 0, (const guint8 *) "\200hello", 6), ==, RTC_OK);
  g_assert_cmpint (f.ice->vtable->send (f.ice, 0, (const guint8 *) "\200again", 6), ==, RTC_OK);
  client_read (&c);
  g_assert_cmpuint (c.got->len, ==, 3);
  f.ice->vtable->flush (f.ice);
  client_wait (&c, 5);
  g_assert_cmpmem (g_bytes_get_data (client_get (&c, 4), NULL),
      g_bytes_get_size (client_get (&c, 4)), "\200again", 6);
  /* In, by receive(). */
  client_send (&c, "\200\140hello12345", 12);
  f.ice->vtable->receive (f.ice);
  fixture_expect (&f, RTC_ICE_EVENT_PACKET, &event);
  g_assert_cmpmem (event.packet->data, event.packet->len, "\200\140hello12345", 12);
  rtc_packet_unref (event.packet);
  fixture_get_tcp_stats (&f, &tcp);
  g_assert_cmpuint (tcp.connections.n_connections, ==, 1);
  g_assert_cmpuint (tcp.connections.n_strangers, ==, 0);
  /* The session goes, so does its connection; what was sent before still comes. */
  f.ice->vtable->send (f.ice, 0, (const guint8 *) "\026goodbye", 8);
  f.ice->vtable->flush (f.ice);
  ice = g_steal_pointer (&f.ice);
  ice->vtable->free (ice);
  client_wait_closed (&c);
  g_assert_cmpuint (c.got->len, ==, 6);
  fixture_get_tcp_stats (&f, &tcp);
  g_assert_cmpuint (tcp.connections.n_connections, ==, 0);
  client_clear (&c);
  fixture_clear (&f);
}

/* From one connection to another by nomination, and back when that is closed; without any the peer
 * is doubted at once. */
static void
test_moves (void)
{
  Client a, b;
  RtcIceEvent event;
  RtcIceStats stats;
  Fixture f;

  fixture_init (&f);
  fixture_connect (&f, &a);
  client_init (&b, &f.backend, "127.0.0.2");
  g_assert_cmpuint (client_ask (&b, f.ufrag, f.pwd, ICE_CHECK_NOMINATES), ==, 200);
  client_answer (&b, 1);
  fixture_expect (&f, RTC_ICE_EVENT_PAIR, &event);
  f.ice->vtable->get_stats (f.ice, &stats);
  g_assert_cmpstr (stats.remote.address, ==, "127.0.0.2");
  client_clear (&b);
  fixture_expect (&f, RTC_ICE_EVENT_PAIR, &event);
  f.ice->vtable->get_stats (f.ice, &stats);
  g_assert_cmpstr (stats.remote.address, ==, "127.0.0.1");
  g_assert_cmpint (fixture_get_path (&f), ==, RTC_CANDIDATE_TCP_PASSIVE);
  client_clear (&a);
  fixture_expect (&f, RTC_ICE_EVENT_STATE, &event);
  g_assert_cmpint (event.state, ==, RTC_ICE_STATE_DISCONNECTED);
  g_assert_cmpint (f.ice->vtable->send (f.ice, 0, (const guint8 *) "\200hello", 6), ==, RTC_AGAIN);
  fixture_clear (&f);
}

/* Who speaks something else is closed at once; who talks without being a peer, soon. */
static void
test_strangers (void)
{
  static const struct {
    const gchar *bytes;
    gsize len;
  } rows[] = { { "GET / HTTP/1.1\r\nHost: x\r\n\r\n", 27 }, { "\026\003\001\002\000\001", 6 },
    { "\000\001x", 3 }, { "\000\014\200\140xxxxxxxxxx", 14 } };
  RtcTcpMuxStats tcp;
  Client c;
  Fixture f;

  fixture_init (&f);
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    client_init (&c, &f.backend, "127.0.0.1");
    client_write (&c, rows[i].bytes, rows[i].len);
    client_wait_closed (&c);
    g_assert_cmpuint (c.got->len, ==, 0);
    client_clear (&c);
  }
  client_init (&c, &f.backend, "127.0.0.1");
  for (guint i = 0; i < RTC_ICE_CONNECTIONS_STRANGER_FRAMES; i++)
    g_assert_cmpuint (client_ask (&c, f.ufrag, "wrong", 0), ==, 401);
  client_wait_closed (&c);
  fixture_get_tcp_stats (&f, &tcp);
  g_assert_cmpuint (tcp.broken, ==, G_N_ELEMENTS (rows) + 1);
  g_assert_cmpuint (tcp.connections.n_connections, ==, 0);
  client_clear (&c);
  fixture_clear (&f);
}

/* Who says nothing, or a byte now and then, is closed after some seconds. One address has so many
 * of these at a time; another has its own, and peers have not to wait. */
static void
test_slow_strangers (void)
{
  Client slow[RTC_ICE_CONNECTIONS_MAX_AT], refused, peer;
  gint64 began = g_get_monotonic_time (), next = began;
  RtcTcpMuxStats tcp;
  guint n = 0;
  Fixture f;

  fixture_init (&f);
  for (guint i = 0; i < RTC_ICE_CONNECTIONS_MAX_AT; i++)
    client_init (&slow[i], &f.backend, "127.0.0.3");
  client_init (&refused, &f.backend, "127.0.0.3");
  client_wait_closed (&refused);
  fixture_connect (&f, &peer);
  g_assert_cmpint (g_get_monotonic_time () - began, <, RTC_ICE_CONNECTIONS_STRANGER_TIME / 1000);
  while (!slow[0].is_closed && g_get_monotonic_time () < began + WAIT_US) {
    g_main_context_iteration (f.backend.context, TRUE);
    for (guint i = 0; i < RTC_ICE_CONNECTIONS_MAX_AT; i++)
      client_read (&slow[i]);
    /* Beginning with a length that it may have. */
    if (g_get_monotonic_time () >= next && !slow[1].is_closed) {
      send (slow[1].fd, n++ == 0 ? "\001" : "\000", 1, MSG_NOSIGNAL);
      next += G_TIME_SPAN_SECOND / 10;
    }
  }
  g_assert_cmpint (g_get_monotonic_time () - began, >=, RTC_ICE_CONNECTIONS_STRANGER_TIME / 1000);
  for (guint i = 0; i < RTC_ICE_CONNECTIONS_MAX_AT; i++) {
    client_wait_closed (&slow[i]);
    client_clear (&slow[i]);
  }
  fixture_get_tcp_stats (&f, &tcp);
  g_assert_cmpuint (tcp.connections.n_connections, ==, 1);
  g_assert_cmpuint (tcp.connections.refused, ==, 1);
  g_assert_cmpuint (tcp.expired, ==, RTC_ICE_CONNECTIONS_MAX_AT);
  g_assert_false (peer.is_closed);
  client_clear (&refused);
  client_clear (&peer);
  fixture_clear (&f);
}

/* Sends a frame's packets, numbered; how many were dropped. */
static guint
send_frame (Fixture *f, guint number, guint n_packets)
{
  guint n_dropped = 0;

  for (guint i = 0; i < n_packets; i++) {
    guint8 data[1200] = { 0x80, 96, 0, (guint8) i };
    RtcWriter w = rtc_writer (data + 4, 8);

    rtc_writer_u32 (&w, number);
    rtc_writer_u32 (&w, 1);
    n_dropped += f->ice->vtable->send (f->ice, 0, data, sizeof data) != RTC_OK;
  }
  f->ice->vtable->flush (f->ice);
  g_main_context_iteration (f->backend.context, FALSE);
  return n_dropped;
}

/* A reader that stops: little waits for it, nobody waits, and what it gets later is whole. */
static void
test_slow_reader (void)
{
  enum { N_PACKETS = 20, N_FRAMES = 2000 };
  guint n_dropped = 0, n_frames = 0, first = 0;
  RtcTcpMuxStats tcp;
  RtcIceStats stats;
  gint64 began;
  Client c;
  Fixture f;

  fixture_init (&f);
  fixture_connect (&f, &c);
  setsockopt (c.fd, SOL_SOCKET, SO_RCVBUF, &(int){ 65536 }, sizeof (int));
  began = g_get_monotonic_time ();
  for (guint i = 0; i < N_FRAMES; i++) {
    n_dropped += send_frame (&f, i, N_PACKETS);
    first = n_dropped == 0 ? i : first;
  }
  g_test_message ("%d us a frame without a reader; %u whole ones before the first is dropped",
      (gint) ((g_get_monotonic_time () - began) / N_FRAMES), first);
  g_assert_cmpuint (n_dropped % N_PACKETS, ==, 0);
  g_assert_cmpuint (n_dropped, >, N_FRAMES * N_PACKETS / 2);
  client_wait (&c, N_FRAMES * N_PACKETS - n_dropped);
  for (guint i = 0; i < c.got->len; i++) {
    const guint8 *data = g_bytes_get_data (client_get (&c, i), NULL);

    g_assert_cmpuint (data[3], ==, i % N_PACKETS);
    n_frames += data[3] == N_PACKETS - 1;
  }
  g_assert_cmpuint (n_frames * N_PACKETS, ==, N_FRAMES * N_PACKETS - n_dropped);
  /* It reads again, and has all from now on. */
  g_assert_cmpuint (send_frame (&f, N_FRAMES, N_PACKETS), ==, 0);
  client_wait (&c, (n_frames + 1) * N_PACKETS);
  g_assert_cmpuint (c.got->len, ==, (n_frames + 1) * N_PACKETS);
  f.ice->vtable->get_stats (f.ice, &stats);
  g_assert_cmpuint (stats.packets_dropped, ==, n_dropped);
  fixture_get_tcp_stats (&f, &tcp);
  g_assert_cmpuint (tcp.dropped, ==, n_dropped);
  client_clear (&c);
  fixture_clear (&f);
}

static gboolean
on_end (gpointer data)
{
  *(gboolean *) data = TRUE;
  return G_SOURCE_REMOVE;
}

/* No descriptors left: who connects waits, without keeping the thread busy, and is accepted when
 * there are some again. */
static void
test_no_descriptors (void)
{
  struct rlimit limit, none;
  gboolean is_over = FALSE;
  guint n_wakeups = 0;
  GSource *end;
  Client c;
  Fixture f;

  fixture_init (&f);
  client_init (&c, &f.backend, "127.0.0.1");
  g_source_destroy (f.tick);
  getrlimit (RLIMIT_NOFILE, &limit);
  none = limit;
  none.rlim_cur = (rlim_t) c.fd + 1;
  end = g_timeout_source_new (500);
  g_source_set_callback (end, on_end, &is_over, NULL);
  g_source_attach (end, f.backend.context);
  g_source_unref (end);
  setrlimit (RLIMIT_NOFILE, &none);
  for (; !is_over; n_wakeups++)
    g_main_context_iteration (f.backend.context, TRUE);
  setrlimit (RLIMIT_NOFILE, &limit);
  g_assert_cmpuint (n_wakeups, <, 10);
  g_assert_cmpuint (client_ask (&c, f.ufrag, f.pwd, 0), ==, 200);
  client_clear (&c);
  fixture_clear (&f);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/tcp-mux/candidates", test_candidates);
  g_test_add_func ("/tcp-mux/taken", test_taken);
  g_test_add_data_func ("/tcp-mux/call/ipv4", "127.0.0.1", test_call);
  g_test_add_data_func ("/tcp-mux/call/ipv6", "::1", test_call);
  g_test_add_func ("/tcp-mux/moves", test_moves);
  g_test_add_func ("/tcp-mux/strangers", test_strangers);
  g_test_add_func ("/tcp-mux/slow-strangers", test_slow_strangers);
  g_test_add_func ("/tcp-mux/slow-reader", test_slow_reader);
  g_test_add_func ("/tcp-mux/no-descriptors", test_no_descriptors);
  return g_test_run ();
}
