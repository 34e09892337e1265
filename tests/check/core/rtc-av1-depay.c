/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "gst/rtc/rtp/rtc-av1-depay.h"

#include <string.h>

/* A sequence header as libaom writes it for 320x240 main profile, without OBU header and size. */
#define SEQUENCE 0x00, 0x00, 0x00, 0x04, 0x3c, 0xff, 0xbf, 0x81, 0xb5, 0xf2, 0x00, 0x80

/* Aggregation header bits. */
#define Z 0x80
#define Y 0x40
#define W(n) ((n) << 4)
#define N 0x08

/* OBU headers without size: type << 3. */
#define SEQ 0x08
#define TD 0x10
#define FRAME 0x30
#define PADDING 0x78
#define EXT 0x04
#define SIZED 0x02

typedef struct {
  const gchar *name;
  struct {
    guint8 bytes[24];
    gsize len;
  } packets[4];
  RtcResult result;
  guint8 unit[40]; /* what comes out of the packets */
  gsize len;
  gboolean is_key;
} Row;

static const Row rows[] = {
  { "key frame in one packet, W = 2",
      { { { W (2) | N, 13, SEQ, SEQUENCE, FRAME, 0x10, 0xaa }, 18 } }, RTC_OK,
      { SEQ | SIZED, 12, SEQUENCE, FRAME | SIZED, 2, 0x10, 0xaa }, 18, TRUE },
  { "lengths for all, W = 0", { { { N, 13, SEQ, SEQUENCE, 3, FRAME, 0x10, 0xaa }, 19 } }, RTC_OK,
      { SEQ | SIZED, 12, SEQUENCE, FRAME | SIZED, 2, 0x10, 0xaa }, 18, TRUE },
  { "temporal delimiter and padding left out",
      { { { N, 1, TD, 13, SEQ, SEQUENCE, 3, FRAME, 0x10, 0xaa }, 21 },
          { { W (1), PADDING, 1, 2 }, 4 } },
      RTC_OK, { SEQ | SIZED, 12, SEQUENCE, FRAME | SIZED, 2, 0x10, 0xaa }, 18, TRUE },
  { "size field inside the element", { { { W (1), FRAME | SIZED, 2, 0x30, 0xaa }, 5 } }, RTC_OK,
      { FRAME | SIZED, 2, 0x30, 0xaa }, 4, FALSE },
  { "extension kept", { { { W (1), FRAME | EXT, 0x48, 0x30 }, 4 } }, RTC_OK,
      { FRAME | EXT | SIZED, 0x48, 1, 0x30 }, 4, FALSE },
  { "inter frame", { { { W (1), FRAME, 0x30, 1, 2 }, 5 } }, RTC_OK,
      { FRAME | SIZED, 3, 0x30, 1, 2 }, 5, FALSE },
  { "key frame without its sequence header", { { { W (1), FRAME, 0x10, 1 }, 4 } }, RTC_OK,
      { FRAME | SIZED, 2, 0x10, 1 }, 4, FALSE },
  { "three fragments",
      { { { Y | W (1), FRAME, 0x30 }, 3 }, { { Z | Y | W (1), 1, 2 }, 3 },
          { { Z | W (1), 3 }, 2 } },
      RTC_OK, { FRAME | SIZED, 4, 0x30, 1, 2, 3 }, 6, FALSE },
  { "end of a fragment, and another OBU",
      { { { Y | W (1), FRAME, 0x30 }, 3 }, { { Z | W (2), 2, 1, 2, FRAME, 9 }, 6 } }, RTC_OK,
      { FRAME | SIZED, 3, 0x30, 1, 2, FRAME | SIZED, 1, 9 }, 8, FALSE },
  { "OBU, then the start of a fragment",
      { { { Y | W (2), 2, FRAME, 0x30, FRAME, 5 }, 6 }, { { Z | W (1), 6 }, 2 } }, RTC_OK,
      { FRAME | SIZED, 1, 0x30, FRAME | SIZED, 2, 5, 6 }, 7, FALSE },
  { "nothing but a delimiter", { { { W (1), TD }, 2 } }, RTC_AGAIN, { 0 }, 0, FALSE },
  { "continuation of nothing", { { { Z | W (1), 1, 2 }, 3 } }, RTC_ERR_PARSE, { 0 }, 0, FALSE },
  { "fragment without its end", { { { Y | W (1), FRAME, 1 }, 3 } }, RTC_ERR_PARSE, { 0 }, 0,
      FALSE },
  { "fragment not continued", { { { Y | W (1), FRAME, 1 }, 3 }, { { W (1), FRAME, 2 }, 3 } },
      RTC_ERR_PARSE, { 0 }, 0, FALSE },
  { "length past the end", { { { 0, 9, FRAME, 1 }, 4 } }, RTC_ERR_PARSE, { 0 }, 0, FALSE },
  { "endless length", { { { 0, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 1 }, 10 } },
      RTC_ERR_PARSE, { 0 }, 0, FALSE },
  { "forbidden bit", { { { W (1), 0x80 | FRAME, 1 }, 3 } }, RTC_ERR_PARSE, { 0 }, 0, FALSE },
  { "size field past the end", { { { W (1), FRAME | SIZED, 9, 1 }, 4 } }, RTC_ERR_PARSE, { 0 }, 0,
      FALSE },
  { "sequence header cut", { { { W (1), SEQ, 0x00, 0x00 }, 4 } }, RTC_ERR_PARSE, { 0 }, 0, FALSE },
  { "header only", { { { W (1) }, 1 } }, RTC_ERR_PARSE, { 0 }, 0, FALSE },
};

