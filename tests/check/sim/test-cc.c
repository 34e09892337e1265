/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* test-cc.c - the congestion controller on the cases of cc-cases.h, RTC_TEST_SEEDS seeds each.
 *
 * Each run's figures are in the log; a case fails with all that is wrong in any of its seeds. */
#include "cc-cases.h"
#include "sim-seeds.h"

#define DEFAULT_SEEDS 20

static void
test_case (gconstpointer data)
{
  const CcCase *one = data;
  gint64 began = g_get_monotonic_time ();
  guint n = sim_get_n_seeds (DEFAULT_SEEDS), n_bad = 0;

  for (guint seed = 1; seed <= n; seed++) {
    CcVerdict verdict;

    cc_verdict_init (&verdict);
    cc_case_run (one, seed, NULL, &verdict);
    g_test_message ("seed %u: %s", seed, verdict.figures->str);
    if (verdict.failures->len > 0) {
      n_bad++;
      g_test_message ("FAILED, seed %u: %s", seed, verdict.failures->str);
    }
    cc_verdict_clear (&verdict);
  }
  g_test_message ("%u of %u seeds good; %.3f s for two simulated minutes", n - n_bad, n,
      (gdouble) (g_get_monotonic_time () - began) / 1e6 / n * 120 * GST_SECOND
          / (gdouble) one->duration);
  if (n_bad > 0)
    g_test_fail ();
}

static void
add_cases (const CcCase *cases, guint n)
{
  for (guint i = 0; i < n; i++) {
    gchar *path = g_strdup_printf ("/sim/cc/%s", cases[i].name);

    g_test_add_data_func (path, &cases[i], test_case);
    g_free (path);
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  gst_init (NULL, NULL);
  add_cases (cc_rfc8867_cases, cc_n_rfc8867_cases);
  add_cases (cc_band_cases, cc_n_band_cases);
  return g_test_run ();
}
