/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* rtc-twcc-receiver.c - what the sender learns is what arrived: wraps, losses, reordering, rates.
 */
#include "gst/rtc/media/rtc-twcc-receiver.h"

#include <string.h>

#include "gst/rtc/base/rtc-random.h"
#include "gst/rtc/base/rtc-time.h"
#include "gst/rtc/base/rtc-types.h"

#define MS GST_MSECOND
#define OVERHEAD 48

/* What the sender knows of a number: when it arrived, 0 lost or not spoken of. */
typedef struct {
  RtcTwccReceiver *receiver;
  GstClockTime *known; /* by unwrapped number - 65536 */
  gsize n_known;
  RtcSeqUnwrap seqs, references;
  guint n_messages, n_bytes;
  gint next_count; /* -1: any */
} Rig;

static void
rig_init (Rig *self, gsize n_known)
{
  memset (self, 0, sizeof *self);
  self->receiver = rtc_twcc_receiver_new ();
  self->known = g_new0 (GstClockTime, n_known);
  self->n_known = n_known;
  self->next_count = -1;
}

static void
rig_clear (Rig *self)
{
  rtc_twcc_receiver_free (self->receiver);
  g_free (self->known);
}

static void
learn (Rig *self, const guint8 *data, gsize len)
{
  RtcTwccFeedback feedback;
  RtcRtcpPacket packet;
  RtcTwccItem item;
  RtcRtcpWalk walk;
  GstClockTime reference;

  rtc_rtcp_walk_init (&walk, data, len, 64);
  while (rtc_rtcp_walk_next (&walk, &packet)) {
    g_assert_cmpint (rtc_rtcp_twcc_parse (&packet, &feedback), ==, RTC_OK);
    g_assert_true (self->next_count < 0 || feedback.feedback_count == (guint8) self->next_count);
    self->next_count = (guint8) (feedback.feedback_count + 1);
    reference = (rtc_seq_unwrap_bits (&self->references, feedback.reference_time, 24) - (1 << 24))
                * RTC_TWCC_REFERENCE_UNIT;
    while (rtc_rtcp_twcc_next (&feedback, &item)) {
      guint64 ext_seq = rtc_seq_unwrap (&self->seqs, item.seq) - 65536;

      if (!item.received)
        continue;
      g_assert_cmpuint (ext_seq, <, self->n_known);
      self->known[ext_seq] = reference + (GstClockTime) item.offset;
    }
  }
}

static void
rig_poll (Rig *self, GstClockTime now)
{
  guint8 data[RTC_MTU];
  RtcRtcpBuilder builder;
  gsize len;

  for (;;) {
    rtc_rtcp_builder_init (&builder, data, sizeof data, RTC_RTCP_REDUCED_SIZE);
    if (!rtc_twcc_receiver_write (self->receiver, now, 1, OVERHEAD, &builder))
      return;
    g_assert_cmpint (rtc_rtcp_builder_finish (&builder, &len), ==, RTC_OK);
    self->n_messages++;
    self->n_bytes += len + OVERHEAD;
    learn (self, data, len);
  }
}

static void
assert_known (const Rig *self, gsize i, GstClockTime arrival)
{
  g_assert_cmpuint (self->known[i], ==, arrival / RTC_TWCC_DELTA_UNIT * RTC_TWCC_DELTA_UNIT);
}

/* Three wraps of the numbers, one of the reference time, losses: the sender knows all of it. */
static void
test_wraps (void)
{
  GstClockTime begin = (RTC_TWCC_REFERENCE_UNIT << 24) - 60 * GST_SECOND;
  RtcRandom *random = rtc_random_new_seeded (7);
  gsize n = 200000;
  GstClockTime *arrivals = g_new0 (GstClockTime, n);
  Rig rig;

  rig_init (&rig, n);
  for (gsize i = 0; i < n; i++) {
    GstClockTime now = begin + i * MS;

    if (i == 0 || rtc_random_double (random) >= 0.1) {
      arrivals[i] = now;
      rtc_twcc_receiver_handle_packet (rig.receiver, now, (guint16) i, 5, 1000);
    }
    if (rtc_time_is_due (rtc_twcc_receiver_next_deadline (rig.receiver), now))
      rig_poll (&rig, now);
  }
  rig_poll (&rig, begin + n * MS + GST_SECOND);
  for (gsize i = 0; i < n; i++)
    assert_known (&rig, i, arrivals[i]);
  g_assert_cmpuint (rig.n_messages, >, 256); /* the count wraps, too */
  g_free (arrivals);
  rtc_random_free (random);
  rig_clear (&rig);
}

