/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/**
 * SECTION:element-webrtcsrc
 * @title: webrtcsrc
 *
 * Takes calls from web browsers and other WebRTC peers: each caller's video and audio come out of
 * pads of their own. What is linked decides what comes out: decoded media, encoded media, or RTP.
 *
 * The element runs a small web server with a page that sends camera and microphone or a screen, and
 * a WHIP endpoint (at `whip` below the address) for other senders. It prints the page's address,
 * and posts it as element message `webrtcsrc-server` with the fields `url` and `endpoint-url`.
 *
 * |[
 * gst-launch-1.0 webrtcsrc ! videoconvert ! autovideosink
 * ]| Shows the first caller; browse to the address printed, http://127.0.0.1:8080/.
 * |[
 * gst-launch-1.0 webrtcsrc name=s  s.video_0 ! queue ! videoconvert ! autovideosink \
 *     s.audio_0 ! queue ! audioconvert ! audioresample ! autoaudiosink
 * ]| With sound.
 * |[
 * gst-launch-1.0 -e webrtcsrc name=s video-codecs="<VP8>" matroskamux name=m ! \
 *     filesink location=call.mkv  s.video_0 ! queue ! m.video_0  s.audio_0 ! queue ! m.audio_0
 * ]| To a file as it was encoded. `webrtcrecorder` does that unattended, for many callers.
 *
 * |[
 * gst-launch-1.0 webrtcsrc name=s  s.data_0 ! text/x-raw ! fdsink
 * ]| What callers say on data channels; see docs/data-channels.md.
 *
 * A pad appears with the first packet of its track. Pads that nobody links drop what they get and
 * do no harm. When a caller hangs up, EOS leaves its pads before they go (`eos-on-hangup`); the
 * element itself waits for the next caller. docs/elements/webrtcsrc.md has more.
 *
 * Differences from the webrtcsrc of gst-plugins-rs: many sessions on one element; pads that take
 * anything get decoded media, all others what they ask for; `min-latency`, `max-latency` and
 * `hold-picture`; no request pads, no URIs; `stun-server` is NULL by default.
 */
#include "ext/webrtc/gstrtcwebrtcsrcprivate.h"

#include "ext/webrtc/gstrtcdatacaps.h"
#include "gst/media/gstrtcdepayloader.h"
#include "gst/rtc/base/rtc-log.h"
#include "gst/rtc/base/rtc-result.h"

#define GST_CAT_DEFAULT rtc_log_sig

#define MAX_LATENCY_MS 10000

enum {
  PROP_0,
  PROP_MIN_LATENCY,
  PROP_MAX_LATENCY,
  PROP_HOLD_PICTURE,
  PROP_KEY_FRAME_INTERVAL,
  PROP_EOS_ON_HANGUP,
  PROP_DO_FEC,
  PROP_VIDEO_CODECS, /* and audio-codecs: of GstRtcReceiveCodecs */
  PROP_AUDIO_CODECS,
  PROP_SERVER, /* and on: of GstRtcServerSettings */
};

static guint signals[GST_RTC_WEBRTC_SRC_N_SIGNALS];

G_DEFINE_TYPE (GstRtcWebRTCSrc, gst_rtc_webrtc_src, GST_TYPE_RTC_WEBRTC_BASE)

GST_ELEMENT_REGISTER_DEFINE (webrtcsrc, "webrtcsrc", GST_RANK_NONE, gst_rtc_webrtc_src_get_type ());

guint
gst_rtc_webrtc_src_get_signal (GstRtcWebRTCSrcSignal signal)
{
  return signals[signal];
}

/* --- the signaller ---------------------------------------------------------------------------- */

static const GstRtcServerKind server_kind = GST_RTC_SERVER_KIND_CALLED ("webrtcsrc");

static void
gst_rtc_webrtc_src_configure_signaller (GstRtcWebRTCBase *base, GstRtcSignaller *signaller)
{
  gst_rtc_server_settings_configure (&GST_RTC_WEBRTC_SRC (base)->server, base, signaller);
}

static void
gst_rtc_webrtc_src_signaller_started (GstRtcWebRTCBase *base, GstRtcSignaller *signaller)
{
  gst_rtc_server_settings_announce (&GST_RTC_WEBRTC_SRC (base)->server, base, signaller);
}

