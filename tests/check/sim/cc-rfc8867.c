/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* cc-rfc8867.c - the test cases of RFC 8867, 5.1 to 5.8, with the project's figures.
 *
 * The link: 50 ms each way, a tail-drop queue of 300 ms, jitter with a standard deviation of 5 ms
 * cut off at 15 ms without reordering (RFC 8868 4.5), no loss of its own. Media may take 5 Mbit/s.
 */
#include "cc-cases.h"

#define MBIT G_GUINT64_CONSTANT (1000000)
#define KBIT G_GUINT64_CONSTANT (1000)
#define S GST_SECOND
#define MS GST_MSECOND

static void
set_link (CcBench *bench, guint64 rate, GstClockTime delay, GstClockTime queue)
{
  LinkConfig link = { .rate_bps = rate, .delay = delay, .sigma = 5 * MS, .queue = queue };

  cc_bench_set_link (bench, &link);
}

static void
add_flows (CcBench *bench, guint n, GstClockTime apart)
{
  for (guint i = 0; i < n; i++)
    cc_bench_add_flow (bench, &(CcFlowConfig){ .from = i * apart });
}

static void
judge_utilisation (CcBench *bench, CcVerdict *verdict, GstClockTime from, GstClockTime to,
    guint64 capacity, gdouble least)
{
  gdouble share = cc_received_bps (bench, CC_ALL, from, to) / (gdouble) capacity;

  cc_verdict_note (verdict, share >= least, "%u-%u s: %.1f %% of %.1f Mbit/s used (>= %.0f)",
      (guint) (from / S), (guint) (to / S), share * 100, (gdouble) capacity / 1e6, least * 100);
}

static void
judge_wait (CcBench *bench, CcVerdict *verdict, GstClockTime to, GstClockTime most,
    const CcSpan *except, guint n)
{
  GstClockTime wait = cc_wait_percentile (bench, CC_ALL, 0.95, 0, to, except, n);

  cc_verdict_note (verdict, wait <= most, "queue p95 %.0f ms (<= %.0f)", (gdouble) wait / 1e6,
      (gdouble) most / 1e6);
}

static void
judge_loss (CcBench *bench, CcVerdict *verdict, GstClockTime to, gdouble most)
{
  gdouble loss = cc_loss (bench, CC_ALL, 0, to);

  cc_verdict_note (verdict, loss <= most, "%.2f %% lost (<= %.0f)", loss * 100, most * 100);
}

static void
judge_jain (
    CcBench *bench, CcVerdict *verdict, guint n, GstClockTime from, GstClockTime to, gdouble least)
{
  gdouble jain = cc_jain (bench, 0, n, from, to);

  cc_verdict_note (verdict, jain >= least, "%u-%u s: Jain %.3f (>= %.2f)", (guint) (from / S),
      (guint) (to / S), jain, least);
}

/* The time from when until the receivers get share of capacity. */
static void
judge_rise (CcBench *bench, CcVerdict *verdict, guint flow, GstClockTime when, gdouble bps,
    GstClockTime most)
{
  GstClockTime took = cc_received_reaches (bench, flow, when, bps);

  cc_verdict_note (verdict, took <= most, "%u s: %.2f Mbit/s reached in %.1f s (<= %.0f)",
      (guint) (when / S), bps / 1e6, took == GST_CLOCK_TIME_NONE ? 999 : (gdouble) took / 1e9,
      (gdouble) most / 1e9);
}

/* --- 5.1 variable available capacity with a single flow -----------------------------------------
 */

static void
set_up_5_1 (CcBench *bench)
{
  static const LinkRateStep steps[] = { { 0, MBIT }, { 40 * S, 2500 * KBIT },
    { 60 * S, 600 * KBIT }, { 80 * S, MBIT } };

  set_link (bench, MBIT, 50 * MS, 300 * MS);
  cc_bench_set_schedule (bench, LINK_A_TO_B, steps, G_N_ELEMENTS (steps));
  cc_bench_add_flow (bench, &(CcFlowConfig){ 0 });
}

