/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* rtc-nack-generator.c - first request, spacing by RTT, tries, age, limits, wraps. */
#include "gst/rtc/media/rtc-nack-generator.h"

#define MS GST_MSECOND

static RtcNackGenerator *
generator (void)
{
  RtcNackGeneratorConfig config = RTC_NACK_GENERATOR_CONFIG_DEFAULT;

  return rtc_nack_generator_new (&config);
}

static void
test_first_request (void)
{
  RtcNackGenerator *self = generator ();
  guint16 seqs[8];

  g_assert_cmpint (rtc_nack_generator_handle_packet (self, 65530, 0), ==, RTC_OK);
  g_assert_cmpuint (rtc_nack_generator_next_deadline (self), ==, GST_CLOCK_TIME_NONE);
  rtc_nack_generator_handle_packet (self, 65533, 5 * MS);
  g_assert_cmpuint (rtc_nack_generator_get_n_missing (self), ==, 2);
  g_assert_cmpuint (rtc_nack_generator_next_deadline (self), ==, 15 * MS);
  g_assert_cmpuint (rtc_nack_generator_poll (self, 14 * MS, seqs, 8), ==, 0);
  g_assert_cmpuint (rtc_nack_generator_poll (self, 15 * MS, seqs, 8), ==, 2);
  g_assert_cmpuint (seqs[0], ==, 65531);
  g_assert_cmpuint (seqs[1], ==, 65532);
  /* Early calls change nothing: one request per round trip. */
  g_assert_cmpuint (rtc_nack_generator_poll (self, 16 * MS, seqs, 8), ==, 0);
  rtc_nack_generator_free (self);
}

static void
test_spacing_and_tries (void)
{
  RtcNackGenerator *self = generator ();
  RtcNackGeneratorStats stats;
  GstClockTime now = 0, last = 0;
  guint requests = 0;
  guint16 seq;

  rtc_nack_generator_set_rtt (self, 50 * MS);
  rtc_nack_generator_handle_packet (self, 100, 0);
  rtc_nack_generator_handle_packet (self, 102, 0);
  while ((now = rtc_nack_generator_next_deadline (self)) != GST_CLOCK_TIME_NONE) {
    if (rtc_nack_generator_poll (self, now, &seq, 1) == 0)
      continue;
    /* One round trip and what answers jitter. */
    if (requests++ > 0) {
      g_assert_cmpuint (now - last, >=, 50 * MS);
      g_assert_cmpuint (now - last, <=, 60 * MS);
    }
    last = now;
  }
  g_assert_cmpuint (requests, ==, 10);
  g_assert_cmpuint (rtc_nack_generator_steal_given_up (self), ==, 1);
  g_assert_cmpuint (rtc_nack_generator_steal_given_up (self), ==, 0);
  rtc_nack_generator_get_stats (self, &stats);
  g_assert_cmpuint (stats.requested, ==, 10);
  g_assert_cmpuint (stats.given_up, ==, 1);
  rtc_nack_generator_free (self);
}

/* 300 ms of use: as many requests as have their answer in that time, whatever the round trip: what
 * they are apart for jitter gives way to one more. */
static void
test_last (void)
{
  guint n_more = 0;

  for (GstClockTime rtt = 40 * MS; rtt <= 100 * MS; rtt += MS) {
    RtcNackGeneratorConfig config = RTC_NACK_GENERATOR_CONFIG_DEFAULT;
    GstClockTime now, last = 0, room = 300 * MS - config.reorder_delay - rtt;
    RtcNackGenerator *self;
    guint n = 0;
    guint16 seq;

    config.max_age = 300 * MS;
    config.quick_tries = 4;
    self = rtc_nack_generator_new (&config);
    rtc_nack_generator_set_rtt (self, rtt);
    rtc_nack_generator_handle_packet (self, 100, 0);
    rtc_nack_generator_handle_packet (self, 102, 0);
    while ((now = rtc_nack_generator_next_deadline (self)) != GST_CLOCK_TIME_NONE) {
      if (rtc_nack_generator_poll (self, now, &seq, 1) == 0)
        continue;
      g_assert_true (n == 0 || now - last >= rtt + rtt / 32);
      last = now;
      n++;
    }
    g_assert_cmpuint (last + rtt, <=, 300 * MS);
    g_assert_cmpuint (n, ==, 1 + (room - rtt / 32) / (rtt + rtt / 32));
    n_more += n > 1 + room / (rtt + rtt / 8);
    rtc_nack_generator_free (self);
  }
  g_assert_cmpuint (n_more, >, 5);
}

