/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "media-reading.h"

#include <math.h>
#include <gst/video/video.h>
#include "picture-counter.h"
#include "sound-onsets.h"

#define MIN_FLASH_CONTRAST 60
#define MAX_PAIR_DISTANCE (500 * GST_MSECOND)

struct _MediaReading {
  guint loop;
  GMutex lock;              /* guards the rest */
  RecordingAnalysis report; /* only its part about picture and sound */
  SoundOnsets *sound;
  GArray *rest_times, *rest_levels; /* GstClockTime, guint8: brightness below the counter */
};

/* -- Picture [its streaming thread] -------------------------------------------------------------
 */

static void
note_gap (RecordingAnalysis *result, guint before, guint after, GstClockTime time)
{
  if (result->n_gaps < RECORDING_MAX_GAPS)
    result->gaps[result->n_gaps] =
        (RecordingGap){ .frame = result->n_frames, .before = before, .after = after, .time = time };
  result->n_gaps++;
}

/* How far number is ahead of the one before decides what happened between them. */
static void
note_number (MediaReading *self, guint number, GstClockTime time)
{
  RecordingAnalysis *result = &self->report;
  guint step;

  if (result->last_counter < 0) {
    result->first_counter = (gint) number;
  } else {
    step = (number + self->loop - (guint) result->last_counter % self->loop) % self->loop;
    if (step == 0) {
      result->n_repeated++;
    } else if (step > self->loop / 2) {
      result->n_backward++;
      note_gap (result, (guint) result->last_counter, number, time);
    } else if (step > 1) {
      result->n_missing += step - 1;
      note_gap (result, (guint) result->last_counter, number, time);
    }
  }
  result->last_counter = (gint) number;
}

static void
note_time (RecordingAnalysis *result, GstClockTime time)
{
  if (!GST_CLOCK_TIME_IS_VALID (time))
    return;
  if (!GST_CLOCK_TIME_IS_VALID (result->first_video))
    result->first_video = time;
  else if (time < result->last_video)
    result->n_video_backward++;
  else
    result->longest_video_gap = MAX (result->longest_video_gap, time - result->last_video);
  result->last_video = time;
}

static void
note_resolution (RecordingAnalysis *result, guint width, guint height)
{
  if (result->n_resolutions == 0) {
    result->width = width;
    result->height = height;
  }
  if (width != result->last_width || height != result->last_height)
    result->n_resolutions++;
  result->last_width = width;
  result->last_height = height;
}

static void
on_frame (GstElement *sink, GstBuffer *buffer, GstPad *pad, gpointer user_data)
{
  MediaReading *self = user_data;
  RecordingAnalysis *result = &self->report;
  GstClockTime time = GST_BUFFER_PTS (buffer);
  GstCaps *caps = gst_pad_get_current_caps (pad);
  GstVideoInfo info;
  GstVideoFrame frame;
  guint8 level;
  gint number;

  g_mutex_lock (&self->lock);
  if (caps && gst_video_info_from_caps (&info, caps)
      && gst_video_frame_map (&frame, &info, buffer, GST_MAP_READ)) {
    const guint8 *luma = GST_VIDEO_FRAME_PLANE_DATA (&frame, 0);
    gsize stride = (gsize) GST_VIDEO_FRAME_PLANE_STRIDE (&frame, 0);
    guint width = (guint) GST_VIDEO_INFO_WIDTH (&info),
          height = (guint) GST_VIDEO_INFO_HEIGHT (&info);

    note_resolution (result, width, height);
    note_time (result, time);
    number = picture_counter_read (luma, stride, width, height);
    if (number >= 0)
      note_number (self, (guint) number, time);
    else
      result->n_unreadable++;
    level = (guint8) picture_counter_read_rest (luma, stride, width, height);
    g_array_append_val (self->rest_times, time);
    g_array_append_val (self->rest_levels, level);
    result->n_frames++;
    gst_video_frame_unmap (&frame);
  }
  g_mutex_unlock (&self->lock);
  gst_clear_caps (&caps);
}

/* -- Sound [its streaming thread] ---------------------------------------------------------------
 */

static void
on_sound (GstElement *sink, GstBuffer *buffer, GstPad *pad, gpointer user_data)
{
  MediaReading *self = user_data;
  RecordingAnalysis *result = &self->report;
  GstClockTime time = GST_BUFFER_PTS (buffer);
  GstMapInfo map;
  gsize n;

  if (!gst_buffer_map (buffer, &map, GST_MAP_READ))
    return;
  n = map.size / sizeof (gfloat);
  g_mutex_lock (&self->lock);
  if (GST_CLOCK_TIME_IS_VALID (time)) {
    if (!GST_CLOCK_TIME_IS_VALID (result->first_audio))
      result->first_audio = time;
    else if (time > result->last_audio)
      result->longest_audio_gap = MAX (result->longest_audio_gap, time - result->last_audio);
    result->last_audio = time + gst_util_uint64_scale (n, GST_SECOND, SOUND_RATE);
  }
  sound_onsets_push (self->sound, time, (const gfloat *) map.data, n);
  g_mutex_unlock (&self->lock);
  gst_buffer_unmap (buffer, &map);
}

/* -- Skew ---------------------------------------------------------------------------------------
 */

