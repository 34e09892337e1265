/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* cc-bands.c - the scenarios by which libwebrtc judges its GoogCC, with their bands, and the link
 * of the project's own table (S3).
 *
 * Of libwebrtc's tests the links and the bands are taken. Where they leave a queue without a limit
 * ours holds two seconds: delay, not loss, has to tell of it. */
#include "cc-cases.h"

#define MBIT G_GUINT64_CONSTANT (1000000)
#define KBIT G_GUINT64_CONSTANT (1000)
#define S GST_SECOND
#define MS GST_MSECOND
#define QUEUE (2 * S)

static void
set_link (CcBench *bench, guint64 rate, GstClockTime delay, gdouble loss)
{
  LinkConfig link = { .rate_bps = rate, .delay = delay, .loss = loss, .queue = QUEUE };

  cc_bench_set_link (bench, &link);
}

static void
add_flow (CcBench *bench)
{
  cc_bench_add_flow (bench, &(CcFlowConfig){ 0 });
}

static void
judge_target (CcVerdict *verdict, const gchar *when, guint64 target, guint64 least, guint64 most)
{
  cc_verdict_note (verdict, target >= least && target <= most, "%s: %u kbit/s (%u to %u)", when,
      (guint) (target / KBIT), (guint) (least / KBIT), (guint) (most / KBIT));
}

static guint64
target_at (CcBench *bench, GstClockTime time)
{
  return (guint64) cc_mean_target (bench, 0, time - CC_SLOT, time);
}

/* --- the target follows the capacity -------------------------------------------------------------
 */

static void
set_up_capacity (CcBench *bench)
{
  set_link (bench, 500 * KBIT, 100 * MS, 0);
  add_flow (bench);
}

static void
play_capacity (CcBench *bench)
{
  cc_bench_run (bench, 25 * S);
  set_link (bench, 800 * KBIT, 100 * MS, 0);
  cc_bench_run (bench, 45 * S);
  set_link (bench, 100 * KBIT, 200 * MS, 0);
}

static void
judge_capacity (CcBench *bench, CcVerdict *verdict)
{
  judge_target (verdict, "25 s of 500", target_at (bench, 25 * S), 350 * KBIT, 550 * KBIT);
  judge_target (verdict, "20 s of 800", target_at (bench, 45 * S), 600 * KBIT, 900 * KBIT);
  judge_target (verdict, "50 s of 100", target_at (bench, 95 * S), 65 * KBIT, 115 * KBIT);
}

/* --- a fast start --------------------------------------------------------------------------------
 */

static void
set_up_start (CcBench *bench)
{
  set_link (bench, 2 * MBIT, 50 * MS, 0);
  add_flow (bench);
}

static void
judge_start (CcBench *bench, CcVerdict *verdict)
{
  judge_target (verdict, "10 s of 2000", target_at (bench, 10 * S), 1500 * KBIT, 2500 * KBIT);
}

/* --- loss ----------------------------------------------------------------------------------------
 */

static void
set_up_loss_10 (CcBench *bench)
{
  set_link (bench, 2 * MBIT, 200 * MS, 0.1);
  add_flow (bench);
}

static void
judge_loss_10 (CcBench *bench, CcVerdict *verdict)
{
  judge_target (verdict, "120 s with 10 % lost", target_at (bench, 120 * S), 100 * KBIT, 5 * MBIT);
}

static void
set_up_loss_20 (CcBench *bench)
{
  set_link (bench, 2 * MBIT, 10 * MS, 0.2);
  add_flow (bench);
}

static void
judge_loss_20 (CcBench *bench, CcVerdict *verdict)
{
  guint64 toggle = cc_deepest_toggle (bench, 0, 250 * MS, 60 * S);

  judge_target (verdict, "toggling with 20 % lost", toggle, 0, 100 * KBIT);
  judge_target (verdict, "target then", target_at (bench, 60 * S), 50 * KBIT, 5 * MBIT);
}

static void
set_up_loss_reports (CcBench *bench)
{
  set_link (bench, 2 * MBIT, 50 * MS, 0);
  cc_bench_add_flow (bench, &(CcFlowConfig){ .controller = "remb", .no_twcc = TRUE });
}

static void
play_loss_reports (CcBench *bench)
{
  cc_bench_run (bench, 20 * S);
  set_link (bench, 2 * MBIT, 50 * MS, 0.15);
}

static void
judge_loss_reports (CcBench *bench, CcVerdict *verdict)
{
  judge_target (verdict, "20 s without loss", target_at (bench, 20 * S), 500 * KBIT, 5 * MBIT);
  judge_target (verdict, "20 s with 15 % lost", target_at (bench, 40 * S), 50 * KBIT, 300 * KBIT);
}

/* --- others --------------------------------------------------------------------------------------
 */

