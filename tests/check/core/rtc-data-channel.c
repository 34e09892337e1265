/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* rtc-data-channel.c - the table of data channels: opening, order, room, closing, limits, hostile
 * peers. */
#include "tests/check/core/data-channel-ends.h"

#include <string.h>

static void
test_open_and_close (void)
{
  RtcDataChannelInfo info;
  RtcDataChannelsStats stats;
  guint32 a;
  Ends e;

  ends_init (&e, NULL);
  a = ends_make (&e, 0, "early", -1); /* before there is an association */
  g_assert_cmpint (ends_get (&e, 0, a).id, ==, -1);
  g_assert_cmpint (ends_say (&e, 0, a, TRUE, 1), ==, RTC_ERR_STATE);
  ends_start (&e);
  ends_run (&e);
  ends_assert_log (&e, 0, "open");
  ends_assert_log (&e, 1, "new");
  info = ends_get (&e, 1, e.handle[1]);
  g_assert_cmpstr (info.label, ==, "early");
  g_assert_cmpint (info.id, ==, 0); /* even: of the DTLS client */
  g_assert_cmpint (info.state, ==, RTC_DATA_CHANNEL_OPEN);
  g_assert_cmpint (ends_say (&e, 0, a, TRUE, 5), ==, RTC_OK);
  g_assert_cmpint (ends_say (&e, 0, a, TRUE, 0), ==, RTC_OK);
  g_assert_cmpint (ends_say (&e, 1, e.handle[1], FALSE, 65536), ==, RTC_OK);
  g_assert_cmpint (ends_say (&e, 1, e.handle[1], FALSE, 0), ==, RTC_OK);
  g_assert_cmpint (ends_say (&e, 1, e.handle[1], FALSE, 65537), ==, RTC_ERR_UNSUPPORTED);
  ends_run (&e);
  g_assert_cmpuint (e.last_len[1], ==, 0);
  ends_assert_log (&e, 1, "sent text text");
  ends_assert_log (&e, 0, "sent binary binary");
  g_assert_cmpuint (ends_get (&e, 1, e.handle[1]).bytes_received, ==, 5);
  rtc_data_channels_close (e.tables[1], e.now, e.handle[1]);
  ends_run (&e);
  ends_assert_log (&e, 1, "closed");
  ends_assert_log (&e, 0, "closing closed");
  g_assert_false (rtc_data_channels_get (e.tables[0], a, &info));
  for (guint i = 0; i < 2; i++) {
    rtc_data_channels_get_stats (e.tables[i], &stats);
    g_assert_cmpuint (stats.opened, ==, 1);
    g_assert_cmpuint (stats.closed, ==, 1);
    g_assert_cmpuint (stats.n_channels, ==, 0);
    g_assert_cmpuint (stats.queued_bytes, ==, 0);
    g_assert_cmpuint (e.wires[i].n_resets, ==, 1);
  }
  ends_clear (&e);
}

/* Ids are free again once both ends have reset; each end gives its own. */
static void
test_ids (void)
{
  guint32 first[4], last = 0;
  Ends e;

  ends_init (&e, NULL);
  ends_start (&e);
  for (guint i = 0; i < 4; i++)
    first[i] = ends_make (&e, i % 2, "x", -1);
  ends_run (&e);
  g_assert_cmpint (ends_get (&e, 0, first[0]).id, ==, 0);
  g_assert_cmpint (ends_get (&e, 1, first[1]).id, ==, 1);
  g_assert_cmpint (ends_get (&e, 0, first[2]).id, ==, 2);
  g_assert_cmpint (ends_get (&e, 1, first[3]).id, ==, 3);
  for (guint i = 0; i < 1000; i++) {
    rtc_data_channels_close (e.tables[0], e.now, first[0]);
    /* Still on its way: the next one cannot have it. */
    last = ends_make (&e, 0, "y", -1);
    g_assert_cmpint (ends_get (&e, 0, last).id, ==, i % 2 == 0 ? 4 : 0);
    ends_run (&e);
    first[0] = last;
  }
  g_assert_cmpuint (last, >, 1000);
  ends_clear (&e);
}

