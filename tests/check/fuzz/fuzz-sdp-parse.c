/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* fuzz-sdp-parse.c - any text is a description that survives write and parse, or an error with a
 * line. */
#include "tests/check/fuzz/fuzz.h"

#include <string.h>

#include "gst/rtc/sdp/rtc-sdp.h"

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  GError *error = NULL;
  RtcSdp *sdp = rtc_sdp_parse ((const gchar *) data, size, &error), *again;
  gchar *text;

  FUZZ_CHECK ((sdp == NULL) == (error != NULL));
  if (sdp == NULL) {
    FUZZ_CHECK (error->domain == RTC_ERROR && g_str_has_prefix (error->message, "line "));
    g_error_free (error);
    return 0;
  }
  text = rtc_sdp_write (sdp);
  again = rtc_sdp_parse (text, strlen (text), NULL);
  /* What is written may be longer than what was read: session values are repeated. */
  if (strlen (text) <= RTC_SDP_MAX_BYTES / 8) {
    FUZZ_CHECK (again != NULL);
    FUZZ_CHECK (rtc_sdp_equal (sdp, again));
  }
  g_free (text);
  rtc_sdp_free (again);
  rtc_sdp_free (sdp);
  return 0;
}
