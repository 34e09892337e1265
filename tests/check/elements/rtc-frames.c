/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* rtc-frames.c - what is put out and what is held when packets lack. */
#include "gst/record/gstrtcframes.h"

#include <string.h>
#include "gst/record/rtc-record-vpx.h"
#include "gst/rtc/base/rtc-result.h"

typedef struct {
  GstRtcFrames *frames;
  guint16 seq;
  guint n_frames, n_keys, n_requests;
  guint width, height;
  guint32 last_ts;
  gsize last_len;
} Fixture;

static void
take_frame (gpointer data, const GstRtcFrame *frame)
{
  Fixture *f = data;

  f->n_frames++;
  f->n_keys += frame->is_key;
  f->width = frame->width;
  f->height = frame->height;
  f->last_ts = frame->rtp_ts;
  f->last_len = frame->len;
}

static void
count_request (gpointer data)
{
  ((Fixture *) data)->n_requests++;
}

static void
fixture_init (Fixture *f, RtcCodecId codec)
{
  static const GstRtcFramesFuncs funcs = { take_frame, count_request };
  g_autoptr (GError) error = NULL;

  memset (f, 0, sizeof *f);
  f->frames = gst_rtc_frames_new (codec, 8192, &funcs, f, &error);
  g_assert_no_error (error);
}

static void
push (Fixture *f, guint32 rtp_ts, gboolean marker, const guint8 *payload, gsize len)
{
  GstRtcFramesPacket *packet = gst_rtc_frames_packet_new (len);

  packet->rtp_ts = rtp_ts;
  packet->seq = f->seq++;
  packet->marker = marker;
  if (len > 0)
    memcpy (packet->payload, payload, len);
  gst_rtc_frames_push (f->frames, packet);
}

/* A VP8 picture in two packets with a picture id; width 0: an inter picture. first and last: which
 * of the packets are sent. */
static void
push_vp8 (Fixture *f, guint32 number, guint width, gboolean first, gboolean last)
{
  guint8 a[] = { 0x90, 0x80, (guint8) (0x80 | (number >> 8 & 0x7f)), (guint8) number, 0x00, 0, 0,
    0x9d, 0x01, 0x2a, (guint8) width, (guint8) (width >> 8), 240, 0, 1, 2, 3 };
  guint8 b[] = { 0x80, 0x80, a[2], a[3], 4, 5, 6 };

  if (width == 0)
    a[4] = 0x01;
  if (first)
    push (f, number * 3000, FALSE, a, sizeof a);
  else
    gst_rtc_frames_gap (f->frames);
  if (last)
    push (f, number * 3000, TRUE, b, sizeof b);
  else
    gst_rtc_frames_gap (f->frames);
}

static void
test_hold (void)
{
  GstRtcFramesStats stats;
  Fixture f;

  fixture_init (&f, RTC_CODEC_VP8);
  push_vp8 (&f, 1, 0, TRUE, TRUE); /* nothing before a key frame */
  g_assert_cmpuint (f.n_frames, ==, 0);
  g_assert_cmpuint (f.n_requests, >, 0);
  push_vp8 (&f, 2, 320, TRUE, TRUE);
  push_vp8 (&f, 3, 0, TRUE, TRUE);
  g_assert_cmpuint (f.n_frames, ==, 2);
  g_assert_cmpuint (f.width, ==, 320);
  g_assert_cmpuint (f.height, ==, 240);
  g_assert_cmpuint (f.last_ts, ==, 9000);
  f.n_requests = 0;
  push_vp8 (&f, 4, 0, TRUE, FALSE); /* its end lacks */
  g_assert_cmpuint (f.n_requests, >, 0);
  push_vp8 (&f, 5, 0, TRUE, TRUE);
  g_assert_cmpuint (f.n_frames, ==, 2);
  push_vp8 (&f, 6, 320, FALSE, TRUE); /* a key frame without its beginning is none */
  push_vp8 (&f, 7, 0, TRUE, TRUE);
  g_assert_cmpuint (f.n_frames, ==, 2);
  push_vp8 (&f, 8, 640, TRUE, TRUE);
  push_vp8 (&f, 9, 0, TRUE, TRUE);
  g_assert_cmpuint (f.n_frames, ==, 4);
  g_assert_cmpuint (f.n_keys, ==, 2);
  g_assert_cmpuint (f.width, ==, 640);
  gst_rtc_frames_get_stats (f.frames, &stats);
  g_assert_cmpuint (stats.frames, ==, 4);
  g_assert_cmpuint (stats.incomplete, ==, 2);
  g_assert_cmpuint (stats.held, >=, 3);
  gst_rtc_frames_free (f.frames);
}