static void
judge_5_1 (CcBench *bench, CcVerdict *verdict)
{
  static const CcSpan except[] = { { 60 * S, 63 * S } };
  GstClockTime settled;

  judge_utilisation (bench, verdict, 10 * S, 20 * S, MBIT, 0.9);
  judge_utilisation (bench, verdict, 20 * S, 30 * S, MBIT, 0.9);
  judge_utilisation (bench, verdict, 30 * S, 40 * S, MBIT, 0.9);
  judge_utilisation (bench, verdict, 50 * S, 60 * S, 2500 * KBIT, 0.9);
  judge_utilisation (bench, verdict, 65 * S, 75 * S, 600 * KBIT, 0.9);
  judge_utilisation (bench, verdict, 90 * S, 100 * S, MBIT, 0.9);
  judge_rise (bench, verdict, 0, 40 * S, 0.9 * 2.5e6, 10 * S);
  /* Settled: never more than 120 % of the link in half a second, and no wait above 150 ms. */
  settled = MAX (cc_sent_settles (bench, 0, 60 * S, 1.2 * 0.6e6),
      cc_wait_settles (bench, 0, 60 * S, 150 * MS));
  cc_verdict_note (verdict, settled <= 2 * S, "settled %.1f s after the step down (<= 2)",
      settled == GST_CLOCK_TIME_NONE ? 999 : (gdouble) settled / 1e9);
  judge_wait (bench, verdict, 100 * S, 100 * MS, except, G_N_ELEMENTS (except));
  judge_loss (bench, verdict, 100 * S, 0.01);
}

/* --- 5.2 variable available capacity with multiple flows ----------------------------------------
 */

static void
set_up_5_2 (CcBench *bench)
{
  static const LinkRateStep steps[] = { { 0, 4 * MBIT }, { 25 * S, 2 * MBIT },
    { 50 * S, 3500 * KBIT }, { 75 * S, MBIT }, { 100 * S, 2 * MBIT } };

  set_link (bench, 4 * MBIT, 50 * MS, 300 * MS);
  cc_bench_set_schedule (bench, LINK_A_TO_B, steps, G_N_ELEMENTS (steps));
  add_flows (bench, 2, 0);
}

static void
judge_5_2 (CcBench *bench, CcVerdict *verdict)
{
  static const CcSpan except[] = { { 25 * S, 28 * S }, { 75 * S, 78 * S } };

  judge_utilisation (bench, verdict, 15 * S, 25 * S, 4 * MBIT, 0.85);
  judge_utilisation (bench, verdict, 40 * S, 50 * S, 2 * MBIT, 0.85);
  judge_utilisation (bench, verdict, 65 * S, 75 * S, 3500 * KBIT, 0.85);
  judge_utilisation (bench, verdict, 90 * S, 100 * S, MBIT, 0.85);
  judge_utilisation (bench, verdict, 115 * S, 125 * S, 2 * MBIT, 0.85);
  judge_jain (bench, verdict, 2, 10 * S, 125 * S, 0.85);
  judge_wait (bench, verdict, 125 * S, 150 * MS, except, G_N_ELEMENTS (except));
  judge_loss (bench, verdict, 125 * S, 0.02);
}

/* --- 5.3 congested feedback link with bi-directional media flows --------------------------------
 */

static void
set_up_5_3 (CcBench *bench)
{
  static const LinkRateStep forward[] = { { 0, 2 * MBIT }, { 20 * S, MBIT }, { 40 * S, 500 * KBIT },
    { 60 * S, 2 * MBIT } };
  static const LinkRateStep back[] = { { 0, 2 * MBIT }, { 35 * S, 800 * KBIT },
    { 70 * S, 2 * MBIT } };

  set_link (bench, 2 * MBIT, 50 * MS, 300 * MS);
  cc_bench_set_schedule (bench, LINK_A_TO_B, forward, G_N_ELEMENTS (forward));
  cc_bench_set_schedule (bench, LINK_B_TO_A, back, G_N_ELEMENTS (back));
  cc_bench_add_flow (bench, &(CcFlowConfig){ .dir = LINK_A_TO_B });
  cc_bench_add_flow (bench, &(CcFlowConfig){ .dir = LINK_B_TO_A });
}

