/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "ext/webrtc/gstrtcwebrtcrecorderprivate.h"

#include <string.h>

#include "gst/rtc/base/rtc-log.h"
#include "gst/rtc/base/rtc-result.h"

#define GST_CAT_DEFAULT rtc_log_sig

/* How long sound waits for the first key frame, so that most calls are one file: senders who have
 * one a second and do not make others when asked are common. Less than a second, which is what a
 * kill may cost. */
#define START_WAIT (900 * GST_MSECOND)

/* A call: in the element's table until it is hung up, and what its recording's funcs get, until
 * that has finished. Reference-counted, any thread. */
typedef struct {
  gint refs;
  GstRtcWebRTCRecorder *recorder; /* reference: the element may be stopping */
  GstRtcRecording *recording; /* [C]: reference until hung up, since the recording has one, too */
  GWeakRef session;
  gchar *session_id, *peer_id; /* valid UTF-8 */
  guint64 min_free_disk;
} Call;

static Call *
call_ref (Call *call)
{
  g_atomic_int_inc (&call->refs);
  return call;
}

static void
call_unref (gpointer data)
{
  Call *call = data;

  if (!g_atomic_int_dec_and_test (&call->refs))
    return;
  g_weak_ref_clear (&call->session);
  gst_object_unref (call->recorder);
  g_free (call->session_id);
  g_free (call->peer_id);
  g_free (call);
}

GHashTable *
gst_rtc_webrtc_recorder_new_calls (void)
{
  return g_hash_table_new_full (g_str_hash, g_str_equal, g_free, call_unref);
}

/* --- what a recording tells, on a thread of the pool ---------------------------------------------
 */

static void
on_opened (gpointer data, const gchar *path)
{
  Call *call = data;
  gchar *valid = g_utf8_make_valid (path, -1); /* a structure's strings are */

  GST_INFO_OBJECT (call->recorder, "recording %s", path);
  gst_element_post_message (GST_ELEMENT (call->recorder),
      gst_message_new_element (GST_OBJECT (call->recorder),
          gst_structure_new ("webrtcrecorder-started", "session-id", G_TYPE_STRING,
              call->session_id, "peer-id", G_TYPE_STRING, call->peer_id, "location", G_TYPE_STRING,
              valid, NULL)));
  g_free (valid);
}

static void
on_key_frame_needed (gpointer data, guint transceiver)
{
  Call *call = data;
  GstRtcSession *session = g_weak_ref_get (&call->session);

  if (session == NULL)
    return;
  gst_rtc_session_request_key_frame (session, transceiver);
  g_object_unref (session);
}

/* The call goes on: whoever is on it does not care for our disk. */
static void
on_failed (gpointer data, const GError *error)
{
  Call *call = data;

  GST_ELEMENT_WARNING (call->recorder, RESOURCE, WRITE,
      ("Recording %s: %s", call->peer_id, error->message), ("session %s", call->session_id));
}

static void
post_finished (Call *call, const GstStructure *summary)
{
  GstStructure *structure = gst_structure_copy (summary);

  gst_structure_set_name (structure, "webrtcrecorder-finished");
  gst_structure_set (structure, "session-id", G_TYPE_STRING, call->session_id, "peer-id",
      G_TYPE_STRING, call->peer_id, NULL);
  gst_element_post_message (GST_ELEMENT (call->recorder),
      gst_message_new_element (GST_OBJECT (call->recorder), structure));
}

/* One recording less; the last one lets EOS out. */
static void
count_finished (GstRtcWebRTCRecorder *self)
{
  gboolean eos;

  g_mutex_lock (&self->lock);
  self->n_open--;
  eos = self->eos_wanted && self->n_open == 0;
  if (eos)
    self->eos_wanted = FALSE;
  g_mutex_unlock (&self->lock);
  if (eos)
    gst_element_post_message (GST_ELEMENT (self), gst_message_new_eos (GST_OBJECT (self)));
}

