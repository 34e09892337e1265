/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* test-renegotiation.c - calls that agree on less than usual, or change while they run: streams
 * taken away and given back. */
#include "sim-world.h"

#include <string.h>

#include "gst/rtc/peer/rtc-peer-private.h"
#include "gst/rtc/rtp/rtc-demux.h"

#define SENDER 0
#define VIEWER 1

/* Of the fake SRTP with GCM. */
#define SRTP_TAG 16

static const SimLink link_clean = { .delay = 20 * GST_MSECOND };

static SimCall *
call_new (SimWorld *world, gboolean viewer_offers, SimMunge munge)
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

/* Transport-wide numbers as they leave. */
typedef struct {
  const RtcPeer *viewer;
  guint n;
  guint16 last;
} Numbers;

static gboolean
numbers_tap (gpointer user_data, GstClockTime now, SimDir dir, const guint8 *data, gsize len)
{
  Numbers *self = user_data;
  RtcRtpExtensionValues values = { 0 };
  RtcRtpHeader header;

  if (dir != SIM_A_TO_B || rtc_demux_classify (data, len) != RTC_DEMUX_RTP
      || rtc_rtp_header_parse (&header, data, len - SRTP_TAG) != RTC_OK)
    return FALSE;
  rtc_rtp_extension_read (&self->viewer->extensions, &header, data, &values);
  if (!rtc_rtp_extension_values_has (&values, RTC_RTP_EXTENSION_TWCC))
    return FALSE;
  if (self->n++ > 0)
    g_assert_cmpuint ((guint16) (values.twcc_seq - self->last), ==, 1);
  self->last = values.twcc_seq;
  return FALSE;
}

/* The sender's controller is another one without video, which it could pad with; its packets'
 * numbers go on, or the receiver would take them for old ones and say nothing of them. */
static void
test_numbers_go_on (void)
{
  SimWorldConfig config = { .seed = 11, .transport_cc = TRUE };
  SimWorld *world = sim_world_new (&config);
  SimCall *call = sim_world_add_call (world, &link_clean);
  Numbers numbers = { .viewer = call->peers[VIEWER] };
  GError *error = NULL;
  RtcPeerStats stats;
  guint n;

  sim_net_set_tap (call->net, numbers_tap, &numbers);
  sim_call_negotiate (call, TRUE, NULL, &error);
  g_assert_no_error (error);
  sim_world_run (world, 5 * GST_SECOND);
  g_assert_cmpuint (numbers.n, >, 1000);
  want_video (call, RTC_DIRECTION_INACTIVE);
  n = numbers.n;
  want_video (call, RTC_DIRECTION_RECVONLY);
  g_assert_cmpuint (numbers.n, >, n + 300);
  rtc_peer_get_stats (call->peers[SENDER], sim_world_now (world), &stats);
  g_assert_cmpuint (stats.rate.twcc.received, >, 300);
  rtc_peer_stats_clear (&stats);
  sim_world_free (world);
}

/* The viewer stops the sound for good (port 0) and later makes another m-line of its place. */
static void
test_audio_stopped (void)
{
  RtcTransceiverConfig audio = { .kind = RTC_MEDIA_AUDIO, .n_codecs = 1 };
  SimWorldConfig config = { .seed = 10 };
  SimWorld *world = sim_world_new (&config);
  SimCall *call = call_new (world, TRUE, NULL);
  RtcPeer *sender = call->peers[SENDER], *viewer = call->peers[VIEWER];
  RtcFanout *fanout = rtc_fanout_ref (rtc_peer_find_fanout (sender, call->audio));
  guint64 packets;
  guint index;

  rtc_jsep_stop_transceiver (rtc_peer_get_jsep (viewer), call->audio);
  want_video (call, RTC_DIRECTION_RECVONLY);
  packets = call->viewer.audio_packets;
  g_assert_null (rtc_peer_find_fanout (sender, call->audio));
  g_assert_cmpuint (count_inbound (call), ==, 1);
  g_assert_cmpuint (call->viewer.stream_ends, ==, 1);
  /* What is refused has no say in what the others agreed on. */
  g_assert_true (viewer->reduced_size && sender->reduced_size);
  sim_world_run (world, sim_world_now (world) + 2 * GST_SECOND);
  g_assert_cmpuint (call->viewer.audio_packets, ==, packets);

  rtc_codec_init (&audio.codecs[0], RTC_CODEC_OPUS, 111);
  audio.direction = RTC_DIRECTION_RECVONLY;
  rtc_peer_add_transceiver (viewer, &audio);
  audio.direction = RTC_DIRECTION_SENDONLY;
  index = rtc_peer_add_transceiver (sender, &audio);
  want_video (call, RTC_DIRECTION_RECVONLY);
  g_assert_cmpint (
      rtc_peer_attach (sender, sim_world_now (world), call->audio, fanout), ==, RTC_ERR_STATE);
  g_assert_cmpint (rtc_peer_attach (sender, sim_world_now (world), index, fanout), ==, RTC_OK);
  sim_world_run (world, sim_world_now (world) + 2 * GST_SECOND);
  g_assert_cmpuint (call->viewer.audio_packets, >, packets + 90);
  g_assert_cmpuint (count_inbound (call), ==, 2);
  rtc_fanout_unref (fanout);
  sim_world_free (world);
}

