/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* rtc-pacer.c - what passes at once, what waits and in which order, what is refused, and probes. */
#include "pacer-rig.h"

#include "gst/rtc/base/rtc-random.h"
#include "gst/rtc/base/rtc-time.h"

static void
test_unset (void)
{
  RtcPacer pacer;

  rtc_pacer_init (&pacer);
  for (guint i = 0; i < 1000; i++) {
    g_assert_true (rtc_pacer_may_pass (&pacer, 0, RTC_PACER_VIDEO));
    rtc_pacer_handle_sent (&pacer, 0, RTC_PACER_VIDEO, LEN, 0);
  }
  g_assert_cmpuint (rtc_pacer_next_deadline (&pacer), ==, GST_CLOCK_TIME_NONE);
  rtc_pacer_clear (&pacer);
}

/* Frames at the target rate pass at once: no queue, no deadline, no memory. */
static void
test_at_target (void)
{
  RtcPacerStats stats;
  Rig rig;

  rig_init (&rig);
  for (guint i = 0; i < 300; i++) {
    rig_frame (&rig, i % 3 == 0 ? 4 : 3, i == 0);
    g_assert_cmpuint (rtc_pacer_next_deadline (&rig.pacer), ==, GST_CLOCK_TIME_NONE);
    rig_run (&rig, rig.now + 33 * MS);
  }
  rtc_pacer_get_stats (&rig.pacer, &stats);
  g_assert_cmpuint (stats.queued, ==, 0);
  g_assert_cmpuint (stats.max_wait, ==, 0);
  g_assert_cmpuint (stats.sent[RTC_PACER_VIDEO].packets, ==, 1000);
  g_assert_null (rig.pacer.rings[RTC_PACER_VIDEO].entries);
  rtc_pacer_clear (&rig.pacer);
}

/* Whoever calls the pacer was away for longer than a frame may wait: what waited leaves all the
 * same, at once what the burst lets leave and the rest behind it. */
static void
test_late_caller (void)
{
  guint n, stream;
  Rig rig;

  rig_init (&rig);
  rig_frame (&rig, 14, FALSE); /* more than the burst */
  for (guint i = 0; i < 7; i++)
    rig_frame (&rig, 3, FALSE);
  n = rtc_pacer_get_n_waiting (&rig.pacer, RTC_PACER_VIDEO);
  g_assert_cmpuint (n, >, 20); /* twice the burst */
  rig.now += 2 * RTC_PACER_MAX_WAIT;
  g_assert_false (rtc_pacer_has_expired (&rig.pacer, rig.now, &stream));
  rig_release (&rig);
  g_assert_cmpuint (rtc_pacer_get_n_waiting (&rig.pacer, RTC_PACER_VIDEO), >, n / 4);
  rig_run (&rig, rig.now + GST_SECOND);
  g_assert_cmpuint (rig.n_sent[RTC_PACER_VIDEO], ==, 35);
  g_assert_cmpuint (rig.n_lost, ==, 0);
  rtc_pacer_clear (&rig.pacer);
}

/* Retransmissions overtake video, FEC comes last; within a class order is kept. */
static void
test_order (void)
{
  guint64 last[RTC_PACER_N_CLASSES] = { 0 };
  guint n[RTC_PACER_N_CLASSES] = { 0 };
  RtcPacerEntry entry;
  RtcPacerClass klass;
  Rig rig;

  rig_init (&rig);
  rig_frame (&rig, 20, TRUE);
  for (guint i = 1; i <= 3; i++)
    g_assert_true (rig_send (&rig, RTC_PACER_FEC, i, FALSE));
  for (guint i = 1; i <= 3; i++)
    g_assert_true (rig_send (&rig, RTC_PACER_RETRANSMISSION, i, FALSE));
  g_assert_cmpuint (rtc_pacer_get_n_waiting (&rig.pacer, RTC_PACER_RETRANSMISSION), ==, 3);
  while (rig.pacer.n_waiting > 0) {
    rig.now = MAX (rig.now, rtc_pacer_next_deadline (&rig.pacer));
    while (rtc_pacer_pop (&rig.pacer, rig.now, &klass, &entry)) {
      g_assert_cmpuint (entry.number, >, last[klass]);
      last[klass] = entry.number;
      n[klass]++;
      if (klass == RTC_PACER_VIDEO)
        g_assert_cmpuint (n[RTC_PACER_RETRANSMISSION], ==, 3);
      if (klass == RTC_PACER_FEC)
        g_assert_cmpuint (rtc_pacer_get_n_waiting (&rig.pacer, RTC_PACER_VIDEO), ==, 0);
      rig_sent (&rig, klass, entry.len, entry.queued);
    }
  }
  g_assert_cmpuint (n[RTC_PACER_FEC], ==, 3);
  g_assert_cmpuint (rig.sent, ==, 26 * LEN);
  rtc_pacer_clear (&rig.pacer);
}

