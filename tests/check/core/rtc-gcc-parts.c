/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* rtc-gcc-parts.c - the parts of a page and less: capacity, queue, application limit. */
#include "gst/rtc/cc/rtc-gcc-alr.h"
#include "gst/rtc/cc/rtc-gcc-capacity.h"
#include "gst/rtc/cc/rtc-gcc-path-loss.h"
#include "gst/rtc/cc/rtc-gcc-queue.h"

#include <math.h>

static void
test_capacity (void)
{
  RtcGccCapacity capacity = { 0 };

  g_assert_cmpfloat (rtc_gcc_capacity_get (&capacity), ==, 0);
  g_assert_cmpfloat (rtc_gcc_capacity_get_lower (&capacity), ==, 0);
  g_assert_true (isinf (rtc_gcc_capacity_get_upper (&capacity)));
  for (guint i = 0; i < 50; i++)
    rtc_gcc_capacity_handle_overuse (&capacity, i % 2 == 0 ? 0.98e6 : 1.02e6);
  g_assert_cmpfloat (fabs (rtc_gcc_capacity_get (&capacity) - 1e6), <, 0.02e6);
  g_assert_cmpfloat (rtc_gcc_capacity_get_lower (&capacity), <=, 0.91e6);
  g_assert_cmpfloat (rtc_gcc_capacity_get_lower (&capacity), >, 0.75e6);
  g_assert_cmpfloat (rtc_gcc_capacity_get_upper (&capacity), >=, 1.09e6);
  g_assert_cmpfloat (rtc_gcc_capacity_get_upper (&capacity), <, 1.25e6);
  rtc_gcc_capacity_reset (&capacity);
  g_assert_cmpfloat (rtc_gcc_capacity_get (&capacity), ==, 0);
}

/* The path takes 20 ms and a constant that nobody knows. */
static gint64
queue_message (RtcGccQueue *queue, GstClockTime *send, GstClockTime queued)
{
  for (guint i = 0; i < 5; i++) {
    *send += 20 * GST_MSECOND;
    rtc_gcc_queue_handle_packet (
        queue, *send, *send + 20 * GST_MSECOND + queued + (i % 3) * 5 * GST_MSECOND, 1200);
  }
  return rtc_gcc_queue_end_message (queue);
}

static void
test_queue (void)
{
  RtcGccQueue queue;
  GstClockTime send = GST_SECOND;

  rtc_gcc_queue_init (&queue);
  g_assert_cmpint (rtc_gcc_queue_end_message (&queue), ==, 0);
  g_assert_cmpint (queue_message (&queue, &send, 0), ==, 0);
  g_assert_cmpint (queue_message (&queue, &send, 80 * GST_MSECOND), ==, 80 * GST_MSECOND);
  /* A message of lost packets only tells nothing new. */
  g_assert_cmpint (rtc_gcc_queue_end_message (&queue), ==, 80 * GST_MSECOND);
  g_assert_cmpint (queue_message (&queue, &send, 0), ==, 0);
  /* It stands for half a minute and is still seen; after more than a minute it is the path. */
  for (guint i = 0; i < 290; i++)
    queue_message (&queue, &send, 60 * GST_MSECOND);
  g_assert_cmpint (queue_message (&queue, &send, 60 * GST_MSECOND), ==, 60 * GST_MSECOND);
  for (guint i = 0; i < 600; i++)
    queue_message (&queue, &send, 60 * GST_MSECOND);
  g_assert_cmpint (queue_message (&queue, &send, 60 * GST_MSECOND), ==, 0);
}

/* Packets of 1000 bytes each 5 ms, 1.6 Mbit/s, into a link of 400 kbit/s: what it carries is seen
 * before a tenth of a second of it has come. */