/* 5 % of what is received, at 50 to 100 ms where there is enough of it. */
static void
test_interval (void)
{
  static const struct {
    guint packets_per_second;
    gsize len;
    GstClockTime min, max;
    gboolean is_patient;
  } cases[] = {
    { 3000, 1200, 50 * MS, 60 * MS }, /* 29 Mbit/s */
    { 50, 1200, 50 * MS, 100 * MS },  /* 480 kbit/s */
    { 50, 250, 80 * MS, 250 * MS },   /* 100 kbit/s */
    { 50, 120, 150 * MS, 250 * MS },  /* Opus alone */
    { 3000, 1200, 200 * MS, 210 * MS, TRUE },
    { 50, 1200, 200 * MS, 220 * MS, TRUE },
    { 50, 120, 200 * MS, 250 * MS, TRUE },
  };

  for (guint c = 0; c < G_N_ELEMENTS (cases); c++) {
    guint n = cases[c].packets_per_second * 20;
    gdouble share, interval;
    Rig rig;

    rig_init (&rig, n);
    if (cases[c].is_patient)
      rtc_twcc_receiver_set_patient (rig.receiver);
    for (guint i = 0; i < n; i++) {
      GstClockTime now = gst_util_uint64_scale (i, GST_SECOND, cases[c].packets_per_second);

      rtc_twcc_receiver_handle_packet (rig.receiver, now, (guint16) i, 5, cases[c].len);
      rig_poll (&rig, now);
    }
    share = (gdouble) rig.n_bytes / ((gdouble) n * (gdouble) cases[c].len);
    interval = 20.0 * GST_SECOND / rig.n_messages;
    g_test_message ("%u packets/s of %u bytes: every %.0f ms, %.1f %%", cases[c].packets_per_second,
        (guint) cases[c].len, interval / MS, share * 100);
    g_assert_cmpfloat (interval, >=, (gdouble) cases[c].min);
    g_assert_cmpfloat (interval, <=, (gdouble) cases[c].max + 25 * MS);
    g_assert_cmpfloat (share, <=, cases[c].len == 120 ? 0.08 : 0.055);
    rig_clear (&rig);
  }
}

/* Packets that come after their successors were reported are reported none the less. */
static void
test_reordered (void)
{
  RtcTwccReceiverStats stats;
  Rig rig;

  rig_init (&rig, 1000);
  for (guint i = 0; i < 1000; i++) {
    if (i % 100 != 50)
      rtc_twcc_receiver_handle_packet (rig.receiver, i * MS, (guint16) i, 5, 1000);
    if (i % 100 == 10 && i > 100)
      rtc_twcc_receiver_handle_packet (rig.receiver, i * MS, (guint16) (i - 60), 5, 1000);
    rig_poll (&rig, i * MS);
  }
  rig_poll (&rig, 2 * GST_SECOND);
  for (guint i = 0; i < 950; i++)
    assert_known (&rig, i, (i % 100 == 50 ? i + 60 : i) * MS);
  /* Repeated, and from long ago: nothing new to tell. */
  rtc_twcc_receiver_get_stats (rig.receiver, &stats);
  g_assert_cmpuint (stats.late, >=, 9);
  g_assert_cmpuint (stats.forgotten, ==, 0);
  rtc_twcc_receiver_handle_packet (rig.receiver, 2 * GST_SECOND, 999, 5, 1000);
  rtc_twcc_receiver_handle_packet (rig.receiver, 2 * GST_SECOND, 10, 5, 1000);
  rtc_twcc_receiver_get_stats (rig.receiver, &stats);
  g_assert_cmpuint (stats.forgotten, ==, 2);
  g_assert_cmpuint (rtc_twcc_receiver_next_deadline (rig.receiver), ==, GST_CLOCK_TIME_NONE);
  rig_clear (&rig);
}

/* Numbers at random, and nobody who takes the messages: bounded, and sane again after it. */
static void
test_hostile (void)
{
  RtcRandom *random = rtc_random_new_seeded (3);
  guint8 data[RTC_MTU];
  RtcRtcpBuilder builder;
  guint n_messages = 0;
  gsize bytes = 0, len;
  RtcTwccReceiver *receiver = rtc_twcc_receiver_new ();
  GstClockTime now = 0;

  for (guint i = 0; i < 20000; i++)
    rtc_twcc_receiver_handle_packet (
        receiver, now += MS / 10, (guint16) rtc_random_u32 (random), 5, 100);
  for (guint i = 0; i < 20000; i++) {
    now += MS / 10;
    rtc_twcc_receiver_handle_packet (receiver, now, (guint16) rtc_random_u32 (random), 5, 100);
    for (guint n = 0; n < 4; n++) {
      rtc_rtcp_builder_init (&builder, data, sizeof data, RTC_RTCP_REDUCED_SIZE);
      if (!rtc_twcc_receiver_write (receiver, now, 1, OVERHEAD, &builder))
        break;
      g_assert_cmpint (rtc_rtcp_builder_finish (&builder, &len), ==, RTC_OK);
      n_messages++;
      bytes += len;
    }
  }
  g_test_message (
      "2 s of 10000 random numbers/s: %u messages, %u bytes", n_messages, (guint) bytes);
  /* Less than what came. */
  g_assert_cmpuint (bytes, <, 20000 * 100 / 2);
  rtc_twcc_receiver_free (receiver);
  rtc_random_free (random);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/twcc-receiver/wraps", test_wraps);
  g_test_add_func ("/twcc-receiver/interval", test_interval);
  g_test_add_func ("/twcc-receiver/reordered", test_reordered);
  g_test_add_func ("/twcc-receiver/hostile", test_hostile);
  return g_test_run ();
}
