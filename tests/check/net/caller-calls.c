/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* caller-calls.c - the tests' own callers and link emulator, against a bare peer of the core: what
 * they say they send comes out at the other end, and each thing they may do is seen to be done. */
#include <gst/gst.h>
#include <string.h>

#include "gst/rtc/rtp/rtc-rtp-header.h"
#include "net-caller.h"
#include "net-loop.h"
#include "tests/check/run-tests.h"

/* Where calls end: a loop with one peer that answers. */
typedef struct {
  NetLoop net;
  RtcPeerId id;
  const gchar *offer;
  gchar *answer;

  GMutex lock; /* guards what follows */
  GCond cond;
  gboolean gathered, closed;
  RtcPeerState state;
  guint8 seen[G_MAXUINT16 + 1]; /* video sequence numbers */
  guint16 first_seq, last_seq;  /* of those in order */
  guint64 video, frames, audio; /* different packets; markers of video */
  guint n_ssrcs;
  guint32 ssrcs[16];
} Answerer;

static void
answerer_init (Answerer *self)
{
  memset (self, 0, sizeof *self);
  g_mutex_init (&self->lock);
  g_cond_init (&self->cond);
  net_loop_init (&self->net);
}

static void
answerer_clear (Answerer *self)
{
  net_loop_clear (&self->net);
  g_free (self->answer);
  g_mutex_clear (&self->lock);
  g_cond_clear (&self->cond);
}

/* With the lock held. */
static void
answerer_count (Answerer *self, RtcPeer *peer, const RtcOutput *output)
{
  const RtcTransceiver *transceiver =
      rtc_jsep_get_transceiver (rtc_peer_get_jsep (peer), output->mline);
  RtcRtpHeader header;
  guint i;

  if (rtc_rtp_header_parse (&header, output->packet->data, output->packet->len) != RTC_OK)
    return;
  for (i = 0; i < self->n_ssrcs && self->ssrcs[i] != header.ssrc; i++)
    ;
  if (i == self->n_ssrcs && i < G_N_ELEMENTS (self->ssrcs))
    self->ssrcs[self->n_ssrcs++] = header.ssrc;
  if (rtc_transceiver_get_config (transceiver)->kind == RTC_MEDIA_AUDIO) {
    self->audio++;
  } else if (!self->seen[header.seq]) {
    self->seen[header.seq] = TRUE;
    if (self->video == 0)
      self->first_seq = self->last_seq = header.seq;
    else if ((gint16) (header.seq - self->last_seq) > 0)
      self->last_seq = header.seq;
    self->video++;
    self->frames += header.marker;
  }
}

static void
answerer_handle_output (RtcPeer *peer, RtcOutput *output, gpointer data)
{
  Answerer *self = data;

  g_mutex_lock (&self->lock);
  self->state = rtc_peer_get_state (peer);
  if (output->type == RTC_OUTPUT_RTP)
    answerer_count (self, peer, output);
  else if (output->type == RTC_OUTPUT_CANDIDATES_DONE)
    self->gathered = TRUE;
  else if (output->type == RTC_OUTPUT_CLOSED)
    self->closed = TRUE;
  g_cond_broadcast (&self->cond);
  g_mutex_unlock (&self->lock);
}

static void
answerer_add_transceiver (RtcPeer *peer, RtcMediaKind kind, RtcCodecId codec)
{
  RtcTransceiverConfig config = {
    .kind = kind, .direction = RTC_DIRECTION_RECVONLY, .n_codecs = 1, .rtx = kind == RTC_MEDIA_VIDEO
  };

  rtc_codec_init (&config.codecs[0], codec, kind == RTC_MEDIA_VIDEO ? 96 : 111);
  rtc_peer_add_transceiver (peer, &config);
}

