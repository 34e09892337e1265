/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* rtc-sdpdemux-repair.c - what sdpdemux asks of a sender behind a lossy link: packets once per
 * round trip until they come, by RTX or as themselves, key frames for what never comes, nothing
 * where nothing was agreed; latency that follows the network; and its hooks beside those of
 * webrtcsrc. */
#include <string.h>

#include "tests/check/elements/run-to-end.h"
#include "tests/check/elements/sdp-play.h"

#define HOST "127.0.0.1"
#define SSRC 7u
#define RTX_SSRC 99u
#define PT 96
#define RTX_PT 97
#define N 300u
#define SPACING 2000 /* us between packets */
#define RTT 60000    /* us until an answer leaves */
#define PATIENCE (30 * G_TIME_SPAN_SECOND)
#define MAX_ANSWERS 1024

typedef struct {
  gint64 due; /* us */
  guint16 seq;
} Answer;

/* A sender, a link that loses every 10th packet and every third answer, and what is asked of it. */
typedef struct {
  GSocket *socket;
  guint16 port;
  gboolean has_rtx, is_deaf; /* answers by RTX; not at all */
  guint16 rtx_seq;
  guint n_answers, n_sent; /* made; of those sent */
  Answer answers[MAX_ANSWERS];
  guint n_lost, n_asked, n_needless, n_answers_lost, n_plis, n_firs;
  gint64 asked[N], shortest; /* when each was asked for last; shortest time between two, us */
} Sender;

static gboolean
is_lost (guint seq)
{
  return seq % 10 == 5;
}

/* RFC 4588 4: the original number, then the original body. */
static void
send_answer (Sender *self, guint16 seq)
{
  GBytes *packet = sdp_play_make_rtp (PT, seq, SSRC);
  gsize len;
  const guint8 *data = g_bytes_get_data (packet, &len);
  guint8 rtx[1500];

  if (!self->has_rtx) {
    sdp_play_send (self->socket, HOST, self->port, packet);
    return;
  }
  memcpy (rtx, data, 12);
  rtx[1] = RTX_PT;
  GST_WRITE_UINT16_BE (rtx + 2, self->rtx_seq++);
  GST_WRITE_UINT32_BE (rtx + 8, RTX_SSRC);
  GST_WRITE_UINT16_BE (rtx + 12, seq);
  memcpy (rtx + 14, data + 12, len - 12);
  sdp_play_send (self->socket, HOST, self->port, g_bytes_new (rtx, len + 2));
  g_bytes_unref (packet);
}

static void
take_nack (Sender *self, guint16 seq)
{
  gint64 now = g_get_monotonic_time ();

  self->n_asked++;
  if (seq >= N || !is_lost (seq)) {
    self->n_needless++;
    return;
  }
  if (self->asked[seq] != 0)
    self->shortest = MIN (self->shortest, now - self->asked[seq]);
  self->asked[seq] = now;
  if (self->is_deaf)
    return;
  if (self->n_answers % 3 == 2)
    self->n_answers_lost++;
  g_assert_cmpuint (self->n_answers, <, MAX_ANSWERS);
  self->answers[self->n_answers++] = (Answer){ now + RTT, seq };
}

static void
take_rtcp (Sender *self, const guint8 *data, gssize len)
{
  for (gssize at = 0; at + 12 <= len; at += 4 * (GST_READ_UINT16_BE (data + at + 2) + 1)) {
    gssize end = MIN (len, at + 4 * (GST_READ_UINT16_BE (data + at + 2) + 1));
    guint8 fmt = data[at] & 31;

    self->n_plis += data[at + 1] == 206 && fmt == 1;
    self->n_firs += data[at + 1] == 206 && fmt == 4;
    for (gssize fci = at + 12; data[at + 1] == 205 && fmt == 1 && fci + 4 <= end; fci += 4) {
      guint16 first = GST_READ_UINT16_BE (data + fci), more = GST_READ_UINT16_BE (data + fci + 2);

      take_nack (self, first);
      for (guint i = 0; i < 16; i++)
        if ((more >> i & 1) != 0)
          take_nack (self, (guint16) (first + 1 + i));
    }
  }
}

/* Until then, or a packet has come. */
static void
wait_until (Sender *self, gint64 then)
{
  gint64 now = g_get_monotonic_time ();
  guint8 data[1500];
  gssize len;

  while (self->n_sent < self->n_answers && self->answers[self->n_sent].due <= now) {
    guint16 seq = self->answers[self->n_sent].seq;

    if (self->n_sent++ % 3 != 2)
      send_answer (self, seq);
  }
  if (self->n_sent < self->n_answers)
    then = MIN (then, self->answers[self->n_sent].due);
  if (!g_socket_condition_timed_wait (self->socket, G_IO_IN, MAX (then - now, 0), NULL, NULL))
    return;
  len = g_socket_receive (self->socket, (gchar *) data, sizeof data, NULL, NULL);
  take_rtcp (self, data, len);
}

