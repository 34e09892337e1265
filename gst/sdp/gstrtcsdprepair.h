/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* gstrtcsdprepair.h - the hooks of webrtcsrc (gstrtcjitterbuffer.h) on one jitter buffer of rtpbin:
 * what is lost is asked for as RTT and path want it, and rtpbin's session tells the sender.
 *
 * Who decides is RtcNackGenerator, which sees what goes in and what the jitter buffer misses; it
 * looks at its deadlines with each packet and with each request of the jitter buffer, so no thread
 * is added. The round trip is measured by what comes back. What it decides goes upstream as
 * GstRTPRetransmissionRequest, for rtprtxreceive and rtpsession (NACK, RFC 4585), and
 * GstForceKeyUnit (PLI, FIR).
 *
 * Thread: any. */
#pragma once

#include <gst/gst.h>

#include "gst/rtc/sdp/rtc-announcement.h"

G_BEGIN_DECLS

typedef struct _GstRtcSdpRepair GstRtcSdpRepair;

typedef struct {
  guint latency, max_latency; /* ms; as much as is needed between the two */
  gboolean sends_rtcp;        /* else nothing is asked for */
} GstRtcSdpRepairConfig;

/* What hooks have counted; of several, the sum. */
typedef struct {
  guint64 lost;          /* packets not repaired in time */
  guint64 asked;         /* sequence numbers in requests */
  guint64 retransmitted; /* packets that came again */
  guint64 key_frames;    /* that were asked for */
} GstRtcSdpRepairCounts;

/* Attaches to buffer, an rtpjitterbuffer of packets of medium. NULL: it has such hooks already.
 * (transfer full) */
GstRtcSdpRepair *gst_rtc_sdp_repair_new (GstElement *buffer, const RtcAnnouncedMedium *medium,
    guint32 ssrc, const GstRtcSdpRepairConfig *config);

/* Detaches; nothing is asked for any more. (nullable) */
void gst_rtc_sdp_repair_free (GstRtcSdpRepair *self);

/* Borrowed. */
GstElement *gst_rtc_sdp_repair_get_buffer (GstRtcSdpRepair *self);

/* Adds to *counts. */
void gst_rtc_sdp_repair_add_counts (GstRtcSdpRepair *self, GstRtcSdpRepairCounts *counts);

G_END_DECLS
