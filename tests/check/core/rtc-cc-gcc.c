/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* rtc-cc-gcc.c - the composed controller on a link: start, steps, bounds, silence, REMB, hostile
 * feedback. What it makes of real paths is the simulator's business. */
#include "gst/rtc/cc/rtc-cc.h"

#include <string.h>

#define LEN 1200
#define MESSAGE (60 * GST_MSECOND)
#define WAY (25 * GST_MSECOND)
#define OUT_MAX 4096

/* One sender at its target over one drop-tail link, and a message about it each 60 ms. */
typedef struct {
  RtcCc *cc;
  GstClockTime now, next_send, next_message, free_at;
  gdouble link_bps;
  guint burst;      /* packets at once, a frame; 0 or 1: evenly */
  gdouble use;      /* share of the target that the application sends */
  gboolean is_mute; /* no messages come back */
  guint lose_each;  /* the path loses one of so many; 0: none */
  gdouble lie;      /* all takes that share longer since the first came, the peer says */
  GstClockTime first_arrival;
  RtcCcResult out[OUT_MAX];
  guint n_out;
  guint64 seq;
  RtcCcProbe probe;
  guint probe_packets, n_probes;
  guint64 most_probed;
  guint64 sent;         /* bytes */
  GstClockTime longest; /* queue */
} Rig;

static void
rig_init (Rig *rig, guint64 start_bps, guint64 max_bps, gdouble link_bps)
{
  RtcCcConfig config = { .name = "gcc",
    .bounds = { .min_bps = 30000, .start_bps = start_bps, .max_bps = max_bps },
    .has_twcc = TRUE,
    .can_pad = TRUE };

  memset (rig, 0, sizeof *rig);
  rig->cc = rtc_cc_new (&config);
  rig->now = rig->next_send = rig->next_message = rig->free_at = 10 * GST_SECOND;
  rig->link_bps = link_bps;
  rig->use = 1;
}

static RtcCcTarget
rig_target (const Rig *rig)
{
  RtcCcTarget target;

  rtc_cc_get_target (rig->cc, &target);
  return target;
}

static void
rig_send (Rig *rig)
{
  RtcCcResult *packet = &rig->out[rig->n_out % OUT_MAX];
  GstClockTime taken = (GstClockTime) (LEN * 8. * GST_SECOND / rig->link_bps);
  gdouble bps = (gdouble) rig_target (rig).target_bps * rig->use;

  while (rig->probe.cluster == 0 && rtc_cc_poll_probe (rig->cc, rig->now, &rig->probe)) {
    rig->probe_packets = 0;
    rig->n_probes++;
    rig->most_probed = MAX (rig->most_probed, rig->probe.bps);
  }
  if (rig->probe.cluster != 0)
    bps = (gdouble) rig->probe.bps;
  *packet = (RtcCcResult){ .twcc_seq = ++rig->seq,
    .send_time = rig->now,
    .arrival = GST_CLOCK_TIME_NONE,
    .len = LEN,
    .probe_cluster = rig->probe.cluster };
  rig->free_at = MAX (rig->free_at, rig->now);
  if (rig->free_at - rig->now < 300 * GST_MSECOND) {
    rig->free_at += taken;
    rig->longest = MAX (rig->longest, rig->free_at - rig->now);
    packet->arrival = rig->free_at + WAY;
  }
  if (rig->lose_each > 0 && rig->seq % rig->lose_each == 0)
    packet->arrival = GST_CLOCK_TIME_NONE;
  rig->n_out = MIN (rig->n_out + 1, OUT_MAX - 1);
  rig->sent += LEN;
  rtc_cc_handle_sent (rig->cc, rig->now, LEN, rig->n_out * LEN);
  if (rig->burst < 2)
    rig->next_send = rig->now + (GstClockTime) (LEN * 8. * GST_SECOND / bps);
  else if (rig->seq % rig->burst == 0)
    rig->next_send = rig->now + (GstClockTime) (rig->burst * LEN * 8. * GST_SECOND / bps);
  if (rig->probe.cluster != 0 && ++rig->probe_packets >= rig->probe.min_packets
      && rig->probe_packets * LEN >= rig->probe.min_bytes)
    rig->probe.cluster = 0;
}

