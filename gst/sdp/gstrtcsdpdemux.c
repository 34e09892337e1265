/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/**
 * SECTION:element-sdpdemux
 * @title: sdpdemux
 * @see_also: sdpsrc, srtpdec
 *
 * Receives what a session description (RFC 8866) announces: RTP/AVP and AVPF, and with a=crypto
 * (RFC 4568) SAVP and SAVPF, from one sender or a group. Takes the place of the element of that
 * name in gst-plugins-bad, and does the same with the same properties and pads.
 *
 * Each medium becomes a pad `stream_%u` when its first packet comes. No address of a description is
 * looked up, and no group joined that `allowed-groups` does not allow.
 *
 * |[
 * gst-launch-1.0 filesrc location=call.sdp ! sdpdemux ! rtpvp8depay ! vp8dec ! autovideosink
 * ]| Plays the video that call.sdp announces.
 */
#include "gst/sdp/gstrtcsdpdemux.h"

#include <gst/base/gstadapter.h>
#include <gst/sdp/gstsdpmessage.h>

#include "gst/rtc/sdp/rtc-sdp.h"
#include "gst/sdp/gstrtcsdpsession.h"
#include "gst/sdp/gstrtcsdpsocket.h"

#define DEFAULT_TIMEOUT 10000000
#define DEFAULT_LATENCY 200
#define DEFAULT_MAX_LATENCY 0
#define LONGEST_LATENCY 10000 /* ms, of what the network decides */

GST_DEBUG_CATEGORY (gst_rtc_sdp_debug);
#define GST_CAT_DEFAULT gst_rtc_sdp_debug

enum {
  PROP_0,
  PROP_DEBUG,
  PROP_TIMEOUT,
  PROP_LATENCY,
  PROP_REDIRECT,
  PROP_RTCP_MODE,
  PROP_MEDIA,
  PROP_TIMEOUT_INACTIVE,
  PROP_ALLOWED_GROUPS,
  PROP_MULTICAST_IFACE,
  PROP_MAX_LATENCY,
  PROP_STATS,
};

struct _GstRtcSdpDemux {
  GstBin parent;

  GstPad *sink;
  GstAdapter *text; /* streaming thread of sink */

  GMutex lock; /* all below but session */
  gboolean debug, redirect, times_sources_out;
  guint64 timeout;            /* us */
  guint latency, max_latency; /* ms */
  GstRtcSdpRtcpMode rtcp_mode;
  gchar *media, *allowed_groups, *interface;

  GMutex session_lock; /* all below; taken first */
  gboolean is_open;    /* in PAUSED or PLAYING */
  GstRtcSdpSession *session;
  GstElement *rtsp; /* instead, with redirect off */
};

static GstStaticPadTemplate sink_template = GST_STATIC_PAD_TEMPLATE (
    "sink", GST_PAD_SINK, GST_PAD_ALWAYS, GST_STATIC_CAPS ("application/sdp"));
static GstStaticPadTemplate src_template = GST_STATIC_PAD_TEMPLATE (
    "stream_%u", GST_PAD_SRC, GST_PAD_SOMETIMES, GST_STATIC_CAPS ("application/x-rtp"));

G_DEFINE_TYPE_WITH_CODE (GstRtcSdpDemux, gst_rtc_sdp_demux, GST_TYPE_BIN,
    GST_DEBUG_CATEGORY_INIT (gst_rtc_sdp_debug, "sdpdemux", 0, "SDP demuxer"))
GST_ELEMENT_REGISTER_DEFINE (sdpdemux, "sdpdemux", GST_RANK_NONE, GST_TYPE_RTC_SDP_DEMUX)

#define GST_TYPE_RTC_SDP_RTCP_MODE (gst_rtc_sdp_rtcp_mode_get_type ())
static GType
gst_rtc_sdp_rtcp_mode_get_type (void)
{
  static const GEnumValue values[] = {
    { GST_RTC_SDP_RTCP_INACTIVE, "GST_RTC_SDP_RTCP_INACTIVE", "inactive" },
    { GST_RTC_SDP_RTCP_RECVONLY, "GST_RTC_SDP_RTCP_RECVONLY", "recvonly" },
    { GST_RTC_SDP_RTCP_SENDONLY, "GST_RTC_SDP_RTCP_SENDONLY", "sendonly" },
    { GST_RTC_SDP_RTCP_SENDRECV, "GST_RTC_SDP_RTCP_SENDRECV", "sendrecv" },
    { 0, NULL, NULL },
  };
  static gsize type = 0;

  if (g_once_init_enter (&type))
    g_once_init_leave (&type, g_enum_register_static ("GstRtcSdpRtcpMode", values));
  return type;
}