static void
judge_5_3 (CcBench *bench, CcVerdict *verdict)
{
  static const CcSpan except[] = { { 20 * S, 23 * S }, { 35 * S, 38 * S }, { 40 * S, 43 * S } };

  static const struct {
    guint flow;
    GstClockTime from, to;
    gdouble bps;
  } spans[] = { { 0, 10 * S, 20 * S, 2e6 }, { 0, 30 * S, 40 * S, 1e6 },
    { 0, 50 * S, 60 * S, 0.5e6 }, { 0, 85 * S, 100 * S, 2e6 }, { 1, 10 * S, 35 * S, 2e6 },
    { 1, 50 * S, 70 * S, 0.8e6 }, { 1, 85 * S, 100 * S, 2e6 } };

  for (guint i = 0; i < G_N_ELEMENTS (spans); i++) {
    gdouble share =
        cc_received_bps (bench, spans[i].flow, spans[i].from, spans[i].to) / spans[i].bps;

    cc_verdict_note (verdict, share >= 0.8, "%s %u-%u s: %.1f %% of %.1f Mbit/s (>= 80)",
        spans[i].flow == 0 ? "there" : "back", (guint) (spans[i].from / S),
        (guint) (spans[i].to / S), share * 100, spans[i].bps / 1e6);
  }
  judge_wait (bench, verdict, 100 * S, 150 * MS, except, G_N_ELEMENTS (except));
  judge_loss (bench, verdict, 100 * S, 0.02);
}

/* --- 5.4 competing media flows with the same algorithm ------------------------------------------
 */

static void
set_up_5_4 (CcBench *bench)
{
  set_link (bench, 3500 * KBIT, 50 * MS, 300 * MS);
  add_flows (bench, 3, 20 * S);
}

static void
judge_5_4 (CcBench *bench, CcVerdict *verdict)
{
  judge_jain (bench, verdict, 3, 60 * S, 120 * S, 0.9);
  judge_utilisation (bench, verdict, 60 * S, 120 * S, 3500 * KBIT, 0.85);
  judge_wait (bench, verdict, 120 * S, 150 * MS, NULL, 0);
  judge_loss (bench, verdict, 120 * S, 0.02);
}

/* --- 5.5 round-trip time fairness ----------------------------------------------------------------
 */

static void
set_up_5_5 (CcBench *bench)
{
  static const GstClockTime delays[] = { 10 * MS, 25 * MS, 50 * MS, 100 * MS, 150 * MS };

  set_link (bench, 4 * MBIT, 0, 300 * MS);
  for (guint i = 0; i < G_N_ELEMENTS (delays); i++)
    cc_bench_add_flow (bench, &(CcFlowConfig){ .from = i * 10 * S, .delay = delays[i] });
}

static void
judge_5_5 (CcBench *bench, CcVerdict *verdict)
{
  judge_jain (bench, verdict, 5, 100 * S, 300 * S, 0.75);
  judge_utilisation (bench, verdict, 100 * S, 300 * S, 4 * MBIT, 0.85);
  judge_wait (bench, verdict, 300 * S, 150 * MS, NULL, 0);
  judge_loss (bench, verdict, 300 * S, 0.02);
}

/* --- 5.6 media flow competing with a long TCP flow -----------------------------------------------
 */

static void
set_up_5_6 (CcBench *bench)
{
  set_link (bench, 2 * MBIT, 50 * MS, 300 * MS);
  cc_bench_add_flow (bench, &(CcFlowConfig){ 0 });
  link_net_add_cross (
      cc_bench_get_net (bench), &(LinkCrossConfig){ .kind = LINK_CROSS_CUBIC, .from = 5 * S });
}

static void
set_up_5_6_long (CcBench *bench)
{
  set_up_5_6 (bench);
  set_link (bench, 2 * MBIT, 50 * MS, S);
}

/* The worst ten seconds, as a share of the link. */
static gdouble
worst_share (CcBench *bench, guint flow, GstClockTime from, GstClockTime to, gdouble capacity)
{
  gdouble worst = 1;

  for (GstClockTime t = from; t + 10 * S <= to; t += S)
    worst = MIN (worst, cc_received_bps (bench, flow, t, t + 10 * S) / capacity);
  return worst;
}

static void
judge_5_6 (CcBench *bench, CcVerdict *verdict)
{
  gdouble share = cc_received_bps (bench, 0, 20 * S, 120 * S) / 2e6;
  gdouble worst = worst_share (bench, 0, 20 * S, 120 * S, 2e6);
  LinkCrossStats tcp;

  link_net_get_cross_stats (cc_bench_get_net (bench), 0, &tcp);
  cc_verdict_note (verdict, share >= 0.15, "media: %.1f %% of the link (>= 15)", share * 100);
  cc_verdict_note (
      verdict, worst >= 0.05, "in its worst 10 s: %.1f %% (>= 5: not starved)", worst * 100);
  cc_verdict_note (verdict, tcp.delivered_bytes > 0, "TCP: %.1f %%",
      (gdouble) tcp.delivered_bytes * 8 / 115 / 2e4);
}

