/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* rtc-recording.c - calls of stock encoders into files, over links that lose and delay, and what is
 * in the files then: every picture, sound in step, one key frame first. How recordings end is
 * rtc-recording-ends.c. */
#include "tests/check/elements/recording-feed.h"

#define FRAMES(call) feed_call_get ((call), "video-frames")

static GstRtcRecordingPool *stepped; /* no threads: time is what the test says */

/* Picture FPS * k and tick k belong together. Returns the largest skew from the second given on. */
static gint64
measure_skew (const FeedFile *file, guint from_second)
{
  gint64 worst = 0;
  guint checked = 0;

  for (guint t = 0; t < file->ticks->len; t++) {
    gint64 tick = (gint64) g_array_index (file->ticks, GstClockTime, t), best = G_MAXINT64;

    for (guint i = 0; i < file->numbers->len; i++) {
      guint number = g_array_index (file->numbers, guint, i);
      gint64 skew = tick - (gint64) g_array_index (file->times, GstClockTime, i);

      if (number % FEED_FPS == 0 && number / FEED_FPS >= from_second && ABS (skew) < ABS (best))
        best = skew;
    }
    if (ABS (best) > (gint64) GST_SECOND / 2)
      continue;
    checked++;
    if (ABS (best) > ABS (worst))
      worst = best;
  }
  g_test_message ("%u ticks, worst skew %.1f ms", checked, (gdouble) worst / GST_MSECOND);
  g_assert_cmpuint (checked, >, 0);
  return ABS (worst);
}

static void
assert_files (const FeedCall *call, guint n, const gchar *extension)
{
  const gchar *const *files = feed_call_get_files (call);

  g_assert_cmpuint (call->finished, ==, 1);
  g_assert_cmpuint (g_strv_length ((gchar **) files), ==, n);
  for (guint i = 0; i < n && extension != NULL; i++)
    g_assert_true (g_str_has_suffix (files[i], extension));
}

/* One call over link; returns what its first file holds. NULL packets: skipped. */
static gboolean
run_call (
    FeedCall *call, GPtrArray *packets, RtcCodecId codec, gboolean audio, const FeedLink *link)
{
  GstRtcRecordingConfig config = GST_RTC_RECORDING_CONFIG_DEFAULT;

  if (packets == NULL) {
    g_test_skip ("an encoder is not installed");
    return FALSE;
  }
  feed_call_init (call, stepped, &config);
  feed_call_set_tracks (call, &codec, 1, audio);
  feed_call_run (call, packets, link);
  g_assert_cmpstr (call->error, ==, NULL);
  return TRUE;
}

static void
test_clean (gconstpointer data)
{
  RtcCodecId codec = GPOINTER_TO_UINT (data);
  g_autoptr (GPtrArray) packets = feed_make_call (codec, 150, TRUE);
  FeedLink link = FEED_LINK_CLEAN;
  FeedCall call;
  FeedFile file;

  if (!run_call (&call, packets, codec, TRUE, &link))
    return;
  assert_files (&call, 1, codec == RTC_CODEC_H264 || codec == RTC_CODEC_H265 ? ".mp4" : ".webm");
  feed_file_read (&file, feed_call_get_files (&call)[0]);
  feed_file_assert_complete (&file, 0, 150);
  g_assert_cmpint (measure_skew (&file, 0), <=, 40 * GST_MSECOND);
  g_assert_cmpuint (feed_call_get (&call, "silence"), ==, 0);
  g_assert_cmpuint (feed_call_get (&call, "packets-lost"), ==, 0);
  g_assert_cmpuint (call.key_requests, ==, 0);
  feed_file_clear (&file);
  feed_call_clear (&call);
}

/* 10 % lost and all repaired, some twice, some overtaken: nothing lacks (A54). */
static void
test_repaired (gconstpointer data)
{
  RtcCodecId codec = GPOINTER_TO_UINT (data);
  g_autoptr (GPtrArray) packets = feed_make_call (codec, 300, TRUE);
  FeedLink link = FEED_LINK_CLEAN;
  FeedCall call;
  FeedFile file;

  link.loss = 0.1;
  link.repair = 110 * GST_MSECOND;
  link.duplicates = 0.02;
  link.jitter = 30 * GST_MSECOND;
  link.audio_delay = 60 * GST_MSECOND;
  if (!run_call (&call, packets, codec, TRUE, &link))
    return;
  feed_file_read (&file, feed_call_get_files (&call)[0]);
  feed_file_assert_complete (&file, 0, 300);
  g_assert_cmpint (measure_skew (&file, 4), <=, 40 * GST_MSECOND);
  g_assert_cmpuint (feed_call_get (&call, "packets-recovered"), >, 0);
  g_assert_cmpuint (feed_call_get (&call, "packets-lost"), ==, 0);
  feed_file_clear (&file);
  feed_call_clear (&call);
}

