/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* rtc-rtcp-twcc.c - chunk kinds, wraps, bounds, round trips, and the cost of hostile counts. */
#include "gst/rtc/base/rtc-random.h"
#include "gst/rtc/base/rtc-seq.h"
#include "gst/rtc/rtcp/rtc-rtcp-twcc.h"
#include "rtcp-message.h"

typedef struct {
  const gchar *name;
  guint8 fci[32]; /* from base sequence number on */
  gsize len;
  RtcResult result;
  const gchar *items; /* "seq+ms" received, "seq-n" lost */
} ParseCase;

static const ParseCase parse_cases[] = {
  { "run of small deltas", { 0, 9, 0, 2, 0, 0, 1, 0, 0x20, 2, 4, 8 }, 12, RTC_OK, "9+1 10+3" },
  { "lost run", { 0, 9, 0, 5, 0, 0, 1, 0, 0x00, 4, 0x20, 1, 4 }, 13, RTC_OK, "9-4 13+1" },
  { "runs merge", { 0, 9, 0, 6, 0, 0, 1, 0, 0x00, 4, 0, 1, 0x20, 1, 4 }, 15, RTC_OK, "9-5 14+1" },
  { "one-bit vector", { 0, 1, 0, 4, 0, 0, 1, 0, 0xa4, 0, 4, 4 }, 12, RTC_OK, "1+1 2-2 4+2" },
  { "two-bit vector, negative", { 0, 1, 0, 3, 0, 0, 1, 0, 0xd8, 0, 8, 0xff, 0xfc }, 13, RTC_OK,
      "1+2 2+1 3-1" },
  { "seq wraps", { 0xff, 0xff, 0, 2, 0, 0, 1, 0, 0x20, 2, 4, 4 }, 12, RTC_OK, "65535+1 0+2" },
  { "run longer than count", { 0, 1, 0, 1, 0, 0, 1, 0, 0x3f, 0xff, 4 }, 11, RTC_OK, "1+1" },
  { "zero-length run", { 0, 1, 0, 1, 0, 0, 1, 0, 0, 0, 0x20, 1, 4 }, 13, RTC_OK, "1+1" },
  { "before the reference", { 0, 1, 0, 1, 0, 0, 0, 0, 0x40, 1, 0xff, 0xfc }, 12, RTC_OK, "1+-1" },
  { "count 0", { 0, 1, 0, 0, 0, 0, 1, 0, 0x20, 0 }, 10, RTC_ERR_PARSE, NULL },
  { "no chunks", { 0, 1, 0, 1, 0, 0, 1, 0 }, 8, RTC_ERR_PARSE, NULL },
  { "too few chunks", { 0, 1, 0, 9, 0, 0, 1, 0, 0x00, 4 }, 10, RTC_ERR_PARSE, NULL },
  { "too few deltas", { 0, 9, 0, 2, 0, 0, 1, 0, 0x20, 2, 4 }, 11, RTC_ERR_PARSE, NULL },
  { "half a large delta", { 0, 9, 0, 1, 0, 0, 1, 0, 0x40, 1, 4 }, 11, RTC_ERR_PARSE, NULL },
  { "reserved in run", { 0, 9, 0, 1, 0, 0, 1, 0, 0x60, 1, 4, 4, 4 }, 13, RTC_ERR_PARSE, NULL },
  { "reserved in vector", { 0, 9, 0, 1, 0, 0, 1, 0, 0xf0, 0, 4, 4, 4 }, 13, RTC_ERR_PARSE, NULL },
  { "reserved beyond the count", { 0, 9, 0, 1, 0, 0, 1, 0, 0xdc, 0, 4 }, 11, RTC_OK, "9+1" },
  { "header cut", { 0, 9, 0, 1, 0, 0, 1 }, 7, RTC_ERR_PARSE, NULL },
};

static RtcRtcpPacket
make_packet (const guint8 *fci, gsize len, guint8 **memory)
{
  RtcRtcpPacket packet = { RTC_RTCP_RTPFB, RTC_RTPFB_TWCC, NULL, 8 + len };

  *memory = g_malloc0 (8 + len);
  if (len > 0)
    memcpy (*memory + 8, fci, len);
  packet.data = *memory;
  return packet;
}

static void
test_parse (gconstpointer data)
{
  const ParseCase *c = data;
  GString *text = g_string_new (NULL);
  guint8 *memory;
  RtcRtcpPacket packet = make_packet (c->fci, c->len, &memory);
  RtcTwccFeedback feedback;
  RtcTwccItem item;

  g_assert_cmpint (rtc_rtcp_twcc_parse (&packet, &feedback), ==, c->result);
  while (c->result == RTC_OK && rtc_rtcp_twcc_next (&feedback, &item)) {
    if (item.received)
      g_string_append_printf (text, " %u+%d", item.seq, (int) (item.offset / 1000000));
    else
      g_string_append_printf (text, " %u-%u", item.seq, item.n_packets);
  }
  if (c->items != NULL)
    g_assert_cmpstr (text->str + 1, ==, c->items);
  g_string_free (text, TRUE);
  g_free (memory);
}

