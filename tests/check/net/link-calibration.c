/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* link-calibration.c - the link emulator does what it says: delay, loss, rate, order, holes, ports.
 *
 * The delay is judged only while the machine keeps time: a thread of the test's own measures how
 * late it is woken up meanwhile, and says when it was too late to judge anything. */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/timerfd.h>
#include <time.h>
#include <unistd.h>

#include "link-emulator.h"
#include "link-sdp.h"
#include "tests/check/run-tests.h"

#define PACKET_BYTES 1250
#define DELAY_ATTEMPTS 5 /* of test_delay() */

typedef struct {
  guint32 number;
  GstClockTime sent;
} Stamp;

static GstClockTime
now_ns (void)
{
  struct timespec ts;

  clock_gettime (CLOCK_MONOTONIC, &ts);
  return GST_TIMESPEC_TO_TIME (ts);
}

static int
compare_times (gconstpointer a, gconstpointer b)
{
  GstClockTime x = *(const GstClockTime *) a, y = *(const GstClockTime *) b;

  return x < y ? -1 : x > y;
}

/* The value that 99 % do not exceed. */
static GstClockTime
percentile_99 (GArray *times)
{
  if (times->len == 0)
    return 0;
  g_array_sort (times, compare_times);
  return g_array_index (times, GstClockTime, times->len * 99 / 100);
}

/* --- the two ends ----------------------------------------------------------------------------- */

static int
open_end (guint16 *port)
{
  int fd = socket (AF_INET, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0), bytes = 4 << 20;
  struct sockaddr_in address = { .sin_family = AF_INET, .sin_addr = { htonl (INADDR_LOOPBACK) } };
  socklen_t len = sizeof address;

  setsockopt (fd, SOL_SOCKET, SO_RCVBUF, &bytes, sizeof bytes);
  g_assert_cmpint (bind (fd, (struct sockaddr *) &address, sizeof address), ==, 0);
  g_assert_cmpint (getsockname (fd, (struct sockaddr *) &address, &len), ==, 0);
  *port = ntohs (address.sin_port);
  return fd;
}

static void
send_to_port (int fd, guint16 port, gconstpointer data, gsize len)
{
  struct sockaddr_in to = {
    .sin_family = AF_INET, .sin_port = htons (port), .sin_addr = { htonl (INADDR_LOOPBACK) }
  };

  g_assert_cmpint (sendto (fd, data, len, 0, (struct sockaddr *) &to, sizeof to), ==, (gint) len);
}

/* One datagram, waiting for it; -1 after timeout_ms. */
static gssize
receive (int fd, gpointer data, gsize size, guint16 *from_port, gint timeout_ms)
{
  struct pollfd poll_fd = { .fd = fd, .events = POLLIN };
  struct sockaddr_in from = { 0 };
  socklen_t len = sizeof from;
  gssize got;

  if (poll (&poll_fd, 1, timeout_ms) <= 0)
    return -1;
  got = recvfrom (fd, data, size, 0, (struct sockaddr *) &from, &len);
  if (from_port != NULL)
    *from_port = ntohs (from.sin_port);
  return got;
}

typedef struct {
  LinkEmulator *link;
  int client, server;
  guint16 client_port, server_port;
} Rig;

static void
rig_init (Rig *self, const LinkEmulatorConfig *config)
{
  self->link = link_emulator_new (config);
  self->client = open_end (&self->client_port);
  self->server = open_end (&self->server_port);
  link_emulator_set_server (self->link, "127.0.0.1", self->server_port);
}

static void
rig_clear (Rig *self)
{
  link_emulator_free (self->link);
  close (self->client);
  close (self->server);
}

static void
rig_send (Rig *self, guint32 number, gsize len)
{
  guint8 data[RTC_MAX_DATAGRAM] = { 0 };
  Stamp stamp = { number, now_ns () };

  memcpy (data, &stamp, sizeof stamp);
  send_to_port (self->client, link_emulator_get_client_port (self->link), data, len);
}

/* At the server: what arrives until nothing has for timeout_ms, or n. (element-type guint32) */
static GArray *
rig_receive_numbers (Rig *self, guint n, gint timeout_ms)
{
  GArray *numbers = g_array_new (FALSE, FALSE, sizeof (guint32));
  guint8 data[RTC_MAX_DATAGRAM];
  Stamp stamp;

  while (numbers->len < n && receive (self->server, data, sizeof data, NULL, timeout_ms) > 0) {
    memcpy (&stamp, data, sizeof stamp);
    g_array_append_val (numbers, stamp.number);
  }
  return numbers;
}

