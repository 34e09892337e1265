/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* rtc-twcc-sender.c - what feedback says of each packet: once, whatever is lost, repeated, late or
 * made up; wraps of numbers and of the reference time; the ring's bounds. */
#include "gst/rtc/media/rtc-twcc-sender.h"

#include "gst/rtc/base/rtc-random.h"
#include "gst/rtc/base/rtc-time.h"
#include "gst/rtc/media/rtc-twcc-receiver.h"

#define MS GST_MSECOND
#define LEN 1000

/* Messages as arrivals of unwrapped numbers, on the receiver's clock. */
static guint
tell_at (RtcTwccSender *sender, GstClockTime now, guint8 count, guint64 base,
    const RtcTwccArrival *arrivals, guint n_arrivals, const RtcCcResult **results)
{
  guint8 data[RTC_MTU];
  RtcTwccFeedback feedback;
  RtcRtcpBuilder builder;
  RtcRtcpPacket packet;
  RtcRtcpWalk walk;
  guint n;
  gsize len;

  rtc_rtcp_builder_init (&builder, data, sizeof data, RTC_RTCP_REDUCED_SIZE);
  g_assert_cmpint (
      rtc_rtcp_twcc_write (&builder, 1, 2, count, base, arrivals, n_arrivals, &n), ==, RTC_OK);
  g_assert_cmpuint (n, ==, n_arrivals);
  g_assert_cmpint (rtc_rtcp_builder_finish (&builder, &len), ==, RTC_OK);
  rtc_rtcp_walk_init (&walk, data, len, 64);
  g_assert_true (rtc_rtcp_walk_next (&walk, &packet));
  g_assert_cmpint (rtc_rtcp_twcc_parse (&packet, &feedback), ==, RTC_OK);
  return rtc_twcc_sender_handle_feedback (sender, now, &feedback, results);
}

/* Sends n packets 10 ms apart from time from on, the last one at from + (n - 1) * 10 ms. */
static void
send_packets (RtcTwccSender *sender, GstClockTime from, guint n)
{
  for (guint i = 0; i < n; i++)
    rtc_twcc_sender_handle_sent (sender, from + i * 10 * MS, LEN, 0);
}

static void
test_plain (void)
{
  RtcTwccSender *sender = rtc_twcc_sender_new (100, NULL);
  const RtcTwccArrival arrivals[] = { { 100, 5000 * MS }, { 101, 5010 * MS }, { 103, 5035 * MS } };
  const RtcCcResult *results;
  RtcTwccSenderStats stats;

  g_assert_cmpuint (rtc_twcc_sender_get_next (sender), ==, 100);
  g_assert_cmpuint (rtc_twcc_sender_get_rtt (sender), ==, GST_CLOCK_TIME_NONE);
  rtc_twcc_sender_name (sender, 5); /* nothing was sent */
  for (guint i = 0; i < 5; i++) {
    rtc_twcc_sender_handle_sent (sender, i * 10 * MS, LEN + i, (guint16) (i == 1 ? 7 : 0));
    if (i > 0)
      rtc_twcc_sender_name (sender, 0xfffffff0 + i);
  }
  g_assert_cmpuint (rtc_twcc_sender_get_next (sender), ==, 105);
  g_assert_cmpuint (rtc_twcc_sender_get_in_flight (sender), ==, 5 * LEN + 10);
  g_assert_cmpuint (tell_at (sender, 80 * MS, 0, 100, arrivals, 3, &results), ==, 4);
  for (guint i = 0; i < 4; i++) {
    g_assert_cmpuint (results[i].twcc_seq, ==, results[0].twcc_seq + i);
    g_assert_cmpuint (results[i].send_time, ==, i * 10 * MS);
    g_assert_cmpuint (results[i].len, ==, LEN + i);
    g_assert_cmpuint (results[i].probe_cluster, ==, i == 1 ? 7 : 0);
    g_assert_cmpuint (results[i].name, ==, i > 0 ? 0xfffffff0 + i : 0);
  }
  g_assert_cmpuint (results[1].arrival - results[0].arrival, ==, 10 * MS);
  g_assert_cmpuint (results[2].arrival, ==, GST_CLOCK_TIME_NONE);
  g_assert_cmpuint (results[3].arrival - results[0].arrival, ==, 35 * MS);
  /* Sent at 30 ms, told of at 80 ms. */
  g_assert_cmpuint (rtc_twcc_sender_get_rtt (sender), ==, 50 * MS);
  g_assert_cmpuint (rtc_twcc_sender_get_last_news (sender), ==, 80 * MS);
  g_assert_cmpuint (rtc_twcc_sender_get_in_flight (sender), ==, LEN + 4);
  rtc_twcc_sender_get_stats (sender, &stats);
  g_assert_cmpuint (stats.received, ==, 3);
  g_assert_cmpuint (stats.lost, ==, 1);
  rtc_twcc_sender_free (sender);
}