static void
set_up_tcp (CcBench *bench)
{
  set_link (bench, MBIT, 50 * MS, 0);
  add_flow (bench);
  link_net_add_cross (cc_bench_get_net (bench), &(LinkCrossConfig){ .kind = LINK_CROSS_CUBIC });
}

static void
judge_tcp (CcBench *bench, CcVerdict *verdict)
{
  judge_target (verdict, "highest from 10 s on, with TCP",
      (guint64) cc_mean_target (bench, 0, 10 * S, 60 * S), 51 * KBIT, 750 * KBIT);
}

static void
set_up_remb (CcBench *bench)
{
  set_link (bench, 2 * MBIT, 50 * MS, 0);
  add_flow (bench);
  cc_bench_set_remb (bench, 0, 250 * KBIT);
}

static void
play_remb (CcBench *bench)
{
  cc_bench_run (bench, 20 * S);
  cc_bench_set_remb (bench, 0, 10 * MBIT);
}

static void
judge_remb (CcBench *bench, CcVerdict *verdict)
{
  judge_target (verdict, "under the cap", target_at (bench, 20 * S), 100 * KBIT, 250 * KBIT);
  judge_target (
      verdict, "10 s after it is lifted", target_at (bench, 30 * S), 1500 * KBIT, 2500 * KBIT);
}

/* Ten seconds of media, four of audio alone, and media again. */
static void
set_up_video_stop (CcBench *bench)
{
  set_link (bench, 2 * MBIT, 100 * MS, 0);
  cc_bench_add_flow (
      bench, &(CcFlowConfig){ .has_audio = TRUE, .pause = 20 * S, .resume = 24 * S });
}

static void
judge_video_stop (CcBench *bench, CcVerdict *verdict)
{
  judge_target (verdict, "before", target_at (bench, 20 * S), MBIT, 5 * MBIT);
  judge_target (
      verdict, "least while video stops", cc_min_target (bench, 0, 20 * S, 24 * S), MBIT, 5 * MBIT);
  judge_target (verdict, "least after", cc_min_target (bench, 0, 24 * S, 34 * S), MBIT, 5 * MBIT);
}

/* Feedback stops: the target falls to the minimum; it comes 299 s late: nothing breaks. */
static void
set_up_late (CcBench *bench)
{
  set_link (bench, 2 * MBIT, 50 * MS, 0);
  add_flow (bench);
}

static void
play_late (CcBench *bench)
{
  cc_bench_run (bench, 10 * S);
  cc_bench_delay_feedback (bench, 0, 299 * S);
}

static void
judge_late (CcBench *bench, CcVerdict *verdict)
{
  judge_target (verdict, "3 s without feedback", cc_min_target (bench, 0, 13 * S, 14 * S),
      50 * KBIT, 50 * KBIT);
  judge_target (
      verdict, "highest without", cc_max_target (bench, 0, 14 * S, 300 * S), 50 * KBIT, 100 * KBIT);
  judge_target (
      verdict, "with what comes 299 s late", target_at (bench, 330 * S), 50 * KBIT, 5 * MBIT);
}

/* --- the project's own ---------------------------------------------------------------------------
 */

static void
set_up_s3 (CcBench *bench)
{
  static const LinkRateStep steps[] = { { 0, 2500 * KBIT }, { 20 * S, 600 * KBIT },
    { 40 * S, 2500 * KBIT } };
  LinkConfig link = { .delay = 25 * MS, .queue = 300 * MS };

  cc_bench_set_link (bench, &link);
  cc_bench_set_schedule (bench, LINK_A_TO_B, steps, G_N_ELEMENTS (steps));
  cc_bench_add_flow (
      bench, &(CcFlowConfig){ .has_audio = TRUE, .bounds = { 50 * KBIT, 300 * KBIT, 3 * MBIT } });
}

static void
judge_s3 (CcBench *bench, CcVerdict *verdict)
{
  GstClockTime settled = cc_wait_settles (bench, 0, 20 * S, 150 * MS);
  GstClockTime risen = cc_received_reaches (bench, 0, 40 * S, 0.8 * 2.5e6);
  gdouble burst = 0;

  cc_verdict_note (verdict, settled <= 3 * S, "queue below 150 ms after %.1f s (<= 3)",
      settled == GST_CLOCK_TIME_NONE ? 999 : (gdouble) settled / 1e9);
  cc_verdict_note (verdict, risen <= 8 * S, "80 %% of what came back after %.1f s (<= 8)",
      risen == GST_CLOCK_TIME_NONE ? 999 : (gdouble) risen / 1e9);
  /* A38: never more than 120 % of the capacity over a second, once it is known. */
  for (GstClockTime t = 5 * S; t < 19 * S; t += CC_SLOT)
    burst = MAX (burst, cc_sent_bps (bench, 0, t, t + S) / 2.5e6);
  for (GstClockTime t = 23 * S; t < 39 * S; t += CC_SLOT)
    burst = MAX (burst, cc_sent_bps (bench, 0, t, t + S) / 0.6e6);
  cc_verdict_note (verdict, burst <= 1.2,
      "at most %.0f %% of the capacity sent in a second (<= 120)", burst * 100);
  for (guint i = 0; i < 2; i++) {
    gdouble share = cc_received_bps (bench, 0, i == 0 ? 10 * S : 30 * S, i == 0 ? 20 * S : 40 * S)
                    / (i == 0 ? 2.5e6 : 0.6e6);

    cc_verdict_note (verdict, share >= 0.85, "%.1f %% of %s used (>= 85)", share * 100,
        i == 0 ? "2.5 Mbit/s" : "0.6 Mbit/s");
  }
}

