/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* rtc-sdpdemux-silence.c - senders that are gone for long, and come back.
 *
 * Silence is made by the clock that all have, which the test sets forward. */
#include "gst/sdp/gstrtcsdpstream.h"
#include "tests/check/elements/run-to-end.h"
#include "tests/check/elements/sdp-play.h"

#define HOST "127.0.0.1"
#define PT 8
#define SSRC 7
#define LONG (60 * GST_SECOND)
#define PATIENCE (20 * G_TIME_SPAN_SECOND)

typedef struct {
  GstClock *clock;  /* everybody's */
  GObject *session; /* rtpbin's */
  SdpPlay play;
  guint16 port;
  guint n; /* packets that have come out */
} Call;

/* rtpbin's session. Who is gone is looked for whenever it is time for a report. (transfer full) */
static GObject *
hurry_reports (GstElement *demux)
{
  GstIterator *it = gst_bin_iterate_all_by_element_factory_name (GST_BIN (demux), "rtpbin");
  GValue value = G_VALUE_INIT;
  GObject *session = NULL;

  g_assert_cmpint (gst_iterator_next (it, &value), ==, GST_ITERATOR_OK);
  g_signal_emit_by_name (g_value_get_object (&value), "get-internal-session", 0, &session);
  g_object_set (session, "rtcp-min-interval", (guint64) (50 * GST_MSECOND), "bandwidth", 1e8, NULL);
  g_value_unset (&value);
  gst_iterator_free (it);
  return session;
}

static void
call_init (Call *self, const gchar *properties)
{
  gchar *sdp;

  *self = (Call){ .clock = gst_system_clock_obtain (), .port = sdp_play_free_port () };
  sdp = g_strdup_printf ("v=0\nc=IN IP4 " HOST "\nm=audio %u RTP/AVP 8\n", self->port);
  sdp_play_init (&self->play, properties);
  sdp_play_describe (&self->play, sdp);
  self->session = hurry_reports (self->play.demux);
  g_free (sdp);
}

static void
call_clear (Call *self)
{
  sdp_play_assert_no_error (&self->play);
  g_object_unref (self->session);
  sdp_play_clear (&self->play);
  gst_object_unref (self->clock);
}

static void
call_skip (Call *self, GstClockTime time)
{
  GstClockTime internal = gst_clock_get_internal_time (self->clock);

  gst_clock_set_calibration (self->clock, internal, gst_clock_get_time (self->clock) + time, 1, 1);
}

/* Time passes, and rtpbin does not know the sender any more. */
static void
call_forget (Call *self, guint ssrc)
{
  gint64 end = g_get_monotonic_time () + PATIENCE;
  GObject *source = NULL;

  call_skip (self, LONG);
  do {
    g_clear_object (&source);
    g_assert_cmpint (g_get_monotonic_time (), <, end);
    g_thread_yield ();
    g_signal_emit_by_name (self->session, "get-source-by-ssrc", ssrc, &source);
  } while (source != NULL);
}

/* Five packets, which all come out. */
static void
call_send (Call *self, GSocket *from, guint16 seq, guint32 ssrc)
{
  sdp_play_send_rtp (from, HOST, self->port, PT, seq, 5, ssrc);
  self->n += 5;
  sdp_play_wait (&self->play, 0, self->n);
  for (guint i = 0; i < 5; i++)
    sdp_play_assert_packet (&self->play, 0, self->n - 5 + i, PT, (guint16) (seq + i));
}

static void
call_wait_end (Call *self, guint n)
{
  g_mutex_lock (&self->play.lock);
  while (self->play.n_eos < n)
    g_assert_true (g_cond_wait_until (
        &self->play.cond, &self->play.lock, g_get_monotonic_time () + 30 * G_TIME_SPAN_SECOND));
  g_mutex_unlock (&self->play.lock);
}

/* So many pads there were, all of one name. */
static void
call_assert_pads (Call *self, guint n)
{
  g_mutex_lock (&self->play.lock);
  g_assert_cmpuint (self->play.n_pads, ==, n);
  g_assert_cmpuint (self->play.n_removed, ==, n - 1);
  for (guint i = 0; i < n; i++)
    g_assert_cmpstr (self->play.names[i], ==, "stream_0");
  g_mutex_unlock (&self->play.lock);
  g_assert_cmpuint (self->play.demux->numsrcpads, ==, 1);
}

/* A sender that was silent until its stream ended, with the same SSRC or others, by turns. */
static void
test_ended (gconstpointer data)
{
  GSocket *sender = sdp_play_sender (HOST, 0);
  guint step = GPOINTER_TO_UINT (data), ssrc = SSRC;
  Call call;

  call_init (&call, "latency=0");
  call_send (&call, sender, 1, SSRC);
  for (guint i = 1; i <= 4; i++) {
    call_skip (&call, LONG);
    call_wait_end (&call, i);
    call_forget (&call, ssrc);
    ssrc = SSRC + i % 3 * step;
    call_send (&call, sender, (guint16) (1 + 5000 * i), ssrc);
    call_assert_pads (&call, 1 + i);
  }
  g_assert_cmpuint (call.play.n_eos, ==, 4);
  call_clear (&call);
  g_object_unref (sender);
}

