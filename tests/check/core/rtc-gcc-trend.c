/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* rtc-gcc-trend.c - queues that grow, shrink and stand; noise; a threshold that gets used to
 * things. */
#include "gst/rtc/cc/rtc-gcc-trend.h"

#include "gst/rtc/base/rtc-random.h"

typedef struct {
  RtcGccTrend trend;
  GstClockTime arrival;
  guint overuses, underuses;
} Rig;

static void
rig_init (Rig *rig)
{
  *rig = (Rig){ .arrival = 5 * GST_SECOND };
  rtc_gcc_trend_init (&rig->trend);
}

/* n groups 20 ms apart, each change ms later than the one before, and noise ms off. */
static void
rig_run (Rig *rig, guint n, gdouble change, RtcRandom *random, gdouble noise)
{
  gdouble last = 0;

  for (guint i = 0; i < n; i++) {
    gdouble off = random != NULL ? noise * (rtc_random_double (random) - 0.5) : 0;
    gdouble ms = 20 + change + off - last;
    RtcGccDelta delta = { .send_delta = 20 * GST_MSECOND,
      .arrival_delta = (gint64) (ms * GST_MSECOND) };
    RtcCcState state;

    last = off;
    rig->arrival = (GstClockTime) ((gint64) rig->arrival + delta.arrival_delta);
    delta.arrival = rig->arrival;
    state = rtc_gcc_trend_handle_delta (&rig->trend, &delta);
    rig->overuses += state == RTC_CC_STATE_OVERUSE;
    rig->underuses += state == RTC_CC_STATE_UNDERUSE;
  }
}

static void
test_queue_grows (void)
{
  Rig rig;

  rig_init (&rig);
  rig_run (&rig, 50, 0, NULL, 0);
  g_assert_cmpuint (rig.overuses + rig.underuses, ==, 0);
  /* 10 % too much: 2 ms more each 20 ms. Seen within half a second. */
  rig_run (&rig, 25, 2, NULL, 0);
  g_assert_cmpuint (rig.overuses, >, 0);
  /* It drains: first under-use, then nothing. */
  rig_run (&rig, 40, -2, NULL, 0);
  g_assert_cmpuint (rig.underuses, >, 0);
  rig_run (&rig, 200, 0, NULL, 0);
  g_assert_cmpint (rig.trend.state, ==, RTC_CC_STATE_NORMAL);
}

static void
test_noise (void)
{
  RtcRandom *random = rtc_random_new_seeded (7);
  Rig rig;

  rig_init (&rig);
  rig_run (&rig, 3000, 0, random, 10);
  g_assert_cmpuint (rig.overuses, <, 30);
  rtc_random_free (random);
}

/* draft-ietf-rmcat-gcc-02 5.4: a queue that somebody else makes grow slowly is got used to. */
static void
test_threshold_follows (void)
{
  Rig rig;
  gdouble before;

  rig_init (&rig);
  rig_run (&rig, 500, 0, NULL, 0);
  before = rig.trend.threshold;
  g_assert_cmpfloat (before, <, 6.5); /* all is quiet: as sensitive as it gets */
  rig_run (&rig, 200, 1, NULL, 0);
  g_assert_cmpfloat (rig.trend.threshold, >, 1.3 * before);
  g_assert_cmpfloat (rig.trend.threshold, <=, 600);
}

/* 5.4: what exceeds the threshold by 15 ms and more leaves it where it is. */
static void
test_threshold_stays (void)
{
  Rig rig;
  gdouble before;

  rig_init (&rig);
  rig_run (&rig, 200, 0, NULL, 0);
  before = rig.trend.threshold;
  rig_run (&rig, 1, 2500, NULL, 0);
  g_assert_cmpfloat (rig.trend.trend, >, before + 15);
  g_assert_cmpfloat (rig.trend.threshold, ==, before);
  rig_run (&rig, 3, 2500, NULL, 0);
  g_assert_cmpint (rig.trend.state, ==, RTC_CC_STATE_OVERUSE);
  g_assert_cmpfloat (rig.trend.threshold, ==, before);
}

static void
test_restart (void)
{
  Rig rig;
  gdouble threshold;

  rig_init (&rig);
  rig_run (&rig, 60, 2, NULL, 0);
  threshold = rig.trend.threshold;
  rtc_gcc_trend_restart (&rig.trend);
  g_assert_cmpfloat (rig.trend.threshold, ==, threshold);
  rig.overuses = rig.underuses = 0;
  rig_run (&rig, 100, 0, NULL, 0);
  g_assert_cmpuint (rig.overuses + rig.underuses, ==, 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/gcc-trend/queue-grows", test_queue_grows);
  g_test_add_func ("/gcc-trend/noise", test_noise);
  g_test_add_func ("/gcc-trend/threshold-follows", test_threshold_follows);
  g_test_add_func ("/gcc-trend/threshold-stays", test_threshold_stays);
  g_test_add_func ("/gcc-trend/restart", test_restart);
  return g_test_run ();
}
