/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "ext/webrtc/gstrtcwebrtcsrcprivate.h"

#include "gst/media/gstrtcdepayloader.h"
#include "gst/rtc/base/rtc-log.h"
#include "gst/rtc/base/rtc-result.h"

#define GST_CAT_DEFAULT rtc_log_media

/* How long after its latency a jitter buffer may take to play out what it has before EOS. */
#define EOS_PATIENCE_MS 3000

/* How long stopping waits for branches that are being taken down. */
#define DISCARD_PATIENCE_US (10 * G_TIME_SPAN_SECOND)

/* --- life ------------------------------------------------------------------------------------- */

GstRtcSrcStream *
gst_rtc_src_stream_ref (GstRtcSrcStream *self)
{
  g_atomic_int_inc (&self->refs);
  return self;
}

void
gst_rtc_src_stream_unref (gpointer data)
{
  GstRtcSrcStream *self = data;

  if (self == NULL || !g_atomic_int_dec_and_test (&self->refs))
    return;
  g_weak_ref_clear (&self->element);
  g_weak_ref_clear (&self->session);
  rtc_loop_unref (self->loop);
  g_free (self->session_id);
  g_free (self->peer_id);
  gst_rtc_receiver_unref (self->receiver);
  g_clear_object (&self->sync_group);
  gst_clear_object (&self->pad);
  g_free (self);
}

static void
closure_unref (gpointer data, GClosure *closure)
{
  gst_rtc_src_stream_unref (data);
}

GstRtcReceiveBranch *
gst_rtc_src_stream_get_branch (GstRtcSrcStream *self, GstRtcWebRTCSrc *element)
{
  GstRtcReceiveBranch *branch;

  g_mutex_lock (&element->lock);
  branch = self->branch == NULL ? NULL : g_object_ref (self->branch);
  g_mutex_unlock (&element->lock);
  return branch;
}

void
gst_rtc_src_stream_request_key_frame (GstRtcSrcStream *self)
{
  GstRtcSession *session;

  if (self->kind != RTC_MEDIA_VIDEO)
    return;
  session = g_weak_ref_get (&self->session);
  if (session != NULL)
    gst_rtc_session_request_key_frame (session, self->track);
  g_clear_object (&session);
}

/* --- the pad ---------------------------------------------------------------------------------- */

static void
run_update (gpointer data)
{
  GstRtcSrcStream *self = data;
  GstRtcWebRTCSrc *element = g_weak_ref_get (&self->element);

  if (element != NULL)
    gst_rtc_src_stream_update (self, element, FALSE);
  g_clear_object (&element);
}

/* Any thread. */
static void
on_link_changed (GstPad *pad, GstPad *peer, GstRtcSrcStream *self)
{
  g_atomic_int_set (&self->is_stale, TRUE);
  rtc_loop_post_control (
      self->loop, run_update, gst_rtc_src_stream_ref (self), gst_rtc_src_stream_unref);
}

gchar *
gst_rtc_webrtc_src_find_name (GstRtcWebRTCSrc *element, const gchar *kind)
{
  for (guint i = 0;; i++) {
    gchar *name = g_strdup_printf ("%s_%u", kind, i);
    GstPad *pad = gst_element_get_static_pad (GST_ELEMENT (element), name);

    if (pad == NULL)
      return name;
    gst_object_unref (pad);
    g_free (name);
  }
}

static void
add_pad (GstRtcSrcStream *self, GstRtcWebRTCSrc *element)
{
  gboolean is_video = self->kind == RTC_MEDIA_VIDEO;
  gchar *name = gst_rtc_webrtc_src_find_name (element, is_video ? "video" : "audio");
  GstPadTemplate *templ = gst_element_class_get_pad_template (
      GST_ELEMENT_GET_CLASS (element), is_video ? "video_%u" : "audio_%u");

  self->pad = gst_object_ref_sink (
      gst_rtc_webrtc_src_pad_new (templ, name, self->session_id, self->peer_id));
  g_signal_connect_data (self->pad, "linked", G_CALLBACK (on_link_changed),
      gst_rtc_src_stream_ref (self), closure_unref, 0);
  g_signal_connect_data (self->pad, "unlinked", G_CALLBACK (on_link_changed),
      gst_rtc_src_stream_ref (self), closure_unref, 0);
  gst_pad_set_active (self->pad, TRUE);
  g_free (name);
}