static gboolean
gst_rtc_webrtc_src_is_ready (GstRtcWebRTCBase *base)
{
  return TRUE;
}

/* --- element ---------------------------------------------------------------------------------- */

/* Streams that were still playing out. */
static void
gst_rtc_webrtc_src_stopped (GstRtcWebRTCBase *base)
{
  GstRtcWebRTCSrc *self = GST_RTC_WEBRTC_SRC (base);
  GPtrArray *streams = gst_rtc_webrtc_src_list_streams (self);

  for (guint i = 0; i < streams->len; i++)
    gst_rtc_src_stream_finish (g_ptr_array_index (streams, i), self);
  g_ptr_array_unref (streams);
  gst_rtc_webrtc_src_end_data (self, NULL, FALSE, TRUE);
}

/* All streams whose session and pad are these; NULL: whichever. */
static void
request_key_frames (GstRtcWebRTCSrc *self, const gchar *session_id, const gchar *pad_name)
{
  GPtrArray *streams = gst_rtc_webrtc_src_list_streams (self);

  for (guint i = 0; i < streams->len; i++) {
    GstRtcSrcStream *stream = g_ptr_array_index (streams, i);

    if ((session_id == NULL || g_str_equal (session_id, stream->session_id))
        && (pad_name == NULL || g_str_equal (pad_name, GST_OBJECT_NAME (stream->pad))))
      gst_rtc_src_stream_request_key_frame (stream);
  }
  g_ptr_array_unref (streams);
}

static GstStateChangeReturn
gst_rtc_webrtc_src_change_state (GstElement *element, GstStateChange transition)
{
  GstRtcWebRTCSrc *self = GST_RTC_WEBRTC_SRC (element);
  GstStateChangeReturn result;

  if (transition == GST_STATE_CHANGE_PAUSED_TO_READY)
    g_atomic_int_set (&self->is_stopping, TRUE);
  result = GST_ELEMENT_CLASS (gst_rtc_webrtc_src_parent_class)->change_state (element, transition);
  if (transition == GST_STATE_CHANGE_PAUSED_TO_READY) {
    if (result != GST_STATE_CHANGE_FAILURE)
      gst_rtc_discards_wait (self->discards);
    g_atomic_int_set (&self->is_stopping, FALSE);
  }
  /* What was dropped while nothing played is missing now. */
  if (transition == GST_STATE_CHANGE_PAUSED_TO_PLAYING && result != GST_STATE_CHANGE_FAILURE)
    request_key_frames (self, NULL, NULL);
  /* Live, also while nobody calls. */
  if ((transition == GST_STATE_CHANGE_READY_TO_PAUSED
          || transition == GST_STATE_CHANGE_PLAYING_TO_PAUSED)
      && result != GST_STATE_CHANGE_FAILURE)
    result = GST_STATE_CHANGE_NO_PREROLL;
  return result;
}

static void
run_eos (GObject *object, gpointer data)
{
  GstRtcWebRTCSrc *self = GST_RTC_WEBRTC_SRC (object);
  GPtrArray *streams = gst_rtc_webrtc_src_list_streams (self);

  for (guint i = 0; i < streams->len; i++)
    gst_rtc_src_stream_end (g_ptr_array_index (streams, i), self, TRUE);
  g_ptr_array_unref (streams);
  gst_rtc_webrtc_src_end_data (self, NULL, TRUE, FALSE);
}

/* EOS sent to the element, as gst-launch-1.0 -e does, leaves each pad once it has played out. */
static gboolean
gst_rtc_webrtc_src_send_event (GstElement *element, GstEvent *event)
{
  RtcLoop *loop;

  if (GST_EVENT_TYPE (event) != GST_EVENT_EOS)
    return GST_ELEMENT_CLASS (gst_rtc_webrtc_src_parent_class)->send_event (element, event);
  gst_event_unref (event);
  loop = gst_rtc_webrtc_base_get_loop (GST_RTC_WEBRTC_BASE (element));
  if (loop == NULL)
    return FALSE;
  rtc_loop_post_control_weak (loop, G_OBJECT (element), run_eos, NULL, NULL);
  rtc_loop_unref (loop);
  return TRUE;
}

/* --- errors inside of a branch: the caller's, not the pipeline's -------------------------------
 */

typedef struct {
  GstRtcWebRTCSrc *self;
  gchar *session_id;
  GError *error;
} Fault;

