/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "gst/sdp/gstrtcsdptransport.h"

#include "gst/sdp/gstrtcsdpcaps.h"
#include "gst/sdp/gstrtcsdpgate.h"
#include "gst/sdp/gstrtcsdpsocket.h"

#define RECEIVE_BUFFER 0x80000 /* bytes: a key frame at 50 Mbit/s */

struct _GstRtcSdpTransport {
  const RtcAnnouncedMedium *medium;
  GSocket *sockets[2]; /* [is_rtcp]; the same with rtcp-mux, NULL without RTCP */
  GstElement *sources[2];
  GstElement *gate;
  GstElement *funnel, *sink; /* of RTCP; NULL: none is sent */
};

GstElement *
gst_rtc_sdp_add_element (GstBin *bin, GPtrArray *elements, const gchar *factory, GError **error)
{
  GstElement *element = gst_element_factory_make (factory, NULL);

  if (element == NULL) {
    g_set_error (error, GST_CORE_ERROR, GST_CORE_ERROR_MISSING_PLUGIN,
        "The element %s is not installed", factory);
    return NULL;
  }
  /* Started when all is linked. */
  gst_element_set_locked_state (element, TRUE);
  gst_bin_add (bin, element);
  g_ptr_array_add (elements, gst_object_ref (element));
  return element;
}

/* -- Sockets ----------------------------------------------------------------- */

static gboolean
open_sockets (GstRtcSdpTransport *self, const GstRtcSdpSessionConfig *config, GError **error)
{
  const RtcAnnouncedMedium *medium = self->medium;
  GstRtcSdpSocketConfig how = { .allowed = config->allowed_groups,
    .interface = config->interface,
    .sources = medium->excludes ? NULL : medium->sources,
    .ttl = medium->ttl };

  self->sockets[0] = gst_rtc_sdp_socket_open (&medium->rtp, &how, error);
  if (self->sockets[0] == NULL)
    return FALSE;
  if (config->rtcp_mode == GST_RTC_SDP_RTCP_INACTIVE)
    return TRUE;
  self->sockets[1] = medium->rtcp_mux ? g_object_ref (self->sockets[0])
                                      : gst_rtc_sdp_socket_open (&medium->rtcp, &how, error);
  return self->sockets[1] != NULL;
}

static gboolean
add_source (GstRtcSdpTransport *self, guint side, const GstRtcSdpSessionConfig *config,
    GPtrArray *elements, GError **error)
{
  GstElement *source = gst_rtc_sdp_add_element (config->bin, elements, "udpsrc", error);
  static const gchar *const names[2][2] = { { "application/x-rtp", "application/x-rtcp" },
    { "application/x-srtp", "application/x-srtcp" } };
  GstCaps *caps = gst_caps_new_empty_simple (names[self->medium->is_secure][side]);

  if (source != NULL)
    g_object_set (source, "socket", self->sockets[side], "close-socket", FALSE, "auto-multicast",
        FALSE, "buffer-size", RECEIVE_BUFFER, "caps", caps, "timeout",
        side == 0 ? config->timeout : (guint64) 0, NULL);
  gst_caps_unref (caps);
  self->sources[side] = source;
  return source != NULL;
}

/* -- What is behind ---------------------------------------------------------- */

static GstCaps *
give_keys (GstElement *dec, guint ssrc, const RtcAnnouncedMedium *medium)
{
  return gst_rtc_sdp_caps_new_keys (medium, FALSE);
}

static gboolean
link_side (GstElement *from, const gchar *from_pad, GstElement *to, const gchar *to_pad)
{
  return gst_element_link_pads_full (from, from_pad, to, to_pad, GST_PAD_LINK_CHECK_NOTHING);
}

/* Sockets to the gate, through srtpdec where there are keys. */
static gboolean
link_sources (GstRtcSdpTransport *self, const GstRtcSdpSessionConfig *config, GPtrArray *elements,
    GError **error)
{
  static const gchar *const sinks[2] = { "rtp_sink", "rtcp_sink" };
  static const gchar *const srcs[2] = { "rtp_src", "rtcp_src" };
  GstElement *next = self->gate;

  if (self->medium->is_secure) {
    next = gst_rtc_sdp_add_element (config->bin, elements, "srtpdec", error);
    if (next == NULL)
      return FALSE;
    g_signal_connect (next, "request-key", G_CALLBACK (give_keys), (gpointer) self->medium);
    for (guint i = 0; i < 2; i++)
      link_side (next, srcs[i], self->gate, sinks[i]);
  }
  for (guint i = 0; i < 2; i++)
    if (self->sources[i] != NULL)
      link_side (self->sources[i], "src", next, sinks[i]);
  return TRUE;
}

