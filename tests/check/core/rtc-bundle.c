/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "gst/rtc/rtp/rtc-bundle.h"

#include "gst/rtc/base/rtc-random.h"

#define MS GST_MSECOND

/* audio: 111; video: 96, rtx 97; screen: 96, rtx 97, 98. */
static RtcBundle *
make_bundle (guint max_ssrcs)
{
  static const guint8 audio[] = { 111 }, video[] = { 96 }, screen[] = { 96, 98 }, rtx[] = { 97 };
  RtcBundle *bundle = rtc_bundle_new (max_ssrcs, 3);

  g_assert_cmpint (rtc_bundle_set_section (bundle, 10, "a", audio, 1, NULL, 0), ==, RTC_OK);
  g_assert_cmpint (rtc_bundle_set_section (bundle, 11, "v", video, 1, rtx, 1), ==, RTC_OK);
  g_assert_cmpint (rtc_bundle_set_section (bundle, 12, "s", screen, 2, rtx, 1), ==, RTC_OK);
  return bundle;
}

static guint16 next_seq; /* of the packets that do not choose one */

/* One packet; mid, rid and repaired_rid may be NULL. */

static RtcResult
packet (RtcBundle *bundle, GstClockTime now, guint32 ssrc, guint8 pt, const gchar *mid,
    const gchar *rid, const gchar *repaired_rid, RtcBundleMatch *out)
{
  RtcRtpHeader header = { .ssrc = ssrc, .payload_type = pt, .seq = next_seq++ };
  RtcRtpExtensionValues values = { 0 };

  if (mid != NULL)
    rtc_rtp_extension_values_set_text (&values, RTC_RTP_EXTENSION_MID, mid);
  if (rid != NULL)
    rtc_rtp_extension_values_set_text (&values, RTC_RTP_EXTENSION_RID, rid);
  if (repaired_rid != NULL)
    rtc_rtp_extension_values_set_text (&values, RTC_RTP_EXTENSION_REPAIRED_RID, repaired_rid);
  return rtc_bundle_handle_packet (bundle, now, &header, &values, out);
}

/* RFC 9143 9.2 as a script: each row is one packet, in order. */
static void
test_association (void)
{
  static const struct {
    const gchar *name;
    guint32 ssrc;
    guint8 pt;
    const gchar *mid;
    RtcResult result;
    guint section;
    gboolean is_new, is_repair;
  } rows[] = {
    { "mid", 1, 96, "v", RTC_OK, 11, TRUE, FALSE },
    { "known ssrc", 1, 96, NULL, RTC_OK, 11, FALSE, FALSE },
    { "known ssrc, wrong pt", 1, 111, NULL, RTC_ERR_UNSUPPORTED },
    { "mid, wrong pt", 2, 111, "v", RTC_ERR_UNSUPPORTED },
    { "unknown mid", 1, 96, "x", RTC_ERR_UNSUPPORTED },
    { "pt of one section", 3, 111, NULL, RTC_OK, 10, TRUE, FALSE },
    { "pt of two sections", 4, 96, NULL, RTC_AGAIN },
    { "pt of none", 5, 33, NULL, RTC_ERR_UNSUPPORTED },
    { "mid after all", 4, 96, "s", RTC_OK, 12, TRUE, FALSE },
    { "rtx pt", 6, 97, "v", RTC_OK, 11, TRUE, TRUE },
    { "moved to another section", 1, 96, "s", RTC_OK, 12, TRUE, FALSE },
    { "and stays there", 1, 98, NULL, RTC_OK, 12, FALSE, FALSE },
  };
  RtcBundle *bundle = make_bundle (32);
  RtcBundleStats stats;
  RtcBundleMatch match;

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    RtcResult result =
        packet (bundle, i, rows[i].ssrc, rows[i].pt, rows[i].mid, NULL, NULL, &match);

    g_test_message ("%s", rows[i].name);
    g_assert_cmpint (result, ==, rows[i].result);
    if (result != RTC_OK)
      continue;
    g_assert_cmpuint (match.section, ==, rows[i].section);
    g_assert_cmpint (match.is_new, ==, rows[i].is_new);
    g_assert_cmpint (match.is_repair, ==, rows[i].is_repair);
    g_assert_false (match.has_evicted);
  }
  rtc_bundle_get_stats (bundle, &stats);
  g_assert_cmpuint (stats.n_ssrcs, ==, 4);
  g_assert_cmpuint (stats.unknown_packets, ==, 5);
  g_assert_cmpuint (stats.limited_packets, ==, 0);
  rtc_bundle_free (bundle);
  rtc_bundle_free (NULL);
}