static void
test_queue_rate (void)
{
  RtcGccQueue queue;
  GstClockTime send = GST_SECOND, arrival = send + 20 * GST_MSECOND;

  rtc_gcc_queue_init (&queue);
  for (guint i = 0; i < 20; i++, send += 5 * GST_MSECOND)
    rtc_gcc_queue_handle_packet (&queue, send, send + 20 * GST_MSECOND, 1000);
  g_assert_cmpfloat (rtc_gcc_queue_get_rate (&queue), ==, 0);
  arrival = send + 20 * GST_MSECOND;
  for (guint i = 0; i < 5; i++, send += 5 * GST_MSECOND, arrival += 20 * GST_MSECOND)
    rtc_gcc_queue_handle_packet (&queue, send, arrival, 1000);
  g_assert_cmpfloat (fabs (rtc_gcc_queue_get_rate (&queue) - 400e3), <, 1e3);
  /* It becomes slower still. */
  for (guint i = 0; i < 8; i++, send += 5 * GST_MSECOND, arrival += 80 * GST_MSECOND)
    rtc_gcc_queue_handle_packet (&queue, send, arrival, 1000);
  g_assert_cmpfloat (rtc_gcc_queue_get_rate (&queue), <, 150e3);
  /* A path that stood still lets go of all at once: that is no slow link. */
  send += GST_SECOND;
  rtc_gcc_queue_handle_packet (&queue, send, send + 20 * GST_MSECOND, 1000);
  g_assert_cmpfloat (rtc_gcc_queue_get_rate (&queue), ==, 0);
  arrival = send + 300 * GST_MSECOND;
  for (guint i = 0; i < 40; i++, send += 5 * GST_MSECOND, arrival += GST_MSECOND)
    rtc_gcc_queue_handle_packet (&queue, send, arrival, 1000);
  g_assert_cmpfloat (rtc_gcc_queue_get_rate (&queue), >, 1.6e6);
}

/* Sends at bps for so long. */
static void
alr_run (RtcGccAlr *alr, GstClockTime *now, guint64 bps, GstClockTime duration)
{
  GstClockTime end = *now + duration;

  for (; *now < end; *now += 10 * GST_MSECOND)
    rtc_gcc_alr_handle_sent (alr, *now, (guint) (bps / 8 / 100), 1000000);
}

static void
test_alr (void)
{
  RtcGccAlr alr;
  GstClockTime now = GST_SECOND, began;

  rtc_gcc_alr_init (&alr);
  alr_run (&alr, &now, 900000, 10 * GST_SECOND);
  g_assert_cmpuint (rtc_gcc_alr_since (&alr), ==, GST_CLOCK_TIME_NONE);
  /* An encoder that uses 80 % is none that limits. */
  alr_run (&alr, &now, 800000, 20 * GST_SECOND);
  g_assert_cmpuint (rtc_gcc_alr_since (&alr), ==, GST_CLOCK_TIME_NONE);
  began = now;
  alr_run (&alr, &now, 300000, 5 * GST_SECOND);
  g_assert_cmpuint (rtc_gcc_alr_since (&alr), !=, GST_CLOCK_TIME_NONE);
  g_assert_cmpuint (rtc_gcc_alr_since (&alr) - began, <, 3 * GST_SECOND);
  /* It sends all it may again: over within half a second. */
  alr_run (&alr, &now, 1000000, 800 * GST_MSECOND);
  g_assert_cmpuint (rtc_gcc_alr_since (&alr), ==, GST_CLOCK_TIME_NONE);
  /* A silence of an hour counts as no more than the account holds. */
  now += 3600 * GST_SECOND;
  rtc_gcc_alr_handle_sent (&alr, now, 100, 1000000);
  g_assert_cmpuint (rtc_gcc_alr_since (&alr), ==, now);
  /* Two thirds, beyond which the target does not outrun what arrives, do limit. */
  alr_run (&alr, &now, 1000000, 2 * GST_SECOND);
  g_assert_cmpuint (rtc_gcc_alr_since (&alr), ==, GST_CLOCK_TIME_NONE);
  alr_run (&alr, &now, 667000, 20 * GST_SECOND);
  g_assert_cmpuint (rtc_gcc_alr_since (&alr), !=, GST_CLOCK_TIME_NONE);
}

/* ".": arrives, "q": arrives after a queue, "x": lost, "l": one that was reported lost arrives. */
static void
path_loss_message (RtcGccPathLoss *loss, const gchar *packets, gboolean is_congested)
{
  for (; *packets != '\0'; packets++) {
    if (*packets == 'x')
      rtc_gcc_path_loss_handle_lost (loss, 0);
    else if (*packets == 'l')
      rtc_gcc_path_loss_handle_late (loss);
    else
      rtc_gcc_path_loss_handle_arrival (loss, *packets == 'q' ? 60 * GST_MSECOND : 0);
  }
  rtc_gcc_path_loss_end_message (loss, is_congested);
}

