/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "gst/media/gstrtcbranch.h"

#include <gst/video/video.h>

#include "gst/media/gstrtcencoder.h"
#include "gst/media/gstrtcencoderlayers.h"
#include "gst/media/gstrtcframegate.h"
#include "gst/media/gstrtcpayloader.h"
#include "gst/media/gstrtcstreamwatch.h"
#include "gst/rtc/base/rtc-log.h"
#include "gst/rtc/base/rtc-result.h"

#define GST_CAT_DEFAULT rtc_log_media

/* Raw frames waiting for the encoder; older ones are dropped. Two, so that one jitter of the
 * scheduler costs no frame. */
#define RAW_VIDEO_BUFFERS 2

/* Raw sound waiting for the encoder, ns. */
#define RAW_AUDIO_TIME (200 * GST_MSECOND)

/* Even sizes, as 4:2:0 encoders want them, and square pixels, as browsers show them. */
#define VIDEO_LIMITS "video/x-raw,width=[2,16382,2],height=[2,16382,2],pixel-aspect-ratio=1/1"

struct _GstRtcBranch {
  GstBin parent;
  RtcCodecId codec;
  GstElement *encoder;   /* owned by the bin; NULL for encoded input */
  GstElement *payloader; /* NULL for RTP */
  GstElement *packets;
  GstRtcStreamWatch watch;

  gboolean has_gate; /* raw video */
  GstRtcFrameGate gate;
  GstRtcEncoderTraits traits;
  GstRtcBranchSetting setting; /* object lock */
};

G_DEFINE_TYPE (GstRtcBranch, gst_rtc_branch, GST_TYPE_BIN)

/* The elements in the order of the data; made first, added and linked together. */
typedef struct {
  GPtrArray *elements; /* floating until they are in the bin */
  GError *error;       /* the first one */
} Chain;

/* Appends element (floating, nullable: error is set then or at least the name is known). */
static void
chain_take (Chain *chain, GstElement *element, const gchar *name)
{
  if (element != NULL)
    g_ptr_array_add (chain->elements, element);
  else if (chain->error == NULL)
    rtc_error (&chain->error, RTC_ERR_UNSUPPORTED, "the element %s is not installed", name);
}

static GstElement *
chain_make (Chain *chain, const gchar *factory)
{
  GstElement *element = gst_element_factory_make (factory, NULL);

  chain_take (chain, element, factory);
  return element;
}

/* A capsfilter, NULL when it is not needed or not there; takes caps. */
static GstElement *
chain_make_filter (Chain *chain, GstCaps *caps)
{
  GstElement *filter = NULL;

  if (!gst_caps_is_any (caps)) {
    filter = chain_make (chain, "capsfilter");
    if (filter != NULL)
      g_object_set (filter, "caps", caps, NULL);
  }
  gst_caps_unref (caps);
  return filter;
}

static GstCaps *
video_encoder_caps (GstElement *encoder)
{
  GstCaps *limits = gst_caps_from_string (VIDEO_LIMITS);
  GstCaps *input = gst_rtc_encoder_get_input_caps (encoder);
  GstCaps *caps = gst_caps_intersect (limits, input);

  gst_caps_unref (limits);
  gst_caps_unref (input);
  return caps;
}

static void
make_gate (GstRtcBranch *self, GstElement *queue, GstElement *filter)
{
  GstPad *pad = gst_element_get_static_pad (queue, "src");

  gst_rtc_frame_gate_init (&self->gate, pad, filter);
  self->has_gate = TRUE;
  gst_object_unref (pad);
}

