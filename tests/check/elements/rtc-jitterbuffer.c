/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* rtc-jitterbuffer.c - the hooks on a bare rtpjitterbuffer with a clock of the test's. The rules
 * behind them are in rtc-latency.c. */
#include "gst/media/gstrtcjitterbuffer.h"

#include <gst/check/gstharness.h>
#include <gst/check/gsttestclock.h>
#include <gst/rtp/rtp.h>
#include <gst/video/video.h>

#include "gst/media/gstrtccapturetime.h"
#include "gst/rtc/base/rtc-time.h"

#define PATIENCE_US (20 * G_TIME_SPAN_SECOND)
#define SSRC 0x12345678
#define FRAME (20 * GST_MSECOND)
#define TICKS 1800 /* of 90 kHz in one FRAME */

/* --- a jitter buffer -------------------------------------------------------------------------- */

typedef struct {
  GstHarness *harness;
  GstTestClock *clock;
  GstRtcJitterBuffer *hooks;
  gint first_request; /* atomic; -1: none */
  guint n_key_frame_requests;
  guint32 first_rtp_ts;
  GstClockTime arrival; /* of the first packet */
} Buffer;

static void
on_retransmission (GstRtcJitterBuffer *hooks, guint ssrc, guint seq, Buffer *b)
{
  g_assert_cmpuint (ssrc, ==, SSRC);
  g_atomic_int_compare_and_exchange (&b->first_request, -1, (gint) seq);
}

static void
on_key_frame (GstRtcJitterBuffer *hooks, Buffer *b)
{
  g_atomic_int_inc (&b->n_key_frame_requests);
}

static void
buffer_start (Buffer *b, const gchar *encoding)
{
  GstElement *element = gst_element_factory_make ("rtpjitterbuffer", NULL);
  gchar *caps = g_strdup_printf ("application/x-rtp,media=video,encoding-name=%s,clock-rate=90000,"
                                 "payload=96",
      encoding);

  *b = (Buffer){ .first_rtp_ts = 1000000, .first_request = -1 };
  b->hooks = gst_rtc_jitter_buffer_new (element);
  g_object_connect (b->hooks, "signal::request-retransmission", on_retransmission, b,
      "signal::request-key-frame", on_key_frame, b, NULL);
  b->harness = gst_harness_new_with_element (element, "sink", "src");
  b->clock = gst_harness_get_testclock (b->harness);
  gst_harness_set_src_caps_str (b->harness, caps);
  gst_object_unref (element);
  g_free (caps);
}

static void
buffer_stop (Buffer *b)
{
  gpointer hooks = b->hooks;

  g_object_add_weak_pointer (hooks, &hooks);
  g_object_unref (b->hooks);
  g_assert_nonnull (hooks); /* lives with the jitter buffer */
  gst_harness_teardown (b->harness);
  gst_object_unref (b->clock);
  g_assert_null (hooks);
}

/* VP8 (RFC 7741 4.2, 4.3): S=1, partition 0; then the frame's first bit, inverse key frame flag. */
static GstBuffer *
make_packet (Buffer *b, guint n, gboolean is_key)
{
  GstBuffer *buffer = gst_rtp_buffer_new_allocate (4, 0, 0);
  const guint8 payload[] = { 0x10, is_key ? 0x00 : 0x01, 0x9d, 0x01 };
  GstRTPBuffer rtp = GST_RTP_BUFFER_INIT;

  gst_rtp_buffer_map (buffer, GST_MAP_WRITE, &rtp);
  gst_rtp_buffer_set_ssrc (&rtp, SSRC);
  gst_rtp_buffer_set_payload_type (&rtp, 96);
  gst_rtp_buffer_set_seq (&rtp, (guint16) n);
  gst_rtp_buffer_set_timestamp (&rtp, b->first_rtp_ts + n * TICKS);
  memcpy (gst_rtp_buffer_get_payload (&rtp), payload, sizeof payload);
  gst_rtp_buffer_unmap (&rtp);
  GST_BUFFER_DTS (buffer) = b->arrival + n * FRAME;
  return buffer;
}