static void
answerer_take_offer (gpointer data)
{
  Answerer *self = data;
  RtcPeerConfig config = { 0 };
  GstClockTime now = rtc_loop_now ();
  GError *error = NULL;
  RtcPeer *peer;
  gchar *sdp;

  net_loop_configure (&self->net, &config);
  peer = rtc_peer_new (&config, now, &error);
  g_assert_no_error (error);
  self->id = config.id;
  answerer_add_transceiver (peer, RTC_MEDIA_AUDIO, RTC_CODEC_OPUS);
  answerer_add_transceiver (peer, RTC_MEDIA_VIDEO, RTC_CODEC_VP8);
  rtc_peer_set_remote_description (peer, now, RTC_SDP_TYPE_OFFER, self->offer, &error);
  g_assert_no_error (error);
  rtc_peer_create_answer (peer, now, &sdp, &error);
  g_assert_no_error (error);
  rtc_peer_set_local_description (peer, now, RTC_SDP_TYPE_ANSWER, sdp, &error);
  g_assert_no_error (error);
  g_free (sdp);
  rtc_loop_add_peer (self->net.loop, peer, answerer_handle_output, self, NULL);
}

static void
answerer_get_answer (gpointer data)
{
  Answerer *self = data;

  self->answer = rtc_peer_get_local_description (rtc_loop_find_peer (self->net.loop, self->id));
}

typedef gboolean (*AnswererCheck) (const Answerer *self, guint64 n);

static gboolean
has_video (const Answerer *self, guint64 n)
{
  return self->video >= n;
}

static gboolean
has_frames (const Answerer *self, guint64 n)
{
  return self->frames >= n;
}

/* Whether all from the first one to that number have come. */
static gboolean
is_whole (const Answerer *self, guint64 last)
{
  guint16 seq = self->first_seq;

  while (self->seen[seq] && seq != (guint16) last)
    seq++;
  return seq == (guint16) last;
}

static gboolean
has_ssrcs (const Answerer *self, guint64 n)
{
  return self->n_ssrcs >= n;
}

static gboolean
has_gathered (const Answerer *self, guint64 n)
{
  return self->gathered;
}

static gboolean
is_closed (const Answerer *self, guint64 n)
{
  return self->closed || self->state == RTC_PEER_STATE_CLOSED;
}

static gboolean
answerer_wait (Answerer *self, AnswererCheck check, guint64 n, guint timeout_ms)
{
  gint64 end = g_get_monotonic_time () + (gint64) timeout_ms * 1000;
  gboolean ok;

  g_mutex_lock (&self->lock);
  while (!check (self, n) && g_cond_wait_until (&self->cond, &self->lock, end))
    ;
  ok = check (self, n);
  g_mutex_unlock (&self->lock);
  return ok;
}

/* Offer and answer by hand; both connect from here on. */
static NetCaller *
call (Answerer *answerer, NetCallers *callers, const NetCallerConfig *config)
{
  NetCaller *caller = net_caller_new (callers, config);
  gchar *offer = net_caller_create_offer (caller);
  GError *error = NULL;

  answerer->offer = offer;
  rtc_loop_call (answerer->net.loop, answerer_take_offer, answerer);
  g_assert_true (answerer_wait (answerer, has_gathered, 0, 10000));
  rtc_loop_call (answerer->net.loop, answerer_get_answer, answerer);
  net_caller_set_answer (caller, answerer->answer, &error);
  g_assert_no_error (error);
  g_free (offer);
  return caller;
}

static void
hang_up (Answerer *answerer, NetCaller *caller)
{
  net_caller_free (caller, TRUE);
  net_loop_remove (&answerer->net, answerer->id, FALSE);
  answerer_clear (answerer);
}

/* --- tests ------------------------------------------------------------------------------------ */

static const NetTrace *
shared_trace (void)
{
  static NetTrace *trace;
  NetTraceConfig config = { .seconds = 4, .key_frame_frames = 15 };

  if (trace == NULL)
    trace = net_trace_new (&config);
  return trace;
}

static void
test_trace (void)
{
  const NetTrace *trace = shared_trace ();
  gdouble kbps = (gdouble) net_trace_get_video_bytes (trace) * 8 / 4 / 1000;

  g_test_message ("%u frames, %u key frames, %.0f kbit/s", net_trace_get_n_frames (trace),
      net_trace_get_n_key_frames (trace), kbps);
  g_assert_cmpuint (net_trace_get_n_frames (trace), ==, 120);
  g_assert_cmpuint (net_trace_get_n_key_frames (trace), ==, 8);
  g_assert_cmpfloat (kbps, >, 300);
  g_assert_cmpfloat (kbps, <, 800);
}

