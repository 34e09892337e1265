/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "gst/media/gstrtcdepayloader.h"

#include "gst/rtc/base/rtc-result.h"
#include "gst/rtc/rtp/rtc-rtp-header.h"
#include "gst/rtc/sdp/rtc-sdp-caps.h"

typedef struct {
  RtcCodecId codec;
  RtcMediaKind kind;
  const gchar *media_caps;
  const gchar *depayloader;
  const gchar *parser;   /* NULL: none */
  const gchar *decoders; /* names as g_pattern_match_simple() takes them, apart by blanks */
  const gchar *package;  /* Debian package of the depayloader */
  const gchar *framing;  /* caps in order of preference; NULL: the parser has but one */
} Row;

/* Order: what to prefer among equals. */
static const Row rows[] = {
  { RTC_CODEC_VP8, RTC_MEDIA_VIDEO, "video/x-vp8", "rtpvp8depay", NULL,
      "vp8dec avdec_vp8 va*vp8dec nvvp8dec v4l2*vp8dec qsvvp8dec d3d11vp8dec",
      "gstreamer1.0-plugins-good" },
  { RTC_CODEC_H264, RTC_MEDIA_VIDEO, "video/x-h264", "rtph264depay", "h264parse",
      "avdec_h264 openh264dec va*h264dec nvh264dec v4l2*h264dec qsvh264dec vtdec d3d11h264dec",
      "gstreamer1.0-plugins-good", "video/x-h264,alignment=(string)au; video/x-h264" },
  { RTC_CODEC_VP9, RTC_MEDIA_VIDEO, "video/x-vp9", "rtpvp9depay", "vp9parse",
      "vp9dec avdec_vp9 va*vp9dec nvvp9dec v4l2*vp9dec qsvvp9dec d3d11vp9dec",
      "gstreamer1.0-plugins-good" },
  { RTC_CODEC_H265, RTC_MEDIA_VIDEO, "video/x-h265", "rtph265depay", "h265parse",
      "avdec_h265 libde265dec va*h265dec nvh265dec v4l2*h265dec qsvh265dec vtdec d3d11h265dec",
      "gstreamer1.0-plugins-good", "video/x-h265,alignment=(string)au; video/x-h265" },
  { RTC_CODEC_AV1, RTC_MEDIA_VIDEO, "video/x-av1", "rtpav1depay", "av1parse",
      "dav1ddec av1dec avdec_av1 va*av1dec nvav1dec v4l2*av1dec qsvav1dec d3d11av1dec",
      "gstreamer1.0-plugins-rs" },
  { RTC_CODEC_OPUS, RTC_MEDIA_AUDIO, "audio/x-opus", "rtpopusdepay", "opusparse",
      "opusdec avdec_opus", "gstreamer1.0-plugins-good" },
  { RTC_CODEC_G722, RTC_MEDIA_AUDIO, "audio/G722,rate=16000,channels=1", "rtpg722depay", NULL,
      "avdec_g722", "gstreamer1.0-plugins-good" },
  { RTC_CODEC_PCMU, RTC_MEDIA_AUDIO, "audio/x-mulaw,rate=8000,channels=1", "rtppcmudepay", NULL,
      "mulawdec", "gstreamer1.0-plugins-good" },
  { RTC_CODEC_PCMA, RTC_MEDIA_AUDIO, "audio/x-alaw,rate=8000,channels=1", "rtppcmadepay", NULL,
      "alawdec", "gstreamer1.0-plugins-good" },
};

static const Row *
find_row (RtcCodecId codec)
{
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    if (rows[i].codec == codec)
      return &rows[i];
  }
  return NULL;
}

gboolean
gst_rtc_depayloader_is_available (RtcCodecId codec)
{
  const Row *row = find_row (codec);
  GstElementFactory *factory = row == NULL ? NULL : gst_element_factory_find (row->depayloader);
  gboolean found = factory != NULL;

  gst_clear_object (&factory);
  return found;
}

RtcCodecId *
gst_rtc_depayloader_list_codecs (RtcMediaKind kind)
{
  RtcCodecId *list = g_new (RtcCodecId, G_N_ELEMENTS (rows) + 1);
  guint n = 0;

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    if (rows[i].kind == kind && gst_rtc_depayloader_is_available (rows[i].codec))
      list[n++] = rows[i].codec;
  }
  list[n] = RTC_CODEC_UNKNOWN;
  return list;
}

/* Fragments without content are within the RFCs' grammar and of no use; the H.265 depayloader of
 * GStreamer 1.22 copies past the end of one (its length less one wraps). RFC 6184 5.8, RFC 7798
 * 4.4.3: NAL unit header or indicator, FU header, then the content. */
static gboolean
is_empty_fragment (RtcCodecId codec, const guint8 *payload, gsize len)
{
  if (codec == RTC_CODEC_H265)
    return len < 2 || ((payload[0] >> 1 & 0x3f) == 49 && len < 4);
  return len < 1 || (((payload[0] & 0x1f) == 28 || (payload[0] & 0x1f) == 29) && len < 3);
}

static GstPadProbeReturn
drop_empty_fragment (GstPad *pad, GstPadProbeInfo *info, gpointer data)
{
  RtcCodecId codec = (RtcCodecId) GPOINTER_TO_INT (data);
  GstMapInfo map;
  RtcRtpHeader header;
  gboolean bad;

  if (!gst_buffer_map (GST_PAD_PROBE_INFO_BUFFER (info), &map, GST_MAP_READ))
    return GST_PAD_PROBE_DROP;
  bad = rtc_rtp_header_parse (&header, map.data, map.size) != RTC_OK
        || is_empty_fragment (codec, map.data + header.payload_offset, header.payload_len);
  gst_buffer_unmap (GST_PAD_PROBE_INFO_BUFFER (info), &map);
  return bad ? GST_PAD_PROBE_DROP : GST_PAD_PROBE_OK;
}

