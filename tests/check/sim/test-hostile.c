/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* test-hostile.c - what a hostile but connected peer may do to a call: the threats of
 * docs/security.md that need a whole peer and much time, on the virtual clock: consent, forgeries,
 * SSRCs without end.
 *
 * Candidates and remote text in logs: test-hostile-signalling.c; feedback: test-hostile-feedback.c.
 * RTC_TEST_FULL=1 in the environment runs the floods at their full size. */
#include "hostile-rig.h"

#include <string.h>

#include "gst/rtc/rtcp/rtc-rtcp-psfb.h"
#include "gst/rtc/rtcp/rtc-rtcp-sdes-bye.h"

static guint log_lines;
static GstDebugLevel log_level;

static void
count_line (GstDebugCategory *category, GstDebugLevel level, const gchar *file,
    const gchar *function, gint line, GObject *object, GstDebugMessage *message, gpointer data)
{
  log_lines += level <= log_level;
}

static guint
count_lines (GstDebugLevel at_most, void (*run) (Rig *), Rig *rig)
{
  log_lines = 0;
  log_level = at_most;
  gst_debug_set_default_threshold (at_most);
  gst_debug_add_log_function (count_line, NULL, NULL);
  run (rig);
  gst_debug_remove_log_function (count_line);
  gst_debug_set_default_threshold (GST_LEVEL_NONE);
  return log_lines;
}

/* --- T7: consent ------------------------------------------------------------------------------ */

/* Media that authenticates arrives all the time, answers to checks do not: RFC 7675 5.1 counts
 * the answers alone, and 30 s after the last of them nothing but STUN may leave. */
static void
test_consent (void)
{
  GstClockTime lost, last_media = 0;
  SimNetStats before, after;
  guint64 frames_before;
  Rig rig;

  rig_init (&rig, 70);
  lost = sim_world_now (rig.world);
  sim_net_add_blackhole (rig.bad->net, SIM_B_TO_A, lost, lost + 1000 * GST_SECOND);
  sim_net_get_stats (rig.bad->net, SIM_A_TO_B, &before);
  while (sim_world_now (rig.world) < lost + 45 * GST_SECOND) {
    RtcPeer *viewer = rig.bad->peers[VIEWER], *sender = rig.bad->peers[SENDER];
    guint8 data[256];
    RtcRtcpBuilder builder;
    gsize len;

    rtc_rtcp_builder_init (&builder, data, sizeof data, RTC_RTCP_REDUCED_SIZE);
    rtc_rtcp_pli_write (&builder, viewer->rtcp_ssrc, rig_find_video (&rig)->ssrc);
    g_assert_cmpint (rtc_rtcp_builder_finish (&builder, &len), ==, RTC_OK);
    viewer->srtp->vtable->protect_rtcp (viewer->srtp, data, &len, sizeof data);
    fake_ice_handle_datagram (sender->ice, sim_world_now (rig.world), data, len);
    rtc_peer_handle_backends (sender, sim_world_now (rig.world));
    rig_run (&rig, 100 * GST_MSECOND);
    sim_net_get_stats (rig.bad->net, SIM_A_TO_B, &after);
    /* Checks are small and few; media is at least three pictures of 10 packets. */
    if (after.bytes_pushed - before.bytes_pushed > 2000)
      last_media = sim_world_now (rig.world);
    before = after;
  }
  g_test_message ("last media %.1f s after the last answer", (gdouble) (last_media - lost) / 1e9);
  g_assert_cmpuint (last_media - lost, >=, 24 * GST_SECOND);
  g_assert_cmpuint (last_media - lost, <=, 31 * GST_SECOND);
  g_assert_cmpint (rtc_peer_get_state (rig.bad->peers[SENDER]), ==, RTC_PEER_STATE_FAILED);
  g_assert_nonnull (strstr (rig.bad->failure[SENDER], "consent"));
  frames_before = rig.bad->viewer.frames_complete;
  rig_run (&rig, GST_SECOND);
  g_assert_cmpuint (rig.bad->viewer.frames_complete, ==, frames_before);
  rig_clear (&rig);
}

