/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* fuzz-sdp-integration.c - any description as an offer to answer, and as the answer to our offer:
 * both work out whole or leave the session as it was. */
#include "tests/check/fuzz/fuzz.h"

#include <string.h>

#include "tests/check/jsep-pair.h"

static void
as_offer (const RtcSdp *sdp)
{
  RtcJsep *jsep = jsep_new (1, TRUE, TRUE);
  RtcSdp *answer, *offer;

  jsep_add (jsep, RTC_MEDIA_VIDEO, RTC_DIRECTION_SENDRECV);
  if (rtc_jsep_set_remote (jsep, RTC_SDP_TYPE_OFFER, sdp, NULL) != RTC_OK) {
    FUZZ_CHECK (rtc_jsep_get_state (jsep) == RTC_JSEP_STATE_STABLE);
    FUZZ_CHECK (rtc_jsep_get_transport (jsep)->generation == 0);
    FUZZ_CHECK (rtc_jsep_get_n_transceivers (jsep) == 1);
    rtc_jsep_free (jsep);
    return;
  }
  answer = rtc_jsep_create_answer (jsep, NULL);
  FUZZ_CHECK (answer != NULL);
  FUZZ_CHECK (rtc_sdp_n_sections (answer) == rtc_sdp_n_sections (sdp));
  FUZZ_CHECK (rtc_jsep_set_local (jsep, RTC_SDP_TYPE_ANSWER, answer, NULL) == RTC_OK);
  offer = rtc_jsep_create_offer (jsep, NULL);
  FUZZ_CHECK (offer != NULL);
  FUZZ_CHECK (rtc_jsep_set_local (jsep, RTC_SDP_TYPE_OFFER, offer, NULL) == RTC_OK);
  g_free (rtc_jsep_describe (jsep));
  rtc_sdp_free (offer);
  rtc_sdp_free (answer);
  rtc_jsep_free (jsep);
}

static void
as_answer (const RtcSdp *sdp)
{
  RtcJsep *jsep = jsep_new (1, TRUE, FALSE);
  RtcSdp *copy = rtc_sdp_copy (sdp), *offer;

  for (guint i = 0; i < rtc_sdp_n_sections (sdp); i++)
    if (rtc_sdp_section (sdp, i)->kind != RTC_MEDIA_APPLICATION)
      jsep_add (jsep, rtc_sdp_section (sdp, i)->kind, RTC_DIRECTION_SENDRECV);
  offer = rtc_jsep_create_offer (jsep, NULL);
  FUZZ_CHECK (offer != NULL);
  FUZZ_CHECK (rtc_jsep_set_local (jsep, RTC_SDP_TYPE_OFFER, offer, NULL) == RTC_OK);
  /* Mids as offered, else hardly an input would get further. */
  for (guint i = 0; i < rtc_sdp_n_sections (copy) && i < rtc_sdp_n_sections (offer); i++)
    g_strlcpy (rtc_sdp_section (copy, i)->mid, rtc_sdp_section (offer, i)->mid, 8);
  if (rtc_jsep_set_remote (jsep, RTC_SDP_TYPE_ANSWER, copy, NULL) != RTC_OK) {
    FUZZ_CHECK (rtc_jsep_get_state (jsep) == RTC_JSEP_STATE_HAVE_LOCAL_OFFER);
    FUZZ_CHECK (rtc_jsep_get_transport (jsep)->generation == 0);
  } else {
    FUZZ_CHECK (rtc_jsep_get_state (jsep) == RTC_JSEP_STATE_STABLE);
  }
  rtc_sdp_free (offer);
  rtc_sdp_free (copy);
  rtc_jsep_free (jsep);
}

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  RtcSdp *sdp = rtc_sdp_parse ((const gchar *) data, size, NULL);

  if (sdp == NULL)
    return 0;
  as_offer (sdp);
  as_answer (sdp);
  rtc_sdp_free (sdp);
  return 0;
}
