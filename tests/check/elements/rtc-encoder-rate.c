/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* rtc-encoder-rate.c - each encoder that is installed does what it is told while it runs: rate,
 * fewer frames, smaller pictures; and Opus provides for losses. */
#include <string.h>

#include "gst/media/gstrtcbranch.h"
#include "gst/rtc/cc/rtc-encode-plan.h"

#define PATIENCE (60 * GST_SECOND)
#define TICK (250 * GST_MSECOND)

/* --- the loop of plan and encoder, in the time of the media -------------------------------------
 */

/* What is asked for from a time on. */
typedef struct {
  guint from, to; /* seconds; rates are judged over the last two */
  guint64 wish;
  guint keep, of;
} Phase;

static const Phase phases[] = {
  { 0, 6, 1600000, 1, 1 },
  { 6, 11, 700000, 1, 1 },
  { 11, 16, 1600000, 1, 1 },
  { 16, 20, 800000, 1, 2 },
};

typedef struct {
  GstElement *encoder;
  GstRtcEncoderTraits traits;
  RtcEncodePlan plan;
  GstClockTime now, polled_at;
  guint64 bytes[G_N_ELEMENTS (phases)]; /* of the judged part */
  guint64 total;
  guint n_keys, n_in;
} Loop;

static const Phase *
find_phase (GstClockTime time)
{
  guint i = 0;

  while (i + 1 < G_N_ELEMENTS (phases) && time >= phases[i].to * GST_SECOND)
    i++;
  return &phases[i];
}

static GstPadProbeReturn
on_frame (GstPad *pad, GstPadProbeInfo *info, gpointer data)
{
  Loop *self = data;
  GstClockTime now = GST_BUFFER_PTS (GST_PAD_PROBE_INFO_BUFFER (info));
  const Phase *phase = find_phase (now);
  RtcEncodeSetting setting;

  self->now = now;
  if (self->n_in == 0 || now >= self->polled_at + TICK) {
    self->polled_at = now;
    rtc_encode_plan_set_wish (&self->plan, phase->wish);
    rtc_encode_plan_handle_output (&self->plan, now, self->total);
    if (rtc_encode_plan_poll (&self->plan, now, &setting)
        || (self->traits.counts_frames && phase->of > 1)) {
      guint64 told = setting.encoder_bps;

      if (self->traits.counts_frames)
        told = told * phase->of / phase->keep;
      gst_rtc_encoder_set_bitrate (self->encoder, (guint) told);
    }
  }
  return self->n_in++ % phase->of < phase->keep ? GST_PAD_PROBE_OK : GST_PAD_PROBE_DROP;
}

static GstPadProbeReturn
on_encoded (GstPad *pad, GstPadProbeInfo *info, gpointer data)
{
  Loop *self = data;
  GstBuffer *buffer = GST_PAD_PROBE_INFO_BUFFER (info);
  const Phase *phase = find_phase (self->now); /* not the buffer's time, which some shift */

  self->total += gst_buffer_get_size (buffer);
  self->n_keys += !GST_BUFFER_FLAG_IS_SET (buffer, GST_BUFFER_FLAG_DELTA_UNIT);
  if (self->now + 2 * GST_SECOND >= phase->to * GST_SECOND)
    self->bytes[phase - phases] += gst_buffer_get_size (buffer);
  return GST_PAD_PROBE_OK;
}

static void
probe (GstElement *element, const gchar *pad_name, GstPadProbeCallback func, gpointer data)
{
  GstPad *pad = gst_element_get_static_pad (element, pad_name);

  gst_pad_add_probe (pad, GST_PAD_PROBE_TYPE_BUFFER, func, data, NULL);
  gst_object_unref (pad);
}

static void
run_to_eos (GstElement *pipeline)
{
  GstBus *bus = gst_element_get_bus (pipeline);
  GstMessage *message;

  g_assert_cmpint (
      gst_element_set_state (pipeline, GST_STATE_PLAYING), !=, GST_STATE_CHANGE_FAILURE);
  message = gst_bus_timed_pop_filtered (bus, PATIENCE, GST_MESSAGE_EOS | GST_MESSAGE_ERROR);
  g_assert_nonnull (message);
  g_assert_cmpint (GST_MESSAGE_TYPE (message), ==, GST_MESSAGE_EOS);
  gst_message_unref (message);
  gst_object_unref (bus);
}

/* The encoder of that name, as gst_rtc_encoder_make() tunes it; NULL (skipped) when it is not
 * installed. */