/* Nothing is repaired: pictures are held until a key frame, sound is filled, and no picture in the
 * file is wrong. */
static void
test_lossy (void)
{
  g_autoptr (GPtrArray) packets = feed_make_call (RTC_CODEC_VP8, 300, TRUE);
  FeedLink link = FEED_LINK_CLEAN;
  g_autofree gchar *sidecar = NULL;
  FeedCall call;
  FeedFile file;

  link.loss = 0.01;
  if (!run_call (&call, packets, RTC_CODEC_VP8, TRUE, &link))
    return;
  feed_file_read (&file, feed_call_get_files (&call)[0]);
  g_assert_true (file.ok);
  g_assert_true (file.monotonic);
  g_assert_cmpuint (file.torn, ==, 0);
  g_assert_cmpuint (file.numbers->len, <, 300);
  g_assert_cmpuint (file.numbers->len, ==, FRAMES (&call));
  for (guint i = 1; i < file.numbers->len; i++)
    g_assert_cmpuint (
        g_array_index (file.numbers, guint, i), >, g_array_index (file.numbers, guint, i - 1));
  g_assert_cmpint (measure_skew (&file, 0), <=, 40 * GST_MSECOND);
  g_assert_cmpuint (feed_call_get (&call, "silence"), >, 0);
  g_assert_cmpuint (feed_call_get (&call, "gaps"), >, 0);
  g_assert_cmpuint (call.key_requests, >, 0);
  sidecar = feed_call_read_sidecar (&call);
  g_assert_nonnull (strstr (sidecar, "\"finished\""));
  g_assert_nonnull (strstr (sidecar, "\"hang-up\""));
  g_assert_nonnull (strstr (sidecar, "\"320x240\""));
  feed_file_clear (&file);
  feed_call_clear (&call);
}

/* The first packets are lost: the file begins with the next key frame, which was asked for. */
static void
test_late_start (void)
{
  g_autoptr (GPtrArray) packets = feed_make_call (RTC_CODEC_VP8, 150, TRUE);
  FeedLink link = FEED_LINK_CLEAN;
  FeedCall call;
  FeedFile file;

  g_ptr_array_remove_range (packets, 0, 5);
  if (!run_call (&call, packets, RTC_CODEC_VP8, TRUE, &link))
    return;
  feed_file_read (&file, feed_call_get_files (&call)[0]);
  feed_file_assert_complete (&file, 60, 90);
  g_assert_cmpuint (g_array_index (file.times, GstClockTime, 0), <, GST_MSECOND);
  g_assert_cmpint (measure_skew (&file, 0), <=, 40 * GST_MSECOND);
  g_assert_cmpuint (call.key_requests, >, 0);
  feed_file_clear (&file);
  feed_call_clear (&call);
}

/* An hour with clocks that differ by 100 ppm would be slow; two minutes with 1000 ppm is the same
 * thing: pictures and sound stay together, on the sender's clock. */
static void
test_drift (void)
{
  g_autoptr (GPtrArray) packets = feed_make_call (RTC_CODEC_VP8, 900, TRUE);
  FeedLink link = FEED_LINK_CLEAN;
  FeedCall call;
  FeedFile file;

  link.report_audio = 500 * GST_MSECOND;
  /* The sound card runs fast: its RTP time gains 1 ms a second, its reports tell. */
  for (guint i = 0; i < packets->len; i++) {
    FeedPacket *packet = g_ptr_array_index (packets, i);

    if (packet->transceiver == FEED_AUDIO)
      packet->time -= packet->time / 1000;
  }
  feed_sort (packets);
  if (!run_call (&call, packets, RTC_CODEC_VP8, TRUE, &link))
    return;
  feed_file_read (&file, feed_call_get_files (&call)[0]);
  feed_file_assert_complete (&file, 0, 900);
  /* Tick k now sounds at k * 0.999. */
  for (guint i = 1; i < file.ticks->len; i++) {
    gint64 tick = (gint64) g_array_index (file.ticks, GstClockTime, i)
                  - (gint64) g_array_index (file.ticks, GstClockTime, 0);
    gint64 wanted = (gint64) (i * GST_SECOND / 1000 * 999);

    g_assert_cmpint (ABS (tick - wanted), <=, 40 * GST_MSECOND);
  }
  feed_file_clear (&file);
  feed_call_clear (&call);
}