/* RFC 9143 9.2: only a packet with a higher extended number moves a stream by its MID. */
static void
test_mid_order (void)
{
  static const struct {
    guint16 seq;
    const gchar *mid;
    guint section;
    gboolean is_new;
  } rows[] = {
    { 65530, "v", 11, TRUE }, { 65535, "v", 11, FALSE },
    { 2, "s", 12, TRUE },                         /* newer, over the wrap */
    { 65534, "v", 12, FALSE },                    /* overtaken: it was sent before the move */
    { 1, "v", 12, FALSE }, { 2, "v", 12, FALSE }, /* a repetition is no update either */
    { 5, NULL, 12, FALSE },
    { 4, "v", 11, TRUE }, /* behind the newest packet, but newer than the last MID */
  };
  RtcBundle *bundle = make_bundle (32);
  RtcBundleMatch match;

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    next_seq = rows[i].seq;
    g_test_message ("row %u", i);
    g_assert_cmpint (packet (bundle, i, 1, 96, rows[i].mid, NULL, NULL, &match), ==, RTC_OK);
    g_assert_cmpuint (match.section, ==, rows[i].section);
    g_assert_cmpint (match.is_new, ==, rows[i].is_new);
  }
  rtc_bundle_free (bundle);
}

/* A peer that announces another SSRC with each renegotiation does not fill the table for good. */
static void
test_resignalled (void)
{
  static const guint8 pts[] = { 96 }, rtx[] = { 97 };
  RtcBundle *bundle = make_bundle (4);
  RtcBundleMatch match;
  RtcBundleStats stats;

  for (guint i = 0; i < 20; i++) {
    GstClockTime now = i * GST_SECOND;

    g_assert_cmpint (rtc_bundle_set_section (bundle, 11, "v", pts, 1, rtx, 1), ==, RTC_OK);
    rtc_bundle_add_ssrc (bundle, 11, 100 + i, NULL, 0);
    g_assert_cmpint (packet (bundle, now, 100 + i, 96, "v", NULL, NULL, &match), ==, RTC_OK);
  }
  rtc_bundle_get_stats (bundle, &stats);
  g_assert_cmpuint (stats.n_ssrcs, ==, 4);
  rtc_bundle_free (bundle);
}

static void
test_simulcast (void)
{
  RtcBundle *bundle = make_bundle (32);
  RtcBundleMatch match;

  g_assert_cmpint (packet (bundle, 0, 1, 96, "v", "h", NULL, &match), ==, RTC_OK);
  g_assert_cmpstr (match.rid, ==, "h");
  g_assert_cmpint (packet (bundle, 0, 2, 96, "v", "l", NULL, &match), ==, RTC_OK);
  g_assert_cmpint (packet (bundle, 0, 3, 97, "v", NULL, "l", &match), ==, RTC_OK);
  g_assert_true (match.is_repair);
  g_assert_cmpstr (match.rid, ==, "l");
  g_assert_cmpuint (match.primary_ssrc, ==, 2);
  /* Extensions stop once the receiver knows; the table remembers. */
  g_assert_cmpint (packet (bundle, 0, 3, 97, NULL, NULL, NULL, &match), ==, RTC_OK);
  g_assert_cmpstr (match.rid, ==, "l");
  g_assert_cmpuint (match.primary_ssrc, ==, 2);
  /* Without a rid it could repair either. */
  g_assert_cmpint (packet (bundle, 0, 4, 97, "v", NULL, NULL, &match), ==, RTC_OK);
  g_assert_cmpuint (match.primary_ssrc, ==, 0);
  rtc_bundle_free (bundle);
}