static GstElement *
make_encoder (const gchar *name, RtcCodecId codec)
{
  GstPluginFeature *feature = gst_registry_lookup_feature (gst_registry_get (), name);
  GstElement *encoder;
  GError *error = NULL;
  guint rank;

  if (feature == NULL) {
    g_test_skip ("not installed");
    return NULL;
  }
  rank = gst_plugin_feature_get_rank (feature);
  gst_plugin_feature_set_rank (feature, GST_RANK_PRIMARY + 1000);
  encoder = gst_rtc_encoder_make (codec, &error);
  gst_plugin_feature_set_rank (feature, rank);
  gst_object_unref (feature);
  g_assert_no_error (error);
  g_assert_cmpstr (GST_OBJECT_NAME (gst_element_get_factory (encoder)), ==, name);
  return encoder;
}

/* Noise, a little smoothed, which takes any rate, 20 s of it, as fast as it goes. */
static void
loop_run (Loop *self)
{
  GError *error = NULL;
  GstElement *pipeline = gst_pipeline_new (NULL), *bin, *sink;
  GstCaps *caps = gst_rtc_encoder_get_output_caps (self->encoder);

  bin = gst_parse_bin_from_description (
      "videotestsrc num-buffers=600 pattern=snow ! "
      "video/x-raw,format=I420,width=80,height=48,framerate=30/1 ! videoscale ! "
      "video/x-raw,width=240,height=144 ! identity",
      TRUE, &error);
  g_assert_no_error (error);
  sink = gst_element_factory_make ("fakesink", NULL);
  gst_bin_add_many (GST_BIN (pipeline), bin, self->encoder, sink, NULL);
  g_assert_true (gst_element_link (bin, self->encoder));
  g_assert_true (gst_element_link_filtered (self->encoder, sink, caps));
  gst_caps_unref (caps);
  probe (self->encoder, "sink", on_frame, self);
  probe (self->encoder, "src", on_encoded, self);
  run_to_eos (pipeline);
  gst_element_set_state (pipeline, GST_STATE_NULL);
  gst_object_unref (pipeline);
}

typedef struct {
  const gchar *encoder;
  RtcCodecId codec;
  guint n_keys; /* at most */
} Case;

static const Case cases[] = {
  { "x264enc", RTC_CODEC_H264, 1 },
  { "openh264enc", RTC_CODEC_H264, 3 }, /* it makes one at some changes */
  { "vp8enc", RTC_CODEC_VP8, 1 },
  { "vp9enc", RTC_CODEC_VP9, 1 },
  { "x265enc", RTC_CODEC_H265, 12 }, /* at each change */
  { "av1enc", RTC_CODEC_AV1, 1 },
  { "svtav1enc", RTC_CODEC_AV1, 1 },
};

static void
test_rate (gconstpointer data)
{
  const Case *c = data;
  RtcEncodePlanConfig config = { .is_video = TRUE, .min_bps = 1000, .max_bps = 8000000 };
  Loop loop = { .encoder = make_encoder (c->encoder, c->codec) };

  if (loop.encoder == NULL)
    return;
  gst_rtc_encoder_get_traits (loop.encoder, &loop.traits);
  g_assert_true (loop.traits.has_bitrate);
  g_assert_cmpfloat (loop.traits.least_bpp, >, 0);
  config.is_costly = loop.traits.rate_makes_key_frame;
  rtc_encode_plan_init (&loop.plan, &config);
  loop_run (&loop);
  for (guint i = 0; i < G_N_ELEMENTS (phases); i++) {
    guint64 rate = loop.bytes[i] * 8 / 2;

    g_test_message ("%s: %" G_GUINT64_FORMAT " asked for, %" G_GUINT64_FORMAT " made", c->encoder,
        phases[i].wish, rate);
    g_assert_cmpuint (rate, <, phases[i].wish * (config.is_costly ? 130 : 115) / 100);
    g_assert_cmpuint (rate, >, phases[i].wish * 60 / 100);
  }
  g_test_message ("%s: %u key frames", c->encoder, loop.n_keys);
  g_assert_cmpuint (loop.n_keys, <=, c->n_keys);
}

/* --- fewer and smaller pictures, in a running branch --------------------------------------------
 */

typedef struct {
  GMutex lock;
  GCond cond;
  guint n_in, n_encoded, n_keys, n_caps; /* frames before the gate, frames and keys behind the
                                          * encoder, caps in front of it */
  gint width, height;                    /* of these */
  GstClockTime last_time, least_gap;     /* between two frames behind the encoder */
} Watched;

