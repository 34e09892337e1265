/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* rtc-jitterbuffer-latency.c - when things come out of a hooked jitter buffer: latency that follows
 * the network, lip sync, capture times. The rules behind the latency are in rtc-latency.c. */
#include <gst/rtp/rtp.h>

#include "gst/media/gstrtccapturetime.h"
#include "gst/rtc/base/rtc-time.h"
#include "hooked-buffer.h"

#define NTP (GstClockTime) (G_GUINT64_CONSTANT (3900000000) * GST_SECOND)

/* RTCP of the sender: another stream's SR, then this one's, packet n being sent at ntp. */
static GstBuffer *
make_report (HookedBuffer *b, guint n, GstClockTime ntp)
{
  GstBuffer *buffer = gst_rtcp_buffer_new (1200);
  GstRTCPBuffer rtcp = GST_RTCP_BUFFER_INIT;
  GstRTCPPacket packet;
  guint64 ntp64 = gst_util_uint64_scale (ntp, G_GUINT64_CONSTANT (1) << 32, GST_SECOND);

  gst_rtcp_buffer_map (buffer, GST_MAP_READWRITE, &rtcp);
  gst_rtcp_buffer_add_packet (&rtcp, GST_RTCP_TYPE_SR, &packet);
  gst_rtcp_packet_sr_set_sender_info (&packet, HOOKED_BUFFER_SSRC + 1, ntp64 / 2, 77, 1, 1);
  gst_rtcp_buffer_add_packet (&rtcp, GST_RTCP_TYPE_SR, &packet);
  gst_rtcp_packet_sr_set_sender_info (
      &packet, HOOKED_BUFFER_SSRC, ntp64, b->first_rtp_ts + n * HOOKED_BUFFER_TICKS, n + 1, n + 1);
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
  HookedBuffer b[2];

  for (guint i = 0; i < 2; i++) {
    hooked_buffer_start (&b[i], "VP8");
    b[i].first_rtp_ts += i * 123456;
    b[i].arrival = GST_SECOND + i * 120 * GST_MSECOND;
    g_object_set (b[i].hooks, "sync-group", group, NULL);
    for (guint n = 0; n < 10; n++)
      hooked_buffer_push (&b[i], n, TRUE);
  }
  gst_rtc_jitter_buffer_push_rtcp (
      b[0].hooks, make_report (&b[0], 9, ntp + 9 * HOOKED_BUFFER_FRAME));
  gst_rtc_jitter_buffer_push_rtcp (
      b[1].hooks, make_report (&b[1], 9, ntp + 9 * HOOKED_BUFFER_FRAME));
  for (guint i = 0; i < 2; i++) {
    hooked_buffer_push (&b[i], 10, TRUE);
    for (guint n = 0; n <= 10; n++)
      g_assert_cmpuint (hooked_buffer_pull (&b[i]), ==, n);
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
  hooked_buffer_stop (&b[0]);
  hooked_buffer_stop (&b[1]);
}

/* Losses and a round trip time raise the jitter buffer's own latency. */
static void
test_latency_followed (void)
{
  GstElement *element;
  guint latency = 0, before;
  HookedBuffer b;

  hooked_buffer_start (&b, "VP8");
  element = gst_harness_find_element (b.harness, "rtpjitterbuffer");
  g_object_set (b.hooks, "min-latency", 40, "max-latency", 400, "rtt", 80 * GST_MSECOND, NULL);
  g_object_get (element, "latency", &before, NULL);
  g_assert_cmpuint (before, ==, 40);
  gst_rtc_jitter_buffer_set_network (b.hooks, 80 * GST_MSECOND, 30 * GST_MSECOND);
  for (guint i = 0; latency <= before; i++) {
    hooked_buffer_push (&b, i, TRUE);
    g_assert_cmpuint (hooked_buffer_pull (&b), ==, i);
    g_object_get (element, "latency", &latency, NULL);
    g_assert_cmpuint (i, <, 50); /* a second */
  }
  g_assert_cmpuint (latency, ==, 130);
  gst_object_unref (element);
  hooked_buffer_stop (&b);
}

/* The sender's wish holds within the application's limits, which stay what they are. */
static void
test_playout_delay (void)
{
  guint n = 0, min = 0, max = 0;
  HookedBuffer b;

  hooked_buffer_start (&b, "VP8");
  g_object_set (b.hooks, "min-latency", 40, "max-latency", 400, NULL);
  gst_rtc_jitter_buffer_set_playout_delay (b.hooks, 200, 300);
  g_assert_cmpuint (hooked_buffer_get_latency (&b), ==, 40); /* not before something comes out */
  hooked_buffer_push (&b, n, TRUE);
  g_assert_cmpuint (hooked_buffer_pull (&b), ==, n++);
  g_assert_cmpuint (hooked_buffer_get_latency (&b), ==, 200);
  gst_rtc_jitter_buffer_set_playout_delay (b.hooks, 1000, 40950);
  hooked_buffer_push (&b, n, TRUE);
  g_assert_cmpuint (hooked_buffer_pull (&b), ==, n++);
  g_assert_cmpuint (hooked_buffer_get_latency (&b), ==, 400);
  g_object_get (b.hooks, "min-latency", &min, "max-latency", &max, NULL);
  g_assert_cmpuint (min, ==, 40);
  g_assert_cmpuint (max, ==, 400);
  g_object_set (b.hooks, "max-latency", 100, NULL);
  g_assert_cmpuint (hooked_buffer_get_latency (&b), ==, 100);
  gst_rtc_jitter_buffer_set_playout_delay (b.hooks, 0, 0);
  hooked_buffer_push (&b, n, TRUE);
  g_assert_cmpuint (hooked_buffer_pull (&b), ==, n++);
  g_assert_cmpuint (hooked_buffer_get_latency (&b), ==, 40);
  hooked_buffer_stop (&b);
}

/* What goes in with a capture time comes out with it, and what has the PTS of it is found. */
static void
test_capture_time (void)
{
  GstClockTime found, pts = GST_CLOCK_TIME_NONE;
  HookedBuffer b;

  hooked_buffer_start (&b, "VP8");
  g_assert_cmpuint (gst_rtc_jitter_buffer_find_capture_time (b.hooks, 0), ==, GST_CLOCK_TIME_NONE);
  for (guint i = 0; i < 3 * GST_RTC_CAPTURE_TIME_KEPT; i++) {
    GstBuffer *buffer = hooked_buffer_make_packet (&b, i, TRUE);
    guint64 ntp64 = rtc_time_duration_to_ntp64 (NTP + i * HOOKED_BUFFER_FRAME);

    if (gst_clock_get_time (GST_CLOCK (b.clock)) < i * HOOKED_BUFFER_FRAME)
      gst_harness_set_time (b.harness, i * HOOKED_BUFFER_FRAME);
    gst_rtc_capture_time_add (buffer, ntp64);
    gst_harness_push (b.harness, buffer);
    buffer = hooked_buffer_pull_buffer (&b);
    g_assert_cmpuint (
        NTP + i * HOOKED_BUFFER_FRAME - gst_rtc_capture_time_get (buffer), <=, 1); /* rounded */
    pts = GST_BUFFER_PTS (buffer);
    found = gst_rtc_jitter_buffer_find_capture_time (b.hooks, pts);
    g_assert_cmpuint (found, ==, gst_rtc_capture_time_get (buffer));
    gst_rtc_capture_time_put (&buffer, 1);
    g_assert_cmpuint (found, ==, gst_rtc_capture_time_get (buffer)); /* not twice */
    gst_buffer_unref (buffer);
  }
  /* In between and around, as far as that goes. */
  g_assert_cmpuint (
      gst_rtc_jitter_buffer_find_capture_time (b.hooks, pts - HOOKED_BUFFER_FRAME / 4), ==,
      found - HOOKED_BUFFER_FRAME / 4);
  g_assert_cmpuint (gst_rtc_jitter_buffer_find_capture_time (b.hooks, pts + 900 * GST_MSECOND), ==,
      found + 900 * GST_MSECOND);
  g_assert_cmpuint (gst_rtc_jitter_buffer_find_capture_time (b.hooks, pts + 2 * GST_SECOND), ==,
      GST_CLOCK_TIME_NONE);
  g_assert_cmpuint (gst_rtc_jitter_buffer_find_capture_time (b.hooks, GST_CLOCK_TIME_NONE), ==,
      GST_CLOCK_TIME_NONE);
  hooked_buffer_stop (&b);
}

/* What comes late raises the latency before it goes in: the time stamps that come out run on. */
static void
test_late_arrival (void)
{
  GstClockTime time, last = GST_CLOCK_TIME_NONE;
  GstBuffer *buffer;
  HookedBuffer b;

  hooked_buffer_start (&b, "VP8");
  g_object_set (b.hooks, "min-latency", 40, "max-latency", 400, NULL);
  for (guint i = 0; i < 20; i++) {
    buffer = hooked_buffer_make_packet (&b, i, TRUE);
    time = b.arrival + i * HOOKED_BUFFER_FRAME + (i >= 10 ? 120 * GST_MSECOND : 0);
    GST_BUFFER_DTS (buffer) = time;
    if (gst_clock_get_time (GST_CLOCK (b.clock)) < time)
      gst_harness_set_time (b.harness, time);
    gst_harness_push (b.harness, buffer);
    buffer = hooked_buffer_pull_buffer (&b);
    if (GST_CLOCK_TIME_IS_VALID (last))
      g_assert_cmpint (ABS (GST_CLOCK_DIFF (last + HOOKED_BUFFER_FRAME, GST_BUFFER_PTS (buffer))),
          <=, 3 * GST_MSECOND);
    last = GST_BUFFER_PTS (buffer);
    gst_buffer_unref (buffer);
    if (i == 9)
      g_assert_cmpuint (hooked_buffer_get_latency (&b), ==, 40);
  }
  g_assert_cmpuint (hooked_buffer_get_latency (&b), ==, 130);
  hooked_buffer_stop (&b);
}

/* Later than any latency that is allowed: shown as it comes, none before what it follows, and what
 * comes in time again is where it would have been without all that. */
static void
test_beyond_latency (void)
{
  GstClockTime last = 0, line = 0, time;
  GstBuffer *buffer;
  guint64 beyond;
  HookedBuffer b;

  hooked_buffer_start (&b, "VP8");
  g_object_set (b.hooks, "min-latency", 40, "max-latency", 100, NULL);
  for (guint i = 0; i < 60; i++) {
    buffer = hooked_buffer_make_packet (&b, i, TRUE);
    time = b.arrival + i * HOOKED_BUFFER_FRAME;
    /* 300 ms late; then those that queued come one by one. */
    if (i >= 20 && i < 30)
      time += 300 * GST_MSECOND;
    else if (i >= 30)
      time = MAX (
          time, b.arrival + 29 * HOOKED_BUFFER_FRAME + 300 * GST_MSECOND + (i - 29) * GST_MSECOND);
    GST_BUFFER_DTS (buffer) = time;
    if (gst_clock_get_time (GST_CLOCK (b.clock)) < time)
      gst_harness_set_time (b.harness, time);
    gst_harness_push (b.harness, buffer);
    buffer = hooked_buffer_pull_buffer (&b);
    g_assert_cmpuint (GST_BUFFER_PTS (buffer), >=, last);
    last = GST_BUFFER_PTS (buffer);
    gst_buffer_unref (buffer);
    if (i == 0)
      line = last;
    if (i < 20 || i > 45)
      g_assert_cmpint (
          ABS (GST_CLOCK_DIFF (line + i * HOOKED_BUFFER_FRAME, last)), <=, 3 * GST_MSECOND);
    if (i >= 20 && i < 30) {
      g_assert_cmpuint (hooked_buffer_get_latency (&b), ==, 40);
      g_assert_cmpuint (last + 40 * GST_MSECOND, ==, time + 10 * GST_MSECOND);
    }
  }
  g_assert_cmpuint (
      hooked_buffer_get_latency (&b), ==, 100); /* for those of the end that this is enough for */
  beyond = hooked_buffer_get_count (&b, "packets-beyond-latency");
  g_assert_cmpuint (beyond, >=, 10);
  g_assert_cmpuint (beyond, <, 25);
  hooked_buffer_stop (&b);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  gst_init (&argc, &argv);
  g_test_add_func ("/jitterbuffer/late-arrival", test_late_arrival);
  g_test_add_func ("/jitterbuffer/beyond-latency", test_beyond_latency);
  g_test_add_func ("/jitterbuffer/lip-sync", test_lip_sync);
  g_test_add_func ("/jitterbuffer/latency-followed", test_latency_followed);
  g_test_add_func ("/jitterbuffer/playout-delay", test_playout_delay);
  g_test_add_func ("/jitterbuffer/capture-time", test_capture_time);
  return g_test_run ();
}