static gchar *
munge_no_pli (gchar *sdp, gboolean from_sender)
{
  return sim_munge_replace (sdp, "a=rtcp-fb:96 nack pli\r\n", "");
}

static gchar *
munge_no_requests (gchar *sdp, gboolean from_sender)
{
  return sim_munge_replace (munge_no_pli (sdp, from_sender), "a=rtcp-fb:96 ccm fir\r\n", "");
}

/* RFC 4585 4.2: only feedback that was negotiated is sent. */
static void
test_key_frame_feedback (void)
{
  static const struct {
    SimMunge munge;
    RtcResult result;
    gboolean pli, fir;
  } rows[] = {
    { NULL, RTC_OK, TRUE, FALSE },
    { munge_no_pli, RTC_OK, FALSE, TRUE },
    { munge_no_requests, RTC_ERR_UNSUPPORTED, FALSE, FALSE },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    SimWorldConfig config = { .seed = 7 };
    SimWorld *world = sim_world_new (&config);
    SimCall *call = call_new (world, TRUE, rows[i].munge);
    guint64 key_frames = sim_world_get_key_frames (world);
    RtcPeerStats stats;
    const RtcInboundStats *video;

    /* Twice: the second is a new command, which a FIR's number has to say. */
    for (guint n = 0; n < 2; n++) {
      g_assert_cmpint (
          rtc_peer_request_key_frame (call->peers[VIEWER], sim_world_now (world), call->video), ==,
          rows[i].result);
      sim_world_run (world, sim_world_now (world) + 2 * GST_SECOND);
    }
    rtc_peer_get_stats (call->peers[VIEWER], sim_world_now (world), &stats);
    video = &g_array_index (stats.inbound, RtcInboundStats, 0);
    g_assert_cmpint (video->kind, ==, RTC_MEDIA_VIDEO);
    g_assert_cmpint (video->pli_count > 0, ==, rows[i].pli);
    g_assert_cmpint (video->fir_count > 0, ==, rows[i].fir);
    rtc_peer_stats_clear (&stats);
    g_assert_cmpuint (
        sim_world_get_key_frames (world) - key_frames, ==, rows[i].result == RTC_OK ? 2 : 0);
    g_assert_cmpint (
        rtc_peer_request_key_frame (call->peers[VIEWER], sim_world_now (world), call->audio), ==,
        RTC_ERR_UNSUPPORTED);
    sim_world_free (world);
  }
}

#define LONG_MID "a-mid-of-more-than-16-bytes"

