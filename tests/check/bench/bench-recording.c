/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* bench-recording.c - what recording one caller costs without the network: processor time for each
 * packet (copying it in, and everything up to the file) and for each second of a call.
 *
 * 20 callers of 640x360 at 500 kbit/s with Opus at a time, as issue 3 wants them. Prints figures
 * and fails only if a picture lacks. RTC_BENCH_ROUNDS: how often each caller's 10 s are repeated.
 */
#include <stdlib.h>
#include "tests/check/elements/recording-feed.h"
#include "tests/check/thread-time.h"

#define CALLERS 20
#define SECONDS 10
#define PT_VIDEO 96

static gint
compare_packets (gconstpointer a, gconstpointer b)
{
  const FeedPacket *x = *(FeedPacket *const *) a, *y = *(FeedPacket *const *) b;

  return x->time < y->time ? -1 : x->time > y->time;
}

static GPtrArray *
make_packets (RtcCodecId codec)
{
  GPtrArray *packets = feed_video (codec, 640, 360, 0, SECONDS * FEED_FPS, 0, SECONDS * FEED_FPS);
  GPtrArray *audio = feed_audio (SECONDS, 0);

  feed_number (packets, PT_VIDEO, 1, 1, 1);
  feed_number (audio, 111, 2, 1, 1);
  g_ptr_array_extend_and_steal (packets, audio);
  g_ptr_array_sort (packets, compare_packets);
  return packets;
}

typedef struct {
  FeedCall calls[CALLERS];
  GstClockTime push, work; /* processor time */
  guint64 n_packets;
} Bench;

/* The same ten seconds again: numbers go on. */
static void
run_round (
    Bench *self, GstRtcRecordingPool *pool, GPtrArray *packets, guint round, const guint n_of[2])
{
  GstClockTime now = (1000 + round * SECONDS) * GST_SECOND, base = now, t;

  for (guint i = 0; i < packets->len; i++) {
    FeedPacket *p = g_ptr_array_index (packets, i);
    guint32 rate = p->transceiver == FEED_VIDEO ? 90000 : 48000;
    RtcPacket packet = { .data = p->data, .len = p->len, .time = base + p->time };

    for (; now + GST_RTC_RECORDING_TICK <= packet.time; now += GST_RTC_RECORDING_TICK) {
      t = get_thread_time ();
      gst_rtc_recording_pool_step (pool, now);
      self->work += get_thread_time () - t;
    }
    t = get_thread_time ();
    for (guint c = 0; c < CALLERS; c++)
      gst_rtc_recording_push_rtp (
          self->calls[c].recording, p->transceiver, GST_READ_UINT32_BE (p->data + 8), &packet);
    self->push += get_thread_time () - t;
    self->n_packets += CALLERS;
    GST_WRITE_UINT16_BE (
        p->data + 2, (guint16) (GST_READ_UINT16_BE (p->data + 2) + n_of[p->transceiver]));
    GST_WRITE_UINT32_BE (p->data + 4, GST_READ_UINT32_BE (p->data + 4) + SECONDS * rate);
  }
}

static void
measure (RtcCodecId codec, const gchar *name, guint rounds)
{
  GstRtcRecordingPool *pool = gst_rtc_recording_pool_new (0);
  g_autoptr (GPtrArray) packets = make_packets (codec);
  Bench self = { .push = 0 };
  guint n_of[2] = { 0, 0 };
  gdouble seconds = (gdouble) CALLERS * SECONDS * rounds;

  for (guint i = 0; i < packets->len; i++)
    n_of[((FeedPacket *) g_ptr_array_index (packets, i))->transceiver]++;
  for (guint i = 0; i < CALLERS; i++) {
    GstRtcRecordingConfig config = GST_RTC_RECORDING_CONFIG_DEFAULT;

    feed_call_init (&self.calls[i], pool, &config);
    feed_call_set_tracks (&self.calls[i], &codec, 1, TRUE);
  }
  for (guint r = 0; r < rounds; r++)
    run_round (&self, pool, packets, r, n_of);
  for (guint i = 0; i < CALLERS; i++)
    gst_rtc_recording_finish (self.calls[i].recording, "end");
  gst_rtc_recording_pool_step (pool, (2000 + rounds * SECONDS) * GST_SECOND);
  for (guint i = 0; i < CALLERS; i++) {
    if (feed_call_get (&self.calls[i], "video-frames") != rounds * SECONDS * FEED_FPS)
      g_error ("%s: pictures lack", name);
    feed_call_clear (&self.calls[i]);
  }
  g_print (
      "%-5s %5.1f packets/s  push %5.2f us  record %5.2f us a packet  %6.3f ms a caller-second\n",
      name, (gdouble) self.n_packets / seconds, (gdouble) self.push / self.n_packets / 1e3,
      (gdouble) self.work / self.n_packets / 1e3,
      (gdouble) (self.push + self.work) / seconds / 1e6);
  gst_rtc_recording_pool_unref (pool);
}

int
main (int argc, char **argv)
{
  const gchar *text = g_getenv ("RTC_BENCH_ROUNDS");
  guint rounds = text != NULL ? (guint) atoi (text) : 6;

  gst_init (&argc, &argv);
  feed_set_pattern ("snow");
  measure (RTC_CODEC_VP8, "VP8", rounds);
  measure (RTC_CODEC_VP9, "VP9", rounds);
  measure (RTC_CODEC_H264, "H264", rounds);
  return 0;
}