/* What had arrived WAY ago is told, with what was lost before it. */
static void
rig_message (Rig *rig)
{
  static RtcCcResult results[OUT_MAX];
  guint n = 0;

  rig->next_message = rig->now + MESSAGE;
  for (guint i = 0; i < rig->n_out; i++) {
    if (rig->out[i].arrival != GST_CLOCK_TIME_NONE && rig->out[i].arrival + WAY <= rig->now)
      n = i + 1;
  }
  if (rig->is_mute || n == 0)
    return;
  memcpy (results, rig->out, n * sizeof results[0]);
  memmove (rig->out, rig->out + n, (rig->n_out - n) * sizeof results[0]);
  rig->n_out -= n;
  for (guint i = 0; i < n; i++) {
    if (results[i].arrival == GST_CLOCK_TIME_NONE)
      continue;
    rig->first_arrival = rig->first_arrival == 0 ? results[i].arrival : rig->first_arrival;
    results[i].arrival +=
        (GstClockTime) (rig->lie * (gdouble) (results[i].arrival - rig->first_arrival));
    results[i].arrival += 5000 * GST_SECOND;
  }
  rtc_cc_handle_feedback (rig->cc, rig->now, results, n, rig->n_out * LEN);
}

static void
rig_run (Rig *rig, GstClockTime duration)
{
  GstClockTime end = rig->now + duration;

  while (rig->now < end) {
    GstClockTime deadline = rtc_cc_next_deadline (rig->cc);

    rig->now = MIN (MIN (rig->next_send, rig->next_message), MIN (deadline, end));
    if (rig->now == end)
      break;
    if (rig->now >= deadline)
      rtc_cc_handle_timeout (rig->cc, rig->now);
    else if (rig->now >= rig->next_message)
      rig_message (rig);
    else
      rig_send (rig);
    g_assert_cmpuint (rtc_cc_next_deadline (rig->cc), >, rig->now);
  }
}

static void
test_start (void)
{
  Rig rig;

  /* Fast: 300 kbit/s to 90 % of 5 Mbit/s within a second and a half. */
  rig_init (&rig, 300000, 8000000, 5e6);
  rig_run (&rig, 1500 * GST_MSECOND);
  g_assert_cmpuint (rig_target (&rig).target_bps, >, 3000000);
  g_assert_cmpuint (rig.n_probes, >=, 3);
  rtc_cc_free (rig.cc);
  /* Never above the maximum, not even probing. */
  rig_init (&rig, 300000, 1000000, 5e6);
  rig_run (&rig, 10 * GST_SECOND);
  g_assert_cmpuint (rig_target (&rig).target_bps, ==, 1000000);
  g_assert_cmpuint (rig.most_probed, ==, 1000000);
  g_assert_cmpuint (rig.sent * 8 / 10, <=, 1000000);
  rtc_cc_free (rig.cc);
  /* Too fast for the link: at it within two seconds, and the queue is gone. */
  rig_init (&rig, 2000000, 8000000, 5e5);
  rig_run (&rig, 2 * GST_SECOND);
  g_assert_cmpuint (rig_target (&rig).target_bps, <, 600000);
  rig.longest = 0;
  rig_run (&rig, 5 * GST_SECOND);
  g_assert_cmpuint (rig_target (&rig).target_bps, >, 350000);
  rtc_cc_free (rig.cc);
}

/* When the target is below that rate after a link has become four times slower under a queue, phase
 * after frames of burst packets began to leave. */