/* Packet n arrives in time. */
static void
push (Buffer *b, guint n, gboolean is_key)
{
  GstClockTime time = b->arrival + n * FRAME;

  if (gst_clock_get_time (GST_CLOCK (b->clock)) < time)
    gst_harness_set_time (b->harness, time);
  g_assert_cmpint (gst_harness_push (b->harness, make_packet (b, n, is_key)), ==, GST_FLOW_OK);
}

/* Lets time pass up to what the jitter buffer waits for next, if it waits. */
static void
advance (Buffer *b, gint64 end)
{
  g_assert_cmpint (g_get_monotonic_time (), <, end);
  if (gst_test_clock_peek_id_count (b->clock) == 0
      || !gst_harness_crank_single_clock_wait (b->harness))
    g_thread_yield ();
}

/* The sequence number of the next packet that comes out; lets time pass for it. */
static guint
pull (Buffer *b)
{
  GstBuffer *buffer;
  GstRTPBuffer rtp = GST_RTP_BUFFER_INIT;
  gint64 end = g_get_monotonic_time () + PATIENCE_US;
  guint seq;

  while ((buffer = gst_harness_try_pull (b->harness)) == NULL)
    advance (b, end);
  gst_rtp_buffer_map (buffer, GST_MAP_READ, &rtp);
  seq = gst_rtp_buffer_get_seq (&rtp);
  gst_rtp_buffer_unmap (&rtp);
  gst_buffer_unref (buffer);
  return seq;
}

static guint64
get_count (Buffer *b, const gchar *field)
{
  GstStructure *stats;
  guint64 value;

  g_object_get (b->hooks, "stats", &stats, NULL);
  g_assert_true (gst_structure_get_uint64 (stats, field, &value));
  gst_structure_free (stats);
  return value;
}

static void
test_settings (void)
{
  GstElement *element = gst_element_factory_make ("rtpjitterbuffer", NULL);
  GstRtcJitterBuffer *hooks = gst_rtc_jitter_buffer_new (element);
  gboolean do_lost, do_rtx, guess;
  guint latency;

  g_object_get (element, "do-lost", &do_lost, "do-retransmission", &do_rtx, "rtx-next-seqnum",
      &guess, "latency", &latency, NULL);
  g_assert_true (do_lost && do_rtx && !guess);
  g_assert_cmpuint (latency, ==, GST_RTC_JITTER_BUFFER_DEFAULT_MIN_LATENCY);
  g_object_set (hooks, "min-latency", 800, NULL);
  g_object_get (element, "latency", &latency, NULL);
  g_assert_cmpuint (latency, ==, 800);
  g_object_get (hooks, "max-latency", &latency, NULL);
  g_assert_cmpuint (latency, ==, 800);
  g_object_set (hooks, "max-latency", 100, NULL);
  g_object_get (element, "latency", &latency, NULL);
  g_assert_cmpuint (latency, ==, 100);
  gst_rtc_jitter_buffer_detach (hooks);
  gst_rtc_jitter_buffer_detach (hooks);
  g_object_unref (hooks);
  hooks = gst_rtc_jitter_buffer_new (element); /* may come back */
  g_assert_nonnull (hooks);
  gst_object_unref (element);
  gst_rtc_jitter_buffer_push_rtcp (hooks, gst_buffer_new ()); /* its element is gone */
  gst_structure_free (gst_rtc_jitter_buffer_get_stats (hooks));
  g_object_unref (hooks);
}

