/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* rtc-gcc-probe.c - when probes are asked for, and what they measure through jitter and loss. */
#include "gst/rtc/base/rtc-random.h"
#include "gst/rtc/cc/rtc-gcc-probe.h"

#include <math.h>

#define MAX_BPS 8000000

/* --- what a probe measures ---------------------------------------------------------------------
 */

typedef struct {
  gdouble link_bps;  /* what the path carries */
  gdouble jitter_ms; /* uniform */
  gdouble loss;
  guint n_packets;
} Path;

/* Sends a probe of 1200 byte packets over the path; FALSE: no measurement came of it. */
static gboolean
measure (const Path *path, guint64 bps, RtcRandom *random, RtcGccProbeResult *out)
{
  RtcGccProbeResults results = { 0 };
  RtcCcProbe probe = {
    .cluster = 9, .bps = bps, .min_packets = path->n_packets, .min_bytes = 1200 * path->n_packets
  };
  GstClockTime free_at = 0;
  gboolean done = FALSE;

  rtc_gcc_probe_results_handle_asked (&results, GST_SECOND, &probe);
  for (guint i = 0; i < path->n_packets; i++) {
    GstClockTime sent = GST_SECOND + i * (GstClockTime) (1200. * 8 * GST_SECOND / (gdouble) bps);
    RtcCcResult packet = { .twcc_seq = 100 + i,
      .send_time = sent,
      .len = 1200,
      .probe_cluster = 9,
      .arrival = GST_CLOCK_TIME_NONE };

    free_at = MAX (free_at, sent) + (GstClockTime) (1200. * 8 * GST_SECOND / path->link_bps);
    if (rtc_random_double (random) >= path->loss)
      packet.arrival =
          free_at
          + (GstClockTime) (rtc_random_double (random) * path->jitter_ms * (gdouble) GST_MSECOND);
    done = rtc_gcc_probe_results_handle_packet (&results, &packet, out) || done;
  }
  return done;
}

static void
test_measure (void)
{
  RtcRandom *random = rtc_random_new_seeded (4);
  RtcGccProbeResult result;
  Path path = { .link_bps = 10e6, .n_packets = 10 };

  g_assert_true (measure (&path, 2000000, random, &result));
  g_assert_cmpuint (result.asked_bps, ==, 2000000);
  g_assert_cmpuint (result.cluster, ==, 9);
  g_assert_false (result.is_saturated);
  g_assert_cmpfloat (fabs (result.bps - 2e6), <, 0.05e6);
  path.link_bps = 1e6;
  g_assert_true (measure (&path, 2000000, random, &result));
  g_assert_true (result.is_saturated);
  g_assert_cmpfloat (fabs (result.bps - 1e6), <, 0.05e6);
  /* A third is lost: the rate is the same. */
  path.loss = 0.33;
  g_assert_true (measure (&path, 2000000, random, &result));
  g_assert_cmpfloat (fabs (result.bps - 1e6), <, 0.1e6);
  /* Nearly all is lost: no measurement. */
  path.loss = 0.9;
  g_assert_false (measure (&path, 2000000, random, &result));
  rtc_random_free (random);
}

/* 20 packets over 96 ms and 15 ms of jitter: whether the link passes them is told from each other
 * in 95 of 100. */
static void
test_measure_jitter (void)
{
  RtcRandom *random = rtc_random_new_seeded (5);
  Path fast = { .link_bps = 10e6, .jitter_ms = 15, .n_packets = 20 };
  Path slow = { .link_bps = 1e6, .jitter_ms = 15, .n_packets = 20 };
  guint right = 0;

  for (guint i = 0; i < 200; i++) {
    RtcGccProbeResult result;

    right += measure (&fast, 2000000, random, &result) && !result.is_saturated;
    right += measure (&slow, 2000000, random, &result) && result.is_saturated;
  }
  g_assert_cmpuint (right, >=, 380);
  rtc_random_free (random);
}

/* Results of clusters that nobody asked for, or that were judged already. */
static void
test_measure_unknown (void)
{
  RtcGccProbeResults results = { 0 };
  RtcGccProbeResult out;
  RtcCcResult packet = { .twcc_seq = 1, .len = 1200, .probe_cluster = 5 };

  for (guint i = 0; i < 100; i++) {
    packet.arrival = packet.send_time = i * GST_MSECOND;
    g_assert_false (rtc_gcc_probe_results_handle_packet (&results, &packet, &out));
  }
}

/* --- when one is asked for ---------------------------------------------------------------------
 */

