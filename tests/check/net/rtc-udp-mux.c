/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* rtc-udp-mux.c - the socket of the one port: what goes in comes out, from the right address, with
 * and without what newer kernels can; and what its agents tell. */
#include <arpa/inet.h>
#include <string.h>
#include <unistd.h>

#include "ext/mux/rtc-udp-socket.h"
#include "mux-backend.h"
#include "tests/check/core/ice-check.h"

/* --- two sockets --- */

typedef struct {
  RtcUdpSocket *a, *b;
  GPtrArray *got;  /* GBytes * at b, in order */
  RtcIceFlow last; /* over which the last one came to b */
} Pair;

static void
pair_init (Pair *p)
{
  p->a = rtc_udp_socket_new (0, NULL);
  p->b = rtc_udp_socket_new (0, NULL);
  g_assert_true (p->a != NULL && p->b != NULL);
  p->got = g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);
}

static void
pair_clear (Pair *p)
{
  rtc_udp_socket_free (p->a);
  rtc_udp_socket_free (p->b);
  g_ptr_array_unref (p->got);
}

static RtcIceFlow
pair_flow (const Pair *p, const gchar *from, const gchar *to)
{
  RtcIceFlow flow = { 0 };

  g_assert_true (rtc_address_parse (from, rtc_udp_socket_get_port (p->a), &flow.local));
  g_assert_true (rtc_address_parse (to, rtc_udp_socket_get_port (p->b), &flow.remote));
  return flow;
}

static void
on_datagram (
    gpointer data, GstClockTime time, const RtcIceFlow *flow, const guint8 *bytes, gsize len)
{
  Pair *p = data;
  GstClockTime now = (GstClockTime) g_get_monotonic_time () * 1000;

  /* Of the kernel's clock, in our scale. */
  g_assert_cmpuint (time, <=, now + GST_SECOND);
  g_assert_cmpuint (time + 10 * GST_SECOND, >=, now);
  p->last = *flow;
  g_ptr_array_add (p->got, g_bytes_new (bytes, len));
}

static void
pair_receive (Pair *p, guint n)
{
  GPollFD fd = { .fd = rtc_udp_socket_get_fd (p->b), .events = G_IO_IN };
  gint64 end = g_get_monotonic_time () + 5 * G_TIME_SPAN_SECOND;

  while (p->got->len < n && g_get_monotonic_time () < end) {
    g_poll (&fd, 1, 1000);
    rtc_udp_socket_receive (p->b, 1, on_datagram, p);
  }
  g_assert_cmpuint (p->got->len, ==, n);
}

static void
fill (guint8 *data, gsize len, guint number)
{
  for (gsize i = 0; i < len; i++)
    data[i] = (guint8) (number * 7 + i * 13);
}

/* Packets of a frame and of the next ones: equal ones with a shorter last, growing ones, empty
 * ones, more than a message holds. */
static gsize
length_of (guint number)
{
  if (number < 100)
    return number % 10 == 9 ? 700 : 1200;
  if (number < 130)
    return number - 100;
  if (number < 300)
    return 1000;
  return number == 310 ? RTC_MAX_DATAGRAM : 1;
}

/* Each is longer than the one before, so none shares a message: what is written into reserved room
 * moves when there is no message left for it. */
static void
test_reserved (void)
{
  guint n = 100;
  RtcUdpBatchStats stats;
  RtcUdpBatch *batch;
  RtcIceFlow flow;
  Pair p;

  pair_init (&p);
  flow = pair_flow (&p, "127.0.0.1", "127.0.0.1");
  batch = rtc_udp_socket_get_batch (p.a);
  for (guint i = 0; i < n; i++) {
    fill (rtc_udp_batch_reserve (batch, &flow, RTC_MAX_DATAGRAM), 20 + i, i);
    rtc_udp_batch_commit (batch, &flow, 20 + i);
  }
  rtc_udp_batch_flush (batch);
  pair_receive (&p, n);
  for (guint i = 0; i < n; i++) {
    guint8 wanted[RTC_MAX_DATAGRAM];
    gsize len;
    const guint8 *got = g_bytes_get_data (g_ptr_array_index (p.got, i), &len);

    fill (wanted, 20 + i, i);
    g_assert_cmpmem (got, len, wanted, 20 + i);
  }
  rtc_udp_batch_get_stats (batch, &stats);
  g_assert_cmpuint (stats.messages, ==, n);
  g_assert_cmpuint (stats.dropped, ==, 0);
  pair_clear (&p);
}

