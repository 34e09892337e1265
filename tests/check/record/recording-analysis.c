/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "recording-analysis.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <gst/video/video.h>
#include "picture-counter.h"
#include "sound-onsets.h"

#define MIN_FLASH_CONTRAST 60
#define MAX_PAIR_DISTANCE (500 * GST_MSECOND)
#define MIN_PAIRS 3

typedef struct {
  RecordingAnalysis *result;
  guint loop;
  GstElement *pipeline;
  SoundOnsets *sound;
  GArray *rest_times, *rest_levels; /* GstClockTime, guint8: brightness below the counter */
} Reader;

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
note_number (Reader *self, guint number, GstClockTime time)
{
  RecordingAnalysis *result = self->result;
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
  Reader *self = user_data;
  RecordingAnalysis *result = self->result;
  GstClockTime time = GST_BUFFER_PTS (buffer);
  GstCaps *caps = gst_pad_get_current_caps (pad);
  GstVideoInfo info;
  GstVideoFrame frame;
  guint8 level;
  gint number;

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
  gst_clear_caps (&caps);
}

/* -- Sound [its streaming thread] ---------------------------------------------------------------
 */

static void
on_sound (GstElement *sink, GstBuffer *buffer, GstPad *pad, gpointer user_data)
{
  Reader *self = user_data;
  RecordingAnalysis *result = self->result;
  GstClockTime time = GST_BUFFER_PTS (buffer);
  GstMapInfo map;
  gsize n;

  if (!gst_buffer_map (buffer, &map, GST_MAP_READ))
    return;
  n = map.size / sizeof (gfloat);
  if (GST_CLOCK_TIME_IS_VALID (time)) {
    if (!GST_CLOCK_TIME_IS_VALID (result->first_audio))
      result->first_audio = time;
    else if (time > result->last_audio)
      result->longest_audio_gap = MAX (result->longest_audio_gap, time - result->last_audio);
    result->last_audio = time + gst_util_uint64_scale (n, GST_SECOND, SOUND_RATE);
  }
  sound_onsets_push (self->sound, time, (const gfloat *) map.data, n);
  gst_buffer_unmap (buffer, &map);
}

/* -- Pipeline -----------------------------------------------------------------------------------
 */

/* "video/x-vp8" is VP8; what is not known keeps its media type. */
static gchar *
name_codec (const gchar *media_type)
{
  const gchar *name = strrchr (media_type, '/');

  return name && g_str_has_prefix (name, "/x-") ? g_ascii_strup (name + 3, -1)
                                                : g_strdup (media_type);
}

static GstPadProbeReturn
on_sample (GstPad *pad, GstPadProbeInfo *info, gpointer user_data)
{
  Reader *self = user_data;
  GstBuffer *buffer = GST_PAD_PROBE_INFO_BUFFER (info);

  if (self->result->n_samples++ == 0)
    self->result->n_key_first = !GST_BUFFER_FLAG_IS_SET (buffer, GST_BUFFER_FLAG_DELTA_UNIT);
  return GST_PAD_PROBE_OK;
}

/* The first caps are the container's, those of the demuxer's pads the codecs'. */
static gboolean
on_autoplug (GstElement *decodebin, GstPad *pad, GstCaps *caps, gpointer user_data)
{
  Reader *self = user_data;
  RecordingAnalysis *result = self->result;
  const gchar *type = gst_structure_get_name (gst_caps_get_structure (caps, 0));

  if (g_str_has_suffix (type, "/x-raw"))
    return TRUE;
  if (!result->container) {
    result->container = g_strdup (type);
  } else if (g_str_has_prefix (type, "video/") && !result->video_codec) {
    result->video_codec = name_codec (type);
    gst_pad_add_probe (pad, GST_PAD_PROBE_TYPE_BUFFER, on_sample, self, NULL);
  } else if (g_str_has_prefix (type, "audio/") && !result->audio_codec) {
    result->audio_codec = name_codec (type);
  }
  return TRUE;
}

