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
#define N_FLASHES 8

/* Running times of flashes and ticks as they come out; NONE: not yet. */
typedef struct {
  GMutex lock;
  GstClockTime flashes[N_FLASHES], ticks[N_FLASHES];
  guint n_flashes, n_ticks;
  gboolean was_bright;
  GstClockTime quiet_since;
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

  info->data = buffer;
  gst_buffer_memset (
      buffer, 0, GST_BUFFER_PTS (buffer) % FLASH_INTERVAL < FLASH_LEN ? 235 : 16, size * 2 / 3);
  gst_buffer_memset (buffer, size * 2 / 3, 128, size - size * 2 / 3);
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
  g_mutex_unlock (&marks->lock);
  return GST_PAD_PROBE_OK;
}

/* S16LE, mono, 48000/s: the first loud sample after half a second of silence. */
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
    GstClockTime time = GST_BUFFER_PTS (buffer) + i / 2 * GST_SECOND / 48000;

    if (ABS (sample) < 3000)
      continue;
    if (time > marks->quiet_since + FLASH_INTERVAL / 2)
      marks->ticks[marks->n_ticks++ % N_FLASHES] = time;
    marks->quiet_since = time;
  }
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

/* How far the last flash is from the nearest tick, ms. */
static gdouble
get_skew (Marks *marks)
{
  GstClockTimeDiff nearest = GST_SECOND;
  GstClockTime flash = marks->flashes[(marks->n_flashes - 1) % N_FLASHES];

  for (guint i = 0; i < MIN (marks->n_ticks, N_FLASHES); i++) {
    GstClockTimeDiff skew = GST_CLOCK_DIFF (flash, marks->ticks[i]);

    if (ABS (skew) < ABS (nearest))
      nearest = skew;
  }
  return (gdouble) nearest / GST_MSECOND;
}

/* The pictures leave the sender a fifth of a second late; what comes out is in lip sync all the
 * same, because of the sender reports. */
static void
test_lip_sync (void)
{
  Answering a;
  Caller c;
  Marks marks = { .was_bright = TRUE };
  gdouble skew;
  guint n_seen = 0, n_good = 0; /* flashes in lip sync one after another */
  GstClockTime end = gst_util_get_timestamp () + CALL_PATIENCE;

  g_mutex_init (&marks.lock);
  /* More than this machine may hold up a packet: one that is later moves the jitter buffer's clock.
   */
  answering_start (&a, "webrtcsrc name=r min-latency=500 max-latency=500", NULL);
  a.output = "capsfilter caps=video/x-raw,format=I420 name=seen ! fakesink|"
             "audioconvert ! audio/x-raw,channels=1,format=S16LE,rate=48000 ! "
             "identity name=heard ! fakesink";
  caller_start (&c, &a,
      "videotestsrc is-live=true ! video/x-raw,format=I420,width=160,height=120,framerate=15/1 ! "
      "identity name=painted ! queue min-threshold-time=200000000 ! webrtcsink name=s "
      "video-caps=video/x-vp8 audiotestsrc is-live=true wave=ticks samplesperbuffer=480 ! "
      "audio/x-raw,rate=48000,channels=1 ! s.audio_0",
      TRUE);
  probe_element (c.pipeline, "painted", "src", paint, NULL);
  answering_wait_name (&a, "video_0");
  answering_wait_name (&a, "audio_0");
  probe_element (a.pipeline, "seen", "src", see, &marks);
  probe_element (a.pipeline, "heard", "src", hear, &marks);
  while (n_good < 4) {
    g_mutex_lock (&marks.lock);
    if (marks.n_flashes > n_seen && marks.n_ticks > 0
        && marks.quiet_since > marks.flashes[(marks.n_flashes - 1) % N_FLASHES] + GST_SECOND / 2) {
      n_seen = marks.n_flashes;
      skew = get_skew (&marks);
      n_good = ABS (skew) <= 40 ? n_good + 1 : 0;
      g_test_message ("flash %u: the sound is %.1f ms after the picture", n_seen, skew);
    }
    g_mutex_unlock (&marks.lock);
    g_assert_cmpuint (gst_util_get_timestamp (), <, end);
    g_thread_yield ();
  }
  answering_check (&a);
  caller_stop (&c);
  answering_stop (&a);
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