/* Nobody is on the phone to hear that the disk is nearly full, and the call goes on. */
static void
warn_of_disk (Call *call, const gchar *reason)
{
  gchar *size;

  if (g_strcmp0 (reason, "min-free-disk") != 0)
    return;
  size = g_format_size (call->min_free_disk);
  GST_ELEMENT_WARNING (call->recorder, RESOURCE, NO_SPACE_LEFT,
      ("Recording %s has ended: less than %s (min-free-disk) is left on the disk", call->peer_id,
          size),
      ("session %s", call->session_id));
  g_free (size);
}

/* Limits of the recording end the call, too: nobody shall talk to a machine that has stopped
 * listening. A full or failing disk does not. */
static gboolean
is_limit (const gchar *reason)
{
  static const gchar *const limits[] = { "max-duration", "max-size", "segments", NULL };

  return reason != NULL && g_strv_contains (limits, reason);
}

static void
hang_up (GObject *session, gpointer data)
{
  GstRtcWebRTCBase *base = GST_RTC_WEBRTC_BASE (((Call *) data)->recorder);
  GError *reason = NULL;

  rtc_error (&reason, RTC_ERR_LIMIT, "the recording has reached its limit");
  gst_rtc_webrtc_base_end_session (base, GST_RTC_SESSION (session), reason);
  g_error_free (reason);
}

static void
on_finished (gpointer data, const GstStructure *summary)
{
  Call *call = data;
  GstRtcWebRTCRecorder *self = call->recorder;
  GstRtcSession *session = g_weak_ref_get (&call->session);
  const gchar *reason = gst_structure_get_string (summary, "reason");

  warn_of_disk (call, reason);
  post_finished (call, summary);
  if (session != NULL && is_limit (reason)) {
    RtcLoop *loop = gst_rtc_webrtc_base_get_loop (GST_RTC_WEBRTC_BASE (self));

    if (loop != NULL)
      rtc_loop_post_control_weak (loop, G_OBJECT (session), hang_up, call_ref (call), call_unref);
    rtc_loop_unref (loop);
  }
  g_clear_object (&session);
  count_finished (self);
}

/* --- what a session receives, [N] ----------------------------------------------------------------
 */

static void
receive_rtp (
    gpointer receiver, RtcPeer *peer, guint transceiver, guint32 ssrc, const RtcPacket *packet)
{
  gst_rtc_recording_push_rtp (receiver, transceiver, ssrc, packet);
}

static void
receive_rtcp (gpointer receiver, RtcPeer *peer, const RtcPacket *packet)
{
  gst_rtc_recording_push_rtcp (receiver, packet);
}

static void
receive_end (gpointer receiver, RtcPeer *peer, guint transceiver, guint32 ssrc)
{
  gst_rtc_recording_end_stream (receiver, transceiver, ssrc);
}

static const GstRtcSessionReceiverFuncs receiver_funcs = { receive_rtp, receive_rtcp, receive_end };

/* --- the vfuncs of the base, [C] -----------------------------------------------------------------
 */

gboolean
gst_rtc_webrtc_recorder_is_ready (GstRtcWebRTCBase *base)
{
  return TRUE;
}

static gboolean
contains (const RtcCodecId *codecs, RtcCodecId codec)
{
  for (guint i = 0; codecs[i] != RTC_CODEC_UNKNOWN; i++)
    if (codecs[i] == codec)
      return TRUE;
  return FALSE;
}

static gboolean
can_record (RtcCodecId codec)
{
  RtcCodecId *codecs = gst_rtc_recording_list_codecs (rtc_codec_info (codec)->kind);
  gboolean can = contains (codecs, codec);

  g_free (codecs);
  return can;
}

