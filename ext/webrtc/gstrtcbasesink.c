/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "ext/webrtc/gstrtcbasesinkprivate.h"

#include <gst/video/video.h>
#include <string.h>

#include "ext/webrtc/gstrtcwebrtcsinkpad.h"
#include "gst/media/gstrtcladder.h"
#include "gst/media/gstrtcpayloader.h"
#include "gst/rtc/base/rtc-log.h"

#define GST_CAT_DEFAULT rtc_log_sig

enum {
  PROP_0,
  PROP_VIDEO_CAPS,
  PROP_AUDIO_CAPS,
  PROP_START_BITRATE,
  PROP_MIN_BITRATE,
  PROP_MAX_BITRATE,
  PROP_CONGESTION_CONTROL,
  PROP_ENABLE_MITIGATION_MODES,
  PROP_DO_FEC,
  PROP_DO_DTX,
  PROP_MIN_PLAYOUT_DELAY,
  PROP_MAX_PLAYOUT_DELAY,
  PROP_LADDER,
  PROP_JOIN_MODE,
  PROP_ENABLE_CONTROL_DATA_CHANNEL,
};

static guint signals[GST_RTC_BASE_SINK_N_SIGNALS];

G_DEFINE_ABSTRACT_TYPE (GstRtcBaseSink, gst_rtc_base_sink, GST_TYPE_RTC_WEBRTC_BASE)

guint
gst_rtc_base_sink_get_signal (GstRtcBaseSinkSignal signal)
{
  return signals[signal];
}

GPtrArray *
gst_rtc_base_sink_list_streams (GstRtcBaseSink *self)
{
  GPtrArray *list = g_ptr_array_new_with_free_func ((GDestroyNotify) gst_rtc_stream_unref);

  g_mutex_lock (&self->lock);
  for (guint i = 0; i < self->streams->len; i++)
    g_ptr_array_add (list, gst_rtc_stream_ref (g_ptr_array_index (self->streams, i)));
  g_mutex_unlock (&self->lock);
  return list;
}

static void
gst_rtc_base_sink_configure_signaller (GstRtcWebRTCBase *base, GstRtcSignaller *signaller)
{
  GstRtcBaseSink *self = GST_RTC_BASE_SINK (base);
  GPtrArray *streams = gst_rtc_base_sink_list_streams (self);
  RtcLoop *loop = gst_rtc_webrtc_base_get_loop (base);

  /* Viewers may come as soon as the signaller listens. */
  for (guint i = 0; i < streams->len; i++)
    gst_rtc_stream_start (g_ptr_array_index (streams, i), loop);
  rtc_loop_unref (loop);
  g_ptr_array_unref (streams);
  /* Its page would not know that there is something to offer them for. */
  if (g_object_class_find_property (G_OBJECT_GET_CLASS (signaller), "data-channels") != NULL
      && (gst_rtc_base_sink_has_data (self) || self->enable_control))
    g_object_set (signaller, "data-channels", TRUE, NULL);
}

/* --- element ------------------------------------------------------------------------------------
 */

static void
gst_rtc_base_sink_stopped (GstRtcWebRTCBase *base)
{
  GPtrArray *streams = gst_rtc_base_sink_list_streams (GST_RTC_BASE_SINK (base));

  gst_rtc_base_sink_stop_rates (GST_RTC_BASE_SINK (base));
  for (guint i = 0; i < streams->len; i++)
    gst_rtc_stream_stop (g_ptr_array_index (streams, i));
  g_ptr_array_unref (streams);
}

/* Replaces *place by the caps in value unless they are NULL. */
static void
set_caps (GstCaps **place, const GValue *value)
{
  if (gst_value_get_caps (value) != NULL)
    gst_caps_replace (place, (GstCaps *) gst_value_get_caps (value));
}