static gboolean
drop_packet (gpointer data, RtcPacket *packet)
{
  rtc_packet_unref (packet);
  return TRUE;
}

static void
ignore (gpointer data)
{
}

static GstPadProbeReturn
count_in (GstPad *pad, GstPadProbeInfo *info, gpointer data)
{
  Watched *self = data;

  g_mutex_lock (&self->lock);
  self->n_in++;
  g_cond_broadcast (&self->cond);
  g_mutex_unlock (&self->lock);
  return GST_PAD_PROBE_OK;
}

static GstPadProbeReturn
count_encoded (GstPad *pad, GstPadProbeInfo *info, gpointer data)
{
  GstBuffer *buffer = GST_PAD_PROBE_INFO_BUFFER (info);
  Watched *self = data;

  g_mutex_lock (&self->lock);
  if (self->n_encoded++ > 0)
    self->least_gap = MIN (self->least_gap, GST_BUFFER_PTS (buffer) - self->last_time);
  self->last_time = GST_BUFFER_PTS (buffer);
  self->n_keys += !GST_BUFFER_FLAG_IS_SET (buffer, GST_BUFFER_FLAG_DELTA_UNIT);
  g_cond_broadcast (&self->cond);
  g_mutex_unlock (&self->lock);
  return GST_PAD_PROBE_OK;
}

static GstPadProbeReturn
note_caps (GstPad *pad, GstPadProbeInfo *info, gpointer data)
{
  GstEvent *event = GST_PAD_PROBE_INFO_EVENT (info);
  Watched *self = data;
  GstCaps *caps;

  if (GST_EVENT_TYPE (event) != GST_EVENT_CAPS)
    return GST_PAD_PROBE_OK;
  gst_event_parse_caps (event, &caps);
  g_mutex_lock (&self->lock);
  self->n_caps++;
  gst_structure_get_int (gst_caps_get_structure (caps, 0), "width", &self->width);
  gst_structure_get_int (gst_caps_get_structure (caps, 0), "height", &self->height);
  g_mutex_unlock (&self->lock);
  return GST_PAD_PROBE_OK;
}

/* Until n more frames have come in, and some of them out; the least time between two of those. */
static GstClockTime
watched_run (Watched *self, guint n)
{
  gint64 end = g_get_monotonic_time () + 20 * G_TIME_SPAN_SECOND;
  guint wanted, encoded;
  GstClockTime gap;

  g_mutex_lock (&self->lock);
  wanted = self->n_in + n;
  encoded = self->n_encoded + n / 8;
  self->least_gap = GST_CLOCK_TIME_NONE;
  while (self->n_in < wanted || self->n_encoded < encoded)
    g_assert_true (g_cond_wait_until (&self->cond, &self->lock, end));
  gap = self->least_gap;
  g_mutex_unlock (&self->lock);
  return gap;
}

/* Do two frames come out that were next to each other, of 60 a second? On a busy machine the source
 * leaves some out now and then, so up to 400 are looked at. */
static gboolean
watched_see_neighbours (Watched *self)
{
  for (guint i = 0; i < 10; i++)
    if (watched_run (self, 40) < GST_SECOND / 50)
      return TRUE;
  return FALSE;
}

static guint
watched_get (Watched *self, const guint *counter)
{
  guint value;

  g_mutex_lock (&self->lock);
  value = *counter;
  g_mutex_unlock (&self->lock);
  return value;
}

static GstRtcBranch *
branch_run (Watched *watched, RtcCodecId codec, GstElement **pipeline)
{
  GstRtcBranchConfig config = { .codec = codec,
    .is_raw = TRUE,
    .start_bitrate = 500000,
    .output = { .push = drop_packet, .push_loss = ignore, .push_end = ignore } };
  GError *error = NULL;
  GstElement *branch = gst_rtc_branch_new ("branch", &config, &error), *bin, *encoder;
  GstPad *pad;

  g_assert_no_error (error);
  *pipeline = gst_pipeline_new (NULL);
  bin = gst_parse_bin_from_description (
      "videotestsrc is-live=true pattern=ball ! capsfilter name=size "
      "caps=video/x-raw,width=320,height=180,framerate=60/1",
      TRUE, &error);
  g_assert_no_error (error);
  gst_bin_add_many (GST_BIN (*pipeline), bin, branch, NULL);
  g_assert_true (gst_element_link (bin, branch));
  encoder = gst_rtc_branch_find_encoder (GST_RTC_BRANCH (branch));
  probe (branch, "sink", count_in, watched);
  probe (encoder, "src", count_encoded, watched);
  pad = gst_element_get_static_pad (encoder, "sink");
  gst_pad_add_probe (pad, GST_PAD_PROBE_TYPE_EVENT_DOWNSTREAM, note_caps, watched, NULL);
  gst_object_unref (pad);
  gst_element_set_state (*pipeline, GST_STATE_PLAYING);
  return GST_RTC_BRANCH (branch);
}

