/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* rtc-bitrate-policy.c - who decides the rate of a shared encode, and how a target is divided. */
#include "gst/rtc/cc/rtc-bitrate-policy.h"

#include <math.h>
#include <string.h>

#define MAX_VIEWERS 8
#define MBPS 1000000

typedef struct {
  const gchar *name;
  guint n;
  guint64 targets[MAX_VIEWERS]; /* bit/s */
  guint new_from;               /* index of the first new viewer */
  guint64 rate;
  guint behind; /* bit mask */
} Pick;

static const Pick picks[] = {
  { "nobody", 0, { 0 }, 0, 0, 0 },
  { "unknown", 2, { 0, 0 }, 2, 0, 0 },
  { "alone", 1, { 700000 }, 1, 700000, 0 },
  { "alone and poor", 1, { 30000 }, 1, 30000, 0 },
  { "alone and new", 1, { 700000 }, 0, 700000, 0 },
  /* A39 */
  { "1 slow, 3 fast", 4, { 300000, 5 * MBPS, 5 * MBPS, 5 * MBPS }, 4, 5 * MBPS, 1 },
  { "1 slow, 3 fast that differ", 4, { 4800000, 5200000, 300000, 5 * MBPS }, 4, 4800000, 4 },
  /* T19: a liar among two */
  { "1 liar, 1 honest", 2, { 30000, 2 * MBPS }, 2, 2 * MBPS, 1 },
  { "1 liar who is careful, 1 honest", 2, { 1000000, 2 * MBPS }, 2, 1000000, 0 },
  { "1 liar below half, 1 honest", 2, { 999999, 2 * MBPS }, 2, 2 * MBPS, 1 },
  { "2 liars, 3 honest", 5, { 1000, 1000, 3 * MBPS, 2 * MBPS, 2 * MBPS }, 5, 2 * MBPS, 3 },
  { "1 boaster, 2 honest", 3, { 2 * MBPS, 2 * MBPS, 100 * MBPS }, 3, 2 * MBPS, 0 },
  { "most are slow", 3, { 400000, 500000, 5 * MBPS }, 3, 400000, 0 },
  { "near to each other", 3, { 1500000, 2 * MBPS, 2500000 }, 3, 1500000, 0 },
  { "one has no say", 3, { 0, 2 * MBPS, 1500000 }, 3, 1500000, 0 },
  { "a newcomer lowers nothing", 2, { 2 * MBPS, 1500000 }, 1, 2 * MBPS, 0 },
  { "many newcomers lower nothing", 4, { 3 * MBPS, 300000, 300000, 300000 }, 1, 3 * MBPS, 14 },
  { "newcomers only", 2, { 2 * MBPS, 1500000 }, 0, 1500000, 0 },
};

static void
fill (RtcPolicyViewer *viewers, const Pick *pick)
{
  memset (viewers, 0, MAX_VIEWERS * sizeof *viewers);
  for (guint i = 0; i < pick->n; i++)
    viewers[i] = (RtcPolicyViewer){ pick->targets[i], i >= pick->new_from, FALSE };
}

static void
test_pick (gconstpointer data)
{
  const Pick *pick = data;
  RtcPolicyViewer viewers[MAX_VIEWERS];
  guint behind = 0;

  fill (viewers, pick);
  g_assert_cmpuint (rtc_bitrate_policy_pick (viewers, pick->n), ==, pick->rate);
  for (guint i = 0; i < pick->n; i++)
    behind |= viewers[i].is_behind ? 1u << i : 0;
  g_assert_cmpuint (behind, ==, pick->behind);
}

/* Whatever a minority says, the rate stays at or above half of what the others agree on. */
static void
test_liars (void)
{
  GRand *rand = g_rand_new_with_seed (4);

  for (guint round = 0; round < 20000; round++) {
    RtcPolicyViewer viewers[MAX_VIEWERS] = { { 0 } };
    guint n = (guint) g_rand_int_range (rand, 2, MAX_VIEWERS + 1);
    guint n_liars = (guint) g_rand_int_range (rand, 0, (gint32) (n / 2) + 1);
    guint64 honest = (guint64) g_rand_int_range (rand, 100000, 8000000);
    guint64 rate;

    for (guint i = 0; i < n; i++) {
      viewers[i].target_bps =
          i < n_liars ? (guint64) g_rand_int_range (rand, 1, 200000000) : honest;
      viewers[i].is_behind = g_rand_boolean (rand);
    }
    rate = rtc_bitrate_policy_pick (viewers, n);
    g_assert_cmpuint (2 * rate, >=, honest);
    /* Nor do boasters raise it above the others when they are fewer than half. */
    if (2 * n_liars < n)
      g_assert_cmpuint (rate, <=, honest);
  }
  g_rand_free (rand);
}