static void
set_ladder (GstRtcBaseSink *self, const gchar *text)
{
  GstRtcLadder ladder = { 0 };
  GError *error = NULL;
  GPtrArray *streams;

  if (!gst_rtc_ladder_parse (text != NULL ? text : "", &ladder, &error)) {
    g_warning ("ladder of %s: %s", GST_OBJECT_NAME (self), error->message);
    g_error_free (error);
    return;
  }
  g_mutex_lock (&self->lock);
  g_free (self->ladder);
  self->ladder = g_strdup (text);
  self->default_ladder = ladder;
  g_mutex_unlock (&self->lock);
  streams = gst_rtc_base_sink_list_streams (self);
  for (guint i = 0; i < streams->len; i++)
    gst_rtc_stream_set_ladder (g_ptr_array_index (streams, i), &ladder, TRUE);
  g_ptr_array_unref (streams);
}

static void
set_join_mode (GstRtcBaseSink *self, GstRtcJoinMode mode)
{
  GPtrArray *streams;

  g_mutex_lock (&self->lock);
  self->join_mode = mode;
  g_mutex_unlock (&self->lock);
  streams = gst_rtc_base_sink_list_streams (self);
  for (guint i = 0; i < streams->len; i++)
    gst_rtc_stream_set_replay (
        g_ptr_array_index (streams, i), mode == GST_RTC_JOIN_MODE_GOP_REPLAY);
  g_ptr_array_unref (streams);
}

static void
gst_rtc_base_sink_set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  GstRtcBaseSink *self = GST_RTC_BASE_SINK (object);

  if (id == PROP_LADDER) {
    set_ladder (self, g_value_get_string (value));
    return;
  }
  if (id == PROP_JOIN_MODE) {
    set_join_mode (self, g_value_get_enum (value));
    return;
  }
  g_mutex_lock (&self->lock);
  switch (id) {
    case PROP_VIDEO_CAPS:
      set_caps (&self->video_caps, value);
      break;
    case PROP_AUDIO_CAPS:
      set_caps (&self->audio_caps, value);
      break;
    case PROP_START_BITRATE:
      self->start_bitrate = g_value_get_uint (value);
      break;
    case PROP_MIN_BITRATE:
      self->min_bitrate = g_value_get_uint (value);
      break;
    case PROP_MAX_BITRATE:
      self->max_bitrate = g_value_get_uint (value);
      break;
    case PROP_CONGESTION_CONTROL:
      self->congestion_control = g_value_get_enum (value);
      break;
    case PROP_ENABLE_MITIGATION_MODES:
      self->mitigation_modes = g_value_get_flags (value);
      break;
    case PROP_DO_FEC:
      self->do_fec = g_value_get_boolean (value);
      break;
    case PROP_ENABLE_CONTROL_DATA_CHANNEL:
      self->enable_control = g_value_get_boolean (value);
      break;
    case PROP_DO_DTX:
      self->do_dtx = g_value_get_boolean (value);
      break;
    case PROP_MIN_PLAYOUT_DELAY:
      self->min_playout_delay = g_value_get_int (value);
      break;
    case PROP_MAX_PLAYOUT_DELAY:
      self->max_playout_delay = g_value_get_int (value);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
      break;
  }
  g_mutex_unlock (&self->lock);
}

static void
gst_rtc_base_sink_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  GstRtcBaseSink *self = GST_RTC_BASE_SINK (object);

  g_mutex_lock (&self->lock);
  switch (id) {
    case PROP_VIDEO_CAPS:
      gst_value_set_caps (value, self->video_caps);
      break;
    case PROP_AUDIO_CAPS:
      gst_value_set_caps (value, self->audio_caps);
      break;
    case PROP_START_BITRATE:
      g_value_set_uint (value, self->start_bitrate);
      break;
    case PROP_MIN_BITRATE:
      g_value_set_uint (value, self->min_bitrate);
      break;
    case PROP_MAX_BITRATE:
      g_value_set_uint (value, self->max_bitrate);
      break;
    case PROP_CONGESTION_CONTROL:
      g_value_set_enum (value, self->congestion_control);
      break;
    case PROP_ENABLE_MITIGATION_MODES:
      g_value_set_flags (value, self->mitigation_modes);
      break;
    case PROP_DO_FEC:
      g_value_set_boolean (value, self->do_fec);
      break;
    case PROP_ENABLE_CONTROL_DATA_CHANNEL:
      g_value_set_boolean (value, self->enable_control);
      break;
    case PROP_DO_DTX:
      g_value_set_boolean (value, self->do_dtx);
      break;
    case PROP_MIN_PLAYOUT_DELAY:
      g_value_set_int (value, self->min_playout_delay);
      break;
    case PROP_MAX_PLAYOUT_DELAY:
      g_value_set_int (value, self->max_playout_delay);
      break;
    case PROP_JOIN_MODE:
      g_value_set_enum (value, self->join_mode);
      break;
    case PROP_LADDER:
      g_value_set_string (value, self->ladder);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
      break;
  }
  g_mutex_unlock (&self->lock);
}

