/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* rtc-cc-remb.c - a sender without transport-cc: loss reports, REMB, silence. */
#include "gst/rtc/cc/rtc-cc.h"

typedef struct {
  RtcCc *cc;
  GstClockTime now;
  guint64 target;
} Rig;

static void
rig_init (Rig *rig, guint64 start_bps)
{
  RtcCcConfig config = { .name = "remb",
    .bounds = { .min_bps = 50000, .start_bps = start_bps, .max_bps = 2000000 } };

  *rig = (Rig){ .cc = rtc_cc_new (&config), .now = GST_SECOND };
}

/* Seconds of 100 packets, a report each, and a REMB if remb_bps is not 0. */
static void
rig_run (Rig *rig, guint seconds, guint lost, guint64 remb_bps)
{
  for (guint i = 0; i < seconds; i++) {
    RtcCcTarget target;

    rtc_cc_handle_sent (rig->cc, rig->now, 1000, 0);
    rig->now += GST_SECOND;
    rtc_cc_handle_loss_report (rig->cc, rig->now, 100, lost, 60 * GST_MSECOND);
    if (remb_bps > 0)
      rtc_cc_handle_remb (rig->cc, rig->now, remb_bps);
    rtc_cc_get_target (rig->cc, &target);
    rig->target = target.target_bps;
    g_assert_cmpuint (rig->target, <=, 2000000);
    g_assert_cmpuint (rig->target, >=, 50000);
  }
}

/* reliability.md 4.3: without TWCC, 15 % of loss take 500 to at most 300 kbit/s in 20 s. */
static void
test_loss (void)
{
  Rig rig;
  RtcCcTarget target;

  rig_init (&rig, 500000);
  rig_run (&rig, 20, 15, 0);
  g_assert_cmpuint (rig.target, <=, 300000);
  rtc_cc_get_target (rig.cc, &target);
  g_assert_cmpfloat (target.loss, ==, 0.15);
  g_assert_cmpuint (target.rtt / GST_MSECOND, ==, 60);
  g_assert_cmpint (target.state, ==, RTC_CC_STATE_OVERUSE);
  rtc_cc_free (rig.cc);
  /* 5 %: neither up nor down. */
  rig_init (&rig, 500000);
  rig_run (&rig, 20, 5, 0);
  g_assert_cmpuint (rig.target, ==, 500000);
  /* None: 8 % a second. */
  rig_run (&rig, 10, 0, 0);
  g_assert_cmpuint (rig.target, >, 1000000);
  rig_run (&rig, 30, 0, 0);
  g_assert_cmpuint (rig.target, ==, 2000000);
  rtc_cc_free (rig.cc);
}

/* Single packets say little: nothing is judged before twenty. */
static void
test_few_packets (void)
{
  Rig rig;
  RtcCcTarget target;

  rig_init (&rig, 500000);
  for (guint i = 0; i < 3; i++) {
    rig.now += 2 * GST_SECOND;
    rtc_cc_handle_loss_report (rig.cc, rig.now, 4, 3, GST_CLOCK_TIME_NONE);
  }
  rtc_cc_get_target (rig.cc, &target);
  g_assert_cmpuint (target.target_bps, ==, 500000);
  /* More lost than expected is a liar's report. */
  rtc_cc_handle_loss_report (rig.cc, rig.now += GST_SECOND, 100, 4000000, GST_CLOCK_TIME_NONE);
  rtc_cc_get_target (rig.cc, &target);
  g_assert_cmpfloat (target.loss, <=, 1);
  g_assert_cmpuint (target.target_bps, >=, 50000);
  rtc_cc_free (rig.cc);
}

static void
test_remb (void)
{
  Rig rig;
  RtcCcTarget target;

  rig_init (&rig, 500000);
  rig_run (&rig, 1, 0, 250000);
  g_assert_cmpuint (rig.target, ==, 250000);
  rig_run (&rig, 5, 0, 250000);
  g_assert_cmpuint (rig.target, ==, 250000);
  /* Lifted: most of 2 Mbit/s within ten seconds. */
  rig_run (&rig, 10, 0, 1900000);
  g_assert_cmpuint (rig.target, >, 1500000);
  g_assert_cmpuint (rig.target, <=, 1900000);
  /* 1 bit/s asked for: the minimum. */
  rtc_cc_handle_remb (rig.cc, rig.now, 1);
  rtc_cc_get_target (rig.cc, &target);
  g_assert_cmpuint (target.target_bps, ==, 50000);
  rtc_cc_handle_remb (rig.cc, rig.now, 0);
  rtc_cc_get_target (rig.cc, &target);
  g_assert_cmpuint (target.target_bps, ==, 50000);
  /* Not repeated for ten seconds: it holds no more. */
  rig_run (&rig, 11, 5, 0);
  g_assert_cmpuint (rig.target, >, 500000);
  rtc_cc_free (rig.cc);
}

static void
test_silence (void)
{
  Rig rig;
  RtcCcTarget target;
  GstClockTime began, deadline;

  rig_init (&rig, 500000);
  rig_run (&rig, 5, 0, 0);
  began = rig.now;
  rtc_cc_handle_sent (rig.cc, rig.now, 1000, 0);
  while ((deadline = rtc_cc_next_deadline (rig.cc)) != GST_CLOCK_TIME_NONE)
    rtc_cc_handle_timeout (rig.cc, rig.now = deadline);
  rtc_cc_get_target (rig.cc, &target);
  g_assert_cmpuint (target.target_bps, ==, 50000);
  g_assert_cmpuint (rig.now - began, <, 6 * GST_SECOND);
  /* Heard again: half of what it was. */
  rtc_cc_handle_loss_report (rig.cc, rig.now, 10, 0, 60 * GST_MSECOND);
  rtc_cc_get_target (rig.cc, &target);
  g_assert_cmpuint (target.target_bps, >, 250000);
  rtc_cc_free (rig.cc);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/cc-remb/loss", test_loss);
  g_test_add_func ("/cc-remb/few-packets", test_few_packets);
  g_test_add_func ("/cc-remb/remb", test_remb);
  g_test_add_func ("/cc-remb/silence", test_silence);
  return g_test_run ();
}