/* A source at twice the target that does not care: whole frames are refused, key frames are not,
 * nothing waits too long, and in any second at most what the average allows leaves. */
static void
test_deaf_source (void)
{
  guint64 seconds[31] = { 0 }, before;
  RtcPacerStats stats;
  Rig rig;

  rig_init (&rig);
  for (guint i = 0; i < 900; i++) {
    before = rig.sent;
    rig_frame (&rig, i % 60 == 0 ? 30 : 6, i % 60 == 0);
    rig_run (&rig, GST_SECOND + (i + 1) * G_GUINT64_CONSTANT (33333333));
    seconds[(rig.now - GST_SECOND) / GST_SECOND] += rig.sent - before;
  }
  for (guint i = 0; i < 30; i++)
    g_assert_cmpuint (seconds[i], <=, TARGET / 8 * 1.65);
  g_assert_cmpuint (rig.sent, <=, TARGET / 8 * (30 * 1.1 + 0.6));
  g_assert_cmpuint (rig.sent, >=, TARGET / 8 * 30 * 0.6); /* nothing in the rest of each 2 s */
  g_assert_cmpuint (rig.n_lost, >, 1500);
  g_assert_cmpuint (rig.longest_wait, <=, RTC_PACER_MAX_WAIT);
  rtc_pacer_get_stats (&rig.pacer, &stats);
  g_assert_cmpuint (stats.refused, >, 10);
  g_assert_cmpuint (stats.total_wait, >, 0);
  rtc_pacer_clear (&rig.pacer);
}

/* The rate falls to a quarter while frames wait: those not begun expire, none waits longer. */
static void
test_rate_falls (void)
{
  RtcPacerStats stats;
  Rig rig;

  rig_init (&rig);
  rig_frame (&rig, 12, TRUE);
  rig_frame (&rig, 8, FALSE);
  rig_frame (&rig, 8, FALSE);
  g_assert_cmpuint (rtc_pacer_get_wait (&rig.pacer, rig.now), <, RTC_PACER_MAX_WAIT);
  rtc_pacer_set_rates (&rig.pacer, rig.now, TARGET / 8, PACING / 8, 0);
  g_assert_cmpuint (rtc_pacer_get_wait (&rig.pacer, rig.now), >, RTC_PACER_MAX_WAIT);
  rig_run (&rig, rig.now + 5 * GST_SECOND);
  g_assert_cmpuint (rig.n_sent[RTC_PACER_VIDEO], >=, 12);
  g_assert_cmpuint (rig.n_lost, >=, 8);
  g_assert_cmpuint (rig.n_sent[RTC_PACER_VIDEO] + rig.n_lost, ==, 28);
  rtc_pacer_get_stats (&rig.pacer, &stats);
  g_assert_cmpuint (stats.dropped, ==, rig.n_lost);
  g_assert_cmpuint (rtc_pacer_get_n_waiting (&rig.pacer, RTC_PACER_VIDEO), ==, 0);
  rtc_pacer_clear (&rig.pacer);
}

/* After a source at twice the rate has used up the credit, frames are refused; once that is
 * forgiven a key frame and what comes for a while after it are not. */
static void
test_forgive (void)
{
  Rig rig;

  rig_init (&rig);
  while (rig.n_lost == 0) {
    rig_frame (&rig, 7, FALSE);
    rig_run (&rig, rig.now + 33 * MS);
  }
  rtc_pacer_drop (&rig.pacer, RTC_PACER_VIDEO, 1);
  rtc_pacer_forgive (&rig.pacer, rig.now);
  rig.n_lost = 0;
  rig_frame (&rig, 20, TRUE);
  for (guint i = 0; i < 10; i++) {
    rig_run (&rig, rig.now + 33 * MS);
    rig_frame (&rig, 5, FALSE);
  }
  g_assert_cmpuint (rig.n_lost, ==, 0);
  rtc_pacer_clear (&rig.pacer);
}