/* --- delay ------------------------------------------------------------------------------------ */

typedef struct {
  gint ending; /* atomic */
  GArray *late;
} Watchman;

/* Wakes up each 2 ms and notes how late. */
static gpointer
watchman_run (gpointer data)
{
  Watchman *self = data;
  struct itimerspec period = { { 0, 2000000 }, { 0, 2000000 } };
  int fd = timerfd_create (CLOCK_MONOTONIC, TFD_CLOEXEC);
  GstClockTime due;

  prctl (PR_SET_TIMERSLACK, 1UL, 0, 0, 0);
  timerfd_settime (fd, 0, &period, NULL);
  due = now_ns ();
  while (!g_atomic_int_get (&self->ending)) {
    guint64 n;
    GstClockTime now, late;

    g_assert_cmpint (read (fd, &n, sizeof n), ==, sizeof n);
    due += n * 2 * GST_MSECOND;
    now = now_ns ();
    late = now > due ? now - due : 0;
    g_array_append_val (self->late, late);
  }
  close (fd);
  return NULL;
}

/* The server's end: how far each packet's delay is from what was asked for. */
typedef struct {
  Rig *rig;
  guint n;
  GstClockTime delay;
  GArray *errors;
} Listener;

static gpointer
listener_run (gpointer data)
{
  Listener *self = data;
  guint8 bytes[RTC_MAX_DATAGRAM];
  Stamp stamp;

  while (self->errors->len < self->n
         && receive (self->rig->server, bytes, sizeof bytes, NULL, 3000) > 0) {
    GstClockTime now = now_ns (), took, error;

    memcpy (&stamp, bytes, sizeof stamp);
    took = now - stamp.sent;
    error = took > self->delay ? took - self->delay : self->delay - took;
    g_array_append_val (self->errors, error);
  }
  return NULL;
}

/* n packets at a steady rate, by a timer. */
static void
send_steadily (Rig *rig, guint n, guint64 bits_per_second)
{
  guint64 period = PACKET_BYTES * 8 * GST_SECOND / bits_per_second, expirations;
  struct itimerspec spec = { { 0, (long) period }, { 0, (long) period } };
  int fd = timerfd_create (CLOCK_MONOTONIC, TFD_CLOEXEC);
  guint sent = 0;

  timerfd_settime (fd, 0, &spec, NULL);
  while (sent < n) {
    g_assert_cmpint (read (fd, &expirations, sizeof expirations), ==, sizeof expirations);
    for (; expirations > 0 && sent < n; expirations--)
      rig_send (rig, sent++, PACKET_BYTES);
  }
  close (fd);
}

/* Whether half of 1500 packets, and 99 of 100, are delayed by what was asked for to within a
 * millisecond; the latter is not judged when the machine is too late itself, as *is_late says. */
static gboolean
try_delay (gboolean *is_late)
{
  LinkEmulatorConfig config = { .seed = 1, .to_server = { .delay = 50 * GST_MSECOND } };
  Watchman watchman = { 0, g_array_new (FALSE, FALSE, sizeof (GstClockTime)) };
  GstClockTime machine, error, median;
  gboolean is_good;
  LinkEmulatorStats stats;
  GThread *watching, *listening;
  Listener listener;
  Rig rig;

  rig_init (&rig, &config);
  listener =
      (Listener){ &rig, 1500, 50 * GST_MSECOND, g_array_new (FALSE, FALSE, sizeof (GstClockTime)) };
  watching = g_thread_new ("watchman", watchman_run, &watchman);
  listening = g_thread_new ("listener", listener_run, &listener);
  send_steadily (&rig, listener.n, 5000000);
  g_thread_join (listening);
  g_atomic_int_set (&watchman.ending, 1);
  g_thread_join (watching);
  g_assert_cmpuint (listener.errors->len, ==, listener.n);
  machine = percentile_99 (watchman.late);
  error = percentile_99 (listener.errors);
  median = g_array_index (listener.errors, GstClockTime, listener.errors->len / 2);
  link_emulator_get_stats (rig.link, &stats);
  g_test_message ("delay error: median %.3f ms, p99 %.3f ms; %u of %u late; timers of the machine: "
                  "p99 %.3f ms late",
      (gdouble) median / 1e6, (gdouble) error / 1e6, (guint) stats.late, listener.n,
      (gdouble) machine / 1e6);
  *is_late = machine > GST_MSECOND / 4;
  is_good = median < GST_MSECOND && (error <= GST_MSECOND || *is_late);
  g_array_unref (watchman.late);
  g_array_unref (listener.errors);
  rig_clear (&rig);
  return is_good;
}

