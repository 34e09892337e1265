/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* test-renegotiation.c - calls that change while they run: streams taken away and given back. */
#include "sim-world.h"

#include <string.h>

#define SENDER 0
#define VIEWER 1

static const SimLink link_clean = { .delay = 20 * GST_MSECOND };

typedef gchar *(*Munge) (gchar *sdp, gboolean from_sender);

static SimCall *
call_new (SimWorld *world, gboolean viewer_offers, Munge munge)
{
  SimCall *call = sim_world_add_call (world, &link_clean);
  GError *error = NULL;

  sim_call_negotiate (call, viewer_offers, munge, &error);
  g_assert_no_error (error);
  sim_world_run (world, sim_world_now (world) + 2 * GST_SECOND);
  return call;
}

static guint
count_inbound (SimCall *call)
{
  RtcPeerStats stats;
  guint n;

  rtc_peer_get_stats (call->peers[VIEWER], sim_world_now (call->world), &stats);
  n = stats.inbound->len;
  rtc_peer_stats_clear (&stats);
  return n;
}

/* The viewer wants the picture or does not; two seconds go by. */
static void
want_video (SimCall *call, RtcDirection direction)
{
  GError *error = NULL;

  rtc_jsep_set_direction (rtc_peer_get_jsep (call->peers[VIEWER]), call->video, direction);
  sim_call_negotiate (call, TRUE, NULL, &error);
  g_assert_no_error (error);
  sim_world_run (call->world, sim_world_now (call->world) + 2 * GST_SECOND);
}

/* What a section received ends with it: nothing is asked for any more, nothing piles up. */
static void
test_video_removed (void)
{
  SimWorldConfig config = { .seed = 3 };
  SimWorld *world = sim_world_new (&config);
  SimCall *call = call_new (world, TRUE, NULL);

  g_assert_cmpuint (count_inbound (call), ==, 2);
  for (guint i = 1; i <= 3; i++) {
    guint64 audio, video, key_frames;

    /* As after a loss that nothing repaired. */
    rtc_peer_request_key_frame (call->peers[VIEWER], sim_world_now (world), call->video);
    want_video (call, RTC_DIRECTION_INACTIVE);
    g_assert_cmpuint (count_inbound (call), ==, 1);
    g_assert_cmpuint (call->viewer.stream_ends, ==, i);
    g_assert_cmpint (
        rtc_peer_request_key_frame (call->peers[VIEWER], sim_world_now (world), call->video), ==,
        RTC_ERR_STATE);
    audio = call->viewer.audio_packets;
    video = call->viewer.video_packets;
    key_frames = sim_world_get_key_frames (world);
    sim_world_run (world, sim_world_now (world) + 10 * GST_SECOND);
    g_assert_cmpuint (call->viewer.video_packets, ==, video);
    g_assert_cmpuint (call->viewer.audio_packets, >, audio + 400);
    g_assert_cmpuint (sim_world_get_key_frames (world), ==, key_frames);

    want_video (call, RTC_DIRECTION_RECVONLY);
    g_assert_cmpuint (call->viewer.video_packets, >, video + 300);
    g_assert_cmpuint (count_inbound (call), ==, 2);
  }
  sim_world_free (world);
}

static gchar *
replace_all (gchar *text, const gchar *from, const gchar *to)
{
  gchar **parts = g_strsplit (text, from, -1);
  gchar *joined = g_strjoinv (to, parts);

  g_strfreev (parts);
  g_free (text);
  return joined;
}

#define LONG_MID "a-mid-of-more-than-16-bytes"

static gchar *
munge_mids (gchar *sdp, gboolean from_sender)
{
  if (!from_sender) {
    sdp = replace_all (sdp, "a=mid:" LONG_MID, "a=mid:0");
    return replace_all (sdp, "BUNDLE " LONG_MID, "BUNDLE 0");
  }
  sdp = replace_all (sdp, "a=mid:0", "a=mid:" LONG_MID);
  sdp = replace_all (sdp, "BUNDLE 0", "BUNDLE " LONG_MID);
  return replace_all (sdp, "urn:ietf:params:rtp-hdrext:sdes:mid", "urn:x:none");
}

/* SDP allows mids that the header extension has no room for; SSRC and payload type do then. */
static void
test_long_mid (void)
{
  SimWorldConfig config = { .seed = 4 };
  SimWorld *world = sim_world_new (&config);
  SimCall *call = call_new (world, FALSE, munge_mids);

  g_assert_cmpuint (call->viewer.video_packets, >, 300);
  g_assert_cmpuint (call->viewer.audio_packets, >, 50);
  sim_world_free (world);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  gst_init (NULL, NULL);
  g_test_add_func ("/sim/renegotiation/video-removed", test_video_removed);
  g_test_add_func ("/sim/renegotiation/long-mid", test_long_mid);
  return g_test_run ();
}