static void
fault_free (gpointer data)
{
  Fault *fault = data;

  gst_object_unref (fault->self);
  g_free (fault->session_id);
  g_error_free (fault->error);
  g_free (fault);
}

static void
run_fault (gpointer data)
{
  Fault *fault = data;
  GList *sessions = gst_rtc_webrtc_base_list_sessions (GST_RTC_WEBRTC_BASE (fault->self));

  for (GList *l = sessions; l != NULL; l = l->next) {
    if (g_str_equal (gst_rtc_session_get_id (l->data), fault->session_id))
      gst_rtc_webrtc_base_end_session (GST_RTC_WEBRTC_BASE (fault->self), l->data, fault->error);
  }
  g_list_free_full (sessions, g_object_unref);
}

/* The session whose branch source is in; NULL when it is in none. (transfer full) */
static gchar *
find_session_of (GstRtcWebRTCSrc *self, GstObject *source)
{
  gchar *id = NULL;

  g_mutex_lock (&self->lock);
  for (guint i = 0; i < self->streams->len && id == NULL; i++) {
    GstRtcSrcStream *stream = g_ptr_array_index (self->streams, i);

    if (stream->branch != NULL && gst_object_has_as_ancestor (source, GST_OBJECT (stream->branch)))
      id = g_strdup (stream->session_id);
  }
  g_mutex_unlock (&self->lock);
  return id;
}

typedef struct {
  GstBin *bin;
  GstMessage *message;
} Notice;

static void
notice_free (gpointer data)
{
  Notice *notice = data;

  gst_object_unref (notice->bin);
  gst_clear_message (&notice->message);
  g_free (notice);
}

static void
run_notice (gpointer data)
{
  Notice *notice = data;

  GST_BIN_CLASS (gst_rtc_webrtc_src_parent_class)
      ->handle_message (notice->bin, g_steal_pointer (&notice->message));
}

/* A packet that is late raises the latency on the network thread, where no handler of the
 * application may run: the bus hears of it from the control thread. */
static void
pass_on_control (GstBin *bin, GstMessage *message, RtcLoop *loop)
{
  Notice *notice = g_new (Notice, 1);

  *notice = (Notice){ gst_object_ref (bin), message };
  rtc_loop_post_control (loop, run_notice, notice, notice_free);
}

/* An element that cannot cope with what one caller sends must not end what others see: the bus gets
 * a warning, and the caller's session ends. */
static void
gst_rtc_webrtc_src_handle_message (GstBin *bin, GstMessage *message)
{
  GstRtcWebRTCSrc *self = GST_RTC_WEBRTC_SRC (bin);
  RtcLoop *loop;
  GError *error = NULL;
  gchar *debug = NULL;
  Fault *fault;

  if ((GST_MESSAGE_TYPE (message) != GST_MESSAGE_ERROR
          && GST_MESSAGE_TYPE (message) != GST_MESSAGE_LATENCY)
      || (loop = gst_rtc_webrtc_base_get_loop (GST_RTC_WEBRTC_BASE (self))) == NULL) {
    GST_BIN_CLASS (gst_rtc_webrtc_src_parent_class)->handle_message (bin, message);
    return;
  }
  if (GST_MESSAGE_TYPE (message) == GST_MESSAGE_LATENCY) {
    pass_on_control (bin, message, loop);
    rtc_loop_unref (loop);
    return;
  }
  gst_message_parse_error (message, &error, &debug);
  fault = g_new0 (Fault, 1);
  fault->self = gst_object_ref (self);
  fault->session_id = find_session_of (self, GST_MESSAGE_SRC (message));
  rtc_error (&fault->error, RTC_ERR_BACKEND, "%s", error->message);
  GST_BIN_CLASS (gst_rtc_webrtc_src_parent_class)
      ->handle_message (bin, gst_message_new_warning (GST_MESSAGE_SRC (message), error, debug));
  if (fault->session_id != NULL)
    rtc_loop_post_control (loop, run_fault, fault, fault_free);
  else
    fault_free (fault); /* of a branch that is on its way out */
  rtc_loop_unref (loop);
  g_error_free (error);
  g_free (debug);
  gst_message_unref (message);
}

/* --- properties ------------------------------------------------------------------------------- */