/* One that said goodbye. rtpbin knows it for some time after that, and then as another. */
static void
test_bye (void)
{
  GSocket *sender = sdp_play_sender (HOST, 0);
  Call call;

  call_init (&call, "latency=0");
  for (guint i = 0; i < 3; i++) {
    call_send (&call, sender, (guint16) (1 + 5 * i), SSRC);
    call_assert_pads (&call, 1 + i);
    sdp_play_send_report (sender, HOST, (guint16) (call.port + 1), SSRC, TRUE);
    call_wait_end (&call, 1 + i);
    call_forget (&call, SSRC);
  }
  /* Another one at once. */
  call_send (&call, sender, 700, SSRC + 1);
  call_clear (&call);
  g_object_unref (sender);
}

/* Where silence ends no stream it goes on on its pad, however often a sender begins anew. */
static void
test_never_ends (void)
{
  GSocket *sender = sdp_play_sender (HOST, 0);
  Call call;

  call_init (&call, "latency=0 timeout-inactive-rtp-sources=false");
  for (guint i = 0; i < 20; i++) {
    guint ssrc = SSRC + (i < 3 ? 0 : i);

    call_send (&call, sender, (guint16) (1 + 5000 * i), ssrc);
    call_forget (&call, ssrc);
  }
  call_assert_pads (&call, 1);
  g_assert_cmpuint (call.play.n_eos, ==, 0);
  call_clear (&call);
  g_object_unref (sender);
}

/* Started again, with other numbers, before it is taken for gone: on its port, another one, and
 * another host. */
static void
test_restarts (void)
{
  GSocket *senders[] = { sdp_play_sender (HOST, 0), sdp_play_sender (HOST, 0),
    sdp_play_sender ("127.0.0.2", 0) };
  static const guint pauses[] = { 3, 3, 11 };
  Call call;

  call_init (&call, "latency=0");
  call_send (&call, senders[0], 1, SSRC);
  for (guint i = 0; i < G_N_ELEMENTS (senders); i++) {
    call_skip (&call, pauses[i] * GST_SECOND);
    call_send (&call, senders[i], (guint16) (10000 * (i + 1)), SSRC);
  }
  /* The first one is there still. */
  call_send (&call, senders[0], 50000, SSRC);
  call_assert_pads (&call, 1);
  g_assert_cmpuint (call.play.n_eos, ==, 0);
  call_clear (&call);
  for (guint i = 0; i < G_N_ELEMENTS (senders); i++)
    g_object_unref (senders[i]);
}

/* Reports of many that send nothing else, one after the other, leave room for who does. */
static void
test_reports_alone (void)
{
  GSocket *sender = sdp_play_sender (HOST, 0);
  gint64 end = g_get_monotonic_time () + 2 * PATIENCE;
  Call call;

  call_init (&call, "latency=0");
  for (guint i = 0; i < 30; i++) {
    sdp_play_send_report (sender, HOST, (guint16) (call.port + 1), 1000 + i, FALSE);
    while (sdp_play_stat (&call.play, "packets-received") < i + 1) {
      g_assert_cmpint (g_get_monotonic_time (), <, end);
      g_thread_yield ();
    }
    call_skip (&call, 11 * GST_SECOND);
  }
  call_send (&call, sender, 1, SSRC);
  call_assert_pads (&call, 1);
  call_clear (&call);
  g_object_unref (sender);
}

/* Another one takes the place, falls silent, and the first, which has gone on all the time, has it
 * again. */
static void
test_first_is_back (void)
{
  GSocket *sender = sdp_play_sender (HOST, 0);
  Call call;

  call_init (&call, "latency=0");
  call_send (&call, sender, 1, SSRC);
  call_send (&call, sender, 1000, SSRC + 1);
  for (guint i = 1; i < 20; i++) {
    /* Not shown; the last ones have gone their way before the time is changed. */
    if (i <= 10)
      sdp_play_send_rtp (sender, HOST, call.port, PT, (guint16) (5 + i), 1, SSRC);
    call_send (&call, sender, (guint16) (1000 + 5 * i), SSRC + 1);
  }
  call_skip (&call, GST_RTC_SDP_STREAM_SILENCE);
  call_send (&call, sender, 16, SSRC);
  call_assert_pads (&call, 1);
  call_clear (&call);
  g_object_unref (sender);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_data_func ("/sdpdemux/silence/ended/same", GUINT_TO_POINTER (0), test_ended);
  g_test_add_data_func ("/sdpdemux/silence/ended/other", GUINT_TO_POINTER (1), test_ended);
  g_test_add_func ("/sdpdemux/silence/bye", test_bye);
  g_test_add_func ("/sdpdemux/silence/never-ends", test_never_ends);
  g_test_add_func ("/sdpdemux/silence/restarts", test_restarts);
  g_test_add_func ("/sdpdemux/silence/reports-alone", test_reports_alone);
  g_test_add_func ("/sdpdemux/silence/first-is-back", test_first_is_back);
  return run_to_end ();
}