static void
move (GPtrArray *packets, GstClockTime by)
{
  for (guint i = 0; i < packets->len; i++)
    ((FeedPacket *) g_ptr_array_index (packets, i))->time += by;
}

/* counted: the sender's RTP time went on during the pause, as it should; otherwise it stood. */
static void
test_pause (gconstpointer data)
{
  gboolean counted = GPOINTER_TO_INT (data);
  const GstClockTime pause = 60 * GST_SECOND;
  g_autoptr (GPtrArray) packets = feed_make_call (RTC_CODEC_VP8, 90, TRUE);
  GPtrArray *later = feed_make_call (RTC_CODEC_VP8, 90, TRUE);
  FeedLink link = FEED_LINK_CLEAN;
  FeedCall call;
  FeedFile file;

  for (guint i = 0; i < later->len; i++) {
    guint8 *h = ((FeedPacket *) g_ptr_array_index (later, i))->data;
    gboolean video = ((FeedPacket *) g_ptr_array_index (later, i))->transceiver == FEED_VIDEO;
    guint32 ts = GST_READ_UINT32_BE (h + 4), rate = video ? 90000 : 48000;
    guint n_packets = 0;

    for (guint k = 0; k < packets->len; k++)
      n_packets +=
          (((FeedPacket *) g_ptr_array_index (packets, k))->transceiver == FEED_VIDEO) == video;
    GST_WRITE_UINT16_BE (h + 2, (guint16) (GST_READ_UINT16_BE (h + 2) + n_packets));
    GST_WRITE_UINT32_BE (h + 4, ts + 3 * rate + (counted ? 60 * rate : 0));
  }
  move (later, 3 * GST_SECOND + pause);
  feed_append (packets, later);
  if (!run_call (&call, packets, RTC_CODEC_VP8, TRUE, &link))
    return;
  assert_files (&call, 1, ".webm");
  feed_file_read (&file, feed_call_get_files (&call)[0]);
  g_assert_true (file.ok);
  g_assert_true (file.monotonic);
  g_assert_cmpuint (file.numbers->len, ==, 180);
  g_assert_cmpint (ABS ((gint64) g_array_index (file.times, GstClockTime, 90)
                        - (gint64) (3 * GST_SECOND + pause)),
      <=, 100 * GST_MSECOND);
  g_assert_cmpint (measure_skew (&file, 0), <=, 40 * GST_MSECOND);
  /* A minute of silence, so that players stay in step. */
  g_assert_cmpuint (feed_call_get (&call, "silence"), >=, 2900);
  g_assert_cmpuint (feed_call_get (&call, "silence"), <=, 3100);
  feed_file_clear (&file);
  feed_call_clear (&call);
}

/* The sender begins both streams anew under other numbers. */
static void
test_ssrc_change (void)
{
  g_autoptr (GPtrArray) packets = feed_make_call (RTC_CODEC_VP8, 90, TRUE);
  GPtrArray *video = feed_video (RTC_CODEC_VP8, 320, 240, 90, 90, 3 * GST_SECOND, 60);
  GPtrArray *audio = feed_audio (3, 3 * GST_SECOND);
  FeedLink link = FEED_LINK_CLEAN;
  FeedCall call;
  FeedFile file;

  feed_number (video, 96, 0x3333, 7, 1234567);
  feed_number (audio, 111, 0x4444, 40000, 99);
  feed_append (packets, video);
  feed_append (packets, audio);
  feed_sort (packets);
  if (!run_call (&call, packets, RTC_CODEC_VP8, TRUE, &link))
    return;
  assert_files (&call, 1, ".webm");
  feed_file_read (&file, feed_call_get_files (&call)[0]);
  feed_file_assert_complete (&file, 0, 180);
  g_assert_cmpint (measure_skew (&file, 0), <=, 40 * GST_MSECOND);
  feed_file_clear (&file);
  feed_call_clear (&call);
}

