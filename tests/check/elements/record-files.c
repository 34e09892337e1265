/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* record-files.c - what encoders make, through the recorder's writers, is played by GStreamer and
 * by FFmpeg, also when the file has been cut anywhere. */
#include "gst/record/rtc-mux.h"
#include "gst/record/rtc-record-silence.h"

#include <string.h>
#include <gst/app/gstappsink.h>
#include <glib/gstdio.h>

#define N_VIDEO 60
#define N_AUDIO 100
#define VIDEO_FRAME (GST_SECOND / 30)
#define AUDIO_FRAME (20 * GST_MSECOND)
#define PATIENCE (120 * GST_SECOND)

typedef struct {
  const gchar *name;
  RtcCodecId codec;
  RtcMuxContainer container;
  const gchar *encoder, *plugin; /* the encoder's element, to skip without it */
  const gchar *ffmpeg_name;
} Format;

#define H264_ENCODER                                                                               \
  "x264enc tune=zerolatency speed-preset=ultrafast key-int-max=30 ! h264parse ! "                  \
  "video/x-h264,stream-format=avc,alignment=au"

static const Format formats[] = {
  { "vp8", RTC_CODEC_VP8, RTC_MUX_WEBM, "vp8enc deadline=1 cpu-used=8 keyframe-max-dist=30",
      "vp8enc", "vp8" },
  { "vp9", RTC_CODEC_VP9, RTC_MUX_WEBM, "vp9enc deadline=1 cpu-used=8 keyframe-max-dist=30",
      "vp9enc", "vp9" },
  { "h264", RTC_CODEC_H264, RTC_MUX_FMP4, H264_ENCODER, "x264enc", "h264" },
  { "h264-in-matroska", RTC_CODEC_H264, RTC_MUX_WEBM, H264_ENCODER, "x264enc", "h264" },
  { "h265", RTC_CODEC_H265, RTC_MUX_FMP4,
      "x265enc tune=zerolatency speed-preset=ultrafast key-int-max=30 ! h265parse ! "
      "video/x-h265,stream-format=hvc1,alignment=au",
      "x265enc", "hevc" },
  { "av1", RTC_CODEC_AV1, RTC_MUX_WEBM,
      "av1enc cpu-used=8 usage-profile=realtime keyframe-max-dist=30 ! av1parse ! "
      "video/x-av1,stream-format=obu-stream,alignment=tu",
      "av1enc", "av1" },
  { "av1-in-mp4", RTC_CODEC_AV1, RTC_MUX_FMP4,
      "av1enc cpu-used=8 usage-profile=realtime keyframe-max-dist=30 ! av1parse ! "
      "video/x-av1,stream-format=obu-stream,alignment=tu",
      "av1enc", "av1" },
};

/* -- Encoding ---------------------------------------------------------------------------------- */

typedef struct {
  GPtrArray *samples; /* GstSample */
} Encoded;

static Encoded
encode (const gchar *description)
{
  Encoded out = { g_ptr_array_new_with_free_func ((GDestroyNotify) gst_sample_unref) };
  GError *error = NULL;
  gchar *line = g_strdup_printf ("%s ! appsink name=out sync=false", description);
  GstElement *pipeline = gst_parse_launch (line, &error), *sink;
  GstSample *sample;

  g_assert_no_error (error);
  sink = gst_bin_get_by_name (GST_BIN (pipeline), "out");
  gst_element_set_state (pipeline, GST_STATE_PLAYING);
  while ((sample = gst_app_sink_try_pull_sample (GST_APP_SINK (sink), PATIENCE)) != NULL)
    g_ptr_array_add (out.samples, sample);
  g_assert_true (gst_app_sink_is_eos (GST_APP_SINK (sink)));
  gst_element_set_state (pipeline, GST_STATE_NULL);
  gst_object_unref (sink);
  gst_object_unref (pipeline);
  g_free (line);
  return out;
}