static void
apply_settings (GstRtcWebRTCSrc *self)
{
  GPtrArray *streams = gst_rtc_webrtc_src_list_streams (self);

  for (guint i = 0; i < streams->len; i++)
    gst_rtc_src_stream_apply_settings (g_ptr_array_index (streams, i), self);
  g_ptr_array_unref (streams);
}

static void
gst_rtc_webrtc_src_set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  GstRtcWebRTCSrc *self = GST_RTC_WEBRTC_SRC (object);

  if (gst_rtc_server_settings_set (&self->server, GST_RTC_WEBRTC_BASE (self), id, value)
      || gst_rtc_receive_codecs_set (&self->codecs, id, value))
    return;
  g_mutex_lock (&self->lock);
  switch (id) {
    case PROP_MIN_LATENCY:
      self->min_latency = g_value_get_uint (value);
      break;
    case PROP_MAX_LATENCY:
      self->max_latency = g_value_get_uint (value);
      break;
    case PROP_HOLD_PICTURE:
      self->hold_picture = g_value_get_boolean (value);
      break;
    case PROP_KEY_FRAME_INTERVAL:
      self->key_frame_interval = g_value_get_uint (value);
      break;
    case PROP_EOS_ON_HANGUP:
      self->eos_on_hangup = g_value_get_boolean (value);
      break;
    case PROP_DO_FEC:
      self->do_fec = g_value_get_boolean (value);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
      break;
  }
  g_mutex_unlock (&self->lock);
  apply_settings (self);
}

static void
gst_rtc_webrtc_src_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  GstRtcWebRTCSrc *self = GST_RTC_WEBRTC_SRC (object);

  if (gst_rtc_server_settings_get (&self->server, id, value, pspec)
      || gst_rtc_receive_codecs_get (&self->codecs, id, value))
    return;
  g_mutex_lock (&self->lock);
  switch (id) {
    case PROP_MIN_LATENCY:
      g_value_set_uint (value, self->min_latency);
      break;
    case PROP_MAX_LATENCY:
      g_value_set_uint (value, self->max_latency);
      break;
    case PROP_HOLD_PICTURE:
      g_value_set_boolean (value, self->hold_picture);
      break;
    case PROP_KEY_FRAME_INTERVAL:
      g_value_set_uint (value, self->key_frame_interval);
      break;
    case PROP_EOS_ON_HANGUP:
      g_value_set_boolean (value, self->eos_on_hangup);
      break;
    case PROP_DO_FEC:
      g_value_set_boolean (value, self->do_fec);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
      break;
  }
  g_mutex_unlock (&self->lock);
}

static void
gst_rtc_webrtc_src_finalize (GObject *object)
{
  GstRtcWebRTCSrc *self = GST_RTC_WEBRTC_SRC (object);

  g_hash_table_unref (self->sessions);
  g_ptr_array_unref (self->streams);
  g_ptr_array_unref (self->data);
  gst_rtc_discards_unref (self->discards);
  gst_rtc_receive_codecs_clear (&self->codecs);
  gst_rtc_server_settings_clear (&self->server);
  g_mutex_clear (&self->lock);
  G_OBJECT_CLASS (gst_rtc_webrtc_src_parent_class)->finalize (object);
}