/* A gap is asked for, what comes back is in its place, and the picture goes on. */
static void
test_retransmission (void)
{
  gint64 end = g_get_monotonic_time () + PATIENCE_US;
  GstBuffer *missing;
  Buffer b;

  buffer_start (&b, "VP8");
  push (&b, 0, TRUE);
  g_assert_cmpuint (pull (&b), ==, 0);
  push (&b, 1, FALSE);
  push (&b, 3, FALSE);
  while (g_atomic_int_get (&b.first_request) < 0)
    advance (&b, end);
  g_assert_cmpint (b.first_request, ==, 2);
  g_assert_cmpuint (get_count (&b, "packets-missing"), ==, 1);
  missing = make_packet (&b, 2, FALSE);
  GST_BUFFER_FLAG_SET (missing, GST_RTP_BUFFER_FLAG_RETRANSMISSION);
  gst_harness_push (b.harness, missing);
  for (guint i = 1; i <= 3; i++)
    g_assert_cmpuint (pull (&b), ==, i);
  g_assert_cmpuint (get_count (&b, "retransmitted-packets"), ==, 1);
  g_assert_cmpuint (get_count (&b, "packets-lost"), ==, 0);
  g_assert_cmpuint (b.n_key_frame_requests, ==, 0);
  /* No request went further up. */
  for (guint n = gst_harness_upstream_events_received (b.harness); n > 0; n--) {
    GstEvent *event = gst_harness_pull_upstream_event (b.harness);

    g_assert_false (gst_event_has_name (event, "GstRTPRetransmissionRequest"));
    gst_event_unref (event);
  }
  buffer_stop (&b);
}

static void
wait_key_frame_request (Buffer *b)
{
  gint64 end = g_get_monotonic_time () + PATIENCE_US;

  while (g_atomic_int_get (&b->n_key_frame_requests) == 0)
    advance (b, end);
}

/* A loss for good: a key frame is asked for, delta frames are held until it comes. */
static void
test_hold (gconstpointer data)
{
  gboolean hold = GPOINTER_TO_UINT (data);
  guint last = 40;
  Buffer b;

  buffer_start (&b, "VP8");
  g_object_set (b.hooks, "hold-picture", hold, NULL);
  push (&b, 0, TRUE);
  g_assert_cmpuint (pull (&b), ==, 0);
  for (guint i = 1; i <= last; i++) {
    if (i != 5)
      push (&b, i, i == 30);
    if (i == 20)
      wait_key_frame_request (&b);
  }
  for (guint i = 1; i <= last; i++) {
    if (i == 5 || (hold && i > 5 && i < 30))
      continue;
    g_assert_cmpuint (pull (&b), ==, i);
  }
  g_assert_cmpuint (get_count (&b, "packets-lost"), ==, 1);
  g_assert_cmpuint (get_count (&b, "packets-held"), ==, hold ? 24 : 0);
  g_assert_cmpuint (b.n_key_frame_requests, >=, 1);
  buffer_stop (&b);
}

/* Nothing is shown before the first key frame. */
static void
test_first_picture (void)
{
  Buffer b;

  buffer_start (&b, "VP8");
  for (guint i = 0; i < 5; i++)
    push (&b, i, FALSE);
  wait_key_frame_request (&b);
  for (guint i = 5; i < 10; i++)
    push (&b, i, i == 7);
  g_assert_cmpuint (pull (&b), ==, 7);
  buffer_stop (&b);
}

static void
test_force_key_unit (void)
{
  Buffer b;

  buffer_start (&b, "VP8");
  push (&b, 0, TRUE);
  g_assert_cmpuint (pull (&b), ==, 0);
  g_assert_cmpuint (b.n_key_frame_requests, ==, 0);
  gst_harness_push_upstream_event (
      b.harness, gst_video_event_new_upstream_force_key_unit (GST_CLOCK_TIME_NONE, TRUE, 0));
  g_assert_cmpuint (b.n_key_frame_requests, ==, 1);
  buffer_stop (&b);
}