static Encoded
encode_video (const Format *format)
{
  gchar *line = g_strdup_printf ("videotestsrc num-buffers=%d pattern=ball ! "
                                 "video/x-raw,width=320,height=240,framerate=30/1,format=I420 ! %s",
      N_VIDEO, format->encoder);
  Encoded out = encode (line);

  g_assert_cmpuint (out.samples->len, ==, N_VIDEO);
  g_free (line);
  return out;
}

static Encoded
encode_audio (void)
{
  gchar *line = g_strdup_printf ("audiotestsrc num-buffers=%d samplesperbuffer=960 ! "
                                 "audio/x-raw,rate=48000,channels=2 ! opusenc frame-size=20",
      N_AUDIO);
  Encoded out = encode (line);

  g_assert_cmpuint (out.samples->len, >=, N_AUDIO);
  g_ptr_array_set_size (out.samples, N_AUDIO);
  g_free (line);
  return out;
}

static GstClockTime
sample_time (GstSample *sample)
{
  return gst_segment_to_running_time (gst_sample_get_segment (sample), GST_FORMAT_TIME,
      GST_BUFFER_PTS (gst_sample_get_buffer (sample)));
}

/* codec_data of the caps, as the writers want it. av1parse may give none: this one says main
 * profile, 4:2:0, 8 bits. */
static GBytes *
sample_config (GstSample *sample)
{
  static const guint8 av1c[] = { 0x81, 0x00, 0x0C, 0x00 };
  GstStructure *s = gst_caps_get_structure (gst_sample_get_caps (sample), 0);
  const GValue *value = gst_structure_get_value (s, "codec_data");
  GstMapInfo map;
  GBytes *bytes;

  if (value == NULL)
    return gst_structure_has_name (s, "video/x-av1") ? g_bytes_new_static (av1c, sizeof av1c)
                                                     : NULL;
  gst_buffer_map (gst_value_get_buffer (value), &map, GST_MAP_READ);
  bytes = g_bytes_new (map.data, map.size);
  gst_buffer_unmap (gst_value_get_buffer (value), &map);
  return bytes;
}

/* -- Writing ----------------------------------------------------------------------------------- */

typedef struct {
  GByteArray *bytes;
  GArray *ends; /* gsize: of each unit */
} Written;

static void
written_take (Written *w, RtcMux *mux)
{
  GByteArray *unit;

  while ((unit = rtc_mux_take (mux)) != NULL) {
    gsize end = w->bytes->len + unit->len;

    g_byte_array_append (w->bytes, unit->data, unit->len);
    g_array_append_val (w->ends, end);
    g_byte_array_unref (unit);
  }
}

static void
written_add (Written *w, RtcMux *mux, guint track, GstSample *sample, GstClockTime pts)
{
  GstBuffer *buffer = gst_sample_get_buffer (sample);
  gboolean is_audio = gst_structure_has_name (
      gst_caps_get_structure (gst_sample_get_caps (sample), 0), "audio/x-opus");
  GstMapInfo map;

  gst_buffer_map (buffer, &map, GST_MAP_READ);
  g_assert_cmpint (
      rtc_mux_add_frame (mux, track, pts, is_audio ? AUDIO_FRAME : GST_CLOCK_TIME_NONE,
          !GST_BUFFER_FLAG_IS_SET (buffer, GST_BUFFER_FLAG_DELTA_UNIT), map.data, map.size),
      ==, RTC_OK);
  gst_buffer_unmap (buffer, &map);
  written_take (w, mux);
}

