/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "ext/webrtc/gstrtcstreamprivate.h"

#include "gst/media/gstrtcpayloader.h"
#include "gst/rtc/base/rtc-log.h"

#define GST_CAT_DEFAULT rtc_log_media

/* --- what closures hold -------------------------------------------------------------------------
 */

GstRtcStreamHeld *
gst_rtc_stream_held_new (GstRtcStream *stream)
{
  GObject *owner = g_weak_ref_get (&stream->owner);
  GstRtcStreamHeld *held;

  if (owner == NULL)
    return NULL;
  held = g_new (GstRtcStreamHeld, 1);
  *held = (GstRtcStreamHeld){ gst_rtc_stream_ref (stream), owner };
  return held;
}

void
gst_rtc_stream_held_free (gpointer data)
{
  GstRtcStreamHeld *held = data;

  gst_rtc_stream_unref (held->stream);
  g_object_unref (held->owner);
  g_free (held);
}

RtcLoop *
gst_rtc_stream_ref_loop (GstRtcStream *self)
{
  RtcLoop *loop;

  g_mutex_lock (&self->lock);
  loop = self->loop == NULL ? NULL : rtc_loop_ref (self->loop);
  g_mutex_unlock (&self->lock);
  return loop;
}

/* --- what comes in, [S] ------------------------------------------------------------------------
 */

static void
run_changed (gpointer data)
{
  GstRtcStreamHeld *held = data;
  GstRtcStream *self = held->stream;

  if (self->is_removed)
    return;
  gst_rtc_stream_remove_branches (self);
  self->funcs.changed (self, held->owner);
}

static void
run_started (gpointer data)
{
  GstRtcStreamHeld *held = data;

  if (!held->stream->is_removed)
    held->stream->funcs.started (held->stream, held->owner);
}

static void
handle_caps (GstRtcStream *self, GstCaps *caps)
{
  gboolean is_first, is_other;
  RtcLoop *loop;
  GstRtcStreamHeld *held;

  g_mutex_lock (&self->lock);
  is_first = self->caps == NULL;
  is_other = self->caps != NULL && !gst_rtc_payloader_is_same_input (self->caps, caps);
  gst_caps_replace (&self->caps, caps);
  g_atomic_int_set (&self->is_encoded, gst_rtc_payloader_find_codec (caps) != RTC_CODEC_UNKNOWN);
  g_mutex_unlock (&self->lock);
  GST_INFO ("%s: %" GST_PTR_FORMAT, self->name, caps);
  if (!is_first && !is_other)
    return;
  loop = gst_rtc_stream_ref_loop (self);
  held = gst_rtc_stream_held_new (self);
  if (loop != NULL && held != NULL)
    rtc_loop_post_control (
        loop, is_first ? run_started : run_changed, held, gst_rtc_stream_held_free);
  else if (held != NULL)
    gst_rtc_stream_held_free (held);
  rtc_loop_unref (loop);
}

static GstPadProbeReturn
on_event (GstPad *pad, GstPadProbeInfo *info, gpointer data)
{
  GstEvent *event = GST_PAD_PROBE_INFO_EVENT (info);
  GstCaps *caps;

  if (GST_EVENT_TYPE (event) == GST_EVENT_CAPS) {
    gst_event_parse_caps (event, &caps);
    handle_caps (data, caps);
  }
  return GST_PAD_PROBE_OK;
}

/* What the stream takes as it is encoded already. */
static GstPadProbeReturn
on_media (GstPad *pad, GstPadProbeInfo *info, gpointer data)
{
  GstRtcStream *self = data;

  if (!g_atomic_int_get (&self->is_encoded))
    return GST_PAD_PROBE_OK;
  gst_rtc_stream_note_input (
      self, (info->type & GST_PAD_PROBE_TYPE_BUFFER_LIST)
                ? gst_buffer_list_calculate_size (GST_PAD_PROBE_INFO_BUFFER_LIST (info))
                : gst_buffer_get_size (GST_PAD_PROBE_INFO_BUFFER (info)));
  return GST_PAD_PROBE_OK;
}

