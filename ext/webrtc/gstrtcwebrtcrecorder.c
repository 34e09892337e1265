/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/**
 * SECTION:element-webrtcrecorder
 * @title: webrtcrecorder
 *
 * Records every call that comes in, each into a file of its own, unattended and without encoding
 * again: VP8, VP9 or AV1 with Opus become WebM, H264 or H265 with Opus fragmented MP4. Files are
 * readable while they grow and after a crash at any instant; at most the last fragment is missing.
 *
 * The element runs a small web server with a page that sends camera and microphone, and a WHIP
 * endpoint (at `whip` below the address) for other clients. It prints the address, and posts it as
 * element message `webrtcrecorder-server` with the fields `url` and `endpoint-url`.
 *
 * |[
 * gst-launch-1.0 webrtcrecorder
 * ]| Open http://127.0.0.1:8080/ in a browser and call: the file is in the working folder.
 * |[
 * gst-launch-1.0 webrtcrecorder location=/tmp/{time}-{name}
 * web-server-host-addr=http://0.0.0.0:9000/
 * ]| Calls from everybody in the network, named by time and caller.
 * |[
 * gst-launch-1.0 webrtcrecorder max-duration=3600 max-size=2000000000 auth-token=secret
 * ]| An hour or 2 GB each at most, for those who know the token.
 *
 * `location` is a file name or folder; see its description. A segment `-2` follows when a container
 * cannot go on with what the caller sends now (another codec; another picture size in MP4). Beside
 * each recording lies NAME.json: who, when, codecs, losses and gaps.
 *
 * Messages on the bus: `webrtcrecorder-started` {session-id, peer-id, location} and
 * `webrtcrecorder-finished` {session-id, peer-id, reason, location, ...}. On EOS all calls are hung
 * up and EOS is posted when the last file is finished, which is also waited for when the element is
 * stopped. A full disk ends a recording with a warning; the file is good up to there, and the call
 * goes on.
 */
#include "ext/webrtc/gstrtcwebrtcrecorderprivate.h"

#include "gst/record/rtc-record-file.h"
#include "gst/rtc/base/rtc-log.h"

#define GST_CAT_DEFAULT rtc_log_sig

/* How long stopping waits for files to be finished. */
#define FINISH_TIMEOUT (5 * GST_SECOND)

enum {
  PROP_0,
  PROP_LOCATION,
  PROP_LATENCY,
  PROP_FRAGMENT_DURATION,
  PROP_MAX_DURATION,
  PROP_MAX_SIZE,
  PROP_MIN_FREE_DISK,
  PROP_SIDECAR,
  PROP_VIDEO_CODECS,
  PROP_AUDIO_CODECS,
  PROP_SERVER, /* and on: of GstRtcServerSettings */
};

/* AV1 and H265 last: what a recording is played with may not know them. */
static const gchar *const default_video[] = { "VP8", "H264", "VP9", "H265", "AV1", NULL };
static const gchar *const default_audio[] = { "OPUS", NULL };

G_DEFINE_TYPE (GstRtcWebRTCRecorder, gst_rtc_webrtc_recorder, GST_TYPE_RTC_WEBRTC_BASE)

GST_ELEMENT_REGISTER_DEFINE (
    webrtcrecorder, "webrtcrecorder", GST_RANK_NONE, gst_rtc_webrtc_recorder_get_type ());

static const GstRtcServerKind server_kind = GST_RTC_SERVER_KIND_CALLED ("webrtcrecorder");

/* --- states -------------------------------------------------------------------------------------
 */

static gboolean
check_location (GstRtcWebRTCRecorder *self)
{
  GError *error = NULL;
  gboolean ok;

  g_mutex_lock (&self->lock);
  ok = rtc_record_location_check (self->location, &error) == RTC_OK;
  g_mutex_unlock (&self->lock);
  if (!ok)
    GST_ELEMENT_ERROR (self, RESOURCE, SETTINGS, ("location: %s", error->message), (NULL));
  g_clear_error (&error);
  return ok;
}