/* n packets from seq on, as they are due. */
static void
send_packets (Sender *self, guint16 seq, guint n)
{
  gint64 due = g_get_monotonic_time ();

  for (guint i = 0; i < n; i++, seq++, due += SPACING) {
    while (g_get_monotonic_time () < due)
      wait_until (self, due);
    if (is_lost (seq))
      self->n_lost++;
    else
      sdp_play_send_rtp (self->socket, HOST, self->port, PT, seq, 1, SSRC);
    if (i % 50 == 0)
      sdp_play_send_report (self->socket, HOST, self->port, SSRC, FALSE);
  }
}

static guint
count_out (SdpPlay *play)
{
  guint n;

  g_mutex_lock (&play->lock);
  n = play->packets[0]->len;
  g_mutex_unlock (&play->lock);
  return n;
}

static void
start (
    Sender *self, SdpPlay *play, const gchar *properties, const gchar *profile, const gchar *more)
{
  gchar *sdp;

  memset (self, 0, sizeof *self);
  self->port = sdp_play_free_port ();
  self->socket = sdp_play_sender (HOST, 0);
  self->shortest = G_MAXINT64;
  self->has_rtx = strstr (more, "rtx") != NULL;
  sdp = g_strdup_printf ("v=0\nc=IN IP4 127.0.0.1\nm=video %u %s 96%s\na=rtcp-mux\n"
                         "a=rtpmap:96 VP8/40000\n%s",
      self->port, profile, self->has_rtx ? " 97" : "", more);
  sdp_play_init (play, properties);
  sdp_play_describe (play, sdp);
  g_free (sdp);
}

static void
finish (Sender *self, SdpPlay *play)
{
  sdp_play_assert_no_error (play);
  sdp_play_clear (play);
  g_object_unref (self->socket);
}

/* All come out in order. A request for what is on its way already would come sooner than a round
 * trip after the one before; what is merely asked for once too often by a receiver that the machine
 * has kept waiting is no more than a few. */
static void
check_repair (const gchar *more)
{
  gint64 end = g_get_monotonic_time () + PATIENCE;
  Sender sender;
  SdpPlay play;

  start (&sender, &play, "latency=3000", "RTP/AVPF", more);
  send_packets (&sender, 0, N);
  while (count_out (&play) < N && g_get_monotonic_time () < end)
    wait_until (&sender, g_get_monotonic_time () + SPACING);
  sdp_play_wait (&play, 0, N);
  for (guint i = 0; i < N; i++)
    sdp_play_assert_packet (&play, 0, i, PT, (guint16) i);
  g_test_message ("%u lost, %u asked for, %u answers lost, %u needless, shortest %" G_GINT64_FORMAT
                  " us",
      sender.n_lost, sender.n_asked, sender.n_answers_lost, sender.n_needless, sender.shortest);
  g_assert_cmpuint (sender.n_lost, ==, N / 10);
  g_assert_cmpuint (sender.n_needless, ==, 0);
  g_assert_cmpuint (sender.n_asked, >=, sender.n_lost + sender.n_answers_lost);
  g_assert_cmpuint (sender.n_asked, <=, 3 * sender.n_lost);
  g_assert_cmpuint (sdp_play_stat (&play, "retransmission-requests"), >=, sender.n_asked);
  g_assert_cmpuint (sdp_play_stat (&play, "packets-lost"), ==, 0);
  if (sender.has_rtx)
    g_assert_cmpuint (sdp_play_stat (&play, "retransmitted-packets"), >=, sender.n_lost);
  finish (&sender, &play);
}

static void
test_rtx (void)
{
  check_repair ("a=rtcp-fb:96 nack\na=rtpmap:97 rtx/40000\na=fmtp:97 apt=96\n");
}

static void
test_plain (void)
{
  check_repair ("a=rtcp-fb:* nack\n");
}

/* What never comes: it is asked for, and then a key frame, as it was agreed. */
static void
check_key_frame (const gchar *more, guint plis, guint firs)
{
  gboolean has_nack = strstr (more, "nack\n") != NULL;
  gint64 end = g_get_monotonic_time () + PATIENCE;
  Sender sender;
  SdpPlay play;

  start (&sender, &play, "latency=50", "RTP/AVPF", more);
  sender.is_deaf = TRUE;
  for (guint16 seq = 0; (sender.n_plis == 0 && plis > 0) || (sender.n_firs == 0 && firs > 0)
                        || (sender.n_asked == 0 && has_nack);
       seq += 10) {
    g_assert_cmpint (g_get_monotonic_time (), <, end);
    send_packets (&sender, seq, 10);
  }
  g_assert_cmpuint (sender.n_plis > 0, ==, plis);
  g_assert_cmpuint (sender.n_firs > 0, ==, firs);
  g_assert_cmpuint (sender.n_asked > 0, ==, has_nack);
  g_assert_cmpuint (sdp_play_stat (&play, "packets-lost"), >, 0);
  g_assert_cmpuint (sdp_play_stat (&play, "key-frame-requests"), >, 0);
  finish (&sender, &play);
}

