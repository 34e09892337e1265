/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* test-analysis.c - the analyser finds what is wrong in files that were made wrong on purpose. */
#include <math.h>
#include <string.h>
#include <glib/gstdio.h>
#include "picture-counter.h"
#include "recording-analysis.h"

#define FPS 30
#define FRAMES 120
#define TIMEOUT (30 * GST_SECOND)

/* What the file is to hold. */
typedef struct {
  guint width, height;
  const gchar *encode_video; /* NULL: no picture */
  const gchar *muxer;
  gboolean sound;
  guint skip_at, skip; /* at that frame the number jumps by so many */
  guint back_at;       /* that frame has a number 10 lower */
  guint torn_at;       /* that frame's rows disagree */
  guint loop;          /* numbers modulo that; 0: as they are */
  gint beep_ms;        /* of the beep against the flash */
  gdouble pitch;
} Recipe;

typedef struct {
  const Recipe *recipe;
  guint frame;
} Stamper;

static GstPadProbeReturn
stamp (GstPad *pad, GstPadProbeInfo *info, gpointer user_data)
{
  Stamper *self = user_data;
  const Recipe *recipe = self->recipe;
  GstBuffer *buffer = gst_buffer_make_writable (GST_PAD_PROBE_INFO_BUFFER (info));
  guint frame = self->frame++, number = frame;
  gsize stride = GST_ROUND_UP_4 (recipe->width);
  GstMapInfo map;

  GST_PAD_PROBE_INFO_DATA (info) = buffer;
  if (recipe->skip > 0 && frame >= recipe->skip_at)
    number += recipe->skip;
  if (recipe->back_at > 0 && frame == recipe->back_at)
    number -= 10;
  if (recipe->loop > 0)
    number %= recipe->loop;
  g_assert_true (gst_buffer_map (buffer, &map, GST_MAP_WRITE));
  memset (map.data, frame % FPS < 3 ? 235 : 16, stride * recipe->height); /* a flash a second */
  picture_counter_write (map.data, stride, recipe->width, number);
  if (recipe->torn_at > 0 && frame == recipe->torn_at)
    memset (map.data, 128, stride * recipe->height / 4);
  gst_buffer_unmap (buffer, &map);
  return GST_PAD_PROBE_OK;
}

/* 100 ms of the tone once a second, late by beep_ms. */
static GstPadProbeReturn
gate (GstPad *pad, GstPadProbeInfo *info, gpointer user_data)
{
  const Recipe *recipe = user_data;
  GstBuffer *buffer = gst_buffer_make_writable (GST_PAD_PROBE_INFO_BUFFER (info));
  gint64 first = (gint64) gst_util_uint64_scale_round (GST_BUFFER_PTS (buffer), 48000, GST_SECOND);
  GstMapInfo map;

  GST_PAD_PROBE_INFO_DATA (info) = buffer;
  g_assert_true (gst_buffer_map (buffer, &map, GST_MAP_WRITE));
  for (gsize i = 0; i < map.size / sizeof (gfloat); i++) {
    gint64 at = (first + (gint64) i - recipe->beep_ms * 48 + 48000) % 48000;

    if (at >= 4800)
      ((gfloat *) map.data)[i] = 0.0f;
  }
  gst_buffer_unmap (buffer, &map);
  return GST_PAD_PROBE_OK;
}

static void
add_probe (GstElement *pipeline, const gchar *name, GstPadProbeCallback probe, gpointer user_data)
{
  GstElement *element = gst_bin_get_by_name (GST_BIN (pipeline), name);
  GstPad *pad;

  if (!element)
    return;
  pad = gst_element_get_static_pad (element, "src");
  gst_pad_add_probe (pad, GST_PAD_PROBE_TYPE_BUFFER, probe, user_data, NULL);
  gst_object_unref (pad);
  gst_object_unref (element);
}