/* With time left, the tries after the first few are spread over it; at a high packet rate over no
 * more than the sender can be expected to keep. */
static void
test_spread (void)
{
  for (guint high_rate = 0; high_rate < 2; high_rate++) {
    RtcNackGeneratorConfig config = RTC_NACK_GENERATOR_CONFIG_DEFAULT;
    GstClockTime asked[16], now = 0, step = high_rate ? MS / 2 : 5 * MS;
    RtcNackGenerator *self;
    guint n = 0;
    guint16 seq;

    config.quick_tries = 4;
    self = rtc_nack_generator_new (&config);
    rtc_nack_generator_set_rtt (self, 50 * MS);
    rtc_nack_generator_handle_packet (self, 100, 0);
    for (guint64 i = 102; now < 3 * GST_SECOND; i++, now += step) {
      rtc_nack_generator_handle_packet (self, i, now);
      if (rtc_nack_generator_poll (self, now, &seq, 1) > 0) {
        g_assert_cmpuint (seq, ==, 101);
        g_assert_cmpuint (n, <, 10);
        asked[n++] = now;
      }
    }
    g_assert_cmpuint (n, ==, 10);
    for (guint i = 1; i < 4; i++)
      g_assert_cmpuint (asked[i] - asked[i - 1], <=, 65 * MS);
    g_assert_cmpuint (asked[9] - asked[8], >=, 50 * MS);
    /* Two seconds are of use, less a round trip; 600 packets of half a millisecond are 0.3 s. */
    if (high_rate)
      g_assert_cmpuint (asked[9], <=, 700 * MS);
    else
      g_assert_cmpuint (asked[9], >=, 1500 * MS);
    g_assert_cmpuint (asked[9], <=, 1950 * MS);
    rtc_nack_generator_free (self);
  }
}

static void
test_late_and_age (void)
{
  RtcNackGenerator *self = generator ();
  RtcNackGeneratorStats stats;
  guint16 seqs[16];

  rtc_nack_generator_handle_packet (self, 10, 0);
  rtc_nack_generator_handle_packet (self, 15, 0);
  rtc_nack_generator_handle_packet (self, 12, 1 * MS);
  rtc_nack_generator_handle_packet (self, 12, 1 * MS);
  g_assert_cmpuint (rtc_nack_generator_poll (self, 10 * MS, seqs, 16), ==, 3);
  rtc_nack_generator_handle_packet (self, 13, 40 * MS);
  rtc_nack_generator_handle_packet (self, 5, 40 * MS);
  rtc_nack_generator_get_stats (self, &stats);
  g_assert_cmpuint (stats.reordered, ==, 1);
  g_assert_cmpuint (stats.recovered, ==, 1);
  g_assert_cmpuint (rtc_nack_generator_poll (self, 3 * GST_SECOND, seqs, 16), ==, 0);
  g_assert_cmpuint (rtc_nack_generator_get_n_missing (self), ==, 0);
  g_assert_cmpuint (rtc_nack_generator_steal_given_up (self), ==, 2);
  rtc_nack_generator_free (self);
}

static void
test_limit (void)
{
  RtcNackGenerator *self = generator ();
  guint16 seqs[600];

  rtc_nack_generator_handle_packet (self, 1, 0);
  g_assert_cmpint (rtc_nack_generator_handle_packet (self, 1002, 0), ==, RTC_OK);
  g_assert_cmpint (rtc_nack_generator_handle_packet (self, 1004, 0), ==, RTC_ERR_LIMIT);
  g_assert_cmpuint (rtc_nack_generator_get_n_missing (self), ==, 0);
  g_assert_cmpint (rtc_nack_generator_handle_packet (self, 2000, 0), ==, RTC_OK);
  /* Full arrays: the rest comes with the next call. */
  g_assert_cmpuint (rtc_nack_generator_poll (self, 10 * MS, seqs, 600), ==, 600);
  g_assert_cmpuint (rtc_nack_generator_poll (self, 10 * MS, seqs, 600), ==, 395);
  g_assert_cmpuint (rtc_nack_generator_poll (self, 10 * MS, seqs, 600), ==, 0);
  rtc_nack_generator_free (self);
}