static void
tell_sink (GstElement *sink, const gchar *verb, GSocketAddress *where)
{
  GInetSocketAddress *address;
  gchar *host;

  if (!G_IS_INET_SOCKET_ADDRESS (where))
    return;
  address = G_INET_SOCKET_ADDRESS (where);
  host = g_inet_address_to_string (g_inet_socket_address_get_address (address));
  g_signal_emit_by_name (sink, verb, host, (gint) g_inet_socket_address_get_port (address));
  g_free (host);
}

/* Nobody said where receivers' reports go to: back to where the sender's come from. */
static void
answer_sender (gpointer data, GSocketAddress *from, GSocketAddress *before)
{
  tell_sink (data, "remove", before);
  tell_sink (data, "add", from);
}

/* RTCP of receivers; with SDES there is no key for it: only senders announce theirs. */
static gboolean
add_rtcp_sink (GstRtcSdpTransport *self, const GstRtcSdpSessionConfig *config, GPtrArray *elements,
    GError **error)
{
  const RtcAnnouncedMedium *medium = self->medium;
  const RtcAddress *to = medium->rtcp_mux ? &medium->rtp : &medium->rtcp;
  gboolean is_ipv6 = to->family == RTC_ADDRESS_IPV6;
  gchar host[RTC_ADDRESS_TEXT_BYTES];

  if ((config->rtcp_mode & GST_RTC_SDP_RTCP_SENDONLY) == 0 || medium->is_secure)
    return TRUE;
  self->funnel = gst_rtc_sdp_add_element (config->bin, elements, "funnel", error);
  if (self->funnel == NULL)
    return FALSE;
  self->sink = gst_rtc_sdp_add_element (config->bin, elements, "udpsink", error);
  if (self->sink == NULL)
    return FALSE;
  rtc_address_to_literal (to, host, sizeof host);
  g_object_set (self->sink, "sync", FALSE, "async", FALSE, "close-socket", FALSE, "auto-multicast",
      FALSE, "ttl-mc", (gint) MAX (medium->ttl, 1), is_ipv6 ? "socket-v6" : "socket",
      self->sockets[1], NULL);
  g_signal_emit_by_name (self->sink, "clear");
  if (rtc_address_is_multicast (to))
    g_signal_emit_by_name (self->sink, "add", host, (gint) to->port);
  return link_side (self->funnel, "src", self->sink, "sink");
}

static gboolean
build (GstRtcSdpTransport *self, const RtcAnnouncement *announcement, guint first,
    const GstRtcSdpSessionConfig *config, GPtrArray *elements, GError **error)
{
  gboolean receives = (config->rtcp_mode & GST_RTC_SDP_RTCP_RECVONLY) != 0;
  gboolean learns;

  if (!open_sockets (self, config, error) || !add_source (self, 0, config, elements, error)
      || !add_rtcp_sink (self, config, elements, error))
    return FALSE;
  if (receives && !self->medium->rtcp_mux && !add_source (self, 1, config, elements, error))
    return FALSE;
  learns = self->sink != NULL && !rtc_address_is_multicast (&self->medium->rtp);
  self->gate =
      gst_rtc_sdp_gate_new (announcement, first, learns ? answer_sender : NULL, self->sink);
  gst_element_set_locked_state (self->gate, TRUE);
  gst_bin_add (config->bin, self->gate);
  g_ptr_array_add (elements, gst_object_ref (self->gate));
  return link_sources (self, config, elements, error);
}

GstRtcSdpTransport *
gst_rtc_sdp_transport_new (const RtcAnnouncement *announcement, guint first,
    const GstRtcSdpSessionConfig *config, GPtrArray *elements, GError **error)
{
  GstRtcSdpTransport *self = g_new0 (GstRtcSdpTransport, 1);

  self->medium = g_ptr_array_index (announcement->media, first);
  if (build (self, announcement, first, config, elements, error))
    return self;
  gst_rtc_sdp_transport_free (self);
  return NULL;
}

void
gst_rtc_sdp_transport_free (GstRtcSdpTransport *self)
{
  for (guint i = 0; i < 2; i++) {
    if (self->sockets[i] != NULL)
      g_socket_close (self->sockets[i], NULL);
    g_clear_object (&self->sockets[i]);
  }
  g_free (self);
}

GstElement *
gst_rtc_sdp_transport_get_gate (GstRtcSdpTransport *self)
{
  return self->gate;
}

GstPad *
gst_rtc_sdp_transport_request_rtcp_sink (GstRtcSdpTransport *self)
{
  return self->funnel != NULL ? gst_element_request_pad_simple (self->funnel, "sink_%u") : NULL;
}

gboolean
gst_rtc_sdp_transport_reads_with (GstRtcSdpTransport *self, GstObject *element)
{
  return element == GST_OBJECT (self->sources[0]);
}