static void
test_path_loss (void)
{
  static const struct {
    const gchar *messages[3];
    guint packets, lost;
  } rows[] = {
    { { "....", "x...", ".x.x" }, 11, 2 }, /* the last one is not placed yet */
    { { "..x.", ".x", "x.." }, 9, 3 },     /* over the end of a message */
    { { "..qx", "xqxx", ".xx." }, 6, 2 },  /* beside a queue, and after it */
    { { "qqqq", "xxxx", "qqxx" }, 0, 0 },
    { { "....", "!.xx.", "x.x." }, 7, 1 }, /* the message says it, and so does its neighbour */
    { { "", "x", "." }, 2, 1 },
    { { "..x", "l.", "..." }, 6, 0 }, /* it comes late before it is placed */
    { { ".x.x", "l.", "..." }, 7, 1 },
    { { ".x.x", ".", "l.." }, 7, 1 }, /* and after that */
    { { "..xx", "lll.", "." }, 4, 0 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    RtcGccPathLoss loss = { 0 };

    for (guint k = 0; k < G_N_ELEMENTS (rows[i].messages); k++) {
      const gchar *message = rows[i].messages[k];
      gboolean is_congested = *message == '!';

      path_loss_message (&loss, message + is_congested, is_congested);
    }
    g_test_message ("row %u", i);
    g_assert_cmpuint (loss.packets, ==, rows[i].packets);
    g_assert_cmpuint (loss.lost, ==, rows[i].lost);
    for (guint k = 0; k <= rows[i].lost; k++)
      rtc_gcc_path_loss_handle_late (&loss);
    g_assert_cmpuint (loss.lost, ==, 0);
  }
}

/* n lost packets in a row, step apart, between some that arrive. */
static RtcGccPathLoss
lose_row (guint n, GstClockTime step)
{
  RtcGccPathLoss loss = { 0 };

  path_loss_message (&loss, "..................", FALSE);
  for (guint i = 0; i < n; i++)
    rtc_gcc_path_loss_handle_lost (&loss, GST_SECOND + i * step);
  path_loss_message (&loss, "..", FALSE);
  return loss;
}

/* What is lost while nothing gets through is no share of what is sent; long rows of a few packets
 * that are sent seldom, or of many that are sent at once, are. */
static void
test_outage (void)
{
  const GstClockTime step = RTC_GCC_PATH_LOSS_OUTAGE / 10;
  RtcGccPathLoss loss = lose_row (11, step);

  g_assert_cmpuint (loss.packets, ==, 20);
  g_assert_cmpuint (loss.lost, ==, 0);
  g_assert_cmpfloat (loss.loss, ==, 0);
  loss = lose_row (10, step);
  g_assert_cmpuint (loss.packets, ==, 30);
  g_assert_cmpuint (loss.lost, ==, 10);
  g_assert_cmpfloat_with_epsilon (loss.loss, 1 / 3., 1e-9);
  loss = lose_row (RTC_GCC_PATH_LOSS_OUTAGE_PACKETS - 1, GST_SECOND);
  g_assert_cmpuint (loss.lost, ==, RTC_GCC_PATH_LOSS_OUTAGE_PACKETS - 1);
  loss = lose_row (100, 0);
  g_assert_cmpuint (loss.lost, ==, 100);
  /* Forgotten as what was lost. */
  for (guint i = 0; i < 400; i++)
    path_loss_message (&loss, "....", FALSE);
  g_assert_cmpfloat (loss.loss, <, 0.01);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/gcc-parts/capacity", test_capacity);
  g_test_add_func ("/gcc-parts/queue", test_queue);
  g_test_add_func ("/gcc-parts/queue-rate", test_queue_rate);
  g_test_add_func ("/gcc-parts/alr", test_alr);
  g_test_add_func ("/gcc-parts/path-loss", test_path_loss);
  g_test_add_func ("/gcc-parts/outage", test_outage);
  return g_test_run ();
}
