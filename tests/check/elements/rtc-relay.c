/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* rtc-relay.c - RTP from elsewhere: its order, its senders, its parameter sets; alone and in a
 * branch behind other payloaders. */
#include "branch-packets.h"

#include <string.h>

#include "gst/media/gstrtcpayloader.h"
#include "gst/media/gstrtcrelay.h"

#define SSRC 0x1234
#define OTHER 0x5678

/* An IDR slice that is the first of its picture, one that is not, and another picture's. */
#define IDR "\x65\x88\x84"
#define SECOND_SLICE "\x65\x08\x84"
#define SLICE "\x41\x9a\x00"
#define SPS "\x67\x42\xc0\x1f"

typedef struct {
  GstRtcRelay relay;
  GstClockTime time;
  guint8 pt;
  guint32 ssrc, rtp_ts;
  guint8 data[64];
  RtcRtpHeader header; /* as the last packet was passed on */
} Feed;

static void
feed_init (Feed *f, RtcCodecId codec, const gchar *more_caps)
{
  GstCaps *caps = gst_rtc_payloader_get_rtp_caps (codec);
  gchar *base = gst_caps_to_string (caps), *text;

  gst_caps_unref (caps);
  *f = (Feed){ .time = GST_SECOND, .pt = 96, .ssrc = SSRC, .rtp_ts = 1000 };
  gst_rtc_relay_init (&f->relay, codec);
  text = g_strconcat (base, ",", more_caps, NULL);
  caps = gst_caps_from_string (more_caps != NULL ? text : base);
  g_assert_nonnull (caps);
  gst_rtc_relay_set_caps (&f->relay, caps);
  gst_caps_unref (caps);
  g_free (text);
  g_free (base);
}

/* The next packet, a string without zero bytes as its payload. */
static GstRtcRelayVerdict
feed (Feed *f, guint16 seq, const gchar *payload)
{
  RtcRtpHeader header = { .payload_type = f->pt, .seq = seq, .rtp_ts = f->rtp_ts, .ssrc = f->ssrc };
  RtcWriter writer = rtc_writer (f->data, sizeof f->data);

  rtc_rtp_header_write (&header, &writer);
  rtc_writer_bytes (&writer, (const guint8 *) payload, strlen (payload));
  g_assert_true (writer.ok);
  return gst_rtc_relay_handle (&f->relay, f->time, f->data, writer.pos, &f->header);
}

#define assert_passed(f, seq) g_assert_cmpint (feed (f, seq, SLICE), ==, GST_RTC_RELAY_PASS)
#define assert_dropped(f, seq) g_assert_cmpint (feed (f, seq, SLICE), ==, GST_RTC_RELAY_DROP)

static void
test_order (void)
{
  Feed f;

  feed_init (&f, RTC_CODEC_VP8, NULL);
  assert_passed (&f, 65534);
  assert_passed (&f, 65535);
  assert_passed (&f, 0);
  g_assert_false (gst_rtc_relay_take_hole (&f.relay));
  assert_passed (&f, 3); /* 1 and 2 are missing */
  g_assert_true (gst_rtc_relay_take_hole (&f.relay));
  g_assert_false (gst_rtc_relay_take_hole (&f.relay));
  assert_dropped (&f, 2);
  assert_dropped (&f, 3);
  assert_passed (&f, 4);
  g_assert_false (gst_rtc_relay_take_hole (&f.relay));
  g_assert_cmpuint (f.relay.stats.lost, ==, 2);
  g_assert_cmpuint (f.relay.stats.late, ==, 2);
  g_assert_cmpuint (f.relay.stats.foreign, ==, 0);
  g_assert_cmpuint (f.relay.stats.restarts, ==, 0);
  gst_rtc_relay_clear (&f.relay);
}