/* Offers of ours are for signallers whose peers wait for one. */
gboolean
gst_rtc_webrtc_recorder_make_transceivers (
    GstRtcWebRTCBase *base, const gchar *session_id, GArray *transceivers, GError **error)
{
  GstRtcWebRTCRecorder *self = GST_RTC_WEBRTC_RECORDER (base);
  static const RtcMediaKind kinds[] = { RTC_MEDIA_VIDEO, RTC_MEDIA_AUDIO };

  if (self->is_ending) {
    rtc_error (error, RTC_AGAIN, "recording is coming to its end");
    return FALSE;
  }
  for (guint i = 0; i < G_N_ELEMENTS (kinds); i++) {
    RtcTransceiverConfig *config;
    RtcCodec codecs[RTC_TRANSCEIVER_MAX_CODECS];
    guint n = gst_rtc_receive_codecs_list (&self->codecs, kinds[i], can_record, codecs);

    if (n == 0)
      continue;
    g_array_set_size (transceivers, transceivers->len + 1);
    config = &g_array_index (transceivers, RtcTransceiverConfig, transceivers->len - 1);
    config->kind = kinds[i];
    config->direction = RTC_DIRECTION_RECVONLY;
    config->n_codecs = n;
    memcpy (config->codecs, codecs, n * sizeof *codecs);
    config->rtx = kinds[i] == RTC_MEDIA_VIDEO && gst_rtc_webrtc_base_get_do_retransmission (base);
  }
  if (transceivers->len > 0)
    return TRUE;
  rtc_error (
      error, RTC_ERR_UNSUPPORTED, "no codec of video-codecs or audio-codecs can be recorded");
  return FALSE;
}

/* Under the lock. */
static void
fill_settings (const GstRtcWebRTCRecorder *self, GstRtcRecordingConfig *config)
{
  config->location = self->location;
  config->latency = self->latency_ms * GST_MSECOND;
  config->fragment = self->fragment_ms * GST_MSECOND;
  config->start_wait = START_WAIT;
  if (self->max_duration_s > 0)
    config->max_duration = self->max_duration_s * GST_SECOND;
  config->max_size = self->max_size;
  config->min_free_disk = self->min_free_disk;
  config->sidecar = self->sidecar;
}

/* (transfer full) */
static Call *
call_new (GstRtcWebRTCRecorder *self, const gchar *session_id, const gchar *peer_id)
{
  GstRtcRecordingConfig config = GST_RTC_RECORDING_CONFIG_DEFAULT;
  Call *call = g_new0 (Call, 1);

  call->refs = 1;
  call->recorder = gst_object_ref (self);
  g_weak_ref_init (&call->session, NULL);
  call->session_id = g_strdup (session_id);
  call->peer_id = g_utf8_make_valid (peer_id != NULL ? peer_id : "", -1);
  config.session_id = session_id;
  config.caller = peer_id;
  config.funcs = (GstRtcRecordingFuncs){ on_opened, on_key_frame_needed, on_failed, on_finished };
  config.data = call_ref (call);
  config.destroy = call_unref;
  g_mutex_lock (&self->lock);
  fill_settings (self, &config);
  call->min_free_disk = config.min_free_disk;
  self->n_open++;
  call->recording = gst_rtc_recording_new (self->pool, &config);
  g_mutex_unlock (&self->lock);
  return call;
}

void
gst_rtc_webrtc_recorder_configure_session (
    GstRtcWebRTCBase *base, const gchar *session_id, GstRtcSessionConfig *config)
{
  GstRtcWebRTCRecorder *self = GST_RTC_WEBRTC_RECORDER (base);
  Call *call = call_new (self, session_id, config->peer_id);

  config->receiver_funcs = &receiver_funcs;
  config->receiver = gst_rtc_recording_ref (call->recording);
  config->receiver_unref = (GDestroyNotify) gst_rtc_recording_unref;
  /* A caller may change its codec without asking: the recorder starts a new segment then. */
  config->multi_codec_answer = TRUE;
  config->transport_cc = TRUE;
  g_mutex_lock (&self->lock);
  config->receive_latency = self->latency_ms * GST_MSECOND;
  g_mutex_unlock (&self->lock);
  g_hash_table_insert (self->calls, g_strdup (session_id), call);
}

void
gst_rtc_webrtc_recorder_session_added (GstRtcWebRTCBase *base, GstRtcSession *session)
{
  Call *call =
      g_hash_table_lookup (GST_RTC_WEBRTC_RECORDER (base)->calls, gst_rtc_session_get_id (session));

  if (call != NULL)
    g_weak_ref_set (&call->session, session);
}

/* The reason of the first track that is not received; "" when none says why. */
static const gchar *
find_reason (const GstRtcSessionTrack *tracks, guint n_tracks)
{
  for (guint i = 0; i < n_tracks; i++)
    if (tracks[i].reason[0] != '\0')
      return tracks[i].reason;
  return "";
}