static void
guard (GstElement *depayloader, RtcCodecId codec)
{
  GstPad *pad;

  if (codec != RTC_CODEC_H264 && codec != RTC_CODEC_H265)
    return;
  pad = gst_element_get_static_pad (depayloader, "sink");
  gst_pad_add_probe (
      pad, GST_PAD_PROBE_TYPE_BUFFER, drop_empty_fragment, GINT_TO_POINTER (codec), NULL);
  gst_object_unref (pad);
}

GstElement *
gst_rtc_depayloader_new (RtcCodecId codec, GError **error)
{
  const Row *row = find_row (codec);
  GstElement *depayloader;

  if (row == NULL) {
    rtc_error (error, RTC_ERR_UNSUPPORTED, "this codec is not one that is received");
    return NULL;
  }
  depayloader = gst_element_factory_make (row->depayloader, NULL);
  if (depayloader == NULL) {
    rtc_error (error, RTC_ERR_UNSUPPORTED,
        "the element %s is not installed; it is in the package %s", row->depayloader, row->package);
    return NULL;
  }
  if (g_object_class_find_property (G_OBJECT_GET_CLASS (depayloader), "auto-header-extension"))
    g_object_set (depayloader, "auto-header-extension", FALSE, NULL);
  guard (depayloader, codec);
  return depayloader;
}

GstElement *
gst_rtc_depayloader_make_parser (RtcCodecId codec)
{
  const Row *row = find_row (codec);

  if (row == NULL || row->parser == NULL)
    return NULL;
  return gst_element_factory_make (row->parser, NULL);
}

GstElement *
gst_rtc_depayloader_make_framing (RtcCodecId codec)
{
  const Row *row = find_row (codec);
  GstElement *filter;
  GstCaps *caps;

  if (row == NULL || row->framing == NULL)
    return NULL;
  filter = gst_element_factory_make ("capsfilter", NULL);
  caps = gst_caps_from_string (row->framing);
  g_object_set (filter, "caps", caps, NULL);
  gst_caps_unref (caps);
  return filter;
}

/* Whether the table has the decoder. Not every one that a registry has will do: some take a codec's
 * special forms only (vp8alphadecodebin), some are wrappers around others. */
static gboolean
is_listed (const Row *row, GstPluginFeature *factory)
{
  gchar **patterns = g_strsplit (row->decoders, " ", -1);
  gboolean found = FALSE;

  for (guint i = 0; patterns[i] != NULL && !found; i++)
    found = g_pattern_match_simple (patterns[i], GST_OBJECT_NAME (factory));
  g_strfreev (patterns);
  return found;
}

GstElement *
gst_rtc_depayloader_make_decoder (RtcCodecId codec, GError **error)
{
  const Row *row = find_row (codec);
  GList *all, *fitting;
  GstElement *decoder = NULL;
  GstCaps *caps;

  if (row == NULL) {
    rtc_error (error, RTC_ERR_UNSUPPORTED, "this codec is not one that is received");
    return NULL;
  }
  caps = gst_rtc_depayloader_get_media_caps (codec);
  all = gst_element_factory_list_get_elements (
      GST_ELEMENT_FACTORY_TYPE_DECODER
          | (row->kind == RTC_MEDIA_VIDEO ? GST_ELEMENT_FACTORY_TYPE_MEDIA_VIDEO
                                          : GST_ELEMENT_FACTORY_TYPE_MEDIA_AUDIO),
      GST_RANK_MARGINAL);
  fitting = gst_element_factory_list_filter (all, caps, GST_PAD_SINK, FALSE);
  fitting = g_list_sort (fitting, gst_plugin_feature_rank_compare_func);
  for (GList *l = fitting; l != NULL && decoder == NULL; l = l->next) {
    if (is_listed (row, l->data))
      decoder = gst_element_factory_create (l->data, NULL);
  }
  gst_plugin_feature_list_free (fitting);
  gst_plugin_feature_list_free (all);
  gst_caps_unref (caps);
  if (decoder == NULL)
    rtc_error (error, RTC_ERR_UNSUPPORTED, "no decoder for %s is installed", row->media_caps);
  return decoder;
}

GstCaps *
gst_rtc_depayloader_make_caps (const RtcCodec *codec)
{
  const Row *row = find_row (codec->id);
  GArray *fields = row == NULL ? NULL : rtc_codec_to_caps_fields (codec);
  GstStructure *structure;

  if (fields == NULL)
    return gst_caps_new_empty ();
  structure = gst_structure_new_empty ("application/x-rtp");
  for (guint i = 0; i < fields->len; i++) {
    const RtcCapsField *field = &g_array_index (fields, RtcCapsField, i);

    if (field->text != NULL)
      gst_structure_set (structure, field->name, G_TYPE_STRING, field->text, NULL);
    else
      gst_structure_set (structure, field->name, G_TYPE_INT, field->number, NULL);
  }
  g_array_unref (fields);
  return gst_caps_new_full (structure, NULL);
}

GstCaps *
gst_rtc_depayloader_get_media_caps (RtcCodecId codec)
{
  const Row *row = find_row (codec);

  return row == NULL ? gst_caps_new_empty () : gst_caps_from_string (row->media_caps);
}

const gchar *
gst_rtc_depayloader_get_raw_type (RtcCodecId codec)
{
  const Row *row = find_row (codec);

  if (row == NULL)
    return NULL;
  return row->kind == RTC_MEDIA_VIDEO ? "video/x-raw" : "audio/x-raw";
}
