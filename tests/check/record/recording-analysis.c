/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "recording-analysis.h"

#include <string.h>
#include "media-reading.h"

typedef struct {
  RecordingAnalysis *result;
  GstElement *pipeline;
  MediaReading *reading;
} Reader;

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
  const gchar *type = caps ? gst_structure_get_name (gst_caps_get_structure (caps, 0)) : "";

  if (g_str_has_suffix (type, "/x-raw"))
    media_reading_attach (
        self->reading, GST_BIN (self->pipeline), pad, g_str_has_prefix (type, "video/"));
  gst_clear_caps (&caps);
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

/* -- API ----------------------------------------------------------------------------------------
 */

RecordingAnalysis *
recording_analysis_new (const gchar *path, guint loop, GstClockTime timeout)
{
  Reader self = { .result = g_new0 (RecordingAnalysis, 1), .reading = media_reading_new (loop) };
  GstElement *source = gst_element_factory_make ("filesrc", NULL);
  GstElement *decodebin = gst_element_factory_make ("decodebin", NULL);

  self.result->duration = GST_CLOCK_TIME_NONE;
  if (source && decodebin) {
    self.pipeline = gst_pipeline_new ("analysis");
    g_object_set (source, "location", path, NULL);
    g_signal_connect (decodebin, "autoplug-continue", G_CALLBACK (on_autoplug), &self);
    g_signal_connect (decodebin, "pad-added", G_CALLBACK (on_pad), &self);
    gst_bin_add_many (GST_BIN (self.pipeline), source, decodebin, NULL);
    gst_element_link (source, decodebin);
    read_to_end (&self, timeout);
    gst_object_unref (self.pipeline);
  } else {
    gst_clear_object (&source);
    gst_clear_object (&decodebin);
    self.result->error = g_strdup ("GStreamer's filesrc or decodebin is not installed");
  }
  media_reading_report (self.reading, self.result);
  media_reading_free (self.reading);
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
  if (self->n_pairs >= RECORDING_MIN_PAIRS)
    add_number (json, "skew_ms_median", self->skew_ms);
  else
    add_text (json, "skew_ms_median", NULL);
  add_number (json, "skew_ms_max", self->skew_max_ms);
  g_string_append_c (json, '}');
  return g_string_free (json, FALSE);
}
