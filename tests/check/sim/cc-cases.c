/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "cc-cases.h"

#include <string.h>

void
cc_verdict_init (CcVerdict *self)
{
  self->figures = g_string_new (NULL);
  self->failures = g_string_new (NULL);
}

void
cc_verdict_clear (CcVerdict *self)
{
  g_string_free (self->figures, TRUE);
  g_string_free (self->failures, TRUE);
}

void
cc_verdict_note (CcVerdict *self, gboolean is_good, const gchar *what, ...)
{
  gchar *text;
  va_list args;

  va_start (args, what);
  text = g_strdup_vprintf (what, args);
  va_end (args);
  g_string_append_printf (self->figures, "%s%s", self->figures->len > 0 ? "; " : "", text);
  if (!is_good)
    g_string_append_printf (self->failures, "%s\n", text);
  g_free (text);
}

static const CcCase *
find_in (const CcCase *cases, guint n, const gchar *name)
{
  for (guint i = 0; i < n; i++)
    if (strcmp (cases[i].name, name) == 0)
      return &cases[i];
  return NULL;
}

const CcCase *
cc_case_find (const gchar *name)
{
  const CcCase *found = find_in (cc_rfc8867_cases, cc_n_rfc8867_cases, name);

  return found != NULL ? found : find_in (cc_band_cases, cc_n_band_cases, name);
}

/* A38: what waits in a pacer waits for less than 150 ms, in each case. Key frames are never refused
 * (rtc-pacer.h) and may take a little longer. */
static void
judge_pacers (CcBench *bench, CcVerdict *verdict)
{
  GstClockTime longest = 0, key = 0;

  for (guint i = 0; i < cc_bench_get_n_flows (bench); i++) {
    longest = MAX (longest, cc_bench_get_longest_wait (bench, i, FALSE));
    key = MAX (key, cc_bench_get_longest_wait (bench, i, TRUE));
  }
  cc_verdict_note (verdict, longest <= 150 * GST_MSECOND,
      "longest wait in a pacer %.0f ms (<= 150)", (gdouble) longest / 1e6);
  cc_verdict_note (
      verdict, key <= 300 * GST_MSECOND, "of a key frame %.0f ms (<= 300)", (gdouble) key / 1e6);
}

void
cc_case_run (const CcCase *self, guint64 seed, LinkTrace *trace, CcVerdict *verdict)
{
  CcBench *bench = cc_bench_new (seed, trace);

  self->set_up (bench);
  if (self->play != NULL)
    self->play (bench);
  cc_bench_run (bench, self->duration);
  self->judge (bench, verdict);
  judge_pacers (bench, verdict);
  cc_bench_free (bench);
}