typedef struct {
  gboolean has_segments, has_sendmmsg, is_ipv6;
} Kind;

static void
test_batches (gconstpointer data)
{
  const Kind *kind = data;
  guint n = 320, max_messages = 0;
  guint8 bytes[RTC_MAX_DATAGRAM + 1];
  RtcUdpBatchStats stats;
  RtcUdpBatch *batch;
  RtcIceFlow flow = { 0 };
  Pair p;

  pair_init (&p);
  flow = kind->is_ipv6 ? pair_flow (&p, "::1", "::1") : pair_flow (&p, "127.0.0.1", "127.0.0.1");
  batch = rtc_udp_socket_get_batch (p.a);
  rtc_udp_batch_degrade (batch, kind->has_segments, kind->has_sendmmsg);
  for (guint i = 0; i < n; i++) {
    fill (bytes, length_of (i), i);
    if (i % 3 == 0) {
      memcpy (rtc_udp_batch_reserve (batch, &flow, RTC_MAX_DATAGRAM), bytes, length_of (i));
      rtc_udp_batch_commit (batch, &flow, length_of (i));
      continue;
    }
    g_assert_cmpint (rtc_udp_batch_add (batch, &flow, bytes, length_of (i)), ==, RTC_OK);
  }
  rtc_udp_batch_flush (batch);
  g_assert_cmpint (rtc_udp_batch_add (batch, &flow, bytes, sizeof bytes), ==, RTC_ERR_LIMIT);
  g_assert_null (rtc_udp_batch_reserve (batch, &flow, sizeof bytes));
  pair_receive (&p, n);
  for (guint i = 0; i < n; i++) {
    gsize len;
    const guint8 *got = g_bytes_get_data (g_ptr_array_index (p.got, i), &len);

    fill (bytes, length_of (i), i);
    g_assert_cmpmem (got, len, bytes, length_of (i));
  }
  rtc_udp_batch_get_stats (batch, &stats);
  g_test_message ("%u datagrams in %" G_GUINT64_FORMAT " messages and %" G_GUINT64_FORMAT " calls",
      n, stats.messages, stats.calls);
  g_assert_cmpuint (stats.datagrams, ==, n);
  g_assert_cmpuint (stats.dropped, ==, 0);
  max_messages = kind->has_segments ? n / 2 : n;
  g_assert_cmpuint (stats.messages, <=, max_messages);
  if (!kind->has_segments)
    g_assert_cmpuint (stats.messages, ==, n);
  if (!kind->has_sendmmsg)
    g_assert_cmpuint (stats.calls, ==, stats.messages);
  else
    g_assert_cmpuint (stats.calls, <=, 1 + n / 16);
  pair_clear (&p);
}

/* An answer leaves from the address that was asked, whichever the host would choose. */
static void
test_source (void)
{
  static const gchar *const from[] = { "127.0.0.1", "127.0.0.2", "127.8.9.10", "::1" };
  Pair p;

  pair_init (&p);
  for (guint i = 0; i < G_N_ELEMENTS (from); i++) {
    const gchar *to = strchr (from[i], ':') != NULL ? "::1" : "127.0.0.3";
    RtcIceFlow flow = pair_flow (&p, from[i], to);

    g_assert_cmpint (
        rtc_udp_batch_add (rtc_udp_socket_get_batch (p.a), &flow, (const guint8 *) from[i], 3), ==,
        RTC_OK);
    rtc_udp_batch_flush (rtc_udp_socket_get_batch (p.a));
    pair_receive (&p, i + 1);
    g_assert_true (rtc_address_equal (&p.last.remote, &flow.local));
    g_assert_true (rtc_address_equal (&p.last.local, &flow.remote));
  }
  pair_clear (&p);
}