/* As it came from Chromium: content that is no multiple of four bytes, and padding of two. */
static void
test_chromium (void)
{
  static const guint8 message[] = { 0xaf, 0xcd, 0, 6, 0, 0, 0, 1, 0x34, 0x89, 0x21, 0xa7, 6, 0, 0,
    4, 4, 0x8b, 0x79, 0x3f, 0x20, 4, 0xea, 0x2d, 0x2d, 0x1d, 0, 2 };
  RtcTwccFeedback feedback;
  RtcRtcpPacket packet;
  RtcTwccItem item;
  RtcRtcpWalk walk;
  guint n = 0;

  rtc_rtcp_walk_init (&walk, message, sizeof message, 1);
  g_assert_true (rtc_rtcp_walk_next (&walk, &packet));
  g_assert_cmpint (rtc_rtcp_twcc_parse (&packet, &feedback), ==, RTC_OK);
  g_assert_cmpuint (feedback.base_seq, ==, 0x600);
  for (; rtc_rtcp_twcc_next (&feedback, &item); n++)
    g_assert_true (item.received);
  g_assert_cmpuint (n, ==, 4);
}

/* Writes all arrivals in as many messages as it takes and checks that reading gives them back. */
static guint
round_trip (const RtcTwccArrival *arrivals, guint n, gsize budget)
{
  guint64 expected = arrivals[0].ext_seq, base = expected;
  guint done = 0, n_messages = 0;
  RtcSeqUnwrap reference = { 0 };
  guint8 *data = g_malloc (budget);

  while (done < n) {
    RtcRtcpBuilder builder;
    RtcTwccFeedback feedback;
    RtcRtcpPacket packet;
    RtcTwccItem item;
    guint reported, first = done;
    guint64 ext_reference;

    rtc_rtcp_builder_init (&builder, data, budget, RTC_RTCP_REDUCED_SIZE);
    if (arrivals[done].ext_seq - base >= G_MAXUINT16) {
      g_assert_cmpint (
          rtc_rtcp_twcc_write (&builder, 1, 2, 0, base, arrivals + done, n - done, &reported), ==,
          RTC_ERR_LIMIT);
      base = expected = arrivals[done].ext_seq;
    }
    g_assert_cmpint (rtc_rtcp_twcc_write (&builder, 1, 2, (guint8) n_messages, base,
                         arrivals + done, n - done, &reported),
        ==, RTC_OK);
    g_assert_cmpuint (reported, >, 0);
    packet = rtcp_message_walk (&builder);
    g_assert_cmpint (rtc_rtcp_twcc_parse (&packet, &feedback), ==, RTC_OK);
    g_assert_cmpuint (feedback.feedback_count, ==, (guint8) n_messages);
    g_assert_cmpuint (feedback.base_seq, ==, (guint16) base);
    ext_reference = rtc_seq_unwrap_bits (&reference, feedback.reference_time, 24);
    while (rtc_rtcp_twcc_next (&feedback, &item)) {
      g_assert_cmpuint (item.seq, ==, (guint16) expected);
      expected += item.n_packets;
      if (!item.received)
        continue;
      g_assert_cmpuint (arrivals[done].ext_seq, ==, expected - 1);
      g_assert_cmpuint (
          (guint64) ((gint64) ((ext_reference & 0xffffff) * RTC_TWCC_REFERENCE_UNIT) + item.offset),
          ==,
          arrivals[done].arrival / RTC_TWCC_DELTA_UNIT * RTC_TWCC_DELTA_UNIT
              - (arrivals[first].arrival / RTC_TWCC_REFERENCE_UNIT >> 24 << 24)
                    * RTC_TWCC_REFERENCE_UNIT);
      done++;
    }
    g_assert_cmpuint (done, ==, first + reported);
    base = expected;
    n_messages++;
  }
  g_free (data);
  return n_messages;
}

static void
test_round_trip (void)
{
  RtcRandom *random = rtc_random_new_seeded (11);
  RtcTwccArrival arrivals[400];

  for (guint round = 0; round < 300; round++) {
    guint loss = rtc_random_range (random, 1, 30), spread = rtc_random_range (random, 1, 100);
    guint64 seq = rtc_random_range (random, 65000, 66000);
    GstClockTime now =
        (round % 2) * (((GstClockTime) 1 << 24) * RTC_TWCC_REFERENCE_UNIT - GST_SECOND)
        + GST_SECOND;

    for (guint i = 0; i < G_N_ELEMENTS (arrivals); i++) {
      seq += 1 + (rtc_random_range (random, 0, 100) < loss ? rtc_random_range (random, 0, 40) : 0);
      now += rtc_random_range (random, 0, 1000000) * spread;
      arrivals[i].ext_seq = seq;
      arrivals[i].arrival = now - rtc_random_range (random, 0, 50) * GST_MSECOND;
    }
    round_trip (arrivals, G_N_ELEMENTS (arrivals), rtc_random_range (random, 40, 1200));
  }
  rtc_random_free (random);
}