/* What was sent by the time that sending stopped arrives, no more and no less. */
static void
assert_all_arrive (Answerer *answerer, NetCaller *caller, guint timeout_ms)
{
  NetCallerCounts counts;

  net_caller_set_video (caller, FALSE);
  net_caller_get_counts (caller, &counts);
  answerer_wait (answerer, has_video, counts.video_packets, timeout_ms);
  g_test_message ("sent %" G_GUINT64_FORMAT " frames, %" G_GUINT64_FORMAT " packets, %u again; got "
                  "%" G_GUINT64_FORMAT ", %" G_GUINT64_FORMAT,
      counts.frames, counts.video_packets, (guint) counts.retransmitted, answerer->frames,
      answerer->video);
  g_assert_cmpuint (answerer->video, ==, counts.video_packets);
  g_assert_cmpuint (answerer->frames, ==, counts.frames);
}

static void
test_plain_call (void)
{
  NetCallers *callers = net_callers_new_with_trace (shared_trace ());
  NetCallerCounts counts;
  Answerer answerer;
  NetCaller *caller;

  answerer_init (&answerer);
  caller = call (&answerer, callers, NULL);
  g_assert_true (net_caller_wait_state (caller, RTC_PEER_STATE_CONNECTED, 10000));
  /* Over the end of the trace. */
  g_assert_true (net_caller_wait_frames (caller, 150, 15000));
  g_assert_true (answerer_wait (&answerer, has_frames, 150, 5000));
  assert_all_arrive (&answerer, caller, 5000);
  net_caller_get_counts (caller, &counts);
  g_assert_cmpuint (counts.audio_packets, >=, 200);
  g_assert_cmpuint (counts.retransmitted, ==, 0);
  hang_up (&answerer, caller);
  net_callers_free (callers);
}

/* Everything crosses the link: its counters see it, and loss is there and is repaired. */
static void
test_through_link (void)
{
  LinkEmulatorConfig config = { .seed = 5,
    .to_server = { .delay = 10 * GST_MSECOND, .loss = 0.05 },
    .to_client = { .delay = 10 * GST_MSECOND } };
  NetCallers *callers = net_callers_new_with_trace (shared_trace ());
  LinkEmulator *link = link_emulator_new (&config);
  NetCallerConfig with_link = { .link = link };
  LinkEmulatorStats stats;
  NetCallerCounts counts;
  Answerer answerer;
  NetCaller *caller;

  answerer_init (&answerer);
  caller = call (&answerer, callers, &with_link);
  g_assert_true (net_caller_wait_frames (caller, 120, 20000));
  g_assert_true (answerer_wait (&answerer, has_frames, 100, 5000));
  net_caller_get_counts (caller, &counts);
  link_emulator_get_stats (link, &stats);
  g_test_message ("%" G_GUINT64_FORMAT " packets to the server, %" G_GUINT64_FORMAT
                  " lost; %u again; RTT %.1f ms",
      stats.ways[SIM_A_TO_B].pushed, stats.ways[SIM_A_TO_B].lost, (guint) counts.retransmitted,
      (gdouble) counts.rtt / 1e6);
  g_assert_cmpuint (stats.ways[SIM_A_TO_B].pushed, >=,
      counts.video_packets + counts.audio_packets + counts.retransmitted + counts.padding);
  g_assert_cmpuint (stats.ways[SIM_A_TO_B].lost, >, 0);
  g_assert_cmpuint (counts.retransmitted, >, 0);
  g_assert_cmpuint (counts.rtt, >=, 20 * GST_MSECOND);
  hang_up (&answerer, caller);
  net_callers_free (callers);
  link_emulator_free (link);
}

/* 10 % lost both ways, 100 ms of round-trip time: all of it is there in the end. */
static void
test_repair (void)
{
  SimLink bad = { .delay = 50 * GST_MSECOND, .loss = 0.1 };
  LinkEmulatorConfig config = { .seed = 6, .to_server = bad, .to_client = bad };
  NetCallers *callers = net_callers_new_with_trace (shared_trace ());
  LinkEmulator *link = link_emulator_new (&config);
  NetCallerConfig with_link = { .link = link };
  NetCallerCounts counts;
  Answerer answerer;
  NetCaller *caller;

  answerer_init (&answerer);
  caller = call (&answerer, callers, &with_link);
  g_assert_true (answerer_wait (&answerer, has_frames, 10, 20000));
  net_caller_get_counts (caller, &counts);
  g_assert_true (net_caller_wait_frames (caller, counts.frames + 300, 30000));
  net_caller_get_counts (caller, &counts);
  g_assert_true (answerer_wait (&answerer, is_whole, answerer.last_seq, 3000));
  g_test_message ("%u packets from the first on, %u again, %u NACKs, RTT %.1f ms",
      (guint) answerer.video, (guint) counts.retransmitted, (guint) counts.nacks,
      (gdouble) counts.rtt / 1e6);
  hang_up (&answerer, caller);
  net_callers_free (callers);
  link_emulator_free (link);
}

