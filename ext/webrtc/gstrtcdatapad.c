/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "ext/webrtc/gstrtcdatapad.h"

#include <string.h>

#include "ext/webrtc/gstrtcdatacaps.h"
#include "ext/webrtc/gstrtcdatafan.h"
#include "ext/webrtc/gstrtcwebrtcbase.h"
#include "gst/rtc/base/rtc-log.h"

#define GST_CAT_DEFAULT rtc_log_dc

enum {
  PROP_0,
  PROP_LABEL,
  PROP_PROTOCOL,
  PROP_ORDERED,
  PROP_MAX_RETRANSMITS,
  PROP_MAX_PACKET_LIFETIME,
  PROP_MAX_BUFFERED,
  PROP_RELAY,
};

struct _GstRtcDataPad {
  GstGhostPad parent;
  GstRtcDataFan *fan;
  GstElement *sink; /* the bin's */
  GstRtcDataPadFunc func;
  gpointer data;

  /* [S] */
  GstCaps *caps; /* of the last message */
  gboolean is_text;

  GstStructure *defaults; /* object lock, as is the next */
  guint64 max_buffered;
  gboolean relays;
};

G_DEFINE_TYPE (GstRtcDataPad, gst_rtc_data_pad, GST_TYPE_GHOST_PAD)

static GstStructure *
copy_defaults (GstRtcDataPad *self)
{
  GstStructure *defaults;

  GST_OBJECT_LOCK (self);
  defaults = gst_structure_copy (self->defaults);
  GST_OBJECT_UNLOCK (self);
  return defaults;
}

/* As gst_rtc_data_caps_read(), with the pad's properties. */
static GstStructure *
read_caps (GstRtcDataPad *self, const GstCaps *caps, gboolean *is_text, GError **error)
{
  GstStructure *defaults = copy_defaults (self);
  GstStructure *options = gst_rtc_data_caps_read (caps, defaults, is_text, error);

  gst_structure_free (defaults);
  return options;
}

/* --- messages, [S] ---------------------------------------------------------------------------- */

static void
run_renew (GObject *object, gpointer data)
{
  gst_rtc_data_fan_renew (GST_RTC_DATA_PAD (object)->fan);
}

static void
take_caps (GstRtcDataPad *self, GstCaps *caps)
{
  GstStructure *options = read_caps (self, caps, &self->is_text, NULL);
  GstObject *element = gst_object_get_parent (GST_OBJECT (self));
  RtcLoop *loop =
      element == NULL ? NULL : gst_rtc_webrtc_base_get_loop (GST_RTC_WEBRTC_BASE (element));

  gst_caps_replace (&self->caps, caps);
  if (options != NULL && gst_rtc_data_fan_set_options (self->fan, options) && loop != NULL)
    rtc_loop_post_control_weak (loop, G_OBJECT (self), run_renew, NULL, NULL);
  if (options != NULL)
    gst_structure_free (options);
  rtc_loop_unref (loop);
  gst_clear_object (&element);
}

/* A copy, as UTF-8 if it is text: not every writer of text/x-raw cuts between characters. */
static GBytes *
get_message (GstBuffer *buffer, gboolean is_text)
{
  gpointer data;
  gsize len;

  gst_buffer_extract_dup (buffer, 0, G_MAXSIZE, &data, &len);
  if (is_text && len > 0 && !g_utf8_validate_len (data, len, NULL)) {
    gchar *text = g_utf8_make_valid (data, (gssize) len);

    g_free (data);
    return g_bytes_new_take (text, strlen (text));
  }
  return g_bytes_new_take (data, len);
}

static void
on_handoff (GstElement *sink, GstBuffer *buffer, GstPad *pad, GstRtcDataPad *self)
{
  GstCaps *caps = gst_pad_get_current_caps (pad);
  guint64 max_buffered;
  GBytes *bytes;

  if (caps != self->caps)
    take_caps (self, caps);
  gst_clear_caps (&caps);
  GST_OBJECT_LOCK (self);
  max_buffered = self->max_buffered;
  GST_OBJECT_UNLOCK (self);
  bytes = get_message (buffer, self->is_text);
  gst_rtc_data_fan_send (self->fan, NULL, self->is_text, bytes, max_buffered);
  g_bytes_unref (bytes);
}

/* What is live comes when it is there: waiting would only add delay. */
static GstPadProbeReturn
on_first_buffer (GstPad *pad, GstPadProbeInfo *info, gpointer data)
{
  GstQuery *query = gst_query_new_latency ();
  gboolean is_live = FALSE;

  if (gst_pad_peer_query (pad, query))
    gst_query_parse_latency (query, &is_live, NULL, NULL);
  gst_query_unref (query);
  g_object_set (GST_RTC_DATA_PAD (pad)->sink, "sync", !is_live, NULL);
  return GST_PAD_PROBE_REMOVE;
}