/* Once more where the machine's own timers were late meanwhile, and only there. */
static void
test_delay (void)
{
  gboolean is_late = TRUE;

  for (guint i = 0; i < DELAY_ATTEMPTS && is_late; i++)
    if (try_delay (&is_late))
      return;
  g_test_fail_printf ("late by more than a millisecond%s",
      is_late ? ", on a machine that always was" : ", on a machine that was not");
}

/* --- loss ------------------------------------------------------------------------------------- */

/* 1e5 packets through the model: within 0.2 % of what was asked, and the same ones each time. */
static guint
count_model_losses (guint64 seed, const SimLink *link, guint n)
{
  SimNet *net = sim_net_new (seed, NULL);
  guint8 byte = 0;
  guint arrived = 0;

  sim_net_set_both (net, link);
  for (guint i = 0; i < n; i++) {
    RtcPacket *packet;
    SimDir dir;

    sim_net_push (net, i, SIM_A_TO_B, &byte, 1);
    while ((packet = sim_net_pop_due (net, i, &dir)) != NULL) {
      arrived++;
      rtc_packet_unref (packet);
    }
  }
  sim_net_free (net);
  return n - arrived;
}

static void
test_loss_share (void)
{
  static const gdouble shares[] = { 0.001, 0.01, 0.05, 0.1, 0.5 };
  const guint n = 100000;
  SimLink bursts = { .burst_start = 0.01, .burst_stop = 0.25, .burst_loss = 1 };
  gdouble share;

  for (guint i = 0; i < G_N_ELEMENTS (shares); i++) {
    SimLink link = { .loss = shares[i] };
    guint lost = count_model_losses (i, &link, n);

    share = (gdouble) lost / n;
    g_test_message ("loss %.4f asked for, %.4f seen", shares[i], share);
    g_assert_cmpfloat (ABS (share - shares[i]), <=, 0.002);
    g_assert_cmpuint (count_model_losses (i, &link, n), ==, lost);
  }
  /* Gilbert-Elliott: in the bad state for start / (start + stop) of the time. */
  share = (gdouble) count_model_losses (7, &bursts, n) / n;
  g_test_message ("bursts: %.4f expected, %.4f seen", 0.01 / 0.26, share);
  g_assert_cmpfloat (ABS (share - 0.01 / 0.26), <=, 0.004);
}

/* Over the sockets the same numbers are lost each time. */
static GArray *
numbers_through (guint64 seed, guint n)
{
  LinkEmulatorConfig config = { .seed = seed, .to_server = { .loss = 0.1 } };
  GArray *numbers = g_array_new (FALSE, FALSE, sizeof (guint32));
  LinkEmulatorStats stats;
  Rig rig;

  rig_init (&rig, &config);
  for (guint i = 0; i < n; i += 100) {
    GArray *some;
    gint64 end = g_get_monotonic_time () + 5 * G_TIME_SPAN_SECOND;

    for (guint j = 0; j < 100; j++)
      rig_send (&rig, i + j, 100);
    do {
      g_thread_yield ();
      link_emulator_get_stats (rig.link, &stats);
    } while (stats.ways[SIM_A_TO_B].pushed < i + 100 && g_get_monotonic_time () < end);
    g_assert_cmpuint (stats.ways[SIM_A_TO_B].pushed, ==, i + 100);
    some = rig_receive_numbers (&rig, (guint) (stats.sent - numbers->len), 2000);
    g_array_append_vals (numbers, some->data, some->len);
    g_array_unref (some);
  }
  g_assert_cmpuint (numbers->len, ==, n - stats.ways[SIM_A_TO_B].lost);
  rig_clear (&rig);
  return numbers;
}

static void
test_same_seed (void)
{
  GArray *a = numbers_through (11, 5000), *b = numbers_through (11, 5000);
  GArray *c = numbers_through (12, 5000);

  g_assert_cmpmem (a->data, a->len * sizeof (guint32), b->data, b->len * sizeof (guint32));
  g_assert_false (a->len == c->len && memcmp (a->data, c->data, a->len * sizeof (guint32)) == 0);
  g_array_unref (a);
  g_array_unref (b);
  g_array_unref (c);
}

/* --- the rest --------------------------------------------------------------------------------- */

