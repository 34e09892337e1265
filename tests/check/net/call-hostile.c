/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* call-hostile.c - strangers and hostile peers against whole calls over real sockets: the threats
 * T1, T3, T6, T8, T9, T11 of docs/security.md.
 *
 * Scaled down; RTC_TEST_FULL=1 in the environment runs the documented sizes. */
#include "net-call.h"

#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "ext/dtls/rtc-dtls.h"
#include "gst/rtc/peer/rtc-peer-private.h"
#include "gst/rtc/rtcp/rtc-rtcp-psfb.h"
#include "stun-message.h"
#include "tests/check/run-tests.h"

static gboolean
is_full_size (void)
{
  return g_getenv ("RTC_TEST_FULL") != NULL;
}

/* Either transport of the sender's. */
static void
begin_on (NetCall *call, gboolean is_mux)
{
  net_call_init (call);
  if (is_mux)
    net_call_use_mux (call);
}

/* --- the attacker ----------------------------------------------------------------------------- */

typedef struct _Attacker Attacker;

struct _Attacker {
  NetCall *call;
  int fds[2]; /* another port of 127.0.0.1, and another address */
  guint rate; /* datagrams a second */
  /* Writes the n-th datagram into data (2048 bytes); returns its length. */
  gsize (*make) (Attacker *self, guint n, guint8 *data);
  GstClockTime last;
  guint n;
  guint64 sent_bytes, back_bytes;
  guint8 hello[1500]; /* a real one */
  gsize hello_len;
};

static void
attacker_take_hello (Attacker *self)
{
  RtcDtlsConfig config = { .mtu = 1200, .offer_srtp = TRUE, .handshake_timeout = GST_SECOND };
  RtcDtlsFactory *factory = self->call->dtls[0];
  RtcDtls *dtls = factory->create (factory, &config, NULL);
  RtcDtlsEvent event = { 0 };

  dtls->vtable->start (dtls, net_call_now (), TRUE);
  while (dtls->vtable->poll (dtls, &event)) {
    if (event.type == RTC_DTLS_EVENT_TRANSMIT && self->hello_len == 0) {
      self->hello_len = event.packet->len;
      memcpy (self->hello, event.packet->data, event.packet->len);
    }
    rtc_packet_unref (event.packet);
  }
  dtls->vtable->free (dtls);
  g_assert_cmpuint (self->hello_len, >, 100);
}

static void
attacker_init (Attacker *self, NetCall *call, guint rate,
    gsize (*make) (Attacker *self, guint n, guint8 *data))
{
  *self = (Attacker){ .call = call, .rate = rate, .make = make };
  self->fds[0] = net_call_stranger ("127.0.0.1");
  self->fds[1] = net_call_stranger ("127.0.0.2");
  self->last = net_call_now ();
  attacker_take_hello (self);
}

static void
attacker_receive (Attacker *self)
{
  guint8 data[2048];
  gssize len;

  for (guint i = 0; i < 2; i++)
    while ((len = recv (self->fds[i], data, sizeof data, 0)) > 0)
      self->back_bytes += (gsize) len;
}

static void
attacker_clear (Attacker *self)
{
  attacker_receive (self);
  close (self->fds[0]);
  close (self->fds[1]);
}

/* NetCall.attack: sends what is due by now to every address of both ends, in turn. */
static void
attacker_step (NetCall *call, GstClockTime now, gpointer data)
{
  Attacker *self = data;
  struct sockaddr_in to[32];
  guint n_to = net_call_get_addresses (call, NET_SENDER, to, 16);
  guint due = (guint) gst_util_uint64_scale (now - self->last, self->rate, GST_SECOND);

  n_to += net_call_get_addresses (call, NET_VIEWER, to + n_to, 16);
  if (due == 0)
    return;
  self->last = now;
  for (guint i = 0; n_to > 0 && i < MIN (due, self->rate / 50); i++) {
    guint8 datagram[2048];
    gsize len = self->make (self, self->n, datagram);
    const struct sockaddr_in *target = &to[self->n % n_to];

    if (sendto (self->fds[self->n / n_to % 2], datagram, len, 0, (const struct sockaddr *) target,
            sizeof *target)
        > 0)
      self->sent_bytes += len;
    self->n++;
  }
  attacker_receive (self);
}

/* --- T1, T3: before the pair is validated ----------------------------------------------------- */