/* Makes the file; returns its path, or NULL when this GStreamer cannot. (transfer full) */
static gchar *
make_file (const Recipe *recipe)
{
  gchar *folder = g_dir_make_tmp ("rtc-analysis-XXXXXX", NULL);
  gchar *path = g_build_filename (folder, "made", NULL);
  GString *text = g_string_new (NULL);
  Stamper stamper = { .recipe = recipe };
  GstElement *pipeline;
  GstMessage *message;
  GstBus *bus;

  g_free (folder);
  g_string_printf (text, "%s name=mux ! filesink location=%s ", recipe->muxer, path);
  if (recipe->encode_video)
    g_string_append_printf (text,
        "videotestsrc pattern=black num-buffers=%d ! video/x-raw,format=I420,width=%u,height=%u,"
        "framerate=%d/1 ! identity name=stamp ! %s ! queue max-size-time=0 ! mux. ",
        FRAMES, recipe->width, recipe->height, FPS, recipe->encode_video);
  if (recipe->sound)
    g_string_append_printf (text,
        "audiotestsrc samplesperbuffer=960 num-buffers=%d freq=%f ! "
        "audio/x-raw,format=F32LE,channels=1,rate=48000 ! identity name=gate ! audioconvert ! "
        "opusenc ! queue max-size-time=0 ! mux. ",
        FRAMES * 50 / FPS, recipe->pitch);
  pipeline = gst_parse_launch (text->str, NULL);
  g_string_free (text, TRUE);
  if (!pipeline) {
    g_free (path);
    return NULL;
  }
  add_probe (pipeline, "stamp", stamp, &stamper);
  add_probe (pipeline, "gate", gate, (gpointer) recipe);
  bus = gst_element_get_bus (pipeline);
  gst_element_set_state (pipeline, GST_STATE_PLAYING);
  message = gst_bus_timed_pop_filtered (bus, TIMEOUT, GST_MESSAGE_EOS | GST_MESSAGE_ERROR);
  g_assert_nonnull (message);
  g_assert_cmpint (GST_MESSAGE_TYPE (message), ==, GST_MESSAGE_EOS);
  gst_message_unref (message);
  gst_element_set_state (pipeline, GST_STATE_NULL);
  gst_object_unref (bus);
  gst_object_unref (pipeline);
  return path;
}

static void
remove_file (gchar *path)
{
  gchar *folder = g_path_get_dirname (path);

  g_remove (path);
  g_rmdir (folder);
  g_free (folder);
  g_free (path);
}

/* NULL (and the test is skipped) when the file cannot be made here. */
static RecordingAnalysis *
analyse (const Recipe *recipe)
{
  gchar *path = make_file (recipe);
  RecordingAnalysis *analysis;
  gchar *json;

  if (!path) {
    g_test_skip ("this GStreamer lacks an encoder or a muxer");
    return NULL;
  }
  analysis = recording_analysis_new (path, recipe->loop, TIMEOUT);
  json = recording_analysis_to_json (analysis);
  g_test_message ("%s", json);
  g_free (json);
  remove_file (path);
  return analysis;
}

#define VP8 "vp8enc deadline=1 cpu-used=8 target-bitrate=800000 keyframe-max-dist=30"

static void
test_complete (void)
{
  const Recipe recipe = { .width = 320,
    .height = 240,
    .encode_video = VP8,
    .muxer = "webmmux",
    .sound = TRUE,
    .pitch = 1000.0 };
  RecordingAnalysis *result = analyse (&recipe);

  if (!result)
    return;
  g_assert_null (result->error);
  g_assert_true (result->eos);
  g_assert_cmpstr (result->container, ==, "video/webm");
  g_assert_cmpstr (result->video_codec, ==, "VP8");
  g_assert_cmpstr (result->audio_codec, ==, "OPUS");
  g_assert_cmpuint (result->n_frames, ==, FRAMES);
  g_assert_cmpuint (result->n_samples, ==, FRAMES);
  g_assert_cmpuint (result->n_key_first, ==, 1);
  g_assert_cmpuint (result->width, ==, 320);
  g_assert_cmpuint (result->n_resolutions, ==, 1);
  g_assert_cmpint (result->first_counter, ==, 0);
  g_assert_cmpint (result->last_counter, ==, FRAMES - 1);
  g_assert_cmpuint (result->n_missing + result->n_repeated + result->n_backward, ==, 0);
  g_assert_cmpuint (result->n_unreadable + result->n_video_backward, ==, 0);
  g_assert_cmpuint (result->n_pairs, >=, 3);
  g_assert_cmpfloat (fabs (result->skew_ms), <, 10.0);
  g_assert_cmpfloat (fabs (result->pitch_hz - 1000.0), <, 5.0);
  g_assert_cmpuint (result->duration / GST_MSECOND, >=, 3900);
  g_assert_cmpuint (result->duration / GST_MSECOND, <=, 4100);
  recording_analysis_free (result);
}

static void
test_faults (void)
{
  const Recipe recipe = { .width = 320,
    .height = 240,
    .encode_video = VP8,
    .muxer = "webmmux",
    .skip_at = 40,
    .skip = 3,
    .back_at = 70,
    .torn_at = 90 };
  RecordingAnalysis *result = analyse (&recipe);

  if (!result)
    return;
  g_assert_true (result->eos);
  g_assert_null (result->audio_codec);
  g_assert_cmpuint (result->n_frames, ==, FRAMES);
  /* 3 at the jump, 10 on the way back up, 1 over the torn one */
  g_assert_cmpuint (result->n_missing, ==, 14);
  g_assert_cmpuint (result->n_backward, ==, 1);
  g_assert_cmpuint (result->n_unreadable, ==, 1);
  g_assert_cmpint (result->last_counter, ==, FRAMES - 1 + 3);
  g_assert_cmpuint (result->n_gaps, ==, 4);
  g_assert_cmpuint (result->gaps[0].frame, ==, 40);
  g_assert_cmpuint (result->gaps[0].before, ==, 39);
  g_assert_cmpuint (result->gaps[0].after, ==, 43);
  recording_analysis_free (result);
}