static void
on_pad (GstElement *decodebin, GstPad *pad, gpointer user_data)
{
  Reader *self = user_data;
  GstCaps *caps = gst_pad_get_current_caps (pad);
  gboolean video =
      caps
      && g_str_has_prefix (gst_structure_get_name (gst_caps_get_structure (caps, 0)), "video/");
  GstElement *bin, *sink;
  GstPad *sinkpad;

  /* Timestamps stay as they are in the file: nothing here may fill gaps. */
  bin = gst_parse_bin_from_description (
      video
          ? "videoconvert ! video/x-raw,format=I420 ! fakesink name=s sync=false signal-handoffs=1"
          : "audioconvert ! audioresample ! audio/x-raw,format=F32LE,channels=1,rate=48000,"
            "layout=interleaved ! fakesink name=s sync=false signal-handoffs=1",
      TRUE, NULL);
  gst_clear_caps (&caps);
  sink = gst_bin_get_by_name (GST_BIN (bin), "s");
  g_signal_connect (sink, "handoff", video ? G_CALLBACK (on_frame) : G_CALLBACK (on_sound), self);
  gst_object_unref (sink);
  gst_bin_add (GST_BIN (self->pipeline), bin);
  gst_element_sync_state_with_parent (bin);
  sinkpad = gst_element_get_static_pad (bin, "sink");
  gst_pad_link (pad, sinkpad);
  gst_object_unref (sinkpad);
}

/* Runs until the end, an error or the deadline. */
static void
read_to_end (Reader *self, GstClockTime timeout)
{
  GstBus *bus = gst_element_get_bus (self->pipeline);
  GstMessage *message;
  gint64 duration;

  gst_element_set_state (self->pipeline, GST_STATE_PLAYING);
  message = gst_bus_timed_pop_filtered (bus, timeout, GST_MESSAGE_EOS | GST_MESSAGE_ERROR);
  if (!message) {
    self->result->error = g_strdup ("not read to its end in time");
  } else if (GST_MESSAGE_TYPE (message) == GST_MESSAGE_ERROR) {
    GError *error = NULL;
    gchar *debug = NULL;

    gst_message_parse_error (message, &error, &debug);
    self->result->error =
        g_strdup_printf ("%s: %s", GST_MESSAGE_SRC_NAME (message), error->message);
    g_error_free (error);
    g_free (debug);
  } else {
    self->result->eos = TRUE;
  }
  if (gst_element_query_duration (self->pipeline, GST_FORMAT_TIME, &duration) && duration >= 0)
    self->result->duration = (GstClockTime) duration;
  if (message)
    gst_message_unref (message);
  gst_element_set_state (self->pipeline, GST_STATE_NULL);
  gst_object_unref (bus);
}

/* -- Skew ---------------------------------------------------------------------------------------
 */

/* Times at which the picture turns bright. */
static GArray *
find_flashes (Reader *self)
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
pair_up (Reader *self)
{
  RecordingAnalysis *result = self->result;
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
  if (skews->len >= MIN_PAIRS)
    result->skew_ms = g_array_index (skews, gdouble, skews->len / 2);
  g_array_unref (skews);
  g_array_unref (flashes);
  g_array_unref (beeps);
}

/* -- API ----------------------------------------------------------------------------------------
 */

static RecordingAnalysis *
result_new (void)
{
  RecordingAnalysis *result = g_new0 (RecordingAnalysis, 1);

  result->duration = GST_CLOCK_TIME_NONE;
  result->first_counter = result->last_counter = -1;
  result->first_video = result->last_video = GST_CLOCK_TIME_NONE;
  result->first_audio = result->last_audio = GST_CLOCK_TIME_NONE;
  return result;
}

RecordingAnalysis *
recording_analysis_new (const gchar *path, guint loop, GstClockTime timeout)
{
  Reader self = { .result = result_new (), .loop = loop > 0 ? loop : PICTURE_COUNTER_RANGE };
  GstElement *source = gst_element_factory_make ("filesrc", NULL);
  GstElement *decodebin = gst_element_factory_make ("decodebin", NULL);

  if (!source || !decodebin) {
    gst_clear_object (&source);
    gst_clear_object (&decodebin);
    self.result->error = g_strdup ("GStreamer's filesrc or decodebin is not installed");
    return self.result;
  }
  self.sound = sound_onsets_new ();
  self.rest_times = g_array_new (FALSE, FALSE, sizeof (GstClockTime));
  self.rest_levels = g_array_new (FALSE, FALSE, sizeof (guint8));
  self.pipeline = gst_pipeline_new ("analysis");
  g_object_set (source, "location", path, NULL);
  g_signal_connect (decodebin, "autoplug-continue", G_CALLBACK (on_autoplug), &self);
  g_signal_connect (decodebin, "pad-added", G_CALLBACK (on_pad), &self);
  gst_bin_add_many (GST_BIN (self.pipeline), source, decodebin, NULL);
  gst_element_link (source, decodebin);

  read_to_end (&self, timeout);
  self.result->pitch_hz = sound_onsets_get_pitch (self.sound);
  self.result->loud_share = sound_onsets_get_loud_share (self.sound);
  pair_up (&self);

  gst_object_unref (self.pipeline);
  sound_onsets_free (self.sound);
  g_array_unref (self.rest_times);
  g_array_unref (self.rest_levels);
  return self.result;
}

