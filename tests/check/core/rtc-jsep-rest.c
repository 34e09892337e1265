/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* rtc-jsep-rest.c - descriptions that are kept as text while nobody negotiates. */
#include "tests/check/jsep-pair.h"

/* Text in place of trees changes nothing that can be asked for, and what comes next is about the
 * same descriptions. */
static void
test_rest (void)
{
  RtcJsep *a = jsep_new (1, TRUE, FALSE), *b = jsep_new (2, TRUE, TRUE);
  RtcSdp *before, *after;
  RtcCandidate c;
  gchar *text;

  jsep_add (a, RTC_MEDIA_VIDEO, RTC_DIRECTION_SENDONLY);
  jsep_add (a, RTC_MEDIA_AUDIO, RTC_DIRECTION_SENDONLY);
  jsep_negotiate (a, b);
  g_assert_cmpint (rtc_candidate_parse ("candidate:1 1 udp 5 192.0.2.1 9 typ host", &c), ==, 0);
  rtc_jsep_add_local_candidate (a, &c);
  before = rtc_jsep_get_local_description (a);
  rtc_jsep_rest (a);
  rtc_jsep_rest (a);
  after = rtc_jsep_get_local_description (a);
  g_assert_true (rtc_sdp_equal (before, after));
  rtc_sdp_free (after);
  /* Written anew, and read. */
  for (guint i = 0; i < 2; i++) {
    text = rtc_jsep_write_local_description (a);
    after = rtc_sdp_parse (text, strlen (text), NULL);
    g_assert_true (rtc_sdp_equal (before, after));
    rtc_sdp_free (after);
    g_free (text);
  }
  g_assert_cmpstr (rtc_jsep_get_bundle_mid (a, NULL), ==, rtc_sdp_section (before, 0)->mid);
  rtc_jsep_rest (a);
  g_assert_false (rtc_jsep_needs_negotiation (a));
  /* More of them, and an end, while it rests. */
  rtc_jsep_rest (a);
  rtc_jsep_add_local_candidate (a, &c);
  rtc_jsep_rest (a);
  rtc_jsep_set_gathering_complete (a);
  rtc_jsep_rest (a);
  after = rtc_jsep_get_local_description (a);
  g_assert_cmpuint (rtc_sdp_section (after, 0)->candidates->len, ==, 2);
  g_assert_true (rtc_sdp_section (after, 0)->end_of_candidates);
  rtc_sdp_free (after);
  /* The next offer says nothing new, and so has the same version. */
  rtc_jsep_rest (a);
  rtc_jsep_rest (b);
  after = rtc_jsep_create_offer (a, NULL);
  g_assert_cmpuint (after->version, ==, before->version);
  rtc_sdp_free (after);
  rtc_sdp_free (before);
  rtc_jsep_rest (a);
  jsep_negotiate (a, b);
  rtc_jsep_rest (a);
  /* Candidates are of credentials that are no more. */
  jsep_give_ice (a, 1, 1);
  after = rtc_jsep_get_local_description (a);
  g_assert_cmpuint (rtc_sdp_section (after, 0)->candidates->len, ==, 0);
  rtc_sdp_free (after);
  rtc_jsep_free (a);
  rtc_jsep_free (b);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/jsep-rest/rest", test_rest);
  return g_test_run ();
}
