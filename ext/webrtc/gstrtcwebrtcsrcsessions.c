/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "ext/webrtc/gstrtcwebrtcsrcprivate.h"

#include "gst/media/gstrtcdepayloader.h"
#include "gst/rtc/base/rtc-log.h"
#include "gst/rtc/base/rtc-result.h"

#define GST_CAT_DEFAULT rtc_log_sig

/* What SDP calls a track. */
typedef struct {
  gchar mid[RTC_SDP_TOKEN_BYTES], msid[RTC_SDP_TOKEN_BYTES];
} Names;

static void
session_free (gpointer data)
{
  GstRtcSrcSession *session = data;

  gst_rtc_receiver_unref (session->receiver);
  g_clear_object (&session->session);
  g_object_unref (session->sync_group);
  g_ptr_array_unref (session->streams);
  g_array_unref (session->names);
  g_free (session);
}

GHashTable *
gst_rtc_webrtc_src_new_sessions (void)
{
  return g_hash_table_new_full (g_str_hash, g_str_equal, g_free, session_free);
}

/* NULL while the track has none. */
static GstRtcSrcStream *
find_stream (GstRtcSrcSession *session, guint track)
{
  return track < session->streams->len ? g_ptr_array_index (session->streams, track) : NULL;
}

static void
name_stream (GstRtcSrcSession *session, GstRtcSrcStream *stream)
{
  const Names *names;

  if (stream->track >= session->names->len)
    return;
  names = &g_array_index (session->names, Names, stream->track);
  gst_rtc_webrtc_src_pad_set_ids (
      GST_RTC_WEBRTC_SRC_PAD (stream->pad), names->mid, *names->msid != '\0' ? names->msid : NULL);
}

/* --- packets without a branch: [N] asks, [C] answers -------------------------------------------
 */

/* What a receiver asks with. */
typedef struct {
  GWeakRef element;
  RtcLoop *loop;
  gchar *session_id;
} Asker;

typedef struct {
  GstRtcReceiver *receiver; /* keeps the Asker */
  Asker *asker;
  guint track;
} Question;

static void
asker_free (gpointer data)
{
  Asker *asker = data;

  g_weak_ref_clear (&asker->element);
  rtc_loop_unref (asker->loop);
  g_free (asker->session_id);
  g_free (asker);
}

static void
question_free (gpointer data)
{
  Question *question = data;

  gst_rtc_receiver_unref (question->receiver);
  g_free (question);
}

/* The stream of a track whose packets wait; it is made, with its pad, when these are the first. */
static void
answer (GstRtcWebRTCSrc *element, const Question *question)
{
  GstRtcSrcSession *session = g_hash_table_lookup (element->sessions, question->asker->session_id);
  GstRtcSrcStream *stream;
  RtcCodec codec;

  if (session == NULL || session->session == NULL
      || !gst_rtc_receiver_get_codec (question->receiver, question->track, &codec)) {
    gst_rtc_receiver_end (question->receiver, question->track);
    return;
  }
  stream = find_stream (session, question->track);
  if (stream != NULL) {
    gst_rtc_src_stream_update (stream, element, TRUE);
    return;
  }
  stream =
      gst_rtc_src_stream_new (element, session, question->track, rtc_codec_info (codec.id)->kind);
  if (session->streams->len <= question->track)
    g_ptr_array_set_size (session->streams, (gint) question->track + 1);
  g_ptr_array_index (session->streams, question->track) = stream;
  gst_rtc_src_stream_ref (stream);
  name_stream (session, stream);
  gst_element_add_pad (GST_ELEMENT (element), stream->pad);
  gst_child_proxy_child_added (
      GST_CHILD_PROXY (element), G_OBJECT (stream->pad), GST_OBJECT_NAME (stream->pad));
  gst_rtc_src_stream_update (stream, element, FALSE);
  gst_rtc_src_stream_unref (stream);
}

static void
run_answer (gpointer data)
{
  Question *question = data;
  GstRtcWebRTCSrc *element = g_weak_ref_get (&question->asker->element);

  if (element != NULL)
    answer (element, question);
  g_clear_object (&element);
}

static void
on_wanted (GstRtcReceiver *receiver, guint track, gpointer data)
{
  Asker *asker = data;
  Question *question = g_new (Question, 1);

  *question = (Question){ gst_rtc_receiver_ref (receiver), asker, track };
  rtc_loop_post_control (asker->loop, run_answer, question, question_free);
}

/* --- vfuncs of the base, [C] ------------------------------------------------------------------ */

/* Not ULPFEC: its parities have numbers of the media's, and are not sent again. A jitter buffer
 * cannot tell a lost one from a lost packet, and the picture would be held for it. */
#define RECEIVED_FEC (RTC_FEC_FLEXFEC | RTC_FEC_RED)

static RtcFecKinds
get_fec (GstRtcWebRTCSrc *self)
{
  RtcFecKinds fec;

  g_mutex_lock (&self->lock);
  fec = self->do_fec ? RECEIVED_FEC : RTC_FEC_NONE;
  g_mutex_unlock (&self->lock);
  return fec;
}

