/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* test-early.c - media that comes before its keys or before its stream is known, and streams that
 * end, collide and begin again. */
#include "fake-ice.h"
#include "sim-world.h"

#include <string.h>

#include "gst/rtc/peer/rtc-peer-private.h"
#include "gst/rtc/rtcp/rtc-rtcp-sdes-bye.h"
#include "gst/rtc/rtp/rtc-demux.h"

enum { SENDER, VIEWER };

#define VIDEO_PT 96
#define NEW_SSRC 0x77770001u

static const SimLink link_clean = { .delay = 20 * GST_MSECOND };

typedef struct {
  SimWorld *world;
  SimCall *call;
} Rig;

static void
rig_init (Rig *self, guint64 seed, SimNetTap tap, gpointer tap_data)
{
  SimWorldConfig config = { .seed = seed };
  GError *error = NULL;

  self->world = sim_world_new (&config);
  self->call = sim_world_add_call (self->world, &link_clean);
  if (tap != NULL)
    sim_net_set_tap (self->call->net, tap, tap_data);
  sim_call_negotiate (self->call, TRUE, NULL, &error);
  g_assert_no_error (error);
}

static void
rig_run (Rig *self, GstClockTime duration)
{
  sim_world_run (self->world, sim_world_now (self->world) + duration);
}

static void
viewer_stats (Rig *self, RtcPeerStats *out)
{
  rtc_peer_get_stats (self->call->peers[VIEWER], sim_world_now (self->world), out);
  /* Plain counters are wanted only. */
  rtc_peer_stats_clear (out);
}

/* A packet of VP8, as the sender could have made it; mid: its section's goes along. */
static void
inject_rtp (Rig *self, guint32 ssrc, guint16 seq, gboolean with_mid)
{
  RtcPeer *sender = self->call->peers[SENDER];
  const RtcSendStream *stream = &rtc_peer_section (sender, self->call->video)->send;
  RtcRtpExtensionSlots slots = { 0 };
  RtcRtpExtensionValues values = { 0 };
  RtcRtpHeader header = {
    .payload_type = VIDEO_PT, .seq = seq, .ssrc = ssrc, .has_extension = with_mid
  };
  guint8 data[128];
  RtcWriter w = rtc_writer (data, sizeof data);

  rtc_rtp_header_write (&header, &w);
  if (with_mid) {
    rtc_rtp_extension_values_set_text (&values, RTC_RTP_EXTENSION_MID, stream->config.mid);
    rtc_rtp_extension_write (&stream->config.rewrite.extensions, &values, &w, NULL);
  }
  rtc_writer_u64 (&w, 0);
  g_assert_cmpint (rtc_peer_protect_and_send_rtp (sender, sim_world_now (self->world), data, w.pos,
                       sizeof data, &slots, RTC_PACER_VIDEO, sim_world_now (self->world)),
      ==, RTC_OK);
}

static void
inject_sdes (Rig *self, guint32 ssrc, const gchar *cname, const gchar *mid)
{
  RtcSdesChunk chunk = { .ssrc = ssrc,
    .cname = cname,
    .cname_len = strlen (cname),
    .mid = mid,
    .mid_len = mid != NULL ? strlen (mid) : 0 };
  guint8 data[256];
  RtcRtcpBuilder builder;
  gsize len;

  rtc_rtcp_builder_init (&builder, data, 200, RTC_RTCP_REDUCED_SIZE);
  g_assert_cmpint (rtc_rtcp_sdes_write (&builder, &chunk, 1), ==, RTC_OK);
  g_assert_cmpint (rtc_rtcp_builder_finish (&builder, &len), ==, RTC_OK);
  rtc_peer_protect_and_send_rtcp (
      self->call->peers[SENDER], sim_world_now (self->world), data, len, sizeof data);
}

static void
inject_bye (Rig *self, guint32 ssrc)
{
  RtcRtcpBye bye = { .n_ssrcs = 1, .ssrcs = { ssrc } };
  guint8 data[256];
  RtcRtcpBuilder builder;
  gsize len;

  rtc_rtcp_builder_init (&builder, data, 200, RTC_RTCP_REDUCED_SIZE);
  g_assert_cmpint (rtc_rtcp_bye_write (&builder, &bye), ==, RTC_OK);
  g_assert_cmpint (rtc_rtcp_builder_finish (&builder, &len), ==, RTC_OK);
  rtc_peer_protect_and_send_rtcp (
      self->call->peers[SENDER], sim_world_now (self->world), data, len, sizeof data);
}

