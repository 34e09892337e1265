/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* test-hostile-signalling.c - what a hostile peer may say by signalling: candidates without end
 * and text made for logs and terminals (T8, T35 of docs/security.md). */
#include "sim-world.h"

#include <string.h>

#include "gst/rtc/peer/rtc-peer-private.h"

enum { SENDER, VIEWER };

static const SimLink link_clean = { .delay = 20 * GST_MSECOND };

/* --- T8: candidates --------------------------------------------------------------------------- */

/* Ten thousand before the description, ten thousand after it, and junk among them. */
static void
test_candidates (void)
{
  static const gchar *const refused[] = {
    "candidate:1 1 udp 1 0.0.0.0 9000 typ host",
    "candidate:1 1 udp 1 255.255.255.255 9000 typ host",
    "candidate:1 1 udp 1 224.0.0.251 9000 typ host",
    "candidate:1 1 udp 1 ff02::fb 9000 typ host",
    "candidate:1 1 udp 1 :: 9000 typ host",
    "candidate:1 1 udp 1 192.0.2.1 0 typ host",
    "candidate:1 1 udp 1 internal.example 9000 typ host",
    "candidate:1 1 tcp 1 192.0.2.1 9000 typ host",
    "candidate:1 1 udp 1 1.2.3.4.local 9000 typ host",
  };
  SimWorldConfig config = { .seed = 80 };
  SimWorld *world = sim_world_new (&config);
  SimCall *call = sim_world_add_call (world, &link_clean);
  RtcPeer *sender = call->peers[SENDER];
  RtcPeerStats stats;
  GError *error = NULL;

  call->trickle = FALSE;
  for (guint i = 0; i < 10000; i++) {
    gchar *text = g_strdup_printf (
        "candidate:%u 1 udp %u 192.0.2.%u %u typ host", i, i + 1, i % 250 + 1, 9 + i);

    g_assert_cmpint (rtc_peer_add_ice_candidate (sender, 0, "0", 0, text, &error), ==, RTC_OK);
    g_free (text);
  }
  g_assert_cmpuint (sender->candidates->len, ==, sender->config.limits.max_remote_candidates);
  sim_call_negotiate (call, TRUE, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (sender->candidates->len, ==, 0);
  for (guint i = 0; i < 10000; i++) {
    gchar *text = g_strdup_printf ("candidate:%u 1 udp 1 198.51.100.%u 9 typ host", i, i % 250 + 1);

    g_assert_cmpint (rtc_peer_add_ice_candidate (sender, 0, "0", 0, text, NULL), ==, RTC_OK);
    g_free (text);
  }
  for (guint i = 0; i < G_N_ELEMENTS (refused); i++) {
    RtcResult result = rtc_peer_add_ice_candidate (sender, 0, "0", 0, refused[i], NULL);

    g_assert_true (result == RTC_OK || result == RTC_ERR_PARSE);
  }
  rtc_peer_get_stats (sender, 0, &stats);
  /* The simulator's agents take ten. */
  g_test_message ("%u refused by the peer, %u by ICE", (guint) stats.candidates_refused,
      (guint) stats.ice.remote_candidates_dropped);
  g_assert_cmpuint (stats.candidates_refused, >=, 20000 - 10);
  g_assert_cmpuint (sender->candidates->len, ==, 0);
  rtc_peer_stats_clear (&stats);
  sim_world_free (world);
}

/* --- T35: remote text in logs and errors ------------------------------------------------------ */

#define EVIL "x\r\n\x1b[2JFORGED %s%n\x07\xc2\x9b\x7f"

static GString *log_text;
static guint log_lines;

static void
keep_line (GstDebugCategory *category, GstDebugLevel level, const gchar *file,
    const gchar *function, gint line, GObject *object, GstDebugMessage *message, gpointer data)
{
  log_lines++;
  g_string_append (log_text, gst_debug_message_get (message));
  g_string_append_c (log_text, '\n');
}

static void
assert_clean (const gchar *what, const gchar *text)
{
  for (const gchar *at = text; *at != '\0'; at++)
    if (((guchar) *at < 0x20 && *at != '\n') || (guchar) *at >= 0x7f)
      g_error ("%s: byte %02x in \"%.80s\"", what, (guchar) *at, at);
  g_assert_null (strstr (text, "\nFORGED"));
}

/* Puts evil text over what follows prefix in an offer; NULL when there is no such line. */
static gchar *
spoil (const gchar *sdp, const gchar *prefix, gsize keep, const gchar *evil)
{
  const gchar *at = strstr (sdp, prefix);
  const gchar *end = at != NULL ? strstr (at, "\r\n") : NULL;

  g_assert_nonnull (end);
  return g_strdup_printf (
      "%.*s%s%s", (gint) (at - sdp + (gssize) (strlen (prefix) + keep)), sdp, evil, end);
}

static void
test_log_injection (void)
{
  static const gchar *const prefixes[] = { "v=", "o=", "s=", "t=", "a=group:", "m=", "c=", "a=mid:",
    "a=rtpmap:", "a=fmtp:", "a=rtcp-fb:", "a=extmap:", "a=ice-ufrag:", "a=ice-pwd:",
    "a=fingerprint:", "a=fingerprint:sha-256 ", "a=setup:", "a=ssrc:", "a=" };
  static const gchar *const evils[] = { "\r\x1b[2JFORGED", "%s%n%n\x1b]0;FORGED\x07",
    "\xc2\x9b"
    "2J\xe2\x80\xa8"
    "FORGED",
    "0\x0b\x0c\x7f" };
  SimWorldConfig config = { .seed = 350 };
  guint refused = 0;

  log_text = g_string_new (NULL);
  gst_debug_set_default_threshold (GST_LEVEL_MEMDUMP);
  gst_debug_add_log_function (keep_line, NULL, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (prefixes) * G_N_ELEMENTS (evils) * 2; i++) {
    SimWorld *world = sim_world_new (&config);
    SimCall *call = sim_world_add_call (world, &link_clean);
    const gchar *prefix = prefixes[i / 2 % G_N_ELEMENTS (prefixes)];
    GError *error = NULL;
    gchar *sdp, *bad;

    /* The sender's offer has a=ssrc lines. */
    rtc_peer_create_offer (call->peers[SENDER], 0, &sdp, &error);
    g_assert_no_error (error);
    bad = spoil (sdp, prefix, i % 2, evils[i / 2 / G_N_ELEMENTS (prefixes)]);
    if (rtc_peer_set_remote_description (call->peers[VIEWER], 0, RTC_SDP_TYPE_OFFER, bad, &error)
        != RTC_OK) {
      refused++;
      assert_clean (prefix, error->message);
      g_clear_error (&error);
    }
    assert_clean (prefix, log_text->str);
    g_string_truncate (log_text, 0);
    if (rtc_peer_add_ice_candidate (call->peers[VIEWER], 0, EVIL, 0, "candidate:" EVIL, &error)
        != RTC_OK)
      assert_clean ("candidate", error->message);
    g_clear_error (&error);
    if (rtc_peer_add_ice_candidate (call->peers[VIEWER], 0, "0", 0,
            "candidate:1 1 udp 1 192.0.2.1 9 typ host ufrag " EVIL, &error)
        != RTC_OK)
      assert_clean ("candidate", error->message);
    g_clear_error (&error);
    assert_clean (prefix, log_text->str);
    g_string_truncate (log_text, 0);
    g_free (sdp);
    g_free (bad);
    sim_world_free (world);
  }
  gst_debug_remove_log_function (keep_line);
  gst_debug_set_default_threshold (GST_LEVEL_NONE);
  g_test_message ("%u descriptions refused, %u lines logged", refused, log_lines);
  g_assert_cmpuint (log_lines, >, 100);
  g_assert_cmpuint (refused, >, 20);
  g_string_free (log_text, TRUE);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  gst_init (NULL, NULL);
  gst_debug_remove_log_function (gst_debug_log_default);
  g_test_add_func ("/sim/hostile/candidates", test_candidates);
  g_test_add_func ("/sim/hostile/log-injection", test_log_injection);
  return g_test_run ();
}
