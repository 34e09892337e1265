/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* test-stuck.c - whole calls with viewers as patient as browsers, who wait for a repair for three
 * seconds before they ask for a key frame: where repair fails the sender makes one by itself. */
#include "gst/rtc/rtp/rtc-demux.h"
#include "sim-munge.h"
#include "sim-seeds.h"
#include "sim-show.h"

#include <string.h>

#include "gst/rtc/peer/rtc-peer-private.h"
#include "gst/rtc/rtcp/rtc-rtcp-psfb.h"

enum { SENDER, VIEWER };

#define MS GST_MSECOND
#define S GST_SECOND
#define SEEDS 20
#define WAY (25 * MS)
#define PATIENCE (3 * S)
#define MAX_BPS 1500000
#define SRTP_TAG 16
#define SRTCP_TRAILER 20

typedef struct {
  SimWorld *world;
  SimCall *call;
  guint32 rtx_ssrc;
  gboolean is_deaf; /* no RTX gets through */
  guint8 n_resent[0x10000];
  guint most_resent, n_plis;
} Rig;

static void
rig_see_rtcp (Rig *self, const guint8 *data, gsize len)
{
  guint32 sender_ssrc, media_ssrc;
  RtcRtcpPacket packet;
  RtcRtcpWalk walk;

  rtc_rtcp_walk_init (&walk, data, len, 64);
  while (rtc_rtcp_walk_next (&walk, &packet))
    self->n_plis += rtc_rtcp_pli_parse (&packet, &sender_ssrc, &media_ssrc) == RTC_OK ? 1 : 0;
}

static gboolean
rig_tap (gpointer user_data, GstClockTime now, SimDir dir, const guint8 *data, gsize len)
{
  Rig *self = user_data;
  RtcRtpHeader header;
  guint16 seq;

  if (dir == SIM_B_TO_A) {
    if (rtc_demux_classify (data, len) == RTC_DEMUX_RTCP)
      rig_see_rtcp (self, data, len - SRTCP_TRAILER);
    return FALSE;
  }
  if (self->rtx_ssrc == 0 || rtc_demux_classify (data, len) != RTC_DEMUX_RTP
      || rtc_rtp_header_parse (&header, data, len - SRTP_TAG) != RTC_OK
      || header.ssrc != self->rtx_ssrc)
    return FALSE;
  if (header.payload_len >= 2) {
    seq = GST_READ_UINT16_BE (data + header.payload_offset);
    self->n_resent[seq]++;
    self->most_resent = MAX (self->most_resent, self->n_resent[seq]);
  }
  return self->is_deaf;
}

static gchar *
munge_no_rtx (gchar *sdp, gboolean from_sender)
{
  return sim_munge_replace (sdp, " rtx/", " x-nothing/");
}

static void
rig_init (Rig *self, guint64 seed, const SimLink *link, guint64 max_bps, gboolean has_rtx)
{
  SimWorldConfig config = { .seed = seed,
    .transport_cc = TRUE,
    .follows = TRUE,
    .payload_bytes = 1000,
    .bitrate = { 50000, 1000000, max_bps },
    .latency = PATIENCE };
  const RtcRewriteConfig *rewrite;
  GError *error = NULL;

  memset (self, 0, sizeof *self);
  self->world = sim_world_new (&config);
  self->call = sim_world_add_call (self->world, link);
  sim_call_negotiate (self->call, TRUE, has_rtx ? NULL : munge_no_rtx, &error);
  g_assert_no_error (error);
  rewrite = &rtc_peer_section (self->call->peers[SENDER], self->call->video)->send.config.rewrite;
  g_assert_cmpint (rewrite->rtx_payload_type != 0, ==, has_rtx);
  self->rtx_ssrc = has_rtx ? rewrite->rtx_ssrc : 0;
  sim_net_set_tap (self->call->net, rig_tap, self);
}

/* Half a second without a packet either way, twice: a picture again half a second later, each time
 * (A33 allows a second). */