/* That a branch was linked is no reason for upstream to negotiate again. */
static GstPadProbeReturn
on_upstream_event (GstPad *pad, GstPadProbeInfo *info, gpointer data)
{
  GstEvent *event = GST_PAD_PROBE_INFO_EVENT (info);

  return GST_EVENT_TYPE (event) == GST_EVENT_RECONFIGURE ? GST_PAD_PROBE_DROP : GST_PAD_PROBE_OK;
}

/* Live media needs no pacing: it comes when it is there, and waiting would only add delay. */
static GstPadProbeReturn
on_first_buffer (GstPad *pad, GstPadProbeInfo *info, gpointer data)
{
  GstRtcStream *self = data;
  GstQuery *query = gst_query_new_latency ();
  gboolean is_live = FALSE;

  if (gst_pad_peer_query (pad, query))
    gst_query_parse_latency (query, &is_live, NULL, NULL);
  gst_query_unref (query);
  GST_INFO ("%s: %s", self->name, is_live ? "live" : "not live, paced by the clock");
  g_object_set (self->clocksync, "sync", !is_live, NULL);
  g_mutex_lock (&self->lock);
  self->live_probe = 0;
  g_mutex_unlock (&self->lock);
  return GST_PAD_PROBE_REMOVE;
}

/* --- life --------------------------------------------------------------------------------------
 */

static GstElement *
add_element (GstRtcStream *self, const gchar *factory)
{
  GstElement *element = gst_element_factory_make (factory, NULL);

  /* All of them are in coreelements, without which there is no GStreamer. */
  g_assert (element != NULL);
  gst_object_ref_sink (element);
  gst_bin_add (self->bin, element);
  return element;
}

static GstPadProbeReturn
on_query (GstPad *pad, GstPadProbeInfo *info, gpointer data)
{
  GstQuery *query = GST_PAD_PROBE_INFO_QUERY (info);

  if (GST_QUERY_TYPE (query) != GST_QUERY_ACCEPT_CAPS)
    return GST_PAD_PROBE_OK;
  gst_query_set_accept_caps_result (query, TRUE);
  return GST_PAD_PROBE_HANDLED;
}

/* Takes whatever the ghost pad has accepted, without asking the branches. */
static void
accept_everything (GstElement *element)
{
  GstPad *pad = gst_element_get_static_pad (element, "sink");

  gst_pad_add_probe (
      pad, GST_PAD_PROBE_TYPE_QUERY_DOWNSTREAM | GST_PAD_PROBE_TYPE_PUSH, on_query, NULL, NULL);
  gst_object_unref (pad);
}

GstRtcStream *
gst_rtc_stream_new (GstBin *bin, const gchar *name, RtcMediaKind kind,
    const GstRtcStreamFuncs *funcs, GObject *owner)
{
  GstRtcStream *self = g_new0 (GstRtcStream, 1);
  GstPad *pad;

  self->refs = 1;
  self->bin = bin;
  self->name = g_strdup (name);
  self->kind = kind;
  self->funcs = *funcs;
  g_weak_ref_init (&self->owner, owner);
  g_mutex_init (&self->lock);
  self->branches = g_ptr_array_new ();
  self->encodes = g_array_new (FALSE, TRUE, sizeof (GstRtcStreamEncode));
  self->clocksync = add_element (self, "clocksync");
  self->tee = add_element (self, "tee");
  self->fakesink = add_element (self, "fakesink");
  accept_everything (self->clocksync);
  accept_everything (self->tee);
  gst_rtc_tee_init (&self->pads, self->tee);
  g_object_set (self->tee, "allow-not-linked", TRUE, NULL);
  g_object_set (self->fakesink, "async", FALSE, "sync", FALSE, "enable-last-sample", FALSE, NULL);
  gst_element_link_many (self->clocksync, self->tee, self->fakesink, NULL);
  gst_element_sync_state_with_parent (self->fakesink);
  gst_element_sync_state_with_parent (self->tee);
  gst_element_sync_state_with_parent (self->clocksync);
  pad = gst_rtc_stream_get_pad (self);
  gst_pad_add_probe (pad, GST_PAD_PROBE_TYPE_EVENT_DOWNSTREAM, on_event, self, NULL);
  gst_pad_add_probe (pad, GST_PAD_PROBE_TYPE_EVENT_UPSTREAM, on_upstream_event, self, NULL);
  gst_pad_add_probe (
      pad, GST_PAD_PROBE_TYPE_BUFFER | GST_PAD_PROBE_TYPE_BUFFER_LIST, on_media, self, NULL);
  gst_object_unref (pad);
  return self;
}

