/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* rtc-cc.c - the table of controllers, the one that controls nothing, bounds, silence. */
#include "gst/rtc/cc/rtc-cc.h"

#include "gst/rtc/cc/rtc-cc-bounds.h"
#include "gst/rtc/cc/rtc-cc-silence.h"

static RtcCcConfig
config_for (const gchar *name)
{
  return (RtcCcConfig){ .name = name,
    .bounds = { .min_bps = 50000, .start_bps = 500000, .max_bps = 2000000 },
    .has_twcc = TRUE,
    .can_pad = TRUE };
}

static void
test_table (void)
{
  static const gchar *const names[] = { "gcc", "remb", "fixed" };
  RtcCcConfig config;
  RtcCc *cc;

  for (guint i = 0; i < G_N_ELEMENTS (names); i++) {
    RtcCcTarget target;
    RtcCcStats stats;

    config = config_for (names[i]);
    cc = rtc_cc_new (&config);
    g_assert_nonnull (cc);
    g_assert_cmpstr (cc->vtable->name, ==, names[i]);
    rtc_cc_get_target (cc, &target);
    g_assert_cmpuint (target.target_bps, ==, 500000);
    g_assert_cmpuint (target.pacing_bps, >, 500000);
    g_assert_cmpuint (target.rtt, ==, GST_CLOCK_TIME_NONE);
    rtc_cc_get_stats (cc, &stats);
    g_assert_cmpuint (stats.remb_bps, ==, RTC_CC_RATE_MAX);
    g_assert_cmpuint (rtc_cc_next_deadline (cc), ==, GST_CLOCK_TIME_NONE);
    rtc_cc_free (cc);
  }
  config = config_for ("nada");
  g_assert_null (rtc_cc_new (&config));
  config = config_for (NULL);
  g_assert_null (rtc_cc_new (&config));
  config = config_for ("gcc");
  config.has_twcc = FALSE;
  cc = rtc_cc_new (&config);
  g_assert_cmpstr (cc->vtable->name, ==, "remb");
  rtc_cc_free (cc);
  rtc_cc_free (NULL);
}

static void
test_bounds (void)
{
  RtcCcBounds bounds = rtc_cc_bounds_sane (&(RtcCcBounds){ 0, 0, 0 });

  g_assert_cmpuint (bounds.min_bps, ==, RTC_CC_MIN_BPS);
  g_assert_cmpuint (bounds.start_bps, ==, RTC_CC_MIN_BPS);
  g_assert_cmpuint (bounds.max_bps, ==, RTC_CC_MIN_BPS);
  bounds = rtc_cc_bounds_sane (&(RtcCcBounds){ 300000, 100000, 200000 });
  g_assert_cmpuint (bounds.min_bps, ==, 300000);
  g_assert_cmpuint (bounds.start_bps, ==, 300000);
  g_assert_cmpuint (bounds.max_bps, ==, 300000);
  bounds = rtc_cc_bounds_sane (&(RtcCcBounds){ G_MAXUINT64, G_MAXUINT64, G_MAXUINT64 });
  g_assert_cmpuint (bounds.max_bps, ==, RTC_CC_RATE_MAX);
}

static void
test_fixed (void)
{
  RtcCcConfig config = config_for ("fixed");
  RtcCc *cc = rtc_cc_new (&config);
  RtcCcTarget target;
  RtcCcProbe probe;
  GstClockTime now = GST_SECOND;

  for (guint i = 0; i < 100; i++) {
    RtcCcResult results[10];

    for (guint k = 0; k < 10; k++)
      results[k] = (RtcCcResult){ .twcc_seq = 10 * i + k,
        .send_time = now - 80 * GST_MSECOND,
        .arrival = k == 3 ? GST_CLOCK_TIME_NONE : now,
        .len = 1000 };
    rtc_cc_handle_sent (cc, now, 1000, 1000);
    rtc_cc_handle_feedback (cc, now, results, 10, 0);
    rtc_cc_handle_remb (cc, now, 100000);
    now += 100 * GST_MSECOND;
  }
  rtc_cc_get_target (cc, &target);
  g_assert_cmpuint (target.target_bps, ==, 500000);
  g_assert_cmpfloat (target.loss, >, 0.09);
  g_assert_cmpfloat (target.loss, <, 0.11);
  g_assert_cmpuint (target.rtt / GST_MSECOND, >=, 79);
  g_assert_cmpuint (target.rtt / GST_MSECOND, <=, 80);
  g_assert_false (rtc_cc_poll_probe (cc, now, &probe));
  rtc_cc_set_bounds (cc, now, &(RtcCcBounds){ 50000, 700000, 2000000 });
  rtc_cc_get_target (cc, &target);
  g_assert_cmpuint (target.target_bps, ==, 700000);
  rtc_cc_free (cc);
}

static void
test_silence (void)
{
  RtcCcSilence silence;
  GstClockTime now = 5 * GST_SECOND, deadline;
  guint halvings = 0;

  rtc_cc_silence_init (&silence);
  /* Nothing sent: no silence. */
  g_assert_cmpuint (
      rtc_cc_silence_next_deadline (&silence, GST_SECOND, 5000), ==, GST_CLOCK_TIME_NONE);
  rtc_cc_silence_handle_sent (&silence, now);
  rtc_cc_silence_handle_sent (&silence, now + 500 * GST_MSECOND);
  g_assert_cmpuint (
      rtc_cc_silence_next_deadline (&silence, GST_SECOND, 5000), ==, now + GST_SECOND);
  g_assert_false (
      rtc_cc_silence_handle_timeout (&silence, now + GST_MSECOND, GST_SECOND, 8000000, 5000));
  /* Heard: waits anew, if something is still out. */
  g_assert_cmpuint (rtc_cc_silence_handle_heard (&silence, now, FALSE), ==, 0);
  g_assert_cmpuint (
      rtc_cc_silence_next_deadline (&silence, GST_SECOND, 5000), ==, GST_CLOCK_TIME_NONE);
  rtc_cc_silence_handle_heard (&silence, now, TRUE);
  while ((deadline = rtc_cc_silence_next_deadline (&silence, GST_SECOND, 5000))
         != GST_CLOCK_TIME_NONE) {
    g_assert_true (rtc_cc_silence_handle_timeout (&silence, deadline, GST_SECOND, 8000000, 5000));
    halvings++;
    now = deadline;
  }
  g_assert_cmpuint (halvings, ==, 11);
  g_assert_cmpuint (silence.bps, ==, 5000);
  g_assert_cmpuint (silence.before, ==, 8000000);
  g_assert_cmpuint (now, ==, 5 * GST_SECOND + GST_SECOND + 10 * RTC_CC_SILENCE_HALVING);
  g_assert_true (rtc_cc_silence_is_on (&silence));
  g_assert_cmpuint (rtc_cc_silence_handle_heard (&silence, now + GST_SECOND, TRUE), ==,
      GST_SECOND + 10 * RTC_CC_SILENCE_HALVING);
  g_assert_false (rtc_cc_silence_is_on (&silence));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/cc/table", test_table);
  g_test_add_func ("/cc/bounds", test_bounds);
  g_test_add_func ("/cc/fixed", test_fixed);
  g_test_add_func ("/cc/silence", test_silence);
  return g_test_run ();
}