/* RTCP of the sender: another stream's SR, then this one's, packet n being sent at ntp. */
static GstBuffer *
make_report (Buffer *b, guint n, GstClockTime ntp)
{
  GstBuffer *buffer = gst_rtcp_buffer_new (1200);
  GstRTCPBuffer rtcp = GST_RTCP_BUFFER_INIT;
  GstRTCPPacket packet;
  guint64 ntp64 = gst_util_uint64_scale (ntp, G_GUINT64_CONSTANT (1) << 32, GST_SECOND);

  gst_rtcp_buffer_map (buffer, GST_MAP_READWRITE, &rtcp);
  gst_rtcp_buffer_add_packet (&rtcp, GST_RTCP_TYPE_SR, &packet);
  gst_rtcp_packet_sr_set_sender_info (&packet, SSRC + 1, ntp64 / 2, 77, 1, 1);
  gst_rtcp_buffer_add_packet (&rtcp, GST_RTCP_TYPE_SR, &packet);
  gst_rtcp_packet_sr_set_sender_info (
      &packet, SSRC, ntp64, b->first_rtp_ts + n * TICKS, n + 1, n + 1);
  gst_rtcp_buffer_unmap (&rtcp);
  return buffer;
}

/* Two streams of one sender; the second one's packets take 120 ms longer. */
static void
test_lip_sync (void)
{
  const GstClockTime ntp = 3900000000u * GST_SECOND;
  GstRtcSyncGroup *group = gst_rtc_sync_group_new ();
  gint64 offset[2];
  guint64 step;
  Buffer b[2];

  for (guint i = 0; i < 2; i++) {
    buffer_start (&b[i], "VP8");
    b[i].first_rtp_ts += i * 123456;
    b[i].arrival = GST_SECOND + i * 120 * GST_MSECOND;
    g_object_set (b[i].hooks, "sync-group", group, NULL);
    for (guint n = 0; n < 10; n++)
      push (&b[i], n, TRUE);
  }
  gst_rtc_jitter_buffer_push_rtcp (b[0].hooks, make_report (&b[0], 9, ntp + 9 * FRAME));
  gst_rtc_jitter_buffer_push_rtcp (b[1].hooks, make_report (&b[1], 9, ntp + 9 * FRAME));
  for (guint i = 0; i < 2; i++) {
    push (&b[i], 10, TRUE);
    for (guint n = 0; n <= 10; n++)
      g_assert_cmpuint (pull (&b[i]), ==, n);
  }
  for (guint i = 0; i < 2; i++) {
    GstElement *element = gst_harness_find_element (b[i].harness, "rtpjitterbuffer");

    g_object_get (element, "ts-offset", &offset[i], "max-ts-offset-adjustment", &step, NULL);
    g_assert_cmpuint (step, ==, 0); /* the first time at once */
    gst_object_unref (element);
  }
  g_test_message ("offsets %" G_GINT64_FORMAT " and %" G_GINT64_FORMAT " ns", offset[0], offset[1]);
  g_assert_cmpint (offset[0], >, 115 * GST_MSECOND);
  g_assert_cmpint (offset[0], <, 125 * GST_MSECOND);
  g_assert_cmpint (offset[1], ==, 0);
  /* What is not RTCP, or of others only, does nothing. */
  gst_rtc_jitter_buffer_push_rtcp (b[0].hooks, gst_buffer_new_wrapped (g_strdup ("nonsense"), 8));
  g_object_unref (group);
  buffer_stop (&b[0]);
  buffer_stop (&b[1]);
}