static void
gst_rtc_base_sink_finalize (GObject *object)
{
  GstRtcBaseSink *self = GST_RTC_BASE_SINK (object);

  g_hash_table_unref (self->viewers);
  g_ptr_array_unref (self->streams);
  g_ptr_array_unref (self->data_pads);
  gst_rtc_remote_control_free (self->control);
  gst_caps_unref (self->video_caps);
  gst_caps_unref (self->audio_caps);
  g_free (self->ladder);
  g_mutex_clear (&self->lock);
  G_OBJECT_CLASS (gst_rtc_base_sink_parent_class)->finalize (object);
}

static void
install_rate_properties (GObjectClass *klass)
{
  const GParamFlags flags = G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS | GST_PARAM_MUTABLE_READY;

  g_object_class_install_property (klass, PROP_CONGESTION_CONTROL,
      g_param_spec_enum ("congestion-control", "Congestion control",
          "How to find out what a viewer's path carries. Encoders follow; one that several viewers "
          "share goes by most of them. disabled: all stay at start-bitrate",
          GST_TYPE_RTC_CONGESTION_CONTROL, GST_RTC_BASE_SINK_DEFAULT_CONGESTION_CONTROL, flags));
  g_object_class_install_property (klass, PROP_START_BITRATE,
      g_param_spec_uint ("start-bitrate", "Start bitrate",
          "What is sent to a viewer until more is known, bit/s, within min-bitrate and "
          "max-bitrate; and the rate at which video encoders start",
          1, G_MAXUINT, GST_RTC_BASE_SINK_DEFAULT_START_BITRATE, flags));
  g_object_class_install_property (klass, PROP_MIN_BITRATE,
      g_param_spec_uint ("min-bitrate", "Minimum bitrate",
          "The least to send to a viewer however bad its path is, bit/s; less than 30000 counts as "
          "that",
          1, G_MAXUINT, GST_RTC_BASE_SINK_DEFAULT_MIN_BITRATE, flags));
  g_object_class_install_property (klass, PROP_MAX_BITRATE,
      g_param_spec_uint ("max-bitrate", "Maximum bitrate",
          "The most to send to a viewer, media, repair and headers together, bit/s", 1, G_MAXUINT,
          GST_RTC_BASE_SINK_DEFAULT_MAX_BITRATE, flags));
  g_object_class_install_property (klass, PROP_ENABLE_MITIGATION_MODES,
      g_param_spec_flags ("enable-mitigation-modes", "Enable mitigation modes",
          "What to give up of raw video when there are too few bits for each pixel: frames "
          "(downsampled), then size (downscaled)",
          GST_TYPE_RTC_MITIGATION_MODE, GST_RTC_BASE_SINK_DEFAULT_MITIGATION_MODES,
          G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS | GST_PARAM_MUTABLE_PLAYING));
  g_object_class_install_property (klass, PROP_DO_DTX,
      g_param_spec_boolean ("do-dtx", "Do discontinuous transmission",
          "Opus: send next to nothing while there is silence. FALSE: only when all viewers ask "
          "for it (usedtx=1)",
          GST_RTC_BASE_SINK_DEFAULT_DO_DTX,
          G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS | GST_PARAM_MUTABLE_PLAYING));
}

