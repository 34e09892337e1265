/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* rtc-recording-ends.c - recordings that end before their call does: at a limit, on a full disk,
 * without a place to write to; and what is on the disk while one goes on. */
#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/resource.h>

#include "tests/check/elements/recording-feed.h"

#define FRAMES(call) feed_call_get ((call), "video-frames")

static GstRtcRecordingPool *stepped; /* no threads: time is what the test says */

static void
test_limits (void)
{
  g_autoptr (GPtrArray) packets = feed_make_call (RTC_CODEC_VP8, 150, TRUE);
  RtcCodecId codec = RTC_CODEC_VP8;
  FeedLink link = FEED_LINK_CLEAN;
  static const gchar *const reasons[] = { "max-duration", "max-size", "min-free-disk" };

  for (guint i = 0; i < G_N_ELEMENTS (reasons); i++) {
    GstRtcRecordingConfig config = GST_RTC_RECORDING_CONFIG_DEFAULT;
    FeedCall call;
    FeedFile file;

    config.max_duration = i == 0 ? 2 * GST_SECOND : GST_CLOCK_TIME_NONE;
    config.max_size = i == 1 ? 40000 : 0;
    config.min_free_disk = i == 2 ? G_MAXUINT64 / 4 : 0;
    feed_call_init (&call, stepped, &config);
    feed_call_set_tracks (&call, &codec, 1, TRUE);
    feed_call_run (&call, packets, &link);
    g_assert_cmpuint (call.finished, ==, 1);
    g_assert_cmpuint (call.failed, ==, 0);
    g_assert_cmpstr (gst_structure_get_string (call.summary, "reason"), ==, reasons[i]);
    feed_file_read (&file, feed_call_get_files (&call)[0]);
    g_assert_true (file.ok);
    g_assert_cmpuint (file.numbers->len, ==, FRAMES (&call));
    g_assert_cmpuint (FRAMES (&call), <, 150);
    if (i == 0)
      g_assert_cmpuint (FRAMES (&call), ==, 60);
    if (i == 1) {
      g_assert_cmpuint (feed_call_get (&call, "bytes"), <=, 40000);
      g_assert_cmpuint (feed_call_get (&call, "bytes"), >, 20000);
    }
    feed_file_clear (&file);
    feed_call_clear (&call);
  }
}

/* The kernel takes no more bytes (a file size limit stands for the full disk): the file is valid up
 * to there, one error, one end, and pushing goes on without harm. */
static void
test_full (void)
{
  g_autoptr (GPtrArray) packets = feed_make_call (RTC_CODEC_VP8, 150, TRUE);
  RtcCodecId codec = RTC_CODEC_VP8;
  FeedLink link = FEED_LINK_CLEAN;
  GstRtcRecordingConfig config = GST_RTC_RECORDING_CONFIG_DEFAULT;
  void (*old_handler) (int) = signal (SIGXFSZ, SIG_IGN);
  struct rlimit old, limit;
  FeedCall call;
  FeedFile file;

  config.sidecar = FALSE;
  g_assert_cmpint (getrlimit (RLIMIT_FSIZE, &old), ==, 0);
  limit = old;
  limit.rlim_cur = 30000;
  feed_call_init (&call, stepped, &config);
  feed_call_set_tracks (&call, &codec, 1, TRUE);
  g_assert_cmpint (setrlimit (RLIMIT_FSIZE, &limit), ==, 0);
  feed_call_run (&call, packets, &link);
  g_assert_cmpint (setrlimit (RLIMIT_FSIZE, &old), ==, 0);
  signal (SIGXFSZ, old_handler);
  g_assert_cmpuint (call.failed, ==, 1);
  g_assert_cmpuint (call.finished, ==, 1);
  g_assert_nonnull (strstr (call.error, g_strerror (EFBIG)));
  g_assert_cmpstr (gst_structure_get_string (call.summary, "reason"), ==, "error");
  feed_file_read (&file, feed_call_get_files (&call)[0]);
  g_assert_true (file.ok);
  g_assert_true (file.monotonic);
  g_assert_cmpuint (file.torn, ==, 0);
  g_assert_cmpuint (file.numbers->len, >, 15);
  g_assert_cmpuint (file.numbers->len, <, 150);
  feed_file_clear (&file);
  feed_call_clear (&call);
}

