/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* rtc-branch.c - each codec that is installed, raw and encoded, from a test source to packets. */
#include "branch-packets.h"

#include <string.h>
#include "gst/media/gstrtcdelimiter.h"
#include "gst/media/gstrtcencoder.h"
#include "gst/media/gstrtcpayloader.h"
#include "gst/media/gstrtcstreamwatch.h"
#include "gst/rtc/base/rtc-result.h"
#include "gst/rtc/rtp/rtc-rtp-header.h"

typedef struct {
  RtcCodecId codec;
  const gchar *name;
  const gchar *raw;     /* source of raw media */
  const gchar *encoder; /* for encoded input; %s of nothing */
} Case;

#define VIDEO_SRC                                                                                  \
  "videotestsrc num-buffers=12 pattern=snow ! video/x-raw,width=322,height=242,framerate=30/1"
#define AUDIO_SRC "audiotestsrc num-buffers=20 ! audio/x-raw,rate=44100,channels=2"

static const Case cases[] = {
  { RTC_CODEC_VP8, "VP8", VIDEO_SRC, "vp8enc deadline=1 cpu-used=8 end-usage=cbr" },
  { RTC_CODEC_H264, "H264", VIDEO_SRC, "x264enc tune=zerolatency speed-preset=ultrafast" },
  { RTC_CODEC_VP9, "VP9", VIDEO_SRC,
      "videoconvert ! video/x-raw,format=I420 ! vp9enc deadline=1 cpu-used=8 "
      "end-usage=cbr" },
  { RTC_CODEC_H265, "H265", VIDEO_SRC,
      "x265enc tune=zerolatency speed-preset=ultrafast log-level=none" },
  { RTC_CODEC_OPUS, "opus", AUDIO_SRC, "audioresample ! opusenc" },
  { RTC_CODEC_PCMU, "PCMU", AUDIO_SRC,
      "audioconvert ! audioresample ! audio/x-raw,rate=8000,channels=1 ! mulawenc" },
  { RTC_CODEC_PCMA, "PCMA", AUDIO_SRC,
      "audioconvert ! audioresample ! audio/x-raw,rate=8000,channels=1 ! alawenc" },
  { RTC_CODEC_G722, "G722", AUDIO_SRC,
      "audioconvert ! audioresample ! audio/x-raw,rate=16000,channels=1 ! avenc_g722" },
};

static gboolean
is_installed (const Case *c)
{
  if (gst_rtc_encoder_is_available (c->codec) && gst_rtc_payloader_is_available (c->codec))
    return TRUE;
  g_test_skip ("encoder or payloader not installed");
  return FALSE;
}

static gboolean
is_video (RtcCodecId codec)
{
  return rtc_codec_info (codec)->kind == RTC_MEDIA_VIDEO;
}

static void
check_packets (const Case *c, Collector *collected)
{
  g_assert_cmpuint (collected->packets, >, is_video (c->codec) ? 0 : 5);
  g_assert_cmpuint (collected->longest, <=, RTC_PAYLOADER_MTU);
  g_assert_cmpuint (collected->batches, >, 0);
  g_assert_cmpuint (collected->batches, <=, collected->packets);
  /* Whoever takes them is told once a picture. */
  if (collected->frames > 0)
    g_assert_cmpuint (collected->batches, <=, collected->frames + 1);
  g_assert_false (collected->time_went_back);
  g_assert_cmpuint (collected->last_time, <=, gst_util_get_timestamp ());
  if (is_video (c->codec)) {
    g_assert_cmpuint (collected->short_video, ==, 0);
    g_assert_true (collected->first_is_key);
    g_assert_cmpuint (collected->frames, >, 0);
  }
}