/* What there is for a viewer to get. */
static void
install_encoding_properties (GObjectClass *klass)
{
  const GParamFlags flags = G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS | GST_PARAM_MUTABLE_READY;

  /**
   * GstRtcBaseSink:ladder:
   *
   * Encodings of raw video, best first, each of fewer bits than the one before, eight at most:
   * `SIZE[@FPS]:BITRATE[:L1T2]`, with commas in between. SIZE is `full`, `1/2` (of width and
   * height; any number) or `640x360` (within that, in the picture's shape), FPS the most pictures a
   * second, BITRATE what it takes at best in bit/s, with `k` or `M`. `L1T2` asks for two temporal
   * layers, the half step before the next rung, where the encoder can make them (`vp8enc`).
   *
   * Each viewer gets what its path carries: less at once, more when there has been room for a
   * while, at a key frame and without a gap in numbers and times. An encoding that nobody gets is
   * not made. %NULL: one encoding for all, which goes by most viewers.
   *
   * |[
   * gst-launch-1.0 videotestsrc is-live=true ! video/x-raw,width=1280,height=720,framerate=30/1 ! \
   *     webrtcsink ladder="full:2500k:L1T2,1/2:800k,1/4@15:200k"
   * ]| 720p for who has 1.75 Mbit/s and more, 360p down to 560 kbit/s, else 180p with 15 pictures.
   *
   * A pad's own ladder (#GstRtcWebRTCSinkPad:ladder) goes before it. See docs/design/ladder.md.
   */
  g_object_class_install_property (klass, PROP_LADDER,
      g_param_spec_string ("ladder", "Ladder",
          "Encodings of raw video, best first; each viewer gets the one that its path carries, and "
          "those that nobody gets are not made: SIZE[@FPS]:BITRATE[:L1T2],... SIZE is full, 1/N or "
          "WxH (at most), BITRATE in bit/s, with k or M; L1T2: two temporal layers (VP8). As in "
          "\"full:2500k:L1T2,1/2:800k,1/4@15:200k\". NULL: one, which goes by most viewers",
          NULL, flags));
  /**
   * GstRtcBaseSink:join-mode:
   *
   * What a viewer that joins is shown first. #GST_RTC_JOIN_MODE_KEY_FRAME asks the encoder, or what
   * is before it, for a key frame, once for all who join within a quarter of a second.
   * #GST_RTC_JOIN_MODE_GOP_REPLAY keeps the packets since the last key frame (8 MiB and 10 s at
   * most) and sends them, faster than they were made, until the viewer is up to date: nothing is
   * asked of anybody, and nobody else's picture changes. Where that is not possible it does as the
   * former. Of encodings that begin from then on.
   */
  g_object_class_install_property (klass, PROP_JOIN_MODE,
      g_param_spec_enum ("join-mode", "Join mode",
          "What a viewer that joins is shown first. key-frame: one that is asked for, for all who "
          "join meanwhile; gop-replay: the last one and what followed, faster than it was made",
          GST_TYPE_RTC_JOIN_MODE, GST_RTC_JOIN_MODE_KEY_FRAME, flags));
}