static void
stop_pool (GstRtcWebRTCRecorder *self)
{
  if (self->pool == NULL)
    return;
  if (!gst_rtc_recording_pool_wait_idle (self->pool, FINISH_TIMEOUT))
    GST_ELEMENT_WARNING (self, RESOURCE, WRITE,
        ("The disk was too slow to finish every recording; they are good up to the last fragment."),
        (NULL));
  g_clear_pointer (&self->pool, gst_rtc_recording_pool_unref);
}

static void
set_stopping (GstRtcWebRTCRecorder *self, gboolean is_stopping)
{
  g_mutex_lock (&self->lock);
  self->is_stopping = is_stopping;
  self->eos_wanted = FALSE;
  g_mutex_unlock (&self->lock);
}

static GstStateChangeReturn
gst_rtc_webrtc_recorder_change_state (GstElement *element, GstStateChange transition)
{
  GstRtcWebRTCRecorder *self = GST_RTC_WEBRTC_RECORDER (element);
  GstStateChangeReturn result;

  if (transition == GST_STATE_CHANGE_READY_TO_PAUSED) {
    if (!check_location (self))
      return GST_STATE_CHANGE_FAILURE;
    self->is_ending = FALSE;
    set_stopping (self, FALSE);
    self->pool = gst_rtc_recording_pool_get ();
  }
  if (transition == GST_STATE_CHANGE_PAUSED_TO_READY)
    set_stopping (self, TRUE);
  result =
      GST_ELEMENT_CLASS (gst_rtc_webrtc_recorder_parent_class)->change_state (element, transition);
  /* A live source, as far as the pipeline's states go: it has nothing to preroll with. */
  if (result == GST_STATE_CHANGE_SUCCESS
      && (transition == GST_STATE_CHANGE_READY_TO_PAUSED
          || transition == GST_STATE_CHANGE_PLAYING_TO_PAUSED))
    result = GST_STATE_CHANGE_NO_PREROLL;
  if ((transition == GST_STATE_CHANGE_READY_TO_PAUSED && result == GST_STATE_CHANGE_FAILURE)
      || (transition == GST_STATE_CHANGE_PAUSED_TO_READY && result != GST_STATE_CHANGE_FAILURE))
    stop_pool (self);
  return result;
}

static gboolean
gst_rtc_webrtc_recorder_send_event (GstElement *element, GstEvent *event)
{
  if (GST_EVENT_TYPE (event) == GST_EVENT_EOS) {
    gst_rtc_webrtc_recorder_end (GST_RTC_WEBRTC_RECORDER (element));
    gst_event_unref (event);
    return TRUE;
  }
  return GST_ELEMENT_CLASS (gst_rtc_webrtc_recorder_parent_class)->send_event (element, event);
}

static void
gst_rtc_webrtc_recorder_configure_signaller (GstRtcWebRTCBase *base, GstRtcSignaller *signaller)
{
  gst_rtc_server_settings_configure (&GST_RTC_WEBRTC_RECORDER (base)->server, base, signaller);
}

static void
gst_rtc_webrtc_recorder_signaller_started (GstRtcWebRTCBase *base, GstRtcSignaller *signaller)
{
  gst_rtc_server_settings_announce (&GST_RTC_WEBRTC_RECORDER (base)->server, base, signaller);
}

static void
gst_rtc_webrtc_recorder_stopped (GstRtcWebRTCBase *base)
{
}

/* --- properties ---------------------------------------------------------------------------------
 */

static void
gst_rtc_webrtc_recorder_set_property (
    GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  GstRtcWebRTCRecorder *self = GST_RTC_WEBRTC_RECORDER (object);

  if (gst_rtc_server_settings_set (&self->server, GST_RTC_WEBRTC_BASE (self), id, value)
      || gst_rtc_receive_codecs_set (&self->codecs, id, value))
    return;
  g_mutex_lock (&self->lock);
  switch (id) {
    case PROP_LOCATION:
      g_free (self->location);
      self->location = g_value_dup_string (value);
      if (self->location == NULL || self->location[0] == '\0') {
        g_free (self->location);
        self->location = g_strdup (GST_RTC_WEBRTC_RECORDER_DEFAULT_LOCATION);
      }
      break;
    case PROP_LATENCY:
      self->latency_ms = g_value_get_uint (value);
      break;
    case PROP_FRAGMENT_DURATION:
      self->fragment_ms = g_value_get_uint (value);
      break;
    case PROP_MAX_DURATION:
      self->max_duration_s = g_value_get_uint (value);
      break;
    case PROP_MAX_SIZE:
      self->max_size = g_value_get_uint64 (value);
      break;
    case PROP_MIN_FREE_DISK:
      self->min_free_disk = g_value_get_uint64 (value);
      break;
    case PROP_SIDECAR:
      self->sidecar = g_value_get_boolean (value);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
      break;
  }
  g_mutex_unlock (&self->lock);
}

