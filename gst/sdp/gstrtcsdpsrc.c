/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/**
 * SECTION:element-sdpsrc
 * @title: sdpsrc
 * @see_also: sdpdemux
 *
 * sdpdemux with the session description as a property, or from a file. Takes the place of the
 * element of that name in gst-plugins-bad.
 *
 * |[
 * gst-launch-1.0 sdpsrc location=sdp:///tmp/call.sdp ! rtpvp8depay ! vp8dec ! autovideosink
 * ]| Plays the video that the file announces.
 */
#include <gio/gio.h>
#include <string.h>

#include "gst/rtc/sdp/rtc-sdp.h"
#include "gst/sdp/gstrtcsdpdemux.h"

#define SCHEME "sdp://"

enum { PROP_0, PROP_LOCATION, PROP_SDP };

#define GST_TYPE_RTC_SDP_SRC (gst_rtc_sdp_src_get_type ())
G_DECLARE_FINAL_TYPE (GstRtcSdpSrc, gst_rtc_sdp_src, GST, RTC_SDP_SRC, GstBin)

struct _GstRtcSdpSrc {
  GstBin parent;

  GstElement *demux; /* the bin's */
  gchar *location;   /* object lock */
  gchar *sdp;
};

static GstStaticPadTemplate src_template = GST_STATIC_PAD_TEMPLATE (
    "stream_%u", GST_PAD_SRC, GST_PAD_SOMETIMES, GST_STATIC_CAPS ("application/x-rtp"));

static void init_uri_handler (gpointer iface, gpointer data);

G_DEFINE_TYPE_WITH_CODE (GstRtcSdpSrc, gst_rtc_sdp_src, GST_TYPE_BIN,
    G_IMPLEMENT_INTERFACE (GST_TYPE_URI_HANDLER, init_uri_handler))
GST_ELEMENT_REGISTER_DEFINE (sdpsrc, "sdpsrc", GST_RANK_NONE, GST_TYPE_RTC_SDP_SRC)

/* -- URI --------------------------------------------------------------------- */

static GstURIType
get_uri_type (GType type)
{
  return GST_URI_SRC;
}

static const gchar *const *
get_uri_protocols (GType type)
{
  static const gchar *const protocols[] = { "sdp", NULL };

  return protocols;
}

static gchar *
get_uri (GstURIHandler *handler)
{
  GstRtcSdpSrc *self = GST_RTC_SDP_SRC (handler);
  gchar *uri;

  GST_OBJECT_LOCK (self);
  uri = g_strdup (self->location);
  GST_OBJECT_UNLOCK (self);
  return uri;
}

static gboolean
set_uri (GstURIHandler *handler, const gchar *uri, GError **error)
{
  GstRtcSdpSrc *self = GST_RTC_SDP_SRC (handler);

  GST_OBJECT_LOCK (self);
  g_free (self->location);
  self->location = g_strdup (uri);
  GST_OBJECT_UNLOCK (self);
  return TRUE;
}

static void
init_uri_handler (gpointer data, gpointer unused)
{
  GstURIHandlerInterface *iface = data;

  iface->get_type = get_uri_type;
  iface->get_protocols = get_uri_protocols;
  iface->get_uri = get_uri;
  iface->set_uri = set_uri;
}

/* -- Pads -------------------------------------------------------------------- */

static void
take_pad (GstElement *demux, GstPad *pad, GstRtcSdpSrc *self)
{
  GstPadTemplate *template = gst_element_get_pad_template (GST_ELEMENT (self), "stream_%u");
  GstPad *ghost;

  if (GST_PAD_IS_SINK (pad))
    return;
  ghost = gst_ghost_pad_new_from_template (GST_PAD_NAME (pad), pad, template);
  gst_pad_set_active (ghost, TRUE);
  gst_element_add_pad (GST_ELEMENT (self), ghost);
}

static void
drop_pad (GstElement *demux, GstPad *pad, GstRtcSdpSrc *self)
{
  GstPad *ghost = gst_element_get_static_pad (GST_ELEMENT (self), GST_PAD_NAME (pad));

  if (ghost == NULL)
    return;
  gst_pad_set_active (ghost, FALSE);
  gst_element_remove_pad (GST_ELEMENT (self), ghost);
  gst_object_unref (ghost);
}

/* -- Starting ---------------------------------------------------------------- */

/* The description; NULL: an error was posted. (transfer full) */
static gchar *
load (GstRtcSdpSrc *self, gsize *len)
{
  GError *error = NULL;
  GFileInputStream *stream;
  gchar *location, *text;
  GFile *file;

  GST_OBJECT_LOCK (self);
  text = g_strdup (self->sdp);
  location = g_strdup (self->location);
  GST_OBJECT_UNLOCK (self);
  if (text != NULL || location == NULL) {
    g_free (location);
    *len = text != NULL ? strlen (text) : 0;
    if (text == NULL)
      GST_ELEMENT_ERROR (self, RESOURCE, NOT_FOUND, ("Neither location nor sdp is set"), (NULL));
    return text;
  }
  file = g_file_new_for_path (
      g_str_has_prefix (location, SCHEME) ? location + strlen (SCHEME) : location);
  stream = g_file_read (file, NULL, &error);
  /* One byte more than the parser takes: it says so then. */
  text = g_malloc (RTC_SDP_MAX_BYTES + 1);
  if (stream != NULL)
    g_input_stream_read_all (
        G_INPUT_STREAM (stream), text, RTC_SDP_MAX_BYTES + 1, len, NULL, &error);
  if (error != NULL) {
    GST_ELEMENT_ERROR (self, RESOURCE, OPEN_READ, ("%s", error->message), (NULL));
    g_clear_pointer (&text, g_free);
    g_error_free (error);
  }
  g_clear_object (&stream);
  g_object_unref (file);
  g_free (location);
  return text;
}

