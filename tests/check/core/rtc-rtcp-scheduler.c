/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* rtc-rtcp-scheduler.c - intervals, reconsideration, immediate and early feedback, bandwidth. */
#include "gst/rtc/rtcp/rtc-rtcp-scheduler.h"

static const RtcRtcpSchedulerConfig video = { .bandwidth_bps = 50000,
  .min_interval = GST_SECOND,
  .feedback = TRUE,
  .reduced_size = TRUE,
  .overhead_bytes = 42 };

/* Runs from deadline to deadline until end; counts what is sent, len bytes each. */
static guint
run (RtcRtcpScheduler *s, GstClockTime from, GstClockTime end, gsize len, GstClockTime *shortest)
{
  GstClockTime last = from;
  guint n = 0;

  for (GstClockTime now = from; now < end;) {
    RtcRtcpSendKind kind = rtc_rtcp_scheduler_poll (s, now);

    if (kind != RTC_RTCP_SEND_NOTHING) {
      n++;
      *shortest = MIN (*shortest, now - last);
      last = now;
      rtc_rtcp_scheduler_sent (s, now, kind, len);
    }
    g_assert_cmpuint (rtc_rtcp_scheduler_next_deadline (s), >, now);
    now = rtc_rtcp_scheduler_next_deadline (s);
  }
  return n;
}

/* RFC 3550 6.3.1: the mean of the intervals is the calculated one, none below half of it. */
static void
test_regular (void)
{
  RtcRandom *random = rtc_random_new_seeded (1);
  GstClockTime shortest = GST_CLOCK_TIME_NONE;
  RtcRtcpScheduler s;
  guint n;

  rtc_rtcp_scheduler_init (&s, &video, random, 0);
  g_assert_cmpint (rtc_rtcp_scheduler_poll (&s, 0), ==, RTC_RTCP_SEND_NOTHING);
  rtc_rtcp_scheduler_set_members (&s, 0, 2, 1, TRUE);
  n = run (&s, 0, 1000 * GST_SECOND, 100, &shortest);
  g_assert_cmpuint (n, >, 850);
  g_assert_cmpuint (n, <, 1300);
  g_assert_cmpuint (shortest, >, 200 * GST_MSECOND);
  rtc_random_free (random);
}

/* A large group shares the bandwidth: what one member sends falls as the members grow. */
static void
test_group (void)
{
  guint last = G_MAXUINT;

  for (guint members = 10; members <= 10000; members *= 10) {
    RtcRandom *random = rtc_random_new_seeded (1);
    GstClockTime shortest = GST_CLOCK_TIME_NONE;
    RtcRtcpScheduler s;
    guint n;

    rtc_rtcp_scheduler_init (&s, &video, random, 0);
    rtc_rtcp_scheduler_set_members (&s, 0, members, 1, FALSE);
    for (guint i = 0; i < 200; i++)
      rtc_rtcp_scheduler_received (&s, 1200);
    n = run (&s, 0, 20000 * GST_SECOND, 1200, &shortest);
    g_assert_cmpuint ((guint64) n * members * 1242 * 8, <, (guint64) 20000 * 50000 * 3 / 2);
    g_assert_cmpuint (n, <, last);
    last = n;
    rtc_random_free (random);
  }
}

static void
test_same_seed (void)
{
  GstClockTime deadlines[2];

  for (guint i = 0; i < 2; i++) {
    RtcRandom *random = rtc_random_new_seeded (42);
    GstClockTime shortest = GST_CLOCK_TIME_NONE;
    RtcRtcpScheduler s;

    rtc_rtcp_scheduler_init (&s, &video, random, 5);
    run (&s, 5, 60 * GST_SECOND, 90, &shortest);
    deadlines[i] = rtc_rtcp_scheduler_next_deadline (&s);
    rtc_random_free (random);
  }
  g_assert_cmpuint (deadlines[0], ==, deadlines[1]);
}

static void
test_immediate (void)
{
  static const struct {
    gboolean feedback, reduced_size;
    RtcRtcpSendKind kind;
  } cases[] = { { TRUE, TRUE, RTC_RTCP_SEND_EARLY_REDUCED }, { TRUE, FALSE, RTC_RTCP_SEND_EARLY },
    { FALSE, TRUE, RTC_RTCP_SEND_NOTHING } };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    RtcRandom *random = rtc_random_new_seeded (1);
    RtcRtcpSchedulerConfig config = video;
    RtcRtcpScheduler s;

    config.feedback = cases[i].feedback;
    config.reduced_size = cases[i].reduced_size;
    rtc_rtcp_scheduler_init (&s, &config, random, 0);
    rtc_rtcp_scheduler_set_members (&s, 0, 2, 1, FALSE);
    rtc_rtcp_scheduler_request_feedback (&s, 7);
    g_assert_cmpint (rtc_rtcp_scheduler_poll (&s, 7), ==, cases[i].kind);
    rtc_rtcp_scheduler_sent (&s, 7, cases[i].kind, 60);
    g_assert_cmpint (rtc_rtcp_scheduler_poll (&s, 7), ==, RTC_RTCP_SEND_NOTHING);
    rtc_random_free (random);
  }
}

