/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "gst/media/gstrtcencoder.h"

#include "gst/rtc/base/rtc-log.h"
#include "gst/rtc/base/rtc-result.h"

#define GST_CAT_DEFAULT rtc_log_media

/* Caps that keep software encoders to what every browser decodes: 4:2:0, 8 bit. */
#define I420 "video/x-raw,format=I420"
#define VIDEO "video/x-raw"

/* H264 constrained baseline is what RFC 7742 6.2 makes every browser decode. */
#define H264_BASELINE "video/x-h264,profile=constrained-baseline,stream-format=byte-stream"
#define H264_ANY "video/x-h264,stream-format=byte-stream"
#define H265_MAIN "video/x-h265,profile=main,stream-format=byte-stream"

typedef struct {
  const gchar *pattern; /* of the factory name, as GPatternSpec */
  RtcCodecId codec;
  const gchar *settings; /* "property=value ...", those that the element lacks are skipped */
  const gchar *rate_property;
  guint rate_unit; /* bit/s per unit of rate_property */
  const gchar *input_caps;
  const gchar *output_caps;
} Family;

/* Preferred order among equal ranks: the table's. */
static const Family families[] = {
  { "x264enc", RTC_CODEC_H264,
      "tune=zerolatency speed-preset=ultrafast bframes=0 key-int-max=3000 threads=2 "
      "vbv-buf-capacity=300 byte-stream=true aud=false",
      "bitrate", 1000, I420, H264_BASELINE },
  { "openh264enc", RTC_CODEC_H264,
      "usage-type=camera complexity=low rate-control=bitrate gop-size=3000 multi-thread=2 "
      "enable-frame-skip=false scene-change-detection=false",
      "bitrate", 1, I420, H264_BASELINE },
  { "nv*h264enc", RTC_CODEC_H264,
      "preset=low-latency-hq tune=ultra-low-latency zerolatency=true bframes=0 gop-size=3000 "
      "rc-mode=cbr rc-lookahead=0 b-adapt=false strict-gop=true",
      "bitrate", 1000, VIDEO, H264_BASELINE },
  { "va*h264*enc", RTC_CODEC_H264,
      "rate-control=cbr b-frames=0 max-bframes=0 key-int-max=1024 keyframe-period=1024 "
      "target-usage=6",
      "bitrate", 1000, VIDEO, H264_BASELINE },
  { "qsvh264enc", RTC_CODEC_H264,
      "low-latency=true b-frames=0 gop-size=3000 rate-control=cbr rc-lookahead=0", "bitrate", 1000,
      VIDEO, H264_BASELINE },
  { "vtenc_h264*", RTC_CODEC_H264,
      "realtime=true allow-frame-reordering=false max-keyframe-interval=3000", "bitrate", 1000,
      VIDEO, H264_BASELINE },
  { "v4l2*h264enc", RTC_CODEC_H264,
      "extra-controls=\"controls,repeat_sequence_header=1,video_b_frames=0,h264_i_frame_period="
      "600\"",
      NULL, 0, VIDEO, H264_ANY ",level=(string)4" },

  { "vp8enc", RTC_CODEC_VP8,
      "deadline=1 cpu-used=8 lag-in-frames=0 auto-alt-ref=false error-resilient=default "
      "keyframe-max-dist=3000 end-usage=cbr threads=2 buffer-size=1000 buffer-initial-size=500 "
      "buffer-optimal-size=600 undershoot=100 overshoot=15 min-quantizer=4 max-quantizer=56 "
      "static-threshold=1 max-intra-bitrate=300 token-partitions=1",
      "target-bitrate", 1, I420, "video/x-vp8,profile=(string)0" },
  { "va*vp8enc", RTC_CODEC_VP8, "rate-control=cbr keyframe-period=1024 key-int-max=1024", "bitrate",
      1000, VIDEO, "video/x-vp8" },
  { "v4l2*vp8enc", RTC_CODEC_VP8, "", NULL, 0, VIDEO, "video/x-vp8" },

  { "vp9enc", RTC_CODEC_VP9,
      "deadline=1 cpu-used=8 lag-in-frames=0 auto-alt-ref=false error-resilient=default "
      "keyframe-max-dist=3000 end-usage=cbr threads=2 row-mt=true tile-columns=1 aq-mode=3 "
      "buffer-size=1000 buffer-initial-size=500 buffer-optimal-size=600 undershoot=100 "
      "overshoot=15 min-quantizer=4 max-quantizer=56 static-threshold=1 max-intra-bitrate=300 "
      "frame-parallel-decoding=true",
      "target-bitrate", 1, I420, "video/x-vp9,profile=(string)0" },
  { "va*vp9*enc", RTC_CODEC_VP9, "rate-control=cbr keyframe-period=1024 key-int-max=1024",
      "bitrate", 1000, VIDEO, "video/x-vp9,profile=(string)0" },
  { "qsvvp9enc", RTC_CODEC_VP9, "low-latency=true gop-size=3000 rate-control=cbr", "bitrate", 1000,
      VIDEO, "video/x-vp9,profile=(string)0" },
  { "v4l2*vp9enc", RTC_CODEC_VP9, "", NULL, 0, VIDEO, "video/x-vp9,profile=(string)0" },

  { "x265enc", RTC_CODEC_H265,
      "tune=zerolatency speed-preset=ultrafast key-int-max=3000 log-level=error "
      "option-string=bframes=0:rc-lookahead=0:pools=2:frame-threads=1:repeat-headers=1",
      "bitrate", 1000, I420, H265_MAIN },
  { "nv*h265enc", RTC_CODEC_H265,
      "preset=low-latency-hq tune=ultra-low-latency zerolatency=true bframes=0 gop-size=3000 "
      "rc-mode=cbr rc-lookahead=0",
      "bitrate", 1000, VIDEO, H265_MAIN },
  { "va*h265*enc", RTC_CODEC_H265,
      "rate-control=cbr b-frames=0 max-bframes=0 key-int-max=1024 keyframe-period=1024 "
      "target-usage=6",
      "bitrate", 1000, VIDEO, H265_MAIN },
  { "qsvh265enc", RTC_CODEC_H265,
      "low-latency=true b-frames=0 gop-size=3000 rate-control=cbr rc-lookahead=0", "bitrate", 1000,
      VIDEO, H265_MAIN },
  { "vtenc_h265*", RTC_CODEC_H265,
      "realtime=true allow-frame-reordering=false max-keyframe-interval=3000", "bitrate", 1000,
      VIDEO, H265_MAIN },
  { "v4l2*h265enc", RTC_CODEC_H265,
      "extra-controls=\"controls,repeat_sequence_header=1,video_b_frames=0\"", NULL, 0, VIDEO,
      "video/x-h265,stream-format=byte-stream" },

  { "svtav1enc", RTC_CODEC_AV1,
      "preset=12 intra-period-length=3000 logical-processors=2 "
      "parameters-string=pred-struct=1:rtc=1:lookahead=0",
      "target-bitrate", 1000, I420, "video/x-av1" },
  { "av1enc", RTC_CODEC_AV1,
      "usage-profile=realtime cpu-used=10 end-usage=cbr lag-in-frames=0 threads=2 row-mt=true "
      "keyframe-max-dist=3000 buf-sz=1000 buf-initial-sz=500 buf-optimal-sz=600",
      "target-bitrate", 1000, I420, "video/x-av1" },
  { "rav1enc", RTC_CODEC_AV1,
      "speed-preset=10 low-latency=true max-key-frame-interval=3000 threads=2 "
      "error-resilient=true",
      "bitrate", 1, I420, "video/x-av1" },
  { "nvav1enc", RTC_CODEC_AV1, "preset=p1 tune=ultra-low-latency gop-size=3000 rc-mode=cbr",
      "bitrate", 1000, VIDEO, "video/x-av1" },
  { "va*av1*enc", RTC_CODEC_AV1, "rate-control=cbr key-int-max=1024 target-usage=6", "bitrate",
      1000, VIDEO, "video/x-av1" },
  { "qsvav1enc", RTC_CODEC_AV1, "low-latency=true gop-size=3000 rate-control=cbr", "bitrate", 1000,
      VIDEO, "video/x-av1" },

  /* RFC 7587 4.2: 20 ms frames; in-band FEC costs nothing until a loss percentage is set. */
  { "opusenc", RTC_CODEC_OPUS,
      "frame-size=20 inband-fec=true bitrate-type=cbr audio-type=generic perfect-timestamp=false",
      "bitrate", 1, "audio/x-raw,rate=48000,channels=[1,2]",
      "audio/x-opus,channel-mapping-family=0" },
  { "mulawenc", RTC_CODEC_PCMU, "", NULL, 0, "audio/x-raw,rate=8000,channels=1",
      "audio/x-mulaw,rate=8000,channels=1" },
  { "alawenc", RTC_CODEC_PCMA, "", NULL, 0, "audio/x-raw,rate=8000,channels=1",
      "audio/x-alaw,rate=8000,channels=1" },
  { "avenc_g722", RTC_CODEC_G722, "", NULL, 0, "audio/x-raw,rate=16000,channels=1", "audio/G722" },
};