/* What cannot be sent is dropped alone. */
static void
test_refused (void)
{
  RtcUdpBatchStats stats;
  RtcUdpBatch *batch;
  RtcIceFlow good, bad;
  Pair p;

  pair_init (&p);
  batch = rtc_udp_socket_get_batch (p.a);
  good = pair_flow (&p, "127.0.0.1", "127.0.0.1");
  bad = pair_flow (&p, "192.0.2.200", "127.0.0.1"); /* not ours */
  for (guint i = 0; i < 9; i++)
    g_assert_cmpint (
        rtc_udp_batch_add (batch, i % 3 == 1 ? &bad : &good, (guint8 *) "x", 1), ==, RTC_OK);
  rtc_udp_batch_flush (batch);
  pair_receive (&p, 6);
  rtc_udp_batch_get_stats (batch, &stats);
  g_assert_cmpuint (stats.datagrams, ==, 6);
  g_assert_cmpuint (stats.dropped, ==, 3);
  pair_clear (&p);
}

/* A port that is taken: an error that names it. */
static void
test_taken (void)
{
  RtcUdpSocket *first = rtc_udp_socket_new (0, NULL);
  GError *error = NULL;
  gchar *port = g_strdup_printf ("UDP port %u ", rtc_udp_socket_get_port (first));

  g_assert_null (rtc_udp_socket_new (rtc_udp_socket_get_port (first), &error));
  g_assert_error (error, RTC_ERROR, -RTC_ERR_BACKEND);
  g_assert_nonnull (strstr (error->message, port));
  g_error_free (error);
  g_free (port);
  rtc_udp_socket_free (first);
}

/* --- the backend --- */

/* Gathering says what it has, once; all of it on the port, best first. */
static void
test_candidates (void)
{
  static const gchar *const addresses[] = { "203.0.113.1", "2001:db8::1", NULL };
  MuxBackend b;
  RtcIce *ice;
  RtcIceEvent event;
  guint n = 0, last = G_MAXUINT;

  mux_backend_init (&b, addresses, 0);
  ice = mux_backend_create (&b);
  g_assert_false (ice->vtable->poll (ice, &event));
  g_assert_cmpint (ice->vtable->gather (ice, 0), ==, RTC_OK);
  g_assert_cmpint (ice->vtable->gather (ice, 0), ==, RTC_ERR_STATE);
  g_assert_true (ice->vtable->poll (ice, &event));
  g_assert_cmpint (event.gathering, ==, RTC_ICE_GATHERING_GATHERING);
  while (ice->vtable->poll (ice, &event) && event.type == RTC_ICE_EVENT_CANDIDATE) {
    g_assert_cmpstr (event.candidate.address, ==, addresses[n++]);
    g_assert_cmpuint (event.candidate.port, ==, rtc_udp_mux_get_port (b.mux));
    g_assert_cmpint (event.candidate.type, ==, RTC_CANDIDATE_HOST);
    g_assert_cmpuint (event.candidate.priority, <, last);
    g_assert_cmpint (rtc_candidate_check (&event.candidate, FALSE), ==, RTC_OK);
    last = event.candidate.priority;
  }
  g_assert_cmpuint (n, ==, 2);
  g_assert_cmpint (event.gathering, ==, RTC_ICE_GATHERING_COMPLETE);
  g_assert_false (ice->vtable->poll (ice, &event));
  ice->vtable->free (ice);
  mux_backend_clear (&b);
}

/* What one asks over a real socket, until it is answered. */
static guint
backend_ask (MuxBackend *b, Pair *p, const RtcIceFlow *flow, const gchar *ufrag, const gchar *pwd)
{
  gint64 end = g_get_monotonic_time () + 5 * G_TIME_SPAN_SECOND;
  guint before = p->got->len;
  IceCheck check;
  gsize len;
  const guint8 *answer;

  ice_check_make (&check, ufrag, pwd, ICE_CHECK_NOMINATES);
  g_assert_cmpint (
      rtc_udp_batch_add (rtc_udp_socket_get_batch (p->b), flow, check.data, check.len), ==, RTC_OK);
  rtc_udp_batch_flush (rtc_udp_socket_get_batch (p->b));
  while (p->got->len == before && g_get_monotonic_time () < end) {
    g_main_context_iteration (b->context, FALSE);
    rtc_udp_socket_receive (p->b, 1, on_datagram, p);
  }
  /* Behind the answer: asked back. */
  while (strcmp (pwd, "wrong") != 0 && p->got->len == before + 1 && g_get_monotonic_time () < end)
    rtc_udp_socket_receive (p->b, 1, on_datagram, p);
  g_assert_cmpuint (p->got->len, ==, before + 1 + (strcmp (pwd, "wrong") != 0));
  answer = g_bytes_get_data (g_ptr_array_index (p->got, before), &len);
  /* From where it was sent to. */
  g_assert_true (rtc_address_equal (&p->last.remote, &flow->remote));
  return ice_check_read_answer (
      &check, answer, len, strcmp (pwd, "wrong") != 0 ? pwd : NULL, &flow->local);
}