GstRtcSrcStream *
gst_rtc_src_stream_new (
    GstRtcWebRTCSrc *element, GstRtcSrcSession *session, guint track, RtcMediaKind kind)
{
  GstRtcSrcStream *self = g_new0 (GstRtcSrcStream, 1);

  self->refs = 1;
  g_weak_ref_init (&self->element, element);
  g_weak_ref_init (&self->session, session->session);
  self->loop = gst_rtc_webrtc_base_get_loop (GST_RTC_WEBRTC_BASE (element));
  self->session_id = g_strdup (gst_rtc_session_get_id (session->session));
  self->peer_id = g_strdup (gst_rtc_session_get_peer_id (session->session));
  self->receiver = gst_rtc_receiver_ref (session->receiver);
  self->sync_group = g_object_ref (session->sync_group);
  self->group_id = session->group_id;
  self->track = track;
  self->kind = kind;
  add_pad (self, element);
  g_mutex_lock (&element->lock);
  g_ptr_array_add (element->streams, gst_rtc_src_stream_ref (self));
  g_mutex_unlock (&element->lock);
  return self;
}

/* --- taking a branch down --------------------------------------------------------------------- */

GstRtcDiscards *
gst_rtc_discards_new (void)
{
  GstRtcDiscards *self = g_atomic_rc_box_new0 (GstRtcDiscards);

  g_mutex_init (&self->lock);
  g_cond_init (&self->cond);
  return self;
}

static void
discards_clear (gpointer data)
{
  GstRtcDiscards *self = data;

  g_mutex_clear (&self->lock);
  g_cond_clear (&self->cond);
}

void
gst_rtc_discards_unref (GstRtcDiscards *self)
{
  g_atomic_rc_box_release_full (self, discards_clear);
}

void
gst_rtc_discards_wait (GstRtcDiscards *self)
{
  gint64 end = g_get_monotonic_time () + DISCARD_PATIENCE_US;
  gboolean in_time = TRUE;

  g_mutex_lock (&self->lock);
  while (self->n > 0 && in_time)
    in_time = g_cond_wait_until (&self->cond, &self->lock, end);
  if (!in_time)
    GST_WARNING ("%u branches are still blocked downstream", self->n);
  g_mutex_unlock (&self->lock);
}

typedef struct {
  GstRtcDiscards *discards;
  GstPad *pad; /* (nullable) to be deactivated */
} Discard;

/* On a thread of GStreamer's pool: waits for the branch's own threads. */
static void
run_discard (GstElement *branch, gpointer data)
{
  Discard *discard = data;

  gst_element_set_state (branch, GST_STATE_NULL);
  if (discard->pad != NULL)
    gst_pad_set_active (discard->pad, FALSE);
}

static void
discard_free (gpointer data)
{
  Discard *discard = data;

  gst_clear_object (&discard->pad);
  g_mutex_lock (&discard->discards->lock);
  discard->discards->n--;
  g_cond_broadcast (&discard->discards->cond);
  g_mutex_unlock (&discard->discards->lock);
  gst_rtc_discards_unref (discard->discards);
  g_free (discard);
}

void
gst_rtc_webrtc_src_discard (GstRtcWebRTCSrc *self, GstElement *child, GstPad *pad)
{
  Discard *discard = g_new (Discard, 1);

  discard->discards = g_atomic_rc_box_acquire (self->discards);
  discard->pad = pad == NULL ? NULL : gst_object_ref (pad);
  g_mutex_lock (&discard->discards->lock);
  discard->discards->n++;
  g_mutex_unlock (&discard->discards->lock);
  gst_element_set_locked_state (child, TRUE);
  gst_bin_remove (GST_BIN (self), child);
  gst_element_call_async (child, run_discard, discard, discard_free);
}

