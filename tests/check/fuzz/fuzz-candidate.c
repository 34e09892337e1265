/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* fuzz-candidate.c - any text is a candidate that survives write and parse, or is refused. */
#include "tests/check/fuzz/fuzz.h"

#include "gst/rtc/sdp/rtc-sdp-candidate.h"

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  gchar *text = g_strndup ((const gchar *) data, size), *written;
  RtcCandidate c, again;

  if (rtc_candidate_parse (text, &c) == RTC_OK) {
    FUZZ_CHECK (c.priority >= 1 && c.component >= 1 && c.component <= 256);
    if (rtc_candidate_check (&c, FALSE) == RTC_OK)
      FUZZ_CHECK (rtc_candidate_check (&c, TRUE) == RTC_OK);
    written = rtc_candidate_write (&c);
    FUZZ_CHECK (rtc_candidate_parse (written, &again) == RTC_OK);
    FUZZ_CHECK (rtc_candidate_equal (&c, &again));
    g_free (written);
  }
  g_free (text);
  return 0;
}