/* -- Starting ---------------------------------------------------------------- */

static void
post_error (GstRtcSdpDemux *self, GError *error)
{
  if (error->domain == GST_CORE_ERROR)
    GST_ELEMENT_ERROR (self, CORE, MISSING_PLUGIN, ("%s", error->message), (NULL));
  else if (error->domain == RTC_ERROR)
    GST_ELEMENT_ERROR (self, STREAM, DEMUX, ("%s", error->message),
        ("The session description cannot be received"));
  else
    GST_ELEMENT_ERROR (self, RESOURCE, OPEN_READ, ("%s", error->message),
        ("No socket for what the session description announces"));
  g_error_free (error);
}

/* A description of an RTSP server: it is played from there, by somebody else. */
static gchar *
make_rtsp_uri (const gchar *text, gsize len)
{
  GstSDPMessage *message = NULL;
  gchar *uri = NULL;

  gst_sdp_message_new (&message);
  if (gst_sdp_message_parse_buffer ((const guint8 *) text, (guint) len, message) == GST_SDP_OK)
    uri = gst_sdp_message_as_uri ("rtsp-sdp", message);
  gst_sdp_message_free (message);
  return uri;
}

static void
post_redirect (GstRtcSdpDemux *self, const gchar *uri)
{
  gst_element_post_message (GST_ELEMENT (self),
      gst_message_new_element (GST_OBJECT (self),
          gst_structure_new ("redirect", "new-location", G_TYPE_STRING, uri, NULL)));
  GST_ELEMENT_ERROR (self, RESOURCE, OPEN_READ, ("Sent RTSP redirect."),
      ("The session description is of an RTSP server"));
}

static void
take_rtsp_pad (GstElement *rtsp, GstPad *pad, GstRtcSdpDemux *self)
{
  GstPadTemplate *template = gst_element_get_pad_template (GST_ELEMENT (self), "stream_%u");
  gchar *name = g_strdup_printf ("stream_%u", GST_ELEMENT (self)->numsrcpads);
  GstPad *ghost = gst_ghost_pad_new_from_template (name, pad, template);

  g_free (name);
  gst_pad_set_active (ghost, TRUE);
  gst_element_add_pad (GST_ELEMENT (self), ghost);
}

/* Session lock held. */
static gboolean
start_rtsp (GstRtcSdpDemux *self, const gchar *uri, GError **error)
{
  GstElement *rtsp = gst_element_factory_make ("rtspsrc", NULL);

  if (rtsp == NULL) {
    g_set_error (error, GST_CORE_ERROR, GST_CORE_ERROR_MISSING_PLUGIN,
        "The element rtspsrc is not installed");
    return FALSE;
  }
  g_mutex_lock (&self->lock);
  g_object_set (rtsp, "location", uri, "latency", self->latency, "timeout", self->timeout, NULL);
  g_mutex_unlock (&self->lock);
  g_signal_connect (rtsp, "pad-added", G_CALLBACK (take_rtsp_pad), self);
  g_signal_connect_swapped (rtsp, "no-more-pads", G_CALLBACK (gst_element_no_more_pads), self);
  self->rtsp = gst_object_ref (rtsp);
  gst_bin_add (GST_BIN (self), rtsp);
  return gst_element_sync_state_with_parent (rtsp); /* which tells why not */
}

