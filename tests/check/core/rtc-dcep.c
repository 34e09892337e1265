/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "gst/rtc/dc/rtc-dcep.h"

#include <string.h>

/* Unordered, 3 retransmissions, priority 512, label "chat", protocol "p". */
static const guint8 open_message[] = { 3, 0x81, 2, 0, 0, 0, 0, 3, 0, 4, 0, 1, 'c', 'h', 'a', 't',
  'p' };

static void
test_open (void)
{
  RtcDcepType type;
  RtcDcepOpen open;
  GByteArray *again;

  g_assert_cmpint (rtc_dcep_parse (open_message, sizeof open_message, &type, &open), ==, RTC_OK);
  g_assert_cmpint (type, ==, RTC_DCEP_OPEN);
  g_assert_false (open.ordered);
  g_assert_cmpint (open.max_retransmits, ==, 3);
  g_assert_cmpint (open.max_lifetime_ms, ==, -1);
  g_assert_cmpuint (open.priority, ==, 512);
  g_assert_cmpmem (open.label, open.label_len, "chat", 4);
  g_assert_cmpmem (open.protocol, open.protocol_len, "p", 1);
  again = rtc_dcep_write_open (&open);
  g_assert_cmpmem (again->data, again->len, open_message, sizeof open_message);
  g_byte_array_unref (again);
}

static void
test_lengths (void)
{
  guint8 longer[sizeof open_message + 1];
  RtcDcepType type;
  RtcDcepOpen open;

  for (gsize len = 0; len < sizeof open_message; len++)
    g_assert_cmpint (rtc_dcep_parse (open_message, len, &type, &open), ==, RTC_ERR_PARSE);
  memcpy (longer, open_message, sizeof open_message);
  longer[sizeof longer - 1] = 'x';
  g_assert_cmpint (rtc_dcep_parse (longer, sizeof longer, &type, &open), ==, RTC_ERR_PARSE);
}

/* RFC 8832 5.1: every channel type, and those that are none. */
static void
test_channel_types (void)
{
  for (guint t = 0; t < 256; t++) {
    guint8 message[] = { 3, (guint8) t, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0 };
    gboolean is_known = (t & 0x7f) <= 2;
    RtcDcepType type;
    RtcDcepOpen open;

    g_assert_cmpint (rtc_dcep_parse (message, sizeof message, &type, &open), ==,
        is_known ? RTC_OK : RTC_ERR_UNSUPPORTED);
    if (!is_known)
      continue;
    g_assert_cmpint (open.ordered, ==, (t & 0x80) == 0);
    /* 65536 is more than a channel can have; for a reliable one it says nothing. */
    g_assert_cmpint (open.max_retransmits, ==, (t & 0x7f) == 1 ? 65535 : -1);
    g_assert_cmpint (open.max_lifetime_ms, ==, (t & 0x7f) == 2 ? 65535 : -1);
  }
}

static void
test_texts (void)
{
  static const struct {
    const gchar *text;
    gsize len;
    RtcResult result;
  } cases[] = {
    { "", 0, RTC_OK }, { "\xc3\xa9", 2, RTC_OK }, { "\xc3", 1, RTC_ERR_PARSE },
    { "a\0b", 3, RTC_ERR_PARSE }, { "\xed\xa0\x80", 3, RTC_ERR_PARSE }, /* a surrogate */
    { "../../%s\n", 9, RTC_OK },                                        /* a label is data */
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    for (guint where = 0; where < 2; where++) {
      RtcDcepOpen out = { TRUE, -1, -1, 256, "", 0, "", 0 }, in;
      GByteArray *message;
      RtcDcepType type;

      *(where == 0 ? &out.label : &out.protocol) = cases[i].text;
      *(where == 0 ? &out.label_len : &out.protocol_len) = cases[i].len;
      message = rtc_dcep_write_open (&out);
      g_assert_cmpint (
          rtc_dcep_parse (message->data, message->len, &type, &in), ==, cases[i].result);
      g_byte_array_unref (message);
    }
  }
}

