/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "ext/webrtc/gstrtcbasesinkprivate.h"

#include "ext/webrtc/gstrtccodecchoice.h"
#include "ext/webrtc/gstrtcwebrtcsinkpad.h"
#include "gst/media/gstrtcpayloader.h"
#include "gst/rtc/base/rtc-log.h"
#include "gst/rtc/base/rtc-result.h"

#define GST_CAT_DEFAULT rtc_log_sig

/* One transceiver of one session. */
typedef struct {
  GstRtcStream *stream; /* owned */
  RtcCodecId codec;     /* of the branch acquired, UNKNOWN while none */
} Use;

/* --- sessions, [C] ------------------------------------------------------------------------------
 */

static void
use_clear (gpointer data)
{
  Use *use = data;

  if (use->codec != RTC_CODEC_UNKNOWN)
    gst_rtc_stream_release (use->stream, use->codec);
  gst_rtc_stream_unref (use->stream);
}

/* The pad's msid property, or one for all pads. */
static void
fill_msid (GstRtcBaseSink *self, GstRtcStream *stream, RtcTransceiverConfig *config)
{
  GstPad *pad = gst_element_get_static_pad (GST_ELEMENT (self), gst_rtc_stream_get_name (stream));
  gchar *msid = NULL;

  if (pad != NULL) {
    msid = gst_rtc_webrtc_sink_pad_get_msid (GST_RTC_WEBRTC_SINK_PAD (pad));
    gst_object_unref (pad);
  }
  g_strlcpy (config->msid_stream, msid != NULL ? msid : "webrtcsink", sizeof config->msid_stream);
  g_strlcpy (config->msid_track, gst_rtc_stream_get_name (stream), sizeof config->msid_track);
  g_free (msid);
}

/* In units of 10 ms, as it goes over the wire. */
static void
fill_playout_delay (GstRtcBaseSink *self, RtcTransceiverConfig *config)
{
  const guint unit = 10, most = GST_RTC_BASE_SINK_MAX_PLAYOUT_DELAY / unit;
  gint min, max;

  g_mutex_lock (&self->lock);
  min = self->min_playout_delay;
  max = self->max_playout_delay;
  g_mutex_unlock (&self->lock);
  config->has_playout_delay = config->kind == RTC_MEDIA_VIDEO && (min >= 0 || max >= 0);
  if (!config->has_playout_delay)
    return;
  config->playout_min = (guint16) ((guint) MAX (min, 0) / unit);
  config->playout_max = (guint16) (max < 0 ? most : (guint) max / unit);
  config->playout_max = MAX (config->playout_min, config->playout_max);
}

/* FALSE when the stream has no caps yet or none of its codecs can be had. */
static gboolean
fill_transceiver (GstRtcBaseSink *self, GstRtcStream *stream, RtcTransceiverConfig *config)
{
  RtcMediaKind kind = gst_rtc_stream_get_kind (stream);
  GstCaps *input = gst_rtc_stream_get_caps (stream);
  GstCaps *preferred;

  if (input == NULL)
    return FALSE;
  g_mutex_lock (&self->lock);
  preferred = gst_caps_ref (kind == RTC_MEDIA_VIDEO ? self->video_caps : self->audio_caps);
  g_mutex_unlock (&self->lock);
  config->kind = kind;
  config->direction = RTC_DIRECTION_SENDONLY;
  config->n_codecs = gst_rtc_codec_choice_list (kind, input, preferred, config->codecs);
  config->rtx = kind == RTC_MEDIA_VIDEO
                && gst_rtc_webrtc_base_get_do_retransmission (GST_RTC_WEBRTC_BASE (self));
  g_mutex_lock (&self->lock);
  config->fec = self->do_fec ? RTC_FEC_ALL : RTC_FEC_NONE;
  g_mutex_unlock (&self->lock);
  fill_msid (self, stream, config);
  fill_playout_delay (self, config);
  if (config->n_codecs == 0)
    GST_WARNING_OBJECT (
        self, "%s: no codec for %" GST_PTR_FORMAT, gst_rtc_stream_get_name (stream), input);
  gst_caps_unref (input);
  gst_caps_unref (preferred);
  return config->n_codecs > 0;
}

/* How many streams there are, and how many of them have caps. */
static guint
count_streams (GstRtcBaseSink *self, guint *n_with_caps)
{
  GPtrArray *streams = gst_rtc_base_sink_list_streams (self);
  guint n = streams->len;

  *n_with_caps = 0;
  for (guint i = 0; i < n; i++) {
    GstCaps *caps = gst_rtc_stream_get_caps (g_ptr_array_index (streams, i));

    *n_with_caps += caps != NULL;
    gst_clear_caps (&caps);
  }
  g_ptr_array_unref (streams);
  return n;
}