/* A lost packet comes after all; the message is repeated; an older one comes behind. */
static void
test_repeated (void)
{
  RtcTwccSender *sender = rtc_twcc_sender_new (0xfffe, NULL);
  const RtcTwccArrival first[] = { { 0xfffe, 64 * MS }, { 0x10000, 80 * MS } };
  const RtcTwccArrival second[] = { { 0x10002, 100 * MS } };
  const RtcTwccArrival late[] = { { 0xffff, 120 * MS }, { 0x10000, 124 * MS } };
  const RtcCcResult *results;
  RtcTwccSenderStats stats;

  send_packets (sender, 0, 6);
  g_assert_cmpuint (rtc_twcc_sender_get_next (sender), ==, 4);
  /* The second message overtakes the first. */
  g_assert_cmpuint (tell_at (sender, 100 * MS, 1, 0x10001, second, 1, &results), ==, 2);
  g_assert_cmpuint (results[0].arrival, ==, GST_CLOCK_TIME_NONE);
  g_assert_cmpuint (rtc_twcc_sender_get_in_flight (sender), ==, LEN);
  g_assert_cmpuint (tell_at (sender, 105 * MS, 0, 0xfffe, first, 2, &results), ==, 3);
  g_assert_cmpuint (results[1].arrival, ==, GST_CLOCK_TIME_NONE);
  g_assert_cmpuint (tell_at (sender, 106 * MS, 0, 0xfffe, first, 2, &results), ==, 0);
  g_assert_cmpuint (rtc_twcc_sender_get_last_news (sender), ==, 105 * MS);
  g_assert_cmpuint (tell_at (sender, 150 * MS, 2, 0xffff, late, 2, &results), ==, 1);
  g_assert_cmpuint (results[0].send_time, ==, 10 * MS);
  g_assert_cmpuint (results[0].arrival, !=, GST_CLOCK_TIME_NONE);
  g_assert_cmpuint (tell_at (sender, 151 * MS, 2, 0xffff, late, 2, &results), ==, 0);
  rtc_twcc_sender_get_stats (sender, &stats);
  g_assert_cmpuint (stats.messages, ==, 5);
  g_assert_cmpuint (stats.messages_useless, ==, 2);
  g_assert_cmpuint (stats.recovered, ==, 1);
  g_assert_cmpuint (stats.lost, ==, 2);
  g_assert_cmpuint (stats.received, ==, 4);
  g_assert_cmpuint (stats.unspoken, ==, 3); /* while the first message was on its way */
  g_assert_cmpuint (rtc_twcc_sender_get_in_flight (sender), ==, LEN);
  rtc_twcc_sender_free (sender);
}

/* The message about 10..19 is lost: they are neither lost nor in flight. */
static void
test_unspoken (void)
{
  RtcTwccSender *sender = rtc_twcc_sender_new (10, NULL);
  const RtcTwccArrival arrivals[] = { { 20, 500 * MS } };
  const RtcCcResult *results;
  RtcTwccSenderStats stats;

  send_packets (sender, 0, 11);
  g_assert_cmpuint (tell_at (sender, 200 * MS, 1, 20, arrivals, 1, &results), ==, 1);
  g_assert_cmpuint (rtc_twcc_sender_get_in_flight (sender), ==, 0);
  rtc_twcc_sender_get_stats (sender, &stats);
  g_assert_cmpuint (stats.unspoken, ==, 10);
  g_assert_cmpuint (stats.lost, ==, 0);
  rtc_twcc_sender_free (sender);
}

