/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* rtc-rtp-input.c - RTP from elsewhere: its order, its senders, its parameter sets. */
#include <string.h>

#include "ext/webrtc/gstrtccodecchoice.h"
#include "gst/media/gstrtcpayloader.h"
#include "gst/media/gstrtcrtpinput.h"

#define SSRC 0x1234
#define OTHER 0x5678

/* An IDR slice that is the first of its picture, one that is not, and another picture's. */
#define IDR "\x65\x88\x84"
#define SEI "\x06\x05\x01"
#define SECOND_SLICE "\x65\x08\x84"
#define SLICE "\x41\x9a\x00"
#define SPS "\x67\x42\xc0\x1f"

typedef struct {
  GstRtcRtpInput input;
  GstClockTime time;
  guint8 pt;
  guint32 ssrc, rtp_ts;
  guint8 data[RTC_RTP_HEADER_LEN + GST_RTC_RTP_INPUT_MTU];
  RtcRtpHeader header; /* as the last packet was passed on */
} Feed;

static void
feed_init (Feed *f, RtcCodecId codec, const gchar *more_caps)
{
  GstCaps *caps = gst_rtc_payloader_get_rtp_caps (codec);
  gchar *base = gst_caps_to_string (caps), *text;

  gst_caps_unref (caps);
  *f = (Feed){ .time = GST_SECOND, .pt = 96, .ssrc = SSRC, .rtp_ts = 1000 };
  gst_rtc_rtp_input_init (&f->input, codec);
  text = g_strconcat (base, ",", more_caps, NULL);
  caps = gst_caps_from_string (more_caps != NULL ? text : base);
  g_assert_nonnull (caps);
  gst_rtc_rtp_input_set_caps (&f->input, caps);
  gst_caps_unref (caps);
  g_free (text);
  g_free (base);
}

static GstRtcRtpInputVerdict
feed_bytes (Feed *f, guint16 seq, const gchar *payload, gsize len)
{
  RtcRtpHeader header = { .payload_type = f->pt, .seq = seq, .rtp_ts = f->rtp_ts, .ssrc = f->ssrc };
  RtcWriter writer = rtc_writer (f->data, sizeof f->data);

  rtc_rtp_header_write (&header, &writer);
  rtc_writer_bytes (&writer, (const guint8 *) payload, len);
  g_assert_true (writer.ok);
  return gst_rtc_rtp_input_handle (&f->input, f->time, f->data, writer.pos, &f->header);
}

/* The next packet, a string without zero bytes as its payload. */
static GstRtcRtpInputVerdict
feed (Feed *f, guint16 seq, const gchar *payload)
{
  return feed_bytes (f, seq, payload, strlen (payload));
}

#define assert_passed(f, seq) g_assert_cmpint (feed (f, seq, SLICE), ==, GST_RTC_RTP_INPUT_PASS)
#define assert_dropped(f, seq) g_assert_cmpint (feed (f, seq, SLICE), ==, GST_RTC_RTP_INPUT_DROP)

static void
test_order (void)
{
  Feed f;

  feed_init (&f, RTC_CODEC_VP8, NULL);
  assert_passed (&f, 65534);
  assert_passed (&f, 65535);
  assert_passed (&f, 0);
  g_assert_false (gst_rtc_rtp_input_take_hole (&f.input));
  assert_passed (&f, 3); /* 1 and 2 are missing */
  g_assert_true (gst_rtc_rtp_input_take_hole (&f.input));
  g_assert_false (gst_rtc_rtp_input_take_hole (&f.input));
  assert_dropped (&f, 2);
  assert_dropped (&f, 3);
  assert_passed (&f, 4);
  g_assert_false (gst_rtc_rtp_input_take_hole (&f.input));
  g_assert_cmpuint (f.input.stats.lost, ==, 2);
  g_assert_cmpuint (f.input.stats.late, ==, 2);
  g_assert_cmpuint (f.input.stats.foreign, ==, 0);
  g_assert_cmpuint (f.input.stats.restarts, ==, 0);
  gst_rtc_rtp_input_clear (&f.input);
}