static GstClockTime
narrow_seen_after (guint burst, GstClockTime phase, guint64 below)
{
  Rig rig;
  GstClockTime began;

  rig_init (&rig, 1800000, 1800000, 2e6);
  rig.burst = burst;
  rig_run (&rig, 10 * GST_SECOND + phase);
  g_assert_cmpuint (rig_target (&rig).target_bps, >, 1700000);
  /* A queue that has just been drained: the line points down. */
  rig.link_bps = 1.6e6;
  rig_run (&rig, 300 * GST_MSECOND);
  rig.link_bps = 2.5e6;
  rig_run (&rig, 150 * GST_MSECOND);
  rig.link_bps = 5e5;
  began = rig.now;
  while (rig_target (&rig).target_bps > below && rig.now < began + GST_SECOND)
    rig_run (&rig, 5 * GST_MSECOND);
  rtc_cc_free (rig.cc);
  return rig.now - began;
}

/* A peer by whose reports two thirds of whatever is sent come out of a queue that grows for ever
 * has little soon and for good: it is not somebody else's queue, and the bursts that come out of it
 * at two thirds of their rate prove nothing. */
static void
test_endless_queue (void)
{
  static const guint bursts[] = { 1, 4, 10 };

  for (guint i = 0; i < 2 * G_N_ELEMENTS (bursts); i++) {
    for (guint64 start = 300000; start <= 2500000; start += 550000) {
      Rig rig;

      rig_init (&rig, start, 8000000, 20e6);
      rig.lie = 0.5;
      rig.burst = bursts[i / 2];
      rig.use = i % 2 == 0 ? 0.5 : 1;
      rig_run (&rig, 12 * GST_SECOND);
      for (guint step = 0; step < 1800; step++) {
        rig_run (&rig, 100 * GST_MSECOND);
        g_assert_cmpuint (rig_target (&rig).target_bps, <, 150000);
      }
      rtc_cc_free (rig.cc);
    }
  }
}

/* It begins with far more than the link carries: that is seen before the first probe has come home,
 * and what that tells then takes nothing more from it. */
static void
test_starts_narrow (void)
{
  static const gdouble links[] = { 300e3, 350e3, 400e3 };

  for (guint i = 0; i < G_N_ELEMENTS (links); i++) {
    guint64 least = G_MAXUINT64;
    RtcCcStats stats;
    RtcCcProbe probe;
    Rig rig;

    rig_init (&rig, 2500000, 8000000, links[i]);
    /* As by the pacer, where the second takes the place of the first before media comes. */
    g_assert_true (rtc_cc_poll_probe (rig.cc, rig.now, &probe));
    for (guint step = 0; step < 250; step++) {
      rig_run (&rig, 20 * GST_MSECOND);
      least = MIN (least, rig_target (&rig).target_bps);
    }
    g_assert_cmpuint (least, >, (guint64) (links[i] / 2));
    g_assert_cmpuint (rig_target (&rig).target_bps, <, (guint64) (1.2 * links[i]));
    rtc_cc_get_stats (rig.cc, &stats);
    g_assert_cmpuint (stats.probes_answered, >, 0);
    rtc_cc_free (rig.cc);
  }
}

/* Seen by the first messages of the slow link, a fifth of a second after what is on it has told:
 * the trend line would need twenty groups. Whatever is in the short window: it may begin and end
 * with one and the same frame, all of which left at once. */
static void
test_narrows (void)
{
  GstClockTime longest = narrow_seen_after (7, 0, 500000);

  for (guint burst = 5; burst <= 12; burst++)
    for (GstClockTime phase = 0; phase < 60 * GST_MSECOND; phase += 7 * GST_MSECOND)
      longest = MAX (longest, narrow_seen_after (burst, phase, 700000));
  g_test_message ("after %.0f ms at most", (gdouble) longest / GST_MSECOND);
  g_assert_cmpuint (longest, <=, 2 * WAY + MESSAGE + 200 * GST_MSECOND);
}