/* Session lock held. Takes announcement. */
static gboolean
start_session (GstRtcSdpDemux *self, RtcAnnouncement *announcement, GError **error)
{
  GstRtcSdpSessionConfig config = { .bin = GST_BIN (self) };
  gchar *media, *groups, *interface;

  g_mutex_lock (&self->lock);
  config.latency = self->latency;
  config.max_latency = self->max_latency;
  config.timeout = self->timeout < G_MAXUINT64 / GST_USECOND ? self->timeout * GST_USECOND : 0;
  config.rtcp_mode = self->rtcp_mode;
  config.times_sources_out = self->times_sources_out;
  config.media = media = g_strdup (self->media);
  config.allowed_groups = groups = g_strdup (self->allowed_groups);
  config.interface = interface = g_strdup (self->interface);
  g_mutex_unlock (&self->lock);
  self->session = gst_rtc_sdp_session_new (announcement, &config, error);
  g_free (media);
  g_free (groups);
  g_free (interface);
  if (self->session != NULL)
    gst_rtc_sdp_session_start (self->session);
  return self->session != NULL;
}

/* Session lock held. *redirect: where it is played from, which is to be told. */
static gboolean
start_locked (GstRtcSdpDemux *self, const gchar *text, gsize len, gchar **redirect, GError **error)
{
  RtcAnnouncement *announcement = rtc_announcement_parse (text, len, error);
  gboolean redirects, ok;
  gchar *uri;

  if (announcement == NULL)
    return FALSE;
  if (announcement->control == NULL || !g_str_has_prefix (announcement->control, "rtsp:"))
    return start_session (self, announcement, error);
  rtc_announcement_free (announcement);
  g_mutex_lock (&self->lock);
  redirects = self->redirect;
  g_mutex_unlock (&self->lock);
  uri = make_rtsp_uri (text, len);
  ok = uri != NULL && !redirects && start_rtsp (self, uri, error);
  if (uri == NULL)
    rtc_error (error, RTC_ERR_PARSE, "The description of an RTSP server is not understood");
  else if (redirects)
    *redirect = g_steal_pointer (&uri);
  g_free (uri);
  return ok;
}

gboolean
gst_rtc_sdp_demux_start (GstRtcSdpDemux *self, const gchar *text, gsize len)
{
  gboolean debug, ok = FALSE;
  gchar *redirect = NULL;
  GError *error = NULL;

  g_mutex_lock (&self->lock);
  debug = self->debug;
  g_mutex_unlock (&self->lock);
  if (debug)
    g_print ("%.*s\n", (gint) MIN (len, RTC_SDP_MAX_BYTES), text);
  g_mutex_lock (&self->session_lock);
  if (self->is_open && self->session == NULL && self->rtsp == NULL)
    ok = start_locked (self, text, len, &redirect, &error);
  g_mutex_unlock (&self->session_lock);
  if (error != NULL)
    post_error (self, error);
  if (redirect != NULL)
    post_redirect (self, redirect);
  g_free (redirect);
  return ok;
}

static void
stop (GstRtcSdpDemux *self)
{
  g_mutex_lock (&self->session_lock);
  self->is_open = FALSE;
  g_clear_pointer (&self->session, gst_rtc_sdp_session_free);
  if (self->rtsp != NULL) {
    gst_element_set_locked_state (self->rtsp, TRUE);
    gst_element_set_state (self->rtsp, GST_STATE_NULL);
    g_signal_handlers_disconnect_by_data (self->rtsp, self);
    gst_bin_remove (GST_BIN (self), self->rtsp);
    while (GST_ELEMENT (self)->srcpads != NULL)
      gst_element_remove_pad (GST_ELEMENT (self), GST_ELEMENT (self)->srcpads->data);
    gst_clear_object (&self->rtsp);
  }
  g_mutex_unlock (&self->session_lock);
  gst_adapter_clear (self->text);
}

/* -- The description --------------------------------------------------------- */

static GstFlowReturn
sink_chain (GstPad *pad, GstObject *parent, GstBuffer *buffer)
{
  GstRtcSdpDemux *self = GST_RTC_SDP_DEMUX (parent);

  /* What is longer is refused by the parser; no need to hold it. */
  if (gst_adapter_available (self->text) <= RTC_SDP_MAX_BYTES)
    gst_adapter_push (self->text, buffer);
  else
    gst_buffer_unref (buffer);
  return GST_FLOW_OK;
}

