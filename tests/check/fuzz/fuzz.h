/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* fuzz.h - what a fuzz target defines and what it may use.
 *
 * A target is one file fuzz-NAME.c with one function. It runs under libFuzzer (clang) and under
 * fuzz-replay.c (any compiler), so it must be a pure function of its input: fixed seeds, no
 * clock, no files, nothing kept between two calls. */
#pragma once

#include <stdlib.h>
#include <glib.h>

/* Feeds one input to the code under test. Returns 0; anything wrong ends the process, by FUZZ_CHECK
 * or by a sanitizer. */
int LLVMFuzzerTestOneInput (const guint8 *data, gsize size);

/* Ends the process, naming the broken property; not compiled out by G_DISABLE_ASSERT. */
#define FUZZ_CHECK(condition)                                                                      \
  G_STMT_START                                                                                     \
  {                                                                                                \
    if (G_UNLIKELY (!(condition))) {                                                               \
      g_printerr ("%s:%d: property broken: %s\n", __FILE__, __LINE__, #condition);                 \
      abort ();                                                                                    \
    }                                                                                              \
  }                                                                                                \
  G_STMT_END
