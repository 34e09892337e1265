/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "gst/rtc/rtp/rtc-key-frame.h"

#define H264 RTC_KEY_FRAME_FORMAT_H264
#define H265 RTC_KEY_FRAME_FORMAT_H265
#define VP8 RTC_KEY_FRAME_FORMAT_VP8
#define VP9 RTC_KEY_FRAME_FORMAT_VP9
#define AV1 RTC_KEY_FRAME_FORMAT_AV1

static const struct {
  const gchar *name;
  RtcKeyFrameFormat format;
  guint8 bytes[12];
  gsize len;
  gboolean is_start;
} rows[] = {
  { "h264 sps", H264, { 0x67, 0x42 }, 2, TRUE },
  { "h264 pps", H264, { 0x68, 0xce }, 2, FALSE },
  { "h264 idr, first slice", H264, { 0x65, 0x88 }, 2, TRUE },
  { "h264 idr, second slice", H264, { 0x65, 0x40 }, 2, FALSE },
  { "h264 idr, cut", H264, { 0x65 }, 1, FALSE },
  { "h264 slice", H264, { 0x41, 0x9a }, 2, FALSE },
  { "h264 stap-a of sps, pps", H264, { 0x78, 0, 2, 0x67, 1, 0, 1, 0x68 }, 8, TRUE },
  { "h264 stap-a of sei, sps", H264, { 0x78, 0, 2, 0x06, 1, 0, 1, 0x67 }, 8, TRUE },
  { "h264 stap-a of slices", H264, { 0x78, 0, 2, 0x41, 1, 0, 1, 0x41 }, 8, FALSE },
  { "h264 stap-a, size past the end", H264, { 0x78, 0, 9, 0x67, 1 }, 5, FALSE },
  { "h264 stap-a, size 0", H264, { 0x78, 0, 0, 0, 1, 0x67 }, 6, FALSE },
  { "h264 stap-a, size cut", H264, { 0x78, 0 }, 2, FALSE },
  { "h264 stap-a, empty", H264, { 0x78 }, 1, FALSE },
  { "h264 stap-b of sps", H264, { 0x79, 0, 7, 0, 1, 0x67 }, 6, TRUE },
  { "h264 fu-a start of idr", H264, { 0x7c, 0x85, 0x88 }, 3, TRUE },
  { "h264 fu-a start of second idr slice", H264, { 0x7c, 0x85, 0x08 }, 3, FALSE },
  { "h264 fu-a middle of idr", H264, { 0x7c, 0x05, 0x88 }, 3, FALSE },
  { "h264 fu-a start of slice", H264, { 0x7c, 0x81, 0x88 }, 3, FALSE },
  { "h264 fu-a cut", H264, { 0x7c }, 1, FALSE },
  { "h264 fu-b start of idr", H264, { 0x7d, 0x85, 0, 1, 0x88 }, 5, TRUE },
  { "h264 empty", H264, { 0 }, 0, FALSE },
  { "h265 vps", H265, { 0x40, 0x01, 0 }, 3, TRUE },
  { "h265 sps", H265, { 0x42, 0x01, 0 }, 3, TRUE },
  { "h265 pps", H265, { 0x44, 0x01, 0 }, 3, FALSE },
  { "h265 idr_w_radl, first slice", H265, { 0x26, 0x01, 0x80 }, 3, TRUE },
  { "h265 idr_n_lp, second slice", H265, { 0x28, 0x01, 0x40 }, 3, FALSE },
  { "h265 cra", H265, { 0x2a, 0x01, 0x80 }, 3, TRUE },
  { "h265 trail_r", H265, { 0x02, 0x01, 0x80 }, 3, FALSE },
  { "h265 ap of vps", H265, { 0x60, 0x01, 0, 2, 0x40, 0x01 }, 6, TRUE },
  { "h265 ap of trail, idr", H265, { 0x60, 1, 0, 2, 2, 1, 0, 3, 0x26, 1, 0x80 }, 11, TRUE },
  { "h265 ap past the end", H265, { 0x60, 0x01, 0, 3, 0x40, 0x01 }, 6, FALSE },
  { "h265 ap of one byte", H265, { 0x60, 0x01, 0, 1, 0x40 }, 5, FALSE },
  { "h265 fu start of idr", H265, { 0x62, 0x01, 0x93, 0x80 }, 4, TRUE },
  { "h265 fu end of idr", H265, { 0x62, 0x01, 0x53, 0x80 }, 4, FALSE },
  { "h265 one byte", H265, { 0x40 }, 1, FALSE },
  { "vp8 key frame", VP8, { 0x10, 0x50 }, 2, TRUE },
  { "vp8 key frame, picture id of 15 bits", VP8, { 0x90, 0x80, 0x81, 2, 0x50 }, 5, TRUE },
  { "vp8 key frame, all fields", VP8, { 0x90, 0xf0, 0x01, 3, 0x20, 0x50 }, 6, TRUE },
  { "vp8 key frame, key index only", VP8, { 0x90, 0x10, 0x01, 0x50 }, 4, TRUE },
  { "vp8 inter frame", VP8, { 0x10, 0x51 }, 2, FALSE },
  { "vp8 inter frame, picture id", VP8, { 0x90, 0x80, 0x01, 0x51 }, 4, FALSE },
  { "vp8 second packet", VP8, { 0x00, 0x50 }, 2, FALSE },
  { "vp8 partition 1", VP8, { 0x11, 0x50 }, 2, FALSE },
  { "vp8 descriptor only", VP8, { 0x10 }, 1, FALSE },
  { "vp8 descriptor cut", VP8, { 0x90, 0xf0, 0x81 }, 3, FALSE },
  { "vp9 key frame", VP9, { 0x08, 0 }, 2, TRUE },
  { "vp9 key frame, picture id, layer 0", VP9, { 0xa8, 0x80, 1, 0x00, 0 }, 5, TRUE },
  { "vp9 key frame, layer 1", VP9, { 0xa8, 0x01, 0x03, 0 }, 4, FALSE },
  { "vp9 inter picture", VP9, { 0x48, 0 }, 2, FALSE },
  { "vp9 second packet", VP9, { 0x04, 0 }, 2, FALSE },
  { "vp9 cut", VP9, { 0xa8, 0x80, 1 }, 3, FALSE },
  { "av1 new sequence", AV1, { 0x18, 0x0a }, 2, TRUE },
  { "av1 no new sequence", AV1, { 0x10, 0x32 }, 2, FALSE },
  { "av1 continuation that claims N", AV1, { 0x98, 0x0a }, 2, FALSE },
  { "av1 header only", AV1, { 0x18 }, 1, FALSE },
  { "audio", RTC_KEY_FRAME_FORMAT_NONE, { 1 }, 1, TRUE },
};