static void
test_raw (gconstpointer data)
{
  const Case *c = data;
  Collector collected;
  GstElement *pipeline, *branch;

  if (!is_installed (c))
    return;
  collector_init (&collected);
  branch = branch_new (&collected, c->codec, TRUE);
  pipeline = branch_pipeline_new (c->raw, branch);
  g_assert_nonnull (gst_rtc_branch_find_encoder (GST_RTC_BRANCH (branch)));
  branch_run_to_eos (pipeline, NULL);
  branch_pipeline_free (pipeline);
  check_packets (c, &collected);
  g_assert_cmpuint (collected.destroyed, ==, 1);
  collector_clear (&collected);
}

static void
test_encoded (gconstpointer data)
{
  const Case *c = data;
  Collector collected;
  gchar *source, *warning = NULL;
  GstElement *pipeline;

  if (!is_installed (c))
    return;
  collector_init (&collected);
  source = g_strdup_printf ("%s ! %s", c->raw, c->encoder);
  pipeline = branch_pipeline_new (source, branch_new (&collected, c->codec, FALSE));
  branch_run_to_eos (pipeline, &warning);
  branch_pipeline_free (pipeline);
  g_free (source);
  g_assert_cmpstr (warning, ==, NULL);
  check_packets (c, &collected);
  if (is_video (c->codec) && c->codec != RTC_CODEC_VP9) /* vp9enc itself drops some */
    g_assert_cmpuint (collected.frames, ==, 12);        /* passed through: nothing is dropped */
  g_assert_cmpuint (collected.destroyed, ==, 1);
  collector_clear (&collected);
}

