/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* test-mux.c - many viewers behind one port, on the virtual clock: joins, moves, ends, a thousand.
 */
#include <string.h>

#include "gst/rtc/peer/rtc-peer-stats.h"
#include "mux-world.h"

static void
assert_watches (MuxViewer *v)
{
  guint64 before = v->packets;

  mux_world_run (v->world, 2 * GST_SECOND);
  g_assert_cmpint (v->states[SENDER], ==, RTC_PEER_STATE_CONNECTED);
  g_assert_cmpint (v->states[VIEWER], ==, RTC_PEER_STATE_CONNECTED);
  g_assert_cmpuint (v->packets - before, >=, 20 * MUX_WORLD_PACKETS_PER_FRAME - 4);
}

/* --- tests --- */

static void
test_join (gconstpointer data)
{
  MuxWorld w;
  MuxViewer *v;
  RtcIceMuxStats stats;

  mux_world_init (&w, 10);
  v = mux_world_add_viewer (&w);
  mux_viewer_join (v, GPOINTER_TO_INT (data));
  assert_watches (v);
  /* Check, answer, nomination, two flights of DTLS, the key frame that was asked for. */
  g_assert_cmpuint (v->first_packet, <=, 14 * MUX_WORLD_DELAY + MUX_WORLD_FRAME_INTERVAL);
  rtc_ice_mux_port_get_stats (w.port, &stats);
  g_assert_cmpuint (stats.strange_packets + stats.bad_messages + stats.strange_checks, ==, 0);
  mux_world_clear (&w);
}

/* What goes to one viewer of a picture stays together. */
static void
test_order (void)
{
  RtcFanoutStats before, after;
  MuxWorld w;
  guint n = 5, n_turns;

  mux_world_init (&w, n);
  for (guint i = 0; i < n; i++)
    mux_viewer_join (mux_world_add_viewer (&w), TRUE);
  mux_world_run (&w, 2 * GST_SECOND);
  mux_world_run (&w, w.next_frame - w.now - 1);
  rtc_fanout_get_stats (w.fanout, &before);
  n_turns = w.n_turns;
  mux_world_run (&w, 1);
  rtc_fanout_get_stats (w.fanout, &after);
  g_assert_cmpuint (after.packets - before.packets, ==, MUX_WORLD_PACKETS_PER_FRAME);
  g_assert_cmpuint (w.n_turns - n_turns, >=, n - 1);
  g_assert_cmpuint (w.n_turns - n_turns, <=, n);
  mux_world_clear (&w);
}

/* A browser that believes to be controlled is told so and turns. */
static void
test_conflict (void)
{
  MuxWorld w;
  MuxViewer *v;

  mux_world_init (&w, 10);
  v = mux_world_add_viewer (&w);
  full_ice_set_controlling (v->ice.last, FALSE);
  mux_viewer_join (v, TRUE);
  assert_watches (v);
  mux_world_clear (&w);
}

static void
test_move (void)
{
  MuxWorld w;
  MuxViewer *v;

  mux_world_init (&w, 10);
  v = mux_world_add_viewer (&w);
  mux_viewer_join (v, TRUE);
  assert_watches (v);
  g_assert_cmpuint (mux_viewer_count_pairs (v), ==, 1);
  /* It nominates: within two round trips, since it is asked back. */
  mux_viewer_move (v, 100, TRUE);
  mux_world_run (&w, 4 * MUX_WORLD_DELAY);
  assert_watches (v);
  g_assert_cmpuint (mux_viewer_count_pairs (v), ==, 2);
  /* It does not: as soon as the old place is silent, with the next check. */
  mux_viewer_move (v, 101, FALSE);
  mux_world_run (&w, 2 * 2500 * GST_MSECOND);
  assert_watches (v);
  g_assert_cmpuint (mux_viewer_count_pairs (v), ==, 3);
  mux_world_clear (&w);
}

/* Either side asks for new credentials; media goes on all the time, and consent afterwards. */
static void
test_restart (gconstpointer data)
{
  guint from = GPOINTER_TO_UINT (data);
  RtcPeerStats before, after;
  MuxWorld w;
  MuxViewer *v;

  mux_world_init (&w, 10);
  v = mux_world_add_viewer (&w);
  mux_viewer_join (v, TRUE);
  assert_watches (v);
  rtc_peer_get_stats (v->peers[VIEWER], w.now, &before);
  for (guint i = 0; i < 3; i++) {
    g_assert_cmpint (rtc_peer_restart_ice (v->peers[from], w.now), ==, RTC_OK);
    mux_viewer_join (v, from == VIEWER);
    assert_watches (v);
  }
  mux_world_run (&w, 40 * GST_SECOND);
  assert_watches (v);
  g_assert_cmpuint (mux_viewer_count_pairs (v), ==, 1);
  rtc_peer_get_stats (v->peers[VIEWER], w.now, &after);
  g_assert_cmpuint (
      after.ice.consent_responses_received, >=, before.ice.consent_responses_received + 3 + 15);
  g_assert_cmpuint (after.ice.consent_requests_sent - after.ice.consent_responses_received, <=, 1);
  rtc_peer_stats_clear (&before);
  rtc_peer_stats_clear (&after);
  mux_world_clear (&w);
}