/* Times at which the picture turns bright. */
static GArray *
find_flashes (MediaReading *self)
{
  GArray *flashes = g_array_new (FALSE, FALSE, sizeof (GstClockTime));
  guint8 low = 255, high = 0, middle;

  for (guint i = 0; i < self->rest_levels->len; i++) {
    low = MIN (low, g_array_index (self->rest_levels, guint8, i));
    high = MAX (high, g_array_index (self->rest_levels, guint8, i));
  }
  middle = (guint8) ((low + high) / 2);
  for (guint i = 1; high >= low + MIN_FLASH_CONTRAST && i < self->rest_levels->len; i++)
    if (g_array_index (self->rest_levels, guint8, i - 1) <= middle
        && g_array_index (self->rest_levels, guint8, i) > middle)
      g_array_append_val (flashes, g_array_index (self->rest_times, GstClockTime, i));
  return flashes;
}

static gint
compare_doubles (gconstpointer a, gconstpointer b)
{
  gdouble x = *(const gdouble *) a, y = *(const gdouble *) b;

  return x < y ? -1 : x > y;
}

static void
pair_up (MediaReading *self, RecordingAnalysis *result)
{
  GArray *flashes = find_flashes (self), *beeps = sound_onsets_find (self->sound);
  GArray *skews = g_array_new (FALSE, FALSE, sizeof (gdouble));

  result->n_flashes = flashes->len;
  result->n_beeps = beeps->len;
  for (guint i = 0; i < flashes->len; i++) {
    GstClockTime flash = g_array_index (flashes, GstClockTime, i);
    GstClockTimeDiff best = G_MAXINT64;
    gdouble ms;

    for (guint j = 0; j < beeps->len; j++) {
      GstClockTimeDiff skew = GST_CLOCK_DIFF (flash, g_array_index (beeps, GstClockTime, j));

      if (best == G_MAXINT64 || ABS (skew) < ABS (best))
        best = skew;
    }
    if (best == G_MAXINT64 || ABS (best) > (GstClockTimeDiff) MAX_PAIR_DISTANCE)
      continue;
    ms = (gdouble) best / GST_MSECOND;
    result->skew_max_ms = MAX (result->skew_max_ms, fabs (ms));
    g_array_append_val (skews, ms);
  }
  result->n_pairs = skews->len;
  g_array_sort (skews, compare_doubles);
  if (skews->len >= RECORDING_MIN_PAIRS)
    result->skew_ms = g_array_index (skews, gdouble, skews->len / 2);
  g_array_unref (skews);
  g_array_unref (flashes);
  g_array_unref (beeps);
}

/* -- API ----------------------------------------------------------------------------------------
 */

MediaReading *
media_reading_new (guint loop)
{
  MediaReading *self = g_new0 (MediaReading, 1);

  self->loop = loop > 0 ? loop : PICTURE_COUNTER_RANGE;
  self->report.first_counter = self->report.last_counter = -1;
  self->report.first_video = self->report.last_video = GST_CLOCK_TIME_NONE;
  self->report.first_audio = self->report.last_audio = GST_CLOCK_TIME_NONE;
  self->sound = sound_onsets_new ();
  self->rest_times = g_array_new (FALSE, FALSE, sizeof (GstClockTime));
  self->rest_levels = g_array_new (FALSE, FALSE, sizeof (guint8));
  g_mutex_init (&self->lock);
  return self;
}

void
media_reading_free (MediaReading *self)
{
  sound_onsets_free (self->sound);
  g_array_unref (self->rest_times);
  g_array_unref (self->rest_levels);
  g_mutex_clear (&self->lock);
  g_free (self);
}

GstElement *
media_reading_attach (MediaReading *self, GstBin *bin, GstPad *pad, gboolean is_video)
{
  GstElement *branch, *sink;
  GstPad *sinkpad;

  /* Timestamps stay as they are: nothing here may fill gaps. */
  branch = gst_parse_bin_from_description (
      is_video
          ? "videoconvert ! video/x-raw,format=I420 ! fakesink name=s sync=false signal-handoffs=1"
          : "audioconvert ! audioresample ! audio/x-raw,format=F32LE,channels=1,rate=48000,"
            "layout=interleaved ! fakesink name=s sync=false signal-handoffs=1",
      TRUE, NULL);
  sink = gst_bin_get_by_name (GST_BIN (branch), "s");
  g_signal_connect (
      sink, "handoff", is_video ? G_CALLBACK (on_frame) : G_CALLBACK (on_sound), self);
  gst_object_unref (sink);
  gst_bin_add (bin, branch);
  gst_element_sync_state_with_parent (branch);
  sinkpad = gst_element_get_static_pad (branch, "sink");
  gst_pad_link (pad, sinkpad);
  gst_object_unref (sinkpad);
  return branch;
}

void
media_reading_report (MediaReading *self, RecordingAnalysis *report)
{
  RecordingAnalysis other = *report;

  g_mutex_lock (&self->lock);
  *report = self->report;
  report->pitch_hz = sound_onsets_get_pitch (self->sound);
  report->loud_share = sound_onsets_get_loud_share (self->sound);
  pair_up (self, report);
  g_mutex_unlock (&self->lock);

  report->error = other.error;
  report->eos = other.eos;
  report->duration = other.duration;
  report->container = other.container;
  report->video_codec = other.video_codec;
  report->audio_codec = other.audio_codec;
  report->n_samples = other.n_samples;
  report->n_key_first = other.n_key_first;
}
