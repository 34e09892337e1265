/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "gst/rtc/media/rtc-packet-history.h"

#include "tests/check/core/rtp-packets.h"

static void
push_n (RtcPacketHistory *history, guint n, GstClockTime now)
{
  while (n-- > 0)
    g_assert_nonnull (rtc_packet_history_push (history, now, rtp_packet_new (0, 0, 10, 0)));
}

/* Numbers are those of the pushes, whatever the payloader's do; the oldest gives way. */
static void
test_bounded_by_packets (void)
{
  RtcPacketHistory *history = rtc_packet_history_new (8, GST_SECOND);
  RtcPacketHistoryStats stats;

  g_assert_cmpuint (rtc_packet_history_get_newest (history), ==, 0);
  g_assert_null (rtc_packet_history_find (history, 0, 0));
  g_assert_null (rtc_packet_history_find (history, 0, 1));
  for (guint i = 1; i <= 30; i++) {
    guint16 seq = (guint16) (65530 + i * 7);
    const RtcPacketHistoryEntry *entry =
        rtc_packet_history_push (history, i, rtp_packet_new (seq, i * 3000, i, 0));

    g_assert_cmpuint (entry->ext_seq, ==, i);
    g_assert_cmpuint (entry->rtp_ts, ==, i * 3000);
    g_assert_cmpuint (entry->payload_offset, ==, 12);
    g_assert_cmpuint (entry->payload_len, ==, i);
    g_assert_true (entry->marker);
    for (guint64 k = 0; k <= i + 1; k++) {
      entry = rtc_packet_history_find (history, i, k);
      g_assert_cmpint (entry != NULL, ==, k >= 1 && k <= i && k + 8 > i);
      if (entry != NULL)
        g_assert_cmpuint (entry->ext_seq, ==, k);
    }
  }
  rtc_packet_history_get_stats (history, &stats);
  g_assert_cmpuint (stats.packets_pushed, ==, 30);
  g_assert_cmpuint (stats.n_packets, ==, 8);
  g_assert_cmpuint (stats.n_bytes, ==, 8 * 12 + 23 + 24 + 25 + 26 + 27 + 28 + 29 + 30);
  rtc_packet_history_free (history);
  rtc_packet_history_free (NULL);
}

static void
test_bounded_by_age (void)
{
  RtcPacketHistory *history = rtc_packet_history_new (1024, 100);
  RtcPacketHistoryStats stats;

  g_assert_cmpuint (rtc_packet_history_next_deadline (history), ==, GST_CLOCK_TIME_NONE);
  push_n (history, 1, 1000);
  push_n (history, 1, 1050);
  g_assert_cmpuint (rtc_packet_history_next_deadline (history), ==, 1100);
  g_assert_nonnull (rtc_packet_history_find (history, 1099, 1));
  g_assert_null (rtc_packet_history_find (history, 1100, 1));
  g_assert_nonnull (rtc_packet_history_find (history, 1100, 2));
  rtc_packet_history_expire (history, 1100);
  rtc_packet_history_get_stats (history, &stats);
  g_assert_cmpuint (stats.n_packets, ==, 1);
  push_n (history, 1, 1200);
  rtc_packet_history_get_stats (history, &stats);
  g_assert_cmpuint (stats.n_packets, ==, 1);
  g_assert_nonnull (rtc_packet_history_find (history, 1200, 3));
  rtc_packet_history_expire (history, 5000);
  g_assert_cmpuint (rtc_packet_history_next_deadline (history), ==, GST_CLOCK_TIME_NONE);
  rtc_packet_history_free (history);
}

