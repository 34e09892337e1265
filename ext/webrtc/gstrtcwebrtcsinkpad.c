/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "ext/webrtc/gstrtcwebrtcsinkpad.h"

#include <string.h>

#include "gst/media/gstrtcpayloader.h"

enum {
  PROP_0,
  PROP_MSID,
  PROP_LADDER,
  PROP_SUBSTREAM_OF,
};

struct _GstRtcWebRTCSinkPad {
  GstGhostPad parent;
  GstRtcStream *stream;
  gchar *msid;   /* object lock */
  gchar *ladder; /* object lock */
};

/* What sources shall choose when they have the choice: what encoders take without conversion. */
#define PREFERRED_VIDEO "video/x-raw,format=(string){I420,NV12,YV12,YUY2}"
#define PREFERRED_AUDIO "audio/x-raw,format=S16LE,layout=interleaved,rate=48000,channels=(int){2,1}"

G_DEFINE_TYPE (GstRtcWebRTCSinkPad, gst_rtc_webrtc_sink_pad, GST_TYPE_GHOST_PAD)

/* The template without what no payloader is installed for. (transfer full) */
static GstCaps *
get_possible_caps (GstRtcWebRTCSinkPad *self)
{
  GstCaps *caps = gst_caps_make_writable (gst_pad_get_pad_template_caps (GST_PAD (self)));

  for (guint i = gst_caps_get_size (caps); i > 0; i--) {
    GstCaps *one = gst_caps_copy_nth (caps, i - 1);
    RtcCodecId codec = gst_rtc_payloader_find_codec (one);

    if (codec != RTC_CODEC_UNKNOWN && !gst_rtc_payloader_is_rtp (one)
        && !gst_rtc_payloader_is_available (codec))
      gst_caps_remove_structure (caps, i - 1);
    gst_caps_unref (one);
  }
  return caps;
}

/* What is possible, with what we prefer in front. (transfer full) */
static GstCaps *
get_ordered_caps (GstRtcWebRTCSinkPad *self, GstCaps *filter)
{
  gboolean is_video = gst_rtc_stream_get_kind (self->stream) == RTC_MEDIA_VIDEO;
  GstCaps *preferred = gst_caps_from_string (is_video ? PREFERRED_VIDEO : PREFERRED_AUDIO);
  GstCaps *ordered = gst_caps_merge (preferred, get_possible_caps (self));
  GstCaps *filtered;

  if (filter == NULL)
    return ordered;
  filtered = gst_caps_intersect_full (ordered, filter, GST_CAPS_INTERSECT_FIRST);
  gst_caps_unref (ordered);
  return filtered;
}

/* Of RTP, what does not say its codec is none that can be offered. */
static gboolean
is_possible (GstRtcWebRTCSinkPad *self, const GstCaps *caps)
{
  GstCaps *possible = get_possible_caps (self);
  gboolean ok = gst_caps_can_intersect (caps, possible)
                && (!gst_rtc_payloader_is_rtp (caps)
                    || gst_rtc_payloader_find_codec (caps) != RTC_CODEC_UNKNOWN);

  gst_caps_unref (possible);
  return ok;
}

/* What the branches of the moment would take must not matter upstream: they come and go, and each
 * converts, or is replaced when other media come. */
static gboolean
gst_rtc_webrtc_sink_pad_query (GstPad *pad, GstObject *parent, GstQuery *query)
{
  GstRtcWebRTCSinkPad *self = GST_RTC_WEBRTC_SINK_PAD (pad);
  GstCaps *filter, *caps;

  if (GST_QUERY_TYPE (query) == GST_QUERY_CAPS) {
    gst_query_parse_caps (query, &filter);
    caps = get_ordered_caps (self, filter);
    gst_query_set_caps_result (query, caps);
    gst_caps_unref (caps);
    return TRUE;
  }
  if (GST_QUERY_TYPE (query) == GST_QUERY_ACCEPT_CAPS) {
    gst_query_parse_accept_caps (query, &caps);
    gst_query_set_accept_caps_result (query, is_possible (self, caps));
    return TRUE;
  }
  return gst_pad_query_default (pad, parent, query);
}

/* RFC 8830 2: msid-id is 1 to 64 token-chars (RFC 8866 9). */
#define MSID_MAX 64
#define TOKEN_CHARS                                                                                \
  "!#$%&'*+-.^_`{|}~0123456789"                                                                    \
  "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"

static void
set_msid (GstRtcWebRTCSinkPad *self, const gchar *msid)
{
  if (msid != NULL
      && (*msid == '\0' || strlen (msid) > MSID_MAX || msid[strspn (msid, TOKEN_CHARS)] != '\0')) {
    g_warning ("msid of %s:%s must be 1 to 64 letters, digits or one of !#$%%&'*+-.^_`{|}~",
        GST_DEBUG_PAD_NAME (self));
    return;
  }
  GST_OBJECT_LOCK (self);
  g_free (self->msid);
  self->msid = g_strdup (msid);
  GST_OBJECT_UNLOCK (self);
}

static void
set_ladder (GstRtcWebRTCSinkPad *self, const gchar *text)
{
  GstRtcLadder ladder = { 0 };
  GError *error = NULL;

  if (!gst_rtc_ladder_parse (text != NULL ? text : "", &ladder, &error)) {
    g_warning ("ladder of %s:%s: %s", GST_DEBUG_PAD_NAME (self), error->message);
    g_error_free (error);
    return;
  }
  gst_rtc_stream_set_ladder (self->stream, &ladder, FALSE);
  GST_OBJECT_LOCK (self);
  g_free (self->ladder);
  self->ladder = g_strdup (text);
  GST_OBJECT_UNLOCK (self);
}

