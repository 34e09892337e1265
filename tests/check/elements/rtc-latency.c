/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* rtc-latency.c - the rules of latency and lip sync, without a jitter buffer. */
#include "gst/media/gstrtclatency.h"

#include "gst/media/gstrtcsyncgroup.h"

/* --- latency ---------------------------------------------------------------------------------- */

/* Feeds seconds of 100 packets each, share per mille of them missing. */
static void
feed (GstRtcLatency *latency, GstRtcLatencyReading *reading, GstClockTime *now, guint seconds,
    guint per_mille)
{
  for (guint i = 0; i < seconds * 5; i++) {
    *now += GST_RTC_LATENCY_INTERVAL;
    reading->packets += 1000 - per_mille;
    reading->missing += per_mille;
    gst_rtc_latency_update (latency, *now, reading);
  }
}

static void
test_latency (void)
{
  GstRtcLatencyReading reading = { .rtt = 50 * GST_MSECOND, .jitter = 2 * GST_MSECOND };
  GstClockTime now = GST_SECOND;
  GstRtcLatency latency;
  guint high;

  gst_rtc_latency_init (&latency, 50, 500);
  feed (&latency, &reading, &now, 5, 0);
  g_assert_cmpuint (latency.latency_ms, ==, 50); /* nothing is wrong: the least */
  reading.jitter = 20 * GST_MSECOND;
  feed (&latency, &reading, &now, 1, 0);
  g_assert_cmpuint (latency.latency_ms, ==, 90);
  reading.jitter = 2 * GST_MSECOND;

  /* Losses: up within a second, for several round trips. */
  feed (&latency, &reading, &now, 1, 100);
  high = latency.latency_ms;
  g_assert_cmpuint (high, >=, 20 + 3 * 50);
  feed (&latency, &reading, &now, 5, 100);
  g_assert_cmpuint (latency.latency_ms, <=, 300);

  /* And down: not for two seconds, then by little, but to the end. */
  high = latency.latency_ms;
  feed (&latency, &reading, &now, 1, 0);
  g_assert_cmpuint (latency.latency_ms, ==, high);
  for (guint i = 0; i < 30; i++) {
    guint before = latency.latency_ms;

    feed (&latency, &reading, &now, 1, 0);
    g_assert_cmpuint (latency.latency_ms, <=, before);
    g_assert_cmpuint (latency.latency_ms + 2 * GST_RTC_LATENCY_FALL_MS, >=, before);
    if (i == 5)
      g_assert_cmpuint (latency.latency_ms, <, high);
  }
  g_assert_cmpuint (latency.latency_ms, ==, 50);

  /* Never beyond the limits, whatever is said. */
  reading.rtt = 3 * GST_SECOND;
  reading.jitter = GST_CLOCK_TIME_NONE / 2;
  feed (&latency, &reading, &now, 10, 900);
  g_assert_cmpuint (latency.latency_ms, ==, 500);
  g_assert_true (gst_rtc_latency_set_limits (&latency, 100, 200));
  g_assert_cmpuint (latency.latency_ms, ==, 200);
}

/* Readings of a narrow link: 10 packets each. Returns after how many seconds the latency is at most
 * that. */
static guint
wait_latency (GstRtcLatency *latency, GstRtcLatencyReading *reading, GstClockTime *now, guint ms)
{
  guint n = 0;

  while (latency->latency_ms > ms) {
    *now += GST_RTC_LATENCY_INTERVAL;
    reading->packets += 10;
    gst_rtc_latency_update (latency, *now, reading);
    g_assert_cmpuint (++n, <, 500);
  }
  return n / 5;
}

/* A queue overflows once: what came behind it shows that it was no lossy path. Losses of one in
 * fifty are no such thing. */
static void
test_one_overflow (void)
{
  GstRtcLatencyReading reading = { .rtt = 55 * GST_MSECOND, .jitter = 8 * GST_MSECOND };
  GstClockTime now = GST_SECOND;
  GstRtcLatency latency;
  guint low = G_MAXUINT;

  gst_rtc_latency_init (&latency, 50, 500);
  feed (&latency, &reading, &now, 5, 0);
  for (guint i = 0; i < 5; i++) {
    now += GST_RTC_LATENCY_INTERVAL;
    reading.packets += 10;
    reading.missing += 14;
    gst_rtc_latency_update (&latency, now, &reading);
  }
  g_assert_cmpuint (latency.latency_ms, >=, 350);
  g_assert_cmpuint (wait_latency (&latency, &reading, &now, 200), <=, 10);
  g_assert_cmpuint (wait_latency (&latency, &reading, &now, 50), <=, 18);
  for (guint i = 0; i < 500; i++) {
    now += GST_RTC_LATENCY_INTERVAL;
    reading.packets += i % 5 == 0 ? 9 : 10;
    reading.missing += i % 5 == 0 ? 1 : 0;
    gst_rtc_latency_update (&latency, now, &reading);
    low = MIN (low, i < 25 ? G_MAXUINT : latency.latency_ms);
  }
  g_assert_cmpuint (low, >=, 20 + 2 * 65);
}