static const Family *
find_family (const gchar *factory_name)
{
  for (guint i = 0; i < G_N_ELEMENTS (families); i++) {
    if (g_pattern_match_simple (families[i].pattern, factory_name))
      return &families[i];
  }
  return NULL;
}

static const Family *
find_family_of_element (GstElement *encoder)
{
  GstElementFactory *factory = gst_element_get_factory (encoder);

  return factory == NULL ? NULL : find_family (GST_OBJECT_NAME (factory));
}

/* Higher rank first, then the table's order. */
static gint
compare_factories (gconstpointer a, gconstpointer b)
{
  guint rank_a = gst_plugin_feature_get_rank (GST_PLUGIN_FEATURE (a));
  guint rank_b = gst_plugin_feature_get_rank (GST_PLUGIN_FEATURE (b));
  const Family *family_a, *family_b;

  if (rank_a != rank_b)
    return rank_a > rank_b ? -1 : 1;
  family_a = find_family (GST_OBJECT_NAME (a));
  family_b = find_family (GST_OBJECT_NAME (b));
  return family_a < family_b ? -1 : family_a > family_b;
}

/* The factories that have a row for codec, best first; free with gst_plugin_feature_list_free(). */
static GList *
list_factories (RtcCodecId codec)
{
  GList *all, *found = NULL;

  all = gst_element_factory_list_get_elements (GST_ELEMENT_FACTORY_TYPE_ENCODER, GST_RANK_MARGINAL);
  for (GList *l = all; l != NULL; l = l->next) {
    const Family *family = find_family (GST_OBJECT_NAME (l->data));

    if (family != NULL && family->codec == codec)
      found = g_list_prepend (found, gst_object_ref (l->data));
  }
  gst_plugin_feature_list_free (all);
  return g_list_sort (found, compare_factories);
}