/* Packets with nothing in them have numbers, and are not missing. */
static void
test_nothing_in_it (void)
{
  Feed f;

  feed_init (&f, RTC_CODEC_VP8, NULL);
  assert_passed (&f, 7);
  g_assert_cmpint (feed (&f, 8, ""), ==, GST_RTC_RELAY_DROP);
  assert_passed (&f, 9);
  g_assert_false (gst_rtc_relay_take_hole (&f.relay));
  g_assert_cmpuint (f.relay.stats.foreign + f.relay.stats.late + f.relay.stats.lost, ==, 0);
  gst_rtc_relay_clear (&f.relay);
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
  g_assert_cmpint (
      gst_rtc_relay_handle (&f.relay, f.time, f.data, 5, &f.header), ==, GST_RTC_RELAY_DROP);
  f.ssrc = SSRC;
  assert_passed (&f, 8);
  g_assert_false (gst_rtc_relay_take_hole (&f.relay));
  g_assert_cmpuint (f.relay.stats.foreign, ==, 3);
  gst_rtc_relay_clear (&f.relay);

  /* Without a type in the caps: all that cannot be RTCP, a sender report with the marker's bit. */
  feed_init (&f, RTC_CODEC_VP8, NULL);
  f.pt = 72;
  assert_dropped (&f, 1);
  f.pt = 127;
  assert_passed (&f, 1);
  g_assert_cmpuint (f.relay.stats.foreign, ==, 1);
  gst_rtc_relay_clear (&f.relay);
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
  g_assert_true (gst_rtc_relay_take_hole (&f.relay));
  g_assert_cmpuint (f.header.rtp_ts, ==, 1000 + 2 * 90000);
  f.rtp_ts += 3000;
  f.time += 33 * GST_MSECOND;
  assert_passed (&f, 40001);
  g_assert_cmpuint (f.header.rtp_ts, ==, 1000 + 2 * 90000 + 3000);
  g_assert_cmpint (rtc_rtp_header_parse (&written, f.data, sizeof f.data), ==, RTC_OK);
  g_assert_cmpuint (written.rtp_ts, ==, f.header.rtp_ts);
  g_assert_false (gst_rtc_relay_take_hole (&f.relay));
  g_assert_cmpuint (f.relay.stats.restarts, ==, 1);
  g_assert_cmpuint (f.relay.stats.lost, ==, 0);
  gst_rtc_relay_clear (&f.relay);
}

/* Another sender is followed when the one before is silent, not while both send. */
static void
test_other_sender (void)
{
  Feed f;

  feed_init (&f, RTC_CODEC_VP8, NULL);
  assert_passed (&f, 100);
  f.ssrc = OTHER;
  f.time += GST_RTC_RELAY_SILENCE - 1;
  assert_dropped (&f, 7);
  f.time += 1;
  assert_passed (&f, 8);
  g_assert_true (gst_rtc_relay_take_hole (&f.relay));
  g_assert_cmpuint (f.header.rtp_ts, ==, 1000 + 45000);
  f.ssrc = SSRC;
  assert_dropped (&f, 101);
  g_assert_cmpuint (f.relay.stats.restarts, ==, 1);
  gst_rtc_relay_clear (&f.relay);
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
  gst_rtc_relay_set_caps (&f.relay, caps);
  assert_passed (&f, 8);
  g_assert_true (gst_rtc_relay_take_hole (&f.relay));
  g_assert_cmpuint (f.header.rtp_ts, ==, 1001);
  gst_caps_unref (caps);
  gst_rtc_relay_clear (&f.relay);
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

  feed_init (&f, RTC_CODEC_H264, "sprop-parameter-sets=(string)\"Z0LAHw==,aM4=\"");
  assert_passed (&f, 1);
  f.rtp_ts += 3000;
  g_assert_cmpint (feed (&f, 2, IDR), ==, GST_RTC_RELAY_PASS_AFTER_SETS);
  sets = gst_rtc_relay_make_sets (&f.relay, &f.header);
  g_assert_cmpint (rtc_rtp_header_parse (&header, sets->data, sets->len), ==, RTC_OK);
  g_assert_cmpuint (header.rtp_ts, ==, f.rtp_ts);
  g_assert_false (header.marker);
  g_assert_cmpmem (sets->data + header.payload_offset, header.payload_len, wanted, sizeof wanted);
  g_assert_true (rtc_key_frame_is_start (
      RTC_KEY_FRAME_FORMAT_H264, sets->data + header.payload_offset, header.payload_len));
  rtc_packet_unref (sets);
  /* Once a picture, and in the next one again. */
  g_assert_cmpint (feed (&f, 3, SECOND_SLICE), ==, GST_RTC_RELAY_PASS);
  g_assert_cmpint (feed (&f, 4, IDR), ==, GST_RTC_RELAY_PASS);
  f.rtp_ts += 3000;
  g_assert_cmpint (feed (&f, 5, IDR), ==, GST_RTC_RELAY_PASS_AFTER_SETS);
  g_assert_false (gst_rtc_relay_take_lack_of_sets (&f.relay));
  gst_rtc_relay_clear (&f.relay);
}