/* Packets with nothing in them have numbers, and are not missing. */
static void
test_nothing_in_it (void)
{
  Feed f;

  feed_init (&f, RTC_CODEC_VP8, NULL);
  assert_passed (&f, 7);
  g_assert_cmpint (feed (&f, 8, ""), ==, GST_RTC_RTP_INPUT_DROP);
  assert_passed (&f, 9);
  g_assert_false (gst_rtc_rtp_input_take_hole (&f.input));
  g_assert_cmpuint (f.input.stats.foreign + f.input.stats.late + f.input.stats.lost, ==, 0);
  gst_rtc_rtp_input_clear (&f.input);
}

static void
test_foreign (void)
{
  Feed f;

  feed_init (&f, RTC_CODEC_VP8, "payload=96");
  assert_passed (&f, 7);
  f.pt = 97;
  assert_dropped (&f, 8);
  f.pt = 96;
  f.ssrc = OTHER;
  assert_dropped (&f, 8);
  g_assert_cmpint (gst_rtc_rtp_input_handle (&f.input, f.time, f.data, 5, &f.header), ==,
      GST_RTC_RTP_INPUT_DROP);
  f.ssrc = SSRC;
  assert_passed (&f, 9); /* what was of another type had a number of its own */
  g_assert_false (gst_rtc_rtp_input_take_hole (&f.input));
  g_assert_cmpuint (f.input.stats.foreign, ==, 3);
  f.pt = 97;
  assert_dropped (&f, 20); /* unless it is one of a sequence of its own */
  f.pt = 96;
  assert_passed (&f, 10);
  gst_rtc_rtp_input_clear (&f.input);

  /* Without a type in the caps: all that cannot be RTCP, a sender report with the marker's bit. */
  feed_init (&f, RTC_CODEC_VP8, NULL);
  f.pt = 72;
  assert_dropped (&f, 1);
  f.pt = 127;
  assert_passed (&f, 1);
  g_assert_cmpuint (f.input.stats.foreign, ==, 1);
  gst_rtc_rtp_input_clear (&f.input);
}

/* The same sender with other numbers, and time stamps that know nothing of those before. */
static void
test_begins_anew (void)
{
  RtcRtpHeader written;
  Feed f;

  feed_init (&f, RTC_CODEC_VP8, NULL);
  assert_passed (&f, 100);
  g_assert_cmpuint (f.header.rtp_ts, ==, 1000);
  f.time += 2 * GST_SECOND;
  f.rtp_ts = 4000000000u;
  assert_passed (&f, 40000);
  g_assert_true (gst_rtc_rtp_input_take_hole (&f.input));
  g_assert_cmpuint (f.header.rtp_ts, ==, 1000 + 2 * 90000);
  f.rtp_ts += 3000;
  f.time += 33 * GST_MSECOND;
  assert_passed (&f, 40001);
  g_assert_cmpuint (f.header.rtp_ts, ==, 1000 + 2 * 90000 + 3000);
  g_assert_cmpint (rtc_rtp_header_parse (&written, f.data, sizeof f.data), ==, RTC_OK);
  g_assert_cmpuint (written.rtp_ts, ==, f.header.rtp_ts);
  g_assert_false (gst_rtc_rtp_input_take_hole (&f.input));
  g_assert_cmpuint (f.input.stats.restarts, ==, 1);
  g_assert_cmpuint (f.input.stats.lost, ==, 0);
  gst_rtc_rtp_input_clear (&f.input);
}

/* One packet with other numbers is a stray: nothing that comes after it has another time stamp. */
static void
test_stray (void)
{
  Feed f;

  feed_init (&f, RTC_CODEC_VP8, NULL);
  assert_passed (&f, 100);
  f.rtp_ts = 4000000000u;
  assert_dropped (&f, 40000);
  assert_dropped (&f, 65000);
  f.rtp_ts = 1000;
  assert_passed (&f, 101);
  g_assert_cmpuint (f.header.rtp_ts, ==, 1000);
  f.rtp_ts = 4000000000u;
  assert_dropped (&f, 65001); /* not in a row */
  g_assert_false (gst_rtc_rtp_input_take_hole (&f.input));
  g_assert_cmpuint (f.input.stats.late, ==, 3);
  g_assert_cmpuint (f.input.stats.restarts, ==, 0);
  assert_passed (&f, 65002);
  g_assert_true (gst_rtc_rtp_input_take_hole (&f.input));
  g_assert_cmpuint (f.header.rtp_ts, ==, 1001);
  g_assert_cmpuint (f.input.stats.restarts, ==, 1);
  gst_rtc_rtp_input_clear (&f.input);
}