/* Asked for only while the answer can be in time, and given up when it cannot any more. */
static void
test_in_time (void)
{
  RtcNackGeneratorConfig config = RTC_NACK_GENERATOR_CONFIG_DEFAULT;
  RtcNackGenerator *self;
  GstClockTime now, last = 0;
  guint requests = 0;
  guint16 seq;

  config.max_age = 300 * MS;
  self = rtc_nack_generator_new (&config);
  rtc_nack_generator_set_rtt (self, 80 * MS);
  rtc_nack_generator_handle_packet (self, 100, 0);
  rtc_nack_generator_handle_packet (self, 102, 0);
  while ((now = rtc_nack_generator_next_deadline (self)) != GST_CLOCK_TIME_NONE) {
    if (rtc_nack_generator_poll (self, now, &seq, 1) == 0)
      continue;
    requests++;
    last = now;
  }
  g_assert_cmpuint (requests, ==, 3); /* at 10, 100 and 190 ms; at 280 it would come at 360 */
  g_assert_cmpuint (last + 80 * MS, <=, 300 * MS);
  g_assert_cmpuint (rtc_nack_generator_steal_given_up (self), ==, 1);

  /* Answers wait in a queue: there is time for one. */
  rtc_nack_generator_set_late (self, 150 * MS);
  rtc_nack_generator_handle_packet (self, 104, 500 * MS);
  for (requests = 0; (now = rtc_nack_generator_next_deadline (self)) != GST_CLOCK_TIME_NONE;)
    requests += rtc_nack_generator_poll (self, now, &seq, 1);
  g_assert_cmpuint (requests, ==, 1);
  g_assert_cmpuint (rtc_nack_generator_steal_given_up (self), ==, 1);
  rtc_nack_generator_set_late (self, 0);

  /* The round trip is too long: known lost as soon as it is known missing. */
  rtc_nack_generator_set_rtt (self, 400 * MS);
  rtc_nack_generator_handle_packet (self, 106, GST_SECOND);
  g_assert_cmpuint (rtc_nack_generator_poll (self, GST_SECOND + 10 * MS, &seq, 1), ==, 0);
  g_assert_cmpuint (rtc_nack_generator_steal_given_up (self), ==, 1);
  /* Unknown: asked once, or it would never be known. */
  rtc_nack_generator_set_rtt (self, GST_CLOCK_TIME_NONE);
  rtc_nack_generator_handle_packet (self, 108, 2 * GST_SECOND);
  g_assert_cmpuint (rtc_nack_generator_poll (self, 2 * GST_SECOND + 10 * MS, &seq, 1), ==, 1);
  rtc_nack_generator_free (self);
}

/* A jitter buffer's wishes are merged: what is listed, received or given up changes nothing. */
static void
test_request (void)
{
  RtcNackGenerator *self = generator ();
  RtcNackGeneratorStats stats;
  guint16 seqs[100];

  rtc_nack_generator_request (self, 9, 0);
  rtc_nack_generator_handle_packet (self, 10, 0);
  rtc_nack_generator_handle_packet (self, 12, 0);
  rtc_nack_generator_request (self, 11, MS);
  g_assert_cmpuint (rtc_nack_generator_next_deadline (self), ==, 10 * MS);
  g_assert_cmpuint (rtc_nack_generator_poll (self, 10 * MS, seqs, 100), ==, 1);
  rtc_nack_generator_request (self, 11, 11 * MS);
  g_assert_cmpuint (rtc_nack_generator_poll (self, 11 * MS, seqs, 100), ==, 0);
  rtc_nack_generator_request (self, 12, 12 * MS);
  rtc_nack_generator_request (self, 5, 12 * MS);
  rtc_nack_generator_request (self, 12 + RTC_NACK_MAX_AHEAD + 1, 12 * MS);
  rtc_nack_generator_get_stats (self, &stats);
  g_assert_cmpuint (stats.merged, ==, 2);
  g_assert_cmpuint (stats.refused, ==, 4);
  g_assert_cmpuint (stats.added, ==, 0);

  /* The end of a picture: nothing newer has come, so only the buffer knows. */
  rtc_nack_generator_request (self, 15, 40 * MS);
  rtc_nack_generator_request (self, 14, 40 * MS);
  rtc_nack_generator_request (self, 19, 40 * MS);
  g_assert_cmpuint (rtc_nack_generator_next_deadline (self), <=, 40 * MS);
  g_assert_cmpuint (rtc_nack_generator_poll (self, 40 * MS, seqs, 100), ==, 3);
  g_assert_cmpuint (seqs[0], ==, 14);
  g_assert_cmpuint (seqs[2], ==, 19);
  rtc_nack_generator_handle_repair (self, 15, 60 * MS);
  g_assert_cmpuint (rtc_nack_generator_steal_rtt (self), ==, 20 * MS);
  g_assert_cmpuint (rtc_nack_generator_steal_rtt (self), ==, GST_CLOCK_TIME_NONE);
  /* 11, 13, 14 and 19 are still listed, each once. */
  g_assert_cmpuint (rtc_nack_generator_get_n_missing (self), ==, 4);
  rtc_nack_generator_handle_packet (self, 18, 61 * MS);
  g_assert_cmpuint (rtc_nack_generator_get_n_missing (self), ==, 6);
  rtc_nack_generator_handle_packet (self, 19, 62 * MS);
  g_assert_cmpuint (rtc_nack_generator_get_n_missing (self), ==, 5);
  rtc_nack_generator_free (self);
}