/* Gaps of time and sequence that one message cannot say. */
static void
test_bounds (void)
{
  static const RtcTwccArrival late[] = { { 100, GST_SECOND }, { 101, 10 * GST_SECOND } };
  static const RtcTwccArrival back[] = { { 100, 20 * GST_SECOND }, { 101, 10 * GST_SECOND } };
  static const RtcTwccArrival edge[] = { { 100, 0 }, { 101, G_MAXINT16 * RTC_TWCC_DELTA_UNIT } };
  static const RtcTwccArrival far[] = { { 100, GST_SECOND }, { 100 + 65535, GST_SECOND } };
  static const RtcTwccArrival near[] = { { 100, GST_SECOND }, { 100 + 65534, GST_SECOND } };
  static const RtcTwccArrival twice[] = { { 100, GST_SECOND }, { 100, GST_SECOND } };
  RtcRtcpBuilder builder;
  guint8 data[100];
  guint n;

  g_assert_cmpuint (round_trip (late, 2, 1200), ==, 2);
  g_assert_cmpuint (round_trip (back, 2, 1200), ==, 2);
  g_assert_cmpuint (round_trip (edge, 2, 1200), ==, 1);
  g_assert_cmpuint (round_trip (far, 2, 1200), ==, 2);
  g_assert_cmpuint (round_trip (near, 2, 1200), ==, 1);
  rtc_rtcp_builder_init (&builder, data, sizeof (data), RTC_RTCP_REDUCED_SIZE);
  g_assert_cmpint (rtc_rtcp_twcc_write (&builder, 1, 2, 0, 100, twice, 2, &n), ==, RTC_ERR_STATE);
  g_assert_cmpint (rtc_rtcp_twcc_write (&builder, 1, 2, 0, 101, late, 2, &n), ==, RTC_ERR_STATE);
  g_assert_cmpint (rtc_rtcp_twcc_write (&builder, 1, 2, 0, 100, late, 0, &n), ==, RTC_ERR_STATE);
  rtc_rtcp_builder_init (&builder, data, 20, RTC_RTCP_REDUCED_SIZE);
  g_assert_cmpint (rtc_rtcp_twcc_write (&builder, 1, 2, 0, 100, late, 2, &n), ==, RTC_ERR_LIMIT);
}

/* 1000 packets in a row at even pace: a run length chunk and one byte each. */
static void
test_compact (void)
{
  RtcTwccArrival arrivals[1000];

  for (guint i = 0; i < G_N_ELEMENTS (arrivals); i++)
    arrivals[i] = (RtcTwccArrival){ 70000 + i, i * GST_MSECOND };
  g_assert_cmpuint (round_trip (arrivals, G_N_ELEMENTS (arrivals), 20 + 2 + 1000 + 2), ==, 1);
}

/* T16: a message that speaks of 65535 packets in 26 bytes is two items, not 65535 steps. */
static void
test_bomb (void)
{
  guint8 fci[8 + 2 * 8 + 1] = { 0, 0, 0xff, 0xff };
  guint8 *memory;
  RtcRtcpPacket packet;
  RtcTwccFeedback feedback;
  RtcTwccItem item;

  for (guint i = 0; i < 8; i++) {
    fci[8 + 2 * i] = 0x1f;
    fci[9 + 2 * i] = 0xff;
  }
  packet = make_packet (fci, sizeof (fci), &memory);
  g_assert_cmpint (rtc_rtcp_twcc_parse (&packet, &feedback), ==, RTC_ERR_PARSE);
  memory[8 + 3] = 0xf8; /* 8 * 8191 = 65528 */
  g_assert_cmpint (rtc_rtcp_twcc_parse (&packet, &feedback), ==, RTC_OK);
  g_assert_true (rtc_rtcp_twcc_next (&feedback, &item));
  g_assert_cmpuint (item.n_packets, ==, 65528);
  g_assert_false (rtc_rtcp_twcc_next (&feedback, &item));
  g_free (memory);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (parse_cases); i++) {
    gchar *path = g_strdup_printf ("/rtcp/twcc/parse/%s", parse_cases[i].name);

    g_test_add_data_func (path, &parse_cases[i], test_parse);
    g_free (path);
  }
  g_test_add_func ("/rtcp/twcc/chromium", test_chromium);
  g_test_add_func ("/rtcp/twcc/round-trip", test_round_trip);
  g_test_add_func ("/rtcp/twcc/bounds", test_bounds);
  g_test_add_func ("/rtcp/twcc/compact", test_compact);
  g_test_add_func ("/rtcp/twcc/bomb", test_bomb);
  return g_test_run ();
}