static GstStateChangeReturn
gst_rtc_sdp_src_change_state (GstElement *element, GstStateChange transition)
{
  GstRtcSdpSrc *self = GST_RTC_SDP_SRC (element);
  gchar *text = NULL;
  gsize len = 0;
  GstStateChangeReturn result;

  if (transition == GST_STATE_CHANGE_READY_TO_PAUSED) {
    text = load (self, &len);
    if (text == NULL)
      return GST_STATE_CHANGE_FAILURE;
  }
  result = GST_ELEMENT_CLASS (gst_rtc_sdp_src_parent_class)->change_state (element, transition);
  if (text != NULL && result != GST_STATE_CHANGE_FAILURE
      && !gst_rtc_sdp_demux_start (GST_RTC_SDP_DEMUX (self->demux), text, len))
    result = GST_STATE_CHANGE_FAILURE;
  g_free (text);
  return result;
}

/* -- Life -------------------------------------------------------------------- */

static void
gst_rtc_sdp_src_set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  GstRtcSdpSrc *self = GST_RTC_SDP_SRC (object);
  gchar **text = id == PROP_SDP ? &self->sdp : &self->location;

  if (id != PROP_SDP && id != PROP_LOCATION) {
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    return;
  }
  GST_OBJECT_LOCK (self);
  g_free (*text);
  *text = g_value_dup_string (value);
  GST_OBJECT_UNLOCK (self);
}

static void
gst_rtc_sdp_src_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  GstRtcSdpSrc *self = GST_RTC_SDP_SRC (object);

  if (id != PROP_SDP && id != PROP_LOCATION) {
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    return;
  }
  GST_OBJECT_LOCK (self);
  g_value_set_string (value, id == PROP_SDP ? self->sdp : self->location);
  GST_OBJECT_UNLOCK (self);
}

static void
gst_rtc_sdp_src_dispose (GObject *object)
{
  GstRtcSdpSrc *self = GST_RTC_SDP_SRC (object);

  if (self->demux != NULL)
    g_signal_handlers_disconnect_by_data (self->demux, self);
  gst_clear_object (&self->demux);
  G_OBJECT_CLASS (gst_rtc_sdp_src_parent_class)->dispose (object);
}

static void
gst_rtc_sdp_src_finalize (GObject *object)
{
  GstRtcSdpSrc *self = GST_RTC_SDP_SRC (object);

  g_free (self->location);
  g_free (self->sdp);
  G_OBJECT_CLASS (gst_rtc_sdp_src_parent_class)->finalize (object);
}

static void
gst_rtc_sdp_src_init (GstRtcSdpSrc *self)
{
  self->demux = gst_object_ref_sink (g_object_new (GST_TYPE_RTC_SDP_DEMUX, "name", "demux", NULL));
  g_signal_connect (self->demux, "pad-added", G_CALLBACK (take_pad), self);
  g_signal_connect (self->demux, "pad-removed", G_CALLBACK (drop_pad), self);
  g_signal_connect_swapped (
      self->demux, "no-more-pads", G_CALLBACK (gst_element_no_more_pads), self);
  gst_bin_add (GST_BIN (self), self->demux);
  gst_bin_set_suppressed_flags (GST_BIN (self), GST_ELEMENT_FLAG_SINK);
  GST_OBJECT_FLAG_SET (self, GST_ELEMENT_FLAG_SOURCE);
}

static void
gst_rtc_sdp_src_class_init (GstRtcSdpSrcClass *klass)
{
  const GParamFlags flags = G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS;
  GstElementClass *element = GST_ELEMENT_CLASS (klass);
  GObjectClass *object = G_OBJECT_CLASS (klass);

  object->set_property = gst_rtc_sdp_src_set_property;
  object->get_property = gst_rtc_sdp_src_get_property;
  object->dispose = gst_rtc_sdp_src_dispose;
  object->finalize = gst_rtc_sdp_src_finalize;
  element->change_state = gst_rtc_sdp_src_change_state;
  g_object_class_install_property (object, PROP_LOCATION,
      g_param_spec_string (
          "location", "Location", "URI to SDP file (sdp:///path/to/file)", NULL, flags));
  g_object_class_install_property (object, PROP_SDP,
      g_param_spec_string ("sdp", "SDP", "SDP description used instead of location", NULL, flags));
  gst_element_class_add_static_pad_template (element, &src_template);
  gst_element_class_set_static_metadata (element, "SDP Source", "Source/Network/RTP",
      "Receives what a session description announces", "the gst-plugins-rtc authors");
}