/* A full path: nothing before its time, then the average and no credit, though frames behind the
 * key frame wait for it. */
static void
test_hold (void)
{
  GstClockTime begin, until;
  Rig rig;

  rig_init (&rig);
  rtc_pacer_set_probe (
      &rig.pacer, &(RtcCcProbe){ .cluster = 1, .bps = 5000000, .min_bytes = 9999 });
  begin = rig.now;
  until = begin + 100 * MS;
  rtc_pacer_hold (&rig.pacer, until);
  g_assert_true (rtc_pacer_may_pass (&rig.pacer, begin, RTC_PACER_AUDIO));
  g_assert_cmpuint (rtc_pacer_get_cluster (&rig.pacer, RTC_PACER_VIDEO), ==, 0);
  rig_frame (&rig, 12, TRUE);
  rig_run (&rig, until - 1);
  g_assert_cmpuint (rig.sent, ==, 0);
  for (guint i = 0; i < 10; i++) {
    rig_run (&rig, until + i * 33 * MS);
    /* One packet may be ahead. */
    g_assert_cmpuint (rig.sent * 8, <=,
        (i * 33 + 1) * (TARGET / 1000) * RTC_PACER_EXCESS_PERCENT / 100 + LEN * 8);
    rig_frame (&rig, i < 5 ? 6 : 2, FALSE);
  }
  g_assert_cmpuint (rig.n_lost, ==, 0);
  g_assert_cmpuint (rig.longest_wait, >, RTC_PACER_MAX_WAIT);
  g_assert_cmpuint (rig.longest_wait, <=, RTC_PACER_HELD_WAIT);
  /* That was it. */
  rig_run (&rig, until + RTC_PACER_HELD_TIME + 500 * MS);
  for (guint i = 0; i < 10; i++)
    rig_frame (&rig, 10, FALSE);
  g_assert_cmpuint (rig.n_lost, >, 0);
  rtc_pacer_clear (&rig.pacer);
}

/* Key frames without end: the ring is bounded. */
static void
test_bounds (void)
{
  RtcPacerStats stats;
  Rig rig;

  rig_init (&rig);
  for (guint i = 0; i < 100; i++)
    rig_frame (&rig, 100, TRUE);
  g_assert_cmpuint (
      rtc_pacer_get_n_waiting (&rig.pacer, RTC_PACER_VIDEO), ==, RTC_PACER_MAX_ENTRIES);
  rtc_pacer_get_stats (&rig.pacer, &stats);
  g_assert_cmpuint (stats.queued, ==, RTC_PACER_MAX_ENTRIES);
  rtc_pacer_set_paused (&rig.pacer, TRUE);
  g_assert_false (rtc_pacer_may_pass (&rig.pacer, rig.now, RTC_PACER_AUDIO));
  g_assert_cmpuint (rtc_pacer_get_n_waiting (&rig.pacer, RTC_PACER_VIDEO), ==, 0);
  g_assert_cmpuint (rtc_pacer_next_deadline (&rig.pacer), ==, GST_CLOCK_TIME_NONE);
  g_assert_false (rig_send (&rig, RTC_PACER_VIDEO, 1, TRUE));
  rtc_pacer_set_paused (&rig.pacer, FALSE);
  g_assert_true (rig_send (&rig, RTC_PACER_VIDEO, 1, TRUE));
  rtc_pacer_clear (&rig.pacer);
}

/* Only one of two streams is dropped; the other keeps its order. */
static void
test_drop_stream (void)
{
  RtcPacerEntry entry = { .len = LEN, .is_key_frame = TRUE };
  RtcPacerClass klass;
  guint64 next = 1;
  RtcPacer pacer;

  rtc_pacer_init (&pacer);
  rtc_pacer_set_rates (&pacer, 0, TARGET, PACING, 0);
  for (guint i = 0; i < 100; i++) {
    entry.number = i;
    entry.frame = i;
    entry.stream = (guint16) (i % 2);
    g_assert_cmpint (rtc_pacer_push (&pacer, 0, RTC_PACER_VIDEO, &entry), ==, RTC_OK);
  }
  g_assert_cmpuint (rtc_pacer_drop (&pacer, RTC_PACER_VIDEO, 0), ==, 50);
  for (GstClockTime now = 0; pacer.n_waiting > 0; now += 10 * GST_SECOND) {
    g_assert_true (rtc_pacer_pop (&pacer, now, &klass, &entry));
    g_assert_cmpuint (entry.number, ==, next);
    next += 2;
  }
  g_assert_cmpuint (next, ==, 101);
  g_assert_cmpuint (pacer.waiting_bytes + pacer.key_bytes, ==, 0);
  rtc_pacer_clear (&pacer);
}