/* Packets that do not exist are asked for twice, and nobody mourns them. */
static void
test_request_nothing (void)
{
  RtcNackGenerator *self = generator ();
  GstClockTime now;
  guint requests = 0;
  guint16 seq;

  rtc_nack_generator_handle_packet (self, 10, 0);
  rtc_nack_generator_request (self, 11, 50 * MS);
  while ((now = rtc_nack_generator_next_deadline (self)) != GST_CLOCK_TIME_NONE)
    requests += rtc_nack_generator_poll (self, now, &seq, 1);
  g_assert_cmpuint (requests, ==, 2);
  g_assert_cmpuint (rtc_nack_generator_steal_given_up (self), ==, 0);
  /* It existed after all. */
  rtc_nack_generator_handle_packet (self, 12, 5 * GST_SECOND);
  g_assert_cmpuint (rtc_nack_generator_poll (self, 5 * GST_SECOND + 10 * MS, &seq, 1), ==, 1);
  g_assert_cmpuint (seq, ==, 11);
  rtc_nack_generator_free (self);
}

/* One packet in 20 comes ten places late: after the first few nobody asks for them, while what is
 * really lost is asked for as soon as eleven newer ones have come. */
static void
test_reordering (void)
{
  RtcNackGenerator *self = generator ();
  RtcNackGeneratorStats stats;
  GstClockTime now = 0;
  guint16 seqs[16];

  rtc_nack_generator_set_rtt (self, 100 * MS);
  g_assert_cmpuint (rtc_nack_generator_get_reorder_depth (self), ==, 0);
  for (guint64 seq = 1000; seq < 6000; seq++) {
    now += 3 * MS;
    if (seq % 20 != 10)
      rtc_nack_generator_handle_packet (self, seq, now);
    if (seq % 20 == 0 && seq > 1000)
      rtc_nack_generator_handle_packet (self, seq - 10, now);
    rtc_nack_generator_poll (self, now, seqs, 16);
  }
  rtc_nack_generator_get_stats (self, &stats);
  g_assert_cmpuint (stats.needless, <=, 5);
  g_assert_cmpuint (stats.needless + stats.reordered, ==, 249);
  g_assert_cmpuint (rtc_nack_generator_get_reorder_depth (self), ==, 11);
  /* 6000 is lost: sure with the eleventh packet after it. */
  rtc_nack_generator_poll (self, now + GST_SECOND, seqs, 16);
  now += 2 * GST_SECOND;
  for (guint64 seq = 6001; seq <= 6010; seq++)
    rtc_nack_generator_handle_packet (self, seq, now + (seq - 6000) * 3 * MS);
  g_assert_cmpuint (rtc_nack_generator_poll (self, now + 30 * MS, seqs, 16), ==, 0);
  rtc_nack_generator_handle_packet (self, 6011, now + 33 * MS);
  g_assert_cmpuint (rtc_nack_generator_poll (self, now + 33 * MS, seqs, 16), ==, 1);
  g_assert_cmpuint (seqs[0], ==, 6000);
  /* Nothing comes any more: after a round trip. */
  rtc_nack_generator_handle_packet (self, 6013, now + 36 * MS);
  g_assert_cmpuint (rtc_nack_generator_next_deadline (self), ==, now + 136 * MS);
  /* And when the path keeps the order again, at once. */
  for (guint64 seq = 6014; seq < 12000; seq++)
    rtc_nack_generator_handle_packet (self, seq, now + 40 * MS);
  g_assert_cmpuint (rtc_nack_generator_get_reorder_depth (self), ==, 0);
  rtc_nack_generator_free (self);
}