static void
test_outages (gconstpointer data)
{
  static const GstClockTime outages[] = { 10 * S, 13 * S };
  gdouble loss = GPOINTER_TO_UINT (data) / 100.0;
  SimLink link = { .delay = WAY, .loss = loss };
  guint n = sim_get_n_seeds (SEEDS), n_bad = 0;

  for (guint seed = 1; seed <= n; seed++) {
    gboolean good = TRUE;
    SimShow show;
    Rig rig;

    rig_init (&rig, seed, &link, MAX_BPS, TRUE);
    for (guint i = 0; i < G_N_ELEMENTS (outages); i++)
      for (guint dir = 0; dir < SIM_N_DIRS; dir++)
        sim_net_add_blackhole (rig.call->net, (SimDir) dir, outages[i], outages[i] + 500 * MS);
    sim_world_run (rig.world, 20 * S);
    for (guint i = 0; i < G_N_ELEMENTS (outages); i++) {
      sim_show_judge (rig.call, outages[i] - S, outages[i] + 2500 * MS, 50 * MS, &show);
      good &= show.longest_freeze <= 1000 * MS;
      g_test_message (
          "seed %u, outage %u: frozen for %u ms", seed, i + 1, (guint) (show.longest_freeze / MS));
    }
    if (!good)
      g_test_message ("FAILED, seed %u", seed);
    n_bad += !good;
    sim_world_free (rig.world);
  }
  if (n_bad > 0)
    g_test_fail ();
}

/* No repair gets through for a whole call, although the viewer has agreed to RTX, or because it has
 * not: each loss is followed by a key frame soon, and nothing is resent endlessly. */
static void
test_no_repair (gconstpointer data)
{
  gboolean has_rtx = GPOINTER_TO_UINT (data);
  SimLink link = { .delay = WAY, .loss = 0.002 };
  guint n = sim_get_n_seeds (SEEDS), n_bad = 0;

  for (guint seed = 1; seed <= n; seed++) {
    gboolean good;
    SimShow show;
    Rig rig;

    rig_init (&rig, seed, &link, MAX_BPS, has_rtx);
    rig.is_deaf = TRUE;
    sim_world_run (rig.world, 40 * S);
    sim_show_judge (rig.call, 3 * S, 36 * S, 50 * MS, &show);
    /* One that is lost right after a key frame, or in it, waits for a second: key frames are so far
     * apart. */
    good = show.longest_freeze <= 2500 * MS && rig.n_plis <= 1 && rig.most_resent <= 10;
    g_test_message (
        "%sseed %u: longest freeze %u ms, %u key frames, %u PLI, resent %u times at most",
        good ? "" : "FAILED, ", seed, (guint) (show.longest_freeze / MS),
        (guint) sim_world_get_key_frames (rig.world), rig.n_plis, rig.most_resent);
    n_bad += !good;
    sim_world_free (rig.world);
  }
  if (n_bad > 0)
    g_test_fail ();
}

/* A source that is too much for the link, on which packets get lost, too: what waits to be resent
 * is dropped with the frames around it, and none of that counts as resent, nor is it forgotten. */
static void
test_account (void)
{
  SimLink link = { .delay = WAY, .loss = 0.1, .rate_bps = 1500000, .queue = 300 * MS };
  SimWorldConfig config = {
    .seed = 3, .packets_per_frame = 6, .payload_bytes = 1000, .transport_cc = TRUE, .latency = S
  };
  const RtcNackResponder *nack;
  const RtcSendStream *send;
  GError *error = NULL;
  SimWorld *world = sim_world_new (&config);
  SimCall *call = sim_world_add_call (world, &link);

  sim_call_negotiate (call, TRUE, NULL, &error);
  g_assert_no_error (error);
  sim_world_run (world, 40 * S);
  sim_world_set_paused (world, TRUE);
  sim_world_run (world, 45 * S);
  send = &rtc_peer_section (call->peers[SENDER], call->video)->send;
  nack = &send->nack;
  g_test_message ("%u asked for, %u resent, %u dropped, %u not found, %u too soon, %u over budget",
      (guint) nack->stats.requested, (guint) nack->stats.resent, (guint) nack->stats.dropped,
      (guint) nack->stats.not_found, (guint) nack->stats.throttled,
      (guint) nack->stats.over_budget);
  g_assert_cmpuint (nack->stats.resent, >, 100);
  g_assert_cmpuint (nack->waiting_bytes, ==, 0);
  g_assert_cmpuint (nack->stats.resent, ==, send->rtx_stats.retransmitted_packets);
  g_assert_cmpuint (nack->stats.requested, ==,
      nack->stats.resent + nack->stats.dropped + nack->stats.not_found + nack->stats.throttled
          + nack->stats.over_budget);
  sim_world_free (world);
}