static void
test_call (void)
{
  MuxBackend b;
  Pair p;
  RtcIce *ice;
  RtcIceEvent event = { 0 };
  RtcIceStats stats;
  RtcUdpMuxStats mux_stats;
  RtcIceFlow flow = { 0 };
  const gchar *ufrag, *pwd;

  mux_backend_init (&b, NULL, 0);
  pair_init (&p);
  ice = mux_backend_create (&b);
  ice->vtable->get_local_parameters (ice, &ufrag, &pwd);
  ice->vtable->set_remote (ice, 0, "x", "y", FALSE, FALSE);
  g_assert_true (ice->vtable->poll (ice, &event));
  g_assert_cmpint (event.state, ==, RTC_ICE_STATE_CHECKING);
  g_assert_cmpint (ice->vtable->send (ice, 0, (const guint8 *) "\200", 1), ==, RTC_AGAIN);
  g_assert_true (rtc_address_parse ("127.0.0.1", rtc_udp_socket_get_port (p.b), &flow.local));
  g_assert_true (rtc_address_parse ("127.0.0.9", rtc_udp_mux_get_port (b.mux), &flow.remote));
  g_assert_cmpuint (backend_ask (&b, &p, &flow, ufrag, "wrong"), ==, 401);
  g_assert_false (b.is_woken);
  g_assert_cmpuint (backend_ask (&b, &p, &flow, ufrag, pwd), ==, 200);
  g_assert_true (b.is_woken);
  g_assert_true (ice->vtable->poll (ice, &event));
  g_assert_cmpint (event.state, ==, RTC_ICE_STATE_COMPLETED);
  g_assert_true (ice->vtable->poll (ice, &event));
  g_assert_cmpint (event.type, ==, RTC_ICE_EVENT_PAIR);
  ice->vtable->get_stats (ice, &stats);
  g_assert_true (stats.has_pair);
  g_assert_cmpstr (stats.local.address, ==, "127.0.0.9");
  g_assert_cmpstr (stats.remote.address, ==, "127.0.0.1");
  g_assert_cmpuint (stats.remote.port, ==, flow.local.port);
  /* Out, and in by receive(). */
  g_assert_cmpint (ice->vtable->send (ice, 0, (const guint8 *) "\200hello", 6), ==, RTC_OK);
  ice->vtable->flush (ice);
  pair_receive (&p, 4);
  rtc_udp_batch_add (
      rtc_udp_socket_get_batch (p.b), &flow, (const guint8 *) "\200\140hello12345", 12);
  rtc_udp_batch_flush (rtc_udp_socket_get_batch (p.b));
  ice->vtable->receive (ice);
  g_assert_true (ice->vtable->poll (ice, &event));
  g_assert_cmpint (event.type, ==, RTC_ICE_EVENT_PACKET);
  g_assert_cmpmem (event.packet->data, event.packet->len, "\200\140hello12345", 12);
  rtc_packet_unref (event.packet);
  g_assert_false (ice->vtable->poll (ice, &event));
  rtc_udp_mux_get_stats (b.mux, &mux_stats);
  g_assert_cmpuint (mux_stats.datagrams_received, ==, 3);
  g_assert_cmpuint (mux_stats.datagrams_sent, ==, 4);
  g_assert_cmpuint (mux_stats.mux.refusals, ==, 1);
  ice->vtable->free (ice);
  pair_clear (&p);
  mux_backend_clear (&b);
}

static void
free_idle (gpointer mux)
{
  g_clear_pointer ((RtcUdpMux **) mux, rtc_udp_mux_free);
}