/* Another codec, or another size: as many files as the container needs. */
static void
run_change (RtcCodecId from, RtcCodecId to, guint width, guint n_files, const gchar *second)
{
  RtcCodecId codecs[2] = { from, to };
  GstRtcRecordingConfig config = GST_RTC_RECORDING_CONFIG_DEFAULT;
  g_autoptr (GPtrArray) packets = feed_make_call (from, 90, FALSE);
  GPtrArray *video = feed_video (to, width, 240, 90, 90, 3 * GST_SECOND, 60);
  GPtrArray *audio = feed_audio (6, 0);
  FeedLink link = FEED_LINK_CLEAN;
  guint n_video = packets->len;
  FeedCall call;
  FeedFile file;

  feed_number (video, from == to ? 96 : 97, 0x1111, (guint16) (65500 + n_video),
      G_MAXUINT32 - 45000 + 270000);
  feed_number (audio, 111, 0x2222, 1, 1);
  feed_append (packets, video);
  feed_append (packets, audio);
  feed_sort (packets);
  feed_call_init (&call, stepped, &config);
  feed_call_set_tracks (&call, codecs, from == to ? 1 : 2, TRUE);
  feed_call_run (&call, packets, &link);
  assert_files (&call, n_files, NULL);
  g_assert_cmpuint (call.opened, ==, n_files);
  g_assert_cmpuint (FRAMES (&call), ==, 180);
  feed_file_read (&file, feed_call_get_files (&call)[0]);
  if (n_files == 1) {
    feed_file_assert_complete (&file, 0, 180);
    g_assert_cmpuint (file.width, ==, width);
  } else {
    feed_file_assert_complete (&file, 0, 90);
    feed_file_clear (&file);
    g_assert_true (g_str_has_suffix (feed_call_get_files (&call)[1], second));
    feed_file_read (&file, feed_call_get_files (&call)[1]);
    feed_file_assert_complete (&file, 90, 90);
    g_assert_cmpuint (g_array_index (file.times, GstClockTime, 0), <, GST_MSECOND);
  }
  g_assert_cmpint (measure_skew (&file, 0), <=, 40 * GST_MSECOND);
  g_assert_cmpuint (feed_call_get (&call, "silence"), ==, 0);
  feed_file_clear (&file);
  feed_call_clear (&call);
}

static void
test_changes (void)
{
  run_change (RTC_CODEC_VP8, RTC_CODEC_VP8, 640, 1, NULL);
  run_change (RTC_CODEC_VP8, RTC_CODEC_VP9, 320, 2, "-2.webm");
  run_change (RTC_CODEC_VP8, RTC_CODEC_H264, 320, 2, "-2.mp4");
  run_change (RTC_CODEC_H264, RTC_CODEC_H264, 640, 2, "-2.mp4");
}

/* Sound was negotiated and never comes, or was not negotiated; and only sound. */
static void
test_missing (void)
{
  g_autoptr (GPtrArray) video = feed_make_call (RTC_CODEC_VP8, 90, FALSE);
  g_autoptr (GPtrArray) audio = feed_audio (4, 0);
  FeedLink link = FEED_LINK_CLEAN;
  GstRtcRecordingConfig config = GST_RTC_RECORDING_CONFIG_DEFAULT;
  FeedCall call;
  FeedFile file;

  feed_number (audio, 111, 0x2222, 1, 1);
  for (guint i = 0; i < 2; i++) {
    if (!run_call (&call, video, RTC_CODEC_VP8, i == 0, &link))
      return;
    feed_file_read (&file, feed_call_get_files (&call)[0]);
    feed_file_assert_complete (&file, 0, 90);
    g_assert_cmpuint (file.ticks->len, ==, 0);
    feed_file_clear (&file);
    feed_call_clear (&call);
  }
  for (guint i = 0; i < 2; i++) {
    RtcCodecId codec = RTC_CODEC_VP8;

    feed_call_init (&call, stepped, &config);
    feed_call_set_tracks (&call, &codec, i, TRUE);
    feed_call_run (&call, audio, &link);
    assert_files (&call, 1, ".webm");
    feed_file_read (&file, feed_call_get_files (&call)[0]);
    g_assert_true (file.ok);
    g_assert_cmpuint (file.ticks->len, ==, 4);
    g_assert_cmpuint (file.audio_end, >, 3900 * GST_MSECOND);
    feed_file_clear (&file);
    feed_call_clear (&call);
  }
}

/* Pictures come after four seconds of sound: a second file, sound without a hole. */
static void
test_late_video (void)
{
  g_autoptr (GPtrArray) packets = feed_audio (8, 0);
  GPtrArray *video = feed_video (RTC_CODEC_VP8, 320, 240, 120, 120, 4 * GST_SECOND, 60);
  FeedLink link = FEED_LINK_CLEAN;
  FeedCall call;
  FeedFile file;

  feed_number (packets, 111, 0x2222, 1, 1);
  feed_number (video, 96, 0x1111, 1, 1);
  feed_append (packets, video);
  feed_sort (packets);
  if (!run_call (&call, packets, RTC_CODEC_VP8, TRUE, &link))
    return;
  assert_files (&call, 2, ".webm");
  feed_file_read (&file, feed_call_get_files (&call)[0]);
  g_assert_true (file.ok);
  g_assert_cmpuint (file.numbers->len, ==, 0);
  g_assert_cmpuint (file.ticks->len, ==, 4);
  feed_file_clear (&file);
  feed_file_read (&file, feed_call_get_files (&call)[1]);
  feed_file_assert_complete (&file, 120, 120);
  g_assert_cmpint (measure_skew (&file, 0), <=, 40 * GST_MSECOND);
  g_assert_cmpuint (feed_call_get (&call, "silence"), ==, 0);
  feed_file_clear (&file);
  feed_call_clear (&call);
}

