/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "gst/rtc/media/rtc-fec-policy.h"

static RtcFecPolicy
after_reports (guint n, gdouble loss, GstClockTime rtt, gboolean can_resend)
{
  RtcFecPolicy policy = { 0 };

  for (guint i = 0; i < n; i++)
    rtc_fec_policy_handle_report (&policy, loss, rtt, can_resend);
  return policy;
}

/* Protection by loss and round trip. */
static void
test_table (void)
{
  static const struct {
    gdouble loss;
    GstClockTime rtt_ms;
    gboolean can_resend;
    gdouble delta, key;
  } rows[] = {
    { 0, 200, TRUE, 0, 0 },
    { 0.004, 200, TRUE, 0, 0 },
    { 0.03, 20, TRUE, 0, 0 },
    { 0.1, 70, TRUE, 0, 0 },
    { 0.03, 200, TRUE, 0.15, 0.225 },
    { 0.05, 200, TRUE, 0.25, 0.375 },
    { 0.05, 110, TRUE, 0.125, 0.1875 },
    { 0.1, 200, TRUE, RTC_FEC_POLICY_MAX, RTC_FEC_POLICY_MAX_KEY },
    { 0.9, 200, TRUE, RTC_FEC_POLICY_MAX, RTC_FEC_POLICY_MAX_KEY },
    { 0.05, 10, FALSE, 0.25, 0.375 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    RtcFecPolicy policy =
        after_reports (50, rows[i].loss, rows[i].rtt_ms * GST_MSECOND, rows[i].can_resend);

    g_test_message ("row %u", i);
    g_assert_cmpfloat_with_epsilon (policy.delta, rows[i].delta, 0.002);
    g_assert_cmpfloat_with_epsilon (policy.key, rows[i].key, 0.003);
  }
  g_assert_cmpfloat (after_reports (50, 0.1, GST_CLOCK_TIME_NONE, TRUE).delta, ==, 0);
}

/* A jump of the loss is believed soon, its end slowly; then nothing is spent any more. */
static void
test_over_time (void)
{
  RtcFecPolicy policy = { 0 };
  guint n = 0;

  rtc_fec_policy_handle_report (&policy, 0.1, 200 * GST_MSECOND, TRUE);
  g_assert_cmpfloat_with_epsilon (policy.delta, 0.15, 0.001);
  while (policy.delta > 0) {
    rtc_fec_policy_handle_report (&policy, 0, 200 * GST_MSECOND, TRUE);
    n++;
  }
  g_assert_cmpuint (n, >=, 3);
  g_assert_cmpuint (n, <=, 20);
  g_assert_cmpfloat (policy.key, ==, 0);
}

static void
test_sound (void)
{
  RtcFecPolicy policy;

  g_assert_cmpuint (after_reports (50, 0.03, 50 * GST_MSECOND, FALSE).n_red, ==, 0);
  g_assert_cmpuint (after_reports (50, 0.06, 50 * GST_MSECOND, FALSE).n_red, ==, 1);
  policy = after_reports (50, 0.2, 50 * GST_MSECOND, FALSE);
  g_assert_cmpuint (policy.n_red, ==, 2);
  /* Around a step it does not flutter. */
  for (guint i = 0; i < 50; i++)
    rtc_fec_policy_handle_report (&policy, 0.145, 50 * GST_MSECOND, FALSE);
  g_assert_cmpuint (policy.n_red, ==, 2);
  for (guint i = 0; i < 50; i++)
    rtc_fec_policy_handle_report (&policy, 0.1, 50 * GST_MSECOND, FALSE);
  g_assert_cmpuint (policy.n_red, ==, 1);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/rtc-fec-policy/table", test_table);
  g_test_add_func ("/rtc-fec-policy/over-time", test_over_time);
  g_test_add_func ("/rtc-fec-policy/sound", test_sound);
  return g_test_run ();
}