static void
test_longest_texts (void)
{
  gchar *text = g_strnfill (RTC_DCEP_MAX_TEXT + 1, 'a');
  RtcDcepOpen open = { TRUE, -1, 100, 256, text, RTC_DCEP_MAX_TEXT, text, RTC_DCEP_MAX_TEXT };
  GByteArray *message = rtc_dcep_write_open (&open);
  RtcDcepType type;

  g_assert_cmpuint (message->len, ==, RTC_DCEP_OPEN_HEADER_LEN + 2 * RTC_DCEP_MAX_TEXT);
  g_assert_cmpint (rtc_dcep_parse (message->data, message->len, &type, &open), ==, RTC_OK);
  g_assert_cmpint (open.max_lifetime_ms, ==, 100);
  g_byte_array_unref (message);
  open.label = text;
  open.label_len = RTC_DCEP_MAX_TEXT + 1;
  g_assert_null (rtc_dcep_write_open (&open));
  g_free (text);
}

static void
test_other_messages (void)
{
  static const guint8 ack[] = { 2, 0, 0, 0 };
  RtcDcepType type;
  RtcDcepOpen open;

  g_assert_cmpint (rtc_dcep_parse (ack, 1, &type, &open), ==, RTC_OK);
  g_assert_cmpint (type, ==, RTC_DCEP_ACK);
  g_assert_cmpint (rtc_dcep_parse (ack, sizeof ack, &type, &open), ==, RTC_OK); /* pion */
  g_assert_cmpint (type, ==, RTC_DCEP_ACK);
  for (guint t = 0; t < 256; t++) {
    guint8 message = (guint8) t;

    if (t != RTC_DCEP_ACK && t != RTC_DCEP_OPEN)
      g_assert_cmpint (rtc_dcep_parse (&message, 1, &type, &open), ==, RTC_ERR_UNSUPPORTED);
  }
}

/* What parses is what writing it says, but for what is ignored. */
static void
test_random (void)
{
  GRand *rand = g_rand_new_with_seed (8832);
  guint n_parsed = 0;

  for (guint i = 0; i < 200000; i++) {
    guint8 data[32];
    gsize len = (gsize) g_rand_int_range (rand, 0, sizeof data);
    RtcDcepType type;
    RtcDcepOpen open, again;
    GByteArray *message;

    for (gsize k = 0; k < len; k++)
      data[k] = (guint8) (g_rand_boolean (rand) ? 0 : g_rand_int_range (rand, 0, 128));
    if (len > 11 && g_rand_boolean (rand)) {
      data[0] = RTC_DCEP_OPEN;
      data[8] = data[10] = data[11] = 0;
      data[9] = (guint8) (len - 12);
    }
    if (rtc_dcep_parse (data, len, &type, &open) != RTC_OK || type != RTC_DCEP_OPEN)
      continue;
    n_parsed++;
    message = rtc_dcep_write_open (&open);
    g_assert_cmpint (rtc_dcep_parse (message->data, message->len, &type, &again), ==, RTC_OK);
    g_assert_cmpint (again.ordered, ==, open.ordered);
    g_assert_cmpint (again.max_retransmits, ==, open.max_retransmits);
    g_assert_cmpint (again.max_lifetime_ms, ==, open.max_lifetime_ms);
    g_assert_cmpmem (again.label, again.label_len, open.label, open.label_len);
    g_assert_cmpmem (again.protocol, again.protocol_len, open.protocol, open.protocol_len);
    g_byte_array_unref (message);
  }
  g_assert_cmpuint (n_parsed, >, 1000);
  g_rand_free (rand);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/dcep/open", test_open);
  g_test_add_func ("/dcep/lengths", test_lengths);
  g_test_add_func ("/dcep/channel-types", test_channel_types);
  g_test_add_func ("/dcep/texts", test_texts);
  g_test_add_func ("/dcep/longest-texts", test_longest_texts);
  g_test_add_func ("/dcep/other-messages", test_other_messages);
  g_test_add_func ("/dcep/random", test_random);
  return g_test_run ();
}