/* Takes the branch down, and the pad (nullable), when it goes for good. */
static void
drop_branch (GstRtcSrcStream *self, GstRtcWebRTCSrc *element, GstPad *pad)
{
  GstRtcReceiveBranch *branch;

  g_mutex_lock (&element->lock);
  branch = g_steal_pointer (&self->branch);
  g_mutex_unlock (&element->lock);
  if (branch == NULL) {
    if (pad != NULL)
      gst_pad_set_active (pad, FALSE);
    return;
  }
  gst_ghost_pad_set_target (GST_GHOST_PAD (self->pad), NULL);
  gst_rtc_jitter_buffer_detach (gst_rtc_receive_branch_get_hooks (branch));
  gst_rtc_webrtc_src_discard (element, GST_ELEMENT (branch), pad);
  gst_object_unref (branch);
}

/* --- making a branch -------------------------------------------------------------------------- */

static void
on_request_key_frame (GstRtcJitterBuffer *hooks, GstRtcSrcStream *self)
{
  gst_rtc_src_stream_request_key_frame (self);
}

static void
on_request_retransmission (
    GstRtcJitterBuffer *hooks, guint ssrc, guint seqnum, GstRtcSrcStream *self)
{
  GstRtcSession *session = g_weak_ref_get (&self->session);
  guint16 seq = (guint16) seqnum;

  if (session != NULL)
    gst_rtc_session_request_retransmission (session, ssrc, &seq, 1);
  g_clear_object (&session);
}

static void
run_finish (gpointer data)
{
  GstRtcSrcStream *self = data;
  GstRtcWebRTCSrc *element = g_weak_ref_get (&self->element);

  if (element != NULL)
    gst_rtc_src_stream_finish (self, element);
  g_clear_object (&element);
}

/* The end of the branch, on its streaming thread: EOS goes out of the pad before that goes. */
static GstPadProbeReturn
on_branch_event (GstPad *pad, GstPadProbeInfo *info, gpointer data)
{
  GstRtcSrcStream *self = data;
  GstEvent *event = GST_PAD_PROBE_INFO_EVENT (info);

  if (GST_EVENT_TYPE (event) != GST_EVENT_EOS)
    return GST_PAD_PROBE_OK;
  gst_pad_push_event (self->pad, gst_event_ref (event));
  rtc_loop_post_control (
      self->loop, run_finish, gst_rtc_src_stream_ref (self), gst_rtc_src_stream_unref);
  return GST_PAD_PROBE_DROP;
}

static GstElement *
request_filter (GstRtcSrcStream *self, GstRtcWebRTCSrc *element, RtcCodecId codec)
{
  GstCaps *caps = gst_rtc_depayloader_get_media_caps (codec);
  GstElement *filter = NULL;

  g_signal_emit (element,
      gst_rtc_webrtc_src_get_signal (GST_RTC_WEBRTC_SRC_SIGNAL_REQUEST_ENCODED_FILTER), 0,
      self->session_id, GST_OBJECT_NAME (self->pad), caps, &filter);
  gst_caps_unref (caps);
  return filter;
}

void
gst_rtc_src_stream_apply_settings (GstRtcSrcStream *self, GstRtcWebRTCSrc *element)
{
  GstRtcReceiveBranch *branch = gst_rtc_src_stream_get_branch (self, element);
  guint min_latency, max_latency, key_frame_interval;
  gboolean hold;

  if (branch == NULL)
    return;
  g_mutex_lock (&element->lock);
  min_latency = element->min_latency;
  max_latency = MAX (element->max_latency, min_latency);
  hold = element->hold_picture;
  key_frame_interval = element->key_frame_interval;
  g_mutex_unlock (&element->lock);
  g_object_set (gst_rtc_receive_branch_get_hooks (branch), "max-latency", max_latency,
      "min-latency", min_latency, "hold-picture", hold, "key-frame-interval", key_frame_interval,
      NULL);
  gst_object_unref (branch);
}