gboolean
gst_rtc_base_sink_is_ready (GstRtcWebRTCBase *base)
{
  guint n_with_caps;

  return count_streams (GST_RTC_BASE_SINK (base), &n_with_caps) == n_with_caps;
}

gboolean
gst_rtc_base_sink_make_transceivers (
    GstRtcWebRTCBase *base, const gchar *session_id, GArray *transceivers, GError **error)
{
  GstRtcBaseSink *self = GST_RTC_BASE_SINK (base);
  GPtrArray *streams = gst_rtc_base_sink_list_streams (self);
  GArray *uses = g_array_new (FALSE, TRUE, sizeof (Use));
  guint n_with_caps;

  g_array_set_clear_func (uses, use_clear);
  for (guint i = 0; i < streams->len; i++) {
    GstRtcStream *stream = g_ptr_array_index (streams, i);
    RtcTransceiverConfig config = { 0 };
    Use use = { stream, RTC_CODEC_UNKNOWN };

    if (!fill_transceiver (self, stream, &config))
      continue;
    gst_rtc_stream_ref (stream);
    g_array_append_val (transceivers, config);
    g_array_append_val (uses, use);
  }
  g_ptr_array_unref (streams);
  if (uses->len == 0) {
    g_array_unref (uses);
    if (count_streams (self, &n_with_caps) == n_with_caps && n_with_caps > 0)
      rtc_error (error, RTC_ERR_UNSUPPORTED,
          "no codec of video-caps or audio-caps can be made of what is streamed: an encoder or "
          "a payloader is not installed");
    else
      rtc_error (error, RTC_AGAIN, "the stream has not started yet; try again in a moment");
    return FALSE;
  }
  g_hash_table_insert (self->uses, g_strdup (session_id), uses);
  return TRUE;
}

static guint
get_start_bitrate (GstRtcBaseSink *self)
{
  guint rate;

  g_mutex_lock (&self->lock);
  rate = CLAMP (self->start_bitrate, self->min_bitrate, MAX (self->min_bitrate, self->max_bitrate));
  g_mutex_unlock (&self->lock);
  return rate;
}

/* Makes the branch if need be and attaches it; FALSE with *error when it cannot be made. */
static gboolean
send_track (GstRtcBaseSink *self, GstRtcSession *session, guint transceiver, Use *use,
    RtcCodecId codec, GError **error)
{
  RtcSource *source;

  if (use->codec == codec)
    return TRUE;
  source = gst_rtc_stream_acquire (
      use->stream, codec, get_start_bitrate (self), gst_rtc_session_get_id (session), error);
  if (source == NULL)
    return FALSE;
  gst_rtc_session_attach (session, transceiver, source);
  rtc_source_unref (source);
  if (use->codec != RTC_CODEC_UNKNOWN)
    gst_rtc_stream_release (use->stream, use->codec);
  use->codec = codec;
  return TRUE;
}

static void
stop_track (GstRtcSession *session, guint transceiver, Use *use)
{
  if (use->codec == RTC_CODEC_UNKNOWN)
    return;
  gst_rtc_session_attach (session, transceiver, NULL);
  gst_rtc_stream_release (use->stream, use->codec);
  use->codec = RTC_CODEC_UNKNOWN;
}

gboolean
gst_rtc_base_sink_negotiated (GstRtcWebRTCBase *base, GstRtcSession *session,
    const GstRtcSessionTrack *tracks, guint n_tracks, GError **error)
{
  GstRtcBaseSink *self = GST_RTC_BASE_SINK (base);
  GArray *uses = g_hash_table_lookup (self->uses, gst_rtc_session_get_id (session));
  const gchar *first_reason = NULL;
  guint n_sent = 0;

  if (uses == NULL)
    return TRUE;
  for (guint i = 0; i < n_tracks; i++) {
    Use *use = &g_array_index (uses, Use, tracks[i].transceiver);
    const gchar *reason = tracks[i].reason; /* empty: the viewer did not ask for it */
    GError *inner = NULL;

    if (!tracks[i].sends) {
      GST_INFO_OBJECT (self, "%s does not go to %s: %s", gst_rtc_stream_get_name (use->stream),
          gst_rtc_session_get_id (session), *reason != '\0' ? reason : "not asked for");
      stop_track (session, tracks[i].transceiver, use);
      if (first_reason == NULL && *reason != '\0')
        first_reason = reason;
    } else if (send_track (self, session, tracks[i].transceiver, use, tracks[i].codec.id, &inner)) {
      n_sent++;
    } else {
      GST_ELEMENT_WARNING (self, STREAM, ENCODE,
          ("%s: %s", gst_rtc_stream_get_name (use->stream), inner->message), (NULL));
      g_clear_error (error);
      g_propagate_error (error, inner);
    }
  }
  if (n_sent > 0) {
    g_clear_error (error);
    return TRUE;
  }
  if (error != NULL && *error == NULL && first_reason != NULL) {
    rtc_error (
        error, RTC_ERR_UNSUPPORTED, "nothing that is streamed can be played: %s", first_reason);
    return FALSE;
  }
  return error == NULL || *error == NULL; /* nothing was asked for: the viewer's business */
}

