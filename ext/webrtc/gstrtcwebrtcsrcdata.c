/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* gstrtcwebrtcsrcdata.c - pads data_%u of webrtcsrc: what callers say on data channels. */
#include <string.h>

#include "ext/webrtc/gstrtcdatacaps.h"
#include "ext/webrtc/gstrtcwebrtcsrcprivate.h"
#include "gst/media/gstrtcmessagesrc.h"
#include "gst/rtc/base/rtc-log.h"

#define GST_CAT_DEFAULT rtc_log_dc

/* How long EOS may take to get through downstream. */
#define EOS_PATIENCE_MS 3000

/* One channel that a caller has opened. [C] but for what is atomic or says otherwise. */
typedef struct {
  gint refs;
  GWeakRef element;
  RtcLoop *loop;
  gchar *session_id, *peer_id;
  guint group_id;
  GstRtcDataChannel *channel;
  GstCaps *caps[2];         /* of bytes, of text */
  GstRtcMessageSrc *source; /* the element's lock, as is the next; NULL before a first message */
  GstPad *pad;
  GSource *deadline;
  gboolean is_ending;
} GstRtcSrcData;

static GstRtcSrcData *
data_ref (GstRtcSrcData *self)
{
  g_atomic_int_inc (&self->refs);
  return self;
}

void
gst_rtc_src_data_unref (gpointer data)
{
  GstRtcSrcData *self = data;

  if (!g_atomic_int_dec_and_test (&self->refs))
    return;
  g_weak_ref_clear (&self->element);
  rtc_loop_unref (self->loop);
  g_free (self->session_id);
  g_free (self->peer_id);
  g_object_unref (self->channel);
  gst_clear_caps (&self->caps[0]);
  gst_clear_caps (&self->caps[1]);
  gst_clear_object (&self->source);
  gst_clear_object (&self->pad);
  g_free (self);
}

/* A copy of the list, of one session or, with NULL, all. */
static GPtrArray *
list_data (GstRtcWebRTCSrc *element, const gchar *session_id)
{
  GPtrArray *list = g_ptr_array_new_with_free_func (gst_rtc_src_data_unref);

  g_mutex_lock (&element->lock);
  for (guint i = 0; i < element->data->len; i++) {
    GstRtcSrcData *self = g_ptr_array_index (element->data, i);

    if (session_id == NULL || g_str_equal (session_id, self->session_id))
      g_ptr_array_add (list, data_ref (self));
  }
  g_mutex_unlock (&element->lock);
  return list;
}

/* --- the end ---------------------------------------------------------------------------------- */

static void
finish (GstRtcSrcData *self, GstRtcWebRTCSrc *element)
{
  GstRtcMessageSrc *source;

  data_ref (self);
  if (self->deadline != NULL) {
    g_source_destroy (self->deadline);
    g_clear_pointer (&self->deadline, g_source_unref);
  }
  self->is_ending = TRUE;
  g_signal_handlers_disconnect_by_data (self->channel, self);
  g_mutex_lock (&element->lock);
  g_ptr_array_remove (element->data, self);
  source = g_steal_pointer (&self->source); /* whose probe holds us */
  g_mutex_unlock (&element->lock);
  if (source != NULL) {
    gst_ghost_pad_set_target (GST_GHOST_PAD (self->pad), NULL);
    gst_rtc_webrtc_src_discard (element, GST_ELEMENT (source), self->pad);
    gst_object_unref (source);
    gst_child_proxy_child_removed (
        GST_CHILD_PROXY (element), G_OBJECT (self->pad), GST_OBJECT_NAME (self->pad));
    gst_element_remove_pad (GST_ELEMENT (element), self->pad);
  }
  gst_rtc_src_data_unref (self);
}

static void
run_finish (gpointer data)
{
  GstRtcSrcData *self = data;
  GstRtcWebRTCSrc *element = g_weak_ref_get (&self->element);

  if (element != NULL)
    finish (self, element);
  g_clear_object (&element);
}

static gboolean
on_deadline (gpointer data)
{
  run_finish (data);
  return G_SOURCE_REMOVE;
}