static gboolean
gst_rtc_data_pad_query (GstPad *pad, GstObject *parent, GstQuery *query)
{
  GstStructure *options;
  GError *error = NULL;
  GstCaps *caps, *filter;

  if (GST_QUERY_TYPE (query) == GST_QUERY_CAPS) {
    gst_query_parse_caps (query, &filter);
    caps = gst_pad_get_pad_template_caps (pad);
    if (filter != NULL) {
      GstCaps *fitting = gst_caps_intersect_full (filter, caps, GST_CAPS_INTERSECT_FIRST);

      gst_caps_unref (caps);
      caps = fitting;
    }
    gst_query_set_caps_result (query, caps);
    gst_caps_unref (caps);
    return TRUE;
  }
  if (GST_QUERY_TYPE (query) != GST_QUERY_ACCEPT_CAPS)
    return gst_pad_query_default (pad, parent, query);
  gst_query_parse_accept_caps (query, &caps);
  options = read_caps (GST_RTC_DATA_PAD (pad), caps, NULL, &error);
  gst_query_set_accept_caps_result (query, options != NULL);
  if (options != NULL)
    gst_structure_free (options);
  else
    GST_WARNING_OBJECT (pad, "%" GST_PTR_FORMAT ": %s", caps, error->message);
  g_clear_error (&error);
  return TRUE;
}

/* --- viewers, [C] ----------------------------------------------------------------------------- */

static void
on_received (gpointer owner, GstRtcSession *session, GBytes *bytes, gboolean is_text)
{
  GstRtcDataPad *self = owner;
  guint64 max_buffered;
  gboolean relays;

  GST_OBJECT_LOCK (self);
  relays = self->relays;
  max_buffered = self->max_buffered;
  GST_OBJECT_UNLOCK (self);
  if (relays)
    gst_rtc_data_fan_send (self->fan, session, is_text, bytes, max_buffered);
  if (self->func != NULL)
    self->func (self, session, bytes, is_text, self->data);
}

/* What the channel is by the caps there are, or those that are to come. */
static void
apply_options (GstRtcDataPad *self)
{
  GstCaps *caps = gst_pad_get_current_caps (GST_PAD (self));
  GstStructure *options;

  if (caps == NULL)
    caps = gst_pad_peer_query_caps (GST_PAD (self), NULL);
  options = read_caps (self, caps, NULL, NULL);
  if (options != NULL) {
    gst_rtc_data_fan_set_options (self->fan, options);
    gst_structure_free (options);
  }
  gst_caps_unref (caps);
}

void
gst_rtc_data_pad_add_session (GstRtcDataPad *self, GstRtcSession *session)
{
  apply_options (self);
  gst_rtc_data_fan_renew (self->fan);
  gst_rtc_data_fan_add (self->fan, session);
}

void
gst_rtc_data_pad_remove_session (GstRtcDataPad *self, const gchar *session_id)
{
  gst_rtc_data_fan_remove (self->fan, session_id);
}

void
gst_rtc_data_pad_detach (GstRtcDataPad *self)
{
  gst_rtc_data_fan_remove_all (self->fan);
  self->func = NULL;
}

GstStructure *
gst_rtc_data_pad_get_stats (GstRtcDataPad *self, const gchar *session_id)
{
  return gst_rtc_data_fan_get_stats (self->fan, session_id);
}

/* --- life ------------------------------------------------------------------------------------- */

GstRtcDataPad *
gst_rtc_data_pad_new (
    GstPadTemplate *templ, const gchar *name, GstBin *bin, GstRtcDataPadFunc func, gpointer data)
{
  GstRtcDataPad *self = g_object_new (
      GST_TYPE_RTC_DATA_PAD, "name", name, "direction", GST_PAD_SINK, "template", templ, NULL);
  GstElement *sink = gst_element_factory_make ("fakesink", NULL);
  GstPad *target;

  g_assert (sink != NULL); /* of coreelements, without which there is no GStreamer */
  self->func = func;
  self->data = data;
  gst_structure_set (self->defaults, "label", G_TYPE_STRING, name, NULL);
  self->fan = gst_rtc_data_fan_new (self->defaults, on_received, self);
  /* Data comes when it comes: nothing waits for the first. */
  g_object_set (sink, "async", FALSE, "sync", TRUE, "enable-last-sample", FALSE,
      "processing-deadline", (guint64) 0, "signal-handoffs", TRUE, NULL);
  g_signal_connect_object (sink, "handoff", G_CALLBACK (on_handoff), self, 0);
  gst_pad_set_query_function (GST_PAD (self), gst_rtc_data_pad_query);
  self->sink = gst_object_ref_sink (sink);
  gst_bin_add (bin, sink);
  target = gst_element_get_static_pad (sink, "sink");
  gst_ghost_pad_set_target (GST_GHOST_PAD (self), target);
  gst_object_unref (target);
  gst_pad_add_probe (GST_PAD (self), GST_PAD_PROBE_TYPE_BUFFER | GST_PAD_PROBE_TYPE_BUFFER_LIST,
      on_first_buffer, NULL, NULL);
  gst_element_sync_state_with_parent (sink);
  return self;
}