static const RtcReceiveStream *
find_stream (Rig *self, guint32 ssrc)
{
  return rtc_peer_find_inbound (self->call->peers[VIEWER], ssrc);
}

/* --- before the keys ---------------------------------------------------------------------------
 */

/* Loses the sender's second datagram of DTLS, its Finished: it has keys, the viewer has not. */
static gboolean
lose_finished (gpointer user_data, GstClockTime now, SimDir dir, const guint8 *data, gsize len)
{
  guint *n = user_data;

  return dir == SIM_A_TO_B && rtc_demux_classify (data, len) == RTC_DEMUX_DTLS && ++*n == 2;
}

static void
test_before_keys (void)
{
  RtcPeerStats stats;
  guint n_dtls = 0;
  Rig rig;

  rig_init (&rig, 1, lose_finished, &n_dtls);
  rig_run (&rig, 3 * GST_SECOND);
  viewer_stats (&rig, &stats);
  g_test_message (
      "%u packets held, %u dropped", (guint) stats.early_held, (guint) stats.early_dropped);
  g_assert_cmpuint (stats.early_held, >, 5);
  g_assert_cmpuint (stats.early_held, <=, 64);
  g_assert_cmpuint (stats.early_dropped, ==, 0);
  g_assert_cmpuint (stats.dropped_unknown, ==, 0);
  /* Nothing was lost for it: neither asked for again nor missed. */
  g_assert_true (rig.call->viewer.first_is_key);
  g_assert_cmpuint (rig.call->viewer.repaired, ==, 0);
  g_assert_cmpuint (rig.call->viewer.frames_complete + 2, >=,
      sim_world_get_frames (rig.world) - rig.call->viewer.first_frame);
  sim_world_free (rig.world);
}

/* The keys never come: what waits is bounded in number, bytes and time. */
static gboolean
lose_dtls (gpointer user_data, GstClockTime now, SimDir dir, const guint8 *data, gsize len)
{
  guint *n = user_data;

  return dir == SIM_A_TO_B && rtc_demux_classify (data, len) == RTC_DEMUX_DTLS && ++*n >= 2;
}

static void
test_never_keys (void)
{
  RtcPeerStats stats;
  RtcPeer *viewer;
  guint n_dtls = 0;
  Rig rig;

  rig_init (&rig, 2, lose_dtls, &n_dtls);
  viewer = rig.call->peers[VIEWER];
  for (guint i = 0; i < 50; i++) {
    rig_run (&rig, 100 * GST_MSECOND);
    g_assert_cmpuint (viewer->locked.packets.length, <=, viewer->config.limits.max_early_rtp);
    g_assert_cmpuint (viewer->locked.bytes, <=, 128 * 1024);
  }
  viewer_stats (&rig, &stats);
  g_assert_cmpuint (stats.early_dropped, >, 1000);
  g_assert_cmpuint (rig.call->viewer.video_packets, ==, 0);
  sim_world_free (rig.world);
}

/* --- before the stream is known ----------------------------------------------------------------
 */

/* A second section that receives the same payload types: these alone say nothing any more. */
static void
make_ambiguous (Rig *self)
{
  static const guint8 pts[] = { VIDEO_PT };

  g_assert_cmpint (
      rtc_bundle_set_section (self->call->peers[VIEWER]->bundle, 9, "other", pts, 1, NULL, 0), ==,
      RTC_OK);
}