static void
gst_rtc_webrtc_recorder_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  GstRtcWebRTCRecorder *self = GST_RTC_WEBRTC_RECORDER (object);

  if (gst_rtc_server_settings_get (&self->server, id, value, pspec)
      || gst_rtc_receive_codecs_get (&self->codecs, id, value))
    return;
  g_mutex_lock (&self->lock);
  switch (id) {
    case PROP_LOCATION:
      g_value_set_string (value, self->location);
      break;
    case PROP_LATENCY:
      g_value_set_uint (value, self->latency_ms);
      break;
    case PROP_FRAGMENT_DURATION:
      g_value_set_uint (value, self->fragment_ms);
      break;
    case PROP_MAX_DURATION:
      g_value_set_uint (value, self->max_duration_s);
      break;
    case PROP_MAX_SIZE:
      g_value_set_uint64 (value, self->max_size);
      break;
    case PROP_MIN_FREE_DISK:
      g_value_set_uint64 (value, self->min_free_disk);
      break;
    case PROP_SIDECAR:
      g_value_set_boolean (value, self->sidecar);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
      break;
  }
  g_mutex_unlock (&self->lock);
}

static void
gst_rtc_webrtc_recorder_finalize (GObject *object)
{
  GstRtcWebRTCRecorder *self = GST_RTC_WEBRTC_RECORDER (object);

  g_hash_table_unref (self->calls);
  gst_rtc_server_settings_clear (&self->server);
  gst_rtc_receive_codecs_clear (&self->codecs);
  g_free (self->location);
  g_mutex_clear (&self->lock);
  G_OBJECT_CLASS (gst_rtc_webrtc_recorder_parent_class)->finalize (object);
}

static void
install_properties (GObjectClass *klass)
{
  const GParamFlags flags = G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS | GST_PARAM_MUTABLE_READY;

  g_object_class_install_property (klass, PROP_LOCATION,
      g_param_spec_string ("location", "Location",
          "Where recordings go: a folder, or a template with {time}, {name} (of the caller, made "
          "safe), {counter} and {session}; the extension follows from what is recorded. Existing "
          "files are never overwritten",
          GST_RTC_WEBRTC_RECORDER_DEFAULT_LOCATION, flags));
  g_object_class_install_property (klass, PROP_LATENCY,
      g_param_spec_uint ("latency", "Latency",
          "How long a lost packet is waited for, ms. A file has no hurry: longer than for live "
          "play, "
          "so that retransmission repairs nearly everything",
          0, 10000, GST_RTC_WEBRTC_RECORDER_DEFAULT_LATENCY_MS, flags));
  g_object_class_install_property (klass, PROP_FRAGMENT_DURATION,
      g_param_spec_uint ("fragment-duration", "Fragment duration",
          "Media is written in pieces of this length, ms: what a crash loses at most", 100, 5000,
          GST_RTC_WEBRTC_RECORDER_DEFAULT_FRAGMENT_MS, flags));
  g_object_class_install_property (klass, PROP_MAX_DURATION,
      g_param_spec_uint ("max-duration", "Maximum duration",
          "Length at which a recording is finished and its call hung up, s; 0: none", 0, G_MAXUINT,
          GST_RTC_WEBRTC_RECORDER_DEFAULT_MAX_DURATION_S, flags));
  g_object_class_install_property (klass, PROP_MAX_SIZE,
      g_param_spec_uint64 ("max-size", "Maximum size",
          "Size of all its files at which a recording is finished and its call hung up, bytes; 0: "
          "none",
          0, G_MAXUINT64, GST_RTC_WEBRTC_RECORDER_DEFAULT_MAX_SIZE, flags));
  g_object_class_install_property (klass, PROP_MIN_FREE_DISK,
      g_param_spec_uint64 ("min-free-disk", "Minimum free disk",
          "Recordings are finished when less than this is left on the disk, bytes; 0: only when it "
          "is full",
          0, G_MAXUINT64, GST_RTC_WEBRTC_RECORDER_DEFAULT_MIN_FREE_DISK, flags));
  g_object_class_install_property (klass, PROP_SIDECAR,
      g_param_spec_boolean ("sidecar", "Sidecar",
          "Write NAME.json beside each recording: who, when, codecs, losses, gaps",
          GST_RTC_WEBRTC_RECORDER_DEFAULT_SIDECAR, flags));
  gst_rtc_receive_codecs_install (klass, PROP_VIDEO_CODECS);
  gst_rtc_server_settings_install (klass, PROP_SERVER, &server_kind);
}