void
gst_rtc_data_pad_drop_sink (GstRtcDataPad *self, GstBin *bin)
{
  gst_element_set_locked_state (self->sink, TRUE);
  gst_element_set_state (self->sink, GST_STATE_NULL);
  gst_bin_remove (bin, self->sink);
}

static void
gst_rtc_data_pad_set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  GstRtcDataPad *self = GST_RTC_DATA_PAD (object);

  GST_OBJECT_LOCK (self);
  if (id == PROP_MAX_BUFFERED)
    self->max_buffered = g_value_get_uint64 (value);
  else if (id == PROP_RELAY)
    self->relays = g_value_get_boolean (value);
  else if (id != PROP_LABEL || g_value_get_string (value) != NULL)
    gst_structure_set_value (self->defaults, pspec->name, value);
  else
    gst_structure_set (self->defaults, "label", G_TYPE_STRING, GST_OBJECT_NAME (self), NULL);
  GST_OBJECT_UNLOCK (self);
}

static void
gst_rtc_data_pad_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  GstRtcDataPad *self = GST_RTC_DATA_PAD (object);
  const GValue *kept;

  GST_OBJECT_LOCK (self);
  kept = gst_structure_get_value (self->defaults, pspec->name);
  if (id == PROP_MAX_BUFFERED)
    g_value_set_uint64 (value, self->max_buffered);
  else if (id == PROP_RELAY)
    g_value_set_boolean (value, self->relays);
  else if (kept != NULL)
    g_value_copy (kept, value);
  else
    g_param_value_set_default (pspec, value);
  GST_OBJECT_UNLOCK (self);
}

static void
gst_rtc_data_pad_finalize (GObject *object)
{
  GstRtcDataPad *self = GST_RTC_DATA_PAD (object);

  gst_rtc_data_fan_free (self->fan);
  gst_structure_free (self->defaults);
  gst_clear_caps (&self->caps);
  gst_clear_object (&self->sink);
  G_OBJECT_CLASS (gst_rtc_data_pad_parent_class)->finalize (object);
}

static void
gst_rtc_data_pad_class_init (GstRtcDataPadClass *klass)
{
  const GParamFlags flags = G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS;
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->set_property = gst_rtc_data_pad_set_property;
  object_class->get_property = gst_rtc_data_pad_get_property;
  object_class->finalize = gst_rtc_data_pad_finalize;
  g_object_class_install_property (object_class, PROP_LABEL,
      g_param_spec_string ("label", "Label",
          "What viewers know the channel by, unless caps say another; NULL: the pad's name", NULL,
          flags));
  g_object_class_install_property (object_class, PROP_PROTOCOL,
      g_param_spec_string (
          "protocol", "Protocol", "Subprotocol, unless caps say another", NULL, flags));
  g_object_class_install_property (object_class, PROP_ORDERED,
      g_param_spec_boolean ("ordered", "Ordered",
          "Messages come in their order, unless caps say otherwise", TRUE, flags));
  g_object_class_install_property (object_class, PROP_MAX_RETRANSMITS,
      g_param_spec_int ("max-retransmits", "Max retransmits",
          "How often a message is sent again, unless caps say; -1: until it has come", -1,
          G_MAXUINT16, -1, flags));
  g_object_class_install_property (object_class, PROP_MAX_PACKET_LIFETIME,
      g_param_spec_int ("max-packet-lifetime", "Max packet lifetime",
          "How long a message is sent again, ms, unless caps say; -1: until it has come. Not with "
          "max-retransmits",
          -1, G_MAXUINT16, -1, flags));
  g_object_class_install_property (object_class, PROP_MAX_BUFFERED,
      g_param_spec_uint64 ("max-buffered", "Max buffered",
          "What may wait to be sent to a viewer, bytes: messages that go beyond are dropped for "
          "that viewer. One that finds nothing waiting is always sent",
          0, G_MAXUINT64, GST_RTC_DATA_PAD_DEFAULT_MAX_BUFFERED, flags));
  g_object_class_install_property (object_class, PROP_RELAY,
      g_param_spec_boolean ("relay", "Relay",
          "What a viewer says on the channel goes to all other viewers: a chat", FALSE, flags));
}

static void
gst_rtc_data_pad_init (GstRtcDataPad *self)
{
  self->defaults = gst_structure_new_empty ("options");
  self->max_buffered = GST_RTC_DATA_PAD_DEFAULT_MAX_BUFFERED;
}