static gsize
make_alert (guint8 *data, guint8 level, guint8 description, guint n)
{
  RtcWriter w = rtc_writer (data, 2048);

  rtc_writer_u8 (&w, 21);
  rtc_writer_u16 (&w, 0xfefd);
  rtc_writer_u16 (&w, 0);
  rtc_writer_uint (&w, n, 6);
  rtc_writer_u16 (&w, 2);
  rtc_writer_u8 (&w, level);
  rtc_writer_u8 (&w, description);
  return w.pos;
}

/* ClientHellos mostly; fatal alerts, close_notify, media and rubbish. */
static gsize
make_race (Attacker *self, guint n, guint8 *data)
{
  switch (n % 8) {
    case 0:
      return make_alert (data, 2, 40, n);
    case 1:
      return make_alert (data, 1, 0, n);
    case 2:
      memset (data, 0x80, 200);
      data[1] = n % 16 == 2 ? 96 : 200;
      return 200;
    case 3:
      memset (data, 0x16, 100);
      return 100;
    default:
      memcpy (data, self->hello, self->hello_len);
      return self->hello_len;
  }
}

static gint
compare_times (gconstpointer a, gconstpointer b)
{
  const GstClockTime *x = a, *y = b;

  return *x < *y ? -1 : *x > *y;
}

/* Connects so many times; median time from the first description to the first picture. */
static GstClockTime
connect_many (NetCall *call, guint n_calls)
{
  GArray *times = g_array_new (FALSE, FALSE, sizeof (GstClockTime));
  GstClockTime median, worst;

  for (guint i = 0; i < n_calls; i++) {
    GstClockTime began = net_call_now (), took;

    net_call_begin (call, i % 2 == 0);
    if (!net_call_run (call, net_call_has_media, 15000))
      g_error ("call %u did not connect: %s, %s", i, call->failure[0], call->failure[1]);
    took = net_call_now () - began;
    g_array_append_val (times, took);
    net_call_end (call);
  }
  g_array_sort (times, compare_times);
  median = g_array_index (times, GstClockTime, n_calls / 2);
  worst = g_array_index (times, GstClockTime, n_calls - 1);
  g_test_message ("%u calls: median %.1f ms, slowest %.1f ms", n_calls, (gdouble) median / 1e6,
      (gdouble) worst / 1e6);
  g_array_unref (times);
  return median;
}

static void
test_hello_race (gconstpointer is_mux)
{
  guint n_calls = is_full_size () ? 1000 : 20;
  GstClockTime quiet, attacked;
  Attacker attacker;
  NetCall call;

  begin_on (&call, is_mux != NULL);
  quiet = connect_many (&call, 20);
  attacker_init (&attacker, &call, 10000, make_race);
  call.attack = attacker_step;
  call.attack_data = &attacker;
  attacked = connect_many (&call, n_calls);
  attacker_clear (&attacker);
  g_test_message ("%u datagrams, %" G_GUINT64_FORMAT " bytes to strangers' %" G_GUINT64_FORMAT,
      attacker.n, attacker.back_bytes, attacker.sent_bytes);
  g_assert_cmpuint (attacker.n, >, n_calls * 10);
  g_assert_cmpuint (attacked, <=, quiet + 100 * GST_MSECOND);
  /* RFC 8842 6: no DTLS to where nobody has passed a check. */
  g_assert_cmpuint (attacker.back_bytes, ==, 0);
  net_call_clear (&call);
}

/* --- T6: STUN --------------------------------------------------------------------------------- */

/* a=ice-ufrag or a=ice-pwd of an end. (transfer full) */
static gchar *
ice_parameter (NetCall *call, guint end, const gchar *name)
{
  gchar *sdp = rtc_peer_get_local_description (call->peers[end]);
  gchar *prefix = g_strdup_printf ("a=ice-%s:", name);
  const gchar *at = strstr (sdp, prefix);
  gchar *value;

  g_assert_nonnull (at);
  at += strlen (prefix);
  value = g_strndup (at, strcspn (at, "\r\n"));
  g_free (prefix);
  g_free (sdp);
  return value;
}

static void
add_check_attributes (RtcWriter *w, const gchar *username, guint n)
{
  guint8 tie_breaker[8] = { 0xff }, priority[4] = { 0x6e, 0, 0x1e, 0xff };

  tie_breaker[7] = (guint8) n;
  stun_attribute (w, STUN_ATTR_USERNAME, username, strlen (username));
  stun_attribute (w, STUN_ATTR_PRIORITY, priority, sizeof priority);
  stun_attribute (w, n % 2 ? STUN_ATTR_ICE_CONTROLLED : STUN_ATTR_ICE_CONTROLLING, tie_breaker,
      sizeof tie_breaker);
  stun_attribute (w, STUN_ATTR_USE_CANDIDATE, NULL, 0);
}

