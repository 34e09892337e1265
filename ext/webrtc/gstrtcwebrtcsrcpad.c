/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "ext/webrtc/gstrtcwebrtcsrcpad.h"

enum {
  PROP_0,
  PROP_SESSION_ID,
  PROP_PEER_ID,
  PROP_MID,
  PROP_MSID,
  N_PROPS,
};

static GParamSpec *props[N_PROPS];

struct _GstRtcWebRTCSrcPad {
  GstGhostPad parent;
  gchar *session_id, *peer_id;
  gchar *mid, *msid; /* object lock */
};

G_DEFINE_TYPE (GstRtcWebRTCSrcPad, gst_rtc_webrtc_src_pad, GST_TYPE_GHOST_PAD)

static void
gst_rtc_webrtc_src_pad_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  GstRtcWebRTCSrcPad *self = GST_RTC_WEBRTC_SRC_PAD (object);

  GST_OBJECT_LOCK (self);
  switch (id) {
    case PROP_SESSION_ID:
      g_value_set_string (value, self->session_id);
      break;
    case PROP_PEER_ID:
      g_value_set_string (value, self->peer_id);
      break;
    case PROP_MID:
      g_value_set_string (value, self->mid);
      break;
    case PROP_MSID:
      g_value_set_string (value, self->msid);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
      break;
  }
  GST_OBJECT_UNLOCK (self);
}

static void
gst_rtc_webrtc_src_pad_finalize (GObject *object)
{
  GstRtcWebRTCSrcPad *self = GST_RTC_WEBRTC_SRC_PAD (object);

  g_free (self->session_id);
  g_free (self->peer_id);
  g_free (self->mid);
  g_free (self->msid);
  G_OBJECT_CLASS (gst_rtc_webrtc_src_pad_parent_class)->finalize (object);
}

static void
gst_rtc_webrtc_src_pad_class_init (GstRtcWebRTCSrcPadClass *klass)
{
  const GParamFlags flags = G_PARAM_READABLE | G_PARAM_STATIC_STRINGS;
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->get_property = gst_rtc_webrtc_src_pad_get_property;
  object_class->finalize = gst_rtc_webrtc_src_pad_finalize;
  props[PROP_SESSION_ID] = g_param_spec_string (
      "session-id", "Session id", "The session that the track belongs to", NULL, flags);
  props[PROP_PEER_ID] = g_param_spec_string ("peer-id", "Peer id",
      "Who the caller is, as the signaller says: the name given, or the address", NULL, flags);
  props[PROP_MID] =
      g_param_spec_string ("mid", "Mid", "Name of the track's section in SDP", NULL, flags);
  props[PROP_MSID] = g_param_spec_string ("msid", "Media stream id",
      "MediaStream that the caller put the track into; NULL: it did not say", NULL, flags);
  g_object_class_install_properties (object_class, N_PROPS, props);
}

static void
gst_rtc_webrtc_src_pad_init (GstRtcWebRTCSrcPad *self)
{
}

/* Whoever is about to link may choose anything: what the branch behind the pad makes at the moment
 * is what was linked before. */
static gboolean
on_query (GstPad *pad, GstObject *parent, GstQuery *query)
{
  GstCaps *caps, *filter, *fitting;

  if (GST_QUERY_TYPE (query) != GST_QUERY_CAPS || gst_pad_is_linked (pad))
    return gst_pad_query_default (pad, parent, query);
  caps = gst_pad_get_pad_template_caps (pad);
  gst_query_parse_caps (query, &filter);
  if (filter == NULL) {
    gst_query_set_caps_result (query, caps);
  } else {
    fitting = gst_caps_intersect_full (filter, caps, GST_CAPS_INTERSECT_FIRST);
    gst_query_set_caps_result (query, fitting);
    gst_caps_unref (fitting);
  }
  gst_caps_unref (caps);
  return TRUE;
}

GstPad *
gst_rtc_webrtc_src_pad_new (
    GstPadTemplate *templ, const gchar *name, const gchar *session_id, const gchar *peer_id)
{
  GstRtcWebRTCSrcPad *self = g_object_new (
      GST_TYPE_RTC_WEBRTC_SRC_PAD, "name", name, "direction", GST_PAD_SRC, "template", templ, NULL);

  self->session_id = g_strdup (session_id);
  self->peer_id = g_strdup (peer_id);
  gst_pad_set_query_function (GST_PAD (self), on_query);
  return GST_PAD (self);
}

/* Returns whether *place has changed. Under the lock. */
static gboolean
replace (gchar **place, const gchar *text)
{
  if (g_strcmp0 (*place, text) == 0)
    return FALSE;
  g_free (*place);
  *place = g_strdup (text);
  return TRUE;
}

void
gst_rtc_webrtc_src_pad_set_ids (GstRtcWebRTCSrcPad *self, const gchar *mid, const gchar *msid)
{
  gboolean mid_changed, msid_changed;

  GST_OBJECT_LOCK (self);
  mid_changed = replace (&self->mid, mid);
  msid_changed = replace (&self->msid, msid);
  GST_OBJECT_UNLOCK (self);
  if (mid_changed)
    g_object_notify_by_pspec (G_OBJECT (self), props[PROP_MID]);
  if (msid_changed)
    g_object_notify_by_pspec (G_OBJECT (self), props[PROP_MSID]);
}
