/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* test-hostile.c - what a hostile but connected peer may do to a call: the threats of
 * docs/security.md that need a whole peer and much time, on the virtual clock.
 *
 * Candidates and remote text in logs: test-hostile-signalling.c. RTC_TEST_FULL=1 in the environment
 * runs the floods at their full size. */
#include "sim-seeds.h"
#include "sim-world.h"

#include <string.h>

#include "gst/rtc/peer/rtc-peer-private.h"
#include "gst/rtc/rtcp/rtc-rtcp-nack.h"
#include "gst/rtc/rtcp/rtc-rtcp-psfb.h"
#include "gst/rtc/rtcp/rtc-rtcp-sdes-bye.h"

enum { SENDER, VIEWER };

#define N_STORMS 20

static const SimLink link_clean = { .delay = 20 * GST_MSECOND };

static gboolean
is_full_size (void)
{
  return g_getenv ("RTC_TEST_FULL") != NULL;
}

/* --- the rig ---------------------------------------------------------------------------------- */

typedef struct {
  SimWorld *world;
  SimCall *bad;  /* one of its two ends misbehaves */
  SimCall *good; /* another viewer of the same source */
} Rig;

static void
rig_init (Rig *self, guint64 seed)
{
  SimWorldConfig config = { .seed = seed };
  GError *error = NULL;

  self->world = sim_world_new (&config);
  self->bad = sim_world_add_call (self->world, &link_clean);
  self->good = sim_world_add_call (self->world, &link_clean);
  sim_call_negotiate (self->bad, TRUE, NULL, &error);
  g_assert_no_error (error);
  sim_call_negotiate (self->good, TRUE, NULL, &error);
  g_assert_no_error (error);
  sim_world_run (self->world, 2 * GST_SECOND);
  g_assert_cmpint (rtc_peer_get_state (self->bad->peers[SENDER]), ==, RTC_PEER_STATE_CONNECTED);
}

static void
rig_run (Rig *self, GstClockTime duration)
{
  sim_world_run (self->world, sim_world_now (self->world) + duration);
}

static void
assert_unharmed (Rig *self, SimCall *call)
{
  g_assert_cmpint (rtc_peer_get_state (call->peers[SENDER]), ==, RTC_PEER_STATE_CONNECTED);
  g_assert_cmpint (rtc_peer_get_state (call->peers[VIEWER]), ==, RTC_PEER_STATE_CONNECTED);
  /* All pictures but those on their way. */
  g_assert_cmpuint (call->viewer.frames_complete + 3, >=,
      sim_world_get_frames (self->world) - call->viewer.first_frame);
}

static void
rig_clear (Rig *self)
{
  assert_unharmed (self, self->good);
  sim_world_free (self->world);
}

static void
call_stats (Rig *self, SimCall *call, guint end, RtcPeerStats *out)
{
  rtc_peer_get_stats (call->peers[end], sim_world_now (self->world), out);
}

/* Datagrams as they are, over the validated pair. */
static void
inject_raw (Rig *self, guint end, const guint8 *data, gsize len)
{
  RtcPeer *peer = self->bad->peers[end];

  g_assert_cmpint (
      peer->ice->vtable->send (peer->ice, sim_world_now (self->world), data, len), ==, RTC_OK);
}

/* A compound that the attacker is entitled to send: protected with its own key. */
static void
inject_rtcp (Rig *self, guint end, RtcRtcpBuilder *builder, gsize cap)
{
  gsize len = 0;

  g_assert_cmpint (rtc_rtcp_builder_finish (builder, &len), ==, RTC_OK);
  rtc_peer_protect_and_send_rtcp (
      self->bad->peers[end], sim_world_now (self->world), builder->writer.data, len, cap);
}

static RtcReceiveStream *
bad_video_inbound (Rig *self)
{
  RtcPeer *viewer = self->bad->peers[VIEWER];

  for (guint i = 0; i < viewer->inbound->len; i++) {
    RtcReceiveStream *inbound = rtc_peer_inbound (viewer, i);

    if (inbound->section == 0 && !inbound->is_repair)
      return inbound;
  }
  g_assert_not_reached ();
}

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
    rtc_rtcp_pli_write (&builder, viewer->rtcp_ssrc, bad_video_inbound (&rig)->ssrc);
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
  assert_unharmed (&rig, rig.bad);
  rig_clear (&rig);
}

/* --- T11: what does not authenticate ---------------------------------------------------------- */

