/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* rtc-gcc-rate.c - the rate's way up and down, step by step. */
#include "gst/rtc/cc/rtc-gcc-rate.h"

#define STEP (100 * GST_MSECOND)

typedef struct {
  RtcGccRate rate;
  RtcGccRateInput input;
  GstClockTime now;
} Rig;

static void
rig_init (Rig *rig, guint64 start_bps)
{
  RtcCcBounds bounds = { .min_bps = 50000, .start_bps = start_bps, .max_bps = 4000000 };

  *rig = (Rig){ .now = GST_SECOND, .input = { .rtt = 100 * GST_MSECOND } };
  rtc_gcc_rate_init (&rig->rate, &bounds);
}

static void
set_arriving (Rig *rig, gdouble bps)
{
  rig->input.acked = rig->input.fast = (RtcGccAckedRate){ bps, bps };
}

/* Messages for so long; what is sent arrives, up to link_bps (0: no limit). */
static void
rig_run (Rig *rig, RtcCcState state, GstClockTime duration, gdouble link_bps)
{
  GstClockTime end = rig->now + duration;

  for (; rig->now < end; rig->now += STEP) {
    gdouble bps = (gdouble) rtc_gcc_rate_get (&rig->rate);

    set_arriving (rig, link_bps > 0 ? MIN (bps, link_bps) : bps);
    rig->input.state = state;
    rtc_gcc_rate_update (&rig->rate, rig->now, &rig->input);
  }
}

static guint64
rig_bps (const Rig *rig)
{
  return rtc_gcc_rate_get (&rig->rate);
}

static void
test_grows (void)
{
  Rig rig;

  rig_init (&rig, 300000);
  rig_run (&rig, RTC_CC_STATE_NORMAL, GST_SECOND, 0);
  g_assert_cmpuint (rig_bps (&rig), >, 315000);
  /* Ever faster while nothing speaks against it, to the maximum and no further. */
  rig_run (&rig, RTC_CC_STATE_NORMAL, 8 * GST_SECOND, 0);
  g_assert_cmpuint (rig_bps (&rig), >, 2000000);
  rig_run (&rig, RTC_CC_STATE_NORMAL, 10 * GST_SECOND, 0);
  g_assert_cmpuint (rig_bps (&rig), ==, 4000000);
}

static void
test_not_ahead_of_what_arrives (void)
{
  Rig rig;

  rig_init (&rig, 300000);
  rig_run (&rig, RTC_CC_STATE_NORMAL, 20 * GST_SECOND, 500000);
  g_assert_cmpuint (rig_bps (&rig), <=, 760000);
  /* Of a path that loses a fifth whatever is sent, a fifth more was sent. */
  rig_init (&rig, 300000);
  rig.input.inherent_loss = 0.2;
  rig_run (&rig, RTC_CC_STATE_NORMAL, 20 * GST_SECOND, 500000);
  g_assert_cmpuint (rig_bps (&rig), >, 900000);
  g_assert_cmpuint (rig_bps (&rig), <=, 950000);
}