/* What stands before a picture, and what only looks like it. */
static void
test_delimiter (void)
{
  static const struct {
    RtcCodecId codec;
    guint8 data[12];
    gsize len, found;
  } table[] = {
    { RTC_CODEC_H264, { 0, 0, 0, 1, 0x09, 0xf0, 0, 0, 0, 1, 0x65 }, 11, 6 },
    { RTC_CODEC_H264, { 0, 0, 1, 0x09, 0x30, 0, 0, 1, 0x41 }, 9, 5 },
    { RTC_CODEC_H265, { 0, 0, 0, 1, 0x46, 1, 0x50, 0, 0, 1, 0x26 }, 11, 7 },
    /* Another NAL unit; another codec's; a longer one; alone; cut; no start code. */
    { RTC_CODEC_H264, { 0, 0, 0, 1, 0x67, 0xf0, 0, 0, 0, 1, 0x65 }, 11, 0 },
    { RTC_CODEC_H264, { 0, 0, 0, 1, 0x46, 1, 0x50, 0, 0, 1, 0x26 }, 11, 0 },
    { RTC_CODEC_H264, { 0, 0, 0, 1, 0x09, 0xf0, 0xf0, 0, 0, 0, 1 }, 11, 0 },
    { RTC_CODEC_H264, { 0, 0, 0, 1, 0x09, 0xf0 }, 6, 0 },
    { RTC_CODEC_H264, { 0, 0, 0, 1, 0x09, 0xf0, 0, 0, 0 }, 9, 0 },
    { RTC_CODEC_H264, { 0, 0, 0, 1 }, 4, 0 },
    { RTC_CODEC_H264, { 9, 0xf0, 0, 0, 0, 1 }, 6, 0 },
    { RTC_CODEC_H264, { 0 }, 0, 0 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (table); i++)
    g_assert_cmpuint (
        gst_rtc_delimiter_find (table[i].codec, table[i].data, table[i].len), ==, table[i].found);
}

/* A running encoder makes a key frame when asked, and only then; its rate can be changed. */
static void
test_steer (gconstpointer data)
{
  const Case *c = data;
  Collector collected;
  GstElement *pipeline, *branch;
  GstRtcPacketSinkStats stats;
  guint keys;

  if (!is_installed (c))
    return;
  collector_init (&collected);
  branch = branch_new (&collected, c->codec, TRUE);
  pipeline = branch_pipeline_new ("videotestsrc pattern=ball is-live=true ! "
                                  "video/x-raw,width=160,height=120,framerate=60/1",
      branch);
  gst_element_set_state (pipeline, GST_STATE_PLAYING);
  g_assert_true (collector_wait (&collected, &collected.frames, 6));
  g_mutex_lock (&collected.lock);
  keys = collected.key_starts;
  g_mutex_unlock (&collected.lock);
  g_assert_cmpuint (keys, >, 0);
  g_assert_cmpuint (
      keys, <=, 4); /* of one key frame: H265 marks three parameter sets and the IDR */

  g_assert_true (gst_rtc_branch_set_bitrate (GST_RTC_BRANCH (branch), 300000));
  g_assert_cmpuint (gst_rtc_branch_get_bitrate (GST_RTC_BRANCH (branch)), ==, 300000);
  gst_rtc_branch_request_key_frame (GST_RTC_BRANCH (branch));
  g_assert_true (collector_wait (&collected, &collected.key_starts, keys + 1));
  gst_rtc_branch_get_stats (GST_RTC_BRANCH (branch), &stats);
  g_assert_cmpuint (stats.packets, >, 0);
  g_assert_cmpuint (stats.dropped, ==, 0);
  branch_pipeline_free (pipeline);
  collector_clear (&collected);
}

/* The request goes through to an encoder upstream. */
static void
test_key_frame_upstream (void)
{
  Collector collected;
  GstElement *pipeline, *branch;
  guint keys;

  if (!is_installed (&cases[0]))
    return;
  collector_init (&collected);
  branch = branch_new (&collected, RTC_CODEC_VP8, FALSE);
  pipeline = branch_pipeline_new ("videotestsrc pattern=ball is-live=true ! "
                                  "video/x-raw,width=160,height=120,framerate=60/1 ! "
                                  "vp8enc deadline=1 cpu-used=8 keyframe-max-dist=3000",
      branch);
  gst_element_set_state (pipeline, GST_STATE_PLAYING);
  g_assert_true (collector_wait (&collected, &collected.frames, 3));
  g_mutex_lock (&collected.lock);
  keys = collected.key_starts;
  g_mutex_unlock (&collected.lock);
  g_assert_cmpuint (keys, ==, 1);
  gst_rtc_branch_request_key_frame (GST_RTC_BRANCH (branch));
  g_assert_true (collector_wait (&collected, &collected.key_starts, 2));
  branch_pipeline_free (pipeline);
  collector_clear (&collected);
}

static void
test_state_changes (void)
{
  static const RtcCodecId codecs[] = { RTC_CODEC_PCMU, RTC_CODEC_VP8 };

  for (guint i = 0; i < G_N_ELEMENTS (codecs); i++) {
    Collector collected;
    GstElement *pipeline, *branch;
    gpointer weak;

    collector_init (&collected);
    branch = branch_new (&collected, codecs[i], TRUE);
    weak = branch;
    g_object_add_weak_pointer (G_OBJECT (branch), &weak);
    pipeline = branch_pipeline_new (
        is_video (codecs[i]) ? "videotestsrc is-live=true" : "audiotestsrc is-live=true", branch);
    for (guint n = 0; n < 50; n++) {
      g_assert_cmpint (
          gst_element_set_state (pipeline, GST_STATE_PLAYING), !=, GST_STATE_CHANGE_FAILURE);
      g_assert_cmpint (gst_element_set_state (pipeline, n % 2 ? GST_STATE_READY : GST_STATE_NULL),
          ==, GST_STATE_CHANGE_SUCCESS);
    }
    branch_pipeline_free (pipeline);
    g_assert_null (weak);
    g_assert_cmpuint (collected.destroyed, ==, 1);
    collector_clear (&collected);
  }
}

/* The picture's size changes in mid-stream; so does an odd size into an even one. */
static void
test_size_change (void)
{
  Collector collected;
  GstElement *pipeline, *branch, *filter;
  GstCaps *caps;
  guint frames;

  collector_init (&collected);
  branch = branch_new (&collected, RTC_CODEC_VP8, TRUE);
  pipeline = branch_pipeline_new ("videotestsrc is-live=true ! capsfilter name=size "
                                  "caps=video/x-raw,width=160,height=120,framerate=60/1",
      branch);
  gst_element_set_state (pipeline, GST_STATE_PLAYING);
  g_assert_true (collector_wait (&collected, &collected.frames, 2));
  filter = gst_bin_get_by_name (GST_BIN (pipeline), "size");
  caps = gst_caps_from_string ("video/x-raw,width=321,height=241,framerate=60/1");
  g_object_set (filter, "caps", caps, NULL);
  gst_caps_unref (caps);
  gst_object_unref (filter);
  g_mutex_lock (&collected.lock);
  frames = collected.frames;
  g_mutex_unlock (&collected.lock);
  g_assert_true (collector_wait (&collected, &collected.frames, frames + 5));
  branch_pipeline_free (pipeline);
  collector_clear (&collected);
}

static void
test_b_frames (void)
{
  static const struct {
    const gchar *settings;
    gboolean found;
  } table[] = {
    { "bframes=2 b-adapt=false b-pyramid=false speed-preset=ultrafast", TRUE },
    { "bframes=0 speed-preset=ultrafast", FALSE },
    { "tune=zerolatency", FALSE },
  };

  if (!gst_rtc_encoder_is_available (RTC_CODEC_H264)) {
    g_test_skip ("no H264 encoder");
    return;
  }
  for (guint i = 0; i < G_N_ELEMENTS (table); i++) {
    Collector collected;
    gchar *warning = NULL;
    gchar *source = g_strdup_printf ("videotestsrc num-buffers=40 pattern=ball ! "
                                     "video/x-raw,width=160,height=120 ! x264enc %s ! "
                                     "video/x-h264,profile=high",
        table[i].settings);
    GstElement *pipeline, *branch;
    guint b_frames;

    collector_init (&collected);
    branch = branch_new (&collected, RTC_CODEC_H264, FALSE);
    pipeline = branch_pipeline_new (source, branch);
    branch_run_to_eos (pipeline, &warning);
    b_frames = gst_rtc_branch_count_b_frames (GST_RTC_BRANCH (branch));
    branch_pipeline_free (pipeline);
    g_assert_cmpuint (collected.frames, ==, 40);
    g_assert_cmpuint (b_frames, ==, table[i].found ? 26 : 0);
    if (table[i].found) {
      g_assert_nonnull (warning);
      g_assert_true (g_str_has_prefix (warning, "branch: "));
      g_assert_nonnull (strstr (warning, "B-frames"));
      g_assert_nonnull (strstr (warning, "Baseline"));
    } else {
      g_assert_cmpstr (warning, ==, NULL);
    }
    g_free (warning);
    g_free (source);
    collector_clear (&collected);
  }
}

/* Key frames of several slices have their parameter sets once. */
static void
test_slices (void)
{
  Collector collected;
  GstElement *pipeline;

  if (!gst_rtc_encoder_is_available (RTC_CODEC_H264)) {
    g_test_skip ("no H264 encoder");
    return;
  }
  collector_init (&collected);
  pipeline =
      branch_pipeline_new ("videotestsrc num-buffers=20 ! video/x-raw,width=320,height=240 ! "
                           "x264enc tune=zerolatency speed-preset=ultrafast threads=4 "
                           "sliced-threads=true key-int-max=10",
          branch_new (&collected, RTC_CODEC_H264, FALSE));
  branch_run_to_eos (pipeline, NULL);
  branch_pipeline_free (pipeline);
  g_assert_cmpuint (collected.frames, ==, 20);
  g_assert_cmpuint (collected.sps, ==, 2);
  collector_clear (&collected);
}

static GstBuffer *
buffer_at (GstClockTime pts, gboolean is_delta)
{
  GstBuffer *buffer = gst_buffer_new_allocate (NULL, 16, NULL);

  gst_buffer_memset (buffer, 0, 0xff, 16);
  GST_BUFFER_PTS (buffer) = pts;
  if (is_delta)
    GST_BUFFER_FLAG_SET (buffer, GST_BUFFER_FLAG_DELTA_UNIT);
  return buffer;
}

static void
test_watch_time (void)
{
  GstRtcStreamWatch watch;
  guint n_findings = 0;

  gst_rtc_stream_watch_init (&watch, RTC_CODEC_H264);
  for (guint i = 0; i < 20; i++) {
    GstBuffer *buffer = buffer_at (i * 500 * GST_MSECOND, TRUE);
    GstRtcStreamFinding finding = gst_rtc_stream_watch_handle_input (&watch, buffer);

    if (finding != GST_RTC_STREAM_FINDING_NONE) {
      g_assert_cmpint (finding, ==, GST_RTC_STREAM_FINDING_NO_PARAMETER_SETS);
      g_assert_cmpuint (i, ==, 10);
      g_assert_nonnull (strstr (gst_rtc_stream_finding_describe (finding), "SPS"));
      n_findings++;
    }
    gst_buffer_unref (buffer);
  }
  g_assert_cmpuint (n_findings, ==, 1);

  /* A key frame request that is never answered; one that is makes no finding. */
  for (guint answered = 0; answered < 2; answered++) {
    gst_rtc_stream_watch_init (&watch, RTC_CODEC_H264);
    n_findings = 0;
    for (guint i = 0; i < 20; i++) {
      GstBuffer *buffer = buffer_at (i * 500 * GST_MSECOND, i != 0 && !(answered && i == 9));
      GstRtcStreamFinding finding;

      if (i == 2)
        gst_rtc_stream_watch_request_key_frame (&watch);
      finding = gst_rtc_stream_watch_handle_output (&watch, buffer);
      if (finding != GST_RTC_STREAM_FINDING_NONE) {
        g_assert_cmpint (finding, ==, GST_RTC_STREAM_FINDING_NO_KEY_FRAME);
        n_findings++;
      }
      gst_buffer_unref (buffer);
    }
    g_assert_cmpuint (n_findings, ==, answered ? 0 : 1);
  }
}

static void
test_missing (void)
{
  Collector collected;
  GstRtcBranchConfig config = {
    .codec = RTC_CODEC_RTX, .is_raw = TRUE, .output = collector_output (&collected)
  };
  GError *error = NULL;

  collector_init (&collected);
  g_assert_null (gst_rtc_branch_new ("none", &config, &error));
  g_assert_error (error, RTC_ERROR, -RTC_ERR_UNSUPPORTED);
  g_assert_cmpuint (collected.destroyed, ==, 1);
  g_clear_error (&error);
  collector_clear (&collected);
}

static void
add_cases (const gchar *what, GTestDataFunc func, gboolean video_only)
{
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    gchar *path;

    if (video_only && i > 3)
      continue;
    path = g_strdup_printf ("/branch/%s/%s", what, cases[i].name);
    g_test_add_data_func (path, &cases[i], func);
    g_free (path);
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  gst_init (&argc, &argv);
  add_cases ("raw", test_raw, FALSE);
  add_cases ("encoded", test_encoded, FALSE);
  add_cases ("steer", test_steer, TRUE);
  g_test_add_func ("/branch/delimiter", test_delimiter);
  g_test_add_func ("/branch/key-frame-upstream", test_key_frame_upstream);
  g_test_add_func ("/branch/state-changes", test_state_changes);
  g_test_add_func ("/branch/size-change", test_size_change);
  g_test_add_func ("/branch/b-frames", test_b_frames);
  g_test_add_func ("/branch/slices", test_slices);
  g_test_add_func ("/branch/watch-time", test_watch_time);
  g_test_add_func ("/branch/missing", test_missing);
  return g_test_run ();
}