/* A packet of the running stream, in clear text, with a tag (or what comes in its place). */
static gsize
make_rtp (Rig *rig, guint8 *data, gboolean to_viewer, guint n, gsize tag_len)
{
  RtcReceiveStream *inbound = bad_video_inbound (rig);
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
  guint32 ssrc = bad_video_inbound (rig)->ssrc;
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

      inject_raw (rig, SENDER, data, make_rtp (rig, data, TRUE, i, tag));
      inject_raw (rig, SENDER, data, make_rtcp (rig, data, i, tag));
      inject_raw (rig, VIEWER, data, make_rtp (rig, data, FALSE, i, tag));
      inject_raw (rig, VIEWER, data, make_rtcp (rig, data, i, tag));
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
    call_stats (&rig, rig.bad, end, &stats);
    g_assert_cmpuint (
        stats.dropped_auth + stats.dropped_malformed + stats.dropped_replay, ==, 20000);
    g_assert_cmpuint (stats.rtp_received, ==,
        end == VIEWER ? rig.bad->viewer.video_packets + rig.bad->viewer.audio_packets : 0);
    rtc_peer_stats_clear (&stats);
  }
  assert_unharmed (&rig, rig.bad);
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
  guint n = is_full_size () ? 100000 : 20000;
  RtcPeerStats before, after;
  guint64 learnt, real;
  RtcPeer *viewer;
  Rig rig;

  rig_init (&rig, 170);
  viewer = rig.bad->peers[VIEWER];
  real = rig.good->viewer.audio_packets;
  learnt = rig.bad->viewer.audio_packets;
  call_stats (&rig, rig.bad, VIEWER, &before);
  for (guint i = 0; i < n; i++) {
    inject_ssrc (&rig, 0x10000000 + i * 7919, with_mid);
    if (i % 10 == 0)
      rig_run (&rig, GST_MSECOND);
    g_assert_cmpuint (viewer->inbound->len, <=, viewer->config.limits.max_ssrcs);
  }
  rig_run (&rig, 100 * GST_MSECOND);
  call_stats (&rig, rig.bad, VIEWER, &after);
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
  assert_unharmed (&rig, rig.bad);
  rig_clear (&rig);
}

/* --- T18: feedback storms --------------------------------------------------------------------- */

static const RtcOutboundStats *
video_out (const RtcPeerStats *stats)
{
  return &g_array_index (stats->outbound, RtcOutboundStats, 0);
}

/* A thousand NACKs a second for 17 numbers each: what is resent is bounded by half of what is
 * sent, and a burst that was saved up. */
static void
test_nack_storm (gconstpointer seed)
{
  guint seconds = is_full_size () ? 60 : 5;
  RtcPeerStats before, after;
  guint64 media, resent;
  Rig rig;

  rig_init (&rig, 180 + GPOINTER_TO_UINT (seed));
  call_stats (&rig, rig.bad, SENDER, &before);
  for (guint ms = 0; ms < seconds * 1000; ms++) {
    guint8 data[512];
    guint16 seqs[17];
    RtcRtcpBuilder builder;
    const RtcReceiveStream *inbound = bad_video_inbound (&rig);

    for (guint16 i = 0; i < G_N_ELEMENTS (seqs); i++)
      seqs[i] = (guint16) (inbound->stats.max_ext_seq - ms % 500 - i);
    rtc_rtcp_builder_init (&builder, data, sizeof data, RTC_RTCP_REDUCED_SIZE);
    g_assert_cmpuint (
        rtc_rtcp_nack_write (&builder, 1, inbound->ssrc, seqs, G_N_ELEMENTS (seqs)), >, 0);
    inject_rtcp (&rig, VIEWER, &builder, sizeof data);
    rig_run (&rig, GST_MSECOND);
  }
  call_stats (&rig, rig.bad, SENDER, &after);
  resent =
      video_out (&after)->retransmitted_bytes_sent - video_out (&before)->retransmitted_bytes_sent;
  media = video_out (&after)->bytes_sent - video_out (&before)->bytes_sent - resent;
  g_test_message ("%u s: %u numbers asked for, %u packets resent, %.1f %% of the media's bytes",
      seconds, (guint) (video_out (&after)->nack_requested - video_out (&before)->nack_requested),
      (guint) (video_out (&after)->retransmitted_packets_sent),
      100.0 * (gdouble) resent / (gdouble) media);
  g_assert_cmpuint (video_out (&after)->nack_requested, >=, seconds * 1000 * 16);
  g_assert_cmpuint (resent, >, 0);
  g_assert_cmpuint (resent, <=, media / 2 + 64 * 1024);
  rtc_peer_stats_clear (&before);
  rtc_peer_stats_clear (&after);
  assert_unharmed (&rig, rig.bad);
  rig_clear (&rig);
}

