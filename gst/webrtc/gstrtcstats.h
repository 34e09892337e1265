/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* gstrtcstats.h - a snapshot of a peer as the structures of webrtc-stats.
 *
 * Shape and spelling are webrtcbin's: "application/x-webrtc-stats" with one field per object,
 * named by its id, itself a structure with "type" (GstWebRTCStatsType), "id", "timestamp" (ms) and
 * the members of the W3C dictionary with hyphens ("packets-sent"). Pure, any thread. */
#pragma once

#include <gst/gst.h>
#include "gst/rtc/peer/rtc-peer-stats.h"

G_BEGIN_DECLS

/* (transfer full) */
GstStructure *gst_rtc_stats_to_structure (const RtcPeerStats *stats);

G_END_DECLS