static void
get_ladder (GstRtcWebRTCSinkPad *self, GValue *value)
{
  GST_OBJECT_LOCK (self);
  g_value_set_string (value, self->ladder);
  GST_OBJECT_UNLOCK (self);
}

static void
gst_rtc_webrtc_sink_pad_set_property (
    GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  GstRtcWebRTCSinkPad *self = GST_RTC_WEBRTC_SINK_PAD (object);

  switch (id) {
    case PROP_MSID:
      set_msid (self, g_value_get_string (value));
      break;
    case PROP_LADDER:
      set_ladder (self, g_value_get_string (value));
      break;
    case PROP_SUBSTREAM_OF:
      gst_rtc_stream_set_main (self->stream, g_value_get_string (value));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
      break;
  }
}

static void
gst_rtc_webrtc_sink_pad_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  GstRtcWebRTCSinkPad *self = GST_RTC_WEBRTC_SINK_PAD (object);

  switch (id) {
    case PROP_MSID:
      g_value_take_string (value, gst_rtc_webrtc_sink_pad_get_msid (self));
      break;
    case PROP_LADDER:
      get_ladder (self, value);
      break;
    case PROP_SUBSTREAM_OF:
      g_value_take_string (value, gst_rtc_stream_get_main (self->stream));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
      break;
  }
}

static void
gst_rtc_webrtc_sink_pad_finalize (GObject *object)
{
  GstRtcWebRTCSinkPad *self = GST_RTC_WEBRTC_SINK_PAD (object);

  gst_rtc_stream_unref (self->stream);
  g_free (self->msid);
  g_free (self->ladder);
  G_OBJECT_CLASS (gst_rtc_webrtc_sink_pad_parent_class)->finalize (object);
}

static void
gst_rtc_webrtc_sink_pad_class_init (GstRtcWebRTCSinkPadClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->set_property = gst_rtc_webrtc_sink_pad_set_property;
  object_class->get_property = gst_rtc_webrtc_sink_pad_get_property;
  object_class->finalize = gst_rtc_webrtc_sink_pad_finalize;
  g_object_class_install_property (object_class, PROP_MSID,
      g_param_spec_string ("msid", "Media stream id",
          "MediaStream that viewers see this track in (a=msid); pads with the same one are played "
          "in lip sync. NULL: one stream for all pads of the element",
          NULL, G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS | GST_PARAM_MUTABLE_READY));
  /**
   * GstRtcWebRTCSinkPad:ladder:
   *
   * As #GstRtcBaseSink:ladder, for the raw video of this pad.
   *
   * |[
   * gst-launch-1.0 webrtcsink name=s video_0::ladder="full:2M,1/2:500k" \
   *     videotestsrc is-live=true ! s.video_0  videotestsrc is-live=true pattern=ball ! s.video_1
   * ]| Two pictures, of which the second is the same for everybody.
   */
  g_object_class_install_property (object_class, PROP_LADDER,
      g_param_spec_string ("ladder", "Ladder",
          "As the element's property of that name, for raw video of this pad; NULL: that one", NULL,
          G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS | GST_PARAM_MUTABLE_READY));
  /**
   * GstRtcWebRTCSinkPad:substream-of:
   *
   * Name of the pad that has the same picture with more bits, in the same codec, as a camera's main
   * stream is to its sub stream. Both are one track to viewers, who get one of the two by what
   * their path carries; there may be several sub streams. Who goes over waits for a key frame of
   * the other stream: a camera that makes none when asked should make one each second. %NULL: a
   * track of its own.
   *
   * |[
   * gst-launch-1.0 webrtcsink name=s video_1::substream-of=video_0 \
   *     rtspsrc location=rtsp://camera/main ! rtph264depay ! h264parse ! s.video_0 \
   *     rtspsrc location=rtsp://camera/sub ! rtph264depay ! h264parse ! s.video_1
   * ]|
   */
  g_object_class_install_property (object_class, PROP_SUBSTREAM_OF,
      g_param_spec_string ("substream-of", "Sub stream of",
          "Name of the pad that has the same picture with more bits, in the same codec (as a "
          "camera's main stream): viewers get one of the two as one track, by what their path "
          "carries. NULL: a track of its own",
          NULL, G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS | GST_PARAM_MUTABLE_READY));
}

static void
gst_rtc_webrtc_sink_pad_init (GstRtcWebRTCSinkPad *self)
{
}

GstPad *
gst_rtc_webrtc_sink_pad_new (GstPadTemplate *templ, GstRtcStream *stream)
{
  GstRtcWebRTCSinkPad *self = g_object_new (GST_TYPE_RTC_WEBRTC_SINK_PAD, "name",
      gst_rtc_stream_get_name (stream), "direction", GST_PAD_SINK, "template", templ, NULL);
  GstPad *target = gst_rtc_stream_get_pad (stream);

  self->stream = stream;
  gst_pad_set_query_function (GST_PAD (self), gst_rtc_webrtc_sink_pad_query);
  gst_ghost_pad_set_target (GST_GHOST_PAD (self), target);
  gst_object_unref (target);
  return GST_PAD (self);
}

GstRtcStream *
gst_rtc_webrtc_sink_pad_get_stream (GstRtcWebRTCSinkPad *self)
{
  return self->stream;
}

gchar *
gst_rtc_webrtc_sink_pad_get_msid (GstRtcWebRTCSinkPad *self)
{
  gchar *msid;

  GST_OBJECT_LOCK (self);
  msid = g_strdup (self->msid);
  GST_OBJECT_UNLOCK (self);
  return msid;
}
