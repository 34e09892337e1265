/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* rtc-webrtcsrc-lip-sync.c - pictures that a sender's pipeline holds back come out of webrtcsrc
 * together with the sound that was made with them. */
#include "src-calling.h"
#include "tests/check/run-tests.h"

#define FLASH_INTERVAL GST_SECOND
#define FLASH_LEN (GST_SECOND / 15)
#define TICK_LEN (10 * GST_MSECOND)
#define RATE 48000
#define N_FLASHES 8

/* Running times: of flashes and ticks as they come out, and how long after the second its first
 * picture was painted. */
typedef struct {
  GMutex lock;
  GCond seen; /* a flash or a tick */
  GstClockTime flashes[N_FLASHES], ticks[N_FLASHES];
  guint n_flashes, n_ticks;
  gboolean was_bright;
  GstClockTime quiet_since;
  GstClockTime phase;
} Marks;

static guint8
get_luma (GstBuffer *buffer)
{
  guint8 luma = 0;

  gst_buffer_extract (buffer, gst_buffer_get_size (buffer) / 3, &luma, 1); /* of I420: in Y */
  return luma;
}

/* Sender: a white picture at the begin of each second of running time, black ones else. */
static GstPadProbeReturn
paint (GstPad *pad, GstPadProbeInfo *info, gpointer data)
{
  GstBuffer *buffer = gst_buffer_make_writable (GST_PAD_PROBE_INFO_BUFFER (info));
  gsize size = gst_buffer_get_size (buffer);
  GstClockTime phase = GST_BUFFER_PTS (buffer) % FLASH_INTERVAL;
  Marks *marks = data;

  info->data = buffer;
  gst_buffer_memset (buffer, 0, phase < FLASH_LEN ? 235 : 16, size * 2 / 3);
  gst_buffer_memset (buffer, size * 2 / 3, 128, size - size * 2 / 3);
  if (phase < FLASH_LEN) {
    g_mutex_lock (&marks->lock);
    marks->phase = phase;
    g_mutex_unlock (&marks->lock);
  }
  return GST_PAD_PROBE_OK;
}

/* Sender: S16LE, mono: 1 kHz at the begin of each second of running time, silence else. (A live
 * source begins when its thread runs, so that its own ticks would not be at whole seconds.) */
static GstPadProbeReturn
strike (GstPad *pad, GstPadProbeInfo *info, gpointer data)
{
  GstBuffer *buffer = gst_buffer_make_writable (GST_PAD_PROBE_INFO_BUFFER (info));
  GstMapInfo map;

  info->data = buffer;
  gst_buffer_map (buffer, &map, GST_MAP_WRITE);
  for (gsize i = 0; i + 1 < map.size; i += 2) {
    GstClockTime time = GST_BUFFER_PTS (buffer) + i / 2 * GST_SECOND / RATE;
    GstClockTime since = time % FLASH_INTERVAL;
    gint16 sample = since >= TICK_LEN ? 0 : since % GST_MSECOND < GST_MSECOND / 2 ? 16000 : -16000;

    GST_WRITE_UINT16_LE (map.data + i, (guint16) sample);
  }
  gst_buffer_unmap (buffer, &map);
  return GST_PAD_PROBE_OK;
}

static GstPadProbeReturn
see (GstPad *pad, GstPadProbeInfo *info, gpointer data)
{
  GstBuffer *buffer = GST_PAD_PROBE_INFO_BUFFER (info);
  Marks *marks = data;
  gboolean is_bright = get_luma (buffer) > 128;

  g_mutex_lock (&marks->lock);
  if (is_bright && !marks->was_bright)
    marks->flashes[marks->n_flashes++ % N_FLASHES] = GST_BUFFER_PTS (buffer);
  marks->was_bright = is_bright;
  g_cond_signal (&marks->seen);
  g_mutex_unlock (&marks->lock);
  return GST_PAD_PROBE_OK;
}

/* S16LE, mono: the first loud sample after half a second of silence. */
static GstPadProbeReturn
hear (GstPad *pad, GstPadProbeInfo *info, gpointer data)
{
  GstBuffer *buffer = GST_PAD_PROBE_INFO_BUFFER (info);
  Marks *marks = data;
  GstMapInfo map;

  gst_buffer_map (buffer, &map, GST_MAP_READ);
  g_mutex_lock (&marks->lock);
  for (gsize i = 0; i + 1 < map.size; i += 2) {
    gint16 sample = (gint16) GST_READ_UINT16_LE (map.data + i);
    GstClockTime time = GST_BUFFER_PTS (buffer) + i / 2 * GST_SECOND / RATE;

    if (ABS (sample) < 3000)
      continue;
    if (time > marks->quiet_since + FLASH_INTERVAL / 2)
      marks->ticks[marks->n_ticks++ % N_FLASHES] = time;
    marks->quiet_since = time;
  }
  g_cond_signal (&marks->seen);
  g_mutex_unlock (&marks->lock);
  gst_buffer_unmap (buffer, &map);
  return GST_PAD_PROBE_OK;
}