static void
test_negotiated (void)
{
  RtcDataChannelInit init = {
    .negotiated = TRUE, .id = 7, .max_retransmits = -1, .max_lifetime_ms = -1
  };
  guint32 a, b, handle;
  Ends e;

  ends_init (&e, NULL);
  a = ends_make (&e, 0, "n", 7);
  ends_start (&e);
  b = ends_make (&e, 1, "n", 7);
  ends_run (&e);
  ends_assert_log (&e, 0, "open");
  ends_assert_log (&e, 1, "open");
  g_assert_cmpint (ends_say (&e, 0, a, TRUE, 3), ==, RTC_OK);
  ends_run (&e);
  ends_assert_log (&e, 1, "text");
  g_assert_cmpuint (ends_get (&e, 1, b).bytes_received, ==, 3);
  g_assert_cmpint (
      rtc_data_channels_create (e.tables[0], e.now, &init, &handle, NULL), ==, RTC_ERR_STATE);
  init.id = 1024;
  g_assert_cmpint (
      rtc_data_channels_create (e.tables[0], e.now, &init, &handle, NULL), ==, RTC_ERR_UNSUPPORTED);
  init.id = 8;
  init.max_retransmits = init.max_lifetime_ms = 1;
  g_assert_cmpint (
      rtc_data_channels_create (e.tables[0], e.now, &init, &handle, NULL), ==, RTC_ERR_UNSUPPORTED);
  ends_clear (&e);
}

/* RFC 8832 6: until the ACK is there an unordered channel sends in order. */
static void
test_unordered_waits_for_ack (void)
{
  RtcDataChannelInit init = { .label = "u", .max_retransmits = 0, .max_lifetime_ms = -1 };
  guint32 handle;
  Ends e;
  Item *item;

  ends_init (&e, NULL);
  ends_start (&e);
  g_assert_cmpint (rtc_data_channels_create (e.tables[0], e.now, &init, &handle, NULL), ==, RTC_OK);
  item = g_queue_peek_tail (&e.wires[0].sent);
  g_assert_true (item->ordered);
  ends_run (&e);
  g_assert_false (ends_get (&e, 1, e.handle[1]).ordered);
  g_assert_cmpint (ends_get (&e, 1, e.handle[1]).max_retransmits, ==, 0);
  g_assert_cmpint (ends_say (&e, 0, handle, FALSE, 9), ==, RTC_OK);
  item = g_queue_peek_tail (&e.wires[0].sent);
  g_assert_false (item->ordered);
  ends_run (&e);
  ends_clear (&e);
}

static void
test_back_pressure (void)
{
  RtcDataChannelsConfig config = { .max_queued_bytes = 1000 };
  guint32 a, b;
  Ends e;

  ends_init (&e, &config);
  ends_start (&e);
  a = ends_make (&e, 0, "a", -1);
  b = ends_make (&e, 0, "b", -1);
  ends_run (&e);
  e.wires[0].room = 2;
  for (guint i = 0; i < 4; i++)
    g_assert_cmpint (ends_say (&e, 0, a, FALSE, 400), ==, RTC_OK);
  /* Two are with SCTP, two wait. */
  g_assert_cmpuint (ends_get (&e, 0, a).queued_bytes, ==, 800);
  g_assert_cmpint (ends_say (&e, 0, b, FALSE, 400), ==, RTC_ERR_LIMIT);
  g_assert_cmpint (ends_say (&e, 0, b, FALSE, 200), ==, RTC_OK);
  rtc_data_channels_close (e.tables[0], e.now, a);
  g_assert_cmpint (ends_say (&e, 0, a, FALSE, 1), ==, RTC_ERR_STATE);
  ends_run (&e);
  /* Closing has sent all of it. */
  g_assert_nonnull (strstr (e.log[1]->str, "binary binary binary binary"));
  g_assert_cmpuint (ends_get (&e, 0, b).queued_bytes, ==, 0);
  /* A message that is longer than the limit goes alone. */
  g_assert_cmpint (ends_say (&e, 0, b, FALSE, 2000), ==, RTC_OK);
  ends_run (&e);
  ends_clear (&e);
}