GstRtcStream *
gst_rtc_stream_ref (GstRtcStream *self)
{
  g_atomic_int_inc (&self->refs);
  return self;
}

void
gst_rtc_stream_unref (GstRtcStream *self)
{
  if (self == NULL || !g_atomic_int_dec_and_test (&self->refs))
    return;
  gst_clear_object (&self->clocksync);
  gst_clear_object (&self->tee);
  gst_clear_object (&self->fakesink);
  g_ptr_array_unref (self->branches);
  g_array_unref (self->encodes);
  gst_clear_caps (&self->caps);
  rtc_loop_unref (self->loop);
  g_weak_ref_clear (&self->owner);
  g_mutex_clear (&self->lock);
  g_free (self->main);
  g_free (self->name);
  g_free (self);
}

GstPad *
gst_rtc_stream_get_pad (GstRtcStream *self)
{
  return gst_element_get_static_pad (self->clocksync, "sink");
}

const gchar *
gst_rtc_stream_get_name (GstRtcStream *self)
{
  return self->name;
}

RtcMediaKind
gst_rtc_stream_get_kind (GstRtcStream *self)
{
  return self->kind;
}

GstCaps *
gst_rtc_stream_get_caps (GstRtcStream *self)
{
  GstCaps *caps;

  g_mutex_lock (&self->lock);
  caps = self->caps == NULL ? NULL : gst_caps_ref (self->caps);
  g_mutex_unlock (&self->lock);
  return caps;
}

void
gst_rtc_stream_start (GstRtcStream *self, RtcLoop *loop)
{
  GstPad *pad = gst_rtc_stream_get_pad (self);

  g_mutex_lock (&self->lock);
  if (self->loop == NULL)
    self->loop = rtc_loop_ref (loop);
  if (self->live_probe == 0)
    self->live_probe = gst_pad_add_probe (pad,
        GST_PAD_PROBE_TYPE_BUFFER | GST_PAD_PROBE_TYPE_BUFFER_LIST, on_first_buffer, self, NULL);
  g_mutex_unlock (&self->lock);
  g_object_set (self->clocksync, "sync", TRUE, NULL);
  gst_object_unref (pad);
}

void
gst_rtc_stream_stop (GstRtcStream *self)
{
  RtcLoop *loop;

  g_mutex_lock (&self->lock);
  loop = g_steal_pointer (&self->loop);
  g_mutex_unlock (&self->lock);
  rtc_loop_unref (loop);
  gst_rtc_stream_dismantle_branches (self);
  g_mutex_lock (&self->lock);
  gst_clear_caps (&self->caps);
  self->in_since = self->in_bytes = self->in_bps = 0;
  g_mutex_unlock (&self->lock);
}

void
gst_rtc_stream_remove (GstRtcStream *self)
{
  GstElement *elements[] = { self->clocksync, self->tee, self->fakesink };

  if (self->is_removed)
    return;
  self->is_removed = TRUE;
  /* Upstream first: when clocksync is stopped it lets go of a buffer that waits for its time, and
   * what comes after that goes nowhere. */
  for (guint i = 0; i < G_N_ELEMENTS (elements); i++) {
    gst_element_set_locked_state (elements[i], TRUE);
    gst_element_set_state (elements[i], GST_STATE_NULL);
  }
  gst_rtc_stream_stop (self);
  for (guint i = 0; i < G_N_ELEMENTS (elements); i++)
    gst_bin_remove (self->bin, elements[i]);
}
