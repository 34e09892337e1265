/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* cc-cases.h - what the congestion controller is tested with: the cases of RFC 8867, the scenarios
 * by which libwebrtc judges its own, and the link of the project's own goals.
 *
 * A case sets a bench up, runs it to the end and judges it. The same cases make the test
 * (test-cc.c) and the traces for pictures (cc-trace.c). */
#pragma once

#include "cc-figures.h"

G_BEGIN_DECLS

/* What is wrong with a run, and its figures as text. */
typedef struct {
  GString *figures;
  GString *failures; /* one a line; empty: all is well */
} CcVerdict;

void cc_verdict_init (CcVerdict *self);
void cc_verdict_clear (CcVerdict *self);

/* Notes a figure; is_good FALSE: as a failure too. what: with its unit and what it ought to be. */
void cc_verdict_note (CcVerdict *self, gboolean is_good, const gchar *what, ...)
    G_GNUC_PRINTF (3, 4);

typedef struct {
  const gchar *name;   /* "rfc8867/5.1" */
  const gchar *title;  /* for a person */
  GstClockTime duration;
  void (*set_up) (CcBench *bench);
  void (*judge) (CcBench *bench, CcVerdict *verdict); /* after duration */
  void (*play) (CcBench *bench); /* (nullable) runs it to duration, changing things on the way */
} CcCase;

extern const CcCase cc_rfc8867_cases[], cc_band_cases[];
extern const guint cc_n_rfc8867_cases, cc_n_band_cases;

/* NULL when there is none of that name. */
const CcCase *cc_case_find (const gchar *name);

/* Runs one and judges it; trace (nullable). */
void cc_case_run (const CcCase *self, guint64 seed, LinkTrace *trace, CcVerdict *verdict);

G_END_DECLS
