/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* gstrtcsdptransport.h - one transport of a description: its sockets, where they are read, what
 * decrypts, and the gate behind; and where RTCP leaves.
 *
 * Used by gstrtcsdpsession.c alone. Elements are the bin's; the transport holds no references but
 * to its sockets. */
#pragma once

#include "gst/sdp/gstrtcsdpsession.h"

G_BEGIN_DECLS

typedef struct _GstRtcSdpTransport GstRtcSdpTransport;

/* Adds the elements for medium number first to the bin; they are not started. NULL with *error as
 * gst_rtc_sdp_session_new(); what was added before is the bin's. announcement outlives it. */
GstRtcSdpTransport *gst_rtc_sdp_transport_new (const RtcAnnouncement *announcement, guint first,
    const GstRtcSdpSessionConfig *config, GPtrArray *elements, GError **error);

/* Closes the sockets, when the elements have been stopped. */
void gst_rtc_sdp_transport_free (GstRtcSdpTransport *self);

GstElement *gst_rtc_sdp_transport_get_gate (GstRtcSdpTransport *self);

/* A sink pad for RTCP of a session; NULL: none is sent. (transfer full) */
GstPad *gst_rtc_sdp_transport_request_rtcp_sink (GstRtcSdpTransport *self);

/* TRUE: the element reads RTP. */
gboolean gst_rtc_sdp_transport_reads_with (GstRtcSdpTransport *self, GstObject *element);

/* Makes an element, adds it to the bin and to elements. NULL with *error GST_CORE_ERROR. */
GstElement *gst_rtc_sdp_add_element (GstBin *bin, GPtrArray *elements, const gchar *factory,
    GError **error);

G_END_DECLS