/* Numbers never sent, too old, beyond the newest; and nothing was sent at all. */
static void
test_made_up (void)
{
  RtcTwccSender *sender = rtc_twcc_sender_new (1000, NULL);
  const RtcTwccArrival future[] = { { 1001, 64 * MS }, { 1002, 65 * MS }, { 1009, 70 * MS } };
  const RtcTwccArrival past[] = { { 900, 64 * MS }, { 999, 65 * MS } };
  const RtcTwccArrival far[] = { { 40000, 64 * MS }, { 65535 + 39000, 80 * MS } };
  const RtcCcResult *results;
  RtcTwccSenderStats stats;

  g_assert_cmpuint (tell_at (sender, 0, 0, 1000, future, 3, &results), ==, 0);
  send_packets (sender, 0, 3);
  g_assert_cmpuint (tell_at (sender, 100 * MS, 1, 850, past, 2, &results), ==, 0);
  g_assert_cmpuint (tell_at (sender, 100 * MS, 2, 40000, far, 2, &results), <=, 3);
  g_assert_cmpuint (tell_at (sender, 100 * MS, 3, 1000, future, 3, &results), <=, 3);
  g_assert_cmpuint (rtc_twcc_sender_get_in_flight (sender), ==, 0);
  rtc_twcc_sender_get_stats (sender, &stats);
  g_assert_cmpuint (stats.packets, ==, 3);
  g_assert_cmpuint (stats.forgotten, >, 100);
  rtc_twcc_sender_free (sender);
}

/* 299 s late (A40): dropped, and what follows is not harmed. */
static void
test_late (void)
{
  RtcTwccSender *sender = rtc_twcc_sender_new (5, NULL);
  const RtcTwccArrival arrivals[] = { { 5, 64 * MS }, { 7, 65 * MS } };
  const RtcTwccArrival fresh[] = { { 8, 299100 * MS } };
  const RtcCcResult *results;
  RtcTwccSenderStats stats;

  send_packets (sender, 0, 3);
  g_assert_cmpuint (tell_at (sender, 299 * GST_SECOND, 0, 5, arrivals, 2, &results), ==, 0);
  g_assert_cmpuint (rtc_twcc_sender_get_in_flight (sender), ==, 0);
  send_packets (sender, 299 * GST_SECOND, 1);
  g_assert_cmpuint (tell_at (sender, 299050 * MS, 1, 8, fresh, 1, &results), ==, 1);
  g_assert_cmpuint (rtc_twcc_sender_get_rtt (sender), ==, 50 * MS);
  rtc_twcc_sender_get_stats (sender, &stats);
  g_assert_cmpuint (stats.forgotten, ==, 3);
  rtc_twcc_sender_free (sender);
}

/* The receiver's reference time wraps after 12.4 days: arrivals go on. */
static void
test_reference_wrap (void)
{
  RtcTwccSender *sender = rtc_twcc_sender_new (1, NULL);
  const GstClockTime turn = (GstClockTime) (1 << 24) * RTC_TWCC_REFERENCE_UNIT;
  GstClockTime last = 0;

  for (guint i = 0; i < 400; i++) {
    GstClockTime now = i * 100 * MS;
    RtcTwccArrival arrival = { 1 + i, turn - 20 * GST_SECOND + now };
    const RtcCcResult *results;

    rtc_twcc_sender_handle_sent (sender, now, LEN, 0);
    g_assert_cmpuint (
        tell_at (sender, now + 50 * MS, (guint8) i, 1 + i, &arrival, 1, &results), ==, 1);
    if (i > 0)
      g_assert_cmpuint (results[0].arrival - last, ==, 100 * MS);
    last = results[0].arrival;
  }
  rtc_twcc_sender_free (sender);
}

/* A fast sender over a long path: every packet is told of once, and the ring has grown; without
 * any feedback it is bounded and what it forgets is no longer in flight. */
static void
test_growth (void)
{
  RtcTwccSender *sender = rtc_twcc_sender_new (0x7000, NULL);
  RtcTwccArrival arrivals[100];
  RtcTwccSenderStats stats;
  guint64 n_results = 0, told = 0x7000, sent = 0;

  for (guint ms = 0; ms < 5000; ms++) {
    for (guint i = 0; i < 4; i++, sent++)
      rtc_twcc_sender_handle_sent (sender, ms * MS, LEN, 0);
    if (ms < 1000 || ms % 25 != 0)
      continue;
    for (guint i = 0; i < 100; i++)
      arrivals[i] = (RtcTwccArrival){ told + i, ms * MS + i * MS / 4 };
    {
      const RtcCcResult *results;

      n_results += tell_at (sender, ms * MS, (guint8) (ms / 25), told, arrivals, 100, &results);
    }
    told += 100;
  }
  g_assert_cmpuint (n_results, ==, told - 0x7000);
  g_assert_cmpuint (rtc_twcc_sender_get_in_flight (sender), ==, (sent - (told - 0x7000)) * LEN);
  for (guint i = 0; i < 100000; i++)
    rtc_twcc_sender_handle_sent (sender, 5 * GST_SECOND + i * MS / 100, LEN, 0);
  g_assert_cmpuint (
      rtc_twcc_sender_get_in_flight (sender), ==, (guint64) RTC_TWCC_SENDER_MAX_PACKETS * LEN);
  rtc_twcc_sender_get_stats (sender, &stats);
  g_assert_cmpuint (stats.unspoken, >, 80000);
  rtc_twcc_sender_free (sender);
}

