/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* rtc-pacer-key-frames.c - key frames in the pacer are whole, whatever they take; what is behind a
 * long one waits for it, but not for good. */
#include "pacer-rig.h"

/* A key frame of 0.3 s at the target rate: some at once, the rest smoothed at the pacing rate, all
 * of it within the longest wait; audio never waits. */
static void
test_key_frame (void)
{
  GstClockTime began;
  guint64 before;
  Rig rig;

  rig_init (&rig);
  rig_frame (&rig, 30, TRUE);
  /* 40 ms of 2.5 Mbit/s, and the packet that crosses the line. */
  g_assert_cmpuint (rig.n_sent[RTC_PACER_VIDEO], >=, 10);
  g_assert_cmpuint (rig.n_sent[RTC_PACER_VIDEO], <=, 11);
  began = rig.now;
  for (guint i = 1; i <= 16; i++) {
    before = rig.sent;
    rig_run (&rig, began + i * 5 * MS);
    g_assert_cmpuint (rig.sent - before, <=, PACING / 8 * 5 / 1000 + 2 * LEN);
    if (i % 4 == 0)
      g_assert_true (rig_send (&rig, RTC_PACER_AUDIO, i, FALSE));
  }
  rig_run (&rig, began + 150 * MS);
  g_assert_cmpuint (rig.n_sent[RTC_PACER_VIDEO], ==, 30);
  g_assert_cmpuint (rig.n_sent[RTC_PACER_AUDIO], ==, 4);
  g_assert_cmpuint (rig.longest_wait, <=, 100 * MS);
  rtc_pacer_clear (&rig.pacer);
}

/* A key frame that begins with a packet which does not show it: that is no frame of its own which
 * could wait for too long, and be dropped up to the key frame that it is part of. */
static void
test_key_frame_unseen (void)
{
  RtcPacerEntry entry = { .len = LEN, .stream = 1 };
  guint n, stream;
  Rig rig;

  rig_init (&rig);
  rig_frame (&rig, 14, FALSE);
  entry.frame = rig.frame + 1;
  for (guint i = 0; i < 3; i++) {
    entry.is_key_frame = i > 0;
    g_assert_cmpint (rtc_pacer_push (&rig.pacer, rig.now, RTC_PACER_VIDEO, &entry), ==, RTC_OK);
  }
  g_assert_true (rtc_pacer_drop_to_key_frame (&rig.pacer, 1, &n));
  g_assert_cmpuint (rtc_pacer_get_n_waiting (&rig.pacer, RTC_PACER_VIDEO), ==, 3);
  rtc_pacer_set_rates (&rig.pacer, rig.now, TARGET / 25, PACING / 25, 0);
  rig.now += 2 * RTC_PACER_MAX_WAIT;
  g_assert_false (rtc_pacer_may_pass (&rig.pacer, rig.now, RTC_PACER_RETRANSMISSION));
  g_assert_false (rtc_pacer_has_expired (&rig.pacer, rig.now, &stream));
  g_assert_cmpuint (rig.pacer.key_bytes, ==, 3 * LEN);
  rtc_pacer_clear (&rig.pacer);
}

/* A key frame after a fall of the rate, when the credit is used up: what little is behind it is not
 * refused, and what is older goes for its sake. */
static void
test_key_frame_is_whole (void)
{
  guint n, stream;
  Rig rig;

  rig_init (&rig);
  rig_frame (&rig, 40, FALSE); /* waits: 40 packets take far longer than the burst */
  rtc_pacer_set_rates (&rig.pacer, rig.now, TARGET / 8, PACING / 8, 0);
  rig_frame (&rig, 20, TRUE);
  rig.now += 200 * MS;
  g_assert_true (rtc_pacer_has_expired (&rig.pacer, rig.now, &stream));
  g_assert_true (rtc_pacer_drop_to_key_frame (&rig.pacer, stream, &n));
  g_assert_cmpuint (n, >, 20);
  rig_frame (&rig, 1, FALSE);
  g_assert_cmpuint (rig.n_lost, ==, 0);
  g_assert_cmpuint (rtc_pacer_get_n_waiting (&rig.pacer, RTC_PACER_VIDEO), ==, 21);
  g_assert_false (rtc_pacer_has_expired (&rig.pacer, rig.now, &stream));
  g_assert_true (rtc_pacer_drop_to_key_frame (&rig.pacer, 1, &n));
  g_assert_cmpuint (n, ==, 0);
  g_assert_false (rtc_pacer_drop_to_key_frame (&rig.pacer, 2, &n));
  rig.n_sent[RTC_PACER_VIDEO] = 0;
  rig_run (&rig, rig.now + 3 * GST_SECOND);
  g_assert_cmpuint (rig.n_sent[RTC_PACER_VIDEO], >=, 20);
  rtc_pacer_clear (&rig.pacer);
}

