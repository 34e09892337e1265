/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* test-loss.c - whole calls over bad links, as they are run: congestion control on, a source that
 * follows the target. A24 to A27 of the reliability goals, and the step of the link of the
 * project's own table (S3). RTC_TEST_SEEDS seeds each. */
#include "sim-seeds.h"
#include "sim-show.h"

#include <string.h>

enum { SENDER, VIEWER };

#define MS GST_MSECOND
#define S GST_SECOND
#define DEFAULT_SEEDS 20
#define WAY (25 * MS)
#define RTT (2 * WAY)

typedef struct {
  SimWorld *world;
  SimCall *call;
} Rig;

static void
rig_init (Rig *self, guint64 seed, const SimLink *link, GstClockTime latency, guint64 max_bps)
{
  SimWorldConfig config = { .seed = seed,
    .transport_cc = TRUE,
    .follows = TRUE,
    .payload_bytes = 1000,
    .bitrate = { 50000, 300000, max_bps },
    .latency = latency };
  GError *error = NULL;

  self->world = sim_world_new (&config);
  self->call = sim_world_add_call (self->world, link);
  sim_call_negotiate (self->call, TRUE, NULL, &error);
  g_assert_no_error (error);
}

static void
rig_clear (Rig *self)
{
  sim_world_free (self->world);
}

/* What the sender did about it. */
static void
rig_note_sender (Rig *self)
{
  RtcPeerStats stats;

  rtc_peer_get_stats (self->call->peers[SENDER], sim_world_now (self->world), &stats);
  for (guint i = 0; i < stats.outbound->len; i++) {
    const RtcOutboundStats *video = &g_array_index (stats.outbound, RtcOutboundStats, i);

    if (video->kind != RTC_MEDIA_VIDEO)
      continue;
    g_test_message ("  %u packets, %u resent; asked %u: %u not found, %u too soon, %u over budget; "
                    "%u padding; pacer: %u refused, %u dropped, %u ms at most; %u keys",
        (guint) video->packets_sent, (guint) video->retransmitted_packets_sent,
        (guint) video->nack_requested, (guint) video->nack_not_found,
        (guint) (video->nack_throttled - video->rtx_over_budget), (guint) video->rtx_over_budget,
        (guint) video->padding_packets_sent, (guint) stats.rate.pacer.refused,
        (guint) stats.rate.pacer.dropped, (guint) (stats.rate.pacer.max_wait / MS),
        (guint) video->key_frames_sent);
  }
  rtc_peer_stats_clear (&stats);
}

typedef struct {
  const gchar *name;
  gdouble loss; /* both ways */
  GstClockTime latency;
  gdouble in_time;     /* share of the pictures, at least */
  GstClockTime freeze; /* at most; 0: not asked for */
} LossCase;

static const LossCase loss_cases[] = {
  { "a24-1", 0.01, 200 * MS, 0.999, 0 },
  { "a24-3", 0.03, 200 * MS, 0.997, 0 },
  { "a24-5", 0.05, 200 * MS, 0.995, 0 },
  { "a25", 0.10, 300 * MS, 0.99, 500 * MS },
  { "a26", 0.20, 500 * MS, 0.98, 0 },
};

static void
test_loss (gconstpointer data)
{
  const LossCase *one = data;
  SimLink link = { .delay = WAY, .loss = one->loss };
  guint n = sim_get_n_seeds (DEFAULT_SEEDS), n_bad = 0;

  for (guint seed = 1; seed <= n; seed++) {
    gboolean good;
    gdouble share;
    SimShow show;
    Rig rig;

    rig_init (&rig, seed, &link, one->latency, 1500000);
    sim_world_run (rig.world, 63 * S);
    sim_show_judge (rig.call, 2 * S, 60 * S, one->latency, &show);
    share = (gdouble) show.complete_in_time / (gdouble) show.frames;
    good = share >= one->in_time && rig.call->viewer.repeats == 0
           && rtc_peer_get_state (rig.call->peers[VIEWER]) == RTC_PEER_STATE_CONNECTED
           && (one->freeze == 0 || show.longest_freeze <= one->freeze);
    g_test_message ("%sseed %u: %.2f %% of %u complete in time (>= %.1f), %.2f %% shown in time, "
                    "longest freeze %u ms, %u over 200, target %u kbit/s",
        good ? "" : "FAILED, ", seed, share * 100, (guint) show.frames, one->in_time * 100,
        100.0 * (gdouble) show.in_time / (gdouble) show.frames, (guint) (show.longest_freeze / MS),
        show.freezes_200, (guint) (rig.call->target_bps / 1000));
    rig_note_sender (&rig);
    n_bad += !good;
    rig_clear (&rig);
  }
  g_test_message ("%u of %u seeds good", n - n_bad, n);
  if (n_bad > 0)
    g_test_fail ();
}

/* A27: bursts of five on the way of the media, and two seconds of patience: every picture comes in
 * the end. (Bursts both ways, without a rate that follows: sim-receive-path.) */