static void
inject_nack (Rig *rig, guint32 ssrc, const guint16 *seqs, guint n_seqs)
{
  guint8 data[1500];
  RtcRtcpBuilder builder;

  rtc_rtcp_builder_init (&builder, data, sizeof data, RTC_RTCP_REDUCED_SIZE);
  g_assert_cmpuint (rtc_rtcp_nack_write (&builder, 1, ssrc, seqs, n_seqs), ==, n_seqs);
  inject_rtcp (rig, VIEWER, &builder, sizeof data);
  rig_run (rig, 100 * GST_MSECOND);
}

/* Every number asked for is accounted for; those of the RTX stream's SSRC are not the media's. */
static void
test_nack_account (void)
{
  RtcPeerStats before, after;
  const RtcSendStream *send;
  guint64 handled, nacks;
  guint16 seqs[2000];
  guint32 rtx_ssrc;
  Rig rig;

  rig_init (&rig, 185);
  send = &rtc_peer_section (rig.bad->peers[SENDER], 0)->send;
  for (guint i = 0; i < G_N_ELEMENTS (seqs); i++)
    seqs[i] = (guint16) (bad_video_inbound (&rig)->stats.max_ext_seq + 200
                         - (G_N_ELEMENTS (seqs) - 1) + i);
  call_stats (&rig, rig.bad, SENDER, &before);
  rtx_ssrc = video_out (&before)->rtx_ssrc;
  g_assert_cmpuint (rtx_ssrc, !=, 0);
  inject_nack (&rig, bad_video_inbound (&rig)->ssrc, seqs, G_N_ELEMENTS (seqs));
  handled = send->nack.stats.resent + send->nack.stats.not_found + send->nack.stats.throttled
            + send->nack.stats.over_budget;
  g_assert_cmpuint (send->nack.stats.requested, ==, G_N_ELEMENTS (seqs));
  g_assert_cmpuint (handled, ==, G_N_ELEMENTS (seqs));
  /* So much that a key frame is made instead. */
  g_assert_cmpuint (send->nack.stats.over_budget, >, 512);
  g_assert_cmpuint (send->nack.stats.stuck, >, 0);
  g_assert_cmpuint (send->nack.stats.not_found, >=, 200);
  rtc_peer_stats_clear (&before);

  call_stats (&rig, rig.bad, SENDER, &before);
  nacks = video_out (&before)->nack_requested;
  for (guint i = 0; i < 100; i++)
    seqs[i] = (guint16) (bad_video_inbound (&rig)->stats.max_ext_seq - 99 + i);
  inject_nack (&rig, rtx_ssrc, seqs, 100);
  call_stats (&rig, rig.bad, SENDER, &after);
  g_assert_cmpuint (video_out (&after)->nack_requested, ==, nacks);
  g_assert_cmpuint (after.feedback_unknown, ==, before.feedback_unknown + 1);
  rtc_peer_stats_clear (&before);
  rtc_peer_stats_clear (&after);
  rig_clear (&rig);
}

/* A key frame that came by RTX is a key frame: nobody asks for another. */
static void
test_key_frame_repaired (void)
{
  RtcReceiveStream *inbound;
  guint16 seq;
  Rig rig;

  rig_init (&rig, 186);
  inbound = bad_video_inbound (&rig);
  inbound->key_frame.is_waiting = TRUE;
  inbound->key_frame.next = GST_CLOCK_TIME_NONE;
  seq = (guint16) inbound->stats.base_ext_seq;
  memset (&inbound->window, 0, sizeof inbound->window); /* as if it had never come */
  inject_nack (&rig, inbound->ssrc, &seq, 1);
  inbound = bad_video_inbound (&rig);
  g_assert_cmpuint (inbound->retransmitted, ==, 1);
  g_assert_false (inbound->key_frame.is_waiting);
  rig_clear (&rig);
}