/* Connects branch to us, to the pad and to the packets. */
static void
start_branch (GstRtcSrcStream *self, GstRtcWebRTCSrc *element, GstRtcReceiveBranch *branch)
{
  GstRtcJitterBuffer *hooks = gst_rtc_receive_branch_get_hooks (branch);
  GstPad *src = gst_element_get_static_pad (GST_ELEMENT (branch), "src");

  g_mutex_lock (&element->lock);
  self->branch = g_object_ref (branch);
  g_mutex_unlock (&element->lock);
  g_object_set (hooks, "sync-group", self->sync_group, NULL);
  gst_rtc_src_stream_apply_settings (self, element);
  g_signal_connect_data (hooks, "request-key-frame", G_CALLBACK (on_request_key_frame),
      gst_rtc_src_stream_ref (self), closure_unref, 0);
  g_signal_connect_data (hooks, "request-retransmission", G_CALLBACK (on_request_retransmission),
      gst_rtc_src_stream_ref (self), closure_unref, 0);
  gst_pad_add_probe (src, GST_PAD_PROBE_TYPE_EVENT_DOWNSTREAM, on_branch_event,
      gst_rtc_src_stream_ref (self), gst_rtc_src_stream_unref);
  gst_bin_add (GST_BIN (element), GST_ELEMENT (branch));
  gst_ghost_pad_set_target (GST_GHOST_PAD (self->pad), src);
  gst_object_unref (src);
  gst_element_sync_state_with_parent (GST_ELEMENT (branch));
  gst_rtc_receiver_set_branch (self->receiver, self->track, branch);
  gst_rtc_src_stream_request_key_frame (self);
  gst_element_post_message (GST_ELEMENT (element), gst_message_new_latency (GST_OBJECT (element)));
}

/* NULL with *error when what is linked takes nothing that can be made of codec. */
static GstElement *
make_branch (GstRtcSrcStream *self, GstRtcWebRTCSrc *element, const RtcCodec *codec, GError **error)
{
  GstRtcReceiveBranchConfig config = { .codec = *codec, .group_id = self->group_id };
  gchar *name = g_strdup_printf ("branch-%s", GST_OBJECT_NAME (self->pad));
  gchar *stream_id = g_strdup_printf ("%s/%s", self->session_id, GST_OBJECT_NAME (self->pad));
  GstCaps *caps = gst_pad_peer_query_caps (self->pad, NULL);
  GstElement *branch = NULL;

  config.stream_id = stream_id;
  if (!gst_rtc_receive_branch_choose (codec, caps, &config.mode)) {
    gchar *text = gst_caps_to_string (caps);

    rtc_error (error, RTC_ERR_UNSUPPORTED,
        "%s is %s, and what is linked to it takes %.200s; see video-codecs and audio-codecs",
        GST_OBJECT_NAME (self->pad), rtc_codec_info (codec->id)->name, text);
    g_free (text);
  } else {
    if (config.mode != GST_RTC_RECEIVE_RTP)
      config.filter = request_filter (self, element, codec->id);
    branch = gst_rtc_receive_branch_new (name, &config, error);
  }
  if (branch != NULL)
    GST_INFO_OBJECT (self->pad, "%s, %s", rtc_codec_info (codec->id)->name,
        config.mode == GST_RTC_RECEIVE_RTP       ? "as RTP"
        : config.mode == GST_RTC_RECEIVE_ENCODED ? "encoded"
                                                 : "decoded");
  gst_caps_unref (caps);
  g_free (stream_id);
  g_free (name);
  return branch;
}

void
gst_rtc_src_stream_update (GstRtcSrcStream *self, GstRtcWebRTCSrc *element, gboolean anew)
{
  gboolean is_stale = g_atomic_int_exchange (&self->is_stale, FALSE);
  GError *error = NULL;
  GstElement *branch;
  RtcCodec codec;

  if (self->is_ending || g_atomic_int_get (&element->is_stopping))
    return;
  if (is_stale || anew) {
    gst_rtc_receiver_hold (self->receiver, self->track);
    drop_branch (self, element, NULL);
  }
  if (self->branch != NULL)
    return;
  if (!gst_pad_is_linked (self->pad)
      || !gst_rtc_receiver_get_codec (self->receiver, self->track, &codec)) {
    gst_rtc_receiver_set_unwanted (self->receiver, self->track);
    return;
  }
  branch = make_branch (self, element, &codec, &error);
  if (branch == NULL) {
    gst_rtc_receiver_set_unwanted (self->receiver, self->track);
    if (!self->has_warned)
      GST_ELEMENT_WARNING (element, STREAM, FORMAT, ("%s", error->message), (NULL));
    self->has_warned = TRUE;
    g_error_free (error);
    return;
  }
  gst_object_ref_sink (branch);
  start_branch (self, element, GST_RTC_RECEIVE_BRANCH (branch));
  gst_object_unref (branch);
}