static void
install_properties (GObjectClass *klass)
{
  const GParamFlags flags = G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS | GST_PARAM_MUTABLE_READY;

  g_object_class_install_property (klass, PROP_VIDEO_CAPS,
      g_param_spec_boxed ("video-caps", "Video caps",
          "Codecs that raw video may be encoded in, best first; a viewer gets the first that it "
          "can play (default: " GST_RTC_BASE_SINK_DEFAULT_VIDEO_CAPS ")",
          GST_TYPE_CAPS, flags));
  g_object_class_install_property (klass, PROP_AUDIO_CAPS,
      g_param_spec_boxed ("audio-caps", "Audio caps",
          "Codecs that raw audio may be encoded in, best first "
          "(default: " GST_RTC_BASE_SINK_DEFAULT_AUDIO_CAPS ")",
          GST_TYPE_CAPS, flags));
  g_object_class_install_property (klass, PROP_ENABLE_CONTROL_DATA_CHANNEL,
      g_param_spec_boolean ("enable-control-data-channel", "Enable control data channel",
          "Let every viewer send mouse, key and touch events upstream (GstNavigation), over a data "
          "channel \"control\"",
          FALSE, flags));
  g_object_class_install_property (klass, PROP_MIN_PLAYOUT_DELAY,
      g_param_spec_int ("min-playout-delay", "Minimum playout delay",
          "How long after its capture viewers are to show a picture at least, ms, in steps of 10. "
          "-1: their choice, or what repair takes; 0 if max-playout-delay is set. For viewers who "
          "come from then on",
          -1, GST_RTC_BASE_SINK_MAX_PLAYOUT_DELAY, -1,
          G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS | GST_PARAM_MUTABLE_PLAYING));
  g_object_class_install_property (klass, PROP_MAX_PLAYOUT_DELAY,
      g_param_spec_int ("max-playout-delay", "Maximum playout delay",
          "And at most; with 0 for both, browsers show each picture as soon as it is decoded. -1: "
          "their choice",
          -1, GST_RTC_BASE_SINK_MAX_PLAYOUT_DELAY, -1,
          G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS | GST_PARAM_MUTABLE_PLAYING));
  g_object_class_install_property (klass, PROP_DO_FEC,
      g_param_spec_boolean ("do-fec", "Do forward error correction",
          "Where a viewer loses packets and sending them again takes too long, send parities of "
          "them (FlexFEC, ULPFEC), and sound twice (RED), if it can take them. For viewers who "
          "come from then on",
          GST_RTC_BASE_SINK_DEFAULT_DO_FEC,
          G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS | GST_PARAM_MUTABLE_PLAYING));
}

static void
install_rate_signals (GType type)
{
  /**
   * GstRtcBaseSink::define-encoder-bitrates:
   * @session_id: the session
   * @overall_bitrate: what may be sent to it, bit/s
   * @bitrates: "webrtcsink/encoder-bitrates": for each pad's name its share of that, headers and
   *   repair taken off (gint, bit/s)
   *
   * Returns: (nullable): the same with other figures. What the encoders get also depends on other
   * viewers. Control thread, several times a second: be quick.
   */
  signals[GST_RTC_BASE_SINK_SIGNAL_DEFINE_ENCODER_BITRATES] = g_signal_new (
      "define-encoder-bitrates", type, G_SIGNAL_RUN_LAST, 0, g_signal_accumulator_first_wins, NULL,
      NULL, GST_TYPE_STRUCTURE, 3, G_TYPE_STRING, G_TYPE_INT, GST_TYPE_STRUCTURE);
  /**
   * GstRtcBaseSink::configure-mitigation-caps:
   * @pad_name: the stream
   * @info: what comes in
   * @bitrate: the encoder's rate from now on, bit/s
   * @mode: what is about to be given up
   *
   * Returns: (nullable): caps with the width, height and framerate to have instead. Control thread.
   */
  signals[GST_RTC_BASE_SINK_SIGNAL_CONFIGURE_MITIGATION_CAPS] =
      g_signal_new ("configure-mitigation-caps", type, G_SIGNAL_RUN_LAST, 0,
          g_signal_accumulator_first_wins, NULL, NULL, GST_TYPE_CAPS, 4, G_TYPE_STRING,
          GST_TYPE_VIDEO_INFO, G_TYPE_INT, GST_TYPE_RTC_MITIGATION_MODE);
}

/* The signals of set-up return whether the application did it, as gst-plugins-rs' do; we tune
 * before and take no notice. */