/* What would not have gone on anyhow is not missing for its length. */
static void
test_too_long (void)
{
  guint8 data[GST_RTC_RTP_INPUT_MTU + 1] = { 0x80, 97, 0, 8, 0, 0, 0, 9, 0, 0, 0x12, 0x34 };
  Feed f;

  feed_init (&f, RTC_CODEC_VP8, "payload=96");
  assert_passed (&f, 7);
  g_assert_cmpint (gst_rtc_rtp_input_handle (&f.input, f.time, data, sizeof data, &f.header), ==,
      GST_RTC_RTP_INPUT_DROP);
  data[0] = 0;
  g_assert_cmpint (gst_rtc_rtp_input_handle (&f.input, f.time, data, sizeof data, &f.header), ==,
      GST_RTC_RTP_INPUT_DROP);
  g_assert_false (gst_rtc_rtp_input_take_hole (&f.input));
  g_assert_cmpuint (f.input.stats.foreign, ==, 2);
  g_assert_cmpuint (f.input.stats.too_long, ==, 0);
  data[0] = 0x80;
  data[1] = 96;
  data[3] = 9;
  g_assert_cmpint (gst_rtc_rtp_input_handle (&f.input, f.time, data, sizeof data - 1, &f.header),
      ==, GST_RTC_RTP_INPUT_PASS);
  data[3] = 10;
  g_assert_cmpint (gst_rtc_rtp_input_handle (&f.input, f.time, data, sizeof data, &f.header), ==,
      GST_RTC_RTP_INPUT_DROP_TOO_LONG);
  g_assert_true (gst_rtc_rtp_input_take_hole (&f.input));
  assert_passed (&f, 11);
  g_assert_false (gst_rtc_rtp_input_take_hole (&f.input)); /* it was said before */
  g_assert_cmpuint (f.input.stats.too_long, ==, 1);
  g_assert_cmpuint (f.input.stats.lost, ==, 0);
  gst_rtc_rtp_input_clear (&f.input);
}

/* Another sender is followed when the one before is silent, not while both send. */
static void
test_other_sender (void)
{
  Feed f;

  feed_init (&f, RTC_CODEC_VP8, NULL);
  assert_passed (&f, 100);
  f.ssrc = OTHER;
  f.time += GST_RTC_RTP_INPUT_SILENCE - 1;
  assert_dropped (&f, 7);
  f.time += 1;
  assert_passed (&f, 8);
  g_assert_true (gst_rtc_rtp_input_take_hole (&f.input));
  g_assert_cmpuint (f.header.rtp_ts, ==, 1000 + 45000);
  f.ssrc = SSRC;
  assert_dropped (&f, 101);
  g_assert_cmpuint (f.input.stats.restarts, ==, 1);
  gst_rtc_rtp_input_clear (&f.input);
}

/* Payloaders that begin anew tell their SSRC in the caps, and need not be silent before. */
static void
test_sender_in_caps (void)
{
  GstCaps *caps = gst_caps_from_string ("application/x-rtp,ssrc=(uint)22136");
  Feed f;

  feed_init (&f, RTC_CODEC_VP8, "ssrc=(uint)4660");
  assert_passed (&f, 100);
  f.ssrc = OTHER;
  assert_dropped (&f, 7);
  gst_rtc_rtp_input_set_caps (&f.input, caps);
  assert_passed (&f, 8);
  g_assert_true (gst_rtc_rtp_input_take_hole (&f.input));
  g_assert_cmpuint (f.header.rtp_ts, ==, 1001);
  gst_caps_unref (caps);
  gst_rtc_rtp_input_clear (&f.input);
}

/* --- parameter sets ----------------------------------------------------------------------------
 */

