/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* gstrtcbasesinkdata.c - pads data_%u of a sink: messages beside the media. */
#include "ext/webrtc/gstrtcbasesinkprivate.h"
#include "ext/webrtc/gstrtccontrol.h"
#include "ext/webrtc/gstrtcdatacaps.h"
#include "ext/webrtc/gstrtcdatapad.h"

#define TEMPLATE "data_%u"

/* A snapshot, each with a reference. (transfer full) */
static GPtrArray *
list_pads (GstRtcBaseSink *self)
{
  GPtrArray *list = g_ptr_array_new_with_free_func (gst_object_unref);

  g_mutex_lock (&self->lock);
  for (guint i = 0; i < self->data_pads->len; i++)
    g_ptr_array_add (list, gst_object_ref (g_ptr_array_index (self->data_pads, i)));
  g_mutex_unlock (&self->lock);
  return list;
}

gboolean
gst_rtc_base_sink_has_data (GstRtcBaseSink *self)
{
  gboolean has_data;

  g_mutex_lock (&self->lock);
  has_data = self->data_pads->len > 0;
  g_mutex_unlock (&self->lock);
  return has_data;
}

/* --- viewers, [C] ----------------------------------------------------------------------------- */

static void
on_received (
    GstRtcDataPad *pad, GstRtcSession *session, GBytes *bytes, gboolean is_text, gpointer data)
{
  g_signal_emit (data, gst_rtc_base_sink_get_signal (GST_RTC_BASE_SINK_SIGNAL_DATA_RECEIVED), 0,
      gst_rtc_session_get_id (session), GST_OBJECT_NAME (pad), bytes, is_text);
}

void
gst_rtc_base_sink_add_data (GstRtcBaseSink *self, GstRtcSession *session)
{
  GPtrArray *pads = list_pads (self);

  for (guint i = 0; i < pads->len; i++)
    gst_rtc_data_pad_add_session (g_ptr_array_index (pads, i), session);
  g_ptr_array_unref (pads);
}

void
gst_rtc_base_sink_remove_data (GstRtcBaseSink *self, GstRtcSession *session)
{
  GPtrArray *pads = list_pads (self);

  for (guint i = 0; i < pads->len; i++)
    gst_rtc_data_pad_remove_session (g_ptr_array_index (pads, i), gst_rtc_session_get_id (session));
  g_ptr_array_unref (pads);
}

void
gst_rtc_base_sink_fill_data_stats (
    GstRtcBaseSink *self, GstRtcSession *session, GstStructure *stats)
{
  GPtrArray *pads = list_pads (self);
  GstStructure *control;

  for (guint i = 0; i < pads->len; i++) {
    GstRtcDataPad *pad = g_ptr_array_index (pads, i);
    GstStructure *object = gst_rtc_data_pad_get_stats (pad, gst_rtc_session_get_id (session));
    gchar *name = g_strdup_printf ("send-%s", GST_OBJECT_NAME (pad));

    if (object != NULL) {
      gst_structure_set (object, "pad", G_TYPE_STRING, GST_OBJECT_NAME (pad), NULL);
      gst_structure_set (stats, name, GST_TYPE_STRUCTURE, object, NULL);
      gst_structure_free (object);
    }
    g_free (name);
  }
  g_ptr_array_unref (pads);
  control = gst_rtc_remote_control_get_stats (self->control, gst_rtc_session_get_id (session));
  if (control != NULL)
    gst_structure_set (stats, "control", GST_TYPE_STRUCTURE, control, NULL);
  g_clear_pointer (&control, gst_structure_free);
}

/* --- pads, [A] -------------------------------------------------------------------------------- */

typedef struct {
  GstRtcBaseSink *self;
  GstRtcDataPad *pad;
} PadCall;

/* Viewers who are there already get their channel, too. */
static void
run_added (gpointer data)
{
  PadCall *call = data;
  GList *sessions = gst_rtc_webrtc_base_list_sessions (GST_RTC_WEBRTC_BASE (call->self));

  for (GList *l = sessions; l != NULL; l = l->next)
    gst_rtc_data_pad_add_session (call->pad, l->data);
  g_list_free_full (sessions, g_object_unref);
}

static void
run_removed (gpointer data)
{
  gst_rtc_data_pad_detach (((PadCall *) data)->pad);
}

/* On [C] if there is one; without nobody else is there. */
static void
call_control (GstRtcBaseSink *self, RtcInvokeFunc func, GstRtcDataPad *pad)
{
  RtcLoop *loop = gst_rtc_webrtc_base_get_loop (GST_RTC_WEBRTC_BASE (self));
  PadCall call = { self, pad };

  if (loop != NULL)
    gst_rtc_control_call (loop, func, &call);
  else
    func (&call);
  rtc_loop_unref (loop);
}

gboolean
gst_rtc_base_sink_is_data (GstPadTemplate *templ)
{
  return g_str_equal (GST_PAD_TEMPLATE_NAME_TEMPLATE (templ), TEMPLATE);
}

GstPad *
gst_rtc_base_sink_request_data_pad (GstRtcBaseSink *self, GstPadTemplate *templ, const gchar *name)
{
  GstRtcDataPad *pad = gst_rtc_data_pad_new (templ, name, GST_BIN (self), on_received, self);

  g_mutex_lock (&self->lock);
  g_ptr_array_add (self->data_pads, gst_object_ref_sink (pad));
  g_mutex_unlock (&self->lock);
  gst_pad_set_active (GST_PAD (pad), TRUE);
  gst_element_add_pad (GST_ELEMENT (self), GST_PAD (pad));
  gst_child_proxy_child_added (GST_CHILD_PROXY (self), G_OBJECT (pad), name);
  call_control (self, run_added, pad);
  return GST_PAD (pad);
}

void
gst_rtc_base_sink_release_data_pad (GstRtcBaseSink *self, GstPad *pad)
{
  gst_object_ref (pad);
  g_mutex_lock (&self->lock);
  g_ptr_array_remove (self->data_pads, pad);
  g_mutex_unlock (&self->lock);
  call_control (self, run_removed, GST_RTC_DATA_PAD (pad));
  /* First, since it may hold the streaming thread until a message's time has come. */
  gst_rtc_data_pad_drop_sink (GST_RTC_DATA_PAD (pad), GST_BIN (self));
  gst_child_proxy_child_removed (GST_CHILD_PROXY (self), G_OBJECT (pad), GST_OBJECT_NAME (pad));
  gst_pad_set_active (pad, FALSE);
  gst_element_remove_pad (GST_ELEMENT (self), pad);
  gst_object_unref (pad);
}

void
gst_rtc_base_sink_install_data (GstElementClass *klass)
{
  GstCaps *caps = gst_rtc_data_caps_new_any ();

  gst_element_class_add_pad_template (
      klass, gst_pad_template_new_with_gtype (
                 TEMPLATE, GST_PAD_SINK, GST_PAD_REQUEST, caps, GST_TYPE_RTC_DATA_PAD));
  gst_caps_unref (caps);
}