static RtcGccProbeSituation
situation_calm (guint64 target_bps)
{
  return (RtcGccProbeSituation){
    .target_bps = target_bps, .max_bps = MAX_BPS, .alr_since = GST_CLOCK_TIME_NONE, .is_calm = TRUE
  };
}

static void
test_start (void)
{
  RtcGccProbe probe;
  RtcCcProbe first, second, next;
  RtcGccProbeResult result = { 0 };

  rtc_gcc_probe_init (&probe, TRUE);
  rtc_gcc_probe_begin (&probe, 300000, MAX_BPS);
  g_assert_true (rtc_gcc_probe_poll (&probe, 0, &first));
  g_assert_true (rtc_gcc_probe_poll (&probe, 0, &second));
  g_assert_false (rtc_gcc_probe_poll (&probe, 0, &next));
  g_assert_cmpuint (first.bps, ==, 900000);
  g_assert_cmpuint (second.bps, ==, 1800000);
  g_assert_cmpuint (first.min_packets, ==, RTC_GCC_PROBE_PACKETS);
  g_assert_cmpuint (first.cluster, !=, second.cluster);
  /* The second one answers for both; 90 % of it was measured: on at twice that. */
  result = (RtcGccProbeResult){ .cluster = first.cluster, .asked_bps = first.bps, .bps = 9e5 };
  rtc_gcc_probe_handle_result (&probe, 100 * GST_MSECOND, MAX_BPS, &result);
  g_assert_false (rtc_gcc_probe_poll (&probe, 100 * GST_MSECOND, &next));
  result = (RtcGccProbeResult){ .cluster = second.cluster, .asked_bps = 1800000, .bps = 1.62e6 };
  rtc_gcc_probe_handle_result (&probe, 100 * GST_MSECOND, MAX_BPS, &result);
  g_assert_true (rtc_gcc_probe_poll (&probe, 100 * GST_MSECOND, &next));
  g_assert_cmpuint (next.bps, ==, 3240000);
  /* A third of it: that is the link. */
  result = (RtcGccProbeResult){ .cluster = next.cluster, .asked_bps = next.bps, .bps = 1.7e6 };
  rtc_gcc_probe_handle_result (&probe, 200 * GST_MSECOND, MAX_BPS, &result);
  g_assert_false (rtc_gcc_probe_poll (&probe, 200 * GST_MSECOND, &next));
}

static void
test_never_above_maximum (void)
{
  RtcGccProbe probe;
  RtcCcProbe out;
  RtcGccProbeResult result = { 0 };

  rtc_gcc_probe_init (&probe, TRUE);
  rtc_gcc_probe_begin (&probe, 2000000, 3000000);
  g_assert_true (rtc_gcc_probe_poll (&probe, 0, &out));
  g_assert_cmpuint (out.bps, ==, 3000000);
  g_assert_false (rtc_gcc_probe_poll (&probe, 0, &out)); /* the second would be the same */
  result = (RtcGccProbeResult){ .cluster = out.cluster, .asked_bps = 3000000, .bps = 3e6 };
  rtc_gcc_probe_handle_result (&probe, 100 * GST_MSECOND, 3000000, &result);
  g_assert_false (rtc_gcc_probe_poll (&probe, 0, &out));
  /* Nor is there anything to find when the start is the maximum. */
  rtc_gcc_probe_begin (&probe, 3000000, 3000000);
  g_assert_false (rtc_gcc_probe_poll (&probe, 0, &out));
}

static void
test_late_answer (void)
{
  RtcGccProbe probe;
  RtcCcProbe out;
  RtcGccProbeResult result = { 0 };

  rtc_gcc_probe_init (&probe, TRUE);
  rtc_gcc_probe_begin (&probe, 300000, MAX_BPS);
  while (rtc_gcc_probe_poll (&probe, 0, &out))
    ;
  result = (RtcGccProbeResult){ .cluster = out.cluster, .asked_bps = out.bps, .bps = 1.8e6 };
  rtc_gcc_probe_handle_result (&probe, 299 * GST_SECOND, MAX_BPS, &result);
  g_assert_false (rtc_gcc_probe_poll (&probe, 299 * GST_SECOND, &out));
}

/* Probes polled over a minute, a process() each 100 ms. */
static guint
count_probes (RtcGccProbe *probe, const RtcGccProbeSituation *situation, RtcCcProbe *last)
{
  guint n = 0;

  for (GstClockTime now = 10 * GST_SECOND; now < 70 * GST_SECOND; now += 100 * GST_MSECOND) {
    rtc_gcc_probe_process (probe, now, situation);
    while (rtc_gcc_probe_poll (probe, now, last))
      n++;
  }
  return n;
}