/* Who sends them need not have them sent. */
static void
test_sets_in_band (void)
{
  Feed f;

  feed_init (&f, RTC_CODEC_H264, "sprop-parameter-sets=(string)\"Z0LAHw==,aM4=\"");
  g_assert_cmpint (feed (&f, 1, SPS), ==, GST_RTC_RELAY_PASS);
  g_assert_cmpint (feed (&f, 2, IDR), ==, GST_RTC_RELAY_PASS);
  f.rtp_ts += 3000;
  g_assert_cmpint (feed (&f, 3, "\x78\1\1" /* no unit fits */), ==, GST_RTC_RELAY_PASS);
  g_assert_cmpint (feed (&f, 4, IDR), ==, GST_RTC_RELAY_PASS_AFTER_SETS);
  gst_rtc_relay_clear (&f.relay);
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
  g_assert_cmpint (gst_rtc_relay_handle (&f.relay, f.time, data, sizeof data, &f.header), ==,
      GST_RTC_RELAY_PASS);
  gst_rtc_relay_clear (&f.relay);
}

static void
test_no_sets (void)
{
  static const gchar *const bad[] = { NULL, "sprop-parameter-sets=(string)\"\"",
    "sprop-parameter-sets=(string)\"Z0LAHw==,ZM4=\"" /* the second is none */ };
  Feed f;

  for (guint i = 0; i < G_N_ELEMENTS (bad); i++) {
    feed_init (&f, RTC_CODEC_H264, bad[i]);
    g_assert_cmpint (feed (&f, 1, SLICE), ==, GST_RTC_RELAY_PASS);
    g_assert_false (gst_rtc_relay_take_lack_of_sets (&f.relay));
    g_assert_cmpint (feed (&f, 2, IDR), ==, GST_RTC_RELAY_PASS);
    g_assert_true (gst_rtc_relay_take_lack_of_sets (&f.relay));
    g_assert_false (gst_rtc_relay_take_lack_of_sets (&f.relay));
    gst_rtc_relay_clear (&f.relay);
  }
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
  g_assert_cmpint (feed (&f, 1, "\x26\x01\xaf"), ==, GST_RTC_RELAY_PASS_AFTER_SETS);
  sets = gst_rtc_relay_make_sets (&f.relay, &f.header);
  g_assert_cmpint (rtc_rtp_header_parse (&header, sets->data, sets->len), ==, RTC_OK);
  g_assert_cmpmem (sets->data + header.payload_offset, header.payload_len, wanted, sizeof wanted);
  rtc_packet_unref (sets);
  gst_rtc_relay_clear (&f.relay);
}

/* --- in a branch --------------------------------------------------------------------------------
 */

static GstElement *
relay_new (Collector *c, RtcCodecId codec)
{
  GstRtcBranchConfig config = { .codec = codec, .is_rtp = TRUE, .output = collector_output (c) };
  GError *error = NULL;
  GstElement *branch = gst_rtc_branch_new ("branch", &config, &error);

  g_assert_no_error (error);
  g_assert_null (gst_rtc_branch_find_payloader (GST_RTC_BRANCH (branch)));
  return branch;
}

static gchar *
source_of (const gchar *payloader)
{
  return g_strconcat ("videotestsrc num-buffers=12 pattern=snow ! "
                      "video/x-raw,width=320,height=240,framerate=30/1 ! "
                      "x264enc tune=zerolatency speed-preset=ultrafast key-int-max=6 bitrate=400 "
                      "option-string=repeat-headers=0 ! ",
      payloader, NULL);
}

static gboolean
is_installed (void)
{
  if (gst_rtc_encoder_is_available (RTC_CODEC_H264)
      && gst_rtc_payloader_is_available (RTC_CODEC_H264))
    return TRUE;
  g_test_skip ("x264enc or rtph264pay not installed");
  return FALSE;
}

/* Pictures as they come, with the parameter sets that only the payloader's caps have. */
static void
test_branch (void)
{
  Collector collected;
  gchar *source, *warning = NULL;
  GstElement *pipeline;

  if (!is_installed ())
    return;
  collector_init (&collected);
  source = source_of ("video/x-h264,stream-format=avc ! rtph264pay mtu=1200 aggregate-mode=none");
  pipeline = branch_pipeline_new (source, relay_new (&collected, RTC_CODEC_H264));
  branch_run_to_eos (pipeline, &warning);
  branch_pipeline_free (pipeline);
  g_assert_cmpstr (warning, ==, NULL);
  g_assert_cmpuint (collected.frames, ==, 12);
  g_assert_cmpuint (collected.sps, ==, 2);
  g_assert_cmpuint (collected.batches, <=, collected.frames + 1);
  g_assert_cmpuint (collected.losses, ==, 0);
  g_assert_cmpuint (collected.longest, <=, 1200);
  g_assert_cmpuint (collected.longest, >, RTC_PAYLOADER_MTU);
  g_free (source);
  collector_clear (&collected);
}

