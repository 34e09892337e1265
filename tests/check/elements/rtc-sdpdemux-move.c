/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* rtc-sdpdemux-move.c - a sender that goes on from another port, and others with its SSRC.
 *
 * Beside it another medium comes through the same socket: its packet out of sdpdemux tells that all
 * before it has been looked at, however slow the machine is. */
#include "gst/sdp/gstrtcsdporigin.h"
#include "tests/check/elements/run-to-end.h"
#include "tests/check/elements/sdp-play.h"
#include "tests/check/stall/stall-attempts.h"

#define HOST "127.0.0.1"
#define SSRC 7
#define INTERVAL (20 * G_TIME_SPAN_MILLISECOND)
#define AUDIO 8
#define VIDEO 96

/* The moving stream is the video, pad 1. */
typedef struct {
  SdpPlay play;
  GSocket *control;
  guint16 port, control_seq, seq;
  gint64 last, longest; /* us, between two passes */
} Call;

static void
call_init (Call *self, const gchar *properties)
{
  gchar *sdp;

  *self = (Call){ .control = sdp_play_sender (HOST, 0), .port = sdp_play_free_port () };
  sdp = g_strdup_printf ("v=0\nc=IN IP4 " HOST "\na=group:BUNDLE a v\n"
                         "m=audio %u RTP/AVP 8\na=mid:a\na=rtcp-mux\n"
                         "m=video 9 RTP/AVPF 96\na=mid:v\na=rtcp-mux\na=rtpmap:96 VP8/8000\n"
                         "a=rtcp-fb:96 nack\n",
      self->port);
  sdp_play_init (&self->play, properties);
  sdp_play_describe (&self->play, sdp);
  g_free (sdp);
}

static void
call_clear (Call *self)
{
  sdp_play_assert_no_error (&self->play);
  sdp_play_clear (&self->play);
  g_object_unref (self->control);
}

/* What was sent before has been looked at. */
static void
call_settle (Call *self)
{
  /* The first two of an SSRC come out together. */
  guint n = self->control_seq == 0 ? 2 : 1;

  sdp_play_send_rtp (self->control, HOST, self->port, AUDIO, self->control_seq, n, 9);
  self->control_seq += n;
  sdp_play_wait (&self->play, 0, self->control_seq);
}

/* The next packet of the stream. */
static void
call_send (Call *self, GSocket *from)
{
  gint64 now = g_get_monotonic_time ();

  self->longest = self->last == 0 ? 0 : MAX (self->longest, now - self->last);
  self->last = now;
  sdp_play_send_rtp (from, HOST, self->port, VIDEO, self->seq++, 1, SSRC);
}

static guint
call_count (Call *self)
{
  guint n;

  g_mutex_lock (&self->play.lock);
  n = self->play.packets[1]->len;
  g_mutex_unlock (&self->play.lock);
  return n;
}

/* Until more than n packets of the stream have come out, or it is time for the next one. */
static void
call_wait (Call *self, guint n)
{
  gint64 end = g_get_monotonic_time () + INTERVAL;
  gboolean in_time = TRUE;

  g_mutex_lock (&self->play.lock);
  while (in_time && self->play.packets[1]->len <= n)
    in_time = g_cond_wait_until (&self->play.cond, &self->play.lock, end);
  g_mutex_unlock (&self->play.lock);
}

/* The stream's next packets but one, with a mark: not the sender's. */
static void
send_strange (Call *self, GSocket *from)
{
  GBytes *like = sdp_play_make_rtp (VIDEO, (guint16) (self->seq + 1), SSRC);
  gsize len;
  guint8 *data = g_bytes_unref_to_data (like, &len);

  data[len - 1] ^= 0xff;
  sdp_play_send (from, HOST, self->port, g_bytes_new_take (data, len));
}

/* Those of n more packets come out all, behind what came before. */
static void
assert_goes_on (Call *self, GSocket *from, guint n)
{
  guint16 first = self->seq;
  guint16 seq = (guint16) (first - 1);
  guint place = 0;

  for (guint i = 0; i < n; i++)
    call_send (self, from);
  while (seq != first) {
    GstBuffer *buffer;

    sdp_play_wait (&self->play, 1, ++place);
    g_mutex_lock (&self->play.lock);
    buffer = g_ptr_array_index (self->play.packets[1], place - 1);
    gst_buffer_extract (buffer, 2, &seq, sizeof seq);
    seq = GUINT16_FROM_BE (seq);
    g_mutex_unlock (&self->play.lock);
  }
  sdp_play_wait (&self->play, 1, place + n - 1);
  for (guint i = 0; i < n; i++)
    sdp_play_assert_packet (&self->play, 1, place - 1 + i, VIDEO, (guint16) (first + i));
}

