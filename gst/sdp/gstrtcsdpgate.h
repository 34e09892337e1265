/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* gstrtcsdpgate.h - an element between the socket of one transport and rtpbin: lets through what
 * the description announced, RTP and RTCP apart, each medium of a BUNDLE on pads of its own.
 *
 * Sinks rtp_sink and rtcp_sink. For each medium n that uses the transport, rtp_src_n and
 * rtcp_src_n. Dropped and counted is what is neither RTP nor RTCP, has another payload type, is
 * from a source that the filter (RFC 4570) does not want, or is of one sender more than
 * MAX_SENDERS. A pad that nobody reads any more stops no other.
 *
 * Of a sender that has moved (gstrtcsdporigin.h) packets go through as from its first address. */
#pragma once

#include <gio/gio.h>
#include <gst/gst.h>

#include "gst/rtc/sdp/rtc-announcement.h"

G_BEGIN_DECLS

/* GST_RTC_SDP_GATE_MAX_SENDERS: SSRCs of a medium at a time, those of repair too; as many of RTCP.
 * Of those that were silent for 10 s the one that was so for longest makes way to another; signal
 * "sender-forgotten" (guint medium, guint ssrc) tells of it before, on a streaming thread: of RTP
 * for its medium, of RTCP for each that has no RTP of it. */
#define GST_RTC_SDP_GATE_MAX_SENDERS 8

#define GST_TYPE_RTC_SDP_GATE (gst_rtc_sdp_gate_get_type ())
G_DECLARE_FINAL_TYPE (GstRtcSdpGate, gst_rtc_sdp_gate, GST, RTC_SDP_GATE, GstElement)

/* Where RTCP comes from has become known (with rtcp-mux, where RTP does), or has changed
 * (gstrtcsdpreturn.h): from, in place of before (nullable). On a streaming thread; must not
 * block. */
typedef void (*GstRtcSdpGateFunc) (gpointer data, GSocketAddress *from, GSocketAddress *before);

/* For the transport of the medium first. announcement outlives the gate. func (nullable).
 * (transfer floating) */
GstElement *gst_rtc_sdp_gate_new (
    const RtcAnnouncement *announcement, guint first, GstRtcSdpGateFunc func, gpointer data);

/* Packets that went through, and that were dropped. Thread: any. */
void gst_rtc_sdp_gate_get_counts (GstRtcSdpGate *self, guint64 *passed, guint64 *dropped);

G_END_DECLS