/* What does not fit is dropped, counted, and the user told what to change. */
static void
test_branch_too_long (void)
{
  GstRtcPacketSinkStats stats;
  Collector collected;
  gchar *source, *warning = NULL;
  GstElement *pipeline, *branch;

  if (!is_installed ())
    return;
  collector_init (&collected);
  source = source_of ("rtph264pay mtu=1401");
  branch = relay_new (&collected, RTC_CODEC_H264);
  pipeline = branch_pipeline_new (source, branch);
  branch_run_to_eos (pipeline, &warning);
  gst_rtc_branch_get_stats (GST_RTC_BRANCH (branch), &stats);
  branch_pipeline_free (pipeline);
  g_assert_nonnull (warning);
  g_assert_nonnull (strstr (warning, "mtu=1200"));
  g_assert_cmpuint (stats.relay.too_long, >, 0);
  g_assert_cmpuint (collected.losses, >=, stats.relay.too_long);
  g_assert_cmpuint (collected.longest, <=, GST_RTC_RELAY_MTU);
  g_free (warning);
  g_free (source);
  collector_clear (&collected);
}

/* The encoder behind somebody else's payloader is asked. */
static void
test_branch_key_frame (void)
{
  Collector collected;
  GstElement *pipeline, *branch;

  if (!gst_rtc_encoder_is_available (RTC_CODEC_VP8)) {
    g_test_skip ("vp8enc not installed");
    return;
  }
  collector_init (&collected);
  branch = relay_new (&collected, RTC_CODEC_VP8);
  pipeline = branch_pipeline_new ("videotestsrc pattern=ball is-live=true ! "
                                  "video/x-raw,width=160,height=120,framerate=60/1 ! "
                                  "vp8enc deadline=1 cpu-used=8 keyframe-max-dist=3000 ! rtpvp8pay",
      branch);
  gst_element_set_state (pipeline, GST_STATE_PLAYING);
  g_assert_true (collector_wait (&collected, &collected.frames, 3));
  g_assert_cmpuint (collected.key_starts, ==, 1);
  gst_rtc_branch_request_key_frame (GST_RTC_BRANCH (branch));
  g_assert_true (collector_wait (&collected, &collected.key_starts, 2));
  branch_pipeline_free (pipeline);
  collector_clear (&collected);
}

/* What is asked of the user who sends parameter sets nowhere. */
static void
test_branch_no_sets (void)
{
  Collector collected;
  gchar *source, *warning = NULL;
  GstElement *pipeline;

  if (!is_installed ())
    return;
  collector_init (&collected);
  source = source_of ("video/x-h264,stream-format=avc ! rtph264pay mtu=1200 ! "
                      "capssetter join=true replace=true caps=application/x-rtp,media=video,"
                      "encoding-name=H264,clock-rate=90000");
  pipeline = branch_pipeline_new (source, relay_new (&collected, RTC_CODEC_H264));
  branch_run_to_eos (pipeline, &warning);
  branch_pipeline_free (pipeline);
  g_assert_nonnull (warning);
  g_assert_nonnull (strstr (warning, "sprop-parameter-sets"));
  g_free (warning);
  g_free (source);
  collector_clear (&collected);
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

int
main (int argc, char **argv)
{
  gst_init (&argc, &argv);
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/relay/order", test_order);
  g_test_add_func ("/relay/nothing-in-it", test_nothing_in_it);
  g_test_add_func ("/relay/foreign", test_foreign);
  g_test_add_func ("/relay/begins-anew", test_begins_anew);
  g_test_add_func ("/relay/other-sender", test_other_sender);
  g_test_add_func ("/relay/sender-in-caps", test_sender_in_caps);
  g_test_add_func ("/relay/sets/caps", test_sets_of_caps);
  g_test_add_func ("/relay/sets/in-band", test_sets_in_band);
  g_test_add_func ("/relay/sets/aggregated", test_sets_aggregated);
  g_test_add_func ("/relay/sets/none", test_no_sets);
  g_test_add_func ("/relay/sets/h265", test_sets_h265);
  g_test_add_func ("/relay/caps", test_caps);
  g_test_add_func ("/relay/branch/pictures", test_branch);
  g_test_add_func ("/relay/branch/too-long", test_branch_too_long);
  g_test_add_func ("/relay/branch/key-frame", test_branch_key_frame);
  g_test_add_func ("/relay/branch/no-sets", test_branch_no_sets);
  return g_test_run ();
}