static void
gst_rtc_webrtc_recorder_class_init (GstRtcWebRTCRecorderClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GstElementClass *element_class = GST_ELEMENT_CLASS (klass);
  GstRtcWebRTCBaseClass *base_class = GST_RTC_WEBRTC_BASE_CLASS (klass);

  object_class->set_property = gst_rtc_webrtc_recorder_set_property;
  object_class->get_property = gst_rtc_webrtc_recorder_get_property;
  object_class->finalize = gst_rtc_webrtc_recorder_finalize;
  element_class->change_state = gst_rtc_webrtc_recorder_change_state;
  element_class->send_event = gst_rtc_webrtc_recorder_send_event;
  base_class->configure_signaller = gst_rtc_webrtc_recorder_configure_signaller;
  base_class->signaller_started = gst_rtc_webrtc_recorder_signaller_started;
  base_class->is_ready = gst_rtc_webrtc_recorder_is_ready;
  base_class->make_transceivers = gst_rtc_webrtc_recorder_make_transceivers;
  base_class->configure_session = gst_rtc_webrtc_recorder_configure_session;
  base_class->session_added = gst_rtc_webrtc_recorder_session_added;
  base_class->session_removed = gst_rtc_webrtc_recorder_session_removed;
  base_class->negotiated = gst_rtc_webrtc_recorder_negotiated;
  base_class->stopped = gst_rtc_webrtc_recorder_stopped;
  install_properties (object_class);
  gst_element_class_set_static_metadata (element_class, "WebRTC recorder",
      "Source/Sink/Network/WebRTC/File", "Records incoming WebRTC calls, each into a file",
      "the gst-plugins-rtc authors");
}

static void
gst_rtc_webrtc_recorder_init (GstRtcWebRTCRecorder *self)
{
  const GstElementFlags flags = GST_ELEMENT_FLAG_SOURCE | GST_ELEMENT_FLAG_SINK;

  g_mutex_init (&self->lock);
  self->calls = gst_rtc_webrtc_recorder_new_calls ();
  self->location = g_strdup (GST_RTC_WEBRTC_RECORDER_DEFAULT_LOCATION);
  self->latency_ms = GST_RTC_WEBRTC_RECORDER_DEFAULT_LATENCY_MS;
  self->fragment_ms = GST_RTC_WEBRTC_RECORDER_DEFAULT_FRAGMENT_MS;
  self->max_duration_s = GST_RTC_WEBRTC_RECORDER_DEFAULT_MAX_DURATION_S;
  self->max_size = GST_RTC_WEBRTC_RECORDER_DEFAULT_MAX_SIZE;
  self->min_free_disk = GST_RTC_WEBRTC_RECORDER_DEFAULT_MIN_FREE_DISK;
  self->sidecar = GST_RTC_WEBRTC_RECORDER_DEFAULT_SIDECAR;
  gst_rtc_receive_codecs_init (&self->codecs, PROP_VIDEO_CODECS, default_video, default_audio);
  /* Both ends of a graph in one: a source gets the application's EOS, a sink's EOS is waited for.
   */
  gst_bin_set_suppressed_flags (GST_BIN (self), flags);
  GST_OBJECT_FLAG_SET (self, flags);
  gst_rtc_server_settings_init (
      &self->server, &server_kind, PROP_SERVER, GST_RTC_WEBRTC_BASE (self));
}
