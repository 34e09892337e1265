/* gst-plugins-rtc
 * Copyright (C) 2026 the gst-plugins-rtc authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* gstrtcenums.h - the core's states as the public enums of gstreamer-webrtc-1.0.
 *
 * Applications know those from webrtcbin. Pure, any thread. */
#pragma once

#include <gst/webrtc/webrtc.h>
#include "gst/rtc/peer/rtc-peer.h"

G_BEGIN_DECLS

GstWebRTCPeerConnectionState gst_rtc_enums_peer_state (RtcPeerState state);
GstWebRTCICEConnectionState gst_rtc_enums_ice_state (RtcIceState state);
GstWebRTCICEGatheringState gst_rtc_enums_gathering_state (RtcIceGatheringState state);
GstWebRTCSignalingState gst_rtc_enums_signaling_state (RtcJsepState state);
RtcIceTransportPolicy gst_rtc_enums_transport_policy (GstWebRTCICETransportPolicy policy);

/* "connected" and the like, as the W3C names them; "unknown" for a number that is none. */
const gchar *gst_rtc_enums_nick (GType enum_type, gint value);

G_END_DECLS
