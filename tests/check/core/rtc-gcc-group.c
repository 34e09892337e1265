/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* rtc-gcc-group.c - what makes a group, what its delay variation is, clocks that jump. */
#include "gst/rtc/cc/rtc-gcc-group.h"

#define MS GST_MSECOND

/* Feeds a packet; returns the event, and the variation in *change_ms when it is a delta. */
static RtcGccGroupEvent
feed (RtcGccGroup *group, guint64 send_ms, guint64 arrival_ms, gint64 *change_ms)
{
  RtcGccDelta delta = { 0 };
  RtcGccGroupEvent event =
      rtc_gcc_group_handle_packet (group, send_ms * MS, arrival_ms * MS, &delta);

  if (event == RTC_GCC_GROUP_DELTA && change_ms != NULL)
    *change_ms = (delta.arrival_delta - delta.send_delta) / (gint64) MS;
  return event;
}

static void
test_variation (void)
{
  RtcGccGroup group = { 0 };
  gint64 change = 99;

  /* Packets 0 and 4 ms are one group, as 5 ms is its length; 20 and 40 begin others. */
  g_assert_cmpint (feed (&group, 1000, 50, NULL), ==, RTC_GCC_GROUP_NOTHING);
  g_assert_cmpint (feed (&group, 1004, 54, NULL), ==, RTC_GCC_GROUP_NOTHING);
  g_assert_cmpint (feed (&group, 1020, 70, NULL), ==, RTC_GCC_GROUP_NOTHING);
  /* The second group is complete: sent 16 ms after the first one's end and arrived as much. */
  g_assert_cmpint (feed (&group, 1040, 97, &change), ==, RTC_GCC_GROUP_DELTA);
  g_assert_cmpint (change, ==, 0);
  /* The third arrived 7 ms late. */
  g_assert_cmpint (feed (&group, 1060, 110, &change), ==, RTC_GCC_GROUP_DELTA);
  g_assert_cmpint (change, ==, 7);
  /* The fourth is back in time. */
  g_assert_cmpint (feed (&group, 1080, 130, &change), ==, RTC_GCC_GROUP_DELTA);
  g_assert_cmpint (change, ==, -7);
}

static void
test_clump (void)
{
  RtcGccGroup group = { 0 };
  gint64 change = 99;

  feed (&group, 1000, 50, NULL);
  feed (&group, 1020, 170, NULL);
  /* Sent 20 ms apart, arrived within a millisecond: held up together, one group. */
  g_assert_cmpint (feed (&group, 1040, 171, NULL), ==, RTC_GCC_GROUP_NOTHING);
  g_assert_cmpint (feed (&group, 1060, 171, NULL), ==, RTC_GCC_GROUP_NOTHING);
  g_assert_cmpint (feed (&group, 1140, 190, &change), ==, RTC_GCC_GROUP_DELTA);
  g_assert_cmpint (change, ==, 121 - 60);
}

static void
test_clump_ends (void)
{
  RtcGccGroup group = { 0 };
  guint deltas = 0;

  /* A clump without end is cut after 100 ms, so that a standing queue is still measured. */
  for (guint i = 0; i < 200; i++) {
    if (feed (&group, 1000 + 10 * i, 50 + 4 * i, NULL) == RTC_GCC_GROUP_DELTA)
      deltas++;
  }
  g_assert_cmpuint (deltas, >=, 6);
}

static void
test_out_of_order (void)
{
  RtcGccGroup group = { 0 };
  gint64 change = 99;

  feed (&group, 1000, 50, NULL);
  feed (&group, 1020, 70, NULL);
  /* From before the running group: ignored. */
  g_assert_cmpint (feed (&group, 1001, 300, NULL), ==, RTC_GCC_GROUP_NOTHING);
  g_assert_cmpint (feed (&group, 1040, 90, &change), ==, RTC_GCC_GROUP_DELTA);
  g_assert_cmpint (change, ==, 0);
}

static void
test_clock_jump (void)
{
  RtcGccGroup group = { 0 };
  gint64 change = 99;

  feed (&group, 1000, 50, NULL);
  feed (&group, 1020, 70, NULL);
  feed (&group, 1040, 90, NULL);
  feed (&group, 1060, 100000, NULL);
  g_assert_cmpint (feed (&group, 1080, 100020, NULL), ==, RTC_GCC_GROUP_RESET);
  feed (&group, 1100, 100040, NULL);
  g_assert_cmpint (feed (&group, 1120, 100060, &change), ==, RTC_GCC_GROUP_DELTA);
  g_assert_cmpint (change, ==, 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/gcc-group/variation", test_variation);
  g_test_add_func ("/gcc-group/clump", test_clump);
  g_test_add_func ("/gcc-group/clump-ends", test_clump_ends);
  g_test_add_func ("/gcc-group/out-of-order", test_out_of_order);
  g_test_add_func ("/gcc-group/clock-jump", test_clock_jump);
  return g_test_run ();
}