/* With a queue of a second nothing is asked for but that it lives. */
static void
judge_5_6_long (CcBench *bench, CcVerdict *verdict)
{
  gdouble share = cc_received_bps (bench, 0, 20 * S, 120 * S) / 2e6;

  cc_verdict_note (
      verdict, share >= 0.025, "media: %.1f %% of the link (>= the minimum, 2.5)", share * 100);
}

/* --- 5.7 media flows competing with short TCP flows ----------------------------------------------
 */

static void
set_up_5_7 (CcBench *bench)
{
  set_link (bench, 2 * MBIT, 50 * MS, 300 * MS);
  add_flows (bench, 2, 0);
  for (guint i = 0; i < 10; i++)
    link_net_add_cross (cc_bench_get_net (bench), &(LinkCrossConfig){ .kind = LINK_CROSS_CUBIC,
                                                      .from = i * S,
                                                      .min_bytes = 100000,
                                                      .max_bytes = 1000000,
                                                      .idle = 10 * S });
}

static void
judge_5_7 (CcBench *bench, CcVerdict *verdict)
{
  gdouble share = cc_received_bps (bench, CC_ALL, 20 * S, 300 * S) / 2e6;

  judge_jain (bench, verdict, 2, 20 * S, 300 * S, 0.8);
  cc_verdict_note (verdict, share >= 0.05, "media: %.1f %% of the link (>= 5: the minimum of both)",
      share * 100);
}

/* --- 5.8 media pause and resume ------------------------------------------------------------------
 */

static void
set_up_5_8 (CcBench *bench)
{
  set_link (bench, 3500 * KBIT, 50 * MS, 300 * MS);
  for (guint i = 0; i < 3; i++)
    cc_bench_add_flow (
        bench, &(CcFlowConfig){ .pause = i == 2 ? 40 * S : 0, .resume = i == 2 ? 60 * S : 0 });
}

static void
judge_5_8 (CcBench *bench, CcVerdict *verdict)
{
  judge_jain (bench, verdict, 3, 20 * S, 40 * S, 0.85);
  judge_utilisation (bench, verdict, 50 * S, 60 * S, 3500 * KBIT, 0.85);
  /* Of what it had before. */
  judge_rise (bench, verdict, 2, 60 * S, 0.8 * cc_received_bps (bench, 2, 30 * S, 40 * S), 10 * S);
  judge_jain (bench, verdict, 3, 80 * S, 120 * S, 0.85);
  judge_wait (bench, verdict, 120 * S, 150 * MS, NULL, 0);
  judge_loss (bench, verdict, 120 * S, 0.02);
}

const CcCase cc_rfc8867_cases[] = {
  { "rfc8867/5.1", "5.1 one flow, 1.0, 2.5, 0.6, 1.0 Mbit/s", 100 * S, set_up_5_1, judge_5_1,
      NULL },
  { "rfc8867/5.2", "5.2 two flows, 4, 2, 3.5, 1, 2 Mbit/s", 125 * S, set_up_5_2, judge_5_2, NULL },
  { "rfc8867/5.3", "5.3 media both ways, feedback congested", 100 * S, set_up_5_3, judge_5_3,
      NULL },
  { "rfc8867/5.4", "5.4 three flows, 20 s apart", 120 * S, set_up_5_4, judge_5_4, NULL },
  { "rfc8867/5.5", "5.5 five flows, round trips of 20 to 300 ms", 300 * S, set_up_5_5, judge_5_5,
      NULL },
  { "rfc8867/5.6", "5.6 a flow and a long TCP transfer, queue 300 ms", 120 * S, set_up_5_6,
      judge_5_6, NULL },
  { "rfc8867/5.6-1s", "5.6 a flow and a long TCP transfer, queue 1 s", 120 * S, set_up_5_6_long,
      judge_5_6_long, NULL },
  { "rfc8867/5.7", "5.7 two flows and ten short TCP transfers", 300 * S, set_up_5_7, judge_5_7,
      NULL },
  { "rfc8867/5.8", "5.8 three flows, one pauses for 20 s", 120 * S, set_up_5_8, judge_5_8, NULL },
};
const guint cc_n_rfc8867_cases = G_N_ELEMENTS (cc_rfc8867_cases);