/* Both have much to say: the one of high priority gets its share and the other is not starved. */
static void
test_priority (void)
{
  RtcDataChannelInit init = { .ordered = TRUE, .max_retransmits = -1, .max_lifetime_ms = -1 };
  guint32 low, high;
  guint n[2] = { 0, 0 };
  Ends e;

  ends_init (&e, NULL);
  ends_start (&e);
  init.priority = 128;
  rtc_data_channels_create (e.tables[0], e.now, &init, &low, NULL);
  init.priority = 1024;
  rtc_data_channels_create (e.tables[0], e.now, &init, &high, NULL);
  ends_run (&e);
  e.wires[0].room = 0;
  for (guint i = 0; i < 160; i++) {
    g_assert_cmpint (ends_say (&e, 0, low, FALSE, 4096), ==, RTC_OK);
    g_assert_cmpint (ends_say (&e, 0, high, FALSE, 4096), ==, RTC_OK);
  }
  e.wires[0].room = 90;
  rtc_data_channels_flush (e.tables[0], e.now);
  for (GList *l = e.wires[0].sent.head; l != NULL; l = l->next)
    n[((Item *) l->data)->stream == ends_get (&e, 0, high).id]++;
  g_assert_cmpuint (n[1], ==, 80);
  g_assert_cmpuint (n[0], ==, 10);
  ends_run (&e);
  ends_clear (&e);
}

/* However little room there is at a time, nobody is first for ever. */
static void
test_shares (void)
{
  guint32 a, b;
  guint n[2] = { 0, 0 };
  Ends e;

  ends_init (&e, NULL);
  ends_start (&e);
  a = ends_make (&e, 0, "a", -1);
  b = ends_make (&e, 0, "b", -1);
  ends_run (&e);
  e.wires[0].room = 0;
  for (guint i = 0; i < 100; i++) {
    g_assert_cmpint (ends_say (&e, 0, a, FALSE, 4096), ==, RTC_OK);
    g_assert_cmpint (ends_say (&e, 0, b, FALSE, 4096), ==, RTC_OK);
  }
  e.wires[0].room = 2;
  rtc_data_channels_flush (e.tables[0], e.now);
  for (guint i = 0; i < 100; i++) {
    const Item *item = g_queue_peek_head (&e.wires[0].sent);

    n[item->stream == ends_get (&e, 0, b).id]++;
    g_assert_true (ends_carry (&e, 0));
  }
  g_assert_cmpuint (n[0], >=, 48);
  g_assert_cmpuint (n[1], >=, 48);
  ends_run (&e);
  ends_clear (&e);
}

/* Messages that may expire wait while SCTP has others of their kind; what may not goes on, and a
 * lifetime of 0 is one. */
static void
test_lifetimes_wait_alone (void)
{
  RtcDataChannelInit init = { .max_retransmits = -1, .max_lifetime_ms = 0 };
  guint32 brief, chat;
  Ends e;

  ends_init (&e, NULL);
  ends_start (&e);
  rtc_data_channels_create (e.tables[0], e.now, &init, &brief, NULL);
  chat = ends_make (&e, 0, "chat", -1);
  ends_run (&e);
  e.wires[0].holds_lifetimes = TRUE;
  g_assert_cmpint (ends_say (&e, 0, brief, FALSE, 10), ==, RTC_OK);
  g_assert_cmpint (ends_say (&e, 0, chat, FALSE, 20), ==, RTC_OK);
  g_assert_cmpuint (e.wires[0].sent.length, ==, 1);
  g_assert_cmpuint (ends_get (&e, 0, chat).queued_bytes, ==, 0);
  g_assert_cmpuint (ends_get (&e, 0, brief).queued_bytes, ==, 10);
  e.wires[0].holds_lifetimes = FALSE;
  rtc_data_channels_flush (e.tables[0], e.now);
  g_assert_cmpuint (e.wires[0].sent.length, ==, 2);
  ends_run (&e);
  g_assert_cmpuint (ends_get (&e, 0, brief).queued_bytes, ==, 0);
  ends_clear (&e);
}