static void
test_rebinding (void)
{
  LinkEmulatorConfig config = { .seed = 5 };
  NetCallers *callers = net_callers_new_with_trace (shared_trace ());
  LinkEmulator *link = link_emulator_new (&config);
  NetCallerConfig with_link = { .link = link };
  Answerer answerer;
  NetCaller *caller;

  answerer_init (&answerer);
  caller = call (&answerer, callers, &with_link);
  g_assert_true (answerer_wait (&answerer, has_frames, 30, 20000));
  link_emulator_rebind (link);
  g_assert_true (answerer_wait (&answerer, has_frames, answerer.frames + 60, 30000));
  hang_up (&answerer, caller);
  net_callers_free (callers);
  link_emulator_free (link);
}

static void
test_controls (void)
{
  NetCallers *callers = net_callers_new_with_trace (shared_trace ());
  NetCallerCounts before, after;
  guint32 ssrc;
  Answerer answerer;
  NetCaller *caller;

  answerer_init (&answerer);
  caller = call (&answerer, callers, NULL);
  g_assert_true (answerer_wait (&answerer, has_frames, 30, 20000));
  net_caller_set_audio (caller, FALSE);
  net_caller_get_counts (caller, &before);
  g_assert_true (net_caller_wait_frames (caller, before.frames + 30, 5000));
  net_caller_get_counts (caller, &after);
  g_assert_cmpuint (after.audio_packets, ==, before.audio_packets);
  g_assert_cmpuint (answerer.n_ssrcs, ==, 2);
  ssrc = net_caller_get_ssrc (caller, RTC_MEDIA_VIDEO);
  net_caller_change_ssrc (caller, RTC_MEDIA_VIDEO);
  g_assert_cmpuint (net_caller_get_ssrc (caller, RTC_MEDIA_VIDEO), !=, ssrc);
  g_assert_true (answerer_wait (&answerer, has_ssrcs, 3, 5000));
  net_caller_close_dtls (caller);
  g_assert_true (answerer_wait (&answerer, is_closed, 0, 5000));
  hang_up (&answerer, caller);
  net_callers_free (callers);
}

static void
test_wrong_fingerprint (void)
{
  NetCallers *callers = net_callers_new_with_trace (shared_trace ());
  NetCallerConfig liar = { .wrong_fingerprint = TRUE };
  NetCallerCounts counts;
  Answerer answerer;
  NetCaller *caller;

  answerer_init (&answerer);
  caller = call (&answerer, callers, &liar);
  g_assert_false (answerer_wait (&answerer, has_video, 1, 1000));
  net_caller_get_counts (caller, &counts);
  g_assert_cmpuint (answerer.audio + answerer.video, ==, 0);
  hang_up (&answerer, caller);
  net_callers_free (callers);
}

int
main (int argc, char **argv)
{

  gst_init (&argc, &argv);
  g_test_init (&argc, &argv, NULL);
  if (!net_trace_is_possible (RTC_CODEC_VP8)) {
    g_print ("1..0 # SKIP no VP8 or Opus encoder is installed\n");
    return 77;
  }
  g_test_add_func ("/caller/trace", test_trace);
  g_test_add_func ("/caller/plain-call", test_plain_call);
  g_test_add_func ("/caller/through-link", test_through_link);
  g_test_add_func ("/caller/repair", test_repair);
  g_test_add_func ("/caller/rebinding", test_rebinding);
  g_test_add_func ("/caller/controls", test_controls);
  g_test_add_func ("/caller/wrong-fingerprint", test_wrong_fingerprint);
  return run_tests ();
}
