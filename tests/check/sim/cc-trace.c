/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* cc-trace.c - writes the trace of one case of cc-cases.h, for link-plot.
 *
 *   cc-trace CASE SEED FILE      figures go to standard output
 *   cc-trace --list              one "CASE title" a line */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cc-cases.h"

static void
list (const CcCase *cases, guint n)
{
  for (guint i = 0; i < n; i++)
    printf ("%s %s\n", cases[i].name, cases[i].title);
}

int
main (int argc, char **argv)
{
  const CcCase *one;
  CcVerdict verdict;
  LinkTrace *trace;

  gst_init (NULL, NULL);
  if (argc == 2 && strcmp (argv[1], "--list") == 0) {
    list (cc_rfc8867_cases, cc_n_rfc8867_cases);
    list (cc_band_cases, cc_n_band_cases);
    return 0;
  }
  one = argc == 4 ? cc_case_find (argv[1]) : NULL;
  if (one == NULL) {
    fprintf (stderr, "usage: cc-trace CASE SEED FILE | cc-trace --list\n");
    return 2;
  }
  trace = link_trace_new_file (argv[3]);
  if (trace == NULL) {
    perror (argv[3]);
    return 1;
  }
  cc_verdict_init (&verdict);
  cc_case_run (one, strtoul (argv[2], NULL, 10), trace, &verdict);
  printf ("%s\n", verdict.figures->str);
  if (verdict.failures->len > 0)
    printf ("FAILED: %s", verdict.failures->str);
  cc_verdict_clear (&verdict);
  link_trace_free (trace);
  return 0;
}
