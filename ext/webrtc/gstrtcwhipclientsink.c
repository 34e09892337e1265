/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/**
 * SECTION:element-whipclientsink
 * @title: whipclientsink
 *
 * Sends live media to a WHIP server (RFC 9725): a streaming service, a media server, or `webrtcsrc`
 * and `webrtcrecorder` of this plugin. Raw media is encoded inside in the first codec of
 * `video-caps` and `audio-caps` that the server takes; encoded media is passed through untouched.
 *
 * |[
 * gst-launch-1.0 videotestsrc is-live=true ! whipclientsink
 * whip-endpoint=http://127.0.0.1:8080/whip
 * ]| A test picture for a server on this machine.
 * |[
 * gst-launch-1.0 whipclientsink name=s whip-endpoint=https://live.example/whip auth-token=SECRET \
 *     v4l2src ! videoconvert ! s.video_0  pulsesrc ! audioconvert ! s.audio_0
 * ]| Camera and microphone, with a bearer token.
 *
 * The offer goes out when the format of every pad is known. When the server cannot be reached, is
 * busy, or the call breaks off, the element calls again with growing pauses (`signaller::retries`
 * times in a row); the pipeline runs on meanwhile. What no retry can change (a wrong token, no such
 * endpoint, no codec in common) is an element error that says what to do. Calls that end are told
 * by the element message `webrtc-session-ended`.
 *
 * More settings are the signaller's: `signaller::name` (who calls, as ?name=),
 * `signaller::timeout`, `signaller::tls-ca-file`, `signaller::trickle`. See
 * docs/elements/whipclientsink.md.
 */
#include "ext/webrtc/gstrtcwhipclientsink.h"

#include "ext/http/gstrtcwhipclientsignaller.h"
#include "ext/webrtc/gstrtcbasesinkprivate.h"
#include "gst/rtc/base/rtc-result.h"

enum { PROP_0, PROP_WHIP_ENDPOINT, PROP_AUTH_TOKEN, N_PROPS };

struct _GstRtcWhipClientSink {
  GstRtcBaseSink parent;
};

static GParamSpec *properties[N_PROPS];

G_DEFINE_TYPE (GstRtcWhipClientSink, gst_rtc_whip_client_sink, GST_TYPE_RTC_BASE_SINK)

GST_ELEMENT_REGISTER_DEFINE (
    whipclientsink, "whipclientsink", GST_RANK_NONE, gst_rtc_whip_client_sink_get_type ());

/* There is one offer for all pads, and no second one when another gets its format. The signaller
 * comes back for RTC_AGAIN. */
static gboolean
gst_rtc_whip_client_sink_make_transceivers (
    GstRtcWebRTCBase *base, const gchar *session_id, GArray *transceivers, GError **error)
{
  GstRtcWebRTCBaseClass *parent = GST_RTC_WEBRTC_BASE_CLASS (gst_rtc_whip_client_sink_parent_class);

  if (!gst_rtc_base_sink_is_ready (base)) {
    rtc_error (error, RTC_AGAIN, "not every pad has its format yet");
    return FALSE;
  }
  return parent->make_transceivers (base, session_id, transceivers, error);
}

/* The properties live in the signaller, under the same names; another one that does not know them
 * is not told. */
static void
gst_rtc_whip_client_sink_set_property (
    GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  GstRtcSignaller *signaller = gst_rtc_webrtc_base_get_signaller (GST_RTC_WEBRTC_BASE (object));

  if (g_object_class_find_property (G_OBJECT_GET_CLASS (signaller), pspec->name) != NULL)
    g_object_set_property (G_OBJECT (signaller), pspec->name, value);
  g_object_unref (signaller);
}

static void
gst_rtc_whip_client_sink_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  GstRtcSignaller *signaller = gst_rtc_webrtc_base_get_signaller (GST_RTC_WEBRTC_BASE (object));

  if (g_object_class_find_property (G_OBJECT_GET_CLASS (signaller), pspec->name) != NULL)
    g_object_get_property (G_OBJECT (signaller), pspec->name, value);
  g_object_unref (signaller);
}

static void
gst_rtc_whip_client_sink_class_init (GstRtcWhipClientSinkClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  const GParamFlags flags = G_PARAM_STATIC_STRINGS | GST_PARAM_MUTABLE_READY;

  object_class->set_property = gst_rtc_whip_client_sink_set_property;
  object_class->get_property = gst_rtc_whip_client_sink_get_property;
  GST_RTC_WEBRTC_BASE_CLASS (klass)->make_transceivers = gst_rtc_whip_client_sink_make_transceivers;
  properties[PROP_WHIP_ENDPOINT] = g_param_spec_string ("whip-endpoint", "WHIP endpoint",
      "Where to send to: http(s)://HOST[:PORT]/PATH", NULL, flags | G_PARAM_READWRITE);
  properties[PROP_AUTH_TOKEN] = g_param_spec_string ("auth-token", "Bearer token",
      "Shown to the WHIP server (Authorization: Bearer); NULL: none", NULL,
      flags | G_PARAM_WRITABLE);
  g_object_class_install_properties (object_class, N_PROPS, properties);
  gst_element_class_set_static_metadata (GST_ELEMENT_CLASS (klass), "WHIP client sink",
      "Sink/Network/WebRTC", "Sends live audio and video to a WHIP server",
      "the gst-plugins-rtc authors");
}

static void
gst_rtc_whip_client_sink_init (GstRtcWhipClientSink *self)
{
  gst_rtc_webrtc_base_take_default_signaller (
      GST_RTC_WEBRTC_BASE (self), gst_rtc_whip_client_signaller_new ());
}
