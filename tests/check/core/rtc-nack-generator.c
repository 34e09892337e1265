/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* rtc-nack-generator.c - first request, spacing by RTT, tries, age, limits, wraps. */
#include "gst/rtc/media/rtc-nack-generator.h"

#define MS GST_MSECOND

static RtcNackGenerator *
generator (void)
{
  RtcNackGeneratorConfig config = RTC_NACK_GENERATOR_CONFIG_DEFAULT;

  return rtc_nack_generator_new (&config);
}

static void
test_first_request (void)
{
  RtcNackGenerator *self = generator ();
  guint16 seqs[8];

  g_assert_cmpint (rtc_nack_generator_handle_packet (self, 65530, 0), ==, RTC_OK);
  g_assert_cmpuint (rtc_nack_generator_next_deadline (self), ==, GST_CLOCK_TIME_NONE);
  rtc_nack_generator_handle_packet (self, 65533, 5 * MS);
  g_assert_cmpuint (rtc_nack_generator_get_n_missing (self), ==, 2);
  g_assert_cmpuint (rtc_nack_generator_next_deadline (self), ==, 15 * MS);
  g_assert_cmpuint (rtc_nack_generator_poll (self, 14 * MS, seqs, 8), ==, 0);
  g_assert_cmpuint (rtc_nack_generator_poll (self, 15 * MS, seqs, 8), ==, 2);
  g_assert_cmpuint (seqs[0], ==, 65531);
  g_assert_cmpuint (seqs[1], ==, 65532);
  /* Early calls change nothing: one request per round trip. */
  g_assert_cmpuint (rtc_nack_generator_poll (self, 16 * MS, seqs, 8), ==, 0);
  rtc_nack_generator_free (self);
}

static void
test_spacing_and_tries (void)
{
  RtcNackGenerator *self = generator ();
  RtcNackGeneratorStats stats;
  GstClockTime now = 0, last = 0;
  guint requests = 0;
  guint16 seq;

  rtc_nack_generator_set_rtt (self, 50 * MS);
  rtc_nack_generator_handle_packet (self, 100, 0);
  rtc_nack_generator_handle_packet (self, 102, 0);
  while ((now = rtc_nack_generator_next_deadline (self)) != GST_CLOCK_TIME_NONE) {
    if (rtc_nack_generator_poll (self, now, &seq, 1) == 0)
      continue;
    if (requests++ > 0)
      g_assert_cmpuint (now - last, ==, 50 * MS);
    last = now;
  }
  g_assert_cmpuint (requests, ==, 10);
  g_assert_cmpuint (rtc_nack_generator_steal_given_up (self), ==, 1);
  g_assert_cmpuint (rtc_nack_generator_steal_given_up (self), ==, 0);
  rtc_nack_generator_get_stats (self, &stats);
  g_assert_cmpuint (stats.requested, ==, 10);
  g_assert_cmpuint (stats.given_up, ==, 1);
  rtc_nack_generator_free (self);
}

static void
test_late_and_age (void)
{
  RtcNackGenerator *self = generator ();
  RtcNackGeneratorStats stats;
  guint16 seqs[16];

  rtc_nack_generator_handle_packet (self, 10, 0);
  rtc_nack_generator_handle_packet (self, 15, 0);
  rtc_nack_generator_handle_packet (self, 12, 1 * MS);
  rtc_nack_generator_handle_packet (self, 12, 1 * MS);
  g_assert_cmpuint (rtc_nack_generator_poll (self, 10 * MS, seqs, 16), ==, 3);
  rtc_nack_generator_handle_packet (self, 13, 40 * MS);
  rtc_nack_generator_handle_packet (self, 5, 40 * MS);
  rtc_nack_generator_get_stats (self, &stats);
  g_assert_cmpuint (stats.reordered, ==, 1);
  g_assert_cmpuint (stats.recovered, ==, 1);
  g_assert_cmpuint (rtc_nack_generator_poll (self, 3 * GST_SECOND, seqs, 16), ==, 0);
  g_assert_cmpuint (rtc_nack_generator_get_n_missing (self), ==, 0);
  g_assert_cmpuint (rtc_nack_generator_steal_given_up (self), ==, 2);
  rtc_nack_generator_free (self);
}

static void
test_limit (void)
{
  RtcNackGenerator *self = generator ();
  guint16 seqs[600];

  rtc_nack_generator_handle_packet (self, 1, 0);
  g_assert_cmpint (rtc_nack_generator_handle_packet (self, 1002, 0), ==, RTC_OK);
  g_assert_cmpint (rtc_nack_generator_handle_packet (self, 1004, 0), ==, RTC_ERR_LIMIT);
  g_assert_cmpuint (rtc_nack_generator_get_n_missing (self), ==, 0);
  g_assert_cmpint (rtc_nack_generator_handle_packet (self, 2000, 0), ==, RTC_OK);
  /* Full arrays: the rest comes with the next call. */
  g_assert_cmpuint (rtc_nack_generator_poll (self, 10 * MS, seqs, 600), ==, 600);
  g_assert_cmpuint (rtc_nack_generator_poll (self, 10 * MS, seqs, 600), ==, 395);
  g_assert_cmpuint (rtc_nack_generator_poll (self, 10 * MS, seqs, 600), ==, 0);
  rtc_nack_generator_free (self);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/nack-generator/first-request", test_first_request);
  g_test_add_func ("/nack-generator/spacing-and-tries", test_spacing_and_tries);
  g_test_add_func ("/nack-generator/late-and-age", test_late_and_age);
  g_test_add_func ("/nack-generator/limit", test_limit);
  return g_test_run ();
}