/* References: the history's is dropped when its packet goes, another holder keeps it. */
static void
test_references (void)
{
  RtcPacketHistory *history = rtc_packet_history_new (2, GST_SECOND);
  RtcPacket *packet = rtp_packet_new (1, 1, 1, 0);

  rtc_packet_history_push (history, 0, rtc_packet_ref (packet));
  g_assert_cmpuint (packet->refs, ==, 2);
  push_n (history, 2, 0);
  g_assert_cmpuint (packet->refs, ==, 1);
  rtc_packet_history_push (history, 0, rtc_packet_ref (packet));
  rtc_packet_history_free (history);
  g_assert_cmpuint (packet->refs, ==, 1);
  rtc_packet_unref (packet);
}

static void
test_malformed (void)
{
  static const guint8 cut[11] = { 0x80 }, bad_padding[13] = { 0xa0, [12] = 2 };
  RtcPacketHistory *history = rtc_packet_history_new (4, GST_SECOND);
  RtcPacketHistoryStats stats;

  g_assert_null (rtc_packet_history_push (history, 0, rtc_packet_new_copy (NULL, cut, 11)));
  g_assert_null (rtc_packet_history_push (history, 0, rtc_packet_new_copy (NULL, bad_padding, 13)));
  g_assert_null (rtc_packet_history_push (history, 0, rtp_packet_new (1, 1, RTC_MAX_DATAGRAM, 0)));
  rtc_packet_history_get_stats (history, &stats);
  g_assert_cmpuint (stats.packets_malformed, ==, 3);
  g_assert_cmpuint (stats.n_packets, ==, 0);
  g_assert_cmpuint (rtc_packet_history_get_newest (history), ==, 0);
  rtc_packet_history_free (history);
}