static gboolean
sink_event (GstPad *pad, GstObject *parent, GstEvent *event)
{
  GstRtcSdpDemux *self = GST_RTC_SDP_DEMUX (parent);
  gsize len = gst_adapter_available (self->text);

  if (GST_EVENT_TYPE (event) == GST_EVENT_FLUSH_STOP)
    gst_adapter_clear (self->text);
  if (GST_EVENT_TYPE (event) == GST_EVENT_EOS) {
    gchar *text = len > 0 ? gst_adapter_take (self->text, len) : g_strdup ("");

    gst_rtc_sdp_demux_start (self, text, len);
    g_free (text);
  }
  /* It ends, the streams do not. */
  gst_event_unref (event);
  return TRUE;
}

static void
gst_rtc_sdp_demux_handle_message (GstBin *bin, GstMessage *message)
{
  GstRtcSdpDemux *self = GST_RTC_SDP_DEMUX (bin);
  guint64 timeout;

  if (GST_MESSAGE_TYPE (message) == GST_MESSAGE_ELEMENT
      && gst_message_has_name (message, "GstUDPSrcTimeout")) {
    gboolean is_late = FALSE;

    /* Who stops us waits for that very thread. */
    if (g_mutex_trylock (&self->session_lock)) {
      is_late = self->session != NULL && gst_rtc_sdp_session_has_timed_out (self->session, message);
      g_mutex_unlock (&self->session_lock);
    }
    g_mutex_lock (&self->lock);
    timeout = self->timeout;
    g_mutex_unlock (&self->lock);
    if (is_late)
      GST_ELEMENT_ERROR (self, RESOURCE, READ,
          ("Could not receive any UDP packets for %.4f seconds, maybe your firewall is blocking "
           "it.",
              (gdouble) timeout / 1e6),
          (NULL));
    gst_message_unref (message);
    return;
  }
  GST_BIN_CLASS (gst_rtc_sdp_demux_parent_class)->handle_message (bin, message);
}

static GstStateChangeReturn
gst_rtc_sdp_demux_change_state (GstElement *element, GstStateChange transition)
{
  GstRtcSdpDemux *self = GST_RTC_SDP_DEMUX (element);
  GstStateChangeReturn result;

  if (transition == GST_STATE_CHANGE_READY_TO_PAUSED) {
    g_mutex_lock (&self->session_lock);
    self->is_open = TRUE;
    g_mutex_unlock (&self->session_lock);
  }
  result = GST_ELEMENT_CLASS (gst_rtc_sdp_demux_parent_class)->change_state (element, transition);
  if (transition == GST_STATE_CHANGE_PAUSED_TO_READY)
    stop (self);
  else if (result != GST_STATE_CHANGE_FAILURE
           && (transition == GST_STATE_CHANGE_READY_TO_PAUSED
               || transition == GST_STATE_CHANGE_PLAYING_TO_PAUSED))
    result = GST_STATE_CHANGE_NO_PREROLL; /* live */
  return result;
}

/* -- Properties -------------------------------------------------------------- */

static void
set_groups (GstRtcSdpDemux *self, const gchar *list)
{
  if (list != NULL && !gst_rtc_sdp_policy_is_valid (list)) {
    g_warning ("allowed-groups: \"%s\" is no list of addresses; unchanged", list);
    return;
  }
  g_free (self->allowed_groups);
  self->allowed_groups = g_strdup (list);
}

static void
gst_rtc_sdp_demux_set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  GstRtcSdpDemux *self = GST_RTC_SDP_DEMUX (object);

  g_mutex_lock (&self->lock);
  switch (id) {
    case PROP_DEBUG:
      self->debug = g_value_get_boolean (value);
      break;
    case PROP_TIMEOUT:
      self->timeout = g_value_get_uint64 (value);
      break;
    case PROP_LATENCY:
      self->latency = g_value_get_uint (value);
      break;
    case PROP_MAX_LATENCY:
      self->max_latency = g_value_get_uint (value);
      break;
    case PROP_REDIRECT:
      self->redirect = g_value_get_boolean (value);
      break;
    case PROP_RTCP_MODE:
      self->rtcp_mode = (GstRtcSdpRtcpMode) g_value_get_enum (value);
      break;
    case PROP_MEDIA:
      g_free (self->media);
      self->media = g_value_dup_string (value);
      break;
    case PROP_TIMEOUT_INACTIVE:
      self->times_sources_out = g_value_get_boolean (value);
      break;
    case PROP_ALLOWED_GROUPS:
      set_groups (self, g_value_get_string (value));
      break;
    case PROP_MULTICAST_IFACE:
      g_free (self->interface);
      self->interface = g_value_dup_string (value);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
  }
  g_mutex_unlock (&self->lock);
}