/* Feedback asked for every millisecond for 20 s keeps to the bandwidth and is never starved. */
static void
test_immediate_bandwidth (void)
{
  RtcRandom *random = rtc_random_new_seeded (1);
  RtcRtcpScheduler s;
  guint64 bytes = 0;
  GstClockTime last = 0, longest = 0;

  rtc_rtcp_scheduler_init (&s, &video, random, 0);
  rtc_rtcp_scheduler_set_members (&s, 0, 2, 1, FALSE);
  for (GstClockTime now = 0; now < 20 * GST_SECOND; now += GST_MSECOND) {
    RtcRtcpSendKind kind;

    rtc_rtcp_scheduler_request_feedback (&s, now);
    kind = rtc_rtcp_scheduler_poll (&s, now);
    if (kind == RTC_RTCP_SEND_NOTHING)
      continue;
    rtc_rtcp_scheduler_sent (&s, now, kind, 80);
    bytes += 80 + 42;
    longest = MAX (longest, now - last);
    last = now;
  }
  g_assert_cmpuint (bytes, <, 20 * 50000 / 8 * 11 / 10 + 4800);
  g_assert_cmpuint (bytes, >, 20 * 50000 / 8 * 9 / 10);
  g_assert_cmpuint (longest, <, 200 * GST_MSECOND);
  rtc_random_free (random);
}

/* RFC 4585 3.5.2 in a group: dithered, once per interval, and the next regular one moves out. */
static void
test_early (void)
{
  RtcRandom *random = rtc_random_new_seeded (9);
  GstClockTime regular, early;
  RtcRtcpScheduler s;

  rtc_rtcp_scheduler_init (&s, &video, random, 0);
  rtc_rtcp_scheduler_set_members (&s, 0, 500, 1, FALSE);
  rtc_rtcp_scheduler_sent (&s, 0, RTC_RTCP_SEND_REGULAR, 100);
  regular = rtc_rtcp_scheduler_next_deadline (&s);
  rtc_rtcp_scheduler_request_feedback (&s, 10);
  early = rtc_rtcp_scheduler_next_deadline (&s);
  g_assert_cmpuint (early, <, regular);
  g_assert_cmpuint (early, >=, 10);
  g_assert_cmpint (rtc_rtcp_scheduler_poll (&s, early), ==, RTC_RTCP_SEND_EARLY_REDUCED);
  rtc_rtcp_scheduler_sent (&s, early, RTC_RTCP_SEND_EARLY_REDUCED, 60);
  g_assert_cmpuint (rtc_rtcp_scheduler_next_deadline (&s), ==, 2 * regular);
  rtc_rtcp_scheduler_request_feedback (&s, early + 1);
  g_assert_cmpuint (rtc_rtcp_scheduler_next_deadline (&s), ==, 2 * regular);
  rtc_random_free (random);
}

/* RFC 3550 6.3.4: when nearly all leave, the next packet moves nearer in proportion. */
static void
test_members_leave (void)
{
  RtcRandom *random = rtc_random_new_seeded (9);
  RtcRtcpScheduler s;
  GstClockTime before;

  rtc_rtcp_scheduler_init (&s, &video, random, 0);
  rtc_rtcp_scheduler_set_members (&s, 0, 1000, 1, FALSE);
  rtc_rtcp_scheduler_sent (&s, 0, RTC_RTCP_SEND_REGULAR, 100);
  before = rtc_rtcp_scheduler_next_deadline (&s);
  g_assert_cmpuint (before, >, 5 * GST_SECOND);
  rtc_rtcp_scheduler_set_members (&s, 0, 100, 1, FALSE);
  g_assert_cmpuint (rtc_rtcp_scheduler_next_deadline (&s), <=, before / 10 + 1);
  g_assert_cmpuint (rtc_rtcp_scheduler_next_deadline (&s), >=, before / 10 - 1);
  rtc_random_free (random);
}

/* Who sends every 20 ms takes each report along, up to a sixteenth of its interval too early, and
 * sends no more of them than who keeps to the deadlines. */
static void
test_hurry (void)
{
  RtcRandom *random = rtc_random_new_seeded (1);
  GstClockTime last = 0;
  RtcRtcpScheduler s;
  guint n = 0;

  rtc_rtcp_scheduler_init (&s, &video, random, 0);
  rtc_rtcp_scheduler_set_members (&s, 0, 2, 1, TRUE);
  for (GstClockTime now = 0; now < 1000 * GST_SECOND; now += 20 * GST_MSECOND) {
    GstClockTime due = rtc_rtcp_scheduler_next_deadline (&s);
    GstClockTime ahead = due > now ? due - now : 0;
    gboolean is_near = ahead <= s.interval / RTC_RTCP_SCHEDULER_AHEAD;

    g_assert_cmpint (rtc_rtcp_scheduler_hurry (&s, now), ==, is_near);
    if (!is_near) {
      g_assert_cmpuint (rtc_rtcp_scheduler_next_deadline (&s), ==, due);
      continue;
    }
    /* Reconsideration may have put it into the 20 ms since the last try. */
    g_assert_cmpuint (now, <, due + 20 * GST_MSECOND);
    if (rtc_rtcp_scheduler_poll (&s, now) == RTC_RTCP_SEND_REGULAR) {
      rtc_rtcp_scheduler_sent (&s, now, RTC_RTCP_SEND_REGULAR, 100);
      g_assert_cmpuint (now - last, >, 200 * GST_MSECOND);
      last = now;
      n++;
    }
  }
  g_assert_cmpuint (n, >, 850);
  g_assert_cmpuint (n, <, 1300);
  rtc_random_free (random);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/rtcp/scheduler/regular", test_regular);
  g_test_add_func ("/rtcp/scheduler/group", test_group);
  g_test_add_func ("/rtcp/scheduler/same-seed", test_same_seed);
  g_test_add_func ("/rtcp/scheduler/immediate", test_immediate);
  g_test_add_func ("/rtcp/scheduler/immediate-bandwidth", test_immediate_bandwidth);
  g_test_add_func ("/rtcp/scheduler/early", test_early);
  g_test_add_func ("/rtcp/scheduler/members-leave", test_members_leave);
  g_test_add_func ("/rtcp/scheduler/hurry", test_hurry);
  return g_test_run ();
}