static void
apply_settings (GstElement *encoder, const gchar *settings)
{
  gchar **argv = NULL;

  if (*settings == '\0' || !g_shell_parse_argv (settings, NULL, &argv, NULL))
    return;
  for (gchar **arg = argv; *arg != NULL; arg++) {
    gchar *value = strchr (*arg, '=');

    *value++ = '\0';
    if (g_object_class_find_property (G_OBJECT_GET_CLASS (encoder), *arg) != NULL)
      gst_util_set_object_arg (G_OBJECT (encoder), *arg, value);
  }
  g_strfreev (argv);
}

static gboolean
reaches_ready (GstElement *encoder)
{
  gboolean ok = gst_element_set_state (encoder, GST_STATE_READY) == GST_STATE_CHANGE_SUCCESS;

  gst_element_set_state (encoder, GST_STATE_NULL);
  return ok;
}

static const gchar *
package_hint (RtcCodecId codec)
{
  if (codec == RTC_CODEC_H264 || codec == RTC_CODEC_H265)
    return "gstreamer1.0-plugins-ugly or gstreamer1.0-plugins-bad";
  if (codec == RTC_CODEC_VP8 || codec == RTC_CODEC_VP9)
    return "gstreamer1.0-plugins-good";
  if (codec == RTC_CODEC_G722)
    return "gstreamer1.0-libav";
  return "gstreamer1.0-plugins-base, -good or -bad";
}