static void
test_signalled (void)
{
  RtcBundle *bundle = make_bundle (3);
  RtcBundleMatch match;

  g_assert_cmpint (rtc_bundle_add_ssrc (bundle, 99, 1, NULL, 0), ==, RTC_ERR_STATE);
  g_assert_cmpint (rtc_bundle_add_ssrc (bundle, 11, 1, NULL, 0), ==, RTC_OK);
  g_assert_cmpint (rtc_bundle_add_ssrc (bundle, 11, 2, NULL, 1), ==, RTC_OK);
  g_assert_cmpint (rtc_bundle_add_ssrc (bundle, 11, 3, NULL, 0), ==, RTC_OK);
  g_assert_cmpint (rtc_bundle_add_ssrc (bundle, 11, 3, "h", 0), ==, RTC_OK);
  g_assert_cmpint (rtc_bundle_add_ssrc (bundle, 11, 4, NULL, 0), ==, RTC_ERR_LIMIT);
  g_assert_cmpint (packet (bundle, 0, 2, 97, NULL, NULL, NULL, &match), ==, RTC_OK);
  g_assert_true (match.is_repair && match.is_new);
  g_assert_cmpuint (match.primary_ssrc, ==, 1);
  g_assert_true (rtc_bundle_find (bundle, 3, &match));
  g_assert_cmpstr (match.rid, ==, "h");
  /* Signalled ones are not displaced by what a packet claims. */
  g_assert_cmpint (packet (bundle, GST_SECOND, 5, 96, "v", NULL, NULL, &match), ==, RTC_ERR_LIMIT);
  rtc_bundle_remove_ssrc (bundle, 3);
  rtc_bundle_remove_ssrc (bundle, 3);
  g_assert_false (rtc_bundle_find (bundle, 3, &match));
  g_assert_cmpint (packet (bundle, GST_SECOND, 5, 96, "v", NULL, NULL, &match), ==, RTC_OK);
  rtc_bundle_free (bundle);
}

static void
test_sections (void)
{
  static const guint8 pts[] = { 96, 128 };
  RtcBundle *bundle = make_bundle (8);
  RtcBundle *empty = rtc_bundle_new (8, 1);
  RtcBundleMatch match;

  g_assert_cmpint (rtc_bundle_set_section (bundle, 13, "z", pts, 1, NULL, 0), ==, RTC_ERR_LIMIT);
  g_assert_cmpint (rtc_bundle_set_section (bundle, 12, "z", pts, 2, NULL, 0), ==, RTC_ERR_LIMIT);
  g_assert_cmpint (
      rtc_bundle_set_section (bundle, 12, "0123456789abcdefg", pts, 1, NULL, 0), ==, RTC_ERR_LIMIT);
  g_assert_cmpint (packet (bundle, 0, 1, 98, "s", NULL, NULL, &match), ==, RTC_OK);
  g_assert_cmpint (packet (bundle, 0, 2, 96, "v", NULL, NULL, &match), ==, RTC_OK);
  rtc_bundle_remove_section (bundle, 12);
  rtc_bundle_remove_section (bundle, 12);
  g_assert_false (rtc_bundle_find (bundle, 1, &match));
  g_assert_true (rtc_bundle_find (bundle, 2, &match));
  g_assert_cmpint (packet (bundle, 0, 1, 98, "s", NULL, NULL, &match), ==, RTC_ERR_UNSUPPORTED);
  g_assert_cmpint (rtc_bundle_set_section (bundle, 13, "z", pts, 1, NULL, 0), ==, RTC_OK);
  g_assert_cmpint (packet (bundle, 0, 1, 96, "z", NULL, NULL, &match), ==, RTC_OK);
  g_assert_cmpuint (match.section, ==, 13);

  /* Before any description everything may still become known. */
  g_assert_cmpint (packet (empty, 0, 1, 96, NULL, NULL, NULL, &match), ==, RTC_AGAIN);
  g_assert_cmpint (packet (empty, 0, 1, 96, "v", NULL, NULL, &match), ==, RTC_AGAIN);
  g_assert_cmpint (rtc_bundle_set_section (empty, 0, NULL, pts, 1, NULL, 0), ==, RTC_OK);
  g_assert_cmpint (packet (empty, 0, 1, 96, NULL, NULL, NULL, &match), ==, RTC_OK);
  rtc_bundle_free (bundle);
  rtc_bundle_free (empty);
}