static gchar *
munge_mids (gchar *sdp, gboolean from_sender)
{
  if (!from_sender) {
    sdp = sim_munge_replace (sdp, "a=mid:" LONG_MID, "a=mid:0");
    return sim_munge_replace (sdp, "BUNDLE " LONG_MID, "BUNDLE 0");
  }
  sdp = sim_munge_replace (sdp, "a=mid:0", "a=mid:" LONG_MID);
  sdp = sim_munge_replace (sdp, "BUNDLE 0", "BUNDLE " LONG_MID);
  return sim_munge_replace (sdp, "urn:ietf:params:rtp-hdrext:sdes:mid", "urn:x:none");
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

/* Two peers with equal random numbers: the second has got the first one's choice from the
 * application, and chooses another. */
static void
test_own_ssrcs (void)
{
  RtcTransceiverConfig config = {
    .kind = RTC_MEDIA_VIDEO, .direction = RTC_DIRECTION_SENDONLY, .n_codecs = 1, .rtx = TRUE
  };
  SimWorldConfig world_config = { .seed = 5 };
  guint32 ssrcs[2][3];

  rtc_codec_init (&config.codecs[0], RTC_CODEC_VP8, 96);
  for (guint round = 0; round < 2; round++) {
    SimWorld *world = sim_world_new (&world_config);
    RtcPeer *peer = sim_world_add_call (world, &link_clean)->peers[SENDER];
    const RtcTransceiverConfig *given, *chosen;

    config.ssrc = round == 0 ? 1 : ssrcs[0][1];
    config.rtx_ssrc = round == 0 ? 2 : ssrcs[0][2];
    given = rtc_transceiver_get_config (rtc_jsep_get_transceiver (
        rtc_peer_get_jsep (peer), rtc_peer_add_transceiver (peer, &config)));
    config.ssrc = config.rtx_ssrc = 0;
    chosen = rtc_transceiver_get_config (rtc_jsep_get_transceiver (
        rtc_peer_get_jsep (peer), rtc_peer_add_transceiver (peer, &config)));
    g_assert_cmpuint (chosen->ssrc, !=, chosen->rtx_ssrc);
    g_assert_cmpuint (chosen->ssrc, !=, 0);
    g_assert_cmpuint (chosen->rtx_ssrc, !=, 0);
    g_assert_cmpuint (chosen->ssrc, !=, given->ssrc);
    g_assert_cmpuint (chosen->ssrc, !=, given->rtx_ssrc);
    g_assert_cmpuint (chosen->rtx_ssrc, !=, given->ssrc);
    g_assert_cmpuint (chosen->rtx_ssrc, !=, given->rtx_ssrc);
    ssrcs[round][1] = chosen->ssrc;
    ssrcs[round][2] = chosen->rtx_ssrc;
    sim_world_free (world);
  }
}

/* Hands the viewer's candidates over to the sender; the end of them with the last. */
static guint
carry_candidates (SimCall *call)
{
  GstClockTime now = sim_world_now (call->world);
  RtcIce *ice = call->peers[VIEWER]->ice;
  RtcOutput out;
  guint n = 0;

  while (rtc_peer_poll (call->peers[VIEWER], &out)) {
    gchar *text = NULL;

    if (out.type == RTC_OUTPUT_CANDIDATE) {
      const gchar *ufrag, *pwd;

      /* As browsers do (RFC 8839 5.1). */
      ice->vtable->get_local_parameters (ice, &ufrag, &pwd);
      g_strlcpy (out.candidate.ufrag, ufrag, sizeof out.candidate.ufrag);
      text = rtc_candidate_write (&out.candidate);
    }
    if (out.type == RTC_OUTPUT_CANDIDATE || out.type == RTC_OUTPUT_CANDIDATES_DONE) {
      g_assert_cmpint (
          rtc_peer_add_ice_candidate (call->peers[SENDER], now, out.mid, out.mline, text, NULL), ==,
          RTC_OK);
      n++;
    }
    g_free (text);
    rtc_packet_unref (out.packet);
  }
  return n;
}

/* The viewer restarts ICE, and its candidates come before our answer is made. */
static void
test_restart_candidates (void)
{
  SimWorldConfig config = { .seed = 6 };
  SimWorld *world = sim_world_new (&config);
  SimCall *call = call_new (world, TRUE, NULL);
  RtcPeer *viewer = call->peers[VIEWER], *sender = call->peers[SENDER];
  GstClockTime now = sim_world_now (world);
  guint64 packets = call->viewer.video_packets;
  RtcPeerStats stats;
  gchar *sdp;

  g_assert_cmpint (rtc_peer_restart_ice (viewer, now), ==, RTC_OK);
  g_assert_cmpint (rtc_peer_create_offer (viewer, now, &sdp, NULL), ==, RTC_OK);
  rtc_peer_set_local_description (viewer, now, RTC_SDP_TYPE_OFFER, sdp, NULL);
  rtc_peer_set_remote_description (sender, now, RTC_SDP_TYPE_OFFER, sdp, NULL);
  g_free (sdp);
  g_assert_cmpuint (carry_candidates (call), >=, 1);
  g_assert_cmpint (rtc_peer_create_answer (sender, now, &sdp, NULL), ==, RTC_OK);
  rtc_peer_set_local_description (sender, now, RTC_SDP_TYPE_ANSWER, sdp, NULL);
  rtc_peer_set_remote_description (viewer, now, RTC_SDP_TYPE_ANSWER, sdp, NULL);
  g_free (sdp);
  sim_world_run (world, now + 15 * GST_SECOND);
  rtc_peer_get_stats (sender, sim_world_now (world), &stats);
  g_assert_cmpuint (stats.candidates_refused, ==, 0);
  g_assert_cmpint (stats.state, ==, RTC_PEER_STATE_CONNECTED);
  rtc_peer_stats_clear (&stats);
  g_assert_cmpuint (call->viewer.video_packets, >, packets + 4000);
  sim_world_free (world);
}

/* Offer and answer without a turn: what the shell sees when it hears of it. */
static void
negotiate_quietly (SimCall *call)
{
  GstClockTime now = sim_world_now (call->world);
  RtcPeer *sender = call->peers[SENDER], *viewer = call->peers[VIEWER];
  gchar *sdp;

  g_assert_cmpint (rtc_peer_create_offer (sender, now, &sdp, NULL), ==, RTC_OK);
  rtc_peer_set_local_description (sender, now, RTC_SDP_TYPE_OFFER, sdp, NULL);
  rtc_peer_set_remote_description (viewer, now, RTC_SDP_TYPE_OFFER, sdp, NULL);
  g_free (sdp);
  g_assert_cmpint (rtc_peer_create_answer (viewer, now, &sdp, NULL), ==, RTC_OK);
  rtc_peer_set_local_description (viewer, now, RTC_SDP_TYPE_ANSWER, sdp, NULL);
  rtc_peer_set_remote_description (sender, now, RTC_SDP_TYPE_ANSWER, sdp, NULL);
  g_free (sdp);
}

/* Another codec needs another source; the same one again does not. */
static void
test_codec_changed (void)
{
  SimWorldConfig config = { .seed = 8 };
  SimWorld *world = sim_world_new (&config);
  SimCall *call = call_new (world, FALSE, NULL);
  RtcFanout *video = sim_world_get_video (world);
  RtcCodec vp9;

  g_assert_true (rtc_peer_find_fanout (call->peers[SENDER], call->video) == video);
  negotiate_quietly (call);
  g_assert_true (rtc_peer_find_fanout (call->peers[SENDER], call->video) == video);
  rtc_codec_init (&vp9, RTC_CODEC_VP9, 98);
  for (guint end = 0; end < 2; end++)
    rtc_jsep_set_codecs (rtc_peer_get_jsep (call->peers[end]), call->video, &vp9, 1);
  negotiate_quietly (call);
  g_assert_cmpint (
      rtc_peer_section (call->peers[SENDER], call->video)->send_codec.id, ==, RTC_CODEC_VP9);
  g_assert_null (rtc_peer_find_fanout (call->peers[SENDER], call->video));
  g_assert_nonnull (rtc_peer_find_fanout (call->peers[SENDER], call->audio));
  sim_world_free (world);
}

static RtcResult
gather_nothing (RtcIce *ice, GstClockTime now)
{
  return RTC_ERR_BACKEND;
}

/* A host without network: said at once, not when the connection times out. */
static void
test_nothing_to_gather (void)
{
  SimWorldConfig config = { .seed = 9 };
  SimWorld *world = sim_world_new (&config);
  SimCall *call = sim_world_add_call (world, &link_clean);
  RtcPeer *viewer = call->peers[VIEWER];
  RtcIceVTable vtable = *viewer->ice->vtable;

  vtable.gather = gather_nothing;
  viewer->ice->vtable = &vtable;
  sim_call_negotiate (call, TRUE, NULL, NULL);
  g_assert_cmpint (rtc_peer_get_state (viewer), ==, RTC_PEER_STATE_FAILED);
  g_assert_nonnull (call->failure[VIEWER]);
  g_assert_nonnull (strstr (call->failure[VIEWER], "gather"));
  sim_world_free (world);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  gst_init (NULL, NULL);
  g_test_add_func ("/sim/renegotiation/video-removed", test_video_removed);
  g_test_add_func ("/sim/renegotiation/numbers-go-on", test_numbers_go_on);
  g_test_add_func ("/sim/renegotiation/audio-stopped", test_audio_stopped);
  g_test_add_func ("/sim/renegotiation/long-mid", test_long_mid);
  g_test_add_func ("/sim/renegotiation/key-frame-feedback", test_key_frame_feedback);
  g_test_add_func ("/sim/renegotiation/codec-changed", test_codec_changed);
  g_test_add_func ("/sim/renegotiation/nothing-to-gather", test_nothing_to_gather);
  g_test_add_func ("/sim/renegotiation/own-ssrcs", test_own_ssrcs);
  g_test_add_func ("/sim/renegotiation/restart-candidates", test_restart_candidates);
  return g_test_run ();
}