static void
install_properties (GObjectClass *klass)
{
  const GParamFlags flags = G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS | GST_PARAM_MUTABLE_PLAYING;

  g_object_class_install_property (klass, PROP_MIN_LATENCY,
      g_param_spec_uint ("min-latency", "Minimum latency",
          "What jitter buffers wait at least, ms. Equal to max-latency: the latency is fixed", 0,
          MAX_LATENCY_MS, GST_RTC_JITTER_BUFFER_DEFAULT_MIN_LATENCY, flags));
  g_object_class_install_property (klass, PROP_MAX_LATENCY,
      g_param_spec_uint ("max-latency", "Maximum latency",
          "What jitter buffers wait at most, ms, when packets are lost or late; in between they "
          "follow what the network needs",
          0, MAX_LATENCY_MS, GST_RTC_JITTER_BUFFER_DEFAULT_MAX_LATENCY, flags));
  g_object_class_install_property (klass, PROP_HOLD_PICTURE,
      g_param_spec_boolean ("hold-picture", "Hold picture",
          "After a loss that was not repaired in time, hold the last good picture until the next "
          "key frame rather than show smeared ones",
          GST_RTC_JITTER_BUFFER_DEFAULT_HOLD_PICTURE, flags));
  g_object_class_install_property (klass, PROP_KEY_FRAME_INTERVAL,
      g_param_spec_uint ("key-frame-interval", "Key frame interval",
          "Ask callers for a key frame when none has come for so long, ms: for those downstream "
          "who "
          "join later. 0: only when one is needed",
          0, GST_RTC_JITTER_BUFFER_MAX_KEY_FRAME_INTERVAL, 0, flags));
  g_object_class_install_property (klass, PROP_EOS_ON_HANGUP,
      g_param_spec_boolean ("eos-on-hangup", "EOS on hang-up",
          "Send EOS out of a caller's pads before they go. FALSE: they just go, so that what is "
          "downstream can be linked to another caller",
          GST_RTC_WEBRTC_SRC_DEFAULT_EOS_ON_HANGUP, flags));
  g_object_class_install_property (klass, PROP_DO_FEC,
      g_param_spec_boolean ("do-fec", "Do forward error correction",
          "Let callers send parities of what they send (FlexFEC), and sound twice (RED): it "
          "repairs "
          "losses sooner than sending again does, for more bits. For callers who come from then on",
          GST_RTC_WEBRTC_SRC_DEFAULT_DO_FEC, flags));
  gst_rtc_receive_codecs_install (klass, PROP_VIDEO_CODECS);
  gst_rtc_server_settings_install (klass, PROP_SERVER, &server_kind);
}

static void
install_signals (GType type)
{
  /**
   * GstRtcWebRTCSrc::request-encoded-filter:
   * @session_id: the session
   * @pad_name: the pad
   * @caps: the encoded media
   *
   * Returns: (nullable): an element to put behind the depayloader and parser. Control thread.
   */
  signals[GST_RTC_WEBRTC_SRC_SIGNAL_REQUEST_ENCODED_FILTER] = g_signal_new (
      "request-encoded-filter", type, G_SIGNAL_RUN_LAST, 0, g_signal_accumulator_first_wins, NULL,
      NULL, GST_TYPE_ELEMENT, 3, G_TYPE_STRING, G_TYPE_STRING, GST_TYPE_CAPS);
  /**
   * GstRtcWebRTCSrc::request-key-frame:
   * @session_id: (nullable): the session; NULL: all
   * @pad_name: (nullable): one of its pads; NULL: all
   *
   * Asks callers for a key frame, until it comes. Any thread.
   */
  signals[GST_RTC_WEBRTC_SRC_SIGNAL_REQUEST_KEY_FRAME] =
      g_signal_new_class_handler ("request-key-frame", type, G_SIGNAL_RUN_LAST | G_SIGNAL_ACTION,
          G_CALLBACK (request_key_frames), NULL, NULL, NULL, G_TYPE_NONE, 2, G_TYPE_STRING,
          G_TYPE_STRING);
}

/* All codecs of the closed list, whether installed or not: plugins are scanned by this, too. */
static void
add_template (GstElementClass *klass, const gchar *name, const gchar *raw, const RtcCodecId *codecs,
    guint n_codecs)
{
  GstCaps *caps = gst_caps_new_empty_simple (raw);

  gst_caps_set_features_simple (caps, gst_caps_features_new_any ());
  gst_caps_append (caps, gst_caps_new_empty_simple ("application/x-rtp"));
  for (guint i = 0; i < n_codecs; i++)
    gst_caps_append (caps, gst_rtc_depayloader_get_media_caps (codecs[i]));
  gst_element_class_add_pad_template (
      klass, gst_pad_template_new_with_gtype (
                 name, GST_PAD_SRC, GST_PAD_SOMETIMES, caps, GST_TYPE_RTC_WEBRTC_SRC_PAD));
  gst_caps_unref (caps);
}

static void
add_data_template (GstElementClass *klass)
{
  GstCaps *caps = gst_rtc_data_caps_new_any ();

  gst_element_class_add_pad_template (
      klass, gst_pad_template_new_with_gtype (
                 "data_%u", GST_PAD_SRC, GST_PAD_SOMETIMES, caps, GST_TYPE_RTC_WEBRTC_SRC_PAD));
  gst_caps_unref (caps);
}

