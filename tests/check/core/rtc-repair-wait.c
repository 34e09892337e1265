/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "gst/rtc/media/rtc-repair-wait.h"

#define MS GST_MSECOND

/* A receiver that reports every second. */
typedef struct {
  RtcRepairWait wait;
  GstClockTime now;
  gboolean times_repair;
  guint64 highest;
  gint64 lost;
  guint n_changes;
} Receiver;

static void
report (Receiver *self, gdouble loss, GstClockTime rtt)
{
  self->now += GST_SECOND;
  self->highest += 200;
  self->lost += (gint64) (200 * loss);
  self->n_changes += rtc_repair_wait_handle_report (
      &self->wait, self->now, self->highest, self->lost, rtt, self->times_repair);
}

/* What is asked for, by loss and round trip. */
static void
test_table (void)
{
  static const struct {
    gdouble loss;
    GstClockTime rtt_ms,
        wait_ms[2]; /* of one that does not know the round trip, and one that does */
  } rows[] = {
    { 0, 50, { 0, 0 } },
    { 0.01, 50, { 90, 0 } }, /* one request */
    { 0.01, 5, { 50, 0 } },
    { 0.05, 50, { 200, 0 } },  /* two: what the latter waits for anyway */
    { 0.1, 50, { 310, 230 } }, /* three */
    { 0.2, 50, { 530, 370 } },
    { 0.5, 50, { 530, 510 } }, /* no more, beyond RTC_REPAIR_WAIT_MAX */
    { 0.03, 200, { 240, 0 } },
    { 0.05, 200, { 440, 0 } },
    { 0.1, 200, { 440, 0 } }, /* there is no time for a third */
    { 0.01, 500, { 540, 0 } },
    { 0.01, 520, { 0, 0 } }, /* no repair would come in time */
    { 0.01, 5000, { 0, 0 } },
  };

  for (guint i = 0; i < 2 * G_N_ELEMENTS (rows); i++) {
    GstClockTime wait = rows[i / 2].wait_ms[i % 2] * MS;
    Receiver receiver = { .times_repair = i % 2 };

    for (guint n = 0; n < 10; n++)
      report (&receiver, rows[i / 2].loss, rows[i / 2].rtt_ms * MS);
    g_test_message ("row %u, times repair %u", i / 2, i % 2);
    g_assert_cmpuint (receiver.wait.wait, ==, wait);
    g_assert_cmpuint (receiver.n_changes, ==, wait > 0 ? 1 : 0);
  }
}

/* Nothing is known of the path. */
static void
test_no_rtt (void)
{
  Receiver receiver = { 0 };

  for (guint n = 0; n < 10; n++)
    report (&receiver, 0.1, GST_CLOCK_TIME_NONE);
  g_assert_cmpuint (receiver.wait.wait, ==, 0);
}

/* A queue that overflows once loses much in one sample; a lossy path in each. */
static void
test_one_fall (void)
{
  Receiver receiver = { 0 };

  for (guint n = 0; n < 20; n++) {
    report (&receiver, n % 5 == 0 ? 0.4 : 0, 50 * MS);
    g_assert_cmpuint (receiver.wait.wait, ==, 0);
  }
  report (&receiver, 0.05, 50 * MS);
  g_assert_cmpuint (receiver.wait.wait, ==, 0);
  report (&receiver, 0.05, 50 * MS);
  g_assert_cmpuint (receiver.wait.wait, >, 0);
}

/* Longer at once, shorter when less has done for RTC_REPAIR_WAIT_HOLD, and by no more than did. */
static void
test_over_time (void)
{
  Receiver receiver = { 0 };
  GstClockTime since;

  for (guint n = 0; n < 10; n++)
    report (&receiver, 0.01, 50 * MS);
  g_assert_cmpuint (receiver.wait.wait, ==, 90 * MS);
  report (&receiver, 0.05, 50 * MS);
  report (&receiver, 0.05, 50 * MS);
  g_assert_cmpuint (receiver.wait.wait, ==, 200 * MS);
  since = receiver.now;
  while (receiver.wait.wait == 200 * MS)
    report (&receiver, 0.01, 50 * MS);
  g_assert_cmpuint (receiver.now - since, ==, RTC_REPAIR_WAIT_HOLD);
  g_assert_cmpuint (receiver.wait.wait, ==, 90 * MS);
  since = receiver.now;
  while (receiver.wait.wait != 0)
    report (&receiver, 0, 50 * MS);
  g_assert_cmpuint (receiver.now - since, <=, 2 * RTC_REPAIR_WAIT_HOLD);
  g_assert_cmpuint (receiver.n_changes, ==, 4);
}

