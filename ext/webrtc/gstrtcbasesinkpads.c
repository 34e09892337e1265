/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* gstrtcbasesinkpads.c - request pads of a sink: video_%u, audio_%u and data_%u. */
#include <string.h>

#include "ext/webrtc/gstrtcbasesinkprivate.h"
#include "ext/webrtc/gstrtccontrol.h"
#include "ext/webrtc/gstrtcwebrtcsinkpad.h"

/* The name that was asked for, or the next one; NULL: it is taken. (transfer full) */
static gchar *
choose_name (GstRtcBaseSink *self, GstPadTemplate *templ, const gchar *wanted)
{
  const gchar *prefix = GST_PAD_TEMPLATE_NAME_TEMPLATE (templ);
  gsize len = (gsize) (strchr (prefix, '%') - prefix); /* "video_", "audio_", "data_" */
  guint *next = *prefix == 'v'   ? &self->next_video
                : *prefix == 'a' ? &self->next_audio
                                 : &self->next_data;
  guint index;
  gchar *name;
  GstPad *pad;

  g_mutex_lock (&self->lock);
  index = *next;
  if (wanted != NULL && strlen (wanted) > len)
    index = (guint) g_ascii_strtoull (wanted + len, NULL, 10);
  *next = MAX (*next, index + 1);
  g_mutex_unlock (&self->lock);
  name = g_strdup_printf ("%.*s%u", (int) len, prefix, index);
  pad = gst_element_get_static_pad (GST_ELEMENT (self), name);
  if (pad == NULL)
    return name;
  GST_WARNING_OBJECT (self, "pad %s exists already", name);
  gst_object_unref (pad);
  g_free (name);
  return NULL;
}

static GstPad *
request_media_pad (GstRtcBaseSink *self, GstPadTemplate *templ, const gchar *name)
{
  gboolean is_video = g_str_has_prefix (name, "video");
  gboolean replay;
  GstRtcLadder ladder;
  GstRtcStream *stream;
  RtcLoop *loop;
  GstPad *pad;

  g_mutex_lock (&self->lock);
  ladder = self->default_ladder;
  replay = self->join_mode == GST_RTC_JOIN_MODE_GOP_REPLAY;
  g_mutex_unlock (&self->lock);
  stream = gst_rtc_stream_new (GST_BIN (self), name, is_video ? RTC_MEDIA_VIDEO : RTC_MEDIA_AUDIO,
      &gst_rtc_base_sink_stream_funcs, G_OBJECT (self));
  gst_rtc_stream_set_ladder (stream, &ladder, TRUE);
  gst_rtc_stream_set_replay (stream, replay);
  loop = gst_rtc_webrtc_base_get_loop (GST_RTC_WEBRTC_BASE (self));
  if (loop != NULL)
    gst_rtc_stream_start (stream, loop);
  rtc_loop_unref (loop);
  pad = gst_rtc_webrtc_sink_pad_new (templ, gst_rtc_stream_ref (stream));
  g_mutex_lock (&self->lock);
  g_ptr_array_add (self->streams, stream);
  g_mutex_unlock (&self->lock);
  gst_pad_set_active (pad, TRUE);
  gst_element_add_pad (GST_ELEMENT (self), pad);
  gst_child_proxy_child_added (GST_CHILD_PROXY (self), G_OBJECT (pad), name);
  return pad;
}

GstPad *
gst_rtc_base_sink_request_new_pad (
    GstElement *element, GstPadTemplate *templ, const gchar *wanted, const GstCaps *caps)
{
  GstRtcBaseSink *self = GST_RTC_BASE_SINK (element);
  gchar *name = choose_name (self, templ, wanted);
  GstPad *pad = NULL;

  if (name != NULL && gst_rtc_base_sink_is_data (templ))
    pad = gst_rtc_base_sink_request_data_pad (self, templ, name);
  else if (name != NULL)
    pad = request_media_pad (self, templ, name);
  g_free (name);
  return pad;
}

typedef struct {
  GstRtcBaseSink *self;
  GstRtcStream *stream;
} Removal;

static void
run_remove_stream (gpointer data)
{
  Removal *removal = data;

  gst_rtc_base_sink_stop_stream (removal->self, removal->stream);
  gst_rtc_stream_remove (removal->stream);
}

static void
release_media_pad (GstRtcBaseSink *self, GstPad *pad)
{
  Removal removal = { self, gst_rtc_webrtc_sink_pad_get_stream (GST_RTC_WEBRTC_SINK_PAD (pad)) };
  RtcLoop *loop = gst_rtc_webrtc_base_get_loop (GST_RTC_WEBRTC_BASE (self));

  gst_object_ref (pad);
  gst_rtc_stream_ref (removal.stream);
  g_mutex_lock (&self->lock);
  g_ptr_array_remove (self->streams, removal.stream);
  g_mutex_unlock (&self->lock);
  if (loop != NULL)
    gst_rtc_control_call (loop, run_remove_stream, &removal);
  else
    run_remove_stream (&removal);
  rtc_loop_unref (loop);
  gst_child_proxy_child_removed (GST_CHILD_PROXY (self), G_OBJECT (pad), GST_OBJECT_NAME (pad));
  gst_pad_set_active (pad, FALSE);
  gst_element_remove_pad (GST_ELEMENT (self), pad);
  gst_rtc_stream_unref (removal.stream);
  gst_object_unref (pad);
}

void
gst_rtc_base_sink_release_pad (GstElement *element, GstPad *pad)
{
  if (gst_rtc_base_sink_is_data (GST_PAD_PAD_TEMPLATE (pad)))
    gst_rtc_base_sink_release_data_pad (GST_RTC_BASE_SINK (element), pad);
  else
    release_media_pad (GST_RTC_BASE_SINK (element), pad);
}