static void
test_steps (void)
{
  Rig rig;
  RtcCcStats stats;

  rig_init (&rig, 300000, 8000000, 2.5e6);
  rig_run (&rig, 15 * GST_SECOND);
  rig.sent = 0;
  rig_run (&rig, 10 * GST_SECOND);
  g_assert_cmpuint (rig.sent * 8 / 10, >, 2250000);
  rig.link_bps = 6e5;
  rig_run (&rig, 2 * GST_SECOND);
  g_assert_cmpuint (rig_target (&rig).target_bps, <, 660000);
  rig.longest = 0;
  rig.sent = 0;
  rig_run (&rig, 10 * GST_SECOND);
  g_assert_cmpuint (rig.longest / GST_MSECOND, <, 150);
  g_assert_cmpuint (rig.sent * 8 / 10, >, 540000);
  rig.link_bps = 2.5e6;
  rig_run (&rig, 8 * GST_SECOND);
  g_assert_cmpuint (rig_target (&rig).target_bps, >, 2000000);
  rtc_cc_get_stats (rig.cc, &stats);
  g_assert_cmpuint (stats.overuses, >, 0);
  g_assert_cmpuint (stats.probes_answered, >, 0);
  g_assert_cmpuint (stats.timeouts, ==, 0);
  rtc_cc_free (rig.cc);
}

/* What a queue loses is not the path's; what the path loses is seen in spite of that. */
static void
test_path_loss (void)
{
  RtcCcTarget before, after;
  RtcCcStats stats;
  gdouble share;
  Rig rig;

  rig_init (&rig, 300000, 3000000, 2e6);
  rig_run (&rig, 10 * GST_SECOND);
  for (guint i = 0; i < 4; i++) {
    rig.link_bps = i % 2 == 0 ? 5e5 : 2e6;
    rig_run (&rig, 8 * GST_SECOND);
  }
  rtc_cc_get_stats (rig.cc, &stats);
  before = rig_target (&rig);
  g_test_message ("%u of %u, %u by queues", (guint) before.path_lost, (guint) before.path_packets,
      (guint) stats.results_lost);
  g_assert_cmpuint (stats.results_lost, >, 10);
  g_assert_cmpuint (before.path_lost, ==, 0);
  g_assert_cmpuint (before.path_packets, >, rig.seq / 2);
  rig.lose_each = 10;
  for (guint i = 0; i < 4; i++) {
    rig.link_bps = i % 2 == 0 ? 5e5 : 2e6;
    before = rig_target (&rig);
    rig_run (&rig, 8 * GST_SECOND);
    after = rig_target (&rig);
    share = (gdouble) (after.path_lost - before.path_lost)
            / (gdouble) (after.path_packets - before.path_packets);
    g_test_message ("%.3f", share);
    g_assert_cmpuint (after.path_packets - before.path_packets, >, 100);
    g_assert_cmpfloat (share, >, 0.09);
    g_assert_cmpfloat (share, <, 0.11);
  }
  rtc_cc_free (rig.cc);
}

/* Nothing gets through for a second, three times. */
static void
test_outage (void)
{
  gdouble most = 0, path_most = 0;
  Rig rig;

  rig_init (&rig, 300000, 1000000, 2e6);
  rig_run (&rig, 10 * GST_SECOND);
  for (guint i = 0; i < 3; i++) {
    rig.lose_each = 1;
    rig_run (&rig, GST_SECOND);
    rig.lose_each = 0;
    for (guint k = 0; k < 40; k++) {
      RtcCcTarget target;

      rig_run (&rig, 100 * GST_MSECOND);
      target = rig_target (&rig);
      most = MAX (most, target.loss);
      path_most = MAX (path_most, target.path_loss);
    }
  }
  g_test_message ("%.3f, of the path %.3f", most, path_most);
  g_assert_cmpfloat (most, >, 0.1);
  g_assert_cmpfloat (path_most, ==, 0);
  rig.lose_each = 20;
  rig_run (&rig, 10 * GST_SECOND);
  g_assert_cmpfloat (rig_target (&rig).path_loss, >, 0.04);
  g_assert_cmpfloat (rig_target (&rig).path_loss, <, 0.06);
  rtc_cc_free (rig.cc);
}