void
recording_analysis_free (RecordingAnalysis *self)
{
  g_free (self->error);
  g_free (self->container);
  g_free (self->video_codec);
  g_free (self->audio_codec);
  g_free (self);
}

/* -- JSON ---------------------------------------------------------------------------------------
 */

static void
add_text (GString *json, const gchar *name, const gchar *text)
{
  g_string_append_printf (json, ", \"%s\": ", name);
  if (!text) {
    g_string_append (json, "null");
    return;
  }
  g_string_append_c (json, '"');
  for (const gchar *p = text; *p; p++)
    if ((guchar) *p < 0x20 || *p == '"' || *p == '\\')
      g_string_append_printf (json, "\\u%04x", (guint) (guchar) *p);
    else
      g_string_append_c (json, *p);
  g_string_append_c (json, '"');
}

static void
add_number (GString *json, const gchar *name, gdouble number)
{
  gchar text[G_ASCII_DTOSTR_BUF_SIZE];

  g_string_append_printf (
      json, ", \"%s\": %s", name, g_ascii_formatd (text, sizeof (text), "%.3f", number));
}

static void
add_seconds (GString *json, const gchar *name, GstClockTime time)
{
  if (GST_CLOCK_TIME_IS_VALID (time))
    add_number (json, name, (gdouble) time / GST_SECOND);
  else
    add_text (json, name, NULL);
}

static void
add_integer (GString *json, const gchar *name, gint64 number)
{
  g_string_append_printf (json, ", \"%s\": %" G_GINT64_FORMAT, name, number);
}

static void
add_picture (GString *json, const RecordingAnalysis *self)
{
  const struct {
    const gchar *name;
    gint64 value;
  } integers[] = { { "width", self->width }, { "height", self->height },
    { "resolutions", self->n_resolutions }, { "last_width", self->last_width },
    { "last_height", self->last_height }, { "samples", self->n_samples },
    { "key_first", self->n_key_first }, { "frames", self->n_frames },
    { "unreadable", self->n_unreadable }, { "first_counter", self->first_counter },
    { "last_counter", self->last_counter }, { "missing", self->n_missing },
    { "repeated", self->n_repeated }, { "non_monotonic", self->n_backward },
    { "video_backward", self->n_video_backward } };

  for (guint i = 0; i < G_N_ELEMENTS (integers); i++)
    add_integer (json, integers[i].name, integers[i].value);
  add_seconds (json, "first_video", self->first_video);
  add_seconds (json, "last_video", self->last_video);
  add_seconds (json, "video_gap", self->longest_video_gap);
  g_string_append (json, ", \"gaps\": [");
  for (guint i = 0; i < MIN (self->n_gaps, RECORDING_MAX_GAPS); i++)
    g_string_append_printf (json, "%s[%u, %u, %u]", i > 0 ? ", " : "", self->gaps[i].frame,
        self->gaps[i].before, self->gaps[i].after);
  g_string_append (json, "]");
}

gchar *
recording_analysis_to_json (const RecordingAnalysis *self)
{
  GString *json = g_string_new (NULL);

  g_string_append_printf (json, "{\"eos\": %s", self->eos ? "true" : "false");
  add_text (json, "error", self->error);
  add_seconds (json, "duration", self->duration);
  add_text (json, "container", self->container);
  add_text (json, "video_codec", self->video_codec);
  add_text (json, "audio_codec", self->audio_codec);
  add_picture (json, self);
  add_seconds (json, "first_audio", self->first_audio);
  add_seconds (json, "last_audio", self->last_audio);
  add_seconds (json, "audio_gap", self->longest_audio_gap);
  add_number (json, "pitch_hz", self->pitch_hz);
  add_number (json, "loud_share", self->loud_share);
  add_integer (json, "flashes", self->n_flashes);
  add_integer (json, "beeps", self->n_beeps);
  add_integer (json, "pairs", self->n_pairs);
  if (self->n_pairs >= MIN_PAIRS)
    add_number (json, "skew_ms_median", self->skew_ms);
  else
    add_text (json, "skew_ms_median", NULL);
  add_number (json, "skew_ms_max", self->skew_max_ms);
  g_string_append_c (json, '}');
  return g_string_free (json, FALSE);
}