static void
test_units (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    RtcAv1Depay *depay = rtc_av1_depay_new (1000);
    RtcAv1Unit unit = { NULL };

    g_test_message ("%s", rows[i].name);
    for (guint k = 0; k < G_N_ELEMENTS (rows[i].packets) && rows[i].packets[k].len > 0; k++)
      rtc_av1_depay_push (depay, rows[i].packets[k].bytes, rows[i].packets[k].len);
    g_assert_cmpint (rtc_av1_depay_finish (depay, &unit), ==, rows[i].result);
    if (rows[i].result == RTC_OK) {
      g_assert_cmpmem (unit.data, unit.len, rows[i].unit, rows[i].len);
      g_assert_cmpint (unit.is_key, ==, rows[i].is_key);
    }
    /* Whatever came, the next unit is whole. */
    g_assert_cmpint (rtc_av1_depay_push (depay, rows[5].packets[0].bytes, 5), ==, RTC_OK);
    g_assert_cmpint (rtc_av1_depay_finish (depay, &unit), ==, RTC_OK);
    g_assert_cmpmem (unit.data, unit.len, rows[5].unit, rows[5].len);
    rtc_av1_depay_free (depay);
  }
}

static void
test_sequence (void)
{
  static const guint8 config[] = { 0x81, 0x00, 0x0c, 0x00, SEQ | SIZED, 12, SEQUENCE };
  RtcAv1Depay *depay = rtc_av1_depay_new (1000);
  RtcAv1Unit unit;

  for (guint i = 0; i < 2; i++) {
    rtc_av1_depay_push (depay, rows[0].packets[0].bytes, rows[0].packets[0].len);
    g_assert_cmpint (rtc_av1_depay_finish (depay, &unit), ==, RTC_OK);
    g_assert_true (unit.has_sequence);
    g_assert_cmpint (unit.sequence_changed, ==, i == 0);
    g_assert_cmpuint (unit.sequence.width, ==, 320);
    g_assert_cmpuint (unit.sequence.height, ==, 240);
    g_assert_cmpuint (unit.sequence.profile, ==, 0);
    g_assert_cmpuint (unit.sequence.subsampling_x, ==, 1);
    g_assert_cmpuint (unit.sequence.subsampling_y, ==, 1);
    g_assert_cmpmem (unit.config, unit.config_len, config, sizeof config);
  }
  rtc_av1_depay_push (depay, rows[5].packets[0].bytes, 5);
  g_assert_cmpint (rtc_av1_depay_finish (depay, &unit), ==, RTC_OK);
  g_assert_false (unit.has_sequence);
  rtc_av1_depay_free (depay);
}

/* Any byte of the sequence header may be missing. */
static void
test_sequence_cut (void)
{
  static const guint8 bytes[] = { SEQUENCE };
  RtcAv1Sequence sequence;
  guint refused = 0;

  for (gsize len = 0; len < sizeof bytes; len++)
    refused += rtc_av1_sequence_parse (&sequence, bytes, len) != RTC_OK;
  g_assert_cmpuint (refused, >=, sizeof bytes - 2);
}

static void
test_limit (void)
{
  RtcAv1Depay *depay = rtc_av1_depay_new (100);
  guint8 payload[60] = { W (1), FRAME, 0x30 };
  RtcAv1Unit unit;

  g_assert_cmpint (rtc_av1_depay_push (depay, payload, sizeof payload), ==, RTC_OK);
  g_assert_cmpint (rtc_av1_depay_push (depay, payload, sizeof payload), ==, RTC_ERR_LIMIT);
  g_assert_cmpint (rtc_av1_depay_finish (depay, &unit), ==, RTC_ERR_LIMIT);
  payload[0] = Y | W (1);
  g_assert_cmpint (rtc_av1_depay_push (depay, payload, sizeof payload), ==, RTC_OK);
  payload[0] = Z | Y | W (1);
  g_assert_cmpint (rtc_av1_depay_push (depay, payload, sizeof payload), ==, RTC_ERR_LIMIT);
  rtc_av1_depay_reset (depay);
  g_assert_cmpint (rtc_av1_depay_finish (depay, &unit), ==, RTC_AGAIN);
  rtc_av1_depay_free (depay);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/av1-depay/units", test_units);
  g_test_add_func ("/av1-depay/sequence", test_sequence);
  g_test_add_func ("/av1-depay/sequence-cut", test_sequence_cut);
  g_test_add_func ("/av1-depay/limit", test_limit);
  return g_test_run ();
}