/* --- the end ---------------------------------------------------------------------------------- */

static gboolean
on_deadline (gpointer data)
{
  GST_INFO ("EOS does not get through: the pad goes without");
  run_finish (data);
  return G_SOURCE_REMOVE;
}

/* The branch plays out what it has; the pad goes when EOS has left it, or at a deadline. */
static void
drain (GstRtcSrcStream *self, GstRtcReceiveBranch *branch)
{
  guint latency;

  g_object_get (gst_rtc_receive_branch_get_hooks (branch), "latency", &latency, NULL);
  self->deadline = g_timeout_source_new (latency + EOS_PATIENCE_MS);
  g_source_set_callback (
      self->deadline, on_deadline, gst_rtc_src_stream_ref (self), gst_rtc_src_stream_unref);
  g_source_attach (self->deadline, rtc_loop_get_control_context (self->loop));
  gst_rtc_receive_branch_push_eos (branch);
}

void
gst_rtc_src_stream_end (GstRtcSrcStream *self, GstRtcWebRTCSrc *element, gboolean force_eos)
{
  gboolean eos;

  if (self->is_ending)
    return;
  self->is_ending = TRUE;
  gst_rtc_receiver_end (self->receiver, self->track);
  g_mutex_lock (&element->lock);
  eos = (element->eos_on_hangup || force_eos) && !g_atomic_int_get (&element->is_stopping)
        && gst_pad_is_linked (self->pad);
  g_mutex_unlock (&element->lock);
  if (eos && self->branch != NULL
      && gst_rtc_receive_branch_get_flow (self->branch) == GST_FLOW_OK) {
    drain (self, self->branch);
    return;
  }
  if (eos && self->branch == NULL) {
    gst_pad_push_event (self->pad, gst_event_new_stream_start (self->session_id));
    gst_pad_push_event (self->pad, gst_event_new_eos ());
  }
  gst_rtc_src_stream_finish (self, element);
}

void
gst_rtc_src_stream_finish (GstRtcSrcStream *self, GstRtcWebRTCSrc *element)
{
  gboolean is_there;

  gst_rtc_src_stream_ref (self);
  if (self->deadline != NULL) {
    g_source_destroy (self->deadline);
    g_clear_pointer (&self->deadline, g_source_unref);
  }
  self->is_ending = TRUE;
  g_mutex_lock (&element->lock);
  is_there = g_ptr_array_remove (element->streams, self);
  g_mutex_unlock (&element->lock);
  if (is_there) {
    g_signal_handlers_disconnect_by_data (self->pad, self);
    gst_rtc_receiver_end (self->receiver, self->track);
    drop_branch (self, element, self->pad);
    gst_child_proxy_child_removed (
        GST_CHILD_PROXY (element), G_OBJECT (self->pad), GST_OBJECT_NAME (self->pad));
    gst_element_remove_pad (GST_ELEMENT (element), self->pad);
  }
  gst_rtc_src_stream_unref (self);
}

GPtrArray *
gst_rtc_webrtc_src_list_streams (GstRtcWebRTCSrc *self)
{
  GPtrArray *list = g_ptr_array_new_with_free_func (gst_rtc_src_stream_unref);

  g_mutex_lock (&self->lock);
  for (guint i = 0; i < self->streams->len; i++)
    g_ptr_array_add (list, gst_rtc_src_stream_ref (g_ptr_array_index (self->streams, i)));
  g_mutex_unlock (&self->lock);
  return list;
}