/* By payload type alone: one media and one repair SSRC per section each half second. */
static void
test_latch_cooldown (void)
{
  static const guint8 video[] = { 96 }, rtx[] = { 97 }, audio[] = { 111 };
  RtcBundle *bundle = rtc_bundle_new (32, 2);
  RtcBundleMatch match;

  rtc_bundle_set_section (bundle, 0, NULL, audio, 1, NULL, 0);
  rtc_bundle_set_section (bundle, 1, NULL, video, 1, rtx, 1);
  g_assert_cmpint (packet (bundle, 0, 1, 111, NULL, NULL, NULL, &match), ==, RTC_OK);
  g_assert_cmpint (packet (bundle, 0, 2, 96, NULL, NULL, NULL, &match), ==, RTC_OK);
  g_assert_cmpint (packet (bundle, 0, 3, 97, NULL, NULL, NULL, &match), ==, RTC_OK);
  g_assert_cmpuint (match.primary_ssrc, ==, 2);
  g_assert_cmpint (packet (bundle, 499 * MS, 4, 96, NULL, NULL, NULL, &match), ==, RTC_ERR_LIMIT);
  g_assert_cmpint (packet (bundle, 499 * MS, 2, 96, NULL, NULL, NULL, &match), ==, RTC_OK);
  g_assert_cmpint (packet (bundle, 500 * MS, 4, 96, NULL, NULL, NULL, &match), ==, RTC_OK);
  rtc_bundle_free (bundle);
}

/* T17: a hundred thousand SSRCs in ten seconds; the table stays small, the live one stays in. */
static void
test_flood (void)
{
  RtcBundle *bundle = make_bundle (32);
  RtcRandom *random = rtc_random_new_seeded (17);
  RtcBundleStats stats;
  RtcBundleMatch match;
  guint n_evicted = 0;

  for (guint i = 0; i < 100000; i++) {
    GstClockTime now = i * (MS / 10);

    g_assert_cmpint (
        packet (bundle, now, 1, 96, i == 0 ? "v" : NULL, NULL, NULL, &match), ==, RTC_OK);
    g_assert_cmpint (match.is_new, ==, i == 0);
    if (packet (bundle, now, rtc_random_u32 (random) | 2, 96, "v", NULL, NULL, &match) == RTC_OK
        && match.has_evicted) {
      g_assert_cmpuint (match.evicted_ssrc, !=, 1);
      n_evicted++;
    }
  }
  rtc_bundle_get_stats (bundle, &stats);
  g_assert_cmpuint (stats.n_ssrcs, ==, 32);
  g_assert_cmpuint (n_evicted, ==, 19);
  g_assert_cmpuint (stats.evicted_ssrcs, ==, 19);
  g_assert_cmpuint (stats.limited_packets, ==, 100000 - 31 - 19);
  rtc_random_free (random);
  rtc_bundle_free (bundle);
}

/* A new SSRC and its BYE by turns: the table is empty again each time, and yet they are as few as
 * without. */
