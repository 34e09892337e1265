/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* rtc-rtp-input-branch.c - RTP from elsewhere in a branch, behind other payloaders. */
#include "branch-packets.h"

#include <string.h>

#include "gst/media/gstrtcencoder.h"
#include "gst/media/gstrtcpayloader.h"
#include "gst/media/gstrtcstreamwatch.h"

static GstElement *
input_new (Collector *c, RtcCodecId codec)
{
  GstRtcBranchConfig config = { .codec = codec, .is_rtp = TRUE, .output = collector_output (c) };
  GError *error = NULL;
  GstElement *branch = gst_rtc_branch_new ("branch", &config, &error);

  g_assert_no_error (error);
  g_assert_null (gst_rtc_branch_find_payloader (GST_RTC_BRANCH (branch)));
  return branch;
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

/* Twelve pictures in two groups through the payloader into collected, parameter sets only in its
 * caps; stats (out) are the branch's at the end. Returns the warning that was posted, or NULL
 * (transfer full). */
static gchar *
run_payloader (const gchar *payloader, Collector *collected, GstRtcPacketSinkStats *stats)
{
  gchar *source =
      g_strconcat ("videotestsrc num-buffers=12 pattern=snow ! "
                   "video/x-raw,width=320,height=240,framerate=30/1 ! "
                   "x264enc tune=zerolatency speed-preset=ultrafast key-int-max=6 bitrate=400 "
                   "option-string=repeat-headers=0 ! ",
          payloader, NULL);
  GstElement *branch = input_new (collected, RTC_CODEC_H264);
  GstElement *pipeline = branch_pipeline_new (source, branch);
  gchar *warning = NULL;

  branch_run_to_eos (pipeline, &warning);
  gst_rtc_branch_get_stats (GST_RTC_BRANCH (branch), stats);
  branch_pipeline_free (pipeline);
  g_free (source);
  return warning;
}

/* Pictures as they come, with the parameter sets that only the payloader's caps have. */
static void
test_branch (void)
{
  GstRtcPacketSinkStats stats;
  Collector collected;
  gchar *warning;

  if (!is_installed ())
    return;
  collector_init (&collected);
  warning =
      run_payloader ("video/x-h264,stream-format=avc ! rtph264pay mtu=1200 aggregate-mode=none",
          &collected, &stats);
  g_assert_cmpstr (warning, ==, NULL);
  g_assert_cmpuint (collected.frames, ==, 12);
  g_assert_cmpuint (collected.sps, ==, 2);
  g_assert_cmpuint (collected.batches, <=, collected.frames + 1);
  g_assert_cmpuint (collected.losses, ==, 0);
  g_assert_cmpuint (stats.rtp_input.too_long, ==, 0);
  g_assert_cmpuint (collected.longest, <=, 1200);
  g_assert_cmpuint (collected.longest, >, RTC_PAYLOADER_MTU);
  collector_clear (&collected);
}

/* What does not fit is dropped, counted, and the user told what to change. */
static void
test_branch_too_long (void)
{
  GstRtcPacketSinkStats stats;
  Collector collected;
  gchar *warning;

  if (!is_installed ())
    return;
  collector_init (&collected);
  warning = run_payloader ("rtph264pay mtu=1401", &collected, &stats);
  g_assert_nonnull (warning);
  g_assert_nonnull (strstr (warning, "mtu=1200"));
  g_assert_cmpuint (stats.rtp_input.too_long, >, 0);
  g_assert_cmpuint (collected.losses, >=, stats.rtp_input.too_long);
  g_assert_cmpuint (collected.longest, <=, GST_RTC_RTP_INPUT_MTU);
  g_free (warning);
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
  branch = input_new (&collected, RTC_CODEC_VP8);
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
  GstRtcPacketSinkStats stats;
  Collector collected;
  gchar *warning;

  if (!is_installed ())
    return;
  collector_init (&collected);
  warning = run_payloader ("video/x-h264,stream-format=avc ! rtph264pay mtu=1200 ! "
                           "capssetter join=true replace=true caps=application/x-rtp,media=video,"
                           "encoding-name=H264,clock-rate=90000",
      &collected, &stats);
  g_assert_nonnull (warning);
  g_assert_nonnull (strstr (warning, "sprop-parameter-sets"));
  g_free (warning);
  collector_clear (&collected);
}

/* Pictures that are shown in another order: the user is told, and they are counted. */
static void
test_branch_b_frames (void)
{
  Collector collected;
  gchar *warning = NULL;
  GstElement *pipeline, *branch;

  if (!is_installed ())
    return;
  collector_init (&collected);
  branch = input_new (&collected, RTC_CODEC_H264);
  pipeline =
      branch_pipeline_new ("videotestsrc num-buffers=30 pattern=ball ! "
                           "video/x-raw,width=160,height=120,framerate=30/1 ! "
                           "x264enc bframes=2 b-adapt=false speed-preset=ultrafast ! "
                           "video/x-h264,profile=main ! rtph264pay mtu=1200 config-interval=-1",
          branch);
  branch_run_to_eos (pipeline, &warning);
  g_assert_cmpuint (gst_rtc_branch_count_b_frames (GST_RTC_BRANCH (branch)), >, 10);
  branch_pipeline_free (pipeline);
  g_assert_nonnull (warning);
  g_assert_nonnull (strstr (warning, "B-frames"));
  g_free (warning);
  collector_clear (&collected);
}

/* A packet of VP8 that is no key frame's, the one numbered seq of ten a second. */
static GstBuffer *
make_packet (guint16 seq)
{
  static const guint8 descriptor_and_frame[] = { 0x10, 0x01, 0x00, 0x00 };
  GstBuffer *buffer = gst_buffer_new_allocate (NULL, RTC_RTP_HEADER_LEN + 4, NULL);
  RtcRtpHeader header = {
    .payload_type = 96, .marker = TRUE, .seq = seq, .rtp_ts = seq * 9000u, .ssrc = 5
  };
  GstMapInfo map;
  RtcWriter writer;

  gst_buffer_map (buffer, &map, GST_MAP_WRITE);
  writer = rtc_writer (map.data, map.size);
  rtc_rtp_header_write (&header, &writer);
  rtc_writer_bytes (&writer, descriptor_and_frame, sizeof descriptor_and_frame);
  gst_buffer_unmap (buffer, &map);
  GST_BUFFER_PTS (buffer) = seq * 100 * GST_MSECOND;
  return buffer;
}

/* A key frame that nobody makes is missed in lists as well as in packets one by one. */
static void
test_branch_no_key_frame (gconstpointer data)
{
  gboolean in_lists = GPOINTER_TO_INT (data);
  GstCaps *caps = gst_rtc_payloader_get_rtp_caps (RTC_CODEC_VP8);
  GstSegment segment;
  Collector collected;
  GstElement *branch;
  GstMessage *message;
  GstBus *bus = gst_bus_new ();
  GstPad *pad;

  collector_init (&collected);
  branch = gst_object_ref_sink (input_new (&collected, RTC_CODEC_VP8));
  gst_element_set_bus (branch, bus);
  gst_element_set_state (branch, GST_STATE_PLAYING);
  pad = gst_element_get_static_pad (branch, "sink");
  gst_segment_init (&segment, GST_FORMAT_TIME);
  gst_pad_send_event (pad, gst_event_new_stream_start ("test"));
  gst_pad_send_event (pad, gst_event_new_caps (caps));
  gst_pad_send_event (pad, gst_event_new_segment (&segment));
  gst_rtc_branch_request_key_frame (GST_RTC_BRANCH (branch));
  for (guint16 seq = 0; seq * 100 * GST_MSECOND <= GST_RTC_STREAM_WATCH_PATIENCE + GST_SECOND;
       seq++) {
    GstBuffer *buffer = make_packet (seq);
    GstBufferList *list = in_lists ? gst_buffer_list_new () : NULL;

    if (in_lists)
      gst_buffer_list_add (list, buffer);
    g_assert_cmpint (
        in_lists ? gst_pad_chain_list (pad, list) : gst_pad_chain (pad, buffer), ==, GST_FLOW_OK);
  }
  message = gst_bus_pop_filtered (bus, GST_MESSAGE_WARNING);
  g_assert_nonnull (message);
  gst_message_unref (message);
  g_assert_null (gst_bus_pop_filtered (bus, GST_MESSAGE_WARNING));
  gst_element_set_state (branch, GST_STATE_NULL);
  gst_object_unref (pad);
  gst_object_unref (branch);
  gst_object_unref (bus);
  gst_caps_unref (caps);
  collector_clear (&collected);
}

int
main (int argc, char **argv)
{
  gst_init (&argc, &argv);
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/rtp-input/branch/pictures", test_branch);
  g_test_add_func ("/rtp-input/branch/too-long", test_branch_too_long);
  g_test_add_func ("/rtp-input/branch/key-frame", test_branch_key_frame);
  g_test_add_func ("/rtp-input/branch/no-sets", test_branch_no_sets);
  g_test_add_func ("/rtp-input/branch/b-frames", test_branch_b_frames);
  g_test_add_data_func (
      "/rtp-input/branch/no-key-frame/packets", GINT_TO_POINTER (FALSE), test_branch_no_key_frame);
  g_test_add_data_func (
      "/rtp-input/branch/no-key-frame/lists", GINT_TO_POINTER (TRUE), test_branch_no_key_frame);
  return g_test_run ();
}
