/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* rtc-pacer-key-frames.c - key frames in the pacer are whole, whatever they take and begin with. */
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

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/rtc-pacer-key-frames/short", test_key_frame);
  g_test_add_func ("/rtc-pacer-key-frames/unseen", test_key_frame_unseen);
  g_test_add_func ("/rtc-pacer-key-frames/is-whole", test_key_frame_is_whole);
  return g_test_run ();
}