static void
test_sets_of_caps (void)
{
  /* RFC 6184 5.7.1: NRI of the sets, each behind its size. */
  static const guint8 wanted[] = { 0x78, 0, 4, 0x67, 0x42, 0xc0, 0x1f, 0, 2, 0x68, 0xce };
  RtcRtpHeader header;
  RtcPacket *sets;
  Feed f;

  /* With an SPS extension between them, which is left aside. */
  feed_init (&f, RTC_CODEC_H264, "sprop-parameter-sets=(string)\"Z0LAHw==,bWQ=,aM4=\"");
  assert_passed (&f, 1);
  f.rtp_ts += 3000;
  g_assert_cmpint (feed (&f, 2, IDR), ==, GST_RTC_RTP_INPUT_PASS_AFTER_SETS);
  sets = gst_rtc_rtp_input_make_sets (&f.input, &f.header);
  g_assert_cmpint (rtc_rtp_header_parse (&header, sets->data, sets->len), ==, RTC_OK);
  g_assert_cmpuint (header.rtp_ts, ==, f.rtp_ts);
  g_assert_false (header.marker);
  g_assert_cmpmem (sets->data + header.payload_offset, header.payload_len, wanted, sizeof wanted);
  g_assert_true (rtc_key_frame_is_start (
      RTC_KEY_FRAME_FORMAT_H264, sets->data + header.payload_offset, header.payload_len));
  rtc_packet_unref (sets);
  /* Once a picture, and in the next one again. */
  g_assert_cmpint (feed (&f, 3, SECOND_SLICE), ==, GST_RTC_RTP_INPUT_PASS);
  g_assert_cmpint (feed (&f, 4, IDR), ==, GST_RTC_RTP_INPUT_PASS);
  f.rtp_ts += 3000;
  g_assert_cmpint (feed (&f, 5, IDR), ==, GST_RTC_RTP_INPUT_PASS_AFTER_SETS);
  g_assert_false (gst_rtc_rtp_input_take_lack_of_sets (&f.input));
  gst_rtc_rtp_input_clear (&f.input);
}

/* Who sends them need not have them sent. */
static void
test_sets_in_band (void)
{
  Feed f;

  feed_init (&f, RTC_CODEC_H264, "sprop-parameter-sets=(string)\"Z0LAHw==,aM4=\"");
  g_assert_cmpint (feed (&f, 1, SPS), ==, GST_RTC_RTP_INPUT_PASS);
  g_assert_cmpint (feed (&f, 2, IDR), ==, GST_RTC_RTP_INPUT_PASS);
  f.rtp_ts += 3000;
  g_assert_cmpint (feed (&f, 3, "\x78\1\1" /* no unit fits */), ==, GST_RTC_RTP_INPUT_PASS);
  g_assert_cmpint (feed (&f, 4, IDR), ==, GST_RTC_RTP_INPUT_PASS_AFTER_SETS);
  gst_rtc_rtp_input_clear (&f.input);
}

static void
test_sets_aggregated (void)
{
  static const guint8 stap[] = { 0x80, 96, 0, 1, 0, 0, 0, 9, 0, 0, 0x12, 0x34, /* RTP */
    0x78, 0, 4, 0x67, 0x42, 0xc0, 0x1f, 0, 3, 0x65, 0x88, 0x84 };
  guint8 data[sizeof stap];
  Feed f;

  feed_init (&f, RTC_CODEC_H264, "sprop-parameter-sets=(string)\"Z0LAHw==,aM4=\"");
  memcpy (data, stap, sizeof stap);
  g_assert_cmpint (gst_rtc_rtp_input_handle (&f.input, f.time, data, sizeof data, &f.header), ==,
      GST_RTC_RTP_INPUT_PASS);
  gst_rtc_rtp_input_clear (&f.input);
}

/* Delimiters and SEI may lead them, slices may not. */
static void
test_sets_behind_others (void)
{
  static const gchar delimiter_first[] = "\x78\0\2\x09\xf0\0\4\x67\x42\xc0\x1f\0\3\x65\x88\x84";
  static const gchar slice_first[] = "\x78\0\3\x65\x88\x84\0\4\x67\x42\xc0\x1f";
  static const gchar fragment[] = "\x7c\x87\x42\xc0\x1f"; /* the first part of a long one */
  Feed f;

  feed_init (&f, RTC_CODEC_H264, NULL);
  g_assert_cmpint (
      feed_bytes (&f, 1, delimiter_first, sizeof delimiter_first - 1), ==, GST_RTC_RTP_INPUT_PASS);
  f.rtp_ts += 3000;
  g_assert_cmpint (feed_bytes (&f, 2, fragment, sizeof fragment - 1), ==, GST_RTC_RTP_INPUT_PASS);
  g_assert_cmpint (feed (&f, 3, IDR), ==, GST_RTC_RTP_INPUT_PASS);
  g_assert_false (gst_rtc_rtp_input_take_lack_of_sets (&f.input));
  f.rtp_ts += 3000;
  g_assert_cmpint (
      feed_bytes (&f, 4, slice_first, sizeof slice_first - 1), ==, GST_RTC_RTP_INPUT_PASS);
  g_assert_true (gst_rtc_rtp_input_take_lack_of_sets (&f.input));
  gst_rtc_rtp_input_clear (&f.input);
}