static void
check_size (Watched *watched, gint width, gint height, guint n_caps, guint n_keys)
{
  watched_run (watched, 10);
  g_mutex_lock (&watched->lock);
  g_assert_cmpint (watched->width, ==, width);
  g_assert_cmpint (watched->height, ==, height);
  g_assert_cmpuint (watched->n_caps, ==, n_caps);
  g_assert_cmpuint (watched->n_keys, ==, n_keys);
  g_mutex_unlock (&watched->lock);
}

static void
test_mitigation (gconstpointer data)
{
  const RtcCodecId codec = (RtcCodecId) GPOINTER_TO_INT (data);
  Watched watched = { 0 };
  GstRtcBranchSetting setting = { 400000, 1, 2, 0, 0 };
  GstRtcBranchFormat format;
  GstElement *pipeline, *size;
  GstRtcBranch *branch;
  GstCaps *caps;

  if (!gst_rtc_encoder_is_available (codec)) {
    g_test_skip ("no encoder");
    return;
  }
  branch = branch_run (&watched, codec, &pipeline);
  g_assert_true (watched_see_neighbours (&watched));
  g_assert_true (gst_rtc_branch_get_format (branch, &format));
  g_assert_cmpuint (format.width, ==, 320);
  g_assert_cmpuint (format.height, ==, 180);
  g_assert_cmpfloat (format.fps, ==, 60);

  /* Half of the frames, and the encoder takes no notice. */
  gst_rtc_branch_apply (branch, &setting);
  g_assert_cmpuint (gst_rtc_branch_get_bitrate (branch), ==, 400000);
  watched_run (&watched, 4);
  g_assert_cmpuint (watched_run (&watched, 40), >, GST_SECOND / 40);
  g_assert_cmpuint (watched_get (&watched, &watched.n_caps), ==, 1);
  g_assert_cmpuint (watched_get (&watched, &watched.n_keys), ==, 1);

  setting = (GstRtcBranchSetting){ 300000, 1, 1, 160, 90 };
  gst_rtc_branch_apply (branch, &setting);
  g_assert_cmpuint (gst_rtc_branch_get_bitrate (branch), ==, 300000);
  check_size (&watched, 160, 90, 2, 2);
  gst_rtc_branch_apply (branch, &setting); /* the same: nothing */
  check_size (&watched, 160, 90, 2, 2);

  /* What comes in becomes twice as large: still half of it. */
  size = gst_bin_get_by_name (GST_BIN (pipeline), "size");
  caps = gst_caps_from_string ("video/x-raw,width=640,height=360,framerate=60/1");
  g_object_set (size, "caps", caps, NULL);
  gst_caps_unref (caps);
  gst_object_unref (size);
  check_size (&watched, 320, 180, 3, 3);
  g_assert_true (gst_rtc_branch_get_format (branch, &format));
  g_assert_cmpuint (format.width, ==, 640);

  setting = (GstRtcBranchSetting){ 300000, 1, 1, 0, 0 };
  gst_rtc_branch_apply (branch, &setting);
  check_size (&watched, 640, 360, 4, 4);
  gst_element_set_state (pipeline, GST_STATE_NULL);
  gst_object_unref (pipeline);
}

/* --- Opus ---------------------------------------------------------------------------------------
 */

typedef struct {
  GstElement *encoder;
  guint n, n_fec[3], n_packets[3]; /* of each third */
  guint64 bytes[3];
} Speech;

#define SPEECH_PACKETS 150 /* of 20 ms, a third */

/* RFC 6716 3.1 and 4.2.3: SILK is in configurations 0 to 15; its first bits are the VAD flag and
 * the flag for in-band FEC (LBRR) of a 20 ms mono frame. */
static gboolean
has_fec (GstBuffer *buffer)
{
  guint8 head[2];

  if (gst_buffer_extract (buffer, 0, head, 2) < 2)
    return FALSE;
  return (head[0] >> 3) < 16 && (head[1] & 0x40) != 0;
}