static void
test_payloads (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    guint8 *exact = g_memdup2 (rows[i].bytes, rows[i].len);

    g_test_message ("%s", rows[i].name);
    g_assert_cmpint (
        rtc_key_frame_is_start (rows[i].format, exact, rows[i].len), ==, rows[i].is_start);
    /* What is a start is none when cut inside the header. */
    if (rows[i].format != RTC_KEY_FRAME_FORMAT_NONE)
      g_assert_false (rtc_key_frame_is_start (rows[i].format, exact, 0));
    g_free (exact);
  }
}

static void
test_names (void)
{
  g_assert_cmpint (rtc_key_frame_format_from_name ("H264"), ==, H264);
  g_assert_cmpint (rtc_key_frame_format_from_name ("h265"), ==, H265);
  g_assert_cmpint (rtc_key_frame_format_from_name ("vp8"), ==, VP8);
  g_assert_cmpint (rtc_key_frame_format_from_name ("VP9"), ==, VP9);
  g_assert_cmpint (rtc_key_frame_format_from_name ("AV1"), ==, AV1);
  g_assert_cmpint (rtc_key_frame_format_from_name ("opus"), ==, RTC_KEY_FRAME_FORMAT_NONE);
  g_assert_cmpint (rtc_key_frame_format_from_name (""), ==, RTC_KEY_FRAME_FORMAT_NONE);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/rtc-key-frame/payloads", test_payloads);
  g_test_add_func ("/rtc-key-frame/names", test_names);
  return g_test_run ();
}