static void
test_falls_and_returns (void)
{
  Rig rig;

  rig_init (&rig, 2000000);
  rig_run (&rig, RTC_CC_STATE_NORMAL, GST_SECOND, 0);
  rig.input.queue = 20 * GST_MSECOND;
  rig_run (&rig, RTC_CC_STATE_OVERUSE, STEP, 1000000);
  g_assert_cmpuint (rig_bps (&rig), ==, 850000);
  g_assert_cmpuint (rig.rate.overuses, ==, 1);
  /* Over-use goes on: one event, measured on what arrives, not 15 % again and again. */
  rig.input.queue = 50 * GST_MSECOND;
  for (guint i = 0; i < 10; i++) {
    set_arriving (&rig, 1000000);
    rig.input.state = RTC_CC_STATE_OVERUSE;
    rtc_gcc_rate_update (&rig.rate, rig.now += STEP, &rig.input);
  }
  g_assert_cmpuint (rig_bps (&rig), ==, 850000);
  g_assert_cmpuint (rig.rate.overuses, ==, 1);
  /* Held while the queue drains, then to 87 % of the link. */
  rig_run (&rig, RTC_CC_STATE_UNDERUSE, 5 * STEP, 0);
  g_assert_cmpuint (rig_bps (&rig), ==, 850000);
  rig.input.queue = 5 * GST_MSECOND;
  rig_run (&rig, RTC_CC_STATE_NORMAL, STEP, 0);
  g_assert_cmpuint (rig_bps (&rig), ==, 870000);
  /* Then on with care. */
  rig_run (&rig, RTC_CC_STATE_NORMAL, GST_SECOND, 0);
  g_assert_cmpuint (rig_bps (&rig), >, 920000);
  g_assert_cmpuint (rig_bps (&rig), <, 960000);
}

static void
test_drains (void)
{
  Rig rig;

  /* A queue of 250 ms: a fifth less than without, so that it is gone in about a second. */
  rig_init (&rig, 2000000);
  rig_run (&rig, RTC_CC_STATE_NORMAL, GST_SECOND, 0);
  rig.input.queue = 250 * GST_MSECOND;
  rig_run (&rig, RTC_CC_STATE_OVERUSE, STEP, 600000);
  g_assert_cmpuint (rig_bps (&rig), >=, 389999);
  g_assert_cmpuint (rig_bps (&rig), <=, 390001);
  /* One that is there whatever we do is somebody else's. */
  rig_init (&rig, 600000);
  rig.input.queue = 250 * GST_MSECOND;
  rig_run (&rig, RTC_CC_STATE_NORMAL, 4 * GST_SECOND, 600000);
  g_assert_cmpuint (rig_bps (&rig), >, 620000); /* and does not keep us from growing */
  rig_run (&rig, RTC_CC_STATE_OVERUSE, STEP, 600000);
  g_assert_cmpuint (rig_bps (&rig), ==, 570000);
}

/* After a fall by much the trend points up for long: a queue that is gone ends the fall all the
 * same, and what little arrives then is not taken for the link. */
static void
test_trend_lags (void)
{
  Rig rig;

  rig_init (&rig, 2000000);
  rig_run (&rig, RTC_CC_STATE_NORMAL, GST_SECOND, 0);
  rig.input.queue = 280 * GST_MSECOND;
  rig_run (&rig, RTC_CC_STATE_OVERUSE, STEP, 500000);
  g_assert_cmpuint (rig_bps (&rig), <, 320000);
  rig.input.queue = 10 * GST_MSECOND;
  rig_run (&rig, RTC_CC_STATE_OVERUSE, STEP, 250000);
  g_assert_cmpuint (rig_bps (&rig), ==, 435000);
}

/* A queue of ours that neither grows nor empties is drained after two seconds. */
static void
test_standing_queue (void)
{
  Rig rig;

  rig_init (&rig, 600000);
  rig_run (&rig, RTC_CC_STATE_NORMAL, STEP, 600000);
  rig.input.queue = 70 * GST_MSECOND;
  rig_run (&rig, RTC_CC_STATE_NORMAL, 19 * STEP, 600000);
  g_assert_cmpuint (rig.rate.overuses, ==, 0);
  g_assert_cmpuint (rig_bps (&rig), >=, 600000);
  rig_run (&rig, RTC_CC_STATE_NORMAL, 4 * STEP, 600000);
  g_assert_cmpuint (rig.rate.overuses, ==, 1);
  g_assert_cmpuint (rig_bps (&rig), <=, 510000);
  rig.input.queue = 0;
  rig_run (&rig, RTC_CC_STATE_NORMAL, STEP, 600000);
  g_assert_cmpuint (rig_bps (&rig), >=, 520000);
}