/* More datagrams than a turn takes: the rest is taken at once, not with the next report. */
static void
test_burst (void)
{
  guint8 data[100] = { 0x80, 96 };
  RtcPeerStats before, after;
  RtcPeer *viewer;
  GstClockTime now;
  Rig rig;

  rig_init (&rig, 187);
  viewer = rig.bad->peers[VIEWER];
  now = sim_world_now (rig.world);
  call_stats (&rig, rig.bad, VIEWER, &before);
  for (guint i = 0; i < 700; i++)
    fake_ice_handle_datagram (viewer->ice, now, data, sizeof data);
  rtc_peer_handle_backends (viewer, now);
  g_assert_cmpuint (rtc_peer_next_deadline (viewer), <=, now);
  rtc_peer_handle_timeout (viewer, now);
  g_assert_cmpuint (rtc_peer_next_deadline (viewer), >, now);
  call_stats (&rig, rig.bad, VIEWER, &after);
  g_assert_cmpuint (after.dropped_auth, ==, before.dropped_auth + 700);
  rtc_peer_stats_clear (&before);
  rtc_peer_stats_clear (&after);
  rig_clear (&rig);
}

/* A hundred PLIs and a hundred FIRs a second, half of them for streams that are not there: the
 * encoder is asked once a second. */
static void
test_key_frame_storm (gconstpointer seed)
{
  guint seconds = is_full_size () ? 60 : 10;
  guint64 before;
  Rig rig;

  rig_init (&rig, 180 + GPOINTER_TO_UINT (seed));
  before = sim_world_get_key_frames (rig.world);
  for (guint i = 0; i < seconds * 100; i++) {
    guint8 data[256];
    guint32 ssrc = bad_video_inbound (&rig)->ssrc;
    RtcFirEntry entries[2] = { { ssrc, (guint8) i }, { i, (guint8) i } };
    RtcRtcpBuilder builder;

    rtc_rtcp_builder_init (&builder, data, sizeof data, RTC_RTCP_REDUCED_SIZE);
    rtc_rtcp_pli_write (&builder, 1, ssrc);
    rtc_rtcp_pli_write (&builder, 1, i);
    rtc_rtcp_fir_write (&builder, i, entries, G_N_ELEMENTS (entries));
    inject_rtcp (&rig, VIEWER, &builder, sizeof data);
    rig_run (&rig, 10 * GST_MSECOND);
  }
  g_test_message ("%u requests in %u s: %u key frames", seconds * 200, seconds,
      (guint) (sim_world_get_key_frames (rig.world) - before));
  g_assert_cmpuint (sim_world_get_key_frames (rig.world) - before, >=, seconds - 1);
  g_assert_cmpuint (sim_world_get_key_frames (rig.world) - before, <=, seconds + 1);
  rig_clear (&rig);
}

/* A viewer says BYE for the sender's streams, for the other viewer's and for its own. */
static void
test_foreign_bye (void)
{
  RtcRtcpBye bye = { 0 };
  RtcRtcpBuilder builder;
  RtcPeerStats stats;
  guint8 data[512];
  Rig rig;

  rig_init (&rig, 182);
  bye.ssrcs[bye.n_ssrcs++] = bad_video_inbound (&rig)->ssrc;
  call_stats (&rig, rig.good, SENDER, &stats);
  for (guint i = 0; i < stats.outbound->len; i++)
    bye.ssrcs[bye.n_ssrcs++] = g_array_index (stats.outbound, RtcOutboundStats, i).ssrc;
  rtc_peer_stats_clear (&stats);
  for (guint i = 0; i < 100; i++) {
    rtc_rtcp_builder_init (&builder, data, sizeof data, RTC_RTCP_REDUCED_SIZE);
    rtc_rtcp_bye_write (&builder, &bye);
    inject_rtcp (&rig, VIEWER, &builder, sizeof data);
    rig_run (&rig, 10 * GST_MSECOND);
  }
  g_assert_cmpuint (rig.bad->viewer.stream_ends + rig.good->viewer.stream_ends, ==, 0);
  assert_unharmed (&rig, rig.bad);
  rig_clear (&rig);
}

/* N_STORMS seeds of a test that the reliability goals have (A30, A31). */
static void
add_seeds (const gchar *name, GTestDataFunc run)
{
  for (guint seed = 1; seed <= sim_get_n_seeds (N_STORMS); seed++) {
    gchar *path = g_strdup_printf ("/sim/hostile/%s/%u", name, seed);

    g_test_add_data_func (path, GUINT_TO_POINTER (seed), run);
    g_free (path);
  }
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
  add_seeds ("nack-storm", test_nack_storm);
  g_test_add_func ("/sim/hostile/nack-account", test_nack_account);
  g_test_add_func ("/sim/hostile/key-frame-repaired", test_key_frame_repaired);
  g_test_add_func ("/sim/hostile/burst", test_burst);
  add_seeds ("key-frame-storm", test_key_frame_storm);
  g_test_add_func ("/sim/hostile/foreign-bye", test_foreign_bye);
  return g_test_run ();
}