static void
test_bursts (void)
{
  static const gdouble means[] = { 0.01, 0.05, 0.10 };
  guint n = sim_get_n_seeds (DEFAULT_SEEDS), n_bad = 0;

  for (guint i = 0; i < n * G_N_ELEMENTS (means); i++) {
    gdouble mean = means[i % G_N_ELEMENTS (means)];
    SimLink link = { .delay = WAY, .burst_stop = 0.2, .burst_loss = 1 };
    guint seed = 1 + i / G_N_ELEMENTS (means);
    SimShow show;
    Rig rig;

    link.burst_start = link.burst_stop * mean / (1 - mean);
    rig_init (&rig, seed, &link, 2 * S, 1500000);
    sim_net_set_link (rig.call->net, SIM_B_TO_A, &(SimLink){ .delay = WAY });
    sim_world_run (rig.world, 63 * S);
    /* From when it is connected, which bursts may delay. */
    sim_show_judge (rig.call, rig.call->viewer.first_media + S, 60 * S, 2 * S, &show);
    if (show.shown < show.frames) {
      g_test_message ("FAILED, seed %u, mean %.0f %%: %u of %u pictures", seed, mean * 100,
          (guint) show.shown, (guint) show.frames);
      rig_note_sender (&rig);
      n_bad++;
    }
    rig_clear (&rig);
  }
  g_test_message (
      "%u of %u good", n * (guint) G_N_ELEMENTS (means) - n_bad, n * (guint) G_N_ELEMENTS (means));
  if (n_bad > 0)
    g_test_fail ();
}

/* --- S3: 2.5, 0.6, 2.5 Mbit/s with a queue of 300 ms --------------------------------------------
 */

/* What crosses the link in the sender's direction, by tenths of a second. */
#define N_SLOTS 700

typedef struct {
  guint64 sent[N_SLOTS], resent[N_SLOTS];
  guint32 rtx_ssrc;
} Wire;

static gboolean
wire_tap (gpointer user_data, GstClockTime now, SimDir dir, const guint8 *data, gsize len)
{
  Wire *self = user_data;
  guint slot = (guint) (now / (100 * MS));

  if (dir != SIM_A_TO_B || slot >= N_SLOTS || len < 12 || data[0] >> 6 != 2)
    return FALSE;
  self->sent[slot] += len;
  if (GST_READ_UINT32_BE (data + 8) == self->rtx_ssrc)
    self->resent[slot] += len;
  return FALSE;
}

static guint64
sum (const guint64 *slots, guint from, guint n)
{
  guint64 bytes = 0;

  for (guint i = from; i < from + n && i < N_SLOTS; i++)
    bytes += slots[i];
  return bytes;
}

/* The first second after from of which rate is sent, in tenths; N_SLOTS: none. */
static guint
find_rate (const Wire *wire, guint from, gdouble bps)
{
  for (guint i = from; i + 10 < N_SLOTS; i++)
    if ((gdouble) sum (wire->sent, i, 10) * 8 >= bps)
      return i + 10 - from;
  return N_SLOTS;
}

static gboolean
judge_step (Rig *rig, const Wire *wire, guint seed)
{
  guint risen = find_rate (wire, 400, 0.8 * 2.5e6);
  gdouble resent = 0;
  gboolean good;
  SimShow show;

  sim_show_judge (rig->call, 3 * S, 60 * S, 200 * MS, &show);
  for (guint i = 30; i + 10 < 600; i++)
    resent = MAX (
        resent, (gdouble) sum (wire->resent, i, 10) / (gdouble) MAX (sum (wire->sent, i, 10), 1));
  good = show.longest_freeze <= 700 * MS && risen <= 80 && resent <= 0.5;
  g_test_message ("%sseed %u: longest freeze %u ms (<= 700), %u over 200, %.1f %% shown, 80 %% of "
                  "2.5 Mbit/s again after %.1f s (<= 8), at most %.0f %% resent (<= 50)",
      good ? "" : "FAILED, ", seed, (guint) (show.longest_freeze / MS), show.freezes_200,
      100.0 * (gdouble) show.shown / (gdouble) show.frames, risen / 10.0, resent * 100);
  return good;
}

static void
test_step (void)
{
  static const LinkRateStep steps[] = { { 0, 2500000 }, { 20 * S, 600000 }, { 40 * S, 2500000 } };
  SimLink link = { .delay = WAY, .queue = 300 * MS };
  guint n = sim_get_n_seeds (DEFAULT_SEEDS), n_bad = 0;

  for (guint seed = 1; seed <= n; seed++) {
    Wire *wire = g_new0 (Wire, 1);
    RtcPeerStats stats;
    Rig rig;

    rig_init (&rig, seed, &link, 200 * MS, 3000000);
    sim_net_set_schedule (rig.call->net, SIM_A_TO_B, steps, G_N_ELEMENTS (steps));
    sim_call_run_connected (rig.call, 10 * S);
    rtc_peer_get_stats (rig.call->peers[SENDER], sim_world_now (rig.world), &stats);
    for (guint i = 0; i < stats.outbound->len; i++)
      if (g_array_index (stats.outbound, RtcOutboundStats, i).kind == RTC_MEDIA_VIDEO)
        wire->rtx_ssrc = g_array_index (stats.outbound, RtcOutboundStats, i).rtx_ssrc;
    rtc_peer_stats_clear (&stats);
    sim_net_set_tap (rig.call->net, wire_tap, wire);
    sim_world_run (rig.world, 64 * S);
    n_bad += !judge_step (&rig, wire, seed);
    rig_note_sender (&rig);
    rig_clear (&rig);
    g_free (wire);
  }
  g_test_message ("%u of %u seeds good", n - n_bad, n);
  if (n_bad > 0)
    g_test_fail ();
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  gst_init (NULL, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (loss_cases); i++) {
    gchar *path = g_strdup_printf ("/sim/loss/%s", loss_cases[i].name);

    g_test_add_data_func (path, &loss_cases[i], test_loss);
    g_free (path);
  }
  g_test_add_func ("/sim/loss/a27", test_bursts);
  g_test_add_func ("/sim/loss/s3", test_step);
  return g_test_run ();
}