/* A packet that was asked for and comes by itself was asked for needlessly, whether its RTX has
 * overtaken it or not; where no RTX was agreed the time tells. */
static void
test_needless (void)
{
  RtcNackGeneratorConfig config = RTC_NACK_GENERATOR_CONFIG_DEFAULT;
  RtcNackGenerator *self = generator ();
  RtcNackGeneratorStats stats;
  guint16 seqs[4];

  rtc_nack_generator_set_rtt (self, 50 * MS);
  rtc_nack_generator_handle_packet (self, 10, 0);
  rtc_nack_generator_handle_packet (self, 13, 0);
  g_assert_cmpuint (rtc_nack_generator_poll (self, 10 * MS, seqs, 4), ==, 2);
  rtc_nack_generator_handle_packet (self, 11, 30 * MS);
  rtc_nack_generator_handle_repair (self, 12, 60 * MS);
  g_assert_cmpuint (rtc_nack_generator_steal_rtt (self), ==, 50 * MS);
  rtc_nack_generator_handle_packet (self, 12, 70 * MS);
  rtc_nack_generator_get_stats (self, &stats);
  g_assert_cmpuint (stats.needless, ==, 2);
  g_assert_cmpuint (stats.recovered, ==, 2);
  rtc_nack_generator_free (self);

  config.has_rtx = FALSE;
  self = rtc_nack_generator_new (&config);
  rtc_nack_generator_set_rtt (self, 50 * MS);
  rtc_nack_generator_handle_packet (self, 10, 0);
  rtc_nack_generator_handle_packet (self, 13, 0);
  g_assert_cmpuint (rtc_nack_generator_poll (self, 10 * MS, seqs, 4), ==, 2);
  rtc_nack_generator_handle_packet (self, 11, 15 * MS);
  rtc_nack_generator_handle_packet (self, 12, 62 * MS);
  g_assert_cmpuint (rtc_nack_generator_steal_rtt (self), ==, 52 * MS);
  rtc_nack_generator_get_stats (self, &stats);
  g_assert_cmpuint (stats.needless, ==, 1);
  rtc_nack_generator_free (self);
}

/* Packets from..to-1, spacing apart; those that are in lost (modulo 8 bits of a mask) do not come.
 * Returns the time after them. */
static GstClockTime
feed (RtcNackGenerator *self, GstClockTime now, guint64 from, guint64 to, GstClockTime spacing,
    guint8 lost)
{
  for (guint64 seq = from; seq < to; seq++, now += spacing) {
    if ((lost >> (seq % 8) & 1) == 0)
      g_assert_cmpint (rtc_nack_generator_handle_packet (self, seq, now), ==, RTC_OK);
  }
  return now;
}

static RtcNackGenerator *
careful_generator (GstClockTime max_repair)
{
  RtcNackGeneratorConfig config = RTC_NACK_GENERATOR_CONFIG_DEFAULT;
  RtcNackGenerator *self;

  config.max_repair = max_repair;
  self = rtc_nack_generator_new (&config);
  rtc_nack_generator_set_rtt (self, 50 * MS);
  return self;
}

static void
assert_costs (RtcNackGenerator *self, guint64 too_costly, guint64 given_up)
{
  RtcNackGeneratorStats stats;

  rtc_nack_generator_get_stats (self, &stats);
  g_assert_cmpuint (stats.too_costly, ==, too_costly);
  g_assert_cmpuint (stats.given_up, ==, given_up);
}