/* A call without media, or with nothing that can be shown, leaves nothing. */
static void
test_nothing (void)
{
  g_autoptr (GPtrArray) packets = feed_make_call (RTC_CODEC_VP8, 30, FALSE);
  GstRtcRecordingConfig config = GST_RTC_RECORDING_CONFIG_DEFAULT;
  RtcCodecId codec = RTC_CODEC_VP8;
  FeedLink link = FEED_LINK_CLEAN;
  FeedCall call;

  for (guint i = 0; i < 2; i++) {
    g_autoptr (GPtrArray) few = g_ptr_array_new ();
    GDir *dir;

    for (guint k = 10; i == 1 && k < 20; k++) /* no key frame among them */
      g_ptr_array_add (few, g_ptr_array_index (packets, k));
    feed_call_init (&call, stepped, &config);
    feed_call_set_tracks (&call, &codec, 1, TRUE);
    feed_call_run (&call, few, &link);
    g_assert_cmpuint (call.finished, ==, 1);
    g_assert_cmpuint (call.opened + call.failed, ==, 0);
    g_assert_false (gst_structure_has_field (call.summary, "location"));
    dir = g_dir_open (call.folder, 0, NULL);
    g_assert_null (g_dir_read_name (dir));
    g_dir_close (dir);
    feed_call_clear (&call);
  }
}

static void
test_codecs (void)
{
  g_autofree RtcCodecId *video = gst_rtc_recording_list_codecs (RTC_MEDIA_VIDEO);
  g_autofree RtcCodecId *audio = gst_rtc_recording_list_codecs (RTC_MEDIA_AUDIO);

  g_assert_cmpint (video[0], ==, RTC_CODEC_VP8);
  g_assert_cmpint (audio[0], ==, RTC_CODEC_OPUS);
  g_assert_cmpint (audio[1], ==, RTC_CODEC_UNKNOWN);
}

int
main (int argc, char **argv)
{
  int status;

  gst_init (&argc, &argv);
  g_test_init (&argc, &argv, NULL);
  stepped = gst_rtc_recording_pool_new (0);
  g_test_add_func ("/recording/codecs", test_codecs);
  g_test_add_data_func ("/recording/clean/vp8", GUINT_TO_POINTER (RTC_CODEC_VP8), test_clean);
  g_test_add_data_func ("/recording/clean/vp9", GUINT_TO_POINTER (RTC_CODEC_VP9), test_clean);
  g_test_add_data_func ("/recording/clean/h264", GUINT_TO_POINTER (RTC_CODEC_H264), test_clean);
  g_test_add_data_func ("/recording/clean/h265", GUINT_TO_POINTER (RTC_CODEC_H265), test_clean);
  g_test_add_data_func ("/recording/clean/av1", GUINT_TO_POINTER (RTC_CODEC_AV1), test_clean);
  g_test_add_data_func ("/recording/repaired/av1", GUINT_TO_POINTER (RTC_CODEC_AV1), test_repaired);
  g_test_add_data_func ("/recording/repaired/vp8", GUINT_TO_POINTER (RTC_CODEC_VP8), test_repaired);
  g_test_add_data_func (
      "/recording/repaired/h264", GUINT_TO_POINTER (RTC_CODEC_H264), test_repaired);
  g_test_add_func ("/recording/lossy", test_lossy);
  g_test_add_func ("/recording/late-start", test_late_start);
  g_test_add_func ("/recording/drift", test_drift);
  g_test_add_data_func ("/recording/pause/counted", GINT_TO_POINTER (TRUE), test_pause);
  g_test_add_data_func ("/recording/pause/not-counted", GINT_TO_POINTER (FALSE), test_pause);
  g_test_add_func ("/recording/ssrc-change", test_ssrc_change);
  g_test_add_func ("/recording/changes", test_changes);
  g_test_add_func ("/recording/missing", test_missing);
  g_test_add_func ("/recording/late-video", test_late_video);
  g_test_add_func ("/recording/nothing", test_nothing);
  status = g_test_run ();
  gst_rtc_recording_pool_unref (stepped);
  return status;
}
