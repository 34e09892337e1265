/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* rtc-recording-pool.c - many recordings on few threads, one that hangs, one that nobody wants. */
#include "tests/check/elements/recording-feed.h"

#define FRAMES(call) feed_call_get ((call), "video-frames")

/* 20 callers on the pool's two threads, at their own pace. */
static void
test_many (void)
{
  enum { CALLS = 20 };
  g_autoptr (GPtrArray) packets = feed_make_call (RTC_CODEC_VP8, 90, TRUE);
  GstRtcRecordingPool *pool = gst_rtc_recording_pool_get ();
  FeedLink link = FEED_LINK_CLEAN;
  FeedCall calls[CALLS];
  GstRtcRecordingPoolStats stats;

  link.real_time = TRUE;
  for (guint i = 0; i < CALLS; i++) {
    GstRtcRecordingConfig config = GST_RTC_RECORDING_CONFIG_DEFAULT;
    RtcCodecId codec = RTC_CODEC_VP8;

    feed_call_init (&calls[i], pool, &config);
    feed_call_set_tracks (&calls[i], &codec, 1, TRUE);
  }
  gst_rtc_recording_pool_get_stats (pool, &stats);
  g_assert_cmpuint (stats.n_threads, ==, GST_RTC_RECORDING_POOL_THREADS);
  for (guint i = 0; i < CALLS; i++)
    feed_call_run (&calls[i], packets, &link);
  g_assert_true (gst_rtc_recording_pool_wait_idle (pool, 5 * GST_SECOND));
  gst_rtc_recording_pool_get_stats (pool, &stats);
  g_assert_cmpuint (stats.n_recordings, ==, 0);
  for (guint i = 0; i < CALLS; i++) {
    g_assert_true (gst_rtc_recording_wait_finished (calls[i].recording, 0));
    g_assert_cmpuint (FRAMES (&calls[i]), ==, 90);
    if (i % 7 == 0) {
      FeedFile file;

      feed_file_read (&file, feed_call_get_files (&calls[i])[0]);
      feed_file_assert_complete (&file, 0, 90);
      feed_file_clear (&file);
    }
    feed_call_clear (&calls[i]);
  }
  gst_rtc_recording_pool_get_stats (pool, &stats);
  g_assert_cmpuint (stats.inbox_bytes, ==, 0);
  gst_rtc_recording_pool_unref (pool);
}

/* The first recording's `opened` hangs, as a disk might: its thread stands still, its inbox fills
 * up to its bound and no further, and the other thread's recording does not notice. */
typedef struct {
  FeedCall call; /* first: funcs get it */
  GMutex lock;
  GCond cond;
  gboolean opened, go_on;
} StuckCall;

static void
hang (gpointer data, const gchar *path)
{
  StuckCall *self = data;

  g_mutex_lock (&self->lock);
  self->opened = TRUE;
  g_cond_broadcast (&self->cond);
  while (!self->go_on)
    g_cond_wait (&self->cond, &self->lock);
  g_mutex_unlock (&self->lock);
}

static void
test_stuck_disk (void)
{
  g_autoptr (GPtrArray) packets = feed_make_call (RTC_CODEC_VP8, 90, TRUE);
  GstRtcRecordingPool *pool = gst_rtc_recording_pool_new (2);
  GstRtcRecordingConfig config = GST_RTC_RECORDING_CONFIG_DEFAULT;
  RtcCodecId codec = RTC_CODEC_VP8;
  FeedLink link = FEED_LINK_CLEAN;
  GstRtcRecordingPoolStats stats;
  StuckCall stuck = { .opened = FALSE };
  FeedCall other;

  link.real_time = TRUE;
  g_mutex_init (&stuck.lock);
  g_cond_init (&stuck.cond);
  feed_call_init (&stuck.call, pool, &config);
  stuck.call.opened_hook = hang;
  feed_call_set_tracks (&stuck.call, &codec, 1, TRUE);
  feed_call_init (&other, pool, &config);
  feed_call_set_tracks (&other, &codec, 1, TRUE);

  feed_call_push (&stuck.call, packets, 0, packets->len, gst_util_get_timestamp ());
  g_mutex_lock (&stuck.lock);
  while (!stuck.opened)
    g_cond_wait (&stuck.cond, &stuck.lock);
  g_mutex_unlock (&stuck.lock);
  for (guint round = 0; round < 200; round++)
    feed_call_push (&stuck.call, packets, 0, packets->len, gst_util_get_timestamp ());
  gst_rtc_recording_pool_get_stats (pool, &stats);
  g_assert_cmpuint (stats.inbox_bytes, <=, 2 * GST_RTC_RECORDING_INBOX_MAX);
  g_assert_cmpuint (stats.inbox_bytes, >, GST_RTC_RECORDING_INBOX_MAX / 2);

  feed_call_run (&other, packets, &link);
  g_assert_true (gst_rtc_recording_wait_finished (other.recording, 5 * GST_SECOND));
  g_assert_cmpuint (FRAMES (&other), ==, 90);
  g_assert_cmpuint (stuck.call.finished, ==, 0);

  g_mutex_lock (&stuck.lock);
  stuck.go_on = TRUE;
  g_cond_broadcast (&stuck.cond);
  g_mutex_unlock (&stuck.lock);
  gst_rtc_recording_finish (stuck.call.recording, "end");
  g_assert_true (gst_rtc_recording_wait_finished (stuck.call.recording, 5 * GST_SECOND));
  g_assert_cmpuint (feed_call_get (&stuck.call, "packets-dropped"), >, 0);
  g_assert_cmpuint (FRAMES (&stuck.call), >=, 90);
  feed_call_clear (&other);
  feed_call_clear (&stuck.call);
  gst_rtc_recording_pool_unref (pool);
  g_mutex_clear (&stuck.lock);
  g_cond_clear (&stuck.cond);
}

/* Given up by its owner without a word: the pool ends it. */
static void
test_dropped (void)
{
  GstRtcRecordingPool *pool = gst_rtc_recording_pool_new (1);
  GstRtcRecordingConfig config = GST_RTC_RECORDING_CONFIG_DEFAULT;
  GstRtcRecordingPoolStats stats;
  GstRtcRecording *other;

  config.location = "unused";
  other = gst_rtc_recording_new (pool, &config);
  gst_rtc_recording_unref (gst_rtc_recording_new (pool, &config));
  /* The other one goes on and is not waited for. */
  g_assert_true (gst_rtc_recording_pool_wait_idle (pool, 5 * GST_SECOND));
  gst_rtc_recording_pool_get_stats (pool, &stats);
  g_assert_cmpuint (stats.n_recordings, ==, 1);
  g_assert_false (gst_rtc_recording_wait_finished (other, 0));
  gst_rtc_recording_finish (other, "end");
  g_assert_true (gst_rtc_recording_wait_finished (other, 5 * GST_SECOND));
  gst_rtc_recording_unref (other);
  gst_rtc_recording_pool_unref (pool);
}

int
main (int argc, char **argv)
{
  gst_init (&argc, &argv);
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/recording-pool/many", test_many);
  g_test_add_func ("/recording-pool/stuck-disk", test_stuck_disk);
  g_test_add_func ("/recording-pool/dropped", test_dropped);
  return g_test_run ();
}