/* A viewer whom no repair reaches in much loss costs the others a key frame each four seconds. */
static void
test_beside_others (void)
{
  SimLink link = { .delay = WAY, .loss = 0.05 }, clean = { .delay = WAY };
  guint64 before;
  Rig rig;

  rig_init (&rig, 1, &link, MAX_BPS, TRUE);
  rig.is_deaf = TRUE;
  g_assert_true (sim_call_negotiate (sim_world_add_call (rig.world, &clean), TRUE, NULL, NULL));
  sim_world_run (rig.world, 20 * S);
  before = sim_world_get_key_frames (rig.world);
  sim_world_run (rig.world, 60 * S);
  g_test_message ("%u key frames in 40 s, %u PLI",
      (guint) (sim_world_get_key_frames (rig.world) - before), rig.n_plis);
  g_assert_cmpuint (sim_world_get_key_frames (rig.world) - before, >=, 8);
  g_assert_cmpuint (sim_world_get_key_frames (rig.world) - before, <=, 11 + rig.n_plis);
  sim_world_free (rig.world);
}

/* A link that becomes four times slower, whose queue overflows: what is lost there is not sent
 * again, which would fill the queue further, but mended by one key frame of the new rate, and that
 * one is not lost. */
static void
test_narrows (void)
{
  SimLink wide = { .delay = WAY, .rate_bps = 2000000, .queue = 300 * MS }, narrow = wide;
  guint n = sim_get_n_seeds (SEEDS), n_bad = 0;

  narrow.rate_bps = 500000;
  for (guint seed = 1; seed <= n; seed++) {
    guint64 before, key_frames;
    SimShow show;
    gboolean good;
    Rig rig;

    rig_init (&rig, seed, &wide, 2 * MAX_BPS, TRUE);
    sim_world_run (rig.world, 10 * S + seed * 7 * MS);
    before = sim_world_get_key_frames (rig.world);
    sim_net_set_link (rig.call->net, SIM_A_TO_B, &narrow);
    sim_world_run (rig.world, 20 * S);
    key_frames = sim_world_get_key_frames (rig.world) - before;
    sim_show_judge (rig.call, 9 * S, 16 * S, 50 * MS, &show);
    good = show.longest_freeze <= 700 * MS && show.freezes_200 <= 1 && key_frames <= 1;
    g_test_message ("%sseed %u: longest freeze %u ms, %u over 200 ms, %u key frames",
        good ? "" : "FAILED, ", seed, (guint) (show.longest_freeze / MS), show.freezes_200,
        (guint) key_frames);
    n_bad += !good;
    sim_world_free (rig.world);
  }
  if (n_bad > 0)
    g_test_fail ();
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  gst_init (NULL, NULL);
  g_test_add_data_func ("/sim/stuck/outages", GUINT_TO_POINTER (0), test_outages);
  g_test_add_data_func ("/sim/stuck/outages-and-loss", GUINT_TO_POINTER (3), test_outages);
  g_test_add_data_func ("/sim/stuck/deaf-to-rtx", GUINT_TO_POINTER (TRUE), test_no_repair);
  g_test_add_data_func ("/sim/stuck/without-rtx", GUINT_TO_POINTER (FALSE), test_no_repair);
  g_test_add_func ("/sim/stuck/account", test_account);
  g_test_add_func ("/sim/stuck/narrows", test_narrows);
  g_test_add_func ("/sim/stuck/beside-others", test_beside_others);
  return g_test_run ();
}