/* 100 packets a second: 30 are worth 300 ms, and no more are asked for. */
static void
test_cost (void)
{
  for (guint lost = 29; lost <= 33; lost++) {
    RtcNackGenerator *self = careful_generator (300 * MS);
    GstClockTime now = feed (self, 0, 100, 200, 10 * MS, 0);
    guint n, expected = lost <= 30 ? lost : 0;
    guint16 seqs[64];

    /* The gap has no length in time: the rate is still 100 a second. */
    rtc_nack_generator_handle_packet (self, 200 + lost, now);
    now += 10 * MS;
    n = rtc_nack_generator_poll (self, now, seqs, 64);
    g_assert_cmpuint (n, ==, expected);
    g_assert_cmpuint (rtc_nack_generator_steal_given_up (self), ==, lost - expected);
    assert_costs (self, lost > 30, lost - expected);

    /* What is lost before the key frame can be there is of no use; what comes after that is. */
    if (lost > 30) {
      rtc_nack_generator_handle_packet (self, 210 + lost, now + 40 * MS);
      g_assert_cmpuint (rtc_nack_generator_poll (self, now + 50 * MS, seqs, 64), ==, 0);
      rtc_nack_generator_handle_packet (self, 212 + lost, now + 55 * MS);
      g_assert_cmpuint (rtc_nack_generator_poll (self, now + 65 * MS, seqs, 64), ==, 1);
      g_assert_cmpuint (seqs[0], ==, 211 + lost);
      g_assert_cmpuint (rtc_nack_generator_steal_given_up (self), ==, 0);
      assert_costs (self, 1, lost + 9);
    }
    rtc_nack_generator_free (self);
  }
}

/* A sender that sees that repair has failed makes a key frame at once, which comes while nothing is
 * asked for: the packet before a run is, once there are eight behind it, but not what is lost close
 * to others, nor more than two, nor what comes late. */
static void
test_run (void)
{
  static const struct {
    guint lost, behind;
    gboolean comes_late;
    guint expected;
  } cases[] = { { 1, 7, FALSE, 0 }, { 1, 8, FALSE, 1 }, { 2, 8, FALSE, 2 }, { 3, 20, FALSE, 0 },
    { 1, 20, TRUE, 0 } };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    RtcNackGenerator *self = careful_generator (300 * MS);
    GstClockTime now = feed (self, 0, 100, 200, 10 * MS, 0) + 10 * MS;
    guint64 seq = 250;
    guint16 seqs[64];

    rtc_nack_generator_handle_packet (self, 240, now);
    g_assert_cmpuint (rtc_nack_generator_poll (self, now + 10 * MS, seqs, 64), ==, 0);
    now += 15 * MS;
    /* Another loss close before: this one is not asked for. */
    rtc_nack_generator_handle_packet (self, seq, now);
    rtc_nack_generator_handle_packet (self, seq + 1, now);
    seq += 2 + cases[i].lost;
    for (guint n = 0; n < cases[i].behind; n++) {
      rtc_nack_generator_handle_packet (self, seq++, now);
      if (n == 3 && cases[i].comes_late)
        rtc_nack_generator_handle_packet (self, 252, now);
    }
    g_assert_cmpuint (rtc_nack_generator_poll (self, now + MS, seqs, 64), ==, cases[i].expected);
    for (guint n = 0; n < cases[i].expected; n++)
      g_assert_cmpuint (seqs[n], ==, 252 + n);
    assert_costs (self, 1, 40 + 9 + cases[i].lost - cases[i].expected);
    rtc_nack_generator_free (self);
  }
}

/* From packet seq on, lost_of_4 in four do not come for a second: 200 a second are sent. Returns
 * how many were asked for. */
static guint
feed_second (
    RtcNackGenerator *self, GstClockTime now, guint64 seq, guint lost_of_4, gboolean repair)
{
  GstClockTime end = now + GST_SECOND;
  guint16 seqs[64];
  guint n = 0;

  for (; now < end; now += 5 * MS, seq++) {
    if (seq % 4 >= lost_of_4)
      rtc_nack_generator_handle_packet (self, seq, now);
    else if (repair && seq > 1020)
      rtc_nack_generator_handle_repair (self, seq - 20, now); /* 100 ms later */
    n += rtc_nack_generator_poll (self, now, seqs, 64);
  }
  return n;
}

/* One of four is lost for seconds: never so many are missing at a time that it is too many. Then
 * the path narrows to a quarter, what comes is one in four, and that is the end of asking; a key
 * frame begins it anew. */