static GstPadProbeReturn
on_speech (GstPad *pad, GstPadProbeInfo *info, gpointer data)
{
  Speech *self = data;
  guint third = MIN (self->n / SPEECH_PACKETS, 2);

  self->n++;
  self->n_packets[third]++;
  self->n_fec[third] += has_fec (GST_PAD_PROBE_INFO_BUFFER (info));
  self->bytes[third] += gst_buffer_get_size (GST_PAD_PROBE_INFO_BUFFER (info));
  if (self->n == SPEECH_PACKETS)
    gst_rtc_encoder_set_loss (self->encoder, 10);
  if (self->n == 2 * SPEECH_PACKETS)
    gst_rtc_encoder_set_bitrate (self->encoder, 24000);
  return GST_PAD_PROBE_OK;
}

/* In-band FEC comes with the losses, and a lower rate is a lower rate. */
static void
test_opus_fec (void)
{
  Speech speech = { .encoder = make_encoder ("opusenc", RTC_CODEC_OPUS) };
  GstElement *pipeline, *bin, *sink;
  GError *error = NULL;

  if (speech.encoder == NULL)
    return;
  pipeline = gst_pipeline_new (NULL);
  bin = gst_parse_bin_from_description (
      "audiotestsrc num-buffers=450 samplesperbuffer=960 wave=sine ! "
      "audio/x-raw,rate=48000,channels=1 ! audioconvert",
      TRUE, &error);
  g_assert_no_error (error);
  sink = gst_element_factory_make ("fakesink", NULL);
  gst_bin_add_many (GST_BIN (pipeline), bin, speech.encoder, sink, NULL);
  g_assert_true (gst_element_link_many (bin, speech.encoder, sink, NULL));
  gst_rtc_encoder_set_bitrate (speech.encoder, 48000);
  probe (speech.encoder, "src", on_speech, &speech);
  run_to_eos (pipeline);
  gst_element_set_state (pipeline, GST_STATE_NULL);
  gst_object_unref (pipeline);
  for (guint i = 0; i < 3; i++)
    g_test_message ("%u of %u packets with FEC, %" G_GUINT64_FORMAT " bytes", speech.n_fec[i],
        speech.n_packets[i], speech.bytes[i]);
  g_assert_cmpuint (speech.n_fec[0], ==, 0);
  g_assert_cmpuint (speech.n_fec[1], >, SPEECH_PACKETS * 8 / 10);
  g_assert_cmpuint (speech.bytes[2] * 10, <, speech.bytes[1] * 6);
}

/* Silence: little with DTX, a constant rate without. */
static void
test_opus_dtx (void)
{
  guint64 bytes[2];

  for (guint i = 0; i < 2; i++) {
    Speech speech = { .encoder = make_encoder ("opusenc", RTC_CODEC_OPUS) };
    GstElement *pipeline, *source, *sink;

    if (speech.encoder == NULL)
      return;
    pipeline = gst_pipeline_new (NULL);
    source = gst_element_factory_make ("audiotestsrc", NULL);
    sink = gst_element_factory_make ("fakesink", NULL);
    g_object_set (source, "num-buffers", 200, "samplesperbuffer", 960, NULL);
    gst_util_set_object_arg (G_OBJECT (source), "wave", "silence");
    gst_bin_add_many (GST_BIN (pipeline), source, speech.encoder, sink, NULL);
    g_assert_true (gst_element_link_many (source, speech.encoder, sink, NULL));
    gst_rtc_encoder_set_dtx (speech.encoder, i == 1);
    probe (speech.encoder, "src", on_speech, &speech);
    run_to_eos (pipeline);
    gst_element_set_state (pipeline, GST_STATE_NULL);
    gst_object_unref (pipeline);
    bytes[i] = speech.bytes[0] + speech.bytes[1];
  }
  g_test_message ("%" G_GUINT64_FORMAT " bytes, with DTX %" G_GUINT64_FORMAT, bytes[0], bytes[1]);
  g_assert_cmpuint (bytes[1] * 4, <, bytes[0]);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  gst_init (NULL, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    gchar *path = g_strdup_printf ("/encoder-rate/rate/%s", cases[i].encoder);

    g_test_add_data_func (path, &cases[i], test_rate);
    g_free (path);
  }
  g_test_add_data_func (
      "/encoder-rate/mitigation/VP8", GINT_TO_POINTER (RTC_CODEC_VP8), test_mitigation);
  g_test_add_data_func (
      "/encoder-rate/mitigation/H264", GINT_TO_POINTER (RTC_CODEC_H264), test_mitigation);
  g_test_add_func ("/encoder-rate/opus/fec", test_opus_fec);
  g_test_add_func ("/encoder-rate/opus/dtx", test_opus_dtx);
  return g_test_run ();
}