/* is_finished: with the index and its patches, else as a killed process leaves the file. */
static Written
write_file (const Format *format, const Encoded *video, const Encoded *audio, gboolean is_finished)
{
  Written w = { g_byte_array_new (), g_array_new (FALSE, FALSE, sizeof (gsize)) };
  GBytes *config = sample_config (g_ptr_array_index (video->samples, 0));
  RtcMuxTrack tracks[2] = { { format->codec, 0, 320, 240 }, { RTC_CODEC_OPUS, 2 } };
  RtcMuxConfig mux_config = RTC_MUX_CONFIG_DEFAULT (format->container);
  GError *error = NULL;
  RtcMux *mux;
  guint v = 0, a = 0, n_patches;

  if (config != NULL)
    tracks[0].config = g_bytes_get_data (config, &tracks[0].config_len);
  mux = rtc_mux_new (&mux_config, tracks, 2, &error);
  g_assert_no_error (error);
  while (v < N_VIDEO || a < N_AUDIO) {
    if (a < N_AUDIO && (v == N_VIDEO || a * AUDIO_FRAME <= v * VIDEO_FRAME)) {
      /* As RTP would have it, without the encoder's delay at the start. */
      written_add (&w, mux, 1, g_ptr_array_index (audio->samples, a), a * AUDIO_FRAME);
      a++;
    } else {
      GstSample *sample = g_ptr_array_index (video->samples, v++);

      written_add (&w, mux, 0, sample, sample_time (sample));
    }
  }
  if (is_finished) {
    const RtcMuxPatch *patches;

    rtc_mux_finish (mux);
    written_take (&w, mux);
    patches = rtc_mux_get_patches (mux, &n_patches);
    for (guint i = 0; i < n_patches; i++)
      memcpy (w.bytes->data + patches[i].offset, patches[i].data, patches[i].len);
  } else {
    rtc_mux_flush (mux);
    written_take (&w, mux);
  }
  rtc_mux_free (mux);
  g_clear_pointer (&config, g_bytes_unref);
  return w;
}

static void
written_clear (Written *w)
{
  g_byte_array_unref (w->bytes);
  g_array_unref (w->ends);
}

/* -- Playing ----------------------------------------------------------------------------------- */

typedef struct {
  GMutex lock;
  GstElement *pipeline;
  guint n_video, n_audio;
  GstClockTime last_video, last_audio; /* when the last one is shown */
  GstClockTime duration;               /* as the demuxer says */
  gchar *error;
} Played;

static void
on_buffer (GstElement *sink, GstBuffer *buffer, GstPad *pad, gpointer user_data)
{
  Played *played = user_data;
  gboolean is_video = g_str_has_prefix (GST_OBJECT_NAME (sink), "video");
  GstClockTime pts = GST_BUFFER_PTS (buffer);

  g_mutex_lock (&played->lock);
  if (is_video) {
    played->n_video++;
    played->last_video = MAX (played->last_video, pts);
  } else {
    played->n_audio++;
    played->last_audio = MAX (played->last_audio, pts);
  }
  g_mutex_unlock (&played->lock);
}

static void
on_pad (GstElement *decodebin, GstPad *pad, gpointer user_data)
{
  Played *played = user_data;
  GstCaps *caps = gst_pad_get_current_caps (pad);
  gboolean is_video =
      g_str_has_prefix (gst_structure_get_name (gst_caps_get_structure (caps, 0)), "video");
  GstElement *sink = gst_element_factory_make ("fakesink", is_video ? "video" : "audio");
  GstPad *sink_pad = gst_element_get_static_pad (sink, "sink");

  g_object_set (sink, "sync", FALSE, "signal-handoffs", TRUE, NULL);
  g_signal_connect (sink, "handoff", G_CALLBACK (on_buffer), played);
  gst_bin_add (GST_BIN (played->pipeline), sink);
  gst_pad_link (pad, sink_pad);
  gst_element_sync_state_with_parent (sink);
  gst_object_unref (sink_pad);
  gst_caps_unref (caps);
}