void
gst_rtc_base_sink_session_added (GstRtcWebRTCBase *base, GstRtcSession *session)
{
  g_signal_emit (base, gst_rtc_base_sink_get_signal (GST_RTC_BASE_SINK_SIGNAL_CONSUMER_ADDED), 0,
      gst_rtc_session_get_id (session), session);
}

void
gst_rtc_base_sink_session_removed (
    GstRtcWebRTCBase *base, GstRtcSession *session, const GError *reason)
{
  const gchar *id = gst_rtc_session_get_id (session);

  g_hash_table_remove (GST_RTC_BASE_SINK (base)->uses, id);
  g_signal_emit (base, gst_rtc_base_sink_get_signal (GST_RTC_BASE_SINK_SIGNAL_CONSUMER_REMOVED), 0,
      id, session);
}

/* --- what a stream asks, [C] --------------------------------------------------------------------
 */

static void
on_branch_setup (GstRtcStream *stream, GstRtcBranch *branch, const gchar *session_id, gpointer data)
{
  GstElement *encoder = gst_rtc_branch_find_encoder (branch);
  const gchar *name = gst_rtc_stream_get_name (stream);
  gboolean handled = FALSE;

  if (encoder != NULL)
    g_signal_emit (data, gst_rtc_base_sink_get_signal (GST_RTC_BASE_SINK_SIGNAL_ENCODER_SETUP), 0,
        session_id, name, encoder, &handled);
  g_signal_emit (data, gst_rtc_base_sink_get_signal (GST_RTC_BASE_SINK_SIGNAL_PAYLOADER_SETUP), 0,
      session_id, name, gst_rtc_branch_get_payloader (branch), &handled);
}

static GstElement *
on_make_filter (GstRtcStream *stream, RtcCodecId codec, const gchar *session_id, gpointer data)
{
  GstCaps *caps = gst_rtc_payloader_get_media_caps (codec);
  GstElement *filter = NULL;

  g_signal_emit (data,
      gst_rtc_base_sink_get_signal (GST_RTC_BASE_SINK_SIGNAL_REQUEST_ENCODED_FILTER), 0, session_id,
      gst_rtc_stream_get_name (stream), caps, &filter);
  gst_caps_unref (caps);
  return filter;
}

/* Ends every session that has the stream. */
static void
end_sessions_of (GstRtcBaseSink *self, GstRtcStream *stream, const GError *reason)
{
  GList *sessions = gst_rtc_webrtc_base_list_sessions (GST_RTC_WEBRTC_BASE (self));

  for (GList *l = sessions; l != NULL; l = l->next) {
    GArray *uses = g_hash_table_lookup (self->uses, gst_rtc_session_get_id (l->data));
    gboolean has_it = FALSE;

    for (guint i = 0; uses != NULL && i < uses->len; i++)
      has_it |= g_array_index (uses, Use, i).stream == stream;
    if (has_it)
      gst_rtc_webrtc_base_end_session (GST_RTC_WEBRTC_BASE (self), l->data, reason);
  }
  g_list_free_full (sessions, g_object_unref);
}

static void
on_stream_started (GstRtcStream *stream, gpointer data)
{
  gst_rtc_webrtc_base_check_ready (data);
}

static void
on_stream_changed (GstRtcStream *stream, gpointer data)
{
  GError *reason = NULL;

  rtc_error (&reason, RTC_AGAIN, "%s is now of another format; connect again",
      gst_rtc_stream_get_name (stream));
  end_sessions_of (data, stream, reason);
  g_error_free (reason);
}

const GstRtcStreamFuncs gst_rtc_base_sink_stream_funcs = { on_branch_setup, on_make_filter,
  on_stream_started, on_stream_changed };

GHashTable *
gst_rtc_base_sink_new_uses (void)
{
  return g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify) g_array_unref);
}

void
gst_rtc_base_sink_stop_stream (GstRtcBaseSink *self, GstRtcStream *stream)
{
  GList *sessions = gst_rtc_webrtc_base_list_sessions (GST_RTC_WEBRTC_BASE (self));

  for (GList *l = sessions; l != NULL; l = l->next) {
    GArray *uses = g_hash_table_lookup (self->uses, gst_rtc_session_get_id (l->data));

    for (guint i = 0; uses != NULL && i < uses->len; i++) {
      if (g_array_index (uses, Use, i).stream == stream)
        stop_track (l->data, i, &g_array_index (uses, Use, i));
    }
  }
  g_list_free_full (sessions, g_object_unref);
}