/* A probe begins with media, is filled up with padding and lasts as long as its rate says. */
static void
test_probe (void)
{
  RtcCcProbe probe = { .cluster = 3, .bps = 4000000, .min_packets = 5, .min_bytes = 7500 };
  GstClockTime began, deadline;
  RtcPacerStats stats;
  guint len;
  Rig rig;

  rig_init (&rig);
  rtc_pacer_set_probe (&rig.pacer, &probe);
  g_assert_cmpuint (rtc_pacer_get_padding (&rig.pacer, rig.now), ==, 0);
  g_assert_cmpuint (rtc_pacer_next_deadline (&rig.pacer), ==, GST_CLOCK_TIME_NONE);
  g_assert_true (rig_send (&rig, RTC_PACER_AUDIO, 0, FALSE));
  g_assert_cmpuint (rtc_pacer_get_cluster (&rig.pacer, RTC_PACER_AUDIO), ==, 0);
  g_assert_cmpuint (rtc_pacer_get_cluster (&rig.pacer, RTC_PACER_VIDEO), ==, 3);
  began = rig.now;
  rig_frame (&rig, 2, TRUE);
  g_assert_cmpuint (rig.n_sent[RTC_PACER_VIDEO], ==, 1);
  g_assert_cmpuint (rtc_pacer_get_cluster (&rig.pacer, RTC_PACER_AUDIO), ==, 3);
  for (guint i = 0; i < 20 && rtc_pacer_get_cluster (&rig.pacer, RTC_PACER_AUDIO) == 3; i++) {
    deadline = rtc_pacer_next_deadline (&rig.pacer);
    g_assert_cmpuint (deadline, >, rig.now);
    g_assert_cmpuint (deadline, <=, rig.now + 3 * MS);
    rig.now = deadline;
    rig_release (&rig);
    while ((len = rtc_pacer_get_padding (&rig.pacer, rig.now)) > 0)
      rig_sent (&rig, RTC_PACER_PADDING, len, rig.now);
  }
  g_assert_cmpuint (rig.n_sent[RTC_PACER_VIDEO], ==, 2);
  g_assert_cmpuint (rig.n_sent[RTC_PACER_PADDING], ==, 5);
  /* 2 * 1250 + 4 * 1200 bytes take 14.6 ms, then the last one leaves. */
  g_assert_cmpuint (rig.now - began, >=, 14 * MS);
  g_assert_cmpuint (rig.now - began, <=, 15 * MS);
  g_assert_cmpuint (rtc_pacer_next_deadline (&rig.pacer), ==, GST_CLOCK_TIME_NONE);
  rtc_pacer_get_stats (&rig.pacer, &stats);
  g_assert_cmpuint (stats.probes, ==, 1);
  g_assert_cmpuint (stats.probes_given_up, ==, 0);
  rtc_pacer_clear (&rig.pacer);
}

/* Nothing to pad with: it lives on media for a while, then it is given up. */
static void
test_probe_starves (void)
{
  RtcCcProbe probe = { .cluster = 1, .bps = 4000000, .min_packets = 5, .min_bytes = 7500 };
  RtcPacerStats stats;
  Rig rig;

  rig_init (&rig);
  rtc_pacer_set_probe (&rig.pacer, &probe);
  rig_frame (&rig, 1, TRUE);
  rig.now += 10 * MS;
  g_assert_cmpuint (rtc_pacer_get_padding (&rig.pacer, rig.now), >, 0);
  rtc_pacer_end_padding (&rig.pacer, rig.now);
  g_assert_cmpuint (rtc_pacer_get_padding (&rig.pacer, rig.now), ==, 0);
  rig.now = rtc_pacer_next_deadline (&rig.pacer);
  g_assert_cmpuint (rig.now, ==, GST_SECOND + RTC_PACER_PROBE_LIFE);
  g_assert_cmpuint (rtc_pacer_get_padding (&rig.pacer, rig.now), ==, 0);
  g_assert_cmpuint (rtc_pacer_get_cluster (&rig.pacer, RTC_PACER_VIDEO), ==, 0);
  rtc_pacer_get_stats (&rig.pacer, &stats);
  g_assert_cmpuint (stats.probes_given_up, ==, 1);
  rtc_pacer_clear (&rig.pacer);
}

