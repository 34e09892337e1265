/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* test-fec.c - whole calls over paths on which retransmission comes too late: what forward error
 * correction repairs in time, and what it costs. RTC_TEST_SEEDS: more seeds. */
#include "sim-seeds.h"
#include "sim-steps.h"

#include <string.h>

#include "gst/rtc/base/rtc-time.h"
#include "gst/rtc/peer/rtc-peer-private.h"

enum { SENDER, VIEWER };

#define MS GST_MSECOND
#define N_SEEDS 2
#define N_STEPS_SEEDS 10
#define SECONDS 40
#define WARM_UP (5 * GST_SECOND) /* the loss has to be reported first */

typedef struct {
  guint64 pictures, late; /* after the warm-up; not complete 300 ms after they were captured */
  guint64 bytes;          /* sent by the sender, all that a network carries */
  guint64 audio_sent, audio_received;
  RtcOutboundStats video_out, audio_out;
  RtcInboundStats video_in, audio_in;
  SimViewer viewer;
} Outcome;

static void
take_stats (SimCall *call, GstClockTime now, Outcome *out)
{
  RtcPeerStats stats;

  rtc_peer_get_stats (call->peers[SENDER], now, &stats);
  for (guint i = 0; i < stats.outbound->len; i++) {
    const RtcOutboundStats *stream = &g_array_index (stats.outbound, RtcOutboundStats, i);

    *(stream->kind == RTC_MEDIA_VIDEO ? &out->video_out : &out->audio_out) = *stream;
  }
  rtc_peer_stats_clear (&stats);
  rtc_peer_get_stats (call->peers[VIEWER], now, &stats);
  for (guint i = 0; i < stats.inbound->len; i++) {
    const RtcInboundStats *stream = &g_array_index (stats.inbound, RtcInboundStats, i);

    *(stream->kind == RTC_MEDIA_VIDEO ? &out->video_in : &out->audio_in) = *stream;
  }
  rtc_peer_stats_clear (&stats);
}

static void
run_call (RtcFecKinds fec, const SimLink *link, guint seed, Outcome *out)
{
  /* 100 ms on the way, and 200 ms to wait: one retransmission takes longer. */
  SimWorldConfig config = { .seed = seed, .latency = 200 * MS, .fec = fec };
  SimWorld *world = sim_world_new (&config);
  SimCall *call = sim_world_add_call (world, link);
  guint64 in_time, frames, audio;
  GError *error = NULL;
  SimNetStats net;

  memset (out, 0, sizeof *out);
  sim_call_negotiate (call, TRUE, NULL, &error);
  g_assert_no_error (error);
  sim_world_run (world, WARM_UP);
  in_time = call->viewer.frames_in_time;
  frames = sim_world_get_frames (world);
  audio = call->viewer.audio_packets;
  sim_world_run (world, WARM_UP + SECONDS * GST_SECOND);
  /* What is on its way now counts as late on all kinds of calls: a dozen pictures. */
  out->pictures = sim_world_get_frames (world) - frames;
  out->late = out->pictures - (call->viewer.frames_in_time - in_time);
  out->audio_sent = SECONDS * 50;
  out->audio_received = call->viewer.audio_packets - audio;
  sim_net_get_stats (call->net, SIM_A_TO_B, &net);
  out->bytes = net.bytes_pushed;
  out->viewer = call->viewer;
  take_stats (call, sim_world_now (world), out);
  g_assert_cmpuint (call->viewer.repeats, ==, 0);
  sim_world_free (world);
}

static gdouble
share_late (const Outcome *outcome)
{
  return (gdouble) outcome->late / (gdouble) outcome->pictures;
}

static void
tell (const gchar *name, const Outcome *outcome, const Outcome *without)
{
  g_test_message ("%s: %.2f %% of the pictures late, %.1f %% more bytes; %u parities sent, %u "
                  "received, %u of no use, %u packets recovered, %u by RTX; sound %.2f %% missing",
      name, 100 * share_late (outcome),
      100.0 * (gdouble) outcome->bytes / (gdouble) without->bytes - 100,
      (guint) outcome->video_out.fec_packets_sent, (guint) outcome->video_in.fec_packets_received,
      (guint) outcome->video_in.fec_packets_discarded, (guint) outcome->video_in.packets_recovered,
      (guint) outcome->video_in.retransmitted_packets_received,
      100 - 100.0 * (gdouble) outcome->audio_received / (gdouble) outcome->audio_sent);
}

/* --- pictures, RTT 200 ms ------------------------------------------------------------------------
 */

typedef struct {
  const gchar *name;
  SimLink link;
  gdouble better; /* so many times fewer pictures late */
  gdouble costs;  /* of the bytes, at most */
} Path;