static void
probe_element (GstElement *pipeline, const gchar *name, const gchar *pad_name,
    GstPadProbeCallback func, gpointer data)
{
  GstElement *element = gst_bin_get_by_name (GST_BIN (pipeline), name);
  GstPad *pad = gst_element_get_static_pad (element, pad_name);

  gst_pad_add_probe (pad, GST_PAD_PROBE_TYPE_BUFFER, func, data, NULL);
  gst_object_unref (pad);
  gst_object_unref (element);
}

/* How long after the picture of that number the nearest tick comes out, less how long it was
 * before it when both were made, ms. */
static gdouble
get_skew (Marks *marks, guint n)
{
  GstClockTimeDiff nearest = GST_SECOND;

  for (guint i = 0; i < MIN (marks->n_ticks, N_FLASHES); i++) {
    GstClockTimeDiff skew = GST_CLOCK_DIFF (marks->flashes[n % N_FLASHES], marks->ticks[i]);

    skew += (GstClockTimeDiff) marks->phase;
    if (ABS (skew) < ABS (nearest))
      nearest = skew;
  }
  return (gdouble) nearest / GST_MSECOND;
}

/* Until four flashes one after another are in lip sync. */
static void
await_lip_sync (Marks *marks)
{
  GstClockTime end = gst_util_get_timestamp () + CALL_PATIENCE;
  guint n = 0, n_good = 0;

  g_mutex_lock (&marks->lock);
  while (n_good < 4) {
    gdouble skew;

    if (n + N_FLASHES < marks->n_flashes)
      n = marks->n_flashes - N_FLASHES;
    if (n == marks->n_flashes || marks->n_ticks == 0
        || marks->quiet_since < marks->flashes[n % N_FLASHES] + FLASH_INTERVAL / 2) {
      g_assert_true (g_cond_wait_until (&marks->seen, &marks->lock, (gint64) (end / GST_USECOND)));
      g_assert_cmpuint (gst_util_get_timestamp (), <, end);
      continue;
    }
    skew = get_skew (marks, n++);
    n_good = ABS (skew) <= 40 ? n_good + 1 : 0;
    g_test_message ("flash %u: the sound is %.1f ms after the picture", n, skew);
  }
  g_mutex_unlock (&marks->lock);
}

/* The pictures leave the sender a fifth of a second late; what comes out is in lip sync all the
 * same, because of the sender reports. */
static void
test_lip_sync (void)
{
  Answering a;
  Caller c;
  Marks marks = { .was_bright = TRUE };
  g_mutex_init (&marks.lock);
  g_cond_init (&marks.seen);
  /* More than this machine may hold up a packet: one that is later moves the jitter buffer's clock.
   */
  answering_start (&a, "webrtcsrc name=r min-latency=500 max-latency=500", NULL);
  a.output = "capsfilter caps=video/x-raw,format=I420 name=seen ! fakesink|"
             "audioconvert ! audio/x-raw,channels=1,format=S16LE,rate=48000 ! "
             "identity name=heard ! fakesink";
  caller_start (&c, &a,
      "videotestsrc is-live=true ! video/x-raw,format=I420,width=160,height=120,framerate=15/1 ! "
      "identity name=painted ! queue min-threshold-time=200000000 ! webrtcsink name=s "
      "video-caps=video/x-vp8 audiotestsrc is-live=true wave=silence samplesperbuffer=480 ! "
      "audio/x-raw,format=S16LE,rate=48000,channels=1 ! identity name=struck ! s.audio_0",
      TRUE);
  probe_element (c.pipeline, "painted", "src", paint, &marks);
  probe_element (c.pipeline, "struck", "src", strike, NULL);
  answering_wait_name (&a, "video_0");
  answering_wait_name (&a, "audio_0");
  probe_element (a.pipeline, "seen", "src", see, &marks);
  probe_element (a.pipeline, "heard", "src", hear, &marks);
  await_lip_sync (&marks);
  answering_check (&a);
  caller_stop (&c);
  answering_stop (&a);
  g_cond_clear (&marks.seen);
  g_mutex_clear (&marks.lock);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  gst_init (&argc, &argv);
  g_test_add_func ("/webrtcsrc/lip-sync", test_lip_sync);
  return run_tests ();
}