/* Who owns it hears of the last agent's end, and may free it right then. */
static void
test_idle (void)
{
  GMainContext *context = g_main_context_new ();
  RtcUdpMux *mux = NULL;
  RtcUdpMuxConfig config = { .idle = free_idle, .data = &mux };
  RtcIceConfig agent = { .peer_id = 1 };
  RtcIceFactory *factory;
  RtcIce *first, *second;

  mux = rtc_udp_mux_new (context, &config, NULL);
  factory = rtc_udp_mux_get_factory (mux);
  first = factory->create (factory, &agent, NULL);
  second = factory->create (factory, &agent, NULL);
  first->vtable->free (first);
  g_assert_nonnull (mux);
  second->vtable->free (second);
  g_assert_null (mux);
  g_main_context_unref (context);
}

/* Whether the context has something to do within so many ms, be it that it was woken up for
 * nothing. */
static gboolean
backend_is_awake (MuxBackend *b, gint wait)
{
  GPollFD fds[8];
  gint priority, timeout, n;

  g_assert_true (g_main_context_acquire (b->context));
  g_main_context_prepare (b->context, &priority);
  n = g_main_context_query (b->context, priority, &timeout, fds, G_N_ELEMENTS (fds));
  g_main_context_release (b->context);
  g_assert_cmpint (n, <=, (gint) G_N_ELEMENTS (fds));
  return timeout == 0 || g_poll (fds, (guint) n, wait) > 0;
}

/* From its waking up until it sleeps; in how many iterations. */
static guint
backend_serve (MuxBackend *b)
{
  guint n;

  for (n = 0; n < 10 && backend_is_awake (b, n == 0 ? 5000 : 0); n++)
    g_main_context_iteration (b->context, FALSE);
  return n;
}

/* What comes is read at one wake-up, which causes no other. */
static void
test_sleeps (void)
{
  struct sockaddr_in to = { .sin_family = AF_INET };
  int fd = socket (AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  MuxBackend b;
  Pair p;
  RtcIceFlow flow = { 0 };

  mux_backend_init (&b, NULL, RTC_UDP_MUX_TCP_SAME);
  pair_init (&p);
  g_assert_cmpuint (backend_serve (&b), <, 10); /* its sources were added */
  g_assert_true (rtc_address_parse ("127.0.0.1", rtc_udp_socket_get_port (p.b), &flow.local));
  g_assert_true (rtc_address_parse ("127.0.0.1", rtc_udp_mux_get_port (b.mux), &flow.remote));
  rtc_udp_batch_add (rtc_udp_socket_get_batch (p.b), &flow, (const guint8 *) "\200hello", 6);
  rtc_udp_batch_flush (rtc_udp_socket_get_batch (p.b));
  g_assert_cmpuint (backend_serve (&b), ==, 1);
  to.sin_addr.s_addr = htonl (INADDR_LOOPBACK);
  to.sin_port = htons (rtc_udp_mux_get_tcp_port (b.mux));
  g_assert_cmpint (connect (fd, (struct sockaddr *) &to, sizeof to), ==, 0);
  g_assert_cmpuint (backend_serve (&b), ==, 1);
  close (fd);
  pair_clear (&p);
  mux_backend_clear (&b);
}

int
main (int argc, char **argv)
{
  static const Kind kinds[] = { { TRUE, TRUE, FALSE }, { TRUE, TRUE, TRUE }, { FALSE, TRUE, FALSE },
    { FALSE, FALSE, TRUE }, { TRUE, FALSE, FALSE } };
  static const gchar *const names[] = { "ipv4", "ipv6", "without-segments", "without-both",
    "without-sendmmsg" };

  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (kinds); i++) {
    gchar *path = g_strconcat ("/udp-mux/batches/", names[i], NULL);

    g_test_add_data_func (path, &kinds[i], test_batches);
    g_free (path);
  }
  g_test_add_func ("/udp-mux/reserved", test_reserved);
  g_test_add_func ("/udp-mux/source", test_source);
  g_test_add_func ("/udp-mux/refused", test_refused);
  g_test_add_func ("/udp-mux/taken", test_taken);
  g_test_add_func ("/udp-mux/candidates", test_candidates);
  g_test_add_func ("/udp-mux/call", test_call);
  g_test_add_func ("/udp-mux/idle", test_idle);
  g_test_add_func ("/udp-mux/sleeps", test_sleeps);
  return g_test_run ();
}