static void
make_raw_chain (GstRtcBranch *self, Chain *chain, const GstRtcBranchConfig *config)
{
  gboolean is_video = rtc_codec_info (config->codec)->kind == RTC_MEDIA_VIDEO;
  GstElement *queue = chain_make (chain, "queue"), *scale, *filter;

  if (queue != NULL) {
    gst_util_set_object_arg (G_OBJECT (queue), "leaky", "downstream");
    g_object_set (queue, "max-size-bytes", 0, "max-size-buffers", is_video ? RAW_VIDEO_BUFFERS : 0,
        "max-size-time", is_video ? G_GUINT64_CONSTANT (0) : RAW_AUDIO_TIME, NULL);
  }
  chain_make (chain, is_video ? "videoconvert" : "audioconvert");
  scale = chain_make (chain, is_video ? "videoscale" : "audioresample");
  if (is_video && scale != NULL)
    g_object_set (scale, "add-borders", FALSE, NULL);
  self->encoder = gst_rtc_encoder_make (config->codec, chain->error == NULL ? &chain->error : NULL);
  if (self->encoder == NULL)
    return;
  gst_rtc_encoder_get_traits (self->encoder, &self->traits);
  if (config->layers && gst_rtc_encoder_set_layers (self->encoder))
    self->traits.thin_share = GST_RTC_ENCODER_BASE_SHARE;
  filter = chain_make_filter (chain, is_video ? video_encoder_caps (self->encoder)
                                              : gst_rtc_encoder_get_input_caps (self->encoder));
  if (is_video && queue != NULL && filter != NULL)
    make_gate (self, queue, filter);
  chain_take (chain, self->encoder, "encoder");
  if (is_video && config->start_bitrate > 0)
    gst_rtc_encoder_set_bitrate (self->encoder, config->start_bitrate);
  chain_make_filter (chain, gst_rtc_encoder_get_output_caps (self->encoder));
}

static void
post_finding (GstRtcBranch *self, GstRtcStreamFinding finding)
{
  const gchar *text = gst_rtc_stream_finding_describe (finding);

  if (text != NULL)
    GST_ELEMENT_WARNING (self, STREAM, FORMAT, ("%s: %s", GST_ELEMENT_NAME (self), text), (NULL));
}

static GstPadProbeReturn
watch_input (GstPad *pad, GstPadProbeInfo *info, gpointer user_data)
{
  GstRtcBranch *self = user_data;

  post_finding (
      self, gst_rtc_stream_watch_handle_input (&self->watch, GST_PAD_PROBE_INFO_BUFFER (info)));
  return GST_PAD_PROBE_OK;
}

static GstPadProbeReturn
watch_output (GstPad *pad, GstPadProbeInfo *info, gpointer user_data)
{
  GstRtcBranch *self = user_data;

  post_finding (
      self, gst_rtc_stream_watch_handle_output (&self->watch, GST_PAD_PROBE_INFO_BUFFER (info)));
  return GST_PAD_PROBE_OK;
}

/* One packet, or the first of those that come together. */
static GstPadProbeReturn
watch_packets (GstPad *pad, GstPadProbeInfo *info, gpointer user_data)
{
  GstRtcBranch *self = user_data;
  GstRtcPacketSinkStats stats;
  GstBuffer *buffer;

  if (!gst_rtc_stream_watch_waits (&self->watch))
    return GST_PAD_PROBE_OK;
  if ((info->type & GST_PAD_PROBE_TYPE_BUFFER_LIST) == 0)
    buffer = GST_PAD_PROBE_INFO_BUFFER (info);
  else if (gst_buffer_list_length (GST_PAD_PROBE_INFO_BUFFER_LIST (info)) > 0)
    buffer = gst_buffer_list_get (GST_PAD_PROBE_INFO_BUFFER_LIST (info), 0);
  else
    return GST_PAD_PROBE_OK;
  gst_rtc_branch_get_stats (self, &stats);
  post_finding (self, gst_rtc_stream_watch_handle_packet (&self->watch, buffer, stats.key_frames));
  return GST_PAD_PROBE_OK;
}

static void
add_probe (GstElement *element, const gchar *pad_name, GstPadProbeType what,
    GstPadProbeCallback func, gpointer data)
{
  GstPad *pad = gst_element_get_static_pad (element, pad_name);

  gst_pad_add_probe (pad, what, func, data, NULL);
  gst_object_unref (pad);
}