static void
play (const gchar *path, Played *played)
{
  GError *error = NULL;
  GstElement *decodebin;
  GstMessage *message;
  GstBus *bus;
  gint64 duration = -1;

  memset (played, 0, sizeof *played);
  g_mutex_init (&played->lock);
  played->pipeline = gst_parse_launch ("filesrc name=src ! decodebin name=d", &error);
  g_assert_no_error (error);
  decodebin = gst_bin_get_by_name (GST_BIN (played->pipeline), "d");
  g_signal_connect (decodebin, "pad-added", G_CALLBACK (on_pad), played);
  gst_child_proxy_set (GST_CHILD_PROXY (played->pipeline), "src::location", path, NULL);
  bus = gst_element_get_bus (played->pipeline);
  gst_element_set_state (played->pipeline, GST_STATE_PLAYING);
  message = gst_bus_timed_pop_filtered (bus, PATIENCE, GST_MESSAGE_EOS | GST_MESSAGE_ERROR);
  g_assert_nonnull (message);
  if (GST_MESSAGE_TYPE (message) == GST_MESSAGE_ERROR) {
    gst_message_parse_error (message, &error, NULL);
    played->error = g_strdup (error->message);
    g_error_free (error);
  } else if (gst_element_query_duration (played->pipeline, GST_FORMAT_TIME, &duration)
             && duration >= 0)
    played->duration = (GstClockTime) duration;
  gst_message_unref (message);
  gst_element_set_state (played->pipeline, GST_STATE_NULL);
  gst_object_unref (bus);
  gst_object_unref (decodebin);
  gst_object_unref (played->pipeline);
  g_mutex_clear (&played->lock);
}

/* What ffprobe decodes; NULL when it is not installed. */
static gchar *
probe (const gchar *path, const gchar *stream, const gchar *entry, gchar **complaints)
{
  const gchar *argv[] = { "ffprobe", "-v", "error", "-count_frames", "-select_streams", stream,
    "-show_entries", entry, "-of", "default=nw=1:nk=1", path, NULL };
  gchar *out = NULL, *err = NULL, *tool = g_find_program_in_path ("ffprobe");
  gint status = 0;
  GError *error = NULL;

  if (tool == NULL)
    return NULL;
  g_free (tool);
  g_spawn_sync (
      NULL, (gchar **) argv, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, &out, &err, &status, &error);
  g_assert_no_error (error);
  if (complaints != NULL)
    *complaints = err;
  else
    g_free (err);
  if (!g_spawn_check_wait_status (status, NULL))
    g_assert_cmpstr (out, ==, "success");
  return g_strchomp (out);
}

static gchar *
save (const GByteArray *bytes, gsize len)
{
  GError *error = NULL;
  gchar *path = NULL;
  gint fd = g_file_open_tmp ("rtc-record-files-XXXXXX", &path, &error);

  g_assert_no_error (error);
  g_close (fd, NULL);
  g_assert_true (g_file_set_contents (path, (const gchar *) bytes->data, (gssize) len, NULL));
  return path;
}

static void
assert_near (GstClockTime a, GstClockTime b, GstClockTime tolerance)
{
  g_assert_cmpuint (a, <=, b + tolerance);
  g_assert_cmpuint (b, <=, a + tolerance);
}

/* -- Tests ------------------------------------------------------------------------------------- */

static gboolean
has_encoder (const Format *format)
{
  GstElementFactory *factory = gst_element_factory_find (format->plugin);

  if (factory == NULL) {
    g_test_skip ("the encoder is not installed");
    return FALSE;
  }
  gst_object_unref (factory);
  return TRUE;
}

/* All frames come out, and the file knows how long it is. */
static void
test_plays (gconstpointer data)
{
  const Format *format = data;
  Encoded video, audio;
  Written w;
  Played played;
  gchar *path, *text, *complaints = NULL;

  if (!has_encoder (format))
    return;
  video = encode_video (format);
  audio = encode_audio ();
  w = write_file (format, &video, &audio, TRUE);
  path = save (w.bytes, w.bytes->len);
  play (path, &played);
  g_assert_cmpstr (played.error, ==, NULL);
  g_assert_cmpuint (played.n_video, ==, N_VIDEO);
  g_assert_cmpuint (played.n_audio, ==, N_AUDIO);
  assert_near (played.last_video, (N_VIDEO - 1) * VIDEO_FRAME, 2 * GST_MSECOND);
  assert_near (played.last_audio, (N_AUDIO - 1) * AUDIO_FRAME, 2 * GST_MSECOND);
  assert_near (played.duration, N_VIDEO * VIDEO_FRAME, AUDIO_FRAME);
  text = probe (path, "v", "stream=codec_name,nb_read_frames", &complaints);
  if (text != NULL) {
    gchar *expected = g_strdup_printf ("%s\n%d", format->ffmpeg_name, N_VIDEO);

    g_assert_cmpstr (text, ==, expected);
    g_assert_cmpstr (complaints, ==, "");
    g_free (complaints);
    g_free (expected);
    g_free (text);
    text = probe (path, "a", "stream=codec_name,nb_read_frames", &complaints);
    g_assert_cmpstr (text, ==, "opus\n100");
    g_assert_cmpstr (complaints, ==, "");
    g_free (complaints);
    g_free (text);
    text = probe (path, "v", "format=duration", NULL);
    assert_near ((GstClockTime) (g_ascii_strtod (text, NULL) * GST_SECOND), N_VIDEO * VIDEO_FRAME,
        AUDIO_FRAME);
    g_free (text);
  } else
    g_test_message ("ffprobe is not installed: not asked");
  g_remove (path);
  g_free (path);
  written_clear (&w);
  g_ptr_array_unref (video.samples);
  g_ptr_array_unref (audio.samples);
}