/* With a time stamp of their own they are those of the picture that follows, and of no other. */
static void
test_sets_before_picture (void)
{
  Feed f;

  feed_init (&f, RTC_CODEC_H264, "sprop-parameter-sets=(string)\"Z0LAHw==,aM4=\"");
  g_assert_cmpint (feed (&f, 1, SPS), ==, GST_RTC_RTP_INPUT_PASS);
  f.rtp_ts += 1;
  g_assert_cmpint (feed (&f, 2, IDR), ==, GST_RTC_RTP_INPUT_PASS);
  f.rtp_ts += 3000;
  g_assert_cmpint (feed (&f, 3, IDR), ==, GST_RTC_RTP_INPUT_PASS_AFTER_SETS);
  gst_rtc_rtp_input_clear (&f.input);
}

/* --- the order that pictures are shown in -------------------------------------------------------
 */

/* Time stamps of pictures of two packets each; says whether B-frames were found. */
static gboolean
feed_pictures (Feed *f, const guint32 *stamps, guint n)
{
  gboolean found = FALSE;

  for (guint i = 0; i < n; i++) {
    f->rtp_ts = stamps[i];
    assert_passed (f, (guint16) (2 * i));
    assert_passed (f, (guint16) (2 * i + 1));
    found |= gst_rtc_rtp_input_take_reordering (&f->input);
  }
  return found;
}

static void
test_b_frames (void)
{
  static const guint32 in_order[] = { 4294960000u, 4294963000u, 4294966000u, 1704, 4704 };
  static const guint32 once[] = { 0, 3000, 2990, 6000, 9000 };
  static const guint32 b_frames[] = { 0, 9000, 3000, 6000, 18000, 12000, 15000 };
  static const guint32 other_clock[] = { 900000, 0, 3000, 900000, 0, 3000 };
  Feed f;

  feed_init (&f, RTC_CODEC_H264, NULL);
  g_assert_false (feed_pictures (&f, in_order, G_N_ELEMENTS (in_order)));
  g_assert_cmpuint (f.input.stats.b_frames, ==, 0);
  gst_rtc_rtp_input_clear (&f.input);
  feed_init (&f, RTC_CODEC_H264, NULL);
  g_assert_false (feed_pictures (&f, once, G_N_ELEMENTS (once)));
  gst_rtc_rtp_input_clear (&f.input);
  feed_init (&f, RTC_CODEC_H264, NULL);
  g_assert_true (feed_pictures (&f, b_frames, G_N_ELEMENTS (b_frames)));
  g_assert_false (gst_rtc_rtp_input_take_reordering (&f.input));
  g_assert_cmpuint (f.input.stats.b_frames, ==, 4);
  gst_rtc_rtp_input_clear (&f.input);
  feed_init (&f, RTC_CODEC_H264, NULL);
  g_assert_false (feed_pictures (&f, other_clock, G_N_ELEMENTS (other_clock)));
  g_assert_cmpuint (f.input.stats.b_frames, ==, 0);
  gst_rtc_rtp_input_clear (&f.input);
}

static void
test_no_sets (void)
{
  static const gchar *const bad[] = { NULL, "sprop-parameter-sets=(string)\"\"",
    "sprop-parameter-sets=(string)\"ZM4=\"" /* that is none */ };
  Feed f;

  for (guint i = 0; i < G_N_ELEMENTS (bad); i++) {
    feed_init (&f, RTC_CODEC_H264, bad[i]);
    g_assert_cmpint (feed (&f, 1, SLICE), ==, GST_RTC_RTP_INPUT_PASS);
    g_assert_false (gst_rtc_rtp_input_take_lack_of_sets (&f.input));
    f.rtp_ts += 3000;
    g_assert_cmpint (feed (&f, 2, IDR), ==, GST_RTC_RTP_INPUT_PASS);
    g_assert_true (gst_rtc_rtp_input_take_lack_of_sets (&f.input));
    g_assert_false (gst_rtc_rtp_input_take_lack_of_sets (&f.input));
    gst_rtc_rtp_input_clear (&f.input);
  }
}