/* One lost check, or five seconds without any: nothing happens but a doubt. */
static void
test_consent_gap (void)
{
  Rig rig;
  GstClockTime lost;

  rig_init (&rig, 71);
  lost = sim_world_now (rig.world);
  sim_net_add_blackhole (rig.bad->net, SIM_B_TO_A, lost, lost + 25 * GST_SECOND);
  rig_run (&rig, 40 * GST_SECOND);
  g_assert_null (rig.bad->failure[SENDER]);
  rig_assert_unharmed (&rig, rig.bad);
  rig_clear (&rig);
}

/* --- T11: what does not authenticate ---------------------------------------------------------- */

/* A packet of the running stream, in clear text, with a tag (or what comes in its place). */
static gsize
make_rtp (Rig *rig, guint8 *data, gboolean to_viewer, guint n, gsize tag_len)
{
  RtcReceiveStream *inbound = rig_find_video (rig);
  RtcRtpHeader header = { .payload_type = 96,
    .seq = (guint16) (inbound->stats.max_ext_seq + 1 + n % 50),
    .rtp_ts = n,
    .ssrc = to_viewer ? inbound->ssrc
            : n % 2   ? 1
                      : rig->bad->peers[SENDER]->rtcp_ssrc };
  RtcWriter w = rtc_writer (data, 300);

  rtc_rtp_header_write (&header, &w);
  memset (data + w.pos, 0x10, 200 + tag_len);
  return w.pos + 200 + tag_len;
}

static gsize
make_rtcp (Rig *rig, guint8 *data, guint n, gsize tag_len)
{
  guint32 ssrc = rig_find_video (rig)->ssrc;
  RtcRtcpBuilder builder;
  RtcRtcpBye bye = { .n_ssrcs = 1, .ssrcs = { ssrc } };
  gsize len;

  rtc_rtcp_builder_init (&builder, data, 200, RTC_RTCP_REDUCED_SIZE);
  if (n % 2)
    rtc_rtcp_bye_write (&builder, &bye);
  else
    rtc_rtcp_pli_write (&builder, n, ssrc);
  g_assert_cmpint (rtc_rtcp_builder_finish (&builder, &len), ==, RTC_OK);
  memset (data + len, 0x80, 4 + tag_len); /* E bit and an index */
  return len + (tag_len > 0 ? 4 + tag_len : 0);
}

/* Ten thousand packets a second from the validated pair, to both ends. */
static void
run_forgeries (Rig *rig)
{
  static const gsize tags[] = { 0, 10, 16 };

  for (guint ms = 0; ms < 1000; ms++) {
    for (guint n = 0; n < 10; n++) {
      guint8 data[512];
      guint i = ms * 10 + n;
      gsize tag = tags[i % G_N_ELEMENTS (tags)];

      rig_inject_raw (rig, SENDER, data, make_rtp (rig, data, TRUE, i, tag));
      rig_inject_raw (rig, SENDER, data, make_rtcp (rig, data, i, tag));
      rig_inject_raw (rig, VIEWER, data, make_rtp (rig, data, FALSE, i, tag));
      rig_inject_raw (rig, VIEWER, data, make_rtcp (rig, data, i, tag));
    }
    rig_run (rig, GST_MSECOND);
  }
  rig_run (rig, 100 * GST_MSECOND);
}

static void
test_forgeries (void)
{
  RtcPeerStats stats;
  guint64 key_frames;
  guint lines;
  Rig rig;

  rig_init (&rig, 110);
  key_frames = sim_world_get_key_frames (rig.world);
  lines = count_lines (GST_LEVEL_WARNING, run_forgeries, &rig);
  g_test_message ("%u warnings in 1.1 s", lines);
  g_assert_cmpuint (lines, >=, 2);
  g_assert_cmpuint (lines, <=, 10);
  /* Every packet the viewer saw came from the source: whatever the forger sent would have been
   * one more, or have spoiled a picture. */
  g_assert_cmpuint (rig.bad->viewer.video_packets, <=, rig.good->viewer.video_packets + 10);
  g_assert_cmpuint (rig.bad->viewer.stream_ends, ==, 0);
  g_assert_cmpuint (rig.bad->viewer.repaired, ==, 0);
  g_assert_cmpuint (sim_world_get_key_frames (rig.world), ==, key_frames);
  for (guint end = 0; end < 2; end++) {
    rig_call_stats (&rig, rig.bad, end, &stats);
    g_assert_cmpuint (
        stats.dropped_auth + stats.dropped_malformed + stats.dropped_replay, ==, 20000);
    g_assert_cmpuint (stats.rtp_received, ==,
        end == VIEWER ? rig.bad->viewer.video_packets + rig.bad->viewer.audio_packets : 0);
    rtc_peer_stats_clear (&stats);
  }
  rig_assert_unharmed (&rig, rig.bad);
  rig_clear (&rig);
}