/* The user name of checks, in the order for one end or the other. (transfer full) */
static gchar *
make_username (Attacker *self, guint n)
{
  gchar *a = ice_parameter (self->call, NET_SENDER, "ufrag");
  gchar *b = ice_parameter (self->call, NET_VIEWER, "ufrag");
  gchar *username = g_strdup_printf ("%s:%s", n % 3 ? a : b, n % 3 ? b : a);

  g_free (a);
  g_free (b);
  return username;
}

/* What somebody can send who knows everything but the passwords. */
static gsize
make_bad_stun (Attacker *self, guint n, guint8 *data)
{
  static const guint8 error_403[4] = { 0, 0, 4, 3 }, error_487[4] = { 0, 0, 4, 87 };
  static const guint8 mapped[8] = { 0, 1, 0x21, 0x12, 0xff, 0, 0, 1 };
  gchar *username = make_username (self, n);
  guint8 transaction[12];
  gsize len = 0;
  RtcWriter w;

  rtc_random_fill (self->call->random, transaction, sizeof transaction);
  w = stun_begin (data, 2048,
      n % 9 == 3               ? STUN_BINDING_SUCCESS
      : n % 9 < 6 && n % 9 > 3 ? STUN_BINDING_ERROR
      : n % 9 == 6             ? STUN_BINDING_INDICATION
                               : STUN_BINDING_REQUEST,
      transaction);
  switch (n % 9) {
    case 0: /* no credentials */
      len = stun_end (&w, NULL);
      break;
    case 1: /* wrong integrity */
      add_check_attributes (&w, username, n);
      len = stun_end (&w, "0123456789012345678901");
      break;
    case 2: /* unknown fragment */
      add_check_attributes (&w, "nobody:knows", n);
      len = stun_end (&w, "0123456789012345678901");
      break;
    case 3: /* an answer that nobody asked for */
      stun_attribute (&w, STUN_ATTR_XOR_MAPPED_ADDRESS, mapped, sizeof mapped);
      len = stun_end (&w, n % 2 ? "0123456789012345678901" : NULL);
      break;
    case 4: /* consent revoked, says a stranger */
      stun_attribute (&w, STUN_ATTR_ERROR_CODE, error_403, sizeof error_403);
      len = stun_end (&w, NULL);
      break;
    case 5: /* role conflict, says a stranger */
      stun_attribute (&w, STUN_ATTR_ERROR_CODE, error_487, sizeof error_487);
      len = stun_end (&w, NULL);
      break;
    case 6:
      len = stun_end (&w, NULL);
      break;
    case 7: /* lies about its length */
      add_check_attributes (&w, username, n);
      len = stun_end (&w, NULL);
      data[2 + n % 2] ^= (guint8) (1 << n % 7);
      len -= n % 30;
      break;
    default: /* attributes that must be understood, and nothing else */
      for (guint16 i = 0; i < 60; i++)
        stun_attribute (&w, (guint16) (0x7000 + i), NULL, 0);
      len = stun_end (&w, NULL);
      break;
  }
  g_free (username);
  return len;
}

static guint64
cpu_us (void)
{
  struct rusage usage;

  getrusage (RUSAGE_SELF, &usage);
  return (guint64) (usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) * 1000000
         + (guint64) (usage.ru_utime.tv_usec + usage.ru_stime.tv_usec);
}

/* All pictures but those on their way, and both ends as they were. */
static void
assert_unharmed (NetCall *call)
{
  g_assert_null (call->failure[0]);
  g_assert_null (call->failure[1]);
  g_assert_true (net_call_has_media (call));
  g_test_message ("%" G_GUINT64_FORMAT " pictures sent, %" G_GUINT64_FORMAT " came", call->sent,
      call->received);
  g_assert_cmpuint (call->received * 100, >=, (call->sent - 5) * 99);
}

static void
test_stun_flood (gconstpointer is_mux)
{
  guint rate = is_full_size () ? 50000 : 10000;
  guint ms = is_full_size () ? 60000 : 2000;
  Attacker attacker;
  guint64 cpu;
  NetCall call;

  begin_on (&call, is_mux != NULL);
  net_call_begin (&call, TRUE);
  g_assert_true (net_call_run (&call, net_call_has_media, 10000));
  attacker_init (&attacker, &call, rate, make_bad_stun);
  call.attack = attacker_step;
  call.attack_data = &attacker;
  cpu = cpu_us ();
  net_call_run (&call, NULL, ms);
  cpu = cpu_us () - cpu;
  call.attack = NULL;
  net_call_run (&call, NULL, 100);
  attacker_clear (&attacker);
  g_test_message ("%u bad messages, %.1f us each with making them; %" G_GUINT64_FORMAT
                  " bytes answered to %" G_GUINT64_FORMAT,
      attacker.n, (gdouble) cpu / attacker.n, attacker.back_bytes, attacker.sent_bytes);
  g_assert_cmpuint (attacker.n, >, 1000);
  /* T3: no reflector: error responses are not larger than what they answer, in all. */
  g_assert_cmpuint (attacker.back_bytes, <=, attacker.sent_bytes);
  assert_unharmed (&call);
  net_call_clear (&call);
}