/* A viewer that is gone: known by its silence, sent to for 30 s, not longer. */
static void
test_gone (void)
{
  guint64 sent;
  RtcPeerStats stats;
  MuxWorld w;
  MuxViewer *v;

  mux_world_init (&w, 10);
  v = mux_world_add_viewer (&w);
  mux_viewer_join (v, TRUE);
  assert_watches (v);
  full_ice_stop (v->ice.last);
  mux_world_run (&w, 12 * GST_SECOND);
  g_assert_cmpint (v->states[SENDER], ==, RTC_PEER_STATE_DISCONNECTED);
  mux_world_run (&w, 19 * GST_SECOND);
  g_assert_cmpint (v->states[SENDER], ==, RTC_PEER_STATE_FAILED);
  rtc_peer_get_stats (v->peers[SENDER], w.now, &stats);
  sent = stats.ice.packets_sent;
  rtc_peer_stats_clear (&stats);
  mux_world_run (&w, 5 * GST_SECOND);
  rtc_peer_get_stats (v->peers[SENDER], w.now, &stats);
  g_assert_cmpuint (stats.ice.packets_sent, ==, sent);
  rtc_peer_stats_clear (&stats);
  mux_world_clear (&w);
}

/* Of two lite sides neither would look for the other. */
static void
test_both_lite (gconstpointer data)
{
  gboolean viewer_offers = GPOINTER_TO_INT (data);
  GError *error = NULL;
  MuxWorld w;
  MuxViewer *v;

  mux_world_init (&w, 10);
  v = mux_world_add_viewer (&w);
  if (!viewer_offers)
    g_assert_cmpint (mux_viewer_carry (v, SENDER, RTC_SDP_TYPE_OFFER, NULL, NULL), ==, RTC_OK);
  g_assert_cmpint (
      mux_viewer_carry (v, VIEWER, viewer_offers ? RTC_SDP_TYPE_OFFER : RTC_SDP_TYPE_ANSWER,
          "a=ice-lite\r\n", &error),
      ==, RTC_ERR_UNSUPPORTED);
  g_assert_error (error, RTC_ERROR, -RTC_ERR_UNSUPPORTED);
  g_assert_nonnull (strstr (error->message, "both sides are ICE-lite"));
  g_error_free (error);
  mux_world_clear (&w);
}

static void
test_full (void)
{
  GError *error = NULL;
  MuxWorld w;
  MuxViewer v = { 0 };

  mux_world_init (&w, 3);
  for (guint i = 0; i < 3; i++)
    mux_world_add_viewer (&w);
  v.world = &w;
  g_assert_null (mux_viewer_new_peer (&v, SENDER, &error));
  g_assert_error (error, RTC_ERROR, -RTC_ERR_LIMIT);
  g_error_free (error);
  mux_world_clear (&w);
}

/* Sanitizers take ten times as long. */
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define N_MANY 200
#else
#define N_MANY 1000
#endif

/* A thousand viewers join within a second and watch for ten; then half of them move. */
static void
test_thousand (void)
{
  guint n = N_MANY;
  gint64 began = g_get_monotonic_time ();
  RtcIceMuxStats stats;
  MuxWorld w;

  mux_world_init (&w, n);
  for (guint i = 0; i < n; i++) {
    mux_viewer_join (mux_world_add_viewer (&w), i % 2 == 0);
    mux_world_run (&w, GST_SECOND / n);
  }
  mux_world_run (&w, 4 * GST_SECOND);
  for (guint i = 0; i < n; i += 2)
    mux_viewer_move (g_ptr_array_index (w.order, i), n + i, TRUE);
  mux_world_run (&w, 5 * GST_SECOND);
  for (guint i = 0; i < n; i++) {
    const MuxViewer *v = g_ptr_array_index (w.order, i);

    g_assert_cmpint (v->states[SENDER], ==, RTC_PEER_STATE_CONNECTED);
    /* Of 9 s, less the way to the key frame that all joiners of a second share, and the moves. */
    g_assert_cmpuint (v->packets, >=, 75 * MUX_WORLD_PACKETS_PER_FRAME);
  }
  rtc_ice_mux_port_get_stats (w.port, &stats);
  g_assert_cmpuint (stats.n_sessions, ==, n);
  g_assert_cmpuint (stats.n_flows, ==, n + n / 2);
  g_assert_cmpuint (stats.strange_checks + stats.limited_checks + stats.contested_checks, ==, 0);
  g_test_message ("%u viewers, %" G_GUINT64_FORMAT " checks, %" G_GUINT64_FORMAT
                  " packets in, took %.2f s",
      n, stats.checks, stats.packets, (gdouble) (g_get_monotonic_time () - began) / 1e6);
  mux_world_clear (&w);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_data_func ("/sim/mux/join/viewer-offers", GINT_TO_POINTER (TRUE), test_join);
  g_test_add_data_func ("/sim/mux/join/sender-offers", GINT_TO_POINTER (FALSE), test_join);
  g_test_add_func ("/sim/mux/order", test_order);
  g_test_add_func ("/sim/mux/conflict", test_conflict);
  g_test_add_func ("/sim/mux/move", test_move);
  g_test_add_data_func ("/sim/mux/restart/sender", GUINT_TO_POINTER (SENDER), test_restart);
  g_test_add_data_func ("/sim/mux/restart/viewer", GUINT_TO_POINTER (VIEWER), test_restart);
  g_test_add_func ("/sim/mux/gone", test_gone);
  g_test_add_data_func ("/sim/mux/both-lite/offer", GINT_TO_POINTER (TRUE), test_both_lite);
  g_test_add_data_func ("/sim/mux/both-lite/answer", GINT_TO_POINTER (FALSE), test_both_lite);
  g_test_add_func ("/sim/mux/full", test_full);
  g_test_add_func ("/sim/mux/thousand", test_thousand);
  return g_test_run ();
}