/* What is lost between two pictures whose ids follow each other was no picture. */
static void
test_harmless_gap (void)
{
  Fixture f;

  fixture_init (&f, RTC_CODEC_VP8);
  push_vp8 (&f, 0x7ffe, 320, TRUE, TRUE);
  gst_rtc_frames_gap (f.frames);
  push_vp8 (&f, 0x7fff, 0, TRUE, TRUE);
  push (&f, 0, TRUE, NULL, 0); /* padding */
  gst_rtc_frames_gap (f.frames);
  push_vp8 (&f, 0x8000, 0, TRUE, TRUE); /* the id wraps to 0 */
  g_assert_cmpuint (f.n_frames, ==, 3);
  gst_rtc_frames_gap (f.frames);
  push_vp8 (&f, 0x8002, 0, TRUE, TRUE);
  g_assert_cmpuint (f.n_frames, ==, 3);
  gst_rtc_frames_free (f.frames);
}

/* Without a marker the next time stamp ends a picture; SSRC and codec changes begin anew. */
static void
test_ends (void)
{
  static const guint8 single[] = { 0x90, 0x80, 0x80, 2, 0x01, 0, 0, 7, 7, 7, 7, 7, 7, 7, 7 };
  Fixture f;

  fixture_init (&f, RTC_CODEC_VP8);
  push_vp8 (&f, 1, 320, TRUE, TRUE);
  push (&f, 6000, FALSE, single, sizeof single);
  g_assert_cmpuint (f.n_frames, ==, 1);
  g_assert_true (gst_rtc_frames_has_partial (f.frames));
  push_vp8 (&f, 3, 0, TRUE, TRUE);
  g_assert_cmpuint (f.n_frames, ==, 3);
  gst_rtc_frames_reset (f.frames);
  push_vp8 (&f, 4, 0, TRUE, TRUE);
  g_assert_cmpuint (f.n_frames, ==, 3);
  push_vp8 (&f, 5, 320, TRUE, TRUE);
  g_assert_cmpuint (f.n_frames, ==, 4);
  gst_rtc_frames_free (f.frames);
}

/* T21: too large a picture, and a frame without end. */
static void
test_bounds (void)
{
  GstRtcFramesStats stats;
  guint8 payload[1400] = { 0x10, 0x01 };
  Fixture f;

  fixture_init (&f, RTC_CODEC_VP8);
  push_vp8 (&f, 1, 8193, TRUE, TRUE);
  push_vp8 (&f, 2, 0, TRUE, TRUE);
  g_assert_cmpuint (f.n_frames, ==, 0);
  push_vp8 (&f, 3, 8192, TRUE, TRUE);
  g_assert_cmpuint (f.n_frames, ==, 1);
  for (gsize sent = 0; sent < GST_RTC_FRAMES_MAX_BYTES + 10000; sent += sizeof payload)
    push (&f, 12000, FALSE, payload, sizeof payload);
  push (&f, 12000, TRUE, payload, sizeof payload);
  g_assert_cmpuint (f.n_frames, ==, 1);
  gst_rtc_frames_get_stats (f.frames, &stats);
  g_assert_cmpuint (stats.incomplete, ==, 1);
  g_assert_cmpuint (stats.refused, ==, 1);
  gst_rtc_frames_free (f.frames);
}

/* H264 of x264enc, 320x240, constrained baseline. */
static const guint8 sps[] = { 0x67, 0x42, 0xc0, 0x15, 0xda, 0x05, 0x07, 0xec, 0x05, 0xa8, 0x30,
  0x30, 0x35, 0x28, 0x00, 0x00, 0x03, 0x00, 0x08, 0x00, 0x00, 0x03, 0x01, 0xe4, 0x78, 0xb1, 0x75 };
static const guint8 pps[] = { 0x68, 0xce, 0x3c, 0x80 };
static const guint8 other_pps[] = { 0x68, 0xce, 0x3c, 0xc0 };
static const guint8 idr[] = { 0x65, 0x88, 0x84, 0x01, 0x02, 0x03 };
static const guint8 slice[] = { 0x41, 0x9a, 0x01, 0x02 };

static void
push_h264 (Fixture *f, guint32 rtp_ts, const guint8 *parameters, gsize len)
{
  push (f, rtp_ts, FALSE, sps, sizeof sps);
  push (f, rtp_ts, FALSE, parameters, len);
  push (f, rtp_ts, TRUE, idr, sizeof idr);
}