/* They may have been sent, and lost, or before anybody listened. */
static void
test_sets_not_seen (void)
{
  static const gchar too_long[GST_RTC_RTP_INPUT_MTU] = SPS;
  Feed f;

  feed_init (&f, RTC_CODEC_H264, NULL);
  g_assert_cmpint (feed (&f, 1, IDR), ==, GST_RTC_RTP_INPUT_PASS);
  f.rtp_ts += 3000;
  g_assert_cmpint (feed (&f, 3, IDR), ==, GST_RTC_RTP_INPUT_PASS);
  g_assert_false (gst_rtc_rtp_input_take_lack_of_sets (&f.input));
  g_assert_true (gst_rtc_rtp_input_take_hole (&f.input));
  f.rtp_ts += 3000;
  g_assert_cmpint (feed (&f, 4, IDR), ==, GST_RTC_RTP_INPUT_PASS);
  g_assert_true (gst_rtc_rtp_input_take_lack_of_sets (&f.input));
  /* Before what came first of the picture. */
  f.rtp_ts += 3000;
  g_assert_cmpint (feed (&f, 6, SEI), ==, GST_RTC_RTP_INPUT_PASS);
  g_assert_true (gst_rtc_rtp_input_take_hole (&f.input));
  g_assert_cmpint (feed (&f, 7, IDR), ==, GST_RTC_RTP_INPUT_PASS);
  g_assert_false (gst_rtc_rtp_input_take_lack_of_sets (&f.input));
  f.rtp_ts += 3000;
  g_assert_cmpint (feed (&f, 8, IDR), ==, GST_RTC_RTP_INPUT_PASS);
  g_assert_true (gst_rtc_rtp_input_take_lack_of_sets (&f.input));
  /* In what was too long. */
  f.rtp_ts += 3000;
  g_assert_cmpint (
      feed_bytes (&f, 9, too_long, sizeof too_long), ==, GST_RTC_RTP_INPUT_DROP_TOO_LONG);
  g_assert_true (gst_rtc_rtp_input_take_hole (&f.input));
  g_assert_cmpint (feed (&f, 10, IDR), ==, GST_RTC_RTP_INPUT_PASS);
  g_assert_false (gst_rtc_rtp_input_take_lack_of_sets (&f.input));
  gst_rtc_rtp_input_clear (&f.input);
}

static void
test_sets_h265 (void)
{
  /* RFC 7798 4.4.2: a header of two bytes, LayerId 0 and TID 1. */
  static const guint8 wanted[] = { 0x60, 1, 0, 3, 0x40, 1, 0x0c, 0, 3, 0x42, 1, 1, 0, 3, 0x44, 1,
    0xc1 };
  RtcRtpHeader header;
  RtcPacket *sets;
  Feed f;

  feed_init (
      &f, RTC_CODEC_H265, "sprop-vps=(string)QAEM,sprop-sps=(string)QgEB,sprop-pps=(string)RAHB");
  g_assert_cmpint (feed (&f, 1, "\x26\x01\xaf"), ==, GST_RTC_RTP_INPUT_PASS_AFTER_SETS);
  sets = gst_rtc_rtp_input_make_sets (&f.input, &f.header);
  g_assert_cmpint (rtc_rtp_header_parse (&header, sets->data, sets->len), ==, RTC_OK);
  g_assert_cmpmem (sets->data + header.payload_offset, header.payload_len, wanted, sizeof wanted);
  rtc_packet_unref (sets);
  gst_rtc_rtp_input_clear (&f.input);
}