static void
test_named_later (gconstpointer data)
{
  gboolean by_sdes = GPOINTER_TO_INT (data);
  const RtcReceiveStream *stream;
  RtcPeerStats stats;
  Rig rig;

  rig_init (&rig, 3, NULL, NULL);
  rig_run (&rig, 2 * GST_SECOND);
  make_ambiguous (&rig);
  for (guint16 i = 0; i < 10; i++)
    inject_rtp (&rig, NEW_SSRC, 100 + i, FALSE);
  for (guint16 i = 0; i < 10; i++)
    inject_rtp (&rig, NEW_SSRC + 1, 100 + i, FALSE);
  rig_run (&rig, 50 * GST_MSECOND);
  g_assert_null (find_stream (&rig, NEW_SSRC));
  viewer_stats (&rig, &stats);
  g_assert_cmpuint (stats.early_held, ==, 20);
  if (by_sdes) {
    const RtcSendStream *send = &rtc_peer_section (rig.call->peers[SENDER], 0)->send;

    inject_sdes (&rig, NEW_SSRC, "somebody", send->config.mid);
    inject_sdes (&rig, NEW_SSRC + 1, "somebody", "none of ours");
  } else {
    inject_rtp (&rig, NEW_SSRC, 110, TRUE);
  }
  rig_run (&rig, 50 * GST_MSECOND);
  stream = find_stream (&rig, NEW_SSRC);
  g_assert_nonnull (stream);
  /* In order, and each once. */
  g_assert_cmpuint (stream->stats.packets, ==, by_sdes ? 10 : 11);
  g_assert_cmpuint (stream->stats.late_packets, ==, 0);
  g_assert_cmpint (rtc_receive_stats_get_lost (&stream->stats), ==, 0);
  g_assert_null (find_stream (&rig, NEW_SSRC + 1));
  inject_sdes (&rig, NEW_SSRC, "somebody", NULL);
  rig_run (&rig, 50 * GST_MSECOND);
  g_assert_cmpstr (find_stream (&rig, NEW_SSRC)->cname, ==, "somebody");
  /* What nobody names is gone after two seconds, and the queue never grows over its limit. */
  rig_run (&rig, 3 * GST_SECOND);
  for (guint16 i = 0; i < 1000; i++)
    inject_rtp (&rig, NEW_SSRC + 2, 100 + i, FALSE);
  rig_run (&rig, 50 * GST_MSECOND);
  g_assert_cmpuint (rig.call->peers[VIEWER]->strange.packets.length, ==, 64);
  viewer_stats (&rig, &stats);
  g_assert_cmpuint (stats.early_dropped, ==, 10 + 1000 - 64);
  g_assert_cmpuint (stats.early_held, ==, 20 + 64);
  sim_world_free (rig.world);
}

/* --- ends, churn, collisions -------------------------------------------------------------------
 */

/* BYE and a new SSRC by turns, a hundred times a second. */
static void
test_bye_churn (void)
{
  Rig rig;

  rig_init (&rig, 4, NULL, NULL);
  rig_run (&rig, 2 * GST_SECOND);
  for (guint i = 0; i < 1000; i++) {
    inject_rtp (&rig, NEW_SSRC + i, 1, TRUE);
    inject_bye (&rig, NEW_SSRC + i);
    rig_run (&rig, 10 * GST_MSECOND);
  }
  g_test_message ("1000 streams in 10 s: %u began and ended", (guint) rig.call->viewer.stream_ends);
  g_assert_cmpuint (rig.call->viewer.stream_ends, <=, 32 + 20);
  /* The call goes on. */
  g_assert_cmpuint (rig.call->viewer.frames_complete + 3, >=,
      sim_world_get_frames (rig.world) - rig.call->viewer.first_frame);
  sim_world_free (rig.world);
}

/* The running video says BYE and goes on: it ends at most twice a second. */
static void
test_bye_and_on (void)
{
  guint32 ssrc;
  Rig rig;

  rig_init (&rig, 5, NULL, NULL);
  rig_run (&rig, 2 * GST_SECOND);
  ssrc = rtc_peer_section (rig.call->peers[SENDER], rig.call->video)->send.config.rewrite.ssrc;
  for (guint i = 0; i < 1000; i++) {
    inject_bye (&rig, ssrc);
    rig_run (&rig, 10 * GST_MSECOND);
  }
  g_assert_cmpuint (rig.call->viewer.stream_ends, >, 10);
  g_assert_cmpuint (rig.call->viewer.stream_ends, <=, 21);
  rig_run (&rig, GST_SECOND);
  g_assert_nonnull (find_stream (&rig, ssrc));
  sim_world_free (rig.world);
}