/* The peer never resets its side: over after twice the timeout, its stream stays taken. */
static void
test_close_timeout (void)
{
  guint32 a;
  Ends e;

  ends_init (&e, NULL);
  ends_start (&e);
  a = ends_make (&e, 0, "a", -1);
  ends_run (&e);
  g_string_truncate (e.log[0], 0);
  g_assert_cmpuint (rtc_data_channels_next_deadline (e.tables[0]), ==, GST_CLOCK_TIME_NONE);
  e.wires[0].room = 0;
  ends_say (&e, 0, a, TRUE, 100);
  rtc_data_channels_close (e.tables[0], e.now, a);
  for (guint i = 0; i < 2; i++) {
    g_assert_cmpuint (e.wires[0].n_resets, ==, i);
    e.now = rtc_data_channels_next_deadline (e.tables[0]);
    g_assert_cmpuint (e.now, ==, GST_SECOND + (i + 1) * RTC_DATA_CHANNEL_CLOSE_TIMEOUT);
    rtc_data_channels_handle_timeout (e.tables[0], e.now);
    ends_poll (&e, 0);
  }
  ends_assert_log (&e, 0, "sent closed");
  g_assert_cmpuint (rtc_data_channels_next_deadline (e.tables[0]), ==, GST_CLOCK_TIME_NONE);
  g_assert_cmpint (ends_get (&e, 0, ends_make (&e, 0, "b", -1)).id, ==, 2);
  /* Now it does. */
  rtc_data_channels_handle_reset_done (e.tables[0], e.now, 0);
  rtc_data_channels_handle_reset (e.tables[0], e.now, 0);
  ends_poll (&e, 0);
  g_assert_cmpint (ends_get (&e, 0, ends_make (&e, 0, "c", -1)).id, ==, 0);
  ends_clear (&e);
}

static void
test_end (void)
{
  RtcDataChannelInit init = { .max_retransmits = -1, .max_lifetime_ms = -1 };
  guint32 handle;
  Ends e;

  ends_init (&e, NULL);
  ends_start (&e);
  ends_make (&e, 0, "a", -1);
  ends_run (&e);
  ends_make (&e, 0, "b", -1);
  e.wires[1].room = 0;
  ends_say (&e, 1, e.handle[1], TRUE, 100);
  for (guint i = 0; i < 2; i++) {
    rtc_data_channels_end (e.tables[i]);
    ends_poll (&e, i);
  }
  ends_assert_log (&e, 0, "open closed closed");
  ends_assert_log (&e, 1, "new sent closed");
  g_assert_cmpint (
      rtc_data_channels_create (e.tables[0], e.now, &init, &handle, NULL), ==, RTC_ERR_STATE);
  ends_clear (&e);
}

/* T41: each of them costs the peer that stream and nothing else. */
static void
test_hostile_opens (void)
{
  static const guint8 open[] = { 3, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0 };
  static const guint8 bad[] = { 3, 0, 1, 0, 0, 0, 0, 0, 0, 9, 0, 0 };
  static const guint8 ack[] = { 2 };
  RtcDataChannelsStats stats;
  guint32 ours;
  Ends e;

  ends_init (&e, NULL);
  ends_start (&e);
  ours = ends_make (&e, 0, "ours", -1);
  ends_run (&e);
  g_string_truncate (e.log[0], 0);
  ends_inject (&e, 0, 9, RTC_PPID_DCEP, open, sizeof open);
  ends_assert_log (&e, 0, "new");
  ends_inject (&e, 0, 5, RTC_PPID_DCEP, ack, sizeof ack);      /* of nothing */
  ends_inject (&e, 0, 5, RTC_PPID_TEXT, "x", 1);               /* likewise */
  ends_inject (&e, 0, 3000, RTC_PPID_DCEP, open, sizeof open); /* no such stream */
  ends_inject (&e, 0, 4, RTC_PPID_DCEP, open, sizeof open);    /* an even id is ours */
  ends_inject (&e, 0, 7, RTC_PPID_DCEP, bad, sizeof bad);
  ends_inject (&e, 0, 7, RTC_PPID_DCEP, open, sizeof open); /* the stream is being reset */
  ends_assert_log (&e, 0, "");
  rtc_data_channels_get_stats (e.tables[0], &stats);
  g_assert_cmpuint (stats.dropped_unknown, ==, 3);
  g_assert_cmpuint (stats.dropped_malformed, ==, 1);
  g_assert_cmpuint (stats.refused, ==, 3);
  g_assert_cmpuint (e.wires[0].n_resets, ==, 2);
  /* In use: that one goes. */
  ends_inject (&e, 0, 9, RTC_PPID_DCEP, open, sizeof open);
  ends_assert_log (&e, 0, "closing");
  g_assert_cmpint (ends_get (&e, 0, ours).state, ==, RTC_DATA_CHANNEL_OPEN);
  ends_clear (&e);
}