/* --- T17: SSRCs without end ------------------------------------------------------------------- */

static void
inject_ssrc (Rig *rig, guint32 ssrc, gboolean with_mid)
{
  RtcPeer *sender = rig->bad->peers[SENDER];
  const RtcSendStream *stream = &rtc_peer_section (sender, rig->bad->audio)->send;
  RtcRtpExtensionSlots slots = { 0 };
  RtcRtpExtensionValues values = { 0 };
  RtcRtpHeader header = {
    .payload_type = 111, .seq = (guint16) ssrc, .ssrc = ssrc, .has_extension = with_mid
  };
  guint8 data[128];
  RtcWriter w = rtc_writer (data, sizeof data);

  rtc_rtp_header_write (&header, &w);
  if (with_mid) {
    rtc_rtp_extension_values_set_text (&values, RTC_RTP_EXTENSION_MID, stream->config.mid);
    g_assert_cmpuint (
        rtc_rtp_extension_write (&stream->config.rewrite.extensions, &values, &w, NULL), >, 0);
  }
  rtc_writer_u64 (&w, 0);
  g_assert_cmpint (rtc_peer_protect_and_send_rtp (sender, sim_world_now (rig->world), data, w.pos,
                       sizeof data, &slots, RTC_PACER_VIDEO, sim_world_now (rig->world)),
      ==, RTC_OK);
}

/* An authenticated peer makes up a new SSRC for every packet: ten thousand a second. */
static void
test_ssrc_flood (gconstpointer data)
{
  gboolean with_mid = GPOINTER_TO_INT (data);
  guint n = rig_is_full_size () ? 100000 : 20000;
  RtcPeerStats before, after;
  guint64 learnt, real;
  RtcPeer *viewer;
  Rig rig;

  rig_init (&rig, 170);
  viewer = rig.bad->peers[VIEWER];
  real = rig.good->viewer.audio_packets;
  learnt = rig.bad->viewer.audio_packets;
  rig_call_stats (&rig, rig.bad, VIEWER, &before);
  for (guint i = 0; i < n; i++) {
    inject_ssrc (&rig, 0x10000000 + i * 7919, with_mid);
    if (i % 10 == 0)
      rig_run (&rig, GST_MSECOND);
    g_assert_cmpuint (viewer->inbound->len, <=, viewer->config.limits.max_ssrcs);
  }
  rig_run (&rig, 100 * GST_MSECOND);
  rig_call_stats (&rig, rig.bad, VIEWER, &after);
  real = rig.good->viewer.audio_packets - real;
  learnt = rig.bad->viewer.audio_packets - learnt - real;
  g_test_message ("%u SSRCs: %u live, %u packets let through, %u refused", n, viewer->inbound->len,
      (guint) learnt, (guint) (after.dropped_limit - before.dropped_limit));
  /* The table's 32 at once, and then one in half a second. */
  g_assert_cmpuint (learnt, >, 0);
  g_assert_cmpuint (learnt, <=, 32 + n / 5000 + 1);
  g_assert_cmpuint (after.dropped_limit - before.dropped_limit, ==, n - learnt);
  rtc_peer_stats_clear (&before);
  rtc_peer_stats_clear (&after);
  rig_assert_unharmed (&rig, rig.bad);
  rig_clear (&rig);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  gst_init (NULL, NULL);
  gst_debug_remove_log_function (gst_debug_log_default);
  g_test_add_func ("/sim/hostile/consent", test_consent);
  g_test_add_func ("/sim/hostile/consent-gap", test_consent_gap);
  g_test_add_func ("/sim/hostile/forgeries", test_forgeries);
  g_test_add_data_func ("/sim/hostile/ssrc-flood/pt", GINT_TO_POINTER (FALSE), test_ssrc_flood);
  g_test_add_data_func ("/sim/hostile/ssrc-flood/mid", GINT_TO_POINTER (TRUE), test_ssrc_flood);
  return g_test_run ();
}