/* A40: messages stop, packets leave: the minimum within three seconds. */
static void
test_silence (void)
{
  Rig rig;

  rig_init (&rig, 300000, 8000000, 5e6);
  rig_run (&rig, 10 * GST_SECOND);
  g_assert_cmpuint (rig_target (&rig).target_bps, >, 4000000);
  rig.is_mute = TRUE;
  rig_run (&rig, 3 * GST_SECOND);
  g_assert_cmpuint (rig_target (&rig).target_bps, ==, 30000);
  rig.is_mute = FALSE;
  rig_run (&rig, 2 * GST_SECOND);
  g_assert_cmpuint (rig_target (&rig).target_bps, >, 2000000);
  rtc_cc_free (rig.cc);
}

/* Nothing is sent for a minute: that is no silence, and the rate is what it was. */
static void
test_pause (void)
{
  Rig rig;

  rig_init (&rig, 300000, 8000000, 2e6);
  rig_run (&rig, 10 * GST_SECOND);
  rig.next_send = rig.now + 60 * GST_SECOND;
  rig_run (&rig, 61 * GST_SECOND);
  g_assert_cmpuint (rig_target (&rig).target_bps, >, 1500000);
  rtc_cc_free (rig.cc);
}

static void
test_remb (void)
{
  Rig rig;

  rig_init (&rig, 300000, 8000000, 2e6);
  rig_run (&rig, 5 * GST_SECOND);
  rtc_cc_handle_remb (rig.cc, rig.now, 250000);
  g_assert_cmpuint (rig_target (&rig).target_bps, ==, 250000);
  rig_run (&rig, 5 * GST_SECOND);
  g_assert_cmpuint (rig_target (&rig).target_bps, ==, 250000);
  rtc_cc_handle_remb (rig.cc, rig.now, 5000000);
  rig_run (&rig, 10 * GST_SECOND);
  g_assert_cmpuint (rig_target (&rig).target_bps, >, 1500000);
  rtc_cc_free (rig.cc);
}

static void
test_path_change (void)
{
  Rig rig;
  guint probes;

  rig_init (&rig, 500000, 8000000, 5e6);
  rig_run (&rig, 10 * GST_SECOND);
  probes = rig.n_probes;
  rtc_cc_handle_path_change (rig.cc, rig.now);
  g_assert_cmpuint (rig_target (&rig).target_bps, ==, 500000);
  rig_run (&rig, 3 * GST_SECOND);
  g_assert_cmpuint (rig.n_probes, >, probes);
  g_assert_cmpuint (rig_target (&rig).target_bps, >, 2500000);
  rtc_cc_free (rig.cc);
}

/* An application that uses a tenth of a fast link: the target stays, and padding asks for more. */
static void
test_application_limited (void)
{
  Rig rig;

  rig_init (&rig, 300000, 4000000, 20e6);
  rig_run (&rig, 5 * GST_SECOND);
  rig.use = 0.1;
  rig_run (&rig, 30 * GST_SECOND);
  g_assert_true (rig_target (&rig).is_app_limited);
  g_assert_cmpuint (rig_target (&rig).target_bps, ==, 4000000);
  rtc_cc_free (rig.cc);
}