/* A peer that takes the ids of the other role, as aiortc does: we take the others. */
static void
test_swapped_ids (void)
{
  static const guint8 open[] = { 3, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0 };
  RtcDataChannelsStats stats;
  guint32 ours;
  Ends e;

  ends_init (&e, NULL);
  ends_start (&e);
  ends_inject (&e, 0, 0, RTC_PPID_DCEP, open, sizeof open); /* 0 is the DTLS client */
  ends_inject (&e, 0, 2, RTC_PPID_DCEP, open, sizeof open);
  ends_assert_log (&e, 0, "new new");
  ours = ends_make (&e, 0, "ours", -1);
  g_assert_cmpint (ends_get (&e, 0, ours).id, ==, 1);
  ends_inject (&e, 0, 3, RTC_PPID_DCEP, open, sizeof open); /* now that is ours */
  ends_assert_log (&e, 0, "");
  rtc_data_channels_get_stats (e.tables[0], &stats);
  g_assert_cmpuint (stats.refused, ==, 1);
  ends_clear (&e);
}

static void
test_limits (void)
{
  static const guint8 open[] = { 3, 0, 1, 0, 0, 0, 0, 0, 0, 4, 0, 0, 'a', 'b', 'c', 'd' };
  RtcDataChannelsConfig config = { .max_channels = 10, .max_text_bytes = 16 };
  RtcDataChannelsStats stats;
  Ends e;

  ends_init (&e, &config);
  ends_start (&e);
  for (guint16 i = 0; i < 512; i++)
    ends_inject (&e, 0, 2 * i + 1, RTC_PPID_DCEP, open, sizeof open);
  rtc_data_channels_get_stats (e.tables[0], &stats);
  g_assert_cmpuint (stats.n_channels, ==, 4); /* by their names */
  g_assert_cmpuint (stats.refused, ==, 508);
  for (guint i = 0; i < 6; i++)
    ends_make (&e, 0, "x", -1);
  {
    RtcDataChannelInit init = { .max_retransmits = -1, .max_lifetime_ms = -1 };
    guint32 handle;

    g_assert_cmpint (
        rtc_data_channels_create (e.tables[0], e.now, &init, &handle, NULL), ==, RTC_ERR_LIMIT);
  }
  ends_clear (&e);
}

static void
test_partial (void)
{
  RtcDataChannelsConfig config = { .max_partial_bytes = 100, .max_message_bytes = 60 };
  guint8 data[50] = { 0 };
  Ends e;

  ends_init (&e, &config);
  ends_start (&e);
  ends_make (&e, 1, "a", -1);
  ends_make (&e, 1, "b", -1);
  ends_run (&e);
  g_string_truncate (e.log[0], 0);
  ends_inject (&e, 0, 1, RTC_PPID_TEXT_PARTIAL, "hel", 3);
  ends_inject (&e, 0, 1, RTC_PPID_TEXT, "lo", 2);
  ends_assert_log (&e, 0, "text");
  g_assert_cmpuint (e.last_len[0], ==, 5);
  ends_inject (&e, 0, 1, RTC_PPID_BINARY_PARTIAL, data, sizeof data);
  ends_inject (&e, 0, 1, RTC_PPID_BINARY, data, 11);
  ends_assert_log (&e, 0, "closing");
  ends_inject (&e, 0, 3, RTC_PPID_BINARY_PARTIAL, data, sizeof data);
  ends_inject (&e, 0, 3, RTC_PPID_BINARY, data, 10);
  ends_assert_log (&e, 0, "binary");
  g_assert_cmpuint (e.last_len[0], ==, 60);
  ends_clear (&e);
}