/* The link became faster: found within seconds although its old capacity is known well. */
static void
test_faster_link (void)
{
  Rig rig;

  rig_init (&rig, 600000);
  rig.input.queue = 20 * GST_MSECOND;
  while (rig.rate.overuses < 20)
    rig_run (
        &rig, rig_bps (&rig) > 620000 ? RTC_CC_STATE_OVERUSE : RTC_CC_STATE_NORMAL, STEP, 600000);
  g_assert_cmpfloat (rtc_gcc_capacity_get (&rig.rate.capacity), >, 570000);
  g_assert_cmpfloat (rtc_gcc_capacity_get (&rig.rate.capacity), <, 630000);
  rig_run (&rig, RTC_CC_STATE_NORMAL, 8 * GST_SECOND, 0);
  g_assert_cmpuint (rig_bps (&rig), >, 2000000);
}

static void
test_application_limited (void)
{
  Rig rig;

  /* 200 kbit/s of 2 Mbit/s are used, and all arrives: over-use takes the target back by a seventh,
   * not to what is sent. */
  rig_init (&rig, 2000000);
  rig.input.is_app_limited = TRUE;
  rig_run (&rig, RTC_CC_STATE_NORMAL, 10 * GST_SECOND, 200000);
  g_assert_cmpuint (rig_bps (&rig), ==, 2000000);
  rig_run (&rig, RTC_CC_STATE_OVERUSE, 2 * STEP, 200000);
  g_assert_cmpuint (rig_bps (&rig), ==, 1700000);
  /* Not even that arrives: it is the link. */
  rig.input.state = RTC_CC_STATE_OVERUSE;
  rig.input.acked = rig.input.fast = (RtcGccAckedRate){ .received = 100000, .sent = 200000 };
  rtc_gcc_rate_update (&rig.rate, rig.now += STEP, &rig.input);
  g_assert_cmpuint (rig_bps (&rig), ==, 85000);
}

/* Over-use before anything is known of what arrives: less, step by step. */
static void
test_blind (void)
{
  Rig rig;

  rig_init (&rig, 2000000);
  rig.input.state = RTC_CC_STATE_OVERUSE;
  for (guint i = 0; i < 7; i++)
    rtc_gcc_rate_update (&rig.rate, rig.now += STEP, &rig.input);
  g_assert_cmpuint (rig_bps (&rig), >, 1200000);
  g_assert_cmpuint (rig_bps (&rig), <, 1300000);
}

static void
test_bounds (void)
{
  RtcCcBounds bounds = { .min_bps = 100000, .start_bps = 200000, .max_bps = 500000 };
  Rig rig;

  rig_init (&rig, 2000000);
  rtc_gcc_rate_set_bounds (&rig.rate, &bounds);
  g_assert_cmpuint (rig_bps (&rig), ==, 500000);
  rig_run (&rig, RTC_CC_STATE_OVERUSE, GST_SECOND, 20000);
  g_assert_cmpuint (rig_bps (&rig), ==, 100000);
  rtc_gcc_rate_set (&rig.rate, rig.now, 1e9);
  g_assert_cmpuint (rig_bps (&rig), ==, 500000);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/gcc-rate/grows", test_grows);
  g_test_add_func ("/gcc-rate/not-ahead", test_not_ahead_of_what_arrives);
  g_test_add_func ("/gcc-rate/falls-and-returns", test_falls_and_returns);
  g_test_add_func ("/gcc-rate/drains", test_drains);
  g_test_add_func ("/gcc-rate/trend-lags", test_trend_lags);
  g_test_add_func ("/gcc-rate/standing-queue", test_standing_queue);
  g_test_add_func ("/gcc-rate/faster-link", test_faster_link);
  g_test_add_func ("/gcc-rate/application-limited", test_application_limited);
  g_test_add_func ("/gcc-rate/blind", test_blind);
  g_test_add_func ("/gcc-rate/bounds", test_bounds);
  return g_test_run ();
}