/* Losses and a round trip time raise the jitter buffer's own latency. */
static void
test_latency_followed (void)
{
  GstElement *element;
  guint latency = 0, before;
  Buffer b;

  buffer_start (&b, "VP8");
  element = gst_harness_find_element (b.harness, "rtpjitterbuffer");
  g_object_set (b.hooks, "min-latency", 40, "max-latency", 400, "rtt", 80 * GST_MSECOND, NULL);
  g_object_get (element, "latency", &before, NULL);
  g_assert_cmpuint (before, ==, 40);
  gst_rtc_jitter_buffer_set_network (b.hooks, 80 * GST_MSECOND, 30 * GST_MSECOND);
  for (guint i = 0; latency <= before; i++) {
    push (&b, i, TRUE);
    g_assert_cmpuint (pull (&b), ==, i);
    g_object_get (element, "latency", &latency, NULL);
    g_assert_cmpuint (i, <, 50); /* a second */
  }
  g_assert_cmpuint (latency, ==, 130);
  gst_object_unref (element);
  buffer_stop (&b);
}

static guint
get_latency (Buffer *b)
{
  guint latency;

  g_object_get (b->hooks, "latency", &latency, NULL);
  return latency;
}

/* The sender's wish holds within the application's limits, which stay what they are. */
static void
test_playout_delay (void)
{
  guint n = 0, min = 0, max = 0;
  Buffer b;

  buffer_start (&b, "VP8");
  g_object_set (b.hooks, "min-latency", 40, "max-latency", 400, NULL);
  gst_rtc_jitter_buffer_set_playout_delay (b.hooks, 200, 300);
  g_assert_cmpuint (get_latency (&b), ==, 40); /* not before something comes out */
  push (&b, n, TRUE);
  g_assert_cmpuint (pull (&b), ==, n++);
  g_assert_cmpuint (get_latency (&b), ==, 200);
  gst_rtc_jitter_buffer_set_playout_delay (b.hooks, 1000, 40950);
  push (&b, n, TRUE);
  g_assert_cmpuint (pull (&b), ==, n++);
  g_assert_cmpuint (get_latency (&b), ==, 400);
  g_object_get (b.hooks, "min-latency", &min, "max-latency", &max, NULL);
  g_assert_cmpuint (min, ==, 40);
  g_assert_cmpuint (max, ==, 400);
  g_object_set (b.hooks, "max-latency", 100, NULL);
  g_assert_cmpuint (get_latency (&b), ==, 100);
  gst_rtc_jitter_buffer_set_playout_delay (b.hooks, 0, 0);
  push (&b, n, TRUE);
  g_assert_cmpuint (pull (&b), ==, n++);
  g_assert_cmpuint (get_latency (&b), ==, 40);
  buffer_stop (&b);
}

#define NTP (GstClockTime) (G_GUINT64_CONSTANT (3900000000) * GST_SECOND)

/* The packet that comes out next; lets time pass for it. (transfer full) */
static GstBuffer *
pull_buffer (Buffer *b)
{
  gint64 end = g_get_monotonic_time () + PATIENCE_US;
  GstBuffer *buffer;

  while ((buffer = gst_harness_try_pull (b->harness)) == NULL)
    advance (b, end);
  return buffer;
}