/* Frames at 0.9 of the target behind a key frame that takes n packets' time. */
static void
rig_follow (Rig *self, guint n, guint n_frames)
{
  rig_frame (self, n, TRUE);
  for (guint i = 0; i < n_frames; i++) {
    rig_run (self, self->now + G_GUINT64_CONSTANT (33333333));
    rig_frame (self, 3, FALSE);
  }
}

/* A key frame of 0.9 s: what is behind it waits until it has left, then what is behind another that
 * comes meanwhile; but the bound is a bound. */
static void
test_long_key_frame (void)
{
  Rig rig;

  rig_init (&rig);
  rig_follow (&rig, 100, 55);
  g_assert_cmpuint (rig.n_lost, ==, 0);
  g_assert_cmpuint (rig.longest_wait, >, 2 * RTC_PACER_MAX_WAIT);
  g_assert_cmpuint (rig.pacer.n_waiting, >, 0);
  rig_follow (&rig, 30, 40);
  g_assert_cmpuint (rig.n_lost, ==, 0);
  /* As ever once all that has left. */
  rig_run (&rig, rig.now + 10 * GST_SECOND);
  rig.longest_wait = 0;
  rig_follow (&rig, 30, 0);
  for (guint i = 0; i < 60; i++) {
    rig_run (&rig, rig.now + 33 * MS);
    rig_frame (&rig, 6, FALSE);
  }
  g_assert_cmpuint (rig.n_lost, >, 0);
  g_assert_cmpuint (rig.longest_wait, <, 2 * RTC_PACER_MAX_WAIT);
  rtc_pacer_clear (&rig.pacer);
  /* Ten seconds of one: three frames and no more wait for all of it. */
  rig_init (&rig);
  rig_follow (&rig, 1100, 60);
  g_assert_cmpuint (rig.n_lost, ==, 57 * 3);
  rtc_pacer_clear (&rig.pacer);
}

/* What was sent is forgiven while one waits: those behind it wait for it all the same. */
static void
test_long_key_frame_forgiven (void)
{
  Rig rig;

  rig_init (&rig);
  rig_frame (&rig, 100, TRUE);
  rtc_pacer_forgive (&rig.pacer, rig.now);
  for (guint i = 0; i < 10; i++) {
    rig_run (&rig, rig.now + 33 * MS);
    rig_frame (&rig, 3, FALSE);
  }
  g_assert_cmpuint (rig.n_lost, ==, 0);
  g_assert_cmpuint (rig.longest_wait, >, RTC_PACER_MAX_WAIT);
  rtc_pacer_clear (&rig.pacer);
}

/* A source that makes a little more than it shall keeps no queue by it: what the key frame added to
 * the wait gets less with time, and then frames are refused as ever. */
static void
test_long_key_frame_passes (void)
{
  for (guint percent = 96; percent <= 114; percent += 6) {
    guint64 made = 0;
    Rig rig;

    rig_init (&rig);
    rig_frame (&rig, 100, TRUE);
    for (guint i = 1; i < 20 * 30; i++) {
      GstClockTime added = RTC_PACER_KEY_WAIT - MIN (RTC_PACER_KEY_WAIT, i * 33 * MS / 10);
      guint64 due = i * 33 * (TARGET / 1000) * percent / 100 / (LEN * 8);

      rig_run (&rig, rig.now + 33 * MS);
      rig_frame (&rig, (guint) (due - made), FALSE);
      made = due;
      g_assert_cmpuint (rtc_pacer_get_wait (&rig.pacer, rig.now), <=, RTC_PACER_MAX_WAIT + added);
    }
    /* Of who keeps to the target, more or less, nothing is lost. */
    if (percent <= 102)
      g_assert_cmpuint (rig.n_lost, ==, 0);
    else
      g_assert_cmpuint (rig.n_lost, >, 0);
    rtc_pacer_clear (&rig.pacer);
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/rtc-pacer-key-frames/short", test_key_frame);
  g_test_add_func ("/rtc-pacer-key-frames/unseen", test_key_frame_unseen);
  g_test_add_func ("/rtc-pacer-key-frames/is-whole", test_key_frame_is_whole);
  g_test_add_func ("/rtc-pacer-key-frames/long", test_long_key_frame);
  g_test_add_func ("/rtc-pacer-key-frames/long-forgiven", test_long_key_frame_forgiven);
  g_test_add_func ("/rtc-pacer-key-frames/long-passes", test_long_key_frame_passes);
  return g_test_run ();
}