/* 100 packets at once into 1 Mbit/s with 100 ms of queue: what waits longer is dropped. */
static void
test_rate (void)
{
  LinkEmulatorConfig config = { .seed = 1,
    .to_server = { .rate_bps = 1000000, .queue = 100 * GST_MSECOND } };
  GstClockTime began, took;
  GArray *numbers;
  Rig rig;

  rig_init (&rig, &config);
  began = now_ns ();
  for (guint i = 0; i < 100; i++)
    rig_send (&rig, i, PACKET_BYTES);
  numbers = rig_receive_numbers (&rig, 100, 1000);
  took = now_ns () - began - GST_SECOND; /* of the wait for nothing */
  g_test_message ("%u of 100 passed in %.1f ms", numbers->len, (gdouble) took / 1e6);
  /* 10 ms each: the first goes at once, ten wait; a few more when sending itself took long. */
  g_assert_cmpuint (numbers->len, >=, 11);
  g_assert_cmpuint (numbers->len, <=, 11 + took / (10 * GST_MSECOND));
  g_assert_cmpuint (took, >=, 100 * GST_MSECOND);
  g_array_unref (numbers);
  rig_clear (&rig);
}

static guint
count_disorder (const GArray *numbers)
{
  guint n = 0;

  for (guint i = 1; i < numbers->len; i++)
    n += g_array_index (numbers, guint32, i) < g_array_index (numbers, guint32, i - 1);
  return n;
}

static void
test_order (void)
{
  SimLink in_order = { .delay = 20 * GST_MSECOND, .sigma = 5 * GST_MSECOND };
  SimLink overtaking = { .delay = 20 * GST_MSECOND, .overtake = 0.1, .overtake_depth = 3 };
  LinkEmulatorConfig config = { .seed = 3, .to_server = in_order };
  GArray *numbers;
  Rig rig;

  rig_init (&rig, &config);
  send_steadily (&rig, 300, 10000000);
  numbers = rig_receive_numbers (&rig, 300, 2000);
  g_assert_cmpuint (numbers->len, ==, 300);
  g_assert_cmpuint (count_disorder (numbers), ==, 0);
  g_array_unref (numbers);
  link_emulator_set_link (rig.link, SIM_A_TO_B, &overtaking);
  send_steadily (&rig, 300, 10000000);
  numbers = rig_receive_numbers (&rig, 300, 2000);
  g_assert_cmpuint (numbers->len, ==, 300);
  g_test_message ("%u of 300 out of order", count_disorder (numbers));
  g_assert_cmpuint (count_disorder (numbers), >=, 10);
  g_array_unref (numbers);
  rig_clear (&rig);
}

static void
test_damage (void)
{
  SimLink twice = { .duplicate = 1 }, flipping = { .flip = 1 }, narrow = { .mtu = 500 };
  LinkEmulatorConfig config = { .seed = 3, .to_server = twice };
  LinkEmulatorStats stats;
  guint8 data[RTC_MAX_DATAGRAM], zero[64] = { 0 };
  guint bits = 0;
  GArray *numbers;
  Rig rig;

  rig_init (&rig, &config);
  rig_send (&rig, 7, 100);
  numbers = rig_receive_numbers (&rig, 2, 2000);
  g_assert_cmpuint (numbers->len, ==, 2);
  g_array_unref (numbers);
  link_emulator_set_link (rig.link, SIM_A_TO_B, &flipping);
  send_to_port (rig.client, link_emulator_get_client_port (rig.link), zero, sizeof zero);
  g_assert_cmpint (receive (rig.server, data, sizeof data, NULL, 2000), ==, sizeof zero);
  for (guint i = 0; i < sizeof zero * 8; i++)
    bits += (data[i / 8] >> i % 8) & 1;
  g_assert_cmpuint (bits, ==, 1);
  link_emulator_set_link (rig.link, SIM_A_TO_B, &narrow);
  rig_send (&rig, 8, 501);
  rig_send (&rig, 9, 500);
  numbers = rig_receive_numbers (&rig, 1, 2000);
  g_assert_cmpuint (g_array_index (numbers, guint32, 0), ==, 9);
  g_array_unref (numbers);
  link_emulator_get_stats (rig.link, &stats);
  g_assert_cmpuint (stats.ways[SIM_A_TO_B].too_long, ==, 1);
  rig_clear (&rig);
}