/* One section of each kind, for peers that want an offer; what an offer has beyond them is accepted
 * as it comes (configure_session). */
gboolean
gst_rtc_webrtc_src_make_transceivers (
    GstRtcWebRTCBase *base, const gchar *session_id, GArray *transceivers, GError **error)
{
  GstRtcWebRTCSrc *self = GST_RTC_WEBRTC_SRC (base);

  for (guint i = 0; i < 2; i++) {
    RtcTransceiverConfig config = { .kind = i == 0 ? RTC_MEDIA_VIDEO : RTC_MEDIA_AUDIO,
      .direction = RTC_DIRECTION_RECVONLY,
      .rtx = i == 0 && gst_rtc_webrtc_base_get_do_retransmission (base),
      .fec = get_fec (self) };

    config.n_codecs = gst_rtc_receive_codecs_list (
        &self->codecs, config.kind, gst_rtc_depayloader_is_available, config.codecs);
    if (config.n_codecs > 0)
      g_array_append_val (transceivers, config);
  }
  if (transceivers->len > 0)
    return TRUE;
  rtc_error (error, RTC_ERR_UNSUPPORTED,
      "none of video-codecs and audio-codecs can be received: their depayloaders are not "
      "installed");
  return FALSE;
}

static GstRtcSrcSession *
session_new (GstRtcWebRTCSrc *self, const gchar *session_id)
{
  GstRtcSrcSession *session = g_new0 (GstRtcSrcSession, 1);
  Asker *asker = g_new0 (Asker, 1);

  g_weak_ref_init (&asker->element, self);
  asker->loop = gst_rtc_webrtc_base_get_loop (GST_RTC_WEBRTC_BASE (self));
  asker->session_id = g_strdup (session_id);
  session->receiver = gst_rtc_receiver_new (on_wanted, asker, asker_free);
  session->sync_group = gst_rtc_sync_group_new ();
  session->group_id = gst_util_group_id_next ();
  session->streams = g_ptr_array_new_with_free_func (gst_rtc_src_stream_unref);
  session->names = g_array_new (FALSE, TRUE, sizeof (Names));
  return session;
}

/* Codecs of both kinds, video first, as many as fit. */
static guint
list_codecs (GstRtcWebRTCSrc *self, RtcCodec *codecs)
{
  RtcCodec audio[RTC_TRANSCEIVER_MAX_CODECS];
  guint n_audio = gst_rtc_receive_codecs_list (
      &self->codecs, RTC_MEDIA_AUDIO, gst_rtc_depayloader_is_available, audio);
  guint n = gst_rtc_receive_codecs_list (
      &self->codecs, RTC_MEDIA_VIDEO, gst_rtc_depayloader_is_available, codecs);

  n = MIN (n, RTC_TRANSCEIVER_MAX_CODECS - MIN (n_audio, RTC_TRANSCEIVER_MAX_CODECS / 2));
  for (guint i = 0; i < n_audio && n < RTC_TRANSCEIVER_MAX_CODECS; i++)
    codecs[n++] = audio[i];
  return n;
}

void
gst_rtc_webrtc_src_configure_session (
    GstRtcWebRTCBase *base, const gchar *session_id, GstRtcSessionConfig *config)
{
  GstRtcWebRTCSrc *self = GST_RTC_WEBRTC_SRC (base);
  GstRtcSrcSession *session = session_new (self, session_id);

  g_hash_table_replace (self->sessions, g_strdup (session_id), session);
  config->receiver_funcs = &gst_rtc_receiver_funcs;
  config->receiver = gst_rtc_receiver_ref (session->receiver);
  config->receiver_unref = gst_rtc_receiver_unref;
  config->offer_data = TRUE;
  config->accept_unknown_media = TRUE;
  config->transport_cc = TRUE;
  config->n_receive_codecs = list_codecs (self, self->unknown_codecs);
  config->receive_codecs = self->unknown_codecs;
  g_mutex_lock (&self->lock);
  config->receive_fec = self->do_fec ? RECEIVED_FEC : RTC_FEC_NONE;
  config->receive_latency = MAX (self->max_latency, self->min_latency) * GST_MSECOND;
  g_mutex_unlock (&self->lock);
}

void
gst_rtc_webrtc_src_session_added (GstRtcWebRTCBase *base, GstRtcSession *session)
{
  GstRtcSrcSession *ours =
      g_hash_table_lookup (GST_RTC_WEBRTC_SRC (base)->sessions, gst_rtc_session_get_id (session));

  if (ours == NULL)
    return;
  g_set_object (&ours->session, session);
  gst_rtc_webrtc_src_watch_data (GST_RTC_WEBRTC_SRC (base), session);
}

