/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "gst/media/gstrtcpayloader.h"

#include "gst/media/gstrtcdelimiter.h"
#include "gst/rtc/base/rtc-result.h"

typedef struct {
  RtcCodecId codec;
  const gchar *media_caps;
  const gchar *parser; /* NULL: none */
  const gchar *parsed_caps;
  const gchar *payloader;
  const gchar *settings[3]; /* "property=value", those that the element lacks are skipped */
} Row;

/* config-interval -1: parameter sets before every IDR, so that a viewer can start at any key frame
 * without out-of-band ones; the parser does that where there is one, see
 * gst_rtc_payloader_leave_parameter_sets_to().
 * aggregate-mode: they share a packet with what follows and nothing
 * waits. picture-id 15 bit: lets an SFU or a viewer see lost frames (RFC 7741 4.2). */
static const Row rows[] = {
  { RTC_CODEC_VP8, "video/x-vp8", NULL, "video/x-vp8", "rtpvp8pay", { "picture-id-mode=15-bit" } },
  { RTC_CODEC_H264, "video/x-h264", "h264parse",
      "video/x-h264,stream-format=(string)byte-stream,alignment=(string)au", "rtph264pay",
      { "config-interval=-1", "aggregate-mode=zero-latency" } },
  { RTC_CODEC_VP9, "video/x-vp9", "vp9parse", "video/x-vp9,alignment=(string)super-frame",
      "rtpvp9pay", { "picture-id-mode=15-bit" } },
  { RTC_CODEC_H265, "video/x-h265", "h265parse",
      "video/x-h265,stream-format=(string)byte-stream,alignment=(string)au", "rtph265pay",
      { "config-interval=-1", "aggregate-mode=zero-latency" } },
  { RTC_CODEC_AV1, "video/x-av1", "av1parse",
      "video/x-av1,stream-format=(string)obu-stream,alignment=(string)tu", "rtpav1pay", { NULL } },
  { RTC_CODEC_OPUS, "audio/x-opus", "opusparse", "audio/x-opus", "rtpopuspay", { "dtx=false" } },
  /* RFC 3551 4.2: 20 ms a packet; the MTU alone would allow 140 ms of delay. */
  { RTC_CODEC_PCMU, "audio/x-mulaw", NULL, "audio/x-mulaw,rate=8000,channels=1", "rtppcmupay",
      { "max-ptime=20000000", "min-ptime=20000000" } },
  { RTC_CODEC_PCMA, "audio/x-alaw", NULL, "audio/x-alaw,rate=8000,channels=1", "rtppcmapay",
      { "max-ptime=20000000", "min-ptime=20000000" } },
  { RTC_CODEC_G722, "audio/G722", NULL, "audio/G722,rate=16000,channels=1", "rtpg722pay",
      { "max-ptime=20000000", "min-ptime=20000000" } },
};

#define RTP_CAPS "application/x-rtp"

static const Row *
find_row (RtcCodecId codec)
{
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    if (rows[i].codec == codec)
      return &rows[i];
  }
  return NULL;
}

static gboolean
is_installed (const gchar *name)
{
  GstElementFactory *factory = gst_element_factory_find (name);
  gboolean found = factory != NULL;

  gst_clear_object (&factory);
  return found;
}

static const GstStructure *
first_structure (const GstCaps *caps)
{
  if (caps == NULL || gst_caps_is_any (caps) || gst_caps_is_empty (caps))
    return NULL;
  return gst_caps_get_structure (caps, 0);
}

static RtcCodecId
find_rtp_codec (const GstStructure *structure)
{
  const gchar *name = gst_structure_get_string (structure, "encoding-name");
  gint clock_rate;

  if (name == NULL || !gst_structure_get_int (structure, "clock-rate", &clock_rate))
    return RTC_CODEC_UNKNOWN;
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    const RtcCodecInfo *info = rtc_codec_info (rows[i].codec);

    if (g_ascii_strcasecmp (info->name, name) == 0 && info->clock_rate == (guint) clock_rate)
      return rows[i].codec;
  }
  return RTC_CODEC_UNKNOWN;
}

gboolean
gst_rtc_payloader_is_rtp (const GstCaps *caps)
{
  const GstStructure *structure = first_structure (caps);

  return structure != NULL && gst_structure_has_name (structure, RTP_CAPS);
}

