/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* gstrtcsdpsession.h - what a description announces, being received: sockets, srtpdec, gates and
 * rtpbin inside a bin, and a pad of the bin for each medium.
 *
 * Thread: new and free on the one that changes the bin's state, or that pushes into it; pads come
 * on streaming threads. */
#pragma once

#include <gst/gst.h>

#include "gst/rtc/sdp/rtc-announcement.h"
#include "gst/sdp/gstrtcsdprepair.h"

G_BEGIN_DECLS

typedef enum {
  GST_RTC_SDP_RTCP_INACTIVE,
  GST_RTC_SDP_RTCP_RECVONLY = 1 << 0,
  GST_RTC_SDP_RTCP_SENDONLY = 1 << 1,
  GST_RTC_SDP_RTCP_SENDRECV = (1 << 0) | (1 << 1),
} GstRtcSdpRtcpMode;

typedef struct {
  GstBin *bin;            /* borrowed */
  guint latency, max_latency; /* ms; what is held follows the network between the two */
  GstClockTime timeout;   /* without a packet; 0: for ever */
  GstRtcSdpRtcpMode rtcp_mode;
  gboolean times_sources_out; /* a sender that has gone silent ends its stream */
  const gchar *media;     /* which kind; NULL: all */
  const gchar *allowed_groups, *interface; /* see gstrtcsdpsocket.h; (nullable) */
} GstRtcSdpSessionConfig;

typedef struct _GstRtcSdpSession GstRtcSdpSession;

/* Builds everything; nothing is received yet. NULL with *error: of RTC_ERROR, of a socket, or
 * GST_CORE_ERROR for an element that is missing; the bin is as it was. Takes announcement in any
 * case. (transfer full) */
GstRtcSdpSession *gst_rtc_sdp_session_new (
    RtcAnnouncement *announcement, const GstRtcSdpSessionConfig *config, GError **error);

/* Brings it to the bin's state. Pads may come before it returns. */
void gst_rtc_sdp_session_start (GstRtcSdpSession *self);

/* Stops and takes everything out of the bin, pads too. (nullable). Not on a streaming thread of
 * its own. */
void gst_rtc_sdp_session_free (GstRtcSdpSession *self);

/* TRUE: message is of a socket on which nothing has come for the timeout, and nothing ever came on
 * any: the application is to be told. */
gboolean gst_rtc_sdp_session_has_timed_out (GstRtcSdpSession *self, GstMessage *message);

/* What gates let through and dropped. */
void gst_rtc_sdp_session_get_counts (GstRtcSdpSession *self, guint64 *passed, guint64 *dropped);

/* What was lost and asked for, of senders that are gone, too. */
void gst_rtc_sdp_session_get_repair (GstRtcSdpSession *self, GstRtcSdpRepairCounts *counts);

G_END_DECLS
