/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* rtc-rtcp.c - compound walk over good and malformed packets, builder in both formats, and what
 * the worst 1500 bytes cost. */
#include "gst/rtc/rtcp/rtc-rtcp-nack.h"
#include "gst/rtc/rtcp/rtc-rtcp-psfb.h"
#include "gst/rtc/rtcp/rtc-rtcp-report.h"
#include "gst/rtc/rtcp/rtc-rtcp-sdes-bye.h"
#include "gst/rtc/rtcp/rtc-rtcp-twcc.h"
#include "gst/rtc/rtcp/rtc-rtcp-xr.h"
#include "tests/check/thread-time.h"

typedef struct {
  const gchar *name;
  guint8 data[32];
  gsize len;
  guint max_blocks;
  guint n_good; /* packets before the end */
  RtcResult result;
  gsize last_len; /* body of the last good one */
} WalkCase;

static const WalkCase walk_cases[] = {
  { "empty", { 0 }, 0, 64, 0, RTC_OK, 0 },
  { "header only", { 0x80, 203, 0, 0 }, 4, 64, 1, RTC_OK, 0 },
  { "runt", { 0x80, 203, 0 }, 3, 64, 0, RTC_ERR_PARSE, 0 },
  { "version 1", { 0x40, 203, 0, 0 }, 4, 64, 0, RTC_ERR_PARSE, 0 },
  { "too long", { 0x80, 201, 0, 2, 0, 0, 0, 1 }, 8, 64, 0, RTC_ERR_PARSE, 0 },
  { "good, then junk", { 0x80, 201, 0, 1, 0, 0, 0, 1, 0x00, 1, 2, 3 }, 12, 64, 1, RTC_ERR_PARSE,
      4 },
  { "good, then cut", { 0x80, 201, 0, 1, 0, 0, 0, 1, 0x80, 201 }, 10, 64, 1, RTC_ERR_PARSE, 4 },
  { "padded", { 0xa0, 201, 0, 2, 0, 0, 0, 1, 0, 0, 0, 4 }, 12, 64, 1, RTC_OK, 4 },
  { "padded in the middle",
      { 0xa0, 201, 0, 2, 0, 0, 0, 1, 0, 0, 0, 4, 0x81, 203, 0, 1, 9, 9, 9, 9 }, 20, 64, 2, RTC_OK,
      4 },
  { "padding of all", { 0xa0, 201, 0, 1, 0, 0, 0, 4 }, 8, 64, 1, RTC_OK, 0 },
  { "padding over length", { 0xa0, 201, 0, 1, 0, 0, 0, 8 }, 8, 64, 0, RTC_ERR_PARSE, 0 },
  { "padding 0", { 0xa0, 201, 0, 1, 0, 0, 0, 0 }, 8, 64, 0, RTC_ERR_PARSE, 0 },
  { "padding odd", { 0xa0, 201, 0, 1, 0, 0, 0, 3 }, 8, 64, 1, RTC_OK, 1 },
  { "padding of nothing", { 0xa0, 201, 0, 0 }, 4, 64, 0, RTC_ERR_PARSE, 0 },
  { "over the limit", { 0x80, 203, 0, 0, 0x80, 203, 0, 0, 0x80, 203, 0, 0 }, 12, 2, 2,
      RTC_ERR_LIMIT, 0 },
  { "at the limit", { 0x80, 203, 0, 0, 0x80, 203, 0, 0 }, 8, 2, 2, RTC_OK, 0 },
};

static void
test_walk (gconstpointer data)
{
  const WalkCase *c = data;
  guint8 *exact = g_memdup2 (c->data, c->len);
  RtcRtcpPacket packet = { 0 };
  RtcRtcpWalk walk;
  guint n = 0;

  rtc_rtcp_walk_init (&walk, exact, c->len, c->max_blocks);
  while (rtc_rtcp_walk_next (&walk, &packet)) {
    n++;
    g_assert_true (packet.data >= exact && packet.data + packet.len <= exact + c->len);
    if (n == c->n_good)
      g_assert_cmpuint (packet.len, ==, c->last_len);
  }
  g_assert_cmpuint (n, ==, c->n_good);
  g_assert_cmpint (walk.result, ==, c->result);
  g_assert_false (rtc_rtcp_walk_next (&walk, &packet));
  g_free (exact);
}