/* Which caps are whose, and what can go on with what. */
static void
test_caps (void)
{
  static const struct {
    const gchar *caps;
    RtcCodecId codec;
    gboolean is_rtp;
  } table[] = {
    { "application/x-rtp,media=video,encoding-name=H264,clock-rate=90000", RTC_CODEC_H264, TRUE },
    { "application/x-rtp,media=audio,encoding-name=OPUS,clock-rate=48000", RTC_CODEC_OPUS, TRUE },
    { "application/x-rtp,media=audio,encoding-name=opus,clock-rate=48000", RTC_CODEC_OPUS, TRUE },
    { "application/x-rtp,media=audio,encoding-name=G722,clock-rate=8000", RTC_CODEC_G722, TRUE },
    { "application/x-rtp,media=audio,encoding-name=OPUS,clock-rate=8000", RTC_CODEC_UNKNOWN, TRUE },
    { "application/x-rtp,media=video,encoding-name=JPEG,clock-rate=90000", RTC_CODEC_UNKNOWN,
        TRUE },
    { "application/x-rtp", RTC_CODEC_UNKNOWN, TRUE },
    { "video/x-h264", RTC_CODEC_H264, FALSE },
    { "video/x-raw", RTC_CODEC_UNKNOWN, FALSE },
  };

  for (guint i = 0; i < G_N_ELEMENTS (table); i++) {
    GstCaps *caps = gst_caps_from_string (table[i].caps);

    g_assert_cmpint (gst_rtc_payloader_find_codec (caps), ==, table[i].codec);
    g_assert_cmpint (gst_rtc_payloader_is_rtp (caps), ==, table[i].is_rtp);
    g_assert_true (gst_rtc_payloader_is_same_input (caps, caps));
    for (guint k = 0; k < i; k++) {
      GstCaps *other = gst_caps_from_string (table[k].caps);
      gboolean same = table[i].codec == table[k].codec && table[i].is_rtp == table[k].is_rtp;

      g_assert_cmpint (gst_rtc_payloader_is_same_input (caps, other), ==, same);
      gst_caps_unref (other);
    }
    gst_caps_unref (caps);
  }
}

/* The profile that the caps tell comes first, with its level, and each form once. */
static void
test_offered (void)
{
  static const struct {
    const gchar *more;
    guint32 first;
    guint n;
  } table[] = {
    { ",profile-level-id=(string)4D0028", 0x4d0028, 6 },
    { ",profile-level-id=(string)64001f", 0x64001f, 5 },
    { ",profile-level-id=(string)nonsense", 0x42e01f, 5 },
    { ",profile-level-id=(string)1234567", 0x42e01f, 5 },
    { "", 0x42e01f, 5 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (table); i++) {
    gchar *text = g_strconcat (
        "application/x-rtp,media=video,encoding-name=H264,clock-rate=90000", table[i].more, NULL);
    GstCaps *caps = gst_caps_from_string (text);
    RtcCodec codecs[RTC_TRANSCEIVER_MAX_CODECS];

    g_assert_cmpuint (
        gst_rtc_codec_choice_list (RTC_MEDIA_VIDEO, caps, NULL, codecs), ==, table[i].n);
    g_assert_cmpint (codecs[0].id, ==, RTC_CODEC_H264);
    g_assert_cmphex (codecs[0].fmtp.h264.profile_level_id, ==, table[i].first);
    gst_caps_unref (caps);
    g_free (text);
  }
}

int
main (int argc, char **argv)
{
  gst_init (&argc, &argv);
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/rtp-input/order", test_order);
  g_test_add_func ("/rtp-input/nothing-in-it", test_nothing_in_it);
  g_test_add_func ("/rtp-input/foreign", test_foreign);
  g_test_add_func ("/rtp-input/too-long", test_too_long);
  g_test_add_func ("/rtp-input/begins-anew", test_begins_anew);
  g_test_add_func ("/rtp-input/stray", test_stray);
  g_test_add_func ("/rtp-input/other-sender", test_other_sender);
  g_test_add_func ("/rtp-input/sender-in-caps", test_sender_in_caps);
  g_test_add_func ("/rtp-input/sets/caps", test_sets_of_caps);
  g_test_add_func ("/rtp-input/sets/in-band", test_sets_in_band);
  g_test_add_func ("/rtp-input/sets/aggregated", test_sets_aggregated);
  g_test_add_func ("/rtp-input/sets/behind-others", test_sets_behind_others);
  g_test_add_func ("/rtp-input/sets/before-picture", test_sets_before_picture);
  g_test_add_func ("/rtp-input/sets/none", test_no_sets);
  g_test_add_func ("/rtp-input/sets/not-seen", test_sets_not_seen);
  g_test_add_func ("/rtp-input/sets/h265", test_sets_h265);
  g_test_add_func ("/rtp-input/b-frames", test_b_frames);
  g_test_add_func ("/rtp-input/caps", test_caps);
  g_test_add_func ("/rtp-input/offered", test_offered);
  return g_test_run ();
}
