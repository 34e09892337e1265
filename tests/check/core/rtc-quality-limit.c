/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "gst/rtc/cc/rtc-quality-limit.h"

#define S GST_SECOND

static void
assert_durations (const RtcQualityLimit *self, guint now, guint none, guint bandwidth)
{
  GstClockTime n, b;

  rtc_quality_limit_get (self, now * S, &n, &b);
  g_assert_cmpuint (n, ==, none * S);
  g_assert_cmpuint (b, ==, bandwidth * S);
}

static void
test_durations (void)
{
  RtcQualityLimit limit = { 0 };

  assert_durations (&limit, 50, 0, 0);
  rtc_quality_limit_note (&limit, 100 * S, FALSE, 0, 0);
  assert_durations (&limit, 100, 0, 0);
  assert_durations (&limit, 103, 3, 0);
  rtc_quality_limit_note (&limit, 104 * S, FALSE, 0, 0);
  rtc_quality_limit_note (&limit, 110 * S, TRUE, 0, 0);
  assert_durations (&limit, 110, 10, 0);
  assert_durations (&limit, 115, 10, 5);
  rtc_quality_limit_note (&limit, 120 * S, FALSE, 0, 0);
  assert_durations (&limit, 121, 11, 10);
  /* Who asks with an older time takes nothing back. */
  assert_durations (&limit, 119, 10, 10);
}

/* From 720p to 480p and back is two changes, as webrtc-stats has it; beginning with 480p is none.
 */
static void
test_resolution_changes (void)
{
  RtcQualityLimit limit = { 0 };

  rtc_quality_limit_note (&limit, 1 * S, FALSE, 0, 0);
  rtc_quality_limit_note (&limit, 2 * S, TRUE, 640, 480);
  g_assert_cmpuint (limit.resolution_changes, ==, 1);
  rtc_quality_limit_note (&limit, 3 * S, TRUE, 640, 480);
  g_assert_cmpuint (limit.resolution_changes, ==, 1);
  rtc_quality_limit_note (&limit, 4 * S, FALSE, 0, 0);
  g_assert_cmpuint (limit.resolution_changes, ==, 2);
  limit = (RtcQualityLimit){ 0 };
  rtc_quality_limit_note (&limit, 1 * S, TRUE, 640, 480);
  g_assert_cmpuint (limit.resolution_changes, ==, 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/quality-limit/durations", test_durations);
  g_test_add_func ("/quality-limit/resolution-changes", test_resolution_changes);
  return g_test_run ();
}