static const Path paths[] = {
  { "5 % at random", { .delay = 100 * MS, .loss = 0.05 }, 4, 0.31 },
  { "10 % at random", { .delay = 100 * MS, .loss = 0.1 }, 2.5, 0.47 },
  { "5 % in bursts of 3",
      { .delay = 100 * MS, .burst_start = 0.0175, .burst_stop = 0.333, .burst_loss = 1 }, 2, 0.4 },
};

static void
test_pictures (gconstpointer data)
{
  const Path *path = &paths[GPOINTER_TO_UINT (data) % G_N_ELEMENTS (paths)];
  gboolean flexfec = GPOINTER_TO_UINT (data) < G_N_ELEMENTS (paths);
  gdouble late = 0, late_without = 0;

  for (guint seed = 1; seed <= sim_get_n_seeds (N_SEEDS); seed++) {
    Outcome with, without;

    run_call (RTC_FEC_NONE, &path->link, seed, &without);
    run_call (flexfec ? RTC_FEC_FLEXFEC : RTC_FEC_ULPFEC, &path->link, seed, &with);
    tell ("without", &without, &without);
    tell (flexfec ? "FlexFEC" : "ULPFEC", &with, &without);
    g_assert_cmpuint (without.video_out.fec_packets_sent, ==, 0);
    g_assert_cmpuint (without.viewer.recovered + without.viewer.empty, ==, 0);
    g_assert_cmpuint (with.video_out.fec_packets_sent, >, 1000);
    g_assert_cmpuint (with.video_in.packets_recovered, ==, with.viewer.recovered);
    g_assert_cmpuint (with.video_in.fec_packets_received, <=, with.video_out.fec_packets_sent);
    g_assert_cmpuint (
        with.video_in.fec_packets_received, >=, with.video_out.fec_packets_sent * 80 / 100);
    g_assert_cmpint (with.viewer.empty > 0, ==, !flexfec);
    g_assert_cmpuint (
        with.video_in.fec_bytes_received, >, with.video_in.fec_packets_received * 100);
    g_assert_cmpfloat ((gdouble) with.bytes / (gdouble) without.bytes, <=, 1 + path->costs);
    late += share_late (&with);
    late_without += share_late (&without);
  }
  g_test_message ("%s: %.2f %% instead of %.2f %%", path->name,
      100 * late / sim_get_n_seeds (N_SEEDS), 100 * late_without / sim_get_n_seeds (N_SEEDS));
  g_assert_cmpfloat (late * path->better, <=, late_without);
}

/* --- where it is not worth it
 * ---------------------------------------------------------------------
 */

static void
test_nothing_spent (void)
{
  static const SimLink links[] = { { .delay = 100 * MS }, { .delay = 20 * MS, .loss = 0.05 } };

  for (guint i = 0; i < G_N_ELEMENTS (links); i++) {
    Outcome with, without;

    run_call (RTC_FEC_FLEXFEC | RTC_FEC_ULPFEC, &links[i], 3, &with);
    run_call (RTC_FEC_NONE, &links[i], 3, &without);
    g_assert_cmpuint (with.video_out.fec_packets_sent, ==, 0);
    g_assert_cmpuint (with.viewer.recovered + with.viewer.empty, ==, 0);
    g_assert_cmpfloat ((gdouble) with.bytes, <=, (gdouble) without.bytes * 1.02);
  }
}

/* --- queues, RTT 200 ms
 * --------------------------------------------------------------------------
 */

#define ENOUGH (15 * GST_SECOND) /* for loss to be reported and believed */

/* What a call with a queue of 300 ms spends: at the most, and from ENOUGH on at the least; and the
 * most if only reports were gone by, which count what queues lose, too. */
typedef struct {
  RtcSendFec by_reports;
  gdouble most, least, reports_most; /* parities per packet */
  guint64 parities;
  gfloat told_most;  /* loss that encoders are told of: Opus mends it in band */
  gdouble lost_most; /* of all */
} Spent;

static void
look (gpointer data, const SimCall *call, GstClockTime now)
{
  const RtcSendStream *send = &rtc_peer_section (call->peers[SENDER], call->video)->send;
  Spent *self = data;

  rtc_send_fec_handle_report (&self->by_reports, send->stats.highest_seq, send->stats.packets_lost,
      send->stats.has_rtt ? send->stats.smoothed_rtt : GST_CLOCK_TIME_NONE, TRUE);
  self->most = MAX (self->most, send->fec.policy.delta);
  self->reports_most = MAX (self->reports_most, self->by_reports.policy.delta);
  if (now >= ENOUGH)
    self->least = MIN (self->least, send->fec.policy.delta);
  self->parities = send->fec.counters.packets;
  self->told_most = MAX (self->told_most, call->peers[SENDER]->rate->announced_loss);
  self->lost_most = MAX (self->lost_most, call->peers[SENDER]->rate->target.loss);
}