static void
test_loop (void)
{
  const Recipe recipe = { .width = 640,
    .height = 360,
    .encode_video = VP8,
    .muxer = "matroskamux",
    .loop = 50,
    .sound = TRUE,
    .pitch = 440.0,
    .beep_ms = 60 };
  RecordingAnalysis *result = analyse (&recipe);

  if (!result)
    return;
  g_assert_true (result->eos);
  g_assert_cmpuint (result->n_missing + result->n_repeated + result->n_backward, ==, 0);
  g_assert_cmpint (result->last_counter, ==, (FRAMES - 1) % 50);
  g_assert_cmpuint (result->n_pairs, >=, 3);
  g_assert_cmpfloat (fabs (result->skew_ms - 60.0), <, 10.0);
  g_assert_cmpfloat (fabs (result->pitch_hz - 440.0), <, 3.0);
  recording_analysis_free (result);
}

static void
test_mp4 (void)
{
  const Recipe recipe = { .width = 320,
    .height = 180,
    .muxer = "mp4mux fragment-duration=500",
    .encode_video = "x264enc speed-preset=ultrafast tune=zerolatency key-int-max=30 ! h264parse",
    .skip_at = 10,
    .skip = 1 };
  RecordingAnalysis *result = analyse (&recipe);

  if (!result)
    return;
  g_assert_true (result->eos);
  g_assert_cmpstr (result->video_codec, ==, "H264");
  g_assert_cmpuint (result->n_frames, ==, FRAMES);
  g_assert_cmpuint (result->n_missing, ==, 1);
  recording_analysis_free (result);
}

/* Steady tone, no picture: one onset, all of it loud. */
static void
test_sound_only (void)
{
  const Recipe recipe = { .muxer = "webmmux", .sound = TRUE, .pitch = 440.0, .beep_ms = 500 };
  RecordingAnalysis *result = analyse (&recipe);

  if (!result)
    return;
  g_assert_true (result->eos);
  g_assert_null (result->video_codec);
  g_assert_cmpuint (result->n_frames, ==, 0);
  g_assert_cmpuint (result->n_beeps, ==, FRAMES / FPS);
  g_assert_cmpuint (result->n_pairs, ==, 0);
  g_assert_cmpfloat (result->loud_share, >, 0.05);
  g_assert_cmpfloat (result->loud_share, <, 0.2);
  recording_analysis_free (result);
}

/* No file, an empty one, and one that is none: an error, no hang. */
static void
test_no_recording (void)
{
  gchar *folder = g_dir_make_tmp ("rtc-analysis-XXXXXX", NULL);
  gchar *path = g_build_filename (folder, "made", NULL);
  const gchar *const contents[] = { NULL, "", "this is no recording, whatever its name says" };

  g_free (folder);
  for (guint i = 0; i < G_N_ELEMENTS (contents); i++) {
    RecordingAnalysis *result;

    if (contents[i])
      g_assert_true (g_file_set_contents (path, contents[i], -1, NULL));
    result = recording_analysis_new (path, 0, TIMEOUT);
    g_assert_nonnull (result->error);
    g_assert_cmpuint (result->n_frames, ==, 0);
    recording_analysis_free (result);
  }
  remove_file (path);
}

/* Without any codec: every number survives the way into a plane and back, at odd widths, too. */
static void
test_counter (void)
{
  const guint widths[] = { 32, 160, 320, 426, 640, 1280 };
  guint8 *plane = g_malloc (1280 * 720);

  for (guint w = 0; w < G_N_ELEMENTS (widths); w++)
    for (guint number = 0; number < PICTURE_COUNTER_RANGE; number += 251) {
      memset (plane, 16, 1280 * 720);
      picture_counter_write (plane, 1280, widths[w], number);
      g_assert_cmpint (picture_counter_read (plane, 1280, widths[w], 720), ==, number);
    }
  g_assert_cmpint (picture_counter_read (plane, 1280, 1280, 100), ==, -1); /* cut off */
  memset (plane, 128, 1280 * 720);
  g_assert_cmpint (picture_counter_read (plane, 1280, 1280, 720), ==, -1);
  g_assert_cmpuint (picture_counter_read_rest (plane, 1280, 1280, 720), ==, 128);
  g_free (plane);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  gst_init (&argc, &argv);
  g_test_add_func ("/analysis/counter", test_counter);
  g_test_add_func ("/analysis/complete", test_complete);
  g_test_add_func ("/analysis/faults", test_faults);
  g_test_add_func ("/analysis/loop", test_loop);
  g_test_add_func ("/analysis/mp4", test_mp4);
  g_test_add_func ("/analysis/sound-only", test_sound_only);
  g_test_add_func ("/analysis/no-recording", test_no_recording);
  return g_test_run ();
}