static void
install_set_up_signals (GType type)
{
  /**
   * GstRtcBaseSink::encoder-setup:
   * @session_id: the session that caused it
   * @pad_name: the stream
   * @encoder: the encoder, already tuned, before it starts
   *
   * Once per codec and stream, since viewers share encoders. Control thread.
   */
  signals[GST_RTC_BASE_SINK_SIGNAL_ENCODER_SETUP] =
      g_signal_new ("encoder-setup", type, G_SIGNAL_RUN_LAST, 0, g_signal_accumulator_true_handled,
          NULL, NULL, G_TYPE_BOOLEAN, 3, G_TYPE_STRING, G_TYPE_STRING, GST_TYPE_ELEMENT);
  /**
   * GstRtcBaseSink::payloader-setup:
   * @session_id: the session that caused it
   * @pad_name: the stream
   * @payloader: the payloader; leave its mtu, pt and header extensions alone
   *
   * Once per codec and stream, not for streams that come as RTP. Control thread.
   */
  signals[GST_RTC_BASE_SINK_SIGNAL_PAYLOADER_SETUP] = g_signal_new ("payloader-setup", type,
      G_SIGNAL_RUN_LAST, 0, g_signal_accumulator_true_handled, NULL, NULL, G_TYPE_BOOLEAN, 3,
      G_TYPE_STRING, G_TYPE_STRING, GST_TYPE_ELEMENT);
  /**
   * GstRtcBaseSink::request-encoded-filter:
   * @session_id: the session that caused it
   * @pad_name: the stream
   * @caps: the encoded media
   *
   * Not for streams that come as RTP.
   *
   * Returns: (nullable): an element to put before the payloader. Control thread.
   */
  signals[GST_RTC_BASE_SINK_SIGNAL_REQUEST_ENCODED_FILTER] = g_signal_new ("request-encoded-filter",
      type, G_SIGNAL_RUN_LAST, 0, g_signal_accumulator_first_wins, NULL, NULL, GST_TYPE_ELEMENT, 3,
      G_TYPE_STRING, G_TYPE_STRING, GST_TYPE_CAPS);
}

static void
install_signals (GType type)
{
  /**
   * GstRtcBaseSink::consumer-added:
   * @session_id: the session
   * @session: the #GstRtcSession
   *
   * As session-added, under the name that gst-plugins-rs uses. Control thread.
   */
  signals[GST_RTC_BASE_SINK_SIGNAL_CONSUMER_ADDED] = g_signal_new ("consumer-added", type,
      G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 2, G_TYPE_STRING, GST_TYPE_RTC_SESSION);
  /**
   * GstRtcBaseSink::consumer-removed:
   * @session_id: the session
   * @session: the #GstRtcSession
   *
   * As session-removed. Control thread.
   */
  signals[GST_RTC_BASE_SINK_SIGNAL_CONSUMER_REMOVED] = g_signal_new ("consumer-removed", type,
      G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 2, G_TYPE_STRING, GST_TYPE_RTC_SESSION);
  install_set_up_signals (type);
  install_rate_signals (type);
  /**
   * GstRtcBaseSink::data-received:
   * @session_id: the session
   * @pad_name: the pad whose channel it came on
   * @data: the message, UTF-8 if it is text
   * @is_text: whether it is
   *
   * A viewer has answered on the channel of a `data_%u` pad. Channels that viewers open come by the
   * session's `on-data-channel`. Control thread.
   */
  signals[GST_RTC_BASE_SINK_SIGNAL_DATA_RECEIVED] =
      g_signal_new ("data-received", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 4,
          G_TYPE_STRING, G_TYPE_STRING, G_TYPE_BYTES, G_TYPE_BOOLEAN);
}

/* Raw media, everything that we know to packetise, and the same in packets. Which payloaders are
 * installed is not known yet while plugins are scanned; the pad's caps query tells. */
static void
add_template (GstElementClass *klass, const gchar *name, RtcMediaKind kind)
{
  GstCaps *caps = gst_caps_from_string (kind == RTC_MEDIA_VIDEO ? "video/x-raw" : "audio/x-raw");
  const RtcCodecId *codecs = gst_rtc_payloader_list_codecs (kind);

  for (guint i = 0; codecs[i] != RTC_CODEC_UNKNOWN; i++)
    gst_caps_append (caps, gst_rtc_payloader_get_media_caps (codecs[i]));
  for (guint i = 0; codecs[i] != RTC_CODEC_UNKNOWN; i++)
    gst_caps_append (caps, gst_rtc_payloader_get_rtp_caps (codecs[i]));
  gst_element_class_add_pad_template (
      klass, gst_pad_template_new_with_gtype (
                 name, GST_PAD_SINK, GST_PAD_REQUEST, caps, GST_TYPE_RTC_WEBRTC_SINK_PAD));
  gst_caps_unref (caps);
}