/* What goes in with a capture time comes out with it, and what has the PTS of it is found. */
static void
test_capture_time (void)
{
  GstClockTime found, pts = GST_CLOCK_TIME_NONE;
  Buffer b;

  buffer_start (&b, "VP8");
  g_assert_cmpuint (gst_rtc_jitter_buffer_find_capture_time (b.hooks, 0), ==, GST_CLOCK_TIME_NONE);
  for (guint i = 0; i < 3 * GST_RTC_CAPTURE_TIME_KEPT; i++) {
    GstBuffer *buffer = make_packet (&b, i, TRUE);
    guint64 ntp64 = rtc_time_duration_to_ntp64 (NTP + i * FRAME);

    if (gst_clock_get_time (GST_CLOCK (b.clock)) < i * FRAME)
      gst_harness_set_time (b.harness, i * FRAME);
    gst_rtc_capture_time_add (buffer, ntp64);
    gst_harness_push (b.harness, buffer);
    buffer = pull_buffer (&b);
    g_assert_cmpuint (NTP + i * FRAME - gst_rtc_capture_time_get (buffer), <=, 1); /* rounded */
    pts = GST_BUFFER_PTS (buffer);
    found = gst_rtc_jitter_buffer_find_capture_time (b.hooks, pts);
    g_assert_cmpuint (found, ==, gst_rtc_capture_time_get (buffer));
    gst_rtc_capture_time_put (&buffer, 1);
    g_assert_cmpuint (found, ==, gst_rtc_capture_time_get (buffer)); /* not twice */
    gst_buffer_unref (buffer);
  }
  /* In between and around, as far as that goes. */
  g_assert_cmpuint (
      gst_rtc_jitter_buffer_find_capture_time (b.hooks, pts - FRAME / 4), ==, found - FRAME / 4);
  g_assert_cmpuint (gst_rtc_jitter_buffer_find_capture_time (b.hooks, pts + 900 * GST_MSECOND), ==,
      found + 900 * GST_MSECOND);
  g_assert_cmpuint (gst_rtc_jitter_buffer_find_capture_time (b.hooks, pts + 2 * GST_SECOND), ==,
      GST_CLOCK_TIME_NONE);
  g_assert_cmpuint (gst_rtc_jitter_buffer_find_capture_time (b.hooks, GST_CLOCK_TIME_NONE), ==,
      GST_CLOCK_TIME_NONE);
  buffer_stop (&b);
}

/* What comes late raises the latency before it goes in: the time stamps that come out run on. */
static void
test_late_arrival (void)
{
  GstClockTime time, last = GST_CLOCK_TIME_NONE;
  GstBuffer *buffer;
  Buffer b;

  buffer_start (&b, "VP8");
  g_object_set (b.hooks, "min-latency", 40, "max-latency", 400, NULL);
  for (guint i = 0; i < 20; i++) {
    buffer = make_packet (&b, i, TRUE);
    time = b.arrival + i * FRAME + (i >= 10 ? 120 * GST_MSECOND : 0);
    GST_BUFFER_DTS (buffer) = time;
    if (gst_clock_get_time (GST_CLOCK (b.clock)) < time)
      gst_harness_set_time (b.harness, time);
    gst_harness_push (b.harness, buffer);
    buffer = pull_buffer (&b);
    if (GST_CLOCK_TIME_IS_VALID (last))
      g_assert_cmpint (
          ABS (GST_CLOCK_DIFF (last + FRAME, GST_BUFFER_PTS (buffer))), <=, 3 * GST_MSECOND);
    last = GST_BUFFER_PTS (buffer);
    gst_buffer_unref (buffer);
    if (i == 9)
      g_assert_cmpuint (get_latency (&b), ==, 40);
  }
  g_assert_cmpuint (get_latency (&b), ==, 130);
  buffer_stop (&b);
}

/* Later than any latency that is allowed: shown as it comes, none before what it follows, and what
 * comes in time again is where it would have been without all that. */
static void
test_beyond_latency (void)
{
  GstClockTime last = 0, line = 0, time;
  GstBuffer *buffer;
  guint64 beyond;
  Buffer b;

  buffer_start (&b, "VP8");
  g_object_set (b.hooks, "min-latency", 40, "max-latency", 100, NULL);
  for (guint i = 0; i < 60; i++) {
    buffer = make_packet (&b, i, TRUE);
    time = b.arrival + i * FRAME;
    /* 300 ms late; then those that queued come one by one. */
    if (i >= 20 && i < 30)
      time += 300 * GST_MSECOND;
    else if (i >= 30)
      time = MAX (time, b.arrival + 29 * FRAME + 300 * GST_MSECOND + (i - 29) * GST_MSECOND);
    GST_BUFFER_DTS (buffer) = time;
    if (gst_clock_get_time (GST_CLOCK (b.clock)) < time)
      gst_harness_set_time (b.harness, time);
    gst_harness_push (b.harness, buffer);
    buffer = pull_buffer (&b);
    g_assert_cmpuint (GST_BUFFER_PTS (buffer), >=, last);
    last = GST_BUFFER_PTS (buffer);
    gst_buffer_unref (buffer);
    if (i == 0)
      line = last;
    if (i < 20 || i > 45)
      g_assert_cmpint (ABS (GST_CLOCK_DIFF (line + i * FRAME, last)), <=, 3 * GST_MSECOND);
    if (i >= 20 && i < 30) {
      g_assert_cmpuint (get_latency (&b), ==, 40);
      g_assert_cmpuint (last + 40 * GST_MSECOND, ==, time + 10 * GST_MSECOND);
    }
  }
  g_assert_cmpuint (get_latency (&b), ==, 100); /* for those of the end that this is enough for */
  beyond = get_count (&b, "packets-beyond-latency");
  g_assert_cmpuint (beyond, >=, 10);
  g_assert_cmpuint (beyond, <, 25);
  buffer_stop (&b);
}