GstElement *
gst_rtc_encoder_make (RtcCodecId codec, GError **error)
{
  GList *factories;
  GstElement *encoder = NULL;

  rtc_log_init ();
  factories = list_factories (codec);
  for (GList *l = factories; l != NULL && encoder == NULL; l = l->next) {
    encoder = gst_element_factory_create (GST_ELEMENT_FACTORY (l->data), NULL);
    if (encoder == NULL)
      continue;
    if (!reaches_ready (encoder)) {
      GST_INFO ("%s is installed but does not reach READY", GST_OBJECT_NAME (l->data));
      gst_object_ref_sink (encoder);
      gst_clear_object (&encoder);
      continue;
    }
    apply_settings (encoder, find_family (GST_OBJECT_NAME (l->data))->settings);
    GST_INFO_OBJECT (encoder, "chosen for %s", rtc_codec_info (codec)->name);
  }
  gst_plugin_feature_list_free (factories);
  if (encoder == NULL)
    rtc_error (error, RTC_ERR_UNSUPPORTED,
        "no encoder for %s that works is installed; try the package %s",
        rtc_codec_info (codec)->name, package_hint (codec));
  return encoder;
}

gboolean
gst_rtc_encoder_is_available (RtcCodecId codec)
{
  GList *factories = list_factories (codec);
  gboolean available = factories != NULL;

  gst_plugin_feature_list_free (factories);
  return available;
}

GstCaps *
gst_rtc_encoder_get_input_caps (GstElement *encoder)
{
  const Family *family = find_family_of_element (encoder);

  return family == NULL ? gst_caps_new_any () : gst_caps_from_string (family->input_caps);
}

GstCaps *
gst_rtc_encoder_get_output_caps (GstElement *encoder)
{
  const Family *family = find_family_of_element (encoder);

  return family == NULL ? gst_caps_new_any () : gst_caps_from_string (family->output_caps);
}

gboolean
gst_rtc_encoder_set_bitrate (GstElement *encoder, guint rate_bps)
{
  const Family *family = find_family_of_element (encoder);
  GParamSpec *pspec;
  GValue wide = G_VALUE_INIT, value = G_VALUE_INIT;
  gboolean ok;

  if (family == NULL || family->rate_property == NULL)
    return FALSE;
  pspec = g_object_class_find_property (G_OBJECT_GET_CLASS (encoder), family->rate_property);
  if (pspec == NULL)
    return FALSE;
  g_value_init (&wide, G_TYPE_INT);
  g_value_set_int (&wide, (gint) MIN (MAX (1, rate_bps / family->rate_unit), G_MAXINT));
  g_value_init (&value, pspec->value_type);
  ok = g_value_transform (&wide, &value);
  if (ok) {
    g_param_value_validate (pspec, &value); /* clamps into the encoder's own range */
    g_object_set_property (G_OBJECT (encoder), family->rate_property, &value);
  }
  g_value_unset (&value);
  g_value_unset (&wide);
  return ok;
}

guint
gst_rtc_encoder_get_bitrate (GstElement *encoder)
{
  const Family *family = find_family_of_element (encoder);
  GParamSpec *pspec;
  GValue wide = G_VALUE_INIT, value = G_VALUE_INIT;
  guint64 rate = 0;

  if (family == NULL || family->rate_property == NULL)
    return 0;
  pspec = g_object_class_find_property (G_OBJECT_GET_CLASS (encoder), family->rate_property);
  if (pspec == NULL)
    return 0;
  g_value_init (&value, pspec->value_type);
  g_value_init (&wide, G_TYPE_UINT64);
  g_object_get_property (G_OBJECT (encoder), family->rate_property, &value);
  if (g_value_transform (&value, &wide))
    rate = g_value_get_uint64 (&wide) * family->rate_unit;
  g_value_unset (&value);
  g_value_unset (&wide);
  return (guint) MIN (rate, G_MAXUINT);
}
