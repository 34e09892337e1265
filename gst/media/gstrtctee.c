/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "gst/media/gstrtctee.h"

/* What a pad needs before data, in this order. */
static const GstEventType needed[] = { GST_EVENT_STREAM_START, GST_EVENT_CAPS, GST_EVENT_SEGMENT };

static gboolean
forward_missed (GstElement *element, GstPad *pad, gpointer sink)
{
  for (guint i = 0; i < G_N_ELEMENTS (needed); i++) {
    GstEvent *came = gst_pad_get_sticky_event (sink, needed[i], 0);
    GstEvent *went = gst_pad_get_sticky_event (pad, needed[i], 0);

    if (came != NULL && came != went)
      gst_pad_push_event (pad, gst_event_ref (came));
    g_clear_pointer (&came, gst_event_unref);
    g_clear_pointer (&went, gst_event_unref);
  }
  return TRUE;
}

/* What came before has been sent to all pads there were, and sticks to the sink pad. */
static GstPadProbeReturn
on_data (GstPad *sink, GstPadProbeInfo *info, gpointer data)
{
  GstRtcTee *self = data;
  gint n_steps = g_atomic_int_get (&self->n_steps);
  GstEvent *event = NULL;

  if (info->type & GST_PAD_PROBE_TYPE_EVENT_DOWNSTREAM)
    event = GST_PAD_PROBE_INFO_EVENT (info);
  if (event != NULL && !GST_EVENT_IS_SERIALIZED (event))
    return GST_PAD_PROBE_OK; /* not on [S] */
  /* Before it is sent to the pads that there are. */
  g_atomic_int_set (&self->has_ended, event != NULL && GST_EVENT_TYPE (event) == GST_EVENT_EOS);
  if (n_steps == self->n_seen)
    return GST_PAD_PROBE_OK;
  gst_element_foreach_src_pad (self->element, forward_missed, sink);
  if (n_steps % 2 == 0)
    self->n_seen = n_steps;
  return GST_PAD_PROBE_OK;
}

static GstPadProbeReturn
on_flush (GstPad *sink, GstPadProbeInfo *info, gpointer data)
{
  GstRtcTee *self = data;

  g_atomic_int_set (&self->has_ended, FALSE);
  return GST_PAD_PROBE_OK;
}

void
gst_rtc_tee_init (GstRtcTee *self, GstElement *element)
{
  GstPad *sink = gst_element_get_static_pad (element, "sink");

  *self = (GstRtcTee){ .element = element };
  gst_pad_add_probe (sink, GST_PAD_PROBE_TYPE_DATA_DOWNSTREAM, on_data, self, NULL);
  gst_pad_add_probe (sink, GST_PAD_PROBE_TYPE_EVENT_FLUSH, on_flush, self, NULL);
  gst_object_unref (sink);
}

GstPad *
gst_rtc_tee_request_pad (GstRtcTee *self)
{
  GstPad *pad;

  g_atomic_int_inc (&self->n_steps);
  pad = gst_element_request_pad_simple (self->element, "src_%u");
  g_atomic_int_inc (&self->n_steps);
  return pad;
}

/* A thread of GStreamer's: a sink that is paused takes an end when it plays. */
static void
push_end (GstElement *element, gpointer pad)
{
  gst_pad_push_event (pad, gst_event_new_eos ());
  /* One that the pad had from the tee has not left it before anything else does. */
  gst_pad_push_event (pad, gst_event_new_custom (GST_EVENT_CUSTOM_DOWNSTREAM,
                               gst_structure_new_empty ("gst-rtc-tee-end")));
}

void
gst_rtc_tee_end_pad (GstRtcTee *self, GstPad *pad)
{
  if (g_atomic_int_get (&self->has_ended))
    gst_element_call_async (self->element, push_end, gst_object_ref (pad), gst_object_unref);
}