static void
gst_rtc_base_sink_class_init (GstRtcBaseSinkClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GstElementClass *element_class = GST_ELEMENT_CLASS (klass);
  GstRtcWebRTCBaseClass *base_class = GST_RTC_WEBRTC_BASE_CLASS (klass);

  object_class->set_property = gst_rtc_base_sink_set_property;
  object_class->get_property = gst_rtc_base_sink_get_property;
  object_class->finalize = gst_rtc_base_sink_finalize;
  element_class->request_new_pad = gst_rtc_base_sink_request_new_pad;
  element_class->release_pad = gst_rtc_base_sink_release_pad;
  base_class->configure_signaller = gst_rtc_base_sink_configure_signaller;
  base_class->is_ready = gst_rtc_base_sink_is_ready;
  base_class->make_transceivers = gst_rtc_base_sink_make_transceivers;
  base_class->session_added = gst_rtc_base_sink_session_added;
  base_class->session_removed = gst_rtc_base_sink_session_removed;
  base_class->negotiated = gst_rtc_base_sink_negotiated;
  base_class->configure_session = gst_rtc_base_sink_configure_session;
  base_class->fill_stats = gst_rtc_base_sink_fill_stats;
  base_class->stopped = gst_rtc_base_sink_stopped;
  install_properties (object_class);
  install_rate_properties (object_class);
  install_encoding_properties (object_class);
  install_signals (G_TYPE_FROM_CLASS (klass));
  add_template (element_class, "video_%u", RTC_MEDIA_VIDEO);
  add_template (element_class, "audio_%u", RTC_MEDIA_AUDIO);
  gst_rtc_base_sink_install_data (element_class);
}

static void
gst_rtc_base_sink_init (GstRtcBaseSink *self)
{
  g_mutex_init (&self->lock);
  self->viewers = gst_rtc_base_sink_new_viewers ();
  self->streams = g_ptr_array_new_with_free_func ((GDestroyNotify) gst_rtc_stream_unref);
  self->control = gst_rtc_remote_control_new (gst_rtc_base_sink_navigate, self);
  self->data_pads = g_ptr_array_new_with_free_func (gst_object_unref);
  self->video_caps = gst_caps_from_string (GST_RTC_BASE_SINK_DEFAULT_VIDEO_CAPS);
  self->audio_caps = gst_caps_from_string (GST_RTC_BASE_SINK_DEFAULT_AUDIO_CAPS);
  self->start_bitrate = GST_RTC_BASE_SINK_DEFAULT_START_BITRATE;
  self->min_bitrate = GST_RTC_BASE_SINK_DEFAULT_MIN_BITRATE;
  self->max_bitrate = GST_RTC_BASE_SINK_DEFAULT_MAX_BITRATE;
  self->congestion_control = GST_RTC_BASE_SINK_DEFAULT_CONGESTION_CONTROL;
  self->mitigation_modes = GST_RTC_BASE_SINK_DEFAULT_MITIGATION_MODES;
  self->do_fec = GST_RTC_BASE_SINK_DEFAULT_DO_FEC;
  self->do_dtx = GST_RTC_BASE_SINK_DEFAULT_DO_DTX;
  self->min_playout_delay = self->max_playout_delay = -1;
  /* A sink also while it has no pad. */
  gst_bin_set_suppressed_flags (GST_BIN (self), GST_ELEMENT_FLAG_SOURCE | GST_ELEMENT_FLAG_SINK);
  GST_OBJECT_FLAG_SET (self, GST_ELEMENT_FLAG_SINK);
}