static GstStructure *
make_stats (GstRtcSdpDemux *self)
{
  GstRtcSdpRepairCounts repair = { 0 };
  guint64 passed = 0, dropped = 0;

  g_mutex_lock (&self->session_lock);
  if (self->session != NULL) {
    gst_rtc_sdp_session_get_counts (self->session, &passed, &dropped);
    gst_rtc_sdp_session_get_repair (self->session, &repair);
  }
  g_mutex_unlock (&self->session_lock);
  return gst_structure_new ("application/x-sdp-demux-stats", "packets-received", G_TYPE_UINT64,
      passed, "packets-dropped", G_TYPE_UINT64, dropped, "packets-lost", G_TYPE_UINT64, repair.lost,
      "retransmission-requests", G_TYPE_UINT64, repair.asked, "retransmitted-packets",
      G_TYPE_UINT64, repair.retransmitted, "key-frame-requests", G_TYPE_UINT64, repair.key_frames,
      NULL);
}

static void
gst_rtc_sdp_demux_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  GstRtcSdpDemux *self = GST_RTC_SDP_DEMUX (object);

  if (id == PROP_STATS) {
    g_value_take_boxed (value, make_stats (self));
    return;
  }
  g_mutex_lock (&self->lock);
  switch (id) {
    case PROP_DEBUG:
      g_value_set_boolean (value, self->debug);
      break;
    case PROP_TIMEOUT:
      g_value_set_uint64 (value, self->timeout);
      break;
    case PROP_LATENCY:
      g_value_set_uint (value, self->latency);
      break;
    case PROP_MAX_LATENCY:
      g_value_set_uint (value, self->max_latency);
      break;
    case PROP_REDIRECT:
      g_value_set_boolean (value, self->redirect);
      break;
    case PROP_RTCP_MODE:
      g_value_set_enum (value, (gint) self->rtcp_mode);
      break;
    case PROP_MEDIA:
      g_value_set_string (value, self->media);
      break;
    case PROP_TIMEOUT_INACTIVE:
      g_value_set_boolean (value, self->times_sources_out);
      break;
    case PROP_ALLOWED_GROUPS:
      g_value_set_string (value, self->allowed_groups);
      break;
    case PROP_MULTICAST_IFACE:
      g_value_set_string (value, self->interface);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
  }
  g_mutex_unlock (&self->lock);
}

/* -- Life -------------------------------------------------------------------- */

static void
gst_rtc_sdp_demux_finalize (GObject *object)
{
  GstRtcSdpDemux *self = GST_RTC_SDP_DEMUX (object);

  g_object_unref (self->text);
  g_free (self->media);
  g_free (self->allowed_groups);
  g_free (self->interface);
  g_mutex_clear (&self->lock);
  g_mutex_clear (&self->session_lock);
  G_OBJECT_CLASS (gst_rtc_sdp_demux_parent_class)->finalize (object);
}

static void
gst_rtc_sdp_demux_init (GstRtcSdpDemux *self)
{
  g_mutex_init (&self->lock);
  g_mutex_init (&self->session_lock);
  self->text = gst_adapter_new ();
  self->timeout = DEFAULT_TIMEOUT;
  self->latency = DEFAULT_LATENCY;
  self->max_latency = DEFAULT_MAX_LATENCY;
  self->redirect = self->times_sources_out = TRUE;
  self->rtcp_mode = GST_RTC_SDP_RTCP_SENDRECV;
  self->sink = gst_pad_new_from_static_template (&sink_template, "sink");
  gst_pad_set_chain_function (self->sink, sink_chain);
  gst_pad_set_event_function (self->sink, sink_event);
  gst_element_add_pad (GST_ELEMENT (self), self->sink);
  /* Sinks and sources inside are nobody's business. */
  gst_bin_set_suppressed_flags (GST_BIN (self), GST_ELEMENT_FLAG_SOURCE | GST_ELEMENT_FLAG_SINK);
}