/* How many packets from the new place it takes for one to come out; more than limit: 0. */
static guint
move (Call *self, GSocket *to, guint limit)
{
  guint before = call_count (self);

  for (guint n = 0; n <= limit; n++) {
    call_wait (self, before);
    if (call_count (self) > before)
      return n;
    call_send (self, to);
    call_settle (self);
  }
  return 0;
}

/* Within a second of the stream, to a port that nobody knows and back. */
static void
test_port (void)
{
  GSocket *senders[] = { sdp_play_sender (HOST, 0), sdp_play_sender (HOST, 0) };
  guint n;
  Call call;

  call_init (&call, "latency=0");
  assert_goes_on (&call, senders[0], 5);
  for (guint i = 1; i <= 2; i++) {
    n = move (&call, senders[i % 2], G_TIME_SPAN_SECOND / INTERVAL);
    g_test_message ("media after %u packets", n);
    g_assert_cmpuint (n, >, 0);
    assert_goes_on (&call, senders[i % 2], 5);
  }
  call_clear (&call);
  g_object_unref (senders[0]);
  g_object_unref (senders[1]);
}

/* What was lost on the way is asked for where the stream is now. */
static void
test_repair (void)
{
  GSocket *senders[] = { sdp_play_sender (HOST, 0), sdp_play_sender (HOST, 0) };
  gboolean is_asked = FALSE;
  guint16 first;
  Call call;

  call_init (&call, "latency=3000");
  for (guint i = 0; i < 5; i++)
    call_send (&call, senders[0]);
  for (first = call.seq; !is_asked;) {
    call_send (&call, senders[1]);
    g_socket_condition_timed_wait (senders[1], G_IO_IN, INTERVAL, NULL, NULL);
    if (g_socket_condition_check (senders[0], G_IO_IN) != 0)
      g_assert_false (sdp_play_is_asked (senders[0], SSRC, first));
    if (g_socket_condition_check (senders[1], G_IO_IN) != 0)
      is_asked = sdp_play_is_asked (senders[1], SSRC, first);
    g_assert_cmpuint (call.seq, <, 1500);
  }
  call_clear (&call);
  g_object_unref (senders[0]);
  g_object_unref (senders[1]);
}

/* Somebody else with the SSRC, while the stream goes on: nothing of it comes out. */
static gboolean
try_stranger (const gchar *host, GstClockTime *stall)
{
  GSocket *sender = sdp_play_sender (HOST, 0), *stranger = sdp_play_sender (host, 0);
  guint n_strange;
  Call call;

  call_init (&call, "latency=0");
  call_send (&call, sender);
  for (guint i = 0; i < 30; i++) {
    send_strange (&call, stranger);
    call_send (&call, sender);
    call_settle (&call);
    call_wait (&call, call.seq);
  }
  sdp_play_wait (&call.play, 1, call.seq);
  *stall = (GstClockTime) call.longest * GST_USECOND;
  n_strange = 0;
  for (guint i = 0; i < call.seq; i++) {
    GstBuffer *buffer = g_ptr_array_index (call.play.packets[1], i);
    guint8 head[4], last;

    gst_buffer_extract (buffer, 0, head, sizeof head);
    gst_buffer_extract (buffer, gst_buffer_get_size (buffer) - 1, &last, 1);
    n_strange += last != (guint8) (VIDEO + GST_READ_UINT16_BE (head + 2) + 31);
  }
  call_clear (&call);
  g_object_unref (sender);
  g_object_unref (stranger);
  return n_strange == 0;
}

static gboolean
try_same_host (GstClockTime *stall)
{
  return try_stranger (HOST, stall);
}

/* On the same host the test must not be silent for so long itself. */
static void
test_same_host (void)
{
  stall_try_within (try_same_host, STALL_ATTEMPTS, GST_RTC_SDP_ORIGIN_SILENCE / 2 * GST_USECOND);
}

/* On another one it gets the stream no sooner than ever, though nobody else sends. */
static void
test_other_host (void)
{
  GSocket *sender = sdp_play_sender (HOST, 0), *stranger = sdp_play_sender ("127.0.0.2", 0);
  GstClockTime stall;
  Call call;

  g_assert_true (try_stranger ("127.0.0.2", &stall));
  call_init (&call, "latency=0");
  assert_goes_on (&call, sender, 5);
  g_assert_cmpuint (move (&call, stranger, 2 * G_TIME_SPAN_SECOND / INTERVAL), ==, 0);
  /* The sender itself goes on. */
  assert_goes_on (&call, sender, 2);
  call_clear (&call);
  g_object_unref (sender);
  g_object_unref (stranger);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/sdpdemux/move/port", test_port);
  g_test_add_func ("/sdpdemux/move/repair", test_repair);
  g_test_add_func ("/sdpdemux/move/same-host", test_same_host);
  g_test_add_func ("/sdpdemux/move/other-host", test_other_host);
  return run_to_end ();
}
