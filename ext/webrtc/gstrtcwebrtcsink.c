/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/**
 * SECTION:element-webrtcsink
 * @title: webrtcsink
 *
 * Shows live media in web browsers. Raw media is encoded inside, once per codec whatever the
 * number of viewers; encoded media is passed through untouched, RTP in the packets that it comes
 * in. Each viewer negotiates its codec, so that different browsers may watch with different ones.
 *
 * The element runs a small web server with a page that plays the stream and a WHEP endpoint (at
 * `whep` below the address) for other players. It prints the address, and posts it as element
 * message `webrtcsink-server` with the fields `url` and `endpoint-url`.
 *
 * |[
 * gst-launch-1.0 videotestsrc ! webrtcsink
 * ]| A test picture at http://127.0.0.1:8080/.
 * |[
 * gst-launch-1.0 webrtcsink name=s web-server-host-addr=http://0.0.0.0:9000/ \
 *     v4l2src ! videoconvert ! s.video_0  pulsesrc ! audioconvert ! s.audio_0
 * ]| Camera and microphone, for everybody in the network.
 * |[
 * gst-launch-1.0 rtspsrc location=rtsp://camera/ latency=0 ! rtph264depay ! h264parse ! webrtcsink
 * ]| An IP camera without encoding again. It must not use B-frames; a warning says so if it does.
 * |[
 * gst-launch-1.0 webrtcsink name=s udpsrc port=5004 \
 *     caps="application/x-rtp,media=video,encoding-name=H264,clock-rate=90000" ! s.video_0
 * ]| RTP, passed on in its own packets of 1400 bytes at most; from a network with rtpjitterbuffer.
 * |[
 * gst-launch-1.0 videotestsrc is-live=true ! video/x-raw,width=1280,height=720,framerate=30/1 ! \
 *     webrtcsink ladder="full:2500k,1/2:800k,1/4@15:200k"
 * ]| Three encodings, of which each viewer gets what its network carries (#GstRtcBaseSink:ladder).
 * |[
 * gst-launch-1.0 filesrc location=film.mp4 ! decodebin name=d  webrtcsink name=s \
 *     d. ! queue ! videoconvert ! s.video_0  d. ! queue ! audioconvert ! s.audio_0
 * ]| A file, played in real time.
 *
 * |[
 * gst-launch-1.0 webrtcsink name=s videotestsrc is-live=true ! s.video_0 \
 *     fdsrc ! text/x-raw,format=utf8,label=console ! s.data_0
 * ]| Each line typed is a message to every viewer, on a data channel; see docs/data-channels.md.
 *
 * Viewers, errors and the server's address are told on the bus, see docs/elements/webrtcsink.md.
 *
 * Differences from the webrtcsink of gst-plugins-rs: viewers share encoders, so `encoder-setup` and
 * `payloader-setup` are emitted once per codec and stream, with the id of the session that caused
 * it; `start-bitrate`, `min-bitrate` and `max-bitrate` bound what is sent to each viewer, and an
 * encoder goes by most of its viewers. `consumer-pipeline-created`, `do-clock-signalling` and
 * the signalling server do not exist. `consumer-added` hands over a #GstRtcSession,
 * which has webrtcbin's names for states and `get-stats`. `stun-server` is NULL by default.
 */
#include "ext/webrtc/gstrtcwebrtcsink.h"

#include "config.h"
#include "ext/webrtc/gstrtcbasesinkprivate.h"
#include "ext/webrtc/gstrtcserversettings.h"
#include "gst/webrtc/gstrtcdirectsignaller.h"
#ifdef HAVE_RTC_HTTP
#include "ext/http/gstrtcwhepserversignaller.h"
#endif

#define FIRST_PROPERTY 1

struct _GstRtcWebRTCSink {
  GstRtcBaseSink parent;
  GstRtcServerSettings server;
};

G_DEFINE_TYPE (GstRtcWebRTCSink, gst_rtc_webrtc_sink, GST_TYPE_RTC_BASE_SINK)

GST_ELEMENT_REGISTER_DEFINE (
    webrtcsink, "webrtcsink", GST_RANK_NONE, gst_rtc_webrtc_sink_get_type ());

static GstRtcSignaller *
make_signaller (gboolean run_web_server)
{
#ifdef HAVE_RTC_HTTP
  if (run_web_server)
    return gst_rtc_whep_server_signaller_new ();
#endif
  return gst_rtc_direct_signaller_new ();
}

static const GstRtcServerKind server_kind = {
  .make_signaller = make_signaller,
  .message = "webrtcsink-server",
  .invitation = "",
  .run_blurb = "Serve a viewer page and a WHEP endpoint. FALSE: the default signaller is one for "
               "applications that carry descriptions themselves (GstRtcDirectSignaller)",
  .token_blurb = "Asked of every viewer (Authorization: Bearer); NULL: everybody may watch",
  .sessions_blurb = "Viewers at the same time; one more is refused with 503",
  .name_blurb = "Tells elements of one process apart that share a web server: the endpoint is then "
                "whep/NAME. NULL: whep",
};

static void
gst_rtc_webrtc_sink_configure_signaller (GstRtcWebRTCBase *base, GstRtcSignaller *signaller)
{
  GST_RTC_WEBRTC_BASE_CLASS (gst_rtc_webrtc_sink_parent_class)
      ->configure_signaller (base, signaller);
  gst_rtc_server_settings_configure (&GST_RTC_WEBRTC_SINK (base)->server, base, signaller);
}

static void
gst_rtc_webrtc_sink_signaller_started (GstRtcWebRTCBase *base, GstRtcSignaller *signaller)
{
  gst_rtc_server_settings_announce (&GST_RTC_WEBRTC_SINK (base)->server, base, signaller);
}

static void
gst_rtc_webrtc_sink_set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  GstRtcWebRTCSink *self = GST_RTC_WEBRTC_SINK (object);

  if (!gst_rtc_server_settings_set (&self->server, GST_RTC_WEBRTC_BASE (self), id, value))
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
}

static void
gst_rtc_webrtc_sink_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  if (!gst_rtc_server_settings_get (&GST_RTC_WEBRTC_SINK (object)->server, id, value, pspec))
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
}

static void
gst_rtc_webrtc_sink_finalize (GObject *object)
{
  gst_rtc_server_settings_clear (&GST_RTC_WEBRTC_SINK (object)->server);
  G_OBJECT_CLASS (gst_rtc_webrtc_sink_parent_class)->finalize (object);
}

static void
gst_rtc_webrtc_sink_class_init (GstRtcWebRTCSinkClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GstRtcWebRTCBaseClass *base_class = GST_RTC_WEBRTC_BASE_CLASS (klass);

  object_class->set_property = gst_rtc_webrtc_sink_set_property;
  object_class->get_property = gst_rtc_webrtc_sink_get_property;
  object_class->finalize = gst_rtc_webrtc_sink_finalize;
  base_class->configure_signaller = gst_rtc_webrtc_sink_configure_signaller;
  base_class->signaller_started = gst_rtc_webrtc_sink_signaller_started;
  gst_rtc_server_settings_install (object_class, FIRST_PROPERTY, &server_kind);
  gst_element_class_set_static_metadata (GST_ELEMENT_CLASS (klass), "WebRTC sink",
      "Sink/Network/WebRTC", "Shows live audio and video in web browsers",
      "the gst-plugins-rtc authors");
}

static void
gst_rtc_webrtc_sink_init (GstRtcWebRTCSink *self)
{
  gst_rtc_server_settings_init (
      &self->server, &server_kind, FIRST_PROPERTY, GST_RTC_WEBRTC_BASE (self));
}