/* Parameter sets are taken out while they are the header's; then they stay. */
static void
test_h264 (void)
{
  const gsize sets = 8 + sizeof sps + sizeof pps;
  Fixture f;

  fixture_init (&f, RTC_CODEC_H264);
  push (&f, 0, TRUE, idr, sizeof idr); /* no parameter sets: of no use */
  g_assert_cmpuint (f.n_frames, ==, 0);
  push_h264 (&f, 3000, pps, sizeof pps);
  g_assert_cmpuint (f.n_keys, ==, 1);
  g_assert_cmpuint (f.width, ==, 320);
  g_assert_cmpuint (f.height, ==, 240);
  g_assert_cmpuint (f.last_len, ==, 4 + sizeof idr);
  push (&f, 6000, TRUE, slice, sizeof slice);
  g_assert_cmpuint (f.last_len, ==, 4 + sizeof slice);
  push_h264 (&f, 9000, other_pps, sizeof other_pps);
  g_assert_cmpuint (f.last_len, ==, sets + 4 + sizeof idr);
  push_h264 (&f, 12000, pps, sizeof pps);
  g_assert_cmpuint (f.last_len, ==, sets + 4 + sizeof idr);
  g_assert_cmpuint (f.n_keys, ==, 3);
  g_assert_cmpuint (f.n_frames, ==, 4);
  /* A hole in front of the IDR slice: what was lost may have been its parameter sets. */
  gst_rtc_frames_gap (f.frames);
  push (&f, 15000, FALSE, pps, sizeof pps);
  push (&f, 15000, TRUE, idr, sizeof idr);
  g_assert_cmpuint (f.n_frames, ==, 4);
  gst_rtc_frames_free (f.frames);
}

static void
test_supported (void)
{
  static const GstRtcFramesFuncs funcs = { take_frame, count_request };
  g_autoptr (GError) error = NULL;

  g_assert_true (gst_rtc_frames_is_supported (RTC_CODEC_AV1));
  g_assert_false (gst_rtc_frames_is_supported (RTC_CODEC_PCMU));
  g_assert_null (gst_rtc_frames_new (RTC_CODEC_RED, 100, &funcs, NULL, &error));
  g_assert_error (error, RTC_ERROR, -RTC_ERR_UNSUPPORTED);
}

/* VP9's uncompressed header in each profile's form, and cut. */
static void
test_vp9_header (void)
{
  static const struct {
    guint8 bytes[12];
    gsize len;
    gboolean ok, is_key;
    guint width, height;
  } rows[] = {
    { { 0x82, 0x49, 0x83, 0x42, 0x00, 0x13, 0xf0, 0x0e, 0xf0 }, 9, FALSE },
    { { 0x82, 0x49, 0x83, 0x42, 0x00, 0x13, 0xf0, 0x0e, 0xf0, 0x00 }, 10, TRUE, TRUE, 320, 240 },
    { { 0x86, 0x00 }, 2, TRUE, FALSE, 0, 0 },
    { { 0x88, 0x00 }, 2, TRUE, FALSE, 0, 0 },
    { { 0x82, 0x49, 0x83, 0x43, 0x00, 0x13, 0xf0, 0x0e, 0xf0, 0x00 }, 10, FALSE },
    { { 0x42, 0x49 }, 2, FALSE },
    { { 0 }, 0, FALSE },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    RtcVpxFrame frame;

    g_assert_cmpint (rtc_vp9_frame_parse (&frame, rows[i].bytes, rows[i].len), ==, rows[i].ok);
    if (!rows[i].ok)
      continue;
    g_assert_cmpint (frame.is_key, ==, rows[i].is_key);
    g_assert_cmpuint (frame.width, ==, rows[i].width);
    g_assert_cmpuint (frame.height, ==, rows[i].height);
  }
}

int
main (int argc, char **argv)
{
  gst_init (&argc, &argv);
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/frames/hold", test_hold);
  g_test_add_func ("/frames/harmless-gap", test_harmless_gap);
  g_test_add_func ("/frames/ends", test_ends);
  g_test_add_func ("/frames/bounds", test_bounds);
  g_test_add_func ("/frames/h264", test_h264);
  g_test_add_func ("/frames/supported", test_supported);
  g_test_add_func ("/frames/vp9-header", test_vp9_header);
  return g_test_run ();
}