static const RtcCodecId video_codecs[] = { RTC_CODEC_VP8, RTC_CODEC_H264, RTC_CODEC_VP9,
  RTC_CODEC_H265, RTC_CODEC_AV1 };
static const RtcCodecId audio_codecs[] = { RTC_CODEC_OPUS, RTC_CODEC_G722, RTC_CODEC_PCMU,
  RTC_CODEC_PCMA };

static void
gst_rtc_webrtc_src_class_init (GstRtcWebRTCSrcClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GstElementClass *element_class = GST_ELEMENT_CLASS (klass);
  GstRtcWebRTCBaseClass *base_class = GST_RTC_WEBRTC_BASE_CLASS (klass);

  object_class->set_property = gst_rtc_webrtc_src_set_property;
  object_class->get_property = gst_rtc_webrtc_src_get_property;
  object_class->finalize = gst_rtc_webrtc_src_finalize;
  element_class->change_state = gst_rtc_webrtc_src_change_state;
  element_class->send_event = gst_rtc_webrtc_src_send_event;
  GST_BIN_CLASS (klass)->handle_message = gst_rtc_webrtc_src_handle_message;
  base_class->configure_signaller = gst_rtc_webrtc_src_configure_signaller;
  base_class->signaller_started = gst_rtc_webrtc_src_signaller_started;
  base_class->is_ready = gst_rtc_webrtc_src_is_ready;
  base_class->make_transceivers = gst_rtc_webrtc_src_make_transceivers;
  base_class->configure_session = gst_rtc_webrtc_src_configure_session;
  base_class->session_added = gst_rtc_webrtc_src_session_added;
  base_class->session_removed = gst_rtc_webrtc_src_session_removed;
  base_class->negotiated = gst_rtc_webrtc_src_negotiated;
  base_class->fill_stats = gst_rtc_webrtc_src_fill_stats;
  base_class->stopped = gst_rtc_webrtc_src_stopped;
  install_properties (object_class);
  install_signals (G_TYPE_FROM_CLASS (klass));
  add_template (
      element_class, "video_%u", "video/x-raw", video_codecs, G_N_ELEMENTS (video_codecs));
  add_template (
      element_class, "audio_%u", "audio/x-raw", audio_codecs, G_N_ELEMENTS (audio_codecs));
  add_data_template (element_class);
  gst_element_class_set_static_metadata (element_class, "WebRTC source", "Source/Network/WebRTC",
      "Takes calls from web browsers and other WebRTC peers", "the gst-plugins-rtc authors");
}

static void
gst_rtc_webrtc_src_init (GstRtcWebRTCSrc *self)
{
  static const gchar *const video[] = { "VP8", "H264", "VP9", "H265", "AV1", NULL };
  static const gchar *const audio[] = { "OPUS", "G722", "PCMU", "PCMA", NULL };

  g_mutex_init (&self->lock);
  self->sessions = gst_rtc_webrtc_src_new_sessions ();
  self->streams = g_ptr_array_new_with_free_func (gst_rtc_src_stream_unref);
  self->data = g_ptr_array_new_with_free_func (gst_rtc_src_data_unref);
  self->discards = gst_rtc_discards_new ();
  self->min_latency = GST_RTC_JITTER_BUFFER_DEFAULT_MIN_LATENCY;
  self->max_latency = GST_RTC_JITTER_BUFFER_DEFAULT_MAX_LATENCY;
  self->hold_picture = GST_RTC_JITTER_BUFFER_DEFAULT_HOLD_PICTURE;
  self->eos_on_hangup = GST_RTC_WEBRTC_SRC_DEFAULT_EOS_ON_HANGUP;
  self->do_fec = GST_RTC_WEBRTC_SRC_DEFAULT_DO_FEC;
  gst_rtc_receive_codecs_init (&self->codecs, PROP_VIDEO_CODECS, video, audio);
  /* A source also while it has no pad. */
  gst_bin_set_suppressed_flags (GST_BIN (self), GST_ELEMENT_FLAG_SOURCE | GST_ELEMENT_FLAG_SINK);
  GST_OBJECT_FLAG_SET (self, GST_ELEMENT_FLAG_SOURCE);
  gst_rtc_server_settings_init (
      &self->server, &server_kind, PROP_SERVER, GST_RTC_WEBRTC_BASE (self));
}