static void
install_properties (GObjectClass *klass)
{
  const GParamFlags flags = G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS;

  g_object_class_install_property (klass, PROP_DEBUG,
      g_param_spec_boolean ("debug", "Debug", "Print the session description", FALSE, flags));
  g_object_class_install_property (klass, PROP_TIMEOUT,
      g_param_spec_uint64 ("timeout", "Timeout",
          "Fail when no packet comes for this many microseconds (0 = never)", 0, G_MAXUINT64,
          DEFAULT_TIMEOUT, flags));
  g_object_class_install_property (klass, PROP_LATENCY,
      g_param_spec_uint ("latency", "Buffer latency in ms", "Milliseconds that are buffered", 0,
          G_MAXUINT, DEFAULT_LATENCY, flags));
  g_object_class_install_property (klass, PROP_REDIRECT,
      g_param_spec_boolean ("redirect", "Redirect",
          "Post a redirect message for the description of an RTSP server instead of playing it",
          TRUE, flags));
  g_object_class_install_property (klass, PROP_RTCP_MODE,
      g_param_spec_enum ("rtcp-mode", "RTCP mode", "Which RTCP is received and sent",
          GST_TYPE_RTC_SDP_RTCP_MODE, GST_RTC_SDP_RTCP_SENDRECV, flags));
  g_object_class_install_property (klass, PROP_MEDIA,
      g_param_spec_string (
          "media", "Media", "Kind of media to receive, as audio (NULL = all)", NULL, flags));
  g_object_class_install_property (klass, PROP_TIMEOUT_INACTIVE,
      g_param_spec_boolean ("timeout-inactive-rtp-sources", "Time out inactive sources",
          "Whether a sender that has gone silent ends its stream", TRUE, flags));
  g_object_class_install_property (klass, PROP_ALLOWED_GROUPS,
      g_param_spec_string ("allowed-groups", "Allowed groups",
          "Multicast groups that may be joined, as 239.0.0.0/8,ff15::/16 (NULL = all but those of "
          "routers and hosts, empty = none)",
          NULL, flags));
  g_object_class_install_property (klass, PROP_MULTICAST_IFACE,
      g_param_spec_string ("multicast-iface", "Multicast interface",
          "Network interface on which groups are joined (NULL = the system's choice)", NULL,
          flags));
  g_object_class_install_property (klass, PROP_MAX_LATENCY,
      g_param_spec_uint ("max-latency", "Maximum latency",
          "Milliseconds that may be buffered when the network needs it (no more than latency = as "
          "latency says)",
          0, LONGEST_LATENCY, DEFAULT_MAX_LATENCY, flags));
  g_object_class_install_property (klass, PROP_STATS,
      g_param_spec_boxed ("stats", "Statistics", "Packets let through, dropped, lost and asked for",
          GST_TYPE_STRUCTURE, G_PARAM_READABLE | G_PARAM_STATIC_STRINGS));
}

static void
gst_rtc_sdp_demux_class_init (GstRtcSdpDemuxClass *klass)
{
  GstElementClass *element = GST_ELEMENT_CLASS (klass);
  GObjectClass *object = G_OBJECT_CLASS (klass);

  object->finalize = gst_rtc_sdp_demux_finalize;
  object->set_property = gst_rtc_sdp_demux_set_property;
  object->get_property = gst_rtc_sdp_demux_get_property;
  element->change_state = gst_rtc_sdp_demux_change_state;
  GST_BIN_CLASS (klass)->handle_message = gst_rtc_sdp_demux_handle_message;
  install_properties (object);
  gst_element_class_add_static_pad_template (element, &sink_template);
  gst_element_class_add_static_pad_template (element, &src_template);
  gst_element_class_set_static_metadata (element, "SDP session setup", "Codec/Demuxer/Network/RTP",
      "Receives what a session description announces", "the gst-plugins-rtc authors");
  gst_type_mark_as_plugin_api (GST_TYPE_RTC_SDP_RTCP_MODE, 0);
}
