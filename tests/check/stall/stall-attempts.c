/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "tests/check/stall/stall-attempts.h"

void
stall_try_within (StallAttempt attempt, guint attempts, GstClockTime max)
{
  GstClockTime began = gst_util_get_timestamp ();

  for (guint i = 0; i < attempts && gst_util_get_timestamp () - began < STALL_PATIENCE; i++) {
    GstClockTime stall = 0;

    if (attempt (&stall))
      return;
    g_test_message ("this machine stood still for %.0f ms", (gdouble) stall / GST_MSECOND);
    g_assert_cmpuint (stall, >, max);
  }
  g_test_skip ("this machine is too busy for it");
}

void
stall_try (StallAttempt attempt)
{
  stall_try_within (attempt, STALL_ATTEMPTS, STALL_MAX);
}