/* Reports of few packets are taken together; those that go back, or are made up, do no harm. */
static void
test_odd_reports (void)
{
  RtcRepairWait wait = { 0 };

  for (guint64 i = 1; i < RTC_REPAIR_WAIT_SAMPLE; i++)
    g_assert_false (rtc_repair_wait_handle_report (&wait, i * MS, i, (gint64) i, 50 * MS, FALSE));
  g_assert_cmpuint (wait.wait, ==, 0);
  for (guint64 i = 0; i < 50; i++)
    rtc_repair_wait_handle_report (&wait, GST_SECOND, 100000 - i * 1000, -1000, 50 * MS, FALSE);
  g_assert_cmpuint (wait.wait, ==, 0);
  for (guint64 i = 0; i < 5; i++)
    rtc_repair_wait_handle_report (
        &wait, GST_SECOND, 100000 + i * 1000, G_MAXINT32 * (gint64) i, 50 * MS, FALSE);
  g_assert_cmpuint (wait.wait, <=, RTC_REPAIR_WAIT_MAX);
}

/* What it waits for by itself is not asked for any longer. */
static void
test_round_trip_learnt (void)
{
  Receiver receiver = { 0 };
  GstClockTime since;

  for (guint n = 0; n < 10; n++)
    report (&receiver, 0.05, 50 * MS);
  g_assert_cmpuint (receiver.wait.wait, ==, 200 * MS);
  receiver.times_repair = TRUE;
  since = receiver.now;
  while (receiver.wait.wait != 0)
    report (&receiver, 0.05, 50 * MS);
  g_assert_cmpuint (receiver.now - since, <=, RTC_REPAIR_WAIT_HOLD);
  g_assert_cmpuint (receiver.n_changes, ==, 2);
}

/* While a queue leaves nothing to count no sample comes, and the one after that does not speak of
 * all of that time. */
static void
test_nothing_to_count (void)
{
  Receiver receiver = { 0 };

  for (guint n = 0; n < 10; n++)
    report (&receiver, 0.05, 50 * MS);
  g_assert_cmpuint (receiver.wait.wait, ==, 200 * MS);
  receiver.now += 60 * GST_SECOND;
  for (guint n = 0; n < 4; n++) {
    report (&receiver, 0.01, 50 * MS);
    g_assert_cmpuint (receiver.wait.wait, ==, 200 * MS);
  }
}

/* Loss that is never high in two samples in a row, but is there all the time. */
static void
test_uneven (void)
{
  Receiver receiver = { 0 };

  for (guint n = 0; n < 3; n++)
    report (&receiver, 0.1, 50 * MS);
  g_assert_cmpuint (receiver.wait.wait, ==, 310 * MS);
  for (guint n = 0; n < 60; n++)
    report (&receiver, n % 2 == 0 ? 0.03 : 0.2, 50 * MS);
  g_assert_cmpuint (receiver.wait.wait, ==, 310 * MS);
}

/* Counts from elsewhere are not compared with those before. */
static void
test_restart (void)
{
  Receiver receiver = { 0 };

  for (guint n = 0; n < 4; n++)
    report (&receiver, 0, 50 * MS);
  for (guint n = 0; n < 2; n++) {
    rtc_repair_wait_restart (&receiver.wait);
    receiver.highest += 100000;
    receiver.lost += 50000;
    report (&receiver, 0, 50 * MS);
    report (&receiver, 0, 50 * MS);
  }
  g_assert_cmpuint (receiver.wait.wait, ==, 0);
}

/* One sample of loss before and one after are not two in a row; nor does less that would have done
 * before count for less that will. */
static void
test_restart_alone (void)
{
  Receiver receiver = { 0 };
  GstClockTime since;

  report (&receiver, 0, 50 * MS);
  report (&receiver, 0.2, 50 * MS);
  rtc_repair_wait_restart (&receiver.wait);
  report (&receiver, 0, 50 * MS);
  report (&receiver, 0.2, 50 * MS);
  g_assert_cmpuint (receiver.wait.wait, ==, 0);
  report (&receiver, 0.2, 50 * MS);
  g_assert_cmpuint (receiver.wait.wait, ==, 530 * MS);
  for (guint n = 0; n < 9; n++)
    report (&receiver, 0.01, 50 * MS);
  rtc_repair_wait_restart (&receiver.wait);
  report (&receiver, 0, 50 * MS);
  since = receiver.now;
  while (receiver.wait.wait == 530 * MS)
    report (&receiver, 0, 50 * MS);
  g_assert_cmpuint (receiver.now - since, ==, RTC_REPAIR_WAIT_HOLD);
  g_assert_cmpuint (receiver.wait.wait, ==, 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/rtc-repair-wait/table", test_table);
  g_test_add_func ("/rtc-repair-wait/no-rtt", test_no_rtt);
  g_test_add_func ("/rtc-repair-wait/one-fall", test_one_fall);
  g_test_add_func ("/rtc-repair-wait/over-time", test_over_time);
  g_test_add_func ("/rtc-repair-wait/odd-reports", test_odd_reports);
  g_test_add_func ("/rtc-repair-wait/round-trip-learnt", test_round_trip_learnt);
  g_test_add_func ("/rtc-repair-wait/nothing-to-count", test_nothing_to_count);
  g_test_add_func ("/rtc-repair-wait/uneven", test_uneven);
  g_test_add_func ("/rtc-repair-wait/restart", test_restart);
  g_test_add_func ("/rtc-repair-wait/restart-alone", test_restart_alone);
  return g_test_run ();
}