static void
test_collision (void)
{
  RtcPeerStats stats;
  RtcPeer *viewer;
  Rig rig;

  rig_init (&rig, 6, NULL, NULL);
  rig_run (&rig, 2 * GST_SECOND);
  viewer = rig.call->peers[VIEWER];
  for (guint16 i = 0; i < 50; i++)
    inject_rtp (&rig, viewer->rtcp_ssrc, i, TRUE);
  inject_sdes (&rig, viewer->rtcp_ssrc, "me", "0");
  inject_bye (&rig, viewer->rtcp_ssrc);
  rig_run (&rig, 100 * GST_MSECOND);
  viewer_stats (&rig, &stats);
  g_assert_cmpuint (stats.ssrc_collisions, ==, 50);
  g_assert_null (find_stream (&rig, viewer->rtcp_ssrc));
  g_assert_cmpuint (rig.call->viewer.stream_ends, ==, 0);
  g_assert_cmpint (rtc_peer_get_state (viewer), ==, RTC_PEER_STATE_CONNECTED);
  sim_world_free (rig.world);
}

/* --- after the end -----------------------------------------------------------------------------
 */

typedef struct {
  gboolean is_on;
  GPtrArray *datagrams; /* GBytes *, what the sender sent meanwhile */
  guint n_answers;      /* what the viewer sent meanwhile */
} Capture;

static gboolean
capture (gpointer user_data, GstClockTime now, SimDir dir, const guint8 *data, gsize len)
{
  Capture *self = user_data;

  if (!self->is_on)
    return FALSE;
  if (dir == SIM_A_TO_B)
    g_ptr_array_add (self->datagrams, g_bytes_new (data, len));
  else if (rtc_demux_classify (data, len) == RTC_DEMUX_RTCP)
    self->n_answers++;
  return TRUE;
}

/* Packets come in the same turn as the close_notify before them: the streams have ended, and
 * nothing follows the word that the peer is closed. */
static void
test_after_close (void)
{
  Capture seen = { .datagrams = g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref) };
  RtcPeer *viewer;
  gboolean is_closed = FALSE;
  RtcOutput output;
  Rig rig;

  rig_init (&rig, 7, capture, &seen);
  rig_run (&rig, 2 * GST_SECOND);
  viewer = rig.call->peers[VIEWER];
  seen.is_on = TRUE;
  for (guint16 i = 0; i < 5; i++)
    inject_rtp (&rig, NEW_SSRC, i, TRUE);
  g_assert_cmpuint (seen.datagrams->len, ==, 5);
  rtc_peer_close (rig.call->peers[SENDER], sim_world_now (rig.world));
  g_assert_cmpuint (seen.datagrams->len, >, 5);
  /* The last flight first. */
  for (guint i = seen.datagrams->len; i-- > 0;) {
    gsize len;
    const guint8 *data = g_bytes_get_data (g_ptr_array_index (seen.datagrams, i), &len);

    fake_ice_handle_datagram (viewer->ice, sim_world_now (rig.world), data, len);
  }
  rtc_peer_handle_timeout (viewer, sim_world_now (rig.world) + 10 * GST_SECOND);
  g_assert_cmpint (rtc_peer_get_state (viewer), ==, RTC_PEER_STATE_CLOSED);
  g_assert_cmpuint (viewer->inbound->len, ==, 0);
  while (rtc_peer_poll (viewer, &output)) {
    g_assert_false (is_closed);
    is_closed = output.type == RTC_OUTPUT_CLOSED;
    if (output.type == RTC_OUTPUT_RTP)
      rtc_packet_unref (output.packet);
  }
  g_assert_true (is_closed);
  /* Its BYE, and no report after it. */
  g_assert_cmpuint (seen.n_answers, ==, 1);
  g_ptr_array_unref (seen.datagrams);
  sim_world_free (rig.world);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  gst_init (NULL, NULL);
  g_test_add_func ("/sim/early/before-keys", test_before_keys);
  g_test_add_func ("/sim/early/never-keys", test_never_keys);
  g_test_add_data_func ("/sim/early/named-by-sdes", GINT_TO_POINTER (TRUE), test_named_later);
  g_test_add_data_func ("/sim/early/named-by-mid", GINT_TO_POINTER (FALSE), test_named_later);
  g_test_add_func ("/sim/early/bye-churn", test_bye_churn);
  g_test_add_func ("/sim/early/bye-and-on", test_bye_and_on);
  g_test_add_func ("/sim/early/collision", test_collision);
  g_test_add_func ("/sim/early/after-close", test_after_close);
  return g_test_run ();
}