/* Returns the parser, if there is one. */
static GstElement *
make_encoded_chain (GstRtcBranch *self, Chain *chain, const GstRtcBranchConfig *config)
{
  gboolean is_video = rtc_codec_info (config->codec)->kind == RTC_MEDIA_VIDEO;
  GstCaps *parsed;
  GstElement *parser = gst_rtc_payloader_make_parser (config->codec, &parsed);

  if (parser != NULL) {
    chain_take (chain, parser, "parser");
    if (is_video) {
      add_probe (parser, "sink", GST_PAD_PROBE_TYPE_BUFFER, watch_input, self);
      add_probe (parser, "src", GST_PAD_PROBE_TYPE_BUFFER, watch_output, self);
    }
  }
  chain_make_filter (chain, parsed);
  return parser;
}

static void
make_media_chain (GstRtcBranch *self, Chain *chain, const GstRtcBranchConfig *config)
{
  GstElement *parser = NULL;

  if (config->is_raw)
    make_raw_chain (self, chain, config);
  else
    parser = make_encoded_chain (self, chain, config);
  if (config->filter != NULL)
    chain_take (chain, config->filter, "filter");
  self->payloader =
      gst_rtc_payloader_make (config->codec, chain->error == NULL ? &chain->error : NULL);
  if (self->payloader != NULL && parser != NULL)
    gst_rtc_payloader_leave_parameter_sets_to (self->payloader, parser);
  chain_take (chain, self->payloader, "payloader");
}

/* Puts the elements into the bin and links them; the first sink pad becomes the bin's. */
static gboolean
assemble (GstRtcBranch *self, Chain *chain)
{
  GstElement *first = g_ptr_array_index (chain->elements, 0);
  GstPad *pad;

  for (guint i = 0; i < chain->elements->len; i++)
    gst_bin_add (GST_BIN (self), g_ptr_array_index (chain->elements, i));
  for (guint i = 1; i < chain->elements->len; i++) {
    GstElement *from = g_ptr_array_index (chain->elements, i - 1);
    GstElement *to = g_ptr_array_index (chain->elements, i);

    if (!gst_element_link (from, to)) {
      rtc_error (&chain->error, RTC_ERR_UNSUPPORTED, "%s and %s do not fit together",
          GST_OBJECT_NAME (from), GST_OBJECT_NAME (to));
      return FALSE;
    }
  }
  pad = gst_element_get_static_pad (first, "sink");
  gst_element_add_pad (GST_ELEMENT (self), gst_ghost_pad_new ("sink", pad));
  gst_object_unref (pad);
  return TRUE;
}

static void
discard (gpointer element)
{
  gst_object_unref (gst_object_ref_sink (element));
}

GstElement *
gst_rtc_branch_new (const gchar *name, const GstRtcBranchConfig *config, GError **error)
{
  GstRtcBranch *self = g_object_new (GST_TYPE_RTC_BRANCH, "name", name, NULL);
  Chain chain = { g_ptr_array_new (), NULL };

  self->codec = config->codec;
  gst_rtc_stream_watch_init (&self->watch, config->codec);
  if (!config->is_rtp)
    make_media_chain (self, &chain, config);
  self->packets = gst_rtc_packet_sink_new (config->codec, config->is_rtp, &config->output);
  chain_take (&chain, self->packets, "packets");
  if (config->is_rtp && rtc_codec_info (config->codec)->kind == RTC_MEDIA_VIDEO)
    add_probe (self->packets, "sink", GST_PAD_PROBE_TYPE_BUFFER | GST_PAD_PROBE_TYPE_BUFFER_LIST,
        watch_packets, self);

  if (chain.error != NULL)
    g_ptr_array_foreach (chain.elements, (GFunc) (void (*) (void)) discard, NULL);
  else
    assemble (self, &chain);
  g_ptr_array_unref (chain.elements);
  if (chain.error != NULL) {
    g_propagate_error (error, chain.error);
    discard (self);
    return NULL;
  }
  return GST_ELEMENT (self);
}

static void
gst_rtc_branch_finalize (GObject *object)
{
  GstRtcBranch *self = GST_RTC_BRANCH (object);

  if (self->has_gate)
    gst_rtc_frame_gate_clear (&self->gate);
  G_OBJECT_CLASS (gst_rtc_branch_parent_class)->finalize (object);
}

