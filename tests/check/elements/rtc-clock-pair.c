/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* rtc-clock-pair.c - a thread taken off its processor between two clocks does not set them apart.
 */
#include "gst/media/gstrtcclockpair.h"

#define AHEAD (5 * GST_SECOND)
#define HELD_UP (20 * GST_MSECOND)

/* The monotonic clock and AHEAD, whose first readings take HELD_UP each, before or after the
 * clock is read. */
typedef struct {
  GstClock parent;
  guint n, n_held_up;
  gboolean is_before;
} TestClock;

typedef GstClockClass TestClockClass;

static GType test_clock_get_type (void);
G_DEFINE_TYPE (TestClock, test_clock, GST_TYPE_CLOCK)

static void
hold_up (void)
{
  GstClockTime end = gst_util_get_timestamp () + HELD_UP;

  while (gst_util_get_timestamp () < end)
    continue;
}

static GstClockTime
test_clock_read (GstClock *clock)
{
  TestClock *self = (TestClock *) clock;
  gboolean is_held_up = self->n++ < self->n_held_up;
  GstClockTime now;

  if (is_held_up && self->is_before)
    hold_up ();
  now = gst_util_get_timestamp ();
  if (is_held_up && !self->is_before)
    hold_up ();
  return now + AHEAD;
}

static void
test_clock_class_init (TestClockClass *klass)
{
  klass->get_internal_time = test_clock_read;
}

static void
test_clock_init (TestClock *self)
{
}

/* Reads the pair; returns how far it is apart. */
static GstClockTimeDiff
read_pair (guint n_held_up, gboolean is_before, guint *n)
{
  TestClock *clock = gst_object_ref_sink (g_object_new (test_clock_get_type (), NULL));
  GstClockTime time, monotonic;

  clock->n_held_up = n_held_up;
  clock->is_before = is_before;
  time = gst_rtc_clock_pair_read (GST_CLOCK_CAST (clock), &monotonic);
  *n = clock->n;
  gst_object_unref (clock);
  return ABS (GST_CLOCK_DIFF (monotonic, time) - (GstClockTimeDiff) AHEAD);
}

/* Nothing is in the way, and it is read once: at least in one of a hundred. */
static void
test_at_once (void)
{
  guint n = 0;

  for (guint i = 0; i < 100 && n != 1; i++)
    read_pair (0, FALSE, &n);
  g_assert_cmpuint (n, ==, 1);
}

/* What took long is read again; the reading that did not counts. */
static void
test_held_up (gconstpointer data)
{
  gboolean is_before = GPOINTER_TO_INT (data);
  guint n;

  g_assert_cmpint (read_pair (1, is_before, &n), <, HELD_UP / 4);
  g_assert_cmpuint (n, >=, 2);
  g_assert_cmpint (read_pair (GST_RTC_CLOCK_PAIR_TRIES - 1, is_before, &n), <, HELD_UP / 4);
  g_assert_cmpuint (n, ==, GST_RTC_CLOCK_PAIR_TRIES);
}

/* It ends though each try takes long: then it is right within half of the shortest. */
static void
test_always_held_up (void)
{
  GstClockTime began = gst_util_get_timestamp ();
  guint n;
  GstClockTimeDiff apart = read_pair (G_MAXUINT, TRUE, &n);

  g_assert_cmpint (apart, <=, (gst_util_get_timestamp () - began) / GST_RTC_CLOCK_PAIR_TRIES / 2);
  g_assert_cmpuint (n, ==, GST_RTC_CLOCK_PAIR_TRIES);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  gst_init (&argc, &argv);
  g_test_add_func ("/clock-pair/at-once", test_at_once);
  g_test_add_data_func ("/clock-pair/held-up-before", GINT_TO_POINTER (TRUE), test_held_up);
  g_test_add_data_func ("/clock-pair/held-up-after", GINT_TO_POINTER (FALSE), test_held_up);
  g_test_add_func ("/clock-pair/always-held-up", test_always_held_up);
  return g_test_run ();
}