/* With our own receiver over a bad path: what the sender learns is what happened, and no packet is
 * told of twice. RTC_TEST_SEEDS: how many seeds. */
static void
run_with_receiver (guint64 seed)
{
  RtcRandom *random = rtc_random_new_seeded (seed);
  RtcTwccSender *sender = rtc_twcc_sender_new ((guint16) rtc_random_u32 (random), NULL);
  RtcTwccReceiver *receiver = rtc_twcc_receiver_new ();
  guint8 *told = g_new0 (guint8, 20000); /* 1 lost, 2 received */
  guint64 first = 0, n_told = 0;
  guint8 data[RTC_MTU];

  for (guint i = 0; i < 20000; i++) {
    GstClockTime now = i * MS;
    guint16 seq = rtc_twcc_sender_get_next (sender);
    RtcRtcpBuilder builder;
    gsize len;

    rtc_twcc_sender_handle_sent (sender, now, LEN, 0);
    if (rtc_random_range (random, 0, 100) >= 5)
      rtc_twcc_receiver_handle_packet (receiver, now + 3600 * GST_SECOND, seq, 1, LEN);
    rtc_rtcp_builder_init (&builder, data, sizeof data, RTC_RTCP_REDUCED_SIZE);
    while (rtc_twcc_receiver_write (receiver, now + 3600 * GST_SECOND, 1, 48, &builder)) {
      const RtcCcResult *results;
      RtcTwccFeedback feedback;
      RtcRtcpPacket packet;
      RtcRtcpWalk walk;
      guint n;

      g_assert_cmpint (rtc_rtcp_builder_finish (&builder, &len), ==, RTC_OK);
      rtc_rtcp_walk_init (&walk, data, len, 64);
      g_assert_true (rtc_rtcp_walk_next (&walk, &packet));
      g_assert_cmpint (rtc_rtcp_twcc_parse (&packet, &feedback), ==, RTC_OK);
      n = rtc_twcc_sender_handle_feedback (sender, now, &feedback, &results);
      for (guint k = 0; k < n; k++) {
        guint64 index;

        if (first == 0)
          first = results[k].twcc_seq - results[k].send_time / MS;
        index = results[k].twcc_seq - first;
        g_assert_cmpuint (index, ==, results[k].send_time / MS);
        g_assert_cmpuint (told[index], <, results[k].arrival == GST_CLOCK_TIME_NONE ? 1 : 2);
        told[index] = results[k].arrival == GST_CLOCK_TIME_NONE ? 1 : 2;
        n_told++;
      }
      rtc_rtcp_builder_init (&builder, data, sizeof data, RTC_RTCP_REDUCED_SIZE);
    }
  }
  g_assert_cmpuint (n_told, >, 19000);
  g_free (told);
  rtc_twcc_receiver_free (receiver);
  rtc_twcc_sender_free (sender);
  rtc_random_free (random);
}

static void
test_with_receiver (void)
{
  for (guint64 seed = 1; seed <= 5; seed++)
    run_with_receiver (seed);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/rtc-twcc-sender/plain", test_plain);
  g_test_add_func ("/rtc-twcc-sender/repeated", test_repeated);
  g_test_add_func ("/rtc-twcc-sender/unspoken", test_unspoken);
  g_test_add_func ("/rtc-twcc-sender/made-up", test_made_up);
  g_test_add_func ("/rtc-twcc-sender/late", test_late);
  g_test_add_func ("/rtc-twcc-sender/reference-wrap", test_reference_wrap);
  g_test_add_func ("/rtc-twcc-sender/growth", test_growth);
  g_test_add_func ("/rtc-twcc-sender/with-receiver", test_with_receiver);
  return g_test_run ();
}