static void
test_random (void)
{
  static const guint32 ppids[] = { 0, 50, 50, 50, 51, 52, 53, 54, 55, 56, 57, 1000 };
  GRand *rand = g_rand_new_with_seed (8831);
  RtcDataChannelsStats stats;

  for (guint round = 0; round < 50; round++) {
    Ends e;

    ends_init (&e, NULL);
    ends_start (&e);
    for (guint i = 0; i < 2000; i++) {
      guint8 data[24];
      guint end = (guint) g_rand_int_range (rand, 0, 2);
      guint16 stream = (guint16) g_rand_int_range (rand, 0, 24);
      gsize len = (gsize) g_rand_int_range (rand, 0, sizeof data);

      for (gsize k = 0; k < len; k++)
        data[k] = (guint8) (g_rand_boolean (rand) ? 0 : g_rand_int (rand));
      if (len > 0 && g_rand_boolean (rand))
        data[0] = (guint8) g_rand_int_range (rand, 2, 4);
      switch (g_rand_int_range (rand, 0, 8)) {
        case 0:
          ends_make (&e, end, "r", -1);
          break;
        case 1:
          rtc_data_channels_close (e.tables[end], e.now, e.handle[end]);
          break;
        case 2:
          rtc_data_channels_handle_reset (e.tables[end], e.now, stream);
          break;
        case 3:
          rtc_data_channels_handle_reset_done (e.tables[end], e.now, stream);
          break;
        case 4:
          ends_say (&e, end, e.handle[end], TRUE, len);
          break;
        case 5:
          e.now += (GstClockTime) g_rand_int_range (rand, 0, 3) * GST_SECOND;
          rtc_data_channels_handle_timeout (e.tables[end], e.now);
          break;
        default:
          ends_inject (
              &e, end, stream, ppids[g_rand_int_range (rand, 0, G_N_ELEMENTS (ppids))], data, len);
          break;
      }
      ends_carry (&e, end);
    }
    ends_run (&e);
    for (guint i = 0; i < 2; i++) {
      rtc_data_channels_get_stats (e.tables[i], &stats);
      g_assert_cmpuint (stats.opened, >=, 1);
      g_assert_cmpuint (stats.queued_bytes, ==, 0);
    }
    ends_clear (&e);
  }
  g_rand_free (rand);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/data-channel/open-and-close", test_open_and_close);
  g_test_add_func ("/data-channel/ids", test_ids);
  g_test_add_func ("/data-channel/negotiated", test_negotiated);
  g_test_add_func ("/data-channel/unordered-waits-for-ack", test_unordered_waits_for_ack);
  g_test_add_func ("/data-channel/back-pressure", test_back_pressure);
  g_test_add_func ("/data-channel/priority", test_priority);
  g_test_add_func ("/data-channel/shares", test_shares);
  g_test_add_func ("/data-channel/lifetimes-wait-alone", test_lifetimes_wait_alone);
  g_test_add_func ("/data-channel/close-timeout", test_close_timeout);
  g_test_add_func ("/data-channel/end", test_end);
  g_test_add_func ("/data-channel/hostile-opens", test_hostile_opens);
  g_test_add_func ("/data-channel/swapped-ids", test_swapped_ids);
  g_test_add_func ("/data-channel/limits", test_limits);
  g_test_add_func ("/data-channel/partial", test_partial);
  g_test_add_func ("/data-channel/random", test_random);
  return g_test_run ();
}