/* On the source's thread: EOS goes out of the pad before that goes. */
static GstPadProbeReturn
on_source_event (GstPad *pad, GstPadProbeInfo *info, gpointer data)
{
  GstRtcSrcData *self = data;
  GstEvent *event = GST_PAD_PROBE_INFO_EVENT (info);

  if (GST_EVENT_TYPE (event) != GST_EVENT_EOS)
    return GST_PAD_PROBE_OK;
  gst_pad_push_event (self->pad, gst_event_ref (event));
  rtc_loop_post_control (self->loop, run_finish, data_ref (self), gst_rtc_src_data_unref);
  return GST_PAD_PROBE_DROP;
}

static void
end (GstRtcSrcData *self, GstRtcWebRTCSrc *element, gboolean force_eos)
{
  gboolean eos;

  if (self->is_ending)
    return;
  self->is_ending = TRUE;
  g_mutex_lock (&element->lock);
  eos = (element->eos_on_hangup || force_eos) && !g_atomic_int_get (&element->is_stopping)
        && self->pad != NULL && gst_pad_is_linked (self->pad);
  g_mutex_unlock (&element->lock);
  if (!eos) {
    finish (self, element);
    return;
  }
  self->deadline = g_timeout_source_new (EOS_PATIENCE_MS);
  g_source_set_callback (self->deadline, on_deadline, data_ref (self), gst_rtc_src_data_unref);
  g_source_attach (self->deadline, rtc_loop_get_control_context (self->loop));
  gst_rtc_message_src_push_eos (self->source);
}

void
gst_rtc_webrtc_src_end_data (
    GstRtcWebRTCSrc *self, const gchar *session_id, gboolean force_eos, gboolean at_once)
{
  GPtrArray *list = list_data (self, session_id);

  for (guint i = 0; i < list->len; i++) {
    if (at_once)
      finish (g_ptr_array_index (list, i), self);
    else
      end (g_ptr_array_index (list, i), self, force_eos);
  }
  g_ptr_array_unref (list);
}

/* --- messages --------------------------------------------------------------------------------- */

/* The pad comes with the first message, as those of media do: only then it is known what it is. */
static void
add_pad (GstRtcSrcData *self, GstRtcWebRTCSrc *element)
{
  gchar *name = gst_rtc_webrtc_src_find_name (element, "data");
  gchar *stream_id = g_strdup_printf ("%s/%s", self->session_id, name);
  gchar *child = g_strdup_printf ("messages-%s", name);
  GstElement *source = gst_rtc_message_src_new (child, stream_id, self->group_id);
  GstPad *target = gst_element_get_static_pad (source, "src");
  GstPad *pad = gst_rtc_webrtc_src_pad_new (
      gst_element_class_get_pad_template (GST_ELEMENT_GET_CLASS (element), "data_%u"), name,
      self->session_id, self->peer_id);

  g_mutex_lock (&element->lock);
  self->source = gst_object_ref_sink (source);
  self->pad = gst_object_ref_sink (pad);
  g_mutex_unlock (&element->lock);
  gst_pad_add_probe (target, GST_PAD_PROBE_TYPE_EVENT_DOWNSTREAM, on_source_event, data_ref (self),
      gst_rtc_src_data_unref);
  gst_bin_add (GST_BIN (element), source);
  gst_ghost_pad_set_target (GST_GHOST_PAD (pad), target);
  gst_pad_set_active (pad, TRUE);
  gst_element_sync_state_with_parent (source);
  gst_element_add_pad (GST_ELEMENT (element), pad);
  gst_child_proxy_child_added (GST_CHILD_PROXY (element), G_OBJECT (pad), name);
  gst_object_unref (target);
  g_free (child);
  g_free (stream_id);
  g_free (name);
}

static void
take (GstRtcSrcData *self, GBytes *bytes, gboolean is_text)
{
  GstRtcWebRTCSrc *element = g_weak_ref_get (&self->element);

  if (element == NULL)
    return;
  if (!self->is_ending && !g_atomic_int_get (&element->is_stopping)) {
    if (self->caps[is_text] == NULL)
      self->caps[is_text] = gst_rtc_data_caps_new_for_channel (G_OBJECT (self->channel), is_text);
    if (self->source == NULL)
      add_pad (self, element);
    gst_rtc_message_src_push (self->source, bytes, self->caps[is_text]);
  }
  g_object_unref (element);
}

static void
on_string (GstRtcDataChannel *channel, const gchar *text, GstRtcSrcData *self)
{
  GBytes *bytes = g_bytes_new (text, strlen (text));

  take (self, bytes, TRUE);
  g_bytes_unref (bytes);
}

