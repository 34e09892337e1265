/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* rtc-remb-estimator.c - a sender that obeys, on links that lose or queue; when reports are due. */
#include "gst/rtc/cc/rtc-remb-estimator.h"

#include "gst/rtc/base/rtc-time.h"

#define PACKET 1000

typedef struct {
  RtcRembEstimator estimator;
  GstClockTime now;
  guint64 target;   /* what the sender sends, bit/s */
  guint64 limit;    /* 0: whatever estimate it is told */
  gdouble loss;     /* of each packet, spread evenly */
  guint64 capacity; /* of a link that queues without bound, 0: unlimited */
  GstClockTime busy_until;
  gboolean has_send_time;
  guint64 expected, received;
  gdouble owed_loss;
  guint reports;
  guint64 told;
  GstClockTime longest; /* queue seen */
} Rig;

static void
rig_init (Rig *self, guint64 target)
{
  *self = (Rig){ .target = target, .has_send_time = TRUE, .now = 100 * GST_SECOND };
  rtc_remb_estimator_init (&self->estimator);
}

static void
rig_report (Rig *self)
{
  guint64 bps;

  while (rtc_time_is_due (rtc_remb_estimator_next_deadline (&self->estimator), self->now)) {
    GstClockTime due = rtc_remb_estimator_next_deadline (&self->estimator);

    if (rtc_remb_estimator_poll (
            &self->estimator, self->now, self->expected, self->received, &bps)) {
      self->reports++;
      self->told = bps;
      self->target = self->limit != 0 ? MIN (bps, self->limit) : bps;
    }
    /* Never due for ever. */
    g_assert_cmpuint (rtc_remb_estimator_next_deadline (&self->estimator), !=, due);
  }
}

static void
rig_run (Rig *self, GstClockTime duration)
{
  GstClockTime end = self->now + duration;

  while (self->now < end) {
    GstClockTime sent = self->now, arrival = self->now;

    self->now += gst_util_uint64_scale (PACKET * 8, GST_SECOND, self->target);
    self->expected++;
    self->owed_loss += self->loss;
    if (self->owed_loss >= 1) {
      self->owed_loss -= 1;
    } else {
      if (self->capacity != 0) {
        self->busy_until = MAX (self->busy_until, sent)
                           + gst_util_uint64_scale (PACKET * 8, GST_SECOND, self->capacity);
        arrival = self->busy_until;
        self->longest = MAX (self->longest, arrival - sent);
      }
      self->received++;
      rtc_remb_estimator_handle_packet (&self->estimator, MAX (arrival, sent), PACKET,
          self->has_send_time, rtc_time_abs_send (sent));
    }
    rig_report (self);
  }
}

/* A clean link: up to 1.5 times what is sent, once a second. */
static void
test_clean (void)
{
  Rig rig;

  rig_init (&rig, 500000);
  rig.limit = 500000;
  rig_run (&rig, 30 * GST_SECOND);
  g_assert_cmpuint (rig.told, >=, 700000);
  g_assert_cmpuint (rig.told, <=, 780000);
  g_assert_cmpuint (rig.reports, >=, 28);
  g_assert_cmpuint (rig.reports, <=, 31);
  /* Without a limit of its own it grows by 8 % a second: 30 s from 0.7 to 7 Mbit/s. */
  rig.limit = 0;
  rig_run (&rig, 30 * GST_SECOND);
  g_assert_cmpuint (rig.told, >, 5000000);
}

/* 20 % lost: less by a tenth each second; 5 %: unchanged; none: back up. */
static void
test_loss (void)
{
  guint64 before;
  Rig rig;

  rig_init (&rig, 1000000);
  rig.limit = 2000000;
  rig_run (&rig, 15 * GST_SECOND);
  before = rig.told;
  rig.loss = 0.2;
  rig_run (&rig, 6 * GST_SECOND);
  g_assert_cmpuint (rig.told, <, before * 7 / 10);
  g_assert_cmpuint (rig.told, >, before * 4 / 10);
  rig.loss = 0.05;
  rig_run (&rig, 2 * GST_SECOND);
  before = rig.told;
  rig_run (&rig, 10 * GST_SECOND);
  g_assert_cmpuint (rig.told, ==, before);
  rig.loss = 0;
  rig_run (&rig, 10 * GST_SECOND);
  g_assert_cmpuint (rig.told, >, before * 3 / 2);
}

/* A link of 1 Mbit/s that queues: the brake keeps the queue short, without send times nothing
 * does. */
static void
test_queue (void)
{
  GstClockTime longest[2];

  for (guint i = 0; i < 2; i++) {
    Rig rig;

    rig_init (&rig, 300000);
    rig.capacity = 1000000;
    rig.has_send_time = i == 0;
    rig_run (&rig, 60 * GST_SECOND);
    longest[i] = rig.longest;
    g_test_message ("%s send times: queue %u ms at most, %u kbit/s at the end",
        i == 0 ? "with" : "without", (guint) (rig.longest / GST_MSECOND),
        (guint) (rig.told / 1000));
    if (i == 0)
      g_assert_cmpuint (rig.told, >, 500000);
  }
  g_assert_cmpuint (longest[0], <, 800 * GST_MSECOND);
  g_assert_cmpuint (longest[1], >, 2 * longest[0]);
}

/* Nothing comes: nothing is said after two seconds, and a fall is told at once. */
static void
test_reports (void)
{
  guint64 bps = 0;
  Rig rig;

  rig_init (&rig, 500000);
  g_assert_cmpuint (rtc_remb_estimator_next_deadline (&rig.estimator), ==, GST_CLOCK_TIME_NONE);
  rig.limit = 500000;
  rig_run (&rig, 10 * GST_SECOND);
  for (guint i = 0; i < 10; i++) {
    rig.now += GST_SECOND;
    rig_report (&rig);
  }
  g_assert_cmpuint (rtc_remb_estimator_next_deadline (&rig.estimator), ==, GST_CLOCK_TIME_NONE);
  rig_run (&rig, 5 * GST_SECOND);
  rig.estimator.estimate = rig.estimator.told * 96 / 100;
  g_assert_cmpuint (rtc_remb_estimator_next_deadline (&rig.estimator), <=, rig.now);
  g_assert_true (
      rtc_remb_estimator_poll (&rig.estimator, rig.now, rig.expected, rig.received, &bps));
  g_assert_false (
      rtc_remb_estimator_poll (&rig.estimator, rig.now, rig.expected, rig.received, &bps));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/remb-estimator/clean", test_clean);
  g_test_add_func ("/remb-estimator/loss", test_loss);
  g_test_add_func ("/remb-estimator/queue", test_queue);
  g_test_add_func ("/remb-estimator/reports", test_reports);
  return g_test_run ();
}
