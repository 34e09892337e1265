/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "ext/webrtc/gstrtcbasesinkprivate.h"

#include <gst/video/video.h>

#include "ext/webrtc/gstrtccodecchoice.h"
#include "ext/webrtc/gstrtcwebrtcsinkpad.h"
#include "gst/media/gstrtcpayloader.h"
#include "gst/rtc/base/rtc-log.h"
#include "gst/rtc/base/rtc-result.h"

#define GST_CAT_DEFAULT rtc_log_sig

/* --- sessions, [C] ------------------------------------------------------------------------------
 */

static void
use_clear (gpointer data)
{
  GstRtcBaseSinkUse *use = data;

  gst_rtc_base_sink_release_use (use);
  gst_rtc_stream_unref (use->stream);
}

static void
viewer_free (gpointer data)
{
  GstRtcBaseSinkViewer *viewer = data;

  g_array_unref (viewer->uses);
  g_free (viewer);
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

/* A viewer who sends transport-wide feedback sends no REMB. */
static void
drop_transport_cc (RtcTransceiverConfig *config)
{
  for (guint i = 0; i < config->n_codecs; i++)
    config->codecs[i].rtcp_fb &= ~(RtcRtcpFbFlags) RTC_RTCP_FB_TRANSPORT_CC;
}

/* FALSE when the stream has no caps yet or none of its codecs can be had. */
static gboolean
fill_transceiver (GstRtcBaseSink *self, GstRtcStream *stream, RtcTransceiverConfig *config)
{
  RtcMediaKind kind = gst_rtc_stream_get_kind (stream);
  GstCaps *input = gst_rtc_stream_get_caps (stream);
  GstCaps *preferred;
  gboolean do_fec, by_remb;

  if (input == NULL)
    return FALSE;
  g_mutex_lock (&self->lock);
  preferred = gst_caps_ref (kind == RTC_MEDIA_VIDEO ? self->video_caps : self->audio_caps);
  do_fec = self->do_fec;
  by_remb = self->congestion_control == GST_RTC_CONGESTION_CONTROL_HOMEGROWN;
  g_mutex_unlock (&self->lock);
  config->kind = kind;
  config->direction = RTC_DIRECTION_SENDONLY;
  config->n_codecs = gst_rtc_codec_choice_list (kind, input, preferred, config->codecs);
  config->rtx = kind == RTC_MEDIA_VIDEO
                && gst_rtc_webrtc_base_get_do_retransmission (GST_RTC_WEBRTC_BASE (self));
  config->fec = do_fec ? RTC_FEC_ALL : RTC_FEC_NONE;
  if (by_remb)
    drop_transport_cc (config);
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
  guint n = 0;

  *n_with_caps = 0;
  for (guint i = 0; i < streams->len; i++) {
    GstRtcStream *stream = g_ptr_array_index (streams, i);
    GstCaps *caps = gst_rtc_stream_get_caps (stream);
    gboolean is_main = gst_rtc_base_sink_find_main (self, stream) == NULL;

    /* Nobody has to wait for a sub stream. */
    n += is_main;
    *n_with_caps += is_main && caps != NULL;
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

static void
add_viewer (GstRtcBaseSink *self, const gchar *session_id, GArray *uses)
{
  GstRtcBaseSinkViewer *viewer = g_new0 (GstRtcBaseSinkViewer, 1);

  viewer->uses = uses;
  g_mutex_lock (&self->lock);
  g_hash_table_insert (self->viewers, g_strdup (session_id), viewer);
  g_mutex_unlock (&self->lock);
}

/* NULL when there is none. */
static GArray *
find_uses (GstRtcBaseSink *self, GstRtcSession *session)
{
  GstRtcBaseSinkViewer *viewer =
      g_hash_table_lookup (self->viewers, gst_rtc_session_get_id (session));

  return viewer == NULL ? NULL : viewer->uses;
}

/* There is something to be had even so. */
static gboolean
is_data_only (GstRtcBaseSink *self)
{
  guint n_with_caps;

  return gst_rtc_base_sink_has_data (self) && count_streams (self, &n_with_caps) == 0;
}

gboolean
gst_rtc_base_sink_make_transceivers (
    GstRtcWebRTCBase *base, const gchar *session_id, GArray *transceivers, GError **error)
{
  GstRtcBaseSink *self = GST_RTC_BASE_SINK (base);
  GPtrArray *streams = gst_rtc_base_sink_list_streams (self);
  GArray *uses = g_array_new (FALSE, TRUE, sizeof (GstRtcBaseSinkUse));
  guint n_with_caps;

  g_array_set_clear_func (uses, use_clear);
  for (guint i = 0; i < streams->len; i++) {
    GstRtcStream *stream = g_ptr_array_index (streams, i);
    RtcTransceiverConfig config = { 0 };
    GstRtcBaseSinkUse use = { .stream = stream };

    if (gst_rtc_base_sink_find_main (self, stream) != NULL
        || !fill_transceiver (self, stream, &config))
      continue;
    gst_rtc_stream_ref (stream);
    g_array_append_val (transceivers, config);
    g_array_append_val (uses, use);
  }
  g_ptr_array_unref (streams);
  if (uses->len == 0 && !is_data_only (self)) {
    g_array_unref (uses);
    if (count_streams (self, &n_with_caps) == n_with_caps && n_with_caps > 0)
      rtc_error (error, RTC_ERR_UNSUPPORTED,
          "no codec of video-caps or audio-caps can be made of what is streamed: an encoder or "
          "a payloader is not installed");
    else
      rtc_error (error, RTC_AGAIN, "the stream has not started yet; try again in a moment");
    return FALSE;
  }
  add_viewer (self, session_id, uses);
  return TRUE;
}

guint
gst_rtc_base_sink_get_start_bitrate (GstRtcBaseSink *self)
{
  guint rate;

  g_mutex_lock (&self->lock);
  rate = CLAMP (self->start_bitrate, self->min_bitrate, MAX (self->min_bitrate, self->max_bitrate));
  g_mutex_unlock (&self->lock);
  return rate;
}

/* Makes the branch if need be and attaches it; FALSE with *error when it cannot be made. */
static gboolean
send_track (GstRtcBaseSink *self, GstRtcSession *session, guint transceiver, GstRtcBaseSinkUse *use,
    const RtcCodec *codec, GError **error)
{
  if (codec->id == RTC_CODEC_OPUS)
    use->opus = codec->fmtp.opus;
  if (use->codec == codec->id)
    return TRUE;
  return gst_rtc_base_sink_start_use (self, session, transceiver, use, codec->id, error);
}

gboolean
gst_rtc_base_sink_negotiated (GstRtcWebRTCBase *base, GstRtcSession *session,
    const GstRtcSessionTrack *tracks, guint n_tracks, GError **error)
{
  GstRtcBaseSink *self = GST_RTC_BASE_SINK (base);
  GArray *uses = find_uses (self, session);
  const gchar *first_reason = NULL;
  guint n_sent = 0;

  if (uses == NULL || uses->len == 0)
    return TRUE;
  for (guint i = 0; i < n_tracks; i++) {
    GstRtcBaseSinkUse *use = &g_array_index (uses, GstRtcBaseSinkUse, tracks[i].transceiver);
    const gchar *reason = tracks[i].reason; /* empty: the viewer did not ask for it */
    GError *inner = NULL;

    g_strlcpy (use->mid, tracks[i].mid, sizeof use->mid);
    if (!tracks[i].sends) {
      GST_INFO_OBJECT (self, "%s does not go to %s: %s", gst_rtc_stream_get_name (use->stream),
          gst_rtc_session_get_id (session), *reason != '\0' ? reason : "not asked for");
      gst_rtc_base_sink_stop_use (self, session, tracks[i].transceiver, use);
      if (first_reason == NULL && *reason != '\0')
        first_reason = reason;
    } else if (send_track (self, session, tracks[i].transceiver, use, &tracks[i].codec, &inner)) {
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

static gboolean
push_upstream (GstRtcBaseSink *self, GstRtcStream *stream, GstEvent *event)
{
  GstPad *pad = gst_element_get_static_pad (GST_ELEMENT (self), gst_rtc_stream_get_name (stream));
  gboolean taken = pad != NULL && gst_pad_push_event (pad, gst_event_ref (event));

  gst_clear_object (&pad);
  return taken;
}

gboolean
gst_rtc_base_sink_navigate (
    gpointer owner, GstRtcSession *session, const gchar *mid, GstEvent *event)
{
  GArray *uses = find_uses (owner, session);
  gboolean taken = FALSE;

  for (guint i = 0; uses != NULL && i < uses->len; i++) {
    GstRtcBaseSinkUse *use = &g_array_index (uses, GstRtcBaseSinkUse, i);
    gboolean fits = mid != NULL ? g_str_equal (use->mid, mid)
                                : gst_rtc_stream_get_kind (use->stream) == RTC_MEDIA_VIDEO;

    taken |= fits && push_upstream (owner, use->stream, event);
  }
  gst_event_unref (event);
  return taken;
}

void
gst_rtc_base_sink_configure_session (
    GstRtcWebRTCBase *base, const gchar *session_id, GstRtcSessionConfig *config)
{
  GstRtcBaseSink *self = GST_RTC_BASE_SINK (base);
  RtcCcBounds *bounds = &config->bitrate;

  g_mutex_lock (&self->lock);
  config->transport_cc = self->congestion_control != GST_RTC_CONGESTION_CONTROL_DISABLED;
  config->congestion_control = gst_rtc_congestion_control_get_controller (self->congestion_control);
  bounds->max_bps = MAX (self->min_bitrate, self->max_bitrate);
  /* Less carries neither sound nor pictures, and takes long to rise from. */
  bounds->min_bps = MIN (bounds->max_bps, MAX (self->min_bitrate, GST_RTC_BASE_SINK_LEAST_BITRATE));
  bounds->start_bps = CLAMP (self->start_bitrate, bounds->min_bps, bounds->max_bps);
  g_mutex_unlock (&self->lock);
}

void
gst_rtc_base_sink_session_added (GstRtcWebRTCBase *base, GstRtcSession *session)
{
  GstRtcBaseSink *self = GST_RTC_BASE_SINK (base);
  const gchar *id = gst_rtc_session_get_id (session);
  GstRtcBaseSinkViewer *viewer = g_hash_table_lookup (self->viewers, id);
  gboolean is_controlled;

  if (viewer != NULL)
    viewer->session = session;
  g_signal_connect_object (session, "notify::target-bitrate",
      G_CALLBACK (gst_rtc_base_sink_gather_targets), self, G_CONNECT_SWAPPED);
  gst_rtc_base_sink_start_rates (self);
  gst_rtc_base_sink_add_data (self, session);
  g_mutex_lock (&self->lock);
  is_controlled = self->enable_control;
  g_mutex_unlock (&self->lock);
  if (is_controlled)
    gst_rtc_remote_control_add (self->control, session);
  g_signal_emit (
      base, gst_rtc_base_sink_get_signal (GST_RTC_BASE_SINK_SIGNAL_CONSUMER_ADDED), 0, id, session);
}

/* The streams are let go without the lock. */
static void
remove_viewer (GstRtcBaseSink *self, const gchar *id)
{
  gpointer key = NULL, viewer = NULL;

  g_mutex_lock (&self->lock);
  g_hash_table_steal_extended (self->viewers, id, &key, &viewer);
  g_mutex_unlock (&self->lock);
  g_free (key);
  if (viewer != NULL)
    viewer_free (viewer);
}

void
gst_rtc_base_sink_session_removed (
    GstRtcWebRTCBase *base, GstRtcSession *session, const GError *reason)
{
  GstRtcBaseSink *self = GST_RTC_BASE_SINK (base);
  const gchar *id = gst_rtc_session_get_id (session);

  g_signal_handlers_disconnect_by_func (session, gst_rtc_base_sink_gather_targets, self);
  gst_rtc_base_sink_remove_data (self, session);
  gst_rtc_remote_control_remove (self->control, id);
  remove_viewer (self, id);
  if (g_hash_table_size (self->viewers) == 0)
    gst_rtc_base_sink_stop_rates (self);
  g_signal_emit (base, gst_rtc_base_sink_get_signal (GST_RTC_BASE_SINK_SIGNAL_CONSUMER_REMOVED), 0,
      id, session);
}

/* --- what a stream asks, [C] --------------------------------------------------------------------
 */

static void
on_branch_setup (GstRtcStream *stream, GstRtcBranch *branch, const gchar *session_id, gpointer data)
{
  GstElement *encoder = gst_rtc_branch_find_encoder (branch);
  GstElement *payloader = gst_rtc_branch_find_payloader (branch);
  const gchar *name = gst_rtc_stream_get_name (stream);
  gboolean handled = FALSE;

  if (encoder != NULL)
    g_signal_emit (data, gst_rtc_base_sink_get_signal (GST_RTC_BASE_SINK_SIGNAL_ENCODER_SETUP), 0,
        session_id, name, encoder, &handled);
  if (payloader != NULL)
    g_signal_emit (data, gst_rtc_base_sink_get_signal (GST_RTC_BASE_SINK_SIGNAL_PAYLOADER_SETUP), 0,
        session_id, name, payloader, &handled);
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
    GArray *uses = find_uses (self, l->data);
    gboolean has_it = FALSE;

    for (guint i = 0; uses != NULL && i < uses->len; i++)
      has_it |= g_array_index (uses, GstRtcBaseSinkUse, i).stream == stream
                || g_array_index (uses, GstRtcBaseSinkUse, i).sent == stream;
    if (has_it)
      gst_rtc_webrtc_base_end_session (GST_RTC_WEBRTC_BASE (self), l->data, reason);
  }
  g_list_free_full (sessions, g_object_unref);
}

/* "configure-mitigation-caps": the caps that the application wants instead, if any. */
static GstCaps *
ask_caps (GstRtcStream *stream, const GstRtcBranchFormat *format, const RtcEncodeSetting *setting,
    gpointer data)
{
  guint signal = gst_rtc_base_sink_get_signal (GST_RTC_BASE_SINK_SIGNAL_CONFIGURE_MITIGATION_CAPS);
  GstVideoInfo info;
  GstCaps *caps = NULL;

  if (!g_signal_has_handler_pending (data, signal, 0, FALSE))
    return NULL;
  gst_video_info_set_format (&info, GST_VIDEO_FORMAT_I420, format->width, format->height);
  gst_util_double_to_fraction (format->fps, &info.fps_n, &info.fps_d);
  g_signal_emit (data, signal, 0, gst_rtc_stream_get_name (stream), &info,
      (gint) MIN (setting->rate_bps, G_MAXINT), setting->modes, &caps);
  return caps;
}

static void
on_mitigate (GstRtcStream *stream, const GstRtcBranchFormat *format, RtcCodecId codec,
    RtcEncodeSetting *setting, gpointer data)
{
  GstCaps *caps = ask_caps (stream, format, setting, data);
  const GstStructure *wanted;
  gint width, height, fps_n, fps_d;

  if (caps == NULL || gst_caps_is_empty (caps) || gst_caps_is_any (caps)) {
    gst_clear_caps (&caps);
    return;
  }
  wanted = gst_caps_get_structure (caps, 0);
  if (gst_structure_get_int (wanted, "width", &width)
      && gst_structure_get_int (wanted, "height", &height) && width >= 2 && height >= 2) {
    setting->width = (guint) width / 2 * 2;
    setting->height = (guint) height / 2 * 2;
  }
  if (gst_structure_get_fraction (wanted, "framerate", &fps_n, &fps_d) && fps_n > 0 && fps_d > 0
      && format->fps > 0) {
    /* In hundredths of what comes in. */
    setting->of = 100;
    setting->keep = (guint) CLAMP (100.0 * fps_n / fps_d / format->fps + 0.5, 1, 100);
  }
  gst_caps_unref (caps);
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
  on_stream_started, on_stream_changed, on_mitigate };

GHashTable *
gst_rtc_base_sink_new_viewers (void)
{
  return g_hash_table_new_full (g_str_hash, g_str_equal, g_free, viewer_free);
}

void
gst_rtc_base_sink_stop_stream (GstRtcBaseSink *self, GstRtcStream *stream)
{
  GList *sessions = gst_rtc_webrtc_base_list_sessions (GST_RTC_WEBRTC_BASE (self));

  for (GList *l = sessions; l != NULL; l = l->next) {
    GArray *uses = find_uses (self, l->data);

    for (guint i = 0; uses != NULL && i < uses->len; i++) {
      GstRtcBaseSinkUse *use = &g_array_index (uses, GstRtcBaseSinkUse, i);

      if (use->stream == stream)
        gst_rtc_base_sink_stop_use (self, l->data, i, use);
      else
        gst_rtc_base_sink_leave_stream (self, l->data, i, use, stream);
    }
  }
  g_list_free_full (sessions, g_object_unref);
}