/* A viewer at the border is not now followed and now left behind. */
static void
test_hysteresis (void)
{
  RtcPolicyViewer viewers[2] = { { 2 * MBPS, FALSE, FALSE }, { 1050000, FALSE, FALSE } };

  g_assert_cmpuint (rtc_bitrate_policy_pick (viewers, 2), ==, 1050000);
  viewers[1].target_bps = 950000;
  g_assert_cmpuint (rtc_bitrate_policy_pick (viewers, 2), ==, 2 * MBPS);
  g_assert_true (viewers[1].is_behind);
  viewers[1].target_bps = 1150000;
  g_assert_cmpuint (rtc_bitrate_policy_pick (viewers, 2), ==, 2 * MBPS);
  g_assert_true (viewers[1].is_behind);
  viewers[1].target_bps = 1250000;
  g_assert_cmpuint (rtc_bitrate_policy_pick (viewers, 2), ==, 1250000);
  g_assert_false (viewers[1].is_behind);
}

static void
test_loss (void)
{
  const gdouble losses[] = { 0.01, NAN, -1, 0.07 }, wild[] = { 0.9 };

  g_assert_cmpfloat (rtc_bitrate_policy_pick_loss (losses, 4), ==, 0.07);
  g_assert_cmpfloat (rtc_bitrate_policy_pick_loss (losses + 1, 2), ==, 0);
  g_assert_cmpfloat (rtc_bitrate_policy_pick_loss (wild, 1), ==, RTC_BITRATE_POLICY_MAX_LOSS);
  g_assert_cmpfloat (rtc_bitrate_policy_pick_loss (NULL, 0), ==, 0);
}

/* --- dividing --------------------------------------------------------------------------------- */

static const RtcPolicyStream voice = {
  .is_first = TRUE, .floor_bps = 16000, .wish_bps = 64000, .unit_rate = 50
};

static RtcPolicyStream
picture (guint64 weight, gdouble repair)
{
  return (RtcPolicyStream){ .weight = weight, .unit_rate = 30, .repair_share = repair };
}

static guint64
sum_of (const RtcPolicyStream *streams, guint n)
{
  guint64 sum = 0;

  for (guint i = 0; i < n; i++)
    sum +=
        streams[i].media_bps == 0 ? 0 : rtc_bitrate_policy_wire (&streams[i], streams[i].media_bps);
  return sum;
}

/* All of the target is used, and not more; sound first. */
static void
test_split (void)
{
  for (guint64 target = 50000; target < 20000000; target = target * 11 / 10) {
    RtcPolicyStream streams[3] = { picture (1, 0.2), voice, picture (3, 0) };

    rtc_bitrate_policy_split (target, streams, 3);
    g_assert_cmpuint (streams[1].media_bps, >=, 16000);
    g_assert_cmpuint (streams[1].media_bps, <=, 64000);
    g_assert_cmpuint (sum_of (streams, 3), <=, target + 3);
    if (target > 400000) {
      g_assert_cmpuint (sum_of (streams, 3) + 10, >=, target);
      g_assert_cmpuint (streams[1].media_bps, ==, 64000);
      g_assert_cmpuint (streams[2].media_bps, >, 3 * streams[0].media_bps);
    }
  }
}

/* FEC and retransmission come out of the media. */
static void
test_repair (void)
{
  RtcPolicyStream plain = picture (1, 0), repaired = picture (1, 0.25);

  rtc_bitrate_policy_split (1000000, &plain, 1);
  rtc_bitrate_policy_split (1000000, &repaired, 1);
  g_assert_cmpuint (plain.media_bps, <, 950000);
  g_assert_cmpuint (plain.media_bps, >, 930000);
  g_assert_cmpfloat_with_epsilon ((gdouble) repaired.media_bps, plain.media_bps / 1.25, 2000);
}

static void
test_starved (void)
{
  RtcPolicyStream streams[2] = { voice, picture (1, 0) };
  RtcPolicyStream fixed[2] = {
    { .is_first = TRUE, .floor_bps = 900000, .wish_bps = 900000, .unit_rate = 30 }, picture (1, 0)
  };

  rtc_bitrate_policy_split (0, streams, 2);
  g_assert_cmpuint (streams[0].media_bps, ==, 16000);
  g_assert_cmpuint (streams[1].media_bps, ==, 0);
  rtc_bitrate_policy_split (500000, fixed, 2); /* what cannot be steered has it all */
  g_assert_cmpuint (fixed[0].media_bps, ==, 900000);
  g_assert_cmpuint (fixed[1].media_bps, ==, 0);
  rtc_bitrate_policy_split (G_MAXUINT64, streams, 2);
  g_assert_cmpuint (streams[0].media_bps, ==, 64000);
  rtc_bitrate_policy_split (1000, streams, 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (picks); i++) {
    gchar *path = g_strdup_printf ("/bitrate-policy/pick/%s", picks[i].name);

    g_test_add_data_func (path, &picks[i], test_pick);
    g_free (path);
  }
  g_test_add_func ("/bitrate-policy/liars", test_liars);
  g_test_add_func ("/bitrate-policy/hysteresis", test_hysteresis);
  g_test_add_func ("/bitrate-policy/loss", test_loss);
  g_test_add_func ("/bitrate-policy/split", test_split);
  g_test_add_func ("/bitrate-policy/repair", test_repair);
  g_test_add_func ("/bitrate-policy/starved", test_starved);
  return g_test_run ();
}