static void
test_application_limited (void)
{
  RtcGccProbe probe;
  RtcCcProbe out;
  RtcGccProbeSituation situation = situation_calm (1000000);

  rtc_gcc_probe_init (&probe, TRUE);
  g_assert_cmpuint (count_probes (&probe, &situation, &out), ==, 0);
  situation.alr_since = 10 * GST_SECOND;
  g_assert_cmpuint (count_probes (&probe, &situation, &out), ==, 11); /* each 5 s */
  g_assert_cmpuint (out.bps, ==, 2000000);
  /* 50 ms of the target beyond what is sent anyway. */
  g_assert_cmpuint (out.min_bytes, ==, 2 * 6250);
  situation.is_calm = FALSE;
  rtc_gcc_probe_init (&probe, TRUE);
  g_assert_cmpuint (count_probes (&probe, &situation, &out), ==, 0);
  situation = situation_calm (MAX_BPS);
  situation.alr_since = 10 * GST_SECOND;
  g_assert_cmpuint (count_probes (&probe, &situation, &out), ==, 0);
  /* Nothing to pad with: it would only be the media again. */
  situation.target_bps = 1000000;
  rtc_gcc_probe_init (&probe, FALSE);
  g_assert_cmpuint (count_probes (&probe, &situation, &out), ==, 0);
}

static void
test_resume (void)
{
  RtcGccProbe probe;
  RtcCcProbe out;

  rtc_gcc_probe_init (&probe, TRUE);
  rtc_gcc_probe_handle_resume (&probe, 1000000, MAX_BPS);
  g_assert_true (rtc_gcc_probe_poll (&probe, GST_SECOND, &out));
  g_assert_cmpuint (out.bps, ==, 2000000);
  g_assert_false (rtc_gcc_probe_poll (&probe, GST_SECOND, &out));
  /* There is nothing above the maximum to be found. */
  rtc_gcc_probe_handle_resume (&probe, MAX_BPS, MAX_BPS);
  g_assert_false (rtc_gcc_probe_poll (&probe, GST_SECOND, &out));
  rtc_gcc_probe_init (&probe, FALSE);
  rtc_gcc_probe_handle_resume (&probe, 1000000, MAX_BPS);
  g_assert_false (rtc_gcc_probe_poll (&probe, GST_SECOND, &out));
}

static void
test_recovery (void)
{
  RtcGccProbe probe;
  RtcCcProbe out;
  RtcGccProbeSituation situation = situation_calm (600000);

  rtc_gcc_probe_init (&probe, TRUE);
  rtc_gcc_probe_handle_fall (&probe, 10 * GST_SECOND, 2500000);
  g_assert_cmpuint (rtc_gcc_probe_next_deadline (&probe, &situation), ==,
      10 * GST_SECOND + RTC_GCC_PROBE_RECOVERY);
  g_assert_cmpuint (count_probes (&probe, &situation, &out), >=, 5);
  g_assert_cmpuint (out.bps, ==, 1200000);
  /* Back at four fifths: made good. */
  rtc_gcc_probe_init (&probe, TRUE);
  rtc_gcc_probe_handle_fall (&probe, 10 * GST_SECOND, 2500000);
  situation.target_bps = 2100000;
  g_assert_cmpuint (count_probes (&probe, &situation, &out), ==, 0);
  /* Lower than twice the target is what there was. */
  rtc_gcc_probe_init (&probe, TRUE);
  rtc_gcc_probe_handle_fall (&probe, 10 * GST_SECOND, 2500000);
  situation.target_bps = 1500000;
  g_assert_cmpuint (count_probes (&probe, &situation, &out), >=, 5);
  g_assert_cmpuint (out.bps, ==, 2125000);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/gcc-probe/measure", test_measure);
  g_test_add_func ("/gcc-probe/measure-jitter", test_measure_jitter);
  g_test_add_func ("/gcc-probe/measure-unknown", test_measure_unknown);
  g_test_add_func ("/gcc-probe/start", test_start);
  g_test_add_func ("/gcc-probe/never-above-maximum", test_never_above_maximum);
  g_test_add_func ("/gcc-probe/late-answer", test_late_answer);
  g_test_add_func ("/gcc-probe/application-limited", test_application_limited);
  g_test_add_func ("/gcc-probe/resume", test_resume);
  g_test_add_func ("/gcc-probe/recovery", test_recovery);
  return g_test_run ();
}