/* A hole, then other ports; the way back ends at who asked, on whatever port. */
static void
test_ports (void)
{
  LinkEmulatorConfig config = { .seed = 3 };
  guint16 before = 0, after = 0, port;
  guint8 data[RTC_MAX_DATAGRAM];
  GArray *numbers;
  int other;
  Rig rig;

  rig_init (&rig, &config);
  rig_send (&rig, 1, 100);
  g_assert_cmpint (receive (rig.server, data, sizeof data, &before, 2000), ==, 100);
  g_assert_cmpuint (before, ==, link_emulator_get_server_port (rig.link));
  send_to_port (rig.server, before, "back", 4);
  g_assert_cmpint (receive (rig.client, data, sizeof data, &port, 2000), ==, 4);
  g_assert_cmpuint (port, ==, link_emulator_get_client_port (rig.link));
  /* A second address of the client's has its own port. */
  other = open_end (&port);
  send_to_port (other, link_emulator_get_client_port (rig.link), "other", 5);
  g_assert_cmpint (receive (rig.server, data, sizeof data, &after, 2000), ==, 5);
  g_assert_cmpuint (after, !=, before);
  send_to_port (rig.server, after, "back", 4);
  g_assert_cmpint (receive (other, data, sizeof data, NULL, 2000), ==, 4);
  close (other);
  link_emulator_rebind (rig.link);
  rig_send (&rig, 2, 100);
  g_assert_cmpint (receive (rig.server, data, sizeof data, &after, 2000), ==, 100);
  g_assert_cmpuint (after, !=, before);
  link_emulator_add_blackhole (rig.link, SIM_A_TO_B, 0, 300);
  rig_send (&rig, 3, 100);
  numbers = rig_receive_numbers (&rig, 1, 400);
  g_assert_cmpuint (numbers->len, ==, 0);
  g_array_unref (numbers);
  rig_send (&rig, 4, 100);
  numbers = rig_receive_numbers (&rig, 1, 2000);
  g_assert_cmpuint (numbers->len, ==, 1);
  g_array_unref (numbers);
  rig_clear (&rig);
}

static void
test_descriptions (void)
{
  static const gchar sdp[] = "v=0\r\n"
                             "m=audio 9 UDP/TLS/RTP/SAVPF 111\r\n"
                             "a=candidate:1 1 tcp 1518280447 10.0.0.1 9 typ host tcptype active\r\n"
                             "a=candidate:2 1 UDP 2122194687 10.0.0.7 5004 typ host\r\n"
                             "a=candidate:3 1 UDP 2122194687 fe80::1 5005 typ host\r\n"
                             "a=end-of-candidates\r\n"
                             "a=mid:0\r\n"
                             "m=video 0 UDP/TLS/RTP/SAVPF 96\r\n"
                             "a=mid:1\r\n";
  struct sockaddr_in address;
  gchar *out;

  g_assert_true (link_sdp_find_candidate (sdp, &address));
  g_assert_cmpuint (ntohl (address.sin_addr.s_addr), ==, 0x0a000007);
  g_assert_cmpuint (ntohs (address.sin_port), ==, 5004);
  address.sin_port = htons (6000);
  out = link_sdp_replace_candidates (sdp, &address);
  g_assert_cmpstr (out, ==,
      "v=0\r\nm=audio 9 UDP/TLS/RTP/SAVPF 111\r\na=mid:0\r\n"
      "a=candidate:1 1 udp 2130706431 10.0.0.7 6000 typ host\r\na=end-of-candidates\r\n"
      "m=video 0 UDP/TLS/RTP/SAVPF 96\r\na=mid:1\r\n");
  g_free (out);
  out = link_sdp_replace_candidates ("a=ice-ufrag:x\r\nm=audio 9 X 0\r\na=mid:0\r\n"
                                     "a=candidate:2 1 UDP 2122194687 10.0.0.7 5004 typ host\r\n",
      &address);
  g_assert_cmpstr (out, ==, "a=ice-ufrag:x\r\nm=audio 9 X 0\r\na=mid:0\r\n");
  g_free (out);
  g_assert_false (
      link_sdp_find_candidate ("v=0\r\na=candidate:1 1 udp 1 x.local 5 typ host\r\n", &address));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/link/descriptions", test_descriptions);
  g_test_add_func ("/link/loss-share", test_loss_share);
  g_test_add_func ("/link/same-seed", test_same_seed);
  g_test_add_func ("/link/rate", test_rate);
  g_test_add_func ("/link/order", test_order);
  g_test_add_func ("/link/damage", test_damage);
  g_test_add_func ("/link/ports", test_ports);
  g_test_add_func ("/link/delay", test_delay);
  return run_tests ();
}