static void
test_build_compound (void)
{
  RtcRtcpReport report = { .ssrc = 0x01020304 };
  RtcSdesChunk chunk = { .ssrc = 0x01020304, .cname = "abc", .cname_len = 3 };
  RtcRtcpBuilder builder;
  guint8 data[64];
  gsize len = 0;
  static const guint8 expected[] = { 0x80, 201, 0, 1, 1, 2, 3, 4, 0x81, 202, 0, 3, 1, 2, 3, 4, 1, 3,
    'a', 'b', 'c', 0, 0, 0, 0x81, 206, 0, 2, 1, 2, 3, 4, 5, 6, 7, 8 };

  rtc_rtcp_builder_init (&builder, data, sizeof (data), RTC_RTCP_COMPOUND);
  g_assert_cmpint (rtc_rtcp_builder_finish (&builder, &len), ==, RTC_ERR_STATE);
  g_assert_cmpint (rtc_rtcp_pli_write (&builder, 1, 2), ==, RTC_ERR_STATE);
  g_assert_cmpuint (rtc_rtcp_builder_left (&builder), ==, sizeof (data));
  g_assert_cmpint (rtc_rtcp_report_write (&builder, &report), ==, RTC_OK);
  g_assert_cmpint (rtc_rtcp_builder_finish (&builder, &len), ==, RTC_ERR_STATE);
  g_assert_cmpint (rtc_rtcp_sdes_write (&builder, &chunk, 1), ==, RTC_OK);
  g_assert_cmpint (rtc_rtcp_pli_write (&builder, 0x01020304, 0x05060708), ==, RTC_OK);
  g_assert_cmpint (rtc_rtcp_builder_finish (&builder, &len), ==, RTC_OK);
  g_assert_cmpmem (data, len, expected, sizeof (expected));
}

/* A packet that does not fit leaves what was built before whole. */
static void
test_build_budget (void)
{
  RtcSdesChunk chunk = { .ssrc = 7, .cname = "0123456789", .cname_len = 10 };
  guint8 data[64];

  for (gsize budget = 0; budget <= 40; budget++) {
    RtcRtcpBuilder builder;
    RtcRtcpPacket packet;
    RtcRtcpWalk walk;
    RtcResult sdes;
    gsize len = 0;
    guint n = 0;

    memset (data, 0xee, sizeof (data));
    rtc_rtcp_builder_init (&builder, data, budget, RTC_RTCP_REDUCED_SIZE);
    g_assert_cmpint (
        rtc_rtcp_pli_write (&builder, 1, 2), ==, budget >= 12 ? RTC_OK : RTC_ERR_LIMIT);
    sdes = rtc_rtcp_sdes_write (&builder, &chunk, 1);
    g_assert_cmpint (sdes, ==, budget >= 36 ? RTC_OK : RTC_ERR_LIMIT);
    g_assert_cmpuint (data[budget], ==, 0xee);
    if (budget < 12)
      continue;
    g_assert_cmpint (rtc_rtcp_builder_finish (&builder, &len), ==, RTC_OK);
    g_assert_cmpuint (len, ==, budget >= 36 ? 36 : 12);
    rtc_rtcp_walk_init (&walk, data, len, 64);
    while (rtc_rtcp_walk_next (&walk, &packet))
      n++;
    g_assert_cmpint (walk.result, ==, RTC_OK);
    g_assert_cmpuint (n, ==, budget >= 36 ? 2 : 1);
  }
}

/* -- worst case: A4, at most 200 us for 1500 bytes ------------------------------------------ */

#define WORST_BYTES 1500
#define WORST_US 200

typedef struct {
  const gchar *name;
  guint8 type, count;
  gsize body;     /* bytes of each packet behind its header; as many as fit */
  guint8 fill[8]; /* repeated over the body */
} WorstCase;

static const WorstCase worst_cases[] = {
  { "nacks of 17", RTC_RTCP_RTPFB, RTC_RTPFB_NACK, 1492, { 0, 1, 0xff, 0xff, 0, 1, 0xff, 0xff } },
  { "lost runs", RTC_RTCP_RTPFB, RTC_RTPFB_TWCC, 32,
      { 0x1f, 0xff, 0x1f, 0xff, 0x1f, 0xff, 0x1f, 0xff } },
  { "two-bit vectors", RTC_RTCP_RTPFB, RTC_RTPFB_TWCC, 1492,
      { 0xc0, 0, 0xc0, 0, 0xc0, 0, 0xc0, 0 } },
  { "empty runs", RTC_RTCP_RTPFB, RTC_RTPFB_TWCC, 1492, { 0 } },
  { "received run", RTC_RTCP_RTPFB, RTC_RTPFB_TWCC, 1492, { 0x24, 0xb0, 0x24, 0xb0 } },
  { "headers only", RTC_RTCP_BYE, 0, 0, { 0 } },
  { "empty XR blocks", RTC_RTCP_XR, 0, 1492, { 42, 0, 0, 0, 42, 0, 0, 0 } },
  { "report blocks", RTC_RTCP_RR, 31, 1492, { 1 } },
  { "empty SDES items", RTC_RTCP_SDES, 1, 1492, { 1, 0, 1, 0, 1, 0, 1, 0 } },
  { "SDES chunks", RTC_RTCP_SDES, 31, 1492, { 0, 0, 0, 1, 0, 0, 0, 0 } },
};