/* The peer itself, who has the password, checks from ever new ports and quarrels about roles. */
static void
test_peer_checks (gconstpointer is_mux)
{
  guint n_ports = is_full_size () ? 5000 : 500;
  gchar *pwd, *username, *ufrags[2];
  struct sockaddr_in to[16];
  guint64 back = 0, sent = 0;
  guint n_to;
  NetCall call;

  begin_on (&call, is_mux != NULL);
  net_call_begin (&call, TRUE);
  g_assert_true (net_call_run (&call, net_call_has_media, 10000));
  pwd = ice_parameter (&call, NET_SENDER, "pwd");
  ufrags[0] = ice_parameter (&call, NET_SENDER, "ufrag");
  ufrags[1] = ice_parameter (&call, NET_VIEWER, "ufrag");
  username = g_strdup_printf ("%s:%s", ufrags[0], ufrags[1]);
  n_to = net_call_get_addresses (&call, NET_SENDER, to, 16);
  for (guint i = 0; i < n_ports; i++) {
    int fd = net_call_stranger (i % 2 ? "127.0.0.2" : "127.0.0.1");
    guint8 data[512], transaction[12];
    gssize len;
    RtcWriter w;

    for (guint k = 0; k < 4; k++) {
      rtc_random_fill (call.random, transaction, sizeof transaction);
      w = stun_begin (data, sizeof data, STUN_BINDING_REQUEST, transaction);
      add_check_attributes (&w, username, i * 4 + k);
      len = (gssize) stun_end (&w, pwd);
      if (sendto (fd, data, (gsize) len, 0, (struct sockaddr *) &to[i % n_to], sizeof to[0]) > 0)
        sent += (guint64) len;
    }
    net_call_run (&call, NULL, 2);
    while ((len = recv (fd, data, sizeof data, 0)) > 0)
      back += (guint64) len;
    close (fd);
  }
  net_call_run (&call, NULL, 500);
  g_test_message ("%u ports: %" G_GUINT64_FORMAT " bytes sent, %" G_GUINT64_FORMAT " answered",
      n_ports, sent, back);
  g_assert_cmpuint (back, >, 0); /* authenticated: it is answered */
  g_assert_null (call.failure[0]);
  g_assert_null (call.failure[1]);
  g_free (pwd);
  g_free (username);
  g_free (ufrags[0]);
  g_free (ufrags[1]);
  net_call_clear (&call);
}

/* --- T8, T9: candidates that point at others -------------------------------------------------- */

/* A hundred victims, by a whole peer: how much they get, and that it is nothing but checks. */
static void
test_victims (gconstpointer is_mux)
{
  enum { N_VICTIMS = 100 };
  guint seconds = is_full_size () ? 30 : 5, n = 0, other = 0;
  int fds[N_VICTIMS];
  NetCall call;

  begin_on (&call, is_mux != NULL);
  call.hide_candidates = TRUE;
  net_call_begin (&call, TRUE);
  for (guint i = 0; i < N_VICTIMS; i++) {
    struct sockaddr_in address;
    socklen_t size = sizeof address;
    gchar *text;

    fds[i] = net_call_stranger ("127.0.0.1");
    getsockname (fds[i], (struct sockaddr *) &address, &size);
    text = g_strdup_printf (
        "candidate:%u 1 udp 1 127.0.0.1 %u typ host", i + 100, ntohs (address.sin_port));
    rtc_peer_add_ice_candidate (call.peers[NET_SENDER], net_call_now (), "0", 0, text, NULL);
    g_free (text);
  }
  net_call_run (&call, NULL, seconds * 1000);
  for (guint i = 0; i < N_VICTIMS; i++) {
    guint8 data[2048];

    while (recv (fds[i], data, sizeof data, 0) > 0) {
      n++;
      other += data[0] > 3;
    }
    close (fds[i]);
  }
  g_test_message (
      "victims got %u datagrams in %u s: %.1f a second", n, seconds, (gdouble) n / seconds);
  /* Who is lite sends no checks at all. */
  g_assert_cmpint (n > 0, ==, is_mux == NULL);
  g_assert_cmpuint (other, ==, 0);
  g_assert_cmpuint (n, <=, 20 * seconds);
  net_call_clear (&call);
}

