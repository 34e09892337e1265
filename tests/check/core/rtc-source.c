/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* Media sources: the ring, its overrun, and whose peers are turned. */
#include "gst/rtc/loop/rtc-source.h"

#include "tests/check/core/loop-counters.h"

static void
gate_gone (gpointer data)
{
  latch_open (&((Gate *) data)->gone);
}

static gboolean
push (RtcSource *source, RtcPacketFlags flags)
{
  RtcPacket *packet = rtc_packet_new (NULL, 0, 20);

  packet->flags = flags;
  return rtc_source_push (source, packet);
}

static void
wait_drained (RtcLoop *loop, RtcSource *source)
{
  RtcSourceStats stats;
  gint64 deadline = g_get_monotonic_time () + 5 * G_TIME_SPAN_SECOND;

  do {
    sync_loop (loop);
    rtc_source_get_stats (source, &stats);
    g_assert_cmpint (g_get_monotonic_time (), <, deadline);
  } while (stats.ring_length > 0);
  sync_loop (loop);
}

static void
test_source_overrun (gconstpointer data)
{
  gboolean is_video = GPOINTER_TO_INT (data);
  RtcSourceConfig config = { .fanout = { .kind = is_video ? RTC_MEDIA_VIDEO : RTC_MEDIA_AUDIO,
                                 .clock_rate = 90000 },
    .ring_packets = 128 };
  RtcLoop *loop = rtc_loop_new ();
  Gate gate = GATE_INIT;
  RtcSource *source = rtc_source_new (loop, &config, gate_key_frame, &gate, gate_gone);
  RtcSourceStats stats;

  sync_loop (loop);
  gate_close (loop, &gate);
  for (guint i = 0; i < 128; i++)
    g_assert_true (push (source, 0));
  g_assert_false (push (source, 0));
  /* A key frame finds no room either. */
  g_assert_false (push (source, RTC_PACKET_KEY_FRAME_START));
  rtc_source_push_end (source);
  gate_open (&gate);
  wait_drained (loop, source);
  if (is_video) {
    latch_wait (&gate.key_frame);
    /* Room again, but this frame's start is gone. */
    g_assert_false (push (source, 0));
    g_assert_true (push (source, RTC_PACKET_KEY_FRAME_START));
  }
  g_assert_true (push (source, 0));
  rtc_source_push_end (source);
  wait_drained (loop, source);
  rtc_source_get_stats (source, &stats);
  g_assert_cmpuint (stats.overruns, ==, 1);
  g_assert_cmpuint (stats.dropped, ==, is_video ? 3 : 2);
  g_assert_cmpuint (stats.pushed, ==, is_video ? 130 : 129);
  g_assert_cmpuint (last_fanout->n_pushed, ==, stats.pushed);
  g_assert_true (last_fanout->saw_discont);
  g_assert_cmpuint (stats.key_frame_requests > 0, ==, is_video);
  /* 128 packets take two rounds of the budget. */
  g_assert_cmpuint (stats.batches, >=, 3);
  rtc_source_unref (source);
  rtc_loop_unref (loop);
  latch_wait (&gate.gone);
  g_assert_cmpint (g_atomic_int_get (&gate.key_frames) > 0, ==, is_video);
}

/* Of video nothing more goes on before a key frame, of sound what is there. */
static void
test_source_loss (gconstpointer data)
{
  gboolean is_video = GPOINTER_TO_INT (data);
  RtcSourceConfig config = { .fanout = { .kind = is_video ? RTC_MEDIA_VIDEO : RTC_MEDIA_AUDIO,
                                 .clock_rate = 90000 } };
  RtcLoop *loop = rtc_loop_new ();
  Gate gate = GATE_INIT;
  RtcSource *source = rtc_source_new (loop, &config, gate_key_frame, &gate, gate_gone);
  RtcSourceStats stats;

  sync_loop (loop);
  g_assert_true (push (source, 0));
  rtc_source_push_loss (source);
  if (is_video)
    latch_wait (&gate.key_frame); /* asked for without a packet to say so */
  sync_loop (loop);
  rtc_source_get_stats (source, &stats);
  g_assert_cmpuint (stats.key_frame_requests, ==, is_video ? 1 : 0);
  g_assert_true (push (source, 0) == !is_video);
  g_assert_true (push (source, RTC_PACKET_KEY_FRAME_START));
  g_assert_true (push (source, 0));
  rtc_source_push_end (source);
  wait_drained (loop, source);
  rtc_source_get_stats (source, &stats);
  g_assert_cmpuint (stats.overruns, ==, 0);
  g_assert_cmpuint (stats.dropped, ==, is_video ? 1 : 0);
  /* What is dropped asks again: the true fanout, not this one, keeps requests apart. */
  g_assert_cmpuint (stats.key_frame_requests, ==, is_video ? 2 : 0);
  g_assert_true (last_fanout->saw_discont);
  rtc_source_unref (source);
  rtc_loop_unref (loop);
  latch_wait (&gate.gone);
}

static void
ignore_output (RtcPeer *peer, RtcOutput *output, gpointer data)
{
}

static void
attach_one (gpointer data)
{
  gpointer *args = data;
  RtcPeer *peer = peer_new (args[0]);

  rtc_loop_add_peer (args[0], peer, ignore_output, NULL, NULL);
  g_assert_cmpint (rtc_source_attach (args[1], peer, 0), ==, RTC_OK);
  args[2] = peer;
}