/* As a process killed while it wrote leaves the file: rtc_record_file_append() writes the head of
 * an MP4 fragment last. Returns the number of units that are whole. */
static guint
save_cut (const Format *format, const Written *w, gsize cut, gchar **path)
{
  GByteArray *bytes = g_byte_array_new ();
  guint n = 0;
  gsize end = 0;

  while (n < w->ends->len && g_array_index (w->ends, gsize, n) <= cut)
    end = g_array_index (w->ends, gsize, n++);
  g_byte_array_append (bytes, w->bytes->data, (guint) cut);
  if (format->container == RTC_MUX_FMP4)
    memset (bytes->data + end, 0, MIN (cut - end, 8));
  *path = save (bytes, bytes->len);
  g_byte_array_unref (bytes);
  return n;
}

/* How many frames of video and of audio are in the first n_units. */
static void
count_whole (const Written *w, guint n_units, guint *n_video, guint *n_audio)
{
  gchar *path = save (w->bytes, g_array_index (w->ends, gsize, n_units - 1));
  Played played;

  play (path, &played);
  g_assert_cmpstr (played.error, ==, NULL);
  *n_video = played.n_video;
  *n_audio = played.n_audio;
  g_remove (path);
  g_free (path);
}

/* Killed at any instant: up to the last whole fragment everything is played. */
static void
test_cut (gconstpointer data)
{
  const Format *format = data;
  Encoded video, audio;
  Written w;
  GRand *rand = g_rand_new_with_seed (20);

  if (!has_encoder (format))
    return;
  video = encode_video (format);
  audio = encode_audio ();
  w = write_file (format, &video, &audio, FALSE);
  for (guint i = 0; i < 20; i++) {
    gsize first = g_array_index (w.ends, gsize, 1);
    gsize cut = i == 0
                    ? w.bytes->len
                    : first + (gsize) g_rand_int_range (rand, 0, (gint32) (w.bytes->len - first));
    gchar *path, *text;
    guint n_units = save_cut (format, &w, cut, &path), n_video, n_audio;
    Played played;

    count_whole (&w, n_units, &n_video, &n_audio);
    g_assert_cmpuint (n_video, >, 0);
    g_assert_cmpuint (n_audio, >, 0);
    play (path, &played);
    g_test_message ("cut at %" G_GSIZE_FORMAT ": %u of %u, %u of %u, %s", cut, played.n_video,
        n_video, played.n_audio, n_audio, played.error != NULL ? played.error : "to the end");
    g_assert_cmpuint (played.n_video, >=, n_video);
    g_assert_cmpuint (played.n_audio, >=, n_audio);
    g_assert_cmpstr (played.error, ==, NULL);
    if (i == 0) {
      g_assert_cmpuint (n_video, ==, N_VIDEO);
      g_assert_cmpuint (n_audio, ==, N_AUDIO);
    }
    text = probe (path, "v", "stream=nb_read_frames", NULL);
    if (text != NULL)
      g_assert_cmpuint (g_ascii_strtoull (text, NULL, 10), >=, n_video);
    g_free (text);
    text = probe (path, "a", "stream=nb_read_frames", NULL);
    if (text != NULL)
      g_assert_cmpuint (g_ascii_strtoull (text, NULL, 10), >=, n_audio);
    g_free (text);
    g_remove (path);
    g_free (path);
  }
  g_rand_free (rand);
  written_clear (&w);
  g_ptr_array_unref (video.samples);
  g_ptr_array_unref (audio.samples);
}