/* Of a picture whose parameter sets and slice are both marked, the first packet is the start. */
static void
test_key_frame (void)
{
  RtcPacketHistory *history = rtc_packet_history_new (4, GST_SECOND);
  static const struct {
    guint32 rtp_ts;
    gboolean is_marked, is_start;
    guint64 key_frame;
  } rows[] = {
    { 1, FALSE, FALSE, 0 },
    { 2, TRUE, TRUE, 2 },
    { 2, TRUE, FALSE, 2 },
    { 3, FALSE, FALSE, 2 },
    { 4, FALSE, FALSE, 2 },
    { 5, FALSE, FALSE, 0 },
    { 6, TRUE, TRUE, 7 },
    { 7, TRUE, TRUE, 8 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    RtcPacketFlags flags = rows[i].is_marked ? RTC_PACKET_KEY_FRAME_START : 0;
    const RtcPacketHistoryEntry *entry =
        rtc_packet_history_push (history, 0, rtp_packet_new (0, rows[i].rtp_ts, 1, flags));

    g_assert_cmpint (entry->is_key_frame, ==, rows[i].is_start);
    g_assert_cmpuint (rtc_packet_history_get_key_frame (history, 0), ==, rows[i].key_frame);
  }
  g_assert_cmpuint (rtc_packet_history_get_key_frame (history, GST_SECOND), ==, 0);
  rtc_packet_history_free (history);
}

static void
push_key (RtcPacketHistory *history, GstClockTime now, guint32 rtp_ts)
{
  rtc_packet_history_push (
      history, now, rtp_packet_new (0, rtp_ts, 88, RTC_PACKET_KEY_FRAME_START));
}

static guint
count_held (const RtcPacketHistory *history)
{
  RtcPacketHistoryStats stats;

  rtc_packet_history_get_stats (history, &stats);
  return stats.n_packets;
}

/* A group of pictures is kept whatever its age, until the next one begins. */
static void
test_pictures_age (void)
{
  RtcPacketHistory *history = rtc_packet_history_new (64, 100);

  rtc_packet_history_keep_pictures (history, 10000, GST_SECOND);
  push_n (history, 1, 0);
  push_key (history, 10, 1);
  push_n (history, 20, 500);
  g_assert_cmpuint (rtc_packet_history_get_key_frame (history, 900), ==, 2);
  g_assert_cmpuint (rtc_packet_history_get_group_bytes (history), ==, 100 + 20 * 22);
  g_assert_null (rtc_packet_history_find (history, 900, 1));
  for (guint64 i = 2; i <= 22; i++)
    g_assert_nonnull (rtc_packet_history_find (history, 900, i));
  g_assert_cmpuint (count_held (history), ==, 21);
  g_assert_cmpuint (rtc_packet_history_next_deadline (history), ==, GST_CLOCK_TIME_NONE);
  /* The next one: what is over age goes. */
  push_key (history, 900, 2);
  push_n (history, 1, 900);
  g_assert_cmpuint (rtc_packet_history_get_key_frame (history, 900), ==, 23);
  g_assert_cmpuint (count_held (history), ==, 2);
  rtc_packet_history_keep_pictures (history, 0, 0);
  g_assert_cmpuint (rtc_packet_history_get_key_frame (history, 1000), ==, 0);
  rtc_packet_history_free (history);
}

/* What is longer than may be kept is given up, once, and the next one is kept again. */
static void
test_pictures_limits (void)
{
  for (guint which = 0; which < 3; which++) {
    RtcPacketHistory *history = rtc_packet_history_new (64, 100);
    RtcPacketHistoryStats stats;

    rtc_packet_history_keep_pictures (history, which == 0 ? 600 : 100000, 1000);
    push_key (history, 0, 1);
    push_n (history, 20, 300);
    if (which == 0)
      push_n (history, 3, 300); /* 22 bytes each */
    else if (which == 1)
      push_n (history, 1, 1001);
    else
      push_n (history, 44, 300); /* 65 in a ring of 64 */
    g_assert_cmpuint (rtc_packet_history_get_key_frame (history, 1001), ==, 0);
    push_n (history, 10, 1001);
    rtc_packet_history_get_stats (history, &stats);
    g_assert_cmpuint (stats.groups_given_up, ==, 1);
    g_assert_cmpuint (stats.n_packets, <=, 11);
    push_key (history, 1100, 2);
    push_n (history, 1, 1500);
    g_assert_cmpuint (rtc_packet_history_get_key_frame (history, 1500), !=, 0);
    rtc_packet_history_free (history);
  }
}

/* What goes on with a key frame counts, though it is marked as its start, too: slices are. */
static void
test_pictures_slices (void)
{
  RtcPacketHistory *history = rtc_packet_history_new (16, 100);
  RtcPacketHistoryStats stats;

  rtc_packet_history_keep_pictures (history, 1000, 1000);
  for (guint i = 1; i <= 10; i++) {
    push_key (history, 0, 1); /* 100 bytes each */
    g_assert_cmpuint (rtc_packet_history_get_group_bytes (history), ==, i * 100);
  }
  rtc_packet_history_get_stats (history, &stats);
  g_assert_cmpuint (stats.groups_given_up, ==, 0);
  g_assert_cmpuint (rtc_packet_history_get_key_frame (history, 900), ==, 1);
  push_key (history, 0, 1);
  rtc_packet_history_get_stats (history, &stats);
  g_assert_cmpuint (stats.groups_given_up, ==, 1);
  g_assert_cmpuint (rtc_packet_history_get_key_frame (history, 900), ==, 0);
  rtc_packet_history_expire (history, 900);
  g_assert_cmpuint (count_held (history), ==, 0);
  rtc_packet_history_free (history);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/rtc-packet-history/bounded-by-packets", test_bounded_by_packets);
  g_test_add_func ("/rtc-packet-history/bounded-by-age", test_bounded_by_age);
  g_test_add_func ("/rtc-packet-history/references", test_references);
  g_test_add_func ("/rtc-packet-history/malformed", test_malformed);
  g_test_add_func ("/rtc-packet-history/key-frame", test_key_frame);
  g_test_add_func ("/rtc-packet-history/pictures/age", test_pictures_age);
  g_test_add_func ("/rtc-packet-history/pictures/limits", test_pictures_limits);
  g_test_add_func ("/rtc-packet-history/pictures/slices", test_pictures_slices);
  return g_test_run ();
}