/* P4's relay: within 20 % of the capacity in 5 s down and 12 s up. */
static void
set_up_p4 (CcBench *bench)
{
  static const LinkRateStep steps[] = { { 0, 2 * MBIT }, { 20 * S, 500 * KBIT },
    { 40 * S, 2 * MBIT } };
  LinkConfig link = { .delay = 25 * MS, .queue = 300 * MS };

  cc_bench_set_link (bench, &link);
  cc_bench_set_schedule (bench, LINK_A_TO_B, steps, G_N_ELEMENTS (steps));
  add_flow (bench);
}

static void
judge_p4 (CcBench *bench, CcVerdict *verdict)
{
  GstClockTime down = cc_sent_settles (bench, 0, 20 * S, 1.2 * 500e3);
  GstClockTime up = cc_received_reaches (bench, 0, 40 * S, 0.8 * 2e6);
  gdouble share = cc_received_bps (bench, 0, 25 * S, 40 * S) / 500e3;

  cc_verdict_note (verdict, down <= 5 * S, "down in %.1f s (<= 5)",
      down == GST_CLOCK_TIME_NONE ? 999 : (gdouble) down / 1e9);
  cc_verdict_note (verdict, up <= 12 * S, "up in %.1f s (<= 12)",
      up == GST_CLOCK_TIME_NONE ? 999 : (gdouble) up / 1e9);
  cc_verdict_note (verdict, share >= 0.8, "%.1f %% of 0.5 Mbit/s used (>= 80)", share * 100);
}

/* The same with CoDel: it drops early, and the controller must not take that for a poor link. */
static void
set_up_codel (CcBench *bench)
{
  LinkConfig link = {
    .rate_bps = 2 * MBIT, .delay = 25 * MS, .queue = S, .discipline = LINK_QUEUE_CODEL
  };

  cc_bench_set_link (bench, &link);
  add_flow (bench);
}

static void
judge_codel (CcBench *bench, CcVerdict *verdict)
{
  gdouble share = cc_received_bps (bench, 0, 10 * S, 60 * S) / 2e6;

  cc_verdict_note (verdict, share >= 0.8, "%.1f %% of 2 Mbit/s used (>= 80)", share * 100);
}

const CcCase cc_band_cases[] = {
  { "bands/capacity", "Capacity 500, 800, 100 kbit/s", 95 * S, set_up_capacity, judge_capacity,
      play_capacity },
  { "bands/start", "Start on 2 Mbit/s", 10 * S, set_up_start, judge_start, NULL },
  { "bands/loss-10", "2 Mbit/s, 10 % lost, round trip 400 ms", 120 * S, set_up_loss_10,
      judge_loss_10, NULL },
  { "bands/loss-20", "2 Mbit/s, 20 % lost, round trip 20 ms", 60 * S, set_up_loss_20, judge_loss_20,
      NULL },
  { "bands/loss-reports", "15 % lost from 20 s on, no TWCC", 40 * S, set_up_loss_reports,
      judge_loss_reports, play_loss_reports },
  { "bands/tcp", "1 Mbit/s shared with TCP", 60 * S, set_up_tcp, judge_tcp, NULL },
  { "bands/remb", "A cap by REMB, lifted after 20 s", 30 * S, set_up_remb, judge_remb, play_remb },
  { "bands/video-stop", "Video stops for 4 s", 34 * S, set_up_video_stop, judge_video_stop, NULL },
  { "bands/late", "Feedback 299 s late", 330 * S, set_up_late, judge_late, play_late },
  { "bands/s3", "2.5, 0.6, 2.5 Mbit/s, queue 300 ms", 65 * S, set_up_s3, judge_s3, NULL },
  { "bands/p4", "2, 0.5, 2 Mbit/s", 60 * S, set_up_p4, judge_p4, NULL },
  { "bands/codel", "2 Mbit/s with CoDel", 60 * S, set_up_codel, judge_codel, NULL },
};
const guint cc_n_band_cases = G_N_ELEMENTS (cc_band_cases);