static void
test_cost_of_a_step (void)
{
  RtcNackGenerator *self = careful_generator (300 * MS), *bold = careful_generator (0);
  GstClockTime now = 5 * GST_SECOND;
  guint64 seq = 2000;
  guint16 seqs[64];
  guint n, n_bold;

  for (guint i = 0; i < 5; i++) {
    feed_second (self, i * GST_SECOND, 1000 + i * 200, 1, TRUE);
    feed_second (bold, i * GST_SECOND, 1000 + i * 200, 1, TRUE);
  }
  assert_costs (self, 0, 0);
  n = feed_second (self, now, seq, 3, FALSE);
  n_bold = feed_second (bold, now, seq, 3, FALSE);
  g_test_message ("%u requests instead of %u", n, n_bold);
  g_assert_cmpuint (n * 4, <=, n_bold);
  g_assert_cmpuint (rtc_nack_generator_steal_given_up (self), >=, RTC_NACK_CHEAP);
  assert_costs (bold, 0, rtc_nack_generator_steal_given_up (bold)); /* those that it had tried */
  rtc_nack_generator_free (bold);

  now += GST_SECOND;
  seq += 200;
  rtc_nack_generator_handle_packet (self, seq, now);
  rtc_nack_generator_note_key_frame (self, seq);
  rtc_nack_generator_poll (self, now + 10 * MS, seqs, 64);
  rtc_nack_generator_handle_packet (self, seq + 3, now + 20 * MS);
  n = rtc_nack_generator_poll (self, now + 30 * MS, seqs, 64);
  g_assert_cmpuint (n, >=, 2);
  g_assert_cmpuint (seqs[n - 1], ==, (guint16) (seq + 2));
  rtc_nack_generator_free (self);
}

/* What a picture does not need any more goes first, and makes nobody ask for another key frame; few
 * packets are never too many; and no limit is no limit. */
static void
test_cost_limits (void)
{
  RtcNackGenerator *self = careful_generator (300 * MS);
  GstClockTime now = feed (self, 0, 100, 200, 10 * MS, 0);
  guint16 seqs[512];

  rtc_nack_generator_handle_packet (self, 225, now);
  rtc_nack_generator_note_key_frame (self, 225);
  rtc_nack_generator_handle_packet (self, 236, now);
  g_assert_cmpuint (rtc_nack_generator_poll (self, now + 10 * MS, seqs, 64), ==, 10);
  g_assert_cmpuint (seqs[0], ==, 226);
  g_assert_cmpuint (rtc_nack_generator_steal_given_up (self), ==, 0);
  assert_costs (self, 0, 25);
  rtc_nack_generator_free (self);

  self = careful_generator (300 * MS);
  now = feed (self, 0, 100, 140, GST_SECOND, 0);
  rtc_nack_generator_handle_packet (self, 140 + RTC_NACK_CHEAP, now);
  g_assert_cmpuint (rtc_nack_generator_poll (self, now + 10 * MS, seqs, 64), ==, RTC_NACK_CHEAP);
  rtc_nack_generator_free (self);

  self = careful_generator (0);
  now = feed (self, 0, 100, 140, GST_SECOND, 0);
  rtc_nack_generator_handle_packet (self, 640, now);
  g_assert_cmpuint (rtc_nack_generator_poll (self, now + 10 * MS, seqs, 512), ==, 500);
  rtc_nack_generator_free (self);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/nack-generator/first-request", test_first_request);
  g_test_add_func ("/nack-generator/spacing-and-tries", test_spacing_and_tries);
  g_test_add_func ("/nack-generator/last", test_last);
  g_test_add_func ("/nack-generator/spread", test_spread);
  g_test_add_func ("/nack-generator/late-and-age", test_late_and_age);
  g_test_add_func ("/nack-generator/limit", test_limit);
  g_test_add_func ("/nack-generator/in-time", test_in_time);
  g_test_add_func ("/nack-generator/request", test_request);
  g_test_add_func ("/nack-generator/request-nothing", test_request_nothing);
  g_test_add_func ("/nack-generator/reordering", test_reordering);
  g_test_add_func ("/nack-generator/needless", test_needless);
  g_test_add_func ("/nack-generator/cost", test_cost);
  g_test_add_func ("/nack-generator/run", test_run);
  g_test_add_func ("/nack-generator/cost-of-a-step", test_cost_of_a_step);
  g_test_add_func ("/nack-generator/cost-limits", test_cost_limits);
  return g_test_run ();
}
