/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "gst/rtc/cc/rtc-cc-fallback.h"

#include "gst/rtc/cc/rtc-cc.h"

#define MS GST_MSECOND
#define START 1000000
#define MINIMUM 50000

typedef struct {
  RtcCc *cc;
  GstClockTime now;
  guint64 next_seq, told_seq;
} Rig;

static void
rig_init (Rig *self)
{
  RtcCcConfig config = {
    .name = "gcc", .bounds = { MINIMUM, START, 5000000 }, .has_twcc = TRUE, .can_pad = TRUE
  };

  *self = (Rig){ .cc = rtc_cc_new (&config), .now = GST_SECOND, .next_seq = 1, .told_seq = 1 };
  g_assert_cmpstr (self->cc->vtable->name, ==, "gcc");
}

/* Sends 50 packets a second. */
static void
rig_run (Rig *self, GstClockTime duration)
{
  for (GstClockTime end = self->now + duration; self->now < end; self->now += 20 * MS) {
    self->next_seq++;
    rtc_cc_handle_sent (self->cc, self->now, 1200, (self->next_seq - self->told_seq) * 1200);
    while (rtc_cc_next_deadline (self->cc) <= self->now)
      rtc_cc_handle_timeout (self->cc, self->now);
  }
}

/* A TWCC message: all that was sent has arrived. */
static void
rig_tell (Rig *self)
{
  RtcCcResult result = {
    .twcc_seq = self->next_seq, .send_time = self->now - 20 * MS, .arrival = self->now, .len = 1200
  };

  self->told_seq = self->next_seq;
  rtc_cc_handle_feedback (self->cc, self->now, &result, 1, 0);
}

static void
rig_report (Rig *self, guint expected, guint lost)
{
  rtc_cc_handle_loss_report (self->cc, self->now, expected, lost, 50 * MS);
}

static gboolean
rig_is_fallen (Rig *self)
{
  RtcCcStats stats;

  rtc_cc_get_stats (self->cc, &stats);
  return stats.has_no_feedback;
}

static guint64
rig_target (Rig *self)
{
  RtcCcTarget target;

  rtc_cc_get_target (self->cc, &target);
  return target.target_bps;
}

/* Never a message: the first report after a while, by which something has arrived. */
static void
test_never_heard (void)
{
  RtcCcProbe probe;
  Rig rig;

  rig_init (&rig);
  rig_run (&rig, 1000 * MS);
  rig_report (&rig, 50, 0);
  g_assert_false (rig_is_fallen (&rig));
  rig_run (&rig, 800 * MS);
  rig_report (&rig, 40, 40);
  g_assert_false (rig_is_fallen (&rig));
  rig_report (&rig, 0, 0);
  g_assert_false (rig_is_fallen (&rig));
  rig_report (&rig, 40, 39);
  g_assert_true (rig_is_fallen (&rig));
  g_assert_cmpuint (rig_target (&rig), ==, START);
  while (rtc_cc_poll_probe (rig.cc, rig.now, &probe))
    g_assert_not_reached ();
  for (guint i = 0; i < 10; i++) {
    rig_run (&rig, GST_SECOND);
    rig_report (&rig, 50, 0);
  }
  g_assert_cmpuint (rig_target (&rig), >, 1500000);
  rtc_cc_free (rig.cc);
}

/* Messages came once: two reports that are not of one packet, after the last of them. It goes on
 * with the rate of then. */
static void
test_stops (void)
{
  Rig rig;

  rig_init (&rig);
  for (guint i = 0; i < 20; i++) {
    rig_run (&rig, 100 * MS);
    rig_tell (&rig);
    rig_report (&rig, 5, 0);
  }
  g_assert_cmpuint (rig_target (&rig), >=, START);
  rig_run (&rig, 1600 * MS);
  rig_report (&rig, 80, 0);
  rig_report (&rig, 80, 0);
  g_assert_false (rig_is_fallen (&rig));
  rig_run (&rig, 1000 * MS);
  g_assert_cmpuint (rig_target (&rig), <, START / 2);
  rig_report (&rig, 50, 0);
  g_assert_true (rig_is_fallen (&rig));
  g_assert_cmpuint (rig_target (&rig), >=, START);
  rtc_cc_free (rig.cc);
}

/* Back to gcc: three messages in a second, not one in each. */
static void
test_returns (void)
{
  RtcCcStats stats;
  Rig rig;

  rig_init (&rig);
  rig_run (&rig, 2000 * MS);
  rig_report (&rig, 50, 0);
  g_assert_true (rig_is_fallen (&rig));
  for (guint i = 0; i < 5; i++) {
    rig_run (&rig, 1100 * MS);
    rig_tell (&rig);
    rig_report (&rig, 50, 0);
    g_assert_true (rig_is_fallen (&rig));
  }
  rig_run (&rig, 1100 * MS);
  for (guint i = 0; i < RTC_CC_FALLBACK_MESSAGES; i++) {
    g_assert_true (rig_is_fallen (&rig));
    rig_run (&rig, 100 * MS);
    rig_tell (&rig);
  }
  g_assert_false (rig_is_fallen (&rig));
  rtc_cc_get_stats (rig.cc, &stats);
  g_assert_cmpuint (stats.fallbacks, ==, 1);
  rtc_cc_free (rig.cc);
}

/* No report either: down to the minimum, and nothing else is tried. */
static void
test_silence (void)
{
  Rig rig;

  rig_init (&rig);
  rig_run (&rig, 10 * GST_SECOND);
  g_assert_false (rig_is_fallen (&rig));
  g_assert_cmpuint (rig_target (&rig), ==, MINIMUM);
  rtc_cc_free (rig.cc);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/cc-fallback/never-heard", test_never_heard);
  g_test_add_func ("/cc-fallback/stops", test_stops);
  g_test_add_func ("/cc-fallback/returns", test_returns);
  g_test_add_func ("/cc-fallback/silence", test_silence);
  return g_test_run ();
}