static void
run_steps (SimStepsKind kind, gdouble loss, guint64 seed, Spent *spent)
{
  SimWorldConfig config = { .seed = seed,
    .transport_cc = TRUE,
    .follows = TRUE,
    .payload_bytes = 1000,
    .bitrate = { 50000, 1000000, 3000000 },
    .fec = RTC_FEC_FLEXFEC };
  SimLink link = { .delay = 100 * MS, .loss = loss, .queue = 300 * MS };
  SimWorld *world = sim_world_new (&config);
  SimCall *call = sim_world_add_call (world, &link);
  GError *error = NULL;

  *spent = (Spent){ .least = 1 };
  rtc_send_fec_init (&spent->by_reports, &(RtcSendFecConfig){ .kind = RTC_MEDIA_VIDEO });
  sim_net_set_both (call->net, &link);
  sim_call_negotiate (call, TRUE, NULL, &error);
  g_assert_no_error (error);
  sim_steps_run (sim_steps_get (kind), call, &link, seed, look, spent);
  g_test_message ("%s, seed %u: %u parities, %.1f to %.1f %%; by reports up to %.1f %%",
      sim_steps_get (kind)->name, (guint) seed, (guint) spent->parities, 100 * spent->least,
      100 * spent->most, 100 * spent->reports_most);
  rtc_send_fec_clear (&spent->by_reports);
  sim_world_free (world);
}

/* What a queue loses that overflows is no reason to send more. */
static void
test_queues (void)
{
  guint n = sim_get_n_seeds (N_STEPS_SEEDS), n_bad = 0, n_by_reports = 0;
  gdouble lost_most = 0;

  for (SimStepsKind kind = 0; kind < SIM_STEPS_N; kind++) {
    for (guint seed = 1; seed <= n; seed++) {
      Spent spent;

      run_steps (kind, 0, seed, &spent);
      n_bad += spent.parities > 0 || spent.most > 0;
      n_by_reports += spent.reports_most > 0;
      g_assert_cmpfloat (spent.told_most, <=, 0.01);
      lost_most = MAX (lost_most, spent.lost_most);
    }
  }
  g_test_message (
      "by reports there would be some in %u of %u calls", n_by_reports, SIM_STEPS_N * n);
  /* Else the calls show nothing. */
  g_assert_cmpuint (n_by_reports, >, 0);
  g_assert_cmpfloat (lost_most, >, 0.05);
  g_assert_cmpuint (n_bad, ==, 0);
}

/* What the path loses is protected from before, in and after the time in which a queue loses, too;
 * no more than it calls for. */
static void
test_queue_and_loss (void)
{
  for (guint seed = 1; seed <= sim_get_n_seeds (N_STEPS_SEEDS); seed++) {
    Spent spent;

    run_steps (SIM_STEPS_ONE, 0.05, seed, &spent);
    g_assert_cmpuint (spent.parities, >, 500);
    g_assert_cmpfloat (spent.least, >=, RTC_FEC_POLICY_GAIN * 0.025);
    g_assert_cmpfloat (spent.most, <=, RTC_FEC_POLICY_MAX);
    g_assert_cmpfloat (spent.told_most, >=, 0.03);
  }
}

/* --- sound
 * ----------------------------------------------------------------------------------------
 */

static void
test_sound (void)
{
  SimLink link = { .delay = 20 * MS, .loss = 0.1 };
  Outcome with, without;

  run_call (RTC_FEC_NONE, &link, 4, &without);
  run_call (RTC_FEC_RED, &link, 4, &with);
  tell ("without", &without, &without);
  tell ("RED", &with, &without);
  g_assert_cmpuint (without.audio_received, <, without.audio_sent * 93 / 100);
  g_assert_cmpuint (with.audio_received, >=, with.audio_sent * 97 / 100);
  g_assert_cmpuint (with.audio_out.red_frames_sent, >, with.audio_sent * 9 / 10);
  g_assert_cmpuint (with.audio_in.packets_recovered, >, with.audio_sent * 6 / 100);
  g_assert_cmpuint (with.audio_in.packets_recovered, ==, with.viewer.recovered);
  g_assert_cmpuint (with.audio_in.packets_duplicated, ==, 0);
  g_assert_cmpuint (with.audio_in.fec_packets_received, >=, with.audio_in.packets_recovered);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < 2 * G_N_ELEMENTS (paths); i++) {
    gchar *name = g_strdup_printf ("/fec/%s/%s", i < G_N_ELEMENTS (paths) ? "flexfec" : "ulpfec",
        paths[i % G_N_ELEMENTS (paths)].name);

    g_test_add_data_func (name, GUINT_TO_POINTER (i), test_pictures);
    g_free (name);
  }
  g_test_add_func ("/fec/nothing-spent", test_nothing_spent);
  g_test_add_func ("/fec/queues", test_queues);
  g_test_add_func ("/fec/queue-and-loss", test_queue_and_loss);
  g_test_add_func ("/fec/sound", test_sound);
  return g_test_run ();
}