/* No file can be made: one error, one end, and nothing else happens. */
static void
test_no_folder (void)
{
  g_autoptr (GPtrArray) packets = feed_make_call (RTC_CODEC_VP8, 60, TRUE);
  RtcCodecId codec = RTC_CODEC_VP8;
  FeedLink link = FEED_LINK_CLEAN;
  GstRtcRecordingConfig config = GST_RTC_RECORDING_CONFIG_DEFAULT;
  FeedCall call;

  config.location = "/proc/no/such/folder/file";
  feed_call_init (&call, stepped, &config);
  feed_call_set_tracks (&call, &codec, 1, TRUE);
  feed_call_run (&call, packets, &link);
  g_assert_cmpuint (call.failed, ==, 1);
  g_assert_cmpuint (call.finished, ==, 1);
  g_assert_cmpstr (gst_structure_get_string (call.summary, "reason"), ==, "error");
  g_assert_cmpstr (gst_structure_get_string (call.summary, "error"), ==, call.error);
  feed_call_clear (&call);
}

/* While a call goes on, what it has said so far is on disk already: all but the last fragment and
 * what waits for its turn, and a sidecar that says so. */
static void
test_under_way (void)
{
  g_autoptr (GPtrArray) packets = feed_make_call (RTC_CODEC_VP8, 150, TRUE);
  GstRtcRecordingConfig config = GST_RTC_RECORDING_CONFIG_DEFAULT;
  const GstClockTime base = 1000 * GST_SECOND;
  RtcCodecId codec = RTC_CODEC_VP8;
  g_autofree gchar *path = NULL, *sidecar_path = NULL, *sidecar = NULL;
  GstClockTime now = base;
  FeedCall call;
  FeedFile file;

  feed_call_init (&call, stepped, &config);
  feed_call_set_tracks (&call, &codec, 1, TRUE);
  for (guint i = 0; i < packets->len; i++) {
    const FeedPacket *p = g_ptr_array_index (packets, i);

    for (; now + GST_RTC_RECORDING_TICK <= base + p->time; now += GST_RTC_RECORDING_TICK)
      gst_rtc_recording_pool_step (stepped, now);
    feed_call_push (&call, packets, i, i + 1, base);
  }
  path = g_build_filename (call.folder, "call.webm", NULL);
  feed_file_read (&file, path);
  g_assert_true (file.ok);
  g_assert_cmpuint (file.torn, ==, 0);
  /* Five seconds were sent; half a second may not be there yet. */
  g_assert_cmpuint (file.numbers->len, >=, 135);
  feed_file_clear (&file);
  sidecar_path = g_build_filename (call.folder, "call.json", NULL);
  g_assert_true (g_file_get_contents (sidecar_path, &sidecar, NULL, NULL));
  g_assert_nonnull (strstr (sidecar, "\"recording\""));
  gst_rtc_recording_finish (call.recording, "end");
  gst_rtc_recording_pool_step (stepped, now);
  g_assert_cmpuint (call.finished, ==, 1);
  g_assert_cmpuint (FRAMES (&call), ==, 150);
  feed_call_clear (&call);
}

int
main (int argc, char **argv)
{
  int status;

  gst_init (&argc, &argv);
  g_test_init (&argc, &argv, NULL);
  stepped = gst_rtc_recording_pool_new (0);
  g_test_add_func ("/recording/limits", test_limits);
  g_test_add_func ("/recording/full", test_full);
  g_test_add_func ("/recording/no-folder", test_no_folder);
  g_test_add_func ("/recording/under-way", test_under_way);
  status = g_test_run ();
  gst_rtc_recording_pool_unref (stepped);
  return status;
}