gboolean
gst_rtc_webrtc_recorder_negotiated (GstRtcWebRTCBase *base, GstRtcSession *session,
    const GstRtcSessionTrack *tracks, guint n_tracks, GError **error)
{
  Call *call =
      g_hash_table_lookup (GST_RTC_WEBRTC_RECORDER (base)->calls, gst_rtc_session_get_id (session));
  GArray *received = g_array_new (FALSE, FALSE, sizeof (GstRtcRecordingTrack));
  gboolean any;

  for (guint i = 0; i < n_tracks; i++) {
    GstRtcRecordingTrack track = { tracks[i].transceiver, tracks[i].kind,
      tracks[i].n_receive_codecs, tracks[i].receive_codecs };

    if (tracks[i].receives)
      g_array_append_val (received, track);
  }
  any = received->len > 0;
  if (any && call != NULL)
    gst_rtc_recording_set_tracks (
        call->recording, (const GstRtcRecordingTrack *) received->data, received->len);
  g_array_unref (received);
  if (!any)
    rtc_error (error, RTC_ERR_UNSUPPORTED, "nothing that is offered can be recorded%s%s",
        *find_reason (tracks, n_tracks) != '\0' ? ": " : "", find_reason (tracks, n_tracks));
  return any;
}

static void
nothing (gpointer data)
{
}

/* The session's close was posted to [N] before: when this returns, what had come in by then has
 * been pushed. */
static void
wait_for_the_last (GstRtcWebRTCRecorder *self)
{
  RtcLoop *loop = gst_rtc_webrtc_base_get_loop (GST_RTC_WEBRTC_BASE (self));

  if (loop != NULL)
    rtc_loop_call (loop, nothing, NULL);
  rtc_loop_unref (loop);
}

void
gst_rtc_webrtc_recorder_session_removed (
    GstRtcWebRTCBase *base, GstRtcSession *session, const GError *reason)
{
  GstRtcWebRTCRecorder *self = GST_RTC_WEBRTC_RECORDER (base);
  const gchar *id = gst_rtc_session_get_id (session);
  Call *call = g_hash_table_lookup (self->calls, id);
  gboolean is_stopping;

  if (call == NULL)
    return;
  g_mutex_lock (&self->lock);
  is_stopping = self->is_stopping;
  g_mutex_unlock (&self->lock);
  wait_for_the_last (self);
  gst_rtc_recording_finish (call->recording, self->is_ending  ? "eos"
                                             : is_stopping    ? "stopped"
                                             : reason != NULL ? reason->message
                                                              : "hang-up");
  g_clear_pointer (&call->recording, gst_rtc_recording_unref);
  g_hash_table_remove (self->calls, id);
}

/* --- EOS
 * ------------------------------------------------------------------------------------------
 */

static void
end_all (GObject *object, gpointer data)
{
  GstRtcWebRTCRecorder *self = GST_RTC_WEBRTC_RECORDER (object);
  GList *sessions = gst_rtc_webrtc_base_list_sessions (GST_RTC_WEBRTC_BASE (self));
  GError *reason = NULL;
  gboolean eos;

  self->is_ending = TRUE;
  rtc_error (&reason, RTC_ERR_PEER_CLOSED, "recording has ended");
  for (GList *l = sessions; l != NULL; l = l->next)
    gst_rtc_webrtc_base_end_session (GST_RTC_WEBRTC_BASE (self), l->data, reason);
  g_list_free_full (sessions, g_object_unref);
  g_error_free (reason);
  g_mutex_lock (&self->lock);
  eos = self->n_open == 0;
  self->eos_wanted = !eos;
  g_mutex_unlock (&self->lock);
  if (eos)
    gst_element_post_message (GST_ELEMENT (self), gst_message_new_eos (GST_OBJECT (self)));
}

void
gst_rtc_webrtc_recorder_end (GstRtcWebRTCRecorder *self)
{
  RtcLoop *loop = gst_rtc_webrtc_base_get_loop (GST_RTC_WEBRTC_BASE (self));

  if (loop != NULL)
    rtc_loop_post_control_weak (loop, G_OBJECT (self), end_all, NULL, NULL);
  rtc_loop_unref (loop);
}