/* A key frame that has come, and will be shown, is not asked for again; what is lost of it or
 * behind it is. */
static void
test_key_frame_inside (void)
{
  Buffer b;

  buffer_start (&b, "VP8");
  g_object_set (b.hooks, "min-latency", 400, "max-latency", 400, NULL);
  for (guint i = 0; i < 20; i++) {
    if (i != 5)
      push (&b, i, i == 0 || i == 8);
  }
  for (guint i = 0; i < 20; i++) {
    if (i < 5 || i >= 8)
      g_assert_cmpuint (pull (&b), ==, i);
  }
  g_assert_cmpuint (get_count (&b, "packets-lost"), ==, 1);
  g_assert_cmpuint (get_count (&b, "packets-held"), ==, 2);
  g_assert_cmpuint (b.n_key_frame_requests, ==, 0);

  for (guint i = 20; i < 40; i++) {
    if (i != 30)
      push (&b, i, i == 25);
  }
  for (guint i = 20; i < 30; i++)
    g_assert_cmpuint (pull (&b), ==, i);
  wait_key_frame_request (&b);
  push (&b, 40, TRUE);
  g_assert_cmpuint (pull (&b), ==, 40);
  buffer_stop (&b);
}

/* A second one on the same element, or on something else, is a bug of the caller's. */
static void
test_misuse (void)
{
  if (g_test_subprocess ()) {
    GstElement *element = gst_element_factory_make ("identity", NULL);

    g_assert_null (gst_rtc_jitter_buffer_new (element));
    return;
  }
  g_test_trap_subprocess (NULL, 0, 0);
  g_test_trap_assert_failed ();
  g_test_trap_assert_stderr ("*must be an rtpjitterbuffer*");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  gst_init (&argc, &argv);
  g_test_add_func ("/jitterbuffer/late-arrival", test_late_arrival);
  g_test_add_func ("/jitterbuffer/beyond-latency", test_beyond_latency);
  g_test_add_func ("/jitterbuffer/key-frame-inside", test_key_frame_inside);
  g_test_add_func ("/jitterbuffer/settings", test_settings);
  g_test_add_func ("/jitterbuffer/retransmission", test_retransmission);
  g_test_add_data_func ("/jitterbuffer/hold", GUINT_TO_POINTER (TRUE), test_hold);
  g_test_add_data_func ("/jitterbuffer/no-hold", GUINT_TO_POINTER (FALSE), test_hold);
  g_test_add_func ("/jitterbuffer/first-picture", test_first_picture);
  g_test_add_func ("/jitterbuffer/force-key-unit", test_force_key_unit);
  g_test_add_func ("/jitterbuffer/lip-sync", test_lip_sync);
  g_test_add_func ("/jitterbuffer/latency-followed", test_latency_followed);
  g_test_add_func ("/jitterbuffer/playout-delay", test_playout_delay);
  g_test_add_func ("/jitterbuffer/capture-time", test_capture_time);
  g_test_add_func ("/jitterbuffer/misuse", test_misuse);
  return g_test_run ();
}