RtcCodecId
gst_rtc_payloader_find_codec (const GstCaps *caps)
{
  const GstStructure *structure = first_structure (caps);

  if (structure == NULL)
    return RTC_CODEC_UNKNOWN;
  if (gst_structure_has_name (structure, RTP_CAPS))
    return find_rtp_codec (structure);
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    if (gst_structure_has_name (structure, rows[i].media_caps))
      return rows[i].codec;
  }
  return RTC_CODEC_UNKNOWN;
}

gboolean
gst_rtc_payloader_is_same_input (const GstCaps *a, const GstCaps *b)
{
  return gst_rtc_payloader_find_codec (a) == gst_rtc_payloader_find_codec (b)
         && gst_rtc_payloader_is_rtp (a) == gst_rtc_payloader_is_rtp (b);
}

const RtcCodecId *
gst_rtc_payloader_list_codecs (RtcMediaKind kind)
{
  static const RtcCodecId video[] = { RTC_CODEC_VP8, RTC_CODEC_H264, RTC_CODEC_VP9, RTC_CODEC_H265,
    RTC_CODEC_AV1, RTC_CODEC_UNKNOWN };
  static const RtcCodecId audio[] = { RTC_CODEC_OPUS, RTC_CODEC_G722, RTC_CODEC_PCMU,
    RTC_CODEC_PCMA, RTC_CODEC_UNKNOWN };

  return kind == RTC_MEDIA_VIDEO ? video : audio;
}

GstCaps *
gst_rtc_payloader_get_media_caps (RtcCodecId codec)
{
  const Row *row = find_row (codec);

  return row == NULL ? gst_caps_new_empty () : gst_caps_from_string (row->media_caps);
}

GstCaps *
gst_rtc_payloader_get_rtp_caps (RtcCodecId codec)
{
  const RtcCodecInfo *info = rtc_codec_info (codec);
  gchar *name = g_ascii_strup (info->name, -1);
  GstCaps *caps = gst_caps_new_simple (RTP_CAPS, "media", G_TYPE_STRING,
      info->kind == RTC_MEDIA_VIDEO ? "video" : "audio", "encoding-name", G_TYPE_STRING, name,
      "clock-rate", G_TYPE_INT, (gint) info->clock_rate, NULL);

  g_free (name);
  return caps;
}

gboolean
gst_rtc_payloader_is_available (RtcCodecId codec)
{
  const Row *row = find_row (codec);

  return row != NULL && is_installed (row->payloader);
}

GstElement *
gst_rtc_payloader_make (RtcCodecId codec, GError **error)
{
  const Row *row = find_row (codec);
  GstElement *payloader;

  if (row == NULL) {
    rtc_error (error, RTC_ERR_UNSUPPORTED, "no RTP payload format is known for this codec");
    return NULL;
  }
  payloader = gst_element_factory_make (row->payloader, NULL);
  if (payloader == NULL) {
    rtc_error (error, RTC_ERR_UNSUPPORTED, "the element %s is not installed", row->payloader);
    return NULL;
  }
  g_object_set (payloader, "mtu", (guint) RTC_PAYLOADER_MTU, "pt", (guint) GST_RTC_PAYLOADER_PT,
      "auto-header-extension", FALSE, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (row->settings) && row->settings[i] != NULL; i++) {
    gchar **pair = g_strsplit (row->settings[i], "=", 2);

    if (g_object_class_find_property (G_OBJECT_GET_CLASS (payloader), pair[0]) != NULL)
      gst_util_set_object_arg (G_OBJECT (payloader), pair[0], pair[1]);
    g_strfreev (pair);
  }
  gst_rtc_delimiter_leave_out (payloader, codec);
  return payloader;
}

GstElement *
gst_rtc_payloader_make_parser (RtcCodecId codec, GstCaps **parsed)
{
  const Row *row = find_row (codec);
  GstElement *parser = NULL;

  if (row == NULL) {
    *parsed = gst_caps_new_any ();
    return NULL;
  }
  if (row->parser != NULL)
    parser = gst_element_factory_make (row->parser, NULL);
  *parsed = gst_caps_from_string (parser != NULL ? row->parsed_caps : row->media_caps);
  return parser;
}

void
gst_rtc_payloader_leave_parameter_sets_to (GstElement *payloader, GstElement *parser)
{
  if (g_object_class_find_property (G_OBJECT_GET_CLASS (payloader), "config-interval") == NULL
      || g_object_class_find_property (G_OBJECT_GET_CLASS (parser), "config-interval") == NULL)
    return;
  g_object_set (parser, "config-interval", -1, NULL);
  g_object_set (payloader, "config-interval", 0, NULL);
}