static gsize
worst_build (const WorstCase *c, guint8 *data)
{
  RtcWriter w = rtc_writer (data, WORST_BYTES);

  while (rtc_writer_left (&w) >= c->body + 4) {
    gsize start = w.pos;

    rtc_writer_u8 (&w, 0x80 | c->count);
    rtc_writer_u8 (&w, c->type);
    rtc_writer_u16 (&w, c->body / 4);
    for (gsize i = 0; i < c->body; i++)
      rtc_writer_u8 (&w, c->fill[i % 8]);
    /* Claims as much as can be claimed: 65528 packets, or 5160 in vectors. */
    if (c->type == RTC_RTCP_RTPFB && c->count == RTC_RTPFB_TWCC) {
      rtc_writer_patch_u16 (&w, start + 14,
          c->fill[0] == 0x24   ? 1200
          : c->fill[0] == 0xc0 ? 5160
                               : 65528);
    }
  }
  return w.pos;
}

/* Everything that may be asked of a packet. Returns the number of things in it. */
static guint
worst_parse (const guint8 *data, gsize len)
{
  RtcRtcpPacket packet;
  RtcRtcpWalk walk;
  guint n = 0;

  rtc_rtcp_walk_init (&walk, data, len, 64);
  while (rtc_rtcp_walk_next (&walk, &packet)) {
    RtcTwccFeedback feedback;
    RtcSdesChunk chunk;
    RtcRtcpReport report;
    RtcTwccItem item;
    RtcNackIter nack;
    RtcSdesIter sdes;
    RtcRtcpXr xr;
    guint16 seq;

    n++;
    if (rtc_rtcp_nack_parse (&packet, &nack) == RTC_OK)
      while (rtc_rtcp_nack_next (&nack, &seq))
        n++;
    if (rtc_rtcp_twcc_parse (&packet, &feedback) == RTC_OK)
      while (rtc_rtcp_twcc_next (&feedback, &item))
        n++;
    if (rtc_rtcp_sdes_parse (&packet, &sdes) == RTC_OK)
      while (rtc_rtcp_sdes_next (&sdes, &chunk))
        n++;
    n += rtc_rtcp_report_parse (&packet, &report) == RTC_OK;
    n += rtc_rtcp_xr_parse (&packet, &xr) == RTC_OK;
  }
  return n;
}

/* The fastest of many rounds: the first ones fill caches. */
static void
test_worst (gconstpointer user_data)
{
  guint8 data[WORST_BYTES];
  gsize len = worst_build (user_data, data);
  gint64 best = G_MAXINT64;
  guint n = 0;

  for (guint round = 0; round < 50; round++) {
    gint64 start = get_thread_time ();

    n = worst_parse (data, len);
    best = MIN (best, get_thread_time () - start);
  }
  g_test_message ("%u items in %" G_GINT64_FORMAT " us", n, best / 1000);
  g_assert_cmpuint (n, >, 0);
  g_assert_cmpint (best, <=, THREAD_TIME_LIMIT (WORST_US));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (walk_cases); i++) {
    gchar *path = g_strdup_printf ("/rtcp/walk/%s", walk_cases[i].name);

    g_test_add_data_func (path, &walk_cases[i], test_walk);
    g_free (path);
  }
  for (guint i = 0; i < G_N_ELEMENTS (worst_cases); i++) {
    gchar *path = g_strdup_printf ("/rtcp/worst/%s", worst_cases[i].name);

    g_test_add_data_func (path, &worst_cases[i], test_worst);
    g_free (path);
  }
  g_test_add_func ("/rtcp/build/compound", test_build_compound);
  g_test_add_func ("/rtcp/build/budget", test_build_budget);
  return g_test_run ();
}