/* A batch is one turn or flush of an attached peer, not one for each packet. */
static void
test_source_turns_once (void)
{
  RtcSourceConfig config = { .fanout = { .kind = RTC_MEDIA_VIDEO, .clock_rate = 90000 } };
  RtcLoop *loop = rtc_loop_new ();
  RtcSource *source = rtc_source_new (loop, &config, NULL, NULL, NULL);
  gpointer args[3] = { loop, source, NULL };
  Gate gate = GATE_INIT;
  guint before;

  rtc_loop_call (loop, attach_one, args);
  sync_loop (loop);
  gate_close (loop, &gate);
  before = ((RtcPeer *) args[2])->n_flushes;
  for (guint i = 0; i < RTC_SOURCE_BUDGET; i++)
    push (source, 0);
  rtc_source_push_end (source);
  gate_open (&gate);
  wait_drained (loop, source);
  gate_close (loop, &gate);
  g_assert_cmpuint (((RtcPeer *) args[2])->n_flushes, ==, before + 1);
  gate_open (&gate);
  sync_loop (loop);
  rtc_source_unref (source);
  rtc_loop_unref (loop);
}

/* A report that leaves with the media moves a deadline, so that the peer has a turn. */
static void
test_source_reports (void)
{
  RtcSourceConfig config = { .fanout = { .kind = RTC_MEDIA_VIDEO, .clock_rate = 90000 } };
  RtcLoop *loop = rtc_loop_new ();
  RtcSource *source = rtc_source_new (loop, &config, NULL, NULL, NULL);
  gpointer args[3] = { loop, source, NULL };
  RtcPeer *peer;

  rtc_loop_call (loop, attach_one, args);
  sync_loop (loop);
  peer = args[2];
  for (guint has_report = 0; has_report < 2; has_report++) {
    Gate gate = GATE_INIT;
    guint before;

    gate_close (loop, &gate);
    before = peer->n_backends;
    peer->has_report = has_report != 0;
    push (source, 0);
    rtc_source_push_end (source);
    gate_open (&gate);
    wait_drained (loop, source);
    g_assert_cmpuint (peer->n_backends, ==, before + has_report);
    g_assert_cmpuint (peer->n_reports, ==, has_report);
  }
  rtc_source_unref (source);
  rtc_loop_unref (loop);
}

typedef struct {
  RtcLoop *loop;
  RtcSource *sources[2];
  RtcPeer *peer;
} Switching;

static void
attach_twice (gpointer data)
{
  Switching *s = data;

  s->peer = peer_new (s->loop);
  rtc_loop_add_peer (s->loop, s->peer, ignore_output, NULL, NULL);
  for (guint i = 0; i < 5; i++) {
    g_assert_cmpint (rtc_source_attach (s->sources[1], s->peer, 0), ==, RTC_OK);
    g_assert_cmpint (rtc_source_attach (s->sources[0], s->peer, 0), ==, RTC_OK);
  }
}

static void
attach_second (gpointer data)
{
  Switching *s = data;

  rtc_source_attach (s->sources[1], s->peer, 0);
}

static void
detach_first (gpointer data)
{
  Switching *s = data;

  rtc_source_detach (s->sources[0], s->peer, 0);
}

/* Turns that one batch of a source gives to the peer. */
static guint
count_turns (Switching *s, guint source)
{
  guint before = s->peer->n_flushes;

  push (s->sources[source], 0);
  rtc_source_push_end (s->sources[source]);
  wait_drained (s->loop, s->sources[source]);
  sync_loop (s->loop);
  return s->peer->n_flushes - before;
}

/* A peer that goes to and fro between sources is turned once by the one that it is at, and by no
 * other; leaving one does not take it from the other. */
static void
test_source_switching (void)
{
  RtcSourceConfig config = { .fanout = { .kind = RTC_MEDIA_VIDEO, .clock_rate = 90000 } };
  Switching s = { .loop = rtc_loop_new () };

  for (guint i = 0; i < 2; i++)
    s.sources[i] = rtc_source_new (s.loop, &config, NULL, NULL, NULL);
  rtc_loop_call (s.loop, attach_twice, &s);
  sync_loop (s.loop);
  g_assert_cmpuint (count_turns (&s, 0), ==, 1);
  g_assert_cmpuint (count_turns (&s, 1), ==, 0);
  rtc_loop_call (s.loop, attach_second, &s);
  g_assert_cmpuint (count_turns (&s, 0), ==, 0);
  g_assert_cmpuint (count_turns (&s, 1), ==, 1);
  rtc_loop_call (s.loop, detach_first, &s);
  g_assert_cmpuint (count_turns (&s, 1), ==, 1);
  g_assert_nonnull (s.peer->fanout);
  for (guint i = 0; i < 2; i++)
    rtc_source_unref (s.sources[i]);
  rtc_loop_unref (s.loop);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_data_func ("/source/overrun/video", GINT_TO_POINTER (TRUE), test_source_overrun);
  g_test_add_data_func ("/source/overrun/audio", GINT_TO_POINTER (FALSE), test_source_overrun);
  g_test_add_data_func ("/source/loss/video", GINT_TO_POINTER (TRUE), test_source_loss);
  g_test_add_data_func ("/source/loss/audio", GINT_TO_POINTER (FALSE), test_source_loss);
  g_test_add_func ("/source/turns-once", test_source_turns_once);
  g_test_add_func ("/source/reports", test_source_reports);
  g_test_add_func ("/source/switching", test_source_switching);
  return g_test_run ();
}
