/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* fuzz-sdpfrag.c - any text is a trickle fragment that survives write and parse, or an error. */
#include "tests/check/fuzz/fuzz.h"

#include <string.h>

#include "gst/rtc/sdp/rtc-sdp-fragment.h"

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  GError *error = NULL;
  RtcSdpFragment *f = rtc_sdp_fragment_parse ((const gchar *) data, size, &error), *again;
  gchar *text;

  FUZZ_CHECK ((f == NULL) == (error != NULL));
  g_clear_error (&error);
  if (f == NULL)
    return 0;
  text = rtc_sdp_fragment_write (f);
  again = rtc_sdp_fragment_parse (text, strlen (text), NULL);
  if (strlen (text) <= RTC_SDP_FRAGMENT_MAX_BYTES) {
    FUZZ_CHECK (again != NULL && again->sections->len == f->sections->len);
    for (guint i = 0; i < f->sections->len; i++) {
      RtcSdpFragmentSection *a = &g_array_index (f->sections, RtcSdpFragmentSection, i);
      RtcSdpFragmentSection *b = &g_array_index (again->sections, RtcSdpFragmentSection, i);

      FUZZ_CHECK (strcmp (a->mid, b->mid) == 0 && strcmp (a->ice_pwd, b->ice_pwd) == 0);
      FUZZ_CHECK (a->candidates->len == b->candidates->len);
      FUZZ_CHECK (a->end_of_candidates == b->end_of_candidates);
    }
  }
  g_free (text);
  rtc_sdp_fragment_free (again);
  rtc_sdp_fragment_free (f);
  return 0;
}