static void
test_bye_churn (void)
{
  RtcBundle *bundle = make_bundle (32);
  RtcBundleMatch match;
  guint n_begun = 0;

  for (guint32 i = 0; i < 10000; i++) {
    GstClockTime now = i * MS;

    n_begun += packet (bundle, now, 1000 + i, 96, "v", NULL, NULL, &match) == RTC_OK;
    rtc_bundle_end_ssrc (bundle, now, 1000 + i);
  }
  g_assert_cmpuint (n_begun, ==, 32 + 19);
  /* One SSRC that says BYE and goes on. */
  n_begun = 0;
  for (guint32 i = 0; i < 10000; i++) {
    GstClockTime now = 100 * GST_SECOND + i * MS;

    if (packet (bundle, now, 1, 96, "v", NULL, NULL, &match) != RTC_OK)
      continue;
    n_begun++;
    rtc_bundle_end_ssrc (bundle, now, 1);
  }
  g_assert_cmpuint (n_begun, ==, 20);
  rtc_bundle_free (bundle);
}

/* RFC 9143 15.1: an SDES names what no packet has named. */
static void
test_sdes (void)
{
  RtcBundle *bundle = make_bundle (4);
  RtcBundleMatch match;

  g_assert_cmpint (rtc_bundle_handle_sdes (bundle, 0, 1, "x", 1, &match), ==, RTC_ERR_UNSUPPORTED);
  g_assert_cmpint (rtc_bundle_handle_sdes (bundle, 0, 1, "", 0, &match), ==, RTC_ERR_UNSUPPORTED);
  g_assert_cmpint (rtc_bundle_handle_sdes (bundle, 0, 1, "0123456789abcdefg", 17, &match), ==,
      RTC_ERR_UNSUPPORTED);
  g_assert_cmpint (rtc_bundle_handle_sdes (bundle, 0, 1, "vwx", 1, &match), ==, RTC_OK);
  g_assert_true (match.is_new);
  g_assert_cmpuint (match.section, ==, 11);
  g_assert_cmpint (rtc_bundle_handle_sdes (bundle, 0, 2, "v", 1, &match), ==, RTC_OK);
  /* Known: nothing changes, whatever it says. */
  g_assert_cmpint (rtc_bundle_handle_sdes (bundle, 0, 1, "s", 1, &match), ==, RTC_OK);
  g_assert_false (match.is_new);
  g_assert_cmpuint (match.section, ==, 11);
  g_assert_cmpint (packet (bundle, 0, 1, 96, NULL, NULL, NULL, &match), ==, RTC_OK);
  g_assert_true (match.is_new && !match.is_repair);
  g_assert_cmpint (packet (bundle, 0, 2, 97, NULL, NULL, NULL, &match), ==, RTC_OK);
  g_assert_true (match.is_new && match.is_repair);
  g_assert_cmpuint (match.primary_ssrc, ==, 1);
  /* Bounded as what packets bring. */
  g_assert_cmpint (rtc_bundle_handle_sdes (bundle, 0, 3, "v", 1, &match), ==, RTC_OK);
  g_assert_cmpint (rtc_bundle_handle_sdes (bundle, 0, 4, "v", 1, &match), ==, RTC_OK);
  for (guint i = 5; i < 1000; i++)
    g_assert_cmpint (rtc_bundle_handle_sdes (bundle, i, i, "v", 1, &match), ==, RTC_ERR_LIMIT);
  rtc_bundle_free (bundle);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/rtc-bundle/association", test_association);
  g_test_add_func ("/rtc-bundle/mid-order", test_mid_order);
  g_test_add_func ("/rtc-bundle/resignalled", test_resignalled);
  g_test_add_func ("/rtc-bundle/simulcast", test_simulcast);
  g_test_add_func ("/rtc-bundle/signalled", test_signalled);
  g_test_add_func ("/rtc-bundle/sections", test_sections);
  g_test_add_func ("/rtc-bundle/latch-cooldown", test_latch_cooldown);
  g_test_add_func ("/rtc-bundle/flood", test_flood);
  g_test_add_func ("/rtc-bundle/bye-churn", test_bye_churn);
  g_test_add_func ("/rtc-bundle/sdes", test_sdes);
  return g_test_run ();
}