/* A second of sound, a second of our silence: decoded, the first is loud, the second is nothing but
 * the last overlap of the first, and together they last two seconds. */
static void
test_silence (gconstpointer data)
{
  guint channels = GPOINTER_TO_UINT (data);
  gchar *line = g_strdup_printf ("audiotestsrc num-buffers=60 samplesperbuffer=960 ! "
                                 "audio/x-raw,rate=48000,channels=%u ! opusenc frame-size=20",
      channels);
  Encoded sound = encode (line), decoded;
  RtcMuxTrack track = { RTC_CODEC_OPUS, channels };
  RtcMuxConfig config = RTC_MUX_CONFIG_DEFAULT (RTC_MUX_WEBM);
  Written w = { g_byte_array_new (), g_array_new (FALSE, FALSE, sizeof (gsize)) };
  RtcMux *mux = rtc_mux_new (&config, &track, 1, NULL);
  const guint8 *silence;
  gsize silence_len;
  gchar *path;
  guint64 n = 0, half = 48000 * channels, later = half + 48000 / 50 * channels;
  gint loud = 0, rest = 0;

  g_free (line);
  for (guint i = 0; i < 50; i++)
    written_add (&w, mux, 0, g_ptr_array_index (sound.samples, i), i * AUDIO_FRAME);
  silence = rtc_opus_get_silence (channels, &silence_len);
  for (guint i = 50; i < 100; i++)
    rtc_mux_add_frame (mux, 0, i * AUDIO_FRAME, AUDIO_FRAME, TRUE, silence, silence_len);
  rtc_mux_flush (mux);
  written_take (&w, mux);
  rtc_mux_free (mux);
  path = save (w.bytes, w.bytes->len);
  line =
      g_strdup_printf ("filesrc location=%s ! matroskademux ! opusdec plc=false ! audioconvert ! "
                       "audio/x-raw,format=S16LE,channels=%u",
          path, channels);
  decoded = encode (line);
  for (guint i = 0; i < decoded.samples->len; i++) {
    GstBuffer *buffer = gst_sample_get_buffer (g_ptr_array_index (decoded.samples, i));
    GstMapInfo map;

    gst_buffer_map (buffer, &map, GST_MAP_READ);
    for (gsize k = 0; k + 1 < map.size; k += 2, n++) {
      gint value = ABS ((gint16) GST_READ_UINT16_LE (map.data + k));

      if (n < half)
        loud = MAX (loud, value);
      else if (n >= later)
        rest = MAX (rest, value);
    }
    gst_buffer_unmap (buffer, &map);
  }
  g_assert_cmpuint (n, ==, 2 * half);
  g_assert_cmpint (loud, >, 10000);
  g_assert_cmpint (rest, <=, 8);
  g_remove (path);
  g_free (path);
  g_free (line);
  written_clear (&w);
  g_ptr_array_unref (sound.samples);
  g_ptr_array_unref (decoded.samples);
}

int
main (int argc, char **argv)
{
  gst_init (&argc, &argv);
  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (formats); i++) {
    gchar *path = g_strdup_printf ("/record-files/plays/%s", formats[i].name);

    g_test_add_data_func (path, &formats[i], test_plays);
    g_free (path);
  }
  g_test_add_data_func ("/record-files/cut/vp8", &formats[0], test_cut);
  g_test_add_data_func ("/record-files/cut/h264", &formats[2], test_cut);
  g_test_add_data_func ("/record-files/silence/mono", GUINT_TO_POINTER (1), test_silence);
  g_test_add_data_func ("/record-files/silence/stereo", GUINT_TO_POINTER (2), test_silence);
  return g_test_run ();
}