/* --- T11: forgeries over the validated pair --------------------------------------------------- */

static gsize
make_forgery (NetCall *call, guint n, gboolean to_viewer, guint8 *data)
{
  const RtcSendStream *stream = &rtc_peer_section (call->peers[NET_SENDER], 0)->send;
  RtcRtpHeader header = { .payload_type = 96,
    .seq = (guint16) (call->received + n % 100),
    .rtp_ts = n,
    .ssrc = stream->config.rewrite.ssrc };
  RtcRtcpBuilder builder;
  RtcWriter w = rtc_writer (data, 2048);
  gsize len;

  if (n % 2 == 0 || to_viewer) {
    rtc_rtp_header_write (&header, &w);
    len = w.pos + 100;
  } else {
    rtc_rtcp_builder_init (&builder, data, 200, RTC_RTCP_REDUCED_SIZE);
    rtc_rtcp_pli_write (&builder, 1, header.ssrc);
    rtc_rtcp_builder_finish (&builder, &len);
    w.pos = len;
    len += n % 3 ? 0 : 30;
  }
  memset (data + w.pos, 0x80, len - w.pos);
  return len;
}

static void
forge_step (NetCall *call, GstClockTime now, gpointer data)
{
  Attacker *self = data;
  guint due = (guint) gst_util_uint64_scale (now - self->last, self->rate, GST_SECOND);

  if (due == 0)
    return;
  self->last = now;
  for (guint i = 0; i < MIN (due, self->rate / 50); i++) {
    RtcPeer *from = call->peers[i % 2];
    guint8 datagram[2048];
    gsize len = make_forgery (call, self->n, i % 2 == NET_SENDER, datagram);

    self->n += from->ice->vtable->send (from->ice, now, datagram, len) == RTC_OK;
  }
}

static void
test_forgeries (gconstpointer is_mux)
{
  Attacker attacker;
  RtcPeerStats stats[2];
  RtcFanoutStats fanout;
  guint64 dropped = 0;
  NetCall call;

  begin_on (&call, is_mux != NULL);
  net_call_begin (&call, TRUE);
  g_assert_true (net_call_run (&call, net_call_has_media, 10000));
  attacker_init (&attacker, &call, 10000, NULL);
  call.attack = forge_step;
  call.attack_data = &attacker;
  net_call_run (&call, NULL, is_full_size () ? 100000 : 2000);
  call.attack = NULL;
  net_call_run (&call, NULL, 200);
  for (guint end = 0; end < 2; end++) {
    rtc_peer_get_stats (call.peers[end], net_call_now (), &stats[end]);
    dropped += stats[end].dropped_auth + stats[end].dropped_malformed + stats[end].dropped_replay;
    rtc_peer_stats_clear (&stats[end]);
  }
  rtc_fanout_get_stats (call.video, &fanout);
  g_test_message ("%u forged, %" G_GUINT64_FORMAT " dropped", attacker.n, dropped);
  g_assert_cmpuint (attacker.n, >, 1000);
  /* The sockets may have lost some; none came through. */
  g_assert_cmpuint (dropped, >, attacker.n * 9 / 10);
  g_assert_cmpuint (dropped, <=, attacker.n);
  g_assert_cmpuint (call.received, <=, call.sent);
  g_assert_cmpuint (stats[NET_SENDER].rtp_received, ==, 0);
  g_assert_cmpuint (fanout.key_frame_requests, ==, 0);
  assert_unharmed (&call);
  attacker_clear (&attacker);
  net_call_clear (&call);
}

int
main (int argc, char **argv)
{
  static const struct {
    const gchar *name;
    GTestDataFunc func;
  } tests[] = { { "hello-race", test_hello_race }, { "stun-flood", test_stun_flood },
    { "peer-checks", test_peer_checks }, { "victims", test_victims },
    { "forgeries", test_forgeries } };

  g_test_init (&argc, &argv, NULL);
  gst_init (NULL, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (tests); i++) {
    gchar *nice = g_strconcat ("/call-hostile/", tests[i].name, NULL);
    gchar *mux = g_strconcat ("/call-hostile/mux/", tests[i].name, NULL);

    g_test_add_data_func (nice, NULL, tests[i].func);
    g_test_add_data_func (mux, "mux", tests[i].func);
    g_free (nice);
    g_free (mux);
  }
  return run_tests ();
}