static void
test_key_frames (void)
{
  check_key_frame ("a=rtcp-fb:96 nack\na=rtcp-fb:96 nack pli\n", 1, 0);
  check_key_frame ("a=rtcp-fb:96 ccm fir\n", 0, 1);
}

/* RTP/AVP, and whoever may not send RTCP: nothing is asked for, and what is lost stays lost. */
static void
check_silence (const gchar *properties, const gchar *profile)
{
  gint64 end = g_get_monotonic_time () + PATIENCE;
  Sender sender;
  SdpPlay play;

  start (&sender, &play, properties, profile, "a=rtcp-fb:96 nack\na=rtcp-fb:96 nack pli\n");
  for (guint16 seq = 0; sdp_play_stat (&play, "packets-lost") < 10; seq += 10) {
    g_assert_cmpint (g_get_monotonic_time (), <, end);
    send_packets (&sender, seq, 10);
  }
  g_assert_cmpuint (sender.n_asked + sender.n_plis + sender.n_firs, ==, 0);
  g_assert_cmpuint (sdp_play_stat (&play, "retransmission-requests"), ==, 0);
  g_assert_cmpuint (sdp_play_stat (&play, "key-frame-requests"), ==, 0);
  finish (&sender, &play);
}

static void
test_silence (void)
{
  check_silence ("latency=20", "RTP/AVP");
  check_silence ("latency=20 rtcp-mode=recvonly", "RTP/AVPF");
}

static guint
get_latency (SdpPlay *play)
{
  GstIterator *it =
      gst_bin_iterate_all_by_element_factory_name (GST_BIN (play->demux), "rtpjitterbuffer");
  GValue value = G_VALUE_INIT;
  guint latency = 0;

  if (gst_iterator_next (it, &value) == GST_ITERATOR_OK) {
    g_object_get (g_value_get_object (&value), "latency", &latency, NULL);
    g_value_unset (&value);
  }
  gst_iterator_free (it);
  return latency;
}

/* A packet that is 100 ms late raises what is held, where it may be raised. */
static void
check_latency (const gchar *properties, guint least, guint most)
{
  Sender sender;
  SdpPlay play;
  guint latency;

  start (&sender, &play, properties, "RTP/AVP", "");
  for (guint i = 0; i < 4; i++) {
    gint64 then = g_get_monotonic_time () + 100 * G_TIME_SPAN_MILLISECOND;

    /* 25 packets of 2 ms each, 20 of them at once. */
    sdp_play_send_rtp (sender.socket, HOST, sender.port, PT, (guint16) (50 * i), 50, SSRC);
    while (g_get_monotonic_time () < then)
      wait_until (&sender, then);
  }
  sdp_play_send_rtp (sender.socket, HOST, sender.port, PT, 200, 1, SSRC);
  sdp_play_wait (&play, 0, 201);
  latency = get_latency (&play);
  g_assert_cmpuint (latency, >=, least);
  g_assert_cmpuint (latency, <=, most);
  finish (&sender, &play);
}

static void
test_latency (void)
{
  check_latency ("latency=10", 10, 10);
  check_latency ("latency=10 max-latency=900", 60, 900);
}

/* Both modules in one process: their hooks are of one type. */
static void
test_two_modules (void)
{
  GstElement *webrtcsrc = gst_element_factory_make ("webrtcsrc", NULL), *buffer;
  GObject *hooks;
  Sender sender;
  SdpPlay play;

  if (webrtcsrc == NULL) {
    g_test_skip ("no webrtcsrc");
    return;
  }
  start (&sender, &play, "latency=0", "RTP/AVP", "");
  sdp_play_send_rtp (sender.socket, HOST, sender.port, PT, 0, 5, SSRC);
  sdp_play_wait (&play, 0, 5);
  g_assert_cmpuint (g_type_from_name ("GstRtcJitterBuffer"), !=, 0);
  buffer = gst_object_ref_sink (gst_element_factory_make ("rtpjitterbuffer", NULL));
  hooks = g_object_new (g_type_from_name ("GstRtcJitterBuffer"), "jitterbuffer", buffer, NULL);
  g_assert_nonnull (hooks);
  g_object_unref (hooks);
  gst_object_unref (buffer);
  gst_object_unref (gst_object_ref_sink (webrtcsrc));
  finish (&sender, &play);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/sdpdemux/repair/rtx", test_rtx);
  g_test_add_func ("/sdpdemux/repair/plain", test_plain);
  g_test_add_func ("/sdpdemux/repair/key-frames", test_key_frames);
  g_test_add_func ("/sdpdemux/repair/silence", test_silence);
  g_test_add_func ("/sdpdemux/repair/latency", test_latency);
  g_test_add_func ("/sdpdemux/repair/two-modules", test_two_modules);
  return run_to_end ();
}