static void
test_late_packets (void)
{
  GstRtcLatencyReading reading = { .rtt = GST_CLOCK_TIME_NONE };
  GstClockTime now = GST_SECOND;
  GstRtcLatency latency;

  gst_rtc_latency_init (&latency, 40, 400);
  feed (&latency, &reading, &now, 1, 0);
  reading.late = 3;
  feed (&latency, &reading, &now, 1, 0);
  g_assert_cmpuint (latency.latency_ms, ==, 60); /* 40 + 10 + 10 */

  /* What is not shown in any case is not late; what is missing may be why it is not shown. */
  gst_rtc_latency_init (&latency, 40, 400);
  reading = (GstRtcLatencyReading){ .rtt = GST_CLOCK_TIME_NONE, .is_idle = TRUE };
  feed (&latency, &reading, &now, 1, 0);
  reading.late = 30;
  feed (&latency, &reading, &now, 1, 0);
  g_assert_cmpuint (latency.latency_ms, ==, 40);
  feed (&latency, &reading, &now, 1, 100);
  g_assert_cmpuint (latency.latency_ms, >=, 40 + 2 * 100);
}

static void
test_raise (void)
{
  GstRtcLatencyReading reading = { .rtt = 50 * GST_MSECOND };
  GstClockTime now = 10 * GST_SECOND;
  GstRtcLatency latency;

  gst_rtc_latency_init (&latency, 50, 400);
  g_assert_false (gst_rtc_latency_raise (&latency, now, 45 * GST_MSECOND));
  g_assert_true (gst_rtc_latency_raise (&latency, now, 46 * GST_MSECOND));
  g_assert_cmpuint (latency.latency_ms, ==, 70); /* by a quarter at least, in steps of 10 */
  g_assert_true (gst_rtc_latency_raise (&latency, now, 150 * GST_MSECOND));
  g_assert_cmpuint (latency.latency_ms, ==, 160);
  /* Later than any latency that may be: not followed, but shown late. */
  g_assert_false (gst_rtc_latency_raise (&latency, now, 20 * GST_SECOND));
  g_assert_cmpuint (latency.latency_ms, ==, 160);
  g_assert_cmpuint (gst_rtc_latency_get_excess (&latency, 160 * GST_MSECOND), ==, 0);
  g_assert_cmpuint (gst_rtc_latency_get_excess (&latency, 161 * GST_MSECOND), ==, 11 * GST_MSECOND);
  g_assert_true (gst_rtc_latency_raise (&latency, now, 400 * GST_MSECOND));
  g_assert_cmpuint (latency.latency_ms, ==, 400);

  /* As long as some packets are so late it stays, and 10 ms above the latest ones. */
  gst_rtc_latency_update (&latency, now, &reading);
  for (guint i = 0; i < 100; i++) {
    now += GST_RTC_LATENCY_INTERVAL;
    g_assert_false (gst_rtc_latency_raise (&latency, now, (i % 10 == 0 ? 190 : 10) * GST_MSECOND));
    gst_rtc_latency_update (&latency, now, &reading);
    g_assert_cmpuint (latency.latency_ms, >=, i < 10 ? 400 : 200);
  }
  g_assert_cmpuint (latency.latency_ms, ==, 200);

  gst_rtc_latency_init (&latency, 50, 50);
  g_assert_false (gst_rtc_latency_raise (&latency, 0, GST_SECOND));
}

/* --- lip sync --------------------------------------------------------------------------------- */

typedef struct {
  GstClockTimeDiff offset;
  guint n, n_first;
} Offset;

static void
take_offset (gpointer data, GstClockTimeDiff offset, gboolean is_first)
{
  Offset *o = data;

  o->offset = offset;
  o->n++;
  o->n_first += is_first;
}

static void
test_sync_group (void)
{
  GstRtcSyncGroup *group = gst_rtc_sync_group_new ();
  const GstClockTimeDiff base = -(GstClockTimeDiff) (3900000000u * GST_SECOND);
  Offset audio = { 0 }, video = { 0 };
  guint a = gst_rtc_sync_group_add (group, take_offset, &audio);
  guint v = gst_rtc_sync_group_add (group, take_offset, &video);

  gst_rtc_sync_group_update (group, a, base);
  g_assert_cmpuint (audio.n, ==, 0); /* nobody to agree with */
  gst_rtc_sync_group_update (group, v, base + 80 * GST_MSECOND);
  g_assert_cmpint (audio.offset, ==, 80 * GST_MSECOND);
  g_assert_cmpint (video.offset, ==, 0);
  g_assert_cmpuint (audio.n_first + video.n_first, ==, 2);

  /* Noise is smoothed, small changes are not worth a word. */
  gst_rtc_sync_group_update (group, v, base + 84 * GST_MSECOND);
  g_assert_cmpuint (audio.n, ==, 1);

  /* One that contradicts is not believed; twice the same is. */
  gst_rtc_sync_group_update (group, a, base + 500 * GST_MSECOND);
  g_assert_cmpuint (audio.n, ==, 1);
  gst_rtc_sync_group_update (group, a, base);
  gst_rtc_sync_group_update (group, v, base + 300 * GST_MSECOND);
  gst_rtc_sync_group_update (group, v, base + 300 * GST_MSECOND);
  g_assert_cmpint (audio.offset, ==, 300 * GST_MSECOND);
  g_assert_cmpuint (audio.n_first, ==, 1);

  /* Absurd ones change nothing, however often they are said. */
  for (guint i = 0; i < 5; i++)
    gst_rtc_sync_group_update (group, v, base + 3600 * GST_SECOND);
  g_assert_cmpint (audio.offset, ==, 300 * GST_MSECOND);
  gst_rtc_sync_group_remove (group, v);
  gst_rtc_sync_group_update (group, v, base);
  g_object_unref (group);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  gst_init (&argc, &argv);
  g_test_add_func ("/latency/latency", test_latency);
  g_test_add_func ("/latency/one-overflow", test_one_overflow);
  g_test_add_func ("/latency/late-packets", test_late_packets);
  g_test_add_func ("/latency/raise", test_raise);
  g_test_add_func ("/latency/sync-group", test_sync_group);
  return g_test_run ();
}