/* Results that no honest peer sends: the target stays within the bounds, nothing asserts. */
static void
test_hostile (void)
{
  Rig rig;
  RtcCcStats stats;
  RtcCcResult bad[8];

  rig_init (&rig, 300000, 2000000, 1e6);
  rig_run (&rig, 2 * GST_SECOND);
  for (guint i = 0; i < 2000; i++) {
    for (guint k = 0; k < G_N_ELEMENTS (bad); k++) {
      guint64 x = i * 2654435761u + k * 40503u;

      bad[k] = (RtcCcResult){ .twcc_seq = x % 3 == 0 ? G_MAXUINT64 - x : x,
        .send_time = x % 5 == 0 ? rig.now + x : rig.now - MIN (rig.now, x * 1000),
        .arrival = x % 7 == 0    ? GST_CLOCK_TIME_NONE - 1
                   : x % 11 == 0 ? 0
                                 : x * x,
        .len = x % 13 == 0 ? G_MAXUINT32 : (guint32) (x % 1500),
        .probe_cluster = (guint16) x };
    }
    rig.now += 20 * GST_MSECOND;
    rtc_cc_handle_feedback (rig.cc, rig.now, bad, G_N_ELEMENTS (bad), (guint64) i << 40);
    rtc_cc_handle_remb (rig.cc, rig.now, G_MAXUINT64);
    g_assert_cmpuint (rig_target (&rig).target_bps, >=, 30000);
    g_assert_cmpuint (rig_target (&rig).target_bps, <=, 2000000);
  }
  rtc_cc_handle_feedback (rig.cc, rig.now, NULL, 0, 0);
  rtc_cc_get_stats (rig.cc, &stats);
  g_assert_cmpuint (stats.results_dropped, >, 0);
  rtc_cc_free (rig.cc);
}

/* Arrivals that jump between the ends of time. */
static void
test_absurd_arrivals (void)
{
  Rig rig;
  RtcCcStats stats;

  rig_init (&rig, 300000, 2000000, 1e6);
  for (guint i = 0; i < 1000; i++) {
    guint64 arrival = i % 2 == 0 ? (guint64) i : G_MAXINT64 - i;
    RtcCcResult result = { .twcc_seq = i + 1, .send_time = rig.now, .len = LEN };

    result.arrival = i % 3 == 0 ? G_MAXUINT64 - 1 - i : arrival;
    rig.now += 20 * GST_MSECOND;
    rtc_cc_handle_feedback (rig.cc, rig.now, &result, 1, 0);
    g_assert_cmpuint (rig_target (&rig).target_bps, <=, 2000000);
  }
  rtc_cc_get_stats (rig.cc, &stats);
  g_assert_cmpuint (stats.results_dropped, >, 500);
  rtc_cc_free (rig.cc);
}

/* 4.3: feedback 299 s late. */
static void
test_late (void)
{
  Rig rig;
  RtcCcStats stats;
  RtcCcResult result = { .twcc_seq = 500000, .len = LEN, .arrival = GST_SECOND };

  rig_init (&rig, 300000, 2000000, 1e6);
  rig_run (&rig, 5 * GST_SECOND);
  result.send_time = rig.now;
  rig.now += 299 * GST_SECOND;
  rtc_cc_handle_timeout (rig.cc, rig.now);
  rtc_cc_handle_feedback (rig.cc, rig.now, &result, 1, 0);
  rtc_cc_get_stats (rig.cc, &stats);
  g_assert_cmpuint (stats.results_dropped, ==, 1);
  rtc_cc_free (rig.cc);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/cc-gcc/start", test_start);
  g_test_add_func ("/cc-gcc/steps", test_steps);
  g_test_add_func ("/cc-gcc/starts-narrow", test_starts_narrow);
  g_test_add_func ("/cc-gcc/narrows", test_narrows);
  g_test_add_func ("/cc-gcc/endless-queue", test_endless_queue);
  g_test_add_func ("/cc-gcc/path-loss", test_path_loss);
  g_test_add_func ("/cc-gcc/outage", test_outage);
  g_test_add_func ("/cc-gcc/silence", test_silence);
  g_test_add_func ("/cc-gcc/pause", test_pause);
  g_test_add_func ("/cc-gcc/remb", test_remb);
  g_test_add_func ("/cc-gcc/path-change", test_path_change);
  g_test_add_func ("/cc-gcc/application-limited", test_application_limited);
  g_test_add_func ("/cc-gcc/hostile", test_hostile);
  g_test_add_func ("/cc-gcc/absurd-arrivals", test_absurd_arrivals);
  g_test_add_func ("/cc-gcc/late", test_late);
  return g_test_run ();
}