static void
on_data (GstRtcDataChannel *channel, GBytes *bytes, GstRtcSrcData *self)
{
  GBytes *empty = g_bytes_new (NULL, 0);

  take (self, bytes != NULL ? bytes : empty, FALSE);
  g_bytes_unref (empty);
}

static void
on_close (GstRtcDataChannel *channel, GstRtcSrcData *self)
{
  GstRtcWebRTCSrc *element = g_weak_ref_get (&self->element);

  if (element != NULL)
    end (self, element, FALSE);
  g_clear_object (&element);
}

static void
closure_unref (gpointer data, GClosure *closure)
{
  gst_rtc_src_data_unref (data);
}

static void
connect_to (GstRtcSrcData *self, const gchar *signal, GCallback handler)
{
  g_signal_connect_data (self->channel, signal, handler, data_ref (self), closure_unref, 0);
}

static void
on_data_channel (GstRtcSession *session, GstRtcDataChannel *channel, GstRtcWebRTCSrc *element)
{
  const gchar *id = gst_rtc_session_get_id (session);
  GstRtcSrcSession *ours = g_hash_table_lookup (element->sessions, id);
  GPtrArray *list = list_data (element, id);
  guint n = list->len;
  GstRtcSrcData *self;

  g_ptr_array_unref (list);
  if (ours == NULL || n >= GST_RTC_SRC_MAX_DATA) {
    GST_INFO_OBJECT (element, "session %s has %u data channels: no pad for one more", id, n);
    return;
  }
  self = g_new0 (GstRtcSrcData, 1);
  self->refs = 1;
  g_weak_ref_init (&self->element, element);
  self->loop = gst_rtc_webrtc_base_get_loop (GST_RTC_WEBRTC_BASE (element));
  self->session_id = g_strdup (id);
  self->peer_id = g_strdup (gst_rtc_session_get_peer_id (session));
  self->group_id = ours->group_id;
  self->channel = g_object_ref (channel);
  connect_to (self, "on-message-string", G_CALLBACK (on_string));
  connect_to (self, "on-message-data", G_CALLBACK (on_data));
  connect_to (self, "on-close", G_CALLBACK (on_close));
  g_mutex_lock (&element->lock);
  g_ptr_array_add (element->data, self);
  g_mutex_unlock (&element->lock);
}

void
gst_rtc_webrtc_src_watch_data (GstRtcWebRTCSrc *self, GstRtcSession *session)
{
  g_signal_connect_object (session, "on-data-channel", G_CALLBACK (on_data_channel), self, 0);
}

/* --- statistics ------------------------------------------------------------------------------- */

static void
fill_one (GstRtcSrcData *self, GstRtcWebRTCSrc *element, GstStructure *stats)
{
  GstRtcMessageSrcStats s;
  GstStructure *object;
  GstPad *pad = NULL;
  gchar *name, *label;

  g_mutex_lock (&element->lock);
  if (self->source != NULL) {
    gst_rtc_message_src_get_stats (self->source, &s);
    pad = gst_object_ref (self->pad);
  }
  g_mutex_unlock (&element->lock);
  if (pad == NULL)
    return;
  g_object_get (self->channel, "label", &label, NULL);
  object = gst_structure_new ("receive", "pad", G_TYPE_STRING, GST_OBJECT_NAME (pad), "label",
      G_TYPE_STRING, label, "messages", G_TYPE_UINT64, s.messages, "bytes", G_TYPE_UINT64, s.bytes,
      "messages-dropped-full", G_TYPE_UINT64, s.dropped_full, "messages-dropped-unlinked",
      G_TYPE_UINT64, s.dropped_unlinked, "messages-dropped-refused", G_TYPE_UINT64,
      s.dropped_refused, NULL);
  name = g_strdup_printf ("receive-%s", GST_OBJECT_NAME (pad));
  gst_structure_set (stats, name, GST_TYPE_STRUCTURE, object, NULL);
  gst_structure_free (object);
  gst_object_unref (pad);
  g_free (label);
  g_free (name);
}

void
gst_rtc_webrtc_src_fill_data_stats (
    GstRtcWebRTCSrc *self, GstRtcSession *session, GstStructure *stats)
{
  GPtrArray *list = list_data (self, gst_rtc_session_get_id (session));

  for (guint i = 0; i < list->len; i++)
    fill_one (g_ptr_array_index (list, i), self, stats);
  g_ptr_array_unref (list);
}