void
gst_rtc_webrtc_src_session_removed (
    GstRtcWebRTCBase *base, GstRtcSession *session, const GError *reason)
{
  GstRtcWebRTCSrc *self = GST_RTC_WEBRTC_SRC (base);
  GstRtcSrcSession *ours = NULL;
  gchar *id = NULL;

  /* Out of the table first: what ends may make applications call us. */
  if (!g_hash_table_steal_extended (
          self->sessions, gst_rtc_session_get_id (session), (gpointer *) &id, (gpointer *) &ours))
    return;
  gst_rtc_receiver_close (ours->receiver);
  for (guint i = 0; i < ours->streams->len; i++) {
    if (find_stream (ours, i) != NULL)
      gst_rtc_src_stream_end (find_stream (ours, i), self, FALSE);
  }
  gst_rtc_webrtc_src_end_data (self, id, FALSE, FALSE);
  session_free (ours);
  g_free (id);
}

/* A section was refused or taken back: its stream ends. One that is only on hold goes on later. */
static void
take_track (GstRtcWebRTCSrc *self, GstRtcSrcSession *session, const GstRtcSessionTrack *track)
{
  GstRtcSrcStream *stream = find_stream (session, track->transceiver);
  Names *names;

  if (session->names->len <= track->transceiver)
    g_array_set_size (session->names, track->transceiver + 1);
  names = &g_array_index (session->names, Names, track->transceiver);
  g_strlcpy (names->mid, track->mid, sizeof names->mid);
  g_strlcpy (names->msid, track->remote_msid.stream, sizeof names->msid);
  if (stream != NULL)
    name_stream (session, stream);
  if (track->receives)
    gst_rtc_receiver_set_codecs (
        session->receiver, track->transceiver, track->receive_codecs, track->n_receive_codecs);
  else if (stream != NULL && *track->reason != '\0')
    gst_rtc_src_stream_end (stream, self, FALSE);
}

gboolean
gst_rtc_webrtc_src_negotiated (GstRtcWebRTCBase *base, GstRtcSession *session,
    const GstRtcSessionTrack *tracks, guint n_tracks, GError **error)
{
  GstRtcWebRTCSrc *self = GST_RTC_WEBRTC_SRC (base);
  GstRtcSrcSession *ours = g_hash_table_lookup (self->sessions, gst_rtc_session_get_id (session));
  const gchar *first_reason = NULL;
  guint n_received = 0;

  if (ours == NULL)
    return TRUE;
  for (guint i = 0; i < MIN (n_tracks, GST_RTC_RECEIVER_MAX_TRACKS); i++) {
    take_track (self, ours, &tracks[i]);
    n_received += tracks[i].receives;
    if (first_reason == NULL && *tracks[i].reason != '\0')
      first_reason = tracks[i].reason;
  }
  if (n_received > 0 || first_reason == NULL)
    return TRUE; /* or nothing is sent for now: the caller's business */
  rtc_error (error, RTC_ERR_UNSUPPORTED, "nothing that is sent can be received: %s", first_reason);
  return FALSE;
}

/* --- statistics ------------------------------------------------------------------------------- */

static void
fill_stream (GstRtcWebRTCSrc *self, GstRtcSrcStream *stream, GstStructure *stats)
{
  GstRtcReceiveBranch *branch = gst_rtc_src_stream_get_branch (stream, self);
  gchar *name = g_strdup_printf ("receive-%s", GST_OBJECT_NAME (stream->pad));
  GstStructure *object;
  GstRtcReceiverStats r;

  if (branch != NULL)
    object = gst_rtc_jitter_buffer_get_stats (gst_rtc_receive_branch_get_hooks (branch));
  else
    object = gst_structure_new_empty ("application/x-rtc-jitter-buffer-stats");
  gst_rtc_receiver_get_stats (stream->receiver, stream->track, &r);
  gst_structure_set_name (object, "receive");
  gst_structure_set (object, "pad", G_TYPE_STRING, GST_OBJECT_NAME (stream->pad), "ssrc",
      G_TYPE_UINT, r.ssrc, "packets", G_TYPE_UINT64, r.packets, "packets-dropped-unlinked",
      G_TYPE_UINT64, r.dropped_unlinked, "packets-dropped-limit", G_TYPE_UINT64, r.dropped_limit,
      "packets-dropped-foreign", G_TYPE_UINT64, r.dropped_foreign, NULL);
  gst_structure_set (stats, name, GST_TYPE_STRUCTURE, object, NULL);
  gst_structure_free (object);
  g_free (name);
  gst_clear_object (&branch);
}

void
gst_rtc_webrtc_src_fill_stats (GstRtcWebRTCBase *base, GstRtcSession *session, GstStructure *stats)
{
  GstRtcWebRTCSrc *self = GST_RTC_WEBRTC_SRC (base);
  GPtrArray *streams = gst_rtc_webrtc_src_list_streams (self);

  for (guint i = 0; i < streams->len; i++) {
    GstRtcSrcStream *stream = g_ptr_array_index (streams, i);

    if (g_str_equal (stream->session_id, gst_rtc_session_get_id (session)))
      fill_stream (self, stream, stats);
  }
  g_ptr_array_unref (streams);
  gst_rtc_webrtc_src_fill_data_stats (self, session, stats);
}