/* Padding fills up to its rate, media counted. */
static void
test_padding (void)
{
  guint64 total = 0;
  Rig rig;

  rig_init (&rig);
  rtc_pacer_set_rates (&rig.pacer, rig.now, TARGET, PACING, 500000);
  while (rig.now < 11 * GST_SECOND) {
    GstClockTime deadline = rtc_pacer_next_deadline (&rig.pacer);
    guint len;

    g_assert_cmpuint (deadline, <=, rig.now + 40 * MS);
    rig.now = MAX (rig.now, deadline);
    while ((len = rtc_pacer_get_padding (&rig.pacer, rig.now)) > 0)
      rig_sent (&rig, RTC_PACER_PADDING, len, rig.now);
    if (rig.sent / 100000 > total) {
      total++;
      rig_frame (&rig, 1, TRUE);
    }
  }
  g_assert_cmpuint (rig.sent, >, 500000 / 8 * 10 * 0.98);
  g_assert_cmpuint (rig.sent, <, 500000 / 8 * 10 * 1.02);
  rtc_pacer_clear (&rig.pacer);
}

/* Whatever is done to it: bounds hold, deadlines never stand still, counters add up. */
static void
test_random (void)
{
  for (guint64 seed = 1; seed <= 20; seed++) {
    RtcRandom *random = rtc_random_new_seeded (seed);
    RtcPacerStats stats;
    guint n_made = 0;
    Rig rig;

    rig_init (&rig);
    for (guint i = 0; i < 2000; i++) {
      guint64 target = rtc_random_range (random, 50, 5000) * 1000;
      guint n = (guint) rtc_random_range (random, 1, 40);

      if (rtc_random_range (random, 0, 20) == 0)
        rtc_pacer_set_rates (&rig.pacer, rig.now, target, target * 5 / 2, 0);
      if (rtc_random_range (random, 0, 5) == 0)
        rig_send (&rig, RTC_PACER_RETRANSMISSION, i, FALSE);
      rig_frame (&rig, n, rtc_random_range (random, 0, 30) == 0);
      n_made += n;
      rig_run (&rig, rig.now + rtc_random_range (random, 0, 40) * MS);
    }
    rig_run (&rig, rig.now + 100 * GST_SECOND);
    rtc_pacer_get_stats (&rig.pacer, &stats);
    g_assert_cmpuint (rig.n_sent[RTC_PACER_VIDEO] + rig.n_lost, ==, n_made);
    g_assert_cmpuint (rig.pacer.n_waiting, ==, 0);
    g_assert_cmpuint (rig.pacer.waiting_bytes + rig.pacer.key_bytes, ==, 0);
    rtc_pacer_clear (&rig.pacer);
    rtc_random_free (random);
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/rtc-pacer/unset", test_unset);
  g_test_add_func ("/rtc-pacer/at-target", test_at_target);
  g_test_add_func ("/rtc-pacer/late-caller", test_late_caller);
  g_test_add_func ("/rtc-pacer/order", test_order);
  g_test_add_func ("/rtc-pacer/deaf-source", test_deaf_source);
  g_test_add_func ("/rtc-pacer/rate-falls", test_rate_falls);
  g_test_add_func ("/rtc-pacer/forgive", test_forgive);
  g_test_add_func ("/rtc-pacer/hold", test_hold);
  g_test_add_func ("/rtc-pacer/bounds", test_bounds);
  g_test_add_func ("/rtc-pacer/drop-stream", test_drop_stream);
  g_test_add_func ("/rtc-pacer/probe", test_probe);
  g_test_add_func ("/rtc-pacer/probe-starves", test_probe_starves);
  g_test_add_func ("/rtc-pacer/padding", test_padding);
  g_test_add_func ("/rtc-pacer/random", test_random);
  return g_test_run ();
}