static void
gst_rtc_branch_class_init (GstRtcBranchClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = gst_rtc_branch_finalize;
  gst_element_class_set_static_metadata (GST_ELEMENT_CLASS (klass), "RTP branch", "Sink/Network",
      "From one stream to the RTP packets of one codec", "the gst-plugins-rtc authors");
}

static void
gst_rtc_branch_init (GstRtcBranch *self)
{
  rtc_log_init ();
  self->setting.keep = self->setting.of = 1;
}

RtcCodecId
gst_rtc_branch_get_codec (GstRtcBranch *self)
{
  return self->codec;
}

GstElement *
gst_rtc_branch_find_encoder (GstRtcBranch *self)
{
  return self->encoder;
}

GstElement *
gst_rtc_branch_find_payloader (GstRtcBranch *self)
{
  return self->payloader;
}

void
gst_rtc_branch_request_key_frame (GstRtcBranch *self)
{
  GstPad *pad = gst_element_get_static_pad (self->packets, "sink");

  gst_rtc_stream_watch_request_key_frame (&self->watch);
  gst_pad_push_event (
      pad, gst_video_event_new_upstream_force_key_unit (GST_CLOCK_TIME_NONE, TRUE, 0));
  gst_object_unref (pad);
}

/* --- steering the encoder ---------------------------------------------------------------------
 */

/* How many times the nominal rate an encoder is told that counts frames, since it gets fewer. */
static gdouble
get_compensation (GstRtcBranch *self)
{
  gdouble factor;

  GST_OBJECT_LOCK (self);
  factor = self->traits.counts_frames ? (gdouble) self->setting.of / self->setting.keep : 1;
  GST_OBJECT_UNLOCK (self);
  return factor;
}

gboolean
gst_rtc_branch_set_bitrate (GstRtcBranch *self, guint rate_bps)
{
  return self->encoder != NULL
         && gst_rtc_encoder_set_bitrate (
             self->encoder, (guint) MIN (rate_bps * get_compensation (self), G_MAXUINT));
}

guint
gst_rtc_branch_get_bitrate (GstRtcBranch *self)
{
  if (self->encoder == NULL)
    return 0;
  return (guint) (gst_rtc_encoder_get_bitrate (self->encoder) / get_compensation (self) + 0.5);
}

void
gst_rtc_branch_apply (GstRtcBranch *self, const GstRtcBranchSetting *setting)
{
  gboolean other_part;

  GST_OBJECT_LOCK (self);
  other_part = self->setting.keep != setting->keep || self->setting.of != setting->of;
  self->setting = *setting;
  GST_OBJECT_UNLOCK (self);
  if (self->has_gate) {
    if (other_part)
      gst_rtc_frame_gate_set_part (&self->gate, setting->keep, setting->of);
    gst_rtc_frame_gate_set_size (&self->gate, setting->width, setting->height);
  }
  if (setting->rate_bps > 0)
    gst_rtc_branch_set_bitrate (self, setting->rate_bps);
}

gboolean
gst_rtc_branch_get_format (GstRtcBranch *self, GstRtcBranchFormat *out)
{
  *out = (GstRtcBranchFormat){ 0 };
  return self->has_gate
         && gst_rtc_frame_gate_get_format (&self->gate, &out->width, &out->height, &out->fps);
}

void
gst_rtc_branch_get_traits (GstRtcBranch *self, GstRtcEncoderTraits *out)
{
  *out = self->traits;
}

void
gst_rtc_branch_get_stats (GstRtcBranch *self, GstRtcPacketSinkStats *out)
{
  gst_rtc_packet_sink_get_stats (GST_RTC_PACKET_SINK (self->packets), out);
}

guint
gst_rtc_branch_count_b_frames (GstRtcBranch *self)
{
  GstRtcPacketSinkStats stats;

  gst_rtc_branch_get_stats (self, &stats);
  return gst_rtc_stream_watch_count_b_frames (&self->watch) + (guint) stats.rtp_input.b_frames;
}
