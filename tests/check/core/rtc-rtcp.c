/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* rtc-rtcp.c - compound walk over good and malformed packets, builder in both formats. */
#include "gst/rtc/rtcp/rtc-rtcp-psfb.h"
#include "gst/rtc/rtcp/rtc-rtcp-report.h"
#include "gst/rtc/rtcp/rtc-rtcp-sdes-bye.h"

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
  { "padding odd", { 0xa0, 201, 0, 1, 0, 0, 0, 3 }, 8, 64, 0, RTC_ERR_PARSE, 0 },
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

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (walk_cases); i++) {
    gchar *path = g_strdup_printf ("/rtcp/walk/%s", walk_cases[i].name);

    g_test_add_data_func (path, &walk_cases[i], test_walk);
    g_free (path);
  }
  g_test_add_func ("/rtcp/build/compound", test_build_compound);
  g_test_add_func ("/rtcp/build/budget", test_build_budget);
  return g_test_run ();
}
